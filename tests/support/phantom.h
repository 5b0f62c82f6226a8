// SPDX-License-Identifier: GPL-3.0-or-later
// Volumes that tests draw: known shapes in a known place.
#pragma once

#include "core/data/volume.h"

LacVolume *lac_phantom_ball(gsize n, double radius_vox);
LacVolume *lac_phantom_atoms(gsize n, guint n_atoms, double sigma_vox);
