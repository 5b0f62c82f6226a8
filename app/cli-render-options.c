// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-render-options.h"

#include "core/analysis/analysis.h"
#include "core/error.h"
#include "core/figure/keyed-text.h"
#include "core/figure/png.h"
#include "ui/render/figure-presets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/**
 * lac_render_options_clear:
 * @o: options
 *
 * Frees what they hold.
 */
void
lac_render_options_clear(LacRenderOptions *o)
{
    char **all[] = { &o->mode, &o->colormap, &o->view, &o->size, &o->background, &o->range,
        &o->clip, &o->output, &o->atoms, &o->color_by, &o->atom_colormap, &o->atom_range,
        &o->palette, &o->size_by, &o->recipe, &o->recipe_from, &o->write_recipe, &o->mm,
        &o->scale_bar, &o->color_bar, &o->panel, &o->plot, &o->slice, &o->csv };
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(*all[i]);
}

// All options of @own and, where none has the same name, those of @base.
static GOptionEntry *
join_entries(const GOptionEntry *own, const GOptionEntry *base)
{
    GArray *all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    guint n_own = 0;
    for (; own != NULL && own[n_own].long_name != NULL; n_own++)
        g_array_append_val(all, own[n_own]);
    for (guint i = 0; base[i].long_name != NULL; i++) {
        gboolean taken = FALSE;
        for (guint k = 0; k < n_own && !taken; k++)
            taken = g_str_equal(own[k].long_name, base[i].long_name);
        if (!taken)
            g_array_append_val(all, base[i]);
    }
    return (GOptionEntry *) (gpointer) g_array_free(all, FALSE);
}

/**
 * lac_render_options_parse:
 * @cli: receives --json, --quiet and --threads
 * @o: (out caller-allocates): the options; to be cleared even on failure
 * @usage: what follows the verb in the help
 * @own: (nullable): options of the verb beside those of a picture; they go before those of the same name
 * @argc: (inout): number of arguments left, the verb's name included
 * @argv: (inout): the arguments left
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_render_options_parse(LacCli *cli, LacRenderOptions *o, const char *usage,
    const GOptionEntry *own, int *argc, char ***argv, GError **error)
{
    *o = (LacRenderOptions){ .iso = (double) NAN,
        .radius_scale = (double) NAN,
        .depth_cue = (double) NAN,
        .shadow = (double) NAN,
        .outline = (double) NAN,
        .dpi = (double) NAN,
        .text_size = (double) NAN,
        .bits = 8 };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
            "The picture to write: .png, .tif, .pdf or .svg", "IMG.png" },
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
        { "size", 0, 0, G_OPTION_ARG_STRING, &o->size, "Pixels of the picture", "WxH" },
        { "supersample", 0, 0, G_OPTION_ARG_INT, &o->supersample,
            "Samples per pixel along each axis, 1 to 4 (2)", "N" },
        { "background", 0, 0, G_OPTION_ARG_STRING, &o->background,
            "white (default), light, dark, black or #RRGGBB", "COLOR" },
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
        { "shadow", 0, 0, G_OPTION_ARG_DOUBLE, &o->shadow,
            "How dark the shadows of atoms and bonds are, 0 to 1 (0.6)", "X" },
        { "outline", 0, 0, G_OPTION_ARG_DOUBLE, &o->outline,
            "Width of the lines where atoms end before others, in points (0.2; 0: none)", "PT" },
        { "no-occlusion", 0, 0, G_OPTION_ARG_NONE, &o->no_occlusion,
            "Light atoms as if each were alone", NULL },
        { "recipe", 0, 0, G_OPTION_ARG_FILENAME, &o->recipe,
            "A figure to make, which other options change: a file, or a name of --recipe list",
            "R" },
        { "plot", 0, 0, G_OPTION_ARG_STRING, &o->plot,
            "A plot: of an analysis, as rdf or profile/oxidation, or reconstruction", "NAME" },
        { "slice", 0, 0, G_OPTION_ARG_STRING, &o->slice,
            "A slice with the atoms that it cuts: normal to an axis, Å along it", "x|y|z[,P]" },
        { "csv", 0, 0, G_OPTION_ARG_FILENAME, &o->csv, "Write the numbers of plots as well",
            "FILE.csv" },
        { "recipe-from", 0, 0, G_OPTION_ARG_FILENAME, &o->recipe_from,
            "The figure that a picture of this program shows", "FIGURE.png" },
        { "print-recipe", 0, 0, G_OPTION_ARG_FILENAME, &o->write_recipe,
            "Write the recipe of the picture into a file as well", "R" },
        { "mm", 0, 0, G_OPTION_ARG_STRING, &o->mm,
            "Width on paper, or width and height (89: one column; 183: two)", "W[xH]" },
        { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &o->dpi, "Pixels per inch (300)", "D" },
        { "bits", 0, 0, G_OPTION_ARG_INT, &o->bits, "Of each value of a TIFF: 8 or 16 (8)", "N" },
        { "scale-bar", 0, 0, G_OPTION_ARG_STRING, &o->scale_bar,
            "auto (default), off, or a length in nm", "L" },
        { "tripod", 0, 0, G_OPTION_ARG_NONE, &o->tripod, "Draw the directions of x, y and z",
            NULL },
        { "color-bar", 0, 0, G_OPTION_ARG_STRING, &o->color_bar,
            "Draw what the colours mean, with a title", "TITLE" },
        { "legend", 0, 0, G_OPTION_ARG_NONE, &o->legend, "Name the species", NULL },
        { "panel", 0, 0, G_OPTION_ARG_STRING, &o->panel, "Letter of the panel", "A" },
        { "text-size", 0, 0, G_OPTION_ARG_DOUBLE, &o->text_size, "Of all texts, in points (7)",
            "PT" },
        { "turntable", 0, 0, G_OPTION_ARG_INT, &o->turntable,
            "Write so many pictures of one turn about the vertical, numbered", "N" },
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *all = join_entries(own, entries);
    if (!lac_cli_parse(cli, usage, all, argc, argv, error))
        return FALSE;
    if ((*argc == 2 && o->output != NULL) || g_strcmp0(o->recipe, "list") == 0)
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
apply_size(const LacRenderOptions *o, LacFigure *figure, GError **error)
{
    int width, height;
    char rest;
    double mm[2];
    if (o->mm != NULL) {
        g_autofree char *text = g_strdelimit(g_strdup(o->mm), "x", ',');
        guint n = strchr(text, ',') != NULL ? 2 : 1;
        if (!parse_numbers("--mm", text, n, mm, error))
            return FALSE;
        if (n == 1)
            mm[1] = mm[0] * figure->height_mm / figure->width_mm;
        if (!(mm[0] >= 1.0 && mm[0] <= 2000.0 && mm[1] >= 1.0 && mm[1] <= 2000.0)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--mm \"%s\" is outside 1 to 2000",
                o->mm);
            return FALSE;
        }
        figure->width_mm = mm[0];
        figure->height_mm = mm[1];
    }
    if (!isnan(o->dpi)) {
        if (!(o->dpi >= 1.0 && o->dpi <= 20000.0)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--dpi %g is outside 1 to 20000",
                o->dpi);
            return FALSE;
        }
        figure->dpi = o->dpi;
    }
    if (o->size == NULL)
        return TRUE;
    if (sscanf(o->size, "%dx%d%c", &width, &height, &rest) != 2 || width <= 0 || height <= 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--size \"%s\" is not WIDTHxHEIGHT in pixels, such as 1200x900", o->size);
        return FALSE;
    }
    lac_figure_set_pixels(figure, width, height);
    return TRUE;
}

static gboolean
parse_background(const char *text, float color[3], GError **error)
{
    static const struct {
        const char *name;
        float grey;
    } NAMED[] = { { "light", 0.93f }, { "white", 1.0f }, { "black", 0.0f } };
    if (g_str_equal(text, "dark")) {
        const LacScene window = lac_scene_default();
        memcpy(color, window.background, 3 * sizeof *color);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(NAMED); i++)
        if (g_str_equal(text, NAMED[i].name)) {
            color[0] = color[1] = color[2] = NAMED[i].grey;
            return TRUE;
        }
    if (lac_keyed_text_parse_color(text, color))
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "--background \"%s\" is none of white, light, dark, black or #RRGGBB", text);
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

// "species", another word that means no column, or the name of a column of the atoms.
static gboolean
parse_by(const char *option, const char *text, const char *other, const LacAtoms *atoms,
    char column[LAC_LOOK_NAME_SIZE], int *by, GError **error)
{
    if (g_str_equal(text, "species"))
        *by = 0;
    else if (g_str_equal(text, other))
        *by = 2;
    else if (lac_atoms_get_column(atoms, text) != NULL ||
        lac_analysis_find_column(text, NULL) != NULL) {
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
apply_volume(const LacRenderOptions *o, LacScene *scene, GError **error)
{
    double range[2];
    if (o->colormap != NULL &&
        !lac_colormap_from_name(o->colormap, &scene->transfer.colormap, error))
        return FALSE;
    if (o->range != NULL) {
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
    for (int i = 0; i < 3 && o->slices; i++)
        scene->show_slices[i] = TRUE;
    if (o->no_volume) {
        scene->show_volume = scene->show_box = FALSE;
        scene->show_slices[0] = scene->show_slices[1] = scene->show_slices[2] = FALSE;
    }
    scene->lighting = scene->lighting && !o->flat;
    return o->mode == NULL || lac_render_mode_from_name(o->mode, &scene->mode, error);
}

static gboolean
apply_look(const LacRenderOptions *o, const LacAtoms *atoms, LacAtomLook *look, GError **error)
{
    int color_by = (int) look->color_by, size_by = (int) look->size_by;
    double range[2] = { look->color_lo, look->color_hi };
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

static void
apply_atoms(const LacRenderOptions *o, LacAtomScene *atoms)
{
    atoms->show_atoms = atoms->show_atoms && !o->no_atoms;
    atoms->show_bonds = atoms->show_bonds || o->bonds;
    atoms->show_polyhedra = atoms->show_polyhedra || o->polyhedra;
    atoms->show_ghosts = atoms->show_ghosts || o->ghosts;
    atoms->occlusion = atoms->occlusion && !o->no_occlusion;
    if (!isnan(o->depth_cue))
        atoms->depth_cue = CLAMP(o->depth_cue, 0.0, 1.0);
    if (!isnan(o->shadow))
        atoms->shadow = CLAMP(o->shadow, 0.0, 1.0);
}

static gboolean
apply_scale_bar(const char *text, LacOverlayParams *overlay, GError **error)
{
    double length;
    overlay->scale_bar = !g_str_equal(text, "off");
    if (!overlay->scale_bar)
        return TRUE;
    overlay->scale_bar_length = (double) NAN;
    if (g_str_equal(text, "auto"))
        return TRUE;
    if (!parse_numbers("--scale-bar", text, 1, &length, error))
        return FALSE;
    overlay->scale_bar_length = 10.0 * length;
    if (length > 0.0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--scale-bar %g nm is not above 0", length);
    return FALSE;
}

static gboolean
apply_overlay(const LacRenderOptions *o, LacOverlayParams *overlay, GError **error)
{
    if (o->scale_bar != NULL && !apply_scale_bar(o->scale_bar, overlay, error))
        return FALSE;
    if (o->color_bar != NULL) {
        overlay->color_bar = TRUE;
        g_strlcpy(overlay->color_bar_title, o->color_bar, sizeof overlay->color_bar_title);
    }
    if (o->panel != NULL)
        g_strlcpy(overlay->panel, o->panel, sizeof overlay->panel);
    overlay->tripod = overlay->tripod || o->tripod;
    overlay->legend = overlay->legend || o->legend;
    if (isnan(o->text_size))
        return TRUE;
    overlay->text_size = o->text_size;
    if (o->text_size >= 1.0 && o->text_size <= 200.0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--text-size %g is outside 1 to 200",
        o->text_size);
    return FALSE;
}

/**
 * lac_render_options_read_recipe:
 * @o: options
 * @text: (out) (transfer full) (nullable): the recipe; %NULL: none is wanted
 * @name: (out): where it came from
 * @error: return location for a #GError
 *
 * Reads a recipe from a file, from a picture or from those of the program.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_render_options_read_recipe(const LacRenderOptions *o, char **text, const char **name,
    GError **error)
{
    *text = NULL;
    *name = o->recipe != NULL ? o->recipe : o->recipe_from;
    if (*name == NULL)
        return TRUE;
    if (o->recipe_from != NULL && o->recipe != NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--recipe and --recipe-from exclude each other");
        return FALSE;
    }
    if (o->recipe == NULL)
        *text = lac_png_read_text(*name, LAC_FIGURE_RECIPE_KEY, error);
    else if (strpbrk(*name, "./") == NULL && !g_file_test(*name, G_FILE_TEST_EXISTS))
        *text = lac_figure_presets_dup(*name, error);
    else if (!g_file_get_contents(*name, text, NULL, error))
        return FALSE;
    return *text != NULL;
}

static LacFigure *
read_figure(const LacRenderOptions *o, GError **error)
{
    g_autofree char *text = NULL;
    const char *name;
    if (!lac_render_options_read_recipe(o, &text, &name, error))
        return NULL;
    return text != NULL ? lac_figure_from_recipe(text, name, error) : lac_figure_new();
}

// Whether anything but the size, the data and the file is said.
static gboolean
says_looks(const LacRenderOptions *o)
{
    const char *const texts[] = { o->mode, o->colormap, o->view, o->background, o->range, o->clip,
        o->color_by, o->atom_colormap, o->atom_range, o->palette, o->size_by, o->scale_bar,
        o->color_bar, o->panel, o->plot, o->slice };
    const gboolean flags[] = { o->transparent, o->box, o->axes, o->slices, o->perspective, o->flat,
        o->tripod, o->legend, o->bonds, o->polyhedra, o->ghosts, o->no_occlusion, o->no_volume,
        o->no_atoms, o->turntable != 0, o->supersample != 0, !isnan(o->iso), !isnan(o->text_size),
        !isnan(o->radius_scale), !isnan(o->depth_cue) };
    gboolean any = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        any = any || texts[i] != NULL;
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        any = any || flags[i];
    return any;
}

/**
 * lac_render_options_size_sheet:
 * @o: options
 * @sheet: gets the size that they say
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if they say more than that
 */
gboolean
lac_render_options_size_sheet(const LacRenderOptions *o, LacSheet *sheet, GError **error)
{
    if (says_looks(o)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A page of several panels is changed by --mm, --size and --dpi only: its recipe says "
            "how each panel looks");
        return FALSE;
    }
    g_autoptr(LacFigure) page = lac_figure_new();
    page->width_mm = sheet->width_mm;
    page->height_mm = sheet->height_mm;
    page->dpi = sheet->dpi;
    return apply_size(o, page, error) &&
        lac_sheet_set_size(sheet, page->width_mm, page->height_mm, page->dpi, error);
}

// "z" or "z,12.5": an axis, and Å along it.
static gboolean
parse_slice(const char *text, LacFigure *figure, GError **error)
{
    const char *comma = strchr(text, ',');
    double position = (double) NAN;
    if (text[0] < 'x' || text[0] > 'z' || (text[1] != '\0' && text + 1 != comma) ||
        (comma != NULL && !parse_numbers("--slice", comma + 1, 1, &position, NULL))) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--slice \"%s\" is not x, y or z, and if wanted a position in Å, such as z,12.5", text);
        return FALSE;
    }
    figure->kind = LAC_FIGURE_SLICE;
    figure->slice.axis = text[0] - 'x';
    figure->slice.position = position;
    return TRUE;
}

static gboolean
apply_kind(const LacRenderOptions *o, LacFigure *figure, GError **error)
{
    if (o->plot != NULL) {
        figure->kind = LAC_FIGURE_PLOT;
        g_strlcpy(figure->plot.id, o->plot, sizeof figure->plot.id);
    }
    return o->slice == NULL || parse_slice(o->slice, figure, error);
}

/**
 * lac_render_options_make_figure:
 * @o: options
 * @volume: (nullable): what is going to be drawn
 * @atoms: (nullable): likewise
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the recipe's figure or the default one, changed as the options say, or
 *     %NULL with @error set
 */
LacFigure *
lac_render_options_make_figure(const LacRenderOptions *o, const LacVolume *volume,
    const LacAtoms *atoms, GError **error)
{
    g_autoptr(LacFigure) figure = read_figure(o, error);
    if (figure == NULL || !apply_kind(o, figure, error))
        return NULL;
    LacScene *scene = &figure->scene;
    const LacVec3 zero = { 0.0, 0.0, 0.0 };
    scene->show_box = scene->show_box || o->box;
    scene->show_axes = scene->show_axes || o->axes;
    scene->camera.perspective = scene->camera.perspective || o->perspective;
    figure->transparent = figure->transparent || o->transparent;
    apply_atoms(o, &scene->atoms);
    if (!isnan(o->outline))
        figure->outline = CLAMP(o->outline, 0.0, 10.0);
    if (!apply_volume(o, scene, error) || !apply_size(o, figure, error) ||
        (o->view != NULL && !parse_view(o->view, &scene->camera, error)) ||
        (o->clip != NULL &&
            !parse_clip(o->clip, volume != NULL ? volume->origin : zero, &scene->clip, error)) ||
        (o->background != NULL && !parse_background(o->background, scene->background, error)) ||
        (atoms != NULL && !apply_look(o, atoms, &figure->look, error)) ||
        !apply_overlay(o, &figure->overlay, error))
        return NULL;
    if (o->supersample != 0)
        figure->supersample = o->supersample;
    return g_steal_pointer(&figure);
}
