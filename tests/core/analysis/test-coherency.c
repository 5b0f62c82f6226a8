// SPDX-License-Identifier: GPL-3.0-or-later
// Joined crystals of known misfit, and the wedge between twins of metal and oxide.
#include "core/analysis/coherency.h"
#include "core/error.h"
#include "core/rng.h"

#include <math.h>

#define LATTICE 4.6 // [Å]

#define HALF_ROOT 0.70710678118654752

static const LacVec3 NORMAL = { 0.57735026918962576, 0.57735026918962576, 0.57735026918962576 };

static LacCoherencyCrystal
make_crystal(double a, const LacMat3 *turn)
{
    LacCoherencyCrystal crystal = { .spacing = a * HALF_ROOT };
    LacMat3 cell = lac_mat3_scale(turn, a);
    crystal.cell = cell;
    return crystal;
}

// Atoms of an fcc crystal between two heights over (111), within a radius of the normal.
static GArray *
make_slab(double a, double low, double high, double radius, double noise)
{
    static const double sites[4][3] = { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 },
        { 0, 0.5, 0.5 } };
    GArray *atoms = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    guint64 count = 0;
    for (int x = -16; x < 16; x++)
        for (int y = -16; y < 16; y++)
            for (int z = -16; z < 16; z++)
                for (int s = 0; s < 4; s++) {
                    LacVec3 p = { a * (x + sites[s][0]), a * (y + sites[s][1]),
                        a * (z + sites[s][2]) };
                    double height = lac_vec3_dot(p, NORMAL);
                    LacVec3 flat = lac_vec3_add_scaled(p, -height, NORMAL);
                    if (height < low || height >= high || lac_vec3_norm(flat) > radius)
                        continue;
                    p.x += noise * lac_rng_normal(11, count++);
                    p.y += noise * lac_rng_normal(11, count++);
                    p.z += noise * lac_rng_normal(11, count++);
                    g_array_append_val(atoms, p);
                }
    return atoms;
}

static LacCoherencyPatch *
join(double misfit, double noise)
{
    g_autoptr(GError) error = NULL;
    LacMat3 same = lac_mat3_identity();
    double a_oxide = LATTICE * (1.0 + misfit);
    LacCoherencyCrystal metal = make_crystal(LATTICE, &same);
    LacCoherencyCrystal oxide = make_crystal(a_oxide, &same);
    g_autoptr(GArray) layer = make_slab(a_oxide, 0.1, 0.1 + a_oxide / sqrt(3.0), 32.0, noise);
    g_autoptr(GArray) inside = make_slab(LATTICE, -14.0, -6.0, 14.0, noise);
    LacCoherencyParams params;
    lac_coherency_params_init(&params);
    LacCoherencyPatch *patch = lac_coherency_patch_new(&metal, &oxide, NORMAL,
        (const LacVec3 *) (gconstpointer) layer->data, layer->len,
        (const LacVec3 *) (gconstpointer) inside->data, inside->len, &params, &error);
    g_assert_no_error(error);
    return patch;
}

static void
test_series(void)
{
    const struct {
        double misfit, spacing, local;
        LacCoherencyClass word;
    } rows[] = {
        { 0.0, (double) INFINITY, 1.00, LAC_COHERENCY_COHERENT },
        { 0.02, 143.7, 0.99, LAC_COHERENCY_COHERENT },
        { 0.05, 59.2, 0.94, LAC_COHERENCY_SEMICOHERENT },
        { 0.106, 29.4, 0.86, LAC_COHERENCY_SEMICOHERENT },
        { 0.20, 16.9, 0.56, LAC_COHERENCY_INCOHERENT },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(LacCoherencyPatch) patch = join(rows[i].misfit, 0.0);
        g_test_message("misfit %g: D %.1f Å, local %.3f, %s", rows[i].misfit, patch->spacing,
            patch->local, lac_coherency_get_word(patch->word));
        if (isinf(rows[i].spacing))
            g_assert_cmpfloat(patch->spacing, >, 1e6);
        else
            g_assert_cmpfloat(fabs(patch->spacing / rows[i].spacing - 1.0), <, 0.02);
        g_assert_cmpint(patch->word, ==, rows[i].word);
        g_assert_cmpfloat(fabs(patch->local - rows[i].local), <, 0.08);
    }
}

// Noise of positions lowers the bare order and leaves the corrected one.
static void
test_noise(void)
{
    g_autoptr(LacCoherencyPatch) clean = join(0.02, 0.0);
    g_autoptr(LacCoherencyPatch) noisy = join(0.02, 0.2);
    const LacPlaneOrder *order = &g_array_index(noisy->orders, LacPlaneOrder, 0);
    g_assert_cmpfloat(order->noise, <, 0.92);
    g_assert_cmpfloat(fabs(noisy->local - clean->local), <, 0.06);
    g_assert_cmpfloat(order->local * order->noise, <, 0.93);
}

// (-1-11) of the metal and (002) of its twin enclose 70.53 - 54.74 degrees.
static void
test_wedge(void)
{
    LacMat3 same = lac_mat3_identity(), twin = lac_rotation_from_axis_deg(NORMAL, 180.0);
    LacCoherencyCrystal metal = make_crystal(LATTICE, &same), oxide = make_crystal(5.09, &twin);
    LacCoherencyParams params;
    lac_coherency_params_init(&params);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacCoherencyPatch) patch =
        lac_coherency_patch_new(&metal, &oxide, NORMAL, NULL, 0, NULL, 0, &params, &error);
    g_assert_no_error(error);
    guint n_found = 0;
    for (guint i = 0; i < patch->matches->len; i++) {
        const LacPlaneMatch *match = &g_array_index(patch->matches, LacPlaneMatch, i);
        int m = 0, o = 0;
        for (int d = 0; d < 3; d++) {
            m += match->metal[d] * match->metal[d];
            o += match->oxide[d] * match->oxide[d];
        }
        if (m != 3 || o != 4)
            continue;
        n_found++;
        g_assert_cmpfloat(fabs(match->angle - 15.79317), <, 1e-4);
        g_assert_cmpfloat(fabs(fabs(match->bending) - 15.79317), <, 1e-4);
        g_assert_cmpfloat(fabs(match->twisting), <, 1e-6);
        g_assert_cmpfloat(fabs(match->misfit + 0.0426), <, 1e-3);
    }
    g_assert_cmpuint(n_found, ==, 3);
    g_assert_true(isnan(patch->local));
    g_assert_cmpint(patch->word, ==,
        LAC_COHERENCY_INCOHERENT); // without atoms there is no register
}

// A turn about the normal is twisting and no bending.
static void
test_twist(void)
{
    LacMat3 same = lac_mat3_identity(), turned = lac_rotation_from_axis_deg(NORMAL, 4.0);
    LacCoherencyCrystal metal = make_crystal(LATTICE, &same), oxide = make_crystal(4.7, &turned);
    LacCoherencyParams params;
    lac_coherency_params_init(&params);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacCoherencyPatch) patch =
        lac_coherency_patch_new(&metal, &oxide, NORMAL, NULL, 0, NULL, 0, &params, &error);
    g_assert_no_error(error);
    const LacPlaneMatch *match = &g_array_index(patch->matches, LacPlaneMatch, 0);
    g_assert_cmpfloat(fabs(match->twisting - 4.0), <, 1e-6);
    g_assert_cmpfloat(fabs(match->bending), <, 1e-6);
}

static void
test_misfit_rule(void)
{
    LacMat3 same = lac_mat3_identity();
    LacCoherencyCrystal metal = make_crystal(LATTICE, &same), oxide = make_crystal(5.09, &same);
    LacCoherencyParams params;
    lac_coherency_params_init(&params);
    params.rule = LAC_COHERENCY_BY_MISFIT;
    g_autoptr(LacCoherencyPatch) patch =
        lac_coherency_patch_new(&metal, &oxide, NORMAL, NULL, 0, NULL, 0, &params, NULL);
    g_assert_cmpint(patch->word, ==, LAC_COHERENCY_SEMICOHERENT); // misfit alone would say so
    g_autoptr(GError) error = NULL;
    metal.cell.m[0][0] = metal.cell.m[1][1] = metal.cell.m[2][2] = 0.0;
    g_assert_null(
        lac_coherency_patch_new(&metal, &oxide, NORMAL, NULL, 0, NULL, 0, &params, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED);
}

// Planes that are turned by 8 degrees above the interface are found turned there.
static void
test_bending(void)
{
    LacMat3 same = lac_mat3_identity();
    LacCoherencyCrystal metal = make_crystal(LATTICE, &same);
    LacMat3 bend = lac_rotation_from_axis_deg((LacVec3){ 1.0, -1.0, 0.0 }, 8.0);
    g_autoptr(GArray) atoms = make_slab(LATTICE, -8.0, 8.0, 14.0, 0.1);
    g_autofree double *s = g_new(double, atoms->len);
    for (guint i = 0; i < atoms->len; i++) {
        LacVec3 *p = &g_array_index(atoms, LacVec3, i);
        s[i] = lac_vec3_dot(*p, NORMAL);
        if (s[i] >= 0.0)
            *p = lac_mat3_apply(&bend, *p);
    }
    const int index[3] = { -1, -1, 1 };
    g_autoptr(GArray) slabs = lac_bending_profile((const LacVec3 *) (gconstpointer) atoms->data, s,
        atoms->len, lac_coherency_plane(&metal, index), -8.0, 8.0, 4.0);
    g_assert_cmpuint(slabs->len, ==, 4);
    for (guint k = 0; k < 4; k++) {
        const LacBendingSlab *slab = &g_array_index(slabs, LacBendingSlab, k);
        g_test_message("s %g: %.2f°, d %.3f, order %.2f", slab->s, slab->angle, slab->spacing,
            slab->order);
        g_assert_cmpfloat(fabs(slab->angle - (k < 2 ? 0.0 : 8.0)), <, 1.0);
        g_assert_cmpfloat(fabs(slab->spacing - LATTICE / sqrt(3.0)), <, 0.05);
    }
    g_autoptr(GArray) none = lac_bending_profile(NULL, NULL, 0, NORMAL, -4.0, 4.0, 2.0);
    for (guint k = 0; k < none->len; k++)
        g_assert_true(isnan(g_array_index(none, LacBendingSlab, k).angle));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/coherency/series", test_series);
    g_test_add_func("/coherency/noise", test_noise);
    g_test_add_func("/coherency/wedge", test_wedge);
    g_test_add_func("/coherency/twist", test_twist);
    g_test_add_func("/coherency/misfit-rule", test_misfit_rule);
    g_test_add_func("/coherency/bending", test_bending);
    return g_test_run();
}
