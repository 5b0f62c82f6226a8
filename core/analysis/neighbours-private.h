// SPDX-License-Identifier: GPL-3.0-or-later
// One list of neighbours while it is made.
#pragma once

#include <glib.h>

typedef struct {
    double distance; // [Å]
    guint32 index;
} LacNeighbour;

void lac_neighbours_sort(GArray *list);
