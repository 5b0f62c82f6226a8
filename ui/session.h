// SPDX-License-Identifier: GPL-3.0-or-later
// What is open, shown and selected, and the work that runs. Main thread only; every view binds to it.
#pragma once

#include "core/analysis/analysis.h"
#include "core/analysis/chosen.h"
#include "core/data/atoms.h"
#include "core/data/edit.h"
#include "core/data/journal.h"
#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/job.h"
#include "core/prep/align.h"
#include "core/prep/denoise.h"
#include "core/project/project.h"
#include "core/recipe/again.h"
#include "core/recipe/simulate.h"
#include "core/recon/recon.h"
#include "core/trace/classify.h"
#include "core/trace/match.h"
#include "core/trace/peaks.h"
#include "core/trace/refine.h"
#include "core/trace/score.h"

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
// "atoms-changed" (another model, an edit, or peaks found by a tracing), "selection-changed",
// "current-atom-changed" (fly to it), "match-changed" (another comparison, or it became stale),
// "analysis-changed" (results, or how far they are), "analysis-progressed" (of the one that runs),
// "picked-changed" (another thing that is no atom), "chosen-changed" (the line, or a region),
// "figures-changed" (recipes, labels or film of the figures),
// "message" (char *text, char *action_label, char *action_name: a toast).
LacSession *lac_session_new(void);
void lac_session_say(LacSession *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
void lac_session_offer(LacSession *self, const char *text, const char *label, const char *action);

// Data. Setters take a reference of their own; NULL clears. A change marks the session modified and
// can be undone; what the undo is called follows from what differs.
LacSeries *lac_session_get_series(LacSession *self);
void lac_session_set_series(LacSession *self, LacSeries *series);
void lac_session_nudge_series(LacSession *self, LacSeries *series); // a burst is one step
LacSeries *lac_session_get_measured(LacSession *self); // (nullable) before it was denoised
void lac_session_restore_measured(LacSession *self);
LacVolume *lac_session_get_mask(LacSession *self);
LacTruth *lac_session_get_truth(LacSession *self);
LacAtoms *lac_session_get_known_atoms(LacSession *self); // (nullable) of the truth
LacVolume *lac_session_get_volume(LacSession *self);     // what is shown: the iterate while running
void lac_session_set_volume(LacSession *self, LacVolume *volume);
LacRecon *lac_session_get_recon(LacSession *self); // newest, published or finished
void lac_session_import(LacSession *self, LacSeries *series, LacVolume *mask, const char *source,
    const char *digests);
gboolean lac_session_is_empty(LacSession *self);
gboolean lac_session_is_volume_stale(LacSession *self); // its projections changed since
JsonObject *lac_session_get_views(LacSession *self);

// Recipes, labels and film of the figures. A change can be undone and is saved with the project.
JsonObject *lac_session_dup_figures(LacSession *self);
void lac_session_set_figures(LacSession *self, JsonObject *figures, const char *label);

// Atoms. What a tracing found so far while it runs. Indices are those of all peaks, also of the
// records that are no part of the model.
LacAtoms *lac_session_get_atoms(LacSession *self);
LacJournal *lac_session_get_journal(LacSession *self); // (nullable) base model and edits
void lac_session_set_model(LacSession *self, LacAtoms *base, const char *what);
void lac_session_open_model(LacSession *self, const char *path);
gboolean lac_session_edit(LacSession *self, LacEdit *edit); // takes @edit; applies, journals, says
void lac_session_offer_recovery(LacSession *self);          // of what was never saved
gboolean lac_session_recover(LacSession *self);
gboolean lac_session_are_atoms_stale(LacSession *self); // the volume changed since
char *lac_session_dup_species(LacSession *self, gsize index);
const guint8 *lac_session_get_selection(LacSession *self); // (nullable) 1 per selected atom
gsize lac_session_count_selected(LacSession *self);
gsize *lac_session_dup_selected(LacSession *self, gsize *n);
void lac_session_set_selection(LacSession *self, const gsize *indices, gsize n);
gsize lac_session_get_current_atom(LacSession *self); // G_MAXSIZE: none
void lac_session_set_current_atom(LacSession *self, gsize index);

// Work on projections.
gboolean lac_session_is_aligning(LacSession *self);
gboolean lac_session_align(LacSession *self, const LacAlignMethod *methods, guint n,
    const LacAlignParams *params);
GPtrArray *lac_session_get_alignments(LacSession *self);   // (nullable) of LacAlignment, the newest
gboolean lac_session_is_alignment_stale(LacSession *self); // the pixels changed since

// Work on atoms.
gboolean lac_session_is_tracing(LacSession *self);
gboolean lac_session_trace(LacSession *self, const LacTraceParams *params, gboolean use_mask);
gboolean lac_session_classify(LacSession *self, const LacClassifyParams *params);
const LacClassifyReport *lac_session_get_classification(LacSession *self); // (nullable)
gboolean lac_session_refine(LacSession *self, const LacRefineParams *params);
gboolean lac_session_again(LacSession *self, const LacAgainParams *params);
const LacRefinement *lac_session_get_refinement(LacSession *self);        // (nullable)
void lac_session_open_truth(LacSession *self, const char *path);          // then compares
void lac_session_compare(LacSession *self, const LacMatchParams *params); // NULL: no more
const LacMatch *lac_session_get_match(LacSession *self);                  // (nullable)
const LacScore *lac_session_get_score(LacSession *self); // (nullable) of the same comparison
gboolean lac_session_is_match_stale(LacSession *self);

// Analyses of the atoms. They run beside other work; what is there follows each change.
typedef enum {
    LAC_ANALYSIS_STATE_NOT_RUN,
    LAC_ANALYSIS_STATE_RUNNING,
    LAC_ANALYSIS_STATE_DONE,
    LAC_ANALYSIS_STATE_UNDEFINED, // these atoms do not have it; the analysis says why
    LAC_ANALYSIS_STATE_STALE,     // older than the atoms
} LacAnalysisState;

// What one looks at that is no atom.
typedef enum {
    LAC_PICKED_NONE,
    LAC_PICKED_PORE,
    LAC_PICKED_VACANCY,
    LAC_PICKED_INTERFACE, // a place of it
    LAC_PICKED_SURFACE,   // a place of it
} LacPickedKind;

typedef struct {
    LacPickedKind kind;
    gsize index;      // of the pore or vacancy
    LacVec3 position; // [Å]
} LacPicked;

gboolean lac_session_analyse(LacSession *self, guint64 wanted);
void lac_session_cancel_analysis(LacSession *self);
LacAnalysis *lac_session_get_analysis(LacSession *self); // (nullable)
LacJob *lac_session_get_analyser(LacSession *self);      // (nullable) while it runs
const LacAnalysisParams *lac_session_get_analysis_params(LacSession *self);
void lac_session_set_analysis_params(LacSession *self, const LacAnalysisParams *params);
gboolean lac_session_is_analysis_stale(LacSession *self);
LacAnalysisState lac_session_get_analysis_state(LacSession *self, LacAnalysisNode node);
const LacPicked *lac_session_get_picked(LacSession *self);
void lac_session_set_picked(LacSession *self, const LacPicked *picked);

// What is chosen to be looked at with the analyses. Each change can be undone.
void lac_session_set_line(LacSession *self, const LacLineParams *line);
void lac_session_draw_line(LacSession *self, LacVec3 a, LacVec3 b);
const LacLineParams *lac_session_get_line(LacSession *self); // (nullable)
void lac_session_set_region(LacSession *self, LacRegionName which, const gsize *indices, gsize n);
gsize lac_session_count_region(LacSession *self, LacRegionName which);
LacChosen *lac_session_get_chosen(LacSession *self); // (nullable)

// The history: steps in the order in which they were done, the first lac_session_get_step() of
// them are in effect.
guint lac_session_get_n_steps(LacSession *self);
guint lac_session_get_step(LacSession *self);
const char *lac_session_get_step_label(LacSession *self, guint i);
const LacEdit *lac_session_get_step_edit(LacSession *self, guint i); // (nullable) an edit by hand
void lac_session_set_step_reason(LacSession *self, guint i, const char *reason);
void lac_session_go_to_step(LacSession *self, guint step);

// What is shown.
guint lac_session_get_projection(LacSession *self);
void lac_session_set_projection(LacSession *self, guint k);
void lac_session_get_crosshair(LacSession *self, gsize xyz[3]); // voxel indices
void lac_session_set_crosshair(LacSession *self, const gsize xyz[3]);
void lac_session_go_to_position(LacSession *self, LacVec3 position); // the crosshair

// Work. One job at a time; a second request while one is active fails with a message.
LacJob *lac_session_get_job(LacSession *self); // (nullable) the active one
gboolean lac_session_is_reconstructing(LacSession *self);
gboolean lac_session_is_saving(LacSession *self);
gboolean lac_session_run_job(LacSession *self, LacJob *job, const char *failure);
gboolean lac_session_reconstruct(LacSession *self, const LacReconParams *params, gboolean resume,
    gboolean use_mask);
gboolean lac_session_denoise(LacSession *self, const LacDenoiseParams *params);
LacMaskStrokes *lac_session_get_strokes(LacSession *self);
void lac_session_add_stroke(LacSession *self, gboolean inside, double radius, const double *places,
    gsize n);
void lac_session_remove_strokes(LacSession *self);
void lac_session_revert_to_snapshot(LacSession *self, guint index);
void lac_session_open(LacSession *self, const char *path); // project or volume
void lac_session_open_example(LacSession *self);
void lac_session_simulate(LacSession *self, const LacSimulateParams *params);
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
