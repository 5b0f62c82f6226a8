// SPDX-License-Identifier: GPL-3.0-or-later
// A person simulates a particle from the start page, then traces it and asks for the score.
#include "tests/support/desk.h"
#include "ui/simulate-dialog.h"

#include <adwaita.h>

static gboolean
has_series(gpointer data)
{
    return lac_session_get_series(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

static gboolean
has_atoms(gpointer data)
{
    return lac_session_get_journal(((Desk *) data)->session) != NULL && desk_is_idle(data);
}

static gboolean
has_score(gpointer data)
{
    return lac_session_get_score(((Desk *) data)->session) != NULL;
}

static GtkWidget *
find_dialog(void)
{
    g_autoptr(GList) windows = gtk_window_list_toplevels();
    for (GList *item = windows; item != NULL; item = item->next)
        if (LAC_IS_SIMULATE_DIALOG(item->data) && gtk_widget_get_mapped(item->data))
            return item->data;
    return NULL;
}

static gboolean
is_open(gpointer data)
{
    (void) data;
    return find_dialog() != NULL;
}

static gboolean
is_closed(gpointer data)
{
    return !is_open(data);
}

static void
set_number(GtkWidget *dialog, const char *title, double value)
{
    GtkWidget *row = desk_find_row(dialog, title);
    g_assert_nonnull(row);
    GtkWidget *spin = adw_action_row_get_activatable_widget(ADW_ACTION_ROW(row));
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(spin), value);
}

static void
open_dialog(Desk *desk)
{
    lac_driver_click(desk->driver, desk_find(desk, "simulate_button"));
    desk_wait_for(desk, is_open, 5000);
    lac_driver_frames(desk->driver, find_dialog(), 3);
}

static void
test_dialog(Desk *desk, gconstpointer data)
{
    (void) data;
    open_dialog(desk);
    GtkWidget *dialog = find_dialog();
    lac_driver_screenshot(desk->driver, dialog, "simulate-particle");
    const LacSimulateParams *params = lac_simulate_dialog_get_params(LAC_SIMULATE_DIALOG(dialog));
    g_assert_cmpint(params->model.kind, ==, LAC_MODEL_ZR_ZRO2);
    g_assert_true(gtk_widget_get_visible(desk_find_row(dialog, "Twist")));
    // Another kind has its own species and shows what matters for it.
    adw_combo_row_set_selected(ADW_COMBO_ROW(desk_find_row(dialog, "Particle")),
        LAC_MODEL_CORE_SHELL);
    lac_driver_frames(desk->driver, dialog, 3);
    g_assert_cmpstr(params->model.shell, ==, "Pt");
    g_assert_false(gtk_widget_get_visible(desk_find_row(dialog, "Twist")));
    g_assert_true(gtk_widget_get_visible(desk_find_row(dialog, "Order of the core")));
    lac_driver_screenshot(desk->driver, dialog, "simulate-alloy");
    // Atoms of a file need a file.
    adw_combo_row_set_selected(ADW_COMBO_ROW(desk_find_row(dialog, "Particle")), LAC_MODEL_FILE);
    lac_driver_frames(desk->driver, dialog, 3);
    g_assert_false(gtk_widget_get_sensitive(lac_driver_find(dialog, "simulate_button")));
    lac_driver_click(desk->driver, lac_driver_find(dialog, "Images"));
    lac_driver_frames(desk->driver, dialog, 10);
    lac_driver_screenshot(desk->driver, dialog, "simulate-images");
    lac_driver_key(desk->driver, "Escape");
    desk_wait_for(desk, is_closed, 5000);
    g_assert_null(lac_session_get_series(desk->session));
}

// From nothing to a score, with three clicks and no file.
static void
test_score(Desk *desk, gconstpointer data)
{
    (void) data;
    open_dialog(desk);
    GtkWidget *dialog = find_dialog();
    adw_combo_row_set_selected(ADW_COMBO_ROW(desk_find_row(dialog, "Particle")), LAC_MODEL_ZR_ZRO2);
    set_number(dialog, "Atoms", 600.0);
    set_number(dialog, "Pixel", 0.5);
    set_number(dialog, "Probe", 0.6);
    set_number(dialog, "Dose of the series", 4e6);
    set_number(dialog, "Shifts of the images", 0.0);
    set_number(dialog, "Errors of the tilts", 0.0);
    set_number(dialog, "Errors of the tilt axis", 0.0);
    lac_driver_click(desk->driver, lac_driver_find(dialog, "simulate_button"));
    desk_wait_for(desk, has_series, 30000);
    const LacTruth *truth = lac_session_get_truth(desk->session);
    g_assert_nonnull(truth);
    g_assert_cmpuint(truth->grains->len, ==, 4);
    g_assert_true(truth->has_interface);
    g_assert_cmpuint(truth->n_projections, ==, 51);

    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    params.n_iterations = 30;
    params.blob_sigma = 1.0;
    g_assert_true(lac_session_reconstruct(desk->session, &params, FALSE, FALSE));
    desk_wait_for(desk, desk_is_idle, 60000);
    gtk_widget_activate_action(GTK_WIDGET(desk->window), "win.trace", NULL);
    desk_wait_for(desk, has_atoms, 30000);
    gtk_widget_activate_action(GTK_WIDGET(desk->window), "win.classify", NULL);
    desk_wait_for(desk, desk_is_idle, 30000);
    lac_driver_key(desk->driver, "ctrl+shift+e");
    desk_wait_for(desk, has_score, 10000);
    const LacScore *score = lac_session_get_score(desk->session);
    g_assert_cmpuint(score->n_truth, ==, lac_atoms_count_present(truth->atoms));
    g_assert_cmpuint(score->n_phases, >, 2);
    g_assert_cmpfloat(score->recall, >, 0.9);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 10);
    lac_driver_settle(desk->driver, GTK_WIDGET(desk->viewport));
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), "simulate-score");
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/simulate/dialog", test_dialog },
        { "/simulate/score", test_score },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
