// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/align-panel.h"

#include <adwaita.h>
#include <math.h>

struct _LacAlignPanel {
    GtkWidget parent_instance;
    GtkWidget *box, *methods, *settings, *run;
    GtkWidget *checks[LAC_ALIGN_N_METHODS], *buttons[LAC_ALIGN_N_METHODS];
    AdwActionRow *rows[LAC_ALIGN_N_METHODS];
    GtkLabel *result;
    LacAlignParams params;
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacAlignPanel, lac_align_panel, GTK_TYPE_WIDGET)

// --- results

static double
mean_of(const double *values, gsize n)
{
    double sum = 0.0;
    gsize n_used = 0;
    for (gsize k = 0; k < n; k++) {
        sum += isnan(values[k]) ? 0.0 : values[k];
        n_used += isnan(values[k]) ? 0 : 1;
    }
    return n_used > 0 ? sum / (double) n_used : (double) NAN;
}

// "moved 4.91 px rms; misfit 17.8 % to 10.6 %"
static char *
describe_step(const LacAlignment *step)
{
    const LacSeries *a = step->before, *b = step->after;
    double sum = 0.0, turn = 0.0;
    for (gsize k = 0; k < a->n; k++) {
        double du = b->shifts[k].du - a->shifts[k].du, dv = b->shifts[k].dv - a->shifts[k].dv;
        double phi = b->angles[k].phi - a->angles[k].phi;
        double theta = b->angles[k].theta - a->angles[k].theta;
        double psi = b->angles[k].psi - a->angles[k].psi;
        sum += du * du + dv * dv;
        turn += phi * phi + theta * theta + psi * psi;
    }
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "Moved %.3g px rms", sqrt(sum / (double) a->n));
    if (turn > 0.0)
        g_string_append_printf(text, ", turned %.2g° rms", sqrt(turn / (double) a->n));
    double misfit = mean_of(step->misfit_before, a->n);
    if (!isnan(misfit))
        g_string_append_printf(text, "; misfit %.1f %% to %.1f %%", 100.0 * misfit,
            100.0 * mean_of(step->misfit_after, a->n));
    if (step->method == LAC_ALIGN_AXIS)
        g_string_append_printf(text, "; axis %.2f px beside the middle, turned %.2f°",
            step->axis_offset, step->axis_rotation);
    return g_string_free(text, FALSE);
}

// What is left against the truth of a simulated particle.
static char *
describe_truth(LacAlignPanel *self, const LacSeries *series)
{
    const LacTruth *truth = lac_session_get_truth(self->session);
    if (truth == NULL || truth->n_projections != series->n)
        return NULL;
    g_autoptr(LacSeries) turned =
        lac_series_with_angles(series, truth->angles, truth->n_projections, NULL);
    g_autoptr(LacSeries) known = turned != NULL
        ? lac_series_with_shifts(turned, truth->shifts, truth->n_projections, NULL)
        : NULL;
    g_autoptr(LacAlignDifference) d = known != NULL ? lac_align_compare(series, known, NULL) : NULL;
    return d == NULL ? NULL
                     : g_strdup_printf("Against the truth: %.2f px across, %.2f px along the axis; "
                                       "%.2f°, %.2f°, %.2f° about beam, axis and third axis (rms)",
                           d->rms_across, d->rms_along, d->rms_phi, d->rms_theta, d->rms_psi);
}

static void
show_results(LacAlignPanel *self)
{
    const LacSeries *series = lac_session_get_series(self->session);
    GPtrArray *steps = lac_session_get_alignments(self->session);
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++)
        adw_action_row_set_subtitle(self->rows[i], lac_align_get_info(i)->description);
    for (guint i = 0; steps != NULL && i < steps->len; i++) {
        const LacAlignment *step = steps->pdata[i];
        g_autofree char *text = describe_step(step);
        adw_action_row_set_subtitle(self->rows[step->method], text);
    }
    g_autofree char *truth = series != NULL ? describe_truth(self, series) : NULL;
    gtk_label_set_text(self->result, truth != NULL ? truth : "");
    gtk_widget_set_visible(GTK_WIDGET(self->result), truth != NULL);
}

// --- running

static gboolean
start(LacAlignPanel *self, const LacAlignMethod *methods, guint n)
{
    if (n > 0)
        return lac_session_align(self->session, methods, n, &self->params);
    lac_session_say(self->session, "Tick at least one way to align.");
    return FALSE;
}

/**
 * lac_align_panel_run:
 * @self: a panel
 *
 * Aligns by all methods that are ticked, from the top down.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_align_panel_run(LacAlignPanel *self)
{
    g_return_val_if_fail(LAC_IS_ALIGN_PANEL(self), FALSE);

    LacAlignMethod methods[LAC_ALIGN_N_METHODS];
    guint n = 0;
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++)
        if (gtk_check_button_get_active(GTK_CHECK_BUTTON(self->checks[i])))
            methods[n++] = (LacAlignMethod) i;
    return start(self, methods, n);
}

static void
run_cb(LacAlignPanel *self)
{
    lac_align_panel_run(self);
}

static void
run_one_cb(GtkWidget *button, LacAlignPanel *self)
{
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++) {
        LacAlignMethod method = (LacAlignMethod) i;
        if (self->buttons[i] == button)
            start(self, &method, 1);
    }
}

static void
update(LacAlignPanel *self)
{
    gboolean busy = lac_session_get_job(self->session) != NULL;
    gboolean has_series = lac_session_get_series(self->session) != NULL;
    const char *why = !has_series ? "Open projections first"
        : busy                    ? "Other work is running: see the bar below"
                                  : NULL;
    gtk_widget_set_sensitive(self->run, why == NULL);
    gtk_widget_set_tooltip_text(self->run,
        why != NULL ? why : "Do what is ticked, from the top down, as one step (Ctrl+R)");
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++) {
        gtk_widget_set_sensitive(self->buttons[i], why == NULL);
        g_autofree char *only =
            g_strdup_printf("Only this: %s", lac_align_get_info(i)->description);
        gtk_widget_set_tooltip_text(self->buttons[i], why != NULL ? why : only);
    }
    show_results(self);
}

// --- construction

static void
add_method(LacAlignPanel *self, LacAlignMethod method)
{
    const LacAlignInfo *info = lac_align_get_info(method);
    GtkWidget *row = adw_action_row_new();
    GtkWidget *check = gtk_check_button_new();
    GtkWidget *button = gtk_button_new_from_icon_name("media-playback-start-symbolic");
    gboolean is_usual = method == LAC_ALIGN_COMMON_LINE || method == LAC_ALIGN_CENTRE_OF_MASS ||
        method == LAC_ALIGN_REPROJECTION || method == LAC_ALIGN_ANGLES;
    gtk_check_button_set_active(GTK_CHECK_BUTTON(check), is_usual);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), info->title);
    gtk_widget_set_tooltip_text(row, info->description);
    g_autofree char *tick = g_strdup_printf("%s is part of the alignment", info->title);
    g_autofree char *only = g_strdup_printf("%s only", info->title);
    gtk_widget_set_tooltip_text(check, tick);
    gtk_accessible_update_property(GTK_ACCESSIBLE(check), GTK_ACCESSIBLE_PROPERTY_LABEL, tick, -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, only, -1);
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(button, "flat");
    adw_action_row_add_prefix(ADW_ACTION_ROW(row), check);
    adw_action_row_add_suffix(ADW_ACTION_ROW(row), button);
    adw_action_row_set_activatable_widget(ADW_ACTION_ROW(row), check);
    g_signal_connect_object(button, "clicked", G_CALLBACK(run_one_cb), self, 0);
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(self->methods), row);
    self->checks[method] = check;
    self->buttons[method] = button;
    self->rows[method] = ADW_ACTION_ROW(row);
}

static gpointer
member_of(LacAlignPanel *self, gpointer control)
{
    const LacSetting *setting = g_object_get_data(G_OBJECT(control), "lac-setting");
    return G_STRUCT_MEMBER_P(&self->params, setting->offset);
}

static void
spin_cb(GtkSpinButton *spin, LacAlignPanel *self)
{
    const LacSetting *setting = g_object_get_data(G_OBJECT(spin), "lac-setting");
    gpointer member = member_of(self, spin);
    if (setting->type == LAC_SETTING_UINT)
        *(guint *) member = (guint) gtk_spin_button_get_value_as_int(spin);
    else
        *(double *) member = gtk_spin_button_get_value(spin);
}

static void
switch_cb(GtkSwitch *toggle, GParamSpec *property, LacAlignPanel *self)
{
    (void) property;
    *(gboolean *) member_of(self, toggle) = gtk_switch_get_active(toggle);
}

static GtkWidget *
make_control(LacAlignPanel *self, const LacSetting *setting)
{
    gpointer member = G_STRUCT_MEMBER_P(&self->params, setting->offset);
    GtkWidget *control;
    if (setting->type == LAC_SETTING_BOOLEAN) {
        control = gtk_switch_new();
        gtk_switch_set_active(GTK_SWITCH(control), *(gboolean *) member);
        g_signal_connect_object(control, "notify::active", G_CALLBACK(switch_cb), self, 0);
    }
    else {
        gboolean is_whole = setting->type == LAC_SETTING_UINT;
        double step = is_whole ? 1.0 : 0.5;
        control = gtk_spin_button_new_with_range(setting->min, setting->max, step);
        gtk_spin_button_set_digits(GTK_SPIN_BUTTON(control), is_whole ? 0 : 1);
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(control),
            is_whole ? (double) *(guint *) member : *(double *) member);
        gtk_editable_set_width_chars(GTK_EDITABLE(control), 5);
        g_signal_connect_object(control, "value-changed", G_CALLBACK(spin_cb), self, 0);
    }
    g_object_set_data(G_OBJECT(control), "lac-setting", (gpointer) (guintptr) setting);
    gtk_widget_set_valign(control, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(control, setting->help);
    gtk_accessible_update_property(GTK_ACCESSIBLE(control), GTK_ACCESSIBLE_PROPERTY_LABEL,
        setting->title, -1);
    return control;
}

static void
add_settings(LacAlignPanel *self)
{
    LacSettings table = lac_align_settings();
    self->settings = adw_expander_row_new();
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self->settings), "Settings");
    gtk_widget_set_tooltip_text(self->settings, "How far is looked, and what may change");
    for (gsize i = 0; i < table.n; i++) {
        const LacSetting *setting = &table.settings[i];
        GtkWidget *row = adw_action_row_new(), *control = make_control(self, setting);
        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), setting->title);
        const char *unit = setting->unit == NULL ? NULL
            : g_str_equal(setting->unit, "deg")  ? "°"
                                                 : setting->unit;
        if (unit != NULL)
            adw_action_row_set_subtitle(ADW_ACTION_ROW(row), unit);
        gtk_widget_set_tooltip_text(row, setting->help);
        adw_action_row_add_suffix(ADW_ACTION_ROW(row), control);
        adw_action_row_set_activatable_widget(ADW_ACTION_ROW(row), control);
        adw_expander_row_add_row(ADW_EXPANDER_ROW(self->settings), row);
    }
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(self->methods), self->settings);
}

static void
lac_align_panel_dispose(GObject *object)
{
    LacAlignPanel *self = LAC_ALIGN_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_align_panel_parent_class)->dispose(object);
}

static void
lac_align_panel_class_init(LacAlignPanelClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_align_panel_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lac_align_panel_init(LacAlignPanel *self)
{
    lac_align_params_init(&self->params);
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 10);
    gtk_widget_add_css_class(self->box, "compact");
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    self->methods = adw_preferences_group_new();
    adw_preferences_group_set_title(ADW_PREFERENCES_GROUP(self->methods), "Align");
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++)
        add_method(self, (LacAlignMethod) i);
    add_settings(self);
    gtk_box_append(GTK_BOX(self->box), self->methods);
    self->run = gtk_button_new_with_mnemonic("_Align");
    gtk_widget_add_css_class(self->run, "suggested-action");
    g_signal_connect_swapped(self->run, "clicked", G_CALLBACK(run_cb), self);
    gtk_box_append(GTK_BOX(self->box), self->run);
    self->result = GTK_LABEL(gtk_label_new(""));
    gtk_label_set_xalign(self->result, 0.0f);
    gtk_label_set_wrap(self->result, TRUE);
    gtk_label_set_max_width_chars(self->result, 40);
    gtk_widget_add_css_class(GTK_WIDGET(self->result), "caption");
    gtk_widget_add_css_class(GTK_WIDGET(self->result), "numeric");
    gtk_box_append(GTK_BOX(self->box), GTK_WIDGET(self->result));
}

/**
 * lac_align_panel_new:
 * @session: whose projections it aligns; the panel takes a reference
 *
 * Returns: (transfer floating): the panel
 */
GtkWidget *
lac_align_panel_new(LacSession *session)
{
    static const char *const changes[] = { "series-changed", "job-changed", "file-changed" };
    LacAlignPanel *self = g_object_new(LAC_TYPE_ALIGN_PANEL, NULL);
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(session, changes[i], G_CALLBACK(update), self);
    update(self);
    return GTK_WIDGET(self);
}
