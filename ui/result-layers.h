// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of results: which are shown in the 3D view, how opaque, in what colours.
#pragma once

#include "ui/view-analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_RESULT_LAYERS (lac_result_layers_get_type())
G_DECLARE_FINAL_TYPE(LacResultLayers, lac_result_layers, LAC, RESULT_LAYERS, GtkWidget)

GtkWidget *lac_result_layers_new(LacSession *session, LacViewAnalysis *view, LacViewport *viewport);

G_END_DECLS
