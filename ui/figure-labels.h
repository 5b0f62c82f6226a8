// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of a figure with arrows to atoms and points.
#pragma once

#include "ui/figure-panel.h"

G_BEGIN_DECLS

#define LAC_TYPE_FIGURE_LABELS (lac_figure_labels_get_type())
G_DECLARE_FINAL_TYPE(LacFigureLabels, lac_figure_labels, LAC, FIGURE_LABELS, GtkWidget)

// Signals: "changed".
void
lac_figure_labels_set_session(LacFigureLabels *self, LacSession *session, LacViewport *viewport);
void lac_figure_labels_fill(LacFigureLabels *self, LacFigure *figure);
void lac_figure_labels_show(LacFigureLabels *self, const LacFigure *figure);

G_END_DECLS
