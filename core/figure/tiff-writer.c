// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/tiff-writer.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <tiffio.h>

#define ROWS_BYTES 65536 // of a strip, about

struct LacTiffWriter {
    char *path, *temporary; // written beside the old file and renamed
    TIFF *tiff;
    LacTiffParams params;
    guint n_rows; // written so far
    gpointer row;
    char complaint[128]; // of libtiff
};

static int keep_complaint(TIFF *tiff, void *data, const char *module, const char *format,
    va_list args) G_GNUC_PRINTF(4, 0);

static int
keep_complaint(TIFF *tiff, void *data, const char *module, const char *format, va_list args)
{
    (void) tiff;
    (void) module;
    LacTiffWriter *self = data;
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_strlcpy(self->complaint, text, sizeof self->complaint);
    return 1;
}

static gboolean
report(const LacTiffWriter *self, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be written: %s", self->path,
        self->complaint[0] != '\0' ? self->complaint : "the disk may be full");
    return FALSE;
}

static void
set_tags(LacTiffWriter *self)
{
    const LacTiffParams *p = &self->params;
    const guint n = p->has_alpha ? 4 : 3;
    const gsize row = (gsize) p->width * n * p->bits / 8;
    const guint16 extra = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(self->tiff, TIFFTAG_IMAGEWIDTH, (guint32) p->width);
    TIFFSetField(self->tiff, TIFFTAG_IMAGELENGTH, (guint32) p->height);
    TIFFSetField(self->tiff, TIFFTAG_BITSPERSAMPLE, p->bits);
    TIFFSetField(self->tiff, TIFFTAG_SAMPLESPERPIXEL, n);
    if (p->has_alpha)
        TIFFSetField(self->tiff, TIFFTAG_EXTRASAMPLES, 1, &extra);
    TIFFSetField(self->tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(self->tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(self->tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(self->tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
    TIFFSetField(self->tiff, TIFFTAG_ROWSPERSTRIP, (guint32) MAX(ROWS_BYTES / row, 1));
    TIFFSetField(self->tiff, TIFFTAG_SOFTWARE, "Lacuna " LAC_VERSION);
    if (p->description != NULL)
        TIFFSetField(self->tiff, TIFFTAG_IMAGEDESCRIPTION, p->description);
    if (p->dpi > 0.0) {
        TIFFSetField(self->tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
        TIFFSetField(self->tiff, TIFFTAG_XRESOLUTION, p->dpi);
        TIFFSetField(self->tiff, TIFFTAG_YRESOLUTION, p->dpi);
    }
}

/**
 * lac_tiff_writer_new:
 * @path: the file
 * @params: size and kind of the picture; the description is not needed later
 * @error: return location for a #GError
 *
 * Begins a file of sRGB, compressed without loss. It appears under its name when it is finished.
 *
 * Returns: (transfer full): a writer, or %NULL with @error set
 */
LacTiffWriter *
lac_tiff_writer_new(const char *path, const LacTiffParams *params, GError **error)
{
    g_return_val_if_fail(params->bits == 8 || params->bits == 16, NULL);

    g_autoptr(LacTiffWriter) self = g_new0(LacTiffWriter, 1);
    self->path = g_strdup(path);
    self->temporary = g_strdup_printf("%s.part", path);
    self->params = *params;
    self->params.description = NULL;
    self->row = g_malloc_n(params->width, 8);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_complaint, self);
    self->tiff = TIFFOpenExt(self->temporary, "w", options);
    TIFFOpenOptionsFree(options);
    if (self->tiff == NULL) {
        report(self, error);
        return NULL;
    }
    self->params.description = params->description;
    set_tags(self);
    self->params.description = NULL;
    return g_steal_pointer(&self);
}

static void
copy_row(const LacTiffWriter *self, const guint8 *in)
{
    const gsize value = self->params.bits / 8, kept = (self->params.has_alpha ? 4 : 3) * value;
    guint8 *out = self->row;
    for (gsize x = 0; x < self->params.width; x++)
        memcpy(out + x * kept, in + x * 4 * value, kept);
}

/**
 * lac_tiff_writer_add_rows:
 * @self: a writer
 * @rgba: (array): width x @n_rows pixels of 8 or 16 bits per value, not premultiplied
 * @n_rows: how many rows
 * @error: return location for a #GError
 *
 * Writes the next rows, from the top.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_tiff_writer_add_rows(LacTiffWriter *self, gconstpointer rgba, guint n_rows, GError **error)
{
    g_return_val_if_fail(n_rows <= self->params.height - self->n_rows, FALSE);

    const gsize line = (gsize) self->params.width * self->params.bits / 2;
    for (guint i = 0; i < n_rows; i++) {
        copy_row(self, (const guint8 *) rgba + i * line);
        if (TIFFWriteScanline(self->tiff, self->row, self->n_rows++, 0) != 1)
            return report(self, error);
    }
    return TRUE;
}

/**
 * lac_tiff_writer_finish:
 * @self: a writer that was given all rows
 * @error: return location for a #GError
 *
 * Completes the file and gives it its name.
 *
 * Returns: %TRUE, or %FALSE with @error set and the old file untouched
 */
gboolean
lac_tiff_writer_finish(LacTiffWriter *self, GError **error)
{
    g_return_val_if_fail(self->n_rows == self->params.height, FALSE);

    gboolean written = TIFFFlush(self->tiff) == 1;
    TIFFClose(g_steal_pointer(&self->tiff));
    if (!written || self->complaint[0] != '\0')
        return report(self, error);
    if (g_rename(self->temporary, self->path) == 0)
        return TRUE;
    int code = errno;
    g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(code), "%s cannot be written: %s",
        self->path, g_strerror(code));
    return FALSE;
}

/**
 * lac_tiff_writer_free:
 * @self: (nullable) (transfer full): a writer; an unfinished file is removed
 */
void
lac_tiff_writer_free(LacTiffWriter *self)
{
    if (self == NULL)
        return;
    if (self->tiff != NULL)
        TIFFClose(self->tiff);
    g_unlink(self->temporary);
    g_free(self->path);
    g_free(self->temporary);
    g_free(self->row);
    g_free(self);
}
