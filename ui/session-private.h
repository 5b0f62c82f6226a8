// SPDX-License-Identifier: GPL-3.0-or-later
// What session.c (state and undo) and session-work.c (jobs) share.
#pragma once

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
    LAC_SESSION_MESSAGE,
    LAC_SESSION_N_SIGNALS
};

// One point in the history. Immutable but for the session's newest one.
typedef struct {
    LacProject *project;
    LacSeries *recon_series; // (nullable) what project->recon was made from
    guint64 serial;          // equal serials are the same state
    char *label;             // (nullable) in the history: the step away from this state
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
    guint want_source;     // timeout that asks for the next published iterate
    guint64 save_serial;   // state that the running save writes
};

void lac_session_emit(LacSession *self, guint signal);
void lac_session_say(LacSession *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
void lac_session_offer_run(LacSession *self);
void lac_session_push_undo(LacSession *self, const char *label);
void lac_session_replace_all(LacSession *self, LacProject *project, const char *path,
    const char *source);
void lac_session_center_crosshair(LacSession *self);
void lac_session_store_position(LacSession *self);
void lac_session_update_job(LacSession *self, LacJob *job);
