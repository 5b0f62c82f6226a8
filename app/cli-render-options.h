// SPDX-License-Identifier: GPL-3.0-or-later
// What the verb render is told, and how that changes a figure.
#pragma once

#include "app/cli.h"
#include "core/data/volume.h"
#include "ui/render/sheet.h"

// As given on the command line; NULL, NaN or FALSE where it was not.
typedef struct {
    char *mode, *colormap, *view, *size, *background, *range, *clip, *output;
    char *atoms, *color_by, *atom_colormap, *atom_range, *palette, *size_by;
    char *recipe, *recipe_from, *write_recipe, *mm, *scale_bar, *color_bar, *panel;
    char *plot, *slice, *csv;
    double iso, radius_scale, depth_cue, shadow, outline, dpi, text_size;
    int supersample, bits, turntable;
    gboolean transparent, box, axes, slices, perspective, flat, tripod, legend;
    gboolean bonds, polyhedra, ghosts, no_occlusion, no_volume, no_atoms;
} LacRenderOptions;

gboolean lac_render_options_parse(LacCli *cli, LacRenderOptions *o, const char *usage,
    const GOptionEntry *own, int *argc, char ***argv, GError **error);
void lac_render_options_clear(LacRenderOptions *o);
gboolean lac_render_options_read_recipe(const LacRenderOptions *o, char **text, const char **name,
    GError **error);
gboolean lac_render_options_size_sheet(const LacRenderOptions *o, LacSheet *sheet, GError **error);
LacFigure *lac_render_options_make_figure(const LacRenderOptions *o, const LacVolume *volume,
    const LacAtoms *atoms, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacRenderOptions, lac_render_options_clear)
