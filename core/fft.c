// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fft.h"

#include <fftw3.h>
#include <pthread.h>

struct LacFft {
    gsize n_spectrum;
    fftwf_plan forward, inverse;
};

struct LacFftLines {
    fftwf_plan forward, inverse;
};

// FFTW's planner is not thread-safe; execution is.
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

// @rank dimensions are transformed, @loops repeated; the numbers of values only tell the alignment.
static LacFft *
plan_real(int rank, const fftwf_iodim64 *dims, const fftwf_iodim64 *back, int loops, gsize n_real,
    gsize n_spectrum)
{
    // ESTIMATE does not touch these.
    float *real = fftwf_alloc_real(n_real);
    fftwf_complex *spectrum = fftwf_alloc_complex(n_spectrum);
    LacFft *self = g_new0(LacFft, 1);
    self->n_spectrum = n_spectrum;
    if (real != NULL && spectrum != NULL) {
        pthread_mutex_lock(&planner_lock);
        self->forward = fftwf_plan_guru64_dft_r2c(rank, dims, loops, dims + rank, real, spectrum,
            FFTW_ESTIMATE);
        self->inverse = fftwf_plan_guru64_dft_c2r(rank, back, loops, back + rank, spectrum, real,
            FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner_lock);
    }
    fftwf_free(real);
    fftwf_free(spectrum);
    if (self->forward == NULL || self->inverse == NULL)
        g_clear_pointer(&self, lac_fft_free);
    return self;
}

/**
 * lac_fft_new:
 * @n0: slowest extent, 1 for a transform of a plane
 * @n1: middle extent, 1 for a single line
 * @n2: fastest extent
 *
 * Plans without measuring, so that the same bits come out at every run. Arrays given to the
 * transforms must be 64-byte aligned, as lac_alloc_floats() gives them.
 *
 * Returns: (transfer full): the plan; %NULL if memory is short or an extent exceeds FFTW's limit
 */
LacFft *
lac_fft_new(gsize n0, gsize n1, gsize n2)
{
    g_return_val_if_fail(n0 > 0 && n1 > 0 && n2 > 0, NULL);

    fftwf_iodim64 dims[3];
    const gsize n[3] = { n0, n1, n2 };
    gsize half = n2 / 2 + 1;
    const gsize real_stride[3] = { n1 * n2, n2, 1 }, half_stride[3] = { n1 * half, half, 1 };
    fftwf_iodim64 back[3];
    for (int i = 0; i < 3; i++) {
        dims[i] = (fftwf_iodim64){ (ptrdiff_t) n[i], (ptrdiff_t) real_stride[i],
            (ptrdiff_t) half_stride[i] };
        back[i] = (fftwf_iodim64){ (ptrdiff_t) n[i], (ptrdiff_t) half_stride[i],
            (ptrdiff_t) real_stride[i] };
    }
    return plan_real(3, dims, back, 0, n0 * n1 * n2, n0 * n1 * half);
}

/**
 * lac_fft_new_rows:
 * @n_rows: how many rows
 * @n: values of each
 *
 * Plans transforms of each row of an array (n_rows, n) on its own; the spectra are
 * (n_rows, n/2+1).
 *
 * Returns: (transfer full): the plan; %NULL if memory is short or an extent exceeds FFTW's limit
 */
LacFft *
lac_fft_new_rows(gsize n_rows, gsize n)
{
    g_return_val_if_fail(n_rows > 0 && n > 0, NULL);

    const gsize half = n / 2 + 1;
    const fftwf_iodim64 dims[2] = { { (ptrdiff_t) n, 1, 1 },
        { (ptrdiff_t) n_rows, (ptrdiff_t) n, (ptrdiff_t) half } };
    const fftwf_iodim64 back[2] = { { (ptrdiff_t) n, 1, 1 },
        { (ptrdiff_t) n_rows, (ptrdiff_t) half, (ptrdiff_t) n } };
    return plan_real(1, dims, back, 1, n_rows * n, n_rows * half);
}

// Either may be NULL.
static void
destroy_plans(fftwf_plan forward, fftwf_plan inverse)
{
    pthread_mutex_lock(&planner_lock);
    if (forward != NULL)
        fftwf_destroy_plan(forward);
    if (inverse != NULL)
        fftwf_destroy_plan(inverse);
    pthread_mutex_unlock(&planner_lock);
}

/**
 * lac_fft_free:
 * @self: (nullable) (transfer full): a plan
 */
void
lac_fft_free(LacFft *self)
{
    if (self == NULL)
        return;
    destroy_plans(self->forward, self->inverse);
    g_free(self);
}

/**
 * lac_fft_get_spectrum_size:
 * @self: a plan
 *
 * Returns: number of complex values n0 n1 (n2/2 + 1)
 */
gsize
lac_fft_get_spectrum_size(const LacFft *self)
{
    return self->n_spectrum;
}

/**
 * lac_fft_forward:
 * @self: a plan
 * @real: (n0, n1, n2), kept
 * @spectrum: (out caller-allocates): (n0, n1, n2/2+1) pairs of real and imaginary part
 *
 * Computes sum over x of real(x) exp(-2 pi i f x).
 */
void
lac_fft_forward(const LacFft *self, float *real, float (*spectrum)[2])
{
    fftwf_execute_dft_r2c(self->forward, real, spectrum);
}

/**
 * lac_fft_inverse:
 * @self: a plan
 * @spectrum: (n0, n1, n2/2+1) pairs; overwritten
 * @real: (out caller-allocates): (n0, n1, n2), n0 n1 n2 times the inverse transform
 */
void
lac_fft_inverse(const LacFft *self, float (*spectrum)[2], float *real)
{
    fftwf_execute_dft_c2r(self->inverse, spectrum, real);
}

/**
 * lac_fft_lines_new:
 * @n: values of each line
 * @n_lines: how many lines
 * @stride: complex values from one value of a line to the next
 * @distance: complex values from one line to the next
 *
 * Plans without measuring, as lac_fft_new() does. Arrays given to the transforms must be 16-byte
 * aligned.
 *
 * Returns: (transfer full): the plan; %NULL if memory is short or an extent exceeds FFTW's limit
 */
LacFftLines *
lac_fft_lines_new(gsize n, gsize n_lines, gsize stride, gsize distance)
{
    g_return_val_if_fail(n > 0 && n_lines > 0 && stride > 0 && distance > 0, NULL);

    const fftwf_iodim64 line = { (ptrdiff_t) n, (ptrdiff_t) stride, (ptrdiff_t) stride };
    const fftwf_iodim64 all = { (ptrdiff_t) n_lines, (ptrdiff_t) distance, (ptrdiff_t) distance };
    const gsize size = (n - 1) * stride + (n_lines - 1) * distance + 1;
    fftwf_complex *in = fftwf_alloc_complex(size), *out = fftwf_alloc_complex(size);
    LacFftLines *self = g_new0(LacFftLines, 1);
    if (in != NULL && out != NULL) {
        pthread_mutex_lock(&planner_lock);
        self->forward =
            fftwf_plan_guru64_dft(1, &line, 1, &all, in, out, FFTW_FORWARD, FFTW_ESTIMATE);
        self->inverse =
            fftwf_plan_guru64_dft(1, &line, 1, &all, in, out, FFTW_BACKWARD, FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner_lock);
    }
    fftwf_free(in);
    fftwf_free(out);
    if (self->forward == NULL || self->inverse == NULL)
        g_clear_pointer(&self, lac_fft_lines_free);
    return self;
}

/**
 * lac_fft_lines_free:
 * @self: (nullable) (transfer full): a plan
 */
void
lac_fft_lines_free(LacFftLines *self)
{
    if (self == NULL)
        return;
    destroy_plans(self->forward, self->inverse);
    g_free(self);
}

/**
 * lac_fft_lines_forward:
 * @self: a plan
 * @in: the lines, pairs of real and imaginary part; may be overwritten
 * @out: (out caller-allocates): their spectra, in the same layout, not @in itself
 *
 * Computes sum over x of in(x) exp(-2 pi i f x).
 */
void
lac_fft_lines_forward(const LacFftLines *self, float (*in)[2], float (*out)[2])
{
    fftwf_execute_dft(self->forward, in, out);
}

/**
 * lac_fft_lines_inverse:
 * @self: a plan
 * @in: spectra; may be overwritten
 * @out: (out caller-allocates): n times the lines, in the same layout, not @in itself
 */
void
lac_fft_lines_inverse(const LacFftLines *self, float (*in)[2], float (*out)[2])
{
    fftwf_execute_dft(self->inverse, in, out);
}

/**
 * lac_fft_good_size:
 * @n: smallest length wanted
 *
 * Returns: the next length 2^a 3^b 5^c 7^d that is even and, above 64, no power of two, whose
 * strides would fall on the same cache sets
 */
gsize
lac_fft_good_size(gsize n)
{
    for (gsize m = MAX(n + (n & 1), 2);; m += 2) {
        gsize rest = m;
        for (gsize p = 2; p <= 7; p += p == 2 ? 1 : 2)
            while (rest % p == 0)
                rest /= p;
        if (rest == 1 && !(m > 64 && (m & (m - 1)) == 0))
            return m;
    }
}
