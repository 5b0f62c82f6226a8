// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/simulate-dialog.h"

#include "ui/setting-row.h"

#include <math.h>

struct _LacSimulateDialog {
    AdwWindow parent_instance;
    GtkWidget *cancel_button, *simulate_button;
    AdwPreferencesPage *particle_page, *images_page;
    GtkLabel *summary_label;
    AdwPreferencesGroup *structure_group;
    GPtrArray *model_rows, *camera_rows;
    LacSimulateParams params;
    gboolean is_loading;
};

G_DEFINE_FINAL_TYPE(LacSimulateDialog, lac_simulate_dialog, ADW_TYPE_WINDOW)

enum {
    SIMULATE,
    N_SIGNALS,
};

static guint signals[N_SIGNALS];

// Groups of parameters; what no group names goes into the last of the particle.
typedef struct {
    const char *title, *description;
    const char *const *keys;
} Group;

static const char *const particle_keys[] = { "preset", "model", "atoms", "species", "shell-species",
    "seed", NULL };
static const char *const series_keys[] = { "tilts", "max-tilt", "angles", "size", "pixel-size",
    NULL };
static const char *const dose_keys[] = { "dose", "cross-section", "contrast", "probe", "thermal",
    "thermal-species", NULL };
static const char *const error_keys[] = { "shift", "tilt-error", "axis-error", "jitter",
    "convergence", "defocus-spread", "read-noise", "background", "background-level",
    "film-thickness", "image-seed", NULL };

static const Group image_groups[] = {
    { "Tilt Series", NULL, series_keys },
    { "Dose and Contrast", NULL, dose_keys },
    { "What Is Not Perfect", "The truth knows the true angles and shifts", error_keys },
};

static const char *const background_titles[] = { "None", "Constant", "Slope", "Carbon film", NULL };
static const char *const core_titles[] = { "Face-centred cubic", "Hexagonal close-packed", NULL };
static const char *const order_titles[] = { "Random", "Alternating planes", NULL };

static gboolean
store_rows(GPtrArray *rows, gpointer params, GError **error)
{
    for (guint i = 0; i < rows->len; i++)
        if (!lac_setting_row_store(rows->pdata[i], params, error))
            return FALSE;
    return TRUE;
}

static void
load_rows(LacSimulateDialog *self)
{
    self->is_loading = TRUE;
    for (guint i = 0; i < self->model_rows->len; i++)
        lac_setting_row_load(self->model_rows->pdata[i], &self->params.model);
    for (guint i = 0; i < self->camera_rows->len; i++)
        lac_setting_row_load(self->camera_rows->pdata[i], &self->params.camera);
    self->is_loading = FALSE;
}

static void
show_rows_of_kind(LacSimulateDialog *self)
{
    LacModelKind kind = (LacModelKind) self->params.model.kind;
    for (guint i = 0; i < self->model_rows->len; i++) {
        GtkWidget *row = self->model_rows->pdata[i];
        gtk_widget_set_visible(row, lac_model_uses(kind, lac_setting_row_get_setting(row)->key));
    }
    gtk_widget_set_visible(GTK_WIDGET(self->structure_group), kind != LAC_MODEL_FILE);
}

static void
summarise(LacSimulateDialog *self, const GError *error)
{
    const LacModelParams *model = &self->params.model;
    const LacCameraParams *camera = &self->params.camera;
    if (error != NULL) {
        gtk_label_set_text(self->summary_label, error->message);
        return;
    }
    if (model->kind == LAC_MODEL_FILE && model->file == NULL) {
        gtk_label_set_text(self->summary_label, "Choose a file of atoms");
        return;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    if (model->kind != LAC_MODEL_FILE)
        g_string_append_printf(text, "About %'u atoms. ", model->n_atoms);
    if (camera->angle_file == NULL && camera->dose > 0.0) {
        double dose = camera->dose / camera->n_tilts;
        g_string_append_printf(text,
            "Each of %u projections gets %'.0f electrons/Å²; a Zr atom sends %.3g of them to the "
            "detector.",
            camera->n_tilts, dose, dose * camera->cross_section);
    }
    else if (camera->dose == 0.0) {
        g_string_append(text, "Projections without noise.");
    }
    gtk_label_set_text(self->summary_label, text->str);
}

static void
update(LacSimulateDialog *self)
{
    g_autoptr(GError) error = NULL;
    gboolean good = store_rows(self->model_rows, &self->params.model, &error) &&
        store_rows(self->camera_rows, &self->params.camera, &error);
    gboolean lacks_file =
        self->params.model.kind == LAC_MODEL_FILE && self->params.model.file == NULL;
    gtk_widget_set_sensitive(self->simulate_button, good && !lacks_file);
    summarise(self, error);
}

// Another kind of particle starts from its own defaults.
static void
changed_cb(gpointer data)
{
    LacSimulateDialog *self = data;
    if (self->is_loading)
        return;
    gint old = self->params.model.kind;
    update(self);
    gint kind = self->params.model.kind;
    if (kind == old)
        return;
    guint64 seed = self->params.model.seed;
    lac_model_params_clear(&self->params.model);
    lac_model_params_init(&self->params.model, (LacModelKind) kind);
    self->params.model.seed = seed;
    load_rows(self);
    show_rows_of_kind(self);
    update(self);
}

static const char *const *
titles_of(LacSimulateDialog *self, const char *key)
{
    if (g_str_equal(key, "background"))
        return background_titles;
    if (g_str_equal(key, "core"))
        return core_titles;
    if (g_str_equal(key, "order"))
        return order_titles;
    if (!g_str_equal(key, "preset"))
        return NULL;
    const char **titles = g_new0(const char *, LAC_N_MODELS + 1);
    for (guint k = 0; k < LAC_N_MODELS; k++)
        titles[k] = lac_model_get_info((LacModelKind) k)->title;
    g_object_set_data_full(G_OBJECT(self), "lac-titles", titles, g_free);
    return titles;
}

static AdwPreferencesGroup *
add_group(AdwPreferencesPage *page, const char *title, const char *description)
{
    GtkWidget *group = adw_preferences_group_new();
    adw_preferences_group_set_title(ADW_PREFERENCES_GROUP(group), title);
    adw_preferences_group_set_description(ADW_PREFERENCES_GROUP(group), description);
    gtk_widget_add_css_class(group, "compact");
    adw_preferences_page_add(page, ADW_PREFERENCES_GROUP(group));
    return ADW_PREFERENCES_GROUP(group);
}

static void
add_row(LacSimulateDialog *self, AdwPreferencesGroup *group, GPtrArray *rows,
    const LacSetting *setting)
{
    GtkWidget *row = lac_setting_row_new(setting, titles_of(self, setting->key), changed_cb, self);
    adw_preferences_group_add(group, row);
    g_ptr_array_add(rows, row);
}

static void
add_rows(LacSimulateDialog *self)
{
    LacSettings model = lac_model_settings(), camera = lac_camera_settings();
    AdwPreferencesGroup *particle = add_group(self->particle_page, "Particle", NULL);
    for (guint k = 0; particle_keys[k] != NULL; k++)
        add_row(self, particle, self->model_rows, lac_settings_find(model, particle_keys[k]));
    self->structure_group = add_group(self->particle_page, "Structure", NULL);
    for (gsize i = 0; i < model.n; i++)
        if (!g_strv_contains(particle_keys, model.settings[i].key))
            add_row(self, self->structure_group, self->model_rows, &model.settings[i]);
    for (guint g = 0; g < G_N_ELEMENTS(image_groups); g++) {
        const Group *info = &image_groups[g];
        AdwPreferencesGroup *group = add_group(self->images_page, info->title, info->description);
        for (guint k = 0; info->keys[k] != NULL; k++)
            add_row(self, group, self->camera_rows, lac_settings_find(camera, info->keys[k]));
    }
}

static void
simulate_cb(LacSimulateDialog *self)
{
    update(self);
    if (!gtk_widget_get_sensitive(self->simulate_button))
        return;
    gtk_window_close(GTK_WINDOW(self));
    g_signal_emit(self, signals[SIMULATE], 0);
}

static gboolean
escape_cb(GtkWidget *widget, GVariant *args, gpointer data)
{
    (void) args;
    (void) data;
    gtk_window_close(GTK_WINDOW(widget));
    return TRUE;
}

static void
lac_simulate_dialog_dispose(GObject *object)
{
    LacSimulateDialog *self = LAC_SIMULATE_DIALOG(object);
    g_clear_pointer(&self->model_rows, g_ptr_array_unref);
    g_clear_pointer(&self->camera_rows, g_ptr_array_unref);
    lac_simulate_params_clear(&self->params);
    G_OBJECT_CLASS(lac_simulate_dialog_parent_class)->dispose(object);
}

static void
lac_simulate_dialog_class_init(LacSimulateDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_simulate_dialog_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/simulate-dialog.ui");
    gtk_widget_class_bind_template_child(widget_class, LacSimulateDialog, cancel_button);
    gtk_widget_class_bind_template_child(widget_class, LacSimulateDialog, simulate_button);
    gtk_widget_class_bind_template_child(widget_class, LacSimulateDialog, particle_page);
    gtk_widget_class_bind_template_child(widget_class, LacSimulateDialog, images_page);
    gtk_widget_class_bind_template_child(widget_class, LacSimulateDialog, summary_label);
    gtk_widget_class_add_binding(widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
    signals[SIMULATE] = g_signal_new("simulate", LAC_TYPE_SIMULATE_DIALOG, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_simulate_dialog_init(LacSimulateDialog *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    gtk_window_set_hide_on_close(GTK_WINDOW(self), TRUE);
    lac_simulate_params_init(&self->params, LAC_MODEL_ZR_ZRO2);
    self->model_rows = g_ptr_array_new();
    self->camera_rows = g_ptr_array_new();
    add_rows(self);
    load_rows(self);
    show_rows_of_kind(self);
    update(self);
    g_signal_connect_swapped(self->cancel_button, "clicked", G_CALLBACK(gtk_window_close), self);
    g_signal_connect_swapped(self->simulate_button, "clicked", G_CALLBACK(simulate_cb), self);
}

/**
 * lac_simulate_dialog_new:
 * @parent: the window that it belongs to and goes with
 *
 * Returns: the dialog, hidden; it keeps what was chosen from one time to the next
 */
GtkWidget *
lac_simulate_dialog_new(GtkWindow *parent)
{
    return g_object_new(LAC_TYPE_SIMULATE_DIALOG, "transient-for", parent, "destroy-with-parent",
        TRUE, NULL);
}

/**
 * lac_simulate_dialog_get_params:
 * @self: a dialog
 *
 * Returns: (transfer none): what was chosen
 */
const LacSimulateParams *
lac_simulate_dialog_get_params(LacSimulateDialog *self)
{
    return &self->params;
}
