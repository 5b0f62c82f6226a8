// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/resample.h"

#include "core/error.h"
#include "core/parallel.h"

#include <string.h>

// From a block of the input, axes in the order (x, y, z), to all of the output.
typedef struct {
    const float *in;
    float *out;
    gsize in_size[3], out_size[3];
    gsize begin[3], factor[3];
} Resample;

static void
crop_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Resample *args = data;
    for (gsize z = begin; z < end; z++) {
        for (gsize y = 0; y < args->out_size[1]; y++) {
            gsize row = (z + args->begin[2]) * args->in_size[1] + y + args->begin[1];
            memcpy(args->out + (z * args->out_size[1] + y) * args->out_size[0],
                args->in + row * args->in_size[0] + args->begin[0],
                args->out_size[0] * sizeof(float));
        }
    }
}

static float
mean_of_block(const Resample *args, gsize x, gsize y, gsize z)
{
    const gsize *factor = args->factor;
    double sum = 0.0;
    for (gsize k = 0; k < factor[2]; k++) {
        for (gsize j = 0; j < factor[1]; j++) {
            gsize row = (z * factor[2] + k) * args->in_size[1] + y * factor[1] + j;
            const float *in = args->in + row * args->in_size[0] + x * factor[0];
            for (gsize i = 0; i < factor[0]; i++)
                sum += (double) in[i];
        }
    }
    return (float) (sum / (double) (factor[0] * factor[1] * factor[2]));
}

static void
bin_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Resample *args = data;
    for (gsize z = begin; z < end; z++) {
        for (gsize y = 0; y < args->out_size[1]; y++) {
            float *out = args->out + (z * args->out_size[1] + y) * args->out_size[0];
            for (gsize x = 0; x < args->out_size[0]; x++)
                out[x] = mean_of_block(args, x, y, z);
        }
    }
}

static gboolean
check_crop(const gsize in_size[3], const gsize begin[3], const gsize size[3], GError **error)
{
    for (guint i = 0; i < 3; i++) {
        if (size[i] > 0 && begin[i] < in_size[i] && size[i] <= in_size[i] - begin[i])
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%" G_GSIZE_FORMAT " from %" G_GSIZE_FORMAT
            " on along axis %u is not inside the %" G_GSIZE_FORMAT " there",
            size[i], begin[i], i + 1, in_size[i]);
        return FALSE;
    }
    return TRUE;
}

static gboolean
set_binning(Resample *args, gsize factor, GError **error)
{
    for (guint i = 0; i < 3; i++) {
        args->out_size[i] = args->factor[i] > 0 ? args->in_size[i] / args->factor[i] : 0;
        if (args->out_size[i] > 0)
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A bin of %" G_GSIZE_FORMAT " is not between 1 and the %" G_GSIZE_FORMAT
            " along axis %u",
            factor, args->in_size[i], i + 1);
        return FALSE;
    }
    return TRUE;
}

// [Å] by which the centre moves along an axis: @centre is where the new one lies in old voxels.
static double
get_shift(double centre, gsize old_size, double voxel_size)
{
    return (centre - (double) (old_size / 2)) * voxel_size;
}

/**
 * lac_volume_crop:
 * @self: a volume
 * @begin: (array fixed-size=3): first voxel along x, y, z
 * @size: (array fixed-size=3): voxels along x, y, z
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a copy of the block, whose voxels keep their positions, or %NULL with
 * @error set when it is empty or not inside
 */
LacVolume *
lac_volume_crop(const LacVolume *self, const gsize begin[3], const gsize size[3], GError **error)
{
    Resample args = { .in = self->data,
        .in_size = { self->nx, self->ny, self->nz },
        .out_size = { size[0], size[1], size[2] },
        .begin = { begin[0], begin[1], begin[2] } };
    if (!check_crop(args.in_size, begin, size, error))
        return NULL;
    LacVolume *out = lac_volume_new(size[2], size[1], size[0], self->voxel_size, error);
    if (out == NULL)
        return NULL;
    args.out = out->data;
    lac_parallel_for(size[2], 1, crop_planes, &args);
    double shift[3];
    for (guint i = 0; i < 3; i++)
        shift[i] = get_shift((double) (begin[i] + size[i] / 2), args.in_size[i], self->voxel_size);
    out->origin = (LacVec3){ self->origin.x + shift[0], self->origin.y + shift[1],
        self->origin.z + shift[2] };
    return out;
}

/**
 * lac_volume_bin:
 * @self: a volume
 * @factor: voxels along each axis that become one
 * @error: return location for a #GError
 *
 * Averages blocks of voxels; what does not fill a block at the far ends is left out.
 *
 * Returns: (transfer full): the coarser volume, or %NULL with @error set
 */
LacVolume *
lac_volume_bin(const LacVolume *self, gsize factor, GError **error)
{
    Resample args = { .in = self->data,
        .in_size = { self->nx, self->ny, self->nz },
        .factor = { factor, factor, self->nz > 1 ? factor : MIN(factor, 1) } };
    if (!set_binning(&args, factor, error))
        return NULL;
    LacVolume *out = lac_volume_new(args.out_size[2], args.out_size[1], args.out_size[0],
        self->voxel_size * (double) factor, error);
    if (out == NULL)
        return NULL;
    args.out = out->data;
    lac_parallel_for(args.out_size[2], 1, bin_planes, &args);
    double shift[3];
    for (guint i = 0; i < 3; i++) {
        double f = (double) args.factor[i], centre = (double) (args.out_size[i] / 2);
        shift[i] = get_shift(f * centre + 0.5 * (f - 1.0), args.in_size[i], self->voxel_size);
    }
    out->origin = (LacVec3){ self->origin.x + shift[0], self->origin.y + shift[1],
        self->origin.z + shift[2] };
    return out;
}

static void
copy_rows(LacSeries *out, const LacSeries *in, gsize begin)
{
    memcpy(out->angles, in->angles + begin, out->n * sizeof *out->angles);
    memcpy(out->excluded, in->excluded + begin, out->n * sizeof *out->excluded);
    memcpy(out->shifts, in->shifts + begin, out->n * sizeof *out->shifts);
    memcpy(out->gains, in->gains + begin, out->n * sizeof *out->gains);
    g_free(out->name);
    out->name = g_strdup(in->name);
}

/**
 * lac_series_crop:
 * @self: a series
 * @begin: (array fixed-size=3): first pixel along u and v, and first projection
 * @size: (array fixed-size=3): pixels along u and v, and number of projections
 * @error: return location for a #GError
 *
 * The rotation centre stays where it is in the images: its distance from the new central pixel goes
 * into the shifts.
 *
 * Returns: (transfer full): a copy of the block with its angles, or %NULL with @error set when it
 * is empty or not inside
 */
LacSeries *
lac_series_crop(const LacSeries *self, const gsize begin[3], const gsize size[3], GError **error)
{
    Resample args = { .in = self->data,
        .in_size = { self->nu, self->nv, self->n },
        .out_size = { size[0], size[1], size[2] },
        .begin = { begin[0], begin[1], begin[2] } };
    if (!check_crop(args.in_size, begin, size, error))
        return NULL;
    LacSeries *out = lac_series_new(size[2], size[1], size[0], self->pixel_size, error);
    if (out == NULL)
        return NULL;
    args.out = out->data;
    lac_parallel_for(size[2], 1, crop_planes, &args);
    copy_rows(out, self, begin[2]);
    for (gsize k = 0; k < out->n; k++) {
        out->shifts[k].du -= get_shift((double) (begin[0] + size[0] / 2), self->nu, 1.0);
        out->shifts[k].dv -= get_shift((double) (begin[1] + size[1] / 2), self->nv, 1.0);
    }
    return out;
}

/**
 * lac_series_bin:
 * @self: a series
 * @factor: pixels along u and along v that become one
 * @error: return location for a #GError
 *
 * Averages blocks of pixels; what does not fill a block at the far ends is left out. The rotation
 * centre, which need not be the centre of a coarse pixel, stays where it is by way of the shifts.
 *
 * Returns: (transfer full): the coarser series, or %NULL with @error set
 */
LacSeries *
lac_series_bin(const LacSeries *self, gsize factor, GError **error)
{
    Resample args = { .in = self->data,
        .in_size = { self->nu, self->nv, self->n },
        .factor = { factor, factor, 1 } };
    if (!set_binning(&args, factor, error))
        return NULL;
    LacSeries *out = lac_series_new(args.out_size[2], args.out_size[1], args.out_size[0],
        self->pixel_size * (double) factor, error);
    if (out == NULL)
        return NULL;
    args.out = out->data;
    lac_parallel_for(args.out_size[2], 1, bin_planes, &args);
    copy_rows(out, self, 0);
    double f = (double) factor;
    double u = f * (double) (out->nu / 2) + 0.5 * (f - 1.0);
    double v = f * (double) (out->nv / 2) + 0.5 * (f - 1.0);
    for (gsize k = 0; k < out->n; k++) {
        out->shifts[k].du = (out->shifts[k].du - get_shift(u, self->nu, 1.0)) / f;
        out->shifts[k].dv = (out->shifts[k].dv - get_shift(v, self->nv, 1.0)) / f;
    }
    return out;
}
