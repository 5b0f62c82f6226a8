// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tilt-table.h"

#include "ui/number-entry.h"
#include "ui/tilt.h"

#include <math.h>

#define FINEST    1e-3  // [deg, px] that is shown: more than alignment can tell
#define MAX_ANGLE 360.0 // [deg]
#define MAX_SHIFT 1e5   // [pixel]

typedef enum {
    COLUMN_PHI,
    COLUMN_THETA,
    COLUMN_PSI,
    COLUMN_DU,
    COLUMN_DV,
    COLUMN_INDEX,
    COLUMN_NOISE,
    COLUMN_GAIN,
    COLUMN_EXCLUDED,
} Column;

struct _LacTiltTable {
    GtkWidget parent_instance;
    GtkWidget *scroller, *view;
    GtkSingleSelection *tilts;
    GtkColumnViewColumn *noise; // (nullable) of the view
    gboolean has_shifts;        // less room for angles
};

enum {
    ANGLE_EDITED,
    SHIFT_EDITED,
    EXCLUDED_EDITED,
    REFUSED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacTiltTable, lac_tilt_table, GTK_TYPE_WIDGET)

/**
 * lac_tilt_table_parse_angle:
 * @text: what the user typed
 * @angle: (out): the angle [deg]; untouched on failure
 * @refusal: (out) (transfer full): a sentence that says why not; untouched on success
 *
 * Returns: whether @text is an angle
 */
gboolean
lac_tilt_table_parse_angle(const char *text, double *angle, char **refusal)
{
    double value;
    if (!lac_parse_number(text, &value)) {
        *refusal = g_strdup_printf("“%s” is not an angle in degrees", text);
        return FALSE;
    }
    if (fabs(value) > MAX_ANGLE) {
        *refusal = g_strdup_printf("%g° is outside ±%g°", value, MAX_ANGLE);
        return FALSE;
    }
    *angle = value;
    return TRUE;
}

static double
get_value(LacTilt *tilt, Column column)
{
    const LacAngles *angles = lac_tilt_get_angles(tilt);
    const LacShift *shift = lac_tilt_get_shift(tilt);
    const double values[] = { angles->phi, angles->theta, angles->psi, shift->du, shift->dv };
    return values[column];
}

static Column
get_column(gpointer cell)
{
    return (Column) GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(cell), "lac-column"));
}

static LacTilt *
get_tilt(gpointer cell)
{
    return g_object_get_data(G_OBJECT(cell), "lac-tilt");
}

static void
cell_update(GtkWidget *cell)
{
    LacTilt *tilt = get_tilt(cell);
    Column column = get_column(cell);
    if (tilt == NULL)
        return;
    guint number = lac_tilt_get_index(tilt) + 1;
    if (column == COLUMN_INDEX) {
        g_autofree char *text = g_strdup_printf("%u", number);
        gtk_label_set_text(GTK_LABEL(cell), text);
    }
    else if (column == COLUMN_NOISE) {
        double noise = lac_tilt_get_noise(tilt);
        g_autofree char *text = isnan(noise) ? g_strdup("…") : g_strdup_printf("%.3g", noise);
        gtk_label_set_text(GTK_LABEL(cell), text);
    }
    else if (column == COLUMN_GAIN) {
        g_autofree char *text = g_strdup_printf("%.3f", lac_tilt_get_gain(tilt));
        gtk_label_set_text(GTK_LABEL(cell), text);
    }
    else if (column == COLUMN_EXCLUDED) {
        gtk_check_button_set_active(GTK_CHECK_BUTTON(cell), lac_tilt_get_excluded(tilt));
        g_autofree char *label = g_strdup_printf("Exclude projection %u", number);
        gtk_accessible_update_property(GTK_ACCESSIBLE(cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
            -1);
    }
    else {
        static const char *const names[] = { "Phi", "Theta", "Psi", "Shift across the tilt axis",
            "Shift along the tilt axis" };
        lac_number_entry_set_value(LAC_NUMBER_ENTRY(cell),
            FINEST * round(get_value(tilt, column) / FINEST));
        g_autofree char *label = g_strdup_printf("%s of projection %u in %s", names[column], number,
            column <= COLUMN_PSI ? "degrees" : "pixels");
        gtk_accessible_update_property(GTK_ACCESSIBLE(cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
            -1);
    }
    gtk_widget_set_opacity(cell,
        lac_tilt_get_excluded(tilt) && column != COLUMN_EXCLUDED ? 0.5 : 1.0);
}

static void
edited_cb(LacNumberEntry *cell, double value, LacTiltTable *self)
{
    LacTilt *tilt = get_tilt(cell);
    Column column = get_column(cell);
    if (tilt == NULL)
        return;
    if (column <= COLUMN_PSI)
        g_signal_emit(self, signals[ANGLE_EDITED], 0, lac_tilt_get_index(tilt), (guint) column,
            value);
    else
        g_signal_emit(self, signals[SHIFT_EDITED], 0, lac_tilt_get_index(tilt),
            (guint) (column - COLUMN_DU), value);
}

static void
refused_cb(LacNumberEntry *cell, const char *text, LacTiltTable *self)
{
    double angle;
    g_autofree char *refusal = NULL;
    if (get_column(cell) > COLUMN_PSI) {
        refusal = g_strdup_printf("“%s” is not a shift within ±%g pixels", text, MAX_SHIFT);
        g_signal_emit(self, signals[REFUSED], 0, refusal);
    }
    else if (!lac_tilt_table_parse_angle(text, &angle, &refusal))
        g_signal_emit(self, signals[REFUSED], 0, refusal);
}

// The row follows the field that is being edited.
static void
focus_cb(GtkEventControllerFocus *focus, LacTiltTable *self)
{
    LacTilt *tilt = get_tilt(gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(focus)));
    if (tilt != NULL)
        gtk_single_selection_set_selected(self->tilts, lac_tilt_get_index(tilt));
}

static GtkWidget *
make_number_cell(LacTiltTable *self, gboolean is_angle)
{
    GtkWidget *cell = lac_number_entry_new(is_angle ? "Angle" : "Shift",
        is_angle ? "Degrees; Enter accepts" : "Pixels; Enter accepts");
    lac_number_entry_set_digits(LAC_NUMBER_ENTRY(cell), is_angle && !self->has_shifts ? 5 : 4);
    lac_number_entry_set_range(LAC_NUMBER_ENTRY(cell), is_angle ? -MAX_ANGLE : -MAX_SHIFT,
        is_angle ? MAX_ANGLE : MAX_SHIFT);
    gtk_editable_set_width_chars(GTK_EDITABLE(cell), self->has_shifts ? 7 : 6);
    gtk_entry_set_has_frame(GTK_ENTRY(cell), FALSE);
    g_signal_connect_object(cell, "edited", G_CALLBACK(edited_cb), self, 0);
    g_signal_connect_object(cell, "refused", G_CALLBACK(refused_cb), self, 0);
    GtkEventController *focus = gtk_event_controller_focus_new();
    g_signal_connect_object(focus, "enter", G_CALLBACK(focus_cb), self, 0);
    gtk_widget_add_controller(cell, focus);
    return cell;
}

static void
toggled_cb(GtkCheckButton *cell, LacTiltTable *self)
{
    LacTilt *tilt = get_tilt(cell);
    gboolean excluded = gtk_check_button_get_active(cell);
    if (tilt != NULL && !excluded != !lac_tilt_get_excluded(tilt))
        g_signal_emit(self, signals[EXCLUDED_EDITED], 0, lac_tilt_get_index(tilt), excluded);
}

static void
setup_cb(GtkSignalListItemFactory *factory, GtkListItem *item, LacTiltTable *self)
{
    Column column = get_column(factory);
    GtkWidget *cell;
    if (column == COLUMN_INDEX || column == COLUMN_NOISE || column == COLUMN_GAIN) {
        cell = gtk_label_new("");
        gtk_label_set_xalign(GTK_LABEL(cell), 1.0f);
        gtk_widget_add_css_class(cell, "numeric");
        gtk_widget_add_css_class(cell, "dim-label");
        if (column == COLUMN_NOISE)
            gtk_widget_set_tooltip_text(cell,
                "Standard deviation of the noise at the mean intensity, as measured");
        if (column == COLUMN_GAIN)
            gtk_widget_set_tooltip_text(cell,
                "How bright this projection is for the object that all of them show; found by "
                "Refine and by normalising, and divided out by reconstructions");
    }
    else if (column == COLUMN_EXCLUDED) {
        cell = gtk_check_button_new();
        gtk_widget_set_halign(cell, GTK_ALIGN_CENTER);
        gtk_widget_set_tooltip_text(cell, "Leave this projection out of the reconstruction (X)");
        g_signal_connect_object(cell, "toggled", G_CALLBACK(toggled_cb), self, 0);
    }
    else {
        cell = make_number_cell(self, column <= COLUMN_PSI);
    }
    g_object_set_data(G_OBJECT(cell), "lac-column", GUINT_TO_POINTER(column));
    gtk_list_item_set_child(item, cell);
}

static void
bind_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *cell = gtk_list_item_get_child(item);
    LacTilt *tilt = LAC_TILT(gtk_list_item_get_item(item));
    g_object_set_data_full(G_OBJECT(cell), "lac-tilt", g_object_ref(tilt), g_object_unref);
    g_signal_connect_object(tilt, "changed", G_CALLBACK(cell_update), cell, G_CONNECT_SWAPPED);
    cell_update(cell);
}

static void
unbind_cb(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *cell = gtk_list_item_get_child(item);
    g_signal_handlers_disconnect_by_func(get_tilt(cell), cell_update, cell);
    g_object_set_data(G_OBJECT(cell), "lac-tilt", NULL);
}

static void
add_column(LacTiltTable *self, Column column, const char *title)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
    g_object_set_data(G_OBJECT(factory), "lac-column", GUINT_TO_POINTER(column));
    g_signal_connect_object(factory, "setup", G_CALLBACK(setup_cb), self, 0);
    g_signal_connect(factory, "bind", G_CALLBACK(bind_cb), NULL);
    g_signal_connect(factory, "unbind", G_CALLBACK(unbind_cb), NULL);
    g_autoptr(GtkColumnViewColumn) added = gtk_column_view_column_new(title, factory);
    gtk_column_view_column_set_expand(added, column <= COLUMN_DV);
    if (column == COLUMN_NOISE)
        self->noise = added;
    gtk_column_view_append_column(GTK_COLUMN_VIEW(self->view), added);
}

static void
lac_tilt_table_dispose(GObject *object)
{
    LacTiltTable *self = LAC_TILT_TABLE(object);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    g_clear_object(&self->tilts);
    G_OBJECT_CLASS(lac_tilt_table_parent_class)->dispose(object);
}

static void
lac_tilt_table_class_init(LacTiltTableClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_tilt_table_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    signals[ANGLE_EDITED] = g_signal_new("angle-edited", LAC_TYPE_TILT_TABLE, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_DOUBLE);
    signals[SHIFT_EDITED] = g_signal_new("shift-edited", LAC_TYPE_TILT_TABLE, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_DOUBLE);
    signals[EXCLUDED_EDITED] = g_signal_new("excluded-edited", LAC_TYPE_TILT_TABLE,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
    signals[REFUSED] = g_signal_new("refused", LAC_TYPE_TILT_TABLE, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lac_tilt_table_init(LacTiltTable *self)
{
    self->scroller = gtk_scrolled_window_new();
    gtk_scrolled_window_set_propagate_natural_width(GTK_SCROLLED_WINDOW(self->scroller), TRUE);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(self->scroller), GTK_POLICY_AUTOMATIC,
        GTK_POLICY_AUTOMATIC);
    gtk_widget_set_vexpand(self->scroller, TRUE);
    gtk_widget_set_parent(self->scroller, GTK_WIDGET(self));
}

/**
 * lac_tilt_table_new:
 * @tilts: list of #LacTilt and which of them is shown
 *
 * Returns: (transfer floating): a table of them
 */
GtkWidget *
lac_tilt_table_new(GtkSingleSelection *tilts)
{
    LacTiltTable *self = g_object_new(LAC_TYPE_TILT_TABLE, NULL);
    self->tilts = g_object_ref(tilts);
    self->view = gtk_column_view_new(GTK_SELECTION_MODEL(g_object_ref(tilts)));
    gtk_widget_add_css_class(self->view, "data-table");
    gtk_widget_set_tooltip_text(self->view, "Angles of the projections");
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Angles of the projections", -1);
    add_column(self, COLUMN_INDEX, "No.");
    add_column(self, COLUMN_PHI, "φ (°)");
    add_column(self, COLUMN_THETA, "θ (°)");
    add_column(self, COLUMN_PSI, "ψ (°)");
    add_column(self, COLUMN_NOISE, "Noise");
    add_column(self, COLUMN_EXCLUDED, "Excluded");
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scroller), self->view);
    return GTK_WIDGET(self);
}

/**
 * lac_tilt_table_add_shifts:
 * @self: a table
 *
 * Adds columns for the shifts and the gain, in the place of that of the noise.
 */
void
lac_tilt_table_add_shifts(LacTiltTable *self)
{
    g_return_if_fail(LAC_IS_TILT_TABLE(self));

    self->has_shifts = TRUE;
    if (self->noise != NULL)
        gtk_column_view_remove_column(GTK_COLUMN_VIEW(self->view), self->noise);
    self->noise = NULL;
    add_column(self, COLUMN_DU, "Across (px)");
    add_column(self, COLUMN_DV, "Along (px)");
    add_column(self, COLUMN_GAIN, "Gain");
}

/**
 * lac_tilt_table_scroll_to:
 * @self: a table
 * @k: the row to bring into view
 */
void
lac_tilt_table_scroll_to(LacTiltTable *self, guint k)
{
    g_return_if_fail(LAC_IS_TILT_TABLE(self));

    // The rows are a list view inside the column view, below the header.
    GtkWidget *rows = gtk_widget_get_last_child(self->view);
    if (rows != NULL && k < g_list_model_get_n_items(G_LIST_MODEL(self->tilts)))
        gtk_widget_activate_action(rows, "list.scroll-to-item", "u", k);
}
