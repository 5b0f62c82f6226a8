// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/particle.h"

#include "core/fft.h"
#include "core/io/io.h"
#include "core/rng.h"

#include <math.h>

#define N_SPECIES   3
#define REACH       5.0 // [sigma] a Gaussian ends here
#define NOISE_SIGMA 0.8 // [voxel] of the smoothed noise

// Integrals and widths [Å] of the atoms of each species.
static const double weights[N_SPECIES] = { 1.0, 1.88, 3.96 };
static const double sigmas[N_SPECIES] = { 0.62, 0.60, 0.58 };

/**
 * lac_particle_params_init:
 * @params: (out): the published case without noise and without a missing wedge
 */
void
lac_particle_params_init(LacParticleParams *params)
{
    *params = (LacParticleParams){ .size = 160, .voxel_size = 0.347, .reach = 2.0, .seed = 1 };
}

/**
 * lac_particle_read:
 * @path: synthetic_particle.npz
 *
 * Returns: (transfer full): its atoms, of the species "1", "2" and "3"
 */
LacAtoms *
lac_particle_read(const char *path)
{
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(atoms->species_names), ==, N_SPECIES);
    return atoms;
}

static double
get_peak(guint species)
{
    return weights[species] / pow(2.0 * G_PI * sigmas[species] * sigmas[species], 1.5);
}

static void
add_atom(LacVolume *volume, LacVec3 p, guint species)
{
    double a = volume->voxel_size, sigma = sigmas[species], peak = get_peak(species);
    const double centre[3] = { p.x / a + (double) (volume->nx / 2),
        p.y / a + (double) (volume->ny / 2), p.z / a + (double) (volume->nz / 2) };
    int reach = (int) ceil(REACH * sigma / a), low[3];
    double line[3][64];
    g_assert_cmpint(2 * reach + 1, <=, 64);
    for (int d = 0; d < 3; d++) {
        low[d] = (int) round(centre[d]) - reach;
        g_assert_true(low[d] >= 0 && (gsize) (low[d] + 2 * reach) < volume->nx);
        for (int k = 0; k <= 2 * reach; k++) {
            double r = ((double) (low[d] + k) - centre[d]) * a / sigma;
            line[d][k] = exp(-0.5 * r * r);
        }
    }
    for (int k = 0; k <= 2 * reach; k++)
        for (int j = 0; j <= 2 * reach; j++) {
            gsize row = ((gsize) (low[2] + k) * volume->ny + (gsize) (low[1] + j)) * volume->nx;
            for (int i = 0; i <= 2 * reach; i++)
                volume->data[row + (gsize) (low[0] + i)] +=
                    (float) (peak * line[0][i] * line[1][j] * line[2][k]);
        }
}

// Signed frequency in cycles per voxel.
static double
frequency(gsize k, gsize n)
{
    return (k <= n / 2 ? (double) k : (double) k - (double) n) / (double) n;
}

// Multiplies the spectrum: by a Gaussian of @sigma [voxel], or by 0 in the wedge about the beam z
// that tilts about y up to @max_tilt leave out.
static void
filter(float *values, gsize n, double sigma, double max_tilt)
{
    g_autoptr(LacFft) fft = lac_fft_new(n, n, n);
    float(*spectrum)[2] = g_malloc(lac_fft_get_spectrum_size(fft) * sizeof *spectrum);
    double slope = tan((max_tilt > 0.0 ? max_tilt : 90.0) * G_PI / 180.0);
    double scale = 1.0 / ((double) n * (double) n * (double) n);
    lac_fft_forward(fft, values, spectrum);
    for (gsize z = 0; z < n; z++)
        for (gsize y = 0; y < n; y++)
            for (gsize x = 0; x <= n / 2; x++) {
                double kx = frequency(x, n), ky = frequency(y, n), kz = frequency(z, n);
                double k2 = kx * kx + ky * ky + kz * kz;
                double factor = exp(-2.0 * G_PI * G_PI * sigma * sigma * k2);
                if (max_tilt > 0.0 && fabs(kz) > fabs(kx) * slope + 1e-12)
                    factor = 0.0;
                gsize at = (z * n + y) * (n / 2 + 1) + x;
                spectrum[at][0] *= (float) (factor * scale);
                spectrum[at][1] *= (float) (factor * scale);
            }
    lac_fft_inverse(fft, spectrum, values);
    g_free(spectrum);
}

static void
add_noise(LacVolume *volume, const LacParticleParams *params)
{
    gsize n = lac_volume_get_size(volume);
    g_autofree float *noise = g_new(float, n);
    double square = 0.0;
    for (gsize i = 0; i < n; i++)
        noise[i] = (float) lac_rng_normal(params->seed, i);
    filter(noise, params->size, NOISE_SIGMA, 0.0);
    for (gsize i = 0; i < n; i++)
        square += (double) noise[i] * (double) noise[i];
    float scale = (float) (params->noise * get_peak(0) / sqrt(square / (double) n));
    for (gsize i = 0; i < n; i++)
        volume->data[i] += scale * noise[i];
}

// Nothing negative, and nothing beyond the particle.
static void
constrain(LacVolume *volume, double radius)
{
    double a = volume->voxel_size;
    for (gsize z = 0; z < volume->nz; z++)
        for (gsize y = 0; y < volume->ny; y++)
            for (gsize x = 0; x < volume->nx; x++) {
                double dx = ((double) x - (double) (volume->nx / 2)) * a;
                double dy = ((double) y - (double) (volume->ny / 2)) * a;
                double dz = ((double) z - (double) (volume->nz / 2)) * a;
                float *value = &volume->data[(z * volume->ny + y) * volume->nx + x];
                if (*value < 0.0f || dx * dx + dy * dy + dz * dz > radius * radius)
                    *value = 0.0f;
            }
}

/**
 * lac_particle_volume:
 * @atoms: of the species number 0 to 2, positions [Å]
 * @params: what is wrong with the volume
 *
 * Sums Gaussians, adds smoothed noise, removes the missing wedge, then negative values and what
 * lies outside of a sphere about the atoms.
 *
 * Returns: (transfer full): the volume
 */
LacVolume *
lac_particle_volume(const LacAtoms *atoms, const LacParticleParams *params)
{
    LacVolume *volume =
        lac_volume_new(params->size, params->size, params->size, params->voxel_size, NULL);
    double radius = 0.0;
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 p = { atoms->x[i], atoms->y[i], atoms->z[i] };
        add_atom(volume, p, atoms->species[i]);
        radius = fmax(radius, sqrt(p.x * p.x + p.y * p.y + p.z * p.z));
    }
    if (params->noise > 0.0)
        add_noise(volume, params);
    if (params->max_tilt > 0.0)
        filter(volume->data, params->size, 0.0, params->max_tilt);
    if (params->noise > 0.0 || params->max_tilt > 0.0)
        constrain(volume, radius + params->reach);
    return volume;
}
