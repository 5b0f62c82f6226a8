// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/edit-private.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * lac_edit_new:
 * @kind: what it does
 * @n: atoms that it touches
 *
 * Returns: (transfer full): an edit of now with room for @n atoms and no columns, to be filled
 */
LacEdit *
lac_edit_new(LacEditKind kind, gsize n)
{
    LacEdit *self = g_new0(LacEdit, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->kind = kind;
    self->time = g_get_real_time();
    self->new_species = g_new0(char *, 1);
    self->new_columns = g_new0(char *, 1);
    self->n = n;
    self->index = g_new0(gsize, n);
    self->before = g_new0(LacAtomRow, n);
    self->after = g_new0(LacAtomRow, n);
    return self;
}

static gpointer
dup_array(gconstpointer array, gsize n, gsize size)
{
    return array != NULL ? g_memdup2(array, n * size) : NULL;
}

/**
 * lac_edit_with_reason:
 * @self: an edit
 * @reason: (nullable): why it was made; %NULL or empty for no reason
 *
 * Returns: (transfer full): an edit of the same time that does the same
 */
LacEdit *
lac_edit_with_reason(const LacEdit *self, const char *reason)
{
    LacEdit *copy = g_new(LacEdit, 1);
    *copy = *self;
    g_atomic_ref_count_init(&copy->ref_count);
    copy->reason = reason != NULL && reason[0] != '\0' ? g_utf8_make_valid(reason, -1) : NULL;
    copy->new_species = g_strdupv(self->new_species);
    copy->new_columns = g_strdupv(self->new_columns);
    copy->index = dup_array(self->index, self->n, sizeof *self->index);
    copy->before = dup_array(self->before, self->n, sizeof *self->before);
    copy->after = dup_array(self->after, self->n, sizeof *self->after);
    copy->changed = dup_array(self->changed, self->n_changed, sizeof *self->changed);
    gsize n_values = self->n * self->n_changed;
    copy->values_before = dup_array(self->values_before, n_values, sizeof *self->values_before);
    copy->values_after = dup_array(self->values_after, n_values, sizeof *self->values_after);
    return copy;
}

/**
 * lac_edit_ref:
 * @self: an edit
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacEdit *
lac_edit_ref(LacEdit *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_edit_unref:
 * @self: (nullable) (transfer full): an edit; any thread
 */
void
lac_edit_unref(LacEdit *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->reason);
    g_strfreev(self->new_species);
    g_strfreev(self->new_columns);
    g_free(self->index);
    g_free(self->before);
    g_free(self->after);
    g_free(self->changed);
    g_free(self->values_before);
    g_free(self->values_after);
    g_free(self);
}

/**
 * lac_atom_row_get:
 * @atoms: atoms
 * @i: index of one
 *
 * Returns: everything of it but its columns
 */
LacAtomRow
lac_atom_row_get(const LacAtoms *atoms, gsize i)
{
    return (LacAtomRow){ .x = atoms->x[i],
        .y = atoms->y[i],
        .z = atoms->z[i],
        .species = atoms->species[i],
        .state = atoms->state[i],
        .flag = atoms->flag[i] };
}

/**
 * lac_is_same_number:
 * @a: any number, NaN too
 * @b: another
 *
 * Returns: whether they are the same to the last bit
 */
gboolean
lac_is_same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/**
 * lac_atom_row_is_equal:
 * @a: a row
 * @b: another
 *
 * Returns: whether they are the same to the last bit
 */
gboolean
lac_atom_row_is_equal(const LacAtomRow *a, const LacAtomRow *b)
{
    return lac_is_same_number(a->x, b->x) && lac_is_same_number(a->y, b->y) &&
        lac_is_same_number(a->z, b->z) && a->species == b->species && a->state == b->state &&
        a->flag == b->flag;
}

static gboolean
check_position(LacVec3 p, GError **error)
{
    if (fabs(p.x) <= LAC_FARTHEST_ATOM && fabs(p.y) <= LAC_FARTHEST_ATOM &&
        fabs(p.z) <= LAC_FARTHEST_ATOM)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "No atom can be at (%g, %g, %g), which is no position in Å", p.x, p.y, p.z);
    return FALSE;
}

static int
compare_sizes(gconstpointer a, gconstpointer b)
{
    gsize i = *(const gsize *) a, j = *(const gsize *) b;
    return (i > j) - (i < j);
}

/**
 * lac_edit_start:
 * @atoms: the model
 * @kind: what it does
 * @indices: (nullable) (array length=n): atoms or records, in any order
 * @n: how many
 * @n_new: atoms that it adds after all others
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): an edit that changes nothing yet, but for new atoms at the origin; or
 *   %NULL with @error set if there are no such atoms
 */
LacEdit *
lac_edit_start(const LacAtoms *atoms, LacEditKind kind, const gsize *indices, gsize n, gsize n_new,
    const char *reason, GError **error)
{
    if (n + n_new == 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "No atom is named to %s",
            lac_edit_kind_get_name(kind));
        return NULL;
    }
    g_autoptr(LacEdit) edit = lac_edit_new(kind, n + n_new);
    if (n > 0) {
        memcpy(edit->index, indices, n * sizeof *indices);
        qsort(edit->index, n, sizeof *edit->index, compare_sizes);
    }
    gsize kept = 0;
    for (gsize i = 0; i < n; i++)
        if (i == 0 || edit->index[i] != edit->index[i - 1])
            edit->index[kept++] = edit->index[i];
    if (kept > 0 && edit->index[kept - 1] >= atoms->n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There is no atom %" G_GSIZE_FORMAT ": there are %" G_GSIZE_FORMAT " atoms and records",
            edit->index[kept - 1] + 1, atoms->n);
        return NULL;
    }
    for (gsize i = 0; i < kept; i++)
        edit->before[i] = edit->after[i] = lac_atom_row_get(atoms, edit->index[i]);
    for (gsize i = 0; i < n_new; i++) {
        edit->index[kept + i] = atoms->n + i;
        edit->before[kept + i] = (LacAtomRow){ .state = LAC_ATOM_ABSENT };
        edit->after[kept + i] = (LacAtomRow){ .state = LAC_ATOM_ADDED };
    }
    edit->n = kept + n_new;
    edit->n_before = atoms->n;
    edit->n_after = atoms->n + n_new;
    edit->n_species = g_strv_length(atoms->species_names);
    edit->n_columns = atoms->columns->len;
    edit->reason = reason != NULL && reason[0] != '\0' ? g_utf8_make_valid(reason, -1) : NULL;
    return g_steal_pointer(&edit);
}

static gboolean
check_present(const LacEdit *edit, GError **error)
{
    for (gsize i = 0; i < edit->n; i++) {
        guint8 state = edit->before[i].state;
        if (state < LAC_ATOM_REJECTED || state == LAC_ATOM_ABSENT)
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "Atom %" G_GSIZE_FORMAT " is no part of the model (%s), so it cannot take part in: %s",
            edit->index[i] + 1, lac_atom_state_get_name(state), lac_edit_kind_get_name(edit->kind));
        return FALSE;
    }
    return TRUE;
}

// An edit of atoms that must be part of the model.
static LacEdit *
start_present(const LacAtoms *atoms, LacEditKind kind, const gsize *indices, gsize n, gsize n_new,
    const char *reason, GError **error)
{
    g_autoptr(LacEdit) edit = lac_edit_start(atoms, kind, indices, n, n_new, reason, error);
    return edit != NULL && check_present(edit, error) ? g_steal_pointer(&edit) : NULL;
}

static LacEdit *
set_states(LacEdit *edit, LacAtomState state)
{
    for (gsize i = 0; edit != NULL && i < edit->n; i++)
        edit->after[i].state = (guint8) state;
    return edit;
}

static void
set_position(LacAtomRow *row, LacVec3 p)
{
    row->x = p.x;
    row->y = p.y;
    row->z = p.z;
}

// Finds a name in the model or among those that the edit adds, else adds it.
static guint
find_or_add(char ***added, guint n_known, guint known, const char *name)
{
    if (known < n_known)
        return known;
    guint n = g_strv_length(*added);
    for (guint i = 0; i < n; i++)
        if (g_str_equal((*added)[i], name))
            return n_known + i;
    *added = g_renew(char *, *added, n + 2);
    (*added)[n] = g_utf8_make_valid(name, -1);
    (*added)[n + 1] = NULL;
    return n_known + n;
}

/**
 * lac_edit_find_species:
 * @edit: an edit, to which a new name is added
 * @atoms: the model
 * @name: of a species
 * @species: (out): its number after the edit
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if there are too many or it has no name
 */
gboolean
lac_edit_find_species(LacEdit *edit, const LacAtoms *atoms, const char *name, guint16 *species,
    GError **error)
{
    guint known = 0;
    if (name[0] == '\0') {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "A species needs a name");
        return FALSE;
    }
    while (known < edit->n_species && !g_str_equal(atoms->species_names[known], name))
        known++;
    guint found = find_or_add(&edit->new_species, edit->n_species, known, name);
    if (found > G_MAXUINT16) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s is one species too many", name);
        return FALSE;
    }
    *species = (guint16) found;
    return TRUE;
}

/**
 * lac_edit_find_column:
 * @edit: an edit, to which a new name is added
 * @atoms: the model
 * @name: of a column
 *
 * Returns: its number after the edit
 */
guint
lac_edit_find_column(LacEdit *edit, const LacAtoms *atoms, const char *name)
{
    guint known = 0;
    while (known < edit->n_columns &&
        !g_str_equal(g_array_index(atoms->columns, LacAtomColumn, known).name, name))
        known++;
    return find_or_add(&edit->new_columns, edit->n_columns, known, name);
}

/**
 * lac_edit_reserve_values:
 * @edit: an edit with its atoms
 * @n_changed: columns that it changes
 *
 * Makes room for their numbers and values, all 0.
 */
void
lac_edit_reserve_values(LacEdit *edit, guint n_changed)
{
    edit->n_changed = n_changed;
    edit->changed = g_new0(guint, n_changed);
    edit->values_before = g_new0(double, edit->n *n_changed);
    edit->values_after = g_new0(double, edit->n *n_changed);
}

/**
 * lac_atom_get_value:
 * @atoms: atoms
 * @i: index of one, or beyond
 * @column: number of a column, or beyond
 *
 * Returns: the value, NaN where there is none
 */
double
lac_atom_get_value(const LacAtoms *atoms, gsize i, guint column)
{
    return i < atoms->n && column < atoms->columns->len
        ? g_array_index(atoms->columns, LacAtomColumn, column).values[i]
        : (double) NAN;
}

// The numbers of an edit of one atom; a name that occurs twice counts the last time.
static void
set_values(LacEdit *edit, const LacAtoms *atoms, const LacAtomValue *values, gsize n)
{
    lac_edit_reserve_values(edit, (guint) n);
    guint n_changed = 0;
    for (gsize i = 0; i < n; i++) {
        guint column = lac_edit_find_column(edit, atoms, values[i].name), k = 0;
        while (k < n_changed && edit->changed[k] != column)
            k++;
        n_changed = MAX(n_changed, k + 1);
        edit->changed[k] = column;
        edit->values_before[k] = lac_atom_get_value(atoms, edit->index[0], column);
        edit->values_after[k] = values[i].value;
    }
    edit->n_changed = n_changed;
}

/**
 * lac_edit_add:
 * @atoms: the model
 * @at: [Å] where
 * @species: (nullable): its name, new or not; %NULL is the model's first
 * @values: (nullable) (array length=n_values): what is known of it; other columns are NaN
 * @n_values: how many
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that appends an atom, or %NULL with @error set
 */
LacEdit *
lac_edit_add(const LacAtoms *atoms, LacVec3 at, const char *species, const LacAtomValue *values,
    gsize n_values, const char *reason, GError **error)
{
    g_autoptr(LacEdit) edit = lac_edit_start(atoms, LAC_EDIT_ADD, NULL, 0, 1, reason, error);
    if (edit == NULL || !check_position(at, error))
        return NULL;
    set_position(&edit->after[0], at);
    if (species != NULL &&
        !lac_edit_find_species(edit, atoms, species, &edit->after[0].species, error))
        return NULL;
    set_values(edit, atoms, values, n_values);
    return lac_edit_check(edit, error) ? g_steal_pointer(&edit) : NULL;
}

/**
 * lac_edit_move:
 * @atoms: the model
 * @index: an atom of it
 * @to: [Å] where to
 * @values: (nullable) (array length=n_values): what is known at the new place; other columns stay
 * @n_values: how many
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that moves an atom, or %NULL with @error set
 */
LacEdit *
lac_edit_move(const LacAtoms *atoms, gsize index, LacVec3 to, const LacAtomValue *values,
    gsize n_values, const char *reason, GError **error)
{
    g_autoptr(LacEdit) edit = start_present(atoms, LAC_EDIT_MOVE, &index, 1, 0, reason, error);
    if (edit == NULL || !check_position(to, error))
        return NULL;
    set_states(edit, LAC_ATOM_MOVED);
    set_position(&edit->after[0], to);
    set_values(edit, atoms, values, n_values);
    return lac_edit_check(edit, error) ? g_steal_pointer(&edit) : NULL;
}

/**
 * lac_edit_delete:
 * @atoms: the model
 * @indices: (array length=n): atoms of it, in any order
 * @n: how many, at least 1
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that makes the atoms records of deleted ones, or %NULL with
 *   @error set
 */
LacEdit *
lac_edit_delete(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error)
{
    return set_states(start_present(atoms, LAC_EDIT_DELETE, indices, n, 0, reason, error),
        LAC_ATOM_DELETED);
}

/**
 * lac_edit_restore:
 * @atoms: the model
 * @indices: (array length=n): records that are no part of it, in any order
 * @n: how many, at least 1
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that makes them atoms again, or %NULL with @error set
 */
LacEdit *
lac_edit_restore(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error)
{
    g_autoptr(LacEdit) edit = lac_edit_start(atoms, LAC_EDIT_RESTORE, indices, n, 0, reason, error);
    for (gsize i = 0; edit != NULL && i < edit->n; i++) {
        const LacAtomRow *row = &edit->before[i];
        if (row->state < LAC_ATOM_REJECTED) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
                "Atom %" G_GSIZE_FORMAT " is part of the model (%s), so it cannot be restored",
                edit->index[i] + 1, lac_atom_state_get_name(row->state));
            return NULL;
        }
        if (!check_position((LacVec3){ row->x, row->y, row->z }, error)) {
            g_prefix_error(error, "Atom %" G_GSIZE_FORMAT ": ", edit->index[i] + 1);
            return NULL;
        }
    }
    return set_states(g_steal_pointer(&edit), LAC_ATOM_CONFIRMED);
}

/**
 * lac_edit_confirm:
 * @atoms: the model
 * @indices: (array length=n): atoms of it, in any order
 * @n: how many, at least 1
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that notes that the atoms were looked at and accepted, or
 *   %NULL with @error set
 */
LacEdit *
lac_edit_confirm(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error)
{
    return set_states(start_present(atoms, LAC_EDIT_CONFIRM, indices, n, 0, reason, error),
        LAC_ATOM_CONFIRMED);
}

/**
 * lac_edit_mark_unsure:
 * @atoms: the model
 * @indices: (array length=n): atoms of it, in any order
 * @n: how many, at least 1
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that marks the atoms as doubtful, or %NULL with @error set
 */
LacEdit *
lac_edit_mark_unsure(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error)
{
    return set_states(start_present(atoms, LAC_EDIT_UNSURE, indices, n, 0, reason, error),
        LAC_ATOM_UNSURE);
}

/**
 * lac_edit_retype:
 * @atoms: the model
 * @indices: (array length=n): atoms of it, in any order
 * @n: how many, at least 1
 * @species: name, new or not
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that gives the atoms another species and confirms them, or
 *   %NULL with @error set
 */
LacEdit *
lac_edit_retype(const LacAtoms *atoms, const gsize *indices, gsize n, const char *species,
    const char *reason, GError **error)
{
    guint16 found;
    g_autoptr(LacEdit) edit = start_present(atoms, LAC_EDIT_RETYPE, indices, n, 0, reason, error);
    if (edit == NULL || !lac_edit_find_species(edit, atoms, species, &found, error))
        return NULL;
    for (gsize i = 0; i < edit->n; i++)
        edit->after[i].species = found;
    set_states(edit, LAC_ATOM_CONFIRMED);
    return lac_edit_check(edit, error) ? g_steal_pointer(&edit) : NULL;
}

/**
 * lac_edit_split:
 * @atoms: the model
 * @index: an atom of it
 * @a: [Å] where it goes
 * @b: [Å] where a new atom of its species goes
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that makes two atoms of one, or %NULL with @error set
 */
LacEdit *
lac_edit_split(const LacAtoms *atoms, gsize index, LacVec3 a, LacVec3 b, const char *reason,
    GError **error)
{
    g_autoptr(LacEdit) edit = start_present(atoms, LAC_EDIT_SPLIT, &index, 1, 1, reason, error);
    if (edit == NULL || !check_position(a, error) || !check_position(b, error))
        return NULL;
    edit->after[0].state = LAC_ATOM_MOVED;
    edit->after[1].species = edit->after[0].species;
    set_position(&edit->after[0], a);
    set_position(&edit->after[1], b);
    return g_steal_pointer(&edit);
}

/**
 * lac_edit_merge:
 * @atoms: the model
 * @indices: (array length=n): atoms of it; the first one stays
 * @n: how many, at least 2
 * @to: [Å] where the one that stays goes
 * @reason: (nullable): why
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the edit that makes one atom of several, or %NULL with @error set
 */
LacEdit *
lac_edit_merge(const LacAtoms *atoms, const gsize *indices, gsize n, LacVec3 to, const char *reason,
    GError **error)
{
    g_autoptr(LacEdit) edit = start_present(atoms, LAC_EDIT_MERGE, indices, n, 0, reason, error);
    if (edit == NULL || !check_position(to, error))
        return NULL;
    if (edit->n < 2) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Atom %" G_GSIZE_FORMAT " alone cannot be merged", indices[0] + 1);
        return NULL;
    }
    for (gsize i = 0; i < edit->n; i++) {
        gboolean stays = edit->index[i] == indices[0];
        edit->after[i].state = stays ? LAC_ATOM_MOVED : LAC_ATOM_DELETED;
        if (stays)
            set_position(&edit->after[i], to);
    }
    return g_steal_pointer(&edit);
}

/**
 * lac_edit_note:
 * @atoms: the model
 * @indices: (array length=n): atoms or records, in any order
 * @n: how many, at least 1
 * @text: what to note of them
 * @error: return location for a #GError
 *
 * Returns: (transfer full): an edit that changes nothing and stays in the log, or %NULL with @error
 *   set
 */
LacEdit *
lac_edit_note(const LacAtoms *atoms, const gsize *indices, gsize n, const char *text,
    GError **error)
{
    if (text == NULL || text[0] == '\0') {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "A note needs a text");
        return NULL;
    }
    return lac_edit_start(atoms, LAC_EDIT_NOTE, indices, n, 0, text, error);
}

/**
 * lac_edit_dup_title:
 * @self: an edit
 *
 * Returns: (transfer full): what it does in a few words, such as "Delete 3 atoms"
 */
char *
lac_edit_dup_title(const LacEdit *self)
{
    static const char *const verbs[LAC_N_EDITS] = {
        [LAC_EDIT_ADD] = "Add",
        [LAC_EDIT_DELETE] = "Delete",
        [LAC_EDIT_RESTORE] = "Restore",
        [LAC_EDIT_MOVE] = "Move",
        [LAC_EDIT_RETYPE] = "Retype",
        [LAC_EDIT_CONFIRM] = "Confirm",
        [LAC_EDIT_UNSURE] = "Mark as unsure",
        [LAC_EDIT_SPLIT] = "Split",
        [LAC_EDIT_MERGE] = "Merge",
        [LAC_EDIT_NOTE] = "Note on",
        [LAC_EDIT_BULK] = "Change",
        [LAC_EDIT_LABEL] = "Label",
    };
    if (self->n == 1 || self->kind == LAC_EDIT_SPLIT)
        return g_strdup_printf("%s atom %" G_GSIZE_FORMAT, verbs[self->kind], self->index[0] + 1);
    return g_strdup_printf("%s %" G_GSIZE_FORMAT " atoms", verbs[self->kind], self->n);
}

/**
 * lac_edit_kind_get_name:
 * @kind: a kind
 *
 * Returns: (transfer none): its name in files and lists, such as "delete"
 */
const char *
lac_edit_kind_get_name(LacEditKind kind)
{
    static const char *const names[LAC_N_EDITS] = {
        [LAC_EDIT_ADD] = "add",
        [LAC_EDIT_DELETE] = "delete",
        [LAC_EDIT_RESTORE] = "restore",
        [LAC_EDIT_MOVE] = "move",
        [LAC_EDIT_RETYPE] = "retype",
        [LAC_EDIT_CONFIRM] = "confirm",
        [LAC_EDIT_UNSURE] = "unsure",
        [LAC_EDIT_SPLIT] = "split",
        [LAC_EDIT_MERGE] = "merge",
        [LAC_EDIT_NOTE] = "note",
        [LAC_EDIT_BULK] = "bulk",
        [LAC_EDIT_LABEL] = "label",
    };
    return names[kind];
}
