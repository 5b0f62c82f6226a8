// SPDX-License-Identifier: GPL-3.0-or-later
// What stands over a picture: lengths that are nice, the same shapes on pixels and on pages.
#include "core/figure/overlay.h"
#include "core/figure/page.h"
#include "core/figure/png.h"
#include "core/figure/tiff-writer.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>

#define W 240
#define H 160

static const LacOverlayName names[] = { { "Zr", { 0.6f, 0.9f, 0.9f } },
    { "O", { 1.0f, 0.1f, 0.1f } } };
static const LacOverlayLabel labels[] = { { 40.0, 30.0, 20.0, -10.0, "grain <1>" },
    { 60.0, 40.0, 0.0, 0.0, "pore" } };

// A picture of 120 x 80 points, ten points to an ångström.
static LacOverlayPicture
make_picture(void)
{
    return (LacOverlayPicture){ .width = 120.0,
        .height = 80.0,
        .pt_per_angstrom = 10.0,
        .is_calibrated = TRUE,
        .axes = { { 1.0, 0.0, 0.0 }, { 0.0, 0.8, 0.6 }, { 0.0, -0.6, 0.8 } },
        .background = { 1.0f, 1.0f, 1.0f },
        .has_colors = TRUE,
        .lo = -1.0,
        .hi = 2.0,
        .names = names,
        .n_names = G_N_ELEMENTS(names),
        .labels = labels,
        .n_labels = G_N_ELEMENTS(labels) };
}

static LacOverlayParams
make_params(void)
{
    LacOverlayParams params = lac_overlay_params_default();
    params.tripod = params.color_bar = params.legend = TRUE;
    params.text_size = 6.0;
    g_strlcpy(params.panel, "a", sizeof params.panel);
    return params;
}

static LacDrawing *
make_drawing(void)
{
    const LacOverlayParams params = make_params();
    const LacOverlayPicture picture = make_picture();
    return lac_overlay_draw(&params, &picture);
}

static void
test_scale_bar(void)
{
    LacOverlayParams params = lac_overlay_params_default();
    LacOverlayPicture picture = make_picture();
    // A quarter of 120 points are 3 ångströms, of which 2 is nice.
    g_assert_cmpfloat(lac_overlay_get_scale_bar_length(&params, &picture), ==, 2.0);
    picture.pt_per_angstrom = 0.1;
    g_assert_cmpfloat(lac_overlay_get_scale_bar_length(&params, &picture), ==, 200.0);
    params.scale_bar_length = 70.0;
    picture.n_labels = 0;
    g_autoptr(LacDrawing) drawing = lac_overlay_draw(&params, &picture);
    g_assert_cmpuint(drawing->shapes->len, ==, 2);
    const LacDrawingShape *bar = &g_array_index(drawing->shapes, LacDrawingShape, 0);
    const LacDrawingShape *text = &g_array_index(drawing->shapes, LacDrawingShape, 1);
    g_assert_cmpfloat_with_epsilon(bar->x2 - bar->x, 7.0, 1e-9);
    g_assert_cmpfloat(bar->x2, <, 120.0);
    g_assert_cmpstr(text->text, ==, "7 nm");
    picture.is_perspective = TRUE;
    g_autoptr(LacDrawing) near = lac_overlay_draw(&params, &picture);
    g_assert_cmpstr(g_array_index(near->shapes, LacDrawingShape, 1).text, ==, "7 nm at the centre");
    picture.is_calibrated = FALSE;
    g_autoptr(LacDrawing) voxels = lac_overlay_draw(&params, &picture);
    g_assert_nonnull(strstr(g_array_index(voxels->shapes, LacDrawingShape, 1).text, "70 voxels"));
}

// Nothing of the picture lies outside of it.
static void
test_inside(void)
{
    g_autoptr(LacDrawing) drawing = make_drawing();
    for (guint i = 0; i < drawing->shapes->len; i++) {
        const LacDrawingShape *s = &g_array_index(drawing->shapes, LacDrawingShape, i);
        double left = s->x, right = s->x;
        if (s->kind == LAC_DRAWING_TEXT) {
            double w = lac_drawing_measure(drawing, s->text, s->x2, s->is_bold);
            left -= s->anchor == LAC_TEXT_END ? w : s->anchor == LAC_TEXT_MIDDLE ? 0.5 * w : 0.0;
            right = left + w;
        }
        g_assert_cmpfloat(left, >=, 0.0);
        g_assert_cmpfloat(right, <=, 120.0);
        g_assert_cmpfloat(s->y, >=, 0.0);
        g_assert_cmpfloat(s->y, <=, 80.0);
    }
}

static guint8 *
paint(const LacDrawing *drawing, guint w, guint h, guint rows)
{
    guint8 *rgba = g_malloc((gsize) w * h * 4);
    memset(rgba, 255, (gsize) w * h * 4);
    for (guint y = 0; y < h; y += rows)
        lac_drawing_paint_rows(drawing, w, h, y, MIN(rows, h - y), 8, rgba + (gsize) y * w * 4);
    return rgba;
}

// However the picture is divided, the same pixels; larger, the same picture.
static void
test_rows(void)
{
    g_autoptr(LacDrawing) drawing = make_drawing();
    g_autofree guint8 *whole = paint(drawing, W, H, H), *strips = paint(drawing, W, H, 37);
    g_assert_true(memcmp(whole, strips, W * H * 4) == 0);
    g_autofree guint8 *large = paint(drawing, 4 * W, 4 * H, 64);
    double difference = 0.0;
    for (guint y = 0; y < H; y++)
        for (guint x = 0; x < W; x++)
            for (guint c = 0; c < 3; c++) {
                double mean = 0.0;
                for (guint j = 0; j < 4; j++)
                    for (guint i = 0; i < 4; i++)
                        mean += large[((4 * y + j) * 4 * W + 4 * x + i) * 4 + c] / 16.0;
                difference += fabs(mean - whole[(y * W + x) * 4 + c]) / (3.0 * W * H);
            }
    g_test_message("mean difference %.3f of 255", difference);
    g_assert_cmpfloat(difference, <, 0.01 * 255.0);
}

// What is opaque stays so, what is transparent gets the shape's opacity; 16 bits as 8.
static void
test_blend(void)
{
    g_autoptr(LacDrawing) drawing = lac_drawing_new(4.0, 1.0, "DejaVu Sans");
    lac_drawing_add(drawing,
        &(LacDrawingShape){ .kind = LAC_DRAWING_RECT,
            .x = 1.0,
            .y = 0.0,
            .x2 = 2.5,
            .y2 = 1.0,
            .color = { 1.0f, 0.0f, 0.0f } });
    guint8 clear[16] = { 0 };
    guint16 deep[16];
    memset(deep, 255, sizeof deep);
    lac_drawing_paint_rows(drawing, 4, 1, 0, 1, 8, clear);
    lac_drawing_paint_rows(drawing, 4, 1, 0, 1, 16, deep);
    g_assert_cmpuint(clear[3], ==, 0);
    g_assert_cmpuint(clear[4], ==, 255);
    g_assert_cmpuint(clear[7], ==, 255);
    g_assert_cmpuint(clear[8], ==, 255);
    g_assert_cmpuint(ABS((int) clear[11] - 128), <=, 1);
    g_assert_cmpuint(deep[5], ==, 0);
    g_assert_cmpuint(ABS((int) deep[9] - 32768), <, 300);
    g_assert_cmpuint(deep[11], ==, 65535);
}

static LacPage *
make_page(void)
{
    g_autofree guint8 *rgba = g_malloc0(W * H * 4);
    LacPage *page = lac_page_new(W, H, FALSE, NULL);
    for (gsize i = 3; i < W * H * 4; i += 4)
        rgba[i] = 255;
    lac_page_add_rows(page, rgba, H / 2);
    lac_page_add_rows(page, rgba, H - H / 2);
    return page;
}

// The text of a PDF, or NULL without the program that reads it.
static char *
dup_pdf_text(const char *path)
{
    g_autofree char *program = g_find_program_in_path("pdftotext");
    char *out = NULL;
    if (program == NULL)
        return NULL;
    const char *argv[] = { program, path, "-", NULL };
    g_assert_true(g_spawn_sync(NULL, (char **) (guintptr) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL,
        &out, NULL, NULL, NULL));
    return out;
}

static void
test_pages(void)
{
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", NULL);
    g_autofree char *pdf = g_build_filename(folder, "a.pdf", NULL);
    g_autofree char *svg = g_build_filename(folder, "a.svg", NULL);
    g_autoptr(LacDrawing) drawing = make_drawing();
    g_autoptr(LacPage) page = make_page();
    const LacPageNotes notes = { 120.0, 80.0, "a <recipe>", "atoms=sha256:0" };
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_page_write_pdf(page, drawing, &notes, pdf, &error));
    g_assert_true(lac_page_write_svg(page, drawing, &notes, svg, &error));
    g_autofree char *bytes = NULL, *text = NULL, *words = dup_pdf_text(pdf);
    gsize n;
    g_assert_true(g_file_get_contents(svg, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, ">grain &lt;1&gt;</text>"));
    g_assert_nonnull(strstr(text, ">0.2 nm</text>"));
    g_assert_nonnull(strstr(text, "<desc>a &lt;recipe&gt;</desc>"));
    g_assert_nonnull(strstr(text, "data:image/png;base64,"));
    g_assert_true(g_file_get_contents(pdf, &bytes, &n, NULL));
    g_assert_nonnull(memmem(bytes, n, "/FontFile", 9)); // the font is inside
    g_assert_false(lac_page_write_pdf(page, drawing, &notes, "/nonexistent/a.pdf", &error));
    g_assert_nonnull(strstr(error->message, "/nonexistent/a.pdf"));
    if (words != NULL)
        g_assert_nonnull(strstr(words, "0.2 nm"));
    else
        g_test_message("pdftotext is not installed");
    g_unlink(pdf);
    g_unlink(svg);
    g_rmdir(folder);
}

static void
test_tiff(void)
{
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.tif", NULL);
    const guint16 in[2][8] = { { 0, 1, 2, 3, 65535, 256, 257, 258 }, { 9, 8, 7, 6, 5, 4, 3, 2 } };
    const LacTiffParams params = { .width = 2,
        .height = 2,
        .bits = 16,
        .has_alpha = TRUE,
        .dpi = 300.0,
        .description = "how" };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacTiffWriter) writer = lac_tiff_writer_new(path, &params, &error);
    g_assert_true(lac_tiff_writer_add_rows(writer, in[0], 1, &error));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(lac_tiff_writer_add_rows(writer, in[1], 1, &error));
    g_assert_true(lac_tiff_writer_finish(writer, &error));
    TIFF *tiff = TIFFOpen(path, "r");
    guint16 bits = 0, n = 0, row[8];
    float dpi = 0.0f;
    char *description = NULL;
    TIFFGetField(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetField(tiff, TIFFTAG_SAMPLESPERPIXEL, &n);
    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &dpi);
    TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &description);
    g_assert_cmpuint(bits, ==, 16);
    g_assert_cmpuint(n, ==, 4);
    g_assert_cmpfloat((double) dpi, ==, 300.0);
    g_assert_cmpstr(description, ==, "how");
    for (guint y = 0; y < 2; y++) {
        g_assert_cmpint(TIFFReadScanline(tiff, row, y, 0), ==, 1);
        g_assert_true(memcmp(row, in[y], sizeof row) == 0);
    }
    TIFFClose(tiff);
    g_unlink(path);
    g_assert_null(lac_tiff_writer_new("/nonexistent/a.tif", &params, &error));
    g_assert_nonnull(strstr(error->message, "/nonexistent/a.tif"));
    g_rmdir(folder);
}

static void
test_png_text(void)
{
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.png", NULL);
    const char *text[] = { "Lacuna recipe", "Å = 1\nµ", "Other", "o", NULL };
    const guint8 pixel[4] = { 1, 2, 3, 4 };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacPngWriter) writer = lac_png_writer_new(path, 1, 1, TRUE, 600.0, text, &error);
    g_assert_true(lac_png_writer_add_rows(writer, pixel, 1, &error));
    g_assert_true(lac_png_writer_finish(writer, &error));
    g_autofree char *found = lac_png_read_text(path, "Lacuna recipe", &error);
    g_assert_cmpstr(found, ==, text[1]);
    g_assert_null(lac_png_read_text(path, "None", &error));
    g_assert_nonnull(strstr(error->message, "\"None\""));
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, "no picture", -1, NULL));
    g_assert_null(lac_png_read_text(path, "Other", &error));
    g_assert_nonnull(strstr(error->message, "is no whole PNG file"));
    g_unlink(path);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/figure/overlay/scale-bar", test_scale_bar);
    g_test_add_func("/figure/overlay/inside", test_inside);
    g_test_add_func("/figure/overlay/rows", test_rows);
    g_test_add_func("/figure/overlay/blend", test_blend);
    g_test_add_func("/figure/overlay/pages", test_pages);
    g_test_add_func("/figure/overlay/tiff", test_tiff);
    g_test_add_func("/figure/overlay/png-text", test_png_text);
    return g_test_run();
}
