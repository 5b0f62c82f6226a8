// SPDX-License-Identifier: GPL-3.0-or-later
// One plane of a volume with the crosshair.
#pragma once

#include "core/data/volume.h"
#include "core/figure/colormap.h"
#include "ui/render/camera.h"
#include "ui/slice-line.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_SLICE_VIEW (lac_slice_view_get_type())
G_DECLARE_FINAL_TYPE(LacSliceView, lac_slice_view, LAC, SLICE_VIEW, GtkWidget)

// The plane is normal to an axis; the other two point right and up in the order of the alphabet.
// Signals:
//   "crosshair-moved" (guint x, guint y, guint z): by mouse or keys
//   "pointed" (gboolean inside, guint x, guint y, guint z): the voxel under the pointer
//   "activated" (): double click on the volume
//   "atom-clicked" (guint index, gboolean extend): G_MAXUINT where there is none
//   "line-drawn" (LacVec3 *a, LacVec3 *b): by the user [Å]
//   "atom-moved" (guint index, double x, double y, double z, gboolean free): dragged, or by keys, to
//     a position [Å]; free: it stays there, else it goes to the nearest peak
GtkWidget *lac_slice_view_new(LacAxis normal);
void lac_slice_view_set_volume(LacSliceView *self, LacVolume *volume);
void lac_slice_view_set_atoms(LacSliceView *self, LacSliceAtoms *atoms);
void lac_slice_view_set_line(LacSliceView *self, const LacVec3 *ends, double radius);
void lac_slice_view_set_drawing(LacSliceView *self, gboolean is_on);
void lac_slice_view_set_crosshair(LacSliceView *self, const gsize xyz[3]);
void lac_slice_view_set_range(LacSliceView *self, double black, double white);
void lac_slice_view_set_menu(LacSliceView *self, GMenuModel *menu);
void lac_slice_view_set_colormap(LacSliceView *self, LacColormap colormap);
void lac_slice_view_set_smooth(LacSliceView *self, gboolean smooth);
void lac_slice_view_locate(LacSliceView *self, const gsize xyz[3], double *wx, double *wy);
void
lac_slice_view_locate_position(LacSliceView *self, const double xyz[3], double *wx, double *wy);

G_END_DECLS
