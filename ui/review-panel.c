// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/review-panel.h"

#include "ui/review-views.h"

#include <math.h>
#include <string.h>

#define N_CHIPS 4 // reasons that a row shows

typedef gboolean (*Action)(LacReviewQueue *queue);

static const struct {
    const char *label, *tooltip;
    Action act;
    guint keys[2];
} actions[] = {
    { "_Previous", "Go to the one before (P)", lac_review_queue_previous, { GDK_KEY_p } },
    { "_Next", "Go to the next that was not looked at (N)", lac_review_queue_next, { GDK_KEY_n } },
    { "A_ccept", "It is right as it is; a candidate is no atom (Space)", lac_review_queue_accept,
        { GDK_KEY_space } },
    { "_Delete", "Take the atom out of the model; it stays as a record (Delete, Backspace)",
        lac_review_queue_remove, { GDK_KEY_Delete, GDK_KEY_BackSpace } },
    { "_Add", "Make an atom of the candidate, or of the peak at the crosshair (A)",
        lac_review_queue_add, { GDK_KEY_a, GDK_KEY_Insert } },
    { "_Snap", "Move the atom to the peak of the volume (S)", lac_review_queue_snap,
        { GDK_KEY_s } },
    { "_Restore", "Make the rejected or deleted one part of the model again (R)",
        lac_review_queue_restore, { GDK_KEY_r } },
    { "Spli_t", "Two atoms where the volume has two (T)", lac_review_queue_split, { GDK_KEY_t } },
};

enum {
    TOGGLE_SURFACE,
    TOGGLE_RESIDUAL,
    TOGGLE_CANDIDATES,
    N_TOGGLES
};

static const struct {
    const char *label, *tooltip;
} toggles[N_TOGGLES] = {
    { "S_urface about it", "Isosurface at half the local peak, in a cube of 10 Å" },
    { "R_esidual", "Volume minus model, in colours about zero, on the slices and in 3D" },
    { "_Candidates", "Rings at the peaks of the residual" },
};

struct _LacReviewPanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkLabel *progress_label, *expected_label;
    GtkWidget *progress_bar, *spinner, *placeholder;
    GtkDropDown *show, *reason, *species;
    GtkStack *list_stack;
    GtkWidget *list;
    GtkSingleSelection *selection;
    GtkWidget *buttons[G_N_ELEMENTS(actions)];
    GtkWidget *toggles[N_TOGGLES];
    GtkEventController *keys; // (nullable) on the window
    GtkWidget *keys_on;       // (nullable) that window
    LacSession *session;
    LacReviewQueue *queue;
    LacReviewViews *views; // (nullable)
    gboolean is_updating;
};

G_DEFINE_FINAL_TYPE(LacReviewPanel, lac_review_panel, GTK_TYPE_WIDGET)

// --- rows

typedef struct {
    GtkImage *tick;
    GtkLabel *title, *score;
    GtkLabel *chips[N_CHIPS];
} Row;

static char *
dup_title(LacReviewPanel *self, const LacReviewItem *item)
{
    if (item->index == G_MAXSIZE)
        return g_strdup("Missing? residual");
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (item->is_candidate || atoms == NULL || item->index >= atoms->n)
        return g_strdup_printf("Missing? peak %" G_GSIZE_FORMAT, item->index + 1);
    g_autofree char *species = lac_session_dup_species(self->session, item->index);
    return g_strdup_printf("%s %" G_GSIZE_FORMAT, species, item->index + 1);
}

static void
fill_row(LacReviewPanel *self, const Row *row, LacReviewEntry *entry)
{
    static const char *const icons[] = {
        [LAC_REVIEW_OPEN] = NULL,
        [LAC_REVIEW_SEEN] = "view-reveal-symbolic",
        [LAC_REVIEW_ACCEPTED] = "object-select-symbolic",
        [LAC_REVIEW_CORRECTED] = "document-edit-symbolic",
        [LAC_REVIEW_DISMISSED] = "window-close-symbolic",
    };
    static const char *const words[] = {
        [LAC_REVIEW_OPEN] = "Not looked at yet",
        [LAC_REVIEW_SEEN] = "Looked at",
        [LAC_REVIEW_ACCEPTED] = "Accepted",
        [LAC_REVIEW_CORRECTED] = "Corrected",
        [LAC_REVIEW_DISMISSED] = "No atom",
    };
    const LacReviewItem *item = lac_review_entry_get_item(entry);
    LacReviewStatus status = lac_review_entry_get_status(entry);
    g_autofree char *title = dup_title(self, item);
    g_autofree char *score = g_strdup_printf("%.0f %%", 100.0 * item->score);
    g_auto(GStrv) reasons = g_strsplit(item->text, "; ", -1);
    guint n = g_strv_length(reasons);
    if (icons[status] != NULL)
        gtk_image_set_from_icon_name(row->tick, icons[status]);
    else
        gtk_image_clear(row->tick);
    gtk_widget_set_tooltip_text(GTK_WIDGET(row->tick), words[status]);
    gtk_label_set_text(row->title, title);
    gtk_label_set_text(row->score, score);
    gtk_widget_set_opacity(GTK_WIDGET(row->title), status > LAC_REVIEW_SEEN ? 0.55 : 1.0);
    for (guint k = 0; k < N_CHIPS; k++) {
        gtk_widget_set_visible(GTK_WIDGET(row->chips[k]), k < n);
        gtk_label_set_text(row->chips[k], k < n ? reasons[k] : "");
    }
}

static void
setup_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacReviewPanel *self)
{
    (void) factory;
    (void) self;
    Row *row = g_new0(Row, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    row->tick = GTK_IMAGE(gtk_image_new());
    gtk_widget_set_size_request(GTK_WIDGET(row->tick), 16, 16);
    row->title = GTK_LABEL(gtk_label_new(""));
    gtk_label_set_xalign(row->title, 0.0F);
    gtk_widget_set_hexpand(GTK_WIDGET(row->title), TRUE);
    row->score = GTK_LABEL(gtk_label_new(""));
    gtk_widget_add_css_class(GTK_WIDGET(row->score), "numeric");
    gtk_widget_add_css_class(GTK_WIDGET(row->score), "dim-label");
    gtk_widget_set_tooltip_text(GTK_WIDGET(row->score),
        "Chance that a look at it ends with a correction");
    gtk_box_append(GTK_BOX(top), GTK_WIDGET(row->tick));
    gtk_box_append(GTK_BOX(top), GTK_WIDGET(row->title));
    gtk_box_append(GTK_BOX(top), GTK_WIDGET(row->score));
    gtk_box_append(GTK_BOX(box), top);
    for (guint k = 0; k < N_CHIPS; k++) {
        row->chips[k] = GTK_LABEL(gtk_label_new(""));
        gtk_label_set_xalign(row->chips[k], 0.0F);
        gtk_label_set_ellipsize(row->chips[k], PANGO_ELLIPSIZE_END);
        gtk_widget_set_halign(GTK_WIDGET(row->chips[k]), GTK_ALIGN_START);
        gtk_widget_set_margin_start(GTK_WIDGET(row->chips[k]), 22);
        gtk_widget_add_css_class(GTK_WIDGET(row->chips[k]), "chip");
        gtk_box_append(GTK_BOX(box), GTK_WIDGET(row->chips[k]));
    }
    g_object_set_data_full(G_OBJECT(box), "lac-row", row, g_free);
    gtk_list_item_set_child(item, box);
}

static void
bind_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacReviewPanel *self)
{
    (void) factory;
    GtkWidget *box = gtk_list_item_get_child(item);
    LacReviewEntry *entry = gtk_list_item_get_item(item);
    g_object_set_data(G_OBJECT(box), "lac-entry", entry);
    fill_row(self, g_object_get_data(G_OBJECT(box), "lac-row"), entry);
}

static void
unbind_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacReviewPanel *self)
{
    (void) factory;
    (void) self;
    g_object_set_data(G_OBJECT(gtk_list_item_get_child(item)), "lac-entry", NULL);
}

// Rows that stayed may say something else: those that are on screen are filled again.
static void
refill_rows(LacReviewPanel *self)
{
    for (GtkWidget *row = gtk_widget_get_first_child(self->list); row != NULL;
         row = gtk_widget_get_next_sibling(row)) {
        GtkWidget *box = gtk_widget_get_first_child(row);
        LacReviewEntry *entry = box != NULL ? g_object_get_data(G_OBJECT(box), "lac-entry") : NULL;
        if (entry != NULL)
            fill_row(self, g_object_get_data(G_OBJECT(box), "lac-row"), entry);
    }
}

// --- what the queue says

static void
update_numbers(LacReviewPanel *self)
{
    guint n_seen, n = lac_review_queue_count(self->queue, &n_seen);
    double n_false, n_missing;
    gboolean subtracting, busy = lac_review_queue_is_busy(self->queue, &subtracting);
    lac_review_queue_get_expected(self->queue, &n_false, &n_missing);
    g_autofree char *progress = g_strdup_printf("%u of %u looked at", n_seen, n);
    gtk_label_set_text(self->progress_label, progress);
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->progress_bar),
        n > 0 ? (double) n_seen / n : 0.0);
    g_autofree char *expected = isnan(n_false)
        ? g_strdup("")
        : g_strdup_printf("About %.0f false and %.0f missing atoms are expected%s", n_false,
              n_missing, subtracting ? "; taking the model off the volume…" : "");
    gtk_label_set_text(self->expected_label, expected);
    gtk_spinner_set_spinning(GTK_SPINNER(self->spinner), busy);
    gtk_widget_set_visible(self->spinner, busy);
    gboolean has_atoms = lac_session_get_atoms(self->session) != NULL;
    guint shown = g_list_model_get_n_items(lac_review_queue_get_model(self->queue));
    gtk_label_set_text(GTK_LABEL(self->placeholder),
        !has_atoms  ? "There are no atoms yet: trace the volume, or open a model."
            : busy  ? "Looking for what is unusual…"
            : n > 0 ? "The filter lets nothing through."
                    : "Nothing is unusual.");
    gtk_stack_set_visible_child_name(self->list_stack, shown > 0 ? "list" : "empty");
}

static void
update_buttons(LacReviewPanel *self)
{
    LacReviewEntry *entry = lac_review_queue_get_current(self->queue);
    gboolean has_list = g_list_model_get_n_items(lac_review_queue_get_model(self->queue)) > 0;
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
        gboolean goes =
            actions[i].act == lac_review_queue_next || actions[i].act == lac_review_queue_previous;
        gboolean on = goes ? has_list : entry != NULL || actions[i].act == lac_review_queue_add;
        gtk_widget_set_sensitive(self->buttons[i], on);
        gtk_widget_set_tooltip_text(self->buttons[i],
            on ? actions[i].tooltip : "Choose one in the list, or press N");
    }
    gboolean has_residual = lac_review_queue_get_residual(self->queue) != NULL;
    gtk_widget_set_sensitive(self->toggles[TOGGLE_RESIDUAL], has_residual);
    gtk_widget_set_tooltip_text(self->toggles[TOGGLE_RESIDUAL],
        has_residual ? toggles[TOGGLE_RESIDUAL].tooltip
                     : "The residual needs a volume and atoms; it is computed here");
}

static void
follow_selection(LacReviewPanel *self)
{
    LacReviewEntry *entry = lac_review_queue_get_current(self->queue);
    GListModel *model = lac_review_queue_get_model(self->queue);
    guint position = GTK_INVALID_LIST_POSITION;
    if (entry == NULL || !g_list_store_find(G_LIST_STORE(model), entry, &position))
        position = GTK_INVALID_LIST_POSITION;
    self->is_updating = TRUE;
    if (gtk_single_selection_get_selected(self->selection) != position) {
        gtk_single_selection_set_selected(self->selection, position);
        if (position != GTK_INVALID_LIST_POSITION)
            gtk_widget_activate_action(self->list, "list.scroll-to-item", "u", position);
    }
    self->is_updating = FALSE;
}

static void
queue_changed_cb(LacReviewPanel *self)
{
    update_numbers(self);
    update_buttons(self);
    refill_rows(self);
    follow_selection(self);
}

static void
selected_cb(LacReviewPanel *self)
{
    LacReviewEntry *entry = gtk_single_selection_get_selected_item(self->selection);
    if (!self->is_updating && entry != NULL)
        lac_review_queue_set_current(self->queue, entry);
}

// --- filters

static void
filter_cb(LacReviewPanel *self)
{
    if (self->is_updating || self->queue == NULL)
        return;
    guint reason = gtk_drop_down_get_selected(self->reason);
    guint species = gtk_drop_down_get_selected(self->species);
    GtkStringList *names = GTK_STRING_LIST(gtk_drop_down_get_model(self->species));
    guint show = gtk_drop_down_get_selected(self->show);
    lac_review_queue_set_filter(self->queue,
        show < LAC_N_REVIEW_SHOWS ? (LacReviewShow) show : LAC_REVIEW_SHOW_ALL,
        reason > 0 && reason <= LAC_N_REVIEW_REASONS ? 1u << (reason - 1) : 0,
        species > 0 && species != GTK_INVALID_LIST_POSITION
            ? gtk_string_list_get_string(names, species)
            : NULL);
}

static void
atoms_changed_cb(LacReviewPanel *self)
{
    GtkStringList *names = GTK_STRING_LIST(gtk_drop_down_get_model(self->species));
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    guint n = atoms != NULL ? g_strv_length(atoms->species_names) : 0;
    gboolean same = g_list_model_get_n_items(G_LIST_MODEL(names)) == n + 1;
    for (guint i = 0; same && i < n; i++)
        same = g_str_equal(gtk_string_list_get_string(names, i + 1), atoms->species_names[i]);
    if (same)
        return;
    self->is_updating = TRUE;
    gtk_string_list_splice(names, 1, g_list_model_get_n_items(G_LIST_MODEL(names)) - 1,
        n > 0 ? (const char *const *) atoms->species_names : NULL);
    gtk_drop_down_set_selected(self->species, 0);
    self->is_updating = FALSE;
    filter_cb(self);
}

// --- keys

static gboolean
is_typing(GtkWidget *window)
{
    GtkWidget *focus = gtk_root_get_focus(GTK_ROOT(window));
    return focus != NULL && (GTK_IS_EDITABLE(focus) || GTK_IS_TEXT_VIEW(focus));
}

// What is selected elsewhere is meant then, and the window knows what to do with it.
static gboolean
is_about_current(LacReviewPanel *self)
{
    LacReviewEntry *entry = lac_review_queue_get_current(self->queue);
    if (entry == NULL)
        return FALSE;
    const LacReviewItem *item = lac_review_entry_get_item(entry);
    const guint8 *selection = lac_session_get_selection(self->session);
    gsize n = lac_session_count_selected(self->session);
    if (n == 0)
        return TRUE;
    return n == 1 && item->index != G_MAXSIZE && selection[item->index] != 0;
}

static gboolean
key_cb(LacReviewPanel *self, guint key, guint code, GdkModifierType state)
{
    (void) code;
    const GdkModifierType others = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK;
    guint lower = gdk_keyval_to_lower(key);
    if ((state & others) != 0 || self->queue == NULL || !gtk_widget_get_mapped(GTK_WIDGET(self)) ||
        is_typing(self->keys_on))
        return GDK_EVENT_PROPAGATE;
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (lower != actions[i].keys[0] && (actions[i].keys[1] == 0 || lower != actions[i].keys[1]))
            continue;
        gboolean goes =
            actions[i].act == lac_review_queue_next || actions[i].act == lac_review_queue_previous;
        if (!goes && !is_about_current(self))
            return GDK_EVENT_PROPAGATE;
        actions[i].act(self->queue);
        return GDK_EVENT_STOP;
    }
    guint digit = lower >= GDK_KEY_1 && lower <= GDK_KEY_9 ? lower - GDK_KEY_1
        : lower >= GDK_KEY_KP_1 && lower <= GDK_KEY_KP_9   ? lower - GDK_KEY_KP_1
                                                           : G_MAXUINT;
    if (digit == G_MAXUINT || !is_about_current(self))
        return GDK_EVENT_PROPAGATE;
    lac_review_queue_retype(self->queue, digit);
    return GDK_EVENT_STOP;
}

static void
drop_keys(LacReviewPanel *self)
{
    // A window that goes away drops its controllers before its children.
    if (self->keys != NULL && gtk_event_controller_get_widget(self->keys) != NULL)
        gtk_widget_remove_controller(self->keys_on, self->keys);
    if (self->keys != NULL)
        g_signal_handlers_disconnect_by_data(self->keys, self);
    g_clear_object(&self->keys);
    g_clear_weak_pointer(&self->keys_on);
}

// On the window and before the widget that has the focus, so that Space does not press its button.
static void
lac_review_panel_root(GtkWidget *widget)
{
    LacReviewPanel *self = LAC_REVIEW_PANEL(widget);
    GTK_WIDGET_CLASS(lac_review_panel_parent_class)->root(widget);
    g_set_weak_pointer(&self->keys_on, GTK_WIDGET(gtk_widget_get_root(widget)));
    self->keys = gtk_event_controller_key_new();
    gtk_event_controller_set_propagation_phase(self->keys, GTK_PHASE_CAPTURE);
    g_signal_connect_swapped(self->keys, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(self->keys_on, g_object_ref(self->keys));
}

static void
lac_review_panel_unroot(GtkWidget *widget)
{
    drop_keys(LAC_REVIEW_PANEL(widget));
    GTK_WIDGET_CLASS(lac_review_panel_parent_class)->unroot(widget);
}

static void
lac_review_panel_map(GtkWidget *widget)
{
    LacReviewPanel *self = LAC_REVIEW_PANEL(widget);
    GTK_WIDGET_CLASS(lac_review_panel_parent_class)->map(widget);
    if (self->queue != NULL)
        lac_review_queue_set_active(self->queue, TRUE);
    if (self->views != NULL)
        lac_review_views_set_active(self->views, TRUE);
    if (self->queue != NULL)
        queue_changed_cb(self);
}

static void
lac_review_panel_unmap(GtkWidget *widget)
{
    LacReviewPanel *self = LAC_REVIEW_PANEL(widget);
    if (self->views != NULL)
        lac_review_views_set_active(self->views, FALSE);
    if (self->queue != NULL)
        lac_review_queue_set_active(self->queue, FALSE);
    GTK_WIDGET_CLASS(lac_review_panel_parent_class)->unmap(widget);
}

// --- the widget

static void
button_cb(GtkWidget *button, LacReviewPanel *self)
{
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
        if (self->buttons[i] == button)
            actions[i].act(self->queue);
}

static void
toggle_cb(GtkCheckButton *button, LacReviewPanel *self)
{
    gboolean on = gtk_check_button_get_active(button);
    if (self->views == NULL)
        return;
    if (GTK_WIDGET(button) == self->toggles[TOGGLE_SURFACE])
        lac_review_views_set_show_surface(self->views, on);
    else if (GTK_WIDGET(button) == self->toggles[TOGGLE_RESIDUAL])
        lac_review_views_set_show_residual(self->views, on);
    else
        lac_review_views_set_show_candidates(self->views, on);
}

/**
 * lac_review_panel_set_show_residual:
 * @self: a panel with views
 * @show: volume minus model in place of the volume
 */
void
lac_review_panel_set_show_residual(LacReviewPanel *self, gboolean show)
{
    g_return_if_fail(LAC_IS_REVIEW_PANEL(self));

    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->toggles[TOGGLE_RESIDUAL]), show);
}

/**
 * lac_review_panel_set_show_surface:
 * @self: a panel with views
 * @show: the isosurface about what is looked at
 */
void
lac_review_panel_set_show_surface(LacReviewPanel *self, gboolean show)
{
    g_return_if_fail(LAC_IS_REVIEW_PANEL(self));

    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->toggles[TOGGLE_SURFACE]), show);
}

static void
lac_review_panel_dispose(GObject *object)
{
    LacReviewPanel *self = LAC_REVIEW_PANEL(object);
    drop_keys(self);
    g_clear_pointer(&self->views, lac_review_views_free);
    if (self->queue != NULL)
        g_signal_handlers_disconnect_by_data(self->queue, self);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_object(&self->selection);
    g_clear_object(&self->queue);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_review_panel_parent_class)->dispose(object);
}

static void
lac_review_panel_class_init(LacReviewPanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_review_panel_dispose;
    widget_class->root = lac_review_panel_root;
    widget_class->unroot = lac_review_panel_unroot;
    widget_class->map = lac_review_panel_map;
    widget_class->unmap = lac_review_panel_unmap;
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_header(LacReviewPanel *self)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    GtkWidget *top = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    self->progress_label = GTK_LABEL(gtk_label_new(""));
    gtk_label_set_xalign(self->progress_label, 0.0F);
    gtk_widget_set_hexpand(GTK_WIDGET(self->progress_label), TRUE);
    gtk_widget_add_css_class(GTK_WIDGET(self->progress_label), "heading");
    self->spinner = gtk_spinner_new();
    gtk_widget_set_visible(self->spinner, FALSE);
    gtk_box_append(GTK_BOX(top), GTK_WIDGET(self->progress_label));
    gtk_box_append(GTK_BOX(top), self->spinner);
    self->progress_bar = gtk_progress_bar_new();
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->progress_bar),
        GTK_ACCESSIBLE_PROPERTY_LABEL, "Share of the list that was looked at", -1);
    self->expected_label = GTK_LABEL(gtk_label_new(""));
    gtk_label_set_xalign(self->expected_label, 0.0F);
    gtk_label_set_wrap(self->expected_label, TRUE);
    gtk_widget_add_css_class(GTK_WIDGET(self->expected_label), "dim-label");
    gtk_widget_add_css_class(GTK_WIDGET(self->expected_label), "caption");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->expected_label),
        "Sums of the scores: estimates, better than nothing for real data");
    gtk_box_append(GTK_BOX(box), top);
    gtk_box_append(GTK_BOX(box), self->progress_bar);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(self->expected_label));
    return box;
}

static GtkDropDown *
add_drop_down(LacReviewPanel *self, GtkWidget *box, GtkStringList *names, const char *tooltip)
{
    GtkWidget *drop_down = gtk_drop_down_new(G_LIST_MODEL(names), NULL);
    gtk_widget_set_tooltip_text(drop_down, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL,
        tooltip, -1);
    gtk_widget_set_hexpand(drop_down, TRUE);
    g_signal_connect_swapped(drop_down, "notify::selected", G_CALLBACK(filter_cb), self);
    gtk_box_append(GTK_BOX(box), drop_down);
    return GTK_DROP_DOWN(drop_down);
}

static GtkWidget *
make_filters(LacReviewPanel *self)
{
    static const char *const shows[] = { "All", "Atoms", "Missing", "Undecided", NULL };
    static const char *const any_reason[] = { "Any reason", NULL };
    static const char *const any_species[] = { "Any species", NULL };
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    gtk_box_set_homogeneous(GTK_BOX(box), TRUE);
    GtkStringList *reasons = gtk_string_list_new(any_reason);
    for (guint i = 0; i < LAC_N_REVIEW_REASONS; i++)
        gtk_string_list_append(reasons, lac_review_reason_get_name((LacReviewReason) (1u << i)));
    self->show = add_drop_down(self, box, gtk_string_list_new(shows), "What is listed");
    self->reason = add_drop_down(self, box, reasons, "Only with this reason");
    self->species =
        add_drop_down(self, box, gtk_string_list_new(any_species), "Only of this species");
    return box;
}

static GtkWidget *
make_list(LacReviewPanel *self)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_signal_connect(factory, "setup", G_CALLBACK(setup_cb), self);
    g_signal_connect(factory, "bind", G_CALLBACK(bind_cb), self);
    g_signal_connect(factory, "unbind", G_CALLBACK(unbind_cb), self);
    self->list = gtk_list_view_new(NULL, factory);
    gtk_widget_add_css_class(self->list, "review-list");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "What to look at", -1);
    gtk_widget_set_tooltip_text(self->list, "What to look at, the most doubtful first");
    GtkWidget *scroller = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroller), GTK_POLICY_NEVER,
        GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), self->list);
    self->placeholder = gtk_label_new("");
    gtk_label_set_wrap(GTK_LABEL(self->placeholder), TRUE);
    gtk_label_set_justify(GTK_LABEL(self->placeholder), GTK_JUSTIFY_CENTER);
    gtk_widget_add_css_class(self->placeholder, "dim-label");
    self->list_stack = GTK_STACK(gtk_stack_new());
    gtk_stack_add_named(self->list_stack, self->placeholder, "empty");
    gtk_stack_add_named(self->list_stack, scroller, "list");
    gtk_widget_set_vexpand(GTK_WIDGET(self->list_stack), TRUE);
    gtk_widget_set_size_request(GTK_WIDGET(self->list_stack), -1, 150);
    return GTK_WIDGET(self->list_stack);
}

static GtkWidget *
make_buttons(LacReviewPanel *self)
{
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_column_homogeneous(GTK_GRID(grid), TRUE);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 4);
    gtk_grid_set_row_spacing(GTK_GRID(grid), 4);
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
        GtkWidget *button = gtk_button_new_with_mnemonic(actions[i].label);
        gtk_widget_set_focus_on_click(button, FALSE);
        gtk_widget_add_css_class(button, "small");
        g_signal_connect(button, "clicked", G_CALLBACK(button_cb), self);
        gtk_grid_attach(GTK_GRID(grid), button, (int) i % 4, (int) i / 4, 1, 1);
        self->buttons[i] = button;
    }
    return grid;
}

static GtkWidget *
make_toggles(LacReviewPanel *self)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    for (guint i = 0; i < N_TOGGLES; i++) {
        self->toggles[i] = gtk_check_button_new_with_mnemonic(toggles[i].label);
        gtk_widget_set_tooltip_text(self->toggles[i], toggles[i].tooltip);
        gtk_widget_add_css_class(self->toggles[i], "caption");
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->toggles[i]), i != TOGGLE_RESIDUAL);
        g_signal_connect(self->toggles[i], "toggled", G_CALLBACK(toggle_cb), self);
        gtk_box_append(GTK_BOX(box), self->toggles[i]);
    }
    return box;
}

static void
lac_review_panel_init(LacReviewPanel *self)
{
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    gtk_widget_set_margin_start(self->box, 12);
    gtk_widget_set_margin_end(self->box, 12);
    gtk_widget_set_margin_top(self->box, 10);
    gtk_widget_set_margin_bottom(self->box, 10);
    gtk_box_append(GTK_BOX(self->box), make_header(self));
    gtk_box_append(GTK_BOX(self->box), make_filters(self));
    gtk_box_append(GTK_BOX(self->box), make_list(self));
    gtk_box_append(GTK_BOX(self->box), make_buttons(self));
    gtk_box_append(GTK_BOX(self->box), make_toggles(self));
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
}

/**
 * lac_review_panel_new:
 *
 * Returns: (transfer floating): a panel without a session
 */
GtkWidget *
lac_review_panel_new(void)
{
    return g_object_new(LAC_TYPE_REVIEW_PANEL, NULL);
}

/**
 * lac_review_panel_set_session:
 * @self: a new panel
 * @session: whose atoms are reviewed; the panel takes a reference
 */
void
lac_review_panel_set_session(LacReviewPanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_REVIEW_PANEL(self) && self->session == NULL);

    self->session = g_object_ref(session);
    self->queue = lac_review_queue_new(session);
    self->selection =
        gtk_single_selection_new(g_object_ref(lac_review_queue_get_model(self->queue)));
    gtk_single_selection_set_autoselect(self->selection, FALSE);
    gtk_single_selection_set_can_unselect(self->selection, TRUE);
    gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
    gtk_list_view_set_model(GTK_LIST_VIEW(self->list), GTK_SELECTION_MODEL(self->selection));
    g_signal_connect_swapped(self->selection, "notify::selected", G_CALLBACK(selected_cb), self);
    g_signal_connect_swapped(self->queue, "changed", G_CALLBACK(queue_changed_cb), self);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(atoms_changed_cb), self);
    queue_changed_cb(self);
    atoms_changed_cb(self);
}

/**
 * lac_review_panel_set_views:
 * @self: a panel with a session
 * @viewport: the 3D view
 * @ortho: the slices
 *
 * Where the surface about an atom, the residual and the candidates are shown.
 */
void
lac_review_panel_set_views(LacReviewPanel *self, LacViewport *viewport, LacOrthoView *ortho)
{
    g_return_if_fail(LAC_IS_REVIEW_PANEL(self) && self->queue != NULL && self->views == NULL);

    self->views = lac_review_views_new(self->session, self->queue, viewport, ortho);
    for (guint i = 0; i < N_TOGGLES; i++)
        toggle_cb(GTK_CHECK_BUTTON(self->toggles[i]), self);
    lac_review_views_set_active(self->views, gtk_widget_get_mapped(GTK_WIDGET(self)));
}

/**
 * lac_review_panel_get_queue:
 * @self: a panel with a session
 *
 * Returns: (transfer none): its queue
 */
LacReviewQueue *
lac_review_panel_get_queue(LacReviewPanel *self)
{
    return self->queue;
}
