// SPDX-License-Identifier: GPL-3.0-or-later
// The main window: header bar, stages, views, panels and the job bar around one session.
#pragma once

#include "ui/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LAC_TYPE_WINDOW (lac_window_get_type())
G_DECLARE_FINAL_TYPE(LacWindow, lac_window, LAC, WINDOW, AdwApplicationWindow)

LacWindow *lac_window_new(AdwApplication *app);
LacSession *lac_window_get_session(LacWindow *self);
void lac_window_open_files(LacWindow *self, GPtrArray *paths);
void lac_window_open_example(LacWindow *self);

G_END_DECLS
