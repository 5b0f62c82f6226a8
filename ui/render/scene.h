// SPDX-License-Identifier: GPL-3.0-or-later
// A plain description of one picture; the renderer draws it, whoever made it.
#pragma once

#include "ui/render/atom-set.h"
#include "ui/render/camera.h"
#include "ui/render/mesh-set.h"
#include "ui/render/transfer.h"
#include "ui/render/volume-texture.h"

#define LAC_SCENE_MAX_ISO 4

typedef enum {
    LAC_RENDER_DVR, // emission and absorption through the transfer function
    LAC_RENDER_MIP, // maximum intensity through the colour map
    LAC_RENDER_ISO, // isosurfaces
    LAC_N_RENDER_MODES,
} LacRenderMode;

typedef struct {
    double level;   // value, in units of the volume
    float color[4]; // sRGB, not premultiplied; alpha below 1 lets the surfaces behind shine through
} LacIsoLevel;

// Keeps the points with dot(normal, p) <= offset.
typedef struct {
    gboolean enabled;
    LacVec3 normal; // unit length
    double offset;  // [Å]
} LacClipPlane;

typedef struct {
    LacAtomSet *set; // (nullable) borrowed
    gboolean show_atoms, show_bonds;
    gboolean show_polyhedra;
    gboolean show_ghosts; // peaks that are no atoms
    gboolean occlusion;   // what stands in a narrow place gets less light
    gboolean outline;     // of what is selected
    double depth_cue;     // 0 to 1: how far the farthest things fade into the background
    double shadow;        // 0 to 1: how dark the shadows of atoms and bonds are, at rest
    double edges;         // width of dark lines where atoms end before others, of the height of the
                          // picture; 0: none
} LacAtomScene;

typedef struct {
    gboolean shown;
    double opacity;    // 0 to 1, of a surface seen straight on
    gboolean is_shell; // lies around all else: is picked where there is nothing else
    guint colors;      // what its colours tell, as whoever made the set counts
} LacMeshGroup;

typedef struct {
    LacMeshSet *set; // (nullable) borrowed
    LacMeshGroup groups[LAC_MESH_MAX_GROUPS];
    gboolean has_selected; // one surface stands out
    guint selected_group;
    guint32 selected_tag;
} LacMeshScene;

typedef struct {
    LacVolumeTexture *volume; // (nullable) borrowed
    LacRenderMode mode;
    LacTransfer transfer;
    gboolean lighting; // of the direct volume rendering; isosurfaces are always lit
    guint n_iso;
    LacIsoLevel iso[LAC_SCENE_MAX_ISO];
    LacClipPlane clip;
    double crop[3][2];       // part of the box kept along x, y, z, in 0 to 1
    gboolean show_volume;    // else only slices, box and axes
    gboolean show_slices[3]; // planes x, y, z through the crosshair
    double crosshair[3];     // [voxel] index of the crosshair
    gboolean show_box;
    gboolean show_axes;
    LacAtomScene atoms;
    LacMeshScene meshes;
    float background[4]; // sRGB, not premultiplied; alpha 0 is transparent
    LacCamera camera;
} LacScene;

LacScene lac_scene_default(void);
gboolean lac_clip_plane_is_equal(const LacClipPlane *a, const LacClipPlane *b);
const char *lac_render_mode_get_name(LacRenderMode mode);
gboolean lac_render_mode_from_name(const char *name, LacRenderMode *mode, GError **error);
