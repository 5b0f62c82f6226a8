// SPDX-License-Identifier: GPL-3.0-or-later
// Plain binary values: types, byte order, checked reading from a regular file, buffered writing.
#pragma once

#include "core/error.h"
#include "core/io/format.h"

#include <stdio.h>

typedef enum {
    LAC_VALUE_UINT8,
    LAC_VALUE_INT8,
    LAC_VALUE_UINT16,
    LAC_VALUE_INT16,
    LAC_VALUE_UINT32,
    LAC_VALUE_INT32,
    LAC_VALUE_UINT64,
    LAC_VALUE_INT64,
    LAC_VALUE_FLOAT16,
    LAC_VALUE_FLOAT32,
    LAC_VALUE_FLOAT64,
    LAC_N_VALUES,
} LacValueType;

// A regular file open for reading.
typedef struct {
    int fd;
    guint64 size; // [bytes]
    char *name;   // for messages: the name without folders
} LacInput;

const char *lac_value_get_name(LacValueType type);
gsize lac_value_get_size(LacValueType type);
gboolean lac_value_parse(const char *name, LacValueType *type);
void
lac_values_to_floats(LacValueType type, gboolean big_endian, const guint8 *in, gsize n, float *out);
void lac_values_to_doubles(LacValueType type, gboolean big_endian, const guint8 *in, gsize n,
    double *out);
guint16 lac_get_uint16(const guint8 *bytes, gboolean big_endian);
guint32 lac_get_uint32(const guint8 *bytes, gboolean big_endian);
guint64 lac_get_uint64(const guint8 *bytes, gboolean big_endian);
float lac_get_float(const guint8 *bytes, gboolean big_endian);

void lac_io_set_error(GError **error, LacErrorCode code, const char *path, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void lac_io_set_errno(GError **error, const char *path, const char *what, int number);
gboolean lac_io_refuse_item(const char *path, const char *item, GError **error);
guint64 lac_io_get_budget(guint64 file_size);
char *lac_io_dup_suffix(const char *path);

LacInput *lac_input_open(const char *path, GError **error);
LacInput *lac_input_new_from_fd(int fd, const char *path, GError **error);
void lac_input_free(LacInput *self);
gboolean lac_input_holds(const LacInput *self, guint64 offset, guint64 n, guint64 size);
gboolean lac_input_read(LacInput *self, guint64 offset, gpointer out, gsize n, GError **error);
gboolean lac_input_read_floats(LacInput *self, guint64 offset, LacValueType type,
    gboolean big_endian, gsize n, float *out, LacProgress *progress, GError **error);
char *lac_input_read_text(LacInput *self, GError **error);

gboolean lac_output_write_floats(FILE *file, const float *data, gsize n, const char *path,
    LacProgress *progress, GError **error);
gboolean lac_output_close(FILE *file, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacInput, lac_input_free)
