// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/segment.h"

#include "core/analysis/phases.h"

#include <math.h>
#include <string.h>

/**
 * lac_segment_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_segment_params_init(LacSegmentParams *params)
{
    *params =
        (LacSegmentParams){ .split = 4.85, .share = 0.6, .least = 3, .ordered = 0.5, .passes = 8 };
}

typedef struct {
    const LacNeighbours *neighbours;
    const LacOrder *order;
    const LacSegmentParams *params;
} Votes;

// What an atom off the lattices is, by what its neighbours are.
static LacPhase
vote(const Votes *self, gsize i, const guint8 *phase)
{
    const LacNeighbours *neighbours = self->neighbours;
    gsize n = neighbours->begin[i + 1] - neighbours->begin[i];
    gsize count[LAC_N_PHASES] = { 0 };
    for (gsize k = neighbours->begin[i]; k < neighbours->begin[i + 1]; k++)
        count[phase[neighbours->index[k]]]++;
    double needed = self->params->share * (double) n;
    if (n < self->params->least)
        return LAC_PHASE_AMORPHOUS;
    if ((double) count[LAC_PHASE_METAL] >= needed)
        return LAC_PHASE_METAL;
    if ((double) count[LAC_PHASE_OXIDE] >= needed &&
        self->order->scaled[i] >= self->params->ordered)
        return LAC_PHASE_OXIDE;
    return LAC_PHASE_AMORPHOUS;
}

// The lattice of most neighbours of the same phase; of several the first.
static guint32
find_grain(const LacNeighbours *neighbours, const LacLattices *lattices, gsize i,
    const guint8 *phase)
{
    guint32 best = LAC_PHASE_NO_GRAIN;
    gsize most = 0;
    g_autofree gsize *count = g_new0(gsize, lattices->n_lattices + 1);
    for (gsize k = neighbours->begin[i]; k < neighbours->begin[i + 1]; k++) {
        guint32 j = neighbours->index[k], owner = lattices->owner[j];
        if (owner == LAC_GRAIN_NONE || phase[j] != phase[i])
            continue;
        count[owner]++;
        if (count[owner] > most || (count[owner] == most && owner < best)) {
            most = count[owner];
            best = owner;
        }
    }
    return best;
}

static void
apply_hand(const LacPoints *points, guint8 *phase, guint32 *grain)
{
    const double *by_hand = lac_atoms_get_column(points->atoms, LAC_COLUMN_PHASE_BY_HAND);
    for (gsize i = 0; by_hand != NULL && i < points->n; i++) {
        double value = by_hand[points->index[i]];
        if (!(value >= LAC_PHASE_METAL && value < LAC_N_PHASES) || value != floor(value))
            continue;
        if (phase[i] != (guint8) value)
            grain[i] = LAC_PHASE_NO_GRAIN;
        phase[i] = (guint8) value;
    }
}

/**
 * lac_segment:
 * @points: atoms
 * @lattices: those fitted to their grains
 * @neighbours: of the first pass
 * @order: of the first pass
 * @params: parameters
 * @phase: (out caller-allocates) (array): receives the #LacPhase of each point
 * @grain: (out caller-allocates) (array): receives its lattice, or %LAC_PHASE_NO_GRAIN
 *
 * Labels atoms on a lattice by the density of its sites, and the others by their neighbours, until
 * nothing changes. Low order alone makes no atom amorphous: surfaces, interfaces and vacancies lower
 * it too. Labels set by hand, in a column of the model, stand above all.
 */
void
lac_segment(const LacPoints *points, const LacLattices *lattices, const LacNeighbours *neighbours,
    const LacOrder *order, const LacSegmentParams *params, guint8 *phase, guint32 *grain)
{
    Votes votes = { neighbours, order, params };
    g_autofree guint8 *next = g_new(guint8, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++) {
        guint32 owner = lattices->owner[i];
        grain[i] = owner == LAC_GRAIN_NONE ? LAC_PHASE_NO_GRAIN : owner;
        phase[i] = owner == LAC_GRAIN_NONE                     ? LAC_PHASE_UNASSIGNED
            : lattices->lattices[owner]->a_fcc < params->split ? LAC_PHASE_METAL
                                                               : LAC_PHASE_OXIDE;
    }
    for (guint pass = 0; pass < params->passes; pass++) {
        for (gsize i = 0; i < points->n; i++)
            next[i] =
                lattices->owner[i] != LAC_GRAIN_NONE ? phase[i] : (guint8) vote(&votes, i, phase);
        gboolean is_same = memcmp(next, phase, points->n) == 0;
        memcpy(phase, next, points->n);
        if (is_same)
            break;
    }
    for (gsize i = 0; i < points->n; i++)
        if (grain[i] == LAC_PHASE_NO_GRAIN && phase[i] != LAC_PHASE_AMORPHOUS)
            grain[i] = find_grain(neighbours, lattices, i, phase);
    apply_hand(points, phase, grain);
}
