// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/history-list.h"

#define SCROLL_DELAY_MS 60 // after the list is shown

typedef enum {
    COLUMN_NUMBER,
    COLUMN_TIME,
    COLUMN_WHAT,
    COLUMN_REASON,
    N_COLUMNS,
} Column;

static const struct {
    const char *title;
    gboolean expand;
} columns[N_COLUMNS] = {
    [COLUMN_NUMBER] = { "Step", FALSE },
    [COLUMN_TIME] = { "Time", FALSE },
    [COLUMN_WHAT] = { "What", TRUE },
    [COLUMN_REASON] = { "Reason", TRUE },
};

// One row: the state after so many steps.
#define LAC_TYPE_HISTORY_ROW (lac_history_row_get_type())
G_DECLARE_FINAL_TYPE(LacHistoryRow, lac_history_row, LAC, HISTORY_ROW, GObject)

struct _LacHistoryRow {
    GObject parent_instance;
    guint step;
    char *label;
};

G_DEFINE_FINAL_TYPE(LacHistoryRow, lac_history_row, G_TYPE_OBJECT)

struct _LacHistoryList {
    GtkWidget parent_instance;
    GtkWidget *scroller, *view;
    GListStore *rows;
    GtkSingleSelection *selection;
    LacSession *session;
    gboolean is_updating;
    guint scroll_source; // 0: none
};

enum {
    STEPPED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacHistoryList, lac_history_list, GTK_TYPE_WIDGET)

static void
lac_history_row_finalize(GObject *object)
{
    g_free(LAC_HISTORY_ROW(object)->label);
    G_OBJECT_CLASS(lac_history_row_parent_class)->finalize(object);
}

static void
lac_history_row_class_init(LacHistoryRowClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = lac_history_row_finalize;
}

static void
lac_history_row_init(LacHistoryRow *self)
{
    (void) self;
}

// --- cells

static Column
get_column(gpointer object)
{
    return (Column) GPOINTER_TO_UINT(g_object_get_data(object, "lac-column"));
}

static const LacEdit *
get_edit(LacHistoryList *self, const LacHistoryRow *row)
{
    return row->step > 0 && row->step <= lac_session_get_n_steps(self->session)
        ? lac_session_get_step_edit(self->session, row->step - 1)
        : NULL;
}

static char *
dup_text(LacHistoryList *self, const LacHistoryRow *row, Column column)
{
    const LacEdit *edit = get_edit(self, row);
    if (column == COLUMN_NUMBER)
        return g_strdup_printf("%u", row->step);
    if (column == COLUMN_WHAT)
        return g_strdup(row->label);
    if (edit == NULL)
        return g_strdup("");
    if (column == COLUMN_REASON)
        return g_strdup(edit->reason != NULL ? edit->reason : "");
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(edit->time / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local(utc) : NULL;
    return local != NULL ? g_date_time_format(local, "%F %T") : g_strdup("");
}

static void
update_cell(LacHistoryList *self, GtkListItem *item)
{
    LacHistoryRow *row = gtk_list_item_get_item(item);
    GtkWidget *cell = gtk_list_item_get_child(item);
    if (row == NULL || cell == NULL)
        return;
    Column column = get_column(cell);
    g_autofree char *text = dup_text(self, row, column);
    if (column == COLUMN_REASON) {
        if (!gtk_widget_has_focus(cell))
            gtk_editable_set_text(GTK_EDITABLE(cell), text);
        gboolean is_edit = get_edit(self, row) != NULL;
        gtk_editable_set_editable(GTK_EDITABLE(cell), is_edit);
        gtk_text_set_placeholder_text(GTK_TEXT(cell), is_edit ? "why?" : NULL);
        const char *tip = is_edit ? "Why this was done; click to type, Enter keeps it" : NULL;
        // Telling it again what it knows costs a question to the display server.
        if (g_strcmp0(gtk_widget_get_tooltip_text(cell), tip) != 0)
            gtk_widget_set_tooltip_text(cell, tip);
    }
    else {
        gtk_label_set_text(GTK_LABEL(cell), text);
    }
    gtk_widget_set_opacity(cell, row->step > lac_session_get_step(self->session) ? 0.5 : 1.0);
}

// A reason is kept when the field is left, by Enter or by going elsewhere.
static void
keep_reason(GtkText *cell)
{
    LacHistoryList *self = g_object_get_data(G_OBJECT(cell), "lac-list");
    GtkListItem *item = g_object_get_data(G_OBJECT(cell), "lac-item");
    LacHistoryRow *row = item != NULL ? gtk_list_item_get_item(item) : NULL;
    const LacEdit *edit = row != NULL ? get_edit(self, row) : NULL;
    const char *text = gtk_editable_get_text(GTK_EDITABLE(cell));
    if (edit != NULL && g_strcmp0(edit->reason != NULL ? edit->reason : "", text) != 0)
        lac_session_set_step_reason(self->session, row->step - 1, text);
}

static gboolean
key_cb(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, GtkText *cell)
{
    (void) keys;
    (void) code;
    (void) state;
    LacHistoryList *self = g_object_get_data(G_OBJECT(cell), "lac-list");
    GtkListItem *item = g_object_get_data(G_OBJECT(cell), "lac-item");
    LacHistoryRow *row = item != NULL ? gtk_list_item_get_item(item) : NULL;
    if (key != GDK_KEY_Escape || row == NULL)
        return FALSE;
    g_autofree char *kept = dup_text(self, row, COLUMN_REASON);
    gtk_editable_set_text(GTK_EDITABLE(cell), kept);
    return TRUE;
}

// Not GtkEditableLabel: GTK 4.8 looks at one again after its window may be gone.
static GtkWidget *
new_reason(LacHistoryList *self)
{
    GtkWidget *cell = gtk_text_new();
    gtk_accessible_update_property(GTK_ACCESSIBLE(cell), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Reason of the edit", -1);
    g_object_set_data(G_OBJECT(cell), "lac-list", self);
    g_signal_connect(cell, "activate", G_CALLBACK(keep_reason), NULL);
    GtkEventController *focus = gtk_event_controller_focus_new();
    g_signal_connect_swapped(focus, "leave", G_CALLBACK(keep_reason), cell);
    gtk_widget_add_controller(cell, focus);
    GtkEventController *keys = gtk_event_controller_key_new();
    g_signal_connect(keys, "key-pressed", G_CALLBACK(key_cb), cell);
    gtk_widget_add_controller(cell, keys);
    return cell;
}

typedef struct {
    LacHistoryList *list;
    GtkListItem *item;
} Cell;

// What nobody sees is written when it is shown again.
static void
stepped_cb(Cell *cell)
{
    if (gtk_widget_get_mapped(GTK_WIDGET(cell->list)))
        update_cell(cell->list, cell->item);
}

static void
setup_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacHistoryList *self)
{
    Column column = get_column(factory);
    GtkWidget *cell;
    if (column == COLUMN_REASON) {
        cell = new_reason(self);
    }
    else {
        cell = gtk_label_new("");
        gtk_label_set_xalign(GTK_LABEL(cell), column == COLUMN_NUMBER ? 1.0F : 0.0F);
        gtk_label_set_ellipsize(GTK_LABEL(cell),
            column == COLUMN_WHAT ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
        gtk_widget_add_css_class(cell, "numeric");
        if (column != COLUMN_WHAT)
            gtk_widget_add_css_class(cell, "dim-label");
    }
    g_object_set_data(G_OBJECT(cell), "lac-column", GUINT_TO_POINTER(column));
    gtk_list_item_set_child(item, cell);
}

static void
free_cell(gpointer data, GClosure *closure)
{
    (void) closure;
    g_free(data);
}

static void
bind_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacHistoryList *self)
{
    (void) factory;
    Cell *cell = g_new(Cell, 1);
    *cell = (Cell){ .list = self, .item = item };
    gulong handler = g_signal_connect_data(self, "stepped", G_CALLBACK(stepped_cb), cell, free_cell,
        G_CONNECT_SWAPPED);
    g_object_set_data(G_OBJECT(item), "lac-handler", GSIZE_TO_POINTER(handler));
    g_object_set_data(G_OBJECT(gtk_list_item_get_child(item)), "lac-item", item);
    update_cell(self, item);
}

static void
unbind_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacHistoryList *self)
{
    (void) factory;
    gulong handler = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(item), "lac-handler"));
    if (handler != 0)
        g_signal_handler_disconnect(self, handler);
    g_object_set_data(G_OBJECT(item), "lac-handler", NULL);
    GtkWidget *child = gtk_list_item_get_child(item);
    if (child != NULL)
        g_object_set_data(G_OBJECT(child), "lac-item", NULL);
}

// --- rows

static LacHistoryRow *
row_new(guint step, const char *label)
{
    LacHistoryRow *row = g_object_new(LAC_TYPE_HISTORY_ROW, NULL);
    row->step = step;
    row->label = g_strdup(label);
    return row;
}

static gboolean
is_same(LacHistoryList *self, guint step, const char *label)
{
    g_autoptr(LacHistoryRow) row = g_list_model_get_item(G_LIST_MODEL(self->rows), step);
    return row != NULL && g_strcmp0(row->label, label) == 0;
}

static void
scroll_to(LacHistoryList *self, guint position)
{
    GtkWidget *rows = gtk_widget_get_last_child(self->view);
    if (rows != NULL && gtk_widget_get_mapped(self->view))
        gtk_widget_activate_action(rows, "list.scroll-to-item", "u", position);
}

// Rows from the first that differs on are made anew.
static void
update(LacHistoryList *self)
{
    guint n = lac_session_get_n_steps(self->session) + 1, n_old, first = 0;
    self->is_updating = TRUE;
    n_old = g_list_model_get_n_items(G_LIST_MODEL(self->rows));
    while (first < MIN(n, n_old) &&
        is_same(self, first,
            first > 0 ? lac_session_get_step_label(self->session, first - 1) : "As opened"))
        first++;
    g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func(g_object_unref);
    for (guint i = first; i < n; i++)
        g_ptr_array_add(added,
            row_new(i, i > 0 ? lac_session_get_step_label(self->session, i - 1) : "As opened"));
    if (n != n_old || added->len > 0)
        g_list_store_splice(self->rows, first, n_old - first, added->pdata, added->len);
    guint step = lac_session_get_step(self->session);
    if (gtk_single_selection_get_selected(self->selection) != step) {
        gtk_single_selection_set_selected(self->selection, step);
        scroll_to(self, step);
    }
    g_signal_emit(self, signals[STEPPED], 0);
    self->is_updating = FALSE;
}

static void
selected_cb(LacHistoryList *self)
{
    guint step = gtk_single_selection_get_selected(self->selection);
    if (self->is_updating || step == GTK_INVALID_LIST_POSITION)
        return;
    lac_session_go_to_step(self->session, step);
    update(self); // also when it was refused
}

static gboolean
scroll_to_step(gpointer data)
{
    LacHistoryList *self = data;
    self->scroll_source = 0;
    scroll_to(self, lac_session_get_step(self->session));
    return G_SOURCE_REMOVE;
}

// The rows get their places with the first layout.
static void
lac_history_list_map(GtkWidget *widget)
{
    LacHistoryList *self = LAC_HISTORY_LIST(widget);
    GTK_WIDGET_CLASS(lac_history_list_parent_class)->map(widget);
    if (self->session != NULL)
        g_signal_emit(self, signals[STEPPED], 0);
    if (self->scroll_source == 0)
        self->scroll_source = g_timeout_add(SCROLL_DELAY_MS, scroll_to_step, self);
}

static void
lac_history_list_dispose(GObject *object)
{
    LacHistoryList *self = LAC_HISTORY_LIST(object);
    g_clear_handle_id(&self->scroll_source, g_source_remove);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    g_clear_object(&self->selection);
    g_clear_object(&self->rows);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_history_list_parent_class)->dispose(object);
}

static void
lac_history_list_class_init(LacHistoryListClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_history_list_dispose;
    GTK_WIDGET_CLASS(klass)->map = lac_history_list_map;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    signals[STEPPED] = g_signal_new("stepped", LAC_TYPE_HISTORY_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_history_list_init(LacHistoryList *self)
{
    self->scroller = gtk_scrolled_window_new();
    gtk_widget_set_parent(self->scroller, GTK_WIDGET(self));
    self->rows = g_list_store_new(LAC_TYPE_HISTORY_ROW);
    self->selection = gtk_single_selection_new(g_object_ref(G_LIST_MODEL(self->rows)));
    gtk_single_selection_set_autoselect(self->selection, FALSE);
}

static void
add_column(LacHistoryList *self, Column column)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_object_set_data(G_OBJECT(factory), "lac-column", GUINT_TO_POINTER(column));
    g_signal_connect_object(factory, "setup", G_CALLBACK(setup_cb), self, 0);
    g_signal_connect_object(factory, "bind", G_CALLBACK(bind_cb), self, 0);
    g_signal_connect_object(factory, "unbind", G_CALLBACK(unbind_cb), self, 0);
    g_autoptr(GtkColumnViewColumn) added =
        gtk_column_view_column_new(columns[column].title, factory);
    gtk_column_view_column_set_expand(added, columns[column].expand);
    gtk_column_view_column_set_resizable(added, TRUE);
    gtk_column_view_append_column(GTK_COLUMN_VIEW(self->view), added);
}

/**
 * lac_history_list_new:
 * @session: whose history is shown; the list takes a reference
 *
 * Returns: (transfer floating): the steps, oldest first
 */
GtkWidget *
lac_history_list_new(LacSession *session)
{
    LacHistoryList *self = g_object_new(LAC_TYPE_HISTORY_LIST, NULL);
    self->session = g_object_ref(session);
    self->view = gtk_column_view_new(GTK_SELECTION_MODEL(g_object_ref(self->selection)));
    gtk_widget_add_css_class(self->view, "data-table");
    gtk_widget_set_tooltip_text(self->view, "Click a step to go back, or forward, to it");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "History of steps", -1);
    for (Column column = 0; column < N_COLUMNS; column++)
        add_column(self, column);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scroller), self->view);
    g_signal_connect_object(self->selection, "notify::selected", G_CALLBACK(selected_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_swapped(session, "file-changed", G_CALLBACK(update), self);
    update(self);
    return GTK_WIDGET(self);
}
