// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a scene into any framebuffer of the current OpenGL context, or into a tile of a picture.
#pragma once

#include "ui/render/scene.h"

typedef struct LacRenderer LacRenderer;

// A tile of a picture of full_width x full_height; for a window the whole of it.
typedef struct {
    guint framebuffer;
    int width, height;           // [pixel] of the tile, drawn at (0, 0) of the framebuffer
    int full_width, full_height; // [pixel]
    int tile_x, tile_y;          // [pixel] of the tile's lower left corner in the picture
    double line_scale;           // pixels of a line one unit wide: the scale factor of the screen
} LacRenderTarget;

typedef struct {
    double resolution;      // of the volume in the picture, 0.1 to 1; below 1 is a quick picture
    double step;            // [voxel] between samples along a ray
    gboolean skip_empty;    // jump over empty blocks
    gboolean quick_light;   // light volume rendering by one more sample instead of four
    double atom_resolution; // of the atoms in the picture; below 1 is quick, above 1 antialiases
    gboolean shadows;       // as the scene says; else none
    gsize max_bonds;        // where there are more, none are drawn; 0: all are
} LacRenderQuality;

// A picture made over several calls: the caller keeps this, zeroes rows and stage when the picture
// changes, and draws until done. What is not ready shows the last quick picture, or the full one
// before it if that was seen by the same camera. Where the processor draws, a coarser picture of
// the whole comes first.
typedef struct {
    double budget_ms; // [ms] of one call
    int stage;        // 0: the coarser picture; 1: the full one
    int rows;         // of the volume, drawn so far in this stage
    gboolean done;    // nothing is left to draw or to upload
} LacRenderProgress;

LacRenderer *lac_renderer_new(GError **error);
void lac_renderer_free(LacRenderer *self);
LacRenderTarget lac_render_target_whole(guint framebuffer, int width, int height);
LacRenderQuality lac_render_quality_full(void);
LacRenderQuality lac_render_quality_quick(double resolution);
gboolean
lac_renderer_draw(LacRenderer *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, LacRenderProgress *progress, GError **error);
guint lac_renderer_get_max_size(LacRenderer *self);
gboolean lac_renderer_is_software(LacRenderer *self);
gboolean lac_renderer_wants_smooth(LacRenderer *self, const LacVolume *volume);
double lac_renderer_get_frame_ms(LacRenderer *self);
double lac_renderer_get_atom_ms(LacRenderer *self);
const char *lac_renderer_get_info(LacRenderer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRenderer, lac_renderer_free)
