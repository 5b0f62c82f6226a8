// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of vacancies, and of atoms that were not traced and look like them.
#include "core/analysis/score-private.h"

#include <math.h>

#define SAME_SITE 1.0 // [Å] between a vacancy and the true one

static gboolean
is_vacant(const LacVacancy *site)
{
    return site->verdict == LAC_VACANCY_VACANT || site->verdict == LAC_VACANCY_GEOMETRIC;
}

// The nearest vacancy that was found, within the distance that still counts.
static double
find_nearest(const LacVacancies *vacancies, LacVec3 at)
{
    double best = (double) INFINITY;
    for (gsize k = 0; k < vacancies->n; k++)
        if (is_vacant(&vacancies->sites[k]))
            best = fmin(best, lac_vec3_norm(lac_vec3_subtract(vacancies->sites[k].position, at)));
    return best;
}

static gboolean
is_true_vacancy(const LacTruth *truth, LacVec3 at)
{
    for (guint k = 0; k < truth->vacancies->len; k++) {
        const LacTruthVacancy *known = &g_array_index(truth->vacancies, LacTruthVacancy, k);
        if (lac_vec3_norm(lac_vec3_subtract(known->position, at)) < SAME_SITE)
            return TRUE;
    }
    return FALSE;
}

// Whether a true atom that the model lacks is at this place.
static gboolean
is_missed_atom(const LacAnalysisScore *self, LacVec3 at)
{
    const LacAtoms *atoms = self->truth->atoms;
    for (gsize t = 0; t < atoms->n; t++)
        if (!self->is_found[t] &&
            hypot(hypot(atoms->x[t] - at.x, atoms->y[t] - at.y), atoms->z[t] - at.z) < SAME_SITE)
            return TRUE;
    return FALSE;
}

/**
 * lac_analysis_score_vacancies:
 * @self: scores that are being made
 *
 * Scores recall, precision and position of vacancies, and the recognition of untraced atoms.
 */
void
lac_analysis_score_vacancies(LacAnalysisScore *self)
{
    const double nan = (double) NAN;
    const LacVacancies *vacancies = self->analysis->vacancies;
    double known = self->truth->vacancies->len, found = 0.0, squares = 0.0;
    double claimed = 0.0, right = 0.0, missed = 0.0, recognised = 0.0;
    for (guint k = 0; vacancies != NULL && k < self->truth->vacancies->len; k++) {
        const LacTruthVacancy *site = &g_array_index(self->truth->vacancies, LacTruthVacancy, k);
        double d = find_nearest(vacancies, site->position);
        if (d < SAME_SITE) {
            found += 1.0;
            squares += d * d;
        }
    }
    for (gsize k = 0; vacancies != NULL && k < vacancies->n; k++) {
        const LacVacancy *site = &vacancies->sites[k];
        claimed += is_vacant(site);
        right += is_vacant(site) && is_true_vacancy(self->truth, site->position);
        if (is_missed_atom(self, site->position)) {
            missed += 1.0;
            recognised += site->verdict == LAC_VACANCY_UNTRACED;
        }
    }
    gboolean has_volume = vacancies != NULL && vacancies->has_volume;
    lac_analysis_score_add(self, "Vacancies, recall", vacancies != NULL ? found / known : nan,
        self->is_noisy ? 0.95 : 0.97, nan, "");
    if (has_volume || !self->is_noisy)
        lac_analysis_score_add(self, "Vacancies, precision", claimed > 0.0 ? right / claimed : nan,
            0.9, nan, "");
    else
        lac_analysis_score_add_open(self, "Vacancies, precision",
            "atoms that were not traced look like vacancies, and telling them takes the volume");
    lac_analysis_score_add(self, "Vacancies, rms position",
        found > 0.0 ? sqrt(squares / found) : nan, nan, self->is_noisy ? 0.2 : 0.06, "Å");
    if (self->is_noisy && has_volume && missed > 0.0)
        lac_analysis_score_add(self, "Untraced lattice atoms recognised", recognised / missed, 0.95,
            nan, "");
}
