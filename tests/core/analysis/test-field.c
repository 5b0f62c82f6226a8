// SPDX-License-Identifier: GPL-3.0-or-later
// Fields on a grid against searches through everything.
#include "core/analysis/field.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "tests/support/crystal.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacPoints *
make_points(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(60, 14, 1.5, 3);
    g_autoptr(GError) error = NULL;
    LacPoints *points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    return points;
}

static LacGrid
make_grid(const LacPoints *points, double step, double padding)
{
    LacGrid grid;
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_grid_fit(&grid, points, step, padding, 1 << 24, &error));
    g_assert_no_error(error);
    return grid;
}

static double
distance_between(LacVec3 a, LacVec3 b)
{
    return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

static void
test_grid(void)
{
    g_autoptr(LacPoints) points = make_points();
    LacGrid grid = make_grid(points, 0.5, 3);
    gsize n = lac_grid_count(&grid);
    LacVec3 last = lac_grid_node_at(&grid, n - 1);
    for (gsize i = 0; i < points->n; i++) {
        g_assert_cmpfloat(points->x[i] - grid.origin.x, >=, 3);
        g_assert_cmpfloat(last.z - points->z[i], >=, 3);
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        LacVec3 node = lac_grid_node_at(&grid, lac_grid_nearest(&grid, p));
        g_assert_cmpfloat(distance_between(p, node), <=, 0.5 * sqrt(0.75) + 1e-9);
    }
    // A linear field is looked up exactly, and so is its gradient.
    g_autofree float *field = g_new(float, n);
    for (gsize i = 0; i < n; i++) {
        LacVec3 p = lac_grid_node_at(&grid, i);
        field[i] = (float) (p.x - 2 * p.y + 0.5 * p.z);
    }
    LacVec3 p = { 1.23, 0.77, -0.41 };
    g_assert_cmpfloat_with_epsilon(lac_grid_sample(&grid, field, p), 1.23 - 1.54 - 0.205, 1e-5);
    LacVec3 gradient = lac_grid_gradient(&grid, field, p);
    g_assert_cmpfloat_with_epsilon(gradient.x, 1, 1e-5);
    g_assert_cmpfloat_with_epsilon(gradient.y, -2, 1e-5);
    g_assert_cmpfloat_with_epsilon(gradient.z, 0.5, 1e-5);
    // Around a point, also in the first and the last cell, lies what lies at each place.
    for (gsize i = 0; i < n; i++)
        field[i] = (float) (i * 7919 % 101);
    LacVec3 first = grid.origin;
    const LacVec3 places[] = { p, { first.x + 0.1, first.y + 0.2, first.z + 0.3 },
        { last.x - 0.1, last.y - 0.2, last.z - 0.3 }, first, last };
    for (gsize k = 0; k < G_N_ELEMENTS(places); k++) {
        double around[3][3][3];
        lac_grid_sample_around(&grid, field, places[k], around);
        for (int i = 0; i < 27; i++) {
            LacVec3 q = { places[k].x + grid.step * (i % 3 - 1),
                places[k].y + grid.step * (i / 3 % 3 - 1), places[k].z + grid.step * (i / 9 - 1) };
            g_assert_cmpfloat_with_epsilon(around[i / 9][i / 3 % 3][i % 3],
                lac_grid_sample(&grid, field, q), 1e-6);
        }
    }
}

static void
test_grid_size(void)
{
    g_autoptr(LacPoints) points = make_points();
    LacGrid fine = make_grid(points, 0.25, 3), coarse;
    g_autoptr(GError) error = NULL;
    gsize most = lac_grid_count(&fine) / 3;
    g_assert_true(lac_grid_fit(&coarse, points, 0.25, 3, most, &error));
    g_assert_cmpuint(lac_grid_count(&coarse), <=, most);
    g_assert_cmpfloat(coarse.step, >, 0.25);
    g_assert_cmpfloat(coarse.step, <, 0.25 * 1.6);
    g_assert_false(lac_grid_fit(&coarse, points, 0.25, 3, 100, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
}

static void
test_distance_to_points(void)
{
    g_autoptr(LacPoints) points = make_points();
    LacGrid grid = make_grid(points, 0.7, 9);
    gsize n = lac_grid_count(&grid);
    g_autofree float *distance = g_new(float, n), *again = g_new(float, n);
    g_autoptr(GError) error = NULL;
    lac_parallel_set_threads(1);
    g_assert_true(lac_field_distance_to_points(&grid, points, HUGE_VAL, distance, NULL, &error));
    for (gsize k = 0; k < n; k += 7) {
        double best = HUGE_VAL;
        for (gsize i = 0; i < points->n; i++) {
            LacVec3 p = { points->x[i], points->y[i], points->z[i] };
            best = fmin(best, distance_between(p, lac_grid_node_at(&grid, k)));
        }
        g_assert_cmpfloat_with_epsilon((double) distance[k], best, 1e-5);
    }
    lac_parallel_set_threads(5);
    g_assert_true(lac_field_distance_to_points(&grid, points, HUGE_VAL, again, NULL, &error));
    g_assert_true(memcmp(distance, again, n * sizeof(float)) == 0);
    lac_parallel_set_threads(0);
    // Up to a limit the same, and beyond it no shorter than that.
    gsize n_beyond = 0;
    g_assert_true(lac_field_distance_to_points(&grid, points, 3.0, again, NULL, &error));
    for (gsize k = 0; k < n; k++) {
        if (distance[k] <= 3.0f)
            g_assert_cmpfloat(again[k], ==, distance[k]);
        g_assert_cmpfloat(again[k], <=, distance[k]);
        n_beyond += again[k] > 3.0f;
    }
    g_assert_cmpuint(n_beyond, >, n / 4);
    for (gsize k = 0; k < n; k++)
        g_assert_true((again[k] > 3.0f) == (distance[k] > 3.0f));
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 1);
    g_assert_false(lac_field_distance_to_points(&grid, points, HUGE_VAL, again, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_power_distance(void)
{
    LacGrid grid = { .step = 0.5, .nx = 19, .ny = 14, .nz = 23 };
    gsize n = lac_grid_count(&grid);
    g_autofree float *field = g_new(float, n), *weights = g_new(float, n);
    for (gsize i = 0; i < n; i++) {
        gboolean is_centre = lac_rng_uniform(5, i) < 0.02;
        weights[i] = is_centre ? (float) -lac_rng_uniform(6, i) * 9 : LAC_FIELD_NOWHERE;
    }
    g_autoptr(GError) error = NULL;
    memcpy(field, weights, n * sizeof *field);
    g_assert_true(lac_field_power_distance(&grid, field, HUGE_VAL, NULL, &error));
    for (gsize k = 0; k < n; k++) {
        double best = HUGE_VAL;
        for (gsize i = 0; i < n; i++) {
            double d = distance_between(lac_grid_node_at(&grid, k), lac_grid_node_at(&grid, i));
            best = fmin(best, (double) weights[i] + d * d);
        }
        g_assert_cmpfloat_with_epsilon((double) field[k], best, 1e-4);
    }
    // A bounded reach is exact wherever the centre that wins lies within it.
    g_autofree float *near = g_memdup2(weights, n * sizeof *near);
    g_assert_true(lac_field_power_distance(&grid, near, 3.0, NULL, &error));
    for (gsize k = 0; k < n; k++)
        if (field[k] < 0)
            g_assert_cmpfloat(near[k], ==, field[k]);
}

static void
test_distance_to_mask(void)
{
    LacGrid grid = { .step = 0.3, .nx = 12, .ny = 21, .nz = 17 };
    gsize n = lac_grid_count(&grid);
    g_autofree guint8 *mask = g_new0(guint8, n);
    g_autofree float *distance = g_new(float, n);
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_field_distance_to_mask(&grid, mask, 1, distance, NULL, &error));
    g_assert_cmpfloat((double) distance[0], >, 1e5);
    for (gsize i = 0; i < n; i++)
        mask[i] = lac_rng_uniform(8, i) < 0.01;
    g_assert_true(lac_field_distance_to_mask(&grid, mask, 1, distance, NULL, &error));
    for (gsize k = 0; k < n; k += 3) {
        double best = HUGE_VAL;
        for (gsize i = 0; i < n; i++)
            if (mask[i])
                best = fmin(best,
                    distance_between(lac_grid_node_at(&grid, k), lac_grid_node_at(&grid, i)));
        g_assert_cmpfloat_with_epsilon((double) distance[k], best, 1e-4);
    }
}

// Floods from each node not yet reached.
static guint32
flood(const LacGrid *grid, const guint8 *mask, gboolean diagonal, guint32 *label)
{
    guint32 n_labels = 0;
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize start = 0; start < lac_grid_count(grid); start++) {
        if (!mask[start] || label[start] != 0)
            continue;
        label[start] = ++n_labels;
        g_array_append_val(stack, start);
        while (stack->len > 0) {
            gsize at = g_array_index(stack, gsize, stack->len - 1);
            g_array_set_size(stack, stack->len - 1);
            int x = (int) (at % grid->nx), y = (int) (at / grid->nx % grid->ny);
            int z = (int) (at / grid->nx / grid->ny);
            for (int k = 0; k < 27; k++) {
                int dx = k % 3 - 1, dy = k / 3 % 3 - 1, dz = k / 9 - 1;
                if (!diagonal && ABS(dx) + ABS(dy) + ABS(dz) != 1)
                    continue;
                int jx = x + dx, jy = y + dy, jz = z + dz;
                if (jx < 0 || jy < 0 || jz < 0 || jx >= (int) grid->nx || jy >= (int) grid->ny ||
                    jz >= (int) grid->nz)
                    continue;
                gsize to = ((gsize) jz * grid->ny + (gsize) jy) * grid->nx + (gsize) jx;
                if (mask[to] && label[to] == 0) {
                    label[to] = n_labels;
                    g_array_append_val(stack, to);
                }
            }
        }
    }
    return n_labels;
}

static void
check_components(double share, gboolean diagonal)
{
    LacGrid grid = { .step = 1, .nx = 15, .ny = 11, .nz = 13 };
    gsize n = lac_grid_count(&grid), n_seen = 0;
    g_autofree guint8 *mask = g_new0(guint8, n);
    g_autofree guint32 *label = g_new0(guint32, n);
    for (gsize i = 0; i < n; i++)
        mask[i] = lac_rng_uniform(11, i) < share;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFieldComponents) parts =
        lac_field_components_new(&grid, mask, diagonal, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(parts->n_components, ==, flood(&grid, mask, diagonal, label));
    g_autofree gsize *sizes = g_new0(gsize, parts->n_components);
    for (gsize r = 0; r < parts->n_runs; r++) {
        const LacFieldRun *run = &parts->runs[r];
        for (gsize x = run->begin; x < run->end; x++, n_seen++) {
            gsize at = ((gsize) run->z * grid.ny + run->y) * grid.nx + x;
            g_assert_cmpuint(label[at], ==, run->component + 1);
            sizes[run->component]++;
        }
    }
    for (gsize i = 0; i < n; i++)
        n_seen -= mask[i];
    g_assert_cmpuint(n_seen, ==, 0);
    g_assert_true(memcmp(sizes, parts->sizes, parts->n_components * sizeof *sizes) == 0);
}

static void
test_components(void)
{
    for (int k = 1; k < 10; k++) {
        check_components(0.1 * k, FALSE);
        check_components(0.1 * k, TRUE);
    }
}

static void
test_smooth(void)
{
    LacGrid grid = { .origin = { -8, -7, -9 }, .step = 0.5, .nx = 33, .ny = 30, .nz = 38 };
    gsize n = lac_grid_count(&grid);
    g_autofree float *field = g_new0(float, n);
    g_autoptr(GError) error = NULL;
    LacVec3 at = { 0.13, -0.21, 0.4 };
    lac_field_splat(&grid, at, 2, field);
    lac_field_splat(&grid, (LacVec3){ 100, 0, 0 }, 5, field); // outside: nothing
    g_assert_true(lac_field_smooth(&grid, 1.5, field, NULL, &error));
    double sum = 0;
    for (gsize i = 0; i < n; i++)
        sum += (double) field[i];
    g_assert_cmpfloat_with_epsilon(sum, 2, 2e-3);
    // The shares of eight nodes widen the Gaussian by about step^2 / 6.
    double s2 = 1.5 * 1.5 + 0.25 / 6, peak = 2 * 0.125 / pow(2 * G_PI * s2, 1.5);
    for (gsize i = 0; i < n; i += 101) {
        double d = distance_between(lac_grid_node_at(&grid, i), at);
        g_assert_cmpfloat_with_epsilon((double) field[i], peak * exp(-d * d / (2 * s2)),
            0.01 * peak);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/field/grid", test_grid);
    g_test_add_func("/field/grid-size", test_grid_size);
    g_test_add_func("/field/distance-to-points", test_distance_to_points);
    g_test_add_func("/field/power-distance", test_power_distance);
    g_test_add_func("/field/distance-to-mask", test_distance_to_mask);
    g_test_add_func("/field/components", test_components);
    g_test_add_func("/field/smooth", test_smooth);
    return g_test_run();
}
