// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel.h"
#include "core/rng.h"
#include "core/synth/synth.h"

#include <math.h>

#define REACH        5.5 // [sigma] a Gaussian ends here, at 3e-7 of its peak
#define MAX_TAPS     96  // 2 * REACH * the largest sigma of 8 pixels, and rounding
#define PLANES       4   // per block of a volume
#define BATCH_PLANES 64  // between two looks at the progress
#define BATCH_TILTS  16
#define NOISE_SEED   G_GUINT64_CONSTANT(0x6e6f697365) // keeps noise apart from the particle's stream

// A Gaussian of peak 1 sampled at the points [begin, begin + n) of a line.
typedef struct {
    gsize begin, n;
    float value[MAX_TAPS];
} Line;

typedef struct {
    const LacAtoms *atoms;
    const LacSynthParams *params;
    gsize first; // of the batch: plane or tilt
    LacVolume *volume;
    LacSeries *series;
    double scale; // counts per unit of intensity
} ImageArgs;

// Samples a Gaussian about @position [Å] on the points [low, high) of an axis of @size points.
static void
sample_line(const LacSynthParams *params, double position, gsize low, gsize high, Line *line)
{
    double centre = position / params->voxel_size + (double) (params->size / 2);
    double sigma = params->sigma / params->voxel_size;
    double begin = MAX(ceil(centre - REACH * sigma), (double) low);
    double end = MIN(floor(centre + REACH * sigma) + 1.0, (double) high);
    line->n = end > begin ? (gsize) (end - begin) : 0;
    line->begin = line->n > 0 ? (gsize) begin : low;
    for (gsize i = 0; i < line->n; i++) {
        double d = ((double) (line->begin + i) - centre) / sigma;
        line->value[i] = (float) exp(-0.5 * d * d);
    }
}

static void
add_plane(float *plane, gsize width, const Line *slow, const Line *fast, float peak)
{
    for (gsize j = 0; j < slow->n; j++) {
        float *restrict row = plane + (slow->begin + j) * width + fast->begin;
        float factor = peak * slow->value[j];
        for (gsize i = 0; i < fast->n; i++)
            row[i] += factor * fast->value[i];
    }
}

static void
render_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const ImageArgs *args = data;
    const LacAtoms *atoms = args->atoms;
    gsize n = args->params->size;
    Line x, y, z;
    for (gsize a = 0; a < atoms->n; a++) {
        sample_line(args->params, atoms->z[a], args->first + begin, args->first + end, &z);
        if (z.n == 0)
            continue;
        sample_line(args->params, atoms->x[a], 0, n, &x);
        sample_line(args->params, atoms->y[a], 0, n, &y);
        for (gsize k = 0; k < z.n; k++)
            add_plane(args->volume->data + (z.begin + k) * n * n, n, &y, &x, z.value[k]);
    }
}

/**
 * lac_synth_volume:
 * @atoms: positions [Å] about the centre voxel
 * @params: shape, voxel size and width of an atom
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Draws every atom as a Gaussian of peak 1, sampled at the centres of the voxels: of all drawings
 * this is the one that looks the same from every side, and its sum along an axis is the projection
 * of lac_synth_series(). What lies outside the volume is cut off.
 *
 * Returns: (transfer full): a volume (size, size, size), or %NULL with @error set
 */
LacVolume *
lac_synth_volume(const LacAtoms *atoms, const LacSynthParams *params, LacProgress *progress,
    GError **error)
{
    gsize n = params->size;
    if (!lac_synth_params_check(params, error))
        return NULL;
    g_autoptr(LacVolume) volume = lac_volume_new(n, n, n, params->voxel_size, error);
    if (volume == NULL)
        return NULL;
    lac_progress_message(progress, "Drawing %" G_GSIZE_FORMAT " atoms", atoms->n);
    ImageArgs args = { .atoms = atoms, .params = params, .volume = volume };
    for (; args.first < n; args.first += BATCH_PLANES) {
        if (!lac_progress_update(progress, (double) args.first / (double) n, error))
            return NULL;
        lac_parallel_for(MIN(BATCH_PLANES, n - args.first), PLANES, render_planes, &args);
    }
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&volume) : NULL;
}

static void
project_tilts(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const ImageArgs *args = data;
    const LacAtoms *atoms = args->atoms;
    gsize n = args->params->size;
    // The integral of a Gaussian along the beam, in units of voxels.
    float peak = (float) (sqrt(2.0 * G_PI) * args->params->sigma / args->params->voxel_size);
    Line lu, lv;
    for (gsize k = args->first + begin; k < args->first + end; k++) {
        const LacAngles *angle = &args->series->angles[k];
        LacMat3 rotation = lac_rotation_from_euler_deg(angle->phi, angle->theta, angle->psi);
        for (gsize a = 0; a < atoms->n; a++) {
            LacVec3 r = { atoms->x[a], atoms->y[a], atoms->z[a] };
            LacVec3 uvw = lac_mat3_apply(&rotation, r);
            sample_line(args->params, uvw.x, 0, n, &lu);
            sample_line(args->params, uvw.y, 0, n, &lv);
            add_plane(args->series->data + k * n * n, n, &lv, &lu, peak);
        }
    }
}

static void
add_noise(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const ImageArgs *args = data;
    float *values = args->series->data;
    for (gsize i = begin; i < end; i++) {
        double mean = (double) values[i] * args->scale;
        double counts = lac_rng_poisson(args->params->seed ^ NOISE_SEED, i, mean);
        values[i] = (float) (counts / args->scale);
    }
}

static void
set_tilts(LacSeries *series, double max_tilt)
{
    for (gsize k = 0; k < series->n && series->n > 1; k++)
        series->angles[k].theta = max_tilt * (2.0 * (double) k / (double) (series->n - 1) - 1.0);
}

/**
 * lac_synth_series:
 * @atoms: positions [Å] about the centre voxel
 * @params: tilts, shape, pixel size, width of an atom and dose
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Projects every atom at its exact place: the image of a Gaussian is a Gaussian. Pixels hold the
 * sum over voxels along the beam. With a dose, each pixel is a Poisson number of counts, of which
 * the brightest pixel of the series expects @params->dose; counts are scaled back to the intensities
 * without noise, so that both compare with lac_synth_volume(). The noise depends on the seed alone.
 *
 * Returns: (transfer full): a series (n_tilts, size, size) with its tilts, or %NULL with @error set
 */
LacSeries *
lac_synth_series(const LacAtoms *atoms, const LacSynthParams *params, LacProgress *progress,
    GError **error)
{
    gsize n = params->size, n_tilts = params->n_tilts;
    if (!lac_synth_params_check(params, error))
        return NULL;
    g_autoptr(LacSeries) series = lac_series_new(n_tilts, n, n, params->voxel_size, error);
    if (series == NULL)
        return NULL;
    set_tilts(series, params->max_tilt);
    g_free(series->name);
    series->name = g_strdup("Simulated Zr/ZrO2 particle");
    lac_progress_message(progress, "Projecting %" G_GSIZE_FORMAT " atoms", atoms->n);
    ImageArgs args = { .atoms = atoms, .params = params, .series = series };
    for (; args.first < n_tilts; args.first += BATCH_TILTS) {
        if (!lac_progress_update(progress, (double) args.first / (double) n_tilts, error))
            return NULL;
        lac_parallel_for(MIN(BATCH_TILTS, n_tilts - args.first), 1, project_tilts, &args);
    }
    float brightest = lac_stats(series->data, n_tilts * n * n).max;
    if (params->dose > 0.0 && brightest > 0.0f) {
        args.scale = params->dose / (double) brightest;
        lac_parallel_for(n_tilts * n * n, 4096, add_noise, &args);
    }
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&series) : NULL;
}
