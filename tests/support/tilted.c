// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/tilted.h"

#include "core/rng.h"
#include "core/synth/synth.h"
#include "core/trace/atom-image.h"

#include <string.h>

// Atoms of Gaussian width 1 pixel: what is sampled is band-limited to the eye of any interpolation.
static void
draw(LacSeries *series, const LacAtoms *atoms, double counts)
{
    g_autofree double *sigma = g_new(double, atoms->n);
    g_autofree double *height = g_new(double, atoms->n);
    for (gsize i = 0; i < atoms->n; i++) {
        sigma[i] = series->pixel_size;
        height[i] = atoms->species[i] == 0 ? 1.0 : 0.2;
    }
    LacAtomImage image = { atoms, sigma, height };
    gsize n = series->nv * series->nu;
    for (gsize k = 0; k < series->n; k++)
        lac_atom_image_add(&image, series, k, series->data + k * n);
    double scale = counts / (double) lac_stats(series->data, series->n * n).max;
    for (gsize i = 0; counts > 0.0 && i < series->n * n; i++)
        series->data[i] = (float) (lac_rng_poisson(5, i, scale * (double) series->data[i]) / scale);
}

/**
 * tilted_new:
 * @params: what is wrong, and how much
 *
 * Returns: a series and its truth; clear it after use
 */
Tilted
tilted_new(const TiltedParams *params)
{
    LacSynthParams synth;
    lac_synth_params_init(&synth);
    synth.size = params->size;
    synth.n_tilts = (guint) params->n;
    // A third of the field across, with room for shifts.
    synth.n_atoms = 300;
    synth.voxel_size = 0.7 * 64.0 / (double) params->size;
    synth.seed = 7;
    g_autoptr(LacAtoms) atoms = lac_synth_particle(&synth, NULL);
    gsize n = params->n;
    LacSeries *truth = lac_series_new(n, params->size, params->size, synth.voxel_size, NULL);
    for (gsize k = 0; k < n; k++) {
        truth->angles[k].theta =
            n > 1 ? synth.max_tilt * (2.0 * (double) k / (double) (n - 1) - 1.0) : 0.0;
        if (params->three_angles) {
            truth->angles[k].phi = 2.0 * lac_rng_normal(21, k);
            truth->angles[k].psi = 2.0 * lac_rng_normal(22, k);
        }
    }
    g_autoptr(LacSeries) nominal = lac_series_copy(truth);
    for (gsize k = 0; k < n; k++) {
        double e = params->angle_error;
        truth->angles[k].phi += CLAMP(e * lac_rng_normal(31, k), -2.0 * e, 2.0 * e);
        truth->angles[k].theta += CLAMP(e * lac_rng_normal(32, k), -2.0 * e, 2.0 * e);
        truth->angles[k].psi += CLAMP(e * lac_rng_normal(33, k), -2.0 * e, 2.0 * e);
        truth->shifts[k].du = params->max_shift * (2.0 * lac_rng_uniform(41, k) - 1.0);
        truth->shifts[k].dv = params->max_shift * (2.0 * lac_rng_uniform(42, k) - 1.0);
    }
    draw(truth, atoms, params->counts);
    LacSeries *measured = lac_series_copy(truth);
    memcpy(measured->angles, nominal->angles, n * sizeof *measured->angles);
    memset(measured->shifts, 0, n * sizeof *measured->shifts);
    return (Tilted){ measured, truth };
}

/**
 * tilted_clear:
 * @self: a series and its truth
 */
void
tilted_clear(Tilted *self)
{
    lac_series_unref(self->measured);
    lac_series_unref(self->truth);
}
