// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/face-pass.h"

#include "ui/render/program.h"

#include <epoxy/gl.h>
#include <stddef.h>
#include <stdlib.h>

struct LacFacePass {
    GLuint program, vertex_array, buffer;
    GArray *order; // of Place
};

typedef struct {
    float z; // along the view, larger is nearer
    guint32 index;
} Place;

/**
 * lac_face_pass_new:
 *
 * Returns: (transfer full): the pass; its program is compiled when first needed
 */
LacFacePass *
lac_face_pass_new(void)
{
    LacFacePass *self = g_new0(LacFacePass, 1);
    self->order = g_array_new(FALSE, FALSE, sizeof(Place));
    glGenVertexArrays(1, &self->vertex_array);
    glGenBuffers(1, &self->buffer);
    return self;
}

/**
 * lac_face_pass_free:
 * @self: (nullable) (transfer full): the pass
 */
void
lac_face_pass_free(LacFacePass *self)
{
    if (self == NULL)
        return;
    glDeleteProgram(self->program);
    glDeleteVertexArrays(1, &self->vertex_array);
    glDeleteBuffers(1, &self->buffer);
    g_array_unref(self->order);
    g_free(self);
}

static gboolean
need_program(LacFacePass *self, guint frame_index, GError **error)
{
    static const char *const COMMON[] = { "common/atoms.glsl", "common/shadow.glsl",
        "common/atoms-light.glsl", NULL };
    static const char *const VERTEX_COMMON[] = { "common/atoms.glsl", NULL };
    const LacProgramSource source = { "face.vert", "face.frag", COMMON, NULL, VERTEX_COMMON };
    if (self->program != 0)
        return TRUE;
    self->program = lac_program_new(&source, error);
    if (self->program == 0)
        return FALSE;
    glUniformBlockBinding(self->program, glGetUniformBlockIndex(self->program, "Atoms"),
        frame_index);
    return TRUE;
}

static int
compare_places(const void *a, const void *b)
{
    float x = ((const Place *) a)->z, y = ((const Place *) b)->z;
    return (x > y) - (x < y);
}

// Farthest first; of too many the nearest.
static LacFace *
sort_faces(LacFacePass *self, const LacAtomSet *set, const LacCamera *camera, gsize *n)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    const float to[3] = { (float) m.m[2][0], (float) m.m[2][1], (float) m.m[2][2] };
    g_array_set_size(self->order, 0);
    for (gsize i = 0; i < set->n_faces; i++) {
        Place place = { 0.0f, (guint32) i };
        for (int k = 0; k < 3; k++)
            for (int c = 0; c < 3; c++)
                place.z += set->faces[i].corners[k][c] * to[c];
        g_array_append_val(self->order, place);
    }
    Place *places = (Place *) (gpointer) self->order->data;
    qsort(places, set->n_faces, sizeof *places, compare_places);
    *n = MIN(*n, set->n_faces);
    LacFace *sorted = g_new(LacFace, *n);
    for (gsize i = 0; i < *n; i++)
        sorted[i] = set->faces[places[set->n_faces - *n + i].index];
    return sorted;
}

static void
set_attributes(void)
{
    static const struct {
        GLint n;
        GLenum type;
        gsize offset;
    } ATTRIBUTES[] = { { 3, GL_FLOAT, offsetof(LacFace, corners) },
        { 3, GL_FLOAT, offsetof(LacFace, corners) + 12 },
        { 3, GL_FLOAT, offsetof(LacFace, corners) + 24 },
        { 4, GL_UNSIGNED_BYTE, offsetof(LacFace, color) },
        { 4, GL_UNSIGNED_BYTE, offsetof(LacFace, edges) } };
    for (guint i = 0; i < G_N_ELEMENTS(ATTRIBUTES); i++) {
        glEnableVertexAttribArray(i);
        glVertexAttribDivisor(i, 1);
        glVertexAttribPointer(i, ATTRIBUTES[i].n, ATTRIBUTES[i].type, GL_TRUE, sizeof(LacFace),
            GSIZE_TO_POINTER(ATTRIBUTES[i].offset));
    }
}

/**
 * lac_face_pass_draw:
 * @self: the pass
 * @set: with faces
 * @camera: that looks at them
 * @most: how many at most, of the nearest
 * @frame_index: binding of the uniform block
 * @error: return location for a #GError
 *
 * Blends the faces over the picture whose framebuffer is bound, tested against its depth.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_face_pass_draw(LacFacePass *self, const LacAtomSet *set, const LacCamera *camera, gsize most,
    guint frame_index, GError **error)
{
    static const GLenum COLOR_ONLY[] = { GL_COLOR_ATTACHMENT0, GL_NONE },
                        BOTH[] = { GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1 };
    gsize n = most;
    if (!need_program(self, frame_index, error))
        return FALSE;
    g_autofree LacFace *faces = sort_faces(self, set, camera, &n);
    glUseProgram(self->program);
    glBindVertexArray(self->vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, self->buffer);
    glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr) (n * sizeof *faces), faces, GL_STREAM_DRAW);
    set_attributes();
    glDrawBuffers(2, COLOR_ONLY);
    glDepthMask(GL_FALSE);
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glDrawArraysInstanced(GL_TRIANGLES, 0, 3, (GLsizei) n);
    glDisable(GL_BLEND);
    glDepthMask(GL_TRUE);
    glDrawBuffers(2, BOTH);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    return TRUE;
}
