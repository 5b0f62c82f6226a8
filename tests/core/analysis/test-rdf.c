// SPDX-License-Identifier: GPL-3.0-or-later
// g(r): balls of crystal whose first shell has twelve atoms, curves with known minima, the glass.
#include "core/analysis/hull.h"
#include "core/analysis/rdf.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/matrix.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

// The hull of a particle as the mask; @inside belongs to @hull.
static LacRdfMask
make_mask(const LacAtoms *atoms, LacHull **hull)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacHullParams params;
    lac_hull_params_init(&params);
    params.step = 0.75;
    *hull = lac_hull_new(points, &params, NULL, &error);
    g_assert_no_error(error);
    const LacGrid *grid = &(*hull)->grid;
    return (LacRdfMask){ grid->origin, grid->step, grid->nx, grid->ny, grid->nz, (*hull)->inside };
}

static LacRdf *
measure(const LacAtoms *atoms, const guint8 *subset, const LacRdfMask *mask)
{
    LacRdfParams params;
    lac_rdf_params_init(&params);
    params.peak_high = 4.1; // in simple cubic the second peak is as high as the first
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    LacRdf *rdf = lac_rdf_new(points, subset, mask, &params, NULL, &error);
    g_assert_no_error(error);
    return rdf;
}

// At every size the first shell of fcc has twelve atoms and the density is that of the crystal.
static void
test_ball(void)
{
    const double radii[] = { 15.0, 25.0, 35.0 };
    for (gsize k = 0; k < G_N_ELEMENTS(radii); k++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, radii[k]);
        g_autoptr(LacHull) hull = NULL;
        LacRdfMask mask = make_mask(atoms, &hull);
        g_autoptr(LacRdf) rdf = measure(atoms, NULL, &mask);
        g_assert_cmpfloat_with_epsilon(rdf->shell.peak, 3.25, 0.03);
        g_assert_cmpfloat(rdf->shell.minimum, >, 1.1 * 3.25);
        g_assert_cmpfloat(rdf->shell.minimum, <, 1.4 * 3.25);
        double n = lac_rdf_integrate(rdf, rdf->shell.minimum);
        g_test_message("%g Å: first shell %.3f, density %.5f of %.5f", radii[k], n, rdf->density,
            sqrt(2.0) / pow(3.25, 3.0));
        g_assert_cmpfloat_with_epsilon(n, 12.0, 0.1);
        g_assert_cmpfloat_with_epsilon(rdf->density * pow(3.25, 3.0), sqrt(2.0), 0.02);
        g_assert_cmpuint(rdf->n_partials, ==, 0);
        for (gsize b = 1; b < rdf->n_bins; b++)
            g_assert_cmpfloat(rdf->fraction[b], <=, rdf->fraction[b - 1] + 0.05);
    }
}

// Random points in a box have g = 1 where the correction for the surface is right.
static void
test_gas(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(4000, 30.0, 0.6, 11);
    LacRdfMask mask = { { 0.25, 0.25, 0.25 }, 0.5, 60, 60, 60, NULL };
    g_autofree guint8 *inside = g_new(guint8, 60 * 60 * 60);
    memset(inside, 1, 60 * 60 * 60);
    mask.inside = inside;
    g_autoptr(LacRdf) rdf = measure(atoms, NULL, &mask);
    g_assert_cmpfloat_with_epsilon(rdf->volume, 27000.0, 1e-6);
    double sum = 0.0;
    gsize n = 0;
    for (gsize k = 0; k < rdf->n_bins; k++)
        if (rdf->r[k] > 3.0) {
            sum += rdf->raw[k];
            n++;
        }
    g_assert_cmpfloat_with_epsilon(sum / (double) n, 1.0, 0.01);
}

static void
test_partials(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_SC, 3.0, 15.0);
    lac_atoms_add_species(atoms, "O");
    for (gsize i = 0; i < atoms->n; i++)
        atoms->species[i] =
            fmod(fabs(rint((atoms->x[i] + atoms->y[i] + atoms->z[i]) / 3.0)), 2.0) == 1.0;
    g_autoptr(LacHull) hull = NULL;
    LacRdfMask mask = make_mask(atoms, &hull);
    g_autoptr(LacRdf) rdf = measure(atoms, NULL, &mask);
    g_assert_cmpuint(rdf->n_partials, ==, 3);
    for (gsize k = 0; k < rdf->n_bins; k++)
        g_assert_cmpuint(rdf->partials[0].pairs[k] + 2 * rdf->partials[1].pairs[k] +
                rdf->partials[2].pairs[k],
            ==, rdf->pairs[k]);
    g_assert_cmpuint(rdf->partials[1].a, ==, 0);
    g_assert_cmpuint(rdf->partials[1].b, ==, 1);
    g_assert_cmpfloat_with_epsilon(rdf->partials[1].shell.peak, 3.0, 0.03);
    // Like pairs are no neighbours: the search ends at 1.35 times the first peak of all.
    g_assert_true(isnan(rdf->partials[0].shell.peak));
    // A part of the atoms alone.
    g_autofree guint8 *subset = g_new(guint8, atoms->n);
    for (gsize i = 0; i < atoms->n; i++)
        subset[i] = atoms->species[i] == 0;
    g_autoptr(LacRdf) part = measure(atoms, subset, &mask);
    for (gsize k = 0; k < rdf->n_bins; k++)
        g_assert_cmpuint(part->pairs[k], ==, rdf->partials[0].pairs[k]);
    g_assert_cmpuint(part->n_partials, ==, 0);
}

// A split first shell: the deepest minimum is behind both, the right one between.
static void
test_minimum(void)
{
    double g[300];
    for (gsize k = 0; k < 300; k++) {
        double r = 0.05 * ((double) k + 0.5);
        g[k] = 3.0 * exp(-0.5 * pow((r - 3.2) / 0.15, 2.0)) +
            1.0 * exp(-0.5 * pow((r - 4.45) / 0.12, 2.0)) + 0.9 * (r > 5.0) -
            0.02 * (r > 4.7 && r < 4.9) + 0.1;
    }
    LacRdfShell shell = lac_rdf_find_shell(g, 300, 0.05, 1.5, 5.0);
    g_assert_cmpfloat_with_epsilon(shell.peak, 3.2, 0.01);
    g_assert_cmpfloat_with_epsilon(shell.peak_fit, 3.2, 1e-3);
    g_assert_cmpfloat_with_epsilon(shell.peak_sigma, 0.15, 1e-3);
    g_assert_cmpfloat(shell.minimum, <, 4.2);
    g_assert_cmpfloat(shell.minimum, >, 3.6);
    // A gap is cut in its middle.
    for (gsize k = 0; k < 300; k++) {
        double r = 0.05 * ((double) k + 0.5);
        g[k] = 3.0 * exp(-0.5 * pow((r - 3.0) / 0.05, 2.0)) +
            2.0 * exp(-0.5 * pow((r - 4.24) / 0.05, 2.0));
    }
    shell = lac_rdf_find_shell(g, 300, 0.05, 1.5, 5.0);
    g_assert_cmpfloat_with_epsilon(shell.minimum, 3.65, 0.1);
    // Nothing, no number.
    memset(g, 0, sizeof g);
    shell = lac_rdf_find_shell(g, 300, 0.05, 1.5, 5.0);
    g_assert_true(isnan(shell.peak) && isnan(shell.minimum));
    for (gsize k = 0; k < 300; k++)
        g[k] = (double) NAN;
    shell = lac_rdf_find_shell(g, 300, 0.05, 1.5, 5.0);
    g_assert_true(isnan(shell.peak) && isnan(shell.minimum) && isnan(shell.peak_fit));
}

static void
test_few(void)
{
    g_autofree guint8 *inside = g_new0(guint8, 1000);
    LacRdfMask mask = { { -2.0, -2.0, -2.0 }, 1.0, 10, 10, 10, inside };
    for (guint full = 0; full < 2; full++) {
        memset(inside, (int) full, 1000);
        for (gsize n = 0; n < 3; n++) {
            g_autoptr(LacAtoms) atoms = test_random_atoms(n, 5.0, 2.0, 4);
            g_autoptr(LacRdf) rdf = measure(atoms, NULL, &mask);
            g_assert_cmpuint(rdf->n, ==, n);
            gboolean defined = n > 1 && full > 0;
            g_assert_true(isnan(rdf->raw[20]) == !defined);
            g_assert_true(defined || isnan(rdf->shell.minimum));
        }
    }
    g_autoptr(LacAtoms) ico = test_crystal_ball(TEST_ICOSAHEDRON, 2.8, 0.0);
    g_autoptr(LacRdf) rdf = measure(ico, NULL, &mask);
    g_assert_cmpuint(rdf->n, ==, 13);
}

static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(5, 5.0, 1.0, 4);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autofree guint8 *inside = g_new0(guint8, 1000);
    LacRdfMask mask = { { -2.0, -2.0, -2.0 }, 1.0, 10, 10, 10, inside };
    for (guint k = 0; k < 7; k++) {
        LacRdfParams params;
        lac_rdf_params_init(&params);
        double *const all[] = { &params.bin, &params.range, &params.smoothing, &params.peak_low };
        if (k < 4)
            *all[k] = (double) NAN;
        else if (k == 4)
            params.bin = 1e-9;
        else
            mask.step = 0.0;
        LacProgress *progress = NULL;
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_rdf_new(points, NULL, &mask, &params, progress, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
    mask.step = 1.0;
    LacRdfParams params;
    lac_rdf_params_init(&params);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_rdf_new(points, NULL, &mask, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_threads(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 10.0);
    for (gsize i = 0; i < atoms->n; i++)
        atoms->species[i] = (guint16) (i % 3);
    test_atoms_shake(atoms, 0.1, 3);
    g_autoptr(LacHull) hull = NULL;
    LacRdfMask mask = make_mask(atoms, &hull);
    guint threads = lac_parallel_get_threads();
    g_autoptr(LacRdf) a = measure(atoms, NULL, &mask);
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_autoptr(LacRdf) b = measure(atoms, NULL, &mask);
    lac_parallel_set_threads(threads);
    g_assert_true(memcmp(a->g, b->g, a->n_bins * sizeof *a->g) == 0);
    g_assert_true(memcmp(&a->shell, &b->shell, sizeof a->shell) == 0);
    g_assert_cmpuint(a->n_partials, ==, 6);
    g_assert_true(
        memcmp(a->partials[5].g, b->partials[5].g, a->n_bins * sizeof *a->partials[5].g) == 0);
}

typedef struct {
    const char *file;
    double scale;     // [Å] unit of the file
    double smoothing; // [Å]
    double peak, fit; // [Å]; 0: not known
    double minimum, minimum_tolerance;
    double density; // [Å^-3]; 0: not known
} Published;

static const Published glass = { "metallic-glass/final_atom_coord_inA.mat", 1.0, 0.10, 2.743, 2.774,
    3.776, 0.02, 0.0 };
static const Published core_shell = { "pdpt-pb/PB.xyz", 0.3434, 0.08, 0.0, 2.7516, 3.337, 0.03,
    0.0677 };

static void
test_published(gconstpointer data)
{
    const Published *want = data;
    g_autofree char *path = lac_scratch_find_data(want->file);
    if (path == NULL) {
        g_test_skip("the published data is not here");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    LacMat3 one = lac_mat3_identity(), scale = lac_mat3_scale(&one, want->scale);
    test_atoms_transform(atoms, &scale, (LacVec3){ 0, 0, 0 });
    g_autoptr(LacHull) hull = NULL;
    LacRdfMask mask = make_mask(atoms, &hull);
    LacRdfParams params;
    lac_rdf_params_init(&params);
    params.range = 20.0;
    params.smoothing = want->smoothing;
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autoptr(LacRdf) rdf = lac_rdf_new(points, NULL, &mask, &params, NULL, &error);
    g_assert_no_error(error);
    double far = 0.0;
    for (gsize k = 360; k < 400; k++)
        far += rdf->g[k] / 40.0;
    g_test_message("peak %.4f, fit %.4f, minimum %.4f, density %.5f, g(18-20) %.3f",
        rdf->shell.peak, rdf->shell.peak_fit, rdf->shell.minimum, rdf->density, far);
    if (want->peak > 0.0)
        g_assert_cmpfloat_with_epsilon(rdf->shell.peak, want->peak, 0.01);
    g_assert_cmpfloat_with_epsilon(rdf->shell.peak_fit, want->fit, 0.01);
    g_assert_cmpfloat_with_epsilon(rdf->shell.minimum, want->minimum, want->minimum_tolerance);
    if (want->density > 0.0)
        g_assert_cmpfloat_with_epsilon(rdf->density / want->density, 1.0, 0.01);
    else
        g_assert_cmpfloat_with_epsilon(far, 0.99, 0.02);
    gsize n = 0;
    for (gsize k = 0; k < rdf->n_partials; k++)
        n += isfinite(rdf->partials[k].shell.peak) ? 1 : 0;
    g_test_message("%zu partial functions, %zu with a first peak", rdf->n_partials, n);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/rdf/ball", test_ball);
    g_test_add_func("/analysis/rdf/gas", test_gas);
    g_test_add_func("/analysis/rdf/partials", test_partials);
    g_test_add_func("/analysis/rdf/minimum", test_minimum);
    g_test_add_func("/analysis/rdf/few", test_few);
    g_test_add_func("/analysis/rdf/refused", test_refused);
    g_test_add_func("/analysis/rdf/threads", test_threads);
    g_test_add_data_func("/analysis/rdf/glass", &glass, test_published);
    g_test_add_data_func("/analysis/rdf/core-shell", &core_shell, test_published);
    return g_test_run();
}
