// SPDX-License-Identifier: GPL-3.0-or-later
// The corrections a person makes: each acts on the selection, is one step back, and says why not.
#pragma once

#include "ui/session.h"

// What keys and buttons ask for.
typedef enum {
    LAC_ATOM_ACT_DELETE,
    LAC_ATOM_ACT_RESTORE,
    LAC_ATOM_ACT_ACCEPT,
    LAC_ATOM_ACT_UNSURE,
    LAC_ATOM_ACT_ADD, // at the crosshair, on the nearest peak
    LAC_ATOM_ACT_SNAP,
    LAC_ATOM_ACT_MERGE,
    LAC_ATOM_ACT_SPLIT,
    LAC_ATOM_ACT_SELECT_ALL,
    LAC_ATOM_ACT_SELECT_NONE,
    LAC_N_ATOM_ACTS,
} LacAtomAct;

const char *lac_atom_act_get_name(LacAtomAct act);
gboolean lac_atom_act_from_name(const char *name, LacAtomAct *act);
gboolean lac_atom_edits_act(LacSession *session, LacAtomAct act);
gboolean lac_atom_edits_retype(LacSession *session, guint species);
gboolean lac_atom_edits_move(LacSession *session, gsize index, LacVec3 to, gboolean free);
double lac_atoms_measure_bond(const LacAtoms *atoms);
