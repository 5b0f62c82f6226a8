// SPDX-License-Identifier: GPL-3.0-or-later
// Figures side by side on one page, or one alone. As a text: keys for all panels, then [panel a] and
// the keys of that one.
#pragma once

#include "core/analysis/analysis.h"
#include "core/recon/recon.h"
#include "ui/render/figure-view.h"
#include "ui/render/figure-write.h"

typedef struct {
    double width_mm, height_mm, dpi;
    guint columns;
    double gap_mm;
    gboolean transparent;
    float background[3]; // sRGB
    GPtrArray *panels;   // of LacFigure, by rows
    char *text;          // the recipe that it was made from
} LacSheet;

// What is shown. All is borrowed, and any of it may be NULL.
typedef struct {
    LacVolume *volume;
    LacAtoms *atoms;
    LacAnalysis *analysis; // with what lac_sheet_get_needs() names
    const LacRecon *recon;
} LacSheetData;

gboolean lac_sheet_is_recipe(const char *text);
LacSheet *lac_sheet_from_recipe(const char *text, const char *name, GError **error);
LacSheet *lac_sheet_new_single(const LacFigure *figure);
gboolean
lac_sheet_set_size(LacSheet *self, double width_mm, double height_mm, double dpi, GError **error);
void lac_sheet_free(LacSheet *self);
guint64 lac_sheet_get_needs(const LacSheet *self);
gboolean lac_sheet_has_scene(const LacSheet *self);
gboolean lac_sheet_has_plot(const LacSheet *self);
LacDrawing *lac_sheet_draw(LacSheet *self, const LacSheetData *data, LacRenderer *renderer,
    LacProgress *progress, GError **error);
gboolean lac_sheet_write(const LacSheet *self, const LacDrawing *drawing,
    const LacFigureNotes *notes, const char *path, GError **error);
char *lac_sheet_dup_csv(const LacSheet *self, const LacSheetData *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSheet, lac_sheet_free)
