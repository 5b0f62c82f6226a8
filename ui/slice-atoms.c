// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/slice-atoms.h"

#include <math.h>
#include <string.h>

#define CROSS_SIZE   3.0 // [widget unit] half the mark in the middle of the current atom
#define GHOST_RADIUS 0.7 // of an atom's
#define MIN_PICK     5.0 // [widget unit] around the middle of a circle that is cut near its pole

/**
 * lac_slice_atoms_new:
 * @atoms: what is drawn; a reference is taken
 *
 * Returns: (transfer full): @atoms of radius 0, white, none of them selected
 */
LacSliceAtoms *
lac_slice_atoms_new(LacAtoms *atoms)
{
    LacSliceAtoms *self = g_new0(LacSliceAtoms, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->atoms = lac_atoms_ref(atoms);
    self->radii = g_new0(float, MAX(atoms->n, 1));
    self->rgba = g_malloc(4 * MAX(atoms->n, 1));
    memset(self->rgba, 255, 4 * MAX(atoms->n, 1));
    self->current = G_MAXSIZE;
    self->show_atoms = TRUE;
    return self;
}

/**
 * lac_slice_atoms_ref:
 * @self: atoms on slices
 *
 * Returns: (transfer full): @self with one more reference
 */
LacSliceAtoms *
lac_slice_atoms_ref(LacSliceAtoms *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_slice_atoms_unref:
 * @self: (nullable) (transfer full): atoms on slices
 */
void
lac_slice_atoms_unref(LacSliceAtoms *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_atoms_unref(self->atoms);
    g_free(self->radii);
    g_free(self->rgba);
    g_free(self->selection);
    g_free(self);
}

// The circle that the plane cuts out of a sphere [widget unit].
typedef struct {
    double x, y, radius;
} Circle;

static gboolean
is_shown(const LacSliceAtoms *self, gsize i)
{
    return lac_atoms_is_present(self->atoms, i) ? self->show_atoms : self->show_ghosts;
}

static gboolean
cut(const LacSliceAtoms *self, const LacSlicePlane *plane, gsize i, Circle *circle)
{
    const double *const axes[3] = { self->atoms->x, self->atoms->y, self->atoms->z };
    double radius = (double) self->radii[i];
    if (!lac_atoms_is_present(self->atoms, i))
        radius *= GHOST_RADIUS;
    double d = axes[plane->normal][i] - plane->position;
    double squared = radius * radius - d * d;
    if (squared <= 0.0)
        return FALSE;
    circle->x = plane->x + plane->scale_x * axes[plane->right][i];
    circle->y = plane->y - plane->scale_y * axes[plane->up][i];
    circle->radius = sqrt(squared) * plane->scale_x;
    return circle->x + circle->radius >= 0.0 && circle->x - circle->radius <= plane->width &&
        circle->y + circle->radius >= 0.0 && circle->y - circle->radius <= plane->height;
}

static void
add_circle(cairo_t *cr, const Circle *circle)
{
    cairo_new_sub_path(cr);
    cairo_arc(cr, circle->x, circle->y, MAX(circle->radius, 1.0), 0.0, 2.0 * G_PI);
}

// Strokes what was added with a dark rim, legible on any image.
static void
stroke(cairo_t *cr, const guint8 *rgba, double width)
{
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.55);
    cairo_set_line_width(cr, width + 1.6);
    cairo_stroke_preserve(cr);
    cairo_set_source_rgb(cr, rgba[0] / 255.0, rgba[1] / 255.0, rgba[2] / 255.0);
    cairo_set_line_width(cr, width);
    cairo_stroke(cr);
}

typedef struct {
    Circle circle;
    guint32 color;
    gsize index;
} Cut;

static int
compare_colors(const void *a, const void *b)
{
    guint32 x = ((const Cut *) a)->color, y = ((const Cut *) b)->color;
    return (x > y) - (x < y);
}

// Circles of one colour are one path: a stroke costs far more than an arc.
static void
draw_circles(const LacSliceAtoms *self, Cut *cuts, gsize n, cairo_t *cr)
{
    qsort(cuts, n, sizeof *cuts, compare_colors);
    for (gsize i = 0; i < n;) {
        gsize first = i;
        cairo_new_path(cr);
        for (; i < n && cuts[i].color == cuts[first].color; i++)
            add_circle(cr, &cuts[i].circle);
        stroke(cr, self->rgba + 4 * cuts[first].index, 1.2);
    }
}

static void
draw_ghosts(const LacSliceAtoms *self, const LacSlicePlane *plane, cairo_t *cr)
{
    static const guint8 grey[3] = { 210, 210, 210 };
    static const double dashes[] = { 3.0, 3.0 };
    cairo_save(cr);
    cairo_new_path(cr);
    cairo_set_dash(cr, dashes, 2, 0.0);
    for (gsize i = 0; i < self->atoms->n; i++) {
        Circle circle;
        if (!lac_atoms_is_present(self->atoms, i) && cut(self, plane, i, &circle))
            add_circle(cr, &circle);
    }
    stroke(cr, grey, 1.0);
    cairo_restore(cr);
}

static void
draw_marked(const LacSliceAtoms *self, const LacSlicePlane *plane, cairo_t *cr)
{
    static const guint8 accent[3] = { 255, 190, 60 };
    Circle circle;
    cairo_new_path(cr);
    for (gsize i = 0; self->selection != NULL && i < self->atoms->n; i++)
        if (self->selection[i] != 0 && is_shown(self, i) && cut(self, plane, i, &circle)) {
            circle.radius += 2.0;
            add_circle(cr, &circle);
        }
    stroke(cr, accent, 1.6);
    if (self->current >= self->atoms->n || !cut(self, plane, self->current, &circle))
        return;
    circle.radius += 4.5;
    add_circle(cr, &circle);
    for (int k = -1; k <= 1; k += 2) {
        cairo_move_to(cr, circle.x + k * CROSS_SIZE, circle.y);
        cairo_line_to(cr, circle.x, circle.y);
        cairo_move_to(cr, circle.x, circle.y + k * CROSS_SIZE);
        cairo_line_to(cr, circle.x, circle.y);
    }
    stroke(cr, accent, 1.6);
}

/**
 * lac_slice_atoms_draw:
 * @self: atoms on slices
 * @plane: the slice
 * @cr: drawn to [widget unit]
 *
 * Draws each atom that the plane cuts as the circle of its section, peaks that are no atoms as
 * dashed rings, and marks the selection and the current atom.
 */
void
lac_slice_atoms_draw(const LacSliceAtoms *self, const LacSlicePlane *plane, cairo_t *cr)
{
    g_autoptr(GArray) cuts = g_array_new(FALSE, FALSE, sizeof(Cut));
    for (gsize i = 0; self->show_atoms && i < self->atoms->n; i++) {
        Cut found = { .index = i };
        if (!lac_atoms_is_present(self->atoms, i) || !cut(self, plane, i, &found.circle))
            continue;
        const guint8 *c = self->rgba + 4 * i;
        found.color = (guint32) c[0] << 16 | (guint32) c[1] << 8 | c[2];
        g_array_append_val(cuts, found);
    }
    cairo_save(cr);
    if (self->show_ghosts)
        draw_ghosts(self, plane, cr);
    draw_circles(self, (Cut *) (gpointer) cuts->data, cuts->len, cr);
    draw_marked(self, plane, cr);
    cairo_restore(cr);
}

/**
 * lac_slice_atoms_pick:
 * @self: atoms on slices
 * @plane: the slice
 * @wx: [widget unit]
 * @wy: [widget unit]
 * @index: (out): the atom whose circle lies there; of several, the one of the nearest middle
 *
 * Returns: whether there is one
 */
gboolean
lac_slice_atoms_pick(const LacSliceAtoms *self, const LacSlicePlane *plane, double wx, double wy,
    gsize *index)
{
    double nearest = G_MAXDOUBLE;
    for (gsize i = 0; i < self->atoms->n; i++) {
        Circle circle;
        if (!is_shown(self, i) || !cut(self, plane, i, &circle))
            continue;
        double distance = hypot(wx - circle.x, wy - circle.y);
        if (distance > MAX(circle.radius, MIN_PICK) || distance >= nearest)
            continue;
        nearest = distance;
        *index = i;
    }
    return nearest < G_MAXDOUBLE;
}
