// SPDX-License-Identifier: GPL-3.0-or-later
// The stage of analysis in the window.
#include "app/window-private.h"
#include "ui/analysis-strip.h"
#include "ui/result-layers.h"

static void
analyse_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_session_is_empty(self->session))
        return;
    lac_window_set_stage(self, LAC_STAGE_ANALYSIS);
    lac_session_analyse(self->session, LAC_ANALYSIS_ALL);
}

/**
 * lac_window_enter_analysis:
 * @self: a window that shows the stage of analysis now
 *
 * Computes all of it the first time: whoever comes here wants to see it.
 */
void
lac_window_enter_analysis(LacWindow *self)
{
    if (lac_session_get_analysis(self->session) == NULL &&
        lac_session_get_analyser(self->session) == NULL &&
        lac_session_get_journal(self->session) != NULL && !lac_session_is_tracing(self->session))
        lac_session_analyse(self->session, LAC_ANALYSIS_ALL);
}

/**
 * lac_window_init_analysis:
 * @self: a window that is being made, with its views
 *
 * Sets up what belongs to the stage of analysis.
 */
void
lac_window_init_analysis(LacWindow *self)
{
    static const GActionEntry actions[] = {
        { .name = "analyse", .activate = analyse_action },
    };
    LacViewport *viewport = lac_view_area_get_viewport(self->view_area);
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    lac_analysis_panel_set_session(self->analysis_panel, self->session);
    lac_view_area_add_page(self->view_area, lac_analysis_strip_new(self->session, viewport),
        "results", "Results");
    gtk_box_prepend(self->layers_list,
        lac_result_layers_new(self->session, lac_view_area_get_analysis(self->view_area),
            viewport));
}
