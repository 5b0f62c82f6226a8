// SPDX-License-Identifier: GPL-3.0-or-later
// Cells between atoms, and surfaces of cubes, truncated octahedra and a published glass.
#include "core/analysis/surface.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacPoints *
make_points(LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    LacPoints *points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    return points;
}

static LacDelaunay *
make_cells(const LacPoints *points)
{
    g_autoptr(GError) error = NULL;
    LacDelaunay *cells = lac_delaunay_new(points, NULL, &error);
    g_assert_no_error(error);
    return cells;
}

static LacSurface *
make_surface(const LacPoints *points, const LacDelaunay *cells, double alpha,
    const LacSurfaceGrains *grains)
{
    g_autoptr(GError) error = NULL;
    LacSurfaceParams params;
    lac_surface_params_init(&params);
    if (alpha > 0)
        params.alpha = alpha / points->spacing;
    LacSurface *surface = lac_surface_new(points, cells, grains, &params, NULL, &error);
    g_assert_no_error(error);
    return surface;
}

// Atoms at integer coordinates that func keeps, times a scale.
static LacAtoms *
lattice_atoms(int from, int to, double scale, gboolean (*func)(int, int, int))
{
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (int k = from; k <= to; k++)
        for (int j = from; j <= to; j++)
            for (int i = from; i <= to; i++)
                if (func(i, j, k)) {
                    LacVec3 p = { scale * i, scale * j, scale * k };
                    g_array_append_val(kept, p);
                }
    LacAtoms *atoms = lac_atoms_new(kept->len);
    lac_atoms_add_species(atoms, "Pd");
    for (guint i = 0; i < kept->len; i++) {
        LacVec3 p = g_array_index(kept, LacVec3, i);
        atoms->x[i] = p.x;
        atoms->y[i] = p.y;
        atoms->z[i] = p.z;
    }
    return atoms;
}

// Cells across a facet see it from two sides.
static void
check_orientation(const LacDelaunay *cells, const LacPoints *points)
{
    for (gsize t = 0; t < cells->n; t++)
        for (guint k = 0; k < 4; k++) {
            guint32 next = cells->neighbours[t][k], mine[3], theirs[3];
            guint back = 0;
            if (next == LAC_DELAUNAY_OUTSIDE)
                continue;
            while (back < 4 && cells->neighbours[next][back] != t)
                back++;
            g_assert_cmpuint(back, <, 4);
            lac_delaunay_get_facet(cells, t, k, mine);
            lac_delaunay_get_facet(cells, next, back, theirs);
            // The same three, the other way round.
            guint at = 0;
            while (at < 3 && theirs[at] != mine[0])
                at++;
            g_assert_cmpuint(theirs[(at + 1) % 3], ==, mine[2]);
            g_assert_cmpuint(theirs[(at + 2) % 3], ==, mine[1]);
            g_assert_cmpfloat(lac_delaunay_get_facet_radius(cells, points, t, k), <=,
                cells->radii[t] * (1 + 1e-9));
        }
}

static void
test_delaunay(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(300, 22, 1.5, 12);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    for (gsize t = 0; t < cells->n; t++) {
        LacVec3 c = cells->centres[t];
        for (gsize i = 0; i < points->n; i++) {
            LacVec3 p = { points->x[i], points->y[i], points->z[i] };
            double d = lac_vec3_norm(lac_vec3_subtract(p, c));
            gboolean is_corner = FALSE;
            for (guint k = 0; k < 4; k++)
                is_corner |= cells->corners[t][k] == i;
            double slack = 1e-7 * (1 + cells->radii[t]);
            g_assert_cmpfloat(d, >, cells->radii[t] - slack);
            if (is_corner)
                g_assert_cmpfloat(d, <, cells->radii[t] + slack);
        }
    }
    check_orientation(cells, points);
}

static gboolean
in_cube(G_GNUC_UNUSED int i, G_GNUC_UNUSED int j, G_GNUC_UNUSED int k)
{
    return TRUE;
}

static void
test_cube(void)
{
    g_autoptr(LacAtoms) atoms = lattice_atoms(0, 19, 1.0, in_cube);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    check_orientation(cells, points);
    g_autoptr(LacSurface) surface = make_surface(points, cells, -1, NULL);
    g_assert_cmpfloat_with_epsilon(surface->volume, 6859, 1e-8);
    g_assert_cmpfloat_with_epsilon(surface->area, 2166, 1e-8);
    g_assert_cmpuint(surface->n_surface, ==, 2168);
    g_assert_cmpfloat_with_epsilon(surface->hull_volume, 6859, 1e-8);
    g_assert_cmpfloat_with_epsilon(surface->hull_area, 2166, 1e-8);
    g_assert_cmpfloat_with_epsilon(surface->solidity, 1, 1e-12);
    g_assert_cmpfloat_with_epsilon(surface->sphericity, cbrt(G_PI / 6), 1e-9);
    g_assert_cmpfloat_with_epsilon(surface->gibbs_volume, 6859 + 0.36 * 2166, 1e-6);
    g_assert_cmpfloat_with_epsilon(surface->critical_alpha, sqrt(0.75), 1e-9);
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(surface->mesh), 6859, 1e-2);
    g_assert_cmpuint(surface->n_parts, ==, 1);
    g_assert_cmpfloat(surface->inner_area, ==, 0);
    g_assert_cmpuint(surface->n_facets, ==, 6);
    for (gsize i = 0; i < 6; i++)
        g_assert_cmpfloat_with_epsilon(surface->facets[i].area, 361, 1e-6);
}

static gboolean
in_octahedron_17(int i, int j, int k)
{
    int m = MAX(MAX(ABS(i), ABS(j)), ABS(k));
    return (i + j + k) % 2 == 0 && ABS(i) + ABS(j) + ABS(k) <= 16 && m <= 10;
}

static gboolean
in_octahedron_19(int i, int j, int k)
{
    int m = MAX(MAX(ABS(i), ABS(j)), ABS(k));
    return (i + j + k) % 2 == 0 && ABS(i) + ABS(j) + ABS(k) <= 18 && m <= 12;
}

static void
check_octahedron(gboolean (*func)(int, int, int), gsize n, double share, double area, double noise,
    double tolerance)
{
    g_autoptr(LacAtoms) atoms = lattice_atoms(-18, 18, 2.758 / sqrt(2), func);
    g_assert_cmpuint(atoms->n, ==, n);
    LacMat3 rotation = lac_rotation_from_euler_deg(20, 33, -51);
    test_atoms_transform(atoms, &rotation, (LacVec3){ 3, 4, 5 });
    if (noise > 0)
        test_atoms_shake(atoms, noise, 5);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    g_autofree guint32 *grain = g_new0(guint32, points->n);
    LacSurfaceGrains grains = { .grain = grain, .orientations = &rotation, .n = 1 };
    g_autoptr(LacSurface) surface = make_surface(points, cells, 1.25 * 2.758, &grains);
    g_test_message("%u atoms, noise %g: {100} %.5f, area %.1f, facets %u, V %.1f", (guint) n, noise,
        lac_surface_get_family_share(surface, 1, 0, 0), surface->area, (guint) surface->n_facets,
        surface->volume);
    g_assert_cmpuint(surface->n_facets, ==, 14);
    g_assert_cmpfloat_with_epsilon(lac_surface_get_family_share(surface, 1, 0, 0), share,
        tolerance);
    g_assert_cmpfloat_with_epsilon(lac_surface_get_family_share(surface, 1, 1, 1), 1 - share,
        tolerance);
    if (noise == 0) {
        g_assert_cmpfloat_with_epsilon(surface->area, area, 1);
        g_assert_cmpfloat_with_epsilon(surface->facet_area, area, 1);
        for (gsize i = 0; i < surface->n_facets; i++)
            g_assert_cmpfloat(surface->facets[i].off_deg, <, 1e-5);
    }
}

static void
test_truncated_octahedra(void)
{
    check_octahedron(in_octahedron_17, 2735, 0.2964, 5543, 0, 1e-4);
    check_octahedron(in_octahedron_19, 4033, 0.2240, 7334, 0, 1e-4);
}

static void
test_truncated_octahedra_with_noise(void)
{
    check_octahedron(in_octahedron_17, 2735, 0.2964, 5543, 0.2, 0.002);
    check_octahedron(in_octahedron_19, 4033, 0.2240, 7334, 0.2, 0.002);
}

static void
test_glass(void)
{
    g_autoptr(LacAtoms) atoms =
        lac_scratch_read_published("metallic-glass/final_atom_coord_inA.mat", 1.0);
    if (atoms == NULL)
        return;
    g_autoptr(LacPoints) points = make_points(atoms);
    g_assert_cmpuint(points->n, ==, 18356);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    g_assert_cmpuint(cells->n, ==, 117240);
    g_autoptr(LacSurface) surface = make_surface(points, cells, 4.0, NULL);
    g_assert_cmpfloat_with_epsilon(surface->volume, 359801, 1);
    g_assert_cmpfloat_with_epsilon(surface->area + surface->inner_area, 27372, 1);
    g_assert_cmpuint(surface->n_surface, ==, 2436);
}

static gboolean
in_shell(int i, int j, int k)
{
    int m = MAX(MAX(ABS(i), ABS(j)), ABS(k));
    return m >= 3 && m <= 6;
}

static void
test_cavity(void)
{
    g_autoptr(LacAtoms) atoms = lattice_atoms(-6, 6, 3.0, in_shell);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    g_autoptr(LacSurface) surface = make_surface(points, cells, -1, NULL);
    g_assert_cmpfloat_with_epsilon(surface->area, 6 * 36.0 * 36, 1e-6);
    // Inside, small cells fill the edges of the empty cube.
    g_assert_cmpfloat(surface->inner_area, <, 6 * 18.0 * 18);
    g_assert_cmpfloat(surface->inner_area, >, 0.75 * 6 * 18.0 * 18);
    g_assert_cmpfloat(surface->volume, >, pow(36, 3) - pow(18, 3));
    g_assert_cmpfloat(surface->volume, <, pow(36, 3) - pow(12, 3));
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(surface->mesh), surface->volume, 0.5);
    g_assert_cmpfloat_with_epsilon(surface->solidity, surface->volume / pow(36, 3), 1e-9);
}

static void
test_parts(void)
{
    g_autoptr(LacAtoms) one = test_crystal_ball(TEST_FCC, 3, 8);
    g_autoptr(LacAtoms) two = lac_atoms_copy(one, 2 * one->n);
    for (gsize i = 0; i < one->n; i++) {
        two->x[one->n + i] = one->x[i] + 40;
        two->y[one->n + i] = one->y[i];
        two->z[one->n + i] = one->z[i];
    }
    g_autoptr(LacPoints) points = make_points(two);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    g_autoptr(LacSurface) surface = make_surface(points, cells, -1, NULL);
    g_assert_cmpuint(surface->n_parts, ==, 2);
    g_assert_cmpfloat(surface->critical_alpha, >, 8);
    g_assert_cmpfloat(surface->solidity, <, 0.7);
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(500, 24, 1.9, 9);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    g_autoptr(LacSurface) surface = make_surface(points, cells, 4, NULL);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) shuffled = test_atoms_permute(atoms, place, 4);
    LacMat3 rotation = lac_rotation_from_euler_deg(31, 47, -12);
    test_atoms_transform(shuffled, &rotation, (LacVec3){ -100, 250, 31 });
    g_autoptr(LacPoints) other_points = make_points(shuffled);
    g_autoptr(LacDelaunay) other_cells = make_cells(other_points);
    g_autoptr(LacSurface) other = make_surface(other_points, other_cells, 4, NULL);
    g_assert_cmpuint(other_cells->n, ==, cells->n);
    g_assert_cmpfloat_with_epsilon(other->volume / surface->volume, 1, 1e-9);
    g_assert_cmpfloat_with_epsilon(other->area / surface->area, 1, 1e-9);
    g_assert_cmpfloat_with_epsilon(other->critical_alpha, surface->critical_alpha, 1e-7);
    g_assert_cmpuint(other->n_surface, ==, surface->n_surface);
    g_autoptr(LacDelaunay) again = make_cells(points);
    g_assert_true(memcmp(again->corners, cells->corners, cells->n * 16) == 0);
    g_assert_true(memcmp(again->radii, cells->radii, cells->n * 8) == 0);
}

static void
test_errors(void)
{
    g_autoptr(LacAtoms) few = lac_atoms_new(4);
    g_autoptr(LacAtoms) flat = lac_atoms_new(25);
    lac_atoms_add_species(few, "Zr");
    lac_atoms_add_species(flat, "Zr");
    for (gsize i = 0; i < 25; i++) {
        flat->x[i] = 3.0 * (double) (i % 5);
        flat->y[i] = 3.0 * (double) (i / 5);
        if (i < 4)
            few->x[i] = 3.0 * (double) i;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) four = make_points(few);
    g_assert_null(lac_delaunay_new(four, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
    g_clear_error(&error);
    g_autoptr(LacPoints) plane = make_points(flat);
    g_assert_null(lac_delaunay_new(plane, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
    g_assert_nonnull(strstr(error->message, "one plane"));
    g_clear_error(&error);
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_ICOSAHEDRON, 3.2, 0);
    g_autoptr(LacPoints) points = make_points(ball);
    g_autoptr(LacDelaunay) cells = make_cells(points);
    LacSurfaceParams params;
    lac_surface_params_init(&params);
    g_autoptr(LacSurface) surface = lac_surface_new(points, cells, NULL, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(surface->n_surface, ==, 12);
    params.alpha = 0.6;
    g_assert_null(lac_surface_new(points, cells, NULL, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
    g_clear_error(&error);
    params.alpha = -1;
    g_assert_null(lac_surface_new(points, cells, NULL, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_assert_null(lac_delaunay_new(points, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

// In the midst of the work, not only before and after it.
static void
test_cancel(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(20000, 60.0, 1.0, 3);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    for (guint after = 1; after <= 81; after += 20) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, after);
        g_assert_null(lac_delaunay_new(points, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/surface/delaunay", test_delaunay);
    g_test_add_func("/surface/cube", test_cube);
    g_test_add_func("/surface/truncated-octahedra", test_truncated_octahedra);
    g_test_add_func("/surface/truncated-octahedra-with-noise", test_truncated_octahedra_with_noise);
    g_test_add_func("/surface/glass", test_glass);
    g_test_add_func("/surface/cavity", test_cavity);
    g_test_add_func("/surface/parts", test_parts);
    g_test_add_func("/surface/invariance", test_invariance);
    g_test_add_func("/surface/errors", test_errors);
    g_test_add_func("/surface/cancel", test_cancel);
    return g_test_run();
}
