// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the session share: session.c (what is open), session-history.c, session-series.c,
// session-position.c (what is shown), session-work.c (jobs), session-atoms.c (selection, edits),
// session-align.c and session-prep.c (work on projections), session-trace.c and session-refine.c (on
// atoms), session-analysis.c, session-chosen.c and session-figures.c.
#pragma once

#include "ui/latest.h"
#include "ui/session.h"

enum {
    LAC_SESSION_SERIES_CHANGED,
    LAC_SESSION_VOLUME_CHANGED,
    LAC_SESSION_RECON_CHANGED,
    LAC_SESSION_CROSSHAIR_CHANGED,
    LAC_SESSION_PROJECTION_CHANGED,
    LAC_SESSION_JOB_CHANGED,
    LAC_SESSION_FILE_CHANGED,
    LAC_SESSION_OPENED,
    LAC_SESSION_SAVE_VIEWS,
    LAC_SESSION_ATOMS_CHANGED,
    LAC_SESSION_SELECTION_CHANGED,
    LAC_SESSION_CURRENT_ATOM_CHANGED,
    LAC_SESSION_MATCH_CHANGED,
    LAC_SESSION_ANALYSIS_CHANGED,
    LAC_SESSION_ANALYSIS_PROGRESSED,
    LAC_SESSION_PICKED_CHANGED,
    LAC_SESSION_CHOSEN_CHANGED,
    LAC_SESSION_FIGURES_CHANGED,
    LAC_SESSION_MESSAGE,
    LAC_SESSION_N_SIGNALS
};

// One point in the history. Immutable but for the session's newest one. A step that is one edit of
// the atoms has no project: the edit knows both sides of it.
typedef struct {
    LacProject *project;      // (nullable)
    LacEdit *edit;            // (nullable)
    LacSeries *recon_series;  // (nullable) what project->recon was made from
    LacVolume *atoms_volume;  // (nullable) what the atoms were traced from
    char *figures;            // (nullable) JSON: recipes, labels and film of the figures
    LacChosen *chosen;        // (nullable) the line and the regions to look at
    guint64 serial;           // equal serials are the same state
    LacAnalysisParams params; // of the analyses
    char *label;              // (nullable) in the history: the step away from this state
} LacSessionState;

struct _LacSession {
    GObject parent_instance;
    LacSessionState *state;
    GPtrArray *undo, *redo; // of LacSessionState, newest last
    guint64 last_serial, saved_serial;
    char *path;
    char *source; // (nullable) file that an opened volume came from
    JsonObject *views;
    guint projection;
    gsize crosshair[3];
    LacJob *job;
    gboolean reconstructing, saving;
    LacSeries *job_series; // (nullable) what the running reconstruction is made from
    LacRecon *live;        // (nullable) newest published by a running reconstruction
    guint want_source;     // timeout that asks for the next published result
    guint64 save_serial;   // state that the running save writes

    gboolean aligning;
    GPtrArray *alignments;     // (nullable) of LacAlignment: what the newest did
    guint64 alignments_serial; // of the state that it made
    guint64 burst_serial;      // of the state that the newest step of a burst made; 0: none
    gint64 burst_time;         // [us] when that was

    gboolean tracing, has_journal_problem, is_recovering;
    LacAtoms *live_atoms;  // (nullable) found so far by a running tracing
    LacVolume *job_volume; // (nullable) what it traces
    guint8 *selection;     // (nullable) per atom
    gsize n_selection, n_selected;
    gsize current_atom;                // G_MAXSIZE: none
    LacClassifyReport *classification; // (nullable) of the newest classification
    LacRefinement *refinement;         // (nullable) the newest
    LacMatch *match;                   // (nullable)
    LacScore *score;                   // (nullable) with match
    LacMatchParams match_params;
    gboolean has_match_params, is_match_stale;
    LacLatest *matcher;

    LacAnalysis *analysis;   // (nullable) the newest, also half done
    guint64 analysis_wanted; // bits of what is to be there
    LacJob *analyser;        // (nullable) at work
    guint analysis_source;   // timer before it starts; 0: none
    LacPicked picked;
};

void lac_session_emit(LacSession *self, guint signal);
void lac_session_offer_run(LacSession *self);
LacSessionState *lac_session_state_new(LacProject *project, guint64 serial);
void lac_session_state_free(gpointer data);
void lac_session_emit_differences(LacSession *self, const LacSessionState *old_state,
    const LacSessionState *new_state);
LacSessionState *lac_session_get_state(LacSession *self, guint i);
void lac_session_push_undo(LacSession *self, const char *label);
void lac_session_push_burst(LacSession *self, const char *label);
void lac_session_store_series(LacSession *self, LacSeries *series, const char *label);
void lac_session_replace_all(LacSession *self, LacProject *project, const char *path,
    const char *source);
void lac_session_center_crosshair(LacSession *self);
void lac_session_store_position(LacSession *self);
void lac_session_restore_position(LacSession *self);
void lac_session_fit_position(LacSession *self);

// Work that is the session's only one. @done gets the result, NULL if it failed or was cancelled.
typedef void (*LacSessionFinish)(LacSession *self, gpointer result);
void lac_session_start_job(LacSession *self, LacJob *job, LacSessionFinish done,
    GDestroyNotify free_result, const char *failure);
void lac_session_start_reading(LacSession *self, const char *path, LacJobFunc read,
    LacSessionFinish done, GDestroyNotify free_result);
void lac_session_want_result(LacSession *self, guint delay_ms);
gboolean lac_session_refuse_if_busy(LacSession *self);

// Atoms.
void lac_session_init_atoms(LacSession *self);
void lac_session_clear_atoms(LacSession *self);
void
lac_session_store_model(LacSession *self, LacAtoms *base, LacVolume *volume, const char *label);
gboolean lac_session_replace_model(LacSession *self, LacAtoms *from, LacAtoms *to,
    const char *label, const char *reason);
void lac_session_step_edit(LacSession *self, LacSessionState *step, gboolean forward);
void lac_session_atoms_changed(LacSession *self, const LacEdit *edit);
void lac_session_open_journal(LacSession *self);
void lac_session_move_journal_file(LacSession *self, LacJournal *from, LacJournal *to);
void lac_session_store_chosen(LacSession *self);
void lac_session_init_match(LacSession *self);
void lac_session_analysis_params_changed(LacSession *self);
void lac_session_load_figures(LacSession *self);
void lac_session_store_figures(LacSession *self);
void lac_session_clear_analysis(LacSession *self);
void lac_session_analysis_atoms_changed(LacSession *self, const LacEdit *edit);
void lac_session_request_match(LacSession *self, guint delay_ms);
