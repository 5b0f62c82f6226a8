// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the results of analyses in the 3D view: surfaces, markers, colours of atoms and their
// legend; and the session as the user clicks them there.
#pragma once

#include "ui/session.h"
#include "ui/viewport.h"

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_ANALYSIS (lac_view_analysis_get_type())
G_DECLARE_FINAL_TYPE(LacViewAnalysis, lac_view_analysis, LAC, VIEW_ANALYSIS, GObject)

LacViewAnalysis *lac_view_analysis_new(LacSession *session, LacViewport *viewport);
char *lac_view_analysis_dup_legend(LacViewAnalysis *self);

G_END_DECLS
