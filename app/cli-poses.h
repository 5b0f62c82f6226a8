// SPDX-License-Identifier: GPL-3.0-or-later
// What a verb says of shifts and angles that it found, where the truth is known.
#pragma once

#include "app/cli.h"
#include "core/data/truth.h"
#include "core/prep/align.h"

gboolean lac_cli_compare_poses(const LacTruth *truth, const LacSeries *series,
    LacAlignDifference **difference, GError **error);
void lac_cli_print_poses(const char *when, const LacAlignDifference *d);
void lac_cli_add_poses(JsonBuilder *json, const char *name, const LacAlignDifference *d);
