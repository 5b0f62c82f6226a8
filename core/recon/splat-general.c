// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/splat-general.h"

#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"
#include "core/parallel.h"
#include "core/recon/splat.h"
#include "core/vec.h"

#include <math.h>
#include <string.h>

// Within these limits a projection is splat on a sheared detector by the fast kernels and the shear
// undone by shifting lines with Fourier transforms; beyond, every voxel is splat on its own.
#define MIN_SCALE      0.8 // foreshortening of the tilt axis on the detector
#define MAX_SLOPE      0.5 // of the shears
#define EDGE           4.0 // columns and rows that a spline and its guard need
#define ROWS_PER_TASK  4
#define VIEWS_PER_TASK 8 // that read the volume together

typedef struct {
    gboolean is_sheared;
    LacMat3 rotation;
    LacSplatShear shear;
} View;

struct LacSplatGeneral {
    LacSplatGeneralParams params;
    View *views;              // n
    LacDetectorShear *shears; // n, zero where a view is not sheared
    const LacSplatKernels *kernels;
    LacFft *fft_u, *fft_v; // of one line
    guint n_workers;
    gsize n_scratch; // floats per worker
    float *scratch;
};

// Sets up the view's shear; FALSE where it leaves the limits.
static gboolean
place_sheared(const LacSplatGeneralParams *p, View *view, LacDetectorShear *shear)
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
    double x = (double) MAX(p->centre_x, p->nx - p->centre_x);
    double y = (double) MAX(p->centre_y, p->ny - p->centre_y);
    double z = (double) MAX(p->centre_z, p->nz - p->centre_z);
    double reach_u = fabs(a_x) * x + fabs(a_z) * z + EDGE;
    double reach_v = scale * y + fabs(shift) * (major_is_z ? x : z) + EDGE;
    double room_u = (double) MIN(p->centre_u, p->n_u - p->centre_u);
    double room_v = (double) MIN(p->centre_v, p->n_v - p->centre_v);
    if (fabs(tau) > MAX_SLOPE || fabs(mu) > MAX_SLOPE || reach_u > room_u || reach_v > room_v)
        return FALSE;
    double centre_j = (double) (major_is_z ? p->centre_x : p->centre_z);
    view->shear = (LacSplatShear){
        .across = { a_i, a_j,
            (double) p->centre_u - a_x * (double) p->centre_x - a_z * (double) p->centre_z,
            major_is_z },
        .scale = scale,
        .shift = shift,
        .v0 = (double) p->centre_v - scale * (double) p->centre_y - shift * centre_j,
    };
    *shear = (LacDetectorShear){ tau, mu };
    return TRUE;
}

/**
 * lac_splat_general_new:
 * @params: shapes, centres and angles [deg]; copied except for the angles, which are only read now
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the splat, or %NULL with @error set
 */
LacSplatGeneral *
lac_splat_general_new(const LacSplatGeneralParams *params, GError **error)
{
    g_autoptr(LacSplatGeneral) self = g_new0(LacSplatGeneral, 1);
    self->params = *params;
    self->params.angles = NULL;
    self->kernels = lac_splat_kernels_for_this_cpu();
    self->views = g_new0(View, params->n);
    self->shears = g_new0(LacDetectorShear, params->n);
    for (gsize k = 0; k < params->n; k++) {
        View *view = &self->views[k];
        view->rotation = lac_rotation_from_euler_deg(params->angles[k].phi, params->angles[k].theta,
            params->angles[k].psi);
        view->is_sheared = place_sheared(&self->params, view, &self->shears[k]);
    }
    self->fft_u = lac_fft_new(1, 1, params->n_u);
    self->fft_v = lac_fft_new(1, 1, params->n_v);
    // For a transposed detector with a line and its spectrum.
    gsize lines = params->n_u * params->n_v + 3 * (MAX(params->n_u, params->n_v) + 32);
    self->n_scratch = (lines + 15) / 16 * 16;
    self->n_workers = lac_parallel_max_workers();
    self->scratch = lac_alloc_floats(self->n_workers * self->n_scratch, error);
    if (self->scratch == NULL)
        return NULL;
    if (self->fft_u == NULL || self->fft_v == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for a transform");
        return NULL;
    }
    return g_steal_pointer(&self);
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
    lac_fft_free(self->fft_u);
    lac_fft_free(self->fft_v);
    lac_free(self->scratch);
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

// --- shears of the detector

// Shifts line number l, of @n values, by slope (l - centre): out(l, x) = in(l, x - shift).
static void
shear_lines(const LacFft *fft, float *lines, gsize n_lines, gsize n, double slope, gsize centre,
    float *scratch)
{
    float *line = scratch;
    float(*spectrum)[2] = (gpointer) (scratch + (n + 15) / 16 * 16);
    const float scale = 1.0f / (float) n;
    for (gsize l = 0; l < n_lines; l++) {
        double shift = slope * ((double) l - (double) centre);
        double turn = -2.0 * G_PI * shift / (double) n, c = cos(turn), s = sin(turn);
        double re = 1.0, im = 0.0;
        memcpy(line, lines + l * n, n * sizeof(float));
        lac_fft_forward(fft, line, spectrum);
        for (gsize f = 0; f <= n / 2; f++) {
            float a = spectrum[f][0], b = spectrum[f][1];
            spectrum[f][0] = scale * (a * (float) re - b * (float) im);
            spectrum[f][1] = scale * (a * (float) im + b * (float) re);
            double next = re * c - im * s;
            im = re * s + im * c;
            re = next;
        }
        lac_fft_inverse(fft, spectrum, line);
        memcpy(lines + l * n, line, n * sizeof(float));
    }
}

static void
transpose(const float *in, gsize n_rows, gsize n_columns, float *out)
{
    for (gsize i = 0; i < n_rows; i++)
        for (gsize j = 0; j < n_columns; j++)
            out[j * n_rows + i] = in[i * n_columns + j];
}

static void
shear_along_u(const LacSplatGeneral *self, float *detector, double slope, float *scratch)
{
    const LacSplatGeneralParams *p = &self->params;
    if (slope == 0.0)
        return;
    // Whole cache lines, so that the line that follows is aligned.
    gsize n_pixels = (p->n_u * p->n_v + 15) / 16 * 16;
    transpose(detector, p->n_u, p->n_v, scratch);
    shear_lines(self->fft_u, scratch, p->n_v, p->n_u, slope, p->centre_v, scratch + n_pixels);
    transpose(scratch, p->n_v, p->n_u, detector);
}

static void
shear_along_v(const LacSplatGeneral *self, float *detector, double slope, float *scratch)
{
    const LacSplatGeneralParams *p = &self->params;
    if (slope != 0.0)
        shear_lines(self->fft_v, detector, p->n_u, p->n_v, slope, p->centre_u, scratch);
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
footprint(const LacSplatGeneralParams *p, const LacMat3 *r, gsize x, gsize y, gsize z)
{
    LacVec3 at = { (double) x - (double) p->centre_x, (double) y - (double) p->centre_y,
        (double) z - (double) p->centre_z };
    LacVec3 q = lac_mat3_apply(r, at);
    double u = q.x + (double) p->centre_u, v = q.y + (double) p->centre_v;
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
                Footprint f = footprint(p, &view->rotation, x, y, z);
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
            Footprint f = footprint(p, &view->rotation, x, y, z);
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

static float *
worker_scratch(const LacSplatGeneral *self, guint worker)
{
    return self->scratch + worker * self->n_scratch;
}

static void
parallel(const LacSplatGeneral *self, gsize n, LacParallelFunc func, SplatArgs *args)
{
    if (lac_parallel_max_workers() <= self->n_workers)
        lac_parallel_for(n, 1, func, args);
    else
        func(0, n, 0, args); // more threads than there is scratch memory for
}

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
finish_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    const SplatArgs *args = data;
    const LacSplatGeneral *self = args->self;
    const LacSplatGeneralParams *p = &self->params;
    float *scratch = worker_scratch(self, worker);
    for (gsize k = begin; k < end; k++) {
        float *detector = args->detectors + k * p->n_u * p->n_v;
        for (gsize y = 0; y < p->ny && !self->views[k].is_sheared; y += LAC_TILE_WIDTH) {
            LacSplatTile tile = tile_at(p, y);
            forward_voxels(self, &self->views[k], &tile, args->volume + y * p->nz * p->nx,
                detector);
        }
        shear_along_v(self, detector, self->shears[k].mu, scratch);
        shear_along_u(self, detector, self->shears[k].tau, scratch);
    }
}

static void
unshear_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    const SplatArgs *args = data;
    const LacSplatGeneral *self = args->self;
    float *scratch = worker_scratch(self, worker);
    for (gsize k = begin; k < end; k++) {
        float *detector = args->detectors + k * self->params.n_u * self->params.n_v;
        shear_along_u(self, detector, -self->shears[k].tau, scratch);
        shear_along_v(self, detector, -self->shears[k].mu, scratch);
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
 * Drops every voxel with a separable cubic B-spline, along u and v or along the coordinates of
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
        parallel(self, n_tasks, forward_shears, &args);
    }
    parallel(self, p->n, finish_projections, &args);
}

/**
 * lac_splat_general_adjoint:
 * @self: a splat
 * @detectors: (n, n_u, n_v); overwritten
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
    parallel(self, p->n, unshear_projections, &args);
    gsize n_direct = p->n;
    for (int major_is_z = 0; major_is_z < 2; major_is_z++) {
        choose_shears(&args, major_is_z);
        n_direct -= args.n_shears;
        gsize n_tiles = (p->ny - 1) / LAC_TILE_WIDTH + 1, n_j = major_is_z ? p->nx : p->nz;
        args.per_tile = (n_j - 1) / ROWS_PER_TASK + 1;
        if (args.n_shears > 0)
            parallel(self, n_tiles * args.per_tile, adjoint_rows, &args);
    }
    if (n_direct > 0)
        parallel(self, p->nz, adjoint_planes, &args);
}
