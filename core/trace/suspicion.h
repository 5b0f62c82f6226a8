// SPDX-License-Identifier: GPL-3.0-or-later
// Which atoms a person should look at, which may be missing, and why: the review queue.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "core/progress.h"

// Why an item is in the queue.
typedef enum {
    LAC_REASON_FEW_NEIGHBOURS = 1 << 0,
    LAC_REASON_REMOTE = 1 << 1,        // far less around it than around the others
    LAC_REASON_TOO_CLOSE = 1 << 2,     // to its nearest neighbour
    LAC_REASON_CROWDED = 1 << 3,       // several neighbours are too close
    LAC_REASON_WEAK = 1 << 4,          // for its class
    LAC_REASON_WEAK_LOCALLY = 1 << 5,  // beside its neighbours
    LAC_REASON_BAD_FIT = 1 << 6,       // noise rather than a peak
    LAC_REASON_NARROW = 1 << 7,        // narrower than an atom can be
    LAC_REASON_ELONGATED = 1 << 8,     // two atoms?
    LAC_REASON_SPECIES = 1 << 9,       // between two classes
    LAC_REASON_UNLIKELY = 1 << 10,     // by the classification
    LAC_REASON_OUTSIDE = 1 << 11,      // of the mask
    LAC_REASON_RESIDUAL = 1 << 12,     // the measurement has less there than the model
    LAC_REASON_UNSURE = 1 << 13,       // marked by hand
    LAC_REASON_REJECTED = 1 << 14,     // a peak that the tracer or the classification left out
    LAC_REASON_RESIDUAL_PEAK = 1 << 15 // a peak of measured minus model
} LacReviewReason;

#define LAC_N_REVIEW_REASONS 16

typedef struct {
    gsize index;           // of the atom or rejected peak; G_MAXSIZE for a peak of the residual
    LacVec3 position;      // [Å]
    gboolean is_candidate; // may be missing; otherwise an atom that may be wrong
    double score;          // 0..1: chance that a look at it ends with a correction
    guint reasons;         // of LacReviewReason
    char *text;            // the reasons in words, strongest first, separated by "; "
} LacReviewItem;

// A peak of the residual that may be a missing atom.
typedef struct {
    LacVec3 position; // [Å]
    double height;    // of the residual, in units of the peak of a typical light atom
} LacReviewPeak;

// What is known beside the atoms. Everything may be missing.
typedef struct {
    LacVolume *mask;            // (nullable) support: inside where above 0
    LacVolume *residual;        // (nullable) measured minus model
    const LacReviewPeak *peaks; // (nullable) of the residual; copied
    gsize n_peaks;
    double bond;           // [Å] typical bond; 0: measured from the atoms
    double ghost_distance; // [Å] candidates keep this distance from the atoms of the model
} LacReviewContext;

// The scores of one model. Changes with its model, in place: one thread at a time.
typedef struct LacReview LacReview;

void lac_review_context_init(LacReviewContext *context);
LacReview *lac_review_new(LacAtoms *atoms, const LacReviewContext *context, LacProgress *progress,
    GError **error);
void lac_review_free(LacReview *self);
gboolean lac_review_update(LacReview *self, LacAtoms *atoms, GError **error);
GPtrArray *lac_review_get_items(const LacReview *self, gsize max_items);
LacReviewItem *lac_review_get_item(const LacReview *self, gsize i);
double lac_review_get_score(const LacReview *self, gsize i);
double lac_review_get_bond(const LacReview *self);
double lac_review_estimate_false(const LacReview *self);
double lac_review_estimate_missing(const LacReview *self);
GPtrArray *lac_review_list(LacAtoms *atoms, const LacReviewContext *context, gsize max_items,
    LacProgress *progress, GError **error);
const char *lac_review_reason_get_name(LacReviewReason reason);
void lac_review_item_free(LacReviewItem *item);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacReview, lac_review_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacReviewItem, lac_review_item_free)
