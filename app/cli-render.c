// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-render.h"

#include "app/cli-render-sheet.h"
#include "core/analysis/settings.h"
#include "core/error.h"
#include "core/gpu/egl-context.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "ui/render/figure-presets.h"
#include "ui/render/figure-results.h"
#include "ui/render/figure-write.h"

#include <stdio.h>
#include <string.h>

/**
 * lac_render_contents_clear:
 * @c: what files held
 *
 * Frees it.
 */
void
lac_render_contents_clear(LacRenderContents *c)
{
    lac_volume_unref(c->volume);
    lac_atoms_unref(c->atoms);
    lac_recon_unref(c->recon);
    lac_series_unref(c->series);
}

// Of a project, what it reconstructed; else the volume that was opened. And its atoms.
static gboolean
read_project(const char *file, LacRenderContents *c, LacProgress *progress, GError **error)
{
    g_autoptr(LacProject) project = lac_project_load(file, progress, error);
    if (project == NULL)
        return FALSE;
    LacVolume *volume = project->recon != NULL ? project->recon->volume : project->volume;
    if (volume == NULL && project->journal == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED, "%s holds no volume yet", file);
        return FALSE;
    }
    if (volume != NULL)
        c->volume = lac_volume_ref(volume);
    if (project->journal != NULL)
        c->atoms = lac_atoms_ref(lac_journal_get_atoms(project->journal));
    if (project->series != NULL)
        c->series = lac_series_ref(project->series);
    if (project->recon != NULL)
        c->recon = lac_recon_ref(project->recon);
    if (project->analyses != NULL)
        lac_analysis_read_params(project->analyses, &c->params);
    lac_analysis_settings_read(&c->params, project->settings);
    return TRUE;
}

static gboolean
holds_atoms_only(const char *file)
{
    g_autoptr(LacFileInfo) info = lac_file_info_read(file, NULL, NULL);
    gboolean atoms = FALSE;
    for (guint i = 0; info != NULL && i < info->items->len; i++) {
        const LacFileItem *item = g_ptr_array_index(info->items, i);
        if (item->kind == LAC_ITEM_ARRAY && item->n_dims == 3)
            return FALSE;
        atoms = atoms || item->kind == LAC_ITEM_ATOMS;
    }
    return atoms;
}

/**
 * lac_render_read_contents:
 * @o: options
 * @file: a project, a volume or atoms
 * @c: (out caller-allocates): what there is to draw; to be cleared even on failure
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_render_read_contents(const LacRenderOptions *o, const char *file, LacRenderContents *c,
    LacProgress *progress, GError **error)
{
    lac_analysis_params_init(&c->params);
    if (lac_project_is_project(file)) {
        if (!read_project(file, c, progress, error))
            return FALSE;
    }
    else if (holds_atoms_only(file)) {
        c->atoms = lac_read_atoms(file, progress, error);
        if (c->atoms == NULL)
            return FALSE;
    }
    else {
        c->volume = lac_read_volume(file, NULL, progress, error);
        if (c->volume == NULL)
            return FALSE;
    }
    if (o->atoms == NULL)
        return TRUE;
    lac_atoms_unref(c->atoms);
    c->atoms = lac_read_atoms(o->atoms, progress, error);
    return c->atoms != NULL;
}

static const char *
get_mode_name(const LacFigureView *view)
{
    return view->texture != NULL ? lac_render_mode_get_name(view->scene.mode) : "atoms";
}

static void
print_result(LacCli *cli, const char *output, const LacFigure *figure, const LacFigureView *view,
    double seconds)
{
    if (!cli->json) {
        printf("%s: %d x %d, %s, %.2f s\n", output, view->width, view->height, get_mode_name(view),
            seconds);
        return;
    }
    g_autoptr(JsonBuilder) b = json_builder_new();
    json_builder_begin_object(b);
    json_builder_set_member_name(b, "output");
    json_builder_add_string_value(b, output);
    json_builder_set_member_name(b, "width");
    json_builder_add_int_value(b, view->width);
    json_builder_set_member_name(b, "height");
    json_builder_add_int_value(b, view->height);
    json_builder_set_member_name(b, "dpi");
    json_builder_add_double_value(b, figure->dpi);
    json_builder_set_member_name(b, "mode");
    json_builder_add_string_value(b, get_mode_name(view));
    json_builder_set_member_name(b, "iso_level");
    if (view->texture != NULL)
        json_builder_add_double_value(b, view->scene.iso[0].level);
    else
        json_builder_add_null_value(b);
    json_builder_set_member_name(b, "angstrom_per_pixel");
    json_builder_add_double_value(b, view->scene.camera.height / view->height);
    json_builder_set_member_name(b, "scale_bar_angstrom");
    json_builder_add_double_value(b, view->scale_bar);
    json_builder_set_member_name(b, "seconds");
    json_builder_add_double_value(b, seconds);
    json_builder_end_object(b);
    lac_cli_print_json(b);
}

// Frame @i of a turntable: the number goes before the suffix.
static char *
dup_frame_path(const char *output, int i)
{
    const char *dot = strrchr(output, '.');
    return g_strdup_printf("%.*s-%04d%s", (int) (dot - output), output, i + 1, dot);
}

static gboolean
write_frames(const LacRenderOptions *o, const LacFigure *figure, LacFigureView *view,
    LacRenderer *renderer, const LacFigureNotes *notes, LacProgress *progress, GError **error)
{
    if (o->turntable == 0) {
        lac_progress_message(progress, "Drawing %d x %d", view->width, view->height);
        return lac_figure_write(figure, view, renderer, notes, o->output, progress, error);
    }
    if (figure->fit) { // so that all is seen from all sides
        LacBox box = lac_figure_view_get_box(view);
        lac_camera_fit(&view->scene.camera, &box, (double) view->width / view->height);
    }
    for (int i = 0; i < o->turntable; i++) {
        g_autofree char *path = dup_frame_path(o->output, i);
        lac_progress_message(progress, "Drawing %d of %d", i + 1, o->turntable);
        lac_progress_set_span(progress, (double) i / o->turntable, (double) (i + 1) / o->turntable);
        if (!lac_figure_write(figure, view, renderer, notes, path, progress, error))
            return FALSE;
        lac_figure_view_turn(view, figure, 360.0 / o->turntable);
    }
    return TRUE;
}

/**
 * lac_render_contents_analyse:
 * @c: what the files held
 * @needs: bits of the nodes that are wanted
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the results, or %NULL with @error set, also when there are no atoms
 */
LacAnalysis *
lac_render_contents_analyse(const LacRenderContents *c, guint64 needs, LacProgress *progress,
    GError **error)
{
    if (c->atoms == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The figure shows results of analyses, for which atoms are needed");
        return NULL;
    }
    lac_progress_message(progress, "Analysing %" G_GSIZE_FORMAT " atoms", c->atoms->n);
    return lac_analysis_run(c->atoms, c->volume, &c->params, needs, NULL, progress, error);
}

/**
 * lac_render_analyse:
 * @figure: what defines the picture
 * @c: what there is to draw
 * @data: gets what the figure shows of analyses, borrowed from @results
 * @results: (out) (transfer full) (nullable): them; %NULL: none are wanted
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Computes the analyses that the figure shows.
 *
 * Returns: %TRUE, or %FALSE with @error set if one of them is undefined
 */
gboolean
lac_render_analyse(const LacFigure *figure, const LacRenderContents *c, LacFigureData *data,
    LacFigureResults **results, LacProgress *progress, GError **error)
{
    const guint64 needs = lac_figure_get_needs(figure);
    *results = NULL;
    if (needs == 0)
        return TRUE;
    g_autoptr(LacAnalysis) analysis = lac_render_contents_analyse(c, needs, progress, error);
    if (analysis == NULL)
        return FALSE;
    *results = lac_figure_results_new(figure, analysis, progress, error);
    if (*results == NULL)
        return FALSE;
    lac_figure_results_lend(*results, data);
    return TRUE;
}

static gboolean
draw(LacCli *cli, const LacRenderOptions *o, const char *file, const LacFigure *figure,
    const LacRenderContents *c, GError **error)
{
    g_autoptr(LacEglContext) context = lac_egl_context_new(error);
    if (context == NULL)
        return FALSE;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    if (renderer == NULL)
        return FALSE;
    gint64 start = g_get_monotonic_time();
    LacFigureData data = { .volume = c->volume, .atoms = c->atoms };
    g_autoptr(LacFigureResults) results = NULL;
    if (!lac_render_analyse(figure, c, &data, &results, cli->progress, error))
        return FALSE;
    g_autoptr(LacFigureView) view =
        lac_figure_view_new(figure, &data, renderer, cli->progress, error);
    if (view == NULL)
        return FALSE;
    g_autofree char *recipe = lac_figure_dup_recipe(figure);
    g_autofree char *source = g_path_get_basename(file);
    g_autofree char *digests = lac_figure_dup_digests(c->volume, c->atoms);
    const LacFigureNotes notes = { .recipe = recipe,
        .data = digests,
        .source = source,
        .bits = o->bits };
    if ((o->write_recipe != NULL && !g_file_set_contents(o->write_recipe, recipe, -1, error)) ||
        !write_frames(o, figure, view, renderer, &notes, cli->progress, error))
        return FALSE;
    if (view->texture != NULL && view->texture->note != NULL && !cli->quiet)
        fprintf(stderr, "%s\n", view->texture->note);
    print_result(cli, o->output, figure, view, 1e-6 * (double) (g_get_monotonic_time() - start));
    return TRUE;
}

static gboolean
check_options(const LacRenderOptions *o, GError **error)
{
    if (!lac_figure_check_path(o->output, error))
        return FALSE;
    if (o->bits != 8 && o->bits != 16) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--bits %d is neither 8 nor 16", o->bits);
        return FALSE;
    }
    if (o->turntable < 0 || o->turntable > 9999) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--turntable %d is outside 1 to 9999",
            o->turntable);
        return FALSE;
    }
    return TRUE;
}

static void
list_presets(void)
{
    g_auto(GStrv) names = lac_figure_presets_list();
    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *title = lac_figure_presets_dup_title(names[i]);
        printf("%-12s %s\n", names[i], title);
    }
}

// A scene is drawn row by row; all else as a page.
static gboolean
render(LacCli *cli, const LacRenderOptions *o, const char *file, const LacRenderContents *c,
    GError **error)
{
    g_autofree char *text = NULL;
    const char *name;
    g_autoptr(LacSheet) sheet = NULL;
    if (!lac_render_options_read_recipe(o, &text, &name, error))
        return FALSE;
    if (text != NULL && lac_sheet_is_recipe(text)) {
        sheet = lac_sheet_from_recipe(text, name, error);
        return sheet != NULL && lac_render_options_size_sheet(o, sheet, error) &&
            lac_render_sheet(cli, o, file, sheet, c, error);
    }
    g_autoptr(LacFigure) figure = lac_render_options_make_figure(o, c->volume, c->atoms, error);
    if (figure == NULL)
        return FALSE;
    if (figure->kind == LAC_FIGURE_SCENE && o->csv == NULL)
        return draw(cli, o, file, figure, c, error);
    sheet = lac_sheet_new_single(figure);
    return lac_render_sheet(cli, o, file, sheet, c, error);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(LacRenderOptions) o = { 0 };
    g_auto(LacRenderContents) c = { 0 };
    const char *usage = "FILE -o IMG.png - draw a volume, or atoms, without a display";
    if (!lac_render_options_parse(cli, &o, usage, NULL, &argc, &argv, error))
        return FALSE;
    if (g_strcmp0(o.recipe, "list") == 0) {
        list_presets();
        return TRUE;
    }
    if (!check_options(&o, error) ||
        !lac_render_read_contents(&o, argv[1], &c, cli->progress, error))
        return FALSE;
    return render(cli, &o, argv[1], &c, error);
}

const LacCliVerb lac_cli_render = {
    .name = "render",
    .summary = "draw a volume or atoms as a figure, without a display",
    .run = run,
};
