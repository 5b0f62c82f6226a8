// SPDX-License-Identifier: GPL-3.0-or-later
// The system's file dialogs. The one place that uses constructors which later GTK deprecates.
#pragma once

#include <gtk/gtk.h>

typedef struct {
    const char *title;
    GtkFileChooserAction action;
    gboolean many;      // to open: several files at once
    const char *name;   // (nullable) to save: the name that is offered
    const char *suffix; // (nullable) to save: added where it is missing, such as ".lacuna"
    gboolean readable;  // to open: offer the files that this program reads
} LacFileDialog;

// @paths is empty when the dialog was dismissed. @source is the object that asked.
typedef void (*LacFileDialogFunc)(gpointer source, GPtrArray *paths);

void lac_file_dialog_show(const LacFileDialog *dialog, GtkWidget *parent, gpointer source,
    LacFileDialogFunc func);
