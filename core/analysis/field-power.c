// SPDX-License-Identifier: GPL-3.0-or-later
// Separable distance transforms: unions of balls, and distances to a mask.
#include "core/analysis/field.h"
#include "core/array.h"
#include "core/clones.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define CHUNK      32 // nodes along x that are lowered at a time
#define GROUP      4  // steps that are taken at a time
#define EXTRA_ROWS 5

// The part of a row along x outside which all nodes are as low as any: nothing changes them.
typedef struct {
    guint32 begin, end;
} Range;

// Along one axis, out(i) = min over k of in(i + k) + (k h)^2. Done for some nodes along x at a time
// (along x itself for shifted copies of a row), from near to far, until the rest cannot win.
typedef struct {
    const LacGrid *grid;
    float *field;
    float lowest;   // of the whole field [Å^2]
    gsize furthest; // nodes to look to each side
    float *penalty; // [Å^2] of so many steps, LAC_FIELD_NOWHERE beyond the furthest
    Range *ranges;  // (nz, ny)
    float *lows;    // (nz, ny) the lowest of each row
} PowerArgs;

G_ALWAYS_INLINE static inline float
lesser(float a, float b)
{
    return a < b ? a : b;
}

// Lowers a chunk by some steps to both sides. Returns the most that is left.
G_ALWAYS_INLINE static inline float
lower_chunk(float *restrict best, const float *const low[GROUP], const float *const high[GROUP],
    const float *penalty)
{
    const float *l0 = low[0], *l1 = low[1], *l2 = low[2], *l3 = low[3];
    const float *h0 = high[0], *h1 = high[1], *h2 = high[2], *h3 = high[3];
    float p0 = penalty[0], p1 = penalty[1], p2 = penalty[2], p3 = penalty[3], most = -HUGE_VALF;
#pragma omp simd reduction(max : most)
    for (gsize i = 0; i < CHUNK; i++) {
        float near = lesser(lesser(l0[i], h0[i]) + p0, lesser(l1[i], h1[i]) + p1);
        float far = lesser(lesser(l2[i], h2[i]) + p2, lesser(l3[i], h3[i]) + p3);
        float value = lesser(best[i], lesser(near, far));
        best[i] = value;
        most = value > most ? value : most;
    }
    return most;
}
G_STATIC_ASSERT(GROUP == 4);

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
penalty_of(const LacGrid *grid, gsize k)
{
    float distance = (float) (grid->step * (double) k);
    return distance * distance;
}

// Some steps more than the longest axis has, for the last group.
static float *
new_penalties(const LacGrid *grid, gsize furthest)
{
    gsize n = MAX(MAX(grid->nx, grid->ny), grid->nz) + GROUP + 1;
    float *penalty = g_new(float, n);
    for (gsize k = 0; k < n; k++)
        penalty[k] = k <= furthest ? penalty_of(grid, k) : LAC_FIELD_NOWHERE;
    return penalty;
}

// Where a chunk begins, so that none goes beyond the row.
static gsize
chunk_at(gsize x, gsize nx)
{
    return nx < CHUNK ? 0 : MIN(x, nx - CHUNK);
}

LAC_CLONES static float
get_row_low(const float *row, gsize n)
{
    float low = HUGE_VALF;
#pragma omp simd reduction(min : low)
    for (gsize i = 0; i < n; i++)
        low = row[i] < low ? row[i] : low;
    return low;
}

// Each row on its own: a row that is nowhere as low as the whole field has no end to leave alone.
static void
find_ranges(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    gsize nx = args->grid->nx;
    for (gsize r = begin; r < end; r++) {
        const float *row = args->field + r * nx;
        float low = get_row_low(row, nx);
        gsize first = 0, last = nx;
        while (first < nx && !(row[first] > low))
            first++;
        while (last > first && !(row[last - 1] > low))
            last--;
        args->lows[r] = low;
        args->ranges[r] = (Range){ (guint32) first, (guint32) last };
    }
}

static void
find_lowest(PowerArgs *args)
{
    gsize nx = args->grid->nx, n_rows = args->grid->ny * args->grid->nz;
    lac_parallel_for(n_rows, 256, find_ranges, args);
    args->lowest = HUGE_VALF;
    for (gsize r = 0; r < n_rows; r++)
        args->lowest = args->lows[r] < args->lowest ? args->lows[r] : args->lowest;
    for (gsize r = 0; r < n_rows; r++)
        if (args->lows[r] > args->lowest)
            args->ranges[r] = (Range){ 0, (guint32) nx };
}

LAC_CLONES static void
transform_x(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    gsize nx = args->grid->nx, far = MIN(args->furthest, nx - 1), padding = far + GROUP;
    g_autofree float *row = g_new(float, nx + CHUNK + 2 * padding);
    for (gsize i = 0; i < nx + CHUNK + 2 * padding; i++)
        row[i] = LAC_FIELD_NOWHERE;
    for (gsize r = begin; r < end; r++) {
        float *out = args->field + r * nx, best[CHUNK];
        const Range *range = &args->ranges[r];
        if (range->begin >= range->end)
            continue;
        memcpy(row + padding, out, nx * sizeof *row);
        for (gsize at = range->begin; at < range->end; at += CHUNK) {
            gsize x = chunk_at(at, nx);
            const float *centre = row + padding + x;
            memcpy(best, centre, sizeof best);
            float most = get_most(best);
            for (gsize k = 1; k <= far && args->lowest + args->penalty[k] < most; k += GROUP) {
                const float *low[GROUP], *high[GROUP];
                for (gsize q = 0; q < GROUP; q++) {
                    low[q] = centre - k - q;
                    high[q] = centre + k + q;
                }
                most = lower_chunk(best, low, high, args->penalty + k);
            }
            memcpy(out + x, best, MIN(CHUNK, nx) * sizeof *best);
        }
    }
}

// The rows of a slab: side by side along one axis, each along x.
typedef struct {
    gsize first, stride, n; // rows
    gsize begin, end;       // nodes along x that any of them has to change, in whole chunks
} Slab;

static Slab
get_slab(const PowerArgs *args, gsize first, gsize stride, gsize n)
{
    gsize nx = args->grid->nx;
    Slab slab = { .first = first, .stride = stride, .n = n, .begin = nx, .end = 0 };
    for (gsize j = 0; j < n; j++) {
        const Range *range = &args->ranges[first + j * stride];
        if (range->begin < range->end) {
            slab.begin = MIN(slab.begin, range->begin);
            slab.end = MAX(slab.end, range->end);
        }
    }
    return slab;
}

// What a row is lowered by, cut into chunks: those of one place along x lie beside each other, so
// that neighbours stay in the cache. Room for some more rows keeps places out of step.
typedef struct {
    float *copy;  // (n_chunks, height, CHUNK) of the rows as they were
    float *least; // (n_chunks, height) of each chunk
    float nowhere[CHUNK];
    gsize height, n_chunks;
} Rows;

LAC_CLONES static void
copy_rows(const PowerArgs *args, const Slab *slab, Rows *rows)
{
    gsize nx = args->grid->nx;
    rows->n_chunks = (slab->end - slab->begin + CHUNK - 1) / CHUNK;
    for (gsize j = 0; j < slab->n; j++) {
        const float *row = args->field + (slab->first + j * slab->stride) * nx;
        for (gsize c = 0; c < rows->n_chunks; c++) {
            gsize place = c * rows->height + j;
            float *copy = rows->copy + place * CHUNK;
            if (nx < CHUNK)
                memcpy(copy, row, nx * sizeof *copy);
            else
                memcpy(copy, row + chunk_at(slab->begin + c * CHUNK, nx), CHUNK * sizeof *copy);
            rows->least[place] = get_least(copy);
        }
    }
}

// A chunk of row j, lowered by its neighbours along the slab.
G_ALWAYS_INLINE static inline void
lower_by_rows(const PowerArgs *args, const Rows *rows, gsize j, gsize n, gsize place, float *best)
{
    const float *centre = rows->copy + place * CHUNK, *least = rows->least + place;
    memcpy(best, centre, CHUNK * sizeof *best);
    float most = get_most(best);
    for (gsize k = 1; k <= args->furthest && k < n; k += GROUP) {
        if (args->lowest + args->penalty[k] >= most)
            break;
        const float *low[GROUP], *high[GROUP];
        gboolean is_any = FALSE;
        for (gsize q = 0; q < GROUP; q++) {
            gsize step = k + q;
            float penalty = args->penalty[step];
            low[q] = high[q] = rows->nowhere;
            if (j >= step && *(least - step) + penalty < most) {
                low[q] = centre - step * CHUNK;
                is_any = TRUE;
            }
            if (j + step < n && least[step] + penalty < most) {
                high[q] = centre + step * CHUNK;
                is_any = TRUE;
            }
        }
        if (is_any)
            most = lower_chunk(best, low, high, args->penalty + k);
    }
}

// Rows along x that lie beside each other along another axis: copied, then lowered by each other.
LAC_CLONES static void
transform_rows(const PowerArgs *args, const Slab *slab, Rows *rows)
{
    gsize nx = args->grid->nx, n = slab->n;
    if (slab->begin >= slab->end)
        return;
    copy_rows(args, slab, rows);
    for (gsize j = 0; j < n; j++) {
        const Range *range = &args->ranges[slab->first + j * slab->stride];
        float *out = args->field + (slab->first + j * slab->stride) * nx, best[CHUNK];
        for (gsize c = 0; c < rows->n_chunks; c++) {
            gsize at = slab->begin + c * CHUNK;
            if (at >= range->end || at + CHUNK <= range->begin)
                continue;
            lower_by_rows(args, rows, j, n, c * rows->height + j, best);
            memcpy(out + chunk_at(at, nx), best, MIN(CHUNK, nx) * sizeof *best);
        }
    }
}

// Room for rows side by side; short ones are filled up to a chunk.
static void
rows_init(Rows *rows, gsize nx, gsize n)
{
    gsize n_chunks = (nx + CHUNK - 1) / CHUNK;
    rows->height = n + EXTRA_ROWS;
    rows->copy = g_new(float, n_chunks * rows->height * CHUNK);
    rows->least = g_new(float, n_chunks * rows->height);
    for (gsize i = 0; i < CHUNK; i++)
        rows->nowhere[i] = LAC_FIELD_NOWHERE;
    for (gsize i = 0; nx < CHUNK && i < rows->height * CHUNK; i++)
        rows->copy[i] = LAC_FIELD_NOWHERE;
}

static void
rows_clear(Rows *rows)
{
    g_free(rows->copy);
    g_free(rows->least);
}

static void
transform_y(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    const LacGrid *grid = args->grid;
    Rows rows;
    rows_init(&rows, grid->nx, grid->ny);
    for (gsize iz = begin; iz < end; iz++) {
        Slab slab = get_slab(args, iz * grid->ny, 1, grid->ny);
        transform_rows(args, &slab, &rows);
    }
    rows_clear(&rows);
}

static void
transform_z(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    const LacGrid *grid = args->grid;
    Rows rows;
    rows_init(&rows, grid->nx, grid->nz);
    for (gsize iy = begin; iy < end; iy++) {
        Slab slab = get_slab(args, iy, grid->ny, grid->nz);
        transform_rows(args, &slab, &rows);
    }
    rows_clear(&rows);
}

// Along y and z, of what is right along x.
static gboolean
transform_across(PowerArgs *args, LacProgress *progress, GError **error)
{
    if (!lac_progress_update(progress, 0.33, error))
        return FALSE;
    lac_parallel_for(args->grid->nz, 4, transform_y, args);
    if (!lac_progress_update(progress, 0.67, error))
        return FALSE;
    lac_parallel_for(args->grid->ny, 4, transform_z, args);
    return lac_progress_update(progress, 1, error);
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
    PowerArgs args = { .grid = grid, .field = field };
    gsize n_rows = grid->ny * grid->nz;
    g_autofree Range *ranges = g_new(Range, MAX(n_rows, 1));
    g_autofree float *lows = g_new(float, MAX(n_rows, 1));
    args.ranges = ranges;
    args.lows = lows;
    find_lowest(&args);
    double furthest = ceil(reach / grid->step);
    gsize longest = MAX(MAX(grid->nx, grid->ny), grid->nz);
    args.furthest = furthest < (double) longest ? (gsize) furthest : longest;
    g_autofree float *penalty = new_penalties(grid, args.furthest);
    args.penalty = penalty;
    if (!lac_progress_update(progress, 0, error))
        return FALSE;
    lac_parallel_for(n_rows, 64, transform_x, &args);
    return transform_across(&args, progress, error);
}

// The distance along x: of each node to the nearest of its row where the mask has the value.
typedef struct {
    PowerArgs power;
    const guint8 *mask;
    guint8 value;
} MaskArgs;

static void
measure_rows(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const MaskArgs *args = data;
    gsize nx = args->power.grid->nx;
    for (gsize r = begin; r < end; r++) {
        const guint8 *mask = args->mask + r * nx;
        float *row = args->power.field + r * nx;
        gsize first = 0, last = nx;
        while (first < nx && mask[first] == args->value)
            first++;
        while (last > first && mask[last - 1] == args->value)
            last--;
        args->power.ranges[r] = (Range){ (guint32) first, (guint32) last };
        memset(row, 0, nx * sizeof *row);
        gsize before = first > 0 ? first - 1 : nx; // the last node with the value; nx: none
        for (gsize x = first; x < last; x++) {
            before = mask[x] == args->value ? x : before;
            row[x] = before == nx ? LAC_FIELD_NOWHERE : penalty_of(args->power.grid, x - before);
        }
        gsize after = last < nx ? last : nx;
        for (gsize x = last; x-- > first;) {
            after = mask[x] == args->value ? x : after;
            float square =
                after == nx ? LAC_FIELD_NOWHERE : penalty_of(args->power.grid, after - x);
            row[x] = square < row[x] ? square : row[x];
        }
    }
}

static void
take_roots(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const PowerArgs *args = data;
    for (gsize r = begin; r < end; r++) {
        float *row = args->field + r * args->grid->nx;
        for (gsize x = args->ranges[r].begin; x < args->ranges[r].end; x++)
            row[x] = sqrtf(row[x]);
    }
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
    gsize n_rows = grid->ny * grid->nz;
    g_autofree Range *ranges = g_new(Range, MAX(n_rows, 1));
    MaskArgs args = { { .grid = grid, .field = distance, .ranges = ranges }, mask, value };
    args.power.furthest = MAX(MAX(grid->nx, grid->ny), grid->nz);
    g_autofree float *penalty = new_penalties(grid, args.power.furthest);
    args.power.penalty = penalty;
    if (!lac_progress_update(progress, 0, error))
        return FALSE;
    lac_parallel_for(n_rows, 64, measure_rows, &args);
    if (!transform_across(&args.power, progress, error))
        return FALSE;
    lac_parallel_for(n_rows, 256, take_roots, &args.power);
    return TRUE;
}
