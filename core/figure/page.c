// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/page.h"

#include "core/error.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define BASE64_LINE 57 // bytes that give 76 characters

struct LacPage {
    cairo_surface_t *pixels;
    guint width, height, n_rows;
};

/**
 * lac_page_new:
 * @width: [pixel]
 * @height: [pixel]
 * @has_alpha: %FALSE to leave the alpha of the pixels away
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a page that takes the rows of its picture, or %NULL with @error set
 */
LacPage *
lac_page_new(guint width, guint height, gboolean has_alpha, GError **error)
{
    cairo_surface_t *pixels =
        cairo_image_surface_create(has_alpha ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
            (int) width, (int) height);
    if (cairo_surface_status(pixels) != CAIRO_STATUS_SUCCESS) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "There is not enough memory for a picture of %u x %u pixels", width, height);
        cairo_surface_destroy(pixels);
        return NULL;
    }
    LacPage *self = g_new0(LacPage, 1);
    *self = (LacPage){ .pixels = pixels, .width = width, .height = height };
    return self;
}

/**
 * lac_page_free:
 * @self: (nullable) (transfer full): a page
 */
void
lac_page_free(LacPage *self)
{
    if (self == NULL)
        return;
    cairo_surface_destroy(self->pixels);
    g_free(self);
}

/**
 * lac_page_add_rows:
 * @self: a page
 * @rgba: (array): width x @n_rows pixels, not premultiplied
 * @n_rows: how many rows
 *
 * Takes the next rows, from the top.
 */
void
lac_page_add_rows(LacPage *self, const guint8 *rgba, guint n_rows)
{
    g_return_if_fail(n_rows <= self->height - self->n_rows);

    cairo_surface_flush(self->pixels);
    const gsize stride = (gsize) cairo_image_surface_get_stride(self->pixels);
    guint8 *data = cairo_image_surface_get_data(self->pixels) + self->n_rows * stride;
    for (gsize y = 0; y < n_rows; y++) {
        guint32 *out = (guint32 *) (void *) (data + y * stride);
        const guint8 *in = rgba + y * self->width * 4;
        for (gsize x = 0; x < self->width; x++, in += 4) {
            const guint a = in[3];
            const guint r = (in[0] * a + 127) / 255, g = (in[1] * a + 127) / 255;
            out[x] = (guint32) a << 24 | r << 16 | g << 8 | (in[2] * a + 127) / 255;
        }
    }
    self->n_rows += n_rows;
    cairo_surface_mark_dirty(self->pixels);
}

static gboolean
report(const char *path, const char *what, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be written: %s", path, what);
    return FALSE;
}

static cairo_status_t
append_bytes(void *closure, const unsigned char *data, unsigned int n)
{
    g_byte_array_append(closure, data, n);
    return CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(cairo_surface_t *pdf, const LacPageNotes *notes)
{
    g_autofree char *keywords =
        notes->data != NULL ? g_strdelimit(g_strstrip(g_strdup(notes->data)), "\n", ' ') : NULL;
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "Lacuna " LAC_VERSION);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_SUBJECT, notes->recipe);
    if (keywords != NULL)
        cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_KEYWORDS, keywords);
}

static void
paint_pixels(const LacPage *self, const LacPageNotes *notes, cairo_t *cr)
{
    cairo_save(cr);
    cairo_scale(cr, notes->width_pt / self->width, notes->height_pt / self->height);
    cairo_set_source_surface(cr, self->pixels, 0.0, 0.0);
    // Pixels stay pixels: a viewer that zooms in shows what was computed.
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
    cairo_paint(cr);
    cairo_restore(cr);
}

/**
 * lac_page_write_pdf:
 * @self: (nullable): a page with all its rows; %NULL: the drawing is all there is
 * @drawing: what lies over it, as vectors with embedded fonts
 * @notes: the page's size and what is written into the file
 * @path: the file
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and the old file untouched
 */
gboolean
lac_page_write_pdf(LacPage *self, const LacDrawing *drawing, const LacPageNotes *notes,
    const char *path, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    cairo_surface_t *pdf =
        cairo_pdf_surface_create_for_stream(append_bytes, bytes, notes->width_pt, notes->height_pt);
    set_metadata(pdf, notes);
    cairo_t *cr = cairo_create(pdf);
    if (self != NULL)
        paint_pixels(self, notes, cr);
    lac_drawing_paint(drawing, cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(pdf);
    status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(pdf) : status;
    cairo_surface_destroy(pdf);
    if (status != CAIRO_STATUS_SUCCESS)
        return report(path, cairo_status_to_string(status), error);
    return g_file_set_contents(path, (const char *) bytes->data, (gssize) bytes->len, error);
}

static void
append_picture(GString *svg, const GByteArray *png)
{
    for (guint i = 0; i < png->len; i += BASE64_LINE) {
        g_autofree char *line =
            g_base64_encode(png->data + i, MIN(BASE64_LINE, (gsize) png->len - i));
        g_string_append(svg, line);
        g_string_append_c(svg, '\n');
    }
}

/**
 * lac_page_write_svg:
 * @self: (nullable): a page with all its rows; %NULL: the drawing is all there is
 * @drawing: what lies over it; texts stay texts
 * @notes: the page's size and what is written into the file
 * @path: the file
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and the old file untouched
 */
gboolean
lac_page_write_svg(LacPage *self, const LacDrawing *drawing, const LacPageNotes *notes,
    const char *path, GError **error)
{
    g_autoptr(GByteArray) png = g_byte_array_new();
    cairo_status_t status = self != NULL
        ? cairo_surface_write_to_png_stream(self->pixels, append_bytes, png)
        : CAIRO_STATUS_SUCCESS;
    if (status != CAIRO_STATUS_SUCCESS)
        return report(path, cairo_status_to_string(status), error);
    char w[G_ASCII_DTOSTR_BUF_SIZE], h[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(w, sizeof w, "%.4f", notes->width_pt);
    g_ascii_formatd(h, sizeof h, "%.4f", notes->height_pt);
    g_autofree char *recipe = g_markup_escape_text(notes->recipe, -1);
    g_autoptr(GString) svg = g_string_sized_new((gsize) png->len / 3 * 4 + 65536);
    g_string_append_printf(svg,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "width=\"%spt\" height=\"%spt\" viewBox=\"0 0 %s %s\">\n"
        "<title>Lacuna " LAC_VERSION "</title>\n<desc>%s</desc>\n",
        w, h, w, h, recipe);
    if (self != NULL) {
        g_string_append_printf(svg,
            "<image width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\" "
            "xlink:href=\"data:image/png;base64,",
            w, h);
        append_picture(svg, png);
        g_string_append(svg, "\"/>\n");
    }
    lac_drawing_append_svg(drawing, svg);
    g_string_append(svg, "</svg>\n");
    return g_file_set_contents(path, svg->str, (gssize) svg->len, error);
}
