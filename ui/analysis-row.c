// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/analysis-row.h"

#include "ui/fact-list.h"
#include "ui/param-row.h"

static const struct {
    const char *text, *icon, *css;
} states[] = {
    [LAC_ANALYSIS_STATE_NOT_RUN] = { "not run", "radio-symbolic", "dim-label" },
    [LAC_ANALYSIS_STATE_RUNNING] = { "running", "media-playback-start-symbolic", "accent" },
    [LAC_ANALYSIS_STATE_DONE] = { "done", "emblem-ok-symbolic", "success" },
    [LAC_ANALYSIS_STATE_UNDEFINED] = { "undefined", "action-unavailable-symbolic", "dim-label" },
    [LAC_ANALYSIS_STATE_STALE] = { "stale", "dialog-warning-symbolic", "warning" },
};

struct _LacAnalysisRow {
    AdwExpanderRow parent_instance;
    LacSession *session;
    const LacAnalysisInfo *info;
    GtkWidget *icon, *run;
    GtkWidget *facts, *problem; // NULL until unfolded
    GPtrArray *params;          // of LacParamRow
    LacAnalysis *shown;         // (nullable) whose numbers the facts are
    LacAnalysisState state;
};

G_DEFINE_FINAL_TYPE(LacAnalysisRow, lac_analysis_row, ADW_TYPE_EXPANDER_ROW)

static void
run_cb(LacAnalysisRow *self)
{
    lac_session_analyse(self->session, LAC_ANALYSIS_BIT(self->info->node));
}

static void
edited_cb(LacParamRow *row, double value, LacAnalysisRow *self)
{
    LacAnalysisParams params = *lac_session_get_analysis_params(self->session);
    g_autoptr(GError) error = NULL;
    if (lac_param_set(lac_param_row_get_info(row), &params, value, &error))
        lac_session_set_analysis_params(self->session, &params);
    else
        gtk_widget_error_bell(GTK_WIDGET(row));
}

static void
show_facts(LacAnalysisRow *self)
{
    LacAnalysis *analysis = lac_session_get_analysis(self->session);
    const char *problem = analysis != NULL ? analysis->why[self->info->node] : NULL;
    gtk_widget_set_visible(self->problem, problem != NULL);
    if (problem != NULL) {
        g_autofree char *text = g_strdup_printf("Undefined for these atoms: %s", problem);
        gtk_label_set_text(GTK_LABEL(self->problem), text);
    }
    if (analysis == self->shown)
        return;
    g_clear_pointer(&self->shown, lac_analysis_unref);
    lac_fact_list_clear(LAC_FACT_LIST(self->facts));
    if (analysis == NULL)
        return;
    self->shown = lac_analysis_ref(analysis);
    g_autoptr(LacReport) report =
        lac_analysis_report(analysis, LAC_ANALYSIS_BIT(self->info->node), FALSE);
    const LacReportSection *section = lac_report_find(report, self->info->id);
    for (guint i = 0; section != NULL && i < section->items->len; i++) {
        const LacReportItem *item = g_ptr_array_index(section->items, i);
        g_autofree char *value = lac_report_item_dup_text(item);
        g_autofree char *text =
            *item->unit != '\0' ? g_strdup_printf("%s %s", value, item->unit) : g_strdup(value);
        lac_fact_list_add(LAC_FACT_LIST(self->facts), item->title, text, item->definition);
    }
}

static void
add_content(LacAnalysisRow *self, GtkWidget *child)
{
    GtkWidget *row = gtk_list_box_row_new();
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), child);
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    gtk_widget_set_focusable(row, FALSE);
    gtk_widget_add_css_class(child, "facts");
    adw_expander_row_add_row(ADW_EXPANDER_ROW(self), row);
}

static GtkWidget *
make_text(const char *text, const char *css)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_widget_add_css_class(label, "caption");
    gtk_widget_add_css_class(label, css);
    return label;
}

static GtkWidget *
make_definition(const LacAnalysisInfo *info)
{
    GtkWidget *button = gtk_menu_button_new(), *popover = gtk_popover_new();
    GtkWidget *label = gtk_label_new(info->definition);
    g_autofree char *name = g_strdup_printf("How %s is defined", info->title);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 48);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_selectable(GTK_LABEL(label), TRUE);
    gtk_popover_set_child(GTK_POPOVER(popover), label);
    gtk_menu_button_set_popover(GTK_MENU_BUTTON(button), popover);
    gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "help-about-symbolic");
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_set_tooltip_text(button, "How it is defined");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    return button;
}

// Rows cost time: they are made when somebody wants to see them.
static void
unfold(LacAnalysisRow *self)
{
    LacAnalysisParams usual;
    lac_analysis_params_init(&usual);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    self->problem = make_text("", "warning");
    self->facts = lac_fact_list_new();
    gtk_box_append(GTK_BOX(box), self->problem);
    gtk_box_append(GTK_BOX(box), self->facts);
    add_content(self, box);
    for (guint i = 0; i < self->info->n_params; i++) {
        const LacParamInfo *param = &self->info->params[i];
        GtkWidget *row = lac_param_row_new(param, lac_param_get(param, &usual));
        g_signal_connect_object(row, "edited", G_CALLBACK(edited_cb), self, 0);
        adw_expander_row_add_row(ADW_EXPANDER_ROW(self), row);
        g_ptr_array_add(self->params, row);
    }
}

static void
expanded_cb(LacAnalysisRow *self)
{
    if (!adw_expander_row_get_expanded(ADW_EXPANDER_ROW(self)))
        return;
    if (self->facts == NULL)
        unfold(self);
    lac_analysis_row_update(self);
}

static void
lac_analysis_row_dispose(GObject *object)
{
    LacAnalysisRow *self = LAC_ANALYSIS_ROW(object);
    g_clear_object(&self->session);
    g_clear_pointer(&self->shown, lac_analysis_unref);
    g_clear_pointer(&self->params, g_ptr_array_unref);
    G_OBJECT_CLASS(lac_analysis_row_parent_class)->dispose(object);
}

static void
lac_analysis_row_class_init(LacAnalysisRowClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_analysis_row_dispose;
}

static void
lac_analysis_row_init(LacAnalysisRow *self)
{
    self->params = g_ptr_array_new();
    self->icon = gtk_image_new();
    adw_expander_row_add_prefix(ADW_EXPANDER_ROW(self), self->icon);
    self->run = gtk_button_new_from_icon_name("media-playback-start-symbolic");
    gtk_widget_set_valign(self->run, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(self->run, "flat");
    g_signal_connect_swapped(self->run, "clicked", G_CALLBACK(run_cb), self);
    g_signal_connect(self, "notify::expanded", G_CALLBACK(expanded_cb), NULL);
}

/**
 * lac_analysis_row_new:
 * @session: whose atoms are analysed
 * @info: the analysis, from the table
 *
 * Returns: (transfer floating): a row, folded
 */
GtkWidget *
lac_analysis_row_new(LacSession *session, const LacAnalysisInfo *info)
{
    LacAnalysisRow *self = g_object_new(LAC_TYPE_ANALYSIS_ROW, NULL);
    g_autofree char *run = g_strdup_printf("Compute %s, and what it needs", info->title);
    self->session = g_object_ref(session);
    self->info = info;
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self), info->title);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self), "Unfold its results and parameters");
    adw_expander_row_add_action(ADW_EXPANDER_ROW(self), make_definition(info));
    adw_expander_row_add_action(ADW_EXPANDER_ROW(self), self->run);
    gtk_widget_set_tooltip_text(self->run, run);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->run), GTK_ACCESSIBLE_PROPERTY_LABEL, run,
        -1);
    lac_analysis_row_update(self);
    return GTK_WIDGET(self);
}

/**
 * lac_analysis_row_update:
 * @self: a row
 *
 * Shows how far the analysis is now, and its newest numbers.
 */
void
lac_analysis_row_update(LacAnalysisRow *self)
{
    LacAnalysisState state = lac_session_get_analysis_state(self->session, self->info->node);
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    gtk_widget_remove_css_class(self->icon, states[self->state].css);
    self->state = state;
    gtk_image_set_from_icon_name(GTK_IMAGE(self->icon), states[state].icon);
    gtk_widget_add_css_class(self->icon, states[state].css);
    gboolean is_known = state == LAC_ANALYSIS_STATE_DONE || state == LAC_ANALYSIS_STATE_STALE;
    double seconds = is_known ? analysis->seconds[self->info->node] : 0.0;
    g_autofree char *text = is_known
        ? (seconds < 0.01 ? g_strdup_printf("%s, below 0.01 s", states[state].text)
                          : g_strdup_printf("%s, %.2g s", states[state].text, seconds))
        : g_strdup(states[state].text);
    adw_expander_row_set_subtitle(ADW_EXPANDER_ROW(self), text);
    gtk_widget_set_visible(self->run,
        state == LAC_ANALYSIS_STATE_NOT_RUN || state == LAC_ANALYSIS_STATE_STALE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
        -1);
    if (self->facts == NULL || !adw_expander_row_get_expanded(ADW_EXPANDER_ROW(self)))
        return;
    show_facts(self);
    for (guint i = 0; i < self->params->len; i++) {
        LacParamRow *row = g_ptr_array_index(self->params, i);
        lac_param_row_set_value(row,
            lac_param_get(lac_param_row_get_info(row),
                lac_session_get_analysis_params(self->session)));
    }
}
