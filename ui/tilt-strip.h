// SPDX-License-Identifier: GPL-3.0-or-later
// A row of thumbnails of the projections; excluded ones are crossed out.
#pragma once

#include "core/data/series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_TILT_STRIP (lac_tilt_strip_get_type())
G_DECLARE_FINAL_TYPE(LacTiltStrip, lac_tilt_strip, LAC, TILT_STRIP, GtkWidget)

GtkWidget *lac_tilt_strip_new(GtkSingleSelection *tilts);
void lac_tilt_strip_set_series(LacTiltStrip *self, LacSeries *series);
void lac_tilt_strip_scroll_to(LacTiltStrip *self, guint k);

G_END_DECLS
