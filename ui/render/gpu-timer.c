// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/gpu-timer.h"

/**
 * lac_gpu_timer_init:
 * @self: (out): a timer of the current context, which is OpenGL for a desktop
 */
void
lac_gpu_timer_init(LacGpuTimer *self)
{
    *self = (LacGpuTimer){ 0 };
    glGenQueries(1, &self->query);
}

/**
 * lac_gpu_timer_clear:
 * @self: a timer; zeros are none
 */
void
lac_gpu_timer_clear(LacGpuTimer *self)
{
    if (self->query != 0)
        glDeleteQueries(1, &self->query);
    *self = (LacGpuTimer){ 0 };
}

/**
 * lac_gpu_timer_begin:
 * @self: a timer; zeros are none
 *
 * Returns: whether the commands until lac_gpu_timer_end() are timed; not while the last time is
 *   still to come
 */
gboolean
lac_gpu_timer_begin(LacGpuTimer *self)
{
    if (self->query == 0 || self->is_pending)
        return FALSE;
    glBeginQuery(GL_TIME_ELAPSED, self->query);
    return TRUE;
}

/**
 * lac_gpu_timer_end:
 * @self: a timer that was begun
 */
void
lac_gpu_timer_end(LacGpuTimer *self)
{
    glEndQuery(GL_TIME_ELAPSED);
    self->is_pending = TRUE;
}

/**
 * lac_gpu_timer_collect:
 * @self: a timer; zeros are none
 * @ms: (out): [ms] what was timed
 *
 * Returns: whether the time is known now; each is told once
 */
gboolean
lac_gpu_timer_collect(LacGpuTimer *self, double *ms)
{
    GLuint available = GL_FALSE;
    if (!self->is_pending)
        return FALSE;
    glGetQueryObjectuiv(self->query, GL_QUERY_RESULT_AVAILABLE, &available);
    if (!available)
        return FALSE;
    GLuint64 ns = 0;
    glGetQueryObjectui64v(self->query, GL_QUERY_RESULT, &ns);
    *ms = 1e-6 * (double) ns;
    self->is_pending = FALSE;
    return TRUE;
}
