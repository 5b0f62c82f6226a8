// SPDX-License-Identifier: GPL-3.0-or-later
// Alignment without a reconstruction: by common lines, centres of mass and neighbours.
#include "core/error.h"
#include "core/parallel.h"
#include "core/prep/align-curves.h"
#include "core/prep/align-private.h"
#include "core/prep/image-spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PASSES   60
#define CONVERGED    1e-4 // [pixel]
#define WIDE_PASSES  3    // that look as far as allowed
#define NEWTON_STEPS 20
#define LINE_BAND    0.45 // [cycles/pixel] that tell how unlike lines are
#define KEPT_SHARE   0.5  // of the profiles about the median that make the reference

// --- profiles along the tilt axis

// Spectra of profiles, so that they can be moved by fractions of a pixel.
typedef struct {
    gsize n, length, n_f;  // profiles, samples of each padded to twice the room, frequencies
    double (*spectrum)[2]; // (n, n_f)
    double (*turn)[2];     // length: exp(-2 pi i s / length)
    gboolean *counts;      // n: those that have something to be aligned by
} Profiles;

static void
clear_profiles(Profiles *self)
{
    g_free(self->spectrum);
    g_free(self->turn);
    g_free(self->counts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Profiles, clear_profiles)

typedef struct {
    Profiles *profiles;
    const LacSeries *series; // without background; its shifts do not count
} TransformArgs;

// A profile's spectrum is a line through the image's, which is summed exactly: interpolated profiles
// would have less noise the more the tilt axis is turned.
static void
transform_profile(const TransformArgs *args, gsize k)
{
    const Profiles *self = args->profiles;
    const LacSeries *s = args->series;
    const float *image = lac_series_get_projection(s, k);
    LacShift axis = lac_align_axis_in_image(&s->angles[k]);
    gboolean is_upright = axis.du == 0.0;
    g_autofree double *rows = g_new0(double, s->nv);
    for (gsize v = 0; v < s->nv; v++)
        for (gsize u = 0; u < s->nu; u++)
            rows[v] += (double) image[v * s->nu + u];
    double(*out)[2] = self->spectrum + k * self->n_f;
    for (gsize f = 0; f < self->n_f; f++) {
        double w = -2.0 * G_PI * (double) f / (double) self->length, re = 0.0, im = 0.0;
        double step_c = cos(w * axis.du), step_s = sin(w * axis.du);
        double left = w * axis.du * -(double) (s->nu / 2), lc = cos(left), ls = sin(left);
        for (gsize v = 0; v < s->nv; v++) {
            double a = rows[v], b = 0.0, c = lc, d = ls;
            for (gsize u = 0; u < s->nu && !is_upright; u++) {
                double value = (double) image[v * s->nu + u], next = c * step_c - d * step_s;
                a = (u == 0 ? 0.0 : a) + value * c;
                b += value * d;
                d = c * step_s + d * step_c;
                c = next;
            }
            double at = w * axis.dv * ((double) v - (double) (s->nv / 2)), co = cos(at),
                   si = sin(at);
            re += a * co - b * si;
            im += a * si + b * co;
        }
        out[f][0] = re;
        out[f][1] = im;
    }
}

// Each profile is divided by its sum: intensities may differ.
static void
transform_profiles(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const TransformArgs *args = data;
    Profiles *self = args->profiles;
    for (gsize k = begin; k < end; k++) {
        if (!self->counts[k])
            continue;
        transform_profile(args, k);
        double(*out)[2] = self->spectrum + k * self->n_f, sum = out[0][0];
        for (gsize f = 0; f < self->n_f; f++) {
            out[f][0] /= sum;
            out[f][1] /= sum;
        }
    }
}

static void
init_profiles(Profiles *self, const LacAlignImages *images)
{
    const LacSeries *series = images->series;
    double diagonal = hypot((double) series->nv, (double) series->nu);
    gsize room = lac_series_is_single_axis(series) ? series->nv : (gsize) ceil(diagonal);
    *self = (Profiles){ .n = series->n, .n_f = room };
    self->length = 2 * room; // without the last frequency, which has no phase
    self->spectrum = g_malloc0_n(self->n * self->n_f, sizeof *self->spectrum);
    self->turn = g_malloc0_n(self->length, sizeof *self->turn);
    self->counts = g_new0(gboolean, self->n);
    for (gsize s = 0; s < self->length; s++) {
        double angle = -2.0 * G_PI * (double) s / (double) self->length;
        self->turn[s][0] = cos(angle);
        self->turn[s][1] = sin(angle);
    }
    for (gsize k = 0; k < self->n; k++)
        self->counts[k] = !images->blank[k];
    TransformArgs args = { self, series };
    lac_parallel_for(self->n, 1, transform_profiles, &args);
}

// The profile moved by -shift: out(s) = line(s + shift).
static void
move_profile(const Profiles *self, gsize k, double shift, double *out)
{
    g_autofree double(*moved)[2] = g_malloc0_n(self->n_f, sizeof *moved);
    const double(*x)[2] = (const double(*)[2]) self->spectrum + k * self->n_f;
    for (gsize f = 0; f < self->n_f; f++) {
        double angle = 2.0 * G_PI * (double) f * shift / (double) self->length;
        double c = cos(angle), s = sin(angle);
        moved[f][0] = x[f][0] * c - x[f][1] * s;
        moved[f][1] = x[f][0] * s + x[f][1] * c;
    }
    for (gsize s = 0; s < self->length; s++) {
        double sum = moved[0][0];
        for (gsize f = 1; f < self->n_f; f++) {
            const double *t = self->turn[f * s % self->length];
            sum += 2.0 * (moved[f][0] * t[0] + moved[f][1] * t[1]);
        }
        out[s] = sum / (double) self->length;
    }
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

typedef struct {
    const Profiles *profiles;
    const double *shifts;
    double *moved; // (n, length)
} MoveArgs;

static void
move_profiles(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const MoveArgs *args = data;
    for (gsize k = begin; k < end; k++)
        move_profile(args->profiles, k, args->shifts[k], args->moved + k * args->profiles->length);
}

// The mean of the middle half of the values at each place: outliers have no vote.
static void
robust_mean(const Profiles *self, const gboolean *votes, const double *moved, double *mean)
{
    g_autofree double *column = g_new(double, self->n);
    for (gsize s = 0; s < self->length; s++) {
        gsize n = 0;
        for (gsize k = 0; k < self->n; k++)
            if (votes[k])
                column[n++] = moved[k * self->length + s];
        qsort(column, n, sizeof *column, compare_doubles);
        gsize cut = (gsize) (0.5 * (1.0 - KEPT_SHARE) * (double) n);
        double sum = 0.0;
        for (gsize i = cut; i + cut < n; i++)
            sum += column[i];
        mean[s] = sum / (double) (n - 2 * cut);
    }
}

typedef struct {
    double value, slope, bend;
} Match;

// Of profile and reference when the profile is moved back by @shift.
static Match
match_at(const double (*cross)[2], gsize n_f, gsize length, double shift)
{
    Match m = { 0 };
    for (gsize f = 1; f < n_f; f++) {
        double w = 2.0 * G_PI * (double) f / (double) length, c = cos(w * shift),
               s = sin(w * shift);
        double re = cross[f][0] * c - cross[f][1] * s, im = cross[f][0] * s + cross[f][1] * c;
        m.value += re;
        m.slope -= w * im;
        m.bend -= w * w * re;
    }
    return m;
}

// The shift of a profile against the reference: scanned, then climbed.
static double
register_profile(const Profiles *self, gsize k, const double (*reference)[2], double around,
    double reach)
{
    g_autofree double(*cross)[2] = g_malloc0_n(self->n_f, sizeof *cross);
    const double(*x)[2] = (const double(*)[2]) self->spectrum + k * self->n_f;
    for (gsize f = 0; f < self->n_f; f++) {
        cross[f][0] = x[f][0] * reference[f][0] + x[f][1] * reference[f][1];
        cross[f][1] = x[f][1] * reference[f][0] - x[f][0] * reference[f][1];
    }
    const double(*z)[2] = (const double(*)[2]) cross;
    double best = -HUGE_VAL, at = around;
    for (double d = -reach; d <= reach; d += 0.5) {
        double value = match_at(z, self->n_f, self->length, around + d).value;
        if (value > best) {
            best = value;
            at = around + d;
        }
    }
    for (guint i = 0; i < NEWTON_STEPS; i++) {
        Match m = match_at(z, self->n_f, self->length, at);
        if (!(m.bend < 0.0))
            break;
        double step = CLAMP(-m.slope / m.bend, -0.25, 0.25);
        at += step;
        if (fabs(step) < 1e-7)
            break;
    }
    return at;
}

typedef struct {
    const Profiles *profiles;
    const double (*reference)[2];
    const double *around;
    double reach;
    double *shifts;
} RegisterArgs;

static void
register_profiles(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const RegisterArgs *args = data;
    for (gsize k = begin; k < end; k++)
        if (args->profiles->counts[k])
            args->shifts[k] =
                register_profile(args->profiles, k, args->reference, args->around[k], args->reach);
}

static void
transform_reference(const Profiles *self, const double *mean, double (*spectrum)[2])
{
    for (gsize f = 0; f < self->n_f; f++) {
        double re = 0.0, im = 0.0;
        for (gsize s = 0; s < self->length; s++) {
            const double *t = self->turn[f * s % self->length];
            re += mean[s] * t[0];
            im += mean[s] * t[1];
        }
        spectrum[f][0] = re;
        spectrum[f][1] = im;
    }
}

// How unlike the moved profiles are: the rms of their spectra's differences from the mean, as a share
// of their sum. Not of the mean, which itself changes with the direction of the axis.
static double
unlikeness(const Profiles *self, const gboolean *votes, const double *shifts)
{
    double difference = 0.0, n_all = 0.0;
    gsize n_f = MAX(2, (gsize) (LINE_BAND * (double) self->length));
    for (gsize f = 1; f < MIN(n_f, self->n_f); f++) {
        double re = 0.0, im = 0.0, power = 0.0, n = 0.0;
        for (gsize k = 0; k < self->n; k++) {
            if (!votes[k])
                continue;
            const double *x = self->spectrum[k * self->n_f + f];
            double angle = 2.0 * G_PI * (double) f * shifts[k] / (double) self->length;
            double c = cos(angle), s = sin(angle);
            re += x[0] * c - x[1] * s;
            im += x[0] * s + x[1] * c;
            power += x[0] * x[0] + x[1] * x[1];
            n += 1.0;
        }
        double mean = (re * re + im * im) / n;
        difference += power - mean;
        n_all += n;
    }
    return sqrt(difference / n_all);
}

// What a search for the places of profiles works on.
typedef struct {
    Profiles profiles;
    gboolean *votes; // n: they make the mean
    gsize n_votes;
    double *start, *shifts, *next; // n
    double *moved, *mean;
    double (*reference)[2];
} Lines;

static void
clear_lines(Lines *self)
{
    clear_profiles(&self->profiles);
    g_free(self->votes);
    g_free(self->start);
    g_free(self->shifts);
    g_free(self->next);
    g_free(self->moved);
    g_free(self->mean);
    g_free(self->reference);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lines, clear_lines)

static gboolean
open_lines(Lines *self, const LacSeries *series, GError **error)
{
    g_auto(LacAlignImages) images = { 0 };
    if (!lac_align_images_init(&images, series, 1, error))
        return FALSE;
    init_profiles(&self->profiles, &images);
    gsize n = series->n;
    self->votes = g_new0(gboolean, n);
    self->start = g_new0(double, n);
    for (gsize k = 0; k < n; k++) {
        LacShift axis = lac_align_axis_in_image(&series->angles[k]);
        self->votes[k] = self->profiles.counts[k] && !series->excluded[k];
        self->start[k] = axis.du * series->shifts[k].du + axis.dv * series->shifts[k].dv;
        self->n_votes += self->votes[k] ? 1 : 0;
    }
    if (self->n_votes == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "All projections are blank or excluded: there are no lines to align");
        return FALSE;
    }
    self->shifts = g_memdup2(self->start, n * sizeof(double));
    self->next = g_memdup2(self->start, n * sizeof(double));
    self->moved = g_new0(double, n * self->profiles.length);
    self->mean = g_new0(double, self->profiles.length);
    self->reference = g_malloc0_n(self->profiles.n_f, sizeof *self->reference);
    return TRUE;
}

static void
take_mean(Lines *self)
{
    MoveArgs move = { &self->profiles, self->shifts, self->moved };
    lac_parallel_for(self->profiles.n, 1, move_profiles, &move);
    robust_mean(&self->profiles, self->votes, self->moved, self->mean);
}

// Moves each profile to where it fits the mean best; the mean of all places stays.
static double
match_lines(Lines *self, double reach)
{
    transform_reference(&self->profiles, self->mean, self->reference);
    RegisterArgs args = { &self->profiles, (const double(*)[2]) self->reference, self->shifts,
        reach, self->next };
    lac_parallel_for(self->profiles.n, 1, register_profiles, &args);
    double drift = 0.0, change = 0.0;
    for (gsize k = 0; k < self->profiles.n; k++)
        drift += self->votes[k] ? (self->next[k] - self->start[k]) / (double) self->n_votes : 0.0;
    for (gsize k = 0; k < self->profiles.n; k++) {
        self->next[k] -= self->profiles.counts[k] ? drift : 0.0;
        change = MAX(change, fabs(self->next[k] - self->shifts[k]));
        self->shifts[k] = self->next[k];
    }
    return change;
}

/**
 * lac_align_common_line:
 * @out: a copy of the series, whose shifts along the tilt axis change
 * @params: the reach of the search
 * @result: notes the number of passes
 * @span: progress and cancel
 * @error: return location for a #GError
 *
 * The sum of a projection perpendicular to the tilt axis is the same function of the position along
 * it whatever the tilt. Each such profile is moved to where its cross-correlation with the robust
 * mean of all is highest, and the mean is taken anew, until nothing moves. The mean of all shifts
 * along the axis stays.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_common_line(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error)
{
    g_auto(Lines) lines = { 0 };
    if (!open_lines(&lines, out, error))
        return FALSE;
    double change = HUGE_VAL;
    guint pass = 0;
    for (; pass < MAX_PASSES && change > CONVERGED; pass++) {
        take_mean(&lines);
        change = match_lines(&lines, pass < WIDE_PASSES ? params->max_shift : 1.0);
        lac_progress_message(span.progress, "Common line: pass %u, largest change %.3f px",
            pass + 1, change);
        if (!lac_prep_span_update(span, (double) (pass + 1) / MAX_PASSES, error))
            return FALSE;
    }
    for (gsize k = 0; k < out->n; k++) {
        LacShift axis = lac_align_axis_in_image(&out->angles[k]);
        double step = lines.shifts[k] - lines.start[k];
        out->shifts[k].du += axis.du * step;
        out->shifts[k].dv += axis.dv * step;
    }
    result->n_iterations = pass;
    return TRUE;
}

/**
 * lac_align_lines_misfit:
 * @series: projections
 * @reach: [pixel] by which their lines may be moved
 * @misfit: (out): rms difference of the spectra of sums across the tilt axis from their mean, each
 *   at its best place, as a share of the intensity: 0 when the axis is right and there is no noise
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_lines_misfit(const LacSeries *series, double reach, double *misfit, GError **error)
{
    g_auto(Lines) lines = { 0 };
    if (!open_lines(&lines, series, error))
        return FALSE;
    for (guint pass = 0; pass < WIDE_PASSES; pass++) {
        take_mean(&lines);
        match_lines(&lines, reach);
    }
    *misfit = unlikeness(&lines.profiles, lines.votes, lines.shifts);
    return TRUE;
}

/**
 * lac_align_centre_of_mass:
 * @out: a copy of the series, whose shifts change
 * @params: which part of a shift may change
 * @result: notes one pass
 * @span: progress and cancel
 * @error: return location for a #GError
 *
 * Puts the centre of mass of each projection on the rotation centre. The background and what counts
 * as the object are those of lac_align_curves_new().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_centre_of_mass(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error)
{
    lac_progress_message(span.progress, "Centres of mass");
    if (!lac_prep_span_update(span, 0.0, error))
        return FALSE;
    g_autoptr(LacAlignCurves) curves = lac_align_curves_new(out, error);
    if (curves == NULL)
        return FALSE;
    for (gsize k = 0; k < out->n; k++) {
        if (curves->blank[k])
            continue;
        LacShift axis = lac_align_axis_in_image(&out->angles[k]);
        if (params->along) {
            out->shifts[k].du += axis.du * curves->along[k];
            out->shifts[k].dv += axis.dv * curves->along[k];
        }
        if (params->across) {
            out->shifts[k].du += axis.dv * curves->across[k];
            out->shifts[k].dv -= axis.du * curves->across[k];
        }
    }
    result->n_iterations = 1;
    return lac_prep_span_update(span, 1.0, error);
}

// --- neighbours

typedef struct {
    const LacAlignImages *images;
    LacImageSpectrum *spectrum;
    const gsize *order; // by tilt
    double max_shift;
    LacShift *steps; // from the one before in that order
} NeighbourArgs;

static void
register_neighbours(gsize begin, gsize end, guint worker, gpointer data)
{
    const NeighbourArgs *args = data;
    for (gsize i = begin; i < end; i++) {
        const LacSeries *series = args->images->series;
        args->steps[i + 1] = lac_image_spectrum_register(args->spectrum, worker,
            lac_series_get_projection(series, args->order[i + 1]),
            lac_series_get_projection(series, args->order[i]), args->max_shift, NULL);
    }
}

/**
 * lac_align_neighbours:
 * @out: a copy of the series, whose shifts change
 * @params: the reach of the search, and which part of a shift may change
 * @result: notes one pass
 * @span: progress and cancel
 * @error: return location for a #GError
 *
 * Cross-correlates each projection with its neighbour in tilt and adds the steps up, which takes
 * gross shifts out. What the sum of the steps drifts to as if the object were displaced is taken off:
 * its position as a whole stays.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_neighbours(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error)
{
    gsize n = out->n, n_used = 0;
    lac_progress_message(span.progress, "Comparing neighbours");
    if (!lac_prep_span_update(span, 0.0, error))
        return FALSE;
    g_auto(LacAlignImages) images = { 0 };
    if (!lac_align_images_init(&images, out, 1, error))
        return FALSE;
    g_autofree gsize *order = g_new(gsize, n);
    for (gsize k = 0; k < n; k++) {
        if (images.blank[k])
            continue;
        gsize i = n_used++;
        for (; i > 0 && out->angles[order[i - 1]].theta > out->angles[k].theta; i--)
            order[i] = order[i - 1];
        order[i] = k;
    }
    g_autoptr(LacImageSpectrum) spectrum =
        lac_image_spectrum_new(out->nv, out->nu, (gsize) ceil(params->max_shift), error);
    if (spectrum == NULL)
        return FALSE;
    g_autofree LacShift *steps = g_new0(LacShift, n);
    NeighbourArgs args = { &images, spectrum, order, params->max_shift, steps };
    if (n_used > 1)
        lac_parallel_for(n_used - 1, 1, register_neighbours, &args);
    g_autofree LacShift *change = g_new0(LacShift, n);
    g_autofree gboolean *counts = g_new0(gboolean, n);
    LacShift at = { 0.0, 0.0 };
    for (gsize i = 0; i < n_used; i++) {
        gsize k = order[i];
        at.du += steps[i].du;
        at.dv += steps[i].dv;
        counts[k] = TRUE;
        change[k] = (LacShift){ at.du - out->shifts[k].du, at.dv - out->shifts[k].dv };
    }
    LacVec3 t = lac_align_fit_translation(out->angles, change, counts, n);
    for (gsize i = 0; i < n_used; i++) {
        gsize k = order[i];
        LacMat3 r = lac_align_rotation(&out->angles[k]);
        LacVec3 drift = lac_mat3_apply(&r, t);
        LacShift axis = lac_align_axis_in_image(&out->angles[k]);
        double du = change[k].du - drift.x, dv = change[k].dv - drift.y;
        double along = params->along ? axis.du * du + axis.dv * dv : 0.0;
        double across = params->across ? axis.dv * du - axis.du * dv : 0.0;
        out->shifts[k].du += axis.du * along + axis.dv * across;
        out->shifts[k].dv += axis.dv * along - axis.du * across;
    }
    result->n_iterations = 1;
    return lac_prep_span_update(span, 1.0, error);
}
