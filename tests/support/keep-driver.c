// SPDX-License-Identifier: GPL-3.0-or-later
// Linked into tests that open a window: what libraries keep on purpose is no leak of this program.

typedef int LacKeepDriver; // without the sanitizer there is nothing to do

#if defined(__SANITIZE_ADDRESS__)

#    include <dlfcn.h>
#    include <sanitizer/lsan_interface.h>

// GLib makes its table of quarks while it is loaded and drops it for a larger one, unfreed, when
// there are more than 2048 of them. So what libraries allocate before our first line is not ours.
static void
before_libraries(void)
{
    __lsan_disable();
}

__attribute__((section(".preinit_array"), used)) static void (*const hook)(void) = before_libraries;

// GTK unloads the software OpenGL driver with its display; then no suppression could name it.
__attribute__((constructor)) static void
after_libraries(void)
{
    static const char *const paths[] = {
        "/usr/lib/x86_64-linux-gnu/dri/swrast_dri.so",
        "/usr/lib/aarch64-linux-gnu/dri/swrast_dri.so",
        "/usr/lib64/dri/swrast_dri.so",
        "/usr/lib/dri/swrast_dri.so",
    };
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        dlopen(paths[i], RTLD_LAZY | RTLD_NODELETE);
    __lsan_enable();
}

#endif
