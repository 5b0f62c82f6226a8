// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/classify-panel.h"

#include "core/data/elements.h"
#include "ui/class-histogram.h"

#include <adwaita.h>
#include <math.h>

struct _LacClassifyPanel {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *settings_group, *histogram_box, *classify_button, *automatic_button;
    AdwEntryRow *species_row;
    GtkSwitch *drop_switch, *local_switch;
    GtkLabel *report_label;
    LacClassHistogram *histogram;
    LacSession *session;
    LacAtoms *shown;          // (nullable) whose intensities the histogram has
    char **species;           // (nullable) as typed, when that was right
    gboolean has_own_borders; // set by hand
    gboolean has_typed_species;
};

G_DEFINE_FINAL_TYPE(LacClassifyPanel, lac_classify_panel, GTK_TYPE_WIDGET)

// --- species

// "O, Zr" or "2". Returns NULL, and why in @refusal, when it is neither.
static char **
parse_species(const char *text, char **refusal)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    guint n = 0;
    if (stripped[0] != '\0' && strspn(stripped, "0123456789") == strlen(stripped)) {
        guint64 count = g_ascii_strtoull(stripped, NULL, 10);
        if (count < 1 || count > LAC_CLASSIFY_MAX_SPECIES) {
            *refusal = g_strdup_printf("Between 1 and %d species can be told apart, not %s",
                LAC_CLASSIFY_MAX_SPECIES, stripped);
            return NULL;
        }
        for (guint64 i = 1; i <= count; i++) {
            g_autofree char *name = g_strdup_printf("type %" G_GUINT64_FORMAT, i);
            g_strv_builder_add(builder, name);
        }
        return g_strv_builder_end(builder);
    }
    g_auto(GStrv) parts = g_strsplit_set(stripped, ",;", -1);
    for (char **part = parts; *part != NULL; part++) {
        const char *name = g_strstrip(*part);
        if (name[0] == '\0')
            continue;
        g_strv_builder_add(builder, name);
        n++;
    }
    if (n >= 1 && n <= LAC_CLASSIFY_MAX_SPECIES)
        return g_strv_builder_end(builder);
    *refusal = n == 0 ? g_strdup("Type the species, such as “O, Zr”, or how many there are")
                      : g_strdup_printf("Between 1 and %d species can be told apart, not %u",
                            LAC_CLASSIFY_MAX_SPECIES, n);
    return NULL;
}

static GdkRGBA
species_color(const char *name, guint index)
{
    static const float types[LAC_CLASSIFY_MAX_SPECIES][3] = { { 0.27F, 0.53F, 0.93F },
        { 0.95F, 0.57F, 0.16F }, { 0.30F, 0.69F, 0.31F }, { 0.69F, 0.36F, 0.80F } };
    guint number = lac_element_from_symbol(name);
    float rgb[3];
    if (number == 0)
        return (GdkRGBA){ types[index][0], types[index][1], types[index][2], 1.0F };
    lac_element_get_color(number, LAC_PALETTE_JMOL, rgb);
    return (GdkRGBA){ rgb[0], rgb[1], rgb[2], 1.0F };
}

static void
show_classes(LacClassifyPanel *self)
{
    guint n = g_strv_length(self->species);
    const char *names[LAC_CLASSIFY_MAX_SPECIES + 1] = { "no atom" };
    GdkRGBA colors[LAC_CLASSIFY_MAX_SPECIES + 1] = { { 0.55F, 0.55F, 0.55F, 1.0F } };
    for (guint k = 0; k < n; k++) {
        names[k + 1] = self->species[k];
        colors[k + 1] = species_color(self->species[k], k);
    }
    lac_class_histogram_set_classes(self->histogram, names, colors, n + 1);
}

static void
species_cb(LacClassifyPanel *self)
{
    g_autofree char *refusal = NULL;
    char **species =
        parse_species(gtk_editable_get_text(GTK_EDITABLE(self->species_row)), &refusal);
    if (species == NULL) {
        gtk_widget_add_css_class(GTK_WIDGET(self->species_row), "error");
        gtk_label_set_text(self->report_label, refusal);
        gtk_widget_set_sensitive(self->classify_button, FALSE);
        return;
    }
    gtk_widget_remove_css_class(GTK_WIDGET(self->species_row), "error");
    gtk_label_set_text(self->report_label, "");
    gboolean changed =
        self->species == NULL || g_strv_length(species) != g_strv_length(self->species);
    g_strfreev(self->species);
    self->species = species;
    if (changed)
        self->has_own_borders = FALSE;
    show_classes(self);
}

static void
typed_cb(LacClassifyPanel *self)
{
    self->has_typed_species = TRUE;
    species_cb(self);
    gtk_widget_set_sensitive(self->classify_button,
        self->session != NULL && lac_session_get_atoms(self->session) != NULL &&
            !gtk_widget_has_css_class(GTK_WIDGET(self->species_row), "error"));
}

static void
set_species_text(LacClassifyPanel *self, char **names)
{
    g_autofree char *text = g_strjoinv(", ", names);
    g_signal_handlers_block_by_func(self->species_row, typed_cb, self);
    gtk_editable_set_text(GTK_EDITABLE(self->species_row), text);
    g_signal_handlers_unblock_by_func(self->species_row, typed_cb, self);
    species_cb(self);
}

// What is known of the particle is what the entry offers: its species, else those of the truth.
static void
offer_species(LacClassifyPanel *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    const LacAtoms *truth = lac_session_get_known_atoms(self->session);
    if (self->has_typed_species)
        return;
    // A tracer knows of one species only, and gives it no name of an element.
    if (atoms != NULL && atoms->species_names[0] != NULL &&
        lac_element_from_symbol(atoms->species_names[0]) != 0) {
        set_species_text(self, atoms->species_names);
        return;
    }
    if (truth == NULL || truth->species_names[0] == NULL ||
        g_strv_length(truth->species_names) > LAC_CLASSIFY_MAX_SPECIES)
        return;
    // The dimmest first: in HAADF the lightest.
    g_auto(GStrv) names = g_strdupv(truth->species_names);
    guint n = g_strv_length(names);
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++)
            if (lac_element_from_symbol(names[j]) < lac_element_from_symbol(names[i])) {
                char *name = names[i];
                names[i] = names[j];
                names[j] = name;
            }
    set_species_text(self, names);
}

// --- histogram and report

static void
show_report(LacClassifyPanel *self)
{
    const LacClassifyReport *report = lac_session_get_classification(self->session);
    if (report == NULL || report->n_species != g_strv_length(self->species))
        return;
    double borders[LAC_CLASSIFY_MAX_SPECIES];
    for (guint k = 0; k < report->n_species; k++)
        borders[k] = isfinite(report->borders[k]) ? report->borders[k] : 0.0;
    lac_class_histogram_set_borders(self->histogram, borders);
    g_autoptr(GString) text = g_string_new(NULL);
    if (report->n_components == 1)
        g_string_append(text, "The intensities are of one class. ");
    else if (report->n_components > 1)
        g_string_append_printf(text, "The intensities are a mixture of %u classes. ",
            report->n_components);
    else if (self->has_own_borders)
        g_string_append(text, "Borders set by hand. ");
    if (report->n_rounds > 0)
        g_string_append_printf(text,
            "Neighbours changed the species of %'" G_GSIZE_FORMAT " in %u rounds%s.",
            report->n_moved, report->n_rounds, report->cycled ? ", then the labels came back" : "");
    gtk_label_set_text(self->report_label, text->str);
}

static void
update_histogram(LacClassifyPanel *self)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    const double *values = atoms != NULL ? lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY) : NULL;
    gtk_widget_set_visible(self->histogram_box, values != NULL);
    if (values == NULL || lac_session_is_tracing(self->session))
        return;
    // Rejected and deleted peaks are not classified, so they do not count.
    g_autofree double *counted = g_new(double, MAX(atoms->n, 1));
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i) || atoms->state[i] == LAC_ATOM_NON_ATOM)
            counted[n++] = values[i];
    lac_class_histogram_set_values(self->histogram, counted, n);
}

static void
update(LacClassifyPanel *self)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    gboolean busy = lac_session_get_job(self->session) != NULL, has_atoms = atoms != NULL;
    gboolean is_wrong = gtk_widget_has_css_class(GTK_WIDGET(self->species_row), "error");
    if (atoms != self->shown && !lac_session_is_tracing(self->session)) {
        gboolean is_first =
            self->shown == NULL || lac_session_get_classification(self->session) == NULL;
        g_clear_pointer(&self->shown, lac_atoms_unref);
        self->shown = has_atoms ? lac_atoms_ref(atoms) : NULL;
        if (is_first)
            self->has_own_borders = FALSE;
        offer_species(self);
        update_histogram(self);
        show_report(self);
    }
    gtk_widget_set_sensitive(self->classify_button, has_atoms && !busy && !is_wrong);
    gtk_widget_set_sensitive(self->automatic_button, has_atoms && !busy && !is_wrong);
    const char *why = !has_atoms ? "Trace the atoms first"
        : busy                   ? "Other work is running: see the bar below"
                                 : NULL;
    gtk_widget_set_tooltip_text(self->classify_button,
        why != NULL ? why : "Give each peak its species by the borders (Ctrl+K)");
    gtk_widget_set_tooltip_text(self->automatic_button,
        why != NULL ? why : "Find the borders again, instead of those set by hand");
}

// --- classifying

/**
 * lac_classify_panel_get_params:
 * @self: a panel
 * @params: (out): the parameters as they stand, valid until they change
 */
void
lac_classify_panel_get_params(LacClassifyPanel *self, LacClassifyParams *params)
{
    g_return_if_fail(LAC_IS_CLASSIFY_PANEL(self));

    lac_classify_params_init(params);
    params->species = (const char *const *) self->species;
    params->drop_non_atoms = gtk_switch_get_active(self->drop_switch);
    params->local = gtk_switch_get_active(self->local_switch);
    if (self->has_own_borders) {
        params->borders = lac_class_histogram_get_borders(self->histogram);
        params->n_borders = lac_class_histogram_get_n_borders(self->histogram);
    }
}

/**
 * lac_classify_panel_run:
 * @self: a panel with a session
 *
 * Classifies with the parameters as they stand.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_classify_panel_run(LacClassifyPanel *self)
{
    g_return_val_if_fail(LAC_IS_CLASSIFY_PANEL(self) && self->session != NULL, FALSE);

    LacClassifyParams params;
    lac_classify_panel_get_params(self, &params);
    return lac_session_classify(self->session, &params);
}

static void
classify_cb(LacClassifyPanel *self)
{
    lac_classify_panel_run(self);
}

static void
automatic_cb(LacClassifyPanel *self)
{
    self->has_own_borders = FALSE;
    lac_classify_panel_run(self);
}

static void
borders_committed_cb(LacClassifyPanel *self)
{
    self->has_own_borders = TRUE;
    if (lac_session_get_job(self->session) == NULL)
        lac_classify_panel_run(self);
}

static void
lac_classify_panel_dispose(GObject *object)
{
    LacClassifyPanel *self = LAC_CLASSIFY_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->shown, lac_atoms_unref);
    g_clear_pointer(&self->species, g_strfreev);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_classify_panel_parent_class)->dispose(object);
}

static void
lac_classify_panel_class_init(LacClassifyPanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_classify_panel_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/classify-panel.ui");
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, box);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, settings_group);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, histogram_box);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, classify_button);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, automatic_button);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, species_row);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, drop_switch);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, local_switch);
    gtk_widget_class_bind_template_child(widget_class, LacClassifyPanel, report_label);
}

static void
lac_classify_panel_init(LacClassifyPanel *self)
{
    char name[] = "type 1";
    char *one[] = { name, NULL };
    gtk_widget_init_template(GTK_WIDGET(self));
    self->histogram = LAC_CLASS_HISTOGRAM(lac_class_histogram_new());
    gtk_box_append(GTK_BOX(self->histogram_box), GTK_WIDGET(self->histogram));
    g_signal_connect_swapped(self->species_row, "changed", G_CALLBACK(typed_cb), self);
    set_species_text(self, one);
    g_signal_connect_swapped(self->histogram, "borders-committed", G_CALLBACK(borders_committed_cb),
        self);
    g_signal_connect_swapped(self->classify_button, "clicked", G_CALLBACK(classify_cb), self);
    g_signal_connect_swapped(self->automatic_button, "clicked", G_CALLBACK(automatic_cb), self);
}

/**
 * lac_classify_panel_set_session:
 * @self: a panel
 * @session: whose atoms it classifies; once
 */
void
lac_classify_panel_set_session(LacClassifyPanel *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_CLASSIFY_PANEL(self) && self->session == NULL);

    static const char *const changes[] = { "job-changed", "atoms-changed", "opened" };
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        g_signal_connect_swapped(session, changes[i], G_CALLBACK(update), self);
    update(self);
}
