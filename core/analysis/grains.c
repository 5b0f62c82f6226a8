// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/grains.h"

#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK 512

/**
 * lac_grain_params_init:
 * @params: (out caller-allocates): neighbours within 10 degrees and 6 % of spacing, grains of 20
 *   atoms, of hcp 60, which is found in faults of fcc too
 */
void
lac_grain_params_init(LacGrainParams *params)
{
    *params = (LacGrainParams){ .misorientation_deg = 10.0,
        .spacing_tolerance = 0.06,
        .rmsd_max = 0.12,
        .least = 20,
        .least_hcp = 60 };
}

static gboolean
check_params(const LacGrainParams *params, GError **error)
{
    if (!(params->misorientation_deg > 0.0 && params->misorientation_deg < 90.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The misorientation %g° within a grain is not between 0 and 90°",
            params->misorientation_deg);
    else if (!(params->spacing_tolerance > 0.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The tolerance %g of the spacing within a grain is not above 0",
            params->spacing_tolerance);
    else if (!(params->rmsd_max > 0.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The largest rms difference %g of the atoms of a grain is not above 0",
            params->rmsd_max);
    else
        return TRUE;
    return FALSE;
}

typedef struct {
    const LacTemplates *templates;
    const LacNeighbours *lists;
    const LacGrainParams *params;
    LacSymmetryGroup groups[LAC_N_SYMMETRIES];
    guint8 *joined; // of each entry of the lists of neighbours
} JoinArgs;

static gboolean
takes_part(const JoinArgs *args, gsize i)
{
    guint type = args->templates->type[i];
    return type != LAC_STRUCTURE_OTHER && type != LAC_STRUCTURE_ICOSAHEDRON &&
        args->templates->rmsd[i] <= args->params->rmsd_max;
}

static void
find_joined(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    JoinArgs *args = data;
    const LacTemplates *t = args->templates;
    for (gsize i = begin; i < end; i++) {
        gboolean mine = takes_part(args, i);
        const LacSymmetryGroup *group = &args->groups[lac_structure_get_symmetry(t->type[i])];
        for (gsize m = args->lists->begin[i]; m < args->lists->begin[i + 1]; m++) {
            gsize j = args->lists->index[m];
            args->joined[m] = mine && j > i && t->type[j] == t->type[i] && takes_part(args, j) &&
                fabs(log(t->spacing[i] / t->spacing[j])) <= args->params->spacing_tolerance &&
                lac_misorientation_angle_deg(&t->orientation[i], &t->orientation[j], group) <
                    args->params->misorientation_deg;
        }
    }
}

static guint32
find_root(guint32 *parent, guint32 i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

// The root of a component is its lowest point.
static guint32 *
find_components(const JoinArgs *args)
{
    gsize n = args->lists->n;
    guint32 *parent = g_new(guint32, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        parent[i] = (guint32) i;
    for (gsize i = 0; i < n; i++)
        for (gsize m = args->lists->begin[i]; m < args->lists->begin[i + 1]; m++) {
            if (!args->joined[m])
                continue;
            guint32 a = find_root(parent, (guint32) i),
                    b = find_root(parent, args->lists->index[m]);
            parent[MAX(a, b)] = MIN(a, b);
        }
    for (gsize i = 0; i < n; i++)
        parent[i] = find_root(parent, (guint32) i);
    return parent;
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static int
compare_grains(gconstpointer a, gconstpointer b)
{
    const LacGrain *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return (x->points[0] > y->points[0]) - (x->points[0] < y->points[0]);
}

static void
measure(LacGrain *grain, const JoinArgs *args)
{
    const LacTemplates *t = args->templates;
    const LacSymmetryGroup *group = &args->groups[lac_structure_get_symmetry(grain->structure)];
    g_autofree double *spacing = g_new(double, grain->n);
    for (gsize k = 0; k < grain->n; k++)
        spacing[k] = t->spacing[grain->points[k]];
    qsort(spacing, grain->n, sizeof *spacing, compare_doubles);
    gsize half = grain->n / 2;
    grain->spacing = grain->n % 2 == 1 ? spacing[half] : 0.5 * (spacing[half - 1] + spacing[half]);
    grain->orientation = lac_orientation_mean(t->orientation, grain->points, grain->n, group);
    double sum = 0.0;
    for (gsize k = 0; k < grain->n; k++) {
        double angle = lac_misorientation_angle_deg(&grain->orientation,
            &t->orientation[grain->points[k]], group);
        sum += angle * angle;
    }
    grain->spread_deg = sqrt(sum / (double) grain->n);
}

static LacGrains *
gather(const JoinArgs *args, const guint32 *root)
{
    gsize n = args->lists->n;
    g_autofree gsize *size = g_new0(gsize, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        size[root[i]]++;
    g_autoptr(GArray) grains = g_array_new(FALSE, TRUE, sizeof(LacGrain));
    g_autofree guint32 *slot = g_new(guint32, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        slot[i] = LAC_GRAIN_NONE;
        guint type = args->templates->type[i];
        guint least = type == LAC_STRUCTURE_HCP ? args->params->least_hcp : args->params->least;
        if (root[i] != i || !takes_part(args, i) || size[i] < MAX(least, 1))
            continue;
        LacGrain grain = { .structure = type, .points = g_new(guint32, size[i]) };
        slot[i] = grains->len;
        g_array_append_val(grains, grain);
    }
    for (gsize i = 0; i < n; i++)
        if (slot[root[i]] != LAC_GRAIN_NONE) {
            LacGrain *grain = &g_array_index(grains, LacGrain, slot[root[i]]);
            grain->points[grain->n++] = (guint32) i;
        }
    if (grains->len > 0)
        qsort(grains->data, grains->len, sizeof(LacGrain), compare_grains);
    LacGrains *self = g_new0(LacGrains, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->grain = g_new(guint32, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        self->grain[i] = LAC_GRAIN_NONE;
    self->n_grains = grains->len;
    self->grains = (LacGrain *) (gpointer) g_array_free(g_steal_pointer(&grains), FALSE);
    for (gsize g = 0; g < self->n_grains; g++) {
        measure(&self->grains[g], args);
        for (gsize k = 0; k < self->grains[g].n; k++)
            self->grain[self->grains[g].points[k]] = (guint32) g;
    }
    return self;
}

/**
 * lac_grains_new:
 * @templates: structure and orientation of the points
 * @neighbours: their neighbours within the first shell
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Joins neighbours of the same structure, spacing and orientation and keeps what is large enough.
 *
 * Returns: (transfer full): the grains; or %NULL with @error set if a parameter is out of range or
 *   it was cancelled
 */
LacGrains *
lac_grains_new(const LacTemplates *templates, const LacNeighbours *neighbours,
    const LacGrainParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(templates != NULL && neighbours != NULL && params != NULL, NULL);
    g_return_val_if_fail(templates->n == neighbours->n, NULL);

    if (!check_params(params, error) || !lac_progress_update(progress, 0.0, error))
        return NULL;
    gsize n = neighbours->n;
    JoinArgs args = { .templates = templates, .lists = neighbours, .params = params };
    for (guint s = 0; s < LAC_N_SYMMETRIES; s++)
        lac_symmetry_group_init(&args.groups[s], s);
    args.joined = g_new(guint8, MAX(neighbours->begin[n], 1));
    lac_parallel_for(n, BLOCK, find_joined, &args);
    LacGrains *self = NULL;
    if (lac_progress_update(progress, 0.5, error)) {
        g_autofree guint32 *root = find_components(&args);
        self = gather(&args, root);
    }
    g_free(args.joined);
    return self;
}

/**
 * lac_grains_get_misorientation:
 * @self: grains
 * @first: index of one
 * @second: index of another
 *
 * Returns: the smallest rotation from the first to the second
 */
LacMisorientation
lac_grains_get_misorientation(const LacGrains *self, gsize first, gsize second)
{
    g_assert(first < self->n_grains && second < self->n_grains);

    const LacGrain *a = &self->grains[first], *b = &self->grains[second];
    return lac_misorientation_find(&a->orientation, lac_structure_get_symmetry(a->structure),
        &b->orientation, lac_structure_get_symmetry(b->structure));
}

/**
 * lac_grains_ref:
 * @self: grains
 *
 * Returns: (transfer full): @self
 */
LacGrains *
lac_grains_ref(LacGrains *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_grains_unref:
 * @self: (nullable) (transfer full): grains
 */
void
lac_grains_unref(LacGrains *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize g = 0; g < self->n_grains; g++)
        g_free(self->grains[g].points);
    g_free(self->grains);
    g_free(self->grain);
    g_free(self);
}
