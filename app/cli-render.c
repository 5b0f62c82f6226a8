// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli.h"
#include "core/error.h"
#include "core/figure/png.h"
#include "core/gpu/egl-context.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "ui/render/export.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// As given on the command line; NULL where it was not.
typedef struct {
    char *mode, *colormap, *view, *size, *background, *range, *clip, *output;
    double iso;
    int supersample;
    gboolean transparent, box, axes, slices, perspective, flat;
} Options;

static void
clear_options(Options *o)
{
    char **all[] = { &o->mode, &o->colormap, &o->view, &o->size, &o->background, &o->range,
        &o->clip, &o->output };
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(*all[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static gboolean
parse_options(LacCli *cli, Options *o, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "The picture to write", "IMG.png" },
        { "mode", 0, 0, G_OPTION_ARG_STRING, &o->mode,
            "dvr (volume rendering), mip (maximum) or iso (isosurface); default dvr, or iso when a "
            "level is given",
            "MODE" },
        { "iso", 0, 0, G_OPTION_ARG_DOUBLE, &o->iso, "Level of the isosurface", "LEVEL" },
        { "colormap", 0, 0, G_OPTION_ARG_STRING, &o->colormap,
            "viridis, cividis, magma, grey or diverging", "NAME" },
        { "range", 0, 0, G_OPTION_ARG_STRING, &o->range,
            "Values at the ends of the colour map; default from the histogram", "LO,HI" },
        { "view", 0, 0, G_OPTION_ARG_STRING, &o->view,
            "Look along x, y or z (-x: from behind), or turn by three angles in degrees",
            "x|y|z|RX,RY,RZ" },
        { "size", 0, 0, G_OPTION_ARG_STRING, &o->size, "Pixels of the picture (1200x900)", "WxH" },
        { "supersample", 0, 0, G_OPTION_ARG_INT, &o->supersample,
            "Samples per pixel along each axis, 1 to 4 (2)", "N" },
        { "background", 0, 0, G_OPTION_ARG_STRING, &o->background,
            "dark, light, white, black or #RRGGBB", "COLOR" },
        { "transparent", 0, 0, G_OPTION_ARG_NONE, &o->transparent, "No background", NULL },
        { "clip", 0, 0, G_OPTION_ARG_STRING, &o->clip,
            "Cut away what lies beyond a plane: its normal and distance from the centre in Å",
            "NX,NY,NZ,D" },
        { "box", 0, 0, G_OPTION_ARG_NONE, &o->box, "Draw the box", NULL },
        { "axes", 0, 0, G_OPTION_ARG_NONE, &o->axes, "Draw the axes", NULL },
        { "slices", 0, 0, G_OPTION_ARG_NONE, &o->slices, "Draw three slices through the centre",
            NULL },
        { "perspective", 0, 0, G_OPTION_ARG_NONE, &o->perspective, "Near things look larger",
            NULL },
        { "no-lighting", 0, 0, G_OPTION_ARG_NONE, &o->flat, "Volume rendering without light",
            NULL },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "FILE -o IMG.png - draw a volume without a display", entries, argc,
            argv, error))
        return FALSE;
    if (*argc == 2 && o->output != NULL)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        *argc != 2 ? "One file is needed, not %d" : "A picture to write is needed: -o IMG.png",
        *argc - 1);
    return FALSE;
}

// Reads exactly @n numbers separated by commas.
static gboolean
parse_numbers(const char *option, const char *text, guint n, double *out, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    gboolean good = g_strv_length(parts) == n;
    for (guint i = 0; good && i < n; i++) {
        char *end = NULL;
        out[i] = g_ascii_strtod(parts[i], &end);
        good = end != parts[i] && *end == '\0' && isfinite(out[i]);
    }
    if (!good)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s \"%s\" is not %u numbers separated by commas", option, text, n);
    return good;
}

static gboolean
parse_size(const char *text, int *width, int *height, GError **error)
{
    char rest;
    if (sscanf(text, "%dx%d%c", width, height, &rest) == 2 && *width > 0 && *height > 0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "--size \"%s\" is not WIDTHxHEIGHT in pixels, such as 1200x900", text);
    return FALSE;
}

static gboolean
parse_background(const char *text, float color[4], GError **error)
{
    static const struct {
        const char *name;
        float grey;
    } NAMED[] = { { "light", 0.93f }, { "white", 1.0f }, { "black", 0.0f } };
    guint r, g, b;
    char rest;
    if (g_str_equal(text, "dark"))
        return TRUE; // as in the window
    for (guint i = 0; i < G_N_ELEMENTS(NAMED); i++)
        if (g_str_equal(text, NAMED[i].name)) {
            color[0] = color[1] = color[2] = NAMED[i].grey;
            return TRUE;
        }
    if (strlen(text) == 7 && sscanf(text, "#%2x%2x%2x%c", &r, &g, &b, &rest) == 3) {
        color[0] = (float) r / 255.0f;
        color[1] = (float) g / 255.0f;
        color[2] = (float) b / 255.0f;
        return TRUE;
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "--background \"%s\" is none of dark, light, white, black or #RRGGBB", text);
    return FALSE;
}

static gboolean
parse_view(const char *text, LacCamera *camera, GError **error)
{
    const char *axis = text[0] == '-' || text[0] == '+' ? text + 1 : text;
    if (strlen(axis) == 1 && axis[0] >= 'x' && axis[0] <= 'z') {
        lac_camera_set_axis(camera, (LacAxis) (axis[0] - 'x'), text[0] == '-');
        return TRUE;
    }
    double angles[3];
    if (!parse_numbers("--view", text, 3, angles, error))
        return FALSE;
    lac_camera_set_angles(camera, angles[0], angles[1], angles[2]);
    return TRUE;
}

static gboolean
parse_clip(const char *text, const LacVolume *volume, LacClipPlane *clip, GError **error)
{
    double v[4];
    if (!parse_numbers("--clip", text, 4, v, error))
        return FALSE;
    double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (length == 0.0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--clip \"%s\" has no direction", text);
        return FALSE;
    }
    clip->enabled = TRUE;
    clip->normal = (LacVec3){ v[0] / length, v[1] / length, v[2] / length };
    LacVec3 o = volume->origin, n = clip->normal;
    clip->offset = v[3] + o.x * n.x + o.y * n.y + o.z * n.z;
    return TRUE;
}

static gboolean
parse_values(const Options *o, LacScene *scene, GError **error)
{
    if (o->colormap != NULL &&
        !lac_colormap_from_name(o->colormap, &scene->transfer.colormap, error))
        return FALSE;
    if (o->range != NULL) {
        double range[2];
        if (!parse_numbers("--range", o->range, 2, range, error))
            return FALSE;
        if (range[0] >= range[1]) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--range \"%s\" does not ascend",
                o->range);
            return FALSE;
        }
        scene->transfer.lo = range[0];
        scene->transfer.hi = range[1];
    }
    if (!isnan(o->iso)) {
        scene->iso[0].level = o->iso;
        scene->mode = LAC_RENDER_ISO;
    }
    return o->mode == NULL || lac_render_mode_from_name(o->mode, &scene->mode, error);
}

static gboolean
make_scene(const Options *o, LacVolumeTexture *texture, double aspect, LacScene *scene,
    GError **error)
{
    const LacVolume *volume = texture->volume;
    *scene = lac_scene_default();
    scene->volume = texture;
    scene->transfer = texture->transfer;
    scene->iso[0].level = texture->iso_level;
    scene->lighting = !o->flat;
    scene->show_box = o->box;
    scene->show_axes = o->axes;
    scene->camera.perspective = o->perspective;
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    for (int i = 0; i < 3; i++) {
        scene->show_slices[i] = o->slices;
        scene->crosshair[i] = (double) (n[i] / 2);
    }
    if (!parse_values(o, scene, error) ||
        (o->view != NULL && !parse_view(o->view, &scene->camera, error)) ||
        (o->clip != NULL && !parse_clip(o->clip, volume, &scene->clip, error)) ||
        (o->background != NULL && !parse_background(o->background, scene->background, error)))
        return FALSE;
    if (o->transparent)
        scene->background[3] = 0.0f;
    LacBox box = o->box ? lac_volume_get_box(volume) : texture->content;
    lac_camera_fit(&scene->camera, &box, aspect);
    return TRUE;
}

// What makes the same picture again, for the metadata.
static char *
dup_description(const Options *o, const LacScene *scene, const char *file)
{
    const LacCamera *c = &scene->camera;
    g_autofree char *name = g_path_get_basename(file);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "file=%s\nmode=%s\ncolormap=%s\nrange=%.9g,%.9g\n", name,
        lac_render_mode_get_name(scene->mode), lac_colormap_get_name(scene->transfer.colormap),
        scene->transfer.lo, scene->transfer.hi);
    for (guint i = 0; i < scene->transfer.n_points; i++)
        g_string_append_printf(text, "opacity=%.6g:%.6g\n", scene->transfer.points[i].x,
            scene->transfer.points[i].opacity);
    g_string_append_printf(text, "iso=%.9g\nlighting=%d\nbox=%d\naxes=%d\nslices=%d\n",
        scene->iso[0].level, scene->lighting, scene->show_box, scene->show_axes, o->slices);
    if (scene->clip.enabled)
        g_string_append_printf(text, "clip=%.9g,%.9g,%.9g,%.9g\n", scene->clip.normal.x,
            scene->clip.normal.y, scene->clip.normal.z, scene->clip.offset);
    g_string_append_printf(text,
        "camera=%.9g,%.9g,%.9g;%.9g,%.9g,%.9g,%.9g;%.9g;%s\nsupersample=%d\n", c->target.x,
        c->target.y, c->target.z, c->rotation[0], c->rotation[1], c->rotation[2], c->rotation[3],
        c->height, c->perspective ? "perspective" : "orthographic", o->supersample);
    return g_string_free(text, FALSE);
}

static gboolean
add_rows(const guint8 *rgba, int n_rows, gpointer data, GError **error)
{
    return lac_png_writer_add_rows(data, rgba, (guint) n_rows, error);
}

static gboolean
write_picture(const Options *o, const char *file, LacRenderer *renderer, const LacScene *scene,
    const LacExportParams *params, LacProgress *progress, GError **error)
{
    g_autofree char *description = dup_description(o, scene, file);
    const char *const text[] = { "Software", "Lacuna " LAC_VERSION, "Lacuna scene", description,
        "Lacuna device", lac_renderer_get_info(renderer), NULL };
    g_autoptr(LacPngWriter) writer = lac_png_writer_new(o->output, (guint) params->width,
        (guint) params->height, scene->background[3] < 1.0f, text, error);
    if (writer == NULL)
        return FALSE;
    lac_progress_message(progress, "Drawing %d x %d", params->width, params->height);
    return lac_export_picture(renderer, scene, params, add_rows, writer, progress, error) &&
        lac_png_writer_finish(writer, error);
}

static void
print_result(LacCli *cli, const Options *o, const LacScene *scene, const LacExportParams *params,
    double seconds)
{
    if (!cli->json) {
        printf("%s: %d x %d, %s, %.2f s\n", o->output, params->width, params->height,
            lac_render_mode_get_name(scene->mode), seconds);
        return;
    }
    g_autoptr(JsonBuilder) b = json_builder_new();
    json_builder_begin_object(b);
    json_builder_set_member_name(b, "output");
    json_builder_add_string_value(b, o->output);
    json_builder_set_member_name(b, "width");
    json_builder_add_int_value(b, params->width);
    json_builder_set_member_name(b, "height");
    json_builder_add_int_value(b, params->height);
    json_builder_set_member_name(b, "mode");
    json_builder_add_string_value(b, lac_render_mode_get_name(scene->mode));
    json_builder_set_member_name(b, "iso_level");
    json_builder_add_double_value(b, scene->iso[0].level);
    json_builder_set_member_name(b, "seconds");
    json_builder_add_double_value(b, seconds);
    json_builder_end_object(b);
    lac_cli_print_json(b);
}

// Of a project, what it reconstructed; else the volume that was opened.
static LacVolume *
read_volume(const char *file, LacProgress *progress, GError **error)
{
    if (!lac_project_is_project(file))
        return lac_read_volume(file, NULL, progress, error);
    g_autoptr(LacProject) project = lac_project_load(file, progress, error);
    if (project == NULL)
        return NULL;
    LacVolume *volume = project->recon != NULL ? project->recon->volume : project->volume;
    if (volume == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED, "%s holds no volume yet", file);
        return NULL;
    }
    return lac_volume_ref(volume);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { .iso = (double) NAN, .supersample = 2 };
    int width = 1200, height = 900;
    if (!parse_options(cli, &o, &argc, &argv, error) ||
        (o.size != NULL && !parse_size(o.size, &width, &height, error)))
        return FALSE;
    g_autoptr(LacVolume) volume = read_volume(argv[1], cli->progress, error);
    if (volume == NULL)
        return FALSE;
    g_autoptr(LacEglContext) context = lac_egl_context_new(error);
    if (context == NULL)
        return FALSE;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    if (renderer == NULL)
        return FALSE;
    g_autoptr(LacVolumeTexture) texture =
        lac_volume_texture_prepare(volume, lac_renderer_get_max_size(renderer),
            lac_renderer_wants_smooth(renderer, volume), NULL, error);
    if (texture == NULL)
        return FALSE;
    LacScene scene;
    LacExportParams params = lac_export_params_default(width, height);
    params.supersample = o.supersample;
    gint64 start = g_get_monotonic_time();
    if (!make_scene(&o, texture, (double) width / height, &scene, error) ||
        !write_picture(&o, argv[1], renderer, &scene, &params, cli->progress, error))
        return FALSE;
    if (texture->note != NULL && !cli->quiet)
        fprintf(stderr, "%s\n", texture->note);
    print_result(cli, &o, &scene, &params, 1e-6 * (double) (g_get_monotonic_time() - start));
    return TRUE;
}

const LacCliVerb lac_cli_render = {
    .name = "render",
    .summary = "draw a volume into a picture, without a display",
    .run = run,
};
