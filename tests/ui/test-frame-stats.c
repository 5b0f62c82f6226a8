// SPDX-License-Identifier: GPL-3.0-or-later
// Times from events to frames: which event counts, and the statistics.
#include "ui/frame-stats.h"

static guint32
ms_ago(guint32 ms)
{
    return (guint32) (g_get_monotonic_time() / 1000) - ms;
}

// The oldest event of a frame counts, whenever the others came.
static void
test_oldest(void)
{
    LacFrameStats stats = { 0 };
    lac_frame_stats_input(&stats, ms_ago(30));
    lac_frame_stats_input(&stats, ms_ago(80));
    lac_frame_stats_input(&stats, ms_ago(10));
    lac_frame_stats_drawn(&stats);
    lac_frame_stats_input(&stats, ms_ago(1)); // comes after the drawing: for the next frame
    lac_frame_stats_shown(&stats);
    g_assert_cmpuint(stats.n, ==, 1);
    g_assert_cmpfloat(stats.last_ms, >=, 79.0);
    g_assert_cmpfloat(stats.last_ms, <, 3000.0);
    lac_frame_stats_shown(&stats); // painted again without drawing
    g_assert_cmpuint(stats.n, ==, 1);
    lac_frame_stats_drawn(&stats);
    lac_frame_stats_shown(&stats);
    g_assert_cmpuint(stats.n, ==, 2);
    g_assert_cmpuint(stats.n_frames, ==, 2);
}

// An event with another clock counts from the call.
static void
test_other_clock(void)
{
    LacFrameStats stats = { 0 };
    lac_frame_stats_input(&stats, ms_ago(100000));
    lac_frame_stats_drawn(&stats);
    lac_frame_stats_shown(&stats);
    g_assert_cmpfloat(stats.last_ms, <, 3000.0);
    stats = (LacFrameStats){ 0 };
    lac_frame_stats_drawn(&stats);
    lac_frame_stats_shown(&stats); // a frame without an event
    g_assert_cmpuint(stats.n, ==, 0);
    g_assert_cmpfloat(lac_frame_stats_get_p95_ms(&stats), ==, 0.0);
}

static void
test_percentile(void)
{
    LacFrameStats stats = { 0 };
    for (int i = 0; i < LAC_FRAME_STATS_WINDOW + 10; i++)
        stats.window_ms[i % LAC_FRAME_STATS_WINDOW] = (float) (i % 100);
    stats.n = LAC_FRAME_STATS_WINDOW + 10;
    stats.sum_ms = 2.0 * (double) stats.n;
    g_assert_cmpfloat(lac_frame_stats_get_p95_ms(&stats), ==, 94.0);
    g_assert_cmpfloat(lac_frame_stats_get_mean_ms(&stats), ==, 2.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/frame-stats/oldest", test_oldest);
    g_test_add_func("/frame-stats/other-clock", test_other_clock);
    g_test_add_func("/frame-stats/percentile", test_percentile);
    return g_test_run();
}
