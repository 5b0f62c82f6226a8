// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/splat-general.h"

#include "core/parallel.h"
#include "core/recon/splat.h"
#include "core/vec.h"

#include <math.h>
#include <string.h>

// Within these limits a projection is splat on a sheared detector by the fast kernels and the shear
// left to the filter that follows; beyond, every voxel is splat on its own.
#define MIN_SCALE      0.8 // foreshortening of the tilt axis on the detector
#define MAX_SLOPE      0.5 // of the shears
#define EDGE           4.0 // columns and rows that a spline and its guard need
#define ROWS_PER_TASK  4
#define VIEWS_PER_TASK 8 // that read the volume together

typedef struct {
    gboolean is_sheared;
    LacMat3 rotation;
    LacShift by; // of the object on the detector
    LacSplatShear shear;
} View;

struct LacSplatGeneral {
    LacSplatGeneralParams params;
    View *views;              // n
    LacDetectorShear *shears; // n, zero where a view is not sheared
    const LacSplatKernels *kernels;
};

// Largest distances of a voxel from the origin.
static LacVec3
corner(const LacSplatGeneralParams *p)
{
    return (LacVec3){ (double) MAX(p->centre_x, p->nx - p->centre_x),
        (double) MAX(p->centre_y, p->ny - p->centre_y),
        (double) MAX(p->centre_z, p->nz - p->centre_z) };
}

static double
dot_abs(const double row[3], LacVec3 at)
{
    return fabs(row[0]) * at.x + fabs(row[1]) * at.y + fabs(row[2]) * at.z;
}

// Sets up the view's shear and how far its splat reaches; FALSE where it leaves the limits.
static gboolean
measure_sheared(const LacSplatGeneralParams *p, View *view, LacDetectorShear *shear,
    LacSplatReach *reach)
{
    const double(*r)[3] = view->rotation.m;
    double scale = r[1][1];
    if (scale < MIN_SCALE)
        return FALSE;
    double tau = r[0][1] / scale;
    double a_x = r[0][0] - tau * r[1][0], a_z = r[0][2] - tau * r[1][2];
    gboolean major_is_z = fabs(a_z) > fabs(a_x);
    int major = major_is_z ? 2 : 0, minor = major_is_z ? 0 : 2;
    double a_i = major_is_z ? a_z : a_x, a_j = major_is_z ? a_x : a_z;
    double mu = r[1][major] / a_i, shift = r[1][minor] - mu * a_j;
    LacVec3 far = corner(p);
    // The shift before the shears that they turn into the one that is wanted.
    double by_a = view->by.du - tau * view->by.dv, by_b = view->by.dv - mu * by_a;
    if (fabs(tau) > MAX_SLOPE || fabs(mu) > MAX_SLOPE)
        return FALSE;
    double centre_j = (double) (major_is_z ? p->centre_x : p->centre_z);
    view->shear = (LacSplatShear){
        .across = { a_i, a_j,
            (double) p->centre_u + by_a - a_x * (double) p->centre_x - a_z * (double) p->centre_z,
            major_is_z },
        .scale = scale,
        .shift = shift,
        .v0 = (double) p->centre_v + by_b - scale * (double) p->centre_y - shift * centre_j,
    };
    *shear = (LacDetectorShear){ tau, mu };
    *reach = (LacSplatReach){
        .splat_u = fabs(a_x) * far.x + fabs(a_z) * far.z + fabs(by_a),
        .splat_v = scale * far.y + fabs(shift) * (major_is_z ? far.x : far.z) + fabs(by_b),
        .shadow_u = dot_abs(r[0], far) + fabs(view->by.du),
        .shadow_v = dot_abs(r[1], far) + fabs(view->by.dv),
    };
    return TRUE;
}

static View
view_at(const LacSplatGeneralParams *p, gsize k)
{
    const LacAngles *a = &p->angles[k];
    return (View){ .rotation = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi),
        .by = p->shifts != NULL ? p->shifts[k] : (LacShift){ 0 } };
}

static gboolean
place_sheared(const LacSplatGeneralParams *p, View *view, LacDetectorShear *shear)
{
    LacSplatReach reach;
    double room_u = (double) MIN(p->centre_u, p->n_u - p->centre_u);
    double room_v = (double) MIN(p->centre_v, p->n_v - p->centre_v);
    if (measure_sheared(p, view, shear, &reach) && reach.splat_u + EDGE <= room_u &&
        reach.splat_v + EDGE <= room_v)
        return TRUE;
    *shear = (LacDetectorShear){ 0 };
    return FALSE;
}

/**
 * lac_splat_general_measure:
 * @params: shapes, centres of the volume, angles [deg] and shifts; the detector is not read
 *
 * Returns: the largest reach among all projections
 */
LacSplatReach
lac_splat_general_measure(const LacSplatGeneralParams *params)
{
    LacVec3 far = corner(params);
    double radius = sqrt(far.x * far.x + far.y * far.y + far.z * far.z);
    LacSplatReach most = { 0 };
    for (gsize k = 0; k < params->n; k++) {
        View view = view_at(params, k);
        LacDetectorShear shear;
        LacSplatReach reach;
        double far_u = radius + fabs(view.by.du), far_v = radius + fabs(view.by.dv);
        if (!measure_sheared(params, &view, &shear, &reach))
            reach = (LacSplatReach){ far_u, far_v, far_u, far_v };
        most.splat_u = MAX(most.splat_u, reach.splat_u + EDGE);
        most.splat_v = MAX(most.splat_v, reach.splat_v + EDGE);
        most.shadow_u = MAX(most.shadow_u, reach.shadow_u + EDGE);
        most.shadow_v = MAX(most.shadow_v, reach.shadow_v + EDGE);
    }
    return most;
}

/**
 * lac_splat_general_new:
 * @params: shapes, centres, angles [deg] and shifts; copied except for the last two, which are only
 *   read now
 *
 * Returns: (transfer full): the splat
 */
LacSplatGeneral *
lac_splat_general_new(const LacSplatGeneralParams *params)
{
    LacSplatGeneral *self = g_new0(LacSplatGeneral, 1);
    self->params = *params;
    self->params.angles = NULL;
    self->params.shifts = NULL;
    self->kernels = lac_splat_kernels_for_this_cpu();
    self->views = g_new0(View, params->n);
    self->shears = g_new0(LacDetectorShear, params->n);
    for (gsize k = 0; k < params->n; k++) {
        View *view = &self->views[k];
        *view = view_at(params, k);
        view->is_sheared = place_sheared(&self->params, view, &self->shears[k]);
    }
    return self;
}

/**
 * lac_splat_general_free:
 * @self: (nullable) (transfer full): a splat
 */
void
lac_splat_general_free(LacSplatGeneral *self)
{
    if (self == NULL)
        return;
    g_free(self->views);
    g_free(self->shears);
    g_free(self);
}

/**
 * lac_splat_general_get_shears:
 * @self: a splat
 *
 * Returns: (transfer none): per projection, the shear that the detector's filter must know
 */
const LacDetectorShear *
lac_splat_general_get_shears(const LacSplatGeneral *self)
{
    return self->shears;
}

static LacSplatTile
tile_at(const LacSplatGeneralParams *p, gsize y)
{
    return (LacSplatTile){ p->nx, p->nz, y, MIN(LAC_TILE_WIDTH, p->ny - y), p->n_u, p->n_v };
}

// --- voxel by voxel

// Four taps of the centred cubic B-spline at fraction t of a cell; the first is one cell before.
static void
spline_taps(double t, float taps[4])
{
    double s = 1.0 - t;
    taps[0] = (float) (s * s * s / 6.0);
    taps[1] = (float) ((3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0);
    taps[2] = (float) ((3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0);
    taps[3] = (float) (t * t * t / 6.0);
}

// Where one voxel lands in one projection: the first of 4 x 4 pixels and their weights.
typedef struct {
    gsize pixel;
    float u[4], v[4];
} Footprint;

static Footprint
footprint(const LacSplatGeneralParams *p, const View *view, gsize x, gsize y, gsize z)
{
    LacVec3 at = { (double) x - (double) p->centre_x, (double) y - (double) p->centre_y,
        (double) z - (double) p->centre_z };
    LacVec3 q = lac_mat3_apply(&view->rotation, at);
    double u = q.x + view->by.du + (double) p->centre_u;
    double v = q.y + view->by.dv + (double) p->centre_v;
    Footprint f = { .pixel = ((gsize) floor(u) - 1) * p->n_v + (gsize) floor(v) - 1 };
    spline_taps(u - floor(u), f.u);
    spline_taps(v - floor(v), f.v);
    return f;
}

static void
forward_voxels(const LacSplatGeneral *self, const View *view, const LacSplatTile *tile,
    const float *volume, float *detector)
{
    const LacSplatGeneralParams *p = &self->params;
    const float *voxel = volume;
    for (gsize z = 0; z < p->nz; z++) {
        for (gsize x = 0; x < p->nx; x++) {
            for (gsize y = tile->y; y < tile->y + tile->width; y++, voxel++) {
                Footprint f = footprint(p, view, x, y, z);
                for (gsize i = 0; i < 4; i++)
                    for (gsize j = 0; j < 4; j++)
                        detector[f.pixel + i * p->n_v + j] += *voxel * f.u[i] * f.v[j];
            }
        }
    }
}

static void
adjoint_voxels(const LacSplatGeneral *self, const View *view, const LacSplatTile *tile,
    const float *detector, float *plane, gsize z)
{
    const LacSplatGeneralParams *p = &self->params;
    float *voxel = plane;
    for (gsize x = 0; x < p->nx; x++) {
        for (gsize y = tile->y; y < tile->y + tile->width; y++, voxel++) {
            Footprint f = footprint(p, view, x, y, z);
            for (gsize i = 0; i < 4; i++)
                for (gsize j = 0; j < 4; j++)
                    *voxel += f.u[i] * f.v[j] * detector[f.pixel + i * p->n_v + j];
        }
    }
}

// --- all projections

typedef struct {
    LacSplatGeneral *self;
    const float *volume;
    float *detectors;
    float *out; // volume, back projection
    // The sheared views that take part, all with one major axis, and their detectors.
    gboolean major_is_z;
    gsize n_shears;
    const LacSplatShear **shears;
    float **sheared_detectors;
    gsize per_task; // views, forward
    gsize per_tile; // tasks per tile, back projection
} SplatArgs;

// Collects the sheared views of one major axis.
static void
choose_shears(SplatArgs *args, gboolean major_is_z)
{
    const LacSplatGeneral *self = args->self;
    args->major_is_z = major_is_z;
    args->n_shears = 0;
    for (gsize k = 0; k < self->params.n; k++) {
        const View *view = &self->views[k];
        if (!view->is_sheared || view->shear.across.major_is_z != major_is_z)
            continue;
        args->shears[args->n_shears] = &view->shear;
        args->sheared_detectors[args->n_shears++] =
            args->detectors + k * self->params.n_u * self->params.n_v;
    }
}

static void
forward_shears(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacSplatGeneral *self = args->self;
    const LacSplatGeneralParams *p = &self->params;
    for (gsize task = begin; task < end; task++) {
        gsize k = task * args->per_task, n = MIN(args->per_task, args->n_shears - k);
        for (gsize y = 0; y < p->ny; y += LAC_TILE_WIDTH) {
            LacSplatTile tile = tile_at(p, y);
            self->kernels->forward_sheared(&tile, n, args->shears + k,
                args->volume + y * p->nz * p->nx, args->sheared_detectors + k);
        }
    }
}

static void
forward_unsheared(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacSplatGeneral *self = args->self;
    const LacSplatGeneralParams *p = &self->params;
    for (gsize k = begin; k < end; k++) {
        for (gsize y = 0; y < p->ny && !self->views[k].is_sheared; y += LAC_TILE_WIDTH) {
            LacSplatTile tile = tile_at(p, y);
            forward_voxels(self, &self->views[k], &tile, args->volume + y * p->nz * p->nx,
                args->detectors + k * p->n_u * p->n_v);
        }
    }
}

static void
adjoint_rows(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacSplatGeneral *self = args->self;
    const LacSplatGeneralParams *p = &self->params;
    gsize n_j = args->major_is_z ? p->nx : p->nz;
    for (gsize task = begin; task < end; task++) {
        LacSplatTile tile = tile_at(p, task / args->per_tile * LAC_TILE_WIDTH);
        gsize j = task % args->per_tile * ROWS_PER_TASK;
        self->kernels->adjoint_sheared(&tile, args->n_shears, args->shears,
            (const float *const *) args->sheared_detectors, args->out + tile.y * p->nz * p->nx, j,
            MIN(j + ROWS_PER_TASK, n_j));
    }
}

static void
adjoint_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacSplatGeneral *self = args->self;
    const LacSplatGeneralParams *p = &self->params;
    for (gsize z = begin; z < end; z++) {
        for (gsize y = 0; y < p->ny; y += LAC_TILE_WIDTH) {
            LacSplatTile tile = tile_at(p, y);
            float *plane = args->out + (y * p->nz + z * tile.width) * p->nx;
            for (gsize k = 0; k < p->n; k++)
                if (!self->views[k].is_sheared)
                    adjoint_voxels(self, &self->views[k], &tile,
                        args->detectors + k * p->n_u * p->n_v, plane, z);
        }
    }
}

/**
 * lac_splat_general_forward:
 * @self: a splat
 * @volume: in tiles
 * @detectors: (out caller-allocates): (n, n_u, n_v)
 *
 * Drops every voxel with a separable cubic B-spline along the coordinates of
 * lac_splat_general_get_shears().
 */
void
lac_splat_general_forward(LacSplatGeneral *self, const float *volume, float *detectors)
{
    const LacSplatGeneralParams *p = &self->params;
    g_autofree const LacSplatShear **shears = g_new(const LacSplatShear *, p->n);
    g_autofree float **sheared_detectors = g_new(float *, p->n);
    SplatArgs args = {
        .self = self,
        .volume = volume,
        .detectors = detectors,
        .shears = shears,
        .sheared_detectors = sheared_detectors,
    };
    memset(detectors, 0, p->n * p->n_u * p->n_v * sizeof(float));
    for (int major_is_z = 0; major_is_z < 2; major_is_z++) {
        choose_shears(&args, major_is_z);
        gsize n_tasks = (args.n_shears + VIEWS_PER_TASK - 1) / VIEWS_PER_TASK;
        args.per_task = n_tasks > 0 ? (args.n_shears + n_tasks - 1) / n_tasks : 0;
        lac_parallel_for(n_tasks, 1, forward_shears, &args);
    }
    lac_parallel_for(p->n, 1, forward_unsheared, &args);
}

/**
 * lac_splat_general_adjoint:
 * @self: a splat
 * @detectors: (n, n_u, n_v)
 * @volume: (out caller-allocates): in tiles, the transpose applied to @detectors
 */
void
lac_splat_general_adjoint(LacSplatGeneral *self, float *detectors, float *volume)
{
    const LacSplatGeneralParams *p = &self->params;
    g_autofree const LacSplatShear **shears = g_new(const LacSplatShear *, p->n);
    g_autofree float **sheared_detectors = g_new(float *, p->n);
    SplatArgs args = {
        .self = self,
        .detectors = detectors,
        .out = volume,
        .shears = shears,
        .sheared_detectors = sheared_detectors,
    };
    memset(volume, 0, p->nx * p->ny * p->nz * sizeof(float));
    gsize n_direct = p->n;
    for (int major_is_z = 0; major_is_z < 2; major_is_z++) {
        choose_shears(&args, major_is_z);
        n_direct -= args.n_shears;
        gsize n_tiles = (p->ny - 1) / LAC_TILE_WIDTH + 1, n_j = major_is_z ? p->nx : p->nz;
        args.per_tile = (n_j - 1) / ROWS_PER_TASK + 1;
        if (args.n_shears > 0)
            lac_parallel_for(n_tiles * args.per_tile, 1, adjoint_rows, &args);
    }
    if (n_direct > 0)
        lac_parallel_for(p->nz, 1, adjoint_planes, &args);
}
