// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/volume-store.h"

#include "core/error.h"

#include <epoxy/gl.h>

#define SLAB_BYTES (4 << 20) // of one call of glTexSubImage3D

// Two of these take turns, so that the old volume is drawn until the new one is complete.
typedef struct {
    LacVolumeTexture *source; // (nullable) what it holds, or will hold
    GLuint volume, blocks;
    gsize nx, ny, nz; // allocated
    gsize n_planes;   // uploaded so far
} Slot;

struct LacVolumeStore {
    Slot slots[2];
    guint shown; // index; the other one receives
};

static void
init_texture(GLuint texture, GLint filter)
{
    glBindTexture(GL_TEXTURE_3D, texture);
    glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_MAG_FILTER, filter);
    glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_WRAP_R, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_MAX_LEVEL, 0);
}

/**
 * lac_volume_store_new:
 *
 * Returns: (transfer full): a store that holds nothing
 */
LacVolumeStore *
lac_volume_store_new(void)
{
    LacVolumeStore *self = g_new0(LacVolumeStore, 1);
    for (guint i = 0; i < 2; i++) {
        glGenTextures(1, &self->slots[i].volume);
        glGenTextures(1, &self->slots[i].blocks);
        init_texture(self->slots[i].volume, GL_LINEAR);
        init_texture(self->slots[i].blocks, GL_NEAREST);
    }
    return self;
}

/**
 * lac_volume_store_free:
 * @self: (nullable) (transfer full): a store
 */
void
lac_volume_store_free(LacVolumeStore *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < 2; i++) {
        glDeleteTextures(1, &self->slots[i].volume);
        glDeleteTextures(1, &self->slots[i].blocks);
        lac_volume_texture_unref(self->slots[i].source);
    }
    g_free(self);
}

static void
set_source(Slot *slot, LacVolumeTexture *source)
{
    if (source != NULL)
        lac_volume_texture_ref(source);
    lac_volume_texture_unref(slot->source);
    slot->source = source;
    slot->n_planes = 0;
}

static void
define_texture(GLuint texture, gsize nx, gsize ny, gsize nz, const void *data)
{
    glBindTexture(GL_TEXTURE_3D, texture);
    glTexImage3D(GL_TEXTURE_3D, 0, GL_R16F, (GLsizei) nx, (GLsizei) ny, (GLsizei) nz, 0, GL_RED,
        GL_HALF_FLOAT, data);
}

static gboolean
begin_upload(Slot *slot, GError **error)
{
    const LacVolumeTexture *t = slot->source;
    while (glGetError() != GL_NO_ERROR) // what others left there is not ours
        continue;
    if (slot->nx != t->nx || slot->ny != t->ny || slot->nz != t->nz)
        define_texture(slot->volume, t->nx, t->ny, t->nz, NULL);
    define_texture(slot->blocks, t->n_blocks_x, t->n_blocks_y, t->n_blocks_z, t->blocks);
    GLenum failure = glGetError();
    if (failure != GL_NO_ERROR) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "The graphics memory has no room for a volume of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
            " x %" G_GSIZE_FORMAT " (OpenGL error 0x%x)",
            t->nx, t->ny, t->nz, failure);
        slot->nx = slot->ny = slot->nz = 0;
        return FALSE;
    }
    slot->nx = t->nx;
    slot->ny = t->ny;
    slot->nz = t->nz;
    return TRUE;
}

static void
upload_slab(Slot *slot)
{
    const LacVolumeTexture *t = slot->source;
    gsize plane = t->nx * t->ny;
    gsize n = CLAMP(SLAB_BYTES / (plane * sizeof *t->texels), 1, t->nz - slot->n_planes);
    glBindTexture(GL_TEXTURE_3D, slot->volume);
    glTexSubImage3D(GL_TEXTURE_3D, 0, 0, 0, (GLint) slot->n_planes, (GLsizei) t->nx,
        (GLsizei) t->ny, (GLsizei) n, GL_RED, GL_HALF_FLOAT, t->texels + slot->n_planes * plane);
    slot->n_planes += n;
}

/**
 * lac_volume_store_update:
 * @self: a store
 * @wanted: (nullable): the texture to show; a reference is kept
 * @budget_ms: [ms] after which to leave the rest to the next call; 0: no limit
 * @error: return location for a #GError
 *
 * Brings a texture into the graphics memory, slab by slab. Until it is complete the one before is
 * shown. A texture that did not arrive yet is dropped when another one is wanted.
 *
 * Returns: %TRUE if @wanted is shown; %FALSE if there is more to do, or with @error set
 */
gboolean
lac_volume_store_update(LacVolumeStore *self, LacVolumeTexture *wanted, double budget_ms,
    GError **error)
{
    gint64 end = g_get_monotonic_time() + (gint64) (1000.0 * budget_ms);
    Slot *shown = &self->slots[self->shown], *next = &self->slots[1 - self->shown];
    if (shown->source == wanted)
        return TRUE;
    if (wanted == NULL) {
        set_source(shown, NULL);
        set_source(next, NULL);
        return TRUE;
    }
    glPixelStorei(GL_UNPACK_ALIGNMENT, 2);
    if (next->source != wanted) {
        set_source(next, wanted);
        if (!begin_upload(next, error)) {
            set_source(next, NULL);
            return FALSE;
        }
    }
    do
        upload_slab(next);
    while (next->n_planes < wanted->nz && (budget_ms <= 0.0 || g_get_monotonic_time() < end));
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    if (next->n_planes < wanted->nz)
        return FALSE;
    self->shown = 1 - self->shown;
    // The memory stays for the next volume of this shape, the reference does not.
    set_source(shown, NULL);
    return TRUE;
}

/**
 * lac_volume_store_get_shown:
 * @self: a store
 *
 * Returns: (transfer none) (nullable): the texture that is complete
 */
LacVolumeTexture *
lac_volume_store_get_shown(LacVolumeStore *self)
{
    return self->slots[self->shown].source;
}

/**
 * lac_volume_store_bind:
 * @self: a store that shows a texture
 * @volume_unit: texture unit for the volume
 * @blocks_unit: texture unit for the coarse grid
 *
 * Binds what is shown.
 */
void
lac_volume_store_bind(LacVolumeStore *self, guint volume_unit, guint blocks_unit)
{
    const Slot *slot = &self->slots[self->shown];
    glActiveTexture(GL_TEXTURE0 + volume_unit);
    glBindTexture(GL_TEXTURE_3D, slot->volume);
    glActiveTexture(GL_TEXTURE0 + blocks_unit);
    glBindTexture(GL_TEXTURE_3D, slot->blocks);
    glActiveTexture(GL_TEXTURE0);
}
