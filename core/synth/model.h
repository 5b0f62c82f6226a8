// SPDX-License-Identifier: GPL-3.0-or-later
// Particles of which every atom is known.
#pragma once

#include "core/data/truth.h"
#include "core/progress.h"
#include "core/setting.h"

typedef enum {
    LAC_MODEL_ZR_ZRO2,     // metal core, two grains of cubic zirconia, amorphous zirconia
    LAC_MODEL_FCC,         // truncated octahedron
    LAC_MODEL_HCP,         // hexagonal prism with bevelled edges
    LAC_MODEL_BCC,         // truncated rhombic dodecahedron
    LAC_MODEL_CORE_SHELL,  // fcc alloy under a shell of its second species
    LAC_MODEL_DECAHEDRON,  // five twins about an axis
    LAC_MODEL_ICOSAHEDRON, // twenty twins about a point
    LAC_MODEL_AMORPHOUS,   // random dense packing
    LAC_MODEL_FILE,        // the atoms of a file
    LAC_N_MODELS,
} LacModelKind;

enum {
    LAC_CORE_FCC,
    LAC_CORE_HCP,
};

enum {
    LAC_ALLOY_RANDOM,
    LAC_ALLOY_ORDERED, // alternating (001) planes
};

typedef struct {
    gint kind;      // LacModelKind
    guint n_atoms;  // about; of the truth
    char *species;  // of the metal, or of the only kind of atoms
    char *shell;    // of the shell and the second component of the alloy
    double a, c;    // [Å] lattice constants of the metal; c of hcp only
    double oxide_a; // [Å] of cubic zirconia
    double density; // [1/Å^3] of amorphous matter
    gint core;      // of Zr/ZrO2: LAC_CORE_FCC or LAC_CORE_HCP
    double skin;    // [Å] thickness of the amorphous skin over the grains of oxide
    double bend;    // [deg] between metal (-1-11) and oxide (002) of the semicoherent grain
    double kink;    // [deg] the part of it in the last metal layers
    double twist;   // [deg]
    double metal_vacancies, oxide_vacancies; // [%] of the sites with all their neighbours
    gboolean pores;                          // the six pores of Zr/ZrO2
    gboolean oxygen;                         // faint atoms in the images
    double core_share;                       // radius of the alloy over that of the particle
    double mixing;                           // [%] of the second component in the alloy
    gint order;                              // LAC_ALLOY_RANDOM or LAC_ALLOY_ORDERED
    double faceting;                         // [%] of the radius that facets cut off at most
    double roughness;                        // [Å] rms of the surface
    double displacement;                     // [Å] rms of the random displacement per coordinate
    char *file;                              // of LAC_MODEL_FILE
    guint64 seed;
} LacModelParams;

// A kind of particle, for lists of them.
typedef struct {
    const char *id, *title, *description;
} LacModelInfo;

extern const char *const lac_model_ids[LAC_N_MODELS + 1];

const LacModelInfo *lac_model_get_info(LacModelKind kind);
void lac_model_params_init(LacModelParams *params, LacModelKind kind);
void lac_model_params_copy(const LacModelParams *params, LacModelParams *copy);
void lac_model_params_clear(LacModelParams *params);
LacSettings lac_model_settings(void);
gboolean lac_model_uses(LacModelKind kind, const char *key);
LacTruth *lac_model_build(const LacModelParams *params, LacAtoms *atoms, LacProgress *progress,
    GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacModelParams, lac_model_params_clear)
