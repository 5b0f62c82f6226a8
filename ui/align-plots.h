// SPDX-License-Identifier: GPL-3.0-or-later
// What shows whether projections are aligned: shifts, angles, centres of mass, lines, misfits, axis.
#pragma once

#include "core/prep/align-curves.h"
#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_ALIGN_PLOTS (lac_align_plots_get_type())
G_DECLARE_FINAL_TYPE(LacAlignPlots, lac_align_plots, LAC, ALIGN_PLOTS, GtkWidget)

GtkWidget *lac_align_plots_new(LacSession *session);
void lac_align_plots_set_curves(LacAlignPlots *self, const LacAlignCurves *before,
    const LacAlignCurves *now);

G_END_DECLS
