// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/peaks.h"

#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/trace/fit-private.h"
#include "core/trace/grid.h"
#include "core/trace/prepare.h"

#include <math.h>
#include <string.h>

#define DEFAULT_THRESHOLD 0.05
#define DEFAULT_SEEDS     200000
#define MIN_STEP          0.1 // [voxel] between samples of a fit
#define WIDTH_SEEDS       256 // that the width of peaks is told from
#define FIT_GRAIN         32
#define FIT_CHUNK         2048 // fits between two reports of progress
#define SEEDS_FRACTION    0.15 // of the work, for the progress bar
#define FIT_FRACTION      0.3
#define MEASURE_FRACTION  0.85

/**
 * lac_trace_params_init:
 * @params: (out): defaults
 * @method: with which fit; %LAC_FIT_PUBLISHED also takes the published seeds, order and threshold
 */
void
lac_trace_params_init(LacTraceParams *params, LacFitMethod method)
{
    gboolean published = method == LAC_FIT_PUBLISHED;
    *params = (LacTraceParams){
        .method = method,
        .min_distance = published ? 2.0 : 0.0,
        .threshold = published ? 0.0 : DEFAULT_THRESHOLD,
        .absolute = published,
        .smoothing = published ? 0.0 : -1.0,
        .max_peaks = published ? 100000 : DEFAULT_SEEDS,
    };
}

static gboolean
check_params(const LacTraceParams *params, const LacVolume *volume, const LacVolume *mask,
    GError **error)
{
    if (!isfinite(params->min_distance) || params->min_distance < 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The minimum distance %g Å is negative or no number", params->min_distance);
    else if (!isfinite(params->threshold) || params->threshold < 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The threshold %g is negative or no number", params->threshold);
    else if (!params->absolute && params->threshold > 1.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The threshold %g is more than 1, the height of a typical atom", params->threshold);
    else if (!isfinite(params->radius) || params->radius < 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The radius %g Å of the fit is negative or no number", params->radius);
    else if (!isfinite(params->smoothing))
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The smoothing is no number");
    else if (params->max_peaks == 0 || params->max_peaks > G_MAXUINT32 / 2)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%" G_GSIZE_FORMAT " peaks cannot be traced", params->max_peaks);
    else if (mask != NULL &&
        (mask->nx != volume->nx || mask->ny != volume->ny || mask->nz != volume->nz))
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "The mask is %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
            " voxels, the volume %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT,
            mask->nz, mask->ny, mask->nx, volume->nz, volume->ny, volume->nx);
    else
        return TRUE;
    return FALSE;
}

/**
 * lac_trace_apply_distance:
 * @x: (array length=n): positions, the peak of highest priority first
 * @y: (array length=n): positions
 * @z: (array length=n): positions
 * @flag: (array length=n) (inout): #LacPeakFlag; of those that are %LAC_PEAK_OK some become
 *   %LAC_PEAK_TOO_CLOSE
 * @n: number of peaks
 * @min_distance: in the unit of the positions
 * @error: return location for a #GError
 *
 * In the order given, a peak is rejected when an earlier one that was not is closer than
 * @min_distance.
 *
 * Returns: %TRUE, or %FALSE with @error set when a position is no number
 */
gboolean
lac_trace_apply_distance(const double *x, const double *y, const double *z, guint8 *flag, gsize n,
    double min_distance, GError **error)
{
    if (!(min_distance > 0.0))
        return TRUE;
    g_autofree guint8 *skip = g_new(guint8, n);
    for (gsize i = 0; i < n; i++)
        skip[i] = flag[i] != LAC_PEAK_OK;
    g_autoptr(LacCells) cells = lac_cells_new(x, y, z, skip, n, min_distance, error);
    if (cells == NULL)
        return FALSE;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < n; i++) {
        if (flag[i] != LAC_PEAK_OK)
            continue;
        g_array_set_size(near, 0);
        lac_cells_find(cells, (LacVec3){ x[i], y[i], z[i] }, min_distance, near);
        for (guint k = 0; k < near->len; k++) {
            gsize j = g_array_index(near, gsize, k);
            if (j >= i || flag[j] != LAC_PEAK_OK)
                continue;
            double dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
            if (sqrt(dx * dx + dy * dy + dz * dz) < min_distance) {
                flag[i] = LAC_PEAK_TOO_CLOSE;
                break;
            }
        }
    }
    return TRUE;
}

typedef struct {
    const LacVolume *volume;
    const LacVolume *mask;
    const LacTraceParams *params;
    const LacSpline *spline;
    const LacQuartic *quartic;
    const LacSeed *seeds;
    double step; // [voxel] between samples of a fit
    LacTracePlan plan;
    LacVoxelPeak *peaks;
    double *priority; // heights in the volume that was fitted
    gsize offset;     // first seed of the chunk
} Trace;

static gboolean
is_outside(const LacVolume *mask, LacVec3 voxel)
{
    if (mask == NULL)
        return FALSE;
    gsize x = (gsize) CLAMP(voxel.x + 0.5, 0.0, (double) mask->nx - 1.0);
    gsize y = (gsize) CLAMP(voxel.y + 0.5, 0.0, (double) mask->ny - 1.0);
    gsize z = (gsize) CLAMP(voxel.z + 0.5, 0.0, (double) mask->nz - 1.0);
    return !(lac_volume_get(mask, x, y, z) > 0.0f);
}

static LacVoxelPeak
fit_one(const Trace *trace, const LacSeed *seed)
{
    if (trace->params->method == LAC_FIT_PUBLISHED) {
        const gsize fine[3] = { seed->x, seed->y, seed->z };
        return lac_quartic_fit_published(trace->quartic, trace->spline, fine);
    }
    LacVec3 start = { seed->x, seed->y, seed->z };
    LacVoxelPeak found = lac_quartic_fit(trace->quartic, trace->spline, start, trace->step);
    if (trace->params->method == LAC_FIT_GAUSSIAN && found.flag == LAC_PEAK_OK)
        lac_gaussian_fit(trace->quartic, trace->spline, &found);
    if (isnan(found.height))
        found.height = (double) seed->value;
    else if (found.flag == LAC_PEAK_OK && !(found.height > trace->plan.lowest))
        found.flag = LAC_PEAK_NOT_MAXIMUM;
    else if (found.flag == LAC_PEAK_OK && is_outside(trace->mask, found.voxel))
        found.flag = LAC_PEAK_OUTSIDE;
    return found;
}

static void
fit_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Trace *trace = data;
    for (gsize i = begin + trace->offset; i < end + trace->offset; i++) {
        trace->peaks[i] = fit_one(trace, &trace->seeds[i]);
        trace->priority[i] = trace->peaks[i].height;
    }
}

static gint
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

// The given radius, or one that suits the median width of the brightest peaks.
static double
choose_step(const Trace *trace, gsize n)
{
    double a = lac_grid_get_voxel_size(trace->volume), narrow = lac_fit_get_step(0.0);
    if (trace->params->method == LAC_FIT_PUBLISHED)
        return narrow;
    if (trace->params->radius > 0.0)
        return CLAMP(trace->params->radius / a / LAC_QUARTIC_RADIUS, MIN_STEP, LAC_SPLINE_MAX_STEP);
    g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize i = 0; i < MIN(n, WIDTH_SEEDS); i++) {
        LacVec3 start = { trace->seeds[i].x, trace->seeds[i].y, trace->seeds[i].z };
        LacVoxelPeak found = lac_quartic_fit(trace->quartic, trace->spline, start, narrow);
        if (found.flag == LAC_PEAK_OK)
            g_array_append_val(widths, found.width);
    }
    if (widths->len == 0)
        return narrow;
    g_array_sort(widths, compare_doubles);
    return lac_fit_get_step(g_array_index(widths, double, widths->len / 2));
}

static gint
compare_heights(gconstpointer a, gconstpointer b, gpointer data)
{
    const double *height = data;
    const gsize i = *(const gsize *) a, j = *(const gsize *) b;
    if (height[i] != height[j])
        return height[i] > height[j] ? -1 : 1;
    return i < j ? -1 : i > j;
}

// The published order is that of the seeds; else what stands higher has priority.
static gsize *
priority_order(const Trace *trace, gsize n)
{
    gsize *order = g_new(gsize, n);
    for (gsize i = 0; i < n; i++)
        order[i] = i;
    if (trace->params->method != LAC_FIT_PUBLISHED)
        g_qsort_with_data(order, (gint) n, sizeof *order, compare_heights, trace->priority);
    return order;
}

static LacAtoms *
make_atoms(const Trace *trace, gsize n, GError **error)
{
    g_autofree gsize *order = priority_order(trace, n);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "X");
    double *height = lac_atoms_add_column(atoms, LAC_COLUMN_HEIGHT);
    double *residual = lac_atoms_add_column(atoms, LAC_COLUMN_FIT);
    double *width = lac_atoms_add_column(atoms, LAC_COLUMN_WIDTH);
    double *elongation = lac_atoms_add_column(atoms, LAC_COLUMN_ELONGATION);
    for (gsize i = 0; i < n; i++) {
        LacPeak peak = lac_fit_to_peak(trace->volume, &trace->peaks[order[i]]);
        atoms->x[i] = peak.position.x;
        atoms->y[i] = peak.position.y;
        atoms->z[i] = peak.position.z;
        atoms->flag[i] = (guint8) peak.flag;
        height[i] = peak.height;
        residual[i] = peak.residual;
        width[i] = peak.width;
        elongation[i] = peak.elongation;
    }
    double a = lac_grid_get_voxel_size(trace->volume);
    if (!lac_trace_apply_distance(atoms->x, atoms->y, atoms->z, atoms->flag, n,
            trace->plan.distance * a, error))
        return NULL;
    g_free(atoms->comment);
    atoms->comment = g_strdup_printf("minimum distance %.3f Å, smoothing %.3f Å, least height %.4g",
        trace->plan.distance * a, trace->plan.smoothing * a, trace->plan.lowest);
    for (gsize i = 0; i < n; i++)
        atoms->state[i] = atoms->flag[i] == LAC_PEAK_OK ? LAC_ATOM_AUTO : LAC_ATOM_REJECTED;
    return g_steal_pointer(&atoms);
}

static void
measure_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Trace *trace = data;
    for (gsize i = begin; i < end; i++)
        lac_quartic_measure(trace->quartic, trace->spline, trace->step, &trace->peaks[i]);
}

// Height, misfit and shape in the volume as it is, where the fits had a smoothed one. The two never
// are in memory together.
static gboolean
measure_unsmoothed(Trace *trace, LacSpline **spline, gsize n, LacProgress *progress, GError **error)
{
    g_clear_pointer(spline, lac_spline_free);
    *spline = lac_spline_load(trace->volume, NULL, error);
    trace->spline = *spline;
    if (*spline == NULL ||
        !lac_spline_prefilter(*spline, progress, MEASURE_FRACTION, MEASURE_FRACTION, error))
        return FALSE;
    lac_parallel_for(n, FIT_GRAIN, measure_block, trace);
    return lac_progress_update(progress, 1.0, error);
}

static gboolean
fit_all(Trace *trace, gsize n, LacProgress *progress, GError **error)
{
    for (gsize done = 0; done < n;) {
        gsize size = MIN(FIT_CHUNK, n - done);
        trace->offset = done;
        lac_parallel_for(size, FIT_GRAIN, fit_block, trace);
        done += size;
        if (lac_progress_wants_result(progress)) {
            LacAtoms *atoms = make_atoms(trace, done, error);
            if (atoms == NULL)
                return FALSE;
            lac_progress_publish(progress, atoms, (GDestroyNotify) lac_atoms_unref);
        }
        lac_progress_message(progress, "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " peaks fitted",
            done, n);
        double part = (double) done / (double) n;
        double share = (trace->plan.smoothing > 0.0 ? MEASURE_FRACTION : 1.0) - FIT_FRACTION;
        if (!lac_progress_update(progress, FIT_FRACTION + share * part, error))
            return FALSE;
    }
    return TRUE;
}

// The published tracer takes its seeds from the spline, the other ones from the voxels.
static GArray *
find_seeds(Trace *trace, LacSpline *spline, LacProgress *progress, GError **error)
{
    const LacTraceParams *p = trace->params;
    double a = lac_grid_get_voxel_size(trace->volume);
    if (p->method != LAC_FIT_PUBLISHED) {
        g_autoptr(GArray) seeds = lac_trace_prepare(spline, trace->volume, trace->mask, p, progress,
            SEEDS_FRACTION, &trace->plan, error);
        return seeds != NULL &&
                lac_spline_prefilter(spline, progress, SEEDS_FRACTION, FIT_FRACTION, error)
            ? g_steal_pointer(&seeds)
            : NULL;
    }
    if (!lac_spline_prefilter(spline, progress, 0.0, SEEDS_FRACTION, error))
        return NULL;
    g_autoptr(GArray) seeds = lac_seeds_find_fine(spline, p->absolute ? p->threshold : 0.0,
        progress, SEEDS_FRACTION, FIT_FRACTION, error);
    if (seeds == NULL)
        return NULL;
    trace->plan.lowest = p->absolute ? p->threshold : p->threshold * lac_seeds_get_typical(seeds);
    trace->plan.distance = p->min_distance / a;
    lac_seeds_keep_brightest(seeds, trace->plan.lowest, p->max_peaks);
    return g_steal_pointer(&seeds);
}

/**
 * lac_trace:
 * @volume: at least 8 voxels along every axis; values that are not finite count as 0
 * @mask: (nullable): support of the same shape, above 0 where atoms can be
 * @params: how
 * @progress: (nullable): told the fraction done; is given a #LacAtoms of the peaks so far when it
 *   wants one
 * @error: return location for a #GError
 *
 * Finds the local maxima of a volume and fits each with a polynomial. Beside the volume and the
 * mask it takes the memory of one more volume. Positions and priority come from the smoothed volume,
 * where it is smoothed; heights, misfits and widths from the volume as it is. The comment of the
 * result tells which distance, smoothing and least height were chosen.
 *
 * Returns: (transfer full): every peak, in the order of priority: accepted ones are
 *   %LAC_ATOM_AUTO, the others %LAC_ATOM_REJECTED with the reason in their flag; or %NULL with
 *   @error set
 */
LacAtoms *
lac_trace(const LacVolume *volume, const LacVolume *mask, const LacTraceParams *params,
    LacProgress *progress, GError **error)
{
    if (!check_params(params, volume, mask, error))
        return NULL;
    lac_progress_message(progress, "Looking for peaks");
    gboolean published = params->method == LAC_FIT_PUBLISHED;
    g_autoptr(LacSpline) spline = lac_spline_load(volume, published ? mask : NULL, error);
    if (spline == NULL)
        return NULL;
    g_autoptr(LacQuartic) quartic = lac_quartic_new();
    Trace trace = {
        .volume = volume,
        .mask = mask,
        .params = params,
        .spline = spline,
        .quartic = quartic,
    };
    g_autoptr(GArray) seeds = find_seeds(&trace, spline, progress, error);
    if (seeds == NULL)
        return NULL;
    g_autofree LacVoxelPeak *peaks = g_new(LacVoxelPeak, seeds->len);
    g_autofree double *priority = g_new(double, seeds->len);
    trace.seeds = (const LacSeed *) (gpointer) seeds->data;
    trace.peaks = peaks;
    trace.priority = priority;
    trace.step = choose_step(&trace, seeds->len);
    if (!fit_all(&trace, seeds->len, progress, error))
        return NULL;
    if (trace.plan.smoothing > 0.0 &&
        !measure_unsmoothed(&trace, &spline, seeds->len, progress, error))
        return NULL;
    return make_atoms(&trace, seeds->len, error);
}
