// SPDX-License-Identifier: GPL-3.0-or-later
// A field for one number; what is not a number is refused.
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_NUMBER_ENTRY (lac_number_entry_get_type())
G_DECLARE_FINAL_TYPE(LacNumberEntry, lac_number_entry, LAC, NUMBER_ENTRY, GtkEntry)

// Signals:
//   "edited" (double value): the user entered another number
//   "refused" (char *text): what was typed is no number of the range
GtkWidget *lac_number_entry_new(const char *label, const char *tooltip);
void lac_number_entry_set_digits(LacNumberEntry *self, guint digits);
void lac_number_entry_set_range(LacNumberEntry *self, double lo, double hi);
void lac_number_entry_set_value(LacNumberEntry *self, double value);
double lac_number_entry_get_value(LacNumberEntry *self);
gboolean lac_parse_number(const char *text, double *value);

G_END_DECLS
