// SPDX-License-Identifier: GPL-3.0-or-later
// How atoms look: from what is known of each one to its colour and radius. Pure arithmetic.
#pragma once

#include "core/data/atoms.h"
#include "core/data/elements.h"
#include "core/figure/colormap.h"

#define LAC_LOOK_MAX_OWN   16 // species with a colour of the user's
#define LAC_LOOK_NAME_SIZE 32

typedef enum {
    LAC_COLOR_BY_SPECIES,
    LAC_COLOR_BY_COLUMN,
    LAC_COLOR_BY_STATE,
    LAC_COLOR_BY_MATCH,
    LAC_N_COLOR_BY,
} LacColorBy;

typedef enum {
    LAC_SIZE_BY_SPECIES,
    LAC_SIZE_BY_COLUMN,
    LAC_SIZE_EQUAL,
    LAC_N_SIZE_BY,
} LacSizeBy;

// What comparing with another model said of an atom.
typedef enum {
    LAC_MATCH_UNKNOWN,
    LAC_MATCH_FOUND,
    LAC_MATCH_DISPLACED, // found, but far from its partner
    LAC_MATCH_MISTYPED,  // found, but of another species
    LAC_MATCH_EXTRA,     // without a partner
    LAC_MATCH_MISSED,    // of the other model, without a partner in this one
    LAC_N_MATCH_KINDS,
} LacMatchKind;

typedef struct {
    char species[LAC_LOOK_NAME_SIZE];
    float rgb[3]; // sRGB
} LacOwnColor;

typedef struct {
    LacColorBy color_by;
    LacPalette palette;
    guint n_own;
    LacOwnColor own[LAC_LOOK_MAX_OWN];     // instead of the palette's
    char color_column[LAC_LOOK_NAME_SIZE]; // for %LAC_COLOR_BY_COLUMN
    LacColormap colormap;
    gboolean reversed;
    double color_lo, color_hi; // values at the ends of the colour map; NaN: from the data
    LacSizeBy size_by;
    char size_column[LAC_LOOK_NAME_SIZE];
    double size_lo, size_hi; // values of the smallest and the largest atom; NaN: from the data
    double radius_scale;     // times the covalent radius
    double radius;           // [Å] of %LAC_SIZE_EQUAL; of the largest by column
    double bond_radius;      // [Å]
} LacAtomLook;

// A number per atom that is no column of the atoms, such as a result of an analysis.
typedef struct {
    const char *name; // that a look has as its column
    const double *values;
    gsize n;                  // atoms; those beyond have no value
    const char *const *names; // (nullable) words for 0, 1, ...: colours instead of a colour map
} LacAtomValues;

LacAtomLook lac_atom_look_default(void);
gboolean lac_atom_look_is_equal(const LacAtomLook *a, const LacAtomLook *b);
void lac_atom_look_set_own_color(LacAtomLook *self, const char *species, const float rgb[3]);
void lac_atom_look_get_species_color(const LacAtomLook *self, const char *species, guint index,
    float rgb[3]);
gboolean lac_atom_look_get_range(const LacAtoms *atoms, const LacAtomValues *values,
    const char *column, double *lo, double *hi);
void lac_atom_look_apply(const LacAtomLook *self, const LacAtoms *atoms, const guint8 *match,
    const LacAtomValues *values, float *radii, guint8 *rgba);
void lac_category_get_color(guint category, float rgb[3]);
void lac_atom_state_get_color(LacAtomState state, float rgb[3]);
void lac_match_kind_get_color(LacMatchKind kind, float rgb[3]);
