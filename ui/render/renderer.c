// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/renderer.h"

#include "core/error.h"
#include "ui/render/atom-frame.h"
#include "ui/render/atom-pass.h"
#include "ui/render/gpu-timer.h"
#include "ui/render/mesh-pass.h"
#include "ui/render/overlay-pass.h"
#include "ui/render/program.h"
#include "ui/render/target-part.h"
#include "ui/render/volume-pass.h"
#include "ui/render/volume-store.h"

#include <epoxy/gl.h>
#include <math.h>

#define UPLOAD_SHARE 0.4 // of the budget of a call
#define BATCH_MS     6.0 // drawn between two looks at the clock

#define SOFTWARE_SMOOTH_EDGE 100 // [voxel] of a volume that is made smooth without a graphics card
#define COARSE_RESOLUTION    0.4
#define QUICK_BLUR           22.0 // [pixel] about the box: two of the coarsest quick picture, and two

typedef enum {
    QUICK,  // lower resolution, while something moves
    COARSE, // the first at rest, where the processor draws
    FULL,
    N_PICTURES,
} PictureKind;

// What a volume pass has drawn; premultiplied.
typedef struct {
    GLuint framebuffer, texture;
    int width, height;
    gboolean complete;           // holds a whole picture
    LacCamera camera;            // that saw it
    int full_width, full_height; // of the target it was for
    double row_ms;               // [ms] one row took when last measured; 0: not yet
    double total_ms;             // [ms] the last whole picture took
} Picture;

struct LacRenderer {
    gboolean software;  // drawn by the processor: calls are timed by waiting for their end
    gboolean has_timer; // GPU timer queries
    GLint max_size;
    char *info;
    LacVolumeStore *store;
    LacVolumePass *volume_pass;
    LacOverlayPass *overlay_pass;
    LacAtomPass *atom_pass;
    LacMeshPass *mesh_pass;
    GLuint copy_program, vertex_array;
    GLint copy_background; // uniform
    Picture pictures[N_PICTURES];
    guint warm_kind;   // of textures that the quick shader was compiled for
    LacGpuTimer timer; // of rows
    PictureKind timed_kind;
    int timed_rows;
};

static void
init_picture(Picture *picture)
{
    glGenFramebuffers(1, &picture->framebuffer);
    glGenTextures(1, &picture->texture);
    glBindTexture(GL_TEXTURE_2D, picture->texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glBindTexture(GL_TEXTURE_2D, 0);
}

/**
 * lac_renderer_new:
 * @error: return location for a #GError
 *
 * Creates what it needs in the current context, which must be current again in each later call.
 *
 * Returns: (transfer full): a renderer, or %NULL with @error set
 */
LacRenderer *
lac_renderer_new(GError **error)
{
    if (!lac_gl_check_version(error))
        return NULL;
    LacProgramSource source = { "full.vert", "copy.frag", NULL, NULL, NULL };
    g_autoptr(LacRenderer) self = g_new0(LacRenderer, 1);
    const char *name = (const char *) glGetString(GL_RENDERER);
    self->info = g_strdup_printf("OpenGL %s, %s", (const char *) glGetString(GL_VERSION), name);
    self->software = lac_gl_is_software(name);
    self->has_timer = !self->software && epoxy_is_desktop_gl();
    glGetIntegerv(GL_MAX_3D_TEXTURE_SIZE, &self->max_size);
    self->copy_program = lac_program_new(&source, error);
    if (self->copy_program == 0)
        return NULL;
    self->copy_background = glGetUniformLocation(self->copy_program, "u_background");
    self->overlay_pass = lac_overlay_pass_new(error);
    if (self->overlay_pass == NULL)
        return NULL;
    self->atom_pass = lac_atom_pass_new(self->software, error);
    if (self->atom_pass == NULL)
        return NULL;
    self->mesh_pass = lac_mesh_pass_new(self->software);
    self->volume_pass = lac_volume_pass_new();
    self->store = lac_volume_store_new();
    glGenVertexArrays(1, &self->vertex_array);
    if (self->has_timer)
        lac_gpu_timer_init(&self->timer);
    for (guint i = 0; i < N_PICTURES; i++)
        init_picture(&self->pictures[i]);
    return g_steal_pointer(&self);
}

/**
 * lac_renderer_free:
 * @self: (nullable) (transfer full): a renderer, with its context current
 */
void
lac_renderer_free(LacRenderer *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < N_PICTURES; i++) {
        glDeleteFramebuffers(1, &self->pictures[i].framebuffer);
        glDeleteTextures(1, &self->pictures[i].texture);
    }
    lac_gpu_timer_clear(&self->timer);
    glDeleteVertexArrays(1, &self->vertex_array);
    glDeleteProgram(self->copy_program);
    lac_overlay_pass_free(self->overlay_pass);
    lac_atom_pass_free(self->atom_pass);
    lac_mesh_pass_free(self->mesh_pass);
    lac_volume_pass_free(self->volume_pass);
    lac_volume_store_free(self->store);
    g_free(self->info);
    g_free(self);
}

/**
 * lac_render_target_whole:
 * @framebuffer: to draw into
 * @width: [pixel]
 * @height: [pixel]
 *
 * Returns: a target that is the whole picture
 */
LacRenderTarget
lac_render_target_whole(guint framebuffer, int width, int height)
{
    return (LacRenderTarget){ .framebuffer = framebuffer,
        .width = width,
        .height = height,
        .full_width = width,
        .full_height = height,
        .line_scale = 1.0 };
}

/**
 * lac_render_quality_full:
 *
 * Returns: the quality of a picture at rest and of an export
 */
LacRenderQuality
lac_render_quality_full(void)
{
    return (LacRenderQuality){ .resolution = 1.0,
        .step = 0.5,
        .skip_empty = TRUE,
        .atom_resolution = 2.0,
        .shadows = TRUE };
}

/**
 * lac_render_quality_quick:
 * @resolution: of the volume in the picture, 0.1 to 1
 *
 * Returns: the quality of a picture while something moves
 */
LacRenderQuality
lac_render_quality_quick(double resolution)
{
    return (LacRenderQuality){ .resolution = resolution,
        .step = resolution < 0.3 ? 2.0 : 1.5,
        .skip_empty = TRUE,
        .quick_light = TRUE,
        .atom_resolution = resolution };
}

static gboolean
size_picture(Picture *picture, int width, int height, GError **error)
{
    if (picture->width == width && picture->height == height)
        return TRUE;
    glBindTexture(GL_TEXTURE_2D, picture->texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    glBindTexture(GL_TEXTURE_2D, 0);
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, picture->texture,
        0);
    picture->complete = FALSE;
    GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
    if (status != GL_FRAMEBUFFER_COMPLETE) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL,
            "OpenGL cannot draw into a picture of %d x %d (status 0x%x)", width, height, status);
        picture->width = picture->height = 0;
        return FALSE;
    }
    picture->width = width;
    picture->height = height;
    return TRUE;
}

static void
collect_time(LacRenderer *self)
{
    double ms;
    if (!lac_gpu_timer_collect(&self->timer, &ms))
        return;
    Picture *picture = &self->pictures[self->timed_kind];
    picture->row_ms = ms / self->timed_rows;
    picture->total_ms = picture->row_ms * picture->height;
}

static int
draw_rows_unwaited(LacRenderer *self, PictureKind kind, int first, double budget_ms)
{
    Picture *picture = &self->pictures[kind];
    int n = picture->height - first;
    if (budget_ms > 0.0) {
        double fit = picture->row_ms > 0.0 ? budget_ms / picture->row_ms : picture->height / 8.0;
        n = MIN(n, MAX(16, (int) MIN(fit, 1e6)));
    }
    gboolean timed = n > 0 && lac_gpu_timer_begin(&self->timer);
    lac_volume_pass_draw_rows(self->volume_pass, first, n);
    if (timed) {
        lac_gpu_timer_end(&self->timer);
        self->timed_kind = kind;
        self->timed_rows = n;
    }
    return first + n;
}

static int
draw_rows_waited(LacRenderer *self, PictureKind kind, int first, double budget_ms)
{
    Picture *picture = &self->pictures[kind];
    gint64 start = g_get_monotonic_time(), now = start;
    int row = first;
    while (row < picture->height) {
        double batch = picture->row_ms > 0.0 ? BATCH_MS / picture->row_ms : 4.0;
        int n = CLAMP((int) MIN(batch, 1e6), 1, picture->height - row);
        if (budget_ms <= 0.0)
            n = picture->height - row;
        lac_volume_pass_draw_rows(self->volume_pass, row, n);
        glFinish();
        gint64 then = now;
        now = g_get_monotonic_time();
        picture->row_ms = 1e-3 * (double) (now - then) / n;
        row += n;
        double spent = 1e-3 * (double) (now - start);
        if (budget_ms > 0.0 && spent + MIN(BATCH_MS, picture->row_ms) > budget_ms)
            break;
    }
    if (first == 0 && row == picture->height)
        picture->total_ms = 1e-3 * (double) (now - start);
    return row;
}

static gboolean
is_same_view(const Picture *picture, const LacScene *scene, const LacRenderTarget *target)
{
    return picture->complete && lac_camera_is_equal(&picture->camera, &scene->camera) &&
        picture->full_width == target->full_width && picture->full_height == target->full_height;
}

static gboolean
has_atoms(const LacScene *scene)
{
    const LacAtomScene *atoms = &scene->atoms;
    const LacAtomSet *set = atoms->set;
    if (set == NULL)
        return FALSE;
    gsize n_rings = (atoms->show_ghosts ? set->n_spheres : set->n_markers_end) - set->n_solid;
    return (atoms->show_atoms && set->n_solid > 0) || (atoms->show_bonds && set->n_sticks > 0) ||
        (atoms->show_polyhedra && set->n_faces > 0) || n_rings > 0;
}

static gboolean
is_power_of_two(gsize n)
{
    return (n & (n - 1)) == 0;
}

// Mesa's software renderer compiles a shader again for textures of another kind of size. That takes
// 0.2 s: better now, at rest, than when the next drag begins. The row is drawn over afterwards.
static gboolean
warm_up(LacRenderer *self, const LacScene *scene, const LacRenderTarget *target,
    const LacAtomDepth *atoms, const LacMeshLayers *layers, gboolean skip_empty, GError **error)
{
    const LacVolumeTexture *t = lac_volume_store_get_shown(self->store);
    guint kind = 1u | (is_power_of_two(t->nx) ? 2u : 0) | (is_power_of_two(t->ny) ? 4u : 0) |
        (is_power_of_two(t->nz) ? 8u : 0);
    if (!self->software || kind == self->warm_kind)
        return TRUE;
    self->warm_kind = kind;
    LacRenderQuality quick = lac_render_quality_quick(COARSE_RESOLUTION);
    quick.skip_empty = skip_empty;
    if (!lac_volume_pass_begin(self->volume_pass, self->store, scene, &quick, target, atoms, layers,
            8, 8, error))
        return FALSE;
    lac_volume_pass_draw_rows(self->volume_pass, 0, 1);
    return TRUE;
}

// Returns the rows drawn so far, or -1 with @error set.
static int
draw_volume(LacRenderer *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, PictureKind kind, int first, double budget_ms, GError **error)
{
    Picture *picture = &self->pictures[kind];
    LacAtomDepth depth;
    const LacAtomDepth *atoms =
        has_atoms(scene) && lac_atom_pass_get_depth(self->atom_pass, &depth) ? &depth : NULL;
    LacMeshLayers surfaces;
    const LacMeshLayers *layers =
        lac_scene_has_meshes(scene) && lac_mesh_pass_get_layers(self->mesh_pass, &surfaces)
        ? &surfaces
        : NULL;
    int width = MAX(1, (int) ceil(target->width * quality->resolution));
    int height = MAX(1, (int) ceil(target->height * quality->resolution));
    if (!size_picture(picture, width, height, error))
        return -1;
    first = MIN(first, height);
    // A quick picture means that something changed: those before it are out of date.
    if (kind == QUICK)
        self->pictures[FULL].complete = self->pictures[COARSE].complete = FALSE;
    picture->complete = kind == FULL && is_same_view(picture, scene, target);
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    if (kind == FULL && budget_ms > 0.0 &&
        !warm_up(self, scene, target, atoms, layers, quality->skip_empty, error))
        return -1;
    if (!lac_volume_pass_begin(self->volume_pass, self->store, scene, quality, target, atoms,
            layers, width, height, error))
        return -1;
    collect_time(self);
    int row = self->has_timer ? draw_rows_unwaited(self, kind, first, budget_ms)
                              : draw_rows_waited(self, kind, first, budget_ms);
    if (row >= height) {
        picture->complete = TRUE;
        picture->camera = scene->camera;
        picture->full_width = target->full_width;
        picture->full_height = target->full_height;
    }
    return row;
}

// Puts rows @begin to @end of a picture into the target: over what is there, or, which is cheaper,
// over a plain background.
static void
copy_picture(LacRenderer *self, const Picture *picture, const LacScene *scene,
    const LacRenderTarget *target, LacTargetPart part, int begin, int end)
{
    begin = MAX(begin, part.top);
    end = MIN(end, part.bottom);
    if (end <= begin || part.right <= part.left)
        return;
    const float *b = scene->background;
    gboolean blend = scene->show_box || has_atoms(scene) || lac_scene_has_meshes(scene);
    float opaque = blend ? 0.0f : b[3];
    glUseProgram(self->copy_program);
    glUniform4f(self->copy_background, b[0] * opaque, b[1] * opaque, b[2] * opaque, opaque);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, picture->texture);
    GLint filter = picture->width == target->width ? GL_NEAREST : GL_LINEAR;
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
    glBindVertexArray(self->vertex_array);
    if (blend)
        glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glEnable(GL_SCISSOR_TEST);
    glScissor(part.left, target->height - end, part.right - part.left, end - begin);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    glBindTexture(GL_TEXTURE_2D, 0);
}

static void
copy_volume(LacRenderer *self, const LacScene *scene, const LacRenderTarget *target,
    const LacBox *box, PictureKind kind, int rows)
{
    const Picture *full = &self->pictures[FULL], *below = &self->pictures[QUICK];
    LacTargetPart part = lac_target_find_part(target, &scene->camera, box, QUICK_BLUR);
    if (kind == QUICK || full->complete) {
        copy_picture(self, kind == QUICK ? below : full, scene, target, part, 0, target->height);
        return;
    }
    const Picture *now = &self->pictures[kind];
    int split = now->height > 0 ? (int) ((double) rows * target->height / now->height) : 0;
    if (kind == FULL && is_same_view(&self->pictures[COARSE], scene, target))
        below = &self->pictures[COARSE];
    copy_picture(self, now, scene, target, part, 0, split);
    if (below->complete)
        copy_picture(self, below, scene, target, part, split, target->height);
}

static void
clear_target(const LacRenderTarget *target, const float color[4])
{
    glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer);
    glViewport(0, 0, target->width, target->height);
    glEnable(GL_SCISSOR_TEST);
    glScissor(0, 0, target->width, target->height);
    glClearColor(color[0] * color[3], color[1] * color[3], color[2] * color[3], color[3]);
    glClear(GL_COLOR_BUFFER_BIT);
    glDisable(GL_SCISSOR_TEST);
}

// Where there is no volume among them.
static gboolean
copy_meshes(LacRenderer *self, const LacScene *scene, GError **error)
{
    LacAtomDepth depth;
    gboolean is_drawn = has_atoms(scene) && lac_atom_pass_get_depth(self->atom_pass, &depth);
    return lac_mesh_pass_copy(self->mesh_pass, is_drawn ? &depth : NULL, error);
}

static gboolean
is_volume_visible(const LacScene *scene)
{
    return scene->show_volume || scene->show_slices[0] || scene->show_slices[1] ||
        scene->show_slices[2];
}

// A coarser picture comes first only where the full one takes long and none like it is there.
static PictureKind
choose_kind(const LacRenderer *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, const LacRenderProgress *progress)
{
    if (quality->resolution < 1.0)
        return QUICK;
    gboolean refines = progress != NULL && progress->stage == 0 && self->software;
    return refines && !is_same_view(&self->pictures[FULL], scene, target) ? COARSE : FULL;
}

static void
advance(LacRenderProgress *progress, PictureKind kind, int rows, gboolean whole, gboolean uploaded)
{
    progress->rows = kind == QUICK || (kind == COARSE && whole) ? 0 : rows;
    progress->stage = kind == FULL || (kind == COARSE && whole) ? 1 : 0;
    progress->done = whole && uploaded && kind != COARSE;
}

/**
 * lac_renderer_draw:
 * @self: a renderer, with its context current
 * @scene: what to draw
 * @quality: how well
 * @target: where
 * @progress: (inout) (nullable): a picture made over several calls; %NULL draws all of it now
 * @error: return location for a #GError
 *
 * Draws. A volume that is not in the graphics memory yet is brought there; until it is complete
 * the one before is drawn. Everything of the framebuffer within the tile is written.
 *
 * Returns: %TRUE, or %FALSE with @error set and the target undefined
 */
gboolean
lac_renderer_draw(LacRenderer *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, LacRenderProgress *progress, GError **error)
{
    g_return_val_if_fail(target->width > 0 && target->height > 0, FALSE);

    double budget_ms = progress != NULL ? progress->budget_ms : 0.0;
    GError *upload_error = NULL;
    gboolean uploaded = lac_volume_store_update(self->store, scene->volume,
        UPLOAD_SHARE * budget_ms, &upload_error);
    if (upload_error != NULL) {
        g_propagate_error(error, upload_error);
        return FALSE;
    }
    glDisable(GL_DEPTH_TEST);
    glDisable(GL_CULL_FACE);
    PictureKind kind = choose_kind(self, scene, quality, target, progress);
    LacVolumeTexture *shown = lac_volume_store_get_shown(self->store);
    LacBox box = { 0 };
    int rows = 0;
    gboolean visible = shown != NULL && is_volume_visible(scene), whole = TRUE, atoms_whole = TRUE;
    gboolean meshes = lac_scene_has_meshes(scene), meshes_whole = TRUE;
    const LacBox *box_shown = NULL;
    if (shown != NULL) {
        box = lac_volume_get_box(shown->volume);
        box_shown = &box;
    }
    else if (has_atoms(scene))
        box_shown = &scene->atoms.set->box;
    else if (meshes)
        box_shown = &scene->meshes.set->box;
    if (has_atoms(scene) &&
        !lac_atom_pass_draw(self->atom_pass, scene, quality, target, budget_ms, &atoms_whole,
            error))
        return FALSE;
    if (meshes && atoms_whole &&
        !lac_mesh_pass_draw(self->mesh_pass, scene, quality, target, budget_ms, &meshes_whole,
            error))
        return FALSE;
    if (visible && atoms_whole && meshes_whole) {
        LacRenderQuality coarse = lac_render_quality_quick(COARSE_RESOLUTION);
        coarse.skip_empty = quality->skip_empty;
        rows = draw_volume(self, scene, kind == COARSE ? &coarse : quality, target, kind,
            progress != NULL && kind != QUICK ? progress->rows : 0, kind == QUICK ? 0.0 : budget_ms,
            error);
        if (rows < 0)
            return FALSE;
        whole = rows >= self->pictures[kind].height;
    }
    clear_target(target, scene->background);
    lac_overlay_pass_draw(self->overlay_pass, scene, box_shown, target, LAC_OVERLAY_BEHIND);
    if (has_atoms(scene))
        lac_atom_pass_copy(self->atom_pass, scene, target);
    if (visible) {
        LacBox reach = meshes ? lac_box_union(&box, &scene->meshes.set->box) : box;
        copy_volume(self, scene, target, &reach, kind, rows);
    }
    else if (meshes && !copy_meshes(self, scene, error))
        return FALSE;
    lac_overlay_pass_draw(self->overlay_pass, scene, box_shown, target, LAC_OVERLAY_FRONT);
    glBindVertexArray(0);
    glUseProgram(0);
    if (progress != NULL && atoms_whole && meshes_whole)
        advance(progress, kind, rows, whole, uploaded);
    else if (progress != NULL)
        progress->done = FALSE;
    return TRUE;
}

/**
 * lac_renderer_get_max_size:
 * @self: a renderer
 *
 * Returns: [texel] the longest edge of a volume that the graphics memory takes
 */
guint
lac_renderer_get_max_size(LacRenderer *self)
{
    return (guint) self->max_size;
}

/**
 * lac_renderer_is_software:
 * @self: a renderer
 *
 * Returns: %TRUE if the processor draws, not a graphics card
 */
gboolean
lac_renderer_is_software(LacRenderer *self)
{
    return self->software;
}

/**
 * lac_renderer_wants_smooth:
 * @self: a renderer
 * @volume: what it is to draw
 *
 * Twice the texels along each axis also cost time in each frame, where the processor draws. Window
 * and command line ask here, so that both draw the same.
 *
 * Returns: whether a smooth texture of @volume is worth its cost
 */
gboolean
lac_renderer_wants_smooth(LacRenderer *self, const LacVolume *volume)
{
    gsize edge = MAX(MAX(volume->nx, volume->ny), volume->nz);
    return !self->software || edge <= SOFTWARE_SMOOTH_EDGE;
}

/**
 * lac_renderer_get_frame_ms:
 * @self: a renderer
 *
 * Returns: [ms] what the last quick picture took that was measured; 0 before there is one
 */
double
lac_renderer_get_frame_ms(LacRenderer *self)
{
    return self->pictures[QUICK].total_ms;
}

/**
 * lac_renderer_get_atom_ms:
 * @self: a renderer
 *
 * Returns: [ms] what atoms and surfaces of the last quick picture took; 0 before there is one
 */
double
lac_renderer_get_atom_ms(LacRenderer *self)
{
    return lac_atom_pass_get_frame_ms(self->atom_pass) +
        lac_mesh_pass_get_frame_ms(self->mesh_pass);
}

/**
 * lac_renderer_get_info:
 * @self: a renderer
 *
 * Returns: (transfer none): version and device for a person
 */
const char *
lac_renderer_get_info(LacRenderer *self)
{
    return self->info;
}
