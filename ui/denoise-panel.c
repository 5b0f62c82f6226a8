// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/denoise-panel.h"

#include "ui/latest.h"
#include "ui/number-entry.h"

#include <adwaita.h>
#include <math.h>

#define DELAY_MS 250 // of a preview, for a newer one

struct _LacDenoisePanel {
    GtkWidget parent_instance;
    GtkWidget *scroller, *noise_group, *background_group;
    AdwComboRow *method_row, *background_row;
    GtkSwitch *estimate, *normalise, *auto_threshold;
    GtkSpinButton *width, *strength, *growth;
    LacNumberEntry *gain, *offset, *read_noise, *threshold;
    GtkWidget *width_row, *strength_row, *estimate_row, *gain_row, *offset_row, *read_noise_row;
    GtkWidget *auto_threshold_row, *threshold_row, *growth_row;
    GtkLabel *info_label;
    GtkWidget *run_button, *restore_button;
    LacSession *session;
    LacLatest *worker;
    LacDenoisePreview *preview; // (nullable) of the projection that is shown
    GtkWidget *hand_row, *brush_row, *clear_button;
    GtkToggleButton *draw, *erase;
    GtkSpinButton *brush;
    LacMaskStrokes *strokes; // (nullable) that the preview is of
    LacBuffer *measured;     // (nullable) pixels that the preview is of; not owned
    gboolean updating;       // fields follow the preview, not the other way round
    gboolean is_failed;      // the last preview
};

enum {
    PREVIEW_CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacDenoisePanel, lac_denoise_panel, GTK_TYPE_WIDGET)

static const LacDenoiseMethod methods[] = { LAC_DENOISE_BM3D, LAC_DENOISE_NLM, LAC_DENOISE_GAUSSIAN,
    LAC_DENOISE_NONE };

static LacDenoiseMethod
get_method(LacDenoisePanel *self)
{
    return methods[MIN(adw_combo_row_get_selected(self->method_row), G_N_ELEMENTS(methods) - 1)];
}

static LacSeries *
get_measured(LacDenoisePanel *self)
{
    LacSeries *raw = lac_session_get_measured(self->session);
    return raw != NULL ? raw : lac_session_get_series(self->session);
}

static void
get_params(LacDenoisePanel *self, LacDenoiseParams *params)
{
    g_return_if_fail(LAC_IS_DENOISE_PANEL(self));

    lac_denoise_params_init(params);
    params->method = get_method(self);
    params->width = gtk_spin_button_get_value(self->width);
    params->strength = gtk_spin_button_get_value(self->strength);
    params->estimate = gtk_switch_get_active(self->estimate);
    params->noise.gain = lac_number_entry_get_value(self->gain);
    params->noise.offset = lac_number_entry_get_value(self->offset);
    params->noise.read_noise = lac_number_entry_get_value(self->read_noise);
    params->background = (LacBehind) adw_combo_row_get_selected(self->background_row);
    params->normalise = gtk_switch_get_active(self->normalise);
    params->mask.growth = gtk_spin_button_get_value(self->growth);
    if (!gtk_switch_get_active(self->auto_threshold))
        params->mask.threshold = lac_number_entry_get_value(self->threshold);
}

// --- what is shown

static void
show_info(LacDenoisePanel *self)
{
    if (self->preview == NULL) {
        if (!self->is_failed)
            gtk_label_set_text(self->info_label, "");
        return;
    }
    const LacDenoiseInfo *info = &self->preview->info;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "Projection %u: noise %.3g at the mean intensity, %.3g removed.",
        self->preview->projection + 1, info->sigma, info->removed);
    if (self->preview->mask != NULL)
        g_string_append_printf(text,
            " Mask of %'" G_GSIZE_FORMAT " pixels, background %.3g inside it.", info->n_mask,
            info->background);
    if (info->n_bad > 0)
        g_string_append_printf(text, " %'" G_GSIZE_FORMAT " pixels without a value were filled.",
            info->n_bad);
    gtk_label_set_text(self->info_label, text->str);
}

// Fields that are found rather than set show what was found.
static void
show_found(LacDenoisePanel *self)
{
    if (self->preview == NULL)
        return;
    const LacDenoiseInfo *info = &self->preview->info;
    self->updating = TRUE;
    if (gtk_switch_get_active(self->estimate)) {
        lac_number_entry_set_value(self->gain, info->noise.gain);
        lac_number_entry_set_value(self->offset, info->noise.offset);
        lac_number_entry_set_value(self->read_noise, info->noise.read_noise);
    }
    if (gtk_switch_get_active(self->auto_threshold) && !isnan(info->threshold))
        lac_number_entry_set_value(self->threshold, info->threshold);
    self->updating = FALSE;
}

static void
drop_preview(LacDenoisePanel *self)
{
    if (self->preview == NULL)
        return;
    g_clear_pointer(&self->preview, lac_denoise_preview_unref);
    g_signal_emit(self, signals[PREVIEW_CHANGED], 0);
}

static void
preview_done(gpointer result, const GError *error, gpointer owner)
{
    LacDenoisePanel *self = owner;
    self->is_failed = error != NULL;
    if (error != NULL) {
        drop_preview(self);
        gtk_label_set_text(self->info_label, error->message);
        return;
    }
    g_clear_pointer(&self->preview, lac_denoise_preview_unref);
    self->preview = result;
    show_found(self);
    show_info(self);
    g_signal_emit(self, signals[PREVIEW_CHANGED], 0);
}

// Asks for a preview of what is shown with the fields as they are; an older one is cancelled.
static void
request_preview(LacDenoisePanel *self, guint delay_ms)
{
    LacSeries *measured = get_measured(self);
    guint k = lac_session_get_projection(self->session);
    lac_latest_drop(self->worker);
    if (measured == NULL || k >= measured->n || !gtk_widget_get_mapped(GTK_WIDGET(self)))
        return;
    LacDenoiseParams params;
    get_params(self, &params);
    lac_latest_request(self->worker, lac_denoise_request_new(measured, k, &params, self->strokes),
        delay_ms);
}

static void
update_rows(LacDenoisePanel *self)
{
    LacDenoiseMethod method = get_method(self);
    gboolean needs_noise = method == LAC_DENOISE_BM3D || method == LAC_DENOISE_NLM;
    gboolean needs_mask = adw_combo_row_get_selected(self->background_row) != LAC_BEHIND_NONE ||
        gtk_switch_get_active(self->normalise);
    gboolean is_given = !gtk_switch_get_active(self->estimate);
    gtk_widget_set_visible(self->width_row, method == LAC_DENOISE_GAUSSIAN);
    GtkWidget *noise_rows[] = { self->strength_row, self->estimate_row, self->gain_row,
        self->offset_row, self->read_noise_row };
    for (guint i = 0; i < G_N_ELEMENTS(noise_rows); i++)
        gtk_widget_set_visible(noise_rows[i], needs_noise);
    GtkWidget *mask_rows[] = { self->auto_threshold_row, self->threshold_row, self->growth_row,
        self->hand_row, self->brush_row };
    for (guint i = 0; i < G_N_ELEMENTS(mask_rows); i++)
        gtk_widget_set_visible(mask_rows[i], needs_mask);
    gtk_widget_set_sensitive(GTK_WIDGET(self->gain), is_given);
    gtk_widget_set_sensitive(GTK_WIDGET(self->offset), is_given);
    gtk_widget_set_sensitive(GTK_WIDGET(self->read_noise), is_given);
    gtk_widget_set_sensitive(GTK_WIDGET(self->threshold),
        !gtk_switch_get_active(self->auto_threshold));
}

// How often the mask of the projection that is shown was corrected by hand.
static void
update_strokes(LacDenoisePanel *self)
{
    gsize n = lac_mask_strokes_count(self->strokes, lac_session_get_projection(self->session));
    g_autofree char *text = n == 0 ? g_strdup("drawn over the projection")
        : n == 1                   ? g_strdup("1 stroke")
                                   : g_strdup_printf("%" G_GSIZE_FORMAT " strokes", n);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(self->hand_row), text);
    gtk_widget_set_sensitive(self->clear_button, n > 0);
    gtk_widget_set_tooltip_text(self->clear_button,
        n > 0 ? "Remove the strokes from this projection" : "Nothing was drawn in this projection");
}

static void
update_buttons(LacDenoisePanel *self)
{
    gboolean busy = lac_session_get_job(self->session) != NULL;
    gboolean has_series = lac_session_get_series(self->session) != NULL;
    gboolean is_denoised = lac_session_get_measured(self->session) != NULL;
    LacDenoiseParams params;
    get_params(self, &params);
    gboolean does_something = params.method != LAC_DENOISE_NONE ||
        params.background != LAC_BEHIND_NONE || params.normalise;
    gtk_widget_set_sensitive(self->run_button, has_series && !busy && does_something);
    gtk_widget_set_tooltip_text(self->run_button,
        !has_series           ? "Open projections first"
            : busy            ? "Other work is running: see the bar below"
            : !does_something ? "Neither a method nor a background is chosen"
            : is_denoised     ? "Start again from the measured projections"
                              : "Denoise all projections; one step of undo");
    gtk_widget_set_sensitive(self->restore_button, is_denoised && !busy);
    gtk_widget_set_tooltip_text(self->restore_button,
        is_denoised ? "Show and reconstruct the projections as they were measured"
                    : "These are the projections as they were measured");
}

static void
changed_cb(LacDenoisePanel *self)
{
    if (self->updating)
        return;
    update_rows(self);
    update_buttons(self);
    request_preview(self, DELAY_MS);
}

static void
series_changed_cb(LacDenoisePanel *self)
{
    const LacSeries *measured = get_measured(self);
    LacBuffer *buffer = measured != NULL ? measured->buffer : NULL;
    update_buttons(self);
    LacMaskStrokes *strokes = lac_session_get_strokes(self->session);
    gboolean is_drawn = strokes != self->strokes;
    if (is_drawn) {
        lac_mask_strokes_unref(self->strokes);
        self->strokes = strokes != NULL ? lac_mask_strokes_ref(strokes) : NULL;
    }
    update_strokes(self);
    if (buffer == self->measured) {
        if (is_drawn)
            request_preview(self, 0);
        return;
    }
    self->measured = buffer;
    self->is_failed = FALSE;
    drop_preview(self);
    show_info(self);
    request_preview(self, DELAY_MS);
}

static void
projection_changed_cb(LacDenoisePanel *self)
{
    update_strokes(self);
    if (self->preview != NULL &&
        self->preview->projection == lac_session_get_projection(self->session))
        return;
    drop_preview(self);
    request_preview(self, DELAY_MS);
}

static void
map_cb(LacDenoisePanel *self)
{
    if (self->preview == NULL)
        request_preview(self, 0);
}

static void
unmap_cb(LacDenoisePanel *self)
{
    lac_latest_drop(self->worker);
}

/**
 * lac_denoise_panel_run:
 * @self: a panel
 *
 * Prepares all projections with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_denoise_panel_run(LacDenoisePanel *self)
{
    g_return_val_if_fail(LAC_IS_DENOISE_PANEL(self), FALSE);

    LacDenoiseParams params;
    get_params(self, &params);
    return lac_session_denoise(self->session, &params);
}

static void
run_cb(LacDenoisePanel *self)
{
    lac_denoise_panel_run(self);
}

static void
restore_cb(LacDenoisePanel *self)
{
    lac_session_restore_measured(self->session);
}

static void
clear_cb(LacDenoisePanel *self)
{
    lac_session_remove_strokes(self->session);
}

// One of the two or none.
static void
brush_cb(LacDenoisePanel *self, GtkToggleButton *button)
{
    if (gtk_toggle_button_get_active(button))
        gtk_toggle_button_set_active(button == self->draw ? self->erase : self->draw, FALSE);
}

static void
refused_cb(LacDenoisePanel *self, const char *text)
{
    lac_session_say(self->session, "“%s” is no number that fits here", text);
}

static void
lac_denoise_panel_dispose(GObject *object)
{
    LacDenoisePanel *self = LAC_DENOISE_PANEL(object);
    g_clear_pointer(&self->worker, lac_latest_free);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->strokes, lac_mask_strokes_unref);
    g_clear_pointer(&self->preview, lac_denoise_preview_unref);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_denoise_panel_parent_class)->dispose(object);
}

#define BIND_CHILD(name) gtk_widget_class_bind_template_child(widget_class, LacDenoisePanel, name)

static void
lac_denoise_panel_class_init(LacDenoisePanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_denoise_panel_dispose;
    g_type_ensure(LAC_TYPE_NUMBER_ENTRY);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/denoise-panel.ui");
    BIND_CHILD(scroller);
    BIND_CHILD(noise_group);
    BIND_CHILD(background_group);
    BIND_CHILD(method_row);
    BIND_CHILD(background_row);
    BIND_CHILD(estimate);
    BIND_CHILD(normalise);
    BIND_CHILD(auto_threshold);
    BIND_CHILD(width);
    BIND_CHILD(strength);
    BIND_CHILD(growth);
    BIND_CHILD(gain);
    BIND_CHILD(offset);
    BIND_CHILD(read_noise);
    BIND_CHILD(threshold);
    BIND_CHILD(width_row);
    BIND_CHILD(strength_row);
    BIND_CHILD(estimate_row);
    BIND_CHILD(gain_row);
    BIND_CHILD(offset_row);
    BIND_CHILD(read_noise_row);
    BIND_CHILD(auto_threshold_row);
    BIND_CHILD(threshold_row);
    BIND_CHILD(growth_row);
    BIND_CHILD(hand_row);
    BIND_CHILD(brush_row);
    BIND_CHILD(clear_button);
    BIND_CHILD(draw);
    BIND_CHILD(erase);
    BIND_CHILD(brush);
    BIND_CHILD(info_label);
    BIND_CHILD(run_button);
    BIND_CHILD(restore_button);
    signals[PREVIEW_CHANGED] = g_signal_new("preview-changed", LAC_TYPE_DENOISE_PANEL,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_denoise_panel_init(LacDenoisePanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->worker = lac_latest_new(lac_denoise_preview_run, lac_denoise_request_free,
        lac_denoise_preview_unref, preview_done, self);
    lac_number_entry_set_range(self->gain, 0.0, 1e12);
    lac_number_entry_set_range(self->offset, -1e12, 1e12);
    lac_number_entry_set_range(self->read_noise, 0.0, 1e12);
    lac_number_entry_set_range(self->threshold, -1e12, 1e12);
    LacNumberEntry *entries[] = { self->gain, self->offset, self->read_noise, self->threshold };
    for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
        lac_number_entry_set_digits(entries[i], 4);
        g_signal_connect_swapped(entries[i], "edited", G_CALLBACK(changed_cb), self);
        g_signal_connect_swapped(entries[i], "refused", G_CALLBACK(refused_cb), self);
    }
    const struct {
        gpointer from;
        const char *signal;
    } changes[] = { { self->method_row, "notify::selected" },
        { self->background_row, "notify::selected" }, { self->estimate, "notify::active" },
        { self->normalise, "notify::active" }, { self->auto_threshold, "notify::active" },
        { self->width, "value-changed" }, { self->strength, "value-changed" },
        { self->growth, "value-changed" } };
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(changes[i].from, changes[i].signal, G_CALLBACK(changed_cb), self);
    g_signal_connect_swapped(self->draw, "toggled", G_CALLBACK(brush_cb), self);
    g_signal_connect_swapped(self->erase, "toggled", G_CALLBACK(brush_cb), self);
    g_signal_connect_swapped(self->clear_button, "clicked", G_CALLBACK(clear_cb), self);
    g_signal_connect_swapped(self->run_button, "clicked", G_CALLBACK(run_cb), self);
    g_signal_connect_swapped(self->restore_button, "clicked", G_CALLBACK(restore_cb), self);
    g_signal_connect(self, "map", G_CALLBACK(map_cb), NULL);
    g_signal_connect(self, "unmap", G_CALLBACK(unmap_cb), NULL);
}

/**
 * lac_denoise_panel_new:
 * @session: whose projections are denoised; a reference is taken
 *
 * Returns: (transfer floating): the panel
 */
GtkWidget *
lac_denoise_panel_new(LacSession *session)
{
    LacDenoisePanel *self = g_object_new(LAC_TYPE_DENOISE_PANEL, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "series-changed", G_CALLBACK(series_changed_cb), self);
    g_signal_connect_swapped(session, "projection-changed", G_CALLBACK(projection_changed_cb),
        self);
    g_signal_connect_swapped(session, "job-changed", G_CALLBACK(update_buttons), self);
    update_rows(self);
    series_changed_cb(self);
    update_buttons(self);
    return GTK_WIDGET(self);
}

/**
 * lac_denoise_panel_get_preview:
 * @self: a panel
 *
 * Returns: (transfer none) (nullable): the projection that is shown as it would be
 */
const LacDenoisePreview *
lac_denoise_panel_get_preview(LacDenoisePanel *self)
{
    g_return_val_if_fail(LAC_IS_DENOISE_PANEL(self), NULL);

    return self->preview;
}

/**
 * lac_denoise_panel_get_brush:
 * @self: a panel
 * @inside: (out): whether it adds to the mask or takes away
 * @radius: (out): how thick it is [pixel]
 *
 * Returns: whether a drag over the projection draws
 */
gboolean
lac_denoise_panel_get_brush(LacDenoisePanel *self, gboolean *inside, double *radius)
{
    g_return_val_if_fail(LAC_IS_DENOISE_PANEL(self), FALSE);

    *inside = gtk_toggle_button_get_active(self->draw);
    *radius = gtk_spin_button_get_value(self->brush);
    return gtk_widget_get_visible(self->hand_row) &&
        (*inside || gtk_toggle_button_get_active(self->erase));
}
