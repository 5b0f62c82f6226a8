// SPDX-License-Identifier: GPL-3.0-or-later
// The distance of every node to the nearest atom.
#include "core/analysis/field.h"
#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

// The grid is cut into tiles and each tile into halves, down to leaves. Each piece keeps the atoms
// that can be nearest to any of its nodes: those whose nearest point of the piece is no farther than
// the farthest one of some other atom. A leaf has so few left that every node looks at all of them.
#define TILE   64 // nodes along an edge
#define LEAF_X 8
#define LEAF   4
#define SLACK  1e-3f // [Å] more than the rounding of float positions in a tile

// Positions relative to the first node of the grid [Å].
typedef struct {
    float *x, *y, *z;
    float *low2; // [Å^2] to the nearest point of a piece that they are narrowed for
    gsize n, capacity;
} Candidates;

typedef struct {
    const LacGrid *grid;
    Candidates *atoms; // low2 is NULL
    float limit;       // [Å]
    float *distance;
    gsize tiles_x, tiles_y, layer;
} DistanceArgs;

// A box of nodes inside a tile; coordinates count nodes of the grid.
typedef struct {
    gsize begin[3], end[3]; // x, y, z
} Piece;

static void
reserve(Candidates *candidates, gsize n)
{
    if (n <= candidates->capacity)
        return;
    candidates->capacity = n + n / 2;
    candidates->x = g_realloc_n(candidates->x, candidates->capacity, sizeof(float));
    candidates->y = g_realloc_n(candidates->y, candidates->capacity, sizeof(float));
    candidates->z = g_realloc_n(candidates->z, candidates->capacity, sizeof(float));
    candidates->low2 = g_realloc_n(candidates->low2, candidates->capacity, sizeof(float));
}

// Finds how far each atom is from a box at least; the least of that, and the least of how far each
// is at most [Å^2].
LAC_CLONES static void
measure_box(const Candidates *atoms, const float centre[3], const float half[3],
    float *restrict low2, float *nearest2, float *most2)
{
    const float *restrict ax = atoms->x, *restrict ay = atoms->y, *restrict az = atoms->z;
    float cx = centre[0], cy = centre[1], cz = centre[2], hx = half[0], hy = half[1], hz = half[2];
    float nearest = HUGE_VALF, most = HUGE_VALF;
    gsize n = atoms->n;
#pragma omp simd reduction(min : nearest, most)
    for (gsize i = 0; i < n; i++) {
        float dx = fabsf(ax[i] - cx), dy = fabsf(ay[i] - cy), dz = fabsf(az[i] - cz);
        float far2 = (dx + hx) * (dx + hx) + (dy + hy) * (dy + hy) + (dz + hz) * (dz + hz);
        float x = dx > hx ? dx - hx : 0, y = dy > hy ? dy - hy : 0, z = dz > hz ? dz - hz : 0;
        float near2 = x * x + y * y + z * z;
        low2[i] = near2;
        nearest = near2 < nearest ? near2 : nearest;
        most = far2 < most ? far2 : most;
    }
    *nearest2 = nearest;
    *most2 = most;
}

// Copies what can be nearest to a node of the piece; returns how far the nearest is at least [Å].
static float
narrow(const Candidates *from, const LacGrid *grid, const Piece *piece, Candidates *to)
{
    float centre[3], half[3];
    for (int d = 0; d < 3; d++) {
        double extent = grid->step * (double) (piece->end[d] - 1 - piece->begin[d]);
        centre[d] = (float) (grid->step * (double) piece->begin[d] + extent / 2);
        half[d] = (float) (extent / 2);
    }
    reserve(to, from->n + 1);
    float nearest2, most2;
    measure_box(from, centre, half, to->low2, &nearest2, &most2);
    float reach = sqrtf(most2) + SLACK;
    gsize n = 0;
    for (gsize i = 0; i < from->n; i++) {
        to->x[n] = from->x[i];
        to->y[n] = from->y[i];
        to->z[n] = from->z[i];
        n += to->low2[i] <= reach * reach ? 1 : 0;
    }
    to->n = n;
    return sqrtf(nearest2) - SLACK;
}

static void
fill_far(const DistanceArgs *args, const Piece *piece, float value)
{
    const LacGrid *grid = args->grid;
    for (gsize iz = piece->begin[2]; iz < piece->end[2]; iz++)
        for (gsize iy = piece->begin[1]; iy < piece->end[1]; iy++) {
            float *row = args->distance + (iz * grid->ny + iy) * grid->nx;
            for (gsize ix = piece->begin[0]; ix < piece->end[0]; ix++)
                row[ix] = value;
        }
}

LAC_CLONES static void
fill_leaf(const DistanceArgs *args, const Piece *piece, const Candidates *atoms)
{
    const LacGrid *grid = args->grid;
    gsize nx = piece->end[0] - piece->begin[0];
    float x[LEAF_X];
    for (gsize k = 0; k < LEAF_X; k++)
        x[k] = (float) (grid->step * (double) (piece->begin[0] + k));
    for (gsize iz = piece->begin[2]; iz < piece->end[2]; iz++)
        for (gsize iy = piece->begin[1]; iy < piece->end[1]; iy++) {
            float y = (float) (grid->step * (double) iy);
            float z = (float) (grid->step * (double) iz);
            float best[LEAF_X];
            for (gsize k = 0; k < LEAF_X; k++)
                best[k] = HUGE_VALF;
            for (gsize i = 0; i < atoms->n; i++) {
                float ax = atoms->x[i], dy = atoms->y[i] - y, dz = atoms->z[i] - z;
                float dyz = dy * dy + dz * dz;
#pragma omp simd
                for (gsize k = 0; k < LEAF_X; k++) {
                    float d = (ax - x[k]) * (ax - x[k]) + dyz;
                    best[k] = d < best[k] ? d : best[k];
                }
            }
            float *row = args->distance + (iz * grid->ny + iy) * grid->nx + piece->begin[0];
            for (gsize k = 0; k < nx; k++)
                row[k] = sqrtf(best[k]);
        }
}

// One set of candidates per depth: a tile of 64 nodes is halved four times.
#define N_LEVELS 5

static void
fill_piece(const DistanceArgs *args, const Piece *piece, const Candidates *from,
    Candidates *scratch)
{
    float least = narrow(from, args->grid, piece, scratch);
    if (least > args->limit) {
        fill_far(args, piece, least);
        return;
    }
    gsize size[3], parts[3];
    for (int d = 0; d < 3; d++) {
        size[d] = piece->end[d] - piece->begin[d];
        parts[d] = size[d] > (d == 0 ? LEAF_X : LEAF) ? 2 : 1;
    }
    if (parts[0] * parts[1] * parts[2] == 1) {
        fill_leaf(args, piece, scratch);
        return;
    }
    for (gsize part = 0; part < 8; part++) {
        const gsize at[3] = { part & 1, part >> 1 & 1, part >> 2 };
        if (at[0] >= parts[0] || at[1] >= parts[1] || at[2] >= parts[2])
            continue;
        Piece child = *piece;
        for (int d = 0; d < 3; d++) {
            gsize middle = parts[d] == 2 ? piece->begin[d] + (size[d] + 1) / 2 : piece->end[d];
            child.begin[d] = at[d] == 1 ? middle : piece->begin[d];
            child.end[d] = at[d] == 1 ? piece->end[d] : middle;
        }
        fill_piece(args, &child, scratch, scratch + 1);
    }
}

static void
fill_tiles(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const DistanceArgs *args = data;
    const LacGrid *grid = args->grid;
    Candidates levels[N_LEVELS] = { 0 };
    for (gsize tile = begin; tile < end; tile++) {
        Piece piece = { .begin = { tile % args->tiles_x * TILE, tile / args->tiles_x * TILE,
                            args->layer * TILE } };
        piece.end[0] = MIN(piece.begin[0] + TILE, grid->nx);
        piece.end[1] = MIN(piece.begin[1] + TILE, grid->ny);
        piece.end[2] = MIN(piece.begin[2] + TILE, grid->nz);
        fill_piece(args, &piece, args->atoms, levels);
    }
    for (gsize k = 0; k < N_LEVELS; k++) {
        g_free(levels[k].x);
        g_free(levels[k].y);
        g_free(levels[k].z);
        g_free(levels[k].low2);
    }
}

/**
 * lac_field_distance_to_points:
 * @grid: a grid
 * @points: at least one point
 * @limit: [Å] how far distances are wanted; HUGE_VAL for all
 * @distance: (out caller-allocates) (array): [Å] receives one value per node
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Finds the exact distance from every node to its nearest point, up to float32 rounding of
 * positions in the grid (1e-5 Å in 100 Å). A node that is farther than @limit may get a shorter
 * distance than it has, but none below @limit.
 *
 * Returns: %TRUE, or %FALSE with @error set and @distance undefined when cancelled
 */
gboolean
lac_field_distance_to_points(const LacGrid *grid, const LacPoints *points, double limit,
    float *distance, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points->n > 0, FALSE);

    g_autofree float *memory = g_try_new(float, 3 * points->n);
    if (memory == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for %" G_GSIZE_FORMAT " atoms", points->n);
        return FALSE;
    }
    Candidates atoms = { .x = memory, .y = memory + points->n, .z = memory + 2 * points->n };
    atoms.n = points->n;
    for (gsize i = 0; i < points->n; i++) {
        atoms.x[i] = (float) (points->x[i] - grid->origin.x);
        atoms.y[i] = (float) (points->y[i] - grid->origin.y);
        atoms.z[i] = (float) (points->z[i] - grid->origin.z);
    }
    DistanceArgs args = { .grid = grid, .atoms = &atoms, .limit = (float) limit };
    args.distance = distance;
    args.tiles_x = (grid->nx + TILE - 1) / TILE;
    args.tiles_y = (grid->ny + TILE - 1) / TILE;
    gsize n_layers = (grid->nz + TILE - 1) / TILE;
    for (args.layer = 0; args.layer < n_layers; args.layer++) {
        double done = (double) args.layer / (double) n_layers;
        if (!lac_progress_update(progress, done, error))
            return FALSE;
        lac_parallel_for(args.tiles_x * args.tiles_y, 1, fill_tiles, &args);
    }
    return TRUE;
}
