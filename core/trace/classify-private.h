// SPDX-License-Identifier: GPL-3.0-or-later
// Between the steps of classification.
#pragma once

#include "core/trace/box.h"
#include "core/trace/classify.h"

#define LAC_CLASSIFY_MEASURED 0.4 // of the work, before the local step

// Labels are 1 to n_species for the atoms that take part and 0 for all others.
gboolean lac_classify_local(const LacAtoms *atoms, const LacVolume *volume, const LacBox *box,
    const LacClassifyParams *params, guint n_species, guint8 *labels, double *margin,
    LacClassifyReport *report, LacProgress *progress, GError **error);
double lac_classify_margin(double nearest, double second);

// Of each peak; position [Å] and intensity must be there, the others may be NULL.
typedef struct {
    gsize n;
    const double *x, *y, *z;
    const double *intensity, *excess, *misfit, *fit, *height;
} LacPeakMeasures;

gboolean lac_classify_atoms(const LacPeakMeasures *peaks, guint n_species, double *p_atom,
    guint *n_components, GError **error);
gboolean lac_classify_neighbours(const LacPeakMeasures *peaks, double *p_atom, GError **error);
