// SPDX-License-Identifier: GPL-3.0-or-later
// Figures: the recipe says all and comes back as it was, and a picture is the same at any size.
#include "core/array.h"
#include "core/gpu/egl-context.h"
#include "core/rng.h"
#include "tests/support/phantom.h"
#include "ui/render/figure-write.h"
#include "ui/render/result-meshes.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define PI_DIGITS 3.14159265358979

// Two atoms so far apart along x, and others if wanted.
static LacAtoms *
make_atoms(gsize n, double distance)
{
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "Au");
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = i < 2 ? ((double) i - 0.5) * distance : 16.0 * lac_rng_uniform(1, i) - 8.0;
        atoms->y[i] = i < 2 ? 0.0 : 16.0 * lac_rng_uniform(2, i) - 8.0;
        atoms->z[i] = i < 2 ? 0.0 : 16.0 * lac_rng_uniform(3, i) - 8.0;
    }
    return atoms;
}

// A figure in which no setting is the usual one.
static LacFigure *
make_unusual(void)
{
    LacFigure *f = lac_figure_new();
    LacScene *s = &f->scene;
    f->fit = FALSE;
    f->transparent = TRUE;
    f->supersample = 3;
    lac_figure_set_pixels(f, 777, 555);
    s->camera = (LacCamera){ { 1.5, -2.25, PI_DIGITS }, { 0.5, 0.5, -0.5, 0.5 }, 12.5, TRUE };
    s->mode = LAC_RENDER_ISO;
    s->transfer = lac_transfer_default(-1.0, 2.0);
    s->transfer.colormap = LAC_COLORMAP_MAGMA;
    s->transfer.reversed = TRUE;
    s->n_iso = 2;
    s->iso[0] = (LacIsoLevel){ 0.25, { 1.0f, 0.0f, 0.2f, 0.5f } };
    s->iso[1] = (LacIsoLevel){ 0.75, { 0.0f, 0.2f, 1.0f, 1.0f } };
    s->clip = (LacClipPlane){ TRUE, { 0.6, 0.0, 0.8 }, -1.25 };
    s->crop[1][0] = 0.125;
    s->show_slices[2] = s->show_box = s->show_axes = TRUE;
    s->crosshair[0] = 7.0;
    s->atoms.show_bonds = s->atoms.show_ghosts = s->atoms.show_polyhedra = TRUE;
    s->atoms.occlusion = FALSE;
    s->atoms.depth_cue = 0.2;
    f->look.color_by = LAC_COLOR_BY_COLUMN;
    g_strlcpy(f->look.color_column, "bond order", sizeof f->look.color_column);
    f->look.palette = LAC_PALETTE_VESTA;
    lac_atom_look_set_own_color(&f->look, "type 1", (float[3]){ 0.2f, 0.4f, 0.6f });
    lac_atom_look_set_own_color(&f->look, "O", (float[3]){ 1.0f, 0.0f, 0.0f });
    s->meshes.groups[LAC_RESULT_INTERFACE] = (LacMeshGroup){ TRUE, 0.5, FALSE, LAC_RESULT_BY_TYPE };
    s->meshes.groups[LAC_RESULT_PORES].shown = s->meshes.groups[LAC_RESULT_SURFACE].shown = TRUE;
    s->meshes.groups[LAC_RESULT_SURFACE].opacity = 0.125;
    f->vacancies = TRUE;
    f->look.color_lo = 0.1;
    f->look.color_hi = 0.9;
    f->overlay.tripod = f->overlay.color_bar = f->overlay.legend = TRUE;
    f->overlay.scale_bar_length = 20.0;
    f->overlay.crystal = TRUE;
    f->overlay.cell[0] = (LacVec3){ 2.0, -2.0, 0.5 };
    f->overlay.cell[1] = (LacVec3){ 2.0, 2.0, 0.0 };
    f->overlay.cell[2] = (LacVec3){ -0.25, 0.0, PI_DIGITS };
    f->outline = 0.75;
    s->atoms.shadow = 0.25;
    f->overlay.scale_bar_corner = LAC_CORNER_TOP_LEFT;
    g_strlcpy(f->overlay.color_bar_title, "Q6 = how ordered", sizeof f->overlay.color_bar_title);
    g_strlcpy(f->overlay.panel, "b)", sizeof f->overlay.panel);
    lac_figure_add_label(f, (LacVec3){ 1.0, 2.0, 3.0 }, 10.0, -12.5, "a pore, # 3");
    lac_figure_add_label(f, (LacVec3){ 0.0, 0.0, 0.0 }, 0.0, 0.0, "here");
    return f;
}

static void
test_round_trip(void)
{
    g_autoptr(LacFigure) figure = make_unusual();
    g_autofree char *recipe = lac_figure_dup_recipe(figure);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFigure) back = lac_figure_from_recipe(recipe, "r", &error);
    g_assert_no_error(error);
    g_autofree char *again = lac_figure_dup_recipe(back);
    g_assert_cmpstr(recipe, ==, again);
    g_assert_true(lac_camera_is_equal(&figure->scene.camera, &back->scene.camera));
    g_assert_true(lac_transfer_is_equal(&figure->scene.transfer, &back->scene.transfer));
    g_assert_cmpfloat(back->scene.clip.offset, ==, -1.25);
    g_assert_cmpuint(back->labels->len, ==, 2);
    g_assert_cmpstr(g_array_index(back->labels, LacFigureLabel, 0).text, ==, "a pore, # 3");
    int w, h;
    g_assert_true(lac_figure_get_pixels(back, &w, &h, &error));
    g_assert_cmpint(w, ==, 777);
    g_assert_cmpint(h, ==, 555);
    g_autoptr(LacFigure) copy = lac_figure_copy(back);
    g_autofree char *copied = lac_figure_dup_recipe(copy);
    g_assert_cmpstr(recipe, ==, copied);
    // And the usual one.
    g_autoptr(LacFigure) usual = lac_figure_new();
    g_autofree char *text = lac_figure_dup_recipe(usual);
    g_autoptr(LacFigure) second = lac_figure_from_recipe(text, "r", &error);
    g_assert_no_error(error);
    g_autofree char *same = lac_figure_dup_recipe(second);
    g_assert_cmpstr(text, ==, same);
}

static void
test_mistakes(void)
{
    static const char *const WRONG[][2] = { { "colour = 1",
                                                "Line 3 of r: there is no key \"colour\"" },
        { "width = -1", "Line 3 of r: width = \"-1\"" }, { "width = auto", "auto" },
        { "mode = xray", "Line 3 of r: mode" }, { "rotation = 1 1 0 0", "unit quaternion" },
        { "range = 2 1", "ascend" }, { "supersample = 1.5", "whole number" },
        { "supersample = auto", "whole number" }, { "slices = xw", "Line 3" },
        { "slices = ", "Line 3" }, { "levels = 1", "Line 3" }, { "levels = 1 #ff000g 1", "Line 3" },
        { "opacity = 0 0, -1 1", "Line 3" }, { "opacity = 0", "Line 3" },
        { "clip = 0 0 0 1", "Line 3" }, { "crystal = 1 0 0 0 1 0 1 1 0", "Line 3" },
        { "crystal = cubic", "Line 3" }, { "shadow = 1.5", "Line 3" },
        { "crop = 0 1 0.5 0.5 0 1", "Line 3" }, { "colors = Zr", "Line 3" },
        { "label = 1 2 3 4", "Line 3" }, { "panel = much too long for a letter", "shorter" },
        { "atoms = perhaps", "one of no, yes" }, { "colormap = jet", "viridis" },
        { "text-color = red", "Line 3" }, { "view-height = nan", "Line 3" } };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autofree char *text = g_strconcat("lacuna-figure = 1\n\n", WRONG[i][0], "\n", NULL);
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_figure_from_recipe(text, "r", &error));
        if (strstr(error->message, WRONG[i][1]) == NULL)
            g_error("\"%s\" does not say \"%s\"", error->message, WRONG[i][1]);
    }
}

static void
test_sizes(void)
{
    g_autoptr(LacFigure) figure = lac_figure_new();
    g_autoptr(GError) error = NULL;
    int w, h;
    g_assert_true(lac_figure_get_pixels(figure, &w, &h, &error));
    g_assert_cmpint(w, ==, 1051); // 89 mm at 300 dpi
    figure->dpi = 20000.0;
    g_assert_false(lac_figure_get_pixels(figure, &w, &h, &error));
    g_assert_nonnull(strstr(error->message, "16384"));
    const int sizes[] = { 1, 7, 1000, 1333, 16384 };
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (guint j = 0; j < G_N_ELEMENTS(sizes); j++) {
            figure->width_mm = 89.0;
            lac_figure_set_pixels(figure, sizes[i], sizes[j]);
            g_assert_true(lac_figure_get_pixels(figure, &w, &h, NULL));
            g_assert_cmpint(w, ==, sizes[i]);
            g_assert_cmpint(h, ==, sizes[j]);
        }
}

static guint8 *
draw(const LacFigure *figure, LacVolume *volume, LacAtoms *atoms, double *scale_bar)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    const LacFigureData data = { .volume = volume, .atoms = atoms };
    g_autoptr(LacFigureView) view = lac_figure_view_new(figure, &data, renderer, NULL, &error);
    g_assert_no_error(error);
    guint8 *rgba = lac_figure_draw(figure, view, renderer, NULL, &error);
    g_assert_no_error(error);
    if (scale_bar != NULL)
        *scale_bar = view->scale_bar;
    return rgba;
}

// Length of the longest run of black in any row, and nothing black in the atoms.
static int
measure_black(const guint8 *rgba, int w, int h)
{
    int longest = 0;
    for (int y = 0; y < h; y++) {
        int run = 0;
        for (int x = 0; x < w; x++) {
            const guint8 *p = rgba + 4 * ((gsize) y * (gsize) w + (gsize) x);
            run = p[0] < 128 && p[1] < 128 && p[2] < 128 ? run + 1 : 0;
            longest = MAX(longest, run);
        }
    }
    return longest;
}

// Distance of the centres of the left and the right atom, weighed by how much darker than white.
static double
measure_atoms(const guint8 *rgba, int w, int h)
{
    double sum[2] = { 0.0, 0.0 }, at[2] = { 0.0, 0.0 };
    for (int y = h / 3; y < 2 * h / 3; y++)
        for (int x = 0; x < w; x++) {
            int side = x >= w / 2;
            double dark = 255.0 - rgba[4 * ((gsize) y * (gsize) w + (gsize) x) + 2];
            sum[side] += dark > 40.0 ? 1.0 : 0.0;
            at[side] += dark > 40.0 ? x : 0.0;
        }
    return at[1] / sum[1] - at[0] / sum[0];
}

// The bar against the pixels between two atoms of known distance.
static void
test_scale_bar(void)
{
    g_autoptr(LacAtoms) atoms = make_atoms(2, 40.0);
    for (int size = 300; size <= 1200; size += 300) {
        g_autoptr(LacFigure) figure = lac_figure_new();
        lac_camera_set_axis(&figure->scene.camera, LAC_AXIS_Z, FALSE);
        figure->look.size_by = LAC_SIZE_EQUAL;
        figure->look.radius = 3.0;
        figure->supersample = 1;
        lac_figure_set_pixels(figure, size, 3 * size / 4);
        double length = 0.0;
        guint8 *rgba = draw(figure, NULL, atoms, &length);
        double apart = measure_atoms(rgba, size, 3 * size / 4);
        int bar = measure_black(rgba, size, 3 * size / 4);
        g_test_message("%d pixels: 40 Å are %.2f, a bar of %g Å is %d", size, apart, length, bar);
        g_assert_cmpfloat(length, ==, 10.0);
        g_assert_cmpfloat(fabs(bar - apart * length / 40.0), <=, 1.0);
        lac_free(rgba);
    }
}

// Mean difference of grey between a picture and a larger one scaled down, of 1.
static double
compare(const LacFigure *figure, LacVolume *volume, LacAtoms *atoms, int w, int h, int factor)
{
    g_autoptr(LacFigure) small = lac_figure_copy(figure), large = lac_figure_copy(figure);
    lac_figure_set_pixels(small, w, h);
    lac_figure_set_pixels(large, factor * w, factor * h);
    guint8 *a = draw(small, volume, atoms, NULL), *b = draw(large, volume, atoms, NULL);
    double difference = 0.0;
    const gsize n = (gsize) factor;
    for (gsize y = 0; y < (gsize) h; y++)
        for (gsize x = 0; x < (gsize) w; x++) {
            double mean = 0.0, grey = 0.0;
            for (gsize j = 0; j < n; j++)
                for (gsize i = 0; i < n; i++)
                    for (gsize c = 0; c < 3; c++)
                        mean += b[4 * ((n * y + j) * n * (gsize) w + n * x + i) + c];
            for (gsize c = 0; c < 3; c++)
                grey += a[4 * (y * (gsize) w + x) + c];
            difference += fabs(grey - mean / (double) (n * n)) / (3.0 * 255.0 * w * h);
        }
    lac_free(a);
    lac_free(b);
    return difference;
}

// Atoms with outlines, text and lines have their share of the picture at any size.
static void
test_scales(void)
{
    g_autoptr(LacAtoms) atoms = make_atoms(60, 10.0);
    g_autoptr(LacVolume) ball = lac_phantom_ball(20, 6.0);
    g_autoptr(LacFigure) figure = lac_figure_new();
    figure->overlay.tripod = figure->overlay.legend = TRUE;
    figure->scene.atoms.show_bonds = TRUE;
    double difference = compare(figure, NULL, atoms, 320, 240, 4);
    g_test_message("atoms: %.4f", difference);
    g_assert_cmpfloat(difference, <, 0.02);
    figure->scene.mode = LAC_RENDER_ISO;
    figure->scene.show_box = figure->overlay.color_bar = TRUE;
    difference = compare(figure, ball, NULL, 160, 120, 4);
    g_test_message("volume: %.4f", difference);
    g_assert_cmpfloat(difference, <, 0.02);
}

// What the figure leaves open follows the data; what it says does not.
static void
test_follows(void)
{
    g_autoptr(LacVolume) ball = lac_phantom_ball(20, 6.0);
    g_autoptr(LacFigure) figure = lac_figure_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    const LacFigureData data = { .volume = ball };
    g_autoptr(LacFigureView) open = lac_figure_view_new(figure, &data, renderer, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(lac_transfer_is_equal(&open->scene.transfer, &open->texture->transfer));
    g_assert_cmpfloat(open->scene.iso[0].level, ==, open->texture->iso_level);
    g_assert_cmpfloat(open->scene.camera.height, <, 60.0);
    figure->fit = FALSE;
    figure->scene.camera.height = 77.0;
    figure->scene.iso[0].level = 0.125;
    figure->scene.transfer.lo = 0.0;
    figure->scene.transfer.hi = 9.0;
    g_autoptr(LacFigureView) said = lac_figure_view_new(figure, &data, renderer, NULL, &error);
    g_assert_cmpfloat(said->scene.camera.height, ==, 77.0);
    g_assert_cmpfloat(said->scene.iso[0].level, ==, 0.125);
    g_assert_cmpfloat(said->scene.transfer.hi, ==, 9.0);
    g_assert_cmpuint(said->scene.transfer.n_points, ==, open->texture->transfer.n_points);
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) atoms = make_atoms(2, 10.0);
    g_autoptr(LacFigure) figure = lac_figure_new();
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "lacuna-cancelled.png", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(&error);
    g_autoptr(LacProgress) progress = lac_progress_new();
    const LacFigureData data = { .atoms = atoms };
    g_autoptr(LacFigureView) view = lac_figure_view_new(figure, &data, renderer, NULL, &error);
    g_assert_no_error(error);
    lac_progress_cancel_at(progress, 2);
    const LacFigureNotes notes = { .recipe = "r" };
    g_assert_false(lac_figure_write(figure, view, renderer, &notes, path, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    g_assert_false(lac_figure_write(figure, view, renderer, &notes, "a.gif", NULL, &error));
    g_assert_nonnull(strstr(error->message, "a.gif"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacEglContext) context = lac_egl_context_new(&error);
    g_test_add_func("/figure/round-trip", test_round_trip);
    g_test_add_func("/figure/mistakes", test_mistakes);
    g_test_add_func("/figure/sizes", test_sizes);
    if (context != NULL) {
        g_test_add_func("/figure/scale-bar", test_scale_bar);
        g_test_add_func("/figure/scales", test_scales);
        g_test_add_func("/figure/follows", test_follows);
        g_test_add_func("/figure/cancel", test_cancel);
    }
    else {
        g_test_message("no pictures here: %s", error->message);
    }
    return g_test_run();
}
