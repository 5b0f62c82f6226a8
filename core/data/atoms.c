// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/atoms.h"

#include <math.h>

static void
clear_column(gpointer data)
{
    LacAtomColumn *column = data;
    g_free(column->name);
    g_free(column->values);
}

/**
 * lac_atoms_new:
 * @n: number of atoms
 *
 * Returns: (transfer full): @n atoms at the origin, of species 0, without species names
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
    self->species_names = g_new0(char *, 1);
    self->columns = g_array_new(FALSE, TRUE, sizeof(LacAtomColumn));
    g_array_set_clear_func(self->columns, clear_column);
    self->comment = g_strdup("");
    return self;
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
        column.values[i] = NAN;
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
