// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/align-reference.h"

#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/projector.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define BLOCK            65536
#define POWER_ITERATIONS 12
#define POWER_MARGIN     1.05 // angles change a little after it was measured
#define WEIGHT_ALPHA     0.5
#define WEIGHT_CAP       1.0
#define BLOB             1.0 // [pixel] atoms are no narrower, noise is

struct LacAlignReference {
    LacSeries *geometry; // angles are its own
    LacProjector *projector;
    double lipschitz;
    gsize n_volume, n_pixels;
    float *x, *y, *gradient;                 // packed volumes
    float *measured, *calculated, *residual; // packed projections
    float *before;
    float *plain; // a volume or projections as they are
};

static gboolean
make_projector(LacAlignReference *self, GError **error)
{
    const LacSeries *s = self->geometry;
    LacProjectorParams params = {
        .nx = s->nu,
        .ny = s->nv,
        .nz = s->nu,
        .nu = s->nu,
        .nv = s->nv,
        .n = s->n,
        .angles = s->angles,
        .blob_sigma = BLOB,
        .weight_alpha = WEIGHT_ALPHA,
        .weight_cap = WEIGHT_CAP,
    };
    g_clear_pointer(&self->projector, lac_projector_free);
    self->projector = lac_projector_new(&params, error);
    return self->projector != NULL;
}

/**
 * lac_align_reference_new:
 * @geometry: images whose shape and angles count
 * @error: return location for a #GError
 *
 * Returns: (transfer full): room for reconstructions, or %NULL with @error set
 */
LacAlignReference *
lac_align_reference_new(const LacSeries *geometry, GError **error)
{
    g_autoptr(LacAlignReference) self = g_new0(LacAlignReference, 1);
    self->geometry = lac_series_copy(geometry);
    if (!make_projector(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

static void
free_arrays(LacAlignReference *self)
{
    float **arrays[] = { &self->x, &self->y, &self->gradient, &self->measured, &self->calculated,
        &self->residual, &self->before, &self->plain };
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_clear_pointer(arrays[i], lac_free);
}

/**
 * lac_align_reference_free:
 * @self: (nullable) (transfer full): room for reconstructions
 */
void
lac_align_reference_free(LacAlignReference *self)
{
    if (self == NULL)
        return;
    lac_series_unref(self->geometry);
    lac_projector_free(self->projector);
    free_arrays(self);
    g_free(self);
}

// The packed layout depends on the angles: one axis or three.
static gboolean
allocate(LacAlignReference *self, GError **error)
{
    gsize n_volume = lac_projector_get_volume_size(self->projector);
    gsize n_pixels = lac_projector_get_projections_size(self->projector);
    const LacSeries *s = self->geometry;
    gsize n_plain = MAX(s->nu * s->nv * s->nu, n_pixels);
    if (self->x != NULL && n_volume == self->n_volume && n_pixels == self->n_pixels)
        return TRUE;
    free_arrays(self);
    self->n_volume = n_volume;
    self->n_pixels = n_pixels;
    struct {
        float **array;
        gsize n;
    } wanted[] = { { &self->x, n_volume }, { &self->y, n_volume }, { &self->gradient, n_volume },
        { &self->measured, n_pixels }, { &self->calculated, n_pixels },
        { &self->residual, n_pixels }, { &self->before, n_pixels }, { &self->plain, n_plain } };
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        *wanted[i].array = lac_alloc_floats(wanted[i].n, error);
        if (*wanted[i].array == NULL)
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_align_reference_set_angles:
 * @self: room for reconstructions
 * @angles: (array length=n): new angles, not far from the old ones
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_reference_set_angles(LacAlignReference *self, const LacAngles *angles, GError **error)
{
    gsize n_bytes = self->geometry->n * sizeof *angles;
    if (memcmp(self->geometry->angles, angles, n_bytes) == 0)
        return TRUE;
    memcpy(self->geometry->angles, angles, n_bytes);
    return make_projector(self, error);
}

/**
 * lac_align_reference_restart:
 * @self: room for reconstructions
 *
 * Forgets the object: the next reconstruction starts from nothing.
 */
void
lac_align_reference_restart(LacAlignReference *self)
{
    if (self->x != NULL)
        memset(self->x, 0, self->n_volume * sizeof(float));
}

typedef struct {
    float *x, *y, *gradient;
    float step, momentum;
} StepArgs;

// Largest eigenvalue of the gradient by power iteration; overwrites y and gradient.
static gboolean
measure_lipschitz(LacAlignReference *self, LacProgress *progress, GError **error)
{
    for (gsize i = 0; i < self->n_pixels; i++)
        self->residual[i] = (float) lac_rng_uniform(1, i);
    lac_projector_gradient(self->projector, self->residual, self->y);
    for (int i = 0; i < POWER_ITERATIONS; i++) {
        double norm = sqrt(lac_dot(self->y, self->y, self->n_volume));
        if (!(norm > 0.0)) {
            g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "No voxel of the volume is seen by the projections");
            return FALSE;
        }
        float scale = (float) (1.0 / norm);
        for (gsize j = 0; j < self->n_volume; j++)
            self->y[j] *= scale;
        lac_projector_forward(self->projector, self->y, self->residual);
        lac_projector_gradient(self->projector, self->residual, self->gradient);
        self->lipschitz = POWER_MARGIN * lac_dot(self->y, self->gradient, self->n_volume);
        float *swap = self->y;
        self->y = self->gradient;
        self->gradient = swap;
        if (lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, 0.0, error);
    }
    return TRUE;
}

// x := max(0, y - step gradient), y := x + momentum (x - the x before).
static void
descend_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const StepArgs *args = data;
    float *restrict x = args->x, *restrict y = args->y;
    const float *restrict g = args->gradient;
    const float step = args->step, momentum = args->momentum;
#pragma omp simd
    for (gsize i = begin; i < end; i++) {
        float next = y[i] - step * g[i];
        next = next > 0.0f ? next : 0.0f;
        y[i] = next + momentum * (next - x[i]);
        x[i] = next;
    }
}

// RESIRE from where the last one stopped; the excluded projections take no part.
static gboolean
reconstruct(LacAlignReference *self, const gboolean *excluded, guint n_iterations,
    LacProgress *progress, GError **error)
{
    const gsize n = self->geometry->n, n_image = self->n_pixels / n;
    memcpy(self->y, self->x, self->n_volume * sizeof(float));
    lac_projector_forward(self->projector, self->x, self->calculated);
    double t = 1.0, momentum = 0.0;
    for (guint i = 0; i < n_iterations; i++) {
        const float m = (float) momentum;
        for (gsize k = 0; k < n; k++) {
            const float weight = excluded[k] ? 0.0f : 1.0f;
            const gsize end = (k + 1) * n_image;
            for (gsize j = k * n_image; j < end; j++)
                self->residual[j] = weight *
                    (self->calculated[j] + m * (self->calculated[j] - self->before[j]) -
                        self->measured[j]);
        }
        lac_projector_gradient(self->projector, self->residual, self->gradient);
        double next_t = 0.5 * (1.0 + sqrt(1.0 + 4.0 * t * t));
        momentum = (t - 1.0) / next_t;
        t = next_t;
        StepArgs args = { .x = self->x,
            .y = self->y,
            .gradient = self->gradient,
            .step = (float) (1.0 / self->lipschitz),
            .momentum = (float) momentum };
        lac_parallel_for(self->n_volume, BLOCK, descend_block, &args);
        float *swap = self->before;
        self->before = self->calculated;
        self->calculated = swap;
        lac_projector_forward(self->projector, self->x, self->calculated);
        if (lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, 0.0, error);
    }
    return TRUE;
}

// Volume times its coordinate along one axis [pixel], projected.
static void
project_moment(LacAlignReference *self, const float *volume, guint axis, float *moment)
{
    const LacSeries *s = self->geometry;
    gsize nx = s->nu, ny = s->nv, nz = s->nu;
    for (gsize z = 0; z < nz; z++)
        for (gsize y = 0; y < ny; y++)
            for (gsize x = 0; x < nx; x++) {
                gssize at = axis == 0 ? (gssize) x - (gssize) (nx / 2)
                    : axis == 1       ? (gssize) y - (gssize) (ny / 2)
                                      : (gssize) z - (gssize) (nz / 2);
                gsize i = (z * ny + y) * nx + x;
                moment[i] = (float) at * volume[i];
            }
    lac_projector_pack_volume(self->projector, moment, self->y);
    lac_projector_forward(self->projector, self->y, self->residual);
}

// First moment of the object along the beam: the line integral of w times volume.
static gboolean
project_heights(LacAlignReference *self, float *heights, GError **error)
{
    const LacSeries *s = self->geometry;
    const gsize n_image = s->nv * s->nu, n_plain = s->nu * s->nv * s->nu;
    float *volume = lac_alloc_floats(n_plain, error);
    float *moment = volume != NULL ? lac_alloc_floats(n_plain, error) : NULL;
    if (moment == NULL) {
        lac_free(volume);
        return FALSE;
    }
    lac_projector_unpack_volume(self->projector, self->x, volume);
    for (guint axis = 0; axis < 3; axis++) {
        project_moment(self, volume, axis, moment);
        lac_projector_unpack_projections(self->projector, self->residual, self->plain);
        for (gsize k = 0; k < s->n; k++) {
            LacMat3 r = lac_align_rotation(&s->angles[k]);
            const float share = (float) r.m[2][axis];
            for (gsize i = k * n_image; i < (k + 1) * n_image; i++)
                heights[i] = (axis > 0 ? heights[i] : 0.0f) + share * self->plain[i];
        }
    }
    lac_free(volume);
    lac_free(moment);
    return TRUE;
}

/**
 * lac_align_reference_calculate:
 * @self: room for reconstructions
 * @measured: (n, nv, nu), each moved back by its shift
 * @excluded: (array length=n): which take no part
 * @n_iterations: of RESIRE with momentum, from where the last call stopped
 * @calculated: (out caller-allocates): (n, nv, nu)
 * @heights: (out caller-allocates) (nullable): (n, nv, nu): the integral along the beam of w [pixel]
 *   times the object, w from the rotation centre
 * @progress: (nullable): cancels
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_reference_calculate(LacAlignReference *self, const float *measured,
    const gboolean *excluded, guint n_iterations, float *calculated, float *heights,
    LacProgress *progress, GError **error)
{
    if (!allocate(self, error))
        return FALSE;
    lac_projector_set_progress(self->projector, progress);
    if (self->lipschitz == 0.0 && !measure_lipschitz(self, progress, error))
        return FALSE;
    lac_projector_pack_projections(self->projector, measured, self->measured);
    if (!reconstruct(self, excluded, n_iterations, progress, error))
        return FALSE;
    lac_projector_unpack_projections(self->projector, self->calculated, calculated);
    if (heights != NULL && !project_heights(self, heights, error))
        return FALSE;
    return !lac_progress_is_cancelled(progress) || lac_progress_update(progress, 0.0, error);
}
