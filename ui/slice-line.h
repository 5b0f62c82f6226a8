// SPDX-License-Identifier: GPL-3.0-or-later
// The line of a profile over a slice, and how one is drawn there.
#pragma once

#include "core/vec.h"
#include "ui/slice-atoms.h"

#include <gtk/gtk.h>

typedef struct {
    gboolean is_on;        // a drag draws a line
    gboolean is_drawing;   // one is drawn now
    double from[2], to[2]; // [widget unit] of it
    gboolean has_line;
    LacVec3 ends[2]; // [Å] when has_line
    double radius;   // [Å] of its cylinder
} LacSliceLine;

void lac_slice_line_draw(const LacSliceLine *self, const LacSlicePlane *plane, GtkWidget *widget,
    cairo_t *cr);
gboolean lac_slice_line_find_ends(const LacSliceLine *self, const LacSlicePlane *plane,
    const LacSliceAtoms *atoms, LacVec3 ends[2]);
