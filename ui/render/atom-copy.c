// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/atom-copy.h"

#include "ui/render/program.h"
#include "ui/render/target-part.h"

#include <epoxy/gl.h>

#define EDGE_FAINT    1.2f // [Å] that a line tells in depth, to be seen
#define EDGE_FULL     6.0f // and to be dark
#define OUTLINE_WIDTH 1.8  // in units of target->line_scale pixels
#define QUICK_BLUR    5.0  // [pixel] that a quick picture is wider

struct LacAtomCopy {
    GLuint program, vertex_array;
    GLint outline, edges; // uniforms
};

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
    LacTargetPart part = lac_target_find_part(target, &scene->camera, &scene->atoms.set->box,
        MAX(width, edges) + QUICK_BLUR);
    if (part.right <= part.left || part.bottom <= part.top)
        return;
    glUseProgram(self->program);
    glUniform4f(self->outline, 1.0f / (float) target->width, 1.0f / (float) target->height,
        (float) width, source->is_full ? 1.0f : 2.0f);
    glUniform4f(self->edges, (float) edges, (float) source->span, EDGE_FAINT, EDGE_FULL);
    glEnable(GL_SCISSOR_TEST);
    glScissor(part.left, target->height - part.bottom, part.right - part.left,
        part.bottom - part.top);
    bind_textures(source->color, source->ids, source->depth);
    glBindVertexArray(self->vertex_array);
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    bind_textures(0, 0, 0);
}
