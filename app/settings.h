// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers from one start to the next.
#pragma once

#include <glib.h>

typedef struct {
    int width, height;
    gboolean maximized;
} LacSettings;

void lac_settings_load(LacSettings *settings);
void lac_settings_save(const LacSettings *settings);
