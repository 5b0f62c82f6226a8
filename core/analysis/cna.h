// SPDX-License-Identifier: GPL-3.0-or-later
// Local structure by the bonds among the neighbours of an atom. For positions of little noise.
#pragma once

#include "core/analysis/points.h"
#include "core/analysis/structure.h"
#include "core/progress.h"

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint8 *type; // LacStructure of each point: fcc, hcp, bcc, icosahedron or other
    gsize counts[LAC_N_STRUCTURES];
} LacCna;

LacCna *lac_cna_new(const LacPoints *points, LacProgress *progress, GError **error);
LacCna *lac_cna_ref(LacCna *self);
void lac_cna_unref(LacCna *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacCna, lac_cna_unref)
