// SPDX-License-Identifier: GPL-3.0-or-later
// The degree of oxidation from the local density of metal atoms, in three definitions.
#pragma once

#include <glib.h>

// What the pure phases have.
typedef struct {
    double metal; // [Å^-3] metal atoms in the metal
    double oxide; // [Å^-3] metal atoms in the oxide
} LacOxidationReference;

// HAADF signal of an oxygen atom in units of that of a zirconium atom, (8/40)^1.7.
#define LAC_OXYGEN_WEIGHT 0.065

double lac_oxidation_fraction(const LacOxidationReference *reference, double density);
double lac_oxidation_share(const LacOxidationReference *reference, double density);
double lac_oxidation_from_signal(const LacOxidationReference *reference, double signal,
    double metal_signal);
