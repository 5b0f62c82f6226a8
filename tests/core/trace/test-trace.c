// SPDX-License-Identifier: GPL-3.0-or-later
// The tracer on phantoms, and on published data.
#include "core/error.h"
#include "core/io/io.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/trace/peaks.h"
#include "core/trace/quartic.h"

#include <gio/gio.h>
#include <math.h>
#include <matio.h>
#include <string.h>

#define VOXEL   0.35 // [Å]
#define SIGMA   0.6  // [Å]
#define N_ATOMS 60
#define PITCH   2.6 // [Å]

// Atoms on a jittered lattice, of heights 1 to 3, and their volume; edges odd and even.
typedef struct {
    LacVec3 position[N_ATOMS];
    double height[N_ATOMS];
    LacVolume *volume;
} Phantom;

static void
phantom_init(Phantom *phantom, double noise)
{
    phantom->volume = lac_volume_new(48, 47, 46, VOXEL, NULL);
    LacVolume *v = phantom->volume;
    v->origin = (LacVec3){ 1.0, -2.0, 0.5 };
    for (gsize a = 0; a < N_ATOMS; a++) {
        double p[3] = { (double) (a % 4), (double) (a / 4 % 4), (double) (a / 16) };
        for (int i = 0; i < 3; i++)
            p[i] = (p[i] - 1.5) * PITCH + 0.5 * (lac_rng_uniform(1, 3 * a + (gsize) i) - 0.5);
        phantom->position[a] = (LacVec3){ p[0] + 1.0, p[1] - 2.0, p[2] + 0.5 };
        phantom->height[a] = 1.0 + (double) (a % 3);
    }
    for (gsize z = 0, i = 0; z < v->nz; z++)
        for (gsize y = 0; y < v->ny; y++)
            for (gsize x = 0; x < v->nx; x++, i++) {
                double sum = noise * lac_rng_normal(2, i);
                for (gsize a = 0; a < N_ATOMS; a++) {
                    LacVec3 p = phantom->position[a];
                    double dx = ((double) x - 23.0) * VOXEL - (p.x - 1.0);
                    double dy = ((double) y - 23.0) * VOXEL - (p.y + 2.0);
                    double dz = ((double) z - 24.0) * VOXEL - (p.z - 0.5);
                    double d2 = dx * dx + dy * dy + dz * dz;
                    sum += phantom->height[a] * exp(-0.5 * d2 / (SIGMA * SIGMA));
                }
                v->data[i] = (float) sum;
            }
}

static void
phantom_clear(Phantom *phantom)
{
    g_clear_pointer(&phantom->volume, lac_volume_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Phantom, phantom_clear)

static double
distance(const LacAtoms *atoms, gsize i, LacVec3 p)
{
    double dx = atoms->x[i] - p.x, dy = atoms->y[i] - p.y, dz = atoms->z[i] - p.z;
    return sqrt(dx * dx + dy * dy + dz * dz);
}

// Every atom has exactly one accepted peak, none farther than @limit [Å].
static void
assert_found(const Phantom *phantom, const LacAtoms *atoms, double limit)
{
    g_assert_cmpuint(lac_atoms_count_present(atoms), ==, N_ATOMS);
    for (gsize a = 0; a < N_ATOMS; a++) {
        double best = HUGE_VAL;
        for (gsize i = 0; i < atoms->n; i++)
            if (lac_atoms_is_present(atoms, i))
                best = fmin(best, distance(atoms, i, phantom->position[a]));
        g_assert_cmpfloat(best, <, limit);
    }
}

static LacAtoms *
trace(const LacVolume *volume, LacFitMethod method, const LacVolume *mask)
{
    g_autoptr(GError) error = NULL;
    LacTraceParams params;
    lac_trace_params_init(&params, method);
    if (method == LAC_FIT_PUBLISHED)
        params.threshold = 0.3;
    LacAtoms *atoms = lac_trace(volume, mask, &params, NULL, &error);
    g_assert_no_error(error);
    return atoms;
}

static void
test_phantom(gconstpointer data)
{
    LacFitMethod method = GPOINTER_TO_UINT(data);
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.0);
    g_autoptr(LacAtoms) atoms = trace(phantom.volume, method, NULL);
    // Neighbours pull each other, in the wider window of the Gaussian a little more.
    gboolean wide = method == LAC_FIT_GAUSSIAN;
    assert_found(&phantom, atoms, wide ? 0.06 : 0.03);
    const double *height = lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT);
    const double *width = lac_atoms_get_column(atoms, LAC_COLUMN_WIDTH);
    const double *fit = lac_atoms_get_column(atoms, LAC_COLUMN_FIT);
    const double *elongation = lac_atoms_get_column(atoms, LAC_COLUMN_ELONGATION);
    for (gsize i = 0; i < atoms->n; i++) {
        g_assert_cmpint(atoms->state[i], ==,
            atoms->flag[i] == LAC_PEAK_OK ? LAC_ATOM_AUTO : LAC_ATOM_REJECTED);
        if (atoms->flag[i] != LAC_PEAK_OK)
            continue;
        g_assert_cmpfloat(height[i], >, 0.9);
        g_assert_cmpfloat(height[i], <, 3.2);
        g_assert_cmpfloat_with_epsilon(width[i], SIGMA, 0.06);
        g_assert_cmpfloat(fit[i], <, wide ? 0.05 : 0.02);
        g_assert_cmpfloat(elongation[i], >, 0.8);
        g_assert_cmpfloat(elongation[i], <=, 1.0);
    }
}

// One Gaussian on a constant: its fit knows all of it.
static void
test_gaussian(void)
{
    g_autoptr(LacVolume) volume = lac_volume_new(24, 24, 24, 0.5, NULL);
    for (gsize i = 0; i < lac_volume_get_size(volume); i++) {
        double x = (double) (i % 24) - 11.3, y = (double) (i / 24 % 24) - 12.2;
        double z = (double) (i / 576) - 12.4;
        volume->data[i] = (float) (0.5 + 2.0 * exp(-0.5 * (x * x + y * y + z * z) / (1.6 * 1.6)));
    }
    LacTraceParams params;
    lac_trace_params_init(&params, LAC_FIT_GAUSSIAN);
    params.threshold = 1.0;
    params.absolute = TRUE;
    g_autoptr(LacAtoms) atoms = lac_trace(volume, NULL, &params, NULL, NULL);
    g_assert_cmpuint(atoms->n, ==, 1);
    g_assert_cmpint(atoms->flag[0], ==, LAC_PEAK_OK);
    g_assert_cmpfloat_with_epsilon(atoms->x[0], -0.35, 5e-4);
    g_assert_cmpfloat_with_epsilon(atoms->y[0], 0.1, 5e-4);
    g_assert_cmpfloat_with_epsilon(atoms->z[0], 0.2, 5e-4);
    g_assert_cmpfloat_with_epsilon(lac_atoms_get_column(atoms, LAC_COLUMN_WIDTH)[0], 0.8, 0.02);
    g_assert_cmpfloat_with_epsilon(lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT)[0], 2.5, 0.02);
    g_assert_cmpfloat(lac_atoms_get_column(atoms, LAC_COLUMN_FIT)[0], <, 2e-3);
}

// A polynomial of degree 4 is its own fit, wherever the weights are.
static void
test_exact(void)
{
    g_autoptr(LacQuartic) quartic = lac_quartic_new();
    const double shift[3] = { 0.4, -1.1, 2.0 };
    double samples[LAC_QUARTIC_POINTS], c[LAC_QUARTIC_TERMS];
    guint n = 0;
    for (int z = -3; z <= 3; z++)
        for (int y = -3; y <= 3; y++)
            for (int x = -3; x <= 3; x++)
                if (4 * (x * x + y * y + z * z) <= 49) {
                    double u = x - 0.4, v = y + 1.1, w = z - 2.0;
                    samples[n++] = 5.0 - u * u + 0.25 * v * w - 0.01 * w * w * w * u + 0.5 * v;
                }
    double residual = lac_quartic_solve(quartic, samples, shift, c);
    g_assert_cmpfloat(residual, <, 1e-5);
    double sum = 0.0;
    for (int t = 0; t < LAC_QUARTIC_TERMS; t++)
        sum += fabs(c[t]);
    g_assert_cmpfloat_with_epsilon(c[0], 5.0, 1e-8);
    g_assert_cmpfloat_with_epsilon(sum, 5.0 + 1.0 + 0.25 + 0.01 + 0.5, 1e-7);
}

// Smoothing is chosen by itself, where noise makes several seeds of an atom and only there.
static void
test_noise(void)
{
    g_auto(Phantom) clean = { 0 };
    phantom_init(&clean, 0.0);
    g_autoptr(LacAtoms) plain = trace(clean.volume, LAC_FIT_POLYNOMIAL, NULL);
    g_assert_nonnull(strstr(plain->comment, "smoothing 0.000 Å"));
    g_auto(Phantom) noisy = { 0 };
    phantom_init(&noisy, 0.25);
    LacTraceParams params;
    lac_trace_params_init(&params, LAC_FIT_POLYNOMIAL);
    params.min_distance = 1.7;
    params.threshold = 0.25;
    g_autoptr(LacAtoms) atoms = lac_trace(noisy.volume, NULL, &params, NULL, NULL);
    g_assert_null(strstr(atoms->comment, "smoothing 0.000 Å"));
    assert_found(&noisy, atoms, 0.35);
}

static void
assert_same(const LacAtoms *a, const LacAtoms *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    g_assert_true(memcmp(a->x, b->x, a->n * sizeof(double)) == 0);
    g_assert_true(memcmp(a->y, b->y, a->n * sizeof(double)) == 0);
    g_assert_true(memcmp(a->z, b->z, a->n * sizeof(double)) == 0);
    g_assert_true(memcmp(a->flag, b->flag, a->n) == 0);
    const char *const names[] = { LAC_COLUMN_HEIGHT, LAC_COLUMN_FIT, LAC_COLUMN_WIDTH };
    for (gsize k = 0; k < G_N_ELEMENTS(names); k++)
        g_assert_true(memcmp(lac_atoms_get_column(a, names[k]), lac_atoms_get_column(b, names[k]),
                          a->n * sizeof(double)) == 0);
}

static void
test_threads(gconstpointer data)
{
    LacFitMethod method = GPOINTER_TO_UINT(data);
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.1);
    lac_parallel_set_threads(1);
    g_autoptr(LacAtoms) one = trace(phantom.volume, method, NULL);
    lac_parallel_set_threads(3);
    g_autoptr(LacAtoms) three = trace(phantom.volume, method, NULL);
    lac_parallel_set_threads(0);
    assert_same(one, three);
}

// Cancelled at each of its reports in turn, it returns nothing but the error.
static void
test_cancel(gconstpointer data)
{
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.2);
    LacTraceParams params;
    lac_trace_params_init(&params, GPOINTER_TO_UINT(data));
    params.max_peaks = 100;
    for (guint i = 1;; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, i);
        g_autoptr(LacAtoms) atoms = lac_trace(phantom.volume, NULL, &params, progress, &error);
        if (atoms != NULL) {
            g_assert_no_error(error);
            g_assert_cmpuint(i, >, 20);
            return;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static void
test_live(void)
{
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.0);
    LacTraceParams params;
    lac_trace_params_init(&params, LAC_FIT_POLYNOMIAL);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_want_result(progress);
    G_GNUC_UNUSED g_autoptr(LacAtoms) atoms =
        lac_trace(phantom.volume, NULL, &params, progress, NULL);
    g_autoptr(LacAtoms) shown = lac_progress_take_result(progress);
    g_assert_nonnull(shown);
    g_assert_cmpuint(lac_atoms_count_present(shown), ==, N_ATOMS);
    g_assert_cmpfloat(lac_progress_get_fraction(progress), ==, 1.0);
}

static gsize
count_flag(const LacAtoms *atoms, LacPeakFlag flag)
{
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++)
        n += atoms->flag[i] == flag;
    return n;
}

static void
test_mask_and_edge(void)
{
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.0);
    LacVolume *v = phantom.volume;
    v->data[(20 * v->ny + 20) * v->nx + 0] = 3.0f; // a peak whose window leaves the volume
    v->data[(2 * v->ny + 40) * v->nx + 3] = (float) NAN;
    g_autoptr(LacVolume) mask = lac_volume_new(48, 47, 46, VOXEL, NULL);
    gsize half = lac_volume_get_size(mask) / 2;
    for (gsize i = 0; i < half; i++)
        mask->data[i] = 1.0f;
    g_autoptr(LacAtoms) whole = trace(v, LAC_FIT_POLYNOMIAL, NULL);
    g_assert_cmpuint(lac_atoms_count_present(whole), ==, N_ATOMS);
    g_assert_cmpuint(count_flag(whole, LAC_PEAK_EDGE), ==, 1);
    g_autoptr(LacAtoms) part = trace(v, LAC_FIT_POLYNOMIAL, mask);
    g_assert_cmpuint(lac_atoms_count_present(part), <, N_ATOMS);
    for (gsize i = 0; i < part->n; i++)
        if (lac_atoms_is_present(part, i))
            g_assert_cmpfloat(part->z[i], <, 0.5 + 0.5 * VOXEL);
}

static void
test_refused(void)
{
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.0);
    g_autoptr(GError) error = NULL;
    LacTraceParams params;
    lac_trace_params_init(&params, LAC_FIT_POLYNOMIAL);
    params.threshold = 1.5;
    g_assert_null(lac_trace(phantom.volume, NULL, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    params.threshold = 0.1;
    g_autoptr(LacVolume) mask = lac_volume_new(8, 8, 8, VOXEL, NULL);
    g_assert_null(lac_trace(phantom.volume, mask, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_MISMATCH);
    g_autoptr(LacVolume) empty = lac_volume_new(9, 9, 9, VOXEL, NULL);
    g_autoptr(LacAtoms) none = lac_trace(empty, NULL, &params, NULL, NULL);
    g_assert_cmpuint(none->n, ==, 0);
}

// Snapping from anywhere near comes to where the tracer came from its seed.
static void
test_snap(void)
{
    g_auto(Phantom) phantom = { 0 };
    phantom_init(&phantom, 0.0);
    g_autoptr(LacAtoms) atoms = trace(phantom.volume, LAC_FIT_POLYNOMIAL, NULL);
    for (gsize i = 0; i < atoms->n; i++) {
        if (atoms->flag[i] != LAC_PEAK_OK)
            continue;
        LacPeak peak;
        LacVec3 start = { atoms->x[i] + 0.2, atoms->y[i] - 0.15, atoms->z[i] + 0.1 };
        g_assert_true(lac_fit_peak(phantom.volume, start, &peak, NULL));
        g_assert_cmpint(peak.flag, ==, LAC_PEAK_OK);
        g_assert_cmpfloat(distance(atoms, i, peak.position), <, 2e-3);
        g_assert_cmpfloat_with_epsilon(peak.height,
            lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT)[i], 1e-3);
    }
    g_autoptr(GError) error = NULL;
    LacPeak peak;
    g_assert_false(lac_fit_peak(phantom.volume, (LacVec3){ 50.0, 0.0, 0.0 }, &peak, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_true(lac_fit_peak(phantom.volume, (LacVec3){ 1.0, -2.0, 8.5 }, &peak, NULL));
    g_assert_cmpint(peak.flag, !=, LAC_PEAK_OK);
}

static char *
find_data(const char *folder, const char *name)
{
    char *file = g_build_filename(g_getenv("LACUNA_TEST_DATA"), folder, name, NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_test_skip("the published data are not there");
        g_clear_pointer(&file, g_free);
    }
    return file;
}

// The flags of a published trace follow from its positions by the distance rule.
static void
test_published_flags(void)
{
    g_autofree char *file =
        find_data("asi-208", "polyn_tracing_aSi2nm_FosCetr_Dose1p6e4_cov35pm_BM3D.mat");
    if (file == NULL)
        return;
    mat_t *mat = Mat_Open(file, MAT_ACC_RDONLY);
    matvar_t *positions = Mat_VarRead(mat, "TotPosArr"), *flags = Mat_VarRead(mat, "exitFlagArr");
    matvar_t *minimum = Mat_VarRead(mat, "minDist");
    const gsize n = 5000;
    g_assert_cmpuint(positions->dims[0], ==, n);
    g_assert_cmpuint(flags->dims[0] * flags->dims[1], ==, n);
    g_assert_cmpint(flags->class_type, ==, MAT_C_DOUBLE);
    const double *p = positions->data, *stored = flags->data;
    g_autofree guint8 *flag = g_new(guint8, n);
    for (gsize i = 0; i < n; i++)
        flag[i] = stored[i] == 0.0 || stored[i] == -3.0 ? LAC_PEAK_OK : LAC_PEAK_NOT_CONVERGED;
    g_assert_true(lac_trace_apply_distance(p, p + n, p + 2 * n, flag, n,
        *(const double *) minimum->data, NULL));
    gsize n_ok = 0, n_close = 0;
    for (gsize i = 0; i < n; i++) {
        g_assert_cmpint(flag[i] == LAC_PEAK_OK, ==, stored[i] == 0.0);
        g_assert_cmpint(flag[i] == LAC_PEAK_TOO_CLOSE, ==, stored[i] == -3.0);
        n_ok += flag[i] == LAC_PEAK_OK;
        n_close += flag[i] == LAC_PEAK_TOO_CLOSE;
    }
    g_test_message("%d peaks accepted, %d too close", (int) n_ok, (int) n_close);
    g_assert_cmpuint(n_ok, ==, 444);
    g_assert_cmpuint(n_close, >, 1000);
    Mat_VarFree(positions);
    Mat_VarFree(flags);
    Mat_VarFree(minimum);
    Mat_Close(mat);
}

// 145 + 199 + 65 atoms, counted in the paper's own volume.
static void
test_sample(void)
{
    g_autofree char *file = find_data("resire-sample", "ground_truth_amorphous_vol.mat");
    if (file == NULL)
        return;
    g_autofree char *name = g_strconcat(file, ":Vol", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_read_volume(name, NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacAtoms) atoms = trace(volume, LAC_FIT_POLYNOMIAL, NULL);
    g_assert_cmpuint(lac_atoms_count_present(atoms), ==, 409);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    static const char *const names[] = { "polynomial", "gaussian", "published" };
    for (guint method = 0; method <= LAC_FIT_PUBLISHED; method++) {
        gconstpointer data = GUINT_TO_POINTER(method);
        g_autofree char *phantom = g_strconcat("/trace/phantom/", names[method], NULL);
        g_autofree char *threads = g_strconcat("/trace/threads/", names[method], NULL);
        g_autofree char *cancel = g_strconcat("/trace/cancel/", names[method], NULL);
        g_test_add_data_func(phantom, data, test_phantom);
        g_test_add_data_func(threads, data, test_threads);
        g_test_add_data_func(cancel, data, test_cancel);
    }
    g_test_add_func("/trace/gaussian", test_gaussian);
    g_test_add_func("/trace/exact", test_exact);
    g_test_add_func("/trace/noise", test_noise);
    g_test_add_func("/trace/live", test_live);
    g_test_add_func("/trace/mask-and-edge", test_mask_and_edge);
    g_test_add_func("/trace/refused", test_refused);
    g_test_add_func("/trace/snap", test_snap);
    g_test_add_func("/trace/published-flags", test_published_flags);
    g_test_add_func("/trace/sample", test_sample);
    return g_test_run();
}
