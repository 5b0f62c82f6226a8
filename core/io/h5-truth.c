// SPDX-License-Identifier: GPL-3.0-or-later
// Every list is a table of doubles, one row per grain, vacancy or pore, with its columns named.
#include "core/io/h5-truth.h"

#include "core/io/bytes.h"
#include "core/io/h5-atoms.h"

#include <math.h>
#include <string.h>

#define MAX_LENGTH 1e12 // [Å]

// One table: a row of numbers and the struct that it stands for. Reading checks the numbers.
typedef struct {
    const char *name, *columns, *units;
    guint n_columns;
    void (*to_row)(gconstpointer item, double *row);
    gboolean (*from_row)(const double *row, gpointer item);
} Table;

static gboolean
is_whole(double value, double min, double max)
{
    return value >= min && value <= max && value == floor(value);
}

static gboolean
is_rotation(const LacMat3 *a)
{
    LacMat3 transpose = lac_mat3_transpose(a), product = lac_mat3_multiply(a, &transpose);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (!(fabs(product.m[i][j] - (i == j)) < 1e-6))
                return FALSE;
    return TRUE;
}

static gboolean
are_lengths(const double *values, guint n)
{
    for (guint i = 0; i < n; i++)
        if (!(fabs(values[i]) <= MAX_LENGTH))
            return FALSE;
    return TRUE;
}

static void
grain_to_row(gconstpointer item, double *row)
{
    const LacTruthGrain *grain = item;
    row[0] = grain->phase;
    row[1] = grain->lattice;
    row[2] = grain->a;
    row[3] = grain->c;
    row[4] = grain->density;
    memcpy(row + 5, grain->orientation.m, sizeof grain->orientation.m);
    memcpy(row + 14, &grain->site, sizeof grain->site);
    memcpy(row + 17, &grain->axis, sizeof grain->axis);
    row[20] = grain->cone_deg;
}

static gboolean
grain_from_row(const double *row, gpointer item)
{
    LacTruthGrain *grain = item;
    if (!is_whole(row[0], 0, LAC_N_TRUTH_PHASES - 1) || !is_whole(row[1], 0, LAC_N_LATTICES - 1) ||
        !are_lengths(row + 2, 3) || !are_lengths(row + 14, 7))
        return FALSE;
    grain->phase = (LacTruthPhase) row[0];
    grain->lattice = (LacLatticeType) row[1];
    grain->a = row[2];
    grain->c = row[3];
    grain->density = row[4];
    memcpy(grain->orientation.m, row + 5, sizeof grain->orientation.m);
    memcpy(&grain->site, row + 14, sizeof grain->site);
    memcpy(&grain->axis, row + 17, sizeof grain->axis);
    grain->cone_deg = row[20];
    return is_rotation(&grain->orientation);
}

static void
vacancy_to_row(gconstpointer item, double *row)
{
    const LacTruthVacancy *vacancy = item;
    memcpy(row, &vacancy->position, sizeof vacancy->position);
    row[3] = vacancy->phase;
    row[4] = vacancy->grain;
    row[5] = vacancy->cluster;
}

static gboolean
vacancy_from_row(const double *row, gpointer item)
{
    LacTruthVacancy *vacancy = item;
    if (!are_lengths(row, 3) || !is_whole(row[3], 0, LAC_N_TRUTH_PHASES - 1) ||
        !is_whole(row[4], -1, G_MAXINT) || !is_whole(row[5], 0, G_MAXINT))
        return FALSE;
    memcpy(&vacancy->position, row, sizeof vacancy->position);
    vacancy->phase = (LacTruthPhase) row[3];
    vacancy->grain = (gint) row[4];
    vacancy->cluster = (guint) row[5];
    return TRUE;
}

static void
pore_to_row(gconstpointer item, double *row)
{
    const LacTruthPore *pore = item;
    memcpy(row, &pore->centre, sizeof pore->centre);
    memcpy(row + 3, pore->axes, sizeof pore->axes);
    memcpy(row + 6, pore->frame.m, sizeof pore->frame.m);
    row[15] = pore->is_open != FALSE;
    row[16] = pore->n_missing;
    row[17] = pore->volume;
}

static gboolean
pore_from_row(const double *row, gpointer item)
{
    LacTruthPore *pore = item;
    if (!are_lengths(row, 6) || !is_whole(row[15], 0, 1) || !is_whole(row[16], 0, G_MAXINT) ||
        !(row[3] > 0.0 && row[4] > 0.0 && row[5] > 0.0) || !(row[17] >= 0.0 && isfinite(row[17])))
        return FALSE;
    memcpy(&pore->centre, row, sizeof pore->centre);
    memcpy(pore->axes, row + 3, sizeof pore->axes);
    memcpy(pore->frame.m, row + 6, sizeof pore->frame.m);
    pore->is_open = row[15] != 0.0;
    pore->n_missing = (guint) row[16];
    pore->volume = row[17];
    return is_rotation(&pore->frame);
}

static const Table grain_table = { "grains",
    "phase,lattice,a,c,density,orientation(9),site(3),axis(3),cone", "Å, 1/Å^3, deg", 21,
    grain_to_row, grain_from_row };
static const Table vacancy_table = { "vacancies", "x,y,z,phase,grain,cluster", "Å", 6,
    vacancy_to_row, vacancy_from_row };
static const Table pore_table = { "pores", "centre(3),axes(3),frame(9),open,missing,volume",
    "Å, Å^3", 18, pore_to_row, pore_from_row };

static gboolean
write_doubles(LacH5 *file, const char *path, const double *data, gsize n, gsize columns,
    GError **error)
{
    LacH5Array array = { .type = LAC_VALUE_FLOAT64,
        .n_dims = 2,
        .shape = { n, columns },
        .data = data };
    return n == 0 || lac_h5_write_array(file, path, &array, (LacH5Span){ 0 }, error);
}

static gboolean
write_table(LacH5 *file, const char *group, const Table *table, GArray *items, GError **error)
{
    if (items->len == 0)
        return TRUE;
    g_autofree char *path = g_strconcat(group, "/", table->name, NULL);
    g_autofree double *rows = g_new(double, (gsize) items->len * table->n_columns);
    gsize size = g_array_get_element_size(items);
    for (gsize i = 0; i < items->len; i++)
        table->to_row(items->data + i * size, rows + i * table->n_columns);
    return write_doubles(file, path, rows, items->len, table->n_columns, error) &&
        lac_h5_set_string(file, path, "columns", table->columns, error) &&
        lac_h5_set_string(file, path, "units", table->units, error);
}

// The first row is centre and radius, the others are normal and height of a plane.
static gboolean
write_body(LacH5 *file, const char *group, const char *name, const LacBody *body, GError **error)
{
    double rows[4 * (LAC_BODY_MAX_PLANES + 1)] = { body->centre.x, body->centre.y, body->centre.z,
        body->radius };
    for (guint i = 0; i < body->n_planes; i++) {
        memcpy(rows + 4 * (i + 1), &body->normals[i], 3 * sizeof *rows);
        rows[4 * (i + 1) + 3] = body->heights[i];
    }
    g_autofree char *path = g_strconcat(group, "/", name, NULL);
    return write_doubles(file, path, rows, body->n_planes + 1, 4, error) &&
        lac_h5_set_string(file, path, "units", "Å", error) &&
        lac_h5_set_string(file, path, "axes",
            "a ball (centre, radius) cut by planes "
            "(normal, height)",
            error);
}

static gboolean
write_interface(LacH5 *file, const char *group, const LacTruth *truth, GError **error)
{
    const LacTruthInterface *interface = &truth->interface;
    if (!truth->has_interface)
        return TRUE;
    double row[10] = { interface->bend_deg, interface->kink_deg, interface->kink_width,
        interface->twist_deg };
    memcpy(row + 4, interface->normals, sizeof interface->normals);
    g_autofree char *path = g_strconcat(group, "/interface", NULL);
    return write_body(file, group, "core", &interface->core, error) &&
        write_doubles(file, path, row, 1, G_N_ELEMENTS(row), error) &&
        lac_h5_set_string(file, path, "columns", "bend,kink,kink_width,twist,normals(6)", error) &&
        lac_h5_set_string(file, path, "units", "deg, Å", error);
}

static gboolean
write_images(LacH5 *file, const char *group, const LacTruth *truth, GError **error)
{
    if (truth->n_projections == 0)
        return TRUE;
    g_autofree char *angles = g_strconcat(group, "/angles", NULL);
    g_autofree char *shifts = g_strconcat(group, "/shifts", NULL);
    return write_doubles(file, angles, &truth->angles[0].phi, truth->n_projections, 3, error) &&
        lac_h5_set_string(file, angles, "columns", "phi,theta,psi", error) &&
        lac_h5_set_string(file, angles, "units", "deg", error) &&
        write_doubles(file, shifts, &truth->shifts[0].du, truth->n_projections, 2, error) &&
        lac_h5_set_string(file, shifts, "columns", "du,dv", error) &&
        lac_h5_set_string(file, shifts, "units", "pixel", error);
}

/**
 * lac_h5_write_truth:
 * @file: a file being written
 * @path: the group to make
 * @truth: what to write: everything but the atoms to be found and the volume
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_write_truth(LacH5 *file, const char *path, const LacTruth *truth, GError **error)
{
    g_autofree char *faint = g_strconcat(path, "/faint", NULL);
    return lac_h5_make_group(file, path, error) &&
        write_table(file, path, &grain_table, truth->grains, error) &&
        write_table(file, path, &vacancy_table, truth->vacancies, error) &&
        write_table(file, path, &pore_table, truth->pores, error) &&
        write_interface(file, path, truth, error) &&
        (!(truth->surface.radius > 0.0) ||
            write_body(file, path, "surface", &truth->surface, error)) &&
        write_images(file, path, truth, error) &&
        (truth->faint == NULL || lac_h5_write_atoms(file, faint, truth->faint, error));
}

static gboolean
damaged(LacH5 *file, const char *path, const char *what, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, lac_h5_get_path(file), "it is damaged: %s %s", path,
        what);
    return FALSE;
}

// Rows of @n_columns doubles; 0 rows where there is no such table.
static gboolean
read_rows(LacH5 *file, const char *path, gsize n_columns, double **rows, gsize *n_rows,
    GError **error)
{
    gsize n;
    *rows = NULL;
    *n_rows = 0;
    if (!lac_h5_exists(file, path))
        return TRUE;
    *rows = lac_h5_read_doubles(file, path, &n, error);
    if (*rows == NULL)
        return FALSE;
    *n_rows = n / n_columns;
    return n % n_columns == 0 || damaged(file, path, "has rows of another length", error);
}

static gboolean
read_table(LacH5 *file, const char *group, const Table *table, GArray *items, GError **error)
{
    g_autofree char *path = g_strconcat(group, "/", table->name, NULL);
    g_autofree double *rows = NULL;
    gsize n, size = g_array_get_element_size(items);
    if (!read_rows(file, path, table->n_columns, &rows, &n, error))
        return FALSE;
    if (n > G_MAXINT)
        return damaged(file, path, "has too many rows", error);
    g_array_set_size(items, (guint) n);
    for (gsize i = 0; i < n; i++) {
        if (table->from_row(rows + i * table->n_columns, items->data + i * size))
            continue;
        g_autofree char *what =
            g_strdup_printf("has a number outside its range in row %" G_GSIZE_FORMAT, i + 1);
        return damaged(file, path, what, error);
    }
    return TRUE;
}

static gboolean
read_body(LacH5 *file, const char *group, const char *name, LacBody *body, gboolean *is_there,
    GError **error)
{
    g_autofree char *path = g_strconcat(group, "/", name, NULL);
    g_autofree double *rows = NULL;
    gsize n;
    if (!read_rows(file, path, 4, &rows, &n, error))
        return FALSE;
    *is_there = n > 0;
    if (n == 0)
        return TRUE;
    if (n > LAC_BODY_MAX_PLANES + 1)
        return damaged(file, path, "has too many planes", error);
    *body = (LacBody){ .centre = { rows[0], rows[1], rows[2] },
        .radius = rows[3],
        .n_planes = (guint) n - 1 };
    for (guint i = 0; i < body->n_planes; i++) {
        memcpy(&body->normals[i], rows + 4 * (i + 1), 3 * sizeof *rows);
        body->heights[i] = rows[4 * (i + 1) + 3];
    }
    return lac_body_is_valid(body) || damaged(file, path, "is no convex body", error);
}

static gboolean
read_interface(LacH5 *file, const char *group, LacTruth *truth, GError **error)
{
    g_autofree char *path = g_strconcat(group, "/interface", NULL);
    g_autofree double *row = NULL;
    gsize n;
    LacTruthInterface *interface = &truth->interface;
    if (!read_body(file, group, "core", &interface->core, &truth->has_interface, error) ||
        !read_rows(file, path, 10, &row, &n, error))
        return FALSE;
    if (!truth->has_interface)
        return TRUE;
    if (n != 1 || !are_lengths(row, 10))
        return damaged(file, path, "is not a row of 10 numbers", error);
    interface->bend_deg = row[0];
    interface->kink_deg = row[1];
    interface->kink_width = row[2];
    interface->twist_deg = row[3];
    memcpy(interface->normals, row + 4, sizeof interface->normals);
    return TRUE;
}

static gboolean
read_images(LacH5 *file, const char *group, LacTruth *truth, GError **error)
{
    g_autofree char *angles_path = g_strconcat(group, "/angles", NULL);
    g_autofree char *shifts_path = g_strconcat(group, "/shifts", NULL);
    g_autofree double *angles = NULL;
    g_autofree double *shifts = NULL;
    gsize n, n_shifts;
    if (!read_rows(file, angles_path, 3, &angles, &n, error) ||
        !read_rows(file, shifts_path, 2, &shifts, &n_shifts, error))
        return FALSE;
    if (n != n_shifts)
        return damaged(file, shifts_path, "has another number of rows than the angles", error);
    for (gsize i = 0; i < 3 * n; i++)
        if (!isfinite(angles[i]))
            return damaged(file, angles_path, "has an angle that is not finite", error);
    for (gsize i = 0; i < 2 * n; i++)
        if (!isfinite(shifts[i]))
            return damaged(file, shifts_path, "has a shift that is not finite", error);
    lac_truth_set_images(truth, (const LacAngles *) angles, (const LacShift *) shifts, n);
    return TRUE;
}

// Labels of atoms and vacancies that are no phase or name no grain.
static gboolean
check_labels(LacH5 *file, const char *group, const LacTruth *truth, GError **error)
{
    double n_grains = truth->grains->len;
    const struct {
        const char *name;
        double min, max;
    } labels[] = { { LAC_COLUMN_PHASE, 0, LAC_N_TRUTH_PHASES - 1 },
        { LAC_COLUMN_GRAIN, -1, n_grains - 1 } };
    for (guint c = 0; c < G_N_ELEMENTS(labels); c++) {
        const double *values = lac_atoms_get_column(truth->atoms, labels[c].name);
        for (gsize i = 0; values != NULL && i < truth->atoms->n; i++) {
            if (is_whole(values[i], labels[c].min, labels[c].max))
                continue;
            lac_io_set_error(error, LAC_ERROR_FORMAT, lac_h5_get_path(file),
                "it is damaged: the %s of known atom %" G_GSIZE_FORMAT " is %g", labels[c].name,
                i + 1, values[i]);
            return FALSE;
        }
    }
    for (guint i = 0; i < truth->vacancies->len; i++)
        if (g_array_index(truth->vacancies, LacTruthVacancy, i).grain >= (gint) n_grains)
            return damaged(file, group, "has a vacancy in a grain that is not there", error);
    return TRUE;
}

/**
 * lac_h5_read_truth:
 * @file: a file
 * @path: a group that lac_h5_write_truth() made
 * @truth: not published yet, with its atoms; receives the rest
 * @error: return location for a #GError
 *
 * Believes nothing of the file: shapes must fit each other, numbers their ranges.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_h5_read_truth(LacH5 *file, const char *path, LacTruth *truth, GError **error)
{
    gboolean has_surface;
    if (!read_table(file, path, &grain_table, truth->grains, error) ||
        !read_table(file, path, &vacancy_table, truth->vacancies, error) ||
        !read_table(file, path, &pore_table, truth->pores, error) ||
        !read_interface(file, path, truth, error) ||
        !read_body(file, path, "surface", &truth->surface, &has_surface, error) ||
        !read_images(file, path, truth, error) || !check_labels(file, path, truth, error))
        return FALSE;
    g_autofree char *faint = g_strconcat(path, "/faint", NULL);
    if (!lac_h5_exists(file, faint))
        return TRUE;
    truth->faint = lac_h5_read_atoms(file, faint, error);
    return truth->faint != NULL;
}
