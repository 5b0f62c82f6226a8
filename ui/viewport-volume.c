// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewport-private.h"

#define SMOOTH_MS   600  // after the last volume it is made smooth
#define DEFAULT_MAX 2048 // [texel] before the graphics card could be asked

typedef struct {
    LacVolume *volume;
    guint max_size;
    gboolean smooth;
} PrepareRequest;

static void
free_request(gpointer data)
{
    PrepareRequest *request = data;
    lac_volume_unref(request->volume);
    g_free(request);
}

static gpointer
prepare(LacProgress *progress, gpointer data, GError **error)
{
    PrepareRequest *request = data;
    return lac_volume_texture_prepare(request->volume, request->max_size, request->smooth, progress,
        error);
}

static void
free_texture(gpointer data)
{
    lac_volume_texture_unref(data);
}

static void
request_texture(LacViewport *self, LacVolume *volume, gboolean smooth)
{
    PrepareRequest *request = g_new0(PrepareRequest, 1);
    request->volume = lac_volume_ref(volume);
    request->max_size =
        self->renderer != NULL ? lac_renderer_get_max_size(self->renderer) : DEFAULT_MAX;
    request->smooth = smooth;
    lac_latest_request(self->worker, request, 0);
}

/**
 * lac_viewport_prepare_newest:
 * @self: a view
 *
 * Prepares the volume that was set last. A newer one waits until the one before was drawn completely
 * at least once: a stream of iterates then shows whole pictures, however slow the machine is.
 */
void
lac_viewport_prepare_newest(LacViewport *self)
{
    const LacVolumeTexture *shown = self->scene.volume;
    if (self->newest == NULL || (shown != NULL && shown->volume == self->newest))
        return;
    gboolean is_drawn = self->is_settled || self->is_moving || self->renderer == NULL;
    if (!lac_latest_is_busy(self->worker) && (shown == NULL || is_drawn))
        request_texture(self, self->newest, FALSE);
}

static gboolean
smooth_cb(gpointer data)
{
    LacViewport *self = data;
    LacVolumeTexture *shown = self->scene.volume;
    self->smooth_timer = 0;
    if (shown == NULL || shown->volume != self->newest || self->was_smoothed ||
        lac_latest_is_busy(self->worker) || self->renderer == NULL ||
        !lac_renderer_wants_smooth(self->renderer, self->newest))
        return G_SOURCE_REMOVE;
    self->was_smoothed = TRUE;
    request_texture(self, self->newest, TRUE);
    return G_SOURCE_REMOVE;
}

static void
follow_volume(LacViewport *self)
{
    const LacVolumeTexture *texture = self->scene.volume;
    if (self->is_auto_transfer) {
        LacColormap colormap = self->scene.transfer.colormap;
        self->scene.transfer = texture->transfer;
        self->scene.transfer.colormap = colormap;
    }
    if (self->is_auto_level)
        self->scene.iso[0].level = texture->iso_level;
    if (self->is_fit_due) {
        self->is_fit_due = FALSE;
        LacBox box = lac_volume_get_box(texture->volume);
        lac_camera_fit(&self->scene.camera, self->scene.show_box ? &box : &texture->content,
            lac_viewport_get_aspect(self));
        lac_viewport_emit_camera_changed(self);
    }
}

static void
prepared(gpointer result, const GError *error, gpointer owner)
{
    LacViewport *self = owner;
    if (error != NULL) {
        if (!self->has_failed)
            lac_viewport_set_status(self, error->message);
        return;
    }
    LacVolumeTexture *old = self->scene.volume;
    gboolean was_empty = old == NULL;
    self->scene.volume = result;
    lac_volume_texture_unref(old);
    if (!self->has_failed)
        lac_viewport_set_status(self, self->scene.volume->note);
    follow_volume(self);
    if (was_empty)
        lac_viewport_begin_moving(self);
    else
        lac_viewport_begin_refining(self);
    g_clear_handle_id(&self->smooth_timer, g_source_remove);
    self->smooth_timer = g_timeout_add(SMOOTH_MS, smooth_cb, self);
    lac_viewport_emit_scene_changed(self);
    lac_viewport_prepare_newest(self);
}

static gboolean
is_same_box(const LacVolume *a, const LacVolume *b)
{
    return a->nx == b->nx && a->ny == b->ny && a->nz == b->nz && a->voxel_size == b->voxel_size &&
        a->origin.x == b->origin.x && a->origin.y == b->origin.y && a->origin.z == b->origin.z;
}

/**
 * lac_viewport_init_volume:
 * @self: a view that is being made
 *
 * Makes the worker that prepares volumes.
 */
void
lac_viewport_init_volume(LacViewport *self)
{
    self->is_auto_transfer = self->is_auto_level = self->is_fit_due = TRUE;
    self->worker = lac_latest_new(prepare, free_request, free_texture, prepared, self);
}

/**
 * lac_viewport_set_volume:
 * @self: a view
 * @volume: (nullable): a published volume; a reference is kept
 *
 * Shows a volume. It is prepared in a worker; what was there before stays until it is ready, and
 * volumes that come faster than they can be drawn are left out.
 */
void
lac_viewport_set_volume(LacViewport *self, LacVolume *volume)
{
    g_return_if_fail(LAC_IS_VIEWPORT(self));

    if (self->newest == volume)
        return;
    if (volume == NULL || self->newest == NULL || !is_same_box(self->newest, volume))
        self->is_fit_due = TRUE;
    g_clear_pointer(&self->newest, lac_volume_unref);
    self->was_smoothed = FALSE;
    if (volume != NULL) {
        self->newest = lac_volume_ref(volume);
        lac_viewport_prepare_newest(self);
        return;
    }
    lac_latest_drop(self->worker);
    g_clear_handle_id(&self->smooth_timer, g_source_remove);
    g_clear_pointer(&self->scene.volume, lac_volume_texture_unref);
    if (!self->has_failed)
        lac_viewport_set_status(self, NULL);
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_get_texture:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what is drawn, with range and histogram
 */
LacVolumeTexture *
lac_viewport_get_texture(LacViewport *self)
{
    return self->scene.volume;
}
