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
        low = (LacVec3){ fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z) };
        high = (LacVec3){ fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z) };
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

typedef void (*FoundFunc)(gsize index, double distance2, gpointer data);

static void
for_each_within(const LacCells *self, LacVec3 p, double radius, FoundFunc found, gpointer data)
{
    CellRange range = range_around(self, p, radius);
    for (gsize k = range.z0; k <= range.z1; k++)
        for (gsize j = range.y0; j <= range.y1; j++) {
            gsize row = (k * self->ny + j) * self->nx;
            for (gsize m = self->start[row + range.x0]; m < self->start[row + range.x1 + 1]; m++) {
                double dx = self->position[m].x - p.x;
                double dy = self->position[m].y - p.y;
                double dz = self->position[m].z - p.z;
                double d2 = dx * dx + dy * dy + dz * dz;
                if (d2 <= radius * radius)
                    found(self->order[m], d2, data);
            }
        }
}

static void
append_index(gsize index, G_GNUC_UNUSED double distance2, gpointer data)
{
    g_array_append_val((GArray *) data, index);
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
    for_each_within(self, p, radius, append_index, indices);
    return indices->len - before;
}

typedef struct {
    gsize except;
    gsize index;
    double distance2;
    gsize n;
} Nearest;

static void
keep_nearest(gsize index, double distance2, gpointer data)
{
    Nearest *nearest = data;
    if (index == nearest->except)
        return;
    nearest->n++;
    if (distance2 < nearest->distance2 ||
        (distance2 == nearest->distance2 && index < nearest->index)) {
        nearest->index = index;
        nearest->distance2 = distance2;
    }
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
    Nearest nearest = { .except = except, .index = G_MAXSIZE, .distance2 = HUGE_VAL };
    for_each_within(self, p, radius, keep_nearest, &nearest);
    if (nearest.n == 0)
        return FALSE;
    if (index != NULL)
        *index = nearest.index;
    if (distance != NULL)
        *distance = sqrt(nearest.distance2);
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
    Nearest nearest = { .except = except, .index = G_MAXSIZE, .distance2 = HUGE_VAL };
    for_each_within(self, p, radius, keep_nearest, &nearest);
    return nearest.n;
}
