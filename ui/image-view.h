// SPDX-License-Identifier: GPL-3.0-or-later
// A float image under the pointer: colour map, range, zoom, pan and what owners draw over it.
#pragma once

#include "core/array.h"
#include "core/figure/colormap.h"
#include "ui/raster.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_IMAGE_VIEW (lac_image_view_get_type())
G_DECLARE_FINAL_TYPE(LacImageView, lac_image_view, LAC, IMAGE_VIEW, GtkWidget)

// Draws over the image, in widget units; see lac_image_view_to_widget().
typedef void (
    *LacImageOverlay)(LacImageView *self, cairo_t *cr, int width, int height, gpointer data);

// Image coordinates: pixel (i, j) covers [i, i + 1) x [j, j + 1).
// Signals:
//   "pointed" (gboolean inside, double x, double y, double value): also when the image changes
//   "clicked" (int n_press, double x, double y): the first button went down
//   "dragged" (double x, double y): and moved
//   "released" (): and came up
//   "stepped" (int n): wheel turns, when lac_image_view_set_wheel_steps() is on
//   "view-changed" (): zoom or place, by the user
GtkWidget *lac_image_view_new(void);
void lac_image_view_set_image(LacImageView *self, LacBuffer *buffer, const LacPlane *plane);
void lac_image_view_set_range(LacImageView *self, double black, double white);
void lac_image_view_set_menu(LacImageView *self, GMenuModel *menu);
void lac_image_view_set_colormap(LacImageView *self, LacColormap colormap);
void lac_image_view_set_smooth(LacImageView *self, gboolean smooth);
void lac_image_view_set_flip_y(LacImageView *self, gboolean flip_y);
void lac_image_view_set_stretch(LacImageView *self, gboolean stretch);
void lac_image_view_set_wheel_steps(LacImageView *self, gboolean wheel_steps);
void lac_image_view_set_overlay(LacImageView *self, LacImageOverlay overlay, gpointer data);
void lac_image_view_fit(LacImageView *self);
void lac_image_view_zoom(LacImageView *self, double factor);
void lac_image_view_copy_view(LacImageView *self, LacImageView *from);
double lac_image_view_get_zoom(LacImageView *self);
void lac_image_view_to_widget(LacImageView *self, double x, double y, double *wx, double *wy);
GdkModifierType lac_image_view_get_modifiers(LacImageView *self);
void lac_image_view_to_image(LacImageView *self, double wx, double wy, double *x, double *y);

G_END_DECLS
