// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-input.h"
#include "app/cli-render-contents.h"
#include "core/error.h"
#include "ui/render/film.h"

#include <math.h>
#include <stdio.h>

// As given; NULL, NaN or FALSE where it was not.
typedef struct {
    char *axis, *sweep, *keys, *write_keys, *projections, *angles;
    double turntable, seconds, fps;
    gboolean tilt, images;
} Options;

static void
options_clear(Options *o)
{
    char *all[] = { o->axis, o->sweep, o->keys, o->write_keys, o->projections, o->angles };
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse(LacCli *cli, Options *o, LacRenderOptions *render, int *argc, char ***argv, GError **error)
{
    *o = (Options){ .turntable = (double) NAN, .seconds = (double) NAN, .fps = (double) NAN };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &render->output,
            "The film: .mp4 or .webm (needs the program ffmpeg), or .png for "
            "numbered pictures",
            "OUT" },
        { "turntable", 0, 0, G_OPTION_ARG_DOUBLE, &o->turntable,
            "Turn by so many degrees (360, unless another kind of film is asked "
            "for)",
            "DEG" },
        { "axis", 0, 0, G_OPTION_ARG_STRING, &o->axis,
            "To turn about: vertical (default) or horizontal of the picture, or x, "
            "y, z of the data",
            "AXIS" },
        { "tilt", 0, 0, G_OPTION_ARG_NONE, &o->tilt,
            "Look as the projections were measured, one after the other", NULL },
        { "images", 0, 0, G_OPTION_ARG_NONE, &o->images,
            "With --tilt: the measured image beside the picture", NULL },
        { "projections", 0, 0, G_OPTION_ARG_FILENAME, &o->projections,
            "The tilt series, where FILE is no project that holds it", "F" },
        { "angles", 0, 0, G_OPTION_ARG_FILENAME, &o->angles, "Its angles", "F" },
        { "sweep", 0, 0, G_OPTION_ARG_STRING, &o->sweep,
            "Cut through along x, y or z, with the slice in the plane", "AXIS" },
        { "keys", 0, 0, G_OPTION_ARG_FILENAME, &o->keys, "A film as a text, such as of key frames",
            "FILM.txt" },
        { "print-keys", 0, 0, G_OPTION_ARG_FILENAME, &o->write_keys,
            "Write the text of the film into a file as well", "FILM.txt" },
        { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &o->seconds,
            "How long it lasts (8; tilts: a fifth each); key frames tell it "
            "themselves",
            "S" },
        { "fps", 0, 0, G_OPTION_ARG_DOUBLE, &o->fps, "Pictures a second, 1 to 120 (25)", "N" },
        G_OPTION_ENTRY_NULL,
    };
    return lac_render_options_parse(cli, render,
        "FILE -o FILM.mp4 - draw a film, without a display", entries, argc, argv, error);
}

static gboolean
parse_word(const char *option, const char *text, const char *const *words, int *choice,
    GError **error)
{
    for (int i = 0; words[i] != NULL; i++)
        if (g_str_equal(text, words[i])) {
            *choice = i;
            return TRUE;
        }
    g_autofree char *known = g_strjoinv(", ", (char **) (guintptr) words);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s \"%s\" is none of %s", option, text,
        known);
    return FALSE;
}

static LacAnimation *
read_keys(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, error)
        ? lac_animation_from_text(text, path, error)
        : NULL;
}

static gboolean
check_kinds(const Options *o, GError **error)
{
    int n = (o->tilt ? 1 : 0) + (o->sweep != NULL ? 1 : 0) + (o->keys != NULL ? 1 : 0) +
        (isnan(o->turntable) ? 0 : 1);
    if (n > 1)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--turntable, --tilt, --sweep and --keys exclude each other");
    return n <= 1;
}

static LacAnimation *
make_animation(const Options *o, const LacSeries *series, GError **error)
{
    static const char *const turns[] = { "vertical", "horizontal", "x", "y", "z", NULL };
    static const char *const axes[] = { "x", "y", "z", NULL };
    int axis = 0;
    if (!check_kinds(o, error))
        return NULL;
    g_autoptr(LacAnimation) film = o->keys != NULL
        ? read_keys(o->keys, error)
        : lac_animation_new(o->tilt  ? LAC_ANIMATION_TILT
                  : o->sweep != NULL ? LAC_ANIMATION_SWEEP
                                     : LAC_ANIMATION_TURNTABLE);
    if (film == NULL)
        return NULL;
    if (!isnan(o->turntable))
        film->degrees = o->turntable;
    if (o->axis != NULL) {
        if (!parse_word("--axis", o->axis, turns, &axis, error))
            return NULL;
        film->turn_axis = (LacTurnAxis) axis;
    }
    if (o->sweep != NULL) {
        if (!parse_word("--sweep", o->sweep, axes, &axis, error))
            return NULL;
        film->sweep_axis = (LacAxis) axis;
    }
    film->images = film->images || o->images;
    if (o->tilt && series != NULL)
        film->seconds = MAX(0.2 * (double) series->n, 0.2);
    if (!isnan(o->fps))
        film->fps = o->fps;
    if (!isnan(o->seconds))
        film->seconds = o->seconds;
    if (!(film->seconds > 0.0 && film->seconds <= 36000.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--seconds %g is outside 0 to 36000",
            film->seconds);
        return NULL;
    }
    return lac_animation_check(film, series, error) ? g_steal_pointer(&film) : NULL;
}

static gboolean
read_series(LacCli *cli, const Options *o, LacRenderContents *c, GError **error)
{
    if (o->projections == NULL)
        return TRUE;
    lac_series_unref(c->series);
    c->series = lac_cli_read_series(o->projections, o->angles, 0.0, cli->progress, error);
    return c->series != NULL;
}

static void
print_result(LacCli *cli, const char *output, const LacFigureView *view,
    const LacAnimation *animation, double seconds)
{
    int n = lac_animation_get_n_frames(animation);
    if (!cli->json) {
        printf("%s: %d pictures of %d x %d, %.2f s at %g a second, drawn in %.1f s\n", output, n,
            view->width, view->height, n / animation->fps, animation->fps, seconds);
        return;
    }
    g_autoptr(JsonBuilder) b = json_builder_new();
    json_builder_begin_object(b);
    lac_cli_add_text(b, "output", output);
    lac_cli_add_count(b, "frames", (gsize) n);
    lac_cli_add_count(b, "width", (gsize) view->width);
    lac_cli_add_count(b, "height", (gsize) view->height);
    lac_cli_add_number(b, "fps", animation->fps);
    lac_cli_add_number(b, "duration", n / animation->fps);
    lac_cli_add_number(b, "seconds", seconds);
    json_builder_end_object(b);
    lac_cli_print_json(b);
}

static gboolean
draw(LacCli *cli, const LacRenderOptions *o, const LacFigure *figure, const LacRenderContents *c,
    const LacAnimation *animation, GError **error)
{
    gint64 start = g_get_monotonic_time();
    g_auto(LacRenderStage) stage = { 0 };
    if (!lac_render_stage_open(&stage, figure, c, o->bits, cli->progress, error))
        return FALSE;
    const LacFilm film = { .figure = figure,
        .view = stage.view,
        .renderer = stage.renderer,
        .animation = animation,
        .series = c->series,
        .notes = &stage.notes };
    if (!lac_film_write(&film, o->output, cli->progress, error))
        return FALSE;
    print_result(cli, o->output, stage.view, animation,
        1e-6 * (double) (g_get_monotonic_time() - start));
    return TRUE;
}

static gboolean
write_keys(const Options *o, const LacAnimation *animation, GError **error)
{
    if (o->write_keys == NULL)
        return TRUE;
    g_autofree char *text = lac_animation_dup_text(animation);
    return g_file_set_contents(o->write_keys, text, -1, error);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(LacRenderOptions) render = { 0 };
    g_auto(Options) o = { 0 };
    g_auto(LacRenderContents) c = { 0 };
    if (!parse(cli, &o, &render, &argc, &argv, error) ||
        !lac_render_read_contents(&render, argv[1], &c, cli->progress, error) ||
        !read_series(cli, &o, &c, error))
        return FALSE;
    g_autoptr(LacAnimation) animation = make_animation(&o, c.series, error);
    if (animation == NULL || !lac_film_check_path(render.output, animation, error) ||
        !write_keys(&o, animation, error))
        return FALSE;
    g_autoptr(LacFigure) figure = lac_render_options_make_figure(&render, c.volume, c.atoms, error);
    if (figure == NULL)
        return FALSE;
    if (figure->kind != LAC_FIGURE_SCENE) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "A film needs a figure of the particle in space, not "
            "of a slice, a plot or panels");
        return FALSE;
    }
    return draw(cli, &render, figure, &c, animation, error);
}

const LacCliVerb lac_cli_film = {
    .name = "film",
    .summary = "draw a film: turntable, through the tilts, a cut, or key frames",
    .run = run,
};
