// SPDX-License-Identifier: GPL-3.0-or-later
// NPY inside of other files.
#pragma once

#include "core/io/bytes.h"

gboolean lac_npy_add_info(LacInput *input, const char *path, const char *name, LacFileInfo *info,
    GError **error);
LacArray *lac_npy_read(LacInput *input, const char *path, LacProgress *progress, GError **error);
double *lac_npy_read_doubles(LacInput *input, const char *path, gsize *n, GError **error);
