// SPDX-License-Identifier: GPL-3.0-or-later
// How atoms look: what their colour and size tell, colour map and range.
#pragma once

#include "ui/session.h"
#include "ui/viewport.h"

G_BEGIN_DECLS

#define LAC_TYPE_ATOM_STYLE (lac_atom_style_get_type())
G_DECLARE_FINAL_TYPE(LacAtomStyle, lac_atom_style, LAC, ATOM_STYLE, GtkWidget)

GtkWidget *lac_atom_style_new(LacSession *session, LacViewport *viewport);

G_END_DECLS
