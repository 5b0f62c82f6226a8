// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/png.h"

#include "core/error.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <png.h>
#include <stdio.h>
#include <unistd.h>

struct LacPngWriter {
    char *path, *temporary; // written beside the old file and renamed
    FILE *file;
    png_structp png;
    png_infop info;
    guint width, height;
    guint n_rows; // written so far
    gboolean has_alpha;
    double dpi;        // 0: unknown
    char message[128]; // of libpng's last error
};

static void
failed(png_structp png, png_const_charp message)
{
    LacPngWriter *self = png_get_error_ptr(png);
    g_strlcpy(self->message, message, sizeof self->message);
    png_longjmp(png, 1);
}

static void
warned(png_structp png, png_const_charp message)
{
    (void) png;
    g_debug("libpng: %s", message);
}

static gboolean
report(const LacPngWriter *self, GError **error)
{
    g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(errno), "%s cannot be written: %s",
        self->path, self->message);
    return FALSE;
}

// Text beyond Latin-1 goes into iTXt, which is UTF-8.
static void
set_text(LacPngWriter *self, const char *const *text)
{
    for (guint i = 0; text != NULL && text[i] != NULL && text[i + 1] != NULL; i += 2) {
        g_autofree char *key = g_strdup(text[i]);
        g_autofree char *value = g_strdup(text[i + 1]);
        char empty[] = "";
        png_text chunk = {
            .compression =
                g_str_is_ascii(value) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
            .key = key,
            .text = value,
            .lang = empty,
            .lang_key = empty,
        };
        png_set_text(self->png, self->info, &chunk, 1);
    }
}

static gboolean
write_header(LacPngWriter *self, const char *const *text, GError **error)
{
    errno = 0;
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return report(self, error);
    png_init_io(self->png, self->file);
    png_set_IHDR(self->png, self->info, self->width, self->height, 8,
        self->has_alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(self->png, self->info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (self->dpi > 0.0) {
        guint32 per_metre = (guint32) (self->dpi / 0.0254 + 0.5);
        png_set_pHYs(self->png, self->info, per_metre, per_metre, PNG_RESOLUTION_METER);
    }
    set_text(self, text);
    png_write_info(self->png, self->info);
    if (!self->has_alpha)
        png_set_filler(self->png, 0, PNG_FILLER_AFTER);
    return TRUE;
}

/**
 * lac_png_writer_new:
 * @path: the file
 * @width: [pixel]
 * @height: [pixel]
 * @has_alpha: %FALSE to leave the alpha of the pixels away
 * @dpi: pixels per inch; 0 if it has no size on paper
 * @text: (nullable): keys (up to 79 Latin-1 characters) and values (UTF-8) in turn, then %NULL
 * @error: return location for a #GError
 *
 * Begins a file of 8-bit sRGB. It appears under its name when it is finished.
 *
 * Returns: (transfer full): a writer, or %NULL with @error set
 */
LacPngWriter *
lac_png_writer_new(const char *path, guint width, guint height, gboolean has_alpha, double dpi,
    const char *const *text, GError **error)
{
    g_autoptr(LacPngWriter) self = g_new0(LacPngWriter, 1);
    self->path = g_strdup(path);
    self->temporary = g_strdup_printf("%s.part", path);
    self->width = width;
    self->height = height;
    self->has_alpha = has_alpha;
    self->dpi = dpi;
    self->file = g_fopen(self->temporary, "wb");
    if (self->file == NULL) {
        int code = errno;
        g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(code),
            "%s cannot be written: %s", path, g_strerror(code));
        return NULL;
    }
    self->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, failed, warned);
    self->info = self->png != NULL ? png_create_info_struct(self->png) : NULL;
    if (self->info == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, "%s cannot be written: libpng %s failed",
            path, PNG_LIBPNG_VER_STRING);
        return NULL;
    }
    return write_header(self, text, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_png_writer_add_rows:
 * @self: a writer
 * @rgba: (array): width x @n_rows pixels, not premultiplied
 * @n_rows: how many rows
 * @error: return location for a #GError
 *
 * Writes the next rows, from the top.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_png_writer_add_rows(LacPngWriter *self, const guint8 *rgba, guint n_rows, GError **error)
{
    g_return_val_if_fail(n_rows <= self->height - self->n_rows, FALSE);

    errno = 0;
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return report(self, error);
    for (guint i = 0; i < n_rows; i++)
        png_write_row(self->png, rgba + (gsize) i * self->width * 4);
    self->n_rows += n_rows;
    return TRUE;
}

/**
 * lac_png_writer_finish:
 * @self: a writer that was given all rows
 * @error: return location for a #GError
 *
 * Completes the file, flushes it to disk and gives it its name.
 *
 * Returns: %TRUE, or %FALSE with @error set and the old file untouched
 */
gboolean
lac_png_writer_finish(LacPngWriter *self, GError **error)
{
    g_return_val_if_fail(self->n_rows == self->height, FALSE);

    errno = 0;
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return report(self, error);
    png_write_end(self->png, self->info);
    gboolean flushed = fflush(self->file) == 0 && fsync(fileno(self->file)) == 0;
    int code = errno;
    if (fclose(g_steal_pointer(&self->file)) != 0 && flushed) {
        flushed = FALSE;
        code = errno;
    }
    if (flushed && g_rename(self->temporary, self->path) == 0)
        return TRUE;
    code = flushed ? errno : code;
    g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(code), "%s cannot be written: %s",
        self->path, g_strerror(code));
    return FALSE;
}

/**
 * lac_png_writer_free:
 * @self: (nullable) (transfer full): a writer; an unfinished file is removed
 */
void
lac_png_writer_free(LacPngWriter *self)
{
    if (self == NULL)
        return;
    if (self->png != NULL)
        png_destroy_write_struct(&self->png, &self->info);
    if (self->file != NULL)
        fclose(self->file);
    g_unlink(self->temporary);
    g_free(self->path);
    g_free(self->temporary);
    g_free(self);
}

// --- reading

typedef struct {
    const char *path;
    FILE *file;
    png_structp png;
    png_infop info;
    char *found; // the text
    char message[128];
} Reader;

static void
read_failed(png_structp png, png_const_charp message)
{
    Reader *self = png_get_error_ptr(png);
    g_strlcpy(self->message, message, sizeof self->message);
    png_longjmp(png, 1);
}

static void
clear_reader(Reader *self)
{
    if (self->png != NULL)
        png_destroy_read_struct(&self->png, &self->info, NULL);
    if (self->file != NULL)
        fclose(self->file);
    g_free(self->found);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, clear_reader)

static gboolean
find_text(Reader *self, const char *key, GError **error)
{
    png_textp texts = NULL;
    int n = 0;
    if (setjmp(png_jmpbuf(self->png)) != 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s is no whole PNG file: %s", self->path,
            self->message);
        return FALSE;
    }
    // A recipe is small; a file that claims more is not believed.
    png_set_chunk_malloc_max(self->png, 16 << 20);
    png_init_io(self->png, self->file);
    png_read_info(self->png, self->info);
    n = png_get_text(self->png, self->info, &texts, NULL);
    for (int i = 0; i < n; i++)
        if (g_str_equal(texts[i].key, key) && self->found == NULL)
            self->found = g_strdup(texts[i].text);
    return TRUE;
}

/**
 * lac_png_read_text:
 * @path: a PNG file
 * @key: of the text
 * @error: return location for a #GError
 *
 * Reads a text that stands before the pixels, where lac_png_writer_new() puts it.
 *
 * Returns: (transfer full): the text, or %NULL with @error set if there is none
 */
char *
lac_png_read_text(const char *path, const char *key, GError **error)
{
    g_auto(Reader) self = { .path = path, .file = g_fopen(path, "rb") };
    if (self.file == NULL) {
        int code = errno;
        g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(code), "%s cannot be read: %s",
            path, g_strerror(code));
        return NULL;
    }
    self.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, read_failed, warned);
    self.info = self.png != NULL ? png_create_info_struct(self.png) : NULL;
    if (self.info == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, "%s cannot be read: libpng %s failed",
            path, PNG_LIBPNG_VER_STRING);
        return NULL;
    }
    if (!find_text(&self, key, error))
        return NULL;
    if (self.found == NULL)
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s holds no text \"%s\"", path, key);
    return g_steal_pointer(&self.found);
}
