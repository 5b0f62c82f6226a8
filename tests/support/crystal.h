// SPDX-License-Identifier: GPL-3.0-or-later
// Crystals, clusters and glasses that tests of the analyses make.
#pragma once

#include "core/data/atoms.h"
#include "core/vec.h"

typedef enum {
    TEST_FCC, // conventional cells; unit: distance of nearest neighbours
    TEST_HCP,
    TEST_BCC,
    TEST_SC,
    TEST_ICOSAHEDRON, // 13 atoms
} TestCrystal;

LacAtoms *test_crystal_ball(TestCrystal kind, double spacing, double radius);
LacAtoms *test_random_atoms(gsize n, double edge, double closest, guint64 seed);
void test_atoms_transform(LacAtoms *atoms, const LacMat3 *matrix, LacVec3 shift);
void test_atoms_shake(LacAtoms *atoms, double sigma, guint64 seed);
LacAtoms *test_atoms_permute(const LacAtoms *atoms, gsize *place, guint64 seed);
gsize test_atoms_nearest(const LacAtoms *atoms, LacVec3 p);
