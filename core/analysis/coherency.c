// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/coherency.h"

#include "core/error.h"

#include <math.h>

#define MOST_INDEX    2    // of a family
#define TIGHT_ANGLE   10.0 // [deg] and
#define TIGHT_MISFIT  0.08 // in units of which the cost of a pair is counted
#define PARALLEL      0.94 // cosine from which planes lie in the interface, for the registry
#define INDEPENDENT   0.5  // sine between traces of independent planes
#define FEWEST_LAYER  12   // atoms of a first layer
#define FEWEST_BALL   5    // atoms in a ball of it
#define FEWEST_INSIDE 8    // likewise inside the metal
#define MOST_CENTRES  200  // inside the metal
#define LEAST_NOISE   0.3  // order inside the metal: what is below is no noise of positions
#define BOOK_COHERENT 0.05 // misfit, as in textbooks
#define BOOK_SEMI     0.25

/**
 * lac_coherency_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_coherency_params_init(LacCoherencyParams *params)
{
    *params = (LacCoherencyParams){ .rule = LAC_COHERENCY_BY_REGISTRY,
        .angle = 22.0,
        .misfit = 0.25,
        .crossing = 25.0,
        .layer = 4.2,
        .ball = 6.0,
        .coherent = 20.0,
        .coherent_order = 0.95,
        .semicoherent = 4.0,
        .semicoherent_order = 0.75,
        .slab = 2.5 };
}

/**
 * lac_coherency_patch_free:
 * @self: (nullable) (transfer full): a patch
 */
void
lac_coherency_patch_free(LacCoherencyPatch *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->matches);
    g_array_unref(self->orders);
    g_free(self);
}

/**
 * lac_coherency_get_word:
 * @word: a class
 *
 * Returns: "coherent", "semicoherent" or "incoherent"
 */
const char *
lac_coherency_get_word(LacCoherencyClass word)
{
    static const char *const words[LAC_N_COHERENCIES] = { "coherent", "semicoherent",
        "incoherent" };
    g_return_val_if_fail(word < LAC_N_COHERENCIES, "");
    return words[word];
}

/**
 * lac_coherency_plane:
 * @crystal: a crystal
 * @index: Miller indices in its conventional cell
 *
 * Returns: [1/Å] the reciprocal vector of these planes, as long as one over their spacing
 */
LacVec3
lac_coherency_plane(const LacCoherencyCrystal *crystal, const int index[3])
{
    LacMat3 inverse;
    if (!lac_mat3_invert(&crystal->cell, &inverse))
        return (LacVec3){ 0.0, 0.0, 0.0 };
    LacMat3 turned = lac_mat3_transpose(&inverse);
    return lac_mat3_apply(&turned, (LacVec3){ index[0], index[1], index[2] });
}

// Families of low index: {111}, {002}, {220} of fcc; {100}, {002}, {101}, {110} of hcp.
static gboolean
is_family(const LacCoherencyCrystal *crystal, int h, int k, int l)
{
    if (crystal->is_hcp) {
        int basal = h * h + h * k + k * k; // 1: {100}, 3: {110}
        return (basal == 1 && abs(l) <= 1) || (basal == 3 && l == 0) || (basal == 0 && abs(l) == 2);
    }
    int n = h * h + k * k + l * l;
    return (n == 3) || (n == 4 && h * k == 0 && k * l == 0 && h * l == 0) ||
        (n == 8 && h * k * l == 0);
}

typedef struct {
    int index[3];
    LacVec3 g; // [1/Å]
} Plane;

static GArray *
list_planes(const LacCoherencyCrystal *crystal)
{
    GArray *planes = g_array_new(FALSE, FALSE, sizeof(Plane));
    for (int h = -MOST_INDEX; h <= MOST_INDEX; h++)
        for (int k = -MOST_INDEX; k <= MOST_INDEX; k++)
            for (int l = -MOST_INDEX; l <= MOST_INDEX; l++) {
                if (!is_family(crystal, h, k, l))
                    continue;
                Plane plane = { { h, k, l }, { 0.0, 0.0, 0.0 } };
                plane.g = lac_coherency_plane(crystal, plane.index);
                g_array_append_val(planes, plane);
            }
    return planes;
}

static gboolean
is_positive(const int index[3])
{
    for (int d = 0; d < 3; d++)
        if (index[d] != 0)
            return index[d] > 0;
    return FALSE;
}

static double
to_degrees(double radians)
{
    return radians * 180.0 / G_PI;
}

static LacVec3
get_trace(LacVec3 g, LacVec3 normal)
{
    return lac_vec3_add_scaled(g, -lac_vec3_dot(g, normal), normal);
}

static LacPlaneMatch
make_match(const Plane *metal, const Plane *oxide, LacVec3 normal)
{
    LacPlaneMatch match = { .cost = 0.0 };
    for (int d = 0; d < 3; d++) {
        match.metal[d] = metal->index[d];
        match.oxide[d] = oxide->index[d];
    }
    match.d_metal = 1.0 / lac_vec3_norm(metal->g);
    match.d_oxide = 1.0 / lac_vec3_norm(oxide->g);
    match.misfit = 2.0 * (match.d_oxide - match.d_metal) / (match.d_oxide + match.d_metal);
    double cosine = lac_vec3_dot(metal->g, oxide->g) * match.d_metal * match.d_oxide;
    match.angle = to_degrees(acos(CLAMP(cosine, -1.0, 1.0)));
    double up_metal = CLAMP(lac_vec3_dot(metal->g, normal) * match.d_metal, -1.0, 1.0);
    double up_oxide = CLAMP(lac_vec3_dot(oxide->g, normal) * match.d_oxide, -1.0, 1.0);
    match.bending = to_degrees(asin(up_oxide) - asin(up_metal));
    LacVec3 t_metal = get_trace(metal->g, normal), t_oxide = get_trace(oxide->g, normal);
    double long_metal = lac_vec3_norm(t_metal), long_oxide = lac_vec3_norm(t_oxide);
    match.twisting = to_degrees(atan2(lac_vec3_dot(normal, lac_vec3_cross(t_metal, t_oxide)),
        lac_vec3_dot(t_metal, t_oxide)));
    match.trace_misfit = 2.0 * (long_metal - long_oxide) / (long_metal + long_oxide);
    double apart = lac_vec3_norm(lac_vec3_subtract(t_metal, t_oxide));
    match.spacing = apart > 1e-9 ? 1.0 / apart : (double) INFINITY;
    match.cost = pow(match.angle / TIGHT_ANGLE, 2.0) + pow(match.misfit / TIGHT_MISFIT, 2.0);
    return match;
}

static int
compare_matches(gconstpointer a, gconstpointer b)
{
    const LacPlaneMatch *p = a, *q = b;
    return (p->cost > q->cost) - (p->cost < q->cost);
}

// Pairs of planes that cross the interface and go on, one of each plane and its opposite.
static GArray *
find_matches(const GArray *metals, const GArray *oxides, LacVec3 normal,
    const LacCoherencyParams *params)
{
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(LacPlaneMatch));
    double crossing = cos(params->crossing * G_PI / 180.0);
    for (guint m = 0; m < metals->len; m++) {
        const Plane *metal = &g_array_index(metals, Plane, m);
        double along = fabs(lac_vec3_dot(metal->g, normal)) / lac_vec3_norm(metal->g);
        if (!is_positive(metal->index) || along >= crossing)
            continue;
        for (guint o = 0; o < oxides->len; o++) {
            LacPlaneMatch match = make_match(metal, &g_array_index(oxides, Plane, o), normal);
            if (match.angle <= params->angle && fabs(match.misfit) <= params->misfit)
                g_array_append_val(matches, match);
        }
    }
    g_array_sort(matches, compare_matches);
    return matches;
}

static gboolean
is_close_packed_or_cube(const LacCoherencyCrystal *crystal, const int index[3])
{
    int n = index[0] * index[0] + index[1] * index[1] + index[2] * index[2];
    return crystal->is_hcp || n == 3 || n == 4;
}

static double
sine_between(LacVec3 a, LacVec3 b)
{
    double size = lac_vec3_norm(a) * lac_vec3_norm(b);
    return size > 0.0 ? lac_vec3_norm(lac_vec3_cross(a, b)) / size : 0.0;
}

// Spacing of misfit dislocations: of two independent planes the worse one, of the best such two.
static double
find_spacing(const LacCoherencyCrystal *metal, const GArray *matches, LacVec3 normal)
{
    double best = (double) NAN;
    for (guint a = 0; a < matches->len; a++) {
        const LacPlaneMatch *p = &g_array_index(matches, LacPlaneMatch, a);
        if (!is_close_packed_or_cube(metal, p->metal))
            continue;
        LacVec3 t = get_trace(lac_coherency_plane(metal, p->metal), normal);
        for (guint b = a + 1; b < matches->len; b++) {
            const LacPlaneMatch *q = &g_array_index(matches, LacPlaneMatch, b);
            LacVec3 u = get_trace(lac_coherency_plane(metal, q->metal), normal);
            if (is_close_packed_or_cube(metal, q->metal) && sine_between(t, u) > INDEPENDENT)
                best = fmax(best, fmin(p->spacing, q->spacing));
        }
    }
    return best;
}

// Balls of atoms around some of them.
typedef struct {
    const LacVec3 *atoms;
    gsize n;
    GArray *members; // of guint32
    GArray *begin;   // of guint, one more than balls
} Balls;

static void
clear_balls(Balls *balls)
{
    g_array_unref(balls->members);
    g_array_unref(balls->begin);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Balls, clear_balls)

static void
fill_balls(Balls *balls, const LacVec3 *atoms, gsize n, gsize stride, double radius, guint least)
{
    *balls = (Balls){ .atoms = atoms, .n = n };
    balls->members = g_array_new(FALSE, FALSE, sizeof(guint32));
    balls->begin = g_array_new(FALSE, FALSE, sizeof(guint));
    guint start = 0;
    g_array_append_val(balls->begin, start);
    for (gsize i = 0; i < n; i += stride) {
        for (gsize j = 0; j < n; j++) {
            LacVec3 d = lac_vec3_subtract(atoms[j], atoms[i]);
            guint32 index = (guint32) j;
            if (lac_vec3_dot(d, d) <= radius * radius)
                g_array_append_val(balls->members, index);
        }
        if (balls->members->len - start < least) {
            g_array_set_size(balls->members, start);
            continue;
        }
        start = balls->members->len;
        g_array_append_val(balls->begin, start);
    }
}

// rms over balls of |mean exp(2 pi i g x)|, without what random phases have; NaN without balls.
static double
measure_order(const Balls *balls, LacVec3 g)
{
    guint n_balls = balls->begin->len - 1;
    double sum = 0.0;
    for (guint b = 0; b < n_balls; b++) {
        guint from = g_array_index(balls->begin, guint, b);
        guint to = g_array_index(balls->begin, guint, b + 1);
        double re = 0.0, im = 0.0, m = (double) (to - from);
        for (guint k = from; k < to; k++) {
            const LacVec3 *x = &balls->atoms[g_array_index(balls->members, guint32, k)];
            double phase = 2.0 * G_PI * lac_vec3_dot(g, *x);
            re += cos(phase) / m;
            im += sin(phase) / m;
        }
        sum += CLAMP(((re * re + im * im) * m - 1.0) / (m - 1.0), 0.0, 1.0);
    }
    return n_balls > 0 ? sqrt(sum / n_balls) : (double) NAN;
}

static double
measure_global(const LacVec3 *atoms, gsize n, LacVec3 g)
{
    double re = 0.0, im = 0.0;
    for (gsize i = 0; i < n; i++) {
        double phase = 2.0 * G_PI * lac_vec3_dot(g, atoms[i]);
        re += cos(phase);
        im += sin(phase);
    }
    return hypot(re, im) / (double) n;
}

static int
compare_orders(gconstpointer a, gconstpointer b)
{
    const LacPlaneOrder *p = a, *q = b;
    return (p->local < q->local) - (p->local > q->local);
}

static void
find_orders(LacCoherencyPatch *self, const GArray *metals, const Balls *layer, const Balls *inside)
{
    for (guint m = 0; m < metals->len; m++) {
        const Plane *plane = &g_array_index(metals, Plane, m);
        double along = fabs(lac_vec3_dot(plane->g, self->normal)) / lac_vec3_norm(plane->g);
        if (!is_positive(plane->index) || along >= PARALLEL)
            continue;
        LacPlaneOrder order = { .noise = measure_order(inside, plane->g),
            .trace = get_trace(plane->g, self->normal) };
        for (int d = 0; d < 3; d++)
            order.metal[d] = plane->index[d];
        order.noise = isnan(order.noise) ? 1.0 : fmax(order.noise, LEAST_NOISE);
        order.local = fmin(measure_order(layer, plane->g) / order.noise, 1.0);
        order.global = fmin(measure_global(layer->atoms, layer->n, plane->g) / order.noise, 1.0);
        if (!isnan(order.local))
            g_array_append_val(self->orders, order);
    }
    g_array_sort(self->orders, compare_orders);
    for (guint a = 0; a < self->orders->len; a++)
        for (guint b = a + 1; b < self->orders->len; b++) {
            const LacPlaneOrder *p = &g_array_index(self->orders, LacPlaneOrder, a);
            const LacPlaneOrder *q = &g_array_index(self->orders, LacPlaneOrder, b);
            if (sine_between(p->trace, q->trace) <= INDEPENDENT)
                continue;
            if (isnan(self->local) || q->local > self->local) {
                self->local = q->local;
                self->global = fmin(p->global, q->global);
            }
        }
}

static LacCoherencyClass
choose_word(const LacCoherencyPatch *self, double spacing, const LacCoherencyParams *params)
{
    if (params->rule == LAC_COHERENCY_BY_MISFIT) {
        if (self->matches->len == 0)
            return LAC_COHERENCY_INCOHERENT;
        double misfit = fabs(g_array_index(self->matches, LacPlaneMatch, 0).misfit);
        return misfit <= BOOK_COHERENT ? LAC_COHERENCY_COHERENT
            : misfit <= BOOK_SEMI      ? LAC_COHERENCY_SEMICOHERENT
                                       : LAC_COHERENCY_INCOHERENT;
    }
    if (self->spacing >= params->coherent * spacing && self->local >= params->coherent_order)
        return LAC_COHERENCY_COHERENT;
    if (self->spacing >= params->semicoherent * spacing &&
        self->local >= params->semicoherent_order)
        return LAC_COHERENCY_SEMICOHERENT;
    return LAC_COHERENCY_INCOHERENT;
}

/**
 * lac_coherency_patch_new:
 * @metal: the crystal on one side
 * @oxide: the crystal on the other side
 * @normal: from metal to oxide, of any length
 * @layer: (array length=n_layer): [Å] atoms of the oxide next to the metal
 * @n_layer: number of them
 * @interior: (array length=n_interior): [Å] atoms inside the metal, of hcp those of one sublattice
 * @n_interior: number of them
 * @params: parameters
 * @error: return location for a #GError
 *
 * Pairs planes of the metal that cross the interface with planes of the oxide of nearly the same
 * normal and spacing. Misfit dislocations are 1 / |t_m - t_o| apart, with t the traces of the
 * planes in the interface; of two independent planes the worse one counts. Register is the order
 * of exp(2 pi i g x) of the first oxide layer in balls, divided by the same inside the metal, which
 * makes up for the noise of positions. The word follows from both; misfit alone does not tell.
 *
 * Returns: (transfer full): the patch, or %NULL with @error set when a cell is singular or the
 *   normal is 0
 */
LacCoherencyPatch *
lac_coherency_patch_new(const LacCoherencyCrystal *metal, const LacCoherencyCrystal *oxide,
    LacVec3 normal, const LacVec3 *layer, gsize n_layer, const LacVec3 *interior, gsize n_interior,
    const LacCoherencyParams *params, GError **error)
{
    double size = lac_vec3_norm(normal);
    LacMat3 inverse;
    if (!(size > 0.0) || !lac_mat3_invert(&metal->cell, &inverse) ||
        !lac_mat3_invert(&oxide->cell, &inverse)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "an interface without normal or a flat cell has no coherency");
        return NULL;
    }
    LacCoherencyPatch *self = g_new0(LacCoherencyPatch, 1);
    self->normal = (LacVec3){ normal.x / size, normal.y / size, normal.z / size };
    self->n_layer = n_layer;
    self->local = (double) NAN;
    self->global = (double) NAN;
    self->orders = g_array_new(FALSE, FALSE, sizeof(LacPlaneOrder));
    g_autoptr(GArray) metals = list_planes(metal);
    g_autoptr(GArray) oxides = list_planes(oxide);
    self->matches = find_matches(metals, oxides, self->normal, params);
    self->spacing = find_spacing(metal, self->matches, self->normal);
    if (n_layer >= FEWEST_LAYER) {
        g_auto(Balls) near = { .atoms = NULL };
        g_auto(Balls) inside = { .atoms = NULL };
        fill_balls(&near, layer, n_layer, 1, params->ball, FEWEST_BALL);
        fill_balls(&inside, interior, n_interior, MAX(n_interior / MOST_CENTRES, 1), params->ball,
            FEWEST_INSIDE);
        find_orders(self, metals, &near, &inside);
    }
    self->word = choose_word(self, metal->spacing, params);
    return self;
}
