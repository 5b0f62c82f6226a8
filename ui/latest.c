// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/latest.h"

struct LacLatest {
    LacJobFunc func;
    GDestroyNotify free_data, free_result;
    LacLatestDone done;
    gpointer owner;
    LacJob *job;     // (nullable) at work
    gulong finished; // handler on it
    gpointer next;   // (nullable) data of the newest request
    guint delay;     // timer before it starts, 0: none
};

static void start(LacLatest *self);

static void
finished_cb(LacJob *job, LacLatest *self)
{
    g_autoptr(LacJob) done = g_steal_pointer(&self->job);
    g_signal_handler_disconnect(done, self->finished);
    g_autoptr(GError) error = NULL;
    gpointer result = lac_job_steal_result(job, &error);
    if (self->next != NULL && self->delay == 0)
        start(self);
    // The owner may free the worker in here: nothing is touched afterwards.
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        self->done(result, error, self->owner);
}

static void
start(LacLatest *self)
{
    self->job = lac_job_new("Preview", self->func, g_steal_pointer(&self->next), self->free_data,
        self->free_result);
    self->finished = g_signal_connect(self->job, "finished", G_CALLBACK(finished_cb), self);
    lac_job_start(self->job);
}

static gboolean
delay_cb(gpointer data)
{
    LacLatest *self = data;
    self->delay = 0;
    if (self->job == NULL && self->next != NULL)
        start(self);
    return G_SOURCE_REMOVE;
}

/**
 * lac_latest_new:
 * @func: the work, in a worker thread
 * @free_data: releases the data of a request
 * @free_result: releases a result nobody took
 * @done: takes a result
 * @owner: handed to @done; must outlive the returned object
 *
 * Returns: (transfer full): an idle worker
 */
LacLatest *
lac_latest_new(LacJobFunc func, GDestroyNotify free_data, GDestroyNotify free_result,
    LacLatestDone done, gpointer owner)
{
    LacLatest *self = g_new0(LacLatest, 1);
    self->func = func;
    self->free_data = free_data;
    self->free_result = free_result;
    self->done = done;
    self->owner = owner;
    return self;
}

/**
 * lac_latest_drop:
 * @self: a worker
 *
 * Forgets what waits and cancels what runs; nothing is delivered any more.
 */
void
lac_latest_drop(LacLatest *self)
{
    g_clear_handle_id(&self->delay, g_source_remove);
    if (self->next != NULL)
        self->free_data(g_steal_pointer(&self->next));
    if (self->job != NULL) {
        g_autoptr(LacJob) job = g_steal_pointer(&self->job);
        g_signal_handler_disconnect(job, self->finished);
        lac_job_cancel(job);
    }
}

/**
 * lac_latest_free:
 * @self: (nullable) (transfer full): a worker; the owner hears nothing more
 */
void
lac_latest_free(LacLatest *self)
{
    if (self == NULL)
        return;
    lac_latest_drop(self);
    g_free(self);
}

/**
 * lac_latest_request:
 * @self: a worker
 * @data: (transfer full) (not nullable): the parameters
 * @delay_ms: wait at most this long for a newer request
 *
 * Asks for work. A request that still waits is replaced. What runs already is finished and
 * delivered first, so that a stream of requests yields a stream of results instead of none.
 */
void
lac_latest_request(LacLatest *self, gpointer data, guint delay_ms)
{
    if (self->next != NULL)
        self->free_data(self->next);
    self->next = data;
    if (self->delay != 0)
        return;
    if (delay_ms > 0)
        self->delay = g_timeout_add(delay_ms, delay_cb, self);
    else if (self->job == NULL)
        start(self);
}

/**
 * lac_latest_is_busy:
 * @self: a worker
 *
 * Returns: whether something waits or runs
 */
gboolean
lac_latest_is_busy(LacLatest *self)
{
    return self->job != NULL || self->next != NULL;
}
