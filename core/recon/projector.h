// SPDX-License-Identifier: GPL-3.0-or-later
// Forward and back projection as an exact adjoint pair. The same interface serves any backend.
#pragma once

#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/progress.h"

// What is projected onto what. Lengths in voxels; a pixel is as wide as a voxel.
typedef struct {
    gsize nx, ny, nz;        // volume
    gsize nu, nv, n;         // detector and number of projections
    const LacAngles *angles; // n
    const LacShift *shifts;  // (nullable) n: of the object in the projections [pixel]
    double blob_sigma;   // [voxel] the volume is this Gaussian times the coefficients; 0: voxels
    double weight_alpha; // of the data-space weight, see lac_projector_gradient()
    double weight_cap;   // 0: no weight
    double ramp_floor;   // [cycles/pixel] where the ramp levels off; 0: 1/nu
} LacProjectorParams;

// A projector works on volumes and projections in its own layout: lac_projector_pack_*() and
// lac_projector_unpack_*() convert. Elementwise arithmetic is valid on packed arrays; padding is
// zero and stays zero. Projections pack to (n, nu, nv).
typedef struct LacProjector LacProjector;

LacProjector *lac_projector_new(const LacProjectorParams *params, GError **error);
void lac_projector_free(LacProjector *self);
gsize lac_projector_get_volume_size(const LacProjector *self);
gsize lac_projector_get_projections_size(const LacProjector *self);
guint64 lac_projector_estimate_memory(const LacProjectorParams *params);

void lac_projector_pack_volume(const LacProjector *self, const float *volume, float *packed);
void lac_projector_unpack_volume(const LacProjector *self, const float *packed, float *volume);
void lac_projector_pack_projections(const LacProjector *self, const float *data, float *packed);
void lac_projector_unpack_projections(const LacProjector *self, const float *packed, float *data);

void lac_projector_set_progress(LacProjector *self, LacProgress *progress);
void lac_projector_forward(LacProjector *self, const float *volume, float *projections);
void lac_projector_adjoint(LacProjector *self, const float *projections, float *volume);
void lac_projector_gradient(LacProjector *self, const float *residual, float *volume);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacProjector, lac_projector_free)
