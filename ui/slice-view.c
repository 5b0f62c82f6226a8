// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/slice-view.h"

#include "ui/image-view.h"
#include "ui/overlay.h"

#include <math.h>

#define CROSS_GAP  7.0 // free space about the voxel [widget unit]
#define LARGE_STEP 10  // [voxel] with Shift
#define NUDGE      0.1 // [voxel] of an atom, by Alt and an arrow key
#define FINE       0.1 // with Shift
#define DRAG_START 3.0 // [widget unit] before an atom follows the pointer

struct _LacSliceView {
    GtkWidget parent_instance;
    LacImageView *image;
    LacAxis normal;
    guint right, up;   // axes of the picture
    LacVolume *volume; // (nullable)
    gsize crosshair[3];
    gboolean hides_crosshair;
    LacSliceAtoms *atoms;                    // (nullable)
    gsize grabbed;                           // atom under the button, or G_MAXSIZE
    gboolean is_moving;                      // and it follows the pointer
    double press_x, press_y, drag_x, drag_y; // [widget unit]
    LacSliceLine line;
};

enum {
    CROSSHAIR_MOVED,
    POINTED,
    ACTIVATED,
    ATOM_CLICKED,
    ATOM_MOVED,
    LINE_DRAWN,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacSliceView, lac_slice_view, GTK_TYPE_WIDGET)

static void
get_shape(const LacVolume *volume, gsize n[3])
{
    n[0] = volume->nx;
    n[1] = volume->ny;
    n[2] = volume->nz;
}

static void
update_image(LacSliceView *self)
{
    if (self->volume == NULL) {
        lac_image_view_set_image(self->image, NULL, NULL);
        return;
    }
    gsize n[3];
    get_shape(self->volume, n);
    const gsize step[3] = { 1, n[0], n[0] * n[1] };
    gsize at = MIN(self->crosshair[self->normal], n[self->normal] - 1);
    LacPlane plane = { .data = self->volume->data + at * step[self->normal],
        .width = n[self->right],
        .height = n[self->up],
        .step_x = step[self->right],
        .step_y = step[self->up] };
    lac_image_view_set_image(self->image, self->volume->buffer, &plane);
}

// The voxel size that positions are in; a volume without one is in voxels.
static double
get_voxel_size(const LacVolume *volume)
{
    return volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
}

static double
get_origin(const LacVolume *volume, guint axis)
{
    const double origin[3] = { volume->origin.x, volume->origin.y, volume->origin.z };
    return origin[axis];
}

// Where a position lies among the image coordinates of its axis.
static double
to_image(const LacVolume *volume, guint axis, double position)
{
    gsize n[3];
    get_shape(volume, n);
    return (position - get_origin(volume, axis)) / get_voxel_size(volume) + (double) (n[axis] / 2) +
        0.5;
}

static double
from_image(const LacVolume *volume, guint axis, double at)
{
    gsize n[3];
    get_shape(volume, n);
    return (at - 0.5 - (double) (n[axis] / 2)) * get_voxel_size(volume) + get_origin(volume, axis);
}

static LacSlicePlane
get_plane(LacSliceView *self)
{
    LacSlicePlane plane = { .right = self->right, .up = self->up, .normal = self->normal };
    double x1, y1;
    plane.position =
        from_image(self->volume, self->normal, (double) self->crosshair[self->normal] + 0.5);
    lac_image_view_to_widget(self->image, to_image(self->volume, self->right, 0.0),
        to_image(self->volume, self->up, 0.0), &plane.x, &plane.y);
    lac_image_view_to_widget(self->image, to_image(self->volume, self->right, 1.0),
        to_image(self->volume, self->up, 1.0), &x1, &y1);
    plane.scale_x = x1 - plane.x;
    plane.scale_y = plane.y - y1;
    plane.width = gtk_widget_get_width(GTK_WIDGET(self->image));
    plane.height = gtk_widget_get_height(GTK_WIDGET(self->image));
    return plane;
}

// Where the dragged atom would go [Å]: along the normal it stays where it is.
static void
get_drop(LacSliceView *self, double xyz[3])
{
    const LacAtoms *atoms = self->atoms->atoms;
    LacSlicePlane plane = get_plane(self);
    xyz[0] = atoms->x[self->grabbed];
    xyz[1] = atoms->y[self->grabbed];
    xyz[2] = atoms->z[self->grabbed];
    xyz[self->right] += (self->drag_x - self->press_x) / plane.scale_x;
    xyz[self->up] -= (self->drag_y - self->press_y) / plane.scale_y;
}

static void
draw_drag(LacSliceView *self, cairo_t *cr)
{
    static const double yellow[3] = { 1.0, 0.75, 0.24 };
    LacSlicePlane plane = get_plane(self);
    double to[3];
    get_drop(self, to);
    const double from[3] = { self->atoms->atoms->x[self->grabbed],
        self->atoms->atoms->y[self->grabbed], self->atoms->atoms->z[self->grabbed] };
    double x0 = plane.x + plane.scale_x * from[self->right];
    double y0 = plane.y - plane.scale_y * from[self->up];
    double x1 = plane.x + plane.scale_x * to[self->right];
    double y1 = plane.y - plane.scale_y * to[self->up];
    double radius = MAX((double) self->atoms->radii[self->grabbed] * plane.scale_x, 4.0);
    lac_overlay_line(cr, x0, y0, x1, y1, yellow);
    cairo_new_path(cr);
    cairo_arc(cr, x1, y1, radius, 0.0, 2.0 * G_PI);
    cairo_set_source_rgb(cr, yellow[0], yellow[1], yellow[2]);
    cairo_set_line_width(cr, 2.0);
    cairo_stroke(cr);
}

static void
draw_cross(LacSliceView *self, cairo_t *cr, int width, int height)
{
    double x, y;
    lac_slice_view_locate(self, self->crosshair, &x, &y);
    x = floor(x) + 0.5;
    y = floor(y) + 0.5;
    double gap = MAX(CROSS_GAP, 0.5 * lac_image_view_get_zoom(self->image) + 2.0);
    const double *right = lac_axis_rgb[self->right], *up = lac_axis_rgb[self->up];
    lac_overlay_line(cr, 0.0, y, x - gap, y, right);
    lac_overlay_line(cr, x + gap, y, width, y, right);
    lac_overlay_line(cr, x, 0.0, x, y - gap, up);
    lac_overlay_line(cr, x, y + gap, x, height, up);
}

static void
draw_overlay(LacImageView *image, cairo_t *cr, int width, int height, gpointer data)
{
    LacSliceView *self = data;
    GtkWidget *widget = GTK_WIDGET(image);
    if (self->atoms != NULL) {
        LacSlicePlane plane = get_plane(self);
        lac_slice_atoms_draw(self->atoms, &plane, cr);
    }
    if (self->line.has_line || self->line.is_drawing) {
        LacSlicePlane plane = get_plane(self);
        lac_slice_line_draw(&self->line, &plane, widget, cr);
    }
    if (!self->hides_crosshair)
        draw_cross(self, cr, width, height);
    if (self->is_moving)
        draw_drag(self, cr);
    lac_overlay_axes(widget, cr, height, self->right, self->up);
    if (self->volume->voxel_size > 0.0)
        lac_overlay_scale_bar(widget, cr, width, height,
            lac_image_view_get_zoom(image) / self->volume->voxel_size);
    gsize n[3];
    get_shape(self->volume, n);
    static const double white[3] = { 1.0, 1.0, 1.0 };
    g_autofree char *plane = g_strconcat(lac_axis_name[self->right], lac_axis_name[self->up], NULL);
    double x = 10.0 + lac_overlay_text(widget, cr, 10.0, 16.0, LAC_ANCHOR_LEFT, white, plane);
    g_autofree char *at = g_strdup_printf("%s %" G_GSIZE_FORMAT " / %" G_GSIZE_FORMAT,
        lac_axis_name[self->normal], self->crosshair[self->normal], n[self->normal] - 1);
    lac_overlay_text(widget, cr, x + 10.0, 16.0, LAC_ANCHOR_LEFT, lac_axis_rgb[self->normal], at);
}

static void
move_crosshair(LacSliceView *self, const gsize xyz[3])
{
    if (xyz[0] != self->crosshair[0] || xyz[1] != self->crosshair[1] ||
        xyz[2] != self->crosshair[2])
        g_signal_emit(self, signals[CROSSHAIR_MOVED], 0, (guint) xyz[0], (guint) xyz[1],
            (guint) xyz[2]);
}

static void
move_by(LacSliceView *self, guint axis, gssize by)
{
    if (self->volume == NULL)
        return;
    gsize n[3], xyz[3] = { self->crosshair[0], self->crosshair[1], self->crosshair[2] };
    get_shape(self->volume, n);
    gssize to = CLAMP((gssize) xyz[axis] + by, 0, (gssize) n[axis] - 1);
    xyz[axis] = (gsize) to;
    move_crosshair(self, xyz);
}

static gsize
to_index(double position, gsize n)
{
    return position <= 0.0 ? 0 : MIN((gsize) position, n - 1);
}

static void
move_to(LacSliceView *self, double x, double y)
{
    gsize n[3], xyz[3] = { self->crosshair[0], self->crosshair[1], self->crosshair[2] };
    get_shape(self->volume, n);
    xyz[self->right] = to_index(x, n[self->right]);
    xyz[self->up] = to_index(y, n[self->up]);
    move_crosshair(self, xyz);
}

static gboolean
is_extending(LacSliceView *self)
{
    return (lac_image_view_get_modifiers(self->image) & GDK_CONTROL_MASK) != 0;
}

// Returns whether there is an atom.
static gboolean
click_atom(LacSliceView *self, double x, double y)
{
    if (self->atoms == NULL)
        return FALSE;
    LacSlicePlane plane = get_plane(self);
    lac_image_view_to_widget(self->image, x, y, &self->press_x, &self->press_y);
    gsize index;
    if (!lac_slice_atoms_pick(self->atoms, &plane, self->press_x, self->press_y, &index)) {
        if (!is_extending(self))
            g_signal_emit(self, signals[ATOM_CLICKED], 0, G_MAXUINT, FALSE);
        return FALSE;
    }
    self->grabbed = index;
    g_signal_emit(self, signals[ATOM_CLICKED], 0, (guint) index, is_extending(self));
    return TRUE;
}

// ---- The line of a profile

static void
begin_line(LacSliceView *self, double x, double y)
{
    LacSliceLine *line = &self->line;
    lac_image_view_to_widget(self->image, x, y, &line->from[0], &line->from[1]);
    line->to[0] = line->from[0];
    line->to[1] = line->from[1];
    line->is_drawing = TRUE;
}

static void
end_line(LacSliceView *self)
{
    LacSlicePlane plane = get_plane(self);
    LacVec3 ends[2];
    self->line.is_drawing = FALSE;
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
    if (lac_slice_line_find_ends(&self->line, &plane, self->atoms, ends))
        g_signal_emit(self, signals[LINE_DRAWN], 0, &ends[0], &ends[1]);
}

static void
clicked_cb(LacImageView *image, int n_press, double x, double y, LacSliceView *self)
{
    (void) image;
    if (self->line.is_on) {
        begin_line(self, x, y);
        return;
    }
    self->grabbed = G_MAXSIZE;
    self->is_moving = FALSE;
    if (n_press == 1 && !click_atom(self, x, y))
        move_to(self, x, y);
    else if (n_press == 2 && !click_atom(self, x, y))
        g_signal_emit(self, signals[ACTIVATED], 0);
}

static void
dragged_cb(LacImageView *image, double x, double y, LacSliceView *self)
{
    if (self->line.is_drawing) {
        lac_image_view_to_widget(image, x, y, &self->line.to[0], &self->line.to[1]);
        gtk_widget_queue_draw(GTK_WIDGET(image));
        return;
    }
    if (self->grabbed == G_MAXSIZE || self->atoms == NULL) {
        move_to(self, x, y);
        return;
    }
    lac_image_view_to_widget(image, x, y, &self->drag_x, &self->drag_y);
    if (hypot(self->drag_x - self->press_x, self->drag_y - self->press_y) > DRAG_START &&
        lac_atoms_is_present(self->atoms->atoms, self->grabbed))
        self->is_moving = TRUE;
    if (self->is_moving)
        gtk_widget_queue_draw(GTK_WIDGET(image));
}

static void
end_drag(LacSliceView *self)
{
    self->grabbed = G_MAXSIZE;
    self->is_moving = FALSE;
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

static void
released_cb(LacImageView *image, LacSliceView *self)
{
    (void) image;
    double to[3];
    if (self->line.is_drawing) {
        end_line(self);
        return;
    }
    gsize index = self->grabbed;
    gboolean was_moving = self->is_moving;
    if (was_moving)
        get_drop(self, to);
    end_drag(self);
    if (was_moving)
        g_signal_emit(self, signals[ATOM_MOVED], 0, (guint) index, to[0], to[1], to[2],
            is_extending(self));
}

// By keys an atom goes where it is put.
static void
nudge(LacSliceView *self, guint axis, double by)
{
    gsize i = self->atoms->current;
    double xyz[3] = { self->atoms->atoms->x[i], self->atoms->atoms->y[i],
        self->atoms->atoms->z[i] };
    xyz[axis] += by * get_voxel_size(self->volume);
    g_signal_emit(self, signals[ATOM_MOVED], 0, (guint) i, xyz[0], xyz[1], xyz[2], TRUE);
}

static gboolean
nudge_key(LacSliceView *self, guint key, gboolean fine)
{
    double step = NUDGE * (fine ? FINE : 1.0);
    if (self->atoms == NULL || self->atoms->current >= self->atoms->atoms->n ||
        !lac_atoms_is_present(self->atoms->atoms, self->atoms->current))
        return GDK_EVENT_PROPAGATE;
    switch (key) {
    case GDK_KEY_Left: nudge(self, self->right, -step); return GDK_EVENT_STOP;
    case GDK_KEY_Right: nudge(self, self->right, step); return GDK_EVENT_STOP;
    case GDK_KEY_Down: nudge(self, self->up, -step); return GDK_EVENT_STOP;
    case GDK_KEY_Up: nudge(self, self->up, step); return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up: nudge(self, self->normal, step); return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down: nudge(self, self->normal, -step); return GDK_EVENT_STOP;
    default: return GDK_EVENT_PROPAGATE;
    }
}

static void
pointed_cb(LacImageView *image, gboolean inside, double x, double y, double value,
    LacSliceView *self)
{
    (void) image;
    (void) value;
    guint xyz[3] = { 0 };
    if (inside) {
        xyz[self->normal] = (guint) self->crosshair[self->normal];
        xyz[self->right] = (guint) x;
        xyz[self->up] = (guint) y;
    }
    g_signal_emit(self, signals[POINTED], 0, inside, xyz[0], xyz[1], xyz[2]);
}

static void
stepped_cb(LacImageView *image, int n, LacSliceView *self)
{
    (void) image;
    move_by(self, self->normal, n);
}

static gboolean
key_cb(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
    LacSliceView *self)
{
    (void) controller;
    (void) code;
    if (self->volume == NULL || (state & GDK_CONTROL_MASK) != 0)
        return GDK_EVENT_PROPAGATE;
    if ((state & GDK_ALT_MASK) != 0)
        return nudge_key(self, key, (state & GDK_SHIFT_MASK) != 0);
    if (key == GDK_KEY_Escape && self->is_moving) {
        end_drag(self);
        return GDK_EVENT_STOP;
    }
    gssize step = (state & GDK_SHIFT_MASK) != 0 ? LARGE_STEP : 1;
    switch (key) {
    case GDK_KEY_Left: move_by(self, self->right, -step); return GDK_EVENT_STOP;
    case GDK_KEY_Right: move_by(self, self->right, step); return GDK_EVENT_STOP;
    case GDK_KEY_Down: move_by(self, self->up, -step); return GDK_EVENT_STOP;
    case GDK_KEY_Up: move_by(self, self->up, step); return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up: move_by(self, self->normal, step); return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down: move_by(self, self->normal, -step); return GDK_EVENT_STOP;
    default: return GDK_EVENT_PROPAGATE;
    }
}

static void
lac_slice_view_dispose(GObject *object)
{
    LacSliceView *self = LAC_SLICE_VIEW(object);
    if (self->image != NULL)
        gtk_widget_unparent(GTK_WIDGET(g_steal_pointer(&self->image)));
    g_clear_pointer(&self->volume, lac_volume_unref);
    g_clear_pointer(&self->atoms, lac_slice_atoms_unref);
    G_OBJECT_CLASS(lac_slice_view_parent_class)->dispose(object);
}

static void
lac_slice_view_class_init(LacSliceViewClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_slice_view_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    signals[CROSSHAIR_MOVED] =
        g_signal_new("crosshair-moved", LAC_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
            G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
    signals[POINTED] = g_signal_new("pointed", LAC_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 4, G_TYPE_BOOLEAN, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
    signals[ACTIVATED] = g_signal_new("activated", LAC_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 0);
    signals[ATOM_CLICKED] = g_signal_new("atom-clicked", LAC_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
    signals[ATOM_MOVED] = g_signal_new("atom-moved", LAC_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 5, G_TYPE_UINT, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE,
        G_TYPE_BOOLEAN);
    signals[LINE_DRAWN] = g_signal_new("line-drawn", LAC_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
lac_slice_view_init(LacSliceView *self)
{
    self->grabbed = G_MAXSIZE;
    self->image = LAC_IMAGE_VIEW(lac_image_view_new());
    lac_image_view_set_flip_y(self->image, TRUE);
    lac_image_view_set_wheel_steps(self->image, TRUE);
    g_signal_connect(self->image, "clicked", G_CALLBACK(clicked_cb), self);
    g_signal_connect(self->image, "dragged", G_CALLBACK(dragged_cb), self);
    g_signal_connect(self->image, "released", G_CALLBACK(released_cb), self);
    g_signal_connect(self->image, "pointed", G_CALLBACK(pointed_cb), self);
    g_signal_connect(self->image, "stepped", G_CALLBACK(stepped_cb), self);
    gtk_widget_set_parent(GTK_WIDGET(self->image), GTK_WIDGET(self));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect(key, "key-pressed", G_CALLBACK(key_cb), self);
    gtk_widget_add_controller(GTK_WIDGET(self), key);
}

/**
 * lac_slice_view_new:
 * @normal: the axis that points at the viewer or away
 *
 * Returns: (transfer floating): an empty view
 */
GtkWidget *
lac_slice_view_new(LacAxis normal)
{
    LacSliceView *self = g_object_new(LAC_TYPE_SLICE_VIEW, NULL);
    self->normal = normal;
    self->right = normal == LAC_AXIS_X ? LAC_AXIS_Y : LAC_AXIS_X;
    self->up = normal == LAC_AXIS_Z ? LAC_AXIS_Y : LAC_AXIS_Z;
    g_autofree char *label = g_strdup_printf("Slice %s%s of the volume", lac_axis_name[self->right],
        lac_axis_name[self->up]);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->image), GTK_ACCESSIBLE_PROPERTY_LABEL,
        label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "Click or drag to move the crosshair, arrow keys by one voxel, Page Up and Page Down or "
        "the wheel to step through the slices, Ctrl and wheel to zoom. Click an atom to select it, "
        "drag to move it to the nearest peak, with Ctrl to where it is let go; Alt and arrow keys "
        "move it by a tenth of a voxel. D, then drag: a line to make profiles along",
        -1);
    return GTK_WIDGET(self);
}

/**
 * lac_slice_view_set_volume:
 * @self: a view
 * @volume: (nullable): what is shown; the view takes a reference
 */
void
lac_slice_view_set_volume(LacSliceView *self, LacVolume *volume)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    LacVolume *old = self->volume;
    self->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    lac_volume_unref(old);
    lac_image_view_set_overlay(self->image, volume != NULL ? draw_overlay : NULL, self);
    update_image(self);
}

/**
 * lac_slice_view_set_atoms:
 * @self: a view
 * @atoms: (nullable): what is drawn over the volume; the view takes a reference
 */
void
lac_slice_view_set_atoms(LacSliceView *self, LacSliceAtoms *atoms)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    LacSliceAtoms *old = self->atoms;
    self->atoms = atoms != NULL ? lac_slice_atoms_ref(atoms) : NULL;
    lac_slice_atoms_unref(old);
    if (self->grabbed != G_MAXSIZE && (atoms == NULL || self->grabbed >= atoms->atoms->n)) {
        self->grabbed = G_MAXSIZE;
        self->is_moving = FALSE;
    }
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

/**
 * lac_slice_view_set_line:
 * @self: a view
 * @ends: (nullable) (array fixed-size=2): [Å] of a line that is drawn over it; %NULL: none
 * @radius: [Å] of the cylinder around it
 */
void
lac_slice_view_set_line(LacSliceView *self, const LacVec3 *ends, double radius)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    self->line.has_line = ends != NULL;
    for (guint k = 0; ends != NULL && k < 2; k++)
        self->line.ends[k] = ends[k];
    self->line.radius = radius;
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

/**
 * lac_slice_view_set_drawing:
 * @self: a view
 * @is_on: whether a drag of the first button draws a line
 */
void
lac_slice_view_set_drawing(LacSliceView *self, gboolean is_on)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    self->line.is_on = is_on;
    self->line.is_drawing = FALSE;
    gtk_widget_set_cursor_from_name(GTK_WIDGET(self), is_on ? "crosshair" : NULL);
    gtk_widget_queue_draw(GTK_WIDGET(self->image));
}

/**
 * lac_slice_view_locate_position:
 * @self: a view with a volume
 * @xyz: [Å]; along the normal it does not matter
 * @wx: (out): where it lies [widget unit]
 * @wy: (out): where it lies [widget unit]
 */
void
lac_slice_view_locate_position(LacSliceView *self, const double xyz[3], double *wx, double *wy)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self) && self->volume != NULL);

    lac_image_view_to_widget(self->image, to_image(self->volume, self->right, xyz[self->right]),
        to_image(self->volume, self->up, xyz[self->up]), wx, wy);
}

/**
 * lac_slice_view_set_crosshair:
 * @self: a view
 * @xyz: voxel indices
 */
void
lac_slice_view_set_crosshair(LacSliceView *self, const gsize xyz[3])
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    gboolean same_slice = xyz[self->normal] == self->crosshair[self->normal];
    for (guint i = 0; i < 3; i++)
        self->crosshair[i] = xyz[i];
    if (same_slice)
        gtk_widget_queue_draw(GTK_WIDGET(self->image));
    else
        update_image(self);
}

/**
 * lac_slice_view_set_range:
 * @self: a view
 * @black: value of the first colour
 * @white: value of the last colour
 */
void
lac_slice_view_set_range(LacSliceView *self, double black, double white)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    lac_image_view_set_range(self->image, black, white);
}

/**
 * lac_slice_view_set_menu:
 * @self: a view
 * @menu: first part of the menu of the second button
 */
void
lac_slice_view_set_menu(LacSliceView *self, GMenuModel *menu)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    lac_image_view_set_menu(self->image, menu);
}

/**
 * lac_slice_view_set_colormap:
 * @self: a view
 * @colormap: its colours
 */
void
lac_slice_view_set_colormap(LacSliceView *self, LacColormap colormap)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    lac_image_view_set_colormap(self->image, colormap);
}

/**
 * lac_slice_view_set_smooth:
 * @self: a view
 * @smooth: %TRUE to interpolate between voxels
 */
void
lac_slice_view_set_smooth(LacSliceView *self, gboolean smooth)
{
    g_return_if_fail(LAC_IS_SLICE_VIEW(self));

    lac_image_view_set_smooth(self->image, smooth);
}

/**
 * lac_slice_view_locate:
 * @self: a view
 * @xyz: voxel indices; the one along the normal does not matter
 * @wx: (out): middle of the voxel [widget unit]
 * @wy: (out): middle of the voxel [widget unit]
 */
void
lac_slice_view_locate(LacSliceView *self, const gsize xyz[3], double *wx, double *wy)
{
    lac_image_view_to_widget(self->image, (double) xyz[self->right] + 0.5,
        (double) xyz[self->up] + 0.5, wx, wy);
}
