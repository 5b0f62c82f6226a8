// SPDX-License-Identifier: GPL-3.0-or-later
// Reads attributes: numbers and texts, of fixed or varying length.
#include "core/io/hdf5-private.h"

#include <string.h>

#define MAX_TEXTS 16 // of varying length in one attribute

// Opens an attribute whose value is small; a negative number when there is none.
static hid_t
open_attribute(LacH5 *self, const char *path, const char *name, hssize_t *n)
{
    g_auto(LacHid) object = lac_h5_open_object(self, path, NULL);
    if (object < 0 || H5Aexists(object, name) <= 0)
        return H5I_INVALID_HID;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    g_auto(LacHid) space = attribute >= 0 ? H5Aget_space(attribute) : H5I_INVALID_HID;
    *n = space >= 0 ? H5Sget_simple_extent_npoints(space) : 0;
    if (attribute >= 0 && (*n < 1 || H5Aget_storage_size(attribute) > LAC_H5_MAX_ATTRIBUTE)) {
        lac_hid_close(attribute);
        return H5I_INVALID_HID;
    }
    return attribute;
}

/**
 * lac_h5_dup_numbers:
 * @self: a file
 * @path: an object inside it
 * @name: an attribute of the object
 * @n: (out): how many values
 *
 * Returns: (transfer full) (nullable) (array length=n): the numbers of the attribute, or %NULL
 * when it is missing or holds something else
 */
double *
lac_h5_dup_numbers(LacH5 *self, const char *path, const char *name, gsize *n)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    hssize_t n_points = 0;
    g_auto(LacHid) attribute = open_attribute(self, path, name, &n_points);
    g_auto(LacHid) type = attribute >= 0 ? H5Aget_type(attribute) : H5I_INVALID_HID;
    LacValueType number;
    gboolean big_endian;
    if (type < 0 || !lac_h5_get_number_type(type, &number, &big_endian)) {
        H5Eclear2(H5E_DEFAULT);
        return NULL;
    }
    *n = (gsize) n_points;
    if (*n * lac_value_get_size(number) > LAC_H5_MAX_ATTRIBUTE)
        return NULL;
    g_autofree guint8 *raw = g_malloc0(*n * lac_value_get_size(number));
    if (H5Aread(attribute, type, raw) < 0)
        return NULL;
    double *values = g_new(double, *n);
    lac_values_to_doubles(number, big_endian, raw, *n, values);
    return values;
}

/**
 * lac_h5_get_number:
 * @self: a file
 * @path: an object inside it
 * @name: an attribute of the object
 * @value: (out): its first value
 *
 * Returns: %TRUE when the attribute is there and is a number
 */
gboolean
lac_h5_get_number(LacH5 *self, const char *path, const char *name, double *value)
{
    gsize n;
    g_autofree double *values = lac_h5_dup_numbers(self, path, name, &n);
    if (values != NULL)
        *value = values[0];
    return values != NULL;
}

static char *
read_string(hid_t attribute, hid_t type, hssize_t n_points)
{
    if (H5Tis_variable_str(type) > 0) {
        g_auto(LacHid) space = H5Aget_space(attribute);
        g_autofree char **texts = g_new0(char *, (gsize) n_points);
        if (n_points > MAX_TEXTS || H5Aread(attribute, type, texts) < 0)
            return NULL;
        char *copy = texts[0] != NULL ? g_strndup(texts[0], LAC_H5_MAX_ATTRIBUTE) : NULL;
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
        return copy;
    }
    gsize size = H5Tget_size(type), n_bytes;
    if (!g_size_checked_mul(&n_bytes, size, (gsize) n_points) || n_bytes > LAC_H5_MAX_ATTRIBUTE)
        return NULL;
    g_autofree char *text = g_malloc0(n_bytes + 1);
    if (H5Aread(attribute, type, text) < 0)
        return NULL;
    return g_strndup(text, size);
}

/**
 * lac_h5_dup_string:
 * @self: a file
 * @path: an object inside it
 * @name: an attribute of the object
 *
 * Returns: (transfer full) (nullable): its text as valid UTF-8, or %NULL when it is missing or is
 * no text
 */
char *
lac_h5_dup_string(LacH5 *self, const char *path, const char *name)
{
    g_auto(LacH5Lock) lock = lac_h5_lock();
    (void) lock;
    hssize_t n_points = 0;
    g_auto(LacHid) attribute = open_attribute(self, path, name, &n_points);
    g_auto(LacHid) type = attribute >= 0 ? H5Aget_type(attribute) : H5I_INVALID_HID;
    g_autofree char *text = NULL;
    if (type >= 0 && H5Tget_class(type) == H5T_STRING)
        text = read_string(attribute, type, n_points);
    H5Eclear2(H5E_DEFAULT);
    if (text == NULL)
        return NULL;
    return g_utf8_make_valid(text, -1);
}
