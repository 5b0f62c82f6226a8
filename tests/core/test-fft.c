// SPDX-License-Identifier: GPL-3.0-or-later
// Fourier transforms against a slow one and against the laws they obey.
#include "core/array.h"
#include "core/fft.h"
#include "core/rng.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

static const gsize SHAPES[][3] = { { 1, 1, 8 }, { 1, 1, 15 }, { 1, 6, 5 }, { 3, 4, 6 }, { 4, 3, 7 },
    { 5, 1, 2 }, { 2, 2, 1 } };

typedef float Pair[2];

typedef struct {
    double re, im;
} Complex;

// A transform with its arrays.
typedef struct {
    gsize n0, n1, n2, half, n;
    LacFft *fft;
    float *real;
    Pair *spectrum;
} Case;

static Case
case_new(gsize n0, gsize n1, gsize n2)
{
    Case self = { .n0 = n0, .n1 = n1, .n2 = n2, .half = n2 / 2 + 1, .n = n0 * n1 * n2 };
    self.fft = lac_fft_new(n0, n1, n2);
    g_assert_nonnull(self.fft);
    g_assert_cmpuint(lac_fft_get_spectrum_size(self.fft), ==, n0 * n1 * self.half);
    self.real = lac_alloc_floats(self.n, NULL);
    self.spectrum = lac_alloc(n0 * n1 * self.half, sizeof(Pair), NULL);
    for (gsize i = 0; i < self.n; i++)
        self.real[i] = (float) lac_rng_normal(5, i);
    return self;
}

static void
case_clear(Case *self)
{
    lac_fft_free(self->fft);
    lac_free(self->real);
    lac_free(self->spectrum);
}

static Complex
slow_dft(const Case *self, gsize f0, gsize f1, gsize f2)
{
    Complex sum = { 0.0, 0.0 };
    for (gsize i = 0; i < self->n0; i++)
        for (gsize j = 0; j < self->n1; j++)
            for (gsize k = 0; k < self->n2; k++) {
                double turns = (double) (f0 * i) / (double) self->n0 +
                    (double) (f1 * j) / (double) self->n1 + (double) (f2 * k) / (double) self->n2;
                double value = (double) self->real[(i * self->n1 + j) * self->n2 + k];
                sum.re += value * cos(2.0 * G_PI * turns);
                sum.im -= value * sin(2.0 * G_PI * turns);
            }
    return sum;
}

static void
test_against_slow(void)
{
    for (guint s = 0; s < G_N_ELEMENTS(SHAPES); s++) {
        Case c = case_new(SHAPES[s][0], SHAPES[s][1], SHAPES[s][2]);
        lac_fft_forward(c.fft, c.real, c.spectrum);
        for (gsize i = 0; i < c.n0; i++)
            for (gsize j = 0; j < c.n1; j++)
                for (gsize k = 0; k < c.half; k++) {
                    Complex expected = slow_dft(&c, i, j, k);
                    const float *got = c.spectrum[(i * c.n1 + j) * c.half + k];
                    g_assert_cmpfloat_with_epsilon((double) got[0], expected.re, 2e-5);
                    g_assert_cmpfloat_with_epsilon((double) got[1], expected.im, 2e-5);
                }
        case_clear(&c);
    }
}

static void
test_round_trip(void)
{
    const gsize shapes[][3] = { { 1, 1, 100 }, { 1, 31, 33 }, { 12, 10, 14 }, { 1, 40, 64 } };
    for (guint s = 0; s < G_N_ELEMENTS(shapes); s++) {
        Case c = case_new(shapes[s][0], shapes[s][1], shapes[s][2]);
        float *back = lac_alloc_floats(c.n, NULL), *kept = lac_alloc_floats(c.n, NULL);
        memcpy(kept, c.real, c.n * sizeof(float));
        lac_fft_forward(c.fft, c.real, c.spectrum);
        g_assert_cmpint(memcmp(kept, c.real, c.n * sizeof(float)), ==, 0);
        lac_fft_inverse(c.fft, c.spectrum, back);
        for (gsize i = 0; i < c.n; i++)
            g_assert_cmpfloat_with_epsilon((double) back[i] / (double) c.n, (double) kept[i], 1e-5);
        lac_free(back);
        lac_free(kept);
        case_clear(&c);
    }
}

static void
test_parseval(void)
{
    for (gsize n2 = 20; n2 <= 21; n2++) {
        Case c = case_new(4, 6, n2);
        double energy = 0.0, power = 0.0;
        for (gsize i = 0; i < c.n; i++)
            energy += (double) c.real[i] * (double) c.real[i];
        lac_fft_forward(c.fft, c.real, c.spectrum);
        for (gsize i = 0; i < c.n0 * c.n1 * c.half; i++) {
            gsize k = i % c.half;
            // The half that is not stored is the mirror of all but the zero and Nyquist columns.
            double weight = k == 0 || 2 * k == n2 ? 1.0 : 2.0;
            double re = (double) c.spectrum[i][0], im = (double) c.spectrum[i][1];
            power += weight * (re * re + im * im);
        }
        g_assert_cmpfloat_with_epsilon(power / (double) c.n / energy, 1.0, 1e-6);
        case_clear(&c);
    }
}

static void
test_shift(void)
{
    const gsize n = 24, shift = 5;
    Case a = case_new(1, 1, n), b = case_new(1, 1, n);
    for (gsize i = 0; i < n; i++)
        b.real[(i + shift) % n] = a.real[i];
    lac_fft_forward(a.fft, a.real, a.spectrum);
    lac_fft_forward(b.fft, b.real, b.spectrum);
    for (gsize k = 0; k < a.half; k++) {
        double turn = -2.0 * G_PI * (double) (k * shift) / (double) n;
        double re = (double) a.spectrum[k][0], im = (double) a.spectrum[k][1];
        double c = cos(turn), s = sin(turn);
        g_assert_cmpfloat_with_epsilon((double) b.spectrum[k][0], re * c - im * s, 1e-5);
        g_assert_cmpfloat_with_epsilon((double) b.spectrum[k][1], re * s + im * c, 1e-5);
    }
    case_clear(&a);
    case_clear(&b);
}

static void
test_rows(void)
{
    const gsize n_rows = 5, n = 12, half = n / 2 + 1;
    g_autoptr(LacFft) rows = lac_fft_new_rows(n_rows, n);
    g_assert_cmpuint(lac_fft_get_spectrum_size(rows), ==, n_rows * half);
    Case c = case_new(1, 1, n);
    float *real = lac_alloc_floats(n_rows * n, NULL);
    Pair *spectra = lac_alloc(n_rows * half, sizeof(Pair), NULL);
    for (gsize i = 0; i < n_rows * n; i++)
        real[i] = (float) lac_rng_normal(7, i);
    lac_fft_forward(rows, real, spectra);
    for (gsize row = 0; row < n_rows; row++) {
        memcpy(c.real, real + row * n, n * sizeof(float));
        for (gsize k = 0; k < half; k++) {
            Complex expected = slow_dft(&c, 0, 0, k);
            const float *got = spectra[row * half + k];
            g_assert_cmpfloat_with_epsilon((double) got[0], expected.re, 2e-5);
            g_assert_cmpfloat_with_epsilon((double) got[1], expected.im, 2e-5);
        }
    }
    float *back = lac_alloc_floats(n_rows * n, NULL);
    lac_fft_inverse(rows, spectra, back);
    for (gsize i = 0; i < n_rows * n; i++)
        g_assert_cmpfloat_with_epsilon((double) (back[i] / (float) n), (double) real[i], 1e-5);
    lac_free(real);
    lac_free(back);
    lac_free(spectra);
    case_clear(&c);
}

// The real and the imaginary part of a line are two real lines; columns and rows of an array alike.
static void
test_lines(void)
{
    const gsize n = 10, n_lines = 6;
    for (int across = 0; across < 2; across++) {
        const gsize stride = across ? n_lines : 1, distance = across ? 1 : n;
        g_autoptr(LacFftLines) lines = lac_fft_lines_new(n, n_lines, stride, distance);
        Pair *in = lac_alloc(n * n_lines, sizeof(Pair), NULL);
        Pair *out = lac_alloc(n * n_lines, sizeof(Pair), NULL);
        for (gsize i = 0; i < 2 * n * n_lines; i++)
            in[i / 2][i % 2] = (float) lac_rng_normal(8, i);
        Pair *kept = g_memdup2(in, n * n_lines * sizeof(Pair));
        lac_fft_lines_forward(lines, in, out);
        for (gsize line = 0; line < n_lines; line++) {
            for (gsize k = 0; k < n; k++) {
                double re = 0.0, im = 0.0;
                for (gsize j = 0; j < n; j++) {
                    const float *value = kept[j * stride + line * distance];
                    double turn = -2.0 * G_PI * (double) (j * k) / (double) n;
                    re += (double) value[0] * cos(turn) - (double) value[1] * sin(turn);
                    im += (double) value[0] * sin(turn) + (double) value[1] * cos(turn);
                }
                const float *got = out[k * stride + line * distance];
                g_assert_cmpfloat_with_epsilon((double) got[0], re, 2e-5);
                g_assert_cmpfloat_with_epsilon((double) got[1], im, 2e-5);
            }
        }
        lac_fft_lines_inverse(lines, out, in);
        for (gsize i = 0; i < 2 * n * n_lines; i++)
            g_assert_cmpfloat_with_epsilon((double) in[i / 2][i % 2] / (double) n,
                (double) kept[i / 2][i % 2], 1e-5);
        lac_free(in);
        lac_free(out);
        g_free(kept);
    }
}

static gboolean
is_good(gsize n)
{
    if (n % 2 != 0 || (n > 64 && (n & (n - 1)) == 0))
        return FALSE;
    const gsize primes[] = { 2, 3, 5, 7 };
    for (guint i = 0; i < G_N_ELEMENTS(primes); i++)
        while (n % primes[i] == 0)
            n /= primes[i];
    return n == 1;
}

static void
test_good_size(void)
{
    for (gsize n = 0; n < 3000; n++) {
        gsize expected = MAX(n, 2);
        while (!is_good(expected))
            expected++;
        g_assert_cmpuint(lac_fft_good_size(n), ==, expected);
    }
}

// Plans are made and used in several threads at once.
static void *
transform_many(void *data)
{
    gboolean *same = data;
    *same = TRUE;
    for (guint round = 0; round < 20; round++) {
        Case a = case_new(1, 8 + round, 30), b = case_new(1, 8 + round, 30);
        lac_fft_forward(a.fft, a.real, a.spectrum);
        lac_fft_forward(b.fft, b.real, b.spectrum);
        gsize bytes = a.n0 * a.n1 * a.half * sizeof(Pair);
        *same = *same && memcmp(a.spectrum, b.spectrum, bytes) == 0;
        case_clear(&a);
        case_clear(&b);
    }
    return NULL;
}

static void
test_threads(void)
{
    pthread_t threads[4];
    gboolean same[4];
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(pthread_create(&threads[i], NULL, transform_many, &same[i]), ==, 0);
    for (guint i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        g_assert_true(same[i]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fft/against-slow", test_against_slow);
    g_test_add_func("/fft/round-trip", test_round_trip);
    g_test_add_func("/fft/parseval", test_parseval);
    g_test_add_func("/fft/shift", test_shift);
    g_test_add_func("/fft/rows", test_rows);
    g_test_add_func("/fft/lines", test_lines);
    g_test_add_func("/fft/good-size", test_good_size);
    g_test_add_func("/fft/threads", test_threads);
    return g_test_run();
}
