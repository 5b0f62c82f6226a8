// SPDX-License-Identifier: GPL-3.0-or-later
// Films: a turn closes, key frames are met and passed smoothly, the text comes back as it was, and a
// film that is cancelled leaves nothing.
#include "core/error.h"
#include "core/gpu/egl-context.h"
#include "core/matrix.h"
#include "core/rng.h"
#include "tests/support/scratch.h"
#include "ui/render/film.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static double
get_angle(const LacCamera *a, const LacCamera *b)
{
    LacMat3 m = lac_camera_get_matrix(a), n = lac_camera_get_matrix(b);
    LacMat3 t = lac_mat3_transpose(&m), r = lac_mat3_multiply(&n, &t);
    return lac_rotation_get_angle_deg(&r, NULL);
}

static void
test_turntable(void)
{
    const LacScene start = lac_scene_default();
    const LacAnimationData data = { .start = &start };
    for (int axis = 0; axis < LAC_N_TURNS; axis++) {
        g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_TURNTABLE);
        film->turn_axis = (LacTurnAxis) axis;
        film->seconds = 2.0;
        film->fps = 12.0;
        g_assert_cmpint(lac_animation_get_n_frames(film), ==, 24);
        LacScene before, now;
        lac_animation_apply(film, &data, 23, &before);
        for (int i = 0; i < 24; i++) {
            lac_animation_apply(film, &data, i, &now);
            g_assert_cmpfloat_with_epsilon(get_angle(&before.camera, &now.camera), 15.0, 1e-6);
            g_assert_cmpfloat(now.camera.height, ==, start.camera.height);
            if (i == 0)
                g_assert_true(lac_camera_is_equal(&now.camera, &start.camera));
            before = now;
        }
        // Part of a turn ends where it ends.
        film->degrees = -90.0;
        lac_animation_apply(film, &data, 23, &now);
        g_assert_cmpfloat_with_epsilon(get_angle(&start.camera, &now.camera), 90.0, 1e-6);
    }
}

static LacSeries *
make_series(gsize n)
{
    LacSeries *series = lac_series_new(n, 8, 8, 1.0, NULL);
    for (gsize i = 0; i < n; i++)
        series->angles[i] = (LacAngles){ 3.0 * lac_rng_uniform(1, i), 20.0 * (double) i - 60.0,
            -2.0 * lac_rng_uniform(2, i) };
    for (gsize i = 0; i < n * 64; i++)
        series->data[i] = (float) lac_rng_uniform(3, i);
    return series;
}

// The camera sees what each projection saw: x is u and y is v, at any angle.
static void
test_tilt(void)
{
    const LacScene start = lac_scene_default();
    g_autoptr(LacSeries) series = make_series(7);
    const LacAnimationData data = { .start = &start, .series = series };
    g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_TILT);
    g_assert_false(lac_animation_check(film, NULL, NULL));
    g_assert_true(lac_animation_check(film, series, NULL));
    film->seconds = 1.4;
    film->fps = 10.0;
    gsize seen = 0;
    for (int i = 0; i < lac_animation_get_n_frames(film); i++) {
        LacScene scene;
        lac_animation_apply(film, &data, i, &scene);
        gsize k = lac_animation_get_tilt(film, series, i);
        seen |= (gsize) 1 << k;
        const LacAngles *a = &series->angles[k];
        LacMat3 r = lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
        LacMat3 m = lac_camera_get_matrix(&scene.camera);
        for (int j = 0; j < 9; j++)
            g_assert_cmpfloat_with_epsilon(m.m[j / 3][j % 3], r.m[j / 3][j % 3], 1e-9);
        g_assert_false(scene.camera.perspective);
    }
    g_assert_cmpuint(seen, ==, 127);
}

// Whatever the side it is seen from, the plane starts at the viewer and cuts away what is before it.
static void
test_sweep(void)
{
    LacScene start = lac_scene_default();
    const LacAnimationData data = { .start = &start, .box = { { -4, -5, -6 }, { 4, 5, 8 } } };
    for (int behind = 0; behind < 2; behind++) {
        lac_camera_set_axis(&start.camera, LAC_AXIS_Z, behind);
        g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_SWEEP);
        film->seconds = 1.5;
        film->fps = 10.0;
        LacScene scene;
        lac_animation_apply(film, &data, 0, &scene);
        g_assert_false(scene.clip.enabled);
        lac_animation_apply(film, &data, 7, &scene);
        g_assert_true(scene.clip.enabled);
        g_assert_cmpfloat(scene.clip.normal.z, ==, behind ? -1.0 : 1.0);
        g_assert_cmpfloat_with_epsilon(scene.clip.normal.z * scene.clip.offset, 1.0, 1e-12);
        lac_animation_apply(film, &data, 14, &scene);
        g_assert_cmpfloat_with_epsilon(scene.clip.normal.z * scene.clip.offset, behind ? 8 : -6,
            1e-12);
    }
}

static LacAnimation *
make_keys(void)
{
    LacAnimation *film = lac_animation_new(LAC_ANIMATION_KEYS);
    LacScene scene = lac_scene_default();
    static const double times[] = { 0.0, 1.0, 2.5, 3.0 };
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        lac_camera_set_angles(&scene.camera, 40.0 * i, 25.0 * i * i, -15.0 * i);
        scene.camera.height = i == 2 ? 40.0 : 100.0 + i;
        scene.camera.target.x = i < 2 ? 0.0 : 10.0;
        scene.clip = (LacClipPlane){ i > 0, { 0.6, 0.0, 0.8 }, 3.0 - i };
        scene.atoms.show_bonds = i == 1;
        lac_animation_add_key(film, times[i], &scene);
    }
    return film;
}

static LacScene
at_time(const LacAnimation *film, double time)
{
    LacScene scene = lac_scene_default();
    lac_keys_apply(film->keys, time, &scene);
    return scene;
}

static void
test_keys(void)
{
    g_autoptr(LacAnimation) film = make_keys();
    g_assert_cmpint(lac_animation_get_n_frames(film), ==, 76);
    for (guint i = 0; i < film->keys->len; i++) {
        const LacKeyFrame *key = &g_array_index(film->keys, LacKeyFrame, i);
        LacScene scene = at_time(film, key->time);
        for (int c = 0; c < 4; c++)
            g_assert_cmpfloat_with_epsilon(fabs(scene.camera.rotation[c]), fabs(key->values[c]),
                1e-9);
        g_assert_cmpint(scene.atoms.show_bonds, ==, i == 1);
    }
    // It rests at both ends, turns smoothly in between, and no number goes beyond those of the keys.
    const double h = 1e-4;
    const double ends[] = { 0.0, 3.0 - h };
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        LacScene before = at_time(film, ends[i]), after = at_time(film, ends[i] + h);
        g_assert_cmpfloat(get_angle(&before.camera, &after.camera) / h, <, 0.2);
    }
    for (double t = 2.0 * h; t < 3.0 - 2.0 * h; t += 0.0137) {
        for (int k = 0; k < 2; k++) { // also on either side of a key frame
            double at = k == 0 ? t : 1.0;
            LacScene a = at_time(film, at - h), b = at_time(film, at), c = at_time(film, at + h);
            double in = get_angle(&a.camera, &b.camera), out = get_angle(&b.camera, &c.camera);
            g_assert_cmpfloat(fabs(in - out) / h, <, 1.0); // of up to 200 degrees a second
        }
        LacScene now = at_time(film, t);
        const double *q = now.camera.rotation;
        g_assert_cmpfloat_with_epsilon(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3], 1.0,
            1e-12);
        g_assert_cmpfloat(now.camera.height, >=, 40.0 - 1e-9);
        g_assert_cmpfloat(now.camera.height, <=, 103.0 + 1e-9);
        g_assert_cmpfloat(now.camera.target.x, >=, 0.0);
        g_assert_cmpfloat(now.camera.target.x, <=, 10.0);
        g_assert_cmpfloat_with_epsilon(now.clip.normal.x, 0.6, 1e-9);
    }
    // A key frame at the same time takes the place of the one before.
    LacScene other = lac_scene_default();
    lac_animation_add_key(film, 2.5, &other);
    g_assert_cmpuint(film->keys->len, ==, 4);
    lac_animation_remove_key(film, 3);
    g_assert_cmpfloat(lac_animation_get_seconds(film), ==, 2.5);
}

static void
test_text(void)
{
    g_autoptr(LacAnimation) keys = make_keys();
    for (guint kind = 0; kind < LAC_N_ANIMATIONS; kind++) {
        g_autoptr(LacAnimation) film = kind == LAC_ANIMATION_KEYS
            ? lac_animation_copy(keys)
            : lac_animation_new((LacAnimationKind) kind);
        film->images = kind == LAC_ANIMATION_TILT;
        film->sweep_axis = LAC_AXIS_Y;
        film->turn_axis = LAC_TURN_Z;
        film->fps = 30.0;
        film->degrees = 123.25;
        g_autofree char *text = lac_animation_dup_text(film);
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAnimation) back = lac_animation_from_text(text, "f", &error);
        g_assert_no_error(error);
        g_autofree char *again = lac_animation_dup_text(back);
        g_assert_cmpstr(text, ==, again);
        g_assert_cmpuint(back->kind, ==, kind);
        g_assert_cmpint(lac_animation_get_n_frames(back), ==, lac_animation_get_n_frames(film));
        for (guint i = 0; i < film->keys->len; i++)
            g_assert_true(
                memcmp(&g_array_index(film->keys, LacKeyFrame, i),
                    &g_array_index(back->keys, LacKeyFrame, i), sizeof(LacKeyFrame)) == 0);
    }
}

static void
test_mistakes(void)
{
    static const char *const WRONG[][2] = {
        { "", "f has no key frames" },
        { "kind = cartoon", "Line 2 of f: kind" },
        { "fps = 25\nkind = keys", "Line 3 of f: kind" },
        { "fps = 1000", "Line 2 of f: fps" },
        { "fps = auto", "Line 2 of f: fps" },
        { "rotation = 1 0 0 0", "Line 2 of f: there is no key \"rotation\" in front" },
        { "kind = sweep\naxis = vertical", "Line 3 of f: axis" },
        { "kind = sweep\nkey = 1", "Line 3 of f: key" },
        { "key = 0\nfps = 3", "Line 3 of f: there is no key \"fps\" of a key frame" },
        { "key = 0\nrotation = 1 1 0 0", "Line 3 of f: rotation" },
        { "key = 0\nclip = 0 0 0 1", "Line 3 of f: clip" },
        { "key = 0\nspin = auto", "Line 3 of f: spin" },
        { "key = 0\nspin = 1\nspin = 2", "Line 4 of f says \"spin\" again, after line 3" },
        { "key = 1\n\nkey = 1", "Line 4 of f: key" },
        { "key = -1", "Line 2 of f: key" },
        { "key = 0\nview-height = 0", "Line 3 of f: view-height" },
        { "key = 0\natoms = maybe", "Line 3 of f: atoms" },
        { "key", "Line 2 of f" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autofree char *text = g_strconcat("lacuna-film = 1\n", WRONG[i][0], "\n", NULL);
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_animation_from_text(text, "f", &error));
        if (strstr(error->message, WRONG[i][1]) == NULL)
            g_error("\"%s\" is not in \"%s\"", WRONG[i][1], error->message);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_animation_from_text("lacuna-figure = 1\n", "f", &error));
    g_assert_nonnull(strstr(error->message, "lacuna-film"));
    g_clear_error(&error);
    g_assert_null(lac_animation_from_text("lacuna-film = 9\n", "f", &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
}

// A damaged text gives a film or an error, never a crash.
static void
test_damage(void)
{
    g_autoptr(LacAnimation) film = make_keys();
    g_autofree char *text = lac_animation_dup_text(film);
    gsize n = strlen(text);
    for (guint i = 0; i < 400; i++) {
        g_autofree char *damaged = g_strdup(text);
        for (guint k = 0; k < 3; k++)
            damaged[(gsize) ((double) n * lac_rng_uniform(i, k))] =
                (char) (1 + (int) (126.0 * lac_rng_uniform(i, k + 9)));
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAnimation) back = lac_animation_from_text(damaged, "f", &error);
        g_assert_true((back == NULL) == (error != NULL));
    }
}

// --- films

typedef struct {
    LacAtoms *atoms;
    LacFigure *figure;
    LacRenderer *renderer;
    LacFigureView *view;
} Stage;

static void
stage_init(Stage *self)
{
    g_autoptr(GError) error = NULL;
    self->atoms = lac_atoms_new(20);
    lac_atoms_add_species(self->atoms, "Au");
    for (gsize i = 0; i < 20; i++) {
        self->atoms->x[i] = 9.0 * lac_rng_uniform(1, i);
        self->atoms->y[i] = 9.0 * lac_rng_uniform(2, i);
        self->atoms->z[i] = 9.0 * lac_rng_uniform(3, i);
    }
    self->figure = lac_figure_new();
    self->figure->supersample = 1;
    lac_figure_set_pixels(self->figure, 61, 40);
    self->renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    const LacFigureData data = { .atoms = self->atoms };
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

static gboolean
write_film(Stage *stage, const LacAnimation *animation, const LacSeries *series, const char *path,
    LacProgress *progress, GError **error)
{
    const LacFigureNotes notes = { .recipe = "r", .bits = 8 };
    const LacFilm film = { stage->figure, stage->view, stage->renderer, animation, series, &notes };
    return lac_film_write(&film, path, progress, error);
}

static void
test_pictures(LacScratch *scratch, gconstpointer unused)
{
    (void) unused;
    Stage stage;
    stage_init(&stage);
    g_autoptr(GError) error = NULL;
    g_autofree char *still = lac_scratch_path(scratch, "still.png");
    g_autofree char *path = lac_scratch_path(scratch, "turn.png");
    g_autofree char *first = lac_scratch_path(scratch, "turn-0001.png");
    g_autofree char *last = lac_scratch_path(scratch, "turn-0006.png");
    const LacFigureNotes notes = { .recipe = "r", .bits = 8 };
    g_assert_true(
        lac_figure_write(stage.figure, stage.view, stage.renderer, &notes, still, NULL, &error));
    g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_TURNTABLE);
    film->seconds = 1.0;
    film->fps = 6.0;
    g_assert_true(write_film(&stage, film, NULL, path, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 7);
    g_assert_true(lac_scratch_is_same(still, first));
    g_assert_true(g_file_test(last, G_FILE_TEST_EXISTS));
    stage_clear(&stage);
}

static void
test_cancel(LacScratch *scratch, gconstpointer unused)
{
    (void) unused;
    Stage stage;
    stage_init(&stage);
    g_autofree char *path = lac_scratch_path(scratch, "turn.png");
    for (guint at = 1; at < 8; at += 3) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_TURNTABLE);
        lac_progress_cancel_at(progress, at);
        g_assert_false(write_film(&stage, film, NULL, path, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_cmpuint(lac_scratch_count(scratch), ==, 0);
    }
    stage_clear(&stage);
}

// A program in place of ffmpeg, and no other.
static char *
pretend(LacScratch *scratch, const char *name, const char *script)
{
    g_autofree char *folder = lac_scratch_path(scratch, name);
    g_autofree char *program = g_build_filename(folder, "ffmpeg", NULL);
    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(program, script, -1, NULL));
    g_assert_cmpint(g_chmod(program, 0700), ==, 0);
    char *before = g_strdup(g_getenv("PATH"));
    g_setenv("PATH", folder, TRUE);
    return before;
}

static void
restore(LacScratch *scratch, const char *name, char *before)
{
    g_autofree char *folder = lac_scratch_path(scratch, name);
    g_autofree char *program = g_build_filename(folder, "ffmpeg", NULL);
    g_setenv("PATH", before, TRUE);
    g_free(before);
    g_unlink(program);
    g_rmdir(folder);
}

// The encoder gets all pictures at one size, and its death is an error that leaves no file.
static void
test_encoder(LacScratch *scratch, gconstpointer unused)
{
    (void) unused;
    Stage stage;
    stage_init(&stage);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "film.mp4");
    g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_TILT);
    g_autoptr(LacSeries) series = make_series(3);
    film->images = TRUE;
    film->seconds = 1.0;
    film->fps = 7.0;
    char *before = pretend(scratch, "a",
        "#!/bin/sh\nfor last; do :; done\nPATH=/bin:/usr/bin exec cat > \"$last\"\n");
    gboolean done = write_film(&stage, film, series, path, NULL, &error);
    restore(scratch, "a", before);
    g_assert_no_error(error);
    g_assert_true(done);
    GStatBuf info;
    g_assert_cmpint(g_stat(path, &info), ==, 0);
    g_assert_cmpint(info.st_size, ==, 7 * 3 * 40 * (61 + 1 + 40));
    g_unlink(path);
    before = pretend(scratch, "b", "#!/bin/sh\necho no such codec >&2\nexit 1\n");
    done = write_film(&stage, film, series, path, NULL, &error);
    restore(scratch, "b", before);
    g_assert_false(done);
    g_assert_nonnull(strstr(error->message, "film.mp4"));
    g_assert_nonnull(strstr(error->message, "no such codec"));
    g_clear_error(&error);
    before = pretend(scratch, "c",
        "#!/bin/sh\nfor last; do :; done\nPATH=/bin:/usr/bin exec cat > \"$last\"\n");
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 3);
    done = write_film(&stage, film, series, path, progress, &error);
    restore(scratch, "c", before);
    g_assert_false(done);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 0);
    stage_clear(&stage);
}

static void
test_no_encoder(LacScratch *scratch, gconstpointer unused)
{
    (void) unused;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_TURNTABLE);
    g_autofree char *before = g_strdup(g_getenv("PATH"));
    g_setenv("PATH", scratch->folder, TRUE);
    gboolean good = lac_film_check_path("a.webm", film, &error);
    g_setenv("PATH", before, TRUE);
    g_assert_false(good);
    g_assert_nonnull(strstr(error->message, "ffmpeg, which is not installed"));
    g_clear_error(&error);
    g_assert_true(lac_film_check_path("a.png", film, &error));
    g_assert_false(lac_film_check_path("a.gif", film, &error));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/animation/turntable", test_turntable);
    g_test_add_func("/animation/tilt", test_tilt);
    g_test_add_func("/animation/sweep", test_sweep);
    g_test_add_func("/animation/keys", test_keys);
    g_test_add_func("/animation/text", test_text);
    g_test_add_func("/animation/mistakes", test_mistakes);
    g_test_add_func("/animation/damage", test_damage);
    static const struct {
        const char *path;
        void (*run)(LacScratch *, gconstpointer);
        gboolean draws;
    } films[] = { { "/animation/pictures", test_pictures, TRUE },
        { "/animation/cancel", test_cancel, TRUE }, { "/animation/encoder", test_encoder, TRUE },
        { "/animation/no-encoder", test_no_encoder, FALSE } };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacEglContext) context = lac_egl_context_new(&error);
    if (context == NULL)
        g_test_message("films are not drawn: %s", error->message);
    for (guint i = 0; i < G_N_ELEMENTS(films); i++)
        if (context != NULL || !films[i].draws)
            g_test_add(films[i].path, LacScratch, NULL, lac_scratch_set_up, films[i].run,
                lac_scratch_tear_down);
    return g_test_run();
}
