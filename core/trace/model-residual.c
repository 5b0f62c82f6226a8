// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/model-residual.h"

#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/recon/recon.h"
#include "core/trace/atom-image.h"

#include <math.h>
#include <string.h>

#define MAX_SPECIES   8 // whose widths are fitted; others share the last
#define MAX_UNKNOWNS  (2 * MAX_SPECIES + 1)
#define WIDTH_OF_BOND 0.23 // a first guess
#define USUAL_SIGMA   0.6  // [Å] without any bond
#define LARGEST_STEP  0.3  // of the logarithm of a width in one round
#define LEAST_SIGMA   0.3  // [pixel]
#define MOST_SIGMA    8.0  // [pixel]
#define DAMPING       1e-6 // of the normal matrix' diagonal

#define SEARCH_PROJECTIONS 6 // that a first width is looked for with
#define FIRST_TRIAL        -1
#define LAST_TRIAL         5
#define TRIAL_GROWTH       1.3

typedef struct {
    const LacAtoms *atoms;
    const LacSeries *series;
    const LacModelResidualParams *params;
    LacModelResidual *out;
    guint n_species;
    double *sigma;   // per atom
    double *unit;    // per atom: 1, or 0 when it is no part of the model
    gsize n_pixels;  // of a projection
    double *normal;  // per projection: matrix and right side
    double *product; // per projection and atom
    double *square;
    float *direction; // of the conjugate gradients: its projections
    gsize stride;     // every so many projections take part in the normal equations
    gboolean with_growth;
    gboolean failed;
    LacProgress *progress;
    double done, share; // of the progress
} Fit;

/**
 * lac_model_residual_params_init:
 * @params: (out caller-allocates): receives the defaults
 */
void
lac_model_residual_params_init(LacModelResidualParams *params)
{
    *params = (LacModelResidualParams){ .each = TRUE, .n_rounds = 5, .n_each = 8 };
}

/**
 * lac_model_residual_ref:
 * @self: a residual
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacModelResidual *
lac_model_residual_ref(LacModelResidual *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_model_residual_unref:
 * @self: (nullable) (transfer full): a residual; any thread
 */
void
lac_model_residual_unref(LacModelResidual *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_series_unref(self->simulated);
    lac_series_unref(self->residual);
    g_free(self->sigma);
    g_free(self->species_height);
    g_free(self->height);
    g_free(self);
}

static guint
species_of(const Fit *fit, gsize i)
{
    return MIN(fit->atoms->species[i], fit->n_species - 1);
}

static double
pixel_size_of(const LacSeries *series)
{
    return series->pixel_size > 0.0 ? series->pixel_size : 1.0;
}

// [Å] A share of the median distance to the nearest atom.
static double
guess_sigma(const LacAtoms *atoms, GError **error)
{
    g_autofree guint8 *absent = g_new0(guint8, MAX(atoms->n, 1));
    for (gsize i = 0; i < atoms->n; i++)
        absent[i] = !lac_atoms_is_present(atoms, i);
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, absent, atoms->n, 3.0, error);
    if (cells == NULL)
        return 0.0;
    gsize n_present = 0;
    for (double radius = 1.0; radius < 64.0; radius *= 1.1) {
        gsize n = 0;
        n_present = 0;
        for (gsize i = 0; i < atoms->n; i++) {
            LacVec3 p = { atoms->x[i], atoms->y[i], atoms->z[i] };
            n_present += !absent[i];
            n += !absent[i] && lac_cells_find_nearest(cells, p, radius, i, NULL, NULL);
        }
        if (2 * n > n_present)
            return WIDTH_OF_BOND * radius;
    }
    return USUAL_SIGMA;
}

// Runs @func for each projection, some at a time.
static gboolean
for_each_projection(Fit *fit, LacParallelFunc func, GError **error)
{
    gsize n = fit->series->n;
    lac_parallel_for(n, 1, func, fit);
    fit->done += fit->share;
    if (fit->failed) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the projections of the model");
        return FALSE;
    }
    return lac_progress_update(fit->progress, MIN(fit->done, 1.0), error);
}

// Whether a pixel takes part; @value is measured.
static gboolean
is_measured(float value)
{
    return isfinite(value);
}

static void
accumulate(const Fit *fit, const float *measured, float *const *columns, guint n, double *normal)
{
    for (guint a = 0; a < n; a++) {
        for (guint b = a; b <= n; b++) {
            const float *ca = columns[a], *cb = b < n ? columns[b] : measured;
            double sum = 0.0;
            for (gsize i = 0; i < fit->n_pixels; i++)
                sum += is_measured(measured[i]) ? (double) (ca[i] * cb[i]) : 0.0;
            normal[a * (n + 1) + b] = sum;
        }
    }
}

// Numbers that one projection adds: the matrix with its right side, and the square of the data.
static guint
count_normal(guint n)
{
    return n * (n + 1) + 1;
}

// Normal equations of one projection: the species' images, their growth with the width, a constant.
static void
make_normals(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Fit *fit = data;
    const guint s = fit->n_species, n = 2 * s + 1;
    for (gsize k = begin; k < end; k++) {
        double *normal = fit->normal + k * count_normal(n);
        const float *measured = lac_series_get_projection(fit->series, k);
        memset(normal, 0, count_normal(n) * sizeof *normal);
        if (fit->series->excluded[k] || k % fit->stride != 0)
            continue;
        float *images = lac_alloc_floats(n * fit->n_pixels, NULL), *columns[MAX_UNKNOWNS];
        g_autofree double *own = g_new0(double, MAX(fit->atoms->n, 1));
        if (images == NULL) {
            fit->failed = TRUE;
            return;
        }
        for (guint c = 0; c < n; c++)
            columns[c] = images + c * fit->n_pixels;
        for (guint t = 0; t < s; t++) {
            for (gsize i = 0; i < fit->atoms->n; i++)
                own[i] = species_of(fit, i) == t ? fit->unit[i] : 0.0;
            LacAtomImage image = { fit->atoms, fit->sigma, own };
            lac_atom_image_add(&image, fit->series, k, columns[t]);
            if (fit->with_growth)
                lac_atom_image_add_growth(&image, fit->series, k, columns[s + t]);
        }
        for (gsize i = 0; i < fit->n_pixels; i++)
            columns[n - 1][i] = 1.0f;
        accumulate(fit, measured, columns, n, normal);
        for (gsize i = 0; i < fit->n_pixels; i++)
            normal[n * (n + 1)] +=
                is_measured(measured[i]) ? (double) measured[i] * (double) measured[i] : 0.0;
        lac_free(images);
    }
}

// Solves the symmetric system of @n unknowns whose upper triangle and right side are in @m, rows of
// n + 1; unknowns without data come out 0.
static void
solve(double *m, guint n, double *x)
{
    guint w = n + 1;
    for (guint a = 0; a < n; a++)
        for (guint b = 0; b < a; b++)
            m[a * w + b] = m[b * w + a];
    for (guint a = 0; a < n; a++)
        m[a * w + a] = m[a * w + a] > 0.0 ? m[a * w + a] * (1.0 + DAMPING) : 1.0;
    for (guint a = 0; a < n; a++)
        for (guint b = a + 1; b < n; b++) {
            double factor = m[b * w + a] / m[a * w + a];
            for (guint c = a; c <= n; c++)
                m[b * w + c] -= factor * m[a * w + c];
        }
    for (guint a = n; a-- > 0;) {
        double sum = m[a * w + n];
        for (guint c = a + 1; c < n; c++)
            sum -= m[a * w + c] * x[c];
        x[a] = sum / m[a * w + a];
    }
}

// Heights and constant for the widths as they are, in @x with a gap for the growth; returns the sum
// of squares that they leave.
static double
solve_heights(const Fit *fit, const double *total, double *x)
{
    const guint s = fit->n_species, n = 2 * s + 1;
    double m[(MAX_SPECIES + 1) * (MAX_SPECIES + 2)], y[MAX_SPECIES + 1] = { 0 };
    for (guint a = 0; a <= s; a++)
        for (guint b = 0; b <= s + 1; b++) {
            guint row = a < s ? a : n - 1, column = b < s ? b : b == s ? n - 1 : n;
            m[a * (s + 2) + b] = total[row * (n + 1) + column];
        }
    double left = total[n * (n + 1)];
    solve(m, s + 1, y);
    for (guint a = 0; a <= s; a++) {
        guint row = a < s ? a : n - 1;
        x[row] = y[a];
        left -= y[a] * total[row * (n + 1) + n];
    }
    return left;
}

// Sums the normal equations over the projections for the widths in @sigma.
static gboolean
measure_normals(Fit *fit, const double *sigma, double *total, GError **error)
{
    const guint length = count_normal(2 * fit->n_species + 1);
    for (gsize i = 0; i < fit->atoms->n; i++)
        fit->sigma[i] = sigma[species_of(fit, i)];
    if (!for_each_projection(fit, make_normals, error))
        return FALSE;
    memset(total, 0, length * sizeof *total);
    for (gsize k = 0; k < fit->series->n; k++)
        for (guint c = 0; c < length; c++)
            total[c] += fit->normal[k * length + c];
    return TRUE;
}

// One width for all species, the best of a row of them on some of the projections: where
// Gauss-Newton can start.
static gboolean
search_width(Fit *fit, GError **error)
{
    double total[MAX_UNKNOWNS * (MAX_UNKNOWNS + 1) + 1], x[MAX_UNKNOWNS], sigma[MAX_SPECIES];
    double best = HUGE_VAL, guess = fit->out->sigma[0], a = pixel_size_of(fit->series);
    if (fit->params->sigma > 0.0)
        return TRUE;
    fit->stride = MAX(fit->series->n / SEARCH_PROJECTIONS, 1);
    fit->with_growth = FALSE;
    for (int j = FIRST_TRIAL; j <= LAST_TRIAL; j++) {
        double width = CLAMP(guess * pow(TRIAL_GROWTH, j), LEAST_SIGMA * a, MOST_SIGMA * a);
        for (guint t = 0; t < fit->n_species; t++)
            sigma[t] = width;
        if (!measure_normals(fit, sigma, total, error))
            return FALSE;
        double left = solve_heights(fit, total, x);
        if (left >= best)
            continue;
        best = left;
        for (guint t = 0; t < fit->n_species; t++)
            fit->out->sigma[t] = width;
    }
    return TRUE;
}

// Gauss-Newton on the widths of the species, the heights following by linear least squares; a step
// that makes things worse is halved.
static gboolean
fit_species(Fit *fit, GError **error)
{
    const guint s = fit->n_species, n = 2 * s + 1;
    const double a = pixel_size_of(fit->series);
    double total[MAX_UNKNOWNS * (MAX_UNKNOWNS + 1) + 1], x[MAX_UNKNOWNS] = { 0 };
    double sigma[MAX_SPECIES], step[MAX_SPECIES] = { 0 }, best = HUGE_VAL;
    if (!search_width(fit, error))
        return FALSE;
    fit->stride = 1;
    fit->with_growth = TRUE;
    for (guint round = 0; round < MAX(fit->params->n_rounds, 1); round++) {
        for (guint t = 0; t < s; t++)
            sigma[t] = CLAMP(fit->out->sigma[t] * exp(step[t]), LEAST_SIGMA * a, MOST_SIGMA * a);
        if (!measure_normals(fit, sigma, total, error))
            return FALSE;
        double left = solve_heights(fit, total, x);
        if (left > best) {
            for (guint t = 0; t < s; t++)
                step[t] *= 0.5;
            continue;
        }
        best = left;
        memcpy(fit->out->sigma, sigma, s * sizeof *sigma);
        memcpy(fit->out->species_height, x, s * sizeof *x);
        fit->out->background = x[n - 1];
        solve(total, n, x);
        for (guint t = 0; t < s; t++)
            step[t] = x[t] > 0.0 ? CLAMP(x[s + t] / x[t], -LARGEST_STEP, LARGEST_STEP) : 0.0;
    }
    for (gsize i = 0; i < fit->atoms->n; i++) {
        guint t = species_of(fit, i);
        fit->sigma[i] = fit->out->sigma[t];
        fit->out->height[i] = fit->unit[i] * fmax(0.0, fit->out->species_height[t]);
    }
    return TRUE;
}

static void
draw_model(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Fit *fit = data;
    LacAtomImage image = { fit->atoms, fit->sigma, fit->out->height };
    for (gsize k = begin; k < end; k++) {
        float *simulated = fit->out->simulated->data + k * fit->n_pixels;
        float *residual = fit->out->residual->data + k * fit->n_pixels;
        const float *measured = lac_series_get_projection(fit->series, k);
        for (gsize i = 0; i < fit->n_pixels; i++)
            simulated[i] = (float) fit->out->background;
        lac_atom_image_add(&image, fit->series, k, simulated);
        for (gsize i = 0; i < fit->n_pixels; i++)
            residual[i] = is_measured(measured[i]) ? measured[i] - simulated[i] : 0.0f;
    }
}

// What each atom sees of the residual.
static void
gather_residual(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    Fit *fit = data;
    LacAtomImage image = { fit->atoms, fit->sigma, fit->unit };
    gsize n = fit->atoms->n;
    for (gsize k = begin; k < end; k++) {
        memset(fit->product + k * n, 0, n * sizeof(double));
        memset(fit->square + k * n, 0, n * sizeof(double));
        if (!fit->series->excluded[k])
            lac_atom_image_gather(&image, fit->series, k,
                fit->out->residual->data + k * fit->n_pixels, fit->product + k * n,
                fit->square + k * n);
    }
}

static void
sum_over_projections(const Fit *fit, const double *parts, double *sum)
{
    gsize n = fit->atoms->n;
    memset(sum, 0, n * sizeof *sum);
    for (gsize k = 0; k < fit->series->n; k++)
        for (gsize i = 0; i < n; i++)
            sum[i] += parts[k * n + i];
}

typedef struct {
    Fit *fit;
    const double *direction;
    double *square; // per projection: of the direction's image
} DirectionArgs;

static void
draw_direction(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const DirectionArgs *args = data;
    Fit *fit = args->fit;
    LacAtomImage image = { fit->atoms, fit->sigma, args->direction };
    for (gsize k = begin; k < end; k++) {
        float *drawn = fit->direction + k * fit->n_pixels;
        const float *measured = lac_series_get_projection(fit->series, k);
        memset(drawn, 0, fit->n_pixels * sizeof(float));
        args->square[k] = 0.0;
        if (fit->series->excluded[k])
            continue;
        lac_atom_image_add(&image, fit->series, k, drawn);
        for (gsize i = 0; i < fit->n_pixels; i++) {
            drawn[i] = is_measured(measured[i]) ? drawn[i] : 0.0f;
            args->square[k] += (double) (drawn[i] * drawn[i]);
        }
    }
}

static double
dot(const double *a, const double *b, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// One step of conjugate gradients along @direction; the residual follows.
static void
take_step(Fit *fit, const double *direction, double descent)
{
    gsize n = fit->series->n;
    g_autofree double *square = g_new0(double, n);
    DirectionArgs args = { fit, direction, square };
    lac_parallel_for(n, 1, draw_direction, &args);
    double curvature = 0.0;
    for (gsize k = 0; k < n; k++)
        curvature += square[k];
    double step = curvature > 0.0 ? descent / curvature : 0.0;
    for (gsize i = 0; i < fit->atoms->n; i++)
        fit->out->height[i] += step * direction[i];
    float *residual = fit->out->residual->data;
    for (gsize i = 0; i < n * fit->n_pixels; i++)
        residual[i] -= (float) step * fit->direction[i];
}

// Linear least squares for the height of every atom: preconditioned conjugate gradients on the
// normal equations, started from the heights of the species.
static gboolean
fit_heights(Fit *fit, GError **error)
{
    gsize n = fit->atoms->n, n_pixels = fit->series->n * fit->n_pixels;
    g_autofree double *gradient = g_new0(double, MAX(n, 1)), *scaled = g_new0(double, MAX(n, 1)),
                      *direction = g_new0(double, MAX(n, 1)), *square = g_new0(double, MAX(n, 1));
    fit->direction = lac_alloc_floats(n_pixels, error);
    if (fit->direction == NULL)
        return FALSE;
    double before = 0.0;
    for (guint round = 0; round < fit->params->n_each; round++) {
        if (!for_each_projection(fit, gather_residual, error))
            return FALSE;
        sum_over_projections(fit, fit->product, gradient);
        if (round == 0)
            sum_over_projections(fit, fit->square, square);
        for (gsize i = 0; i < n; i++)
            scaled[i] = square[i] > 0.0 ? gradient[i] / square[i] : 0.0;
        double now = dot(gradient, scaled, n);
        double keep = round > 0 && before > 0.0 ? now / before : 0.0;
        for (gsize i = 0; i < n; i++)
            direction[i] = scaled[i] + keep * direction[i];
        before = now;
        if (now <= 0.0)
            break;
        take_step(fit, direction, dot(gradient, direction, n));
    }
    for (gsize i = 0; i < n; i++)
        fit->out->height[i] = fmax(0.0, fit->out->height[i]);
    return TRUE;
}

static gboolean
open_fit(Fit *fit, GError **error)
{
    const LacSeries *series = fit->series;
    gsize n_atoms = MAX(fit->atoms->n, 1), n, total;
    guint unknowns = 2 * fit->n_species + 1;
    if (!g_size_checked_mul(&n, n_atoms, series->n) || !g_size_checked_mul(&total, n, 16) ||
        total > G_MAXSSIZE) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the heights of the atoms");
        return FALSE;
    }
    LacModelResidual *out = fit->out;
    out->n_atoms = fit->atoms->n;
    out->n_species = fit->n_species;
    out->sigma = g_new0(double, fit->n_species);
    out->species_height = g_new0(double, fit->n_species);
    out->height = g_new0(double, n_atoms);
    out->simulated = lac_series_new(series->n, series->nv, series->nu, series->pixel_size, error);
    out->residual = out->simulated != NULL
        ? lac_series_new(series->n, series->nv, series->nu, series->pixel_size, error)
        : NULL;
    if (out->residual == NULL)
        return FALSE;
    for (gsize k = 0; k < series->n; k++) {
        out->simulated->angles[k] = out->residual->angles[k] = series->angles[k];
        out->simulated->shifts[k] = out->residual->shifts[k] = series->shifts[k];
        out->simulated->excluded[k] = out->residual->excluded[k] = series->excluded[k];
    }
    double sigma = fit->params->sigma > 0.0 ? fit->params->sigma : guess_sigma(fit->atoms, error);
    if (sigma <= 0.0)
        return FALSE;
    double a = pixel_size_of(series);
    for (guint t = 0; t < fit->n_species; t++)
        out->sigma[t] = CLAMP(sigma, LEAST_SIGMA * a, MOST_SIGMA * a);
    fit->sigma = g_new0(double, n_atoms);
    fit->unit = g_new0(double, n_atoms);
    gsize n_normal = count_normal(unknowns);
    fit->normal = g_new0(double, series->n *n_normal);
    fit->product = g_try_new0(double, n);
    fit->square = g_try_new0(double, n);
    for (gsize i = 0; i < fit->atoms->n; i++)
        fit->unit[i] = lac_atoms_is_present(fit->atoms, i) ? 1.0 : 0.0;
    if (fit->product == NULL || fit->square == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the heights of the atoms");
        return FALSE;
    }
    return TRUE;
}

static void
clear_fit(Fit *fit)
{
    g_free(fit->sigma);
    g_free(fit->unit);
    g_free(fit->normal);
    g_free(fit->product);
    g_free(fit->square);
    lac_free(fit->direction);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fit, clear_fit)

static double
measure_r1(const LacSeries *series, const LacSeries *residual)
{
    double sum = 0.0, norm = 0.0;
    gsize n = series->nv * series->nu;
    for (gsize k = 0; k < series->n; k++) {
        if (series->excluded[k])
            continue;
        for (gsize i = k * n; i < (k + 1) * n; i++) {
            if (!is_measured(series->data[i]))
                continue;
            sum += fabs((double) residual->data[i]);
            norm += fabs((double) series->data[i]);
        }
    }
    return norm > 0.0 ? sum / norm : 0.0;
}

static gboolean
run_fit(Fit *fit, GError **error)
{
    lac_progress_message(fit->progress, "Widths and heights of %u species", fit->n_species);
    if (!fit_species(fit, error) || !for_each_projection(fit, draw_model, error))
        return FALSE;
    if (fit->params->each) {
        lac_progress_message(fit->progress, "Heights of %" G_GSIZE_FORMAT " atoms", fit->atoms->n);
        if (!fit_heights(fit, error))
            return FALSE;
    }
    // Once more from the start: the residual of the steps has gathered their rounding.
    if (!for_each_projection(fit, draw_model, error))
        return FALSE;
    fit->out->r1 = measure_r1(fit->series, fit->out->residual);
    return lac_progress_update(fit->progress, 1.0, error);
}

/**
 * lac_model_residual_new:
 * @atoms: the model; positions [Å]
 * @series: measured projections
 * @params: how to fit
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Describes the projections by one Gaussian per atom. Width and height of each species and a
 * constant follow from non-linear least squares over all pixels; then the height of each atom from
 * linear least squares, so that what is left is not the scatter of the heights but what the model
 * lacks. The image of a Gaussian is computed, not summed along the beam: it is exact. Projections
 * are divided by their gains, and so are what is simulated and what is left.
 *
 * Returns: (transfer full): the fit and what it leaves, or %NULL with @error set
 */
LacModelResidual *
lac_model_residual_new(const LacAtoms *atoms, const LacSeries *series,
    const LacModelResidualParams *params, LacProgress *progress, GError **error)
{
    guint n_species = 1;
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i))
            n_species = MAX(n_species, (guint) MIN(atoms->species[i] + 1, MAX_SPECIES));
    if (lac_atoms_count_present(atoms) == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There is no atom whose projections could be compared");
        return NULL;
    }
    g_autoptr(LacSeries) equal = lac_series_equalise(series, error);
    if (equal == NULL)
        return NULL;
    g_autoptr(LacModelResidual) out = g_new0(LacModelResidual, 1);
    g_atomic_ref_count_init(&out->ref_count);
    guint n_steps = LAST_TRIAL - FIRST_TRIAL + 1 + MAX(params->n_rounds, 1) +
        (params->each ? params->n_each : 0) + 2;
    g_auto(Fit) fit = {
        .atoms = atoms,
        .series = equal,
        .params = params,
        .out = out,
        .n_species = n_species,
        .n_pixels = series->nv * series->nu,
        .progress = progress,
        .share = 1.0 / n_steps,
    };
    if (!open_fit(&fit, error) || !run_fit(&fit, error))
        return NULL;
    return g_steal_pointer(&out);
}

/**
 * lac_model_residual_back_project:
 * @self: a residual
 * @like: (nullable): a volume whose shape to take; that of the projections otherwise
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Reconstructs the residual projections by weighted back projection. What the missing wedge does to
 * the measurement it does to the simulation, so that it cancels.
 *
 * Returns: (transfer full): measured minus model in space, or %NULL with @error set
 */
LacVolume *
lac_model_residual_back_project(const LacModelResidual *self, const LacVolume *like,
    LacProgress *progress, GError **error)
{
    LacReconParams params;
    lac_recon_params_init(&params, LAC_RECON_DEFAULT);
    params.method = LAC_RECON_WBP;
    if (like != NULL) {
        params.nx = like->nx;
        params.ny = like->ny;
        params.nz = like->nz;
    }
    g_autoptr(LacRecon) recon =
        lac_recon_run(self->residual, &params, NULL, NULL, NULL, progress, error);
    return recon != NULL ? lac_volume_ref(recon->volume) : NULL;
}
