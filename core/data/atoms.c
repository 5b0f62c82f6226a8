// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/atoms.h"

#include <math.h>
#include <string.h>

static void
clear_column(gpointer data)
{
    LacAtomColumn *column = data;
    g_free(column->name);
    g_free(column->values);
}

static void
copy_texts(const LacAtoms *from, LacAtoms *to)
{
    g_strfreev(to->species_names);
    to->species_names = g_strdupv(from->species_names);
    g_free(to->comment);
    to->comment = g_strdup(from->comment);
}

// The columns of @to are those of @from, in their order.
static void
copy_atom(const LacAtoms *from, gsize i, LacAtoms *to, gsize j)
{
    to->x[j] = from->x[i];
    to->y[j] = from->y[i];
    to->z[j] = from->z[i];
    to->species[j] = from->species[i];
    to->state[j] = from->state[i];
    to->flag[j] = from->flag[i];
    for (guint k = 0; k < from->columns->len; k++)
        g_array_index(to->columns, LacAtomColumn, k).values[j] =
            g_array_index(from->columns, LacAtomColumn, k).values[i];
}

/**
 * lac_atoms_new:
 * @n: number of atoms
 *
 * Returns: (transfer full): @n atoms at the origin, of species 0 and state %LAC_ATOM_AUTO, without
 *   species names
 */
LacAtoms *
lac_atoms_new(gsize n)
{
    LacAtoms *self = g_new0(LacAtoms, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->x = g_new0(double, n);
    self->y = g_new0(double, n);
    self->z = g_new0(double, n);
    self->species = g_new0(guint16, n);
    self->state = g_new0(guint8, n);
    self->flag = g_new0(guint8, n);
    self->species_names = g_new0(char *, 1);
    self->columns = g_array_new(FALSE, TRUE, sizeof(LacAtomColumn));
    g_array_set_clear_func(self->columns, clear_column);
    self->comment = g_strdup("");
    return self;
}

/**
 * lac_atoms_copy:
 * @self: atoms
 * @n: number of atoms of the copy
 *
 * Atoms beyond those of @self are at the origin, with NaN in every column.
 *
 * Returns: (transfer full): a copy of the first @n atoms of @self, not published yet
 */
LacAtoms *
lac_atoms_copy(const LacAtoms *self, gsize n)
{
    LacAtoms *copy = lac_atoms_new(n);
    gsize kept = MIN(n, self->n);
    memcpy(copy->x, self->x, kept * sizeof *copy->x);
    memcpy(copy->y, self->y, kept * sizeof *copy->y);
    memcpy(copy->z, self->z, kept * sizeof *copy->z);
    memcpy(copy->species, self->species, kept * sizeof *copy->species);
    memcpy(copy->state, self->state, kept * sizeof *copy->state);
    memcpy(copy->flag, self->flag, kept * sizeof *copy->flag);
    for (guint k = 0; k < self->columns->len; k++) {
        const LacAtomColumn *column = &g_array_index(self->columns, LacAtomColumn, k);
        memcpy(lac_atoms_add_column(copy, column->name), column->values,
            kept * sizeof *column->values);
    }
    copy_texts(self, copy);
    return copy;
}

/**
 * lac_atoms_dup_present:
 * @self: atoms
 * @indices: (out caller-allocates) (nullable) (array): receives the index in @self of each atom of
 *   the copy; room for lac_atoms_count_present() of them
 *
 * Returns: (transfer full): the atoms of @self that are part of the model, without the records of
 *   those that are not
 */
LacAtoms *
lac_atoms_dup_present(const LacAtoms *self, gsize *indices)
{
    LacAtoms *copy = lac_atoms_new(lac_atoms_count_present(self));
    for (guint k = 0; k < self->columns->len; k++)
        lac_atoms_add_column(copy, g_array_index(self->columns, LacAtomColumn, k).name);
    for (gsize i = 0, j = 0; i < self->n; i++) {
        if (!lac_atoms_is_present(self, i))
            continue;
        copy_atom(self, i, copy, j);
        if (indices != NULL)
            indices[j] = i;
        j++;
    }
    copy_texts(self, copy);
    return copy;
}

/**
 * lac_atoms_is_present:
 * @self: atoms
 * @i: index of one
 *
 * Returns: whether it is part of the model, and not the record of a rejected or deleted one
 */
gboolean
lac_atoms_is_present(const LacAtoms *self, gsize i)
{
    return self->state[i] < LAC_ATOM_REJECTED;
}

/**
 * lac_atoms_count_present:
 * @self: atoms
 *
 * Returns: the number of atoms that are part of the model
 */
gsize
lac_atoms_count_present(const LacAtoms *self)
{
    gsize n = 0;
    for (gsize i = 0; i < self->n; i++)
        if (lac_atoms_is_present(self, i))
            n++;
    return n;
}

/**
 * lac_atoms_ref:
 * @self: atoms
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacAtoms *
lac_atoms_ref(LacAtoms *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_atoms_unref:
 * @self: (nullable) (transfer full): atoms; any thread
 */
void
lac_atoms_unref(LacAtoms *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->x);
    g_free(self->y);
    g_free(self->z);
    g_free(self->species);
    g_free(self->state);
    g_free(self->flag);
    g_strfreev(self->species_names);
    g_array_unref(self->columns);
    g_free(self->comment);
    g_free(self);
}

/**
 * lac_atoms_add_species:
 * @self: atoms not published yet
 * @name: element symbol or other name
 *
 * Returns: the index of @name, which is added if it is new
 */
guint16
lac_atoms_add_species(LacAtoms *self, const char *name)
{
    guint n = g_strv_length(self->species_names);
    for (guint i = 0; i < n; i++)
        if (g_str_equal(self->species_names[i], name))
            return (guint16) i;
    g_return_val_if_fail(n < G_MAXUINT16, 0);
    self->species_names = g_renew(char *, self->species_names, n + 2);
    self->species_names[n] = g_strdup(name);
    self->species_names[n + 1] = NULL;
    return (guint16) n;
}

/**
 * lac_atoms_add_column:
 * @self: atoms not published yet
 * @name: its name, which must be new
 *
 * Returns: (transfer none): the values of a new column, all NaN
 */
double *
lac_atoms_add_column(LacAtoms *self, const char *name)
{
    LacAtomColumn column = { .name = g_strdup(name), .values = g_new(double, self->n) };
    for (gsize i = 0; i < self->n; i++)
        column.values[i] = (double) NAN;
    g_array_append_val(self->columns, column);
    return column.values;
}

/**
 * lac_atoms_get_column:
 * @self: atoms
 * @name: name of a column
 *
 * Returns: (transfer none) (nullable): its values, or %NULL if there is none of that name
 */
const double *
lac_atoms_get_column(const LacAtoms *self, const char *name)
{
    for (guint i = 0; i < self->columns->len; i++) {
        const LacAtomColumn *column = &g_array_index(self->columns, LacAtomColumn, i);
        if (g_str_equal(column->name, name))
            return column->values;
    }
    return NULL;
}

/**
 * lac_atom_state_get_name:
 * @state: a state
 *
 * Returns: (transfer none): its name in files and lists, such as "confirmed"
 */
const char *
lac_atom_state_get_name(LacAtomState state)
{
    static const char *const names[LAC_N_ATOM_STATES] = {
        [LAC_ATOM_AUTO] = "auto",
        [LAC_ATOM_CONFIRMED] = "confirmed",
        [LAC_ATOM_MOVED] = "moved",
        [LAC_ATOM_ADDED] = "added",
        [LAC_ATOM_UNSURE] = "unsure",
        [LAC_ATOM_REJECTED] = "rejected",
        [LAC_ATOM_NON_ATOM] = "non-atom",
        [LAC_ATOM_DELETED] = "deleted",
    };
    return names[state];
}

/**
 * lac_peak_flag_get_name:
 * @flag: how a fit ended
 *
 * Returns: (transfer none): its name in files and lists, such as "too-close"
 */
const char *
lac_peak_flag_get_name(LacPeakFlag flag)
{
    static const char *const names[LAC_N_PEAK_FLAGS] = {
        [LAC_PEAK_OK] = "ok",
        [LAC_PEAK_NOT_MAXIMUM] = "not-maximum",
        [LAC_PEAK_WANDERED] = "wandered",
        [LAC_PEAK_TOO_CLOSE] = "too-close",
        [LAC_PEAK_NOT_CONVERGED] = "not-converged",
        [LAC_PEAK_EDGE] = "edge",
        [LAC_PEAK_OUTSIDE] = "outside",
    };
    return names[flag];
}
