// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli.h"
#include "core/data/bonds.h"
#include "core/error.h"
#include "core/figure/png.h"
#include "core/gpu/egl-context.h"
#include "core/io/io.h"
#include "core/project/project.h"
#include "ui/render/export.h"
#include "ui/render/occlusion.h"
#include "ui/render/polyhedra.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// As given on the command line; NULL where it was not.
typedef struct {
    char *mode, *colormap, *view, *size, *background, *range, *clip, *output;
    char *atoms, *color_by, *atom_colormap, *atom_range, *palette, *size_by;
    double iso, radius_scale, depth_cue;
    int supersample;
    gboolean transparent, box, axes, slices, perspective, flat;
    gboolean bonds, polyhedra, ghosts, no_occlusion, no_volume, no_atoms;
} Options;

// What the files held; either may be NULL.
typedef struct {
    LacVolume *volume;
    LacAtoms *atoms;
    LacVolumeTexture *texture; // of the volume
    LacAtomSet *set;           // of the atoms
} Contents;

static void
clear_options(Options *o)
{
    char **all[] = { &o->mode, &o->colormap, &o->view, &o->size, &o->background, &o->range,
        &o->clip, &o->output, &o->atoms, &o->color_by, &o->atom_colormap, &o->atom_range,
        &o->palette, &o->size_by };
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(*all[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static void
clear_contents(Contents *c)
{
    lac_volume_unref(c->volume);
    lac_atoms_unref(c->atoms);
    lac_volume_texture_unref(c->texture);
    lac_atom_set_unref(c->set);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Contents, clear_contents)

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
        { "atoms", 0, 0, G_OPTION_ARG_FILENAME, &o->atoms, "Atoms to draw with the volume",
            "MODEL" },
        { "no-atoms", 0, 0, G_OPTION_ARG_NONE, &o->no_atoms, "Draw the volume alone", NULL },
        { "no-volume", 0, 0, G_OPTION_ARG_NONE, &o->no_volume, "Draw the atoms alone", NULL },
        { "bonds", 0, 0, G_OPTION_ARG_NONE, &o->bonds, "Draw bonds", NULL },
        { "polyhedra", 0, 0, G_OPTION_ARG_NONE, &o->polyhedra, "Draw coordination polyhedra",
            NULL },
        { "ghosts", 0, 0, G_OPTION_ARG_NONE, &o->ghosts, "Draw rejected and deleted peaks as rings",
            NULL },
        { "color-by", 0, 0, G_OPTION_ARG_STRING, &o->color_by,
            "species (default), state, or the name of a column", "WHAT" },
        { "atom-colormap", 0, 0, G_OPTION_ARG_STRING, &o->atom_colormap,
            "Colours of a column, as --colormap", "NAME" },
        { "atom-range", 0, 0, G_OPTION_ARG_STRING, &o->atom_range,
            "Values of a column at the ends of its colours; default from the atoms", "LO,HI" },
        { "palette", 0, 0, G_OPTION_ARG_STRING, &o->palette, "Colours of elements: jmol or vesta",
            "NAME" },
        { "size-by", 0, 0, G_OPTION_ARG_STRING, &o->size_by,
            "species (default), equal, or the name of a column", "WHAT" },
        { "radius-scale", 0, 0, G_OPTION_ARG_DOUBLE, &o->radius_scale,
            "Radius of atoms in covalent radii (0.75; 0.4 with bonds)", "S" },
        { "depth-cue", 0, 0, G_OPTION_ARG_DOUBLE, &o->depth_cue,
            "How far the farthest atoms fade into the background, 0 to 1", "X" },
        { "no-occlusion", 0, 0, G_OPTION_ARG_NONE, &o->no_occlusion,
            "Light atoms as if each were alone", NULL },
        G_OPTION_ENTRY_NULL,
    };
    if (!lac_cli_parse(cli, "FILE -o IMG.png - draw a volume, or atoms, without a display", entries,
            argc, argv, error))
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
parse_clip(const char *text, LacVec3 o, LacClipPlane *clip, GError **error)
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
    LacVec3 n = clip->normal;
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

// "species", another word that means no column, or the name of a column of the atoms.
static gboolean
parse_by(const char *option, const char *text, const char *other, const LacAtoms *atoms,
    char column[LAC_LOOK_NAME_SIZE], int *by, GError **error)
{
    if (g_str_equal(text, "species"))
        *by = 0;
    else if (g_str_equal(text, other))
        *by = 2;
    else if (lac_atoms_get_column(atoms, text) != NULL) {
        *by = 1;
        g_strlcpy(column, text, LAC_LOOK_NAME_SIZE);
    }
    else {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s \"%s\" is neither species, %s nor a column of the atoms", option, text, other);
        return FALSE;
    }
    return TRUE;
}

static gboolean
parse_palette(const char *text, LacPalette *palette, GError **error)
{
    for (int i = 0; i < LAC_N_PALETTES; i++)
        if (g_str_equal(text, lac_palette_get_name((LacPalette) i))) {
            *palette = (LacPalette) i;
            return TRUE;
        }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--palette \"%s\" is neither jmol nor vesta",
        text);
    return FALSE;
}

static gboolean
make_look(const Options *o, const LacAtoms *atoms, LacAtomLook *look, GError **error)
{
    int color_by = LAC_COLOR_BY_SPECIES, size_by = LAC_SIZE_BY_SPECIES;
    double range[2] = { (double) NAN, (double) NAN };
    *look = lac_atom_look_default();
    if ((o->color_by != NULL &&
            !parse_by("--color-by", o->color_by, "state", atoms, look->color_column, &color_by,
                error)) ||
        (o->size_by != NULL &&
            !parse_by("--size-by", o->size_by, "equal", atoms, look->size_column, &size_by,
                error)) ||
        (o->palette != NULL && !parse_palette(o->palette, &look->palette, error)) ||
        (o->atom_colormap != NULL &&
            !lac_colormap_from_name(o->atom_colormap, &look->colormap, error)) ||
        (o->atom_range != NULL && !parse_numbers("--atom-range", o->atom_range, 2, range, error)))
        return FALSE;
    look->color_by = (LacColorBy) color_by;
    look->size_by = (LacSizeBy) size_by;
    look->color_lo = range[0];
    look->color_hi = range[1];
    if (o->bonds || o->polyhedra)
        look->radius_scale = 0.4;
    if (!isnan(o->radius_scale))
        look->radius_scale = o->radius_scale;
    if (look->radius_scale > 0.0 && look->radius_scale <= 10.0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--radius-scale %g is outside 0 to 10",
        look->radius_scale);
    return FALSE;
}

static gboolean
make_set(const Options *o, Contents *c, const LacClipPlane *clip, LacProgress *progress,
    GError **error)
{
    LacAtomLook look;
    if (!make_look(o, c->atoms, &look, error))
        return FALSE;
    LacAtomSource source = { .atoms = c->atoms, .look = &look };
    g_autoptr(LacBonds) bonds = NULL;
    g_autoptr(GArray) hulls = NULL;
    g_autofree gint8 *visibility = NULL;
    if (o->bonds || o->polyhedra) {
        LacBondParams params;
        lac_bond_params_init(&params);
        bonds = lac_bonds_find(c->atoms, &params, progress, error);
        if (bonds == NULL)
            return FALSE;
        source.bonds = bonds;
        if (o->polyhedra)
            hulls = lac_polyhedra_find(c->atoms, bonds, LAC_BOND_SHELL);
        source.hulls = hulls;
    }
    if (!o->no_occlusion && c->atoms->n > 0) {
        visibility = lac_occlusion_of(&source, clip, progress, error);
        if (visibility == NULL)
            return FALSE;
        source.visibility = visibility;
        source.n_visibility = c->atoms->n;
    }
    c->set = lac_atom_set_new(&source);
    return TRUE;
}

static void
set_volume(const Options *o, const Contents *c, LacScene *scene)
{
    const LacVolume *volume = c->volume;
    scene->volume = c->texture;
    scene->transfer = c->texture->transfer;
    scene->iso[0].level = c->texture->iso_level;
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    for (int i = 0; i < 3; i++) {
        scene->show_slices[i] = o->slices;
        scene->crosshair[i] = (double) (n[i] / 2);
    }
}

static LacBox
get_box(const Options *o, const Contents *c)
{
    if (c->volume != NULL && !o->no_volume)
        return o->box ? lac_volume_get_box(c->volume) : c->texture->content;
    if (c->set != NULL && c->set->n_spheres > 0)
        return c->set->box;
    return (LacBox){ { -1.0, -1.0, -1.0 }, { 1.0, 1.0, 1.0 } };
}

static gboolean
make_scene(const Options *o, Contents *c, double aspect, LacScene *scene, LacProgress *progress,
    GError **error)
{
    LacVec3 origin = c->volume != NULL ? c->volume->origin : (LacVec3){ 0.0, 0.0, 0.0 };
    *scene = lac_scene_default();
    if (c->volume != NULL && !o->no_volume)
        set_volume(o, c, scene);
    scene->lighting = !o->flat;
    scene->show_box = o->box;
    scene->show_axes = o->axes;
    scene->camera.perspective = o->perspective;
    scene->atoms.show_bonds = o->bonds;
    scene->atoms.show_polyhedra = o->polyhedra;
    scene->atoms.show_ghosts = o->ghosts;
    scene->atoms.occlusion = !o->no_occlusion;
    if (!isnan(o->depth_cue))
        scene->atoms.depth_cue = CLAMP(o->depth_cue, 0.0, 1.0);
    if (!parse_values(o, scene, error) ||
        (o->view != NULL && !parse_view(o->view, &scene->camera, error)) ||
        (o->clip != NULL && !parse_clip(o->clip, origin, &scene->clip, error)) ||
        (o->background != NULL && !parse_background(o->background, scene->background, error)))
        return FALSE;
    if (o->transparent)
        scene->background[3] = 0.0f;
    if (c->atoms != NULL && !make_set(o, c, &scene->clip, progress, error))
        return FALSE;
    scene->atoms.set = o->no_atoms ? NULL : c->set;
    LacBox box = get_box(o, c);
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

static const char *
get_mode_name(const LacScene *scene)
{
    return scene->volume != NULL ? lac_render_mode_get_name(scene->mode) : "atoms";
}

static void
print_result(LacCli *cli, const Options *o, const LacScene *scene, const LacExportParams *params,
    double seconds)
{
    if (!cli->json) {
        printf("%s: %d x %d, %s, %.2f s\n", o->output, params->width, params->height,
            get_mode_name(scene), seconds);
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
    json_builder_add_string_value(b, get_mode_name(scene));
    json_builder_set_member_name(b, "iso_level");
    json_builder_add_double_value(b, scene->iso[0].level);
    json_builder_set_member_name(b, "seconds");
    json_builder_add_double_value(b, seconds);
    json_builder_end_object(b);
    lac_cli_print_json(b);
}

// Of a project, what it reconstructed; else the volume that was opened. And its atoms.
static gboolean
read_project(const char *file, Contents *c, LacProgress *progress, GError **error)
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

static gboolean
read_contents(const Options *o, const char *file, Contents *c, LacProgress *progress,
    GError **error)
{
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

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Options) o = { .iso = (double) NAN,
        .supersample = 2,
        .radius_scale = (double) NAN,
        .depth_cue = (double) NAN };
    g_auto(Contents) c = { 0 };
    int width = 1200, height = 900;
    if (!parse_options(cli, &o, &argc, &argv, error) ||
        (o.size != NULL && !parse_size(o.size, &width, &height, error)) ||
        !read_contents(&o, argv[1], &c, cli->progress, error))
        return FALSE;
    g_autoptr(LacEglContext) context = lac_egl_context_new(error);
    if (context == NULL)
        return FALSE;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    if (renderer == NULL)
        return FALSE;
    if (c.volume != NULL) {
        c.texture = lac_volume_texture_prepare(c.volume, lac_renderer_get_max_size(renderer),
            lac_renderer_wants_smooth(renderer, c.volume), NULL, error);
        if (c.texture == NULL)
            return FALSE;
    }
    LacScene scene;
    LacExportParams params = lac_export_params_default(width, height);
    params.supersample = o.supersample;
    gint64 start = g_get_monotonic_time();
    if (!make_scene(&o, &c, (double) width / height, &scene, cli->progress, error) ||
        !write_picture(&o, argv[1], renderer, &scene, &params, cli->progress, error))
        return FALSE;
    if (c.texture != NULL && c.texture->note != NULL && !cli->quiet)
        fprintf(stderr, "%s\n", c.texture->note);
    print_result(cli, &o, &scene, &params, 1e-6 * (double) (g_get_monotonic_time() - start));
    return TRUE;
}

const LacCliVerb lac_cli_render = {
    .name = "render",
    .summary = "draw a volume or atoms into a picture, without a display",
    .run = run,
};
