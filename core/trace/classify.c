// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/classify.h"

#include "core/error.h"
#include "core/trace/classify-private.h"
#include "core/trace/contrast.h"
#include "core/trace/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL_RADIUS   10.0 // [Å]
#define MOST_ROUNDS    20
#define SAME_BORDER    1e-6 // relative: a border that was not moved
#define LARGEST_MARGIN 1e3  // where an atom is exactly like its class
#define SHARE_BELOW    1e-3 // of the values that may lie beyond the histogram on either side

/**
 * lac_classify_params_init:
 * @params: (out): one species "1", non-atoms told apart, no local step
 */
void
lac_classify_params_init(LacClassifyParams *params)
{
    static const char *const one[] = { "1", NULL };
    *params = (LacClassifyParams){
        .species = one,
        .drop_non_atoms = TRUE,
        .local_radius = LOCAL_RADIUS,
        .max_rounds = MOST_ROUNDS,
    };
}

static gboolean
check_params(const LacClassifyParams *params, guint *n_species, GError **error)
{
    guint n = 0;
    while (params->species != NULL && params->species[n] != NULL)
        n++;
    *n_species = n;
    if (n < 1 || n > LAC_CLASSIFY_MAX_SPECIES) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "There can be 1 to %d species, not %u",
            LAC_CLASSIFY_MAX_SPECIES, n);
        return FALSE;
    }
    for (guint s = 0; s < n; s++)
        for (guint r = 0; r < s; r++)
            if (g_str_equal(params->species[s], params->species[r])) {
                g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The species %s is named twice",
                    params->species[s]);
                return FALSE;
            }
    if (params->local && !(params->local_radius > 0.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "A neighbourhood of %g Å is not above 0",
            params->local_radius);
        return FALSE;
    }
    if (params->borders == NULL)
        return TRUE;
    gboolean is_good = params->n_borders == n || params->n_borders + 1 == n;
    for (gsize b = 0; is_good && b < params->n_borders; b++)
        is_good =
            !isnan(params->borders[b]) && (b == 0 || params->borders[b] > params->borders[b - 1]);
    if (!is_good)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Borders of %u species are %u ascending numbers, or %u with the one below the dimmest",
            n, n - 1, n);
    return is_good;
}

// What may change: peaks that no hand has touched and that the tracer accepted.
static gboolean
takes_part(const LacAtoms *atoms, gsize i)
{
    return atoms->state[i] == LAC_ATOM_AUTO || atoms->state[i] == LAC_ATOM_NON_ATOM;
}

// Those that take part, with their intensities.
typedef struct {
    gsize n;
    gsize *index;
    double *intensity;
    double *p_atom; // 0 to 1; NaN where nothing was asked
    guint8 *label;  // 0: no atom, else 1 to the number of species
} Peaks;

static void
peaks_clear(Peaks *self)
{
    g_free(self->index);
    g_free(self->intensity);
    g_free(self->p_atom);
    g_free(self->label);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Peaks, peaks_clear)

static gboolean
gather_peaks(Peaks *self, const LacAtoms *atoms, GError **error)
{
    const double *intensity = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY);
    if (intensity == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Species are told apart by the intensities of a volume, and there is none");
        return FALSE;
    }
    self->index = g_new(gsize, atoms->n + 1);
    self->intensity = g_new(double, atoms->n + 1);
    self->p_atom = g_new(double, atoms->n + 1);
    self->label = g_new0(guint8, atoms->n + 1);
    for (gsize i = 0; i < atoms->n; i++) {
        if (!takes_part(atoms, i) || !isfinite(intensity[i]))
            continue;
        self->index[self->n] = i;
        self->intensity[self->n++] = intensity[i];
    }
    if (self->n == 0)
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There are no peaks to classify that the tracer accepted and no hand has changed");
    return self->n > 0;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
get_quantile(const double *values, gsize n, double share)
{
    g_autofree double *sorted = g_memdup2(values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    return sorted[(gsize) (share * (double) (n - 1))];
}

// One of the columns of those that take part; NULL if there is none, or not of all.
static double *
gather_column(const Peaks *peaks, const LacAtoms *atoms, const char *name)
{
    const double *column = lac_atoms_get_column(atoms, name);
    double *values = column != NULL ? g_new(double, peaks->n) : NULL;
    for (gsize k = 0; k < peaks->n && values != NULL; k++) {
        values[k] = column[peaks->index[k]];
        if (!isfinite(values[k]))
            g_clear_pointer(&values, g_free);
    }
    return values;
}

static gboolean
find_atoms(Peaks *peaks, const LacAtoms *atoms, guint n_species, LacClassifyReport *report,
    GError **error)
{
    g_autofree double *fit = gather_column(peaks, atoms, LAC_COLUMN_FIT);
    g_autofree double *height = gather_column(peaks, atoms, LAC_COLUMN_HEIGHT);
    g_autofree double *excess = gather_column(peaks, atoms, LAC_COLUMN_EXCESS);
    g_autofree double *misfit = gather_column(peaks, atoms, LAC_COLUMN_MISFIT);
    g_autofree double *x = g_new(double, peaks->n), *y = g_new(double, peaks->n);
    g_autofree double *z = g_new(double, peaks->n);
    for (gsize k = 0; k < peaks->n; k++) {
        x[k] = atoms->x[peaks->index[k]];
        y[k] = atoms->y[peaks->index[k]];
        z[k] = atoms->z[peaks->index[k]];
    }
    const LacPeakMeasures measures = {
        .n = peaks->n,
        .x = x,
        .y = y,
        .z = z,
        .intensity = peaks->intensity,
        .excess = excess,
        .misfit = misfit,
        .fit = fit,
        .height = height,
    };
    return lac_classify_atoms(&measures, n_species, peaks->p_atom, &report->n_components, error);
}

static gboolean
is_atom(const Peaks *peaks, gsize k)
{
    return peaks->p_atom[k] > 0.5;
}

typedef struct {
    double intensity;
    gboolean is_atom;
} Marked;

static int
compare_marked(const void *a, const void *b)
{
    const Marked *x = a, *y = b;
    return (x->intensity > y->intensity) - (x->intensity < y->intensity);
}

// The intensity that alone would divide atoms from others with the fewest errors.
static double
find_best_border(const Peaks *peaks)
{
    g_autofree Marked *marked = g_new(Marked, peaks->n);
    gsize n_errors = 0;
    for (gsize k = 0; k < peaks->n; k++) {
        marked[k] = (Marked){ peaks->intensity[k], is_atom(peaks, k) };
        n_errors += marked[k].is_atom ? 0 : 1; // all are taken for atoms
    }
    if (n_errors == 0)
        return -HUGE_VAL;
    qsort(marked, peaks->n, sizeof *marked, compare_marked);
    gsize best = n_errors, below = 0;
    for (gsize k = 0; k < peaks->n; k++) {
        n_errors = marked[k].is_atom ? n_errors + 1 : n_errors - 1;
        if (n_errors < best) {
            best = n_errors;
            below = k + 1;
        }
    }
    if (below == 0)
        return -HUGE_VAL;
    return below == peaks->n ? marked[below - 1].intensity
                             : 0.5 * (marked[below - 1].intensity + marked[below].intensity);
}

static gboolean
find_species(const Peaks *peaks, guint n_species, LacClassifyReport *report, GError **error)
{
    g_autofree double *atoms = g_new(double, peaks->n);
    gsize n = 0;
    for (gsize k = 0; k < peaks->n; k++)
        if (is_atom(peaks, k))
            atoms[n++] = peaks->intensity[k];
    return lac_kmeans(atoms, n, n_species, NULL, NULL, report->borders + 1, NULL, error);
}

static void
take_borders(const LacClassifyParams *params, guint n_species, Peaks *peaks,
    LacClassifyReport *report)
{
    gsize skip = params->n_borders == n_species ? 0 : 1;
    report->borders[0] = -HUGE_VAL;
    memcpy(report->borders + skip, params->borders, params->n_borders * sizeof(double));
    for (gsize k = 0; k < peaks->n; k++)
        peaks->p_atom[k] = peaks->intensity[k] > report->borders[0] ? 1.0 : 0.0;
}

static void
label_peaks(Peaks *peaks, guint n_species, const LacClassifyReport *report)
{
    for (gsize k = 0; k < peaks->n; k++) {
        guint8 label = is_atom(peaks, k) ? 1 : 0;
        while (label > 0 && label < n_species && peaks->intensity[k] > report->borders[label])
            label++;
        peaks->label[k] = label;
    }
}

static void
find_means(const Peaks *peaks, guint n_species, LacClassifyReport *report)
{
    gsize n[LAC_CLASSIFY_MAX_SPECIES] = { 0 };
    double sum[LAC_CLASSIFY_MAX_SPECIES] = { 0 };
    for (gsize k = 0; k < peaks->n; k++) {
        if (peaks->label[k] == 0)
            continue;
        n[peaks->label[k] - 1]++;
        sum[peaks->label[k] - 1] += peaks->intensity[k];
    }
    for (guint s = 0; s < n_species; s++)
        report->means[s] = sum[s] / (double) n[s]; // NaN of an empty class
}

/**
 * lac_classify_margin:
 * @nearest: distance to the nearest class
 * @second: distance to the second, infinite if there is none
 *
 * Returns: how much farther the second is, as a share of @nearest, at most 1000; NaN without a
 *   second class
 */
double
lac_classify_margin(double nearest, double second)
{
    if (isinf(second))
        return (double) NAN;
    return second - nearest < LARGEST_MARGIN * nearest ? (second - nearest) / nearest
                                                       : LARGEST_MARGIN;
}

// The margins on the axis of the intensities.
static void
fill_margins(const Peaks *peaks, guint n_species, const LacClassifyReport *report, double *margin)
{
    for (gsize k = 0; k < peaks->n; k++) {
        double first = HUGE_VAL, second = HUGE_VAL;
        for (guint s = 0; s < n_species; s++) {
            double d = fabs(peaks->intensity[k] - report->means[s]);
            if (d < first) {
                second = first;
                first = d;
            }
            else if (d < second) {
                second = d;
            }
        }
        if (peaks->label[k] > 0)
            margin[peaks->index[k]] = lac_classify_margin(first, second);
        else
            margin[peaks->index[k]] = (double) NAN;
    }
}

static void
fill_histogram(const Peaks *peaks, LacClassifyReport *report)
{
    report->low = get_quantile(peaks->intensity, peaks->n, SHARE_BELOW);
    report->high = get_quantile(peaks->intensity, peaks->n, 1.0 - SHARE_BELOW);
    double width = MAX(report->high - report->low, 1e-12 * fabs(report->high));
    report->low -= 0.02 * width;
    report->high += 0.02 * width;
    for (gsize k = 0; k < peaks->n; k++) {
        double bin = LAC_CLASSIFY_N_BINS * (peaks->intensity[k] - report->low) /
            (report->high - report->low);
        report->bins[peaks->label[k]][(gsize) CLAMP(bin, 0.0, LAC_CLASSIFY_N_BINS - 1.0)]++;
        report->counts[peaks->label[k]]++;
    }
}

static void
apply_labels(const Peaks *peaks, const guint16 *species, LacAtoms *atoms)
{
    for (gsize k = 0; k < peaks->n; k++) {
        gsize i = peaks->index[k];
        atoms->state[i] = peaks->label[k] == 0 ? LAC_ATOM_NON_ATOM : LAC_ATOM_AUTO;
        if (peaks->label[k] > 0)
            atoms->species[i] = species[peaks->label[k] - 1];
    }
}

static gboolean
find_atoms_and_border(const LacClassifyParams *params, const LacAtoms *atoms, Peaks *peaks,
    LacClassifyReport *report, GError **error)
{
    for (gsize k = 0; k < peaks->n; k++)
        peaks->p_atom[k] = 1.0;
    if (params->drop_non_atoms && !find_atoms(peaks, atoms, report->n_species, report, error))
        return FALSE;
    report->borders[0] = find_best_border(peaks);
    return TRUE;
}

// A hand that moves a border between species leaves the atoms alone: they are told by more than the
// intensity, so that the border below them is taken at its word only where it was moved.
static gboolean
choose_borders(const LacClassifyParams *params, const LacAtoms *atoms, Peaks *peaks,
    LacClassifyReport *report, GError **error)
{
    gboolean by_hand = params->borders != NULL;
    if (by_hand && (params->n_borders < report->n_species || !params->drop_non_atoms)) {
        take_borders(params, report->n_species, peaks, report);
        return TRUE;
    }
    if (!find_atoms_and_border(params, atoms, peaks, report, error))
        return FALSE;
    if (!by_hand)
        return find_species(peaks, report->n_species, report, error);
    if (fabs(params->borders[0] - report->borders[0]) <= SAME_BORDER * fabs(report->borders[0])) {
        memcpy(report->borders, params->borders, params->n_borders * sizeof(double));
        return TRUE;
    }
    report->n_components = 0;
    take_borders(params, report->n_species, peaks, report);
    return TRUE;
}

static gboolean
reclassify(LacAtoms *atoms, const LacVolume *volume, const LacClassifyParams *params,
    guint n_species, Peaks *peaks, double *margin, LacClassifyReport *report, LacProgress *progress,
    GError **error)
{
    g_autoptr(LacBox) box = lac_box_new(volume, params->radius, error);
    g_autofree guint8 *labels = g_new0(guint8, atoms->n + 1);
    for (gsize k = 0; k < peaks->n; k++)
        labels[peaks->index[k]] = peaks->label[k];
    if (box == NULL ||
        !lac_classify_local(atoms, volume, box, params, n_species, labels, margin, report, progress,
            error))
        return FALSE;
    for (gsize k = 0; k < peaks->n; k++)
        peaks->label[k] = labels[peaks->index[k]];
    return TRUE;
}

// A second's work at most, so that only its steps are told.
static gboolean
measure_peaks(LacAtoms *atoms, const LacVolume *volume, const LacClassifyParams *params,
    LacProgress *progress, GError **error)
{
    lac_progress_message(progress, "Integrating %" G_GSIZE_FORMAT " peaks", atoms->n);
    return lac_progress_update(progress, 0.0, error) &&
        lac_box_intensities(volume, atoms, params->radius, NULL, error) &&
        lac_progress_update(progress, 0.2, error) &&
        lac_contrast_measure(volume, atoms, lac_contrast_get_width(volume, atoms), NULL, error) &&
        lac_progress_update(progress, LAC_CLASSIFY_MEASURED, error);
}

/**
 * lac_classify:
 * @peaks: what the tracer found, or the model so far
 * @volume: (nullable): where they were found; without it the column %LAC_COLUMN_INTENSITY is used
 *   as it is, and there can be no local step
 * @params: what to look for
 * @report: (out): borders, counts and histogram
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Integrates every peak and divides those that the tracer accepted into atoms and others by a
 * mixture of Gaussians on intensity and misfit, and atoms into species by exact k-means. Peaks that were rejected, and all that a hand has changed, keep
 * their state and species. Nothing in it is random.
 *
 * Returns: (transfer full): a copy of @peaks with states, species and the columns
 *   %LAC_COLUMN_INTENSITY, %LAC_COLUMN_MARGIN and %LAC_COLUMN_P_ATOM, or %NULL with @error set
 */
LacAtoms *
lac_classify(const LacAtoms *peaks, const LacVolume *volume, const LacClassifyParams *params,
    LacClassifyReport *report, LacProgress *progress, GError **error)
{
    g_auto(Peaks) chosen = { 0 };
    *report = (LacClassifyReport){ 0 };
    if (!check_params(params, &report->n_species, error))
        return NULL;
    if (params->local && volume == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Comparing atoms with their neighbours needs the volume");
        return NULL;
    }
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(peaks, peaks->n);
    if (volume != NULL && !measure_peaks(atoms, volume, params, progress, error))
        return NULL;
    double *margin = lac_atoms_ensure_column(atoms, LAC_COLUMN_MARGIN);
    double *p_atom = lac_atoms_ensure_column(atoms, LAC_COLUMN_P_ATOM);
    if (!gather_peaks(&chosen, atoms, error) ||
        !choose_borders(params, atoms, &chosen, report, error))
        return NULL;
    // The one species that a tracer knows of gives way to those that are told apart.
    if (g_strv_length(atoms->species_names) == 1 && g_str_equal(atoms->species_names[0], "X"))
        g_clear_pointer(&atoms->species_names[0], g_free);
    guint16 species[LAC_CLASSIFY_MAX_SPECIES] = { 0 };
    for (guint s = 0; s < report->n_species; s++)
        species[s] = lac_atoms_add_species(atoms, params->species[s]);
    for (gsize k = 0; k < chosen.n; k++)
        p_atom[chosen.index[k]] = chosen.p_atom[k];
    label_peaks(&chosen, report->n_species, report);
    find_means(&chosen, report->n_species, report);
    fill_margins(&chosen, report->n_species, report, margin);
    if (params->local && report->n_species > 1 &&
        !reclassify(atoms, volume, params, report->n_species, &chosen, margin, report, progress,
            error))
        return NULL;
    fill_histogram(&chosen, report);
    apply_labels(&chosen, species, atoms);
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&atoms) : NULL;
}
