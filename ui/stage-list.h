// SPDX-License-Identifier: GPL-3.0-or-later
// The stages in the order of the work, each with its state in icon and text.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
    LAC_STAGE_PROJECTIONS,
    LAC_STAGE_ALIGNMENT,
    LAC_STAGE_VOLUME,
    LAC_STAGE_ATOMS,
    LAC_STAGE_ANALYSIS,
    LAC_STAGE_FIGURE,
    LAC_N_STAGES,
} LacStage;

#define LAC_TYPE_STAGE_LIST (lac_stage_list_get_type())
G_DECLARE_FINAL_TYPE(LacStageList, lac_stage_list, LAC, STAGE_LIST, GtkWidget)

// Signal "stage-chosen" (int stage): by the user.
void lac_stage_list_set_session(LacStageList *self, LacSession *session);
void lac_stage_list_set_stage(LacStageList *self, LacStage stage);

G_END_DECLS
