// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a long work that tells its own progress from 0 to 1.
#pragma once

#include "core/progress.h"

// On the stack; between lac_progress_part_begin() and lac_progress_part_end().
typedef struct {
    LacProgress *progress; // of the part; NULL when the whole has none
    LacProgress *whole;
    double from, to;
} LacProgressPart;

void lac_progress_part_begin(LacProgressPart *self, LacProgress *whole, double from, double to);
void lac_progress_part_end(LacProgressPart *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacProgressPart, lac_progress_part_end)
