// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setting-row.h"

#include "ui/file-dialog.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#define SETTING_KEY "lac-setting"
#define CONTROL_KEY "lac-control"
#define STATE_KEY   "lac-row-state"

typedef struct {
    LacSettingRowChanged changed;
    gpointer data;
    gboolean is_loading;
} RowState;

static void
changed_cb(GtkWidget *row)
{
    const RowState *state = g_object_get_data(G_OBJECT(row), STATE_KEY);
    if (!state->is_loading && state->changed != NULL)
        state->changed(state->data);
}

static gboolean
is_file(const LacSetting *setting)
{
    return g_str_equal(setting->key, "model") || g_str_equal(setting->key, "angles");
}

// Digits and steps that suit the range.
static GtkWidget *
make_spin(const LacSetting *setting)
{
    gboolean is_whole = setting->type == LAC_SETTING_UINT;
    double step = is_whole     ? 1.0
        : setting->max <= 1.0  ? 0.005
        : setting->max <= 10.0 ? 0.05
        : setting->max <= 1e3  ? 0.5
                               : 1e4;
    guint digits = is_whole || setting->max > 1e3 ? 0
        : setting->max <= 1.0                     ? 4
        : setting->max <= 25.0                    ? 3
                                                  : 1;
    GtkAdjustment *adjustment =
        gtk_adjustment_new(setting->min, setting->min, setting->max, step, 10.0 * step, 0.0);
    GtkWidget *spin = gtk_spin_button_new(adjustment, step, digits);
    gtk_editable_set_width_chars(GTK_EDITABLE(spin), setting->max > 1e5 ? 10 : 7);
    gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(spin), TRUE);
    return spin;
}

static void
show_file(GtkWidget *button, const char *path)
{
    g_autofree char *name = path != NULL ? g_filename_display_basename(path) : NULL;
    gtk_button_set_label(GTK_BUTTON(button), name != NULL ? name : "Choose…");
    gtk_widget_set_tooltip_text(button, path);
    g_object_set_data_full(G_OBJECT(button), "lac-path", g_strdup(path), g_free);
}

static void
file_chosen(gpointer source, GPtrArray *paths)
{
    GtkWidget *row = source;
    // Dismissed: what was chosen goes, so that there is a way back to none.
    show_file(g_object_get_data(G_OBJECT(row), CONTROL_KEY),
        paths->len > 0 ? g_ptr_array_index(paths, 0) : NULL);
    changed_cb(row);
}

static void
choose_cb(GtkWidget *row)
{
    const LacFileDialog dialog = {
        .title = lac_setting_row_get_setting(row)->title,
        .action = GTK_FILE_CHOOSER_ACTION_OPEN,
    };
    lac_file_dialog_show(&dialog, row, row, file_chosen);
}

static GtkWidget *
make_control(const LacSetting *setting, GtkWidget *row)
{
    GtkWidget *control = NULL;
    const char *signal = "changed";
    switch (setting->type) {
    case LAC_SETTING_DOUBLE:
    case LAC_SETTING_UINT:
        control = make_spin(setting);
        signal = "value-changed";
        break;
    case LAC_SETTING_BOOLEAN:
        control = gtk_switch_new();
        signal = "notify::active";
        break;
    case LAC_SETTING_TEXT:
        if (is_file(setting)) {
            control = gtk_button_new_with_label("Choose…");
            g_signal_connect_swapped(control, "clicked", G_CALLBACK(choose_cb), row);
            return control;
        }
        control = gtk_entry_new();
        break;
    case LAC_SETTING_UINT64: control = gtk_entry_new(); break;
    case LAC_SETTING_CHOICE:
    default: g_return_val_if_reached(NULL);
    }
    if (GTK_IS_ENTRY(control))
        gtk_editable_set_width_chars(GTK_EDITABLE(control), 10);
    g_signal_connect_swapped(control, signal, G_CALLBACK(changed_cb), row);
    return control;
}

static GtkWidget *
make_combo(const LacSetting *setting, const char *const *titles)
{
    GtkWidget *row = adw_combo_row_new();
    g_autoptr(GtkStringList) list = gtk_string_list_new(titles != NULL ? titles : setting->choices);
    adw_combo_row_set_model(ADW_COMBO_ROW(row), G_LIST_MODEL(list));
    g_signal_connect(row, "notify::selected", G_CALLBACK(changed_cb), NULL);
    return row;
}

/**
 * lac_setting_row_new:
 * @setting: a parameter
 * @titles: (nullable): NULL-terminated words for its choices, else those of the table
 * @changed: (nullable): called when the user changed the value
 * @data: for @changed; must outlive the row
 *
 * Returns: (transfer floating): a row with a control that suits the parameter
 */
GtkWidget *
lac_setting_row_new(const LacSetting *setting, const char *const *titles,
    LacSettingRowChanged changed, gpointer data)
{
    gboolean is_choice = setting->type == LAC_SETTING_CHOICE;
    GtkWidget *row = is_choice ? make_combo(setting, titles) : adw_action_row_new();
    RowState *state = g_new0(RowState, 1);
    *state = (RowState){ changed, data, FALSE };
    g_object_set_data_full(G_OBJECT(row), STATE_KEY, state, g_free);
    g_object_set_data(G_OBJECT(row), SETTING_KEY, (gpointer) (gsize) setting);
    adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), setting->title);
    g_autofree char *subtitle = setting->unit != NULL
        ? g_strdup_printf("%s; %s", setting->unit, setting->help)
        : g_strdup(setting->help);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
    if (is_choice)
        return row;
    GtkWidget *control = make_control(setting, row);
    gtk_widget_set_valign(control, GTK_ALIGN_CENTER);
    gtk_accessible_update_property(GTK_ACCESSIBLE(control), GTK_ACCESSIBLE_PROPERTY_LABEL,
        setting->title, -1);
    adw_action_row_add_suffix(ADW_ACTION_ROW(row), control);
    adw_action_row_set_activatable_widget(ADW_ACTION_ROW(row), control);
    g_object_set_data(G_OBJECT(row), CONTROL_KEY, control);
    return row;
}

/**
 * lac_setting_row_get_setting:
 * @row: a row
 *
 * Returns: (transfer none): the parameter that it shows
 */
const LacSetting *
lac_setting_row_get_setting(GtkWidget *row)
{
    return g_object_get_data(G_OBJECT(row), SETTING_KEY);
}

/**
 * lac_setting_row_load:
 * @row: a row
 * @params: the struct that holds the parameter
 *
 * Shows its value.
 */
void
lac_setting_row_load(GtkWidget *row, gconstpointer params)
{
    const LacSetting *setting = lac_setting_row_get_setting(row);
    RowState *state = g_object_get_data(G_OBJECT(row), STATE_KEY);
    GtkWidget *control = g_object_get_data(G_OBJECT(row), CONTROL_KEY);
    gconstpointer member = (const guint8 *) params + setting->offset;
    g_autofree char *text = lac_setting_dup_text(setting, params);
    state->is_loading = TRUE;
    switch (setting->type) {
    case LAC_SETTING_DOUBLE:
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(control), *(const double *) member);
        break;
    case LAC_SETTING_UINT:
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(control), *(const guint *) member);
        break;
    case LAC_SETTING_BOOLEAN:
        gtk_switch_set_active(GTK_SWITCH(control), *(const gboolean *) member);
        break;
    case LAC_SETTING_CHOICE:
        adw_combo_row_set_selected(ADW_COMBO_ROW(row), (guint) * (const gint *) member);
        break;
    case LAC_SETTING_TEXT:
        if (is_file(setting)) {
            show_file(control, *text != '\0' ? text : NULL);
            break;
        }
        G_GNUC_FALLTHROUGH;
    case LAC_SETTING_UINT64: gtk_editable_set_text(GTK_EDITABLE(control), text); break;
    default: break;
    }
    state->is_loading = FALSE;
}

/**
 * lac_setting_row_store:
 * @row: a row
 * @params: the struct that holds the parameter, which is set
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when what was typed is no value
 */
gboolean
lac_setting_row_store(GtkWidget *row, gpointer params, GError **error)
{
    const LacSetting *setting = lac_setting_row_get_setting(row);
    GtkWidget *control = g_object_get_data(G_OBJECT(row), CONTROL_KEY);
    gpointer member = G_STRUCT_MEMBER_P(params, setting->offset);
    switch (setting->type) {
    case LAC_SETTING_DOUBLE:
        *(double *) member = gtk_spin_button_get_value(GTK_SPIN_BUTTON(control));
        return TRUE;
    case LAC_SETTING_UINT:
        *(guint *) member = (guint) gtk_spin_button_get_value(GTK_SPIN_BUTTON(control));
        return TRUE;
    case LAC_SETTING_BOOLEAN:
        *(gboolean *) member = gtk_switch_get_active(GTK_SWITCH(control));
        return TRUE;
    case LAC_SETTING_CHOICE:
        *(gint *) member = (gint) adw_combo_row_get_selected(ADW_COMBO_ROW(row));
        return TRUE;
    case LAC_SETTING_TEXT:
        if (is_file(setting)) {
            const char *path = g_object_get_data(G_OBJECT(control), "lac-path");
            return lac_setting_parse(setting, params, path != NULL ? path : "", error);
        }
        G_GNUC_FALLTHROUGH;
    case LAC_SETTING_UINT64: {
        g_autofree char *text = g_strdup(gtk_editable_get_text(GTK_EDITABLE(control)));
        return lac_setting_parse(setting, params, g_strstrip(text), error);
    }
    default: g_return_val_if_reached(FALSE);
    }
}
