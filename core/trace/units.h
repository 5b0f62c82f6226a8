// SPDX-License-Identifier: GPL-3.0-or-later
// Positions of published models, which are stored in several units and orders of axes.
#pragma once

#include "core/data/atoms.h"
#include "core/progress.h"

typedef enum {
    LAC_UNIT_GUESS,
    LAC_UNIT_ANGSTROM,
    LAC_UNIT_VOXEL,      // from 1, as MATLAB counts
    LAC_UNIT_VOXEL_ZERO, // from 0
    LAC_UNIT_FINE,       // the threefold up-sampled and padded grid of the published tracer, from 1
    LAC_N_UNITS,
} LacUnit;

// Which stored axis becomes x, y and z, and whether it is turned round.
typedef struct {
    guint from[3];
    gboolean negate[3];
} LacAxes;

const char *lac_unit_get_name(LacUnit unit);
gboolean lac_unit_parse(const char *name, LacUnit *unit, GError **error);
gboolean lac_axes_parse(const char *text, LacAxes *axes, GError **error);
LacAtoms *lac_atoms_to_angstrom(const LacAtoms *atoms, LacUnit *unit, double voxel_size, gsize size,
    GError **error);
LacAtoms *lac_atoms_reorder(const LacAtoms *atoms, const LacAxes *axes);
char *lac_axes_to_text(const LacAxes *axes);
gboolean lac_axes_find(const LacAtoms *model, const LacAtoms *truth, double cutoff, LacAxes *axes,
    gsize *n_pairs, LacProgress *progress, GError **error);
