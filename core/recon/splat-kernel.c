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

// Columns and paths are aligned to a vector, which their type does not say.
static inline const Vector *
vectors(const float *values)
{
    return (const Vector *) (const void *) values;
}

static inline Vector *
vectors_out(float *values)
{
    return (Vector *) (void *) values;
}

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
        c0[v] = vectors(column)[v];
        c1[v] = vectors(column + pitch)[v];
        c2[v] = vectors(column + 2 * pitch)[v];
        c3[v] = vectors(column + 3 * pitch)[v];
    }
    for (gsize i = 0; i < path.n; i++, voxel += path.stride) {
        for (; at < path.column[i]; at++, column += pitch) {
            EACH_VECTOR(v, n)
            {
                vectors_out(column)[v] = c0[v];
                c0[v] = c1[v];
                c1[v] = c2[v];
                c2[v] = c3[v];
                c3[v] = vectors(column + 4 * pitch)[v];
            }
        }
        const float *w = path.weight + i;
        const float w0 = w[0], w1 = w[MAX_TAPS], w2 = w[2 * MAX_TAPS], w3 = w[3 * MAX_TAPS];
        EACH_VECTOR(v, n)
        {
            Vector x = vectors(voxel)[v];
            c0[v] += w0 * x;
            c1[v] += w1 * x;
            c2[v] += w2 * x;
            c3[v] += w3 * x;
        }
    }
    EACH_VECTOR(v, n)
    {
        vectors_out(column)[v] = c0[v];
        vectors_out(column + pitch)[v] = c1[v];
        vectors_out(column + 2 * pitch)[v] = c2[v];
        vectors_out(column + 3 * pitch)[v] = c3[v];
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
        c0[v] = vectors(column)[v];
        c1[v] = vectors(column + pitch)[v];
        c2[v] = vectors(column + 2 * pitch)[v];
        c3[v] = vectors(column + 3 * pitch)[v];
    }
    for (gsize i = 0; i < path.n; i++, voxel += path.stride) {
        for (; at < path.column[i]; at++, column += pitch) {
            EACH_VECTOR(v, n)
            {
                c0[v] = c1[v];
                c1[v] = c2[v];
                c2[v] = c3[v];
                c3[v] = vectors(column + 4 * pitch)[v];
            }
        }
        const float *w = path.weight + i;
        const float w0 = w[0], w1 = w[MAX_TAPS], w2 = w[2 * MAX_TAPS], w3 = w[3 * MAX_TAPS];
        EACH_VECTOR(v, n)
        {
            Vector x = vectors_out(voxel)[v];
            x += w0 * c0[v];
            x += w1 * c1[v];
            x += w2 * c2[v];
            x += w3 * c3[v];
            vectors_out(voxel)[v] = x;
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
#define BLOCK_PITCH (BLOCK * LAC_TILE_WIDTH + 2 * LINE) // paths along z use all cache sets

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

// --- any orientation near the tilt axis
//
// A row of voxels is splat across the tilt axis as above, here along the major axis, then moved
// along the tilt axis. The move differs from row to row of the minor axis and, by the
// foreshortening of y, a little along y: its weights are vectors.

#define ROW         32                // voxels of a row that are done at once
#define ROWS        4                 // rows that are done together, on nearly the same columns
#define ROW_COLUMNS (ROW * 5 / 4 + 8) // detector columns that a row reaches, for |a| <= 1.25
#define GUARD       16                // zeros around a column, for taps beyond its ends
#define GUARDED     (LAC_TILE_WIDTH + 2 * GUARD)
#define GROUP       16 // projections that share rows while these are in the cache
#define MOVED       4  // columns moved at once
#define MOVE_TAPS   11 // for scale >= 0.8 and any number of lanes
#define MOVES       ((LAC_TILE_WIDTH + 8) / LANES + 1)

typedef float LooseVector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

// Consecutive outputs: output l is the sum of weight[t][l] times input (first_input + l + t).
typedef struct {
    Vector weight[MOVE_TAPS];
    gssize first_input;
    gsize first_output;
    gsize n_taps;
} MoveVector;

typedef struct {
    MoveVector vectors[MOVES];
    gsize n;
    gsize row; // of the detector, that output 0 (to it) or input 0 (from it) stands for
} Move;

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

// Lane l of tap t lies at distance start + step_lane l + step_tap t; the first @skip lanes get 0.
static inline void
set_weights(MoveVector *move, double start, double step_lane, double step_tap, gsize skip)
{
    for (gsize t = 0; t < move->n_taps; t++) {
        const float first = (float) (start + step_tap * (double) t), step = (float) step_lane;
        float *weight = (float *) &move->weight[t];
#pragma omp simd
        for (gint32 l = 0; l < LANES; l++)
            weight[l] = l < (gint32) skip ? 0.0f : spline(first + step * (float) l);
    }
}

static void
append_to_detector(Move *move, double c, double scale, gsize output, gsize skip)
{
    MoveVector *v = &move->vectors[move->n++];
    double row = (double) (move->row + output);
    double y = floor((row - 2.0 - c) / scale) + 1.0;
    double y_end = ceil((row + (double) (LANES - 1) + 2.0 - c) / scale);
    v->first_output = output;
    v->first_input = (gssize) y;
    v->n_taps = (gsize) (y_end - y) - (LANES - 1);
    set_weights(v, c + scale * y - row, scale - 1.0, scale, skip);
}

// Outputs are detector rows, inputs the rows of a tile, which lie at c, c + scale, ...
static void
move_to_detector(double c, double scale, gsize width, Move *move)
{
    move->n = 0;
    move->row = (gsize) floor(c) - 1;
    gsize n_used = (gsize) ceil(c + scale * (double) (width - 1)) + 2 - move->row;
    gsize n_rows = MAX(n_used, LANES), rest = n_rows % LANES;
    // What whole vectors leave over goes first, in a vector that overlaps the last one.
    if (rest > 0)
        append_to_detector(move, c, scale, n_rows - LANES, LANES - rest);
    for (gsize output = 0; output + LANES <= n_rows; output += LANES)
        append_to_detector(move, c, scale, output, 0);
}

// Outputs are the rows of a tile, inputs detector rows.
static void
move_from_detector(double c, double scale, gsize width, Move *move)
{
    move->n = 0;
    move->row = (gsize) floor(c) - 1;
    for (gsize y = 0; y < width; y += LANES) {
        MoveVector *v = &move->vectors[move->n++];
        double b = c + scale * (double) y;
        double first = floor(b) - 1.0, last = floor(b + scale * (double) (LANES - 1)) - 1.0;
        double row = last - (double) (LANES - 1);
        v->first_output = y;
        v->first_input = (gssize) row - (gssize) move->row;
        v->n_taps = (gsize) (first - row) + 4;
        set_weights(v, b - row, scale - 1.0, -1.0, 0);
    }
}

// Moves @n_columns at once, so that a weight is loaded once for all.
static inline __attribute__((always_inline)) void
move_columns(const Move *move, const int n_columns, const gboolean add, const float *in,
    const gsize in_pitch, float *out, const gsize out_pitch)
{
    for (gsize i = 0; i < move->n; i++) {
        const MoveVector *v = &move->vectors[i];
        const float *from = in + v->first_input;
        float *to = out + v->first_output;
        Vector sum[MOVED];
        EACH_VECTOR(c, n_columns)
        sum[c] = add ? *(const LooseVector *) (to + (gsize) c * out_pitch) : (LooseVector){ 0 };
        for (gsize t = 0; t < v->n_taps; t++)
            EACH_VECTOR(c, n_columns)
        sum[c] += v->weight[t] * *(const LooseVector *) (from + (gsize) c * in_pitch + t);
        EACH_VECTOR(c, n_columns)
        *(LooseVector *) (to + (gsize) c * out_pitch) = sum[c];
    }
}

static void
columns_to_detector(const Move *move, gsize n, const float *columns, float *detector, gsize n_v)
{
    gsize u = 0;
    detector += move->row;
    for (; u + MOVED <= n; u += MOVED)
        move_columns(move, MOVED, TRUE, columns + u * GUARDED, GUARDED, detector + u * n_v, n_v);
    for (; u < n; u++)
        move_columns(move, 1, TRUE, columns + u * GUARDED, GUARDED, detector + u * n_v, n_v);
}

static void
columns_from_detector(const Move *move, gsize n, const float *detector, gsize n_v, float *columns)
{
    gsize u = 0;
    detector += move->row;
    for (; u + MOVED <= n; u += MOVED)
        move_columns(move, MOVED, FALSE, detector + u * n_v, n_v, columns + u * LAC_TILE_WIDTH,
            LAC_TILE_WIDTH);
    for (; u < n; u++)
        move_columns(move, 1, FALSE, detector + u * n_v, n_v, columns + u * LAC_TILE_WIDTH,
            LAC_TILE_WIDTH);
}

// Voxels i, i + 1, ... of row j, in the order in which the position grows.
typedef struct {
    gsize first, n_columns; // of the detector
    gsize n;                // voxels
    gboolean backwards;
    Taps taps;
} Row;

static void
lay_row(const LacSplatAngle *across, gsize i, gsize j, gsize n, Row *row)
{
    const double span = fabs(across->a) * (double) (n - 1);
    double start = across->a * (double) i + across->b * (double) j + across->u0;
    row->backwards = across->a < 0.0;
    if (row->backwards)
        start -= span;
    row->n = n;
    row->first = (gsize) floor(start) - 1;
    row->n_columns = (gsize) floor(start + span) + 4 - row->first; // one more for rounding
    const float first = (float) (start - floor(start)), step = (float) fabs(across->a);
#pragma omp simd
    for (gint32 e = 0; e < ROW; e++)
        set_tap(&row->taps, (gsize) e, 0, first + step * (float) e);
}

static inline Path
row_path(const Row *row, gsize width, gsize *offset)
{
    *offset = row->backwards ? (row->n - 1) * width : 0;
    return path_at(&row->taps, 0, row->n, row->backwards ? -(gssize) width : (gssize) width);
}

static void
forward_row(const Row *row, const float *voxels, gsize width, float *columns)
{
    gsize offset;
    Path path = row_path(row, width, &offset);
    if (width == LAC_TILE_WIDTH)
        forward_path(path, voxels + offset, columns, GUARDED, LAC_TILE_WIDTH);
    else
        forward_path(path, voxels + offset, columns, GUARDED, width);
}

static void
adjoint_row(const Row *row, float *voxels, gsize width, const float *columns)
{
    gsize offset;
    Path path = row_path(row, width, &offset);
    if (width == LAC_TILE_WIDTH)
        adjoint_path(path, voxels + offset, columns, LAC_TILE_WIDTH, LAC_TILE_WIDTH);
    else
        adjoint_path(path, voxels + offset, columns, LAC_TILE_WIDTH, width);
}

static double
first_row(const LacSplatShear *shear, const LacSplatTile *tile, gsize j)
{
    return shear->scale * (double) tile->y + shear->shift * (double) j + shear->v0;
}

// How voxels and rows lie in a tile, the row along the major axis.
typedef struct {
    gsize n_i, n_j;
    gsize stride_i, stride_j; // [floats]
} Strides;

static Strides
strides_of(const LacSplatTile *tile, const LacSplatShear *shear)
{
    const gsize stride_x = tile->width, stride_z = tile->nx * tile->width;
    if (shear->across.major_is_z)
        return (Strides){ tile->nz, tile->nx, stride_z, stride_x };
    return (Strides){ tile->nx, tile->nz, stride_x, stride_z };
}

// Copies voxels of a row, @stride floats apart, next to each other or back.
static void
copy_row(gsize n, gsize width, const float *from, gsize from_stride, float *to, gsize to_stride)
{
    for (gsize i = 0; i < n && width == LAC_TILE_WIDTH; i++)
        memcpy(to + i * to_stride, from + i * from_stride, LAC_TILE_WIDTH * sizeof(float));
    for (gsize i = 0; i < n && width != LAC_TILE_WIDTH; i++)
        memcpy(to + i * to_stride, from + i * from_stride, width * sizeof(float));
}

static void
forward_sheared(const LacSplatTile *tile, gsize n, const LacSplatShear *const *shears,
    const float *volume, float *const *detectors)
{
    const Strides s = strides_of(tile, shears[0]);
    const gsize width = tile->width;
    float voxels[ROWS][ROW * LAC_TILE_WIDTH] __attribute__((aligned(64)));
    float columns[ROW_COLUMNS * GUARDED] __attribute__((aligned(64))) = { 0 };
    Move moves[GROUP][ROWS];
    Row row;
    for (gsize j = 0; j < s.n_j; j += ROWS) {
        const gsize n_rows = MIN(ROWS, s.n_j - j);
        for (gsize k = 0; k < n; k += GROUP) {
            const gsize n_k = MIN(GROUP, n - k);
            for (gsize g = 0; g < n_k; g++)
                for (gsize r = 0; r < n_rows; r++)
                    move_to_detector(first_row(shears[k + g], tile, j + r), shears[k + g]->scale,
                        width, &moves[g][r]);
            for (gsize i = 0; i < s.n_i; i += ROW) {
                const gsize n_voxels = MIN(ROW, s.n_i - i);
                for (gsize r = 0; r < n_rows; r++)
                    copy_row(n_voxels, width, volume + (j + r) * s.stride_j + i * s.stride_i,
                        s.stride_i, voxels[r], width);
                for (gsize g = 0; g < n_k; g++) {
                    for (gsize r = 0; r < n_rows; r++) {
                        lay_row(&shears[k + g]->across, i, j + r, n_voxels, &row);
                        for (gsize u = 0; u < row.n_columns; u++)
                            memset(columns + u * GUARDED + GUARD, 0,
                                LAC_TILE_WIDTH * sizeof(float));
                        forward_row(&row, voxels[r], width, columns + GUARD);
                        columns_to_detector(&moves[g][r], row.n_columns, columns + GUARD,
                            detectors[k + g] + row.first * tile->n_v, tile->n_v);
                    }
                }
            }
        }
    }
}

static void
adjoint_sheared(const LacSplatTile *tile, gsize n, const LacSplatShear *const *shears,
    const float *const *detectors, float *volume, gsize j_begin, gsize j_end)
{
    const Strides s = strides_of(tile, shears[0]);
    const gsize width = tile->width;
    float voxels[ROWS][ROW * LAC_TILE_WIDTH] __attribute__((aligned(64)));
    float columns[ROW_COLUMNS * LAC_TILE_WIDTH] __attribute__((aligned(64)));
    Move moves[GROUP][ROWS];
    Row row;
    for (gsize j = j_begin; j < j_end; j += ROWS) {
        const gsize n_rows = MIN(ROWS, j_end - j);
        for (gsize k = 0; k < n; k += GROUP) {
            const gsize n_k = MIN(GROUP, n - k);
            for (gsize g = 0; g < n_k; g++)
                for (gsize r = 0; r < n_rows; r++)
                    move_from_detector(first_row(shears[k + g], tile, j + r), shears[k + g]->scale,
                        width, &moves[g][r]);
            for (gsize i = 0; i < s.n_i; i += ROW) {
                const gsize n_voxels = MIN(ROW, s.n_i - i);
                float *out = volume + j * s.stride_j + i * s.stride_i;
                for (gsize r = 0; r < n_rows; r++)
                    copy_row(n_voxels, width, out + r * s.stride_j, s.stride_i, voxels[r], width);
                for (gsize g = 0; g < n_k; g++) {
                    for (gsize r = 0; r < n_rows; r++) {
                        lay_row(&shears[k + g]->across, i, j + r, n_voxels, &row);
                        columns_from_detector(&moves[g][r], row.n_columns,
                            detectors[k + g] + row.first * tile->n_v, tile->n_v, columns);
                        adjoint_row(&row, voxels[r], width, columns);
                    }
                }
                for (gsize r = 0; r < n_rows; r++)
                    copy_row(n_voxels, width, voxels[r], width, out + r * s.stride_j, s.stride_i);
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
