// SPDX-License-Identifier: GPL-3.0-or-later
// The 3D view: a GtkGLArea with the camera under mouse and keys.
#pragma once

#include "core/data/atoms.h"
#include "core/data/volume.h"
#include "ui/figure-snapshot.h"
#include "ui/render/scene.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_VIEWPORT (lac_viewport_get_type())
G_DECLARE_FINAL_TYPE(LacViewport, lac_viewport, LAC, VIEWPORT, GtkWidget)

typedef enum {
    LAC_BACKGROUND_DARK,
    LAC_BACKGROUND_LIGHT,
    LAC_BACKGROUND_WHITE,
    LAC_N_BACKGROUNDS,
} LacBackground;

// What a click or a drag of the left button does.
typedef enum {
    LAC_VIEWPORT_NAVIGATE, // turns; a click picks
    LAC_VIEWPORT_BOX,      // selects the atoms in a rectangle
    LAC_VIEWPORT_LASSO,    // selects the atoms in an outline
    LAC_VIEWPORT_MEASURE, // clicks on two atoms: distance; three: angle at the second; four: dihedral
    LAC_VIEWPORT_LINE,    // a drag draws a line, from atom to atom or in the plane of the middle
} LacViewportMode;

// Things beside the atoms, each kind from its own source.
typedef enum {
    LAC_MARKERS_MISSED,     // known atoms that the model lacks
    LAC_MARKERS_CANDIDATES, // of the review
    LAC_MARKERS_RESULTS,    // of analyses
    LAC_N_MARKERS,
} LacMarkerKind;

// What a click met that is no atom.
typedef enum {
    LAC_THING_MARKER,
    LAC_THING_MESH,
} LacThingKind;

typedef struct {
    LacThingKind kind;
    guint group; // of a mesh
    guint32 tag;
    LacVec3 position; // [Å] where its surface was clicked
    gsize triangle;   // of a mesh
} LacThing;

// From an input event to the moment its frame was drawn.
typedef struct {
    guint64 n;
    double mean_ms, max_ms, p95_ms; // p95 over the last 1000
    guint64 n_frames;               // drawn in all
    double frame_ms;                // the last one
} LacViewportStats;

// Signals:
//   "pointed" (gboolean inside, guint x, guint y, guint z, double value): the voxel under the pointer
//   "crosshair-picked" (guint x, guint y, guint z): a double click on what is there
//   "camera-changed" ()
//   "scene-changed" (): a setting, or the automatic transfer function and level of a new volume
//   "atom-clicked" (guint64 index, guint modifiers): on an atom; %LAC_VIEWPORT_NO_ATOM: on nothing.
//       The modifiers are of GdkModifierType: Ctrl adds to the selection, Shift extends it
//   "thing-clicked" (LacThing *thing, guint modifiers): on a marker or a mesh with a tag. A click at
//       the same place again means what is behind
//   "atom-pointed" (guint64 index): the atom under the pointer; %LAC_VIEWPORT_NO_ATOM: none
//   "atoms-selected" (GArray *indices of gsize, guint modifiers): by a box or a lasso, with the
//       modifiers as for "atom-clicked"
//   "line-drawn" (LacVec3 *a, LacVec3 *b): [Å] by a drag
//   "mode-changed" (): see lac_viewport_get_selection_mode()
//   "status-changed" (): see lac_viewport_get_status()
#define LAC_VIEWPORT_NO_ATOM G_MAXUINT64
GtkWidget *lac_viewport_new(void);
gboolean lac_viewport_probe_software(void);

void lac_viewport_set_volume(LacViewport *self, LacVolume *volume);
LacVolumeTexture *lac_viewport_get_texture(LacViewport *self); // histogram, range; NULL until ready

// What is drawn. A NULL transfer function and a NaN level follow the volume.
const LacScene *lac_viewport_get_scene(LacViewport *self);
void lac_viewport_set_mode(LacViewport *self, LacRenderMode mode);
void lac_viewport_set_transfer(LacViewport *self, const LacTransfer *transfer);
void lac_viewport_set_iso_level(LacViewport *self, double level);
void lac_viewport_set_iso_color(LacViewport *self, const float rgba[4]);
void lac_viewport_set_lighting(LacViewport *self, gboolean lighting);
void lac_viewport_set_clip(LacViewport *self, const LacClipPlane *clip);
void lac_viewport_set_crop(LacViewport *self, const double crop[3][2]);
void lac_viewport_set_crosshair(LacViewport *self, const gsize xyz[3]);
void lac_viewport_set_show_volume(LacViewport *self, gboolean show);
void lac_viewport_set_show_slices(LacViewport *self, gboolean x, gboolean y, gboolean z);
void lac_viewport_set_show_box(LacViewport *self, gboolean show);
void lac_viewport_set_show_axes(LacViewport *self, gboolean show);
void lac_viewport_set_show_scale_bar(LacViewport *self, gboolean show);
void lac_viewport_set_background(LacViewport *self, LacBackground background);
void lac_viewport_set_perspective(LacViewport *self, gboolean perspective);

// Atoms. An atom's index is its index in what was set.
void lac_viewport_set_atoms(LacViewport *self, LacAtoms *atoms);
void lac_viewport_set_atom_look(LacViewport *self, const LacAtomLook *look);
const LacAtomLook *lac_viewport_get_atom_look(LacViewport *self);
void lac_viewport_set_atom_match(LacViewport *self, const guint8 *kinds, gsize n);
void lac_viewport_set_atom_values(LacViewport *self, const LacAtomValues *values);
const LacAtomValues *lac_viewport_get_atom_values(LacViewport *self);
void lac_viewport_add_overlay(LacViewport *self, GtkWidget *widget);
void
lac_viewport_set_markers(LacViewport *self, LacMarkerKind kind, const LacMarker *markers, gsize n);
void lac_viewport_set_meshes(LacViewport *self, LacMeshSet *set);
void lac_viewport_set_mesh_group(LacViewport *self, guint group, const LacMeshGroup *style);
void lac_viewport_set_selected_mesh(LacViewport *self, guint group, guint32 tag);
void lac_viewport_set_selection(LacViewport *self, const guint8 *selected, gsize n);
void lac_viewport_set_current_atom(LacViewport *self, gsize index);
void lac_viewport_set_show_atoms(LacViewport *self, gboolean show);
void lac_viewport_set_show_bonds(LacViewport *self, gboolean show);
void lac_viewport_set_show_polyhedra(LacViewport *self, gboolean show);
void lac_viewport_set_show_ghosts(LacViewport *self, gboolean show);
void lac_viewport_fly_to(LacViewport *self, LacVec3 position);
LacViewportMode lac_viewport_get_selection_mode(LacViewport *self);
char *lac_viewport_dup_measure(LacViewport *self);
void lac_viewport_set_line(LacViewport *self, const LacVec3 *ends);
void lac_viewport_hide_selection(LacViewport *self);
void lac_viewport_isolate_selection(LacViewport *self);
void lac_viewport_show_near_atoms(LacViewport *self, LacVec3 centre, double radius);
void lac_viewport_show_all_atoms(LacViewport *self);
gsize lac_viewport_count_hidden_atoms(LacViewport *self);
gboolean lac_viewport_locate_atom(LacViewport *self, gsize index, double *x, double *y);
gboolean lac_viewport_locate(LacViewport *self, LacVec3 position, double *x, double *y);

// As a figure.
void lac_viewport_get_figure_data(LacViewport *self, LacFigureData *data);
LacFigureSnapshot *lac_viewport_take_snapshot(LacViewport *self);
void lac_viewport_fill_figure(LacViewport *self, LacFigure *figure);
void lac_viewport_show_figure(LacViewport *self, const LacFigure *figure);
void lac_viewport_set_shadow(LacViewport *self, double shadow);
void lac_viewport_set_outline(LacViewport *self, double share, double aspect);
void lac_viewport_set_paper(LacViewport *self, const float *rgb);
void lac_viewport_set_bare(LacViewport *self, gboolean bare);

void lac_viewport_get_camera(LacViewport *self, LacCamera *camera);
void lac_viewport_set_camera(LacViewport *self, const LacCamera *camera);
void lac_viewport_set_axis(LacViewport *self, LacAxis axis, gboolean from_behind);
void lac_viewport_reset(LacViewport *self);

gboolean lac_viewport_is_settled(LacViewport *self); // the full picture is shown
void lac_viewport_get_stats(LacViewport *self, LacViewportStats *stats);
void lac_viewport_reset_stats(LacViewport *self);
void lac_viewport_set_show_stats(LacViewport *self, gboolean show);
const char *lac_viewport_get_status(LacViewport *self);  // (nullable) binning, failure
const char *lac_viewport_get_gl_info(LacViewport *self); // (nullable) version and device

G_END_DECLS
