// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recon-plots.h"

#include "ui/plot.h"

struct _LacReconPlots {
    GtkWidget parent_instance;
    GtkWidget *box;
    LacPlot *curve, *bars;
    LacSession *session;
};

enum {
    PROJECTION_ACTIVATED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacReconPlots, lac_recon_plots, GTK_TYPE_WIDGET)

static double *
scale_to_percent(const double *values, gsize n)
{
    double *scaled = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        scaled[i] = 100.0 * values[i];
    return scaled;
}

static void
show_line(LacReconPlots *self, guint slot, const char *name, LacPlotStyle style,
    const double *values, gsize n)
{
    g_autofree double *x = g_new(double, MAX(n, 1));
    g_autofree double *y = scale_to_percent(values, n);
    for (gsize i = 0; i < n; i++)
        x[i] = (double) (i + 1);
    lac_plot_set_line(self->curve, slot, name, style, x, y, n);
}

static void
recon_changed_cb(LacReconPlots *self)
{
    const LacRecon *recon = lac_session_get_recon(self->session);
    lac_plot_clear(self->curve);
    lac_plot_clear(self->bars);
    if (recon == NULL)
        return;
    show_line(self, 0, "R1", LAC_PLOT_SOLID, recon->r1, recon->n_iterations);
    show_line(self, 1, "R2", LAC_PLOT_DASHED, recon->r2, recon->n_iterations);
    if (recon->r_free != NULL)
        show_line(self, 2, "R-free", LAC_PLOT_DOTTED, recon->r_free, recon->n_iterations);
    g_autofree double *bars = scale_to_percent(recon->projection_r1, recon->n_projections);
    lac_plot_set_bars(self->bars, "R1", bars, recon->n_projections);
    lac_plot_set_highlight(self->bars, (int) lac_session_get_projection(self->session));
}

static void
projection_changed_cb(LacReconPlots *self)
{
    if (lac_session_get_recon(self->session) != NULL)
        lac_plot_set_highlight(self->bars, (int) lac_session_get_projection(self->session));
}

static void
bar_activated_cb(LacReconPlots *self, guint index)
{
    lac_session_set_projection(self->session, index);
    g_signal_emit(self, signals[PROJECTION_ACTIVATED], 0, index);
}

static void
lac_recon_plots_dispose(GObject *object)
{
    LacReconPlots *self = LAC_RECON_PLOTS(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_recon_plots_parent_class)->dispose(object);
}

static void
lac_recon_plots_class_init(LacReconPlotsClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_recon_plots_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    signals[PROJECTION_ACTIVATED] = g_signal_new("projection-activated", LAC_TYPE_RECON_PLOTS,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
lac_recon_plots_init(LacReconPlots *self)
{
    GtkWidget *curve = lac_plot_new("R factor against the iteration");
    GtkWidget *bars = lac_plot_new("R1 of each projection");
    self->curve = LAC_PLOT(curve);
    self->bars = LAC_PLOT(bars);
    lac_plot_set_axes(self->curve, "iteration", "R factor [%]");
    lac_plot_set_log_y(self->curve, TRUE);
    lac_plot_set_empty_text(self->curve,
        "The R factors are drawn here while a reconstruction runs");
    lac_plot_set_axes(self->bars, "projection", "R1 [%]");
    lac_plot_set_empty_text(self->bars, "R1 of each projection: click one to see its residual");
    self->box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 1);
    gtk_box_set_homogeneous(GTK_BOX(self->box), TRUE);
    gtk_box_append(GTK_BOX(self->box), curve);
    gtk_box_append(GTK_BOX(self->box), bars);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    g_signal_connect_swapped(bars, "bar-activated", G_CALLBACK(bar_activated_cb), self);
}

/**
 * lac_recon_plots_new:
 * @session: whose reconstruction is plotted; the plots take a reference
 *
 * Returns: (transfer floating): a curve and a bar chart side by side
 */
GtkWidget *
lac_recon_plots_new(LacSession *session)
{
    LacReconPlots *self = g_object_new(LAC_TYPE_RECON_PLOTS, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "recon-changed", G_CALLBACK(recon_changed_cb), self);
    g_signal_connect_swapped(session, "projection-changed", G_CALLBACK(projection_changed_cb),
        self);
    recon_changed_cb(self);
    return GTK_WIDGET(self);
}
