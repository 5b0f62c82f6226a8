// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/align-plots.h"

#include "core/prep/align-check.h"
#include "ui/image-view.h"
#include "ui/latest.h"
#include "ui/plot.h"

#include <math.h>

struct _LacAlignPlots {
    GtkWidget parent_instance;
    GtkWidget *box, *stack;
    LacPlot *shifts, *angles, *centres, *misfits;
    LacImageView *lines_before, *lines_now;
    LacImageView *axis_measured, *axis_calculated;
    GtkLabel *verdict;
    LacLatest *checker;
    LacSeries *checked; // (nullable) what the picture of the axis is of, or will be
    LacSession *session;
};

G_DEFINE_FINAL_TYPE(LacAlignPlots, lac_align_plots, GTK_TYPE_WIDGET)

// --- curves

static void
show_line(LacPlot *plot, guint slot, const char *name, LacPlotStyle style, const double *y, gsize n)
{
    g_autofree double *x = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        x[i] = (double) (i + 1);
    lac_plot_set_line(plot, slot, name, style, x, y, n);
}

static void
show_shifts(LacAlignPlots *self, const LacSeries *series, const LacSeries *before)
{
    gsize n = series->n;
    g_autofree double *y = g_new(double, n);
    for (guint which = 0; which < 4; which++) {
        const LacSeries *from = which < 2 ? series : before;
        static const char *const names[] = { "across", "along", "across, before", "along, before" };
        static const LacPlotStyle styles[] = { LAC_PLOT_SOLID, LAC_PLOT_DASHED, LAC_PLOT_DOTTED,
            LAC_PLOT_DOTTED };
        if (from == NULL)
            continue;
        for (gsize k = 0; k < n; k++)
            y[k] = which % 2 == 0 ? from->shifts[k].du : from->shifts[k].dv;
        show_line(self->shifts, which, names[which], styles[which], y, n);
    }
}

static void
show_angles(LacAlignPlots *self, const LacSeries *series, const LacSeries *before)
{
    static const char *const names[] = { "φ", "θ", "ψ" };
    static const LacPlotStyle styles[] = { LAC_PLOT_SOLID, LAC_PLOT_DASHED, LAC_PLOT_DOTTED };
    gsize n = series->n;
    g_autofree double *y = g_new(double, n);
    for (guint which = 0; before != NULL && which < 3; which++) {
        for (gsize k = 0; k < n; k++) {
            const LacAngles *a = &series->angles[k], *b = &before->angles[k];
            y[k] = which == 0 ? a->phi - b->phi
                : which == 1  ? a->theta - b->theta
                              : a->psi - b->psi;
        }
        show_line(self->angles, which, names[which], styles[which], y, n);
    }
}

// The newest step that reprojected.
static const LacAlignment *
find_misfits(const GPtrArray *steps)
{
    for (guint i = steps != NULL ? steps->len : 0; i > 0; i--) {
        const LacAlignment *step = steps->pdata[i - 1];
        for (gsize k = 0; k < step->after->n; k++)
            if (!isnan(step->misfit_after[k]))
                return step;
    }
    return NULL;
}

static void
show_misfits(LacAlignPlots *self, const GPtrArray *steps)
{
    const LacAlignment *step = find_misfits(steps);
    if (step == NULL)
        return;
    gsize n = step->after->n;
    g_autofree double *y = g_new(double, n);
    for (gsize k = 0; k < n; k++)
        y[k] = isnan(step->misfit_after[k]) ? 0.0 : 100.0 * step->misfit_after[k];
    lac_plot_set_bars(self->misfits, "misfit", y, n);
    lac_plot_set_highlight(self->misfits, (int) lac_session_get_projection(self->session));
}

static void
series_changed_cb(LacAlignPlots *self)
{
    const LacSeries *series = lac_session_get_series(self->session);
    GPtrArray *steps = lac_session_get_alignments(self->session);
    LacPlot *plots[] = { self->shifts, self->angles, self->misfits };
    for (guint i = 0; i < G_N_ELEMENTS(plots); i++)
        lac_plot_clear(plots[i]);
    if (series == NULL)
        return;
    const LacSeries *before =
        steps != NULL ? ((const LacAlignment *) steps->pdata[0])->before : NULL;
    show_shifts(self, series, before);
    show_angles(self, series, before);
    show_misfits(self, steps);
}

static void
projection_changed_cb(LacAlignPlots *self)
{
    lac_plot_set_highlight(self->misfits, (int) lac_session_get_projection(self->session));
}

static void
bar_activated_cb(LacAlignPlots *self, guint index)
{
    lac_session_set_projection(self->session, index);
}

// --- lines

static void
show_lines(LacImageView *view, const LacAlignCurves *curves)
{
    LacBuffer *buffer = lac_buffer_new(curves->n * curves->n_line, NULL);
    if (buffer == NULL)
        return;
    double most = 0.0;
    for (gsize i = 0; i < curves->n * curves->n_line; i++) {
        buffer->data[i] = (float) curves->lines[i];
        most = MAX(most, curves->lines[i]);
    }
    LacPlane plane = { .data = buffer->data,
        .width = curves->n_line,
        .height = curves->n,
        .step_x = 1,
        .step_y = curves->n_line };
    lac_image_view_set_range(view, 0.0, most);
    lac_image_view_set_image(view, buffer, &plane);
    lac_buffer_unref(buffer);
}

/**
 * lac_align_plots_set_curves:
 * @self: plots
 * @before: (nullable): lines and centres of mass before the newest alignment
 * @now: (nullable): and as they are now
 */
void
lac_align_plots_set_curves(LacAlignPlots *self, const LacAlignCurves *before,
    const LacAlignCurves *now)
{
    g_return_if_fail(LAC_IS_ALIGN_PLOTS(self));

    lac_plot_clear(self->centres);
    lac_image_view_set_image(self->lines_before, NULL, NULL);
    lac_image_view_set_image(self->lines_now, NULL, NULL);
    if (now == NULL)
        return;
    show_line(self->centres, 0, "across", LAC_PLOT_SOLID, now->across, now->n);
    show_line(self->centres, 1, "along", LAC_PLOT_DASHED, now->along, now->n);
    show_lines(self->lines_now, now);
    if (before == NULL)
        return;
    show_line(self->centres, 2, "across, before", LAC_PLOT_DOTTED, before->across, before->n);
    show_line(self->centres, 3, "along, before", LAC_PLOT_DOTTED, before->along, before->n);
    show_lines(self->lines_before, before);
}

// --- tilt axis

static void
unref_series(gpointer series)
{
    lac_series_unref(series);
}

static void
free_check(gpointer check)
{
    lac_align_check_free(check);
}

static gpointer
check_work(LacProgress *progress, gpointer data, GError **error)
{
    return lac_align_check_new(data, progress, error);
}

static void
show_sinogram(LacImageView *view, const LacAlignCheck *check, LacBuffer *buffer, float white)
{
    LacPlane plane = { .data = buffer->data,
        .width = check->nu,
        .height = check->n,
        .step_x = 1,
        .step_y = check->nu };
    lac_image_view_set_range(view, 0.0, (double) white);
    lac_image_view_set_image(view, buffer, &plane);
}

static void
check_done(gpointer result, const GError *error, gpointer owner)
{
    LacAlignPlots *self = owner;
    g_autoptr(LacAlignCheck) check = result;
    if (check == NULL) {
        gtk_label_set_text(self->verdict, error->message);
        return;
    }
    float white = 0.0f;
    for (gsize i = 0; i < check->n * check->nu; i++)
        white = MAX(white, check->measured->data[i]);
    show_sinogram(self->axis_measured, check, check->measured, white);
    show_sinogram(self->axis_calculated, check, check->calculated, white);
    gboolean is_good = check->misfit <= check->misfit_turned;
    g_autofree char *text = g_strdup_printf(
        "%s: reprojections are off by %.1f %% with the vertical axis as it is, and by %.1f %% with "
        "a horizontal one. From the other hand, the particle would be mirrored and fit as well.",
        is_good ? "The tilt axis is vertical" : "The tilt axis seems to be horizontal",
        100.0 * check->misfit, 100.0 * check->misfit_turned);
    gtk_label_set_text(self->verdict, text);
}

// Only while someone looks: it takes a reconstruction.
static void
update_check(LacAlignPlots *self)
{
    LacSeries *series = lac_session_get_series(self->session);
    const char *page = gtk_stack_get_visible_child_name(GTK_STACK(self->stack));
    if (g_strcmp0(page, "axis") != 0 || !gtk_widget_get_mapped(GTK_WIDGET(self)) ||
        series == self->checked)
        return;
    g_clear_pointer(&self->checked, lac_series_unref);
    lac_image_view_set_image(self->axis_measured, NULL, NULL);
    lac_image_view_set_image(self->axis_calculated, NULL, NULL);
    gtk_label_set_text(self->verdict, series != NULL ? "Looking at the tilt axis…" : "");
    if (series == NULL)
        return;
    self->checked = lac_series_ref(series);
    lac_latest_request(self->checker, lac_series_ref(series), 300);
}

// --- construction

static GtkWidget *
titled(const char *title, const char *tooltip, LacImageView *view)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new(title);
    gtk_widget_add_css_class(label, "caption");
    gtk_widget_set_tooltip_text(box, tooltip);
    gtk_box_append(GTK_BOX(box), label);
    gtk_widget_set_vexpand(GTK_WIDGET(view), TRUE);
    gtk_widget_set_hexpand(GTK_WIDGET(view), TRUE);
    lac_image_view_set_stretch(view, TRUE);
    lac_image_view_set_flip_y(view, TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(view));
    return box;
}

static GtkWidget *
make_pair(LacImageView **left, const char *left_title, LacImageView **right,
    const char *right_title, const char *tooltip)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_box_set_homogeneous(GTK_BOX(box), TRUE);
    *left = LAC_IMAGE_VIEW(lac_image_view_new());
    *right = LAC_IMAGE_VIEW(lac_image_view_new());
    gtk_box_append(GTK_BOX(box), titled(left_title, tooltip, *left));
    gtk_box_append(GTK_BOX(box), titled(right_title, tooltip, *right));
    return box;
}

static LacPlot *
add_plot(LacAlignPlots *self, const char *name, const char *title, const char *heading,
    const char *unit, const char *empty)
{
    LacPlot *plot = LAC_PLOT(lac_plot_new(heading));
    lac_plot_set_axes(plot, "Projection", unit);
    lac_plot_set_empty_text(plot, empty);
    gtk_stack_add_titled(GTK_STACK(self->stack), GTK_WIDGET(plot), name, title);
    return plot;
}

static void
lac_align_plots_dispose(GObject *object)
{
    LacAlignPlots *self = LAC_ALIGN_PLOTS(object);
    g_clear_pointer(&self->checker, lac_latest_free);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->checked, lac_series_unref);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_align_plots_parent_class)->dispose(object);
}

static void
lac_align_plots_class_init(LacAlignPlotsClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_align_plots_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lac_align_plots_init(LacAlignPlots *self)
{
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    self->stack = gtk_stack_new();
    gtk_stack_set_hhomogeneous(GTK_STACK(self->stack), FALSE);
    GtkWidget *switcher = gtk_stack_switcher_new();
    gtk_stack_switcher_set_stack(GTK_STACK_SWITCHER(switcher), GTK_STACK(self->stack));
    gtk_widget_set_halign(switcher, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(switcher, "What is plotted, before and after the newest alignment");
    // A narrow window scrolls it: many pages must not make the whole window wide.
    GtkWidget *row = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(row), GTK_POLICY_AUTOMATIC,
        GTK_POLICY_NEVER);
    gtk_scrolled_window_set_propagate_natural_height(GTK_SCROLLED_WINDOW(row), TRUE);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(row), switcher);
    gtk_box_append(GTK_BOX(self->box), row);
    gtk_widget_set_vexpand(self->stack, TRUE);
    gtk_box_append(GTK_BOX(self->box), self->stack);
    self->shifts = add_plot(self, "shifts", "Shifts", "Shifts", "px", "No projections");
    self->angles = add_plot(self, "angles", "Angles", "Change of the angles", "°",
        "Angles have not been refined yet");
    self->centres = add_plot(self, "centres", "Centres of Mass",
        "Centres of mass from the rotation centre", "px", "No projections");
    gtk_stack_add_titled(GTK_STACK(self->stack),
        make_pair(&self->lines_before, "Before", &self->lines_now, "Now",
            "Each row is one projection summed across the tilt axis: aligned, the rows are alike"),
        "lines", "Common Lines");
    self->misfits = add_plot(self, "misfits", "Misfits", "Misfit of reprojections", "%",
        "Nothing was reprojected yet");
    GtkWidget *axis = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    GtkWidget *pair = make_pair(&self->axis_measured, "Measured", &self->axis_calculated,
        "Reprojected",
        "One row of all projections beside what a reconstruction makes of it: where they differ, "
        "the tilt axis is beside the middle, turned or horizontal");
    gtk_widget_set_vexpand(pair, TRUE);
    self->verdict = GTK_LABEL(gtk_label_new(""));
    gtk_label_set_wrap(self->verdict, TRUE);
    gtk_widget_add_css_class(GTK_WIDGET(self->verdict), "caption");
    gtk_box_append(GTK_BOX(axis), pair);
    gtk_box_append(GTK_BOX(axis), GTK_WIDGET(self->verdict));
    gtk_stack_add_titled(GTK_STACK(self->stack), axis, "axis", "Tilt Axis");
    self->checker = lac_latest_new(check_work, unref_series, free_check, check_done, self);
    g_signal_connect_object(self->misfits, "bar-activated", G_CALLBACK(bar_activated_cb), self,
        G_CONNECT_SWAPPED);
    g_signal_connect_object(self->stack, "notify::visible-child", G_CALLBACK(update_check), self,
        G_CONNECT_SWAPPED);
    g_signal_connect(self, "map", G_CALLBACK(update_check), NULL);
}

/**
 * lac_align_plots_new:
 * @session: whose projections are looked at; the plots take a reference
 *
 * Returns: (transfer floating): the plots
 */
GtkWidget *
lac_align_plots_new(LacSession *session)
{
    LacAlignPlots *self = g_object_new(LAC_TYPE_ALIGN_PLOTS, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "series-changed", G_CALLBACK(series_changed_cb), self);
    g_signal_connect_swapped(session, "series-changed", G_CALLBACK(update_check), self);
    g_signal_connect_swapped(session, "projection-changed", G_CALLBACK(projection_changed_cb),
        self);
    series_changed_cb(self);
    return GTK_WIDGET(self);
}
