// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/review-views.h"

#include <math.h>
#include <string.h>

#define CUBE          10.0 // [Å] edge of the part of the surface that is shown about an atom
#define SURFACE_SHARE 0.5  // of the highest value near the atom
#define SURFACE_ALPHA 0.4f // the atom inside is to be seen
#define SURROUNDINGS  7.5  // [Å] atoms up to here are shown with it
#define ATOM_SCALE    0.4  // of their radius
#define NEAR          2    // voxels to every side in which that is looked for
#define CLOSE_UP      18.0 // [Å] height of the picture when the view comes near
#define MARKER_RADIUS 1.0  // [Å]
#define MAX_MARKERS   400
#define RANGE_SHARE   0.6 // of the largest residual at which the colours end
#define OPACITY       0.08

struct LacReviewViews {
    LacSession *session;   // not owned: its owner outlives this
    LacReviewQueue *queue; // not owned
    LacViewport *viewport;
    LacOrthoView *ortho;
    gboolean is_active;
    gboolean show_surface, show_residual, show_candidates;
    gboolean has_surface; // the scene is as this made it
    gboolean has_residual;
    LacRenderMode mode;  // of the scene before
    float alpha;         // of its isosurface
    double radius_scale; // of the atoms before
};

static double
voxel_size_of(const LacVolume *v)
{
    return v->voxel_size > 0.0 ? v->voxel_size : 1.0;
}

// The voxel of a position along x, y, z, and its share of the box.
static void
find_voxel(const LacVolume *v, LacVec3 p, gsize voxel[3], double share[3])
{
    const double at[3] = { p.x - v->origin.x, p.y - v->origin.y, p.z - v->origin.z };
    const gsize size[3] = { v->nx, v->ny, v->nz };
    for (guint i = 0; i < 3; i++) {
        double index = at[i] / voxel_size_of(v) + (double) (size[i] / 2);
        voxel[i] = (gsize) CLAMP(index + 0.5, 0.0, (double) (size[i] - 1));
        share[i] = (index + 0.5) / (double) size[i];
    }
}

static double
find_peak(const LacVolume *v, const gsize voxel[3])
{
    const gsize size[3] = { v->nx, v->ny, v->nz };
    gsize low[3], high[3];
    float best = 0.0f;
    for (guint i = 0; i < 3; i++) {
        low[i] = voxel[i] > NEAR ? voxel[i] - NEAR : 0;
        high[i] = MIN(voxel[i] + NEAR, size[i] - 1);
    }
    for (gsize z = low[2]; z <= high[2]; z++)
        for (gsize y = low[1]; y <= high[1]; y++)
            for (gsize x = low[0]; x <= high[0]; x++)
                best = MAX(best, lac_volume_get(v, x, y, z));
    return (double) best;
}

static void
scale_atoms(LacReviewViews *self, double scale)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    look.radius_scale = scale;
    lac_viewport_set_atom_look(self->viewport, &look);
}

static void
set_surface_alpha(LacReviewViews *self, float alpha)
{
    float color[4];
    memcpy(color, lac_viewport_get_scene(self->viewport)->iso[0].color, sizeof color);
    color[3] = alpha;
    lac_viewport_set_iso_color(self->viewport, color);
}

static void
drop_surface(LacReviewViews *self)
{
    if (!self->has_surface)
        return;
    self->has_surface = FALSE;
    scale_atoms(self, self->radius_scale);
    lac_viewport_show_all_atoms(self->viewport);
    lac_viewport_set_crop(self->viewport, NULL);
    lac_viewport_set_iso_level(self->viewport, (double) NAN);
    set_surface_alpha(self, self->alpha);
    lac_viewport_set_mode(self->viewport, self->mode);
}

// An isosurface at half the local peak, in a cube about the atom, and small atoms that let it be
// seen; those farther away are hidden.
static void
show_surface(LacReviewViews *self)
{
    LacReviewEntry *entry = lac_review_queue_get_current(self->queue);
    const LacVolume *v = lac_session_get_volume(self->session);
    if (!self->is_active || !self->show_surface || self->has_residual || entry == NULL ||
        v == NULL) {
        drop_surface(self);
        return;
    }
    gsize voxel[3];
    double share[3], crop[3][2];
    const gsize size[3] = { v->nx, v->ny, v->nz };
    find_voxel(v, lac_review_entry_get_item(entry)->position, voxel, share);
    double peak = find_peak(v, voxel);
    for (guint i = 0; i < 3; i++) {
        double half = 0.5 * CUBE / (voxel_size_of(v) * (double) size[i]);
        crop[i][0] = share[i] - half;
        crop[i][1] = share[i] + half;
    }
    if (!(peak > 0.0)) {
        drop_surface(self);
        return;
    }
    if (!self->has_surface) {
        self->mode = lac_viewport_get_scene(self->viewport)->mode;
        self->alpha = lac_viewport_get_scene(self->viewport)->iso[0].color[3];
        set_surface_alpha(self, SURFACE_ALPHA);
        self->radius_scale = lac_viewport_get_atom_look(self->viewport)->radius_scale;
        scale_atoms(self, ATOM_SCALE * self->radius_scale);
    }
    self->has_surface = TRUE;
    lac_viewport_show_near_atoms(self->viewport, lac_review_entry_get_item(entry)->position,
        SURROUNDINGS);
    lac_viewport_set_mode(self->viewport, LAC_RENDER_ISO);
    lac_viewport_set_iso_level(self->viewport, SURFACE_SHARE * peak);
    lac_viewport_set_crop(self->viewport, crop);
}

static void
drop_residual(LacReviewViews *self)
{
    if (!self->has_residual)
        return;
    self->has_residual = FALSE;
    lac_viewport_set_volume(self->viewport, lac_session_get_volume(self->session));
    lac_viewport_set_transfer(self->viewport, NULL);
    lac_viewport_set_mode(self->viewport, self->mode);
    lac_ortho_view_set_layer(self->ortho, NULL, 0.0);
}

// Colours from blue through nothing to red, the same distance to both sides of zero.
static LacTransfer
make_transfer(double span)
{
    LacTransfer transfer = {
        .lo = -span,
        .hi = span,
        .colormap = LAC_COLORMAP_DIVERGING,
        .n_points = 4,
        .points = { { 0.0, OPACITY }, { 0.35, 0.0 }, { 0.65, 0.0 }, { 1.0, OPACITY } },
    };
    return transfer;
}

static void
show_residual(LacReviewViews *self)
{
    LacVolume *residual = lac_review_queue_get_residual(self->queue);
    if (!self->is_active || !self->show_residual || residual == NULL) {
        drop_residual(self);
        return;
    }
    drop_surface(self);
    if (!self->has_residual)
        self->mode = lac_viewport_get_scene(self->viewport)->mode;
    self->has_residual = TRUE;
    LacStats stats = lac_stats(residual->data, lac_volume_get_size(residual));
    double span = RANGE_SHARE * fmax(fabs((double) stats.min), fabs((double) stats.max));
    LacTransfer transfer = make_transfer(span > 0.0 ? span : 1.0);
    lac_viewport_set_volume(self->viewport, residual);
    lac_viewport_set_mode(self->viewport, LAC_RENDER_DVR);
    lac_viewport_set_transfer(self->viewport, &transfer);
    lac_ortho_view_set_layer(self->ortho, residual, transfer.hi);
}

static void
show_candidates(LacReviewViews *self)
{
    static const float color[4] = { 0.98f, 0.62f, 0.15f, 1.0f };
    gsize n = 0;
    const LacReviewPeak *peaks = lac_review_queue_get_peaks(self->queue, &n);
    n = self->is_active && self->show_candidates ? MIN(n, MAX_MARKERS) : 0;
    g_autofree LacMarker *markers = g_new0(LacMarker, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        markers[i] =
            (LacMarker){ .position = peaks[i].position, .radius = MARKER_RADIUS, .is_ring = TRUE };
        for (guint c = 0; c < 4; c++)
            markers[i].color[c] = color[c];
    }
    lac_viewport_set_markers(self->viewport, LAC_MARKERS_CANDIDATES, markers, n);
}

// Atoms of the model are flown to by whoever follows the session; a place without one is not.
static void
come_near(LacReviewViews *self)
{
    LacReviewEntry *entry = lac_review_queue_get_current(self->queue);
    if (!self->is_active || entry == NULL)
        return;
    const LacReviewItem *item = lac_review_entry_get_item(entry);
    LacCamera camera;
    lac_viewport_get_camera(self->viewport, &camera);
    if (item->index == G_MAXSIZE)
        camera.target = item->position;
    camera.height = MIN(camera.height, CLOSE_UP);
    lac_viewport_set_camera(self->viewport, &camera);
}

static void
current_changed_cb(LacReviewViews *self)
{
    show_surface(self);
    come_near(self);
}

static void
residual_changed_cb(LacReviewViews *self)
{
    show_residual(self);
    show_candidates(self);
    show_surface(self);
}

/**
 * lac_review_views_set_active:
 * @self: what a review shows
 * @active: whether the review is on screen; the views are as before otherwise
 */
void
lac_review_views_set_active(LacReviewViews *self, gboolean active)
{
    if (self->is_active == active)
        return;
    self->is_active = active;
    residual_changed_cb(self);
}

/**
 * lac_review_views_set_show_surface:
 * @self: what a review shows
 * @show: an isosurface at half the local peak in a cube of 10 Å about what is looked at
 */
void
lac_review_views_set_show_surface(LacReviewViews *self, gboolean show)
{
    self->show_surface = show;
    show_surface(self);
}

/**
 * lac_review_views_set_show_residual:
 * @self: what a review shows
 * @show: volume minus model in place of the volume, in colours about zero
 */
void
lac_review_views_set_show_residual(LacReviewViews *self, gboolean show)
{
    self->show_residual = show;
    residual_changed_cb(self);
}

/**
 * lac_review_views_set_show_candidates:
 * @self: what a review shows
 * @show: rings at the peaks of the residual
 */
void
lac_review_views_set_show_candidates(LacReviewViews *self, gboolean show)
{
    self->show_candidates = show;
    show_candidates(self);
}

/**
 * lac_review_views_new:
 * @session: what is open; must outlive the views
 * @queue: the review; must outlive the views
 * @viewport: the 3D view
 * @ortho: the slices
 *
 * Returns: (transfer full): an inactive review in the views
 */
LacReviewViews *
lac_review_views_new(LacSession *session, LacReviewQueue *queue, LacViewport *viewport,
    LacOrthoView *ortho)
{
    LacReviewViews *self = g_new0(LacReviewViews, 1);
    self->session = session;
    self->queue = queue;
    self->viewport = g_object_ref(viewport);
    self->ortho = g_object_ref(ortho);
    self->show_candidates = TRUE;
    g_signal_connect_swapped(queue, "current-changed", G_CALLBACK(current_changed_cb), self);
    g_signal_connect_swapped(queue, "residual-changed", G_CALLBACK(residual_changed_cb), self);
    return self;
}

/**
 * lac_review_views_free:
 * @self: (nullable) (transfer full): what a review shows
 */
void
lac_review_views_free(LacReviewViews *self)
{
    if (self == NULL)
        return;
    g_signal_handlers_disconnect_by_data(self->queue, self);
    g_object_unref(self->viewport);
    g_object_unref(self->ortho);
    g_free(self);
}
