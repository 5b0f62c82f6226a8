// SPDX-License-Identifier: GPL-3.0-or-later
// The projections of a session as a list, with the table and the scale that tell which one is shown.
#pragma once

#include "ui/session.h"
#include "ui/tilt-table.h"

G_BEGIN_DECLS

typedef struct LacTiltList LacTiltList;

LacTiltList *lac_tilt_list_new(LacSession *session, GtkAdjustment *scale);
void lac_tilt_list_free(LacTiltList *self);
GtkSingleSelection *lac_tilt_list_get_tilts(LacTiltList *self);
LacTiltTable *lac_tilt_list_get_table(LacTiltList *self);

G_END_DECLS
