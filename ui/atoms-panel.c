// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/atoms-panel.h"

#include "core/data/elements.h"
#include "core/io/edit-log.h"
#include "core/io/io.h"
#include "ui/classify-panel.h"
#include "ui/compare-panel.h"
#include "ui/file-dialog.h"
#include "ui/refine-panel.h"
#include "ui/trace-panel.h"

struct _LacAtomsPanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *model_button, *log_button;
    LacTracePanel *trace;
    LacClassifyPanel *classify;
    LacRefinePanel *refine;
    LacComparePanel *compare;
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacAtomsPanel, lac_atoms_panel, GTK_TYPE_WIDGET)

/**
 * lac_atoms_panel_trace:
 * @self: a panel with a session
 *
 * Traces with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_atoms_panel_trace(LacAtomsPanel *self)
{
    g_return_val_if_fail(LAC_IS_ATOMS_PANEL(self), FALSE);

    return lac_trace_panel_run(self->trace);
}

/**
 * lac_atoms_panel_classify:
 * @self: a panel with a session
 *
 * Classifies with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_atoms_panel_classify(LacAtomsPanel *self)
{
    g_return_val_if_fail(LAC_IS_ATOMS_PANEL(self), FALSE);

    return lac_classify_panel_run(self->classify);
}

/**
 * lac_atoms_panel_reveal_comparison:
 * @self: a panel
 *
 * Scrolls to the next result of a comparison when it is there.
 */
void
lac_atoms_panel_reveal_comparison(LacAtomsPanel *self)
{
    g_return_if_fail(LAC_IS_ATOMS_PANEL(self));

    lac_compare_panel_reveal(self->compare);
}

/**
 * lac_atoms_panel_refine:
 * @self: a panel with a session
 *
 * Refines the positions with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_atoms_panel_refine(LacAtomsPanel *self)
{
    g_return_val_if_fail(LAC_IS_ATOMS_PANEL(self), FALSE);

    return lac_refine_panel_run(self->refine);
}

// Peaks that were never classified stay peaks.
static gboolean
is_classified(LacSession *session)
{
    const LacAtoms *atoms = lac_session_get_atoms(session);
    return lac_session_get_classification(session) != NULL ||
        (atoms != NULL && atoms->species_names[0] != NULL &&
            lac_element_from_symbol(atoms->species_names[0]) != 0);
}

/**
 * lac_atoms_panel_again:
 * @self: a panel with a session
 *
 * Does the second round, from the reconstruction to the refinement, with the parameters as they
 * stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_atoms_panel_again(LacAtomsPanel *self)
{
    g_return_val_if_fail(LAC_IS_ATOMS_PANEL(self) && self->session != NULL, FALSE);

    LacTraceParams trace;
    LacClassifyParams classify;
    LacRefineParams refine;
    gboolean use_mask = lac_trace_panel_get_params(self->trace, &trace);
    lac_classify_panel_get_params(self->classify, &classify);
    lac_refine_panel_get_params(self->refine, &refine);
    const LacAgainParams params = { .n_rounds = 1,
        .trace = &trace,
        .trace_mask = use_mask ? lac_session_get_mask(self->session) : NULL,
        .classify = is_classified(self->session) ? &classify : NULL,
        .refine = &refine };
    return lac_session_again(self->session, &params);
}

// --- export

typedef struct {
    LacAtoms *atoms;
    char *path;
} ExportData;

static void
export_data_free(gpointer pointer)
{
    ExportData *data = pointer;
    lac_atoms_unref(data->atoms);
    g_free(data->path);
    g_free(data);
}

static gpointer
export_job(LacProgress *progress, gpointer pointer, GError **error)
{
    ExportData *data = pointer;
    g_autofree char *name = g_filename_display_basename(data->path);
    lac_progress_message(progress, "Writing %s", name);
    g_autoptr(LacAtoms) present = lac_atoms_dup_present(data->atoms, NULL);
    if (!lac_write_atoms(present, data->path, error))
        return NULL;
    return g_strdup_printf("Wrote %s", name);
}

static void
model_chosen(gpointer source, GPtrArray *paths)
{
    LacAtomsPanel *self = source;
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (paths->len == 0 || atoms == NULL)
        return;
    ExportData *data = g_new(ExportData, 1);
    *data = (ExportData){ .atoms = lac_atoms_ref(atoms),
        .path = g_strdup(g_ptr_array_index(paths, 0)) };
    g_autoptr(LacJob) job =
        lac_job_new("Exporting the model", export_job, data, export_data_free, g_free);
    lac_session_run_job(self->session, job, "Cannot export the model");
}

static void
model_cb(LacAtomsPanel *self)
{
    const LacFileDialog dialog = {
        .title = "Export Model (.xyz, .csv, .mat)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "model.xyz",
    };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, model_chosen);
}

typedef struct {
    LacJournal *journal; // a copy: the session's belongs to the main thread
    char *path;
} LogData;

static void
log_data_free(gpointer pointer)
{
    LogData *data = pointer;
    lac_journal_free(data->journal);
    g_free(data->path);
    g_free(data);
}

static gpointer
log_job(LacProgress *progress, gpointer pointer, GError **error)
{
    LogData *data = pointer;
    g_autofree char *name = g_filename_display_basename(data->path);
    lac_progress_message(progress, "Writing %s", name);
    if (!lac_edit_log_write(data->journal, data->path, error))
        return NULL;
    return g_strdup_printf("Wrote %s", name);
}

static void
log_chosen(gpointer source, GPtrArray *paths)
{
    LacAtomsPanel *self = source;
    const LacJournal *journal = lac_session_get_journal(self->session);
    if (paths->len == 0 || journal == NULL)
        return;
    LogData *data = g_new(LogData, 1);
    *data = (LogData){ .journal = lac_journal_copy(journal),
        .path = g_strdup(g_ptr_array_index(paths, 0)) };
    g_autoptr(LacJob) job = lac_job_new("Exporting the log", log_job, data, log_data_free, g_free);
    lac_session_run_job(self->session, job, "Cannot export the log");
}

static void
log_cb(LacAtomsPanel *self)
{
    const LacFileDialog dialog = {
        .title = "Export Log of Edits (.csv, .json)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "edits.csv",
    };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, log_chosen);
}

static void
update(LacAtomsPanel *self)
{
    gboolean has_atoms = lac_session_get_atoms(self->session) != NULL;
    const LacJournal *journal = lac_session_get_journal(self->session);
    gboolean has_edits = journal != NULL && lac_journal_get_position(journal) > 0;
    gtk_widget_set_sensitive(self->log_button, has_edits);
    gtk_widget_set_tooltip_text(self->log_button,
        has_edits
            ? "Write every edit with time, what it was before and after, and why; JSON can be "
              "replayed"
            : "Nothing was edited by hand yet");
    gtk_widget_set_sensitive(self->model_button, has_atoms);
    gtk_widget_set_tooltip_text(self->model_button,
        has_atoms ? "Write the atoms of the model to a file" : "Trace the atoms first");
}

static void
lac_atoms_panel_dispose(GObject *object)
{
    LacAtomsPanel *self = LAC_ATOMS_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_atoms_panel_parent_class)->dispose(object);
}

static void
lac_atoms_panel_class_init(LacAtomsPanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_atoms_panel_dispose;
    g_type_ensure(LAC_TYPE_TRACE_PANEL);
    g_type_ensure(LAC_TYPE_CLASSIFY_PANEL);
    g_type_ensure(LAC_TYPE_REFINE_PANEL);
    g_type_ensure(LAC_TYPE_COMPARE_PANEL);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/atoms-panel.ui");
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, box);
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, trace);
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, classify);
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, refine);
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, compare);
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, model_button);
    gtk_widget_class_bind_template_child(widget_class, LacAtomsPanel, log_button);
}

static void
lac_atoms_panel_init(LacAtomsPanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    g_signal_connect_swapped(self->model_button, "clicked", G_CALLBACK(model_cb), self);
    g_signal_connect_swapped(self->log_button, "clicked", G_CALLBACK(log_cb), self);
}

/**
 * lac_atoms_panel_set_session:
 * @self: a panel
 * @session: whose atoms it makes; once
 */
void
lac_atoms_panel_set_session(LacAtomsPanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_ATOMS_PANEL(self) && self->session == NULL);

    self->session = g_object_ref(session);
    lac_trace_panel_set_session(self->trace, session);
    lac_classify_panel_set_session(self->classify, session);
    lac_refine_panel_set_session(self->refine, session);
    lac_compare_panel_set_session(self->compare, session);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(update), self);
    update(self);
}
