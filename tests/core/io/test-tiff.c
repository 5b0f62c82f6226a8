// SPDX-License-Identifier: GPL-3.0-or-later
// TIFF stacks of every readable type, layout, compression and byte order; ImageJ's; damage.
#include "core/error.h"
#include "core/io/format.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>
#include <tiffio.h>

#define WIDTH  37
#define HEIGHT 21

typedef struct {
    guint16 bits, format, compression, predictor;
    gboolean big_endian, is_big_tiff;
    guint tile; // 0: strips
    guint n_pages;
    const char *description;
    float resolution;
} Recipe;

// Value of a pixel, held by every type but signed ones by int8 only up to 127.
static double
value(guint k, guint y, guint x)
{
    return (double) ((k * 50 + y * 3 + x) % 128);
}

static void
put_value(guint8 *at, const Recipe *recipe, double v)
{
    if (recipe->format == SAMPLEFORMAT_IEEEFP) {
        float single = (float) v;
        memcpy(at, recipe->bits == 32 ? (gpointer) &single : (gpointer) &v, recipe->bits / 8);
        return;
    }
    guint64 whole = (guint64) v;
    for (guint i = 0; i < recipe->bits / 8u; i++)
        at[G_BYTE_ORDER == G_LITTLE_ENDIAN ? i : recipe->bits / 8u - 1 - i] =
            (guint8) (whole >> 8 * i);
}

static void
write_pixels(TIFF *tiff, const Recipe *recipe, guint k)
{
    gsize size = recipe->bits / 8;
    guint step = recipe->tile > 0 ? recipe->tile : WIDTH;
    g_autofree guint8 *block = g_malloc0(step * MAX(recipe->tile, 1) * size);
    for (guint y = 0; y < HEIGHT; y += MAX(recipe->tile, 1)) {
        for (guint x = 0; x < WIDTH; x += step) {
            for (guint j = 0; j < MAX(recipe->tile, 1); j++)
                for (guint i = 0; i < step; i++)
                    put_value(block + (j * step + i) * size, recipe, value(k, y + j, x + i));
            if (recipe->tile > 0)
                g_assert_cmpint((int) TIFFWriteTile(tiff, block, x, y, 0, 0), >, 0);
            else
                g_assert_cmpint(TIFFWriteScanline(tiff, block, y, 0), ==, 1);
        }
    }
}

static char *
make_tiff(const LacScratch *scratch, const char *name, const Recipe *recipe)
{
    g_autofree char *mode =
        g_strdup_printf("w%s%s", recipe->big_endian ? "b" : "l", recipe->is_big_tiff ? "8" : "");
    char *path = lac_scratch_path(scratch, name);
    TIFF *tiff = TIFFOpen(path, mode);
    g_assert_nonnull(tiff);
    for (guint k = 0; k < recipe->n_pages; k++) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, recipe->bits);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, recipe->format);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(tiff, TIFFTAG_COMPRESSION, recipe->compression);
        if (recipe->predictor > 0)
            TIFFSetField(tiff, TIFFTAG_PREDICTOR, recipe->predictor);
        if (recipe->description != NULL)
            TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, recipe->description);
        if (recipe->resolution > 0.0f) {
            TIFFSetField(tiff, TIFFTAG_XRESOLUTION, (double) recipe->resolution);
            TIFFSetField(tiff, TIFFTAG_YRESOLUTION, (double) recipe->resolution);
            TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
        }
        if (recipe->tile > 0) {
            TIFFSetField(tiff, TIFFTAG_TILEWIDTH, recipe->tile);
            TIFFSetField(tiff, TIFFTAG_TILELENGTH, recipe->tile);
        }
        else {
            TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 4);
        }
        write_pixels(tiff, recipe, k);
        g_assert_cmpint(TIFFWriteDirectory(tiff), ==, 1);
    }
    TIFFClose(tiff);
    return path;
}

static void
check_recipe(const LacScratch *scratch, const Recipe *recipe)
{
    g_autofree char *path = make_tiff(scratch, "a.tif", recipe);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = lac_read_series(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, recipe->n_pages);
    g_assert_cmpuint(series->nv, ==, HEIGHT);
    g_assert_cmpuint(series->nu, ==, WIDTH);
    for (guint k = 0; k < recipe->n_pages; k++)
        for (guint y = 0; y < HEIGHT; y++)
            for (guint x = 0; x < WIDTH; x++)
                g_assert_cmpfloat((double) lac_series_get_projection(series, k)[y * WIDTH + x], ==,
                    value(k, y, x));
}

static void
test_types(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const guint16 types[][2] = { { 8, SAMPLEFORMAT_UINT }, { 8, SAMPLEFORMAT_INT },
        { 16, SAMPLEFORMAT_UINT }, { 16, SAMPLEFORMAT_INT }, { 32, SAMPLEFORMAT_UINT },
        { 32, SAMPLEFORMAT_INT }, { 32, SAMPLEFORMAT_IEEEFP }, { 64, SAMPLEFORMAT_UINT },
        { 64, SAMPLEFORMAT_INT }, { 64, SAMPLEFORMAT_IEEEFP } };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        for (guint variant = 0; variant < 4; variant++)
            check_recipe(scratch,
                &(Recipe){ .bits = types[i][0],
                    .format = types[i][1],
                    .compression = COMPRESSION_NONE,
                    .big_endian = variant % 2 == 1,
                    .is_big_tiff = variant == 3,
                    .tile = variant / 2 * 16,
                    .n_pages = 3 });
}

static void
test_compressions(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const guint16 compressions[] = { COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
        COMPRESSION_DEFLATE, COMPRESSION_PACKBITS, COMPRESSION_ZSTD, COMPRESSION_LZMA };
    for (gsize i = 0; i < G_N_ELEMENTS(compressions); i++) {
        if (!TIFFIsCODECConfigured(compressions[i]))
            continue;
        for (guint variant = 0; variant < 4; variant++)
            check_recipe(scratch,
                &(Recipe){ .bits = variant < 2 ? 16 : 32,
                    .format = variant < 2 ? SAMPLEFORMAT_UINT : SAMPLEFORMAT_IEEEFP,
                    .compression = compressions[i],
                    .predictor = i < 3 ? (variant < 2 ? 2 : 3) : 0,
                    .big_endian = variant == 1,
                    .tile = variant % 2 * 16,
                    .n_pages = 2 });
    }
}

static void
check_spacing(const LacScratch *scratch, const char *description, float resolution, double pixel,
    double depth)
{
    const Recipe recipe = { .bits = 8,
        .format = SAMPLEFORMAT_UINT,
        .compression = COMPRESSION_NONE,
        .n_pages = 2,
        .description = description,
        .resolution = resolution };
    g_autofree char *path = make_tiff(scratch, "a.tif", &recipe);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    g_assert_no_error(error);
    const LacFileItem *item = g_ptr_array_index(info->items, 0);
    g_assert_cmpfloat_with_epsilon(item->spacing[0], pixel, 1e-5 * (1.0 + pixel));
    g_assert_cmpfloat_with_epsilon(item->spacing[2], depth, 1e-5 * (1.0 + depth));
}

static void
test_spacing(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    check_spacing(scratch, "ImageJ=1.53t\nimages=2\nunit=nm\nspacing=0.05\n", 20.0f, 0.5, 0.5);
    check_spacing(scratch, "ImageJ=1.53t\nimages=2\nunit=\\u00B5m\nspacing=0.001\n", 2e4f, 0.5,
        10.0);
    check_spacing(scratch, "ImageJ=1.53t\nimages=2\nunit=pixel\n", 20.0f, 0.0, 0.0);
    check_spacing(scratch, NULL, 2e8f, 0.5, 0.5);
    check_spacing(scratch, NULL, 28.35f, 0.0, 0.0); // 72 dpi
}

// Above 4 GB ImageJ writes one directory, and planes that follow each other.
static void
test_plain_imagej(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const Recipe recipe = { .bits = 8,
        .format = SAMPLEFORMAT_UINT,
        .compression = COMPRESSION_NONE,
        .n_pages = 1,
        .description = "ImageJ=1.53t\nimages=3\nslices=3\n" };
    g_autofree char *path = make_tiff(scratch, "a.tif", &recipe);
    g_autoptr(LacSeries) single = lac_read_series(path, NULL, NULL, NULL);
    g_assert_cmpuint(single->n, ==, 1); // two planes are not there
    // libtiff writes the values first, at byte 8, so that the planes lie before the directory.
    g_autofree char *contents = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &contents, &n, NULL));
    g_autoptr(GByteArray) longer = g_byte_array_new();
    g_byte_array_append(longer, (const guint8 *) contents, (guint) n);
    for (guint i = 0; i < 3 * WIDTH * HEIGHT; i++)
        g_byte_array_append(longer, &(guint8){ 9 }, 1);
    g_autofree char *stack = lac_scratch_write(scratch, "b.tif", longer->data, longer->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacSeries) series = lac_read_series(stack, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(series->n, ==, 3);
    g_assert_cmpfloat((double) series->data[1], ==, value(0, 0, 1));
    g_assert_cmpfloat(lac_series_get_projection(series, 2)[WIDTH * HEIGHT - 1], ==, 9.0f);
}

static void
put_uint32(GByteArray *out, guint32 v)
{
    v = GUINT32_TO_LE(v);
    g_byte_array_append(out, (const guint8 *) &v, 4);
}

static void
put_tag(GByteArray *out, guint16 tag, guint16 type, guint32 v)
{
    put_uint32(out, (guint32) tag | (guint32) type << 16);
    put_uint32(out, 1);
    put_uint32(out, v);
}

// One image of @size x @size bytes in a strip; the chain of directories goes on at @next.
static char *
make_bytes(const LacScratch *scratch, guint32 size, guint32 bits, guint32 n_samples, guint32 next)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_byte_array_append(out, (const guint8 *) "II*\0\x08\0\0\0\x09\0", 10);
    put_tag(out, TIFFTAG_IMAGEWIDTH, TIFF_LONG, size);
    put_tag(out, TIFFTAG_IMAGELENGTH, TIFF_LONG, size);
    put_tag(out, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, bits);
    put_tag(out, TIFFTAG_COMPRESSION, TIFF_SHORT, COMPRESSION_NONE);
    put_tag(out, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, PHOTOMETRIC_MINISBLACK);
    put_tag(out, TIFFTAG_STRIPOFFSETS, TIFF_LONG, 122);
    put_tag(out, TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, n_samples);
    put_tag(out, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, size);
    put_tag(out, TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, size * size);
    put_uint32(out, next);
    g_byte_array_set_size(out, 122 + 16);
    return lac_scratch_write(scratch, "bad.tif", out->data, out->len);
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const struct {
        guint32 size, bits, n_samples, next;
        const char *message; // NULL: it is good
    } cases[] = {
        { 4, 8, 1, 0, NULL },
        { 4, 8, 1, 8, "list of images" }, // a loop
        { 4, 8, 1, 100000, "list of images" },
        { 50, 8, 1, 0, "cannot come from" },
        { 0x7fffffff, 8, 1, 0, "" },
        { 4, 1, 1, 0, "1 bits" },
        { 4, 8, 3, 0, "3 values per pixel" },
        { 0, 8, 1, 0, "" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path =
            make_bytes(scratch, cases[i].size, cases[i].bits, cases[i].n_samples, cases[i].next);
        g_autoptr(GError) error = NULL;
        g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, &error);
        if (cases[i].message == NULL) {
            g_assert_no_error(error);
            g_assert_nonnull(volume);
            continue;
        }
        g_assert_null(volume);
        g_test_message("%s", error->message);
        g_assert_true(error->domain == LAC_ERROR);
        g_assert_nonnull(strstr(error->message, cases[i].message));
    }
}

// 4096 x 4096 zeros in a few kilobytes: more than the budget of such a file, and yet good.
static void
test_very_compressed(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *path = lac_scratch_path(scratch, "a.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 4096);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 4096);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 4096);
    g_autofree guint8 *row = g_malloc0(4096);
    for (guint y = 0; y < 4096; y++)
        TIFFWriteScanline(tiff, row, y, 0);
    TIFFClose(tiff);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lac_volume_get_size(volume), ==, 4096 * 4096);

    g_autofree char *contents = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &contents, &n, NULL));
    memset(contents + n / 8, 0xa5, n / 16); // inside the compressed values
    g_autofree char *bad = lac_scratch_write(scratch, "b.tif", contents, (gssize) n);
    g_assert_null(lac_read_volume(bad, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
}

static gboolean
read_volume(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacVolume) volume = lac_read_volume(path, NULL, NULL, error);
    return volume != NULL;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const Recipe recipes[] = {
        { .bits = 8, .format = SAMPLEFORMAT_UINT, .compression = COMPRESSION_NONE, .n_pages = 3 },
        { .bits = 16,
            .format = SAMPLEFORMAT_UINT,
            .compression = COMPRESSION_LZW,
            .predictor = 2,
            .big_endian = TRUE,
            .n_pages = 2 },
        { .bits = 32,
            .format = SAMPLEFORMAT_IEEEFP,
            .compression = COMPRESSION_ADOBE_DEFLATE,
            .tile = 16,
            .n_pages = 2 },
        { .bits = 16,
            .format = SAMPLEFORMAT_INT,
            .compression = COMPRESSION_PACKBITS,
            .is_big_tiff = TRUE,
            .n_pages = 2,
            .description = "ImageJ=1.53t\nimages=2\nunit=nm\nspacing=0.05\n" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(recipes); i++) {
        g_autofree char *path = make_tiff(scratch, "a.tif", &recipes[i]);
        LacMutateReport report = lac_mutate_check_file(path, 2500, 31 + i, read_volume, NULL);
        g_assert_cmpuint(report.n_refused, >, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TIFFSetWarningHandler(NULL);
    g_test_add("/tiff/types", LacScratch, NULL, lac_scratch_set_up, test_types,
        lac_scratch_tear_down);
    g_test_add("/tiff/compressions", LacScratch, NULL, lac_scratch_set_up, test_compressions,
        lac_scratch_tear_down);
    g_test_add("/tiff/spacing", LacScratch, NULL, lac_scratch_set_up, test_spacing,
        lac_scratch_tear_down);
    g_test_add("/tiff/plain-imagej", LacScratch, NULL, lac_scratch_set_up, test_plain_imagej,
        lac_scratch_tear_down);
    g_test_add("/tiff/refused", LacScratch, NULL, lac_scratch_set_up, test_refused,
        lac_scratch_tear_down);
    g_test_add("/tiff/very-compressed", LacScratch, NULL, lac_scratch_set_up, test_very_compressed,
        lac_scratch_tear_down);
    g_test_add("/tiff/damaged", LacScratch, NULL, lac_scratch_set_up, test_damaged,
        lac_scratch_tear_down);
    return g_test_run();
}
