// SPDX-License-Identifier: GPL-3.0-or-later
// Where few things are among many places: rates in bins, sizes, and whether they sit at random.
#pragma once

#include "core/vec.h"

// Events per available place in bins of a distance.
typedef struct {
    gsize n;
    double *middle;    // [Å] of the bins
    double *available; // places, or their volume
    gsize *count;      // events
    double *rate;      // count / available; NaN where nothing is available
    double *error;     // Poisson: sqrt(count) / available, that of one event where there is none
} LacRates;

// A histogram whose bins suit the values, and how many are at most so large.
typedef struct {
    gsize n_bins;
    double low, width;
    gsize *count;
    gsize n; // values, ascending
    double *sorted;
    double mean, median, spread; // NaN: no values; spread: fewer than two
} LacSizes;

// Nearest neighbours among events, and among as many of the places at random.
typedef struct {
    gsize n;         // events
    double observed; // [Å] mean distance to the nearest other event; NaN: fewer than two
    double expected; // [Å] the same of random choices
    double spread;   // [Å] standard deviation of it
    double p_closer; // share of random choices that are as close together or closer
    guint n_trials;
} LacClustering;

LacRates *lac_rates_new(const double *events, gsize n_events, const double *places, gsize n_places,
    double place_size, double low, double high, double width);
void lac_rates_free(LacRates *self);
LacSizes *lac_sizes_new(const double *values, gsize n, gboolean is_log);
void lac_sizes_free(LacSizes *self);
LacClustering lac_clustering_measure(const LacVec3 *events, gsize n, const LacVec3 *places,
    gsize n_places, guint n_trials);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRates, lac_rates_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSizes, lac_sizes_free)
