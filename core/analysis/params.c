// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/params.h"

// [Å] of g(r) of all atoms: the first minimum of a glass is shallow, and that of a crystal does not
// move by it.
#define RDF_SMOOTHING 0.10

/**
 * lac_analysis_params_init:
 * @self: (out caller-allocates): parameters
 *
 * Sets the defaults of all analyses.
 */
void
lac_analysis_params_init(LacAnalysisParams *self)
{
    *self = (LacAnalysisParams){ 0 };
    lac_audit_params_init(&self->audit);
    lac_hull_params_init(&self->hull);
    lac_rdf_params_init(&self->rdf);
    self->rdf.smoothing = RDF_SMOOTHING;
    lac_template_params_init(&self->templates);
    lac_grain_params_init(&self->grains);
    lac_lattice_params_init(&self->lattices);
    lac_phase_params_init(&self->phases);
    lac_shell_params_init(&self->shells);
    self->density_sigma = 2.5;
    lac_interface_params_init(&self->interface);
    lac_crystal_params_init(&self->crystals);
    lac_across_params_init(&self->across);
    lac_coherency_params_init(&self->coherency);
    lac_spread_params_init(&self->spread);
    lac_vacancy_params_init(&self->vacancies);
    lac_pore_params_init(&self->pores);
    lac_surface_params_init(&self->surface);
    lac_voronoi_params_init(&self->voronoi);
    self->coordination.skin = 3.0;
    lac_composition_params_init(&self->composition);
    lac_order_params_init(&self->order.harmonics);
    self->order.disordered = 0.5;
    lac_strain_params_init(&self->strain);
}
