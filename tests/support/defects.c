// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/defects.h"

#include "core/analysis/rdf.h"

static double
find_cutoff(const LacPoints *points, const LacHull *hull)
{
    g_autoptr(GError) error = NULL;
    LacRdfParams params;
    lac_rdf_params_init(&params);
    LacRdfMask mask = { .origin = hull->grid.origin,
        .step = hull->grid.step,
        .nx = hull->grid.nx,
        .ny = hull->grid.ny,
        .nz = hull->grid.nz,
        .inside = hull->inside };
    g_autoptr(LacRdf) rdf = lac_rdf_new(points, NULL, &mask, &params, NULL, &error);
    g_assert_no_error(error);
    return rdf->shell.minimum;
}

/**
 * test_defects_new:
 * @points: atoms
 * @cutoff: [Å] of neighbours; 0: from g(r)
 * @by_hand: (nullable): labels
 *
 * Returns: (transfer full): what the analyses make of them with their defaults
 */
TestDefects *
test_defects_new(const LacPoints *points, double cutoff, const guint8 *by_hand)
{
    g_autoptr(GError) error = NULL;
    TestDefects *self = g_new0(TestDefects, 1);
    LacHullParams hull_params;
    lac_hull_params_init(&hull_params);
    self->hull = lac_hull_new(points, &hull_params, NULL, &error);
    g_assert_no_error(error);
    if (cutoff == 0)
        cutoff = find_cutoff(points, self->hull);
    self->neighbours = lac_neighbours_new(points, cutoff, NULL, &error);
    g_assert_no_error(error);
    LacOrderParams order_params;
    lac_order_params_init(&order_params);
    self->order = lac_order_new(points, self->neighbours, &order_params, NULL, &error);
    g_assert_no_error(error);
    LacTemplateParams template_params;
    lac_template_params_init(&template_params);
    g_autoptr(LacTemplates) templates = lac_templates_new(points, &template_params, NULL, &error);
    g_assert_no_error(error);
    LacGrainParams grain_params;
    lac_grain_params_init(&grain_params);
    g_autoptr(LacGrains) grains =
        lac_grains_new(templates, self->neighbours, &grain_params, NULL, &error);
    g_assert_no_error(error);
    LacLatticeParams lattice_params;
    lac_lattice_params_init(&lattice_params);
    self->lattices = lac_lattices_new(points, grains, &lattice_params, NULL, &error);
    g_assert_no_error(error);
    LacPhaseParams phase_params;
    lac_phase_params_init(&phase_params);
    self->phases = lac_phases_new(points, self->hull, self->lattices, self->neighbours, self->order,
        by_hand, &phase_params, NULL, &error);
    g_assert_no_error(error);
    return self;
}

/**
 * test_defects_free:
 * @self: (nullable) (transfer full): results
 */
void
test_defects_free(TestDefects *self)
{
    if (self == NULL)
        return;
    lac_hull_unref(self->hull);
    lac_neighbours_unref(self->neighbours);
    lac_order_unref(self->order);
    lac_lattices_unref(self->lattices);
    lac_phases_unref(self->phases);
    g_free(self);
}
