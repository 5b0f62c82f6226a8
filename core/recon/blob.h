// SPDX-License-Identifier: GPL-3.0-or-later
// The Gaussian that carries each coefficient, and how wide it should be.
#pragma once

#include "core/data/volume.h"

gboolean lac_blob_apply(LacVolume *volume, double sigma, GError **error);
gboolean lac_blob_measure_atom_width(LacVolume *a, LacVolume *b, double *width, GError **error);
