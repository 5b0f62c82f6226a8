// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/score.h"

#include "core/data/cells.h"

#include <math.h>

#define NEAR      1.35 // [bond] of the first shell
#define FEW       0.67 // of the usual number of neighbours
#define CLOSE     0.9  // [bond] a neighbour that is closer crowds
#define WALL      4.0  // [Å] from a pore, an interface
#define ELSEWHERE 1.5  // [Å] within which an extra atom is taken for a missed one
#define TELLING   1.5  // times as common among the missed as among all

typedef struct {
    const LacTruth *truth;
    const LacMatch *match;
    const guint8 *is_missed; // per atom of the truth
    LacCells *cells, *extra;
    double bond, usual; // [Å] and number of neighbours
} Scorer;

typedef gboolean (*Property)(const Scorer *self, gsize i);

static LacVec3
position_of(const LacAtoms *atoms, gsize i)
{
    return (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
}

static gboolean
has_few_neighbours(const Scorer *self, gsize i)
{
    LacVec3 r = position_of(self->truth->atoms, i);
    return (double) lac_cells_count(self->cells, r, NEAR * self->bond, i) < FEW * self->usual;
}

static gboolean
is_crowded(const Scorer *self, gsize i)
{
    LacVec3 r = position_of(self->truth->atoms, i);
    return lac_cells_count(self->cells, r, CLOSE * self->bond, i) > 0;
}

static gboolean
is_at_pore(const Scorer *self, gsize i)
{
    for (guint p = 0; p < self->truth->pores->len; p++) {
        LacTruthPore pore = g_array_index(self->truth->pores, LacTruthPore, p);
        for (int axis = 0; axis < 3; axis++)
            pore.axes[axis] += WALL;
        if (lac_truth_pore_contains(&pore, position_of(self->truth->atoms, i)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_at_vacancy(const Scorer *self, gsize i)
{
    LacVec3 r = position_of(self->truth->atoms, i);
    for (guint v = 0; v < self->truth->vacancies->len; v++) {
        LacVec3 s = g_array_index(self->truth->vacancies, LacTruthVacancy, v).position;
        if (hypot(hypot(s.x - r.x, s.y - r.y), s.z - r.z) < 1.2 * self->bond)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_at_interface(const Scorer *self, gsize i)
{
    double distance;
    return lac_truth_get_interface_distance(self->truth, position_of(self->truth->atoms, i),
               &distance) &&
        fabs(distance) < WALL;
}

static gboolean
has_extra_nearby(const Scorer *self, gsize i)
{
    return self->is_missed[i] && self->extra != NULL &&
        lac_cells_count(self->extra, position_of(self->truth->atoms, i), ELSEWHERE, G_MAXSIZE) > 0;
}

static const struct {
    const char *title, *help;
    Property has;
} properties[] = {
    { "At the surface", "With fewer than two thirds of the usual number of neighbours",
        has_few_neighbours },
    { "Crowded", "With a neighbour at less than 0.9 of the usual distance", is_crowded },
    { "At a pore", "Within 4 Å of its wall", is_at_pore },
    { "Next to a vacancy", "A neighbour of the empty site", is_at_vacancy },
    { "At the interface", "Within 4 Å of the surface of the metal", is_at_interface },
    { "Found elsewhere", "With an extra atom of the model within 1.5 Å", has_extra_nearby },
};

static guint8 *
mark_missed(const LacTruth *truth, const LacMatch *match)
{
    guint8 *is_missed = g_new0(guint8, MAX(truth->atoms->n, 1));
    for (gsize i = 0; i < match->n_missed; i++)
        if (match->missed[i] < truth->atoms->n)
            is_missed[match->missed[i]] = TRUE;
    return is_missed;
}

// The atoms of the model without a partner, where the truth has its origin.
static LacCells *
make_extra(const LacAtoms *model, const LacMatch *match)
{
    gsize n = match->n_extra;
    g_autofree double *places = g_new(double, MAX(3 * n, 1));
    for (gsize i = 0; i < n; i++) {
        LacVec3 r = lac_match_apply(match, position_of(model, match->extra[i]));
        places[i] = r.x;
        places[n + i] = r.y;
        places[2 * n + i] = r.z;
    }
    return lac_cells_new(places, places + n, places + 2 * n, NULL, n, ELSEWHERE, NULL);
}

static int
compare_counts(gconstpointer a, gconstpointer b)
{
    const gsize *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double
usual_neighbours(const Scorer *self)
{
    const LacAtoms *atoms = self->truth->atoms;
    g_autofree gsize *counts = g_new(gsize, MAX(atoms->n, 1));
    for (gsize i = 0; i < atoms->n; i++)
        counts[i] = lac_cells_count(self->cells, position_of(atoms, i), NEAR * self->bond, i);
    qsort(counts, atoms->n, sizeof *counts, compare_counts);
    return atoms->n > 0 ? (double) counts[atoms->n / 2] : 0.0;
}

static void
add_facts(LacScore *score, const Scorer *self)
{
    for (guint p = 0; p < G_N_ELEMENTS(properties); p++) {
        LacScoreFact fact = { .title = properties[p].title, .help = properties[p].help };
        for (gsize i = 0; i < self->truth->atoms->n; i++) {
            if (!lac_atoms_is_present(self->truth->atoms, i) || !properties[p].has(self, i))
                continue;
            fact.n_all++;
            fact.n_missed += self->is_missed[i];
        }
        if (fact.n_all > 0)
            g_array_append_val(score->facts, fact);
    }
}

static void
add_phases(LacScore *score, const Scorer *self)
{
    const LacTruth *truth = self->truth;
    const double *phase = lac_atoms_get_column(truth->atoms, LAC_COLUMN_PHASE);
    LacScorePhase all[LAC_N_TRUTH_PHASES] = { 0 };
    double squares[LAC_N_TRUTH_PHASES] = { 0 };
    if (phase == NULL)
        return;
    for (gsize i = 0; i < truth->atoms->n; i++) {
        gboolean is_known = phase[i] >= 0.0 && phase[i] < LAC_N_TRUTH_PHASES;
        guint p = is_known ? (guint) phase[i] : LAC_TRUTH_OTHER;
        if (!lac_atoms_is_present(truth->atoms, i))
            continue;
        all[p].n_truth++;
        all[p].n_found += !self->is_missed[i];
    }
    for (gsize k = 0; k < self->match->n_pairs; k++) {
        double value = phase[self->match->pairs[k].truth];
        LacVec3 d = self->match->pairs[k].difference;
        if (value >= 0.0 && value < LAC_N_TRUTH_PHASES)
            squares[(guint) value] += 1e4 * (d.x * d.x + d.y * d.y + d.z * d.z);
    }
    for (guint p = 0; p < LAC_N_TRUTH_PHASES; p++) {
        if (all[p].n_truth == 0)
            continue;
        all[p].phase = (LacTruthPhase) p;
        all[p].rms = sqrt(squares[p] / (double) all[p].n_found);
        score->phases[score->n_phases++] = all[p];
    }
}

static double
excess_of(const LacScore *self, const LacScoreFact *fact)
{
    double missed = (double) fact->n_missed / (double) MAX(self->n_missed, 1);
    double all = (double) fact->n_all / (double) MAX(self->n_truth, 1);
    return missed / MAX(all, 1e-9);
}

/**
 * lac_score_fact_is_telling:
 * @self: a score
 * @fact: one of its facts
 *
 * Returns: whether it holds for at least two missed atoms, and half as often again among the
 *   missed as among all
 */
gboolean
lac_score_fact_is_telling(const LacScore *self, const LacScoreFact *fact)
{
    return fact->n_missed >= 2 && excess_of(self, fact) >= TELLING;
}

static int
compare_facts(gconstpointer a, gconstpointer b, gpointer data)
{
    double x = excess_of(data, a), y = excess_of(data, b);
    return (x < y) - (x > y);
}

/**
 * lac_score_new:
 * @truth: what is known
 * @model: the atoms that were compared with it
 * @match: the comparison
 *
 * Counts what was found, missed and displaced, for each phase, and looks for what the missed atoms
 * have in common.
 *
 * Returns: (transfer full): the score
 */
LacScore *
lac_score_new(const LacTruth *truth, const LacAtoms *model, const LacMatch *match)
{
    LacScore *self = g_new0(LacScore, 1);
    self->facts = g_array_new(FALSE, TRUE, sizeof(LacScoreFact));
    self->n_truth = match->n_truth;
    self->n_found = match->n_pairs;
    self->n_missed = match->n_missed;
    self->n_extra = match->n_extra;
    self->recall = match->score.recall;
    self->precision = match->score.precision;
    self->rms = match->errors.rms;
    for (gsize k = 0; k < match->n_pairs; k++) {
        LacVec3 d = match->pairs[k].difference;
        double pm = 100.0 * sqrt(d.x * d.x + d.y * d.y + d.z * d.z);
        self->n_displaced += pm > LAC_SCORE_DISPLACED_PM ? 1 : 0;
    }
    if (isfinite(match->type_accuracy))
        self->n_misclassified =
            (gsize) rint((1.0 - match->type_accuracy) * (double) match->n_pairs);
    g_autofree guint8 *is_missed = mark_missed(truth, match);
    const LacAtoms *atoms = truth->atoms;
    Scorer scorer = { .truth = truth, .match = match, .is_missed = is_missed, .bond = match->bond };
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, NULL, atoms->n, NEAR * match->bond, NULL);
    g_autoptr(LacCells) extra = make_extra(model, match);
    add_phases(self, &scorer);
    if (cells == NULL)
        return self;
    scorer.cells = cells;
    scorer.extra = extra;
    scorer.usual = usual_neighbours(&scorer);
    add_facts(self, &scorer);
    g_array_sort_with_data(self->facts, compare_facts, self);
    return self;
}

/**
 * lac_score_free:
 * @self: (nullable) (transfer full): a score
 */
void
lac_score_free(LacScore *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->facts);
    g_free(self);
}

static double
percent(gsize part, gsize whole)
{
    return 100.0 * (double) part / (double) MAX(whole, 1);
}

/**
 * lac_score_dup_text:
 * @self: a score
 *
 * Returns: (transfer full): a few lines for a person
 */
char *
lac_score_dup_text(const LacScore *self)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
        "found %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " (recall %.2f %%, precision %.2f %%), "
        "rms %.2f pm\nmissed %" G_GSIZE_FORMAT ", extra %" G_GSIZE_FORMAT
        ", displaced by more than %.0f pm %" G_GSIZE_FORMAT ", of another species %" G_GSIZE_FORMAT
        "\n",
        self->n_found, self->n_truth, 100.0 * self->recall, 100.0 * self->precision, self->rms,
        self->n_missed, self->n_extra, LAC_SCORE_DISPLACED_PM, self->n_displaced,
        self->n_misclassified);
    for (guint p = 0; p < self->n_phases; p++) {
        const LacScorePhase *phase = &self->phases[p];
        g_string_append_printf(text,
            "  %-26s %6" G_GSIZE_FORMAT " of %6" G_GSIZE_FORMAT " (%.2f %%), rms %.2f pm\n",
            lac_truth_phase_get_title(phase->phase), phase->n_found, phase->n_truth,
            percent(phase->n_found, phase->n_truth), phase->rms);
    }
    for (guint f = 0; f < self->facts->len && self->n_missed > 0; f++) {
        const LacScoreFact *fact = &g_array_index(self->facts, LacScoreFact, f);
        g_string_append_printf(text, "  %-26s %5.1f %% of the missed, %5.1f %% of all atoms%s\n",
            fact->title, percent(fact->n_missed, self->n_missed),
            percent(fact->n_all, self->n_truth),
            lac_score_fact_is_telling(self, fact) ? "  <" : "");
    }
    return g_string_free(text, FALSE);
}
