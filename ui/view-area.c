// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-area.h"

#include "ui/ortho-view.h"
#include "ui/recon-plots.h"
#include "ui/residual-view.h"
#include "ui/view-analysis.h"
#include "ui/view-atoms.h"
#include "ui/view-frame.h"
#include "ui/view-menu.h"
#include "ui/view-state.h"

#include <math.h>

#define SHARE_3D     0.50 // of the height, until the user drags a handle
#define SHARE_SLICES 0.56 // of what is below the 3D view

struct _LacViewArea {
    GtkWidget parent_instance;
    GtkWidget *outer, *inner; // GtkPaned: 3D above (slices above plots)
    GtkWidget *frame_3d, *frame_slices, *frame_plots;
    LacViewport *viewport;
    GtkWidget *ortho;
    GtkStack *lower; // slices or residual
    GtkStack *strip; // plots, and what the window adds
    LacViewAtoms *atoms;
    LacViewAnalysis *analysis;
    LacSession *session;
    LacViewMenu *menu;
    LacView maximized;
    gboolean was_placed; // the handles stand where they should
};

G_DEFINE_FINAL_TYPE(LacViewArea, lac_view_area, GTK_TYPE_WIDGET)

// Without a volume there is nothing to be cut: the plots get the room.
static void
update_frames(LacViewArea *self)
{
    LacView view = self->maximized;
    gboolean all = view == LAC_VIEW_ALL;
    gboolean slices = view == LAC_VIEW_XY || view == LAC_VIEW_XZ || view == LAC_VIEW_YZ ||
        view == LAC_VIEW_SLICES;
    gboolean has_slices = lac_session_get_volume(self->session) != NULL ||
        lac_session_get_atoms(self->session) == NULL;
    gtk_widget_set_visible(self->frame_3d, all || view == LAC_VIEW_3D);
    gtk_widget_set_visible(self->frame_slices, slices || (all && has_slices));
    gtk_widget_set_visible(self->frame_plots, all || view == LAC_VIEW_PLOTS);
    gtk_widget_set_visible(self->inner, view != LAC_VIEW_3D);
}

// --- the 3D view

static void
volume_changed_cb(LacViewArea *self)
{
    lac_viewport_set_volume(self->viewport, lac_session_get_volume(self->session));
    update_frames(self);
}

static void
crosshair_changed_cb(LacViewArea *self)
{
    gsize xyz[3];
    lac_session_get_crosshair(self->session, xyz);
    lac_viewport_set_crosshair(self->viewport, xyz);
}

static void
crosshair_picked_cb(LacViewArea *self, guint x, guint y, guint z)
{
    const gsize xyz[3] = { x, y, z };
    lac_session_set_crosshair(self->session, xyz);
}

static void
pointed_cb(LacViewArea *self, gboolean inside, guint x, guint y, guint z, double value)
{
    g_autofree char *text =
        inside ? g_strdup_printf("voxel %u, %u, %u  value %.5g", x, y, z, value) : NULL;
    const char *status = lac_viewport_get_status(self->viewport);
    lac_view_frame_set_detail(LAC_VIEW_FRAME(self->frame_3d), text != NULL ? text : status);
}

static void
opened_cb(LacViewArea *self)
{
    lac_viewport_set_transfer(self->viewport, NULL);
    lac_viewport_set_iso_level(self->viewport, (double) NAN);
    lac_viewport_reset(self->viewport);
    lac_view_state_load(self->viewport, LAC_ORTHO_VIEW(self->ortho),
        lac_session_get_views(self->session));
}

static void
save_views_cb(LacViewArea *self)
{
    lac_view_state_save(self->viewport, LAC_ORTHO_VIEW(self->ortho),
        lac_session_get_views(self->session));
}

// The slices show the range that was set for the volume; an automatic one they find themselves, since
// they are ahead of the texture while a reconstruction runs.
static void
scene_changed_cb(LacViewArea *self)
{
    const LacTransfer *transfer = &lac_viewport_get_scene(self->viewport)->transfer;
    const LacVolumeTexture *texture = lac_viewport_get_texture(self->viewport);
    if (texture == NULL ||
        (transfer->lo == texture->transfer.lo && transfer->hi == texture->transfer.hi))
        lac_ortho_view_set_auto_range(LAC_ORTHO_VIEW(self->ortho));
    else
        lac_ortho_view_set_range(LAC_ORTHO_VIEW(self->ortho), transfer->lo, transfer->hi);
}

static void
status_changed_cb(LacViewArea *self)
{
    lac_view_frame_set_detail(LAC_VIEW_FRAME(self->frame_3d),
        lac_viewport_get_status(self->viewport));
}

// --- maximising

/**
 * lac_view_area_set_maximized:
 * @self: the views
 * @view: the one that fills the area, or %LAC_VIEW_ALL
 */
void
lac_view_area_set_maximized(LacViewArea *self, LacView view)
{
    g_return_if_fail(LAC_IS_VIEW_AREA(self));

    static const int normals[LAC_N_VIEWS] = { -1, -1, LAC_AXIS_Z, LAC_AXIS_Y, LAC_AXIS_X, -1, -1 };
    gboolean slices = normals[view] >= 0 || view == LAC_VIEW_SLICES;
    self->maximized = view;
    update_frames(self);
    lac_ortho_view_show_only(LAC_ORTHO_VIEW(self->ortho), normals[view]);
    if (normals[view] >= 0)
        gtk_stack_set_visible_child_name(self->lower, "slices");
    lac_view_frame_set_maximized(LAC_VIEW_FRAME(self->frame_3d), view == LAC_VIEW_3D);
    lac_view_frame_set_maximized(LAC_VIEW_FRAME(self->frame_slices), slices);
    lac_view_frame_set_maximized(LAC_VIEW_FRAME(self->frame_plots), view == LAC_VIEW_PLOTS);
}

/**
 * lac_view_area_get_maximized:
 * @self: the views
 *
 * Returns: the view that fills the area, or %LAC_VIEW_ALL
 */
LacView
lac_view_area_get_maximized(LacViewArea *self)
{
    return self->maximized;
}

/**
 * lac_view_area_toggle:
 * @self: the views
 * @view: one view
 *
 * Lets it fill the area, or shows all views again if it does.
 */
void
lac_view_area_toggle(LacViewArea *self, LacView view)
{
    lac_view_area_set_maximized(self, self->maximized == view ? LAC_VIEW_ALL : view);
}

static void
toggle_3d_cb(LacViewArea *self)
{
    lac_view_area_toggle(self, LAC_VIEW_3D);
}

static void
toggle_slices_cb(LacViewArea *self)
{
    lac_view_area_toggle(self, LAC_VIEW_SLICES);
}

static void
toggle_plots_cb(LacViewArea *self)
{
    lac_view_area_toggle(self, LAC_VIEW_PLOTS);
}

// --- the widget

// Children have their heights only now, so the handles are placed here, once.
static void
lac_view_area_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    LacViewArea *self = LAC_VIEW_AREA(widget);
    if (!self->was_placed && height > 0) {
        int below = (int) ((1.0 - SHARE_3D) * height);
        gtk_paned_set_position(GTK_PANED(self->outer), height - below);
        gtk_paned_set_position(GTK_PANED(self->inner), (int) (SHARE_SLICES * below));
        self->was_placed = TRUE;
    }
    gtk_widget_allocate(self->outer, width, height, baseline, NULL);
}

static void
lac_view_area_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    gtk_widget_measure(LAC_VIEW_AREA(widget)->outer, orientation, for_size, minimum, natural,
        minimum_baseline, natural_baseline);
}

static void
lac_view_area_dispose(GObject *object)
{
    LacViewArea *self = LAC_VIEW_AREA(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->menu);
    g_clear_object(&self->session);
    g_clear_object(&self->atoms);
    g_clear_object(&self->analysis);
    g_clear_pointer(&self->outer, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_view_area_parent_class)->dispose(object);
}

static void
lac_view_area_class_init(LacViewAreaClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_view_area_dispose;
    widget_class->size_allocate = lac_view_area_size_allocate;
    widget_class->measure = lac_view_area_measure;
}

static void
lac_view_area_init(LacViewArea *self)
{
    self->viewport = LAC_VIEWPORT(lac_viewport_new());
    self->frame_3d = lac_view_frame_new("3D", "1", GTK_WIDGET(self->viewport));
    self->outer = gtk_paned_new(GTK_ORIENTATION_VERTICAL);
    self->inner = gtk_paned_new(GTK_ORIENTATION_VERTICAL);
    // A narrow handle would take the clicks of the title bar below it.
    gtk_paned_set_wide_handle(GTK_PANED(self->outer), TRUE);
    gtk_paned_set_wide_handle(GTK_PANED(self->inner), TRUE);
    gtk_paned_set_start_child(GTK_PANED(self->outer), self->frame_3d);
    gtk_paned_set_end_child(GTK_PANED(self->outer), self->inner);
    gtk_paned_set_shrink_start_child(GTK_PANED(self->outer), FALSE);
    gtk_paned_set_shrink_end_child(GTK_PANED(self->outer), FALSE);
    gtk_widget_set_parent(self->outer, GTK_WIDGET(self));
    g_signal_connect_swapped(self->viewport, "crosshair-picked", G_CALLBACK(crosshair_picked_cb),
        self);
    g_signal_connect_swapped(self->viewport, "pointed", G_CALLBACK(pointed_cb), self);
    g_signal_connect_swapped(self->viewport, "status-changed", G_CALLBACK(status_changed_cb), self);
    g_signal_connect_swapped(self->frame_3d, "maximize-toggled", G_CALLBACK(toggle_3d_cb), self);
}

static void
connect_session(LacViewArea *self)
{
    static const struct {
        const char *signal;
        GCallback callback;
    } handlers[] = {
        { "volume-changed", G_CALLBACK(volume_changed_cb) },
        { "atoms-changed", G_CALLBACK(update_frames) },
        { "crosshair-changed", G_CALLBACK(crosshair_changed_cb) },
        { "opened", G_CALLBACK(opened_cb) },
        { "save-views", G_CALLBACK(save_views_cb) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_signal_connect_swapped(self->session, handlers[i].signal, handlers[i].callback, self);
    volume_changed_cb(self);
    crosshair_changed_cb(self);
}

static void
projection_activated_cb(LacViewArea *self)
{
    if (self->maximized != LAC_VIEW_ALL)
        lac_view_area_set_maximized(self, LAC_VIEW_ALL);
    gtk_stack_set_visible_child_name(self->lower, "residual");
}

static void
add_lower(LacViewArea *self)
{
    self->ortho = lac_ortho_view_new(self->session);
    self->lower = GTK_STACK(gtk_stack_new());
    gtk_stack_add_titled(self->lower, self->ortho, "slices", "Slices");
    gtk_stack_add_titled(self->lower, lac_residual_view_new(self->session), "residual", "Residual");
    GtkWidget *switcher = gtk_stack_switcher_new();
    gtk_stack_switcher_set_stack(GTK_STACK_SWITCHER(switcher), self->lower);
    gtk_widget_set_tooltip_text(switcher,
        "Slices of the volume, or measured, calculated and difference of one projection");
    self->frame_slices = lac_view_frame_new("2D", "2, 3, 4", GTK_WIDGET(self->lower));
    lac_view_frame_add_control(LAC_VIEW_FRAME(self->frame_slices), switcher);
}

/**
 * lac_view_area_new:
 * @session: whose volume is shown; the views take a reference
 *
 * Returns: (transfer floating): all views of the volume
 */
GtkWidget *
lac_view_area_new(LacSession *session)
{
    LacViewArea *self = g_object_new(LAC_TYPE_VIEW_AREA, NULL);
    self->session = g_object_ref(session);
    add_lower(self);
    GtkWidget *plots = lac_recon_plots_new(session);
    g_signal_connect_swapped(plots, "projection-activated", G_CALLBACK(projection_activated_cb),
        self);
    self->strip = GTK_STACK(gtk_stack_new());
    gtk_stack_add_titled(self->strip, plots, "plots", "R Factors");
    GtkWidget *switcher = gtk_stack_switcher_new();
    gtk_stack_switcher_set_stack(GTK_STACK_SWITCHER(switcher), self->strip);
    gtk_widget_set_tooltip_text(switcher, "What the strip shows");
    self->frame_plots = lac_view_frame_new("Data", "5", GTK_WIDGET(self->strip));
    lac_view_frame_add_control(LAC_VIEW_FRAME(self->frame_plots), switcher);
    gtk_paned_set_start_child(GTK_PANED(self->inner), self->frame_slices);
    gtk_paned_set_end_child(GTK_PANED(self->inner), self->frame_plots);
    gtk_paned_set_shrink_start_child(GTK_PANED(self->inner), FALSE);
    gtk_paned_set_shrink_end_child(GTK_PANED(self->inner), FALSE);
    g_signal_connect_swapped(self->viewport, "scene-changed", G_CALLBACK(scene_changed_cb), self);
    g_signal_connect_swapped(self->frame_slices, "maximize-toggled", G_CALLBACK(toggle_slices_cb),
        self);
    g_signal_connect_swapped(self->frame_plots, "maximize-toggled", G_CALLBACK(toggle_plots_cb),
        self);
    connect_session(self);
    self->menu = lac_view_menu_new(session, self->viewport, LAC_ORTHO_VIEW(self->ortho));
    self->atoms = lac_view_atoms_new(session, self->viewport, LAC_ORTHO_VIEW(self->ortho));
    self->analysis = lac_view_analysis_new(session, self->viewport);
    return GTK_WIDGET(self);
}

/**
 * lac_view_area_add_page:
 * @self: the views
 * @page: put into the strip below the slices
 * @name: its name, for lac_view_area_show_page()
 * @title: what the switcher says
 */
void
lac_view_area_add_page(LacViewArea *self, GtkWidget *page, const char *name, const char *title)
{
    g_return_if_fail(LAC_IS_VIEW_AREA(self));

    gtk_stack_add_titled(self->strip, page, name, title);
}

/**
 * lac_view_area_show_page:
 * @self: the views
 * @name: of a page of the strip; the R factors are "plots"
 */
void
lac_view_area_show_page(LacViewArea *self, const char *name)
{
    g_return_if_fail(LAC_IS_VIEW_AREA(self));

    gtk_stack_set_visible_child_name(self->strip, name);
}

/**
 * lac_view_area_get_viewport:
 * @self: the views
 *
 * Returns: (transfer none): the 3D view
 */
LacViewport *
lac_view_area_get_viewport(LacViewArea *self)
{
    return self->viewport;
}

/**
 * lac_view_area_get_slices:
 * @self: the views
 *
 * Returns: (transfer none): the slices
 */
LacOrthoView *
lac_view_area_get_slices(LacViewArea *self)
{
    return LAC_ORTHO_VIEW(self->ortho);
}

/**
 * lac_view_area_get_analysis:
 * @self: the views
 *
 * Returns: (transfer none): what keeps results in the 3D view
 */
LacViewAnalysis *
lac_view_area_get_analysis(LacViewArea *self)
{
    return self->analysis;
}
