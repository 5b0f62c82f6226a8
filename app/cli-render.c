// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-render-sheet.h"
#include "core/error.h"
#include "ui/render/figure-presets.h"
#include "ui/render/film.h"

#include <stdio.h>

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

// One turn about the vertical in as many pictures.
static gboolean
write_turn(const LacRenderOptions *o, const LacFigure *figure, const LacRenderStage *stage,
    LacProgress *progress, GError **error)
{
    LacFigureView *view = stage->view;
    g_autoptr(LacAnimation) turn = lac_animation_new(LAC_ANIMATION_TURNTABLE);
    turn->seconds = o->turntable / turn->fps;
    if (figure->fit) { // so that all is seen from all sides
        LacBox box = lac_figure_view_get_box(view);
        lac_camera_fit(&view->scene.camera, &box, (double) view->width / view->height);
    }
    const LacFilm film = { .figure = figure,
        .view = view,
        .renderer = stage->renderer,
        .animation = turn,
        .notes = &stage->notes };
    return lac_film_write(&film, o->output, progress, error);
}

static gboolean
write_pictures(const LacRenderOptions *o, const LacFigure *figure, const LacRenderStage *stage,
    LacProgress *progress, GError **error)
{
    if (o->turntable > 0)
        return write_turn(o, figure, stage, progress, error);
    lac_progress_message(progress, "Drawing %d x %d", stage->view->width, stage->view->height);
    return lac_figure_write(figure, stage->view, stage->renderer, &stage->notes, o->output,
        progress, error);
}

static gboolean
draw(LacCli *cli, const LacRenderOptions *o, const LacFigure *figure, const LacRenderContents *c,
    GError **error)
{
    gint64 start = g_get_monotonic_time();
    g_auto(LacRenderStage) stage = { 0 };
    if (!lac_render_stage_open(&stage, figure, c, o->bits, cli->progress, error))
        return FALSE;
    const LacFigureView *view = stage.view;
    if ((o->write_recipe != NULL &&
            !g_file_set_contents(o->write_recipe, stage.notes.recipe, -1, error)) ||
        !write_pictures(o, figure, &stage, cli->progress, error))
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
render(LacCli *cli, const LacRenderOptions *o, const LacRenderContents *c, GError **error)
{
    g_autofree char *text = NULL;
    const char *name;
    g_autoptr(LacSheet) sheet = NULL;
    if (!lac_render_options_read_recipe(o, &text, &name, error))
        return FALSE;
    if (text != NULL && lac_sheet_is_recipe(text)) {
        sheet = lac_sheet_from_recipe(text, name, error);
        return sheet != NULL && lac_render_options_size_sheet(o, sheet, error) &&
            lac_render_sheet(cli, o, sheet, c, error);
    }
    g_autoptr(LacFigure) figure = lac_render_options_make_figure(o, c->volume, c->atoms, error);
    if (figure == NULL)
        return FALSE;
    if (figure->kind == LAC_FIGURE_SCENE && o->csv == NULL)
        return draw(cli, o, figure, c, error);
    sheet = lac_sheet_new_single(figure);
    return lac_render_sheet(cli, o, sheet, c, error);
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
    return render(cli, &o, &c, error);
}

const LacCliVerb lac_cli_render = {
    .name = "render",
    .summary = "draw a volume or atoms as a figure, without a display",
    .run = run,
};
