// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a simulated particle beside its atoms and volume, as a group of an HDF5 file.
#pragma once

#include "core/data/truth.h"
#include "core/io/hdf5.h"

gboolean lac_h5_write_truth(LacH5 *file, const char *path, const LacTruth *truth, GError **error);
gboolean lac_h5_read_truth(LacH5 *file, const char *path, LacTruth *truth, GError **error);
