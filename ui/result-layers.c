// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/result-layers.h"

#include <math.h>

static const struct {
    const char *label, *tooltip, *opacity;
} kinds[LAC_N_RESULTS] = {
    [LAC_RESULT_INTERFACE] = { "_Interface", "Show the surface between metal and oxide",
        "Opacity of the interface" },
    [LAC_RESULT_PORES] = { "P_ores", "Show the surfaces of pores", "Opacity of the pores" },
    [LAC_RESULT_SURFACE] = { "Particle s_urface", "Show the outer surface of the particle",
        "Opacity of the particle surface" },
    [LAC_RESULT_VACANCIES] = { "Va_cancies", "Show lattice sites without an atom, as circles",
        NULL },
};

struct _LacResultLayers {
    GtkWidget parent_instance;
    GtkWidget *box;
    GtkWidget *rows[LAC_N_RESULTS], *checks[LAC_N_RESULTS], *scales[LAC_N_RESULTS];
    GtkWidget *curvature, *phases;
    LacSession *session;
    LacViewAnalysis *view;
    LacViewport *viewport;
    gboolean is_following;
};

G_DEFINE_FINAL_TYPE(LacResultLayers, lac_result_layers, GTK_TYPE_WIDGET)

static void
apply(LacResultLayers *self)
{
    if (self->is_following)
        return;
    self->is_following = TRUE;
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        LacResultLayer layer = *lac_view_analysis_get_layer(self->view, (LacResultKind) i);
        layer.shown = gtk_check_button_get_active(GTK_CHECK_BUTTON(self->checks[i]));
        if (self->scales[i] != NULL)
            layer.opacity = gtk_range_get_value(GTK_RANGE(self->scales[i])) / 100.0;
        if (i == LAC_RESULT_INTERFACE)
            layer.color = gtk_check_button_get_active(GTK_CHECK_BUTTON(self->curvature))
                ? LAC_RESULT_BY_CURVATURE
                : LAC_RESULT_PLAIN;
        lac_view_analysis_set_layer(self->view, (LacResultKind) i, &layer);
    }
    self->is_following = FALSE;
}

static gboolean
has_phases(LacResultLayers *self)
{
    LacAnalysisNode node;
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    return analysis != NULL && lac_analysis_find_column("phase", &node) != NULL &&
        lac_analysis_get(analysis, node) != NULL;
}

static void
follow(LacResultLayers *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    gboolean any = has_phases(self);
    if (self->is_following)
        return;
    self->is_following = TRUE;
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        const LacResultLayer *layer = lac_view_analysis_get_layer(self->view, (LacResultKind) i);
        gboolean is_there = lac_result_is_there(analysis, (LacResultKind) i);
        any = any || is_there;
        gtk_widget_set_visible(self->rows[i], is_there);
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->checks[i]), layer->shown);
        if (self->scales[i] != NULL)
            gtk_range_set_value(GTK_RANGE(self->scales[i]), 100.0 * layer->opacity);
    }
    gtk_widget_set_visible(self->curvature, lac_result_is_there(analysis, LAC_RESULT_INTERFACE));
    gtk_widget_set_visible(self->phases, has_phases(self));
    gtk_widget_set_visible(GTK_WIDGET(self), any);
    self->is_following = FALSE;
}

static void
phases_cb(LacResultLayers *self)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    look.color_by = LAC_COLOR_BY_COLUMN;
    look.color_lo = look.color_hi = (double) NAN;
    g_strlcpy(look.color_column, "phase", sizeof look.color_column);
    lac_viewport_set_atom_look(self->viewport, &look);
}

static void
lac_result_layers_dispose(GObject *object)
{
    LacResultLayers *self = LAC_RESULT_LAYERS(object);
    if (self->view != NULL)
        g_signal_handlers_disconnect_by_data(self->view, self);
    g_clear_object(&self->session);
    g_clear_object(&self->view);
    g_clear_object(&self->viewport);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_result_layers_parent_class)->dispose(object);
}

static void
lac_result_layers_class_init(LacResultLayersClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_result_layers_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_scale(const char *name)
{
    GtkWidget *scale = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, 0.0, 100.0, 5.0);
    g_autofree char *tooltip = g_strdup_printf("%s [%%]", name);
    gtk_scale_set_draw_value(GTK_SCALE(scale), FALSE);
    gtk_widget_set_hexpand(scale, TRUE);
    gtk_widget_set_size_request(scale, 64, -1);
    gtk_widget_set_tooltip_text(scale, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(scale), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    return scale;
}

static void
add_row(LacResultLayers *self, guint i)
{
    self->rows[i] = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    self->checks[i] = gtk_check_button_new_with_mnemonic(kinds[i].label);
    gtk_widget_set_tooltip_text(self->checks[i], kinds[i].tooltip);
    gtk_box_append(GTK_BOX(self->rows[i]), self->checks[i]);
    g_signal_connect_swapped(self->checks[i], "toggled", G_CALLBACK(apply), self);
    if (kinds[i].opacity != NULL) {
        self->scales[i] = make_scale(kinds[i].opacity);
        gtk_box_append(GTK_BOX(self->rows[i]), self->scales[i]);
        g_signal_connect_swapped(self->scales[i], "value-changed", G_CALLBACK(apply), self);
    }
    gtk_box_append(GTK_BOX(self->box), self->rows[i]);
}

static void
lac_result_layers_init(LacResultLayers *self)
{
    self->is_following = TRUE;
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    GtkWidget *title = gtk_label_new("Results");
    gtk_label_set_xalign(GTK_LABEL(title), 0.0F);
    gtk_widget_add_css_class(title, "caption-heading");
    gtk_widget_set_margin_top(title, 8);
    gtk_box_append(GTK_BOX(self->box), title);
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        add_row(self, i);
        if (i != LAC_RESULT_INTERFACE)
            continue;
        self->curvature = gtk_check_button_new_with_mnemonic("by cur_vature");
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->curvature), TRUE);
        gtk_widget_set_margin_start(self->curvature, 24);
        gtk_widget_set_tooltip_text(self->curvature, "Colour the interface by its mean curvature");
        g_signal_connect_swapped(self->curvature, "toggled", G_CALLBACK(apply), self);
        gtk_box_append(GTK_BOX(self->box), self->curvature);
    }
    self->phases = gtk_button_new_with_mnemonic("Colour Atoms by P_hase");
    gtk_widget_add_css_class(self->phases, "small");
    gtk_widget_set_tooltip_text(self->phases, "Metal, crystalline and amorphous oxide");
    g_signal_connect_swapped(self->phases, "clicked", G_CALLBACK(phases_cb), self);
    gtk_box_append(GTK_BOX(self->box), self->phases);
    self->is_following = FALSE;
}

/**
 * lac_result_layers_new:
 * @session: whose analyses there are; a reference is taken
 * @view: what draws them; a reference is taken
 * @viewport: the 3D view; a reference is taken
 *
 * Returns: (transfer floating): the list; it is hidden while there are no results
 */
GtkWidget *
lac_result_layers_new(LacSession *session, LacViewAnalysis *view, LacViewport *viewport)
{
    LacResultLayers *self = g_object_new(LAC_TYPE_RESULT_LAYERS, NULL);
    self->session = g_object_ref(session);
    self->view = g_object_ref(view);
    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(view, "layers-changed", G_CALLBACK(follow), self);
    follow(self);
    return GTK_WIDGET(self);
}
