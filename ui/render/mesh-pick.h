// SPDX-License-Identifier: GPL-3.0-or-later
// A tree of boxes over the triangles of surfaces, which finds those on a ray.
#pragma once

#include "ui/render/mesh-set.h"

gboolean lac_mesh_set_build_tree(LacMeshSet *set, LacProgress *progress, GError **error);
