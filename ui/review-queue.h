// SPDX-License-Identifier: GPL-3.0-or-later
// The review: what is left to look at, what was decided, and what the keys do.
#pragma once

#include "core/trace/suspicion.h"
#include "ui/session.h"

G_BEGIN_DECLS

// What became of an entry.
typedef enum {
    LAC_REVIEW_OPEN,
    LAC_REVIEW_SEEN,      // shown and passed by
    LAC_REVIEW_ACCEPTED,  // as it is
    LAC_REVIEW_CORRECTED, // deleted, added, moved, retyped
    LAC_REVIEW_DISMISSED, // a candidate that is no atom
} LacReviewStatus;

#define LAC_TYPE_REVIEW_ENTRY (lac_review_entry_get_type())
G_DECLARE_FINAL_TYPE(LacReviewEntry, lac_review_entry, LAC, REVIEW_ENTRY, GObject)

const LacReviewItem *lac_review_entry_get_item(LacReviewEntry *self);
LacReviewStatus lac_review_entry_get_status(LacReviewEntry *self);

// What the list shows.
typedef enum {
    LAC_REVIEW_SHOW_ALL,
    LAC_REVIEW_SHOW_ATOMS,
    LAC_REVIEW_SHOW_MISSING,
    LAC_REVIEW_SHOW_UNDECIDED,
    LAC_N_REVIEW_SHOWS,
} LacReviewShow;

#define LAC_TYPE_REVIEW_QUEUE (lac_review_queue_get_type())
G_DECLARE_FINAL_TYPE(LacReviewQueue, lac_review_queue, LAC, REVIEW_QUEUE, GObject)

// Signals: "changed" (): entries, scores or numbers; "current-changed" (): another entry is looked
// at; "residual-changed" (): lac_review_queue_get_residual().
LacReviewQueue *lac_review_queue_new(LacSession *session);
void lac_review_queue_set_active(LacReviewQueue *self, gboolean active);
void lac_review_queue_set_filter(LacReviewQueue *self, LacReviewShow show, guint reasons,
    const char *species);
GListModel *lac_review_queue_get_model(LacReviewQueue *self); // of LacReviewEntry
guint lac_review_queue_count(LacReviewQueue *self, guint *n_seen);
void lac_review_queue_get_expected(LacReviewQueue *self, double *n_false, double *n_missing);
gboolean lac_review_queue_is_busy(LacReviewQueue *self, gboolean *residual);
LacVolume *lac_review_queue_get_residual(LacReviewQueue *self); // (nullable) as of the last edit
const LacReviewPeak *lac_review_queue_get_peaks(LacReviewQueue *self, gsize *n);

LacReviewEntry *lac_review_queue_get_current(LacReviewQueue *self); // (nullable)
void lac_review_queue_set_current(LacReviewQueue *self, LacReviewEntry *entry);
gboolean lac_review_queue_next(LacReviewQueue *self);
gboolean lac_review_queue_previous(LacReviewQueue *self);

// On the current entry; FALSE when nothing was done, and a message said why.
gboolean lac_review_queue_accept(LacReviewQueue *self);
gboolean lac_review_queue_remove(LacReviewQueue *self);
gboolean lac_review_queue_add(LacReviewQueue *self);
gboolean lac_review_queue_snap(LacReviewQueue *self);
gboolean lac_review_queue_restore(LacReviewQueue *self);
gboolean lac_review_queue_retype(LacReviewQueue *self, guint species);
gboolean lac_review_queue_split(LacReviewQueue *self);

G_END_DECLS
