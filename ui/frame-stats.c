// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame-stats.h"

#include <stdlib.h>
#include <string.h>

#define PLAUSIBLE_MS 5000 // an event older than this has another clock

/**
 * lac_frame_stats_input:
 * @self: statistics; all zero at first
 * @event_time_ms: [ms] when the event happened as the display tells it; 0 when unknown
 *
 * Notes an event that a frame has to show. X servers and Wayland compositors count the
 * milliseconds of the monotonic clock, which includes the time that the event waited in a queue;
 * where they do not, the time of this call counts.
 */
void
lac_frame_stats_input(LacFrameStats *self, guint32 event_time_ms)
{
    gint64 now = g_get_monotonic_time();
    guint32 age_ms = (guint32) (now / 1000) - event_time_ms;
    gint64 at = event_time_ms != 0 && age_ms < PLAUSIBLE_MS ? now - (gint64) age_ms * 1000 : now;
    if (self->pending_us == 0 || at < self->pending_us)
        self->pending_us = at;
}

/**
 * lac_frame_stats_drawn:
 * @self: statistics
 *
 * Notes that the events so far are in the picture that is being painted.
 */
void
lac_frame_stats_drawn(LacFrameStats *self)
{
    self->n_frames++;
    if (self->pending_us == 0)
        return;
    if (self->drawn_us == 0)
        self->drawn_us = self->pending_us;
    self->pending_us = 0;
}

/**
 * lac_frame_stats_shown:
 * @self: statistics
 *
 * Notes that the frame was painted.
 */
void
lac_frame_stats_shown(LacFrameStats *self)
{
    if (self->drawn_us == 0)
        return;
    double ms = 1e-3 * (double) (g_get_monotonic_time() - self->drawn_us);
    self->drawn_us = 0;
    self->last_ms = ms;
    self->window_ms[self->n % LAC_FRAME_STATS_WINDOW] = (float) ms;
    self->n++;
    self->sum_ms += ms;
    self->max_ms = MAX(self->max_ms, ms);
}

/**
 * lac_frame_stats_get_mean_ms:
 * @self: statistics
 *
 * Returns: [ms] mean of all measurements; 0 before there is one
 */
double
lac_frame_stats_get_mean_ms(const LacFrameStats *self)
{
    return self->n > 0 ? self->sum_ms / (double) self->n : 0.0;
}

static int
compare(const void *a, const void *b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

/**
 * lac_frame_stats_get_p95_ms:
 * @self: statistics
 *
 * Returns: [ms] what 95 of 100 of the newest measurements do not exceed
 */
double
lac_frame_stats_get_p95_ms(const LacFrameStats *self)
{
    float sorted[LAC_FRAME_STATS_WINDOW];
    gsize n = (gsize) MIN(self->n, LAC_FRAME_STATS_WINDOW);
    if (n == 0)
        return 0.0;
    memcpy(sorted, self->window_ms, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    return (double) sorted[(n * 95 - 1) / 100];
}
