// SPDX-License-Identifier: GPL-3.0-or-later
// The named benchmarks of "lacuna-cli bench".
#pragma once

#include "core/progress.h"

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
    gsize size;    // [voxel] edge of the volume; 0: the benchmark's own
    gsize n_tilts; // 0: the benchmark's own
    LacProgress *progress;
    JsonBuilder *json; // an object is open: members are added by lac_bench_number()
} LacBench;

typedef struct {
    const char *name;
    const char *summary;
    gboolean (*run)(LacBench *bench, GError **error);
} LacBenchmark;

void lac_bench_number(LacBench *bench, const char *name, double value);
void lac_bench_text(LacBench *bench, const char *name, const char *value);

extern const LacBenchmark lac_bench_analyses, lac_bench_projector, lac_bench_resire,
    lac_bench_trace, lac_bench_render, lac_bench_denoise;
