// SPDX-License-Identifier: GPL-3.0-or-later
// A chart of results: curves, points with error bars and histograms, whose range can be brushed.
#pragma once

#include "core/data/chart.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_CHART_VIEW (lac_chart_view_get_type())
G_DECLARE_FINAL_TYPE(LacChartView, lac_chart_view, LAC, CHART_VIEW, GtkWidget)

// Signals, all by the user:
//   "brushed" (double lo, double hi, guint modifiers): a range of x; of a histogram whole bars. NaN
//       when the range was let go
//   "handle-moved" (double x, gboolean is_committed)
GtkWidget *lac_chart_view_new(void);
void lac_chart_view_set_chart(LacChartView *self, LacChart *chart);
const LacChart *lac_chart_view_get_chart(LacChartView *self);
void lac_chart_view_set_empty_text(LacChartView *self, const char *text);
void lac_chart_view_set_brushable(LacChartView *self, gboolean brushable);
void lac_chart_view_set_brush(LacChartView *self, double lo, double hi);
void lac_chart_view_set_marks(LacChartView *self, const double *x, gsize n);
const double *lac_chart_view_get_marks(LacChartView *self, gsize *n);
void lac_chart_view_set_handle(LacChartView *self, const char *name, const char *unit, double x);
gboolean lac_chart_view_locate(LacChartView *self, double x, double *wx, double *wy);

G_END_DECLS
