// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/project.h"

#include "core/project/project-private.h"

#include <string.h>

#define FIELD(name, type)                                  \
    {                                                      \
#        name, type, G_STRUCT_OFFSET(LacReconParams, name) \
    }

static const LacField fields[] = {
    FIELD(n_iterations, LAC_FIELD_UINT),
    FIELD(accelerated, LAC_FIELD_BOOLEAN),
    FIELD(step, LAC_FIELD_DOUBLE),
    FIELD(blob_sigma, LAC_FIELD_DOUBLE),
    FIELD(weight_alpha, LAC_FIELD_DOUBLE),
    FIELD(weight_cap, LAC_FIELD_DOUBLE),
    FIELD(positivity, LAC_FIELD_BOOLEAN),
    FIELD(nx, LAC_FIELD_SIZE),
    FIELD(ny, LAC_FIELD_SIZE),
    FIELD(nz, LAC_FIELD_SIZE),
    FIELD(held_out_every, LAC_FIELD_UINT),
    FIELD(tolerance, LAC_FIELD_DOUBLE),
    FIELD(snapshot_every, LAC_FIELD_UINT),
};

/**
 * lac_project_fields:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): the numbers of LacReconParams that a project keeps
 */
const LacField *
lac_project_fields(gsize *n)
{
    *n = G_N_ELEMENTS(fields);
    return fields;
}

static void
free_provenance(gpointer data)
{
    LacProvenance *step = data;
    g_free(step->name);
    g_free(step->parameters);
    g_free(step->inputs);
    g_free(step->version);
    g_free(step->time);
    g_free(step);
}

/**
 * lac_project_new:
 *
 * Returns: (transfer full): an empty project
 */
LacProject *
lac_project_new(void)
{
    LacProject *self = g_new0(LacProject, 1);
    self->provenance = g_ptr_array_new_with_free_func(free_provenance);
    return self;
}

/**
 * lac_project_free:
 * @self: (nullable) (transfer full): a project; its references are given up
 */
void
lac_project_free(LacProject *self)
{
    if (self == NULL)
        return;
    lac_series_unref(self->series);
    lac_series_unref(self->raw_series);
    lac_mask_strokes_unref(self->strokes);
    lac_volume_unref(self->mask);
    lac_recon_unref(self->recon);
    lac_volume_unref(self->volume);
    lac_journal_free(self->journal);
    lac_truth_unref(self->truth);
    lac_report_unref(self->analyses);
    g_ptr_array_unref(self->provenance);
    g_free(self->views);
    g_free(self->settings);
    g_free(self);
}

static gpointer
copy_step(gconstpointer data, gpointer unused)
{
    (void) unused;
    const LacProvenance *step = data;
    LacProvenance *copy = g_new(LacProvenance, 1);
    *copy = (LacProvenance){
        .name = g_strdup(step->name),
        .parameters = g_strdup(step->parameters),
        .inputs = g_strdup(step->inputs),
        .version = g_strdup(step->version),
        .time = g_strdup(step->time),
    };
    return copy;
}

/**
 * lac_project_copy:
 * @self: a project
 *
 * Returns: (transfer full): a project with references to the same data, so that one can be saved
 * while the other changes
 */
LacProject *
lac_project_copy(const LacProject *self)
{
    LacProject *copy = g_new0(LacProject, 1);
    copy->series = self->series != NULL ? lac_series_ref(self->series) : NULL;
    copy->raw_series = self->raw_series != NULL ? lac_series_ref(self->raw_series) : NULL;
    copy->strokes = self->strokes != NULL ? lac_mask_strokes_ref(self->strokes) : NULL;
    copy->mask = self->mask != NULL ? lac_volume_ref(self->mask) : NULL;
    copy->recon = self->recon != NULL ? lac_recon_ref(self->recon) : NULL;
    copy->volume = self->volume != NULL ? lac_volume_ref(self->volume) : NULL;
    copy->analyses = self->analyses != NULL ? lac_report_ref(self->analyses) : NULL;
    copy->truth = self->truth != NULL ? lac_truth_ref(self->truth) : NULL;
    copy->journal = self->journal != NULL ? lac_journal_copy(self->journal) : NULL;
    copy->views = g_strdup(self->views);
    copy->settings = g_strdup(self->settings);
    copy->provenance = g_ptr_array_new_with_free_func(free_provenance);
    for (guint i = 0; i < self->provenance->len; i++)
        g_ptr_array_add(copy->provenance, copy_step(self->provenance->pdata[i], NULL));
    return copy;
}

/**
 * lac_project_dup_measured:
 * @self: a project with a series
 *
 * Returns: (transfer full): the series with the pixels as they were measured, whether it was
 * denoised since or not; angles, shifts and exclusions are those of now, gains those of these pixels
 */
LacSeries *
lac_project_dup_measured(const LacProject *self)
{
    if (self->raw_series == NULL)
        return lac_series_ref(self->series);
    LacSeries *measured = lac_series_with_buffer(self->series, self->raw_series->buffer, NULL);
    memcpy(measured->gains, self->raw_series->gains, measured->n * sizeof *measured->gains);
    return measured;
}

/**
 * lac_project_take_refined:
 * @self: a project with a series
 * @refined: that of lac_project_dup_measured() with other angles, shifts and gains
 *
 * Makes them those of the series, denoised or not.
 */
void
lac_project_take_refined(LacProject *self, const LacSeries *refined)
{
    g_autoptr(LacSeries) measured = lac_project_dup_measured(self);
    LacSeries *series = lac_series_with_refined(self->series, measured, refined);
    lac_series_unref(self->series);
    self->series = series;
    if (self->raw_series == NULL)
        return;
    LacSeries *raw = lac_series_with_refined(self->raw_series, measured, refined);
    lac_series_unref(self->raw_series);
    self->raw_series = raw;
}

/**
 * lac_project_set_denoised:
 * @self: a project
 * @measured: the series before; the project takes a reference of its own
 * @denoised: (nullable): the series after, of the same shape; likewise; %NULL: back to @measured
 *
 * Makes the denoised pixels those of the series, and keeps the measured ones.
 */
void
lac_project_set_denoised(LacProject *self, LacSeries *measured, LacSeries *denoised)
{
    LacSeries *series = lac_series_ref(denoised != NULL ? denoised : measured);
    LacSeries *raw = denoised != NULL ? lac_series_ref(measured) : NULL;
    lac_series_unref(self->series);
    lac_series_unref(self->raw_series);
    self->series = series;
    self->raw_series = raw;
}

static void
append_digest(GString *text, const char *name, const float *data, gsize n)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize n_bytes = n * sizeof *data;
    const guchar *bytes = (const guchar *) data;
    for (gsize at = 0; at < n_bytes; at += G_MAXINT32)
        g_checksum_update(checksum, bytes + at, (gssize) MIN(n_bytes - at, G_MAXINT32));
    g_string_append_printf(text, "%s=sha256:%s\n", name, g_checksum_get_string(checksum));
}

/**
 * lac_project_dup_digests:
 * @self: a project
 *
 * Takes the SHA-256 of the pixels of the series and of the mask, as little as they are of it: a
 * few hundred megabytes take a second.
 *
 * Returns: (transfer full): a line "name=sha256:..." for each
 */
char *
lac_project_dup_digests(const LacProject *self)
{
    GString *text = g_string_new(NULL);
    if (self->series != NULL)
        append_digest(text, "series", self->series->data,
            self->series->n * self->series->nv * self->series->nu);
    if (self->mask != NULL)
        append_digest(text, "mask", self->mask->data, lac_volume_get_size(self->mask));
    return g_string_free(text, FALSE);
}

/**
 * lac_project_add_provenance:
 * @self: a project
 * @name: the step: "import", "reconstruct", ...
 * @parameters: (nullable): "key=value" lines
 * @inputs: (nullable): digests of what it was made from, as of lac_project_dup_digests(), which is
 * no work for a main loop
 *
 * Notes a step of work with the program's version and the time.
 */
void
lac_project_add_provenance(LacProject *self, const char *name, const char *parameters,
    const char *inputs)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    LacProvenance *step = g_new(LacProvenance, 1);
    *step = (LacProvenance){
        .name = g_strdup(name),
        .parameters = g_strdup(parameters != NULL ? parameters : ""),
        .inputs = g_strdup(inputs != NULL ? inputs : ""),
        .version = g_strdup(LAC_VERSION),
        .time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ"),
    };
    g_ptr_array_add(self->provenance, step);
}
