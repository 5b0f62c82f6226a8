// SPDX-License-Identifier: GPL-3.0-or-later
// The frame over the 3D view that shows what a figure is going to hold, with what stands over it.
#pragma once

#include "ui/render/figure-view.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_FIGURE_FRAME (lac_figure_frame_get_type())
G_DECLARE_FINAL_TYPE(LacFigureFrame, lac_figure_frame, LAC, FIGURE_FRAME, GtkWidget)

GtkWidget *lac_figure_frame_new(void);
void lac_figure_frame_set(LacFigureFrame *self, double aspect, LacDrawing *drawing);

G_END_DECLS
