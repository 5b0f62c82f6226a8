// SPDX-License-Identifier: GPL-3.0-or-later
// Counts what the whole program holds in memory from malloc() and its kin.
#pragma once

#include <glib.h>

void lac_allocations_reset(void);
gsize lac_allocations_get_peak(void);
