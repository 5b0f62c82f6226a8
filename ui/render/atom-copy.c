// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/atom-copy.h"

#include "ui/render/program.h"

#include <epoxy/gl.h>
#include <math.h>

#define EDGE_FAINT    1.2f // [Å] that a line tells in depth, to be seen
#define EDGE_FULL     6.0f // and to be dark
#define OUTLINE_WIDTH 1.8  // in units of target->line_scale pixels

struct LacAtomCopy {
    GLuint program, vertex_array;
    GLint outline, edges; // uniforms
};

// Columns and rows of the target, from its lower left.
typedef struct {
    int left, right, bottom, top;
} Part;

// The part of the target in which there are atoms, with @room [pixel] about it for outlines.
static Part
find_part(const LacScene *scene, const LacRenderTarget *target, double room)
{
    const LacBox *box = &scene->atoms.set->box;
    double low_x = G_MAXDOUBLE, high_x = -G_MAXDOUBLE, low_y = G_MAXDOUBLE, high_y = -G_MAXDOUBLE;
    for (int i = 0; i < 8; i++) {
        LacVec3 corner = { i & 1 ? box->max.x : box->min.x, i & 2 ? box->max.y : box->min.y,
            i & 4 ? box->max.z : box->min.z };
        double x, y;
        if (!lac_camera_project(&scene->camera, target->full_width, target->full_height, corner, &x,
                &y, NULL))
            return (Part){ 0, target->width, 0, target->height };
        y = target->full_height - y;
        low_x = MIN(low_x, x);
        high_x = MAX(high_x, x);
        low_y = MIN(low_y, y);
        high_y = MAX(high_y, y);
    }
    room += 5.0; // and what a quick picture is blurred
    return (Part){
        .left = (int) CLAMP(floor(low_x - target->tile_x - room), 0.0, target->width),
        .right = (int) CLAMP(ceil(high_x - target->tile_x + room), 0.0, target->width),
        .bottom = (int) CLAMP(floor(low_y - target->tile_y - room), 0.0, target->height),
        .top = (int) CLAMP(ceil(high_y - target->tile_y + room), 0.0, target->height),
    };
}

/**
 * lac_atom_copy_new:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): what copies pictures, or %NULL with @error set
 */
LacAtomCopy *
lac_atom_copy_new(GError **error)
{
    const LacProgramSource source = { "full.vert", "atoms-copy.frag", NULL, NULL, NULL };
    g_autoptr(LacAtomCopy) self = g_new0(LacAtomCopy, 1);
    self->program = lac_program_new(&source, error);
    if (self->program == 0)
        return NULL;
    glGenVertexArrays(1, &self->vertex_array);
    glUseProgram(self->program);
    glUniform1i(glGetUniformLocation(self->program, "u_picture"), 0);
    glUniform1i(glGetUniformLocation(self->program, "u_ids"), 1);
    glUniform1i(glGetUniformLocation(self->program, "u_depth"), 2);
    self->outline = glGetUniformLocation(self->program, "u_outline");
    self->edges = glGetUniformLocation(self->program, "u_edges");
    glUseProgram(0);
    return g_steal_pointer(&self);
}

/**
 * lac_atom_copy_free:
 * @self: (nullable) (transfer full): it
 */
void
lac_atom_copy_free(LacAtomCopy *self)
{
    if (self == NULL)
        return;
    glDeleteVertexArrays(1, &self->vertex_array);
    glDeleteProgram(self->program);
    g_free(self);
}

static void
bind_textures(guint color, guint ids, guint depth)
{
    const guint textures[] = { color, ids, depth };
    for (guint i = G_N_ELEMENTS(textures); i-- > 0;) {
        glActiveTexture(GL_TEXTURE0 + i);
        glBindTexture(GL_TEXTURE_2D, textures[i]);
    }
}

/**
 * lac_atom_copy_draw:
 * @self: it
 * @source: the picture, which spans the tile
 * @scene: what it shows
 * @target: where; its framebuffer is bound and its viewport set
 *
 * Blends the picture over what is there, with the outline of what is selected.
 */
void
lac_atom_copy_draw(LacAtomCopy *self, const LacAtomCopySource *source, const LacScene *scene,
    const LacRenderTarget *target)
{
    gboolean has_outline = scene->atoms.outline && scene->atoms.set->has_marked;
    double width = has_outline ? OUTLINE_WIDTH * target->line_scale : 0.0;
    double edges = source->is_full ? scene->atoms.edges * target->full_height : 0.0;
    Part part = find_part(scene, target, MAX(width, edges));
    if (part.right <= part.left || part.top <= part.bottom)
        return;
    glUseProgram(self->program);
    glUniform4f(self->outline, 1.0f / (float) target->width, 1.0f / (float) target->height,
        (float) width, source->is_full ? 1.0f : 2.0f);
    glUniform4f(self->edges, (float) edges, (float) source->span, EDGE_FAINT, EDGE_FULL);
    glEnable(GL_SCISSOR_TEST);
    glScissor(part.left, part.bottom, part.right - part.left, part.top - part.bottom);
    bind_textures(source->color, source->ids, source->depth);
    glBindVertexArray(self->vertex_array);
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    bind_textures(0, 0, 0);
}
