// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/volume-texture.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define BLOCK         LAC_TEXTURE_BLOCK
#define CHUNK         64               // planes between two looks at the progress
#define SMALLEST_HALF 6.103515625e-05f // the smallest normal half float, 2^-14

typedef struct {
    LacVolumeTexture *self;
    gsize first;    // plane, or plane of blocks, at which the loop starts
    gsize *partial; // one histogram per plane of the chunk
} PrepareArgs;

// Rounds to nearest, ties to even. Values are 0 to 1, so there is neither sign, infinity nor NaN.
static void
to_half(const float *restrict in, gsize n, guint16 *restrict out)
{
#pragma omp simd
    for (gsize i = 0; i < n; i++) {
        guint32 bits;
        memcpy(&bits, &in[i], sizeof bits);
        guint32 normal = (bits - (112u << 23) + 0xfffu + ((bits >> 13) & 1u)) >> 13;
        guint32 small = (guint32) (in[i] * 16777216.0f + 0.5f); // units of 2^-24
        out[i] = (guint16) (in[i] >= SMALLEST_HALF ? normal : small);
    }
}

// Adds one row of voxels to a row of texels; a NaN counts as the smallest value.
static void
add_row(const LacVolumeTexture *self, const float *restrict in, float *restrict out)
{
    gsize nx = self->volume->nx;
    float low = (float) self->min, scale = (float) (1.0 / (self->max - self->min));
    if (self->bin == 1) {
#pragma omp simd
        for (gsize i = 0; i < nx; i++) {
            float v = (in[i] - low) * scale;
            out[i] = v > 0.0f ? (v < 1.0f ? v : 1.0f) : 0.0f;
        }
        return;
    }
    for (gsize i = 0; i < nx; i++) {
        float v = (in[i] - low) * scale;
        out[i / self->bin] += v > 0.0f ? MIN(v, 1.0f) : 0.0f;
    }
}

static void
count_row(const LacVolumeTexture *self, const float *in, gsize *bins)
{
    float low = (float) self->min;
    float scale = (float) (LAC_TEXTURE_N_BINS / (self->max - self->min));
    for (gsize i = 0; i < self->volume->nx; i++) {
        float v = (in[i] - low) * scale;
        if (v >= 0.0f && v <= 1.001f * LAC_TEXTURE_N_BINS)
            bins[MIN((guint) v, LAC_TEXTURE_N_BINS - 1)]++;
    }
}

static void
fill_plane(const LacVolumeTexture *self, gsize z, float *row, gsize *bins)
{
    const LacVolume *volume = self->volume;
    gsize bin = self->bin, z_end = MIN((z + 1) * bin, volume->nz);
    for (gsize y = 0; y < self->ny; y++) {
        gsize y_end = MIN((y + 1) * bin, volume->ny);
        memset(row, 0, self->nx * sizeof *row);
        for (gsize zz = z * bin; zz < z_end; zz++)
            for (gsize yy = y * bin; yy < y_end; yy++) {
                const float *in = volume->data + (zz * volume->ny + yy) * volume->nx;
                add_row(self, in, row);
                count_row(self, in, bins);
            }
        if (bin > 1)
            for (gsize x = 0; x < self->nx; x++) {
                gsize width = MIN((x + 1) * bin, volume->nx) - x * bin;
                row[x] /= (float) (width * (y_end - y * bin) * (z_end - z * bin));
            }
        to_half(row, self->nx, self->texels + (z * self->ny + y) * self->nx);
    }
}

static void
fill_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const PrepareArgs *args = data;
    g_autofree float *row = g_new(float, args->self->nx);
    for (gsize i = begin; i < end; i++)
        fill_plane(args->self, args->first + i, row, args->partial + i * LAC_TEXTURE_N_BINS);
}

// Half floats that are not negative are ordered as integers are.
static void
raise_to(guint16 *restrict out, const guint16 *restrict in, gsize n)
{
#pragma omp simd
    for (gsize i = 0; i < n; i++)
        out[i] = MAX(out[i], in[i]);
}

// A sample inside block b reads texels from 8 b - 1 to 8 b + 8.
static gsize
reach_begin(gsize block)
{
    return block > 0 ? block * BLOCK - 1 : 0;
}

static gsize
reach_end(gsize block, gsize n)
{
    return MIN((block + 1) * BLOCK + 1, n);
}

static void
fill_blocks(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const PrepareArgs *args = data;
    const LacVolumeTexture *self = args->self;
    g_autofree guint16 *row = g_new(guint16, self->nx);
    for (gsize bz = begin; bz < end; bz++)
        for (gsize by = 0; by < self->n_blocks_y; by++) {
            memset(row, 0, self->nx * sizeof *row);
            for (gsize z = reach_begin(bz); z < reach_end(bz, self->nz); z++)
                for (gsize y = reach_begin(by); y < reach_end(by, self->ny); y++)
                    raise_to(row, self->texels + (z * self->ny + y) * self->nx, self->nx);
            guint16 *out = self->blocks + (bz * self->n_blocks_y + by) * self->n_blocks_x;
            for (gsize bx = 0; bx < self->n_blocks_x; bx++) {
                guint16 top = 0;
                for (gsize x = reach_begin(bx); x < reach_end(bx, self->nx); x++)
                    top = MAX(top, row[x]);
                out[bx] = top;
            }
        }
}

static gboolean
fill(LacVolumeTexture *self, LacProgress *progress, GError **error)
{
    g_autofree gsize *partial = g_new(gsize, CHUNK * LAC_TEXTURE_N_BINS);
    PrepareArgs args = { .self = self, .partial = partial };
    for (args.first = 0; args.first < self->nz; args.first += CHUNK) {
        gsize n = MIN(CHUNK, self->nz - args.first);
        memset(partial, 0, CHUNK * LAC_TEXTURE_N_BINS * sizeof *partial);
        lac_parallel_for(n, 2, fill_planes, &args);
        for (gsize i = 0; i < n; i++)
            for (gsize b = 0; b < LAC_TEXTURE_N_BINS; b++)
                self->histogram[b] += partial[i * LAC_TEXTURE_N_BINS + b];
        double fraction = 0.2 + 0.7 * (double) (args.first + n) / (double) self->nz;
        if (!lac_progress_update(progress, fraction, error))
            return FALSE;
    }
    lac_parallel_for(self->n_blocks_z, 1, fill_blocks, &args);
    return TRUE;
}

static gsize
n_parts(gsize n, gsize size)
{
    return (n - 1) / size + 1;
}

static gboolean
allocate(LacVolumeTexture *self, guint max_size, GError **error)
{
    const LacVolume *volume = self->volume;
    gsize largest = MAX(MAX(volume->nx, volume->ny), volume->nz), n;
    self->bin = (guint) n_parts(largest, max_size);
    self->nx = n_parts(volume->nx, self->bin);
    self->ny = n_parts(volume->ny, self->bin);
    self->nz = n_parts(volume->nz, self->bin);
    self->n_blocks_x = n_parts(self->nx, BLOCK);
    self->n_blocks_y = n_parts(self->ny, BLOCK);
    self->n_blocks_z = n_parts(self->nz, BLOCK);
    if (self->bin > 1)
        self->note = g_strdup_printf("3D view binned %u times: the graphics memory takes %u voxels "
                                     "along an axis, the volume has %" G_GSIZE_FORMAT,
            self->bin, max_size, largest);
    if (!lac_check_shape(self->nz, self->ny, self->nx, &n, error))
        return FALSE;
    self->texels = lac_alloc(n, sizeof *self->texels, error);
    if (self->texels == NULL)
        return FALSE;
    self->blocks = lac_alloc(self->n_blocks_x * self->n_blocks_y * self->n_blocks_z,
        sizeof *self->blocks, error);
    return self->blocks != NULL;
}

/**
 * lac_volume_texture_prepare:
 * @volume: a published volume; a reference is kept
 * @max_size: the longest edge that the graphics memory takes [texel]; larger volumes are averaged
 *     over cubes of voxels
 * @progress: (nullable): progress
 * @error: return location for a #GError
 *
 * Converts a volume for drawing: half floats over its range, the coarse grid for skipping empty
 * space, histogram, and a first transfer function. For worker threads.
 *
 * Returns: (transfer full): the texture, or %NULL with @error set
 */
LacVolumeTexture *
lac_volume_texture_prepare(LacVolume *volume, guint max_size, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(volume != NULL && max_size > 0, NULL);

    g_autoptr(LacVolumeTexture) self = g_new0(LacVolumeTexture, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->volume = lac_volume_ref(volume);
    if (!allocate(self, max_size, error))
        return NULL;
    LacStats stats = lac_stats(volume->data, lac_volume_get_size(volume));
    self->min = (double) stats.min;
    self->max = (double) stats.max;
    if (!(self->max > self->min))
        self->max = self->min + MAX(fabs(self->min), 1.0);
    if (!lac_progress_update(progress, 0.2, error) || !fill(self, progress, error))
        return NULL;
    self->transfer =
        lac_transfer_from_histogram(self->histogram, LAC_TEXTURE_N_BINS, self->min, self->max);
    self->iso_level = lac_transfer_get_value(&self->transfer,
        0.5 * (self->transfer.points[1].x + self->transfer.points[2].x));
    return g_steal_pointer(&self);
}

/**
 * lac_volume_texture_ref:
 * @self: a texture
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacVolumeTexture *
lac_volume_texture_ref(LacVolumeTexture *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_volume_texture_unref:
 * @self: (nullable) (transfer full): a texture; any thread
 */
void
lac_volume_texture_unref(LacVolumeTexture *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_volume_unref(self->volume);
    lac_free(self->texels);
    lac_free(self->blocks);
    g_free(self->note);
    g_free(self);
}

/**
 * lac_volume_get_scale:
 * @volume: a volume
 *
 * Returns: [Å] the edge of a voxel in the world; 1 where the voxel size is unknown
 */
double
lac_volume_get_scale(const LacVolume *volume)
{
    return volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
}

/**
 * lac_volume_get_box:
 * @volume: a volume
 *
 * Returns: [Å] its box, from the outer face of the first voxel to that of the last
 */
LacBox
lac_volume_get_box(const LacVolume *volume)
{
    double s = lac_volume_get_scale(volume);
    LacVec3 o = volume->origin;
    double nx = (double) volume->nx, ny = (double) volume->ny, nz = (double) volume->nz;
    double cx = (double) (volume->nx / 2), cy = (double) (volume->ny / 2),
           cz = (double) (volume->nz / 2);
    return (LacBox){
        .min = { o.x - s * (cx + 0.5), o.y - s * (cy + 0.5), o.z - s * (cz + 0.5) },
        .max = { o.x + s * (nx - cx - 0.5), o.y + s * (ny - cy - 0.5), o.z + s * (nz - cz - 0.5) },
    };
}
