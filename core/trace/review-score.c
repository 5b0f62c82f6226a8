// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel.h"
#include "core/trace/review-private.h"

#include <math.h>

#define MAD_TO_SIGMA 1.4826
#define MIN_MEMBERS  20   // a class of fewer says nothing about itself
#define MIN_SHARE    0.01 // of all atoms that the lightest class must hold
#define ENOUGH       4096 // members whose median is as good as that of all
#define FAINTEST     0.01 // of the usual brightness; less is taken as this
#define PRIOR        -4.0 // logit of an atom that is usual in every way
#define PRIOR_GHOST  2.5  // logit of a rejected peak as bright and well fitted as an atom
#define PEAK_SLOPE   5.0  // of the logit with the log height of a peak of the residual

// Evidence of one feature: weight times what exceeds the offset, between low and high. The features
// are in units of the spread over the atoms of the model, or natural ones where noted.
typedef struct {
    const char *name;
    double offset, low, high, weight;
} Evidence;

static const Evidence evidences[LAC_N_REVIEW_FEATURES] = {
    [LAC_REVIEW_INTENSITY] = { "intensity", 1.5, -2.0, 5.0, 0.60 },
    [LAC_REVIEW_HEIGHT] = { "height", 1.5, -2.0, 5.0, 0.35 },
    [LAC_REVIEW_LOCAL] = { "local", 1.0, -1.0, 4.0, 0.35 },
    [LAC_REVIEW_FIT] = { "fit", 1.5, -1.0, 6.0, 0.60 },
    [LAC_REVIEW_WIDTH] = { "width", 1.5, 0.0, 4.0, 0.30 },
    [LAC_REVIEW_ELONGATION] = { "elongation", 2.5, 0.0, 5.0, 0.70 },
    [LAC_REVIEW_MARGIN] = { "margin", 0.0, 0.0, 1.0, 0.5 },   // 1: between two classes
    [LAC_REVIEW_P_ATOM] = { "p_atom", 0.0, 0.0, 6.0, 0.5 },   // logit of being none, + 4
    [LAC_REVIEW_CROWD] = { "crowd", 1.0, 0.0, 5.0, 0.60 },    //
    [LAC_REVIEW_CONTACT] = { "contact", 0.0, 0.0, 0.3, 8.0 }, // share missing of 0.8 contacts
    [LAC_REVIEW_BONDS] = { "bonds", 0.6, 0.0, 2.0, 2.0 },     // log of usual over own, + 1
    [LAC_REVIEW_EMPTY] = { "empty", 0.6, 0.0, 4.0, 4.0 },     // log of usual over own
    [LAC_REVIEW_MASK] = { "mask", 0.0, 0.0, 4.0, 1.0 },       // [Å], at least 1 outside
    [LAC_REVIEW_LACK] = { "lack", 0.3, 0.0, 1.0, 2.0 },       // share of own height
};

/**
 * lac_review_select:
 * @v: (array length=n): values without NaN; reordered
 * @n: above 0
 * @k: below @n
 *
 * Hoare's selection.
 *
 * Returns: the value that would stand at place @k of the sorted array
 */
double
lac_review_select(double *v, gsize n, gsize k)
{
    gsize low = 0, high = n - 1;
    while (low < high) {
        double pivot = v[low + (high - low) / 2];
        gsize i = low, j = high;
        for (;;) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = v[i];
            v[i++] = v[j];
            v[j--] = swap;
        }
        // Everything up to j is no more than the pivot, everything after it no less.
        if (v[j] > pivot)
            j--;
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return v[k];
}

// Median and spread of finite values; reorders them. NaN when there are too few.
static LacReviewRobust
robust_of(double *values, gsize n, double least_spread)
{
    if (n < MIN_MEMBERS)
        return (LacReviewRobust){ (double) NAN, (double) NAN };
    double median = lac_review_select(values, n, n / 2);
    for (gsize i = 0; i < n; i++)
        values[i] = fabs(values[i] - median);
    double spread = MAD_TO_SIGMA * lac_review_select(values, n, n / 2);
    return (LacReviewRobust){ median, fmax(spread, least_spread) };
}

typedef double (*LocalValue)(const LacReviewLocal *local, guint which);

static double
value_ratio(const LacReviewLocal *local, guint which)
{
    (void) which;
    return local->ratio;
}

static double
value_crowd(const LacReviewLocal *local, guint which)
{
    (void) which;
    return local->crowd;
}

static double
value_bonds(const LacReviewLocal *local, guint which)
{
    (void) which;
    return local->n_bonds;
}

static double
value_shell(const LacReviewLocal *local, guint which)
{
    (void) which;
    return local->n_shell;
}

static double
value_contact(const LacReviewLocal *local, guint which)
{
    return local->contact[which];
}

// One median to be found: of a column, or of what is around the atoms.
typedef struct {
    const double *column; // (nullable)
    gboolean logarithm;   // of the column
    LocalValue get;       // when there is no column
    guint which;
    guint class; // of the atoms that count; LAC_REVIEW_CLASSES: all
    double least_spread;
    LacReviewRobust *out;
} Median;

typedef struct {
    const LacReview *self;
    const LacReviewStats *stats; // whose counts are there
    Median list[LAC_REVIEW_CLASSES * (3 + LAC_REVIEW_CLASSES) + 6];
    guint n;
} Medians;

static double
get_value(const LacReview *self, const Median *m, gsize i)
{
    if (m->column == NULL)
        return m->get(&self->local[i], m->which);
    return m->logarithm ? log(m->column[i]) : m->column[i];
}

// Some thousand atoms tell what is usual. They are chosen by their index, so that an edit leaves the
// choice as it was.
static gsize
choose_stride(const LacReviewStats *stats, guint class)
{
    gsize n = 0, stride = 1;
    for (guint s = 0; s < LAC_REVIEW_CLASSES; s++)
        n += class == LAC_REVIEW_CLASSES || class == s ? stats->n[s] : 0;
    while (n / (2 * stride) >= ENOUGH)
        stride *= 2;
    return stride;
}

static void
find_medians(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Medians *medians = data;
    const LacReview *self = medians->self;
    g_autofree double *values = g_new(double, MAX(self->atoms->n, 1));
    for (gsize k = begin; k < end; k++) {
        const Median *m = &medians->list[k];
        gsize n = 0, stride = choose_stride(medians->stats, m->class);
        for (gsize i = 0; i < self->atoms->n; i += stride) {
            if (self->absent[i] ||
                (m->class < LAC_REVIEW_CLASSES && lac_review_get_class(self, i) != m->class))
                continue;
            double value = get_value(self, m, i);
            if (isfinite(value))
                values[n++] = value;
        }
        *m->out = robust_of(values, n, m->least_spread);
    }
}

static void
add_column(Medians *medians, const double *column, gboolean logarithm, guint class,
    double least_spread, LacReviewRobust *out)
{
    *out = (LacReviewRobust){ (double) NAN, (double) NAN };
    if (column != NULL)
        medians->list[medians->n++] = (Median){ .column = column,
            .logarithm = logarithm,
            .class = class,
            .least_spread = least_spread,
            .out = out };
}

static void
add_local(Medians *medians, LocalValue get, guint which, guint class, double least_spread,
    LacReviewRobust *out)
{
    medians->list[medians->n++] = (Median){ .get = get,
        .which = which,
        .class = class,
        .least_spread = least_spread,
        .out = out };
}

static guint
find_lightest(const LacReviewStats *stats, const LacReviewRobust *brightness)
{
    gsize n = 0;
    for (guint s = 0; s < LAC_REVIEW_CLASSES; s++)
        n += stats->n[s];
    guint lightest = LAC_REVIEW_CLASSES;
    for (guint s = 0; s < LAC_REVIEW_CLASSES; s++)
        if (!isnan(brightness[s].median) && (double) stats->n[s] >= MIN_SHARE * (double) n &&
            (lightest == LAC_REVIEW_CLASSES || brightness[s].median < brightness[lightest].median))
            lightest = s;
    return lightest;
}

static void
add_class(const LacReview *self, LacReviewStats *stats, guint s, Medians *medians)
{
    const LacReviewRobust none = { (double) NAN, (double) NAN };
    stats->intensity[s] = stats->height[s] = stats->n_bonds[s] = none;
    for (guint t = 0; t < LAC_REVIEW_CLASSES; t++)
        stats->contact[s][t] = none;
    if (stats->n[s] < MIN_MEMBERS)
        return;
    add_column(medians, self->columns.intensity, TRUE, s, 0.05, &stats->intensity[s]);
    add_column(medians, self->columns.height, TRUE, s, 0.05, &stats->height[s]);
    add_local(medians, value_bonds, 0, s, 0.0, &stats->n_bonds[s]);
    for (guint t = 0; t < LAC_REVIEW_CLASSES; t++)
        if (stats->n[t] >= MIN_MEMBERS)
            add_local(medians, value_contact, t, s, 0.0, &stats->contact[s][t]);
}

/**
 * lac_review_measure_stats:
 * @self: a review whose local part is up to date
 * @stats: (out caller-allocates): what is usual among the atoms of the model
 */
void
lac_review_measure_stats(const LacReview *self, LacReviewStats *stats)
{
    const LacReviewColumns *c = &self->columns;
    const guint all = LAC_REVIEW_CLASSES;
    Medians medians = { .self = self, .stats = stats };
    *stats = (LacReviewStats){ 0 };
    for (gsize i = 0; i < self->atoms->n; i++)
        if (!self->absent[i])
            stats->n[lac_review_get_class(self, i)]++;
    for (guint s = 0; s < LAC_REVIEW_CLASSES; s++)
        add_class(self, stats, s, &medians);
    add_column(&medians, c->fit, TRUE, all, 0.1, &stats->fit);
    add_column(&medians, c->width, TRUE, all, 0.03, &stats->width);
    add_column(&medians, c->elongation, FALSE, all, 0.03, &stats->elongation);
    add_local(&medians, value_ratio, 0, all, 0.05, &stats->ratio);
    add_local(&medians, value_crowd, 0, all, 1e-3, &stats->crowd);
    add_local(&medians, value_shell, 0, all, 0.0, &stats->n_shell);
    lac_parallel_for(medians.n, 1, find_medians, &medians);
    stats->light_intensity = find_lightest(stats, stats->intensity);
    stats->light_height = find_lightest(stats, stats->height);
}

// How far @value lies above (sign 1) or below (sign -1) what is usual; NaN when unknown.
static double
deviation(double value, LacReviewRobust usual, double sign)
{
    return sign * (value - usual.median) / usual.spread;
}

static double
faintness(const double *column, gsize i, const LacReviewRobust *classes, guint lightest)
{
    if (column == NULL || lightest == LAC_REVIEW_CLASSES || !isfinite(column[i]))
        return (double) NAN;
    double usual = exp(classes[lightest].median);
    return deviation(log(fmax(column[i], FAINTEST * usual)), classes[lightest], -1.0);
}

static double
worst_contact(const LacReview *self, gsize i)
{
    guint s = lac_review_get_class(self, i);
    double worst = 0.0;
    for (guint t = 0; t < LAC_REVIEW_CLASSES; t++) {
        double lack = 1.0 - self->local[i].contact[t] / (0.8 * self->stats.contact[s][t].median);
        worst = lack > worst ? lack : worst;
    }
    return worst;
}

static void
get_place_features(const LacReview *self, gsize i, double *f)
{
    const LacReviewLocal *local = &self->local[i];
    const LacReviewStats *stats = &self->stats;
    double bonds =
        i < self->atoms->n ? stats->n_bonds[lac_review_get_class(self, i)].median : (double) NAN;
    f[LAC_REVIEW_CROWD] = deviation(local->crowd, stats->crowd, 1.0);
    f[LAC_REVIEW_BONDS] = log((bonds + 1.0) / (local->n_bonds + 1.0));
    f[LAC_REVIEW_EMPTY] = log((stats->n_shell.median + 1.0) / (local->n_shell + 1.0));
    f[LAC_REVIEW_MASK] = local->outside > 0.0 ? 1.0 + local->outside : 0.0;
}

/**
 * lac_review_get_features:
 * @self: a review with statistics
 * @i: an atom, or after them a peak of the residual
 * @features: (out caller-allocates) (array fixed-size=14): how unusual it is in each way; NaN where
 *   unknown
 */
void
lac_review_get_features(const LacReview *self, gsize i, double *features)
{
    const LacReviewColumns *c = &self->columns;
    const LacReviewStats *stats = &self->stats;
    double *f = features;
    for (guint k = 0; k < LAC_N_REVIEW_FEATURES; k++)
        f[k] = (double) NAN;
    get_place_features(self, i, f);
    if (i >= self->atoms->n)
        return;
    f[LAC_REVIEW_INTENSITY] = faintness(c->intensity, i, stats->intensity, stats->light_intensity);
    f[LAC_REVIEW_HEIGHT] = faintness(c->height, i, stats->height, stats->light_height);
    f[LAC_REVIEW_LOCAL] = deviation(self->local[i].ratio, stats->ratio, -1.0);
    if (c->fit != NULL)
        f[LAC_REVIEW_FIT] = deviation(log(c->fit[i]), stats->fit, 1.0);
    if (c->width != NULL)
        f[LAC_REVIEW_WIDTH] = deviation(log(c->width[i]), stats->width, -1.0);
    if (c->elongation != NULL)
        f[LAC_REVIEW_ELONGATION] = deviation(c->elongation[i], stats->elongation, -1.0);
    if (c->margin != NULL && c->margin[i] >= 0.0)
        f[LAC_REVIEW_MARGIN] = fmax(0.0, 1.0 - c->margin[i] / 0.1);
    if (c->p_atom != NULL && !isnan(c->p_atom[i])) {
        double p = CLAMP(c->p_atom[i], 1e-4, 1.0 - 1e-4);
        f[LAC_REVIEW_P_ATOM] = fmax(0.0, log((1.0 - p) / p) + 4.0);
    }
    f[LAC_REVIEW_CONTACT] = worst_contact(self, i);
    if (self->residual != NULL && c->height != NULL && c->height[i] > 0.0)
        f[LAC_REVIEW_LACK] = fmax(0.0,
            -lac_review_get_residual(self, lac_review_get_position(self, i)) / c->height[i]);
}

static double
weigh(const double *f, guint k)
{
    const Evidence *e = &evidences[k];
    return isnan(f[k]) ? 0.0 : e->weight * CLAMP(f[k] - e->offset, e->low, e->high);
}

static double
weigh_as(double f, double weight)
{
    return isnan(f) ? 0.0 : weight * CLAMP(f, -2.0, 8.0);
}

static double
logistic(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static double
score_atom(const double *f)
{
    double x = PRIOR;
    for (guint k = 0; k < LAC_N_REVIEW_FEATURES; k++)
        x += weigh(f, k);
    return logistic(x);
}

// A candidate is the better the less it looks like something that is no atom. Of the peaks of the
// residual that are as high as half a light atom one in two is one, whatever the noise.
static double
score_candidate(const LacReview *self, gsize i, const double *f)
{
    double x;
    if (i >= self->atoms->n)
        x = CLAMP(PEAK_SLOPE * log(fmax(self->peaks[i - self->atoms->n].height, FAINTEST) / 0.5),
            -6.0, 3.0);
    else
        x = PRIOR_GHOST - weigh_as(f[LAC_REVIEW_INTENSITY], 0.5) -
            weigh_as(f[LAC_REVIEW_HEIGHT], 0.2) - weigh_as(f[LAC_REVIEW_FIT], 0.5);
    x -= weigh_as(fmax(f[LAC_REVIEW_CROWD], 0.0), i >= self->atoms->n ? 0.1 : 0.4);
    x -= weigh(f, LAC_REVIEW_EMPTY) + weigh(f, LAC_REVIEW_MASK);
    return logistic(x);
}

/**
 * lac_review_compute_score:
 * @self: a review with statistics
 * @i: an atom, or after them a peak of the residual
 *
 * Returns: the chance that a person corrects it, 0..1; 0 for what was decided by hand
 */
double
lac_review_compute_score(const LacReview *self, gsize i)
{
    double f[LAC_N_REVIEW_FEATURES];
    guint8 state = i < self->atoms->n ? self->atoms->state[i] : LAC_ATOM_REJECTED;
    if (state == LAC_ATOM_CONFIRMED || state == LAC_ATOM_MOVED || state == LAC_ATOM_ADDED ||
        state == LAC_ATOM_DELETED)
        return 0.0;
    if ((i >= self->atoms->n || self->absent[i]) && self->local[i].nearest < self->ghost_distance)
        return 0.0;
    lac_review_get_features(self, i, f);
    if (state == LAC_ATOM_UNSURE)
        return fmax(0.9, score_atom(f));
    return state == LAC_ATOM_AUTO ? score_atom(f) : score_candidate(self, i, f);
}
