// SPDX-License-Identifier: GPL-3.0-or-later
// How often which values occur, with the black and the white point under the pointer.
#pragma once

#include "core/array.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_HISTOGRAM_VIEW (lac_histogram_view_get_type())
G_DECLARE_FINAL_TYPE(LacHistogramView, lac_histogram_view, LAC, HISTOGRAM_VIEW, GtkWidget)

// Signal "range-changed" (double black, double white): by the user, or by the automatic.
GtkWidget *lac_histogram_view_new(void);
void lac_histogram_view_set_data(LacHistogramView *self, LacBuffer *buffer, gsize offset, gsize n);
void lac_histogram_view_set_range(LacHistogramView *self, double black, double white);
void lac_histogram_view_get_range(LacHistogramView *self, double *black, double *white);
void lac_histogram_view_set_automatic(LacHistogramView *self, gboolean automatic);
gboolean lac_histogram_view_get_automatic(LacHistogramView *self);
gboolean lac_histogram_view_is_busy(LacHistogramView *self);

G_END_DECLS
