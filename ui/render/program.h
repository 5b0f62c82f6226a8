// SPDX-License-Identifier: GPL-3.0-or-later
// Shader programs from the resources. A context must be current in every call.
#pragma once

#include <glib.h>

typedef struct {
    const char *vertex;        // file under /org/lacuna/shaders
    const char *fragment;      // file
    const char *const *common; // (nullable) files put before the fragment shader; ends with NULL
    const char *defines;       // (nullable) "#define ..." lines
    const char *const *vertex_common; // (nullable) files put before the vertex shader
} LacProgramSource;

gboolean lac_gl_check_version(GError **error);
gboolean lac_gl_is_software(const char *renderer);
guint lac_program_new(const LacProgramSource *source, GError **error);
