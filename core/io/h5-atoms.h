// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms as a group of an HDF5 file: positions, species, states and columns, bit for bit.
#pragma once

#include "core/data/atoms.h"
#include "core/io/hdf5.h"

gboolean lac_h5_write_atoms(LacH5 *file, const char *path, const LacAtoms *atoms, GError **error);
LacAtoms *lac_h5_read_atoms(LacH5 *file, const char *path, GError **error);
gboolean lac_h5_has_atoms(LacH5 *file, const char *path, gsize *n);
