// SPDX-License-Identifier: GPL-3.0-or-later
// What a long computation and its watcher tell each other. Any thread; knows no main loop.
#pragma once

#include <glib.h>

typedef struct LacProgress LacProgress;

// Called by the computing thread, without a lock held, when there is something new to look at.
typedef void (*LacProgressNotify)(gpointer data);

LacProgress *lac_progress_new(void);
LacProgress *lac_progress_ref(LacProgress *self);
void lac_progress_unref(LacProgress *self);
void lac_progress_set_notify(LacProgress *self, LacProgressNotify notify, gpointer data);

// The computing side: @self may be NULL everywhere.
gboolean lac_progress_update(LacProgress *self, double fraction, GError **error);
void lac_progress_set_span(LacProgress *self, double from, double to);
void lac_progress_message(LacProgress *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean lac_progress_is_cancelled(LacProgress *self);
gboolean lac_progress_should_finish(LacProgress *self);
gboolean lac_progress_wants_result(LacProgress *self);
void lac_progress_publish(LacProgress *self, gpointer result, GDestroyNotify unref);

// The watching side.
void lac_progress_cancel(LacProgress *self);
void lac_progress_cancel_at(LacProgress *self, guint n_updates);
void lac_progress_finish(LacProgress *self);
void lac_progress_set_paused(LacProgress *self, gboolean paused);
gboolean lac_progress_is_paused(LacProgress *self);
double lac_progress_get_fraction(LacProgress *self);
double lac_progress_get_time_left_s(LacProgress *self);
char *lac_progress_dup_message(LacProgress *self);
void lac_progress_want_result(LacProgress *self);
gpointer lac_progress_take_result(LacProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacProgress, lac_progress_unref)
