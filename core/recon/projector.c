// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/projector.h"

#include "core/error.h"
#include "core/fft.h"
#include "core/parallel.h"
#include "core/recon/axis-filter.h"
#include "core/recon/shear-filter.h"
#include "core/recon/splat-general.h"
#include "core/recon/splat.h"
#include "core/recon/weight-filter.h"

#include <math.h>
#include <string.h>

#define MARGIN          8 // columns beyond the outermost voxel, wide enough for spline and filter
#define MIN_EXTENT      8 // leaves a tiny volume a detector wide enough for its padded rows
#define TASKS           8 // wanted at least, in groups of between so many angles
#define MIN_ANGLES      8
#define MAX_ANGLES      32
#define PLANES_PER_TASK 16 // a block of the kernels

struct LacProjector {
    LacProjectorParams params; // angles and shifts owned
    gsize nx, nz;              // of the packed volume, at least MIN_EXTENT
    gsize ny;                  // of the packed volume, a multiple of LAC_LANES
    gsize pad_u, pad_v;        // padded position of detector pixel (0, 0)
    gsize len_u, len_v;        // padded detector
    gboolean single_axis;
    LacSplatAngle *splat_angles; // single axis
    const LacSplatKernels *kernels;
    LacSplatGeneral *general;     // three angles
    LacAxisFilter *axis_filter;   // single axis
    LacShearFilter *shear_filter; // three angles
    LacWeightFilter *weight;      // (nullable)
    float *splats;                // padded projections: tiles (single axis) or (n, len_u, len_v)
    LacProgress *progress;        // (nullable) borrowed: cancels the inside of a step
    guint n_workers;              // threads that have scratch memory
    float *images;                // (nullable) per worker (len_u, len_v)
    float *scratch;               // per worker, for the filters
    gsize n_image, n_scratch;     // floats per worker
};

static void
set_extent(LacProjector *self)
{
    const LacProjectorParams *p = &self->params;
    self->nx = MAX(p->nx, MIN_EXTENT);
    self->nz = MAX(p->nz, MIN_EXTENT);
    self->ny = (p->ny + LAC_LANES - 1) / LAC_LANES * LAC_LANES;
}

// A shift beyond which no voxel is on the detector.
static double
largest_shift(const LacProjector *self, gboolean along_u)
{
    const LacProjectorParams *p = &self->params;
    double x = (double) self->nx, y = (double) self->ny, z = (double) self->nz;
    double size = (double) (along_u ? p->nu : p->nv);
    return ceil(0.5 * (sqrt(x * x + y * y + z * z) + size)) + MARGIN;
}

// [pixel] By how much projections are shifted along u at most.
static double
farthest_shift(const LacProjector *self)
{
    const LacProjectorParams *p = &self->params;
    double farthest = 0.0;
    for (gsize k = 0; p->shifts != NULL && k < p->n; k++)
        farthest = MAX(farthest, fabs(p->shifts[k].du));
    return farthest;
}

static LacSplatGeneralParams
general_params(const LacProjector *self)
{
    const LacProjectorParams *p = &self->params;
    return (LacSplatGeneralParams){
        .nx = self->nx,
        .ny = self->ny,
        .nz = self->nz,
        .centre_x = p->nx / 2,
        .centre_y = p->ny / 2,
        .centre_z = p->nz / 2,
        .n_u = self->len_u,
        .n_v = self->len_v,
        .centre_u = self->pad_u + p->nu / 2,
        .centre_v = self->pad_v + p->nv / 2,
        .n = p->n,
        .angles = p->angles,
        .shifts = p->shifts,
    };
}

// Pads one side of the detector so that splats fit, and lengthens it so that their shadows do not
// reach the measured window from the other side.
static void
lay_out_side(gsize n, double splat, double shadow, gsize *pad, gsize *length)
{
    *pad = (gsize) MAX(0.0, ceil(splat) - (double) (n / 2)) + MARGIN;
    gsize apart = n / 2 + (gsize) ceil(shadow) + 2 * MARGIN;
    *length = lac_fft_good_size(MAX(n + 2 * *pad, apart));
}

// Where things lie, as a function of the parameters alone.
static void
lay_out(LacProjector *self)
{
    const LacProjectorParams *p = &self->params;
    if (self->single_axis) {
        double x = (double) self->nx, z = (double) self->nz, radius = 0.5 * sqrt(x * x + z * z);
        // The weight's transform, if any, is of the detector alone and this much longer.
        gsize gap = 2 * (gsize) ceil(6.0 * MAX(p->blob_sigma, 1.0));
        gsize reach_u = (gsize) ceil(farthest_shift(self));
        self->pad_u = (gsize) MAX(0.0, ceil(radius - 0.5 * (double) p->nu)) + MARGIN + reach_u;
        self->len_u = lac_fft_good_size(p->nu + 2 * self->pad_u);
        self->len_v = lac_fft_good_size(p->nv + gap);
        return;
    }
    LacSplatGeneralParams general = general_params(self);
    LacSplatReach reach = lac_splat_general_measure(&general);
    lay_out_side(p->nu, reach.splat_u, reach.shadow_u, &self->pad_u, &self->len_u);
    lay_out_side(p->nv, reach.splat_v, reach.shadow_v, &self->pad_v, &self->len_v);
}

static void
place_single_axis(LacProjector *self)
{
    const LacProjectorParams *p = &self->params;
    self->splat_angles = g_new0(LacSplatAngle, p->n);
    for (gsize k = 0; k < p->n; k++) {
        LacMat3 r = lac_rotation_from_euler_deg(0.0, p->angles[k].theta, 0.0);
        double step_x = r.m[0][0], step_z = r.m[0][2];
        gboolean major_is_z = fabs(step_z) > fabs(step_x);
        self->splat_angles[k] = (LacSplatAngle){
            .a = major_is_z ? step_z : step_x,
            .b = major_is_z ? step_x : step_z,
            .u0 = (double) (self->pad_u + p->nu / 2) - step_x * (double) (p->nx / 2) -
                step_z * (double) (p->nz / 2) + (p->shifts != NULL ? p->shifts[k].du : 0.0),
            .major_is_z = major_is_z,
        };
    }
}

static gboolean
is_single_axis(const LacProjectorParams *params)
{
    for (gsize k = 0; k < params->n; k++)
        if (params->angles[k].phi != 0.0 || params->angles[k].psi != 0.0)
            return FALSE;
    return TRUE;
}

static gboolean
check_params(const LacProjectorParams *params, GError **error)
{
    gsize n;
    if (!lac_check_shape(params->nz, params->ny, params->nx, &n, error) ||
        !lac_check_shape(params->n, params->nv, params->nu, &n, error))
        return FALSE;
    if (!(params->blob_sigma >= 0.0 && params->blob_sigma <= 16.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A blob width of %g voxels is outside 0 to 16", params->blob_sigma);
        return FALSE;
    }
    for (gsize k = 0; k < params->n; k++) {
        const LacAngles *a = &params->angles[k];
        if (!isfinite(a->phi) || !isfinite(a->theta) || !isfinite(a->psi)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "The angles of projection %" G_GSIZE_FORMAT " are not finite", k + 1);
            return FALSE;
        }
        if (params->shifts != NULL &&
            !(isfinite(params->shifts[k].du) && isfinite(params->shifts[k].dv))) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "The shift of projection %" G_GSIZE_FORMAT " is not finite", k + 1);
            return FALSE;
        }
    }
    return TRUE;
}

// Shifts that take the object off the detector are as good as the smallest of them.
static LacShift *
dup_shifts(const LacProjector *self, const LacShift *shifts)
{
    double most_u = largest_shift(self, TRUE), most_v = largest_shift(self, FALSE);
    LacShift *copy = g_new(LacShift, self->params.n);
    for (gsize k = 0; k < self->params.n; k++)
        copy[k] = (LacShift){ CLAMP(shifts[k].du, -most_u, most_u),
            CLAMP(shifts[k].dv, -most_v, most_v) };
    return copy;
}

static gboolean
plan_single_axis(LacProjector *self, GError **error)
{
    const LacProjectorParams *p = &self->params;
    LacAxisFilterParams filter = {
        .n = p->n,
        .n_u = self->len_u,
        .window = self->pad_u,
        .nu = p->nu,
        .ny = p->ny,
        .n_rows = self->ny,
        .nv = p->nv,
        .shifts = p->shifts,
        .blob_sigma = p->blob_sigma,
    };
    place_single_axis(self);
    self->axis_filter = lac_axis_filter_new(&filter, error);
    if (self->axis_filter == NULL)
        return FALSE;
    self->n_scratch = lac_axis_filter_get_scratch_size(self->axis_filter);
    return TRUE;
}

static gboolean
plan_three_angles(LacProjector *self, GError **error)
{
    const LacProjectorParams *p = &self->params;
    LacSplatGeneralParams general = general_params(self);
    self->general = lac_splat_general_new(&general);
    LacShearFilterParams filter = {
        .n_u = self->len_u,
        .n_v = self->len_v,
        .centre_u = general.centre_u,
        .centre_v = general.centre_v,
        .blob_sigma = p->blob_sigma,
        .n = p->n,
        .shears = lac_splat_general_get_shears(self->general),
    };
    self->shear_filter = lac_shear_filter_new(&filter, error);
    if (self->shear_filter == NULL)
        return FALSE;
    self->n_scratch = lac_shear_filter_get_scratch_size(self->shear_filter);
    return TRUE;
}

static gboolean
plan_weight(LacProjector *self, GError **error)
{
    const LacProjectorParams *p = &self->params;
    LacWeightFilterParams filter = {
        .n_u = self->len_u,
        .n_v = self->len_v,
        .blob_sigma = p->blob_sigma,
        .alpha = p->weight_alpha,
        .cap = p->weight_cap,
        .ramp_floor = p->ramp_floor > 0.0 ? p->ramp_floor : 1.0 / (double) p->nu,
    };
    self->weight = lac_weight_filter_new(&filter, error);
    if (self->weight == NULL)
        return FALSE;
    self->n_scratch = MAX(self->n_scratch, lac_weight_filter_get_scratch_size(self->weight));
    return TRUE;
}

/**
 * lac_projector_new:
 * @params: shapes, angles [deg], shifts, blob and weight; copied
 * @error: return location for a #GError
 *
 * Prepares A = crop H S: S drops every voxel on a padded detector with a separable cubic B-spline,
 * H undoes the spline's spectrum, applies the blob and shifts, crop keeps the measured window. With a
 * single tilt axis the rows of the volume are independent in S and cost a sixteenth of the taps.
 *
 * Returns: (transfer full): the projector, or %NULL with @error set
 */
LacProjector *
lac_projector_new(const LacProjectorParams *params, GError **error)
{
    if (!check_params(params, error))
        return NULL;
    g_autoptr(LacProjector) self = g_new0(LacProjector, 1);
    self->params = *params;
    self->params.angles = g_memdup2(params->angles, params->n * sizeof *params->angles);
    self->params.shifts = NULL;
    set_extent(self);
    if (params->shifts != NULL)
        self->params.shifts = dup_shifts(self, params->shifts);
    self->single_axis = is_single_axis(params);
    self->kernels = lac_splat_kernels_for_this_cpu();
    lay_out(self);
    gsize rows = self->single_axis ? self->ny : self->len_v, n_splats;
    if (!lac_check_shape(params->n, self->len_u, rows, &n_splats, error))
        return NULL;
    self->splats = lac_alloc_floats(n_splats, error);
    if (self->splats == NULL)
        return NULL;
    if (!(self->single_axis ? plan_single_axis : plan_three_angles)(self, error))
        return NULL;
    if (params->weight_cap > 0.0 && !plan_weight(self, error))
        return NULL;
    self->n_workers = lac_parallel_max_workers();
    // Whole cache lines, so that each worker's part is aligned.
    self->n_scratch = (self->n_scratch + 15) / 16 * 16;
    self->n_image = (self->len_u * self->len_v + 15) / 16 * 16;
    self->scratch = lac_alloc_floats(self->n_workers * self->n_scratch, error);
    if (self->scratch == NULL)
        return NULL;
    if (!self->single_axis || self->weight != NULL) {
        self->images = lac_alloc_floats(self->n_workers * self->n_image, error);
        if (self->images == NULL)
            return NULL;
    }
    return g_steal_pointer(&self);
}

/**
 * lac_projector_free:
 * @self: (nullable) (transfer full): a projector
 */
void
lac_projector_free(LacProjector *self)
{
    if (self == NULL)
        return;
    g_free((gpointer) (guintptr) self->params.angles);
    g_free((gpointer) (guintptr) self->params.shifts);
    g_free(self->splat_angles);
    lac_splat_general_free(self->general);
    lac_axis_filter_free(self->axis_filter);
    lac_shear_filter_free(self->shear_filter);
    lac_weight_filter_free(self->weight);
    lac_free(self->splats);
    lac_free(self->images);
    lac_free(self->scratch);
    g_free(self);
}

/**
 * lac_projector_get_volume_size:
 * @self: a projector
 *
 * Returns: number of values of a packed volume
 */
gsize
lac_projector_get_volume_size(const LacProjector *self)
{
    return self->nx * self->ny * self->nz;
}

/**
 * lac_projector_get_projections_size:
 * @self: a projector
 *
 * Returns: number of values of packed projections, n nu nv
 */
gsize
lac_projector_get_projections_size(const LacProjector *self)
{
    return self->params.n * self->params.nu * self->params.nv;
}

/**
 * lac_projector_estimate_memory:
 * @params: shapes and angles
 *
 * Returns: [bytes] that the projector itself holds, packed volumes and projections not counted
 */
guint64
lac_projector_estimate_memory(const LacProjectorParams *params)
{
    LacProjector layout = { .params = *params, .single_axis = is_single_axis(params) };
    set_extent(&layout);
    g_autofree LacShift *shifts =
        params->shifts != NULL ? dup_shifts(&layout, params->shifts) : NULL;
    layout.params.shifts = shifts;
    lay_out(&layout);
    double rows = (double) (layout.single_axis ? layout.ny : layout.len_v);
    double splats = (double) params->n * (double) layout.len_u * rows;
    double n_gains = layout.single_axis ? 1.0 : (double) params->n + 1.0;
    double filter = n_gains * (double) (layout.len_u / 2 + 1) * (double) layout.len_v;
    double scratch = (double) lac_parallel_get_threads() * 2.0 * (double) layout.len_u *
        (double) (layout.len_v + 2);
    return (guint64) (4.0 * (splats + filter + scratch));
}

// --- layouts

// Tiles of the packed volume along y: each is contiguous, (nz, nx, width).
static gsize
tile_width(const LacProjector *self, gsize y)
{
    return MIN(LAC_TILE_WIDTH, self->ny - y);
}

typedef struct {
    const LacProjector *self;
    const float *in;
    float *out;
} CopyArgs;

static void
pack_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const CopyArgs *args = data;
    const LacProjector *self = args->self;
    const LacProjectorParams *p = &self->params;
    for (gsize z = begin; z < end; z++) {
        gsize width;
        for (gsize y0 = 0; y0 < self->ny; y0 += width) {
            width = tile_width(self, y0);
            float *tile = args->out + (y0 * self->nz + z * width) * self->nx;
            memset(tile, 0, self->nx * width * sizeof(float));
            if (z >= p->nz)
                continue;
            for (gsize y = y0; y < MIN(y0 + width, p->ny); y++)
                for (gsize x = 0; x < p->nx; x++)
                    tile[x * width + y - y0] = args->in[(z * p->ny + y) * p->nx + x];
        }
    }
}

static void
unpack_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const CopyArgs *args = data;
    const LacProjector *self = args->self;
    const LacProjectorParams *p = &self->params;
    for (gsize z = begin; z < end; z++) {
        gsize width;
        for (gsize y0 = 0; y0 < self->ny; y0 += width) {
            width = tile_width(self, y0);
            const float *tile = args->in + (y0 * self->nz + z * width) * self->nx;
            for (gsize y = y0; y < MIN(y0 + width, p->ny); y++)
                for (gsize x = 0; x < p->nx; x++)
                    args->out[(z * p->ny + y) * p->nx + x] = tile[x * width + y - y0];
        }
    }
}

/**
 * lac_projector_pack_volume:
 * @self: a projector
 * @volume: (nz, ny, nx)
 * @packed: (out caller-allocates): in the projector's layout
 */
void
lac_projector_pack_volume(const LacProjector *self, const float *volume, float *packed)
{
    CopyArgs args = { self, volume, packed };
    lac_parallel_for(self->nz, 4, pack_planes, &args);
}

/**
 * lac_projector_unpack_volume:
 * @self: a projector
 * @packed: in the projector's layout
 * @volume: (out caller-allocates): (nz, ny, nx)
 */
void
lac_projector_unpack_volume(const LacProjector *self, const float *packed, float *volume)
{
    CopyArgs args = { self, packed, volume };
    lac_parallel_for(self->params.nz, 4, unpack_planes, &args);
}

static void
transpose(const float *in, gsize n_rows, gsize n_columns, float *out)
{
    for (gsize i = 0; i < n_rows; i++)
        for (gsize j = 0; j < n_columns; j++)
            out[j * n_rows + i] = in[i * n_columns + j];
}

/**
 * lac_projector_pack_projections:
 * @self: a projector
 * @data: (n, nv, nu)
 * @packed: (out caller-allocates): (n, nu, nv)
 */
void
lac_projector_pack_projections(const LacProjector *self, const float *data, float *packed)
{
    const LacProjectorParams *p = &self->params;
    for (gsize k = 0; k < p->n; k++)
        transpose(data + k * p->nu * p->nv, p->nv, p->nu, packed + k * p->nu * p->nv);
}

/**
 * lac_projector_unpack_projections:
 * @self: a projector
 * @packed: (n, nu, nv)
 * @data: (out caller-allocates): (n, nv, nu)
 */
void
lac_projector_unpack_projections(const LacProjector *self, const float *packed, float *data)
{
    const LacProjectorParams *p = &self->params;
    for (gsize k = 0; k < p->n; k++)
        transpose(packed + k * p->nu * p->nv, p->nu, p->nv, data + k * p->nu * p->nv);
}

// --- splat

typedef struct {
    const LacProjector *self;
    LacSplatPlan plan;
    float *volume;
    gsize per_task; // projections or planes
    gsize per_tile; // tasks per tile
} SplatArgs;

static void
forward_tasks(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacProjector *self = args->self;
    for (gsize task = begin; task < end && !lac_progress_is_cancelled(self->progress); task++) {
        gsize y = task / args->per_tile * LAC_TILE_WIDTH, width = tile_width(self, y);
        gsize k = task % args->per_tile * args->per_task;
        args->self->kernels->forward(&args->plan, width, args->volume + y * self->nz * self->nx,
            self->splats + y * args->plan.n * args->plan.n_u, k,
            MIN(k + args->per_task, args->plan.n));
    }
}

static void
adjoint_tasks(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacProjector *self = args->self;
    for (gsize task = begin; task < end && !lac_progress_is_cancelled(self->progress); task++) {
        gsize y = task / args->per_tile * LAC_TILE_WIDTH, width = tile_width(self, y);
        gsize z = task % args->per_tile * args->per_task;
        args->self->kernels->adjoint(&args->plan, width,
            self->splats + y * args->plan.n * args->plan.n_u,
            args->volume + y * self->nz * self->nx, z, MIN(z + args->per_task, self->nz));
    }
}

static gsize
n_tiles(const LacProjector *self)
{
    return (self->ny - 1) / LAC_TILE_WIDTH + 1;
}

// Each group of angles reads the volume once: few groups, but enough tasks for all threads.
static gsize
angles_per_task(const LacProjector *self)
{
    gsize n = self->params.n, most = CLAMP(n * n_tiles(self) / TASKS, MIN_ANGLES, MAX_ANGLES);
    gsize n_groups = (n - 1) / most + 1;
    return (n - 1) / n_groups + 1;
}

static void
splat(const LacProjector *self, float *volume, LacParallelFunc func, gsize n_items, gsize per_task)
{
    SplatArgs args = {
        .self = self,
        .plan = { self->nx, self->nz, self->len_u, self->params.n, self->splat_angles },
        .volume = volume,
        .per_task = per_task,
        .per_tile = (n_items - 1) / per_task + 1,
    };
    lac_parallel_for(n_tiles(self) * args.per_tile, 1, func, &args);
}

// --- filter

typedef struct {
    const LacProjector *self;
    const float *in; // packed projections, when padding
    float *out;      // packed projections, when cropping
    gboolean weigh;  // the projections, before they are padded
} FilterArgs;

static float *
worker_image(const LacProjector *self, guint worker)
{
    return self->images + worker * self->n_image;
}

static float *
worker_scratch(const LacProjector *self, guint worker)
{
    return self->scratch + worker * self->n_scratch;
}

// Copies the measured window out of a padded image.
static void
crop_image(const LacProjector *self, const float *image, float *projection)
{
    const LacProjectorParams *p = &self->params;
    for (gsize u = 0; u < p->nu; u++)
        memcpy(projection + u * p->nv, image + (self->pad_u + u) * self->len_v + self->pad_v,
            p->nv * sizeof(float));
}

static void
pad_image(const LacProjector *self, const float *projection, float *image)
{
    const LacProjectorParams *p = &self->params;
    memset(image, 0, self->len_u * self->len_v * sizeof(float));
    for (gsize u = 0; u < p->nu; u++)
        memcpy(image + (self->pad_u + u) * self->len_v + self->pad_v, projection + u * p->nv,
            p->nv * sizeof(float));
}

static void
crop_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    const FilterArgs *args = data;
    const LacProjector *self = args->self;
    const LacProjectorParams *p = &self->params;
    const gsize n_image = self->len_u * self->len_v;
    float *scratch = worker_scratch(self, worker);
    for (gsize k = begin; k < end && !lac_progress_is_cancelled(self->progress); k++) {
        float *projection = args->out + k * p->nu * p->nv;
        if (self->single_axis) {
            lac_axis_filter_crop(self->axis_filter, k, self->splats, projection, scratch);
            continue;
        }
        float *image = worker_image(self, worker);
        memcpy(image, self->splats + k * n_image, n_image * sizeof(float));
        lac_shear_filter_forward(self->shear_filter, k, image, scratch);
        crop_image(self, image, projection);
    }
}

// Sets what lies outside the measured window to zero.
static void
clear_margin(const LacProjector *self, float *image)
{
    const LacProjectorParams *p = &self->params;
    gsize end_u = self->pad_u + p->nu, end_v = self->pad_v + p->nv;
    memset(image, 0, self->pad_u * self->len_v * sizeof(float));
    memset(image + end_u * self->len_v, 0, (self->len_u - end_u) * self->len_v * sizeof(float));
    for (gsize u = self->pad_u; u < end_u; u++) {
        memset(image + u * self->len_v, 0, self->pad_v * sizeof(float));
        memset(image + u * self->len_v + end_v, 0, (self->len_v - end_v) * sizeof(float));
    }
}

// Projection k as it is back projected, with a margin of zeros.
static void
pad_projection(const FilterArgs *args, gsize k, float *image, float *scratch)
{
    const LacProjector *self = args->self;
    pad_image(self, args->in + k * self->params.nu * self->params.nv, image);
    if (args->weigh) {
        lac_weight_filter_apply(self->weight, image, scratch);
        clear_margin(self, image);
    }
}

static void
pad_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    const FilterArgs *args = data;
    const LacProjector *self = args->self;
    const LacProjectorParams *p = &self->params;
    const gsize n_image = self->len_u * self->len_v;
    float *scratch = worker_scratch(self, worker);
    for (gsize k = begin; k < end && !lac_progress_is_cancelled(self->progress); k++) {
        const float *projection = args->in + k * p->nu * p->nv;
        float *image = worker_image(self, worker);
        if (!self->single_axis) {
            pad_projection(args, k, image, scratch);
            lac_shear_filter_adjoint(self->shear_filter, k, image, scratch);
            memcpy(self->splats + k * n_image, image, n_image * sizeof(float));
        }
        else if (args->weigh) {
            pad_projection(args, k, image, scratch);
            crop_image(self, image, image); // every row moves towards the front
            lac_axis_filter_pad(self->axis_filter, k, image, self->splats, scratch);
        }
        else {
            lac_axis_filter_pad(self->axis_filter, k, projection, self->splats, scratch);
        }
    }
}

static void
filter_all(const LacProjector *self, LacParallelFunc func, const float *in, float *out,
    gboolean weigh)
{
    FilterArgs args = { .self = self, .in = in, .out = out, .weigh = weigh };
    if (lac_parallel_max_workers() <= self->n_workers)
        lac_parallel_for(self->params.n, 1, func, &args);
    else
        func(0, self->params.n, 0, &args); // more threads than there is scratch memory for
}

/**
 * lac_projector_set_progress:
 * @self: a projector
 * @progress: (nullable) (transfer none): asked inside every step; must outlive its use
 *
 * Once @progress is cancelled, steps return early with meaningless results.
 */
void
lac_projector_set_progress(LacProjector *self, LacProgress *progress)
{
    self->progress = progress;
}

/**
 * lac_projector_forward:
 * @self: a projector
 * @volume: packed coefficients
 * @projections: (out caller-allocates): (n, nu, nv), the line integrals A volume in units of a
 *   voxel's value times its edge
 */
void
lac_projector_forward(LacProjector *self, const float *volume, float *projections)
{
    float *in = (float *) (guintptr) volume; // read only
    if (self->single_axis)
        splat(self, in, forward_tasks, self->params.n, angles_per_task(self));
    else
        lac_splat_general_forward(self->general, volume, self->splats);
    filter_all(self, crop_projections, NULL, projections, FALSE);
}

// Voxels that only pad the volume get no gradient.
static void
clear_padding(const LacProjector *self, float *volume)
{
    const LacProjectorParams *p = &self->params;
    if (self->nx == p->nx && self->nz == p->nz && self->ny == p->ny)
        return;
    gsize width;
    for (gsize y = 0; y < self->ny; y += width) {
        width = tile_width(self, y);
        float *run = volume + y * self->nz * self->nx;
        gsize n_y = MIN(width, p->ny - y);
        for (gsize z = 0; z < self->nz; z++) {
            for (gsize x = 0; x < self->nx; x++, run += width) {
                gsize n_kept = z < p->nz && x < p->nx ? n_y : 0;
                memset(run + n_kept, 0, (width - n_kept) * sizeof(float));
            }
        }
    }
}

static void
back_project(LacProjector *self, const float *projections, gboolean weigh, float *volume)
{
    filter_all(self, pad_projections, projections, NULL, weigh);
    if (self->single_axis)
        splat(self, volume, adjoint_tasks, self->nz, PLANES_PER_TASK);
    else
        lac_splat_general_adjoint(self->general, self->splats, volume);
    clear_padding(self, volume);
}

/**
 * lac_projector_adjoint:
 * @self: a projector
 * @projections: (n, nu, nv)
 * @volume: (out caller-allocates): packed, the transpose of A applied to @projections
 */
void
lac_projector_adjoint(LacProjector *self, const float *projections, float *volume)
{
    back_project(self, projections, FALSE, volume);
}

/**
 * lac_projector_gradient:
 * @self: a projector
 * @residual: (n, nu, nv), calculated minus measured, 0 where nothing was measured
 * @volume: (out caller-allocates): packed
 *
 * Computes transpose(A) crop W pad residual, the gradient of half the residual's square norm weighted
 * in Fourier space by W(fu, fv) = (sqrt(fu^2 + f0^2) / 0.5)^alpha / (exp(-4 pi^2 s^2 |f|^2) + 1 / cap), which undoes
 * the uneven sampling of frequencies and the blob's roll-off. Without weight it is the adjoint.
 */
void
lac_projector_gradient(LacProjector *self, const float *residual, float *volume)
{
    back_project(self, residual, self->params.weight_cap > 0.0, volume);
}
