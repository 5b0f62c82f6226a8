// SPDX-License-Identifier: GPL-3.0-or-later
// A report as a group of an HDF5 file: numbers and words as JSON, columns of tables as datasets.
#pragma once

#include "core/data/report.h"
#include "core/io/hdf5.h"

gboolean
lac_h5_write_report(LacH5 *file, const char *path, const LacReport *report, GError **error);
LacReport *lac_h5_read_report(LacH5 *file, const char *path, GError **error);
