// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/axes.h"

#include "core/figure/chart-drawing.h"

#include <float.h>
#include <math.h>

#define PAD       8.0
#define TICK_GAP  5.0
#define LINE_TEXT 17.0 // height of a line of text [widget unit]
#define LABEL_GAP 18.0 // between the labels of x and a title in their row

static PangoLayout *
make_layout(GtkWidget *widget, const char *text)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(widget, text);
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_attr_list_insert(attributes, pango_attr_scale_new(0.85));
    pango_layout_set_attributes(layout, attributes);
    return layout;
}

/**
 * lac_painter_init:
 * @self: (out caller-allocates): a painter
 * @widget: that is painted
 * @cr: to paint with
 */
void
lac_painter_init(LacPainter *self, GtkWidget *widget, cairo_t *cr)
{
    *self = (LacPainter){ .widget = widget,
        .cr = cr,
        .width = gtk_widget_get_width(widget),
        .height = gtk_widget_get_height(widget) };
    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &self->text);
    self->is_dark = self->text.red + self->text.green + self->text.blue > 1.5f;
}

/**
 * lac_painter_set_color:
 * @self: a painter
 * @index: of a line; after six the colours come again
 * @alpha: opacity
 */
void
lac_painter_set_color(LacPainter *self, guint index, double alpha)
{
    float c[3];
    lac_chart_get_color(index, self->is_dark, c);
    cairo_set_source_rgba(self->cr, (double) c[0], (double) c[1], (double) c[2], alpha);
}

/**
 * lac_painter_set_text_color:
 * @self: a painter
 * @alpha: opacity
 */
void
lac_painter_set_text_color(LacPainter *self, double alpha)
{
    cairo_set_source_rgba(self->cr, (double) self->text.red, (double) self->text.green,
        (double) self->text.blue, alpha * (double) self->text.alpha);
}

/**
 * lac_painter_get_text_width:
 * @widget: where it would be painted
 * @text: a line
 *
 * Returns: [widget unit] how wide it is
 */
double
lac_painter_get_text_width(GtkWidget *widget, const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(widget, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    return w;
}

/**
 * lac_painter_draw_text:
 * @self: a painter
 * @x: [widget unit]
 * @y: [widget unit]
 * @align_x: which part of the text is at @x: 0 left, 1 right
 * @align_y: which part is at @y: 0 top, 1 bottom
 * @alpha: opacity
 * @text: a line
 *
 * Returns: [widget unit] how wide it is
 */
double
lac_painter_draw_text(LacPainter *self, double x, double y, double align_x, double align_y,
    double alpha, const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(self->widget, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    lac_painter_set_text_color(self, alpha);
    cairo_move_to(self->cr, round(x - align_x * w), round(y - align_y * h));
    pango_cairo_show_layout(self->cr, layout);
    return w;
}

// A line that runs upwards: @x is its left side, @y its middle.
static void
draw_upright(LacPainter *self, double x, double y, double alpha, const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(self->widget, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    cairo_save(self->cr);
    cairo_translate(self->cr, round(x), round(y + 0.5 * w));
    cairo_rotate(self->cr, -0.5 * G_PI);
    lac_painter_set_text_color(self, alpha);
    cairo_move_to(self->cr, 0.0, 0.0);
    pango_cairo_show_layout(self->cr, layout);
    cairo_restore(self->cr);
}

/**
 * lac_painter_draw_empty:
 * @self: a painter
 * @text: (nullable): what stands in the middle while there is nothing to plot
 */
void
lac_painter_draw_empty(LacPainter *self, const char *text)
{
    if (text == NULL)
        return;
    g_autoptr(PangoLayout) layout = make_layout(self->widget, text);
    pango_layout_set_width(layout, (int) MAX(self->width - 4.0 * PAD, 1.0) * PANGO_SCALE);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    lac_painter_set_text_color(self, 0.65);
    cairo_move_to(self->cr, 2.0 * PAD, round(0.5 * (self->height - h)));
    pango_cairo_show_layout(self->cr, layout);
}

/**
 * lac_axes_fit:
 * @self: axes whose values and kind are set
 * @widget: that they are painted in
 *
 * Leaves room for a line of text above, titles and labels, and finds ticks.
 */
void
lac_axes_fit(LacAxes *self, GtkWidget *widget)
{
    double width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    self->top = PAD + LINE_TEXT + 2.0;
    self->bottom = height - PAD - LINE_TEXT - (self->is_compact ? 2.0 : LINE_TEXT);
    guint n_y = (guint) CLAMP((self->bottom - self->top) / (self->log_y ? 18.0 : 26.0), 2.0, 8.0);
    self->y_ticks = self->log_y ? lac_ticks_log(self->y_lo, self->y_hi, n_y)
                                : lac_ticks_linear(self->y_lo, self->y_hi, n_y);
    double widest = 0.0;
    for (guint i = 0; i < self->y_ticks.n; i++) {
        g_autofree char *label = lac_ticks_dup_label(&self->y_ticks, i);
        widest = MAX(widest, lac_painter_get_text_width(widget, label));
    }
    self->left = PAD + (self->is_compact ? 0.0 : LINE_TEXT) + widest + TICK_GAP;
    self->right = width - PAD - 6.0;
    guint n_x = (guint) CLAMP((self->right - self->left) / 60.0, 2.0, 12.0);
    const double x[2] = { self->x_lo, self->x_hi };
    self->x_ticks = self->chart != NULL ? lac_chart_find_x_ticks(self->chart, x, n_x)
                                        : lac_ticks_linear(self->x_lo, self->x_hi, n_x);
}

/**
 * lac_axes_to_x:
 * @self: axes
 * @x: a value
 *
 * Returns: [widget unit] where it is
 */
double
lac_axes_to_x(const LacAxes *self, double x)
{
    return self->left + (x - self->x_lo) / (self->x_hi - self->x_lo) * (self->right - self->left);
}

/**
 * lac_axes_to_y:
 * @self: axes
 * @y: a value; what is not above 0 is far below a logarithmic axis
 *
 * Returns: [widget unit] where it is
 */
double
lac_axes_to_y(const LacAxes *self, double y)
{
    double t = self->log_y ? log(MAX(y, DBL_MIN) / self->y_lo) / log(self->y_hi / self->y_lo)
                           : (y - self->y_lo) / (self->y_hi - self->y_lo);
    return self->bottom - t * (self->bottom - self->top);
}

/**
 * lac_axes_from_x:
 * @self: axes
 * @wx: [widget unit]
 *
 * Returns: the value there
 */
double
lac_axes_from_x(const LacAxes *self, double wx)
{
    return self->x_lo + (wx - self->left) / (self->right - self->left) * (self->x_hi - self->x_lo);
}

// A label below the axis, cut off where its neighbour begins.
static void
draw_within(LacPainter *painter, double x, double y, double room, const char *text)
{
    g_autoptr(PangoLayout) layout = make_layout(painter->widget, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    if (w > room) {
        pango_layout_set_width(layout, (int) MAX(room, 1.0) * PANGO_SCALE);
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_get_pixel_size(layout, &w, &h);
    }
    lac_painter_set_text_color(painter, 0.75);
    cairo_move_to(painter->cr, round(x - 0.5 * w), round(y));
    pango_cairo_show_layout(painter->cr, layout);
}

/**
 * lac_axes_draw:
 * @self: axes
 * @painter: to paint with
 * @x_label: (nullable): what runs to the right, with its unit
 * @y_label: (nullable): what runs upwards, with its unit
 *
 * Paints the grid, the ticks and their titles.
 */
void
lac_axes_draw(const LacAxes *self, LacPainter *painter, const char *x_label, const char *y_label)
{
    cairo_t *cr = painter->cr;
    cairo_set_line_width(cr, 1.0);
    for (guint i = 0; i < self->y_ticks.n; i++) {
        double y = floor(lac_axes_to_y(self, self->y_ticks.values[i])) + 0.5;
        lac_painter_set_text_color(painter, 0.12);
        cairo_move_to(cr, self->left, y);
        cairo_line_to(cr, self->right, y);
        cairo_stroke(cr);
        g_autofree char *label = lac_ticks_dup_label(&self->y_ticks, i);
        lac_painter_draw_text(painter, self->left - TICK_GAP, y, 1.0, 0.5, 0.75, label);
    }
    double end = HUGE_VAL; // of the labels of x
    if (self->is_compact && x_label != NULL)
        end = self->right - LABEL_GAP -
            lac_painter_draw_text(painter, self->right, self->bottom + 3.0, 1.0, 0.0, 0.75,
                x_label);
    for (guint i = 0; i < self->x_ticks.n; i++) {
        double x = floor(lac_axes_to_x(self, self->x_ticks.values[i])) + 0.5;
        lac_painter_set_text_color(painter, 0.35);
        cairo_move_to(cr, x, self->bottom);
        cairo_line_to(cr, x, self->bottom + 3.0);
        cairo_stroke(cr);
        g_autofree char *label = self->chart != NULL
            ? lac_chart_dup_x_label(self->chart, &self->x_ticks, i)
            : lac_ticks_dup_label(&self->x_ticks, i);
        double room = self->chart != NULL && self->chart->x_names != NULL
            ? lac_axes_to_x(self, 1.0) - lac_axes_to_x(self, 0.0) - 6.0
            : HUGE_VAL;
        if (x < end)
            draw_within(painter, x, self->bottom + 3.0, room, label);
    }
    lac_painter_set_text_color(painter, 0.35);
    cairo_move_to(cr, self->left, floor(self->bottom) + 0.5);
    cairo_line_to(cr, self->right, floor(self->bottom) + 0.5);
    cairo_stroke(cr);
    if (self->is_compact)
        return;
    if (x_label != NULL)
        lac_painter_draw_text(painter, 0.5 * (self->left + self->right), self->bottom + LINE_TEXT,
            0.5, 0.0, 0.85, x_label);
    if (y_label != NULL)
        draw_upright(painter, PAD - 3.0, 0.5 * (self->top + self->bottom), 0.85, y_label);
}
