// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn over images: legible text, scale bar, axes, cross. In widget units.
#pragma once

#include <gtk/gtk.h>

// Where a piece of text stands relative to the given point.
typedef enum {
    LAC_ANCHOR_LEFT,
    LAC_ANCHOR_MIDDLE,
    LAC_ANCHOR_RIGHT,
} LacAnchor;

extern const double lac_axis_rgb[3][3];    // of x, y, z
extern const char *const lac_axis_name[3]; // "x", "y", "z"

double lac_overlay_text(GtkWidget *widget, cairo_t *cr, double x, double y, LacAnchor anchor,
    const double rgb[3], const char *text);
void lac_overlay_label(GtkWidget *widget, cairo_t *cr, double x, double y, const char *text);
void lac_overlay_line(cairo_t *cr, double x0, double y0, double x1, double y1, const double rgb[3]);
void lac_overlay_scale_bar(GtkWidget *widget, cairo_t *cr, int width, int height,
    double units_per_angstrom);
void lac_overlay_axes(GtkWidget *widget, cairo_t *cr, int height, guint right, guint up);
