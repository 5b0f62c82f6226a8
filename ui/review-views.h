// SPDX-License-Identifier: GPL-3.0-or-later
// What a review shows in the views: the surface about the atom, the residual, the candidates.
#pragma once

#include "ui/ortho-view.h"
#include "ui/review-queue.h"
#include "ui/viewport.h"

typedef struct LacReviewViews LacReviewViews;

LacReviewViews *lac_review_views_new(LacSession *session, LacReviewQueue *queue,
    LacViewport *viewport, LacOrthoView *ortho);
void lac_review_views_free(LacReviewViews *self);
void lac_review_views_set_active(LacReviewViews *self, gboolean active);
void lac_review_views_set_show_surface(LacReviewViews *self, gboolean show);
void lac_review_views_set_show_residual(LacReviewViews *self, gboolean show);
void lac_review_views_set_show_candidates(LacReviewViews *self, gboolean show);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacReviewViews, lac_review_views_free)
