// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/volume.h"

#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define STATS_BLOCK 65536

/**
 * lac_volume_new:
 * @nz: planes
 * @ny: rows
 * @nx: columns
 * @voxel_size: [Å]; 0 when unknown
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a volume of zeros about the origin, or %NULL with @error set
 */
LacVolume *
lac_volume_new(gsize nz, gsize ny, gsize nx, double voxel_size, GError **error)
{
    gsize n;
    if (!lac_check_shape(nz, ny, nx, &n, error))
        return NULL;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(n, error);
    return buffer != NULL ? lac_volume_new_from_buffer(buffer, nz, ny, nx, voxel_size, error)
                          : NULL;
}

/**
 * lac_volume_new_from_buffer:
 * @buffer: at least nz ny nx values; the volume takes a reference of its own
 * @nz: planes
 * @ny: rows
 * @nx: columns
 * @voxel_size: [Å]; 0 when unknown
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a volume that shares @buffer, or %NULL with @error set
 */
LacVolume *
lac_volume_new_from_buffer(LacBuffer *buffer, gsize nz, gsize ny, gsize nx, double voxel_size,
    GError **error)
{
    gsize n;
    if (!lac_check_shape(nz, ny, nx, &n, error))
        return NULL;
    if (buffer->n < n) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "%" G_GSIZE_FORMAT " values do not fill a volume of %" G_GSIZE_FORMAT, buffer->n, n);
        return NULL;
    }
    LacVolume *self = g_new0(LacVolume, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->nx = nx;
    self->ny = ny;
    self->nz = nz;
    self->voxel_size = voxel_size;
    self->buffer = lac_buffer_ref(buffer);
    self->data = buffer->data;
    return self;
}

/**
 * lac_volume_ref:
 * @self: a volume
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacVolume *
lac_volume_ref(LacVolume *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_volume_unref:
 * @self: (nullable) (transfer full): a volume; any thread
 */
void
lac_volume_unref(LacVolume *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_buffer_unref(self->buffer);
    g_free(self);
}

/**
 * lac_volume_get_size:
 * @self: a volume
 *
 * Returns: number of voxels nz ny nx
 */
gsize
lac_volume_get_size(const LacVolume *self)
{
    return self->nx * self->ny * self->nz;
}

/**
 * lac_volume_get:
 * @self: a volume
 * @x: column, below nx
 * @y: row, below ny
 * @z: plane, below nz
 *
 * Returns: the value of one voxel
 */
float
lac_volume_get(const LacVolume *self, gsize x, gsize y, gsize z)
{
    return self->data[(z * self->ny + y) * self->nx + x];
}

typedef struct {
    const float *data;
    LacStats *partial; // one per block; mean and std hold sum and sum of squares
} StatsArgs;

static void
stats_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const StatsArgs *args = data;
    LacStats *out = &args->partial[begin / STATS_BLOCK];
    float min = INFINITY, max = -INFINITY;
    double sum = 0.0, squares = 0.0;
    gsize n_bad = 0;
    for (gsize i = begin; i < end; i++) {
        float v = args->data[i];
        gboolean good = isfinite(v) != 0;
        n_bad += !good;
        double d = good ? (double) v : 0.0;
        sum += d;
        squares += d * d;
        min = good && v < min ? v : min;
        max = good && v > max ? v : max;
    }
    *out = (LacStats){ .min = min, .max = max, .mean = sum, .std = squares, .n_bad = n_bad };
}

/**
 * lac_stats:
 * @data: values
 * @n: how many
 *
 * Computes range, mean and standard deviation in double precision, the same for any number of
 * threads. NaN and infinite values are counted and left out.
 *
 * Returns: the statistics; zeros if no value is finite
 */
LacStats
lac_stats(const float *data, gsize n)
{
    LacStats all = { .min = INFINITY, .max = -INFINITY };
    if (n == 0)
        return (LacStats){ 0 };
    gsize n_blocks = (n - 1) / STATS_BLOCK + 1;
    g_autofree LacStats *partial = g_new0(LacStats, n_blocks);
    StatsArgs args = { .data = data, .partial = partial };
    lac_parallel_for(n, STATS_BLOCK, stats_block, &args);
    double squares = 0.0;
    for (gsize i = 0; i < n_blocks; i++) {
        all.min = MIN(all.min, partial[i].min);
        all.max = MAX(all.max, partial[i].max);
        all.mean += partial[i].mean;
        squares += partial[i].std;
        all.n_bad += partial[i].n_bad;
    }
    double n_good = (double) (n - all.n_bad);
    if (n_good == 0.0)
        return (LacStats){ .n_bad = all.n_bad };
    all.mean /= n_good;
    all.std = sqrt(MAX(squares / n_good - all.mean * all.mean, 0.0));
    return all;
}

/**
 * lac_histogram:
 * @data: values
 * @n: how many
 * @min: lower edge of the first bin
 * @max: upper edge of the last bin, above @min
 * @n_bins: at least 1
 * @bins: (out caller-allocates) (array length=n_bins): counts
 *
 * Counts values per bin. Values outside the range go to the outer bins, NaN nowhere.
 */
void
lac_histogram(const float *data, gsize n, float min, float max, guint n_bins, gsize *bins)
{
    g_return_if_fail(n_bins > 0 && max > min);

    memset(bins, 0, n_bins * sizeof *bins);
    float scale = (float) n_bins / (max - min);
    float last = (float) (n_bins - 1);
    for (gsize i = 0; i < n; i++) {
        if (isnan(data[i]))
            continue;
        float bin = (data[i] - min) * scale;
        bins[(gsize) CLAMP(bin, 0.0f, last)]++;
    }
}
