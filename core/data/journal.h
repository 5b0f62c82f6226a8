// SPDX-License-Identifier: GPL-3.0-or-later
// A model under correction: the automatic one, every edit since, and a place among them. Belongs to
// one thread; the models and edits that it lends are immutable and any thread may keep them.
#pragma once

#include "core/data/edit.h"

typedef struct LacJournal LacJournal;

// Which save of a project holds what of a journal. Kept in the project.
typedef struct {
    guint8 save[16];   // random, another one for each save; 0: never saved
    guint8 file[16];   // which journal file the save was made beside; 0: none
    guint64 n_records; // of that file that the save holds already
} LacJournalMark;

// What was found in a journal file.
typedef struct {
    guint64 n_records; // replayed: edits, undos, redos
    guint64 n_cut;     // [bytes] damaged or incomplete, and cut off
    char *kept;        // (nullable) copy of the file as it was, when more than a part of the last
                       // record was damaged
} LacJournalRecovery;

LacJournal *lac_journal_new(LacAtoms *base);
LacJournal *lac_journal_new_with_history(LacAtoms *atoms, LacEdit *const *edits, gsize n,
    gsize position, GError **error);
LacJournal *lac_journal_copy(const LacJournal *self);
void lac_journal_free(LacJournal *self);
LacAtoms *lac_journal_get_base(const LacJournal *self);
LacAtoms *lac_journal_get_atoms(const LacJournal *self);
gsize lac_journal_get_length(const LacJournal *self);
gsize lac_journal_get_position(const LacJournal *self);
LacEdit *lac_journal_get_edit(const LacJournal *self, gsize i);
gboolean lac_journal_apply(LacJournal *self, LacEdit *edit, GError **error);
void lac_journal_set_reason(LacJournal *self, gsize i, const char *reason);
gboolean lac_journal_undo(LacJournal *self);
gboolean lac_journal_redo(LacJournal *self);
gboolean lac_journal_go_to(LacJournal *self, gsize position);

// The file beside the project.
char *lac_journal_dup_path(const char *project);
char **lac_journal_find_unsaved(void);
gboolean lac_journal_attach(LacJournal *self, const char *path, LacJournalRecovery *recovery,
    GError **error);
void lac_journal_take_file(LacJournal *self, LacJournal *from);
void lac_journal_detach(LacJournal *self);
const char *lac_journal_get_problem(const LacJournal *self);
void lac_journal_get_mark(const LacJournal *self, LacJournalMark *mark);
void lac_journal_set_mark(LacJournal *self, const LacJournalMark *mark);
void lac_journal_mark_saved(LacJournal *self, const LacJournal *saved, const char *path);
char *lac_journal_put_aside(const char *path, GError **error);
void lac_journal_recovery_clear(LacJournalRecovery *recovery);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacJournal, lac_journal_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacJournalRecovery, lac_journal_recovery_clear)
