// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/spline.h"

#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

// Coefficients that the samples of one window touch along an axis, at the largest step.
#define MAX_SUPPORT 16
#define ROWS_GRAIN  4
#define LINES_GRAIN 64
#define STRIP       32  // lines that are blurred at a time
#define BLUR_REACH  4.0 // widths after which a Gaussian is cut
#define N_CHUNKS    8   // of each pass over the volume, between which progress is told

typedef struct {
    gsize m;    // first of four coefficients
    float w[4]; // their weights
} FineSample;

// Coefficient (x, y, z) of the voxel of that number, counted within the part, is at index
// ((z + 1) * (ny + 2) + y + 1) * (nx + 2) + x + 1: one more than there are voxels on each side.
struct LacSpline {
    gsize n[3];       // x, y, z: voxels of the part
    gsize begin[3];   // of the part within the volume
    gsize row, plane; // floats from row to row and from plane to plane
    float *data;
    FineSample *fine[3];
};

typedef struct {
    LacSpline *self;
    gsize offset;        // first item of the chunk
    const double *pivot; // of the axis
    const float *taps;   // of a blur, 2 reach + 1
    gsize reach;
} FilterArgs;

typedef struct {
    LacSpline *self;
    const LacVolume *volume;
    const LacVolume *mask;
} LoadArgs;

// Solves (c[i-1] + 4 c[i] + c[i+1]) / 6 = f[i] with the not-a-knot condition at both ends, for
// @width adjacent lines of @n values, in place. The values lie one place inside the line.
static void
filter_lines(float *line, gsize n, gsize stride, gsize width, const double *pivot)
{
#define ROW(i) (line + (gsize) ((i) + 1) * stride)
    float *restrict before = ROW(-1), *restrict after = ROW(n);
    float *restrict first = ROW(0), *restrict second = ROW(1), *restrict third = ROW(2);
    float *restrict last = ROW(n - 1), *restrict last2 = ROW(n - 2), *restrict last3 = ROW(n - 3);
    for (gsize x = 0; x < width; x++) {
        before[x] = second[x];
        after[x] = last2[x];
        // No fourth difference at the second knot, so its coefficient follows from three values.
        second[x] = (8.0f * second[x] - first[x] - third[x]) / 6.0f;
        last2[x] = (8.0f * last2[x] - last[x] - last3[x]) / 6.0f;
    }
    for (gsize i = 2; i <= n - 3; i++) {
        const float q = (float) pivot[i];
        const float *restrict left = ROW(i - 1);
        float *restrict here = ROW(i);
        for (gsize x = 0; x < width; x++)
            here[x] = (6.0f * here[x] - left[x]) * q;
    }
    const float q_last = (float) pivot[n - 3];
    for (gsize x = 0; x < width; x++)
        last3[x] -= last2[x] * q_last;
    for (gsize i = n - 4; i >= 2; i--) {
        const float q = (float) pivot[i];
        const float *restrict right = ROW(i + 1);
        float *restrict here = ROW(i);
        for (gsize x = 0; x < width; x++)
            here[x] -= q * right[x];
    }
    for (gsize x = 0; x < width; x++) {
        float f = first[x], g = last[x];
        first[x] = 6.0f * before[x] - 4.0f * second[x] - third[x];
        before[x] = 6.0f * f - 4.0f * first[x] - second[x];
        last[x] = 6.0f * after[x] - 4.0f * last2[x] - last3[x];
        after[x] = 6.0f * g - 4.0f * last[x] - last2[x];
    }
#undef ROW
}

// Rows of voxels, with those that are not finite or outside the mask as 0.
static void
load_rows(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const LoadArgs *args = data;
    LacSpline *self = args->self;
    const LacVolume *v = args->volume;
    for (gsize i = begin; i < end; i++) {
        gsize z = i / self->n[1], y = i % self->n[1];
        gsize from = ((z + self->begin[2]) * v->ny + y + self->begin[1]) * v->nx + self->begin[0];
        float *row = self->data + (z + 1) * self->plane + (y + 1) * self->row + 1;
        for (gsize x = 0; x < self->n[0]; x++) {
            float value = v->data[from + x];
            gboolean use = args->mask == NULL || args->mask->data[from + x] > 0.0f;
            row[x] = use && isfinite(value) ? value : 0.0f;
        }
    }
}

static void
filter_along_x(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const FilterArgs *args = data;
    LacSpline *self = args->self;
    for (gsize i = begin + args->offset; i < end + args->offset; i++) {
        gsize z = i / self->n[1], y = i % self->n[1];
        float *row = self->data + (z + 1) * self->plane + (y + 1) * self->row;
        filter_lines(row, self->n[0], 1, 1, args->pivot);
    }
}

static void
filter_along_y(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const FilterArgs *args = data;
    LacSpline *self = args->self;
    for (gsize z = begin + args->offset; z < end + args->offset; z++)
        filter_lines(self->data + (z + 1) * self->plane, self->n[1], self->row, self->row,
            args->pivot);
}

static void
filter_along_z(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const FilterArgs *args = data;
    LacSpline *self = args->self;
    for (gsize y = begin + args->offset; y < end + args->offset; y++)
        filter_lines(self->data + y * self->row, self->n[2], self->plane, self->row, args->pivot);
}

static double *
make_pivots(gsize n)
{
    double *pivot = g_new0(double, n);
    pivot[2] = 0.25;
    for (gsize i = 3; i <= n - 3; i++)
        pivot[i] = 1.0 / (4.0 - pivot[i - 1]);
    return pivot;
}

// Runs one pass of a filter over the volume in chunks, between which progress is told.
static gboolean
run_pass(FilterArgs *args, LacParallelFunc func, gsize n_items, gsize grain, LacProgress *progress,
    double from, double to, GError **error)
{
    gsize chunk = n_items / N_CHUNKS + 1;
    for (gsize done = 0; done < n_items;) {
        gsize size = MIN(chunk, n_items - done);
        args->offset = done;
        lac_parallel_for(size, grain, func, args);
        done += size;
        double part = (double) done / (double) n_items;
        if (!lac_progress_update(progress, from + part * (to - from), error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_spline_prefilter:
 * @self: loaded
 * @progress: (nullable): told fractions between @from and @to
 * @from: fraction of the whole work before
 * @to: fraction after
 * @error: return location for a #GError
 *
 * Turns voxels into the coefficients of the interpolating tensor-product cubic spline with
 * not-a-knot ends: the one of the published tracer, and like any other ends a few voxels inside.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_spline_prefilter(LacSpline *self, LacProgress *progress, double from, double to, GError **error)
{
    static const LacParallelFunc passes[3] = { filter_along_x, filter_along_y, filter_along_z };
    const gsize n_items[3] = { self->n[1] * self->n[2], self->n[2], self->n[1] + 2 };
    const gsize grain[3] = { LINES_GRAIN, ROWS_GRAIN, ROWS_GRAIN };
    double third = (to - from) / 3.0;
    for (guint axis = 0; axis < 3; axis++) {
        g_autofree double *pivot = make_pivots(self->n[axis]);
        FilterArgs args = { .self = self, .pivot = pivot };
        if (!run_pass(&args, passes[axis], n_items[axis], grain[axis], progress,
                from + third * (double) axis, from + third * (double) (axis + 1), error))
            return FALSE;
    }
    return TRUE;
}

// Convolves @width adjacent lines of @n values; @scratch has room for n + 2 reach of each.
static void
blur_lines(const FilterArgs *args, float *line, gsize n, gsize stride, gsize width, float *scratch)
{
    const gsize reach = args->reach;
    for (gsize i = 0; i < n + 2 * reach; i++) {
        gsize from = i < reach ? 0 : MIN(i - reach, n - 1);
        memcpy(scratch + i * width, line + from * stride, width * sizeof *line);
    }
    for (gsize i = 0; i < n; i++) {
        float *restrict out = line + i * stride;
        const float *restrict in = scratch + i * width;
        for (gsize x = 0; x < width; x++)
            out[x] = args->taps[0] * in[x];
        for (gsize t = 1; t <= 2 * reach; t++) {
            const float tap = args->taps[t];
            for (gsize x = 0; x < width; x++)
                out[x] += tap * in[t * width + x];
        }
    }
}

static void
blur_strips(const FilterArgs *args, float *line, gsize n, gsize stride)
{
    gsize nx = args->self->n[0];
    g_autofree float *scratch = g_new(float, (n + 2 * args->reach) * STRIP);
    for (gsize x = 0; x < nx; x += STRIP)
        blur_lines(args, line + x, n, stride, MIN(STRIP, nx - x), scratch);
}

static void
blur_along_x(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const FilterArgs *args = data;
    LacSpline *self = args->self;
    gsize n = self->n[0], reach = args->reach;
    g_autofree float *scratch = g_new(float, n + 2 * reach);
    for (gsize i = begin + args->offset; i < end + args->offset; i++) {
        gsize z = i / self->n[1], y = i % self->n[1];
        float *restrict row = self->data + (z + 1) * self->plane + (y + 1) * self->row + 1;
        for (gsize k = 0; k < n + 2 * reach; k++)
            scratch[k] = row[k < reach ? 0 : MIN(k - reach, n - 1)];
        memset(row, 0, n * sizeof *row);
        for (gsize t = 0; t <= 2 * reach; t++)
            for (gsize x = 0; x < n; x++)
                row[x] += args->taps[t] * scratch[t + x];
    }
}

static void
blur_along_y(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const FilterArgs *args = data;
    LacSpline *self = args->self;
    for (gsize z = begin + args->offset; z < end + args->offset; z++)
        blur_strips(args, self->data + (z + 1) * self->plane + self->row + 1, self->n[1],
            self->row);
}

static void
blur_along_z(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const FilterArgs *args = data;
    LacSpline *self = args->self;
    for (gsize y = begin + args->offset; y < end + args->offset; y++)
        blur_strips(args, self->data + self->plane + (y + 1) * self->row + 1, self->n[2],
            self->plane);
}

/**
 * lac_spline_smooth:
 * @self: loaded, not prefiltered
 * @sigma: [voxel] above 0
 * @progress: (nullable): told @fraction now and then
 * @fraction: of the whole work
 * @error: return location for a #GError
 *
 * Convolves the voxels with a Gaussian, in place. Beyond its faces the volume goes on as it ends.
 *
 * Returns: %TRUE, or %FALSE with @error set when cancelled
 */
gboolean
lac_spline_smooth(LacSpline *self, double sigma, LacProgress *progress, double fraction,
    GError **error)
{
    static const LacParallelFunc passes[3] = { blur_along_x, blur_along_y, blur_along_z };
    const gsize n_items[3] = { self->n[1] * self->n[2], self->n[2], self->n[1] };
    const gsize grain[3] = { LINES_GRAIN, ROWS_GRAIN, ROWS_GRAIN };
    gsize reach = (gsize) ceil(BLUR_REACH * sigma);
    g_autofree float *taps = g_new(float, 2 * reach + 1);
    double sum = 0.0;
    for (gsize t = 0; t <= 2 * reach; t++) {
        double d = ((double) t - (double) reach) / sigma;
        taps[t] = (float) exp(-0.5 * d * d);
        sum += (double) taps[t];
    }
    for (gsize t = 0; t <= 2 * reach; t++)
        taps[t] = (float) ((double) taps[t] / sum);
    FilterArgs args = { .self = self, .taps = taps, .reach = reach };
    for (guint axis = 0; axis < 3; axis++)
        if (!run_pass(&args, passes[axis], n_items[axis], grain[axis], progress, fraction, fraction,
                error))
            return FALSE;
    return TRUE;
}

static void
cubic_weights(double t, float w[4])
{
    double s = 1.0 - t;
    w[0] = (float) (s * s * s / 6.0);
    w[1] = (float) ((3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0);
    w[2] = (float) ((3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0);
    w[3] = (float) (t * t * t / 6.0);
}

// Where the samples of the fine grid lie among the coefficients of one axis.
static FineSample *
make_fine_samples(gsize n)
{
    gsize n_fine = 3 * n - 4;
    FineSample *fine = g_new(FineSample, n_fine);
    for (gsize m = 0; m < n_fine; m++) {
        gsize cell = MIN((m + 2) / 3, n - 2);
        fine[m].m = cell;
        cubic_weights((double) (m + 2 - 3 * cell) / 3.0, fine[m].w);
    }
    return fine;
}

static LacSpline *
load(const LacVolume *volume, const LacVolume *mask, const gsize begin[3], const gsize size[3],
    GError **error)
{
    for (guint i = 0; i < 3; i++) {
        if (size[i] < LAC_SPLINE_MIN_EDGE) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "A volume of %" G_GSIZE_FORMAT
                " voxels along %c is too small to trace; it takes %d",
                size[i], 'x' + (int) i, LAC_SPLINE_MIN_EDGE);
            return NULL;
        }
    }
    gsize total;
    if (!lac_check_shape(size[2] + 2, size[1] + 2, size[0] + 2, &total, error))
        return NULL;
    g_autoptr(LacSpline) self = g_new0(LacSpline, 1);
    memcpy(self->n, size, sizeof self->n);
    memcpy(self->begin, begin, sizeof self->begin);
    self->row = size[0] + 2;
    self->plane = self->row * (size[1] + 2);
    self->data = lac_alloc_floats(total, error);
    if (self->data == NULL)
        return NULL;
    for (guint i = 0; i < 3; i++)
        self->fine[i] = make_fine_samples(size[i]);
    LoadArgs args = { .self = self, .volume = volume, .mask = mask };
    lac_parallel_for(size[1] * size[2], LINES_GRAIN, load_rows, &args);
    return g_steal_pointer(&self);
}

/**
 * lac_spline_load:
 * @volume: at least 8 voxels along every axis; values that are not finite count as 0
 * @mask: (nullable): of the same shape; voxels where it is not above 0 count as 0
 * @error: return location for a #GError
 *
 * Copies the voxels, to be smoothed and prefiltered in place. It takes as much memory as the volume.
 *
 * Returns: (transfer full): the spline to be, or %NULL with @error set when the volume is too small
 *   or memory is short
 */
LacSpline *
lac_spline_load(const LacVolume *volume, const LacVolume *mask, GError **error)
{
    const gsize begin[3] = { 0, 0, 0 }, size[3] = { volume->nx, volume->ny, volume->nz };
    return load(volume, mask, begin, size, error);
}

/**
 * lac_spline_load_part:
 * @volume: as for lac_spline_load()
 * @begin: x, y, z of the first voxel of the part
 * @size: its edges [voxel], at least 8
 * @error: return location for a #GError
 *
 * Copies a part alone. The cut ends of its spline make themselves felt by less than 1e-6 of the
 * values ten voxels inside. Positions are those in the whole volume.
 *
 * Returns: (transfer full): the spline to be, or %NULL with @error set
 */
LacSpline *
lac_spline_load_part(const LacVolume *volume, const gsize begin[3], const gsize size[3],
    GError **error)
{
    return load(volume, NULL, begin, size, error);
}

/**
 * lac_spline_get_grid:
 * @self: loaded, not prefiltered
 *
 * Returns: its voxels, lent
 */
LacGrid
lac_spline_get_grid(const LacSpline *self)
{
    return (LacGrid){
        .data = self->data + self->plane + self->row + 1,
        .nx = self->n[0],
        .ny = self->n[1],
        .nz = self->n[2],
        .row = self->row,
        .plane = self->plane,
    };
}

/**
 * lac_spline_free:
 * @self: (nullable) (transfer full): a spline
 */
void
lac_spline_free(LacSpline *self)
{
    if (self == NULL)
        return;
    lac_free(self->data);
    for (guint i = 0; i < 3; i++)
        g_free(self->fine[i]);
    g_free(self);
}

// Weights of the coefficients [start, start + n) for the samples of a window along one axis.
typedef struct {
    gsize start, n;
    float w[LAC_WINDOW_EDGE][MAX_SUPPORT];
} Support;

// FALSE when a sample lies outside the voxels; it then gets no weight.
static gboolean
find_support(gsize n_voxels, double centre, double step, Support *support)
{
    const int half = LAC_WINDOW_EDGE / 2;
    double cells[LAC_WINDOW_EDGE], low = centre - half * step;
    double last = (double) (n_voxels - 2);
    gboolean inside = TRUE;
    memset(support->w, 0, sizeof support->w);
    double first_cell = CLAMP(floor(low), 0.0, last);
    for (int i = 0; i < LAC_WINDOW_EDGE; i++)
        cells[i] = CLAMP(floor(centre + (i - half) * step), 0.0, last);
    support->start = (gsize) first_cell;
    support->n = (gsize) (cells[LAC_WINDOW_EDGE - 1] - first_cell) + 4;
    for (int i = 0; i < LAC_WINDOW_EDGE; i++) {
        double t = centre + (i - half) * step - cells[i];
        if (t < 0.0 || t > 1.0)
            inside = FALSE;
        else
            cubic_weights(t, support->w[i] + (gsize) (cells[i] - first_cell));
    }
    return inside;
}

/**
 * lac_spline_sample:
 * @self: a spline
 * @voxel: fractional index of the centre, from 0
 * @step: [voxel] between samples, above 0 and at most %LAC_SPLINE_MAX_STEP
 * @window: (out caller-allocates) (array fixed-size=392): values on the grid of 7 x 7 x 7 samples
 *   about the centre, rows of 8 along x; 0 outside the volume
 *
 * Returns: whether all of the window lies inside the volume
 */
gboolean
lac_spline_sample(const LacSpline *self, LacVec3 voxel, double step, float *window)
{
    Support sx, sy, sz;
    gboolean inside_x = find_support(self->n[0], voxel.x - (double) self->begin[0], step, &sx);
    gboolean inside_y = find_support(self->n[1], voxel.y - (double) self->begin[1], step, &sy);
    gboolean inside_z = find_support(self->n[2], voxel.z - (double) self->begin[2], step, &sz);
    float along_z[LAC_WINDOW_EDGE][MAX_SUPPORT * MAX_SUPPORT];
    float along_y[LAC_WINDOW_EDGE * LAC_WINDOW_EDGE][MAX_SUPPORT];
    gsize width = (sx.n + 3) / 4 * 4, size = sy.n * width;
    memset(along_z, 0, sizeof along_z);
    for (gsize k = 0; k < sz.n; k++) {
        float block[MAX_SUPPORT * MAX_SUPPORT] = { 0 };
        for (gsize j = 0; j < sy.n; j++)
            memcpy(block + j * width,
                self->data + (sz.start + k) * self->plane + (sy.start + j) * self->row + sx.start,
                sx.n * sizeof *block);
        for (int i = 0; i < LAC_WINDOW_EDGE; i++) {
            const float w = sz.w[i][k];
            for (gsize m = 0; m < size; m++)
                along_z[i][m] += w * block[m];
        }
    }
    memset(along_y, 0, sizeof along_y);
    for (int i = 0; i < LAC_WINDOW_EDGE; i++)
        for (int j = 0; j < LAC_WINDOW_EDGE; j++) {
            float *restrict out = along_y[i * LAC_WINDOW_EDGE + j];
            for (gsize k = 0; k < sy.n; k++) {
                const float w = sy.w[j][k];
                for (gsize m = 0; m < width; m++)
                    out[m] += w * along_z[i][k * width + m];
            }
        }
    float columns[MAX_SUPPORT][LAC_WINDOW_STRIDE] = { 0 };
    for (gsize k = 0; k < sx.n; k++)
        for (int i = 0; i < LAC_WINDOW_EDGE; i++)
            columns[k][i] = sx.w[i][k];
    for (int i = 0; i < LAC_WINDOW_EDGE * LAC_WINDOW_EDGE; i++) {
        float out[LAC_WINDOW_STRIDE] = { 0 };
        for (gsize k = 0; k < sx.n; k++)
            for (int m = 0; m < LAC_WINDOW_STRIDE; m++)
                out[m] += along_y[i][k] * columns[k][m];
        memcpy(window + i * LAC_WINDOW_STRIDE, out, sizeof out);
    }
    return inside_x && inside_y && inside_z;
}

/**
 * lac_spline_get_fine_size:
 * @self: a spline
 * @size: (out): samples of the published fine grid along x, y, z, without its padding
 */
void
lac_spline_get_fine_size(const LacSpline *self, gsize size[3])
{
    for (guint i = 0; i < 3; i++)
        size[i] = 3 * self->n[i] - 4;
}

/**
 * lac_spline_get_fine_scratch:
 * @self: a spline
 *
 * Returns: floats of scratch memory for lac_spline_sample_fine_plane()
 */
gsize
lac_spline_get_fine_scratch(const LacSpline *self)
{
    return self->plane + self->row;
}

/**
 * lac_spline_sample_fine_plane:
 * @self: a spline
 * @fine_z: number of the plane
 * @scratch: lac_spline_get_fine_scratch() floats
 * @out: (out caller-allocates): one plane of the fine grid, (3 ny - 4, 3 nx - 4)
 */
void
lac_spline_sample_fine_plane(const LacSpline *self, gsize fine_z, float *scratch, float *out)
{
    const FineSample *z = &self->fine[2][fine_z];
    const float *planes = self->data + z->m * self->plane;
    float *restrict flat = scratch, *restrict row = scratch + self->plane;
    for (gsize i = 0; i < self->plane; i++)
        flat[i] = z->w[0] * planes[i] + z->w[1] * planes[i + self->plane] +
            z->w[2] * planes[i + 2 * self->plane] + z->w[3] * planes[i + 3 * self->plane];
    gsize n_x = 3 * self->n[0] - 4, n_y = 3 * self->n[1] - 4;
    for (gsize j = 0; j < n_y; j++) {
        const FineSample *y = &self->fine[1][j];
        const float *rows = flat + y->m * self->row;
        for (gsize i = 0; i < self->row; i++)
            row[i] = y->w[0] * rows[i] + y->w[1] * rows[i + self->row] +
                y->w[2] * rows[i + 2 * self->row] + y->w[3] * rows[i + 3 * self->row];
        for (gsize i = 0; i < n_x; i++) {
            const FineSample *x = &self->fine[0][i];
            const float *c = row + x->m;
            out[j * n_x + i] = x->w[0] * c[0] + x->w[1] * c[1] + x->w[2] * c[2] + x->w[3] * c[3];
        }
    }
}
