// SPDX-License-Identifier: GPL-3.0-or-later
// Computes nodes in the order of their needs, those that do not need each other side by side.
#include "core/analysis/analysis-table.h"
#include "core/error.h"
#include "core/parallel.h"

#include <gio/gio.h>
#include <pthread.h>
#include <string.h>

#define MOST_LANES 3 // each holds the fields of a node

typedef struct Schedule Schedule;

// One thread that computes nodes, one after the other.
typedef struct {
    Schedule *schedule;
    LacProgress *progress;       // of the node
    const LacAnalysisInfo *info; // (nullable) the node that it computes now
} Lane;

struct Schedule {
    LacAnalysis *self; // results are added under the lock
    const LacAnalysis *previous;
    const LacAnalysisInfo *const *table;
    guint64 wanted;
    LacProgress *progress;       // (nullable) of all
    double rank[LAC_N_ANALYSES]; // weight of the node and of the longest chain that waits for it
    double total;                // of the weights
    pthread_mutex_t lock;
    pthread_cond_t changed;
    guint64 taken, settled; // bits of nodes
    double done;            // of the weights
    Lane lanes[MOST_LANES];
    guint n_lanes;
    GError *error; // why no more nodes are computed
};

// What a node gave.
typedef struct {
    gpointer result;
    char *why;
    double seconds;
} Outcome;

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
is_undefined(const GError *problem)
{
    return g_error_matches(problem, LAC_ERROR, LAC_ERROR_UNDEFINED) ||
        g_error_matches(problem, LAC_ERROR, LAC_ERROR_UNSUPPORTED) ||
        g_error_matches(problem, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

// Reads only nodes that are settled, so without the lock.
static gboolean
compute(const LacAnalysis *self, const LacAnalysisInfo *info, LacProgress *progress,
    Outcome *outcome, GError **error)
{
    *outcome = (Outcome){ .why = dup_obstacle(self, info) };
    if (outcome->why != NULL)
        return TRUE;
    g_autoptr(GError) problem = NULL;
    gint64 start = g_get_monotonic_time();
    outcome->result = info->run(self, progress, &problem);
    outcome->seconds = 1e-6 * (double) (g_get_monotonic_time() - start);
    if (outcome->result != NULL)
        return TRUE;
    if (!is_undefined(problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    outcome->why = g_strdup(problem->message);
    return TRUE;
}

// What all lanes have done and what they are at. Under the lock.
static double
get_fraction(const Schedule *self)
{
    double done = self->done;
    for (guint k = 0; k < self->n_lanes; k++)
        if (self->lanes[k].info != NULL)
            done +=
                self->lanes[k].info->weight * lac_progress_get_fraction(self->lanes[k].progress);
    return done / self->total;
}

static char *
dup_message(const Schedule *self)
{
    GString *message = g_string_new(NULL);
    for (guint k = 0; k < self->n_lanes; k++)
        if (self->lanes[k].info != NULL)
            g_string_append_printf(message, "%s%s", message->len > 0 ? ", " : "",
                self->lanes[k].info->title);
    return g_string_free(message, FALSE);
}

// Runs in a lane with every update of its node, so a pause of the whole waits here.
static void
pass_on(gpointer data)
{
    Lane *lane = data;
    Schedule *self = lane->schedule;
    if (self->progress == NULL)
        return;
    pthread_mutex_lock(&self->lock);
    double fraction = get_fraction(self);
    g_autofree char *message = dup_message(self);
    pthread_mutex_unlock(&self->lock);
    lac_progress_message(self->progress, "%s", message);
    if (!lac_progress_update(self->progress, fraction, NULL))
        lac_progress_cancel(lane->progress);
}

static gboolean
is_ready(const Schedule *self, const LacAnalysisInfo *info)
{
    guint64 before = (info->needs | info->uses) & (LAC_ANALYSIS_BIT(info->node) - 1);
    return !(self->taken & LAC_ANALYSIS_BIT(info->node)) && (before & ~self->settled) == 0;
}

static void
settle(Schedule *self, const LacAnalysisInfo *info)
{
    self->taken |= LAC_ANALYSIS_BIT(info->node);
    self->settled |= LAC_ANALYSIS_BIT(info->node);
    if (self->wanted & LAC_ANALYSIS_BIT(info->node))
        self->done += info->weight;
}

// Takes the node that most waits for, under the lock. NULL: none is ready, or no more is wanted.
static const LacAnalysisInfo *
take_node(Schedule *self)
{
    const LacAnalysisInfo *best = NULL;
    for (gsize i = 0; i < LAC_N_ANALYSES && self->error == NULL; i++) {
        const LacAnalysisInfo *info = self->table[i];
        if (!is_ready(self, info))
            continue;
        // What nodes need lies above them, so one pass shares all that can be.
        gboolean is_same = is_unchanged(self->self, self->previous, info);
        if (is_same)
            lac_analysis_share(self->self, self->previous, info);
        if (is_same || !(self->wanted & LAC_ANALYSIS_BIT(i)))
            settle(self, info);
        else if (best == NULL || self->rank[i] > self->rank[best->node])
            best = info;
    }
    if (best != NULL)
        self->taken |= LAC_ANALYSIS_BIT(best->node);
    return best;
}

static void
publish(const LacAnalysis *self, LacProgress *progress)
{
    if (progress != NULL)
        lac_progress_publish(progress, lac_analysis_copy(self, lac_points_ref(self->points)),
            (GDestroyNotify) lac_analysis_unref);
}

static void
add_outcome(Schedule *self, const LacAnalysisInfo *info, const Outcome *outcome)
{
    lac_analysis_set_result(self->self, info->node, outcome->result, FALSE);
    self->self->why[info->node] = outcome->why;
    self->self->seconds[info->node] = outcome->seconds;
    settle(self, info);
    publish(self->self, self->progress);
}

// The first error counts: what other lanes compute is not wanted any more.
static void
fail(Schedule *self, GError *error)
{
    if (self->error != NULL) {
        g_error_free(error);
        return;
    }
    self->error = error;
    for (guint k = 0; k < self->n_lanes; k++)
        lac_progress_cancel(self->lanes[k].progress);
}

// Under the lock, which it lets go meanwhile.
static void
run_node(Lane *lane, const LacAnalysisInfo *info)
{
    Schedule *self = lane->schedule;
    Outcome outcome = { 0 };
    GError *error = NULL;
    lane->info = info;
    pthread_mutex_unlock(&self->lock);
    lac_progress_set_span(lane->progress, 0.0, 1.0);
    gboolean good = lac_progress_update(lane->progress, 0.0, &error) &&
        compute(self->self, info, lane->progress, &outcome, &error);
    pthread_mutex_lock(&self->lock);
    lane->info = NULL;
    if (good)
        add_outcome(self, info, &outcome);
    else
        fail(self, error);
    pthread_cond_broadcast(&self->changed);
}

static void
run_lane(guint k, gpointer data)
{
    Schedule *self = data;
    pthread_mutex_lock(&self->lock);
    for (;;) {
        const LacAnalysisInfo *info = take_node(self);
        if (info != NULL)
            run_node(&self->lanes[k], info);
        else if (self->error == NULL && self->taken != self->settled)
            pthread_cond_wait(&self->changed, &self->lock);
        else
            break;
    }
    pthread_mutex_unlock(&self->lock);
}

static void
rank_nodes(Schedule *self)
{
    self->total = 1e-9;
    for (gsize i = LAC_N_ANALYSES; i-- > 0;) {
        double longest = 0.0;
        for (gsize j = i + 1; j < LAC_N_ANALYSES; j++)
            if ((self->table[j]->needs | self->table[j]->uses) & LAC_ANALYSIS_BIT(i))
                longest = MAX(longest, self->rank[j]);
        gboolean is_wanted = (self->wanted & LAC_ANALYSIS_BIT(i)) != 0;
        self->rank[i] = longest + (is_wanted ? self->table[i]->weight : 0.0);
        self->total += is_wanted ? self->table[i]->weight : 0.0;
    }
}

static gboolean
run_all(LacAnalysis *analysis, guint64 wanted, const LacAnalysis *previous, LacProgress *progress,
    GError **error)
{
    gsize n;
    Schedule self = { .self = analysis, .previous = previous, .table = lac_analysis_table(&n) };
    self.wanted = wanted;
    self.progress = progress;
    self.n_lanes = MOST_LANES;
    rank_nodes(&self);
    pthread_mutex_init(&self.lock, NULL);
    pthread_cond_init(&self.changed, NULL);
    for (guint k = 0; k < self.n_lanes; k++) {
        self.lanes[k] = (Lane){ .schedule = &self, .progress = lac_progress_new() };
        lac_progress_set_notify(self.lanes[k].progress, pass_on, &self.lanes[k]);
    }
    lac_parallel_lanes(self.n_lanes, run_lane, &self);
    for (guint k = 0; k < self.n_lanes; k++)
        lac_progress_unref(self.lanes[k].progress);
    pthread_cond_destroy(&self.changed);
    pthread_mutex_destroy(&self.lock);
    if (self.error == NULL)
        return TRUE;
    g_propagate_error(error, self.error);
    return FALSE;
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
 * Computes analyses in the order of their needs, up to three at a time if there are threads for it.
 * A quantity that these atoms do not have, or that a parameter rules out, is no error: its result
 * stays %NULL and why[] says the reason.
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
    g_autoptr(LacAnalysis) self = lac_analysis_new(points, volume, params);
    gboolean good = run_all(self, add_needs(wanted & LAC_ANALYSIS_ALL), previous, progress, error);
    return good && lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}
