// SPDX-License-Identifier: GPL-3.0-or-later
// Mixtures of Gaussians on a line, their number chosen by the data.
#pragma once

#include <glib.h>

#define LAC_MIXTURE_MAX 6

// Components by ascending mean.
typedef struct {
    guint n;
    double weight[LAC_MIXTURE_MAX]; // they sum to 1
    double mean[LAC_MIXTURE_MAX];
    double sigma[LAC_MIXTURE_MAX];
    double log_likelihood;
    double bic; // log-likelihood minus its price for the parameters; larger is better
} LacMixture;

gboolean lac_mixture_fit(const double *values, gsize n, guint n_components, LacMixture *mixture,
    GError **error);
gboolean lac_mixture_choose(const double *values, gsize n, guint max_components,
    LacMixture *mixture, GError **error);
double lac_mixture_share_above(const LacMixture *self, double value, guint first);
