// SPDX-License-Identifier: GPL-3.0-or-later
// What review-queue.c (the list) and review-actions.c (the keys) share.
#pragma once

#include "core/trace/volume-residual.h"
#include "ui/latest.h"
#include "ui/review-queue.h"

struct _LacReviewEntry {
    GObject parent_instance;
    LacReviewItem *item; // as scored last, or as decided
    LacReviewStatus status;
    gboolean was_deleted; // by the decision
    gsize subject;        // the atom that the decision touched; G_MAXSIZE: none
    guint8 state;         // of that atom after the decision
};

struct _LacReviewQueue {
    GObject parent_instance;
    LacSession *session;
    gboolean is_active;
    gboolean is_acting;          // what the session says now comes from here
    LacAtoms *base;              // (nullable) automatic model that the scores belong to
    LacVolume *volume;           // (nullable) of the residual
    LacReview *review;           // (nullable)
    LacVolumeResidual *residual; // (nullable)
    LacVolume *shown_residual;   // (nullable) copy of it
    GArray *peaks;               // (nullable) of LacReviewPeak
    LacLatest *scorer, *subtractor;
    guint refresh_source; // timeout that copies the residual
    GListStore *entries;  // shown
    GPtrArray *all;       // of LacReviewEntry: open and decided, by score
    GHashTable *decided;  // key of an item -> LacReviewEntry
    LacReviewEntry *current;
    LacReviewShow show;
    guint reasons; // 0: any
    char *species; // (nullable) any
};

void lac_review_queue_decide(LacReviewQueue *self, LacReviewStatus status, gsize subject);
