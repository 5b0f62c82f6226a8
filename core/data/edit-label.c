// SPDX-License-Identifier: GPL-3.0-or-later
// A number that a person gives to atoms, such as the phase they belong to.
#include "core/data/edit-private.h"
#include "core/error.h"

#include <math.h>

// Whether the label changes nothing.
static gboolean
is_idle(const LacEdit *edit)
{
    for (gsize i = 0; i < edit->n; i++)
        if (!lac_is_same_number(edit->values_before[i], edit->values_after[i]))
            return FALSE;
    return TRUE;
}

/**
 * lac_edit_label:
 * @atoms: the model
 * @indices: (array length=n): atoms of it, in any order
 * @n: how many, at least 1
 * @column: of the model, new or not
 * @value: for all of them; NaN takes the label away
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that sets a number of the atoms and leaves them as they are
 *   else, or %NULL with @error set, also when they have it already
 */
LacEdit *
lac_edit_label(const LacAtoms *atoms, const gsize *indices, gsize n, const char *column,
    double value, const char *reason, GError **error)
{
    g_autoptr(LacEdit) edit = lac_edit_start(atoms, LAC_EDIT_LABEL, indices, n, 0, reason, error);
    if (edit == NULL)
        return NULL;
    guint number = lac_edit_find_column(edit, atoms, column);
    lac_edit_reserve_values(edit, 1);
    edit->changed[0] = number;
    for (gsize i = 0; i < edit->n; i++) {
        edit->values_before[i] = lac_atom_get_value(atoms, edit->index[i], number);
        edit->values_after[i] = value;
    }
    if (is_idle(edit)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The atoms have this label already");
        return NULL;
    }
    return lac_edit_check(edit, error) ? g_steal_pointer(&edit) : NULL;
}
