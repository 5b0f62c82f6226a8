// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the benchmark "render" that draws atoms.
#pragma once

#include "app/cli-bench.h"
#include "ui/render/renderer.h"

gboolean lac_bench_atoms(LacBench *bench, LacRenderer *renderer, const LacRenderTarget *target,
    gsize n, GError **error);
