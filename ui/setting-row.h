// SPDX-License-Identifier: GPL-3.0-or-later
// A row of a preferences group for one parameter of a table.
#pragma once

#include "core/setting.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

// Called when the user changed the value.
typedef void (*LacSettingRowChanged)(gpointer data);

GtkWidget *lac_setting_row_new(const LacSetting *setting, const char *const *titles,
    LacSettingRowChanged changed, gpointer data);
const LacSetting *lac_setting_row_get_setting(GtkWidget *row);
void lac_setting_row_load(GtkWidget *row, gconstpointer params);
gboolean lac_setting_row_store(GtkWidget *row, gpointer params, GError **error);

G_END_DECLS
