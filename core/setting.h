// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of parameters: what the command line, recipes and dialogs need to know of a struct.
#pragma once

#include <glib.h>

typedef enum {
    LAC_SETTING_DOUBLE,
    LAC_SETTING_UINT,   // guint
    LAC_SETTING_UINT64, // guint64
    LAC_SETTING_BOOLEAN,
    LAC_SETTING_CHOICE, // gint, index into choices
    LAC_SETTING_TEXT,   // char *, owned by the struct; NULL when empty
} LacSettingType;

// One member of a struct.
typedef struct {
    const char *key;   // as in recipes and on the command line: lower case and hyphens
    const char *title; // as in a dialog, without the unit
    const char *unit;  // (nullable)
    const char *help;  // one sentence without a full stop
    LacSettingType type;
    double min, max; // of numbers
    gsize offset;
    const char *const *choices; // (nullable) NULL-terminated
} LacSetting;

// A table and what it describes.
typedef struct {
    const LacSetting *settings;
    gsize n;
} LacSettings;

const LacSetting *lac_settings_find(LacSettings self, const char *key);
gboolean
lac_setting_parse(const LacSetting *self, gpointer params, const char *text, GError **error);
char *lac_setting_dup_text(const LacSetting *self, gconstpointer params);
gboolean lac_settings_check(LacSettings self, gconstpointer params, GError **error);
void lac_settings_copy(LacSettings self, gconstpointer from, gpointer to);
void lac_settings_clear(LacSettings self, gpointer params);
char *lac_settings_dup_text(LacSettings self, gconstpointer params);
