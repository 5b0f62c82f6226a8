// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of LacImageView, shared by image-view.c and image-view-input.c.
#pragma once

#include "ui/image-view.h"

#define LAC_IMAGE_ZOOM_STEP 1.25

struct _LacImageView {
    GtkWidget parent_instance;
    LacBuffer *buffer; // (nullable) owns what plane points to
    LacPlane plane;
    float black, white;
    LacColormap colormap;
    guint32 *colors; // LAC_RASTER_COLORS
    gboolean smooth, flip_y, stretch, wheel_steps;
    gboolean fitted;
    double zoom;               // [widget unit] per image pixel along x; only when not fitted
    double center_x, center_y; // image coordinates in the middle; only when not fitted
    LacImageOverlay overlay;
    gpointer overlay_data;
    GdkTexture *texture; // (nullable) what is visible, when nothing changed
    graphene_rect_t texture_area;
    gboolean pointer_inside;
    double pointer_x, pointer_y; // [widget unit]
    double drag_x, drag_y;       // where the present drag was last [widget unit]
    GdkModifierType modifiers;   // of the newest press or drag
    double pinch_scale, wheel_rest;
    GtkWidget *menu;   // (nullable)
    GMenuModel *extra; // (nullable) first part of the menu
};

void lac_image_view_add_controllers(LacImageView *self);
void lac_image_view_emit_pointed(LacImageView *self);
void lac_image_view_pan(LacImageView *self, double dx, double dy);
void lac_image_view_zoom_at(LacImageView *self, double factor, double wx, double wy);
