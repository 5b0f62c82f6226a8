// SPDX-License-Identifier: GPL-3.0-or-later
// How well a model agrees with known positions.
#pragma once

#include "core/data/atoms.h"
#include "core/progress.h"
#include "core/vec.h"

typedef enum {
    LAC_ALIGN_NONE,
    LAC_ALIGN_TRANSLATION,
    LAC_ALIGN_RIGID, // translation and rotation; never a reflection
} LacAlign;

typedef struct {
    double cutoff;           // [Å]; 0: min(0.8 Å, 0.35 x bond length of the truth)
    double published_cutoff; // [Å] of the published rule; 0: the same
    LacAlign align;
    gboolean centre; // the published rule puts both centroids at one place first
} LacMatchParams;

typedef struct {
    gsize model, truth; // indices
    LacVec3 difference; // [Å] truth minus aligned model
} LacMatchPair;

// Distances of pairs [pm]; NaN when there are none.
typedef struct {
    gsize n;
    double rms, median, p95, axis_rms[3];
} LacMatchErrors;

// One to one, within a cutoff [Å].
typedef struct {
    double cutoff;
    gsize n_pairs;
    double recall, precision, f1; // 0..1
    double rms;                   // [pm]
} LacMatchScore;

// The rule of published work: each atom of the model takes its nearest of the truth, which may be
// taken twice.
typedef struct {
    double cutoff; // [Å]
    gsize n_kept;
    double share;  // kept over number in the truth
    double rmsd;   // [pm] without the mean, n - 1
    double chance; // share that a model displaced by 3 to 6 Å still gets
} LacMatchPublished;

typedef struct {
    char *name;
    gsize n_truth, n_model, n_matched, n_correct;
    LacMatchErrors errors; // of its matched atoms, whatever their species in the model
} LacMatchSpecies;

typedef struct {
    gsize n_model, n_truth; // atoms that are part of each
    double bond;            // [Å] median distance to the nearest neighbour in the truth
    LacMat3 rotation;       // aligned = rotation x + shift
    LacVec3 shift;          // [Å]
    LacMatchScore score;    // at the cutoff
    LacMatchScore half;     // at 0.5 Å
    LacMatchErrors errors;
    LacMatchPublished published;
    gsize n_pairs, n_missed, n_extra;
    LacMatchPair *pairs; // by index of the model
    gsize *missed;       // of the truth
    gsize *extra;        // of the model
    guint n_species;     // of the truth, and how those of the model are called there
    LacMatchSpecies *species;
    guint n_model_species;
    char **model_species; // NULL-terminated
    gsize *confusion;  // (n_species + 1, n_model_species + 1): the last column is missed, the last
                       // row is extra
    gboolean by_order; // species have other names in the model and were compared by their order
    double type_accuracy; // of pairs, 0..1; NaN when species cannot be compared
    double identified;    // pairs of the right species over atoms in the truth; NaN likewise
} LacMatch;

void lac_match_params_init(LacMatchParams *params);
LacMatch *lac_match(const LacAtoms *model, const LacAtoms *truth, const LacMatchParams *params,
    LacProgress *progress, GError **error);
LacVec3 lac_match_apply(const LacMatch *self, LacVec3 position);
void lac_match_free(LacMatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacMatch, lac_match_free)
