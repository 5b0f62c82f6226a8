// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/volume-pass.h"

#include "ui/render/program.h"

#include <epoxy/gl.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define OPAQUE      0.985f // opacity at which what is behind no longer matters
#define FRAME_INDEX 0      // binding of the uniform block
#define TABLE_SIZE  LAC_TRANSFER_TABLE_SIZE

enum {
    UNIT_VOLUME,
    UNIT_BLOCKS,
    UNIT_TABLE,
    UNIT_DEPTH,
    UNIT_LAYER_COLORS,
    UNIT_LAYER_DEPTHS,
};

// The block Frame of shaders/common/frame.glsl (std140).
typedef struct {
    float ray_origin[4], ray_origin_dx[4], ray_origin_dy[4];
    float ray_direction[4], ray_direction_dx[4], ray_direction_dy[4];
    float tile[4];
    float dims[4];
    float blocks[4];
    float box_min[4], box_max[4];
    float clip[4];
    float march[4];
    float transfer[4];
    float slices[4];
    float key_light[4], fill_light[4];
    float iso_level[4];
    float iso_color[LAC_SCENE_MAX_ISO][4];
    float forward[4], stop[4];
    float layers[4], layer_scale[4];
} Frame;

_Static_assert(offsetof(Frame, tile) == 96, "std140");
_Static_assert(offsetof(Frame, march) == 192, "std140");
_Static_assert(offsetof(Frame, iso_level) == 272, "std140");
_Static_assert(offsetof(Frame, iso_color) == 288, "std140");
_Static_assert(sizeof(Frame) == 416, "std140");

struct LacVolumePass {
    GHashTable *programs; // variant bits to program
    GLuint vertex_array, frame_buffer, table;
    gboolean table_valid;
    LacTransfer table_transfer; // what the table holds
    double table_step;
    double table_empty; // position up to which nothing is seen; below 0: all is seen
    int width, height;
};

/**
 * lac_volume_pass_new:
 *
 * Returns: (transfer full): the pass; its programs are compiled when first needed
 */
LacVolumePass *
lac_volume_pass_new(void)
{
    LacVolumePass *self = g_new0(LacVolumePass, 1);
    self->programs = g_hash_table_new(NULL, NULL);
    glGenVertexArrays(1, &self->vertex_array);
    glGenBuffers(1, &self->frame_buffer);
    glBindBuffer(GL_UNIFORM_BUFFER, self->frame_buffer);
    glBufferData(GL_UNIFORM_BUFFER, sizeof(Frame), NULL, GL_DYNAMIC_DRAW);
    glBindBuffer(GL_UNIFORM_BUFFER, 0);
    glGenTextures(1, &self->table);
    glBindTexture(GL_TEXTURE_2D, self->table);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glBindTexture(GL_TEXTURE_2D, 0);
    return self;
}

/**
 * lac_volume_pass_free:
 * @self: (nullable) (transfer full): the pass
 */
void
lac_volume_pass_free(LacVolumePass *self)
{
    if (self == NULL)
        return;
    GHashTableIter iter;
    gpointer program;
    g_hash_table_iter_init(&iter, self->programs);
    while (g_hash_table_iter_next(&iter, NULL, &program))
        glDeleteProgram(GPOINTER_TO_UINT(program));
    g_hash_table_unref(self->programs);
    glDeleteVertexArrays(1, &self->vertex_array);
    glDeleteBuffers(1, &self->frame_buffer);
    glDeleteTextures(1, &self->table);
    g_free(self);
}

static gboolean
has_slices(const LacScene *scene)
{
    return scene->show_slices[0] || scene->show_slices[1] || scene->show_slices[2];
}

static char *
dup_defines(const LacScene *scene, const LacRenderQuality *quality, gboolean has_atoms,
    gboolean has_layers)
{
    GString *text = g_string_new(NULL);
    static const char *const MODES[] = { "DVR", "MIP", "ISO" };
    if (scene->show_volume)
        g_string_append_printf(text, "#define MODE_%s\n", MODES[scene->mode]);
    else
        g_string_append(text, "#define MODE_NONE\n");
    if (scene->mode == LAC_RENDER_ISO)
        g_string_append_printf(text, "#define N_ISO %u\n", scene->n_iso);
    if (scene->mode == LAC_RENDER_DVR && scene->lighting)
        g_string_append_printf(text, "#define LIGHT\n%s",
            quality->quick_light ? "#define QUICK_LIGHT\n" : "");
    if (quality->skip_empty)
        g_string_append(text, "#define SKIP\n");
    if (has_slices(scene))
        g_string_append(text, "#define SLICES\n");
    if (has_atoms)
        g_string_append(text, "#define ATOMS\n");
    if (has_layers)
        g_string_append(text, "#define LAYERS\n");
    return g_string_free(text, FALSE);
}

// Returns 0 with @error set on failure.
static GLuint
get_program(LacVolumePass *self, const LacScene *scene, const LacRenderQuality *quality,
    gboolean has_atoms, gboolean has_layers, GError **error)
{
    static const char *const COMMON[] = { "common/frame.glsl", "common/ray.glsl",
        "common/sample.glsl", "common/light.glsl", "common/layers.glsl", NULL };
    guint key = (guint) scene->mode | scene->n_iso << 4 | (scene->lighting ? 1u << 8 : 0) |
        (quality->skip_empty ? 1u << 9 : 0) | (has_slices(scene) ? 1u << 10 : 0) |
        (scene->show_volume ? 1u << 11 : 0) | (quality->quick_light ? 1u << 12 : 0) |
        (has_atoms ? 1u << 13 : 0) | (has_layers ? 1u << 14 : 0);
    gpointer found = g_hash_table_lookup(self->programs, GUINT_TO_POINTER(key));
    if (found != NULL)
        return GPOINTER_TO_UINT(found);
    g_autofree char *defines = dup_defines(scene, quality, has_atoms, has_layers);
    LacProgramSource source = { "full.vert", "volume.frag", COMMON, defines, NULL };
    GLuint program = lac_program_new(&source, error);
    if (program == 0)
        return 0;
    glUseProgram(program);
    glUniform1i(glGetUniformLocation(program, "u_volume"), UNIT_VOLUME);
    glUniform1i(glGetUniformLocation(program, "u_blocks"), UNIT_BLOCKS);
    glUniform1i(glGetUniformLocation(program, "u_table"), UNIT_TABLE);
    glUniform1i(glGetUniformLocation(program, "u_depth"), UNIT_DEPTH);
    glUniform1i(glGetUniformLocation(program, "u_layer_colors"), UNIT_LAYER_COLORS);
    glUniform1i(glGetUniformLocation(program, "u_layer_depths"), UNIT_LAYER_DEPTHS);
    glUniformBlockBinding(program, glGetUniformBlockIndex(program, "Frame"), FRAME_INDEX);
    g_hash_table_insert(self->programs, GUINT_TO_POINTER(key), GUINT_TO_POINTER(program));
    return program;
}

// The position up to which each entry of the table is clear.
static double
find_empty(const float *rgba)
{
    int i = 0;
    while (i < TABLE_SIZE && rgba[4 * i + 3] <= 0.0f)
        i++;
    return (i - 1.0) / (TABLE_SIZE - 1.0);
}

static void
update_table(LacVolumePass *self, const LacTransfer *transfer, double step)
{
    if (self->table_valid && self->table_step == step &&
        lac_transfer_is_equal(&self->table_transfer, transfer))
        return;
    g_autofree float *rgba = g_new(float, 2 * TABLE_SIZE * 4);
    lac_transfer_fill_table(transfer, step, TABLE_SIZE, rgba);
    self->table_empty = find_empty(rgba);
    float *opaque = rgba + TABLE_SIZE * 4;
    for (int i = 0; i < TABLE_SIZE; i++) {
        lac_transfer_get_color(transfer, i / (TABLE_SIZE - 1.0), opaque + 4 * i);
        opaque[4 * i + 3] = 1.0f;
    }
    glBindTexture(GL_TEXTURE_2D, self->table);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA32F, TABLE_SIZE, 2, 0, GL_RGBA, GL_FLOAT, rgba);
    self->table_transfer = *transfer;
    self->table_step = step;
    self->table_valid = TRUE;
}

static void
set3(float out[4], double x, double y, double z)
{
    out[0] = (float) x;
    out[1] = (float) y;
    out[2] = (float) z;
}

// Rays are affine in the pixel, so that each tile computes the same ones.
static void
set_rays(Frame *frame, const LacCamera *camera, const LacBox *box, double texel, double offset,
    int w, int h)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    double size = camera->height / h;
    double o[3] = { camera->target.x - box->min.x, camera->target.y - box->min.y,
        camera->target.z - box->min.z };
    double d[3], distance = lac_camera_get_distance(camera);
    for (int i = 0; i < 3; i++) {
        double right = m.m[0][i] * size, up = m.m[1][i] * size;
        double corner = -0.5 * w * right - 0.5 * h * up;
        if (camera->perspective) {
            o[i] += distance * m.m[2][i];
            d[i] = corner - distance * m.m[2][i];
            frame->ray_direction_dx[i] = (float) (right / camera->height);
            frame->ray_direction_dy[i] = (float) (up / camera->height);
            d[i] /= camera->height;
        }
        else {
            o[i] += corner;
            d[i] = -m.m[2][i];
            frame->ray_origin_dx[i] = (float) (right / texel);
            frame->ray_origin_dy[i] = (float) (up / texel);
        }
    }
    set3(frame->ray_origin, o[0] / texel + offset, o[1] / texel + offset, o[2] / texel + offset);
    set3(frame->ray_direction, d[0], d[1], d[2]);
    frame->box_max[3] = camera->perspective ? 0.0f : -1e30f;
}

static void
set_light(float out[4], const LacCamera *camera, LacVec3 towards)
{
    LacMat3 m = lac_camera_get_matrix(camera), t = lac_mat3_transpose(&m);
    double length = sqrt(towards.x * towards.x + towards.y * towards.y + towards.z * towards.z);
    LacVec3 l = lac_mat3_apply(&t, towards);
    set3(out, l.x / length, l.y / length, l.z / length);
}

// How deep the content lies along the view, for shading by depth.
static void
set_depth(Frame *frame, const LacCamera *camera, const LacBox *content, double texel)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    double near = G_MAXDOUBLE, far = -G_MAXDOUBLE;
    for (int i = 0; i < 8; i++) {
        LacVec3 p = { i & 1 ? content->max.x : content->min.x,
            i & 2 ? content->max.y : content->min.y, i & 4 ? content->max.z : content->min.z };
        LacVec3 t = camera->target;
        double depth =
            -(m.m[2][0] * (p.x - t.x) + m.m[2][1] * (p.y - t.y) + m.m[2][2] * (p.z - t.z));
        near = MIN(near, depth);
        far = MAX(far, depth);
    }
    double start = near + (camera->perspective ? lac_camera_get_distance(camera) : 0.0);
    frame->key_light[3] = (float) (start / texel);
    frame->fill_light[3] = (float) (texel / MAX(far - near, texel));
}

static int
compare_levels(const void *a, const void *b)
{
    double x = ((const LacIsoLevel *) a)->level, y = ((const LacIsoLevel *) b)->level;
    return (x > y) - (x < y);
}

static void
set_levels(Frame *frame, const LacScene *scene, const LacVolumeTexture *texture)
{
    LacIsoLevel levels[LAC_SCENE_MAX_ISO];
    memcpy(levels, scene->iso, sizeof levels);
    qsort(levels, scene->n_iso, sizeof levels[0], compare_levels);
    for (guint i = 0; i < scene->n_iso; i++) {
        frame->iso_level[i] =
            (float) ((levels[i].level - texture->min) / (texture->max - texture->min));
        memcpy(frame->iso_color[i], levels[i].color, sizeof levels[i].color);
    }
}

static void
set_kept_part(Frame *frame, const LacScene *scene, const LacVolumeTexture *texture,
    const LacBox *box, double texel)
{
    const LacVolume *volume = texture->volume;
    double n[3] = { (double) volume->nx, (double) volume->ny, (double) volume->nz };
    for (int i = 0; i < 3; i++) {
        frame->box_min[i] = (float) (scene->crop[i][0] * n[i] * texture->scale + texture->offset);
        frame->box_max[i] = (float) (scene->crop[i][1] * n[i] * texture->scale + texture->offset);
        frame->slices[i] = scene->show_slices[i]
            ? (float) ((scene->crosshair[i] + 0.5) * texture->scale + texture->offset)
            : -1.0f;
    }
    if (!scene->clip.enabled)
        return;
    LacVec3 c = scene->clip.normal;
    set3(frame->clip, c.x, c.y, c.z);
    double offset = scene->clip.offset - c.x * box->min.x - c.y * box->min.y - c.z * box->min.z;
    frame->clip[3] = (float) (offset / texel + texture->offset * (c.x + c.y + c.z));
}

// [texel]: where texels are larger than voxels, more samples would show nothing more.
static double
get_step(const LacVolumeTexture *texture, const LacRenderQuality *quality)
{
    return quality->step * MAX(texture->scale, 1.0);
}

// Where rays end at atoms.
static void
set_stop(const LacVolumePass *self, const LacCamera *camera, const LacAtomDepth *atoms,
    double texel, Frame *frame)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    double start = camera->perspective ? lac_camera_get_distance(camera) : 0.0;
    set3(frame->forward, -m.m[2][0], -m.m[2][1], -m.m[2][2]);
    set3(frame->stop, (start - atoms->top) / texel, atoms->span / texel,
        (double) atoms->width / self->width);
    frame->stop[3] = (float) atoms->height / (float) self->height;
}

// Where surfaces lie among what is marched through.
static void
set_layers(const LacVolumePass *self, const LacCamera *camera, const LacMeshLayers *layers,
    double texel, Frame *frame)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    double start = camera->perspective ? lac_camera_get_distance(camera) : 0.0;
    set3(frame->forward, -m.m[2][0], -m.m[2][1], -m.m[2][2]);
    set3(frame->layers, layers->n, (start - layers->top) / texel, layers->span / texel);
    set3(frame->layer_scale, (double) layers->width / self->width,
        (double) layers->height / self->height, 0.0);
}

static void
fill_frame(const LacVolumePass *self, const LacVolumeTexture *texture, const LacScene *scene,
    const LacRenderQuality *quality, const LacRenderTarget *target, const LacAtomDepth *atoms,
    const LacMeshLayers *layers, Frame *frame)
{
    LacBox box = lac_volume_get_box(texture->volume);
    double texel = lac_volume_get_scale(texture->volume) / texture->scale;
    const LacTransfer *transfer = &scene->transfer;
    double width = transfer->hi - transfer->lo;
    double scale = width != 0.0 ? (texture->max - texture->min) / width : 0.0;
    double offset = lac_transfer_get_position(transfer, texture->min);
    set_rays(frame, &scene->camera, &box, texel, texture->offset, target->full_width,
        target->full_height);
    set_light(frame->key_light, &scene->camera, (LacVec3){ -0.45, 0.60, 0.66 });
    set_light(frame->fill_light, &scene->camera, (LacVec3){ 0.70, -0.35, 0.45 });
    set_depth(frame, &scene->camera, &texture->content, texel);
    set_levels(frame, scene, texture);
    set_kept_part(frame, scene, texture, &box, texel);
    double step_x = (double) target->width / self->width;
    double step_y = (double) target->height / self->height;
    set3(frame->tile, target->tile_x / step_x, target->tile_y / step_y, step_x);
    frame->tile[3] = (float) step_y;
    set3(frame->dims, (double) texture->nx, (double) texture->ny, (double) texture->nz);
    set3(frame->blocks, (double) texture->n_blocks_x, (double) texture->n_blocks_y,
        (double) texture->n_blocks_z);
    frame->blocks[3] = scale > 0.0 ? (float) ((self->table_empty - offset) / scale) : -1.0f;
    set3(frame->march, get_step(texture, quality), scene->mode == LAC_RENDER_DVR ? 1.0 : 0.0,
        (double) OPAQUE);
    frame->march[3] = (float) (texture->scale * fabs(scale));
    set3(frame->transfer, scale, offset, TABLE_SIZE);
    if (atoms != NULL)
        set_stop(self, &scene->camera, atoms, texel, frame);
    if (layers != NULL)
        set_layers(self, &scene->camera, layers, texel, frame);
}

/**
 * lac_volume_pass_begin:
 * @self: the pass
 * @store: holds the volume, which must be there
 * @scene: what to draw
 * @quality: how well
 * @target: the tile that the picture is for
 * @atoms: (nullable): where rays end at atoms
 * @layers: (nullable): surfaces on the way
 * @width: [pixel] of the framebuffer to be drawn into; it spans the tile
 * @height: [pixel]
 * @error: return location for a #GError
 *
 * Sets program, uniforms and textures. The caller binds the framebuffer.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_volume_pass_begin(LacVolumePass *self, LacVolumeStore *store, const LacScene *scene,
    const LacRenderQuality *quality, const LacRenderTarget *target, const LacAtomDepth *atoms,
    const LacMeshLayers *layers, int width, int height, GError **error)
{
    g_return_val_if_fail(scene->n_iso >= 1 && scene->n_iso <= LAC_SCENE_MAX_ISO, FALSE);

    const LacVolumeTexture *texture = lac_volume_store_get_shown(store);
    GLuint program = get_program(self, scene, quality, atoms != NULL, layers != NULL, error);
    if (program == 0)
        return FALSE;
    Frame frame = { 0 };
    self->width = width;
    self->height = height;
    update_table(self, &scene->transfer, get_step(texture, quality) / texture->scale);
    fill_frame(self, texture, scene, quality, target, atoms, layers, &frame);
    glBindBuffer(GL_UNIFORM_BUFFER, self->frame_buffer);
    glBufferSubData(GL_UNIFORM_BUFFER, 0, sizeof frame, &frame);
    glBindBuffer(GL_UNIFORM_BUFFER, 0);
    glBindBufferBase(GL_UNIFORM_BUFFER, FRAME_INDEX, self->frame_buffer);
    lac_volume_store_bind(store, UNIT_VOLUME, UNIT_BLOCKS);
    glActiveTexture(GL_TEXTURE0 + UNIT_TABLE);
    glBindTexture(GL_TEXTURE_2D, self->table);
    glActiveTexture(GL_TEXTURE0 + UNIT_DEPTH);
    glBindTexture(GL_TEXTURE_2D, atoms != NULL ? atoms->texture : 0);
    glActiveTexture(GL_TEXTURE0 + UNIT_LAYER_COLORS);
    glBindTexture(GL_TEXTURE_2D_ARRAY, layers != NULL ? layers->colors : 0);
    glActiveTexture(GL_TEXTURE0 + UNIT_LAYER_DEPTHS);
    glBindTexture(GL_TEXTURE_2D_ARRAY, layers != NULL ? layers->depths : 0);
    glActiveTexture(GL_TEXTURE0);
    glBindVertexArray(self->vertex_array);
    glUseProgram(program);
    glDisable(GL_BLEND);
    glViewport(0, 0, width, height);
    return TRUE;
}

/**
 * lac_volume_pass_draw_rows:
 * @self: the pass, begun
 * @first: [pixel] first row, from the top of the framebuffer
 * @n: number of rows
 *
 * Draws some rows.
 */
void
lac_volume_pass_draw_rows(LacVolumePass *self, int first, int n)
{
    glEnable(GL_SCISSOR_TEST);
    glScissor(0, self->height - first - n, self->width, n);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_SCISSOR_TEST);
}
