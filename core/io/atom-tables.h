// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms of files that hold named arrays: one of positions, and perhaps one of types.
#pragma once

#include "core/io/io.h"

// Reads the array @name of @n values, slowest index first, in double precision.
typedef double *(*LacTableRead)(gpointer file, const char *name, gsize n, GError **error);

LacAtoms *lac_atoms_from_tables(const LacFileInfo *info, const char *item, LacTableRead read,
    gpointer file, GError **error);

// Arrays by which this program says more of atoms than positions and types.
#define LAC_TABLE_POSITIONS     "positions"     // (n, 3) [Å]
#define LAC_TABLE_TYPES         "types"         // n, from 1
#define LAC_TABLE_STATE         "state"         // n, LacAtomState
#define LAC_TABLE_FLAG          "flag"          // n, LacPeakFlag
#define LAC_TABLE_COLUMNS       "columns"       // (columns, n)
#define LAC_TABLE_SPECIES_NAMES "species_names" // bytes of UTF-8, a line for each name
#define LAC_TABLE_COLUMN_NAMES  "column_names"  // likewise

gboolean lac_atoms_take_extras(LacAtoms *atoms, const LacFileInfo *info, LacTableRead read,
    gpointer file, GError **error);
