// SPDX-License-Identifier: GPL-3.0-or-later
// What stands over the picture of a figure.
#include "core/figure/zone-axis.h"
#include "core/vec.h"
#include "ui/render/figure-view.h"
#include "ui/render/result-meshes.h"
#include "ui/render/result-values.h"

#include <math.h>

#define ON_ZONE 1.0 // [deg] off a zone axis that need not be told

#define MM 25.4
#define PT 72.0 // per inch
// In text sizes.
#define NAME_STRIP 3.2 // of a name, its disc and what is around them
#define BAR_STRIP  7.0
#define MAX_STRIP  0.4 // of the width

static gboolean
has_name(const GArray *names, const LacOverlayName *name)
{
    for (guint i = 0; i < names->len; i++) {
        const LacOverlayName *other = &g_array_index(names, LacOverlayName, i);
        if (g_str_equal(other->name, name->name) && other->color[0] == name->color[0] &&
            other->color[1] == name->color[1] && other->color[2] == name->color[2])
            return TRUE;
    }
    return FALSE;
}

// Words that colours stand for instead of a range.
static void
list_words(const LacAtomValues *values, GArray *names)
{
    for (guint i = 0; values->names[i] != NULL; i++) {
        gboolean found = FALSE;
        for (gsize k = 0; k < values->n && !found; k++)
            found = values->values[k] == (double) i;
        LacOverlayName name = { .name = values->names[i] };
        lac_category_get_color(i, name.color);
        if (found)
            g_array_append_val(names, name);
    }
}

static gboolean
is_colored_by_values(const LacAtomLook *look, const LacAtomValues *values)
{
    return look->color_by == LAC_COLOR_BY_COLUMN && values != NULL &&
        g_str_equal(values->name, look->color_column);
}

static GArray *
list_names(const LacAtomLook *look, const LacAtoms *atoms, const LacAtomValues *values)
{
    GArray *names = g_array_new(FALSE, TRUE, sizeof(LacOverlayName));
    if (is_colored_by_values(look, values) && values->names != NULL)
        list_words(values, names);
    // Colours that are not the species' would be named wrongly.
    const gboolean named = atoms != NULL && look->color_by == LAC_COLOR_BY_SPECIES;
    for (guint16 s = 0; named && atoms->species_names[s] != NULL; s++) {
        gboolean found = FALSE;
        for (gsize i = 0; i < atoms->n && !found; i++)
            found = atoms->species[i] == s && lac_atoms_is_present(atoms, i);
        LacOverlayName name = { .name = atoms->species_names[s] };
        lac_atom_look_get_species_color(look, name.name, s, name.color);
        if (found)
            g_array_append_val(names, name);
    }
    return names;
}

// What the surfaces and circles of analyses are.
static void
list_results(const LacFigure *figure, const LacScene *scene, const LacFigureData *data,
    GArray *names)
{
    const LacMeshScene *meshes = &scene->meshes;
    for (guint i = 0; data->meshes != NULL && i < data->meshes->words->len; i++) {
        const LacMeshWord *word = &g_array_index(data->meshes->words, LacMeshWord, i);
        LacOverlayName name = { .name = word->word };
        for (int c = 0; c < 3; c++)
            name.color[c] = word->color[c];
        if (meshes->groups[word->group].shown && !has_name(names, &name))
            g_array_append_val(names, name);
    }
    if (figure->vacancies && data->n_markers > 0) {
        LacOverlayName name = { .name = "vacancy" };
        lac_result_get_color(LAC_RESULT_VACANCIES, name.color);
        g_array_append_val(names, name);
    }
}

// The colours of the first surface that has a colour map.
static void
set_mesh_colors(const LacScene *scene, const LacMeshSet *meshes, LacOverlayPicture *picture)
{
    const LacMeshGroup *group = &scene->meshes.groups[LAC_RESULT_INTERFACE];
    const LacMeshRange *range = &meshes->ranges[LAC_RESULT_INTERFACE];
    if (!group->shown || !(range->lo < range->hi))
        return;
    picture->has_colors = TRUE;
    picture->colormap = range->colormap;
    picture->lo = range->lo;
    picture->hi = range->hi;
    picture->colors_title =
        group->colors == LAC_RESULT_BY_OXIDATION ? "degree of oxidation" : "mean curvature (1/Å)";
}

static void
set_colors(const LacFigure *figure, const LacScene *scene, const LacFigureData *data,
    const char *atoms_title, LacOverlayPicture *picture)
{
    const LacAtomLook *look = &figure->look;
    const LacAtoms *atoms = data->atoms;
    const LacAtomValues *values = data->values;
    const gboolean is_slice = figure->kind == LAC_FIGURE_SLICE;
    const gboolean shows_atoms = !is_slice && atoms != NULL && scene->atoms.set != NULL &&
        scene->atoms.show_atoms && look->color_by == LAC_COLOR_BY_COLUMN;
    const gboolean has_words =
        shows_atoms && is_colored_by_values(look, values) && values->names != NULL;
    double lo = look->color_lo, hi = look->color_hi;
    if (shows_atoms && !has_words &&
        ((isfinite(lo) && isfinite(hi)) ||
            lac_atom_look_get_range(atoms, values, look->color_column, &lo, &hi))) {
        picture->has_colors = lo < hi;
        picture->colormap = look->colormap;
        picture->is_reversed = look->reversed;
        picture->lo = lo;
        picture->hi = hi;
        picture->colors_title = atoms_title;
    }
    else if (data->meshes != NULL && !is_slice)
        set_mesh_colors(scene, data->meshes, picture);
    if (is_slice || (!picture->has_colors && !has_words && scene->volume != NULL)) {
        const LacTransfer *transfer = &scene->transfer;
        picture->has_colors = transfer->lo < transfer->hi;
        picture->colormap = transfer->colormap;
        picture->is_reversed = transfer->reversed;
        picture->lo = transfer->lo;
        picture->hi = transfer->hi;
        picture->colors_title = "intensity";
    }
}

static GArray *
list_labels(const LacFigure *figure, const LacCamera *camera, double width, double height)
{
    GArray *labels = g_array_new(FALSE, TRUE, sizeof(LacOverlayLabel));
    for (guint i = 0; i < figure->labels->len; i++) {
        const LacFigureLabel *label = &g_array_index(figure->labels, LacFigureLabel, i);
        LacOverlayLabel at = { .dx = label->dx, .dy = label->dy, .text = label->text };
        if (lac_camera_project(camera, width, height, label->at, &at.x, &at.y, NULL) &&
            at.x >= 0.0 && at.x <= width && at.y >= 0.0 && at.y <= height)
            g_array_append_val(labels, at);
    }
    return labels;
}

static gboolean
is_calibrated(const LacFigure *figure, const LacScene *scene, const LacFigureData *data)
{
    if (figure->kind == LAC_FIGURE_SLICE)
        return data->volume->voxel_size > 0.0;
    return scene->volume == NULL || scene->volume->volume->voxel_size > 0.0;
}

static GArray *
list_all_names(const LacFigure *figure, const LacScene *scene, const LacFigureData *data)
{
    const gboolean shows_atoms = figure->kind == LAC_FIGURE_SLICE
        ? figure->slice.atoms
        : scene->atoms.set != NULL && scene->atoms.show_atoms;
    GArray *names = list_names(&figure->look, shows_atoms ? data->atoms : NULL, data->values);
    if (figure->kind == LAC_FIGURE_SCENE)
        list_results(figure, scene, data, names);
    return names;
}

/**
 * lac_figure_get_strip:
 * @figure: what is wanted over the picture, and its size on paper
 * @scene: what the picture shows
 * @data: what the scene was made from
 *
 * Returns: [pt] how much of the right of the picture is left to names and the colour bar, where the
 *     camera follows the data
 */
double
lac_figure_get_strip(const LacFigure *figure, const LacScene *scene, const LacFigureData *data)
{
    const LacOverlayParams *overlay = &figure->overlay;
    const double size = overlay->text_size;
    double strip = overlay->color_bar ? BAR_STRIP * size : 0.0;
    g_autoptr(GArray) names = list_all_names(figure, scene, data);
    g_autoptr(LacDrawing) drawing = lac_drawing_new(1.0, 1.0, overlay->font);
    for (guint i = 0; i < names->len && overlay->legend; i++) {
        const char *name = g_array_index(names, LacOverlayName, i).name;
        strip = MAX(strip, lac_drawing_measure(drawing, name, size, FALSE) + NAME_STRIP * size);
    }
    if (overlay->color_bar && overlay->color_bar_title[0] != '\0')
        strip = MAX(strip,
            lac_drawing_measure(drawing, overlay->color_bar_title, size, FALSE) + 1.8 * size);
    return MIN(strip, MAX_STRIP * figure->width_mm / MM * PT);
}

// Returns (nullable) along which direction of the crystal one looks.
static char *
set_axes(const LacOverlayParams *params, const LacMat3 *m, LacOverlayPicture *picture)
{
    for (int axis = 0; axis < 3; axis++) {
        LacVec3 to = { axis == 0 ? 1.0 : 0.0, axis == 1 ? 1.0 : 0.0, axis == 2 ? 1.0 : 0.0 };
        if (params->crystal)
            to = params->cell[axis];
        double length = lac_vec3_norm(to);
        to = lac_mat3_apply(m, to);
        picture->axes[axis][0] = to.x / length;
        picture->axes[axis][1] = to.y / length;
        picture->axes[axis][2] = to.z / length;
    }
    if (!params->crystal)
        return NULL;
    int uvw[3];
    double off =
        lac_zone_axis_find(params->cell, (LacVec3){ m->m[2][0], m->m[2][1], m->m[2][2] }, uvw);
    g_autofree char *name = lac_zone_axis_dup_name(uvw);
    return off < ON_ZONE ? g_strdup_printf("zone axis %s", name)
                         : g_strdup_printf("%.0f° off %s", off, name);
}

/**
 * lac_figure_draw_overlay:
 * @figure: what is wanted over the picture, and the size of the picture on paper
 * @scene: what the picture shows
 * @data: what the scene was made from
 * @scale_bar: (out) (nullable): [Å] length of the scale bar; 0 without
 *
 * Returns: (transfer full): the shapes over the picture
 */
LacDrawing *
lac_figure_draw_overlay(const LacFigure *figure, const LacScene *scene, const LacFigureData *data,
    double *scale_bar)
{
    const LacCamera *camera = &scene->camera;
    LacOverlayPicture picture = {
        .width = figure->width_mm / MM * PT,
        .height = figure->height_mm / MM * PT,
        .is_perspective = camera->perspective,
        .is_calibrated = is_calibrated(figure, scene, data),
    };
    LacMat3 m = lac_camera_get_matrix(camera);
    picture.pt_per_angstrom = picture.height / camera->height;
    g_autofree char *zone = set_axes(&figure->overlay, &m, &picture);
    picture.zone = zone;
    for (int c = 0; c < 3; c++)
        picture.background[c] = figure->transparent ? 1.0f : scene->background[c];
    g_autofree char *title = lac_result_dup_title(figure->look.color_column);
    set_colors(figure, scene, data, title, &picture);
    g_autoptr(GArray) names = list_all_names(figure, scene, data);
    g_autoptr(GArray) labels = list_labels(figure, camera, picture.width, picture.height);
    picture.names = (gpointer) names->data;
    picture.n_names = names->len;
    picture.labels = (gpointer) labels->data;
    picture.n_labels = labels->len;
    if (scale_bar != NULL)
        *scale_bar = figure->overlay.scale_bar
            ? lac_overlay_get_scale_bar_length(&figure->overlay, &picture)
            : 0.0;
    return lac_overlay_draw(&figure->overlay, &picture);
}
