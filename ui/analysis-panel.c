// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/analysis-panel.h"

#include "ui/analysis-row.h"
#include "ui/file-dialog.h"

#include <adwaita.h>

struct _LacAnalysisPanel {
    GtkWidget parent_instance;
    GtkWidget *scrolled, *run, *stop, *report, *bar, *message;
    GtkWidget *audit, *audit_text, *audit_apply; // the audit comes first
    AdwPreferencesGroup *group;
    GPtrArray *rows; // of LacAnalysisRow
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacAnalysisPanel, lac_analysis_panel, GTK_TYPE_WIDGET)

// --- the audit

static const LacAudit *
get_audit(LacAnalysisPanel *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    return analysis != NULL ? analysis->audit : NULL;
}

static void
update_audit(LacAnalysisPanel *self)
{
    const LacAudit *audit = get_audit(self);
    gsize n = audit != NULL ? audit->n_false + audit->n_missing : 0;
    gtk_widget_set_visible(self->audit, audit != NULL);
    if (audit == NULL)
        return;
    g_autofree char *text = n == 0
        ? g_strdup("The volume shows every atom, and no other.")
        : g_strdup_printf("%'" G_GSIZE_FORMAT
                          " of the atoms are hardly in the volume, %'" G_GSIZE_FORMAT
                          " of its maxima have no atom. Defects that are counted before this is "
                          "settled may be neither.",
              audit->n_false, audit->n_missing);
    gboolean is_stale = lac_session_is_analysis_stale(self->session);
    gtk_label_set_text(GTK_LABEL(self->audit_text), text);
    gtk_widget_set_visible(self->audit_apply, n > 0);
    gtk_widget_set_sensitive(self->audit_apply, !is_stale);
    gtk_widget_set_tooltip_text(self->audit_apply,
        is_stale ? "The atoms changed since this audit: wait for the next one"
                 : "Take out the first, put in the others: one step, which can be undone");
}

static void
apply_cb(LacAnalysisPanel *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    g_autoptr(GError) error = NULL;
    if (analysis == NULL || analysis->audit == NULL || lac_session_is_analysis_stale(self->session))
        return;
    LacEdit *edit =
        lac_audit_make_edit(analysis->audit, analysis->points, NULL, NULL, NULL, &error);
    if (edit != NULL)
        lac_session_edit(self->session, edit);
    else
        lac_session_say(self->session, "%s", error->message);
}

// --- running

static void
run_cb(LacAnalysisPanel *self)
{
    lac_session_analyse(self->session, LAC_ANALYSIS_ALL);
}

static void
stop_cb(LacAnalysisPanel *self)
{
    lac_session_cancel_analysis(self->session);
}

static void
progressed_cb(LacAnalysisPanel *self)
{
    LacJob *job = lac_session_get_analyser(self->session);
    gtk_widget_set_visible(self->bar, job != NULL);
    gtk_widget_set_visible(self->message, job != NULL);
    gtk_widget_set_visible(self->stop, job != NULL);
    gtk_widget_set_visible(self->run, job == NULL);
    if (job == NULL)
        return;
    LacProgress *progress = lac_job_get_progress(job);
    g_autofree char *message = lac_progress_dup_message(progress);
    double fraction = lac_progress_get_fraction(progress);
    g_autofree char *text =
        g_strdup_printf("%s, %.0f %% of all", message != NULL ? message : "…", 100.0 * fraction);
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->bar), CLAMP(fraction, 0.0, 1.0));
    gtk_label_set_text(GTK_LABEL(self->message), text);
}

static void
changed_cb(LacAnalysisPanel *self)
{
    for (guint i = 0; i < self->rows->len; i++)
        lac_analysis_row_update(g_ptr_array_index(self->rows, i));
    gboolean has_results = lac_session_get_analysis(self->session) != NULL;
    gtk_widget_set_sensitive(self->report, has_results);
    gtk_widget_set_tooltip_text(self->report,
        has_results
            ? "Every number with its definition and parameters: .txt, .json, or a folder of "
              "tables (.csv)"
            : "There is nothing to report yet");
    update_audit(self);
    progressed_cb(self);
}

// --- the report

typedef struct {
    LacAnalysis *analysis;
    LacChosen *chosen; // (nullable)
    char *path;
} ReportData;

static void
report_data_free(gpointer pointer)
{
    ReportData *data = pointer;
    lac_analysis_unref(data->analysis);
    lac_chosen_unref(data->chosen);
    g_free(data->path);
    g_free(data);
}

static gpointer
report_job(LacProgress *progress, gpointer pointer, GError **error)
{
    ReportData *data = pointer;
    g_autofree char *name = g_filename_display_basename(data->path);
    lac_progress_message(progress, "Writing %s", name);
    gboolean is_table = g_str_has_suffix(data->path, ".csv");
    g_autoptr(LacReport) report = lac_analysis_report(data->analysis, LAC_ANALYSIS_ALL, is_table);
    if (data->chosen != NULL &&
        !lac_chosen_add_sections(data->chosen, data->analysis, report, error))
        return NULL;
    if (is_table) {
        g_autofree char *folder = g_strndup(data->path, strlen(data->path) - 4);
        return lac_report_write_csv(report, folder, error) ? g_strdup(folder) : NULL;
    }
    g_autofree char *text = g_str_has_suffix(data->path, ".json") ? lac_report_dup_json(report)
                                                                  : lac_report_dup_text(report);
    return g_file_set_contents(data->path, text, -1, error) ? g_strdup(data->path) : NULL;
}

static void
report_chosen(gpointer source, GPtrArray *paths)
{
    LacAnalysisPanel *self = source;
    LacAnalysis *analysis = self->session != NULL ? lac_session_get_analysis(self->session) : NULL;
    if (paths->len == 0 || analysis == NULL)
        return;
    LacChosen *chosen = lac_session_get_chosen(self->session);
    ReportData *data = g_new(ReportData, 1);
    *data = (ReportData){ .analysis = lac_analysis_ref(analysis),
        .chosen = chosen != NULL ? lac_chosen_ref(chosen) : NULL,
        .path = g_strdup(g_ptr_array_index(paths, 0)) };
    g_autoptr(LacJob) job =
        lac_job_new("Writing the report", report_job, data, report_data_free, g_free);
    lac_session_run_job(self->session, job, "Cannot write the report");
}

static void
report_cb(LacAnalysisPanel *self)
{
    const LacFileDialog dialog = {
        .title = "Export Report (.txt, .json, .csv)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "report.txt",
    };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, report_chosen);
}

// --- the widget

static void
lac_analysis_panel_dispose(GObject *object)
{
    LacAnalysisPanel *self = LAC_ANALYSIS_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->scrolled, gtk_widget_unparent);
    g_clear_pointer(&self->rows, g_ptr_array_unref);
    G_OBJECT_CLASS(lac_analysis_panel_parent_class)->dispose(object);
}

static void
lac_analysis_panel_class_init(LacAnalysisPanelClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_analysis_panel_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_button(LacAnalysisPanel *self, const char *label, const char *tooltip, GCallback callback)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(label);
    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_widget_set_hexpand(button, TRUE);
    g_signal_connect_swapped(button, "clicked", callback, self);
    return button;
}

static GtkWidget *
make_label(const char *css)
{
    GtkWidget *label = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_widget_add_css_class(label, css);
    return label;
}

static GtkWidget *
make_audit(LacAnalysisPanel *self)
{
    self->audit = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *title = make_label("heading");
    gtk_label_set_text(GTK_LABEL(title), "Audit first");
    self->audit_text = make_label("caption");
    self->audit_apply = make_button(self, "Apply as _One Correction", "Nothing to correct yet",
        G_CALLBACK(apply_cb));
    gtk_box_append(GTK_BOX(self->audit), title);
    gtk_box_append(GTK_BOX(self->audit), self->audit_text);
    gtk_box_append(GTK_BOX(self->audit), self->audit_apply);
    gtk_widget_add_css_class(self->audit, "card");
    gtk_widget_add_css_class(self->audit, "facts");
    gtk_widget_set_visible(self->audit, FALSE);
    return self->audit;
}

static void
lac_analysis_panel_init(LacAnalysisPanel *self)
{
    self->rows = g_ptr_array_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 10);
    GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    self->run = make_button(self, "_Analyse All",
        "Compute all of it, beside other work; results come one after the other "
        "(Ctrl+Shift+R)",
        G_CALLBACK(run_cb));
    gtk_widget_add_css_class(self->run, "suggested-action");
    self->stop = make_button(self, "_Stop", "Stop; what is done stays", G_CALLBACK(stop_cb));
    self->report =
        make_button(self, "_Report…", "There is nothing to report yet", G_CALLBACK(report_cb));
    gtk_widget_set_hexpand(self->report, FALSE);
    gtk_widget_set_sensitive(self->report, FALSE);
    gtk_box_append(GTK_BOX(buttons), self->run);
    gtk_box_append(GTK_BOX(buttons), self->stop);
    gtk_box_append(GTK_BOX(buttons), self->report);
    self->bar = gtk_progress_bar_new();
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Progress of the analyses", -1);
    self->message = make_label("caption");
    self->group = ADW_PREFERENCES_GROUP(adw_preferences_group_new());
    GtkWidget *const parts[] = { buttons, self->bar, self->message, make_audit(self),
        GTK_WIDGET(self->group) };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        gtk_box_append(GTK_BOX(box), parts[i]);
    gtk_widget_add_css_class(box, "compact");
    gtk_widget_set_margin_start(box, 12);
    gtk_widget_set_margin_end(box, 12);
    gtk_widget_set_margin_top(box, 12);
    gtk_widget_set_margin_bottom(box, 12);
    self->scrolled = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(self->scrolled), GTK_POLICY_NEVER,
        GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scrolled), box);
    gtk_widget_set_parent(self->scrolled, GTK_WIDGET(self));
    gtk_widget_set_vexpand(self->scrolled, TRUE);
}

/**
 * lac_analysis_panel_set_session:
 * @self: a panel
 * @session: whose atoms are analysed; once
 */
void
lac_analysis_panel_set_session(LacAnalysisPanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_ANALYSIS_PANEL(self) && self->session == NULL);

    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    self->session = g_object_ref(session);
    for (gsize i = 0; i < n; i++) {
        GtkWidget *row = lac_analysis_row_new(session, table[i]);
        adw_preferences_group_add(self->group, row);
        g_ptr_array_add(self->rows, row);
    }
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(changed_cb), self);
    g_signal_connect_swapped(session, "analysis-progressed", G_CALLBACK(progressed_cb), self);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(changed_cb), self);
    changed_cb(self);
}
