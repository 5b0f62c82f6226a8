// SPDX-License-Identifier: GPL-3.0-or-later
// Composition around a core: a sharp ball is sharp, and the published widths come again.
#include "core/analysis/composition.h"
#include "core/error.h"
#include "core/trace/units.h"
#include "tests/support/scratch.h"

#include <math.h>

#define LATTICE 3.9 // [Å]

// An fcc ball of radius 30 Å whose inner 18 Å are Pd.
static LacAtoms *
make_ball(void)
{
    static const double sites[4][3] = { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 },
        { 0, 0.5, 0.5 } };
    g_autoptr(LacAtoms) all = lac_atoms_new(16 * 16 * 16 * 4);
    lac_atoms_add_species(all, "Pd");
    lac_atoms_add_species(all, "Pt");
    gsize n = 0;
    for (int x = -8; x < 8; x++)
        for (int y = -8; y < 8; y++)
            for (int z = -8; z < 8; z++)
                for (int s = 0; s < 4; s++) {
                    double p[3] = { LATTICE * (x + sites[s][0]), LATTICE * (y + sites[s][1]),
                        LATTICE * (z + sites[s][2]) };
                    double r = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
                    if (r > 30.0)
                        continue;
                    all->x[n] = p[0];
                    all->y[n] = p[1];
                    all->z[n] = p[2];
                    all->species[n++] = r > 18.0;
                }
    return lac_atoms_copy(all, n);
}

static LacComposition *
compute(const LacAtoms *atoms, double cutoff, const LacCompositionParams *params, GError **error)
{
    g_autoptr(LacPoints) points = lac_points_new(atoms, error);
    g_assert_nonnull(points);
    g_autoptr(LacNeighbours) neighbours = lac_neighbours_new(points, cutoff, NULL, error);
    g_assert_nonnull(neighbours);
    return lac_composition_new(points, neighbours, params, NULL, error);
}

static void
test_ball(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_ball();
    LacCompositionParams params;
    lac_composition_params_init(&params);
    params.step = 0.6;
    params.n_steps = 2;
    g_autoptr(LacComposition) c = compute(atoms, 3.4, &params, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(c->core, ==, 0);
    g_assert_cmpfloat(c->share[0], ==, 1.0);
    g_assert_cmpfloat(c->share[c->n - 1], ==, 0.0);
    g_assert_cmpfloat(c->width, <, 4.5); // layers of 1.2 Å and roughness of a lattice
    for (gsize i = 0; i < c->n_atoms; i++)
        g_assert_true(isfinite(c->distance[i]));
}

static void
test_undefined(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) ball = make_ball();
    LacCompositionParams params;
    lac_composition_params_init(&params);
    g_autoptr(LacAtoms) mono = lac_atoms_copy(ball, ball->n);
    for (gsize i = 0; i < mono->n; i++)
        mono->species[i] = 1;
    g_assert_null(compute(mono, 3.4, &params, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
    g_clear_error(&error);
    g_autoptr(LacAtoms) mixed = lac_atoms_copy(ball, ball->n);
    for (gsize i = 0; i < mixed->n; i++)
        mixed->species[i] = i % 2;
    g_assert_null(compute(mixed, 3.4, &params, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
}

// The published construction and the true distance, on the published particle.
static void
test_published(void)
{
    g_autoptr(LacAtoms) stored = lac_scratch_read_published("pdpt-pb/PB.xyz", 1.0);
    if (stored == NULL)
        return;
    g_autoptr(GError) error = NULL;
    LacUnit unit = LAC_UNIT_VOXEL;
    g_autoptr(LacAtoms) atoms = lac_atoms_to_angstrom(stored, &unit, 0.3434, 0, &error);
    g_assert_no_error(error);
    const double expected[] = { 4.96, 3.82 };
    for (guint metric = 0; metric < 2; metric++) {
        LacCompositionParams params;
        lac_composition_params_init(&params);
        params.metric = metric;
        g_autoptr(LacComposition) c = compute(atoms, 3.337, &params, &error);
        g_assert_no_error(error);
        g_test_message("width %.3f Å", c->width);
        g_assert_cmpfloat(fabs(c->width - expected[metric]), <, 0.1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/composition/ball", test_ball);
    g_test_add_func("/composition/undefined", test_undefined);
    g_test_add_func("/composition/published", test_published);
    return g_test_run();
}
