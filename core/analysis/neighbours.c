// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/neighbours.h"

#include "core/analysis/neighbours-private.h"
#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define BLOCK           512       // points whose lists one thread makes at a time
#define CHUNK           (1 << 16) // points between two looks at the progress
#define MOST_NEIGHBOURS 512       // per point on average: a longer list is a wrong cutoff
#define SAMPLE          256       // points that a cut-off is tried on
#define ROUNDING        1e-9      // by which the cell list searches farther than the cutoff
#define LONELY          3.0       // [Å] between atoms where there is no telling

// The lists of the points of one block, one behind the other.
typedef struct {
    gsize n;
    LacNeighbour *all;
} Block;

typedef struct {
    const LacPoints *points;
    const LacCells *cells;
    double cutoff; // [Å]; 0: nearest
    guint k;
    double reach; // [Å] that most of the k nearest lie within
    double farthest;
    gsize first; // point of the chunk
    Block *blocks;
    guint32 *count;
} ListArgs;

static gboolean
is_before(const LacNeighbour *a, const LacNeighbour *b)
{
    return a->distance < b->distance || (a->distance == b->distance && a->index < b->index);
}

// Short lists: insertion. Long ones are halved first.
static void
sort_neighbours(LacNeighbour *list, gsize n, LacNeighbour *scratch)
{
    if (n <= 24) {
        for (gsize i = 1; i < n; i++) {
            LacNeighbour moved = list[i];
            gsize j = i;
            for (; j > 0 && is_before(&moved, &list[j - 1]); j--)
                list[j] = list[j - 1];
            list[j] = moved;
        }
        return;
    }
    gsize half = n / 2;
    sort_neighbours(list, half, scratch);
    sort_neighbours(list + half, n - half, scratch);
    memcpy(scratch, list, half * sizeof *list);
    gsize a = 0, b = half;
    for (gsize k = 0; a < half; k++)
        list[k] = b < n && is_before(&list[b], &scratch[a]) ? list[b++] : scratch[a++];
}

/**
 * lac_neighbours_sort:
 * @list: (element-type LacNeighbour) (inout): put in order by distance, then by index
 */
void
lac_neighbours_sort(GArray *list)
{
    gsize n = list->len;
    if (n == 0)
        return;
    g_array_set_size(list, 2 * (guint) n); // the second half is scratch
    LacNeighbour *all = (LacNeighbour *) (gpointer) list->data;
    sort_neighbours(all, n, all + n);
    g_array_set_size(list, (guint) n);
}

static gsize
collect(const ListArgs *args, gsize i, double radius, GArray *found, GArray *list)
{
    const LacPoints *points = args->points;
    LacVec3 p = { points->x[i], points->y[i], points->z[i] };
    g_array_set_size(found, 0);
    g_array_set_size(list, 0);
    lac_cells_find(args->cells, p, radius * (1.0 + ROUNDING), found);
    for (guint m = 0; m < found->len; m++) {
        gsize j = g_array_index(found, gsize, m);
        double dx = points->x[j] - p.x, dy = points->y[j] - p.y, dz = points->z[j] - p.z;
        LacNeighbour neighbour = { sqrt(dx * dx + dy * dy + dz * dz), (guint32) j };
        if (j != i && neighbour.distance < radius)
            g_array_append_val(list, neighbour);
    }
    return list->len;
}

static void
make_lists(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    ListArgs *args = data;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(LacNeighbour));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LacNeighbour));
    gsize wanted = MIN((gsize) args->k, args->points->n - 1);
    for (gsize m = begin; m < end; m++) {
        gsize i = args->first + m;
        double radius = args->cutoff > 0.0 ? args->cutoff : args->reach;
        gsize n = collect(args, i, radius, found, list);
        while (args->cutoff == 0.0 && n < wanted && radius < 2.0 * args->farthest) {
            radius *= 1.4;
            n = collect(args, i, radius, found, list);
        }
        lac_neighbours_sort(list);
        if (args->cutoff == 0.0)
            n = MIN(n, wanted);
        args->count[i] = (guint32) n;
        g_array_append_vals(all, list->data, (guint) n);
    }
    Block *block = &args->blocks[(args->first + begin) / BLOCK];
    block->n = all->len;
    block->all = (LacNeighbour *) (gpointer) g_array_free(g_steal_pointer(&all), FALSE);
}

static LacNeighbours *
join_blocks(const ListArgs *args, gsize n_blocks)
{
    gsize n = args->points->n, total = 0;
    for (gsize b = 0; b < n_blocks; b++)
        total += args->blocks[b].n;
    LacNeighbours *self = g_new0(LacNeighbours, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->cutoff = args->cutoff;
    self->begin = g_new(gsize, n + 1);
    self->index = g_new(guint32, MAX(total, 1));
    self->distance = g_new(double, MAX(total, 1));
    self->begin[0] = 0;
    for (gsize i = 0; i < n; i++)
        self->begin[i + 1] = self->begin[i] + args->count[i];
    for (gsize b = 0, at = 0; b < n_blocks; b++) {
        for (gsize m = 0; m < args->blocks[b].n; m++, at++) {
            self->index[at] = args->blocks[b].all[m].index;
            self->distance[at] = args->blocks[b].all[m].distance;
        }
        g_clear_pointer(&args->blocks[b].all, g_free);
    }
    return self;
}

static gboolean
make_all_lists(ListArgs *args, LacProgress *progress, GError **error)
{
    gsize n = args->points->n;
    for (args->first = 0; args->first < n; args->first += CHUNK) {
        if (!lac_progress_update(progress, (double) args->first / (double) n, error))
            return FALSE;
        gsize m = MIN((gsize) CHUNK, n - args->first);
        lac_parallel_for(m, BLOCK, make_lists, args);
    }
    return lac_progress_update(progress, 1.0, error);
}

// Looks at some points spread over all before the lists of all are made.
static gboolean
check_cutoff(const ListArgs *args, GError **error)
{
    gsize n = args->points->n, step = n / SAMPLE + 1, total = 0, n_sampled = 0;
    for (gsize i = 0; i < n; i += step, n_sampled++) {
        LacVec3 p = { args->points->x[i], args->points->y[i], args->points->z[i] };
        total += lac_cells_count(args->cells, p, args->cutoff, i);
    }
    if (args->cutoff == 0.0 || total <= n_sampled * MOST_NEIGHBOURS)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "A cut-off of %g Å gives more than %d neighbours per atom", args->cutoff, MOST_NEIGHBOURS);
    return FALSE;
}

static LacNeighbours *
run(ListArgs *args, LacProgress *progress, GError **error)
{
    gsize n = args->points->n, n_blocks = (n + BLOCK - 1) / BLOCK;
    double edge = args->cutoff > 0.0 ? args->cutoff : args->reach;
    g_autoptr(LacCells) cells =
        lac_cells_new(args->points->x, args->points->y, args->points->z, NULL, n, edge, error);
    if (cells == NULL)
        return NULL;
    g_autofree Block *blocks = g_new0(Block, MAX(n_blocks, 1));
    g_autofree guint32 *count = g_new0(guint32, MAX(n, 1));
    args->cells = cells;
    args->blocks = blocks;
    args->count = count;
    LacNeighbours *self = NULL;
    if (check_cutoff(args, error) && make_all_lists(args, progress, error))
        self = join_blocks(args, n_blocks);
    for (gsize b = 0; b < n_blocks; b++)
        g_free(blocks[b].all);
    return self;
}

/**
 * lac_neighbours_new:
 * @points: atoms
 * @cutoff: [Å] above 0: neighbours are nearer than this
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Lists the neighbours of each point within a sphere. There are no periodic images. The lists are
 * symmetric: if i is in that of j, j is in that of i, at the same distance.
 *
 * Returns: (transfer full): the lists; or %NULL with @error set if the cut-off is no positive
 *   number, if it gives absurdly many neighbours, or if it was cancelled
 */
LacNeighbours *
lac_neighbours_new(const LacPoints *points, double cutoff, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL, NULL);

    if (!isfinite(cutoff) || cutoff <= 0.0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The cut-off %g Å of neighbours is no positive number", cutoff);
        return NULL;
    }
    ListArgs args = { .points = points, .cutoff = cutoff };
    return run(&args, progress, error);
}

static double
measure_extent(const LacPoints *points)
{
    double extent = LONELY;
    for (gsize i = 1; i < points->n; i++) {
        extent = fmax(extent, fabs(points->x[i] - points->x[0]));
        extent = fmax(extent, fabs(points->y[i] - points->y[0]));
        extent = fmax(extent, fabs(points->z[i] - points->z[0]));
    }
    return 4.0 * extent; // more than any distance between two points
}

/**
 * lac_neighbours_nearest:
 * @points: atoms
 * @k: how many neighbours of each, at least 1
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Lists the @k nearest neighbours of each point; all other points where there are fewer. At equal
 * distances the lower index comes first.
 *
 * Returns: (transfer full): the lists; or %NULL with @error set if it was cancelled
 */
LacNeighbours *
lac_neighbours_nearest(const LacPoints *points, guint k, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL, NULL);
    g_return_val_if_fail(k > 0 && k <= MOST_NEIGHBOURS, NULL);

    double spacing = isfinite(points->spacing) ? points->spacing : LONELY;
    // A dense packing has 12 within 1.2 spacings; the noise of the positions lowers the spacing.
    ListArgs args = { .points = points,
        .k = k,
        .reach = 1.5 * spacing * fmax(1.0, cbrt((double) k / 12.0)),
        .farthest = measure_extent(points) };
    return run(&args, progress, error);
}

/**
 * lac_neighbours_filter:
 * @self: lists within a cut-off that is not below the largest of @reach
 * @reach: (array length=n): [Å] cut-off of each point
 *
 * Keeps the neighbours i and j that are nearer than (reach_i + reach_j) / 2, so that each phase may
 * have the cut-off of its own first shell.
 *
 * Returns: (transfer full): shorter lists, symmetric too
 */
LacNeighbours *
lac_neighbours_filter(const LacNeighbours *self, const double *reach)
{
    gsize total = self->begin[self->n];
    LacNeighbours *kept = g_new0(LacNeighbours, 1);
    g_atomic_ref_count_init(&kept->ref_count);
    kept->n = self->n;
    kept->begin = g_new(gsize, self->n + 1);
    kept->index = g_new(guint32, MAX(total, 1));
    kept->distance = g_new(double, MAX(total, 1));
    gsize at = 0;
    for (gsize i = 0; i < self->n; i++) {
        kept->begin[i] = at;
        kept->cutoff = fmax(kept->cutoff, reach[i]);
        for (gsize m = self->begin[i]; m < self->begin[i + 1]; m++) {
            gsize j = self->index[m];
            if (!(self->distance[m] < 0.5 * (reach[i] + reach[j])))
                continue;
            kept->index[at] = (guint32) j;
            kept->distance[at++] = self->distance[m];
        }
    }
    kept->begin[self->n] = at;
    kept->index = g_renew(guint32, kept->index, MAX(at, 1));
    kept->distance = g_renew(double, kept->distance, MAX(at, 1));
    return kept;
}

/**
 * lac_neighbours_ref:
 * @self: lists of neighbours
 *
 * Returns: (transfer full): @self
 */
LacNeighbours *
lac_neighbours_ref(LacNeighbours *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_neighbours_unref:
 * @self: (nullable) (transfer full): lists of neighbours
 */
void
lac_neighbours_unref(LacNeighbours *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->begin);
    g_free(self->index);
    g_free(self->distance);
    g_free(self);
}

/**
 * lac_neighbours_count:
 * @self: lists of neighbours
 * @i: a point
 *
 * Returns: the number of its neighbours
 */
gsize
lac_neighbours_count(const LacNeighbours *self, gsize i)
{
    return self->begin[i + 1] - self->begin[i];
}
