// SPDX-License-Identifier: GPL-3.0-or-later
// A fork-join loop over blocks of data. POSIX threads and C11 atomics only.
#pragma once

#include <glib.h>

// Works on items [begin, end). @worker is below lac_parallel_max_workers() and unique among the
// threads inside this loop, for scratch memory; results must not depend on it.
typedef void (*LacParallelFunc)(gsize begin, gsize end, guint worker, gpointer data);

// Works in lane @lane, which counts from 0.
typedef void (*LacParallelLane)(guint lane, gpointer data);

void lac_parallel_for(gsize n, gsize grain, LacParallelFunc func, gpointer data);
void lac_parallel_lanes(guint n_lanes, LacParallelLane func, gpointer data);
guint lac_parallel_get_threads(void);
void lac_parallel_set_threads(guint n_threads);
guint lac_parallel_max_workers(void);
void lac_parallel_set_background(gboolean background);
