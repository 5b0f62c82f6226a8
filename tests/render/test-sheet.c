// SPDX-License-Identifier: GPL-3.0-or-later
// Pages of several panels: what their recipes say, what they refuse, and those of the program.
#include "core/error.h"
#include "tests/support/phantom.h"
#include "ui/render/figure-presets.h"
#include "ui/render/figure-slice.h"
#include "ui/render/sheet.h"

#include <math.h>
#include <string.h>

static const char *const recipe =
    "lacuna-figure = 1\nwidth = 100\nheight = 62\ngap = 2\ndpi = 127\n"
    "columns = 2\ntext-size = 6\n\n[panel a]\nvolume = no\n\n"
    "[panel b]\nkind = plot\nplot = rdf\ntext-size = 8\n[panel c]\n"
    "kind = slice\nslice-axis = x\npanel = iii\n";

static const LacFigure *
get_panel(const LacSheet *sheet, guint i)
{
    return g_ptr_array_index(sheet->panels, i);
}

static void
test_panels(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_sheet_is_recipe(recipe));
    g_assert_false(lac_sheet_is_recipe("lacuna-figure = 1\npanel = a\n"));
    g_autoptr(LacSheet) sheet = lac_sheet_from_recipe(recipe, "r", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sheet->panels->len, ==, 3);
    g_assert_cmpfloat_with_epsilon(get_panel(sheet, 1)->width_mm, 49.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(get_panel(sheet, 1)->height_mm, 30.0, 1e-9);
    g_assert_cmpfloat(get_panel(sheet, 0)->overlay.text_size, ==, 6.0);
    g_assert_cmpfloat(get_panel(sheet, 1)->overlay.text_size, ==, 8.0);
    g_assert_cmpstr(get_panel(sheet, 0)->overlay.panel, ==, "a");
    g_assert_cmpstr(get_panel(sheet, 2)->overlay.panel, ==, "iii");
    g_assert_false(get_panel(sheet, 0)->scene.show_volume);
    g_assert_true(get_panel(sheet, 1)->scene.show_volume);
    g_assert_cmpint(get_panel(sheet, 1)->kind, ==, LAC_FIGURE_PLOT);
    g_assert_cmpint(get_panel(sheet, 2)->slice.axis, ==, LAC_AXIS_X);
    g_assert_true(lac_sheet_has_scene(sheet) && lac_sheet_has_plot(sheet));
    g_assert_true((lac_sheet_get_needs(sheet) & LAC_ANALYSIS_BIT(LAC_ANALYSIS_RDF)) != 0);
}

static void
test_mistakes(void)
{
    static const char *const WRONG[][2] = { { "[panel a]\ncolour = 1\n", "Line 3 of r" },
        { "colour = 1\n[panel a]\n", "Line 2 of r" },
        { "\n[panel a]\n\nwidth = 10\n", "Line 5 of r" },
        { "columns = 1.5\n[panel a]\n", "whole number" },
        { "width = 10\ngap = 9\n[panel a]\n[panel b]\n", "0.5 x" },
        { "dpi = auto\n[panel a]\n", "Line 2 of r" },
        { "[panel a]\nmode = iso\nmode = iso\n", "Line 4 of r" } };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autofree char *text = g_strconcat("lacuna-figure = 1\n", WRONG[i][0], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(LacSheet) sheet = lac_sheet_from_recipe(text, "r", &error);
        g_assert_null(sheet);
        g_assert_nonnull(error);
        if (strstr(error->message, WRONG[i][1]) == NULL)
            g_error("\"%s\" does not say \"%s\"", error->message, WRONG[i][1]);
    }
}

static void
test_presets(void)
{
    g_auto(GStrv) names = lac_figure_presets_list();
    g_assert_cmpuint(g_strv_length(names), ==, 6);
    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = lac_figure_presets_dup(names[i], &error);
        g_assert_no_error(error);
        if (lac_sheet_is_recipe(text)) {
            g_autoptr(LacSheet) sheet = lac_sheet_from_recipe(text, names[i], &error);
            g_assert_no_error(error);
            g_assert_nonnull(sheet);
        }
        else {
            g_autoptr(LacFigure) figure = lac_figure_from_recipe(text, names[i], &error);
            g_assert_no_error(error);
            g_assert_nonnull(figure);
        }
        g_autofree char *title = lac_figure_presets_dup_title(names[i]);
        g_assert_cmpuint(strlen(title), >, 20);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_figure_presets_dup("nothing", &error));
    g_assert_nonnull(strstr(error->message, "overview"));
}

// The last shape of a kind.
static const LacDrawingShape *
find_shape(const LacDrawing *drawing, LacDrawingKind kind)
{
    const LacDrawingShape *found = &g_array_index(drawing->shapes, LacDrawingShape, 0);
    for (guint i = 0; i < drawing->shapes->len; i++) {
        const LacDrawingShape *shape = &g_array_index(drawing->shapes, LacDrawingShape, i);
        if (shape->kind == kind)
            found = shape;
    }
    g_assert_cmpint(found->kind, ==, kind);
    return found;
}

// A slice through a ball: what is where, the circle of an atom, and the contour at half height.
static void
test_slice(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) ball = lac_phantom_ball(24, 8.0);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(2);
    lac_atoms_add_species(atoms, "Au");
    atoms->x[0] = 3.0;
    atoms->x[1] = 0.0;
    atoms->z[1] = 9.0; // far from the plane
    g_autoptr(LacFigure) figure = lac_figure_new();
    figure->kind = LAC_FIGURE_SLICE;
    figure->width_mm = figure->height_mm = 25.4;
    figure->dpi = 120.0;
    figure->fit = FALSE;
    figure->scene.camera.target = (LacVec3){ 0.0, 0.0, 0.0 };
    figure->scene.camera.height = 24.0;
    figure->slice.position = 0.0;
    figure->slice.n_contours = 1;
    figure->slice.contours[0] = 0.5;
    figure->overlay.scale_bar = FALSE;
    figure->look.size_by = LAC_SIZE_EQUAL;
    figure->look.radius = 1.5;
    const LacFigureData data = { .volume = ball, .atoms = atoms };
    g_autoptr(LacDrawing) drawing = lac_figure_draw_slice(figure, &data, NULL, NULL, &error);
    g_assert_no_error(error);
    const LacDrawingShape *image = find_shape(drawing, LAC_DRAWING_IMAGE);
    g_assert_cmpint(cairo_image_surface_get_width(image->image), ==, 120);
    const LacDrawingShape *circle = find_shape(drawing, LAC_DRAWING_CIRCLE);
    g_assert_cmpfloat_with_epsilon(circle->x, 36.0 + 3.0 * 3.0, 1e-6);
    g_assert_cmpfloat_with_epsilon(circle->y, 36.0, 1e-6);
    g_assert_cmpfloat_with_epsilon(circle->x2, 4.5, 1e-6);
    // The contour keeps the radius of the ball, about its middle at half a voxel.
    const LacDrawingShape *curve = find_shape(drawing, LAC_DRAWING_CURVE);
    gsize size, n = 0;
    const double *points = g_bytes_get_data(curve->points, &size);
    for (gsize i = 0; i < size / (2 * sizeof *points); i++) {
        if (isnan(points[2 * i]))
            continue;
        double radius = hypot(points[2 * i] - 34.5, points[2 * i + 1] - 37.5) / 3.0;
        g_assert_cmpfloat_with_epsilon(radius, 7.98, 0.1);
        n++;
    }
    g_assert_cmpuint(n, >, 40);
    figure->slice.position = (double) NAN;
    const LacFigureData none = { .atoms = atoms };
    g_assert_null(lac_figure_draw_slice(figure, &none, NULL, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sheet/panels", test_panels);
    g_test_add_func("/sheet/mistakes", test_mistakes);
    g_test_add_func("/sheet/presets", test_presets);
    g_test_add_func("/sheet/slice", test_slice);
    return g_test_run();
}
