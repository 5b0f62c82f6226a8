// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a figure in a worker, with an OpenGL context of its own: into a file, or for the clipboard.
#pragma once

#include "ui/figure-snapshot.h"
#include "ui/render/animation.h"
#include "ui/session.h"

#include <gtk/gtk.h>

gboolean lac_figure_export_file(LacSession *session, const LacFigure *figure,
    LacFigureSnapshot *snapshot, const char *path);
gboolean lac_figure_export_film(LacSession *session, const LacFigure *figure,
    LacFigureSnapshot *snapshot, const LacAnimation *film, const char *path);
gboolean lac_figure_export_clipboard(LacSession *session, const LacFigure *figure,
    LacFigureSnapshot *snapshot, GdkClipboard *clipboard);
