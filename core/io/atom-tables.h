// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms of files that hold named arrays: one of positions, and perhaps one of types.
#pragma once

#include "core/io/io.h"

// Reads the array @name of @n values, slowest index first, in double precision.
typedef double *(*LacTableRead)(gpointer file, const char *name, gsize n, GError **error);

LacAtoms *lac_atoms_from_tables(const LacFileInfo *info, const char *item, LacTableRead read,
    gpointer file, GError **error);
