// SPDX-License-Identifier: GPL-3.0-or-later
// Names with values: each value can be copied, and says how it is defined.
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_FACT_LIST (lac_fact_list_get_type())
G_DECLARE_FINAL_TYPE(LacFactList, lac_fact_list, LAC, FACT_LIST, GtkWidget)

GtkWidget *lac_fact_list_new(void);
void lac_fact_list_clear(LacFactList *self);
void lac_fact_list_add_heading(LacFactList *self, const char *text);
void
lac_fact_list_add(LacFactList *self, const char *name, const char *value, const char *definition);
const char *lac_fact_list_get(LacFactList *self, const char *name);

G_END_DECLS
