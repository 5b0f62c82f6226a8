// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include "app/window.h"

struct _LacApplication {
    AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE(LacApplication, lac_application, ADW_TYPE_APPLICATION)

// Plain digits and letters are keys of the window, not here: these would take them from entries.
static const struct {
    const char *action;
    const char *keys[3];
} accels[] = {
    { "win.open", { "<Control>o" } },
    { "win.save", { "<Control>s" } },
    { "win.save-as", { "<Control><Shift>s" } },
    { "win.undo", { "<Control>z" } },
    { "win.redo", { "<Control><Shift>z", "<Control>y" } },
    { "win.stage(0)", { "<Alt>1" } },
    { "win.stage(1)", { "<Alt>2" } },
    { "win.stage(2)", { "<Alt>3" } },
    { "win.stage(3)", { "<Alt>4" } },
    { "win.stage(4)", { "<Alt>5" } },
    { "win.stage(5)", { "<Alt>6" } },
    { "win.analyse", { "<Control><Shift>r" } },
    { "win.region::a", { "<Control>1" } },
    { "win.region::b", { "<Control>2" } },
    { "win.export-figure", { "<Control>e" } },
    { "win.copy-figure", { "<Control><Shift>c" } },
    { "win.trace", { "<Control>t" } },
    { "win.classify", { "<Control>k" } },
    { "win.refine", { "<Control><Shift>t" } },
    { "win.again", { "<Control><Shift>k" } },
    { "win.score", { "<Control><Shift>e" } },
    { "win.run", { "<Control>r" } },
    { "win.job-pause", { "<Control>space" } },
    { "win.job-finish", { "<Control>Return" } },
    { "win.job-cancel", { "<Control>period" } },
    { "win.panels", { "F9" } },
    { "win.fullscreen", { "F11" } },
    { "app.new-window", { "<Control>n" } },
    { "window.close", { "<Control>w" } },
    { "app.quit", { "<Control>q" } },
};

static LacWindow *
new_window(LacApplication *self)
{
    LacWindow *window = lac_window_new(ADW_APPLICATION(self));
    gtk_window_present(GTK_WINDOW(window));
    return window;
}

static int
lac_application_command_line(GApplication *app, GApplicationCommandLine *command_line)
{
    LacApplication *self = LAC_APPLICATION(app);
    GVariantDict *options = g_application_command_line_get_options_dict(command_line);
    g_auto(GStrv) files = NULL;
    gboolean example = FALSE;
    g_variant_dict_lookup(options, G_OPTION_REMAINING, "^aay", &files);
    g_variant_dict_lookup(options, "example", "b", &example);
    LacWindow *window = new_window(self);
    if (files != NULL) {
        g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
        for (char **file = files; *file != NULL; file++) {
            g_autoptr(GFile) location =
                g_application_command_line_create_file_for_arg(command_line, *file);
            g_ptr_array_add(paths, g_file_get_path(location));
        }
        lac_window_open_files(window, paths);
    }
    else if (example) {
        lac_window_open_example(window);
    }
    return 0;
}

static void
lac_application_activate(GApplication *app)
{
    GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(app));
    if (window != NULL)
        gtk_window_present(window);
    else
        new_window(LAC_APPLICATION(app));
}

static void
about_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    static const char *const developers[] = { "The Lacuna authors", NULL };
    adw_show_about_window(gtk_application_get_active_window(data), "application-name", "Lacuna",
        "application-icon", "org.lacuna.Lacuna", "version", LAC_VERSION, "comments",
        "Atomic electron tomography: from a tilt series to every atom.", "developers", developers,
        "copyright", "© 2026 The Lacuna authors", "license-type", GTK_LICENSE_GPL_3_0, NULL);
}

// Each window decides for itself: one with unsaved work asks.
static void
quit_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    g_autoptr(GList) windows = g_list_copy(gtk_application_get_windows(data));
    for (GList *item = windows; item != NULL; item = item->next)
        gtk_window_close(item->data);
}

static void
new_window_action(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    (void) action;
    (void) parameter;
    new_window(data);
}

static void
lac_application_startup(GApplication *app)
{
    static const GActionEntry entries[] = {
        { .name = "about", .activate = about_action },
        { .name = "quit", .activate = quit_action },
        { .name = "new-window", .activate = new_window_action },
    };
    G_APPLICATION_CLASS(lac_application_parent_class)->startup(app);
    g_action_map_add_action_entries(G_ACTION_MAP(app), entries, G_N_ELEMENTS(entries), app);
    for (guint i = 0; i < G_N_ELEMENTS(accels); i++) {
        const char *keys[] = { accels[i].keys[0], accels[i].keys[1], NULL };
        gtk_application_set_accels_for_action(GTK_APPLICATION(app), accels[i].action, keys);
    }
    gtk_window_set_default_icon_name("org.lacuna.Lacuna");
}

static void
lac_application_class_init(LacApplicationClass *klass)
{
    GApplicationClass *app_class = G_APPLICATION_CLASS(klass);
    app_class->startup = lac_application_startup;
    app_class->activate = lac_application_activate;
    app_class->command_line = lac_application_command_line;
}

static void
lac_application_init(LacApplication *self)
{
    static const GOptionEntry options[] = {
        { "example", 0, 0, G_OPTION_ARG_NONE, NULL, "Open the built-in example particle", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, "[FILE…]" },
        G_OPTION_ENTRY_NULL,
    };
    g_application_add_main_option_entries(G_APPLICATION(self), options);
}

/**
 * lac_application_new:
 *
 * Returns: (transfer full): the program; each start is a process of its own
 */
LacApplication *
lac_application_new(void)
{
    return g_object_new(LAC_TYPE_APPLICATION, "application-id", "org.lacuna.Lacuna", "flags",
        G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_NON_UNIQUE, "resource-base-path",
        "/org/lacuna/Lacuna", NULL);
}
