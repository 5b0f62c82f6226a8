// SPDX-License-Identifier: GPL-3.0-or-later
// Surfaces of fields whose shape is known.
#include "core/analysis/isosurface.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define R 10.0

static const LacVec3 centre = { 0.13, -0.31, 0.22 };
static const LacGrid sphere_grid = { .origin = { -12, -12.5, -13 },
    .step = 0.5,
    .nx = 51,
    .ny = 50,
    .nz = 53 };

static double
distance_from_centre(LacVec3 p)
{
    return lac_vec3_norm(lac_vec3_subtract(p, centre));
}

static float *
make_sphere(const LacGrid *grid)
{
    float *field = g_new(float, lac_grid_count(grid));
    for (gsize i = 0; i < lac_grid_count(grid); i++)
        field[i] = (float) (R - distance_from_centre(lac_grid_node_at(grid, i)));
    return field;
}

static LacMesh *
make_surface(const LacGrid *grid, const float *field, double level)
{
    g_autoptr(GError) error = NULL;
    LacMesh *mesh = lac_isosurface_new(grid, field, level, NULL, &error);
    g_assert_no_error(error);
    return mesh;
}

// In a closed mesh each edge belongs to two triangles, which pass it in opposite directions.
static void
check_closed(const LacMesh *mesh)
{
    g_autoptr(GHashTable) edges = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (gsize t = 0; t < mesh->n_triangles; t++)
        for (gsize k = 0; k < 3; k++) {
            guint64 a = mesh->triangles[3 * t + k], b = mesh->triangles[3 * t + (k + 1) % 3];
            g_assert_cmpuint(a, !=, b);
            guint64 back = b << 32 | a;
            if (g_hash_table_remove(edges, &back))
                continue;
            guint64 *key = g_new(guint64, 1);
            *key = a << 32 | b;
            g_assert_true(g_hash_table_add(edges, key));
        }
    g_assert_cmpuint(g_hash_table_size(edges), ==, 0);
}

static void
test_sphere(void)
{
    g_autofree float *field = make_sphere(&sphere_grid);
    g_autoptr(LacMesh) mesh = make_surface(&sphere_grid, field, 0);
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_area(mesh) / (4 * G_PI * R * R), 1, 1e-3);
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(mesh) / (4.0 / 3 * G_PI * R * R * R), 1,
        1.5e-3);
    g_assert_cmpfloat_with_epsilon(lac_isosurface_volume(&sphere_grid, field, 0) /
            (4.0 / 3 * G_PI * R * R * R),
        1, 1e-3);
    check_closed(mesh);
    g_assert_cmpint((int) mesh->n_vertices - (int) mesh->n_triangles / 2, ==, 2);
    for (gsize i = 0; i < mesh->n_vertices; i++) {
        LacVec3 p = lac_mesh_get_vertex(mesh, i), n = lac_mesh_get_normal(mesh, i);
        g_assert_cmpfloat_with_epsilon(distance_from_centre(p), R, 0.01);
        g_assert_cmpfloat(lac_vec3_dot(n, lac_vec3_subtract(p, centre)) / R, >, 0.998);
        LacCurvature c = lac_isosurface_curvature(&sphere_grid, field, p);
        g_assert_cmpfloat_with_epsilon(c.mean, 0.1, 0.003);
        g_assert_cmpfloat_with_epsilon(c.gaussian, 0.01, 0.0006);
    }
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        LacVec3 c[3];
        lac_mesh_get_corners(mesh, t, c);
        LacVec3 up = lac_vec3_cross(lac_vec3_subtract(c[1], c[0]), lac_vec3_subtract(c[2], c[0]));
        g_assert_cmpfloat(lac_vec3_dot(up, lac_vec3_subtract(c[0], centre)), >=, -1e-9);
    }
}

// A step function instead of a distance: the shape is that of the same values between nodes.
static void
test_smooth_indicator(void)
{
    g_autofree float *field = make_sphere(&sphere_grid);
    for (gsize i = 0; i < lac_grid_count(&sphere_grid); i++)
        field[i] = 0.5f * (1 + tanhf(field[i] / 2.5f));
    g_autoptr(LacMesh) mesh = make_surface(&sphere_grid, field, 0.5);
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_area(mesh) / (4 * G_PI * R * R), 1, 1e-3);
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(mesh) / (4.0 / 3 * G_PI * R * R * R), 1,
        1.5e-3);
    for (gsize i = 0; i < mesh->n_vertices; i++) {
        LacCurvature c =
            lac_isosurface_curvature(&sphere_grid, field, lac_mesh_get_vertex(mesh, i));
        g_assert_cmpfloat_with_epsilon(c.mean, 0.1, 0.003);
    }
}

// Large triangles keep what the small ones have.
static void
test_coarse(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree float *field = make_sphere(&sphere_grid);
    for (gsize i = 0; i < lac_grid_count(&sphere_grid); i++)
        field[i] = 0.5f * (1 + tanhf(field[i] / 2.5f));
    g_autoptr(LacMesh) fine = make_surface(&sphere_grid, field, 0.5);
    for (gsize stride = 1; stride <= 3; stride++) {
        g_autoptr(LacMesh) mesh =
            lac_isosurface_new_coarse(&sphere_grid, field, 0.5, stride, NULL, &error);
        g_assert_no_error(error);
        check_closed(mesh);
        g_assert_cmpint((int) mesh->n_vertices - (int) mesh->n_triangles / 2, ==, 2);
        g_assert_cmpuint(mesh->n_triangles, <=, 11 * fine->n_triangles / (10 * stride * stride));
        g_assert_cmpfloat_with_epsilon(lac_mesh_get_area(mesh) / (4 * G_PI * R * R), 1,
            stride < 3 ? 1e-3 : 2e-3);
        g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(mesh) / (4.0 / 3 * G_PI * R * R * R), 1,
            1.5e-3);
        for (gsize i = 0; i < mesh->n_vertices; i++)
            g_assert_cmpfloat_with_epsilon(distance_from_centre(lac_mesh_get_vertex(mesh, i)), R,
                0.01 + 0.01 * (double) (stride * stride - 1));
        g_test_message("stride %u: area %.5f, volume %.5f", (guint) stride,
            lac_mesh_get_area(mesh) / (4 * G_PI * R * R),
            lac_mesh_get_volume(mesh) / (4.0 / 3 * G_PI * R * R * R));
    }
}

static void
test_saddle(void)
{
    // z = (x^2 - y^2) / 20: H = 0, K = -1/100 at the origin; inside is below.
    LacGrid grid = { .origin = { -4, -4, -4 }, .step = 0.5, .nx = 17, .ny = 17, .nz = 17 };
    g_autofree float *field = g_new(float, lac_grid_count(&grid));
    for (gsize i = 0; i < lac_grid_count(&grid); i++) {
        LacVec3 p = lac_grid_node_at(&grid, i);
        field[i] = (float) ((p.x * p.x - p.y * p.y) / 20 - p.z);
    }
    LacCurvature c = lac_isosurface_curvature(&grid, field, (LacVec3){ 0, 0, 0 });
    g_assert_cmpfloat_with_epsilon(c.mean, 0, 1e-5);
    g_assert_cmpfloat_with_epsilon(c.gaussian, -0.01, 1e-5);
    // The surface leaves the grid through its sides.
    g_autoptr(LacMesh) mesh = make_surface(&grid, field, 0);
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_area(mesh), 70, 4);
}

static void
test_exact_values(void)
{
    // Nodes that lie on the surface make vertices at one place, but no holes.
    LacGrid grid = { .origin = { 0, 0, 0 }, .step = 1, .nx = 9, .ny = 9, .nz = 9 };
    g_autofree float *field = g_new(float, lac_grid_count(&grid));
    for (gsize i = 0; i < lac_grid_count(&grid); i++) {
        LacVec3 p = lac_grid_node_at(&grid, i);
        field[i] = (float) (3 - fmax(fmax(fabs(p.x - 4), fabs(p.y - 4)), fabs(p.z - 4)));
    }
    g_autoptr(LacMesh) mesh = make_surface(&grid, field, 1);
    check_closed(mesh);
    // A cube of edge 4: of the cells at its edges a half is left, of those at its corners a sixth.
    g_assert_cmpfloat_with_epsilon(lac_mesh_get_volume(mesh), 64 - 24 / 2.0 - 8 * 5 / 6.0, 1e-5);
    g_autoptr(LacMesh) none = make_surface(&grid, field, 5);
    g_assert_cmpuint(none->n_triangles, ==, 0);
    g_assert_cmpfloat(lac_mesh_get_volume(none), ==, 0);
}

// Values without any order make every kind of cube, also those whose faces can be read in two ways.
static void
test_noise(void)
{
    LacGrid grid = { .origin = { 0, 0, 0 }, .step = 1, .nx = 31, .ny = 30, .nz = 29 };
    g_autofree float *field = g_new(float, lac_grid_count(&grid));
    for (guint64 stream = 1; stream <= 3; stream++) {
        double volume = 0;
        for (gsize i = 0; i < lac_grid_count(&grid); i++) {
            gsize x = i % grid.nx, y = i / grid.nx % grid.ny, z = i / grid.nx / grid.ny;
            gboolean is_border = x == 0 || y == 0 || z == 0 || x + 1 == grid.nx ||
                y + 1 == grid.ny || z + 1 == grid.nz;
            field[i] = is_border ? -1 : (float) lac_rng_uniform(stream, i) - 0.25f * (float) stream;
            volume += field[i] > 0 ? 1 : 0;
        }
        g_autoptr(LacMesh) mesh = make_surface(&grid, field, 0);
        check_closed(mesh);
        g_assert_cmpfloat(lac_mesh_get_volume(mesh), >, 0.2 * volume);
        g_assert_cmpfloat(lac_mesh_get_volume(mesh), <, 1.3 * volume);
    }
}

static void
test_threads(void)
{
    g_autofree float *field = make_sphere(&sphere_grid);
    lac_parallel_set_threads(1);
    g_autoptr(LacMesh) one = make_surface(&sphere_grid, field, 0.3);
    lac_parallel_set_threads(7);
    g_autoptr(LacMesh) many = make_surface(&sphere_grid, field, 0.3);
    lac_parallel_set_threads(0);
    g_assert_cmpuint(one->n_triangles, ==, many->n_triangles);
    g_assert_true(memcmp(one->triangles, many->triangles, one->n_triangles * 12) == 0);
    g_assert_true(memcmp(one->positions, many->positions, one->n_vertices * 12) == 0);
    g_assert_true(memcmp(one->normals, many->normals, one->n_vertices * 12) == 0);
}

static void
test_mesh(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_mesh_new((gsize) 1 << 33, 1, FALSE, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_autoptr(LacMesh) empty = lac_mesh_new(0, 0, TRUE, NULL);
    g_assert_cmpfloat(lac_mesh_get_area(empty), ==, 0);
    g_autoptr(LacMesh) again = lac_mesh_ref(empty);
    g_assert_true(again == empty);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/isosurface/sphere", test_sphere);
    g_test_add_func("/isosurface/smooth-indicator", test_smooth_indicator);
    g_test_add_func("/isosurface/coarse", test_coarse);
    g_test_add_func("/isosurface/saddle", test_saddle);
    g_test_add_func("/isosurface/exact-values", test_exact_values);
    g_test_add_func("/isosurface/noise", test_noise);
    g_test_add_func("/isosurface/threads", test_threads);
    g_test_add_func("/isosurface/mesh", test_mesh);
    return g_test_run();
}
