// SPDX-License-Identifier: GPL-3.0-or-later
// A labelled synthetic particle of the published-data folder.
#pragma once

#include "core/analysis/points.h"
#include "core/vec.h"

typedef struct {
    LacVec3 centre;
    double axes[3]; // [Å]
} TestPore;

typedef struct {
    LacPoints *points;
    guint8 *phase;        // LacPhase; false atoms are unassigned
    guint8 *grain;        // 0: none, else the label of the crystal
    double *distance;     // [Å] to the analytic interface
    GArray *pores;        // of TestPore
    GArray *vacancies;    // of LacVec3
    GArray *missed;       // of LacVec3: atoms that were not traced
    GArray *missed_phase; // guint8: label of each
} TestParticle;

TestParticle *test_particle_read(const char *folder);
TestParticle *test_particle_find(const char *variant);
TestParticle *test_particle_without_false(const TestParticle *self);
void test_particle_free(TestParticle *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestParticle, test_particle_free)
