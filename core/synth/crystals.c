// SPDX-License-Identifier: GPL-3.0-or-later
// Particles of one lattice, twinned particles, and balls of amorphous metal.
#include "core/rng.h"
#include "core/synth/sites.h"

#include <math.h>

#define N_FITS      12
#define MOST_SHELLS 60
#define RADIAL      0.96 // spacing between shells of an icosahedron over that of the bulk
#define SURFACE \
    0.48 // spacings that the outermost atoms are under the surface: gives the density inside
#define CONTACT_FILL 1.02 // contact of soft spheres over the spacing of a close packing

typedef struct {
    LacVec3 normal; // of one facet; all its equivalents are facets
    double height;  // over that of the first
} Facet;

// Wulff shapes: the heights go with usual surface energies.
static const Facet fcc_facets[] = { { { 1, 1, 1 }, 1.0 }, { { 1, 0, 0 }, 1.12 } };
static const Facet bcc_facets[] = { { { 1, 1, 0 }, 1.0 }, { { 1, 0, 0 }, 1.15 } };

static LacMat3
tilted_frame(void)
{
    LacMat3 a = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 27.0);
    LacMat3 b = lac_rotation_from_axis_deg((LacVec3){ 1, 0, 0 }, 41.0);
    LacMat3 c = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 63.0);
    LacMat3 cb = lac_mat3_multiply(&c, &b);
    return lac_mat3_multiply(&cb, &a);
}

static void
add_cubic_planes(LacBody *body, const LacMat3 *frame, const Facet *facet, double height)
{
    for (int signs = 0; signs < 8; signs++)
        for (int turn = 0; turn < 3; turn++) {
            const double n[3] = { facet->normal.x, facet->normal.y, facet->normal.z };
            LacVec3 v = { n[turn] * (signs & 1 ? -1 : 1), n[(turn + 1) % 3] * (signs & 2 ? -1 : 1),
                n[(turn + 2) % 3] * (signs & 4 ? -1 : 1) };
            v = lac_mat3_apply(frame, v);
            gboolean is_new = TRUE;
            for (guint i = 0; i < body->n_planes && is_new; i++)
                is_new = lac_vec3_dot(v, body->normals[i]) < 0.999 * lac_vec3_norm(v);
            if (is_new)
                lac_body_add_plane(body, v, facet->height * height);
        }
}

static void
add_hexagonal_planes(LacBody *body, const LacMat3 *frame, const LacTruthGrain *grain, double height)
{
    for (int side = -1; side <= 1; side += 2)
        lac_body_add_plane(body, lac_mat3_apply(frame, (LacVec3){ 0, 0, side }), height);
    for (int k = 0; k < 6; k++) {
        double angle = (k + 0.5) * G_PI / 3.0;
        LacVec3 v = { cos(angle), sin(angle), 0.0 };
        lac_body_add_plane(body, lac_mat3_apply(frame, v), 1.02 * height);
        for (int side = -1; side <= 1; side += 2) {
            LacVec3 w = { v.x, v.y, side * sqrt(0.75) * grain->a / grain->c };
            lac_body_add_plane(body, lac_mat3_apply(frame, w), 1.1 * height);
        }
    }
}

static LacBody
make_body(const LacTruthGrain *grain, double height)
{
    LacBody body = { .radius = 2.0 * height };
    const LacMat3 *frame = &grain->orientation;
    switch (grain->lattice) {
    case LAC_LATTICE_FCC:
        for (guint i = 0; i < G_N_ELEMENTS(fcc_facets); i++)
            add_cubic_planes(&body, frame, &fcc_facets[i], height);
        break;
    case LAC_LATTICE_BCC:
        for (guint i = 0; i < G_N_ELEMENTS(bcc_facets); i++)
            add_cubic_planes(&body, frame, &bcc_facets[i], height);
        break;
    case LAC_LATTICE_HCP: add_hexagonal_planes(&body, frame, grain, height); break;
    case LAC_LATTICE_NONE:
    case LAC_N_LATTICES:
    default: break;
    }
    return body;
}

static gboolean
is_in_body(LacVec3 r, gpointer data)
{
    return lac_body_contains(data, r);
}

// Finds the height of the facets whose particle has as many atoms as were asked for.
static GArray *
fit_body(const LacTruthGrain *grain, guint n_atoms, LacBody *body)
{
    g_autoptr(GArray) best = NULL;
    LacBody best_body = { 0 };
    double height = 0.55 * cbrt(n_atoms / grain->density);
    for (int i = 0; i < N_FITS; i++) {
        g_autoptr(GArray) sites = lac_sites_new();
        *body = make_body(grain, height);
        lac_sites_fill_lattice(sites, grain, 0, body->radius, is_in_body, body);
        double off = fabs((double) sites->len - n_atoms);
        height *= cbrt(n_atoms / MAX((double) sites->len, 1.0));
        // Facets jump by whole planes: a step of half the way helps where that makes it oscillate.
        if (i > 4)
            height *= 1.0 + 0.004 * (i % 2 ? -1.0 : 1.0);
        if (best != NULL && off >= fabs((double) best->len - n_atoms))
            continue;
        g_clear_pointer(&best, g_array_unref);
        best = g_steal_pointer(&sites);
        best_body = *body;
    }
    *body = best_body;
    return g_steal_pointer(&best);
}

static void
mix_species(const LacModelParams *params, const LacTruthGrain *grain, const LacBody *body,
    GArray *sites)
{
    guint64 seed = lac_stream_seed(params->seed, LAC_STREAM_MIXING);
    LacMat3 back = lac_mat3_transpose(&grain->orientation);
    for (guint i = 0; i < sites->len; i++) {
        LacSite *site = &g_array_index(sites, LacSite, i);
        LacVec3 grown = lac_vec3_add_scaled((LacVec3){ 0 }, 1.0 / params->core_share, site->r);
        LacVec3 r = lac_mat3_apply(&back, lac_vec3_subtract(site->r, grain->site));
        gint64 plane = (gint64) rint(2.0 * r.z / grain->a);
        gboolean is_mixed = params->order == LAC_ALLOY_ORDERED
            ? (plane & 1) != 0
            : lac_rng_uniform(seed, i) < params->mixing / 100.0;
        site->species = !lac_body_contains(body, grown) || is_mixed;
    }
}

static LacTruth *
build_lattice(const LacModelParams *params, LacLatticeType lattice)
{
    LacTruthGrain grain = { .phase = LAC_TRUTH_METAL,
        .lattice = lattice,
        .a = params->a,
        .c = lattice == LAC_LATTICE_HCP ? params->c : 0.0,
        .orientation = tilted_frame(),
        .site = { 0.11, 0.23, 0.31 } };
    grain.density = lac_lattice_get_density(&grain);
    LacBody body;
    g_autoptr(GArray) sites = fit_body(&grain, params->n_atoms, &body);
    g_autoptr(GArray) vacancies = g_array_new(FALSE, TRUE, sizeof(LacTruthVacancy));
    if (params->kind == LAC_MODEL_CORE_SHELL)
        mix_species(params, &grain, &body, sites);
    LacVacancyPlan plan = { .share = params->metal_vacancies / 100.0, .seed = params->seed };
    lac_sites_take_vacancies(sites, &grain, 0, &plan, vacancies);
    g_autoptr(LacAtoms) atoms = lac_sites_make_atoms(sites, params);
    LacTruth *truth = lac_truth_new(atoms);
    g_array_append_val(truth->grains, grain);
    g_array_append_vals(truth->vacancies, vacancies->data, vacancies->len);
    truth->surface = body;
    return truth;
}

// Atoms of a decahedron with @n rows along each twin plane.
static GArray *
make_decahedron(const LacMat3 *frame, double a, int n)
{
    GArray *sites = lac_sites_new();
    double row = a * sqrt(3.0 / 8.0), step = a / sqrt(2.0);
    int height = (int) rint(1.7 * n);
    for (int g = 0; g < 5; g++) {
        double p = 0.4 * G_PI * g, q = 0.4 * G_PI * (g + 1);
        for (int i = 0; i <= n; i++)
            for (int j = 0; i + j <= n; j++) {
                // The twin plane belongs to one of its grains, the axis to the first.
                if (i == 0 && (j > 0 || g > 0))
                    continue;
                for (int k = -(height - i - j); k <= height - i - j; k += 2) {
                    LacVec3 r = { row * (i * cos(p) + j * cos(q)), row * (i * sin(p) + j * sin(q)),
                        0.5 * step * k };
                    LacSite site = { .r = lac_mat3_apply(frame, r),
                        .grain = g,
                        .phase = LAC_TRUTH_METAL };
                    g_array_append_val(sites, site);
                }
            }
    }
    return sites;
}

// Each wedge has [001] along its middle and [1-10] along the axis.
static LacTruthGrain
decahedron_grain(const LacMat3 *frame, double a, int g)
{
    double middle = 0.4 * G_PI * (g + 0.5), s = 1.0 / sqrt(2.0);
    LacVec3 b = { cos(middle), sin(middle), 0.0 }, axis = { 0.0, 0.0, 1.0 };
    LacVec3 across = lac_vec3_cross(b, axis);
    LacVec3 x = { s * (across.x + axis.x), s * (across.y + axis.y), s * (across.z + axis.z) };
    LacVec3 y = { s * (across.x - axis.x), s * (across.y - axis.y), s * (across.z - axis.z) };
    LacMat3 wedge = { { { x.x, y.x, b.x }, { x.y, y.y, b.y }, { x.z, y.z, b.z } } };
    LacTruthGrain grain = { .phase = LAC_TRUTH_METAL, .lattice = LAC_LATTICE_FCC, .a = a };
    grain.orientation = lac_mat3_multiply(frame, &wedge);
    grain.density = lac_lattice_get_density(&grain);
    return grain;
}

static LacTruth *
build_decahedron(const LacModelParams *params)
{
    LacMat3 frame = tilted_frame();
    g_autoptr(GArray) best = NULL;
    for (int n = 1; n < MOST_SHELLS; n++) {
        g_autoptr(GArray) sites = make_decahedron(&frame, params->a, n);
        if (best != NULL &&
            fabs((double) sites->len - params->n_atoms) >
                fabs((double) best->len - params->n_atoms))
            break;
        g_clear_pointer(&best, g_array_unref);
        best = g_steal_pointer(&sites);
    }
    g_autoptr(LacAtoms) atoms = lac_sites_make_atoms(best, params);
    LacTruth *truth = lac_truth_new(atoms);
    for (int g = 0; g < 5; g++) {
        LacTruthGrain grain = decahedron_grain(&frame, params->a, g);
        g_array_append_val(truth->grains, grain);
    }
    return truth;
}

// The corners of an icosahedron and its faces, each with its lowest corner first.
typedef struct {
    LacVec3 corners[12];
    int faces[20][3];
} Icosahedron;

static void
init_icosahedron(Icosahedron *self, const LacMat3 *frame)
{
    double golden = 0.5 * (1.0 + sqrt(5.0)), length = sqrt(1.0 + golden * golden);
    int n = 0;
    for (int turn = 0; turn < 3; turn++)
        for (int signs = 0; signs < 4; signs++) {
            double v[3] = { 0 };
            v[turn] = signs & 1 ? -1.0 : 1.0;
            v[(turn + 1) % 3] = signs & 2 ? -golden : golden;
            self->corners[n++] =
                lac_mat3_apply(frame, (LacVec3){ v[0] / length, v[1] / length, v[2] / length });
        }
    int n_faces = 0;
    double edge = 2.0 / length * 1.01;
    for (int i = 0; i < 12; i++)
        for (int j = i + 1; j < 12; j++)
            for (int k = j + 1; k < 12; k++) {
                const LacVec3 *c = self->corners;
                if (lac_vec3_norm(lac_vec3_subtract(c[i], c[j])) < edge &&
                    lac_vec3_norm(lac_vec3_subtract(c[j], c[k])) < edge &&
                    lac_vec3_norm(lac_vec3_subtract(c[i], c[k])) < edge) {
                    int *face = self->faces[n_faces++];
                    face[0] = i;
                    face[1] = j;
                    face[2] = k;
                }
            }
    g_assert(n_faces == 20);
}

// Is @f the first face with all corners of face @f whose weight is not 0? It then owns the place.
static gboolean
owns(const Icosahedron *self, int f, const int weights[3])
{
    for (int other = 0; other < f; other++) {
        gboolean has_all = TRUE;
        for (int k = 0; k < 3; k++) {
            const int *face = self->faces[other];
            int corner = self->faces[f][k];
            has_all = has_all &&
                (weights[k] == 0 || face[0] == corner || face[1] == corner || face[2] == corner);
        }
        if (has_all)
            return FALSE;
    }
    return TRUE;
}

static void
add_shell(const Icosahedron *self, int shell, double spacing, GArray *sites)
{
    for (int f = 0; f < 20; f++)
        for (int i = 0; i <= shell; i++)
            for (int j = 0; i + j <= shell; j++) {
                const int weights[3] = { i, j, shell - i - j };
                if (!owns(self, f, weights))
                    continue;
                LacVec3 r = { 0 };
                for (int k = 0; k < 3; k++)
                    r = lac_vec3_add_scaled(r, spacing * weights[k],
                        self->corners[self->faces[f][k]]);
                LacSite site = { .r = r, .grain = -1, .phase = LAC_TRUTH_METAL };
                g_array_append_val(sites, site);
            }
}

static guint
count_shells(guint n)
{
    return (10 * n * n * n + 15 * n * n + 11 * n + 3) / 3;
}

static LacTruth *
build_icosahedron(const LacModelParams *params)
{
    LacMat3 frame = tilted_frame();
    Icosahedron self;
    init_icosahedron(&self, &frame);
    guint n = 1;
    while (n < MOST_SHELLS && 2 * params->n_atoms > count_shells(n) + count_shells(n + 1))
        n++;
    g_autoptr(GArray) sites = lac_sites_new();
    LacSite centre = { .grain = -1, .phase = LAC_TRUTH_METAL };
    g_array_append_val(sites, centre);
    for (guint shell = 1; shell <= n; shell++)
        add_shell(&self, (int) shell, RADIAL * params->a / sqrt(2.0), sites);
    g_autoptr(LacAtoms) atoms = lac_sites_make_atoms(sites, params);
    return lac_truth_new(atoms);
}

/**
 * lac_crystal_build:
 * @params: of a particle made of lattices
 * @error: return location for a #GError
 *
 * Makes a faceted particle of one lattice, or one of twins (Ino's decahedron,
 * doi:10.1143/JPSJ.26.1559, and Mackay's icosahedron, doi:10.1107/S0365110X6200239X, whose numbers
 * of atoms come in steps).
 *
 * Returns: (transfer full): the particle, or %NULL with @error set
 */
LacTruth *
lac_crystal_build(const LacModelParams *params, GError **error)
{
    (void) error;
    switch ((LacModelKind) params->kind) {
    case LAC_MODEL_HCP: return build_lattice(params, LAC_LATTICE_HCP);
    case LAC_MODEL_BCC: return build_lattice(params, LAC_LATTICE_BCC);
    case LAC_MODEL_DECAHEDRON: return build_decahedron(params);
    case LAC_MODEL_ICOSAHEDRON: return build_icosahedron(params);
    case LAC_MODEL_FCC:
    case LAC_MODEL_CORE_SHELL: return build_lattice(params, LAC_LATTICE_FCC);
    case LAC_MODEL_ZR_ZRO2:
    case LAC_MODEL_AMORPHOUS:
    case LAC_MODEL_FILE:
    case LAC_N_MODELS:
    default: g_return_val_if_reached(NULL);
    }
}

static LacVec3
push_into_ball(LacVec3 r, gpointer data)
{
    const LacBody *ball = data;
    double length = lac_vec3_norm(r), above = length - ball->radius;
    return above > 0.0 ? lac_vec3_add_scaled((LacVec3){ 0 }, -above / length, r) : (LacVec3){ 0 };
}

/**
 * lac_amorphous_build:
 * @params: of an amorphous particle
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Packs soft spheres into a ball of the given density, the outermost atoms half a spacing under
 * its surface.
 *
 * Returns: (transfer full): the particle, or %NULL with @error set
 */
LacTruth *
lac_amorphous_build(const LacModelParams *params, LacProgress *progress, GError **error)
{
    double spacing = cbrt(sqrt(2.0) / params->density); // of a close packing as dense
    double radius = cbrt(3.0 * params->n_atoms / (4.0 * G_PI * params->density));
    LacBody surface = { .radius = radius }, centres = { .radius = radius - SURFACE * spacing };
    LacPacking packing = {
        .inside = is_in_body,
        .push = push_into_ball,
        .data = &centres,
        .low = { -radius, -radius, -radius },
        .high = { radius, radius, radius },
        .contact = CONTACT_FILL * spacing,
        .fixed_start = 1.0,
        .fixed_contact = 1.0,
        .seed = params->seed,
    };
    g_autoptr(GArray) none = lac_sites_new();
    lac_progress_message(progress, "Packing %u atoms", params->n_atoms);
    g_autoptr(GArray) sites = lac_sites_pack(&packing, none, params->n_atoms, progress, error);
    if (sites == NULL)
        return NULL;
    g_autoptr(LacAtoms) atoms = lac_sites_make_atoms(sites, params);
    LacTruth *truth = lac_truth_new(atoms);
    LacTruthGrain grain = { .phase = LAC_TRUTH_AMORPHOUS,
        .density = params->density,
        .orientation = lac_mat3_identity() };
    g_array_append_val(truth->grains, grain);
    truth->surface = surface;
    return truth;
}
