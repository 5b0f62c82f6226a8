// SPDX-License-Identifier: GPL-3.0-or-later
// The stage of the projections: one large, all small, their angles, contrast and a sinogram.
#pragma once

#include "core/figure/colormap.h"
#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_PROJECTIONS_VIEW (lac_projections_view_get_type())
G_DECLARE_FINAL_TYPE(LacProjectionsView, lac_projections_view, LAC, PROJECTIONS_VIEW, GtkWidget)

GtkWidget *lac_projections_view_new(LacSession *session);
void lac_projections_view_set_playing(LacProjectionsView *self, gboolean playing);
void lac_projections_view_toggle_excluded(LacProjectionsView *self);
LacBuffer *lac_projections_make_sinogram(const LacSeries *series, gsize row, const guint *order);

G_END_DECLS
