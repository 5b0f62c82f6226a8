// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters described as a table, so that windows, command line and reports offer the same.
#pragma once

#include <glib.h>

typedef enum {
    LAC_PARAM_DOUBLE,
    LAC_PARAM_UINT,    // guint
    LAC_PARAM_BOOLEAN, // gboolean
    LAC_PARAM_CHOICE,  // guint, the number of a choice
} LacParamType;

// One member of a params struct.
typedef struct {
    const char *key; // stable: "audit.low"
    const char *title, *unit, *definition;
    LacParamType type;
    gsize offset; // in the struct
    double min, max;
    const char *zero;           // (nullable) what 0 means: "from g(r)"
    const char *const *choices; // of LAC_PARAM_CHOICE, NULL-terminated
} LacParamInfo;

double lac_param_get(const LacParamInfo *info, gconstpointer params);
gboolean lac_param_set(const LacParamInfo *info, gpointer params, double value, GError **error);
gboolean
lac_param_parse(const LacParamInfo *info, gpointer params, const char *text, GError **error);
char *lac_param_dup_text(const LacParamInfo *info, gconstpointer params);
