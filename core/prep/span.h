// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a progress that one step of a preparation may move.
#pragma once

#include "core/progress.h"

#include <gio/gio.h>

// Where @from is @to, many steps run at once: the step looks for a cancellation and tells nothing.
typedef struct {
    LacProgress *progress; // (nullable)
    double from, to;
} LacPrepSpan;

/**
 * lac_prep_span_update:
 * @span: part of a progress
 * @part: share of the step that is done, 0 to 1
 * @error: return location for a #GError
 *
 * Returns: %TRUE to go on, or %FALSE with @error set when the work was cancelled
 */
static inline gboolean
lac_prep_span_update(LacPrepSpan span, double part, GError **error)
{
    if (span.from < span.to)
        return lac_progress_update(span.progress, span.from + part * (span.to - span.from), error);
    if (!lac_progress_is_cancelled(span.progress))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
    return FALSE;
}
