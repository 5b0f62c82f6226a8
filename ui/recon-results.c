// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recon-results.h"

typedef enum {
    FACT_R1,
    FACT_R2,
    FACT_R_FREE,
    FACT_ITERATIONS,
    FACT_TIME,
    FACT_BLOB,
    FACT_SIZE,
    N_FACTS,
} Fact;

static const struct {
    const char *name, *tooltip;
} facts[N_FACTS] = {
    [FACT_R1] = { "R1", "Σ|calculated − measured| / Σ|measured|, mean over the projections" },
    [FACT_R2] = { "R2", "‖calculated − measured‖ / ‖measured‖, mean over the projections" },
    [FACT_R_FREE] = { "R-free", "R1 of the projections that were held out" },
    [FACT_ITERATIONS] = { "Iterations", "Done so far, over all runs" },
    [FACT_TIME] = { "Time", "Spent iterating, pauses left out" },
    [FACT_BLOB] = { "Blob width", "Standard deviation of the Gaussian basis, in voxels" },
    [FACT_SIZE] = { "Volume", "Shape in voxels, x × y × z" },
};

struct _LacReconResults {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *names[N_FACTS], *values[N_FACTS];
    AdwPreferencesGroup *snapshot_group;
    AdwExpanderRow *snapshot_row;
    GPtrArray *rows; // of the snapshots
    LacRecon *shown; // whose snapshots they are
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacReconResults, lac_recon_results, GTK_TYPE_WIDGET)

static void
set_fact(LacReconResults *self, Fact fact, char *text)
{
    gtk_widget_set_visible(self->names[fact], text != NULL);
    gtk_widget_set_visible(self->values[fact], text != NULL);
    gtk_label_set_text(GTK_LABEL(self->values[fact]), text != NULL ? text : "");
    g_free(text);
}

static char *
percent(const double *curve, guint n)
{
    return curve != NULL && n > 0 ? g_strdup_printf("%.2f %%", 100.0 * curve[n - 1]) : NULL;
}

static void
show_facts(LacReconResults *self, const LacRecon *recon)
{
    const LacVolume *volume = recon->volume;
    set_fact(self, FACT_R1, percent(recon->r1, recon->n_iterations));
    set_fact(self, FACT_R2, percent(recon->r2, recon->n_iterations));
    set_fact(self, FACT_R_FREE, percent(recon->r_free, recon->n_iterations));
    set_fact(self, FACT_ITERATIONS, g_strdup_printf("%u", recon->n_iterations));
    set_fact(self, FACT_TIME,
        recon->n_iterations > 0 && recon->seconds > 0.0
            ? g_strdup_printf("%.1f s, %.2f s each", recon->seconds,
                  recon->seconds / recon->n_iterations)
            : NULL);
    set_fact(self, FACT_BLOB,
        recon->params.blob_sigma > 0.0 ? g_strdup_printf("%.2f voxel", recon->params.blob_sigma)
                                       : NULL);
    set_fact(self, FACT_SIZE,
        volume != NULL
            ? g_strdup_printf("%" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT,
                  volume->nx, volume->ny, volume->nz)
            : NULL);
}

static void
revert_cb(LacReconResults *self, GtkButton *button)
{
    guint index = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "snapshot"));
    lac_session_revert_to_snapshot(self->session, index);
}

static GtkWidget *
snapshot_row_new(LacReconResults *self, const LacRecon *recon, guint index)
{
    const LacReconSnapshot *snapshot = g_ptr_array_index(recon->snapshots, index);
    g_autofree char *title = g_strdup_printf("Iteration %u", snapshot->iteration);
    g_autofree char *subtitle =
        snapshot->iteration >= 1 && snapshot->iteration <= recon->n_iterations
        ? g_strdup_printf("R1 %.2f %%", 100.0 * recon->r1[snapshot->iteration - 1])
        : NULL;
    g_autofree char *label = g_strdup_printf("Revert to iteration %u", snapshot->iteration);
    GtkWidget *row = adw_action_row_new();
    GtkWidget *button = gtk_button_new_with_mnemonic("Revert");
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle != NULL ? subtitle : "");
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(button, "Show this volume; more iterations go on from it");
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
        -1);
    g_object_set_data(G_OBJECT(button), "snapshot", GUINT_TO_POINTER(index));
    g_signal_connect_object(button, "clicked", G_CALLBACK(revert_cb), self, G_CONNECT_SWAPPED);
    adw_action_row_add_suffix(ADW_ACTION_ROW(row), button);
    return row;
}

// Only for a finished run: those of a running one come too fast to be clicked.
static void
show_snapshots(LacReconResults *self, LacRecon *recon)
{
    if (recon == self->shown)
        return;
    for (guint i = 0; i < self->rows->len; i++)
        adw_expander_row_remove(self->snapshot_row, g_ptr_array_index(self->rows, i));
    g_ptr_array_set_size(self->rows, 0);
    g_clear_pointer(&self->shown, lac_recon_unref);
    guint n = 0;
    if (recon != NULL) {
        self->shown = lac_recon_ref(recon);
        n = recon->snapshots->len;
    }
    for (guint i = 0; i < n; i++) {
        GtkWidget *row = snapshot_row_new(self, recon, i);
        adw_expander_row_add_row(self->snapshot_row, row);
        g_ptr_array_add(self->rows, row);
    }
    g_autofree char *subtitle = g_strdup_printf("%u kept", n);
    adw_expander_row_set_subtitle(self->snapshot_row, subtitle);
    gtk_widget_set_visible(GTK_WIDGET(self->snapshot_group), n > 0);
}

static void
update(LacReconResults *self)
{
    LacRecon *recon = lac_session_get_recon(self->session);
    gtk_widget_set_visible(GTK_WIDGET(self), recon != NULL);
    if (recon != NULL)
        show_facts(self, recon);
    show_snapshots(self, lac_session_is_reconstructing(self->session) ? NULL : recon);
}

static void
lac_recon_results_dispose(GObject *object)
{
    LacReconResults *self = LAC_RECON_RESULTS(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->shown, lac_recon_unref);
    g_clear_pointer(&self->rows, g_ptr_array_unref);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_recon_results_parent_class)->dispose(object);
}

static void
lac_recon_results_class_init(LacReconResultsClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_recon_results_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
fact_grid_new(LacReconResults *self)
{
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    gtk_grid_set_row_spacing(GTK_GRID(grid), 4);
    gtk_widget_add_css_class(grid, "card");
    gtk_widget_add_css_class(grid, "facts");
    for (Fact i = 0; i < N_FACTS; i++) {
        self->names[i] = gtk_label_new(facts[i].name);
        self->values[i] = gtk_label_new(NULL);
        gtk_label_set_xalign(GTK_LABEL(self->names[i]), 0.0F);
        gtk_label_set_xalign(GTK_LABEL(self->values[i]), 1.0F);
        gtk_label_set_selectable(GTK_LABEL(self->values[i]), TRUE);
        gtk_widget_set_focusable(self->values[i], FALSE);
        gtk_widget_set_hexpand(self->values[i], TRUE);
        gtk_widget_add_css_class(self->names[i], "dim-label");
        gtk_widget_add_css_class(self->values[i], "numeric");
        gtk_widget_set_tooltip_text(self->names[i], facts[i].tooltip);
        gtk_widget_set_tooltip_text(self->values[i], facts[i].tooltip);
        gtk_accessible_update_property(GTK_ACCESSIBLE(self->values[i]),
            GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, facts[i].name, -1);
        gtk_grid_attach(GTK_GRID(grid), self->names[i], 0, (int) i, 1, 1);
        gtk_grid_attach(GTK_GRID(grid), self->values[i], 1, (int) i, 1, 1);
    }
    return grid;
}

static void
lac_recon_results_init(LacReconResults *self)
{
    self->rows = g_ptr_array_new();
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *group = adw_preferences_group_new();
    adw_preferences_group_set_title(ADW_PREFERENCES_GROUP(group), "Result");
    adw_preferences_group_add(ADW_PREFERENCES_GROUP(group), fact_grid_new(self));
    self->snapshot_group = ADW_PREFERENCES_GROUP(adw_preferences_group_new());
    self->snapshot_row = ADW_EXPANDER_ROW(adw_expander_row_new());
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(self->snapshot_row), "Snapshots");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->snapshot_row), "Earlier volumes of this run");
    adw_preferences_group_add(self->snapshot_group, GTK_WIDGET(self->snapshot_row));
    gtk_box_append(GTK_BOX(self->box), group);
    gtk_box_append(GTK_BOX(self->box), GTK_WIDGET(self->snapshot_group));
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    gtk_widget_set_visible(GTK_WIDGET(self->snapshot_group), FALSE);
    gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
}

/**
 * lac_recon_results_set_session:
 * @self: results
 * @session: whose reconstruction they are of; once
 */
void
lac_recon_results_set_session(LacReconResults *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_RECON_RESULTS(self) && self->session == NULL);

    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "recon-changed", G_CALLBACK(update), self);
    update(self);
}
