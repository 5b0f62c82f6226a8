// SPDX-License-Identifier: GPL-3.0-or-later
// Built once per processor family, each time under another name; see meson.build.
//
// Every tap is a scalar weight times a contiguous run of values along the tilt axis, so the
// compiler turns it into multiply-adds on whole registers. Nothing is scattered: the forward
// projection lists, for each detector column, the voxels that hit it; the back projection lists,
// for each voxel, the columns it hits. Both evaluate the same spline at the same positions, so
// that one is the transpose of the other. Blocks keep the working set in the second-level cache.
#include "core/recon/splat.h"

#include <math.h>
#include <string.h>

#define BLOCK_MAJOR 64 // voxels along the major axis, forward
#define BLOCK_MINOR 16 // rows of a block, forward
#define ROWS        2  // rows added to a detector column at once, forward; more spill registers
#define MAX_TAPS    6
#define BLOCK_X     64  // voxels of a block, back
#define ANGLES      4   // projections added to a voxel at once, back
#define MAX_COLUMNS 256 // detector columns met by one row of a block: 127 + 16 + 2 * 2 + slack

// The centred cubic B-spline at distance |d| <= 2 or beyond, where it is 0.
static inline float
spline(float d)
{
    float a = fabsf(d);
    float m2 = 2.0f - a, m1 = 1.0f - a;
    m2 = m2 > 0.0f ? m2 : 0.0f;
    m1 = m1 > 0.0f ? m1 : 0.0f;
    return (m2 * m2 * m2 - 4.0f * (m1 * m1 * m1)) * (1.0f / 6.0f);
}

// --- forward

// A run of rows and columns of one block as one projection sees it.
typedef struct {
    const float *voxels;      // voxel (first, 0) of the block's first row
    gsize stride_i, stride_j; // floats from voxel to voxel along the two axes
    gsize n_i;                // voxels per row, at least MAX_TAPS
    float a;
    float base[ROWS]; // position of voxel 0 of each row, relative to the first column
    gsize n_columns;
} Run;

// For each column of a row: the first of the voxels that reach it, and their weights.
static inline __attribute__((always_inline)) void
forward_weights(const Run *run, int row, const int n_taps, gint32 *first,
    float (*weights)[MAX_COLUMNS])
{
    const float a = run->a, base = run->base[row], inverse = 1.0f / run->a;
    const float reach = 2.0f * fabsf(inverse);
    const float last = (float) ((gssize) run->n_i - n_taps);
    const gsize n = run->n_columns;
#pragma omp simd
    for (gsize u = 0; u < n; u++) {
        float i = floorf(((float) (gint32) u - base) * inverse - reach) + 1.0f;
        i = i > 0.0f ? i : 0.0f;
        i = i < last ? i : last;
        first[u] = (gint32) i;
        float d = a * i + base - (float) (gint32) u;
        for (int t = 0; t < n_taps; t++)
            weights[t][u] = spline(d + a * (float) t);
    }
}

static inline __attribute__((always_inline)) void
forward_run(const Run *run, float *columns, const int n_rows, const int n_taps, const gsize width)
{
    gint32 first[ROWS][MAX_COLUMNS];
    float weights[ROWS][MAX_TAPS][MAX_COLUMNS];
    for (int r = 0; r < n_rows; r++)
        forward_weights(run, r, n_taps, first[r], weights[r]);
    const gsize stride = run->stride_i;
    for (gsize u = 0; u < run->n_columns; u++) {
        const float *v[ROWS];
        float w[ROWS][MAX_TAPS];
        for (int r = 0; r < n_rows; r++) {
            v[r] = run->voxels + (gsize) r * run->stride_j + (gsize) first[r][u] * stride;
            for (int t = 0; t < n_taps; t++)
                w[r][t] = weights[r][t][u];
        }
        float *out = columns + u * width;
#pragma omp simd
        for (gsize y = 0; y < width; y++) {
            float sum = out[y];
            for (int r = 0; r < n_rows; r++)
                for (int t = 0; t < n_taps; t++)
                    sum += w[r][t] * v[r][(gsize) t * stride + y];
            out[y] = sum;
        }
    }
}

static inline __attribute__((always_inline)) void
forward_run_taps(const Run *run, float *columns, const int n_rows, int n_taps, const gsize width)
{
    if (n_taps == 4)
        forward_run(run, columns, n_rows, 4, width);
    else if (n_taps == 5)
        forward_run(run, columns, n_rows, 5, width);
    else
        forward_run(run, columns, n_rows, 6, width);
}

static void
forward_run_any(const Run *run, float *columns, gsize n_rows, int n_taps, gsize width)
{
    gboolean full = n_rows == ROWS;
    for (gsize r = 0; r < (full ? 1 : n_rows); r++) {
        Run one = *run;
        one.voxels += r * run->stride_j;
        one.base[0] = run->base[full ? 0 : r];
        if (width == LAC_TILE_WIDTH && full)
            forward_run_taps(run, columns, ROWS, n_taps, LAC_TILE_WIDTH);
        else if (full)
            forward_run_taps(run, columns, ROWS, n_taps, width);
        else if (width == LAC_TILE_WIDTH)
            forward_run_taps(&one, columns, 1, n_taps, LAC_TILE_WIDTH);
        else
            forward_run_taps(&one, columns, 1, n_taps, width);
    }
}

// Adds rows [j0, j1) x voxels [i0, i1) of the volume to projection k.
static void
forward_block(const LacSplatPlan *plan, gsize width, const float *volume, float *projection,
    const LacSplatAngle *angle, const gsize i_range[2], const gsize j_range[2])
{
    const gsize stride_x = width, stride_z = plan->nx * width;
    const int n_taps = (int) CLAMP(ceil(4.0 / fabs(angle->a)), 4.0, 6.0);
    Run run = {
        .stride_i = angle->major_is_z ? stride_z : stride_x,
        .stride_j = angle->major_is_z ? stride_x : stride_z,
        .n_i = i_range[1] - i_range[0],
        .a = (float) angle->a,
    };
    const double span = angle->a * (double) (run.n_i - 1);
    for (gsize j = j_range[0]; j < j_range[1]; j += ROWS) {
        gsize n_rows = MIN(ROWS, j_range[1] - j);
        double start = angle->a * (double) i_range[0] + angle->b * (double) j + angle->u0;
        double drift = angle->b * (double) (n_rows - 1);
        double low = start + MIN(span, 0.0) + MIN(drift, 0.0);
        double high = start + MAX(span, 0.0) + MAX(drift, 0.0);
        gsize first = (gsize) (floor(low) - 1.0), last = (gsize) (ceil(high) + 1.0);
        run.n_columns = MIN(last, plan->n_u - 1) + 1 - first;
        run.voxels = volume + i_range[0] * run.stride_i + j * run.stride_j;
        for (gsize r = 0; r < n_rows; r++)
            run.base[r] = (float) (start + angle->b * (double) r - (double) first);
        forward_run_any(&run, projection + first * width, n_rows, n_taps, width);
    }
}

// Splits n into blocks of @block, the last one between @block and 2 @block - 1 long.
static gsize
block_end(gsize begin, gsize n, gsize block)
{
    return n - begin < 2 * block ? n : begin + block;
}

static void
forward(const LacSplatPlan *plan, gsize width, const float *volume, float *projections,
    gsize k_begin, gsize k_end)
{
    const gsize projection_size = plan->n_u * width;
    memset(projections + k_begin * projection_size, 0,
        (k_end - k_begin) * projection_size * sizeof(float));
    for (int major_is_z = 0; major_is_z < 2; major_is_z++) {
        gsize n_i = major_is_z ? plan->nz : plan->nx, n_j = major_is_z ? plan->nx : plan->nz;
        for (gsize j = 0; j < n_j; j += BLOCK_MINOR) {
            gsize i_end;
            for (gsize i = 0; i < n_i; i = i_end) {
                i_end = block_end(i, n_i, BLOCK_MAJOR);
                for (gsize k = k_begin; k < k_end; k++)
                    if (plan->angles[k].major_is_z == major_is_z)
                        forward_block(plan, width, volume, projections + k * projection_size,
                            &plan->angles[k], (gsize[]){ i, i_end },
                            (gsize[]){ j, MIN(j + BLOCK_MINOR, n_j) });
            }
        }
    }
}

// --- back

// The columns that voxels x of one row hit in one projection, and their weights.
typedef struct {
    gint32 column[BLOCK_X]; // first of four
    float weight[4][BLOCK_X];
} Hits;

static inline void
adjoint_weights(double start, double step, gsize n, Hits *hits)
{
    const double whole = floor(start);
    const float base = (float) (start - whole), a = (float) step;
    const gint32 origin = (gint32) whole - 1;
#pragma omp simd
    for (gsize x = 0; x < n; x++) {
        float u = base + a * (float) (gint32) x;
        float cell = floorf(u);
        float d = u - cell;
        hits->column[x] = origin + (gint32) cell;
        for (int t = 0; t < 4; t++)
            hits->weight[t][x] = spline(d + 1.0f - (float) t);
    }
}

static inline __attribute__((always_inline)) void
adjoint_row(const float *const *projections, const Hits *hits, const int n_angles, gsize n_x,
    float *voxels, gsize stride, const gsize width)
{
    for (gsize x = 0; x < n_x; x++) {
        const float *p[ANGLES];
        float w[ANGLES][4];
        for (int k = 0; k < n_angles; k++) {
            p[k] = projections[k] + (gsize) hits[k].column[x] * width;
            for (int t = 0; t < 4; t++)
                w[k][t] = hits[k].weight[t][x];
        }
        float *out = voxels + x * stride;
#pragma omp simd
        for (gsize y = 0; y < width; y++) {
            float sum = out[y];
            for (int k = 0; k < n_angles; k++)
                for (int t = 0; t < 4; t++)
                    sum += w[k][t] * p[k][(gsize) t * width + y];
            out[y] = sum;
        }
    }
}

static void
adjoint_row_any(const float *const *projections, const Hits *hits, gsize n_angles, gsize n_x,
    float *voxels, gsize stride, gsize width)
{
    gboolean full = n_angles == ANGLES;
    if (full && width == LAC_TILE_WIDTH)
        adjoint_row(projections, hits, ANGLES, n_x, voxels, stride, LAC_TILE_WIDTH);
    else if (full)
        adjoint_row(projections, hits, ANGLES, n_x, voxels, stride, width);
    else
        for (gsize k = 0; k < n_angles; k++)
            adjoint_row(projections + k, hits + k, 1, n_x, voxels, stride, width);
}

static void
adjoint(const LacSplatPlan *plan, gsize width, const float *projections, float *volume,
    gsize z_begin, gsize z_end)
{
    const gsize projection_size = plan->n_u * width;
    Hits hits[ANGLES];
    memset(volume + z_begin * plan->nx * width, 0,
        (z_end - z_begin) * plan->nx * width * sizeof(float));
    for (gsize x = 0; x < plan->nx; x += BLOCK_X) {
        gsize n_x = MIN(BLOCK_X, plan->nx - x);
        for (gsize k = 0; k < plan->n; k += ANGLES) {
            gsize n_angles = MIN(ANGLES, plan->n - k);
            const float *group[ANGLES];
            for (gsize g = 0; g < n_angles; g++)
                group[g] = projections + (k + g) * projection_size;
            for (gsize z = z_begin; z < z_end; z++) {
                for (gsize g = 0; g < n_angles; g++) {
                    const LacSplatAngle *angle = &plan->angles[k + g];
                    double step_x = angle->major_is_z ? angle->b : angle->a;
                    double step_z = angle->major_is_z ? angle->a : angle->b;
                    double start = step_x * (double) x + step_z * (double) z + angle->u0;
                    adjoint_weights(start, step_x, n_x, &hits[g]);
                }
                adjoint_row_any(group, hits, n_angles, n_x, volume + (z * plan->nx + x) * width,
                    width, width);
            }
        }
    }
}

// --- any orientation near the tilt axis
//
// The row of voxels is splat across the tilt axis as above, then moved along it. The move differs
// from row to row of the minor axis and, by the foreshortening of y, a little along y: its weights
// are a vector. Runs in which the first tap keeps its distance are contiguous loads.

#define GUARD      8 // zeros around a tile, for taps beyond its rows
#define GUARDED    (LAC_TILE_WIDTH + 2 * GUARD)
#define COLUMNS    4                     // moved at once
#define MOVED_MAX  (LAC_TILE_WIDTH + 16) // detector rows that a tile reaches
#define MOVED_TAPS 5                     // rows within reach of a detector row, for scale >= 0.8

typedef struct {
    gsize n; // outputs
    gsize n_runs;
    gsize end[MOVED_MAX];       // of each run of outputs
    gint32 distance[MOVED_MAX]; // of each run: first input minus output
    float weight[MOVED_TAPS][MOVED_MAX];
} Move;

static void
append_output(Move *move, gint32 first_input)
{
    gint32 distance = first_input - (gint32) move->n;
    if (move->n_runs == 0 || move->distance[move->n_runs - 1] != distance)
        move->distance[move->n_runs++] = distance;
    move->end[move->n_runs - 1] = ++move->n;
}

// Outputs are detector rows from @first_row on, inputs the rows of a tile at c, c + scale, ...
static void
move_to_detector(double c, double scale, gsize width, gssize *first_row, Move *move)
{
    *first_row = (gssize) floor(c) - 1;
    gssize last_row = (gssize) ceil(c + scale * (double) (width - 1)) + 1;
    move->n = move->n_runs = 0;
    for (gssize b = *first_row; b <= last_row; b++) {
        double y = floor(((double) b - 2.0 - c) / scale) + 1.0;
        for (int t = 0; t < MOVED_TAPS; t++)
            move->weight[t][move->n] = spline((float) (c + scale * (y + t) - (double) b));
        append_output(move, (gint32) y + GUARD);
    }
}

// Outputs are the rows of a tile, inputs detector rows.
static void
move_from_detector(double c, double scale, gsize width, Move *move)
{
    move->n = move->n_runs = 0;
    for (gsize y = 0; y < width; y++) {
        double b = c + scale * (double) y, first = floor(b) - 1.0;
        for (int t = 0; t < 4; t++)
            move->weight[t][y] = spline((float) (b - first - t));
        append_output(move, (gint32) first);
    }
}

// Moves @n_columns at once, so that a weight is loaded once for all.
static inline __attribute__((always_inline)) void
move_columns(const Move *move, const int n_taps, const int n_columns, const float *in,
    gsize in_stride, float *out, gsize out_stride, const float keep)
{
    gsize i = 0;
    for (gsize r = 0; r < move->n_runs; r++) {
        const float *from = in + move->distance[r];
        const gsize end = move->end[r];
#pragma omp simd
        for (gsize o = i; o < end; o++) {
            for (int c = 0; c < n_columns; c++) {
                float sum = keep * out[(gsize) c * out_stride + o];
                for (int t = 0; t < n_taps; t++)
                    sum += move->weight[t][o] * from[(gsize) c * in_stride + o + (gsize) t];
                out[(gsize) c * out_stride + o] = sum;
            }
        }
        i = end;
    }
}

static void
move_all_columns(const Move *move, gboolean to_detector, gsize n, const float *in, gsize in_stride,
    float *out, gsize out_stride)
{
    gsize u = 0;
    for (; u + COLUMNS <= n; u += COLUMNS) {
        if (to_detector)
            move_columns(move, MOVED_TAPS, COLUMNS, in + u * in_stride, in_stride,
                out + u * out_stride, out_stride, 1.0f);
        else
            move_columns(move, 4, COLUMNS, in + u * in_stride, in_stride, out + u * out_stride,
                out_stride, 0.0f);
    }
    for (; u < n; u++) {
        if (to_detector)
            move_columns(move, MOVED_TAPS, 1, in + u * in_stride, in_stride, out + u * out_stride,
                out_stride, 1.0f);
        else
            move_columns(move, 4, 1, in + u * in_stride, in_stride, out + u * out_stride,
                out_stride, 0.0f);
    }
}

// Where a row of the minor axis lies along a, and the columns that it reaches.
typedef struct {
    double start; // of voxel 0
    gsize first, n;
} Span;

static Span
row_span(const LacSplatAngle *across, gsize n_i, gsize j)
{
    double start = across->b * (double) j + across->u0;
    double end = start + across->a * (double) (n_i - 1);
    gsize first = (gsize) (floor(MIN(start, end)) - 1.0);
    return (Span){ start, first, (gsize) (ceil(MAX(start, end)) + 2.0) - first };
}

static void
forward_sheared(const LacSplatTile *tile, const LacSplatShear *shear, const float *volume,
    float *detector, float *scratch)
{
    const LacSplatAngle *across = &shear->across;
    const gsize width = tile->width, stride_z = tile->nx * width;
    const gsize n_i = across->major_is_z ? tile->nz : tile->nx;
    const gsize n_j = across->major_is_z ? tile->nx : tile->nz;
    const int n_taps = (int) CLAMP(ceil(4.0 / fabs(across->a)), 4.0, 6.0);
    float guarded[COLUMNS * GUARDED] = { 0 };
    Move move;
    Run run = { .stride_i = across->major_is_z ? stride_z : width, .a = (float) across->a };
    for (gsize j = 0; j < n_j; j++) {
        Span span = row_span(across, n_i, j);
        memset(scratch, 0, span.n * width * sizeof(float));
        gsize i_end;
        for (gsize i = 0; i < n_i; i = i_end) {
            i_end = block_end(i, n_i, BLOCK_MAJOR);
            run.n_i = i_end - i;
            run.voxels = volume + i * run.stride_i + j * (across->major_is_z ? width : stride_z);
            double low = span.start + across->a * (double) i;
            double high = low + across->a * (double) (run.n_i - 1);
            gsize first = (gsize) (floor(MIN(low, high)) - 1.0);
            run.n_columns = (gsize) (ceil(MAX(low, high)) + 2.0) - first;
            run.base[0] = (float) (low - (double) first);
            forward_run_any(&run, scratch + (first - span.first) * width, 1, n_taps, width);
        }
        double c = shear->scale * (double) tile->y + shear->shift * (double) j + shear->v0;
        gssize row;
        move_to_detector(c, shear->scale, width, &row, &move);
        for (gsize u = 0; u < span.n; u += COLUMNS) {
            gsize n_columns = MIN(COLUMNS, span.n - u);
            for (gsize g = 0; g < n_columns; g++)
                memcpy(guarded + g * GUARDED + GUARD, scratch + (u + g) * width,
                    width * sizeof(float));
            move_all_columns(&move, TRUE, n_columns, guarded, GUARDED,
                detector + (span.first + u) * tile->n_v + (gsize) row, tile->n_v);
        }
    }
}

static void
adjoint_sheared(const LacSplatTile *tile, gsize n, const LacSplatShear *const *shears,
    const float *const *detectors, float *volume, gsize j_begin, gsize j_end, float *scratch)
{
    if (n == 0)
        return;
    const gboolean major_is_z = shears[0]->across.major_is_z;
    const gsize width = tile->width, stride_z = tile->nx * width;
    const gsize n_i = major_is_z ? tile->nz : tile->nx;
    const gsize stride_i = major_is_z ? stride_z : width, stride_j = major_is_z ? width : stride_z;
    Hits hits[ANGLES];
    Move move;
    for (gsize j = j_begin; j < j_end; j++) {
        for (gsize k = 0; k < n; k += ANGLES) {
            gsize n_angles = MIN(ANGLES, n - k);
            const float *columns[ANGLES];
            Span spans[ANGLES];
            for (gsize g = 0; g < n_angles; g++) {
                const LacSplatShear *shear = shears[k + g];
                float *out = scratch + g * tile->n_u * LAC_TILE_WIDTH;
                spans[g] = row_span(&shear->across, n_i, j);
                columns[g] = out;
                double c = shear->scale * (double) tile->y + shear->shift * (double) j + shear->v0;
                move_from_detector(c, shear->scale, width, &move);
                move_all_columns(&move, FALSE, spans[g].n,
                    detectors[k + g] + spans[g].first * tile->n_v, tile->n_v, out, width);
            }
            for (gsize i = 0; i < n_i; i += BLOCK_X) {
                gsize n_x = MIN(BLOCK_X, n_i - i);
                for (gsize g = 0; g < n_angles; g++) {
                    double a = shears[k + g]->across.a;
                    adjoint_weights(spans[g].start - (double) spans[g].first + a * (double) i, a,
                        n_x, &hits[g]);
                }
                adjoint_row_any(columns, hits, n_angles, n_x, volume + j * stride_j + i * stride_i,
                    stride_i, width);
            }
        }
    }
}

#define KERNELS_NAME_(family) lac_splat_kernels_##family
#define KERNELS_NAME(family)  KERNELS_NAME_(family)
#define TEXT_(family)         #family
#define TEXT(family)          TEXT_(family)

const LacSplatKernels KERNELS_NAME(KERNEL_FAMILY) = {
    .name = TEXT(KERNEL_FAMILY),
    .forward = forward,
    .adjoint = adjoint,
    .forward_sheared = forward_sheared,
    .adjoint_sheared = adjoint_sheared,
};
