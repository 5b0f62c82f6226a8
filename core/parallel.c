// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_THREADS     64
#define BACKGROUND_NICE 10

// One running loop. It lives on the caller's stack: the caller leaves only when no helper is inside.
typedef struct Loop {
    LacParallelFunc func;
    gpointer data;
    gsize n, grain;
    atomic_size_t next;      // first item not yet claimed
    atomic_uint next_worker; // worker index for the next thread that joins
    guint max_helpers;       // pool threads allowed in besides the caller
    guint n_joined;          // pool threads that joined so far (pool lock)
    guint n_inside;          // pool threads inside now (pool lock)
    struct Loop *below;      // older loop in the list (pool lock)
} Loop;

// The only mutable state of the core that outlives a call: the threads themselves.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t work; // a loop was added, or the number of threads was lowered
    pthread_cond_t left; // a helper left a loop
    Loop *loops;
    guint n_threads; // wanted, the caller included; 0 until first use
    guint n_started; // pool threads running
    gboolean background;
} pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .work = PTHREAD_COND_INITIALIZER,
    .left = PTHREAD_COND_INITIALIZER,
};

static _Thread_local gboolean inside_loop;

static void
run_blocks(Loop *loop)
{
    guint worker = atomic_fetch_add(&loop->next_worker, 1);
    inside_loop = TRUE;
    for (;;) {
        gsize begin = atomic_fetch_add(&loop->next, loop->grain);
        if (begin >= loop->n)
            break;
        loop->func(begin, MIN(begin + loop->grain, loop->n), worker, loop->data);
    }
    inside_loop = FALSE;
}

static Loop *
find_loop(void)
{
    for (Loop *loop = pool.loops; loop != NULL; loop = loop->below)
        if (loop->n_joined < loop->max_helpers && atomic_load(&loop->next) < loop->n)
            return loop;
    return NULL;
}

static void
lower_priority(void)
{
    // Linux keeps one nice value per thread: computing yields to drawing and to other programs.
    setpriority(PRIO_PROCESS, (id_t) syscall(SYS_gettid), BACKGROUND_NICE);
}

static void *
pool_thread(void *unused)
{
    (void) unused;
    gboolean lowered = FALSE;
    pthread_mutex_lock(&pool.lock);
    for (;;) {
        Loop *loop = find_loop();
        if (loop == NULL) {
            pthread_cond_wait(&pool.work, &pool.lock);
            continue;
        }
        loop->n_joined++;
        loop->n_inside++;
        gboolean lower = pool.background && !lowered;
        pthread_mutex_unlock(&pool.lock);
        if (lower) {
            lower_priority();
            lowered = TRUE;
        }
        run_blocks(loop);
        pthread_mutex_lock(&pool.lock);
        loop->n_inside--;
        pthread_cond_broadcast(&pool.left);
    }
    return NULL;
}

static void
start_threads(guint wanted)
{
    while (pool.n_started < wanted) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, pool_thread, NULL) != 0)
            break;
        pthread_detach(thread);
        pool.n_started++;
    }
}

static guint
threads_locked(void)
{
    if (pool.n_threads == 0)
        pool.n_threads = CLAMP(g_get_num_processors(), 1, MAX_THREADS);
    return pool.n_threads;
}

/**
 * lac_parallel_for:
 * @n: number of items
 * @grain: items per block, at least 1; the blocks are the same for any number of threads
 * @func: works on one block
 * @data: passed to @func
 *
 * Runs @func over all items and returns when every one is done. The calling thread takes part.
 * Inside another parallel loop it runs serially. Blocks are claimed in order but finish in any
 * order: write to disjoint outputs, or keep one partial result per block and add them in order.
 */
void
lac_parallel_for(gsize n, gsize grain, LacParallelFunc func, gpointer data)
{
    g_return_if_fail(grain > 0);

    if (n == 0)
        return;
    pthread_mutex_lock(&pool.lock);
    guint n_threads = threads_locked();
    pthread_mutex_unlock(&pool.lock);
    gsize n_blocks = (n - 1) / grain + 1;
    if (inside_loop || n_threads == 1 || n_blocks == 1) {
        for (gsize begin = 0; begin < n; begin += grain)
            func(begin, MIN(begin + grain, n), 0, data);
        return;
    }

    Loop loop = { .func = func, .data = data, .n = n, .grain = grain };
    loop.max_helpers = (guint) MIN(n_blocks, n_threads) - 1;
    pthread_mutex_lock(&pool.lock);
    start_threads(n_threads - 1);
    loop.below = pool.loops;
    pool.loops = &loop;
    pthread_cond_broadcast(&pool.work);
    pthread_mutex_unlock(&pool.lock);

    run_blocks(&loop);

    pthread_mutex_lock(&pool.lock);
    for (Loop **link = &pool.loops; *link != NULL; link = &(*link)->below) {
        if (*link == &loop) {
            *link = loop.below;
            break;
        }
    }
    while (loop.n_inside > 0)
        pthread_cond_wait(&pool.left, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

typedef struct {
    LacParallelLane func;
    gpointer data;
    guint lane;
    gboolean background;
} LaneArgs;

static void *
lane_thread(void *data)
{
    LaneArgs *self = data;
    if (self->background)
        lower_priority();
    self->func(self->lane, self->data);
    return NULL;
}

/**
 * lac_parallel_lanes:
 * @n_lanes: at most 64
 * @func: takes its part of some work until none is left
 * @data: passed to @func
 *
 * Calls @func in several threads at once, this one among them, and returns when every call is done.
 * Unlike those of lac_parallel_for() they may run parallel loops, which share the pool. There are no
 * more lanes than threads; inside a loop, or when the system has no more threads, there may be one.
 */
void
lac_parallel_lanes(guint n_lanes, LacParallelLane func, gpointer data)
{
    pthread_t threads[MAX_THREADS];
    LaneArgs args[MAX_THREADS];
    pthread_mutex_lock(&pool.lock);
    guint n = inside_loop ? 1 : CLAMP(MIN(n_lanes, threads_locked()), 1, MAX_THREADS);
    gboolean background = pool.background;
    pthread_mutex_unlock(&pool.lock);
    guint n_started = 1;
    for (; n_started < n; n_started++) {
        args[n_started] = (LaneArgs){ func, data, n_started, background };
        if (pthread_create(&threads[n_started], NULL, lane_thread, &args[n_started]) != 0)
            break;
    }
    func(0, data);
    for (guint k = 1; k < n_started; k++)
        pthread_join(threads[k], NULL);
}

/**
 * lac_parallel_get_threads:
 *
 * Returns: how many threads a loop uses, the caller included
 */
guint
lac_parallel_get_threads(void)
{
    pthread_mutex_lock(&pool.lock);
    guint n = threads_locked();
    pthread_mutex_unlock(&pool.lock);
    return n;
}

/**
 * lac_parallel_set_threads:
 * @n_threads: 1 to 64, the caller included; 0 for one per processor
 *
 * Sets how many threads loops that start from now on may use. It never changes a result.
 */
void
lac_parallel_set_threads(guint n_threads)
{
    pthread_mutex_lock(&pool.lock);
    pool.n_threads = MIN(n_threads, MAX_THREADS);
    pthread_mutex_unlock(&pool.lock);
}

/**
 * lac_parallel_max_workers:
 *
 * Returns: an upper bound of the worker indices that a loop started now can see
 */
guint
lac_parallel_max_workers(void)
{
    return lac_parallel_get_threads();
}

/**
 * lac_parallel_set_background:
 * @background: %TRUE to give pool threads a lower priority than the window's own threads
 *
 * A program with a window asks for this once at start, so that computing never delays a frame.
 */
void
lac_parallel_set_background(gboolean background)
{
    pthread_mutex_lock(&pool.lock);
    pool.background = background;
    pthread_mutex_unlock(&pool.lock);
}
