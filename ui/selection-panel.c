// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/selection-panel.h"

#include "core/analysis/plane.h"
#include "ui/atom-edits.h"
#include "ui/fact-list.h"
#include "ui/inspect.h"

#include <math.h>

#define SHELL_SHARE    1.35 // of the usual distance: where the first neighbours end
#define MAX_NEIGHBOURS 16   // that are listed
#define HEIGHT         270  // while something is selected

struct _LacSelectionPanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *title, *facts, *neighbours_title, *neighbours, *hint;
    GtkWidget *model_row, *record_row; // buttons
    GtkWidget *phase_row, *region_row; // buttons while atoms are analysed
    GtkWidget *line;
    GtkWidget *results_title;
    LacFactList *results;
    LacInspector *inspector;
    gboolean is_analysing; // else atoms are corrected
    LacSession *session;
    LacAtoms *measured; // (nullable) whose usual distance is known
    double bond;        // [Å]
    guint update_source;
    int n_facts;
};

G_DEFINE_FINAL_TYPE(LacSelectionPanel, lac_selection_panel, GTK_TYPE_WIDGET)

// --- facts

static void
clear(GtkWidget *grid)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(grid)) != NULL)
        gtk_grid_remove(GTK_GRID(grid), child);
}

static void
add_fact(LacSelectionPanel *self, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
add_fact(LacSelectionPanel *self, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    GtkWidget *title = gtk_label_new(name), *value = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(title), 0.0F);
    gtk_label_set_yalign(GTK_LABEL(title), 0.0F);
    gtk_label_set_xalign(GTK_LABEL(value), 1.0F);
    gtk_label_set_wrap(GTK_LABEL(value), TRUE);
    gtk_label_set_selectable(GTK_LABEL(value), TRUE);
    gtk_widget_set_can_focus(value, FALSE);
    gtk_widget_set_hexpand(value, TRUE);
    gtk_widget_add_css_class(title, "dim-label");
    gtk_widget_add_css_class(value, "numeric");
    gtk_grid_attach(GTK_GRID(self->facts), title, 0, self->n_facts, 1, 1);
    gtk_grid_attach(GTK_GRID(self->facts), value, 1, self->n_facts++, 1, 1);
}

static void
add_column_fact(LacSelectionPanel *self, const LacAtoms *atoms, gsize i, const char *column,
    const char *name, const char *unit)
{
    const double *values = lac_atoms_get_column(atoms, column);
    if (values != NULL && isfinite(values[i]))
        add_fact(self, name, "%.4g%s", values[i], unit);
}

static LacVec3
get_position(const LacAtoms *atoms, gsize i)
{
    return (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
}

static LacVec3
subtract(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.x - b.x, a.y - b.y, a.z - b.z };
}

static double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static double
distance(const LacAtoms *atoms, gsize i, gsize j)
{
    LacVec3 d = subtract(get_position(atoms, i), get_position(atoms, j));
    return sqrt(dot(d, d));
}

// --- neighbours

typedef struct {
    gsize index;
    double distance;
} Neighbour;

static int
compare_neighbours(const void *a, const void *b)
{
    const Neighbour *x = a, *y = b;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

// Edits move the usual distance by nothing worth measuring again; another model does.
static double
get_bond(LacSelectionPanel *self, LacAtoms *atoms)
{
    if (self->measured == NULL || self->measured->n > atoms->n ||
        atoms->n > self->measured->n + self->measured->n / 10) {
        g_clear_pointer(&self->measured, lac_atoms_unref);
        self->measured = lac_atoms_ref(atoms);
        self->bond = lac_atoms_measure_bond(atoms);
    }
    return self->bond;
}

static void
neighbour_cb(GtkButton *button, LacSelectionPanel *self)
{
    const gsize index = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(button), "lac-atom"));
    lac_session_set_selection(self->session, &index, 1);
    lac_session_set_current_atom(self->session, index);
}

// Buttons are kept for the next atom: making them takes longer than all else.
static GtkWidget *
take_button(LacSelectionPanel *self, int k)
{
    GtkWidget *button = gtk_grid_get_child_at(GTK_GRID(self->neighbours), k % 2, k / 2);
    if (button != NULL)
        return button;
    button = gtk_button_new_with_label("");
    gtk_widget_add_css_class(button, "flat");
    gtk_widget_add_css_class(button, "neighbour");
    gtk_widget_add_css_class(button, "numeric");
    gtk_widget_set_hexpand(button, TRUE);
    gtk_widget_set_tooltip_text(button, "Select this neighbour");
    g_signal_connect_object(button, "clicked", G_CALLBACK(neighbour_cb), self, 0);
    gtk_grid_attach(GTK_GRID(self->neighbours), button, k % 2, k / 2, 1, 1);
    return button;
}

static void
add_neighbour(LacSelectionPanel *self, const Neighbour *neighbour, int k)
{
    g_autofree char *species = lac_session_dup_species(self->session, neighbour->index);
    g_autofree char *text = g_strdup_printf("%s %" G_GSIZE_FORMAT "   %.3f Å", species,
        neighbour->index + 1, neighbour->distance);
    GtkWidget *button = take_button(self, k);
    gtk_button_set_label(GTK_BUTTON(button), text);
    g_object_set_data(G_OBJECT(button), "lac-atom", GSIZE_TO_POINTER(neighbour->index));
    gtk_widget_set_visible(button, TRUE);
}

static void
hide_neighbours(LacSelectionPanel *self)
{
    for (GtkWidget *child = gtk_widget_get_first_child(self->neighbours); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        gtk_widget_set_visible(child, FALSE);
}

static void
show_neighbours(LacSelectionPanel *self, LacAtoms *atoms, gsize i)
{
    double reach = SHELL_SHARE * get_bond(self, atoms);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Neighbour));
    for (gsize k = 0; k < atoms->n; k++) {
        if (k == i || !lac_atoms_is_present(atoms, k) || fabs(atoms->x[k] - atoms->x[i]) > reach)
            continue;
        const Neighbour neighbour = { .index = k, .distance = distance(atoms, i, k) };
        if (neighbour.distance <= reach)
            g_array_append_val(found, neighbour);
    }
    g_array_sort(found, compare_neighbours);
    g_autofree char *title = g_strdup_printf("%u neighbours within %.2f Å", found->len, reach);
    gtk_label_set_text(GTK_LABEL(self->neighbours_title), title);
    for (guint k = 0; k < MIN(found->len, MAX_NEIGHBOURS); k++)
        add_neighbour(self, &g_array_index(found, Neighbour, k), (int) k);
}

// --- what is shown

static void
show_one(LacSelectionPanel *self, LacAtoms *atoms, gsize i)
{
    g_autofree char *species = lac_session_dup_species(self->session, i);
    g_autofree char *title = g_strdup_printf("Atom %" G_GSIZE_FORMAT " · %s", i + 1, species);
    gtk_label_set_text(GTK_LABEL(self->title), title);
    g_autofree char *flag = atoms->flag[i] != LAC_PEAK_OK
        ? g_strdup_printf(", %s", lac_peak_flag_get_name(atoms->flag[i]))
        : g_strdup("");
    add_fact(self, "State", "%s%s", lac_atom_state_get_name(atoms->state[i]), flag);
    add_fact(self, "x, y, z", "%.3f, %.3f, %.3f Å", atoms->x[i], atoms->y[i], atoms->z[i]);
    add_column_fact(self, atoms, i, LAC_COLUMN_INTENSITY, "Intensity", "");
    add_column_fact(self, atoms, i, LAC_COLUMN_HEIGHT, "Height", "");
    add_column_fact(self, atoms, i, LAC_COLUMN_FIT, "Misfit of the fit", "");
    add_column_fact(self, atoms, i, LAC_COLUMN_WIDTH, "Width", " Å");
    add_column_fact(self, atoms, i, LAC_COLUMN_ELONGATION, "Roundness", "");
    add_column_fact(self, atoms, i, LAC_COLUMN_MARGIN, "Margin to the next species", "");
    show_neighbours(self, atoms, i);
}

static void
show_mean(LacSelectionPanel *self, const LacAtoms *atoms, const gsize *indices, gsize n,
    const char *column, const char *name)
{
    const double *values = lac_atoms_get_column(atoms, column);
    double sum = 0.0, squares = 0.0;
    gsize count = 0;
    for (gsize k = 0; values != NULL && k < n; k++)
        if (isfinite(values[indices[k]])) {
            sum += values[indices[k]];
            squares += values[indices[k]] * values[indices[k]];
            count++;
        }
    if (count == 0)
        return;
    double mean = sum / (double) count;
    double spread = sqrt(MAX(squares / (double) count - mean * mean, 0.0));
    if (spread > 1e-9 * fmax(fabs(mean), 1.0))
        add_fact(self, name, "%.4g ± %.2g", mean, spread);
    else
        add_fact(self, name, "%.4g", mean);
}

static void
show_species(LacSelectionPanel *self, const LacAtoms *atoms, const gsize *indices, gsize n)
{
    guint n_species = g_strv_length(atoms->species_names);
    g_autofree gsize *counts = g_new0(gsize, MAX(n_species, 1));
    gsize n_records = 0;
    for (gsize k = 0; k < n; k++) {
        n_records += lac_atoms_is_present(atoms, indices[k]) ? 0 : 1;
        if (atoms->species[indices[k]] < n_species)
            counts[atoms->species[indices[k]]]++;
    }
    for (guint s = 0; s < n_species; s++)
        if (counts[s] > 0)
            add_fact(self, atoms->species_names[s], "%'" G_GSIZE_FORMAT, counts[s]);
    if (n_records > 0)
        add_fact(self, "Not in the model", "%'" G_GSIZE_FORMAT, n_records);
}

// The dihedral angle of four, and the plane that lies best among them.
static void
show_shape(LacSelectionPanel *self, const LacAtoms *atoms, const gsize *indices, gsize n)
{
    if (n < 4)
        return;
    g_autofree LacVec3 *places = g_new(LacVec3, n);
    LacPlaneFit plane;
    for (gsize k = 0; k < n; k++)
        places[k] = get_position(atoms, indices[k]);
    if (n == 4) {
        LacMeasure m =
            lac_measure_dihedral(places[0], places[1], places[2], places[3], LAC_MEASURE_PRECISION);
        if (isfinite(m.value))
            add_fact(self, "Dihedral, in order", "%.2f ± %.1f°", m.value, m.error);
    }
    if (!lac_plane_fit(places, n, &plane))
        return;
    add_fact(self, "Normal of best plane", "%.3f, %.3f, %.3f ± %.2f°", plane.normal.x,
        plane.normal.y, plane.normal.z, plane.error_deg);
    add_fact(self, "Distance from it, rms", "%.3f Å", plane.rms);
}

static void
show_many(LacSelectionPanel *self, const LacAtoms *atoms, const gsize *indices, gsize n)
{
    g_autofree char *title = g_strdup_printf("%'" G_GSIZE_FORMAT " atoms", n);
    gtk_label_set_text(GTK_LABEL(self->title), title);
    if (n == 2)
        add_fact(self, "Distance", "%.3f Å", distance(atoms, indices[0], indices[1]));
    for (guint corner = 0; n == 3 && corner < 3; corner++) {
        gsize at = indices[corner], a = indices[(corner + 1) % 3], b = indices[(corner + 2) % 3];
        LacVec3 u = subtract(get_position(atoms, a), get_position(atoms, at));
        LacVec3 v = subtract(get_position(atoms, b), get_position(atoms, at));
        double cosine = dot(u, v) / sqrt(dot(u, u) * dot(v, v));
        g_autofree char *name = g_strdup_printf("Angle at %" G_GSIZE_FORMAT, at + 1);
        add_fact(self, name, "%.2f°", acos(CLAMP(cosine, -1.0, 1.0)) * 180.0 / G_PI);
    }
    for (guint k = 0; n == 3 && k < 3; k++) {
        gsize a = indices[k], b = indices[(k + 1) % 3];
        g_autofree char *name =
            g_strdup_printf("%" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT, a + 1, b + 1);
        add_fact(self, name, "%.3f Å", distance(atoms, a, b));
    }
    show_shape(self, atoms, indices, n);
    show_species(self, atoms, indices, n);
    show_mean(self, atoms, indices, n, LAC_COLUMN_INTENSITY, "Intensity");
    show_mean(self, atoms, indices, n, LAC_COLUMN_HEIGHT, "Height");
    show_mean(self, atoms, indices, n, LAC_COLUMN_FIT, "Misfit of the fit");
}

// --- what analyses know

static void
show_results_title(LacSelectionPanel *self)
{
    LacAnalysisState state = LAC_ANALYSIS_STATE_DONE;
    if (lac_session_is_analysis_stale(self->session))
        state = LAC_ANALYSIS_STATE_STALE;
    gtk_label_set_text(GTK_LABEL(self->results_title),
        state == LAC_ANALYSIS_STATE_STALE ? "Analysis · stale, being computed again" : "Analysis");
}

static void
show_results(LacSelectionPanel *self, const gsize *indices, gsize n)
{
    LacAnalysis *analysis = lac_session_get_analysis(self->session);
    const LacPicked *picked = lac_session_get_picked(self->session);
    lac_fact_list_clear(self->results);
    lac_inspector_set_analysis(self->inspector, analysis);
    gboolean has_picked = picked->kind != LAC_PICKED_NONE;
    gboolean any = self->is_analysing && analysis != NULL && (n > 0 || has_picked);
    gtk_widget_set_visible(GTK_WIDGET(self->results), any);
    gtk_widget_set_visible(self->results_title, any);
    if (!any)
        return;
    show_results_title(self);
    if (n == 1)
        lac_inspect_atom(analysis, indices[0], self->results);
    else if (n > 1)
        lac_inspect_atoms(analysis, indices, n, self->results);
    else if (has_picked)
        lac_inspect_picked(self->inspector, picked, self->results);
}

static gboolean
update(gpointer data)
{
    LacSelectionPanel *self = data;
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    gsize n = 0, n_records = 0;
    g_autofree gsize *indices = lac_session_dup_selected(self->session, &n);
    self->update_source = 0;
    self->n_facts = 0;
    clear(self->facts);
    hide_neighbours(self);
    for (gsize k = 0; atoms != NULL && k < n; k++)
        n_records += lac_atoms_is_present(atoms, indices[k]) ? 0 : 1;
    gtk_widget_set_size_request(self->box, -1, n > 0 ? HEIGHT : -1);
    gtk_widget_set_visible(self->hint, n == 0);
    gtk_widget_set_visible(self->facts, n > 0);
    gtk_widget_set_visible(self->neighbours_title, n == 1);
    gtk_widget_set_visible(self->neighbours, n == 1);
    gtk_widget_set_visible(self->model_row, n > n_records && !self->is_analysing);
    gtk_widget_set_visible(self->record_row, n_records > 0 && !self->is_analysing);
    gtk_widget_set_visible(self->phase_row, n > n_records && self->is_analysing);
    gtk_widget_set_visible(self->region_row, n > 1 && self->is_analysing);
    gtk_widget_set_visible(self->line, n == 2);
    show_results(self, indices, n);
    const LacPicked *picked = lac_session_get_picked(self->session);
    if (n == 0 && self->is_analysing && picked->kind != LAC_PICKED_NONE) {
        g_autofree char *title = lac_inspect_dup_title(picked);
        gtk_label_set_text(GTK_LABEL(self->title), title);
        gtk_widget_set_visible(self->hint, FALSE);
        gtk_widget_set_size_request(self->box, -1, HEIGHT);
    }
    else if (n == 0 || atoms == NULL)
        gtk_label_set_text(GTK_LABEL(self->title), "Nothing selected");
    else if (n == 1)
        show_one(self, atoms, indices[0]);
    else
        show_many(self, atoms, indices, n);
    return G_SOURCE_REMOVE;
}

// Once before the next frame, however much changes.
static void
queue_update(LacSelectionPanel *self)
{
    if (self->update_source == 0)
        self->update_source = g_idle_add_full(G_PRIORITY_HIGH_IDLE, update, self, NULL);
}

static void
lac_selection_panel_dispose(GObject *object)
{
    LacSelectionPanel *self = LAC_SELECTION_PANEL(object);
    g_clear_handle_id(&self->update_source, g_source_remove);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->measured, lac_atoms_unref);
    g_clear_pointer(&self->inspector, lac_inspector_free);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_selection_panel_parent_class)->dispose(object);
}

static void
lac_selection_panel_class_init(LacSelectionPanelClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_selection_panel_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
add_button(GtkWidget *row, const char *label, const char *action, const char *target,
    const char *tooltip)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(label);
    gtk_widget_set_hexpand(button, TRUE);
    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_widget_add_css_class(button, "act");
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", target);
    gtk_box_append(GTK_BOX(row), button);
    return button;
}

static void
add_act(GtkWidget *row, const char *label, LacAtomAct act, const char *tooltip)
{
    add_button(row, label, "win.atom", lac_atom_act_get_name(act), tooltip);
}

static GtkWidget *
make_row(const char *title)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    if (title == NULL)
        return row;
    GtkWidget *label = gtk_label_new(title);
    gtk_widget_add_css_class(label, "caption");
    gtk_widget_add_css_class(label, "dim-label");
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_width_chars(GTK_LABEL(label), 7);
    gtk_box_append(GTK_BOX(row), label);
    return row;
}

// What is told or asked of atoms while they are analysed.
static void
make_analysis_buttons(LacSelectionPanel *self)
{
    self->phase_row = make_row("Phase is");
    add_button(self->phase_row, "Metal", "win.phase", "metal",
        "Tell that these atoms are metal: one step, which can be undone");
    add_button(self->phase_row, "Crystal", "win.phase", "oxide",
        "Tell that these atoms are crystalline oxide");
    add_button(self->phase_row, "Glass", "win.phase", "amorphous",
        "Tell that these atoms are amorphous oxide");
    add_button(self->phase_row, "Auto", "win.phase", "automatic",
        "Let the analysis decide the phase of these atoms");
    self->region_row = make_row("Use as");
    add_button(self->region_row, "Region A", "win.region", "a",
        "Compare these atoms with those of region B (Ctrl+1)");
    add_button(self->region_row, "Region B", "win.region", "b",
        "Compare these atoms with those of region A (Ctrl+2)");
    self->line = add_button(self->region_row, "Line", "win.line", "selection",
        "Profiles along the line between these two atoms; or draw one in the 3D view (D)");
}

static void
make_buttons(LacSelectionPanel *self)
{
    self->model_row = make_row(NULL);
    add_act(self->model_row, "Accept", LAC_ATOM_ACT_ACCEPT, "This is an atom (Space)");
    add_act(self->model_row, "Unsure", LAC_ATOM_ACT_UNSURE, "Come back to it later (U)");
    add_act(self->model_row, "Snap", LAC_ATOM_ACT_SNAP, "Move it onto its peak (S)");
    add_act(self->model_row, "Delete", LAC_ATOM_ACT_DELETE,
        "Take it out of the model; it stays as a ghost (Delete)");
    self->record_row = make_row(NULL);
    add_act(self->record_row, "Restore", LAC_ATOM_ACT_RESTORE, "Make it an atom of the model (R)");
    make_analysis_buttons(self);
}

static GtkWidget *
make_grid(guint row_spacing)
{
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    gtk_grid_set_row_spacing(GTK_GRID(grid), row_spacing);
    return grid;
}

static void
lac_selection_panel_init(LacSelectionPanel *self)
{
    self->title = gtk_label_new("Nothing selected");
    gtk_label_set_xalign(GTK_LABEL(self->title), 0.0F);
    gtk_widget_add_css_class(self->title, "heading");
    gtk_widget_add_css_class(self->title, "numeric");
    self->hint = gtk_label_new("Click an atom; Ctrl adds to the selection");
    gtk_label_set_wrap(GTK_LABEL(self->hint), TRUE);
    gtk_label_set_xalign(GTK_LABEL(self->hint), 0.0F);
    gtk_widget_add_css_class(self->hint, "caption");
    gtk_widget_add_css_class(self->hint, "dim-label");
    self->facts = make_grid(3);
    self->neighbours_title = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(self->neighbours_title), 0.0F);
    gtk_widget_add_css_class(self->neighbours_title, "caption-heading");
    self->neighbours = make_grid(0);
    gtk_grid_set_column_homogeneous(GTK_GRID(self->neighbours), TRUE);
    make_buttons(self);
    GtkWidget *content = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    gtk_widget_add_css_class(content, "selection-panel");
    self->results_title = gtk_label_new("Analysis");
    gtk_label_set_xalign(GTK_LABEL(self->results_title), 0.0F);
    gtk_widget_add_css_class(self->results_title, "caption-heading");
    self->results = LAC_FACT_LIST(lac_fact_list_new());
    self->inspector = lac_inspector_new();
    GtkWidget *const parts[] = { self->title, self->hint, self->model_row, self->record_row,
        self->phase_row, self->region_row, self->facts, self->results_title,
        GTK_WIDGET(self->results), self->neighbours_title, self->neighbours };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        gtk_box_append(GTK_BOX(content), parts[i]);
    self->box = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(self->box), GTK_POLICY_NEVER,
        GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(self->box), TRUE);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->box), content);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    gtk_accessible_update_property(GTK_ACCESSIBLE(content), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "What is selected", -1);
}

/**
 * lac_selection_panel_set_analysing:
 * @self: a panel
 * @analysing: whether results are shown, instead of what corrects atoms
 */
void
lac_selection_panel_set_analysing(LacSelectionPanel *self, gboolean analysing)
{
    g_return_if_fail(LAC_IS_SELECTION_PANEL(self));

    self->is_analysing = analysing;
    gtk_label_set_text(GTK_LABEL(self->hint),
        analysing ? "Click an atom, a pore, a vacancy or the interface"
                  : "Click an atom; Ctrl adds to the selection");
    gtk_widget_set_tooltip_text(self->hint,
        analysing ? "Click again at the same place for what is behind" : NULL);
    if (self->session != NULL)
        queue_update(self);
}

/**
 * lac_selection_panel_get_result:
 * @self: a panel
 * @name: what it is, as it stands there
 *
 * Returns: (transfer none) (nullable): what analyses say, with its unit
 */
const char *
lac_selection_panel_get_result(LacSelectionPanel *self, const char *name)
{
    return lac_fact_list_get(self->results, name);
}

/**
 * lac_selection_panel_set_session:
 * @self: a panel
 * @session: whose selection it describes; once
 */
void
lac_selection_panel_set_session(LacSelectionPanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_SELECTION_PANEL(self) && self->session == NULL);

    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(queue_update), self);
    g_signal_connect_swapped(session, "selection-changed", G_CALLBACK(queue_update), self);
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(queue_update), self);
    g_signal_connect_swapped(session, "picked-changed", G_CALLBACK(queue_update), self);
    update(self);
}
