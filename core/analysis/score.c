// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/score-private.h"
#include "core/data/cells.h"

#include <math.h>

#define SAME_ATOM 0.9 // [Å] between an atom of the model and the true one
#define NOISY     0.1 // [Å] rms per coordinate from which the limits for noisy models hold
#define NEAR      8.0 // [Å] of the interface: where distances are compared

static void
free_row(gpointer data)
{
    LacAnalysisScoreRow *row = data;
    g_free(row->item);
    g_free(row->unit);
    g_free(row->why);
    g_free(row);
}

/**
 * lac_analysis_score_add:
 * @self: scores that are being made
 * @item: what is scored
 * @value: the score; NaN: there is none
 * @low: least value that will do; NaN: no limit
 * @high: largest value that will do; NaN: no limit
 * @unit: of the value
 *
 * Adds a row with its verdict; a row without a value is missed.
 */
void
lac_analysis_score_add(LacAnalysisScore *self, const char *item, double value, double low,
    double high, const char *unit)
{
    LacAnalysisScoreRow *row = g_new0(LacAnalysisScoreRow, 1);
    gboolean is_met =
        !isnan(value) && (isnan(low) || value >= low) && (isnan(high) || value <= high);
    row->item = g_strdup(item);
    row->unit = g_strdup(unit);
    row->value = value;
    row->low = low;
    row->high = high;
    row->verdict = is_met ? LAC_ANALYSIS_SCORE_MET : LAC_ANALYSIS_SCORE_MISSED;
    g_ptr_array_add(self->rows, row);
}

/**
 * lac_analysis_score_add_open:
 * @self: scores that are being made
 * @item: what would be scored
 * @why: what is missing
 *
 * Adds a row that cannot be judged.
 */
void
lac_analysis_score_add_open(LacAnalysisScore *self, const char *item, const char *why)
{
    LacAnalysisScoreRow *row = g_new0(LacAnalysisScoreRow, 1);
    row->item = g_strdup(item);
    row->unit = g_strdup("");
    row->value = row->low = row->high = (double) NAN;
    row->verdict = LAC_ANALYSIS_SCORE_OPEN;
    row->why = g_strdup(why);
    g_ptr_array_add(self->rows, row);
}

// Which true atom each atom of the model is, and which true atoms it lacks.
static gboolean
pair_atoms(LacAnalysisScore *self)
{
    const LacPoints *points = self->analysis->points;
    const LacAtoms *truth = self->truth->atoms;
    g_autoptr(LacCells) cells =
        lac_cells_new(truth->x, truth->y, truth->z, NULL, truth->n, 2.0, NULL);
    if (cells == NULL)
        return FALSE;
    double sum = 0.0, n = 0.0;
    self->pair = g_new(gsize, MAX(points->n, 1));
    self->is_found = g_new0(guint8, MAX(truth->n, 1));
    for (gsize i = 0; i < points->n; i++) {
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        double d;
        self->pair[i] = G_MAXSIZE;
        if (!lac_cells_find_nearest(cells, p, SAME_ATOM, G_MAXSIZE, &self->pair[i], &d)) {
            self->pair[i] = G_MAXSIZE;
            continue;
        }
        self->is_found[self->pair[i]] = 1;
        sum += d * d / 3.0;
        n += 1.0;
    }
    self->is_noisy = n > 0.0 && sqrt(sum / n) > NOISY;
    return TRUE;
}

static LacPhase
to_phase(double label)
{
    return label == LAC_TRUTH_METAL    ? LAC_PHASE_METAL
        : label == LAC_TRUTH_AMORPHOUS ? LAC_PHASE_AMORPHOUS
        : label == LAC_TRUTH_OTHER     ? LAC_PHASE_UNASSIGNED
                                       : LAC_PHASE_OXIDE;
}

static void
score_phases(LacAnalysisScore *self)
{
    const double *label = lac_atoms_get_column(self->truth->atoms, LAC_COLUMN_PHASE);
    const LacPhases *phases = self->analysis->phases;
    double all = 0.0, right = 0.0, count[LAC_N_PHASES] = { 0 }, found[LAC_N_PHASES] = { 0 };
    if (phases == NULL || label == NULL) {
        lac_analysis_score_add(self, "Phase labels, share correct", (double) NAN, 0.955,
            (double) NAN, "");
        return;
    }
    for (gsize i = 0; i < phases->n; i++) {
        if (self->pair[i] == G_MAXSIZE)
            continue;
        LacPhase known = to_phase(label[self->pair[i]]);
        gboolean is_right = phases->phase[i] == known;
        all += 1.0;
        right += is_right;
        count[known] += 1.0;
        found[known] += is_right;
    }
    double least = self->is_noisy ? 0.98 : 0.985;
    lac_analysis_score_add(self, "Phase labels, share correct", right / all, 0.955, (double) NAN,
        "");
    lac_analysis_score_add(self, "Metal, recall", found[LAC_PHASE_METAL] / count[LAC_PHASE_METAL],
        least, (double) NAN, "");
    lac_analysis_score_add(self, "Crystalline oxide, recall",
        found[LAC_PHASE_OXIDE] / count[LAC_PHASE_OXIDE], least, (double) NAN, "");
}

static void
score_distances(LacAnalysisScore *self)
{
    const LacInterface *interface = self->analysis->interface;
    const LacPoints *points = self->analysis->points;
    const double nan = (double) NAN;
    double sum = 0.0, squares = 0.0, n = 0.0;
    for (gsize i = 0; interface != NULL && i < points->n; i++) {
        double known;
        LacVec3 p = { points->x[i], points->y[i], points->z[i] };
        if (!lac_truth_get_interface_distance(self->truth, p, &known) || fabs(known) >= NEAR ||
            isnan(interface->distance[i]))
            continue;
        double off = interface->distance[i] - known;
        sum += off;
        squares += off * off;
        n += 1.0;
    }
    double area, volume = lac_body_get_volume(&self->truth->interface.core, &area);
    lac_analysis_score_add(self, "Interface, rms distance to the true one",
        n > 0.0 ? sqrt(squares / n) : nan, nan, 1.3, "Å");
    lac_analysis_score_add(self, "Interface, mean distance to the true one",
        n > 0.0 ? sum / n : nan, -1.1, 0.3, "Å");
    lac_analysis_score_add(self, "Interface area over the true one",
        interface != NULL ? interface->area / area : nan, 0.85, 1.15, "");
    lac_analysis_score_add(self, "Volume of the metal over the true one",
        interface != NULL ? interface->volume / volume : nan, 0.85, 1.15, "");
}

static const LacTruthGrain *
find_grain(const LacTruth *truth, LacTruthPhase phase)
{
    for (guint g = 0; g < truth->grains->len; g++) {
        const LacTruthGrain *grain = &g_array_index(truth->grains, LacTruthGrain, g);
        if (grain->phase == phase)
            return grain;
    }
    return NULL;
}

static void
score_densities(LacAnalysisScore *self)
{
    const LacAcross *across = self->analysis->across;
    const LacInterface *interface = self->analysis->interface;
    const LacTruthGrain *metal = find_grain(self->truth, LAC_TRUTH_METAL);
    const LacTruthGrain *oxide = find_grain(self->truth, LAC_TRUTH_AMORPHOUS);
    double inside = (double) NAN, outside = (double) NAN;
    if (across != NULL)
        inside = across->regions[0].inside;
    for (gsize r = 1; across != NULL && r < across->n_regions; r++)
        if (interface->types[across->regions[r].type].phase == LAC_PHASE_AMORPHOUS)
            outside = across->regions[r].outside;
    if (metal != NULL)
        lac_analysis_score_add(self, "Density of the metal over the true one",
            inside / metal->density, 0.95, 1.05, "");
    if (oxide != NULL)
        lac_analysis_score_add(self, "Density of the amorphous oxide over the true one",
            outside / oxide->density, 0.92, 1.08, "");
}

static void
score_audit(LacAnalysisScore *self)
{
    const LacAudit *audit = self->analysis->audit;
    const LacAtoms *truth = self->truth->atoms;
    double n_false = 0.0, found = 0.0, lost = 0.0, n_true = 0.0, missed = 0.0, again = 0.0;
    for (gsize i = 0; audit != NULL && i < audit->n; i++) {
        gboolean is_true = self->pair[i] != G_MAXSIZE;
        n_true += is_true;
        n_false += !is_true;
        found += !is_true && audit->is_false[i];
        lost += is_true && audit->is_false[i];
    }
    for (gsize t = 0; audit != NULL && t < truth->n; t++) {
        if (self->is_found[t])
            continue;
        double best = (double) INFINITY;
        for (gsize k = 0; k < audit->n_missing; k++) {
            LacVec3 p = audit->missing[k].position;
            best =
                fmin(best, hypot(hypot(p.x - truth->x[t], p.y - truth->y[t]), p.z - truth->z[t]));
        }
        missed += 1.0;
        again += best < SAME_ATOM;
    }
    if (!self->is_noisy)
        return;
    if (audit == NULL) {
        lac_analysis_score_add_open(self, "Audit", "it needs the volume");
        return;
    }
    lac_analysis_score_add(self, "Audit, false atoms found", n_false > 0.0 ? found / n_false : 1.0,
        0.95, (double) NAN, "");
    lac_analysis_score_add(self, "Audit, true atoms lost", lost / n_true, (double) NAN, 0.001, "");
    lac_analysis_score_add(self, "Audit, missed atoms found again",
        missed > 0.0 ? again / missed : 1.0, 0.95, (double) NAN, "");
}

/**
 * lac_analysis_score_get_needs:
 *
 * Returns: bits of the analyses that scores are made from
 */
guint64
lac_analysis_score_get_needs(void)
{
    return LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_CRYSTALS) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_ACROSS) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_JUNCTIONS) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_VACANCIES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PORES);
}

/**
 * lac_analysis_score_new:
 * @analysis: of the model as it is, with all that lac_analysis_score_get_needs() tells
 * @audited: (nullable): of the model that the audit has corrected, for pores; %NULL: the same
 * @truth: what is known of the particle
 *
 * Compares results with the truth. Limits for noisy models hold when positions are off by more than
 * 0.1 Å per coordinate.
 *
 * Returns: (transfer full) (element-type LacAnalysisScoreRow): the rows
 */
GPtrArray *
lac_analysis_score_new(const LacAnalysis *analysis, const LacAnalysis *audited,
    const LacTruth *truth)
{
    LacAnalysisScore score = { .analysis = analysis,
        .audited = audited != NULL ? audited : analysis,
        .truth = truth };
    score.rows = g_ptr_array_new_with_free_func(free_row);
    if (truth->atoms->n > 0 && pair_atoms(&score)) {
        score_audit(&score);
        score_phases(&score);
        if (truth->grains->len > 0)
            lac_analysis_score_crystals(&score);
        if (truth->has_interface) {
            score_distances(&score);
            score_densities(&score);
            lac_analysis_score_coherency(&score);
        }
        if (truth->vacancies->len > 0)
            lac_analysis_score_vacancies(&score);
        if (truth->pores->len > 0)
            lac_analysis_score_pores(&score);
    }
    g_free(score.pair);
    g_free(score.is_found);
    return score.rows;
}

/**
 * lac_analysis_score_run:
 * @analysis: of the model as it is, with all that lac_analysis_score_get_needs() tells
 * @truth: what is known of the particle
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Compares results with the truth, pores those of the model that the audit corrects: they are
 * analysed here.
 *
 * Returns: (transfer full) (element-type LacAnalysisScoreRow): the rows, or %NULL with @error set
 *   when memory is short or when cancelled
 */
GPtrArray *
lac_analysis_score_run(const LacAnalysis *analysis, const LacTruth *truth, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacAnalysis) audited = NULL;
    const LacAudit *audit = analysis->audit;
    if (audit != NULL && audit->n_false + audit->n_missing > 0) {
        g_autoptr(LacEdit) edit =
            lac_audit_make_edit(audit, analysis->points, NULL, NULL, NULL, error);
        g_autoptr(LacAtoms) atoms =
            edit != NULL ? lac_edit_apply(&edit, 1, analysis->points->atoms, FALSE, error) : NULL;
        if (atoms == NULL)
            return NULL;
        audited = lac_analysis_run(atoms, analysis->volume, &analysis->params,
            LAC_ANALYSIS_BIT(LAC_ANALYSIS_PORES), NULL, progress, error);
        if (audited == NULL)
            return NULL;
    }
    return lac_analysis_score_new(analysis, audited, truth);
}

/**
 * lac_analysis_score_count:
 * @rows: (element-type LacAnalysisScoreRow): scores
 * @verdict: which ones
 *
 * Returns: how many rows have this verdict
 */
guint
lac_analysis_score_count(const GPtrArray *rows, LacAnalysisScoreVerdict verdict)
{
    guint n = 0;
    for (guint i = 0; i < rows->len; i++)
        n += ((const LacAnalysisScoreRow *) rows->pdata[i])->verdict == verdict;
    return n;
}

/**
 * lac_analysis_score_add_section:
 * @rows: (element-type LacAnalysisScoreRow): scores
 * @report: takes a section with them
 */
void
lac_analysis_score_add_section(const GPtrArray *rows, LacReport *report)
{
    static const char *const verdicts[] = { "met", "MISSED", "not judged" };
    LacReportSection *section = lac_report_add_section(report, "score", "Scores against the truth",
        "Results compared with what is known of the particle, and the limits that they should "
        "keep.");
    lac_report_add(section, "met", "Rows met",
        lac_analysis_score_count(rows, LAC_ANALYSIS_SCORE_MET), 0, "",
        "Scores inside their limits");
    lac_report_add(section, "missed", "Rows missed",
        lac_analysis_score_count(rows, LAC_ANALYSIS_SCORE_MISSED), 0, "",
        "Scores outside their limits, or without a value");
    lac_report_add(section, "open", "Rows not judged",
        lac_analysis_score_count(rows, LAC_ANALYSIS_SCORE_OPEN), 0, "",
        "Scores that take something that is not there");
    LacTable *table =
        lac_table_new("scores", "Scores", "a score, its limits and its verdict", rows->len);
    char **item = lac_table_add_texts(table, "item", "Score");
    double *value = lac_table_add_numbers(table, "value", "Value", "", 4);
    double *low = lac_table_add_numbers(table, "low", "At least", "", 4);
    double *high = lac_table_add_numbers(table, "high", "At most", "", 4);
    char **unit = lac_table_add_texts(table, "unit", "Unit");
    char **verdict = lac_table_add_texts(table, "verdict", "Verdict");
    for (guint i = 0; i < rows->len; i++) {
        const LacAnalysisScoreRow *row = rows->pdata[i];
        item[i] = g_strdup(row->item);
        unit[i] = g_strdup(row->unit);
        value[i] = row->value;
        low[i] = row->low;
        high[i] = row->high;
        verdict[i] = row->why != NULL ? g_strdup_printf("%s: %s", verdicts[row->verdict], row->why)
                                      : g_strdup(verdicts[row->verdict]);
    }
    g_ptr_array_add(section->tables, table);
}
