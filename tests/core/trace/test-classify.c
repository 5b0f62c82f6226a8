// SPDX-License-Identifier: GPL-3.0-or-later
// Integrated intensities and classes of a small particle, of known volumes, and of hand-made lists.
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/trace/box.h"
#include "core/trace/classify.h"
#include "core/trace/contrast.h"
#include "tests/support/particle.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define SIDE    6
#define N_ATOMS (SIDE * SIDE * SIDE)

static const char *const three[] = { "Co", "Pd", "Pt", NULL };

// Jittered lattice, three species in turn, with the truth as species.
static LacAtoms *
make_truth(void)
{
    LacAtoms *atoms = lac_atoms_new(N_ATOMS);
    lac_atoms_add_species(atoms, "X");
    for (gsize i = 0; i < N_ATOMS; i++) {
        double *const axes[3] = { atoms->x, atoms->y, atoms->z };
        const gsize cell[3] = { i % SIDE, i / SIDE % SIDE, i / SIDE / SIDE };
        for (gsize a = 0; a < 3; a++)
            axes[a][i] =
                2.7 * ((double) cell[a] - 0.5 * (SIDE - 1)) + 0.15 * lac_rng_normal(4, 3 * i + a);
    }
    return atoms;
}

static guint16
true_species(gsize i)
{
    return (guint16) (lac_rng_bits(9, i) % 3);
}

static LacVolume *
make_volume(const LacAtoms *truth)
{
    LacParticleParams params;
    lac_particle_params_init(&params);
    params.size = 72;
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(truth, truth->n);
    for (gsize i = 0; i < atoms->n; i++)
        atoms->species[i] = true_species(i);
    return lac_particle_volume(atoms, &params);
}

static LacAtoms *
classify(const LacAtoms *peaks, const LacVolume *volume, const LacClassifyParams *params,
    LacClassifyReport *report)
{
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_classify(peaks, volume, params, report, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(atoms->n, ==, peaks->n);
    return atoms;
}

static void
test_box(void)
{
    g_autoptr(LacVolume) volume = lac_volume_new(20, 22, 24, 0.4, NULL);
    for (gsize z = 0; z < 20; z++)
        for (gsize y = 0; y < 22; y++)
            for (gsize x = 0; x < 24; x++)
                volume->data[(z * 22 + y) * 24 + x] =
                    1.0f + 2.0f * (float) x - 0.5f * (float) y + 0.25f * (float) z;
    g_autoptr(LacBox) box = lac_box_new(volume, 0.0, NULL);
    g_assert_cmpuint(box->n, ==, 179);
    g_autoptr(LacBox) same = lac_box_new(volume, 3.5 * 0.4 / 3.0, NULL);
    g_assert_cmpuint(same->n, ==, 179);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(3);
    atoms->x[0] = 0.37 * 0.4; // voxel 12.37, 11, 10
    atoms->z[1] = 100.0;
    atoms->x[2] = (double) NAN;
    g_assert_true(lac_box_intensities(volume, atoms, 0.0, NULL, NULL));
    const double *sum = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY);
    // A linear volume is sampled without error, and its samples sum to those at the centre.
    g_assert_cmpfloat_with_epsilon(sum[0], 179.0 * (1.0 + 2.0 * 12.37 - 0.5 * 11 + 0.25 * 10),
        1e-2);
    g_assert_cmpfloat(sum[1], ==, 0.0);
    g_assert_cmpfloat(sum[2], ==, 0.0);
    // At the border only the part inside counts.
    atoms->x[1] = -12 * 0.4;
    atoms->y[1] = -11 * 0.4;
    atoms->z[1] = -10 * 0.4;
    g_assert_true(lac_box_intensities(volume, atoms, 0.0, NULL, NULL));
    g_assert_cmpfloat(sum[1], >, 0.0);
    g_assert_cmpfloat(sum[1], <, 179.0 * 4.0);
    const double bad[] = { -1.0, (double) NAN, 100.0 };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_box_new(volume, bad[i], &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
}

// No species is given up because there is nothing else to give up.
static void
test_species(void)
{
    g_autoptr(LacAtoms) truth = make_truth();
    g_autoptr(LacVolume) volume = make_volume(truth);
    LacClassifyParams params;
    LacClassifyReport report;
    lac_classify_params_init(&params);
    params.species = three;
    for (guint local = 0; local < 2; local++) {
        params.local = local == 1;
        g_autoptr(LacAtoms) atoms = classify(truth, volume, &params, &report);
        for (gsize i = 0; i < atoms->n; i++) {
            g_assert_cmpuint(atoms->state[i], ==, LAC_ATOM_AUTO);
            g_assert_cmpstr(atoms->species_names[atoms->species[i]], ==, three[true_species(i)]);
        }
        g_assert_cmpuint(report.counts[0], ==, 0);
        g_assert_cmpuint(report.counts[1] + report.counts[2] + report.counts[3], ==, N_ATOMS);
        g_assert_cmpfloat(report.means[0], <, report.borders[1]);
        g_assert_cmpfloat(report.borders[1], <, report.means[1]);
        g_assert_cmpfloat(report.borders[2], <, report.means[2]);
        gsize n_binned = 0;
        for (guint c = 0; c <= 3; c++)
            for (guint b = 0; b < LAC_CLASSIFY_N_BINS; b++)
                n_binned += report.bins[c][b];
        g_assert_cmpuint(n_binned, ==, N_ATOMS);
        const double *margin = lac_atoms_get_column(atoms, LAC_COLUMN_MARGIN);
        for (gsize i = 0; i < atoms->n; i++)
            g_assert_cmpfloat(margin[i], >, 0.0);
        g_assert_cmpuint(report.n_rounds, ==, local);
        g_assert_cmpuint(report.n_moved, ==, 0);
    }
}

static void
test_borders(void)
{
    g_autoptr(LacAtoms) peaks = lac_atoms_new(100);
    double *intensity = lac_atoms_add_column(peaks, LAC_COLUMN_INTENSITY);
    for (gsize i = 0; i < 100; i++)
        intensity[i] = (double) i;
    lac_atoms_add_species(peaks, "X");
    const double borders[] = { 9.5, 39.5, 79.5 };
    LacClassifyParams params;
    LacClassifyReport report;
    lac_classify_params_init(&params);
    params.species = three;
    params.borders = borders;
    params.n_borders = 3;
    g_autoptr(LacAtoms) all = classify(peaks, NULL, &params, &report);
    g_assert_cmpuint(report.counts[0], ==, 10);
    g_assert_cmpuint(report.counts[1], ==, 30);
    g_assert_cmpuint(report.counts[2], ==, 40);
    g_assert_cmpuint(report.counts[3], ==, 20);
    g_assert_cmpuint(all->state[9], ==, LAC_ATOM_NON_ATOM);
    g_assert_cmpuint(all->state[10], ==, LAC_ATOM_AUTO);
    g_assert_cmpstr(all->species_names[all->species[80]], ==, "Pt");
    // A border moved back gives back the atoms.
    const double lower[] = { 4.5, 39.5, 79.5 };
    params.borders = lower;
    g_autoptr(LacAtoms) again = classify(all, NULL, &params, &report);
    g_assert_cmpuint(report.counts[0], ==, 5);
    g_assert_cmpuint(again->state[5], ==, LAC_ATOM_AUTO);
    params.borders = borders + 1;
    params.n_borders = 2;
    G_GNUC_UNUSED g_autoptr(LacAtoms) without = classify(all, NULL, &params, &report);
    g_assert_cmpuint(report.counts[0], ==, 0);
    g_assert_cmpuint(report.counts[1], ==, 40);
    g_assert_true(isinf(report.borders[0]));
}

static void
test_hand_stays(void)
{
    g_autoptr(LacAtoms) truth = make_truth();
    g_autoptr(LacVolume) volume = make_volume(truth);
    guint16 hand = lac_atoms_add_species(truth, "Zr");
    const LacAtomState states[] = { LAC_ATOM_CONFIRMED, LAC_ATOM_MOVED, LAC_ATOM_ADDED,
        LAC_ATOM_UNSURE, LAC_ATOM_REJECTED, LAC_ATOM_DELETED };
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        truth->state[i] = (guint8) states[i];
        truth->species[i] = hand;
    }
    LacClassifyParams params;
    LacClassifyReport report;
    lac_classify_params_init(&params);
    params.species = three;
    params.local = TRUE;
    g_autoptr(LacAtoms) atoms = classify(truth, volume, &params, &report);
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        g_assert_cmpuint(atoms->state[i], ==, states[i]);
        g_assert_cmpuint(atoms->species[i], ==, hand);
        g_assert_cmpfloat(lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY)[i], >, 0.0);
    }
    g_assert_cmpuint(report.counts[1] + report.counts[2] + report.counts[3], ==,
        N_ATOMS - G_N_ELEMENTS(states));
}

// Faint peaks between the atoms, fitted badly as such are.
static void
test_non_atoms(void)
{
    for (guint n_species = 1; n_species <= 3; n_species++) {
        const gsize n = 3000, n_others = 900;
        g_autoptr(LacAtoms) peaks = lac_atoms_new(n);
        double *intensity = lac_atoms_add_column(peaks, LAC_COLUMN_INTENSITY);
        double *height = lac_atoms_add_column(peaks, LAC_COLUMN_HEIGHT);
        double *fit = lac_atoms_add_column(peaks, LAC_COLUMN_FIT);
        for (gsize i = 0; i < n; i++) {
            gboolean is_other = i < n_others;
            double level = is_other ? 0.3 : pow(2.0, (double) (i % n_species));
            intensity[i] = level * exp((is_other ? 0.3 : 0.1) * lac_rng_normal(n_species, i));
            height[i] = intensity[i];
            fit[i] = (is_other ? 0.03 : 0.01) * exp(0.3 * lac_rng_normal(77, i)) / height[i];
        }
        LacClassifyParams params;
        LacClassifyReport report;
        lac_classify_params_init(&params);
        const char *const names[] = { "A", n_species > 1 ? "B" : NULL, n_species > 2 ? "C" : NULL,
            NULL };
        params.species = names;
        g_autoptr(LacAtoms) atoms = classify(peaks, NULL, &params, &report);
        gsize n_wrong = 0;
        for (gsize i = 0; i < n; i++)
            n_wrong += (atoms->state[i] == LAC_ATOM_NON_ATOM) != (i < n_others) ? 1 : 0;
        g_assert_cmpuint(n_wrong, <, 30);
        g_assert_cmpfloat(report.borders[0], >, 0.3);
        g_assert_cmpfloat(report.borders[0], <, 0.95);
        const double *p_atom = lac_atoms_get_column(atoms, LAC_COLUMN_P_ATOM);
        g_assert_cmpfloat(p_atom[n - 1], >, 0.99);
        // Borders as they were found change nothing, though atoms are told by more than them.
        LacClassifyReport again;
        params.borders = report.borders;
        params.n_borders = n_species;
        g_autoptr(LacAtoms) same = classify(peaks, NULL, &params, &again);
        g_assert_cmpuint(again.n_components, ==, report.n_components);
        for (gsize i = 0; i < n; i++)
            g_assert_cmpuint(same->state[i], ==, atoms->state[i]);
        params.borders = NULL;
        params.drop_non_atoms = FALSE;
        g_autoptr(LacAtoms) all = classify(peaks, NULL, &params, &again);
        g_assert_cmpuint(lac_atoms_count_present(all), ==, n);
    }
}

// A Gaussian on a background that falls off: its height is found, whatever lies below it.
static void
test_contrast(void)
{
    const double a = 0.4, width = 0.7, height = 3.0;
    g_autoptr(LacVolume) volume = lac_volume_new(30, 30, 30, a, NULL);
    for (gsize z = 0; z < 30; z++)
        for (gsize y = 0; y < 30; y++)
            for (gsize x = 0; x < 30; x++) {
                double dx = ((double) x - 15.0) * a, dy = ((double) y - 15.0) * a;
                double dz = ((double) z - 15.0) * a;
                double r2 = dx * dx + dy * dy + dz * dz;
                volume->data[(z * 30 + y) * 30 + x] =
                    (float) (height * exp(-0.5 * r2 / (width * width)) + 10.0 + 0.5 * dx);
            }
    g_autoptr(LacAtoms) atoms = lac_atoms_new(5);
    atoms->x[1] = 4.0; // nothing but background
    atoms->y[2] = 100.0;
    atoms->x[3] = (double) NAN;
    atoms->x[4] = -15 * a; // a corner
    atoms->y[4] = -15 * a;
    atoms->z[4] = -15 * a;
    g_assert_true(lac_contrast_measure(volume, atoms, width, NULL, NULL));
    const double *excess = lac_atoms_get_column(atoms, LAC_COLUMN_EXCESS);
    const double *misfit = lac_atoms_get_column(atoms, LAC_COLUMN_MISFIT);
    g_assert_cmpfloat_with_epsilon(excess[0], height, 1e-5);
    g_assert_cmpfloat(misfit[0], <, 0.2); // what is left is the slope
    g_assert_cmpfloat(misfit[0], >, 0.01);
    g_assert_cmpfloat(fabs(excess[1]), <, 0.05);
    g_assert_true(isnan(excess[2]) && isnan(misfit[2]));
    g_assert_true(isnan(excess[3]));
    g_assert_true(isfinite(excess[4]));
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_contrast_measure(volume, atoms, 100.0, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

// Noise as high as many atoms, but where no atom has room.
static void
test_neighbours(void)
{
    const gsize side = 12, n_atoms = side * side * side, n_noise = 1200;
    g_autoptr(LacAtoms) peaks = lac_atoms_new(n_atoms + n_noise);
    double *intensity = lac_atoms_add_column(peaks, LAC_COLUMN_INTENSITY);
    double *excess = lac_atoms_add_column(peaks, LAC_COLUMN_EXCESS);
    double *misfit = lac_atoms_add_column(peaks, LAC_COLUMN_MISFIT);
    for (gsize i = 0; i < peaks->n; i++) {
        gboolean is_atom = i < n_atoms;
        gsize at = is_atom ? i : (gsize) (lac_rng_uniform(5, i) * (double) n_atoms);
        double shift = is_atom ? 0.0 : 0.9; // beside an atom
        peaks->x[i] = 2.5 * (double) (at % side) + shift + 0.1 * lac_rng_normal(6, 3 * i);
        peaks->y[i] =
            2.5 * (double) (at / side % side) + shift + 0.1 * lac_rng_normal(6, 3 * i + 1);
        peaks->z[i] =
            2.5 * (double) (at / side / side) + shift + 0.1 * lac_rng_normal(6, 3 * i + 2);
        excess[i] = (is_atom ? 1.0 : 0.45) + 0.2 * lac_rng_normal(7, i);
        intensity[i] = excess[i];
        misfit[i] = (is_atom ? 0.1 : 0.4) / fmax(excess[i], 0.1);
    }
    LacClassifyParams params;
    LacClassifyReport report;
    lac_classify_params_init(&params);
    g_autoptr(LacAtoms) atoms = classify(peaks, NULL, &params, &report);
    gsize n_wrong = 0, n_by_excess = 0;
    for (gsize i = 0; i < peaks->n; i++) {
        n_wrong += (atoms->state[i] == LAC_ATOM_AUTO) != (i < n_atoms) ? 1 : 0;
        n_by_excess += (excess[i] > 0.7) != (i < n_atoms) ? 1 : 0;
    }
    g_test_message("%" G_GSIZE_FORMAT " wrong, %" G_GSIZE_FORMAT " by the excess alone", n_wrong,
        n_by_excess);
    g_assert_cmpuint(n_wrong, <, n_by_excess / 4);
}

static void
test_rounds_end(void)
{
    // Noise instead of samples: labels would change for ever.
    g_autoptr(LacAtoms) truth = make_truth();
    g_autoptr(LacVolume) volume = lac_volume_new(72, 72, 72, 0.347, NULL);
    for (gsize i = 0; i < lac_volume_get_size(volume); i++)
        volume->data[i] = (float) (10.0 + lac_rng_normal(3, i));
    LacClassifyParams params;
    LacClassifyReport report;
    lac_classify_params_init(&params);
    params.species = three;
    params.drop_non_atoms = FALSE;
    params.local = TRUE;
    g_autoptr(LacAtoms) atoms = classify(truth, volume, &params, &report);
    g_assert_cmpuint(report.n_rounds, <=, params.max_rounds);
    g_assert_cmpuint(report.n_moved, >, 0);
    params.max_rounds = 2;
    g_autoptr(LacAtoms) short_one = classify(truth, volume, &params, &report);
    g_assert_cmpuint(report.n_rounds, ==, 2);
    g_assert_cmpuint(short_one->n, ==, atoms->n);
}

static void
test_threads(void)
{
    g_autoptr(LacAtoms) truth = make_truth();
    g_autoptr(LacVolume) volume = make_volume(truth);
    LacClassifyParams params;
    LacClassifyReport one, three_of_them;
    lac_classify_params_init(&params);
    params.species = three;
    params.local = TRUE;
    lac_parallel_set_threads(1);
    g_autoptr(LacAtoms) first = classify(truth, volume, &params, &one);
    lac_parallel_set_threads(3);
    g_autoptr(LacAtoms) second = classify(truth, volume, &params, &three_of_them);
    lac_parallel_set_threads(0);
    for (gsize i = 0; i < truth->n; i++)
        g_assert_cmpuint(first->species[i], ==, second->species[i]);
    for (guint c = 0; c < first->columns->len; c++) {
        const LacAtomColumn *a = &g_array_index(first->columns, LacAtomColumn, c);
        const LacAtomColumn *b = &g_array_index(second->columns, LacAtomColumn, c);
        g_assert_cmpint(memcmp(a->values, b->values, truth->n * sizeof *a->values), ==, 0);
    }
}

static void
test_refuses(void)
{
    g_autoptr(LacAtoms) truth = make_truth(), bare = lac_atoms_new(5);
    g_autoptr(LacVolume) volume = make_volume(truth);
    g_autoptr(LacVolume) empty = lac_volume_new(72, 72, 72, 0.347, NULL);
    static const char *const twice[] = { "Co", "Co", NULL };
    static const char *const five[] = { "A", "B", "C", "D", "E", NULL };
    const double falling[] = { 3.0, 2.0, 4.0 }, one[] = { 1.0 };
    LacClassifyParams usual;
    lac_classify_params_init(&usual);
    usual.species = three;
    LacClassifyParams cases[8];
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        cases[i] = usual;
    cases[0].species = twice;
    cases[1].species = five;
    cases[2].borders = falling;
    cases[2].n_borders = 3;
    cases[3].borders = one;
    cases[3].n_borders = 1;
    cases[4].radius = -1.0;
    cases[5].local = TRUE;
    cases[5].local_radius = 0.0;
    const LacAtoms *const peaks[] = { truth, truth, truth, truth, truth, truth, bare, truth };
    const LacVolume *const volumes[] = { volume, volume, volume, volume, volume, volume, NULL,
        empty };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        LacClassifyReport report;
        g_assert_null(lac_classify(peaks[i], volumes[i], &cases[i], &report, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    }
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) truth = make_truth();
    g_autoptr(LacVolume) volume = make_volume(truth);
    LacClassifyParams params;
    LacClassifyReport report;
    lac_classify_params_init(&params);
    params.species = three;
    params.local = TRUE;
    for (guint at = 1; at < 20; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacAtoms) atoms = lac_classify(truth, volume, &params, &report, progress, &error);
        if (atoms != NULL) {
            g_assert_cmpuint(at, >, 2);
            return;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
    g_assert_not_reached();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/classify/box", test_box);
    g_test_add_func("/classify/species", test_species);
    g_test_add_func("/classify/borders", test_borders);
    g_test_add_func("/classify/hand-stays", test_hand_stays);
    g_test_add_func("/classify/non-atoms", test_non_atoms);
    g_test_add_func("/classify/contrast", test_contrast);
    g_test_add_func("/classify/neighbours", test_neighbours);
    g_test_add_func("/classify/rounds-end", test_rounds_end);
    g_test_add_func("/classify/threads", test_threads);
    g_test_add_func("/classify/refuses", test_refuses);
    g_test_add_func("/classify/cancel", test_cancel);
    return g_test_run();
}
