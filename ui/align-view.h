// SPDX-License-Identifier: GPL-3.0-or-later
// The stage of the alignment: aligned projections in motion, shifts as table and plots, the methods.
#pragma once

#include "ui/align-panel.h"
#include "ui/align-plots.h"
#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ALIGN_VIEW (lac_align_view_get_type())
G_DECLARE_FINAL_TYPE(LacAlignView, lac_align_view, LAC, ALIGN_VIEW, GtkWidget)

GtkWidget *lac_align_view_new(LacSession *session);
LacAlignPanel *lac_align_view_get_panel(LacAlignView *self);

G_END_DECLS
