// SPDX-License-Identifier: GPL-3.0-or-later
// Alignment of a tilt series: where the object lies in each projection, and how it is turned there.
// Only shifts and angles change; pixels are shared.
#pragma once

#include "core/data/series.h"
#include "core/progress.h"
#include "core/setting.h"
#include "core/vec.h"

typedef enum {
    LAC_ALIGN_NEIGHBOURS,
    LAC_ALIGN_COMMON_LINE,
    LAC_ALIGN_CENTRE_OF_MASS,
    LAC_ALIGN_AXIS,
    LAC_ALIGN_REPROJECTION,
    LAC_ALIGN_ANGLES,
    LAC_ALIGN_N_METHODS,
} LacAlignMethod;

#define LAC_ALIGN_MAX_STEPS 16 // in one go

// A method as people meet it.
typedef struct {
    const char *id;          // on the command line
    const char *title;       // in the window
    const char *description; // one sentence
} LacAlignInfo;

typedef struct {
    gboolean along, across;   // the tilt axis: which part of a shift may change
    double max_shift;         // [pixel] that neighbours and reprojection look for
    guint iterations;         // of reprojection and angles on each scale
    guint recon_iterations;   // of the reconstruction in each of them
    guint finest_bin;         // pixels along an edge that become one on the finest scale; 0: as
                              // many as do not exceed an atom
    gboolean phi, theta, psi; // which rotations of a projection angles may change: about the beam,
                              // about the tilt axis and about the third axis
    double max_angle;         // [deg] by which a projection may turn about any of them
    double max_offset;        // [pixel] within which the tilt axis is looked for
    double max_rotation;      // [deg] likewise, about the beam
} LacAlignParams;

// What one method did. Immutable.
typedef struct {
    gatomicrefcount ref_count;
    LacAlignMethod method;
    LacSeries *before, *after;
    double *misfit_before, *misfit_after; // n, NaN where there is none: see lac_align_run()
    guint n_iterations;
    double axis_offset, axis_rotation; // [pixel], [deg] of LAC_ALIGN_AXIS
} LacAlignment;

// What is left between two alignments of one series when the position and the orientation of the
// object as a whole, which no projection can tell, are taken out.
typedef struct {
    gsize n;                            // projections that count
    double rms_across, rms_along;       // [pixel]
    double rms_phi, rms_theta, rms_psi; // [deg] about the beam, the tilt axis and the third axis
    double max_shift;                   // [pixel]
    double max_angle;                   // [deg] about any of the three
    LacVec3 translation;                // [pixel] of the object
    double rotation;                    // [deg] of the object
    LacShift *shifts;                   // per projection [pixel]
    LacVec3 *rotations; // per projection [deg] about the third axis, the tilt axis and the beam
} LacAlignDifference;

const LacAlignInfo *lac_align_get_info(LacAlignMethod method);
gboolean lac_align_method_from_id(const char *id, LacAlignMethod *method, GError **error);
void lac_align_params_init(LacAlignParams *params);
LacSettings lac_align_settings(void);
gboolean
lac_align_methods_parse(const char *text, LacAlignMethod *methods, guint *n, GError **error);
LacAlignment *lac_align_run(const LacSeries *series, LacAlignMethod method,
    const LacAlignParams *params, LacProgress *progress, GError **error);
GPtrArray *lac_align_run_all(const LacSeries *series, const LacAlignMethod *methods, guint n,
    const LacAlignParams *params, LacProgress *progress, GError **error);
LacAlignment *lac_alignment_ref(LacAlignment *self);
void lac_alignment_unref(LacAlignment *self);

LacAlignDifference *
lac_align_compare(const LacSeries *series, const LacSeries *reference, GError **error);
void lac_align_difference_free(LacAlignDifference *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAlignment, lac_alignment_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAlignDifference, lac_align_difference_free)
