// SPDX-License-Identifier: GPL-3.0-or-later
// Interfaces of known shape, and that of the labelled particle (noisy ones with their vacancies).
#include "core/analysis/interface.h"
#include "core/analysis/isosurface.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "tests/support/crystal.h"
#include "tests/support/labelled.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

typedef struct {
    LacHull *hull;
    LacPhases *phases;
    LacInterface *interface;
} Found;

static void
clear_found(Found *found)
{
    lac_hull_unref(found->hull);
    lac_phases_unref(found->phases);
    lac_interface_unref(found->interface);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, clear_found)

static Found
find(const LacPoints *points, const guint8 *phase, const guint32 *grain,
    const LacInterfaceParams *params)
{
    g_autoptr(GError) error = NULL;
    Found found = { 0 };
    LacHullParams hull_params;
    LacInterfaceParams defaults;
    lac_hull_params_init(&hull_params);
    lac_interface_params_init(&defaults);
    found.hull = lac_hull_new(points, &hull_params, NULL, &error);
    g_assert_no_error(error);
    found.phases = lac_phases_new_from_labels(points, found.hull, phase, grain, NULL, &error);
    g_assert_no_error(error);
    found.interface = lac_interface_new(points, found.hull, found.phases,
        params != NULL ? params : &defaults, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static LacPoints *
make_ball(double radius)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, radius);
    LacPoints *points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    return points;
}

static void
test_tree(void)
{
    g_autoptr(LacMesh) mesh = lac_mesh_new(900, 300, FALSE, NULL);
    for (gsize i = 0; i < 3 * 900; i++)
        mesh->positions[i] = (float) (10 * lac_rng_uniform(4, i / 9) + lac_rng_uniform(5, i));
    for (guint32 i = 0; i < 900; i++)
        mesh->triangles[i] = i;
    g_autoptr(LacMeshTree) tree = lac_mesh_tree_new(mesh);
    for (guint k = 0; k < 300; k++) {
        LacVec3 p = { 14 * lac_rng_uniform(6, 3 * k) - 2, 14 * lac_rng_uniform(6, 3 * k + 1) - 2,
            14 * lac_rng_uniform(6, 3 * k + 2) - 2 };
        double best = HUGE_VAL;
        for (gsize t = 0; t < 300; t++) {
            LacVec3 c[3];
            lac_mesh_get_corners(mesh, t, c);
            // By sampling, from above.
            for (int a = 0; a <= 40; a++)
                for (int b = 0; a + b <= 40; b++) {
                    LacVec3 q = c[0];
                    q = lac_vec3_add_scaled(q, a / 40.0, lac_vec3_subtract(c[1], c[0]));
                    q = lac_vec3_add_scaled(q, b / 40.0, lac_vec3_subtract(c[2], c[0]));
                    best = fmin(best, lac_vec3_norm(lac_vec3_subtract(p, q)));
                }
        }
        guint32 triangle;
        double found = lac_mesh_tree_find(tree, p, HUGE_VAL, &triangle);
        g_assert_cmpfloat(found, <=, best + 1e-6);
        g_assert_cmpfloat(found, >, best - 0.02);
        g_assert_cmpfloat(lac_mesh_tree_find(tree, p, found + 1e-9, NULL), ==, found);
        g_assert_cmpfloat(lac_mesh_tree_find(tree, p, 0.9 * found, NULL), ==, HUGE_VAL);
    }
    // Triangles at one place.
    g_autoptr(LacMesh) same = lac_mesh_new(3, 50, FALSE, NULL);
    same->positions[3] = same->positions[7] = 1;
    for (guint32 i = 0; i < 150; i++)
        same->triangles[i] = i % 3;
    g_autoptr(LacMeshTree) flat = lac_mesh_tree_new(same);
    guint32 first;
    g_assert_cmpfloat_with_epsilon(lac_mesh_tree_find(flat, (LacVec3){ 0.2, 0.2, -3 }, HUGE_VAL,
                                       &first),
        3, 1e-9);
    g_assert_cmpuint(first, ==, 0);
    g_autoptr(LacMesh) empty = lac_mesh_new(0, 0, FALSE, NULL);
    g_autoptr(LacMeshTree) none = lac_mesh_tree_new(empty);
    g_assert_cmpfloat(lac_mesh_tree_find(none, (LacVec3){ 0, 0, 0 }, HUGE_VAL, NULL), ==, HUGE_VAL);
}

// The least over trees of one triangle each, which have nothing to leave out.
static void
check_all(LacMesh *mesh, guint n_places, double size, LacVec3 middle)
{
    g_autoptr(LacMeshTree) tree = lac_mesh_tree_new(mesh);
    g_autoptr(GPtrArray) single =
        g_ptr_array_new_with_free_func((GDestroyNotify) lac_mesh_tree_free);
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        g_autoptr(LacMesh) one = lac_mesh_new(3, 1, FALSE, NULL);
        for (guint32 k = 0; k < 3; k++) {
            one->triangles[k] = k;
            for (gsize d = 0; d < 3; d++)
                one->positions[3 * k + d] =
                    mesh->positions[3 * (gsize) mesh->triangles[3 * t + k] + d];
        }
        g_ptr_array_add(single, lac_mesh_tree_new(one));
    }
    for (guint k = 0; k < n_places; k++) {
        LacVec3 p = { middle.x + size * (lac_rng_uniform(7, 3 * k) - 0.5),
            middle.y + size * (lac_rng_uniform(7, 3 * k + 1) - 0.5),
            middle.z + size * (lac_rng_uniform(7, 3 * k + 2) - 0.5) };
        if (k % 4 == 0) // at a corner: several triangles at the same distance
            p = lac_mesh_get_vertex(mesh, k % mesh->n_vertices);
        double best = HUGE_VAL;
        guint32 triangle, again;
        for (guint t = 0; t < single->len; t++)
            best = fmin(best, lac_mesh_tree_find(single->pdata[t], p, HUGE_VAL, NULL));
        g_assert_cmpfloat(lac_mesh_tree_find(tree, p, HUGE_VAL, &triangle), ==, best);
        g_assert_cmpfloat(lac_mesh_tree_find(single->pdata[triangle], p, HUGE_VAL, NULL), ==, best);
        // How far to look changes the way through the tree, not which of several it is.
        g_assert_cmpfloat(lac_mesh_tree_find(tree, p, best, &again), ==, best);
        g_assert_cmpuint(again, ==, triangle);
    }
}

// Many points at once find what each of them finds, wherever they lie and however many they are.
static void
check_many(LacMesh *mesh, double size, LacVec3 middle)
{
    static const gsize counts[] = { 0, 1, 7, 8, 9, 3000 };
    static const double reaches[] = { 0.1, 1, 1e300 };
    g_autoptr(LacMeshTree) tree = lac_mesh_tree_new(mesh);
    for (gsize c = 0; c < G_N_ELEMENTS(counts) * G_N_ELEMENTS(reaches); c++) {
        gsize n = counts[c / G_N_ELEMENTS(reaches)];
        double within = reaches[c % G_N_ELEMENTS(reaches)];
        g_autofree LacVec3 *points = g_new(LacVec3, n + 1);
        g_autofree double *distance = g_new(double, n + 1);
        g_autofree guint32 *triangle = g_new(guint32, n + 1);
        for (gsize k = 0; k < n; k++) {
            points[k] = (LacVec3){ middle.x + size * (lac_rng_uniform(8, 3 * k) - 0.5),
                middle.y + size * (lac_rng_uniform(8, 3 * k + 1) - 0.5),
                middle.z + size * (lac_rng_uniform(8, 3 * k + 2) - 0.5) };
            if (k % 5 == 4)
                points[k] = lac_mesh_get_vertex(mesh, k % mesh->n_vertices);
            if (k == 6)
                points[k].y = (double) NAN;
        }
        lac_mesh_tree_find_all(tree, points, n, within, distance, triangle);
        for (gsize k = 0; k < n; k++) {
            guint32 own = G_MAXUINT32;
            g_assert_cmpfloat(distance[k], ==, lac_mesh_tree_find(tree, points[k], within, &own));
            g_assert_cmpuint(triangle[k], ==, own);
        }
    }
}

// Exactly what a look at every triangle finds: on a surface seen from its middle, where all of it is
// nearly as near; on one far from the origin; and on scattered, long and flat triangles.
static void
test_tree_exact(void)
{
    g_autoptr(GError) error = NULL;
    for (int far = 0; far < 2; far++) {
        LacGrid grid = { .origin = { far * 900.0, 0, -far * 400.0 },
            .step = 1,
            .nx = 24,
            .ny = 24,
            .nz = 24 };
        LacVec3 middle = { grid.origin.x + 11.3, 11.6, grid.origin.z + 11.8 };
        g_autofree float *field = g_new(float, lac_grid_count(&grid));
        for (gsize i = 0; i < lac_grid_count(&grid); i++)
            field[i] = (float) (8.5 -
                lac_vec3_norm(lac_vec3_subtract(lac_grid_node_at(&grid, i), middle)));
        g_autoptr(LacMesh) mesh = lac_isosurface_new(&grid, field, 0, NULL, &error);
        g_assert_no_error(error);
        check_all(mesh, 160, 24, middle);
        check_many(mesh, 24, middle);
        check_many(mesh, 90, middle);
    }
    g_autoptr(LacMesh) scattered = lac_mesh_new(1500, 500, FALSE, NULL);
    for (gsize i = 0; i < 3 * 1500; i++)
        scattered->positions[i] = (float) (40 * lac_rng_uniform(8, i / 9) +
            (i % 3 == 0              ? 12
                    : i / 9 % 3 == 0 ? 0
                                     : 1) *
                lac_rng_uniform(9, i));
    for (guint32 i = 0; i < 1500; i++)
        scattered->triangles[i] = i;
    check_all(scattered, 200, 60, (LacVec3){ 20, 20, 20 });
    check_many(scattered, 60, (LacVec3){ 20, 20, 20 });
}

// A ball of one phase inside a ball of another, on one lattice.
static void
test_ball(void)
{
    g_autoptr(LacPoints) points = make_ball(24);
    g_autofree guint8 *phase = g_new(guint8, points->n);
    for (gsize i = 0; i < points->n; i++) {
        double r = sqrt(points->x[i] * points->x[i] + points->y[i] * points->y[i] +
            points->z[i] * points->z[i]);
        phase[i] = r < 14 ? LAC_PHASE_METAL : LAC_PHASE_AMORPHOUS;
    }
    g_auto(Found) found = find(points, phase, NULL, NULL);
    const LacInterface *interface = found.interface;
    // Lattices have shells: the radius that is meant has the volume of the atoms.
    double n_metal = (double) found.phases->counts[LAC_PHASE_METAL];
    double r = cbrt(3 * n_metal * pow(3.25, 3) / sqrt(2) / (4 * G_PI));
    double sum = 0, sum2 = 0;
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        double off = interface->distance[i] - (lac_vec3_norm(p) - r);
        sum += off;
        sum2 += off * off;
        g_assert_cmpint(interface->is_interface[i], ==, fabs(interface->distance[i]) < 1.625);
    }
    g_test_message("off by %.3f, rms %.3f; area %.4f, volume %.4f", sum / (double) points->n,
        sqrt(sum2 / (double) points->n), interface->area / (4 * G_PI * r * r),
        interface->volume / (4.0 / 3 * G_PI * r * r * r));
    // Smoothing moves a curved surface inwards by sigma^2 / r.
    g_assert_cmpfloat_with_epsilon(sum / (double) points->n, 4 / r, 0.1);
    g_assert_cmpfloat(sqrt(sum2 / (double) points->n), <, 0.5);
    r -= 4 / r;
    g_assert_cmpfloat_with_epsilon(interface->area / (4 * G_PI * r * r), 1, 0.03);
    g_assert_cmpfloat_with_epsilon(interface->volume / (4.0 / 3 * G_PI * r * r * r), 1, 0.03);
    g_assert_cmpfloat_with_epsilon(interface->mean_curvature, 1 / r, 0.006);
    g_assert_true(interface->is_closed);
    g_assert_cmpuint(interface->n_types, ==, 1);
    g_assert_cmpfloat_with_epsilon(interface->types[0].sphere_radius, r, 0.3);
    g_assert_cmpfloat(interface->types[0].sphere_rms, <, 0.6);
    g_assert_cmpfloat_with_epsilon(found.phases->densities[LAC_PHASE_METAL], 0.0412, 0.0015);
    g_assert_cmpfloat_with_epsilon(found.phases->densities[LAC_PHASE_AMORPHOUS], 0.0412, 0.0015);
    for (gsize i = 0; i < points->n; i += 7) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        g_assert_cmpfloat(interface->distance[i], ==, lac_interface_distance_at(interface, p));
    }
}

// Halves: the interface is a disc that ends at the surface of the particle.
static void
test_halves(void)
{
    g_autoptr(LacPoints) points = make_ball(20);
    g_autofree guint8 *phase = g_new(guint8, points->n);
    g_autofree guint32 *grain = g_new(guint32, points->n);
    for (gsize i = 0; i < points->n; i++) {
        gboolean is_metal = points->x[i] + 0.5 * points->y[i] < 0.6;
        phase[i] = is_metal ? LAC_PHASE_METAL : LAC_PHASE_OXIDE;
        grain[i] = is_metal ? 0 : points->z[i] > 0 ? 1 : 2;
    }
    g_auto(Found) found = find(points, phase, grain, NULL);
    const LacInterface *interface = found.interface;
    g_assert_false(interface->is_closed);
    g_assert_cmpfloat_with_epsilon(interface->area / (G_PI * 20.4 * 20.4), 1, 0.06);
    g_assert_cmpfloat_with_epsilon(interface->volume / (0.5 * found.hull->volume), 1, 0.04);
    g_assert_cmpfloat_with_epsilon(interface->mean_curvature, 0, 0.01);
    g_assert_cmpuint(interface->n_types, ==, 2);
    g_assert_cmpfloat_with_epsilon(interface->types[0].area / interface->types[1].area, 1, 0.2);
    for (gsize k = 0; k < 2; k++) {
        LacVec3 n = interface->types[k].normal;
        g_assert_cmpfloat((n.x + 0.5 * n.y) / sqrt(1.25), >, 0.99);
        g_assert_cmpfloat(interface->types[k].plane_rms, <, 0.7);
        g_assert_cmpuint(interface->types[k].n_atoms, >, 20);
    }
    // Nothing of it lies outside the particle.
    for (gsize i = 0; i < interface->mesh->n_vertices; i++) {
        LacVec3 p = lac_mesh_get_vertex(interface->mesh, i);
        g_assert_cmpfloat(lac_vec3_norm(p), <, 22.5);
    }
    // By bonds instead of by distance: atoms with an atom of the other side in their shell.
    LacInterfaceParams params;
    lac_interface_params_init(&params);
    params.by_bonds = TRUE;
    g_auto(Found) bonded = find(points, phase, grain, &params);
    for (gsize i = 0; i < points->n; i++)
        if (bonded.interface->is_interface[i])
            g_assert_cmpfloat(fabs(points->x[i] + 0.5 * points->y[i] - 0.6), <, 3.26 * 1.12 + 0.1);
    g_assert_cmpuint(bonded.interface->n_interface, >, 100);
}

// Smoothing decides how sharp an interface looks, and the larger part counts.
static void
test_parts_and_sigma(void)
{
    g_autoptr(LacPoints) points = make_ball(20);
    g_autofree guint8 *phase = g_new(guint8, points->n);
    for (gsize i = 0; i < points->n; i++) {
        double one = hypot(hypot(points->x[i] - 8, points->y[i]), points->z[i]);
        double two = hypot(hypot(points->x[i] + 10, points->y[i]), points->z[i]);
        phase[i] = one < 8 || two < 6 ? LAC_PHASE_METAL : LAC_PHASE_OXIDE;
    }
    g_auto(Found) largest = find(points, phase, NULL, NULL);
    LacInterfaceParams params;
    lac_interface_params_init(&params);
    params.all_parts = TRUE;
    g_auto(Found) both = find(points, phase, NULL, &params);
    g_assert_cmpuint(largest.interface->n_parts, ==, 2);
    g_assert_cmpfloat(both.interface->area, >, 1.4 * largest.interface->area);
    params.all_parts = FALSE;
    params.sigma = 1.2;
    g_auto(Found) sharp = find(points, phase, NULL, &params);
    g_assert_cmpfloat(sharp.interface->area, >, 1.02 * largest.interface->area);
}

static void
test_particles(void)
{
    const char *const variants[] = { "clean" };
    for (gsize k = 0; k < G_N_ELEMENTS(variants); k++) {
        g_autoptr(TestParticle) p = test_particle_find(variants[k]);
        if (p == NULL)
            return;
        g_auto(Found) found = find(p->points, p->phase, NULL, NULL);
        const LacInterface *interface = found.interface;
        double sum = 0, sum2 = 0, n = 0;
        for (gsize i = 0; i < p->points->n; i++) {
            if (fabs(p->distance[i]) >= 8)
                continue;
            double off = interface->distance[i] - p->distance[i];
            sum += off;
            sum2 += off * off;
            n++;
        }
        g_test_message("%s: bias %.3f, rms %.3f, area %.0f, volume %.0f, H %.4f", variants[k],
            sum / n, sqrt(sum2 / n), interface->area, interface->volume, interface->mean_curvature);
        g_assert_cmpfloat(sqrt(sum2 / n), <, 0.9);
        g_assert_cmpfloat_with_epsilon(sum / n, -0.4, 0.4);
        g_assert_cmpfloat_with_epsilon(interface->area / 5723, 1, 0.08);
        g_assert_cmpfloat_with_epsilon(interface->volume / 37731, 1, 0.08);
        g_assert_cmpfloat_with_epsilon(interface->mean_curvature, 0.0455, 0.005);
        g_assert_true(interface->is_closed);
    }
}

static void
test_threads(void)
{
    g_autoptr(LacPoints) points = make_ball(14);
    g_autofree guint8 *phase = g_new(guint8, points->n);
    for (gsize i = 0; i < points->n; i++)
        phase[i] = points->x[i] < 0 ? LAC_PHASE_METAL : LAC_PHASE_OXIDE;
    lac_parallel_set_threads(1);
    g_auto(Found) one = find(points, phase, NULL, NULL);
    lac_parallel_set_threads(5);
    g_auto(Found) many = find(points, phase, NULL, NULL);
    lac_parallel_set_threads(0);
    const LacInterface *a = one.interface, *b = many.interface;
    g_assert_cmpuint(a->mesh->n_vertices, ==, b->mesh->n_vertices);
    g_assert_true(memcmp(a->mesh->positions, b->mesh->positions, 12 * a->mesh->n_vertices) == 0);
    g_assert_true(memcmp(a->mesh->values, b->mesh->values, 4 * a->mesh->n_vertices) == 0);
    g_assert_true(memcmp(a->distance, b->distance, 8 * points->n) == 0);
    g_assert_cmpfloat(a->area, ==, b->area);
    g_assert_cmpfloat(a->volume, ==, b->volume);
}

static void
test_errors(void)
{
    g_autoptr(LacPoints) points = make_ball(9);
    g_autofree guint8 *phase = g_new(guint8, points->n);
    memset(phase, LAC_PHASE_METAL, points->n);
    LacHullParams hull_params;
    LacInterfaceParams params;
    lac_hull_params_init(&hull_params);
    lac_interface_params_init(&params);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacHull) hull = lac_hull_new(points, &hull_params, NULL, &error);
    g_autoptr(LacPhases) one = lac_phases_new_from_labels(points, hull, phase, NULL, NULL, &error);
    g_assert_null(lac_interface_new(points, hull, one, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
    g_clear_error(&error);
    phase[0] = LAC_PHASE_AMORPHOUS; // a single atom makes no surface of its own
    g_autoptr(LacPhases) two = lac_phases_new_from_labels(points, hull, phase, NULL, NULL, &error);
    g_autoptr(LacInterface) tiny = lac_interface_new(points, hull, two, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(tiny);
    for (guint at = 1;; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacInterface) again =
            lac_interface_new(points, hull, two, &params, progress, &error);
        if (again != NULL) {
            g_assert_cmpuint(at, >, 6);
            break;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error(&error);
    }
    params.sigma = 0;
    g_assert_null(lac_interface_new(points, hull, two, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/interface/tree", test_tree);
    g_test_add_func("/interface/tree-exact", test_tree_exact);
    g_test_add_func("/interface/ball", test_ball);
    g_test_add_func("/interface/halves", test_halves);
    g_test_add_func("/interface/parts-and-sigma", test_parts_and_sigma);
    g_test_add_func("/interface/particles", test_particles);
    g_test_add_func("/interface/threads", test_threads);
    g_test_add_func("/interface/errors", test_errors);
    return g_test_run();
}
