// SPDX-License-Identifier: GPL-3.0-or-later
// Counter-based random numbers: value number i of a stream, in any order, on any thread.
#pragma once

#include <glib.h>

guint64 lac_rng_bits(guint64 seed, guint64 counter);
double lac_rng_uniform(guint64 seed, guint64 counter);
double lac_rng_normal(guint64 seed, guint64 counter);
double lac_rng_poisson(guint64 seed, guint64 counter, double mean);
