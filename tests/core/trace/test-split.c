// SPDX-License-Identifier: GPL-3.0-or-later
// Two atoms in one peak are told apart; one atom is not.
#include "core/error.h"
#include "core/trace/split.h"

#include <math.h>

#define EDGE  32
#define VOXEL 0.4 // [Å]
#define SIGMA 0.65

static LacVolume *
draw(const LacVec3 *places, const double *heights, guint n, double background)
{
    LacVolume *v = lac_volume_new(EDGE, EDGE, EDGE, VOXEL, NULL);
    for (gsize i = 0; i < EDGE * EDGE * EDGE; i++) {
        double x = VOXEL * ((double) (i % EDGE) - EDGE / 2);
        double y = VOXEL * ((double) (i / EDGE % EDGE) - EDGE / 2);
        double z = VOXEL * ((double) (i / EDGE / EDGE) - EDGE / 2);
        double sum = background;
        for (guint k = 0; k < n; k++) {
            double dx = x - places[k].x, dy = y - places[k].y, dz = z - places[k].z;
            sum += heights[k] * exp(-0.5 * (dx * dx + dy * dy + dz * dz) / (SIGMA * SIGMA));
        }
        v->data[i] = (float) sum;
    }
    return v;
}

static double
distance(LacVec3 a, LacVec3 b)
{
    return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

static void
test_two(void)
{
    g_autoptr(GError) error = NULL;
    const LacVec3 places[2] = { { 0.75, 0.3, -0.5 }, { -0.2, -0.35, 0.15 } };
    const double heights[2] = { 1.0, 0.6 };
    g_autoptr(LacVolume) v = draw(places, heights, 2, 0.1);
    LacSplit split;
    g_assert_true(lac_split_peak(v, (LacVec3){ 0.3, 0.0, -0.2 }, SIGMA, &split, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(distance(split.a, places[0]), <, 1e-3);
    g_assert_cmpfloat(distance(split.b, places[1]), <, 1e-3);
    g_assert_cmpfloat(fabs(split.height_b - 0.6), <, 1e-3);
    g_assert_cmpfloat(fabs(split.distance - distance(places[0], places[1])), <, 1e-3);
    g_assert_cmpfloat(split.misfit_two, <, 0.1 * split.misfit_one);
}

static void
test_one(void)
{
    g_autoptr(GError) error = NULL;
    const LacVec3 place = { 0.1, -0.2, 0.05 };
    const double height = 2.0;
    g_autoptr(LacVolume) v = draw(&place, &height, 1, 0.0);
    LacSplit split;
    g_assert_false(lac_split_peak(v, place, SIGMA, &split, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_split_peak(v, (LacVec3){ 100, 0, 0 }, SIGMA, &split, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_split_peak(v, place, 0.0, &split, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_merge(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(3);
    for (gsize i = 0; i < 3; i++)
        atoms->x[i] = (double) i;
    const gsize pair[2] = { 1, 2 };
    LacVec3 place;
    g_assert_true(lac_merge_place(atoms, pair, 2, &place, &error));
    g_assert_cmpfloat(fabs(place.x - 1.5), <, 1e-12);
    double *intensity = lac_atoms_add_column(atoms, LAC_COLUMN_INTENSITY);
    intensity[1] = 3.0;
    intensity[2] = 1.0;
    g_assert_true(lac_merge_place(atoms, pair, 2, &place, &error));
    g_assert_cmpfloat(fabs(place.x - 1.25), <, 1e-12);
    g_assert_false(lac_merge_place(atoms, pair, 1, &place, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/split/two", test_two);
    g_test_add_func("/split/one", test_one);
    g_test_add_func("/split/merge", test_merge);
    return g_test_run();
}
