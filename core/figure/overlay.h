// SPDX-License-Identifier: GPL-3.0-or-later
// What stands over a picture in a figure: scale bar, axes, colour bar, names, labels, panel letter.
#pragma once

#include "core/figure/drawing.h"
#include "core/vec.h"

typedef enum {
    LAC_CORNER_BOTTOM_LEFT,
    LAC_CORNER_BOTTOM_RIGHT,
    LAC_CORNER_TOP_LEFT,
    LAC_CORNER_TOP_RIGHT,
    LAC_N_CORNERS,
} LacCorner;

// What is wanted, whatever the picture.
typedef struct {
    gboolean scale_bar;
    double scale_bar_length; // [Å]; NaN: one that fits
    LacCorner scale_bar_corner;
    gboolean tripod;
    LacCorner tripod_corner;
    gboolean
        crystal; // the tripod shows the axes of a cell, and along which of its directions one looks
    LacVec3 cell[3]; // [Å] a, b and c in the axes of the data
    gboolean color_bar;
    char color_bar_title[64];
    gboolean legend; // names of the species
    char panel[16];  // its letter
    char font[48];
    double text_size;        // [pt]
    gboolean own_text_color; // else black or white, as the background asks
    float text_color[3];     // sRGB
} LacOverlayParams;

// A text at a point of the picture, with an arrow to it if it stands apart.
typedef struct {
    double x, y;   // [pt] of the point
    double dx, dy; // [pt] from the point to the text
    const char *text;
} LacOverlayLabel;

typedef struct {
    const char *name;
    float color[3];
} LacOverlayName;

// What the picture shows. Lengths in points from the top left.
typedef struct {
    double width, height;
    double pt_per_angstrom; // in the middle
    gboolean is_perspective;
    gboolean is_calibrated; // else lengths are voxels
    double axes[3][3]; // of the tripod on the picture: right, up, towards the viewer; unit lengths
    const char *zone;  // (nullable) along what one looks
    float background[3];
    gboolean has_colors; // the ends of the colour bar are known
    LacColormap colormap;
    gboolean is_reversed;
    double lo, hi;
    const char *colors_title; // where none is wanted
    const LacOverlayName *names;
    gsize n_names;
    const LacOverlayLabel *labels;
    gsize n_labels;
} LacOverlayPicture;

LacOverlayParams lac_overlay_params_default(void);
double
lac_overlay_get_scale_bar_length(const LacOverlayParams *params, const LacOverlayPicture *picture);
LacDrawing *lac_overlay_draw(const LacOverlayParams *params, const LacOverlayPicture *picture);
