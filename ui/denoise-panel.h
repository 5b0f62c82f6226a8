// SPDX-License-Identifier: GPL-3.0-or-later
// Noise and background of the projections: parameters, preview of the one shown, all of them.
#pragma once

#include "ui/denoise-preview.h"
#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_DENOISE_PANEL (lac_denoise_panel_get_type())
G_DECLARE_FINAL_TYPE(LacDenoisePanel, lac_denoise_panel, LAC, DENOISE_PANEL, GtkWidget)

// Signal "preview-changed" (): there is another preview, or none.
GtkWidget *lac_denoise_panel_new(LacSession *session);
const LacDenoisePreview *lac_denoise_panel_get_preview(LacDenoisePanel *self);
gboolean lac_denoise_panel_get_brush(LacDenoisePanel *self, gboolean *inside, double *radius);
gboolean lac_denoise_panel_run(LacDenoisePanel *self);

G_END_DECLS
