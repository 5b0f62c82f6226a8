// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/elements.h"
#include "core/error.h"
#include "core/trace/match-private.h"

#include <math.h>
#include <string.h>

#define LARGEST_CUTOFF 0.8  // [Å] when it is not given
#define BOND_SHARE     0.35 // of the bond length, likewise
#define HALF           0.5  // [Å] the cutoff that is always reported too
#define SHORTEST_BOND  0.1  // [Å] below which positions cannot be in Å
#define FARTHEST       1e3  // [Å] of a cutoff

/**
 * lac_match_params_init:
 * @params: (out): the cutoff from the truth, alignment by translation, centroids together
 */
void
lac_match_params_init(LacMatchParams *params)
{
    *params = (LacMatchParams){ .align = LAC_ALIGN_TRANSLATION, .centre = TRUE };
}

// The atoms of one side that are part of its model.
typedef struct {
    LacAtoms *atoms;
    gsize *index; // in the atoms given
    LacPoints points;
} Side;

static void
side_init(Side *self, const LacAtoms *atoms)
{
    self->index = g_new(gsize, lac_atoms_count_present(atoms));
    self->atoms = lac_atoms_dup_present(atoms, self->index);
    self->points = (LacPoints){ self->atoms->n, self->atoms->x, self->atoms->y, self->atoms->z };
}

static void
side_clear(Side *self)
{
    g_clear_pointer(&self->atoms, lac_atoms_unref);
    g_free(self->index);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Side, side_clear)

static gboolean
check_side(const Side *self, const char *what, GError **error)
{
    if (self->points.n == 0 || self->points.n >= G_MAXUINT32) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The %s has %" G_GSIZE_FORMAT " atoms to compare", what, self->points.n);
        return FALSE;
    }
    for (gsize i = 0; i < self->points.n; i++) {
        LacVec3 p = lac_points_get(&self->points, i);
        if (!isfinite(p.x) || !isfinite(p.y) || !isfinite(p.z)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Atom %" G_GSIZE_FORMAT " of the %s is at (%g, %g, %g)", self->index[i] + 1, what,
                p.x, p.y, p.z);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
choose_cutoffs(LacMatch *self, const LacMatchParams *params, const Side *truth, GError **error)
{
    if (!lac_points_get_bond(&truth->points, &self->bond, error))
        return FALSE;
    self->score.cutoff = params->cutoff;
    if (params->cutoff == 0.0) {
        self->score.cutoff =
            truth->points.n > 1 ? MIN(LARGEST_CUTOFF, BOND_SHARE * self->bond) : LARGEST_CUTOFF;
        if (truth->points.n > 1 && self->bond < SHORTEST_BOND) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Nearest neighbours of the truth are %g Å apart: is it in ångström?", self->bond);
            return FALSE;
        }
    }
    self->published.cutoff =
        params->published_cutoff != 0.0 ? params->published_cutoff : self->score.cutoff;
    self->half.cutoff = HALF;
    if (self->score.cutoff > 0.0 && self->score.cutoff <= FARTHEST &&
        self->published.cutoff > 0.0 && self->published.cutoff <= FARTHEST)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "A cutoff of %g Å is not above 0 and up to %g Å",
        self->score.cutoff > 0.0 && self->score.cutoff <= FARTHEST ? self->published.cutoff
                                                                   : self->score.cutoff,
        FARTHEST);
    return FALSE;
}

static double
get_rms(const GArray *pairs)
{
    double sum = 0.0;
    for (guint k = 0; k < pairs->len; k++) {
        LacVec3 d = g_array_index(pairs, LacMatchPair, k).difference;
        sum += d.x * d.x + d.y * d.y + d.z * d.z;
    }
    return 100.0 * sqrt(sum / (double) pairs->len); // NaN without pairs
}

static void
fill_score(LacMatchScore *score, const LacMatch *self, const GArray *pairs)
{
    double n = (double) pairs->len;
    score->n_pairs = pairs->len;
    score->recall = n / (double) self->n_truth;
    score->precision = n / (double) self->n_model;
    score->f1 = 2.0 * n / (double) (self->n_truth + self->n_model);
    score->rms = get_rms(pairs);
}

// A model may be given about another origin, or lack atoms on one side so that centroids mislead:
// both beginnings are tried, and the one with more pairs wins.
static gboolean
align_sides(LacMatch *self, const LacMatchParams *params, const Side *model, const Side *truth,
    const LacCells *cells, GArray *pairs, LacProgress *progress, GError **error)
{
    const LacMat3 identity = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
    LacVec3 from = lac_points_get_mean(&model->points), to = lac_points_get_mean(&truth->points);
    LacMotion motions[2] = {
        { identity, { 0, 0, 0 } },
        { identity, { to.x - from.x, to.y - from.y, to.z - from.z } },
    };
    g_autoptr(GArray) other = g_array_new(FALSE, FALSE, sizeof(LacMatchPair));
    gsize n_starts = params->align == LAC_ALIGN_NONE ? 1 : 2, best = 0;
    for (gsize s = 0; s < n_starts; s++) {
        GArray *found = s == 0 ? pairs : other;
        if (!lac_progress_update(progress, 0.3 * (double) s, error) ||
            !lac_match_align(&model->points, &truth->points, cells, self->score.cutoff,
                params->align, &motions[s], found, progress, error))
            return FALSE;
    }
    if (other->len > pairs->len ||
        (other->len > 0 && other->len == pairs->len && get_rms(other) < get_rms(pairs))) {
        best = 1;
        g_array_set_size(pairs, 0);
        g_array_append_vals(pairs, other->data, other->len);
    }
    self->rotation = motions[best].rotation;
    self->shift = motions[best].shift;
    return TRUE;
}

static gboolean
score_sides(LacMatch *self, const LacMatchParams *params, const Side *model, const Side *truth,
    GArray *pairs, LacProgress *progress, GError **error)
{
    g_autoptr(LacCells) cells = lac_cells_new(truth->points.x, truth->points.y, truth->points.z,
        NULL, truth->points.n, self->score.cutoff, error);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(LacMatchPair));
    if (cells == NULL || !align_sides(self, params, model, truth, cells, pairs, progress, error))
        return FALSE;
    const LacMotion motion = { self->rotation, self->shift };
    if (!lac_progress_update(progress, 0.6, error) ||
        !lac_match_assign(&model->points, &truth->points, cells, &motion, HALF, near, progress,
            error) ||
        !lac_match_published(&model->points, &truth->points, &motion,
            params->centre && params->align != LAC_ALIGN_NONE, &self->published, progress, error))
        return FALSE;
    fill_score(&self->score, self, pairs);
    fill_score(&self->half, self, near);
    self->errors =
        lac_match_errors((const LacMatchPair *) (gconstpointer) pairs->data, pairs->len, NULL, 0);
    return TRUE;
}

// The species that occur, lightest first where names tell: elements by atomic number, numbers by
// value, other names in the order of the list.
typedef struct {
    guint n;
    guint16 *index; // in species_names
    guint *place;   // of each of species_names in this list, or G_MAXUINT
} Species;

static void
species_clear(Species *self)
{
    g_free(self->index);
    g_free(self->place);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Species, species_clear)

static double
get_rank(const char *name, gboolean *is_known)
{
    char *end;
    double value = g_ascii_strtod(name, &end);
    guint number = lac_element_from_symbol(name);
    *is_known = number > 0 || (end != name && *end == '\0');
    return number > 0 ? (double) number : value;
}

static void
species_init(Species *self, const LacAtoms *atoms)
{
    guint n_names = g_strv_length(atoms->species_names);
    gboolean all_known = TRUE, is_known;
    self->index = g_new(guint16, n_names + 1);
    self->place = g_new(guint, n_names + 1);
    g_autofree gboolean *occurs = g_new0(gboolean, n_names + 1);
    for (gsize i = 0; i < atoms->n; i++)
        occurs[MIN(atoms->species[i], n_names)] = TRUE;
    for (guint s = 0; s < n_names; s++) {
        self->place[s] = G_MAXUINT;
        if (!occurs[s])
            continue;
        self->index[self->n++] = (guint16) s;
        get_rank(atoms->species_names[s], &is_known);
        all_known = all_known && is_known;
    }
    for (guint a = 1; a < self->n && all_known; a++)
        for (guint b = a; b > 0 &&
             get_rank(atoms->species_names[self->index[b]], &is_known) <
                 get_rank(atoms->species_names[self->index[b - 1]], &is_known);
             b--) {
            guint16 swap = self->index[b];
            self->index[b] = self->index[b - 1];
            self->index[b - 1] = swap;
        }
    for (guint s = 0; s < self->n; s++)
        self->place[self->index[s]] = s;
}

static guint
get_place(const Species *self, const LacAtoms *atoms, gsize i)
{
    guint n_names = g_strv_length(atoms->species_names);
    guint place = atoms->species[i] < n_names ? self->place[atoms->species[i]] : G_MAXUINT;
    return place < self->n ? place : self->n;
}

// For each species of the truth the one of the model that means the same, or G_MAXUINT.
static guint *
relate_species(LacMatch *self, const Species *truth, const Species *model, const LacAtoms *t,
    const LacAtoms *m)
{
    guint *same = g_new(guint, truth->n + 1);
    gboolean any = FALSE;
    for (guint a = 0; a < truth->n; a++) {
        same[a] = G_MAXUINT;
        for (guint b = 0; b < model->n; b++)
            if (g_ascii_strcasecmp(t->species_names[truth->index[a]],
                    m->species_names[model->index[b]]) == 0)
                same[a] = b;
        any = any || same[a] != G_MAXUINT;
    }
    self->by_order = !any && truth->n == model->n && truth->n > 0;
    for (guint a = 0; a < truth->n && self->by_order; a++)
        same[a] = a;
    same[truth->n] = G_MAXUINT;
    return same;
}

static void
fill_confusion(LacMatch *self, const Species *truth, const Species *model, const LacAtoms *t,
    const LacAtoms *m, const GArray *pairs)
{
    gsize width = model->n + 1;
    self->confusion = g_new0(gsize, (truth->n + 1) * width);
    for (gsize j = 0; j < t->n; j++)
        self->confusion[get_place(truth, t, j) * width + model->n]++;
    for (gsize i = 0; i < m->n; i++)
        self->confusion[truth->n * width + get_place(model, m, i)]++;
    for (guint k = 0; k < pairs->len; k++) {
        const LacMatchPair *pair = &g_array_index(pairs, LacMatchPair, k);
        guint row = get_place(truth, t, pair->truth), column = get_place(model, m, pair->model);
        self->confusion[row * width + model->n]--;
        self->confusion[truth->n * width + column]--;
        if (row < truth->n && column < model->n)
            self->confusion[row * width + column]++;
    }
}

static void
fill_species(LacMatch *self, const LacAtoms *m, const LacAtoms *t, const GArray *pairs)
{
    g_auto(Species) truth = { 0 }, model = { 0 };
    species_init(&truth, t);
    species_init(&model, m);
    g_autofree guint *same = relate_species(self, &truth, &model, t, m);
    self->n_species = truth.n;
    self->n_model_species = model.n;
    self->species = g_new0(LacMatchSpecies, truth.n);
    self->model_species = g_new0(char *, model.n + 1);
    for (guint b = 0; b < model.n; b++)
        self->model_species[b] = g_strdup(m->species_names[model.index[b]]);
    fill_confusion(self, &truth, &model, t, m, pairs);
    g_autofree guint16 *place = g_new(guint16, pairs->len + 1);
    const LacMatchPair *pair = (const LacMatchPair *) (gconstpointer) pairs->data;
    for (guint k = 0; k < pairs->len; k++)
        place[k] = (guint16) get_place(&truth, t, pair[k].truth);
    gsize n_correct = 0, width = model.n + 1;
    gboolean comparable = FALSE;
    for (guint a = 0; a < truth.n; a++) {
        LacMatchSpecies *species = &self->species[a];
        species->name = g_strdup(t->species_names[truth.index[a]]);
        species->errors = lac_match_errors(pair, pairs->len, place, (guint16) a);
        species->n_matched = species->errors.n;
        species->n_truth = species->n_matched + self->confusion[a * width + model.n];
        if (same[a] == G_MAXUINT)
            continue;
        comparable = TRUE;
        species->n_correct = self->confusion[a * width + same[a]];
        for (guint r = 0; r <= truth.n; r++)
            species->n_model += self->confusion[r * width + same[a]];
        n_correct += species->n_correct;
    }
    self->type_accuracy = self->identified = (double) NAN;
    if (comparable) {
        self->type_accuracy = (double) n_correct / (double) pairs->len; // NaN without pairs
        self->identified = (double) n_correct / (double) t->n;
    }
}

// From indices into the present atoms to those into the atoms given.
static void
fill_lists(LacMatch *self, const Side *model, const Side *truth, GArray *pairs)
{
    g_autofree gboolean *is_paired = g_new0(gboolean, model->points.n);
    g_autofree gboolean *is_found = g_new0(gboolean, truth->points.n);
    self->n_pairs = pairs->len;
    self->missed = g_new(gsize, truth->points.n);
    self->extra = g_new(gsize, model->points.n);
    for (guint k = 0; k < pairs->len; k++) {
        LacMatchPair *pair = &g_array_index(pairs, LacMatchPair, k);
        is_paired[pair->model] = TRUE;
        is_found[pair->truth] = TRUE;
        pair->model = model->index[pair->model];
        pair->truth = truth->index[pair->truth];
    }
    for (gsize i = 0; i < model->points.n; i++)
        if (!is_paired[i])
            self->extra[self->n_extra++] = model->index[i];
    for (gsize j = 0; j < truth->points.n; j++)
        if (!is_found[j])
            self->missed[self->n_missed++] = truth->index[j];
    self->pairs = g_memdup2(pairs->data, pairs->len * sizeof *self->pairs);
}

/**
 * lac_match:
 * @model: atoms to be judged; only those present count
 * @truth: known atoms; only those present count
 * @params: how
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Compares a model with the truth: a one-to-one assignment of the least sum of squared distances
 * within a cutoff, the model moved onto its partners. The result does not depend on the order of
 * the atoms unless distances are equal, nor on the number of threads.
 *
 * Returns: (transfer full): the comparison, or %NULL with @error set
 */
LacMatch *
lac_match(const LacAtoms *model, const LacAtoms *truth, const LacMatchParams *params,
    LacProgress *progress, GError **error)
{
    g_auto(Side) m = { 0 }, t = { 0 };
    side_init(&m, model);
    side_init(&t, truth);
    if (!check_side(&m, "model", error) || !check_side(&t, "truth", error))
        return NULL;
    g_autoptr(LacMatch) self = g_new0(LacMatch, 1);
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(LacMatchPair));
    self->n_model = m.points.n;
    self->n_truth = t.points.n;
    if (!choose_cutoffs(self, params, &t, error) ||
        !score_sides(self, params, &m, &t, pairs, progress, error))
        return NULL;
    fill_species(self, m.atoms, t.atoms, pairs);
    fill_lists(self, &m, &t, pairs);
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_match_apply:
 * @self: a comparison
 * @position: [Å] in the model
 *
 * Returns: [Å] the same position in the truth
 */
LacVec3
lac_match_apply(const LacMatch *self, LacVec3 position)
{
    const LacMotion motion = { self->rotation, self->shift };
    return lac_motion_apply(&motion, position);
}

/**
 * lac_match_free:
 * @self: (nullable) (transfer full): a comparison
 */
void
lac_match_free(LacMatch *self)
{
    if (self == NULL)
        return;
    for (guint s = 0; s < self->n_species && self->species != NULL; s++)
        g_free(self->species[s].name);
    g_free(self->species);
    g_strfreev(self->model_species);
    g_free(self->confusion);
    g_free(self->pairs);
    g_free(self->missed);
    g_free(self->extra);
    g_free(self);
}
