// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a project and believes nothing of it: shapes must fit each other, numbers their ranges.
#include "core/data/edit-code.h"
#include "core/io/bytes.h"
#include "core/io/h5-atoms.h"
#include "core/io/h5-report.h"
#include "core/io/h5-truth.h"
#include "core/io/hdf5.h"
#include "core/project/project-private.h"

#include <math.h>
#include <string.h>

#define MAX_LENGTH  1e12 // [Å]
#define MAX_RECORDS 9e15 // whole numbers that a double holds

typedef struct {
    LacH5 *file;
    const char *path;
    LacProgress *progress;
    double total, done; // [values] of large arrays
} Loader;

static gboolean
damaged(const Loader *self, const char *path, const char *what, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "it is damaged: %s %s", path, what);
    return FALSE;
}

static gboolean
get_number(const Loader *self, const char *path, const char *name, double min, double max,
    double *value, GError **error)
{
    if (!lac_h5_get_number(self->file, path, name, value)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "it is damaged: %s has no number %s",
            path, name);
        return FALSE;
    }
    if (!(*value >= min && *value <= max)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "it is damaged: %s of %s is %g, outside %g to %g", name, path, *value, min, max);
        return FALSE;
    }
    return TRUE;
}

static gboolean
get_count(const Loader *self, const char *path, const char *name, gsize *n, GError **error)
{
    double value;
    if (!get_number(self, path, name, 0.0, (double) self->total + G_MAXINT32, &value, error))
        return FALSE;
    *n = (gsize) value;
    return TRUE;
}

// A dataset of three dimensions, none of them 0.
static LacBuffer *
read_stack(Loader *self, const char *path, gsize shape[3], GError **error)
{
    g_autoptr(LacH5Node) node = lac_h5_get_node(self->file, path, error);
    if (node == NULL)
        return NULL;
    gsize n;
    if (node->n_dims != 3 ||
        !lac_check_shape(node->shape[0], node->shape[1], node->shape[2], &n, NULL)) {
        damaged(self, path, "has no three dimensions", error);
        return NULL;
    }
    memcpy(shape, node->shape, 3 * sizeof *shape);
    LacH5Span span = { .progress = self->progress,
        .from = MIN(self->done / self->total, 1.0),
        .to = MIN((self->done + (double) n) / self->total, 1.0) };
    self->done += (double) n;
    return lac_h5_read_floats(self->file, path, span, error);
}

// Exactly @n doubles.
static double *
read_doubles(const Loader *self, const char *path, gsize n, GError **error)
{
    if (n == 0)
        return g_new0(double, 1);
    gsize n_read;
    g_autofree double *values = lac_h5_read_doubles(self->file, path, &n_read, error);
    if (values == NULL)
        return NULL;
    if (n_read != n) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "it is damaged: %s has %" G_GSIZE_FORMAT " values, not %" G_GSIZE_FORMAT, path, n_read,
            n);
        return NULL;
    }
    return g_steal_pointer(&values);
}

// Where the object lies in each projection; older projects do not tell.
static gboolean
load_shifts(const Loader *self, LacSeries *series, GError **error)
{
    const char *path = "/series/shifts";
    if (!lac_h5_exists(self->file, path))
        return TRUE;
    g_autofree double *shifts = read_doubles(self, path, 2 * series->n, error);
    if (shifts == NULL)
        return FALSE;
    for (gsize k = 0; k < series->n; k++) {
        series->shifts[k] = (LacShift){ .du = shifts[2 * k], .dv = shifts[2 * k + 1] };
        if (!(fabs(shifts[2 * k]) <= LAC_SHIFT_MAX && fabs(shifts[2 * k + 1]) <= LAC_SHIFT_MAX))
            return damaged(self, path, "has a shift out of range", error);
    }
    return TRUE;
}

// How bright each projection is; older projects do not tell.
static gboolean
load_gains(const Loader *self, const char *path, LacSeries *series, GError **error)
{
    if (!lac_h5_exists(self->file, path))
        return TRUE;
    g_autofree double *gains = read_doubles(self, path, series->n, error);
    if (gains == NULL)
        return FALSE;
    for (gsize k = 0; k < series->n; k++)
        if (!(gains[k] >= LAC_GAIN_MIN && gains[k] <= LAC_GAIN_MAX))
            return damaged(self, path, "has a gain out of range", error);
    memcpy(series->gains, gains, series->n * sizeof *gains);
    return TRUE;
}

static gboolean
fill_series(const Loader *self, LacSeries *series, GError **error)
{
    g_autofree double *angles = read_doubles(self, "/series/angles", 3 * series->n, error);
    g_autofree double *excluded =
        angles != NULL ? read_doubles(self, "/series/excluded", series->n, error) : NULL;
    if (excluded == NULL)
        return FALSE;
    for (gsize k = 0; k < series->n; k++) {
        const double *row = angles + 3 * k;
        if (!isfinite(row[0]) || !isfinite(row[1]) || !isfinite(row[2]))
            return damaged(self, "/series/angles", "has an angle that is not finite", error);
        series->angles[k] = (LacAngles){ .phi = row[0], .theta = row[1], .psi = row[2] };
        series->excluded[k] = excluded[k] != 0.0;
    }
    if (!load_shifts(self, series, error) || !load_gains(self, LAC_PROJECT_GAINS, series, error))
        return FALSE;
    char *name = lac_h5_dup_string(self->file, "/series", "name");
    if (name == NULL)
        return damaged(self, "/series", "has no name", error);
    g_free(series->name);
    series->name = name;
    return TRUE;
}

static LacSeries *
load_series(Loader *self, GError **error)
{
    gsize shape[3];
    double pixel_size;
    if (!get_number(self, "/series", "pixel_size", 0.0, MAX_LENGTH, &pixel_size, error))
        return NULL;
    g_autoptr(LacBuffer) buffer = read_stack(self, "/series/data", shape, error);
    if (buffer == NULL)
        return NULL;
    g_autoptr(LacSeries) series =
        lac_series_new_from_buffer(buffer, shape[0], shape[1], shape[2], pixel_size, error);
    return series != NULL && fill_series(self, series, error) ? g_steal_pointer(&series) : NULL;
}

// The pixels as they were measured; all else is as in @series.
static LacSeries *
load_raw_series(Loader *self, const LacSeries *series, GError **error)
{
    gsize shape[3];
    g_autoptr(LacBuffer) buffer = read_stack(self, LAC_PROJECT_RAW, shape, error);
    if (buffer == NULL)
        return NULL;
    if (shape[0] != series->n || shape[1] != series->nv || shape[2] != series->nu) {
        damaged(self, LAC_PROJECT_RAW, "has not the shape of the series", error);
        return NULL;
    }
    g_autoptr(LacSeries) raw = lac_series_with_buffer(series, buffer, error);
    return raw != NULL && load_gains(self, LAC_PROJECT_RAW_GAINS, raw, error)
        ? g_steal_pointer(&raw)
        : NULL;
}

static gboolean
is_stroke(const double *row, const double *before, gsize n_projections)
{
    for (gsize i = 0; i < LAC_PROJECT_STROKE_ROW; i++)
        if (!isfinite(row[i]))
            return FALSE;
    return row[0] >= (before != NULL ? before[0] : 0.0) && row[0] < (double) G_MAXUINT32 &&
        row[1] >= 0.0 && row[1] < (double) n_projections && row[3] > 0.0 &&
        row[3] <= LAC_MASK_RADIUS_MAX;
}

static gboolean
load_strokes(Loader *self, LacProject *project, GError **error)
{
    gsize n;
    g_autofree double *rows = lac_h5_read_doubles(self->file, LAC_PROJECT_STROKES, &n, error);
    if (rows == NULL)
        return FALSE;
    if (n % LAC_PROJECT_STROKE_ROW != 0)
        return damaged(self, LAC_PROJECT_STROKES, "is not a list of places of strokes", error);
    n /= LAC_PROJECT_STROKE_ROW;
    g_autofree LacMaskPoint *points = g_new(LacMaskPoint, n);
    for (gsize i = 0; i < n; i++) {
        const double *row = rows + LAC_PROJECT_STROKE_ROW * i;
        if (!is_stroke(row, i > 0 ? row - LAC_PROJECT_STROKE_ROW : NULL, project->series->n))
            return damaged(self, LAC_PROJECT_STROKES, "has a place that no brush can be at", error);
        points[i] = (LacMaskPoint){ .stroke = (guint32) row[0],
            .projection = (guint32) row[1],
            .inside = row[2] != 0.0,
            .radius = row[3],
            .u = row[4],
            .v = row[5] };
    }
    project->strokes = lac_mask_strokes_new(points, n);
    return TRUE;
}

static LacVolume *
load_volume(Loader *self, const char *path, GError **error)
{
    gsize shape[3];
    double voxel_size;
    LacVec3 origin;
    if (!get_number(self, path, "voxel_size", 0.0, MAX_LENGTH, &voxel_size, error) ||
        !get_number(self, path, "origin_x", -MAX_LENGTH, MAX_LENGTH, &origin.x, error) ||
        !get_number(self, path, "origin_y", -MAX_LENGTH, MAX_LENGTH, &origin.y, error) ||
        !get_number(self, path, "origin_z", -MAX_LENGTH, MAX_LENGTH, &origin.z, error))
        return NULL;
    g_autofree char *data = g_strconcat(path, "/data", NULL);
    g_autoptr(LacBuffer) buffer = read_stack(self, data, shape, error);
    if (buffer == NULL)
        return NULL;
    LacVolume *volume =
        lac_volume_new_from_buffer(buffer, shape[0], shape[1], shape[2], voxel_size, error);
    if (volume != NULL)
        volume->origin = origin;
    return volume;
}

static gboolean
load_parameters(const Loader *self, LacReconParams *params, GError **error)
{
    const char *path = "/volume/parameters";
    g_autofree char *method = lac_h5_dup_string(self->file, path, "method");
    if (method == NULL)
        return damaged(self, path, "has no method", error);
    if (!lac_recon_method_from_id(method, &params->method, error)) {
        g_prefix_error(error, "%s: ", self->path);
        return FALSE;
    }
    gsize n;
    const LacField *fields = lac_project_fields(&n);
    for (gsize i = 0; i < n; i++) {
        double value;
        gpointer out = G_STRUCT_MEMBER_P(params, fields[i].offset);
        if (fields[i].type == LAC_FIELD_DOUBLE) { // a record: whatever was used is kept, NaN too
            if (!lac_h5_get_number(self->file, path, fields[i].name, out))
                return damaged(self, path, "lacks a parameter", error);
            continue;
        }
        if (!get_number(self, path, fields[i].name, 0.0, G_MAXUINT, &value, error))
            return FALSE;
        switch (fields[i].type) {
        case LAC_FIELD_BOOLEAN: *(gboolean *) out = value != 0.0; break;
        case LAC_FIELD_UINT: *(guint *) out = (guint) value; break;
        case LAC_FIELD_SIZE: *(gsize *) out = (gsize) value; break;
        case LAC_FIELD_DOUBLE:
        default: g_assert_not_reached();
        }
    }
    return TRUE;
}

static gboolean
load_curve(const Loader *self, const char *name, double *out, gsize n, GError **error)
{
    g_autofree char *path = g_strconcat("/volume/curves/", name, NULL);
    g_autofree double *values = read_doubles(self, path, n, error);
    if (values != NULL && n > 0)
        memcpy(out, values, n * sizeof *out);
    return values != NULL;
}

// What older projects do not have stays NULL.
static gboolean
load_factors(Loader *self, const char *group, const char *name, gsize n, double **values,
    GError **error)
{
    g_autofree char *path = g_strconcat(group, "/", name, NULL);
    if (!lac_h5_exists(self->file, path))
        return TRUE;
    *values = read_doubles(self, path, n, error);
    return *values != NULL;
}

static gboolean
load_snapshots(Loader *self, LacRecon *recon, gsize n, GError **error)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/volume/snapshots/%06" G_GSIZE_FORMAT, i);
        double iteration;
        if (!get_number(self, path, "iteration", 0.0, G_MAXUINT, &iteration, error))
            return FALSE;
        g_autofree double *r1 = NULL;
        g_autofree double *r2 = NULL;
        if (!load_factors(self, path, "projection_r1", recon->n_projections, &r1, error) ||
            !load_factors(self, path, "projection_r2", recon->n_projections, &r2, error))
            return FALSE;
        g_autoptr(LacVolume) volume = load_volume(self, path, error);
        if (volume == NULL)
            return FALSE;
        lac_recon_add_snapshot(recon, (guint) iteration, volume, r1, r2);
    }
    return TRUE;
}

static LacRecon *
load_recon(Loader *self, GError **error)
{
    gsize n_iterations, n_projections, n_snapshots;
    double seconds, has_r_free, has_coefficients;
    if (!get_count(self, "/volume", "iterations", &n_iterations, error) ||
        !get_count(self, "/volume", "projections", &n_projections, error) ||
        !get_count(self, "/volume", "snapshots", &n_snapshots, error) ||
        !get_number(self, "/volume", "has_r_free", 0.0, 1.0, &has_r_free, error) ||
        !get_number(self, "/volume", "has_coefficients", 0.0, 1.0, &has_coefficients, error) ||
        !get_number(self, "/volume", "seconds", 0.0, G_MAXDOUBLE, &seconds, error))
        return NULL;
    if (n_iterations > G_MAXINT32 || n_projections > G_MAXINT32) {
        damaged(self, "/volume", "has too many iterations or projections", error);
        return NULL;
    }
    // Read before memory is taken for as many, so that the counts are known to be true.
    g_autofree double *r1 = read_doubles(self, "/volume/curves/r1", n_iterations, error);
    g_autofree double *projection_r1 = r1 != NULL
        ? read_doubles(self, "/volume/curves/projection_r1", n_projections, error)
        : NULL;
    if (projection_r1 == NULL)
        return NULL;
    g_autoptr(LacRecon) recon =
        lac_recon_new(n_projections, (guint) n_iterations, has_r_free != 0.0);
    recon->seconds = seconds;
    if (n_iterations > 0)
        memcpy(recon->r1, r1, n_iterations * sizeof *r1);
    if (n_projections > 0)
        memcpy(recon->projection_r1, projection_r1, n_projections * sizeof *projection_r1);
    if (!load_parameters(self, &recon->params, error) ||
        !load_curve(self, "r2", recon->r2, n_iterations, error) ||
        (recon->r_free != NULL &&
            !load_curve(self, "r_free", recon->r_free, n_iterations, error)) ||
        !load_curve(self, "projection_r2", recon->projection_r2, n_projections, error))
        return NULL;
    recon->volume = load_volume(self, "/volume", error);
    if (recon->volume == NULL || !load_snapshots(self, recon, n_snapshots, error))
        return NULL;
    if (has_coefficients != 0.0) {
        recon->coefficients = load_volume(self, "/volume/coefficients", error);
        if (recon->coefficients == NULL)
            return NULL;
    }
    return g_steal_pointer(&recon);
}

static GPtrArray *
load_history(const Loader *self, GError **error)
{
    gsize n;
    g_autofree double *values = lac_h5_read_doubles(self->file, LAC_PROJECT_HISTORY, &n, error);
    if (values == NULL)
        return NULL;
    g_autofree guint8 *bytes = g_new(guint8, n);
    for (gsize i = 0; i < n; i++) {
        if (!(values[i] >= 0.0 && values[i] <= G_MAXUINT8)) {
            damaged(self, LAC_PROJECT_HISTORY, "is not made of bytes", error);
            return NULL;
        }
        bytes[i] = (guint8) values[i];
    }
    LacDecoder in = { .at = bytes, .left = n };
    return lac_edits_decode(&in, error);
}

static gboolean
get_id(const Loader *self, const char *name, guint8 id[16], GError **error)
{
    g_autofree char *text = lac_h5_dup_string(self->file, LAC_PROJECT_MODEL, name);
    gboolean is_good = text != NULL && strlen(text) == 32;
    for (guint i = 0; is_good && i < 16; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
        is_good = high >= 0 && low >= 0;
        id[i] = (guint8) (16 * high + low);
    }
    return is_good || damaged(self, LAC_PROJECT_MODEL, "has no number of its save", error);
}

static LacJournal *
load_journal(const Loader *self, GError **error)
{
    double position, n_records;
    LacJournalMark mark;
    g_autoptr(LacAtoms) atoms = lac_h5_read_atoms(self->file, LAC_PROJECT_MODEL, error);
    g_autoptr(GPtrArray) edits = atoms != NULL ? load_history(self, error) : NULL;
    if (edits == NULL ||
        !get_number(self, LAC_PROJECT_MODEL, LAC_PROJECT_POSITION, 0.0, edits->len, &position,
            error) ||
        !get_number(self, LAC_PROJECT_MODEL, LAC_PROJECT_RECORDS, 0.0, MAX_RECORDS, &n_records,
            error) ||
        !get_id(self, LAC_PROJECT_SAVE, mark.save, error) ||
        !get_id(self, LAC_PROJECT_FILE, mark.file, error))
        return NULL;
    mark.n_records = (guint64) n_records;
    LacJournal *journal = lac_journal_new_with_history(atoms, (LacEdit *const *) edits->pdata,
        edits->len, (gsize) position, error);
    if (journal == NULL)
        g_prefix_error(error, "%s: it is damaged: ", self->path);
    else
        lac_journal_set_mark(journal, &mark);
    return journal;
}

// Older projects have only the atoms.
static LacTruth *
load_truth(Loader *self, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_h5_read_atoms(self->file, LAC_PROJECT_TRUTH_ATOMS, error);
    if (atoms == NULL)
        return NULL;
    g_autoptr(LacTruth) truth = lac_truth_new(atoms);
    if (lac_h5_exists(self->file, LAC_PROJECT_TRUTH) &&
        !lac_h5_read_truth(self->file, LAC_PROJECT_TRUTH, truth, error))
        return NULL;
    if (lac_h5_exists(self->file, LAC_PROJECT_TRUTH_VOLUME)) {
        truth->volume = load_volume(self, LAC_PROJECT_TRUTH_VOLUME, error);
        if (truth->volume == NULL)
            return NULL;
    }
    return g_steal_pointer(&truth);
}

static gboolean
load_provenance(const Loader *self, LacProject *project, GError **error)
{
    gsize n;
    if (!get_count(self, "/provenance", "steps", &n, error))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        LacProvenance *step = g_new0(LacProvenance, 1);
        g_ptr_array_add(project->provenance, step);
        struct {
            const char *name;
            char **out;
        } parts[] = { { "name", &step->name }, { "parameters", &step->parameters },
            { "inputs", &step->inputs }, { "version", &step->version }, { "time", &step->time } };
        for (gsize p = 0; p < G_N_ELEMENTS(parts); p++) {
            g_autofree char *path =
                g_strdup_printf("/provenance/%06" G_GSIZE_FORMAT "/%s", i, parts[p].name);
            *parts[p].out = lac_h5_read_text(self->file, path, error);
            if (*parts[p].out == NULL)
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
check_schema(const Loader *self, GError **error)
{
    double schema;
    g_autofree char *version = lac_h5_dup_string(self->file, "/", "lacuna_version");
    if (version == NULL || !lac_h5_get_number(self->file, "/", "schema", &schema)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "it is not a Lacuna project");
        return FALSE;
    }
    if (schema > LAC_PROJECT_SCHEMA) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->path,
            "it was saved by the newer Lacuna %s with schema %g, and this is Lacuna %s with schema "
            "%d",
            version, schema, LAC_VERSION, LAC_PROJECT_SCHEMA);
        return FALSE;
    }
    return schema >= 1.0 || damaged(self, "/", "has no valid schema", error);
}

// [values] of the arrays that take time, for the progress.
static double
count_values(const GPtrArray *nodes)
{
    double n = 1.0;
    for (guint i = 0; i < nodes->len; i++) {
        const LacH5Node *node = nodes->pdata[i];
        if (node->kind == LAC_H5_NUMBERS && node->n_dims == 3)
            n += (double) lac_h5_node_get_size(node);
    }
    return n;
}

static gboolean
load_parts(Loader *self, LacProject *project, GError **error)
{
    if (lac_h5_exists(self->file, "/series")) {
        project->series = load_series(self, error);
        if (project->series != NULL && lac_h5_exists(self->file, LAC_PROJECT_RAW))
            project->raw_series = load_raw_series(self, project->series, error);
        if (project->series == NULL ||
            (project->raw_series == NULL && lac_h5_exists(self->file, LAC_PROJECT_RAW)))
            return FALSE;
    }
    if (project->series != NULL && lac_h5_exists(self->file, LAC_PROJECT_STROKES) &&
        !load_strokes(self, project, error))
        return FALSE;
    if (lac_h5_exists(self->file, "/mask")) {
        project->mask = load_volume(self, "/mask", error);
        if (project->mask == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, "/volume")) {
        project->recon = load_recon(self, error);
        if (project->recon == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, "/opened")) {
        project->volume = load_volume(self, "/opened", error);
        if (project->volume == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, LAC_PROJECT_MODEL)) {
        project->journal = load_journal(self, error);
        if (project->journal == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, LAC_PROJECT_TRUTH_ATOMS)) {
        project->truth = load_truth(self, error);
        if (project->truth == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, LAC_PROJECT_ANALYSES)) {
        project->analyses = lac_h5_read_report(self->file, LAC_PROJECT_ANALYSES, error);
        if (project->analyses == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, LAC_PROJECT_SETTINGS)) {
        project->settings = lac_h5_read_text(self->file, LAC_PROJECT_SETTINGS, error);
        if (project->settings == NULL)
            return FALSE;
    }
    if (lac_h5_exists(self->file, "/views")) {
        project->views = lac_h5_read_text(self->file, "/views", error);
        if (project->views == NULL)
            return FALSE;
    }
    return load_provenance(self, project, error);
}

/**
 * lac_project_load:
 * @path: a project file
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Reads a project of this schema or an older one. A newer one is refused by name.
 *
 * Returns: (transfer full): the project, or %NULL with @error set
 */
LacProject *
lac_project_load(const char *path, LacProgress *progress, GError **error)
{
    g_autoptr(LacH5) file = lac_h5_open(path, error);
    if (file == NULL)
        return NULL;
    Loader loader = { .file = file, .path = path, .progress = progress, .total = 1.0 };
    if (!check_schema(&loader, error))
        return NULL;
    g_autoptr(GPtrArray) nodes = lac_h5_list(file, error);
    if (nodes == NULL)
        return NULL;
    loader.total = count_values(nodes);
    g_autoptr(LacProject) project = lac_project_new();
    if (!load_parts(&loader, project, error) || !lac_progress_update(progress, 1.0, error))
        return NULL;
    return g_steal_pointer(&project);
}

/**
 * lac_project_is_project:
 * @path: a file
 *
 * Returns: %TRUE when it is an HDF5 file that says which Lacuna saved it, of whatever schema
 */
gboolean
lac_project_is_project(const char *path)
{
    g_autoptr(LacH5) file = lac_h5_open(path, NULL);
    if (file == NULL)
        return FALSE;
    g_autofree char *version = lac_h5_dup_string(file, "/", "lacuna_version");
    return version != NULL;
}
