// SPDX-License-Identifier: GPL-3.0-or-later
// The transfer function: value to colour and opacity. Pure arithmetic.
#pragma once

#include "core/figure/colormap.h"

#define LAC_TRANSFER_MAX_POINTS 32
#define LAC_TRANSFER_TABLE_SIZE 1024

typedef struct {
    double x;       // position in the range, 0 at lo and 1 at hi
    double opacity; // 0 to 1, of a layer one voxel thick
} LacTransferPoint;

// Opacity is linear between points and constant outside. Points stand in ascending x; at least one.
typedef struct {
    double lo, hi; // values (units of the volume) at the ends of the colour map
    LacColormap colormap;
    gboolean reversed; // the colour map runs from hi to lo
    guint n_points;
    LacTransferPoint points[LAC_TRANSFER_MAX_POINTS];
} LacTransfer;

LacTransfer lac_transfer_default(double lo, double hi);
LacTransfer lac_transfer_from_histogram(const gsize *bins, guint n_bins, double min, double max);
gboolean lac_transfer_is_equal(const LacTransfer *a, const LacTransfer *b);
double lac_transfer_get_position(const LacTransfer *self, double value);
double lac_transfer_get_value(const LacTransfer *self, double x);
double lac_transfer_get_opacity(const LacTransfer *self, double x);
void lac_transfer_get_color(const LacTransfer *self, double x, float rgb[3]);
int lac_transfer_add_point(LacTransfer *self, double x, double opacity);
gboolean lac_transfer_remove_point(LacTransfer *self, guint index);
void lac_transfer_move_point(LacTransfer *self, guint index, double x, double opacity);
void lac_transfer_fill_table(const LacTransfer *self, double step, guint n, float *rgba);
