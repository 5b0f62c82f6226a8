// SPDX-License-Identifier: GPL-3.0-or-later
// The cell list against a search through all points.
#include "core/data/cells.h"
#include "core/error.h"

#include <math.h>

#define N 700

typedef struct {
    double x[N], y[N], z[N];
    guint8 skip[N];
} Points;

static void
make_points(Points *points, double extent)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (gsize i = 0; i < N; i++) {
        points->x[i] = extent * g_rand_double_range(rand, -1, 1);
        points->y[i] = 0.3 * extent * g_rand_double_range(rand, -1, 1);
        points->z[i] = extent * g_rand_double_range(rand, 0, 1);
        points->skip[i] = i % 11 == 3;
    }
    points->x[1] = points->x[0]; // two atoms at one place
    points->y[1] = points->y[0];
    points->z[1] = points->z[0];
}

static double
distance_to(const Points *points, gsize i, LacVec3 p)
{
    double dx = points->x[i] - p.x, dy = points->y[i] - p.y, dz = points->z[i] - p.z;
    return sqrt(dx * dx + dy * dy + dz * dz);
}

static void
check_search(const Points *points, const LacCells *cells, LacVec3 p, double radius)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    gboolean is_found[N] = { FALSE };
    g_assert_cmpuint(lac_cells_find(cells, p, radius, found), ==, found->len);
    for (guint k = 0; k < found->len; k++)
        is_found[g_array_index(found, gsize, k)] = TRUE;
    gsize n = 0, best = G_MAXSIZE;
    for (gsize i = 0; i < N; i++) {
        gboolean near = !points->skip[i] && distance_to(points, i, p) <= radius;
        g_assert_cmpint(is_found[i], ==, near);
        n += near ? 1 : 0;
        if (near && (best == G_MAXSIZE || distance_to(points, i, p) < distance_to(points, best, p)))
            best = i;
    }
    g_assert_cmpuint(found->len, ==, n);
    g_assert_cmpuint(lac_cells_count(cells, p, radius, G_MAXSIZE), ==, n);
    gsize nearest;
    double distance;
    g_assert_cmpint(lac_cells_find_nearest(cells, p, radius, G_MAXSIZE, &nearest, &distance), ==,
        n > 0);
    if (n > 0) {
        g_assert_cmpuint(nearest, ==, best);
        g_assert_cmpfloat_with_epsilon(distance, distance_to(points, best, p), 1e-9);
    }
}

static void
test_search(void)
{
    g_autofree Points *points = g_new0(Points, 1);
    make_points(points, 20.0);
    const double edges[] = { 0.01, 1.0, 3.5, 1000.0 };
    for (gsize e = 0; e < G_N_ELEMENTS(edges); e++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacCells) cells =
            lac_cells_new(points->x, points->y, points->z, points->skip, N, edges[e], &error);
        g_assert_no_error(error);
        for (gsize i = 0; i < N; i += 13)
            for (double radius = 0; radius < 12; radius += 2.9)
                check_search(points, cells,
                    (LacVec3){ points->x[i] + 0.1, points->y[i], points->z[i] }, radius);
        check_search(points, cells, (LacVec3){ 500, 0, 0 }, 10);
        check_search(points, cells, (LacVec3){ 500, 0, 0 }, 900);
    }
}

static void
test_except(void)
{
    g_autofree Points *points = g_new0(Points, 1);
    make_points(points, 20.0);
    g_autoptr(LacCells) cells = lac_cells_new(points->x, points->y, points->z, NULL, N, 3.0, NULL);
    LacVec3 p = { points->x[0], points->y[0], points->z[0] };
    gsize nearest;
    double distance;
    g_assert_true(lac_cells_find_nearest(cells, p, 5, G_MAXSIZE, &nearest, NULL));
    g_assert_cmpuint(nearest, ==, 0);
    g_assert_true(lac_cells_find_nearest(cells, p, 5, 0, &nearest, &distance));
    g_assert_cmpuint(nearest, ==, 1);
    g_assert_cmpfloat(distance, ==, 0.0);
    g_assert_cmpuint(lac_cells_count(cells, p, 0, 0), ==, 1);
}

static void
test_empty_and_hostile(void)
{
    g_autoptr(LacCells) empty = lac_cells_new(NULL, NULL, NULL, NULL, 0, 2.0, NULL);
    g_assert_nonnull(empty);
    g_assert_cmpuint(lac_cells_count(empty, (LacVec3){ 0, 0, 0 }, 1e6, G_MAXSIZE), ==, 0);
    const double hostile[] = { (double) NAN, HUGE_VAL, -1e300, 1e11 };
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GError) error = NULL;
        const double x[2] = { 0, hostile[i] }, y[2] = { 0, 0 }, z[2] = { 0, 0 };
        g_assert_null(lac_cells_new(x, y, z, NULL, 2, 1e-3, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
    // Two atoms a metre apart must not ask for a metre of cells.
    const double x[2] = { -1e10, 1e10 }, y[2] = { 0, 0 }, z[2] = { 0, 0 };
    g_autoptr(LacCells) far = lac_cells_new(x, y, z, NULL, 2, 1e-3, NULL);
    g_assert_cmpuint(lac_cells_count(far, (LacVec3){ 1e10, 0, 0 }, 1.0, G_MAXSIZE), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cells/search", test_search);
    g_test_add_func("/cells/except", test_except);
    g_test_add_func("/cells/empty-and-hostile", test_empty_and_hostile);
    return g_test_run();
}
