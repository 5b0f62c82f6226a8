// SPDX-License-Identifier: GPL-3.0-or-later
// Between the steps of classification.
#pragma once

#include "core/trace/box.h"
#include "core/trace/classify.h"

// Labels are 1 to n_species for the atoms that take part and 0 for all others.
gboolean lac_classify_local(const LacAtoms *atoms, const LacVolume *volume, const LacBox *box,
    const LacClassifyParams *params, guint n_species, guint8 *labels, double *margin,
    LacClassifyReport *report, LacProgress *progress, GError **error);
double lac_classify_margin(double nearest, double second);
gboolean lac_classify_atoms(const double *intensity, const double *fit, const double *height,
    gsize n, guint n_species, double *p_atom, guint *n_components, GError **error);
