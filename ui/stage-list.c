// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stage-list.h"

typedef enum {
    STATE_NOT_STARTED,
    STATE_RUNNING,
    STATE_DONE,
    STATE_STALE,
    STATE_READY, // needs no work of its own
    N_STATES,
} StageState;

static const struct {
    const char *text, *icon, *css;
} states[N_STATES] = {
    [STATE_NOT_STARTED] = { "not started", "radio-symbolic", "dim-label" },
    [STATE_RUNNING] = { "running", "media-playback-start-symbolic", "accent" },
    [STATE_DONE] = { "done", "emblem-ok-symbolic", "success" },
    [STATE_STALE] = { "stale", "dialog-warning-symbolic", "warning" },
    [STATE_READY] = { "ready", "radio-symbolic", "dim-label" },
};

static const struct {
    const char *name, *tooltip;
    const char *stale; // (nullable) why it is
} stages[LAC_N_STAGES] = {
    [LAC_STAGE_PROJECTIONS] = { "Projections",
        "Look at the tilt series, check angles, leave projections out (Alt+1)", NULL },
    [LAC_STAGE_ALIGNMENT] = { "Alignment",
        "Find where the particle lies in each projection, and how it is turned (Alt+2)",
        "The projections changed since they were aligned (Alt+2)" },
    [LAC_STAGE_VOLUME] = { "Volume", "Reconstruct and look at the volume (Alt+3)",
        "The projections changed since this volume was made (Alt+3)" },
    [LAC_STAGE_ATOMS] = { "Atoms", "Trace, classify and correct the atoms (Alt+4)",
        "The volume changed since these atoms were traced from it (Alt+4)" },
    [LAC_STAGE_ANALYSIS] = { "Analysis",
        "Interface, oxidation, vacancies, pores and structure of the atoms (Alt+5)",
        "The atoms changed since they were analysed (Alt+5)" },
    [LAC_STAGE_FIGURE] = { "Figure",
        "Pictures for a paper: size, scale bar, export, recipes (Alt+6)", NULL },
};

typedef struct {
    GtkWidget *row, *state, *icon;
    StageState shown;
} Row;

struct _LacStageList {
    GtkWidget parent_instance;
    GtkWidget *list;
    Row rows[LAC_N_STAGES];
    LacSession *session;
};

enum {
    STAGE_CHOSEN,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacStageList, lac_stage_list, GTK_TYPE_WIDGET)

static void
show_state(LacStageList *self, LacStage stage, StageState state)
{
    Row *row = &self->rows[stage];
    gtk_widget_remove_css_class(row->icon, states[row->shown].css);
    gtk_widget_remove_css_class(row->state, states[row->shown].css);
    row->shown = state;
    gtk_label_set_text(GTK_LABEL(row->state), states[state].text);
    gtk_image_set_from_icon_name(GTK_IMAGE(row->icon), states[state].icon);
    gtk_widget_add_css_class(row->icon, states[state].css);
    gtk_widget_add_css_class(row->state, states[state].css);
    gtk_widget_set_tooltip_text(row->row,
        state == STATE_STALE && stages[stage].stale != NULL ? stages[stage].stale
                                                            : stages[stage].tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(row->row), GTK_ACCESSIBLE_PROPERTY_LABEL,
        stages[stage].name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, states[state].text, -1);
}

static StageState
volume_state(LacSession *session)
{
    if (lac_session_is_reconstructing(session))
        return STATE_RUNNING;
    if (lac_session_is_volume_stale(session))
        return STATE_STALE;
    return lac_session_get_volume(session) != NULL ? STATE_DONE : STATE_NOT_STARTED;
}

static StageState
alignment_state(LacSession *session)
{
    const LacSeries *series = lac_session_get_series(session);
    if (lac_session_is_aligning(session))
        return STATE_RUNNING;
    if (lac_session_is_alignment_stale(session))
        return STATE_STALE;
    return series != NULL && lac_series_is_shifted(series) ? STATE_DONE : STATE_NOT_STARTED;
}

static StageState
atoms_state(LacSession *session)
{
    if (lac_session_is_tracing(session))
        return STATE_RUNNING;
    if (lac_session_are_atoms_stale(session))
        return STATE_STALE;
    return lac_session_get_atoms(session) != NULL ? STATE_DONE : STATE_NOT_STARTED;
}

static StageState
analysis_state(LacSession *session)
{
    if (lac_session_get_analyser(session) != NULL)
        return STATE_RUNNING;
    if (lac_session_is_analysis_stale(session))
        return STATE_STALE;
    return lac_session_get_analysis(session) != NULL ? STATE_DONE : STATE_NOT_STARTED;
}

static void
update(LacStageList *self)
{
    show_state(self, LAC_STAGE_PROJECTIONS,
        lac_session_get_series(self->session) != NULL ? STATE_DONE : STATE_NOT_STARTED);
    show_state(self, LAC_STAGE_ALIGNMENT, alignment_state(self->session));
    show_state(self, LAC_STAGE_VOLUME, volume_state(self->session));
    show_state(self, LAC_STAGE_ATOMS, atoms_state(self->session));
    show_state(self, LAC_STAGE_ANALYSIS, analysis_state(self->session));
    gboolean shows = lac_session_get_volume(self->session) != NULL ||
        lac_session_get_atoms(self->session) != NULL;
    show_state(self, LAC_STAGE_FIGURE, shows ? STATE_READY : STATE_NOT_STARTED);
}

static void
row_activated_cb(LacStageList *self, GtkListBoxRow *row)
{
    g_signal_emit(self, signals[STAGE_CHOSEN], 0, gtk_list_box_row_get_index(row));
}

static void
add_row(LacStageList *self, LacStage stage)
{
    Row *row = &self->rows[stage];
    g_autofree char *number = g_strdup_printf("%d", (int) stage + 1);
    GtkWidget *badge = gtk_label_new(number);
    gtk_widget_add_css_class(badge, "stage-number");
    gtk_widget_set_valign(badge, GTK_ALIGN_CENTER);
    GtkWidget *name = gtk_label_new(stages[stage].name);
    gtk_label_set_xalign(GTK_LABEL(name), 0.0F);
    row->state = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(row->state), 0.0F);
    gtk_label_set_ellipsize(GTK_LABEL(row->state), PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class(row->state, "caption");
    GtkWidget *texts = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_set_hexpand(texts, TRUE);
    gtk_box_append(GTK_BOX(texts), name);
    gtk_box_append(GTK_BOX(texts), row->state);
    row->icon = gtk_image_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 10);
    gtk_box_append(GTK_BOX(box), badge);
    gtk_box_append(GTK_BOX(box), texts);
    gtk_box_append(GTK_BOX(box), row->icon);
    row->row = gtk_list_box_row_new();
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row->row), box);
    gtk_list_box_append(GTK_LIST_BOX(self->list), row->row);
    show_state(self, stage, STATE_NOT_STARTED);
}

static void
lac_stage_list_dispose(GObject *object)
{
    LacStageList *self = LAC_STAGE_LIST(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->list, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_stage_list_parent_class)->dispose(object);
}

static void
lac_stage_list_class_init(LacStageListClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_stage_list_dispose;
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
    signals[STAGE_CHOSEN] = g_signal_new("stage-chosen", LAC_TYPE_STAGE_LIST, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
lac_stage_list_init(LacStageList *self)
{
    self->list = gtk_list_box_new();
    gtk_widget_set_parent(self->list, GTK_WIDGET(self));
    gtk_widget_add_css_class(self->list, "navigation-sidebar");
    gtk_widget_add_css_class(self->list, "stages");
    gtk_widget_set_tooltip_text(self->list, "Stages, in the order of the work");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Stages", -1);
    for (LacStage stage = 0; stage < LAC_N_STAGES; stage++)
        add_row(self, stage);
    g_signal_connect_swapped(self->list, "row-activated", G_CALLBACK(row_activated_cb), self);
}

/**
 * lac_stage_list_set_session:
 * @self: a stage list
 * @session: whose progress it shows; once
 */
void
lac_stage_list_set_session(LacStageList *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_STAGE_LIST(self) && self->session == NULL);

    static const char *const changes[] = { "series-changed", "volume-changed", "recon-changed",
        "job-changed", "atoms-changed", "analysis-changed" };
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(session, changes[i], G_CALLBACK(update), self);
    update(self);
}

/**
 * lac_stage_list_set_stage:
 * @self: a stage list
 * @stage: the one that the window shows
 */
void
lac_stage_list_set_stage(LacStageList *self, LacStage stage)
{
    gtk_list_box_select_row(GTK_LIST_BOX(self->list), GTK_LIST_BOX_ROW(self->rows[stage].row));
}
