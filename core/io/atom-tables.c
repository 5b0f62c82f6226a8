// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atom-tables.h"

#include "core/io/bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TYPES   256
#define LARGEST_TYPE 1000.0

#define LONGEST_NAMES 65536 // [bytes]

static gsize
count_values(const LacFileItem *item)
{
    gsize n = item->kind == LAC_ITEM_ARRAY ? 1 : 0;
    for (guint i = 0; i < item->n_dims; i++)
        n *= item->shape[i];
    return n;
}

static gboolean
is_table_of_three(const LacFileItem *item)
{
    return item->kind == LAC_ITEM_ARRAY && item->n_dims == 2 &&
        (item->shape[0] == 3 || item->shape[1] == 3);
}

static gboolean
has_any(const char *name, const char *const *words)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (gsize i = 0; words[i] != NULL; i++)
        if (strstr(lower, words[i]) != NULL)
            return TRUE;
    return FALSE;
}

// The only table of three columns that may be positions, or the only one with such a name.
static const LacFileItem *
choose_positions(const LacFileInfo *info, const char *wanted, GError **error)
{
    static const char *const telling[] = { "pos", "model", "coord", "xyz", "atom", NULL };
    const LacFileItem *any = NULL, *named = NULL;
    guint n_any = 0, n_named = 0;
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = info->items->pdata[i];
        if (wanted != NULL && !g_str_equal(item->name, wanted))
            continue;
        if (!is_table_of_three(item))
            continue;
        any = item;
        n_any++;
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", item->name);
        if (has_any(item->name, telling)) {
            named = item;
            n_named++;
        }
    }
    if (n_any == 1 || n_named == 1)
        return n_any == 1 ? any : named;
    if (n_any == 0 && wanted != NULL)
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, info->path,
            "%s is no table of 3 x n or n x 3 numbers in it", wanted);
    else if (n_any == 0)
        lac_io_set_error(error, LAC_ERROR_FORMAT, info->path,
            "there are no positions in it, which would be a table of 3 x n or n x 3 numbers");
    else
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, info->path,
            "it holds several tables of positions, so name one as \"file:name\": %s", list->str);
    return NULL;
}

static const LacFileItem *
choose_types(const LacFileInfo *info, gsize n_atoms)
{
    static const char *const telling[] = { "typ", "species", "label", "number", "element", NULL };
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = info->items->pdata[i];
        if (count_values(item) == n_atoms && has_any(item->name, telling))
            return item;
    }
    return NULL;
}

static void
take_positions(LacAtoms *atoms, const LacFileItem *item, const double *values)
{
    gboolean together = item->shape[1] == 3; // x, y and z of an atom beside each other
    for (gsize k = 0; k < atoms->n; k++) {
        atoms->x[k] = together ? values[3 * k] : values[k];
        atoms->y[k] = together ? values[3 * k + 1] : values[atoms->n + k];
        atoms->z[k] = together ? values[3 * k + 2] : values[2 * atoms->n + k];
    }
}

static gboolean
check_positions(const LacAtoms *atoms, const LacFileInfo *info, const char *name, GError **error)
{
    for (gsize k = 0; k < atoms->n; k++) {
        if (isfinite(atoms->x[k]) && isfinite(atoms->y[k]) && isfinite(atoms->z[k]))
            continue;
        lac_io_set_error(error, LAC_ERROR_FORMAT, info->path,
            "atom %" G_GSIZE_FORMAT " of %s is at (%g, %g, %g)", k + 1, name, atoms->x[k],
            atoms->y[k], atoms->z[k]);
        return FALSE;
    }
    return TRUE;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// Types are whole numbers; species get them as names, in ascending order.
static gboolean
take_types(LacAtoms *atoms, const LacFileInfo *info, const char *name, const double *values,
    GError **error)
{
    gsize n_types = 0;
    for (gsize k = 0; k < atoms->n; k++) {
        if (values[k] >= 0.0 && values[k] <= LARGEST_TYPE && values[k] == floor(values[k]))
            continue;
        lac_io_set_error(error, LAC_ERROR_FORMAT, info->path,
            "type %" G_GSIZE_FORMAT " in %s is %g, not a whole number up to %g", k + 1, name,
            values[k], LARGEST_TYPE);
        return FALSE;
    }
    g_autofree double *sorted = g_memdup2(values, atoms->n * sizeof *values);
    qsort(sorted, atoms->n, sizeof *sorted, compare_doubles);
    for (gsize k = 0; k < atoms->n; k++)
        if (k == 0 || sorted[k] != sorted[k - 1])
            sorted[n_types++] = sorted[k];
    if (n_types > MOST_TYPES) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, info->path,
            "%s has %" G_GSIZE_FORMAT " different types, more than %d", name, n_types, MOST_TYPES);
        return FALSE;
    }
    for (gsize t = 0; t < n_types; t++) {
        g_autofree char *species = g_strdup_printf("%g", sorted[t]);
        lac_atoms_add_species(atoms, species);
    }
    for (gsize k = 0; k < atoms->n; k++) {
        gsize t = 0;
        while (sorted[t] != values[k])
            t++;
        atoms->species[k] = (guint16) t;
    }
    return TRUE;
}

/**
 * lac_atoms_from_tables:
 * @info: what the file holds
 * @item: (nullable): name of the table of positions; %NULL: the only one there is
 * @read: reads one array
 * @file: passed to @read
 * @error: return location for a #GError
 *
 * Reads atoms from a table of 3 x n or n x 3 positions, taken as they stand whatever their unit,
 * and from a list of n types if there is one.
 *
 * Returns: (transfer full): the atoms, their comment naming the arrays they came from, or %NULL
 *   with @error set
 */
LacAtoms *
lac_atoms_from_tables(const LacFileInfo *info, const char *item, LacTableRead read, gpointer file,
    GError **error)
{
    const char *wanted = item != NULL && item[0] != '\0' ? item : NULL;
    const LacFileItem *positions = choose_positions(info, wanted, error);
    if (positions == NULL)
        return NULL;
    gsize n = positions->shape[1] == 3 ? positions->shape[0] : positions->shape[1];
    g_autofree double *values = read(file, positions->name, 3 * n, error);
    if (values == NULL)
        return NULL;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
    take_positions(atoms, positions, values);
    if (!check_positions(atoms, info, positions->name, error))
        return NULL;
    const LacFileItem *types = choose_types(info, n);
    if (types != NULL) {
        g_autofree double *numbers = read(file, types->name, n, error);
        if (numbers == NULL || !take_types(atoms, info, types->name, numbers, error))
            return NULL;
    }
    else {
        lac_atoms_add_species(atoms, "X");
    }
    g_free(atoms->comment);
    atoms->comment = types != NULL
        ? g_strdup_printf("positions %s, types %s", positions->name, types->name)
        : g_strdup_printf("positions %s", positions->name);
    return g_steal_pointer(&atoms);
}

static const LacFileItem *
find_item(const LacFileInfo *info, const char *name, gsize n)
{
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = info->items->pdata[i];
        if (g_str_equal(item->name, name) && (n == 0 || count_values(item) == n))
            return item;
    }
    return NULL;
}

// Lines of text that are stored as numbers; NULL without @error if there are none.
static char **
read_names(const LacFileInfo *info, const char *name, LacTableRead read, gpointer file,
    GError **error)
{
    const LacFileItem *item = find_item(info, name, 0);
    gsize n = item != NULL ? count_values(item) : 0;
    if (n == 0 || n > LONGEST_NAMES)
        return NULL;
    g_autofree double *values = read(file, name, n, error);
    if (values == NULL)
        return NULL;
    g_autofree char *text = g_new0(char, n + 1);
    for (gsize i = 0; i < n; i++)
        text[i] = values[i] >= 1.0 && values[i] <= G_MAXUINT8 ? (char) (guint8) values[i] : '?';
    g_autofree char *valid = g_utf8_make_valid(g_strchomp(text), -1);
    return g_strsplit(valid, "\n", -1);
}

static gboolean
take_bytes(const LacAtoms *atoms, const LacFileInfo *info, const char *name, guint end, guint8 *out,
    LacTableRead read, gpointer file, GError **error)
{
    if (find_item(info, name, atoms->n) == NULL)
        return TRUE;
    g_autofree double *values = read(file, name, atoms->n, error);
    if (values == NULL)
        return FALSE;
    for (gsize k = 0; k < atoms->n; k++)
        out[k] = values[k] >= 0.0 && values[k] < end ? (guint8) values[k] : 0;
    return TRUE;
}

static gboolean
take_columns(LacAtoms *atoms, const LacFileInfo *info, char **names, LacTableRead read,
    gpointer file, GError **error)
{
    gsize n = g_strv_length(names), n_values;
    if (!g_size_checked_mul(&n_values, n, atoms->n) ||
        find_item(info, LAC_TABLE_COLUMNS, n_values) == NULL)
        return TRUE;
    g_autofree double *values = read(file, LAC_TABLE_COLUMNS, n_values, error);
    if (values == NULL)
        return FALSE;
    for (gsize k = 0; k < n; k++)
        if (lac_atoms_get_column(atoms, names[k]) == NULL)
            memcpy(lac_atoms_add_column(atoms, names[k]), values + k * atoms->n,
                atoms->n * sizeof *values);
    return TRUE;
}

// Types number the names from 1.
static gboolean
take_species(LacAtoms *atoms, const LacFileInfo *info, char ***names, LacTableRead read,
    gpointer file, GError **error)
{
    gsize n = g_strv_length(*names);
    if (find_item(info, LAC_TABLE_TYPES, atoms->n) == NULL || n > MOST_TYPES)
        return TRUE;
    for (gsize i = 0; i < n; i++)
        if (g_strv_contains((const char *const *) *names + i + 1, (*names)[i]))
            return TRUE;
    g_autofree double *types = read(file, LAC_TABLE_TYPES, atoms->n, error);
    if (types == NULL)
        return FALSE;
    for (gsize k = 0; k < atoms->n; k++)
        if (!(types[k] >= 1.0 && types[k] <= (double) n))
            return TRUE;
    for (gsize k = 0; k < atoms->n; k++)
        atoms->species[k] = (guint16) (types[k] - 1.0);
    g_strfreev(atoms->species_names);
    atoms->species_names = g_steal_pointer(names);
    return TRUE;
}

/**
 * lac_atoms_take_extras:
 * @atoms: atoms from the tables of a file, not published yet
 * @info: what the file holds
 * @read: reads one array
 * @file: passed to @read
 * @error: return location for a #GError
 *
 * Adds the names of species, the states, the flags and the columns, as far as the file has them.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_atoms_take_extras(LacAtoms *atoms, const LacFileInfo *info, LacTableRead read, gpointer file,
    GError **error)
{
    GError *failure = NULL;
    g_auto(GStrv) species = read_names(info, LAC_TABLE_SPECIES_NAMES, read, file, &failure);
    g_auto(GStrv) columns =
        failure == NULL ? read_names(info, LAC_TABLE_COLUMN_NAMES, read, file, &failure) : NULL;
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return take_bytes(atoms, info, LAC_TABLE_STATE, LAC_N_ATOM_STATES, atoms->state, read, file,
               error) &&
        take_bytes(atoms, info, LAC_TABLE_FLAG, LAC_N_PEAK_FLAGS, atoms->flag, read, file, error) &&
        (species == NULL || take_species(atoms, info, &species, read, file, error)) &&
        (columns == NULL || take_columns(atoms, info, columns, read, file, error));
}
