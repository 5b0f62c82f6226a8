// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/edit-code.h"
#include "core/data/journal-private.h"

static LacJournal *
new_journal(LacAtoms *base, LacAtoms *atoms)
{
    LacJournal *self = g_new0(LacJournal, 1);
    self->base = lac_atoms_ref(base);
    self->atoms = lac_atoms_ref(atoms);
    self->edits = g_ptr_array_new_with_free_func((GDestroyNotify) lac_edit_unref);
    return self;
}

/**
 * lac_journal_new:
 * @base: the automatic model
 *
 * Returns: (transfer full): a journal without edits
 */
LacJournal *
lac_journal_new(LacAtoms *base)
{
    return new_journal(base, base);
}

/**
 * lac_journal_new_with_history:
 * @atoms: the model after @position edits
 * @edits: (array length=n): edits in their order
 * @n: how many
 * @position: how many of them made @atoms; the others can be redone
 * @error: return location for a #GError
 *
 * Makes a journal of what a file says. Every edit is tried.
 *
 * Returns: (transfer full): the journal, or %NULL with @error set if the edits do not fit
 */
LacJournal *
lac_journal_new_with_history(LacAtoms *atoms, LacEdit *const *edits, gsize n, gsize position,
    GError **error)
{
    g_return_val_if_fail(position <= n, NULL);

    g_autoptr(LacAtoms) base = lac_edit_apply(edits, position, atoms, TRUE, error);
    if (base == NULL)
        return NULL;
    g_autoptr(LacAtoms) last = lac_edit_apply(edits + position, n - position, atoms, FALSE, error);
    if (last == NULL)
        return NULL;
    LacJournal *self = new_journal(base, atoms);
    for (gsize i = 0; i < n; i++)
        g_ptr_array_add(self->edits, lac_edit_ref(edits[i]));
    self->position = position;
    return self;
}

/**
 * lac_journal_copy:
 * @self: a journal
 *
 * Returns: (transfer full): a journal of the same models and edits, without the file, for another
 *   thread
 */
LacJournal *
lac_journal_copy(const LacJournal *self)
{
    LacJournal *copy = new_journal(self->base, self->atoms);
    for (guint i = 0; i < self->edits->len; i++)
        g_ptr_array_add(copy->edits, lac_edit_ref(self->edits->pdata[i]));
    copy->position = self->position;
    lac_journal_get_mark(self, &copy->mark);
    copy->digest = self->digest;
    copy->is_changed = self->is_changed;
    return copy;
}

/**
 * lac_journal_free:
 * @self: (nullable) (transfer full): a journal; its file stays
 */
void
lac_journal_free(LacJournal *self)
{
    if (self == NULL)
        return;
    lac_atoms_unref(self->base);
    lac_atoms_unref(self->atoms);
    g_ptr_array_unref(self->edits);
    lac_journal_file_free(self->file);
    g_free(self);
}

/**
 * lac_journal_get_base:
 * @self: a journal
 *
 * Returns: (transfer none): the automatic model
 */
LacAtoms *
lac_journal_get_base(const LacJournal *self)
{
    return self->base;
}

/**
 * lac_journal_get_atoms:
 * @self: a journal
 *
 * Returns: (transfer none): the model now, immutable; another object after each edit
 */
LacAtoms *
lac_journal_get_atoms(const LacJournal *self)
{
    return self->atoms;
}

/**
 * lac_journal_get_length:
 * @self: a journal
 *
 * Returns: the number of edits, those included that were undone
 */
gsize
lac_journal_get_length(const LacJournal *self)
{
    return self->edits->len;
}

/**
 * lac_journal_get_position:
 * @self: a journal
 *
 * Returns: how many of the edits made the model
 */
gsize
lac_journal_get_position(const LacJournal *self)
{
    return self->position;
}

/**
 * lac_journal_get_edit:
 * @self: a journal
 * @i: below the length
 *
 * Returns: (transfer none): the edit that led from position @i to @i + 1
 */
LacEdit *
lac_journal_get_edit(const LacJournal *self, gsize i)
{
    g_return_val_if_fail(i < self->edits->len, NULL);

    return self->edits->pdata[i];
}

// Writes a record, or everything if the last record could not be written.
static void
append_record(LacJournal *self, LacRecordType type, LacEncoder *record)
{
    self->is_changed = TRUE;
    if (self->file == NULL)
        return;
    if (lac_journal_file_get_problem(self->file) == NULL) {
        lac_journal_file_append(self->file, type, record, &self->mark, self->digest);
        return;
    }
    lac_journal_write_state(self);
}

/**
 * lac_journal_replay_edit:
 * @self: a journal
 * @edit: an edit made for the model now
 * @error: return location for a #GError
 *
 * Applies an edit without a record in the file.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed if it does not fit
 */
gboolean
lac_journal_replay_edit(LacJournal *self, LacEdit *edit, GError **error)
{
    LacAtoms *atoms = lac_edit_apply(&edit, 1, self->atoms, FALSE, error);
    if (atoms == NULL)
        return FALSE;
    lac_atoms_unref(self->atoms);
    self->atoms = atoms;
    g_ptr_array_set_size(self->edits, (gint) self->position);
    g_ptr_array_add(self->edits, lac_edit_ref(edit));
    self->position++;
    return TRUE;
}

/**
 * lac_journal_apply:
 * @self: a journal
 * @edit: (transfer full): an edit made for the model now
 * @error: return location for a #GError
 *
 * Appends an edit. Those that were undone before are forgotten.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed if it does not fit
 */
gboolean
lac_journal_apply(LacJournal *self, LacEdit *edit, GError **error)
{
    G_GNUC_UNUSED g_autoptr(LacEdit) owned = edit;
    if (!lac_journal_replay_edit(self, edit, error))
        return FALSE;
    g_auto(LacEncoder) record = { 0 };
    lac_record_start(&record);
    if (self->file != NULL)
        lac_edit_encode(edit, &record);
    append_record(self, LAC_RECORD_EDIT, &record);
    return TRUE;
}

/**
 * lac_journal_replay_position:
 * @self: a journal
 * @position: up to the length
 *
 * Undoes or redoes edits without a record in the file.
 */
void
lac_journal_replay_position(LacJournal *self, gsize position)
{
    gboolean backward = position < self->position;
    gsize first = MIN(position, self->position), n = MAX(position, self->position) - first;
    LacEdit *const *edits = (LacEdit *const *) self->edits->pdata + first;
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_edit_apply(edits, n, self->atoms, backward, &error);
    g_assert_no_error(error); // every edit was applied once
    lac_atoms_unref(self->atoms);
    self->atoms = atoms;
    self->position = position;
}

/**
 * lac_journal_go_to:
 * @self: a journal
 * @position: up to the length
 *
 * Undoes or redoes edits until @position of them are done.
 *
 * Returns: whether there is that position and it is another one
 */
gboolean
lac_journal_go_to(LacJournal *self, gsize position)
{
    if (position > self->edits->len || position == self->position)
        return FALSE;
    lac_journal_replay_position(self, position);
    g_auto(LacEncoder) record = { 0 };
    lac_record_start(&record);
    lac_encode_uint64(&record, position);
    append_record(self, LAC_RECORD_GO_TO, &record);
    return TRUE;
}

/**
 * lac_journal_undo:
 * @self: a journal
 *
 * Returns: whether there was an edit to undo
 */
gboolean
lac_journal_undo(LacJournal *self)
{
    return self->position > 0 && lac_journal_go_to(self, self->position - 1);
}

/**
 * lac_journal_redo:
 * @self: a journal
 *
 * Returns: whether there was an edit to redo
 */
gboolean
lac_journal_redo(LacJournal *self)
{
    return lac_journal_go_to(self, self->position + 1);
}

/**
 * lac_journal_replay_reason:
 * @self: a journal
 * @i: number of an edit
 * @reason: (nullable): why it was made
 *
 * Gives an edit a reason without a record in the file.
 */
void
lac_journal_replay_reason(LacJournal *self, gsize i, const char *reason)
{
    LacEdit *edit = lac_edit_with_reason(self->edits->pdata[i], reason);
    lac_edit_unref(self->edits->pdata[i]);
    self->edits->pdata[i] = edit;
}

/**
 * lac_journal_set_reason:
 * @self: a journal
 * @i: index of an edit
 * @reason: (nullable): why it was made; %NULL or empty for no reason
 *
 * Replaces the edit by one that says so and does the same.
 */
void
lac_journal_set_reason(LacJournal *self, gsize i, const char *reason)
{
    g_return_if_fail(i < self->edits->len);

    lac_journal_replay_reason(self, i, reason);
    g_auto(LacEncoder) record = { 0 };
    lac_record_start(&record);
    lac_encode_uint64(&record, i);
    lac_encode_text(&record, ((const LacEdit *) self->edits->pdata[i])->reason);
    append_record(self, LAC_RECORD_REASON, &record);
}
