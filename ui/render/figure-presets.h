// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes of figures that come with the program.
#pragma once

#include <glib.h>

char **lac_figure_presets_list(void);
char *lac_figure_presets_dup(const char *name, GError **error);
char *lac_figure_presets_dup_title(const char *name);
