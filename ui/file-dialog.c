// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/file-dialog.h"

#include "core/io/format.h"

typedef struct {
    GObject *source;
    LacFileDialogFunc func;
    char *suffix;
} Request;

static void
request_free(gpointer data, GClosure *closure)
{
    (void) closure;
    Request *request = data;
    g_object_unref(request->source);
    g_free(request->suffix);
    g_free(request);
}

static void
add_filters(GtkFileChooser *chooser)
{
    g_autoptr(GtkFileFilter) readable = gtk_file_filter_new();
    g_autoptr(GtkFileFilter) all = gtk_file_filter_new();
    gsize n_formats;
    const LacFormat *const *formats = lac_formats(&n_formats);
    gtk_file_filter_set_name(readable, "Projects, projections, volumes, angles");
    gtk_file_filter_add_suffix(readable, "lacuna");
    for (gsize i = 0; i < n_formats; i++)
        for (const char *const *suffix = formats[i]->suffixes; *suffix != NULL; suffix++)
            gtk_file_filter_add_suffix(readable, *suffix);
    gtk_file_filter_set_name(all, "All files");
    gtk_file_filter_add_pattern(all, "*");
    gtk_file_chooser_add_filter(chooser, readable);
    gtk_file_chooser_add_filter(chooser, all);
}

static void
add_path(GPtrArray *paths, GFile *file, const char *suffix)
{
    g_autofree char *path = g_file_get_path(file);
    if (path == NULL)
        return;
    if (suffix != NULL && !g_str_has_suffix(path, suffix))
        g_ptr_array_add(paths, g_strconcat(path, suffix, NULL));
    else
        g_ptr_array_add(paths, g_steal_pointer(&path));
}

static void
response_cb(GtkNativeDialog *dialog, int response, Request *request)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    if (response == GTK_RESPONSE_ACCEPT) {
        g_autoptr(GListModel) files = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog));
        for (guint i = 0; i < g_list_model_get_n_items(files); i++) {
            g_autoptr(GFile) file = g_list_model_get_item(files, i);
            add_path(paths, file, request->suffix);
        }
    }
    request->func(request->source, paths);
    g_object_unref(dialog);
}

/**
 * lac_file_dialog_show:
 * @dialog: what is asked
 * @parent: a widget of the window that the dialog belongs to
 * @source: a #GObject, passed to @func and kept alive until then
 * @func: gets the paths that were chosen
 *
 * Asks for files, or for a folder.
 */
void
lac_file_dialog_show(const LacFileDialog *dialog, GtkWidget *parent, gpointer source,
    LacFileDialogFunc func)
{
    GtkWindow *window = GTK_WINDOW(gtk_widget_get_root(parent));
    const char *accept = dialog->action == GTK_FILE_CHOOSER_ACTION_SAVE ? "_Save" : "_Open";
    GtkFileChooserNative *native =
        gtk_file_chooser_native_new(dialog->title, window, dialog->action, accept, "_Cancel");
    GtkFileChooser *chooser = GTK_FILE_CHOOSER(native);
    Request *request = g_new0(Request, 1);
    request->source = g_object_ref(source);
    request->func = func;
    request->suffix = g_strdup(dialog->suffix);
    gtk_file_chooser_set_select_multiple(chooser, dialog->many);
    if (dialog->name != NULL)
        gtk_file_chooser_set_current_name(chooser, dialog->name);
    if (dialog->readable)
        add_filters(chooser);
    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(native), TRUE);
    g_signal_connect_data(native, "response", G_CALLBACK(response_cb), request, request_free, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(native));
}
