// SPDX-License-Identifier: GPL-3.0-or-later
// The .lacuna project file: everything of one session in one HDF5 file.
#pragma once

#include "core/data/atoms.h"
#include "core/data/journal.h"
#include "core/data/mask-strokes.h"
#include "core/data/report.h"
#include "core/data/series.h"
#include "core/data/truth.h"
#include "core/data/volume.h"
#include "core/progress.h"
#include "core/recon/recon.h"

// One step of work, in the order it was done.
typedef struct {
    char *name;       // "import", "simulate", "reconstruct", ...
    char *parameters; // "key=value" lines
    char *inputs;     // digests of what it was made from
    char *version;    // of the program
    char *time;       // ISO 8601, UTC
} LacProvenance;

// What a project holds; every part but provenance may be NULL. Owns a reference of each.
typedef struct {
    LacSeries *series;
    LacSeries *raw_series;   // as measured, when series was denoised; of the same shape
    LacMaskStrokes *strokes; // by hand, over the masks of the projections
    LacVolume *mask;
    LacRecon *recon;     // its volume, curves and snapshots; without the state of a running solver
    LacVolume *volume;   // an opened volume that no reconstruction made
    LacJournal *journal; // the traced atoms with every edit; its own, not shared
    LacTruth *truth;     // what is known: of a simulated particle, or positions of a file
    char *settings;      // (nullable) how atoms are analysed, where not as usual: "key=value" lines
    LacReport *analyses; // what was computed of the atoms, with digests; never computed anew here
    GPtrArray *provenance; // of LacProvenance
    char *views;           // (nullable) JSON: camera, transfer function, crosshair
} LacProject;

LacProject *lac_project_new(void);
void lac_project_free(LacProject *self);
LacProject *lac_project_copy(const LacProject *self);
LacSeries *lac_project_dup_measured(const LacProject *self);
void lac_project_take_refined(LacProject *self, const LacSeries *refined);
void lac_project_set_denoised(LacProject *self, LacSeries *measured, LacSeries *denoised);
char *lac_project_dup_digests(const LacProject *self);
void lac_project_add_provenance(LacProject *self, const char *name, const char *parameters,
    const char *inputs);
gboolean
lac_project_save(const LacProject *self, const char *path, LacProgress *progress, GError **error);
LacProject *lac_project_load(const char *path, LacProgress *progress, GError **error);
gboolean lac_project_is_project(const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacProject, lac_project_free)
