// SPDX-License-Identifier: GPL-3.0-or-later
// The review as a panel: progress, filters, the list with the reasons, and the actions.
#pragma once

#include "ui/ortho-view.h"
#include "ui/review-queue.h"
#include "ui/viewport.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_REVIEW_PANEL (lac_review_panel_get_type())
G_DECLARE_FINAL_TYPE(LacReviewPanel, lac_review_panel, LAC, REVIEW_PANEL, GtkWidget)

// Its keys work while it is on screen, wherever the focus is but in an entry.
GtkWidget *lac_review_panel_new(void);
void lac_review_panel_set_session(LacReviewPanel *self, LacSession *session);
void lac_review_panel_set_views(LacReviewPanel *self, LacViewport *viewport, LacOrthoView *ortho);
LacReviewQueue *lac_review_panel_get_queue(LacReviewPanel *self);
void lac_review_panel_set_show_residual(LacReviewPanel *self, gboolean show);
void lac_review_panel_set_show_surface(LacReviewPanel *self, gboolean show);

G_END_DECLS
