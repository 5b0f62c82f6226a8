// SPDX-License-Identifier: GPL-3.0-or-later
// Random models and random corrections of them.
#pragma once

#include "core/data/edit.h"

LacAtoms *lac_random_atoms(gsize n, guint32 seed);
LacEdit *lac_random_edit(const LacAtoms *atoms, GRand *random);
gboolean lac_atoms_are_identical(const LacAtoms *a, const LacAtoms *b);
