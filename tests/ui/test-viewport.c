// SPDX-License-Identifier: GPL-3.0-or-later
// The 3D view in a real window, under a real pointer and keyboard.
#include "tests/support/phantom.h"
#include "ui/viewport.h"

#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <gdk/x11/gdkx.h>
#include <math.h>
#include <string.h>
#include <time.h>

#define WIDTH     1000
#define HEIGHT    700
#define TIMEOUT_S 240

typedef struct {
    GtkWindow *window;
    LacViewport *view;
    Display *display;
    gboolean pointed; // the last "pointed" was on something
    guint xyz[3];     // of it
    double value;
    guint n_picked;                 // "crosshair-picked" so far
    guint n_cameras;                // "camera-changed" so far
    guint n_events[GDK_EVENT_LAST]; // that reached the window, by type
} Fixture;

static gboolean
quit_cb(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

static void
spin_ms(guint ms)
{
    gboolean over = FALSE;
    g_timeout_add(ms, quit_cb, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static gboolean
event_cb(GtkEventControllerLegacy *controller, GdkEvent *event, Fixture *f)
{
    (void) controller;
    f->n_events[gdk_event_get_event_type(event)]++;
    return GDK_EVENT_PROPAGATE;
}

// Sends what is queued and waits until @n more events of a type reached the window.
static void
wait_events(Fixture *f, GdkEventType type, guint n)
{
    gint64 end = g_get_monotonic_time() + TIMEOUT_S * G_USEC_PER_SEC;
    guint wanted = f->n_events[type] + n;
    XFlush(f->display);
    do {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        spin_ms(8);
    } while (f->n_events[type] < wanted);
}

static void
wait_settled(Fixture *f)
{
    gint64 end = g_get_monotonic_time() + TIMEOUT_S * G_USEC_PER_SEC;
    spin_ms(20);
    while (!lac_viewport_is_settled(f->view)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        spin_ms(10);
    }
}

static void
pointed_cb(LacViewport *view, gboolean inside, guint x, guint y, guint z, double value, Fixture *f)
{
    (void) view;
    f->pointed = inside;
    f->xyz[0] = x;
    f->xyz[1] = y;
    f->xyz[2] = z;
    f->value = value;
}

static void
picked_cb(LacViewport *view, guint x, guint y, guint z, Fixture *f)
{
    pointed_cb(view, TRUE, x, y, z, f->value, f);
    f->n_picked++;
}

static void
camera_cb(LacViewport *view, Fixture *f)
{
    (void) view;
    f->n_cameras++;
}

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    f->window = GTK_WINDOW(gtk_window_new());
    f->view = LAC_VIEWPORT(lac_viewport_new());
    gtk_window_set_decorated(f->window, FALSE);
    gtk_window_set_default_size(f->window, WIDTH, HEIGHT);
    gtk_window_set_child(f->window, GTK_WIDGET(f->view));
    g_signal_connect(f->view, "pointed", G_CALLBACK(pointed_cb), f);
    g_signal_connect(f->view, "crosshair-picked", G_CALLBACK(picked_cb), f);
    g_signal_connect(f->view, "camera-changed", G_CALLBACK(camera_cb), f);
    GtkEventController *events = gtk_event_controller_legacy_new();
    gtk_event_controller_set_propagation_phase(events, GTK_PHASE_CAPTURE);
    g_signal_connect(events, "event", G_CALLBACK(event_cb), f);
    gtk_widget_add_controller(GTK_WIDGET(f->window), events);
    gtk_window_present(f->window);
    gtk_widget_grab_focus(GTK_WIDGET(f->view));
    f->display = XOpenDisplay(NULL);
    g_assert_nonnull(f->display);
    spin_ms(300);
    Window xid = gdk_x11_surface_get_xid(gtk_native_get_surface(GTK_NATIVE(f->window)));
    XMoveWindow(f->display, xid, 0, 0);
    XSetInputFocus(f->display, xid, RevertToParent, CurrentTime);
    XSync(f->display, False);
    spin_ms(100);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    gtk_window_destroy(f->window);
    XCloseDisplay(f->display);
    spin_ms(50);
}

static void
move_pointer(Fixture *f, int x, int y)
{
    XTestFakeMotionEvent(f->display, -1, x, y, CurrentTime);
    wait_events(f, GDK_MOTION_NOTIFY, 1);
}

static void
press(Fixture *f, guint button, gboolean down)
{
    XTestFakeButtonEvent(f->display, button, down, CurrentTime);
    wait_events(f, down ? GDK_BUTTON_PRESS : GDK_BUTTON_RELEASE, 1);
}

static void
press_key(Fixture *f, KeySym symbol, KeySym modifier)
{
    KeyCode code = XKeysymToKeycode(f->display, symbol);
    if (modifier != NoSymbol)
        XTestFakeKeyEvent(f->display, XKeysymToKeycode(f->display, modifier), True, CurrentTime);
    XTestFakeKeyEvent(f->display, code, True, CurrentTime);
    XTestFakeKeyEvent(f->display, code, False, CurrentTime);
    if (modifier != NoSymbol)
        XTestFakeKeyEvent(f->display, XKeysymToKeycode(f->display, modifier), False, CurrentTime);
    wait_events(f, GDK_KEY_RELEASE, modifier != NoSymbol ? 2 : 1);
}

static void
show_atoms(Fixture *f, gsize n)
{
    g_autoptr(LacVolume) volume = lac_phantom_atoms(n, 1200, 2.0);
    lac_viewport_set_volume(f->view, volume);
    wait_settled(f);
}

static void
drag(Fixture *f, guint button, int dx, int dy, int n)
{
    move_pointer(f, WIDTH / 2, HEIGHT / 2);
    press(f, button, TRUE);
    for (int i = 1; i <= n; i++)
        move_pointer(f, WIDTH / 2 + dx * i / n, HEIGHT / 2 + dy * i / n);
    press(f, button, FALSE);
}

static void
test_pointer(Fixture *f, gconstpointer data)
{
    (void) data;
    LacCamera before, after;
    g_autoptr(LacVolume) volume = lac_phantom_atoms(128, 1200, 2.0);
    lac_viewport_set_volume(f->view, volume);
    while (lac_viewport_get_texture(f->view) == NULL)
        spin_ms(50);
    spin_ms(1000);
    g_test_message("%s", lac_viewport_get_gl_info(f->view));
    g_assert_null(lac_viewport_get_status(f->view));
    lac_viewport_get_camera(f->view, &before);
    lac_viewport_reset_stats(f->view);
    clock_t start = clock();
    drag(f, 1, 250, 60, 60);
    double cpu_ms = 1e3 * (double) (clock() - start) / CLOCKS_PER_SEC;
    lac_viewport_get_camera(f->view, &after);
    g_assert_cmpfloat_with_epsilon(after.target.x, before.target.x, 1e-9);
    g_assert_true(memcmp(after.rotation, before.rotation, sizeof after.rotation) != 0);
    LacViewportStats stats;
    lac_viewport_get_stats(f->view, &stats);
    g_test_message("128^3 at %d x %d: %" G_GUINT64_FORMAT " input-to-frame times, mean %.1f ms, 95 "
                   "%% %.1f ms, max %.1f ms; %.1f ms of processor time a frame",
        WIDTH, HEIGHT, stats.n, stats.mean_ms, stats.p95_ms, stats.max_ms,
        cpu_ms / (double) MAX(stats.n_frames, 1));
    g_assert_cmpuint(stats.n, >=, 10);

    before = after;
    drag(f, 3, 100, 0, 10);
    lac_viewport_get_camera(f->view, &after);
    g_assert_true(memcmp(after.rotation, before.rotation, sizeof after.rotation) == 0);
    double moved = hypot(hypot(after.target.x - before.target.x, after.target.y - before.target.y),
        after.target.z - before.target.z);
    g_assert_cmpfloat_with_epsilon(moved, 100.0 * after.height / HEIGHT, 1e-6);

    before = after;
    move_pointer(f, 300, 200);
    XTestFakeButtonEvent(f->display, 4, True, CurrentTime);
    XTestFakeButtonEvent(f->display, 4, False, CurrentTime);
    wait_events(f, GDK_SCROLL, 1);
    lac_viewport_get_camera(f->view, &after);
    g_assert_cmpfloat(after.height, <, 0.95 * before.height);
    LacRay still = lac_camera_unproject(&before, WIDTH, HEIGHT, 300.0, 200.0);
    double x, y;
    g_assert_true(lac_camera_project(&after, WIDTH, HEIGHT, still.origin, &x, &y, NULL));
    g_assert_cmpfloat_with_epsilon(x, 300.0, 1.0);
    g_assert_cmpfloat_with_epsilon(y, 200.0, 1.0);
    g_assert_cmpuint(f->n_cameras, >=, 3);
}

static void
test_keys(Fixture *f, gconstpointer data)
{
    (void) data;
    LacCamera camera, wanted = lac_camera_default();
    show_atoms(f, 48);
    press_key(f, XK_x, NoSymbol);
    lac_viewport_get_camera(f->view, &camera);
    lac_camera_set_axis(&wanted, LAC_AXIS_X, FALSE);
    g_assert_true(memcmp(camera.rotation, wanted.rotation, sizeof camera.rotation) == 0);
    press_key(f, XK_z, XK_Shift_L);
    lac_viewport_get_camera(f->view, &camera);
    lac_camera_set_axis(&wanted, LAC_AXIS_Z, TRUE);
    g_assert_true(memcmp(camera.rotation, wanted.rotation, sizeof camera.rotation) == 0);
    double height = camera.height;
    press_key(f, XK_plus, NoSymbol);
    lac_viewport_get_camera(f->view, &camera);
    g_assert_cmpfloat(camera.height, <, height);
    press_key(f, XK_Left, NoSymbol);
    lac_viewport_get_camera(f->view, &camera);
    g_assert_true(memcmp(camera.rotation, wanted.rotation, sizeof camera.rotation) != 0);
    press_key(f, XK_Home, NoSymbol);
    lac_viewport_get_camera(f->view, &camera);
    wanted = lac_camera_default();
    g_assert_true(memcmp(camera.rotation, wanted.rotation, sizeof camera.rotation) == 0);
    wait_settled(f);
}

static void
test_pick(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(LacVolume) ball = lac_phantom_ball(48, 12.0);
    lac_viewport_set_mode(f->view, LAC_RENDER_ISO);
    lac_viewport_set_iso_level(f->view, 0.5);
    lac_viewport_set_volume(f->view, ball);
    wait_settled(f);
    press_key(f, XK_z, NoSymbol);
    move_pointer(f, WIDTH / 2 + 4, HEIGHT / 2);
    move_pointer(f, WIDTH / 2, HEIGHT / 2);
    g_assert_true(f->pointed);
    g_assert_cmpint(abs((int) f->xyz[0] - 24), <=, 1);
    g_assert_cmpint(abs((int) f->xyz[1] - 24), <=, 1);
    g_assert_cmpint(abs((int) f->xyz[2] - 35), <=, 1);
    g_assert_cmpfloat(f->value, ==, (double) lac_volume_get(ball, f->xyz[0], f->xyz[1], f->xyz[2]));
    for (int i = 0; i < 2; i++) {
        XTestFakeButtonEvent(f->display, 1, True, CurrentTime);
        XTestFakeButtonEvent(f->display, 1, False, CurrentTime);
    }
    wait_events(f, GDK_BUTTON_RELEASE, 2);
    g_assert_cmpuint(f->n_picked, ==, 1);
    LacCamera camera; // looks at the voxel now
    lac_viewport_get_camera(f->view, &camera);
    g_assert_cmpfloat_with_epsilon(camera.target.z, (double) f->xyz[2] - 24.0, 1e-9);
    move_pointer(f, 3, 3);
    g_assert_false(f->pointed);
}

// Volumes that come faster than they can be drawn: the last one is shown in the end.
static void
test_stream(Fixture *f, gconstpointer data)
{
    (void) data;
    LacVolume *last = NULL;
    for (int i = 0; i < 12; i++) {
        g_autoptr(LacVolume) volume = lac_phantom_ball(64, 10.0 + i);
        lac_viewport_set_volume(f->view, volume);
        last = volume;
        spin_ms(30);
    }
    wait_settled(f);
    g_assert_true(lac_viewport_get_texture(f->view)->volume == last);
    lac_viewport_set_volume(f->view, NULL);
    g_assert_null(lac_viewport_get_texture(f->view));
    wait_settled(f);
}

// Hidden and shown again, everything of OpenGL is made anew.
static void
test_realize_again(Fixture *f, gconstpointer data)
{
    (void) data;
    show_atoms(f, 48);
    g_object_ref(f->view);
    gtk_window_set_child(f->window, NULL);
    spin_ms(50);
    gtk_window_set_child(f->window, GTK_WIDGET(f->view));
    g_object_unref(f->view);
    spin_ms(100);
    lac_viewport_reset(f->view);
    wait_settled(f);
    g_assert_null(lac_viewport_get_status(f->view));
}

// An OpenGL that is too old: the view says so and the rest goes on.
static void
test_too_old(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(LacVolume) ball = lac_phantom_ball(32, 8.0);
    lac_viewport_set_volume(f->view, ball);
    spin_ms(200);
    g_assert_nonnull(lac_viewport_get_status(f->view));

    g_test_message("%s", lac_viewport_get_status(f->view));
    g_assert_nonnull(strstr(lac_viewport_get_status(f->view), "OpenGL 2.1"));
}

int
main(int argc, char **argv)
{
    gtk_init();
    g_test_init(&argc, &argv, NULL);
    if (g_getenv("LACUNA_TEST_OLD_GL") != NULL) {
        g_test_add("/viewport/too-old", Fixture, NULL, set_up, test_too_old, tear_down);
        return g_test_run();
    }
    g_test_add("/viewport/pointer", Fixture, NULL, set_up, test_pointer, tear_down);
    g_test_add("/viewport/keys", Fixture, NULL, set_up, test_keys, tear_down);
    g_test_add("/viewport/pick", Fixture, NULL, set_up, test_pick, tear_down);
    g_test_add("/viewport/stream", Fixture, NULL, set_up, test_stream, tear_down);
    g_test_add("/viewport/realize-again", Fixture, NULL, set_up, test_realize_again, tear_down);
    return g_test_run();
}
