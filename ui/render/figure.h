// SPDX-License-Identifier: GPL-3.0-or-later
// A figure: everything that defines a picture but the data. As a text it is a recipe.
#pragma once

#include "core/figure/keyed-text.h"
#include "core/figure/overlay.h"
#include "ui/render/scene.h"

#define LAC_FIGURE_MAX_EDGE 16384 // [pixel]

typedef struct {
    LacVec3 at;    // [Å]
    double dx, dy; // [pt] of the text from the point, right and down
    char *text;
} LacFigureLabel;

typedef enum {
    LAC_FIGURE_SCENE, // in space
    LAC_FIGURE_SLICE, // a plane of the volume with the atoms that it cuts
    LAC_FIGURE_PLOT,
    LAC_N_FIGURE_KINDS,
} LacFigureKind;

#define LAC_FIGURE_MAX_CONTOURS 8

// A plane normal to an axis; the other two point right and up in the order of the alphabet. Range,
// colours, target and height are the scene's.
typedef struct {
    int axis;
    double position;  // [Å]; NaN: the middle of the volume
    double thickness; // [Å] that is averaged; 0: the plane alone
    gboolean atoms;
    guint n_contours;
    double contours[LAC_FIGURE_MAX_CONTOURS]; // values of the volume
} LacFigureSlice;

typedef struct {
    char id[64]; // "rdf", "profile/density": an analysis, and which of its charts; "reconstruction"
    double x[2], y[2]; // NaN: from the data
    gboolean names, title;
} LacFigurePlot;

// NaN stands for what follows the data: the range and the level of the volume, the crosshair. A
// transfer function without points follows it too. The scene's volume and atoms are NULL.
typedef struct {
    LacFigureKind kind;
    LacFigureSlice slice;
    LacFigurePlot plot;
    LacScene scene;
    LacAtomLook look;
    gboolean vacancies;    // as circles; surfaces are among the meshes of the scene
    gboolean fit;          // the camera's target and height follow the data
    gboolean common_scale; // among the panels of a sheet
    double width_mm, height_mm, dpi;
    double outline;  // [pt] width of dark lines where atoms end before others; 0: none
    int supersample; // samples per pixel along each axis, 1 to 4
    gboolean transparent;
    LacOverlayParams overlay;
    GArray *labels; // of LacFigureLabel
} LacFigure;

LacFigure *lac_figure_new(void);
LacFigure *lac_figure_copy(const LacFigure *self);
void lac_figure_free(LacFigure *self);
void lac_figure_add_label(LacFigure *self, LacVec3 at, double dx, double dy, const char *text);
void lac_figure_set_pixels(LacFigure *self, int width, int height);
gboolean lac_figure_get_pixels(const LacFigure *self, int *width, int *height, GError **error);

// The text of a recipe; see README for its keys.
char *lac_figure_dup_recipe(const LacFigure *self);
gboolean lac_figure_read_keys(LacFigure *self, const LacKeyedText *recipe, GError **error);
gboolean lac_figure_check(const LacFigure *self, const char *name, GError **error);
LacFigure *lac_figure_from_recipe(const char *text, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFigure, lac_figure_free)
