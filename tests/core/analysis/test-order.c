// SPDX-License-Identifier: GPL-3.0-or-later
// Order and coordination: the table of perfect structures, invariance, the published glass.
#include "core/analysis/coordination.h"
#include "core/analysis/order.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

typedef struct {
    LacPoints *points;
    LacNeighbours *lists;
    LacOrder *order;
    LacCoordination *coordination;
} Found;

static Found
analyse(const LacAtoms *atoms, double cutoff, guint degrees)
{
    g_autoptr(GError) error = NULL;
    LacOrderParams params;
    lac_order_params_init(&params);
    params.degrees |= degrees;
    Found found = { .points = lac_points_new(atoms, &error) };
    g_assert_no_error(error);
    found.lists = lac_neighbours_new(found.points, cutoff, NULL, &error);
    found.order = lac_order_new(found.points, found.lists, &params, NULL, &error);
    found.coordination = lac_coordination_new(found.points, found.lists, NULL, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static void
found_clear(Found *found)
{
    lac_points_unref(found->points);
    lac_neighbours_unref(found->lists);
    lac_order_unref(found->order);
    lac_coordination_unref(found->coordination);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

typedef struct {
    TestCrystal kind;
    double cutoff; // [nearest distance]
    guint n;
    double q4, q6, w4, w6, scaled;
} Row;

static const Row table[] = {
    { TEST_FCC, 1.2, 12, 0.190941, 0.574524, -0.159317, -0.013161, 1.0 },
    { TEST_HCP, 1.2, 12, 0.097222, 0.484762, 0.134097, -0.012442, 0.8166 },
    { TEST_BCC, 1.4, 14, 0.036370, 0.510688, 0.159317, 0.013161, 0.8457 },
    { TEST_BCC, 1.1, 8, 0.509175, 0.628539, -0.159317, 0.013161, 1.3361 },
    { TEST_SC, 1.2, 6, 0.763763, 0.353553, 0.159317, 0.013161, 1.3901 },
    { TEST_ICOSAHEDRON, 1.02, 12, 0.0, 0.663325, (double) NAN, -0.169754, (double) NAN },
};

static void
test_table(void)
{
    for (gsize k = 0; k < G_N_ELEMENTS(table); k++) {
        const Row *row = &table[k];
        g_autoptr(LacAtoms) atoms = test_crystal_ball(row->kind, 3.0, 10.0);
        gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
        g_auto(Found) found = analyse(atoms, 3.0 * row->cutoff, 0);
        const LacOrder *order = found.order;
        g_assert_cmpuint(found.coordination->cn[c], ==, row->n);
        g_assert_cmpfloat_with_epsilon(order->q[LAC_ORDER_4][c], row->q4, 1e-6);
        g_assert_cmpfloat_with_epsilon(order->q[LAC_ORDER_6][c], row->q6, 1e-6);
        g_assert_cmpfloat_with_epsilon(order->w[LAC_ORDER_6][c], row->w6, 1e-6);
        if (isnan(row->w4)) {
            // Without phases in degree 4 there is no w4.
            g_assert_true(isnan(order->w[LAC_ORDER_4][c]));
            double alone =
                order->q[LAC_ORDER_6][c] / sqrt(0.190941 * 0.190941 + 0.574524 * 0.574524);
            g_assert_cmpfloat_with_epsilon(alone, 1.0956, 5e-5);
            continue;
        }
        g_assert_cmpfloat_with_epsilon(order->w[LAC_ORDER_4][c], row->w4, 1e-6);
        g_assert_cmpfloat_with_epsilon(order->scaled[c], row->scaled, 5e-5);
        if (row->kind != TEST_HCP) // where the harmonics of both kinds of place are not the same
            g_assert_cmpfloat_with_epsilon(order->averaged[LAC_ORDER_6][c], row->q6, 1e-6);
    }
}

// Every degree that is offered, against values of the closed forms of simple cubic: by
// q_l^2 = 1/36 sum P_l(cos) over pairs of the six directions.
static void
test_degrees(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_SC, 3.0, 8.0);
    gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    g_auto(Found) found = analyse(atoms, 3.3, G_MAXUINT);
    const double p0[] = { 3.0 / 8, -5.0 / 16, 35.0 / 128, -63.0 / 256, 231.0 / 1024 }; // P_l(0)
    for (guint d = 0; d < LAC_N_ORDERS; d++) {
        double q = sqrt((6.0 * 2.0 + 6.0 * 4.0 * p0[d]) / 36.0);
        g_assert_cmpfloat_with_epsilon(found.order->q[d][c], q, 1e-14);
        g_assert_false(isnan(found.order->w[d][c]));
    }
    g_auto(Found) usual = analyse(atoms, 3.3, 0);
    g_assert_null(usual.order->q[LAC_ORDER_8]);
}

static void
assert_alike(const double *a, const double *b, const gsize *place, gsize n, double tolerance)
{
    for (gsize i = 0; i < n; i++) {
        double other = b[place != NULL ? place[i] : i];
        g_assert_true(isnan(a[i]) == isnan(other));
        if (!isnan(a[i]))
            g_assert_cmpfloat(fabs(a[i] - other), <=, tolerance);
    }
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 2.8, 12.0);
    test_atoms_shake(atoms, 0.15, 3);
    g_auto(Found) before = analyse(atoms, 3.5, G_MAXUINT);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) turned = test_atoms_permute(atoms, place, 9);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 1, -2, 0.3 }, 77.0);
    test_atoms_transform(turned, &r, (LacVec3){ 10.0, -3.0, 55.0 });
    g_auto(Found) after = analyse(turned, 3.5, G_MAXUINT);
    for (guint d = 0; d < LAC_N_ORDERS; d++) {
        assert_alike(before.order->q[d], after.order->q[d], place, atoms->n, 1e-12);
        assert_alike(before.order->averaged[d], after.order->averaged[d], place, atoms->n, 1e-12);
        assert_alike(before.order->w[d], after.order->w[d], place, atoms->n, 1e-10);
    }
    assert_alike(before.order->scaled, after.order->scaled, place, atoms->n, 1e-12);
    assert_alike(before.coordination->bond, after.coordination->bond, place, atoms->n, 1e-12);
    for (gsize i = 0; i < atoms->n; i++)
        g_assert_cmpuint(before.coordination->cn[i], ==, after.coordination->cn[place[i]]);
    g_assert_cmpfloat_with_epsilon(before.coordination->mean_bond, after.coordination->mean_bond,
        1e-12);
}

static void
test_threads(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 2.8, 20.0);
    test_atoms_shake(atoms, 0.15, 3);
    guint threads = lac_parallel_get_threads();
    g_auto(Found) a = analyse(atoms, 3.5, 0);
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_auto(Found) b = analyse(atoms, 3.5, 0);
    lac_parallel_set_threads(threads);
    g_assert_true(memcmp(a.order->scaled, b.order->scaled, atoms->n * sizeof(double)) == 0);
    g_assert_true(memcmp(a.order->w[0], b.order->w[0], atoms->n * sizeof(double)) == 0);
}

// The order is averaged over the atom itself too, and few neighbours make it large.
static void
test_pitfalls(void)
{
    g_autoptr(LacAtoms) pair = lac_atoms_new(3);
    lac_atoms_add_species(pair, "Zr");
    pair->x[1] = 3.0;
    pair->y[2] = 3.0;
    g_auto(Found) found = analyse(pair, 3.5, 0);
    // Ends have one neighbour: q = 1 for every l; the middle one two at right angles.
    double middle = sqrt((2.0 + 2.0 * 3.0 / 8.0) / 4.0);
    g_assert_cmpfloat_with_epsilon(found.order->q[LAC_ORDER_4][1], 1.0, 1e-14);
    g_assert_cmpfloat_with_epsilon(found.order->q[LAC_ORDER_4][0], middle, 1e-14);
    // Its mean: (q_middle + q_x + q_y) / 3, and q_middle = (q_x + q_y) / 2: 3/2 of it over 3/2.
    g_assert_cmpfloat_with_epsilon(found.order->averaged[LAC_ORDER_4][0], middle, 1e-14);
    // An end: (q_x + (q_x + q_y) / 2) / 2 = (3 q_x + q_y) / 4.
    double end = sqrt((9.0 + 1.0 + 6.0 * 3.0 / 8.0) / 16.0);
    g_assert_cmpfloat_with_epsilon(found.order->averaged[LAC_ORDER_4][1], end, 1e-14);
    g_assert_cmpfloat(found.order->scaled[1], >, 1.5); // and yet no crystal
}

static void
test_few(void)
{
    for (gsize n = 0; n < 2; n++) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 5.0, 1.0, 1);
        g_auto(Found) found = analyse(atoms, 3.5, G_MAXUINT);
        g_assert_true(
            n == 0 ? isnan(found.coordination->mean_cn) : found.coordination->mean_cn == 0.0);
        g_assert_true(isnan(found.coordination->mean_bond));
        if (n == 0)
            continue;
        g_assert_cmpfloat(found.order->scaled[0], ==, 0.0);
        g_assert_cmpfloat(found.order->q[LAC_ORDER_6][0], ==, 0.0);
        g_assert_true(isnan(found.order->w[LAC_ORDER_6][0]));
        g_assert_true(isnan(found.coordination->bond[0]));
    }
}

// Surfaces of a cube of fcc, and a vacancy.
static void
test_coordination(void)
{
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, 3.0, 20.0);
    const double a = 3.0 * sqrt(2.0);
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(ball, ball->n);
    for (gsize i = 0; i < ball->n; i++)
        if (fabs(ball->x[i]) > 2.1 * a || fabs(ball->y[i]) > 2.1 * a || fabs(ball->z[i]) > 2.1 * a)
            atoms->state[i] = LAC_ATOM_DELETED;
    gsize face = test_atoms_nearest(atoms, (LacVec3){ 2.0 * a, 0, 0 });
    gsize vacancy = test_atoms_nearest(atoms, (LacVec3){ 0, 0.5 * a, 0.5 * a });
    gsize beside = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    gsize deep = test_atoms_nearest(atoms, (LacVec3){ 0, -a, -a });
    atoms->state[vacancy] = LAC_ATOM_DELETED;
    g_auto(Found) found = analyse(atoms, 3.6, 0);
    const guint32 *cn = found.coordination->cn, *rank = found.points->rank;
    g_assert_cmpuint(cn[rank[face]], ==, 8);
    g_assert_cmpuint(cn[rank[beside]], ==, 11);
    g_assert_cmpuint(cn[rank[deep]], ==, 12);
    g_assert_cmpfloat_with_epsilon(found.coordination->bond[rank[deep]], 3.0, 1e-12);
    // What is left out changes the averages alone.
    g_autofree guint8 *left_out = g_new(guint8, found.points->n);
    for (gsize p = 0; p < found.points->n; p++)
        left_out[p] = cn[p] < 12;
    g_autoptr(LacCoordination) bulk =
        lac_coordination_new(found.points, found.lists, left_out, NULL, NULL);
    g_assert_cmpfloat(bulk->mean_cn, ==, 12.0);
    g_assert_cmpfloat(lac_coordination_share(bulk, 12), ==, 1.0);
    g_assert_cmpuint(bulk->cn[rank[face]], ==, 8);
    // A (111) surface.
    for (gsize i = 0; i < ball->n; i++)
        atoms->state[i] =
            ball->x[i] + ball->y[i] + ball->z[i] > 0.1 ? LAC_ATOM_DELETED : LAC_ATOM_AUTO;
    g_auto(Found) half = analyse(atoms, 3.6, 0);
    g_assert_cmpuint(half.coordination->cn[half.points->rank[beside]], ==, 9);
}

// One global cut-off takes the second shell of the denser phase for neighbours; one of each phase
// does not.
static void
test_two_passes(void)
{
    g_autoptr(LacAtoms) dense = test_crystal_ball(TEST_FCC, 2.5, 9.0);
    g_autoptr(LacAtoms) both = test_crystal_ball(TEST_FCC, 3.6, 15.0);
    gsize n = both->n;
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(both, n + dense->n);
    for (gsize i = 0; i < dense->n; i++) {
        atoms->x[n + i] = dense->x[i] + 40.0;
        atoms->y[n + i] = dense->y[i];
        atoms->z[n + i] = dense->z[i];
    }
    g_auto(Found) global = analyse(atoms, 4.2, 0);
    gsize c = test_atoms_nearest(atoms, (LacVec3){ 40.0, 0, 0 });
    gsize o = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    g_assert_cmpuint(global.coordination->cn[c], ==, 18);
    g_autofree double *reach = g_new(double, atoms->n);
    for (gsize i = 0; i < atoms->n; i++)
        reach[i] = i < n ? 4.2 : 3.0;
    g_autoptr(LacNeighbours) lists = lac_neighbours_filter(global.lists, reach);
    LacOrderParams params;
    lac_order_params_init(&params);
    g_autoptr(LacOrder) order = lac_order_new(global.points, lists, &params, NULL, NULL);
    g_autoptr(LacCoordination) cn = lac_coordination_new(global.points, lists, NULL, NULL, NULL);
    g_assert_cmpuint(cn->cn[c], ==, 12);
    g_assert_cmpuint(cn->cn[o], ==, 12);
    g_assert_cmpfloat_with_epsilon(order->scaled[c], 1.0, 1e-5);
    g_assert_cmpfloat_with_epsilon(order->scaled[o], 1.0, 1e-5);
    // Symmetric: each pair is in both lists.
    for (gsize i = 0; i < lists->n; i++)
        for (gsize m = lists->begin[i]; m < lists->begin[i + 1]; m++) {
            gsize j = lists->index[m], k = lists->begin[j];
            while (k < lists->begin[j + 1] && lists->index[k] != i)
                k++;
            g_assert_cmpuint(k, <, lists->begin[j + 1]);
        }
}

// Mean numbers per pair of species; ten species and none.
static void
test_species(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_SC, 3.0, 15.0);
    lac_atoms_add_species(atoms, "O");
    for (gsize i = 0; i < atoms->n; i++) {
        double parity = (atoms->x[i] + atoms->y[i] + atoms->z[i]) / 3.0;
        atoms->species[i] = fmod(fabs(rint(parity)), 2.0) == 1.0;
    }
    g_auto(Found) found = analyse(atoms, 3.3, 0);
    const LacCoordinationPair *pairs = found.coordination->pairs;
    g_assert_cmpuint(found.coordination->n_species, ==, 2);
    g_assert_cmpuint(pairs[0].n_bonds, ==, 0);
    g_assert_true(isnan(pairs[0].mean_bond));
    g_assert_cmpuint(pairs[1].n_bonds, ==, pairs[2].n_bonds);
    g_assert_cmpfloat_with_epsilon(pairs[1].mean_bond, 3.0, 1e-12);
    g_assert_cmpuint(pairs[0].n_atoms + pairs[2].n_atoms, ==, atoms->n);
    for (guint s = 2; s < 10; s++)
        lac_atoms_add_species(atoms, g_ascii_dtostr((char[32]){ 0 }, 32, s));
    for (gsize i = 0; i < atoms->n; i++)
        atoms->species[i] = (guint16) (i % 10);
    g_auto(Found) ten = analyse(atoms, 3.3, 0);
    g_assert_cmpuint(ten.coordination->n_species, ==, 10);
    gsize n_bonds = 0;
    for (gsize k = 0; k < 100; k++)
        n_bonds += ten.coordination->pairs[k].n_bonds;
    g_assert_cmpuint(n_bonds, ==, ten.lists->begin[ten.lists->n]);
}

// Numbers of the reference program and of the publication.
static void
test_glass(void)
{
    g_autoptr(LacAtoms) atoms =
        lac_scratch_read_published("metallic-glass/final_atom_coord_inA.mat", 1.0);
    if (atoms == NULL)
        return;
    g_auto(Found) found = analyse(atoms, 3.688, 0);
    const LacOrder *order = found.order;
    g_assert_cmpuint(order->n, ==, 18356);
    g_assert_cmpuint(lac_order_count_below(order, 0.5), ==, 15518);
    const struct {
        gsize i;
        double q4, q6, averaged4, averaged6, scaled, w4, w6;
    } some[] = {
        { 0, 0.16178494335033183, 0.3692190294017918, 0.11769937093364814, 0.31355473588429977,
            0.55319636254485294, -0.0994048733646402, -0.0248272603746796 },
        { 1, 0.20730571776477513, 0.51980639279940244, 0.10447789940841042, 0.40803412723891164,
            0.6957087618721236, -0.093831048253895, -0.0191981124945312 },
        { 100, 0.35524255785894232, 0.5279443840867446, 0.083245786760884136, 0.24345247302467898,
            0.42497865459895584, 0.0727643009874196, -0.0192843228240798 },
        { 9999, 0.23866702591976885, 0.33645618333654354, 0.10280927074712518, 0.20783133383965688,
            0.38298848611368036, 0.00633670201906153, 0.0146994809882069 },
        { 18355, 0.38132078734414931, 0.36317215190330931, 0.13940040252038904, 0.16765557737237671,
            0.36014305804453056, 0.0128015854887097, 0.0443367543004006 },
    };
    for (gsize k = 0; k < G_N_ELEMENTS(some); k++) {
        gsize i = some[k].i;
        g_assert_cmpfloat_with_epsilon(order->q[0][i], some[k].q4, 1e-12);
        g_assert_cmpfloat_with_epsilon(order->q[1][i], some[k].q6, 1e-12);
        g_assert_cmpfloat_with_epsilon(order->averaged[0][i], some[k].averaged4, 1e-12);
        g_assert_cmpfloat_with_epsilon(order->averaged[1][i], some[k].averaged6, 1e-12);
        g_assert_cmpfloat_with_epsilon(order->scaled[i], some[k].scaled, 1e-12);
        g_assert_cmpfloat_with_epsilon(order->w[0][i], some[k].w4, 1e-12);
        g_assert_cmpfloat_with_epsilon(order->w[1][i], some[k].w6, 1e-12);
    }
    // Of all atoms: sums and sums of squares, each of 18 356 terms.
    const struct {
        const double *values;
        double sum, squares;
    } all[] = {
        { order->q[0], 4839.9817289665762, 1410.3204873984441 },
        { order->q[1], 7034.923134933304, 2806.1446713973037 },
        { order->averaged[0], 1776.5064725569132, 197.52758710245223 },
        { order->averaged[1], 3967.574128062658, 935.76968860992076 },
        { order->scaled, 7274.5568289771545, 3091.9101335158757 },
    };
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++) {
        double sum = 0.0, squares = 0.0;
        for (gsize i = 0; i < order->n; i++) {
            sum += all[k].values[i];
            squares += all[k].values[i] * all[k].values[i];
        }
        g_assert_cmpfloat_with_epsilon(sum, all[k].sum, 1e-9);
        g_assert_cmpfloat_with_epsilon(squares, all[k].squares, 1e-9);
    }
    g_assert_cmpfloat_with_epsilon(found.coordination->mean_cn, 9.034865983874482, 1e-12);
    g_assert_cmpfloat_with_epsilon(found.coordination->mean_bond, 2.947706247072725, 1e-12);
}

// A model in voxels is told by its spacing; in Å it has the published neighbours.
static void
test_voxels(void)
{
    g_autoptr(LacAtoms) atoms = lac_scratch_read_published("pdpt-pb/PB.xyz", 1.0);
    if (atoms == NULL)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) voxels = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(voxels->spacing, >, LAC_POINTS_SPACING_MAX);
    LacMat3 one = lac_mat3_identity(), scale = lac_mat3_scale(&one, 0.3434);
    test_atoms_transform(atoms, &scale, (LacVec3){ 0, 0, 0 });
    g_auto(Found) found = analyse(atoms, 3.337, 0);
    g_assert_cmpuint(found.points->n, ==, 12038);
    g_assert_cmpfloat(found.points->spacing, >, LAC_POINTS_SPACING_MIN);
    g_assert_cmpfloat(found.points->spacing, <, LAC_POINTS_SPACING_MAX);
    g_assert_cmpfloat_with_epsilon(lac_coordination_share(found.coordination, 12), 0.7493, 5e-4);
    g_assert_cmpfloat_with_epsilon(found.coordination->mean_bond, 2.7575, 2e-4);
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 10.0);
    g_auto(Found) found = analyse(atoms, 3.5, 0);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_autoptr(GError) error = NULL;
    LacOrderParams params;
    lac_order_params_init(&params);
    g_assert_null(lac_order_new(found.points, found.lists, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/order/table", test_table);
    g_test_add_func("/analysis/order/degrees", test_degrees);
    g_test_add_func("/analysis/order/invariance", test_invariance);
    g_test_add_func("/analysis/order/threads", test_threads);
    g_test_add_func("/analysis/order/pitfalls", test_pitfalls);
    g_test_add_func("/analysis/order/few", test_few);
    g_test_add_func("/analysis/order/coordination", test_coordination);
    g_test_add_func("/analysis/order/two-passes", test_two_passes);
    g_test_add_func("/analysis/order/species", test_species);
    g_test_add_func("/analysis/order/glass", test_glass);
    g_test_add_func("/analysis/order/voxels", test_voxels);
    g_test_add_func("/analysis/order/cancel", test_cancel);
    return g_test_run();
}
