// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/shadow-maps.h"

#include "core/error.h"

#include <epoxy/gl.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define LAMP_DEG 17.0 // half the angle under which the lamp is seen
#define TEXEL    0.05 // [Å] of a map, where that does not make it too large
#define MIN_EDGE 256.0
#define MAX_EDGE 1536.0
#define BIAS     2.0  // [texel] off the surface, or it would shade itself
#define SPREAD   0.35 // [Å] of the samples of a map

// The middle of the lamp in eye space: KEY of shaders/common/atoms-light.glsl.
static const LacVec3 lamp = { -0.4503, 0.6004, 0.6605 };

// The block Shadows of shaders/common/shadow.glsl (std140).
typedef struct {
    float to_map[LAC_SHADOW_N][4][4]; // columns
    float shadow[4];
} Block;

_Static_assert(offsetof(Block, shadow) == 64 * LAC_SHADOW_N, "std140");

// Everything that the maps depend on.
typedef struct {
    LacAtomSet *set; // (nullable) a reference
    gboolean atoms, bonds;
    double rotation[4]; // of the camera, which carries the lamp
    LacClipPlane clip;
} View;

typedef struct {
    LacCamera camera;
    double top, span; // [Å] as of LacDepthRange
} Map;

struct LacShadowMaps {
    GLuint texture, framebuffer, block;
    int edge; // [texel]
    View view;
    Map maps[LAC_SHADOW_N];
    guint n_drawn;
};

/**
 * lac_shadow_maps_new:
 *
 * Returns: (transfer full): no maps yet; they are allocated when first needed
 */
LacShadowMaps *
lac_shadow_maps_new(void)
{
    return g_new0(LacShadowMaps, 1);
}

/**
 * lac_shadow_maps_free:
 * @self: (nullable) (transfer full): maps, with their context current
 */
void
lac_shadow_maps_free(LacShadowMaps *self)
{
    if (self == NULL)
        return;
    glDeleteTextures(1, &self->texture);
    glDeleteFramebuffers(1, &self->framebuffer);
    glDeleteBuffers(1, &self->block);
    lac_atom_set_unref(self->view.set);
    g_free(self);
}

// --- the lamp

// Rows are right, up and towards point @i of the lamp, in eye space; the points fill a disc evenly.
static LacMat3
get_axes(guint i)
{
    const double golden = G_PI * (3.0 - sqrt(5.0));
    double r = tan(LAMP_DEG * G_PI / 180.0) * sqrt((i + 0.5) / LAC_SHADOW_N);
    double a = cos(golden * i) * r, b = sin(golden * i) * r;
    LacVec3 z = lamp, x = { z.z, 0.0, -z.x };
    double length = sqrt(x.x * x.x + x.z * x.z);
    x = (LacVec3){ x.x / length, 0.0, x.z / length };
    LacVec3 y = { z.y * x.z - z.z * x.y, z.z * x.x - z.x * x.z, z.x * x.y - z.y * x.x };
    z = (LacVec3){ z.x + a * x.x + b * y.x, z.y + a * x.y + b * y.y, z.z + a * x.z + b * y.z };
    length = sqrt(z.x * z.x + z.y * z.y + z.z * z.z);
    z = (LacVec3){ z.x / length, z.y / length, z.z / length };
    length = sqrt(z.x * z.x + z.z * z.z);
    x = (LacVec3){ z.z / length, 0.0, -z.x / length };
    y = (LacVec3){ z.y * x.z - z.z * x.y, z.z * x.x - z.x * x.z, z.x * x.y - z.y * x.x };
    return (LacMat3){ { { x.x, x.y, x.z }, { y.x, y.y, y.z }, { z.x, z.y, z.z } } };
}

static LacCamera
get_camera(const LacScene *scene, guint i)
{
    LacMat3 eye = lac_camera_get_matrix(&scene->camera), axes = get_axes(i);
    LacMat3 m = lac_mat3_multiply(&axes, &eye);
    LacCamera camera = scene->camera;
    camera.perspective = FALSE;
    lac_camera_set_matrix(&camera, &m);
    lac_camera_fit(&camera, &scene->atoms.set->box, 1.0);
    return camera;
}

// --- what they show

static gboolean
is_same_view(const View *a, const View *b)
{
    return a->set == b->set && a->atoms == b->atoms && a->bonds == b->bonds &&
        memcmp(a->rotation, b->rotation, sizeof a->rotation) == 0 &&
        lac_clip_plane_is_equal(&a->clip, &b->clip);
}

static gboolean
resize(LacShadowMaps *self, int edge, GError **error)
{
    if (self->edge == edge)
        return TRUE;
    if (self->texture == 0) {
        static const GLint plain[][2] = { { GL_TEXTURE_MIN_FILTER, GL_LINEAR },
            { GL_TEXTURE_MAG_FILTER, GL_LINEAR }, { GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE },
            { GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE }, { GL_TEXTURE_MAX_LEVEL, 0 },
            { GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE },
            { GL_TEXTURE_COMPARE_FUNC, GL_LEQUAL } };
        glGenTextures(1, &self->texture);
        glGenFramebuffers(1, &self->framebuffer);
        glGenBuffers(1, &self->block);
        glBindTexture(GL_TEXTURE_2D_ARRAY, self->texture);
        for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
            glTexParameteri(GL_TEXTURE_2D_ARRAY, (GLenum) plain[i][0], plain[i][1]);
        glBindBuffer(GL_UNIFORM_BUFFER, self->block);
        glBufferData(GL_UNIFORM_BUFFER, sizeof(Block), NULL, GL_DYNAMIC_DRAW);
        glBindBuffer(GL_UNIFORM_BUFFER, 0);
    }
    while (glGetError() != GL_NO_ERROR)
        continue;
    glBindTexture(GL_TEXTURE_2D_ARRAY, self->texture);
    glTexImage3D(GL_TEXTURE_2D_ARRAY, 0, GL_DEPTH_COMPONENT16, edge, edge, LAC_SHADOW_N, 0,
        GL_DEPTH_COMPONENT, GL_UNSIGNED_SHORT, NULL);
    glBindTexture(GL_TEXTURE_2D_ARRAY, 0);
    self->edge = 0;
    if (glGetError() != GL_NO_ERROR) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "OpenGL has no memory for %d shadows of %d x %d", LAC_SHADOW_N, edge, edge);
        return FALSE;
    }
    self->edge = edge;
    return TRUE;
}

/**
 * lac_shadow_maps_begin:
 * @self: maps
 * @scene: with atoms
 * @error: return location for a #GError
 *
 * Keeps the maps if they are of what the scene shows, whatever the size and the tile of the picture.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_shadow_maps_begin(LacShadowMaps *self, const LacScene *scene, GError **error)
{
    View view = { .set = scene->atoms.set,
        .atoms = scene->atoms.show_atoms != FALSE,
        .bonds = scene->atoms.show_bonds != FALSE,
        .clip = scene->clip };
    memcpy(view.rotation, scene->camera.rotation, sizeof view.rotation);
    if (self->view.set != NULL && is_same_view(&self->view, &view))
        return TRUE;
    double height = 0.0;
    for (guint i = 0; i < LAC_SHADOW_N; i++) {
        self->maps[i].camera = get_camera(scene, i);
        height = MAX(height, self->maps[i].camera.height);
    }
    int edge = 64 * (int) ceil(CLAMP(height / TEXEL, MIN_EDGE, MAX_EDGE) / 64.0);
    if (!resize(self, edge, error))
        return FALSE;
    lac_atom_set_ref(view.set);
    lac_atom_set_unref(self->view.set);
    self->view = view;
    self->n_drawn = 0;
    return TRUE;
}

/**
 * lac_shadow_maps_are_complete:
 * @self: maps
 *
 * Returns: whether all are drawn
 */
gboolean
lac_shadow_maps_are_complete(const LacShadowMaps *self)
{
    return self->n_drawn == LAC_SHADOW_N;
}

/**
 * lac_shadow_maps_next:
 * @self: maps that are not complete
 * @scene: what they are of
 * @light: (out): what the next point of the lamp sees
 * @target: (out): where to draw it: bound, cleared, and with nothing but a depth
 */
void
lac_shadow_maps_next(LacShadowMaps *self, const LacScene *scene, LacScene *light,
    LacRenderTarget *target)
{
    static const GLenum none = GL_NONE;
    static const float far[1] = { 1.0f };
    *light = *scene;
    light->camera = self->maps[self->n_drawn].camera;
    *target = lac_render_target_whole(self->framebuffer, self->edge, self->edge);
    glBindFramebuffer(GL_FRAMEBUFFER, self->framebuffer);
    glFramebufferTextureLayer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, self->texture, 0,
        (GLint) self->n_drawn);
    glDrawBuffers(1, &none);
    glReadBuffer(GL_NONE);
    glViewport(0, 0, self->edge, self->edge);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    glEnable(GL_DEPTH_TEST);
    glDepthFunc(GL_LESS);
    glDepthMask(GL_TRUE);
    glClearBufferfv(GL_DEPTH, 0, far);
}

/**
 * lac_shadow_maps_done:
 * @self: maps, of which the next one is drawn now
 * @top: [Å] where its depth 0 is
 * @span: [Å] of its depths
 */
void
lac_shadow_maps_done(LacShadowMaps *self, double top, double span)
{
    self->maps[self->n_drawn].top = top;
    self->maps[self->n_drawn].span = span;
    self->n_drawn++;
}

// From eye space to the place in a map, and the depth there: each from 0 to 1.
static void
fill_map(const LacScene *scene, const Map *map, guint i, float out[4][4])
{
    const LacCamera *eye = &scene->camera;
    LacMat3 axes = get_axes(i), m = lac_camera_get_matrix(&map->camera);
    LacVec3 between = { eye->target.x - map->camera.target.x, eye->target.y - map->camera.target.y,
        eye->target.z - map->camera.target.z };
    LacVec3 shift = lac_mat3_apply(&m, between);
    const double offsets[] = { shift.x, shift.y, shift.z };
    const double scale[] = { 1.0 / map->camera.height, 1.0 / map->camera.height, -1.0 / map->span };
    const double from[] = { 0.5, 0.5, map->top / map->span };
    memset(out, 0, 16 * sizeof(float));
    for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 3; column++)
            out[column][row] = (float) (scale[row] * axes.m[row][column]);
        out[3][row] = (float) (scale[row] * offsets[row] + from[row]);
    }
    out[3][3] = 1.0f;
}

/**
 * lac_shadow_maps_use:
 * @self: complete maps
 * @scene: what is drawn with them
 * @binding: of the uniform block Shadows
 * @unit: of the texture
 *
 * Makes them ready for the shaders.
 */
void
lac_shadow_maps_use(LacShadowMaps *self, const LacScene *scene, guint binding, guint unit)
{
    Block block;
    double texel = 0.0;
    for (guint i = 0; i < LAC_SHADOW_N; i++) {
        fill_map(scene, &self->maps[i], i, block.to_map[i]);
        texel = MAX(texel, self->maps[i].camera.height / self->edge);
    }
    block.shadow[0] = (float) scene->atoms.shadow;
    block.shadow[1] = (float) (BIAS * texel + 0.35 * SPREAD);
    block.shadow[2] = (float) (SPREAD / self->maps[0].camera.height);
    block.shadow[3] = 0.0f;
    glBindBuffer(GL_UNIFORM_BUFFER, self->block);
    glBufferSubData(GL_UNIFORM_BUFFER, 0, sizeof block, &block);
    glBindBuffer(GL_UNIFORM_BUFFER, 0);
    glBindBufferBase(GL_UNIFORM_BUFFER, binding, self->block);
    glActiveTexture(GL_TEXTURE0 + unit);
    glBindTexture(GL_TEXTURE_2D_ARRAY, self->texture);
    glActiveTexture(GL_TEXTURE0);
}
