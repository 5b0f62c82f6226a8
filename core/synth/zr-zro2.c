// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/synth/zr-zro2.h"

#include "core/rng.h"

#include <math.h>
#include <string.h>

#define REFERENCE_ATOMS 7400.0 // of a particle of scale 1
#define PHASE_GAP       2.75   // [Å] no closer are atoms of different crystals
#define AMORPHOUS_GAP   2.5    // [Å] no closer are amorphous atoms to crystals
#define CONTACT         3.45   // [Å] of amorphous atoms
#define FIXED_CONTACT   3.15
#define FIXED_START     2.2
#define FIXED_VOLUME    1.75 // [Å] around crystal atoms that is not amorphous
#define KINK_MARGIN     8.6  // [Å] of metal under the facet without vacancies: kink and a layer
#define OXYGEN_BOND     2.1  // [Å] in amorphous zirconia
#define OXYGEN_CONTACT  2.4
#define OXYGEN_STEPS    30

typedef struct {
    LacZrShape shape;
    GArray *crystals[3]; // metal, semicoherent, incoherent: complete, before pores and vacancies
} Crystals;

static void
clear_crystals(Crystals *self)
{
    for (int g = 0; g < 3; g++)
        g_clear_pointer(&self->crystals[g], g_array_unref);
    lac_zr_shape_clear(&self->shape);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Crystals, clear_crystals)

typedef struct {
    const LacZrShape *shape;
    LacTruthPhase phase;
} PhaseFilter;

static gboolean
is_phase(LacVec3 r, gpointer data)
{
    const PhaseFilter *filter = data;
    return lac_zr_shape_get_phase(filter->shape, r) == filter->phase;
}

static gboolean
is_anything(LacVec3 r, gpointer data)
{
    (void) r;
    (void) data;
    return TRUE;
}

static gboolean
is_outside_pores(LacVec3 r, gpointer data)
{
    return !lac_zr_shape_is_in_pore(data, r, 0.0);
}

static void
make_crystals(Crystals *self, const LacModelParams *params, double scale)
{
    lac_zr_shape_init(&self->shape, params, scale);
    const LacZrShape *shape = &self->shape;
    for (int g = 0; g < 3; g++) {
        self->crystals[g] = lac_sites_new();
        PhaseFilter filter = { shape, shape->grains[g].phase };
        if (g > 0) {
            lac_sites_fill_lattice(self->crystals[g], &shape->grains[g], g, shape->surface.radius,
                is_phase, &filter);
            continue;
        }
        GArray *metal = self->crystals[0];
        lac_sites_fill_lattice(metal, &shape->grains[0], 0, shape->core.radius + 8.0, is_anything,
            NULL);
        for (guint i = 0; i < metal->len; i++) {
            LacSite *site = &g_array_index(metal, LacSite, i);
            site->r = lac_zr_shape_kink(shape, site->r);
        }
        lac_sites_keep(metal, is_phase, &filter);
    }
    lac_sites_keep_away(self->crystals[1], self->crystals[0], PHASE_GAP);
    lac_sites_keep_away(self->crystals[2], self->crystals[0], PHASE_GAP);
    lac_sites_keep_away(self->crystals[2], self->crystals[1], PHASE_GAP);
}

static void
append_sites(GArray *to, const GArray *from)
{
    g_array_append_vals(to, from->data, from->len);
}

static GArray *
join_crystals(const Crystals *self)
{
    GArray *all = lac_sites_new();
    for (int g = 0; g < 3; g++)
        append_sites(all, self->crystals[g]);
    return all;
}

static gboolean
is_amorphous(LacVec3 r, gpointer data)
{
    return lac_zr_shape_get_phase(data, r) == LAC_TRUTH_AMORPHOUS;
}

static gboolean
is_amorphous_outside_pores(LacVec3 r, gpointer data)
{
    return is_amorphous(r, data) && is_outside_pores(r, data);
}

static LacVec3
push_inside(LacVec3 r, gpointer data)
{
    return lac_zr_shape_push(data, r);
}

static LacPacking
make_packing(Crystals *self)
{
    double radius = self->shape.surface.radius + 2.0;
    return (LacPacking){
        .inside = is_amorphous,
        .push = push_inside,
        .data = &self->shape,
        .low = { -radius, -radius, -radius },
        .high = { radius, radius, radius },
        .contact = CONTACT,
        .fixed_start = FIXED_START,
        .fixed_contact = FIXED_CONTACT,
        .seed = self->shape.params->seed,
    };
}

// About how many atoms a particle of this scale will have.
static double
estimate_atoms(Crystals *self)
{
    g_autoptr(GArray) all = join_crystals(self);
    LacPacking packing = make_packing(self);
    packing.inside = is_amorphous_outside_pores;
    double amorphous =
        lac_sites_measure_volume(&packing, all, FIXED_VOLUME) * self->shape.params->density;
    lac_sites_keep(all, is_outside_pores, &self->shape);
    return amorphous + (double) all->len;
}

// Leaves @self at a scale whose particle has about as many atoms as were asked for.
static void
fit_scale(Crystals *self, const LacModelParams *params)
{
    double scale = cbrt(params->n_atoms / REFERENCE_ATOMS);
    for (int i = 0;; i++) {
        make_crystals(self, params, scale);
        double n = estimate_atoms(self);
        if (i == 4 || fabs(n - params->n_atoms) < 0.004 * params->n_atoms)
            return;
        scale *= cbrt(params->n_atoms / MAX(n, 1.0));
        clear_crystals(self);
        *self = (Crystals){ 0 };
    }
}

typedef struct {
    const LacZrShape *shape;
    double margin; // [Å] from pores
    gboolean is_metal;
} VacancyFilter;

static gboolean
may_be_vacant(LacVec3 r, gpointer data)
{
    const VacancyFilter *filter = data;
    const LacZrShape *shape = filter->shape;
    if (filter->is_metal && shape->params->kink > 0.0 &&
        lac_vec3_dot(r, shape->normals[0]) > shape->core.heights[0] - KINK_MARGIN)
        return FALSE;
    return !lac_zr_shape_is_in_pore(shape, r, filter->margin);
}

static void
take_vacancies(Crystals *self, GArray *vacancies)
{
    static const struct {
        int grain;
        guint n_pairs, n_triplets;
    } plans[] = { { 1, 3, 1 }, { 2, 1, 0 }, { 0, 1, 0 } };
    const LacModelParams *params = self->shape.params;
    for (guint k = 0; k < G_N_ELEMENTS(plans); k++) {
        int g = plans[k].grain;
        const LacTruthGrain *grain = &self->shape.grains[g];
        VacancyFilter filter = { &self->shape, 1.3 * lac_lattice_get_spacing(grain), g == 0 };
        LacVacancyPlan plan = {
            .share = (g == 0 ? params->metal_vacancies : params->oxide_vacancies) / 100.0,
            .n_pairs = plans[k].n_pairs,
            .n_triplets = plans[k].n_triplets,
            .seed = params->seed,
            .filter = may_be_vacant,
            .data = &filter,
        };
        lac_sites_take_vacancies(self->crystals[g], grain, g, &plan, vacancies);
    }
}

static GArray *
pack_amorphous(Crystals *self, const GArray *crystals, LacProgress *progress, GError **error)
{
    LacPacking packing = make_packing(self);
    double volume = lac_sites_measure_volume(&packing, crystals, FIXED_VOLUME);
    gsize n = (gsize) rint(volume * self->shape.params->density);
    GArray *sites = lac_sites_pack(&packing, crystals, n, progress, error);
    if (sites == NULL)
        return NULL;
    for (guint i = 0; i < sites->len; i++)
        g_array_index(sites, LacSite, i).grain = 3;
    lac_sites_keep_away(sites, crystals, AMORPHOUS_GAP);
    return sites;
}

// Takes the atoms out of the pores and counts them there.
static void
carve_pores(LacZrShape *shape, GArray *sites)
{
    for (guint p = 0; p < shape->pores->len; p++) {
        LacTruthPore *pore = &g_array_index(shape->pores, LacTruthPore, p);
        for (guint i = 0; i < sites->len; i++)
            pore->n_missing += lac_truth_pore_contains(pore, lac_site_position(sites, i)) ? 1 : 0;
    }
    lac_sites_keep(sites, is_outside_pores, shape);
}

static void
add_lattice_oxygen(const LacZrShape *shape, const GArray *crystals, int g, GArray *oxygen)
{
    const LacTruthGrain *grain = &shape->grains[g];
    double step = grain->a / 2.0, radius = shape->surface.radius;
    g_autoptr(LacCells) cells = lac_sites_make_cells(crystals, 0.45 * grain->a);
    int n = (int) ceil((radius + lac_vec3_norm(grain->site)) / step) + 1;
    for (int k = -n; k <= n; k++)
        for (int j = -n; j <= n; j++)
            for (int i = -n; i <= n; i++) {
                LacVec3 r = { (i + 0.5) * step, (j + 0.5) * step, (k + 0.5) * step };
                r = lac_mat3_apply(&grain->orientation, r);
                r = lac_vec3_add_scaled(r, 1.0, grain->site);
                // Zr-O is sqrt(3) / 4 a.
                if (lac_vec3_dot(r, r) > radius * radius ||
                    lac_cells_count(cells, r, 0.45 * grain->a, G_MAXSIZE) == 0 ||
                    lac_zr_shape_get_phase(shape, r) != grain->phase)
                    continue;
                LacSite site = { .r = r, .grain = g, .phase = (guint8) grain->phase };
                g_array_append_val(oxygen, site);
            }
}

static void
push_oxygen(GArray *oxygen, const GArray *amorphous)
{
    g_autoptr(LacCells) cells = lac_sites_make_cells(oxygen, OXYGEN_CONTACT);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autofree LacVec3 *forces = g_new0(LacVec3, MAX(oxygen->len, 1));
    for (guint i = 0; i < oxygen->len; i++) {
        LacVec3 r = lac_site_position(oxygen, i);
        g_array_set_size(near, 0);
        lac_cells_find(cells, r, OXYGEN_CONTACT, near);
        for (guint k = 0; k < near->len; k++) {
            gsize j = g_array_index(near, gsize, k);
            LacVec3 d = lac_vec3_subtract(r, lac_site_position(oxygen, (guint) j));
            double length = lac_vec3_norm(d);
            if (j != i && length > 0.0)
                forces[i] = lac_vec3_add_scaled(forces[i],
                    0.5 * (OXYGEN_CONTACT - length) / MAX(length, 1e-6), d);
        }
    }
    for (guint i = 0; i < oxygen->len; i++) {
        LacSite *site = &g_array_index(oxygen, LacSite, i);
        LacVec3 f = { CLAMP(forces[i].x, -0.5, 0.5), CLAMP(forces[i].y, -0.5, 0.5),
            CLAMP(forces[i].z, -0.5, 0.5) };
        LacVec3 zr = lac_site_position(amorphous, i / 2);
        LacVec3 bond = lac_vec3_subtract(lac_vec3_add_scaled(site->r, 0.5, f), zr);
        double length = MAX(lac_vec3_norm(bond), 1e-6);
        site->r = lac_vec3_add_scaled(zr, CLAMP(length, 1.95, 2.35) / length, bond);
    }
}

// On the tetrahedral sites of the cubic oxide of complete crystals, and two atoms at about 2.1 Å from
// every amorphous zirconium atom that is left, pushed apart a little.
static GArray *
place_oxygen(const LacZrShape *self, const GArray *crystals, const GArray *amorphous)
{
    guint64 seed = lac_stream_seed(self->params->seed, LAC_STREAM_OXYGEN);
    GArray *oxygen = lac_sites_new();
    for (guint i = 0; i < 2 * amorphous->len; i++) {
        LacVec3 d = { lac_rng_normal(seed, 3 * (guint64) i),
            lac_rng_normal(seed, 3 * (guint64) i + 1), lac_rng_normal(seed, 3 * (guint64) i + 2) };
        LacSite site = { .grain = 3, .phase = LAC_TRUTH_AMORPHOUS };
        site.r = lac_vec3_add_scaled(lac_site_position(amorphous, i / 2),
            OXYGEN_BOND / MAX(lac_vec3_norm(d), 1e-6), d);
        g_array_append_val(oxygen, site);
    }
    for (int step = 0; step < OXYGEN_STEPS; step++)
        push_oxygen(oxygen, amorphous);
    add_lattice_oxygen(self, crystals, 1, oxygen);
    add_lattice_oxygen(self, crystals, 2, oxygen);
    guint n = 0;
    for (guint i = 0; i < oxygen->len; i++) {
        LacSite site = g_array_index(oxygen, LacSite, i);
        if (!lac_zr_shape_is_in_pore(self, site.r, -0.5))
            g_array_index(oxygen, LacSite, n++) = site;
    }
    g_array_set_size(oxygen, n);
    return oxygen;
}

static void
fill_truth(const Crystals *self, LacTruth *truth)
{
    const LacZrShape *shape = &self->shape;
    g_array_append_vals(truth->grains, shape->grains, LAC_ZR_GRAINS);
    g_array_append_vals(truth->pores, shape->pores->data, shape->pores->len);
    truth->has_interface = TRUE;
    truth->interface.core = shape->core;
    truth->interface.bend_deg = shape->params->bend;
    truth->interface.kink_deg = shape->params->core == LAC_CORE_FCC ? shape->params->kink : 0.0;
    truth->interface.kink_width = 5.3;
    truth->interface.twist_deg = shape->params->twist;
    memcpy(truth->interface.normals, shape->normals, sizeof shape->normals);
    truth->surface = shape->surface;
}

/**
 * lac_zr_build:
 * @params: of the particle
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Makes the particle of doi:10.1038/s41467-024-52026-w in the abstract: a metal core, a ball cut by
 * two planes; a semicoherent grain of cubic zirconia on one facet, an incoherent grain on the
 * other; amorphous zirconia around; a faceted, rough surface; vacancies, and pores.
 *
 * Returns: (transfer full): the particle, without displacements, or %NULL with @error set
 */
LacTruth *
lac_zr_build(const LacModelParams *params, LacProgress *progress, GError **error)
{
    g_auto(Crystals) self = { 0 };
    lac_progress_message(progress, "Growing the crystals");
    fit_scale(&self, params);
    self.shape.params = params;
    g_autoptr(GArray) complete = join_crystals(&self);
    g_autoptr(GArray) vacancies = g_array_new(FALSE, TRUE, sizeof(LacTruthVacancy));
    take_vacancies(&self, vacancies);
    lac_progress_message(progress, "Packing the amorphous oxide");
    g_autoptr(GArray) amorphous = pack_amorphous(&self, complete, progress, error);
    if (amorphous == NULL)
        return NULL;
    lac_zr_shape_measure_pores(&self.shape);
    g_autoptr(GArray) sites = join_crystals(&self);
    carve_pores(&self.shape, sites);
    carve_pores(&self.shape, amorphous);
    append_sites(sites, amorphous);
    g_autoptr(LacAtoms) atoms = lac_sites_make_atoms(sites, params);
    g_autoptr(LacTruth) truth = lac_truth_new(atoms);
    fill_truth(&self, truth);
    g_array_append_vals(truth->vacancies, vacancies->data, vacancies->len);
    if (params->oxygen) {
        g_autoptr(GArray) oxygen = place_oxygen(&self.shape, complete, amorphous);
        truth->faint = lac_sites_make_oxygen(oxygen);
    }
    return g_steal_pointer(&truth);
}
