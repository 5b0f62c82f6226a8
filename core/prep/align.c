// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/align.h"

#include "core/error.h"
#include "core/prep/align-private.h"

#include <math.h>
#include <string.h>

typedef gboolean (*Method)(LacSeries *out, const LacAlignParams *params, LacAlignment *result,
    LacPrepSpan span, GError **error);

static const struct {
    LacAlignInfo info;
    Method run;
    double share; // of the time, about
} table[] = {
    [LAC_ALIGN_NEIGHBOURS] = { { "neighbours", "Neighbours",
                                   "Takes out gross shifts: each projection against the one before" },
        lac_align_neighbours, 0.3 },
    [LAC_ALIGN_COMMON_LINE] = { { "common-line", "Common line",
                                    "Along the tilt axis: sums across the axis must be alike" },
        lac_align_common_line, 0.2 },
    [LAC_ALIGN_CENTRE_OF_MASS] = { { "com", "Centre of mass",
                                       "Across the tilt axis: centres of mass go on the axis" },
        lac_align_centre_of_mass, 0.1 },
    [LAC_ALIGN_AXIS] = { { "axis", "Tilt axis",
                             "Finds the offset of the tilt axis and its rotation in the images" },
        lac_align_axis, 1.0 },
    [LAC_ALIGN_REPROJECTION] = { { "reprojection", "Reprojection",
                                     "Refines shifts against projections of a reconstruction" },
        lac_align_reprojection, 3.0 },
    [LAC_ALIGN_ANGLES] = { { "angles", "Angles",
                               "Refines shifts and the three angles of each projection together" },
        lac_align_refine_angles, 10.0 },
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
    return &table[method].info;
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
        if (g_str_equal(table[i].info.id, id)) {
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
 * lac_align_methods_parse:
 * @text: names of methods in the order of work, separated by commas
 * @methods: (out caller-allocates): LAC_ALIGN_MAX_STEPS of them
 * @n: (out): how many there are
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when a name is unknown or there are none or too many
 */
gboolean
lac_align_methods_parse(const char *text, LacAlignMethod *methods, guint *n, GError **error)
{
    g_auto(GStrv) ids = g_strsplit(text, ",", -1);
    *n = 0;
    for (guint i = 0; ids[i] != NULL; i++) {
        if (*n == LAC_ALIGN_MAX_STEPS) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "\"%s\" names more than %d alignments", text, LAC_ALIGN_MAX_STEPS);
            return FALSE;
        }
        if (!lac_align_method_from_id(g_strstrip(ids[i]), &methods[(*n)++], error))
            return FALSE;
    }
    if (*n > 0)
        return TRUE;
    g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "No alignment is named");
    return FALSE;
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

static void
unref_alignment(gpointer data)
{
    lac_alignment_unref(data);
}

static LacAlignment *
run_span(const LacSeries *series, LacAlignMethod method, const LacAlignParams *params,
    LacPrepSpan span, GError **error)
{
    if (!lac_settings_check(lac_align_settings(), params, error))
        return NULL;
    if (lac_series_count_included(series) == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "All projections are excluded");
        return NULL;
    }
    g_autoptr(LacAlignment) self = alignment_new(series, method);
    if (!table[method].run(self->after, params, self, span, error))
        return NULL;
    // Shifts that ran away are refused with the projection's number.
    g_autoptr(LacSeries) checked =
        lac_series_with_shifts(self->after, self->after->shifts, series->n, error);
    return checked != NULL ? g_steal_pointer(&self) : NULL;
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
    return run_span(series, method, params, (LacPrepSpan){ progress, 0.0, 1.0 }, error);
}

/**
 * lac_align_run_all:
 * @series: projections
 * @list: (array length=n): methods in the order of work
 * @n: how many, above 0
 * @params: parameters of all of them
 * @progress: (nullable): as for lac_align_run()
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type LacAlignment): what each has changed, or %NULL with @error
 * set
 */
GPtrArray *
lac_align_run_all(const LacSeries *series, const LacAlignMethod *list, guint n,
    const LacAlignParams *params, LacProgress *progress, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(unref_alignment);
    double total = 0.0, done = 0.0;
    for (guint i = 0; i < n; i++)
        total += table[list[i]].share;
    for (guint i = 0; i < n; i++) {
        const LacSeries *from = i > 0 ? ((LacAlignment *) all->pdata[i - 1])->after : series;
        double share = table[list[i]].share;
        LacPrepSpan span = { progress, done / total, (done + share) / total };
        LacAlignment *step = run_span(from, list[i], params, span, error);
        if (step == NULL)
            return NULL;
        g_ptr_array_add(all, step);
        done += share;
    }
    return g_steal_pointer(&all);
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
