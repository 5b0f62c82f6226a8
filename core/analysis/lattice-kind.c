// SPDX-License-Identifier: GPL-3.0-or-later
// The lattices that can be fitted.
#include "core/analysis/lattice.h"

#include <math.h>

static LacMat3
columns(double scale, LacVec3 a, LacVec3 b, LacVec3 c)
{
    return (LacMat3){ { { scale * a.x, scale * b.x, scale * c.x },
        { scale * a.y, scale * b.y, scale * c.y }, { scale * a.z, scale * b.z, scale * c.z } } };
}

/**
 * lac_lattice_get_reach:
 * @structure: which
 *
 * Returns: in units of the nearest distance, how far the neighbours are looked for that tell the
 *   site of an atom: the first shell, of bcc and simple cubic the second too, as a layer of these
 *   has too few neighbours in the layer below
 */
double
lac_lattice_get_reach(LacStructure structure)
{
    return structure == LAC_STRUCTURE_SC ? 1.65 : structure == LAC_STRUCTURE_BCC ? 1.40 : 1.28;
}

static void
add_moves(LacLatticeKind *kind, double longest)
{
    for (guint s = 0; s < kind->n_basis; s++)
        for (guint t = 0; t < kind->n_basis; t++)
            for (int c = 0; c < 125; c++) {
                LacLatticeMove move = { { c % 5 - 2, c / 5 % 5 - 2, c / 25 - 2 }, (guint8) t,
                    { 0, 0, 0 } };
                LacVec3 d = lac_vec3_subtract(kind->basis[t], kind->basis[s]);
                move.fraction = (LacVec3){ move.n[0] + d.x, move.n[1] + d.y, move.n[2] + d.z };
                double length = lac_vec3_norm(lac_mat3_apply(&kind->cell, move.fraction));
                if (length < 1e-6 || length > longest)
                    continue;
                g_assert(kind->n_moves[s] < LAC_LATTICE_MAX_MOVES);
                kind->moves[s][kind->n_moves[s]++] = move;
            }
}

/**
 * lac_lattice_kind_init:
 * @kind: (out caller-allocates): the kind
 * @structure: fcc, hcp, bcc or simple cubic
 *
 * Describes a lattice whose nearest neighbours are at 1, along the axes of lac_shape_init().
 *
 * Returns: %FALSE if @structure has no lattice
 */
gboolean
lac_lattice_kind_init(LacLatticeKind *kind, LacStructure structure)
{
    const LacVec3 x = { 1, 0, 0 }, y = { 0, 1, 0 }, z = { 0, 0, 1 };
    *kind = (LacLatticeKind){ .structure = structure,
        .n_basis = 1,
        .reach = lac_lattice_get_reach(structure),
        .conventional = lac_mat3_identity() };
    double longest = 1.15;
    switch (structure) {
    case LAC_STRUCTURE_FCC:
        kind->cell = columns(1.0 / sqrt(2.0), (LacVec3){ 0, 1, 1 }, (LacVec3){ 1, 0, 1 },
            (LacVec3){ 1, 1, 0 });
        kind->conventional =
            columns(1.0, (LacVec3){ -1, 1, 1 }, (LacVec3){ 1, -1, 1 }, (LacVec3){ 1, 1, -1 });
        break;
    case LAC_STRUCTURE_BCC:
        kind->cell = columns(1.0 / sqrt(3.0), (LacVec3){ -1, 1, 1 }, (LacVec3){ 1, -1, 1 },
            (LacVec3){ 1, 1, -1 });
        kind->conventional =
            columns(1.0, (LacVec3){ 0, 1, 1 }, (LacVec3){ 1, 0, 1 }, (LacVec3){ 1, 1, 0 });
        longest = 1.25;
        break;
    case LAC_STRUCTURE_HCP:
        kind->cell = columns(1.0, x, (LacVec3){ -0.5, 0.5 * sqrt(3.0), 0 },
            (LacVec3){ 0, 0, sqrt(8.0 / 3.0) });
        kind->n_basis = 2;
        kind->basis[1] = (LacVec3){ 1.0 / 3.0, 2.0 / 3.0, 0.5 };
        break;
    case LAC_STRUCTURE_SC:
        kind->cell = columns(1.0, x, y, z);
        longest = 1.5;
        break;
    case LAC_STRUCTURE_OTHER:
    case LAC_STRUCTURE_ICOSAHEDRON:
    case LAC_N_STRUCTURES: return FALSE;
    }
    add_moves(kind, longest);
    return TRUE;
}
