// SPDX-License-Identifier: GPL-3.0-or-later
// Distances, components and smoothing of fields on a grid.
#pragma once

#include "core/analysis/grid.h"
#include "core/progress.h"

// Of a power distance: a node that is no centre.
#define LAC_FIELD_NOWHERE 1e12f

gboolean lac_field_distance_to_points(const LacGrid *grid, const LacPoints *points, double limit,
    float *distance, LacProgress *progress, GError **error);
gboolean lac_field_power_distance(const LacGrid *grid, float *field, double reach,
    LacProgress *progress, GError **error);
gboolean lac_field_distance_to_mask(const LacGrid *grid, const guint8 *mask, guint8 value,
    float *distance, LacProgress *progress, GError **error);
void lac_field_splat(const LacGrid *grid, LacVec3 p, float weight, float *field);
gboolean lac_field_smooth(const LacGrid *grid, double sigma, float *field, LacProgress *progress,
    GError **error);

// A stretch of nodes along x of one component.
typedef struct {
    guint32 z, y, begin, end; // x from begin to end - 1
    guint32 component;
} LacFieldRun;

// Connected nodes; components count from 0 in the order of their first node.
typedef struct {
    gsize n_runs, n_components;
    LacFieldRun *runs; // in the order of nodes
    gsize *sizes;      // (n_components) number of nodes
} LacFieldComponents;

LacFieldComponents *lac_field_components_new(const LacGrid *grid, const guint8 *mask,
    gboolean diagonal, LacProgress *progress, GError **error);
void lac_field_components_free(LacFieldComponents *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFieldComponents, lac_field_components_free)
