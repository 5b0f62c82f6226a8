// SPDX-License-Identifier: GPL-3.0-or-later
// Bond-orientational order: how alike the directions to the neighbours are those of a crystal.
#pragma once

#include "core/analysis/neighbours.h"

// Degrees l of the spherical harmonics.
typedef enum {
    LAC_ORDER_4,
    LAC_ORDER_6,
    LAC_ORDER_8,
    LAC_ORDER_10,
    LAC_ORDER_12,
    LAC_N_ORDERS,
} LacOrderDegree;

// Averages of 4 and 6 of perfect fcc, by which the scaled order is divided.
#define LAC_ORDER_FCC_Q4 0.190941
#define LAC_ORDER_FCC_Q6 0.574524

typedef struct {
    guint degrees; // bits 1 << LacOrderDegree; 4 and 6 are always made
} LacOrderParams;

// Immutable. Arrays of n points; those of degrees that were not asked for are NULL.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint degrees;
    double *q[LAC_N_ORDERS];        // of the atom alone
    double *w[LAC_N_ORDERS];        // NaN where q is 0
    double *averaged[LAC_N_ORDERS]; // over the atom itself and its neighbours
    double *scaled; // sqrt(averaged4^2 + averaged6^2), 1 in fcc; not bounded by 1; 0: no neighbour
} LacOrder;

void lac_order_params_init(LacOrderParams *params);
LacOrder *lac_order_new(const LacPoints *points, const LacNeighbours *neighbours,
    const LacOrderParams *params, LacProgress *progress, GError **error);
LacOrder *lac_order_ref(LacOrder *self);
void lac_order_unref(LacOrder *self);
gsize lac_order_count_below(const LacOrder *self, double threshold);
guint lac_order_degree_get_l(LacOrderDegree degree);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacOrder, lac_order_unref)
