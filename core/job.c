// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/job.h"

struct _LacJob {
    GObject parent_instance;
    char *title;
    LacJobFunc func;
    gpointer data;
    GDestroyNotify free_data;
    GDestroyNotify free_result;
    LacProgress *progress;
    LacJobState state; // main thread only
    gpointer result;
    GError *error;
    gint idle_pending; // atomic: a "progressed" idle is queued
};

enum {
    PROGRESSED,
    FINISHED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacJob, lac_job, G_TYPE_OBJECT)

static void
lac_job_finalize(GObject *object)
{
    LacJob *self = LAC_JOB(object);
    if (self->data != NULL && self->free_data != NULL)
        self->free_data(self->data);
    if (self->result != NULL && self->free_result != NULL)
        self->free_result(self->result);
    g_clear_error(&self->error);
    g_clear_pointer(&self->progress, lac_progress_unref);
    g_free(self->title);
    G_OBJECT_CLASS(lac_job_parent_class)->finalize(object);
}

static void
lac_job_class_init(LacJobClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = lac_job_finalize;
    signals[PROGRESSED] = g_signal_new("progressed", LAC_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 0);
    signals[FINISHED] = g_signal_new("finished", LAC_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 0);
}

static void
lac_job_init(LacJob *self)
{
    self->progress = lac_progress_new();
}

/**
 * lac_job_new:
 * @title: what the user reads, such as "RESIRE"
 * @func: the computation
 * @data: (transfer full) (nullable): its private parameters
 * @free_data: (nullable): releases @data
 * @free_result: (nullable): releases a result nobody took
 *
 * Returns: (transfer full): a job that waits for lac_job_start()
 */
LacJob *
lac_job_new(const char *title, LacJobFunc func, gpointer data, GDestroyNotify free_data,
    GDestroyNotify free_result)
{
    LacJob *self = g_object_new(LAC_TYPE_JOB, NULL);
    self->title = g_strdup(title);
    self->func = func;
    self->data = data;
    self->free_data = free_data;
    self->free_result = free_result;
    return self;
}

static gboolean
progressed_idle(gpointer data)
{
    LacJob *self = data;
    g_atomic_int_set(&self->idle_pending, 0);
    if (lac_job_is_active(self))
        g_signal_emit(self, signals[PROGRESSED], 0);
    return G_SOURCE_REMOVE;
}

static void
notify_cb(gpointer data)
{
    LacJob *self = data;
    if (g_atomic_int_compare_and_exchange(&self->idle_pending, 0, 1))
        g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, progressed_idle, g_object_ref(self),
            g_object_unref);
}

static void
job_thread(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    (void) task_data;
    (void) cancellable;
    LacJob *self = source;
    GError *error = NULL;
    gpointer result = self->func(self->progress, self->data, &error);
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task, result, self->free_result);
}

static void
job_done(GObject *source, GAsyncResult *task, gpointer data)
{
    (void) data;
    LacJob *self = LAC_JOB(source);
    lac_progress_set_notify(self->progress, NULL, NULL);
    self->result = g_task_propagate_pointer(G_TASK(task), &self->error);
    if (self->error == NULL)
        self->state = LAC_JOB_DONE;
    else if (g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        self->state = LAC_JOB_CANCELLED;
    else
        self->state = LAC_JOB_FAILED;
    g_signal_emit(self, signals[FINISHED], 0);
}

/**
 * lac_job_start:
 * @self: a job that was not started yet
 *
 * Starts the worker. The job keeps itself alive until "finished" was emitted.
 */
void
lac_job_start(LacJob *self)
{
    g_return_if_fail(LAC_IS_JOB(self));
    g_return_if_fail(self->state == LAC_JOB_WAITING);

    self->state = LAC_JOB_RUNNING;
    lac_progress_set_notify(self->progress, notify_cb, self);
    g_autoptr(GTask) task = g_task_new(self, NULL, job_done, NULL);
    g_task_set_source_tag(task, lac_job_start);
    g_task_run_in_thread(task, job_thread);
}

/**
 * lac_job_cancel:
 * @self: a job
 *
 * Asks the worker to unwind without a result. "finished" still comes.
 */
void
lac_job_cancel(LacJob *self)
{
    g_return_if_fail(LAC_IS_JOB(self));

    if (!lac_job_is_active(self))
        return;
    self->state = LAC_JOB_STOPPING;
    lac_progress_cancel(self->progress);
    g_signal_emit(self, signals[PROGRESSED], 0);
}

/**
 * lac_job_finish_now:
 * @self: a job
 *
 * Asks an iterative worker to stop soon and keep what it has.
 */
void
lac_job_finish_now(LacJob *self)
{
    g_return_if_fail(LAC_IS_JOB(self));

    if (!lac_job_is_active(self))
        return;
    self->state = LAC_JOB_STOPPING;
    lac_progress_finish(self->progress);
    g_signal_emit(self, signals[PROGRESSED], 0);
}

/**
 * lac_job_set_paused:
 * @self: a job
 * @paused: %TRUE to hold it, %FALSE to go on
 */
void
lac_job_set_paused(LacJob *self, gboolean paused)
{
    g_return_if_fail(LAC_IS_JOB(self));

    if (self->state != LAC_JOB_RUNNING && self->state != LAC_JOB_PAUSED)
        return;
    self->state = paused ? LAC_JOB_PAUSED : LAC_JOB_RUNNING;
    lac_progress_set_paused(self->progress, paused);
    g_signal_emit(self, signals[PROGRESSED], 0);
}

/**
 * lac_job_steal_result:
 * @self: a job that finished
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the result, once; %NULL with @error set if it failed
 */
gpointer
lac_job_steal_result(LacJob *self, GError **error)
{
    g_return_val_if_fail(LAC_IS_JOB(self), NULL);

    if (self->error != NULL) {
        g_propagate_error(error, g_error_copy(self->error));
        return NULL;
    }
    return g_steal_pointer(&self->result);
}

/**
 * lac_job_get_progress:
 * @self: a job
 *
 * Returns: (transfer none): its progress: fraction, message, published results
 */
LacProgress *
lac_job_get_progress(LacJob *self)
{
    return self->progress;
}

/**
 * lac_job_get_title:
 * @self: a job
 *
 * Returns: (transfer none): what the user reads
 */
const char *
lac_job_get_title(LacJob *self)
{
    return self->title;
}

/**
 * lac_job_get_state:
 * @self: a job
 *
 * Returns: its state as the main thread knows it
 */
LacJobState
lac_job_get_state(LacJob *self)
{
    return self->state;
}

/**
 * lac_job_is_active:
 * @self: a job
 *
 * Returns: %TRUE from lac_job_start() until "finished"
 */
gboolean
lac_job_is_active(LacJob *self)
{
    return self->state == LAC_JOB_RUNNING || self->state == LAC_JOB_PAUSED ||
        self->state == LAC_JOB_STOPPING;
}
