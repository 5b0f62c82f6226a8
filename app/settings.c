// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#define GROUP          "window"
#define DEFAULT_WIDTH  1400
#define DEFAULT_HEIGHT 900

static char *
settings_path(void)
{
    return g_build_filename(g_get_user_config_dir(), "lacuna", "window.ini", NULL);
}

static int
get_size(GKeyFile *file, const char *key, int fallback)
{
    int value = g_key_file_get_integer(file, GROUP, key, NULL);
    return value >= 400 && value <= 16384 ? value : fallback;
}

/**
 * lac_settings_load:
 * @settings: (out caller-allocates): what was saved last, or defaults
 */
void
lac_settings_load(LacWindowSettings *settings)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *path = settings_path();
    g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL);
    settings->width = get_size(file, "width", DEFAULT_WIDTH);
    settings->height = get_size(file, "height", DEFAULT_HEIGHT);
    settings->maximized = g_key_file_get_boolean(file, GROUP, "maximized", NULL);
}

/**
 * lac_settings_save:
 * @settings: what to remember
 *
 * Writes a small file in the user's configuration folder. That it cannot is no reason to disturb
 * anybody: it is noted for debugging only.
 */
void
lac_settings_save(const LacWindowSettings *settings)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_key_file_set_integer(file, GROUP, "width", settings->width);
    g_key_file_set_integer(file, GROUP, "height", settings->height);
    g_key_file_set_boolean(file, GROUP, "maximized", settings->maximized);
    g_autofree char *path = settings_path();
    g_autofree char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0700);
    if (!g_key_file_save_to_file(file, path, &error))
        g_debug("Window size not remembered: %s", error->message);
}
