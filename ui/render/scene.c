// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/scene.h"

#include "core/error.h"

static const char *const mode_names[LAC_N_RENDER_MODES] = { "dvr", "mip", "iso" };

/**
 * lac_scene_default:
 *
 * Returns: an empty scene: lit volume rendering on a dark neutral background
 */
LacScene
lac_scene_default(void)
{
    return (LacScene){
        .mode = LAC_RENDER_DVR,
        .transfer = lac_transfer_default(0.0, 1.0),
        .lighting = TRUE,
        .n_iso = 1,
        .iso = { { .level = 0.5, .color = { 0.87f, 0.75f, 0.53f, 1.0f } } },
        .clip = { .normal = { 1.0, 0.0, 0.0 } },
        .crop = { { 0.0, 1.0 }, { 0.0, 1.0 }, { 0.0, 1.0 } },
        .show_volume = TRUE,
        .atoms = { .show_atoms = TRUE, .occlusion = TRUE, .outline = TRUE, .depth_cue = 0.45 },
        .background = { 0.105f, 0.110f, 0.120f, 1.0f },
        .camera = lac_camera_default(),
    };
}

/**
 * lac_clip_plane_is_equal:
 * @a: a plane
 * @b: another
 *
 * Returns: whether both cut away the same; two that are off do
 */
gboolean
lac_clip_plane_is_equal(const LacClipPlane *a, const LacClipPlane *b)
{
    if (!a->enabled || !b->enabled)
        return !a->enabled == !b->enabled;
    return a->normal.x == b->normal.x && a->normal.y == b->normal.y && a->normal.z == b->normal.z &&
        a->offset == b->offset;
}

/**
 * lac_render_mode_get_name:
 * @mode: a mode
 *
 * Returns: (transfer none): its name in files and on the command line
 */
const char *
lac_render_mode_get_name(LacRenderMode mode)
{
    g_return_val_if_fail((guint) mode < LAC_N_RENDER_MODES, NULL);

    return mode_names[mode];
}

/**
 * lac_render_mode_from_name:
 * @name: "dvr", "mip" or "iso"
 * @mode: (out): the mode; untouched on failure
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if there is none of that name
 */
gboolean
lac_render_mode_from_name(const char *name, LacRenderMode *mode, GError **error)
{
    for (guint i = 0; i < LAC_N_RENDER_MODES; i++)
        if (g_str_equal(mode_names[i], name)) {
            *mode = (LacRenderMode) i;
            return TRUE;
        }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no mode \"%s\"; known are dvr, mip and iso", name);
    return FALSE;
}
