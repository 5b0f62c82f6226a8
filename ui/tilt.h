// SPDX-License-Identifier: GPL-3.0-or-later
// One projection as an item of a list: what tables and thumbnails show.
#pragma once

#include "core/data/series.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_TILT (lac_tilt_get_type())
G_DECLARE_FINAL_TYPE(LacTilt, lac_tilt, LAC, TILT, GObject)

// Signal "changed" (): anything but the index.
LacTilt *lac_tilt_new(guint index);
guint lac_tilt_get_index(LacTilt *self);
const LacAngles *lac_tilt_get_angles(LacTilt *self);
const LacShift *lac_tilt_get_shift(LacTilt *self);
double lac_tilt_get_gain(LacTilt *self);
gboolean lac_tilt_get_excluded(LacTilt *self);
double lac_tilt_get_noise(LacTilt *self);
void lac_tilt_set_noise(LacTilt *self, double sigma);
GdkTexture *lac_tilt_get_texture(LacTilt *self);
void lac_tilt_update(LacTilt *self, const LacAngles *angles, gboolean excluded);
void lac_tilt_set_shift(LacTilt *self, LacShift shift);
void lac_tilt_set_gain(LacTilt *self, double gain);
void lac_tilt_set_texture(LacTilt *self, GdkTexture *texture);

G_END_DECLS
