// SPDX-License-Identifier: GPL-3.0-or-later
// EMD files: groups with emd_group_type = 1, as NCEM defines them and tomviz writes them.
#pragma once

#include "core/io/hdf5.h"

// One group, seen in the conventions of this program.
typedef struct {
    char *group;       // "/data/tomography"
    char *data;        // "/data/tomography/data"
    char *type;        // stored type
    guint n_dims;      // 1 to 4
    gsize shape[4];    // slowest first, after reordering
    guint order[4];    // stored dimension that becomes dimension i
    double spacing[3]; // [Å] along x, y, z; 0 when unknown
    double *angles;    // (nullable) [deg] in threes: phi, theta, psi
    gsize n_angles;    // 0 or shape[0]
    char *note;        // (nullable) what was decided about the axes
} LacEmd;

LacEmd *lac_emd_new(LacH5 *file, const char *group);
void lac_emd_free(LacEmd *self);
LacArray *lac_emd_read(const LacEmd *self, LacH5 *file, LacProgress *progress, GError **error);
gboolean lac_emd_write(LacH5 *file, const LacArray *array, LacProgress *progress, GError **error);
double lac_emd_parse_length(const char *units);
gboolean lac_emd_read_origin(LacH5 *file, const char *owner, double origin[3]);
gboolean
lac_emd_write_origin(LacH5 *file, const char *owner, const LacArray *array, GError **error);
void lac_emd_set_angles(LacArray *array, const double *values, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacEmd, lac_emd_free)
