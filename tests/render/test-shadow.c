// SPDX-License-Identifier: GPL-3.0-or-later
// Shadows and outlines: they fall where the lamp says, and are the same however a picture is cut.
#include "core/array.h"
#include "core/gpu/egl-context.h"
#include "core/rng.h"
#include "ui/render/export.h"
#include "ui/render/figure-view.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

typedef struct {
    LacAtoms *atoms;
    LacFigure *figure;
    LacRenderer *renderer;
    LacFigureView *view;
} Stage;

static void
stage_init(Stage *self, LacAtoms *atoms, int width, int height)
{
    g_autoptr(GError) error = NULL;
    self->atoms = atoms;
    self->figure = lac_figure_new();
    lac_camera_set_axis(&self->figure->scene.camera, LAC_AXIS_Z, FALSE);
    self->figure->look.size_by = LAC_SIZE_EQUAL;
    self->figure->look.radius = 1.5;
    lac_figure_set_pixels(self->figure, width, height);
    self->renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    const LacFigureData data = { .atoms = atoms };
    self->view = lac_figure_view_new(self->figure, &data, self->renderer, NULL, &error);
    g_assert_no_error(error);
}

static void
stage_clear(Stage *self)
{
    lac_figure_view_free(self->view);
    lac_renderer_free(self->renderer);
    lac_figure_free(self->figure);
    lac_atoms_unref(self->atoms);
}

static LacAtoms *
make_atoms(const double (*positions)[3], gsize n)
{
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "Si");
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = positions != NULL ? positions[i][0] : 14.0 * lac_rng_uniform(1, i);
        atoms->y[i] = positions != NULL ? positions[i][1] : 14.0 * lac_rng_uniform(2, i);
        atoms->z[i] = positions != NULL ? positions[i][2] : 14.0 * lac_rng_uniform(3, i);
    }
    return atoms;
}

static guint8 *
draw(const Stage *stage, int tile, int supersample)
{
    g_autoptr(GError) error = NULL;
    const LacFigureView *view = stage->view;
    LacExportParams params = lac_export_params_default(view->width, view->height);
    params.tile = tile;
    params.supersample = supersample;
    guint8 *rgba = lac_export_to_memory(stage->renderer, &view->scene, &params, NULL, &error);
    g_assert_no_error(error);
    return rgba;
}

static double
get_grey(const Stage *stage, const guint8 *rgba, LacVec3 point)
{
    double x, y;
    const LacFigureView *view = stage->view;
    lac_camera_project(&view->scene.camera, view->width, view->height, point, &x, &y, NULL);
    return rgba[4 * ((gsize) y * (gsize) view->width + (gsize) x)];
}

// One atom stands between another and the lamp, a third stands alone.
static void
test_falls(void)
{
    // The lamp is above on the left.
    static const double positions[][3] = { { 0, 0, 0 }, { -2.25, 3.0, 3.3 }, { 6, 0, 0 } };
    Stage stage;
    stage_init(&stage, make_atoms(positions, 3), 300, 240);
    stage.view->scene.atoms.occlusion = FALSE;
    stage.view->scene.atoms.depth_cue = 0.0;
    stage.view->scene.atoms.edges = 0.0;
    const LacVec3 shaded = { -0.3, 0.4, 0.0 }, lit = { 5.7, 0.4, 0.0 };
    double before = -1.0;
    for (double shadow = 1.0; shadow >= 0.0; shadow -= 0.5) {
        stage.view->scene.atoms.shadow = shadow;
        guint8 *rgba = draw(&stage, 512, 1);
        double dark = get_grey(&stage, rgba, shaded), bright = get_grey(&stage, rgba, lit);
        g_test_message("shadow %g: %g and %g", shadow, dark, bright);
        if (shadow > 0.0)
            g_assert_cmpfloat(dark, <, bright - 30.0 * shadow);
        else
            g_assert_cmpfloat(fabs(dark - bright), <=, 2.0);
        g_assert_cmpfloat(dark, >, before);
        before = dark;
        lac_free(rgba);
    }
    stage_clear(&stage);
}

// Tiled and untiled are one picture, outlines across the cuts included.
static void
test_seams(void)
{
    Stage stage;
    stage_init(&stage, make_atoms(NULL, 120), 230, 170);
    stage.view->scene.atoms.edges = 0.012;
    for (int supersample = 1; supersample <= 2; supersample++) {
        guint8 *whole = draw(&stage, 512, supersample);
        guint8 *cut = draw(&stage, 37, supersample);
        g_assert_true(memcmp(whole, cut, (gsize) 4 * 230 * 170) == 0);
        lac_free(whole);
        lac_free(cut);
    }
    stage_clear(&stage);
}

// Around an atom on white there is a dark line of the width that was asked for.
static void
test_outline(void)
{
    static const double positions[][3] = { { 0, 0, 0 }, { 20, 0, 0 } };
    Stage stage;
    stage_init(&stage, make_atoms(positions, 2), 600, 200);
    stage.view->scene.atoms.depth_cue = 0.0;
    for (int width = 0; width <= 6; width += 3) {
        stage.view->scene.atoms.edges = width / 200.0;
        guint8 *rgba = draw(&stage, 128, 1);
        double x, y;
        lac_camera_project(&stage.view->scene.camera, 600, 200, (LacVec3){ 20.0, 0.0, 0.0 }, &x, &y,
            NULL);
        int dark = 0;
        for (int i = (int) x; i < 600; i++)
            dark += rgba[4 * ((int) y * 600 + i)] < 150;
        g_test_message("line of %d: %d dark pixels", width, dark);
        g_assert_cmpint(ABS(dark - width), <=, 1);
        lac_free(rgba);
    }
    stage_clear(&stage);
}

// Averaging samples leaves a plain colour alone.
static void
test_plain(void)
{
    static const double positions[][3] = { { 0, 0, 0 }, { 1, 0, 0 } };
    Stage stage;
    stage_init(&stage, make_atoms(positions, 2), 60, 40);
    LacScene *scene = &stage.view->scene;
    scene->atoms.show_atoms = FALSE;
    for (int i = 0; i < 3; i++)
        scene->background[i] = 0.5f;
    guint8 *rgba = draw(&stage, 16, 3);
    for (gsize i = 0; i < 60 * 40; i++)
        g_assert_cmpint(ABS(rgba[4 * i] - 128), <=, 1);
    lac_free(rgba);
    stage_clear(&stage);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacEglContext) context = lac_egl_context_new(&error);
    if (context == NULL) {
        g_test_message("no pictures here: %s", error->message);
        return g_test_run();
    }
    g_test_add_func("/shadow/falls", test_falls);
    g_test_add_func("/shadow/seams", test_seams);
    g_test_add_func("/shadow/outline", test_outline);
    g_test_add_func("/shadow/plain", test_plain);
    return g_test_run();
}
