// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/start-page.h"

#include "ui/recent.h"

#include <adwaita.h>

#define N_RECENT 6

struct _LacStartPage {
    GtkWidget parent_instance;
    GtkWidget *scroller;
    AdwPreferencesGroup *recent_group;
    GPtrArray *rows; // of the recent files
};

G_DEFINE_FINAL_TYPE(LacStartPage, lac_start_page, GTK_TYPE_WIDGET)

static GtkWidget *
recent_row_new(const char *path)
{
    g_autofree char *name = g_filename_display_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *shown = g_filename_display_name(folder);
    GtkWidget *row = adw_action_row_new();
    adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), name);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), shown);
    adw_action_row_set_subtitle_lines(ADW_ACTION_ROW(row), 1);
    adw_action_row_add_suffix(ADW_ACTION_ROW(row),
        gtk_image_new_from_icon_name("go-next-symbolic"));
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(row), "win.open-path");
    gtk_actionable_set_action_target(GTK_ACTIONABLE(row), "s", path);
    gtk_widget_set_tooltip_text(row, path);
    return row;
}

static void
fill_recent(LacStartPage *self)
{
    for (guint i = 0; i < self->rows->len; i++)
        adw_preferences_group_remove(self->recent_group, g_ptr_array_index(self->rows, i));
    g_ptr_array_set_size(self->rows, 0);
    g_autoptr(GPtrArray) paths = lac_recent_list(N_RECENT);
    for (guint i = 0; i < paths->len; i++) {
        GtkWidget *row = recent_row_new(g_ptr_array_index(paths, i));
        adw_preferences_group_add(self->recent_group, row);
        g_ptr_array_add(self->rows, row);
    }
    gtk_widget_set_visible(GTK_WIDGET(self->recent_group), paths->len > 0);
}

static void
lac_start_page_map(GtkWidget *widget)
{
    fill_recent(LAC_START_PAGE(widget));
    GTK_WIDGET_CLASS(lac_start_page_parent_class)->map(widget);
}

static void
lac_start_page_dispose(GObject *object)
{
    LacStartPage *self = LAC_START_PAGE(object);
    g_clear_pointer(&self->rows, g_ptr_array_unref);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_start_page_parent_class)->dispose(object);
}

static void
lac_start_page_class_init(LacStartPageClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_start_page_dispose;
    widget_class->map = lac_start_page_map;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/start-page.ui");
    gtk_widget_class_bind_template_child(widget_class, LacStartPage, scroller);
    gtk_widget_class_bind_template_child(widget_class, LacStartPage, recent_group);
}

static void
lac_start_page_init(LacStartPage *self)
{
    self->rows = g_ptr_array_new();
    gtk_widget_init_template(GTK_WIDGET(self));
}
