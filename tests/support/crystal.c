// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/crystal.h"

#include "core/rng.h"

#include <math.h>

typedef struct {
    double cell[3]; // edges of an orthogonal cell, in nearest distances
    guint n;
    double basis[4][3]; // fractional
} Lattice;

static Lattice
lattice_of(TestCrystal kind)
{
    const double s = 1.0 / 6.0;
    switch (kind) {
    case TEST_HCP: // orthogonal cell of four atoms
        return (Lattice){ { 1.0, sqrt(3.0), sqrt(8.0 / 3.0) }, 4,
            { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, s, 0.5 }, { 0, 0.5 + s, 0.5 } } };
    case TEST_BCC:
        return (Lattice){ { 2.0 / sqrt(3.0), 2.0 / sqrt(3.0), 2.0 / sqrt(3.0) }, 2,
            { { 0, 0, 0 }, { 0.5, 0.5, 0.5 } } };
    case TEST_SC: return (Lattice){ { 1, 1, 1 }, 1, { { 0, 0, 0 } } };
    case TEST_FCC:
    case TEST_ICOSAHEDRON: break;
    }
    return (Lattice){ { sqrt(2.0), sqrt(2.0), sqrt(2.0) }, 4,
        { { 0, 0, 0 }, { 0, 0.5, 0.5 }, { 0.5, 0, 0.5 }, { 0.5, 0.5, 0 } } };
}

static LacAtoms *
atoms_from(GArray *positions)
{
    LacAtoms *atoms = lac_atoms_new(positions->len);
    lac_atoms_add_species(atoms, "Zr");
    for (guint i = 0; i < positions->len; i++) {
        LacVec3 p = g_array_index(positions, LacVec3, i);
        atoms->x[i] = p.x;
        atoms->y[i] = p.y;
        atoms->z[i] = p.z;
    }
    return atoms;
}

static LacAtoms *
make_icosahedron(double spacing)
{
    g_autoptr(GArray) positions = g_array_new(FALSE, TRUE, sizeof(LacVec3));
    g_array_set_size(positions, 1);
    const double golden = 0.5 * (1.0 + sqrt(5.0)), scale = spacing / hypot(1.0, golden);
    for (int a = -1; a <= 1; a += 2)
        for (int b = -1; b <= 1; b += 2) {
            double u = a * scale, v = b * golden * scale;
            const LacVec3 p[] = { { 0, u, v }, { u, v, 0 }, { v, 0, u } };
            g_array_append_vals(positions, p, 3);
        }
    return atoms_from(positions);
}

/**
 * test_crystal_ball:
 * @kind: which crystal
 * @spacing: [Å] of nearest neighbours; of a hexagonal one with the ideal ratio of its axes
 * @radius: [Å] atoms farther from the origin, which is an atom, are left out
 *
 * Returns: (transfer full): a ball of it, centred; the icosahedron has 13 atoms whatever @radius
 */
LacAtoms *
test_crystal_ball(TestCrystal kind, double spacing, double radius)
{
    if (kind == TEST_ICOSAHEDRON)
        return make_icosahedron(spacing);
    Lattice lattice = lattice_of(kind);
    g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    int m[3];
    for (int a = 0; a < 3; a++)
        m[a] = (int) (radius / (spacing * lattice.cell[a])) + 2;
    for (int k = -m[2]; k <= m[2]; k++)
        for (int j = -m[1]; j <= m[1]; j++)
            for (int i = -m[0]; i <= m[0]; i++)
                for (guint b = 0; b < lattice.n; b++) {
                    LacVec3 p = { spacing * lattice.cell[0] * (i + lattice.basis[b][0]),
                        spacing * lattice.cell[1] * (j + lattice.basis[b][1]),
                        spacing * lattice.cell[2] * (k + lattice.basis[b][2]) };
                    if (p.x * p.x + p.y * p.y + p.z * p.z <= radius * radius)
                        g_array_append_val(positions, p);
                }
    return atoms_from(positions);
}

/**
 * test_random_atoms:
 * @n: number of atoms
 * @edge: [Å] of the cube
 * @closest: [Å] no two are closer; must leave room
 * @seed: of the random numbers
 *
 * Returns: (transfer full): a random gas of spheres
 */
LacAtoms *
test_random_atoms(gsize n, double edge, double closest, guint64 seed)
{
    g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (guint64 c = 0; positions->len < n; c += 3) {
        g_assert_cmpuint(c, <, 30000 * n + 3000);
        LacVec3 p = { edge * lac_rng_uniform(seed, c), edge * lac_rng_uniform(seed, c + 1),
            edge * lac_rng_uniform(seed, c + 2) };
        gboolean free = TRUE;
        for (guint i = 0; free && i < positions->len; i++) {
            LacVec3 q = g_array_index(positions, LacVec3, i);
            free = hypot(hypot(q.x - p.x, q.y - p.y), q.z - p.z) >= closest;
        }
        if (free)
            g_array_append_val(positions, p);
    }
    return atoms_from(positions);
}

/**
 * test_atoms_transform:
 * @atoms: changed in place
 * @matrix: applied to each position
 * @shift: [Å] added afterwards
 */
void
test_atoms_transform(LacAtoms *atoms, const LacMat3 *matrix, LacVec3 shift)
{
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 p = lac_mat3_apply(matrix, (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] });
        atoms->x[i] = p.x + shift.x;
        atoms->y[i] = p.y + shift.y;
        atoms->z[i] = p.z + shift.z;
    }
}

/**
 * test_atoms_shake:
 * @atoms: changed in place
 * @sigma: [Å] per coordinate
 * @seed: of the random numbers
 */
void
test_atoms_shake(LacAtoms *atoms, double sigma, guint64 seed)
{
    for (gsize i = 0; i < atoms->n; i++) {
        atoms->x[i] += sigma * lac_rng_normal(seed, 3 * i);
        atoms->y[i] += sigma * lac_rng_normal(seed, 3 * i + 1);
        atoms->z[i] += sigma * lac_rng_normal(seed, 3 * i + 2);
    }
}

/**
 * test_atoms_permute:
 * @atoms: a model of present atoms
 * @place: (out caller-allocates) (array length=n): where each atom went
 * @seed: of the random numbers
 *
 * Returns: (transfer full): the same atoms in another order
 */
LacAtoms *
test_atoms_permute(const LacAtoms *atoms, gsize *place, guint64 seed)
{
    for (gsize i = 0; i < atoms->n; i++) {
        gsize j = (gsize) (lac_rng_bits(seed, i) % (i + 1));
        place[i] = i;
        gsize moved = place[j];
        place[j] = place[i];
        place[i] = moved;
    }
    LacAtoms *other = lac_atoms_copy(atoms, atoms->n);
    for (gsize i = 0; i < atoms->n; i++) {
        other->x[place[i]] = atoms->x[i];
        other->y[place[i]] = atoms->y[i];
        other->z[place[i]] = atoms->z[i];
        other->species[place[i]] = atoms->species[i];
    }
    return other;
}

/**
 * test_atoms_nearest:
 * @atoms: a model of at least one atom
 * @p: [Å]
 *
 * Returns: the atom nearest to @p
 */
gsize
test_atoms_nearest(const LacAtoms *atoms, LacVec3 p)
{
    gsize best = 0;
    double least = HUGE_VAL;
    for (gsize i = 0; i < atoms->n; i++) {
        double d = hypot(hypot(atoms->x[i] - p.x, atoms->y[i] - p.y), atoms->z[i] - p.z);
        if (d < least) {
            least = d;
            best = i;
        }
    }
    return best;
}
