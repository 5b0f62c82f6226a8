// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/assign.h"

#include <math.h>

#define NONE  G_MAXUINT32
#define BATCH 4096 // rows between two looks at the progress

// A column that a search may take next.
typedef struct {
    double distance;
    guint32 column;
} Candidate;

typedef struct {
    const LacAssignEdge *edges;
    gsize *first; // of a row; n_rows + 1 entries
    double unmatched_cost;
    double *u, *v; // prices of rows and columns: cost - u - v >= 0, and 0 for pairs
    guint32 *column_of_row, *row_of_column;
    // One search:
    double *distance;  // to a column; infinite before it is seen
    guint32 *from_row; // by which row a column was reached
    gboolean *is_done; // by column
    GArray *seen;      // of guint32, columns whose entries must be cleared
    GArray *heap;      // of Candidate
} Search;

static gboolean
comes_before(Candidate a, Candidate b)
{
    return a.distance < b.distance || (a.distance == b.distance && a.column < b.column);
}

static void
heap_push(GArray *heap, Candidate candidate)
{
    g_array_append_val(heap, candidate);
    Candidate *c = (Candidate *) (gpointer) heap->data;
    for (guint i = heap->len - 1; i > 0 && comes_before(c[i], c[(i - 1) / 2]); i = (i - 1) / 2) {
        Candidate swap = c[i];
        c[i] = c[(i - 1) / 2];
        c[(i - 1) / 2] = swap;
    }
}

static Candidate
heap_pop(GArray *heap)
{
    Candidate *c = (Candidate *) (gpointer) heap->data;
    Candidate top = c[0];
    guint n = heap->len - 1;
    c[0] = c[n];
    g_array_set_size(heap, n);
    for (guint i = 0;;) {
        guint least = i;
        for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
            if (comes_before(c[child], c[least]))
                least = child;
        if (least == i)
            return top;
        Candidate swap = c[i];
        c[i] = c[least];
        c[least] = swap;
        i = least;
    }
}

static void
search_init(Search *self, const LacAssignEdge *edges, gsize n_edges, gsize n_rows, gsize n_columns)
{
    self->edges = edges;
    self->first = g_new0(gsize, n_rows + 1);
    for (gsize e = 0; e < n_edges; e++)
        self->first[edges[e].row + 1]++;
    for (gsize i = 0; i < n_rows; i++)
        self->first[i + 1] += self->first[i];
    self->u = g_new0(double, n_rows);
    self->v = g_new0(double, n_columns);
    self->row_of_column = g_new(guint32, n_columns);
    self->distance = g_new(double, n_columns);
    self->from_row = g_new(guint32, n_columns);
    self->is_done = g_new0(gboolean, n_columns);
    self->seen = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->heap = g_array_new(FALSE, FALSE, sizeof(Candidate));
    for (gsize j = 0; j < n_columns; j++) {
        self->row_of_column[j] = NONE;
        self->distance[j] = HUGE_VAL;
    }
}

static void
search_clear(Search *self)
{
    g_free(self->first);
    g_free(self->u);
    g_free(self->v);
    g_free(self->row_of_column);
    g_free(self->distance);
    g_free(self->from_row);
    g_free(self->is_done);
    g_clear_pointer(&self->seen, g_array_unref);
    g_clear_pointer(&self->heap, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

// Pairs every row with its cheapest column where that is free: of a good model nearly all.
static void
take_cheapest(Search *self, gsize n_rows)
{
    for (gsize i = 0; i < n_rows; i++) {
        const LacAssignEdge *best = NULL;
        self->column_of_row[i] = NONE;
        for (gsize e = self->first[i]; e < self->first[i + 1]; e++)
            if (best == NULL || self->edges[e].cost < best->cost)
                best = &self->edges[e];
        self->u[i] = best != NULL ? MIN(best->cost, self->unmatched_cost) : self->unmatched_cost;
        if (best == NULL || best->cost > self->unmatched_cost ||
            self->row_of_column[best->column] != NONE)
            continue;
        self->column_of_row[i] = best->column;
        self->row_of_column[best->column] = (guint32) i;
    }
}

// Looks at the columns of a row that is reached at @base, no farther than @limit.
static void
relax_row(Search *self, guint32 row, double base, double limit)
{
    for (gsize e = self->first[row]; e < self->first[row + 1]; e++) {
        guint32 column = self->edges[e].column;
        double distance = base + MAX(self->edges[e].cost - self->u[row] - self->v[column], 0.0);
        if (self->is_done[column] || distance >= self->distance[column] || distance > limit)
            continue;
        if (isinf(self->distance[column]))
            g_array_append_val(self->seen, column);
        self->distance[column] = distance;
        self->from_row[column] = row;
        heap_push(self->heap, (Candidate){ distance, column });
    }
}

// Changes pairs along the path from the row where the search began to @column.
static void
shift_pairs(Search *self, guint32 root, guint32 column)
{
    while (column != NONE) {
        guint32 row = self->from_row[column];
        guint32 next = self->column_of_row[row];
        self->column_of_row[row] = column;
        self->row_of_column[column] = row;
        column = row == root ? NONE : next;
    }
}

static void
update_prices(Search *self, guint32 root, double length)
{
    self->u[root] += length;
    for (guint k = 0; k < self->seen->len; k++) {
        guint32 column = g_array_index(self->seen, guint32, k);
        if (!self->is_done[column])
            continue;
        double short_by = length - self->distance[column];
        self->v[column] -= short_by;
        self->u[self->row_of_column[column]] += short_by;
    }
}

static void
forget(Search *self)
{
    for (guint k = 0; k < self->seen->len; k++) {
        guint32 column = g_array_index(self->seen, guint32, k);
        self->distance[column] = HUGE_VAL;
        self->is_done[column] = FALSE;
    }
    g_array_set_size(self->seen, 0);
    g_array_set_size(self->heap, 0);
}

// The shortest augmenting path from a row without a pair: to a free column, or to leaving some row
// on the way without one.
static void
augment(Search *self, guint32 root)
{
    double limit = self->unmatched_cost - self->u[root];
    guint32 loser = root, end = NONE;
    relax_row(self, root, 0.0, limit);
    while (self->heap->len > 0) {
        Candidate next = heap_pop(self->heap);
        if (self->is_done[next.column] || next.distance > self->distance[next.column])
            continue;
        if (next.distance >= limit)
            break;
        guint32 row = self->row_of_column[next.column];
        if (row == NONE) {
            end = next.column;
            limit = next.distance;
            break;
        }
        self->is_done[next.column] = TRUE;
        if (next.distance + self->unmatched_cost - self->u[row] < limit) {
            limit = next.distance + self->unmatched_cost - self->u[row];
            loser = row;
        }
        relax_row(self, row, next.distance, limit);
    }
    // Before the pairs change: prices of rows go with the columns they have now.
    update_prices(self, root, limit);
    if (end != NONE) {
        shift_pairs(self, root, end);
    }
    else if (loser != root) {
        guint32 freed = self->column_of_row[loser];
        self->column_of_row[loser] = NONE;
        shift_pairs(self, root, freed);
    }
    forget(self);
}

/**
 * lac_assign:
 * @edges: (array length=n_edges): the possible pairs by ascending row, costs finite and not below 0
 * @n_edges: how many
 * @n_rows: number of rows, below 2^32 - 1
 * @n_columns: number of columns, below 2^32 - 1
 * @unmatched_cost: price of a row that stays without a pair
 * @column_of_row: (out caller-allocates) (array length=n_rows): the column of each row, or
 *   %G_MAXUINT32
 * @progress: (nullable): cancel
 * @error: return location for a #GError
 *
 * Finds the one-to-one assignment of the least total cost: the Hungarian method by shortest
 * augmenting paths (doi:10.1007/BF02278710), which never leave a connected component of the graph.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_assign(const LacAssignEdge *edges, gsize n_edges, gsize n_rows, gsize n_columns,
    double unmatched_cost, guint32 *column_of_row, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(n_rows < NONE && n_columns < NONE, FALSE);

    g_auto(Search) search = { .unmatched_cost = unmatched_cost, .column_of_row = column_of_row };
    search_init(&search, edges, n_edges, n_rows, n_columns);
    take_cheapest(&search, n_rows);
    for (gsize i = 0; i < n_rows; i++) {
        if (i % BATCH == 0 && lac_progress_is_cancelled(progress))
            return lac_progress_update(progress, 0.0, error);
        if (column_of_row[i] == NONE && search.first[i] < search.first[i + 1])
            augment(&search, (guint32) i);
    }
    return TRUE;
}
