// SPDX-License-Identifier: GPL-3.0-or-later
// A worker that only ever does the newest request: what previews and histograms run on.
#pragma once

#include "core/job.h"

typedef struct LacLatest LacLatest;

// On the main loop. Takes over @result; @error is set instead when the work failed.
typedef void (*LacLatestDone)(gpointer result, const GError *error, gpointer owner);

LacLatest *lac_latest_new(LacJobFunc func, GDestroyNotify free_data, GDestroyNotify free_result,
    LacLatestDone done, gpointer owner);
void lac_latest_free(LacLatest *self);
void lac_latest_request(LacLatest *self, gpointer data, guint delay_ms);
void lac_latest_drop(LacLatest *self);
gboolean lac_latest_is_busy(LacLatest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacLatest, lac_latest_free)
