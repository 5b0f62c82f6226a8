// SPDX-License-Identifier: GPL-3.0-or-later
// What the methods share: one run over packed arrays.
#pragma once

#include "core/recon/projector.h"
#include "core/recon/recon.h"

// Where more iterations start: packed arrays in the layout of a projector of the same geometry.
struct LacReconState {
    float *x, *before; // coefficients of the newest iterate and of the one before
    double t;          // FISTA's momentum parameter
    double momentum;   // of the extrapolation from x and before
    double lipschitz;
    gsize n_volume, n_pixels; // packed sizes
};

typedef struct {
    const LacReconParams *params; // with every value filled in
    const LacSeries *series;      // the included projections
    const LacSeries *full;        // all of them
    const char *title;            // what the user reads
    double fraction_share;        // of the progress bar
    LacProjector *projector;
    LacProgress *progress;
    gsize n_volume, n_pixels;              // packed sizes
    float *mask;                           // (nullable) packed, 0 or 1
    float *measured;                       // packed; 0 where not finite
    guint8 *valid;                         // (nullable) packed; 0 where not finite
    gboolean *held_out;                    // per included projection
    double *projection_r1, *projection_r2; // per included projection, newest
    GArray *r1, *r2, *r_free;              // per iteration
    GPtrArray *snapshots;                  // of LacReconSnapshot
    guint first_iteration;                 // done by earlier runs
    gint64 start_us;
    double earlier_seconds;
} LacReconRun;

void lac_recon_state_free(struct LacReconState *state);

// The methods. The new state's x holds the newest coefficients.
gboolean lac_resire_run(LacReconRun *run, const float *initial, const struct LacReconState *state,
    struct LacReconState **new_state, GError **error);
gboolean lac_sirt_run(LacReconRun *run, const float *initial, const struct LacReconState *state,
    struct LacReconState **new_state, GError **error);
gboolean lac_wbp_run(LacReconRun *run, struct LacReconState **new_state, GError **error);

gboolean lac_recon_params_check(const LacReconParams *p, GError **error);
LacReconParams lac_recon_params_resolve(const LacReconParams *params, const LacSeries *series);
LacProjectorParams lac_recon_params_get_projector(const LacReconParams *p, const LacSeries *series);
LacReconSnapshot *lac_recon_snapshot_new(guint iteration, LacVolume *volume,
    const double *projection_r1, const double *projection_r2, gsize n_projections);
void lac_recon_snapshot_free(gpointer data);
gboolean lac_recon_check_volume_shape(const LacVolume *volume, const LacReconParams *p,
    const char *what, GError **error);

gboolean lac_recon_run_open(LacReconRun *run, const LacVolume *mask, GError **error);
void lac_recon_run_clear(LacReconRun *run);
LacVolume *lac_recon_run_unpack(const LacReconRun *run, const float *x, GError **error);
LacVolume *lac_recon_run_make_volume(const LacReconRun *run, const float *x, GError **error);
LacRecon *lac_recon_run_make_result(const LacReconRun *run, LacVolume *volume);
void lac_recon_run_residual(const LacReconRun *run, const float *calculated, float *residual);
gboolean lac_recon_run_step(LacReconRun *run, guint iteration, const float *x,
    const float *calculated, gboolean *stop, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacReconRun, lac_recon_run_clear)
