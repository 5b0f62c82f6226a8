// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/trace/classify-private.h"
#include "core/trace/mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAINT      1e-3 // of the bright peaks: below this a peak is surely no atom
#define BRIGHT     0.9  // quantile that stands for the bright peaks
#define FIT_WEIGHT 0.5  // of the logarithm of the residual in the score
#define WORSE      1.3  // residual of non-atoms over that of the atoms next to them, at least
#define BROAD      0.3  // sigma over mean of a component: atoms of a species are more alike
#define UNLIKE     2.9  // misfit of a component over the best
#define FAR_BELOW  0.38 // mean of round noise over that of the next component
#define LIMP       0.2  // spread of round noise over its mean, at least
#define CLEAR      2.0  // gap between round noise and the next component over their spreads
#define APART      3.5  // distance to the next component over the sum of both sigmas

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

static void
scored_init(Scored *self, gsize n)
{
    self->index = g_new(gsize, n);
    self->score = g_new(double, n);
    self->component = g_new0(guint8, n);
}

static double
get_bright(const double *values, gsize n)
{
    g_autofree double *sorted = g_memdup2(values, n * sizeof *values);
    return get_quantile(sorted, n, BRIGHT);
}

// Noise and errors of the volume are the same for faint and bright atoms, so that the excess itself
// is a sum of Gaussians, negative values and all.
static void
score_excess(Scored *self, const LacPeakMeasures *peaks)
{
    double bright = get_bright(peaks->excess, peaks->n);
    scored_init(self, peaks->n);
    for (gsize k = 0; k < peaks->n && bright > 0.0; k++) {
        self->index[self->n] = k;
        self->score[self->n++] = peaks->excess[k] / bright;
    }
}

// An atom is bright, and fitted well for its brightness.
static void
score_intensity(Scored *self, const LacPeakMeasures *peaks, gboolean has_fit)
{
    double faint = MAX(FAINT * get_bright(peaks->intensity, peaks->n), 0.0);
    scored_init(self, peaks->n);
    for (gsize k = 0; k < peaks->n; k++) {
        if (!(peaks->intensity[k] > faint))
            continue;
        self->index[self->n] = k;
        self->score[self->n++] =
            log(peaks->intensity[k]) - (has_fit ? FIT_WEIGHT * log(peaks->fit[k]) : 0.0);
    }
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

// NaN of a component without peaks.
static double
get_median(const Scored *self, const double *values, guint component, double *scratch)
{
    gsize n = 0;
    for (gsize k = 0; k < self->n; k++)
        if (self->component[k] == component)
            scratch[n++] = values[self->index[k]];
    return n > 0 ? get_quantile(scratch, n, 0.5) : (double) NAN;
}

// Peaks of all heights that look worse than atoms do, or between which and the next component there
// are none.
static gboolean
is_noise(const LacMixture *mixture, guint c, double misfit, double best)
{
    if (mixture->sigma[c] <= BROAD * mixture->mean[c])
        return FALSE;
    return !(misfit <= UNLIKE * best) ||
        (c + 1 < mixture->n &&
            mixture->mean[c + 1] - mixture->mean[c] >
                APART * (mixture->sigma[c] + mixture->sigma[c + 1]));
}

// The first component that is not noise.
static guint
find_first_by_misfit(const Scored *self, const LacMixture *mixture, const LacPeakMeasures *peaks)
{
    g_autofree double *misfit = g_new(double, peaks->n), *scratch = g_new(double, self->n);
    for (gsize k = 0; k < peaks->n; k++)
        misfit[k] = peaks->excess[k] > 0.0 ? peaks->misfit[k] : (double) INFINITY;
    double medians[LAC_MIXTURE_MAX], best = (double) INFINITY;
    for (guint c = 0; c < mixture->n; c++) {
        medians[c] = get_median(self, misfit, c, scratch);
        best = fmin(best, medians[c]);
    }
    for (guint c = 0; c < mixture->n; c++)
        if (!is_noise(mixture, c, medians[c], best))
            return c;
    return 0;
}

// Noise in a volume of blobs is as round as atoms are. It is far below the next component, clearly
// apart from it and broader than atoms; and the species that are expected are all above it.
static guint
count_round_noise(const LacMixture *mixture, guint n_species)
{
    guint first = 0;
    for (guint c = 0; c + n_species < mixture->n; c++) {
        double low = mixture->mean[c], high = mixture->mean[c + 1];
        gboolean is_clear = high - low > CLEAR * (mixture->sigma[c] + mixture->sigma[c + 1]);
        if (low < FAR_BELOW * high && mixture->sigma[c] > LIMP * low && is_clear)
            first = c + 1;
    }
    return first;
}

// The residual of an atom, other than its share of the height, does not grow as atoms get fainter:
// where it does most, there are other peaks below.
static guint
find_first_by_fit(const Scored *self, const LacMixture *mixture, const LacPeakMeasures *peaks)
{
    g_autofree double *residual = g_new(double, peaks->n), *scratch = g_new(double, self->n);
    double worst = WORSE, before = (double) NAN;
    guint first = 0;
    for (gsize k = 0; k < peaks->n; k++)
        residual[k] = peaks->fit[k] * peaks->height[k];
    for (guint c = 0; c < mixture->n; c++) {
        double median = get_median(self, residual, c, scratch);
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
 * @peaks: what is known of them, at least one peak
 * @n_species: number of species that are expected
 * @p_atom: (out caller-allocates) (array): probability of being an atom
 * @n_components: (out): of the mixture
 * @error: return location for a #GError
 *
 * Describes the peaks by a mixture of Gaussians, as many as the data want, the upper ones of which
 * are atoms. With excess and misfit the mixture is of the excess; components are no atoms as long as
 * their peaks are of all heights and look worse than others; then neighbours have a say. With fits
 * alone it is of the logarithm of intensity over the root of the residual, and parts where the
 * residual falls most steeply. With neither it is of the logarithm of the intensity, and the
 * brightest components, as many as there are species, are atoms.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_classify_atoms(const LacPeakMeasures *peaks, guint n_species, double *p_atom,
    guint *n_components, GError **error)
{
    g_auto(Scored) scored = { 0 };
    gboolean has_excess = peaks->excess != NULL && peaks->misfit != NULL;
    gboolean has_fit = are_usable(peaks->fit, peaks->n) && are_usable(peaks->height, peaks->n);
    if (has_excess)
        score_excess(&scored, peaks);
    else
        score_intensity(&scored, peaks, has_fit);
    LacMixture mixture;
    if (scored.n == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "No peak has an intensity above 0");
        return FALSE;
    }
    if (!lac_mixture_choose(scored.score, scored.n, LAC_MIXTURE_MAX, &mixture, error))
        return FALSE;
    choose_components(&scored, &mixture);
    guint first = mixture.n > n_species ? mixture.n - n_species : 0;
    if (has_excess)
        first = MAX(find_first_by_misfit(&scored, &mixture, peaks),
            count_round_noise(&mixture, n_species));
    else if (has_fit)
        first = find_first_by_fit(&scored, &mixture, peaks);
    *n_components = mixture.n;
    for (gsize k = 0; k < peaks->n; k++)
        p_atom[k] = 0.0;
    // Beyond its mean the first component of the atoms is no less likely than below it.
    for (gsize k = 0; k < scored.n; k++)
        p_atom[scored.index[k]] = lac_mixture_share_above(&mixture,
            first > 0 ? MIN(scored.score[k], mixture.mean[first]) : scored.score[k], first);
    return !has_excess || first == 0 || lac_classify_neighbours(peaks, p_atom, error);
}
