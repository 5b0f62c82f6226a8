// SPDX-License-Identifier: GPL-3.0-or-later
// The two methods that RESIRE is compared with.
#include "core/recon/recon-private.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_SUM     1e-2f // rays and voxels that are hardly met count as this share of the largest
#define POWER_ITERATIONS 10
#define POWER_MARGIN     1.05

static struct LacReconState *
take_state(const LacReconRun *run, float *x)
{
    struct LacReconState *state = g_new0(struct LacReconState, 1);
    state->x = x;
    state->n_volume = run->n_volume;
    return state;
}

static void
invert_sums(float *sums, gsize n)
{
    float largest = G_MINFLOAT;
    for (gsize i = 0; i < n; i++)
        largest = MAX(largest, sums[i]);
    for (gsize i = 0; i < n; i++)
        sums[i] = 1.0f / MAX(sums[i], SMALLEST_SUM * largest);
}

typedef struct {
    float *x, *step, *voxel_weights;            // packed volumes
    float *calculated, *residual, *ray_weights; // packed projections
    float relaxation;
} Sirt;

static void
clear_sirt(Sirt *s)
{
    lac_free(s->x);
    lac_free(s->step);
    lac_free(s->voxel_weights);
    lac_free(s->calculated);
    lac_free(s->residual);
    lac_free(s->ray_weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sirt, clear_sirt)

static double
norm(const float *values, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += (double) values[i] * (double) values[i];
    return sqrt(sum);
}

// step := voxel weights times the back projection of ray weights times residual.
static void
weighted_step(LacReconRun *run, Sirt *s)
{
    for (gsize i = 0; i < run->n_pixels; i++)
        s->residual[i] *= s->ray_weights[i];
    lac_projector_adjoint(run->projector, s->residual, s->step);
    for (gsize i = 0; i < run->n_volume; i++)
        s->step[i] *= s->voxel_weights[i];
}

// Sums of weights bound the iteration only where no weight is negative. The exact operator rings, so
// that its largest eigenvalue is measured and the step shortened to match. Overwrites x with zero.
static gboolean
measure_relaxation(LacReconRun *run, Sirt *s, GError **error)
{
    double largest = 1.0;
    for (gsize i = 0; i < run->n_pixels; i++)
        s->residual[i] = (float) lac_rng_uniform(1, i);
    weighted_step(run, s);
    for (int i = 0; i < POWER_ITERATIONS; i++) {
        double length = norm(s->step, run->n_volume);
        for (gsize j = 0; j < run->n_volume; j++)
            s->x[j] = length > 0.0 ? (float) ((double) s->step[j] / length) : 0.0f;
        lac_projector_forward(run->projector, s->x, s->residual);
        weighted_step(run, s);
        largest = norm(s->step, run->n_volume);
        if (!lac_progress_update(run->progress, 0.0, error))
            return FALSE;
    }
    s->relaxation = (float) (1.0 / MAX(1.0, POWER_MARGIN * largest));
    memset(s->x, 0, run->n_volume * sizeof(float));
    return TRUE;
}

static gboolean
prepare_sirt(Sirt *s, LacReconRun *run, const float *start, GError **error)
{
    float **volumes[] = { &s->x, &s->step, &s->voxel_weights };
    float **projections[] = { &s->calculated, &s->residual, &s->ray_weights };
    for (gsize i = 0; i < 3; i++) {
        *volumes[i] = lac_alloc_floats(run->n_volume, error);
        if (*volumes[i] == NULL)
            return FALSE;
        *projections[i] = lac_alloc_floats(run->n_pixels, error);
        if (*projections[i] == NULL)
            return FALSE;
    }
    for (gsize i = 0; i < run->n_volume; i++)
        s->step[i] = run->mask != NULL ? run->mask[i] : 1.0f;
    lac_projector_forward(run->projector, s->step, s->ray_weights);
    for (gsize i = 0; i < run->n_pixels; i++)
        s->residual[i] = 1.0f;
    lac_projector_adjoint(run->projector, s->residual, s->voxel_weights);
    invert_sums(s->ray_weights, run->n_pixels);
    invert_sums(s->voxel_weights, run->n_volume);
    if (!measure_relaxation(run, s, error))
        return FALSE;
    if (start != NULL)
        memcpy(s->x, start, run->n_volume * sizeof(float));
    lac_projector_forward(run->projector, s->x, s->calculated);
    return TRUE;
}

/**
 * lac_sirt_run:
 * @run: an open run
 * @initial: (nullable): packed volume to start from; zero otherwise
 * @state: (nullable): where an earlier run stopped
 * @new_state: (out) (transfer full): where this run stopped
 * @error: return location for a #GError
 *
 * Simultaneous iterative reconstruction (doi:10.1016/0022-5193(72)90180-4): the residual divided by
 * each ray's length is back projected and divided by each voxel's sum of weights.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_sirt_run(LacReconRun *run, const float *initial, const struct LacReconState *state,
    struct LacReconState **new_state, GError **error)
{
    g_auto(Sirt) s = { 0 };
    if (!prepare_sirt(&s, run, state != NULL ? state->x : initial, error))
        return FALSE;
    const float lowest = run->params->positivity ? 0.0f : -INFINITY;
    gboolean stop = FALSE;
    for (guint i = 0; i < run->params->n_iterations && !stop; i++) {
        lac_recon_run_residual(run, s.calculated, s.residual);
        weighted_step(run, &s);
        for (gsize j = 0; j < run->n_volume; j++) {
            float next = s.x[j] - s.relaxation * s.step[j];
            s.x[j] = next > lowest ? next : lowest;
        }
        for (gsize j = 0; run->mask != NULL && j < run->n_volume; j++)
            s.x[j] *= run->mask[j];
        lac_projector_forward(run->projector, s.x, s.calculated);
        if (!lac_recon_run_step(run, i, s.x, s.calculated, &stop, error))
            return FALSE;
    }
    *new_state = take_state(run, g_steal_pointer(&s.x));
    return TRUE;
}

typedef struct {
    double tilt; // [deg]
    gsize k;
} Tilt;

static int
compare_tilt(const void *a, const void *b)
{
    double ta = ((const Tilt *) a)->tilt, tb = ((const Tilt *) b)->tilt;
    return ta < tb ? -1 : ta > tb ? 1 : 0;
}

// The range of tilt [rad] that each projection stands for: half the way to both neighbours.
static double *
tilt_weights(const LacSeries *series)
{
    gsize n = series->n;
    g_autofree Tilt *tilts = g_new(Tilt, n);
    double *weights = g_new(double, n);
    for (gsize k = 0; k < n; k++)
        tilts[k] = (Tilt){ series->angles[k].theta, k };
    qsort(tilts, n, sizeof *tilts, compare_tilt);
    for (gsize i = 0; i < n; i++) {
        double left = i > 0 ? tilts[i].tilt - tilts[i - 1].tilt : 0.0;
        double right = i + 1 < n ? tilts[i + 1].tilt - tilts[i].tilt : 0.0;
        if (i == 0)
            left = right;
        if (i + 1 == n)
            right = left;
        weights[tilts[i].k] = n > 1 ? 0.5 * (left + right) * G_PI / 180.0 : G_PI;
    }
    return weights;
}

/**
 * lac_wbp_run:
 * @run: an open run whose projector weighs with twice the ramp |fu|
 * @new_state: (out) (transfer full): the volume
 * @error: return location for a #GError
 *
 * Weighted back projection (the ramp as in doi:10.1073/pnas.68.9.2236): each projection is filtered
 * with the ramp across the tilt axis, weighed with the range of tilt it stands for, and back
 * projected. One pass; positivity does not apply.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_wbp_run(LacReconRun *run, struct LacReconState **new_state, GError **error)
{
    g_autofree double *weights = tilt_weights(run->series);
    float *filtered = lac_alloc_floats(run->n_pixels, error);
    float *x = filtered != NULL ? lac_alloc_floats(run->n_volume, error) : NULL;
    if (x == NULL) {
        lac_free(filtered);
        return FALSE;
    }
    gsize n_pixels = run->n_pixels / run->series->n;
    for (gsize k = 0; k < run->series->n; k++) {
        float weight = run->held_out[k] ? 0.0f : (float) (0.5 * weights[k]);
        for (gsize i = k * n_pixels; i < (k + 1) * n_pixels; i++)
            filtered[i] = weight * run->measured[i];
    }
    lac_projector_gradient(run->projector, filtered, x);
    for (gsize j = 0; run->mask != NULL && j < run->n_volume; j++)
        x[j] *= run->mask[j];
    lac_projector_forward(run->projector, x, filtered);
    gboolean stop;
    gboolean done = lac_recon_run_step(run, 0, x, filtered, &stop, error);
    lac_free(filtered);
    if (!done) {
        lac_free(x);
        return FALSE;
    }
    *new_state = take_state(run, x);
    return TRUE;
}
