// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/flat-export.h"

#include "core/gpu/egl-context.h"
#include "ui/file-dialog.h"
#include "ui/render/figure-chart.h"

#include <adwaita.h>
#include <string.h>

#define DPI 600.0 // of what becomes pixels

typedef struct {
    GtkWidget *plot; // lent: it owns the menu
    LacChartFunc get;
} Menu;

// --- plots

/**
 * lac_chart_export:
 * @chart: what to draw
 * @path: the file; its name tells the format: .pdf, .svg, .png, .tif, or .csv for the numbers
 * @error: return location for a #GError
 *
 * Draws a plot one column of a journal wide.
 *
 * Returns: %TRUE, or %FALSE with @error set and no file written
 */
gboolean
lac_chart_export(const LacChart *chart, const char *path, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    if (g_str_has_suffix(lower, ".csv")) {
        g_autofree char *csv = lac_chart_dup_csv(chart);
        return g_file_set_contents(path, csv, -1, error);
    }
    g_autoptr(LacFigure) figure = lac_figure_new();
    figure->kind = LAC_FIGURE_PLOT;
    figure->dpi = DPI;
    g_strlcpy(figure->plot.id, chart->id, sizeof figure->plot.id);
    g_autoptr(LacSheet) sheet = lac_sheet_new_single(figure);
    g_autoptr(LacDrawing) drawing = lac_figure_draw_chart(figure, chart);
    const LacFigureNotes notes = { .recipe = chart->title };
    return lac_sheet_write(sheet, drawing, &notes, path, error);
}

static void
say(GtkWidget *widget, const char *text)
{
    GtkWindow *parent = GTK_WINDOW(gtk_widget_get_root(widget));
    GtkWidget *dialog = adw_message_dialog_new(parent, "The plot was not written", text);
    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", "_Close");
    gtk_window_present(GTK_WINDOW(dialog));
}

static LacChart *
get_chart(gpointer menu)
{
    const Menu *self = g_object_get_data(menu, "lac-chart");
    return self->get(self->plot);
}

static void
export_chosen(gpointer source, GPtrArray *paths)
{
    g_autoptr(LacChart) chart = get_chart(source);
    g_autoptr(GError) error = NULL;
    if (chart != NULL && paths->len > 0 &&
        !lac_chart_export(chart, g_ptr_array_index(paths, 0), &error))
        say(source, error->message);
}

static void
ask(GtkWidget *menu, const char *title, const char *suffix)
{
    g_autoptr(LacChart) chart = get_chart(menu);
    if (chart == NULL)
        return;
    g_autofree char *name = g_strconcat(chart->id, suffix, NULL);
    const LacFileDialog dialog = { .title = title,
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = name,
        .suffix = g_str_equal(suffix, ".csv") ? suffix : NULL };
    lac_file_dialog_show(&dialog, menu, menu, export_chosen);
}

static void
copy_action(GSimpleAction *action, GVariant *parameter, gpointer menu)
{
    (void) action;
    (void) parameter;
    g_autoptr(LacChart) chart = get_chart(menu);
    if (chart == NULL)
        return;
    g_autofree char *csv = lac_chart_dup_csv(chart);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(menu), csv);
}

static void
numbers_action(GSimpleAction *action, GVariant *parameter, gpointer menu)
{
    (void) action;
    (void) parameter;
    ask(menu, "Export Plot as CSV", ".csv");
}

static void
figure_action(GSimpleAction *action, GVariant *parameter, gpointer menu)
{
    (void) action;
    (void) parameter;
    ask(menu, "Export Plot as Figure (.pdf, .svg, .png, .tif)", ".pdf");
}

static void
clicked_cb(GtkGestureClick *gesture, int n_press, double x, double y, GtkWidget *menu)
{
    (void) gesture;
    (void) n_press;
    GdkRectangle at = { (int) x, (int) y, 1, 1 };
    g_autoptr(LacChart) chart = get_chart(menu);
    if (chart == NULL)
        return;
    gtk_popover_set_pointing_to(GTK_POPOVER(menu), &at);
    gtk_popover_popup(GTK_POPOVER(menu));
}

/**
 * lac_chart_menu_new:
 * @plot: a plot; it unparents the menu when it goes, and presents it when it gets a size
 * @get: tells what it shows
 *
 * Adds the menu of the second mouse button: the numbers, and the plot as a figure.
 *
 * Returns: (transfer none): the menu
 */
GtkWidget *
lac_chart_menu_new(GtkWidget *plot, LacChartFunc get)
{
    static const GActionEntry entries[] = {
        { .name = "copy", .activate = copy_action },
        { .name = "export", .activate = numbers_action },
        { .name = "figure", .activate = figure_action },
    };
    g_autoptr(GSimpleActionGroup) actions = g_simple_action_group_new();
    g_autoptr(GMenu) model = g_menu_new();
    g_menu_append(model, "_Export as Figure…", "chart.figure");
    g_menu_append(model, "Export as _CSV…", "chart.export");
    g_menu_append(model, "Co_py as CSV", "chart.copy");
    GtkWidget *menu = gtk_popover_menu_new_from_model(G_MENU_MODEL(model));
    Menu *self = g_new(Menu, 1);
    *self = (Menu){ plot, get };
    g_object_set_data_full(G_OBJECT(menu), "lac-chart", self, g_free);
    g_action_map_add_action_entries(G_ACTION_MAP(actions), entries, G_N_ELEMENTS(entries), menu);
    gtk_widget_insert_action_group(plot, "chart", G_ACTION_GROUP(actions));
    gtk_widget_set_parent(menu, plot);
    gtk_widget_set_halign(menu, GTK_ALIGN_START);
    gtk_popover_set_has_arrow(GTK_POPOVER(menu), FALSE);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
    g_signal_connect_object(click, "pressed", G_CALLBACK(clicked_cb), menu, 0);
    gtk_widget_add_controller(plot, GTK_EVENT_CONTROLLER(click));
    return menu;
}

// --- slices and pages

typedef struct {
    LacSheet *sheet;
    LacFigureSnapshot *snapshot;
    LacAnalysis *analysis; // (nullable) what there is already
    LacAnalysisParams params;
    LacRecon *recon; // (nullable)
    char *path;
} Page;

static void
page_free(gpointer pointer)
{
    Page *self = pointer;
    lac_sheet_free(self->sheet);
    lac_figure_snapshot_free(self->snapshot);
    g_clear_pointer(&self->analysis, lac_analysis_unref);
    g_clear_pointer(&self->recon, lac_recon_unref);
    g_free(self->path);
    g_free(self);
}

// What the panels show of analyses; what is there already is not computed again.
static gboolean
analyse(Page *self, LacProgress *progress, GError **error)
{
    const guint64 needs = lac_sheet_get_needs(self->sheet);
    if (needs == 0 || self->snapshot->atoms == NULL)
        return TRUE;
    LacAnalysis *analysis = lac_analysis_run(self->snapshot->atoms, self->snapshot->volume,
        &self->params, needs, self->analysis, progress, error);
    if (analysis == NULL)
        return FALSE;
    g_clear_pointer(&self->analysis, lac_analysis_unref);
    self->analysis = analysis;
    return TRUE;
}

static LacDrawing *
draw_page(Page *self, LacProgress *progress, GError **error)
{
    const LacSheetData data = { .volume = self->snapshot->volume,
        .atoms = self->snapshot->atoms,
        .analysis = self->analysis,
        .recon = self->recon };
    if (!lac_sheet_has_scene(self->sheet))
        return lac_sheet_draw(self->sheet, &data, NULL, progress, error);
    g_autoptr(LacEglContext) context = lac_egl_context_new(error);
    if (context == NULL)
        return NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    return renderer != NULL ? lac_sheet_draw(self->sheet, &data, renderer, progress, error) : NULL;
}

static gpointer
page_job(LacProgress *progress, gpointer pointer, GError **error)
{
    Page *self = pointer;
    if (!analyse(self, progress, error))
        return NULL;
    g_autoptr(LacDrawing) drawing = draw_page(self, progress, error);
    if (drawing == NULL)
        return NULL;
    g_autofree char *digests =
        lac_figure_dup_digests(self->snapshot->volume, self->snapshot->atoms);
    const LacFigureNotes notes = { .recipe = self->sheet->text, .data = digests, .bits = 16 };
    if (!lac_sheet_write(self->sheet, drawing, &notes, self->path, error))
        return NULL;
    g_autofree char *name = g_filename_display_basename(self->path);
    return g_strdup_printf("Wrote %s", name);
}

/**
 * lac_page_export:
 * @session: runs the work
 * @sheet: (transfer full): slices, plots or several panels
 * @snapshot: (transfer full): what they show
 * @path: the file; its name tells the format
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_page_export(LacSession *session, LacSheet *sheet, LacFigureSnapshot *snapshot, const char *path)
{
    LacAnalysis *analysis = lac_session_get_analysis(session);
    LacRecon *recon = lac_session_get_recon(session);
    Page *data = g_new(Page, 1);
    *data = (Page){ .sheet = sheet,
        .snapshot = snapshot,
        .analysis = analysis != NULL ? lac_analysis_ref(analysis) : NULL,
        .params = *lac_session_get_analysis_params(session),
        .recon = recon != NULL ? lac_recon_ref(recon) : NULL,
        .path = g_strdup(path) };
    g_autoptr(LacJob) job = lac_job_new("Exporting the figure", page_job, data, page_free, g_free);
    return lac_session_run_job(session, job, "Cannot export the figure");
}
