// SPDX-License-Identifier: GPL-3.0-or-later
// The hull against shapes of known volume and bulk densities.
#include "core/analysis/hull.h"
#include "core/error.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacHull *
make_hull(const LacAtoms *atoms, double step, double delta)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacHullParams params;
    lac_hull_params_init(&params);
    params.step = step;
    if (delta >= 0)
        params.delta = delta;
    LacHull *hull = lac_hull_new(points, &params, NULL, &error);
    g_assert_no_error(error);
    return hull;
}

static void
test_density(void)
{
    // As many atoms per volume as in bulk, whatever the size and the grid.
    const double radii[] = { 15, 25, 32 };
    for (gsize k = 0; k < G_N_ELEMENTS(radii); k++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, radii[k]);
        double bulk = sqrt(2) / pow(3.25, 3);
        for (double step = 0.5; step < 0.8; step += 0.25) {
            g_autoptr(LacHull) hull = make_hull(atoms, step, -1);
            double density = (double) atoms->n / hull->volume;
            g_assert_cmpfloat_with_epsilon(density / bulk, 1, 0.01);
            g_assert_cmpuint(hull->n_parts, ==, 1);
            g_assert_cmpfloat_with_epsilon(hull->d_nn, 3.25, 1e-9);
        }
    }
}

// Atoms in such numbers on a sphere that no ball rolls between them.
static LacAtoms *
dense_sphere(double radius)
{
    gsize n = (gsize) (4 * G_PI * radius * radius / 0.36);
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "Zr");
    for (gsize i = 0; i < n; i++) {
        double z = 1 - (2 * (double) i + 1) / (double) n, s = sqrt(1 - z * z);
        double phi = G_PI * (1 + sqrt(5)) * (double) i;
        atoms->x[i] = radius * s * cos(phi);
        atoms->y[i] = radius * s * sin(phi);
        atoms->z[i] = radius * z;
    }
    return atoms;
}

static void
test_dense_ball(void)
{
    g_autoptr(LacAtoms) atoms = dense_sphere(14);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacHullParams params;
    lac_hull_params_init(&params);
    params.delta = 0;
    params.alpha = 5.2 / points->spacing; // of a particle's atoms, not of these
    g_autoptr(LacHull) hull = lac_hull_new(points, &params, NULL, &error);
    g_assert_no_error(error);
    // A shell of atoms about a void: both sides are surface. The void is inside the envelope.
    double outer = 4.0 / 3 * G_PI * pow(14, 3), in_envelope = 0, deepest = 0;
    for (gsize i = 0; i < lac_grid_count(&hull->grid); i++) {
        in_envelope += 0.125 * (double) hull->envelope[i];
        deepest = fmax(deepest, (double) hull->depth[i]);
    }
    double envelope = 4.0 / 3 * G_PI * pow(14.3, 3);
    g_assert_cmpfloat_with_epsilon(in_envelope / envelope, 1, 0.005);
    g_assert_cmpfloat_with_epsilon(hull->envelope_volume / envelope, 1, 0.005);
    g_assert_cmpfloat(hull->volume, <, 0.1 * outer);
    // Distances are told in the void too, farther from the atoms than any ball reaches.
    gsize middle = lac_grid_nearest(&hull->grid, (LacVec3){ 0, 0, 0 });
    g_assert_cmpfloat_with_epsilon((double) hull->distance[middle], 14, 0.05);
    g_assert_cmpfloat_with_epsilon(deepest, 14.3, 0.3);
    g_assert_cmpfloat_with_epsilon(lac_hull_depth_at(hull, (LacVec3){ 0, 9, 0 }), 5.3, 0.3);
    g_assert_cmpfloat(lac_hull_depth_at(hull, (LacVec3){ 0, 0, 16 }), ==, 0);

    // The same with a ball that finds no void: the hull is the whole ball.
    params.alpha = 9.0 / points->spacing;
    params.envelope = 16;
    g_autoptr(LacAtoms) full = lac_atoms_copy(atoms, atoms->n + 1);
    full->x[atoms->n] = 0.1;
    g_autoptr(LacPoints) more = lac_points_new(full, &error);
    g_autoptr(LacHull) ball = lac_hull_new(more, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat_with_epsilon(ball->volume / outer, 1, 0.005);
}

static void
test_parts(void)
{
    g_autoptr(LacAtoms) one = test_crystal_ball(TEST_FCC, 3.25, 8);
    g_autoptr(LacAtoms) two = lac_atoms_copy(one, 2 * one->n);
    for (gsize i = 0; i < one->n; i++) {
        two->x[one->n + i] = one->x[i] + 30;
        two->y[one->n + i] = one->y[i];
        two->z[one->n + i] = one->z[i];
    }
    g_autoptr(LacHull) single = make_hull(one, 0.5, -1);
    g_autoptr(LacHull) both = make_hull(two, 0.5, -1);
    g_assert_cmpuint(single->n_parts, ==, 1);
    g_assert_cmpuint(both->n_parts, ==, 2);
    g_assert_cmpfloat_with_epsilon(both->volume / single->volume, 2, 1e-4);
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 13);
    g_autoptr(LacHull) hull = make_hull(atoms, 0.5, -1);
    g_autoptr(LacAtoms) shifted = lac_atoms_copy(atoms, atoms->n);
    LacMat3 still = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
    test_atoms_transform(shifted, &still, (LacVec3){ 11.5, -3, 104 });
    g_autoptr(LacHull) moved = make_hull(shifted, 0.5, -1);
    g_assert_cmpfloat_with_epsilon(moved->volume / hull->volume, 1, 1e-5);
    LacMat3 rotation = lac_rotation_from_euler_deg(31, 47, -12);
    g_autoptr(LacAtoms) turned = lac_atoms_copy(atoms, atoms->n);
    test_atoms_transform(turned, &rotation, (LacVec3){ 0.1, 0.2, 0.3 });
    g_autoptr(LacHull) rotated = make_hull(turned, 0.5, -1);
    g_assert_cmpfloat_with_epsilon(rotated->volume / hull->volume, 1, 0.003);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) shuffled = test_atoms_permute(atoms, place, 4);
    g_autoptr(LacHull) other = make_hull(shuffled, 0.5, -1);
    g_assert_cmpfloat(other->volume, ==, hull->volume);
    gsize n = lac_grid_count(&hull->grid);
    g_assert_true(memcmp(other->depth, hull->depth, n * sizeof(float)) == 0);
}

static void
test_threads(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_HCP, 3.2, 12);
    lac_parallel_set_threads(1);
    g_autoptr(LacHull) one = make_hull(atoms, 0.5, -1);
    gsize n = lac_grid_count(&one->grid);
    for (guint threads = 2; threads <= 8; threads *= 2) {
        lac_parallel_set_threads(threads);
        g_autoptr(LacHull) many = make_hull(atoms, 0.5, -1);
        g_assert_cmpfloat(many->volume, ==, one->volume);
        g_assert_true(memcmp(many->distance, one->distance, n * sizeof(float)) == 0);
        g_assert_true(memcmp(many->inside, one->inside, n) == 0);
        g_assert_true(memcmp(many->envelope, one->envelope, n) == 0);
        g_assert_true(memcmp(many->depth, one->depth, n * sizeof(float)) == 0);
    }
    lac_parallel_set_threads(0);
}

static void
test_few_atoms(void)
{
    LacHullParams params;
    lac_hull_params_init(&params);
    for (gsize n = 0; n < 5; n++) {
        g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
        lac_atoms_add_species(atoms, "Zr");
        for (gsize i = 0; i < n; i++)
            atoms->x[i] = 3.0 * (double) i;
        g_autoptr(GError) error = NULL;
        g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
        g_assert_no_error(error);
        g_assert_null(lac_hull_new(points, &params, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
    }
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_ICOSAHEDRON, 3.2, 0);
    g_autoptr(LacHull) hull = make_hull(atoms, 0.5, -1);
    g_assert_cmpuint(hull->n_parts, ==, 1);
    g_assert_cmpfloat(hull->volume, >, 200);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    params.step = -1;
    g_assert_null(lac_hull_new(points, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_ICOSAHEDRON, 3.2, 0);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    LacHullParams params;
    lac_hull_params_init(&params);
    params.step = 1;
    for (guint at = 1;; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacHull) hull = lac_hull_new(points, &params, progress, &error);
        if (hull != NULL) {
            g_assert_cmpuint(at, >, 10);
            return;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hull/density", test_density);
    g_test_add_func("/hull/dense-ball", test_dense_ball);
    g_test_add_func("/hull/parts", test_parts);
    g_test_add_func("/hull/invariance", test_invariance);
    g_test_add_func("/hull/threads", test_threads);
    g_test_add_func("/hull/few-atoms", test_few_atoms);
    g_test_add_func("/hull/cancel", test_cancel);
    return g_test_run();
}
