// SPDX-License-Identifier: GPL-3.0-or-later
// Each widget on screen: it can be made, filled, used by signal and taken away at any moment.
#include "core/data/volume.h"
#include "ui/histogram-view.h"
#include "ui/image-view.h"
#include "ui/number-entry.h"
#include "ui/ortho-view.h"
#include "ui/plot.h"
#include "ui/projections-view.h"
#include "ui/residual-view.h"
#include "ui/tilt-table.h"
#include "ui/transfer-editor.h"

#include <adwaita.h>
#include <math.h>

#define N 24

typedef struct {
    LacSession *session;
    LacVolume *volume;
    LacSeries *series;
    char *message; // the last one of the session
} Example;

static void
message_cb(LacSession *session, const char *text, const char *label, const char *action,
    Example *example)
{
    (void) session;
    (void) label;
    (void) action;
    g_free(example->message);
    example->message = g_strdup(text);
}

static void
setup(Example *self, gconstpointer data)
{
    (void) data;
    self->volume = lac_volume_new(N, N, N, 0.5, NULL);
    for (gsize i = 0; i < N * N * N; i++)
        self->volume->data[i] = sinf((float) i * 0.01f);
    self->series = lac_series_new(5, N, N, 0.5, NULL);
    for (gsize i = 0; i < 5 * N * N; i++)
        self->series->data[i] = cosf((float) i * 0.03f) + 1.0f;
    for (guint k = 0; k < 5; k++)
        self->series->angles[k].theta = 20.0 * k - 40.0;
    self->session = lac_session_new();
    g_signal_connect(self->session, "message", G_CALLBACK(message_cb), self);
}

static void
fill(Example *self)
{
    lac_session_set_series(self->session, self->series);
    lac_session_set_volume(self->session, self->volume);
}

static void
teardown(Example *self, gconstpointer data)
{
    (void) data;
    g_clear_object(&self->session);
    lac_volume_unref(self->volume);
    lac_series_unref(self->series);
    g_free(self->message);
}

// Lets the loop turn for a while.
static void
turn(guint ms)
{
    gint64 end = g_get_monotonic_time() + ms * 1000;
    while (g_get_monotonic_time() < end)
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(1000);
}

static GtkWidget *
present(GtkWidget *child)
{
    GtkWidget *window = gtk_window_new();
    gtk_window_set_default_size(GTK_WINDOW(window), 700, 500);
    gtk_window_set_child(GTK_WINDOW(window), child);
    gtk_window_present(GTK_WINDOW(window));
    for (int i = 0; i < 400 && (!gtk_widget_get_mapped(child) || gtk_widget_get_width(child) == 0);
         i++)
        turn(5);
    g_assert_true(gtk_widget_get_mapped(child));
    return window;
}

static void
close_window(GtkWidget *window, GtkWidget *child)
{
    gpointer alive = child;
    g_object_add_weak_pointer(G_OBJECT(child), &alive);
    gtk_window_destroy(GTK_WINDOW(window));
    turn(20);
    g_assert_null(alive);
}

// Finds a widget of a type below another.
static GtkWidget *
find(GtkWidget *root, GType type)
{
    if (G_TYPE_CHECK_INSTANCE_TYPE(root, type))
        return root;
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find(child, type);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static GtkWidget *
new_image(Example *example)
{
    GtkWidget *image = lac_image_view_new();
    LacPlane plane = { .data = example->series->data,
        .width = N,
        .height = N,
        .step_x = 1,
        .step_y = N };
    lac_image_view_set_image(LAC_IMAGE_VIEW(image), example->series->buffer, &plane);
    return image;
}

static GtkWidget *
new_histogram(Example *example)
{
    GtkWidget *view = lac_histogram_view_new();
    lac_histogram_view_set_data(LAC_HISTOGRAM_VIEW(view), example->series->buffer, 0, 5 * N * N);
    return view;
}

static GtkWidget *
new_ortho(Example *example)
{
    return lac_ortho_view_new(example->session);
}

static GtkWidget *
new_projections(Example *example)
{
    return lac_projections_view_new(example->session);
}

static GtkWidget *
new_residual(Example *example)
{
    return lac_residual_view_new(example->session);
}

static GtkWidget *
new_plot(Example *example)
{
    (void) example;
    return lac_plot_new("R factor");
}

static GtkWidget *
new_transfer(Example *example)
{
    (void) example;
    return lac_transfer_editor_new();
}

static GtkWidget *
new_number(Example *example)
{
    (void) example;
    return lac_number_entry_new("Number", "A number");
}

// Empty, filled on screen, taken away at once and while workers are busy.
static void
test_lifetimes(Example *example, gconstpointer data)
{
    (void) data;
    GtkWidget *(*const make[])(Example *) = { new_image, new_histogram, new_ortho, new_projections,
        new_residual, new_plot, new_transfer, new_number };
    for (guint i = 0; i < G_N_ELEMENTS(make); i++) {
        GtkWidget *unseen = g_object_ref_sink(make[i](example));
        g_object_add_weak_pointer(G_OBJECT(unseen), (gpointer *) &unseen);
        g_object_unref(unseen);
        g_assert_null(unseen);
        GtkWidget *child = make[i](example);
        GtkWidget *window = present(child);
        fill(example);
        close_window(window, child);
        child = make[i](example);
        window = present(child);
        turn(100);
        GtkWidget *field = find(child, LAC_TYPE_NUMBER_ENTRY);
        if (field != NULL) {
            gtk_widget_grab_focus(field);
            gtk_editable_set_text(GTK_EDITABLE(field), "0.25");
        }
        lac_session_set_projection(example->session, 3);
        lac_session_set_volume(example->session, NULL);
        lac_session_set_series(example->session, NULL);
        turn(30);
        close_window(window, child);
    }
}

static void
test_image(Example *example, gconstpointer data)
{
    (void) data;
    GtkWidget *child = new_image(example);
    GtkWidget *window = present(child);
    LacImageView *image = LAC_IMAGE_VIEW(child);
    double zoom = lac_image_view_get_zoom(image), x, y, wx, wy;
    g_assert_cmpfloat_with_epsilon(zoom, gtk_widget_get_height(child) / (double) N, 1e-9);
    // There and back, flipped or not, zoomed or not.
    for (int i = 0; i < 4; i++) {
        lac_image_view_set_flip_y(image, i % 2 == 1);
        if (i == 2)
            lac_image_view_zoom(image, 1.7);
        lac_image_view_to_widget(image, 3.25, 17.5, &wx, &wy);
        lac_image_view_to_image(image, wx, wy, &x, &y);
        g_assert_cmpfloat_with_epsilon(x, 3.25, 1e-9);
        g_assert_cmpfloat_with_epsilon(y, 17.5, 1e-9);
    }
    g_assert_cmpfloat_with_epsilon(lac_image_view_get_zoom(image), 1.7 * zoom, 1e-9);
    lac_image_view_fit(image);
    g_assert_cmpfloat_with_epsilon(lac_image_view_get_zoom(image), zoom, 1e-9);
    lac_image_view_set_smooth(image, TRUE);
    turn(30);
    close_window(window, child);
}

static void
activated_cb(LacPlot *plot, guint index, guint *activated)
{
    (void) plot;
    *activated = index;
}

static void
test_plot(Example *example, gconstpointer data)
{
    (void) data;
    GtkWidget *child = new_plot(example);
    GtkWidget *window = present(child);
    LacPlot *plot = LAC_PLOT(child);
    double wx, wy, lower_x, lower_y;
    g_assert_false(lac_plot_locate(plot, 1.0, 1.0, &wx, &wy));
    const double r1[] = { 0.5, 0.1, (double) NAN, 0.02, 0.0 };
    lac_plot_set_log_y(plot, TRUE);
    lac_plot_set_line(plot, 0, "R1", LAC_PLOT_SOLID, NULL, r1, 5);
    g_assert_true(lac_plot_locate(plot, 2.0, 0.1, &wx, &wy));
    g_assert_true(lac_plot_locate(plot, 4.0, 0.02, &lower_x, &lower_y));
    g_assert_cmpfloat(lower_x, >, wx);
    g_assert_cmpfloat(lower_y, >, wy);
    turn(20);
    const double bars[] = { 0.1, (double) NAN, 0.3 };
    guint activated = 99;
    lac_plot_set_log_y(plot, FALSE);
    lac_plot_set_bars(plot, "R1", bars, 3);
    lac_plot_set_highlight(plot, 2);
    g_signal_connect(plot, "bar-activated", G_CALLBACK(activated_cb), &activated);
    turn(20);
    lac_plot_clear(plot);
    turn(20);
    close_window(window, child);
    g_assert_cmpuint(activated, ==, 99);
}

static void
range_cb(LacHistogramView *view, double black, double white, guint *n)
{
    (void) view;
    g_assert_cmpfloat(white, >, black);
    ++*n;
}

static void
test_histogram(Example *example, gconstpointer data)
{
    (void) data;
    guint n = 0;
    GtkWidget *child = new_histogram(example);
    LacHistogramView *view = LAC_HISTOGRAM_VIEW(child);
    g_signal_connect(view, "range-changed", G_CALLBACK(range_cb), &n);
    GtkWidget *window = present(child);
    while (lac_histogram_view_is_busy(view))
        turn(5);
    g_assert_cmpuint(n, ==, 1);
    double black, white;
    lac_histogram_view_get_range(view, &black, &white);
    g_assert_cmpfloat(black, >=, 0.0);
    g_assert_cmpfloat(white, <=, 2.0);
    // By hand: the automatic ends and new data change nothing.
    lac_histogram_view_set_range(view, 0.5, 1.0);
    g_assert_false(lac_histogram_view_get_automatic(view));
    lac_histogram_view_set_data(view, example->volume->buffer, 0, N * N * N);
    while (lac_histogram_view_is_busy(view))
        turn(5);
    lac_histogram_view_get_range(view, &black, &white);
    g_assert_cmpfloat(black, ==, 0.5);
    g_assert_cmpfloat(white, ==, 1.0);
    lac_histogram_view_set_automatic(view, TRUE);
    lac_histogram_view_get_range(view, &black, &white);
    g_assert_cmpfloat(black, <, -0.9);
    close_window(window, child);
}

static void
test_projections(Example *example, gconstpointer data)
{
    (void) data;
    fill(example);
    GtkWidget *child = new_projections(example);
    GtkWidget *window = present(child);
    LacProjectionsView *view = LAC_PROJECTIONS_VIEW(child);
    LacSession *session = example->session;
    lac_session_set_projection(session, 2);
    lac_projections_view_toggle_excluded(view);
    g_assert_true(lac_session_get_series(session)->excluded[2]);
    g_assert_cmpuint(lac_session_get_projection(session), ==, 2);
    lac_session_undo(session);
    g_assert_false(lac_session_get_series(session)->excluded[2]);
    lac_session_redo(session);
    lac_projections_view_toggle_excluded(view);
    g_assert_false(lac_session_get_series(session)->excluded[2]);
    // Back and forth through all of them.
    lac_projections_view_set_playing(view, TRUE);
    guint seen = 0;
    for (int i = 0; i < 600 && seen != 31; i++) {
        turn(5);
        seen |= 1u << lac_session_get_projection(session);
    }
    g_assert_cmpuint(seen, ==, 31);
    close_window(window, child);
}

static void
test_angles(Example *example, gconstpointer data)
{
    (void) data;
    fill(example);
    GtkWidget *child = new_projections(example);
    GtkWidget *window = present(child);
    GtkWidget *table = find(child, LAC_TYPE_TILT_TABLE);
    GtkWidget *cell = find(table, LAC_TYPE_NUMBER_ENTRY); // phi of the first projection
    g_assert_nonnull(cell);
    gtk_editable_set_text(GTK_EDITABLE(cell), "12,5");
    g_signal_emit_by_name(cell, "activate");
    g_assert_cmpfloat(lac_session_get_series(example->session)->angles[0].phi, ==, 12.5);
    static const struct {
        const char *text, *sentence;
    } bad[] = {
        { "much", "“much” is not an angle in degrees" },
        { "361", "361° is outside ±360°" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        gtk_editable_set_text(GTK_EDITABLE(cell), bad[i].text);
        g_signal_emit_by_name(cell, "activate");
        g_assert_cmpfloat(lac_session_get_series(example->session)->angles[0].phi, ==, 12.5);
        g_assert_cmpstr(gtk_editable_get_text(GTK_EDITABLE(cell)), ==, "12.5");
        g_assert_cmpstr(example->message, ==, bad[i].sentence);
    }
    lac_session_undo(example->session);
    g_assert_cmpfloat(lac_session_get_series(example->session)->angles[0].phi, ==, 0.0);
    g_assert_cmpstr(gtk_editable_get_text(GTK_EDITABLE(cell)), ==, "0");
    // The window closes in the middle of typing.
    gtk_widget_grab_focus(cell);
    gtk_editable_set_text(GTK_EDITABLE(cell), "33");
    close_window(window, child);
}

static void
test_crosshair(Example *example, gconstpointer data)
{
    (void) data;
    fill(example);
    GtkWidget *child = new_ortho(example);
    GtkWidget *window = present(child);
    LacOrthoView *view = LAC_ORTHO_VIEW(child);
    gsize at[3] = { 3, 11, 20 };
    lac_session_set_crosshair(example->session, at);
    turn(30);
    for (guint i = 0; i < 3; i++) {
        // The slice's image knows where it is: a click there changes nothing.
        GtkWidget *image =
            find(GTK_WIDGET(lac_ortho_view_get_slice(view, (LacAxis) i)), LAC_TYPE_IMAGE_VIEW);
        double wx, wy, x, y;
        lac_slice_view_locate(lac_ortho_view_get_slice(view, (LacAxis) i), at, &wx, &wy);
        lac_image_view_to_image(LAC_IMAGE_VIEW(image), wx, wy, &x, &y);
        g_signal_emit_by_name(image, "clicked", 1, x, y);
        gsize now[3];
        lac_session_get_crosshair(example->session, now);
        for (guint k = 0; k < 3; k++)
            g_assert_cmpuint(now[k], ==, at[k]);
        // Far outside stays inside, and one wheel step is one slice.
        g_signal_emit_by_name(image, "clicked", 1, 1e6, -1e6);
        g_signal_emit_by_name(image, "stepped", 1);
        lac_session_get_crosshair(example->session, now);
        g_assert_cmpuint(now[i], ==, at[i] + 1);
        g_assert_cmpuint(now[i == 0 ? 1 : 0], ==, N - 1);
        g_assert_cmpuint(now[i == 2 ? 1 : 2], ==, 0);
        lac_session_set_crosshair(example->session, at);
    }
    lac_ortho_view_show_only(view, LAC_AXIS_Y);
    turn(30);
    close_window(window, child);
}

// A volume that changes faster than anyone can look does not pile up work.
static void
test_live(Example *example, gconstpointer data)
{
    (void) data;
    fill(example);
    GtkWidget *ortho = new_ortho(example), *residual = new_residual(example);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_append(GTK_BOX(box), ortho);
    gtk_box_append(GTK_BOX(box), residual);
    GtkWidget *window = present(box);
    for (int i = 0; i < 60; i++) {
        g_autoptr(LacVolume) next = lac_volume_new(N, N, N, 0.5, NULL);
        next->data[i] = 1.0f;
        lac_session_set_volume(example->session, next);
        turn(5);
    }
    for (int i = 0; i < 400 && lac_residual_view_is_busy(LAC_RESIDUAL_VIEW(residual)); i++)
        turn(5);
    g_assert_false(lac_residual_view_is_busy(LAC_RESIDUAL_VIEW(residual)));
    const char *summary = lac_residual_view_get_summary(LAC_RESIDUAL_VIEW(residual));
    g_assert_nonnull(strstr(summary, "R1"));
    close_window(window, box);
}

static void
changed_cb(LacTransferEditor *editor, guint *n)
{
    (void) editor;
    ++*n;
}

static void
test_transfer(Example *example, gconstpointer data)
{
    (void) data;
    GtkWidget *child = new_transfer(example);
    GtkWidget *window = present(child);
    LacTransferEditor *editor = LAC_TRANSFER_EDITOR(child);
    guint n = 0;
    g_signal_connect(editor, "changed", G_CALLBACK(changed_cb), &n);
    LacTransfer transfer = lac_transfer_default(-1.0, 3.0), now;
    transfer.colormap = LAC_COLORMAP_MAGMA;
    lac_transfer_editor_set_transfer(editor, &transfer);
    g_assert_cmpuint(n, ==, 0);
    // The first of the drop-downs is the colour map.
    GtkWidget *colormap = find(child, GTK_TYPE_DROP_DOWN);
    g_assert_cmpuint(gtk_drop_down_get_selected(GTK_DROP_DOWN(colormap)), ==, LAC_COLORMAP_MAGMA);
    gtk_drop_down_set_selected(GTK_DROP_DOWN(colormap), LAC_COLORMAP_CIVIDIS);
    g_assert_cmpuint(n, ==, 1);
    GtkWidget *lo = find(child, LAC_TYPE_NUMBER_ENTRY);
    g_signal_emit_by_name(lo, "edited", 0.5);
    g_assert_cmpuint(n, ==, 2);
    // A range without extent is refused and the field shows the old end.
    g_signal_emit_by_name(lo, "edited", 3.0);
    g_assert_cmpuint(n, ==, 2);
    lac_transfer_editor_get_transfer(editor, &now);
    g_assert_cmpint(now.colormap, ==, LAC_COLORMAP_CIVIDIS);
    g_assert_cmpfloat(now.lo, ==, 0.5);
    g_assert_cmpfloat(now.hi, ==, 3.0);
    turn(20);
    close_window(window, child);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    adw_init();
#define ADD(path, func) g_test_add("/ui/widgets/" path, Example, NULL, setup, func, teardown)
    ADD("lifetimes", test_lifetimes);
    ADD("image", test_image);
    ADD("plot", test_plot);
    ADD("histogram", test_histogram);
    ADD("projections", test_projections);
    ADD("angles", test_angles);
    ADD("crosshair", test_crosshair);
    ADD("live", test_live);
    ADD("transfer", test_transfer);
#undef ADD
    return g_test_run();
}
