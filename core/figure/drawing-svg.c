// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing as SVG: shapes stay shapes and texts stay texts.
#include "core/figure/drawing.h"

#include <hb.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define RAMP_STOPS  33
#define BASE64_LINE 57        // bytes that give 76 characters
#define MAX_FONT    (1 << 20) // bytes of a font that goes into the file
#define FAMILY      "Lacuna Figure"

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
append_stroke(GString *svg, const LacDrawingShape *s)
{
    append_number(svg, "stroke-width", s->width);
    append_color(svg, "stroke", s->color);
    if (s->clear > 0.0)
        append_number(svg, "stroke-opacity", 1.0 - s->clear);
    if (s->dash > 0.0) {
        char on[G_ASCII_DTOSTR_BUF_SIZE], off[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(svg, " stroke-dasharray=\"%s %s\"",
            g_ascii_formatd(on, sizeof on, "%.3f", s->dash),
            g_ascii_formatd(off, sizeof off, "%.3f", 0.6 * s->dash));
    }
}

static void
append_fill(GString *svg, const LacDrawingShape *s)
{
    append_color(svg, "fill", s->color);
    if (s->clear > 0.0)
        append_number(svg, "fill-opacity", 1.0 - s->clear);
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
    if (s->turn != 0.0) {
        char turn[G_ASCII_DTOSTR_BUF_SIZE], x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf(svg, " transform=\"rotate(%s %s %s)\"",
            g_ascii_formatd(turn, sizeof turn, "%.4f", -s->turn),
            g_ascii_formatd(x, sizeof x, "%.4f", s->x), g_ascii_formatd(y, sizeof y, "%.4f", s->y));
    }
    if (s->width > 0.0) {
        append_color(svg, "stroke", s->halo);
        append_number(svg, "stroke-width", 2.0 * s->width);
        g_string_append(svg, " stroke-linejoin=\"round\" paint-order=\"stroke\"");
    }
    if (s->is_bold)
        g_string_append(svg, " font-weight=\"bold\"");
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
append_curve(GString *svg, const LacDrawingShape *s)
{
    gsize size;
    const double *points = g_bytes_get_data(s->points, &size);
    gboolean draws = FALSE;
    g_string_append(svg, "<path fill=\"none\" stroke-linejoin=\"round\" d=\"");
    for (gsize i = 0; i < size / (2 * sizeof *points); i++) {
        char bx[G_ASCII_DTOSTR_BUF_SIZE], by[G_ASCII_DTOSTR_BUF_SIZE];
        const double x = s->x + points[2 * i], y = s->y + points[2 * i + 1];
        if (isfinite(x) && isfinite(y))
            g_string_append_printf(svg, "%c%s %s", draws ? 'L' : 'M',
                g_ascii_formatd(bx, sizeof bx, "%.3f", x),
                g_ascii_formatd(by, sizeof by, "%.3f", y));
        draws = isfinite(x) && isfinite(y);
    }
    g_string_append_c(svg, '"');
    append_stroke(svg, s);
    g_string_append(svg, "/>\n");
}

static cairo_status_t
append_bytes(void *closure, const unsigned char *data, unsigned int n)
{
    g_byte_array_append(closure, data, n);
    return CAIRO_STATUS_SUCCESS;
}

static void
append_base64(GString *svg, const guint8 *data, gsize n)
{
    for (gsize i = 0; i < n; i += BASE64_LINE) {
        g_autofree char *line = g_base64_encode(data + i, MIN(BASE64_LINE, n - i));
        g_string_append(svg, line);
        g_string_append_c(svg, '\n');
    }
}

static void
append_image(GString *svg, const LacDrawingShape *s)
{
    g_autoptr(GByteArray) png = g_byte_array_new();
    if (cairo_surface_write_to_png_stream(s->image, append_bytes, png) != CAIRO_STATUS_SUCCESS)
        return;
    g_string_append(svg, "<image preserveAspectRatio=\"none\"");
    append_number(svg, "x", s->x);
    append_number(svg, "y", s->y);
    append_number(svg, "width", s->x2 - s->x);
    append_number(svg, "height", s->y2 - s->y);
    g_string_append(svg, " xlink:href=\"data:image/png;base64,");
    append_base64(svg, png->data, png->len);
    g_string_append(svg, "\"/>\n");
}

static void
append_clip(GString *svg, const LacDrawingShape *s, guint id, gboolean *is_open)
{
    if (*is_open)
        g_string_append(svg, "</g>\n");
    *is_open = s->x2 > s->x;
    if (!*is_open)
        return;
    g_string_append_printf(svg, "<clipPath id=\"clip%u\"><rect", id);
    append_number(svg, "x", s->x);
    append_number(svg, "y", s->y);
    append_number(svg, "width", s->x2 - s->x);
    append_number(svg, "height", s->y2 - s->y);
    g_string_append_printf(svg, "/></clipPath>\n<g clip-path=\"url(#clip%u)\">\n", id);
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
        append_stroke(svg, s);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_RECT:
        g_string_append(svg, "<rect");
        append_number(svg, "x", s->x);
        append_number(svg, "y", s->y);
        append_number(svg, "width", s->x2 - s->x);
        append_number(svg, "height", s->y2 - s->y);
        append_fill(svg, s);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_DISC:
        g_string_append(svg, "<circle");
        append_number(svg, "cx", s->x);
        append_number(svg, "cy", s->y);
        append_number(svg, "r", s->x2);
        append_fill(svg, s);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_CIRCLE:
        g_string_append(svg, "<circle fill=\"none\"");
        append_number(svg, "cx", s->x);
        append_number(svg, "cy", s->y);
        append_number(svg, "r", s->x2);
        append_stroke(svg, s);
        g_string_append(svg, "/>\n");
        break;
    case LAC_DRAWING_CURVE: append_curve(svg, s); break;
    case LAC_DRAWING_IMAGE: append_image(svg, s); break;
    case LAC_DRAWING_CLIP: break;
    case LAC_DRAWING_TRIANGLE: append_triangle(svg, s); break;
    case LAC_DRAWING_RAMP: append_ramp(svg, s, id); break;
    case LAC_DRAWING_TEXT: append_text(svg, s); break;
    }
}

// The font as it lies in its file, so that texts look the same wherever the picture is opened.
static void
append_font(const LacDrawing *self, GString *svg, gboolean is_bold)
{
    PangoFontMap *map = pango_cairo_font_map_get_default();
    PangoContext *context = pango_font_map_create_context(map);
    PangoFontDescription *wanted = pango_font_description_new();
    pango_font_description_set_family(wanted, self->font);
    pango_font_description_set_size(wanted, 10 * PANGO_SCALE);
    pango_font_description_set_weight(wanted, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    PangoFont *font = pango_font_map_load_font(map, context, wanted);
    pango_font_description_free(wanted);
    g_object_unref(context);
    if (font == NULL)
        return;
    hb_blob_t *blob = hb_face_reference_blob(hb_font_get_face(pango_font_get_hb_font(font)));
    unsigned int n = 0;
    const char *data = hb_blob_get_data(blob, &n);
    // A collection of fonts begins so, and no browser takes it.
    if (data != NULL && n > 4 && n <= MAX_FONT && memcmp(data, "ttcf", 4) != 0) {
        g_string_append_printf(svg,
            "@font-face{font-family:\"" FAMILY "\";font-weight:%s;src:url(\"data:font/%s;base64,",
            is_bold ? "bold" : "normal", memcmp(data, "OTTO", 4) == 0 ? "otf" : "ttf");
        g_autofree char *code = g_base64_encode((const guint8 *) data, n); // CSS takes no line ends
        g_string_append_printf(svg, "%s\")}\n", code);
    }
    hb_blob_destroy(blob);
    g_object_unref(font);
}

static void
append_fonts(const LacDrawing *self, GString *svg)
{
    gboolean has[2] = { FALSE, FALSE };
    for (guint i = 0; i < self->shapes->len; i++) {
        const LacDrawingShape *shape = &g_array_index(self->shapes, LacDrawingShape, i);
        if (shape->kind == LAC_DRAWING_TEXT)
            has[shape->is_bold ? 1 : 0] = TRUE;
    }
    if (!has[0] && !has[1])
        return;
    g_string_append(svg, "<style>\n");
    for (int bold = 0; bold < 2; bold++)
        if (has[bold])
            append_font(self, svg, bold == 1);
    g_string_append(svg, "</style>\n");
}

/**
 * lac_drawing_append_svg:
 * @self: a drawing
 * @svg: gets a group, in points; texts stay texts, and their font goes with them
 */
void
lac_drawing_append_svg(const LacDrawing *self, GString *svg)
{
    gboolean is_clipped = FALSE;
    g_autofree char *font = g_markup_escape_text(self->font, -1);
    append_fonts(self, svg);
    g_string_append_printf(svg, "<g font-family=\"" FAMILY ", %s\">\n", font);
    for (guint i = 0; i < self->shapes->len; i++) {
        const LacDrawingShape *shape = &g_array_index(self->shapes, LacDrawingShape, i);
        if (shape->kind == LAC_DRAWING_CLIP)
            append_clip(svg, shape, i, &is_clipped);
        else
            append_shape(svg, shape, i);
    }
    g_string_append(svg, is_clipped ? "</g>\n</g>\n" : "</g>\n");
}
