// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the shells around atoms lies inside the particle: a correlation by FFT.
#include "core/analysis/rdf-private.h"
#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"
#include "core/parallel.h"

#include <math.h>

#define FEW_VECTORS 20 // lattice vectors that a bin needs of its own
#define BLOCK       65536

// The part of the mask that holds anything and a voxel around it, with the room that the transform
// needs behind it.
typedef struct {
    gsize low[3], n[3]; // x, y, z [voxel]: the first of the particle, all with the voxel around
    gsize size[3];
    float *atoms, *inside;
    float (*atoms_spectrum)[2], (*inside_spectrum)[2];
    LacFft *fft;
} Frame;

static void
frame_clear(Frame *frame)
{
    lac_free(frame->atoms);
    lac_free(frame->inside);
    lac_free(frame->atoms_spectrum);
    lac_free(frame->inside_spectrum);
    lac_fft_free(frame->fft);
}

static gboolean
has_any(const guint8 *row, gsize n)
{
    guint8 any = 0;
#pragma omp simd reduction(| : any)
    for (gsize i = 0; i < n; i++)
        any |= row[i];
    return any != 0;
}

static void
find_bounds(const LacRdfMask *mask, Frame *frame)
{
    gsize high[3] = { 0, 0, 0 };
    for (int a = 0; a < 3; a++)
        frame->low[a] = G_MAXSIZE;
    for (gsize k = 0; k < mask->nz; k++)
        for (gsize j = 0; j < mask->ny; j++) {
            const guint8 *row = mask->inside + (k * mask->ny + j) * mask->nx;
            if (!has_any(row, mask->nx))
                continue;
            gsize first = 0, last = mask->nx - 1;
            while (!row[first])
                first++;
            while (!row[last])
                last--;
            const gsize from[3] = { first, j, k }, to[3] = { last, j, k };
            for (int a = 0; a < 3; a++) {
                frame->low[a] = MIN(frame->low[a], from[a]);
                high[a] = MAX(high[a], to[a]);
            }
        }
    for (int a = 0; a < 3; a++)
        frame->n[a] = frame->low[a] == G_MAXSIZE ? 0 : high[a] - frame->low[a] + 3;
}

static gboolean
allocate(Frame *frame, gsize reach, GError **error)
{
    for (int a = 0; a < 3; a++)
        frame->size[a] = lac_fft_good_size(frame->n[a] + reach + 2);
    gsize n;
    if (!lac_check_shape(frame->size[2], frame->size[1], frame->size[0], &n, error))
        return FALSE;
    frame->fft = lac_fft_new(frame->size[2], frame->size[1], frame->size[0]);
    if (frame->fft == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory to correlate %" G_GSIZE_FORMAT " voxels", n);
        return FALSE;
    }
    gsize n_spectrum = lac_fft_get_spectrum_size(frame->fft);
    frame->atoms = lac_alloc_floats(n, error);
    if (frame->atoms != NULL)
        frame->inside = lac_alloc_floats(n, error);
    if (frame->inside != NULL)
        frame->atoms_spectrum = lac_alloc_unset(n_spectrum, 2 * sizeof(float), error);
    if (frame->atoms_spectrum != NULL)
        frame->inside_spectrum = lac_alloc_unset(n_spectrum, 2 * sizeof(float), error);
    return frame->inside_spectrum != NULL;
}

static void
fill_mask(const LacRdfMask *mask, Frame *frame)
{
    for (gsize k = 0; k + 2 < frame->n[2]; k++)
        for (gsize j = 0; j + 2 < frame->n[1]; j++) {
            const guint8 *from = mask->inside +
                ((k + frame->low[2]) * mask->ny + j + frame->low[1]) * mask->nx + frame->low[0];
            float *to = frame->inside + ((k + 1) * frame->size[1] + j + 1) * frame->size[0] + 1;
            for (gsize i = 0; i + 2 < frame->n[0]; i++)
                to[i] = from[i] ? 1.0f : 0.0f;
        }
}

// An atom that lies in no voxel of the mask belongs to no particle and counts nowhere.
static gsize
fill_atoms(const LacPoints *points, const guint8 *subset, const LacRdfMask *mask, Frame *frame)
{
    gsize n_filled = 0;
    const double low[3] = { mask->origin.x + mask->step * ((double) frame->low[0] - 1.0),
        mask->origin.y + mask->step * ((double) frame->low[1] - 1.0),
        mask->origin.z + mask->step * ((double) frame->low[2] - 1.0) };
    for (gsize p = 0; p < points->n; p++) {
        if (subset != NULL && !subset[p])
            continue;
        const double at[3] = { points->x[p], points->y[p], points->z[p] };
        gsize cell[3];
        double part[3];
        gboolean inside = TRUE;
        for (int a = 0; a < 3; a++) {
            double u = (at[a] - low[a]) / mask->step;
            inside = inside && u >= 0.0 && u <= (double) (frame->n[a] - 1);
            cell[a] = inside ? (gsize) u : 0;
            part[a] = u - (double) cell[a];
        }
        if (!inside)
            continue;
        n_filled++;
        for (gsize c = 0; c < 8; c++) {
            const gsize bit[3] = { c & 1, c >> 1 & 1, c >> 2 };
            double w = 1.0;
            for (int a = 0; a < 3; a++)
                w *= bit[a] ? part[a] : 1.0 - part[a];
            gsize z = cell[2] + bit[2], y = cell[1] + bit[1], x = cell[0] + bit[0];
            frame->atoms[(z * frame->size[1] + y) * frame->size[0] + x] += (float) w;
        }
    }
    return n_filled;
}

static void
transform(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    Frame *frame = data;
    for (gsize k = begin; k < end; k++)
        if (k == 0)
            lac_fft_forward(frame->fft, frame->atoms, frame->atoms_spectrum);
        else
            lac_fft_forward(frame->fft, frame->inside, frame->inside_spectrum);
}

static void
multiply(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    Frame *frame = data;
    for (gsize i = begin; i < end; i++) {
        float ar = frame->atoms_spectrum[i][0], ai = frame->atoms_spectrum[i][1];
        float br = frame->inside_spectrum[i][0], bi = frame->inside_spectrum[i][1];
        frame->inside_spectrum[i][0] = ar * br + ai * bi;
        frame->inside_spectrum[i][1] = ar * bi - ai * br;
    }
}

static void
correlate(Frame *frame)
{
    lac_parallel_for(2, 1, transform, frame);
    lac_parallel_for(lac_fft_get_spectrum_size(frame->fft), BLOCK, multiply, frame);
    lac_fft_inverse(frame->fft, frame->inside_spectrum, frame->inside);
}

// Averages over shells; a bin of few lattice vectors is interpolated between those of many.
static void
average(const Frame *frame, double step, double bin, gsize n_bins, double scale, double *fraction)
{
    gssize reach = (gssize) ((double) n_bins * bin / step) + 1;
    g_autofree gsize *count = g_new0(gsize, n_bins);
    for (gsize k = 0; k < n_bins; k++)
        fraction[k] = 0.0;
    for (gssize z = -reach; z <= reach; z++)
        for (gssize y = -reach; y <= reach; y++)
            for (gssize x = -reach; x <= reach; x++) {
                const gssize d[3] = { x, y, z };
                gsize at[3], k = (gsize) (sqrt((double) (x * x + y * y + z * z)) * step / bin);
                // Farther apart than the particle is long there is nothing.
                gboolean apart = k >= n_bins;
                for (int a = 0; a < 3; a++) {
                    apart = apart || ABS(d[a]) > (gssize) frame->n[a];
                    at[a] = (gsize) (d[a] >= 0 ? d[a] : d[a] + (gssize) frame->size[a]);
                }
                if (k < n_bins)
                    count[k]++;
                if (!apart)
                    fraction[k] +=
                        (double) frame
                            ->inside[(at[2] * frame->size[1] + at[1]) * frame->size[0] + at[0]];
            }
    gsize before = n_bins;
    for (gsize k = 0; k < n_bins; k++) {
        if (count[k] < FEW_VECTORS)
            continue;
        fraction[k] = CLAMP(fraction[k] * scale / (double) count[k], 0.0, 1.0);
        gsize from = before == n_bins ? 0 : before + 1;
        for (gsize m = from; m < k; m++) {
            double t = before == n_bins ? 1.0 : (double) (m - before) / (double) (k - before);
            fraction[m] = (before == n_bins ? 0.0 : (1.0 - t) * fraction[before]) + t * fraction[k];
        }
        before = k;
    }
    for (gsize m = before == n_bins ? 0 : before + 1; m < n_bins; m++)
        fraction[m] = before == n_bins ? 1.0 : fraction[before];
}

/**
 * lac_rdf_shell_fraction:
 * @points: atoms
 * @subset: (nullable) (array): 0 for points to leave out
 * @mask: the particle
 * @bin: [Å] of the shells
 * @n_bins: number of shells
 * @fraction: (out caller-allocates) (array length=n_bins): mean over the atoms of the part of the
 *   shell around them that is inside, 0 to 1
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if memory is short
 */
gboolean
lac_rdf_shell_fraction(const LacPoints *points, const guint8 *subset, const LacRdfMask *mask,
    double bin, gsize n_bins, double *fraction, GError **error)
{
    Frame frame = { 0 };
    find_bounds(mask, &frame);
    for (gsize k = 0; k < n_bins; k++)
        fraction[k] = 1.0;
    if (frame.n[0] == 0)
        return TRUE;
    gsize reach = (gsize) ((double) n_bins * bin / mask->step) + 1;
    gboolean ok = allocate(&frame, reach, error);
    if (ok) {
        fill_mask(mask, &frame);
        gsize n = fill_atoms(points, subset, mask, &frame);
        if (n > 0) {
            correlate(&frame);
            double size = (double) frame.size[0] * (double) frame.size[1] * (double) frame.size[2];
            average(&frame, mask->step, bin, n_bins, 1.0 / (size * (double) n), fraction);
        }
    }
    frame_clear(&frame);
    return ok;
}
