// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/import-dialog.h"

#include "core/project/project.h"
#include "ui/file-dialog.h"
#include "ui/image-view.h"
#include "ui/import-source.h"
#include "ui/latest.h"
#include "ui/system.h"

#include <adwaita.h>
#include <math.h>

#define BACKGROUND_SHARE 0.02 // of the maximum: a border brighter than this is a background
#define LARGE_PIXEL      5.0  // [Å] too coarse to see atoms

static const char *const raw_types[] = { "float32", "float64", "uint8", "int8", "uint16", "int16",
    "uint32", "int32" };

struct _LacImportDialog {
    GtkWidget parent_instance;
    GtkWidget *box, *preview_box, *busy_box, *steps_group, *raw_group;
    GtkSpinner *spinner;
    GtkLabel *busy_label, *tilt_label;
    GtkAdjustment *tilt_adjustment;
    AdwActionRow *file_row, *angles_row, *mask_row, *pixel_row, *background_row, *repair_row;
    AdwActionRow *values_row, *memory_row;
    AdwComboRow *axis_row, *raw_type, *item_row;
    GtkSpinButton *first_spin, *step_spin, *pixel_spin;
    GtkSpinButton *raw_n, *raw_v, *raw_u, *raw_offset;
    GtkSwitch *raw_big, *background_switch, *repair_switch;
    GtkWidget *file_button, *folder_button, *angles_button, *mask_button, *mask_clear;
    GtkWidget *cancel_button, *volume_button, *open_button;
    LacImageView *preview;
    LacSession *session;
    LacLatest *reader, *preparer;
    LacImport *import; // (nullable) what is shown
    char *projections, *item, *angles, *mask;
    gboolean is_filling; // the rows follow the file, not the user
};

enum {
    OPENED,
    VOLUME_CHOSEN,
    CLOSED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacImportDialog, lac_import_dialog, GTK_TYPE_WIDGET)

// --- small helpers

static void
set_warning(AdwActionRow *row, gboolean warn, const char *text)
{
    adw_action_row_set_subtitle(row, text);
    adw_action_row_set_icon_name(row, warn ? "dialog-warning-symbolic" : NULL);
    if (warn)
        gtk_widget_add_css_class(GTK_WIDGET(row), "warning");
    else
        gtk_widget_remove_css_class(GTK_WIDGET(row), "warning");
}

static void
set_busy(LacImportDialog *self, const char *text, gboolean spins)
{
    gtk_widget_set_visible(self->busy_box, text != NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->spinner), spins);
    gtk_spinner_set_spinning(self->spinner, spins);
    gtk_label_set_text(self->busy_label, text != NULL ? text : "");
}

static void
set_can_open(LacImportDialog *self, const char *reason_not)
{
    gtk_widget_set_sensitive(self->open_button, reason_not == NULL);
    gtk_widget_set_tooltip_text(self->open_button,
        reason_not != NULL ? reason_not : "Open these projections (Return)");
}

static gboolean
is_turned(LacImportDialog *self)
{
    return adw_combo_row_get_selected(self->axis_row) == 1;
}

static double
pixel_size(LacImportDialog *self)
{
    return gtk_spin_button_get_value(self->pixel_spin);
}

// The angles of the file, or the equal steps that were typed.
static LacAngles
get_angles(LacImportDialog *self, gsize k)
{
    if (self->import->has_angles)
        return self->import->series->angles[k];
    double first = gtk_spin_button_get_value(self->first_spin);
    double step = gtk_spin_button_get_value(self->step_spin);
    return (LacAngles){ .theta = first + step * (double) k };
}

// --- what is shown

static void
show_projection(LacImportDialog *self)
{
    if (self->import == NULL)
        return;
    const LacSeries *series = self->import->series;
    gsize k = MIN((gsize) gtk_adjustment_get_value(self->tilt_adjustment), series->n - 1);
    const float *data = lac_series_get_projection(series, k);
    LacPlane plane = { .data = data,
        .width = series->nu,
        .height = series->nv,
        .step_x = 1,
        .step_y = series->nu };
    if (is_turned(self)) {
        plane = (LacPlane){ .data = data,
            .width = series->nv,
            .height = series->nu,
            .step_x = series->nu,
            .step_y = 1 };
    }
    LacAngles angles = get_angles(self, k);
    g_autofree char *text = lac_series_is_single_axis(series)
        ? g_strdup_printf("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ", %.2f°", k + 1, series->n,
              angles.theta)
        : g_strdup_printf("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ", φ %.2f° θ %.2f° ψ %.2f°",
              k + 1, series->n, angles.phi, angles.theta, angles.psi);
    g_autofree char *named = self->import->names != NULL
        ? g_strdup_printf("%s: %s", self->import->names[k], text)
        : g_strdup(text);
    gtk_label_set_text(self->tilt_label, named);
    lac_image_view_set_image(self->preview, series->buffer, &plane);
}

static void
show_pixel_size(LacImportDialog *self)
{
    double size = pixel_size(self);
    if (size <= 0.0)
        set_warning(self->pixel_row, TRUE,
            "The file does not say: type it, or lengths stay unknown");
    else if (size == 1.0)
        set_warning(self->pixel_row, TRUE, "Å. Exactly 1 is what programs write that do not know");
    else if (size > LARGE_PIXEL)
        set_warning(self->pixel_row, TRUE, "Å. Atoms cannot be seen with pixels above 5 Å");
    else
        set_warning(self->pixel_row, FALSE, "Å");
}

static void
show_memory(LacImportDialog *self)
{
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    guint64 needed = lac_recon_estimate_memory(self->import->series, &params);
    guint64 available = lac_memory_available();
    g_autofree char *needs = lac_format_bytes(needed), *has = lac_format_bytes(available);
    g_autofree char *text =
        available > 0 ? g_strdup_printf("%s, and %s are free", needs, has) : g_strdup(needs);
    set_warning(self->memory_row, available > 0 && needed > available, text);
}

static void
show_checks(LacImportDialog *self)
{
    const LacInputCheck *check = &self->import->check;
    double share = check->max > 0.0F ? check->border_mean / (double) check->max : 0.0;
    gboolean bright = share > BACKGROUND_SHARE;
    g_autofree char *background = g_strdup_printf("The border is %.1f %% of the maximum%s",
        100.0 * share, bright ? ": it would become a haze around the particle" : "");
    set_warning(self->background_row, bright, background);
    gtk_switch_set_active(self->background_switch, bright);
    g_autofree char *bad = check->n_bad > 0
        ? g_strdup_printf("%" G_GSIZE_FORMAT " are NaN or infinite", check->n_bad)
        : g_strdup("All values are finite");
    set_warning(self->repair_row, check->n_bad > 0, bad);
    gtk_switch_set_active(self->repair_switch, check->n_bad > 0);
    gtk_widget_set_visible(GTK_WIDGET(self->repair_row), check->n_bad > 0);
    g_autofree char *values = g_strdup_printf("%.5g to %.5g; %" G_GSIZE_FORMAT
                                              " negative (%.2g %%), %" G_GSIZE_FORMAT " not finite",
        (double) check->min, (double) check->max, check->n_negative,
        100.0 * (double) check->n_negative / (double) check->n_values, check->n_bad);
    set_warning(self->values_row, FALSE, values);
}

static void
show_angles(LacImportDialog *self)
{
    const LacImport *import = self->import;
    const LacSeries *series = import->series;
    gtk_widget_set_visible(self->steps_group, !import->has_angles);
    if (import->angles_error != NULL) {
        set_warning(self->angles_row, TRUE, import->angles_error->message);
        return;
    }
    if (!import->has_angles) {
        set_warning(self->angles_row, TRUE, "None found: choose a file, or type equal steps below");
        return;
    }
    double min = HUGE_VAL, max = -HUGE_VAL;
    for (gsize k = 0; k < series->n; k++) {
        min = MIN(min, series->angles[k].theta);
        max = MAX(max, series->angles[k].theta);
    }
    g_autofree char *text = g_strdup_printf("%s: %s, %.1f° to %.1f°", import->angles_source,
        lac_series_is_single_axis(series) ? "one axis" : "three angles", min, max);
    set_warning(self->angles_row, FALSE, text);
}

static void
show_file(LacImportDialog *self)
{
    const LacImport *import = self->import;
    const LacSeries *series = import->series;
    const LacFileItem *item = import->item;
    g_autofree char *name = g_filename_display_basename(self->projections);
    g_autofree char *text =
        g_strdup_printf("%s: %" G_GSIZE_FORMAT " projections of %" G_GSIZE_FORMAT
                        " × %" G_GSIZE_FORMAT ", %s, %s%s%s",
            name, series->n, series->nu, series->nv, item != NULL ? item->type : "numbers",
            import->info->format_name, item != NULL && item->note != NULL ? ". " : "",
            item != NULL && item->note != NULL ? item->note : "");
    set_warning(self->file_row, FALSE, text);
    adw_action_row_set_subtitle_lines(self->file_row, 3);
}

// Which arrays there are, if there is a choice.
static void
show_items(LacImportDialog *self)
{
    const GPtrArray *stacks = self->import->stacks;
    g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);
    guint chosen = 0;
    for (guint i = 0; i < stacks->len; i++) {
        const LacFileItem *item = g_ptr_array_index(stacks, i);
        gtk_string_list_append(names, item->name);
        if (item == self->import->item)
            chosen = i;
    }
    self->is_filling = TRUE;
    adw_combo_row_set_model(self->item_row, G_LIST_MODEL(names));
    adw_combo_row_set_selected(self->item_row, chosen);
    self->is_filling = FALSE;
    gtk_widget_set_visible(GTK_WIDGET(self->item_row), stacks->len > 1);
}

static void
show_mask(LacImportDialog *self)
{
    const LacImport *import = self->import;
    gtk_widget_set_visible(self->mask_clear, self->mask != NULL);
    if (import->mask_error != NULL) {
        set_warning(self->mask_row, TRUE, import->mask_error->message);
        return;
    }
    if (import->mask == NULL) {
        set_warning(self->mask_row, FALSE, "none: the whole volume");
        return;
    }
    g_autofree char *name = g_filename_display_basename(self->mask);
    g_autofree char *text =
        g_strdup_printf("%s: %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT, name,
            import->mask->nx, import->mask->ny, import->mask->nz);
    set_warning(self->mask_row, FALSE, text);
}

static void
show_import(LacImportDialog *self)
{
    const LacImport *import = self->import;
    gtk_adjustment_set_upper(self->tilt_adjustment, (double) import->series->n - 1.0);
    gtk_adjustment_set_value(self->tilt_adjustment, (double) (import->series->n / 2));
    gtk_spin_button_set_value(self->pixel_spin, import->series->pixel_size);
    lac_image_view_set_range(self->preview, (double) import->check.min, (double) import->check.max);
    show_file(self);
    show_items(self);
    show_angles(self);
    show_mask(self);
    show_pixel_size(self);
    show_checks(self);
    show_memory(self);
    show_projection(self);
    if (import->looks_like_volume) {
        gtk_widget_remove_css_class(self->open_button, "suggested-action");
        gtk_widget_add_css_class(self->volume_button, "suggested-action");
    }
    set_can_open(self,
        import->angles_error != NULL     ? "The angles do not fit: see above"
            : import->mask_error != NULL ? "The mask does not fit: choose another, or none"
                                         : NULL);
}

// --- reading

static void
read_done(gpointer result, const GError *error, gpointer owner)
{
    LacImportDialog *self = owner;
    g_clear_pointer(&self->import, lac_import_free);
    if (error != NULL) {
        set_busy(self, error->message, FALSE);
        g_autofree char *name = g_filename_display_basename(self->projections);
        set_warning(self->file_row, TRUE, name);
        set_can_open(self, "There is nothing to open yet");
        lac_image_view_set_image(self->preview, NULL, NULL);
        return;
    }
    self->import = result;
    set_busy(self, NULL, FALSE);
    show_import(self);
}

static LacReadParams
get_read_params(LacImportDialog *self)
{
    static const char *const suffixes[] = { ".raw", ".bin", ".dat", NULL };
    LacReadParams params = { 0 };
    gboolean is_raw = FALSE;
    for (guint i = 0; suffixes[i] != NULL; i++)
        is_raw |= g_str_has_suffix(self->projections, suffixes[i]);
    gtk_widget_set_visible(self->raw_group, is_raw);
    if (!is_raw)
        return params;
    params.raw_shape[0] = (gsize) gtk_spin_button_get_value_as_int(self->raw_n);
    params.raw_shape[1] = (gsize) gtk_spin_button_get_value_as_int(self->raw_v);
    params.raw_shape[2] = (gsize) gtk_spin_button_get_value_as_int(self->raw_u);
    params.raw_offset = (gsize) gtk_spin_button_get_value_as_int(self->raw_offset);
    params.raw_big_endian = gtk_switch_get_active(self->raw_big);
    g_strlcpy(params.raw_type, raw_types[adw_combo_row_get_selected(self->raw_type)],
        sizeof params.raw_type);
    return params;
}

// @known keeps the pixels that were read already.
static void
read_files(LacImportDialog *self, gboolean known)
{
    LacImportRequest *request = lac_import_request_new(self->projections);
    request->item = g_strdup(self->item);
    request->angles = g_strdup(self->angles);
    request->mask = g_strdup(self->mask);
    request->read = get_read_params(self);
    if (known && self->import != NULL)
        request->known = lac_series_ref(self->import->series);
    g_autofree char *name = g_filename_display_basename(self->projections);
    g_autofree char *text = g_strdup_printf("Reading %s", name);
    set_busy(self, text, TRUE);
    set_can_open(self, "Still reading");
    lac_latest_request(self->reader, request, 0);
}

static void
raw_changed_cb(LacImportDialog *self)
{
    if (self->projections != NULL && gtk_widget_get_visible(self->raw_group))
        read_files(self, FALSE);
}

static void
item_cb(LacImportDialog *self)
{
    guint chosen = adw_combo_row_get_selected(self->item_row);
    if (self->is_filling || self->import == NULL || chosen >= self->import->stacks->len)
        return;
    const LacFileItem *item = g_ptr_array_index(self->import->stacks, chosen);
    g_free(self->item);
    self->item = g_strdup(item->name);
    read_files(self, FALSE);
}

static void
set_projections(LacImportDialog *self, const char *path)
{
    g_free(self->projections);
    self->projections = g_strdup(path);
    g_clear_pointer(&self->item, g_free);
    g_clear_pointer(&self->angles, g_free);
    read_files(self, FALSE);
}

static void
file_chosen(gpointer source, GPtrArray *paths)
{
    if (paths->len > 0)
        lac_import_dialog_open(source, paths);
}

static void
angles_chosen(gpointer source, GPtrArray *paths)
{
    LacImportDialog *self = source;
    if (paths->len == 0)
        return;
    g_free(self->angles);
    self->angles = g_strdup(g_ptr_array_index(paths, 0));
    read_files(self, TRUE);
}

static void
mask_chosen(gpointer source, GPtrArray *paths)
{
    LacImportDialog *self = source;
    if (paths->len == 0)
        return;
    g_free(self->mask);
    self->mask = g_strdup(g_ptr_array_index(paths, 0));
    read_files(self, TRUE);
}

static void
ask(LacImportDialog *self, const char *title, GtkFileChooserAction action, LacFileDialogFunc func)
{
    const LacFileDialog dialog = { .title = title,
        .action = action,
        .readable = action == GTK_FILE_CHOOSER_ACTION_OPEN };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, func);
}

static void
file_cb(LacImportDialog *self)
{
    ask(self, "Projections", GTK_FILE_CHOOSER_ACTION_OPEN, file_chosen);
}

static void
folder_cb(LacImportDialog *self)
{
    ask(self, "Folder of Images", GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, file_chosen);
}

static void
angles_cb(LacImportDialog *self)
{
    ask(self, "Tilt Angles", GTK_FILE_CHOOSER_ACTION_OPEN, angles_chosen);
}

static void
mask_cb(LacImportDialog *self)
{
    ask(self, "Support Mask", GTK_FILE_CHOOSER_ACTION_OPEN, mask_chosen);
}

static void
mask_clear_cb(LacImportDialog *self)
{
    g_clear_pointer(&self->mask, g_free);
    read_files(self, TRUE);
}

// --- opening

typedef struct {
    LacSeries *series;
    LacVolume *mask; // (nullable)
    LacInputParams params;
} PrepareData;

typedef struct {
    LacSeries *series;
    LacVolume *mask; // (nullable)
    char *digests;   // of both
} Prepared;

static void
prepare_data_free(gpointer pointer)
{
    PrepareData *data = pointer;
    lac_series_unref(data->series);
    g_clear_pointer(&data->mask, lac_volume_unref);
    g_free(data);
}

static void
prepared_free(gpointer pointer)
{
    Prepared *prepared = pointer;
    lac_series_unref(prepared->series);
    g_clear_pointer(&prepared->mask, lac_volume_unref);
    g_free(prepared->digests);
    g_free(prepared);
}

static gpointer
prepare_work(LacProgress *progress, gpointer pointer, GError **error)
{
    PrepareData *data = pointer;
    LacSeries *series = lac_input_prepare(data->series, &data->params, progress, error);
    if (series == NULL)
        return NULL;
    const LacProject inputs = { .series = series, .mask = data->mask };
    Prepared *prepared = g_new(Prepared, 1);
    *prepared = (Prepared){
        .series = series,
        .mask = g_steal_pointer(&data->mask),
        .digests = lac_project_dup_digests(&inputs),
    };
    return prepared;
}

static void
prepare_done(gpointer result, const GError *error, gpointer owner)
{
    LacImportDialog *self = owner;
    if (error != NULL) {
        set_busy(self, error->message, FALSE);
        return;
    }
    set_busy(self, NULL, FALSE);
    Prepared *prepared = result;
    lac_session_import(self->session, prepared->series, prepared->mask, self->projections,
        prepared->digests);
    prepared_free(prepared);
    g_signal_emit(self, signals[OPENED], 0, self->projections);
    g_signal_emit(self, signals[CLOSED], 0);
}

static void
open_cb(LacImportDialog *self)
{
    if (self->import == NULL || !gtk_widget_get_sensitive(self->open_button))
        return;
    g_autoptr(LacSeries) series = lac_series_copy(self->import->series);
    for (gsize k = 0; k < series->n; k++)
        series->angles[k] = get_angles(self, k);
    if (series->name[0] == '\0') {
        g_free(series->name);
        series->name = g_filename_display_basename(self->projections);
    }
    PrepareData *data = g_new0(PrepareData, 1);
    data->series = g_steal_pointer(&series);
    data->mask = self->import->mask != NULL ? lac_volume_ref(self->import->mask) : NULL;
    data->params = (LacInputParams){
        .subtract_background = gtk_switch_get_active(self->background_switch),
        .replace_bad = gtk_switch_get_active(self->repair_switch),
        .turn = is_turned(self),
        .pixel_size = pixel_size(self),
    };
    set_busy(self, "Preparing the projections", TRUE);
    set_can_open(self, "Already opening");
    lac_latest_request(self->preparer, data, 0);
}

static void
volume_cb(LacImportDialog *self)
{
    g_autofree char *path = g_strdup(self->projections);
    g_signal_emit(self, signals[VOLUME_CHOSEN], 0, path);
    g_signal_emit(self, signals[CLOSED], 0);
}

static void
cancel_cb(LacImportDialog *self)
{
    lac_latest_drop(self->reader);
    lac_latest_drop(self->preparer);
    g_signal_emit(self, signals[CLOSED], 0);
}

static void
pixel_cb(LacImportDialog *self)
{
    show_pixel_size(self);
}

// --- the widget

static void
lac_import_dialog_dispose(GObject *object)
{
    LacImportDialog *self = LAC_IMPORT_DIALOG(object);
    g_clear_pointer(&self->reader, lac_latest_free);
    g_clear_pointer(&self->preparer, lac_latest_free);
    g_clear_pointer(&self->import, lac_import_free);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_import_dialog_parent_class)->dispose(object);
}

static void
lac_import_dialog_finalize(GObject *object)
{
    LacImportDialog *self = LAC_IMPORT_DIALOG(object);
    g_free(self->projections);
    g_free(self->item);
    g_free(self->angles);
    g_free(self->mask);
    G_OBJECT_CLASS(lac_import_dialog_parent_class)->finalize(object);
}

static void
bind_children(GtkWidgetClass *widget_class)
{
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, box);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, preview_box);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, busy_box);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, steps_group);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_group);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, spinner);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, busy_label);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, tilt_label);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, tilt_adjustment);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, file_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, angles_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, mask_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, pixel_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, background_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, repair_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, values_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, memory_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, axis_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, item_row);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_type);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, first_spin);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, step_spin);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, pixel_spin);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_n);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_v);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_u);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_offset);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, raw_big);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, background_switch);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, repair_switch);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, file_button);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, folder_button);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, angles_button);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, mask_button);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, mask_clear);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, cancel_button);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, volume_button);
    gtk_widget_class_bind_template_child(widget_class, LacImportDialog, open_button);
}

static gboolean
escape_cb(GtkWidget *widget, GVariant *args, gpointer data)
{
    (void) args;
    (void) data;
    cancel_cb(LAC_IMPORT_DIALOG(widget));
    return TRUE;
}

static void
lac_import_dialog_class_init(LacImportDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_import_dialog_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_import_dialog_finalize;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/import-dialog.ui");
    bind_children(widget_class);
    gtk_widget_class_add_binding(widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
    signals[OPENED] = g_signal_new("opened", LAC_TYPE_IMPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[VOLUME_CHOSEN] = g_signal_new("volume-chosen", LAC_TYPE_IMPORT_DIALOG,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[CLOSED] = g_signal_new("closed", LAC_TYPE_IMPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
}

static void
connect_controls(LacImportDialog *self)
{
    const struct {
        gpointer control;
        const char *signal;
        GCallback callback;
    } handlers[] = {
        { self->file_button, "clicked", G_CALLBACK(file_cb) },
        { self->folder_button, "clicked", G_CALLBACK(folder_cb) },
        { self->angles_button, "clicked", G_CALLBACK(angles_cb) },
        { self->mask_button, "clicked", G_CALLBACK(mask_cb) },
        { self->mask_clear, "clicked", G_CALLBACK(mask_clear_cb) },
        { self->cancel_button, "clicked", G_CALLBACK(cancel_cb) },
        { self->volume_button, "clicked", G_CALLBACK(volume_cb) },
        { self->open_button, "clicked", G_CALLBACK(open_cb) },
        { self->tilt_adjustment, "value-changed", G_CALLBACK(show_projection) },
        { self->first_spin, "value-changed", G_CALLBACK(show_projection) },
        { self->step_spin, "value-changed", G_CALLBACK(show_projection) },
        { self->axis_row, "notify::selected", G_CALLBACK(show_projection) },
        { self->pixel_spin, "value-changed", G_CALLBACK(pixel_cb) },
        { self->item_row, "notify::selected", G_CALLBACK(item_cb) },
        { self->raw_n, "value-changed", G_CALLBACK(raw_changed_cb) },
        { self->raw_v, "value-changed", G_CALLBACK(raw_changed_cb) },
        { self->raw_u, "value-changed", G_CALLBACK(raw_changed_cb) },
        { self->raw_offset, "value-changed", G_CALLBACK(raw_changed_cb) },
        { self->raw_type, "notify::selected", G_CALLBACK(raw_changed_cb) },
        { self->raw_big, "notify::active", G_CALLBACK(raw_changed_cb) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_signal_connect_swapped(handlers[i].control, handlers[i].signal, handlers[i].callback,
            self);
}

static void
lac_import_dialog_init(LacImportDialog *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->preview = LAC_IMAGE_VIEW(lac_image_view_new());
    gtk_widget_set_hexpand(GTK_WIDGET(self->preview), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(self->preview), TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->preview), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Preview of one projection", -1);
    gtk_box_append(GTK_BOX(self->preview_box), GTK_WIDGET(self->preview));
    self->reader =
        lac_latest_new(lac_import_read, lac_import_request_free, lac_import_free, read_done, self);
    self->preparer =
        lac_latest_new(prepare_work, prepare_data_free, prepared_free, prepare_done, self);
    connect_controls(self);
    set_can_open(self, "There is nothing to open yet");
}

/**
 * lac_import_dialog_set_session:
 * @self: a page
 * @session: what the projections are opened in; once
 */
void
lac_import_dialog_set_session(LacImportDialog *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_IMPORT_DIALOG(self) && self->session == NULL);

    self->session = g_object_ref(session);
}

/**
 * lac_import_dialog_open:
 * @self: a page
 * @paths: (element-type filename): projections and, if they are there, angles and a mask
 *
 * Starts to read and shows what is found. A table of angles alone goes with the projections that
 * are shown already.
 */
void
lac_import_dialog_open(LacImportDialog *self, GPtrArray *paths)
{
    g_autofree char *projections = NULL;
    g_autofree char *angles = NULL;
    g_autofree char *mask = NULL;
    const char *first = paths->len == 1 ? g_ptr_array_index(paths, 0) : NULL;
    if (first != NULL && self->import != NULL && lac_import_is_angles(first) &&
        gtk_widget_get_mapped(GTK_WIDGET(self))) {
        g_free(self->angles);
        self->angles = g_strdup(first);
        read_files(self, TRUE);
        return;
    }
    if (!lac_import_sort_files(paths, &projections, &angles, &mask))
        return;
    gtk_widget_add_css_class(self->open_button, "suggested-action");
    gtk_widget_remove_css_class(self->volume_button, "suggested-action");
    g_free(self->mask);
    self->mask = g_steal_pointer(&mask);
    set_projections(self, projections);
    if (angles == NULL)
        return;
    self->angles = g_steal_pointer(&angles);
    read_files(self, FALSE);
}
