// SPDX-License-Identifier: GPL-3.0-or-later
// Names of the files of a tilt series: their natural order and the angles in them.
#pragma once

#include "core/data/series.h"

int lac_natural_compare(const char *a, const char *b);
LacAngles *lac_natural_find_angles(const char *const *names, gsize n);
