// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure-view.h"

#include "ui/render/mesh-pass.h"
#include "ui/render/occlusion.h"
#include "ui/render/polyhedra.h"

#include <math.h>

#define MM         25.4
#define PT         72.0 // per inch
#define TIGHT_ROOM 1.08 // of what is seen, around it
#define EMPTY_LO         \
    {                    \
        -1.0, -1.0, -1.0 \
    }
#define EMPTY_HI      \
    {                 \
        1.0, 1.0, 1.0 \
    }

// --- the scene

static gboolean
make_set(LacFigureView *self, const LacFigure *figure, LacProgress *progress, GError **error)
{
    const LacAtomScene *show = &self->scene.atoms;
    const LacFigureData *data = &self->data;
    const LacAtoms *atoms = data->atoms;
    LacAtomSource source = { .atoms = atoms,
        .look = &figure->look,
        .match = data->match,
        .values = data->values,
        .marks = data->marks,
        .n_marks = data->n_marks,
        .markers = data->markers,
        .n_markers = data->n_markers };
    g_autoptr(LacBonds) bonds = NULL;
    g_autoptr(GArray) hulls = NULL;
    g_autofree gint8 *visibility = NULL;
    if (show->show_bonds || show->show_polyhedra) {
        LacBondParams params;
        lac_bond_params_init(&params);
        bonds = lac_bonds_find(atoms, &params, progress, error);
        if (bonds == NULL)
            return FALSE;
        source.bonds = bonds;
        if (show->show_polyhedra)
            hulls = lac_polyhedra_find(atoms, bonds, LAC_BOND_SHELL);
        source.hulls = hulls;
    }
    if (show->occlusion && atoms->n > 0 && (show->show_atoms || show->show_bonds)) {
        visibility = lac_occlusion_of(&source, &self->scene.clip, progress, error);
        if (visibility == NULL)
            return FALSE;
        source.visibility = visibility;
        source.n_visibility = atoms->n;
    }
    if (self->set != NULL)
        lac_atom_set_unref(self->set);
    self->set = lac_atom_set_new(&source);
    self->scene.atoms.set = self->set;
    return TRUE;
}

static gboolean
is_anything_shown(const LacAtomScene *show, const LacFigureData *data)
{
    return show->show_atoms || show->show_bonds || show->show_polyhedra || show->show_ghosts ||
        data->n_markers > 0;
}

// What the figure leaves open follows the volume.
static void
follow_volume(LacFigureView *self)
{
    const LacVolume *volume = self->texture->volume;
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    LacScene *scene = &self->scene;
    LacTransfer *transfer = &scene->transfer;
    if (isnan(transfer->lo)) {
        transfer->lo = self->texture->transfer.lo;
        transfer->hi = self->texture->transfer.hi;
    }
    if (transfer->n_points == 0) {
        transfer->n_points = self->texture->transfer.n_points;
        for (guint i = 0; i < transfer->n_points; i++)
            transfer->points[i] = self->texture->transfer.points[i];
    }
    for (guint i = 0; i < scene->n_iso; i++)
        if (isnan(scene->iso[i].level))
            scene->iso[i].level = self->texture->iso_level;
    for (int i = 0; i < 3; i++) {
        if (isnan(scene->crosshair[i]))
            scene->crosshair[i] = (double) (n[i] / 2);
        scene->crosshair[i] = CLAMP(scene->crosshair[i], 0.0, (double) n[i] - 1.0);
    }
}

static gboolean
is_volume_shown(const LacScene *scene)
{
    return scene->show_volume || scene->show_slices[0] || scene->show_slices[1] ||
        scene->show_slices[2] || scene->show_box;
}

static void
grow_box(LacBox *box, const LacBox *other)
{
    box->min = (LacVec3){ MIN(box->min.x, other->min.x), MIN(box->min.y, other->min.y),
        MIN(box->min.z, other->min.z) };
    box->max = (LacVec3){ MAX(box->max.x, other->max.x), MAX(box->max.y, other->max.y),
        MAX(box->max.z, other->max.z) };
}

/**
 * lac_figure_view_get_box:
 * @self: a picture
 *
 * Returns: [Å] the box about what it shows
 */
LacBox
lac_figure_view_get_box(const LacFigureView *self)
{
    LacMeshSet *meshes = lac_scene_has_meshes(&self->scene) ? self->scene.meshes.set : NULL;
    if (self->scene.volume != NULL)
        return self->scene.show_box ? lac_volume_get_box(self->texture->volume)
                                    : self->texture->content;
    if (self->set != NULL && self->set->n_spheres > 0) {
        LacBox box = self->set->box;
        if (meshes != NULL)
            grow_box(&box, &meshes->box);
        return box;
    }
    if (meshes != NULL)
        return meshes->box;
    return (LacBox){ EMPTY_LO, EMPTY_HI };
}

static void
draw_overlay(LacFigureView *self, const LacFigure *figure)
{
    self->drawing = lac_figure_draw_overlay(figure, &self->scene, &self->data, &self->scale_bar);
}

// A point moved along the right and the upward direction of the picture.
static LacVec3
move(const LacMat3 *m, LacVec3 p, double right, double up)
{
    return (LacVec3){ p.x + right * m->m[0][0] + up * m->m[1][0],
        p.y + right * m->m[0][1] + up * m->m[1][1], p.z + right * m->m[0][2] + up * m->m[1][2] };
}

// What is seen of points, in the picture [Å]: left, right, bottom, top.
typedef struct {
    LacMat3 m;
    double x[2], y[2];
} Extent;

static void
grow_extent(Extent *extent, const float p[3], double radius)
{
    const LacVec3 at = { (double) p[0], (double) p[1], (double) p[2] };
    const LacVec3 e = lac_mat3_apply(&extent->m, at);
    extent->x[0] = MIN(extent->x[0], e.x - radius);
    extent->x[1] = MAX(extent->x[1], e.x + radius);
    extent->y[0] = MIN(extent->y[0], e.y - radius);
    extent->y[1] = MAX(extent->y[1], e.y + radius);
}

// Fits what is seen of atoms and surfaces instead of the box around them.
static void
fit_tightly(LacFigureView *self, double aspect)
{
    const LacScene *scene = &self->scene;
    const LacMeshSet *meshes = lac_scene_has_meshes(scene) ? scene->meshes.set : NULL;
    LacCamera *camera = &self->scene.camera;
    Extent extent = { lac_camera_get_matrix(camera), { HUGE_VAL, -HUGE_VAL },
        { HUGE_VAL, -HUGE_VAL } };
    for (gsize i = 0; self->set != NULL && i < self->set->n_spheres; i++)
        grow_extent(&extent, self->set->spheres[i].position, (double) self->set->spheres[i].radius);
    for (gsize i = 0; meshes != NULL && i < meshes->n_vertices; i++)
        grow_extent(&extent, meshes->vertices[i].position, 0.0);
    if (!(extent.x[1] > extent.x[0]) || !(extent.y[1] > extent.y[0]))
        return;
    const LacVec3 old = lac_mat3_apply(&extent.m, camera->target);
    const double dx = 0.5 * (extent.x[0] + extent.x[1]) - old.x;
    const double dy = 0.5 * (extent.y[0] + extent.y[1]) - old.y;
    camera->target = move(&extent.m, camera->target, dx, dy);
    camera->height =
        TIGHT_ROOM * MAX(extent.y[1] - extent.y[0], (extent.x[1] - extent.x[0]) / aspect);
}

// Leaves room for names and the colour bar on the right.
static void
fit_camera(LacFigureView *self, const LacFigure *figure)
{
    const double strip = lac_figure_get_strip(figure, &self->scene, &self->data);
    const double height = figure->height_mm / MM * PT;
    const double aspect = (figure->width_mm / MM * PT - strip) / height;
    LacCamera *camera = &self->scene.camera;
    LacBox box = lac_figure_view_get_box(self);
    lac_camera_fit(camera, &box, aspect);
    if (self->texture == NULL && !camera->perspective)
        fit_tightly(self, aspect);
    const LacMat3 m = lac_camera_get_matrix(camera);
    camera->target = move(&m, camera->target, 0.5 * strip * camera->height / height, 0.0);
}

/**
 * lac_figure_view_new:
 * @figure: what defines the picture
 * @data: what to draw
 * @renderer: the renderer that is going to draw it
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * Fills in what the figure leaves open: ranges and levels from the volume, the camera's distance.
 *
 * Returns: (transfer full): the picture, ready to be drawn, or %NULL with @error set
 */
LacFigureView *
lac_figure_view_new(const LacFigure *figure, const LacFigureData *data, LacRenderer *renderer,
    LacProgress *progress, GError **error)
{
    LacVolume *volume = data->volume;
    g_autoptr(LacFigureView) self = g_new0(LacFigureView, 1);
    self->scene = figure->scene;
    self->scene.volume = NULL;
    self->scene.atoms.set = NULL;
    self->scene.meshes.set = data->meshes;
    self->scene.atoms.edges = figure->outline / (figure->height_mm / MM * PT);
    self->data = *data;
    if (figure->transparent)
        self->scene.background[3] = 0.0f;
    if (!lac_figure_get_pixels(figure, &self->width, &self->height, error))
        return NULL;
    if (volume != NULL && is_volume_shown(&figure->scene)) {
        self->texture = lac_volume_texture_prepare(volume, lac_renderer_get_max_size(renderer),
            lac_renderer_wants_smooth(renderer, volume), progress, error);
        if (self->texture == NULL)
            return NULL;
        self->scene.volume = self->texture;
        follow_volume(self);
    }
    if (data->atoms != NULL && is_anything_shown(&figure->scene.atoms, data) &&
        !make_set(self, figure, progress, error))
        return NULL;
    if (figure->fit)
        fit_camera(self, figure);
    draw_overlay(self, figure);
    return g_steal_pointer(&self);
}

// Whether the atoms of one scene do not serve for another.
static gboolean
needs_set(const LacFigureView *self, const LacScene *before)
{
    const LacAtomScene *now = &self->scene.atoms;
    if (self->data.atoms == NULL || !now->show_atoms)
        return FALSE;
    if (self->set == NULL)
        return TRUE;
    return (now->show_bonds && !before->atoms.show_bonds) ||
        (now->show_polyhedra && !before->atoms.show_polyhedra) ||
        (now->occlusion && !lac_clip_plane_is_equal(&before->clip, &self->scene.clip));
}

/**
 * lac_figure_view_set_scene:
 * @self: a picture
 * @figure: what it was made from
 * @scene: made from that of the picture: another camera, other layers or clip plane
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * Makes the picture the next one of a film, and what stands over it with it.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_figure_view_set_scene(LacFigureView *self, const LacFigure *figure, const LacScene *scene,
    LacProgress *progress, GError **error)
{
    const LacScene before = self->scene;
    self->scene = *scene;
    self->scene.volume = self->texture;
    self->scene.atoms.set = self->set;
    if (needs_set(self, &before) && !make_set(self, figure, progress, error))
        return FALSE;
    g_clear_pointer(&self->drawing, lac_drawing_free);
    draw_overlay(self, figure);
    return TRUE;
}

/**
 * lac_figure_view_free:
 * @self: (nullable) (transfer full): a picture
 */
void
lac_figure_view_free(LacFigureView *self)
{
    if (self == NULL)
        return;
    if (self->texture != NULL)
        lac_volume_texture_unref(self->texture);
    if (self->set != NULL)
        lac_atom_set_unref(self->set);
    lac_drawing_free(self->drawing);
    g_free(self);
}
