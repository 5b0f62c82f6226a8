// SPDX-License-Identifier: GPL-3.0-or-later
// Exact k-means of numbers on a line.
#pragma once

#include <glib.h>

gboolean lac_kmeans(const double *values, gsize n, guint k, guint8 *labels, double *means,
    double *borders, double *cost, GError **error);
