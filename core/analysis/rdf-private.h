// SPDX-License-Identifier: GPL-3.0-or-later
// Between the files of g(r).
#pragma once

#include "core/analysis/rdf.h"

gboolean lac_rdf_shell_fraction(const LacPoints *points, const guint8 *subset,
    const LacRdfMask *mask, double bin, gsize n_bins, double *fraction, GError **error);
void lac_rdf_smooth(const double *in, gsize n, double sigma, double *out);
