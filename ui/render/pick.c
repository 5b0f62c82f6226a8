// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/pick.h"

#include <math.h>

#define STEP           0.5  // [voxel]
#define HIDDEN_OPACITY 0.97 // of what is in front, for an atom not to be seen
#define SEEN_OPACITY   0.4  // of what is in front, for a point of a fog to be what one looks at

// A ray in voxel space: voxel i spans i to i + 1.
typedef struct {
    const LacScene *scene;
    const LacVolume *volume;
    double origin[3], direction[3]; // unit length
    double begin, end;              // the part that is drawn [voxel]
} Walk;

static void
get_index(const Walk *walk, double t, gsize xyz[3])
{
    const gsize n[3] = { walk->volume->nx, walk->volume->ny, walk->volume->nz };
    for (int i = 0; i < 3; i++) {
        double p = floor(walk->origin[i] + t * walk->direction[i]);
        xyz[i] = p > 0.0 ? MIN((gsize) p, n[i] - 1) : 0;
    }
}

static double
get_value(const Walk *walk, double t)
{
    gsize xyz[3];
    get_index(walk, t, xyz);
    return (double) lac_volume_get(walk->volume, xyz[0], xyz[1], xyz[2]);
}

static gboolean
begin_walk(Walk *walk, const LacRay *ray)
{
    const LacScene *scene = walk->scene;
    const LacVolume *volume = walk->volume;
    LacBox box = lac_volume_get_box(volume);
    double s = lac_volume_get_scale(volume);
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    const double o[3] = { ray->origin.x - box.min.x, ray->origin.y - box.min.y,
        ray->origin.z - box.min.z };
    const double d[3] = { ray->direction.x, ray->direction.y, ray->direction.z };
    double low[3], high[3];
    for (int i = 0; i < 3; i++) {
        walk->origin[i] = o[i] / s;
        walk->direction[i] = d[i];
        low[i] = scene->crop[i][0] * (double) n[i];
        high[i] = scene->crop[i][1] * (double) n[i];
    }
    LacRay local = { { walk->origin[0], walk->origin[1], walk->origin[2] }, ray->direction };
    LacBox kept = { { low[0], low[1], low[2] }, { high[0], high[1], high[2] } };
    walk->begin = scene->camera.perspective ? 0.0 : -G_MAXDOUBLE;
    walk->end = G_MAXDOUBLE;
    if (!lac_ray_clip_box(&local, &kept, &walk->begin, &walk->end))
        return FALSE;
    if (!scene->clip.enabled)
        return TRUE;
    LacVec3 c = scene->clip.normal;
    double along = c.x * d[0] + c.y * d[1] + c.z * d[2];
    double left =
        (scene->clip.offset - c.x * ray->origin.x - c.y * ray->origin.y - c.z * ray->origin.z) / s;
    if (along > 0.0)
        walk->end = MIN(walk->end, left / along);
    else if (along < 0.0)
        walk->begin = MAX(walk->begin, left / along);
    else if (left < 0.0)
        return FALSE;
    return walk->begin < walk->end;
}

// Ends the walk at the nearest slice; TRUE if there is one.
static gboolean
stop_at_slices(Walk *walk)
{
    gboolean found = FALSE;
    for (int i = 0; i < 3; i++) {
        double t = (walk->scene->crosshair[i] + 0.5 - walk->origin[i]) / walk->direction[i];
        if (walk->scene->show_slices[i] && t >= walk->begin && t < walk->end) {
            walk->end = t;
            found = TRUE;
        }
    }
    return found;
}

static gboolean
find_surface(const Walk *walk, double *at)
{
    double level = walk->scene->iso[0].level;
    for (guint i = 1; i < walk->scene->n_iso; i++)
        level = MIN(level, walk->scene->iso[i].level);
    for (double t = walk->begin + 0.5 * STEP; t < walk->end; t += STEP)
        if (get_value(walk, t) >= level) {
            *at = t;
            return TRUE;
        }
    return FALSE;
}

static gboolean
find_maximum(const Walk *walk, double *at)
{
    double best = -G_MAXDOUBLE;
    for (double t = walk->begin + 0.5 * STEP; t < walk->end; t += STEP) {
        double v = get_value(walk, t);
        if (v > best) {
            best = v;
            *at = t;
        }
    }
    return best > -G_MAXDOUBLE;
}

// Where the fog becomes opaque, else where most of its light comes from.
static gboolean
find_opaque(const Walk *walk, double *at)
{
    const LacTransfer *transfer = &walk->scene->transfer;
    double clear = 1.0, most = 0.0;
    for (double t = walk->begin + 0.5 * STEP; t < walk->end; t += STEP) {
        double x = lac_transfer_get_position(transfer, get_value(walk, t));
        double light = clear * (1.0 - pow(1.0 - lac_transfer_get_opacity(transfer, x), STEP));
        clear -= light;
        if (light > most) {
            most = light;
            *at = t;
        }
        if (clear <= 1.0 - SEEN_OPACITY) {
            *at = t;
            return TRUE;
        }
    }
    return most > 0.002;
}

// Of all that the walk goes through.
static double
find_opacity(const Walk *walk)
{
    const LacTransfer *transfer = &walk->scene->transfer;
    double clear = 1.0;
    for (double t = walk->begin + 0.5 * STEP; t < walk->end; t += STEP) {
        double x = lac_transfer_get_position(transfer, get_value(walk, t));
        clear *= pow(1.0 - lac_transfer_get_opacity(transfer, x), STEP);
    }
    return 1.0 - clear;
}

/**
 * lac_pick_voxel:
 * @scene: what is drawn
 * @ray: through the pointer
 * @xyz: (out caller-allocates): the voxel
 * @value: (out) (optional): its value
 *
 * Finds what the pointer is on: the first voxel above the level of an isosurface, the brightest
 * one of a maximum projection, the one where volume rendering becomes opaque, or a slice.
 *
 * Returns: %FALSE if there is nothing
 */
gboolean
lac_pick_voxel(const LacScene *scene, const LacRay *ray, gsize xyz[3], double *value)
{
    if (scene->volume == NULL)
        return FALSE;
    Walk walk = { .scene = scene, .volume = scene->volume->volume };
    if (!begin_walk(&walk, ray))
        return FALSE;
    gboolean on_slice = stop_at_slices(&walk), found = FALSE;
    double t = walk.end;
    if (scene->show_volume)
        switch (scene->mode) {
        case LAC_RENDER_ISO: found = find_surface(&walk, &t); break;
        case LAC_RENDER_MIP: found = find_maximum(&walk, &t); break;
        case LAC_RENDER_DVR: found = find_opaque(&walk, &t); break;
        case LAC_N_RENDER_MODES:
        default: break;
        }
    if (!found && !on_slice)
        return FALSE;
    if (!found)
        t = walk.end;
    get_index(&walk, t, xyz);
    if (value != NULL)
        *value = (double) lac_volume_get(walk.volume, xyz[0], xyz[1], xyz[2]);
    return TRUE;
}

// ---- Atoms ----

// A ray with the part of it that the clip plane leaves.
typedef struct {
    LacVec3 o, d;
    double begin, end; // [Å]
    double best;       // [Å] to the nearest found so far
    gsize index;
    double best_inside; // of a ring, for want of anything else
    gsize index_inside;
} AtomRay;

static double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static LacVec3
subtract(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.x - b.x, a.y - b.y, a.z - b.z };
}

static LacVec3
to_vec(const float p[3])
{
    return (LacVec3){ (double) p[0], (double) p[1], (double) p[2] };
}

static gsize
to_index(guint32 id)
{
    return id != 0 ? (gsize) id - 1 : LAC_PICK_NONE;
}

// Where the part from @enter to @leave of the ray that is kept begins, if it is nearer than the best.
static gboolean
is_nearer(const AtomRay *ray, double enter, double leave, double *at)
{
    *at = MAX(enter, ray->begin);
    return *at < MIN(leave, ray->end) && *at < ray->best;
}

static void
try_sphere(AtomRay *ray, const LacSphere *sphere)
{
    if ((sphere->marks & LAC_MARK_WIRE) != 0) // one looks through it
        return;
    LacVec3 towards = subtract(to_vec(sphere->position), ray->o);
    double r = (double) sphere->radius, along = dot(towards, ray->d), at;
    double h2 = r * r - dot(towards, towards) + along * along;
    if (h2 < 0.0)
        return;
    if ((sphere->marks & LAC_MARK_RING) != 0) {
        gboolean on_line = r * r - h2 >= r * r * LAC_RING_INNER * LAC_RING_INNER;
        if (!is_nearer(ray, along - 1e-4, along + 1e-4, &at))
            return;
        if (on_line) {
            ray->best = at;
            ray->index = to_index(sphere->id);
        }
        else if (at < ray->best_inside) {
            ray->best_inside = at;
            ray->index_inside = to_index(sphere->id);
        }
        return;
    }
    if (is_nearer(ray, along - sqrt(h2), along + sqrt(h2), &at)) {
        ray->best = at;
        ray->index = to_index(sphere->id);
    }
}

static void
try_stick(AtomRay *ray, const LacStick *stick)
{
    LacVec3 a = to_vec(stick->a), axis = subtract(to_vec(stick->b), a);
    double size = sqrt(dot(axis, axis)), r = (double) stick->radius, at;
    if (size == 0.0)
        return;
    axis = (LacVec3){ axis.x / size, axis.y / size, axis.z / size };
    LacVec3 from = subtract(ray->o, a);
    double d_along = dot(ray->d, axis), o_along = dot(from, axis);
    double dd = 1.0 - d_along * d_along, b = dot(from, ray->d) - o_along * d_along;
    double h2 = b * b - dd * (dot(from, from) - o_along * o_along - r * r);
    if (dd < 1e-9 || h2 < 0.0)
        return;
    double enter = (-b - sqrt(h2)) / dd, leave = (-b + sqrt(h2)) / dd;
    double place = o_along + enter * d_along;
    if (place < 0.0 || place > size || !is_nearer(ray, enter, leave, &at))
        return;
    place = o_along + at * d_along;
    if (place < 0.0 || place > size)
        return;
    ray->best = at;
    ray->index = to_index(stick->ids[place < 0.5 * size ? 0 : 1]);
}

static AtomRay
make_atom_ray(const LacScene *scene, const LacRay *ray)
{
    AtomRay self = { .o = ray->origin,
        .d = ray->direction,
        .begin = scene->camera.perspective ? 0.0 : -G_MAXDOUBLE,
        .end = G_MAXDOUBLE,
        .best = G_MAXDOUBLE,
        .index = LAC_PICK_NONE,
        .best_inside = G_MAXDOUBLE,
        .index_inside = LAC_PICK_NONE };
    if (!scene->clip.enabled)
        return self;
    double along = dot(scene->clip.normal, ray->direction);
    double left = scene->clip.offset - dot(scene->clip.normal, ray->origin);
    if (along > 0.0)
        self.end = left / along;
    else if (along < 0.0)
        self.begin = MAX(self.begin, left / along);
    else if (left < 0.0)
        self.end = -G_MAXDOUBLE;
    return self;
}

// Whether slices or the volume hide what is @distance along the ray.
static gboolean
is_behind_volume(const LacScene *scene, const LacRay *ray, double distance)
{
    if (scene->volume == NULL)
        return FALSE;
    Walk walk = { .scene = scene, .volume = scene->volume->volume };
    if (!begin_walk(&walk, ray))
        return FALSE;
    double at = distance / lac_volume_get_scale(walk.volume), t = 0.0;
    if (stop_at_slices(&walk) && walk.end < at)
        return TRUE;
    walk.end = MIN(walk.end, at);
    if (!scene->show_volume || walk.begin >= walk.end)
        return FALSE;
    if (scene->mode == LAC_RENDER_ISO)
        return scene->iso[0].color[3] >= 1.0f && find_surface(&walk, &t);
    return scene->mode == LAC_RENDER_DVR && find_opacity(&walk) >= HIDDEN_OPACITY;
}

/**
 * lac_pick_atom:
 * @scene: what is drawn
 * @ray: through the pointer
 * @index: (out): the atom; %LAC_PICK_NONE where a marker is in front
 * @distance: (out) (optional): [Å] along the ray to its surface
 *
 * Finds the atom, bond (for the atom of its nearer half) or ring in front, as the picture shows it:
 * what the clip plane, a slice or the volume hides is not found. The inside of a ring counts where
 * there is nothing else.
 *
 * Returns: %FALSE if there is none
 */
gboolean
lac_pick_atom(const LacScene *scene, const LacRay *ray, gsize *index, double *distance)
{
    const LacAtomScene *atoms = &scene->atoms;
    *index = LAC_PICK_NONE;
    if (atoms->set == NULL)
        return FALSE;
    AtomRay found = make_atom_ray(scene, ray);
    gsize first = atoms->show_atoms ? 0 : atoms->set->n_solid;
    gsize end = atoms->show_ghosts ? atoms->set->n_spheres : atoms->set->n_markers_end;
    for (gsize i = first; i < end; i++)
        try_sphere(&found, &atoms->set->spheres[i]);
    if (atoms->show_bonds)
        for (gsize i = 0; i < atoms->set->n_sticks; i++)
            try_stick(&found, &atoms->set->sticks[i]);
    if (found.best == G_MAXDOUBLE) {
        found.best = found.best_inside;
        found.index = found.index_inside;
    }
    if (found.best == G_MAXDOUBLE || is_behind_volume(scene, ray, found.best))
        return FALSE;
    *index = found.index;
    if (distance != NULL)
        *distance = found.best;
    return TRUE;
}

/**
 * lac_pick_marker:
 * @scene: what is drawn
 * @ray: through the pointer
 * @tag: (out): of the marker
 * @distance: (out) (optional): [Å] along the ray to its surface
 *
 * Finds the nearest marker that has a tag; all of the disc of one drawn as circles counts.
 *
 * Returns: %FALSE if there is none
 */
gboolean
lac_pick_marker(const LacScene *scene, const LacRay *ray, guint32 *tag, double *distance)
{
    const LacAtomSet *set = scene->atoms.set;
    AtomRay found = make_atom_ray(scene, ray);
    gsize end = set != NULL ? set->n_markers_end : 0;
    *tag = 0;
    for (gsize i = 0; i < end; i++) {
        const LacSphere *sphere = &set->spheres[i];
        guint32 here = sphere->marks >> LAC_MARK_TAG_SHIFT;
        LacVec3 towards = subtract(to_vec(sphere->position), ray->origin);
        double r = (double) sphere->radius, along = dot(towards, ray->direction), at;
        double h2 = r * r - dot(towards, towards) + along * along;
        if (here == 0 || h2 < 0.0 || !is_nearer(&found, along - sqrt(h2), along + sqrt(h2), &at))
            continue;
        found.best = at;
        *tag = here;
    }
    if (*tag == 0 || is_behind_volume(scene, ray, found.best))
        return FALSE;
    if (distance != NULL)
        *distance = found.best;
    return TRUE;
}

static gboolean
is_known(const GArray *hits, guint first, const LacMeshHit *hit)
{
    for (guint i = first; i < hits->len; i++) {
        const LacMeshHit *other = &g_array_index(hits, LacMeshHit, i);
        if (other->group == hit->group && other->tag == hit->tag)
            return TRUE;
    }
    return FALSE;
}

/**
 * lac_pick_meshes:
 * @scene: what is drawn
 * @ray: through the pointer
 * @hits: (element-type LacMeshHit): receives where the ray first meets each surface that is shown,
 *     has a tag and is not cut away or hidden by the volume; nearest first
 */
void
lac_pick_meshes(const LacScene *scene, const LacRay *ray, GArray *hits)
{
    const LacMeshScene *meshes = &scene->meshes;
    guint first = hits->len;
    if (meshes->set == NULL)
        return;
    AtomRay kept = make_atom_ray(scene, ray);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LacMeshHit));
    lac_mesh_set_find_hits(meshes->set, ray, all);
    for (guint i = 0; i < all->len; i++) {
        const LacMeshHit *hit = &g_array_index(all, LacMeshHit, i);
        const LacMeshGroup *group = &meshes->groups[hit->group];
        if (!group->shown || group->opacity <= 0.0 || hit->tag == 0 || hit->distance < kept.begin ||
            hit->distance > kept.end || is_known(hits, first, hit) ||
            is_behind_volume(scene, ray, hit->distance))
            continue;
        g_array_append_val(hits, *hit);
    }
}

// Whether a line from (x, y) to the right crosses the outline an odd number of times.
static gboolean
is_in_polygon(const double *xy, gsize n, double x, double y)
{
    gboolean inside = FALSE;
    for (gsize i = 0, j = n - 1; i < n; j = i++) {
        double xi = xy[2 * i], yi = xy[2 * i + 1], xj = xy[2 * j], yj = xy[2 * j + 1];
        if ((yi > y) != (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi)
            inside = !inside;
    }
    return inside;
}

/**
 * lac_pick_atoms_in_polygon:
 * @scene: what is drawn
 * @w: [pixel] width of the picture
 * @h: [pixel] height of the picture
 * @xy: (array): x and y of each corner [pixel] from the top left
 * @n_points: number of corners
 * @indices: (element-type gsize): receives the atoms
 *
 * Finds the atoms whose centres lie in an outline, also those behind others; not those that the
 * clip plane cuts away, nor records while they are not shown.
 *
 * Returns: their number
 */
gsize
lac_pick_atoms_in_polygon(const LacScene *scene, double w, double h, const double *xy,
    gsize n_points, GArray *indices)
{
    const LacAtomScene *atoms = &scene->atoms;
    guint before = indices->len;
    if (atoms->set == NULL || n_points < 3)
        return 0;
    gsize first = atoms->show_atoms ? 0 : atoms->set->n_solid;
    gsize end = atoms->show_ghosts ? atoms->set->n_spheres : atoms->set->n_markers_end;
    for (gsize i = first; i < end; i++) {
        const LacSphere *sphere = &atoms->set->spheres[i];
        LacVec3 p = to_vec(sphere->position);
        double x, y;
        if (sphere->id == 0 ||
            (scene->clip.enabled && dot(scene->clip.normal, p) > scene->clip.offset) ||
            !lac_camera_project(&scene->camera, w, h, p, &x, &y, NULL) ||
            !is_in_polygon(xy, n_points, x, y))
            continue;
        gsize index = to_index(sphere->id);
        g_array_append_val(indices, index);
    }
    return indices->len - before;
}
