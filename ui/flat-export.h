// SPDX-License-Identifier: GPL-3.0-or-later
// Plots and slices as figures in files: the menu of a plot, and the work behind both.
#pragma once

#include "core/data/chart.h"
#include "ui/figure-snapshot.h"
#include "ui/session.h"

#include <gtk/gtk.h>

// Returns: (transfer full) (nullable): what the widget shows.
typedef LacChart *(*LacChartFunc)(GtkWidget *widget);

GtkWidget *lac_chart_menu_new(GtkWidget *plot, LacChartFunc get);
gboolean lac_chart_export(const LacChart *chart, const char *path, GError **error);
gboolean lac_slice_export(LacSession *session, const LacFigure *figure, LacFigureSnapshot *snapshot,
    const char *path);
