// SPDX-License-Identifier: GPL-3.0-or-later
// How many atoms have which intensity, coloured by class, with the borders under the pointer.
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_CLASS_HISTOGRAM (lac_class_histogram_get_type())
G_DECLARE_FINAL_TYPE(LacClassHistogram, lac_class_histogram, LAC, CLASS_HISTOGRAM, GtkWidget)

#define LAC_CLASS_HISTOGRAM_MAX 9 // classes, the first of which are no atoms

// n classes have n - 1 borders, in ascending order. Signals:
//   "borders-changed" (): by the user, while a border moves; the counts follow at once
//   "borders-committed" (): the border was let go
GtkWidget *lac_class_histogram_new(void);
void lac_class_histogram_set_values(LacClassHistogram *self, const double *values, gsize n);
void lac_class_histogram_set_classes(LacClassHistogram *self, const char *const *names,
    const GdkRGBA *colors, guint n);
void lac_class_histogram_set_borders(LacClassHistogram *self, const double *borders);
guint lac_class_histogram_get_n_borders(LacClassHistogram *self);
const double *lac_class_histogram_get_borders(LacClassHistogram *self);

G_END_DECLS
