// SPDX-License-Identifier: GPL-3.0-or-later
// The atoms that analyses work on: those of a model that are no records, beside each other.
#pragma once

#include "core/data/atoms.h"

#include <glib.h>

// [Å] Two atoms closer than this are one, or a fault of the file.
#define LAC_POINTS_COINCIDENT 0.5

// [Å] Outside this range of spacings the positions are hardly in Å.
#define LAC_POINTS_SPACING_MIN 2.0
#define LAC_POINTS_SPACING_MAX 4.2

// Immutable. In the model's order.
typedef struct {
    gatomicrefcount ref_count;
    LacAtoms *atoms;   // the whole model
    gsize n;           // present atoms
    double *x, *y, *z; // [Å]
    guint16 *species;  // index into atoms->species_names
    guint32 *index;    // of each point: its atom in atoms
    guint32 *rank;     // of each atom of atoms: its point; G_MAXUINT32 for a record
    double spacing;    // [Å] median distance to the nearest atom; NaN for fewer than two
} LacPoints;

LacPoints *lac_points_new(const LacAtoms *atoms, GError **error);
LacPoints *lac_points_dup_subset(const LacPoints *self, const guint8 *wanted);
LacPoints *lac_points_ref(LacPoints *self);
void lac_points_unref(LacPoints *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPoints, lac_points_unref)
