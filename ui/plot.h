// SPDX-License-Identifier: GPL-3.0-or-later
// Lines or bars with axes, legend and readout.
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_PLOT (lac_plot_get_type())
G_DECLARE_FINAL_TYPE(LacPlot, lac_plot, LAC, PLOT, GtkWidget)

#define LAC_PLOT_MAX_LINES 6

// Lines differ by style as well as by colour.
typedef enum {
    LAC_PLOT_SOLID,
    LAC_PLOT_DASHED,
    LAC_PLOT_DOTTED,
} LacPlotStyle;

// Signal "bar-activated" (guint index): click, or Enter on the bar under the cursor.
GtkWidget *lac_plot_new(const char *title);
void lac_plot_set_axes(LacPlot *self, const char *x_label, const char *y_label);
void lac_plot_set_log_y(LacPlot *self, gboolean log_y);
void lac_plot_set_x_range(LacPlot *self, double lo, double hi);
void lac_plot_set_empty_text(LacPlot *self, const char *text);
void lac_plot_clear(LacPlot *self);
void lac_plot_set_line(LacPlot *self, guint slot, const char *name, LacPlotStyle style,
    const double *x, const double *y, gsize n);
void lac_plot_set_bars(LacPlot *self, const char *name, const double *y, gsize n);
void lac_plot_set_highlight(LacPlot *self, int index);
gboolean lac_plot_locate(LacPlot *self, double x, double y, double *wx, double *wy);

G_END_DECLS
