// SPDX-License-Identifier: GPL-3.0-or-later
// Order of single atoms, for all of them and for those around an edit.
#pragma once

#include "core/analysis/harmonics.h"
#include "core/analysis/order.h"

void lac_order_find_qlm(const LacPoints *points, const LacNeighbours *lists,
    const LacHarmonics *harmonics, gsize i, double (*q)[2]);
double lac_order_find_q(double (*q)[2], guint l);
double lac_order_find_w(double (*q)[2], guint l, const GArray *couplings);
double lac_order_scale(double q4, double q6);
double lac_order_find_averaged(const LacNeighbours *lists, gsize i, guint l, double (*qlm)[2],
    const guint32 *slot);
LacOrder *lac_order_allocate(gsize n, guint degrees);
