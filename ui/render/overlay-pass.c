// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/overlay-pass.h"

#include "ui/render/program.h"

#include <epoxy/gl.h>
#include <math.h>
#include <stddef.h>

#define BOX_HALF_WIDTH 0.6 // all lengths in units of target->line_scale pixels
#define AXES_MARGIN    46.0
#define AXES_LENGTH    30.0
#define LABEL_SIZE     3.6
#define MAX_LINES      64

// Attributes of shaders/line.vert.
typedef struct {
    float position[2], ends[4], widths[2], color[4];
} Vertex;

struct LacOverlayPass {
    GLuint program, vertex_array, buffer;
    GLint view; // uniform
    Vertex vertices[MAX_LINES * 6];
    guint n_vertices;
};

typedef struct {
    double x, y;
} Point;

/**
 * lac_overlay_pass_new:
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the pass, or %NULL with @error set
 */
LacOverlayPass *
lac_overlay_pass_new(GError **error)
{
    static const struct {
        GLint n;
        gsize offset;
    } ATTRIBUTES[] = { { 2, offsetof(Vertex, position) }, { 4, offsetof(Vertex, ends) },
        { 2, offsetof(Vertex, widths) }, { 4, offsetof(Vertex, color) } };
    LacProgramSource source = { "line.vert", "line.frag", NULL, NULL, NULL };
    GLuint program = lac_program_new(&source, error);
    if (program == 0)
        return NULL;
    LacOverlayPass *self = g_new0(LacOverlayPass, 1);
    self->program = program;
    self->view = glGetUniformLocation(program, "u_view");
    glGenVertexArrays(1, &self->vertex_array);
    glGenBuffers(1, &self->buffer);
    glBindVertexArray(self->vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, self->buffer);
    for (guint i = 0; i < G_N_ELEMENTS(ATTRIBUTES); i++) {
        glEnableVertexAttribArray(i);
        glVertexAttribPointer(i, ATTRIBUTES[i].n, GL_FLOAT, GL_FALSE, sizeof(Vertex),
            GSIZE_TO_POINTER(ATTRIBUTES[i].offset));
    }
    glBindVertexArray(0);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    return self;
}

/**
 * lac_overlay_pass_free:
 * @self: (nullable) (transfer full): the pass
 */
void
lac_overlay_pass_free(LacOverlayPass *self)
{
    if (self == NULL)
        return;
    glDeleteProgram(self->program);
    glDeleteVertexArrays(1, &self->vertex_array);
    glDeleteBuffers(1, &self->buffer);
    g_free(self);
}

// A line whose half width goes from @wa to @wb; picture pixels from the lower left.
static void
add_line(LacOverlayPass *self, Point a, Point b, double wa, double wb, const float color[4])
{
    g_return_if_fail(self->n_vertices + 6 <= G_N_ELEMENTS(self->vertices));

    double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);
    double reach = MAX(wa, wb) + 1.0; // and a pixel for the soft edge
    double ux = length > 0.0 ? dx / length * reach : reach;
    double uy = length > 0.0 ? dy / length * reach : 0.0;
    const Point corners[4] = { { a.x - ux - uy, a.y - uy + ux }, { a.x - ux + uy, a.y - uy - ux },
        { b.x + ux - uy, b.y + uy + ux }, { b.x + ux + uy, b.y + uy - ux } };
    static const int ORDER[6] = { 0, 1, 2, 2, 1, 3 };
    for (int i = 0; i < 6; i++)
        self->vertices[self->n_vertices++] = (Vertex){
            .position = { (float) corners[ORDER[i]].x, (float) corners[ORDER[i]].y },
            .ends = { (float) a.x, (float) a.y, (float) b.x, (float) b.y },
            .widths = { (float) wa, (float) wb },
            .color = { color[0] * color[3], color[1] * color[3], color[2] * color[3], color[3] },
        };
}

static LacVec3
corner_of(const LacBox *box, int i)
{
    return (LacVec3){ i & 1 ? box->max.x : box->min.x, i & 2 ? box->max.y : box->min.y,
        i & 4 ? box->max.z : box->min.z };
}

// Whether the viewer is on the outer side of a face: @side 0 is the lower one along @axis.
static gboolean
is_face_seen(const LacCamera *camera, const LacBox *box, int axis, int side)
{
    LacMat3 m = lac_camera_get_matrix(camera);
    double outward = side ? 1.0 : -1.0;
    if (!camera->perspective)
        return outward * m.m[2][axis] > 0.0;
    double distance = lac_camera_get_distance(camera);
    const double target[3] = { camera->target.x, camera->target.y, camera->target.z };
    const double low[3] = { box->min.x, box->min.y, box->min.z };
    const double high[3] = { box->max.x, box->max.y, box->max.z };
    double eye = target[axis] + distance * m.m[2][axis];
    return outward * (eye - (side ? high : low)[axis]) > 0.0;
}

// The volume lies inside its box, which is convex: an edge is before all of it if the viewer sees
// one of the faces that meet there, else behind all of it. So lines need no depth buffer.
static void
add_box(LacOverlayPass *self, const LacScene *scene, const LacBox *box,
    const LacRenderTarget *target, LacOverlayPart part)
{
    const float *b = scene->background;
    float grey = b[3] > 0.5f && b[0] + b[1] + b[2] < 1.5f ? 0.78f : 0.30f;
    const float color[4] = { grey, grey, grey, part == LAC_OVERLAY_FRONT ? 0.85f : 0.45f };
    double w = target->full_width, h = target->full_height;
    for (int axis = 0; axis < 3; axis++)
        for (int i = 0; i < 4; i++) {
            int u = (axis + 1) % 3, v = (axis + 2) % 3;
            int from = (i & 1) << u | (i >> 1) << v;
            gboolean front = is_face_seen(&scene->camera, box, u, i & 1) ||
                is_face_seen(&scene->camera, box, v, i >> 1);
            Point p, q;
            if (front != (part == LAC_OVERLAY_FRONT) ||
                !lac_camera_project(&scene->camera, w, h, corner_of(box, from), &p.x, &p.y, NULL) ||
                !lac_camera_project(&scene->camera, w, h, corner_of(box, from | 1 << axis), &q.x,
                    &q.y, NULL))
                continue;
            p.y = h - p.y;
            q.y = h - q.y;
            double width = BOX_HALF_WIDTH * target->line_scale;
            add_line(self, p, q, width, width, color);
        }
}

// Letters as strokes: no font is needed where the picture is made without a window.
static void
add_label(LacOverlayPass *self, int axis, Point at, double scale, const float color[4])
{
    static const struct {
        int n;
        Point strokes[6];
    } LETTERS[3] = {
        { 2, { { -0.8, -1 }, { 0.8, 1 }, { -0.8, 1 }, { 0.8, -1 } } },
        { 2, { { -0.8, 1 }, { 0, -0.9 }, { 0.8, 1 }, { -0.55, -2.2 } } },
        { 3, { { -0.8, 1 }, { 0.8, 1 }, { 0.8, 1 }, { -0.8, -1 }, { -0.8, -1 }, { 0.8, -1 } } },
    };
    double size = LABEL_SIZE * scale;
    for (int i = 0; i < LETTERS[axis].n; i++) {
        Point p = LETTERS[axis].strokes[2 * i], q = LETTERS[axis].strokes[2 * i + 1];
        add_line(self, (Point){ at.x + size * p.x, at.y + size * p.y },
            (Point){ at.x + size * q.x, at.y + size * q.y }, 0.75 * scale, 0.75 * scale, color);
    }
}

static void
add_axes(LacOverlayPass *self, const LacScene *scene, const LacRenderTarget *target)
{
    static const float COLORS[3][4] = { { 0.93f, 0.33f, 0.31f, 1 }, { 0.42f, 0.78f, 0.35f, 1 },
        { 0.36f, 0.62f, 0.96f, 1 } };
    LacMat3 m = lac_camera_get_matrix(&scene->camera);
    double s = target->line_scale;
    Point o = { AXES_MARGIN * s, AXES_MARGIN * s };
    int order[3] = { 0, 1, 2 };
    for (int i = 0; i < 2; i++) // the one that points away most is drawn first
        for (int j = 0; j < 2 - i; j++)
            if (m.m[2][order[j]] > m.m[2][order[j + 1]]) {
                int other = order[j];
                order[j] = order[j + 1];
                order[j + 1] = other;
            }
    for (int i = 0; i < 3; i++) {
        int a = order[i];
        double x = m.m[0][a] * s, y = m.m[1][a] * s;
        Point shaft = { o.x + 0.72 * AXES_LENGTH * x, o.y + 0.72 * AXES_LENGTH * y };
        Point tip = { o.x + AXES_LENGTH * x, o.y + AXES_LENGTH * y };
        Point label = { o.x + (AXES_LENGTH + 9.0) * x, o.y + (AXES_LENGTH + 9.0) * y };
        add_line(self, o, shaft, 1.1 * s, 1.1 * s, COLORS[a]);
        add_line(self, shaft, tip, 3.4 * s, 0.2 * s, COLORS[a]);
        if (hypot(x, y) > 0.25 * s) // seen end on, its letter would cover it
            add_label(self, a, label, s, COLORS[a]);
    }
}

/**
 * lac_overlay_pass_draw:
 * @self: the pass
 * @scene: what to draw
 * @box: (nullable): the box of the volume [Å]
 * @target: where; its framebuffer is bound and its viewport set
 * @part: behind or before the volume
 *
 * Blends the lines of one part over what is there.
 */
void
lac_overlay_pass_draw(LacOverlayPass *self, const LacScene *scene, const LacBox *box,
    const LacRenderTarget *target, LacOverlayPart part)
{
    self->n_vertices = 0;
    if (scene->show_box && box != NULL)
        add_box(self, scene, box, target, part);
    if (scene->show_axes && part == LAC_OVERLAY_FRONT)
        add_axes(self, scene, target);
    if (self->n_vertices == 0)
        return;
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glUseProgram(self->program);
    glUniform4f(self->view, (float) target->tile_x, (float) target->tile_y,
        2.0f / (float) target->width, 2.0f / (float) target->height);
    glBindVertexArray(self->vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, self->buffer);
    glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr) (self->n_vertices * sizeof(Vertex)), self->vertices,
        GL_STREAM_DRAW);
    glDrawArrays(GL_TRIANGLES, 0, (GLsizei) self->n_vertices);
    glBindVertexArray(0);
    glBindBuffer(GL_ARRAY_BUFFER, 0);
    glDisable(GL_BLEND);
}
