// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare-panel.h"

#include "ui/file-dialog.h"

#include <adwaita.h>
#include <math.h>

#define REVEAL_FRAMES 3

struct _LacComparePanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *settings_group, *compare_button, *clear_button, *open_button, *result_box;
    AdwActionRow *truth_row;
    AdwComboRow *align_row;
    GtkSpinButton *cutoff_spin;
    LacSession *session;
    guint reveal_frames; // until the next result is scrolled to; 0: it is not
};

G_DEFINE_FINAL_TYPE(LacComparePanel, lac_compare_panel, GTK_TYPE_WIDGET)

// --- results

static GtkWidget *
make_label(const char *text, float xalign, const char *css)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), xalign);
    gtk_widget_add_css_class(label, "numeric");
    if (css != NULL)
        gtk_widget_add_css_class(label, css);
    return label;
}

static void add_fact(GtkWidget *grid, int row, const char *name, const char *tooltip,
    const char *format, ...) G_GNUC_PRINTF(5, 6);

static void
add_fact(GtkWidget *grid, int row, const char *name, const char *tooltip, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    GtkWidget *title = make_label(name, 0.0F, "dim-label"), *value = make_label(text, 1.0F, NULL);
    gtk_widget_set_hexpand(value, TRUE);
    gtk_widget_set_tooltip_text(title, tooltip);
    gtk_widget_set_tooltip_text(value, tooltip);
    gtk_grid_attach(GTK_GRID(grid), title, 0, row, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), value, 1, row, 1, 1);
}

static GtkWidget *
make_grid(void)
{
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    gtk_grid_set_row_spacing(GTK_GRID(grid), 4);
    return grid;
}

static void
add_card(LacComparePanel *self, const char *title, GtkWidget *content)
{
    if (title != NULL) {
        GtkWidget *heading = make_label(title, 0.0F, "heading");
        gtk_box_append(GTK_BOX(self->result_box), heading);
    }
    GtkWidget *card = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_add_css_class(card, "card");
    gtk_widget_add_css_class(content, "facts");
    gtk_box_append(GTK_BOX(card), content);
    gtk_box_append(GTK_BOX(self->result_box), card);
}

static void
show_scores(LacComparePanel *self, const LacMatch *match)
{
    GtkWidget *grid = make_grid();
    const LacMatchScore *score = &match->score;
    int row = 0;
    g_autofree char *within = g_strdup_printf("Pairs within %.2f Å", score->cutoff);
    add_fact(grid, row++, within, "One atom of the model and one known atom each",
        "%'" G_GSIZE_FORMAT, score->n_pairs);
    add_fact(grid, row++, "Recall", "Share of the known atoms that were found", "%.2f %%",
        100.0 * score->recall);
    add_fact(grid, row++, "Precision", "Share of the atoms of the model that are real", "%.2f %%",
        100.0 * score->precision);
    add_fact(grid, row++, "F1", "Harmonic mean of recall and precision", "%.2f %%",
        100.0 * score->f1);
    add_fact(grid, row++, "Recall within 0.5 Å", "The same for pairs that are closer", "%.2f %%",
        100.0 * match->half.recall);
    if (score->n_pairs > 0) {
        add_fact(grid, row++, "RMSD", "Root mean square of the distances of the pairs", "%.2f pm",
            match->errors.rms);
        add_fact(grid, row++, "Median, 95 %", "Distances of the pairs", "%.2f, %.2f pm",
            match->errors.median, match->errors.p95);
        add_fact(grid, row++, "Along x, y, z", "Root mean square along each axis",
            "%.1f, %.1f, %.1f pm", match->errors.axis_rms[0], match->errors.axis_rms[1],
            match->errors.axis_rms[2]);
    }
    if (!isnan(match->type_accuracy))
        add_fact(grid, row++, "Right species", "Share of the pairs of the same species", "%.2f %%",
            100.0 * match->type_accuracy);
    add_card(self, NULL, grid);
}

static void
show_published(LacComparePanel *self, const LacMatch *match)
{
    GtkWidget *grid = make_grid();
    const LacMatchPublished *published = &match->published;
    add_fact(grid, 0, "Found", "The rule of published work: an atom may be taken twice",
        "%'" G_GSIZE_FORMAT ", %.2f %%", published->n_kept, 100.0 * published->share);
    add_fact(grid, 1, "RMSD", "Standard deviation of the differences", "%.2f pm", published->rmsd);
    add_fact(grid, 2, "By chance", "What a model displaced by 3 to 6 Å still gets under this rule",
        "%.1f %%", 100.0 * published->chance);
    add_card(self, "Published rule", grid);
}

static GtkWidget *
make_table(const char *const *titles, const char *const *tooltips, int n)
{
    GtkWidget *grid = make_grid();
    for (int k = 0; k < n; k++) {
        GtkWidget *title = make_label(titles[k], k > 0 ? 1.0F : 0.0F, "dim-label");
        gtk_widget_set_tooltip_text(title, tooltips[k]);
        gtk_widget_set_hexpand(title, TRUE);
        gtk_grid_attach(GTK_GRID(grid), title, k, 0, 1, 1);
    }
    return grid;
}

static void
add_cell(GtkWidget *grid, int column, int row, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void
add_cell(GtkWidget *grid, int column, int row, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    gtk_grid_attach(GTK_GRID(grid), make_label(text, column > 0 ? 1.0F : 0.0F, NULL), column, row,
        1, 1);
}

static void
show_species(LacComparePanel *self, const LacMatch *match)
{
    static const char *const titles[] = { "", "Known", "Found", "Right", "pm" };
    static const char *const tooltips[] = { "Species", "Known atoms of the species",
        "Of them, those with a partner", "Of them, those of the right species",
        "Root mean square distance [pm]" };
    GtkWidget *grid = make_table(titles, tooltips, G_N_ELEMENTS(titles));
    for (guint i = 0; i < match->n_species; i++) {
        const LacMatchSpecies *species = &match->species[i];
        char *texts[] = { g_strdup(species->name),
            g_strdup_printf("%'" G_GSIZE_FORMAT, species->n_truth),
            g_strdup_printf("%'" G_GSIZE_FORMAT, species->n_matched),
            g_strdup_printf("%'" G_GSIZE_FORMAT, species->n_correct),
            isnan(species->errors.rms) ? g_strdup("–")
                                       : g_strdup_printf("%.1f", species->errors.rms) };
        for (int k = 0; k < (int) G_N_ELEMENTS(texts); k++) {
            gtk_grid_attach(GTK_GRID(grid), make_label(texts[k], k > 0 ? 1.0F : 0.0F, NULL), k,
                (int) i + 1, 1, 1);
            g_free(texts[k]);
        }
    }
    add_card(self, "Species", grid);
}

// Which phases are found how well.
static void
show_phases(LacComparePanel *self, const LacScore *score)
{
    static const char *const titles[] = { "", "Known", "Found", "%", "pm" };
    static const char *const tooltips[] = { "Phase of the simulated particle",
        "Known atoms of the phase", "Of them, those with a partner", "Share that was found",
        "Root mean square distance [pm]" };
    GtkWidget *grid = make_table(titles, tooltips, G_N_ELEMENTS(titles));
    for (guint p = 0; p < score->n_phases; p++) {
        const LacScorePhase *phase = &score->phases[p];
        int row = (int) p + 1;
        add_cell(grid, 0, row, "%s", lac_truth_phase_get_title(phase->phase));
        add_cell(grid, 1, row, "%'" G_GSIZE_FORMAT, phase->n_truth);
        add_cell(grid, 2, row, "%'" G_GSIZE_FORMAT, phase->n_found);
        add_cell(grid, 3, row, "%.1f",
            100.0 * (double) phase->n_found / (double) MAX(phase->n_truth, 1));
        if (isnan(phase->rms))
            add_cell(grid, 4, row, "–");
        else
            add_cell(grid, 4, row, "%.1f", phase->rms);
    }
    add_card(self, "Phases", grid);
}

// What sets the missed atoms apart from the others.
static void
show_facts(LacComparePanel *self, const LacScore *score)
{
    static const char *const titles[] = { "", "Missed", "All" };
    static const char *const tooltips[] = { "What atoms can have in common",
        "Share of the missed atoms", "Share of all known atoms" };
    GtkWidget *grid = make_table(titles, tooltips, G_N_ELEMENTS(titles));
    for (guint f = 0; f < score->facts->len; f++) {
        const LacScoreFact *fact = &g_array_index(score->facts, LacScoreFact, f);
        int row = (int) f + 1;
        GtkWidget *title = make_label(fact->title, 0.0F,
            lac_score_fact_is_telling(score, fact) ? "heading" : NULL);
        gtk_widget_set_tooltip_text(title, fact->help);
        gtk_grid_attach(GTK_GRID(grid), title, 0, row, 1, 1);
        add_cell(grid, 1, row, "%.0f %%",
            100.0 * (double) fact->n_missed / (double) score->n_missed);
        add_cell(grid, 2, row, "%.0f %%",
            100.0 * (double) fact->n_all / (double) MAX(score->n_truth, 1));
    }
    add_card(self, "What the Missed Atoms Have in Common", grid);
}

// --- selecting what differs

static void
select_extra_cb(LacComparePanel *self)
{
    const LacMatch *match = lac_session_get_match(self->session);
    if (match == NULL || match->n_extra == 0)
        return;
    lac_session_set_selection(self->session, match->extra, match->n_extra);
    lac_session_set_current_atom(self->session, match->extra[0]);
}

// How many atoms are far from their partners; @indices, if any, has room for all pairs.
static gsize
find_displaced(const LacMatch *match, gsize *indices)
{
    gsize n = 0;
    for (gsize i = 0; i < match->n_pairs; i++) {
        LacVec3 d = match->pairs[i].difference;
        if (!(100.0 * sqrt(d.x * d.x + d.y * d.y + d.z * d.z) > LAC_SCORE_DISPLACED_PM))
            continue;
        if (indices != NULL)
            indices[n] = match->pairs[i].model;
        n++;
    }
    return n;
}

static void
select_displaced_cb(LacComparePanel *self)
{
    const LacMatch *match = lac_session_get_match(self->session);
    if (match == NULL)
        return;
    g_autofree gsize *indices = g_new(gsize, match->n_pairs);
    gsize n = find_displaced(match, indices);
    lac_session_set_selection(self->session, indices, n);
    if (n > 0)
        lac_session_set_current_atom(self->session, indices[0]);
}

// The crosshair goes from one missed atom to the next.
static void
next_missed_cb(LacComparePanel *self, GtkWidget *button)
{
    const LacMatch *match = lac_session_get_match(self->session);
    const LacAtoms *truth = lac_session_get_known_atoms(self->session);
    const LacVolume *volume = lac_session_get_volume(self->session);
    if (match == NULL || truth == NULL || volume == NULL || match->n_missed == 0)
        return;
    gsize k = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(button), "lac-next")) % match->n_missed;
    gsize i = match->missed[k];
    g_object_set_data(G_OBJECT(button), "lac-next", GSIZE_TO_POINTER(k + 1));
    lac_session_go_to_position(self->session, (LacVec3){ truth->x[i], truth->y[i], truth->z[i] });
}

static void
add_button(LacComparePanel *self, GtkWidget *row, gsize n, const char *what, const char *tooltip,
    GCallback callback)
{
    g_autofree char *label = g_strdup_printf("%'" G_GSIZE_FORMAT " %s", n, what);
    GtkWidget *button = gtk_button_new_with_label(label);
    gtk_widget_set_tooltip_text(button, n > 0 ? tooltip : "There are none");
    gtk_widget_set_sensitive(button, n > 0);
    gtk_widget_set_hexpand(button, TRUE);
    gtk_box_append(GTK_BOX(row), button);
    g_signal_connect_swapped(button, "clicked", callback, self);
}

static void
show_differences(LacComparePanel *self, const LacMatch *match)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *missed = gtk_button_new();
    g_autofree char *label = g_strdup_printf("%'" G_GSIZE_FORMAT " missed", match->n_missed);
    gtk_button_set_label(GTK_BUTTON(missed), label);
    gtk_widget_set_sensitive(missed, match->n_missed > 0);
    gtk_widget_set_hexpand(missed, TRUE);
    gtk_widget_set_tooltip_text(missed,
        match->n_missed > 0 ? "Go to the next known atom without a partner" : "There are none");
    g_signal_connect_swapped(missed, "clicked", G_CALLBACK(next_missed_cb), self);
    gtk_box_append(GTK_BOX(row), missed);
    add_button(self, row, match->n_extra, "extra",
        "Select the atoms of the model that no known one belongs to", G_CALLBACK(select_extra_cb));
    add_button(self, row, find_displaced(match, NULL), "off",
        "Select the atoms that are more than 50 pm from their partner",
        G_CALLBACK(select_displaced_cb));
    gtk_box_append(GTK_BOX(self->result_box), row);
}

static void
show_match(LacComparePanel *self)
{
    const LacMatch *match = lac_session_get_match(self->session);
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(self->result_box)) != NULL)
        gtk_box_remove(GTK_BOX(self->result_box), child);
    gtk_widget_set_visible(self->result_box, match != NULL);
    if (match == NULL)
        return;
    show_scores(self, match);
    show_differences(self, match);
    if (match->n_species > 1)
        show_species(self, match);
    const LacScore *score = lac_session_get_score(self->session);
    if (score != NULL && score->n_phases > 1)
        show_phases(self, score);
    if (score != NULL && score->n_missed > 0)
        show_facts(self, score);
    show_published(self, match);
}

// --- settings

static void
update(LacComparePanel *self)
{
    const LacAtoms *truth = lac_session_get_known_atoms(self->session);
    gboolean has_atoms = lac_session_get_atoms(self->session) != NULL;
    gboolean ready = has_atoms && truth != NULL && !lac_session_is_tracing(self->session);
    g_autofree char *subtitle = truth != NULL
        ? g_strdup_printf("%'" G_GSIZE_FORMAT " atoms", lac_atoms_count_present(truth))
        : g_strdup("None are open");
    adw_action_row_set_subtitle(self->truth_row, subtitle);
    gtk_widget_set_sensitive(self->compare_button, ready);
    gtk_widget_set_tooltip_text(self->compare_button,
        truth == NULL    ? "Open known positions first"
            : !has_atoms ? "Trace the atoms first"
                         : "Pair every atom with a known one, now and after every edit");
    gtk_widget_set_sensitive(self->clear_button, lac_session_get_match(self->session) != NULL);
    // Numbers of before an edit are still worth reading, but not as those of the model.
    gtk_widget_set_opacity(self->result_box,
        lac_session_is_match_stale(self->session) ? 0.55 : 1.0);
    gtk_widget_set_tooltip_text(self->result_box,
        lac_session_is_match_stale(self->session) ? "The atoms changed: comparing again" : NULL);
}

// The result has its size one frame after it was made.
static gboolean
reveal_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    (void) clock;
    (void) data;
    LacComparePanel *self = LAC_COMPARE_PANEL(widget);
    if (--self->reveal_frames > 0)
        return G_SOURCE_CONTINUE;
    GtkWidget *scroller = gtk_widget_get_ancestor(widget, GTK_TYPE_SCROLLED_WINDOW);
    graphene_rect_t place;
    if (scroller == NULL || !gtk_widget_compute_bounds(widget, scroller, &place))
        return G_SOURCE_REMOVE;
    GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroller));
    gtk_adjustment_set_value(adjustment,
        gtk_adjustment_get_value(adjustment) + (double) graphene_rect_get_y(&place));
    return G_SOURCE_REMOVE;
}

/**
 * lac_compare_panel_reveal:
 * @self: a panel
 *
 * Scrolls to the next result when it is there.
 */
void
lac_compare_panel_reveal(LacComparePanel *self)
{
    g_return_if_fail(LAC_IS_COMPARE_PANEL(self));

    self->reveal_frames = REVEAL_FRAMES;
}

static void
match_changed_cb(LacComparePanel *self)
{
    show_match(self);
    update(self);
    if (self->reveal_frames > 0 && lac_session_get_match(self->session) != NULL)
        gtk_widget_add_tick_callback(GTK_WIDGET(self), reveal_tick, NULL, NULL);
}

static void
compare_cb(LacComparePanel *self)
{
    LacMatchParams params;
    lac_match_params_init(&params);
    params.align = (LacAlign) adw_combo_row_get_selected(self->align_row);
    params.cutoff = gtk_spin_button_get_value(self->cutoff_spin);
    lac_session_compare(self->session, &params);
}

static void
clear_cb(LacComparePanel *self)
{
    lac_session_compare(self->session, NULL);
}

static void
truth_chosen(gpointer source, GPtrArray *paths)
{
    LacComparePanel *self = source;
    if (paths->len > 0)
        lac_session_open_truth(self->session, g_ptr_array_index(paths, 0));
}

static void
open_cb(LacComparePanel *self)
{
    const LacFileDialog dialog = {
        .title = "Open Known Positions",
        .action = GTK_FILE_CHOOSER_ACTION_OPEN,
    };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, truth_chosen);
}

static void
lac_compare_panel_dispose(GObject *object)
{
    LacComparePanel *self = LAC_COMPARE_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_compare_panel_parent_class)->dispose(object);
}

static void
lac_compare_panel_class_init(LacComparePanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_compare_panel_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/compare-panel.ui");
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, box);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, settings_group);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, compare_button);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, clear_button);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, open_button);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, result_box);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, truth_row);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, align_row);
    gtk_widget_class_bind_template_child(widget_class, LacComparePanel, cutoff_spin);
}

static void
lac_compare_panel_init(LacComparePanel *self)
{
    LacMatchParams params;
    gtk_widget_init_template(GTK_WIDGET(self));
    lac_match_params_init(&params);
    adw_combo_row_set_selected(self->align_row, params.align);
    g_signal_connect_swapped(self->compare_button, "clicked", G_CALLBACK(compare_cb), self);
    g_signal_connect_swapped(self->clear_button, "clicked", G_CALLBACK(clear_cb), self);
    g_signal_connect_swapped(self->open_button, "clicked", G_CALLBACK(open_cb), self);
}

/**
 * lac_compare_panel_set_session:
 * @self: a panel
 * @session: whose atoms it compares; once
 */
void
lac_compare_panel_set_session(LacComparePanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_COMPARE_PANEL(self) && self->session == NULL);

    static const char *const changes[] = { "job-changed", "atoms-changed", "opened" };
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(session, changes[i], G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "match-changed", G_CALLBACK(match_changed_cb), self);
    update(self);
}
