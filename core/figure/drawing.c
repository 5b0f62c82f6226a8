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
    g_clear_pointer(&shape->points, g_bytes_unref);
    g_clear_pointer(&shape->image, cairo_surface_destroy);
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
 * @shape: painted over those before it; copied with its text, its points and image are kept
 */
void
lac_drawing_add(LacDrawing *self, const LacDrawingShape *shape)
{
    LacDrawingShape copy = *shape;
    copy.text = g_strdup(shape->text);
    copy.points = shape->points != NULL ? g_bytes_ref(shape->points) : NULL;
    copy.image = shape->image != NULL ? cairo_surface_reference(shape->image) : NULL;
    g_array_append_val(self->shapes, copy);
}

static gboolean
has_far_corner(LacDrawingKind kind)
{
    return kind != LAC_DRAWING_DISC && kind != LAC_DRAWING_TEXT && kind != LAC_DRAWING_CIRCLE &&
        kind != LAC_DRAWING_CURVE;
}

/**
 * lac_drawing_append:
 * @self: a drawing
 * @other: another one, which is painted over it; its texts get the font of @self
 * @dx: [pt] where its left side comes
 * @dy: [pt] where its top comes
 */
void
lac_drawing_append(LacDrawing *self, const LacDrawing *other, double dx, double dy)
{
    for (guint i = 0; i < other->shapes->len; i++) {
        LacDrawingShape shape = g_array_index(other->shapes, LacDrawingShape, i);
        shape.x += dx;
        shape.y += dy;
        if (has_far_corner(shape.kind)) {
            shape.x2 += dx;
            shape.y2 += dy;
            shape.x3 += dx;
            shape.y3 += dy;
        }
        lac_drawing_add(self, &shape);
    }
}

/**
 * lac_drawing_image_new:
 * @rgba: width x @height pixels of sRGB from the top, not premultiplied
 * @width: [pixel]
 * @height: [pixel]
 *
 * Returns: (transfer full) (nullable): the pixels as a drawing holds them; %NULL without memory
 */
cairo_surface_t *
lac_drawing_image_new(const guint8 *rgba, guint width, guint height)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int) width, (int) height);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return NULL;
    }
    const gsize stride = (gsize) cairo_image_surface_get_stride(image);
    guint8 *data = cairo_image_surface_get_data(image);
    for (gsize y = 0; y < height; y++) {
        guint32 *out = (guint32 *) (void *) (data + y * stride);
        const guint8 *in = rgba + y * width * 4;
        for (gsize x = 0; x < width; x++, in += 4) {
            const guint a = in[3];
            const guint r = (in[0] * a + 127) / 255, g = (in[1] * a + 127) / 255;
            out[x] = (guint32) a << 24 | r << 16 | g << 8 | (in[2] * a + 127) / 255;
        }
    }
    cairo_surface_mark_dirty(image);
    return image;
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
    if (s->turn != 0.0) {
        cairo_translate(cr, s->x, s->y);
        cairo_rotate(cr, -s->turn * G_PI / 180.0);
        cairo_translate(cr, -s->x, -s->y);
    }
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
paint_curve(const LacDrawingShape *s, cairo_t *cr)
{
    gsize size;
    const double *points = g_bytes_get_data(s->points, &size);
    gboolean draws = FALSE;
    for (gsize i = 0; i < size / (2 * sizeof *points); i++) {
        const double x = s->x + points[2 * i], y = s->y + points[2 * i + 1];
        if (!isfinite(x) || !isfinite(y))
            draws = FALSE;
        else if (draws)
            cairo_line_to(cr, x, y);
        else {
            cairo_move_to(cr, x, y);
            draws = TRUE;
        }
    }
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cr);
}

// Each pixel as it is: an image is made as large as it is going to be seen.
static void
paint_image(const LacDrawingShape *s, cairo_t *cr)
{
    double width = cairo_image_surface_get_width(s->image);
    double height = cairo_image_surface_get_height(s->image);
    cairo_translate(cr, s->x, s->y);
    cairo_scale(cr, (s->x2 - s->x) / width, (s->y2 - s->y) / height);
    cairo_set_source_surface(cr, s->image, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
}

static void
paint_shape(const LacDrawing *self, const LacDrawingShape *s, cairo_t *cr)
{
    const double dashes[] = { s->dash, 0.6 * s->dash };
    cairo_set_source_rgba(cr, (double) s->color[0], (double) s->color[1], (double) s->color[2],
        1.0 - s->clear);
    cairo_set_line_width(cr, s->width);
    if (s->dash > 0.0)
        cairo_set_dash(cr, dashes, 2, 0.0);
    switch (s->kind) {
    case LAC_DRAWING_LINE:
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
    case LAC_DRAWING_CIRCLE:
        cairo_arc(cr, s->x, s->y, s->x2, 0.0, 2.0 * G_PI);
        cairo_stroke(cr);
        break;
    case LAC_DRAWING_CURVE: paint_curve(s, cr); break;
    case LAC_DRAWING_IMAGE: paint_image(s, cr); break;
    case LAC_DRAWING_CLIP: break;
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
    const LacDrawingShape *clip = NULL;
    for (guint i = 0; i < self->shapes->len; i++) {
        const LacDrawingShape *shape = &g_array_index(self->shapes, LacDrawingShape, i);
        if (shape->kind == LAC_DRAWING_CLIP) {
            clip = shape->x2 > shape->x ? shape : NULL;
            continue;
        }
        cairo_save(cr);
        cairo_new_path(cr);
        if (clip != NULL) {
            cairo_rectangle(cr, clip->x, clip->y, clip->x2 - clip->x, clip->y2 - clip->y);
            cairo_clip(cr);
        }
        paint_shape(self, shape, cr);
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
