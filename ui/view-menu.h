// SPDX-License-Identifier: GPL-3.0-or-later
// The context menus of the 3D view and of the slices.
#pragma once

#include "ui/ortho-view.h"
#include "ui/viewport.h"

G_BEGIN_DECLS

#define LAC_TYPE_VIEW_MENU (lac_view_menu_get_type())
G_DECLARE_FINAL_TYPE(LacViewMenu, lac_view_menu, LAC, VIEW_MENU, GObject)

LacViewMenu *lac_view_menu_new(LacSession *session, LacViewport *viewport, LacOrthoView *slices);

G_END_DECLS
