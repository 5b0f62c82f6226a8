// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-labels.h"

#include <adwaita.h>
#include <string.h>

#define MEMBER "labels" // of what the session keeps of figures

enum {
    CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

struct _LacFigureLabels {
    GtkWidget parent_instance;
    GtkWidget *box;
    AdwComboRow *label_row;
    GtkStringList *label_names;
    GtkEntry *text_entry;
    GtkSpinButton *right_spin, *up_spin;
    GtkLabel *place_label;
    GtkWidget *add_button, *change_button, *remove_button;
    LacSession *session;
    LacViewport *viewport;
    LacFigure *figure; // holds the labels
    gboolean is_following;
};

G_DEFINE_FINAL_TYPE(LacFigureLabels, lac_figure_labels, GTK_TYPE_WIDGET)

// --- to and from the session

static LacFigureLabel *
get_label(LacFigureLabels *self, guint i)
{
    GArray *labels = self->figure->labels;
    return i < labels->len ? &g_array_index(labels, LacFigureLabel, i) : NULL;
}

static void
store(LacFigureLabels *self, const char *step)
{
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    JsonArray *array = json_array_new();
    for (guint i = 0; i < self->figure->labels->len; i++) {
        const LacFigureLabel *label = &g_array_index(self->figure->labels, LacFigureLabel, i);
        const double numbers[] = { label->at.x, label->at.y, label->at.z, label->dx, label->dy };
        JsonArray *one = json_array_new();
        for (guint k = 0; k < G_N_ELEMENTS(numbers); k++)
            json_array_add_double_element(one, numbers[k]);
        json_array_add_string_element(one, label->text);
        json_array_add_array_element(array, one);
    }
    json_object_set_array_member(figures, MEMBER, array);
    lac_session_set_figures(self->session, figures, step);
}

static void
add_stored(LacFigureLabels *self, JsonNode *node)
{
    if (!JSON_NODE_HOLDS_ARRAY(node) || json_array_get_length(json_node_get_array(node)) != 6)
        return;
    JsonArray *one = json_node_get_array(node);
    double v[5];
    for (guint k = 0; k < 5; k++) {
        JsonNode *number = json_array_get_element(one, k);
        if (!JSON_NODE_HOLDS_VALUE(number))
            return;
        v[k] = json_node_get_double(number);
    }
    JsonNode *text = json_array_get_element(one, 5);
    if (JSON_NODE_HOLDS_VALUE(text) && json_node_get_string(text) != NULL)
        lac_figure_add_label(self->figure, (LacVec3){ v[0], v[1], v[2] }, v[3], v[4],
            json_node_get_string(text));
}

static void
fill_fields(LacFigureLabels *self)
{
    const LacFigureLabel *label = get_label(self, adw_combo_row_get_selected(self->label_row));
    if (label == NULL || self->is_following)
        return;
    gtk_editable_set_text(GTK_EDITABLE(self->text_entry), label->text);
    gtk_spin_button_set_value(self->right_spin, label->dx);
    gtk_spin_button_set_value(self->up_spin, -label->dy);
}

static void
list_labels(LacFigureLabels *self)
{
    guint chosen = adw_combo_row_get_selected(self->label_row), n = self->figure->labels->len;
    self->is_following = TRUE;
    gtk_string_list_splice(self->label_names, 0,
        g_list_model_get_n_items(G_LIST_MODEL(self->label_names)), NULL);
    for (guint i = 0; i < n; i++)
        gtk_string_list_append(self->label_names,
            g_array_index(self->figure->labels, LacFigureLabel, i).text);
    if (n > 0)
        adw_combo_row_set_selected(self->label_row, MIN(chosen, n - 1));
    self->is_following = FALSE;
    GtkWidget *const need[] = { GTK_WIDGET(self->label_row), self->change_button,
        self->remove_button };
    const char *const tips[] = { "A text of the figure, tied to a point of the particle",
        "Give the label this text and place", "Take the label away; Ctrl+Z brings it back" };
    for (guint i = 0; i < G_N_ELEMENTS(need); i++) {
        gtk_widget_set_sensitive(need[i], n > 0);
        gtk_widget_set_tooltip_text(need[i], n > 0 ? tips[i] : "The figure has no labels yet");
    }
}

static void
load(LacFigureLabels *self)
{
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    JsonNode *node = json_object_get_member(figures, MEMBER);
    g_array_set_size(self->figure->labels, 0);
    if (node != NULL && JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(array); i++)
            add_stored(self, json_array_get_element(array, i));
    }
    list_labels(self);
    g_signal_emit(self, signals[CHANGED], 0);
}

// --- where a label goes

// Tells in words what is chosen, and where that is.
static char *
dup_place(LacFigureLabels *self, LacVec3 *at)
{
    static const char *const things[] = { NULL, "pore", "vacancy", "interface", "surface" };
    const LacPicked *picked = lac_session_get_picked(self->session);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    gsize current = lac_session_get_current_atom(self->session);
    if (picked->kind != LAC_PICKED_NONE && (guint) picked->kind < G_N_ELEMENTS(things)) {
        *at = picked->position;
        return g_strdup_printf("the %s that was clicked", things[picked->kind]);
    }
    if (atoms != NULL && current < atoms->n) {
        *at = (LacVec3){ atoms->x[current], atoms->y[current], atoms->z[current] };
        return g_strdup_printf("atom %" G_GSIZE_FORMAT, current + 1);
    }
    LacCamera camera;
    lac_viewport_get_camera(self->viewport, &camera);
    *at = camera.target;
    return g_strdup("the middle of the view; click an atom or a pore for that");
}

static void
update_place(LacFigureLabels *self)
{
    LacVec3 at;
    g_autofree char *place = dup_place(self, &at);
    g_autofree char *text = g_strdup_printf("A new label points to %s.", place);
    gtk_label_set_text(self->place_label, text);
}

// One line that is no more than a text.
static char *
dup_entered_text(LacFigureLabels *self)
{
    char *text = g_strdup(gtk_editable_get_text(GTK_EDITABLE(self->text_entry)));
    g_strdelimit(text, "\r\n", ' ');
    g_strstrip(text);
    if (text[0] != '\0')
        return text;
    g_free(text);
    return g_strdup("here");
}

static void
add_cb(LacFigureLabels *self)
{
    LacVec3 at;
    g_autofree char *text = dup_entered_text(self);
    guint n = self->figure->labels->len;
    g_free(dup_place(self, &at));
    lac_figure_add_label(self->figure, at, gtk_spin_button_get_value(self->right_spin),
        -gtk_spin_button_get_value(self->up_spin), text);
    g_autofree char *step = g_strdup_printf("Add label %s", text);
    store(self, step);
    adw_combo_row_set_selected(self->label_row, n);
}

static void
change_cb(LacFigureLabels *self)
{
    LacFigureLabel *label = get_label(self, adw_combo_row_get_selected(self->label_row));
    if (label == NULL)
        return;
    g_autofree char *step = g_strdup_printf("Change label %s", label->text);
    g_free(label->text);
    label->text = dup_entered_text(self);
    label->dx = gtk_spin_button_get_value(self->right_spin);
    label->dy = -gtk_spin_button_get_value(self->up_spin);
    store(self, step);
}

static void
remove_cb(LacFigureLabels *self)
{
    guint chosen = adw_combo_row_get_selected(self->label_row);
    const LacFigureLabel *label = get_label(self, chosen);
    if (label == NULL)
        return;
    g_autofree char *step = g_strdup_printf("Delete label %s", label->text);
    g_array_remove_index(self->figure->labels, chosen);
    store(self, step);
    lac_session_offer(self->session, step, "Undo", "win.undo");
}

// --- the widget

static void
lac_figure_labels_dispose(GObject *object)
{
    LacFigureLabels *self = LAC_FIGURE_LABELS(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_pointer(&self->figure, lac_figure_free);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_figure_labels_parent_class)->dispose(object);
}

static void
lac_figure_labels_class_init(LacFigureLabelsClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_figure_labels_dispose;
    signals[CHANGED] = g_signal_new("changed", LAC_TYPE_FIGURE_LABELS, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/figure-labels.ui");
#define BIND(child) gtk_widget_class_bind_template_child(widget_class, LacFigureLabels, child)
    BIND(box);
    BIND(label_row);
    BIND(label_names);
    BIND(text_entry);
    BIND(right_spin);
    BIND(up_spin);
    BIND(place_label);
    BIND(add_button);
    BIND(change_button);
    BIND(remove_button);
#undef BIND
}

static void
lac_figure_labels_init(LacFigureLabels *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->figure = lac_figure_new();
    g_signal_connect_swapped(self->add_button, "clicked", G_CALLBACK(add_cb), self);
    g_signal_connect_swapped(self->change_button, "clicked", G_CALLBACK(change_cb), self);
    g_signal_connect_swapped(self->remove_button, "clicked", G_CALLBACK(remove_cb), self);
    g_signal_connect_swapped(self->text_entry, "activate", G_CALLBACK(add_cb), self);
    g_signal_connect_swapped(self->label_row, "notify::selected", G_CALLBACK(fill_fields), self);
}

/**
 * lac_figure_labels_set_session:
 * @self: labels without a session
 * @session: where they are kept, and what is chosen
 * @viewport: the view that the figure shows
 */
void
lac_figure_labels_set_session(LacFigureLabels *self, LacSession *session, LacViewport *viewport)
{
    g_return_if_fail(LAC_IS_FIGURE_LABELS(self) && self->session == NULL);

    self->session = g_object_ref(session);
    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(session, "opened", G_CALLBACK(load), self);
    g_signal_connect_swapped(session, "figures-changed", G_CALLBACK(load), self);
    g_signal_connect_swapped(session, "current-atom-changed", G_CALLBACK(update_place), self);
    g_signal_connect_swapped(session, "picked-changed", G_CALLBACK(update_place), self);
    load(self);
    update_place(self);
}

/**
 * lac_figure_labels_fill:
 * @self: labels
 * @figure: gets them
 */
void
lac_figure_labels_fill(LacFigureLabels *self, LacFigure *figure)
{
    for (guint i = 0; i < self->figure->labels->len; i++) {
        const LacFigureLabel *label = &g_array_index(self->figure->labels, LacFigureLabel, i);
        lac_figure_add_label(figure, label->at, label->dx, label->dy, label->text);
    }
}

/**
 * lac_figure_labels_show:
 * @self: labels
 * @figure: that is shown from now on
 *
 * Takes its labels; a step of the history where they differ.
 */
void
lac_figure_labels_show(LacFigureLabels *self, const LacFigure *figure)
{
    if (self->figure->labels->len == 0 && figure->labels->len == 0)
        return;
    g_array_set_size(self->figure->labels, 0);
    for (guint i = 0; i < figure->labels->len; i++) {
        const LacFigureLabel *label = &g_array_index(figure->labels, LacFigureLabel, i);
        lac_figure_add_label(self->figure, label->at, label->dx, label->dy, label->text);
    }
    store(self, "Apply labels of a recipe");
}
