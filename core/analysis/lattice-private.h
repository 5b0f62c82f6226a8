// SPDX-License-Identifier: GPL-3.0-or-later
// Between the files of fitted lattices.
#pragma once

#include "core/analysis/lattice.h"

gboolean
lac_lattice_fit(const LacPoints *points, const LacLatticeKind *kind, const guint32 *members,
    const LacSite *sites, const guint8 *inside, gsize n, LacMat3 *cell, LacVec3 *origin);
LacLattice *lac_lattice_new(const LacPoints *points, const LacLatticeKind *kind, gsize grain,
    const guint32 *members, const LacSite *sites, gsize n, const LacMat3 *cell, LacVec3 origin,
    gboolean is_fitted);
