// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gpu/egl-context.h"

#include "core/error.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>
#include <string.h>

#define MAX_DEVICES 16

struct LacEglContext {
    EGLDisplay display;
    EGLContext context;
    char *renderer;
};

typedef struct {
    EGLenum api;
    EGLint renderable, major, minor;
    gboolean core; // profile
} Version;

// In the order in which they are tried.
static const Version wanted_versions[] = { { EGL_OPENGL_API, EGL_OPENGL_BIT, 3, 3, TRUE },
    { EGL_OPENGL_ES_API, EGL_OPENGL_ES3_BIT, 3, 0, FALSE }, { 0 } };
static const Version old_versions[] = { { EGL_OPENGL_API, EGL_OPENGL_BIT, 1, 0, FALSE },
    { EGL_OPENGL_ES_API, EGL_OPENGL_ES2_BIT, 2, 0, FALSE }, { 0 } };

// Without a surface.
static EGLContext
create_context(EGLDisplay display, const Version *versions)
{
    for (const Version *v = versions; v->api != 0; v++) {
        if (!eglBindAPI(v->api))
            continue;
        const EGLint config_wanted[] = { EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
            v->renderable, EGL_NONE };
        const EGLint wanted[] = { EGL_CONTEXT_MAJOR_VERSION, v->major, EGL_CONTEXT_MINOR_VERSION,
            v->minor, v->core ? EGL_CONTEXT_OPENGL_PROFILE_MASK : EGL_NONE,
            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE };
        EGLConfig config = EGL_NO_CONFIG_KHR;
        EGLint n = 0;
        if (!eglChooseConfig(display, config_wanted, &config, 1, &n) || n == 0)
            config = EGL_NO_CONFIG_KHR;
        EGLContext context = eglCreateContext(display, config, EGL_NO_CONTEXT, wanted);
        if (context != EGL_NO_CONTEXT)
            return context;
    }
    return EGL_NO_CONTEXT;
}

static gboolean
try_display(LacEglContext *self, EGLDisplay display, const Version *versions)
{
    EGLint major, minor;
    if (display == EGL_NO_DISPLAY || !eglInitialize(display, &major, &minor))
        return FALSE;
    EGLContext context = create_context(display, versions);
    if (context != EGL_NO_CONTEXT &&
        eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) {
        self->display = display;
        self->context = context;
        self->renderer = g_strdup((const char *) glGetString(GL_RENDERER));
        return TRUE;
    }
    if (context != EGL_NO_CONTEXT)
        eglDestroyContext(display, context);
    return FALSE;
}

// Each graphics card, in the order of the driver; a software renderer comes last there.
static gboolean
try_devices(LacEglContext *self, const Version *versions)
{
    EGLDeviceEXT devices[MAX_DEVICES];
    EGLint n = 0;
    if (!eglQueryDevicesEXT(MAX_DEVICES, devices, &n))
        return FALSE;
    for (EGLint i = 0; i < n; i++)
        if (try_display(self, eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices[i], NULL),
                versions))
            return TRUE;
    return FALSE;
}

// Returns NULL if there is none.
static LacEglContext *
find_context(const Version *versions)
{
    g_autoptr(LacEglContext) self = g_new0(LacEglContext, 1);
    // eglGetPlatformDisplay cannot be resolved before a display exists; the EXT one can.
    const char *extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    if (extensions == NULL)
        extensions = "";
    if (strstr(extensions, "EGL_EXT_platform_device") != NULL &&
        strstr(extensions, "EGL_EXT_device_enumeration") != NULL && try_devices(self, versions))
        return g_steal_pointer(&self);
    if (strstr(extensions, "EGL_MESA_platform_surfaceless") != NULL &&
        try_display(self,
            eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL),
            versions))
        return g_steal_pointer(&self);
    return NULL;
}

/**
 * lac_egl_context_new:
 * @error: return location for a #GError
 *
 * Creates an OpenGL 3.3 core context, or OpenGL ES 3.0, and makes it current in this thread. It
 * needs no display: it takes a graphics card, else Mesa without a surface.
 *
 * Returns: (transfer full): the context, or %NULL with @error set
 */
LacEglContext *
lac_egl_context_new(GError **error)
{
    LacEglContext *self = find_context(wanted_versions);
    if (self != NULL)
        return self;
    g_autofree char *found = lac_egl_dup_description();
    g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
        "OpenGL 3.3 or OpenGL ES 3.0 is needed to draw; this computer offers %s", found);
    return NULL;
}

/**
 * lac_egl_dup_description:
 *
 * Finds out which OpenGL there is, however old, for the message that it does not suffice. No
 * context is current afterwards.
 *
 * Returns: (transfer full): its version and device, or "no OpenGL"
 */
char *
lac_egl_dup_description(void)
{
    g_autoptr(LacEglContext) self = find_context(old_versions);
    if (self == NULL)
        return g_strdup("no OpenGL");
    const char *version = (const char *) glGetString(GL_VERSION);
    gboolean is_es = g_str_has_prefix(version, "OpenGL ES");
    return g_strdup_printf("%s%s (%s)", is_es ? "" : "OpenGL ", version, self->renderer);
}

/**
 * lac_egl_context_free:
 * @self: (nullable) (transfer full): a context
 */
void
lac_egl_context_free(LacEglContext *self)
{
    if (self == NULL)
        return;
    if (self->context != EGL_NO_CONTEXT) {
        eglMakeCurrent(self->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        eglDestroyContext(self->display, self->context);
        // The display stays: there is one for the whole process, and others may draw on it.
    }
    g_free(self->renderer);
    g_free(self);
}

/**
 * lac_egl_context_get_renderer:
 * @self: a context
 *
 * Returns: (transfer none): the name of the device
 */
const char *
lac_egl_context_get_renderer(LacEglContext *self)
{
    return self->renderer;
}
