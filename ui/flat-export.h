// SPDX-License-Identifier: GPL-3.0-or-later
// Plots, slices and pages of several panels in files: the menu of a plot, and the work behind.
#pragma once

#include "core/data/chart.h"
#include "ui/figure-snapshot.h"
#include "ui/render/sheet.h"
#include "ui/session.h"

#include <gtk/gtk.h>

// Returns: (transfer full) (nullable): what the widget shows.
typedef LacChart *(*LacChartFunc)(GtkWidget *widget);

GtkWidget *lac_chart_menu_new(GtkWidget *plot, LacChartFunc get);
gboolean lac_chart_export(const LacChart *chart, const char *path, GError **error);
gboolean lac_page_export(LacSession *session, LacSheet *sheet, LacFigureSnapshot *snapshot,
    const char *path);
