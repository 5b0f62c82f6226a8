// SPDX-License-Identifier: GPL-3.0-or-later
// A figure of given data: the scene that is drawn and the shapes over it.
#pragma once

#include "core/progress.h"
#include "ui/render/figure.h"
#include "ui/render/renderer.h"

// What is shown. All is borrowed, and any of it may be NULL.
typedef struct {
    LacVolume *volume;
    LacAtoms *atoms;
    const LacAtomValues *values; // that atoms are coloured by, if they are no column
    const guint8 *match;         // LacMatchKind per atom
    const guint8 *marks;         // LacAtomMark of n_marks atoms
    gsize n_marks;
    const LacMarker *markers;
    gsize n_markers;
    LacMeshSet *meshes; // drawn as the figure's scene says
} LacFigureData;

typedef struct {
    LacScene scene;            // with volume and atoms
    LacVolumeTexture *texture; // (nullable)
    LacAtomSet *set;           // (nullable)
    int width, height;         // [pixel]
    LacFigureData data;        // borrowed as long as the picture lives
    LacDrawing *drawing;
    double scale_bar; // [Å] its length; 0 without
} LacFigureView;

LacFigureView *lac_figure_view_new(const LacFigure *figure, const LacFigureData *data,
    LacRenderer *renderer, LacProgress *progress, GError **error);
LacDrawing *lac_figure_draw_overlay(const LacFigure *figure, const LacScene *scene,
    const LacFigureData *data, double *scale_bar);
gboolean lac_figure_view_set_scene(LacFigureView *self, const LacFigure *figure,
    const LacScene *scene, LacProgress *progress, GError **error);
LacBox lac_figure_view_get_box(const LacFigureView *self);
double
lac_figure_get_strip(const LacFigure *figure, const LacScene *scene, const LacFigureData *data);
void lac_figure_view_free(LacFigureView *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFigureView, lac_figure_view_free)
