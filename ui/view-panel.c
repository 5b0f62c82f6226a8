// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-panel.h"

#include "ui/transfer-editor.h"

#include <adwaita.h>
#include <math.h>

#define CLIP_BY_VIEW 3 // entry of the list of directions

struct _LacViewPanel {
    GtkWidget parent_instance;
    GtkWidget *scroller, *groups;
    AdwComboRow *mode_row, *slices_row, *clip_axis_row;
    GtkSwitch *lighting_switch, *clip_switch;
    GtkWidget *transfer_box, *level_group, *clip_box;
    GtkRange *level_scale, *clip_scale;
    GtkCheckButton *flip_check;
    GtkWidget *level_reset;
    LacTransferEditor *editor;
    LacVolumeTexture *texture; // (nullable) whose histogram the editor shows
    LacViewport *viewport;
    LacOrthoView *slices;  // (nullable)
    gboolean is_following; // the widgets take what the view has, not the other way round
};

G_DEFINE_FINAL_TYPE(LacViewPanel, lac_view_panel, GTK_TYPE_WIDGET)

// --- from the view to the panel

static void
show_transfer(LacViewPanel *self, const LacScene *scene, LacVolumeTexture *texture)
{
    if (texture == NULL)
        return;
    if (texture != self->texture) {
        g_clear_pointer(&self->texture, lac_volume_texture_unref);
        self->texture = lac_volume_texture_ref(texture);
        lac_transfer_editor_set_histogram(self->editor, texture->histogram, LAC_TEXTURE_N_BINS,
            texture->min, texture->max);
    }
    LacTransfer shown;
    lac_transfer_editor_get_transfer(self->editor, &shown);
    if (!lac_transfer_is_equal(&shown, &scene->transfer))
        lac_transfer_editor_set_transfer(self->editor, &scene->transfer);
    lac_transfer_editor_set_show_opacity(self->editor, scene->mode == LAC_RENDER_DVR);
}

static void
scene_changed_cb(LacViewPanel *self)
{
    const LacScene *scene = lac_viewport_get_scene(self->viewport);
    LacVolumeTexture *texture = lac_viewport_get_texture(self->viewport);
    self->is_following = TRUE;
    show_transfer(self, scene, texture);
    adw_combo_row_set_selected(self->mode_row, scene->mode);
    gtk_switch_set_active(self->lighting_switch, scene->lighting);
    if (texture != NULL && scene->n_iso > 0)
        gtk_range_set_value(self->level_scale,
            100.0 * (scene->iso[0].level - texture->min) / (texture->max - texture->min));
    gtk_widget_set_visible(self->level_group, scene->mode == LAC_RENDER_ISO);
    gtk_widget_set_visible(self->transfer_box, scene->mode != LAC_RENDER_ISO);
    gtk_widget_set_sensitive(GTK_WIDGET(self->lighting_switch), scene->mode == LAC_RENDER_DVR);
    gtk_widget_set_visible(self->clip_box, scene->clip.enabled);
    gtk_switch_set_active(self->clip_switch, scene->clip.enabled);
    self->is_following = FALSE;
}

// --- from the panel to the view

static void
mode_cb(LacViewPanel *self)
{
    if (!self->is_following)
        lac_viewport_set_mode(self->viewport,
            (LacRenderMode) adw_combo_row_get_selected(self->mode_row));
}

static void
lighting_cb(LacViewPanel *self)
{
    if (!self->is_following)
        lac_viewport_set_lighting(self->viewport, gtk_switch_get_active(self->lighting_switch));
}

static void
level_cb(LacViewPanel *self)
{
    const LacVolumeTexture *texture = lac_viewport_get_texture(self->viewport);
    if (self->is_following || texture == NULL)
        return;
    double share = gtk_range_get_value(self->level_scale) / 100.0;
    lac_viewport_set_iso_level(self->viewport,
        texture->min + share * (texture->max - texture->min));
}

static void
slices_colormap_cb(LacViewPanel *self)
{
    adw_combo_row_set_selected(self->slices_row, lac_ortho_view_get_colormap(self->slices));
}

static void
slices_cb(LacViewPanel *self)
{
    guint selected = adw_combo_row_get_selected(self->slices_row);
    if (selected < LAC_N_COLORMAPS)
        lac_ortho_view_set_colormap(self->slices, (LacColormap) selected);
}

static LacVec3
clip_normal(LacViewPanel *self)
{
    guint axis = adw_combo_row_get_selected(self->clip_axis_row);
    if (axis != CLIP_BY_VIEW)
        return (LacVec3){ axis == 0, axis == 1, axis == 2 };
    LacCamera camera;
    lac_viewport_get_camera(self->viewport, &camera);
    LacMat3 eye = lac_camera_get_matrix(&camera);
    return (LacVec3){ eye.m[2][0], eye.m[2][1], eye.m[2][2] };
}

// The plane moves from one corner of the box to the opposite one.
static void
clip_cb(LacViewPanel *self)
{
    const LacVolumeTexture *texture = lac_viewport_get_texture(self->viewport);
    if (self->is_following || texture == NULL)
        return;
    LacBox box = lac_volume_get_box(texture->volume);
    LacVec3 n = clip_normal(self);
    LacVec3 center = { 0.5 * (box.min.x + box.max.x), 0.5 * (box.min.y + box.max.y),
        0.5 * (box.min.z + box.max.z) };
    double middle = n.x * center.x + n.y * center.y + n.z * center.z;
    double reach = 0.5 *
        (fabs(n.x) * (box.max.x - box.min.x) + fabs(n.y) * (box.max.y - box.min.y) +
            fabs(n.z) * (box.max.z - box.min.z));
    double offset = middle + gtk_range_get_value(self->clip_scale) / 100.0 * reach;
    double sign = gtk_check_button_get_active(self->flip_check) ? -1.0 : 1.0;
    const LacClipPlane clip = {
        .enabled = gtk_switch_get_active(self->clip_switch),
        .normal = { sign * n.x, sign * n.y, sign * n.z },
        .offset = sign * offset,
    };
    lac_viewport_set_clip(self->viewport, &clip);
    gtk_widget_set_visible(self->clip_box, clip.enabled);
}

static void
transfer_cb(LacViewPanel *self)
{
    LacTransfer transfer;
    lac_transfer_editor_get_transfer(self->editor, &transfer);
    lac_viewport_set_transfer(self->viewport, &transfer);
}

static void
transfer_reset_cb(LacViewPanel *self)
{
    lac_viewport_set_transfer(self->viewport, NULL);
}

static void
level_reset_cb(LacViewPanel *self)
{
    lac_viewport_set_iso_level(self->viewport, (double) NAN);
}

static void
lac_view_panel_dispose(GObject *object)
{
    LacViewPanel *self = LAC_VIEW_PANEL(object);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    g_clear_object(&self->viewport);
    if (self->slices != NULL)
        g_signal_handlers_disconnect_by_data(self->slices, self);
    g_clear_object(&self->slices);
    g_clear_pointer(&self->texture, lac_volume_texture_unref);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_view_panel_parent_class)->dispose(object);
}

static void
lac_view_panel_class_init(LacViewPanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_view_panel_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/view-panel.ui");
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, scroller);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, groups);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, mode_row);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, slices_row);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, clip_axis_row);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, lighting_switch);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, clip_switch);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, transfer_box);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, level_group);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, clip_box);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, level_scale);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, clip_scale);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, flip_check);
    gtk_widget_class_bind_template_child(widget_class, LacViewPanel, level_reset);
}

static void
lac_view_panel_init(LacViewPanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->editor = LAC_TRANSFER_EDITOR(lac_transfer_editor_new());
    gtk_box_append(GTK_BOX(self->transfer_box), GTK_WIDGET(self->editor));
    gtk_widget_set_visible(self->clip_box, FALSE);
    gtk_widget_set_visible(self->level_group, FALSE);
}

/**
 * lac_view_panel_add:
 * @self: a panel
 * @group: put above all others
 */
void
lac_view_panel_add(LacViewPanel *self, GtkWidget *group)
{
    g_return_if_fail(LAC_IS_VIEW_PANEL(self));

    gtk_box_prepend(GTK_BOX(self->groups), group);
}

/**
 * lac_view_panel_set_viewport:
 * @self: a panel
 * @viewport: the view that it steers; once
 */
void
lac_view_panel_set_viewport(LacViewPanel *self, LacViewport *viewport)
{
    g_return_if_fail(LAC_IS_VIEW_PANEL(self) && self->viewport == NULL);

    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(scene_changed_cb), self);
    g_signal_connect_swapped(self->mode_row, "notify::selected", G_CALLBACK(mode_cb), self);
    g_signal_connect_swapped(self->lighting_switch, "notify::active", G_CALLBACK(lighting_cb),
        self);
    g_signal_connect_swapped(self->level_scale, "value-changed", G_CALLBACK(level_cb), self);
    g_signal_connect_swapped(self->clip_switch, "notify::active", G_CALLBACK(clip_cb), self);
    g_signal_connect_swapped(self->clip_axis_row, "notify::selected", G_CALLBACK(clip_cb), self);
    g_signal_connect_swapped(self->clip_scale, "value-changed", G_CALLBACK(clip_cb), self);
    g_signal_connect_swapped(self->flip_check, "toggled", G_CALLBACK(clip_cb), self);
    g_signal_connect_swapped(self->level_reset, "clicked", G_CALLBACK(level_reset_cb), self);
    g_signal_connect_swapped(self->editor, "changed", G_CALLBACK(transfer_cb), self);
    g_signal_connect_swapped(self->editor, "reset", G_CALLBACK(transfer_reset_cb), self);
    scene_changed_cb(self);
}

/**
 * lac_view_panel_set_slices:
 * @self: a panel
 * @slices: the slices whose colours it sets; once
 */
void
lac_view_panel_set_slices(LacViewPanel *self, LacOrthoView *slices)
{
    g_return_if_fail(LAC_IS_VIEW_PANEL(self) && self->slices == NULL);

    g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);
    for (guint i = 0; i < LAC_N_COLORMAPS; i++)
        gtk_string_list_append(names, lac_colormap_get_label((LacColormap) i));
    self->slices = g_object_ref(slices);
    adw_combo_row_set_model(self->slices_row, G_LIST_MODEL(names));
    slices_colormap_cb(self);
    g_signal_connect_swapped(slices, "colormap-changed", G_CALLBACK(slices_colormap_cb), self);
    g_signal_connect_swapped(self->slices_row, "notify::selected", G_CALLBACK(slices_cb), self);
}
