// SPDX-License-Identifier: GPL-3.0-or-later
// A real window with its session and a folder of its own: what tests of the whole program start from.
#pragma once

#include "app/application.h"
#include "app/window.h"
#include "tests/support/ui-driver.h"
#include "ui/viewport.h"

// One for all tests: a program registers once.
typedef struct {
    LacApplication *app;
    LacDriver *driver;
} Bench;

typedef struct {
    LacApplication *app;
    LacDriver *driver;
    LacWindow *window; // NULL once it was destroyed
    LacSession *session;
    LacViewport *viewport;
    char *folder; // for what is saved
} Desk;

typedef struct {
    const char *path;
    void (*test)(Desk *desk, gconstpointer bench);
} DeskTest;

// Conditions of desk_wait_for(); @desk is a Desk.
gboolean desk_is_ready(gpointer desk);
gboolean desk_is_idle(gpointer desk);
gboolean desk_is_gone(gpointer desk);
gboolean desk_is_saved(gpointer desk);
gboolean desk_has_atoms(gpointer desk);
gboolean desk_is_analysed(gpointer desk);

void desk_wait_for(Desk *desk, LacDriverCondition condition, guint limit_ms);
void desk_open_window(Desk *desk);
void desk_close_window(Desk *desk);
void desk_set_up(Desk *desk, gconstpointer bench);
void desk_tear_down(Desk *desk, gconstpointer bench);
GtkWidget *desk_find(Desk *desk, const char *what);
GtkWidget *desk_find_row(GtkWidget *root, const char *title);
char *desk_dup_particle(const char *name);
int desk_main(int argc, char **argv, const DeskTest *tests, gsize n_tests);
