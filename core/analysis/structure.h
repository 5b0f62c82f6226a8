// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds of local structure, and their ideal neighbourhoods.
#pragma once

#include "core/matrix.h"

typedef enum {
    LAC_STRUCTURE_OTHER,
    LAC_STRUCTURE_FCC,
    LAC_STRUCTURE_HCP,
    LAC_STRUCTURE_BCC,
    LAC_STRUCTURE_ICOSAHEDRON,
    LAC_STRUCTURE_SC,
    LAC_N_STRUCTURES,
} LacStructure;

#define LAC_SHAPE_MAX_PAIRS 24
#define LAC_SHAPE_MAX_K     14

// Two directed vertices that differ from those of other pairs by more than a symmetry.
typedef struct {
    LacMat3 triad; // columns: along the first; in their plane; normal to it
    double angle;  // [rad] between them
} LacShapePair;

// The k neighbours of an atom, at a mean distance of 1, with what matching needs.
typedef struct {
    guint k;
    LacVec3 vertex[LAC_SHAPE_MAX_K];
    LacVec3 mean;   // of the vertices and the atom itself
    double size;    // sum of squared distances from the mean
    double angle;   // [rad] the smallest between pairs
    LacMat3 moment; // inverse of the sum of vertex vertex^T
    guint n_pairs;
    LacShapePair pairs[LAC_SHAPE_MAX_PAIRS];
} LacShape;

const char *lac_structure_get_name(LacStructure structure);
void lac_shape_init(LacShape *self, LacStructure structure);
