// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session-private.h"

#include <string.h>

/**
 * lac_session_fit_position:
 * @self: a session
 *
 * Clamps what is shown to what there is.
 */
void
lac_session_fit_position(LacSession *self)
{
    LacSeries *series = lac_session_get_series(self);
    LacVolume *volume = lac_session_get_volume(self);
    if (series != NULL && self->projection >= series->n) {
        self->projection = (guint) series->n - 1;
        lac_session_emit(self, LAC_SESSION_PROJECTION_CHANGED);
    }
    if (volume == NULL)
        return;
    gsize xyz[3] = { MIN(self->crosshair[0], volume->nx - 1),
        MIN(self->crosshair[1], volume->ny - 1), MIN(self->crosshair[2], volume->nz - 1) };
    lac_session_set_crosshair(self, xyz);
}

/**
 * lac_session_center_crosshair:
 * @self: a session
 *
 * Puts the crosshair on the rotation centre of the volume that is shown.
 */
void
lac_session_center_crosshair(LacSession *self)
{
    LacVolume *volume = lac_session_get_volume(self);
    if (volume == NULL)
        return;
    const gsize xyz[3] = { volume->nx / 2, volume->ny / 2, volume->nz / 2 };
    lac_session_set_crosshair(self, xyz);
}

/**
 * lac_session_store_position:
 * @self: a session
 *
 * Writes crosshair, projection and staleness into what the views keep.
 */
void
lac_session_store_position(LacSession *self)
{
    JsonArray *crosshair = json_array_sized_new(3);
    for (guint i = 0; i < 3; i++)
        json_array_add_int_element(crosshair, (gint64) self->crosshair[i]);
    json_object_set_array_member(self->views, "crosshair", crosshair);
    json_object_set_int_member(self->views, "projection", self->projection);
    json_object_set_boolean_member(self->views, "volume-stale", lac_session_is_volume_stale(self));
    json_object_set_boolean_member(self->views, "atoms-stale", lac_session_are_atoms_stale(self));
}

/**
 * lac_session_restore_position:
 * @self: a session
 *
 * The opposite of lac_session_store_position(); what is missing or wrong becomes the centre and the
 * first projection.
 */
void
lac_session_restore_position(LacSession *self)
{
    JsonNode *stale = json_object_get_member(self->views, "volume-stale");
    if (stale != NULL && JSON_NODE_HOLDS_VALUE(stale) && json_node_get_boolean(stale))
        g_clear_pointer(&self->state->recon_series, lac_series_unref);
    JsonNode *crosshair = json_object_get_member(self->views, "crosshair");
    JsonNode *projection = json_object_get_member(self->views, "projection");
    self->projection = 0;
    if (projection != NULL && JSON_NODE_HOLDS_VALUE(projection))
        self->projection = (guint) CLAMP(json_node_get_int(projection), 0, G_MAXINT);
    lac_session_center_crosshair(self);
    if (crosshair == NULL || !JSON_NODE_HOLDS_ARRAY(crosshair) ||
        json_array_get_length(json_node_get_array(crosshair)) != 3)
        return;
    gsize xyz[3];
    for (guint i = 0; i < 3; i++) {
        JsonNode *node = json_array_get_element(json_node_get_array(crosshair), i);
        gint64 index = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
        xyz[i] = (gsize) MAX(index, 0);
    }
    lac_session_set_crosshair(self, xyz);
}

/**
 * lac_session_get_projection:
 * @self: a session
 *
 * Returns: index of the projection that is shown
 */
guint
lac_session_get_projection(LacSession *self)
{
    return self->projection;
}

/**
 * lac_session_set_projection:
 * @self: a session
 * @k: index of a projection; the last one if there are fewer
 */
void
lac_session_set_projection(LacSession *self, guint k)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    LacSeries *series = lac_session_get_series(self);
    if (series != NULL)
        k = MIN(k, (guint) series->n - 1);
    if (k == self->projection)
        return;
    self->projection = k;
    lac_session_emit(self, LAC_SESSION_PROJECTION_CHANGED);
}

/**
 * lac_session_get_crosshair:
 * @self: a session
 * @xyz: (out caller-allocates) (array fixed-size=3): voxel indices
 */
void
lac_session_get_crosshair(LacSession *self, gsize xyz[3])
{
    memcpy(xyz, self->crosshair, sizeof self->crosshair);
}

/**
 * lac_session_set_crosshair:
 * @self: a session
 * @xyz: (array fixed-size=3): voxel indices; clamped to the volume
 */
void
lac_session_set_crosshair(LacSession *self, const gsize xyz[3])
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacVolume *volume = lac_session_get_volume(self);
    gsize clamped[3] = { xyz[0], xyz[1], xyz[2] };
    if (volume != NULL) {
        clamped[0] = MIN(xyz[0], volume->nx - 1);
        clamped[1] = MIN(xyz[1], volume->ny - 1);
        clamped[2] = MIN(xyz[2], volume->nz - 1);
    }
    if (memcmp(clamped, self->crosshair, sizeof clamped) == 0)
        return;
    memcpy(self->crosshair, clamped, sizeof clamped);
    lac_session_emit(self, LAC_SESSION_CROSSHAIR_CHANGED);
}
