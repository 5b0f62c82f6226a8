// SPDX-License-Identifier: GPL-3.0-or-later
// Faces of polyhedra, blended over the picture of the atoms. A context must be current in every call.
#pragma once

#include "ui/render/scene.h"

typedef struct LacFacePass LacFacePass;

LacFacePass *lac_face_pass_new(void);
void lac_face_pass_free(LacFacePass *self);
gboolean lac_face_pass_draw(LacFacePass *self, const LacAtomSet *set, const LacCamera *camera,
    gsize most, guint frame_index, GError **error);
