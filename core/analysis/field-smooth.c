// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms spread on a grid: shares of the eight nodes around, then a Gaussian.
#include "core/analysis/field.h"
#include "core/clones.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define TRUNCATE 4.0 // [sigma]
#define CHUNK    32  // nodes that are summed up at a time
#define FEW      16  // nodes that are looked at at a time

// Where a row along x is not 0.
typedef struct {
    guint32 begin, end;
} Range;

typedef struct {
    const LacGrid *grid;
    float *field;
    float *taps; // of one side, the centre first; they sum to 1 over both sides
    gsize n_taps;
    Range *ranges; // (nz, ny)
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

// Sums up what lies stride apart to both sides, for some nodes beside each other.
LAC_CLONES static void
sum_chunk(const float *restrict centre, gssize stride, const float *restrict taps, gsize n_taps,
    float *restrict out)
{
    float sum[CHUNK];
#pragma omp simd
    for (gsize i = 0; i < CHUNK; i++)
        sum[i] = taps[0] * centre[i];
    for (gsize k = 1; k < n_taps; k++) {
        const float *low = centre - (gssize) k * stride, *high = centre + (gssize) k * stride;
        float tap = taps[k];
#pragma omp simd
        for (gsize i = 0; i < CHUNK; i++) {
            float partial = sum[i] + tap * low[i];
            sum[i] = partial + tap * high[i];
        }
    }
    memcpy(out, sum, sizeof sum);
}

G_ALWAYS_INLINE static inline gboolean
is_zero(const float *values)
{
    guint64 pairs[FEW / 2], any = 0;
    memcpy(pairs, values, sizeof pairs);
    for (gsize i = 0; i < FEW / 2; i++)
        any |= pairs[i];
    return any == 0;
}

static Range
find_range(const float *row, gsize n)
{
    gsize begin = 0, end = n;
    while (begin + FEW <= n && is_zero(row + begin))
        begin += FEW;
    while (begin < n && row[begin] == 0.0f)
        begin++;
    while (end >= begin + FEW && is_zero(row + end - FEW))
        end -= FEW;
    while (end > begin && row[end - 1] == 0.0f)
        end--;
    return (Range){ (guint32) begin, (guint32) end };
}

// Outside the rows' ranges there is nothing to sum up: most of a grid around a particle.
static void
smooth_x(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SmoothArgs *args = data;
    gsize nx = args->grid->nx, far = args->n_taps - 1;
    g_autofree float *row = g_new0(float, nx + CHUNK + 2 * far);
    float sum[CHUNK];
    for (gsize r = begin; r < end; r++) {
        float *out = args->field + r * nx;
        Range range = find_range(out, nx);
        if (range.begin < range.end) {
            memcpy(row + far, out, nx * sizeof *row);
            range.begin = (guint32) (range.begin > far ? range.begin - far : 0);
            range.end = (guint32) MIN(range.end + far, nx);
        }
        for (gsize x = range.begin; x < range.end; x += CHUNK) {
            sum_chunk(row + far + x, -1, args->taps, args->n_taps, sum);
            memcpy(out + x, sum, MIN(CHUNK, range.end - x) * sizeof *sum);
        }
        args->ranges[r] = range;
    }
}

// Rows along x that lie beside each other along another axis, from a first one on.
static void
smooth_rows(const SmoothArgs *args, gsize first, gsize stride, gsize n, float *copy)
{
    gsize nx = args->grid->nx, width = nx + CHUNK, far = args->n_taps - 1;
    g_autofree Range *before = g_new(Range, n);
    Range all = { G_MAXUINT32, 0 };
    for (gsize j = 0; j < n; j++) {
        before[j] = args->ranges[first + j * stride];
        if (before[j].begin < before[j].end) {
            all.begin = MIN(all.begin, before[j].begin);
            all.end = MAX(all.end, before[j].end);
        }
    }
    for (gsize j = 0; j < n && all.begin < all.end; j++)
        memcpy(copy + (far + j) * width + all.begin,
            args->field + (first + j * stride) * nx + all.begin,
            (all.end - all.begin) * sizeof *copy);
    float sum[CHUNK];
    for (gsize j = 0; j < n; j++) {
        Range range = { G_MAXUINT32, 0 };
        for (gsize k = j > far ? j - far : 0; k < MIN(j + far + 1, n); k++)
            if (before[k].begin < before[k].end) {
                range.begin = MIN(range.begin, before[k].begin);
                range.end = MAX(range.end, before[k].end);
            }
        float *out = args->field + (first + j * stride) * nx;
        for (gsize x = range.begin; x < range.end; x += CHUNK) {
            sum_chunk(copy + (far + j) * width + x, (gssize) width, args->taps, args->n_taps, sum);
            memcpy(out + x, sum, MIN(CHUNK, range.end - x) * sizeof *sum);
        }
        args->ranges[first + j * stride] = range;
    }
}

static void
smooth_y(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SmoothArgs *args = data;
    const LacGrid *grid = args->grid;
    gsize n_rows = grid->ny + 2 * (args->n_taps - 1);
    g_autofree float *copy = g_new0(float, (grid->nx + CHUNK) * n_rows);
    for (gsize iz = begin; iz < end; iz++)
        smooth_rows(args, iz * grid->ny, 1, grid->ny, copy);
}

static void
smooth_z(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const SmoothArgs *args = data;
    const LacGrid *grid = args->grid;
    gsize n_rows = grid->nz + 2 * (args->n_taps - 1);
    g_autofree float *copy = g_new0(float, (grid->nx + CHUNK) * n_rows);
    for (gsize iy = begin; iy < end; iy++)
        smooth_rows(args, iy, grid->ny, grid->nz, copy);
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
    g_autofree Range *ranges = g_new(Range, MAX(grid->ny * grid->nz, 1));
    args.ranges = ranges;
    if (!lac_progress_update(progress, 0, error))
        return FALSE;
    lac_parallel_for(grid->ny * grid->nz, 64, smooth_x, &args);
    if (!lac_progress_update(progress, 0.33, error))
        return FALSE;
    lac_parallel_for(grid->nz, 4, smooth_y, &args);
    if (!lac_progress_update(progress, 0.67, error))
        return FALSE;
    lac_parallel_for(grid->ny, 4, smooth_z, &args);
    return lac_progress_update(progress, 1, error);
}
