// SPDX-License-Identifier: GPL-3.0-or-later
// A filter between reading and use: a program for a machine with a stack.
#pragma once

#include "core/data/filter.h"

typedef enum {
    // These push a number of each atom.
    LAC_OP_NUMBER,
    LAC_OP_COLUMN,
    LAC_OP_ATOM,
    LAC_OP_INDEX,
    LAC_OP_X,
    LAC_OP_Y,
    LAC_OP_Z,
    LAC_OP_R,
    LAC_OP_PRESENT,
    LAC_OP_COORDINATION,
    LAC_OP_NEAREST,
    LAC_OP_SPECIES_IS, // 1 or 0
    LAC_OP_STATE_IS,
    LAC_OP_FLAG_IS,
    // These replace the last number.
    LAC_OP_NEGATE,
    LAC_OP_NOT,
    LAC_OP_ABS,
    LAC_OP_SQRT,
    LAC_OP_LOG,
    // These replace the last two.
    LAC_OP_ADD,
    LAC_OP_SUBTRACT,
    LAC_OP_MULTIPLY,
    LAC_OP_DIVIDE,
    LAC_OP_MIN,
    LAC_OP_MAX,
    LAC_OP_LESS,
    LAC_OP_LESS_EQUAL,
    LAC_OP_GREATER,
    LAC_OP_GREATER_EQUAL,
    LAC_OP_EQUAL,
    LAC_OP_NOT_EQUAL,
    LAC_OP_AND,
    LAC_OP_OR,
} LacOpcode;

typedef struct {
    LacOpcode code;
    double number; // of LAC_OP_NUMBER; the state or flag
    char *name;    // (nullable) of a column or species
} LacOp;

struct LacFilter {
    GArray *ops;    // of LacOp
    guint deepest;  // the stack
    gboolean bonds; // needs coordination or nearest distances
};
