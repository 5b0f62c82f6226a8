// SPDX-License-Identifier: GPL-3.0-or-later
// A model under correction: the automatic one, every edit since, and a place among them. Belongs to
// one thread; the models and edits that it lends are immutable and any thread may keep them.
#pragma once

#include "core/data/edit.h"

typedef struct LacJournal LacJournal;

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacJournal, lac_journal_free)
