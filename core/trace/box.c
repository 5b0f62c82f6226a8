// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/box.h"

#include "core/error.h"
#include "core/parallel.h"
#include "core/trace/grid.h"

#include <math.h>

#define STEPS        3    // per voxel
#define DEFAULT_HALF 3    // [steps] the published ball of 179 points
#define LARGEST_HALF 24   // [steps] eight voxels
#define GRAIN        64   // atoms per block
#define BATCH        8192 // atoms between two looks at the progress
#define FARTHEST     1e6  // [voxel] beyond this a position is in no volume

/**
 * lac_box_new:
 * @volume: where samples will be taken; only its voxel size matters
 * @radius: [Å] of the ball; 0: 7/6 voxel, the published one of 179 points
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the points of the ball, or %NULL with @error set when the radius is
 *   negative, not a number, or beyond eight voxels
 */
LacBox *
lac_box_new(const LacVolume *volume, double radius, GError **error)
{
    double step = lac_grid_get_voxel_size(volume) / STEPS;
    double reach = radius == 0.0 ? DEFAULT_HALF + 0.5 : radius / step;
    if (!(reach >= 0.0) || reach > LARGEST_HALF) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "An integration radius of %g Å is outside 0 to %g Å, eight voxels", radius,
            LARGEST_HALF * step);
        return NULL;
    }
    int half = (int) floor(reach);
    gsize side = 2 * (gsize) half + 1;
    LacBox *self = g_new0(LacBox, 1);
    self->half = (guint) half;
    self->ix = g_new(guint8, side * side * side);
    self->iy = g_new(guint8, side * side * side);
    self->iz = g_new(guint8, side * side * side);
    for (int k = -half; k <= half; k++)
        for (int j = -half; j <= half; j++)
            for (int i = -half; i <= half; i++) {
                if (i * i + j * j + k * k > reach * reach * (1.0 + 1e-12))
                    continue;
                self->ix[self->n] = (guint8) (i + half);
                self->iy[self->n] = (guint8) (j + half);
                self->iz[self->n] = (guint8) (k + half);
                self->n++;
            }
    return self;
}

/**
 * lac_box_free:
 * @self: (nullable) (transfer full): points of a ball
 */
void
lac_box_free(LacBox *self)
{
    if (self == NULL)
        return;
    g_free(self->ix);
    g_free(self->iy);
    g_free(self->iz);
    g_free(self);
}

// Where the points of one axis fall: the voxel below and the weight of the one above. What lies
// outside of the volume points to voxel 0 with weights of 0.
typedef struct {
    gsize below[2 * LARGEST_HALF + 1], above[2 * LARGEST_HALF + 1];
    float low[2 * LARGEST_HALF + 1], high[2 * LARGEST_HALF + 1];
} Axis;

static void
place_axis(Axis *axis, double centre, guint half, gsize size, gsize stride)
{
    for (guint s = 0; s <= 2 * half; s++) {
        double at = centre + ((double) s - (double) half) / STEPS;
        double whole = floor(at);
        float part = (float) (at - whole);
        gboolean has_below = whole >= 0.0 && whole < (double) size;
        gboolean has_above = whole + 1.0 >= 0.0 && whole + 1.0 < (double) size;
        axis->below[s] = has_below ? (gsize) whole * stride : 0;
        axis->above[s] = has_above ? (gsize) (whole + 1.0) * stride : 0;
        axis->low[s] = has_below ? 1.0f - part : 0.0f;
        axis->high[s] = has_above ? part : 0.0f;
    }
}

/**
 * lac_box_sample:
 * @self: points of a ball
 * @volume: to be sampled; 0 outside
 * @position: [Å] of the centre of the ball
 * @samples: (out caller-allocates) (array): receives the trilinear samples, one per point
 */
void
lac_box_sample(const LacBox *self, const LacVolume *volume, LacVec3 position, float *samples)
{
    Axis x, y, z;
    LacVec3 c = lac_grid_from_position(volume, position);
    if (!(fabs(c.x) < FARTHEST && fabs(c.y) < FARTHEST && fabs(c.z) < FARTHEST)) {
        for (gsize p = 0; p < self->n; p++)
            samples[p] = 0.0f;
        return;
    }
    place_axis(&x, c.x, self->half, volume->nx, 1);
    place_axis(&y, c.y, self->half, volume->ny, volume->nx);
    place_axis(&z, c.z, self->half, volume->nz, volume->nx * volume->ny);
    const float *restrict data = volume->data;
    for (gsize p = 0; p < self->n; p++) {
        guint i = self->ix[p], j = self->iy[p], k = self->iz[p];
        const float *near = data + z.below[k], *far = data + z.above[k];
        float front = y.low[j] *
                (x.low[i] * near[y.below[j] + x.below[i]] +
                    x.high[i] * near[y.below[j] + x.above[i]]) +
            y.high[j] *
                (x.low[i] * near[y.above[j] + x.below[i]] +
                    x.high[i] * near[y.above[j] + x.above[i]]);
        float back = y.low[j] *
                (x.low[i] * far[y.below[j] + x.below[i]] +
                    x.high[i] * far[y.below[j] + x.above[i]]) +
            y.high[j] *
                (x.low[i] * far[y.above[j] + x.below[i]] +
                    x.high[i] * far[y.above[j] + x.above[i]]);
        samples[p] = z.low[k] * front + z.high[k] * back;
    }
}

typedef struct {
    const LacVolume *volume;
    const LacBox *box;
    const LacAtoms *atoms;
    double *intensity;
    float *samples; // per worker
    gsize first;
} SumArgs;

static void
sum_block(gsize begin, gsize end, guint worker, gpointer data)
{
    const SumArgs *args = data;
    float *samples = args->samples + worker * args->box->n;
    for (gsize b = begin; b < end; b++) {
        gsize i = args->first + b;
        LacVec3 p = { args->atoms->x[i], args->atoms->y[i], args->atoms->z[i] };
        lac_box_sample(args->box, args->volume, p, samples);
        double sum = 0.0;
        for (gsize s = 0; s < args->box->n; s++)
            sum += (double) samples[s];
        args->intensity[i] = sum;
    }
}

/**
 * lac_box_intensities:
 * @volume: where the atoms were found
 * @atoms: atoms not published yet; their column %LAC_COLUMN_INTENSITY is filled, and added if new
 * @radius: [Å] of the ball; 0: 7/6 voxel
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Integrates every peak, rejected ones too: the sum of the samples in a ball about it.
 *
 * Returns: %TRUE, or %FALSE with @error set and the column undefined
 */
gboolean
lac_box_intensities(const LacVolume *volume, LacAtoms *atoms, double radius, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacBox) box = lac_box_new(volume, radius, error);
    if (box == NULL)
        return FALSE;
    g_autofree float *samples = g_new(float, lac_parallel_max_workers() * box->n);
    SumArgs args = { .volume = volume, .box = box, .atoms = atoms, .samples = samples };
    args.intensity = lac_atoms_ensure_column(atoms, LAC_COLUMN_INTENSITY);
    for (; args.first < atoms->n; args.first += BATCH) {
        if (!lac_progress_update(progress, (double) args.first / (double) atoms->n, error))
            return FALSE;
        lac_parallel_for(MIN(BATCH, atoms->n - args.first), GRAIN, sum_block, &args);
    }
    return TRUE;
}
