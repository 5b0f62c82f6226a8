// SPDX-License-Identifier: GPL-3.0-or-later
// How long it takes from an input event to the frame that shows its effect.
#pragma once

#include <glib.h>

#define LAC_FRAME_STATS_WINDOW 1000

typedef struct {
    gint64 pending_us; // monotonic time of the oldest event not shown yet; 0: none
    gint64 drawn_us;   // of the oldest one in the frame being painted; 0: none
    guint64 n, n_frames;
    double sum_ms, max_ms;
    double last_ms; // [ms] of the newest measurement
    float window_ms[LAC_FRAME_STATS_WINDOW];
} LacFrameStats;

void lac_frame_stats_input(LacFrameStats *self, guint32 event_time_ms);
void lac_frame_stats_drawn(LacFrameStats *self);
void lac_frame_stats_shown(LacFrameStats *self);
double lac_frame_stats_get_mean_ms(const LacFrameStats *self);
double lac_frame_stats_get_p95_ms(const LacFrameStats *self);
