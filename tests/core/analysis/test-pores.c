// SPDX-License-Identifier: GPL-3.0-or-later
// Cavities of known shape, voids of perfect crystals, and pores of the labelled particle.
#include "core/analysis/pores.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "tests/support/crystal.h"
#include "tests/support/labelled.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    LacPoints *points;
    LacHull *hull;
    LacDelaunay *cells;
    LacPores *pores;
} Found;

static void
clear_found(Found *found)
{
    lac_points_unref(found->points);
    lac_hull_unref(found->hull);
    lac_delaunay_unref(found->cells);
    lac_pores_unref(found->pores);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, clear_found)

static Found
find_in_points(LacPoints *points, const guint8 *phases, const LacPoreParams *params, double alpha)
{
    g_autoptr(GError) error = NULL;
    Found found = { .points = lac_points_ref(points) };
    LacHullParams hull_params;
    lac_hull_params_init(&hull_params);
    if (alpha > 0)
        hull_params.alpha = alpha / found.points->spacing;
    found.hull = lac_hull_new(found.points, &hull_params, NULL, &error);
    g_assert_no_error(error);
    found.cells = lac_delaunay_new(found.points, NULL, &error);
    g_assert_no_error(error);
    LacPoreContext context = { .delaunay = found.cells, .phases = phases };
    found.pores = lac_pores_new(found.points, found.hull, &context, params, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static Found
find(LacAtoms *atoms, const LacPoreParams *params, double alpha)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    return find_in_points(points, NULL, params, alpha);
}

// Atoms so dense on a sphere that they are a wall, inside a larger such sphere.
static LacAtoms *
dense_cavity(double radius)
{
    const double radii[2] = { radius, radius + 11 }, spacing = 0.58;
    g_autoptr(GArray) p = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (int shell = 0; shell < 2; shell++) {
        double r = radii[shell], step = shell == 0 ? spacing : 2.5;
        gsize n = (gsize) (4 * G_PI * r * r / (step * step));
        for (gsize i = 0; i < n; i++) {
            double z = 1 - (2 * (double) i + 1) / (double) n, s = sqrt(1 - z * z);
            double phi = G_PI * (1 + sqrt(5)) * (double) i;
            LacVec3 q = { 0.11 + r * s * cos(phi), r * s * sin(phi) - 0.07, 0.19 + r * z };
            g_array_append_val(p, q);
        }
    }
    LacAtoms *atoms = lac_atoms_new(p->len);
    lac_atoms_add_species(atoms, "Zr");
    for (guint i = 0; i < p->len; i++) {
        LacVec3 q = g_array_index(p, LacVec3, i);
        atoms->x[i] = q.x;
        atoms->y[i] = q.y;
        atoms->z[i] = q.z;
    }
    return atoms;
}

static void
test_dense_cavity(void)
{
    const double radii[] = { 4.5, 6, 8 };
    for (gsize k = 0; k < G_N_ELEMENTS(radii); k++) {
        double r = radii[k];
        g_autoptr(LacAtoms) atoms = dense_cavity(r);
        LacPoreParams params;
        lac_pore_params_init(&params);
        params.delta = 0; // d_NN means nothing here
        g_auto(Found) found = find(atoms, &params, 5.2);
        const LacPore *pore = NULL;
        for (gsize i = 0; i < found.pores->n; i++)
            if (fabs(found.pores->pores[i].radius - r) < 0.2)
                pore = &found.pores->pores[i];
        g_assert_nonnull(pore);
        g_test_message("R %g: V %.5f A %.5f sphericity %.5f radius %.4f", r,
            pore->wall_volume / (4.0 / 3 * G_PI * r * r * r), pore->area / (4 * G_PI * r * r),
            pore->sphericity, pore->radius);
        g_assert_cmpfloat_with_epsilon(pore->wall_volume / (4.0 / 3 * G_PI * r * r * r), 1, 0.008);
        g_assert_cmpfloat_with_epsilon(pore->volume, pore->wall_volume, 1e-6 * pore->volume);
        g_assert_cmpfloat_with_epsilon(pore->area / (4 * G_PI * r * r), 1, 0.005);
        g_assert_cmpfloat(pore->sphericity, >, 0.998);
        g_assert_cmpfloat_with_epsilon(pore->radius, r, 0.02);
        g_assert_cmpfloat_with_epsilon(pore->semi_axes[0], r, 0.03);
        g_assert_cmpfloat_with_epsilon(pore->semi_axes[2], r, 0.03);
        g_assert_cmpfloat_with_epsilon(pore->diameter, 2 * r, 0.05);
        g_assert_cmpfloat_with_epsilon(pore->centre.x, 0.11, 0.02);
        g_assert_cmpfloat_with_epsilon(pore->centre.z, 0.19, 0.02);
        g_assert_false(pore->is_open);
        g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(pore->mesh), pore->volume,
            0.015 * pore->volume);
    }
}

static LacAtoms *
remove_near(const LacAtoms *atoms, const LacVec3 *centres, gsize n, double radius)
{
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 p = { atoms->x[i], atoms->y[i], atoms->z[i] };
        gboolean is_near = FALSE;
        for (gsize k = 0; k < n; k++)
            is_near |= lac_vec3_norm(lac_vec3_subtract(p, centres[k])) < radius;
        if (!is_near)
            g_array_append_val(kept, i);
    }
    LacAtoms *rest = lac_atoms_new(kept->len);
    lac_atoms_add_species(rest, "Zr");
    for (guint k = 0; k < kept->len; k++) {
        gsize i = g_array_index(kept, gsize, k);
        rest->x[k] = atoms->x[i];
        rest->y[k] = atoms->y[i];
        rest->z[k] = atoms->z[i];
    }
    return rest;
}

// Radii of the largest balls in voids of a perfect crystal, off the grid.
static void
test_crystal_voids(void)
{
    const double d = 3.6, a = d * sqrt(2);
    g_autoptr(LacAtoms) crystal = test_crystal_ball(TEST_FCC, d, 17);
    LacMat3 rotation = lac_rotation_from_euler_deg(17, 29, 43);
    LacVec3 sites[4] = { { 0, 0, 0 }, { a / 2, a / 2, 0 }, { a / 2, 0, a / 2 },
        { 0, a / 2, a / 2 } };
    for (gsize n = 1; n <= 4; n++) {
        g_autoptr(LacAtoms) atoms = remove_near(crystal, sites, n, 0.5);
        test_atoms_transform(atoms, &rotation, (LacVec3){ 0.1, 0.2, 0.3 });
        LacPoreParams params;
        lac_pore_params_init(&params);
        params.open = 3.0;
        g_auto(Found) found = find(atoms, &params, -1);
        const LacPore *largest = NULL;
        for (gsize i = 0; i < found.pores->n; i++)
            if (!found.pores->pores[i].is_open &&
                (largest == NULL || found.pores->pores[i].radius > largest->radius))
                largest = &found.pores->pores[i];
        g_assert_nonnull(largest);
        g_assert_cmpfloat_with_epsilon(largest->radius / d, n < 4 ? 1.0 : 1.1726, 5e-4);
        // A ball leaves a vacancy between three atoms that touch.
        g_assert_cmpfloat_with_epsilon(largest->neck / d, 1 / sqrt(3), 5e-4);
        g_assert_cmpint(largest->kind, ==, LAC_PORE_VOID);
    }
    // Octahedral holes.
    LacPoreParams params;
    lac_pore_params_init(&params);
    params.open = 2.4;
    g_auto(Found) found = find(crystal, &params, -1);
    gsize n_holes = 0;
    for (gsize i = 0; i < found.pores->n; i++)
        if (!found.pores->pores[i].is_open && found.pores->pores[i].depth > 4) {
            g_assert_cmpfloat_with_epsilon(found.pores->pores[i].radius, a / 2, 1e-3);
            n_holes++;
        }
    g_assert_cmpuint(n_holes, >, 50);
}

static void
test_thirteen(void)
{
    const double d = 3.25;
    g_autoptr(LacAtoms) crystal = test_crystal_ball(TEST_FCC, d, 17);
    LacVec3 centre = { 0, 0, 0 };
    g_autoptr(LacAtoms) atoms = remove_near(crystal, &centre, 1, 1.1 * d);
    LacPoreParams params;
    lac_pore_params_init(&params);
    g_auto(Found) found = find(atoms, &params, -1);
    g_assert_cmpuint(found.pores->n_nanopores, ==, 1);
    const LacPore *pore = &found.pores->pores[0];
    g_assert_cmpfloat_with_epsilon(pore->radius / d, sqrt(2), 1e-4);
    g_assert_cmpfloat_with_epsilon(pore->n_missing, 13, 6);
    g_assert_cmpfloat_with_epsilon(pore->density, sqrt(2) / (d * d * d), 0.15 * 0.041);
    g_assert_cmpuint(pore->n_wall, >=, 6);
    g_assert_cmpfloat(isnan(pore->interface_centre), ==, TRUE);
    // The nearest node of the grid is too low, as it was before the ball left the grid.
    double on_grid = 0;
    for (gsize i = 0; i < lac_grid_count(&found.hull->grid); i++)
        if (found.hull->envelope[i])
            on_grid = fmax(on_grid, (double) found.hull->distance[i]);
    g_assert_cmpfloat(pore->radius, >=, on_grid - 1e-5);
}

static void
test_convex_slivers(void)
{
    // Flat cells at the hull have huge spheres; none is a pore.
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 14);
    LacPoreParams params;
    lac_pore_params_init(&params);
    g_auto(Found) found = find(atoms, &params, -1);
    g_assert_cmpuint(found.pores->n_nanopores, ==, 0);
    double largest = 0;
    for (gsize t = 0; t < found.cells->n; t++)
        largest = fmax(largest, found.cells->radii[t]);
    g_assert_cmpfloat(largest, >, 8);
}

// Pits of all depths in a ball of atoms: the largest ball of each stays inside the particle, however
// wide the way out is.
static void
test_pits(void)
{
    const double radius = 6;
    g_autoptr(LacAtoms) whole = test_crystal_ball(TEST_FCC, 3.25, 18);
    for (double centre = 11; centre < 17; centre += 0.75) {
        g_autoptr(LacAtoms) atoms = lac_atoms_copy(whole, whole->n);
        for (gsize i = 0; i < atoms->n; i++)
            if (hypot(hypot(atoms->x[i] - centre, atoms->y[i]), atoms->z[i]) < radius)
                atoms->state[i] = LAC_ATOM_DELETED;
        LacPoreParams params;
        lac_pore_params_init(&params);
        g_auto(Found) found = find(atoms, &params, -1);
        for (gsize i = 0; i < found.pores->n; i++) {
            const LacPore *pore = &found.pores->pores[i];
            g_assert_cmpfloat(pore->radius, <, radius + 3.25);
            g_assert_cmpfloat(lac_hull_depth_at(found.hull, pore->ball), >, 0);
        }
    }
}

static void
check_particle(const TestParticle *particle, double radius_tolerance, double high)
{
    LacPoreParams params;
    lac_pore_params_init(&params);
    g_auto(Found) found = find_in_points(particle->points, particle->phase, &params, -1);
    gsize n_extra = found.pores->n_nanopores, n_closed = 0;
    double sum = 0;
    for (guint k = 0; k < particle->pores->len; k++) {
        const TestPore *truth = &g_array_index(particle->pores, TestPore, k);
        const LacPore *best = NULL;
        double nearest = 4;
        for (gsize i = 0; i < found.pores->n; i++) {
            const LacPore *pore = &found.pores->pores[i];
            double d = lac_vec3_norm(lac_vec3_subtract(pore->centre, truth->centre));
            if (pore->kind == LAC_PORE_NANOPORE && d < nearest) {
                nearest = d;
                best = pore;
            }
        }
        g_assert_nonnull(best);
        n_extra--;
        double volume = 4.0 / 3 * G_PI * truth->axes[0] * truth->axes[1] * truth->axes[2];
        g_test_message("P%u: V_G/V %.3f, r_LIS %+.3f, open %d, neck %.2f, centre %.2f", k + 1,
            best->volume / volume, best->radius - truth->axes[2], best->is_open, best->neck,
            nearest);
        g_assert_cmpint(best->is_open, ==, k == 5);
        if (best->is_open)
            continue;
        n_closed++;
        sum += best->volume / volume;
        g_assert_cmpfloat(best->volume / volume, >, 0.75);
        g_assert_cmpfloat(best->volume / volume, <, high);
        g_assert_cmpfloat_with_epsilon(best->radius, truth->axes[2], radius_tolerance);
        g_assert_cmpfloat(best->neck, >, 2.0);
        g_assert_cmpfloat(best->neck, <, 3.5);
        g_assert_cmpfloat_with_epsilon(best->delaunay_volume / best->volume, 1, 0.2);
    }
    g_assert_cmpuint(n_closed, ==, 5);
    g_assert_cmpuint(n_extra, <=, 1);
    g_assert_cmpfloat(sum / 5, >, 0.9);
    g_assert_cmpfloat(sum / 5, <, 1.2);
}

static void
test_particles(void)
{
    const char *const variants[] = { "clean", "exp", "hcp" };
    for (gsize k = 0; k < G_N_ELEMENTS(variants); k++) {
        g_autoptr(TestParticle) particle = test_particle_find(variants[k]);
        if (particle == NULL)
            return;
        g_autoptr(TestParticle) audited = test_particle_without_false(particle);
        check_particle(audited, k == 1 ? 0.8 : 0.75, k == 1 ? 1.5 : 1.45);
    }
}

// Numbers of the slow reference program on the clean particle, with the same open radius and delta.
static void
test_reference(void)
{
    const double reference[][4] = { { 907.90, 1604.13, 1267.42, 6.0012 },
        { 827.70, 1502.47, 1189.59, 5.3037 }, { 792.61, 1433.43, 1202.79, 5.6323 },
        { 626.49, 1177.52, 899.05, 5.2826 }, { 542.11, 1046.29, 797.02, 5.2803 },
        { 378.22, 782.41, 630.40, 4.8120 } };
    g_autoptr(TestParticle) particle = test_particle_find("clean");
    if (particle == NULL)
        return;
    LacPoreParams params;
    lac_pore_params_init(&params);
    params.delta = 1.2 / particle->points->spacing;
    g_auto(Found) found = find_in_points(particle->points, particle->phase, &params, -1);
    for (gsize k = 0; k < G_N_ELEMENTS(reference); k++) {
        const LacPore *pore = &found.pores->pores[k];
        g_assert_cmpfloat_with_epsilon(pore->volume / reference[k][0], 1, 0.02);
        g_assert_cmpfloat_with_epsilon(pore->wall_volume / reference[k][1], 1, 0.02);
        g_assert_cmpfloat_with_epsilon(pore->free_volume / reference[k][2], 1, 0.02);
        // On the grid it is lower.
        g_assert_cmpfloat(pore->radius, >=, reference[k][3] - 0.01);
        g_assert_cmpfloat(pore->radius, <=, reference[k][3] + 0.3);
    }
}

static void
test_too_small_a_ball(void)
{
    // Small balls percolate through a glass: its gaps are no pores.
    g_autoptr(LacAtoms) atoms = test_random_atoms(120, 17, 2.7, 5);
    LacPoreParams params;
    lac_pore_params_init(&params);
    params.open = 2.6;
    g_auto(Found) small = find(atoms, &params, -1);
    g_assert_cmpuint(small.pores->n, >, 1);
    params.open = 9;
    g_autoptr(GError) error = NULL;
    LacPoreContext nothing = { 0 };
    g_assert_null(lac_pores_new(small.points, small.hull, &nothing, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_threads_and_order(void)
{
    g_autoptr(LacAtoms) crystal = test_crystal_ball(TEST_FCC, 3.3, 16);
    LacVec3 holes[2] = { { 0, 0, 0 }, { 2, 6, 8 } };
    g_autoptr(LacAtoms) atoms = remove_near(crystal, holes, 2, 4.0);
    test_atoms_shake(atoms, 0.15, 3);
    LacPoreParams params;
    lac_pore_params_init(&params);
    lac_parallel_set_threads(1);
    g_auto(Found) one = find(atoms, &params, -1);
    lac_parallel_set_threads(6);
    g_auto(Found) many = find(atoms, &params, -1);
    lac_parallel_set_threads(0);
    g_assert_cmpuint(one.pores->n, ==, many.pores->n);
    g_assert_cmpuint(one.pores->n, >, 0);
    for (gsize i = 0; i < one.pores->n; i++) {
        const LacPore *a = &one.pores->pores[i], *b = &many.pores->pores[i];
        g_assert_cmpfloat(a->volume, ==, b->volume);
        g_assert_cmpfloat(a->area, ==, b->area);
        g_assert_cmpfloat(a->radius, ==, b->radius);
        g_assert_true(
            memcmp(a->mesh->positions, b->mesh->positions, 12 * a->mesh->n_vertices) == 0);
    }
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) shuffled = test_atoms_permute(atoms, place, 8);
    g_auto(Found) other = find(shuffled, &params, -1);
    LacMat3 rotation = lac_rotation_from_euler_deg(8, 21, 77);
    test_atoms_transform(shuffled, &rotation, (LacVec3){ 20, -4.7, 11.3 });
    g_auto(Found) turned = find(shuffled, &params, -1);
    for (gsize i = 0; i < one.pores->n_nanopores; i++) {
        g_assert_cmpfloat_with_epsilon(other.pores->pores[i].volume, one.pores->pores[i].volume,
            1e-3);
        g_assert_cmpfloat_with_epsilon(other.pores->pores[i].neck, one.pores->pores[i].neck, 1e-9);
        g_assert_cmpfloat_with_epsilon(turned.pores->pores[i].volume / one.pores->pores[i].volume,
            1, 0.06);
        g_assert_cmpfloat_with_epsilon(turned.pores->pores[i].radius, one.pores->pores[i].radius,
            1e-3);
        g_assert_cmpfloat_with_epsilon(turned.pores->pores[i].neck, one.pores->pores[i].neck, 1e-6);
    }
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) crystal = test_crystal_ball(TEST_FCC, 3.3, 12);
    LacVec3 hole = { 0, 0, 0 };
    g_autoptr(LacAtoms) atoms = remove_near(crystal, &hole, 1, 4.0);
    LacPoreParams params;
    lac_pore_params_init(&params);
    g_auto(Found) found = find(atoms, &params, -1);
    LacPoreContext context = { .delaunay = found.cells };
    for (guint at = 1;; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacPores) pores =
            lac_pores_new(found.points, found.hull, &context, &params, progress, &error);
        if (pores != NULL) {
            g_assert_cmpuint(at, >, 4);
            return;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

// A pit in a ball of atoms far off their sites. From its mouth the distance to the nearest atom grows
// all the way out of the particle, and without end from there: a search that follows it does not
// come back, so an alarm ends it.
static void
test_mouth(void)
{
    const double bottom = 8.86, width = 5.66;
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, 3.25, 17.0);
    test_atoms_shake(ball, 0.45, 191);
    gsize n = 0;
    for (gsize i = 0; i < ball->n; i++) {
        double r = hypot(ball->x[i], ball->y[i]), over = ball->z[i] - bottom;
        if (over > 0 ? r < width + 0.021 * over : hypot(r, over) < width)
            continue;
        ball->x[n] = ball->x[i];
        ball->y[n] = ball->y[i];
        ball->z[n++] = ball->z[i];
    }
    LacPoreParams params;
    lac_pore_params_init(&params);
    alarm(60);
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(ball, n);
    g_auto(Found) found = find(atoms, &params, 0);
    alarm(0);
    g_assert_cmpuint(found.pores->n, ==, 1);
    const LacPore *pore = &found.pores->pores[0];
    g_assert_true(pore->is_open);
    g_assert_cmpfloat(lac_hull_depth_at(found.hull, pore->ball), >, 0);
    g_assert_cmpfloat(pore->radius, <, 8.0);
}

// With a closed pore in it, the matrix of a ball is as dense as the whole ball.
static void
test_matrix(void)
{
    LacPoreParams params;
    lac_pore_params_init(&params);
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, 3.25, 22.0);
    test_atoms_shake(ball, 0.05, 8);
    g_auto(Found) whole = find(ball, &params, 0);
    g_assert_cmpuint(whole.pores->n, ==, 0);
    double density = (double) ball->n / whole.hull->volume;
    g_assert_cmpfloat(whole.pores->matrix_density, ==, density);
    gsize n = 0;
    for (gsize i = 0; i < ball->n; i++) {
        if (hypot(hypot(ball->x[i] - 1, ball->y[i] - 2), ball->z[i] - 3) < 5.0)
            continue;
        ball->x[n] = ball->x[i];
        ball->y[n] = ball->y[i];
        ball->z[n++] = ball->z[i];
    }
    g_autoptr(LacAtoms) hollow = lac_atoms_copy(ball, n);
    g_auto(Found) found = find(hollow, &params, 0);
    g_assert_cmpuint(found.pores->n, ==, 1);
    double apparent = (double) n / found.hull->volume;
    g_test_message("%.5f without the pore; with it %.5f, the matrix %.5f", density, apparent,
        found.pores->matrix_density);
    g_assert_cmpfloat(apparent, <, 0.995 * density);
    g_assert_cmpfloat_with_epsilon(found.pores->matrix_density / density, 1, 0.004);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pores/dense-cavity", test_dense_cavity);
    g_test_add_func("/pores/crystal-voids", test_crystal_voids);
    g_test_add_func("/pores/thirteen", test_thirteen);
    g_test_add_func("/pores/pits", test_pits);
    g_test_add_func("/pores/convex-slivers", test_convex_slivers);
    g_test_add_func("/pores/particles", test_particles);
    g_test_add_func("/pores/reference", test_reference);
    g_test_add_func("/pores/too-small-a-ball", test_too_small_a_ball);
    g_test_add_func("/pores/threads-and-order", test_threads_and_order);
    g_test_add_func("/pores/cancel", test_cancel);
    g_test_add_func("/pores/mouth", test_mouth);
    g_test_add_func("/pores/matrix", test_matrix);
    return g_test_run();
}
