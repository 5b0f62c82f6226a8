// SPDX-License-Identifier: GPL-3.0-or-later
// What making, applying and storing of edits share.
#pragma once

#include "core/data/edit.h"

#define LAC_FARTHEST_ATOM 1e10 // [Å] a meter
#define LAC_MOST_COLUMNS  64   // that edits may add up to

LacEdit *lac_edit_new(LacEditKind kind, gsize n);
LacEdit *lac_edit_start(const LacAtoms *atoms, LacEditKind kind, const gsize *indices, gsize n,
    gsize n_new, const char *reason, GError **error);
gboolean lac_edit_find_species(LacEdit *edit, const LacAtoms *atoms, const char *name,
    guint16 *species, GError **error);
guint lac_edit_find_column(LacEdit *edit, const LacAtoms *atoms, const char *name);
void lac_edit_reserve_values(LacEdit *edit, guint n_changed);
gboolean lac_is_same_number(double a, double b);
double lac_atom_get_value(const LacAtoms *atoms, gsize i, guint column);
LacAtomRow lac_atom_row_get(const LacAtoms *atoms, gsize i);
gboolean lac_atom_row_is_equal(const LacAtomRow *a, const LacAtomRow *b);
gboolean lac_edit_check(const LacEdit *self, GError **error);
