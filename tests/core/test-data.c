// SPDX-License-Identifier: GPL-3.0-or-later
// Arrays, volumes, series, atoms and random numbers.
#include "core/array.h"
#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/error.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

static void
test_alloc(void)
{
    g_autoptr(GError) error = NULL;
    float *data = lac_alloc_floats(1001, &error);
    g_assert_no_error(error);
    g_assert_cmpuint((guintptr) data % 64, ==, 0);
    for (gsize i = 0; i < 1001; i++)
        g_assert_cmpfloat((double) data[i], ==, 0.0);
    lac_free(data);
    gpointer empty = lac_alloc(0, 8, &error);
    g_assert_nonnull(empty);
    lac_free(empty);
    lac_free(NULL);
}

static void
test_absurd_sizes(void)
{
    gsize n;
    g_autoptr(GError) overflow = NULL, huge = NULL, zero = NULL, product = NULL;
    g_assert_null(lac_alloc(G_MAXSIZE / 2, 8, &overflow));
    g_assert_error(overflow, LAC_ERROR, LAC_ERROR_MEMORY);
    g_assert_null(lac_alloc(G_MAXSSIZE / 4, 4, &huge));
    g_assert_error(huge, LAC_ERROR, LAC_ERROR_MEMORY);
    g_assert_false(lac_check_shape(3, 0, 4, &n, &zero));
    g_assert_error(zero, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_null(lac_volume_new(G_MAXUINT32, G_MAXUINT32, 4, 1.0, &product));
    g_assert_error(product, LAC_ERROR, LAC_ERROR_MEMORY);
    g_assert_true(lac_check_shape(3, 5, 4, &n, NULL));
    g_assert_cmpuint(n, ==, 60);
}

static void
test_volume(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_volume_new(2, 3, 4, 0.5, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lac_volume_get_size(volume), ==, 24);
    for (gsize i = 0; i < 24; i++)
        volume->data[i] = (float) i;
    g_assert_cmpfloat((double) lac_volume_get(volume, 3, 2, 1), ==, 23.0);
    g_assert_cmpfloat((double) lac_volume_get(volume, 1, 0, 0), ==, 1.0);
    g_assert_cmpfloat((double) lac_volume_get(volume, 0, 1, 0), ==, 4.0);
    g_assert_cmpfloat((double) lac_volume_get(volume, 0, 0, 1), ==, 12.0);

    g_assert_null(lac_volume_new_from_buffer(volume->buffer, 2, 3, 5, 0.5, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_autoptr(LacVolume) shared = lac_volume_new_from_buffer(volume->buffer, 1, 3, 4, 0.5, NULL);
    g_assert_true(shared->data == volume->data);
    LacVolume *same = lac_volume_ref(volume);
    g_assert_true(same == volume);
    lac_volume_unref(same);
    g_assert_cmpfloat((double) volume->data[5], ==, 5.0);
}

static LacStats
slow_stats(const float *data, gsize n)
{
    LacStats s = { .min = INFINITY, .max = -INFINITY };
    double squares = 0.0;
    gsize good = 0;
    for (gsize i = 0; i < n; i++) {
        if (!isfinite(data[i])) {
            s.n_bad++;
            continue;
        }
        s.min = MIN(s.min, data[i]);
        s.max = MAX(s.max, data[i]);
        s.mean += (double) data[i];
        good++;
    }
    s.mean /= (double) good;
    for (gsize i = 0; i < n; i++)
        if (isfinite(data[i]))
            squares += ((double) data[i] - s.mean) * ((double) data[i] - s.mean);
    s.std = sqrt(squares / (double) good);
    return s;
}

static void
test_stats(void)
{
    const gsize sizes[] = { 1, 1000, 65536, 65537, 300001 };
    for (guint s = 0; s < G_N_ELEMENTS(sizes); s++) {
        g_autofree float *data = g_new(float, sizes[s]);
        for (gsize i = 0; i < sizes[s]; i++)
            data[i] = (float) (50.0 + 7.0 * lac_rng_normal(2, i));
        if (sizes[s] > 1) {
            data[17] = NAN;
            data[18] = INFINITY;
            data[sizes[s] - 1] = -INFINITY;
        }
        LacStats got = lac_stats(data, sizes[s]), expected = slow_stats(data, sizes[s]);
        g_assert_cmpfloat((double) got.min, ==, (double) expected.min);
        g_assert_cmpfloat((double) got.max, ==, (double) expected.max);
        g_assert_cmpfloat_with_epsilon(got.mean, expected.mean, 1e-9);
        g_assert_cmpfloat_with_epsilon(got.std, expected.std, 1e-6);
        g_assert_cmpuint(got.n_bad, ==, expected.n_bad);
    }
}

static void
test_stats_of_nothing(void)
{
    const float bad[] = { NAN, INFINITY, -INFINITY };
    LacStats none = lac_stats(NULL, 0), all_bad = lac_stats(bad, 3);
    g_assert_cmpuint(none.n_bad, ==, 0);
    g_assert_cmpuint(all_bad.n_bad, ==, 3);
    g_assert_cmpfloat((double) all_bad.min, ==, 0.0);
    g_assert_cmpfloat(all_bad.mean, ==, 0.0);
}

static void
test_histogram(void)
{
    const float data[] = { 0.0f, 0.1f, 0.25f, 0.5f, 0.99f, 1.0f, -5.0f, 7.0f, NAN, INFINITY };
    gsize bins[4];
    lac_histogram(data, G_N_ELEMENTS(data), 0.0f, 1.0f, 4, bins);
    g_assert_cmpuint(bins[0], ==, 3); // 0, 0.1 and what lies below
    g_assert_cmpuint(bins[1], ==, 1);
    g_assert_cmpuint(bins[2], ==, 1);
    g_assert_cmpuint(bins[3], ==, 4); // 0.99, 1 and what lies above
}

static LacSeries *
make_series(void)
{
    LacSeries *series = lac_series_new(3, 2, 5, 0.4, NULL);
    for (gsize i = 0; i < 30; i++)
        series->data[i] = (float) i;
    for (gsize k = 0; k < 3; k++)
        series->angles[k].theta = 10.0 * (double) k - 10.0;
    g_free(series->name);
    series->name = g_strdup("a name");
    return series;
}

static void
test_series(void)
{
    g_autoptr(LacSeries) series = make_series();
    g_assert_cmpfloat((double) lac_series_get_projection(series, 2)[1 * 5 + 3], ==, 28.0);
    g_assert_true(lac_series_is_single_axis(series));
    g_assert_cmpuint(lac_series_count_included(series), ==, 3);

    g_autoptr(LacSeries) copy = lac_series_copy(series);
    g_assert_true(copy->buffer == series->buffer);
    g_assert_true(copy->data == series->data);
    g_assert_true(copy->angles != series->angles);
    g_assert_cmpstr(copy->name, ==, "a name");
    g_assert_cmpfloat(copy->pixel_size, ==, 0.4);
    g_assert_cmpfloat(copy->angles[2].theta, ==, 10.0);
}

static void
test_series_outlives_its_copy(void)
{
    LacSeries *series = make_series();
    LacSeries *copy = lac_series_copy(series);
    lac_series_unref(series);
    g_assert_cmpfloat((double) copy->data[29], ==, 29.0);
    lac_series_unref(copy);
    lac_series_unref(NULL);
}

static void
test_series_with_angles(void)
{
    g_autoptr(LacSeries) series = make_series();
    LacAngles angles[3] = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } };
    g_autoptr(GError) few = NULL, many = NULL, bad = NULL;
    g_assert_null(lac_series_with_angles(series, angles, 2, &few));
    g_assert_error(few, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_assert_nonnull(strstr(few->message, "3 projections but 2 angles"));
    g_assert_null(lac_series_with_angles(series, angles, 4, &many));
    g_assert_error(many, LAC_ERROR, LAC_ERROR_MISMATCH);

    g_autoptr(LacSeries) turned = lac_series_with_angles(series, angles, 3, NULL);
    g_assert_true(turned->buffer == series->buffer);
    g_assert_cmpfloat(turned->angles[1].psi, ==, 6.0);
    g_assert_false(lac_series_is_single_axis(turned));
    g_assert_cmpfloat(series->angles[1].psi, ==, 0.0);

    angles[1].theta = (double) NAN;
    g_assert_null(lac_series_with_angles(series, angles, 3, &bad));
    g_assert_error(bad, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(bad->message, "Angle 2"));
}

static void
test_series_with_shifts(void)
{
    g_autoptr(LacSeries) series = make_series();
    LacShift shifts[3] = { { 1.5, -2.0 }, { 0.0, 0.25 }, { -3.0, 1e-9 } };
    g_autoptr(GError) few = NULL, bad = NULL;
    g_assert_null(lac_series_with_shifts(series, shifts, 2, &few));
    g_assert_error(few, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_assert_nonnull(strstr(few->message, "3 projections but 2 shifts"));

    g_autoptr(LacSeries) moved = lac_series_with_shifts(series, shifts, 3, NULL);
    g_assert_true(moved->buffer == series->buffer);
    g_assert_true(lac_series_is_shifted(moved));
    g_assert_false(lac_series_is_shifted(series));
    g_autoptr(LacSeries) copy = lac_series_copy(moved);
    g_assert_true(memcmp(copy->shifts, shifts, sizeof shifts) == 0);
    moved->excluded[0] = TRUE;
    g_autoptr(LacSeries) fewer = lac_series_drop_excluded(moved, NULL);
    g_assert_cmpfloat(fewer->shifts[1].du, ==, -3.0);

    shifts[1].dv = (double) NAN;
    g_assert_null(lac_series_with_shifts(series, shifts, 3, &bad));
    g_assert_error(bad, LAC_ERROR, LAC_ERROR_FORMAT);
    g_assert_nonnull(strstr(bad->message, "projection 2"));
}

static void
test_series_exclusion(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = make_series();
    g_autoptr(LacSeries) without = lac_series_with_excluded(series, 1, TRUE);
    g_assert_true(without->buffer == series->buffer);
    g_assert_cmpuint(lac_series_count_included(without), ==, 2);
    g_assert_cmpuint(lac_series_count_included(series), ==, 3);

    g_autoptr(LacSeries) dropped = lac_series_drop_excluded(without, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(dropped->n, ==, 2);
    g_assert_cmpfloat((double) dropped->data[0], ==, 0.0);
    g_assert_cmpfloat((double) dropped->data[10], ==, 20.0);
    g_assert_cmpfloat(dropped->angles[1].theta, ==, 10.0);
    g_assert_cmpuint(lac_series_count_included(dropped), ==, 2);
    g_assert_cmpstr(dropped->name, ==, "a name");

    g_autoptr(LacSeries) all = lac_series_drop_excluded(series, &error);
    g_assert_true(all->buffer == series->buffer);

    g_autoptr(LacSeries) one = lac_series_with_excluded(without, 0, TRUE);
    g_autoptr(LacSeries) none = lac_series_with_excluded(one, 2, TRUE);
    g_assert_null(lac_series_drop_excluded(none, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_atoms(void)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_new(3);
    g_assert_cmpuint(lac_atoms_add_species(atoms, "Zr"), ==, 0);
    g_assert_cmpuint(lac_atoms_add_species(atoms, "O"), ==, 1);
    g_assert_cmpuint(lac_atoms_add_species(atoms, "Zr"), ==, 0);
    g_assert_null(atoms->species_names[2]);
    double *width = lac_atoms_add_column(atoms, "width");
    g_assert_true(isnan(width[0]) && isnan(width[2]));
    width[1] = 0.5;
    lac_atoms_add_column(atoms, "height");
    g_assert_cmpfloat(lac_atoms_get_column(atoms, "width")[1], ==, 0.5);
    g_assert_null(lac_atoms_get_column(atoms, "depth"));
    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    g_assert_cmpuint(none->n, ==, 0);
}

static void
test_atom_copies(void)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_new(3);
    lac_atoms_add_species(atoms, "Zr");
    double *width = lac_atoms_add_column(atoms, "width");
    for (gsize i = 0; i < 3; i++) {
        atoms->x[i] = width[i] = (double) i;
        atoms->y[i] = 10.0 * (double) i;
        atoms->z[i] = -1.0;
    }
    atoms->state[1] = LAC_ATOM_DELETED;
    atoms->flag[2] = LAC_PEAK_EDGE;
    g_assert_cmpuint(lac_atoms_count_present(atoms), ==, 2);

    g_autoptr(LacAtoms) longer = lac_atoms_copy(atoms, 4);
    for (gsize i = 0; i < 3; i++)
        g_assert_cmpfloat(longer->y[i], ==, atoms->y[i]);
    g_assert_cmpuint(longer->state[1], ==, LAC_ATOM_DELETED);
    g_assert_cmpuint(longer->flag[2], ==, LAC_PEAK_EDGE);
    g_assert_true(isnan(lac_atoms_get_column(longer, "width")[3]));
    g_assert_cmpstr(longer->species_names[0], ==, "Zr");
    g_autoptr(LacAtoms) shorter = lac_atoms_copy(atoms, 1);
    g_assert_cmpuint(shorter->n, ==, 1);

    gsize indices[2];
    g_autoptr(LacAtoms) present = lac_atoms_dup_present(atoms, indices);
    g_assert_cmpuint(present->n, ==, 2);
    g_assert_cmpuint(indices[1], ==, 2);
    g_assert_cmpfloat(present->y[1], ==, 20.0);
    g_assert_cmpfloat(lac_atoms_get_column(present, "width")[1], ==, 2.0);
    g_assert_cmpuint(present->flag[1], ==, LAC_PEAK_EDGE);
}

typedef struct {
    double mean, variance, skewness, least, most;
} Moments;

static Moments
moments(double (*draw)(guint64 seed, guint64 i, double p), guint64 seed, double p, gsize n)
{
    Moments m = { .least = HUGE_VAL, .most = -HUGE_VAL };
    g_autofree double *x = g_new(double, n);
    for (gsize i = 0; i < n; i++) {
        x[i] = draw(seed, i, p);
        m.mean += x[i] / (double) n;
        m.least = MIN(m.least, x[i]);
        m.most = MAX(m.most, x[i]);
    }
    for (gsize i = 0; i < n; i++) {
        double d = x[i] - m.mean;
        m.variance += d * d / (double) n;
        m.skewness += d * d * d / (double) n;
    }
    m.skewness /= pow(m.variance, 1.5);
    return m;
}

static double
draw_uniform(guint64 seed, guint64 i, double p)
{
    (void) p;
    return lac_rng_uniform(seed, i);
}

static double
draw_normal(guint64 seed, guint64 i, double p)
{
    (void) p;
    return lac_rng_normal(seed, i);
}

static void
test_uniform_and_normal(void)
{
    const gsize n = 400000;
    const double e = 5.0 / sqrt((double) n); // five standard errors of unit variance
    for (guint64 seed = 0; seed < 3; seed++) {
        Moments u = moments(draw_uniform, seed, 0.0, n);
        g_assert_cmpfloat_with_epsilon(u.mean, 0.5, e * 0.29);
        g_assert_cmpfloat_with_epsilon(u.variance, 1.0 / 12.0, e * 0.1);
        g_assert_cmpfloat(u.least, >, 0.0);
        g_assert_cmpfloat(u.most, <, 1.0);
        Moments g = moments(draw_normal, seed, 0.0, n);
        g_assert_cmpfloat_with_epsilon(g.mean, 0.0, e);
        g_assert_cmpfloat_with_epsilon(g.variance, 1.0, e * sqrt(2.0));
        g_assert_cmpfloat_with_epsilon(g.skewness, 0.0, e * sqrt(6.0));
    }
}

static void
test_poisson(void)
{
    const double means[] = { 0.1, 5.0, 63.0, 65.0, 1000.0 };
    const gsize n = 200000;
    for (guint i = 0; i < G_N_ELEMENTS(means); i++) {
        double mean = means[i];
        Moments m = moments(lac_rng_poisson, 7, mean, n);
        double standard_error = sqrt(mean / (double) n);
        // The variance of the sample variance is (mu4 - s^4) / n with mu4 = mean + 3 mean^2.
        double variance_error = sqrt((mean + 2.0 * mean * mean) / (double) n);
        g_assert_cmpfloat_with_epsilon(m.mean, mean, 5.0 * standard_error);
        // The approximation above 64 adds a variance of 1/8 and of the rounding, 1/12.
        double extra = mean >= 64.0 ? 0.25 : 0.0;
        g_assert_cmpfloat_with_epsilon(m.variance, mean, 5.0 * variance_error + extra);
        g_assert_cmpfloat(m.least, >=, 0.0);
    }
    for (guint64 i = 0; i < 1000; i++) {
        double k = lac_rng_poisson(9, i, 3.0 * (double) i / 10.0);
        g_assert_cmpfloat(k, ==, rint(k));
    }
    g_assert_cmpfloat(lac_rng_poisson(1, 1, 0.0), ==, 0.0);
    g_assert_cmpfloat(lac_rng_poisson(1, 1, -3.0), ==, 0.0);
    g_assert_cmpfloat(lac_rng_poisson(1, 1, (double) NAN), ==, 0.0);
}

static double
correlation_of_streams(guint64 seed_a, guint64 seed_b, guint64 offset)
{
    const gsize n = 100000;
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += (lac_rng_uniform(seed_a, i) - 0.5) * (lac_rng_uniform(seed_b, i + offset) - 0.5);
    return 12.0 * sum / (double) n;
}

static void
test_streams_are_independent(void)
{
    const double e = 5.0 / sqrt(100000.0);
    g_assert_cmpfloat_with_epsilon(correlation_of_streams(1, 1, 0), 1.0, e);
    for (guint64 offset = 1; offset < 5; offset++)
        g_assert_cmpfloat_with_epsilon(correlation_of_streams(1, 1, offset), 0.0, e);
    for (guint64 seed = 2; seed < 6; seed++)
        for (guint64 offset = 0; offset < 3; offset++)
            g_assert_cmpfloat_with_epsilon(correlation_of_streams(1, seed, offset), 0.0, e);
    // Any order, the same numbers.
    g_assert_cmpuint(lac_rng_bits(3, 1000), ==, lac_rng_bits(3, 1000));
    g_assert_cmpuint(lac_rng_bits(3, 1000), !=, lac_rng_bits(4, 1000));
}

// A faint pixel beside a bright one must not be drawn from the same random bits.
static void
test_poisson_shares_no_bits(void)
{
    const gsize n = 50000;
    for (guint64 shift = 0; shift < 2; shift++) {
        double sum = 0.0;
        for (guint64 i = 0; i < n; i++) {
            double faint = (lac_rng_poisson(2, 2 * i + shift, 50.0) - 50.0) / sqrt(50.0);
            double bright = (lac_rng_poisson(2, i, 5000.0) - 5000.0) / sqrt(5000.0);
            sum += i > 0 ? faint * bright : 0.0;
        }
        g_assert_cmpfloat_with_epsilon(sum / (double) n, 0.0, 5.0 / sqrt((double) n));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data/alloc", test_alloc);
    g_test_add_func("/data/absurd-sizes", test_absurd_sizes);
    g_test_add_func("/data/volume", test_volume);
    g_test_add_func("/data/stats", test_stats);
    g_test_add_func("/data/stats-of-nothing", test_stats_of_nothing);
    g_test_add_func("/data/histogram", test_histogram);
    g_test_add_func("/data/series", test_series);
    g_test_add_func("/data/series-outlives-its-copy", test_series_outlives_its_copy);
    g_test_add_func("/data/series-with-angles", test_series_with_angles);
    g_test_add_func("/data/series-with-shifts", test_series_with_shifts);
    g_test_add_func("/data/series-exclusion", test_series_exclusion);
    g_test_add_func("/data/atoms", test_atoms);
    g_test_add_func("/data/atom-copies", test_atom_copies);
    g_test_add_func("/data/uniform-and-normal", test_uniform_and_normal);
    g_test_add_func("/data/poisson", test_poisson);
    g_test_add_func("/data/streams-are-independent", test_streams_are_independent);
    g_test_add_func("/data/poisson-shares-no-bits", test_poisson_shares_no_bits);
    return g_test_run();
}
