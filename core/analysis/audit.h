// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms against the volume that they were traced in: which are false, which are missing.
#pragma once

#include "core/analysis/points.h"
#include "core/data/edit.h"
#include "core/data/volume.h"
#include "core/progress.h"

typedef struct {
    double radius;     // [Å] of the ball that the volume is averaged in
    double low;        // an atom is suspicious below this part of the median over all atoms
    double high;       // a maximum is an untraced atom above this part of the median
    double blur;       // [Å] sigma of the Gaussian before maxima are looked for
    double separation; // [Å] of an untraced atom from every kept atom
    double merge;      // [Å] maxima nearer than this are one
} LacAuditParams;

// A maximum of the volume where no atom is.
typedef struct {
    LacVec3 position; // [Å]
    double level;     // mean of the volume in the ball, in units of the median
} LacAuditPeak;

// Immutable once published.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;          // atoms
    double *level;    // of each atom: mean of the volume in the ball, in units of the median
    guint8 *is_false; // of each atom
    gsize n_false;
    double median;        // [units of the volume]
    double lowest_kept;   // level of the weakest atom that is not suspicious
    double highest_false; // level of the strongest suspicious one; NaN when there is none
    gsize n_missing;
    LacAuditPeak *missing; // strongest first
} LacAudit;

void lac_audit_params_init(LacAuditParams *self);
LacAudit *lac_audit_new(const LacPoints *points, const LacVolume *volume,
    const LacAuditParams *params, LacProgress *progress, GError **error);
LacAudit *lac_audit_ref(LacAudit *self);
void lac_audit_unref(LacAudit *self);
LacEdit *lac_audit_make_edit(const LacAudit *self, const LacPoints *points, const guint8 *remove,
    const guint8 *add, const char *species, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAudit, lac_audit_unref)
