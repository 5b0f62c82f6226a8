// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/program.h"

#include "core/error.h"

#include <epoxy/gl.h>
#include <gio/gio.h>
#include <string.h>

#define PREFIX "/org/lacuna/shaders/"

// Each file keeps its own line numbers in messages.
static gboolean
add_file(GPtrArray *texts, const char *name, GError **error)
{
    g_autofree char *path = g_strconcat(PREFIX, name, NULL);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (bytes == NULL)
        return FALSE;
    g_ptr_array_add(texts, g_strdup_printf("#line 1 %u\n", texts->len / 2));
    g_ptr_array_add(texts, g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)));
    return TRUE;
}

static const char *
version_line(void)
{
    return epoxy_is_desktop_gl() ? "#version 330 core\n"
                                 : "#version 300 es\nprecision highp float;\nprecision highp int;\n"
                                   "precision highp sampler2D;\nprecision highp sampler3D;\n"
                                   "precision highp usampler2D;\n"
                                   "precision highp sampler2DArray;\n"
                                   "precision highp sampler2DArrayShadow;\n";
}

static char *
dup_log(GLuint object, gboolean is_program)
{
    char log[2048];
    if (is_program)
        glGetProgramInfoLog(object, sizeof log, NULL, log);
    else
        glGetShaderInfoLog(object, sizeof log, NULL, log);
    return g_strstrip(g_strdup(log));
}

static GLuint
compile(GLenum type, const char *name, const char *const *common, const char *defines,
    GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(texts, g_strdup(version_line()));
    g_ptr_array_add(texts, g_strdup(defines != NULL ? defines : ""));
    for (guint i = 0; common != NULL && common[i] != NULL; i++)
        if (!add_file(texts, common[i], error))
            return 0;
    if (!add_file(texts, name, error))
        return 0;
    GLuint shader = glCreateShader(type);
    glShaderSource(shader, (GLsizei) texts->len, (const char *const *) texts->pdata, NULL);
    glCompileShader(shader);
    GLint done = GL_FALSE;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &done);
    if (done)
        return shader;
    g_autofree char *log = dup_log(shader, FALSE);
    g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, "The shader %s does not compile: %s", name,
        log);
    glDeleteShader(shader);
    return 0;
}

/**
 * lac_gl_check_version:
 * @error: return location for a #GError
 *
 * Checks that the current context can draw: OpenGL 3.3 or OpenGL ES 3.0.
 *
 * Returns: %TRUE, or %FALSE with @error naming the version found
 */
gboolean
lac_gl_check_version(GError **error)
{
    int version = epoxy_gl_version();
    gboolean desktop = epoxy_is_desktop_gl();
    if (version >= (desktop ? 33 : 30))
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
        "The 3D view needs OpenGL 3.3 or OpenGL ES 3.0; this computer offers %s %d.%d (%s)",
        desktop ? "OpenGL" : "OpenGL ES", version / 10, version % 10,
        (const char *) glGetString(GL_RENDERER));
    return FALSE;
}

/**
 * lac_gl_is_software:
 * @renderer: GL_RENDERER
 *
 * Returns: %TRUE if that name means that the processor draws
 */
gboolean
lac_gl_is_software(const char *renderer)
{
    static const char *const NAMES[] = { "llvmpipe", "softpipe", "SwiftShader", "Software" };
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (strstr(renderer, NAMES[i]) != NULL)
            return TRUE;
    return FALSE;
}

/**
 * lac_program_new:
 * @source: names of the parts
 * @error: return location for a #GError
 *
 * Compiles and links a program. The version line is put on top.
 *
 * Returns: the program, to be deleted with the context current; 0 with @error set on failure
 */
guint
lac_program_new(const LacProgramSource *source, GError **error)
{
    GLuint vertex =
        compile(GL_VERTEX_SHADER, source->vertex, source->vertex_common, source->defines, error);
    if (vertex == 0)
        return 0;
    GLuint fragment =
        compile(GL_FRAGMENT_SHADER, source->fragment, source->common, source->defines, error);
    if (fragment == 0) {
        glDeleteShader(vertex);
        return 0;
    }
    GLuint program = glCreateProgram();
    glAttachShader(program, vertex);
    glAttachShader(program, fragment);
    glLinkProgram(program);
    glDeleteShader(vertex);
    glDeleteShader(fragment);
    GLint done = GL_FALSE;
    glGetProgramiv(program, GL_LINK_STATUS, &done);
    if (done)
        return program;
    g_autofree char *log = dup_log(program, TRUE);
    g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, "The shaders %s and %s do not link: %s",
        source->vertex, source->fragment, log);
    glDeleteProgram(program);
    return 0;
}
