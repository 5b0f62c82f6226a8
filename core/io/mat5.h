// SPDX-License-Identifier: GPL-3.0-or-later
// The variables of a MATLAB file of version 4 or 5 (also 6 and 7), read strictly: nothing is
// believed that the file cannot hold.
#pragma once

#include "core/io/bytes.h"

#define LAC_MAT_MAX_DIMS 32

typedef struct {
    char *name;
    gboolean numeric;              // real, full, of a number class
    const char *what;              // "double", "cell", "class instance", ...
    char *class_name;              // (nullable) of a class instance
    guint n_dims;                  // as MATLAB counts them
    gsize shape[LAC_MAT_MAX_DIMS]; // slowest first: MATLAB's last index comes first
    gsize n;                       // number of values
    LacValueType stored;           // how the values are stored
    gboolean big_endian;
    guint64 offset;   // of the values; of the packed element when packed
    guint64 n_packed; // [bytes] of the packed element; 0 when not packed
    gsize skip;       // [bytes] before the values in the unpacked element
} LacMatVariable;

GPtrArray *lac_mat_list(LacInput *input, const char *path, GError **error);
gboolean
lac_mat_check(LacInput *input, const char *path, const LacMatVariable *variable, GError **error);
gboolean lac_mat_read_floats(LacInput *input, const char *path, const LacMatVariable *variable,
    float *out, LacProgress *progress, GError **error);
gboolean lac_mat_read_doubles(LacInput *input, const char *path, const LacMatVariable *variable,
    double *out, GError **error);
