// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the atoms in the 3D view and on the slices as the session has them, and the session as the
// user clicks them there.
#pragma once

#include "ui/ortho-view.h"
#include "ui/viewport.h"

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_ATOMS (lac_view_atoms_get_type())
G_DECLARE_FINAL_TYPE(LacViewAtoms, lac_view_atoms, LAC, VIEW_ATOMS, GObject)

LacViewAtoms *lac_view_atoms_new(LacSession *session, LacViewport *viewport, LacOrthoView *ortho);

G_END_DECLS
