// SPDX-License-Identifier: GPL-3.0-or-later
// What the colours of a view mean: bars with their values, or words.
#pragma once

#include "core/figure/colormap.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_LEGEND (lac_legend_get_type())
G_DECLARE_FINAL_TYPE(LacLegend, lac_legend, LAC, LEGEND, GtkWidget)

GtkWidget *lac_legend_new(void);
void lac_legend_clear(LacLegend *self);
void lac_legend_add_bar(LacLegend *self, const char *title, LacColormap colormap, gboolean reversed,
    double lo, double hi);
void lac_legend_add_title(LacLegend *self, const char *title);
void lac_legend_add_word(LacLegend *self, const char *word, const float rgb[3]);
void lac_legend_set_dark(LacLegend *self, gboolean is_dark);
char *lac_legend_dup_text(LacLegend *self);

G_END_DECLS
