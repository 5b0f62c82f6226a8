// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of a recipe: one table says how each is read and written.
#include "core/error.h"
#include "core/figure/keyed-text.h"
#include "core/vec.h"
#include "ui/render/figure.h"
#include "ui/render/result-meshes.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef enum {
    KEY_SECTION, // a comment between keys
    KEY_FLAG,
    KEY_NUMBERS, // doubles
    KEY_CHOICE,  // one of names
    KEY_COLOR,   // sRGB
    KEY_TEXT,    // an array of n characters
    KEY_COUNT,   // an int from lo to hi
    KEY_COLORMAP,
    KEY_PALETTE,
    KEY_OPACITY,
    KEY_LEVELS,
    KEY_CROP,
    KEY_CLIP,
    KEY_CRYSTAL,
    KEY_SLICES,
    KEY_OWN_COLORS,
    KEY_LABEL,
    KEY_TEXT_COLOR,
    KEY_CONTOURS,
} KeyKind;

typedef struct {
    const char *key;
    KeyKind kind;
    gsize offset; // in LacFigure
    guint n;
    double lo, hi;
    const char *const *names;
} Key;

static const char *const kinds[] = { "scene", "slice", "plot", NULL };
static const char *const axes[] = { "x", "y", "z", NULL };
static const char *const modes[] = { "dvr", "mip", "iso", NULL };
static const char *const projections[] = { "orthographic", "perspective", NULL };
static const char *const color_bys[] = { "species", "column", "state", "match", NULL };
static const char *const size_bys[] = { "species", "column", "equal", NULL };
static const char *const corners[] = { "bottom-left", "bottom-right", "top-left", "top-right",
    NULL };

#define AT(field) offsetof(LacFigure, field)
#define SECTION(title)                           \
    {                                            \
        title, KEY_SECTION, 0, 0, 0.0, 0.0, NULL \
    }
#define FLAG(key, field)                            \
    {                                               \
        key, KEY_FLAG, AT(field), 0, 0.0, 0.0, NULL \
    }
#define NUMBERS(key, field, n, lo, hi)               \
    {                                                \
        key, KEY_NUMBERS, AT(field), n, lo, hi, NULL \
    }
#define FREE(key, field, n)                                 \
    {                                                       \
        key, KEY_NUMBERS, AT(field), n, -1e300, 1e300, NULL \
    }
#define CHOICE(key, field, names)                      \
    {                                                  \
        key, KEY_CHOICE, AT(field), 0, 0.0, 0.0, names \
    }
#define TEXT(key, field, n)                         \
    {                                               \
        key, KEY_TEXT, AT(field), n, 0.0, 0.0, NULL \
    }
#define OTHER(key, kind, field)                 \
    {                                           \
        key, kind, AT(field), 0, 0.0, 0.0, NULL \
    }

// clang-format off
static const Key keys[] = {
    SECTION("The picture: millimetres, pixels per inch, samples per pixel along each axis"),
    NUMBERS("width", width_mm, 1, 1.0, 2000.0),
    NUMBERS("height", height_mm, 1, 1.0, 2000.0),
    NUMBERS("dpi", dpi, 1, 1.0, 20000.0),
    { "supersample", KEY_COUNT, AT(supersample), 0, 1.0, 4.0, NULL },
    OTHER("background", KEY_COLOR, scene.background),
    FLAG("transparent", transparent),
    CHOICE("kind", kind, kinds),
    FLAG("common-scale", common_scale),

    SECTION("The camera: lengths in Å, a unit quaternion w x y z; fit follows the data"),
    FLAG("fit", fit),
    FREE("target", scene.camera.target, 3),
    NUMBERS("view-height", scene.camera.height, 1, 1e-6, 1e9),
    NUMBERS("rotation", scene.camera.rotation, 4, -1.0, 1.0),
    CHOICE("projection", scene.camera.perspective, projections),

    SECTION("The volume: auto follows the data"),
    FLAG("volume", scene.show_volume),
    CHOICE("mode", scene.mode, modes),
    FLAG("lighting", scene.lighting),
    OTHER("colormap", KEY_COLORMAP, scene.transfer.colormap),
    FLAG("reversed", scene.transfer.reversed),
    FREE("range", scene.transfer.lo, 2),
    OTHER("opacity", KEY_OPACITY, scene.transfer),
    OTHER("levels", KEY_LEVELS, scene),
    OTHER("crop", KEY_CROP, scene.crop),
    OTHER("clip", KEY_CLIP, scene.clip),
    OTHER("slices", KEY_SLICES, scene.show_slices),
    FREE("crosshair", scene.crosshair, 3),
    FLAG("box", scene.show_box),
    FLAG("axes", scene.show_axes),

    SECTION("The atoms: radii in Å or in covalent radii, colours of columns"),
    FLAG("atoms", scene.atoms.show_atoms),
    FLAG("bonds", scene.atoms.show_bonds),
    FLAG("polyhedra", scene.atoms.show_polyhedra),
    FLAG("ghosts", scene.atoms.show_ghosts),
    FLAG("occlusion", scene.atoms.occlusion),
    NUMBERS("depth-cue", scene.atoms.depth_cue, 1, 0.0, 1.0),
    NUMBERS("shadow", scene.atoms.shadow, 1, 0.0, 1.0),
    NUMBERS("outline", outline, 1, 0.0, 10.0),
    CHOICE("color-by", look.color_by, color_bys),
    TEXT("color-column", look.color_column, LAC_LOOK_NAME_SIZE),
    OTHER("palette", KEY_PALETTE, look.palette),
    OTHER("colors", KEY_OWN_COLORS, look),
    OTHER("atom-colormap", KEY_COLORMAP, look.colormap),
    FLAG("atom-reversed", look.reversed),
    FREE("atom-range", look.color_lo, 2),
    CHOICE("size-by", look.size_by, size_bys),
    TEXT("size-column", look.size_column, LAC_LOOK_NAME_SIZE),
    FREE("size-range", look.size_lo, 2),
    NUMBERS("radius-scale", look.radius_scale, 1, 1e-3, 10.0),
    NUMBERS("radius", look.radius, 1, 1e-3, 1e3),
    NUMBERS("bond-radius", look.bond_radius, 1, 1e-3, 1e3),

    SECTION("Results of analyses, which are computed; opacity 0 to 1 of a surface seen straight on"),
    FLAG("interface", scene.meshes.groups[LAC_RESULT_INTERFACE].shown),
    NUMBERS("interface-opacity", scene.meshes.groups[LAC_RESULT_INTERFACE].opacity, 1, 0.0, 1.0),
    CHOICE("interface-color", scene.meshes.groups[LAC_RESULT_INTERFACE].colors, lac_result_color_names),
    FLAG("pores", scene.meshes.groups[LAC_RESULT_PORES].shown),
    NUMBERS("pores-opacity", scene.meshes.groups[LAC_RESULT_PORES].opacity, 1, 0.0, 1.0),
    FLAG("surface", scene.meshes.groups[LAC_RESULT_SURFACE].shown),
    NUMBERS("surface-opacity", scene.meshes.groups[LAC_RESULT_SURFACE].opacity, 1, 0.0, 1.0),
    FLAG("vacancies", vacancies),

    SECTION("A slice: normal to an axis, Å along it, the thickness that is averaged; colours as the volume"),
    CHOICE("slice-axis", slice.axis, axes),
    FREE("slice-position", slice.position, 1),
    NUMBERS("slice-thickness", slice.thickness, 1, 0.0, 1e6),
    FLAG("slice-atoms", slice.atoms),
    OTHER("contours", KEY_CONTOURS, slice),

    SECTION("A plot: of an analysis, as rdf or profile/oxidation, or reconstruction"),
    TEXT("plot", plot.id, sizeof(((LacFigurePlot *) 0)->id)),
    FREE("plot-x", plot.x, 2),
    FREE("plot-y", plot.y, 2),
    FLAG("plot-names", plot.names),
    FLAG("plot-title", plot.title),

    SECTION("Over the picture: sizes in points, the length of the scale bar in Å"),
    FLAG("scale-bar", overlay.scale_bar),
    NUMBERS("scale-bar-length", overlay.scale_bar_length, 1, 1e-6, 1e9),
    CHOICE("scale-bar-corner", overlay.scale_bar_corner, corners),
    FLAG("tripod", overlay.tripod),
    CHOICE("tripod-corner", overlay.tripod_corner, corners),
    OTHER("crystal", KEY_CRYSTAL, overlay),
    FLAG("color-bar", overlay.color_bar),
    TEXT("color-bar-title", overlay.color_bar_title, sizeof(((LacOverlayParams *) 0)->color_bar_title)),
    FLAG("legend", overlay.legend),
    TEXT("panel", overlay.panel, sizeof(((LacOverlayParams *) 0)->panel)),
    TEXT("font", overlay.font, sizeof(((LacOverlayParams *) 0)->font)),
    NUMBERS("text-size", overlay.text_size, 1, 1.0, 200.0),
    OTHER("text-color", KEY_TEXT_COLOR, overlay),
    OTHER("label", KEY_LABEL, labels),
};
// clang-format on

// --- writing

static void
append_numbers(GString *out, const double *values, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (i > 0)
            g_string_append_c(out, ' ');
        lac_keyed_text_append_number(out, values[i]);
    }
}

static void
append_levels(GString *out, const LacScene *scene)
{
    for (guint i = 0; i < scene->n_iso; i++) {
        if (i > 0)
            g_string_append(out, ", ");
        lac_keyed_text_append_number(out, scene->iso[i].level);
        g_string_append_c(out, ' ');
        lac_keyed_text_append_color(out, scene->iso[i].color);
        g_string_append_c(out, ' ');
        lac_keyed_text_append_number(out, (double) scene->iso[i].color[3]);
    }
}

static void
append_opacity(GString *out, const LacTransfer *transfer)
{
    if (transfer->n_points == 0)
        g_string_append(out, "auto");
    for (guint i = 0; i < transfer->n_points; i++) {
        if (i > 0)
            g_string_append(out, ", ");
        const double point[] = { transfer->points[i].x, transfer->points[i].opacity };
        append_numbers(out, point, 2);
    }
}

static void
append_clip(GString *out, const LacClipPlane *clip)
{
    const double plane[] = { clip->normal.x, clip->normal.y, clip->normal.z, clip->offset };
    if (clip->enabled)
        append_numbers(out, plane, 4);
    else
        g_string_append(out, "off");
}

static void
append_crystal(GString *out, const LacOverlayParams *overlay)
{
    double cell[9];
    for (int i = 0; i < 3; i++) {
        cell[3 * i] = overlay->cell[i].x;
        cell[3 * i + 1] = overlay->cell[i].y;
        cell[3 * i + 2] = overlay->cell[i].z;
    }
    if (overlay->crystal)
        append_numbers(out, cell, 9);
    else
        g_string_append(out, "none");
}

static void
append_slices(GString *out, const gboolean *show)
{
    for (int i = 0; i < 3; i++)
        if (show[i])
            g_string_append_c(out, (char) ('x' + i));
    if (!show[0] && !show[1] && !show[2])
        g_string_append(out, "none");
}

static void
append_own_colors(GString *out, const LacAtomLook *look)
{
    for (guint i = 0; i < look->n_own; i++) {
        g_string_append_printf(out, "%s%s ", i > 0 ? ", " : "", look->own[i].species);
        lac_keyed_text_append_color(out, look->own[i].rgb);
    }
    if (look->n_own == 0)
        g_string_append(out, "none");
}

static void
append_contours(GString *out, const LacFigureSlice *slice)
{
    append_numbers(out, slice->contours, slice->n_contours);
    if (slice->n_contours == 0)
        g_string_append(out, "none");
}

static void
append_value(GString *out, const Key *key, const LacFigure *self)
{
    const void *at = (const char *) self + key->offset;
    switch (key->kind) {
    case KEY_FLAG: g_string_append(out, *(const gboolean *) at ? "yes" : "no"); break;
    case KEY_NUMBERS: append_numbers(out, at, key->n); break;
    case KEY_CHOICE: g_string_append(out, key->names[*(const int *) at]); break;
    case KEY_COLOR: lac_keyed_text_append_color(out, at); break;
    case KEY_TEXT: g_string_append(out, at); break;
    case KEY_COUNT: g_string_append_printf(out, "%d", *(const int *) at); break;
    case KEY_COLORMAP:
        g_string_append(out, lac_colormap_get_name(*(const LacColormap *) at));
        break;
    case KEY_PALETTE: g_string_append(out, lac_palette_get_name(*(const LacPalette *) at)); break;
    case KEY_OPACITY: append_opacity(out, at); break;
    case KEY_LEVELS: append_levels(out, at); break;
    case KEY_CROP: append_numbers(out, at, 6); break;
    case KEY_CLIP: append_clip(out, at); break;
    case KEY_CRYSTAL: append_crystal(out, at); break;
    case KEY_SLICES: append_slices(out, at); break;
    case KEY_OWN_COLORS: append_own_colors(out, at); break;
    case KEY_TEXT_COLOR:
        if (self->overlay.own_text_color)
            lac_keyed_text_append_color(out, self->overlay.text_color);
        else
            g_string_append(out, "auto");
        break;
    case KEY_CONTOURS: append_contours(out, at); break;
    case KEY_LABEL:
    case KEY_SECTION: break;
    }
}

static void
append_labels(GString *out, const LacFigure *self)
{
    for (guint i = 0; i < self->labels->len; i++) {
        const LacFigureLabel *label = &g_array_index(self->labels, LacFigureLabel, i);
        const double numbers[] = { label->at.x, label->at.y, label->at.z, label->dx, label->dy };
        g_string_append(out, "label = ");
        append_numbers(out, numbers, 5);
        g_string_append_printf(out, " %s\n", label->text);
    }
}

/**
 * lac_figure_dup_recipe:
 * @self: a figure
 *
 * Returns: (transfer full): the text from which lac_figure_from_recipe() makes the same figure
 */
char *
lac_figure_dup_recipe(const LacFigure *self)
{
    GString *out =
        g_string_new("# A figure of Lacuna: what defines the picture, and nothing else.\n");
    g_string_append_printf(out, "lacuna-figure = %d\n", LAC_FIGURE_VERSION);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        const Key *key = &keys[i];
        if (key->kind == KEY_SECTION) {
            g_string_append_printf(out, "\n# %s\n", key->key);
            continue;
        }
        if (key->kind == KEY_LABEL) {
            append_labels(out, self);
            continue;
        }
        g_autoptr(GString) value = g_string_new(NULL);
        append_value(value, key, self);
        g_string_append_printf(out, "%s = %s\n", key->key, value->str);
    }
    return g_string_free(out, FALSE);
}

// --- reading

typedef struct {
    const LacKeyedText *recipe;
    const LacKeyedEntry *entry;
    LacFigure *figure;
} Reader;

// Whether a text is exactly n numbers, or "auto" in their places.
static gboolean
parse_numbers(const char *text, guint n, double *values)
{
    char none[] = "";
    LacKeyedText recipe = { .name = none };
    LacKeyedEntry entry = { .key = none, .value = (char *) (guintptr) text };
    return lac_keyed_text_get_numbers(&recipe, &entry, n, -1e300, 1e300, values, NULL);
}

static gboolean
read_opacity(const Reader *r, GError **error)
{
    LacTransfer *transfer = &r->figure->scene.transfer;
    g_auto(GStrv) parts = g_strsplit(r->entry->value, ",", -1);
    guint n = g_strv_length(parts);
    transfer->n_points = 0;
    if (g_str_equal(r->entry->value, "auto"))
        return TRUE;
    gboolean good = n >= 1 && n <= LAC_TRANSFER_MAX_POINTS;
    for (guint i = 0; i < n && good; i++) {
        double point[2] = { 0.0, 0.0 };
        good = parse_numbers(parts[i], 2, point) && point[1] >= 0.0 && point[1] <= 1.0 &&
            isfinite(point[0]) && (i == 0 || point[0] >= transfer->points[i - 1].x);
        transfer->points[i] = (LacTransferPoint){ point[0], point[1] };
    }
    if (!good)
        return lac_keyed_text_bad_value(r->recipe, r->entry,
            "auto, or up to 32 pairs \"position opacity\" in ascending order, separated by commas",
            error);
    transfer->n_points = n;
    return TRUE;
}

static gboolean
read_level(const char *text, LacIsoLevel *level)
{
    g_autofree char *copy = g_strstrip(g_strdup(text));
    g_auto(GStrv) words = g_strsplit(copy, " ", -1);
    double value, alpha;
    if (g_strv_length(words) != 3 || !parse_numbers(words[0], 1, &value) ||
        !lac_keyed_text_parse_color(words[1], level->color) ||
        !parse_numbers(words[2], 1, &alpha) || !(alpha >= 0.0 && alpha <= 1.0))
        return FALSE;
    level->level = value;
    level->color[3] = (float) alpha;
    return TRUE;
}

static gboolean
read_levels(const Reader *r, GError **error)
{
    LacScene *scene = &r->figure->scene;
    g_auto(GStrv) parts = g_strsplit(r->entry->value, ",", -1);
    guint n = g_strv_length(parts);
    gboolean good = n >= 1 && n <= LAC_SCENE_MAX_ISO;
    for (guint i = 0; i < n && good; i++)
        good = read_level(parts[i], &scene->iso[i]);
    scene->n_iso = good ? n : 1;
    return good ||
        lac_keyed_text_bad_value(r->recipe, r->entry,
            "up to 4 times \"level #rrggbb opacity\", separated by commas", error);
}

static gboolean
read_crop(const Reader *r, GError **error)
{
    double crop[6];
    if (!lac_keyed_text_get_numbers(r->recipe, r->entry, 6, 0.0, 1.0, crop, error))
        return FALSE;
    for (int i = 0; i < 3; i++) {
        if (!(crop[2 * i] < crop[2 * i + 1]))
            return lac_keyed_text_bad_value(r->recipe, r->entry,
                "three ranges from 0 to 1 that ascend", error);
        r->figure->scene.crop[i][0] = crop[2 * i];
        r->figure->scene.crop[i][1] = crop[2 * i + 1];
    }
    return TRUE;
}

static gboolean
read_clip(const Reader *r, GError **error)
{
    LacClipPlane *clip = &r->figure->scene.clip;
    double plane[4];
    clip->enabled = !g_str_equal(r->entry->value, "off");
    if (!clip->enabled)
        return TRUE;
    double length = 0.0;
    gboolean good = parse_numbers(r->entry->value, 4, plane);
    if (good)
        length = sqrt(plane[0] * plane[0] + plane[1] * plane[1] + plane[2] * plane[2]);
    if (!good || !(length > 0.0) || !isfinite(length) || !isfinite(plane[3]))
        return lac_keyed_text_bad_value(r->recipe, r->entry,
            "off, or a direction and a distance in Å: four numbers", error);
    clip->normal = (LacVec3){ plane[0] / length, plane[1] / length, plane[2] / length };
    clip->offset = plane[3];
    return TRUE;
}

// Three vectors of a cell that has a volume.
static gboolean
read_crystal(const Reader *r, GError **error)
{
    LacOverlayParams *overlay = &r->figure->overlay;
    double v[9] = { 0.0 };
    overlay->crystal = !g_str_equal(r->entry->value, "none");
    if (!overlay->crystal)
        return TRUE;
    gboolean good = parse_numbers(r->entry->value, 9, v);
    for (int i = 0; i < 9; i++)
        good = good && fabs(v[i]) < 1e6;
    for (int i = 0; i < 3; i++)
        overlay->cell[i] = (LacVec3){ v[3 * i], v[3 * i + 1], v[3 * i + 2] };
    LacVec3 normal = lac_vec3_cross(overlay->cell[0], overlay->cell[1]);
    if (good && fabs(lac_vec3_dot(normal, overlay->cell[2])) > 1e-6)
        return TRUE;
    return lac_keyed_text_bad_value(r->recipe, r->entry,
        "none, or the vectors a, b and c of a cell in Å: nine numbers", error);
}

static gboolean
read_slices(const Reader *r, GError **error)
{
    const char *value = r->entry->value;
    if (!g_str_equal(value, "none") && (value[0] == '\0' || strspn(value, "xyz") != strlen(value)))
        return lac_keyed_text_bad_value(r->recipe, r->entry, "none, or letters among xyz", error);
    for (int i = 0; i < 3; i++)
        r->figure->scene.show_slices[i] =
            !g_str_equal(value, "none") && strchr(value, 'x' + i) != NULL;
    return TRUE;
}

static gboolean
read_own_colors(const Reader *r, GError **error)
{
    LacAtomLook *look = &r->figure->look;
    look->n_own = 0;
    if (g_str_equal(r->entry->value, "none"))
        return TRUE;
    g_auto(GStrv) parts = g_strsplit(r->entry->value, ",", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_strstrip(parts[i]);
        char *space = strrchr(parts[i], ' ');
        float rgb[3];
        if (space == NULL || !lac_keyed_text_parse_color(space + 1, rgb) ||
            look->n_own == LAC_LOOK_MAX_OWN)
            return lac_keyed_text_bad_value(r->recipe, r->entry,
                "none, or up to 16 pairs \"species #rrggbb\", separated by commas", error);
        *space = '\0';
        lac_atom_look_set_own_color(look, parts[i], rgb);
    }
    return TRUE;
}

static gboolean
read_contours(const Reader *r, GError **error)
{
    LacFigureSlice *slice = &r->figure->slice;
    g_auto(GStrv) words = g_strsplit(r->entry->value, " ", -1);
    guint n = g_strv_length(words);
    slice->n_contours = 0;
    if (g_str_equal(r->entry->value, "none"))
        return TRUE;
    gboolean good = n <= LAC_FIGURE_MAX_CONTOURS;
    for (guint i = 0; i < n && good; i++)
        good = parse_numbers(words[i], 1, &slice->contours[i]) && isfinite(slice->contours[i]);
    if (!good)
        return lac_keyed_text_bad_value(r->recipe, r->entry, "none, or up to 8 values", error);
    slice->n_contours = n;
    return TRUE;
}

static gboolean
read_label(const Reader *r, GError **error)
{
    g_auto(GStrv) words = g_strsplit(r->entry->value, " ", 6);
    double v[5];
    gboolean good = g_strv_length(words) == 6;
    for (guint i = 0; i < 5 && good; i++)
        good = parse_numbers(words[i], 1, &v[i]) && isfinite(v[i]);
    if (!good)
        return lac_keyed_text_bad_value(r->recipe, r->entry,
            "a position in Å, an offset right and down in points and a text", error);
    lac_figure_add_label(r->figure, (LacVec3){ v[0], v[1], v[2] }, v[3], v[4], words[5]);
    return TRUE;
}

static gboolean
read_text(const Reader *r, char *to, gsize n, GError **error)
{
    if (strlen(r->entry->value) < n) {
        g_strlcpy(to, r->entry->value, n);
        return TRUE;
    }
    g_autofree char *expected = g_strdup_printf("shorter than %d bytes", (int) n);
    return lac_keyed_text_bad_value(r->recipe, r->entry, expected, error);
}

static gboolean
read_palette(const Reader *r, LacPalette *palette, GError **error)
{
    const char *names[LAC_N_PALETTES + 1] = { NULL };
    int choice = 0;
    for (int i = 0; i < LAC_N_PALETTES; i++)
        names[i] = lac_palette_get_name((LacPalette) i);
    if (!lac_keyed_text_get_choice(r->recipe, r->entry, names, &choice, error))
        return FALSE;
    *palette = (LacPalette) choice;
    return TRUE;
}

static gboolean
read_colormap(const Reader *r, LacColormap *colormap, GError **error)
{
    const char *names[LAC_N_COLORMAPS + 1] = { NULL };
    int choice = 0;
    for (int i = 0; i < LAC_N_COLORMAPS; i++)
        names[i] = lac_colormap_get_name((LacColormap) i);
    if (!lac_keyed_text_get_choice(r->recipe, r->entry, names, &choice, error))
        return FALSE;
    *colormap = (LacColormap) choice;
    return TRUE;
}

static gboolean
read_count(const Reader *r, const Key *key, int *count, GError **error)
{
    double value;
    if (!lac_keyed_text_get_numbers(r->recipe, r->entry, 1, key->lo, key->hi, &value, error))
        return FALSE;
    if (value != floor(value)) // and no NaN
        return lac_keyed_text_bad_value(r->recipe, r->entry, "a whole number", error);
    *count = (int) value;
    return TRUE;
}

static gboolean
read_value(const Reader *r, const Key *key, GError **error)
{
    void *at = (char *) r->figure + key->offset;
    LacOverlayParams *overlay = &r->figure->overlay;
    switch (key->kind) {
    case KEY_FLAG: return lac_keyed_text_get_flag(r->recipe, r->entry, at, error);
    case KEY_NUMBERS:
        return lac_keyed_text_get_numbers(r->recipe, r->entry, key->n, key->lo, key->hi, at, error);
    case KEY_CHOICE: return lac_keyed_text_get_choice(r->recipe, r->entry, key->names, at, error);
    case KEY_COLOR: return lac_keyed_text_get_color(r->recipe, r->entry, at, error);
    case KEY_TEXT: return read_text(r, at, key->n, error);
    case KEY_COUNT: return read_count(r, key, at, error);
    case KEY_COLORMAP: return read_colormap(r, at, error);
    case KEY_PALETTE: return read_palette(r, at, error);
    case KEY_OPACITY: return read_opacity(r, error);
    case KEY_LEVELS: return read_levels(r, error);
    case KEY_CROP: return read_crop(r, error);
    case KEY_CLIP: return read_clip(r, error);
    case KEY_CRYSTAL: return read_crystal(r, error);
    case KEY_SLICES: return read_slices(r, error);
    case KEY_OWN_COLORS: return read_own_colors(r, error);
    case KEY_LABEL: return read_label(r, error);
    case KEY_CONTOURS: return read_contours(r, error);
    case KEY_TEXT_COLOR:
        overlay->own_text_color = !g_str_equal(r->entry->value, "auto");
        return !overlay->own_text_color ||
            lac_keyed_text_get_color(r->recipe, r->entry, overlay->text_color, error);
    case KEY_SECTION: break;
    }
    return TRUE;
}

static gboolean
read_entry(const Reader *r, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].kind != KEY_SECTION && g_str_equal(keys[i].key, r->entry->key))
            return read_value(r, &keys[i], error);
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "Line %u of %s: there is no key \"%.60s\"",
        r->entry->line, r->recipe->name, r->entry->key);
    return FALSE;
}

/**
 * lac_figure_check:
 * @self: a figure
 * @name: where it came from, for messages
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set where keys contradict each other
 */
gboolean
lac_figure_check(const LacFigure *self, const char *name, GError **error)
{
    const LacCamera *camera = &self->scene.camera;
    const double *q = camera->rotation;
    const double sizes[] = { self->width_mm, self->height_mm, self->dpi, camera->height,
        camera->target.x, camera->target.y, camera->target.z, self->scene.atoms.depth_cue,
        self->look.radius_scale, self->look.radius, self->look.bond_radius,
        self->overlay.text_size };
    double norm = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3], lo, hi;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (!isfinite(sizes[i])) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
                "%s says auto where a number is needed: only ranges, levels, the crosshair and the "
                "scale bar follow the data",
                name);
            return FALSE;
        }
    if (!(fabs(norm - 1.0) < 1e-3)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "%s: the rotation is no unit quaternion: its length is %g", name, sqrt(norm));
        return FALSE;
    }
    lo = self->scene.transfer.lo;
    hi = self->scene.transfer.hi;
    if (lo >= hi || isnan(lo) != isnan(hi)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s: the range %g to %g does not ascend",
            name, lo, hi);
        return FALSE;
    }
    return TRUE;
}

/**
 * lac_figure_read_keys:
 * @self: a figure, which is changed as the keys say
 * @recipe: keys and values
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error naming the line at fault
 */
gboolean
lac_figure_read_keys(LacFigure *self, const LacKeyedText *recipe, GError **error)
{
    Reader reader = { .recipe = recipe, .figure = self };
    for (guint i = 0; i < recipe->entries->len; i++) {
        reader.entry = g_ptr_array_index(recipe->entries, i);
        if (!read_entry(&reader, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_figure_from_recipe:
 * @text: a recipe
 * @name: where it came from, for messages
 * @error: return location for a #GError
 *
 * What the recipe does not say is as in lac_figure_new().
 *
 * Returns: (transfer full): the figure, or %NULL with @error naming the line at fault
 */
LacFigure *
lac_figure_from_recipe(const char *text, const char *name, GError **error)
{
    g_autoptr(LacKeyedText) recipe = lac_keyed_text_parse(text, name, error);
    if (recipe == NULL)
        return NULL;
    g_autoptr(LacFigure) self = lac_figure_new();
    if (!lac_figure_read_keys(self, recipe, error) || !lac_figure_check(self, name, error))
        return NULL;
    return g_steal_pointer(&self);
}
