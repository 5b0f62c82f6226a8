// SPDX-License-Identifier: GPL-3.0-or-later
// The renderer without a window: known phantoms in known places.
#include "core/array.h"
#include "core/error.h"
#include "core/figure/png.h"
#include "core/gpu/egl-context.h"
#include "tests/support/phantom.h"
#include "tests/support/picture.h"
#include "ui/render/export.h"

#include <epoxy/gl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define W 200
#define H 150
#define N 40 // edge of the ball's volume [voxel]

typedef struct {
    LacRenderer *renderer;
    LacVolume *ball; // radius 12
    LacVolumeTexture *texture;
    LacScene scene; // along z, 3 pixels a voxel
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    f->renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    f->ball = lac_phantom_ball(N, 12.0);
    f->texture = lac_volume_texture_prepare(f->ball, 2048, FALSE, NULL, NULL);
    f->scene = lac_scene_default();
    f->scene.volume = f->texture;
    f->scene.iso[0].level = 0.5;
    f->scene.transfer = lac_transfer_default(0.0, 1.0);
    lac_camera_set_axis(&f->scene.camera, LAC_AXIS_Z, FALSE);
    f->scene.camera.height = H / 3.0;
    f->scene.camera.target = (LacVec3){ -0.5, -0.5, -0.5 }; // the geometric centre
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    g_assert_cmpuint(glGetError(), ==, GL_NO_ERROR);
    lac_renderer_free(f->renderer);
    lac_volume_texture_unref(f->texture);
    lac_volume_unref(f->ball);
}

static guint8 *
draw(Fixture *f, int tile)
{
    g_autoptr(GError) error = NULL;
    LacExportParams params = lac_export_params_default(W, H);
    params.tile = tile;
    guint8 *rgba = lac_export_to_memory(f->renderer, &f->scene, &params, NULL, &error);
    g_assert_no_error(error);
    return rgba;
}

static const guint8 *
pixel(const guint8 *rgba, int x, int y)
{
    return rgba + 4 * (y * W + x);
}

static void
assert_same(const guint8 *a, const guint8 *b, gsize n)
{
    for (gsize i = 0; i < n; i++)
        g_assert_cmpuint(a[i], ==, b[i]);
}

// Pixels that are not background.
static guint
count(const Fixture *f, const guint8 *rgba, int x0, int x1)
{
    guint n = 0;
    for (int y = 0; y < H; y++)
        for (int x = x0; x < x1; x++) {
            int off = 0;
            for (int c = 0; c < 3; c++)
                off = MAX(off,
                    abs(pixel(rgba, x, y)[c] - (int) lrintf(255.0f * f->scene.background[c])));
            n += off > 3;
        }
    return n;
}

static void
test_iso_radius(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.mode = LAC_RENDER_ISO;
    guint8 *rgba = draw(f, 512);
    double radius = sqrt(count(f, rgba, 0, W) / G_PI);
    g_test_message("isosurface: radius %.2f pixels", radius);
    g_assert_cmpfloat_with_epsilon(radius, 36.0, 0.5); // 12 voxels of 3 pixels
    lac_free(rgba);
    f->scene.camera.perspective = TRUE;
    rgba = draw(f, 512);
    double closer = sqrt(count(f, rgba, 0, W) / G_PI);
    double distance = lac_camera_get_distance(&f->scene.camera);
    double wanted = 36.0 / sqrt(1.0 - 144.0 / (distance * distance)); // of the outline seen
    g_test_message("in perspective: radius %.2f pixels", closer);
    g_assert_cmpfloat_with_epsilon(closer, wanted, 0.6);
    lac_free(rgba);
}

static void
test_mip_value(Fixture *f, gconstpointer data)
{
    (void) data;
    // One bright voxel, and a colour map by which the value can be read back.
    g_autoptr(LacVolume) volume = lac_volume_new(9, 9, 9, 1.0, NULL);
    volume->data[(4 * 9 + 4) * 9 + 4] = 2.0f;
    volume->data[(2 * 9 + 4) * 9 + 6] = 1.0f;
    g_autoptr(LacVolumeTexture) texture =
        lac_volume_texture_prepare(volume, 2048, FALSE, NULL, NULL);
    f->scene.volume = texture;
    f->scene.mode = LAC_RENDER_MIP;
    f->scene.transfer = lac_transfer_default(0.0, 2.5);
    f->scene.transfer.colormap = LAC_COLORMAP_GREY;
    f->scene.camera.height = 15.0;
    f->scene.camera.target = (LacVec3){ -0.05, 0.05, 0.0 }; // a pixel's centre on the voxel's
    guint8 *rgba = draw(f, 512);
    g_assert_cmpint(abs(pixel(rgba, W / 2, H / 2)[0] - (int) (255 * 2.0 / 2.5)), <=, 2);
    // Voxel (6, 4): two voxels of ten pixels to the right. It lies behind nothing.
    g_assert_cmpint(abs(pixel(rgba, W / 2 + 20, H / 2)[0] - (int) (255 * 1.0 / 2.5)), <=, 2);
    lac_free(rgba);
}

// x to the right, y up, and the nearer of two surfaces in front.
static void
test_orientation(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(LacVolume) volume = lac_volume_new(21, 21, 21, 1.0, NULL);
    for (gsize z = 0; z < 21; z++)
        for (gsize y = 9; y < 12; y++)
            for (gsize x = 15; x < 18; x++)
                volume->data[(z * 21 + y) * 21 + x] = z > 10 ? 1.0f : 0.4f;
    for (gsize x = 9; x < 12; x++)
        for (gsize y = 15; y < 18; y++)
            volume->data[(10 * 21 + y) * 21 + x] = 1.0f;
    g_autoptr(LacVolumeTexture) texture =
        lac_volume_texture_prepare(volume, 2048, FALSE, NULL, NULL);
    f->scene.volume = texture;
    f->scene.mode = LAC_RENDER_DVR;
    f->scene.lighting = FALSE;
    f->scene.transfer = (LacTransfer){ .lo = 0.0,
        .hi = 1.0,
        .colormap = LAC_COLORMAP_GREY,
        .n_points = 2,
        .points = { { 0.1, 0.0 }, { 0.3, 0.95 } } };
    f->scene.camera.height = H / 6.0;
    f->scene.camera.target = (LacVec3){ 0 };
    guint8 *rgba = draw(f, 512);
    int right = pixel(rgba, W / 2 + 36, H / 2)[0]; // voxel x = 16, y = 10
    int up = pixel(rgba, W / 2, H / 2 - 36)[0];
    int left = pixel(rgba, W / 2 - 36, H / 2)[0];
    lac_free(rgba);
    g_assert_cmpint(right, >, 225); // the bright end faces the viewer
    g_assert_cmpint(up, >, 100);
    g_assert_cmpint(abs(left - (int) lrintf(255.0f * f->scene.background[0])), <=, 1);
    lac_camera_set_axis(&f->scene.camera, LAC_AXIS_Z, TRUE);
    rgba = draw(f, 512);
    int behind =
        pixel(rgba, W / 2 - 36, H / 2)[0]; // mirrored by the turn, and the dim end in front
    lac_free(rgba);
    g_assert_cmpint(behind, >, 70);
    g_assert_cmpint(behind, <, 130);
}

static void
test_clip(Fixture *f, gconstpointer data)
{
    (void) data;
    for (int mode = 0; mode < LAC_N_RENDER_MODES; mode++) {
        f->scene.mode = (LacRenderMode) mode;
        f->scene.clip.enabled = FALSE;
        guint8 *whole = draw(f, 512);
        f->scene.clip = (LacClipPlane){ TRUE, { 1, 0, 0 }, -0.5 };
        guint8 *half = draw(f, 512);
        guint all = count(f, whole, 0, W), left = count(f, half, 0, W / 2 - 2),
              right = count(f, half, W / 2 + 2, W);
        g_assert_cmpuint(right, ==, 0);
        g_assert_cmpuint(left, >, all * 9 / 20);
        g_assert_cmpuint(left, <, all * 11 / 20);
        f->scene.clip.enabled = FALSE;
        f->scene.crop[0][1] = 0.5;
        guint8 *cropped = draw(f, 512);
        g_assert_cmpuint(count(f, cropped, W / 2 + 2, W), ==, 0);
        g_assert_cmpuint(count(f, cropped, 0, W / 2 - 2), ==, left);
        f->scene.crop[0][1] = 1.0;
        lac_free(whole);
        lac_free(half);
        lac_free(cropped);
    }
}

// Cut towards the viewer, an isosurface shows the cut as a lid of its colour.
static void
test_cap(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.mode = LAC_RENDER_ISO;
    f->scene.clip = (LacClipPlane){ TRUE, { 0, 0, 1 }, -0.5 };
    guint8 *rgba = draw(f, 512);
    assert_same(pixel(rgba, W / 2, H / 2), pixel(rgba, W / 2 + 20, H / 2 + 8), 4);
    g_assert_cmpfloat_with_epsilon(sqrt(count(f, rgba, 0, W) / G_PI), 36.0, 0.5);
    lac_free(rgba);
}

// Two surfaces, the outer one clear: the inner one is seen through it and changes the colour.
static void
test_two_levels(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.mode = LAC_RENDER_ISO;
    f->scene.n_iso = 2;
    f->scene.iso[0] = (LacIsoLevel){ 0.9, { 1.0f, 0.0f, 0.0f, 1.0f } };
    f->scene.iso[1] = (LacIsoLevel){ 0.1, { 0.0f, 0.0f, 1.0f, 0.3f } };
    guint8 *rgba = draw(f, 512);
    const guint8 *middle = pixel(rgba, W / 2, H / 2);
    g_assert_cmpint(middle[0], >, 100);
    g_assert_cmpint(middle[2], >, 40);
    const guint8 *rim = pixel(rgba, W / 2 + 38, H / 2); // between both radii, 31.2 and 40.8
    g_assert_cmpint(rim[2], >, rim[0]);
    lac_free(rgba);
}

static void
test_slices(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.show_volume = FALSE;
    f->scene.show_slices[2] = TRUE;
    f->scene.crosshair[2] = 20.0;
    f->scene.transfer.colormap = LAC_COLORMAP_GREY;
    guint8 *rgba = draw(f, 512);
    g_assert_cmpint(pixel(rgba, W / 2, H / 2)[0], ==, 255);
    g_assert_cmpint(pixel(rgba, W / 2 + 55, H / 2)[0], ==, 0); // in the box, beside the ball
    g_assert_cmpuint(count(f, rgba, 0, W), >, 110 * 110);
    lac_free(rgba);
    // Before the slice there is half a ball.
    f->scene.show_volume = TRUE;
    f->scene.mode = LAC_RENDER_ISO;
    rgba = draw(f, 512);
    g_assert_cmpint(pixel(rgba, W / 2, H / 2)[0], <, 254);
    g_assert_cmpint(pixel(rgba, W / 2 + 55, H / 2)[0], ==, 0);
    lac_free(rgba);
}

// The same bytes for any size of the tiles, with all that can be shown.
static void
test_tiles(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.show_box = f->scene.show_axes = TRUE;
    lac_camera_set_angles(&f->scene.camera, 25.0, -35.0, 5.0);
    for (int i = 0; i < 2 * LAC_N_RENDER_MODES; i++) {
        f->scene.mode = (LacRenderMode) (i % LAC_N_RENDER_MODES);
        f->scene.camera.perspective = i >= LAC_N_RENDER_MODES;
        f->scene.show_slices[0] = i % 2;
        f->scene.crosshair[0] = 25.0;
        guint8 *whole = draw(f, 512);
        for (int tile = 37; tile < 200; tile += 71) {
            guint8 *tiled = draw(f, tile);
            assert_same(whole, tiled, 4 * W * H);
            lac_free(tiled);
        }
        lac_free(whole);
    }
}

// Jumping over empty blocks must not show.
static void
test_skip(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(LacVolume) atoms = lac_phantom_atoms(64, 60, 1.5);
    g_autoptr(LacVolumeTexture) texture =
        lac_volume_texture_prepare(atoms, 2048, FALSE, NULL, NULL);
    LacBox box = lac_volume_get_box(atoms);
    GLuint texture_id, framebuffer;
    glGenTextures(1, &texture_id);
    glBindTexture(GL_TEXTURE_2D, texture_id);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_id, 0);
    LacRenderTarget target = lac_render_target_whole(framebuffer, W, H);
    f->scene.volume = texture;
    f->scene.transfer = texture->transfer;
    f->scene.iso[0].level = texture->iso_level;
    lac_camera_set_angles(&f->scene.camera, 25.0, -35.0, 5.0);
    lac_camera_fit(&f->scene.camera, &box, (double) W / H);
    static guint8 pixels[2][4 * W * H];
    for (int mode = 0; mode < LAC_N_RENDER_MODES; mode++) {
        f->scene.mode = (LacRenderMode) mode;
        for (int skip = 0; skip < 2; skip++) {
            LacRenderQuality quality = lac_render_quality_full();
            quality.skip_empty = skip;
            g_assert_true(lac_renderer_draw(f->renderer, &f->scene, &quality, &target, NULL, NULL));
            glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
            glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, pixels[skip]);
        }
        guint n_off = 0;
        for (int i = 0; i < 4 * W * H; i++)
            n_off += abs(pixels[0][i] - pixels[1][i]) > 2;
        g_test_message("%s: %u of %d values differ by more than 2",
            lac_render_mode_get_name(f->scene.mode), n_off, 4 * W * H);
        g_assert_cmpuint(n_off, <, 4 * W * H / 1000);
    }
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture_id);
}

// A picture made in pieces is the one made at once.
static void
test_progress(Fixture *f, gconstpointer data)
{
    (void) data;
    guint8 *wanted = draw(f, 512);
    GLuint texture_id, framebuffer;
    glGenTextures(1, &texture_id);
    glBindTexture(GL_TEXTURE_2D, texture_id);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_id, 0);
    LacRenderTarget target = lac_render_target_whole(framebuffer, W, H);
    LacRenderQuality quick = lac_render_quality_quick(0.3), full = lac_render_quality_full();
    LacRenderProgress progress = { .budget_ms = 0.5 };
    f->scene.camera.height *= 1.5;
    g_assert_true(lac_renderer_draw(f->renderer, &f->scene, &quick, &target, NULL, NULL));
    f->scene.camera.height /= 1.5;
    guint n_calls = 0;
    while (!progress.done) {
        g_assert_cmpuint(++n_calls, <, 100000);
        g_assert_true(lac_renderer_draw(f->renderer, &f->scene, &full, &target, &progress, NULL));
    }
    g_assert_cmpuint(n_calls, >, 1);
    g_assert_cmpfloat(lac_renderer_get_frame_ms(f->renderer), >, 0.0);
    g_autofree guint8 *got = g_malloc(4 * W * H);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, got);
    for (int y = 0; y < H; y++)
        assert_same(wanted + 4 * W * y, got + 4 * W * (H - 1 - y), 4 * W);
    lac_free(wanted);
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture_id);
}

static void
test_transparent(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.background[3] = 0.0f;
    f->scene.mode = LAC_RENDER_ISO;
    guint8 *rgba = draw(f, 512);
    g_assert_cmpint(pixel(rgba, 2, 2)[3], ==, 0);
    g_assert_cmpint(pixel(rgba, W / 2, H / 2)[3], ==, 255);
    lac_free(rgba);
}

// Edges behind the volume are hidden, those before it are not.
static void
test_box(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(LacVolume) full = lac_volume_new(8, 8, 8, 1.0, NULL);
    for (gsize i = 0; i < 512; i++)
        full->data[i] = 1.0f;
    full->data[0] = 0.0f;
    g_autoptr(LacVolumeTexture) texture = lac_volume_texture_prepare(full, 2048, FALSE, NULL, NULL);
    LacBox box = lac_volume_get_box(full);
    f->scene.volume = texture;
    f->scene.mode = LAC_RENDER_ISO;
    lac_camera_set_angles(&f->scene.camera, 30.0, -40.0, 0.0);
    lac_camera_fit(&f->scene.camera, &box, (double) W / H);
    guint8 *plain = draw(f, 512);
    f->scene.show_box = TRUE;
    guint8 *lined = draw(f, 512);
    double x, y;
    guint n_changed = 0;
    for (int i = 0; i < W * H; i++)
        n_changed += memcmp(plain + 4 * i, lined + 4 * i, 4) != 0;
    g_assert_cmpuint(n_changed, >, 300);
    // The lower left back corner is behind everything, the one opposite before everything.
    lac_camera_project(&f->scene.camera, W, H, (LacVec3){ box.min.x, box.min.y, box.min.z }, &x, &y,
        NULL);
    gsize hidden = 4 * ((gsize) y * W + (gsize) x);
    lac_camera_project(&f->scene.camera, W, H, (LacVec3){ box.max.x, box.max.y, box.max.z }, &x, &y,
        NULL);
    gsize seen = 4 * ((gsize) y * W + (gsize) x);
    LacMat3 m = lac_camera_get_matrix(&f->scene.camera);
    double towards = m.m[2][0] + m.m[2][1] + m.m[2][2];
    if (towards < 0.0) {
        gsize other = hidden;
        hidden = seen;
        seen = other;
    }
    assert_same(plain + hidden, lined + hidden, 4);
    g_assert_true(memcmp(plain + seen, lined + seen, 4) != 0);
    lac_free(plain);
    lac_free(lined);
}

static void
test_cancel(Fixture *f, gconstpointer data)
{
    (void) data;
    for (guint at = 1; at <= 4; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        LacExportParams params = lac_export_params_default(W, H);
        params.tile = 100;
        lac_progress_cancel_at(progress, at);
        g_assert_null(lac_export_to_memory(f->renderer, &f->scene, &params, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
    g_autoptr(GError) error = NULL;
    LacExportParams absurd = lac_export_params_default(100000, 10);
    g_assert_null(lac_export_to_memory(f->renderer, &f->scene, &absurd, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_png(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.png", NULL);
    const char *const text[] = { "Software", "Lacuna", "Note", "5 Å", NULL };
    guint8 *rgba = draw(f, 512);
    LacPngWriter *writer = lac_png_writer_new(path, W, H, TRUE, 0.0, text, &error);
    g_assert_no_error(error);
    g_assert_true(lac_png_writer_add_rows(writer, rgba, 100, &error));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(lac_png_writer_add_rows(writer, rgba + 4 * W * 100, H - 100, &error));
    g_assert_true(lac_png_writer_finish(writer, &error));
    g_assert_no_error(error);
    lac_png_writer_free(writer);
    g_autoptr(LacPicture) back = lac_picture_read(path);
    g_assert_cmpuint(back->width, ==, W);
    g_assert_cmpuint(back->height, ==, H);
    assert_same(rgba, back->rgba, 4 * W * H);
    lac_free(rgba);
    g_autofree char *bytes = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    g_assert_nonnull(memmem(bytes, n, "5 Å", strlen("5 Å")));
    g_autofree char *nowhere = g_build_filename(folder, "none", "b.png", NULL);
    g_assert_null(lac_png_writer_new(nowhere, 4, 4, FALSE, 0.0, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_unlink(path);
    g_rmdir(folder);
}

// Each volume takes the place of the one before, whatever their shapes.
static void
test_replace(Fixture *f, gconstpointer data)
{
    (void) data;
    f->scene.mode = LAC_RENDER_ISO;
    static const gsize SIZES[] = { 40, 24, 24, 40 };
    for (guint i = 0; i < G_N_ELEMENTS(SIZES); i++) {
        g_autoptr(LacVolume) ball = lac_phantom_ball(SIZES[i], 8.0);
        g_autoptr(LacVolumeTexture) texture =
            lac_volume_texture_prepare(ball, 2048, i % 2, NULL, NULL);
        f->scene.volume = texture;
        guint8 *rgba = draw(f, 512);
        g_assert_cmpfloat_with_epsilon(sqrt(count(f, rgba, 0, W) / G_PI), 24.0, 0.5);
        lac_free(rgba);
    }
    f->scene.volume = NULL;
    guint8 *rgba = draw(f, 512);
    g_assert_cmpuint(count(f, rgba, 0, W), ==, 0);
    lac_free(rgba);
    f->scene.volume = f->texture;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Fixture *f, gconstpointer data);
    } TESTS[] = { { "iso-radius", test_iso_radius }, { "mip-value", test_mip_value },
        { "orientation", test_orientation }, { "clip", test_clip }, { "cap", test_cap },
        { "two-levels", test_two_levels }, { "slices", test_slices }, { "tiles", test_tiles },
        { "skip", test_skip }, { "progress", test_progress }, { "transparent", test_transparent },
        { "box", test_box }, { "cancel", test_cancel }, { "png", test_png },
        { "replace", test_replace } };
    g_autoptr(GError) error = NULL;
    g_test_init(&argc, &argv, NULL);
    g_autoptr(LacEglContext) context = lac_egl_context_new(&error);
    if (context == NULL) {
        g_print("1..0 # SKIP %s\n", error->message);
        return 77;
    }
    g_test_message("%s, %s", (const char *) glGetString(GL_VERSION),
        (const char *) glGetString(GL_RENDERER));
    for (guint i = 0; i < G_N_ELEMENTS(TESTS); i++) {
        g_autofree char *path = g_strconcat("/renderer/", TESTS[i].path, NULL);
        g_test_add(path, Fixture, NULL, set_up, TESTS[i].test, tear_down);
    }
    int status = g_test_run();
    g_clear_pointer(&context, lac_egl_context_free);
    return status;
}
