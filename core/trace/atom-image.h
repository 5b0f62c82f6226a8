// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms as Gaussians on the projections of a tilt series: drawing, looking, cutting out.
#pragma once

#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/progress.h"
#include "core/vec.h"

// Atoms with the width and height of each. A height is that of the Gaussian in the volume.
typedef struct {
    const LacAtoms *atoms;
    const double *sigma;  // [Å] per atom
    const double *height; // per atom; those that are no part of the model are 0
} LacAtomImage;

LacVec3 lac_atom_image_place(const LacSeries *series, gsize k, LacVec3 position);
void lac_atom_image_add(const LacAtomImage *self, const LacSeries *series, gsize k, float *image);
void
lac_atom_image_add_growth(const LacAtomImage *self, const LacSeries *series, gsize k, float *image);
void lac_atom_image_gather(const LacAtomImage *self, const LacSeries *series, gsize k,
    const float *image, double *product, double *square);
void lac_atom_image_add_moves(const LacAtomImage *self, const LacSeries *series, gsize k,
    const LacVec3 *moves, float *image);
void lac_atom_image_gather_moves(const LacAtomImage *self, const LacSeries *series, gsize k,
    const float *image, LacVec3 *product, LacMat3 *square);
void lac_atom_image_cut(const LacSeries *series, gsize k, LacVec3 position, gsize edge, float *out,
    LacVec3 *place);
