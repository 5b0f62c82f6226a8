// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/across.h"

#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"

#include <math.h>

#define ALL G_MAXUINT32

/**
 * lac_across_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_across_params_init(LacAcrossParams *params)
{
    *params = (LacAcrossParams){ .reach = 16.0,
        .step = 0.5,
        .kernel = 1.3,
        .bin = 1.25,
        .skin = 5.0,
        .plateau = 6.0,
        .place = 1.5,
        .least_volume = 300.0,
        .second_sigma = 2.75,
        .n_resamples = 200 };
}

/**
 * lac_across_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self with one more reference
 */
LacAcross *
lac_across_ref(LacAcross *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

static void
clear_region(LacAcrossRegion *region)
{
    g_free(region->name);
    lac_kernel_profile_free(region->density);
    g_free(region->fraction);
    g_free(region->share);
    g_free(region->signal);
    for (guint q = 0; q < LAC_N_ACROSS; q++)
        lac_bin_profile_free(region->bins[q]);
}

/**
 * lac_across_unref:
 * @self: (nullable) (transfer full): a result
 */
void
lac_across_unref(LacAcross *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (gsize r = 0; r < self->n_regions; r++)
        clear_region(&self->regions[r]);
    g_free(self->regions);
    g_free(self->fraction);
    g_free(self->share);
    g_free(self);
}

// Places or atoms below the surface: distance to the interface, and which part of it is nearest.
typedef struct {
    gsize n;
    LacVec3 *at;
    double *s;      // [Å] NaN: too far away
    guint32 *type;  // of the nearest triangle
    guint32 *point; // of an atom: its number
} Samples;

static void
clear_samples(Samples *samples)
{
    g_free(samples->at);
    g_free(samples->s);
    g_free(samples->type);
    g_free(samples->point);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Samples, clear_samples)

static void
allocate_samples(Samples *samples, gsize most)
{
    samples->at = g_new(LacVec3, MAX(most, 1));
    samples->s = g_new(double, MAX(most, 1));
    samples->type = g_new(guint32, MAX(most, 1));
    samples->point = g_new(guint32, MAX(most, 1));
}

// Nodes of the hull's grid, some apart.
static double
take_places(const LacHull *hull, const LacAcrossParams *params, Samples *places)
{
    const LacGrid *grid = &hull->grid;
    gsize stride = (gsize) fmax(1.0, round(params->place / grid->step));
    gsize nx = grid->nx / stride + 1, ny = grid->ny / stride + 1, nz = grid->nz / stride + 1;
    allocate_samples(places, nx * ny * nz);
    for (gsize z = 0; z < grid->nz; z += stride)
        for (gsize y = 0; y < grid->ny; y += stride)
            for (gsize x = 0; x < grid->nx; x += stride) {
                gsize i = (z * grid->ny + y) * grid->nx + x;
                if (hull->inside[i] && (double) hull->depth[i] >= params->skin)
                    places->at[places->n++] = lac_grid_node(grid, x, y, z);
            }
    return pow((double) stride * grid->step, 3.0);
}

static void
take_atoms(const LacPoints *points, const LacHull *hull, const LacAcrossParams *params,
    Samples *atoms)
{
    allocate_samples(atoms, points->n);
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        if (lac_hull_depth_at(hull, p) < params->skin)
            continue;
        atoms->point[atoms->n] = (guint32) i;
        atoms->at[atoms->n++] = p;
    }
}

typedef struct {
    const LacInterface *interface;
    Samples *samples;
    const guint32 *triangle; // nearest to each sample
    double reach;
} Measure;

static void
sign_samples(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Measure *self = data;
    const LacInterface *interface = self->interface;
    Samples *samples = self->samples;
    for (gsize i = begin; i < end; i++) {
        gboolean is_near = samples->s[i] <= self->reach;
        double metal = lac_grid_sample(&interface->grid, interface->indicator, samples->at[i]);
        if (!is_near)
            samples->s[i] = (double) NAN;
        else if (metal > 0.5)
            samples->s[i] = -samples->s[i];
        samples->type[i] =
            is_near && interface->type_of != NULL ? interface->type_of[self->triangle[i]] : ALL;
    }
}

// Atoms know their distance to the first interface.
static void
look_up(const LacInterface *interface, Samples *atoms, double reach)
{
    for (gsize i = 0; i < atoms->n; i++) {
        guint32 point = atoms->point[i], triangle = interface->nearest[point];
        gboolean is_near = fabs(interface->distance[point]) <= reach;
        atoms->s[i] = is_near ? interface->distance[point] : (double) NAN;
        atoms->type[i] = is_near ? interface->type_of[triangle] : ALL;
    }
}

static void
measure(const LacInterface *interface, Samples *samples, double reach)
{
    g_autofree guint32 *triangle = g_new(guint32, MAX(samples->n, 1));
    lac_mesh_tree_find_all(interface->tree, samples->at, samples->n, reach, samples->s, triangle);
    Measure args = { interface, samples, triangle, reach };
    lac_parallel_for(samples->n, 4096, sign_samples, &args);
}

// Distances of the samples that face one part of the interface.
static double *
select_distances(const Samples *samples, guint32 type, gsize *n)
{
    double *s = g_new(double, MAX(samples->n, 1));
    *n = 0;
    for (gsize i = 0; i < samples->n; i++)
        if (!isnan(samples->s[i]) && (type == ALL || samples->type[i] == type))
            s[(*n)++] = samples->s[i];
    return s;
}

static LacKernelProfile *
make_density(const Samples *atoms, const Samples *places, double place_volume, guint32 type,
    const LacAcrossParams *params)
{
    gsize n_atoms, n_places;
    g_autofree double *s = select_distances(atoms, type, &n_atoms);
    g_autofree double *p = select_distances(places, type, &n_places);
    const LacKernelParams kernel = { -params->reach, params->reach, params->step, params->kernel,
        params->least_volume };
    return lac_kernel_profile_new(s, n_atoms, p, n_places, place_volume, &kernel);
}

// Mean density beyond the plateau's distance on one side, weighted by volume.
static double
find_plateau(const LacKernelProfile *profile, double from, int side)
{
    double sum = 0.0, weight = 0.0;
    for (gsize k = 0; k < profile->n; k++)
        if (side * profile->s[k] >= from && !isnan(profile->density[k])) {
            sum += profile->density[k] * profile->volume[k];
            weight += profile->volume[k];
        }
    return weight > 0.0 ? sum / weight : (double) NAN;
}

static double
without_kernel(double sigma, double kernel)
{
    double square = sigma * sigma - kernel * kernel;
    return square > 0.0 ? sqrt(square) : (double) NAN;
}

static void
fill_density(LacAcrossRegion *region, const Samples *atoms, const Samples *places,
    double place_volume, const LacAcrossParams *params)
{
    region->density = make_density(atoms, places, place_volume, region->type, params);
    region->inside = find_plateau(region->density, params->plateau, -1);
    region->outside = find_plateau(region->density, params->plateau, 1);
    lac_step_fit(region->density->s, region->density->density, region->density->error,
        region->density->n, &region->fit);
    region->sigma = without_kernel(region->fit.sigma, params->kernel);
    for (gsize i = 0; i < atoms->n; i++)
        region->n_atoms +=
            !isnan(atoms->s[i]) && (region->type == ALL || atoms->type[i] == region->type);
}

static void
fill_bins(LacAcrossRegion *region, const Samples *atoms, const LacAcrossInput *input,
    const LacAcrossParams *params)
{
    g_autofree double *s = g_new(double, MAX(atoms->n, 1));
    g_autofree double *values = g_new(double, MAX(atoms->n, 1));
    double half = params->bin * ceil(params->reach / params->bin);
    for (guint q = 0; q < LAC_N_ACROSS; q++) {
        gsize n = 0;
        if (input->quantities[q] == NULL)
            continue;
        for (gsize i = 0; i < atoms->n; i++)
            if (!isnan(atoms->s[i]) && (region->type == ALL || atoms->type[i] == region->type)) {
                s[n] = atoms->s[i];
                values[n++] = input->quantities[q][atoms->point[i]];
            }
        region->bins[q] =
            lac_bin_profile_new(s, values, n, -half, half, params->bin, params->n_resamples);
    }
}

static void
fill_oxidation(LacAcrossRegion *region, const LacOxidationReference *reference)
{
    const LacKernelProfile *density = region->density;
    region->fraction = g_new(double, MAX(density->n, 1));
    region->share = g_new(double, MAX(density->n, 1));
    for (gsize k = 0; k < density->n; k++) {
        region->fraction[k] = lac_oxidation_fraction(reference, density->density[k]);
        region->share[k] = lac_oxidation_share(reference, density->density[k]);
    }
}

// Mean over the places near each distance, by the same kernel.
static void
fill_signal(LacAcrossRegion *region, const LacOxidationReference *reference, double metal_signal,
    const Samples *places, const double *signal, double kernel)
{
    const LacKernelProfile *density = region->density;
    region->signal = g_new(double, MAX(density->n, 1));
    for (gsize k = 0; k < density->n; k++) {
        double sum = 0.0, weight = 0.0;
        for (gsize i = 0; i < places->n; i++) {
            double d = (places->s[i] - density->s[k]) / kernel;
            if (!(fabs(d) < 4.0) || (region->type != ALL && places->type[i] != region->type))
                continue;
            double w = exp(-0.5 * d * d);
            sum += w * signal[i];
            weight += w;
        }
        region->signal[k] = isnan(density->density[k]) || weight <= 0.0
            ? (double) NAN
            : lac_oxidation_from_signal(reference, sum / weight, metal_signal);
    }
}

static double *
sample_signal(const LacDensity *density, const Samples *places)
{
    double *signal = g_new(double, MAX(places->n, 1));
    for (gsize i = 0; i < places->n; i++)
        signal[i] = lac_grid_sample(&density->grid, density->volume, places->at[i]);
    return signal;
}

static double
find_metal_signal(const Samples *places, const double *signal, double plateau)
{
    double sum = 0.0, n = 0.0;
    for (gsize i = 0; i < places->n; i++)
        if (places->s[i] < -plateau) {
            sum += signal[i];
            n += 1.0;
        }
    return n > 0.0 ? sum / n : (double) NAN;
}

static char *
name_region(const LacInterface *interface, guint32 type)
{
    if (type == ALL)
        return g_strdup("all");
    const LacInterfaceType *t = &interface->types[type];
    return t->grain != LAC_PHASE_NO_GRAIN ? g_strdup_printf("lattice %u", t->grain + 1)
                                          : g_strdup(lac_phase_get_name(t->phase));
}

static void
fill_atoms(LacAcross *self, const LacPoints *points, const LacDensity *density)
{
    self->n = points->n;
    self->fraction = g_new(double, MAX(points->n, 1));
    self->share = g_new(double, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++) {
        self->fraction[i] = lac_oxidation_fraction(&self->reference, density->at_atoms[i]);
        self->share[i] = lac_oxidation_share(&self->reference, density->at_atoms[i]);
    }
}

// The same density against a smoother surface: how much of the width is the surface's doing.
static gboolean
measure_second(LacAcross *self, const LacPoints *points, const LacHull *hull,
    const LacAcrossInput *input, const LacAcrossParams *params, Samples *atoms, Samples *places,
    double place_volume, LacProgress *progress, GError **error)
{
    LacInterfaceParams smoother = input->interface->params;
    smoother.sigma = params->second_sigma;
    g_autoptr(LacInterface) interface =
        lac_interface_new_surface(points, hull, input->phases, &smoother, progress, error);
    if (interface == NULL)
        return FALSE;
    measure(interface, atoms, params->reach + 5.0 * params->kernel);
    measure(interface, places, params->reach + 5.0 * params->kernel);
    g_autoptr(LacKernelProfile) profile = make_density(atoms, places, place_volume, ALL, params);
    lac_step_fit(profile->s, profile->density, profile->error, profile->n, &self->second_fit);
    self->second_sigma = params->second_sigma;
    self->second_width = without_kernel(self->second_fit.sigma, params->kernel);
    return TRUE;
}

static gboolean
fill(LacAcross *self, const LacPoints *points, const LacHull *hull, const LacAcrossInput *input,
    const LacAcrossParams *params, LacProgress *progress, GError **error)
{
    g_auto(Samples) places = { 0 };
    g_auto(Samples) atoms = { 0 };
    double place_volume = take_places(hull, params, &places);
    double reach = params->reach + 5.0 * params->kernel;
    take_atoms(points, hull, params, &atoms);
    look_up(input->interface, &atoms, reach);
    measure(input->interface, &places, reach);
    if (!lac_progress_update(progress, 0.3, error))
        return FALSE;
    self->n_regions = input->interface->n_types + 1;
    self->regions = g_new0(LacAcrossRegion, self->n_regions);
    for (gsize r = 0; r < self->n_regions; r++) {
        LacAcrossRegion *region = &self->regions[r];
        region->type = r == 0 ? ALL : (guint32) (r - 1);
        region->name = name_region(input->interface, region->type);
        fill_density(region, &atoms, &places, place_volume, params);
        fill_bins(region, &atoms, input, params);
    }
    self->reference.metal = params->metal > 0.0 ? params->metal : self->regions[0].inside;
    self->reference.oxide = params->oxide > 0.0 ? params->oxide : self->regions[0].outside;
    g_autofree double *signal =
        input->density->volume != NULL ? sample_signal(input->density, &places) : NULL;
    if (signal != NULL)
        self->metal_signal = find_metal_signal(&places, signal, params->plateau);
    for (gsize r = 0; r < self->n_regions; r++) {
        LacOxidationReference own = self->reference; // of the oxide that it faces
        if (!(params->oxide > 0.0) && !isnan(self->regions[r].outside))
            own.oxide = self->regions[r].outside;
        fill_oxidation(&self->regions[r], &own);
        if (signal != NULL)
            fill_signal(&self->regions[r], &own, self->metal_signal, &places, signal,
                params->kernel);
    }
    fill_atoms(self, points, input->density);
    return lac_progress_update(progress, 0.6, error) &&
        (params->second_sigma == 0.0 ||
            measure_second(self, points, hull, input, params, &atoms, &places, place_volume,
                progress, error));
}

/**
 * lac_across_new:
 * @points: atoms
 * @hull: where the particle is
 * @input: interface, phases, local density, and what is averaged
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Makes profiles against the signed distance to the interface, negative in the metal: the density
 * by a kernel, with the step that fits it; the degree of oxidation in three definitions; means of
 * other quantities in bins. For the whole interface and for each part of it. Atoms and places near
 * the outer surface are left out; voids count as places.
 *
 * Returns: (transfer full): the profiles, or %NULL with @error set
 */
LacAcross *
lac_across_new(const LacPoints *points, const LacHull *hull, const LacAcrossInput *input,
    const LacAcrossParams *params, LacProgress *progress, GError **error)
{
    const double nan = (double) NAN;
    g_autoptr(LacAcross) self = g_new0(LacAcross, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->metal_signal = nan;
    self->second_sigma = nan;
    self->second_width = nan;
    self->second_fit = (LacStepFit){ nan, nan, nan, nan, nan, nan, nan, nan, nan };
    return fill(self, points, hull, input, params, progress, error) ? g_steal_pointer(&self) : NULL;
}
