// SPDX-License-Identifier: GPL-3.0-or-later
// What needs no OpenGL: camera, transfer function, texture preparation, picking.
#include "tests/support/phantom.h"
#include "ui/render/pick.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define W 640.0
#define H 480.0

static const LacBox box = { { -10.0, -20.0, -30.0 }, { 10.0, 20.0, 30.0 } };

static double
distance_to_ray(const LacRay *ray, LacVec3 p)
{
    LacVec3 d = ray->direction,
            v = { p.x - ray->origin.x, p.y - ray->origin.y, p.z - ray->origin.z };
    LacVec3 c = { v.y * d.z - v.z * d.y, v.z * d.x - v.x * d.z, v.x * d.y - v.y * d.x };
    return sqrt(c.x * c.x + c.y * c.y + c.z * c.z);
}

// A ray through where a point is seen meets the point.
static void
test_project(void)
{
    const LacVec3 points[] = { { 0, 0, 0 }, { 3, -7, 11 }, { -9.5, 19, -28 } };
    for (int i = 0; i < 20; i++) {
        LacCamera camera = lac_camera_default();
        lac_camera_set_angles(&camera, 17.0 * i, 31.0 * i, -53.0 * i);
        camera.perspective = i % 2;
        lac_camera_fit(&camera, &box, W / H);
        for (guint k = 0; k < G_N_ELEMENTS(points); k++) {
            double x, y;
            g_assert_true(lac_camera_project(&camera, W, H, points[k], &x, &y, NULL));
            g_assert_true(x > 0.0 && x < W && y > 0.0 && y < H);
            LacRay ray = lac_camera_unproject(&camera, W, H, x, y);
            g_assert_cmpfloat(distance_to_ray(&ray, points[k]), <, 1e-9);
        }
    }
}

// The corners just fit, from any side.
static void
test_fit(void)
{
    for (int i = 0; i < 40; i++) {
        LacCamera camera = lac_camera_default();
        lac_camera_set_angles(&camera, 37.0 * i, 61.0 * i, 13.0 * i);
        camera.perspective = i % 2;
        lac_camera_fit(&camera, &box, W / H);
        double reach = 0.0;
        for (int c = 0; c < 8; c++) {
            LacVec3 corner = { c & 1 ? 10.0 : -10.0, c & 2 ? 20.0 : -20.0, c & 4 ? 30.0 : -30.0 };
            double x, y;
            g_assert_true(lac_camera_project(&camera, W, H, corner, &x, &y, NULL));
            reach = MAX(reach, MAX(fabs(2.0 * x / W - 1.0), fabs(2.0 * y / H - 1.0)));
        }
        g_assert_cmpfloat(reach, <=, 1.0);
        g_assert_cmpfloat(reach, >, 0.7);
    }
}

static void
check_axes(LacAxis axis, gboolean behind, const double wanted[3][3])
{
    LacCamera camera = lac_camera_default();
    lac_camera_set_axis(&camera, axis, behind);
    LacMat3 m = lac_camera_get_matrix(&camera);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            g_assert_cmpfloat_with_epsilon(m.m[i][j], wanted[i][j], 1e-12);
}

// Rows: what points right, up and to the viewer. All right-handed: nothing is mirrored.
static void
test_axes(void)
{
    static const double X[3][3] = { { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 } };
    static const double Y[3][3] = { { -1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 } };
    static const double Z[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
    static const double BEHIND_X[3][3] = { { 0, -1, 0 }, { 0, 0, 1 }, { -1, 0, 0 } };
    check_axes(LAC_AXIS_X, FALSE, X);
    check_axes(LAC_AXIS_Y, FALSE, Y);
    check_axes(LAC_AXIS_Z, FALSE, Z);
    check_axes(LAC_AXIS_X, TRUE, BEHIND_X);
}

// The front follows the hand; many turns keep the rotation a rotation.
static void
test_rotate(void)
{
    LacCamera camera = lac_camera_default();
    lac_camera_set_axis(&camera, LAC_AXIS_Z, FALSE);
    LacVec3 front = { 0, 0, 5 };
    double x, y;
    lac_camera_rotate(&camera, 10.0, 0.0);
    lac_camera_project(&camera, W, H, front, &x, &y, NULL);
    g_assert_cmpfloat(x, >, 0.5 * W);
    lac_camera_set_axis(&camera, LAC_AXIS_Z, FALSE);
    lac_camera_rotate(&camera, 0.0, 10.0);
    lac_camera_project(&camera, W, H, front, &x, &y, NULL);
    g_assert_cmpfloat(y, >, 0.5 * H);
    for (int i = 0; i < 10000; i++)
        lac_camera_rotate(&camera, 0.37, 0.91);
    double norm = 0.0;
    for (int i = 0; i < 4; i++)
        norm += camera.rotation[i] * camera.rotation[i];
    g_assert_cmpfloat_with_epsilon(norm, 1.0, 1e-12);
}

static void
test_pan_and_zoom(void)
{
    LacCamera camera = lac_camera_default();
    lac_camera_fit(&camera, &box, W / H);
    LacVec3 p = camera.target;
    double x, y;
    lac_camera_pan(&camera, 30.0, -12.0, H);
    lac_camera_project(&camera, W, H, p, &x, &y, NULL);
    g_assert_cmpfloat_with_epsilon(x, 0.5 * W + 30.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(y, 0.5 * H - 12.0, 1e-9);
    LacRay still = lac_camera_unproject(&camera, W, H, 100.0, 60.0);
    lac_camera_zoom(&camera, 2.5, 100.0, 60.0, W, H);
    lac_camera_project(&camera, W, H, still.origin, &x, &y, NULL);
    g_assert_cmpfloat_with_epsilon(x, 100.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(y, 60.0, 1e-9);
}

static void
test_transfer_points(void)
{
    LacTransfer t = lac_transfer_default(2.0, 6.0);
    g_assert_cmpfloat(lac_transfer_get_position(&t, 3.0), ==, 0.25);
    g_assert_cmpfloat(lac_transfer_get_value(&t, 0.25), ==, 3.0);
    g_assert_cmpfloat(lac_transfer_get_opacity(&t, -5.0), ==, t.points[0].opacity);
    int i = lac_transfer_add_point(&t, 0.75, 0.3);
    g_assert_cmpint(i, ==, 2);
    g_assert_cmpfloat(lac_transfer_get_opacity(&t, 0.75), ==, 0.3);
    lac_transfer_move_point(&t, 2, 0.1, 2.0); // not beyond its neighbour, not above 1
    g_assert_cmpfloat(t.points[2].x, ==, t.points[1].x);
    g_assert_cmpfloat(t.points[2].opacity, ==, 1.0);
    while (lac_transfer_add_point(&t, 0.5, 0.5) >= 0)
        continue;
    g_assert_cmpuint(t.n_points, ==, LAC_TRANSFER_MAX_POINTS);
    while (lac_transfer_remove_point(&t, 0))
        continue;
    g_assert_cmpuint(t.n_points, ==, 2);
}

// Two half steps absorb what one whole step does.
static void
test_transfer_table(void)
{
    LacTransfer t = lac_transfer_default(0.0, 1.0);
    float whole[64 * 4], half[64 * 4];
    lac_transfer_fill_table(&t, 1.0, 64, whole);
    lac_transfer_fill_table(&t, 0.5, 64, half);
    for (int i = 0; i < 64; i++) {
        double a = (double) half[4 * i + 3];
        g_assert_cmpfloat_with_epsilon(1.0 - (1.0 - a) * (1.0 - a), (double) whole[4 * i + 3],
            1e-6);
        for (int c = 0; c < 3; c++)
            g_assert_cmpfloat(whole[4 * i + c], <=, whole[4 * i + 3] + 1e-6f);
    }
    g_assert_cmpfloat(whole[3], ==, 0.0f);
}

static double
from_half(guint16 h)
{
    guint exponent = h >> 10, mantissa = h & 0x3ff;
    return exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, (int) exponent - 25);
}

// The background stays clear, the atoms are seen.
static void
test_guess(void)
{
    g_autoptr(LacVolume) atoms = lac_phantom_atoms(48, 120, 1.6);
    g_autoptr(LacVolumeTexture) t = lac_volume_texture_prepare(atoms, 2048, FALSE, NULL, NULL);
    g_assert_cmpfloat(lac_transfer_get_opacity(&t->transfer, 0.0), ==, 0.0);
    double x = lac_transfer_get_position(&t->transfer, 0.55); // a light atom of height 0.6
    g_assert_cmpfloat(lac_transfer_get_opacity(&t->transfer, x), >, 0.1);
    g_assert_cmpfloat(t->iso_level, >, 0.05);
    g_assert_cmpfloat(t->iso_level, <, 0.6);
    LacBox whole = lac_volume_get_box(atoms);
    g_assert_cmpfloat(t->content.min.x, >=, whole.min.x);
    g_assert_cmpfloat(t->content.max.z, <=, whole.max.z);
    gsize n = 0;
    for (int i = 0; i < LAC_TEXTURE_N_BINS; i++)
        n += t->histogram[i];
    g_assert_cmpuint(n, ==, 48 * 48 * 48);
}

static void
check_texels(const LacVolume *v, const LacVolumeTexture *t)
{
    gsize step = t->is_smooth ? 2 : 1;
    for (gsize z = 0; z < v->nz; z++)
        for (gsize y = 0; y < v->ny; y++)
            for (gsize x = 0; x < v->nx; x++) {
                double wanted = ((double) lac_volume_get(v, x, y, z) - t->min) / (t->max - t->min);
                double got = from_half(t->texels[(step * z * t->ny + step * y) * t->nx + step * x]);
                g_assert_cmpfloat(fabs(got - wanted), <=, 0.5 / 2048.0);
            }
}

// A block holds the largest texel that a sample in it can touch.
static void
check_blocks(const LacVolumeTexture *t)
{
    for (gsize z = 0; z < t->nz; z++)
        for (gsize y = 0; y < t->ny; y++)
            for (gsize x = 0; x < t->nx; x++)
                for (int d = 0; d < 27; d++) {
                    gsize bx = (x + (gsize) (d % 3)), by = (y + (gsize) (d / 3 % 3)),
                          bz = (z + (gsize) (d / 9));
                    // A sample at a face of the texel belongs to the neighbour's block, too.
                    bx = CLAMP(bx, 1, t->nx) - 1;
                    by = CLAMP(by, 1, t->ny) - 1;
                    bz = CLAMP(bz, 1, t->nz) - 1;
                    gsize block = (bz / 8 * t->n_blocks_y + by / 8) * t->n_blocks_x + bx / 8;
                    g_assert_cmpuint(t->blocks[block], >=, t->texels[(z * t->ny + y) * t->nx + x]);
                }
}

static void
test_texture(void)
{
    g_autoptr(LacVolume) v = lac_volume_new(19, 23, 17, 0.5, NULL);
    for (gsize i = 0; i < lac_volume_get_size(v); i++)
        v->data[i] = (float) ((i * 2654435761u) % 1000) - 300.0f;
    v->data[100] = NAN;
    for (int smooth = 0; smooth < 2; smooth++) {
        g_autoptr(LacVolumeTexture) t = lac_volume_texture_prepare(v, 2048, smooth, NULL, NULL);
        g_assert_cmpint(t->is_smooth, ==, smooth);
        g_assert_cmpuint(t->nx, ==, smooth ? 33 : 17);
        g_assert_null(t->note);
        v->data[100] = -300.0f; // where a NaN counts as the smallest
        if (!smooth)
            check_texels(v, t);
        check_blocks(t);
    }
    g_autoptr(LacVolumeTexture) t = lac_volume_texture_prepare(v, 2048, TRUE, NULL, NULL);
    check_texels(v, t);
}

static void
test_binning(void)
{
    g_autoptr(LacVolume) v = lac_volume_new(5, 5, 5, 1.0, NULL);
    for (gsize i = 0; i < 125; i++)
        v->data[i] = (float) (i % 5);
    g_autoptr(LacVolumeTexture) t = lac_volume_texture_prepare(v, 3, TRUE, NULL, NULL);
    g_assert_cmpuint(t->nx, ==, 3);
    g_assert_nonnull(strstr(t->note, "2 times"));
    g_assert_cmpfloat_with_epsilon(from_half(t->texels[0]), 0.5 / 4.0, 1e-3);
    g_assert_cmpfloat_with_epsilon(from_half(t->texels[2]), 1.0, 1e-3); // a bin of one column
}

static void
test_texture_cancel(void)
{
    g_autoptr(LacVolume) v = lac_phantom_ball(130, 20.0);
    for (guint at = 1; at <= 4; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_assert_null(lac_volume_texture_prepare(v, 2048, FALSE, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static LacScene
ball_scene(LacVolumeTexture *t)
{
    LacScene scene = lac_scene_default();
    LacBox whole = lac_volume_get_box(t->volume);
    scene.volume = t;
    scene.iso[0].level = 0.5;
    scene.transfer = lac_transfer_default(0.0, 1.0);
    lac_camera_set_axis(&scene.camera, LAC_AXIS_Z, FALSE);
    lac_camera_fit(&scene.camera, &whole, W / H);
    return scene;
}

static void
test_pick(void)
{
    g_autoptr(LacVolume) ball = lac_phantom_ball(40, 12.0);
    g_autoptr(LacVolumeTexture) t = lac_volume_texture_prepare(ball, 2048, FALSE, NULL, NULL);
    LacScene scene = ball_scene(t);
    LacRay middle = lac_camera_unproject(&scene.camera, W, H, 0.5 * W, 0.5 * H);
    LacRay corner = lac_camera_unproject(&scene.camera, W, H, 5.0, 5.0);
    gsize xyz[3];
    double value;
    scene.mode = LAC_RENDER_ISO;
    g_assert_true(lac_pick_voxel(&scene, &middle, xyz, &value));
    g_assert_cmpuint(xyz[0], >=, 19);
    g_assert_cmpuint(xyz[0], <=, 20);
    g_assert_cmpuint(xyz[2], ==, 31); // 19.5 + 12, seen from +z
    g_assert_cmpfloat(value, >=, 0.5);
    g_assert_false(lac_pick_voxel(&scene, &corner, xyz, &value));
    scene.mode = LAC_RENDER_MIP;
    g_assert_true(lac_pick_voxel(&scene, &middle, xyz, &value));
    g_assert_cmpfloat(value, ==, 1.0);
    scene.mode = LAC_RENDER_DVR;
    g_assert_true(lac_pick_voxel(&scene, &middle, xyz, &value));
    g_assert_cmpuint(xyz[2], >=, 28);
    // Cut open at the middle, the pick lies on the cut.
    scene.mode = LAC_RENDER_ISO;
    scene.clip = (LacClipPlane){ TRUE, { 0, 0, 1 }, 0.0 };
    g_assert_true(lac_pick_voxel(&scene, &middle, xyz, &value));
    g_assert_cmpuint(xyz[2], ==, 20);
    scene.show_slices[2] = TRUE;
    scene.crosshair[2] = 4.0;
    g_assert_false(lac_pick_voxel(&scene, &corner, xyz, &value)); // beside the box
    scene.show_volume = FALSE;
    g_assert_true(lac_pick_voxel(&scene, &middle, xyz, &value));
    g_assert_cmpuint(xyz[2], ==, 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/project", test_project);
    g_test_add_func("/view/fit", test_fit);
    g_test_add_func("/view/axes", test_axes);
    g_test_add_func("/view/rotate", test_rotate);
    g_test_add_func("/view/pan-and-zoom", test_pan_and_zoom);
    g_test_add_func("/view/transfer-points", test_transfer_points);
    g_test_add_func("/view/transfer-table", test_transfer_table);
    g_test_add_func("/view/guess", test_guess);
    g_test_add_func("/view/texture", test_texture);
    g_test_add_func("/view/binning", test_binning);
    g_test_add_func("/view/texture-cancel", test_texture_cancel);
    g_test_add_func("/view/pick", test_pick);
    return g_test_run();
}
