// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ui-driver.h"

#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <gdk/x11/gdkx.h>
#include <math.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#    include <sanitizer/lsan_interface.h>
#endif

#define STILL_READINGS   4 // a window that was at the same place so often stays there
#define DRAG_STEPS       8
#define DRAG_INTERVAL_MS 15
#define SLOW             20 // a sanitizer, or a busy machine, may be this much slower

struct LacDriver {
    Display *display;
    guint seen[GDK_EVENT_LAST]; // events that reached GTK, by type
};

/**
 * lac_driver_new:
 *
 * Connects to the X server on its own and switches animations off.
 *
 * Returns: (transfer full): a driver
 */
LacDriver *
lac_driver_new(void)
{
    LacDriver *self = g_new0(LacDriver, 1);
    int event, error, major, minor;
    self->display = XOpenDisplay(NULL);
    g_assert_nonnull(self->display);
    g_assert_true(XTestQueryExtension(self->display, &event, &error, &major, &minor));
    XTestGrabControl(self->display, True);
    g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, "gtk-cursor-blink",
        FALSE, NULL);
    return self;
}

/**
 * lac_driver_free:
 * @self: (nullable) (transfer full): a driver
 */
void
lac_driver_free(LacDriver *self)
{
    if (self == NULL)
        return;
    XCloseDisplay(self->display);
    g_free(self);
}

// --- waiting

static gboolean
set_flag(gpointer flag)
{
    *(gboolean *) flag = TRUE;
    return G_SOURCE_REMOVE;
}

/**
 * lac_driver_wait:
 * @self: a driver
 * @condition: what is waited for
 * @data: passed to @condition
 * @limit_ms: how long on an idle machine
 *
 * Runs the main loop until @condition holds.
 *
 * Returns: whether it does
 */
gboolean
lac_driver_wait(LacDriver *self, LacDriverCondition condition, gpointer data, guint limit_ms)
{
    (void) self;
    gboolean late = FALSE;
    guint source = g_timeout_add(limit_ms * SLOW, set_flag, &late);
    while (!condition(data) && !late)
        g_main_context_iteration(NULL, TRUE);
    if (!late)
        g_source_remove(source);
    return condition(data);
}

static gboolean
is_set(gpointer flag)
{
    return *(gboolean *) flag;
}

/**
 * lac_driver_pause:
 * @self: a driver
 * @time_ms: how long
 *
 * Lets the main loop run.
 */
void
lac_driver_pause(LacDriver *self, guint time_ms)
{
    gboolean over = FALSE;
    g_timeout_add(time_ms, set_flag, &over);
    g_assert_true(lac_driver_wait(self, is_set, &over, time_ms + 1000));
}

// The server has taken our events and sent them on, and GTK has worked them off.
static void
synchronise(LacDriver *self)
{
    GdkDisplay *gdk = gdk_display_get_default();
    XSync(self->display, False);
    for (int i = 0; i < 3; i++) {
        gdk_display_sync(gdk);
        while (g_main_context_iteration(NULL, FALSE))
            continue;
    }
}

static void
painted_cb(GdkFrameClock *clock, guint *left)
{
    (void) clock;
    if (*left > 0)
        --*left;
}

static gboolean
is_zero(gpointer left)
{
    return *(guint *) left == 0;
}

/**
 * lac_driver_frames:
 * @self: a driver
 * @widget: in a window that is on the screen
 * @n: number of frames
 *
 * Waits until they were painted.
 */
void
lac_driver_frames(LacDriver *self, GtkWidget *widget, guint n)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock(widget);
    gulong handler = g_signal_connect(clock, "after-paint", G_CALLBACK(painted_cb), &n);
    while (n > 0) {
        guint before = n;
        gtk_widget_queue_draw(widget);
        if (!lac_driver_wait(self, is_zero, &n, 100) && n == before)
            break;
    }
    g_signal_handler_disconnect(clock, handler);
}

// --- finding

static gboolean
is_called(GtkWidget *widget, const char *what)
{
    const char *id = gtk_buildable_get_buildable_id(GTK_BUILDABLE(widget));
    const char *tooltip = gtk_widget_get_tooltip_text(widget);
    if (!gtk_widget_get_mapped(widget))
        return FALSE;
    if (id != NULL && g_str_equal(id, what))
        return TRUE;
    if (GTK_IS_LABEL(widget) && g_str_equal(gtk_label_get_text(GTK_LABEL(widget)), what))
        return TRUE;
    return tooltip != NULL && g_str_has_prefix(tooltip, what);
}

/**
 * lac_driver_find:
 * @root: where to look
 * @what: an id, a text or the beginning of a tooltip
 *
 * Returns: (transfer none) (nullable): the first widget of that name that is on the screen
 */
GtkWidget *
lac_driver_find(GtkWidget *root, const char *what)
{
    if (is_called(root, what))
        return root;
    GtkWidget *child = gtk_widget_get_first_child(root);
    for (; child != NULL; child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = lac_driver_find(child, what);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/**
 * lac_driver_find_type:
 * @root: where to look
 * @type: kind of widget
 *
 * Returns: (transfer none) (nullable): the first widget of that kind, on the screen or not
 */
GtkWidget *
lac_driver_find_type(GtkWidget *root, GType type)
{
    if (G_TYPE_CHECK_INSTANCE_TYPE(root, type))
        return root;
    GtkWidget *child = gtk_widget_get_first_child(root);
    for (; child != NULL; child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = lac_driver_find_type(child, type);
        if (found != NULL)
            return found;
    }
    return NULL;
}

// --- events

static gboolean
count_event_cb(GtkEventControllerLegacy *controller, GdkEvent *event, LacDriver *self)
{
    (void) controller;
    self->seen[gdk_event_get_event_type(event)]++;
    return GDK_EVENT_PROPAGATE;
}

// Counts what reaches a window, so that a sender can wait for its own events.
static void
watch(LacDriver *self, GtkWidget *widget)
{
    GtkWidget *tops[] = { GTK_WIDGET(gtk_widget_get_root(widget)),
        GTK_WIDGET(gtk_widget_get_native(widget)) };
    for (guint i = 0; i < G_N_ELEMENTS(tops); i++) {
        if (tops[i] == NULL || g_object_get_data(G_OBJECT(tops[i]), "lac-driver") != NULL)
            continue;
        GtkEventController *controller = gtk_event_controller_legacy_new();
        gtk_event_controller_set_propagation_phase(controller, GTK_PHASE_CAPTURE);
        g_signal_connect(controller, "event", G_CALLBACK(count_event_cb), self);
        gtk_widget_add_controller(tops[i], controller);
        g_object_set_data(G_OBJECT(tops[i]), "lac-driver", controller);
    }
}

// Keys go to whichever window has the focus.
static void
watch_all(LacDriver *self)
{
    GListModel *windows = gtk_window_get_toplevels();
    for (guint i = 0; i < g_list_model_get_n_items(windows); i++) {
        g_autoptr(GtkWidget) window = g_list_model_get_item(windows, i);
        watch(self, window);
    }
}

typedef struct {
    LacDriver *driver;
    GdkEventType type;
    guint before;
} Arrival;

static Arrival
expect(LacDriver *self, GdkEventType type)
{
    return (Arrival){ .driver = self, .type = type, .before = self->seen[type] };
}

static gboolean
has_arrived(gpointer data)
{
    const Arrival *arrival = data;
    return arrival->driver->seen[arrival->type] != arrival->before;
}

static gboolean
locate(LacDriver *self, GtkWidget *widget, double x, double y, int *screen_x, int *screen_y)
{
    GtkNative *native = gtk_widget_get_native(widget);
    double native_x, native_y, offset_x, offset_y;
    Window child;
    if (native == NULL || !gtk_widget_get_mapped(widget) ||
        !gtk_widget_translate_coordinates(widget, GTK_WIDGET(native), x, y, &native_x, &native_y))
        return FALSE;
    GdkSurface *surface = gtk_native_get_surface(native);
    gtk_native_get_surface_transform(native, &offset_x, &offset_y);
    int scale = gdk_surface_get_scale_factor(surface);
    XSync(self->display, False);
    return XTranslateCoordinates(self->display, gdk_x11_surface_get_xid(surface),
        DefaultRootWindow(self->display), (int) lround((native_x + offset_x) * scale),
        (int) lround((native_y + offset_y) * scale), screen_x, screen_y, &child);
}

typedef struct {
    LacDriver *driver;
    GtkWidget *widget;
    int x, y, width, height;
    guint n_same;
} Stillness;

static gboolean
read_place(gpointer data)
{
    Stillness *still = data;
    int x = 0, y = 0;
    int width = gtk_widget_get_width(still->widget), height = gtk_widget_get_height(still->widget);
    gboolean there = locate(still->driver, still->widget, 0.0, 0.0, &x, &y);
    gboolean same =
        x == still->x && y == still->y && width == still->width && height == still->height;
    still->n_same = there && same ? still->n_same + 1 : 0;
    still->x = x;
    still->y = y;
    still->width = width;
    still->height = height;
    return G_SOURCE_CONTINUE;
}

static gboolean
is_still(gpointer data)
{
    return ((Stillness *) data)->n_same >= STILL_READINGS;
}

/**
 * lac_driver_settle:
 * @self: a driver
 * @widget: in a window that was just shown, or where something came or went
 *
 * Waits until the place and the size of @widget are final.
 */
void
lac_driver_settle(LacDriver *self, GtkWidget *widget)
{
    Stillness still = { .driver = self, .widget = widget, .x = -1, .y = -1 };
    guint source = g_timeout_add(25, read_place, &still);
    g_assert_true(lac_driver_wait(self, is_still, &still, 10000));
    g_source_remove(source);
    watch(self, widget);
}

static gboolean
is_mapped(gpointer widget)
{
    return gtk_widget_get_mapped(widget);
}

/**
 * lac_driver_move:
 * @self: a driver
 * @widget: on the screen
 * @x: place in it
 * @y: place in it
 *
 * Moves the pointer there.
 */
void
lac_driver_move(LacDriver *self, GtkWidget *widget, double x, double y)
{
    int old_x = -1, old_y = -1;
    g_assert_true(lac_driver_wait(self, is_mapped, widget, 5000));
    watch(self, widget);
    for (int i = 0; i < 50; i++) {
        int screen_x, screen_y;
        g_assert_true(locate(self, widget, x, y, &screen_x, &screen_y));
        if (screen_x == old_x && screen_y == old_y)
            return; // the widget stayed where it was
        XTestFakeMotionEvent(self->display, -1, screen_x, screen_y, 0);
        synchronise(self);
        old_x = screen_x;
        old_y = screen_y;
    }
}

static void
press(LacDriver *self, guint button, gboolean down)
{
    Arrival arrival = expect(self, down ? GDK_BUTTON_PRESS : GDK_BUTTON_RELEASE);
    XTestFakeButtonEvent(self->display, button, down, 0);
    synchronise(self);
    g_assert_true(lac_driver_wait(self, has_arrived, &arrival, 500));
    synchronise(self);
}

/**
 * lac_driver_click_at:
 * @self: a driver
 * @widget: on the screen
 * @x: place in it
 * @y: place in it
 * @n_presses: 1 for a click, 2 for a double click
 */
void
lac_driver_click_at(LacDriver *self, GtkWidget *widget, double x, double y, guint n_presses)
{
    lac_driver_move(self, widget, x, y);
    for (guint i = 0; i < n_presses; i++) {
        press(self, 1, TRUE);
        press(self, 1, FALSE);
    }
}

/**
 * lac_driver_click:
 * @self: a driver
 * @widget: (nullable): clicked in its middle; %NULL, as from a failed search, fails the test
 */
void
lac_driver_click(LacDriver *self, GtkWidget *widget)
{
    g_assert_nonnull(widget);
    lac_driver_click_at(self, widget, gtk_widget_get_width(widget) / 2.0,
        gtk_widget_get_height(widget) / 2.0, 1);
}

/**
 * lac_driver_drag:
 * @self: a driver
 * @widget: on the screen
 * @from: (array fixed-size=2): where the button goes down
 * @to: (array fixed-size=2): where it comes up
 * @button: 1 left, 2 middle, 3 right
 */
void
lac_driver_drag(LacDriver *self, GtkWidget *widget, const double from[2], const double to[2],
    guint button)
{
    lac_driver_move(self, widget, from[0], from[1]);
    press(self, button, TRUE);
    for (int i = 1; i <= DRAG_STEPS; i++) {
        lac_driver_move(self, widget, from[0] + (to[0] - from[0]) * i / DRAG_STEPS,
            from[1] + (to[1] - from[1]) * i / DRAG_STEPS);
        lac_driver_pause(self, DRAG_INTERVAL_MS);
    }
    press(self, button, FALSE);
}

/**
 * lac_driver_scroll:
 * @self: a driver
 * @widget: on the screen
 * @x: place in it
 * @y: place in it
 * @clicks: notches of the wheel, above 0 towards the user
 */
void
lac_driver_scroll(LacDriver *self, GtkWidget *widget, double x, double y, int clicks)
{
    guint button = clicks > 0 ? 5 : 4;
    lac_driver_move(self, widget, x, y);
    for (int i = 0; i < ABS(clicks); i++) {
        Arrival arrival = expect(self, GDK_SCROLL);
        XTestFakeButtonEvent(self->display, button, True, 0);
        XTestFakeButtonEvent(self->display, button, False, 0);
        synchronise(self);
        g_assert_true(lac_driver_wait(self, has_arrived, &arrival, 500));
    }
    synchronise(self);
}

static void
send_key(LacDriver *self, KeySym symbol, gboolean down)
{
    KeyCode code = XKeysymToKeycode(self->display, symbol);
    g_assert_cmpint(code, !=, 0);
    XTestFakeKeyEvent(self->display, code, down, 0);
}

static KeySym
modifier_symbol(const char *name)
{
    if (g_str_equal(name, "ctrl"))
        return XK_Control_L;
    if (g_str_equal(name, "alt"))
        return XK_Alt_L;
    g_assert_cmpstr(name, ==, "shift");
    return XK_Shift_L;
}

/**
 * lac_driver_key:
 * @self: a driver
 * @keys: name of a key as X calls it, after modifiers: "Right", "ctrl+shift+s"
 */
void
lac_driver_key(LacDriver *self, const char *keys)
{
    g_auto(GStrv) parts = g_strsplit(keys, "+", -1);
    guint n_modifiers = g_strv_length(parts) - 1;
    KeySym symbol = XStringToKeysym(parts[n_modifiers]);
    watch_all(self);
    Arrival arrival = expect(self, GDK_KEY_PRESS);
    for (guint i = 0; i < n_modifiers; i++)
        send_key(self, modifier_symbol(parts[i]), TRUE);
    send_key(self, symbol, TRUE);
    send_key(self, symbol, FALSE);
    for (guint i = n_modifiers; i > 0; i--)
        send_key(self, modifier_symbol(parts[i - 1]), FALSE);
    synchronise(self);
    g_assert_true(lac_driver_wait(self, has_arrived, &arrival, 500));
    synchronise(self);
}

/**
 * lac_driver_type:
 * @self: a driver
 * @text: ASCII
 *
 * Types it where the focus is.
 */
void
lac_driver_type(LacDriver *self, const char *text)
{
    for (; *text != '\0'; text++) {
        KeySym symbol = (KeySym) *text; // keysyms of ASCII are its codes
        KeyCode code = XKeysymToKeycode(self->display, symbol);
        gboolean shift = XkbKeycodeToKeysym(self->display, code, 0, 0) != symbol;
        if (shift)
            send_key(self, XK_Shift_L, TRUE);
        send_key(self, symbol, TRUE);
        send_key(self, symbol, FALSE);
        if (shift)
            send_key(self, XK_Shift_L, FALSE);
        synchronise(self);
    }
}

// --- pictures

// The X server gives BGRX; what the fourth byte holds is undefined.
static GdkTexture *
texture_from_image(XImage *image)
{
    gsize n = (gsize) image->bytes_per_line * (gsize) image->height;
    guint8 *pixels = g_memdup2(image->data, n);
    for (gsize i = 3; i < n; i += 4)
        pixels[i] = 255;
    g_autoptr(GBytes) bytes = g_bytes_new_take(pixels, n);
    return gdk_memory_texture_new(image->width, image->height, GDK_MEMORY_B8G8R8A8, bytes,
        (gsize) image->bytes_per_line);
}

/**
 * lac_driver_screenshot:
 * @self: a driver
 * @widget: in the window to wait for
 * @name: of the picture, without suffix
 *
 * Writes what is on the screen into the folder LACUNA_SCREENSHOTS, if that is set.
 */
void
lac_driver_screenshot(LacDriver *self, GtkWidget *widget, const char *name)
{
    const char *folder = g_getenv("LACUNA_SCREENSHOTS");
    if (folder == NULL)
        return;
    lac_driver_frames(self, widget, 2);
    synchronise(self);
    XImage *image = XGetImage(self->display, DefaultRootWindow(self->display), 0, 0,
        (guint) DisplayWidth(self->display, 0), (guint) DisplayHeight(self->display, 0), AllPlanes,
        ZPixmap);
    g_assert_nonnull(image);
    g_autofree char *file = g_strconcat(name, ".png", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(GdkTexture) texture = texture_from_image(image);
    g_mkdir_with_parents(folder, 0755);
    g_assert_true(gdk_texture_save_to_png(texture, path));
    XDestroyImage(image);
}

/**
 * lac_driver_begin_foreign:
 *
 * What is allocated from here on is not this program's.
 */
void
lac_driver_begin_foreign(void)
{
#if defined(__SANITIZE_ADDRESS__)
    __lsan_disable();
#endif
}

/**
 * lac_driver_end_foreign:
 *
 * Ends lac_driver_begin_foreign().
 */
void
lac_driver_end_foreign(void)
{
#if defined(__SANITIZE_ADDRESS__)
    __lsan_enable();
#endif
}
