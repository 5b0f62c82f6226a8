// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/audit.h"

#include "core/analysis/sample.h"
#include "core/array.h"
#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define WINDOW     2   // [voxel] half-width of the window that a maximum rules
#define SLAB       8   // [voxel] planes of the volume that are searched at once
#define REACH      4.0 // [sigma] of the Gaussian
#define MAX_TAPS   64  // half-width of the Gaussian
#define ATOM_GRAIN 64

/**
 * lac_audit_params_init:
 * @self: (out caller-allocates): parameters
 *
 * Sets the defaults: a ball of 1 Å, false below 0.5, untraced above 0.6 of the median atom.
 */
void
lac_audit_params_init(LacAuditParams *self)
{
    *self = (LacAuditParams){ .radius = 1.0,
        .low = 0.5,
        .high = 0.6,
        .blur = 0.4,
        .separation = 1.4,
        .merge = 1.5 };
}

/**
 * lac_audit_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacAudit *
lac_audit_ref(LacAudit *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_audit_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_audit_unref(LacAudit *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->level);
    g_free(self->is_false);
    g_free(self->missing);
    g_free(self);
}

typedef struct {
    const LacPoints *points;
    const LacVolume *volume;
    const LacAuditParams *params;
    double *level;
} Levels;

static void
measure_levels(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Levels *self = data;
    for (gsize i = begin; i < end; i++) {
        LacVec3 p = { self->points->x[i], self->points->y[i], self->points->z[i] };
        self->level[i] = lac_sample_ball(self->volume, p, self->params->radius);
    }
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_median(const double *values, gsize n)
{
    g_autofree double *sorted = g_memdup2(values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

// The search for maxima of the blurred volume, slab by slab.
typedef struct {
    const LacVolume *volume;
    float taps[MAX_TAPS + 1];
    gsize reach;    // number of taps to each side
    float limit;    // of the blurred volume: nothing below can pass
    GArray **found; // of LacVec3, per slab
    gboolean failed;
} Search;

static void
blur_row(const Search *self, const float *in, gsize n, float *out)
{
    gsize reach = self->reach;
    for (gsize i = 0; i < n; i++) {
        float sum = self->taps[0] * in[i];
        for (gsize k = 1; k <= reach; k++)
            sum += self->taps[k] * ((i >= k ? in[i - k] : 0.0f) + (i + k < n ? in[i + k] : 0.0f));
        out[i] = sum;
    }
}

// One plane of the volume, blurred along x and y.
static void
blur_plane(const Search *self, gsize z, float *scratch, float *out)
{
    gsize nx = self->volume->nx, ny = self->volume->ny;
    const float *in = self->volume->data + z * ny * nx;
    for (gsize y = 0; y < ny; y++)
        blur_row(self, in + y * nx, nx, scratch + y * nx);
    for (gsize y = 0; y < ny; y++) {
        float *row = out + y * nx;
        for (gsize x = 0; x < nx; x++)
            row[x] = self->taps[0] * scratch[y * nx + x];
        for (gsize k = 1; k <= self->reach; k++) {
            if (y >= k)
                for (gsize x = 0; x < nx; x++)
                    row[x] += self->taps[k] * scratch[(y - k) * nx + x];
            if (y + k < ny)
                for (gsize x = 0; x < nx; x++)
                    row[x] += self->taps[k] * scratch[(y + k) * nx + x];
        }
    }
}

// Strictly above what comes before it in its window, and not below what comes after.
static gboolean
is_maximum(const float *at, gsize nx, gsize plane)
{
    for (int dz = -WINDOW; dz <= WINDOW; dz++)
        for (int dy = -WINDOW; dy <= WINDOW; dy++)
            for (int dx = -WINDOW; dx <= WINDOW; dx++) {
                gssize offset = dz * (gssize) plane + dy * (gssize) nx + dx;
                if (offset < 0 ? at[offset] >= *at : at[offset] > *at)
                    return FALSE;
            }
    return TRUE;
}

static double
vertex(const float *at, gsize stride)
{
    double a = (double) at[-(gssize) stride], b = (double) *at, c = (double) at[stride];
    double bend = a - 2.0 * b + c;
    return bend < 0.0 ? CLAMP(0.5 * (a - c) / bend, -0.5, 0.5) : 0.0;
}

static void
find_in_plane(const Search *self, const float *plane, gsize z, GArray *found)
{
    const LacVolume *v = self->volume;
    gsize nx = v->nx, ny = v->ny;
    for (gsize y = WINDOW; y + WINDOW < ny; y++)
        for (gsize x = WINDOW; x + WINDOW < nx; x++) {
            const float *at = plane + y * nx + x;
            if (!(*at > self->limit) || !is_maximum(at, nx, nx * ny))
                continue;
            double h = v->voxel_size;
            LacVec3 p = {
                v->origin.x + h * ((double) x + vertex(at, 1) - (double) (nx / 2)),
                v->origin.y + h * ((double) y + vertex(at, nx) - (double) (ny / 2)),
                v->origin.z + h * ((double) z + vertex(at, nx * ny) - (double) (v->nz / 2)),
            };
            g_array_append_val(found, p);
        }
}

// Planes first - WINDOW to last + WINDOW, blurred along all axes, stand in @blurred.
static void
search_slab(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Search *self = data;
    const LacVolume *v = self->volume;
    gsize plane = v->nx * v->ny, n_rows = SLAB + 2 * WINDOW + 2 * self->reach;
    g_autofree float *flat = g_try_new(float, n_rows *plane);
    g_autofree float *blurred = g_try_new(float, (SLAB + 2 * WINDOW) * plane);
    g_autofree float *scratch = g_try_new(float, plane);
    if (flat == NULL || blurred == NULL || scratch == NULL) {
        self->failed = TRUE;
        return;
    }
    for (gsize slab = begin; slab < end; slab++) {
        gsize first = WINDOW + slab * SLAB, last = MIN(first + SLAB, v->nz - WINDOW);
        gsize low = first - WINDOW, high = last + WINDOW; // blurred planes
        gsize from = low > self->reach ? low - self->reach : 0;
        gsize to = MIN(high + self->reach, v->nz);
        for (gsize z = from; z < to; z++)
            blur_plane(self, z, scratch, flat + (z - from) * plane);
        for (gsize z = low; z < high; z++) {
            float *out = blurred + (z - low) * plane;
            memset(out, 0, plane * sizeof *out);
            for (gsize k = MAX(from, z > self->reach ? z - self->reach : 0);
                 k < MIN(to, z + self->reach + 1); k++) {
                float tap = self->taps[k > z ? k - z : z - k];
                const float *in = flat + (k - from) * plane;
                for (gsize i = 0; i < plane; i++)
                    out[i] += tap * in[i];
            }
        }
        for (gsize z = first; z < last; z++)
            find_in_plane(self, blurred + (z - low) * plane, z, self->found[slab]);
    }
}

static void
fill_taps(Search *self, double sigma)
{
    double taps[MAX_TAPS + 1] = { 1.0 }, sum = 1.0;
    self->reach = MIN((gsize) ceil(REACH * sigma), MAX_TAPS);
    for (gsize k = 1; k <= self->reach; k++) {
        taps[k] = exp(-0.5 * (double) (k * k) / (sigma * sigma));
        sum += 2.0 * taps[k];
    }
    for (gsize k = 0; k <= self->reach; k++)
        self->taps[k] = (float) (taps[k] / sum);
}

// All maxima of the blurred volume above a part of what it is at atoms, in the order of planes.
static GArray *
find_maxima(const LacVolume *volume, const LacAuditParams *params, double limit,
    LacProgress *progress, GError **error)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    if (volume->nx <= 2 * WINDOW || volume->ny <= 2 * WINDOW || volume->nz <= 2 * WINDOW)
        return all;
    Search search = { .volume = volume, .limit = (float) limit };
    fill_taps(&search, params->blur / volume->voxel_size);
    gsize n_slabs = (volume->nz - 2 * WINDOW + SLAB - 1) / SLAB;
    search.found = g_new(GArray *, n_slabs);
    for (gsize s = 0; s < n_slabs; s++)
        search.found[s] = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    lac_parallel_for(n_slabs, 1, search_slab, &search);
    for (gsize s = 0; s < n_slabs; s++) {
        g_array_append_vals(all, search.found[s]->data, search.found[s]->len);
        g_array_unref(search.found[s]);
    }
    g_free(search.found);
    if (search.failed)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "There is not enough memory to search the volume for atoms");
    else if (lac_progress_update(progress, 0.9, error))
        return all;
    g_array_unref(all);
    return NULL;
}

static int
compare_peaks(gconstpointer a, gconstpointer b)
{
    const LacAuditPeak *p = a, *q = b;
    if (p->level != q->level)
        return p->level < q->level ? 1 : -1;
    if (p->position.x != q->position.x)
        return p->position.x < q->position.x ? -1 : 1;
    if (p->position.y != q->position.y)
        return p->position.y < q->position.y ? -1 : 1;
    return (p->position.z > q->position.z) - (p->position.z < q->position.z);
}

static double
distance_squared(LacVec3 a, LacVec3 b)
{
    double x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
    return x * x + y * y + z * z;
}

// Keeps of maxima those that are bright enough, no kept atom's, and the strongest nearby.
static gboolean
choose_missing(LacAudit *self, const LacPoints *points, const LacVolume *volume,
    const LacAuditParams *params, const GArray *maxima, GError **error)
{
    g_autoptr(LacCells) cells = lac_cells_new(points->x, points->y, points->z, self->is_false,
        points->n, MAX(params->separation, 0.1), error);
    if (cells == NULL)
        return FALSE;
    g_autoptr(GArray) peaks = g_array_new(FALSE, FALSE, sizeof(LacAuditPeak));
    for (guint i = 0; i < maxima->len; i++) {
        LacAuditPeak peak = { .position = g_array_index(maxima, LacVec3, i) };
        if (lac_cells_count(cells, peak.position, params->separation, G_MAXSIZE) > 0)
            continue;
        peak.level = lac_sample_ball(volume, peak.position, params->radius) / self->median;
        if (peak.level > params->high)
            g_array_append_val(peaks, peak);
    }
    g_array_sort(peaks, compare_peaks);
    self->missing = g_new(LacAuditPeak, MAX(peaks->len, 1));
    for (guint i = 0; i < peaks->len; i++) {
        const LacAuditPeak *peak = &g_array_index(peaks, LacAuditPeak, i);
        gboolean is_new = TRUE;
        for (gsize k = 0; is_new && k < self->n_missing; k++)
            is_new = distance_squared(peak->position, self->missing[k].position) >=
                params->merge * params->merge;
        if (is_new)
            self->missing[self->n_missing++] = *peak;
    }
    return TRUE;
}

static gboolean
check(const LacPoints *points, const LacVolume *volume, const LacAuditParams *params,
    GError **error)
{
    if (!(volume->voxel_size > 0.0))
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "the volume has no voxel size, so atoms have no place in it");
    else if (points->n == 0)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNDEFINED, "the model has no atoms");
    else if (!(params->radius > 0.0 && params->blur > 0.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The radius %g Å and the blur %g Å of the audit must be positive", params->radius,
            params->blur);
    else
        return TRUE;
    return FALSE;
}

static void
mark_false(LacAudit *self, const LacAuditParams *params)
{
    self->lowest_kept = (double) NAN;
    self->highest_false = (double) NAN;
    for (gsize i = 0; i < self->n; i++) {
        self->level[i] /= self->median;
        if (!(self->level[i] >= params->low))
            self->is_false[i] = 1;
        if (self->is_false[i]) {
            self->n_false++;
            self->highest_false = fmax(self->highest_false, self->level[i]);
        }
        else {
            self->lowest_kept = fmin(self->lowest_kept, self->level[i]);
        }
    }
}

/**
 * lac_audit_new:
 * @points: the model
 * @volume: the reconstruction that it was traced in, with its voxel size
 * @params: thresholds
 * @progress: (nullable): told the fraction done
 * @error: return location for a #GError
 *
 * Compares atoms with the volume. The level of an atom is the mean of the volume in a ball around
 * it, divided by the median over all atoms; atoms of a low level are probably false. Maxima of the
 * blurred volume that are bright and far from every other atom are probably atoms that were missed.
 * Nothing is changed. %LAC_ERROR_UNDEFINED: there are no atoms, or no voxel size, or the volume is
 * not positive at the atoms.
 *
 * Returns: (transfer full): the result, or %NULL with @error set
 */
LacAudit *
lac_audit_new(const LacPoints *points, const LacVolume *volume, const LacAuditParams *params,
    LacProgress *progress, GError **error)
{
    if (!check(points, volume, params, error))
        return NULL;
    g_autoptr(LacAudit) self = g_new0(LacAudit, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = points->n;
    self->level = g_new(double, points->n);
    self->is_false = g_new0(guint8, points->n);
    Levels levels = { points, volume, params, self->level };
    lac_parallel_for(points->n, ATOM_GRAIN, measure_levels, &levels);
    if (!lac_progress_update(progress, 0.2, error))
        return NULL;
    self->median = get_median(self->level, self->n);
    if (!(self->median > 0.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "the volume is not positive at the atoms: its median there is %g", self->median);
        return NULL;
    }
    mark_false(self, params);
    // A blurred peak is no lower than the mean of a ball around it that is wider than the blur.
    double limit = 0.5 * params->high * self->median;
    g_autoptr(GArray) maxima = find_maxima(volume, params, limit, progress, error);
    if (maxima == NULL || !choose_missing(self, points, volume, params, maxima, error) ||
        !lac_progress_update(progress, 1.0, error))
        return NULL;
    return g_steal_pointer(&self);
}

static const char *
most_common_species(const LacPoints *points)
{
    guint n = g_strv_length(points->atoms->species_names), best = 0;
    g_autofree gsize *count = g_new0(gsize, MAX(n, 1));
    for (gsize i = 0; i < points->n; i++)
        count[points->species[i]]++;
    for (guint s = 1; s < n; s++)
        if (count[s] > count[best])
            best = s;
    return n > 0 ? points->atoms->species_names[best] : "X";
}

/**
 * lac_audit_make_edit:
 * @self: an audit
 * @points: the model that was audited
 * @remove: (nullable) (array): of each atom of @points: take it out; %NULL: all that are false
 * @add: (nullable) (array): of each missing atom: put it in; %NULL: all of them
 * @species: (nullable): of the atoms that are put in; %NULL: the most common one
 * @error: return location for a #GError
 *
 * Makes one step for the history that takes out false atoms and puts in untraced ones, so that it
 * is undone as one.
 *
 * Returns: (transfer full): the edit, or %NULL with @error set, also when there is nothing to do
 */
LacEdit *
lac_audit_make_edit(const LacAudit *self, const LacPoints *points, const guint8 *remove,
    const guint8 *add, const char *species, GError **error)
{
    gsize n_new = 0, n_removed = 0;
    for (gsize k = 0; k < self->n_missing; k++)
        n_new += add == NULL || add[k];
    const LacAtoms *atoms = points->atoms;
    g_autoptr(LacAtoms) edited = lac_atoms_copy(atoms, atoms->n + n_new);
    for (gsize i = 0; i < self->n; i++)
        if (remove != NULL ? remove[i] : self->is_false[i]) {
            edited->state[points->index[i]] = LAC_ATOM_DELETED;
            n_removed++;
        }
    guint16 number =
        lac_atoms_add_species(edited, species != NULL ? species : most_common_species(points));
    for (gsize k = 0, i = atoms->n; k < self->n_missing; k++) {
        if (add != NULL && !add[k])
            continue;
        edited->x[i] = self->missing[k].position.x;
        edited->y[i] = self->missing[k].position.y;
        edited->z[i] = self->missing[k].position.z;
        edited->species[i] = number;
        edited->state[i++] = LAC_ATOM_ADDED;
    }
    g_autofree char *reason = g_strdup_printf("Audit against the volume: %" G_GSIZE_FORMAT
                                              " atoms out, %" G_GSIZE_FORMAT " in",
        n_removed, n_new);
    return lac_edit_between(atoms, edited, reason, error);
}
