// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/templates.h"

#include "core/analysis/neighbours.h"
#include "core/analysis/template-match.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

#define BLOCK       64
#define CHUNK       2048 // points between two looks at the progress
#define N_NEAREST   15
#define N_FIRST     6    // neighbours that the others are compared with
#define LISTS_SHARE 0.05 // of the time, for the progress

// Tried in this order.
static const LacStructure ORDER[] = { LAC_STRUCTURE_FCC, LAC_STRUCTURE_HCP, LAC_STRUCTURE_BCC,
    LAC_STRUCTURE_ICOSAHEDRON, LAC_STRUCTURE_SC };

/**
 * lac_template_params_init:
 * @params: (out caller-allocates): all structures, up to an rms difference of 0.15
 */
void
lac_template_params_init(LacTemplateParams *params)
{
    *params = (LacTemplateParams){ .structures = (1u << LAC_N_STRUCTURES) - 2,
        .rmsd_max = 0.15,
        .closure = 1.45,
        .closure_bcc = 1.6,
        .gap_sc = 1.2,
        .good_enough = 0.08 };
}

static gboolean
check_params(const LacTemplateParams *params, GError **error)
{
    const struct {
        const char *name;
        double value, low, high;
    } all[] = {
        { "largest rms difference", params->rmsd_max, 0.0, 1.0 },
        { "closure of twelve neighbours", params->closure, 1.0, 10.0 },
        { "closure of fourteen neighbours", params->closure_bcc, 1.0, 10.0 },
        { "gap behind six neighbours", params->gap_sc, 1.0, 10.0 },
        { "rms difference that is good enough", params->good_enough, 0.0, 1.0 },
    };
    for (gsize k = 0; k < G_N_ELEMENTS(all); k++)
        if (!(all[k].value >= all[k].low && all[k].value <= all[k].high)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "The %s of template matching is %g and not between %g and %g", all[k].name,
                all[k].value, all[k].low, all[k].high);
            return FALSE;
        }
    return TRUE;
}

typedef struct {
    const LacPoints *points;
    const LacNeighbours *nearest;
    const LacTemplateParams *params;
    LacShape shapes[LAC_N_STRUCTURES];
    LacTemplates *result;
    gsize first;
} MatchArgs;

static gboolean
may_be(const MatchArgs *args, LacStructure structure, const double *distance, gsize n)
{
    const LacTemplateParams *params = args->params;
    guint k = args->shapes[structure].k;
    if (!(params->structures & 1u << structure) || n < k)
        return FALSE;
    double mean = 0.0;
    for (guint i = 0; i < N_FIRST; i++)
        mean += distance[i] / N_FIRST;
    if (structure == LAC_STRUCTURE_SC && n > k && !(distance[k] > params->gap_sc * mean))
        return FALSE;
    double closure = structure == LAC_STRUCTURE_BCC ? params->closure_bcc : params->closure;
    return distance[k - 1] <= closure * mean;
}

static void
match_point(const MatchArgs *args, gsize i)
{
    const LacPoints *points = args->points;
    LacTemplates *result = args->result;
    gsize begin = args->nearest->begin[i], n = lac_neighbours_count(args->nearest, i);
    LacVec3 v[N_NEAREST];
    for (gsize m = 0; m < n; m++) {
        gsize j = args->nearest->index[begin + m];
        v[m] = (LacVec3){ points->x[j] - points->x[i], points->y[j] - points->y[i],
            points->z[j] - points->z[i] };
    }
    LacShapeMatch best = { .rmsd = HUGE_VAL };
    LacStructure type = LAC_STRUCTURE_OTHER;
    for (guint s = 0; s < G_N_ELEMENTS(ORDER) && best.rmsd >= args->params->good_enough; s++) {
        if (!may_be(args, ORDER[s], args->nearest->distance + begin, n))
            continue;
        LacShapeMatch match = lac_shape_match(&args->shapes[ORDER[s]], v);
        if (match.rmsd < best.rmsd) {
            best = match;
            type = ORDER[s];
        }
    }
    const double none = (double) NAN;
    gboolean fits = best.rmsd <= args->params->rmsd_max;
    result->rmsd[i] = type == LAC_STRUCTURE_OTHER ? none : best.rmsd;
    result->type[i] = (guint8) (fits ? type : LAC_STRUCTURE_OTHER);
    result->spacing[i] = fits ? best.spacing : none;
    result->orientation[i] = fits ? best.orientation : lac_mat3_identity();
    if (fits)
        result->gradient[i] = lac_shape_find_gradient(&args->shapes[type], v, &best);
    else
        for (int k = 0; k < 9; k++)
            result->gradient[i].m[k / 3][k % 3] = none;
}

static void
match_points(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const MatchArgs *args = data;
    for (gsize m = begin; m < end; m++)
        match_point(args, args->first + m);
}

static LacTemplates *
allocate(gsize n)
{
    LacTemplates *self = g_new0(LacTemplates, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->type = g_new(guint8, MAX(n, 1));
    self->rmsd = g_new(double, MAX(n, 1));
    self->spacing = g_new(double, MAX(n, 1));
    self->orientation = g_new(LacMat3, MAX(n, 1));
    self->gradient = g_new(LacMat3, MAX(n, 1));
    return self;
}

/**
 * lac_templates_new:
 * @points: atoms
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Superposes the nearest neighbours of each point with the ideal neighbourhoods and takes the one
 * of the least rms difference: the structure, its orientation, the spacing, and the deformation.
 *
 * Returns: (transfer full): the matches; or %NULL with @error set if a parameter is out of range or
 *   it was cancelled
 */
LacTemplates *
lac_templates_new(const LacPoints *points, const LacTemplateParams *params, LacProgress *progress,
    GError **error)
{
    g_return_val_if_fail(points != NULL && params != NULL, NULL);

    if (!check_params(params, error) || !lac_progress_update(progress, 0.0, error))
        return NULL;
    g_autoptr(LacNeighbours) nearest = lac_neighbours_nearest(points, N_NEAREST, NULL, error);
    if (nearest == NULL)
        return NULL;
    g_autoptr(LacTemplates) self = allocate(points->n);
    MatchArgs args = { .points = points, .nearest = nearest, .params = params, .result = self };
    for (guint s = 1; s < LAC_N_STRUCTURES; s++)
        lac_shape_init(&args.shapes[s], s);
    for (args.first = 0; args.first < points->n; args.first += CHUNK) {
        double share = (double) args.first / (double) points->n;
        if (!lac_progress_update(progress, LISTS_SHARE + (1.0 - LISTS_SHARE) * share, error))
            return NULL;
        lac_parallel_for(MIN((gsize) CHUNK, points->n - args.first), BLOCK, match_points, &args);
    }
    for (gsize i = 0; i < points->n; i++)
        self->counts[self->type[i]]++;
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_templates_get_lattice_constant:
 * @self: matches
 * @i: a point
 *
 * Returns: [Å] the edge of the cubic cell of its spacing, of hcp that of the fcc cell of the same
 *   density; NaN where no structure fits, and for the icosahedron
 */
double
lac_templates_get_lattice_constant(const LacTemplates *self, gsize i)
{
    switch ((LacStructure) self->type[i]) {
    case LAC_STRUCTURE_FCC:
    case LAC_STRUCTURE_HCP: return sqrt(2.0) * self->spacing[i];
    // The spacing is the mean of eight bonds and six edges.
    case LAC_STRUCTURE_BCC: return self->spacing[i] * 14.0 / (4.0 * sqrt(3.0) + 6.0);
    case LAC_STRUCTURE_SC: return self->spacing[i];
    case LAC_STRUCTURE_OTHER:
    case LAC_STRUCTURE_ICOSAHEDRON:
    case LAC_N_STRUCTURES: break;
    }
    return (double) NAN;
}

/**
 * lac_templates_ref:
 * @self: matches
 *
 * Returns: (transfer full): @self
 */
LacTemplates *
lac_templates_ref(LacTemplates *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_templates_unref:
 * @self: (nullable) (transfer full): matches
 */
void
lac_templates_unref(LacTemplates *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->type);
    g_free(self->rmsd);
    g_free(self->spacing);
    g_free(self->orientation);
    g_free(self->gradient);
    g_free(self);
}
