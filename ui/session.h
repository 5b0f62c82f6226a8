// SPDX-License-Identifier: GPL-3.0-or-later
// What is open, shown and selected, and the work that runs. Main thread only; every view binds to it.
#pragma once

#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/job.h"
#include "core/project/project.h"
#include "core/recon/recon.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define LAC_TYPE_SESSION (lac_session_get_type())
G_DECLARE_FINAL_TYPE(LacSession, lac_session, LAC, SESSION, GObject)

// Signals: "series-changed", "volume-changed" (also for each iterate published by a run),
// "recon-changed" (curves, parameters, result), "crosshair-changed", "projection-changed" (which
// tilt is shown), "job-changed" (another job, or none), "file-changed" (path, title, modified or
// what undo does), "opened" (new data replaced all: frame it, and restore the views),
// "save-views" (write what you want to find again into lac_session_get_views()),
// "message" (char *text, char *action_label, char *action_name: a toast).
LacSession *lac_session_new(void);

// Data. Setters take a reference of their own; NULL clears. A change marks the session modified and
// can be undone; what the undo is called follows from what differs.
LacSeries *lac_session_get_series(LacSession *self);
void lac_session_set_series(LacSession *self, LacSeries *series);
LacVolume *lac_session_get_mask(LacSession *self);
void lac_session_set_mask(LacSession *self, LacVolume *mask);
LacAtoms *lac_session_get_truth(LacSession *self);
LacVolume *lac_session_get_volume(LacSession *self); // what is shown: the iterate while running
void lac_session_set_volume(LacSession *self, LacVolume *volume);
LacRecon *lac_session_get_recon(LacSession *self); // newest, published or finished
void lac_session_import(LacSession *self, LacSeries *series, LacVolume *mask, const char *source,
    const char *digests);
gboolean lac_session_is_empty(LacSession *self);
gboolean lac_session_is_volume_stale(LacSession *self); // its projections changed since
JsonObject *lac_session_get_views(LacSession *self);

// What is shown.
guint lac_session_get_projection(LacSession *self);
void lac_session_set_projection(LacSession *self, guint k);
void lac_session_get_crosshair(LacSession *self, gsize xyz[3]); // voxel indices
void lac_session_set_crosshair(LacSession *self, const gsize xyz[3]);

// Work. One job at a time; a second request while one is active fails with a message.
LacJob *lac_session_get_job(LacSession *self); // (nullable) the active one
gboolean lac_session_is_reconstructing(LacSession *self);
gboolean lac_session_is_saving(LacSession *self);
gboolean lac_session_run_job(LacSession *self, LacJob *job, const char *failure);
gboolean lac_session_reconstruct(LacSession *self, const LacReconParams *params, gboolean resume,
    gboolean use_mask);
void lac_session_revert_to_snapshot(LacSession *self, guint index);
void lac_session_open(LacSession *self, const char *path); // project or volume
void lac_session_open_example(LacSession *self);
gboolean lac_session_save(LacSession *self, const char *path); // NULL: where it came from
const char *lac_session_get_path(LacSession *self);            // (nullable) project file
char *lac_session_dup_title(LacSession *self);
gboolean lac_session_is_modified(LacSession *self);
void lac_session_undo(LacSession *self);
void lac_session_redo(LacSession *self);
gboolean lac_session_can_undo(LacSession *self);
gboolean lac_session_can_redo(LacSession *self);
const char *lac_session_get_undo_label(LacSession *self); // (nullable) "Exclude projection 4"
const char *lac_session_get_redo_label(LacSession *self);

G_END_DECLS
