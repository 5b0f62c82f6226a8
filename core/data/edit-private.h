// SPDX-License-Identifier: GPL-3.0-or-later
// What making, applying and storing of edits share.
#pragma once

#include "core/data/edit.h"

#define LAC_FARTHEST_ATOM 1e10 // [Å] a meter
#define LAC_MOST_COLUMNS  64   // that edits may add up to

LacEdit *lac_edit_new(LacEditKind kind, gsize n);
LacAtomRow lac_atom_row_get(const LacAtoms *atoms, gsize i);
gboolean lac_atom_row_is_equal(const LacAtomRow *a, const LacAtomRow *b);
gboolean lac_edit_check(const LacEdit *self, GError **error);
