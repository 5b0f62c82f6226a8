// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the results of analyses in the 3D view: surfaces, markers, colours of atoms and their
// legend; and the session as the user clicks them there.
#pragma once

#include "ui/render/result-meshes.h"
#include "ui/session.h"
#include "ui/viewport.h"

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_ANALYSIS (lac_view_analysis_get_type())
G_DECLARE_FINAL_TYPE(LacViewAnalysis, lac_view_analysis, LAC, VIEW_ANALYSIS, GObject)

// Signal "layers-changed" ().
LacViewAnalysis *lac_view_analysis_new(LacSession *session, LacViewport *viewport);
const LacResultLayer *lac_view_analysis_get_layer(LacViewAnalysis *self, LacResultKind kind);
void
lac_view_analysis_set_layer(LacViewAnalysis *self, LacResultKind kind, const LacResultLayer *layer);
void lac_view_analysis_color_atoms(LacViewAnalysis *self, const char *column);

G_END_DECLS
