// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs: how they end, what reaches the main loop, and that nothing comes after the end.
#include "core/error.h"
#include "core/job.h"

#include <stdatomic.h>

#define N_STEPS 20

// What a job is told to do, and what its test sees of it.
typedef struct {
    gboolean fail;
    gboolean publish;
    guint step_ms;
    atomic_uint steps;
    atomic_uint freed;         // times the data was released
    atomic_uint results_freed; // results nobody took
} Plan;

typedef struct {
    Plan *plan;
    guint n_progressed, n_finished, n_after_finish, n_published;
    gboolean pause_once, was_paused;
    GMainLoop *loop;
} Watch;

typedef struct {
    Plan *plan;
    guint step;
} Result;

static Result *
result_new(Plan *plan, guint step)
{
    Result *self = g_new(Result, 1);
    *self = (Result){ .plan = plan, .step = step };
    return self;
}

static void
result_free(gpointer data)
{
    Result *self = data;
    atomic_fetch_add(&self->plan->results_freed, 1);
    g_free(self);
}

static void
plan_done(gpointer data)
{
    Plan *self = data;
    atomic_fetch_add(&self->freed, 1);
}

static gpointer
run_plan(LacProgress *progress, gpointer data, GError **error)
{
    Plan *plan = data;
    guint i;
    for (i = 0; i < N_STEPS && !lac_progress_should_finish(progress); i++) {
        lac_progress_message(progress, "step %u", i);
        if (!lac_progress_update(progress, (double) i / N_STEPS, error))
            return NULL;
        if (plan->publish && lac_progress_wants_result(progress))
            lac_progress_publish(progress, result_new(plan, i), result_free);
        g_usleep(plan->step_ms * 1000);
        atomic_fetch_add(&plan->steps, 1);
    }
    if (plan->fail) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_FORMAT, "Line 3 is damaged");
        return NULL;
    }
    return result_new(plan, i);
}

static void
progressed_cb(LacJob *job, gpointer data)
{
    Watch *watch = data;
    watch->n_progressed++;
    watch->n_after_finish += watch->n_finished > 0;
    Result *result = lac_progress_take_result(lac_job_get_progress(job));
    if (result != NULL) {
        watch->n_published++;
        result_free(result);
    }
    if (lac_job_get_state(job) == LAC_JOB_RUNNING)
        lac_progress_want_result(lac_job_get_progress(job));
    if (watch->pause_once && !watch->was_paused) {
        watch->was_paused = TRUE;
        lac_job_set_paused(job, TRUE);
        g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_PAUSED);
    }
}

static void
finished_cb(LacJob *job, gpointer data)
{
    Watch *watch = data;
    g_assert_false(lac_job_is_active(job));
    watch->n_finished++;
    g_main_loop_quit(watch->loop);
}

static LacJob *
start(Plan *plan, Watch *watch)
{
    LacJob *job = lac_job_new("a job", run_plan, plan, plan_done, result_free);
    watch->plan = plan;
    watch->loop = g_main_loop_new(NULL, FALSE);
    g_signal_connect(job, "progressed", G_CALLBACK(progressed_cb), watch);
    g_signal_connect(job, "finished", G_CALLBACK(finished_cb), watch);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_WAITING);
    lac_progress_want_result(lac_job_get_progress(job));
    lac_job_start(job);
    g_assert_true(lac_job_is_active(job));
    return job;
}

// Waits for the end and for everything that was still queued.
static void
wait(Watch *watch)
{
    if (watch->n_finished == 0)
        g_main_loop_run(watch->loop);
    for (int i = 0; i < 20; i++) {
        while (g_main_context_iteration(NULL, FALSE))
            continue;
        g_usleep(1000);
    }
    g_assert_cmpuint(watch->n_finished, ==, 1);
    g_assert_cmpuint(watch->n_after_finish, ==, 0);
    g_clear_pointer(&watch->loop, g_main_loop_unref);
}

static void
test_done(void)
{
    Plan plan = { .step_ms = 2 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    g_assert_cmpstr(lac_job_get_title(job), ==, "a job");
    wait(&watch);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_DONE);
    g_assert_cmpuint(watch.n_progressed, >, 0);
    g_autoptr(GError) error = NULL;
    Result *result = lac_job_steal_result(job, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result->step, ==, N_STEPS);
    g_assert_null(lac_job_steal_result(job, &error)); // once
    result_free(result);
    g_object_unref(job);
    g_assert_cmpuint(atomic_load(&plan.freed), ==, 1);
    g_assert_cmpuint(atomic_load(&plan.results_freed), ==, 1);
}

static void
test_untaken_result_is_released(void)
{
    Plan plan = { 0 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    wait(&watch);
    g_object_unref(job);
    g_assert_cmpuint(atomic_load(&plan.results_freed), ==, 1);
    g_assert_cmpuint(atomic_load(&plan.freed), ==, 1);
}

static void
test_failed(void)
{
    Plan plan = { .fail = TRUE };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    wait(&watch);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_FAILED);
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_job_steal_result(job, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    }
    g_object_unref(job);
}

static void
test_cancelled(void)
{
    Plan plan = { .step_ms = 5 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    lac_job_cancel(job);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_STOPPING);
    g_assert_true(lac_job_is_active(job));
    wait(&watch);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_CANCELLED);
    g_assert_cmpuint(atomic_load(&plan.steps), <, N_STEPS);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_job_steal_result(job, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    lac_job_cancel(job); // too late: nothing happens
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_CANCELLED);
    g_object_unref(job);
}

static void
test_finish_now(void)
{
    Plan plan = { .step_ms = 5 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    g_usleep(15000);
    lac_job_finish_now(job);
    wait(&watch);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_DONE);
    Result *result = lac_job_steal_result(job, NULL);
    g_assert_nonnull(result);
    g_assert_cmpuint(result->step, <, N_STEPS);
    result_free(result);
    g_object_unref(job);
}

static gboolean
resume_cb(gpointer data)
{
    LacJob *job = data;
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_PAUSED);
    lac_job_set_paused(job, FALSE);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_RUNNING);
    return G_SOURCE_REMOVE;
}

static void
test_paused(void)
{
    Plan plan = { .step_ms = 2 };
    Watch watch = { .pause_once = TRUE };
    LacJob *job = start(&plan, &watch);
    g_timeout_add(150, resume_cb, job);
    gint64 begin = g_get_monotonic_time();
    wait(&watch);
    g_assert_true(watch.was_paused);
    g_assert_cmpint(g_get_monotonic_time() - begin, >, 140000);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_DONE);
    g_assert_cmpuint(atomic_load(&plan.steps), ==, N_STEPS);
    g_object_unref(job);
}

static void
test_cancelled_while_paused(void)
{
    Plan plan = { .step_ms = 1 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    lac_job_set_paused(job, TRUE);
    g_usleep(20000);
    lac_job_cancel(job);
    wait(&watch);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_CANCELLED);
    g_object_unref(job);
}

static void
test_published_results_arrive(void)
{
    Plan plan = { .publish = TRUE, .step_ms = 4 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    wait(&watch);
    g_assert_cmpuint(watch.n_published, >, 0);
    g_object_unref(job);
    // Every result was released exactly once: the published ones and the one at the end.
    g_assert_cmpuint(atomic_load(&plan.results_freed), >=, watch.n_published + 1);
}

// While the main loop sleeps, many updates make one "progressed".
static void
test_one_idle_at_most(void)
{
    Plan plan = { .step_ms = 1 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    while (atomic_load(&plan.steps) < N_STEPS - 5)
        g_usleep(1000);
    g_assert_cmpuint(watch.n_progressed, ==, 0);
    while (watch.n_progressed == 0)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(watch.n_progressed, ==, 1);
    wait(&watch);
    g_assert_cmpuint(watch.n_progressed, <=, 1 + 5);
    g_object_unref(job);
}

static void
test_dropped_while_running(void)
{
    Plan plan = { .step_ms = 3 };
    Watch watch = { 0 };
    LacJob *job = start(&plan, &watch);
    gpointer weak = job;
    g_object_add_weak_pointer(G_OBJECT(job), &weak);
    g_object_unref(job);
    g_assert_nonnull(weak); // it keeps itself alive
    wait(&watch);
    g_assert_null(weak);
    g_assert_cmpuint(atomic_load(&plan.steps), ==, N_STEPS);
    g_assert_cmpuint(atomic_load(&plan.freed), ==, 1);
    g_assert_cmpuint(atomic_load(&plan.results_freed), ==, 1);
}

static void
test_never_started(void)
{
    Plan plan = { 0 };
    LacJob *job = lac_job_new("never", run_plan, &plan, plan_done, result_free);
    lac_job_cancel(job);
    g_assert_cmpint(lac_job_get_state(job), ==, LAC_JOB_WAITING);
    g_object_unref(job);
    g_assert_cmpuint(atomic_load(&plan.freed), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/job/done", test_done);
    g_test_add_func("/job/untaken-result-is-released", test_untaken_result_is_released);
    g_test_add_func("/job/failed", test_failed);
    g_test_add_func("/job/cancelled", test_cancelled);
    g_test_add_func("/job/finish-now", test_finish_now);
    g_test_add_func("/job/paused", test_paused);
    g_test_add_func("/job/cancelled-while-paused", test_cancelled_while_paused);
    g_test_add_func("/job/published-results-arrive", test_published_results_arrive);
    g_test_add_func("/job/one-idle-at-most", test_one_idle_at_most);
    g_test_add_func("/job/dropped-while-running", test_dropped_while_running);
    g_test_add_func("/job/never-started", test_never_started);
    return g_test_run();
}
