// SPDX-License-Identifier: GPL-3.0-or-later
// What the 3D view shows: volume, planes, box, axes, scale bar, background.
#pragma once

#include "ui/session.h"
#include "ui/viewport.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_LAYERS_PANEL (lac_layers_panel_get_type())
G_DECLARE_FINAL_TYPE(LacLayersPanel, lac_layers_panel, LAC, LAYERS_PANEL, GtkWidget)

void lac_layers_panel_set_viewport(LacLayersPanel *self, LacViewport *viewport);
void lac_layers_panel_set_session(LacLayersPanel *self, LacSession *session);

G_END_DECLS
