// SPDX-License-Identifier: GPL-3.0-or-later
// Blends the picture of the atoms over what is there, with outlines and lines where depth jumps.
// A context must be current in every call.
#pragma once

#include "ui/render/renderer.h"

typedef struct LacAtomCopy LacAtomCopy;

typedef struct {
    guint color, ids, depth; // textures
    double span;             // [Å] from depth 0 to 1
    gboolean is_full;        // not a quick picture
} LacAtomCopySource;

LacAtomCopy *lac_atom_copy_new(GError **error);
void lac_atom_copy_free(LacAtomCopy *self);
void lac_atom_copy_draw(LacAtomCopy *self, const LacAtomCopySource *source, const LacScene *scene,
    const LacRenderTarget *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAtomCopy, lac_atom_copy_free)
