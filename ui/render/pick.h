// SPDX-License-Identifier: GPL-3.0-or-later
// What is under the pointer, found on the processor: voxels and atoms as they are at full quality.
#pragma once

#include "ui/render/scene.h"

#define LAC_PICK_NONE G_MAXSIZE

gboolean lac_pick_voxel(const LacScene *scene, const LacRay *ray, gsize xyz[3], double *value);
gboolean lac_pick_atom(const LacScene *scene, const LacRay *ray, gsize *index, double *distance);
gboolean lac_pick_marker(const LacScene *scene, const LacRay *ray, guint32 *tag, double *distance);
void lac_pick_meshes(const LacScene *scene, const LacRay *ray, GArray *hits);
gsize lac_pick_atoms_in_polygon(const LacScene *scene, double w, double h, const double *xy,
    gsize n_points, GArray *indices);
