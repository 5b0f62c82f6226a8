// SPDX-License-Identifier: GPL-3.0-or-later
// The Gaussian that carries each coefficient, and how wide it should be.
#pragma once

#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/progress.h"

gboolean lac_blob_apply(LacVolume *volume, double sigma, GError **error);
double lac_blob_measure_atom_width(const LacVolume *volume, gsize *n_atoms);
