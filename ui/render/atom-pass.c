// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/atom-pass.h"

#include "core/error.h"
#include "ui/render/atom-copy.h"
#include "ui/render/atom-frame.h"
#include "ui/render/cull.h"
#include "ui/render/face-pass.h"
#include "ui/render/gpu-timer.h"
#include "ui/render/program.h"
#include "ui/render/shadow-maps.h"

#include <epoxy/gl.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define FRAME_INDEX   1                      // binding of the uniform block
#define SHADOW_INDEX  3                      // likewise, of the shadows
#define SHADOW_UNIT   3                      // of their texture
#define CHUNK         ((gsize) 1 << 20)      // instances in one buffer
#define SLAB          ((gsize) 16 * 1048576) // bytes of one upload
#define BATCH_MS      6.0                    // drawn between two looks at the clock
#define QUICK_MS      7.0                    // for the atoms of a quick picture, and for its bonds
#define QUICK_FACES   ((gsize) 4000)         // of a quick picture where the processor draws
#define MIN_QUICK     2000.0                 // of each, however slow the machine is
#define FIRST_ITEM_MS 2e-3                   // one of a quick picture, before it is measured

typedef enum {
    SPHERES,
    RINGS,
    STICKS,
    N_KINDS,
} Kind;

typedef enum {
    QUICK, // while something moves
    FULL,
    N_PICTURES,
} PictureKind;

// Bits of the number of a program.
enum {
    VARIANT_CLIP = 1,   // there is a clip plane
    VARIANT_FLAT = 2,   // the depth is that of the centre: much quicker where the processor draws
    VARIANT_SHADOW = 4, // there are shadow maps
    N_VARIANTS = 8,
};

// Everything that a picture depends on.
typedef struct {
    LacAtomSet *set; // (nullable) a reference
    LacAtomScene scene;
    LacCamera camera;
    LacClipPlane clip;
    float background[3];
    int width, height, full_width, full_height, tile_x, tile_y;
} View;

typedef struct {
    GLuint framebuffer, color, ids, depth;
    int width, height; // [sample]
    View view;         // what it shows
    gsize n_drawn;     // instances, in the order of the list
    gboolean complete;
} Picture;

// Instances of one kind in the graphics memory.
typedef struct {
    GArray *buffers; // of GLuint, CHUNK instances each
    gsize n;
} List;

// Instances to be drawn, one after the other.
typedef struct {
    Kind kind;
    gsize first, n;
} Run;

struct LacAtomPass {
    gboolean software;
    GLuint programs[N_KINDS][N_VARIANTS], vertex_arrays[N_KINDS], frame_buffer;
    LacAtomCopy *copy;
    List lists[N_KINDS];
    LacAtomSet *loaded; // (nullable) what the lists hold, where a graphics card draws
    LacFacePass *faces;
    LacShadowMaps *shadows;
    LacCuller *culler;  // (nullable) where the processor draws: the lists hold what it left
    PictureKind culled; // the picture that they are for
    gboolean has_culled;
    Run runs[3];
    guint n_runs, variant;
    Picture pictures[N_PICTURES];
    PictureKind shown;
    LacAtomDepth depth;                              // mapping of the picture that is shown
    double frame_ms;                                 // of the last quick picture that was measured
    LacGpuTimer timer;                               // of quick pictures
    double item_ms[N_KINDS], quick_item_ms[N_KINDS]; // one of a full and of a quick picture
};

static const gsize instance_sizes[N_KINDS] = { sizeof(LacSphere), sizeof(LacSphere),
    sizeof(LacStick) };

// Returns 0 with @error set on failure.
static GLuint
make_program(Kind kind, guint variant, GError **error)
{
    static const char *const COMMON[] = { "common/atoms.glsl", "common/shadow.glsl",
        "common/atoms-light.glsl", NULL };
    static const char *const VERTEX_COMMON[] = { "common/atoms.glsl", NULL };
    g_autofree char *defines = g_strconcat(kind == RINGS ? "#define RING\n" : "",
        (variant & VARIANT_CLIP) != 0 ? "#define CLIP\n" : "",
        (variant & VARIANT_FLAT) != 0 ? "#define FLAT\n" : "",
        (variant & VARIANT_SHADOW) != 0 ? "#define SHADOW\n" : "", NULL);
    LacProgramSource source = { .vertex = kind == STICKS ? "bond.vert" : "atom.vert",
        .fragment = kind == STICKS ? "bond.frag" : "atom.frag",
        .common = COMMON,
        .defines = defines,
        .vertex_common = VERTEX_COMMON };
    GLuint program = lac_program_new(&source, error);
    if (program == 0)
        return 0;
    glUniformBlockBinding(program, glGetUniformBlockIndex(program, "Atoms"), FRAME_INDEX);
    GLuint shadows = glGetUniformBlockIndex(program, "Shadows");
    if (shadows != GL_INVALID_INDEX) {
        glUniformBlockBinding(program, shadows, SHADOW_INDEX);
        glUseProgram(program);
        glUniform1i(glGetUniformLocation(program, "u_shadows"), SHADOW_UNIT);
        glUseProgram(0);
    }
    return program;
}

// Compiles what the runs need and was not needed before.
static gboolean
need_programs(LacAtomPass *self, GError **error)
{
    for (guint i = 0; i < self->n_runs; i++) {
        GLuint *program = &self->programs[self->runs[i].kind][self->variant];
        if (*program == 0)
            *program = make_program(self->runs[i].kind, self->variant, error);
        if (*program == 0)
            return FALSE;
    }
    return TRUE;
}

static GLuint
make_texture(GLint filter)
{
    GLuint texture;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glBindTexture(GL_TEXTURE_2D, 0);
    return texture;
}

/**
 * lac_atom_pass_new:
 * @software: whether the processor draws
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the pass, or %NULL with @error set
 */
LacAtomPass *
lac_atom_pass_new(gboolean software, GError **error)
{
    LacAtomPass *self = g_new0(LacAtomPass, 1);
    self->software = software;
    self->faces = lac_face_pass_new();
    self->shadows = lac_shadow_maps_new();
    if (software)
        self->culler = lac_culler_new();
    for (guint i = 0; i < N_KINDS; i++)
        self->lists[i].buffers = g_array_new(FALSE, FALSE, sizeof(GLuint));
    if (!software && epoxy_is_desktop_gl())
        lac_gpu_timer_init(&self->timer);
    glGenVertexArrays(N_KINDS, self->vertex_arrays);
    glGenBuffers(1, &self->frame_buffer);
    glBindBuffer(GL_UNIFORM_BUFFER, self->frame_buffer);
    glBufferData(GL_UNIFORM_BUFFER, sizeof(LacAtomFrame), NULL, GL_DYNAMIC_DRAW);
    glBindBuffer(GL_UNIFORM_BUFFER, 0);
    for (guint i = 0; i < N_PICTURES; i++) {
        Picture *picture = &self->pictures[i];
        glGenFramebuffers(1, &picture->framebuffer);
        picture->color = make_texture(GL_LINEAR);
        picture->ids = make_texture(GL_NEAREST);
        picture->depth = make_texture(GL_NEAREST);
    }
    self->copy = lac_atom_copy_new(error);
    if (self->copy != NULL)
        return self;
    lac_atom_pass_free(self);
    return NULL;
}

/**
 * lac_atom_pass_free:
 * @self: (nullable) (transfer full): the pass
 */
void
lac_atom_pass_free(LacAtomPass *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < N_PICTURES; i++) {
        Picture *picture = &self->pictures[i];
        const GLuint textures[] = { picture->color, picture->ids, picture->depth };
        glDeleteFramebuffers(1, &picture->framebuffer);
        glDeleteTextures(G_N_ELEMENTS(textures), textures);
        lac_atom_set_unref(picture->view.set);
    }
    for (guint i = 0; i < N_KINDS; i++) {
        GArray *buffers = self->lists[i].buffers;
        glDeleteBuffers((GLsizei) buffers->len, (const GLuint *) (gpointer) buffers->data);
        g_array_unref(buffers);
        for (guint k = 0; k < N_VARIANTS; k++)
            glDeleteProgram(self->programs[i][k]);
    }
    lac_gpu_timer_clear(&self->timer);
    glDeleteVertexArrays(N_KINDS, self->vertex_arrays);
    glDeleteBuffers(1, &self->frame_buffer);
    lac_atom_copy_free(self->copy);
    lac_atom_set_unref(self->loaded);
    lac_culler_free(self->culler);
    lac_face_pass_free(self->faces);
    lac_shadow_maps_free(self->shadows);
    g_free(self);
}

// ---- What is drawn ----

static void
upload(List *list, gconstpointer instances, gsize n, gsize size)
{
    const guint8 *bytes = instances;
    list->n = n;
    for (gsize first = 0, k = 0; first < n; first += CHUNK, k++) {
        gsize length = MIN(CHUNK, n - first) * size;
        if (k == list->buffers->len) {
            GLuint buffer;
            glGenBuffers(1, &buffer);
            g_array_append_val(list->buffers, buffer);
        }
        glBindBuffer(GL_ARRAY_BUFFER, g_array_index(list->buffers, GLuint, k));
        glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr) length, NULL, GL_STREAM_DRAW);
        for (gsize at = 0; at < length; at += SLAB)
            glBufferSubData(GL_ARRAY_BUFFER, (GLintptr) at, (GLsizeiptr) MIN(SLAB, length - at),
                bytes + first * size + at);
    }
    glBindBuffer(GL_ARRAY_BUFFER, 0);
}

static void
add_run(LacAtomPass *self, Kind kind, gsize first, gsize n)
{
    if (n > 0)
        self->runs[self->n_runs++] = (Run){ kind, first, n };
}

static void
load_all(LacAtomPass *self, const LacAtomScene *scene)
{
    LacAtomSet *set = scene->set;
    if (self->loaded != set) {
        upload(&self->lists[SPHERES], set->spheres, set->n_solid, sizeof(LacSphere));
        upload(&self->lists[RINGS], set->spheres + set->n_solid, set->n_spheres - set->n_solid,
            sizeof(LacSphere));
        upload(&self->lists[STICKS], set->sticks, set->n_sticks, sizeof(LacStick));
        lac_atom_set_unref(self->loaded);
        self->loaded = lac_atom_set_ref(set);
    }
    self->n_runs = 0;
    if (scene->show_atoms)
        add_run(self, SPHERES, 0, set->n_solid);
    if (scene->show_bonds)
        add_run(self, STICKS, 0, set->n_sticks);
    gsize n_rings = scene->show_ghosts ? set->n_spheres : set->n_markers_end;
    add_run(self, RINGS, 0, n_rings - set->n_solid);
}

// As many as a quick picture has time for.
static gsize
get_quick_number(const LacAtomPass *self, Kind kind)
{
    double ms = self->quick_item_ms[kind] > 0.0 ? self->quick_item_ms[kind] : FIRST_ITEM_MS;
    return (gsize) MAX(QUICK_MS / ms, MIN_QUICK);
}

// Only what this picture needs. A picture goes on with its list, unless another one came between.
static void
load_culled(LacAtomPass *self, const LacScene *scene, const LacRenderTarget *target,
    Picture *picture, PictureKind kind)
{
    if (picture->n_drawn > 0 && self->has_culled && self->culled == kind)
        return;
    double per_x = (double) picture->width / target->width;
    double per_y = (double) picture->height / target->height;
    const LacCullTile tile = { .full_width = target->full_width * per_x,
        .full_height = target->full_height * per_y,
        .tile_x = target->tile_x * per_x,
        .tile_y = target->tile_y * per_y,
        .width = picture->width,
        .height = picture->height };
    LacCulled culled;
    const LacCullHaste haste = { .max_spheres = get_quick_number(self, SPHERES),
        .max_sticks = get_quick_number(self, STICKS) };
    lac_culler_run(self->culler, scene, &tile, kind == QUICK ? &haste : NULL, &culled);
    upload(&self->lists[SPHERES], culled.spheres, culled.n_spheres, sizeof(LacSphere));
    upload(&self->lists[RINGS], culled.rings, culled.n_rings, sizeof(LacSphere));
    upload(&self->lists[STICKS], culled.sticks, culled.n_sticks, sizeof(LacStick));
    self->n_runs = 0;
    add_run(self, SPHERES, 0, culled.n_spheres);
    add_run(self, RINGS, 0, culled.n_rings);
    add_run(self, STICKS, 0, culled.n_sticks);
    self->culled = kind;
    self->has_culled = TRUE;
    picture->n_drawn = 0;
}

static gsize
count_items(const LacAtomPass *self)
{
    gsize n = 0;
    for (guint i = 0; i < self->n_runs; i++)
        n += self->runs[i].n;
    return n;
}

// ---- The frame ----

static View
make_view(const LacScene *scene, const LacRenderQuality *quality, const LacRenderTarget *target)
{
    View view = {
        .set = scene->atoms.set,
        .scene = scene->atoms,
        .camera = scene->camera,
        .clip = scene->clip,
        .width = target->width,
        .height = target->height,
        .full_width = target->full_width,
        .full_height = target->full_height,
        .tile_x = target->tile_x,
        .tile_y = target->tile_y,
    };
    memcpy(view.background, scene->background, sizeof view.background);
    if (!quality->shadows)
        view.scene.shadow = 0.0;
    if (quality->max_bonds > 0 && scene->atoms.set->n_sticks > quality->max_bonds)
        view.scene.show_bonds = FALSE;
    return view;
}

static gboolean
is_same_view(const View *a, const View *b)
{
    const LacAtomScene *s = &a->scene, *t = &b->scene;
    return a->set == b->set && !s->show_atoms == !t->show_atoms &&
        !s->show_bonds == !t->show_bonds && !s->show_polyhedra == !t->show_polyhedra &&
        !s->show_ghosts == !t->show_ghosts && s->depth_cue == t->depth_cue &&
        s->shadow == t->shadow && !s->occlusion == !t->occlusion &&
        lac_camera_is_equal(&a->camera, &b->camera) &&
        lac_clip_plane_is_equal(&a->clip, &b->clip) &&
        memcmp(a->background, b->background, sizeof a->background) == 0 && a->width == b->width &&
        a->height == b->height && a->full_width == b->full_width &&
        a->full_height == b->full_height && a->tile_x == b->tile_x && a->tile_y == b->tile_y;
}

static gboolean
is_same_but_shadows(const View *a, const View *b)
{
    View same = *a;
    same.scene.shadow = b->scene.shadow;
    return is_same_view(&same, b);
}

static void
set_view(Picture *picture, const View *view)
{
    if (view->set != NULL)
        lac_atom_set_ref(view->set);
    lac_atom_set_unref(picture->view.set);
    picture->view = *view;
    picture->n_drawn = 0;
    picture->complete = FALSE;
}

static LacDepthRange
fill_block(LacAtomPass *self, const LacScene *scene, const LacRenderTarget *target, int width,
    int height)
{
    LacAtomFrame frame;
    LacDepthRange range =
        lac_atom_frame_fill(&frame, scene, target, width, height, &scene->atoms.set->box);
    glBindBuffer(GL_UNIFORM_BUFFER, self->frame_buffer);
    glBufferSubData(GL_UNIFORM_BUFFER, 0, sizeof frame, &frame);
    glBindBuffer(GL_UNIFORM_BUFFER, 0);
    glBindBufferBase(GL_UNIFORM_BUFFER, FRAME_INDEX, self->frame_buffer);
    return range;
}

static void
fill_frame(LacAtomPass *self, const LacScene *scene, const LacRenderTarget *target,
    const Picture *picture)
{
    LacDepthRange range = fill_block(self, scene, target, picture->width, picture->height);
    self->depth.top = range.top;
    self->depth.span = range.span;
}

// ---- Drawing ----

static void
size_texture(GLuint texture, GLint internal, GLenum format, GLenum type, int width, int height)
{
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, internal, width, height, 0, format, type, NULL);
    glBindTexture(GL_TEXTURE_2D, 0);
}

static gboolean
size_picture(Picture *picture, int width, int height, GError **error)
{
    static const GLenum TARGETS[] = { GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1 };
    if (picture->width == width && picture->height == height)
        return TRUE;
    size_texture(picture->color, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, width, height);
    size_texture(picture->ids, GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT, width, height);
    size_texture(picture->depth, GL_DEPTH_COMPONENT32F, GL_DEPTH_COMPONENT, GL_FLOAT, width,
        height);
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, TARGETS[0], GL_TEXTURE_2D, picture->color, 0);
    glFramebufferTexture2D(GL_FRAMEBUFFER, TARGETS[1], GL_TEXTURE_2D, picture->ids, 0);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, picture->depth, 0);
    glDrawBuffers(2, TARGETS);
    GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
    picture->width = picture->height = 0;
    picture->complete = FALSE;
    picture->n_drawn = 0;
    if (status != GL_FRAMEBUFFER_COMPLETE) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL,
            "OpenGL cannot draw atoms into a picture of %d x %d (status 0x%x)", width, height,
            status);
        return FALSE;
    }
    picture->width = width;
    picture->height = height;
    return TRUE;
}

typedef struct {
    GLint n;
    GLenum type;
    GLboolean normalized;
    gsize offset;
} Attribute;

static void
set_attributes(const Attribute *attributes, guint n, gsize size, gsize first)
{
    for (guint i = 0; i < n; i++) {
        const Attribute *a = &attributes[i];
        gpointer at = GSIZE_TO_POINTER(first * size + a->offset);
        glEnableVertexAttribArray(i);
        glVertexAttribDivisor(i, 1);
        if (a->type == GL_UNSIGNED_INT)
            glVertexAttribIPointer(i, a->n, a->type, (GLsizei) size, at);
        else
            glVertexAttribPointer(i, a->n, a->type, a->normalized, (GLsizei) size, at);
    }
}

// There is no base instance before OpenGL 4.2: the attributes start where the first instance is.
static void
bind_instances(LacAtomPass *self, Kind kind, gsize chunk, gsize first)
{
    static const Attribute SPHERE[] = {
        { 4, GL_FLOAT, GL_FALSE, offsetof(LacSphere, position) },
        { 4, GL_UNSIGNED_BYTE, GL_TRUE, offsetof(LacSphere, color) },
        { 4, GL_BYTE, GL_TRUE, offsetof(LacSphere, visibility) },
        { 2, GL_UNSIGNED_INT, GL_FALSE, offsetof(LacSphere, id) },
    };
    static const Attribute STICK[] = {
        { 4, GL_FLOAT, GL_FALSE, offsetof(LacStick, a) },
        { 3, GL_FLOAT, GL_FALSE, offsetof(LacStick, b) },
        { 4, GL_UNSIGNED_BYTE, GL_TRUE, offsetof(LacStick, color_a) },
        { 4, GL_UNSIGNED_BYTE, GL_TRUE, offsetof(LacStick, color_b) },
        { 4, GL_BYTE, GL_TRUE, offsetof(LacStick, visibility_a) },
        { 4, GL_BYTE, GL_TRUE, offsetof(LacStick, visibility_b) },
        { 3, GL_UNSIGNED_INT, GL_FALSE, offsetof(LacStick, ids) },
    };
    glBindVertexArray(self->vertex_arrays[kind]);
    glBindBuffer(GL_ARRAY_BUFFER, g_array_index(self->lists[kind].buffers, GLuint, chunk));
    if (kind != STICKS)
        set_attributes(SPHERE, G_N_ELEMENTS(SPHERE), instance_sizes[kind], first);
    else
        set_attributes(STICK, G_N_ELEMENTS(STICK), instance_sizes[kind], first);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
}

// Draws up to @most instances from number @item of all runs on; returns how many.
static gsize
draw_batch(LacAtomPass *self, gsize item, gsize most, Kind *kind)
{
    guint k = 0;
    while (item >= self->runs[k].n)
        item -= self->runs[k++].n;
    const Run *run = &self->runs[k];
    gsize first = run->first + item, chunk = first / CHUNK;
    gsize n = MIN(MIN(most, run->n - item), CHUNK - first % CHUNK);
    *kind = run->kind;
    glUseProgram(self->programs[run->kind][self->variant]);
    bind_instances(self, run->kind, chunk, first % CHUNK);
    glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, (GLsizei) n);
    return n;
}

// Draws until all is drawn or the time is over. Waits for the end of each batch where the processor
// draws; on a graphics card the commands run later.
static void
draw_items(LacAtomPass *self, Picture *picture, double budget_ms)
{
    gint64 start = g_get_monotonic_time(), now = start;
    gsize n = count_items(self);
    while (picture->n_drawn < n) {
        gsize most = n;
        Kind kind = STICKS;
        if (self->software && budget_ms > 0.0)
            most = self->item_ms[SPHERES] > 0.0
                ? (gsize) CLAMP(BATCH_MS / MAX(self->item_ms[SPHERES], self->item_ms[STICKS]), 64.0,
                      1e6)
                : 500;
        gsize drawn = draw_batch(self, picture->n_drawn, most, &kind);
        picture->n_drawn += drawn;
        if (!self->software)
            continue;
        glFinish();
        gint64 then = now;
        now = g_get_monotonic_time();
        double *item_ms = picture == &self->pictures[QUICK] ? self->quick_item_ms : self->item_ms;
        double ms = 1e-3 * (double) (now - then) / (double) drawn;
        if (drawn >= 200) // few of them say little
            item_ms[kind] = item_ms[kind] > 0.0 ? 0.7 * item_ms[kind] + 0.3 * ms : ms;
        if (budget_ms > 0.0 && 1e-3 * (double) (now - start) + 0.5 * BATCH_MS > budget_ms)
            break;
    }
    picture->complete = picture->n_drawn >= n;
}

static void
begin_picture(const Picture *picture)
{
    static const GLuint NOTHING[4] = { 0, 0, 0, 0 };
    static const float CLEAR[4] = { 0.0f, 0.0f, 0.0f, 0.0f }, FAR[1] = { 1.0f };
    glBindFramebuffer(GL_FRAMEBUFFER, picture->framebuffer);
    glViewport(0, 0, picture->width, picture->height);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    glEnable(GL_DEPTH_TEST);
    glDepthFunc(GL_LESS);
    glDepthMask(GL_TRUE);
    if (picture->n_drawn > 0)
        return;
    glClearBufferfv(GL_COLOR, 0, CLEAR);
    glClearBufferuiv(GL_COLOR, 1, NOTHING);
    glClearBufferfv(GL_DEPTH, 0, FAR);
}

// What the picture at hand needs, with no more than a depth.
static gboolean
draw_shadow(LacAtomPass *self, const LacScene *light, const LacRenderTarget *target, GError **error)
{
    guint n = 0;
    if (self->culler != NULL) {
        const LacCullTile tile = { .full_width = target->full_width,
            .full_height = target->full_height,
            .width = target->width,
            .height = target->height };
        LacCulled culled;
        lac_culler_run(self->culler, light, &tile, NULL, &culled);
        upload(&self->lists[SPHERES], culled.spheres, culled.n_spheres, sizeof(LacSphere));
        upload(&self->lists[STICKS], culled.sticks, culled.n_sticks, sizeof(LacStick));
        self->n_runs = 0;
        add_run(self, SPHERES, 0, culled.n_spheres);
        add_run(self, STICKS, 0, culled.n_sticks);
        self->has_culled = FALSE;
    }
    else
        load_all(self, &light->atoms);
    for (guint i = 0; i < self->n_runs; i++) // rings are signs, not things
        if (self->runs[i].kind != RINGS)
            self->runs[n++] = self->runs[i];
    self->n_runs = n;
    self->variant = light->clip.enabled ? VARIANT_CLIP : 0u;
    if (!need_programs(self, error))
        return FALSE;
    Kind kind;
    for (gsize item = 0, end = count_items(self); item < end;)
        item += draw_batch(self, item, end, &kind);
    return TRUE;
}

// The lamp moves with the viewer: its maps serve any size, shift and tile of a picture.
static gboolean
draw_shadows(LacAtomPass *self, const LacScene *scene, double budget_ms, gboolean *complete,
    GError **error)
{
    gint64 start = g_get_monotonic_time();
    if (!lac_shadow_maps_begin(self->shadows, scene, error))
        return FALSE;
    *complete = lac_shadow_maps_are_complete(self->shadows);
    while (!*complete) {
        LacScene light;
        LacRenderTarget target;
        lac_shadow_maps_next(self->shadows, scene, &light, &target);
        LacDepthRange range = fill_block(self, &light, &target, target.width, target.height);
        gboolean done = draw_shadow(self, &light, &target, error);
        glDisable(GL_DEPTH_TEST);
        if (!done)
            return FALSE;
        lac_shadow_maps_done(self->shadows, range.top, range.span);
        if (self->software)
            glFinish();
        *complete = lac_shadow_maps_are_complete(self->shadows);
        if (budget_ms > 0.0 && self->software &&
            1e-3 * (double) (g_get_monotonic_time() - start) > budget_ms)
            break;
    }
    return TRUE;
}

// Over all that is solid.
static gboolean
draw_faces(LacAtomPass *self, const LacScene *scene, PictureKind kind, GError **error)
{
    const LacAtomSet *set = scene->atoms.set;
    gsize most = kind == QUICK && self->software ? QUICK_FACES : set->n_faces;
    return !scene->atoms.show_polyhedra || set->n_faces == 0 ||
        lac_face_pass_draw(self->faces, set, &scene->camera, most, FRAME_INDEX, error);
}

/**
 * lac_atom_pass_draw:
 * @self: the pass
 * @scene: what to draw; it has atoms
 * @quality: how well
 * @target: the tile that the picture is for
 * @budget_ms: [ms] after which it stops where the processor draws; 0: when all is done
 * @complete: (out): whether the picture is whole; if not, call again
 * @error: return location for a #GError
 *
 * Draws into a picture of the pass, unless it shows the same already.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_atom_pass_draw(LacAtomPass *self, const LacScene *scene, const LacRenderQuality *quality,
    const LacRenderTarget *target, double budget_ms, gboolean *complete, GError **error)
{
    PictureKind kind = quality->resolution < 1.0 || quality->atom_resolution < 1.0 ? QUICK : FULL;
    Picture *picture = &self->pictures[kind];
    double scale = quality->atom_resolution;
    int width = MAX(1, (int) ceil(target->width * scale));
    int height = MAX(1, (int) ceil(target->height * scale));
    gint64 start = g_get_monotonic_time();
    if (!size_picture(picture, width, height, error))
        return FALSE;
    View view = make_view(scene, quality, target);
    gboolean is_lit = TRUE, has_shadows = kind == FULL && view.scene.shadow > 0.0;
    gboolean is_same = is_same_view(&picture->view, &view), keeps = FALSE;
    if (has_shadows && !(is_same && picture->complete)) {
        if (!draw_shadows(self, scene, budget_ms, &is_lit, error))
            return FALSE;
        keeps = !is_lit && picture->complete && is_same_but_shadows(&picture->view, &view);
    }
    if (!is_same && !keeps)
        set_view(picture, &view);
    fill_frame(self, scene, target, picture);
    if (!is_lit && !keeps)
        begin_picture(picture);
    else if (is_lit && !picture->complete) {
        if (has_shadows)
            lac_shadow_maps_use(self->shadows, scene, SHADOW_INDEX, SHADOW_UNIT);
        LacScene shown = *scene;
        shown.atoms.show_bonds = view.scene.show_bonds;
        if (self->culler != NULL)
            load_culled(self, &shown, target, picture, kind);
        else
            load_all(self, &shown.atoms);
        self->variant = (scene->clip.enabled ? VARIANT_CLIP : 0u) |
            (kind == QUICK && self->software ? VARIANT_FLAT : 0u) |
            (has_shadows ? VARIANT_SHADOW : 0u);
        if (!need_programs(self, error))
            return FALSE;
        lac_gpu_timer_collect(&self->timer, &self->frame_ms);
        gboolean is_timed = kind == QUICK && lac_gpu_timer_begin(&self->timer);
        begin_picture(picture);
        draw_items(self, picture, kind == FULL ? budget_ms : 0.0);
        gboolean done = !picture->complete || draw_faces(self, scene, kind, error);
        if (is_timed)
            lac_gpu_timer_end(&self->timer);
        glDisable(GL_DEPTH_TEST);
        if (!done)
            return FALSE;
        if (kind == QUICK && self->software)
            self->frame_ms = 1e-3 * (double) (g_get_monotonic_time() - start);
    }
    *complete = picture->complete && is_lit;
    // What is half done shows only if there is nothing of the same view.
    gboolean has_quick = self->pictures[QUICK].complete;
    self->shown = kind == FULL && !picture->complete && has_quick ? QUICK : kind;
    return TRUE;
}

/**
 * lac_atom_pass_get_depth:
 * @self: the pass, drawn
 * @depth: (out): where rays end
 *
 * Returns: %FALSE if there is no picture
 */
gboolean
lac_atom_pass_get_depth(LacAtomPass *self, LacAtomDepth *depth)
{
    const Picture *picture = &self->pictures[self->shown];
    *depth = self->depth;
    depth->texture = picture->depth;
    depth->width = picture->width;
    depth->height = picture->height;
    return picture->width > 0;
}

/**
 * lac_atom_pass_copy:
 * @self: the pass, drawn
 * @scene: what to draw
 * @target: where; its framebuffer is bound and its viewport set
 *
 * Blends the picture over what is there, with the outline of what is selected.
 */
void
lac_atom_pass_copy(LacAtomPass *self, const LacScene *scene, const LacRenderTarget *target)
{
    const Picture *picture = &self->pictures[self->shown];
    const LacAtomCopySource source = { .color = picture->color,
        .ids = picture->ids,
        .depth = picture->depth,
        .span = self->depth.span,
        .is_full = self->shown == FULL };
    lac_atom_copy_draw(self->copy, &source, scene, target);
}

/**
 * lac_atom_pass_read_id:
 * @self: the pass, drawn
 * @x: [sample] from the left of its picture
 * @y: [sample] from the bottom
 *
 * Waits for the picture and looks into it: slow.
 *
 * Returns: id of the atom there, which is its index + 1; 0 where there is none
 */
guint32
lac_atom_pass_read_id(LacAtomPass *self, int x, int y)
{
    guint32 id[4] = { 0 };
    glBindFramebuffer(GL_FRAMEBUFFER, self->pictures[self->shown].framebuffer);
    glReadBuffer(GL_COLOR_ATTACHMENT1);
    glReadPixels(x, y, 1, 1, GL_RGBA_INTEGER, GL_UNSIGNED_INT, id);
    glReadBuffer(GL_COLOR_ATTACHMENT0);
    return id[0] & LAC_ATOM_MAX_ID;
}

/**
 * lac_atom_pass_get_frame_ms:
 * @self: the pass
 *
 * Returns: [ms] what the last quick picture took; 0 before there is one
 */
double
lac_atom_pass_get_frame_ms(LacAtomPass *self)
{
    return self->frame_ms;
}
