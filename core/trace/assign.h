// SPDX-License-Identifier: GPL-3.0-or-later
// Minimum-cost one-to-one assignment on a sparse graph.
#pragma once

#include "core/progress.h"

// An edge of the graph; sorted by row.
typedef struct {
    guint32 row, column;
    double cost;
} LacAssignEdge;

gboolean lac_assign(const LacAssignEdge *edges, gsize n_edges, gsize n_rows, gsize n_columns,
    double unmatched_cost, guint32 *column_of_row, LacProgress *progress, GError **error);
