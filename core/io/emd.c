// SPDX-License-Identifier: GPL-3.0-or-later
// The order of axes in an EMD file. NCEM numbers the dimensions dim1, dim2, ... from the slowest.
// tomviz stores volumes as (x, y, z) with z fastest, and tilt series as (angle, y, x) with the tilt
// axis along x and t = y cos(theta) + z sin(theta). Here volumes are (z, y, x) and the tilt axis is
// v. Turned proper (our x = y, y = x, z = -z of tomviz), a tilt series keeps its angles and only the
// axes of its images change places, so that nothing is mirrored.
#include "core/io/emd.h"

#include <math.h>
#include <string.h>

#define TOMVIZ_GROUP "/data/tomography"

// One stored dimension.
typedef struct {
    double *values; // (nullable)
    gsize n;
    char *name;   // lower case; never NULL
    double scale; // to Å; 0 when it is no length
    double angle; // to degrees; 0 when it is no angle
} Axis;

static void
clear_axes(Axis *axes)
{
    for (guint i = 0; i < 4; i++) {
        g_free(axes[i].values);
        g_free(axes[i].name);
    }
}

// Units come as "[n_m]", "nm", "Å", ...: brackets and underscores mean nothing, and of several
// ("Å, deg") the first counts.
static char *
simplify_units(const char *units)
{
    GString *plain = g_string_new(NULL);
    for (const char *p = units; *p != '\0' && *p != ','; p++)
        if (strchr("[]_ \t\r\n\"'", *p) == NULL)
            g_string_append_c(plain, *p);
    return g_string_free(plain, FALSE);
}

/**
 * lac_emd_parse_length:
 * @units: "nm", "[n_m]", "Å", "angstrom", "pm", "µm", "m", ...
 *
 * Returns: [Å] per unit, or 0 when it is no known length
 */
double
lac_emd_parse_length(const char *units)
{
    static const struct {
        const char *name;
        double length;
    } known[] = { { "Å", 1.0 }, { "\u212b", 1.0 }, { "A", 1.0 }, { "Ang", 1.0 }, { "ang", 1.0 },
        { "angstrom", 1.0 }, { "Angstrom", 1.0 }, { "angstroms", 1.0 }, { "Angstroms", 1.0 },
        { "nm", 10.0 }, { "nanometer", 10.0 }, { "pm", 0.01 }, { "um", 1e4 }, { "µm", 1e4 },
        { "\u03bcm", 1e4 }, { "mm", 1e7 }, { "m", 1e10 } };
    g_autofree char *plain = simplify_units(units);
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(plain, known[i].name))
            return known[i].length;
    return 0.0;
}

static double
parse_angle(const char *units)
{
    g_autofree char *plain = simplify_units(units);
    g_autofree char *lower = g_ascii_strdown(plain, -1);
    if (g_str_equal(lower, "deg") || g_str_equal(lower, "degree") ||
        g_str_equal(lower, "degrees") || g_str_equal(lower, "°"))
        return 1.0;
    return g_str_equal(lower, "rad") || g_str_equal(lower, "radians") ? 180.0 / G_PI : 0.0;
}

static gboolean
all_finite(const double *values, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return FALSE;
    return TRUE;
}

static double *
read_vector(LacH5 *file, const char *path, gsize n)
{
    g_autoptr(LacH5Node) node = lac_h5_get_node(file, path, NULL);
    if (node == NULL || node->kind != LAC_H5_NUMBERS || lac_h5_node_get_size(node) != n)
        return NULL;
    gsize n_read;
    g_autofree double *values = lac_h5_read_doubles(file, path, &n_read, NULL);
    return values != NULL && all_finite(values, n) ? g_steal_pointer(&values) : NULL;
}

static void
read_axis(LacH5 *file, const char *group, guint i, gsize n, Axis *axis)
{
    g_autofree char *path = g_strdup_printf("%s/dim%u", group, i + 1);
    g_autofree char *units = lac_h5_dup_string(file, path, "units");
    g_autofree char *name = lac_h5_dup_string(file, path, "name");
    axis->n = n;
    axis->values = read_vector(file, path, n);
    axis->name = g_ascii_strdown(name != NULL ? name : "", -1);
    axis->scale = units != NULL ? lac_emd_parse_length(units) : 0.0;
    axis->angle = units != NULL && axis->values != NULL ? parse_angle(units) : 0.0;
}

static double
get_step(const Axis *axis)
{
    if (axis->values == NULL || axis->n < 2)
        return 0.0;
    double step = fabs(axis->values[axis->n - 1] - axis->values[0]) / (double) (axis->n - 1);
    step *= axis->scale;
    return step > 0.0 && step < 1e9 ? step : 0.0;
}

// Older tomviz files have the angles as a dataset or attribute of their own.
static gboolean
find_loose_angles(LacH5 *file, const LacEmd *self, Axis *axes, guint n_dims)
{
    g_autofree char *path = g_strconcat(self->group, "/tilt_angles", NULL);
    for (guint i = 0; i < n_dims; i++) {
        guint d = i == 0 ? 0 : n_dims - i; // first, last, ...
        double *values = read_vector(file, path, axes[d].n);
        const char *owners[] = { self->group, self->data };
        for (guint j = 0; values == NULL && j < G_N_ELEMENTS(owners); j++) {
            gsize n = 0;
            values = lac_h5_dup_numbers(file, owners[j], "tilt_angles", &n);
            if (values != NULL && (n != axes[d].n || !all_finite(values, n)))
                g_clear_pointer(&values, g_free);
        }
        if (values == NULL)
            continue;
        g_free(axes[d].values);
        axes[d].values = values;
        axes[d].angle = 1.0;
        return TRUE;
    }
    return FALSE;
}

static gboolean
is_tomviz(LacH5 *file, const LacEmd *self)
{
    g_autofree char *scalars = g_strconcat(self->group, "/tomviz_scalars", NULL);
    return g_str_equal(self->group, TOMVIZ_GROUP) || lac_h5_exists(file, scalars);
}

static void
order_series(LacEmd *self, guint angle_axis, gboolean tomviz, const Axis *axes)
{
    guint rest[2], n = 0;
    for (guint d = 0; d < 3; d++)
        if (d != angle_axis)
            rest[n++] = d;
    // v lies along the tilt axis, which is x in tomviz
    gboolean x_first = g_str_equal(axes[rest[0]].name, "x") || angle_axis == 2;
    gboolean swap = tomviz && !x_first;
    self->order[0] = angle_axis;
    self->order[1] = rest[swap ? 1 : 0];
    self->order[2] = rest[swap ? 0 : 1];
    self->spacing[0] = get_step(&axes[self->order[2]]);
    self->spacing[1] = get_step(&axes[self->order[1]]);
    self->n_angles = axes[angle_axis].n;
    self->angles = g_new0(double, 3 * self->n_angles);
    for (gsize k = 0; k < self->n_angles; k++)
        self->angles[3 * k + 1] = axes[angle_axis].values[k] * axes[angle_axis].angle;
    self->note =
        g_strdup(tomviz ? "tomviz has its tilt axis along x, which becomes v here; angles as stored"
                        : "The file does not say where the tilt axis lies; it is taken along v");
}

static void
order_volume(LacEmd *self, gboolean tomviz, const Axis *axes)
{
    const char *names[] = { "z", "y", "x" };
    guint n_found = 0, order[3];
    for (guint i = 0; i < 3; i++)
        for (guint d = 0; d < 3; d++)
            if (g_str_equal(axes[d].name, names[i]) && n_found == i)
                order[n_found++] = d;
    for (guint i = 0; i < 3; i++)
        self->order[i] = n_found == 3 ? order[i] : tomviz ? 2 - i : i;
    if (self->order[0] != 0)
        self->note = g_strdup("Stored with x slowest and z fastest, turned to (z, y, x)");
    else if (n_found < 3)
        self->note = g_strdup("The axes have no names; the fastest is taken as x");
    for (guint i = 0; i < 3; i++)
        self->spacing[i] = get_step(&axes[self->order[2 - i]]);
}

static void
read_eulers(LacH5 *file, LacEmd *self)
{
    g_autofree char *path = g_strconcat(self->group, "/euler_angles", NULL);
    double *values = read_vector(file, path, 3 * self->n_angles);
    if (values == NULL)
        return;
    g_free(self->angles);
    self->angles = values;
}

static void
describe_axes(LacH5 *file, LacEmd *self, const LacH5Node *node)
{
    Axis axes[4] = { { 0 } };
    for (guint d = 0; d < node->n_dims; d++)
        read_axis(file, self->group, d, node->shape[d], &axes[d]);
    gboolean tomviz = is_tomviz(file, self);
    for (guint d = 0; d < node->n_dims; d++)
        self->order[d] = d;
    if (node->n_dims == 3) {
        gboolean loose = axes[0].angle == 0.0 && axes[1].angle == 0.0 && axes[2].angle == 0.0 &&
            find_loose_angles(file, self, axes, 3);
        guint angle_axis = 0;
        while (angle_axis < 3 && axes[angle_axis].angle == 0.0)
            angle_axis++;
        if (angle_axis < 3)
            order_series(self, angle_axis, tomviz || loose, axes);
        else
            order_volume(self, tomviz, axes);
    }
    else {
        for (guint d = 0; d < 3 && d < node->n_dims; d++)
            self->spacing[d] = get_step(&axes[node->n_dims - 1 - d]);
    }
    for (guint d = 0; d < node->n_dims; d++)
        self->shape[d] = node->shape[self->order[d]];
    if (self->n_angles > 0)
        read_eulers(file, self);
    clear_axes(axes);
}

/**
 * lac_emd_new:
 * @file: an HDF5 file
 * @group: path of a group
 *
 * Looks whether a group is one of EMD (emd_group_type = 1 and a dataset "data" of numbers) and
 * how its axes map to those of this program.
 *
 * Returns: (transfer full) (nullable): what it is, or %NULL when it is none
 */
LacEmd *
lac_emd_new(LacH5 *file, const char *group)
{
    double type = 0.0;
    if (!lac_h5_get_number(file, group, "emd_group_type", &type) || type != 1.0)
        return NULL;
    g_autofree char *path = g_strconcat(group, "/data", NULL);
    g_autoptr(LacH5Node) node = lac_h5_get_node(file, path, NULL);
    if (node == NULL || node->kind != LAC_H5_NUMBERS || node->n_dims < 1 || node->n_dims > 4 ||
        lac_h5_node_get_size(node) == 0)
        return NULL;
    LacEmd *self = g_new0(LacEmd, 1);
    self->group = g_strdup(group);
    self->data = g_steal_pointer(&path);
    self->type = g_strdup(node->type);
    self->n_dims = node->n_dims;
    describe_axes(file, self, node);
    return self;
}

/**
 * lac_emd_free:
 * @self: (nullable) (transfer full): an EMD group
 */
void
lac_emd_free(LacEmd *self)
{
    if (self == NULL)
        return;
    g_free(self->group);
    g_free(self->data);
    g_free(self->type);
    g_free(self->angles);
    g_free(self->note);
    g_free(self);
}

// out[i0][i1][i2] = in with dimension order[k] at k; @shape is that of @out.
static void
permute(const float *in, const gsize shape[3], const guint order[3], float *out)
{
    gsize stored[3], stride[3];
    for (guint i = 0; i < 3; i++)
        stored[order[i]] = shape[i];
    gsize by_stored[3] = { stored[1] * stored[2], stored[2], 1 };
    for (guint i = 0; i < 3; i++)
        stride[i] = by_stored[order[i]];
    for (gsize a = 0; a < shape[0]; a++)
        for (gsize b = 0; b < shape[1]; b++)
            for (gsize c = 0; c < shape[2]; c++)
                *out++ = in[a * stride[0] + b * stride[1] + c * stride[2]];
}

static gboolean
is_reordered(const LacEmd *self)
{
    for (guint i = 0; i < self->n_dims; i++)
        if (self->order[i] != i)
            return TRUE;
    return FALSE;
}

/**
 * lac_emd_set_angles:
 * @array: a stack; its angles are replaced when the count fits
 * @values: [deg] one per plane (theta) or three (phi, theta, psi)
 * @n: how many values
 */
void
lac_emd_set_angles(LacArray *array, const double *values, gsize n)
{
    gsize n_angles = array->shape[0];
    if (n_angles == 0 || (n != n_angles && n != 3 * n_angles))
        return;
    gsize columns = n / n_angles;
    g_free(array->angles);
    array->angles = g_new0(LacAngles, n_angles);
    array->n_angles = n_angles;
    for (gsize k = 0; k < n_angles; k++) {
        const double *row = values + k * columns;
        array->angles[k] = columns == 1
            ? (LacAngles){ .theta = row[0] }
            : (LacAngles){ .phi = row[0], .theta = row[1], .psi = row[2] };
    }
}

/**
 * lac_emd_read:
 * @self: an EMD group
 * @file: the file it is in
 * @progress: (nullable): told the fraction read
 * @error: return location for a #GError
 *
 * Returns: (transfer full): its values in the conventions of this program, or %NULL with @error set
 */
LacArray *
lac_emd_read(const LacEmd *self, LacH5 *file, LacProgress *progress, GError **error)
{
    g_autoptr(LacBuffer) buffer =
        lac_h5_read_floats(file, self->data, (LacH5Span){ progress, 0.0, 1.0 }, error);
    if (buffer == NULL)
        return NULL;
    if (is_reordered(self)) {
        g_autoptr(LacBuffer) turned = lac_buffer_new(buffer->n, error);
        if (turned == NULL)
            return NULL;
        permute(buffer->data, self->shape, self->order, turned->data);
        lac_buffer_unref(buffer);
        buffer = g_steal_pointer(&turned);
    }
    LacArray *array = lac_array_new_from_buffer(buffer, self->n_dims, self->shape);
    memcpy(array->spacing, self->spacing, sizeof array->spacing);
    lac_emd_read_origin(file, self->data, array->origin);
    if (self->n_angles > 0)
        lac_emd_set_angles(array, self->angles, 3 * self->n_angles);
    return array;
}

static gboolean
write_axis(LacH5 *file, guint i, const char *name, const char *units, const double *values, gsize n,
    GError **error)
{
    g_autofree char *path = g_strdup_printf(TOMVIZ_GROUP "/dim%u", i + 1);
    LacH5Array array = { .type = LAC_VALUE_FLOAT64, .n_dims = 1, .shape = { n }, .data = values };
    return lac_h5_write_array(file, path, &array, (LacH5Span){ 0 }, error) &&
        lac_h5_set_string(file, path, "name", name, error) &&
        lac_h5_set_string(file, path, "units", units, error);
}

// A length axis in nm that starts at @first [Å]; without a known step it counts pixels.
static gboolean
write_length(LacH5 *file, guint i, const char *name, double first, double spacing, gsize n,
    GError **error)
{
    g_autofree double *values = g_new(double, n);
    double step = spacing > 0.0 ? spacing / 10.0 : 1.0;
    for (gsize k = 0; k < n; k++)
        values[k] = (spacing > 0.0 ? first / 10.0 : 0.0) + (double) k * step;
    return write_axis(file, i, name, spacing > 0.0 ? "[n_m]" : "[px]", values, n, error);
}

static gboolean
write_series_axes(LacH5 *file, const LacArray *array, GError **error)
{
    gsize n = array->n_angles;
    g_autofree double *theta = g_new(double, n);
    for (gsize k = 0; k < n; k++)
        theta[k] = array->angles[k].theta;
    LacH5Array eulers = { .type = LAC_VALUE_FLOAT64,
        .n_dims = 2,
        .shape = { n, 3 },
        .data = array->angles };
    return write_axis(file, 0, "angles", "[deg]", theta, n, error) &&
        write_length(file, 1, "y", 0.0, array->spacing[0], array->shape[2], error) &&
        write_length(file, 2, "x", 0.0, array->spacing[1], array->shape[1], error) &&
        lac_h5_write_array(file, TOMVIZ_GROUP "/euler_angles", &eulers, (LacH5Span){ 0 }, error);
}

// Axes start at 0, as is the custom, unless the volume is known to lie elsewhere.
static gboolean
write_volume_axes(LacH5 *file, const LacArray *array, GError **error)
{
    const char *names[] = { "x", "y", "z" };
    const double *origin = array->origin;
    gboolean placed = origin[0] != 0.0 || origin[1] != 0.0 || origin[2] != 0.0;
    for (guint i = 0; i < 3; i++) {
        gsize n = array->shape[2 - i];
        double first = placed ? origin[i] - (double) (n / 2) * array->spacing[i] : 0.0;
        if (!write_length(file, i, names[i], first, array->spacing[i], n, error))
            return FALSE;
    }
    return lac_emd_write_origin(file, TOMVIZ_GROUP "/data", array, error);
}

/**
 * lac_emd_write:
 * @file: an empty file
 * @array: a volume, or a tilt series with its angles
 * @progress: (nullable): told the fraction written
 * @error: return location for a #GError
 *
 * Writes version 0.2 of NCEM's format in the order of axes that tomviz expects.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_emd_write(LacH5 *file, const LacArray *array, LacProgress *progress, GError **error)
{
    if (array->n_dims != 3) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "An EMD file is written from three dimensions, not %u", array->n_dims);
        return FALSE;
    }
    gboolean series = array->angles != NULL && array->n_angles == array->shape[0];
    const guint order[3] = { series ? 0 : 2, series ? 2 : 1, series ? 1 : 0 };
    LacH5Array stored = { .type = LAC_VALUE_FLOAT32, .n_dims = 3 };
    for (guint i = 0; i < 3; i++)
        stored.shape[i] = array->shape[order[i]];
    g_autoptr(LacBuffer) turned = lac_buffer_new(array->buffer->n, error);
    if (turned == NULL)
        return FALSE;
    permute(array->buffer->data, stored.shape, order, turned->data);
    stored.data = turned->data;
    return lac_h5_set_integer(file, "/", "version_major", 0, error) &&
        lac_h5_set_integer(file, "/", "version_minor", 2, error) &&
        lac_h5_make_group(file, TOMVIZ_GROUP, error) &&
        lac_h5_set_integer(file, TOMVIZ_GROUP, "emd_group_type", 1, error) &&
        lac_h5_write_array(file, TOMVIZ_GROUP "/data", &stored, (LacH5Span){ progress, 0.0, 1.0 },
            error) &&
        lac_h5_set_string(file, TOMVIZ_GROUP "/data", "name", series ? "tilt series" : "volume",
            error) &&
        (series ? write_series_axes(file, array, error) : write_volume_axes(file, array, error));
}
