// SPDX-License-Identifier: GPL-3.0-or-later
// An OpenGL context without a display: for export, the command line and tests.
#pragma once

#include <glib.h>

typedef struct LacEglContext LacEglContext;

LacEglContext *lac_egl_context_new(GError **error);
void lac_egl_context_free(LacEglContext *self);
const char *lac_egl_context_get_renderer(LacEglContext *self);
char *lac_egl_dup_description(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacEglContext, lac_egl_context_free)
