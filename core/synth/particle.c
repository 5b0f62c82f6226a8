// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/truth.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/synth/synth.h"

#include <math.h>

// Lattices [Å]: hcp zirconium, and the face-centred cations of cubic zirconia.
#define METAL_A 3.23
#define METAL_C 5.15
#define OXIDE_A 5.12

#define CORE_SHARE       0.60 // radius of the metal core over that of the particle
#define INTERFACE_GAP    2.75 // [Å] no oxide cation is closer to a metal atom
#define DISPLACEMENT     0.08 // [Å] rms of the random displacement per coordinate
#define PORE_SHARE       0.21 // radius of the pore over that of the particle
#define N_VACANCIES      3    // metal atoms that are missing side by side
#define MAX_FACETS       14
#define MAX_ATOMS        2000000
#define MAX_SIGMA_PIXELS 8.0

// Which numbers of the seed's stream are used for what; disjoint.
enum {
    STREAM_FACETS = 0,
    STREAM_PLACES = 1000,
    STREAM_DISPLACEMENTS = 100000,
};

typedef struct {
    LacVec3 position;
    gboolean oxide;
} Site;

// A convex body with rounded edges: sum over facets of max(0, n r / (h radius))^14 <= 1.
typedef struct {
    LacVec3 centre;
    LacVec3 normals[MAX_FACETS];
    double heights[MAX_FACETS]; // distance of each facet over the radius
    guint n_facets;
} Body;

typedef struct {
    LacMat3 orientation; // columns: the common close-packed axes in the frame of the particle
    Body particle, core;
    LacVec3 pore_direction;
    double radius; // [Å] of the particle
} Layout;

// A hash of cubes that finds neighbours without an array as large as the box.
typedef struct {
    const GArray *sites;
    GHashTable *heads; // cube -> 1 + index of its first site
    guint *next;       // 1 + index of the next site in the same cube
    double edge;       // [Å]
} Cells;

static double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static LacVec3
add_scaled(LacVec3 a, double s, LacVec3 b)
{
    return (LacVec3){ a.x + s * b.x, a.y + s * b.y, a.z + s * b.z };
}

static LacVec3
normalised(LacVec3 a)
{
    return add_scaled((LacVec3){ 0 }, 1.0 / sqrt(dot(a, a)), a);
}

static double
uniform_between(guint64 seed, guint64 counter, double low, double high)
{
    return low + (high - low) * lac_rng_uniform(seed, counter);
}

static double
power14(double t)
{
    double t2 = t * t, t4 = t2 * t2;
    return t4 * t4 * t4 * t2;
}

static gboolean
body_contains(const Body *body, double radius, LacVec3 r)
{
    LacVec3 d = add_scaled(r, -1.0, body->centre);
    double sum = 0.0;
    for (guint i = 0; i < body->n_facets && sum <= 1.0; i++)
        sum += power14(MAX(dot(d, body->normals[i]) / (body->heights[i] * radius), 0.0));
    return sum <= 1.0;
}

static void
add_facet(Body *body, const LacMat3 *orientation, LacVec3 normal, double height, guint64 seed,
    guint64 counter)
{
    guint i = body->n_facets++;
    body->normals[i] = lac_mat3_apply(orientation, normalised(normal));
    body->heights[i] = height * uniform_between(seed, counter + i, 0.93, 1.07);
}

// Axes of the common frame: x along Zr [11-20] and ZrO2 [1-10], z along Zr [0001] and ZrO2 [111],
// the orientation relation of oxide grown on zirconium.
static LacVec3
oxide_to_common(double h, double k, double l)
{
    return (LacVec3){ (h - k) / sqrt(2.0), (h + k - 2.0 * l) / sqrt(6.0), (h + k + l) / sqrt(3.0) };
}

static void
init_layout(Layout *self, guint64 seed)
{
    *self = (Layout){ 0 };
    // The close-packed row lies near the beam at a tilt of 0, so that columns are seen there.
    LacMat3 row_along_beam = { { { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 } } };
    LacMat3 general = lac_rotation_from_euler_deg(uniform_between(seed, STREAM_PLACES, 15.0, 30.0),
        uniform_between(seed, STREAM_PLACES + 1, -9.0, 9.0),
        uniform_between(seed, STREAM_PLACES + 2, -6.0, 6.0));
    self->orientation = lac_mat3_multiply(&general, &row_along_beam);

    for (int i = 0; i < 8; i++)
        add_facet(&self->particle, &self->orientation,
            oxide_to_common(i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1), 0.98, seed,
            STREAM_FACETS);
    for (int i = 0; i < 6; i++) {
        double sign = i & 1 ? 1.0 : -1.0;
        add_facet(&self->particle, &self->orientation,
            oxide_to_common(i / 2 == 0 ? sign : 0.0, i / 2 == 1 ? sign : 0.0,
                i / 2 == 2 ? sign : 0.0),
            1.08, seed, STREAM_FACETS);
    }
    for (int i = 0; i < 6; i++)
        add_facet(&self->core, &self->orientation,
            (LacVec3){ cos(i * G_PI / 3.0 + G_PI / 6.0), sin(i * G_PI / 3.0 + G_PI / 6.0), 0.0 },
            1.05, seed, STREAM_FACETS + 100);
    for (int i = 0; i < 2; i++)
        add_facet(&self->core, &self->orientation, (LacVec3){ 0.0, 0.0, i ? 1.0 : -1.0 }, 0.85,
            seed, STREAM_FACETS + 100);

    double height = uniform_between(seed, STREAM_PLACES + 3, -0.6, 0.6);
    double turn = uniform_between(seed, STREAM_PLACES + 4, 0.0, 2.0 * G_PI);
    double across = sqrt(1.0 - height * height);
    self->pore_direction = (LacVec3){ across * cos(turn), across * sin(turn), height };
}

static void
set_radius(Layout *self, double radius)
{
    self->radius = radius;
    // The core sits off centre, away from the pore.
    self->core.centre = add_scaled((LacVec3){ 0 }, -0.08 * radius, self->pore_direction);
}

static LacVec3
pore_centre(const Layout *self)
{
    return add_scaled((LacVec3){ 0 }, 0.70 * self->radius, self->pore_direction);
}

// Neighbouring cubes differ in few bits, which g_int64_hash() would send to few buckets.
static guint
cell_hash(gconstpointer key)
{
    return (guint) lac_rng_bits(0, (guint64) * (const gint64 *) key);
}

static Cells *
cells_new(const GArray *sites, double edge)
{
    Cells *self = g_new0(Cells, 1);
    self->sites = sites;
    self->edge = edge;
    self->heads = g_hash_table_new_full(cell_hash, g_int64_equal, g_free, NULL);
    self->next = g_new0(guint, sites->len + 1);
    return self;
}

static void
cells_free(Cells *self)
{
    g_hash_table_unref(self->heads);
    g_free(self->next);
    g_free(self);
}

static gint64
cell_key(const Cells *self, LacVec3 r, int dx, int dy, int dz)
{
    gint64 i = (gint64) floor(r.x / self->edge) + dx + 0x80000;
    gint64 j = (gint64) floor(r.y / self->edge) + dy + 0x80000;
    gint64 k = (gint64) floor(r.z / self->edge) + dz + 0x80000;
    return (i << 40) | (j << 20) | k;
}

static void
cells_add(Cells *self, guint i)
{
    gint64 key = cell_key(self, g_array_index(self->sites, Site, i).position, 0, 0, 0);
    self->next[i] = GPOINTER_TO_UINT(g_hash_table_lookup(self->heads, &key));
    gint64 *stored = g_new(gint64, 1);
    *stored = key;
    g_hash_table_replace(self->heads, stored, GUINT_TO_POINTER(i + 1));
}

// Is a site of the cells closer to @r than their edge?
static gboolean
cells_touch(const Cells *self, LacVec3 r)
{
    for (int c = 0; c < 27; c++) {
        gint64 key = cell_key(self, r, c % 3 - 1, c / 3 % 3 - 1, c / 9 - 1);
        guint i = GPOINTER_TO_UINT(g_hash_table_lookup(self->heads, &key));
        for (; i != 0; i = self->next[i - 1]) {
            LacVec3 d = add_scaled(g_array_index(self->sites, Site, i - 1).position, -1.0, r);
            if (dot(d, d) < self->edge * self->edge)
                return TRUE;
        }
    }
    return FALSE;
}

static void
add_metal_site(const Layout *self, GArray *sites, LacVec3 r)
{
    r = lac_mat3_apply(&self->orientation, r);
    if (body_contains(&self->core, CORE_SHARE * self->radius, r))
        g_array_append_vals(sites, &(Site){ .position = r }, 1);
}

static void
add_metal(const Layout *self, GArray *sites)
{
    double row = METAL_A * sqrt(3.0) / 2.0;
    int n = (int) ceil(1.3 * self->radius / row) + 1;
    for (int k = -n; k <= n; k++) {
        double shift = k & 1 ? METAL_A / sqrt(3.0) : 0.0;
        for (int j = -n; j <= n; j++)
            for (int i = -n; i <= n; i++)
                add_metal_site(self, sites,
                    (LacVec3){ (i + 0.5 * (j & 1)) * METAL_A, j * row + shift,
                        (k + 0.5) * METAL_C / 2.0 });
    }
}

static void
add_oxide(const Layout *self, GArray *sites)
{
    Cells *metal = cells_new(sites, INTERFACE_GAP);
    for (guint i = 0; i < sites->len; i++)
        cells_add(metal, i);
    g_autoptr(GArray) oxide = g_array_new(FALSE, FALSE, sizeof(Site));
    LacVec3 pore = pore_centre(self);
    double pore_radius = PORE_SHARE * self->radius;
    int n = (int) ceil(1.3 * self->radius / (OXIDE_A / 2.0)) + 1;
    for (int k = -n; k <= n; k++) {
        for (int j = -n; j <= n; j++) {
            // Face-centred: the half indices have an even sum.
            for (int i = -n + ((n + j + k) & 1); i <= n; i += 2) {
                LacVec3 r =
                    oxide_to_common(i * OXIDE_A / 2.0, j * OXIDE_A / 2.0, k * OXIDE_A / 2.0);
                r = lac_mat3_apply(&self->orientation, r);
                LacVec3 to_pore = add_scaled(r, -1.0, pore);
                if (body_contains(&self->particle, self->radius, r) &&
                    dot(to_pore, to_pore) > pore_radius * pore_radius && !cells_touch(metal, r))
                    g_array_append_vals(oxide, &(Site){ .position = r, .oxide = TRUE }, 1);
            }
        }
    }
    cells_free(metal);
    g_array_append_vals(sites, oxide->data, oxide->len);
}

static guint
nearest_metal(const GArray *sites, LacVec3 r)
{
    guint best = 0;
    double least = HUGE_VAL;
    for (guint i = 0; i < sites->len; i++) {
        const Site *site = &g_array_index(sites, Site, i);
        LacVec3 d = add_scaled(site->position, -1.0, r);
        if (!site->oxide && dot(d, d) < least) {
            least = dot(d, d);
            best = i;
        }
    }
    return best;
}

// Takes neighbouring atoms out of the metal, off its centre, and notes where they were.
static void
remove_vacancies(const Layout *self, GArray *sites, GString *comment)
{
    LacVec3 place = add_scaled(self->core.centre, -0.2 * self->radius, self->pore_direction);
    place = g_array_index(sites, Site, nearest_metal(sites, place)).position;
    g_string_append(comment, "; vacancies at");
    for (int i = 0; i < N_VACANCIES; i++) {
        guint gone = nearest_metal(sites, place);
        LacVec3 r = g_array_index(sites, Site, gone).position;
        g_string_append_printf(comment, "%s (%.2f, %.2f, %.2f)", i > 0 ? "," : "", r.x, r.y, r.z);
        g_array_remove_index(sites, gone);
    }
}

static GArray *
make_sites(Layout *layout, double radius)
{
    GArray *sites = g_array_new(FALSE, FALSE, sizeof(Site));
    set_radius(layout, radius);
    add_metal(layout, sites);
    add_oxide(layout, sites);
    return sites;
}

// Leaves @layout at the radius whose particle came closest to @n_atoms.
static GArray *
fit_sites(Layout *layout, guint n_atoms)
{
    g_autoptr(GArray) best = NULL;
    double radius = 2.0 * cbrt(n_atoms), best_radius = radius;
    for (int i = 0; i < 8; i++) {
        g_autoptr(GArray) sites = make_sites(layout, radius);
        guint n = MAX(sites->len, 1);
        gint64 off = ABS((gint64) sites->len - n_atoms);
        if (best == NULL || off < ABS((gint64) best->len - n_atoms)) {
            g_clear_pointer(&best, g_array_unref);
            best = g_steal_pointer(&sites);
            best_radius = radius;
        }
        if (off <= n_atoms / 1000)
            break;
        // The count grows with the cube of the radius.
        radius *= cbrt((double) n_atoms / n);
    }
    set_radius(layout, best_radius);
    return g_steal_pointer(&best);
}

static LacAtoms *
atoms_from_sites(const GArray *sites, guint64 seed)
{
    LacAtoms *atoms = lac_atoms_new(sites->len);
    lac_atoms_add_species(atoms, "Zr");
    double *phase = lac_atoms_add_column(atoms, LAC_COLUMN_PHASE);
    for (guint i = 0; i < sites->len; i++) {
        const Site *site = &g_array_index(sites, Site, i);
        double *coordinates[3] = { &atoms->x[i], &atoms->y[i], &atoms->z[i] };
        const double ideal[3] = { site->position.x, site->position.y, site->position.z };
        for (guint axis = 0; axis < 3; axis++) {
            double normal = lac_rng_normal(seed, STREAM_DISPLACEMENTS + 3 * (guint64) i + axis);
            *coordinates[axis] = ideal[axis] + DISPLACEMENT * CLAMP(normal, -3.0, 3.0);
        }
        phase[i] = site->oxide ? LAC_TRUTH_SEMICOHERENT : LAC_TRUTH_METAL;
    }
    return atoms;
}

static gboolean
check_fit(const LacAtoms *atoms, const LacSynthParams *params, GError **error)
{
    double farthest = 0.0;
    for (gsize i = 0; i < atoms->n; i++)
        farthest = MAX(farthest, hypot(hypot(atoms->x[i], atoms->y[i]), atoms->z[i]));
    double frame = (double) (params->size / 2 - 1) * params->voxel_size;
    if (farthest + 3.0 * params->sigma <= frame)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "A particle of %" G_GSIZE_FORMAT " atoms is %.0f Å wide and does not fit %" G_GSIZE_FORMAT
        " pixels of %g Å",
        atoms->n, 2.0 * (farthest + 3.0 * params->sigma), params->size, params->voxel_size);
    return FALSE;
}

/**
 * lac_synth_params_init:
 * @params: (out caller-allocates): receives the built-in example
 *
 * About a thousand atoms in 96 x 96 pixels of 0.55 Å, 41 tilts over ±70°, 2000 counts in the
 * brightest pixel.
 */
void
lac_synth_params_init(LacSynthParams *params)
{
    *params = (LacSynthParams){
        .n_atoms = 1000,
        .size = 96,
        .n_tilts = 41,
        .max_tilt = 70.0,
        .voxel_size = 0.55,
        .sigma = 0.7,
        .dose = 2000.0,
        .seed = 1,
    };
}

/**
 * lac_synth_params_check:
 * @params: what a user asked for
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set to a sentence that names the value outside its range
 */
gboolean
lac_synth_params_check(const LacSynthParams *params, GError **error)
{
    double sigma_pixels = params->sigma / params->voxel_size;
    const struct {
        const char *name;
        double value, low, high;
    } ranges[] = {
        { "number of atoms", params->n_atoms, 100.0, MAX_ATOMS },
        { "size [pixel]", (double) params->size, 8.0, 4096.0 },
        { "number of tilts", params->n_tilts, 1.0, 10000.0 },
        { "largest tilt [deg]", params->max_tilt, 0.0, 90.0 },
        { "voxel size [Å]", params->voxel_size, 1e-3, 1e3 },
        { "width of an atom [pixel]", sigma_pixels, 0.5, MAX_SIGMA_PIXELS },
        { "dose [counts]", params->dose, 0.0, 1e12 },
    };
    for (guint i = 0; i < G_N_ELEMENTS(ranges); i++) {
        if (ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high)
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The %s %g is outside %g to %g",
            ranges[i].name, ranges[i].value, ranges[i].low, ranges[i].high);
        return FALSE;
    }
    return TRUE;
}

/**
 * lac_synth_particle:
 * @params: what to make
 * @error: return location for a #GError
 *
 * Makes a rounded, faceted, lopsided particle: a core of hcp zirconium under cubic zirconia in the
 * orientation relation (0001) || (111), [11-20] || [1-10], every atom displaced by 0.08 Å rms per
 * coordinate. A ball is missing from the oxide (a pore) and three neighbouring atoms from the metal
 * (a vacancy cluster); the comment says where. Only the cations are there: in a dark-field image
 * oxygen is fifteen times fainter than zirconium. The column "phase" is 1 in metal and 2 in oxide.
 * The same seed gives the same atoms.
 *
 * Returns: (transfer full): positions [Å] about the centre voxel, or %NULL with @error set, also
 * when the particle does not fit the frame
 */
LacAtoms *
lac_synth_particle(const LacSynthParams *params, GError **error)
{
    if (!lac_synth_params_check(params, error))
        return NULL;

    Layout layout;
    init_layout(&layout, params->seed);
    g_autoptr(GArray) sites = fit_sites(&layout, params->n_atoms + N_VACANCIES);
    g_autoptr(GString) comment = g_string_new(NULL);
    LacVec3 pore = pore_centre(&layout);
    g_string_append_printf(comment,
        "Simulated Zr/ZrO2 particle, seed %" G_GUINT64_FORMAT
        "; phase 1 metal, 2 oxide; pore of radius %.2f at (%.2f, %.2f, %.2f)",
        params->seed, PORE_SHARE * layout.radius, pore.x, pore.y, pore.z);
    remove_vacancies(&layout, sites, comment);
    g_autoptr(LacAtoms) atoms = atoms_from_sites(sites, params->seed);
    g_free(atoms->comment);
    atoms->comment = g_strdup(comment->str);
    return check_fit(atoms, params, error) ? g_steal_pointer(&atoms) : NULL;
}
