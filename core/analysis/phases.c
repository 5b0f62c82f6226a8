// SPDX-License-Identifier: GPL-3.0-or-later
// Phases from lattices, and from the neighbours of atoms that belong to none.
#include "core/analysis/phases.h"

#include "core/error.h"

#include <math.h>
#include <string.h>

#define FEWEST_NEIGHBOURS 3 // that can take an atom along into the metal

/**
 * lac_phase_params_init:
 * @self: (out caller-allocates): receives the defaults
 */
void
lac_phase_params_init(LacPhaseParams *self)
{
    *self = (LacPhaseParams){ .split = 4.85, .majority = 0.6, .ordered = 0.5, .rounds = 8 };
}

typedef struct {
    const LacLattices *lattices;
    const LacNeighbours *neighbours;
    const LacOrder *order;
    const LacPhaseParams *params;
    guint8 *is_fixed; // in a lattice, or told by hand
} Labelling;

static LacPhase
phase_of_lattice(const Labelling *l, guint32 index)
{
    return l->lattices->lattices[index]->a_fcc < l->params->split ? LAC_PHASE_METAL
                                                                  : LAC_PHASE_OXIDE;
}

static LacPhase
vote(const Labelling *l, const guint8 *phase, gsize i)
{
    gsize begin = l->neighbours->begin[i], end = l->neighbours->begin[i + 1];
    double n = (double) (end - begin), metal = 0, oxide = 0;
    for (gsize k = begin; k < end; k++) {
        guint8 other = phase[l->neighbours->index[k]];
        metal += other == LAC_PHASE_METAL ? 1 : 0;
        oxide += other == LAC_PHASE_OXIDE ? 1 : 0;
    }
    if (n == 0)
        return LAC_PHASE_AMORPHOUS;
    if (metal / n >= l->params->majority && end - begin >= FEWEST_NEIGHBOURS)
        return LAC_PHASE_METAL;
    if (oxide / n >= l->params->majority && l->order->scaled[i] >= l->params->ordered)
        return LAC_PHASE_OXIDE;
    return LAC_PHASE_AMORPHOUS;
}

// All atoms vote on the labels of the round before, so that their order does not matter.
static gboolean
spread_labels(const Labelling *l, guint8 *phase, gsize n, LacProgress *progress, GError **error)
{
    g_autofree guint8 *next = g_memdup2(phase, n);
    for (guint round = 0; round < l->params->rounds; round++) {
        if (!lac_progress_update(progress, 0.5 * round / l->params->rounds, error))
            return FALSE;
        for (gsize i = 0; i < n; i++)
            if (!l->is_fixed[i])
                next[i] = (guint8) vote(l, phase, i);
        if (memcmp(next, phase, n) == 0)
            break;
        memcpy(phase, next, n);
    }
    return TRUE;
}

// The lattice that most neighbours of the same phase belong to.
static guint32
find_grain(const Labelling *l, const guint8 *phase, gsize i)
{
    guint32 best = LAC_PHASE_NO_GRAIN;
    gsize most = 0;
    for (gsize k = l->neighbours->begin[i]; k < l->neighbours->begin[i + 1]; k++) {
        guint32 owner = l->lattices->owner[l->neighbours->index[k]];
        if (owner == LAC_GRAIN_NONE || phase_of_lattice(l, owner) != phase[i])
            continue;
        gsize votes = 0;
        for (gsize m = l->neighbours->begin[i]; m < l->neighbours->begin[i + 1]; m++)
            votes += l->lattices->owner[l->neighbours->index[m]] == owner ? 1 : 0;
        if (votes > most || (votes == most && owner < best)) {
            most = votes;
            best = owner;
        }
    }
    return best;
}

static gsize
start_labels(const Labelling *l, const guint8 *by_hand, guint8 *phase, gsize n)
{
    gsize n_overridden = 0;
    for (gsize i = 0; i < n; i++) {
        guint32 owner = l->lattices->owner[i];
        if (by_hand != NULL && by_hand[i] < LAC_N_PHASES) {
            phase[i] = by_hand[i];
            n_overridden++;
        }
        else if (owner != LAC_GRAIN_NONE) {
            phase[i] = (guint8) phase_of_lattice(l, owner);
        }
        else {
            continue;
        }
        l->is_fixed[i] = 1;
    }
    return n_overridden;
}

/**
 * lac_phases_new:
 * @points: the atoms
 * @hull: where the particle is
 * @lattices: that were fitted to the atoms
 * @neighbours: of the atoms, within the first minimum of g(r)
 * @order: of the atoms
 * @by_hand: (nullable) (array): #LacPhase of each point, or %LAC_PHASE_AS_FOUND
 * @params: how
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Atoms of a lattice are metal or crystalline oxide by the density of the lattice. Of the others,
 * those with a majority of neighbours in the metal are metal, ordered ones with a majority in
 * crystalline oxide belong to that, and all else is amorphous; repeated until nothing changes.
 * Disorder alone says nothing: surfaces, interfaces and vacancies are disordered too.
 *
 * Returns: (transfer full): the phases, or %NULL with @error set if a parameter is out of range,
 *   when cancelled or memory is short
 */
LacPhases *
lac_phases_new(const LacPoints *points, const LacHull *hull, const LacLattices *lattices,
    const LacNeighbours *neighbours, const LacOrder *order, const guint8 *by_hand,
    const LacPhaseParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(lattices->n == points->n && neighbours->n == points->n, NULL);
    g_return_val_if_fail(order->n == points->n, NULL);

    if (!(params->split > 0 && params->majority > 0 && params->majority <= 1)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Phases need a split above 0 Å and a majority between 0 and 1, not %g Å and %g",
            params->split, params->majority);
        return NULL;
    }
    gsize n = points->n;
    g_autofree guint8 *phase = g_new0(guint8, n + 1);
    g_autofree guint8 *is_fixed = g_new0(guint8, n + 1);
    g_autofree guint32 *grain = g_new(guint32, n + 1);
    Labelling l = { .lattices = lattices,
        .neighbours = neighbours,
        .order = order,
        .params = params,
        .is_fixed = is_fixed };
    gsize n_overridden = start_labels(&l, by_hand, phase, n);
    if (!spread_labels(&l, phase, n, progress, error))
        return NULL;
    for (gsize i = 0; i < n; i++) {
        guint32 owner = lattices->owner[i];
        gboolean is_crystal = phase[i] == LAC_PHASE_METAL || phase[i] == LAC_PHASE_OXIDE;
        if (owner != LAC_GRAIN_NONE && phase_of_lattice(&l, owner) == phase[i])
            grain[i] = owner;
        else
            grain[i] = is_crystal ? find_grain(&l, phase, i) : LAC_PHASE_NO_GRAIN;
    }
    LacPhases *self = lac_phases_new_from_labels(points, hull, phase, grain, progress, error);
    if (self != NULL)
        self->n_overridden = n_overridden;
    return self;
}
