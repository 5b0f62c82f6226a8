// SPDX-License-Identifier: GPL-3.0-or-later
// Five-fold axes: of a decahedron that is made, of a published one, and none where there is none.
#include "core/analysis/fivefold.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <math.h>

static GArray *
find_axes(const LacAtoms *atoms, gsize *n_grains)
{
    g_autoptr(GError) error = NULL;
    LacTemplateParams template_params;
    LacGrainParams grain_params;
    lac_template_params_init(&template_params);
    lac_grain_params_init(&grain_params);
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    g_autoptr(LacTemplates) templates = lac_templates_new(points, &template_params, NULL, &error);
    g_autoptr(LacNeighbours) lists =
        lac_neighbours_new(points, points->n > 1 ? 1.22 * points->spacing : 3.3, NULL, &error);
    g_autoptr(LacGrains) grains = lac_grains_new(templates, lists, &grain_params, NULL, &error);
    g_assert_no_error(error);
    *n_grains = grains->n_grains;
    GArray *axes = lac_fivefold_find(points, grains, &error);
    g_assert_no_error(error);
    return axes;
}

// Five wedges of fcc about a common <110>, each opened from 70.53 to 72 degrees.
static LacAtoms *
make_decahedron(double spacing, double radius)
{
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, spacing, radius);
    const double wedge = acos(1.0 / 3.0);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (int g = 0; g < 5; g++)
        for (gsize i = 0; i < ball->n; i++) {
            // Along [1 -1 0], and across it: [0 0 1] halves the wedge of two {111}.
            double along = (ball->x[i] - ball->y[i]) * sqrt(0.5);
            double u = ball->z[i], v = (ball->x[i] + ball->y[i]) * sqrt(0.5);
            double r = hypot(u, v), angle = atan2(u, v); // {111} at +- 35.26 degrees from [110]
            if (g > 0 && r < 1e-6)
                continue; // the axis itself, once
            if (r > 1e-6 && (angle < -0.5 * wedge - 1e-6 || angle > 0.5 * wedge - 1e-6))
                continue; // each twin plane once
            double turned = angle * (0.4 * G_PI / wedge) + 0.4 * G_PI * g;
            LacVec3 p = { r * cos(turned), r * sin(turned), along };
            g_array_append_val(all, p);
        }
    LacAtoms *atoms = lac_atoms_new(all->len);
    lac_atoms_add_species(atoms, "Pd");
    for (guint i = 0; i < all->len; i++) {
        LacVec3 p = g_array_index(all, LacVec3, i);
        atoms->x[i] = p.x;
        atoms->y[i] = p.y;
        atoms->z[i] = p.z;
    }
    return atoms;
}

static void
test_decahedron(void)
{
    g_autoptr(LacAtoms) atoms = make_decahedron(2.75, 20.0);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 1, 2, 3 }, 40.0);
    test_atoms_transform(atoms, &r, (LacVec3){ 10, -5, 7 });
    gsize n_grains;
    g_autoptr(GArray) axes = find_axes(atoms, &n_grains);
    g_assert_cmpuint(axes->len, ==, 1);
    const LacFivefold *axis = &g_array_index(axes, LacFivefold, 0);
    LacVec3 want = lac_mat3_apply(&r, (LacVec3){ 0, 0, 1 });
    g_test_message("%zu grains, %zu atoms along %.1f Å, off %.2f°", n_grains, axis->n_points,
        axis->length, axis->deviation_deg);
    g_assert_cmpfloat(fabs(lac_vec3_dot(axis->direction, want)), >, cos(1.0 * G_PI / 180.0));
    LacVec3 d = lac_vec3_subtract(axis->position, (LacVec3){ 10, -5, 7 });
    LacVec3 off = lac_vec3_add_scaled(d, -lac_vec3_dot(d, want), want);
    g_assert_cmpfloat(lac_vec3_norm(off), <, 0.5);
    g_assert_cmpfloat(axis->length, >, 20.0);
    // Each grain is a twin of the next: the ring is closed and has no grain twice.
    for (guint k = 0; k < LAC_FIVEFOLD_N; k++)
        for (guint m = 0; m < k; m++)
            g_assert_cmpuint(axis->grains[k], !=, axis->grains[m]);
}

static void
test_none(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 2.75, 12.0);
    gsize n_grains;
    g_autoptr(GArray) axes = find_axes(atoms, &n_grains);
    g_assert_cmpuint(n_grains, ==, 1);
    g_assert_cmpuint(axes->len, ==, 0);
    g_autoptr(LacAtoms) nothing = lac_atoms_new(0);
    g_autoptr(GArray) none = find_axes(nothing, &n_grains);
    g_assert_cmpuint(none->len, ==, 0);
}

static void
test_published(void)
{
    g_autoptr(LacAtoms) atoms = lac_scratch_read_published("pdpt-pb/PB.xyz", 0.3434);
    if (atoms == NULL)
        return;
    gsize n_grains;
    g_autoptr(GArray) axes = find_axes(atoms, &n_grains);
    g_assert_cmpuint(axes->len, ==, 1); // a decahedron
    const LacFivefold *axis = &g_array_index(axes, LacFivefold, 0);
    g_test_message("%zu atoms along %.1f Å, off %.2f°", axis->n_points, axis->length,
        axis->deviation_deg);
    g_assert_cmpfloat(axis->deviation_deg, <, 2.0);
    g_assert_cmpfloat(axis->length, >, 30.0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/fivefold/decahedron", test_decahedron);
    g_test_add_func("/analysis/fivefold/none", test_none);
    g_test_add_func("/analysis/fivefold/published", test_published);
    return g_test_run();
}
