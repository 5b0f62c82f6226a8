// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/shells.h"

G_STATIC_ASSERT(LAC_N_PHASES <= LAC_CUTOFFS_MAX);

/**
 * lac_shell_params_init:
 * @params: (out caller-allocates): receives the defaults
 *
 * Metal and crystalline oxide have their cut-off from their own g(r); that of the amorphous oxide,
 * whose first minimum is shallow, is 4.5 Å.
 */
void
lac_shell_params_init(LacShellParams *params)
{
    *params = (LacShellParams){ .cutoff = { 0.0 } };
    params->cutoff[LAC_PHASE_AMORPHOUS] = 4.5;
}

/**
 * lac_shells_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacShells *
lac_shells_ref(LacShells *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_shells_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_shells_unref(LacShells *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_clear_pointer(&self->cutoffs, lac_cutoffs_unref);
    g_clear_pointer(&self->neighbours, lac_neighbours_unref);
    g_free(self);
}

static gboolean
has_one_phase(const LacPhases *phases)
{
    guint n_present = 0;
    for (guint p = 0; phases != NULL && p < LAC_N_PHASES; p++)
        n_present += phases->counts[p] > 0;
    return n_present < 2;
}

/**
 * lac_shells_new:
 * @points: atoms
 * @first: their neighbours by one cut-off for all
 * @phases: (nullable): what phase each atom is of
 * @is_set: whether the cut-off of @first was set by hand, so that no other is wanted
 * @how: of the g(r) of phases; its fixed cut-offs and fallback are set here
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Gives each phase the cut-off that its own g(r) has, and pairs the mean of both. With one for all
 * the second shell of the denser phase leaks in. A particle of one phase keeps its first lists.
 *
 * Returns: (transfer full): the lists, or %NULL with @error set
 */
LacShells *
lac_shells_new(const LacPoints *points, LacNeighbours *first, const LacPhases *phases,
    gboolean is_set, const LacCutoffParams *how, const LacShellParams *params,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacShells) self = g_new0(LacShells, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->cutoff = first->cutoff;
    if (is_set || has_one_phase(phases)) {
        self->neighbours = lac_neighbours_ref(first);
        return g_steal_pointer(&self);
    }
    LacCutoffParams own = *how;
    own.fallback = first->cutoff;
    for (guint p = 0; p < LAC_N_PHASES; p++)
        own.fixed[p] = params->cutoff[p];
    self->cutoffs = lac_cutoffs_new(points, phases->phase, &own, progress, error);
    self->neighbours = self->cutoffs != NULL
        ? lac_cutoffs_find_neighbours(self->cutoffs, points, progress, error)
        : NULL;
    return self->neighbours != NULL ? g_steal_pointer(&self) : NULL;
}
