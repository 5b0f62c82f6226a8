// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/drawing.h"

#include <math.h>
#include <pango/pangocairo.h>

#define RAMP_STOPS 33

static void
clear_shape(gpointer data)
{
    LacDrawingShape *shape = data;
    g_free(shape->text);
}

/**
 * lac_drawing_new:
 * @width: [pt]
 * @height: [pt]
 * @font: family of all texts
 *
 * Returns: (transfer full): a drawing without shapes
 */
LacDrawing *
lac_drawing_new(double width, double height, const char *font)
{
    LacDrawing *self = g_new0(LacDrawing, 1);
    self->width = width;
    self->height = height;
    self->font = g_strdup(font);
    self->shapes = g_array_new(FALSE, FALSE, sizeof(LacDrawingShape));
    g_array_set_clear_func(self->shapes, clear_shape);
    return self;
}

/**
 * lac_drawing_free:
 * @self: (nullable) (transfer full): a drawing
 */
void
lac_drawing_free(LacDrawing *self)
{
    if (self == NULL)
        return;
    g_free(self->font);
    g_array_unref(self->shapes);
    g_free(self);
}

/**
 * lac_drawing_add:
 * @self: a drawing
 * @shape: painted over those before it; copied with its text
 */
void
lac_drawing_add(LacDrawing *self, const LacDrawingShape *shape)
{
    LacDrawingShape copy = *shape;
    copy.text = g_strdup(shape->text);
    g_array_append_val(self->shapes, copy);
}

// Sizes are in points, and a font unit of Pango must not depend on a screen.
static PangoLayout *
lay_text(const LacDrawing *self, cairo_t *cr, const char *text, double size, gboolean is_bold)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_new();
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    cairo_font_options_t *options = cairo_font_options_create();
    // Metrics without hints, so that a text is as wide on paper as on any number of pixels.
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
    pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
    cairo_font_options_destroy(options);
    pango_font_description_set_family(font, self->font);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    if (is_bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_attributes(layout, attributes);
    pango_layout_set_text(layout, text, -1);
    pango_layout_context_changed(layout);
    pango_font_description_free(font);
    return layout;
}

/**
 * lac_drawing_measure:
 * @self: a drawing
 * @text: one line
 * @size: [pt]
 * @is_bold: whether it is set in bold
 *
 * Returns: [pt] how wide the text is
 */
double
lac_drawing_measure(const LacDrawing *self, const char *text, double size, gboolean is_bold)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cr = cairo_create(surface);
    g_autoptr(PangoLayout) layout = lay_text(self, cr, text, size, is_bold);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return (double) logical.width / PANGO_SCALE;
}

static void
paint_text(const LacDrawing *self, const LacDrawingShape *s, cairo_t *cr)
{
    g_autoptr(PangoLayout) layout = lay_text(self, cr, s->text, s->x2, s->is_bold);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    double width = (double) logical.width / PANGO_SCALE;
    double x = s->x - (s->anchor == LAC_TEXT_MIDDLE ? 0.5 : s->anchor == LAC_TEXT_END) * width;
    double y = s->y - (double) pango_layout_get_baseline(layout) / PANGO_SCALE;
    if (s->width > 0.0) {
        cairo_move_to(cr, x, y);
        pango_cairo_layout_path(cr, layout);
        cairo_set_source_rgb(cr, (double) s->halo[0], (double) s->halo[1], (double) s->halo[2]);
        cairo_set_line_width(cr, 2.0 * s->width);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
        cairo_set_source_rgb(cr, (double) s->color[0], (double) s->color[1], (double) s->color[2]);
    }
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
}

static void
paint_ramp(const LacDrawingShape *s, cairo_t *cr)
{
    cairo_pattern_t *ramp = cairo_pattern_create_linear(0.0, s->y2, 0.0, s->y);
    for (int i = 0; i < RAMP_STOPS; i++) {
        double t = (double) i / (RAMP_STOPS - 1);
        float rgb[3];
        lac_colormap_lookup(s->colormap, s->is_reversed ? 1.0 - t : t, rgb);
        cairo_pattern_add_color_stop_rgb(ramp, t, (double) rgb[0], (double) rgb[1],
            (double) rgb[2]);
    }
    cairo_rectangle(cr, s->x, s->y, s->x2 - s->x, s->y2 - s->y);
    cairo_set_source(cr, ramp);
    cairo_fill(cr);
    cairo_pattern_destroy(ramp);
}

static void
paint_shape(const LacDrawing *self, const LacDrawingShape *s, cairo_t *cr)
{
    cairo_set_source_rgb(cr, (double) s->color[0], (double) s->color[1], (double) s->color[2]);
    switch (s->kind) {
    case LAC_DRAWING_LINE:
        cairo_set_line_width(cr, s->width);
        cairo_move_to(cr, s->x, s->y);
        cairo_line_to(cr, s->x2, s->y2);
        cairo_stroke(cr);
        break;
    case LAC_DRAWING_RECT:
        cairo_rectangle(cr, s->x, s->y, s->x2 - s->x, s->y2 - s->y);
        cairo_fill(cr);
        break;
    case LAC_DRAWING_DISC:
        cairo_arc(cr, s->x, s->y, s->x2, 0.0, 2.0 * G_PI);
        cairo_fill(cr);
        break;
    case LAC_DRAWING_TRIANGLE:
        cairo_move_to(cr, s->x, s->y);
        cairo_line_to(cr, s->x2, s->y2);
        cairo_line_to(cr, s->x3, s->y3);
        cairo_close_path(cr);
        cairo_fill(cr);
        break;
    case LAC_DRAWING_RAMP: paint_ramp(s, cr); break;
    case LAC_DRAWING_TEXT: paint_text(self, s, cr); break;
    }
}

/**
 * lac_drawing_paint:
 * @self: a drawing
 * @cr: where to paint, one unit a point
 */
void
lac_drawing_paint(const LacDrawing *self, cairo_t *cr)
{
    for (guint i = 0; i < self->shapes->len; i++) {
        cairo_save(cr);
        cairo_new_path(cr);
        paint_shape(self, &g_array_index(self->shapes, LacDrawingShape, i), cr);
        cairo_restore(cr);
    }
}

// Lays one premultiplied pixel over one that is not; the largest value of the latter is @full.
static void
blend(guint32 over, double full, double pixel[4])
{
    const double a = (double) (over >> 24) / 255.0, kept = 1.0 - a;
    const double before = pixel[3] / full, alpha = a + before * kept;
    for (int c = 0; c < 3; c++) {
        double color = (double) (over >> (16 - 8 * c) & 255) / 255.0;
        pixel[c] = full * (color + pixel[c] / full * before * kept) / alpha;
    }
    pixel[3] = full * alpha;
}

static void
blend_row(const guint32 *over, guint width, guint bits, gsize row, gpointer rgba)
{
    guint8 *bytes = (guint8 *) rgba + row * width * 4;
    guint16 *words = (guint16 *) rgba + row * width * 4;
    for (guint x = 0; x < width; x++) {
        if (over[x] >> 24 == 0)
            continue;
        double pixel[4];
        for (guint c = 0; c < 4; c++)
            pixel[c] = bits == 16 ? (double) words[4 * x + c] : (double) bytes[4 * x + c];
        blend(over[x], bits == 16 ? 65535.0 : 255.0, pixel);
        for (guint c = 0; c < 4; c++) {
            if (bits == 16)
                words[4 * x + c] = (guint16) (pixel[c] + 0.5);
            else
                bytes[4 * x + c] = (guint8) (pixel[c] + 0.5);
        }
    }
}

/**
 * lac_drawing_paint_rows:
 * @self: a drawing
 * @width: [pixel] of the whole picture
 * @height: [pixel] likewise
 * @first: row of the picture that @rgba begins with, from the top
 * @n_rows: how many rows @rgba holds
 * @bits: of a value in @rgba, 8 or 16
 * @rgba: width x @n_rows pixels, not premultiplied, painted over
 *
 * Paints the part of the drawing that falls into some rows of a picture. It does not depend on how
 * the picture is divided.
 */
void
lac_drawing_paint_rows(const LacDrawing *self, guint width, guint height, guint first, guint n_rows,
    guint bits, gpointer rgba)
{
    if (self->shapes->len == 0)
        return;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int) width, (int) n_rows);
    if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) {
        cairo_t *cr = cairo_create(surface);
        cairo_translate(cr, 0.0, -(double) first);
        cairo_scale(cr, (double) width / self->width, (double) height / self->height);
        lac_drawing_paint(self, cr);
        cairo_destroy(cr);
        cairo_surface_flush(surface);
        gsize stride = (gsize) cairo_image_surface_get_stride(surface);
        const guint8 *data = cairo_image_surface_get_data(surface);
        for (gsize y = 0; y < n_rows; y++)
            blend_row((const guint32 *) (const void *) (data + y * stride), width, bits, y, rgba);
    }
    cairo_surface_destroy(surface);
}

// --- SVG

static void
append_number(GString *svg, const char *name, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(svg, " %s=\"%s\"", name,
        g_ascii_formatd(buffer, sizeof buffer, "%.4f", value));
}

static void
append_color(GString *svg, const char *name, const float color[3])
{
    g_string_append_printf(svg, " %s=\"#%02x%02x%02x\"", name, (guint) (255.0f * color[0] + 0.5f),
        (guint) (255.0f * color[1] + 0.5f), (guint) (255.0f * color[2] + 0.5f));
}

static void
append_ramp(GString *svg, const LacDrawingShape *s, guint id)
{
    g_string_append_printf(svg,
        "<linearGradient id=\"ramp%u\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">\n", id);
    for (int i = 0; i < RAMP_STOPS; i++) {
        double t = (double) i / (RAMP_STOPS - 1);
        float rgb[3];
        lac_colormap_lookup(s->colormap, s->is_reversed ? 1.0 - t : t, rgb);
        g_string_append(svg, "<stop");
        append_number(svg, "offset", t);
        append_color(svg, "stop-color", rgb);
        g_string_append(svg, "/>\n");
    }
    g_string_append(svg, "</linearGradient>\n<rect");
    append_number(svg, "x", s->x);
    append_number(svg, "y", s->y);
    append_number(svg, "width", s->x2 - s->x);
    append_number(svg, "height", s->y2 - s->y);
    g_string_append_printf(svg, " fill=\"url(#ramp%u)\"/>\n", id);
}

static void
append_text(GString *svg, const LacDrawingShape *s)
{
    static const char *const anchors[] = { "start", "middle", "end" };
    g_autofree char *escaped = g_markup_escape_text(s->text, -1);
    g_string_append_printf(svg, "<text text-anchor=\"%s\"", anchors[s->anchor]);
    append_number(svg, "x", s->x);
    append_number(svg, "y", s->y);
    append_number(svg, "font-size", s->x2);
    append_color(svg, "fill", s->color);
    if (s->is_bold)
        g_string_append(svg, " font-weight=\"bold\"");
    if (s->width > 0.0) {
        append_color(svg, "stroke", s->halo);
        append_number(svg, "stroke-width", 2.0 * s->width);
        g_string_append(svg, " stroke-linejoin=\"round\" paint-order=\"stroke\"");
    }
    g_string_append_printf(svg, ">%s</text>\n", escaped);
}

static void
append_triangle(GString *svg, const LacDrawingShape *s)
{
    const double at[] = { s->x, s->y, s->x2, s->y2, s->x3, s->y3 };
    g_string_append(svg, "<polygon points=\"");
    for (guint i = 0; i < G_N_ELEMENTS(at); i++) {
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(svg, "%s%s", i > 0 ? " " : "",
            g_ascii_formatd(buffer, sizeof buffer, "%.4f", at[i]));
    }
    g_string_append(svg, "\"");
    append_color(svg, "fill", s->color);
    g_string_append(svg, "/>\n");
}

static void
append_shape(GString *svg, const LacDrawingShape *s, guint id)
{
    switch (s->kind) {
    case LAC_DRAWING_LINE:
        g_string_append(svg, "<line");
        append_number(svg, "x1", s->x);
        append_number(svg, "y1", s->y);
        append_number(svg, "x2", s->x2);
        append_number(svg, "y2", s->y2);
        append_number(svg, "stroke-width", s->width);
        append_color(svg, "stroke", s->color);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_RECT:
        g_string_append(svg, "<rect");
        append_number(svg, "x", s->x);
        append_number(svg, "y", s->y);
        append_number(svg, "width", s->x2 - s->x);
        append_number(svg, "height", s->y2 - s->y);
        append_color(svg, "fill", s->color);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_DISC:
        g_string_append(svg, "<circle");
        append_number(svg, "cx", s->x);
        append_number(svg, "cy", s->y);
        append_number(svg, "r", s->x2);
        append_color(svg, "fill", s->color);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_TRIANGLE: append_triangle(svg, s); break;
    case LAC_DRAWING_RAMP: append_ramp(svg, s, id); break;
    case LAC_DRAWING_TEXT: append_text(svg, s); break;
    }
}

/**
 * lac_drawing_append_svg:
 * @self: a drawing
 * @svg: gets a group, in points; texts stay texts
 */
void
lac_drawing_append_svg(const LacDrawing *self, GString *svg)
{
    g_autofree char *font = g_markup_escape_text(self->font, -1);
    g_string_append_printf(svg, "<g font-family=\"%s, DejaVu Sans, Arial, sans-serif\">\n", font);
    for (guint i = 0; i < self->shapes->len; i++)
        append_shape(svg, &g_array_index(self->shapes, LacDrawingShape, i), i);
    g_string_append(svg, "</g>\n");
}
