// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure-write.h"

#include "core/array.h"
#include "core/error.h"
#include "core/figure/page.h"
#include "core/figure/png.h"
#include "core/figure/tiff-writer.h"
#include "ui/render/export.h"

#include <math.h>
#include <string.h>

#define MM 25.4
#define PT 72.0

typedef enum {
    FORMAT_PNG,
    FORMAT_TIFF,
    FORMAT_PDF,
    FORMAT_SVG,
    N_FORMATS,
} Format;

static const struct {
    const char *suffix;
    Format format;
} suffixes[] = { { ".png", FORMAT_PNG }, { ".tif", FORMAT_TIFF }, { ".tiff", FORMAT_TIFF },
    { ".pdf", FORMAT_PDF }, { ".svg", FORMAT_SVG } };

// One way to take the rows of a picture.
typedef struct {
    const LacFigureView *view;
    guint bits, first; // first: row that comes next
    gboolean draws;    // the shapes go onto the pixels
    LacPngWriter *png;
    LacTiffWriter *tiff;
    LacPage *page;
    guint8 *pixels; // or into memory
} Sink;

static void
append_digest(GString *text, const char *name, GChecksum *checksum)
{
    g_string_append_printf(text, "%s=sha256:%s\n", name, g_checksum_get_string(checksum));
}

static void
add_to_digest(GChecksum *checksum, gconstpointer data, gsize n_bytes)
{
    const guint8 *at = data;
    while (n_bytes > 0) {
        gsize part = MIN(n_bytes, (gsize) 1 << 30);
        g_checksum_update(checksum, at, (gssize) part);
        at += part;
        n_bytes -= part;
    }
}

/**
 * lac_figure_dup_digests:
 * @volume: (nullable): what is shown
 * @atoms: (nullable): likewise
 *
 * Takes the SHA-256 of the values of the volume, and of the positions and species of the atoms. A few
 * hundred megabytes take a second.
 *
 * Returns: (transfer full): a line "name=sha256:..." for each
 */
char *
lac_figure_dup_digests(const LacVolume *volume, const LacAtoms *atoms)
{
    GString *text = g_string_new(NULL);
    if (volume != NULL) {
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        add_to_digest(checksum, volume->data, lac_volume_get_size(volume) * sizeof(float));
        append_digest(text, "volume", checksum);
    }
    if (atoms != NULL) {
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        const double *const axes[] = { atoms->x, atoms->y, atoms->z };
        for (int i = 0; i < 3; i++)
            add_to_digest(checksum, axes[i], atoms->n * sizeof(double));
        add_to_digest(checksum, atoms->species, atoms->n * sizeof *atoms->species);
        append_digest(text, "atoms", checksum);
    }
    return g_string_free(text, FALSE);
}

static gboolean
find_format(const char *path, Format *format, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(lower, suffixes[i].suffix)) {
            *format = suffixes[i].format;
            return TRUE;
        }
    g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
        "%s is no picture that can be written: its name ends in none of .png, .tif, .pdf and .svg",
        path);
    return FALSE;
}

/**
 * lac_figure_check_path:
 * @path: of a file to be written
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if no picture has such a name
 */
gboolean
lac_figure_check_path(const char *path, GError **error)
{
    Format format;
    return find_format(path, &format, error);
}

static gboolean
take_rows(const guint8 *rgba, int n_rows, gpointer data, GError **error)
{
    Sink *sink = data;
    const guint n = (guint) n_rows, width = (guint) sink->view->width;
    guint8 *rows = (guint8 *) (guintptr) rgba; // the exporter's own, about to be reused
    if (sink->draws)
        lac_drawing_paint_rows(sink->view->drawing, width, (guint) sink->view->height, sink->first,
            n, sink->bits, rows);
    const guint first = sink->first;
    sink->first += n;
    if (sink->png != NULL)
        return lac_png_writer_add_rows(sink->png, rows, n, error);
    if (sink->tiff != NULL)
        return lac_tiff_writer_add_rows(sink->tiff, rows, n, error);
    if (sink->page != NULL) {
        lac_page_add_rows(sink->page, rows, n);
        return TRUE;
    }
    memcpy(sink->pixels + (gsize) first * width * 4, rows, (gsize) n * width * 4);
    return TRUE;
}

static gboolean
draw(const LacFigure *figure, LacRenderer *renderer, Sink *sink, LacProgress *progress,
    GError **error)
{
    const LacFigureView *view = sink->view;
    LacExportParams params = lac_export_params_default(view->width, view->height);
    params.supersample = figure->supersample;
    params.bits = (int) sink->bits;
    // Lines keep their share of the picture at any size.
    params.line_scale = (double) MIN(view->width, view->height) / 700.0;
    return lac_export_picture(renderer, &view->scene, &params, take_rows, sink, progress, error);
}

static gboolean
write_png(const LacFigure *figure, Sink *sink, LacRenderer *renderer, const LacFigureNotes *notes,
    const char *path, LacProgress *progress, GError **error)
{
    const char *text[16] = { "Software", "Lacuna " LAC_VERSION, LAC_FIGURE_RECIPE_KEY,
        notes->recipe, "Lacuna device", lac_renderer_get_info(renderer), NULL };
    guint n = 6;
    if (notes->data != NULL && notes->data[0] != '\0') {
        text[n++] = "Lacuna data";
        text[n++] = notes->data;
    }
    if (notes->source != NULL) {
        text[n++] = "Source";
        text[n++] = notes->source;
    }
    g_autoptr(LacPngWriter) writer = lac_png_writer_new(path, (guint) sink->view->width,
        (guint) sink->view->height, figure->transparent, figure->dpi, text, error);
    sink->png = writer;
    sink->draws = TRUE;
    return writer != NULL && draw(figure, renderer, sink, progress, error) &&
        lac_png_writer_finish(writer, error);
}

static gboolean
write_tiff(const LacFigure *figure, Sink *sink, LacRenderer *renderer, const LacFigureNotes *notes,
    const char *path, LacProgress *progress, GError **error)
{
    sink->bits = notes->bits == 16 ? 16 : 8;
    LacTiffParams params = { .width = (guint) sink->view->width,
        .height = (guint) sink->view->height,
        .bits = sink->bits,
        .has_alpha = figure->transparent,
        .dpi = figure->dpi,
        .description = notes->recipe };
    g_autoptr(LacTiffWriter) writer = lac_tiff_writer_new(path, &params, error);
    sink->tiff = writer;
    sink->draws = TRUE;
    return writer != NULL && draw(figure, renderer, sink, progress, error) &&
        lac_tiff_writer_finish(writer, error);
}

static gboolean
write_page(const LacFigure *figure, Sink *sink, LacRenderer *renderer, const LacFigureNotes *notes,
    const char *path, gboolean is_svg, LacProgress *progress, GError **error)
{
    g_autoptr(LacPage) page = lac_page_new((guint) sink->view->width, (guint) sink->view->height,
        figure->transparent, error);
    sink->page = page;
    if (page == NULL || !draw(figure, renderer, sink, progress, error))
        return FALSE;
    const LacPageNotes page_notes = { .width_pt = figure->width_mm / MM * PT,
        .height_pt = figure->height_mm / MM * PT,
        .recipe = notes->recipe,
        .data = notes->data };
    return is_svg ? lac_page_write_svg(page, sink->view->drawing, &page_notes, path, error)
                  : lac_page_write_pdf(page, sink->view->drawing, &page_notes, path, error);
}

/**
 * lac_figure_write:
 * @figure: what defines the picture
 * @view: made from it
 * @renderer: with its context current
 * @notes: what to write beside the picture
 * @path: the file; its name tells the format
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * The file appears under its name when it is complete; PNG and TIFF are written row by row.
 *
 * Returns: %TRUE, or %FALSE with @error set and no file written
 */
gboolean
lac_figure_write(const LacFigure *figure, const LacFigureView *view, LacRenderer *renderer,
    const LacFigureNotes *notes, const char *path, LacProgress *progress, GError **error)
{
    Format format;
    Sink sink = { .view = view, .bits = 8 };
    if (!find_format(path, &format, error))
        return FALSE;
    if (format == FORMAT_PNG)
        return write_png(figure, &sink, renderer, notes, path, progress, error);
    if (format == FORMAT_TIFF)
        return write_tiff(figure, &sink, renderer, notes, path, progress, error);
    return write_page(figure, &sink, renderer, notes, path, format == FORMAT_SVG, progress, error);
}

static guint8 *
draw_to_memory(const LacFigure *figure, const LacFigureView *view, LacRenderer *renderer,
    gboolean draws, LacProgress *progress, GError **error)
{
    Sink sink = { .view = view, .bits = 8, .draws = draws };
    sink.pixels = lac_alloc((gsize) view->height, 4 * (gsize) view->width, error);
    if (sink.pixels == NULL)
        return NULL;
    if (draw(figure, renderer, &sink, progress, error))
        return sink.pixels;
    lac_free(sink.pixels);
    return NULL;
}

/**
 * lac_figure_draw_pixels:
 * @figure: what defines the picture
 * @view: made from it
 * @renderer: with its context current
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Does lac_figure_draw() without what stands over the picture.
 *
 * Returns: (transfer full): width x height pixels of sRGB with alpha from the top, to be freed with
 *     lac_free(), or %NULL with @error set
 */
guint8 *
lac_figure_draw_pixels(const LacFigure *figure, const LacFigureView *view, LacRenderer *renderer,
    LacProgress *progress, GError **error)
{
    return draw_to_memory(figure, view, renderer, FALSE, progress, error);
}

/**
 * lac_figure_draw:
 * @figure: what defines the picture
 * @view: made from it
 * @renderer: with its context current
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Returns: (transfer full): width x height pixels of sRGB with alpha from the top, as a PNG file would
 * hold them, to be freed with lac_free(), or %NULL with @error set
 */
guint8 *
lac_figure_draw(const LacFigure *figure, const LacFigureView *view, LacRenderer *renderer,
    LacProgress *progress, GError **error)
{
    return draw_to_memory(figure, view, renderer, TRUE, progress, error);
}
