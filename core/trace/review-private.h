// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of the review: what is measured around a place, and what it weighs.
#pragma once

#include "core/data/cells.h"
#include "core/trace/suspicion.h"

#define LAC_REVIEW_CLASSES 8 // species that have statistics of their own; the rest shares the last
#define LAC_REVIEW_SHELL   3.0  // [bond] radius of everything that is measured around a place
#define LAC_REVIEW_BOND    1.35 // [bond] up to this distance two atoms are neighbours

// What the atoms of the model around a place say about it. Depends on them and on the bond alone.
typedef struct {
    double nearest; // [Å] INFINITY when the shell is empty
    gsize nearest_index;
    double third;  // [Å] to the third nearest
    double crowd;  // sum over neighbours of the squared overlap
    guint n_bonds; // neighbours
    guint n_close; // of them nearer than a bond can be short
    guint n_shell; // atoms within the shell
    double ratio;  // log of own brightness over the median of the nearest of its species, or NaN
    double contact[LAC_REVIEW_CLASSES]; // [Å] to the nearest of each species; INFINITY
    double outside;                     // [Å] of the mask; 0 inside
} LacReviewLocal;

typedef struct {
    double median, spread; // spread is 1.4826 times the median deviation
} LacReviewRobust;

// Of the atoms of the model. Medians are NaN where there is no such column.
typedef struct {
    LacReviewRobust intensity[LAC_REVIEW_CLASSES], height[LAC_REVIEW_CLASSES]; // log
    LacReviewRobust fit, width;                                                // log
    LacReviewRobust ratio, crowd, elongation;
    LacReviewRobust n_bonds[LAC_REVIEW_CLASSES], n_shell;
    LacReviewRobust contact[LAC_REVIEW_CLASSES][LAC_REVIEW_CLASSES]; // [Å]
    gsize n[LAC_REVIEW_CLASSES];
    guint light_intensity, light_height; // the class whose median is lowest
} LacReviewStats;

typedef enum {
    LAC_REVIEW_INTENSITY, // weak beside the lightest class
    LAC_REVIEW_HEIGHT,
    LAC_REVIEW_LOCAL, // weak beside its neighbours
    LAC_REVIEW_FIT,
    LAC_REVIEW_WIDTH, // narrow
    LAC_REVIEW_ELONGATION,
    LAC_REVIEW_MARGIN,
    LAC_REVIEW_P_ATOM,
    LAC_REVIEW_CROWD,
    LAC_REVIEW_CONTACT, // nearer than the pair of species allows
    LAC_REVIEW_BONDS,   // few
    LAC_REVIEW_EMPTY,   // little in the shell
    LAC_REVIEW_MASK,
    LAC_REVIEW_LACK, // negative residual
    LAC_N_REVIEW_FEATURES,
} LacReviewFeature;

// Columns of the atoms; each may be missing.
typedef struct {
    const double *intensity, *height, *fit, *width, *elongation, *margin, *p_atom;
} LacReviewColumns;

struct LacReview {
    LacAtoms *atoms;
    LacReviewColumns columns;
    LacVolume *mask, *residual; // (nullable)
    LacReviewPeak *peaks;
    gsize n_peaks;
    double given_bond; // [Å]; 0: measured
    double ghost_distance;
    double bond;           // [Å] in use
    guint8 *absent;        // per atom: no part of the model
    LacCells *cells;       // of the atoms of the model
    LacReviewLocal *local; // per atom, then per peak
    LacReviewStats stats;
    double *score; // per atom, then per peak; 0 when there is nothing to review
};

void lac_review_measure(const LacReview *self, gsize i, GArray *scratch, LacReviewLocal *local);
double lac_review_select(double *v, gsize n, gsize k);
double lac_review_round_bond(double *thirds, gsize n);
double lac_review_measure_bond(const LacAtoms *atoms, const LacCells *cells);
void lac_review_measure_stats(const LacReview *self, LacReviewStats *stats);
void lac_review_get_features(const LacReview *self, gsize i, double *features);
double lac_review_compute_score(const LacReview *self, gsize i);
guint lac_review_explain(const LacReview *self, gsize i, GString *text);
LacVec3 lac_review_get_position(const LacReview *self, gsize i);
guint lac_review_get_class(const LacReview *self, gsize i);
double lac_review_get_residual(const LacReview *self, LacVec3 position);
