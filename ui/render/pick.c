// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/pick.h"

#include <math.h>

#define STEP         0.5 // [voxel]
#define SEEN_OPACITY 0.4 // of what is in front, for a point of a fog to be what one looks at

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
