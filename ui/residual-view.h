// SPDX-License-Identifier: GPL-3.0-or-later
// Measured, calculated and difference of the projection that the session shows.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_RESIDUAL_VIEW (lac_residual_view_get_type())
G_DECLARE_FINAL_TYPE(LacResidualView, lac_residual_view, LAC, RESIDUAL_VIEW, GtkWidget)

GtkWidget *lac_residual_view_new(LacSession *session);
gboolean lac_residual_view_is_busy(LacResidualView *self);
const char *lac_residual_view_get_summary(LacResidualView *self);

G_END_DECLS
