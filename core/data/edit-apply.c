// SPDX-License-Identifier: GPL-3.0-or-later
// Applies edits forward and backward to models, after a check that they fit. The arrays that no edit
// touches are shared by the models before and after.
#include "core/data/edit-private.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

// A model being changed. Its arrays have room for atoms->n atoms, of which n are in use.
typedef struct {
    LacAtoms *atoms;
    gsize n;
    gboolean owns_positions, owns_species, owns_state, owns_flag;
    GByteArray *owns_column; // 0 or 1 each
} Patch;

static void
patch_clear(Patch *self)
{
    lac_atoms_unref(self->atoms);
    g_clear_pointer(&self->owns_column, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Patch, patch_clear)

static gboolean
fail(const char *what, GError **error)
{
    g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH, "The edit does not fit the model: %s", what);
    return FALSE;
}

static gboolean
is_position(const LacAtomRow *row)
{
    return fabs(row->x) <= LAC_FARTHEST_ATOM && fabs(row->y) <= LAC_FARTHEST_ATOM &&
        fabs(row->z) <= LAC_FARTHEST_ATOM;
}

static gboolean
has_moved(const LacAtomRow *a, const LacAtomRow *b)
{
    return memcmp(&a->x, &b->x, sizeof a->x) != 0 || memcmp(&a->y, &b->y, sizeof a->y) != 0 ||
        memcmp(&a->z, &b->z, sizeof a->z) != 0;
}

static gboolean
check_row(const LacEdit *self, gsize i, guint n_species, GError **error)
{
    const LacAtomRow *before = &self->before[i], *after = &self->after[i];
    gboolean is_new = self->index[i] >= self->n_before;
    if ((i > 0 && self->index[i] <= self->index[i - 1]) || self->index[i] >= self->n_after)
        return fail("its atoms are not in order", error);
    if (is_new != (before->state == LAC_ATOM_ABSENT) ||
        (!is_new && before->state >= LAC_N_ATOM_STATES) || after->state >= LAC_N_ATOM_STATES ||
        after->flag >= LAC_N_PEAK_FLAGS)
        return fail("an atom has an unknown state", error);
    if ((is_new || after->species != before->species) && after->species != 0 &&
        after->species >= n_species)
        return fail("an atom has an unknown species", error);
    if ((is_new || has_moved(before, after)) && !is_position(after))
        return fail("an atom is at no position in Å", error);
    return TRUE;
}

/**
 * lac_edit_check:
 * @self: an edit, of a file perhaps
 * @error: return location for a #GError
 *
 * Returns: whether it agrees with itself; %FALSE with @error set
 */
gboolean
lac_edit_check(const LacEdit *self, GError **error)
{
    gsize n_species = (gsize) self->n_species + g_strv_length(self->new_species);
    gsize n_new = g_strv_length(self->new_columns);
    gsize n_columns = self->n_columns + n_new;
    if (n_species > (gsize) G_MAXUINT16 + 1 || (n_new > 0 && n_columns > LAC_MOST_COLUMNS))
        return fail("it has too many species or columns", error);
    if (self->n_after < self->n_before || self->n_after - self->n_before > self->n)
        return fail("it has too few atoms", error);
    gsize n_added = 0;
    for (gsize i = 0; i < self->n; i++) {
        if (!check_row(self, i, (guint) n_species, error))
            return FALSE;
        n_added += self->index[i] >= self->n_before ? 1 : 0;
    }
    if (n_added != self->n_after - self->n_before)
        return fail("it has too few atoms", error);
    for (guint k = 0; k < self->n_changed; k++)
        if (self->changed[k] >= n_columns)
            return fail("it changes an unknown column", error);
    return TRUE;
}

static guint8 *
own_bytes(gpointer array, gsize n_bytes, gboolean *owned)
{
    if (*owned)
        return array;
    *owned = TRUE;
    return lac_atoms_own_array(array, n_bytes);
}

static void
own_positions(Patch *self)
{
    LacAtoms *atoms = self->atoms;
    gsize n_bytes = atoms->n * sizeof(double);
    if (self->owns_positions)
        return;
    self->owns_positions = TRUE;
    atoms->x = lac_atoms_own_array(atoms->x, n_bytes);
    atoms->y = lac_atoms_own_array(atoms->y, n_bytes);
    atoms->z = lac_atoms_own_array(atoms->z, n_bytes);
}

static double *
own_column(Patch *self, guint k)
{
    LacAtomColumn *column = &g_array_index(self->atoms->columns, LacAtomColumn, k);
    if (!self->owns_column->data[k])
        column->values =
            lac_atoms_own_array(column->values, self->atoms->n * sizeof *column->values);
    self->owns_column->data[k] = 1;
    return column->values;
}

static void
put_row(Patch *self, gsize i, const LacAtomRow *old, const LacAtomRow *row)
{
    LacAtoms *atoms = self->atoms;
    gboolean is_new = old->state == LAC_ATOM_ABSENT;
    if (is_new || has_moved(old, row)) {
        own_positions(self);
        atoms->x[i] = row->x;
        atoms->y[i] = row->y;
        atoms->z[i] = row->z;
    }
    if (is_new || row->species != old->species) {
        if (!self->owns_species)
            atoms->species = lac_atoms_own_array(atoms->species, atoms->n * sizeof *atoms->species);
        self->owns_species = TRUE;
        atoms->species[i] = row->species;
    }
    if (is_new || row->state != old->state) {
        atoms->state = own_bytes(atoms->state, atoms->n, &self->owns_state);
        atoms->state[i] = row->state;
    }
    if (is_new || row->flag != old->flag) {
        atoms->flag = own_bytes(atoms->flag, atoms->n, &self->owns_flag);
        atoms->flag[i] = row->flag;
    }
}

static void
put_values(Patch *self, const LacEdit *edit, const double *values)
{
    for (guint k = 0; k < edit->n_changed; k++) {
        guint8 is_owned = edit->changed[k] < self->owns_column->len;
        if (!is_owned)
            continue; // a column that the edit brought, and that is gone again
        double *column = own_column(self, edit->changed[k]);
        for (gsize i = 0; i < edit->n; i++)
            if (edit->index[i] < self->n)
                column[edit->index[i]] = values[i * edit->n_changed + k];
    }
}

static void
append_names(Patch *self, const LacEdit *edit)
{
    const guint8 owned = 1;
    for (guint i = 0; edit->new_species[i] != NULL; i++)
        lac_atoms_add_species(self->atoms, edit->new_species[i]);
    for (guint i = 0; edit->new_columns[i] != NULL; i++) {
        lac_atoms_add_column(self->atoms, edit->new_columns[i]);
        g_byte_array_append(self->owns_column, &owned, 1);
    }
}

static void
remove_names(Patch *self, const LacEdit *edit)
{
    char **names = self->atoms->species_names;
    for (guint i = edit->n_species; names[i] != NULL; i++)
        g_clear_pointer(&names[i], g_free);
    g_array_set_size(self->atoms->columns, edit->n_columns);
    g_byte_array_set_size(self->owns_column, edit->n_columns);
}

static gboolean
has_name(const LacAtoms *atoms, const LacEdit *edit)
{
    for (guint i = 0; edit->new_columns[i] != NULL; i++)
        if (lac_atoms_get_column(atoms, edit->new_columns[i]) != NULL)
            return TRUE;
    for (guint i = 0; edit->new_species[i] != NULL; i++)
        if (g_strv_contains((const char *const *) atoms->species_names, edit->new_species[i]))
            return TRUE;
    return FALSE;
}

static gboolean
check_names(const Patch *self, const LacEdit *edit, gboolean backward, GError **error)
{
    guint n_species = g_strv_length(self->atoms->species_names);
    guint n_columns = self->atoms->columns->len;
    guint n_new_species = g_strv_length(edit->new_species);
    guint n_new_columns = g_strv_length(edit->new_columns);
    if (n_species != edit->n_species + (backward ? n_new_species : 0) ||
        n_columns != edit->n_columns + (backward ? n_new_columns : 0))
        return fail("it has other species or columns", error);
    if (!backward && has_name(self->atoms, edit))
        return fail("it adds a species or a column that is there already", error);
    for (guint i = 0; backward && i < n_new_species; i++)
        if (!g_str_equal(edit->new_species[i], self->atoms->species_names[edit->n_species + i]))
            return fail("it has other species", error);
    for (guint i = 0; backward && i < n_new_columns; i++)
        if (!g_str_equal(edit->new_columns[i],
                g_array_index(self->atoms->columns, LacAtomColumn, edit->n_columns + i).name))
            return fail("it has other columns", error);
    return TRUE;
}

// Whether the model is now what the edit takes it for.
static gboolean
check_fit(const Patch *self, const LacEdit *edit, gboolean backward, GError **error)
{
    const LacAtomRow *rows = backward ? edit->after : edit->before;
    if (self->n != (backward ? edit->n_after : edit->n_before))
        return fail("it has another number of atoms", error);
    if (!check_names(self, edit, backward, error))
        return FALSE;
    for (gsize i = 0; i < edit->n; i++) {
        if (rows[i].state == LAC_ATOM_ABSENT)
            continue;
        LacAtomRow now = lac_atom_row_get(self->atoms, edit->index[i]);
        if (!lac_atom_row_is_equal(&now, &rows[i])) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
                "The edit does not fit the model: atom %" G_GSIZE_FORMAT
                " is not what it was when the edit was made",
                edit->index[i] + 1);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
apply_one(Patch *self, const LacEdit *edit, gboolean backward, GError **error)
{
    if (!check_fit(self, edit, backward, error))
        return FALSE;
    if (backward)
        remove_names(self, edit);
    else
        append_names(self, edit);
    self->n = backward ? edit->n_before : edit->n_after;
    for (gsize i = 0; i < edit->n; i++) {
        if (backward && edit->before[i].state != LAC_ATOM_ABSENT)
            put_row(self, edit->index[i], &edit->after[i], &edit->before[i]);
        else if (!backward)
            put_row(self, edit->index[i], &edit->before[i], &edit->after[i]);
    }
    put_values(self, edit, backward ? edit->values_before : edit->values_after);
    return TRUE;
}

static void
patch_start(Patch *self, const LacAtoms *atoms, gsize room)
{
    gboolean is_copy = room > atoms->n;
    self->atoms = is_copy ? lac_atoms_copy(atoms, room) : lac_atoms_share(atoms, atoms->n);
    self->n = atoms->n;
    self->owns_positions = self->owns_species = self->owns_state = self->owns_flag = is_copy;
    self->owns_column = g_byte_array_new();
    g_byte_array_set_size(self->owns_column, atoms->columns->len);
    if (atoms->columns->len > 0)
        memset(self->owns_column->data, is_copy, atoms->columns->len);
}

/**
 * lac_edit_apply:
 * @edits: (array length=n): edits in the order in which they were made
 * @n: how many
 * @atoms: the model that the first of them was made for; or, backward, the one that the last made
 * @backward: undo them instead, from the last to the first
 * @error: return location for a #GError
 *
 * Makes the model that the edits lead to. It is the same to the last bit however the edits are cut
 * into calls.
 *
 * Returns: (transfer full): the new model, which shares what it can with @atoms; or %NULL with
 *   @error set if an edit does not fit
 */
LacAtoms *
lac_edit_apply(LacEdit *const *edits, gsize n, const LacAtoms *atoms, gboolean backward,
    GError **error)
{
    gsize room = atoms->n;
    for (gsize i = 0; !backward && i < n; i++)
        room = MAX(room, edits[i]->n_after);
    g_auto(Patch) patch = { 0 };
    patch_start(&patch, atoms, room);
    for (gsize i = 0; i < n; i++)
        if (!apply_one(&patch, edits[backward ? n - 1 - i : i], backward, error))
            return NULL;
    patch.atoms->n = patch.n;
    return g_steal_pointer(&patch.atoms);
}
