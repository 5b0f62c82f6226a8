// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/align.h"

#include "core/error.h"
#include "core/prep/align-private.h"

#include <math.h>
#include <string.h>

typedef gboolean (*Method)(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacProgress *progress, GError **error);

static const struct {
    LacAlignInfo info;
    Method run;
} methods[] = {
    [LAC_ALIGN_NEIGHBOURS] = { { "neighbours", "Neighbours",
                                   "Takes out gross shifts: each projection against the one before" },
        lac_align_neighbours },
    [LAC_ALIGN_COMMON_LINE] = { { "common-line", "Common line",
                                    "Along the tilt axis: sums across the axis must be alike" },
        lac_align_common_line },
    [LAC_ALIGN_CENTRE_OF_MASS] = { { "com", "Centre of mass",
                                       "Across the tilt axis: centres of mass go on the axis" },
        lac_align_centre_of_mass },
    [LAC_ALIGN_AXIS] = { { "axis", "Tilt axis",
                             "Finds the offset of the tilt axis and its rotation in the images" },
        lac_align_axis },
    [LAC_ALIGN_REPROJECTION] = { { "reprojection", "Reprojection",
                                     "Refines shifts against projections of a reconstruction" },
        lac_align_reprojection },
    [LAC_ALIGN_ANGLES] = { { "angles", "Angles",
                               "Refines shifts and the three angles of each projection together" },
        lac_align_refine_angles },
};

/**
 * lac_align_get_info:
 * @method: a method
 *
 * Returns: (transfer none): how it is called
 */
const LacAlignInfo *
lac_align_get_info(LacAlignMethod method)
{
    return &methods[method].info;
}

/**
 * lac_align_method_from_id:
 * @id: a name on the command line
 * @method: (out): the method
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there is none of that name
 */
gboolean
lac_align_method_from_id(const char *id, LacAlignMethod *method, GError **error)
{
    for (guint i = 0; i < LAC_ALIGN_N_METHODS; i++) {
        if (g_str_equal(methods[i].info.id, id)) {
            *method = (LacAlignMethod) i;
            return TRUE;
        }
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no alignment \"%s\"; there are neighbours, common-line, com, axis, reprojection "
        "and angles",
        id);
    return FALSE;
}

/**
 * lac_align_params_init:
 * @params: (out caller-allocates): parameters that fit most series
 */
void
lac_align_params_init(LacAlignParams *params)
{
    *params = (LacAlignParams){
        .along = TRUE,
        .across = TRUE,
        .max_shift = 16.0,
        .iterations = 12,
        .recon_iterations = 8,
        .finest_bin = 1,
        .phi = TRUE,
        .theta = TRUE,
        .psi = TRUE,
        .max_angle = 3.0,
        .max_offset = 16.0,
        .max_rotation = 5.0,
    };
}

static gboolean
check_range(const char *name, double value, double low, double high, GError **error)
{
    if (value >= low && value <= high)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s of %g is outside %g to %g", name, value,
        low, high);
    return FALSE;
}

/**
 * lac_align_params_check:
 * @params: parameters from outside
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error naming the value that is out of range
 */
gboolean
lac_align_params_check(const LacAlignParams *params, GError **error)
{
    return check_range("A largest shift", params->max_shift, 1, 4096, error) &&
        check_range("A number of iterations", params->iterations, 1, 1000, error) &&
        check_range("A number of RESIRE iterations", params->recon_iterations, 1, 200, error) &&
        check_range("A finest bin", (double) params->finest_bin, 1, 64, error) &&
        check_range("A largest angle", params->max_angle, 0, 45, error) &&
        check_range("A largest offset", params->max_offset, 0, 4096, error) &&
        check_range("A largest rotation", params->max_rotation, 0, 45, error);
}

static LacAlignment *
alignment_new(const LacSeries *series, LacAlignMethod method)
{
    LacAlignment *self = g_new0(LacAlignment, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->method = method;
    self->before = lac_series_copy(series);
    self->after = lac_series_copy(series);
    self->misfit_before = g_new0(double, series->n);
    self->misfit_after = g_new0(double, series->n);
    for (gsize k = 0; k < series->n; k++)
        self->misfit_before[k] = self->misfit_after[k] = (double) NAN;
    return self;
}

/**
 * lac_align_run:
 * @series: projections with the shifts and angles that are known so far
 * @method: how they are aligned
 * @params: parameters
 * @progress: (nullable): progress and cancel; a wish to finish keeps what has been refined so far
 * @error: return location for a #GError
 *
 * Aligns a series. Alignments compose: one starts from the shifts and angles that another left, and
 * pixels stay as they are. The misfits of methods that reproject are
 * sum |calculated - measured| / sum |measured| of each projection; the others have none.
 *
 * Returns: (transfer full): what has changed, or %NULL with @error set
 */
LacAlignment *
lac_align_run(const LacSeries *series, LacAlignMethod method, const LacAlignParams *params,
    LacProgress *progress, GError **error)
{
    if (!lac_align_params_check(params, error))
        return NULL;
    if (lac_series_count_included(series) == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "All projections are excluded");
        return NULL;
    }
    g_autoptr(LacAlignment) self = alignment_new(series, method);
    if (!methods[method].run(self->after, params, self, progress, error))
        return NULL;
    // Shifts that ran away are refused with the projection's number.
    g_autoptr(LacSeries) checked =
        lac_series_with_shifts(self->after, self->after->shifts, series->n, error);
    return checked != NULL ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_alignment_ref:
 * @self: an alignment
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacAlignment *
lac_alignment_ref(LacAlignment *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_alignment_unref:
 * @self: (nullable) (transfer full): an alignment; any thread
 */
void
lac_alignment_unref(LacAlignment *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_series_unref(self->before);
    lac_series_unref(self->after);
    g_free(self->misfit_before);
    g_free(self->misfit_after);
    g_free(self);
}
