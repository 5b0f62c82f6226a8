// SPDX-License-Identifier: GPL-3.0-or-later
// What a journal in memory and its file share.
#pragma once

#include "core/data/coder.h"
#include "core/data/journal.h"

typedef enum {
    LAC_RECORD_EDIT = 1,
    LAC_RECORD_GO_TO,
    LAC_RECORD_REASON,
    LAC_RECORD_STATE, // everything: replaces what was before
} LacRecordType;

typedef struct LacJournalFile LacJournalFile;

struct LacJournal {
    LacAtoms *base, *atoms;
    GPtrArray *edits; // of LacEdit; those from position on can be redone
    gsize position;
    LacJournalFile *file; // (nullable)
    LacJournalMark mark;  // of the last save
    guint32 digest;       // of the model of the last save
    gboolean is_changed;  // since the last save
};

// Gives FALSE with @error set if a record does not fit what was before.
typedef gboolean (
    *LacRecordFunc)(LacRecordType type, LacDecoder *in, gpointer data, GError **error);

LacJournalFile *lac_journal_file_new(const char *path);
void lac_journal_file_free(LacJournalFile *self);
void lac_journal_file_remove(LacJournalFile *self);
void lac_record_start(LacEncoder *out);
gboolean lac_journal_file_append(LacJournalFile *self, LacRecordType type, LacEncoder *record,
    const LacJournalMark *mark, guint32 digest);
gboolean lac_journal_file_open(LacJournalFile *self, const LacJournalMark *mark, guint32 digest,
    guint64 *first, GError **error);
gboolean lac_journal_file_read(LacJournalFile *self, guint64 first, LacRecordFunc func,
    gpointer data, LacJournalRecovery *recovery, GError **error);
const char *lac_journal_file_get_path(const LacJournalFile *self);
const char *lac_journal_file_get_problem(const LacJournalFile *self);
void lac_journal_file_get_mark(const LacJournalFile *self, LacJournalMark *mark);

void lac_journal_write_state(LacJournal *self);
gboolean lac_journal_replay_edit(LacJournal *self, LacEdit *edit, GError **error);
void lac_journal_replay_position(LacJournal *self, gsize position);
void lac_journal_replay_reason(LacJournal *self, gsize i, const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacJournalFile, lac_journal_file_free)
