// SPDX-License-Identifier: GPL-3.0-or-later
// The model is separable. Across the tilt axis the spectrum is divided by the spline's, with one
// transform per pair of rows: two neighbouring rows are the real and the imaginary part of a line,
// which a real filter keeps apart. Along the axis voxels and pixels coincide, so that only the blob
// is left: a short sum of neighbours.
#include "core/recon/axis-filter.h"

#include "core/array.h"
#include "core/error.h"
#include "core/fft.h"
#include "core/recon/splat.h"

#include <math.h>
#include <string.h>

#define REACH   5.0 // widths after which the blob is cut, as in lac_blob_apply()
#define OUTPUTS 16  // of the blob's sum at once
#define MARGIN  8   // of a line in Fourier space

struct LacAxisFilter {
    LacAxisFilterParams params;
    LacFftLines *fft;      // of the pairs of rows of a whole tile
    LacFftLines *fft_last; // (nullable) likewise of the last tile, if that is narrower
    float *gains;          // n_u, the transform's scale included
    gsize reach;
    float *taps; // 2 reach + 1
    // Lines along the tilt axis, long enough that nothing that is shifted off comes back.
    double *shifts;   // (nullable) n, [pixel]
    LacFft *fft_line; // (nullable)
    gsize n_line, centre;
};

static gsize
tile_width(const LacAxisFilter *self, gsize y)
{
    return MIN(LAC_TILE_WIDTH, self->params.n_rows - y);
}

static LacFftLines *
plan(gsize n_u, gsize width)
{
    return lac_fft_lines_new(n_u, width / 2, width / 2, 1);
}

static void
fill_gains(const LacAxisFilterParams *p, float *gains)
{
    const double s = p->blob_sigma;
    for (gsize i = 0; i < p->n_u; i++) {
        double f = (double) MIN(i, p->n_u - i) / (double) p->n_u;
        double sinc = f > 0.0 ? sin(G_PI * f) / (G_PI * f) : 1.0;
        double blob = exp(-2.0 * G_PI * G_PI * s * s * f * f);
        gains[i] = (float) (blob / (sinc * sinc * sinc * sinc) / (double) p->n_u);
    }
}

static void
fill_taps(double sigma, gsize reach, float *taps)
{
    double sum = 0.0;
    for (gsize t = 0; t <= 2 * reach; t++) {
        double d = (double) t - (double) reach;
        double tap = reach > 0 ? exp(-0.5 * d * d / (sigma * sigma)) : 1.0;
        taps[t] = (float) tap;
        sum += tap;
    }
    for (gsize t = 0; t <= 2 * reach; t++)
        taps[t] = (float) ((double) taps[t] / sum);
}

static gboolean
plan_shifts(LacAxisFilter *self)
{
    const LacAxisFilterParams *p = &self->params;
    double farthest = 0.0;
    self->shifts = g_new(double, p->n);
    for (gsize k = 0; k < p->n; k++) {
        self->shifts[k] = p->shifts[k].dv;
        farthest = MAX(farthest, fabs(p->shifts[k].dv));
    }
    gsize n = p->ny / 2 + p->nv / 2 + (gsize) ceil(farthest) + self->reach + MARGIN;
    self->n_line = lac_fft_good_size(MAX(n, MAX(p->ny, p->nv) + 1));
    self->centre = MAX(p->ny, p->nv) / 2;
    self->fft_line = lac_fft_new_rows(1, self->n_line);
    return self->fft_line != NULL;
}

/**
 * lac_axis_filter_new:
 * @params: extents, shifts and blob; copied, the shifts included
 * @error: return location for a #GError
 *
 * Prepares H(fu) = exp(-2 pi^2 s^2 fu^2) / sinc(fu)^4 across the tilt axis and the Gaussian of
 * lac_blob_apply() along it. Both are even, so that applying one is its own transpose; a shift's
 * transpose is to shift back.
 *
 * Returns: (transfer full): the filter, or %NULL with @error set
 */
LacAxisFilter *
lac_axis_filter_new(const LacAxisFilterParams *params, GError **error)
{
    g_autoptr(LacAxisFilter) self = g_new0(LacAxisFilter, 1);
    const gsize width = MIN(LAC_TILE_WIDTH, params->n_rows), rest = params->n_rows % width;
    self->params = *params;
    self->reach = (gsize) ceil(REACH * params->blob_sigma);
    self->fft = plan(params->n_u, width);
    self->fft_last = rest > 0 ? plan(params->n_u, rest) : NULL;
    if (self->fft == NULL || (rest > 0 && self->fft_last == NULL)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "No Fourier transform of %" G_GSIZE_FORMAT " values could be planned", params->n_u);
        return NULL;
    }
    self->gains = lac_alloc_floats(params->n_u, error);
    self->taps = self->gains != NULL ? lac_alloc_floats(2 * self->reach + 1, error) : NULL;
    if (self->taps == NULL)
        return NULL;
    fill_gains(params, self->gains);
    fill_taps(params->blob_sigma, self->reach, self->taps);
    if (params->shifts != NULL && !plan_shifts(self)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for a transform");
        return NULL;
    }
    self->params.shifts = NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_axis_filter_free:
 * @self: (nullable) (transfer full): a filter
 */
void
lac_axis_filter_free(LacAxisFilter *self)
{
    if (self == NULL)
        return;
    lac_fft_lines_free(self->fft);
    lac_fft_lines_free(self->fft_last);
    lac_free(self->gains);
    lac_free(self->taps);
    g_free(self->shifts);
    lac_fft_free(self->fft_line);
    g_free(self);
}

// Values of one row along the tilt axis, with what the blob reaches beyond its ends.
static gsize
row_size(const LacAxisFilter *self)
{
    gsize n = MAX(self->params.n_rows, self->params.nv) + 2 * self->reach + 2 * OUTPUTS;
    return (n + 15) / 16 * 16;
}

// Floats of the spectrum of a line, or of the line.
static gsize
line_size(const LacAxisFilter *self)
{
    return (self->n_line + 2 + 15) / 16 * 16;
}

/**
 * lac_axis_filter_get_scratch_size:
 * @self: a filter
 *
 * Returns: number of floats that cropping and padding need as scratch
 */
gsize
lac_axis_filter_get_scratch_size(const LacAxisFilter *self)
{
    return MAX(self->params.n_u * LAC_TILE_WIDTH, 2 * row_size(self) + 3 * line_size(self));
}

static float *
tile_at(const LacAxisFilter *self, float *splats, gsize k, gsize y)
{
    const LacAxisFilterParams *p = &self->params;
    return splats + (y * p->n + k * tile_width(self, y)) * p->n_u;
}

static void
filter_tile(const LacAxisFilter *self, gsize width, float *tile, float *scratch)
{
    const gsize whole = MIN(LAC_TILE_WIDTH, self->params.n_rows);
    const LacFftLines *fft = width == whole ? self->fft : self->fft_last;
    float(*pairs)[2] = (gpointer) tile, (*spectrum)[2] = (gpointer) scratch;
    lac_fft_lines_forward(fft, pairs, spectrum);
    for (gsize i = 0; i < self->params.n_u; i++) {
        const float gain = self->gains[i];
        float *row = scratch + i * width;
        for (gsize j = 0; j < width; j++)
            row[j] *= gain;
    }
    lac_fft_lines_inverse(fft, spectrum, pairs);
}

// Copies @n_in values to @row so that value @centre_in comes to place reach + @centre of n_out + 2
// reach, with zeros around.
static void
place_row(const LacAxisFilter *self, const float *in, gsize n_in, gsize centre_in, float *row,
    gsize n_out, gsize centre)
{
    const gsize n = n_out + 2 * self->reach, to = self->reach + centre;
    const gsize skip = centre_in > to ? centre_in - to : 0, first = to + skip - centre_in;
    const gsize count = first < n && skip < n_in ? MIN(n - first, n_in - skip) : 0;
    memset(row, 0, (n + OUTPUTS) * sizeof(float));
    if (count > 0)
        memcpy(row + first, in + skip, count * sizeof(float));
}

// out(i) = sum over t of tap(t) in(i + t); may write up to OUTPUTS - 1 values more.
static void
blur_row(const LacAxisFilter *self, const float *restrict in, gsize n, float *restrict out)
{
    const gsize n_taps = 2 * self->reach + 1;
    for (gsize i = 0; i < n; i += OUTPUTS) {
        float sum[OUTPUTS] = { 0 };
        for (gsize t = 0; t < n_taps; t++) {
            const float tap = self->taps[t];
#pragma omp simd
            for (gsize l = 0; l < OUTPUTS; l++)
                sum[l] += tap * in[i + t + l];
        }
        memcpy(out + i, sum, sizeof sum);
    }
}

// What happens to a row along the tilt axis: from rows of the volume to those of the detector or back.
typedef struct {
    const LacAxisFilter *self;
    gsize n_in, n_out;
    float *placed; // row with zeros around
    // Of a projection that is shifted.
    gboolean is_shifted;
    float *line;
    float (*spectrum)[2], (*gains)[2];
} RowFilter;

static RowFilter
row_filter(const LacAxisFilter *self, gsize k, gboolean crop, float *scratch)
{
    const LacAxisFilterParams *p = &self->params;
    RowFilter filter = {
        .self = self,
        .n_in = crop ? p->ny : p->nv,
        .n_out = crop ? p->nv : p->ny,
        .placed = scratch,
        .line = scratch + row_size(self),
        .spectrum = (gpointer) (scratch + row_size(self) + line_size(self)),
        .gains = (gpointer) (scratch + row_size(self) + 2 * line_size(self)),
        .is_shifted = self->shifts != NULL && self->shifts[k] != 0.0,
    };
    for (gsize f = 0; filter.is_shifted && f <= self->n_line / 2; f++) {
        double turn = 2.0 * G_PI * (double) f / (double) self->n_line, blob = 0.0;
        for (gsize t = 0; t <= 2 * self->reach; t++)
            blob += (double) self->taps[t] * cos(turn * ((double) t - (double) self->reach));
        blob /= (double) self->n_line;
        double angle = (crop ? -turn : turn) * self->shifts[k];
        filter.gains[f][0] = (float) (blob * cos(angle));
        filter.gains[f][1] = (float) (blob * sin(angle));
    }
    return filter;
}

static void
shift_row(const RowFilter *filter, const float *in, float *out)
{
    const LacAxisFilter *self = filter->self;
    memset(filter->line, 0, self->n_line * sizeof(float));
    memcpy(filter->line + self->centre - filter->n_in / 2, in, filter->n_in * sizeof(float));
    lac_fft_forward(self->fft_line, filter->line, filter->spectrum);
    for (gsize f = 0; f <= self->n_line / 2; f++) {
        const float *gain = filter->gains[f];
        float *value = filter->spectrum[f], a = value[0], b = value[1];
        value[0] = a * gain[0] - b * gain[1];
        value[1] = a * gain[1] + b * gain[0];
    }
    lac_fft_inverse(self->fft_line, filter->spectrum, filter->line);
    memcpy(out, filter->line + self->centre - filter->n_out / 2, filter->n_out * sizeof(float));
}

// @in and @out may be the same; @out has room for a few values more.
static void
filter_row(const RowFilter *filter, const float *in, float *out)
{
    const LacAxisFilter *self = filter->self;
    if (filter->is_shifted) {
        shift_row(filter, in, out);
        return;
    }
    place_row(self, in, filter->n_in, filter->n_in / 2, filter->placed, filter->n_out,
        filter->n_out / 2);
    if (self->reach > 0)
        blur_row(self, filter->placed, filter->n_out, out);
    else
        memcpy(out, filter->placed, filter->n_out * sizeof(float));
}

/**
 * lac_axis_filter_crop:
 * @self: a filter
 * @k: which projection
 * @splats: all tiles; those of projection @k are overwritten
 * @projection: (out caller-allocates): (nu, nv)
 * @scratch: 64-byte aligned
 *
 * Turns a splat into what the detector sees.
 */
void
lac_axis_filter_crop(const LacAxisFilter *self, gsize k, float *splats, float *projection,
    float *scratch)
{
    const LacAxisFilterParams *p = &self->params;
    float *row = scratch;
    for (gsize y = 0; y < p->n_rows; y += LAC_TILE_WIDTH)
        filter_tile(self, tile_width(self, y), tile_at(self, splats, k, y), scratch);
    const RowFilter filter = row_filter(self, k, TRUE, scratch + row_size(self));
    for (gsize u = 0; u < p->nu; u++) {
        for (gsize y = 0; y < p->n_rows; y += LAC_TILE_WIDTH) {
            const gsize width = tile_width(self, y);
            memcpy(row + y, tile_at(self, splats, k, y) + (p->window + u) * width,
                width * sizeof(float));
        }
        filter_row(&filter, row, row);
        memcpy(projection + u * p->nv, row, p->nv * sizeof(float));
    }
}

/**
 * lac_axis_filter_pad:
 * @self: a filter
 * @k: which projection
 * @projection: (nu, nv)
 * @splats: all tiles; those of projection @k are written
 * @scratch: 64-byte aligned
 *
 * The transpose of lac_axis_filter_crop().
 */
void
lac_axis_filter_pad(const LacAxisFilter *self, gsize k, const float *projection, float *splats,
    float *scratch)
{
    const LacAxisFilterParams *p = &self->params;
    float *row = scratch;
    const RowFilter filter = row_filter(self, k, FALSE, scratch + row_size(self));
    for (gsize u = 0; u < p->n_u; u++) {
        const gboolean is_seen = u >= p->window && u < p->window + p->nu;
        if (is_seen) {
            filter_row(&filter, projection + (u - p->window) * p->nv, row);
            memset(row + p->ny, 0, (p->n_rows - p->ny) * sizeof(float));
        }
        for (gsize y = 0; y < p->n_rows; y += LAC_TILE_WIDTH) {
            const gsize width = tile_width(self, y);
            float *to = tile_at(self, splats, k, y) + u * width;
            if (is_seen)
                memcpy(to, row + y, width * sizeof(float));
            else
                memset(to, 0, width * sizeof(float));
        }
    }
    for (gsize y = 0; y < p->n_rows; y += LAC_TILE_WIDTH)
        filter_tile(self, tile_width(self, y), tile_at(self, splats, k, y), scratch);
}
