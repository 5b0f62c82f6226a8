// SPDX-License-Identifier: GPL-3.0-or-later
// Block matching and filtering: against the slow way, laws, threads, odd sizes.
#include "core/parallel.h"
#include "core/prep/bm3d.h"
#include "core/rng.h"
#include "tests/core/prep/pictures.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define NV 90
#define NU 100
#define N  (NV * NU)

static void
filter(const float *in, gsize nv, gsize nu, double sigma, double range, float *out)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_bm3d(in, nv, nu, sigma, range, out, (LacPrepSpan){ 0 }, &error));
    g_assert_no_error(error);
}

// --- the slow way: first stage only needs the noisy image, so both are done by one function

#define MAX_EDGE 11

typedef struct {
    gsize block, step, stack;
    double far, threshold;
} SlowStage;

typedef struct {
    double distance;
    gsize order, v, u;
} SlowMatch;

// A wavelet by its definition: coefficients of the finer level, then of each coarser one.
static void
slow_wavelet(double matrix[MAX_EDGE][MAX_EDGE])
{
    const double taps[10] = { 0.01657281518405971, -0.01657281518405971, -0.12153397801643787,
        0.12153397801643787, 0.7071067811865476, 0.7071067811865476, 0.12153397801643787,
        -0.12153397801643787, -0.01657281518405971, 0.01657281518405971 };
    double basis[8][8] = { { 0 } };
    for (gsize i = 0; i < 8; i++)
        basis[i][i] = 1.0; // rows: functionals that give the approximation
    gsize row = 7;
    for (gsize n = 8; n > 1; n /= 2) {
        double coarse[8][8] = { { 0 } };
        for (gsize k = 0; k < n / 2; k++)
            for (gsize j = 0; j < 8; j++) {
                for (gsize t = 0; t < 10; t++)
                    coarse[k][j] += taps[t] * basis[(2 * k + t + 3 * 8 + 4) % n][j];
                matrix[row - (n / 2 - 1 - k)][j] = basis[2 * k][j] - basis[2 * k + 1][j];
            }
        memcpy(basis, coarse, sizeof basis);
        row -= n / 2;
    }
    memcpy(matrix[0], basis[0], sizeof basis[0]);
    for (gsize i = 0; i < 8; i++) {
        double norm = 0.0;
        for (gsize j = 0; j < 8; j++)
            norm += matrix[i][j] * matrix[i][j];
        for (gsize j = 0; j < 8; j++)
            matrix[i][j] /= sqrt(norm);
    }
}

static void
slow_cosine(gsize n, double matrix[MAX_EDGE][MAX_EDGE])
{
    for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < n; j++)
            matrix[i][j] = (i == 0 ? sqrt(1.0 / (double) n) : sqrt(2.0 / (double) n)) *
                cos((2.0 * (double) j + 1.0) * (double) i * G_PI / (2.0 * (double) n));
}

// Solves matrix x = b by elimination.
static void
slow_solve(gsize n, double matrix[MAX_EDGE][MAX_EDGE], const double *b, double *x)
{
    double a[MAX_EDGE][MAX_EDGE + 1];
    for (gsize i = 0; i < n; i++) {
        memcpy(a[i], matrix[i], n * sizeof(double));
        a[i][n] = b[i];
    }
    for (gsize c = 0; c < n; c++) {
        gsize best = c;
        for (gsize i = c; i < n; i++)
            if (fabs(a[i][c]) > fabs(a[best][c]))
                best = i;
        for (gsize j = 0; j <= n; j++) {
            double t = a[c][j];
            a[c][j] = a[best][j];
            a[best][j] = t;
        }
        for (gsize i = 0; i < n; i++)
            if (i != c) {
                double factor = a[i][c] / a[c][c];
                for (gsize j = c; j <= n; j++)
                    a[i][j] -= factor * a[c][j];
            }
    }
    for (gsize i = 0; i < n; i++)
        x[i] = a[i][n] / a[i][i];
}

static void
slow_transform(gsize n, double matrix[MAX_EDGE][MAX_EDGE], double *block, gboolean back)
{
    for (int side = 0; side < 2; side++)
        for (gsize i = 0; i < n; i++) {
            double line[MAX_EDGE], out[MAX_EDGE] = { 0 };
            for (gsize j = 0; j < n; j++)
                line[j] = side == 0 ? block[i * n + j] : block[j * n + i];
            if (back)
                slow_solve(n, matrix, line, out);
            for (gsize j = 0; j < n && !back; j++)
                for (gsize l = 0; l < n; l++)
                    out[j] += matrix[j][l] * line[l];
            for (gsize j = 0; j < n; j++)
                *(side == 0 ? &block[i * n + j] : &block[j * n + i]) = out[j];
        }
}

// Orthonormal Haar matrix of order n, rows from coarse to fine.
static double
slow_haar(gsize n, gsize i, gsize j)
{
    if (i == 0)
        return 1.0 / sqrt((double) n);
    gsize level = 1;
    while (2 * level <= i)
        level *= 2;
    gsize width = n / level, at = (i - level) * width;
    if (j < at || j >= at + width)
        return 0.0;
    return (j < at + width / 2 ? 1.0 : -1.0) * sqrt((double) level / (double) n);
}

static int
slow_compare(gconstpointer a, gconstpointer b)
{
    const SlowMatch *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static double
slow_window(gsize i, gsize n)
{
    double x = 2.0 * (double) i / ((double) n - 1.0) - 1.0, top = 0.0, norm = 0.0, factorial = 1.0;
    for (int k = 0; k < 20; k++) {
        factorial *= k > 0 ? k : 1;
        top += pow((1.0 - x * x), k) / (factorial * factorial); // (beta / 2)^2k with beta = 2
        norm += 1.0 / (factorial * factorial);
    }
    return top / norm;
}

static void
slow_stage(const float *noisy, const float *basic, gsize nv, gsize nu, const SlowStage *s,
    double sigma, double grey, float *out)
{
    const gsize n = s->block, area = n * n;
    const float *image = basic != NULL ? basic : noisy;
    double matrix[MAX_EDGE][MAX_EDGE] = { { 0 } };
    if (basic == NULL)
        slow_wavelet(matrix);
    else
        slow_cosine(n, matrix);
    g_autofree double *sums = g_new0(double, nv *nu), *weights = g_new0(double, nv *nu);
    g_autofree SlowMatch *matches = g_new(SlowMatch, 39 * 39);
    g_autofree double *stack = g_new(double, 2 * 32 * area);
    for (gsize rv = 0; rv < nv - n + s->step; rv += s->step)
        for (gsize ru = 0; ru < nu - n + s->step; ru += s->step) {
            gsize v0 = MIN(rv, nv - n), u0 = MIN(ru, nu - n), n_matches = 0, size = 1;
            for (gsize v = v0 - MIN(v0, 19); v <= MIN(v0 + 19, nv - n); v++)
                for (gsize u = u0 - MIN(u0, 19); u <= MIN(u0 + 19, nu - n); u++) {
                    double sum = 0.0;
                    for (gsize i = 0; i < area; i++) {
                        gsize j = i / n * nu + i % n;
                        double difference =
                            (double) image[v0 * nu + u0 + j] - (double) image[v * nu + u + j];
                        sum += difference * difference;
                    }
                    if (sum / (double) area <= s->far * grey * grey) {
                        matches[n_matches] = (SlowMatch){ sum, n_matches + 1, v, u };
                        if (v == v0 && u == u0)
                            matches[n_matches].order = 0;
                        n_matches++;
                    }
                }
            qsort(matches, n_matches, sizeof *matches, slow_compare);
            while (2 * size <= MIN(n_matches, s->stack))
                size *= 2;
            double kept = 0.0;
            for (gsize k = 0; k < size; k++)
                for (int which = 0; which < (basic != NULL ? 2 : 1); which++) {
                    double *block = stack + (gsize) which * 32 * area + k * area;
                    for (gsize i = 0; i < area; i++)
                        block[i] = (double) (which == 0
                                ? noisy
                                : basic)[(matches[k].v + i / n) * nu + matches[k].u + i % n];
                    slow_transform(n, matrix, block, FALSE);
                }
            for (gsize i = 0; i < area; i++) {
                double c[32] = { 0 }, b[32] = { 0 }, back[32] = { 0 };
                for (gsize k = 0; k < size; k++)
                    for (gsize j = 0; j < size; j++) {
                        c[k] += slow_haar(size, k, j) * stack[j * area + i];
                        if (basic != NULL)
                            b[k] += slow_haar(size, k, j) * stack[(32 + j) * area + i];
                    }
                for (gsize k = 0; k < size; k++) {
                    double gain = basic != NULL ? b[k] * b[k] / (b[k] * b[k] + sigma * sigma)
                                                : (fabs(c[k]) > s->threshold * sigma ? 1.0 : 0.0);
                    if (i == 0 && k == 0)
                        gain = 1.0;
                    c[k] *= gain;
                    kept += gain * gain;
                }
                for (gsize j = 0; j < size; j++)
                    for (gsize k = 0; k < size; k++)
                        back[j] += slow_haar(size, k, j) * c[k];
                for (gsize k = 0; k < size; k++)
                    stack[k * area + i] = back[k];
            }
            for (gsize k = 0; k < size; k++) {
                slow_transform(n, matrix, stack + k * area, TRUE);
                for (gsize i = 0; i < area; i++) {
                    gsize at = (matches[k].v + i / n) * nu + matches[k].u + i % n;
                    double w = slow_window(i / n, n) * slow_window(i % n, n) / kept;
                    sums[at] += w * stack[k * area + i];
                    weights[at] += w;
                }
            }
        }
    for (gsize i = 0; i < nv * nu; i++)
        out[i] = (float) (sums[i] / weights[i]);
}

static void
check_against_slow(double sigma, const SlowStage stages[2])
{
    const gsize nv = 27, nu = 31, n = nv * nu;
    g_autofree float *clean = test_atoms_picture(nv, nu, 40.0, 180.0);
    g_autofree float *noisy = test_add_noise(clean, n, &(LacNoise){ .read_noise = sigma }, 2);
    g_autofree float *basic = g_new(float, n), *slow = g_new(float, n), *fast = g_new(float, n);
    slow_stage(noisy, NULL, nv, nu, &stages[0], sigma, 1.0, basic);
    slow_stage(noisy, basic, nv, nu, &stages[1], sigma, 1.0, slow);
    filter(noisy, nv, nu, sigma, 255.0, fast);
    double difference = test_rms_difference(fast, slow, n);
    g_test_message("sigma %g: noisy %.2f dB, slow %.2f dB, difference %g", sigma,
        test_psnr(noisy, clean, n, 255.0), test_psnr(slow, clean, n, 255.0), difference);
    g_assert_cmpfloat(difference, <, 1e-3 * sigma);
}

static void
test_slow(void)
{
    const SlowStage normal[2] = { { 8, 3, 16, 3000.0, 2.7 }, { 8, 3, 32, 400.0, 0.0 } };
    const SlowStage strong[2] = { { 8, 4, 32, 25000.0, 2.8 }, { 11, 6, 32, 3500.0, 0.0 } };
    check_against_slow(10.0, normal);
    check_against_slow(30.0, normal);
    check_against_slow(60.0, strong);
}

static void
test_constant(void)
{
    g_autofree float *in = g_new(float, N), *out = g_new(float, N);
    const float values[] = { 0.0F, 1.0F, -300.0F, 4096.0F };
    for (gsize k = 0; k < G_N_ELEMENTS(values); k++) {
        for (gsize i = 0; i < N; i++)
            in[i] = values[k];
        filter(in, NV, NU, 25.0, 255.0, out);
        for (gsize i = 0; i < N; i++)
            g_assert_cmpfloat(fabsf(out[i] - values[k]), <=, 1e-5F * fabsf(values[k]));
    }
}

// A constant more in, a constant more out; twice the contrast and noise in, twice out.
static void
test_invariance(void)
{
    g_autofree float *clean = test_atoms_picture(NV, NU, 0.0, 200.0);
    g_autofree float *in = test_add_noise(clean, N, &(LacNoise){ .read_noise = 20.0 }, 4);
    g_autofree float *out = g_new(float, N), *other = g_new(float, N);
    filter(in, NV, NU, 20.0, 255.0, out);
    for (gsize i = 0; i < N; i++)
        in[i] = 4.0F * in[i];
    filter(in, NV, NU, 80.0, 1020.0, other);
    for (gsize i = 0; i < N; i++)
        g_assert_cmpfloat(fabsf(other[i] / 4.0F - out[i]), <, 0.01F);
    for (gsize i = 0; i < N; i++)
        in[i] = in[i] / 4.0F + 256.0F;
    filter(in, NV, NU, 20.0, 255.0, other);
    g_assert_cmpfloat(test_rms_difference(out, other, N), >, 100.0);
    for (gsize i = 0; i < N; i++)
        other[i] -= 256.0F;
    g_assert_cmpfloat(test_rms_difference(out, other, N), <, 0.3);
}

static void
test_gain(void)
{
    g_autofree float *clean = test_atoms_picture(NV, NU, 20.0, 200.0);
    const double sigmas[] = { 10.0, 25.0, 50.0 }, least[] = { 7.0, 8.5, 10.0 };
    for (gsize k = 0; k < G_N_ELEMENTS(sigmas); k++) {
        g_autofree float *in = test_add_noise(clean, N, &(LacNoise){ .read_noise = sigmas[k] }, 6);
        g_autofree float *out = g_new(float, N);
        filter(in, NV, NU, sigmas[k], 255.0, out);
        double before = test_psnr(in, clean, N, 255.0), after = test_psnr(out, clean, N, 255.0);
        g_test_message("sigma %g: %.2f dB to %.2f dB", sigmas[k], before, after);
        g_assert_cmpfloat(after, >, before + least[k]);
    }
}

static void
test_threads(void)
{
    g_autofree float *clean = test_atoms_picture(NV, NU, 20.0, 200.0);
    g_autofree float *in = test_add_noise(clean, N, &(LacNoise){ .read_noise = 25.0 }, 6);
    g_autofree float *first = g_new(float, N), *out = g_new(float, N);
    const guint threads[] = { 1, 2, 3, 8 };
    guint before = lac_parallel_get_threads();
    for (gsize k = 0; k < G_N_ELEMENTS(threads); k++) {
        lac_parallel_set_threads(threads[k]);
        filter(in, NV, NU, 25.0, 255.0, k == 0 ? first : out);
        if (k > 0)
            g_assert_true(memcmp(first, out, N * sizeof *out) == 0);
    }
    lac_parallel_set_threads(before);
}

static void
test_small(void)
{
    const gsize sizes[][2] = { { 1, 1 }, { 7, 7 }, { 8, 9 }, { 1, 40 }, { 11, 11 }, { 12, 13 } };
    float in[200], out[200];
    for (gsize k = 0; k < G_N_ELEMENTS(sizes); k++)
        for (int strong = 0; strong < 2; strong++) {
            gsize n = sizes[k][0] * sizes[k][1];
            for (gsize i = 0; i < n; i++)
                in[i] = (float) (100.0 + 10.0 * lac_rng_normal(8, i));
            filter(in, sizes[k][0], sizes[k][1], 10.0, strong ? 50.0 : 255.0, out);
            for (gsize i = 0; i < n; i++)
                g_assert_cmpfloat(fabsf(out[i] - 100.0F), <, n> 40 ? 10.0F : 40.0F);
        }
}

static void
test_cancel(void)
{
    g_autofree float *in = g_new0(float, N), *out = g_new0(float, N);
    for (guint at = 1; at < 3; at++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, at);
        LacPrepSpan span = { progress, 0.0, 1.0 };
        g_assert_false(lac_bm3d(in, NV, NU, 1.0, 255.0, out, span, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error(&error);
        span.from = 1.0; // quiet
        g_assert_false(lac_bm3d(in, NV, NU, 1.0, 255.0, out, span, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bm3d/slow", test_slow);
    g_test_add_func("/bm3d/constant", test_constant);
    g_test_add_func("/bm3d/invariance", test_invariance);
    g_test_add_func("/bm3d/gain", test_gain);
    g_test_add_func("/bm3d/threads", test_threads);
    g_test_add_func("/bm3d/small", test_small);
    g_test_add_func("/bm3d/cancel", test_cancel);
    return g_test_run();
}
