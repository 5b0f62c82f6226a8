// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms as a structure of arrays.
#pragma once

#include <glib.h>

// One further number per atom, such as a fitted width; NaN where it is unknown.
typedef struct {
    char *name;
    double *values;
} LacAtomColumn;

// Immutable once published. Positions [Å] relative to the centre voxel.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    double *x, *y, *z;
    guint16 *species;     // index into species_names
    char **species_names; // NULL-terminated
    GArray *columns;      // of LacAtomColumn
    char *comment;        // what the file said; never NULL
} LacAtoms;

LacAtoms *lac_atoms_new(gsize n);
LacAtoms *lac_atoms_ref(LacAtoms *self);
void lac_atoms_unref(LacAtoms *self);
guint16 lac_atoms_add_species(LacAtoms *self, const char *name);
double *lac_atoms_add_column(LacAtoms *self, const char *name);
const double *lac_atoms_get_column(const LacAtoms *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAtoms, lac_atoms_unref)
