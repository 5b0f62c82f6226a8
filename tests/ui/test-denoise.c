// SPDX-License-Identifier: GPL-3.0-or-later
// A person denoises the projections of the example: preview, wipe, all of them, back again.
#include "tests/support/desk.h"
#include "ui/denoise-panel.h"

#include <string.h>

static gboolean
has_series(gpointer data)
{
    return lac_session_get_series(((Desk *) data)->session) != NULL;
}

static LacDenoisePanel *
get_panel(Desk *desk)
{
    return LAC_DENOISE_PANEL(
        lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_DENOISE_PANEL));
}

static gboolean
has_preview(gpointer data)
{
    Desk *desk = data;
    const LacDenoisePreview *preview = lac_denoise_panel_get_preview(get_panel(desk));
    return preview != NULL && preview->projection == lac_session_get_projection(desk->session);
}

static gboolean
has_masked_preview(gpointer data)
{
    return has_preview(data) && lac_denoise_panel_get_preview(get_panel(data))->mask != NULL;
}

static void
shoot(Desk *desk, const char *name)
{
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

static void
open_denoise(Desk *desk)
{
    lac_driver_click(desk->driver, desk_find(desk, "example_button"));
    desk_wait_for(desk, has_series, 10000);
    desk_wait_for(desk, desk_is_idle, 2000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    shoot(desk, "projections-noise");
    lac_driver_click(desk->driver, desk_find(desk, "Denoise"));
    desk_wait_for(desk, has_preview, 10000);
}

// The image under the pointer is measured on the left of the divider and the preview on its right.
static void
test_preview(Desk *desk, gconstpointer data)
{
    (void) data;
    open_denoise(desk);
    shoot(desk, "denoise-preview");
    GtkWidget *image = desk_find(desk, "image");
    double width = gtk_widget_get_width(image), height = gtk_widget_get_height(image);
    const double from[2] = { 0.5 * width, 0.5 * height }, to[2] = { 0.3 * width, 0.5 * height };
    lac_driver_drag(desk->driver, image, from, to, 1);
    shoot(desk, "denoise-wipe");
    lac_session_set_projection(desk->session, 9);
    desk_wait_for(desk, has_preview, 10000);
    adw_combo_row_set_selected(ADW_COMBO_ROW(desk_find(desk, "background_row")), 2);
    desk_wait_for(desk, has_masked_preview, 10000);
    shoot(desk, "denoise-mask");
    const LacDenoisePreview *preview = lac_denoise_panel_get_preview(get_panel(desk));
    g_assert_cmpfloat(preview->info.sigma, >, 0.0);
    g_assert_cmpfloat(preview->image->data[0], ==, 0.0F);
    g_assert_null(lac_session_get_measured(desk->session)); // nothing was changed
    g_assert_false(lac_session_can_undo(desk->session));
}

// All of them in one job and one step.
static void
test_apply(Desk *desk, gconstpointer data)
{
    (void) data;
    open_denoise(desk);
    g_autoptr(LacSeries) before = lac_series_ref(lac_session_get_series(desk->session));
    lac_session_set_projection(desk->session, 3);
    desk_wait_for(desk, has_preview, 10000);
    g_autoptr(LacBuffer) expected =
        lac_buffer_ref(lac_denoise_panel_get_preview(get_panel(desk))->image);
    g_assert_true(lac_denoise_panel_run(get_panel(desk)));
    desk_wait_for(desk, desk_is_idle, 30000);
    LacSeries *after = lac_session_get_series(desk->session);
    g_assert_true(lac_session_get_measured(desk->session)->buffer == before->buffer);
    g_assert_true(memcmp(lac_series_get_projection(after, 3), expected->data,
                      expected->n * sizeof(float)) == 0);
    g_assert_cmpstr(lac_session_get_undo_label(desk->session), ==, "Denoise projections (BM3D)");
    lac_driver_pause(desk->driver, 300);
    shoot(desk, "denoise-applied");
    // An exclusion keeps what was measured; so does another run, which starts from it again.
    g_autoptr(LacSeries) excluded = lac_series_with_excluded(after, 2, TRUE);
    lac_session_set_series(desk->session, excluded);
    g_assert_true(lac_denoise_panel_run(get_panel(desk)));
    desk_wait_for(desk, desk_is_idle, 30000);
    g_assert_true(lac_session_get_measured(desk->session)->buffer == before->buffer);
    g_assert_true(lac_session_get_series(desk->session)->excluded[2]);
    lac_session_restore_measured(desk->session);
    g_assert_null(lac_session_get_measured(desk->session));
    g_assert_true(lac_session_get_series(desk->session)->buffer == before->buffer);
    g_assert_true(lac_session_get_series(desk->session)->excluded[2]);
    for (guint i = 0; i < 4; i++)
        lac_session_undo(desk->session);
    g_assert_true(lac_session_get_series(desk->session) == before);
    g_assert_null(lac_session_get_measured(desk->session));
    lac_session_redo(desk->session);
    g_assert_true(lac_session_get_series(desk->session) == after);
    g_assert_nonnull(lac_session_get_measured(desk->session));
}

static gboolean
has_new_mask(gpointer data)
{
    Desk *desk = data;
    gsize before = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(desk->window), "n-mask"));
    return has_masked_preview(desk) &&
        lac_denoise_panel_get_preview(get_panel(desk))->info.n_mask != before;
}

// Remembers the size of the mask and waits until it is another one.
static gsize
await_mask(Desk *desk, gsize before)
{
    g_object_set_data(G_OBJECT(desk->window), "n-mask", GSIZE_TO_POINTER(before));
    desk_wait_for(desk, has_new_mask, 10000);
    return lac_denoise_panel_get_preview(get_panel(desk))->info.n_mask;
}

// A drag over the projection draws, or erases; each stroke is a step of undo.
static void
test_brush(Desk *desk, gconstpointer data)
{
    (void) data;
    open_denoise(desk);
    adw_combo_row_set_selected(ADW_COMBO_ROW(desk_find(desk, "background_row")), 2);
    gsize found = await_mask(desk, 0);
    GtkWidget *image = desk_find(desk, "image");
    double width = gtk_widget_get_width(image), height = gtk_widget_get_height(image);
    const double corner[2] = { 0.5 * width - 0.4 * height, 0.1 * height };
    const double edge[2] = { 0.5 * width + 0.4 * height, 0.1 * height };
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(desk_find(desk, "draw")), TRUE);
    lac_driver_drag(desk->driver, image, corner, edge, 1);
    gsize drawn = await_mask(desk, found);
    g_assert_cmpuint(drawn, >, found);
    shoot(desk, "denoise-drawn");
    lac_driver_click(desk->driver, desk_find(desk, "erase"));
    g_assert_false(gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(desk_find(desk, "draw"))));
    lac_driver_drag(desk->driver, image, corner, edge, 1);
    gsize erased = await_mask(desk, drawn);
    g_assert_cmpuint(erased, <, found + 1);
    g_assert_cmpuint(lac_mask_strokes_count(lac_session_get_strokes(desk->session),
                         lac_session_get_projection(desk->session)),
        ==, 2);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpuint(await_mask(desk, erased), ==, drawn);
    lac_driver_click(desk->driver, desk_find(desk, "clear_button"));
    g_assert_cmpuint(await_mask(desk, drawn), ==, found);
    g_assert_null(lac_session_get_strokes(desk->session));
}

static void
test_cancel(Desk *desk, gconstpointer data)
{
    (void) data;
    open_denoise(desk);
    g_autoptr(LacSeries) before = lac_series_ref(lac_session_get_series(desk->session));
    g_assert_true(lac_denoise_panel_run(get_panel(desk)));
    g_assert_false(lac_denoise_panel_run(get_panel(desk))); // one at a time
    lac_job_cancel(lac_session_get_job(desk->session));
    desk_wait_for(desk, desk_is_idle, 10000);
    g_assert_true(lac_session_get_series(desk->session) == before);
    g_assert_false(lac_session_can_undo(desk->session));
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/denoise-window/preview", test_preview },
        { "/denoise-window/apply", test_apply },
        { "/denoise-window/brush", test_brush },
        { "/denoise-window/cancel", test_cancel },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
