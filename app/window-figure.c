// SPDX-License-Identifier: GPL-3.0-or-later
// The stage of figures in the window.
#include "app/window-private.h"

static void
export_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (lac_session_is_empty(self->session)) {
        lac_session_say(self->session,
            "There is nothing to draw yet: open a project, a volume or atoms");
        return;
    }
    lac_window_set_stage(self, LAC_STAGE_FIGURE);
    lac_figure_panel_export(self->figure_panel);
}

static void
copy_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacWindow *self = data;
    if (!lac_session_is_empty(self->session))
        lac_figure_panel_copy(self->figure_panel);
}

/**
 * lac_window_show_figure:
 * @self: a window
 * @show: whether the stage of figures is shown
 *
 * Gives the 3D view all the room while a figure is made, and takes it back.
 */
void
lac_window_show_figure(LacWindow *self, gboolean show)
{
    if (show == self->is_figure)
        return;
    self->is_figure = show;
    if (show)
        self->view_before_figure = lac_view_area_get_maximized(self->view_area);
    lac_view_area_set_maximized(self->view_area, show ? LAC_VIEW_3D : self->view_before_figure);
    lac_figure_panel_set_active(self->figure_panel, show);
}

/**
 * lac_window_init_figure:
 * @self: a window that is being made, with its views
 *
 * Sets up what belongs to the stage of figures.
 */
void
lac_window_init_figure(LacWindow *self)
{
    static const GActionEntry actions[] = {
        { .name = "export-figure", .activate = export_action },
        { .name = "copy-figure", .activate = copy_action },
    };
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    lac_figure_panel_set_session(self->figure_panel, self->session,
        lac_view_area_get_viewport(self->view_area));
}
