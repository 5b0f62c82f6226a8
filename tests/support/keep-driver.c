// SPDX-License-Identifier: GPL-3.0-or-later
// Linked into tests that open a window. GTK unloads the software OpenGL driver with its display; the
// address sanitizer could not name what that driver keeps, so no suppression would fit.

typedef int LacKeepDriver; // without the sanitizer there is nothing to do

#if defined(__SANITIZE_ADDRESS__)

#    include <dlfcn.h>

__attribute__((constructor)) static void
keep_driver(void)
{
    static const char *const paths[] = {
        "/usr/lib/x86_64-linux-gnu/dri/swrast_dri.so",
        "/usr/lib/aarch64-linux-gnu/dri/swrast_dri.so",
        "/usr/lib64/dri/swrast_dri.so",
        "/usr/lib/dri/swrast_dri.so",
    };
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        dlopen(paths[i], RTLD_LAZY | RTLD_NODELETE);
}

#endif
