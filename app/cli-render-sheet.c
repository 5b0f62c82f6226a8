// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-render-sheet.h"

#include "core/error.h"
#include "core/gpu/egl-context.h"
#include "ui/render/figure-write.h"

#include <stdio.h>

static gboolean
analyse(const LacSheet *sheet, const LacRenderContents *c, LacSheetData *data,
    LacProgress *progress, GError **error)
{
    const guint64 needs = lac_sheet_get_needs(sheet);
    if (needs == 0)
        return TRUE;
    data->analysis = lac_render_contents_analyse(c, needs, progress, error);
    return data->analysis != NULL;
}

static LacDrawing *
draw(LacSheet *sheet, const LacSheetData *data, LacProgress *progress, GError **error)
{
    if (!lac_sheet_has_scene(sheet))
        return lac_sheet_draw(sheet, data, NULL, progress, error);
    g_autoptr(LacEglContext) context = lac_egl_context_new(error);
    if (context == NULL)
        return NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    return renderer != NULL ? lac_sheet_draw(sheet, data, renderer, progress, error) : NULL;
}

static gboolean
write_csv(const LacRenderOptions *o, const LacSheet *sheet, const LacSheetData *data,
    GError **error)
{
    if (o->csv == NULL)
        return TRUE;
    if (!lac_sheet_has_plot(sheet)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--csv %s: the figure has no plot whose numbers could be written", o->csv);
        return FALSE;
    }
    g_autofree char *csv = lac_sheet_dup_csv(sheet, data, error);
    return csv != NULL && g_file_set_contents(o->csv, csv, -1, error);
}

static gboolean
write_sheet(const LacRenderOptions *o, const LacRenderContents *c, const LacSheet *sheet,
    const LacDrawing *drawing, GError **error)
{
    g_autofree char *source = g_path_get_basename(c->file);
    g_autofree char *digests = lac_figure_dup_digests(c->volume, c->atoms);
    const LacFigureNotes notes = { .recipe = sheet->text,
        .data = digests,
        .source = source,
        .bits = o->bits };
    return (o->write_recipe == NULL ||
               g_file_set_contents(o->write_recipe, sheet->text, -1, error)) &&
        lac_sheet_write(sheet, drawing, &notes, o->output, error);
}

static void
print_result(const LacCli *cli, const LacRenderOptions *o, const LacSheet *sheet, double seconds)
{
    if (!cli->json) {
        printf("%s: %g x %g mm, %u panel%s, %.2f s\n", o->output, sheet->width_mm, sheet->height_mm,
            sheet->panels->len, sheet->panels->len == 1 ? "" : "s", seconds);
        return;
    }
    g_autoptr(JsonBuilder) b = json_builder_new();
    json_builder_begin_object(b);
    json_builder_set_member_name(b, "output");
    json_builder_add_string_value(b, o->output);
    json_builder_set_member_name(b, "width_mm");
    json_builder_add_double_value(b, sheet->width_mm);
    json_builder_set_member_name(b, "height_mm");
    json_builder_add_double_value(b, sheet->height_mm);
    json_builder_set_member_name(b, "dpi");
    json_builder_add_double_value(b, sheet->dpi);
    json_builder_set_member_name(b, "panels");
    json_builder_add_int_value(b, sheet->panels->len);
    json_builder_set_member_name(b, "seconds");
    json_builder_add_double_value(b, seconds);
    json_builder_end_object(b);
    lac_cli_print_json(b);
}

/**
 * lac_render_sheet:
 * @cli: how results are printed
 * @o: options
 * @sheet: what defines the picture
 * @c: what there is to draw
 * @error: return location for a #GError
 *
 * Computes what the panels show, draws them and writes the picture, and the numbers of plots if they
 * are asked for.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_render_sheet(LacCli *cli, const LacRenderOptions *o, LacSheet *sheet,
    const LacRenderContents *c, GError **error)
{
    gint64 start = g_get_monotonic_time();
    LacSheetData data = { .volume = c->volume, .atoms = c->atoms, .recon = c->recon };
    if (!analyse(sheet, c, &data, cli->progress, error))
        return FALSE;
    g_autoptr(LacDrawing) drawing = draw(sheet, &data, cli->progress, error);
    const gboolean done = drawing != NULL && write_csv(o, sheet, &data, error) &&
        write_sheet(o, c, sheet, drawing, error);
    g_clear_pointer(&data.analysis, lac_analysis_unref);
    if (!done)
        return FALSE;
    print_result(cli, o, sheet, 1e-6 * (double) (g_get_monotonic_time() - start));
    return TRUE;
}
