// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/image-spectrum.h"

#include "core/error.h"
#include "core/fft.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define NEWTON_STEPS 12
#define CONVERGED    1e-6 // [pixel]

struct LacImageSpectrum {
    gsize nv, nu, margin;
    gsize n_v, n_u, half_u; // padded
    LacFft *fft;
    guint n_workers;
    gsize n_real, n_spectrum; // floats per worker and buffer
    float *scratch;           // per worker: an image and two spectra
};

/**
 * lac_image_spectrum_new:
 * @nv: rows
 * @nu: columns
 * @margin: [pixel] on each side, at least what an image is moved by
 * @error: return location for a #GError
 *
 * Returns: (transfer full): room for the spectra of images (nv, nu), or %NULL with @error set
 */
LacImageSpectrum *
lac_image_spectrum_new(gsize nv, gsize nu, gsize margin, GError **error)
{
    gsize n;
    if (!lac_check_shape(1, nv + 2 * margin, nu + 2 * margin, &n, error))
        return NULL;
    g_autoptr(LacImageSpectrum) self = g_new0(LacImageSpectrum, 1);
    self->nv = nv;
    self->nu = nu;
    self->margin = margin;
    self->n_v = lac_fft_good_size(nv + 2 * margin);
    self->n_u = lac_fft_good_size(nu + 2 * margin);
    self->half_u = self->n_u / 2 + 1;
    self->fft = lac_fft_new(1, self->n_v, self->n_u);
    if (self->fft == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "No Fourier transform of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " could be planned",
            self->n_v, self->n_u);
        return NULL;
    }
    self->n_real = (self->n_v * self->n_u + 15) / 16 * 16;
    self->n_spectrum = (2 * lac_fft_get_spectrum_size(self->fft) + 15) / 16 * 16;
    self->n_workers = lac_parallel_max_workers();
    self->scratch =
        lac_alloc_floats(self->n_workers * (self->n_real + 2 * self->n_spectrum), error);
    return self->scratch != NULL ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_image_spectrum_free:
 * @self: (nullable) (transfer full): room for spectra
 */
void
lac_image_spectrum_free(LacImageSpectrum *self)
{
    if (self == NULL)
        return;
    lac_fft_free(self->fft);
    lac_free(self->scratch);
    g_free(self);
}

static float *
real_of(const LacImageSpectrum *self, guint worker)
{
    g_assert(worker < self->n_workers);
    return self->scratch + worker * (self->n_real + 2 * self->n_spectrum);
}

static gpointer
spectrum_of(const LacImageSpectrum *self, guint worker, guint which)
{
    return real_of(self, worker) + self->n_real + which * self->n_spectrum;
}

// Position p of the padded line, as an index of the image's own n.
static gsize
clamp_index(gsize p, gsize margin, gsize n)
{
    return p < margin ? 0 : MIN(p - margin, n - 1);
}

static void
transform(const LacImageSpectrum *self, const float *image, LacImageEdge edge, float *real,
    float (*spectrum)[2])
{
    memset(real, 0, self->n_v * self->n_u * sizeof(float));
    if (edge == LAC_EDGE_ZERO) {
        for (gsize v = 0; v < self->nv; v++)
            memcpy(real + (v + self->margin) * self->n_u + self->margin, image + v * self->nu,
                self->nu * sizeof(float));
    }
    else {
        for (gsize v = 0; v < self->n_v; v++) {
            const float *row = image + clamp_index(v, self->margin, self->nv) * self->nu;
            for (gsize u = 0; u < self->n_u; u++)
                real[v * self->n_u + u] = row[clamp_index(u, self->margin, self->nu)];
        }
    }
    lac_fft_forward(self->fft, real, spectrum);
}

// [cycles/pixel]
static double
frequency(gsize i, gsize n)
{
    return (2 * i > n ? (double) i - (double) n : (double) i) / (double) n;
}

/**
 * lac_image_spectrum_move:
 * @self: room for spectra
 * @worker: of the loop that calls
 * @in: (nv, nu), finite
 * @edge: what lies beyond its edge
 * @shift: [pixel] by which the image moves
 * @blur: [pixel] width of a Gaussian that it is blurred with; 0: none
 * @out: (out caller-allocates): (nv, nu); may be @in
 *
 * Multiplies the spectrum with exp(-2 pi i f d - 2 pi^2 s^2 f^2): exact for an image without
 * frequencies beyond half a cycle per pixel.
 */
void
lac_image_spectrum_move(LacImageSpectrum *self, guint worker, const float *in, LacImageEdge edge,
    LacShift shift, double blur, float *out)
{
    float *real = real_of(self, worker);
    float(*spectrum)[2] = spectrum_of(self, worker, 0);
    transform(self, in, edge, real, spectrum);
    const double scale = 1.0 / ((double) self->n_v * (double) self->n_u);
    const double width = -2.0 * G_PI * G_PI * blur * blur;
    for (gsize i = 0; i < self->n_v; i++) {
        double fv = frequency(i, self->n_v);
        for (gsize j = 0; j < self->half_u; j++) {
            double fu = (double) j / (double) self->n_u;
            double turn_v = -2.0 * G_PI * fv * shift.dv, turn_u = -2.0 * G_PI * fu * shift.du;
            // The last frequency of an even number stands for both signs: it must stay real.
            double cv = cos(turn_v), sv = 2 * i == self->n_v ? 0.0 : sin(turn_v);
            double cu = cos(turn_u), su = 2 * j == self->n_u ? 0.0 : sin(turn_u);
            double gain = scale * (blur > 0.0 ? exp(width * (fu * fu + fv * fv)) : 1.0);
            double re = gain * (cv * cu - sv * su), im = gain * (cv * su + sv * cu);
            double a = (double) spectrum[i * self->half_u + j][0];
            double b = (double) spectrum[i * self->half_u + j][1];
            spectrum[i * self->half_u + j][0] = (float) (a * re - b * im);
            spectrum[i * self->half_u + j][1] = (float) (a * im + b * re);
        }
    }
    lac_fft_inverse(self->fft, spectrum, real);
    for (gsize v = 0; v < self->nv; v++)
        memcpy(out + v * self->nu, real + (v + self->margin) * self->n_u + self->margin,
            self->nu * sizeof(float));
}

// The correlation and its derivatives with respect to a shift.
typedef struct {
    double value, g[2], h[3]; // h: vv, vu, uu
} Correlation;

static Correlation
correlate_at(const LacImageSpectrum *self, const float (*cross)[2], LacShift at)
{
    Correlation c = { 0 };
    for (gsize i = 0; i < self->n_v; i++) {
        double fv = 2.0 * G_PI * frequency(i, self->n_v);
        double step = 2.0 * G_PI * at.du / (double) self->n_u, cs = cos(step), sn = sin(step);
        double re = cos(fv * at.dv), im = sin(fv * at.dv);
        for (gsize j = 0; j < self->half_u; j++) {
            const float *x = cross[i * self->half_u + j];
            double weight = j == 0 || 2 * j == self->n_u ? 1.0 : 2.0;
            double fu = 2.0 * G_PI * (double) j / (double) self->n_u;
            double real = weight * ((double) x[0] * re - (double) x[1] * im);
            double imaginary = weight * ((double) x[0] * im + (double) x[1] * re);
            c.value += real;
            c.g[0] -= fv * imaginary;
            c.g[1] -= fu * imaginary;
            c.h[0] -= fv * fv * real;
            c.h[1] -= fv * fu * real;
            c.h[2] -= fu * fu * real;
            double next = re * cs - im * sn;
            im = re * sn + im * cs;
            re = next;
        }
    }
    return c;
}

// The integer shift of the highest correlation within reach.
static LacShift
find_peak(const LacImageSpectrum *self, const float *real, double max_shift)
{
    gssize reach_v = (gssize) MIN(max_shift, (double) ((self->n_v - 1) / 2));
    gssize reach_u = (gssize) MIN(max_shift, (double) ((self->n_u - 1) / 2));
    float best = -INFINITY;
    LacShift peak = { 0.0, 0.0 };
    for (gssize v = -reach_v; v <= reach_v; v++) {
        gsize row = (gsize) (v < 0 ? v + (gssize) self->n_v : v);
        for (gssize u = -reach_u; u <= reach_u; u++) {
            gsize column = (gsize) (u < 0 ? u + (gssize) self->n_u : u);
            if (real[row * self->n_u + column] > best) {
                best = real[row * self->n_u + column];
                peak = (LacShift){ (double) u, (double) v };
            }
        }
    }
    return peak;
}

// Climbs from the highest pixel to the top between the pixels.
static LacShift
climb(const LacImageSpectrum *self, const float (*cross)[2], LacShift start, double *value)
{
    LacShift at = start;
    Correlation c = correlate_at(self, cross, at);
    for (guint i = 0; i < NEWTON_STEPS; i++) {
        double determinant = c.h[0] * c.h[2] - c.h[1] * c.h[1];
        if (!(c.h[0] < 0.0 && determinant > 0.0))
            break;
        double dv = -(c.h[2] * c.g[0] - c.h[1] * c.g[1]) / determinant;
        double du = -(c.h[0] * c.g[1] - c.h[1] * c.g[0]) / determinant;
        double size = MAX(fabs(dv), fabs(du)), damp = size > 0.5 ? 0.5 / size : 1.0;
        LacShift next = { CLAMP(at.du + damp * du, start.du - 1.0, start.du + 1.0),
            CLAMP(at.dv + damp * dv, start.dv - 1.0, start.dv + 1.0) };
        Correlation there = correlate_at(self, cross, next);
        if (there.value < c.value)
            break;
        at = next;
        c = there;
        if (size < CONVERGED)
            break;
    }
    *value = c.value;
    return at;
}

static double
square_norm(const LacImageSpectrum *self, const float (*spectrum)[2])
{
    double sum = 0.0;
    for (gsize i = 0; i < self->n_v; i++)
        for (gsize j = 0; j < self->half_u; j++) {
            const float *x = spectrum[i * self->half_u + j];
            double weight = j == 0 || 2 * j == self->n_u ? 1.0 : 2.0;
            sum += weight * ((double) x[0] * (double) x[0] + (double) x[1] * (double) x[1]);
        }
    return sum;
}

/**
 * lac_image_spectrum_register:
 * @self: room for spectra, with a margin of @max_shift or more
 * @worker: of the loop that calls
 * @image: (nv, nu), finite
 * @reference: (nv, nu), finite
 * @max_shift: [pixel] along either axis
 * @correlation: (out) (nullable): of the two at the best shift, 1 when they are alike
 *
 * Finds the shift by which @reference must move to be most like @image: the highest value of their
 * cross-correlation, whose sum over frequencies is evaluated between the pixels as in the matrix
 * Fourier transform of doi:10.1364/OL.33.000156, and climbed by Newton's method.
 *
 * Returns: the shift [pixel]; 0 when one of them is blank
 */
LacShift
lac_image_spectrum_register(LacImageSpectrum *self, guint worker, const float *image,
    const float *reference, double max_shift, double *correlation)
{
    float *real = real_of(self, worker);
    float(*cross)[2] = spectrum_of(self, worker, 0);
    float(*other)[2] = spectrum_of(self, worker, 1);
    transform(self, image, LAC_EDGE_ZERO, real, cross);
    transform(self, reference, LAC_EDGE_ZERO, real, other);
    double norm = sqrt(square_norm(self, (const float(*)[2]) cross) *
        square_norm(self, (const float(*)[2]) other));
    if (correlation != NULL)
        *correlation = 0.0;
    if (!(norm > 0.0))
        return (LacShift){ 0.0, 0.0 };
    const float scale = (float) (1.0 / norm);
    for (gsize i = 0; i < self->n_v * self->half_u; i++) {
        float re = scale * (cross[i][0] * other[i][0] + cross[i][1] * other[i][1]);
        float im = scale * (cross[i][1] * other[i][0] - cross[i][0] * other[i][1]);
        cross[i][0] = re;
        cross[i][1] = im;
    }
    memcpy(other, cross, self->n_v * self->half_u * sizeof *cross); // an inverse destroys
    lac_fft_inverse(self->fft, other, real);
    double value;
    LacShift shift =
        climb(self, (const float(*)[2]) cross, find_peak(self, real, max_shift), &value);
    if (correlation != NULL)
        *correlation = value;
    return shift;
}
