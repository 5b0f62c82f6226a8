// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis.h"

#include "core/analysis/analysis-table.h"
#include "core/error.h"

#include <gio/gio.h>
#include <string.h>

static void
release(const LacAnalysis *self, const LacAnalysisInfo *info, gpointer result)
{
    if (result != NULL && self->views & LAC_ANALYSIS_BIT(info->node))
        lac_analysis_view_unref(info->node, result);
    else if (result != NULL)
        info->unref(result);
}

static gpointer *
result_of(LacAnalysis *self, LacAnalysisNode node)
{
    gsize n;
    return (gpointer *) G_STRUCT_MEMBER_P(self, lac_analysis_table(&n)[node]->result);
}

/**
 * lac_analysis_get:
 * @self: an analysis
 * @node: which one
 *
 * Returns: (transfer none) (nullable): its result; %NULL when it was not asked for or is undefined
 */
gpointer
lac_analysis_get(const LacAnalysis *self, LacAnalysisNode node)
{
    gsize n;
    const guint8 *bytes = (const guint8 *) self;
    return *(const gpointer *) (gconstpointer) (bytes + lac_analysis_table(&n)[node]->result);
}

/**
 * lac_analysis_ref:
 * @self: an analysis
 *
 * Returns: (transfer full): @self with one more reference
 */
LacAnalysis *
lac_analysis_ref(LacAnalysis *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_analysis_unref:
 * @self: (nullable) (transfer full): an analysis
 */
void
lac_analysis_unref(LacAnalysis *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++) {
        release(self, table[i], lac_analysis_get(self, table[i]->node));
        g_free(self->why[i]);
    }
    lac_analysis_unref(self->before);
    g_clear_pointer(&self->points, lac_points_unref);
    g_clear_pointer(&self->volume, lac_volume_unref);
    g_free(self);
}

static LacAnalysis *
new_analysis(LacPoints *points, LacVolume *volume, const LacAnalysisParams *params)
{
    LacAnalysis *self = g_new0(LacAnalysis, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->points = points;
    self->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    self->params = *params;
    return self;
}

// Takes a node of another analysis: its result or its reason.
static void
share_node(LacAnalysis *self, const LacAnalysis *from, const LacAnalysisInfo *info)
{
    gpointer result = lac_analysis_get(from, info->node);
    if (result != NULL)
        *result_of(self, info->node) = info->ref(result);
    self->why[info->node] = g_strdup(from->why[info->node]);
    self->seconds[info->node] = from->seconds[info->node];
    self->done |= LAC_ANALYSIS_BIT(info->node);
    self->stale |= from->stale & LAC_ANALYSIS_BIT(info->node);
    self->views |= from->views & LAC_ANALYSIS_BIT(info->node);
}

/**
 * lac_analysis_copy:
 * @self: an analysis
 * @points: (transfer full): those of the copy
 *
 * Returns: (transfer full): an analysis that shares all results of @self, not published yet
 */
LacAnalysis *
lac_analysis_copy(const LacAnalysis *self, LacPoints *points)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    LacAnalysis *copy = new_analysis(points, self->volume, &self->params);
    copy->before = self->before != NULL ? lac_analysis_ref(self->before) : NULL;
    for (gsize i = 0; i < n; i++)
        if (self->done & LAC_ANALYSIS_BIT(i))
            share_node(copy, self, table[i]);
    return copy;
}

/**
 * lac_analysis_set_result:
 * @self: an analysis that is being made
 * @node: which one
 * @result: (transfer full): takes the place of what was there
 * @stale: whether it is older than the atoms
 */
void
lac_analysis_set_result(LacAnalysis *self, LacAnalysisNode node, gpointer result, gboolean stale)
{
    gsize n;
    const LacAnalysisInfo *info = lac_analysis_table(&n)[node];
    gpointer *slot = result_of(self, node);
    release(self, info, *slot);
    *slot = result;
    self->views &= ~LAC_ANALYSIS_BIT(node);
    self->done |= LAC_ANALYSIS_BIT(node);
    self->stale &= ~LAC_ANALYSIS_BIT(node);
    if (stale)
        self->stale |= LAC_ANALYSIS_BIT(node);
}

static gboolean
has_same_params(const LacAnalysisInfo *info, const LacAnalysisParams *a, const LacAnalysisParams *b)
{
    for (guint i = 0; i < info->n_params; i++) {
        double x = lac_param_get(&info->params[i], a), y = lac_param_get(&info->params[i], b);
        if (memcmp(&x, &y, sizeof x) != 0)
            return FALSE;
    }
    return TRUE;
}

// Whether a node of an earlier analysis is what would be computed again. Nodes above are in place.
static gboolean
is_unchanged(const LacAnalysis *self, const LacAnalysis *previous, const LacAnalysisInfo *info)
{
    if (previous == NULL || !(previous->done & LAC_ANALYSIS_BIT(info->node)) ||
        (previous->stale & LAC_ANALYSIS_BIT(info->node)) || previous->points != self->points ||
        (info->volume != LAC_ANALYSIS_NO_VOLUME && previous->volume != self->volume) ||
        !has_same_params(info, &previous->params, &self->params))
        return FALSE;
    for (guint i = 0; i < info->node; i++)
        if (((info->needs | info->uses) & LAC_ANALYSIS_BIT(i)) &&
            lac_analysis_get(self, i) != lac_analysis_get(previous, i))
            return FALSE;
    return TRUE;
}

static guint64
add_needs(guint64 wanted)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = n; i-- > 0;)
        if (wanted & LAC_ANALYSIS_BIT(i))
            wanted |= table[i]->needs | table[i]->uses;
    return wanted;
}

// Says why a node cannot even be tried.
static char *
dup_obstacle(const LacAnalysis *self, const LacAnalysisInfo *info)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    if (info->volume == LAC_ANALYSIS_NEEDS_VOLUME && self->volume == NULL)
        return g_strdup("it needs the volume that was traced");
    for (guint i = 0; i < info->node; i++)
        if ((info->needs & LAC_ANALYSIS_BIT(i)) && lac_analysis_get(self, i) == NULL)
            return g_strdup_printf("it needs \"%s\": %s", table[i]->title,
                self->why[i] != NULL ? self->why[i] : "not computed");
    return NULL;
}

static gboolean
run_node(LacAnalysis *self, const LacAnalysisInfo *info, LacProgress *progress, GError **error)
{
    g_autoptr(GError) problem = NULL;
    self->done |= LAC_ANALYSIS_BIT(info->node);
    self->why[info->node] = dup_obstacle(self, info);
    if (self->why[info->node] != NULL)
        return TRUE;
    lac_progress_message(progress, "%s", info->title);
    gint64 start = g_get_monotonic_time();
    gpointer result = info->run(self, progress, &problem);
    self->seconds[info->node] = 1e-6 * (double) (g_get_monotonic_time() - start);
    if (result != NULL) {
        *result_of(self, info->node) = result;
        return TRUE;
    }
    if (g_error_matches(problem, LAC_ERROR, LAC_ERROR_UNDEFINED) ||
        g_error_matches(problem, LAC_ERROR, LAC_ERROR_UNSUPPORTED) ||
        g_error_matches(problem, LAC_ERROR, LAC_ERROR_ARGUMENT)) {
        self->why[info->node] = g_strdup(problem->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static void
publish(const LacAnalysis *self, LacProgress *progress)
{
    if (progress != NULL)
        lac_progress_publish(progress, lac_analysis_copy(self, lac_points_ref(self->points)),
            (GDestroyNotify) lac_analysis_unref);
}

static gboolean
run_all(LacAnalysis *self, guint64 wanted, const LacAnalysis *previous, LacProgress *progress,
    GError **error)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    double total = 1e-9, done = 0.0;
    for (gsize i = 0; i < n; i++)
        total += wanted & LAC_ANALYSIS_BIT(i) ? table[i]->weight : 0.0;
    for (gsize i = 0; i < n; i++) {
        gboolean is_wanted = (wanted & LAC_ANALYSIS_BIT(i)) != 0;
        double weight = is_wanted ? table[i]->weight : 0.0;
        if (is_unchanged(self, previous, table[i])) {
            share_node(self, previous, table[i]);
        }
        else if (is_wanted) {
            lac_progress_set_span(progress, done / total, (done + weight) / total);
            if (!lac_progress_update(progress, 0.0, error) ||
                !run_node(self, table[i], progress, error))
                return FALSE;
            publish(self, progress);
        }
        done += weight;
    }
    return TRUE;
}

/**
 * lac_analysis_run:
 * @atoms: a model, of which a reference is kept
 * @volume: (nullable): the volume that it was traced in, of which a reference is kept
 * @params: all parameters
 * @wanted: bits of nodes, %LAC_ANALYSIS_BIT; what they need and use is computed too
 * @previous: (nullable): an analysis whose nodes are shared where atoms, volume, parameters and
 *   the nodes above are the same
 * @progress: (nullable): told the fraction done; after each node a #LacAnalysis of what is there so
 *   far is published
 * @error: return location for a #GError
 *
 * Computes analyses in the order of their needs. A quantity that these atoms do not have, or that a
 * parameter rules out, is no error: its result stays %NULL and why[] says the reason.
 *
 * Returns: (transfer full): the results, or %NULL with @error set when the atoms are unfit, memory is
 *   short, or when cancelled
 */
LacAnalysis *
lac_analysis_run(LacAtoms *atoms, LacVolume *volume, const LacAnalysisParams *params,
    guint64 wanted, const LacAnalysis *previous, LacProgress *progress, GError **error)
{
    LacPoints *points = previous != NULL && previous->points->atoms == atoms
        ? lac_points_ref(previous->points)
        : lac_points_new(atoms, error);
    if (points == NULL)
        return NULL;
    g_autoptr(LacAnalysis) self = new_analysis(points, volume, params);
    gboolean good = run_all(self, add_needs(wanted & LAC_ANALYSIS_ALL), previous, progress, error);
    lac_progress_set_span(progress, 0.0, 1.0);
    return good && lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}
