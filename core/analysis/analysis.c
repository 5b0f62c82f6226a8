// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis.h"

#include "core/analysis/analysis-table.h"

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

/**
 * lac_analysis_new:
 * @points: (transfer full): the atoms
 * @volume: (nullable): the volume, of which a reference is kept
 * @params: all parameters
 *
 * Returns: (transfer full): an analysis without results, not published yet
 */
LacAnalysis *
lac_analysis_new(LacPoints *points, LacVolume *volume, const LacAnalysisParams *params)
{
    LacAnalysis *self = g_new0(LacAnalysis, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->points = points;
    self->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    self->params = *params;
    return self;
}

/**
 * lac_analysis_share:
 * @self: an analysis that is being made, without this node
 * @from: another one, with it
 * @info: the node
 *
 * Takes a node of another analysis: its result or its reason.
 */
void
lac_analysis_share(LacAnalysis *self, const LacAnalysis *from, const LacAnalysisInfo *info)
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
    LacAnalysis *copy = lac_analysis_new(points, self->volume, &self->params);
    copy->before = self->before != NULL ? lac_analysis_ref(self->before) : NULL;
    for (gsize i = 0; i < n; i++)
        if (self->done & LAC_ANALYSIS_BIT(i))
            lac_analysis_share(copy, self, table[i]);
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
