// SPDX-License-Identifier: GPL-3.0-or-later
// Connected components of a mask, kept as runs along x.
#include "core/analysis/field.h"
#include "core/error.h"

#include <string.h>

typedef struct {
    GArray *runs;
    GArray *parent; // union-find over runs (guint32)
} Labels;

static guint32
find_root(GArray *parent, guint32 i)
{
    guint32 *up = &g_array_index(parent, guint32, 0);
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

// The lower index becomes the root, so that roots come in the order of nodes.
static void
join(GArray *parent, guint32 a, guint32 b)
{
    a = find_root(parent, a);
    b = find_root(parent, b);
    g_array_index(parent, guint32, MAX(a, b)) = MIN(a, b);
}

// Of the first byte from x on that is not 0; nx if there is none.
static gsize
skip_zeros(const guint8 *row, gsize x, gsize nx)
{
    guint64 eight;
    while (x + sizeof eight <= nx) {
        memcpy(&eight, row + x, sizeof eight);
        if (eight != 0)
            break;
        x += sizeof eight;
    }
    while (x < nx && !row[x])
        x++;
    return x;
}

static void
append_row(Labels *labels, const guint8 *row, gsize nx, guint32 y, guint32 z)
{
    for (gsize x = skip_zeros(row, 0, nx); x < nx; x = skip_zeros(row, x, nx)) {
        LacFieldRun run = { .z = z, .y = y, .begin = (guint32) x };
        const guint8 *end = memchr(row + x, 0, nx - x);
        x = end != NULL ? (gsize) (end - row) : nx;
        run.end = (guint32) x;
        guint32 id = labels->runs->len;
        g_array_append_val(labels->runs, run);
        g_array_append_val(labels->parent, id);
    }
}

// Joins touching runs of two neighbouring rows, given as ranges of runs.
static void
join_rows(Labels *labels, const guint a[2], const guint b[2], gboolean diagonal)
{
    const LacFieldRun *runs = &g_array_index(labels->runs, LacFieldRun, 0);
    guint32 margin = diagonal ? 1 : 0;
    for (guint i = a[0], j = b[0]; i < a[1] && j < b[1];) {
        if (runs[i].begin < runs[j].end + margin && runs[j].begin < runs[i].end + margin)
            join(labels->parent, i, j);
        if (runs[i].end < runs[j].end)
            i++;
        else
            j++;
    }
}

static LacFieldComponents *
number_components(Labels *labels)
{
    LacFieldComponents *self = g_new0(LacFieldComponents, 1);
    self->n_runs = labels->runs->len;
    self->runs = (LacFieldRun *) (gpointer) g_array_free(labels->runs, FALSE);
    labels->runs = NULL;
    for (gsize i = 0; i < self->n_runs; i++) {
        guint32 root = find_root(labels->parent, (guint32) i);
        if (root == i)
            self->runs[i].component = (guint32) self->n_components++;
        else
            self->runs[i].component = self->runs[root].component;
    }
    self->sizes = g_new0(gsize, self->n_components);
    for (gsize i = 0; i < self->n_runs; i++)
        self->sizes[self->runs[i].component] += self->runs[i].end - self->runs[i].begin;
    return self;
}

/**
 * lac_field_components_new:
 * @grid: a grid
 * @mask: (array): nodes that count are not 0
 * @diagonal: whether nodes that share an edge or a corner of their cells are neighbours (26 of
 *   them), or only those that share a face (6)
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the connected components, or %NULL with @error set when cancelled or if
 *   there are too many runs
 */
LacFieldComponents *
lac_field_components_new(const LacGrid *grid, const guint8 *mask, gboolean diagonal,
    LacProgress *progress, GError **error)
{
    gsize ny = grid->ny;
    Labels labels = { .runs = g_array_new(FALSE, FALSE, sizeof(LacFieldRun)),
        .parent = g_array_new(FALSE, FALSE, sizeof(guint32)) };
    // Of each row of this slice and the one before: its range of runs.
    g_autofree guint *above = g_new0(guint, 2 * ny);
    g_autofree guint *here = g_new0(guint, 2 * ny);
    gboolean ok = TRUE;
    for (gsize z = 0; z < grid->nz && ok; z++) {
        for (gsize y = 0; y < ny; y++) {
            guint *range = here + 2 * y;
            range[0] = labels.runs->len;
            append_row(&labels, mask + (z * ny + y) * grid->nx, grid->nx, (guint32) y, (guint32) z);
            range[1] = labels.runs->len;
            if (y > 0)
                join_rows(&labels, range, here + 2 * (y - 1), diagonal);
            if (z == 0)
                continue;
            join_rows(&labels, range, above + 2 * y, diagonal);
            if (diagonal && y > 0)
                join_rows(&labels, range, above + 2 * (y - 1), TRUE);
            if (diagonal && y + 1 < ny)
                join_rows(&labels, range, above + 2 * (y + 1), TRUE);
        }
        guint *swap = above;
        above = here;
        here = swap;
        if (z % 16 == 0)
            ok = lac_progress_update(progress, (double) z / (double) grid->nz, error);
    }
    LacFieldComponents *self = ok ? number_components(&labels) : NULL;
    if (labels.runs != NULL)
        g_array_unref(labels.runs);
    g_array_unref(labels.parent);
    return self;
}

/**
 * lac_field_components_free:
 * @self: (nullable) (transfer full): components
 */
void
lac_field_components_free(LacFieldComponents *self)
{
    if (self == NULL)
        return;
    g_free(self->runs);
    g_free(self->sizes);
    g_free(self);
}
