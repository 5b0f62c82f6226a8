// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel.h"
#include "core/recon/projector.h"
#include "core/recon/splat.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

// Shapes that differ in parity, in the detector's size against the volume's, and below a tile.
static const struct {
    gsize nx, ny, nz, nu, nv, n;
} shapes[] = {
    { 24, 24, 24, 24, 24, 5 },
    { 33, 17, 25, 33, 17, 4 },
    { 20, 70, 31, 35, 90, 6 },
    { 40, 80, 40, 25, 33, 9 },
    { 70, 16, 140, 64, 16, 3 },
    { 5, 3, 4, 9, 7, 4 },
    { 1, 1, 1, 4, 4, 2 },
    { 7, 2, 6, 8, 5, 3 },
    { 2, 7, 3, 6, 6, 19 },
    { 35, 34, 66, 70, 33, 9 },
};

static LacAngles
make_angles(gsize k, gsize n, gboolean single_axis)
{
    double theta = n > 1 ? -70.0 + 140.0 * (double) k / (double) (n - 1) : 0.0;
    if (single_axis)
        return (LacAngles){ 0.0, theta, 0.0 };
    return (LacAngles){ 3.0 * lac_rng_normal(5, k), theta, 3.0 * lac_rng_normal(6, k) };
}

// Some of them so far that nothing of the volume is left in the image.
static LacShift
make_shift(gsize k)
{
    double reach = k % 4 == 3 ? 300.0 : 3.0;
    return (LacShift){ reach * lac_rng_normal(7, k), reach * lac_rng_normal(8, k) };
}

static LacProjector *
make_projector(gsize i, gboolean single_axis, double sigma, double cap, gboolean shifted)
{
    g_autofree LacAngles *angles = g_new(LacAngles, shapes[i].n);
    g_autofree LacShift *shifts = g_new(LacShift, shapes[i].n);
    for (gsize k = 0; k < shapes[i].n; k++) {
        angles[k] = make_angles(k, shapes[i].n, single_axis);
        shifts[k] = make_shift(k);
    }
    LacProjectorParams params = {
        .nx = shapes[i].nx,
        .ny = shapes[i].ny,
        .nz = shapes[i].nz,
        .nu = shapes[i].nu,
        .nv = shapes[i].nv,
        .n = shapes[i].n,
        .angles = angles,
        .shifts = shifted ? shifts : NULL,
        .blob_sigma = sigma,
        .weight_alpha = 0.5,
        .weight_cap = cap,
    };
    g_autoptr(GError) error = NULL;
    LacProjector *projector = lac_projector_new(&params, &error);
    g_assert_no_error(error);
    return projector;
}

static float *
random_values(gsize n, guint64 seed)
{
    float *values = lac_alloc_floats(n, NULL);
    for (gsize i = 0; i < n; i++)
        values[i] = (float) lac_rng_normal(seed, i);
    return values;
}

static double
dot(const float *a, const float *b, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += (double) a[i] * (double) b[i];
    return sum;
}

static void
check_adjoint(gsize i, gboolean single_axis, double sigma, gboolean shifted)
{
    g_autoptr(LacProjector) projector = make_projector(i, single_axis, sigma, 0.0, shifted);
    gsize n_voxels = shapes[i].nx * shapes[i].ny * shapes[i].nz;
    gsize n_packed = lac_projector_get_volume_size(projector);
    gsize n_pixels = lac_projector_get_projections_size(projector);
    float *volume = random_values(n_voxels, 1), *y = random_values(n_pixels, 2);
    float *x = lac_alloc_floats(n_packed, NULL), *aty = lac_alloc_floats(n_packed, NULL);
    float *ax = lac_alloc_floats(n_pixels, NULL);

    lac_projector_pack_volume(projector, volume, x);
    lac_projector_forward(projector, x, ax);
    lac_projector_adjoint(projector, y, aty);
    double difference = fabs(dot(ax, y, n_pixels) - dot(x, aty, n_packed));
    double scale = sqrt(dot(ax, ax, n_pixels) * dot(y, y, n_pixels));
    g_test_message("shape %d, %s, blob %.1f: %.1e", (int) i,
        single_axis ? "single axis" : "three angles", sigma, difference / scale);
    g_assert_cmpfloat(scale, >, 0.0);
    g_assert_cmpfloat(difference / scale, <, 1e-5);

    // Padding must not leak out of the packed layout.
    float *back = lac_alloc_floats(n_voxels, NULL), *again = lac_alloc_floats(n_packed, NULL);
    lac_projector_unpack_volume(projector, aty, back);
    lac_projector_pack_volume(projector, back, again);
    g_assert_true(memcmp(aty, again, n_packed * sizeof(float)) == 0);

    lac_free(volume);
    lac_free(x);
    lac_free(y);
    lac_free(ax);
    lac_free(aty);
    lac_free(back);
    lac_free(again);
}

static void
test_adjoint(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
        for (int single_axis = 0; single_axis < 2; single_axis++) {
            check_adjoint(i, single_axis, 0.0, FALSE);
            check_adjoint(i, single_axis, 1.0, FALSE);
            check_adjoint(i, single_axis, 0.0, TRUE);
            check_adjoint(i, single_axis, 1.0, TRUE);
        }
    }
}

// Adds one voxel to a projection the plain way, in double precision.
static void
splat_voxel(double u, const float *voxel, gsize width, double *columns)
{
    for (int t = -1; t <= 2; t++) {
        double column = floor(u) + t, d = fabs(u - column);
        double weight = d < 1.0 ? 2.0 / 3.0 - d * d + d * d * d / 2.0 : pow(2.0 - d, 3.0) / 6.0;
        for (gsize y = 0; y < width; y++)
            columns[(gsize) column * width + y] += weight * (double) voxel[y];
    }
}

static LacSplatAngle
splat_angle(double degrees, gsize nx, gsize nz, double centre)
{
    double t = degrees * G_PI / 180.0, c = cos(t), s = -sin(t);
    gboolean z = fabs(s) > fabs(c);
    double u0 = centre - c * (double) (nx / 2) - s * (double) (nz / 2);
    return (LacSplatAngle){ z ? s : c, z ? c : s, u0, z };
}

// Projections and planes are asked for in two parts, as threads do.
static void
check_kernels_exact(gsize nx, gsize nz, gsize width)
{
    enum {
        N = 11,
        N_U = 96
    };
    static const double degrees[N] = { 0.0, 90.0, -90.0, 180.0, 45.0, -45.0, 30.0, -63.4, 135.1,
        -117.0, 1e-7 };
    LacSplatAngle angles[N];
    for (gsize k = 0; k < N; k++)
        angles[k] = splat_angle(degrees[k], nx, nz, 40.25 + 0.37 * (double) k);
    LacSplatPlan plan = { nx, nz, N_U, N, angles };
    const gsize n_voxels = nx * nz * width, n_pixels = N * N_U * width;
    float *volume = random_values(n_voxels, 3), *residual = random_values(n_pixels, 4);
    float *projections = lac_alloc_floats(n_pixels, NULL);
    float *back = lac_alloc_floats(n_voxels, NULL);
    g_autofree double *expected = g_new0(double, n_pixels);
    for (gsize k = 0; k < N; k++)
        for (gsize z = 0; z < nz; z++)
            for (gsize x = 0; x < nx; x++) {
                const LacSplatAngle *a = &angles[k];
                double i = (double) (a->major_is_z ? z : x), j = (double) (a->major_is_z ? x : z);
                splat_voxel(a->a * i + a->b * j + a->u0, volume + (z * nx + x) * width, width,
                    expected + k * N_U * width);
            }
    gsize n_kernels;
    const LacSplatKernels *const *kernels = lac_splat_kernels_usable(&n_kernels);
    for (gsize i = 0; i < n_kernels; i++) {
        kernels[i]->forward(&plan, width, volume, projections, 0, 3);
        kernels[i]->forward(&plan, width, volume, projections, 3, N);
        for (gsize j = 0; j < n_pixels; j++)
            g_assert_cmpfloat_with_epsilon((double) projections[j], expected[j], 5e-5);
        kernels[i]->adjoint(&plan, width, residual, back, 0, nz / 3);
        kernels[i]->adjoint(&plan, width, residual, back, nz / 3, nz);
        double forth = 0.0;
        for (gsize j = 0; j < n_pixels; j++)
            forth += expected[j] * (double) residual[j];
        g_assert_cmpfloat_with_epsilon(forth, dot(volume, back, n_voxels),
            1e-6 * sqrt((double) n_voxels * (double) n_pixels));
    }
    lac_free(volume);
    lac_free(residual);
    lac_free(projections);
    lac_free(back);
}

static void
test_kernels_exact(void)
{
    static const gsize extents[][2] = { { 1, 1 }, { 1, 7 }, { 2, 3 }, { 5, 4 }, { 7, 1 }, { 6, 6 },
        { 15, 16 }, { 16, 17 }, { 33, 31 }, { 3, 49 }, { 40, 8 } };
    for (gsize i = 0; i < G_N_ELEMENTS(extents); i++)
        for (gsize width = LAC_LANES; width <= LAC_TILE_WIDTH; width += LAC_LANES)
            check_kernels_exact(extents[i][0], extents[i][1], width);
}

// Projections near the tilt axis, splat on a sheared detector, against sums in double precision.
static void
check_sheared_exact(gsize nx, gsize nz, gsize width, gboolean major_is_z)
{
    enum {
        N = 9,
        N_U = 128,
        N_V = 112,
        Y = 16
    };
    LacSplatShear shears[N];
    const LacSplatShear *of[N];
    float *detectors[N];
    const gsize n_pixels = N_U * N_V, n_voxels = nx * nz * width;
    float *pixels = lac_alloc_floats(N * n_pixels, NULL), *volume = random_values(n_voxels, 5);
    float *residual = random_values(N * n_pixels, 6), *back = lac_alloc_floats(n_voxels, NULL);
    const float *residuals[N];
    for (gsize k = 0; k < N; k++) {
        double a = k % 2 == 0 ? 0.71 + 0.06 * (double) k : -0.75 - 0.06 * (double) k;
        double b = 0.6 - 0.13 * (double) k, s = k % 3 == 0 ? 0.1 : -0.08;
        double i = 0.5 * (double) (major_is_z ? nz : nx), j = 0.5 * (double) (major_is_z ? nx : nz);
        double scale = 1.0 - 0.02 * (double) k;
        shears[k] = (LacSplatShear){ { a, b, 64.3 - a * i - b * j, major_is_z }, scale, s,
            56.0 - scale * (Y + 0.5 * (double) width) - s * j };
        of[k] = &shears[k];
        detectors[k] = pixels + k * n_pixels;
        residuals[k] = residual + k * n_pixels;
    }
    g_autofree double *expected = g_new0(double, N *n_pixels);
    for (gsize k = 0; k < N; k++)
        for (gsize voxel = 0; voxel < nx * nz; voxel++) {
            gsize i = major_is_z ? voxel / nx : voxel % nx,
                  j = major_is_z ? voxel % nx : voxel / nx;
            const LacSplatShear *s = &shears[k];
            double u = s->across.a * (double) i + s->across.b * (double) j + s->across.u0;
            for (gsize y = 0; y < width; y++) {
                double column[N_V] = { 0.0 };
                double v = s->scale * (double) (Y + y) + s->shift * (double) j + s->v0;
                splat_voxel(v, volume + voxel * width + y, 1, column);
                for (gsize row = (gsize) v - 1; row < (gsize) v + 3; row++) {
                    float value = (float) column[row];
                    double line[N_U] = { 0.0 };
                    splat_voxel(u, &value, 1, line);
                    for (gsize c = (gsize) u - 1; c < (gsize) u + 3; c++)
                        expected[k * n_pixels + c * N_V + row] += line[c];
                }
            }
        }
    LacSplatTile tile = { nx, nz, Y, width, N_U, N_V };
    gsize n_kernels, n_j = major_is_z ? nx : nz;
    const LacSplatKernels *const *kernels = lac_splat_kernels_usable(&n_kernels);
    for (gsize i = 0; i < n_kernels; i++) {
        memset(pixels, 0, N * n_pixels * sizeof(float));
        memset(back, 0, n_voxels * sizeof(float));
        kernels[i]->forward_sheared(&tile, N, of, volume, detectors);
        double forth = 0.0;
        for (gsize j = 0; j < N * n_pixels; j++) {
            g_assert_cmpfloat_with_epsilon((double) pixels[j], expected[j], 5e-5);
            forth += expected[j] * (double) residual[j];
        }
        kernels[i]->adjoint_sheared(&tile, N, of, residuals, back, 0, n_j / 3);
        kernels[i]->adjoint_sheared(&tile, N, of, residuals, back, n_j / 3, n_j);
        g_assert_cmpfloat_with_epsilon(forth, dot(volume, back, n_voxels),
            1e-6 * sqrt((double) n_voxels * N * (double) n_pixels));
    }
    lac_free(pixels);
    lac_free(volume);
    lac_free(residual);
    lac_free(back);
}

static void
test_kernels_sheared_exact(void)
{
    static const gsize extents[][2] = { { 1, 1 }, { 2, 7 }, { 5, 3 }, { 31, 6 }, { 33, 35 },
        { 9, 64 } };
    for (gsize i = 0; i < G_N_ELEMENTS(extents); i++)
        for (gsize width = LAC_LANES; width <= LAC_TILE_WIDTH; width += LAC_LANES)
            for (int major_is_z = 0; major_is_z < 2; major_is_z++)
                check_sheared_exact(extents[i][0], extents[i][1], width, major_is_z);
}

static void
test_kernels_agree(void)
{
    enum {
        NX = 37,
        NZ = 29,
        N = 7,
        N_U = 80
    };
    LacSplatAngle angles[N];
    for (gsize k = 0; k < N; k++)
        angles[k] = splat_angle(-80.0 + 26.0 * (double) k, NX, NZ, 40.0);
    LacSplatPlan plan = { NX, NZ, N_U, N, angles };
    gsize n_kernels;
    const LacSplatKernels *const *kernels = lac_splat_kernels_usable(&n_kernels);
    for (gsize width = LAC_LANES; width <= LAC_TILE_WIDTH; width += LAC_LANES) {
        float *volume = random_values(NX * NZ * width, 3);
        float *projections[4], *back[4];
        for (gsize i = 0; i < n_kernels; i++) {
            projections[i] = lac_alloc_floats(N * N_U * width, NULL);
            back[i] = lac_alloc_floats(NX * NZ * width, NULL);
            kernels[i]->forward(&plan, width, volume, projections[i], 0, N);
            kernels[i]->adjoint(&plan, width, projections[0], back[i], 0, NZ);
            for (gsize j = 0; j < N * N_U * width; j++)
                g_assert_cmpfloat_with_epsilon(projections[0][j], projections[i][j], 2e-4);
            for (gsize j = 0; j < NX * NZ * width; j++)
                g_assert_cmpfloat_with_epsilon(back[0][j], back[i][j], 1e-3);
        }
        for (gsize i = 0; i < n_kernels; i++) {
            lac_free(projections[i]);
            lac_free(back[i]);
        }
        lac_free(volume);
    }
}

// Coefficients that make a Gaussian of 2 voxels with the blob project to a Gaussian at R r. Without
// a blob the spline's own spectrum leaves about one per cent near 45 degrees, where the sampled
// volume's planes line up.
static void
check_gaussian_at(const LacAngles *angles, const LacShift *shifts, gsize n_k, double sigma,
    double tolerance)
{
    enum {
        N = 48
    };
    const double at[3] = { 5.3, -3.1, 7.7 }, width = 2.0;
    LacProjectorParams params = {
        .nx = N,
        .ny = N,
        .nz = N,
        .nu = N,
        .nv = N,
        .n = n_k,
        .angles = angles,
        .shifts = shifts,
        .blob_sigma = sigma,
    };
    g_autoptr(LacProjector) projector = lac_projector_new(&params, NULL);
    const double narrow = sqrt(width * width - sigma * sigma);
    float *volume = lac_alloc_floats(N * N * N, NULL);
    for (gsize z = 0; z < N; z++)
        for (gsize y = 0; y < N; y++)
            for (gsize x = 0; x < N; x++) {
                double dx = (double) x - N / 2 - at[0], dy = (double) y - N / 2 - at[1];
                double dz = (double) z - N / 2 - at[2];
                volume[(z * N + y) * N + x] = (float) (pow(width / narrow, 3.0) *
                    exp(-(dx * dx + dy * dy + dz * dz) / (2.0 * narrow * narrow)));
            }
    float *packed = lac_alloc_floats(lac_projector_get_volume_size(projector), NULL);
    float *projections = lac_alloc_floats(n_k * N * N, NULL);
    float *data = lac_alloc_floats(n_k * N * N, NULL);
    lac_projector_pack_volume(projector, volume, packed);
    lac_projector_forward(projector, packed, projections);
    lac_projector_unpack_projections(projector, projections, data);
    double worst = 0.0;
    for (gsize k = 0; k < n_k; k++) {
        LacMat3 r = lac_rotation_from_euler_deg(angles[k].phi, angles[k].theta, angles[k].psi);
        LacVec3 q = lac_mat3_apply(&r, (LacVec3){ at[0], at[1], at[2] });
        if (shifts != NULL) {
            q.x += shifts[k].du;
            q.y += shifts[k].dv;
        }
        for (gsize v = 0; v < N; v++)
            for (gsize u = 0; u < N; u++) {
                double du = (double) u - N / 2 - q.x, dv = (double) v - N / 2 - q.y;
                double exact =
                    sqrt(2.0 * G_PI) * width * exp(-(du * du + dv * dv) / (2.0 * width * width));
                worst = MAX(worst, fabs(exact - (double) data[(k * N + v) * N + u]));
            }
    }
    g_test_message("blob %.1f: largest error %.1e of the peak", sigma,
        worst / (sqrt(2.0 * G_PI) * width));
    g_assert_cmpfloat(worst, <, tolerance * sqrt(2.0 * G_PI) * width);
    lac_free(volume);
    lac_free(packed);
    lac_free(projections);
    lac_free(data);
}

static void
check_gaussian(gboolean single_axis, double sigma, double tolerance)
{
    enum {
        N_K = 7
    };
    LacAngles angles[N_K];
    LacShift shifts[N_K];
    for (gsize k = 0; k < N_K; k++) {
        angles[k] = make_angles(k, N_K, single_axis);
        shifts[k] = make_shift(k);
    }
    check_gaussian_at(angles, NULL, N_K, sigma, tolerance);
    check_gaussian_at(angles, shifts, N_K, sigma, tolerance);
}

// Far from a tilt axis along y each voxel is splat on its own; near 30 degrees the shears are large.
static void
test_gaussian_any_angle(void)
{
    static const LacAngles far[] = { { 90.0, 50.0, 0.0 }, { 25.0, -40.0, 10.0 },
        { -170.0, 20.0, 60.0 }, { 5.0, 85.0, -20.0 } };
    check_gaussian_at(far, NULL, G_N_ELEMENTS(far), 1.0, 1e-3);
}

static void
test_gaussian_single_axis(void)
{
    check_gaussian(TRUE, 0.0, 0.015);
    check_gaussian(TRUE, 1.0, 1e-3);
}

static void
test_gaussian_three_angles(void)
{
    check_gaussian(FALSE, 0.0, 0.015);
    check_gaussian(FALSE, 1.0, 1e-3);
}

static void
check_threads(gboolean single_axis)
{
    const guint counts[] = { 1, 2, 3, 8 };
    float *first_forward = NULL, *first_adjoint = NULL;
    gsize n_packed = 0, n_pixels = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        lac_parallel_set_threads(counts[i]);
        g_autoptr(LacProjector) projector = make_projector(2, single_axis, 1.0, 4.0, TRUE);
        n_packed = lac_projector_get_volume_size(projector);
        n_pixels = lac_projector_get_projections_size(projector);
        float *volume = random_values(20 * 70 * 31, 4);
        float *x = lac_alloc_floats(n_packed, NULL), *y = lac_alloc_floats(n_pixels, NULL);
        float *g = lac_alloc_floats(n_packed, NULL);
        lac_projector_pack_volume(projector, volume, x);
        lac_projector_forward(projector, x, y);
        lac_projector_gradient(projector, y, g);
        lac_free(volume);
        lac_free(x);
        if (i == 0) {
            first_forward = y;
            first_adjoint = g;
            continue;
        }
        g_assert_true(memcmp(first_forward, y, n_pixels * sizeof(float)) == 0);
        g_assert_true(memcmp(first_adjoint, g, n_packed * sizeof(float)) == 0);
        lac_free(y);
        lac_free(g);
    }
    lac_free(first_forward);
    lac_free(first_adjoint);
    lac_parallel_set_threads(0);
}

static void
test_threads(void)
{
    check_threads(TRUE);
    check_threads(FALSE);
}

static void
test_bad_arguments(void)
{
    LacAngles angle = { 0.0, (double) NAN, 0.0 };
    LacProjectorParams params = {
        .nx = 8,
        .ny = 8,
        .nz = 8,
        .nu = 8,
        .nv = 8,
        .n = 1,
        .angles = &angle,
    };
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_projector_new(&params, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    angle.theta = 0.0;
    params.blob_sigma = -1.0;
    g_assert_null(lac_projector_new(&params, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    params.blob_sigma = 0.0;
    params.nx = 0;
    g_assert_null(lac_projector_new(&params, &error));
    g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/recon/projector/adjoint", test_adjoint);
    g_test_add_func("/recon/projector/kernels-exact", test_kernels_exact);
    g_test_add_func("/recon/projector/kernels-sheared-exact", test_kernels_sheared_exact);
    g_test_add_func("/recon/projector/kernels-agree", test_kernels_agree);
    g_test_add_func("/recon/projector/gaussian/single-axis", test_gaussian_single_axis);
    g_test_add_func("/recon/projector/gaussian/three-angles", test_gaussian_three_angles);
    g_test_add_func("/recon/projector/gaussian/any-angle", test_gaussian_any_angle);
    g_test_add_func("/recon/projector/threads", test_threads);
    g_test_add_func("/recon/projector/bad-arguments", test_bad_arguments);
    return g_test_run();
}
