// SPDX-License-Identifier: GPL-3.0-or-later
// Options of a verb made from a table of parameters.
#pragma once

#include "core/setting.h"

#include <glib.h>

typedef struct {
    LacSettings table;
    char **texts;         // per setting: what was given, or NULL
    GPtrArray *help;      // of the entries
    gconstpointer params; // defaults, told in the help
} LacCliSettings;

void lac_cli_settings_init(LacCliSettings *self, LacSettings table, gconstpointer params);
void lac_cli_settings_clear(LacCliSettings *self);
void lac_cli_settings_add(LacCliSettings *self, GArray *entries);
const char *lac_cli_settings_get(const LacCliSettings *self, const char *key);
gboolean lac_cli_settings_apply(const LacCliSettings *self, gpointer params, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacCliSettings, lac_cli_settings_clear)
