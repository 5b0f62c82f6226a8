// SPDX-License-Identifier: GPL-3.0-or-later
// One round of a refinement: a Gauss-Newton step of positions and, where wanted, of poses together.
#pragma once

#include "core/trace/atom-image.h"
#include "core/trace/model-residual.h"
#include "core/trace/refine.h"

#define LAC_POSE_SIZE 5 // shifts along u and v [Å]; turns about u, v and w [rad]

// What changes of a projection: its shifts, then its turns.
typedef struct {
    double x[LAC_POSE_SIZE];
} LacPose;

typedef struct {
    double m[LAC_POSE_SIZE][LAC_POSE_SIZE];
} LacPoseMatrix;

// At fixed widths and heights. A direction is of all atoms and of the poses of all projections.
typedef struct {
    const LacRefineParams *params;
    LacAtoms *atoms;   // owned by the caller: as far as they are refined
    LacSeries *series; // likewise: its shifts and angles; what is excluded is not fitted
    const LacModelResidual *fit;
    gsize n, n_pixels;
    double *sigma;                 // per atom
    LacVec3 *products;             // per projection and atom
    LacMat3 *squares;              // per projection and atom
    LacMat3 *blocks;               // per atom: of the normal matrix
    LacMat3 *inverses;             // of the damped blocks
    LacPoseMatrix *pose_blocks;    // per projection, likewise
    LacPoseMatrix *pose_inverses;  // per projection, likewise
    float *drawn;                  // per projection
    double *sums;                  // per projection
    const float *seen;             // what the atoms look at
    LacPose *pose_sums;            // per projection: what the poses see of it
    const LacVec3 *direction;      // along which atoms move
    const LacPose *pose_direction; // along which poses move
    gboolean with_squares;
} LacRefineRound;

gboolean lac_refine_round_open(LacRefineRound *self, GError **error);
void lac_refine_round_clear(LacRefineRound *self);
gboolean lac_refine_round_solve(LacRefineRound *self, LacVec3 *moves, LacPose *poses,
    LacProgress *progress, GError **error);
double lac_refine_round_take(LacRefineRound *self, const LacAtoms *first,
    const LacSeries *first_series, const LacVec3 *moves, const LacPose *poses);
void lac_refine_round_store_errors(LacRefineRound *self);

LacSeries *lac_refine_open_pixels(const LacSeries *series, GError **error);
void lac_refine_fit_gains(LacSeries *series, LacModelResidual *fit, double *gains);

// How atoms seem to move in projection @k when it takes a step, and what that says of the step.
void lac_pose_to_moves(const LacAtoms *atoms, const LacSeries *series, gsize k, const LacPose *pose,
    LacVec3 *moves);
void lac_pose_from_products(const LacAtoms *atoms, const LacSeries *series, gsize k,
    const LacVec3 *products, LacPose *pose);
gboolean lac_pose_matrix_invert(const LacPoseMatrix *a, LacPoseMatrix *inverse);
LacPose lac_pose_matrix_apply(const LacPoseMatrix *a, const LacPose *x);
void lac_pose_take(LacSeries *series, gsize k, const LacSeries *from, const LacSeries *first,
    const LacPose *pose, double share, double max_turn);
void
lac_poses_keep_atoms(LacSeries *series, LacAtoms *atoms, const LacAtoms *first, gboolean turns);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacRefineRound, lac_refine_round_clear)
