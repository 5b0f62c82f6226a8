// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/candidates.h"

#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/blob.h"
#include "core/trace/grid.h"

#include <math.h>
#include <string.h>

// A Gaussian blurred by its own width is that much lower.
#define BLURRED_HEIGHT 0.35355339059327373

/**
 * lac_candidate_params_init:
 * @params: (out caller-allocates): receives the defaults, but for width and height of an atom
 */
void
lac_candidate_params_init(LacCandidateParams *params)
{
    *params = (LacCandidateParams){
        .least_height = 0.25,
        .distance = 1.7,
        .farthest = 5.0,
        .max_candidates = 2000,
    };
}

// A maximum of the blurred residual.
typedef struct {
    float value;
    gsize index;
} Maximum;

static int
compare_maxima(gconstpointer a, gconstpointer b)
{
    const Maximum *ma = a, *mb = b;
    if (ma->value != mb->value)
        return ma->value > mb->value ? -1 : 1;
    return ma->index < mb->index ? -1 : 1;
}

// Not exceeded by any of the 26 neighbours; of equal ones the first counts.
static gboolean
is_maximum(const LacVolume *v, const float *centre)
{
    const gssize row = (gssize) v->nx, plane = (gssize) (v->nx * v->ny);
    for (gssize k = -1; k <= 1; k++)
        for (gssize j = -1; j <= 1; j++)
            for (gssize i = -1; i <= 1; i++) {
                gssize offset = k * plane + j * row + i;
                float value = centre[offset];
                if (value > *centre || (value == *centre && offset < 0))
                    return FALSE;
            }
    return TRUE;
}

typedef struct {
    const LacVolume *volume;
    float threshold;
    GArray **planes; // of Maximum, per plane
} SearchArgs;

static void
search_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SearchArgs *args = data;
    const LacVolume *v = args->volume;
    for (gsize z = MAX(begin, 1); z < MIN(end, v->nz - 1); z++)
        for (gsize y = 1; y + 1 < v->ny; y++)
            for (gsize x = 1; x + 1 < v->nx; x++) {
                Maximum found = { .index = (z * v->ny + y) * v->nx + x };
                found.value = v->data[found.index];
                if (found.value > args->threshold && is_maximum(v, v->data + found.index))
                    g_array_append_val(args->planes[z], found);
            }
}

static GArray *
find_maxima(const LacVolume *volume, float threshold)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Maximum));
    if (volume->nx < 3 || volume->ny < 3 || volume->nz < 3)
        return all;
    SearchArgs args = { volume, threshold, g_new0(GArray *, volume->nz) };
    for (gsize z = 0; z < volume->nz; z++)
        args.planes[z] = g_array_new(FALSE, FALSE, sizeof(Maximum));
    lac_parallel_for(volume->nz, 4, search_planes, &args);
    for (gsize z = 0; z < volume->nz; z++) {
        if (args.planes[z]->len > 0)
            g_array_append_vals(all, args.planes[z]->data, args.planes[z]->len);
        g_array_unref(args.planes[z]);
    }
    g_free(args.planes);
    g_array_sort(all, compare_maxima);
    return all;
}

// Where along an axis the parabola through three values has its top, -0.5 to 0.5.
static double
top_of(const float *centre, gsize stride)
{
    double left = (double) *(centre - stride), right = (double) *(centre + stride);
    double bend = left - 2.0 * (double) *centre + right;
    return bend < 0.0 ? CLAMP(0.5 * (left - right) / bend, -0.5, 0.5) : 0.0;
}

static LacVec3
refine(const LacVolume *v, gsize index)
{
    const float *centre = v->data + index;
    LacVec3 voxel = { (double) (index % v->nx) + top_of(centre, 1),
        (double) (index / v->nx % v->ny) + top_of(centre, v->nx),
        (double) (index / v->nx / v->ny) + top_of(centre, v->nx * v->ny) };
    return lac_grid_to_position(v, voxel);
}

static gboolean
is_inside(const LacVolume *mask, LacVec3 position)
{
    if (mask == NULL)
        return TRUE;
    LacVec3 v = lac_grid_from_position(mask, position);
    double x = floor(v.x + 0.5), y = floor(v.y + 0.5), z = floor(v.z + 0.5);
    return x >= 0.0 && y >= 0.0 && z >= 0.0 && x < (double) mask->nx && y < (double) mask->ny &&
        z < (double) mask->nz && lac_volume_get(mask, (gsize) x, (gsize) y, (gsize) z) > 0.0f;
}

static gboolean
is_near(const GArray *peaks, LacVec3 p, double distance)
{
    for (guint k = 0; k < peaks->len; k++) {
        LacVec3 q = g_array_index(peaks, LacReviewPeak, k).position;
        double dx = p.x - q.x, dy = p.y - q.y, dz = p.z - q.z;
        if (dx * dx + dy * dy + dz * dz < distance * distance)
            return TRUE;
    }
    return FALSE;
}

static gboolean
check_params(const LacCandidateParams *p, GError **error)
{
    if (p->sigma > 0.0 && p->light_height > 0.0 && p->least_height > 0.0 && p->distance >= 0.0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "Candidates need positive sizes, not a width of %g Å, a height of %g and a share of %g",
        p->sigma, p->light_height, p->least_height);
    return FALSE;
}

static LacVolume *
blur_copy(const LacVolume *residual, double sigma, GError **error)
{
    g_autoptr(LacVolume) copy =
        lac_volume_new(residual->nz, residual->ny, residual->nx, residual->voxel_size, error);
    if (copy == NULL)
        return NULL;
    copy->origin = residual->origin;
    memcpy(copy->data, residual->data, lac_volume_get_size(residual) * sizeof(float));
    if (!lac_blob_apply(copy, fmin(sigma / lac_grid_get_voxel_size(residual), 8.0), error))
        return NULL;
    return g_steal_pointer(&copy);
}

/**
 * lac_candidates_find:
 * @residual: measured minus model
 * @atoms: the model
 * @mask: (nullable): candidates lie inside, where it is above 0
 * @params: what an atom looks like and what is asked for
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Looks for maxima of the residual after a blur of the width of an atom, which is what finds a
 * Gaussian in white noise best.
 *
 * Returns: (transfer full) (element-type LacReviewPeak): the candidates, the highest first, or %NULL
 *   with @error set
 */
GArray *
lac_candidates_find(const LacVolume *residual, const LacAtoms *atoms, const LacVolume *mask,
    const LacCandidateParams *params, LacProgress *progress, GError **error)
{
    if (!check_params(params, error) || !lac_progress_update(progress, 0.0, error))
        return NULL;
    lac_progress_message(progress, "Looking for missing atoms");
    g_autofree guint8 *absent = g_new0(guint8, MAX(atoms->n, 1));
    for (gsize i = 0; i < atoms->n; i++)
        absent[i] = !lac_atoms_is_present(atoms, i);
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, absent, atoms->n, 3.0, error);
    g_autoptr(LacVolume) blurred = cells != NULL ? blur_copy(residual, params->sigma, error) : NULL;
    if (blurred == NULL || !lac_progress_update(progress, 0.6, error))
        return NULL;
    double unit = BLURRED_HEIGHT * params->light_height;
    g_autoptr(GArray) maxima = find_maxima(blurred, (float) (params->least_height * unit));
    GArray *peaks = g_array_new(FALSE, FALSE, sizeof(LacReviewPeak));
    for (guint k = 0; k < maxima->len && peaks->len < params->max_candidates; k++) {
        const Maximum *m = &g_array_index(maxima, Maximum, k);
        LacReviewPeak peak = { refine(blurred, m->index), (double) m->value / unit };
        LacVec3 p = peak.position;
        double reach = params->farthest > 0.0 ? params->farthest : 1e6, nearest = reach;
        gboolean any = lac_cells_find_nearest(cells, p, reach, G_MAXSIZE, NULL, &nearest);
        if ((!any && params->farthest > 0.0) || (any && nearest < params->distance) ||
            !is_inside(mask, p) || is_near(peaks, p, params->distance))
            continue;
        g_array_append_val(peaks, peak);
    }
    if (!lac_progress_update(progress, 1.0, error)) {
        g_array_unref(peaks);
        return NULL;
    }
    return peaks;
}
