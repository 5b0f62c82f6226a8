// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of grey images in TIFF and BigTIFF files, as cameras, ImageJ and this program write them.
#include "core/io/bytes.h"
#include "core/io/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>

#define MOST_PAGES     65535
#define BEST_RATIO     2000 // of compression; more is a trick
#define BIG_TIFF_BYTES ((guint64) 4000 << 20)
#define ROWS_BYTES     65536 // [bytes] per strip written

typedef struct {
    guint64 offset; // of its directory
    LacValueType type;
    gboolean is_compressed;
} Page;

typedef struct {
    const char *path;
    TIFF *tiff;
    char *complaint;           // (nullable) the last one of libtiff
    guint64 file_size, budget; // [bytes]
    gboolean big_endian;
    gsize width, height;
    GArray *pages; // of Page
    gsize n_planes;
    guint64 plain_offset; // of ImageJ's values that follow each other; 0: a directory per plane
    double spacing[3];    // [Å] along x, y, z
    gboolean is_inverted; // white is stored as 0
} Stack;

static const char *const suffixes[] = { "tif", "tiff", "btf", NULL };

static void
stack_clear(Stack *self)
{
    if (self->tiff != NULL)
        TIFFClose(self->tiff);
    g_clear_pointer(&self->pages, g_array_unref);
    g_free(self->complaint);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stack, stack_clear)

static int keep_complaint(TIFF *tiff, void *data, const char *module, const char *format,
    va_list args) G_GNUC_PRINTF(4, 0);

static int
keep_complaint(TIFF *tiff, void *data, const char *module, const char *format, va_list args)
{
    (void) tiff;
    (void) module;
    Stack *self = data;
    g_autofree char *text = g_strdup_vprintf(format, args);
    const char *rest = g_str_has_prefix(text, self->path) ? text + strlen(self->path) : text;
    g_free(self->complaint);
    self->complaint = g_utf8_make_valid(rest + strspn(rest, ": "), -1);
    g_strdelimit(self->complaint, "\r\n", ' ');
    return 1;
}

static int
ignore_warning(TIFF *tiff, void *data, const char *module, const char *format, va_list args)
{
    (void) tiff;
    (void) data;
    (void) module;
    (void) format;
    (void) args;
    return 1;
}

static void
set_complaint(const Stack *self, const char *what, GError **error)
{
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "%s%s%s", what,
        self->complaint != NULL ? ": " : "", self->complaint != NULL ? self->complaint : "");
}

// Without memory mapping: a file that shrinks must give an error and not a signal.
static TIFF *
open_tiff(Stack *self, const char *mode)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (self->budget > 0)
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t) MIN(self->budget, G_MAXSSIZE));
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_complaint, self);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, self);
    TIFF *tiff = TIFFOpenExt(self->path, mode, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static gboolean
tiff_sniff(const char *path, const guint8 *head, gsize n_head)
{
    (void) path;
    return n_head >= 8 &&
        (memcmp(head, "II*\0", 4) == 0 || memcmp(head, "MM\0*", 4) == 0 ||
            memcmp(head, "II+\0", 4) == 0 || memcmp(head, "MM\0+", 4) == 0);
}

static gboolean
choose_type(guint16 bits, guint16 format, LacValueType *type)
{
    static const struct {
        guint16 bits, format;
        LacValueType type;
    } known[] = {
        { 8, SAMPLEFORMAT_UINT, LAC_VALUE_UINT8 },
        { 8, SAMPLEFORMAT_INT, LAC_VALUE_INT8 },
        { 16, SAMPLEFORMAT_UINT, LAC_VALUE_UINT16 },
        { 16, SAMPLEFORMAT_INT, LAC_VALUE_INT16 },
        { 16, SAMPLEFORMAT_IEEEFP, LAC_VALUE_FLOAT16 },
        { 32, SAMPLEFORMAT_UINT, LAC_VALUE_UINT32 },
        { 32, SAMPLEFORMAT_INT, LAC_VALUE_INT32 },
        { 32, SAMPLEFORMAT_IEEEFP, LAC_VALUE_FLOAT32 },
        { 64, SAMPLEFORMAT_UINT, LAC_VALUE_UINT64 },
        { 64, SAMPLEFORMAT_INT, LAC_VALUE_INT64 },
        { 64, SAMPLEFORMAT_IEEEFP, LAC_VALUE_FLOAT64 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].bits == bits &&
            (known[i].format == format ||
                (format == SAMPLEFORMAT_VOID && known[i].format == SAMPLEFORMAT_UINT))) {
            *type = known[i].type;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_readable_compression(guint16 compression)
{
    static const guint16 known[] = { COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_DEFLATE,
        COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS, COMPRESSION_ZSTD, COMPRESSION_LZMA };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i] == compression)
            return TRUE;
    return FALSE;
}

// Fills @page from the current directory and checks that its values can be read.
static gboolean
parse_page(Stack *self, Page *page, gsize *width, gsize *height, GError **error)
{
    guint32 w = 0, h = 0;
    guint16 bits = 1, n_samples = 1, format = SAMPLEFORMAT_UINT, compression = COMPRESSION_NONE;
    guint16 photometric = PHOTOMETRIC_MINISBLACK;
    TIFFGetField(self->tiff, TIFFTAG_IMAGEWIDTH, &w);
    TIFFGetField(self->tiff, TIFFTAG_IMAGELENGTH, &h);
    TIFFGetFieldDefaulted(self->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(self->tiff, TIFFTAG_SAMPLESPERPIXEL, &n_samples);
    TIFFGetFieldDefaulted(self->tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(self->tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetField(self->tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    *width = w;
    *height = h;
    guint k = self->pages->len + 1;
    if (w == 0 || h == 0) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path, "image %u has %u x %u pixels", k, h,
            w);
        return FALSE;
    }
    if (n_samples != 1) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->path,
            "image %u has %u values per pixel, and only grey images are read", k, n_samples);
        return FALSE;
    }
    if (!choose_type(bits, format, &page->type)) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->path,
            "image %u has values of %u bits in sample format %u, which are not read", k, bits,
            format);
        return FALSE;
    }
    if (!is_readable_compression(compression)) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->path,
            "image %u is compressed by method %u, which is not read", k, compression);
        return FALSE;
    }
    page->is_compressed = compression != COMPRESSION_NONE;
    page->offset = TIFFCurrentDirOffset(self->tiff);
    self->is_inverted = self->is_inverted || photometric == PHOTOMETRIC_MINISWHITE;
    return TRUE;
}

static gboolean
is_thumbnail(TIFF *tiff)
{
    guint32 kind = 0;
    return TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & FILETYPE_REDUCEDIMAGE) != 0;
}

static gboolean
add_page(Stack *self, GError **error)
{
    Page page = { 0 };
    gsize width, height;
    if (self->pages->len > 0 && is_thumbnail(self->tiff))
        return TRUE;
    if (!parse_page(self, &page, &width, &height, error))
        return FALSE;
    if (self->pages->len == 0) {
        self->width = width;
        self->height = height;
    }
    if (width != self->width || height != self->height) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
            "image %u has %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
            " pixels, unlike the first with %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT,
            self->pages->len + 1, height, width, self->height, self->width);
        return FALSE;
    }
    if (self->pages->len == MOST_PAGES) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, self->path, "it has more than %d images",
            MOST_PAGES);
        return FALSE;
    }
    g_array_append_val(self->pages, page);
    return TRUE;
}

// libtiff notices when the chain of directories loops, and then reads no further.
static gboolean
list_pages(Stack *self, GError **error)
{
    if (!add_page(self, error))
        return FALSE;
    while (!TIFFLastDirectory(self->tiff)) {
        g_clear_pointer(&self->complaint, g_free);
        if (!TIFFReadDirectory(self->tiff)) {
            set_complaint(self, "its list of images is damaged", error);
            return FALSE;
        }
        if (!add_page(self, error))
            return FALSE;
    }
    return TRUE;
}

// The value of "key=..." on a line of ImageJ's description.
static char *
dup_imagej_value(const char *description, const char *key)
{
    gsize n = strlen(key);
    for (const char *line = description; line != NULL;) {
        if (strncmp(line, key, n) == 0 && line[n] == '=')
            return g_strndup(line + n + 1, strcspn(line + n + 1, "\r\n"));
        line = strchr(line, '\n');
        line += line != NULL ? 1 : 0;
    }
    return NULL;
}

static double
parse_imagej_number(const char *description, const char *key)
{
    g_autofree char *text = dup_imagej_value(description, key);
    double v = text != NULL ? g_ascii_strtod(text, NULL) : 0.0;
    return isfinite(v) ? v : 0.0;
}

// [Å] of a unit of length, or 0.
static double
get_unit_length(const char *unit)
{
    static const struct {
        const char *name;
        double length;
    } units[] = { { "angstrom", 1.0 }, { "Angstrom", 1.0 }, { "A", 1.0 }, { "Å", 1.0 },
        { "\\u00C5", 1.0 }, { "\\u00c5", 1.0 }, { "pm", 0.01 }, { "nm", 10.0 }, { "um", 1e4 },
        { "µm", 1e4 }, { "\\u00B5m", 1e4 }, { "micron", 1e4 } };
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_equal(unit, units[i].name))
            return units[i].length;
    return 0.0;
}

// Resolutions in pixels per centimetre count only where they are those of a microscope: cameras
// and drawing programs fill in that of a screen.
static void
parse_spacing(Stack *self, const char *description, gboolean is_imagej)
{
    float x = 0.0f, y = 0.0f;
    guint16 resolution_unit = RESUNIT_NONE;
    TIFFGetField(self->tiff, TIFFTAG_XRESOLUTION, &x);
    TIFFGetField(self->tiff, TIFFTAG_YRESOLUTION, &y);
    TIFFGetField(self->tiff, TIFFTAG_RESOLUTIONUNIT, &resolution_unit);
    g_autofree char *unit = is_imagej ? dup_imagej_value(description, "unit") : NULL;
    double length = unit != NULL                ? get_unit_length(unit)
        : resolution_unit == RESUNIT_CENTIMETER ? 1e8
                                                : 0.0;
    if (!isfinite(x) || !isfinite(y) || x <= 0.0f || y <= 0.0f || length <= 0.0)
        return;
    double pixel[3] = { length / (double) x, length / (double) y, 0.0 };
    double depth = is_imagej ? parse_imagej_number(description, "spacing") * length : 0.0;
    if ((unit == NULL && pixel[0] > 100.0) || !isfinite(pixel[0]) || !isfinite(pixel[1]))
        return;
    // The resolution has single precision, the spacing in the text has not.
    for (guint i = 0; i < 2; i++)
        if (fabs(pixel[i] - depth) <= 1e-5 * depth)
            pixel[i] = depth;
    pixel[2] = depth > 0.0 ? depth : pixel[0];
    memcpy(self->spacing, pixel, sizeof pixel);
}

// ImageJ writes stacks above 4 GB as one directory and values that follow each other.
static gboolean
find_plain_values(Stack *self, LacInput *input, const char *description)
{
    const Page *page = &g_array_index(self->pages, Page, 0);
    double n = parse_imagej_number(description, "images");
    guint64 *offsets = NULL, n_values;
    if (self->pages->len != 1 || page->is_compressed || n < 2.0 || n > 1e9 ||
        TIFFIsTiled(self->tiff) || !TIFFGetField(self->tiff, TIFFTAG_STRIPOFFSETS, &offsets) ||
        offsets == NULL || offsets[0] == 0)
        return FALSE;
    if (!g_uint64_checked_mul(&n_values, (guint64) self->width * self->height, (guint64) n) ||
        !lac_input_holds(input, offsets[0], n_values, lac_value_get_size(page->type)))
        return FALSE;
    self->plain_offset = offsets[0];
    self->n_planes = (gsize) n;
    return TRUE;
}

static gboolean
check_pages(Stack *self, GError **error)
{
    guint64 n_pixels = (guint64) self->width * self->height, claimed = 0, bytes;
    gboolean fits = TRUE;
    for (guint i = 0; i < self->pages->len && fits; i++) {
        const Page *page = &g_array_index(self->pages, Page, i);
        fits = g_uint64_checked_mul(&bytes, n_pixels, lac_value_get_size(page->type)) &&
            g_uint64_checked_add(&claimed, claimed, bytes) &&
            (page->is_compressed || bytes <= self->file_size);
    }
    if (fits && claimed / BEST_RATIO <= self->budget)
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, self->path,
        "%u images of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
        " pixels cannot come from its %" G_GUINT64_FORMAT " bytes",
        self->pages->len, self->height, self->width, self->file_size);
    return FALSE;
}

static gboolean
open_stack(Stack *self, const char *path, GError **error)
{
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL)
        return FALSE;
    self->path = path;
    self->file_size = input->size;
    self->budget = lac_io_get_budget(input->size);
    self->pages = g_array_new(FALSE, TRUE, sizeof(Page));
    self->tiff = open_tiff(self, "rm");
    if (self->tiff == NULL) {
        set_complaint(self, "it is not a readable TIFF file", error);
        return FALSE;
    }
    self->big_endian = TIFFIsBigEndian(self->tiff) != 0;
    if (!list_pages(self, error))
        return FALSE;
    self->n_planes = self->pages->len;
    if (!TIFFSetSubDirectory(self->tiff, g_array_index(self->pages, Page, 0).offset)) {
        set_complaint(self, "its first image is damaged", error);
        return FALSE;
    }
    char *stored = NULL;
    TIFFGetField(self->tiff, TIFFTAG_IMAGEDESCRIPTION, &stored);
    g_autofree char *description = g_strdup(stored != NULL ? stored : "");
    gboolean is_imagej = g_str_has_prefix(description, "ImageJ=");
    parse_spacing(self, description, is_imagej);
    return (is_imagej && find_plain_values(self, input, description)) || check_pages(self, error);
}

static void
get_shape(const Stack *self, gsize shape[3])
{
    shape[0] = self->n_planes;
    shape[1] = self->height;
    shape[2] = self->width;
}

static gboolean
tiff_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_auto(Stack) stack = { 0 };
    if (!open_stack(&stack, path, error))
        return FALSE;
    LacFileItem *item = lac_file_info_add(info, LAC_ITEM_ARRAY, "");
    const Page *page = &g_array_index(stack.pages, Page, 0);
    item->n_dims = 3;
    get_shape(&stack, item->shape);
    memcpy(item->spacing, stack.spacing, sizeof stack.spacing);
    g_free(item->type);
    item->type = g_strdup_printf("%s%s%s", lac_value_get_name(page->type),
        stack.big_endian && lac_value_get_size(page->type) > 1 ? ", big-endian" : "",
        page->is_compressed ? ", compressed" : "");
    if (stack.is_inverted)
        item->note = g_strdup("white is stored as 0; the values are taken as stored");
    return TRUE;
}

// @out is (height, width), or NULL to see only whether everything can be decoded.
static gboolean
read_rows(Stack *self, const Page *page, gpointer row, float *out)
{
    for (gsize y = 0; y < self->height; y++) {
        if (TIFFReadScanline(self->tiff, row, (guint32) y, 0) != 1)
            return FALSE;
        if (out != NULL)
            lac_values_to_floats(page->type, G_BYTE_ORDER == G_BIG_ENDIAN, row, self->width,
                out + y * self->width);
    }
    return TRUE;
}

static gboolean
read_tiles(Stack *self, const Page *page, guint8 *tile, float *out)
{
    guint32 tile_width = 0, tile_height = 0;
    TIFFGetField(self->tiff, TIFFTAG_TILEWIDTH, &tile_width);
    TIFFGetField(self->tiff, TIFFTAG_TILELENGTH, &tile_height);
    gsize size = lac_value_get_size(page->type);
    for (gsize y = 0; y < self->height; y += tile_height) {
        for (gsize x = 0; x < self->width; x += tile_width) {
            if (TIFFReadTile(self->tiff, tile, (guint32) x, (guint32) y, 0, 0) < 0)
                return FALSE;
            gsize n_columns = MIN(tile_width, self->width - x);
            gsize n_rows = MIN(tile_height, self->height - y);
            for (gsize r = 0; r < n_rows && out != NULL; r++)
                lac_values_to_floats(page->type, G_BYTE_ORDER == G_BIG_ENDIAN,
                    tile + r * tile_width * size, n_columns, out + (y + r) * self->width + x);
        }
    }
    return TRUE;
}

static gboolean
read_page(Stack *self, guint k, float *out, GError **error)
{
    const Page *page = &g_array_index(self->pages, Page, k);
    g_autofree char *what = g_strdup_printf("image %u cannot be decoded", k + 1);
    g_clear_pointer(&self->complaint, g_free);
    if (!TIFFSetSubDirectory(self->tiff, page->offset)) {
        set_complaint(self, what, error);
        return FALSE;
    }
    gboolean is_tiled = TIFFIsTiled(self->tiff) != 0;
    guint64 bytes = is_tiled ? TIFFTileSize64(self->tiff) : TIFFScanlineSize64(self->tiff);
    guint32 tile_width = 0, tile_height = 0;
    if (is_tiled &&
        (!TIFFGetField(self->tiff, TIFFTAG_TILEWIDTH, &tile_width) ||
            !TIFFGetField(self->tiff, TIFFTAG_TILELENGTH, &tile_height)))
        bytes = 0;
    guint64 least = lac_value_get_size(page->type) *
        (is_tiled ? (guint64) tile_width * tile_height : (guint64) self->width);
    guint8 *block =
        bytes >= least && least > 0 && bytes <= self->budget ? g_try_malloc((gsize) bytes) : NULL;
    gboolean done = block != NULL &&
        (is_tiled ? read_tiles(self, page, block, out) : read_rows(self, page, block, out));
    g_free(block);
    if (!done)
        set_complaint(self, what, error);
    return done;
}

static gboolean
read_pages(Stack *self, float *out, double first, double last, LacProgress *progress,
    GError **error)
{
    gsize n_pixels = self->width * self->height;
    for (guint k = 0; k < self->pages->len; k++) {
        double fraction = first + (last - first) * (k + 1) / self->pages->len;
        if (!read_page(self, k, out != NULL ? out + k * n_pixels : NULL, error) ||
            !lac_progress_update(progress, fraction, error))
            return FALSE;
    }
    return TRUE;
}

static LacArray *
tiff_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    gsize shape[3], n;
    g_auto(Stack) stack = { 0 };
    if (!lac_io_refuse_item(path, item, error) || !open_stack(&stack, path, error))
        return NULL;
    get_shape(&stack, shape);
    if (!lac_check_shape(shape[0], shape[1], shape[2], &n, error))
        return NULL;
    // A small compressed file may promise a large image: see whether it keeps the promise first.
    gboolean is_bold = n > stack.budget / sizeof(float) && stack.plain_offset == 0;
    double begin = is_bold ? 0.5 : 0.0;
    if (is_bold && !read_pages(&stack, NULL, 0.0, begin, progress, error))
        return NULL;
    g_autoptr(LacArray) array = lac_array_new(3, shape, error);
    if (array == NULL)
        return NULL;
    memcpy(array->spacing, stack.spacing, sizeof stack.spacing);
    if (stack.plain_offset == 0) {
        if (!read_pages(&stack, array->buffer->data, begin, 1.0, progress, error))
            return NULL;
        return g_steal_pointer(&array);
    }
    g_autoptr(LacInput) input = lac_input_open(path, error);
    if (input == NULL ||
        !lac_input_read_floats(input, stack.plain_offset, g_array_index(stack.pages, Page, 0).type,
            stack.big_endian, n, array->buffer->data, progress, error))
        return NULL;
    return g_steal_pointer(&array);
}

// ImageJ's description carries the voxel size with all its digits.
static char *
make_description(const LacArray *array, gsize n_planes)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    double spacing = array->spacing[0];
    if (spacing <= 0.0)
        return g_strdup("Lacuna " LAC_VERSION);
    return g_strdup_printf("ImageJ=1.53\nimages=%" G_GSIZE_FORMAT "\nslices=%" G_GSIZE_FORMAT
                           "\nunit=Angstrom\nspacing=%s\nloop=false\nLacuna " LAC_VERSION "\n",
        n_planes, n_planes, lac_text_format_number(spacing, text));
}

static gboolean
write_page(TIFF *tiff, const LacArray *array, const gsize shape[3], gsize k,
    const char *description)
{
    guint32 n_rows = (guint32) CLAMP(ROWS_BYTES / (shape[2] * sizeof(float)), 1, shape[1]);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (guint32) shape[2]);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (guint32) shape[1]);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, n_rows);
    if (k == 0)
        TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, description);
    if (array->spacing[0] > 0.0) {
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 1.0 / array->spacing[0]);
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION,
            1.0 / (array->spacing[1] > 0.0 ? array->spacing[1] : array->spacing[0]));
    }
    g_autofree float *row = g_new(float, shape[2]);
    for (gsize y = 0; y < shape[1]; y++) {
        // libtiff may swap the bytes of what it is given.
        memcpy(row, array->buffer->data + (k * shape[1] + y) * shape[2], shape[2] * sizeof *row);
        if (TIFFWriteScanline(tiff, row, (guint32) y, 0) != 1)
            return FALSE;
    }
    return TIFFWriteDirectory(tiff) != 0;
}

static gboolean
tiff_write(const LacArray *array, const char *path, LacProgress *progress, GError **error)
{
    gsize shape[3] = { 1, 1, 1 };
    if (array->n_dims > 3 || array->n_dims < 1 ||
        array->shape[array->n_dims - 1] > G_MAXINT32 / 4 || array->shape[0] > G_MAXINT32 / 4) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "a TIFF file holds images of up to 2^29 rows and columns, and no more dimensions");
        return FALSE;
    }
    for (guint i = 0; i < array->n_dims; i++)
        shape[3 - array->n_dims + i] = array->shape[i];
    g_auto(Stack) stack = { .path = path };
    guint64 bytes = (guint64) shape[0] * shape[1] * shape[2] * sizeof(float);
    stack.tiff = open_tiff(&stack, bytes > BIG_TIFF_BYTES ? "wl8" : "wl");
    if (stack.tiff == NULL) {
        lac_io_set_errno(error, path, "cannot be written", errno != 0 ? errno : EIO);
        return FALSE;
    }
    g_autofree char *description = make_description(array, shape[0]);
    for (gsize k = 0; k < shape[0]; k++) {
        errno = 0;
        if (!write_page(stack.tiff, array, shape, k, description)) {
            lac_io_set_errno(error, path, "cannot be written", errno != 0 ? errno : EIO);
            return FALSE;
        }
        if (!lac_progress_update(progress, (double) (k + 1) / (double) shape[0], error))
            return FALSE;
    }
    return TRUE;
}

const LacFormat lac_format_tiff = {
    .id = "tiff",
    .name = "TIFF",
    .suffixes = suffixes,
    .sniff = tiff_sniff,
    .info = tiff_info,
    .read_array = tiff_read,
    .write_array = tiff_write,
};
