// SPDX-License-Identifier: GPL-3.0-or-later
// What is being computed, read or written, with time left, pause, finish and cancel.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_JOB_BAR (lac_job_bar_get_type())
G_DECLARE_FINAL_TYPE(LacJobBar, lac_job_bar, LAC, JOB_BAR, GtkWidget)

// Its buttons activate the actions win.job-pause, win.job-finish and win.job-cancel.
void lac_job_bar_set_session(LacJobBar *self, LacSession *session);
const char *lac_job_bar_get_text(LacJobBar *self);

G_END_DECLS
