// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overlay.h"

#include "core/figure/ticks.h"

#include <math.h>

#define MARGIN 10.0
#define ARROW  26.0

const double lac_axis_rgb[3][3] = {
    { 0.93, 0.33, 0.31 },
    { 0.42, 0.78, 0.35 },
    { 0.36, 0.62, 0.96 },
};
const char *const lac_axis_name[3] = { "x", "y", "z" };

static const double white[3] = { 1.0, 1.0, 1.0 };

static PangoLayout *
make_layout(GtkWidget *widget, const char *text)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(widget, text);
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_attr_list_insert(attributes, pango_attr_scale_new(0.92));
    pango_attr_list_insert(attributes, pango_attr_weight_new(PANGO_WEIGHT_SEMIBOLD));
    pango_layout_set_attributes(layout, attributes);
    return layout;
}

/**
 * lac_overlay_text:
 * @widget: whose font is used
 * @cr: drawn to
 * @x: [widget unit]
 * @y: [widget unit] middle of the line
 * @anchor: what part of the text stands at @x
 * @rgb: colour
 * @text: one line
 *
 * Writes text with a dark rim, legible on dark and on busy images.
 *
 * Returns: its width
 */
double
lac_overlay_text(GtkWidget *widget, cairo_t *cr, double x, double y, LacAnchor anchor,
    const double rgb[3], const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(widget, text);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    double left = anchor == LAC_ANCHOR_LEFT ? x
        : anchor == LAC_ANCHOR_RIGHT        ? x - width
                                            : x - 0.5 * width;
    cairo_save(cr);
    cairo_move_to(cr, round(left), round(y - 0.5 * height));
    pango_cairo_layout_path(cr, layout);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.6);
    cairo_set_line_width(cr, 2.0);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke_preserve(cr);
    cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
    cairo_fill(cr);
    cairo_restore(cr);
    return width;
}

/**
 * lac_overlay_label:
 * @widget: whose font is used
 * @cr: drawn to
 * @x: [widget unit] left end of the text
 * @y: [widget unit] middle of the line
 * @text: one line
 *
 * Writes white text on a dark ground, legible on bright images too.
 */
void
lac_overlay_label(GtkWidget *widget, cairo_t *cr, double x, double y, const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(widget, text);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    double left = x - 5.0, top = round(y - 0.5 * height) - 1.0, r = 4.0;
    double right = x + width + 5.0, bottom = top + height + 2.0;
    cairo_new_sub_path(cr);
    cairo_arc(cr, right - r, top + r, r, -0.5 * G_PI, 0.0);
    cairo_arc(cr, right - r, bottom - r, r, 0.0, 0.5 * G_PI);
    cairo_arc(cr, left + r, bottom - r, r, 0.5 * G_PI, G_PI);
    cairo_arc(cr, left + r, top + r, r, G_PI, 1.5 * G_PI);
    cairo_close_path(cr);
    cairo_set_source_rgba(cr, 0.11, 0.11, 0.12, 0.75);
    cairo_fill(cr);
    lac_overlay_text(widget, cr, x, y, LAC_ANCHOR_LEFT, white, text);
}

/**
 * lac_overlay_line:
 * @cr: drawn to
 * @x0: [widget unit]
 * @y0: [widget unit]
 * @x1: [widget unit]
 * @y1: [widget unit]
 * @rgb: colour
 *
 * Draws a line with a dark rim.
 */
void
lac_overlay_line(cairo_t *cr, double x0, double y0, double x1, double y1, const double rgb[3])
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.45);
    cairo_set_line_width(cr, 3.0);
    cairo_stroke_preserve(cr);
    cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
    cairo_set_line_width(cr, 1.25);
    cairo_stroke(cr);
}

/**
 * lac_overlay_scale_bar:
 * @widget: whose font is used
 * @cr: drawn to
 * @width: of the widget
 * @height: of the widget
 * @units_per_angstrom: magnification [widget unit/Å]; 0 when unknown: draws nothing
 *
 * Draws a bar of a nice length, at most a third of the width, at the lower right.
 */
void
lac_overlay_scale_bar(GtkWidget *widget, cairo_t *cr, int width, int height,
    double units_per_angstrom)
{
    double room = MIN(width / 3.0, 200.0);
    double length = units_per_angstrom > 0.0 ? lac_nice_floor(room / units_per_angstrom) : 0.0;
    if (length <= 0.0 || room < 30.0)
        return;
    double bar = length * units_per_angstrom;
    double right = width - MARGIN, top = height - MARGIN - 4.0;
    cairo_save(cr);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.6);
    cairo_rectangle(cr, right - bar - 1.0, top - 1.0, bar + 2.0, 6.0);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 1.0, 1.0, 1.0);
    cairo_rectangle(cr, right - bar, top, bar, 4.0);
    cairo_fill(cr);
    cairo_restore(cr);
    g_autofree char *text = lac_format_length(length);
    lac_overlay_text(widget, cr, right - 0.5 * bar, top - 11.0, LAC_ANCHOR_MIDDLE, white, text);
}

static void
arrow(cairo_t *cr, double x, double y, double dx, double dy, const double rgb[3])
{
    double tip_x = x + ARROW * dx, tip_y = y + ARROW * dy;
    lac_overlay_line(cr, x, y, tip_x, tip_y, rgb);
    cairo_move_to(cr, tip_x + 3.0 * dx, tip_y + 3.0 * dy);
    cairo_line_to(cr, tip_x - 4.0 * dx - 3.5 * dy, tip_y - 4.0 * dy - 3.5 * dx);
    cairo_line_to(cr, tip_x - 4.0 * dx + 3.5 * dy, tip_y - 4.0 * dy + 3.5 * dx);
    cairo_close_path(cr);
    cairo_set_source_rgb(cr, rgb[0], rgb[1], rgb[2]);
    cairo_fill(cr);
}

/**
 * lac_overlay_axes:
 * @widget: whose font is used
 * @cr: drawn to
 * @height: of the widget
 * @right: axis that points to the right, 0 to 2
 * @up: axis that points upwards, 0 to 2
 *
 * Draws two named arrows at the lower left, in the colours of the axes.
 */
void
lac_overlay_axes(GtkWidget *widget, cairo_t *cr, int height, guint right, guint up)
{
    double x = MARGIN + 2.0, y = height - MARGIN - 2.0;
    arrow(cr, x, y, 1.0, 0.0, lac_axis_rgb[right]);
    arrow(cr, x, y, 0.0, -1.0, lac_axis_rgb[up]);
    lac_overlay_text(widget, cr, x + ARROW + 10.0, y - 1.0, LAC_ANCHOR_MIDDLE, lac_axis_rgb[right],
        lac_axis_name[right]);
    lac_overlay_text(widget, cr, x, y - ARROW - 11.0, LAC_ANCHOR_MIDDLE, lac_axis_rgb[up],
        lac_axis_name[up]);
}
