// SPDX-License-Identifier: GPL-3.0-or-later
// The atoms that a slice cuts: circles, rings of peaks that are no atoms, and which one is meant.
#pragma once

#include "core/data/atoms.h"

#include <cairo.h>

// Immutable, reference counted; arrays are per atom and its own.
typedef struct {
    gatomicrefcount ref_count;
    LacAtoms *atoms;
    float *radii;      // [Å]
    guint8 *rgba;      // sRGB, 4 per atom
    guint8 *selection; // (nullable) 1: selected
    gsize current;     // G_MAXSIZE: none
    gboolean show_atoms, show_ghosts;
} LacSliceAtoms;

// A plane normal to an axis, and where its points are drawn.
typedef struct {
    guint right, up, normal; // axes
    double position;         // [Å] of the plane along its normal
    double x, y;             // where 0 Å is drawn [widget unit]
    double scale_x, scale_y; // [widget unit] per Å, downwards for y
    double width, height;    // of what is seen
} LacSlicePlane;

LacSliceAtoms *lac_slice_atoms_new(LacAtoms *atoms);
LacSliceAtoms *lac_slice_atoms_ref(LacSliceAtoms *self);
void lac_slice_atoms_unref(LacSliceAtoms *self);
void lac_slice_atoms_draw(const LacSliceAtoms *self, const LacSlicePlane *plane, cairo_t *cr);
gboolean lac_slice_atoms_pick(const LacSliceAtoms *self, const LacSlicePlane *plane, double wx,
    double wy, gsize *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSliceAtoms, lac_slice_atoms_unref)
