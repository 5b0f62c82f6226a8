// SPDX-License-Identifier: GPL-3.0-or-later
// From atoms to lattices and phases, as the analyses do it one after another.
#pragma once

#include "core/analysis/phases.h"

typedef struct {
    LacHull *hull;
    LacNeighbours *neighbours;
    LacOrder *order;
    LacLattices *lattices;
    LacPhases *phases;
} TestDefects;

TestDefects *test_defects_new(const LacPoints *points, double cutoff, const guint8 *by_hand);
void test_defects_free(TestDefects *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestDefects, test_defects_free)
