// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel.h"
#include "core/rng.h"
#include "core/trace/match-private.h"

#include <math.h>

#define GRAIN       256
#define MOST_ROUNDS 1000
#define SMALLEST    1e-4 // [Å] sum of the components of a mean difference
#define N_CHANCES   8    // displacements that are averaged
#define CHANCE_SEED G_GUINT64_CONSTANT(0x6368616e6365)
#define CHANCE_NEAR 3.0 // [Å]
#define CHANCE_FAR  6.0
#define PM          100.0 // per ångström

typedef struct {
    const LacPoints *model, *truth;
    const LacCells *cells;
    LacMotion motion;
    double cutoff;
    gsize *nearest; // per atom of the model: one of the truth, or G_MAXSIZE
} NearestArgs;

static void
find_nearest(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const NearestArgs *args = data;
    for (gsize i = begin; i < end; i++) {
        LacVec3 p = lac_motion_apply(&args->motion, lac_points_get(args->model, i));
        args->nearest[i] = G_MAXSIZE;
        lac_cells_find_nearest(args->cells, p, args->cutoff, G_MAXSIZE, &args->nearest[i], NULL);
    }
}

// Sums of the differences that are kept, and of their squares.
typedef struct {
    gsize n;
    double mean[3], variance[3];
} Kept;

static Kept
get_kept(const NearestArgs *args)
{
    Kept kept = { 0 };
    for (int pass = 0; pass < 2; pass++) {
        gsize n = 0;
        for (gsize i = 0; i < args->model->n; i++) {
            if (args->nearest[i] == G_MAXSIZE)
                continue;
            LacVec3 p = lac_motion_apply(&args->motion, lac_points_get(args->model, i));
            LacVec3 q = lac_points_get(args->truth, args->nearest[i]);
            const double d[3] = { q.x - p.x, q.y - p.y, q.z - p.z };
            n++;
            for (int a = 0; a < 3; a++) {
                if (pass == 0)
                    kept.mean[a] += d[a];
                else
                    kept.variance[a] += (d[a] - kept.mean[a]) * (d[a] - kept.mean[a]);
            }
        }
        for (int a = 0; a < 3 && n > 0; a++) {
            if (pass == 0)
                kept.mean[a] /= (double) n;
            else
                kept.variance[a] /= (double) (n - 1); // NaN of a single one
        }
        kept.n = n;
    }
    return kept;
}

// A displacement of random direction, 3 to 6 Å long.
static LacVec3
get_displacement(guint number)
{
    guint64 first = 3 * (guint64) number;
    double length = CHANCE_NEAR + (CHANCE_FAR - CHANCE_NEAR) * lac_rng_uniform(CHANCE_SEED, first);
    double z = 2.0 * lac_rng_uniform(CHANCE_SEED, first + 1) - 1.0;
    double angle = 2.0 * G_PI * lac_rng_uniform(CHANCE_SEED, first + 2);
    double r = sqrt(1.0 - z * z);
    return (LacVec3){ length * r * cos(angle), length * r * sin(angle), length * z };
}

static gboolean
get_chance(NearestArgs *args, double *chance, LacProgress *progress, GError **error)
{
    const LacMotion aligned = args->motion;
    gsize n_kept = 0;
    for (guint k = 0; k < N_CHANCES; k++) {
        if (lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, 0.9, error);
        LacVec3 d = get_displacement(k);
        args->motion.shift =
            (LacVec3){ aligned.shift.x + d.x, aligned.shift.y + d.y, aligned.shift.z + d.z };
        lac_parallel_for(args->model->n, GRAIN, find_nearest, args);
        for (gsize i = 0; i < args->model->n; i++)
            n_kept += args->nearest[i] != G_MAXSIZE ? 1 : 0;
    }
    *chance = (double) n_kept / N_CHANCES / (double) args->truth->n;
    return TRUE;
}

/**
 * lac_match_published:
 * @model: positions, at least one
 * @truth: positions, at least one
 * @motion: of the model; its shift is where to begin when centroids are not used
 * @centre: whether to begin with both centroids at one place
 * @result: (inout): its cutoff is read, the rest filled
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * The rule of published work (doi:10.1038/s41586-021-03354-0): each atom of the model takes the
 * nearest of the truth, if it lies within the cutoff, and the model moves by the mean difference
 * until that vanishes. Beside it the share that chance gives.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_match_published(const LacPoints *model, const LacPoints *truth, const LacMotion *motion,
    gboolean centre, LacMatchPublished *result, LacProgress *progress, GError **error)
{
    g_autoptr(LacCells) cells =
        lac_cells_new(truth->x, truth->y, truth->z, NULL, truth->n, result->cutoff, error);
    if (cells == NULL)
        return FALSE;
    g_autofree gsize *nearest = g_new(gsize, model->n);
    NearestArgs args = { model, truth, cells, *motion, result->cutoff, nearest };
    if (centre) {
        LacVec3 from = lac_mat3_apply(&motion->rotation, lac_points_get_mean(model));
        LacVec3 to = lac_points_get_mean(truth);
        args.motion.shift = (LacVec3){ to.x - from.x, to.y - from.y, to.z - from.z };
    }
    Kept kept = { 0 };
    for (guint round = 0; round < MOST_ROUNDS; round++) {
        if (lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, 0.5, error);
        lac_parallel_for(model->n, GRAIN, find_nearest, &args);
        kept = get_kept(&args);
        args.motion.shift.x += kept.mean[0];
        args.motion.shift.y += kept.mean[1];
        args.motion.shift.z += kept.mean[2];
        if (fabs(kept.mean[0]) + fabs(kept.mean[1]) + fabs(kept.mean[2]) <= SMALLEST)
            break;
    }
    result->n_kept = kept.n;
    result->share = (double) kept.n / (double) truth->n;
    result->rmsd = (double) NAN;
    if (kept.n > 0)
        result->rmsd = PM * sqrt(kept.variance[0] + kept.variance[1] + kept.variance[2]);
    return get_chance(&args, &result->chance, progress, error);
}
