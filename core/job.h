// SPDX-License-Identifier: GPL-3.0-or-later
// A computation in a worker thread, watched from the main loop.
#pragma once

#include "core/progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define LAC_TYPE_JOB (lac_job_get_type())
G_DECLARE_FINAL_TYPE(LacJob, lac_job, LAC, JOB, GObject)

// Runs in the worker: returns a new object, or NULL with @error set. @data is the job's alone.
typedef gpointer (*LacJobFunc)(LacProgress *progress, gpointer data, GError **error);

typedef enum {
    LAC_JOB_WAITING,
    LAC_JOB_RUNNING,
    LAC_JOB_PAUSED,
    LAC_JOB_STOPPING, // cancel or finish was asked for and not yet reached
    LAC_JOB_DONE,
    LAC_JOB_FAILED,
    LAC_JOB_CANCELLED,
} LacJobState;

// Signals, all on the main loop: "progressed" (new fraction, message or published result; at most
// one is pending) and, once and last, "finished".
LacJob *lac_job_new(const char *title, LacJobFunc func, gpointer data, GDestroyNotify free_data,
    GDestroyNotify free_result);
void lac_job_start(LacJob *self);
void lac_job_cancel(LacJob *self);
void lac_job_finish_now(LacJob *self);
void lac_job_set_paused(LacJob *self, gboolean paused);
gpointer lac_job_steal_result(LacJob *self, GError **error);
LacProgress *lac_job_get_progress(LacJob *self);
const char *lac_job_get_title(LacJob *self);
LacJobState lac_job_get_state(LacJob *self);
gboolean lac_job_is_active(LacJob *self);

G_END_DECLS
