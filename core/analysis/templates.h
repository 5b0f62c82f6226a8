// SPDX-License-Identifier: GPL-3.0-or-later
// Local structure, orientation and spacing of each atom, by the ideal neighbourhood that fits best.
#pragma once

#include "core/analysis/points.h"
#include "core/analysis/structure.h"
#include "core/progress.h"

typedef struct {
    guint structures; // bits 1 << LacStructure that are tried
    double rmsd_max;  // of a match, in units of the spacing
    double closure; // the last neighbour of 12 is nearer than this times the mean of the first six
    double closure_bcc; // the last of 14
    double gap_sc;      // the seventh is farther than this times the mean of the first six
    double good_enough; // no other structure is tried below this
} LacTemplateParams;

// Immutable. Arrays of n points.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    guint8 *type;         // LacStructure; other: none fits
    double *rmsd;         // of the best, whether it fits or not; NaN: none could be tried
    double *spacing;      // [Å] of nearest neighbours; NaN: none fits
    LacMat3 *orientation; // from the axes of the shape to the sample; the identity: none fits
    LacMat3 *gradient; // [Å] takes the shape to the neighbours, by least squares; NaN: none fits
    gsize counts[LAC_N_STRUCTURES];
} LacTemplates;

void lac_template_params_init(LacTemplateParams *params);
LacTemplates *lac_templates_new(const LacPoints *points, const LacTemplateParams *params,
    LacProgress *progress, GError **error);
LacTemplates *lac_templates_ref(LacTemplates *self);
void lac_templates_unref(LacTemplates *self);
double lac_templates_get_lattice_constant(const LacTemplates *self, gsize i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacTemplates, lac_templates_unref)
