// SPDX-License-Identifier: GPL-3.0-or-later
// How long a graphics card takes. Its commands run later: the time is known some frames after.
#pragma once

#include <epoxy/gl.h>
#include <glib.h>

typedef struct {
    GLuint query; // 0: there is no timer
    gboolean is_pending;
} LacGpuTimer;

void lac_gpu_timer_init(LacGpuTimer *self);
void lac_gpu_timer_clear(LacGpuTimer *self);
gboolean lac_gpu_timer_begin(LacGpuTimer *self);
void lac_gpu_timer_end(LacGpuTimer *self);
gboolean lac_gpu_timer_collect(LacGpuTimer *self, double *ms);
