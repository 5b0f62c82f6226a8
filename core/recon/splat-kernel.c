// SPDX-License-Identifier: GPL-3.0-or-later
// Built once per processor family, each time under another name; see meson.build.
//
// Every tap is a scalar weight times a contiguous run of values along the tilt axis. Voxels are
// taken along paths on which the detector position grows by less than a column or so from one to
// the next: the four columns that a voxel touches stay in registers, and a column is loaded and
// stored once while a path passes over it. So each value that is loaded serves four multiply-adds,
// and these, not the caches, are the limit. Forward and back projection walk the same paths with
// the same weights, so that one is the transpose of the other.
#include "core/recon/splat.h"

#include <math.h>
#include <string.h>

// One vector register, and how many of each column fit next to the weights.
#if defined __AVX512F__
#    define LANES   16
#    define VECTORS 4
#elif defined __AVX__
#    define LANES   8
#    define VECTORS 2
#else
#    define LANES   4
#    define VECTORS 2
#endif

typedef float Vector __attribute__((vector_size(4 * LANES), may_alias));

#define EACH_VECTOR(v, n) _Pragma("GCC unroll 4") for (int v = 0; v < (n); v++)

// --- paths

#define BLOCK    16 // voxels of a block along x and z
#define MAX_TAPS (BLOCK * BLOCK)

// Where voxels land: the first of the four columns that each hits, and the weights.
typedef struct {
    gint32 column[MAX_TAPS];
    float weight[4][MAX_TAPS];
} Taps;

// Voxels of one path: column[i] must not decrease.
typedef struct {
    const gint32 *column;
    const float *weight; // of the first tap; the others follow at MAX_TAPS
    gsize n;
    gssize stride; // [floats] from voxel to voxel
} Path;

static inline Path
path_at(const Taps *taps, gsize first, gsize n, gssize stride)
{
    return (Path){ taps->column + first, taps->weight[0] + first, n, stride };
}

// The centred cubic B-spline at the four columns around a position.
static inline __attribute__((always_inline)) void
set_tap(Taps *taps, gsize i, gint32 origin, float position)
{
    float cell = floorf(position);
    float t = position - cell, s = 1.0f - t;
    taps->column[i] = origin + (gint32) cell;
    taps->weight[0][i] = s * s * (s * (1.0f / 6.0f));
    taps->weight[1][i] = t * t * (t * 0.5f - 1.0f) + 2.0f / 3.0f;
    taps->weight[2][i] = s * s * (s * 0.5f - 1.0f) + 2.0f / 3.0f;
    taps->weight[3][i] = t * t * (t * (1.0f / 6.0f));
}

// Adds a path's voxels to columns that lie @pitch floats apart.
static inline __attribute__((always_inline)) void
forward_vectors(Path path, const float *voxel, float *columns, const gsize pitch, const int n)
{
    gint32 at = path.column[0];
    float *column = columns + (gsize) at * pitch;
    Vector c0[VECTORS], c1[VECTORS], c2[VECTORS], c3[VECTORS];
    EACH_VECTOR(v, n)
    {
        c0[v] = ((const Vector *) column)[v];
        c1[v] = ((const Vector *) (column + pitch))[v];
        c2[v] = ((const Vector *) (column + 2 * pitch))[v];
        c3[v] = ((const Vector *) (column + 3 * pitch))[v];
    }
    for (gsize i = 0; i < path.n; i++, voxel += path.stride) {
        for (; at < path.column[i]; at++, column += pitch) {
            EACH_VECTOR(v, n)
            {
                ((Vector *) column)[v] = c0[v];
                c0[v] = c1[v];
                c1[v] = c2[v];
                c2[v] = c3[v];
                c3[v] = ((const Vector *) (column + 4 * pitch))[v];
            }
        }
        const float *w = path.weight + i;
        const float w0 = w[0], w1 = w[MAX_TAPS], w2 = w[2 * MAX_TAPS], w3 = w[3 * MAX_TAPS];
        EACH_VECTOR(v, n)
        {
            Vector x = ((const Vector *) voxel)[v];
            c0[v] += w0 * x;
            c1[v] += w1 * x;
            c2[v] += w2 * x;
            c3[v] += w3 * x;
        }
    }
    EACH_VECTOR(v, n)
    {
        ((Vector *) column)[v] = c0[v];
        ((Vector *) (column + pitch))[v] = c1[v];
        ((Vector *) (column + 2 * pitch))[v] = c2[v];
        ((Vector *) (column + 3 * pitch))[v] = c3[v];
    }
}

// Adds what the columns hold to a path's voxels.
static inline __attribute__((always_inline)) void
adjoint_vectors(Path path, float *voxel, const float *columns, const gsize pitch, const int n)
{
    gint32 at = path.column[0];
    const float *column = columns + (gsize) at * pitch;
    Vector c0[VECTORS], c1[VECTORS], c2[VECTORS], c3[VECTORS];
    EACH_VECTOR(v, n)
    {
        c0[v] = ((const Vector *) column)[v];
        c1[v] = ((const Vector *) (column + pitch))[v];
        c2[v] = ((const Vector *) (column + 2 * pitch))[v];
        c3[v] = ((const Vector *) (column + 3 * pitch))[v];
    }
    for (gsize i = 0; i < path.n; i++, voxel += path.stride) {
        for (; at < path.column[i]; at++, column += pitch) {
            EACH_VECTOR(v, n)
            {
                c0[v] = c1[v];
                c1[v] = c2[v];
                c2[v] = c3[v];
                c3[v] = ((const Vector *) (column + 4 * pitch))[v];
            }
        }
        const float *w = path.weight + i;
        const float w0 = w[0], w1 = w[MAX_TAPS], w2 = w[2 * MAX_TAPS], w3 = w[3 * MAX_TAPS];
        EACH_VECTOR(v, n)
        {
            Vector x = ((Vector *) voxel)[v];
            x += w0 * c0[v];
            x += w1 * c1[v];
            x += w2 * c2[v];
            x += w3 * c3[v];
            ((Vector *) voxel)[v] = x;
        }
    }
}

static inline __attribute__((always_inline)) void
forward_path(Path path, const float *voxel, float *columns, const gsize pitch, const gsize width)
{
    gsize y = 0;
    for (; y + VECTORS * LANES <= width; y += VECTORS * LANES)
        forward_vectors(path, voxel + y, columns + y, pitch, VECTORS);
    for (; y < width; y += LANES)
        forward_vectors(path, voxel + y, columns + y, pitch, 1);
}

static inline __attribute__((always_inline)) void
adjoint_path(Path path, float *voxel, const float *columns, const gsize pitch, const gsize width)
{
    gsize y = 0;
    for (; y + VECTORS * LANES <= width; y += VECTORS * LANES)
        adjoint_vectors(path, voxel + y, columns + y, pitch, VECTORS);
    for (; y < width; y += LANES)
        adjoint_vectors(path, voxel + y, columns + y, pitch, 1);
}

// --- single axis
//
// Blocks of voxels are held in the first- and second-level cache while all projections are done.

#define LINE        16                                  // floats of a cache line
#define BLOCK_PITCH (BLOCK * LAC_TILE_WIDTH + 2 * LINE) // not a power of two: paths along z
                                                        // would fall on the same cache sets
typedef struct {
    gsize x, z, n_x, n_z;
    gsize width;
} Block;

// The paths of a block run along the minor axis, where the position changes least.
typedef struct {
    Taps taps;
    gsize offset;      // [floats] of the first path's first voxel
    gssize stride;     // [floats] from voxel to voxel
    gsize stride_next; // [floats] from path to path
    gsize n_voxels, n_paths;
} Paths;

static void
lay_paths(const LacSplatAngle *angle, const Block *block, Paths *paths)
{
    const gboolean along_x = angle->major_is_z;
    const gsize i = along_x ? block->x : block->z, j = along_x ? block->z : block->x;
    paths->n_voxels = along_x ? block->n_x : block->n_z;
    paths->n_paths = along_x ? block->n_z : block->n_x;
    paths->offset = 0;
    paths->stride = along_x ? (gssize) block->width : BLOCK_PITCH;
    paths->stride_next = along_x ? BLOCK_PITCH : block->width;
    double start = angle->b * (double) i + angle->a * (double) j + angle->u0;
    if (angle->b < 0.0) { // backwards
        start += angle->b * (double) (paths->n_voxels - 1);
        paths->offset = (paths->n_voxels - 1) * (gsize) paths->stride;
        paths->stride = -paths->stride;
    }
    const double whole = floor(start);
    const gint32 origin = (gint32) whole - 1;
    const float first = (float) (start - whole);
    const float step = (float) fabs(angle->b), next = (float) angle->a;
#pragma omp simd
    for (gint32 e = 0; e < MAX_TAPS; e++)
        set_tap(&paths->taps, (gsize) e, origin,
            first + next * (float) (e / BLOCK) + step * (float) (e % BLOCK));
}

static inline __attribute__((always_inline)) void
forward_paths(const Paths *paths, const float *voxels, float *columns, const gsize width)
{
    voxels += paths->offset;
    for (gsize j = 0; j < paths->n_paths; j++)
        forward_path(path_at(&paths->taps, j * BLOCK, paths->n_voxels, paths->stride),
            voxels + j * paths->stride_next, columns, width, width);
}

static inline __attribute__((always_inline)) void
adjoint_paths(const Paths *paths, float *voxels, const float *columns, const gsize width)
{
    voxels += paths->offset;
    for (gsize j = 0; j < paths->n_paths; j++)
        adjoint_path(path_at(&paths->taps, j * BLOCK, paths->n_voxels, paths->stride),
            voxels + j * paths->stride_next, columns, width, width);
}

// Asks for part @k of @n of the block to the right, which is far away in memory.
static inline void
prefetch_next(const LacSplatPlan *plan, const Block *block, const float *volume, gsize k, gsize n)
{
    const gsize x = block->x + BLOCK, n_lines = MIN(BLOCK, plan->nx - x) * block->width / LINE;
    const float *rows = volume + (block->z * plan->nx + x) * block->width;
    for (gsize i = k * n_lines / n; i < (k + 1) * n_lines / n; i++)
        for (gsize z = 0; z < block->n_z; z++)
            __builtin_prefetch(rows + z * plan->nx * block->width + i * LINE, 0, 2);
}

static void
forward(const LacSplatPlan *plan, gsize width, const float *volume, float *projections,
    gsize k_begin, gsize k_end)
{
    float voxels[BLOCK * BLOCK_PITCH] __attribute__((aligned(64)));
    const gsize n_columns = plan->n_u * width;
    Paths paths;
    memset(projections + k_begin * n_columns, 0, (k_end - k_begin) * n_columns * sizeof(float));
    Block block = { .width = width };
    for (; block.z < plan->nz; block.z += BLOCK) {
        block.n_z = MIN(BLOCK, plan->nz - block.z);
        for (block.x = 0; block.x < plan->nx; block.x += BLOCK) {
            block.n_x = MIN(BLOCK, plan->nx - block.x);
            const float *from = volume + (block.z * plan->nx + block.x) * width;
            for (gsize z = 0; z < block.n_z; z++)
                memcpy(voxels + z * BLOCK_PITCH, from + z * plan->nx * width,
                    block.n_x * width * sizeof(float));
            for (gsize k = k_begin; k < k_end; k++) {
                float *columns = projections + k * n_columns;
                if (block.x + BLOCK < plan->nx)
                    prefetch_next(plan, &block, volume, k - k_begin, k_end - k_begin);
                lay_paths(&plan->angles[k], &block, &paths);
                if (width == LAC_TILE_WIDTH)
                    forward_paths(&paths, voxels, columns, LAC_TILE_WIDTH);
                else
                    forward_paths(&paths, voxels, columns, width);
            }
        }
    }
}

static void
adjoint(const LacSplatPlan *plan, gsize width, const float *projections, float *volume,
    gsize z_begin, gsize z_end)
{
    float voxels[BLOCK * BLOCK_PITCH] __attribute__((aligned(64)));
    const gsize n_columns = plan->n_u * width;
    Paths paths;
    Block block = { .z = z_begin, .width = width };
    for (; block.z < z_end; block.z += BLOCK) {
        block.n_z = MIN(BLOCK, z_end - block.z);
        for (block.x = 0; block.x < plan->nx; block.x += BLOCK) {
            block.n_x = MIN(BLOCK, plan->nx - block.x);
            memset(voxels, 0, sizeof voxels);
            for (gsize k = 0; k < plan->n; k++) {
                const float *columns = projections + k * n_columns;
                lay_paths(&plan->angles[k], &block, &paths);
                if (width == LAC_TILE_WIDTH)
                    adjoint_paths(&paths, voxels, columns, LAC_TILE_WIDTH);
                else
                    adjoint_paths(&paths, voxels, columns, width);
            }
            float *to = volume + (block.z * plan->nx + block.x) * width;
            for (gsize z = 0; z < block.n_z; z++)
                memcpy(to + z * plan->nx * width, voxels + z * BLOCK_PITCH,
                    block.n_x * width * sizeof(float));
        }
    }
}

// --- rows, for the sheared kernels

#define BLOCK_MAJOR 64 // voxels along the major axis, forward
#define BLOCK_MINOR 16 // rows of a block, forward
#define ROWS        2  // rows added to a detector column at once, forward; more spill registers
#define ROW_TAPS    6
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
    gsize n_i;                // voxels per row, at least ROW_TAPS
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
forward_rows(const Run *run, float *columns, const int n_rows, const int n_taps, const gsize width)
{
    gint32 first[ROWS][MAX_COLUMNS];
    float weights[ROWS][ROW_TAPS][MAX_COLUMNS];
    for (int r = 0; r < n_rows; r++)
        forward_weights(run, r, n_taps, first[r], weights[r]);
    const gsize stride = run->stride_i;
    for (gsize u = 0; u < run->n_columns; u++) {
        const float *v[ROWS];
        float w[ROWS][ROW_TAPS];
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
        forward_rows(run, columns, n_rows, 4, width);
    else if (n_taps == 5)
        forward_rows(run, columns, n_rows, 5, width);
    else
        forward_rows(run, columns, n_rows, 6, width);
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

// Splits n into blocks of @block, the last one between @block and 2 @block - 1 long.
static gsize
block_end(gsize begin, gsize n, gsize block)
{
    return n - begin < 2 * block ? n : begin + block;
}

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
