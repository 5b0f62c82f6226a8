// SPDX-License-Identifier: GPL-3.0-or-later
// Drives windows of this process by real pointer and key events (XTEST), as a person would.
#pragma once

#include <gtk/gtk.h>

typedef struct LacDriver LacDriver;
typedef gboolean (*LacDriverCondition)(gpointer data);

// Needs an X server with XTEST; a failed step ends the test.
LacDriver *lac_driver_new(void);
void lac_driver_free(LacDriver *self);

gboolean
lac_driver_wait(LacDriver *self, LacDriverCondition condition, gpointer data, guint limit_ms);
void lac_driver_pause(LacDriver *self, guint time_ms);
void lac_driver_settle(LacDriver *self, GtkWidget *widget);
void lac_driver_frames(LacDriver *self, GtkWidget *widget, guint n);

// By id in the .ui file, text of a label, or beginning of a tooltip; only what is on the screen.
GtkWidget *lac_driver_find(GtkWidget *root, const char *what);
GtkWidget *lac_driver_find_type(GtkWidget *root, GType type);

// Places are in the widget's own coordinates.
void lac_driver_move(LacDriver *self, GtkWidget *widget, double x, double y);
void lac_driver_click(LacDriver *self, GtkWidget *widget);
void lac_driver_click_at(LacDriver *self, GtkWidget *widget, double x, double y, guint n_presses);
void lac_driver_drag(LacDriver *self, GtkWidget *widget, const double from[2], const double to[2],
    guint button);
void lac_driver_scroll(LacDriver *self, GtkWidget *widget, double x, double y, int clicks);
void lac_driver_key(LacDriver *self, const char *keys); // "Right", "ctrl+shift+s"
void lac_driver_type(LacDriver *self, const char *text);
void lac_driver_screenshot(LacDriver *self, GtkWidget *widget, const char *name);

// What is allocated between the two calls is not looked at for leaks: GTK's file chooser has some.
void lac_driver_begin_foreign(void);
void lac_driver_end_foreign(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacDriver, lac_driver_free)
