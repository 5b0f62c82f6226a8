// SPDX-License-Identifier: GPL-3.0-or-later
// A journal and its file: replay after a crash, and who holds what when a project is saved.
//
// A project keeps a random number of its save, which journal file the program had then, and how many
// of its records the save holds. A file is news to a project if its head names that save, or, from
// that record on, if it is that file. So it does not matter when between the writing of the project
// and the removal of the journal a program is killed: no edit is lost, and none is done twice.
#include "core/data/edit-code.h"
#include "core/data/journal-private.h"
#include "core/error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define SUFFIX ".journal"

static gboolean
is_set(const guint8 id[16])
{
    static const guint8 never[16] = { 0 };
    return memcmp(id, never, sizeof never) != 0;
}

static guint32
digest_of_nothing(void)
{
    g_autoptr(LacAtoms) nothing = lac_atoms_new(0);
    return lac_atoms_digest(nothing);
}

// The model now, every edit, and the place among them.
static void
encode_state(const LacJournal *self, LacEncoder *out)
{
    lac_atoms_encode(self->atoms, out);
    lac_encode_uint64(out, self->position);
    lac_encode_uint64(out, self->edits->len);
    for (guint i = 0; i < self->edits->len; i++)
        lac_edit_encode(self->edits->pdata[i], out);
}

static LacJournal *
decode_state(LacDecoder *in, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_decode(in, error);
    if (atoms == NULL)
        return NULL;
    guint64 position = lac_decode_uint64(in);
    g_autoptr(GPtrArray) edits = lac_edits_decode(in, error);
    if (edits == NULL)
        return NULL;
    if (position > edits->len) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_FORMAT, "The place in it is damaged");
        return NULL;
    }
    return lac_journal_new_with_history(atoms, (LacEdit *const *) edits->pdata, edits->len,
        (gsize) position, error);
}

static void
swap_contents(LacJournal *a, LacJournal *b)
{
    LacJournal old = *a;
    a->base = b->base;
    a->atoms = b->atoms;
    a->edits = b->edits;
    a->position = b->position;
    b->base = old.base;
    b->atoms = old.atoms;
    b->edits = old.edits;
    b->position = old.position;
}

// Does what a record says, without writing it again.
static gboolean
replay(LacRecordType type, LacDecoder *in, gpointer data, GError **error)
{
    LacJournal *self = data;
    if (type == LAC_RECORD_EDIT) {
        g_autoptr(LacEdit) edit = lac_edit_decode(in, error);
        return edit != NULL && lac_journal_replay_edit(self, edit, error);
    }
    if (type == LAC_RECORD_STATE) {
        g_autoptr(LacJournal) other = decode_state(in, error);
        if (other == NULL)
            return FALSE;
        swap_contents(self, other);
        return TRUE;
    }
    guint64 number = lac_decode_uint64(in);
    g_autofree char *reason = type == LAC_RECORD_REASON ? lac_decode_text(in) : NULL;
    gboolean is_place = type == LAC_RECORD_GO_TO;
    if (in->failed || number > self->edits->len || (!is_place && number == self->edits->len)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_FORMAT, "A record is damaged");
        return FALSE;
    }
    if (is_place)
        lac_journal_replay_position(self, (gsize) number);
    else
        lac_journal_replay_reason(self, (gsize) number, reason);
    return TRUE;
}

static gboolean
replay_file(LacJournal *self, LacJournalFile *file, LacJournalRecovery *found, GError **error)
{
    guint64 first;
    LacJournalMark mark;
    g_autoptr(LacJournal) copy = lac_journal_copy(self);
    if (!lac_journal_file_open(file, &self->mark, self->digest, &first, error) ||
        !lac_journal_file_read(file, first, replay, copy, found, error))
        return FALSE;
    swap_contents(self, copy);
    lac_journal_file_get_mark(file, &mark);
    if (mark.n_records < first) // records that the project holds were cut off: number anew
        lac_journal_file_remove(file);
    return TRUE;
}

// A model that no project holds yet takes the place of what is in the file.
static gboolean
clear_place(LacJournal *self, const char *path, GError **error)
{
    guint64 first;
    GError *failure = NULL;
    g_autoptr(LacJournalFile) old = lac_journal_file_new(path);
    lac_journal_file_open(old, &self->mark, self->digest, &first, &failure);
    if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_BUSY)) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    g_clear_error(&failure);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autofree char *aside = lac_journal_put_aside(path, error);
    return aside != NULL;
}

/**
 * lac_journal_attach:
 * @self: the journal that a project holds, or one of an empty model if it holds none
 * @path: the journal file beside the project
 * @recovery: (out) (optional): what was found in the file
 * @error: return location for a #GError
 *
 * Replays what a program that was killed left behind, if there is such a file, and writes every
 * edit from now on to it. A file is not made before there is an edit, but at once for a model that
 * no project holds or that was changed since; a file in the place of a model that was never saved is
 * given another name. After this call @self may have another model.
 *
 * Returns: %TRUE, or %FALSE with @error set and @self as before: %G_IO_ERROR_BUSY if another program
 *   has the file, %LAC_ERROR_MISMATCH if it belongs to another model; see lac_journal_put_aside()
 */
gboolean
lac_journal_attach(LacJournal *self, const char *path, LacJournalRecovery *recovery, GError **error)
{
    g_auto(LacJournalRecovery) found = { 0 };
    g_autoptr(LacJournalFile) file = lac_journal_file_new(path);
    gboolean is_saved = is_set(self->mark.save);
    gboolean is_new = self->is_changed || (!is_saved && self->atoms->n > 0);
    gboolean exists = g_file_test(path, G_FILE_TEST_EXISTS);
    if (!is_saved)
        self->digest = digest_of_nothing();
    if (exists && is_new && !clear_place(self, path, error))
        return FALSE;
    if (exists && !is_new && !replay_file(self, file, &found, error))
        return FALSE;
    lac_journal_file_free(self->file);
    self->file = g_steal_pointer(&file);
    self->is_changed = is_new || found.n_records > 0;
    if (is_new)
        lac_journal_write_state(self);
    if (recovery != NULL) {
        *recovery = found;
        found.kept = NULL;
    }
    return TRUE;
}

/**
 * lac_journal_write_state:
 * @self: a journal
 *
 * Writes everything into the file, if there is one.
 */
void
lac_journal_write_state(LacJournal *self)
{
    if (self->file == NULL)
        return;
    g_auto(LacEncoder) state = { 0 };
    lac_record_start(&state);
    encode_state(self, &state);
    lac_journal_file_append(self->file, LAC_RECORD_STATE, &state, &self->mark, self->digest);
}

/**
 * lac_journal_take_file:
 * @self: the journal of a model that takes the place of another
 * @from: the journal of that other model; it has no file any more
 *
 * Goes on in the file of @from, into which everything of @self is written. A crash brings back the
 * new model then.
 */
void
lac_journal_take_file(LacJournal *self, LacJournal *from)
{
    g_return_if_fail(self != from);

    lac_journal_file_free(self->file);
    self->file = g_steal_pointer(&from->file);
    self->mark = from->mark;
    self->digest = from->digest;
    self->is_changed = TRUE;
    lac_journal_write_state(self);
}

/**
 * lac_journal_detach:
 * @self: a journal; edits from now on are in memory only. The file is removed: for one whose project
 *   is closed without saving on purpose.
 */
void
lac_journal_detach(LacJournal *self)
{
    if (self->file != NULL)
        lac_journal_file_remove(self->file);
    g_clear_pointer(&self->file, lac_journal_file_free);
}

/**
 * lac_journal_get_problem:
 * @self: a journal
 *
 * Returns: (transfer none) (nullable): why edits are in memory only at the moment, such as a full
 *   disk; the next edit tries again to write them all
 */
const char *
lac_journal_get_problem(const LacJournal *self)
{
    return self->file != NULL ? lac_journal_file_get_problem(self->file) : NULL;
}

/**
 * lac_journal_get_mark:
 * @self: a journal
 * @mark: (out): the last save, and how far its file is now
 */
void
lac_journal_get_mark(const LacJournal *self, LacJournalMark *mark)
{
    *mark = self->mark;
    if (self->file != NULL)
        lac_journal_file_get_mark(self->file, mark);
}

/**
 * lac_journal_set_mark:
 * @self: a journal as a project on the disk has it
 * @mark: what the project says
 */
void
lac_journal_set_mark(LacJournal *self, const LacJournalMark *mark)
{
    self->mark = *mark;
    self->digest = lac_atoms_digest(self->atoms);
    self->is_changed = FALSE;
}

/**
 * lac_journal_mark_saved:
 * @self: the journal in use
 * @saved: the copy of it that was saved with a project, and whose save is on the disk now
 * @path: (nullable): where the journal file of that project belongs; %NULL: as before
 *
 * Removes the journal file, as the project holds what is in it, unless there were edits since the
 * copy was made.
 */
void
lac_journal_mark_saved(LacJournal *self, const LacJournal *saved, const char *path)
{
    LacJournalMark now;
    lac_journal_get_mark(self, &now);
    gboolean is_whole = memcmp(now.file, saved->mark.file, sizeof now.file) == 0 &&
        now.n_records == saved->mark.n_records && lac_journal_get_problem(self) == NULL;
    self->mark = saved->mark;
    self->digest = saved->digest;
    self->is_changed = !is_whole;
    if (self->file == NULL)
        return;
    gboolean moves = path != NULL && !g_str_equal(path, lac_journal_file_get_path(self->file));
    if (!is_whole && !moves)
        return;
    if (moves) {
        g_autoptr(LacJournalFile) old = g_steal_pointer(&self->file);
        g_unlink(path);
        self->file = lac_journal_file_new(path);
        if (!is_whole)
            lac_journal_write_state(self);
        lac_journal_file_remove(old);
        return;
    }
    lac_journal_file_remove(self->file);
}

/**
 * lac_journal_put_aside:
 * @path: a journal file that does not fit its project
 * @error: return location for a #GError
 *
 * Gives the file another name, so that a new one can take its place and nothing is lost.
 *
 * Returns: (transfer full): its new name, or %NULL with @error set
 */
char *
lac_journal_put_aside(const char *path, GError **error)
{
    for (guint i = 1; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("%s.%u", path, i);
        if (g_file_test(name, G_FILE_TEST_EXISTS))
            continue;
        if (g_rename(path, name) == 0)
            return g_steal_pointer(&name);
        break;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be given another name", path);
    return NULL;
}

/**
 * lac_journal_recovery_clear:
 * @recovery: what was found in a file; its text is freed
 */
void
lac_journal_recovery_clear(LacJournalRecovery *recovery)
{
    g_clear_pointer(&recovery->kept, g_free);
}

static char *
unsaved_folder(void)
{
    return g_build_filename(g_get_user_data_dir(), "lacuna", "unsaved", NULL);
}

/**
 * lac_journal_dup_path:
 * @project: (nullable): path of a project; %NULL is one that was never saved
 *
 * Returns: (transfer full): where its journal file belongs: beside it, or under a new name in the
 *   user's data folder
 */
char *
lac_journal_dup_path(const char *project)
{
    if (project != NULL)
        return g_strconcat(project, SUFFIX, NULL);
    g_autofree char *folder = unsaved_folder();
    g_autofree char *id = g_uuid_string_random();
    g_autofree char *name = g_strconcat(id, SUFFIX, NULL);
    return g_build_filename(folder, name, NULL);
}

/**
 * lac_journal_find_unsaved:
 *
 * Finds what was left of projects that were never saved. To recover one, attach it to the journal of
 * an empty model; %G_IO_ERROR_BUSY then says that a running program has it.
 *
 * Returns: (transfer full): paths of journal files
 */
char **
lac_journal_find_unsaved(void)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = unsaved_folder();
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir))
        if (g_str_has_suffix(name, SUFFIX))
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    g_ptr_array_add(paths, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}
