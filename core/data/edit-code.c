// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/edit-code.h"

#include "core/data/edit-private.h"
#include "core/error.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#define ROW_SIZE  28 // [bytes]
#define ATOM_SIZE 28 // [bytes] without columns

#define SHORTEST_EDIT 61 // [bytes]

static void
encode_row(LacEncoder *out, const LacAtomRow *row)
{
    lac_encode_double(out, row->x);
    lac_encode_double(out, row->y);
    lac_encode_double(out, row->z);
    lac_encode_uint16(out, row->species);
    lac_encode_uint8(out, row->state);
    lac_encode_uint8(out, row->flag);
}

static LacAtomRow
decode_row(LacDecoder *in)
{
    LacAtomRow row;
    row.x = lac_decode_double(in);
    row.y = lac_decode_double(in);
    row.z = lac_decode_double(in);
    row.species = lac_decode_uint16(in);
    row.state = lac_decode_uint8(in);
    row.flag = lac_decode_uint8(in);
    return row;
}

/**
 * lac_edit_encode:
 * @self: an edit
 * @out: receives its bytes
 */
void
lac_edit_encode(const LacEdit *self, LacEncoder *out)
{
    lac_encode_uint8(out, (guint8) self->kind);
    lac_encode_uint64(out, (guint64) self->time);
    lac_encode_text(out, self->reason);
    lac_encode_uint64(out, self->n_before);
    lac_encode_uint64(out, self->n_after);
    lac_encode_uint32(out, self->n_species);
    lac_encode_texts(out, self->new_species);
    lac_encode_uint32(out, self->n_columns);
    lac_encode_texts(out, self->new_columns);
    lac_encode_uint64(out, self->n_changed);
    for (guint k = 0; k < self->n_changed; k++)
        lac_encode_uint32(out, self->changed[k]);
    lac_encode_uint64(out, self->n);
    for (gsize i = 0; i < self->n; i++) {
        lac_encode_uint64(out, self->index[i]);
        encode_row(out, &self->before[i]);
        encode_row(out, &self->after[i]);
    }
    lac_encode_doubles(out, self->values_before, self->n * self->n_changed);
    lac_encode_doubles(out, self->values_after, self->n * self->n_changed);
}

static gboolean
fail(const char *what, GError **error)
{
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s is damaged", what);
    return FALSE;
}

// What follows the head of an edit: its numbers of columns and its atoms.
static LacEdit *
decode_atoms_of(LacDecoder *in, gsize n_changed, const guint8 *changed)
{
    gsize n_numbers, n = lac_decode_count(in, 8 + 2 * ROW_SIZE);
    LacEdit *self = lac_edit_new(LAC_EDIT_BULK, n);
    for (gsize i = 0; i < n; i++) {
        guint64 index = lac_decode_uint64(in);
        in->failed |= index > G_MAXSIZE / 64;
        self->index[i] = (gsize) index;
        self->before[i] = decode_row(in);
        self->after[i] = decode_row(in);
    }
    LacDecoder numbers = { .at = changed, .left = n_changed * sizeof(guint32) };
    if (in->failed || !g_size_checked_mul(&n_numbers, n, n_changed) ||
        n_numbers > in->left / (2 * sizeof(double))) {
        in->failed = TRUE;
        return self;
    }
    self->n_changed = (guint) n_changed;
    self->changed = g_new(guint, n_changed);
    for (gsize k = 0; k < n_changed; k++)
        self->changed[k] = lac_decode_uint32(&numbers);
    self->values_before = g_new(double, n_numbers);
    self->values_after = g_new(double, n_numbers);
    lac_decode_doubles(in, self->values_before, n_numbers);
    lac_decode_doubles(in, self->values_after, n_numbers);
    return self;
}

static gboolean
has_duplicate(char *const *names)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; names[i] != NULL; i++)
        if (!g_hash_table_add(seen, names[i]))
            return TRUE;
    return FALSE;
}

/**
 * lac_edit_decode:
 * @in: gives the bytes
 * @error: return location for a #GError
 *
 * Returns: (transfer full): an edit that agrees with itself, or %NULL with @error set
 */
LacEdit *
lac_edit_decode(LacDecoder *in, GError **error)
{
    guint8 kind = lac_decode_uint8(in);
    gint64 time = (gint64) lac_decode_uint64(in);
    g_autofree char *reason = lac_decode_text(in);
    guint64 n_before = lac_decode_uint64(in), n_after = lac_decode_uint64(in);
    guint n_species = lac_decode_uint32(in);
    g_auto(GStrv) new_species = lac_decode_texts(in);
    guint n_columns = lac_decode_uint32(in);
    g_auto(GStrv) new_columns = lac_decode_texts(in);
    gsize n_changed = lac_decode_count(in, sizeof(guint32));
    const guint8 *changed = lac_decode_bytes(in, n_changed * sizeof(guint32));
    g_autoptr(LacEdit) self = decode_atoms_of(in, n_changed, changed);
    if (in->failed || kind >= LAC_N_EDITS || n_before > G_MAXSIZE / 64 ||
        n_after > G_MAXSIZE / 64 || n_species > G_MAXUINT16 + 1u || n_columns > G_MAXUINT16 + 1u ||
        has_duplicate(new_species) || has_duplicate(new_columns)) {
        fail("An edit", error);
        return NULL;
    }
    g_strfreev(self->new_species);
    g_strfreev(self->new_columns);
    self->kind = (LacEditKind) kind;
    self->time = time;
    self->reason = g_steal_pointer(&reason);
    self->n_before = (gsize) n_before;
    self->n_after = (gsize) n_after;
    self->n_species = n_species;
    self->new_species = g_steal_pointer(&new_species);
    self->n_columns = n_columns;
    self->new_columns = g_steal_pointer(&new_columns);
    return lac_edit_check(self, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_edits_decode:
 * @in: gives the bytes: how many edits there are, then the edits
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type LacEdit): the edits, or %NULL with @error set
 */
GPtrArray *
lac_edits_decode(LacDecoder *in, GError **error)
{
    gsize n = lac_decode_count(in, SHORTEST_EDIT);
    g_autoptr(GPtrArray) edits = g_ptr_array_new_with_free_func((GDestroyNotify) lac_edit_unref);
    for (gsize i = 0; i < n; i++) {
        LacEdit *edit = lac_edit_decode(in, error);
        if (edit == NULL)
            return NULL;
        g_ptr_array_add(edits, edit);
    }
    if (in->failed) {
        fail("A list of edits", error);
        return NULL;
    }
    return g_steal_pointer(&edits);
}

/**
 * lac_atoms_encode:
 * @self: atoms
 * @out: receives their bytes
 */
void
lac_atoms_encode(const LacAtoms *self, LacEncoder *out)
{
    lac_encode_texts(out, self->species_names);
    lac_encode_text(out, self->comment);
    lac_encode_uint32(out, self->columns->len);
    lac_encode_uint64(out, self->n);
    for (gsize i = 0; i < self->n; i++) {
        LacAtomRow row = lac_atom_row_get(self, i);
        encode_row(out, &row);
    }
    for (guint k = 0; k < self->columns->len; k++) {
        const LacAtomColumn *column = &g_array_index(self->columns, LacAtomColumn, k);
        lac_encode_text(out, column->name);
        lac_encode_doubles(out, column->values, self->n);
    }
}

static gboolean
decode_columns(LacDecoder *in, LacAtoms *atoms, guint n)
{
    for (guint k = 0; k < n; k++) {
        g_autofree char *name = lac_decode_text(in);
        if (name == NULL || atoms->n > in->left / sizeof(double) ||
            lac_atoms_get_column(atoms, name) != NULL)
            return FALSE;
        lac_decode_doubles(in, lac_atoms_add_column(atoms, name), atoms->n);
    }
    return !in->failed;
}

static gboolean
decode_rows(LacDecoder *in, LacAtoms *atoms, gsize n_species)
{
    for (gsize i = 0; i < atoms->n; i++) {
        LacAtomRow row = decode_row(in);
        if (row.state >= LAC_N_ATOM_STATES || row.flag >= LAC_N_PEAK_FLAGS ||
            (row.species != 0 && row.species >= n_species) || !isfinite(row.x) ||
            !isfinite(row.y) || !isfinite(row.z))
            return FALSE;
        atoms->x[i] = row.x;
        atoms->y[i] = row.y;
        atoms->z[i] = row.z;
        atoms->species[i] = row.species;
        atoms->state[i] = row.state;
        atoms->flag[i] = row.flag;
    }
    return TRUE;
}

/**
 * lac_atoms_decode:
 * @in: gives the bytes
 * @error: return location for a #GError
 *
 * Returns: (transfer full): atoms, or %NULL with @error set
 */
LacAtoms *
lac_atoms_decode(LacDecoder *in, GError **error)
{
    g_auto(GStrv) names = lac_decode_texts(in);
    g_autofree char *comment = lac_decode_text(in);
    guint n_columns = lac_decode_uint32(in);
    gsize n = lac_decode_count(in, ATOM_SIZE), n_names = g_strv_length(names);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(in->failed ? 0 : n);
    gboolean good = !in->failed && comment != NULL && n_names <= G_MAXUINT16 &&
        !has_duplicate(names) && decode_rows(in, atoms, n_names) &&
        decode_columns(in, atoms, n_columns);
    if (!good) {
        fail("A model", error);
        return NULL;
    }
    g_strfreev(atoms->species_names);
    atoms->species_names = g_steal_pointer(&names);
    g_free(atoms->comment);
    atoms->comment = g_steal_pointer(&comment);
    return g_steal_pointer(&atoms);
}

static guint32
add_to_digest(guint32 digest, gconstpointer data, gsize n)
{
    return (guint32) crc32_z(digest, data, n);
}

/**
 * lac_atoms_digest:
 * @self: atoms
 *
 * Returns: a checksum of every number and name but the comment; a millisecond per megabyte
 */
guint32
lac_atoms_digest(const LacAtoms *self)
{
    gsize n_bytes = self->n * sizeof(double);
    guint32 digest = add_to_digest(0, &self->n, sizeof self->n);
    digest = add_to_digest(digest, self->x, n_bytes);
    digest = add_to_digest(digest, self->y, n_bytes);
    digest = add_to_digest(digest, self->z, n_bytes);
    digest = add_to_digest(digest, self->species, self->n * sizeof *self->species);
    digest = add_to_digest(digest, self->state, self->n);
    digest = add_to_digest(digest, self->flag, self->n);
    for (guint i = 0; self->species_names[i] != NULL; i++)
        digest = add_to_digest(digest, self->species_names[i], strlen(self->species_names[i]) + 1);
    for (guint k = 0; k < self->columns->len; k++) {
        const LacAtomColumn *column = &g_array_index(self->columns, LacAtomColumn, k);
        digest = add_to_digest(digest, column->name, strlen(column->name) + 1);
        digest = add_to_digest(digest, column->values, n_bytes);
    }
    return digest;
}
