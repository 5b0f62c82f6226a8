// SPDX-License-Identifier: GPL-3.0-or-later
// Voronoi cells: indices and volumes of crystals, cells that fill space, the glass.
#include "core/analysis/voronoi.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacVoronoi *
analyse(const LacAtoms *atoms, double least_area)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacVoronoiParams params;
    lac_voronoi_params_init(&params);
    params.least_area = least_area;
    LacVoronoi *cells = lac_voronoi_new(points, NULL, &params, NULL, &error);
    g_assert_no_error(error);
    return cells;
}

static void
assert_index(const guint8 *a, const guint8 *b)
{
    for (guint k = 0; k < LAC_VORONOI_N_EDGES; k++)
        g_assert_cmpuint(a[k], ==, b[k]);
}

static void
test_crystals(void)
{
    const struct {
        TestCrystal kind;
        guint8 index[4];
        double volume; // of spacing 1
    } all[] = {
        { TEST_FCC, { 0, 12, 0, 0 }, 1.0 / sqrt(2.0) },
        { TEST_BCC, { 0, 6, 0, 8 }, 4.0 / (3.0 * sqrt(3.0)) },
        { TEST_SC, { 0, 6, 0, 0 }, 1.0 },
        { TEST_HCP, { 0, 12, 0, 0 }, 1.0 / sqrt(2.0) },
    };
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++)
        for (guint turn = 0; turn < 4; turn++) {
            g_autoptr(LacAtoms) atoms = test_crystal_ball(all[k].kind, 3.0, 10.0);
            gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
            LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ turn, 1, 0.4 }, 31.0 * turn);
            test_atoms_transform(atoms, &r, (LacVec3){ 40.0 * turn, 3, -7 });
            g_autoptr(LacVoronoi) cells = analyse(atoms, 0.01);
            g_assert_false(cells->is_open[c]);
            assert_index(cells->index[c], all[k].index);
            g_assert_cmpfloat_with_epsilon(cells->volume[c] / 27.0, all[k].volume, 1e-9);
            // Atoms of the surface are open.
            gsize edge = test_atoms_nearest(atoms, lac_mat3_apply(&r, (LacVec3){ 0, 0, 30 }));
            g_assert_true(cells->is_open[edge] || turn > 0);
        }
}

// Small faces that noise adds to bcc and fcc are dropped.
static void
test_small_faces(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 12.0);
    gsize c = test_atoms_nearest(atoms, (LacVec3){ 0, 0, 0 });
    test_atoms_shake(atoms, 0.03, 5);
    g_autoptr(LacVoronoi) all = analyse(atoms, 0.0);
    g_autoptr(LacVoronoi) large = analyse(atoms, 0.01);
    g_assert_cmpuint(all->n_faces[c], >, 12);
    g_assert_cmpuint(large->n_faces[c], ==, 12);
    g_assert_cmpfloat(all->volume[c], ==, large->volume[c]);
}

// Cells fill space: those of a periodic heap, of which the middle is looked at.
static void
test_volume(void)
{
    const gsize n = 60;
    const double edge = 10.0;
    g_autoptr(LacAtoms) one = test_random_atoms(n, edge, 1.2, 21);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(27 * n);
    lac_atoms_add_species(atoms, "Zr");
    for (gsize i = 0; i < 27 * n; i++) {
        gsize image = i / n;
        atoms->x[i] = one->x[i % n] + edge * ((double) (image % 3) - 1.0);
        atoms->y[i] = one->y[i % n] + edge * ((double) (image / 3 % 3) - 1.0);
        atoms->z[i] = one->z[i % n] + edge * ((double) (image / 9) - 1.0);
    }
    g_autoptr(LacVoronoi) cells = analyse(atoms, 0.0);
    double sum = 0.0;
    for (gsize i = 13 * n; i < 14 * n; i++) {
        g_assert_false(cells->is_open[i]);
        sum += cells->volume[i];
        // Euler: of a polyhedron with three faces at each corner.
        const guint8 *index = cells->index[i];
        if (cells->n_faces[i] == index[0] + index[1] + index[2] + index[3])
            g_assert_cmpint(3 * index[0] + 2 * index[1] + index[2], ==, 12);
    }
    g_assert_cmpfloat_with_epsilon(sum / (edge * edge * edge), 1.0, 1e-9);
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_BCC, 2.8, 12.0);
    test_atoms_shake(atoms, 0.2, 3);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) turned = test_atoms_permute(atoms, place, 4);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 2, -1, 0.4 }, 66.0);
    test_atoms_transform(turned, &r, (LacVec3){ -30, 20, 10 });
    g_autoptr(LacVoronoi) a = analyse(atoms, 0.01);
    guint threads = lac_parallel_get_threads();
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_autoptr(LacVoronoi) same = analyse(atoms, 0.01);
    lac_parallel_set_threads(threads);
    g_autoptr(LacVoronoi) b = analyse(turned, 0.01);
    g_assert_true(memcmp(a->index, same->index, a->n * sizeof *a->index) == 0);
    gsize n_compared = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        gsize j = place[i];
        // The cube that a cell is cut out of does not turn: only cells well inside it are the same.
        if (a->is_open[i] || b->is_open[j] || a->volume[i] > 50.0)
            continue;
        n_compared++;
        assert_index(a->index[i], b->index[j]);
        g_assert_cmpfloat_with_epsilon(a->volume[i], b->volume[j], 1e-9);
    }
    g_assert_cmpuint(n_compared, >, atoms->n / 2);
}

static void
test_few(void)
{
    for (gsize n = 0; n < 14; n++) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 8.0, 1.0, 5);
        g_autoptr(LacVoronoi) cells = analyse(atoms, 0.01);
        g_assert_cmpuint(cells->n, ==, n);
        for (gsize i = 0; n < 5 && i < n; i++)
            g_assert_true(cells->is_open[i] && isnan(cells->volume[i]));
        g_assert_true(cells->n_closed > 0 || isnan(cells->mean_faces));
    }
    g_autoptr(LacAtoms) ico = test_crystal_ball(TEST_ICOSAHEDRON, 3.0, 0.0);
    g_autoptr(LacVoronoi) cells = analyse(ico, 0.01);
    const guint8 dodecahedron[] = { 0, 0, 12, 0 };
    assert_index(cells->index[0], dodecahedron);
    g_assert_cmpuint(cells->n_closed, ==, 1);
}

static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(30, 8.0, 1.0, 5);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    LacVoronoiParams params;
    lac_voronoi_params_init(&params);
    params.least_area = (double) NAN;
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_voronoi_new(points, NULL, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    lac_voronoi_params_init(&params);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_assert_null(lac_voronoi_new(points, NULL, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_glass(void)
{
    g_autoptr(LacAtoms) atoms =
        lac_scratch_read_published("metallic-glass/final_atom_coord_inA.mat", 1.0);
    if (atoms == NULL)
        return;
    g_autoptr(LacVoronoi) cells = analyse(atoms, 0.01);
    double all = 0.0;
    for (gsize i = 0; i < cells->n; i++)
        if (!cells->is_open[i])
            all += (double) cells->n_faces[i] / (double) cells->n_closed;
    // The published mean counts the faces of three to six edges of all closed cells: 11.255.
    g_test_message("%zu closed cells of %zu, mean faces %.3f, in the index %.3f", cells->n_closed,
        cells->n, all, cells->mean_faces);
    g_assert_cmpfloat_with_epsilon(cells->mean_faces, 11.255, 0.005);
    g_assert_cmpuint(cells->n_closed, >, 17900);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/voronoi/crystals", test_crystals);
    g_test_add_func("/analysis/voronoi/small-faces", test_small_faces);
    g_test_add_func("/analysis/voronoi/volume", test_volume);
    g_test_add_func("/analysis/voronoi/invariance", test_invariance);
    g_test_add_func("/analysis/voronoi/few", test_few);
    g_test_add_func("/analysis/voronoi/refused", test_refused);
    g_test_add_func("/analysis/voronoi/glass", test_glass);
    return g_test_run();
}
