// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms spread on a grid: shares of the eight nodes around, then a Gaussian.
#include "core/analysis/field.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define TRUNCATE 4.0 // [sigma]

typedef struct {
    const LacGrid *grid;
    float *field;
    float *taps; // of one side, the centre first; they sum to 1 over both sides
    gsize n_taps;
} SmoothArgs;

/**
 * lac_field_splat:
 * @grid: a grid
 * @p: [Å] a point; outside the grid nothing is added
 * @weight: what it weighs
 * @field: (inout) (array): receives shares of @weight at the eight nodes around @p, linear in the
 *   distance along each axis
 */
void
lac_field_splat(const LacGrid *grid, LacVec3 p, float weight, float *field)
{
    double u[3] = { (p.x - grid->origin.x) / grid->step, (p.y - grid->origin.y) / grid->step,
        (p.z - grid->origin.z) / grid->step };
    const gsize size[3] = { grid->nx, grid->ny, grid->nz };
    gsize at[3];
    float part[3][2];
    for (int d = 0; d < 3; d++) {
        if (!(u[d] >= 0 && u[d] < (double) (size[d] - 1)))
            return;
        at[d] = (gsize) u[d];
        part[d][1] = (float) (u[d] - (double) at[d]);
        part[d][0] = 1 - part[d][1];
    }
    for (gsize dz = 0; dz < 2; dz++)
        for (gsize dy = 0; dy < 2; dy++)
            for (gsize dx = 0; dx < 2; dx++)
                field[((at[2] + dz) * grid->ny + at[1] + dy) * grid->nx + at[0] + dx] +=
                    weight * part[0][dx] * part[1][dy] * part[2][dz];
}

static void
add_row(float *restrict sum, const float *restrict other, float tap, gsize n)
{
#pragma omp simd
    for (gsize i = 0; i < n; i++)
        sum[i] += tap * other[i];
}

static void
scale_row(float *restrict sum, const float *restrict other, float tap, gsize n)
{
#pragma omp simd
    for (gsize i = 0; i < n; i++)
        sum[i] = tap * other[i];
}

static void
smooth_x(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SmoothArgs *args = data;
    gsize nx = args->grid->nx;
    g_autofree float *row = g_new(float, nx);
    for (gsize r = begin; r < end; r++) {
        float *sum = args->field + r * nx;
        memcpy(row, sum, nx * sizeof *row);
        scale_row(sum, row, args->taps[0], nx);
        for (gsize k = 1; k < MIN(args->n_taps, nx); k++) {
            add_row(sum, row + k, args->taps[k], nx - k);
            add_row(sum + k, row, args->taps[k], nx - k);
        }
    }
}

static void
smooth_rows(const SmoothArgs *args, float *first, gsize stride, gsize n, float *copy)
{
    gsize nx = args->grid->nx;
    for (gsize j = 0; j < n; j++)
        memcpy(copy + j * nx, first + j * stride, nx * sizeof *copy);
    for (gsize j = 0; j < n; j++) {
        float *sum = first + j * stride;
        scale_row(sum, copy + j * nx, args->taps[0], nx);
        for (gsize k = 1; k < args->n_taps; k++) {
            if (j >= k)
                add_row(sum, copy + (j - k) * nx, args->taps[k], nx);
            if (j + k < n)
                add_row(sum, copy + (j + k) * nx, args->taps[k], nx);
        }
    }
}

static void
smooth_y(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SmoothArgs *args = data;
    const LacGrid *grid = args->grid;
    g_autofree float *copy = g_new(float, grid->nx * grid->ny);
    for (gsize iz = begin; iz < end; iz++)
        smooth_rows(args, args->field + iz * grid->ny * grid->nx, grid->nx, grid->ny, copy);
}

static void
smooth_z(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SmoothArgs *args = data;
    const LacGrid *grid = args->grid;
    g_autofree float *copy = g_new(float, grid->nx * grid->nz);
    for (gsize iy = begin; iy < end; iy++)
        smooth_rows(args, args->field + iy * grid->nx, grid->ny * grid->nx, grid->nz, copy);
}

/**
 * lac_field_smooth:
 * @grid: a grid
 * @sigma: [Å] standard deviation, above 0
 * @field: (inout) (array): convolved with a Gaussian that is cut at 4 @sigma and sums to 1; outside
 *   the grid lies nothing
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and @field undefined when cancelled
 */
gboolean
lac_field_smooth(const LacGrid *grid, double sigma, float *field, LacProgress *progress,
    GError **error)
{
    g_return_val_if_fail(sigma > 0, FALSE);

    double s = sigma / grid->step;
    SmoothArgs args = { .grid = grid, .field = field, .n_taps = (gsize) ceil(TRUNCATE * s) + 1 };
    args.taps = g_new(float, args.n_taps);
    g_autofree float *owned = args.taps;
    double sum = 1;
    for (gsize k = 1; k < args.n_taps; k++)
        sum += 2 * exp(-0.5 * (double) (k * k) / (s * s));
    for (gsize k = 0; k < args.n_taps; k++)
        owned[k] = (float) (exp(-0.5 * (double) (k * k) / (s * s)) / sum);
    if (!lac_progress_update(progress, 0, error))
        return FALSE;
    lac_parallel_for(grid->ny * grid->nz, 64, smooth_x, &args);
    if (!lac_progress_update(progress, 0.33, error))
        return FALSE;
    lac_parallel_for(grid->nz, 1, smooth_y, &args);
    if (!lac_progress_update(progress, 0.67, error))
        return FALSE;
    lac_parallel_for(grid->ny, 1, smooth_z, &args);
    return lac_progress_update(progress, 1, error);
}
