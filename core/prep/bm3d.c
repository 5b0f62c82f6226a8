// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/bm3d.h"

#include "core/array.h"
#include "core/parallel.h"
#include "core/prep/bm3d-kernel.h"
#include "core/prep/mirror.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define GREYS        255.0 // the published parameters are for images of that range
#define KAISER_BETA  2.0
#define SEARCH_REACH 19 // [pixel]: a window of 39
#define BAND_ROWS    4  // reference rows of one block of work
#define WAVE_BANDS   16 // bands that wait for being added at most
#define MAX_EDGE     11

// What the paper calls a profile, with sigma and distances for a range of 255.
typedef struct {
    gsize block, step, stack;
    double far;       // largest mean squared difference of blocks of a group
    double threshold; // [sigma]
} Stage;

static const Stage normal[2] = {
    { .block = 8, .step = 3, .stack = 16, .far = 3000.0, .threshold = 2.7 },
    { .block = 8, .step = 3, .stack = 32, .far = 400.0 },
};
static const Stage very_noisy[2] = {
    { .block = 8, .step = 4, .stack = 32, .far = 25000.0, .threshold = 2.8 },
    { .block = 11, .step = 6, .stack = 32, .far = 3500.0 },
};
#define VERY_NOISY 40.0 // sigma above

typedef struct {
    float forward[LAC_BM3D_MAX_AREA], inverse[LAC_BM3D_MAX_AREA];
    float forward_t[LAC_BM3D_MAX_AREA], inverse_t[LAC_BM3D_MAX_AREA];
    float window[LAC_BM3D_MAX_AREA];
} Tables;

typedef struct {
    const LacBm3dKernels *kernels;
    LacBm3dPlan plan;
    Tables tables;
    gsize *rows, *columns; // where reference blocks begin
    gsize n_rows;
    gsize first_band;     // of the wave
    LacBm3dBand *bands;   // of the wave
    GError *failure;      // of the first band that failed, under the lock
    pthread_mutex_t lock; // that the thread sanitizer knows
    LacPrepSpan span;
} Work;

static const LacBm3dKernels *
kernels_for_this_cpu(void)
{
#ifdef LAC_KERNELS_X86
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &lac_bm3d_kernels_avx2;
#endif
    return &lac_bm3d_kernels_baseline;
}

// --- tables

// One level of the periodic biorthogonal 1.5 wavelet: means of pairs, corrected by the pairs
// beside, then differences.
static void
wavelet_step(double *values, gsize n)
{
    // In units of sqrt(2) / 256; the first tap is two pairs to the left.
    static const double low[10] = { 3, -3, -22, 22, 128, 128, 22, -22, -3, 3 };
    double out[8];
    for (gsize k = 0; k < n / 2; k++) {
        double sum = 0.0;
        for (gsize t = 0; t < G_N_ELEMENTS(low); t++)
            sum += low[t] * values[(2 * k + t + 4 * n - 4) % n];
        out[k] = sum * G_SQRT2 / 256.0;
        out[n / 2 + k] = (values[2 * k] - values[2 * k + 1]) * G_SQRT2 / 2.0;
    }
    memcpy(values, out, n * sizeof *values);
}

// Rows of unit length, so that white noise keeps its standard deviation.
static void
fill_wavelet(gsize n, double matrix[MAX_EDGE][MAX_EDGE])
{
    for (gsize j = 0; j < n; j++) {
        double column[MAX_EDGE] = { 0 };
        column[j] = 1.0;
        for (gsize length = n; length > 1; length /= 2)
            wavelet_step(column, length);
        for (gsize i = 0; i < n; i++)
            matrix[i][j] = column[i];
    }
    for (gsize i = 0; i < n; i++) {
        double square = 0.0;
        for (gsize j = 0; j < n; j++)
            square += matrix[i][j] * matrix[i][j];
        for (gsize j = 0; j < n; j++)
            matrix[i][j] /= sqrt(square);
    }
}

static void
fill_cosine(gsize n, double matrix[MAX_EDGE][MAX_EDGE])
{
    for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < n; j++)
            matrix[i][j] = sqrt((i == 0 ? 1.0 : 2.0) / (double) n) *
                cos(G_PI * (double) i * ((double) j + 0.5) / (double) n);
}

// Gauss-Jordan elimination with the largest pivot; @a is destroyed.
static void
invert(gsize n, double a[MAX_EDGE][MAX_EDGE], double out[MAX_EDGE][MAX_EDGE])
{
    for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < n; j++)
            out[i][j] = i == j ? 1.0 : 0.0;
    for (gsize c = 0; c < n; c++) {
        gsize pivot = c;
        for (gsize i = c + 1; i < n; i++)
            if (fabs(a[i][c]) > fabs(a[pivot][c]))
                pivot = i;
        for (gsize j = 0; j < n; j++) {
            double t = a[c][j], s = out[c][j];
            a[c][j] = a[pivot][j];
            out[c][j] = out[pivot][j];
            a[pivot][j] = t;
            out[pivot][j] = s;
        }
        double scale = 1.0 / a[c][c];
        for (gsize j = 0; j < n; j++) {
            a[c][j] *= scale;
            out[c][j] *= scale;
        }
        for (gsize i = 0; i < n; i++) {
            double factor = i == c ? 0.0 : a[i][c];
            for (gsize j = 0; j < n; j++) {
                a[i][j] -= factor * a[c][j];
                out[i][j] -= factor * out[c][j];
            }
        }
    }
}

// Modified Bessel function of order 0.
static double
bessel_i0(double x)
{
    double term = 1.0, sum = 1.0;
    for (int k = 1; k < 32; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

static double
kaiser(gsize i, gsize n)
{
    double x = 2.0 * (double) i / (double) (n - 1) - 1.0;
    return bessel_i0(KAISER_BETA * sqrt(fmax(1.0 - x * x, 0.0))) / bessel_i0(KAISER_BETA);
}

static void
fill_tables(Tables *self, gsize n, gboolean wavelet)
{
    double matrix[MAX_EDGE][MAX_EDGE], copy[MAX_EDGE][MAX_EDGE], inverse[MAX_EDGE][MAX_EDGE];
    if (wavelet)
        fill_wavelet(n, matrix);
    else
        fill_cosine(n, matrix);
    memcpy(copy, matrix, sizeof copy);
    invert(n, copy, inverse);
    const gsize pitch = n == 8 ? 8 : 16;
    *self = (Tables){ 0 };
    for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < n; j++) {
            self->forward[i * pitch + j] = self->forward_t[j * pitch + i] = (float) matrix[i][j];
            self->inverse[i * pitch + j] = self->inverse_t[j * pitch + i] = (float) inverse[i][j];
            self->window[i * pitch + j] = (float) (kaiser(i, n) * kaiser(j, n));
        }
}

// 0, step, 2 step, ... and the last place where a block fits.
static gsize *
list_places(gsize length, gsize block, gsize step, gsize *n)
{
    gsize last = length - block, *places = g_new(gsize, last / step + 2);
    *n = 0;
    for (gsize at = 0; at < last; at += step)
        places[(*n)++] = at;
    places[(*n)++] = last;
    return places;
}

// --- work in bands

static void
run_band(Work *work, LacBm3dBand *band, gsize begin, gsize end, GError **error)
{
    const LacBm3dPlan *plan = &work->plan;
    gsize bottom = MIN(work->rows[end - 1] + plan->reach + plan->block, plan->nv);
    band->top = work->rows[begin] - MIN(work->rows[begin], plan->reach);
    band->rows = bottom - band->top;
    gsize n = band->rows * plan->nu;
    band->sum = lac_alloc_floats(n, error);
    band->weight = band->sum != NULL ? lac_alloc_floats(n, error) : NULL;
    gpointer scratch =
        band->weight != NULL ? lac_alloc(1, work->kernels->scratch_size(plan), error) : NULL;
    if (scratch == NULL)
        return;
    for (gsize i = begin; i < end && !lac_progress_is_cancelled(work->span.progress); i++)
        work->kernels->row(plan, work->rows[i], scratch, band);
    lac_free(scratch);
}

static void
run_bands(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Work *work = data;
    for (gsize i = begin; i < end; i++) {
        g_autoptr(GError) error = NULL;
        gsize first = (work->first_band + i) * BAND_ROWS;
        run_band(work, work->bands + i, first, MIN(first + BAND_ROWS, work->n_rows), &error);
        pthread_mutex_lock(&work->lock);
        if (error != NULL && work->failure == NULL)
            work->failure = g_steal_pointer(&error);
        pthread_mutex_unlock(&work->lock);
    }
}

static void
add_band(const LacBm3dPlan *plan, LacBm3dBand *band, float *sum, float *weight)
{
    gsize from = band->top * plan->nu, n = band->rows * plan->nu;
    if (band->weight != NULL)
        for (gsize i = 0; i < n; i++) {
            sum[from + i] += band->sum[i];
            weight[from + i] += band->weight[i];
        }
    lac_free(band->sum);
    lac_free(band->weight);
    *band = (LacBm3dBand){ 0 };
}

// Bands are of the same rows and added in the same order whatever the number of threads.
static gboolean
run_waves(Work *work, float *sum, float *weight, GError **error)
{
    gsize n_bands = (work->n_rows + BAND_ROWS - 1) / BAND_ROWS;
    for (gsize first = 0; first < n_bands; first += WAVE_BANDS) {
        LacBm3dBand bands[WAVE_BANDS] = { { 0 } };
        gsize n = MIN(n_bands - first, WAVE_BANDS);
        work->first_band = first;
        work->bands = bands;
        lac_parallel_for(n, 1, run_bands, work);
        for (gsize i = 0; i < n; i++)
            add_band(&work->plan, bands + i, sum, weight);
        if (work->failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&work->failure));
            return FALSE;
        }
        if (!lac_prep_span_update(work->span, (double) (first + n) / (double) n_bands, error))
            return FALSE;
    }
    return TRUE;
}

// @basic is NULL for the first stage. @out is (nv, nu) like the images.
static gboolean
run_stage(Work *work, const Stage *stage, double sigma, double grey, float *out, GError **error)
{
    LacBm3dPlan *plan = &work->plan;
    fill_tables(&work->tables, stage->block, plan->basic == NULL);
    plan->block = stage->block;
    plan->stack = stage->stack;
    plan->reach = SEARCH_REACH;
    plan->far = (float) (stage->far * (double) (stage->block * stage->block) * grey * grey);
    plan->variance = (float) (sigma * sigma);
    plan->threshold = (float) (stage->threshold * sigma);
    plan->forward = work->tables.forward;
    plan->inverse = work->tables.inverse;
    plan->forward_t = work->tables.forward_t;
    plan->inverse_t = work->tables.inverse_t;
    plan->window = work->tables.window;
    gsize n = plan->nv * plan->nu;
    g_autofree gsize *rows = list_places(plan->nv, stage->block, stage->step, &work->n_rows);
    g_autofree gsize *columns = list_places(plan->nu, stage->block, stage->step, &plan->n_columns);
    work->rows = rows;
    plan->columns = columns;
    float *weight = lac_alloc_floats(n, error);
    gboolean good = weight != NULL;
    if (good) {
        memset(out, 0, n * sizeof *out);
        good = run_waves(work, out, weight, error);
    }
    for (gsize i = 0; good && i < n; i++)
        out[i] /= weight[i];
    lac_free(weight);
    return good;
}

static gboolean
run_padded(const float *in, gsize nv, gsize nu, double sigma, double range, float *out,
    LacPrepSpan span, GError **error)
{
    const double grey = range / GREYS;
    const Stage *stages = sigma > VERY_NOISY * grey ? very_noisy : normal;
    Work work = { .kernels = kernels_for_this_cpu(),
        .plan = { .noisy = in, .nv = nv, .nu = nu },
        .span = { span.progress, span.from, 0.5 * (span.from + span.to) } };
    float *basic = lac_alloc_floats(nv * nu, error);
    if (basic == NULL)
        return FALSE;
    pthread_mutex_init(&work.lock, NULL);
    gboolean good = run_stage(&work, &stages[0], sigma, grey, basic, error);
    work.plan.basic = basic;
    work.span = (LacPrepSpan){ span.progress, work.span.to, span.to };
    good = good && run_stage(&work, &stages[1], sigma, grey, out, error);
    pthread_mutex_destroy(&work.lock);
    lac_free(basic);
    return good;
}

/**
 * lac_bm3d:
 * @in: image (nv, nu) with white Gaussian noise; finite
 * @nv: rows
 * @nu: columns
 * @sigma: standard deviation of the noise, in the units of @in; above 0
 * @range: from black to white of the picture without noise, in the units of @in; above 0
 * @out: (out caller-allocates): image (nv, nu), not @in itself; undefined on failure
 * @span: of the progress that is told the fraction done
 * @error: return location for a #GError
 *
 * Removes noise by block matching and collaborative filtering, doi:10.1109/TIP.2007.901238: for
 * blocks of 8 x 8 every 3 pixels, up to 16 (then 32) like it are found in a window of 39 x 39,
 * transformed together (a biorthogonal 1.5 wavelet, then a cosine transform; Haar along the
 * stack), their coefficients thresholded at 2.7 sigma in a first stage and weighted with the
 * result of that, as a Wiener filter does, in the second. Noise above 40 of 255 @range takes the
 * parameters for strong noise. The mean of a group is never shrunk, so that a constant may be
 * added to an image. Images smaller than a block are mirrored at their edges.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short or the work was cancelled
 */
gboolean
lac_bm3d(const float *in, gsize nv, gsize nu, double sigma, double range, float *out,
    LacPrepSpan span, GError **error)
{
    g_return_val_if_fail(in != out && sigma > 0.0 && range > 0.0, FALSE);

    gsize rows = MAX(nv, MAX_EDGE), columns = MAX(nu, MAX_EDGE), n;
    if (rows == nv && columns == nu)
        return run_padded(in, nv, nu, sigma, range, out, span, error);
    if (!lac_check_shape(1, rows, columns, &n, error))
        return FALSE;
    float *large = lac_alloc_floats(n, error);
    float *result = large != NULL ? lac_alloc_floats(n, error) : NULL;
    gboolean good = result != NULL;
    if (good) {
        for (gsize v = 0; v < rows; v++)
            for (gsize u = 0; u < columns; u++)
                large[v * columns + u] =
                    in[lac_mirror((gssize) v, nv) * nu + lac_mirror((gssize) u, nu)];
        good = run_padded(large, rows, columns, sigma, range, result, span, error);
    }
    for (gsize v = 0; good && v < nv; v++)
        memcpy(out + v * nu, result + v * columns, nu * sizeof *out);
    lac_free(large);
    lac_free(result);
    return good;
}
