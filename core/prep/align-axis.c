// SPDX-License-Identifier: GPL-3.0-or-later
// Where the tilt axis is in the images: its offset and its rotation, common to all projections.
#include "core/error.h"
#include "core/parallel.h"
#include "core/prep/align-reference.h"
#include "core/prep/image-spectrum.h"

#include <math.h>
#include <string.h>

#define EDGE      64 // [pixel] about, of the images that are searched in
#define HALF_GRID 4  // steps on either side of the first grid
#define ROUNDS    3  // each on a finer grid
#define SHRINK    0.4
#define MARGIN    8 // [pixel]

typedef struct {
    const LacAlignParams *params;
    const LacAlignImages *images;
    const LacSeries *series; // of the images
    LacImageSpectrum *spectrum;
    LacAlignReference *reference;
    float *moved, *calculated;
    double offset, rotation; // [pixel of the images], [deg]
    double *misfit;
    guint n_done, n_all;
    LacPrepSpan span;
} Search;

typedef gboolean (*Evaluate)(Search *self, double *misfit, GError **error);

static void
clear_search(Search *self)
{
    lac_image_spectrum_free(self->spectrum);
    lac_align_reference_free(self->reference);
    g_free(self->misfit);
    lac_free(self->moved);
    lac_free(self->calculated);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, clear_search)

// A tilt axis turned in the image by a turn of all projections about the beam. That the object turns
// with it is taken back, so that a projection without tilt keeps its orientation.
static LacAngles
turn_axis(const LacAngles *angles, double rotation)
{
    LacMat3 turn = lac_rotation_from_vector_deg((LacVec3){ 0.0, 0.0, rotation });
    LacMat3 back = lac_mat3_transpose(&turn);
    LacMat3 r = lac_align_rotation(angles), t = lac_mat3_multiply(&turn, &r);
    LacMat3 turned = lac_mat3_multiply(&t, &back);
    return lac_align_angles(&turned, *angles);
}

// The shift by an offset of the tilt axis across itself.
static LacShift
offset_axis(const LacAngles *angles, double offset)
{
    LacShift axis = lac_align_axis_in_image(angles);
    return (LacShift){ offset * axis.dv, -offset * axis.du };
}

// Cubic interpolation (Catmull and Rom) at fraction t between b and c.
static double
cubic(double a, double b, double c, double d, double t)
{
    return b +
        0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
}

static double
pixel_at(const LacSeries *s, const float *image, gssize v, gssize u)
{
    gboolean inside = v >= 0 && u >= 0 && v < (gssize) s->nv && u < (gssize) s->nu;
    return inside ? (double) image[v * (gssize) s->nu + u] : 0.0;
}

// Turns an image about the rotation centre, so that the tilt axis is where it was.
static void
turn_image(const LacSeries *s, const float *image, double rotation, float *out)
{
    double c = cos(rotation * G_PI / 180.0), sine = sin(rotation * G_PI / 180.0);
    double centre_u = (double) (s->nu / 2), centre_v = (double) (s->nv / 2);
    for (gsize v = 0; v < s->nv; v++)
        for (gsize u = 0; u < s->nu; u++) {
            double x = (double) u - centre_u, y = (double) v - centre_v;
            double at_u = centre_u + c * x - sine * y, at_v = centre_v + sine * x + c * y;
            gssize iu = (gssize) floor(at_u), iv = (gssize) floor(at_v);
            double tu = at_u - (double) iu, tv = at_v - (double) iv, row[4];
            for (gssize j = 0; j < 4; j++)
                row[j] = cubic(pixel_at(s, image, iv + j - 1, iu - 1),
                    pixel_at(s, image, iv + j - 1, iu), pixel_at(s, image, iv + j - 1, iu + 1),
                    pixel_at(s, image, iv + j - 1, iu + 2), tu);
            out[v * s->nu + u] = (float) cubic(row[0], row[1], row[2], row[3], tv);
        }
}

// Images as they would be if the tilt axis had neither offset nor rotation, so that the geometry of
// the reconstruction stays: for the search alone they may be resampled.
static void
move_images(gsize begin, gsize end, guint worker, gpointer data)
{
    const Search *self = data;
    const LacSeries *s = self->series;
    gsize n = s->nv * s->nu;
    g_autofree float *straight = g_new(float, n);
    for (gsize k = begin; k < end; k++) {
        LacAngles turned = turn_axis(&s->angles[k], self->rotation);
        LacShift offset = offset_axis(&turned, self->offset);
        LacShift back = { -s->shifts[k].du - offset.du, -s->shifts[k].dv - offset.dv };
        float *moved = self->moved + k * n;
        lac_image_spectrum_move(self->spectrum, worker, lac_series_get_projection(s, k),
            LAC_EDGE_ZERO, back, 0.0, self->rotation != 0.0 ? straight : moved);
        if (self->rotation != 0.0)
            turn_image(s, straight, self->rotation, moved);
    }
}

// Mean over projections of sum |calculated - measured| / sum |measured|.
static double
score(const Search *self)
{
    const LacSeries *s = self->series;
    double total = 0.0;
    gsize n = s->nv * s->nu, n_used = 0;
    for (gsize k = 0; k < s->n; k++) {
        if (s->excluded[k] || self->images->blank[k])
            continue;
        double difference = 0.0, sum = 0.0;
        for (gsize i = k * n; i < (k + 1) * n; i++) {
            difference += fabs((double) self->calculated[i] - (double) self->moved[i]);
            sum += fabs((double) self->moved[i]);
        }
        self->misfit[k] = sum > 0.0 ? difference / sum : (double) NAN;
        total += sum > 0.0 ? difference / sum : 0.0;
        n_used++;
    }
    return n_used > 0 ? total / (double) n_used : (double) NAN;
}

static gboolean
evaluate(Search *self, double *misfit, GError **error)
{
    const LacSeries *s = self->series;
    lac_parallel_for(s->n, 1, move_images, self);
    lac_align_reference_restart(self->reference);
    if (!lac_align_reference_calculate(self->reference, self->moved, s->excluded,
            self->params->recon_iterations, self->calculated, NULL, self->span.progress, error))
        return FALSE;
    *misfit = score(self);
    self->n_done++;
    lac_progress_message(self->span.progress,
        "Tilt axis: offset %.2f px, rotation %.2f°, misfit %.2f %%",
        self->offset * (double) self->images->factor, self->rotation, 100.0 * *misfit);
    return lac_prep_span_update(self->span, MIN(1.0, (double) self->n_done / (double) self->n_all),
        error);
}

// The rotation shows in the lines across the axis, which no reconstruction can make alike.
static gboolean
evaluate_rotation(Search *self, double *misfit, GError **error)
{
    g_autoptr(LacSeries) turned = lac_series_copy(self->series);
    for (gsize k = 0; k < turned->n; k++)
        turned->angles[k] = turn_axis(&turned->angles[k], self->rotation);
    double reach = MAX(2.0, self->params->max_shift / (double) self->images->factor);
    if (!lac_align_lines_misfit(turned, reach, misfit, error))
        return FALSE;
    self->n_done++;
    lac_progress_message(self->span.progress, "Tilt axis: rotation %.2f°, lines differ by %.2f %%",
        self->rotation, 100.0 * *misfit);
    *misfit *= *misfit; // has a parabola's bottom
    return lac_prep_span_update(self->span, MIN(1.0, (double) self->n_done / (double) self->n_all),
        error);
}

// Where a parabola through three equally spaced values has its bottom, in steps from the middle.
static double
bottom_of(double left, double middle, double right)
{
    double bend = left - 2.0 * middle + right;
    return bend > 0.0 ? CLAMP(0.5 * (left - right) / bend, -1.0, 1.0) : 0.0;
}

// Finds the value of one unknown with the smallest misfit, on grids that get finer.
static gboolean
search_along(Search *self, Evaluate evaluate_at, double *unknown, double reach, GError **error)
{
    double centre = *unknown, step = reach / HALF_GRID;
    for (guint round = 0; round < ROUNDS; round++) {
        enum {
            N = 2 * HALF_GRID + 1
        };
        gsize half = round == 0 ? HALF_GRID : 2, n = 2 * half + 1, best = 0;
        double misfit[N];
        for (gsize i = 0; i < n; i++) {
            *unknown = centre + step * ((double) i - (double) half);
            if (!evaluate_at(self, &misfit[i], error))
                return FALSE;
            if (misfit[i] < misfit[best])
                best = i;
        }
        centre += step * ((double) best - (double) half);
        if (best > 0 && best + 1 < n)
            centre += step * bottom_of(misfit[best - 1], misfit[best], misfit[best + 1]);
        step *= SHRINK;
    }
    *unknown = centre;
    return TRUE;
}

static gboolean
open_search(Search *self, double reach, GError **error)
{
    const LacSeries *s = self->series;
    gsize n = s->n * s->nv * s->nu;
    double farthest = 0.0;
    for (gsize k = 0; k < s->n; k++)
        farthest = MAX(farthest, MAX(fabs(s->shifts[k].du), fabs(s->shifts[k].dv)));
    gsize margin = (gsize) ceil(MIN(farthest + reach, (double) MAX(s->nv, s->nu))) + MARGIN;
    self->misfit = g_new0(double, s->n);
    self->spectrum = lac_image_spectrum_new(s->nv, s->nu, margin, error);
    self->reference = self->spectrum != NULL ? lac_align_reference_new(s, error) : NULL;
    self->moved = self->reference != NULL ? lac_alloc_floats(n, error) : NULL;
    self->calculated = self->moved != NULL ? lac_alloc_floats(n, error) : NULL;
    return self->calculated != NULL;
}

/**
 * lac_align_axis:
 * @out: a copy of the series, whose shifts and angles change
 * @params: how far to look
 * @result: gets offset, rotation and misfits
 * @span: progress and cancel
 * @error: return location for a #GError
 *
 * Looks for the rotation of the tilt axis in the images at which the sums across it are most alike,
 * then for its offset, which leaves the smallest misfit between projections and reprojections of a
 * short reconstruction, on images of about 64 pixels. The offset goes into the shifts; the rotation goes into the three angles of each projection
 * so that no image has to be turned.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_align_axis(LacSeries *out, const LacAlignParams *params, LacAlignment *result, LacPrepSpan span,
    GError **error)
{
    gsize factor = MAX(1, (MAX(out->nu, out->nv) + EDGE / 2) / EDGE);
    g_auto(LacAlignImages) images = { 0 };
    if (!lac_align_images_init(&images, out, factor, error))
        return FALSE;
    g_auto(Search) search = { .params = params,
        .images = &images,
        .series = images.series,
        .n_all = 2 + 2 * (2 * HALF_GRID + 1 + (ROUNDS - 1) * 5),
        .span = span };
    double reach = params->max_offset / (double) factor, misfit;
    if (!open_search(&search, reach, error) || !evaluate(&search, &misfit, error))
        return FALSE;
    memcpy(result->misfit_before, search.misfit, out->n * sizeof(double));
    if (params->phi &&
        !search_along(&search, evaluate_rotation, &search.rotation, params->max_rotation, error))
        return FALSE;
    if (params->across && !search_along(&search, evaluate, &search.offset, reach, error))
        return FALSE;
    if (!evaluate(&search, &misfit, error))
        return FALSE;
    memcpy(result->misfit_after, search.misfit, out->n * sizeof(double));
    result->n_iterations = search.n_done;
    result->axis_offset = search.offset * (double) factor;
    result->axis_rotation = search.rotation;
    for (gsize k = 0; k < out->n; k++) {
        if (search.rotation != 0.0)
            out->angles[k] = turn_axis(&out->angles[k], search.rotation);
        LacShift offset = offset_axis(&out->angles[k], result->axis_offset);
        out->shifts[k].du += offset.du;
        out->shifts[k].dv += offset.dv;
    }
    return lac_prep_span_update(span, 1.0, error);
}
