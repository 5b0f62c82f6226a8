// SPDX-License-Identifier: GPL-3.0-or-later
// What a project remembers of its views: camera, transfer function, mode, level, layers.
#pragma once

#include "ui/ortho-view.h"
#include "ui/viewport.h"

#include <json-glib/json-glib.h>

void lac_view_state_save(LacViewport *viewport, LacOrthoView *slices, JsonObject *views);
void lac_view_state_load(LacViewport *viewport, LacOrthoView *slices, JsonObject *views);
