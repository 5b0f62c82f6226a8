// SPDX-License-Identifier: GPL-3.0-or-later
// Every widget comes and goes alone; every control of the window says what it is.
#include "app/application.h"
#include "app/window.h"
#include "tests/support/ui-driver.h"
#include "ui/align-view.h"
#include "ui/chart-view.h"
#include "ui/histogram-view.h"
#include "ui/image-view.h"
#include "ui/import-dialog.h"
#include "ui/job-bar.h"
#include "ui/layers-panel.h"
#include "ui/plot.h"
#include "ui/projections-view.h"
#include "ui/recon-plots.h"
#include "ui/recon-results.h"
#include "ui/residual-view.h"
#include "ui/slice-view.h"
#include "ui/stage-list.h"
#include "ui/start-page.h"
#include "ui/transfer-editor.h"
#include "ui/view-area.h"
#include "ui/view-frame.h"
#include "ui/view-panel.h"
#include "ui/volume-panel.h"

// One window of the program, shared by the tests that only look at it.
typedef struct {
    LacApplication *app;
    LacDriver *driver;
} Bench;

static GtkWidget *
make_slice_view(LacSession *session)
{
    (void) session;
    return lac_slice_view_new(LAC_AXIS_Y);
}

static GtkWidget *
make_plot(LacSession *session)
{
    (void) session;
    return lac_plot_new("A plot");
}

static GtkWidget *
make_frame(LacSession *session)
{
    (void) session;
    return lac_view_frame_new("A view", "1", gtk_label_new("inside"));
}

typedef struct {
    const char *name;
    GtkWidget *(*make)(LacSession *session); // NULL: of @type alone
    GType (*get_type)(void);
} Maker;

static const Maker makers[] = {
    { "align-panel", lac_align_panel_new, NULL },
    { "align-plots", lac_align_plots_new, NULL },
    { "align-view", lac_align_view_new, NULL },
    { "histogram-view", NULL, lac_histogram_view_get_type },
    { "image-view", NULL, lac_image_view_get_type },
    { "import-dialog", NULL, lac_import_dialog_get_type },
    { "job-bar", NULL, lac_job_bar_get_type },
    { "layers-panel", NULL, lac_layers_panel_get_type },
    { "ortho-view", lac_ortho_view_new, NULL },
    { "plot", make_plot, NULL },
    { "projections-view", lac_projections_view_new, NULL },
    { "recon-plots", lac_recon_plots_new, NULL },
    { "recon-results", NULL, lac_recon_results_get_type },
    { "residual-view", lac_residual_view_new, NULL },
    { "slice-view", make_slice_view, NULL },
    { "stage-list", NULL, lac_stage_list_get_type },
    { "start-page", NULL, lac_start_page_get_type },
    { "transfer-editor", NULL, lac_transfer_editor_get_type },
    { "view-area", lac_view_area_new, NULL },
    { "view-frame", make_frame, NULL },
    { "view-panel", NULL, lac_view_panel_get_type },
    { "viewport", NULL, lac_viewport_get_type },
    { "volume-panel", NULL, lac_volume_panel_get_type },
};

static GtkWidget *
make_widget(const Maker *maker, LacSession *session)
{
    return maker->make != NULL ? maker->make(session) : g_object_new(maker->get_type(), NULL);
}

static void
set_true(gpointer flag, GObject *object)
{
    (void) object;
    *(gboolean *) flag = TRUE;
}

// Never shown, shown in a window, and gone at last.
static void
test_life(gconstpointer data)
{
    const Maker *maker = data;
    g_autoptr(LacSession) session = lac_session_new();
    g_autoptr(LacDriver) driver = lac_driver_new();
    for (int shown = 0; shown < 2; shown++) {
        gboolean gone = FALSE;
        GtkWidget *widget = g_object_ref_sink(make_widget(maker, session));
        g_object_weak_ref(G_OBJECT(widget), set_true, &gone);
        if (shown) {
            GtkWidget *window = gtk_window_new();
            gtk_window_set_child(GTK_WINDOW(window), widget);
            gtk_window_present(GTK_WINDOW(window));
            lac_driver_frames(driver, window, 2);
            gtk_window_destroy(GTK_WINDOW(window));
            lac_driver_pause(driver, 20);
        }
        g_object_unref(widget);
        g_assert_true(gone);
    }
}

// --- names and tooltips

static gboolean
has_text(GtkWidget *widget)
{
    if (GTK_IS_LABEL(widget) && gtk_label_get_text(GTK_LABEL(widget))[0] != '\0')
        return TRUE;
    GtkWidget *child = gtk_widget_get_first_child(widget);
    for (; child != NULL; child = gtk_widget_get_next_sibling(child))
        if (has_text(child))
            return TRUE;
    return FALSE;
}

static gboolean
has_name(GtkWidget *widget)
{
    GtkAccessible *accessible = GTK_ACCESSIBLE(widget);
    return gtk_test_accessible_has_property(accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
        gtk_test_accessible_has_relation(accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY) ||
        has_text(widget);
}

// GTK shows the tooltip of the nearest parent that has one.
static gboolean
has_tooltip(GtkWidget *widget)
{
    // A tooltip would hide what is looked at; these say under the pointer what is there.
    if (LAC_IS_IMAGE_VIEW(widget) || LAC_IS_VIEWPORT(widget) || LAC_IS_PLOT(widget) ||
        LAC_IS_CHART_VIEW(widget))
        return TRUE;
    for (; widget != NULL && !GTK_IS_WINDOW(widget); widget = gtk_widget_get_parent(widget))
        if (gtk_widget_get_tooltip_text(widget) != NULL)
            return TRUE;
    return FALSE;
}

// Parts of a control that stand for the whole, and containers that only pass the focus on.
static gboolean
is_part(GtkWidget *widget)
{
    GtkWidget *parent = gtk_widget_get_parent(widget);
    const char *id = gtk_buildable_get_buildable_id(GTK_BUILDABLE(widget));
    if (ADW_IS_PREFERENCES_ROW(gtk_widget_get_ancestor(widget, ADW_TYPE_EXPANDER_ROW)) &&
        id != NULL && g_str_equal(id, "enable_switch"))
        return TRUE; // not used here
    return GTK_IS_PANED(widget) || g_str_equal(G_OBJECT_TYPE_NAME(widget), "GtkListItemWidget") ||
        GTK_IS_SCROLLED_WINDOW(widget) || GTK_IS_VIEWPORT(widget) || GTK_IS_LABEL(widget) ||
        GTK_IS_TEXT(widget) || GTK_IS_STACK(widget) || GTK_IS_WINDOW(widget) ||
        GTK_IS_LIST_BOX(widget) || GTK_IS_COLUMN_VIEW(parent) ||
        gtk_widget_get_ancestor(gtk_widget_get_parent(widget), ADW_TYPE_COMBO_ROW) != NULL ||
        GTK_IS_SPIN_BUTTON(parent) || GTK_IS_MENU_BUTTON(parent) || GTK_IS_DROP_DOWN(parent) ||
        gtk_widget_get_ancestor(widget, GTK_TYPE_WINDOW_CONTROLS) != NULL;
}

static void
describe(GtkWidget *widget, const char *what, GString *faults)
{
    const char *id = gtk_buildable_get_buildable_id(GTK_BUILDABLE(widget));
    GtkWidget *parent = gtk_widget_get_parent(widget);
    g_string_append_printf(faults, "  %s \"%s\" in %s has no %s\n", G_OBJECT_TYPE_NAME(widget),
        id != NULL ? id : "", parent != NULL ? G_OBJECT_TYPE_NAME(parent) : "nothing", what);
}

static void
check_controls(GtkWidget *widget, GString *faults, guint *n_controls)
{
    if (gtk_widget_get_focusable(widget) && !is_part(widget)) {
        ++*n_controls;
        if (!has_name(widget))
            describe(widget, "accessible name", faults);
        if (!has_tooltip(widget))
            describe(widget, "tooltip", faults);
    }
    if (GTK_IS_POPOVER(widget) || g_str_equal(G_OBJECT_TYPE_NAME(widget), "AdwToastWidget"))
        return; // named by the menu, or made by the platform
    GtkWidget *child = gtk_widget_get_first_child(widget);
    for (; child != NULL; child = gtk_widget_get_next_sibling(child))
        check_controls(child, faults, n_controls);
}

static gboolean
has_series(gpointer session)
{
    return lac_session_get_series(session) != NULL && lac_session_get_job(session) == NULL;
}

static void
test_names(gconstpointer data)
{
    const Bench *bench = data;
    LacWindow *window = lac_window_new(ADW_APPLICATION(bench->app));
    LacSession *session = lac_window_get_session(window);
    gtk_window_present(GTK_WINDOW(window));
    lac_window_open_example(window);
    g_assert_true(lac_driver_wait(bench->driver, has_series, session, 10000));
    lac_driver_frames(bench->driver, GTK_WIDGET(window), 3);
    g_autoptr(GString) faults = g_string_new(NULL);
    guint n_controls = 0;
    check_controls(GTK_WIDGET(window), faults, &n_controls);
    g_test_message("%u controls", n_controls);
    g_assert_cmpuint(n_controls, >, 60);
    g_assert_cmpstr(faults->str, ==, "");
    gtk_window_destroy(GTK_WINDOW(window));
    lac_driver_pause(bench->driver, 50);
}

int
main(int argc, char **argv)
{
    gtk_test_init(&argc, &argv, NULL);
    g_autoptr(LacApplication) app = lac_application_new();
    g_autoptr(GError) error = NULL;
    g_application_register(G_APPLICATION(app), NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacDriver) driver = lac_driver_new();
    const Bench bench = { .app = app, .driver = driver };
    for (guint i = 0; i < G_N_ELEMENTS(makers); i++) {
        g_autofree char *path = g_strconcat("/widgets/life/", makers[i].name, NULL);
        g_test_add_data_func(path, &makers[i], test_life);
    }
    g_test_add_data_func("/widgets/names", &bench, test_names);
    return g_test_run();
}
