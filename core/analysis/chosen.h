// SPDX-License-Identifier: GPL-3.0-or-later
// What a person chose to look at with the analyses: a line, and two regions to compare.
#pragma once

#include "core/analysis/line.h"
#include "core/analysis/regions.h"

typedef enum {
    LAC_REGION_A,
    LAC_REGION_B,
    LAC_N_REGIONS,
} LacRegionName;

// Immutable once published.
typedef struct {
    gatomicrefcount ref_count;
    gboolean has_line;
    LacLineParams line; // when has_line
    struct {
        gsize n;
        gsize *atoms; // (nullable) of the model, records included
    } regions[LAC_N_REGIONS];
} LacChosen;

LacChosen *lac_chosen_new(const LacChosen *from);
void lac_chosen_set_line(LacChosen *self, const LacLineParams *line);
void lac_chosen_set_region(LacChosen *self, LacRegionName which, const gsize *atoms, gsize n);
LacChosen *lac_chosen_ref(LacChosen *self);
void lac_chosen_unref(LacChosen *self);
LacRegion *
lac_chosen_dup_region(const LacChosen *self, LacRegionName which, const LacAnalysis *analysis);
gboolean lac_chosen_add_sections(const LacChosen *self, const LacAnalysis *analysis,
    LacReport *report, GError **error);
char *lac_chosen_dup_text(const LacChosen *self);
LacChosen *lac_chosen_read_views(const char *views, gsize n_atoms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacChosen, lac_chosen_unref)
