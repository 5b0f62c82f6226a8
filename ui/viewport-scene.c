// SPDX-License-Identifier: GPL-3.0-or-later
// What the 3D view shows and from where: its settings and its camera.
#include "ui/viewport-private.h"

#include <math.h>
#include <string.h>

/**
 * lac_viewport_get_scene:
 * @self: a view
 *
 * Returns: (transfer none): what is drawn and how
 */
const LacScene *
lac_viewport_get_scene(LacViewport *self)
{
    return &self->scene;
}

/**
 * lac_viewport_set_mode:
 * @self: a view
 * @mode: volume rendering, maximum or isosurface
 */
void
lac_viewport_set_mode(LacViewport *self, LacRenderMode mode)
{
    g_return_if_fail((guint) mode < LAC_N_RENDER_MODES);

    if (self->scene.mode == mode)
        return;
    self->scene.mode = mode;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_transfer:
 * @self: a view
 * @transfer: (nullable): %NULL to follow the histogram of each volume, with the present colour map
 */
void
lac_viewport_set_transfer(LacViewport *self, const LacTransfer *transfer)
{
    self->is_auto_transfer = transfer == NULL;
    LacTransfer wanted = self->scene.transfer;
    if (transfer != NULL)
        wanted = *transfer;
    else if (self->scene.volume != NULL) {
        wanted = self->scene.volume->transfer;
        wanted.colormap = self->scene.transfer.colormap;
    }
    if (lac_transfer_is_equal(&wanted, &self->scene.transfer))
        return;
    self->scene.transfer = wanted;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_iso_level:
 * @self: a view
 * @level: in units of the volume; NaN to follow the histogram of each volume
 */
void
lac_viewport_set_iso_level(LacViewport *self, double level)
{
    self->is_auto_level = isnan(level);
    if (self->is_auto_level && self->scene.volume != NULL)
        level = self->scene.volume->iso_level;
    if (isnan(level) || self->scene.iso[0].level == level)
        return;
    self->scene.iso[0].level = level;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_iso_color:
 * @self: a view
 * @rgba: sRGB, not premultiplied
 */
void
lac_viewport_set_iso_color(LacViewport *self, const float rgba[4])
{
    memcpy(self->scene.iso[0].color, rgba, sizeof self->scene.iso[0].color);
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_flag:
 * @self: a view
 * @flag: a switch of its scene
 * @value: what it becomes
 */
void
lac_viewport_set_flag(LacViewport *self, gboolean *flag, gboolean value)
{
    if (!*flag == !value)
        return;
    *flag = value;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_lighting:
 * @self: a view
 * @lighting: whether volume rendering is lit
 */
void
lac_viewport_set_lighting(LacViewport *self, gboolean lighting)
{
    lac_viewport_set_flag(self, &self->scene.lighting, lighting);
}

/**
 * lac_viewport_set_clip:
 * @self: a view
 * @clip: (nullable): what to keep; %NULL for all
 */
void
lac_viewport_set_clip(LacViewport *self, const LacClipPlane *clip)
{
    if (clip != NULL)
        self->scene.clip = *clip;
    else
        self->scene.clip.enabled = FALSE;
    lac_viewport_atoms_look_changed(self);
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_crop:
 * @self: a view
 * @crop: the part kept along x, y and z, from 0 to 1; (%NULL) for all
 */
void
lac_viewport_set_crop(LacViewport *self, const double crop[3][2])
{
    for (int i = 0; i < 3; i++) {
        self->scene.crop[i][0] = crop != NULL ? CLAMP(crop[i][0], 0.0, 1.0) : 0.0;
        self->scene.crop[i][1] = crop != NULL ? CLAMP(crop[i][1], 0.0, 1.0) : 1.0;
    }
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_crosshair:
 * @self: a view
 * @xyz: [voxel]
 */
void
lac_viewport_set_crosshair(LacViewport *self, const gsize xyz[3])
{
    gboolean changed = FALSE;
    for (int i = 0; i < 3; i++) {
        changed |= self->scene.crosshair[i] != (double) xyz[i];
        self->scene.crosshair[i] = (double) xyz[i];
    }
    const gboolean *shown = self->scene.show_slices;
    if (changed && (shown[0] || shown[1] || shown[2]))
        lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_show_volume:
 * @self: a view
 * @show: %FALSE leaves slices, box and axes
 */
void
lac_viewport_set_show_volume(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.show_volume, show);
}

/**
 * lac_viewport_set_show_slices:
 * @self: a view
 * @x: whether the plane across x through the crosshair is shown
 * @y: the same across y
 * @z: the same across z
 */
void
lac_viewport_set_show_slices(LacViewport *self, gboolean x, gboolean y, gboolean z)
{
    const gboolean show[3] = { x, y, z };
    memcpy(self->scene.show_slices, show, sizeof show);
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_show_box:
 * @self: a view
 * @show: whether the box of the volume is drawn
 */
void
lac_viewport_set_show_box(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.show_box, show);
}

/**
 * lac_viewport_set_show_axes:
 * @self: a view
 * @show: whether the directions x, y, z are drawn in the corner
 */
void
lac_viewport_set_show_axes(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.show_axes, show);
}

/**
 * lac_viewport_set_show_scale_bar:
 * @self: a view
 * @show: whether a scale bar is drawn; in perspective it holds at the centre of rotation
 */
void
lac_viewport_set_show_scale_bar(LacViewport *self, gboolean show)
{
    gtk_widget_set_visible(GTK_WIDGET(self->scale_bar), show);
}

/**
 * lac_viewport_set_background:
 * @self: a view
 * @background: its choice, apart from the system's style
 */
void
lac_viewport_set_background(LacViewport *self, LacBackground background)
{
    self->has_paper = FALSE;
    g_return_if_fail((guint) background < LAC_N_BACKGROUNDS);

    static const float LIGHT[4] = { 0.93f, 0.93f, 0.93f, 1.0f }, WHITE[4] = { 1, 1, 1, 1 };
    LacScene start = lac_scene_default();
    const float *const colors[] = { start.background, LIGHT, WHITE };
    memcpy(self->scene.background, colors[background], sizeof self->scene.background);
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_perspective:
 * @self: a view
 * @perspective: %FALSE for orthographic
 */
void
lac_viewport_set_perspective(LacViewport *self, gboolean perspective)
{
    lac_viewport_set_flag(self, &self->scene.camera.perspective, perspective);
}

/**
 * lac_viewport_get_camera:
 * @self: a view
 * @camera: (out): the camera
 */
void
lac_viewport_get_camera(LacViewport *self, LacCamera *camera)
{
    *camera = self->scene.camera;
}

/**
 * lac_viewport_set_camera:
 * @self: a view
 * @camera: the camera; also of a volume that is still being prepared
 */
void
lac_viewport_set_camera(LacViewport *self, const LacCamera *camera)
{
    self->is_fit_due = FALSE;
    if (lac_camera_is_equal(&self->scene.camera, camera))
        return;
    self->scene.camera = *camera;
    lac_viewport_begin_moving(self);
    lac_viewport_emit_camera_changed(self);
}

/**
 * lac_viewport_set_axis:
 * @self: a view
 * @axis: the axis that points to the viewer
 * @from_behind: %TRUE to let it point away
 */
void
lac_viewport_set_axis(LacViewport *self, LacAxis axis, gboolean from_behind)
{
    lac_camera_set_axis(&self->scene.camera, axis, from_behind);
    lac_viewport_moved(self, NULL);
    lac_viewport_emit_camera_changed(self);
}

/**
 * lac_viewport_reset:
 * @self: a view
 *
 * Goes back to the first direction and shows all.
 */
void
lac_viewport_reset(LacViewport *self)
{
    const LacVolumeTexture *texture = self->scene.volume;
    LacBox box;
    lac_viewport_update_atoms(self);
    if (texture != NULL)
        box = self->scene.show_box ? lac_volume_get_box(texture->volume) : texture->content;
    else if (self->scene.atoms.set != NULL && self->scene.atoms.set->n_spheres > 0)
        box = self->scene.atoms.set->box;
    else
        return;
    lac_camera_reset(&self->scene.camera, &box, lac_viewport_get_aspect(self));
    lac_viewport_moved(self, NULL);
    lac_viewport_emit_camera_changed(self);
}
