// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gpu/egl-context.h"
#include "ui/overlay.h"
#include "ui/render/pick.h"
#include "ui/render/program.h"
#include "ui/viewport-private.h"

#include <math.h>

#define SHADOW 0.6 // of the atoms

enum {
    POINTED,
    CROSSHAIR_PICKED,
    CAMERA_CHANGED,
    SCENE_CHANGED,
    STATUS_CHANGED,
    ATOM_CLICKED,
    ATOM_POINTED,
    THING_CLICKED,
    ATOMS_SELECTED,
    LINE_DRAWN,
    MODE_CHANGED,
    FIGURE_SHOWN,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacViewport, lac_viewport, GTK_TYPE_WIDGET)

/**
 * lac_viewport_set_status:
 * @self: a view
 * @status: (nullable): what the user should know, such as binning or a failure
 *
 * Says it over the picture, and tells.
 */
void
lac_viewport_set_status(LacViewport *self, const char *status)
{
    if (g_strcmp0(self->status, status) == 0)
        return;
    g_free(self->status);
    self->status = g_strdup(status);
    gtk_label_set_text(self->note, status != NULL ? status : "");
    gtk_widget_set_visible(GTK_WIDGET(self->note), status != NULL);
    g_signal_emit(self, signals[STATUS_CHANGED], 0);
}

/**
 * lac_viewport_get_aspect:
 * @self: a view
 *
 * Returns: its width divided by its height
 */
double
lac_viewport_get_aspect(LacViewport *self)
{
    int width = gtk_widget_get_width(GTK_WIDGET(self));
    int height = gtk_widget_get_height(GTK_WIDGET(self));
    return width > 0 && height > 0 ? (double) width / height : 1.5;
}

/**
 * lac_viewport_scene_changed:
 * @self: a view
 *
 * Shows what changed in the scene, and tells.
 */
void
lac_viewport_scene_changed(LacViewport *self)
{
    lac_viewport_begin_moving(self);
    g_signal_emit(self, signals[SCENE_CHANGED], 0);
}

static void
lac_viewport_realize(GtkWidget *widget)
{
    LacViewport *self = LAC_VIEWPORT(widget);
    GTK_WIDGET_CLASS(lac_viewport_parent_class)->realize(widget);
    lac_viewport_watch_clock(self, gtk_widget_get_frame_clock(widget));
}

static void
lac_viewport_unrealize(GtkWidget *widget)
{
    LacViewport *self = LAC_VIEWPORT(widget);
    lac_viewport_watch_clock(self, NULL);
    GTK_WIDGET_CLASS(lac_viewport_parent_class)->unrealize(widget);
}

static void
draw_scale_bar(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    LacViewport *self = data;
    const LacVolumeTexture *texture = self->scene.volume;
    if (texture != NULL ? texture->volume->voxel_size <= 0.0 : self->atoms == NULL)
        return;
    lac_overlay_scale_bar(GTK_WIDGET(area), cr, width, height, height / self->scene.camera.height);
}

// A tooltip would cover what one looks at: it comes with Ctrl+F1 only, or while there is nothing.
static gboolean
lac_viewport_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
    (void) x;
    (void) y;
    LacViewport *self = LAC_VIEWPORT(widget);
    if (!keyboard && (self->scene.volume != NULL || self->atoms != NULL))
        return FALSE;
    gtk_tooltip_set_text(tooltip,
        "Drag to turn, Shift or right button to move, Ctrl to roll, wheel to zoom.\n"
        "Arrows turn, Ctrl+arrows move, + and - zoom, Home resets, X Y Z look along an axis "
        "(Shift: from behind).\nDouble click centres what is there. Click picks an atom, Ctrl adds to the "
        "selection; B box, L lasso, M measure, H hides, I isolates.");
    return TRUE;
}

static void
lac_viewport_dispose(GObject *object)
{
    LacViewport *self = LAC_VIEWPORT(object);
    g_clear_handle_id(&self->settle_timer, g_source_remove);
    g_clear_handle_id(&self->smooth_timer, g_source_remove);
    g_clear_handle_id(&self->again_idle, g_source_remove);
    g_clear_pointer(&self->worker, lac_latest_free);
    if (self->overlay != NULL)
        gtk_widget_unparent(GTK_WIDGET(g_steal_pointer(&self->overlay)));
    g_clear_pointer(&self->scene.volume, lac_volume_texture_unref);
    g_clear_pointer(&self->newest, lac_volume_unref);
    lac_viewport_clear_atoms(self);
    G_OBJECT_CLASS(lac_viewport_parent_class)->dispose(object);
}

static void
lac_viewport_finalize(GObject *object)
{
    LacViewport *self = LAC_VIEWPORT(object);
    g_free(self->status);
    g_free(self->gl_info);
    G_OBJECT_CLASS(lac_viewport_parent_class)->finalize(object);
}

static void
lac_viewport_class_init(LacViewportClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_viewport_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_viewport_finalize;
    widget_class->realize = lac_viewport_realize;
    widget_class->unrealize = lac_viewport_unrealize;
    widget_class->query_tooltip = lac_viewport_query_tooltip;
    signals[POINTED] = g_signal_new("pointed", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 5, G_TYPE_BOOLEAN, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_DOUBLE);
    signals[CROSSHAIR_PICKED] =
        g_signal_new("crosshair-picked", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
            G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
    signals[ATOM_CLICKED] = g_signal_new("atom-clicked", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT);
    signals[THING_CLICKED] = g_signal_new("thing-clicked", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
    signals[ATOM_POINTED] = g_signal_new("atom-pointed", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
    signals[LINE_DRAWN] = g_signal_new("line-drawn", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
    signals[ATOMS_SELECTED] = g_signal_new("atoms-selected", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST,
        0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
    signals[FIGURE_SHOWN] = g_signal_new("figure-shown", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    static const struct {
        int id;
        const char *name;
    } PLAIN[] = { { CAMERA_CHANGED, "camera-changed" }, { SCENE_CHANGED, "scene-changed" },
        { STATUS_CHANGED, "status-changed" }, { MODE_CHANGED, "mode-changed" } };
    for (guint i = 0; i < G_N_ELEMENTS(PLAIN); i++)
        signals[PLAIN[i].id] = g_signal_new(PLAIN[i].name, LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
            NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
    gtk_widget_class_set_css_name(widget_class, "viewport3d");
}

static GtkLabel *
add_label(LacViewport *self, GtkAlign halign, GtkAlign valign)
{
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_widget_set_halign(label, halign);
    gtk_widget_set_valign(label, valign);
    gtk_widget_set_margin_start(label, 12);
    gtk_widget_set_margin_end(label, 12);
    gtk_widget_set_margin_top(label, 8);
    gtk_widget_set_margin_bottom(label, 8);
    gtk_widget_set_can_target(label, FALSE);
    gtk_widget_set_visible(label, FALSE);
    gtk_overlay_add_overlay(self->overlay, label);
    return GTK_LABEL(label);
}

static void
lac_viewport_init(LacViewport *self)
{
    self->scene = lac_scene_default();
    self->scene.show_axes = TRUE;
    self->scene.atoms.shadow = SHADOW;
    lac_viewport_init_atoms(self);
    lac_viewport_init_volume(self);
    self->pointer_x = self->pointer_y = -1.0;
    lac_viewport_make_area(self);
    self->overlay = GTK_OVERLAY(gtk_overlay_new());
    gtk_widget_set_parent(GTK_WIDGET(self->overlay), GTK_WIDGET(self));
    gtk_overlay_set_child(self->overlay, GTK_WIDGET(self->area));
    self->scale_bar = GTK_DRAWING_AREA(gtk_drawing_area_new());
    gtk_drawing_area_set_draw_func(self->scale_bar, draw_scale_bar, self, NULL);
    gtk_widget_set_can_target(GTK_WIDGET(self->scale_bar), FALSE);
    gtk_overlay_add_overlay(self->overlay, GTK_WIDGET(self->scale_bar));
    self->drawing = GTK_DRAWING_AREA(gtk_drawing_area_new());
    gtk_widget_set_can_target(GTK_WIDGET(self->drawing), FALSE);
    gtk_overlay_add_overlay(self->overlay, GTK_WIDGET(self->drawing));
    gtk_drawing_area_set_draw_func(self->drawing, lac_viewport_draw_mode, self, NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->drawing), FALSE);
    self->message = add_label(self, GTK_ALIGN_CENTER, GTK_ALIGN_CENTER);
    self->note = add_label(self, GTK_ALIGN_START, GTK_ALIGN_START);
    self->stats_label = add_label(self, GTK_ALIGN_END, GTK_ALIGN_START);
    gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
    gtk_widget_set_has_tooltip(GTK_WIDGET(self), TRUE);
    gtk_widget_set_hexpand(GTK_WIDGET(self->overlay), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(self->overlay), TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, "3D view",
        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "The volume in three dimensions; arrow keys turn it, plus and minus zoom", -1);
    lac_viewport_add_controllers(self);
}

/**
 * lac_viewport_new:
 *
 * Returns: (transfer floating): a view of nothing
 */
GtkWidget *
lac_viewport_new(void)
{
    return g_object_new(LAC_TYPE_VIEWPORT, NULL);
}

/**
 * lac_viewport_probe_software:
 *
 * Finds out whether the processor draws OpenGL here; GTK's own OpenGL renderer then only costs
 * time, and GSK_RENDERER=cairo before gtk_init() is three times cheaper. Takes about 30 ms.
 *
 * Returns: %TRUE if so; %FALSE also when there is no OpenGL at all
 */
gboolean
lac_viewport_probe_software(void)
{
    g_autoptr(LacEglContext) context = lac_egl_context_new(NULL);
    return context != NULL && lac_gl_is_software(lac_egl_context_get_renderer(context));
}

/**
 * lac_viewport_pick:
 * @self: a view
 * @x: [widget unit] from the left
 * @y: [widget unit] from the top
 * @xyz: (out caller-allocates): the voxel
 * @value: (out) (optional): its value
 * @found: (out): whether there is something
 *
 * Finds the voxel at a point of the view.
 */
void
lac_viewport_pick(LacViewport *self, double x, double y, gsize xyz[3], double *value,
    gboolean *found)
{
    int width = gtk_widget_get_width(GTK_WIDGET(self));
    int height = gtk_widget_get_height(GTK_WIDGET(self));
    *found = FALSE;
    if (x < 0.0 || y < 0.0 || x >= width || y >= height)
        return;
    LacRay ray = lac_camera_unproject(&self->scene.camera, width, height, x, y);
    *found = lac_pick_voxel(&self->scene, &ray, xyz, value);
}

/**
 * lac_viewport_emit_pointed:
 * @self: a view
 *
 * Tells what is under the pointer now.
 */
void
lac_viewport_emit_pointed(LacViewport *self)
{
    gsize xyz[3] = { 0 };
    double value = 0.0;
    gboolean found;
    lac_viewport_pick(self, self->pointer_x, self->pointer_y, xyz, &value, &found);
    g_signal_emit(self, signals[POINTED], 0, found, (guint) xyz[0], (guint) xyz[1], (guint) xyz[2],
        value);
}

/**
 * lac_viewport_emit_atom_pointed:
 * @self: a view
 *
 * Tells which atom is under the pointer now, if that changed.
 */
void
lac_viewport_emit_atom_pointed(LacViewport *self)
{
    gsize index;
    gboolean found = lac_viewport_pick_atom(self, self->pointer_x, self->pointer_y, &index);
    guint64 now = found ? (guint64) index : LAC_VIEWPORT_NO_ATOM;
    if (now == self->pointed_atom)
        return;
    self->pointed_atom = now;
    g_signal_emit(self, signals[ATOM_POINTED], 0, now);
}

/**
 * lac_viewport_emit_atom_clicked:
 * @self: a view
 * @index: an atom, or %LAC_VIEWPORT_NO_ATOM
 * @state: the modifiers that were held
 *
 * Tells what was clicked.
 */
void
lac_viewport_emit_atom_clicked(LacViewport *self, guint64 index, GdkModifierType state)
{
    g_signal_emit(self, signals[ATOM_CLICKED], 0, index, (guint) state);
}

/**
 * lac_viewport_emit_thing_clicked:
 * @self: a view
 * @thing: a marker or a mesh
 * @state: the modifiers that were held
 *
 * Tells what was clicked.
 */
void
lac_viewport_emit_thing_clicked(LacViewport *self, const LacThing *thing, GdkModifierType state)
{
    g_signal_emit(self, signals[THING_CLICKED], 0, thing, (guint) state);
}

/**
 * lac_viewport_emit_atoms_selected:
 * @self: a view
 * @indices: (element-type gsize): atoms
 * @state: the modifiers that were held
 *
 * Tells what lies in a box or lasso.
 */
void
lac_viewport_emit_atoms_selected(LacViewport *self, GArray *indices, GdkModifierType state)
{
    g_signal_emit(self, signals[ATOMS_SELECTED], 0, indices, (guint) state);
}

/**
 * lac_viewport_emit_line_drawn:
 * @self: a view
 * @ends: (array fixed-size=2): [Å] its ends
 *
 * Tells that the user drew a line.
 */
void
lac_viewport_emit_line_drawn(LacViewport *self, const LacVec3 ends[2])
{
    g_signal_emit(self, signals[LINE_DRAWN], 0, &ends[0], &ends[1]);
}

/**
 * lac_viewport_emit_mode_changed:
 * @self: a view
 *
 * Tells that a click means something else now.
 */
void
lac_viewport_emit_mode_changed(LacViewport *self)
{
    g_signal_emit(self, signals[MODE_CHANGED], 0);
}

/**
 * lac_viewport_emit_crosshair_picked:
 * @self: a view
 * @xyz: the voxel that was double-clicked
 *
 * Puts that voxel into the middle, where the view turns about it, and tells which it is.
 */
void
lac_viewport_emit_crosshair_picked(LacViewport *self, const gsize xyz[3])
{
    const LacVolume *volume = self->scene.volume->volume;
    double size = lac_volume_get_scale(volume);
    LacVec3 o = volume->origin;
    self->scene.camera.target = (LacVec3){
        o.x + size * ((double) xyz[0] - (double) (volume->nx / 2)),
        o.y + size * ((double) xyz[1] - (double) (volume->ny / 2)),
        o.z + size * ((double) xyz[2] - (double) (volume->nz / 2)),
    };
    lac_viewport_moved(self, NULL);
    lac_viewport_emit_camera_changed(self);
    g_signal_emit(self, signals[CROSSHAIR_PICKED], 0, (guint) xyz[0], (guint) xyz[1],
        (guint) xyz[2]);
}

/**
 * lac_viewport_emit_scene_changed:
 * @self: a view
 *
 * Tells that the scene changed.
 */
void
lac_viewport_emit_scene_changed(LacViewport *self)
{
    g_signal_emit(self, signals[SCENE_CHANGED], 0);
}

/**
 * lac_viewport_emit_camera_changed:
 * @self: a view
 *
 * Tells that the camera moved.
 */
void
lac_viewport_emit_camera_changed(LacViewport *self)
{
    g_signal_emit(self, signals[CAMERA_CHANGED], 0);
}

/**
 * lac_viewport_get_status:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what the user should know, such as binning or a failure
 */
const char *
lac_viewport_get_status(LacViewport *self)
{
    return self->status;
}
