// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/cells.h"

#include "core/error.h"

#include <math.h>

// Points sorted by cell; those of cell c are order[start[c]] to order[start[c + 1] - 1].
struct LacCells {
    double edge; // [Å] of a cell
    LacVec3 low; // [Å] corner of the first cell
    gsize nx, ny, nz;
    gsize *start;
    gsize *order;
    LacVec3 *position; // of order[k], beside each other for the search
};

// More cells than this many per point are never needed: a sparse model gets larger cells.
#define CELLS_PER_POINT 4

// [Å] A meter: no atom of a particle is farther away, and differences cannot overflow.
#define FARTHEST 1e10

static gsize
cell_along(double value, double low, double edge, gsize n)
{
    double k = floor((value - low) / edge);
    return k <= 0 ? 0 : k >= (double) (n - 1) ? n - 1 : (gsize) k;
}

static gsize
cell_of(const LacCells *self, LacVec3 p)
{
    gsize i = cell_along(p.x, self->low.x, self->edge, self->nx);
    gsize j = cell_along(p.y, self->low.y, self->edge, self->ny);
    gsize k = cell_along(p.z, self->low.z, self->edge, self->nz);
    return (k * self->ny + j) * self->nx + i;
}

static void
choose_grid(LacCells *self, LacVec3 low, LacVec3 high, gsize n, double edge)
{
    double wanted = (double) CELLS_PER_POINT * (double) n + 64;
    for (;; edge *= 1.26) {
        double nx = floor((high.x - low.x) / edge) + 1;
        double ny = floor((high.y - low.y) / edge) + 1;
        double nz = floor((high.z - low.z) / edge) + 1;
        if (nx * ny * nz <= wanted) {
            self->nx = (gsize) nx;
            self->ny = (gsize) ny;
            self->nz = (gsize) nz;
            self->low = low;
            self->edge = edge;
            return;
        }
    }
}

// Counting sort, so that points of one cell keep their order.
static void
sort_points(LacCells *self, const double *x, const double *y, const double *z, const guint8 *skip,
    gsize n, gsize n_kept)
{
    gsize n_cells = self->nx * self->ny * self->nz;
    self->start = g_new0(gsize, n_cells + 1);
    self->order = g_new(gsize, n_kept);
    self->position = g_new(LacVec3, n_kept);
    for (gsize i = 0; i < n; i++)
        if (skip == NULL || !skip[i])
            self->start[cell_of(self, (LacVec3){ x[i], y[i], z[i] }) + 1]++;
    for (gsize c = 0; c < n_cells; c++)
        self->start[c + 1] += self->start[c];
    g_autofree gsize *next = g_memdup2(self->start, n_cells * sizeof *next);
    for (gsize i = 0; i < n; i++) {
        if (skip != NULL && skip[i])
            continue;
        LacVec3 p = { x[i], y[i], z[i] };
        gsize k = next[cell_of(self, p)]++;
        self->order[k] = i;
        self->position[k] = p;
    }
}

static gboolean
is_usable(double value)
{
    return fabs(value) <= FARTHEST;
}

/**
 * lac_cells_new:
 * @x: (array length=n): [Å]
 * @y: (array length=n): [Å]
 * @z: (array length=n): [Å]
 * @skip: (nullable) (array length=n): points to leave out where not 0
 * @n: number of points
 * @edge: [Å] above 0: about the radius that will be asked for; other radii work too, only slower
 * @error: return location for a #GError
 *
 * Sorts points into cells. The positions are copied.
 *
 * Returns: (transfer full): the cell list, which any thread may search; or %NULL with @error set if
 *   a position is not finite or absurdly far away
 */
LacCells *
lac_cells_new(const double *x, const double *y, const double *z, const guint8 *skip, gsize n,
    double edge, GError **error)
{
    g_return_val_if_fail(edge > 0, NULL);

    LacVec3 low = { 0, 0, 0 };
    LacVec3 high = low;
    gsize n_kept = 0;
    for (gsize i = 0; i < n; i++) {
        if (skip != NULL && skip[i])
            continue;
        if (!is_usable(x[i]) || !is_usable(y[i]) || !is_usable(z[i])) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Atom %" G_GSIZE_FORMAT " is at (%g, %g, %g), which is no position in Å", i + 1,
                x[i], y[i], z[i]);
            return NULL;
        }
        LacVec3 p = { x[i], y[i], z[i] };
        if (n_kept++ == 0)
            low = high = p;
        low = (LacVec3){ MIN(low.x, p.x), MIN(low.y, p.y), MIN(low.z, p.z) };
        high = (LacVec3){ MAX(high.x, p.x), MAX(high.y, p.y), MAX(high.z, p.z) };
    }
    LacCells *self = g_new0(LacCells, 1);
    choose_grid(self, low, high, n_kept, edge);
    sort_points(self, x, y, z, skip, n, n_kept);
    return self;
}

/**
 * lac_cells_free:
 * @self: (nullable) (transfer full): a cell list
 */
void
lac_cells_free(LacCells *self)
{
    if (self == NULL)
        return;
    g_free(self->start);
    g_free(self->order);
    g_free(self->position);
    g_free(self);
}

// The range of cells that the sphere touches, both ends included.
typedef struct {
    gsize x0, x1, y0, y1, z0, z1;
} CellRange;

static CellRange
range_around(const LacCells *self, LacVec3 p, double radius)
{
    return (CellRange){
        .x0 = cell_along(p.x - radius, self->low.x, self->edge, self->nx),
        .x1 = cell_along(p.x + radius, self->low.x, self->edge, self->nx),
        .y0 = cell_along(p.y - radius, self->low.y, self->edge, self->ny),
        .y1 = cell_along(p.y + radius, self->low.y, self->edge, self->ny),
        .z0 = cell_along(p.z - radius, self->low.z, self->edge, self->nz),
        .z1 = cell_along(p.z + radius, self->low.z, self->edge, self->nz),
    };
}

// The points of a row of cells, which lie beside each other.
typedef struct {
    gsize begin, end;
} Run;

static Run
get_run(const LacCells *self, const CellRange *range, gsize j, gsize k)
{
    gsize row = (k * self->ny + j) * self->nx;
    return (Run){ self->start[row + range->x0], self->start[row + range->x1 + 1] };
}

G_ALWAYS_INLINE static inline double
get_distance2(const LacVec3 *position, LacVec3 p)
{
    double dx = position->x - p.x, dy = position->y - p.y, dz = position->z - p.z;
    return dx * dx + dy * dy + dz * dz;
}

/**
 * lac_cells_find:
 * @self: a cell list
 * @p: [Å] centre
 * @radius: [Å]
 * @indices: (element-type gsize): receives the points no farther than @radius from @p, a point at
 *   @p itself included, after what it holds; in an order that depends on the positions alone
 *
 * Returns: the number of points found
 */
gsize
lac_cells_find(const LacCells *self, LacVec3 p, double radius, GArray *indices)
{
    guint before = indices->len;
    CellRange range = range_around(self, p, radius);
    for (gsize k = range.z0; k <= range.z1; k++)
        for (gsize j = range.y0; j <= range.y1; j++) {
            Run run = get_run(self, &range, j, k);
            // Room for all of them; those that are too far are written over.
            guint n = indices->len;
            g_array_set_size(indices, n + (guint) (run.end - run.begin));
            gsize *found = (gsize *) (gpointer) indices->data;
            for (gsize m = run.begin; m < run.end; m++) {
                found[n] = self->order[m];
                n += get_distance2(&self->position[m], p) <= radius * radius ? 1 : 0;
            }
            g_array_set_size(indices, n);
        }
    return indices->len - before;
}

/**
 * lac_cells_for_each_after:
 * @self: a cell list
 * @k: a point, counted in the order of cells; below lac_cells_get_n()
 * @radius: [Å]
 * @func: called with some points at a time
 * @data: passed to @func
 *
 * Goes through the points that come after the @k-th in the order of cells and may lie within @radius
 * of it, with others. All pairs of points come once when @k takes every value.
 */
void
lac_cells_for_each_after(const LacCells *self, gsize k, double radius, LacCellsFunc func,
    gpointer data)
{
    LacVec3 p = self->position[k];
    CellRange range = range_around(self, p, radius);
    for (gsize z = range.z0; z <= range.z1; z++)
        for (gsize y = range.y0; y <= range.y1; y++) {
            Run run = get_run(self, &range, y, z);
            gsize begin = MAX(run.begin, k + 1);
            if (begin < run.end)
                func(p, self->position + begin, self->order + begin, run.end - begin, data);
        }
}

/**
 * lac_cells_get_index:
 * @self: a cell list
 * @k: below lac_cells_get_n()
 *
 * Returns: the index of the @k-th point in the order of cells
 */
gsize
lac_cells_get_index(const LacCells *self, gsize k)
{
    return self->order[k];
}

/**
 * lac_cells_get_n:
 * @self: a cell list
 *
 * Returns: the number of points that were not left out
 */
gsize
lac_cells_get_n(const LacCells *self)
{
    return self->start[self->nx * self->ny * self->nz];
}

/**
 * lac_cells_find_nearest:
 * @self: a cell list
 * @p: [Å]
 * @radius: [Å] how far to look
 * @except: index of a point to leave out, or G_MAXSIZE
 * @index: (out) (optional): the nearest point; the lowest index of several
 * @distance: (out) (optional): [Å] to it
 *
 * Returns: whether there is a point within @radius
 */
gboolean
lac_cells_find_nearest(const LacCells *self, LacVec3 p, double radius, gsize except, gsize *index,
    double *distance)
{
    CellRange range = range_around(self, p, radius);
    gsize nearest = G_MAXSIZE;
    double nearest2 = radius * radius;
    for (gsize k = range.z0; k <= range.z1; k++)
        for (gsize j = range.y0; j <= range.y1; j++) {
            Run run = get_run(self, &range, j, k);
            for (gsize m = run.begin; m < run.end; m++) {
                double d2 = get_distance2(&self->position[m], p);
                if (d2 > nearest2 || self->order[m] == except ||
                    (d2 == nearest2 && self->order[m] > nearest))
                    continue;
                nearest = self->order[m];
                nearest2 = d2;
            }
        }
    if (nearest == G_MAXSIZE)
        return FALSE;
    if (index != NULL)
        *index = nearest;
    if (distance != NULL)
        *distance = sqrt(nearest2);
    return TRUE;
}

/**
 * lac_cells_count:
 * @self: a cell list
 * @p: [Å]
 * @radius: [Å]
 * @except: index of a point to leave out, or G_MAXSIZE
 *
 * Returns: the number of points no farther than @radius from @p
 */
gsize
lac_cells_count(const LacCells *self, LacVec3 p, double radius, gsize except)
{
    CellRange range = range_around(self, p, radius);
    gsize n = 0;
    for (gsize k = range.z0; k <= range.z1; k++)
        for (gsize j = range.y0; j <= range.y1; j++) {
            Run run = get_run(self, &range, j, k);
            for (gsize m = run.begin; m < run.end; m++)
                n += get_distance2(&self->position[m], p) <= radius * radius &&
                        self->order[m] != except
                    ? 1
                    : 0;
        }
    return n;
}
