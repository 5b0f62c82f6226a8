// SPDX-License-Identifier: GPL-3.0-or-later
// Grey PNG images of 1 to 16 bits.
#include "core/io/bytes.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_SIDE 1000000
#define N_SIGNATURE  8

typedef struct {
    const char *path;
    LacInput *input;
    guint64 at; // [bytes] how far the file is read
    png_structp png;
    png_infop info;
    char *complaint; // (nullable)
    gsize width, height;
    int bits;
} Image;

static const char *const suffixes[] = { "png", NULL };

static void
image_clear(Image *self)
{
    if (self->png != NULL)
        png_destroy_read_struct(&self->png, &self->info, NULL);
    g_clear_pointer(&self->input, lac_input_free);
    g_clear_pointer(&self->complaint, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Image, image_clear)

static void
fail(png_structp png, png_const_charp text)
{
    Image *self = png_get_error_ptr(png);
    g_free(self->complaint);
    self->complaint = g_utf8_make_valid(text, -1);
    png_longjmp(png, 1);
}

static void
ignore_warning(png_structp png, png_const_charp text)
{
    (void) png;
    (void) text;
}

static void
read_bytes(png_structp png, png_bytep out, png_size_t n)
{
    Image *self = png_get_io_ptr(png);
    if (!lac_input_read(self->input, self->at, out, n, NULL))
        png_error(png, "it ends too early");
    self->at += n;
}

static gboolean
png_sniff(const char *path, const guint8 *head, gsize n_head)
{
    (void) path;
    return n_head >= N_SIGNATURE && png_sig_cmp(head, 0, N_SIGNATURE) == 0;
}

// The functions below a setjmp() keep nothing in variables that a jump would have to restore.
static gboolean
start_reading(Image *self)
{
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return FALSE;
    png_set_read_fn(self->png, self, read_bytes);
    png_set_user_limits(self->png, LONGEST_SIDE, LONGEST_SIDE);
    png_set_chunk_malloc_max(self->png, (png_alloc_size_t) 8 << 20);
    png_read_info(self->png, self->info);
    self->width = png_get_image_width(self->png, self->info);
    self->height = png_get_image_height(self->png, self->info);
    self->bits = png_get_bit_depth(self->png, self->info);
    if (png_get_color_type(self->png, self->info) != PNG_COLOR_TYPE_GRAY)
        png_error(self->png, "only grey images without transparency are read");
    if (png_get_interlace_type(self->png, self->info) != PNG_INTERLACE_NONE)
        png_error(self->png, "interlaced images are not read");
    png_set_packing(self->png);
    png_read_update_info(self->png, self->info);
    return TRUE;
}

static gboolean
read_row(Image *self, guint8 *row)
{
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return FALSE;
    png_read_row(self->png, row, NULL);
    return TRUE;
}

static void
set_complaint(const Image *self, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "it is not a readable PNG image: %s",
        self->complaint != NULL ? self->complaint : "libpng fails");
}

static gboolean
open_image(Image *self, const char *path, GError **error)
{
    self->path = path;
    self->input = lac_input_open(path, error);
    if (self->input == NULL)
        return FALSE;
    self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, fail, ignore_warning);
    self->info = self->png != NULL ? png_create_info_struct(self->png) : NULL;
    if (self->info == NULL || !start_reading(self)) {
        set_complaint(self, error);
        return FALSE;
    }
    return TRUE;
}

static gboolean
png_info_read(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_auto(Image) image = { 0 };
    if (!open_image(&image, path, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, "");
    item->n_dims = 2;
    item->shape[0] = image.height;
    item->shape[1] = image.width;
    g_free(item->type);
    item->type = g_strdup(image.bits == 16 ? "uint16" : "uint8");
    return TRUE;
}

// @out is (height, width), or NULL to see only whether everything can be decoded.
static gboolean
read_rows(Image *self, float *out, LacProgress *progress, GError **error)
{
    LacValueType type = self->bits == 16 ? LAC_VALUE_UINT16 : LAC_VALUE_UINT8;
    g_autofree guint8 *row = g_malloc(self->width * 2 + 8);
    for (gsize y = 0; y < self->height; y++) {
        if (!read_row(self, row)) {
            set_complaint(self, error);
            return FALSE;
        }
        if (out != NULL)
            lac_values_to_floats(type, TRUE, row, self->width, out + y * self->width);
        if (y % 256 == 0 &&
            !lac_progress_update(progress, (double) y / (double) self->height, error))
            return FALSE;
    }
    return TRUE;
}

static LacArray *
png_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    g_auto(Image) image = { 0 };
    if (!lac_io_refuse_item(path, item, error) || !open_image(&image, path, error))
        return NULL;
    const gsize shape[2] = { image.height, image.width };
    // A small file may promise a large image: see whether it keeps the promise first.
    if (shape[0] * shape[1] > lac_io_get_budget(image.input->size) / sizeof(float)) {
        g_auto(Image) trial = { 0 };
        if (!open_image(&trial, path, error) || !read_rows(&trial, NULL, progress, error))
            return NULL;
    }
    g_autoptr(LacArray) array = lac_array_new(2, shape, error);
    if (array == NULL || !read_rows(&image, array->buffer->data, progress, error))
        return NULL;
    return g_steal_pointer(&array);
}

const LacFormat lac_format_png = {
    .id = "png",
    .name = "PNG",
    .suffixes = suffixes,
    .sniff = png_sniff,
    .info = png_info_read,
    .read_array = png_read,
};
