// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/job-bar.h"

#include "ui/system.h"

#include <math.h>

#define SHOW_AFTER_MS 500 // shorter work is not worth a flicker

struct _LacJobBar {
    GtkWidget parent_instance;
    GtkWidget *revealer;
    GtkProgressBar *bar;
    GtkSpinner *spinner;
    GtkLabel *text, *percent;
    GtkButton *pause_button, *finish_button, *cancel_button;
    LacSession *session;
    LacJob *job;
    guint show_source;
};

G_DEFINE_FINAL_TYPE(LacJobBar, lac_job_bar, GTK_TYPE_WIDGET)

// "RESIRE 62 of 200, R1 8.4 %, 41 s left"
static char *
describe(LacJob *job)
{
    LacProgress *progress = lac_job_get_progress(job);
    g_autofree char *message = lac_progress_dup_message(progress);
    const char *what = message != NULL ? message : lac_job_get_title(job);
    double left = lac_progress_get_time_left_s(progress);
    if (lac_job_get_state(job) == LAC_JOB_PAUSED)
        return g_strdup_printf("%s, paused", what);
    if (lac_job_get_state(job) == LAC_JOB_STOPPING)
        return g_strdup_printf("%s, stopping…", what);
    if (left < 0.0)
        return g_strdup(what);
    g_autofree char *time = lac_format_duration(ceil(left));
    return g_strdup_printf("%s, %s left", what, time);
}

static void
update(LacJobBar *self)
{
    if (self->job == NULL || !lac_job_is_active(self->job))
        return;
    LacJobState state = lac_job_get_state(self->job);
    double fraction = lac_progress_get_fraction(lac_job_get_progress(self->job));
    g_autofree char *text = describe(self->job);
    g_autofree char *percent = g_strdup_printf("%.0f %%", 100.0 * fraction);
    gtk_label_set_text(self->text, text);
    gtk_label_set_text(self->percent, percent);
    gtk_progress_bar_set_fraction(self->bar, fraction);
    gtk_spinner_set_spinning(self->spinner, state == LAC_JOB_RUNNING);
    gboolean paused = state == LAC_JOB_PAUSED;
    gtk_button_set_label(self->pause_button, paused ? "_Resume" : "_Pause");
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->pause_button),
        paused ? "Go on (Ctrl+Space)" : "Hold the work, keep everything (Ctrl+Space)");
}

static gboolean
show_now(gpointer data)
{
    LacJobBar *self = data;
    self->show_source = 0;
    gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), TRUE);
    return G_SOURCE_REMOVE;
}

static void
forget_job(LacJobBar *self)
{
    if (self->job != NULL)
        g_signal_handlers_disconnect_by_data(self->job, self);
    g_clear_object(&self->job);
    g_clear_handle_id(&self->show_source, g_source_remove);
}

static void
job_changed_cb(LacJobBar *self)
{
    forget_job(self);
    LacJob *job = lac_session_get_job(self->session);
    if (job == NULL) {
        gtk_spinner_set_spinning(self->spinner, FALSE);
        gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), FALSE);
        return;
    }
    self->job = g_object_ref(job);
    g_signal_connect_swapped(job, "progressed", G_CALLBACK(update), self);
    gboolean iterates = lac_session_is_reconstructing(self->session);
    gtk_widget_set_visible(GTK_WIDGET(self->finish_button), iterates);
    gtk_widget_set_visible(GTK_WIDGET(self->pause_button), iterates);
    update(self);
    if (iterates)
        gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), TRUE);
    else
        self->show_source = g_timeout_add(SHOW_AFTER_MS, show_now, self);
}

static void
lac_job_bar_dispose(GObject *object)
{
    LacJobBar *self = LAC_JOB_BAR(object);
    forget_job(self);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->revealer, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_job_bar_parent_class)->dispose(object);
}

static void
lac_job_bar_class_init(LacJobBarClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_job_bar_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/job-bar.ui");
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, revealer);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, bar);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, spinner);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, text);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, percent);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, pause_button);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, finish_button);
    gtk_widget_class_bind_template_child(widget_class, LacJobBar, cancel_button);
}

static void
lac_job_bar_init(LacJobBar *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

/**
 * lac_job_bar_set_session:
 * @self: a job bar
 * @session: whose job it shows; once
 */
void
lac_job_bar_set_session(LacJobBar *self, LacSession *session)
{
    g_return_if_fail(LAC_IS_JOB_BAR(self) && self->session == NULL);

    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "job-changed", G_CALLBACK(job_changed_cb), self);
    job_changed_cb(self);
}

/**
 * lac_job_bar_get_text:
 * @self: a job bar
 *
 * Returns: (transfer none): what it says now, or said last
 */
const char *
lac_job_bar_get_text(LacJobBar *self)
{
    return gtk_label_get_text(self->text);
}
