// SPDX-License-Identifier: GPL-3.0-or-later
// Which points are near: a cell list over positions.
#pragma once

#include "core/vec.h"

typedef struct LacCells LacCells;

// Some points that may lie near @p, with their indices.
typedef void (*LacCellsFunc)(LacVec3 p, const LacVec3 *positions, const gsize *indices, gsize n,
    gpointer data);

LacCells *lac_cells_new(const double *x, const double *y, const double *z, const guint8 *skip,
    gsize n, double edge, GError **error);
void lac_cells_free(LacCells *self);
gsize lac_cells_find(const LacCells *self, LacVec3 p, double radius, GArray *indices);
void lac_cells_for_each_after(const LacCells *self, gsize k, double radius, LacCellsFunc func,
    gpointer data);
gsize lac_cells_get_index(const LacCells *self, gsize k);
gsize lac_cells_get_n(const LacCells *self);
gboolean lac_cells_find_nearest(const LacCells *self, LacVec3 p, double radius, gsize except,
    gsize *index, double *distance);
gsize lac_cells_count(const LacCells *self, LacVec3 p, double radius, gsize except);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCells, lac_cells_free)
