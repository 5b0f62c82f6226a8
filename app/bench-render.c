// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench-atoms.h"
#include "app/cli-bench.h"
#include "core/gpu/egl-context.h"
#include "ui/render/renderer.h"

#include <epoxy/gl.h>
#include <math.h>

#define WIDTH            1000
#define HEIGHT           700
#define REPEATS          3
#define PERIOD           5.0 // [voxel] between atoms
#define QUICK_RESOLUTION 0.33

typedef struct {
    LacRenderer *renderer;
    LacRenderTarget target;
    LacScene scene;
} Stage;

// A ball of bumps on a cubic lattice: what a particle of atoms looks like to a ray.
static LacVolume *
make_volume(gsize n, GError **error)
{
    LacVolume *volume = lac_volume_new(n, n, n, 1.0, error);
    if (volume == NULL)
        return NULL;
    g_autofree float *wave = g_new(float, n);
    for (gsize i = 0; i < n; i++)
        wave[i] = (float) (0.5 + 0.5 * cos(2.0 * G_PI * (double) i / PERIOD));
    double c = 0.5 * (double) n, radius = 0.4 * (double) n;
    for (gsize z = 0; z < n; z++)
        for (gsize y = 0; y < n; y++)
            for (gsize x = 0; x < n; x++) {
                double dx = (double) x - c, dy = (double) y - c, dz = (double) z - c;
                gboolean inside = dx * dx + dy * dy + dz * dz < radius * radius;
                volume->data[(z * n + y) * n + x] = inside ? wave[x] * wave[y] * wave[z] : 0.0f;
            }
    return volume;
}

// Returns the milliseconds of one picture, or a negative number with @error set.
static double
time_draw(Stage *stage, const LacRenderQuality *quality, GError **error)
{
    gint64 start = g_get_monotonic_time();
    if (!lac_renderer_draw(stage->renderer, &stage->scene, quality, &stage->target, NULL, error))
        return -1.0;
    glFinish();
    return 1e-3 * (double) (g_get_monotonic_time() - start);
}

static gboolean
time_mode(LacBench *bench, Stage *stage, const char *prefix, GError **error)
{
    static const char *const NAMES[] = { "full_ms", "moving_ms" };
    const LacRenderQuality qualities[] = { lac_render_quality_full(),
        lac_render_quality_quick(QUICK_RESOLUTION) };
    for (guint q = 0; q < G_N_ELEMENTS(qualities); q++) {
        double best = G_MAXDOUBLE;
        for (int i = 0; i <= REPEATS; i++) { // the first one compiles
            double ms = time_draw(stage, &qualities[q], error);
            if (ms < 0.0 || !lac_progress_update(bench->progress, (double) i / REPEATS, error))
                return FALSE;
            if (i > 0)
                best = MIN(best, ms);
        }
        g_autofree char *name = g_strdup_printf("%s_%s_%s", prefix,
            lac_render_mode_get_name(stage->scene.mode), NAMES[q]);
        lac_bench_number(bench, name, best);
    }
    return TRUE;
}

static gboolean
time_volume(LacBench *bench, Stage *stage, gsize n, GError **error)
{
    g_autofree char *prefix = g_strdup_printf("%" G_GSIZE_FORMAT, n);
    g_autofree char *prepare_name = g_strconcat(prefix, "_prepare_ms", NULL);
    g_autofree char *first_name = g_strconcat(prefix, "_upload_and_first_frame_ms", NULL);
    g_autoptr(LacVolume) volume = make_volume(n, error);
    if (volume == NULL)
        return FALSE;
    gint64 start = g_get_monotonic_time();
    g_autoptr(LacVolumeTexture) texture = lac_volume_texture_prepare(volume,
        lac_renderer_get_max_size(stage->renderer), FALSE, bench->progress, error);
    if (texture == NULL)
        return FALSE;
    lac_bench_number(bench, prepare_name, 1e-3 * (double) (g_get_monotonic_time() - start));
    stage->scene = lac_scene_default();
    stage->scene.volume = texture;
    stage->scene.transfer = texture->transfer;
    stage->scene.iso[0].level = texture->iso_level;
    lac_camera_fit(&stage->scene.camera, &texture->content, (double) WIDTH / HEIGHT);
    LacRenderQuality quick = lac_render_quality_quick(QUICK_RESOLUTION);
    double first_ms = time_draw(stage, &quick, error);
    if (first_ms < 0.0)
        return FALSE;
    lac_bench_number(bench, first_name, first_ms);
    for (int mode = 0; mode < LAC_N_RENDER_MODES; mode++) {
        stage->scene.mode = (LacRenderMode) mode;
        if (!time_mode(bench, stage, prefix, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
run_render(LacBench *bench, GError **error)
{
    static const gsize SIZES[] = { 128, 256 }, ATOMS[] = { 20000, 1000000 };
    g_autoptr(GError) none = NULL;
    g_autoptr(LacEglContext) context = lac_egl_context_new(&none);
    if (context == NULL) { // the other benchmarks go on
        lac_bench_text(bench, "device", none->message);
        return TRUE;
    }
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    if (renderer == NULL)
        return FALSE;
    GLuint texture, framebuffer;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, WIDTH, HEIGHT, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    Stage stage = { .renderer = renderer,
        .target = lac_render_target_whole(framebuffer, WIDTH, HEIGHT) };
    lac_bench_text(bench, "device", lac_renderer_get_info(renderer));
    lac_bench_number(bench, "width", WIDTH);
    lac_bench_number(bench, "height", HEIGHT);
    gboolean done = TRUE;
    if (bench->size != 0)
        done = time_volume(bench, &stage, bench->size, error);
    else
        for (guint i = 0; done && i < G_N_ELEMENTS(SIZES); i++)
            done = time_volume(bench, &stage, SIZES[i], error);
    guint n_sets = bench->size != 0 ? 1 : G_N_ELEMENTS(ATOMS);
    for (guint i = 0; done && i < n_sets; i++)
        done = lac_bench_atoms(bench, renderer, &stage.target, ATOMS[i], error);
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture);
    return done;
}

const LacBenchmark lac_bench_render = {
    .name = "render",
    .summary =
        "pictures of volumes and of atoms: preparation, upload, and each mode at rest and while moving",
    .run = run_render,
};
