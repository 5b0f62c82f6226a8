// SPDX-License-Identifier: GPL-3.0-or-later
// Projections with their shifts undone, for people and for programs that know no shifts.
#pragma once

#include "core/data/series.h"
#include "core/progress.h"

LacSeries *lac_align_apply(const LacSeries *series, LacProgress *progress, GError **error);
