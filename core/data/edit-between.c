// SPDX-License-Identifier: GPL-3.0-or-later
// One step of the difference of two models.
#include "core/data/edit-private.h"
#include "core/error.h"

// The columns and species of one model in terms of another.
typedef struct {
    const LacAtoms *atoms, *edited;
    guint *column;        // (length n_columns): number in edited of each column, G_MAXUINT: none
    guint n_columns;      // of the model after
    guint16 *species;     // number in the model after of each species of edited
    guint n_edited_names; // of edited
    gboolean *is_changed; // (length n_columns)
} Comparison;

static void
comparison_clear(Comparison *self)
{
    g_free(self->column);
    g_free(self->species);
    g_free(self->is_changed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Comparison, comparison_clear)

static gboolean
compare_names(Comparison *self, LacEdit *edit, GError **error)
{
    const LacAtoms *edited = self->edited;
    guint n_known = self->atoms->columns->len, n_edited = edited->columns->len;
    self->column = g_new(guint, n_known + n_edited);
    self->n_columns = n_known;
    for (guint k = 0; k < n_known + n_edited; k++)
        self->column[k] = G_MAXUINT;
    for (guint k = 0; k < n_edited; k++) {
        guint c = lac_edit_find_column(edit, self->atoms,
            g_array_index(edited->columns, LacAtomColumn, k).name);
        self->column[c] = k;
        self->n_columns = MAX(self->n_columns, c + 1);
    }
    for (guint c = 0; c < n_known; c++)
        if (self->column[c] == G_MAXUINT) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
                "The edited model lacks the column %s",
                g_array_index(self->atoms->columns, LacAtomColumn, c).name);
            return FALSE;
        }
    self->n_edited_names = g_strv_length(edited->species_names);
    self->species = g_new0(guint16, self->n_edited_names);
    for (guint s = 0; s < self->n_edited_names; s++)
        if (!lac_edit_find_species(edit, self->atoms, edited->species_names[s], &self->species[s],
                error))
            return FALSE;
    return TRUE;
}

static LacAtomRow
get_edited(const Comparison *self, gsize i)
{
    LacAtomRow row = lac_atom_row_get(self->edited, i);
    if (row.species < self->n_edited_names)
        row.species = self->species[row.species];
    return row;
}

static double
get_edited_value(const Comparison *self, gsize i, guint column)
{
    return lac_atom_get_value(self->edited, i, self->column[column]);
}

static gboolean
differs(const Comparison *self, gsize i)
{
    gboolean found = i >= self->atoms->n;
    if (!found) {
        LacAtomRow before = lac_atom_row_get(self->atoms, i), after = get_edited(self, i);
        found = !lac_atom_row_is_equal(&before, &after);
    }
    for (guint c = 0; c < self->n_columns; c++)
        if (!lac_is_same_number(lac_atom_get_value(self->atoms, i, c),
                get_edited_value(self, i, c)))
            self->is_changed[c] = found = TRUE;
    return found;
}

static void
fill_values(const Comparison *self, LacEdit *edit)
{
    guint n_changed = 0;
    for (guint c = 0; c < self->n_columns; c++)
        n_changed += self->is_changed[c] ? 1 : 0;
    lac_edit_reserve_values(edit, n_changed);
    for (guint c = 0, k = 0; c < self->n_columns; c++) {
        if (!self->is_changed[c])
            continue;
        edit->changed[k] = c;
        for (gsize i = 0; i < edit->n; i++) {
            edit->values_before[i * n_changed + k] =
                lac_atom_get_value(self->atoms, edit->index[i], c);
            edit->values_after[i * n_changed + k] = get_edited_value(self, edit->index[i], c);
        }
        k++;
    }
}

/**
 * lac_edit_between:
 * @atoms: the model
 * @edited: what it should become: the same atoms in the same order, then perhaps further ones; its
 *   columns are those of @atoms in any order, and perhaps others; its species may have other numbers
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Makes one step of a change of any size, such as a new classification. What is the same in both is
 * not part of it.
 *
 * Returns: (transfer full): the edit, or %NULL with @error set
 */
LacEdit *
lac_edit_between(const LacAtoms *atoms, const LacAtoms *edited, const char *reason, GError **error)
{
    if (edited->n < atoms->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "The edited model has %" G_GSIZE_FORMAT
            " atoms and records, fewer than %" G_GSIZE_FORMAT,
            edited->n, atoms->n);
        return NULL;
    }
    g_autoptr(LacEdit) names = lac_edit_new(LAC_EDIT_BULK, 0);
    names->n_species = g_strv_length(atoms->species_names);
    names->n_columns = atoms->columns->len;
    g_auto(Comparison) comparison = { .atoms = atoms, .edited = edited };
    if (!compare_names(&comparison, names, error))
        return NULL;
    comparison.is_changed = g_new0(gboolean, comparison.n_columns);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < edited->n; i++)
        if (differs(&comparison, i) && i < atoms->n)
            g_array_append_val(found, i);
    gsize n_new = edited->n - atoms->n;
    if (found->len + n_new == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The edited model is the same, so there is nothing to do");
        return NULL;
    }
    const gsize *indices = (const gsize *) (gconstpointer) found->data;
    g_autoptr(LacEdit) edit =
        lac_edit_start(atoms, LAC_EDIT_BULK, indices, found->len, n_new, reason, error);
    if (edit == NULL)
        return NULL;
    g_strfreev(edit->new_species);
    g_strfreev(edit->new_columns);
    edit->new_species = g_steal_pointer(&names->new_species);
    edit->new_columns = g_steal_pointer(&names->new_columns);
    for (gsize i = 0; i < edit->n; i++)
        edit->after[i] = get_edited(&comparison, edit->index[i]);
    fill_values(&comparison, edit);
    return lac_edit_check(edit, error) ? g_steal_pointer(&edit) : NULL;
}
