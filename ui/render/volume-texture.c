// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/volume-texture.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define BLOCK         LAC_TEXTURE_BLOCK
#define CHUNK         64               // planes between two looks at the progress
#define SMALLEST_HALF 6.103515625e-05f // the smallest normal half float, 2^-14
#define SMOOTH_LIMIT  200              // longest edge of a volume that is made smooth [voxel]

typedef struct {
    LacVolumeTexture *self;
    gsize bin;      // voxels per texel along each axis; 1 unless too large
    gsize first;    // plane at which the loop starts
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

// A NaN counts as the smallest value.
static void
scale_row(const LacVolumeTexture *self, const float *restrict in, gsize n, float *restrict out)
{
    float low = (float) self->min, scale = (float) (1.0 / (self->max - self->min));
#pragma omp simd
    for (gsize i = 0; i < n; i++) {
        float v = (in[i] - low) * scale;
        out[i] = v > 0.0f ? (v < 1.0f ? v : 1.0f) : 0.0f;
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

static const float *
get_row(const LacVolume *volume, gsize z, gsize y)
{
    return volume->data + (z * volume->ny + y) * volume->nx;
}

// Averages over cubes of voxels; @scratch holds a row of voxels and one of texels.
static void
fill_binned_plane(const PrepareArgs *args, gsize z, float *scratch, gsize *bins)
{
    const LacVolumeTexture *self = args->self;
    const LacVolume *volume = self->volume;
    gsize bin = args->bin, z_end = MIN((z + 1) * bin, volume->nz);
    float *row = scratch, *sum = scratch + volume->nx;
    for (gsize y = 0; y < self->ny; y++) {
        gsize y_end = MIN((y + 1) * bin, volume->ny);
        memset(sum, 0, self->nx * sizeof *sum);
        for (gsize zz = z * bin; zz < z_end; zz++)
            for (gsize yy = y * bin; yy < y_end; yy++) {
                scale_row(self, get_row(volume, zz, yy), volume->nx, row);
                count_row(self, get_row(volume, zz, yy), bins);
                for (gsize x = 0; x < volume->nx; x++)
                    sum[x / bin] += row[x];
            }
        for (gsize x = 0; x < self->nx; x++) {
            gsize width = MIN((x + 1) * bin, volume->nx) - x * bin;
            sum[x] /= (float) (width * (y_end - y * bin) * (z_end - z * bin));
        }
        to_half(sum, self->nx, self->texels + (z * self->ny + y) * self->nx);
    }
}

static void
fill_plain_plane(const PrepareArgs *args, gsize z, float *scratch, gsize *bins)
{
    const LacVolumeTexture *self = args->self;
    for (gsize y = 0; y < self->ny; y++) {
        const float *in = get_row(self->volume, z, y);
        scale_row(self, in, self->nx, scratch);
        count_row(self, in, bins);
        to_half(scratch, self->nx, self->texels + (z * self->ny + y) * self->nx);
    }
}

// Half way between b and c on the cubic through four points (Catmull and Rom).
static void
mix_rows(const float *restrict a, const float *restrict b, const float *restrict c,
    const float *restrict d, gsize n, float *restrict out)
{
#pragma omp simd
    for (gsize i = 0; i < n; i++)
        out[i] = 0.5625f * (b[i] + c[i]) - 0.0625f * (a[i] + d[i]);
}

static gsize
clamp_index(gsize i, gssize by, gsize n)
{
    gssize at = (gssize) i + by;
    return at < 0 ? 0 : MIN((gsize) at, n - 1);
}

// Even texels are voxels, odd ones lie half way. @scratch holds a plane of voxels, one row of
// voxels and two of texels.
static void
fill_smooth_plane(const PrepareArgs *args, gsize z, float *scratch, gsize *bins)
{
    const LacVolumeTexture *self = args->self;
    const LacVolume *v = self->volume;
    gsize nx = v->nx, k = z / 2;
    float *plane = scratch, *row = plane + nx * v->ny, *fine = row + nx, *scaled = fine + self->nx;
    for (gsize y = 0; y < v->ny; y++) {
        if (z % 2 != 0)
            mix_rows(get_row(v, clamp_index(k, -1, v->nz), y), get_row(v, k, y),
                get_row(v, k + 1, y), get_row(v, clamp_index(k, 2, v->nz), y), nx, plane + y * nx);
        else {
            memcpy(plane + y * nx, get_row(v, k, y), nx * sizeof *plane);
            count_row(self, get_row(v, k, y), bins);
        }
    }
    for (gsize y = 0; y < self->ny; y++) {
        gsize j = y / 2;
        if (y % 2 != 0)
            mix_rows(plane + clamp_index(j, -1, v->ny) * nx, plane + j * nx, plane + (j + 1) * nx,
                plane + clamp_index(j, 2, v->ny) * nx, nx, row);
        else
            memcpy(row, plane + j * nx, nx * sizeof *row);
        for (gsize x = 0; x + 1 < nx; x++) {
            fine[2 * x] = row[x];
            fine[2 * x + 1] = 0.5625f * (row[x] + row[x + 1]) -
                0.0625f * (row[clamp_index(x, -1, nx)] + row[MIN(x + 2, nx - 1)]);
        }
        fine[2 * nx - 2] = row[nx - 1];
        scale_row(self, fine, self->nx, scaled);
        to_half(scaled, self->nx, self->texels + (z * self->ny + y) * self->nx);
    }
}

static void
fill_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const PrepareArgs *args = data;
    const LacVolumeTexture *self = args->self;
    const LacVolume *volume = self->volume;
    gsize n = volume->nx + 2 * self->nx + (self->is_smooth ? volume->nx * volume->ny : 0);
    g_autofree float *scratch = g_new(float, n);
    for (gsize i = begin; i < end; i++) {
        gsize z = args->first + i, *bins = args->partial + i * LAC_TEXTURE_N_BINS;
        if (self->is_smooth)
            fill_smooth_plane(args, z, scratch, bins);
        else if (args->bin > 1)
            fill_binned_plane(args, z, scratch, bins);
        else
            fill_plain_plane(args, z, scratch, bins);
    }
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
fill(LacVolumeTexture *self, gsize bin, LacProgress *progress, GError **error)
{
    g_autofree gsize *partial = g_new(gsize, CHUNK * LAC_TEXTURE_N_BINS);
    PrepareArgs args = { .self = self, .bin = bin, .partial = partial };
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

static void
set_shape(LacVolumeTexture *self, guint max_size, gboolean smooth, gsize *bin)
{
    const LacVolume *volume = self->volume;
    gsize largest = MAX(MAX(volume->nx, volume->ny), volume->nz);
    *bin = n_parts(largest, max_size);
    if (smooth && largest > 1 && largest <= SMOOTH_LIMIT && 2 * largest - 1 <= max_size) {
        // Texel 2 i is voxel i: centres meet, so that no peak is lost.
        self->is_smooth = TRUE;
        self->scale = 2.0;
        self->offset = -0.5;
        self->nx = 2 * volume->nx - 1;
        self->ny = 2 * volume->ny - 1;
        self->nz = 2 * volume->nz - 1;
        return;
    }
    self->scale = 1.0 / (double) *bin;
    self->nx = n_parts(volume->nx, *bin);
    self->ny = n_parts(volume->ny, *bin);
    self->nz = n_parts(volume->nz, *bin);
    if (*bin > 1)
        self->note = g_strdup_printf("3D view binned %" G_GSIZE_FORMAT
                                     " times: the graphics card takes %u voxels along an axis, "
                                     "the volume has %" G_GSIZE_FORMAT,
            *bin, max_size, largest);
}

static gboolean
allocate(LacVolumeTexture *self, GError **error)
{
    gsize n;
    self->n_blocks_x = n_parts(self->nx, BLOCK);
    self->n_blocks_y = n_parts(self->ny, BLOCK);
    self->n_blocks_z = n_parts(self->nz, BLOCK);
    if (!lac_check_shape(self->nz, self->ny, self->nx, &n, error))
        return FALSE;
    self->texels = lac_alloc(n, sizeof *self->texels, error);
    if (self->texels == NULL)
        return FALSE;
    self->blocks = lac_alloc(self->n_blocks_x * self->n_blocks_y * self->n_blocks_z,
        sizeof *self->blocks, error);
    return self->blocks != NULL;
}

// The box about the blocks in which something exceeds @level, as a first thing to look at.
static LacBox
find_content(const LacVolumeTexture *self, double level)
{
    float at = (float) ((level - self->min) / (self->max - self->min));
    guint16 threshold;
    at = CLAMP(at, 0.0f, 1.0f);
    to_half(&at, 1, &threshold);
    gsize low[3] = { G_MAXSIZE, G_MAXSIZE, G_MAXSIZE }, high[3] = { 0 };
    for (gsize z = 0; z < self->n_blocks_z; z++)
        for (gsize y = 0; y < self->n_blocks_y; y++)
            for (gsize x = 0; x < self->n_blocks_x; x++) {
                gsize at_block = (z * self->n_blocks_y + y) * self->n_blocks_x + x;
                if (self->blocks[at_block] <= threshold)
                    continue;
                const gsize xyz[3] = { x, y, z };
                for (int i = 0; i < 3; i++) {
                    low[i] = MIN(low[i], xyz[i]);
                    high[i] = MAX(high[i], xyz[i] + 1);
                }
            }
    LacBox box = lac_volume_get_box(self->volume);
    if (high[0] == 0)
        return box;
    double size = lac_volume_get_scale(self->volume) / self->scale; // [Å] of a texel
    LacVec3 o = box.min;
    return (LacBox){
        .min = { o.x + size * (double) (low[0] * BLOCK), o.y + size * (double) (low[1] * BLOCK),
            o.z + size * (double) (low[2] * BLOCK) },
        .max = { MIN(o.x + size * (double) (high[0] * BLOCK), box.max.x),
            MIN(o.y + size * (double) (high[1] * BLOCK), box.max.y),
            MIN(o.z + size * (double) (high[2] * BLOCK), box.max.z) },
    };
}

/**
 * lac_volume_texture_prepare:
 * @volume: a published volume; a reference is kept
 * @max_size: the longest edge that the graphics card takes [texel]; larger volumes are averaged
 *     over cubes of voxels
 * @smooth: %TRUE to put a texel between each two voxels, on a cubic curve through them; done for
 *     volumes of up to 200 voxels along an axis where @max_size allows. It takes the edges off a small volume, for eight times the memory
 * @progress: (nullable): progress
 * @error: return location for a #GError
 *
 * Converts a volume for drawing: half floats over its range, the coarse grid for skipping empty
 * space, histogram, and a first transfer function. For worker threads.
 *
 * Returns: (transfer full): the texture, or %NULL with @error set
 */
LacVolumeTexture *
lac_volume_texture_prepare(LacVolume *volume, guint max_size, gboolean smooth,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(volume != NULL && max_size > 0, NULL);

    g_autoptr(LacVolumeTexture) self = g_new0(LacVolumeTexture, 1);
    gsize bin;
    g_atomic_ref_count_init(&self->ref_count);
    self->volume = lac_volume_ref(volume);
    set_shape(self, max_size, smooth, &bin);
    if (!allocate(self, error))
        return NULL;
    LacStats stats = lac_stats(volume->data, lac_volume_get_size(volume));
    self->min = (double) stats.min;
    self->max = (double) stats.max;
    if (!(self->max > self->min))
        self->max = self->min + MAX(fabs(self->min), 1.0);
    if (!lac_progress_update(progress, 0.2, error) || !fill(self, bin, progress, error))
        return NULL;
    self->transfer =
        lac_transfer_from_histogram(self->histogram, LAC_TEXTURE_N_BINS, self->min, self->max);
    self->iso_level = lac_transfer_get_value(&self->transfer,
        0.5 * (self->transfer.points[0].x + self->transfer.points[1].x));
    self->content = find_content(self, self->iso_level);
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
