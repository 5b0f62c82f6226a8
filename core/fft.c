// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fft.h"

#include <fftw3.h>
#include <pthread.h>

struct LacFft {
    gsize n_spectrum;
    fftwf_plan forward, inverse;
};

// FFTW's planner is not thread-safe; execution is.
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

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
    // ESTIMATE does not touch these; they only tell the alignment.
    float *real = fftwf_alloc_real(n0 * n1 * n2);
    fftwf_complex *spectrum = fftwf_alloc_complex(n0 * n1 * half);
    LacFft *self = g_new0(LacFft, 1);
    self->n_spectrum = n0 * n1 * half;
    if (real != NULL && spectrum != NULL) {
        pthread_mutex_lock(&planner_lock);
        self->forward = fftwf_plan_guru64_dft_r2c(3, dims, 0, NULL, real, spectrum, FFTW_ESTIMATE);
        self->inverse = fftwf_plan_guru64_dft_c2r(3, back, 0, NULL, spectrum, real, FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner_lock);
    }
    fftwf_free(real);
    fftwf_free(spectrum);
    if (self->forward == NULL || self->inverse == NULL)
        g_clear_pointer(&self, lac_fft_free);
    return self;
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
    pthread_mutex_lock(&planner_lock);
    if (self->forward != NULL)
        fftwf_destroy_plan(self->forward);
    if (self->inverse != NULL)
        fftwf_destroy_plan(self->inverse);
    pthread_mutex_unlock(&planner_lock);
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
