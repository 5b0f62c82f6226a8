// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rng.h"
#include "core/synth/zr-zro2.h"

#include <math.h>

// Of a particle of scale 1 [Å, deg].
#define OUTER_RADIUS   40.0
#define CORE_RADIUS    22.0
#define FACET_HEIGHT_1 14.0 // of the core, towards the semicoherent grain
#define FACET_HEIGHT_2 15.0 // towards the incoherent grain
#define CONE_1         50.0
#define CONE_2         45.0
#define KINK_WIDTH     5.3 // two metal layers: not scaled
#define N_FACETS       12
#define WAVELENGTH     12.0 // [Å] of the roughness
#define MIN_PORE       3.0  // [Å] smaller semi-axes are between the atoms
#define PORE_WALL      1.0  // [Å] less than that around it and a pore is open
#define GOLDEN_ANGLE   2.39996322972865332

// The pores: where in a frame whose -z points to the incoherent grain [deg], how far out, how large.
static const struct {
    double theta, phi, distance, axes[3];
} pore_plan[] = {
    { 90, 20, 29.0, { 6.0, 6.0, 6.0 } }, { 80, 80, 30.0, { 5.0, 5.0, 5.0 } },
    { 95, 140, 25.5, { 4.5, 4.5, 4.5 } }, // at the interface
    { 85, 200, 30.0, { 8.0, 5.0, 5.0 } },
    { 180, 0, 26.0, { 5.0, 5.0, 5.0 } },  // in the incoherent grain
    { 92, 290, 37.0, { 6.0, 6.0, 6.0 } }, // open
};

static LacVec3
unit(LacVec3 a)
{
    return lac_vec3_add_scaled((LacVec3){ 0 }, 1.0 / lac_vec3_norm(a), a);
}

static LacVec3
column(const LacMat3 *a, int k)
{
    return (LacVec3){ a->m[0][k], a->m[1][k], a->m[2][k] };
}

static LacMat3
from_columns(LacVec3 x, LacVec3 y, LacVec3 z)
{
    return (LacMat3){ { { x.x, y.x, z.x }, { x.y, y.y, z.y }, { x.z, y.z, z.z } } };
}

// Turns about z, then x, then z of the frame of the particle.
static LacMat3
turn_zxz(double first, double second, double third)
{
    LacMat3 a = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, first);
    LacMat3 b = lac_rotation_from_axis_deg((LacVec3){ 1, 0, 0 }, second);
    LacMat3 c = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, third);
    LacMat3 cb = lac_mat3_multiply(&c, &b);
    return lac_mat3_multiply(&cb, &a);
}

static double
plane_angle(LacVec3 metal_normal, const LacMat3 *oxide)
{
    double c = fabs(lac_vec3_dot(metal_normal, column(oxide, 2)));
    return acos(MIN(c, 1.0)) * 180.0 / G_PI;
}

static LacMat3
turned(const LacMat3 *a, LacVec3 axis, double angle_deg)
{
    LacMat3 turn = lac_rotation_from_axis_deg(axis, angle_deg);
    return lac_mat3_multiply(&turn, a);
}

// The oxide is the twin of the metal across (111), turned about the common <110> until metal
// (-1-11) and oxide (002) enclose the bend, then twisted about the normal of the interface.
static void
init_orientations(LacZrShape *self)
{
    const LacModelParams *params = self->params;
    LacMat3 metal = turn_zxz(27.0, 41.0, 63.0);
    LacVec3 n1 = unit(lac_mat3_apply(&metal, (LacVec3){ 1, 1, 1 }));
    self->common = unit(lac_mat3_apply(&metal, (LacVec3){ 1, -1, 0 }));
    self->bent = unit(lac_mat3_apply(&metal, (LacVec3){ -1, -1, 1 }));
    LacMat3 twin = turned(&metal, n1, 180.0);
    double missing = params->bend - plane_angle(self->bent, &twin);
    LacMat3 plus = turned(&twin, self->common, missing);
    LacMat3 minus = turned(&twin, self->common, -missing);
    gboolean use_plus = fabs(plane_angle(self->bent, &plus) - params->bend) <
        fabs(plane_angle(self->bent, &minus) - params->bend);
    LacMat3 bent = use_plus ? plus : minus;

    LacVec3 along = unit(lac_vec3_cross(self->bent, self->common));
    if (lac_vec3_dot(along, n1) < 0.0)
        along = lac_vec3_add_scaled((LacVec3){ 0 }, -1.0, along);
    LacVec3 want = column(&bent, 2);
    if (lac_vec3_dot(self->bent, want) < 0.0)
        want = lac_vec3_add_scaled((LacVec3){ 0 }, -1.0, want);
    // Towards the normal of the oxide plane, per depth along the normal of the interface.
    self->kink_sense = (lac_vec3_dot(want, along) > 0.0 ? -1.0 : 1.0) / lac_vec3_dot(along, n1);

    self->normals[0] = n1;
    self->normals[1] = unit(
        lac_vec3_add_scaled(lac_vec3_add_scaled((LacVec3){ 0 }, -1.0, n1), 0.25, self->common));
    if (params->core == LAC_CORE_HCP) // basal plane on the facet
        metal = from_columns(self->common, lac_vec3_cross(n1, self->common), n1);
    self->grains[0].orientation = metal;
    self->grains[1].orientation = turned(&bent, n1, params->twist);
    self->grains[2].orientation = turn_zxz(140.0, 73.0, -20.0);
    self->grains[3].orientation = lac_mat3_identity();
}

static void
init_grains(LacZrShape *self)
{
    const LacModelParams *params = self->params;
    gboolean is_hcp = params->core == LAC_CORE_HCP;
    LacTruthGrain *grains = self->grains;
    grains[0].phase = LAC_TRUTH_METAL;
    grains[0].lattice = is_hcp ? LAC_LATTICE_HCP : LAC_LATTICE_FCC;
    grains[0].a = params->a;
    grains[0].c = is_hcp ? params->c : 0.0;
    for (int g = 1; g < 3; g++) {
        grains[g].phase = g == 1 ? LAC_TRUTH_SEMICOHERENT : LAC_TRUTH_INCOHERENT;
        grains[g].lattice = LAC_LATTICE_FCC;
        grains[g].a = params->oxide_a;
        grains[g].axis = self->normals[g - 1];
        grains[g].cone_deg = g == 1 ? CONE_1 : CONE_2;
    }
    grains[3].phase = LAC_TRUTH_AMORPHOUS;
    grains[3].density = params->density;
    const LacVec3 sites[] = { { 0.11, 0.23, 0.31 }, { 0.05, 0.4, 0.2 }, { 0.3, 0.1, 0.2 } };
    for (int g = 0; g < 3; g++) {
        grains[g].site = lac_mat3_apply(&grains[g].orientation, sites[g]);
        grains[g].density = lac_lattice_get_density(&grains[g]);
    }
}

typedef struct {
    LacVec3 normal;
    double target, best;
} PlaneSearch;

// Keeps the height of the plane through the facet's centre that is nearest to the target.
static gboolean
look_at_plane(LacVec3 r, gpointer data)
{
    PlaneSearch *search = data;
    double height = lac_vec3_dot(r, search->normal);
    LacVec3 across = lac_vec3_add_scaled(r, -height, search->normal);
    if (lac_vec3_norm(across) < 4.0 &&
        fabs(height - search->target) < fabs(search->best - search->target))
        search->best = height;
    return FALSE;
}

// Shifts a crystal along the facet's normal until one of its planes is at the target height.
static void
put_plane(const LacZrShape *self, LacTruthGrain *grain, double target)
{
    PlaneSearch search = { self->normals[0], target, -HUGE_VAL };
    g_autoptr(GArray) none = lac_sites_new();
    lac_sites_fill_lattice(none, grain, 0, target + 12.0, look_at_plane, &search);
    grain->site = lac_vec3_add_scaled(grain->site, target - search.best, self->normals[0]);
}

static void
init_planes(LacZrShape *self)
{
    const LacModelParams *params = self->params;
    double height = FACET_HEIGHT_1 * self->scale;
    double metal = params->core == LAC_CORE_HCP ? params->c / 2.0 : params->a / sqrt(3.0);
    double oxide = params->oxide_a / sqrt(3.0);
    put_plane(self, &self->grains[0], height - 0.02);
    put_plane(self, &self->grains[1], height + 0.5 * (metal + oxide));
}

static void
init_surface(LacZrShape *self)
{
    const LacModelParams *params = self->params;
    guint64 seed = lac_stream_seed(params->seed, LAC_STREAM_SHAPE);
    LacMat3 turn = lac_rotation_from_euler_deg(360.0 * lac_rng_uniform(seed, 0),
        180.0 * lac_rng_uniform(seed, 1), 360.0 * lac_rng_uniform(seed, 2));
    self->surface = (LacBody){ .radius = OUTER_RADIUS * self->scale };
    for (int k = 0; k < N_FACETS && params->faceting > 0.0; k++) {
        double z = 1.0 - (2.0 * k + 1.0) / N_FACETS, across = sqrt(1.0 - z * z);
        LacVec3 u = { across * cos(GOLDEN_ANGLE * k), across * sin(GOLDEN_ANGLE * k), z };
        double share = params->faceting / 100.0 * lac_rng_uniform(seed, 10 + (guint64) k);
        lac_body_add_plane(&self->surface, lac_mat3_apply(&turn, u),
            self->surface.radius * (1.0 - share));
    }
    double most = params->roughness * sqrt(2.0 * LAC_ZR_WAVES); // all waves in phase
    self->inside = self->outside = self->surface.radius + most;
    for (guint i = 0; i < self->surface.n_planes; i++)
        self->inside = MIN(self->inside, self->surface.heights[i]);
    self->inside -= 2.0 * most;
    seed = lac_stream_seed(params->seed, LAC_STREAM_ROUGHNESS);
    for (guint k = 0; k < LAC_ZR_WAVES; k++) {
        LacVec3 v = { lac_rng_normal(seed, 4 * k), lac_rng_normal(seed, 4 * k + 1),
            lac_rng_normal(seed, 4 * k + 2) };
        self->waves[k] =
            lac_vec3_add_scaled((LacVec3){ 0 }, 2.0 * G_PI / WAVELENGTH / lac_vec3_norm(v), v);
        self->phases[k] = 2.0 * G_PI * lac_rng_uniform(seed, 1000 + k);
    }
}

// Where the place would be if the surface were smooth.
static LacVec3
smoothed(const LacZrShape *self, LacVec3 r)
{
    double length = lac_vec3_norm(r), radius = self->surface.radius;
    if (length < self->inside || length > self->outside)
        return r;
    LacVec3 on = lac_vec3_add_scaled((LacVec3){ 0 }, radius / length, r);
    double sum = 0.0;
    for (guint k = 0; k < LAC_ZR_WAVES; k++)
        sum += cos(lac_vec3_dot(self->waves[k], on) + self->phases[k]);
    double height = self->params->roughness * sqrt(2.0 / LAC_ZR_WAVES) * sum;
    return lac_vec3_add_scaled((LacVec3){ 0 }, 1.0 - height / length, r);
}

static void
init_pores(LacZrShape *self)
{
    LacVec3 z = lac_vec3_add_scaled((LacVec3){ 0 }, -1.0, self->normals[1]);
    LacVec3 x = unit(lac_vec3_cross(z, (LacVec3){ 0.3, 0.7, 0.2 }));
    LacMat3 frame = from_columns(x, lac_vec3_cross(z, x), z);
    self->pores = g_array_new(FALSE, TRUE, sizeof(LacTruthPore));
    for (guint k = 0; k < G_N_ELEMENTS(pore_plan) && self->params->pores; k++) {
        double theta = pore_plan[k].theta * G_PI / 180.0, phi = pore_plan[k].phi * G_PI / 180.0;
        LacVec3 u = { sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta) };
        LacTruthPore pore = { 0 };
        pore.centre = lac_vec3_add_scaled((LacVec3){ 0 }, pore_plan[k].distance * self->scale,
            lac_mat3_apply(&frame, u));
        LacMat3 a = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 17.0 + 40.0 * k);
        a = turned(&a, (LacVec3){ 0, 1, 0 }, 33.0);
        pore.frame = turned(&a, (LacVec3){ 0, 0, 1 }, 71.0);
        double least = HUGE_VAL;
        for (int i = 0; i < 3; i++) {
            pore.axes[i] = pore_plan[k].axes[i] * self->scale;
            least = MIN(least, pore.axes[i]);
        }
        if (least >= MIN_PORE)
            g_array_append_val(self->pores, pore);
    }
}

/**
 * lac_zr_shape_init:
 * @self: (out caller-allocates): receives the shape
 * @params: of the particle; must outlive the shape
 * @scale: of its radii: 1 for 40 Å
 */
void
lac_zr_shape_init(LacZrShape *self, const LacModelParams *params, double scale)
{
    *self = (LacZrShape){ .params = params, .scale = scale };
    self->skin = params->skin * MIN(scale, 1.0);
    init_orientations(self);
    init_grains(self);
    self->core = (LacBody){ .radius = CORE_RADIUS * scale };
    lac_body_add_plane(&self->core, self->normals[0], FACET_HEIGHT_1 * scale);
    lac_body_add_plane(&self->core, self->normals[1], FACET_HEIGHT_2 * scale);
    init_planes(self);
    init_surface(self);
    init_pores(self);
}

/**
 * lac_zr_shape_clear:
 * @self: a shape; what it owns is freed
 */
void
lac_zr_shape_clear(LacZrShape *self)
{
    g_clear_pointer(&self->pores, g_array_unref);
}

/**
 * lac_zr_shape_get_phase:
 * @self: a shape
 * @r: [Å]
 *
 * Returns: the phase that the place belongs to; LAC_TRUTH_OTHER outside the particle
 */
LacTruthPhase
lac_zr_shape_get_phase(const LacZrShape *self, LacVec3 r)
{
    if (!lac_body_contains(&self->surface, smoothed(self, r)))
        return LAC_TRUTH_OTHER;
    if (lac_body_contains(&self->core, r))
        return LAC_TRUTH_METAL;
    double length = lac_vec3_norm(r);
    if (lac_body_get_distance(&self->surface, r) >= -self->skin)
        return LAC_TRUTH_AMORPHOUS;
    for (int g = 2; g > 0; g--)
        if (lac_vec3_dot(r, self->grains[g].axis) >
            length * cos(self->grains[g].cone_deg * G_PI / 180.0))
            return self->grains[g].phase;
    return LAC_TRUTH_AMORPHOUS;
}

/**
 * lac_zr_shape_is_in_pore:
 * @self: a shape
 * @r: [Å]
 * @grow: [Å] added to the semi-axes
 *
 * Returns: whether the place is in a pore
 */
gboolean
lac_zr_shape_is_in_pore(const LacZrShape *self, LacVec3 r, double grow)
{
    for (guint i = 0; i < self->pores->len; i++) {
        LacTruthPore pore = g_array_index(self->pores, LacTruthPore, i);
        for (int axis = 0; axis < 3; axis++)
            pore.axes[axis] += grow;
        if (lac_truth_pore_contains(&pore, r))
            return TRUE;
    }
    return FALSE;
}

/**
 * lac_zr_shape_push:
 * @self: a shape
 * @r: [Å]
 *
 * Returns: [Å] the way back to 0.2 Å under the surface for what is above that, else 0
 */
LacVec3
lac_zr_shape_push(const LacZrShape *self, LacVec3 r)
{
    LacVec3 s = smoothed(self, r), normal = s;
    double length = lac_vec3_norm(s), above = length - self->surface.radius;
    if (length > 0.0)
        normal = unit(s);
    for (guint i = 0; i < self->surface.n_planes; i++) {
        double d = lac_vec3_dot(s, self->surface.normals[i]) - self->surface.heights[i];
        if (d > above) {
            above = d;
            normal = self->surface.normals[i];
        }
    }
    return lac_vec3_add_scaled((LacVec3){ 0 }, -MAX(above + 0.2, 0.0), normal);
}

/**
 * lac_zr_shape_kink:
 * @self: a shape
 * @r: [Å] a site of the metal
 *
 * Returns: [Å] where the bending of the last layers below the semicoherent facet puts it: a simple
 *   shear along the normal of (-1-11)
 */
LacVec3
lac_zr_shape_kink(const LacZrShape *self, LacVec3 r)
{
    double depth = lac_vec3_dot(r, self->normals[0]) - self->core.heights[0] + KINK_WIDTH;
    if (self->params->core == LAC_CORE_HCP || depth <= 0.0)
        return r;
    double slope = tan(self->params->kink * G_PI / 180.0) * self->kink_sense;
    return lac_vec3_add_scaled(r, slope * depth, self->bent);
}

// A share of a cube of 64^3 places around it: the volume of the ellipsoid inside the particle.
static void
measure_pore(const LacZrShape *self, LacTruthPore *pore)
{
    const int n = 64;
    gsize n_inside = 0;
    for (int k = 0; k < n; k++)
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) {
                LacVec3 d = { (2.0 * i + 1.0) / n - 1.0, (2.0 * j + 1.0) / n - 1.0,
                    (2.0 * k + 1.0) / n - 1.0 };
                if (lac_vec3_dot(d, d) >= 1.0)
                    continue;
                LacVec3 scaled = { d.x * pore->axes[0], d.y * pore->axes[1], d.z * pore->axes[2] };
                LacVec3 r = lac_mat3_apply(&pore->frame, scaled);
                r = lac_vec3_add_scaled(r, 1.0, pore->centre);
                n_inside += lac_zr_shape_get_phase(self, r) != LAC_TRUTH_OTHER;
            }
    double cube = 8.0 * pore->axes[0] * pore->axes[1] * pore->axes[2];
    pore->volume = (double) n_inside / (n * n * n) * cube;
}

/**
 * lac_zr_shape_measure_pores:
 * @self: a shape whose pores receive their volumes, and whether they are open
 */
void
lac_zr_shape_measure_pores(LacZrShape *self)
{
    for (guint p = 0; p < self->pores->len; p++) {
        LacTruthPore *pore = &g_array_index(self->pores, LacTruthPore, p);
        for (int k = 0; k < 2000; k++) {
            double z = 1.0 - (2.0 * k + 1.0) / 2000.0, across = sqrt(1.0 - z * z);
            LacVec3 d = { across * cos(GOLDEN_ANGLE * k) * (pore->axes[0] + PORE_WALL),
                across * sin(GOLDEN_ANGLE * k) * (pore->axes[1] + PORE_WALL),
                z * (pore->axes[2] + PORE_WALL) };
            LacVec3 r = lac_vec3_add_scaled(lac_mat3_apply(&pore->frame, d), 1.0, pore->centre);
            pore->is_open |= lac_zr_shape_get_phase(self, r) == LAC_TRUTH_OTHER;
        }
        measure_pore(self, pore);
        if (!pore->is_open)
            pore->volume = 4.0 / 3.0 * G_PI * pore->axes[0] * pore->axes[1] * pore->axes[2];
    }
}
