// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/recon-private.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define BLOCK            65536
#define POWER_ITERATIONS 10
#define POWER_MARGIN     1.01

typedef struct {
    float *x, *y, *gradient;
    const float *mask;
    float step, momentum;
    gboolean positivity;
    double *partial; // one per block
} UpdateArgs;

// gradient := the new iterate; partial := <y - new, new - x>.
static void
descend_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const UpdateArgs *args = data;
    const float *restrict x = args->x, *restrict y = args->y;
    float *restrict g = args->gradient;
    const float step = args->step, floor_value = args->positivity ? 0.0f : -INFINITY;
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (gsize i = begin; i < end; i++) {
        float next = y[i] - step * g[i];
        next = next > floor_value ? next : floor_value;
        g[i] = next;
        sum += (double) ((y[i] - next) * (next - x[i]));
    }
    args->partial[begin / BLOCK] = sum;
}

static void
mask_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const UpdateArgs *args = data;
    for (gsize i = begin; i < end; i++)
        args->gradient[i] *= args->mask[i];
}

// y := new + momentum (new - x), with the new iterate in gradient.
static void
extrapolate_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const UpdateArgs *args = data;
    const float *restrict x = args->x, *restrict next = args->gradient;
    float *restrict y = args->y;
    const float momentum = args->momentum;
#pragma omp simd
    for (gsize i = begin; i < end; i++)
        y[i] = next[i] + momentum * (next[i] - x[i]);
}

static double
sum_partials(const double *partial, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i += BLOCK)
        sum += partial[i / BLOCK];
    return sum;
}

// Work arrays of one run. Between iterations, gradient holds the iterate before x.
typedef struct {
    float *x, *y, *gradient;
    float *calculated, *previous; // projections of x and of the iterate before
    float *residual;
    double *partial;
} Arrays;

static void
clear_arrays(Arrays *a)
{
    lac_free(a->x);
    lac_free(a->y);
    lac_free(a->gradient);
    lac_free(a->calculated);
    lac_free(a->previous);
    lac_free(a->residual);
    g_free(a->partial);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arrays, clear_arrays)

static gboolean
allocate(Arrays *a, const LacReconRun *run, GError **error)
{
    a->partial = g_new0(double, run->n_volume / BLOCK + 1);
    float **volumes[] = { &a->x, &a->y, &a->gradient };
    float **projections[] = { &a->calculated, &a->previous, &a->residual };
    for (gsize i = 0; i < 3; i++) {
        *volumes[i] = lac_alloc_floats(run->n_volume, error);
        if (*volumes[i] == NULL)
            return FALSE;
        *projections[i] = lac_alloc_floats(run->n_pixels, error);
        if (*projections[i] == NULL)
            return FALSE;
    }
    return TRUE;
}

static void
apply_mask(const LacReconRun *run, float *values)
{
    UpdateArgs args = { .gradient = values, .mask = run->mask };
    if (run->mask != NULL)
        lac_parallel_for(run->n_volume, BLOCK, mask_block, &args);
}

// Largest eigenvalue of transpose(A) W A by power iteration; overwrites y and gradient.
static gboolean
measure_lipschitz(LacReconRun *run, Arrays *a, double *lipschitz, GError **error)
{
    // A back projection has no part in the padding, unlike random numbers everywhere.
    for (gsize i = 0; i < run->n_pixels; i++)
        a->residual[i] = (float) lac_rng_uniform(1, i);
    lac_projector_gradient(run->projector, a->residual, a->y);
    apply_mask(run, a->y);
    for (int i = 0; i < POWER_ITERATIONS; i++) {
        double norm = sqrt(lac_dot(a->y, a->y, run->n_volume));
        if (!(norm > 0.0)) {
            g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "No voxel of the volume (or of the mask) is seen by the projections");
            return FALSE;
        }
        float scale = (float) (1.0 / norm);
        for (gsize j = 0; j < run->n_volume; j++)
            a->y[j] *= scale;
        lac_projector_forward(run->projector, a->y, a->residual);
        lac_projector_gradient(run->projector, a->residual, a->gradient);
        apply_mask(run, a->gradient);
        *lipschitz = POWER_MARGIN * lac_dot(a->y, a->gradient, run->n_volume);
        float *swap = a->y;
        a->y = a->gradient;
        a->gradient = swap;
        lac_progress_message(run->progress, "Measuring the step size");
        if (!lac_progress_update(run->progress, 0.0, error))
            return FALSE;
    }
    return TRUE;
}

// residual := calculated minus measured projections of y = x + momentum (x - the iterate before);
// projecting is linear, so y itself need not be projected.
static void
extrapolated_residual(const LacReconRun *run, const Arrays *a, double momentum)
{
    const float m = (float) momentum;
    for (gsize i = 0; i < run->n_pixels; i++)
        a->residual[i] = a->calculated[i] + m * (a->calculated[i] - a->previous[i]);
    lac_recon_run_residual(run, a->residual, a->residual);
}

static void
swap(float **a, float **b)
{
    float *c = *a;
    *a = *b;
    *b = c;
}

// One step from y; afterwards x is the new iterate and y the next point.
static void
descend(const LacReconRun *run, Arrays *a, double step, double *t, double *momentum)
{
    UpdateArgs args = {
        .x = a->x,
        .y = a->y,
        .gradient = a->gradient,
        .mask = run->mask,
        .step = (float) step,
        .positivity = run->params->positivity,
        .partial = a->partial,
    };
    lac_parallel_for(run->n_volume, BLOCK, descend_block, &args);
    double uphill = sum_partials(a->partial, run->n_volume);
    apply_mask(run, a->gradient);
    *momentum = 0.0;
    if (run->params->accelerated) {
        if (uphill > 0.0)
            *t = 1.0;
        double next_t = 0.5 * (1.0 + sqrt(1.0 + 4.0 * *t * *t));
        *momentum = (*t - 1.0) / next_t;
        *t = next_t;
    }
    args.momentum = (float) *momentum;
    lac_parallel_for(run->n_volume, BLOCK, extrapolate_block, &args);
    swap(&a->x, &a->gradient);
}

// Puts the arrays where the run that made @state left them.
static void
resume_from(const LacReconRun *run, Arrays *a, const struct LacReconState *state)
{
    memcpy(a->gradient, state->x, run->n_volume * sizeof(float));
    memcpy(a->x, state->before, run->n_volume * sizeof(float));
    UpdateArgs args = {
        .x = a->x,
        .y = a->y,
        .gradient = a->gradient,
        .momentum = (float) state->momentum,
    };
    lac_parallel_for(run->n_volume, BLOCK, extrapolate_block, &args);
    swap(&a->x, &a->gradient);
    lac_projector_forward(run->projector, a->gradient, a->previous);
}

/**
 * lac_recon_state_free:
 * @state: (nullable) (transfer full): a state
 */
void
lac_recon_state_free(struct LacReconState *state)
{
    if (state == NULL)
        return;
    lac_free(state->x);
    lac_free(state->before);
    g_free(state);
}

/**
 * lac_resire_run:
 * @run: an open run
 * @initial: (nullable): packed coefficients to start from; zero otherwise
 * @state: (nullable): where an earlier run of the same geometry and parameters stopped
 * @new_state: (out) (transfer full): where this run stopped; its x is the result
 * @error: return location for a #GError
 *
 * Minimises half the weighted square norm of calculated minus measured projections over
 * coefficients that are not negative and zero outside the mask, by projected gradient steps:
 * RESIRE (doi:10.1038/s41598-023-31124-7) when plain, with Nesterov's momentum and gradient
 * restart (FISTA, doi:10.1137/080716542; doi:10.1007/s10208-013-9150-3) when accelerated.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_resire_run(LacReconRun *run, const float *initial, const struct LacReconState *state,
    struct LacReconState **new_state, GError **error)
{
    g_auto(Arrays) a = { 0 };
    if (!allocate(&a, run, error))
        return FALSE;
    const LacReconParams *params = run->params;
    double lipschitz = state != NULL ? state->lipschitz : 0.0, step;
    double t = state != NULL ? state->t : 1.0, momentum = state != NULL ? state->momentum : 0.0;
    if (params->step > 0.0) {
        step = params->step / ((double) run->series->n * (double) params->nz);
    }
    else {
        if (state == NULL && !measure_lipschitz(run, &a, &lipschitz, error))
            return FALSE;
        step = 1.0 / lipschitz;
    }
    memset(a.y, 0, run->n_volume * sizeof(float));
    memset(a.gradient, 0, run->n_volume * sizeof(float));
    if (state != NULL) {
        resume_from(run, &a, state);
    }
    else if (initial != NULL) {
        memcpy(a.x, initial, run->n_volume * sizeof(float));
        apply_mask(run, a.x);
        memcpy(a.y, a.x, run->n_volume * sizeof(float));
    }
    lac_projector_forward(run->projector, a.x, a.calculated);
    gboolean stop = FALSE;
    for (guint i = 0; i < params->n_iterations && !stop; i++) {
        extrapolated_residual(run, &a, momentum);
        lac_projector_gradient(run->projector, a.residual, a.gradient);
        if (lac_progress_is_cancelled(run->progress))
            return lac_progress_update(run->progress, 0.0, error);
        descend(run, &a, step, &t, &momentum);
        swap(&a.calculated, &a.previous);
        lac_projector_forward(run->projector, a.x, a.calculated);
        if (!lac_recon_run_step(run, i, a.x, a.calculated, &stop, error))
            return FALSE;
    }
    *new_state = g_new0(struct LacReconState, 1);
    (*new_state)->x = g_steal_pointer(&a.x);
    (*new_state)->before = g_steal_pointer(&a.gradient);
    (*new_state)->t = t;
    (*new_state)->momentum = momentum;
    (*new_state)->lipschitz = lipschitz;
    (*new_state)->n_volume = run->n_volume;
    return TRUE;
}
