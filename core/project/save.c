// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a project. Every group says its units and axes; arrays are in C order.
#include "core/data/edit-code.h"
#include "core/io/format.h"
#include "core/io/h5-atoms.h"
#include "core/io/h5-report.h"
#include "core/io/h5-truth.h"
#include "core/io/hdf5.h"
#include "core/project/project-private.h"

#include <string.h>

typedef struct {
    const LacProject *project;
    LacProgress *progress;
    LacH5 *file;
    double total, done; // [bytes] of large arrays
    LacJournalMark mark;
} Saver;

static gboolean
write_floats(Saver *self, const char *path, const float *data, gsize n0, gsize n1, gsize n2,
    GError **error)
{
    LacH5Array array = { .type = LAC_VALUE_FLOAT32,
        .n_dims = 3,
        .shape = { n0, n1, n2 },
        .data = data };
    double n_bytes = (double) (n0 * n1 * n2) * sizeof(float);
    LacH5Span span = { .progress = self->progress,
        .from = self->done / self->total,
        .to = (self->done + n_bytes) / self->total };
    self->done += n_bytes;
    return lac_h5_write_array(self->file, path, &array, span, error);
}

static gboolean
write_doubles(Saver *self, const char *path, const double *data, gsize n, gsize columns,
    GError **error)
{
    LacH5Array array = { .type = LAC_VALUE_FLOAT64,
        .n_dims = columns > 1 ? 2 : 1,
        .shape = { n, columns },
        .data = data };
    return n == 0 || lac_h5_write_array(self->file, path, &array, (LacH5Span){ 0 }, error);
}

static gboolean
set_labels(Saver *self, const char *path, const char *units, const char *axes, GError **error)
{
    return lac_h5_set_string(self->file, path, "units", units, error) &&
        lac_h5_set_string(self->file, path, "axes", axes, error);
}

static gboolean
save_series(Saver *self, const LacSeries *series, GError **error)
{
    g_autofree guint8 *excluded = g_new(guint8, series->n);
    for (gsize k = 0; k < series->n; k++)
        excluded[k] = series->excluded[k] != FALSE;
    LacH5Array flags = { .type = LAC_VALUE_UINT8,
        .n_dims = 1,
        .shape = { series->n },
        .data = excluded };
    return lac_h5_make_group(self->file, "/series", error) &&
        set_labels(self, "/series", "Å, deg", "projection,v,u", error) &&
        lac_h5_set_string(self->file, "/series", "name", series->name, error) &&
        lac_h5_set_number(self->file, "/series", "pixel_size", series->pixel_size, error) &&
        write_floats(self, "/series/data", series->data, series->n, series->nv, series->nu,
            error) &&
        write_doubles(self, "/series/angles", &series->angles[0].phi, series->n, 3, error) &&
        lac_h5_set_string(self->file, "/series/angles", "columns", "phi,theta,psi", error) &&
        lac_h5_set_string(self->file, "/series/angles", "units", "deg", error) &&
        write_doubles(self, "/series/shifts", &series->shifts[0].du, series->n, 2, error) &&
        lac_h5_set_string(self->file, "/series/shifts", "columns", "du,dv", error) &&
        lac_h5_set_string(self->file, "/series/shifts", "units", "pixel", error) &&
        lac_h5_write_array(self->file, "/series/excluded", &flags, (LacH5Span){ 0 }, error) &&
        write_doubles(self, LAC_PROJECT_GAINS, series->gains, series->n, 1, error);
}

// A group with the values and the calibration of a volume.
static gboolean
save_volume(Saver *self, const char *path, const LacVolume *volume, GError **error)
{
    g_autofree char *data = g_strconcat(path, "/data", NULL);
    return lac_h5_make_group(self->file, path, error) &&
        set_labels(self, path, "Å", "z,y,x", error) &&
        lac_h5_set_number(self->file, path, "voxel_size", volume->voxel_size, error) &&
        lac_h5_set_number(self->file, path, "origin_x", volume->origin.x, error) &&
        lac_h5_set_number(self->file, path, "origin_y", volume->origin.y, error) &&
        lac_h5_set_number(self->file, path, "origin_z", volume->origin.z, error) &&
        write_floats(self, data, volume->data, volume->nz, volume->ny, volume->nx, error);
}

static gboolean
save_parameters(Saver *self, const LacReconParams *params, GError **error)
{
    const char *path = "/volume/parameters";
    if (!lac_h5_make_group(self->file, path, error) ||
        !lac_h5_set_string(self->file, path, "method", lac_recon_method_get_id(params->method),
            error))
        return FALSE;
    gsize n;
    const LacField *fields = lac_project_fields(&n);
    for (gsize i = 0; i < n; i++) {
        gconstpointer value = (const guint8 *) params + fields[i].offset;
        gint64 integer = 0;
        switch (fields[i].type) {
        case LAC_FIELD_BOOLEAN: integer = *(const gboolean *) value != FALSE; break;
        case LAC_FIELD_UINT: integer = *(const guint *) value; break;
        case LAC_FIELD_SIZE: integer = (gint64) * (const gsize *) value; break;
        case LAC_FIELD_DOUBLE:
            if (!lac_h5_set_number(self->file, path, fields[i].name, *(const double *) value,
                    error))
                return FALSE;
            continue;
        }
        if (!lac_h5_set_integer(self->file, path, fields[i].name, integer, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
save_curves(Saver *self, const LacRecon *recon, GError **error)
{
    return lac_h5_make_group(self->file, "/volume/curves", error) &&
        lac_h5_set_string(self->file, "/volume/curves", "axes", "iteration", error) &&
        write_doubles(self, "/volume/curves/r1", recon->r1, recon->n_iterations, 1, error) &&
        write_doubles(self, "/volume/curves/r2", recon->r2, recon->n_iterations, 1, error) &&
        (recon->r_free == NULL ||
            write_doubles(self, "/volume/curves/r_free", recon->r_free, recon->n_iterations, 1,
                error)) &&
        write_doubles(self, "/volume/curves/projection_r1", recon->projection_r1,
            recon->n_projections, 1, error) &&
        write_doubles(self, "/volume/curves/projection_r2", recon->projection_r2,
            recon->n_projections, 1, error);
}

static gboolean
save_factors(Saver *self, const char *group, const char *name, const double *values, gsize n,
    GError **error)
{
    g_autofree char *path = g_strconcat(group, "/", name, NULL);
    return values == NULL || write_doubles(self, path, values, n, 1, error);
}

static gboolean
save_snapshots(Saver *self, const LacRecon *recon, GError **error)
{
    for (guint i = 0; i < recon->snapshots->len; i++) {
        const LacReconSnapshot *snapshot = recon->snapshots->pdata[i];
        g_autofree char *path = g_strdup_printf("/volume/snapshots/%06u", i);
        if (!save_volume(self, path, snapshot->volume, error) ||
            !lac_h5_set_integer(self->file, path, "iteration", snapshot->iteration, error) ||
            !save_factors(self, path, "projection_r1", snapshot->projection_r1,
                recon->n_projections, error) ||
            !save_factors(self, path, "projection_r2", snapshot->projection_r2,
                recon->n_projections, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
save_recon(Saver *self, const LacRecon *recon, GError **error)
{
    return save_volume(self, "/volume", recon->volume, error) &&
        lac_h5_set_integer(self->file, "/volume", "iterations", recon->n_iterations, error) &&
        lac_h5_set_integer(self->file, "/volume", "projections", (gint64) recon->n_projections,
            error) &&
        lac_h5_set_integer(self->file, "/volume", "snapshots", recon->snapshots->len, error) &&
        lac_h5_set_integer(self->file, "/volume", "has_r_free", recon->r_free != NULL, error) &&
        lac_h5_set_number(self->file, "/volume", "seconds", recon->seconds, error) &&
        lac_h5_set_integer(self->file, "/volume", "has_coefficients", recon->coefficients != NULL,
            error) &&
        (recon->coefficients == NULL ||
            save_volume(self, "/volume/coefficients", recon->coefficients, error)) &&
        save_parameters(self, &recon->params, error) && save_curves(self, recon, error) &&
        save_snapshots(self, recon, error);
}

static gboolean
write_bytes(Saver *self, const char *folder, const char *name, const guint8 *bytes, gsize n,
    GError **error)
{
    g_autofree char *path = g_strconcat(folder, "/", name, NULL);
    LacH5Array array = { .type = LAC_VALUE_UINT8, .n_dims = 1, .shape = { n }, .data = bytes };
    return n == 0 || lac_h5_write_array(self->file, path, &array, (LacH5Span){ 0 }, error);
}

static gboolean
set_id(Saver *self, const char *name, const guint8 id[16], GError **error)
{
    char text[33];
    for (guint i = 0; i < 16; i++)
        g_snprintf(text + 2 * i, 3, "%02x", id[i]);
    return lac_h5_set_string(self->file, LAC_PROJECT_MODEL, name, text, error);
}

// The model as it is now, so that any program can read it, and the edits that made it.
static gboolean
save_journal(Saver *self, const LacJournal *journal, GError **error)
{
    g_auto(LacEncoder) history = { 0 };
    gsize n = lac_journal_get_length(journal);
    gint64 position = (gint64) lac_journal_get_position(journal);
    lac_encode_uint64(&history, n);
    for (gsize i = 0; i < n; i++)
        lac_edit_encode(lac_journal_get_edit(journal, i), &history);
    return lac_h5_write_atoms(self->file, LAC_PROJECT_MODEL, lac_journal_get_atoms(journal),
               error) &&
        write_bytes(self, LAC_PROJECT_MODEL, "history", history.data, history.n, error) &&
        lac_h5_set_integer(self->file, LAC_PROJECT_MODEL, LAC_PROJECT_POSITION, position, error) &&
        set_id(self, LAC_PROJECT_SAVE, self->mark.save, error) &&
        set_id(self, LAC_PROJECT_FILE, self->mark.file, error) &&
        lac_h5_set_integer(self->file, LAC_PROJECT_MODEL, LAC_PROJECT_RECORDS,
            (gint64) self->mark.n_records, error);
}

static gboolean
save_truth(Saver *self, const LacTruth *truth, GError **error)
{
    return lac_h5_write_atoms(self->file, LAC_PROJECT_TRUTH_ATOMS, truth->atoms, error) &&
        lac_h5_write_truth(self->file, LAC_PROJECT_TRUTH, truth, error) &&
        (truth->volume == NULL ||
            save_volume(self, LAC_PROJECT_TRUTH_VOLUME, truth->volume, error));
}

static gboolean
save_strokes(Saver *self, const LacMaskStrokes *strokes, GError **error)
{
    g_autofree double *rows = g_new(double, LAC_PROJECT_STROKE_ROW * strokes->n);
    for (gsize i = 0; i < strokes->n; i++) {
        const LacMaskPoint *point = strokes->points + i;
        const double row[LAC_PROJECT_STROKE_ROW] = { point->stroke, point->projection,
            point->inside ? 1.0 : 0.0, point->radius, point->u, point->v };
        memcpy(rows + LAC_PROJECT_STROKE_ROW * i, row, sizeof row);
    }
    const LacH5Array array = { .type = LAC_VALUE_FLOAT64,
        .n_dims = 2,
        .shape = { strokes->n, LAC_PROJECT_STROKE_ROW },
        .data = rows };
    return lac_h5_write_array(self->file, LAC_PROJECT_STROKES, &array, (LacH5Span){ 0 }, error);
}

static gboolean
save_provenance(Saver *self, GError **error)
{
    const GPtrArray *steps = self->project->provenance;
    if (!lac_h5_make_group(self->file, "/provenance", error) ||
        !lac_h5_set_integer(self->file, "/provenance", "steps", steps->len, error))
        return FALSE;
    for (guint i = 0; i < steps->len; i++) {
        const LacProvenance *step = steps->pdata[i];
        const char *const parts[][2] = { { "name", step->name }, { "parameters", step->parameters },
            { "inputs", step->inputs }, { "version", step->version }, { "time", step->time } };
        g_autofree char *group = g_strdup_printf("/provenance/%06u", i);
        gboolean good = lac_h5_make_group(self->file, group, error);
        for (gsize p = 0; good && p < G_N_ELEMENTS(parts); p++) {
            g_autofree char *path = g_strconcat(group, "/", parts[p][0], NULL);
            good = lac_h5_write_text(self->file, path, parts[p][1], error);
        }
        if (!good)
            return FALSE;
    }
    return TRUE;
}

static double
count_bytes(const LacProject *project)
{
    gsize n = 1;
    if (project->series != NULL)
        n += project->series->n * project->series->nv * project->series->nu;
    if (project->raw_series != NULL)
        n += project->raw_series->n * project->raw_series->nv * project->raw_series->nu;
    if (project->mask != NULL)
        n += lac_volume_get_size(project->mask);
    if (project->volume != NULL)
        n += lac_volume_get_size(project->volume);
    if (project->truth != NULL && project->truth->volume != NULL)
        n += lac_volume_get_size(project->truth->volume);
    if (project->recon != NULL) {
        n += lac_volume_get_size(project->recon->volume);
        if (project->recon->coefficients != NULL)
            n += lac_volume_get_size(project->recon->coefficients);
        for (guint i = 0; i < project->recon->snapshots->len; i++) {
            const LacReconSnapshot *snapshot = project->recon->snapshots->pdata[i];
            n += lac_volume_get_size(snapshot->volume);
        }
    }
    return (double) n * sizeof(float);
}

static gboolean
save_all(const char *path, gpointer data, GError **error)
{
    Saver *self = data;
    const LacProject *project = self->project;
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_CHECKSUMMED, error);
    if (file == NULL)
        return FALSE;
    self->file = file;
    return lac_h5_set_string(file, "/", "lacuna_version", LAC_VERSION, error) &&
        lac_h5_set_integer(file, "/", "schema", LAC_PROJECT_SCHEMA, error) &&
        (project->series == NULL || save_series(self, project->series, error)) &&
        (project->raw_series == NULL ||
            (write_floats(self, LAC_PROJECT_RAW, project->raw_series->data, project->raw_series->n,
                 project->raw_series->nv, project->raw_series->nu, error) &&
                write_doubles(self, LAC_PROJECT_RAW_GAINS, project->raw_series->gains,
                    project->raw_series->n, 1, error))) &&
        (project->strokes == NULL || save_strokes(self, project->strokes, error)) &&
        (project->mask == NULL || save_volume(self, "/mask", project->mask, error)) &&
        (project->recon == NULL || save_recon(self, project->recon, error)) &&
        (project->volume == NULL || save_volume(self, "/opened", project->volume, error)) &&
        (project->journal == NULL || save_journal(self, project->journal, error)) &&
        (project->truth == NULL || save_truth(self, project->truth, error)) &&
        (project->analyses == NULL ||
            lac_h5_write_report(file, LAC_PROJECT_ANALYSES, project->analyses, error)) &&
        (project->settings == NULL ||
            lac_h5_write_text(file, LAC_PROJECT_SETTINGS, project->settings, error)) &&
        (project->views == NULL || lac_h5_write_text(file, "/views", project->views, error)) &&
        save_provenance(self, error) && lac_h5_close(file, error) &&
        lac_progress_update(self->progress, 1.0, error);
}

/**
 * lac_project_save:
 * @self: a project
 * @path: where to; an old file is replaced when the new one is on the disk
 * @progress: (nullable): told the fraction written, every few megabytes
 * @error: return location for a #GError
 *
 * Writes everything that the project holds, but for the state of a running solver. Its journal
 * learns of the save; see lac_journal_mark_saved() for the one that was copied.
 *
 * Returns: %TRUE, or %FALSE with @error set (also when cancelled), the old file as it was and
 * nothing beside it
 */
gboolean
lac_project_save(const LacProject *self, const char *path, LacProgress *progress, GError **error)
{
    Saver saver = { .project = self, .progress = progress, .total = count_bytes(self) };
    if (self->journal != NULL)
        lac_journal_get_mark(self->journal, &saver.mark);
    for (gsize i = 0; i < sizeof saver.mark.save; i += sizeof(guint32)) {
        guint32 word = g_random_int();
        memcpy(saver.mark.save + i, &word, sizeof word);
    }
    saver.mark.save[0] |= 1; // never all 0
    if (!lac_write_atomically(path, save_all, &saver, error))
        return FALSE;
    if (self->journal != NULL)
        lac_journal_set_mark(self->journal, &saver.mark);
    return TRUE;
}
