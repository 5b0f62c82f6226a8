// SPDX-License-Identifier: GPL-3.0-or-later
// Alignment against reprojections of cheap reconstructions, from coarse to fine.
#include "core/error.h"
#include "core/parallel.h"
#include "core/prep/align-reference.h"
#include "core/prep/image-spectrum.h"

#include <math.h>
#include <string.h>

#define SMALLEST        32   // [pixel] edge of the coarsest images
#define SMALLEST_ANGLES 96   // of those that tell angles: atoms must be in them
#define FINEST_PIXEL    0.75 // [Å] tells atoms, which are no narrower
#define MAX_LEVELS      4
#define MARGIN          8     // [pixel] beyond the largest shift
#define TOLERANCE       0.002 // [pixel] rms change of a scale that is done
#define FIRST_FACTOR    4     // times the iterations of a reconstruction that is carried on
#define MAX_STEP        1.0   // [pixel] of one Gauss-Newton step
#define MAX_TURN        0.5   // [deg] likewise
#define N_UNKNOWNS      6     // factor, du, dv, and the rotations about u, v and w
#define MOMENTUM        0.75
#define BLUR            0.7 // [pixel] of images that are compared; noise weighs less in them
#define BLUR_ANGLES     1.0 // [pixel] likewise: rotations move what is far from the centre
#define BLUR_BINNED     0.6 // [pixel] likewise, of pixels that were binned to the size of atoms
#define DEG             (G_PI / 180.0)

#define MISFIT_EDGE       64 // [pixel] about, of the images by which before and after are compared
#define MISFIT_ITERATIONS 24

// One scale of the refinement. Pixels are those of its images.
typedef struct {
    const LacAlignParams *params;
    gboolean with_angles;
    LacAlignImages *images;
    LacSeries *series;      // images' own: shifts and angles as they are now
    const LacSeries *start; // where the refinement began: the gauge, and how far angles may go
    LacImageSpectrum *spectrum;
    LacAlignReference *reference;
    float *moved, *calculated, *heights;
    double blur, search;
    LacShift *steps; // of this iteration [pixel]
    LacShift *speed; // what earlier iterations lend to this one [pixel]
    LacVec3 *spin;   // likewise [deg]
    LacVec3 *turns;  // likewise, about u, v and w [deg]
    guint n_done;
} Level;

static void
clear_level(Level *self)
{
    lac_image_spectrum_free(self->spectrum);
    lac_align_reference_free(self->reference);
    lac_free(self->moved);
    lac_free(self->calculated);
    lac_free(self->heights);
    g_free(self->steps);
    g_free(self->turns);
    g_free(self->speed);
    g_free(self->spin);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Level, clear_level)

static gboolean
open_level(Level *self, GError **error)
{
    const LacSeries *s = self->series;
    double farthest = 0.0;
    for (gsize k = 0; k < s->n; k++)
        farthest = MAX(farthest, MAX(fabs(s->shifts[k].du), fabs(s->shifts[k].dv)));
    farthest = MIN(farthest, (double) MAX(s->nu, s->nv));
    gsize margin = (gsize) ceil(farthest + self->search) + MARGIN, n = s->n * s->nv * s->nu;
    self->spectrum = lac_image_spectrum_new(s->nv, s->nu, margin, error);
    self->reference = self->spectrum != NULL ? lac_align_reference_new(s, error) : NULL;
    if (self->reference == NULL)
        return FALSE;
    float **arrays[] = { &self->moved, &self->calculated, &self->heights };
    for (gsize i = 0; i < (self->with_angles ? 3 : 2); i++) {
        *arrays[i] = lac_alloc_floats(n, error);
        if (*arrays[i] == NULL)
            return FALSE;
    }
    self->steps = g_new0(LacShift, s->n);
    self->turns = g_new0(LacVec3, s->n);
    self->speed = g_new0(LacShift, s->n);
    self->spin = g_new0(LacVec3, s->n);
    return TRUE;
}

static void
move_images(gsize begin, gsize end, guint worker, gpointer data)
{
    const Level *self = data;
    gsize n = self->series->nv * self->series->nu;
    for (gsize k = begin; k < end; k++) {
        LacShift back = { -self->series->shifts[k].du, -self->series->shifts[k].dv };
        lac_image_spectrum_move(self->spectrum, worker, lac_series_get_projection(self->series, k),
            LAC_EDGE_ZERO, back, self->blur, self->moved + k * n);
    }
}

// Sum |factor calculated - measured| / sum |measured| with the factor that fits best.
static double
misfit_of(const float *measured, const float *calculated, gsize n)
{
    double mc = 0.0, cc = 0.0, difference = 0.0, sum = 0.0;
    for (gsize i = 0; i < n; i++) {
        mc += (double) measured[i] * (double) calculated[i];
        cc += (double) calculated[i] * (double) calculated[i];
    }
    double factor = cc > 0.0 ? mc / cc : 0.0;
    for (gsize i = 0; i < n; i++) {
        difference += fabs(factor * (double) calculated[i] - (double) measured[i]);
        sum += fabs((double) measured[i]);
    }
    return sum > 0.0 ? difference / sum : (double) NAN;
}

// --- Gauss-Newton

// Solves the normal equations of the unknowns that are free; the others stay 0.
static gboolean
solve_normal(double a[N_UNKNOWNS][N_UNKNOWNS + 1], const gboolean *is_free, double *x)
{
    for (int i = 0; i < N_UNKNOWNS; i++) {
        if (is_free[i]) {
            a[i][i] *= 1.0 + 1e-6;
            continue;
        }
        for (int j = 0; j <= N_UNKNOWNS; j++)
            a[i][j] = 0.0;
        for (int j = 0; j < N_UNKNOWNS; j++)
            a[j][i] = 0.0;
        a[i][i] = 1.0;
    }
    for (int i = 0; i < N_UNKNOWNS; i++) {
        if (!(a[i][i] > 0.0))
            return FALSE;
        for (int l = i + 1; l < N_UNKNOWNS; l++) {
            double factor = a[l][i] / a[i][i];
            for (int j = i; j <= N_UNKNOWNS; j++)
                a[l][j] -= factor * a[i][j];
        }
    }
    for (int i = N_UNKNOWNS - 1; i >= 0; i--) {
        x[i] = a[i][N_UNKNOWNS];
        for (int j = i + 1; j < N_UNKNOWNS; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
    return TRUE;
}

// Central difference of fourth order.
static double
slope(const float *p, gsize stride)
{
    return (8.0 * ((double) p[stride] - (double) *(p - stride)) -
               ((double) p[2 * stride] - (double) *(p - 2 * stride))) /
        12.0;
}

// What a small motion of the object changes in its projection. A rotation by w moves the point
// (u, v, w) by the cross product, along the beam unseen: that of the projection P = integral of f and
// of its first moment P1 = integral of w f is -d/du (w_y P1 - w_z v P) - d/dv (w_z u P - w_x P1).
static void
derive(const Level *self, gsize k, gsize v, gsize u, double *d)
{
    const LacSeries *s = self->series;
    gsize i = (k * s->nv + v) * s->nu + u;
    const float *p = self->calculated + i, *p1 = self->heights + i;
    double x = (double) u - (double) (s->nu / 2), y = (double) v - (double) (s->nv / 2);
    double p_u = slope(p, 1), p_v = slope(p, s->nu);
    d[0] = (double) *p;
    d[1] = -p_u;
    d[2] = -p_v;
    d[3] = slope(p1, s->nu);
    d[4] = -slope(p1, 1);
    d[5] = y * p_u - x * p_v;
}

static void
fit_motion(Level *self, gsize k)
{
    const LacSeries *s = self->series;
    const LacAlignParams *p = self->params;
    double a[N_UNKNOWNS][N_UNKNOWNS + 1] = { { 0 } }, d[N_UNKNOWNS], x[N_UNKNOWNS] = { 0 };
    for (gsize v = 2; v + 2 < s->nv; v++)
        for (gsize u = 2; u + 2 < s->nu; u++) {
            derive(self, k, v, u, d);
            double m = (double) self->moved[(k * s->nv + v) * s->nu + u];
            for (int i = 0; i < N_UNKNOWNS; i++) {
                for (int j = i; j < N_UNKNOWNS; j++)
                    a[i][j] += d[i] * d[j];
                a[i][N_UNKNOWNS] += d[i] * m;
            }
        }
    for (int i = 0; i < N_UNKNOWNS; i++)
        for (int j = 0; j < i; j++)
            a[i][j] = a[j][i];
    gboolean is_free[N_UNKNOWNS] = { TRUE, p->across, p->along, p->psi, p->theta, p->phi };
    if (!solve_normal(a, is_free, x) || !(x[0] > 0.1))
        return;
    double step = MAX(fabs(x[1]), fabs(x[2])) / x[0];
    double turn = MAX(fabs(x[3]), MAX(fabs(x[4]), fabs(x[5]))) / x[0] / DEG;
    double damp = 1.0 / (x[0] * MAX(1.0, MAX(step / MAX_STEP, turn / MAX_TURN)));
    self->steps[k] = (LacShift){ damp * x[1], damp * x[2] };
    self->turns[k] = (LacVec3){ damp * x[3] / DEG, damp * x[4] / DEG, damp * x[5] / DEG };
}

static void
compare_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    Level *self = data;
    const LacSeries *s = self->series;
    const gsize n = s->nv * s->nu;
    for (gsize k = begin; k < end; k++) {
        const float *measured = self->moved + k * n, *calculated = self->calculated + k * n;
        self->steps[k] = (LacShift){ 0.0, 0.0 };
        self->turns[k] = (LacVec3){ 0.0, 0.0, 0.0 };
        if (self->images->blank[k])
            continue;
        if (self->with_angles) {
            fit_motion(self, k);
            continue;
        }
        LacShift step = lac_image_spectrum_register(self->spectrum, worker, measured, calculated,
            self->search, NULL);
        self->steps[k] =
            (LacShift){ self->params->across ? step.du : 0.0, self->params->along ? step.dv : 0.0 };
    }
}

// --- what no projection can tell

// Turns the object back by what all projections have turned together since the start.
static void
keep_orientation(Level *self)
{
    LacSeries *s = self->series;
    LacMat3 mean = { 0 };
    for (gsize k = 0; k < s->n; k++) {
        if (s->excluded[k] || self->images->blank[k])
            continue;
        LacMat3 now = lac_align_rotation(&s->angles[k]);
        LacMat3 then = lac_align_rotation(&self->start->angles[k]);
        LacMat3 now_t = lac_mat3_transpose(&now), turn = lac_mat3_multiply(&now_t, &then);
        for (int i = 0; i < 9; i++)
            mean.m[i / 3][i % 3] += turn.m[i / 3][i % 3];
    }
    LacMat3 back = lac_mat3_nearest_rotation(&mean);
    for (gsize k = 0; k < s->n; k++) {
        LacMat3 now = lac_align_rotation(&s->angles[k]), r = lac_mat3_multiply(&now, &back);
        s->angles[k] = lac_align_angles(&r, self->start->angles[k]);
    }
}

// Moves the object back by what all projections have moved together since the start.
static void
keep_position(Level *self)
{
    LacSeries *s = self->series;
    g_autofree LacShift *change = g_new(LacShift, s->n);
    g_autofree gboolean *counts = g_new(gboolean, s->n);
    for (gsize k = 0; k < s->n; k++) {
        LacShift then = lac_align_images_to_binned(self->images, self->start->shifts[k]);
        change[k] = (LacShift){ s->shifts[k].du - then.du, s->shifts[k].dv - then.dv };
        counts[k] = !s->excluded[k] && !self->images->blank[k];
    }
    LacVec3 t = lac_align_fit_translation(s->angles, change, counts, s->n);
    for (gsize k = 0; k < s->n; k++) {
        LacMat3 r = lac_align_rotation(&s->angles[k]);
        LacVec3 drift = lac_mat3_apply(&r, t);
        s->shifts[k].du -= self->params->across ? drift.x : 0.0;
        s->shifts[k].dv -= self->params->along ? drift.y : 0.0;
    }
}

// Turns projection k, but no farther than allowed from where it started.
static void
turn_projection(Level *self, gsize k)
{
    LacSeries *s = self->series;
    LacMat3 step = lac_rotation_from_vector_deg(self->spin[k]);
    LacMat3 now = lac_align_rotation(&s->angles[k]), r = lac_mat3_multiply(&step, &now);
    LacMat3 then = lac_align_rotation(&self->start->angles[k]);
    LacMat3 then_t = lac_mat3_transpose(&then), change = lac_mat3_multiply(&r, &then_t);
    LacVec3 w = lac_rotation_to_vector_deg(&change);
    double most = self->params->max_angle, size = MAX(fabs(w.x), MAX(fabs(w.y), fabs(w.z)));
    if (size > most) {
        LacVec3 less = { w.x * most / size, w.y * most / size, w.z * most / size };
        change = lac_rotation_from_vector_deg(less);
        r = lac_mat3_multiply(&change, &then);
    }
    s->angles[k] = lac_align_angles(&r, self->start->angles[k]);
}

static double
rms_step(const Level *self)
{
    const LacSeries *s = self->series;
    double sum = 0.0, radius = 0.25 * (double) s->nu * DEG;
    gsize n = 0;
    for (gsize k = 0; k < s->n; k++) {
        if (self->images->blank[k])
            continue;
        LacVec3 t = self->turns[k];
        sum += self->steps[k].du * self->steps[k].du + self->steps[k].dv * self->steps[k].dv +
            radius * radius * (t.x * t.x + t.y * t.y + t.z * t.z);
        n++;
    }
    return n > 0 ? sqrt(sum / (double) n) : 0.0;
}

// The first reconstruction of a scale starts from nothing: what it has not reached yet would be taken
// for a misalignment.
static guint
recon_iterations(const Level *self)
{
    return (self->n_done == 0 ? FIRST_FACTOR : 1) * self->params->recon_iterations;
}

// A projection is a part of what it is compared with, so that one step goes only a part of the way.
// Steps that keep their direction add up; one that turns back starts anew.
static void
gather_speed(Level *self, gsize k)
{
    LacShift step = self->steps[k], *speed = &self->speed[k];
    double keep = step.du * speed->du + step.dv * speed->dv >= 0.0 ? MOMENTUM : 0.0;
    *speed = (LacShift){ keep * speed->du + step.du, keep * speed->dv + step.dv };
    LacVec3 turn = self->turns[k], *spin = &self->spin[k];
    keep = turn.x * spin->x + turn.y * spin->y + turn.z * spin->z >= 0.0 ? MOMENTUM : 0.0;
    *spin = (LacVec3){ keep * spin->x + turn.x, keep * spin->y + turn.y, keep * spin->z + turn.z };
}

static gboolean
iterate(Level *self, LacProgress *progress, double *rms, GError **error)
{
    LacSeries *s = self->series;
    lac_parallel_for(s->n, 1, move_images, self);
    if (!lac_align_reference_set_angles(self->reference, s->angles, error) ||
        !lac_align_reference_calculate(self->reference, self->moved, s->excluded,
            recon_iterations(self), self->calculated, self->heights, progress, error))
        return FALSE;
    lac_parallel_for(s->n, 1, compare_projections, self);
    *rms = rms_step(self);
    for (gsize k = 0; k < s->n; k++) {
        gather_speed(self, k);
        s->shifts[k].du += self->speed[k].du;
        s->shifts[k].dv += self->speed[k].dv;
        if (self->with_angles)
            turn_projection(self, k);
    }
    if (self->with_angles)
        keep_orientation(self);
    keep_position(self);
    self->n_done++;
    return TRUE;
}

// --- from coarse to fine

// Pixels finer than atoms cost the third power of their number and tell nothing more.
static gsize
finest_factor(const LacSeries *series, const LacAlignParams *params)
{
    gsize edge = MIN(series->nu, series->nv), factor = 1;
    if (params->finest_bin > 0)
        return params->finest_bin;
    while (series->pixel_size > 0.0 && (double) (factor + 1) * series->pixel_size <= FINEST_PIXEL &&
        edge / (factor + 1) >= SMALLEST_ANGLES)
        factor++;
    return factor;
}

static guint
list_factors(const LacSeries *series, const LacAlignParams *params, gsize smallest, gsize *factors)
{
    gsize edge = MIN(series->nu, series->nv), factor = finest_factor(series, params);
    guint n = 0;
    gsize all[16];
    do {
        all[n++] = factor;
        factor *= 2;
    } while (n < MAX_LEVELS && edge / factor >= smallest);
    for (guint i = 0; i < n; i++)
        factors[i] = all[n - 1 - i];
    return n;
}

static void
take_over(LacSeries *out, const Level *level)
{
    const LacAlignImages *images = level->images;
    double f = (double) images->factor;
    for (gsize k = 0; k < out->n; k++) {
        const LacShift *s = &images->series->shifts[k];
        out->shifts[k] =
            (LacShift){ f * (s->du - images->offset_u), f * (s->dv - images->offset_v) };
        out->angles[k] = images->series->angles[k];
    }
}

// How far projections are from those of a small reconstruction that starts from nothing: what is
// measured so before and after a refinement can be compared.
static gboolean
measure_misfit(const LacSeries *series, const LacAlignParams *params, double *misfit,
    LacProgress *progress, GError **error)
{
    g_auto(LacAlignImages) images = { 0 };
    gsize factor = MAX(1, (MAX(series->nu, series->nv) + MISFIT_EDGE / 2) / MISFIT_EDGE);
    factor = MIN(factor, MIN(series->nu, series->nv));
    if (!lac_align_images_init(&images, series, factor, error))
        return FALSE;
    g_auto(Level) level = { .params = params,
        .images = &images,
        .series = images.series,
        .blur = BLUR,
        .search = 1.0 };
    if (!open_level(&level, error))
        return FALSE;
    const LacSeries *s = images.series;
    const gsize n = s->nv * s->nu;
    lac_parallel_for(s->n, 1, move_images, &level);
    if (!lac_align_reference_calculate(level.reference, level.moved, s->excluded, MISFIT_ITERATIONS,
            level.calculated, NULL, progress, error))
        return FALSE;
    for (gsize k = 0; k < s->n; k++)
        misfit[k] = images.blank[k] ? (double) NAN
                                    : misfit_of(level.moved + k * n, level.calculated + k * n, n);
    return TRUE;
}

static gboolean
refine(LacSeries *out, const LacAlignParams *params, gboolean with_angles, LacAlignment *result,
    LacPrepSpan span, GError **error)
{
    if (!measure_misfit(out, params, result->misfit_before, span.progress, error))
        return FALSE;
    gsize factors[MAX_LEVELS];
    guint n_levels = list_factors(out, params, with_angles ? SMALLEST_ANGLES : SMALLEST, factors);
    g_autoptr(LacSeries) start = lac_series_copy(out);
    double total = 0.0, done = 0.0;
    for (guint l = 0; l < n_levels; l++)
        total += pow((double) factors[l], -3.0);
    for (guint l = 0; l < n_levels; l++) {
        g_auto(LacAlignImages) images = { 0 };
        if (!lac_align_images_init(&images, out, factors[l], error))
            return FALSE;
        // It stands for the scale below, where twice as many iterations would have been done.
        const gboolean is_binned =
            l + 1 == n_levels && params->finest_bin == 0 && factors[l] > 1 && with_angles;
        const guint n_iterations = (is_binned ? 2 : 1) * params->iterations;
        g_auto(Level) level = { .params = params,
            .with_angles = with_angles,
            .images = &images,
            .series = images.series,
            .start = start,
            .blur = is_binned ? BLUR_BINNED
                : with_angles ? BLUR_ANGLES
                              : BLUR,
            .search = MAX(2.0, l == 0 ? params->max_shift / (double) factors[l] : 2.0) };
        if (!open_level(&level, error))
            return FALSE;
        double share = pow((double) factors[l], -3.0) / total, rms = HUGE_VAL;
        for (guint i = 0; i < n_iterations && rms > TOLERANCE; i++) {
            if (!iterate(&level, span.progress, &rms, error))
                return FALSE;
            result->n_iterations++;
            lac_progress_message(span.progress,
                "%s, bin %" G_GSIZE_FORMAT ": step %u of %u, change %.3f px",
                with_angles ? "Angles" : "Reprojection", factors[l], i + 1, n_iterations,
                rms * (double) factors[l]);
            if (!lac_prep_span_update(span, done + share * (double) (i + 1) / (double) n_iterations,
                    error))
                return FALSE;
            if (lac_progress_should_finish(span.progress))
                break;
        }
        done += share;
        take_over(out, &level);
    }
    return measure_misfit(out, params, result->misfit_after, span.progress, error);
}

/**
 * lac_align_reprojection:
 * @out: a copy of the series, whose shifts change
 * @params: iterations and scales, and which part of a shift may change
 * @result: gets the misfits
 * @span: progress and cancel
 * @error: return location for a #GError
 *
 * Projection matching: reconstructs by a few RESIRE iterations, projects, moves each projection to
 * where its cross-correlation with the calculated one is highest, and again, on images binned from
 * coarse to fine. The position of the object as a whole stays.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_reprojection(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error)
{
    return refine(out, params, FALSE, result, span, error);
}

/**
 * lac_align_refine_angles:
 * @out: a copy of the series, whose shifts and angles change
 * @params: iterations and scales, and which parts of shift and rotation may change
 * @result: gets the misfits
 * @span: progress and cancel
 * @error: return location for a #GError
 *
 * As lac_align_reprojection(), but each projection takes a Gauss-Newton step in its two shifts and
 * three rotations together, and a factor of its intensity. A rotation's derivative needs the first
 * moment of the object along the beam, which is projected like the object. The position and the
 * orientation of the object as a whole stay.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_refine_angles(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error)
{
    return refine(out, params, TRUE, result, span, error);
}
