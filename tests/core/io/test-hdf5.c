// SPDX-License-Identifier: GPL-3.0-or-later
// HDF5 and EMD files as other programs make them: types, layouts, filters, links, axes, damage.
#include "core/error.h"
#include "core/io/hdf5.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <hdf5.h>
#include <string.h>

// The one stack of these tests: (a, b, c) = (3, 5, 4), value 100 a + 10 b + c.
static const hsize_t stack_dims[3] = { 3, 5, 4 };
#define N_STACK 60

static double
stack_value(gsize a, gsize b, gsize c)
{
    return 100.0 * (double) a + 10.0 * (double) b + (double) c;
}

static void
fill_stack(double *values)
{
    for (gsize a = 0; a < 3; a++)
        for (gsize b = 0; b < 5; b++)
            for (gsize c = 0; c < 4; c++)
                values[(a * 5 + b) * 4 + c] = stack_value(a, b, c);
}

// What a dataset is made with; 0 or H5P_DEFAULT where nothing is said.
typedef struct {
    hid_t type;
    hid_t list;
} Storage;

static void
add_values(hid_t where, const char *name, int n_dims, const hsize_t *dims, const double *values,
    Storage storage)
{
    hid_t space = H5Screate_simple(n_dims, dims, NULL);
    hid_t dataset = H5Dcreate2(where, name, storage.type != 0 ? storage.type : H5T_IEEE_F32LE,
        space, H5P_DEFAULT, storage.list, H5P_DEFAULT);
    g_assert_cmpint(dataset, >=, 0);
    g_assert_cmpint(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), >=,
        0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void
add_stack(hid_t where, const char *name, Storage storage)
{
    double values[N_STACK];
    fill_stack(values);
    add_values(where, name, 3, stack_dims, values, storage);
}

static void
add_text(hid_t object, const char *name, const char *text, gboolean variable)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, variable ? H5T_VARIABLE : strlen(text) + 1);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    g_assert_cmpint(H5Awrite(attribute, type, variable ? (const void *) &text : text), >=, 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void
add_number(hid_t object, const char *name, int value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, H5T_STD_U32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    g_assert_cmpint(H5Awrite(attribute, H5T_NATIVE_INT, &value), >=, 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

static hid_t
create_file(const char *path, gboolean latest)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (latest)
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    g_assert_cmpint(file, >=, 0);
    H5Pclose(access);
    return file;
}

static LacArray *
read_item(const char *path, const char *item, GError **error)
{
    g_autofree char *named = g_strconcat(path, ":", item, NULL);
    return lac_read_array(named, NULL, NULL, error);
}

static void
check_stack(const LacArray *array)
{
    g_assert_cmpuint(array->n_dims, ==, 3);
    g_assert_cmpuint(array->shape[0], ==, 3);
    g_assert_cmpuint(array->shape[1], ==, 5);
    g_assert_cmpuint(array->shape[2], ==, 4);
    for (gsize i = 0; i < N_STACK; i++)
        g_assert_cmpfloat((double) array->buffer->data[i], ==,
            stack_value(i / 20, i / 4 % 5, i % 4));
}

static void
test_types(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    const struct {
        hid_t type;
        const char *name;
    } cases[] = { { H5T_STD_I16LE, "int16" }, { H5T_STD_I16BE, "int16, big-endian" },
        { H5T_STD_U16LE, "uint16" }, { H5T_STD_U16BE, "uint16, big-endian" },
        { H5T_STD_I32BE, "int32, big-endian" }, { H5T_STD_U32LE, "uint32" },
        { H5T_STD_I64LE, "int64" }, { H5T_STD_U64BE, "uint64, big-endian" },
        { H5T_IEEE_F32LE, "float32" }, { H5T_IEEE_F32BE, "float32, big-endian" },
        { H5T_IEEE_F64LE, "float64" }, { H5T_IEEE_F64BE, "float64, big-endian" },
        { half, "float16" } };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = lac_scratch_path(scratch, "types.h5");
        hid_t file = create_file(path, i % 2 == 1);
        add_stack(file, "stack", (Storage){ .type = cases[i].type });
        H5Fclose(file);
        g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(info->items->len, ==, 1);
        const LacFileItem *item = info->items->pdata[0];
        g_assert_cmpstr(item->name, ==, "/stack");
        g_assert_cmpstr(item->type, ==, cases[i].name);
        g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, &error);
        g_assert_no_error(error);
        check_stack(array);
    }
    H5Tclose(half);
}

static void
test_dimensions(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "dims.h5");
    const hsize_t dims[5] = { 2, 3, 5, 2, 1 };
    double values[N_STACK];
    fill_stack(values);
    hid_t file = create_file(path, FALSE);
    for (int n = 1; n <= 5; n++) {
        char name[] = { 'd', (char) ('0' + n), '\0' };
        add_values(file, name, n, dims, values, (Storage){ 0 });
    }
    add_values(file, "one", 0, dims, values, (Storage){ 0 });
    H5Fclose(file);
    for (guint n = 1; n <= 4; n++) {
        char name[] = { 'd', (char) ('0' + n), '\0' };
        g_autoptr(LacArray) array = read_item(path, name, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(array->n_dims, ==, n);
        for (guint i = 0; i < n; i++)
            g_assert_cmpuint(array->shape[i], ==, dims[i]);
        for (gsize i = 0; i < array->buffer->n; i++)
            g_assert_cmpfloat((double) array->buffer->data[i], ==, values[i]);
    }
    g_assert_null(read_item(path, "d5", &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_clear_error(&error);
    g_assert_null(read_item(path, "missing", &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static hid_t
make_chunks(gboolean shuffle, gboolean deflate, gboolean fletcher)
{
    const hsize_t chunk[3] = { 2, 3, 3 };
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 3, chunk);
    if (shuffle)
        H5Pset_shuffle(list);
    if (deflate)
        H5Pset_deflate(list, 6);
    if (fletcher)
        H5Pset_fletcher32(list);
    return list;
}

static void
test_layouts(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const hid_t types[] = { H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_U16LE };
    for (guint i = 0; i < 16 * G_N_ELEMENTS(types); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = lac_scratch_path(scratch, "layout.h5");
        hid_t list = make_chunks(i & 1, i & 2, i & 4);
        hid_t file = create_file(path, (i & 8) != 0);
        add_stack(file, "stack", (Storage){ .type = types[i / 16], .list = list });
        H5Fclose(file);
        H5Pclose(list);
        g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, &error);
        g_assert_no_error(error);
        check_stack(array);
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "compact.h5");
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_layout(list, H5D_COMPACT);
    hid_t file = create_file(path, FALSE);
    add_stack(file, "stack", (Storage){ .list = list });
    H5Fclose(file);
    H5Pclose(list);
    g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, &error);
    g_assert_no_error(error);
    check_stack(array);
}

// Chunks that were never written hold the fill value.
static void
test_sparse(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "sparse.h5");
    hid_t list = make_chunks(TRUE, TRUE, FALSE);
    float fill = 7.5f;
    H5Pset_fill_value(list, H5T_NATIVE_FLOAT, &fill);
    hid_t file = create_file(path, FALSE), space = H5Screate_simple(3, stack_dims, NULL);
    hid_t dataset =
        H5Dcreate2(file, "stack", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    const hsize_t start[3] = { 2, 4, 3 }, count[3] = { 1, 1, 1 };
    hid_t one = H5Screate_simple(3, count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    float value = 1.25f;
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, one, space, H5P_DEFAULT, &value);
    H5Sclose(one);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(list);
    H5Fclose(file);
    g_autoptr(LacArray) array = lac_read_array(path, NULL, NULL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < N_STACK - 1; i++)
        g_assert_cmpfloat(array->buffer->data[i], ==, 7.5f);
    g_assert_cmpfloat(array->buffer->data[N_STACK - 1], ==, 1.25f);
}

static void
refuse(const char *path, const char *item, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacArray) array = read_item(path, item, &error);
    g_assert_null(array);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, reason));
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "refused.h5");
    hid_t file = create_file(path, FALSE);
    hid_t list = make_chunks(FALSE, FALSE, FALSE);
    H5Pset_scaleoffset(list, H5Z_SO_FLOAT_DSCALE, 2);
    add_stack(file, "scaled", (Storage){ .list = list });
    H5Pclose(list);
    list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "/etc/passwd", 0, H5F_UNLIMITED);
    hid_t space = H5Screate_simple(3, stack_dims, NULL);
    H5Dclose(H5Dcreate2(file, "outside", H5T_STD_U8LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Pclose(list);
    hid_t compound = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(compound, "real", 0, H5T_IEEE_F32LE);
    H5Tinsert(compound, "imag", 4, H5T_IEEE_F32LE);
    H5Dclose(H5Dcreate2(file, "wave", compound, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Tclose(compound);
    H5Sclose(space);
    H5Lcreate_soft("/wave", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/x", file, "far", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file, "/", file, "loop", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    refuse(path, "scaled", "scaleoffset");
    refuse(path, "outside", "other files");
    refuse(path, "wave", "compound");
    refuse(path, "soft", "link");
    refuse(path, "far", "link");
    refuse(path, "loop/loop/nothing", "there is no");
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(info->items->len, ==, 5);
}

typedef struct {
    const char *names[3], *units[3];
} Axes;

static void
add_axes(hid_t group, const Axes *axes, gboolean variable)
{
    for (guint i = 0; i < 3; i++) {
        char name[] = { 'd', 'i', 'm', (char) ('1' + i), '\0' };
        double values[8];
        gboolean angle = strstr(axes->units[i], "deg") != NULL;
        for (gsize k = 0; k < stack_dims[i]; k++)
            values[k] = angle ? -60.0 + 60.0 * (double) k : 0.05 * (double) k;
        add_values(group, name, 1, &stack_dims[i], values, (Storage){ .type = H5T_IEEE_F64LE });
        hid_t dim = H5Dopen2(group, name, H5P_DEFAULT);
        add_text(dim, "name", axes->names[i], variable);
        add_text(dim, "units", axes->units[i], variable);
        H5Dclose(dim);
    }
}

static char *
make_emd(const LacScratch *scratch, const char *name, const char *group_name, const Axes *axes,
    gboolean variable)
{
    char *path = lac_scratch_path(scratch, name);
    hid_t file = create_file(path, FALSE);
    add_number(file, "version_major", 0);
    add_number(file, "version_minor", 2);
    hid_t parent = H5Gcreate2(file, "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t group = H5Gcreate2(parent, group_name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    add_number(group, "emd_group_type", 1);
    hid_t list = make_chunks(TRUE, TRUE, FALSE);
    add_stack(group, "data", (Storage){ .list = list });
    H5Pclose(list);
    if (axes != NULL)
        add_axes(group, axes, variable);
    H5Gclose(group);
    H5Gclose(parent);
    H5Fclose(file);
    return path;
}

static void
test_emd_volume(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    const Axes zyx = { { "z", "y", "x" }, { "nm", "nm", "nm" } };
    g_autofree char *plain = make_emd(scratch, "ncem.emd", "volume", &zyx, TRUE);
    g_autoptr(LacVolume) volume = lac_read_volume(plain, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(volume->nz, ==, 3);
    g_assert_cmpuint(volume->nx, ==, 4);
    g_assert_cmpfloat_with_epsilon(volume->voxel_size, 0.5, 1e-12);
    g_assert_cmpfloat((double) lac_volume_get(volume, 3, 1, 2), ==, stack_value(2, 1, 3));

    const Axes xyz = { { "x", "y", "z" }, { "[n_m]", "[n_m]", "[n_m]" } };
    g_autofree char *turned = make_emd(scratch, "tomviz.emd", "tomography", &xyz, FALSE);
    g_autoptr(LacVolume) other = lac_read_volume(turned, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(other->nx, ==, 3);
    g_assert_cmpuint(other->ny, ==, 5);
    g_assert_cmpuint(other->nz, ==, 4);
    g_assert_cmpfloat((double) lac_volume_get(other, 2, 1, 3), ==, stack_value(2, 1, 3));
    g_autoptr(LacFileInfo) info = lac_file_info_read(turned, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(info->format_name, ==, "EMD (NCEM)");
    g_assert_cmpuint(info->items->len, ==, 1);
    const LacFileItem *item = info->items->pdata[0];
    g_assert_cmpuint(item->shape[0], ==, 4);
    g_assert_nonnull(strstr(item->note, "x slowest"));

    g_autofree char *bare = make_emd(scratch, "bare.emd", "volume", NULL, FALSE);
    g_autoptr(LacVolume) third = lac_read_volume(bare, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(third->nx, ==, 4);
    g_assert_cmpfloat(third->voxel_size, ==, 0.0);
}

static void
test_emd_series(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    const Axes tomviz = { { "angles", "y", "x" }, { "[deg]", "[n_m]", "[n_m]" } };
    g_autofree char *path = make_emd(scratch, "series.emd", "tomography", &tomviz, FALSE);
    g_autoptr(LacSeries) series = lac_read_series(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, 3);
    g_assert_cmpuint(series->nv, ==, 4); // tomviz's x, its tilt axis
    g_assert_cmpuint(series->nu, ==, 5);
    g_assert_cmpfloat(series->angles[0].theta, ==, -60.0);
    g_assert_cmpfloat(series->angles[2].theta, ==, 60.0);
    g_assert_cmpfloat_with_epsilon(series->pixel_size, 0.5, 1e-12);
    g_assert_cmpfloat((double) series->data[(2 * 4 + 3) * 5 + 1], ==, stack_value(2, 1, 3));

    const Axes plain = { { "angle", "y", "x" }, { "degrees", "Å", "Å" } };
    g_autofree char *other = make_emd(scratch, "plain.emd", "haadf", &plain, TRUE);
    g_autoptr(LacSeries) kept = lac_read_series(other, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(kept->nv, ==, 5);
    g_assert_cmpuint(kept->nu, ==, 4);
    g_assert_cmpfloat(kept->angles[0].theta, ==, -60.0);
    g_assert_cmpfloat_with_epsilon(kept->pixel_size, 0.05, 1e-12);

    const Axes last = { { "y", "x", "angle" }, { "nm", "nm", "deg" } };
    g_autofree char *moved = make_emd(scratch, "moved.emd", "haadf", &last, FALSE);
    g_autoptr(LacSeries) front = lac_read_series(moved, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(front->n, ==, 4);
    g_assert_cmpuint(front->nv, ==, 3);
    g_assert_cmpuint(front->nu, ==, 5);
    g_assert_cmpfloat((double) front->data[(3 * 3 + 2) * 5 + 1], ==, stack_value(2, 1, 3));
}

static void
test_loose_angles(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = make_emd(scratch, "old.emd", "tomography", NULL, FALSE);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hsize_t n = 4;
    const double angles[] = { -30.0, 0.0, 15.0, 45.0 };
    add_values(file, "/data/tomography/tilt_angles", 1, &n, angles,
        (Storage){ .type = H5T_IEEE_F64LE });
    H5Fclose(file);
    g_autoptr(LacSeries) series = lac_read_series(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, 4);
    g_assert_cmpuint(series->nv, ==, 3); // x, the tilt axis
    g_assert_cmpuint(series->nu, ==, 5);
    g_assert_cmpfloat(series->angles[3].theta, ==, 45.0);
}

static void
test_velox(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "velox.emd");
    hid_t file = create_file(path, FALSE), space = H5Screate(H5S_SCALAR), type = H5Tcopy(H5T_C_S1);
    H5Gclose(H5Gcreate2(file, "Data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Gclose(H5Gcreate2(file, "Data/Image", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Tset_size(type, 32);
    H5Dclose(H5Dcreate2(file, "Version", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Tclose(type);
    H5Sclose(space);
    H5Fclose(file);
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_null(info);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "Velox"));
}

static void
test_round_trip(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const char *const names[] = { "a.h5", "a.emd", "a.hdf5" };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = lac_scratch_path(scratch, names[i]);
        g_autoptr(LacSeries) series = lac_series_new(7, 130, 91, 0.347, NULL);
        for (gsize k = 0; k < series->buffer->n; k++)
            series->data[k] = (float) (k % 1000) / 7.0f;
        for (gsize k = 0; k < 7; k++)
            series->angles[k] = (LacAngles){ 0.01 * (double) k, (double) k / 3.0, -0.5 };
        g_assert_true(lac_write_series(series, path, NULL, &error));
        g_assert_no_error(error);
        g_autoptr(LacSeries) back = lac_read_series(path, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(back->nv, ==, 130);
        g_assert_cmpuint(back->nu, ==, 91);
        g_assert_cmpfloat_with_epsilon(back->pixel_size, 0.347, 1e-12);
        g_assert_cmpint(memcmp(back->data, series->data, series->buffer->n * sizeof(float)), ==, 0);
        g_assert_cmpint(memcmp(back->angles, series->angles, 7 * sizeof(LacAngles)), ==, 0);

        g_autoptr(LacVolume) volume = lac_volume_new(5, 6, 7, 0.5, NULL);
        for (gsize k = 0; k < 210; k++)
            volume->data[k] = (float) k;
        g_assert_true(lac_write_volume(volume, path, NULL, &error));
        g_autoptr(LacVolume) again = lac_read_volume(path, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(again->nz, ==, 5);
        g_assert_cmpuint(again->nx, ==, 7);
        g_assert_cmpfloat_with_epsilon(again->voxel_size, 0.5, 1e-12);
        g_assert_cmpint(memcmp(again->data, volume->data, 210 * sizeof(float)), ==, 0);
    }
}

static gboolean
read_anything(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, error);
    if (info == NULL)
        return FALSE;
    for (guint i = 0; i < info->items->len; i++) {
        const LacFileItem *item = info->items->pdata[i];
        g_autoptr(LacArray) array = NULL;
        if (item->kind == LAC_ITEM_ARRAY)
            array = read_item(path, item->name, *error == NULL ? error : NULL);
    }
    return *error == NULL;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const Axes axes = { { "angles", "y", "x" }, { "[deg]", "[n_m]", "[n_m]" } };
    g_autofree char *emd = make_emd(scratch, "a.emd", "tomography", &axes, TRUE);
    lac_mutate_check_file(emd, 10000, 1, read_anything, NULL);
    for (int latest = 0; latest < 2; latest++) {
        g_autofree char *path = lac_scratch_path(scratch, latest ? "latest.h5" : "plain.h5");
        hid_t list = make_chunks(TRUE, TRUE, TRUE), file = create_file(path, latest != 0);
        add_stack(file, "packed", (Storage){ .list = list, .type = H5T_STD_I16LE });
        H5Pclose(list);
        list = make_chunks(FALSE, FALSE, FALSE);
        add_stack(file, "chunks", (Storage){ .list = list });
        H5Pclose(list);
        add_stack(file, "plain", (Storage){ .type = H5T_STD_U16BE });
        H5Fclose(file);
        lac_mutate_check_file(path, 10000, 2 + (guint64) latest, read_anything, NULL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/hdf5/types", test_types);
    ADD("/hdf5/dimensions", test_dimensions);
    ADD("/hdf5/layouts", test_layouts);
    ADD("/hdf5/sparse", test_sparse);
    ADD("/hdf5/refused", test_refused);
    ADD("/hdf5/emd-volume", test_emd_volume);
    ADD("/hdf5/emd-series", test_emd_series);
    ADD("/hdf5/loose-angles", test_loose_angles);
    ADD("/hdf5/velox", test_velox);
    ADD("/hdf5/round-trip", test_round_trip);
    ADD("/hdf5/damaged", test_damaged);
    return g_test_run();
}
