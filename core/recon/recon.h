// SPDX-License-Identifier: GPL-3.0-or-later
// Reconstruction of a volume from a tilt series: RESIRE, SIRT and WBP through one call.
#pragma once

#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/progress.h"

typedef enum {
    LAC_RECON_RESIRE,
    LAC_RECON_SIRT,
    LAC_RECON_WBP,
} LacReconMethod;

typedef enum {
    LAC_RECON_DEFAULT,   // denoised or medium dose
    LAC_RECON_CLEAN,     // noise-free or very high dose
    LAC_RECON_LOW_DOSE,  // raw counts
    LAC_RECON_PUBLISHED, // as published: plain gradient, step 2, no blob
} LacReconPreset;

// Of the measured width of an atom: the blob must be narrower than what it builds, or the residual
// cannot fall.
#define LAC_RECON_BLOB_SHARE 0.85

typedef struct {
    LacReconMethod method;
    guint n_iterations;
    gboolean accelerated; // FISTA with restart; else plain gradient steps
    double step;          // of plain gradient in units of 1/(n nz); 0: from power iteration
    double blob_sigma;    // [voxel] width of the Gaussian basis; 0: plain voxels; < 0: that share
                          // of the measured width of an atom
    double weight_alpha;  // exponent of the ramp across the tilt axis; 0: none
    double weight_cap;    // largest gain of the filter that undoes the blob; 0: no weighting
    gboolean positivity;
    gsize nx, ny, nz;     // shape of the volume; 0: as the detector, nz = nx
    guint held_out_every; // keep every n-th projection back for R-free; 0: none
    double tolerance;     // stop when R1 falls by less than this share in 5 iterations; 0: never
    guint snapshot_every; // keep the iterate every n iterations; 0: none
} LacReconParams;

// Immutable. A finished reconstruction, or one published while it runs.
typedef struct {
    gatomicrefcount ref_count;
    LacVolume *volume;
    LacVolume *coefficients; // (nullable) of the blobs that make the volume; NULL without blob
    LacReconParams params;   // as used, with measured values filled in
    guint n_iterations;      // done, over all runs
    double *r1, *r2;         // per iteration, mean over projections
    double *r_free;          // (nullable) per iteration, R1 of the held-out projections
    gsize n_projections;
    double *projection_r1; // per projection of the series that was used (excluded ones: NaN)
    double *projection_r2;
    double seconds;                                  // of iterating
    GPtrArray *snapshots;                            // of LacReconSnapshot
    struct LacReconState *state;                     // (nullable) what more iterations start from
    void (*free_state)(struct LacReconState *state); // set with state
} LacRecon;

typedef struct {
    guint iteration;
    LacVolume *volume;
    double *projection_r1, *projection_r2; // (nullable) as those of the result, when it was taken
} LacReconSnapshot;

const char *lac_recon_preset_get_id(LacReconPreset preset);
gboolean lac_recon_preset_from_id(const char *id, LacReconPreset *preset, GError **error);
const char *lac_recon_method_get_id(LacReconMethod method);
gboolean lac_recon_method_from_id(const char *id, LacReconMethod *method, GError **error);
void lac_recon_params_init(LacReconParams *params, LacReconPreset preset);
guint64 lac_recon_estimate_memory(const LacSeries *series, const LacReconParams *params);

gboolean lac_recon_check_mask(const LacVolume *mask, const LacSeries *series,
    const LacReconParams *params, const char *file, GError **error);
LacRecon *
lac_recon_run(const LacSeries *series, const LacReconParams *params, const LacVolume *mask,
    const LacVolume *initial, const LacRecon *resume, LacProgress *progress, GError **error);
gboolean lac_recon_measure_atom_width(const LacSeries *series, LacProgress *progress, double *width,
    GError **error);
LacSeries *lac_recon_project(const LacVolume *volume, const LacSeries *geometry, GError **error);
LacRecon *lac_recon_new(gsize n_projections, guint n_iterations, gboolean with_r_free);
void lac_recon_add_snapshot(LacRecon *self, guint iteration, LacVolume *volume,
    const double *projection_r1, const double *projection_r2);
LacRecon *lac_recon_ref(LacRecon *self);
void lac_recon_unref(LacRecon *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacRecon, lac_recon_unref)
