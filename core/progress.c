// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/progress.h"

#include <gio/gio.h>
#include <pthread.h>

struct LacProgress {
    gatomicrefcount ref_count;
    pthread_mutex_t lock;
    pthread_cond_t resumed;
    gboolean cancelled, finish, paused;
    gboolean wants_result;
    double fraction;
    double from, width; // what the computing side calls 0 to 1
    char *message;
    gint64 active_us;   // time spent computing up to the last update, pauses left out
    gint64 last_us;     // when the last update came; 0 before the first
    guint updates_left; // cancel when this many more updates came; 0 never
    gpointer result;
    GDestroyNotify result_unref;
    LacProgressNotify notify;
    gpointer notify_data;
};

/**
 * lac_progress_new:
 *
 * Returns: (transfer full): a progress at fraction 0, neither paused nor cancelled
 */
LacProgress *
lac_progress_new(void)
{
    LacProgress *self = g_new0(LacProgress, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->width = 1.0;
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->resumed, NULL);
    return self;
}

/**
 * lac_progress_ref:
 * @self: a progress
 *
 * Returns: (transfer full): @self with one more reference
 */
LacProgress *
lac_progress_ref(LacProgress *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_progress_unref:
 * @self: (nullable) (transfer full): a progress
 */
void
lac_progress_unref(LacProgress *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    if (self->result != NULL)
        self->result_unref(self->result);
    g_free(self->message);
    pthread_cond_destroy(&self->resumed);
    pthread_mutex_destroy(&self->lock);
    g_free(self);
}

/**
 * lac_progress_set_notify:
 * @self: a progress
 * @notify: (nullable): called by the computing thread after each change
 * @data: passed to @notify
 *
 * After it returned with %NULL, a call that was already under way may still come to its end.
 */
void
lac_progress_set_notify(LacProgress *self, LacProgressNotify notify, gpointer data)
{
    pthread_mutex_lock(&self->lock);
    self->notify = notify;
    self->notify_data = data;
    pthread_mutex_unlock(&self->lock);
}

static void
notify_watcher(LacProgress *self)
{
    pthread_mutex_lock(&self->lock);
    LacProgressNotify notify = self->notify;
    gpointer data = self->notify_data;
    pthread_mutex_unlock(&self->lock);
    if (notify != NULL)
        notify(data);
}

/**
 * lac_progress_update:
 * @self: (nullable): a progress
 * @fraction: part of the work that is done, 0 to 1
 * @error: return location for a #GError
 *
 * Tells how far the work is; waits here while paused. Call it every 10 to 100 ms of work.
 *
 * Returns: %TRUE to go on, or %FALSE with @error set to %G_IO_ERROR_CANCELLED: unwind now
 */
gboolean
lac_progress_update(LacProgress *self, double fraction, GError **error)
{
    if (self == NULL)
        return TRUE;
    pthread_mutex_lock(&self->lock);
    gint64 now = g_get_monotonic_time();
    if (self->last_us != 0)
        self->active_us += now - self->last_us;
    self->last_us = now;
    self->fraction = CLAMP(self->from + self->width * CLAMP(fraction, 0.0, 1.0), 0.0, 1.0);
    if (self->updates_left > 0 && --self->updates_left == 0)
        self->cancelled = TRUE;
    pthread_mutex_unlock(&self->lock);
    notify_watcher(self);

    pthread_mutex_lock(&self->lock);
    gboolean waited = FALSE;
    while (self->paused && !self->cancelled && !self->finish) {
        waited = TRUE;
        pthread_cond_wait(&self->resumed, &self->lock);
    }
    if (waited)
        self->last_us = g_get_monotonic_time();
    gboolean cancelled = self->cancelled;
    pthread_mutex_unlock(&self->lock);
    if (cancelled)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
    return !cancelled;
}

/**
 * lac_progress_set_span:
 * @self: (nullable): a progress
 * @from: part of the whole work that is done when the next step begins, 0 to 1
 * @to: part of the whole work that is done when it ends
 *
 * Lets a step of a longer work tell its own fraction, 0 to 1, by lac_progress_update().
 */
void
lac_progress_set_span(LacProgress *self, double from, double to)
{
    if (self == NULL)
        return;
    pthread_mutex_lock(&self->lock);
    self->from = from;
    self->width = to - from;
    pthread_mutex_unlock(&self->lock);
}

/**
 * lac_progress_message:
 * @self: (nullable): a progress
 * @format: printf format of one short line, such as "RESIRE 62 of 200, R1 8.4 %"
 * @...: its arguments
 *
 * Sets the text shown beside the bar; it is seen with the next lac_progress_update().
 */
void
lac_progress_message(LacProgress *self, const char *format, ...)
{
    if (self == NULL)
        return;
    va_list args;
    va_start(args, format);
    char *message = g_strdup_vprintf(format, args);
    va_end(args);
    pthread_mutex_lock(&self->lock);
    char *old = self->message;
    self->message = message;
    pthread_mutex_unlock(&self->lock);
    g_free(old);
}

/**
 * lac_progress_is_cancelled:
 * @self: (nullable): a progress
 *
 * Lets the inside of a long step give up early; the next lac_progress_update() fails.
 *
 * Returns: %TRUE when the work is no longer wanted
 */
gboolean
lac_progress_is_cancelled(LacProgress *self)
{
    if (self == NULL)
        return FALSE;
    pthread_mutex_lock(&self->lock);
    gboolean cancelled = self->cancelled;
    pthread_mutex_unlock(&self->lock);
    return cancelled;
}

/**
 * lac_progress_should_finish:
 * @self: (nullable): a progress
 *
 * Returns: %TRUE when the user wants what is there now as the result
 */
gboolean
lac_progress_should_finish(LacProgress *self)
{
    if (self == NULL)
        return FALSE;
    pthread_mutex_lock(&self->lock);
    gboolean finish = self->finish;
    pthread_mutex_unlock(&self->lock);
    return finish;
}

/**
 * lac_progress_wants_result:
 * @self: (nullable): a progress
 *
 * Returns: %TRUE when a watcher is ready for another intermediate result; ask before copying one
 */
gboolean
lac_progress_wants_result(LacProgress *self)
{
    if (self == NULL)
        return FALSE;
    pthread_mutex_lock(&self->lock);
    gboolean wants = self->wants_result;
    pthread_mutex_unlock(&self->lock);
    return wants;
}

/**
 * lac_progress_publish:
 * @self: (nullable): a progress
 * @result: (transfer full): an immutable object
 * @unref: releases it
 *
 * Hands an intermediate result to the watcher. An older one that was not taken is dropped.
 */
void
lac_progress_publish(LacProgress *self, gpointer result, GDestroyNotify unref)
{
    if (self == NULL) {
        unref(result);
        return;
    }
    pthread_mutex_lock(&self->lock);
    gpointer old = self->result;
    GDestroyNotify old_unref = self->result_unref;
    self->result = result;
    self->result_unref = unref;
    self->wants_result = FALSE;
    pthread_mutex_unlock(&self->lock);
    if (old != NULL)
        old_unref(old);
    notify_watcher(self);
}

static void
set_flag(LacProgress *self, gboolean *flag, gboolean value)
{
    pthread_mutex_lock(&self->lock);
    *flag = value;
    pthread_cond_broadcast(&self->resumed);
    pthread_mutex_unlock(&self->lock);
}

/**
 * lac_progress_cancel:
 * @self: a progress
 *
 * Makes the next lac_progress_update() fail, also while paused.
 */
void
lac_progress_cancel(LacProgress *self)
{
    set_flag(self, &self->cancelled, TRUE);
}

/**
 * lac_progress_cancel_at:
 * @self: a progress
 * @n_updates: 1 for the next call of lac_progress_update(), 2 for the one after it, ...
 *
 * Cancels at a chosen call, so that a test can try every one.
 */
void
lac_progress_cancel_at(LacProgress *self, guint n_updates)
{
    pthread_mutex_lock(&self->lock);
    self->updates_left = n_updates;
    pthread_mutex_unlock(&self->lock);
}

/**
 * lac_progress_finish:
 * @self: a progress
 *
 * Asks an iterative computation to stop at its next iteration and keep the result.
 */
void
lac_progress_finish(LacProgress *self)
{
    set_flag(self, &self->finish, TRUE);
}

/**
 * lac_progress_set_paused:
 * @self: a progress
 * @paused: %TRUE to hold the computation at its next update, %FALSE to let it go on
 */
void
lac_progress_set_paused(LacProgress *self, gboolean paused)
{
    set_flag(self, &self->paused, paused);
}

/**
 * lac_progress_is_paused:
 * @self: a progress
 *
 * Returns: %TRUE while a pause is asked for
 */
gboolean
lac_progress_is_paused(LacProgress *self)
{
    pthread_mutex_lock(&self->lock);
    gboolean paused = self->paused;
    pthread_mutex_unlock(&self->lock);
    return paused;
}

/**
 * lac_progress_get_fraction:
 * @self: a progress
 *
 * Returns: part of the work that is done, 0 to 1
 */
double
lac_progress_get_fraction(LacProgress *self)
{
    pthread_mutex_lock(&self->lock);
    double fraction = self->fraction;
    pthread_mutex_unlock(&self->lock);
    return fraction;
}

/**
 * lac_progress_get_time_left_s:
 * @self: a progress
 *
 * Extrapolates from the time spent so far, pauses left out.
 *
 * Returns: seconds left, or -1 while too little is known
 */
double
lac_progress_get_time_left_s(LacProgress *self)
{
    pthread_mutex_lock(&self->lock);
    double spent = (double) self->active_us * 1e-6, fraction = self->fraction;
    pthread_mutex_unlock(&self->lock);
    if (fraction < 0.01 || spent < 0.5)
        return -1.0;
    return spent * (1.0 - fraction) / fraction;
}

/**
 * lac_progress_dup_message:
 * @self: a progress
 *
 * Returns: (transfer full) (nullable): the text beside the bar
 */
char *
lac_progress_dup_message(LacProgress *self)
{
    pthread_mutex_lock(&self->lock);
    char *message = g_strdup(self->message);
    pthread_mutex_unlock(&self->lock);
    return message;
}

/**
 * lac_progress_want_result:
 * @self: a progress
 *
 * Tells the computation that the watcher can show another intermediate result.
 */
void
lac_progress_want_result(LacProgress *self)
{
    set_flag(self, &self->wants_result, TRUE);
}

/**
 * lac_progress_take_result:
 * @self: a progress
 *
 * Returns: (transfer full) (nullable): the newest published result, once
 */
gpointer
lac_progress_take_result(LacProgress *self)
{
    pthread_mutex_lock(&self->lock);
    gpointer result = g_steal_pointer(&self->result);
    pthread_mutex_unlock(&self->lock);
    return result;
}
