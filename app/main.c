// SPDX-License-Identifier: GPL-3.0-or-later
// lacuna [--example] [FILE...]: the window.
#include "app/application.h"
#include "core/parallel.h"
#include "ui/viewport.h"

#include <locale.h>
#include <stdio.h>

enum {
    EXIT_NO_DISPLAY = 2,
};

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); // files and fields have points in their numbers
    // GTK's own OpenGL renderer is three times dearer than cairo on a software rasteriser.
    if (g_getenv("GSK_RENDERER") == NULL && lac_viewport_probe_software())
        g_setenv("GSK_RENDERER", "cairo", FALSE);
    lac_parallel_set_background(TRUE);
    gtk_disable_setlocale();
    gboolean only_words = FALSE;
    for (int i = 1; i < argc; i++)
        only_words |= g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h");
    if (!only_words && !gtk_init_check()) {
        fprintf(stderr,
            "lacuna: there is no display to open a window on; set DISPLAY or WAYLAND_DISPLAY, or "
            "use lacuna-cli, which needs none.\n");
        return EXIT_NO_DISPLAY;
    }
    g_autoptr(LacApplication) app = lac_application_new();
    return g_application_run(G_APPLICATION(app), argc, argv);
}
