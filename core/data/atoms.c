// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/atoms.h"

#include <math.h>
#include <string.h>

// An array that several models can share; never of no bytes.
static gpointer
new_array(gsize n, gsize size)
{
    gsize n_bytes;
    if (!g_size_checked_mul(&n_bytes, n, size))
        g_error("%" G_GSIZE_FORMAT " atoms are too many", n);
    return g_atomic_rc_box_alloc(MAX(n_bytes, 1));
}

static gpointer
new_zeros(gsize n, gsize size)
{
    return memset(new_array(n, size), 0, n * size);
}

static void
clear_column(gpointer data)
{
    LacAtomColumn *column = data;
    g_free(column->name);
    g_atomic_rc_box_release(column->values);
}

static LacAtoms *
new_shell(gsize n)
{
    LacAtoms *self = g_new0(LacAtoms, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->columns = g_array_new(FALSE, TRUE, sizeof(LacAtomColumn));
    g_array_set_clear_func(self->columns, clear_column);
    return self;
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
    LacAtoms *self = new_shell(n);
    self->x = new_zeros(n, sizeof *self->x);
    self->y = new_zeros(n, sizeof *self->y);
    self->z = new_zeros(n, sizeof *self->z);
    self->species = new_zeros(n, sizeof *self->species);
    self->state = new_zeros(n, sizeof *self->state);
    self->flag = new_zeros(n, sizeof *self->flag);
    self->species_names = g_new0(char *, 1);
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
 * lac_atoms_share:
 * @self: atoms
 * @n: number of atoms of the copy, no more than @self has
 *
 * Makes a copy that uses the arrays of @self, in no time however many atoms there are. Before one
 * of them is written it must be made the copy's own by lac_atoms_own_array().
 *
 * Returns: (transfer full): the first @n atoms of @self, not published yet
 */
LacAtoms *
lac_atoms_share(const LacAtoms *self, gsize n)
{
    g_return_val_if_fail(n <= self->n, NULL);

    LacAtoms *copy = new_shell(n);
    copy->x = g_atomic_rc_box_acquire(self->x);
    copy->y = g_atomic_rc_box_acquire(self->y);
    copy->z = g_atomic_rc_box_acquire(self->z);
    copy->species = g_atomic_rc_box_acquire(self->species);
    copy->state = g_atomic_rc_box_acquire(self->state);
    copy->flag = g_atomic_rc_box_acquire(self->flag);
    for (guint k = 0; k < self->columns->len; k++) {
        LacAtomColumn column = g_array_index(self->columns, LacAtomColumn, k);
        column.name = g_strdup(column.name);
        g_atomic_rc_box_acquire(column.values);
        g_array_append_val(copy->columns, column);
    }
    copy_texts(self, copy);
    return copy;
}

/**
 * lac_atoms_own_array:
 * @array: (transfer full): an array of atoms, such as their states
 * @n_bytes: its size
 *
 * Returns: (transfer full): a copy of @array that no other model has
 */
gpointer
lac_atoms_own_array(gpointer array, gsize n_bytes)
{
    gpointer copy = memcpy(new_array(n_bytes, 1), array, n_bytes);
    g_atomic_rc_box_release(array);
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
    g_atomic_rc_box_release(self->x);
    g_atomic_rc_box_release(self->y);
    g_atomic_rc_box_release(self->z);
    g_atomic_rc_box_release(self->species);
    g_atomic_rc_box_release(self->state);
    g_atomic_rc_box_release(self->flag);
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
    LacAtomColumn column = { .name = g_strdup(name), .values = new_array(self->n, sizeof(double)) };
    for (gsize i = 0; i < self->n; i++)
        column.values[i] = (double) NAN;
    g_array_append_val(self->columns, column);
    return column.values;
}

/**
 * lac_atoms_ensure_column:
 * @self: atoms not published yet
 * @name: its name
 *
 * Returns: (transfer none): the values of the column, all NaN where it is new
 */
double *
lac_atoms_ensure_column(LacAtoms *self, const char *name)
{
    for (guint i = 0; i < self->columns->len; i++) {
        LacAtomColumn *column = &g_array_index(self->columns, LacAtomColumn, i);
        if (g_str_equal(column->name, name))
            return column->values;
    }
    return lac_atoms_add_column(self, name);
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
 * lac_atom_state_from_name:
 * @name: as lac_atom_state_get_name() gives it
 *
 * Returns: the state of that name; %LAC_ATOM_AUTO for any other
 */
LacAtomState
lac_atom_state_from_name(const char *name)
{
    for (guint i = 0; i < LAC_N_ATOM_STATES; i++)
        if (g_str_equal(lac_atom_state_get_name((LacAtomState) i), name))
            return (LacAtomState) i;
    return LAC_ATOM_AUTO;
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

/**
 * lac_peak_flag_from_name:
 * @name: as lac_peak_flag_get_name() gives it
 *
 * Returns: the flag of that name; %LAC_PEAK_OK for any other
 */
LacPeakFlag
lac_peak_flag_from_name(const char *name)
{
    for (guint i = 0; i < LAC_N_PEAK_FLAGS; i++)
        if (g_str_equal(lac_peak_flag_get_name((LacPeakFlag) i), name))
            return (LacPeakFlag) i;
    return LAC_PEAK_OK;
}
