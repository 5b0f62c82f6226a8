// SPDX-License-Identifier: GPL-3.0-or-later
// Voronoi cells: the space that is nearer to an atom than to any other, and the faces it has.
#pragma once

#include "core/analysis/hull.h"
#include "core/progress.h"

#define LAC_VORONOI_N_EDGES 4 // faces of 3, 4, 5 and 6 edges are counted in the index

typedef struct {
    double least_area;  // [surface of the cell] smaller faces are dropped; 0: none
    gboolean far_cells; // closed cells of the surface are looked for far outside, of 30 000 at most
} LacVoronoiParams;

// Immutable. Arrays of n points; an open cell, at the surface, has no faces and NaN as numbers.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint8 *is_open;
    guint8 (*index)[LAC_VORONOI_N_EDGES]; // faces of 3, 4, 5, 6 edges
    guint8 *n_faces;                      // of any number of edges, without those dropped
    double *area;                         // [Å^2]
    double *volume; // [Å^3] of the whole cell; NaN also where it leaves the hull
    gsize n_closed;
    double mean_faces;  // of closed cells: counted in the index
    double mean_volume; // [Å^3] of the cells that have one
} LacVoronoi;

void lac_voronoi_params_init(LacVoronoiParams *params);
LacVoronoi *lac_voronoi_new(const LacPoints *points, const LacHull *hull,
    const LacVoronoiParams *params, LacProgress *progress, GError **error);
LacVoronoi *lac_voronoi_ref(LacVoronoi *self);
void lac_voronoi_unref(LacVoronoi *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacVoronoi, lac_voronoi_unref)
