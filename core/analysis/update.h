// SPDX-License-Identifier: GPL-3.0-or-later
// Points, neighbours and order after an edit of a few atoms: only what it touches is made anew.
#pragma once

#include "core/analysis/order.h"

// What became of the points of a model when some of its atoms were edited.
typedef struct {
    gsize n;
    guint32 *previous; // of each point; G_MAXUINT32: there was none
    guint8 *is_moved;  // not where it was, or new
    gsize n_moved;
    gsize n_gone; // points that are no more
} LacPointsMap;

LacPointsMap *lac_points_map_new(const LacPoints *from, const LacPoints *to);
void lac_points_map_free(LacPointsMap *self);
LacPoints *lac_points_update(const LacPoints *previous, const LacAtoms *atoms, GError **error);
LacNeighbours *lac_neighbours_update(const LacNeighbours *previous, const LacPoints *from,
    const LacPoints *to, const LacPointsMap *map, GError **error);
LacNeighbours *lac_neighbours_update_filtered(const LacNeighbours *previous, const LacPoints *to,
    const LacPointsMap *map, const double *reach, GError **error);
LacOrder *lac_order_update(const LacOrder *previous, const LacNeighbours *from,
    const LacPoints *points, const LacNeighbours *to, const LacPointsMap *map, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPointsMap, lac_points_map_free)
