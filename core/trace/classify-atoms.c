// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/trace/classify-private.h"
#include "core/trace/mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAINT      1e-3 // of the bright peaks: below this a peak is surely no atom
#define BRIGHT     0.9  // quantile that stands for the bright peaks
#define FIT_WEIGHT 0.5  // of the logarithm of the misfit in the score
#define WORSE      1.3  // misfit of non-atoms over that of the atoms next to them, at least

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_quantile(double *values, gsize n, double share)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return values[(gsize) (share * (double) (n - 1))];
}

// Peaks bright enough to be asked about.
typedef struct {
    gsize n;
    gsize *index;
    double *score;
    guint8 *component;
} Scored;

static void
scored_clear(Scored *self)
{
    g_free(self->index);
    g_free(self->score);
    g_free(self->component);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scored, scored_clear)

static gboolean
are_usable(const double *values, gsize n)
{
    for (gsize k = 0; k < n && values != NULL; k++)
        if (!(values[k] > 0.0 && isfinite(values[k])))
            return FALSE;
    return values != NULL;
}

// An atom is bright, and round enough to be fitted well for its brightness.
static gboolean
score_peaks(Scored *self, const double *intensity, const double *fit, gsize n, GError **error)
{
    g_autofree double *sorted = g_memdup2(intensity, n * sizeof *intensity);
    double faint = MAX(FAINT * get_quantile(sorted, n, BRIGHT), 0.0);
    self->index = g_new(gsize, n);
    self->score = g_new(double, n);
    self->component = g_new0(guint8, n);
    for (gsize k = 0; k < n; k++) {
        if (!(intensity[k] > faint))
            continue;
        self->index[self->n] = k;
        self->score[self->n++] = log(intensity[k]) - (fit != NULL ? FIT_WEIGHT * log(fit[k]) : 0.0);
    }
    if (self->n == 0)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "No peak has an intensity above 0");
    return self->n > 0;
}

static void
choose_components(Scored *self, const LacMixture *mixture)
{
    for (gsize k = 0; k < self->n; k++) {
        double best = 0.0;
        for (guint c = 0; c < mixture->n; c++) {
            double share = lac_mixture_share_above(mixture, self->score[k], c) -
                (c + 1 < mixture->n ? lac_mixture_share_above(mixture, self->score[k], c + 1)
                                    : 0.0);
            if (share > best) {
                best = share;
                self->component[k] = (guint8) c;
            }
        }
    }
}

static double
get_median_misfit(const Scored *self, const double *misfit, guint component, double *scratch)
{
    gsize n = 0;
    for (gsize k = 0; k < self->n; k++)
        if (self->component[k] == component)
            scratch[n++] = misfit[self->index[k]];
    return n > 0 ? get_quantile(scratch, n, 0.5) : (double) NAN;
}

// Which components are atoms: the first of them. The misfit of an atom, as against its share of
// the height, does not grow as atoms get fainter: where it does, there are other peaks below.
static guint
find_first(const Scored *self, const LacMixture *mixture, const double *misfit)
{
    g_autofree double *scratch = g_new(double, self->n);
    double worst = WORSE, before = (double) NAN;
    guint first = 0;
    for (guint c = 0; c < mixture->n; c++) {
        double median = get_median_misfit(self, misfit, c, scratch);
        if (isnan(median))
            continue;
        if (before / median > worst) {
            worst = before / median;
            first = c;
        }
        before = median;
    }
    return first;
}

/**
 * lac_classify_atoms:
 * @intensity: (array length=n): of the peaks, finite
 * @fit: (nullable) (array length=n): rms of their fits, divided by their heights
 * @height: (nullable) (array length=n): their fitted heights
 * @n: how many, at least 1
 * @n_species: number of species that are expected
 * @p_atom: (out caller-allocates) (array length=n): probability of being an atom
 * @n_components: (out): of the mixture
 * @error: return location for a #GError
 *
 * Describes the score of the peaks, the logarithm of intensity over root of misfit, by a mixture of
 * Gaussians. Its upper components are atoms: those above the steepest fall of the absolute misfit,
 * or all of them where it does not fall. Without fits the brightest components, as many as there
 * are species, are atoms.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_classify_atoms(const double *intensity, const double *fit, const double *height, gsize n,
    guint n_species, double *p_atom, guint *n_components, GError **error)
{
    g_auto(Scored) scored = { 0 };
    gboolean has_fit = are_usable(fit, n) && are_usable(height, n);
    LacMixture mixture;
    if (!score_peaks(&scored, intensity, has_fit ? fit : NULL, n, error) ||
        !lac_mixture_choose(scored.score, scored.n, LAC_MIXTURE_MAX, &mixture, error))
        return FALSE;
    guint first = mixture.n > n_species ? mixture.n - n_species : 0;
    if (has_fit) {
        g_autofree double *misfit = g_new(double, n);
        for (gsize k = 0; k < n; k++)
            misfit[k] = fit[k] * height[k];
        choose_components(&scored, &mixture);
        first = find_first(&scored, &mixture, misfit);
    }
    *n_components = mixture.n;
    for (gsize k = 0; k < n; k++)
        p_atom[k] = 0.0;
    // Beyond its mean the first component of the atoms is no less likely than below it.
    for (gsize k = 0; k < scored.n; k++)
        p_atom[scored.index[k]] = lac_mixture_share_above(&mixture,
            first > 0 ? MIN(scored.score[k], mixture.mean[first]) : scored.score[k], first);
    return TRUE;
}
