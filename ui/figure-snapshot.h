// SPDX-License-Identifier: GPL-3.0-or-later
// What the 3D view shows at a moment, for a worker that draws a figure of it.
#pragma once

#include "ui/render/figure-view.h"

// Owns all that its data point to.
typedef struct {
    LacFigureData data;
    LacVolume *volume;
    LacAtoms *atoms;
    LacAtomValues values;
    char *values_name;
    double *values_data;
    char **values_words;
    guint8 *match, *marks;
    LacMarker *markers;
    LacMeshSet *meshes;
} LacFigureSnapshot;

void lac_figure_snapshot_free(LacFigureSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFigureSnapshot, lac_figure_snapshot_free)
