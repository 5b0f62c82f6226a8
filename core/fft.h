// SPDX-License-Identifier: GPL-3.0-or-later
// Real Fourier transforms of float32 arrays. The only file that plans with FFTW.
#pragma once

#include <glib.h>

// Unscaled transforms of a real array (n0, n1, n2), last index fastest, out of place, to the half
// spectrum (n0, n1, n2/2+1) of complex pairs and back. Execution is thread-safe.
typedef struct LacFft LacFft;

LacFft *lac_fft_new(gsize n0, gsize n1, gsize n2);
LacFft *lac_fft_new_rows(gsize n_rows, gsize n);
void lac_fft_free(LacFft *self);
gsize lac_fft_get_spectrum_size(const LacFft *self);
void lac_fft_forward(const LacFft *self, float *real, float (*spectrum)[2]);
void lac_fft_inverse(const LacFft *self, float (*spectrum)[2], float *real);
gsize lac_fft_good_size(gsize n);

// Unscaled transforms of many complex lines at once, out of place; execution is thread-safe.
typedef struct LacFftLines LacFftLines;

LacFftLines *lac_fft_lines_new(gsize n, gsize n_lines, gsize stride, gsize distance);
void lac_fft_lines_free(LacFftLines *self);
void lac_fft_lines_forward(const LacFftLines *self, float (*in)[2], float (*out)[2]);
void lac_fft_lines_inverse(const LacFftLines *self, float (*in)[2], float (*out)[2]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFft, lac_fft_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFftLines, lac_fft_lines_free)
