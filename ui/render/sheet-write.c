// SPDX-License-Identifier: GPL-3.0-or-later
// A sheet drawn and written: panels in space are pixels on it, all else are vectors.
#include "core/array.h"
#include "core/error.h"
#include "core/figure/page.h"
#include "core/figure/png.h"
#include "core/figure/tiff-writer.h"
#include "ui/render/figure-chart.h"
#include "ui/render/figure-results.h"
#include "ui/render/figure-slice.h"
#include "ui/render/sheet.h"

#include <math.h>
#include <string.h>

#define MM     25.4
#define PT     72.0
#define STRIP  256 // rows that are painted at once
#define N_TEXT 16

static gboolean
get_pixels(const LacSheet *self, guint *width, guint *height, GError **error)
{
    LacFigure page = { .width_mm = self->width_mm, .height_mm = self->height_mm, .dpi = self->dpi };
    int w, h;
    if (!lac_figure_get_pixels(&page, &w, &h, error))
        return FALSE;
    *width = (guint) w;
    *height = (guint) h;
    return TRUE;
}

// --- panels

static gboolean
borrow(const LacFigure *figure, const LacSheetData *data, LacFigureData *shown,
    LacFigureResults **results, LacProgress *progress, GError **error)
{
    *shown = (LacFigureData){ .volume = data->volume, .atoms = data->atoms };
    *results = NULL;
    if (lac_figure_get_needs(figure) == 0)
        return TRUE;
    if (data->analysis == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The figure shows results of analyses, for which atoms are needed");
        return FALSE;
    }
    *results = lac_figure_results_new(figure, data->analysis, progress, error);
    if (*results == NULL)
        return FALSE;
    lac_figure_results_lend(*results, shown);
    return TRUE;
}

// The pixels of a scene lie on whole pixels of the sheet.
static gboolean
draw_scene(LacFigure *figure, const LacFigureData *data, LacRenderer *renderer, LacDrawing *drawing,
    double x, double y, LacProgress *progress, GError **error)
{
    g_autoptr(LacFigureView) view = lac_figure_view_new(figure, data, renderer, progress, error);
    if (view == NULL)
        return FALSE;
    guint8 *rgba = lac_figure_draw_pixels(figure, view, renderer, progress, error);
    if (rgba == NULL)
        return FALSE;
    LacDrawingShape image = { .kind = LAC_DRAWING_IMAGE,
        .x = x,
        .y = y,
        .x2 = x + (double) view->width * PT / figure->dpi,
        .y2 = y + (double) view->height * PT / figure->dpi,
        .image = lac_drawing_image_new(rgba, (guint) view->width, (guint) view->height) };
    lac_free(rgba);
    if (image.image == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "There is not enough memory for a picture of %d x %d pixels", view->width,
            view->height);
        return FALSE;
    }
    lac_drawing_add(drawing, &image);
    cairo_surface_destroy(image.image);
    lac_drawing_append(drawing, view->drawing, x, y);
    return TRUE;
}

static gboolean
draw_panel(LacFigure *figure, const LacSheetData *data, LacRenderer *renderer, LacDrawing *drawing,
    double x, double y, LacProgress *progress, GError **error)
{
    LacFigureData shown;
    g_autoptr(LacFigureResults) results = NULL;
    g_autoptr(LacDrawing) panel = NULL;
    if (figure->kind == LAC_FIGURE_PLOT) {
        g_autoptr(LacChart) chart =
            lac_figure_find_chart(figure, data->analysis, data->recon, error);
        panel = chart != NULL ? lac_figure_draw_chart(figure, chart) : NULL;
    }
    else if (!borrow(figure, data, &shown, &results, progress, error))
        return FALSE;
    else if (figure->kind == LAC_FIGURE_SCENE)
        return draw_scene(figure, &shown, renderer, drawing, x, y, progress, error);
    else
        panel = lac_figure_draw_slice(figure, &shown, NULL, progress, error);
    if (panel == NULL)
        return FALSE;
    lac_drawing_append(drawing, panel, x, y);
    return TRUE;
}

// Finds the camera of a panel that follows its data; its height becomes fixed.
static gboolean
fit_panel(LacFigure *figure, const LacSheetData *data, LacRenderer *renderer, LacProgress *progress,
    GError **error)
{
    LacFigureData shown;
    g_autoptr(LacFigureResults) results = NULL;
    if (!borrow(figure, data, &shown, &results, progress, error))
        return FALSE;
    if (figure->kind == LAC_FIGURE_SLICE)
        return lac_figure_fit_slice(figure, &shown, error);
    gboolean occlusion = figure->scene.atoms.occlusion;
    figure->scene.atoms.occlusion = FALSE;
    g_autoptr(LacFigureView) view = lac_figure_view_new(figure, &shown, renderer, progress, error);
    figure->scene.atoms.occlusion = occlusion;
    if (view == NULL)
        return FALSE;
    figure->scene.camera = view->scene.camera;
    figure->fit = FALSE;
    return TRUE;
}

// Panels with a common scale get the smallest one that any of them needs.
static gboolean
fit_panels(LacSheet *self, const LacSheetData *data, LacRenderer *renderer, LacProgress *progress,
    GError **error)
{
    double height = 0.0;
    guint n = 0;
    for (guint i = 0; i < self->panels->len; i++) {
        const LacFigure *figure = g_ptr_array_index(self->panels, i);
        n += figure->common_scale && figure->kind != LAC_FIGURE_PLOT;
    }
    for (guint pass = 0; pass < 2 && n > 1; pass++)
        for (guint i = 0; i < self->panels->len; i++) {
            LacFigure *figure = g_ptr_array_index(self->panels, i);
            if (!figure->common_scale || figure->kind == LAC_FIGURE_PLOT)
                continue;
            if (pass == 0 && !fit_panel(figure, data, renderer, progress, error))
                return FALSE;
            if (pass == 0)
                height = MAX(height, figure->scene.camera.height);
            else
                figure->scene.camera.height = height;
        }
    return TRUE;
}

static double
to_whole_pixels(double mm, double dpi)
{
    return round(mm / MM * dpi) * PT / dpi;
}

/**
 * lac_sheet_draw:
 * @self: a sheet; panels that follow the data keep what they found
 * @data: what is shown
 * @renderer: (nullable): with its context current; not needed without panels in space
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the page as shapes, or %NULL with @error set
 */
LacDrawing *
lac_sheet_draw(LacSheet *self, const LacSheetData *data, LacRenderer *renderer,
    LacProgress *progress, GError **error)
{
    guint width, height;
    const guint n = self->panels->len;
    if (!get_pixels(self, &width, &height, error) ||
        !fit_panels(self, data, renderer, progress, error))
        return NULL;
    const LacFigure *first = g_ptr_array_index(self->panels, 0);
    g_autoptr(LacDrawing) drawing = lac_drawing_new((double) width * PT / self->dpi,
        (double) height * PT / self->dpi, first->overlay.font);
    for (guint i = 0; i < n; i++) {
        LacFigure *figure = g_ptr_array_index(self->panels, i);
        double x = (i % self->columns) * (figure->width_mm + self->gap_mm);
        double y = (double) (i / self->columns) * (figure->height_mm + self->gap_mm);
        lac_progress_message(progress, n > 1 ? "Drawing panel %u of %u" : "Drawing", i + 1, n);
        lac_progress_set_span(progress, (double) i / n, (i + 1.0) / n);
        if (!draw_panel(figure, data, renderer, drawing, to_whole_pixels(x, self->dpi),
                to_whole_pixels(y, self->dpi), progress, error))
            return NULL;
    }
    return g_steal_pointer(&drawing);
}

// --- files

typedef struct {
    LacPngWriter *png;
    LacTiffWriter *tiff;
} Writer;

static gboolean
add_rows(const LacSheet *self, const LacDrawing *drawing, guint width, guint height, guint bits,
    const Writer *writer, GError **error)
{
    const gsize n = (gsize) width * STRIP;
    gpointer rows = lac_alloc(n, bits == 16 ? 8 : 4, error);
    gboolean done = rows != NULL;
    for (guint first = 0; first < height && done; first += STRIP) {
        const guint n_rows = MIN(STRIP, height - first);
        for (gsize i = 0; i < n; i++)
            for (gsize c = 0; c < 4; c++) {
                float value = c == 3 ? (self->transparent ? 0.0f : 1.0f) : self->background[c];
                if (bits == 16)
                    ((guint16 *) rows)[4 * i + c] = (guint16) lrintf(65535.0f * value);
                else
                    ((guint8 *) rows)[4 * i + c] = (guint8) lrintf(255.0f * value);
            }
        lac_drawing_paint_rows(drawing, width, height, first, n_rows, bits, rows);
        done = writer->png != NULL ? lac_png_writer_add_rows(writer->png, rows, n_rows, error)
                                   : lac_tiff_writer_add_rows(writer->tiff, rows, n_rows, error);
    }
    lac_free(rows);
    return done;
}

static gboolean
write_png(const LacSheet *self, const LacDrawing *drawing, const LacFigureNotes *notes,
    const char *path, GError **error)
{
    const char *text[N_TEXT] = { "Software", "Lacuna " LAC_VERSION, LAC_FIGURE_RECIPE_KEY,
        notes->recipe, NULL };
    guint n = 4, width, height;
    if (notes->data != NULL && notes->data[0] != '\0') {
        text[n++] = "Lacuna data";
        text[n++] = notes->data;
    }
    if (notes->source != NULL) {
        text[n++] = "Source";
        text[n++] = notes->source;
    }
    if (!get_pixels(self, &width, &height, error))
        return FALSE;
    g_autoptr(LacPngWriter) png =
        lac_png_writer_new(path, width, height, self->transparent, self->dpi, text, error);
    const Writer writer = { .png = png };
    return png != NULL && add_rows(self, drawing, width, height, 8, &writer, error) &&
        lac_png_writer_finish(png, error);
}

static gboolean
write_tiff(const LacSheet *self, const LacDrawing *drawing, const LacFigureNotes *notes,
    const char *path, GError **error)
{
    const guint bits = notes->bits == 16 ? 16 : 8;
    LacTiffParams params = { .bits = bits,
        .has_alpha = self->transparent,
        .dpi = self->dpi,
        .description = notes->recipe };
    if (!get_pixels(self, &params.width, &params.height, error))
        return FALSE;
    g_autoptr(LacTiffWriter) tiff = lac_tiff_writer_new(path, &params, error);
    const Writer writer = { .tiff = tiff };
    return tiff != NULL &&
        add_rows(self, drawing, params.width, params.height, bits, &writer, error) &&
        lac_tiff_writer_finish(tiff, error);
}

/**
 * lac_sheet_write:
 * @self: a sheet
 * @drawing: made from it
 * @notes: what to write beside the picture
 * @path: the file; its name tells the format
 * @error: return location for a #GError
 *
 * In PDF and SVG texts, plots and lines stay vectors. The file appears under its name when it is
 * complete.
 *
 * Returns: %TRUE, or %FALSE with @error set and no file written
 */
gboolean
lac_sheet_write(const LacSheet *self, const LacDrawing *drawing, const LacFigureNotes *notes,
    const char *path, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    if (!lac_figure_check_path(path, error))
        return FALSE;
    if (g_str_has_suffix(lower, ".png"))
        return write_png(self, drawing, notes, path, error);
    if (!g_str_has_suffix(lower, ".pdf") && !g_str_has_suffix(lower, ".svg"))
        return write_tiff(self, drawing, notes, path, error);
    g_autoptr(LacDrawing) page = lac_drawing_new(drawing->width, drawing->height, drawing->font);
    LacDrawingShape paper = { .kind = LAC_DRAWING_RECT,
        .x2 = drawing->width,
        .y2 = drawing->height };
    memcpy(paper.color, self->background, sizeof paper.color);
    if (!self->transparent)
        lac_drawing_add(page, &paper);
    lac_drawing_append(page, drawing, 0.0, 0.0);
    const LacPageNotes page_notes = { .width_pt = drawing->width,
        .height_pt = drawing->height,
        .recipe = notes->recipe,
        .data = notes->data };
    return g_str_has_suffix(lower, ".svg")
        ? lac_page_write_svg(NULL, page, &page_notes, path, error)
        : lac_page_write_pdf(NULL, page, &page_notes, path, error);
}

/**
 * lac_sheet_dup_csv:
 * @self: a sheet
 * @data: what is shown
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the numbers of its plots, one below the other, or %NULL with @error set
 */
char *
lac_sheet_dup_csv(const LacSheet *self, const LacSheetData *data, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < self->panels->len; i++) {
        const LacFigure *figure = g_ptr_array_index(self->panels, i);
        if (figure->kind != LAC_FIGURE_PLOT)
            continue;
        g_autoptr(LacChart) chart =
            lac_figure_find_chart(figure, data->analysis, data->recon, error);
        if (chart == NULL)
            return NULL;
        g_autofree char *csv = lac_chart_dup_csv(chart);
        g_string_append(text, csv);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
