// SPDX-License-Identifier: GPL-3.0-or-later
// MRC2014 (doi:10.1016/j.jsb.2015.04.002) and its relatives ST, ALI, REC and MAP.
#include "core/data/volume.h"
#include "core/io/bytes.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define HEADER_SIZE 1024
#define IMOD_STAMP  1146047817
#define UNKNOWN     G_MAXUINT
#define LABEL       "Lacuna "

// Byte offsets in the header.
enum {
    AT_SIZE = 0,
    AT_MODE = 12,
    AT_GRID = 28,
    AT_CELL = 40,
    AT_CELL_ANGLES = 52,
    AT_AXES = 64,
    AT_STATS = 76,
    AT_SPACE_GROUP = 88,
    AT_EXTENDED = 92,
    AT_VERSION = 108,
    AT_IMOD_STAMP = 152,
    AT_IMOD_FLAGS = 156,
    AT_ORIGIN = 196,
    AT_MAP = 208,
    AT_MACHINE = 212,
    AT_RMS = 216,
    AT_N_LABELS = 220,
    AT_LABELS = 224,
};

typedef struct {
    gboolean big_endian;
    gint32 mode;
    gsize size[3]; // columns, rows, sections as stored
    guint axis[3]; // which of x, y, z each of them is
    LacValueType type;
    gboolean nibbles; // two values of 4 bits per byte, rows padded to whole bytes
    guint64 data_offset;
    double spacing[3]; // [Å] along x, y, z
    double origin[3];  // [Å] position of the centre voxel
    GString *note;
} Header;

static const char *const suffixes[] = { "mrc", "st", "ali", "rec", "map", "mrcs", "preali", NULL };

static void
header_clear(Header *self)
{
    if (self->note != NULL)
        g_string_free(self->note, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Header, header_clear)

static gint32
get_int32(const guint8 *bytes, gboolean big_endian)
{
    return (gint32) lac_get_uint32(bytes, big_endian);
}

static void
add_note(Header *self, const char *text)
{
    g_string_append_printf(self->note, "%s%s", self->note->len > 0 ? "; " : "", text);
}

static gboolean
is_known_mode(gint32 mode)
{
    return (mode >= 0 && mode <= 4) || mode == 6 || mode == 12 || mode == 16 || mode == 101;
}

// How many signs speak for a byte order; 0: impossible.
static guint
judge_order(const guint8 *head, gboolean big_endian)
{
    for (guint i = 0; i < 3; i++)
        if (get_int32(head + AT_SIZE + 4 * i, big_endian) <= 0)
            return 0;
    if (!is_known_mode(get_int32(head + AT_MODE, big_endian)))
        return 0;
    guint score = 1;
    for (guint i = 0; i < 3; i++) {
        gint32 axis = get_int32(head + AT_AXES + 4 * i, big_endian);
        score += axis >= 1 && axis <= 3;
        score += get_int32(head + AT_SIZE + 4 * i, big_endian) < 65536;
    }
    return score + (head[AT_MACHINE] == (big_endian ? 0x11 : 0x44) ? 2 : 0);
}

static gboolean
mrc_sniff(const char *path, const guint8 *head, gsize n_head)
{
    (void) path;
    return n_head >= HEADER_SIZE && memcmp(head + AT_MAP, "MAP", 3) == 0 &&
        (judge_order(head, FALSE) > 0 || judge_order(head, TRUE) > 0);
}

// Mode 0 is signed by the standard. IMOD wrote unsigned bytes for years and says so by a stamp.
static LacValueType
choose_byte_type(Header *self, const guint8 *head, const LacReadParams *params)
{
    float min = lac_get_float(head + AT_STATS, self->big_endian);
    float max = lac_get_float(head + AT_STATS + 4, self->big_endian);
    if (params->mrc_mode0 != 0)
        return params->mrc_mode0 == 1 ? LAC_VALUE_INT8 : LAC_VALUE_UINT8;
    if (get_int32(head + AT_IMOD_STAMP, self->big_endian) == IMOD_STAMP) {
        gboolean is_signed = (get_int32(head + AT_IMOD_FLAGS, self->big_endian) & 1) != 0;
        return is_signed ? LAC_VALUE_INT8 : LAC_VALUE_UINT8;
    }
    if (max > 127.0f && max <= 255.0f && min >= 0.0f) {
        add_note(self, "bytes taken as unsigned, since the stated maximum is above 127");
        return LAC_VALUE_UINT8;
    }
    add_note(self, "bytes taken as signed, as the standard says");
    return LAC_VALUE_INT8;
}

static gboolean
parse_mode(Header *self, const guint8 *head, const char *path, const LacReadParams *params,
    GError **error)
{
    self->mode = get_int32(head + AT_MODE, self->big_endian);
    switch (self->mode) {
    case 0: self->type = choose_byte_type(self, head, params); return TRUE;
    case 1: self->type = LAC_VALUE_INT16; return TRUE;
    case 2: self->type = LAC_VALUE_FLOAT32; return TRUE;
    case 6: self->type = LAC_VALUE_UINT16; return TRUE;
    case 12: self->type = LAC_VALUE_FLOAT16; return TRUE;
    case 101: self->nibbles = TRUE; return TRUE;
    default:
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "its values are of mode %d (%s), which is not read", self->mode,
            self->mode == 16 ? "colours" : "complex numbers");
        return FALSE;
    }
}

static void
parse_axes(Header *self, const guint8 *head)
{
    guint seen = 0;
    for (guint i = 0; i < 3; i++) {
        gint32 axis = get_int32(head + AT_AXES + 4 * i, self->big_endian);
        self->axis[i] = axis >= 1 && axis <= 3 ? (guint) axis - 1 : UNKNOWN;
        if (self->axis[i] != UNKNOWN)
            seen |= 1u << self->axis[i];
    }
    if (seen == 7)
        return;
    add_note(self, "the order of the axes makes no sense and is taken as x, y, z");
    for (guint i = 0; i < 3; i++)
        self->axis[i] = i;
}

// The header has single precision: 0.347 comes back as 0.347 and not as 0.34700000286.
static double
round_single(double v)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    double rounded = g_ascii_strtod(g_ascii_formatd(text, sizeof text, "%.6g", v), NULL);
    return fabs(rounded - v) <= 2e-7 * fabs(v) ? rounded : v;
}

static void
parse_spacing(Header *self, const guint8 *head)
{
    gboolean is_unknown = TRUE, is_good = TRUE;
    for (guint i = 0; i < 3; i++) {
        double cell = (double) lac_get_float(head + AT_CELL + 4 * i, self->big_endian);
        gint32 grid = get_int32(head + AT_GRID + 4 * i, self->big_endian);
        double spacing = grid > 0 ? cell / grid : 0.0;
        is_unknown = is_unknown && cell == 0.0;
        is_good = is_good && isfinite(spacing) && spacing >= 1e-4 && spacing <= 1e6;
        self->spacing[i] = is_good ? round_single(spacing) : 0.0;
    }
    if (is_good)
        return;
    for (guint i = 0; i < 3; i++)
        self->spacing[i] = 0.0;
    if (!is_unknown)
        add_note(self, "the cell makes no sense, so the voxel size is unknown");
}

// Where our own files have the first voxel tells where the centre lies. Programs do not agree about
// the sign and the unit of these words, so those of others are not used.
static void
parse_origin(Header *self, const guint8 *head)
{
    for (guint i = 0; i < 3; i++) {
        double size = 0.0;
        for (guint j = 0; j < 3; j++)
            size = self->axis[j] == i ? (double) self->size[j] : size;
        double spacing = self->spacing[i];
        double first = (double) lac_get_float(head + AT_ORIGIN + 4 * i, self->big_endian);
        double centre = first + spacing * floor(0.5 * size);
        // Single precision: a whole number of half voxels comes back as that.
        double halves = spacing > 0.0 ? rint(2.0 * centre / spacing) * 0.5 * spacing : 0.0;
        double noise = 2e-7 * (fabs(first) + spacing * size);
        self->origin[i] = fabs(centre - halves) <= noise ? halves : round_single(centre);
    }
    gboolean is_ours = memcmp(head + AT_LABELS, LABEL, strlen(LABEL)) == 0 &&
        get_int32(head + AT_N_LABELS, self->big_endian) == 1;
    gboolean is_finite = isfinite(self->origin[0] + self->origin[1] + self->origin[2]);
    if (is_ours && is_finite && self->spacing[0] > 0.0)
        return;
    memset(self->origin, 0, sizeof self->origin);
    if (!is_ours && memcmp(head + AT_ORIGIN, (const guint8[12]){ 0 }, 12) != 0)
        add_note(self, "its origin is not used: the middle lies at 0");
}

// Checks the shape against the file: from here on it may be allocated.
static gboolean
check_size(const Header *self, const LacInput *input, const char *path, GError **error)
{
    const gsize *n = self->size;
    gsize row = self->nibbles ? (n[0] + 1) / 2 : n[0] * lac_value_get_size(self->type);
    gsize n_rows;
    if (g_size_checked_mul(&n_rows, n[1], n[2]) &&
        lac_input_holds(input, self->data_offset, n_rows, row))
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, path,
        "%" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
        " values of mode %d from byte %" G_GUINT64_FORMAT " on do not fit its %" G_GUINT64_FORMAT
        " bytes",
        n[2], n[1], n[0], self->mode, self->data_offset, input->size);
    return FALSE;
}

static gboolean
read_header(Header *self, LacInput *input, const char *path, const LacReadParams *params,
    GError **error)
{
    guint8 head[HEADER_SIZE];
    if (input->size < HEADER_SIZE) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "its %" G_GUINT64_FORMAT " bytes are fewer than the %d of an MRC header", input->size,
            HEADER_SIZE);
        return FALSE;
    }
    if (!lac_input_read(input, 0, head, sizeof head, error))
        return FALSE;
    guint little = judge_order(head, FALSE), big = judge_order(head, TRUE);
    if (little == 0 && big == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "it is not an MRC file: size %d x %d x %d and mode %d make no sense",
            get_int32(head, FALSE), get_int32(head + 4, FALSE), get_int32(head + 8, FALSE),
            get_int32(head + AT_MODE, FALSE));
        return FALSE;
    }
    self->big_endian = big > little;
    self->note = g_string_new(NULL);
    for (guint i = 0; i < 3; i++)
        self->size[i] = (gsize) get_int32(head + AT_SIZE + 4 * i, self->big_endian);
    gint32 extended = get_int32(head + AT_EXTENDED, self->big_endian);
    if (extended < 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "its extended header has a length (NSYMBT) of %d bytes", extended);
        return FALSE;
    }
    self->data_offset = HEADER_SIZE + (guint64) extended;
    if (!parse_mode(self, head, path, params, error) || !check_size(self, input, path, error))
        return FALSE;
    parse_axes(self, head);
    parse_spacing(self, head);
    parse_origin(self, head);
    return TRUE;
}

// Shape (nz, ny, nx) after the axes are put in order.
static void
get_shape(const Header *self, gsize shape[3])
{
    for (guint i = 0; i < 3; i++)
        shape[2 - self->axis[i]] = self->size[i];
}

static gboolean
mrc_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    g_auto(Header) header = { 0 };
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL || !read_header(&header, input, path, params, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, "");
    item->n_dims = 3;
    get_shape(&header, item->shape);
    memcpy(item->spacing, header.spacing, sizeof header.spacing);
    g_free(item->type);
    item->type = g_strdup_printf("%s%s",
        header.nibbles ? "unsigned, 4 bits" : lac_value_get_name(header.type),
        header.big_endian && header.mode != 0 ? ", big-endian" : "");
    item->note = header.note->len > 0 ? g_strdup(header.note->str) : NULL;
    return TRUE;
}

static gboolean
read_nibbles(const Header *self, LacInput *input, gsize section, float *out, GError **error)
{
    gsize n_row = (self->size[0] + 1) / 2;
    g_autofree guint8 *row = g_malloc(n_row);
    for (gsize r = 0; r < self->size[1]; r++) {
        guint64 at = self->data_offset + (section * self->size[1] + r) * n_row;
        if (!lac_input_read(input, at, row, n_row, error))
            return FALSE;
        for (gsize c = 0; c < self->size[0]; c++)
            *out++ = (float) ((row[c / 2] >> (c % 2 * 4)) & 0xf);
    }
    return TRUE;
}

static gboolean
read_section(const Header *self, LacInput *input, gsize section, float *out, GError **error)
{
    if (self->nibbles)
        return read_nibbles(self, input, section, out, error);
    gsize n = self->size[0] * self->size[1];
    guint64 at = self->data_offset + (guint64) section * n * lac_value_get_size(self->type);
    return lac_input_read_floats(input, at, self->type, self->big_endian, n, out, NULL, error);
}

// Puts values stored by (section, row, column) where their axes say.
static gboolean
read_sections(const Header *self, LacInput *input, LacArray *array, LacProgress *progress,
    GError **error)
{
    gsize strides[3] = { 1, array->shape[2], array->shape[1] * array->shape[2] }; // of x, y, z
    gsize n = self->size[0] * self->size[1];
    gboolean is_ordered = self->axis[0] == 0 && self->axis[1] == 1;
    float *data = array->buffer->data;
    float *plane = is_ordered ? NULL : lac_alloc_floats(n, error);
    gboolean done = is_ordered || plane != NULL;
    for (gsize s = 0; s < self->size[2] && done; s++) {
        float *out = data + s * strides[self->axis[2]];
        done = read_section(self, input, s, is_ordered ? out : plane, error);
        for (gsize r = 0; r < self->size[1] && done && !is_ordered; r++)
            for (gsize c = 0; c < self->size[0]; c++)
                out[r * strides[self->axis[1]] + c * strides[self->axis[0]]] =
                    plane[r * self->size[0] + c];
        double fraction = (double) (s + 1) / (double) self->size[2];
        done = done && lac_progress_update(progress, fraction, error);
    }
    lac_free(plane);
    return done;
}

static LacArray *
mrc_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    g_auto(Header) header = { 0 };
    if (!lac_io_refuse_item(path, item, error))
        return NULL;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL || !read_header(&header, input, path, params, error))
        return NULL;
    gsize shape[3];
    get_shape(&header, shape);
    g_autoptr(LacArray) array = lac_array_new(3, shape, error);
    if (array == NULL || !read_sections(&header, input, array, progress, error))
        return NULL;
    memcpy(array->spacing, header.spacing, sizeof header.spacing);
    memcpy(array->origin, header.origin, sizeof header.origin);
    return g_steal_pointer(&array);
}

static void
put_int32(guint8 *bytes, gint32 v)
{
    guint32 little = GUINT32_TO_LE((guint32) v);
    memcpy(bytes, &little, sizeof little);
}

static void
put_float(guint8 *bytes, double v)
{
    float single = (float) v;
    guint32 bits;
    memcpy(&bits, &single, sizeof bits);
    put_int32(bytes, (gint32) bits);
}

// The origin in the header is where the first voxel lies.
static void
fill_header(guint8 *head, const LacArray *array, const gsize size[3])
{
    LacStats stats = lac_stats(array->buffer->data, size[0] * size[1] * size[2]);
    for (guint i = 0; i < 3; i++) {
        double spacing = array->spacing[i] > 0.0 ? array->spacing[i] : array->spacing[0];
        put_int32(head + AT_SIZE + 4 * i, (gint32) size[i]);
        put_int32(head + AT_GRID + 4 * i, (gint32) size[i]);
        put_float(head + AT_CELL + 4 * i, spacing * (double) size[i]);
        put_float(head + AT_CELL_ANGLES + 4 * i, 90.0);
        put_int32(head + AT_AXES + 4 * i, (gint32) i + 1);
        put_float(head + AT_ORIGIN + 4 * i, array->origin[i] - spacing * (double) (size[i] / 2));
    }
    put_int32(head + AT_MODE, 2);
    put_float(head + AT_STATS, (double) stats.min);
    put_float(head + AT_STATS + 4, (double) stats.max);
    put_float(head + AT_STATS + 8, stats.mean);
    put_float(head + AT_RMS, stats.std);
    put_int32(head + AT_SPACE_GROUP, array->angles == NULL && size[2] > 1 ? 1 : 0);
    put_int32(head + AT_VERSION, 20141);
    memcpy(head + AT_MAP, "MAP ", 4);
    head[AT_MACHINE] = head[AT_MACHINE + 1] = 0x44;
    put_int32(head + AT_N_LABELS, 1);
    memset(head + AT_LABELS, ' ', 80);
    memcpy(head + AT_LABELS, LABEL LAC_VERSION, strlen(LABEL LAC_VERSION));
}

static gboolean
mrc_write(const LacArray *array, const char *path, LacProgress *progress, GError **error)
{
    guint8 head[HEADER_SIZE] = { 0 };
    gsize size[3] = { 1, 1, 1 };
    if (array->n_dims > 3) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "an MRC file has three dimensions, not %u", array->n_dims);
        return FALSE;
    }
    for (guint i = 0; i < array->n_dims; i++) {
        size[i] = array->shape[array->n_dims - 1 - i];
        if (size[i] > G_MAXINT32) {
            lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
                "an MRC file cannot have %" G_GSIZE_FORMAT " values along an axis", size[i]);
            return FALSE;
        }
    }
    fill_header(head, array, size);
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        return FALSE;
    }
    if (fwrite(head, sizeof head, 1, file) != 1) {
        lac_io_set_errno(error, path, "cannot be written", errno);
        fclose(file);
        return FALSE;
    }
    if (!lac_output_write_floats(file, array->buffer->data, size[0] * size[1] * size[2], path,
            progress, error)) {
        fclose(file);
        return FALSE;
    }
    return lac_output_close(file, path, error);
}

const LacFormat lac_format_mrc = {
    .id = "mrc",
    .name = "MRC",
    .suffixes = suffixes,
    .sniff = mrc_sniff,
    .info = mrc_info,
    .read_array = mrc_read,
    .write_array = mrc_write,
    .keeps_origin = TRUE,
};
