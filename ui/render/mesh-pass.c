// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/mesh-pass.h"

#include "core/error.h"
#include "ui/render/atom-frame.h"
#include "ui/render/program.h"

#include <epoxy/gl.h>
#include <stddef.h>
#include <string.h>

#define FRAME_INDEX 2                      // binding of the uniform block
#define MAX_LAYERS  8                      // what is behind so many translucent ones adds little
#define QUICK       3                      // layers of a quick picture
#define ROOM        0.5                    // [Å] about all that is drawn
#define SLAB        ((gsize) 16 * 1048576) // bytes of one upload

typedef enum {
    PICTURE_QUICK, // while something moves
    PICTURE_FULL,
    N_PICTURES,
} PictureKind;

// Everything that the layers depend on.
typedef struct {
    LacMeshSet *set; // (nullable) a reference
    LacMeshScene scene;
    LacCamera camera;
    LacClipPlane clip;
    float background[3];
    double depth_cue;
    int full_width, full_height, tile_x, tile_y, width, height;
} View;

typedef struct {
    GLuint colors, depths;     // arrays of layers
    GLuint framebuffer, store; // to draw a layer, and to keep its depth
    GLuint turns[2];           // depths of the layer that is drawn and of the one before
    int width, height;         // [sample]
    View view;
    int n_layers; // done
    gboolean complete;
    LacDepthRange range;
} Picture;

struct LacMeshPass {
    gboolean software;
    GLuint program, copy_program, vertex_array, copy_array, frame_buffer, query;
    GLuint vertices, triangles, coarse; // buffers
    GLint style, copy_n, copy_map;      // uniforms
    LacMeshSet *loaded;                 // (nullable) what the buffers hold
    Picture pictures[N_PICTURES];
    PictureKind shown;
    double frame_ms; // of the last quick picture
};

/**
 * lac_mesh_pass_new:
 * @software: whether the processor draws
 *
 * Returns: (transfer full): the pass; it compiles and allocates when first needed
 */
LacMeshPass *
lac_mesh_pass_new(gboolean software)
{
    LacMeshPass *self = g_new0(LacMeshPass, 1);
    self->software = software;
    return self;
}

/**
 * lac_mesh_pass_free:
 * @self: (nullable) (transfer full): the pass
 */
void
lac_mesh_pass_free(LacMeshPass *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < N_PICTURES; i++) {
        Picture *p = &self->pictures[i];
        const GLuint textures[] = { p->colors, p->depths, p->turns[0], p->turns[1] };
        const GLuint framebuffers[] = { p->framebuffer, p->store };
        glDeleteTextures(G_N_ELEMENTS(textures), textures);
        glDeleteFramebuffers(G_N_ELEMENTS(framebuffers), framebuffers);
        lac_mesh_set_unref(p->view.set);
    }
    const GLuint buffers[] = { self->vertices, self->triangles, self->coarse, self->frame_buffer };
    const GLuint arrays[] = { self->vertex_array, self->copy_array };
    glDeleteBuffers(G_N_ELEMENTS(buffers), buffers);
    glDeleteVertexArrays(G_N_ELEMENTS(arrays), arrays);
    if (self->query != 0)
        glDeleteQueries(1, &self->query);
    glDeleteProgram(self->program);
    glDeleteProgram(self->copy_program);
    lac_mesh_set_unref(self->loaded);
    g_free(self);
}

/**
 * lac_scene_has_meshes:
 * @scene: a scene
 *
 * Returns: whether any surface is to be drawn
 */
gboolean
lac_scene_has_meshes(const LacScene *scene)
{
    const LacMeshScene *meshes = &scene->meshes;
    for (gsize i = 0; meshes->set != NULL && i < meshes->set->n_parts; i++) {
        const LacMeshGroup *group = &meshes->groups[meshes->set->parts[i].group];
        if (group->shown && group->opacity > 0.0 && meshes->set->parts[i].n > 0)
            return TRUE;
    }
    return FALSE;
}

// ---- What is needed once ----

static gboolean
need_program(LacMeshPass *self, GError **error)
{
    static const char *const COMMON[] = { "common/atoms.glsl", "common/shadow.glsl",
        "common/atoms-light.glsl", NULL };
    static const char *const VERTEX_COMMON[] = { "common/atoms.glsl", NULL };
    const LacProgramSource source = { "mesh.vert", "mesh.frag", COMMON, NULL, VERTEX_COMMON };
    if (self->program != 0)
        return TRUE;
    self->program = lac_program_new(&source, error);
    if (self->program == 0)
        return FALSE;
    glUniformBlockBinding(self->program, glGetUniformBlockIndex(self->program, "Atoms"),
        FRAME_INDEX);
    glUseProgram(self->program);
    glUniform1i(glGetUniformLocation(self->program, "u_before"), 0);
    self->style = glGetUniformLocation(self->program, "u_style");
    glGenQueries(1, &self->query);
    glGenVertexArrays(1, &self->vertex_array);
    glGenBuffers(1, &self->vertices);
    glGenBuffers(1, &self->triangles);
    glGenBuffers(1, &self->coarse);
    glGenBuffers(1, &self->frame_buffer);
    glBindBuffer(GL_UNIFORM_BUFFER, self->frame_buffer);
    glBufferData(GL_UNIFORM_BUFFER, sizeof(LacAtomFrame), NULL, GL_DYNAMIC_DRAW);
    glBindBuffer(GL_UNIFORM_BUFFER, 0);
    return TRUE;
}

static void
upload(GLenum target, GLuint buffer, gconstpointer data, gsize size)
{
    const guint8 *bytes = data;
    glBindBuffer(target, buffer);
    glBufferData(target, (GLsizeiptr) MAX(size, 4), NULL, GL_STATIC_DRAW);
    for (gsize at = 0; at < size; at += SLAB)
        glBufferSubData(target, (GLintptr) at, (GLsizeiptr) MIN(SLAB, size - at), bytes + at);
}

static void
load(LacMeshPass *self, LacMeshSet *set)
{
    if (self->loaded == set)
        return;
    glBindVertexArray(self->vertex_array);
    upload(GL_ARRAY_BUFFER, self->vertices, set->vertices, set->n_vertices * sizeof(LacMeshVertex));
    glEnableVertexAttribArray(0);
    glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, sizeof(LacMeshVertex),
        GSIZE_TO_POINTER(offsetof(LacMeshVertex, position)));
    glEnableVertexAttribArray(1);
    glVertexAttribPointer(1, 4, GL_BYTE, GL_TRUE, sizeof(LacMeshVertex),
        GSIZE_TO_POINTER(offsetof(LacMeshVertex, normal)));
    glEnableVertexAttribArray(2);
    glVertexAttribPointer(2, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(LacMeshVertex),
        GSIZE_TO_POINTER(offsetof(LacMeshVertex, color)));
    glEnableVertexAttribArray(3);
    glVertexAttribPointer(3, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(LacMeshVertex),
        GSIZE_TO_POINTER(offsetof(LacMeshVertex, back)));
    upload(GL_ELEMENT_ARRAY_BUFFER, self->coarse, set->coarse, 12 * set->n_coarse);
    upload(GL_ELEMENT_ARRAY_BUFFER, self->triangles, set->triangles, 12 * set->n_triangles);
    glBindVertexArray(0);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    lac_mesh_set_unref(self->loaded);
    self->loaded = lac_mesh_set_ref(set);
}

static GLuint
make_texture(GLenum target, GLint filter)
{
    GLuint texture;
    glGenTextures(1, &texture);
    glBindTexture(target, texture);
    glTexParameteri(target, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(target, GL_TEXTURE_MAG_FILTER, filter);
    glTexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(target, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexParameteri(target, GL_TEXTURE_MAX_LEVEL, 0);
    glBindTexture(target, 0);
    return texture;
}

static void
size_array(GLuint texture, GLint internal, GLenum format, GLenum type, int width, int height, int n)
{
    glBindTexture(GL_TEXTURE_2D_ARRAY, texture);
    glTexImage3D(GL_TEXTURE_2D_ARRAY, 0, internal, width, height, n, 0, format, type, NULL);
    glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
}

static gboolean
size_picture(Picture *picture, int width, int height, int n_layers, GError **error)
{
    static const GLenum NONE = GL_NONE;
    if (picture->width == width && picture->height == height)
        return TRUE;
    if (picture->framebuffer == 0) {
        glGenFramebuffers(1, &picture->framebuffer);
        glGenFramebuffers(1, &picture->store);
        picture->colors = make_texture(GL_TEXTURE_2D_ARRAY, GL_LINEAR);
        picture->depths = make_texture(GL_TEXTURE_2D_ARRAY, GL_NEAREST);
        picture->turns[0] = make_texture(GL_TEXTURE_2D, GL_NEAREST);
        picture->turns[1] = make_texture(GL_TEXTURE_2D, GL_NEAREST);
    }
    size_array(picture->colors, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, width, height, n_layers);
    size_array(picture->depths, GL_DEPTH_COMPONENT32F, GL_DEPTH_COMPONENT, GL_FLOAT, width, height,
        n_layers);
    for (guint i = 0; i < 2; i++) {
        glBindTexture(GL_TEXTURE_2D, picture->turns[i]);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT32F, width, height, 0, GL_DEPTH_COMPONENT,
            GL_FLOAT, NULL);
        glBindTexture(GL_TEXTURE_2D, 0);
    }
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    glFramebufferTextureLayer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, picture->colors, 0, 0);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, picture->turns[0],
        0);
    glBindFramebuffer(GL_FRAMEBUFFER, picture->store);
    glDrawBuffers(1, &NONE);
    glReadBuffer(GL_NONE);
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
    picture->width = picture->height = 0;
    picture->complete = FALSE;
    picture->n_layers = 0;
    if (status != GL_FRAMEBUFFER_COMPLETE || glGetError() == GL_OUT_OF_MEMORY) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL,
            "OpenGL cannot draw %d layers of surfaces of %d x %d (status 0x%x)", n_layers, width,
            height, status);
        return FALSE;
    }
    picture->width = width;
    picture->height = height;
    return TRUE;
}

// ---- The view ----

static View
make_view(const LacScene *scene, const LacRenderTarget *target)
{
    View view = {
        .set = scene->meshes.set,
        .scene = scene->meshes,
        .camera = scene->camera,
        .clip = scene->clip,
        .depth_cue = scene->atoms.depth_cue,
        .full_width = target->full_width,
        .full_height = target->full_height,
        .tile_x = target->tile_x,
        .tile_y = target->tile_y,
        .width = target->width,
        .height = target->height,
    };
    memcpy(view.background, scene->background, sizeof view.background);
    return view;
}

static gboolean
is_same_style(const LacMeshScene *a, const LacMeshScene *b)
{
    for (guint i = 0; i < LAC_MESH_MAX_GROUPS; i++)
        if (!a->groups[i].shown != !b->groups[i].shown ||
            a->groups[i].opacity != b->groups[i].opacity)
            return FALSE;
    return !a->has_selected == !b->has_selected &&
        (!a->has_selected ||
            (a->selected_group == b->selected_group && a->selected_tag == b->selected_tag));
}

static gboolean
is_same_view(const View *a, const View *b)
{
    return a->set == b->set && is_same_style(&a->scene, &b->scene) &&
        lac_camera_is_equal(&a->camera, &b->camera) &&
        lac_clip_plane_is_equal(&a->clip, &b->clip) && a->depth_cue == b->depth_cue &&
        memcmp(a->background, b->background, sizeof a->background) == 0 &&
        a->full_width == b->full_width && a->full_height == b->full_height &&
        a->tile_x == b->tile_x && a->tile_y == b->tile_y && a->width == b->width &&
        a->height == b->height;
}

static void
set_view(Picture *picture, const View *view)
{
    LacMeshSet *old = picture->view.set;
    picture->view = *view;
    lac_mesh_set_ref(view->set);
    lac_mesh_set_unref(old);
    picture->n_layers = 0;
    picture->complete = FALSE;
}

// ---- Layers ----

static void
draw_parts(LacMeshPass *self, const LacMeshScene *scene, gboolean coarse, gboolean has_before)
{
    const LacMeshSet *set = scene->set;
    for (gsize i = 0, end; i < set->n_parts; i = end) {
        const LacMeshPart *part = &set->parts[i];
        const LacMeshGroup *group = &scene->groups[part->group];
        gboolean stands_out = scene->has_selected && scene->selected_group == part->group &&
            scene->selected_tag == part->tag;
        gsize first = coarse ? part->coarse_first : part->first, n = 0;
        // As many as look the same, at once.
        for (end = i; end < set->n_parts; end++) {
            const LacMeshPart *next = &set->parts[end];
            gboolean next_out = scene->has_selected && scene->selected_group == next->group &&
                scene->selected_tag == next->tag;
            if (next->group != part->group || next_out != stands_out)
                break;
            n += coarse ? next->n_coarse : next->n;
        }
        if (!group->shown || group->opacity <= 0.0 || n == 0)
            continue;
        double opacity = CLAMP(group->opacity, 0.0, 1.0);
        if (stands_out)
            opacity = MAX(opacity, 0.5);
        glUniform4f(self->style, (float) opacity, stands_out ? 1.0f : 0.0f,
            has_before ? 1.0f : 0.0f, 0.0f);
        glDrawElements(GL_TRIANGLES, (GLsizei) (3 * n), GL_UNSIGNED_INT,
            GSIZE_TO_POINTER(12 * first));
    }
}

// Returns whether anything was drawn.
static gboolean
draw_layer(LacMeshPass *self, Picture *picture, gboolean coarse)
{
    static const float CLEAR[4] = { 0.0f, 0.0f, 0.0f, 0.0f }, FAR[1] = { 1.0f };
    static const GLenum TARGET[] = { GL_COLOR_ATTACHMENT0 };
    int k = picture->n_layers;
    GLuint any = GL_TRUE;
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    glFramebufferTextureLayer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, picture->colors, 0, k);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D,
        picture->turns[k % 2], 0);
    glDrawBuffers(1, TARGET);
    glClearBufferfv(GL_COLOR, 0, CLEAR);
    glClearBufferfv(GL_DEPTH, 0, FAR);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, picture->turns[(k + 1) % 2]);
    glBeginQuery(GL_ANY_SAMPLES_PASSED, self->query);
    draw_parts(self, &picture->view.scene, coarse, k > 0);
    glEndQuery(GL_ANY_SAMPLES_PASSED);
    glBindTexture(GL_TEXTURE_2D, 0);
    glGetQueryObjectuiv(self->query, GL_QUERY_RESULT, &any);
    if (!any)
        return FALSE;
    glBindFramebuffer(GL_READ_FRAMEBUFFER, picture->framebuffer);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, picture->store);
    glFramebufferTextureLayer(GL_DRAW_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, picture->depths, 0, k);
    glBlitFramebuffer(0, 0, picture->width, picture->height, 0, 0, picture->width, picture->height,
        GL_DEPTH_BUFFER_BIT, GL_NEAREST);
    picture->n_layers++;
    return TRUE;
}

static void
draw_layers(LacMeshPass *self, Picture *picture, PictureKind kind, double budget_ms)
{
    gint64 start = g_get_monotonic_time();
    int most = kind == PICTURE_QUICK ? QUICK : MAX_LAYERS;
    gboolean coarse = kind == PICTURE_QUICK && self->software;
    glUseProgram(self->program);
    glBindVertexArray(self->vertex_array);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, coarse ? self->coarse : self->triangles);
    glViewport(0, 0, picture->width, picture->height);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    glEnable(GL_DEPTH_TEST);
    glDepthFunc(GL_LESS);
    glDepthMask(GL_TRUE);
    while (!picture->complete) {
        gboolean any = draw_layer(self, picture, coarse);
        picture->complete = !any || picture->n_layers >= most;
        if (budget_ms > 0.0 && 1e-3 * (double) (g_get_monotonic_time() - start) > budget_ms)
            break;
    }
    glDisable(GL_DEPTH_TEST);
    glBindVertexArray(0);
}

// What lies at the very end of the range would have the depth of nothing.
static LacBox
grow_box(const LacBox *box)
{
    return (LacBox){ { box->min.x - ROOM, box->min.y - ROOM, box->min.z - ROOM },
        { box->max.x + ROOM, box->max.y + ROOM, box->max.z + ROOM } };
}

/**
 * lac_mesh_pass_draw:
 * @self: the pass
 * @scene: what to draw; it has meshes
 * @quality: how well
 * @target: the tile that the layers are for
 * @budget_ms: [ms] after which it stops between two layers; 0: when all is done
 * @complete: (out): whether all layers are there; if not, call again
 * @error: return location for a #GError
 *
 * Draws the layers, unless they are there already: depth peeling after C. Everitt, Interactive
 * order-independent transparency (NVIDIA, 2001).
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_mesh_pass_draw(LacMeshPass *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, double budget_ms, gboolean *complete, GError **error)
{
    PictureKind kind =
        quality->resolution < 1.0 || quality->atom_resolution < 1.0 ? PICTURE_QUICK : PICTURE_FULL;
    Picture *picture = &self->pictures[kind];
    double scale = kind == PICTURE_QUICK ? MIN(quality->atom_resolution, 1.0) : 1.0;
    int width = MAX(1, (int) (target->width * scale + 0.5));
    int height = MAX(1, (int) (target->height * scale + 0.5));
    gint64 start = g_get_monotonic_time();
    if (!need_program(self, error) ||
        !size_picture(picture, width, height, kind == PICTURE_QUICK ? QUICK : MAX_LAYERS, error))
        return FALSE;
    View view = make_view(scene, target);
    if (picture->view.set == NULL || !is_same_view(&picture->view, &view))
        set_view(picture, &view);
    if (!picture->complete) {
        LacAtomFrame frame;
        LacBox box = scene->meshes.set->box;
        if (scene->atoms.set != NULL)
            box = lac_box_union(&box, &scene->atoms.set->box);
        box = grow_box(&box);
        picture->range = lac_atom_frame_fill(&frame, scene, target, width, height, &box);
        glBindBuffer(GL_UNIFORM_BUFFER, self->frame_buffer);
        glBufferSubData(GL_UNIFORM_BUFFER, 0, sizeof frame, &frame);
        glBindBuffer(GL_UNIFORM_BUFFER, 0);
        glBindBufferBase(GL_UNIFORM_BUFFER, FRAME_INDEX, self->frame_buffer);
        load(self, scene->meshes.set);
        draw_layers(self, picture, kind, kind == PICTURE_FULL ? budget_ms : 0.0);
        if (kind == PICTURE_QUICK)
            self->frame_ms = 1e-3 * (double) (g_get_monotonic_time() - start);
    }
    *complete = picture->complete;
    gboolean has_quick = self->pictures[PICTURE_QUICK].complete;
    self->shown = kind == PICTURE_FULL && !picture->complete && has_quick ? PICTURE_QUICK : kind;
    return TRUE;
}

/**
 * lac_mesh_pass_get_layers:
 * @self: the pass, drawn
 * @layers: (out): what was drawn
 *
 * Returns: %FALSE if there is none
 */
gboolean
lac_mesh_pass_get_layers(LacMeshPass *self, LacMeshLayers *layers)
{
    const Picture *picture = &self->pictures[self->shown];
    *layers = (LacMeshLayers){ .colors = picture->colors,
        .depths = picture->depths,
        .n = picture->n_layers,
        .width = picture->width,
        .height = picture->height,
        .top = picture->range.top,
        .span = picture->range.span };
    return picture->n_layers > 0;
}

static gboolean
need_copy_program(LacMeshPass *self, GError **error)
{
    const LacProgramSource source = { "full.vert", "mesh-copy.frag", NULL, NULL, NULL };
    if (self->copy_program != 0)
        return TRUE;
    self->copy_program = lac_program_new(&source, error);
    if (self->copy_program == 0)
        return FALSE;
    glUseProgram(self->copy_program);
    glUniform1i(glGetUniformLocation(self->copy_program, "u_colors"), 0);
    glUniform1i(glGetUniformLocation(self->copy_program, "u_depths"), 1);
    glUniform1i(glGetUniformLocation(self->copy_program, "u_atoms"), 2);
    self->copy_n = glGetUniformLocation(self->copy_program, "u_n");
    self->copy_map = glGetUniformLocation(self->copy_program, "u_map");
    glGenVertexArrays(1, &self->copy_array);
    return TRUE;
}

/**
 * lac_mesh_pass_copy:
 * @self: the pass, drawn
 * @atoms: (nullable): what stands before and behind the surfaces
 * @error: return location for a #GError
 *
 * Blends the layers over the framebuffer that is bound, where no volume is drawn among them.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_mesh_pass_copy(LacMeshPass *self, const LacAtomDepth *atoms, GError **error)
{
    LacMeshLayers layers;
    if (!lac_mesh_pass_get_layers(self, &layers))
        return TRUE;
    if (!need_copy_program(self, error))
        return FALSE;
    glUseProgram(self->copy_program);
    glUniform1i(self->copy_n, layers.n);
    glUniform4f(self->copy_map, (float) layers.top, (float) layers.span,
        atoms != NULL ? (float) atoms->top : 0.0f, atoms != NULL ? (float) atoms->span : 0.0f);
    glActiveTexture(GL_TEXTURE2);
    glBindTexture(GL_TEXTURE_2D, atoms != NULL ? atoms->texture : 0);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D_ARRAY, layers.depths);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D_ARRAY, layers.colors);
    glBindVertexArray(self->copy_array);
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_BLEND);
    glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
    glActiveTexture(GL_TEXTURE2);
    glBindTexture(GL_TEXTURE_2D, 0);
    glActiveTexture(GL_TEXTURE0);
    glBindVertexArray(0);
    return TRUE;
}

/**
 * lac_mesh_pass_get_frame_ms:
 * @self: the pass
 *
 * Returns: [ms] what the last quick picture took; 0 before there is one
 */
double
lac_mesh_pass_get_frame_ms(LacMeshPass *self)
{
    return self->frame_ms;
}
