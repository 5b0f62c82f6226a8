// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-menu.h"

#include "ui/file-dialog.h"
#include "ui/flat-export.h"
#include "ui/viewport-private.h"

#define SLICE_MM  70.0 // height of an exported slice
#define SLICE_DPI 600.0

// The voxel that a menu is about.
typedef struct {
    gboolean inside;
    gsize xyz[3];
} Spot;

struct _LacViewMenu {
    GObject parent_instance;
    LacSession *session;
    LacViewport *viewport; // lent: the views own the menu
    LacOrthoView *slices;  // lent
    GActionMap *actions_3d, *actions_2d;
    GMenuModel *menu_3d, *menu_2d[3];
    int slice_axis;     // that is being exported
    GtkWidget *popover; // (nullable) of the 3D view
    Spot spot_3d, spot_2d;
};

G_DEFINE_FINAL_TYPE(LacViewMenu, lac_view_menu, G_TYPE_OBJECT)

// --- what both have

static void
copy_spot(LacViewMenu *self, const Spot *spot, GtkWidget *widget)
{
    const LacVolume *volume = lac_session_get_volume(self->session);
    const gsize *at = spot->xyz;
    if (!spot->inside || volume == NULL || at[0] >= volume->nx || at[1] >= volume->ny ||
        at[2] >= volume->nz)
        return;
    double size = volume->voxel_size;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "voxel %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT, at[0],
        at[1], at[2]);
    if (size > 0.0)
        g_string_append_printf(text, "; position %.3f, %.3f, %.3f Å",
            ((double) at[0] - (double) (volume->nx / 2)) * size + volume->origin.x,
            ((double) at[1] - (double) (volume->ny / 2)) * size + volume->origin.y,
            ((double) at[2] - (double) (volume->nz / 2)) * size + volume->origin.z);
    g_string_append_printf(text, "; value %.6g",
        (double) lac_volume_get(volume, at[0], at[1], at[2]));
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), text->str);
}

static void
set_enabled(GActionMap *map, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action(map, name);
    g_simple_action_set_enabled(G_SIMPLE_ACTION(action), enabled);
}

static void
set_state(GActionMap *map, const char *name, GVariant *state)
{
    GAction *action = g_action_map_lookup_action(map, name);
    g_simple_action_set_state(G_SIMPLE_ACTION(action), state);
}

// --- the 3D view

static void
reset_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    lac_viewport_reset(((LacViewMenu *) data)->viewport);
}

static void
axis_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacViewMenu *self = data;
    const char *name = g_variant_get_string(parameter, NULL);
    gboolean behind = name[0] == '-';
    lac_viewport_set_axis(self->viewport, (LacAxis) (name[behind ? 1 : 0] - 'x'), behind);
}

static void
center_3d_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacViewMenu *self = data;
    if (self->spot_3d.inside)
        lac_viewport_emit_crosshair_picked(self->viewport, self->spot_3d.xyz);
}

static void
copy_3d_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacViewMenu *self = data;
    copy_spot(self, &self->spot_3d, GTK_WIDGET(self->viewport));
}

static void
show_changed(GSimpleAction *action, GVariant *state, gpointer data)
{
    LacViewMenu *self = data;
    const char *name = g_action_get_name(G_ACTION(action));
    gboolean show = g_variant_get_boolean(state);
    if (g_str_equal(name, "box"))
        lac_viewport_set_show_box(self->viewport, show);
    else if (g_str_equal(name, "axes"))
        lac_viewport_set_show_axes(self->viewport, show);
    else
        lac_viewport_set_show_slices(self->viewport, show, show, show);
    g_simple_action_set_state(action, state);
}

static void
pointed_3d_cb(LacViewMenu *self, gboolean inside, guint x, guint y, guint z)
{
    if (self->popover == NULL || !gtk_widget_get_visible(self->popover))
        self->spot_3d = (Spot){ inside, { x, y, z } };
}

static void
popup_3d(LacViewMenu *self, double x, double y)
{
    const LacScene *scene = lac_viewport_get_scene(self->viewport);
    gboolean slices = scene->show_slices[0] && scene->show_slices[1] && scene->show_slices[2];
    set_enabled(self->actions_3d, "center", self->spot_3d.inside);
    set_enabled(self->actions_3d, "copy", self->spot_3d.inside);
    set_state(self->actions_3d, "box", g_variant_new_boolean(scene->show_box));
    set_state(self->actions_3d, "axes", g_variant_new_boolean(scene->show_axes));
    set_state(self->actions_3d, "slices", g_variant_new_boolean(slices));
    if (self->popover == NULL) {
        self->popover = gtk_popover_menu_new_from_model(self->menu_3d);
        gtk_widget_set_parent(self->popover, GTK_WIDGET(self->viewport));
        gtk_widget_set_halign(self->popover, GTK_ALIGN_START);
        gtk_popover_set_has_arrow(GTK_POPOVER(self->popover), FALSE);
    }
    const GdkRectangle at = { (int) x, (int) y, 1, 1 };
    gtk_popover_set_pointing_to(GTK_POPOVER(self->popover), &at);
    gtk_popover_popup(GTK_POPOVER(self->popover));
}

// A drag claims the sequence, so that its end is no click.
static void
clicked_3d_cb(LacViewMenu *self, int n_press, double x, double y)
{
    if (n_press == 1 && !self->viewport->has_dragged)
        popup_3d(self, x, y);
}

static gboolean
key_3d_cb(LacViewMenu *self, guint key, guint code, GdkModifierType state)
{
    (void) code;
    gboolean wanted = key == GDK_KEY_Menu || (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0);
    GtkWidget *widget = GTK_WIDGET(self->viewport);
    if (wanted)
        popup_3d(self, 0.5 * gtk_widget_get_width(widget), 0.5 * gtk_widget_get_height(widget));
    return wanted ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

// --- the slices

static void
center_2d_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacViewMenu *self = data;
    if (self->spot_2d.inside)
        lac_session_set_crosshair(self->session, self->spot_2d.xyz);
}

static void
copy_2d_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    LacViewMenu *self = data;
    copy_spot(self, &self->spot_2d, GTK_WIDGET(self->slices));
}

static void
colormap_changed(GSimpleAction *action, GVariant *state, gpointer data)
{
    LacViewMenu *self = data;
    LacColormap colormap;
    (void) action;
    if (lac_colormap_from_name(g_variant_get_string(state, NULL), &colormap, NULL))
        lac_ortho_view_set_colormap(self->slices, colormap);
}

static void
colormap_cb(LacViewMenu *self)
{
    set_state(self->actions_2d, "colormap",
        g_variant_new_string(lac_colormap_get_name(lac_ortho_view_get_colormap(self->slices))));
}

// The menu takes the pointer away: what it is about stays.
static void
pointed_2d_cb(LacViewMenu *self, gboolean inside, guint x, guint y, guint z)
{
    if (inside)
        self->spot_2d = (Spot){ inside, { x, y, z } };
}

// The slice as it is shown, one column of a journal wide.
static LacFigure *
make_slice_figure(LacViewMenu *self, int axis)
{
    const LacVolume *volume = lac_session_get_volume(self->session);
    const double origin[3] = { volume->origin.x, volume->origin.y, volume->origin.z };
    const gsize n[3] = { volume->nx, volume->ny, volume->nz };
    const double size = volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
    LacFigure *figure = lac_figure_new();
    gsize at[3];
    lac_session_get_crosshair(self->session, at);
    figure->kind = LAC_FIGURE_SLICE;
    figure->height_mm = SLICE_MM;
    figure->dpi = SLICE_DPI;
    figure->look = *lac_viewport_get_atom_look(self->viewport);
    figure->slice.axis = axis;
    figure->slice.position = ((double) at[axis] - (double) (n[axis] / 2)) * size + origin[axis];
    figure->slice.atoms = lac_viewport_get_scene(self->viewport)->atoms.show_atoms;
    figure->scene.atoms.show_ghosts = lac_viewport_get_scene(self->viewport)->atoms.show_ghosts;
    figure->scene.transfer.colormap = lac_ortho_view_get_colormap(self->slices);
    figure->overlay.color_bar = TRUE;
    g_strlcpy(figure->overlay.color_bar_title, "intensity", sizeof figure->overlay.color_bar_title);
    return figure;
}

static void
slice_chosen(gpointer source, GPtrArray *paths)
{
    LacViewMenu *self = source;
    if (paths->len == 0 || lac_session_get_volume(self->session) == NULL)
        return;
    g_autoptr(LacFigure) figure = make_slice_figure(self, self->slice_axis);
    lac_page_export(self->session, lac_sheet_new_single(figure),
        lac_viewport_take_snapshot(self->viewport), g_ptr_array_index(paths, 0));
}

static void
export_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    LacViewMenu *self = data;
    self->slice_axis = g_variant_get_string(parameter, NULL)[0] - 'x';
    const LacFileDialog dialog = { .title = "Export Slice as Figure (.png, .tif, .pdf, .svg)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "slice.png" };
    if (lac_session_get_volume(self->session) != NULL)
        lac_file_dialog_show(&dialog, GTK_WIDGET(self->slices), self, slice_chosen);
}

// --- making both

static const GActionEntry entries_3d[] = {
    { .name = "reset", .activate = reset_action },
    { .name = "axis", .activate = axis_action, .parameter_type = "s" },
    { .name = "center", .activate = center_3d_action },
    { .name = "copy", .activate = copy_3d_action },
    { .name = "box", .state = "false", .change_state = show_changed },
    { .name = "axes", .state = "false", .change_state = show_changed },
    { .name = "slices", .state = "false", .change_state = show_changed },
};

static const GActionEntry entries_2d[] = {
    { .name = "center", .activate = center_2d_action },
    { .name = "copy", .activate = copy_2d_action },
    { .name = "export", .activate = export_action, .parameter_type = "s" },
    { .name = "colormap",
        .parameter_type = "s",
        .state = "'grey'",
        .change_state = colormap_changed },
};

static void
add_section(GMenu *menu, const char *const items[][2], guint n)
{
    g_autoptr(GMenu) section = g_menu_new();
    for (guint i = 0; i < n; i++)
        g_menu_append(section, items[i][0], items[i][1]);
    g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
}

static GMenuModel *
make_menu_3d(void)
{
    static const char *const here[][2] = { { "_Centre Here", "view3d.center" },
        { "Copy _Position and Value", "view3d.copy" } };
    static const char *const looks[][2] = { { "_Reset View", "view3d.reset" },
        { "Along _x", "view3d.axis::x" }, { "Along _y", "view3d.axis::y" },
        { "Along _z", "view3d.axis::z" } };
    static const char *const shows[][2] = { { "_Box", "view3d.box" }, { "_Axes", "view3d.axes" },
        { "_Slices", "view3d.slices" } };
    GMenu *menu = g_menu_new();
    add_section(menu, here, G_N_ELEMENTS(here));
    add_section(menu, looks, G_N_ELEMENTS(looks));
    add_section(menu, shows, G_N_ELEMENTS(shows));
    return G_MENU_MODEL(menu);
}

static GMenuModel *
make_menu_2d(int axis)
{
    g_autofree char *export = g_strdup_printf("slices.export::%c", 'x' + axis);
    static const char *const here[][2] = { { "Crosshair _Here", "slices.center" },
        { "Copy _Position and Value", "slices.copy" } };
    GMenu *menu = g_menu_new();
    add_section(menu, here, G_N_ELEMENTS(here));
    g_autoptr(GMenu) colours = g_menu_new();
    for (guint i = 0; i < LAC_N_COLORMAPS; i++) {
        g_autofree char *action =
            g_strconcat("slices.colormap::", lac_colormap_get_name((LacColormap) i), NULL);
        g_menu_append(colours, lac_colormap_get_label((LacColormap) i), action);
    }
    g_menu_append_submenu(menu, "C_olours", G_MENU_MODEL(colours));
    g_menu_append(menu, "_Export as Figure…", export);
    return G_MENU_MODEL(menu);
}

static void
lac_view_menu_dispose(GObject *object)
{
    LacViewMenu *self = LAC_VIEW_MENU(object);
    g_clear_pointer(&self->popover, gtk_widget_unparent);
    g_clear_object(&self->session);
    g_clear_object(&self->actions_3d);
    g_clear_object(&self->actions_2d);
    g_clear_object(&self->menu_3d);
    for (int i = 0; i < 3; i++)
        g_clear_object(&self->menu_2d[i]);
    G_OBJECT_CLASS(lac_view_menu_parent_class)->dispose(object);
}

static void
lac_view_menu_class_init(LacViewMenuClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_view_menu_dispose;
}

static void
lac_view_menu_init(LacViewMenu *self)
{
    self->actions_3d = G_ACTION_MAP(g_simple_action_group_new());
    self->actions_2d = G_ACTION_MAP(g_simple_action_group_new());
    g_action_map_add_action_entries(self->actions_3d, entries_3d, G_N_ELEMENTS(entries_3d), self);
    g_action_map_add_action_entries(self->actions_2d, entries_2d, G_N_ELEMENTS(entries_2d), self);
    self->menu_3d = make_menu_3d();
    for (int i = 0; i < 3; i++)
        self->menu_2d[i] = make_menu_2d(i);
}

static void
connect_3d(LacViewMenu *self)
{
    GtkWidget *widget = GTK_WIDGET(self->viewport);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
    g_signal_connect_object(click, "released", G_CALLBACK(clicked_3d_cb), self, G_CONNECT_SWAPPED);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    GtkEventController *key = gtk_event_controller_key_new();
    g_signal_connect_object(key, "key-pressed", G_CALLBACK(key_3d_cb), self, G_CONNECT_SWAPPED);
    gtk_widget_add_controller(widget, key);
    g_signal_connect_object(widget, "pointed", G_CALLBACK(pointed_3d_cb), self, G_CONNECT_SWAPPED);
    gtk_widget_insert_action_group(widget, "view3d", G_ACTION_GROUP(self->actions_3d));
}

static void
connect_2d(LacViewMenu *self)
{
    GtkWidget *widget = GTK_WIDGET(self->slices);
    g_signal_connect_object(widget, "pointed", G_CALLBACK(pointed_2d_cb), self, G_CONNECT_SWAPPED);
    g_signal_connect_object(widget, "colormap-changed", G_CALLBACK(colormap_cb), self,
        G_CONNECT_SWAPPED);
    gtk_widget_insert_action_group(widget, "slices", G_ACTION_GROUP(self->actions_2d));
    for (int i = 0; i < 3; i++)
        lac_slice_view_set_menu(lac_ortho_view_get_slice(self->slices, (LacAxis) i),
            self->menu_2d[i]);
}

/**
 * lac_view_menu_new:
 * @session: whose volume is shown; the menu takes a reference
 * @viewport: the 3D view; its owner drops the menu before it
 * @slices: the slices; the same
 *
 * Adds menus for the second mouse button to both.
 *
 * Returns: (transfer full): the menus
 */
LacViewMenu *
lac_view_menu_new(LacSession *session, LacViewport *viewport, LacOrthoView *slices)
{
    LacViewMenu *self = g_object_new(LAC_TYPE_VIEW_MENU, NULL);
    self->session = g_object_ref(session);
    self->viewport = viewport;
    self->slices = slices;
    connect_3d(self);
    connect_2d(self);
    return self;
}
