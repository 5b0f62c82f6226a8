// SPDX-License-Identifier: GPL-3.0-or-later
// The verb render: sizes, modes, transparency, metadata, and what it refuses.
#include "app/cli.h"
#include "core/figure/png.h"
#include "core/io/io.h"
#include "tests/app/cli.h"
#include "tests/support/phantom.h"
#include "tests/support/picture.h"
#include "tests/support/scratch.h"

#include <string.h>

static char *
write_ball(const LacScratch *scratch)
{
    g_autoptr(LacVolume) ball = lac_phantom_ball(24, 8.0);
    char *path = lac_scratch_path(scratch, "ball.mrc");
    g_assert_true(lac_write_volume(ball, path, NULL, NULL));
    return path;
}

static const guint8 *
get_corner(const LacPicture *picture)
{
    return lac_picture_get(picture, 0, 0);
}

static const guint8 *
get_middle(const LacPicture *picture)
{
    return lac_picture_get(picture, picture->width / 2, picture->height / 2);
}

static void
test_picture(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_ball(scratch), *out = lac_scratch_path(scratch, "a.png");
    g_autoptr(TestRun) run = test_cli("render", in, "--json", "--iso", "0.5", "--size", "90x60",
        "--background", "#102030", "--view", "10,20,30", "-o", out, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autoptr(LacPicture) picture = lac_picture_read(out);
    g_assert_cmpuint(picture->width, ==, 90);
    g_assert_cmpuint(picture->height, ==, 60);
    g_assert_false(picture->has_alpha);
    g_assert_cmpuint(get_corner(picture)[0], ==, 0x10);
    g_assert_cmpuint(get_corner(picture)[2], ==, 0x30);
    g_assert_cmpuint(get_middle(picture)[0], >, 60);
    g_assert_nonnull(strstr(run->out, "\"mode\" : \"iso\""));
    g_autofree char *bytes = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(out, &bytes, &n, NULL));
    g_assert_nonnull(memmem(bytes, n, "Lacuna " LAC_VERSION, strlen("Lacuna " LAC_VERSION)));
    g_autofree char *recipe = lac_png_read_text(out, LAC_FIGURE_RECIPE_KEY, NULL);
    g_assert_nonnull(strstr(recipe, "\nmode = iso\n"));
    g_assert_nonnull(strstr(recipe, "\nlevels = 0.5 #"));
    g_autofree char *digests = lac_png_read_text(out, "Lacuna data", NULL);
    g_assert_true(g_str_has_prefix(digests, "volume=sha256:"));
}

// Atoms alone, with bonds and colours of a column, and what is refused.
static void
test_atoms(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = lac_scratch_path(scratch, "a.xyz"),
                    *out = lac_scratch_path(scratch, "a.png");
    g_assert_true(g_file_set_contents(in,
        "2\nProperties=species:S:1:pos:R:3:height:R:1\nAu 0 0 0 1\nAu 2.8 0 0 3\n", -1, NULL));
    g_autoptr(TestRun) run = test_cli("render", in, "--json", "--size", "90x60", "--view", "z",
        "--bonds", "--color-by", "height", "--atom-colormap", "grey", "-o", out, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autoptr(LacPicture) picture = lac_picture_read(out);
    g_assert_nonnull(strstr(run->out, "\"mode\" : \"atoms\""));
    g_assert_cmpint(get_middle(picture)[0], !=, get_corner(picture)[0]); // the bond
    static const char *const BAD[][2] = { { "--color-by", "no-such" }, { "--palette", "none" },
        { "--radius-scale", "0" }, { "--atom-range", "1" }, { "--size-by", "state" } };
    for (guint i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(TestRun) bad =
            test_cli("render", in, BAD[i][0], BAD[i][1], "--size", "9x6", "-o", out, NULL);
        g_assert_cmpint(bad->status, ==, LAC_EXIT_USAGE);
        g_assert_nonnull(strstr(bad->err, BAD[i][0]));
    }
}

static void
test_transparent(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const MODES[] = { "dvr", "mip", "iso" };
    g_autofree char *in = write_ball(scratch), *out = lac_scratch_path(scratch, "a.png");
    for (guint i = 0; i < G_N_ELEMENTS(MODES); i++) {
        g_autoptr(TestRun) run = test_cli("render", in, "-q", "--mode", MODES[i], "--transparent",
            "--size", "64x64", "--supersample", "1", "-o", out, NULL);
        if (!test_run_is_drawn(run))
            return;
        g_autoptr(LacPicture) picture = lac_picture_read(out);
        g_assert_true(picture->has_alpha);
        g_assert_cmpuint(get_corner(picture)[3], ==, 0);
        g_assert_cmpuint(get_middle(picture)[3], >, 240);
    }
}

static char *
read_file(const char *path)
{
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

// A figure is made again from its picture, and from its recipe, as any kind of file.
static void
test_recipe(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const char *const NAMES[] = { "b.png", "c.tif", "d.pdf", "e.svg" };
    g_autofree char *in = write_ball(scratch), *first = lac_scratch_path(scratch, "a.png"),
                    *recipe = lac_scratch_path(scratch, "a.recipe");
    g_autoptr(TestRun) run = test_cli("render", in, "-q", "--mode", "mip", "--size", "120x90",
        "--tripod", "--panel", "a", "--print-recipe", recipe, "-o", first, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autofree char *written = read_file(recipe);
    g_autofree char *inside = lac_png_read_text(first, LAC_FIGURE_RECIPE_KEY, NULL);
    g_assert_cmpstr(written, ==, inside);
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *out = lac_scratch_path(scratch, NAMES[i]);
        g_autoptr(TestRun) again =
            test_cli("render", in, "-q", i % 2 == 0 ? "--recipe-from" : "--recipe",
                i % 2 == 0 ? first : recipe, "--bits", "16", "-o", out, NULL);
        g_assert_true(test_run_is_drawn(again));
        g_assert_true(g_file_test(out, G_FILE_TEST_IS_REGULAR));
    }
    g_autofree char *second = lac_scratch_path(scratch, "b.png");
    g_autofree char *svg = lac_scratch_path(scratch, "e.svg"), *vectors = read_file(svg);
    g_assert_true(lac_scratch_is_same(first, second));
    g_assert_nonnull(strstr(vectors, "font-weight=\"bold\">a</text>"));
    // An unknown key names its line.
    g_autofree char *wrong = g_strconcat(written, "colour = red\n", NULL);
    g_assert_true(g_file_set_contents(recipe, wrong, -1, NULL));
    g_autoptr(TestRun) bad = test_cli("render", in, "--recipe", recipe, "-o", first, NULL);
    g_assert_cmpint(bad->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(bad->err, "there is no key \"colour\""));
}

static void
test_turntable(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = lac_scratch_path(scratch, "a.xyz"),
                    *out = lac_scratch_path(scratch, "turn.png");
    g_assert_true(g_file_set_contents(in, "2\n\nAu 0 0 0\nAu 2.8 0 0\n", -1, NULL));
    g_autoptr(TestRun) run =
        test_cli("render", in, "-q", "--size", "80x60", "--turntable", "3", "-o", out, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autofree char *first = lac_scratch_path(scratch, "turn-0001.png");
    g_autofree char *last = lac_scratch_path(scratch, "turn-0003.png");
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 1 + 3);
    g_assert_false(lac_scratch_is_same(first, last));
    g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

// A ball of gold, cubic face-centred.
static char *
write_crystal(const LacScratch *scratch)
{
    char *path = lac_scratch_path(scratch, "au.xyz");
    GString *rows = g_string_new(NULL);
    guint n = 0;
    for (int x = -6; x <= 6; x++)
        for (int y = -6; y <= 6; y++)
            for (int z = -6; z <= 6; z++)
                if ((x + y + z) % 2 == 0 && x * x + y * y + z * z <= 30) {
                    g_string_append_printf(rows, "Au %.3f %.3f %.3f\n", 2.04 * x, 2.04 * y,
                        2.04 * z);
                    n++;
                }
    g_autofree char *text = g_strdup_printf("%u\n\n%s", n, rows->str);
    g_string_free(rows, TRUE);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

// A figure gets the analyses that it shows, and says which of them these atoms do not have.
static void
test_results(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *in = write_crystal(scratch), *out = lac_scratch_path(scratch, "a.svg"),
                    *png = lac_scratch_path(scratch, "b.png"),
                    *recipe = lac_scratch_path(scratch, "a.recipe");
    g_autoptr(TestRun) run = test_cli("render", in, "-q", "--color-by", "cn", "--color-bar", "",
        "--size", "200x150", "-o", out, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autofree char *svg = read_file(out);
    g_assert_nonnull(strstr(svg, ">Coordination number</text>"));
    g_assert_nonnull(strstr(svg, ">12</text>"));
    // The middle of the surface is drawn where no atom is.
    g_assert_true(g_file_set_contents(recipe,
        "lacuna-figure = 1\natoms = no\nlegend = yes\nsurface = yes\nsurface-opacity = 1\n", -1,
        NULL));
    g_autoptr(TestRun) surface =
        test_cli("render", in, "-q", "--recipe", recipe, "--size", "200x150", "-o", png, NULL);
    g_assert_true(test_run_is_drawn(surface));
    g_autoptr(LacPicture) picture = lac_picture_read(png);
    g_assert_cmpuint(get_middle(picture)[0], <, 245);
    g_assert_true(g_file_set_contents(recipe, "lacuna-figure = 1\ninterface = yes\n", -1, NULL));
    g_autoptr(TestRun) bad = test_cli("render", in, "--recipe", recipe, "-o", png, NULL);
    g_assert_cmpint(bad->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(bad->err, "these atoms do not have, Interface"));
}

// Plots and slices are figures too; a plot is vectors alone and comes with its numbers.
static void
test_flat(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *atoms = write_crystal(scratch), *ball = write_ball(scratch),
                    *svg = lac_scratch_path(scratch, "gr.svg"),
                    *csv = lac_scratch_path(scratch, "gr.csv"),
                    *png = lac_scratch_path(scratch, "slice.png");
    g_autoptr(TestRun) plot = test_cli("render", atoms, "-q", "--plot", "rdf", "--mm", "89x60",
        "-o", svg, "--csv", csv, NULL);
    g_assert_cmpstr(plot->err, ==, "");
    g_assert_cmpint(plot->status, ==, LAC_EXIT_DONE);
    g_autofree char *vectors = read_file(svg), *numbers = read_file(csv);
    g_assert_nonnull(strstr(vectors, ">Distance r (Å)</text>"));
    g_assert_nonnull(strstr(vectors, "<path fill=\"none\""));
    g_assert_null(strstr(vectors, "<image"));
    g_assert_nonnull(strstr(vectors, "@font-face{"));   // the font goes with the texts
    g_assert_null(strstr(vectors, "font-weight:bold")); // but none that is not used
    g_assert_nonnull(strstr(numbers, "series,\"Distance r (Å)\",\"g(r)\""));
    g_autoptr(TestRun) slice = test_cli("render", ball, "-q", "--slice", "y,1", "--size", "90x60",
        "--colormap", "grey", "-o", png, NULL);
    g_assert_cmpint(slice->status, ==, LAC_EXIT_DONE);
    g_autoptr(LacPicture) picture = lac_picture_read(png);
    g_assert_cmpuint(picture->width, ==, 90);
    g_assert_cmpuint(get_corner(picture)[0], ==, 255); // the volume is a square
    g_assert_cmpuint(get_middle(picture)[0], >, 240);
    g_autoptr(TestRun) wrong = test_cli("render", atoms, "-q", "--plot", "rdf/g", "-o", svg, NULL);
    g_assert_cmpint(wrong->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(wrong->err, "rdf/rdf"));
    g_autoptr(TestRun) none = test_cli("render", ball, "-q", "--csv", csv, "-o", png, NULL);
    g_assert_cmpint(none->status, ==, LAC_EXIT_USAGE);
}

// Several panels on a page, and what a reader of PDF finds of their texts and fonts.
static void
test_page(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autofree char *atoms = write_crystal(scratch), *recipe = lac_scratch_path(scratch, "r.txt"),
                    *pdf = lac_scratch_path(scratch, "a.pdf"),
                    *png = lac_scratch_path(scratch, "a.png"), *text = NULL, *fonts = NULL;
    g_assert_true(g_file_set_contents(recipe,
        "lacuna-figure = 1\nwidth = 80\nheight = 30\ndpi = 127\n[panel a]\nvolume = no\n"
        "legend = yes\n[panel b]\nkind = plot\nplot = rdf\n",
        -1, NULL));
    g_autoptr(TestRun) run = test_cli("render", atoms, "-q", "--recipe", recipe, "-o", pdf, NULL);
    if (!test_run_is_drawn(run))
        return;
    g_autoptr(TestRun) again = test_cli("render", atoms, "-q", "--recipe", recipe, "-o", png, NULL);
    g_assert_true(test_run_is_drawn(again));
    g_autoptr(LacPicture) picture = lac_picture_read(png);
    g_assert_cmpuint(picture->width, ==, 400);
    g_assert_cmpuint(picture->height, ==, 150);
    g_autoptr(TestRun) looks =
        test_cli("render", atoms, "--recipe", recipe, "--legend", "-o", png, NULL);
    g_assert_cmpint(looks->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(looks->err, "--dpi only"));
    const char *const read_text[] = { "pdftotext", pdf, "-", NULL };
    const char *const read_fonts[] = { "pdffonts", pdf, NULL };
    if (!g_spawn_sync(NULL, (char **) (guintptr) read_text, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
            &text, NULL, NULL, NULL) ||
        !g_spawn_sync(NULL, (char **) (guintptr) read_fonts, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
            &fonts, NULL, NULL, NULL)) {
        g_test_skip("pdftotext is not there");
        return;
    }
    g_assert_nonnull(strstr(text, "Distance r (Å)"));
    g_assert_nonnull(strstr(text, "nm\n"));
    g_assert_nonnull(strstr(text, "Au"));
    g_auto(GStrv) lines = g_strsplit(fonts, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), >, 3);
    for (guint i = 2; lines[i] != NULL && lines[i][0] != '\0'; i++)
        g_assert_nonnull(strstr(lines[i], " yes ")); // embedded
    g_autofree char *inside = lac_png_read_text(png, LAC_FIGURE_RECIPE_KEY, NULL);
    g_assert_nonnull(strstr(inside, "[panel b]"));
}

static void
test_refused(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    static const struct {
        const char *option, *value, *part; // of the message
    } WRONG[] = { { "--size", "90", "\"90\"" }, { "--size", "0x5", "\"0x5\"" },
        { "--size", "99999x5", "99999" }, { "--mode", "xray", "\"xray\"" },
        { "--colormap", "jet", "\"jet\"" }, { "--view", "1,2", "\"1,2\"" },
        { "--range", "3,1", "\"3,1\"" }, { "--background", "#12345g", "\"#12345g\"" },
        { "--clip", "0,0,0,1", "\"0,0,0,1\"" }, { "--supersample", "9", "9" },
        { "--mm", "0", "\"0\"" }, { "--dpi", "0", "0" }, { "--bits", "12", "12" },
        { "--scale-bar", "-1", "-1" }, { "--turntable", "-1", "-1" } };
    g_autofree char *in = write_ball(scratch), *out = lac_scratch_path(scratch, "a.png");
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autoptr(TestRun) run =
            test_cli("render", in, WRONG[i].option, WRONG[i].value, "-o", out, NULL);
        if (strstr(run->err, "OpenGL 3.3") != NULL) {
            g_test_skip("there is no OpenGL here");
            return;
        }
        g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
        g_assert_nonnull(strstr(run->err, WRONG[i].part));
        g_assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    }
    g_autoptr(TestRun) nothing = test_cli("render", in, NULL);
    g_assert_cmpint(nothing->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(nothing->err, "-o IMG.png"));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(LacScratch *scratch, gconstpointer data);
    } TESTS[] = { { "picture", test_picture }, { "atoms", test_atoms },
        { "transparent", test_transparent }, { "recipe", test_recipe },
        { "turntable", test_turntable }, { "results", test_results }, { "flat", test_flat },
        { "page", test_page }, { "refused", test_refused } };
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *path = g_strconcat("/cli/render/", TESTS[i].path, NULL);
        g_test_add(path, LacScratch, NULL, lac_scratch_set_up, TESTS[i].test,
            lac_scratch_tear_down);
    }
    return g_test_run();
}
