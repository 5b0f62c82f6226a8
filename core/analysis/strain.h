// SPDX-License-Identifier: GPL-3.0-or-later
// Strain of crystals: of each atom's own neighbourhood, and of the smoothed displacement field.
#pragma once

#include "core/analysis/grid.h"
#include "core/analysis/lattice.h"

// Components in the order of Voigt.
typedef enum {
    LAC_STRAIN_XX,
    LAC_STRAIN_YY,
    LAC_STRAIN_ZZ,
    LAC_STRAIN_YZ,
    LAC_STRAIN_XZ,
    LAC_STRAIN_XY,
    LAC_N_STRAINS,
} LacStrainComponent;

typedef struct {
    double a_reference; // [Å] edge of the fcc cell of the unstrained density; 0: each grain's own
    gboolean sample_frame; // components along the axes of the sample, not of the crystal
    double sigma;          // [Å] of the Gaussian that displacements are smoothed with
    double step;           // [Å] of the field
    double least_density;  // [mean] the field is undefined where atoms are sparser, at surfaces
} LacStrainParams;

// Strain tensor and rotation of each point; NaN where undefined.
typedef struct {
    double (*strain)[LAC_N_STRAINS];
    double *volumetric; // trace
    double *shear; // von Mises: sqrt(((xx-yy)^2 + (yy-zz)^2 + (zz-xx)^2) / 6 + yz^2 + xz^2 + xy^2)
    double *rotation; // [deg] against the grain
    LacVec3 *axis;    // [deg] the same as a vector in the sample
} LacStrainMap;

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    LacStrainMap local; // Green and Lagrange, of the twelve (or 14, 6) neighbours
    LacStrainMap field; // small strain, of the displacements from the fitted lattice
    double *a;          // [Å] local lattice constant
} LacStrain;

// The displacement field of one lattice and its derivatives on a grid; NaN where undefined.
typedef struct {
    LacGrid grid;
    float *strain[LAC_N_STRAINS]; // along the axes of the sample
    float *rotation[3];           // [rad] about x, y, z of the sample
} LacStrainField;

void lac_strain_params_init(LacStrainParams *params);
LacStrain *
lac_strain_new(const LacPoints *points, const LacTemplates *templates, const LacLattices *lattices,
    const LacStrainParams *params, LacProgress *progress, GError **error);
LacStrain *lac_strain_ref(LacStrain *self);
void lac_strain_unref(LacStrain *self);
LacStrainField *lac_strain_field_new(const LacPoints *points, const LacLattice *lattice,
    const LacStrainParams *params, LacProgress *progress, GError **error);
void lac_strain_field_free(LacStrainField *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacStrain, lac_strain_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacStrainField, lac_strain_field_free)
