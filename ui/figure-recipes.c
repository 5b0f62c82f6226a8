// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-recipes.h"

#include "core/figure/png.h"
#include "ui/file-dialog.h"
#include "ui/flat-export.h"
#include "ui/render/figure-presets.h"

#include <adwaita.h>

#define MEMBER "recipes" // of what the session keeps of figures

struct _LacFigureRecipes {
    GtkWidget parent_instance;
    GtkWidget *box;
    AdwComboRow *recipe_row;
    GtkStringList *recipe_names;
    GtkEntry *name_entry;
    GtkWidget *apply_button, *keep_button, *rename_button, *remove_button;
    GtkWidget *load_button, *save_button;
    LacFigurePanel *panel; // that this is part of
    LacSession *session;
    LacSheet *page; // (nullable) that is going to be written
};

G_DEFINE_FINAL_TYPE(LacFigureRecipes, lac_figure_recipes, GTK_TYPE_WIDGET)

// Of a copy of what is kept.
static JsonObject *
get_recipes(JsonObject *figures)
{
    JsonNode *node = json_object_get_member(figures, MEMBER);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node)) {
        json_object_set_object_member(figures, MEMBER, json_object_new());
        node = json_object_get_member(figures, MEMBER);
    }
    return json_node_get_object(node);
}

static const char *
get_chosen_name(LacFigureRecipes *self)
{
    GObject *item = adw_combo_row_get_selected_item(self->recipe_row);
    return item != NULL ? gtk_string_object_get_string(GTK_STRING_OBJECT(item)) : NULL;
}

static void
choose(LacFigureRecipes *self, const char *name)
{
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->recipe_names));
    for (guint i = 0; i < n; i++)
        if (g_strcmp0(gtk_string_list_get_string(self->recipe_names, i), name) == 0)
            adw_combo_row_set_selected(self->recipe_row, i);
}

// How a recipe of the program is listed: by what it shows.
static char *
dup_preset_title(const char *preset)
{
    g_autofree char *title = lac_figure_presets_dup_title(preset);
    return g_strdup_printf("%s: %s", preset, title);
}

// The recipe of the program that is listed so, or NULL.
static char *
dup_preset(const char *listed)
{
    g_auto(GStrv) presets = lac_figure_presets_list();
    for (guint i = 0; presets[i] != NULL; i++) {
        g_autofree char *title = dup_preset_title(presets[i]);
        if (g_str_equal(title, listed))
            return g_strdup(presets[i]);
    }
    return NULL;
}

// What comes with the program can be shown, and neither renamed nor deleted.
static void
update_buttons(LacFigureRecipes *self)
{
    const char *name = get_chosen_name(self);
    g_autofree char *preset = name != NULL ? dup_preset(name) : NULL;
    const gboolean any = name != NULL, own = any && preset == NULL;
    GtkWidget *const need[] = { self->apply_button, self->rename_button, self->remove_button };
    const char *const tips[] = {
        "Show what the recipe defines; a slice, a plot or a page is written into a file",
        "Give the chosen recipe that name",
        "Take the chosen recipe out of the project; Ctrl+Z brings it back"
    };
    for (guint i = 0; i < G_N_ELEMENTS(need); i++) {
        const gboolean can = i == 0 ? any : own;
        gtk_widget_set_sensitive(need[i], can);
        gtk_widget_set_tooltip_text(need[i],
            can ? tips[i] : "This recipe comes with the program: apply it, and keep the figure");
    }
}

static void
list_recipes(LacFigureRecipes *self)
{
    g_autofree char *chosen = g_strdup(get_chosen_name(self));
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    g_autoptr(GList) names = json_object_get_members(get_recipes(figures));
    gtk_string_list_splice(self->recipe_names, 0,
        g_list_model_get_n_items(G_LIST_MODEL(self->recipe_names)), NULL);
    for (GList *l = names; l != NULL; l = l->next)
        gtk_string_list_append(self->recipe_names, l->data);
    g_auto(GStrv) presets = lac_figure_presets_list();
    for (guint i = 0; presets[i] != NULL; i++) {
        g_autofree char *title = dup_preset_title(presets[i]);
        gtk_string_list_append(self->recipe_names, title);
    }
    choose(self, chosen);
    update_buttons(self);
}

// --- slices, plots and pages

static void
page_chosen(gpointer source, GPtrArray *paths)
{
    LacFigureRecipes *self = source;
    if (paths->len == 0 || self->page == NULL)
        return;
    lac_page_export(self->session, g_steal_pointer(&self->page),
        lac_figure_panel_take_snapshot(self->panel), g_ptr_array_index(paths, 0));
}

static void
export_page(LacFigureRecipes *self, LacSheet *page)
{
    const LacFileDialog dialog = { .title = "Export Figure (.pdf, .svg, .png, .tif)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "figure.pdf" };
    g_clear_pointer(&self->page, lac_sheet_free);
    self->page = page;
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, page_chosen);
}

static void
show_recipe(LacFigureRecipes *self, const char *text, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFigure) figure = NULL;
    LacSheet *page = NULL;
    if (lac_sheet_is_recipe(text))
        page = lac_sheet_from_recipe(text, name, &error);
    else
        figure = lac_figure_from_recipe(text, name, &error);
    if (figure != NULL && figure->kind != LAC_FIGURE_SCENE)
        page = lac_sheet_new_single(figure);
    if (page != NULL)
        export_page(self, page);
    else if (figure != NULL)
        lac_figure_panel_show(self->panel, figure);
    else
        lac_session_say(self->session, "%s", error->message);
}

static void
apply_cb(LacFigureRecipes *self)
{
    const char *name = get_chosen_name(self);
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    JsonObject *recipes = get_recipes(figures);
    if (name != NULL && json_object_has_member(recipes, name))
        show_recipe(self, json_object_get_string_member_with_default(recipes, name, ""), name);
    else if (name != NULL) {
        g_autofree char *preset = dup_preset(name);
        g_autofree char *text = preset != NULL ? lac_figure_presets_dup(preset, NULL) : NULL;
        if (text != NULL)
            show_recipe(self, text, preset);
    }
}

static char *
dup_entered_name(LacFigureRecipes *self)
{
    const char *name = gtk_editable_get_text(GTK_EDITABLE(self->name_entry));
    char *stripped = g_strstrip(g_strdup(name));
    if (stripped[0] != '\0')
        return stripped;
    g_free(stripped);
    return g_strdup("Figure");
}

static void
keep_cb(LacFigureRecipes *self)
{
    g_autofree char *name = dup_entered_name(self);
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self->panel);
    g_autofree char *recipe = lac_figure_dup_recipe(figure);
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    json_object_set_string_member(get_recipes(figures), name, recipe);
    g_autofree char *label = g_strdup_printf("Keep recipe %s", name);
    lac_session_set_figures(self->session, figures, label);
    choose(self, name);
}

static void
rename_cb(LacFigureRecipes *self)
{
    g_autofree char *old = g_strdup(get_chosen_name(self)), *name = dup_entered_name(self);
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    JsonObject *recipes = get_recipes(figures);
    if (old == NULL || g_str_equal(old, name) || !json_object_has_member(recipes, old))
        return;
    if (json_object_has_member(recipes, name)) {
        lac_session_say(self->session, "There is a recipe \"%s\" already", name);
        return;
    }
    json_object_set_member(recipes, name, json_object_dup_member(recipes, old));
    json_object_remove_member(recipes, old);
    g_autofree char *label = g_strdup_printf("Rename recipe %s", old);
    lac_session_set_figures(self->session, figures, label);
    choose(self, name);
}

static void
remove_cb(LacFigureRecipes *self)
{
    const char *name = get_chosen_name(self);
    if (name == NULL)
        return;
    g_autofree char *label = g_strdup_printf("Delete recipe %s", name);
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    json_object_remove_member(get_recipes(figures), name);
    lac_session_set_figures(self->session, figures, label);
    lac_session_offer(self->session, label, "Undo", "win.undo");
}

static void
load_chosen(gpointer source, GPtrArray *paths)
{
    LacFigureRecipes *self = source;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    if (paths->len == 0)
        return;
    const char *path = g_ptr_array_index(paths, 0);
    g_autofree char *name = g_filename_display_basename(path);
    if (g_str_has_suffix(path, ".png"))
        text = lac_png_read_text(path, LAC_FIGURE_RECIPE_KEY, &error);
    else
        g_file_get_contents(path, &text, NULL, &error);
    if (text != NULL)
        show_recipe(self, text, name);
    else
        lac_session_say(self->session, "%s", error->message);
}

static void
load_cb(LacFigureRecipes *self)
{
    const LacFileDialog dialog = { .title = "Import Recipe (.txt, .png)",
        .action = GTK_FILE_CHOOSER_ACTION_OPEN };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, load_chosen);
}

static void
save_chosen(gpointer source, GPtrArray *paths)
{
    LacFigureRecipes *self = source;
    g_autoptr(GError) error = NULL;
    if (paths->len == 0)
        return;
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self->panel);
    g_autofree char *recipe = lac_figure_dup_recipe(figure);
    if (!g_file_set_contents(g_ptr_array_index(paths, 0), recipe, -1, &error))
        lac_session_say(self->session, "%s", error->message);
}

static void
save_cb(LacFigureRecipes *self)
{
    const LacFileDialog dialog = { .title = "Export Recipe",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "figure.txt",
        .suffix = ".txt" };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, save_chosen);
}

static void
lac_figure_recipes_dispose(GObject *object)
{
    LacFigureRecipes *self = LAC_FIGURE_RECIPES(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->page, lac_sheet_free);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_figure_recipes_parent_class)->dispose(object);
}

static void
lac_figure_recipes_class_init(LacFigureRecipesClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_figure_recipes_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/figure-recipes.ui");
#define BIND(child) gtk_widget_class_bind_template_child(widget_class, LacFigureRecipes, child)
    BIND(box);
    BIND(recipe_row);
    BIND(recipe_names);
    BIND(name_entry);
    BIND(apply_button);
    BIND(keep_button);
    BIND(rename_button);
    BIND(remove_button);
    BIND(load_button);
    BIND(save_button);
#undef BIND
}

static void
lac_figure_recipes_init(LacFigureRecipes *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    const struct {
        GtkWidget *button;
        GCallback callback;
    } buttons[] = { { self->apply_button, G_CALLBACK(apply_cb) },
        { self->keep_button, G_CALLBACK(keep_cb) }, { self->rename_button, G_CALLBACK(rename_cb) },
        { self->remove_button, G_CALLBACK(remove_cb) }, { self->load_button, G_CALLBACK(load_cb) },
        { self->save_button, G_CALLBACK(save_cb) } };
    for (guint i = 0; i < G_N_ELEMENTS(buttons); i++)
        g_signal_connect_swapped(buttons[i].button, "clicked", buttons[i].callback, self);
    g_signal_connect_swapped(self->recipe_row, "notify::selected", G_CALLBACK(update_buttons),
        self);
}

/**
 * lac_figure_recipes_set_panel:
 * @self: recipes without a session
 * @panel: that they are part of
 * @session: where they are kept
 */
void
lac_figure_recipes_set_panel(LacFigureRecipes *self, LacFigurePanel *panel, LacSession *session)
{
    g_return_if_fail(LAC_IS_FIGURE_RECIPES(self) && self->session == NULL);

    self->panel = panel;
    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "opened", G_CALLBACK(list_recipes), self);
    g_signal_connect_swapped(session, "figures-changed", G_CALLBACK(list_recipes), self);
    list_recipes(self);
}
