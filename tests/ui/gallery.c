// SPDX-License-Identifier: GPL-3.0-or-later
// Shows one widget with example data, for the eye: gallery NAME [dark] [WIDTH HEIGHT].
#include "core/synth/synth.h"
#include "ui/histogram.h"
#include "ui/ortho-view.h"
#include "ui/plot.h"
#include "ui/projections-view.h"
#include "ui/residual-view.h"
#include "ui/transfer-editor.h"

#include <adwaita.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    LacVolume *volume;
    LacSession *session;
} Example;

typedef GtkWidget *(*MakeFunc)(Example *example);

static GtkWidget *
make_ortho(Example *example)
{
    gsize at[3] = { 40, 30, 34 };
    lac_session_set_crosshair(example->session, at);
    return lac_ortho_view_new(example->session);
}

static GtkWidget *
make_plots(Example *example)
{
    (void) example;
    enum {
        N = 62,
        M = 41
    };
    double r1[N], r2[N], free[N], bars[M];
    for (int i = 0; i < N; i++) {
        r1[i] = 0.6 * exp(-i / 9.0) + 0.02;
        r2[i] = 0.4 * exp(-i / 8.0) + 0.011;
        free[i] = 0.65 * exp(-i / 9.0) + 0.034;
    }
    for (int i = 0; i < M; i++)
        bars[i] = 0.02 + 0.01 * fabs(sin(i * 12.3));
    bars[7] = (double) NAN;
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *lines = lac_plot_new("R factor");
    lac_plot_set_axes(LAC_PLOT(lines), "Iteration", "R factor");
    lac_plot_set_log_y(LAC_PLOT(lines), TRUE);
    lac_plot_set_x_range(LAC_PLOT(lines), 1.0, 100.0);
    lac_plot_set_line(LAC_PLOT(lines), 0, "R1", LAC_PLOT_SOLID, NULL, r1, N);
    lac_plot_set_line(LAC_PLOT(lines), 1, "R2", LAC_PLOT_DASHED, NULL, r2, N);
    lac_plot_set_line(LAC_PLOT(lines), 2, "R free", LAC_PLOT_DOTTED, NULL, free, N);
    GtkWidget *per_projection = lac_plot_new("R1 per projection");
    lac_plot_set_axes(LAC_PLOT(per_projection), "Projection", "R1 per projection");
    lac_plot_set_bars(LAC_PLOT(per_projection), "R1", bars, M);
    lac_plot_set_highlight(LAC_PLOT(per_projection), 12);
    GtkWidget *empty = lac_plot_new("Empty");
    lac_plot_set_empty_text(LAC_PLOT(empty), "The R factor appears when a reconstruction runs");
    GtkWidget *all[3] = { lines, per_projection, empty };
    for (guint i = 0; i < 3; i++) {
        gtk_widget_set_vexpand(all[i], TRUE);
        gtk_box_append(GTK_BOX(box), all[i]);
    }
    return box;
}

static GtkWidget *
make_projections(Example *example)
{
    g_autoptr(LacSeries) series =
        lac_series_with_excluded(lac_session_get_series(example->session), 4, TRUE);
    lac_session_set_series(example->session, series);
    return lac_projections_view_new(example->session);
}

static GtkWidget *
make_transfer(Example *example)
{
    LacVolume *volume = example->volume;
    g_autofree LacHistogram *histogram =
        lac_histogram_new(volume->data, lac_volume_get_size(volume));
    LacTransfer transfer = lac_transfer_from_histogram(histogram->bins, LAC_HISTOGRAM_BINS,
        histogram->min, histogram->max);
    GtkWidget *editor = lac_transfer_editor_new();
    lac_transfer_editor_set_histogram(LAC_TRANSFER_EDITOR(editor), histogram->bins,
        LAC_HISTOGRAM_BINS, histogram->min, histogram->max);
    lac_transfer_editor_set_transfer(LAC_TRANSFER_EDITOR(editor), &transfer);
    return editor;
}

static GtkWidget *
make_residual(Example *example)
{
    lac_session_set_projection(example->session, 20);
    return lac_residual_view_new(example->session);
}

static const struct {
    const char *name;
    MakeFunc make;
} widgets[] = {
    { "ortho", make_ortho },
    { "plots", make_plots },
    { "projections", make_projections },
    { "transfer", make_transfer },
    { "residual", make_residual },
};

static void
example_init(Example *self)
{
    LacSynthParams params;
    lac_synth_params_init(&params);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_synth_particle(&params, &error);
    g_assert_no_error(error);
    self->volume = lac_synth_volume(atoms, &params, NULL, NULL);
    g_autoptr(LacSeries) series = lac_synth_series(atoms, &params, NULL, NULL);
    self->session = lac_session_new();
    lac_session_set_series(self->session, series);
    lac_session_set_volume(self->session, self->volume);
}

static void
example_clear(Example *self)
{
    g_clear_object(&self->session);
    g_clear_pointer(&self->volume, lac_volume_unref);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    adw_init();
    if (argc > 2 && strcmp(argv[2], "dark") == 0)
        adw_style_manager_set_color_scheme(adw_style_manager_get_default(),
            ADW_COLOR_SCHEME_FORCE_DARK);
    Example example;
    example_init(&example);
    GtkWidget *child = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(widgets); i++)
        if (strcmp(widgets[i].name, argv[1]) == 0)
            child = widgets[i].make(&example);
    if (child == NULL)
        return 2;
    GtkWidget *window = gtk_window_new();
    int width = argc > 4 ? atoi(argv[3]) : 1100, height = argc > 4 ? atoi(argv[4]) : 700;
    gtk_window_set_default_size(GTK_WINDOW(window), width, height);
    gtk_window_set_child(GTK_WINDOW(window), child);
    gtk_window_present(GTK_WINDOW(window));
    while (g_list_model_get_n_items(gtk_window_get_toplevels()) > 0)
        g_main_context_iteration(NULL, TRUE);
    example_clear(&example);
    return 0;
}
