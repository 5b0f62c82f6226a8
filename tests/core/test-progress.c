// SPDX-License-Identifier: GPL-3.0-or-later
// What a computation and its watcher tell each other: cancel, pause, finish, results, time left.
#include "core/progress.h"

#include <gio/gio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define N_STEPS 10

// A computation in steps. Everything it made is released when it is cancelled.
typedef struct {
    LacProgress *progress;
    atomic_uint steps; // completed
    atomic_uint done;
    gboolean cancelled;
} Work;

static void *
work(void *data)
{
    Work *self = data;
    for (guint i = 0; i < N_STEPS && !lac_progress_should_finish(self->progress); i++) {
        g_autoptr(GError) error = NULL;
        if (!lac_progress_update(self->progress, (double) i / N_STEPS, &error)) {
            self->cancelled = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
            break;
        }
        atomic_fetch_add(&self->steps, 1);
    }
    atomic_store(&self->done, 1);
    return NULL;
}

static void
sleep_ms(long ms)
{
    struct timespec time = { .tv_nsec = ms * 1000000 };
    nanosleep(&time, NULL);
}

static void
test_null_is_allowed(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_progress_update(NULL, 0.5, &error));
    g_assert_no_error(error);
    lac_progress_message(NULL, "%d", 1);
    g_assert_false(lac_progress_should_finish(NULL));
    g_assert_false(lac_progress_wants_result(NULL));
    gpointer result = g_strdup("dropped at once");
    lac_progress_publish(NULL, result, g_free);
}

static void
test_cancel_at_each_call(void)
{
    for (guint at = 1; at <= N_STEPS + 1; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        Work self = { .progress = progress };
        lac_progress_cancel_at(progress, at);
        work(&self);
        g_assert_cmpuint(atomic_load(&self.steps), ==, MIN(at - 1, N_STEPS));
        g_assert_cmpint(self.cancelled, ==, at <= N_STEPS);
    }
}

static void
test_cancelled_stays_cancelled(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(lac_progress_update(progress, 0.1, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
    g_assert_false(lac_progress_update(progress, 0.1, NULL));
}

static void
test_fraction_is_clamped(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    g_assert_cmpfloat(lac_progress_get_fraction(progress), ==, 0.0);
    g_assert_true(lac_progress_update(progress, 0.25, NULL));
    g_assert_cmpfloat(lac_progress_get_fraction(progress), ==, 0.25);
    g_assert_true(lac_progress_update(progress, 1.5, NULL));
    g_assert_cmpfloat(lac_progress_get_fraction(progress), ==, 1.0);
    g_assert_true(lac_progress_update(progress, -1.0, NULL));
    g_assert_cmpfloat(lac_progress_get_fraction(progress), ==, 0.0);
}

static void
test_message(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    g_assert_null(lac_progress_dup_message(progress));
    lac_progress_message(progress, "step %d of %d", 1, 3);
    lac_progress_message(progress, "step %d of %d", 2, 3);
    g_autofree char *message = lac_progress_dup_message(progress);
    g_assert_cmpstr(message, ==, "step 2 of 3");
}

static void
test_pause_and_resume(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    Work self = { .progress = progress };
    pthread_t thread;
    lac_progress_set_paused(progress, TRUE);
    g_assert_true(lac_progress_is_paused(progress));
    g_assert_cmpint(pthread_create(&thread, NULL, work, &self), ==, 0);
    sleep_ms(30);
    g_assert_cmpuint(atomic_load(&self.steps), ==, 0);
    g_assert_cmpuint(atomic_load(&self.done), ==, 0);
    lac_progress_set_paused(progress, FALSE);
    g_assert_false(lac_progress_is_paused(progress));
    pthread_join(thread, NULL);
    g_assert_cmpuint(atomic_load(&self.steps), ==, N_STEPS);
}

// How a paused computation is let go: by cancel or by finish.
static void
assert_leaves_pause(void (*let_go)(LacProgress *), guint n_steps, gboolean cancelled)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    Work self = { .progress = progress };
    pthread_t thread;
    lac_progress_set_paused(progress, TRUE);
    g_assert_cmpint(pthread_create(&thread, NULL, work, &self), ==, 0);
    sleep_ms(20);
    let_go(progress);
    pthread_join(thread, NULL);
    g_assert_cmpuint(atomic_load(&self.steps), <=, n_steps);
    g_assert_cmpint(self.cancelled, ==, cancelled);
}

static void
test_cancel_and_finish_end_a_pause(void)
{
    assert_leaves_pause(lac_progress_cancel, 0, TRUE);
    assert_leaves_pause(lac_progress_finish, 1, FALSE);
}

static void
test_finish(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    g_assert_false(lac_progress_should_finish(progress));
    lac_progress_finish(progress);
    g_assert_true(lac_progress_should_finish(progress));
    g_assert_true(lac_progress_update(progress, 0.5, NULL));
}

static void
count_release(gpointer data)
{
    atomic_uint *n_released = data;
    atomic_fetch_add(n_released, 1);
}

static void
test_results(void)
{
    atomic_uint a = 0, b = 0, c = 0;
    LacProgress *progress = lac_progress_new();
    g_assert_false(lac_progress_wants_result(progress));
    g_assert_null(lac_progress_take_result(progress));
    lac_progress_want_result(progress);
    g_assert_true(lac_progress_wants_result(progress));

    lac_progress_publish(progress, &a, count_release);
    g_assert_false(lac_progress_wants_result(progress));
    lac_progress_publish(progress, &b, count_release);
    g_assert_cmpuint(atomic_load(&a), ==, 1); // nobody took it
    g_assert_true(lac_progress_take_result(progress) == &b);
    g_assert_null(lac_progress_take_result(progress));

    lac_progress_publish(progress, &c, count_release);
    lac_progress_unref(progress);
    g_assert_cmpuint(atomic_load(&b), ==, 0); // taken: ours
    g_assert_cmpuint(atomic_load(&c), ==, 1);
}

static void
count_notify(gpointer data)
{
    atomic_fetch_add((atomic_uint *) data, 1);
}

static void
test_notify(void)
{
    atomic_uint n_notified = 0, n_released = 0;
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_set_notify(progress, count_notify, &n_notified);
    g_assert_true(lac_progress_update(progress, 0.5, NULL));
    g_assert_cmpuint(atomic_load(&n_notified), ==, 1);
    lac_progress_publish(progress, &n_released, count_release);
    g_assert_cmpuint(atomic_load(&n_notified), ==, 2);
    lac_progress_set_notify(progress, NULL, NULL);
    g_assert_true(lac_progress_update(progress, 0.6, NULL));
    g_assert_cmpuint(atomic_load(&n_notified), ==, 2);
}

static void
test_time_left(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    g_assert_cmpfloat(lac_progress_get_time_left_s(progress), ==, -1.0);
    gint64 begin = g_get_monotonic_time();
    g_assert_true(lac_progress_update(progress, 0.0, NULL));
    sleep_ms(300);
    g_assert_true(lac_progress_update(progress, 0.2, NULL));
    g_assert_cmpfloat(lac_progress_get_time_left_s(progress), ==, -1.0); // too early to tell
    sleep_ms(300);
    g_assert_true(lac_progress_update(progress, 0.5, NULL));
    double elapsed = (double) (g_get_monotonic_time() - begin) * 1e-6;
    double left = lac_progress_get_time_left_s(progress);
    g_assert_cmpfloat(left, >=, 0.6);
    g_assert_cmpfloat(left, <=, elapsed + 0.01);
}

static void *
resume_later(void *data)
{
    sleep_ms(400);
    lac_progress_set_paused(data, FALSE);
    return NULL;
}

static void
test_pauses_are_not_counted(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    pthread_t thread;
    g_assert_true(lac_progress_update(progress, 0.0, NULL));
    sleep_ms(550);
    lac_progress_set_paused(progress, TRUE);
    g_assert_cmpint(pthread_create(&thread, NULL, resume_later, progress), ==, 0);
    gint64 begin = g_get_monotonic_time();
    g_assert_true(lac_progress_update(progress, 0.5, NULL)); // waits here
    gint64 resumed = g_get_monotonic_time();
    double before = lac_progress_get_time_left_s(progress);
    pthread_join(thread, NULL);
    g_assert_true(lac_progress_update(progress, 0.5, NULL));
    double since = (double) (g_get_monotonic_time() - resumed) * 1e-6;
    double paused = (double) (resumed - begin) * 1e-6;
    g_assert_cmpfloat(paused, >, 0.3);
    g_assert_cmpfloat(lac_progress_get_time_left_s(progress), <, before + since + 0.2);
}

static void *
watch(void *data)
{
    Work *self = data;
    while (!atomic_load(&self->done)) {
        lac_progress_want_result(self->progress);
        g_free(lac_progress_dup_message(self->progress));
        g_free(lac_progress_take_result(self->progress));
        lac_progress_get_fraction(self->progress);
        lac_progress_set_paused(self->progress, TRUE);
        lac_progress_set_paused(self->progress, FALSE);
    }
    return NULL;
}

// For the thread sanitizer: both sides at once.
static void
test_both_sides_at_once(void)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    Work self = { .progress = progress };
    pthread_t watcher;
    g_assert_cmpint(pthread_create(&watcher, NULL, watch, &self), ==, 0);
    for (guint i = 0; i < 500; i++) {
        g_assert_true(lac_progress_update(progress, i / 500.0, NULL));
        lac_progress_message(progress, "step %u", i);
        if (lac_progress_wants_result(progress))
            lac_progress_publish(progress, g_strdup("result"), g_free);
    }
    atomic_store(&self.done, 1);
    pthread_join(watcher, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/progress/null-is-allowed", test_null_is_allowed);
    g_test_add_func("/progress/cancel-at-each-call", test_cancel_at_each_call);
    g_test_add_func("/progress/cancelled-stays-cancelled", test_cancelled_stays_cancelled);
    g_test_add_func("/progress/fraction-is-clamped", test_fraction_is_clamped);
    g_test_add_func("/progress/message", test_message);
    g_test_add_func("/progress/pause-and-resume", test_pause_and_resume);
    g_test_add_func("/progress/end-a-pause", test_cancel_and_finish_end_a_pause);
    g_test_add_func("/progress/finish", test_finish);
    g_test_add_func("/progress/results", test_results);
    g_test_add_func("/progress/notify", test_notify);
    g_test_add_func("/progress/time-left", test_time_left);
    g_test_add_func("/progress/pauses-are-not-counted", test_pauses_are_not_counted);
    g_test_add_func("/progress/both-sides-at-once", test_both_sides_at_once);
    return g_test_run();
}
