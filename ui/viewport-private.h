// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of LacViewport, shared by the files that make it.
#pragma once

#include "ui/frame-stats.h"
#include "ui/latest.h"
#include "ui/render/renderer.h"
#include "ui/viewport.h"

typedef enum {
    LAC_DRAG_NONE,
    LAC_DRAG_ROTATE,
    LAC_DRAG_PAN,
    LAC_DRAG_ROLL,
    LAC_DRAG_SELECT, // a box or a lasso
} LacDrag;

struct _LacViewport {
    GtkWidget parent_instance;
    GtkOverlay *overlay;
    GtkGLArea *area;
    GtkDrawingArea *scale_bar;
    GtkLabel *message; // failure, in the middle
    GtkLabel *note;    // what the user should know, at the top
    GtkLabel *stats_label;

    // Volumes on their way: newest -> worker -> scene.volume -> graphics memory.
    LacVolume *newest; // (nullable) the last one that was set
    LacLatest *worker;
    gboolean was_smoothed; // asked for once: what is too large stays as it is
    guint smooth_timer;    // before the shown volume is made smooth; 0: none
    gboolean is_fit_due;   // the camera has not seen this box yet
    gboolean is_auto_transfer, is_auto_level;

    // Atoms, and what is known of each: scene.atoms.set is made from them before a frame.
    LacAtoms *atoms; // (nullable)
    LacAtomLook look;
    guint8 *match; // (nullable) LacMatchKind
    gsize n_match;
    guint8 *marks; // LacAtomMark, of atoms->n
    LacMarker *markers[LAC_N_MARKERS];
    gsize n_markers[LAC_N_MARKERS];
    LacAtomValues values; // its arrays are the view's own
    double *values_data;
    char *values_name;
    char **values_words;     // (nullable)
    double click_x, click_y; // [widget unit] the last click on a thing or an atom
    guint click_turn;        // how many clicks were there before
    gsize current;           // G_MAXSIZE: none
    gboolean is_set_stale;
    LacLatest *atom_worker; // finds bonds and occlusion
    gint8 *visibility;      // (nullable) of n_visibility atoms
    gsize n_visibility;
    LacBonds *bonds; // (nullable)
    GArray *hulls;   // (nullable) of LacHullFace
    LacViewportMode mode;
    GArray *outline;  // of double: x and y of the corners of a box or lasso [widget unit]
    GArray *measured; // of gsize: atoms, up to four
    LacVec3 line[2];  // [Å] ends, when has_line
    gboolean has_line;
    GtkDrawingArea *drawing; // outline and measures
    guint fly_tick;          // 0: none
    gint64 fly_start;        // [us]
    LacVec3 fly_from, fly_to;
    guint64 pointed_atom; // the last "atom-pointed"

    LacScene scene;
    gboolean is_bare;         // without axes and scale bar of its own
    gboolean has_paper;       // the background is that of a figure
    float kept_background[4]; // the view's own meanwhile
    LacRenderer *renderer;    // (nullable) from realize to unrealize
    LacRenderProgress progress;
    double move_resolution, move_atom_resolution; // follow the time of frames
    gsize n_left_out;                             // bonds that quick pictures do not show
    gboolean is_moving;                           // quick pictures until the settle timer runs out
    gboolean is_settled;
    guint settle_timer, again_idle; // 0: none
    gboolean has_failed;            // there is no OpenGL to draw with
    char *status, *gl_info;         // (nullable)

    LacFrameStats stats;
    GdkFrameClock *clock; // (nullable) while realized
    gulong after_paint;

    // The pointer and what it drags.
    double pointer_x, pointer_y; // [widget unit]
    LacDrag drag;
    gboolean has_dragged; // beyond the threshold
    double drag_x, drag_y, last_x, last_y;
    LacCamera drag_camera; // before the drag, for Escape
};

void lac_viewport_add_controllers(LacViewport *self);
double lac_viewport_get_aspect(LacViewport *self);
void lac_viewport_begin_moving(LacViewport *self);
void lac_viewport_begin_refining(LacViewport *self);
void lac_viewport_make_area(LacViewport *self);
void lac_viewport_watch_clock(LacViewport *self, GdkFrameClock *clock);
void lac_viewport_init_volume(LacViewport *self);
void lac_viewport_prepare_newest(LacViewport *self);
void lac_viewport_set_status(LacViewport *self, const char *status);
void lac_viewport_scene_changed(LacViewport *self);
void lac_viewport_set_flag(LacViewport *self, gboolean *flag, gboolean value);
void lac_viewport_moved(LacViewport *self, GtkEventController *controller);
void lac_viewport_pick(LacViewport *self, double x, double y, gsize xyz[3], double *value,
    gboolean *found);
void lac_viewport_init_atoms(LacViewport *self);
void lac_viewport_atoms_look_changed(LacViewport *self);
gboolean lac_viewport_atom_key(LacViewport *self, guint key, GdkModifierType state);
gboolean lac_viewport_mode_press(LacViewport *self, double x, double y);
void lac_viewport_mode_drag(LacViewport *self, double x, double y);
void lac_viewport_mode_release(LacViewport *self, GdkModifierType state);
gboolean lac_viewport_mode_click(LacViewport *self, gsize index);
void lac_viewport_emit_atoms_selected(LacViewport *self, GArray *indices, GdkModifierType state);
void lac_viewport_emit_line_drawn(LacViewport *self, const LacVec3 ends[2]);
void lac_viewport_emit_mode_changed(LacViewport *self);
void
lac_viewport_draw_mode(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data);
void lac_viewport_clear_atoms(LacViewport *self);
void lac_viewport_update_atoms(LacViewport *self);
LacMarker *lac_viewport_dup_markers(LacViewport *self, gsize *n);
void lac_viewport_clear_results(LacViewport *self);
gboolean lac_viewport_click_thing(LacViewport *self, double x, double y, GdkModifierType state);
void
lac_viewport_emit_thing_clicked(LacViewport *self, const LacThing *thing, GdkModifierType state);
gboolean lac_viewport_pick_atom(LacViewport *self, double x, double y, gsize *index);
void lac_viewport_emit_atom_clicked(LacViewport *self, guint64 index, GdkModifierType state);
void lac_viewport_emit_atom_pointed(LacViewport *self);
void lac_viewport_emit_pointed(LacViewport *self);
void lac_viewport_emit_crosshair_picked(LacViewport *self, const gsize xyz[3]);
void lac_viewport_emit_camera_changed(LacViewport *self);
void lac_viewport_emit_scene_changed(LacViewport *self);
