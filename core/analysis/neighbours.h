// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of the atoms around each atom.
#pragma once

#include "core/analysis/points.h"
#include "core/progress.h"

// Immutable. The neighbours of point i are index[begin[i]] to index[begin[i + 1] - 1], ascending by
// distance, then by index; never the point itself.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    gsize *begin;     // (n + 1)
    guint32 *index;   // of a point
    double *distance; // [Å]
    double cutoff; // [Å] neighbours are nearer than this, and the lists symmetric; 0: the k nearest
} LacNeighbours;

LacNeighbours *
lac_neighbours_new(const LacPoints *points, double cutoff, LacProgress *progress, GError **error);
LacNeighbours *
lac_neighbours_nearest(const LacPoints *points, guint k, LacProgress *progress, GError **error);
LacNeighbours *lac_neighbours_filter(const LacNeighbours *self, const double *reach);
LacNeighbours *lac_neighbours_ref(LacNeighbours *self);
void lac_neighbours_unref(LacNeighbours *self);
gsize lac_neighbours_count(const LacNeighbours *self, gsize i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacNeighbours, lac_neighbours_unref)
