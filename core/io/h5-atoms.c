// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/h5-atoms.h"

#include "core/io/bytes.h"

#include <math.h>
#include <string.h>

#define MOST_COLUMNS 4096

static gboolean
write_doubles(LacH5 *file, const char *path, const double *data, gsize n, gsize columns,
    GError **error)
{
    LacH5Array array = { .type = LAC_VALUE_FLOAT64,
        .n_dims = columns > 1 ? 2 : 1,
        .shape = { n, columns },
        .data = data };
    return n == 0 || lac_h5_write_array(file, path, &array, (LacH5Span){ 0 }, error);
}

static gboolean
write_bytes(LacH5 *file, const char *folder, const char *name, const guint8 *bytes, gsize n,
    GError **error)
{
    g_autofree char *path = g_strconcat(folder, "/", name, NULL);
    LacH5Array array = { .type = LAC_VALUE_UINT8, .n_dims = 1, .shape = { n }, .data = bytes };
    return n == 0 || lac_h5_write_array(file, path, &array, (LacH5Span){ 0 }, error);
}

static gboolean
save_columns(LacH5 *file, const char *path, const LacAtoms *atoms, GError **error)
{
    for (guint i = 0; i < atoms->columns->len; i++) {
        const LacAtomColumn *column = &g_array_index(atoms->columns, LacAtomColumn, i);
        g_autofree char *group = g_strdup_printf("%s/columns/%04u", path, i);
        g_autofree char *values = g_strconcat(group, "/values", NULL);
        g_autofree char *name = g_strconcat(group, "/name", NULL);
        if (!lac_h5_make_group(file, group, error) ||
            !lac_h5_write_text(file, name, column->name, error) ||
            !write_doubles(file, values, column->values, atoms->n, 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
save_species(LacH5 *file, const char *path, const LacAtoms *atoms, GError **error)
{
    g_autofree char *species = g_strconcat(path, "/species", NULL);
    g_autofree char *names = g_strconcat(path, "/names", NULL);
    LacH5Array array = { .type = LAC_VALUE_UINT16,
        .n_dims = 1,
        .shape = { atoms->n },
        .data = atoms->species };
    if (!lac_h5_make_group(file, names, error) ||
        (atoms->n > 0 && !lac_h5_write_array(file, species, &array, (LacH5Span){ 0 }, error)))
        return FALSE;
    for (guint i = 0; atoms->species_names[i] != NULL; i++) {
        g_autofree char *name = g_strdup_printf("%s/%06u", names, i);
        if (!lac_h5_write_text(file, name, atoms->species_names[i], error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_h5_write_atoms:
 * @file: a file being written
 * @path: the group to make
 * @atoms: what to write, records included
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_write_atoms(LacH5 *file, const char *path, const LacAtoms *atoms, GError **error)
{
    g_autofree double *positions = g_new(double, 3 * atoms->n);
    for (gsize i = 0; i < atoms->n; i++) {
        positions[3 * i] = atoms->x[i];
        positions[3 * i + 1] = atoms->y[i];
        positions[3 * i + 2] = atoms->z[i];
    }
    g_autofree char *places = g_strconcat(path, "/positions", NULL);
    g_autofree char *comment = g_strconcat(path, "/comment", NULL);
    gint64 n_names = g_strv_length(atoms->species_names);
    return lac_h5_make_group(file, path, error) &&
        lac_h5_set_string(file, path, "units", "Å", error) &&
        lac_h5_set_string(file, path, "axes", "atom,xyz", error) &&
        lac_h5_set_integer(file, path, "atoms", (gint64) atoms->n, error) &&
        lac_h5_set_integer(file, path, "species", n_names, error) &&
        lac_h5_set_integer(file, path, "columns", atoms->columns->len, error) &&
        write_doubles(file, places, positions, atoms->n, 3, error) &&
        write_bytes(file, path, "state", atoms->state, atoms->n, error) &&
        write_bytes(file, path, "flag", atoms->flag, atoms->n, error) &&
        save_species(file, path, atoms, error) && save_columns(file, path, atoms, error) &&
        lac_h5_write_text(file, comment, atoms->comment, error);
}

static gboolean
damaged(LacH5 *file, const char *path, const char *what, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, lac_h5_get_path(file), "it is damaged: %s %s", path,
        what);
    return FALSE;
}

static gboolean
get_count(LacH5 *file, const char *path, const char *name, gsize *n, GError **error)
{
    double value;
    if (!lac_h5_get_number(file, path, name, &value) || !(value >= 0.0 && value <= G_MAXINT32)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, lac_h5_get_path(file),
            "it is damaged: %s has no count of %s", path, name);
        return FALSE;
    }
    *n = (gsize) value;
    return TRUE;
}

// Exactly @n doubles.
static double *
read_doubles(LacH5 *file, const char *path, gsize n, GError **error)
{
    if (n == 0)
        return g_new0(double, 1);
    gsize n_read;
    g_autofree double *values = lac_h5_read_doubles(file, path, &n_read, error);
    if (values == NULL)
        return NULL;
    if (n_read != n) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, lac_h5_get_path(file),
            "it is damaged: %s has %" G_GSIZE_FORMAT " values, not %" G_GSIZE_FORMAT, path, n_read,
            n);
        return NULL;
    }
    return g_steal_pointer(&values);
}

static gboolean
load_species(LacH5 *file, const char *path, LacAtoms *atoms, gsize n_names, GError **error)
{
    for (gsize i = 0; i < n_names; i++) {
        g_autofree char *where = g_strdup_printf("%s/names/%06" G_GSIZE_FORMAT, path, i);
        g_autofree char *name = lac_h5_read_text(file, where, error);
        if (name == NULL)
            return FALSE;
        if (lac_atoms_add_species(atoms, name) != i)
            return damaged(file, where, "names a species twice", error);
    }
    g_autofree char *where = g_strconcat(path, "/species", NULL);
    g_autofree double *species = read_doubles(file, where, atoms->n, error);
    if (species == NULL)
        return FALSE;
    for (gsize i = 0; i < atoms->n; i++) {
        if (!(species[i] >= 0.0 && species[i] < (double) MAX(n_names, 1)))
            return damaged(file, where, "has a species without a name", error);
        atoms->species[i] = (guint16) species[i];
    }
    return TRUE;
}

static gboolean
load_columns(LacH5 *file, const char *path, LacAtoms *atoms, gsize n_columns, GError **error)
{
    for (gsize i = 0; i < n_columns; i++) {
        g_autofree char *group = g_strdup_printf("%s/columns/%04" G_GSIZE_FORMAT, path, i);
        g_autofree char *name_path = g_strconcat(group, "/name", NULL);
        g_autofree char *values_path = g_strconcat(group, "/values", NULL);
        g_autofree char *name = lac_h5_read_text(file, name_path, error);
        g_autofree double *values =
            name != NULL ? read_doubles(file, values_path, atoms->n, error) : NULL;
        if (values == NULL)
            return FALSE;
        if (lac_atoms_get_column(atoms, name) != NULL)
            return damaged(file, group, "has a name that is there already", error);
        double *column = lac_atoms_add_column(atoms, name);
        if (atoms->n > 0)
            memcpy(column, values, atoms->n * sizeof *column);
    }
    return TRUE;
}

// Numbers from 0 to below @end, one byte each; all 0 where an older file has none.
static gboolean
load_bytes(LacH5 *file, const char *folder, const char *name, gsize n, guint end, guint8 *out,
    GError **error)
{
    g_autofree char *path = g_strconcat(folder, "/", name, NULL);
    if (n == 0 || !lac_h5_exists(file, path))
        return TRUE;
    g_autofree double *values = read_doubles(file, path, n, error);
    if (values == NULL)
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        if (!(values[i] >= 0.0 && values[i] < end))
            return damaged(file, path, "has an unknown value", error);
        out[i] = (guint8) values[i];
    }
    return TRUE;
}

/**
 * lac_h5_read_atoms:
 * @file: a file
 * @path: a group that lac_h5_write_atoms() made
 * @error: return location for a #GError
 *
 * Believes nothing of the file: shapes must fit each other, numbers their ranges.
 *
 * Returns: (transfer full): the atoms, or %NULL with @error set
 */
LacAtoms *
lac_h5_read_atoms(LacH5 *file, const char *path, GError **error)
{
    gsize n, n_names, n_columns;
    if (!get_count(file, path, "atoms", &n, error) ||
        !get_count(file, path, "species", &n_names, error) ||
        !get_count(file, path, "columns", &n_columns, error))
        return NULL;
    if (n_names > G_MAXUINT16 || n > G_MAXSIZE / 64) {
        damaged(file, path, "has too many atoms or species", error);
        return NULL;
    }
    g_autofree char *places = g_strconcat(path, "/positions", NULL);
    g_autofree double *positions = read_doubles(file, places, 3 * n, error);
    if (positions == NULL)
        return NULL;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = positions[3 * i];
        atoms->y[i] = positions[3 * i + 1];
        atoms->z[i] = positions[3 * i + 2];
        if (!isfinite(atoms->x[i]) || !isfinite(atoms->y[i]) || !isfinite(atoms->z[i])) {
            damaged(file, places, "has a position that is not finite", error);
            return NULL;
        }
    }
    g_autofree char *comment_path = g_strconcat(path, "/comment", NULL);
    g_autofree char *comment = lac_h5_read_text(file, comment_path, error);
    if (comment == NULL || !load_species(file, path, atoms, n_names, error) ||
        !load_columns(file, path, atoms, n_columns, error) ||
        !load_bytes(file, path, "state", n, LAC_N_ATOM_STATES, atoms->state, error) ||
        !load_bytes(file, path, "flag", n, LAC_N_PEAK_FLAGS, atoms->flag, error))
        return NULL;
    g_free(atoms->comment);
    atoms->comment = g_steal_pointer(&comment);
    return g_steal_pointer(&atoms);
}

/**
 * lac_h5_has_atoms:
 * @file: a file
 * @path: a group
 * @n: (out): number of atoms and records
 *
 * Returns: whether the group looks like one that lac_h5_write_atoms() made
 */
gboolean
lac_h5_has_atoms(LacH5 *file, const char *path, gsize *n)
{
    double value;
    g_autofree char *positions = g_strconcat(path, "/positions", NULL);
    if (!lac_h5_get_number(file, path, "atoms", &value) || !(value >= 1.0 && value <= G_MAXINT32) ||
        !lac_h5_exists(file, positions))
        return FALSE;
    *n = (gsize) value;
    return TRUE;
}
