// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/slice-line.h"

#include "ui/overlay.h"

#include <math.h>

#define SHORT_LINE 8.0 // [widget unit] a drag that is no line

static const double yellow[3] = { 1.0, 0.80, 0.20 };

static double
get_axis(LacVec3 p, guint axis)
{
    const double values[3] = { p.x, p.y, p.z };
    return values[axis];
}

static void
to_widget(const LacSlicePlane *plane, LacVec3 p, double xy[2])
{
    xy[0] = plane->x + plane->scale_x * get_axis(p, plane->right);
    xy[1] = plane->y - plane->scale_y * get_axis(p, plane->up);
}

// The part of the line whose cylinder reaches the slice.
static gboolean
find_near(const LacSliceLine *self, const LacSlicePlane *plane, LacVec3 near[2])
{
    double a = get_axis(self->ends[0], plane->normal) - plane->position;
    double b = get_axis(self->ends[1], plane->normal) - plane->position;
    double low = 0.0, high = 1.0;
    if (a == b) {
        low = fabs(a) <= self->radius ? 0.0 : 1.0;
        high = 1.0 - low;
    }
    else {
        double t0 = (-self->radius - a) / (b - a), t1 = (self->radius - a) / (b - a);
        low = fmax(fmin(t0, t1), 0.0);
        high = fmin(fmax(t0, t1), 1.0);
    }
    LacVec3 along = lac_vec3_subtract(self->ends[1], self->ends[0]);
    near[0] = lac_vec3_add_scaled(self->ends[0], low, along);
    near[1] = lac_vec3_add_scaled(self->ends[0], high, along);
    return low < high;
}

/**
 * lac_slice_line_draw:
 * @self: a line, perhaps one that is being drawn
 * @plane: the slice
 * @widget: whose font labels have
 * @cr: to draw with
 *
 * Draws the line as it is seen along the normal: full where its cylinder reaches the slice, else
 * in dots.
 */
void
lac_slice_line_draw(const LacSliceLine *self, const LacSlicePlane *plane, GtkWidget *widget,
    cairo_t *cr)
{
    static const char *const NAMES[2] = { "A", "B" };
    const double dots[2] = { 2.0, 5.0 };
    LacVec3 near[2];
    double a[2], b[2];
    if (self->is_drawing) {
        lac_overlay_line(cr, self->from[0], self->from[1], self->to[0], self->to[1], yellow);
        return;
    }
    if (!self->has_line)
        return;
    to_widget(plane, self->ends[0], a);
    to_widget(plane, self->ends[1], b);
    cairo_save(cr);
    cairo_set_dash(cr, dots, 2, 0.0);
    lac_overlay_line(cr, a[0], a[1], b[0], b[1], yellow);
    cairo_restore(cr);
    lac_overlay_label(widget, cr, a[0] + 6.0, a[1] - 6.0, NAMES[0]);
    lac_overlay_label(widget, cr, b[0] + 6.0, b[1] - 6.0, NAMES[1]);
    if (!find_near(self, plane, near))
        return;
    to_widget(plane, near[0], a);
    to_widget(plane, near[1], b);
    lac_overlay_line(cr, a[0], a[1], b[0], b[1], yellow);
}

// The atom there, else the place in the slice.
static LacVec3
find_end(const LacSlicePlane *plane, const LacSliceAtoms *atoms, const double xy[2])
{
    gsize i;
    if (atoms != NULL && lac_slice_atoms_pick(atoms, plane, xy[0], xy[1], &i))
        return (LacVec3){ atoms->atoms->x[i], atoms->atoms->y[i], atoms->atoms->z[i] };
    double p[3] = { 0 };
    p[plane->right] = (xy[0] - plane->x) / plane->scale_x;
    p[plane->up] = (plane->y - xy[1]) / plane->scale_y;
    p[plane->normal] = plane->position;
    return (LacVec3){ p[0], p[1], p[2] };
}

/**
 * lac_slice_line_find_ends:
 * @self: a line that was drawn
 * @plane: the slice
 * @atoms: (nullable): what is drawn over it
 * @ends: (out caller-allocates) (array fixed-size=2): [Å] atoms where it begins or ends on one, else
 *   places in the slice
 *
 * Returns: whether it is long enough to be meant
 */
gboolean
lac_slice_line_find_ends(const LacSliceLine *self, const LacSlicePlane *plane,
    const LacSliceAtoms *atoms, LacVec3 ends[2])
{
    if (hypot(self->to[0] - self->from[0], self->to[1] - self->from[1]) < SHORT_LINE)
        return FALSE;
    ends[0] = find_end(plane, atoms, self->from);
    ends[1] = find_end(plane, atoms, self->to);
    return lac_vec3_norm(lac_vec3_subtract(ends[1], ends[0])) > 0.0;
}
