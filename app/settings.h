// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers from one start to the next.
#pragma once

#include <glib.h>

typedef struct {
    int width, height;
    gboolean maximized;
} LacWindowSettings;

void lac_settings_load(LacWindowSettings *settings);
void lac_settings_save(const LacWindowSettings *settings);
