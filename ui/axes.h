// SPDX-License-Identifier: GPL-3.0-or-later
// Axes with ticks, titles and a grid, and the text and colours of plots.
#pragma once

#include "core/data/chart.h"
#include "core/figure/ticks.h"

#include <gtk/gtk.h>

// The area of the data in the widget, and the values at its edges.
typedef struct {
    double left, right, top, bottom; // [widget unit]
    double x_lo, x_hi, y_lo, y_hi;
    gboolean log_y;
    gboolean is_compact; // the title of x ends the row of its labels, that of y stands elsewhere
    LacTicks x_ticks, y_ticks;
    const LacChart *chart; // (nullable) whose words x has
} LacAxes;

// What plots are painted with.
typedef struct {
    GtkWidget *widget;
    cairo_t *cr;
    GdkRGBA text;
    gboolean is_dark;
    double width, height; // [widget unit]
} LacPainter;

void lac_painter_init(LacPainter *self, GtkWidget *widget, cairo_t *cr);
void lac_painter_set_color(LacPainter *self, guint index, double alpha);
void lac_painter_set_text_color(LacPainter *self, double alpha);
double lac_painter_get_text_width(GtkWidget *widget, const char *text);
double lac_painter_draw_text(LacPainter *self, double x, double y, double align_x, double align_y,
    double alpha, const char *text);
void lac_painter_draw_empty(LacPainter *self, const char *text);
void lac_axes_fit(LacAxes *self, GtkWidget *widget);
double lac_axes_to_x(const LacAxes *self, double x);
double lac_axes_to_y(const LacAxes *self, double y);
double lac_axes_from_x(const LacAxes *self, double wx);
void
lac_axes_draw(const LacAxes *self, LacPainter *painter, const char *x_label, const char *y_label);
