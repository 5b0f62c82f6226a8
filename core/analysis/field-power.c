// SPDX-License-Identifier: GPL-3.0-or-later
// Separable distance transforms: unions of balls, and distances to a mask.
#include "core/analysis/field.h"
#include "core/array.h"
#include "core/clones.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define CHUNK 32 // nodes along x that are lowered at a time

// Along one axis, out(i) = min over k of in(i + k) + (k h)^2. Done for some nodes along x at a time
// (along x itself for shifted copies of a row), from near to far, until the rest cannot win.
typedef struct {
    const LacGrid *grid;
    float *field;
    float lowest;   // of the whole field [Å^2]
    gsize furthest; // nodes to look to each side
} PowerArgs;

G_ALWAYS_INLINE static inline void
lower_chunk(float *restrict best, const float *restrict other, float penalty)
{
#pragma omp simd
    for (gsize i = 0; i < CHUNK; i++) {
        float value = other[i] + penalty;
        best[i] = value < best[i] ? value : best[i];
    }
}

G_ALWAYS_INLINE static inline float
get_most(const float *values)
{
    float most = -HUGE_VALF;
#pragma omp simd reduction(max : most)
    for (gsize i = 0; i < CHUNK; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

G_ALWAYS_INLINE static inline float
get_least(const float *values)
{
    float least = HUGE_VALF;
#pragma omp simd reduction(min : least)
    for (gsize i = 0; i < CHUNK; i++)
        least = values[i] < least ? values[i] : least;
    return least;
}

static float
penalty_of(const PowerArgs *args, gsize k)
{
    float distance = (float) (args->grid->step * (double) k);
    return distance * distance;
}

// Where a chunk begins, so that the last one ends with the row.
static gsize
chunk_at(gsize c, gsize nx)
{
    return nx < CHUNK ? 0 : MIN(c * CHUNK, nx - CHUNK);
}

LAC_CLONES static void
transform_x(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    gsize nx = args->grid->nx, far = MIN(args->furthest, nx - 1), n_padded = nx + CHUNK + 2 * far;
    g_autofree float *row = g_new(float, n_padded);
    for (gsize i = 0; i < n_padded; i++)
        row[i] = LAC_FIELD_NOWHERE;
    for (gsize r = begin; r < end; r++) {
        float *out = args->field + r * nx, best[CHUNK];
        memcpy(row + far, out, nx * sizeof *row);
        for (gsize c = 0; c * CHUNK < nx; c++) {
            gsize x = chunk_at(c, nx);
            const float *centre = row + far + x;
            memcpy(best, centre, sizeof best);
            float most = get_most(best);
            for (gsize k = 1; k <= far && args->lowest + penalty_of(args, k) < most; k++) {
                lower_chunk(best, centre - k, penalty_of(args, k));
                lower_chunk(best, centre + k, penalty_of(args, k));
                most = get_most(best);
            }
            memcpy(out + x, best, MIN(CHUNK, nx) * sizeof *best);
        }
    }
}

// Rows along x that lie beside each other along another axis: copied, then lowered by each other.
LAC_CLONES static void
transform_rows(const PowerArgs *args, float *first, gsize stride, gsize n, float *copy)
{
    gsize nx = args->grid->nx, width = MAX(nx, CHUNK), n_chunks = (nx + CHUNK - 1) / CHUNK;
    g_autofree float *least = g_new(float, n *n_chunks);
    for (gsize j = 0; j < n; j++) {
        memcpy(copy + j * width, first + j * stride, nx * sizeof *copy);
        for (gsize c = 0; c < n_chunks; c++)
            least[j * n_chunks + c] = get_least(copy + j * width + chunk_at(c, nx));
    }
    for (gsize j = 0; j < n; j++)
        for (gsize c = 0; c < n_chunks; c++) {
            gsize x = chunk_at(c, nx);
            const float *centre = copy + j * width + x;
            float best[CHUNK];
            memcpy(best, centre, sizeof best);
            float most = get_most(best);
            for (gsize k = 1; k <= args->furthest && k < n; k++) {
                float penalty = penalty_of(args, k);
                if (args->lowest + penalty >= most)
                    break;
                gboolean is_low = j >= k && least[(j - k) * n_chunks + c] + penalty < most;
                gboolean is_high = j + k < n && least[(j + k) * n_chunks + c] + penalty < most;
                if (is_low)
                    lower_chunk(best, centre - k * width, penalty);
                if (is_high)
                    lower_chunk(best, centre + k * width, penalty);
                if (is_low || is_high)
                    most = get_most(best);
            }
            memcpy(first + j * stride + x, best, MIN(CHUNK, nx) * sizeof *best);
        }
}

// Room for rows side by side; short ones are filled up to a chunk.
static float *
new_copy(gsize nx, gsize n)
{
    gsize width = MAX(nx, CHUNK);
    float *copy = g_new(float, width *n);
    for (gsize i = 0; i < width * n; i++)
        copy[i] = LAC_FIELD_NOWHERE;
    return copy;
}

static void
transform_y(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    const LacGrid *grid = args->grid;
    g_autofree float *copy = new_copy(grid->nx, grid->ny);
    for (gsize iz = begin; iz < end; iz++)
        transform_rows(args, args->field + iz * grid->ny * grid->nx, grid->nx, grid->ny, copy);
}

static void
transform_z(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    const LacGrid *grid = args->grid;
    g_autofree float *copy = new_copy(grid->nx, grid->nz);
    for (gsize iy = begin; iy < end; iy++)
        transform_rows(args, args->field + iy * grid->nx, grid->ny * grid->nx, grid->nz, copy);
}

/**
 * lac_field_power_distance:
 * @grid: a grid
 * @field: (inout) (array): [Å^2] a weight f(c) at nodes that are centres, %LAC_FIELD_NOWHERE
 *   elsewhere; receives min over centres c of f(c) + |x - c|^2
 * @reach: [Å] centres farther than this along an axis are not needed; HUGE_VAL for all
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * With f = -r^2 the result is below 0 exactly inside the union of balls of radius r(c), and with
 * f = 0 it is the squared distance to the nearest centre. Separable, so a pass per axis
 * (P. Felzenszwalb, D. Huttenlocher, doi:10.4086/toc.2012.v008a019, by direct search: the reach is
 * short here).
 *
 * Returns: %TRUE, or %FALSE with @error set and @field undefined when cancelled
 */
gboolean
lac_field_power_distance(const LacGrid *grid, float *field, double reach, LacProgress *progress,
    GError **error)
{
    PowerArgs args = { .grid = grid, .field = field, .lowest = 0 };
    gsize n = lac_grid_count(grid);
    for (gsize i = 0; i < n; i++)
        args.lowest = field[i] < args.lowest ? field[i] : args.lowest;
    double furthest = ceil(reach / grid->step);
    gsize longest = MAX(MAX(grid->nx, grid->ny), grid->nz);
    args.furthest = furthest < (double) longest ? (gsize) furthest : longest;
    if (!lac_progress_update(progress, 0, error))
        return FALSE;
    lac_parallel_for(grid->ny * grid->nz, 64, transform_x, &args);
    if (!lac_progress_update(progress, 0.33, error))
        return FALSE;
    lac_parallel_for(grid->nz, 4, transform_y, &args);
    if (!lac_progress_update(progress, 0.67, error))
        return FALSE;
    lac_parallel_for(grid->ny, 4, transform_z, &args);
    return lac_progress_update(progress, 1, error);
}

/**
 * lac_field_distance_to_mask:
 * @grid: a grid
 * @mask: (array): one byte per node
 * @value: 0 or 1
 * @distance: (out caller-allocates) (array): [Å] receives the distance from every node to the
 *   nearest one where @mask is @value; 1e6 if there is none
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * The exact Euclidean distance between nodes.
 *
 * Returns: %TRUE, or %FALSE with @error set and @distance undefined when cancelled
 */
gboolean
lac_field_distance_to_mask(const LacGrid *grid, const guint8 *mask, guint8 value, float *distance,
    LacProgress *progress, GError **error)
{
    gsize n = lac_grid_count(grid);
    for (gsize i = 0; i < n; i++)
        distance[i] = mask[i] == value ? 0 : LAC_FIELD_NOWHERE;
    if (!lac_field_power_distance(grid, distance, HUGE_VAL, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        distance[i] = sqrtf(distance[i]);
    return TRUE;
}
