// SPDX-License-Identifier: GPL-3.0-or-later
// The 3D view as a figure: what it shows, and what a figure makes it show.
#include "ui/render/result-meshes.h"
#include "ui/viewport-private.h"

#include <math.h>
#include <string.h>

/**
 * lac_viewport_get_figure_data:
 * @self: a view
 * @data: (out caller-allocates): what it shows, borrowed until the next change; without markers
 */
void
lac_viewport_get_figure_data(LacViewport *self, LacFigureData *data)
{
    *data = (LacFigureData){
        .volume = self->scene.volume != NULL ? self->scene.volume->volume : NULL,
        .atoms = self->atoms,
        .values = lac_viewport_get_atom_values(self),
        .match = self->match != NULL && self->atoms != NULL && self->n_match >= self->atoms->n
            ? self->match
            : NULL,
        .meshes = self->scene.meshes.set,
    };
}

static void
copy_values(LacFigureSnapshot *snapshot, const LacAtomValues *values)
{
    snapshot->values_name = g_strdup(values->name);
    snapshot->values_data = g_memdup2(values->values, values->n * sizeof(double));
    snapshot->values_words = g_strdupv((char **) (guintptr) values->names);
    snapshot->values = (LacAtomValues){ .name = snapshot->values_name,
        .values = snapshot->values_data,
        .n = values->n,
        .names = (const char *const *) snapshot->values_words };
    snapshot->data.values = &snapshot->values;
}

// What is selected looks like all else in a figure; what is hidden stays hidden.
static void
copy_marks(LacViewport *self, LacFigureSnapshot *snapshot)
{
    const gsize n = self->atoms->n;
    snapshot->marks = g_new0(guint8, MAX(n, 1));
    for (gsize i = 0; i < n && self->marks != NULL; i++)
        snapshot->marks[i] = self->marks[i] & LAC_MARK_HIDDEN;
    snapshot->data.marks = snapshot->marks;
    snapshot->data.n_marks = n;
}

// Those of analyses, none of them selected: what a recipe can say.
static void
copy_markers(LacViewport *self, LacFigureSnapshot *snapshot)
{
    const gsize n = self->n_markers[LAC_MARKERS_RESULTS];
    snapshot->markers = g_memdup2(self->markers[LAC_MARKERS_RESULTS], n * sizeof(LacMarker));
    for (gsize i = 0; i < n; i++)
        snapshot->markers[i].is_selected = FALSE;
    snapshot->data.markers = snapshot->markers;
    snapshot->data.n_markers = n;
}

/**
 * lac_viewport_take_snapshot:
 * @self: a view
 *
 * Returns: (transfer full): what it shows, which does not change any more
 */
LacFigureSnapshot *
lac_viewport_take_snapshot(LacViewport *self)
{
    LacFigureSnapshot *snapshot = g_new0(LacFigureSnapshot, 1);
    LacFigureData *data = &snapshot->data;
    lac_viewport_get_figure_data(self, data);
    if (data->volume != NULL)
        snapshot->volume = lac_volume_ref(data->volume);
    if (data->atoms != NULL) {
        snapshot->atoms = lac_atoms_ref(data->atoms);
        copy_marks(self, snapshot);
    }
    if (data->match != NULL) {
        snapshot->match = g_memdup2(data->match, self->atoms->n);
        data->match = snapshot->match;
    }
    if (data->values != NULL)
        copy_values(snapshot, data->values);
    if (data->meshes != NULL)
        snapshot->meshes = lac_mesh_set_ref(data->meshes);
    copy_markers(self, snapshot);
    return snapshot;
}

static gboolean
has_group(const LacMeshSet *set, guint group)
{
    for (gsize i = 0; set != NULL && i < set->n_parts; i++)
        if (set->parts[i].group == group && set->parts[i].n > 0)
            return TRUE;
    return FALSE;
}

/**
 * lac_viewport_fill_figure:
 * @self: a view
 * @figure: gets all that defines the picture: camera, layers and their looks. Its size stays; the
 *   camera sees what the largest frame of that shape in the middle of the view holds
 */
void
lac_viewport_fill_figure(LacViewport *self, LacFigure *figure)
{
    double view = lac_viewport_get_aspect(self), wanted = figure->width_mm / figure->height_mm;
    figure->scene = self->scene;
    figure->scene.volume = NULL;
    figure->scene.atoms.set = NULL;
    figure->scene.meshes.set = NULL;
    for (guint i = 0; i < LAC_N_RESULT_SURFACES; i++)
        if (!has_group(self->scene.meshes.set, i))
            figure->scene.meshes.groups[i].shown = FALSE;
    figure->vacancies = self->n_markers[LAC_MARKERS_RESULTS] > 0;
    figure->scene.meshes.has_selected = FALSE;
    figure->scene.atoms.outline = FALSE;
    figure->scene.show_axes = FALSE; // those over the figure are its own
    if (self->has_paper)
        memcpy(figure->scene.background, self->kept_background, sizeof self->kept_background);
    figure->look = self->look;
    figure->fit = FALSE;
    if (wanted > view)
        figure->scene.camera.height *= view / wanted;
}

/**
 * lac_viewport_show_figure:
 * @self: a view
 * @figure: what it is going to show, in the largest frame of that shape in its middle
 *
 * The data, the background and the axes in the corner stay as they are. Emits "figure-shown", by
 * which those who draw results of analyses follow.
 */
void
lac_viewport_show_figure(LacViewport *self, const LacFigure *figure)
{
    const LacScene *scene = &figure->scene;
    double view = lac_viewport_get_aspect(self), wanted = figure->width_mm / figure->height_mm;
    LacCamera camera = scene->camera;
    if (wanted > view)
        camera.height *= wanted / view;
    if (figure->fit) {
        lac_viewport_reset(self);
        LacCamera fitted;
        lac_viewport_get_camera(self, &fitted);
        camera.target = fitted.target;
        camera.height = fitted.height;
    }
    lac_viewport_set_camera(self, &camera);
    lac_viewport_set_perspective(self, camera.perspective);
    lac_viewport_set_mode(self, scene->mode);
    lac_viewport_set_lighting(self, scene->lighting);
    if (isfinite(scene->transfer.lo) && scene->transfer.n_points > 0)
        lac_viewport_set_transfer(self, &scene->transfer);
    if (scene->n_iso > 0 && isfinite(scene->iso[0].level))
        lac_viewport_set_iso_level(self, scene->iso[0].level);
    lac_viewport_set_iso_color(self, scene->iso[0].color);
    lac_viewport_set_clip(self, &scene->clip);
    lac_viewport_set_crop(self, scene->crop);
    lac_viewport_set_show_volume(self, scene->show_volume);
    lac_viewport_set_show_slices(self, scene->show_slices[0], scene->show_slices[1],
        scene->show_slices[2]);
    lac_viewport_set_show_box(self, scene->show_box);
    lac_viewport_set_atom_look(self, &figure->look);
    lac_viewport_set_show_atoms(self, scene->atoms.show_atoms);
    lac_viewport_set_show_bonds(self, scene->atoms.show_bonds);
    lac_viewport_set_show_polyhedra(self, scene->atoms.show_polyhedra);
    lac_viewport_set_show_ghosts(self, scene->atoms.show_ghosts);
    lac_viewport_set_shadow(self, scene->atoms.shadow);
    g_signal_emit_by_name(self, "figure-shown", figure);
}

/**
 * lac_viewport_set_shadow:
 * @self: a view
 * @shadow: how dark the shadows of atoms and bonds are, 0 to 1; they show when nothing moves
 */
void
lac_viewport_set_shadow(LacViewport *self, double shadow)
{
    if (self->scene.atoms.shadow == shadow)
        return;
    self->scene.atoms.shadow = shadow;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_outline:
 * @self: a view
 * @share: width of the lines where atoms end before others, of the height of the figure; 0: none
 * @aspect: width over height of the figure
 */
void
lac_viewport_set_outline(LacViewport *self, double share, double aspect)
{
    double view = lac_viewport_get_aspect(self);
    double edges = aspect > view ? share * view / aspect : share;
    if (self->scene.atoms.edges == edges)
        return;
    self->scene.atoms.edges = edges;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_bare:
 * @self: a view
 * @bare: whether it shows neither axes nor a scale bar of its own, because a figure has some
 */
void
lac_viewport_set_bare(LacViewport *self, gboolean bare)
{
    if (!self->is_bare == !bare)
        return;
    self->is_bare = bare;
    gtk_widget_set_opacity(GTK_WIDGET(self->scale_bar), bare ? 0.0 : 1.0);
    gtk_gl_area_queue_render(self->area);
}

/**
 * lac_viewport_set_paper:
 * @self: a view
 * @rgb: (nullable) (array fixed-size=3): sRGB of the background of a figure; %NULL for the view's own
 *
 * Shows what is behind the things as a figure does.
 */
void
lac_viewport_set_paper(LacViewport *self, const float *rgb)
{
    float *background = self->scene.background;
    if (rgb == NULL && !self->has_paper)
        return;
    if (rgb != NULL && self->has_paper && memcmp(rgb, background, 3 * sizeof *rgb) == 0)
        return;
    if (!self->has_paper)
        memcpy(self->kept_background, background, sizeof self->kept_background);
    self->has_paper = rgb != NULL;
    memcpy(background, rgb != NULL ? rgb : self->kept_background, 3 * sizeof *background);
    lac_viewport_scene_changed(self);
}
