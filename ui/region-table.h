// SPDX-License-Identifier: GPL-3.0-or-later
// Region A against region B: a table of means, errors and differences.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_REGION_TABLE (lac_region_table_get_type())
G_DECLARE_FINAL_TYPE(LacRegionTable, lac_region_table, LAC, REGION_TABLE, GtkWidget)

GtkWidget *lac_region_table_new(void);
void lac_region_table_set_report(LacRegionTable *self, LacReport *report);
const char *lac_region_table_get(LacRegionTable *self, const char *quantity, const char *column);

G_END_DECLS
