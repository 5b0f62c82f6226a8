// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms in the 3D view under a real pointer and keyboard.
#include "core/rng.h"
#include "tests/support/ui-driver.h"
#include "ui/viewport.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define WIDTH   1000
#define HEIGHT  700
#define N_ATOMS 500
#define RADIUS  0.8 // [Å]
#define N_SPEED 20000

typedef struct {
    LacDriver *driver;
    GtkWindow *window;
    LacViewport *view;
    LacAtoms *atoms;
    guint n_clicked;
    guint64 clicked; // the last "atom-clicked"
    guint modifiers;
    guint64 pointed;
    GArray *selected; // the last "atoms-selected"
} Fixture;

static void
clicked_cb(LacViewport *view, guint64 index, guint modifiers, Fixture *f)
{
    (void) view;
    f->clicked = index;
    f->modifiers = modifiers;
    f->n_clicked++;
}

static void
pointed_cb(LacViewport *view, guint64 index, Fixture *f)
{
    (void) view;
    f->pointed = index;
}

static void
selected_cb(LacViewport *view, GArray *indices, guint modifiers, Fixture *f)
{
    (void) view;
    g_array_set_size(f->selected, 0);
    if (indices->len > 0)
        g_array_append_vals(f->selected, indices->data, indices->len);
    f->modifiers = modifiers;
}

static LacAtoms *
make_atoms(gsize n, double half)
{
    LacAtoms *atoms = lac_atoms_new(n);
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = half * (2.0 * lac_rng_uniform(5, 3 * i) - 1.0);
        atoms->y[i] = half * (2.0 * lac_rng_uniform(5, 3 * i + 1) - 1.0);
        atoms->z[i] = half * (2.0 * lac_rng_uniform(5, 3 * i + 2) - 1.0);
    }
    lac_atoms_add_species(atoms, "Au");
    return atoms;
}

static gboolean
is_settled(gpointer data)
{
    return lac_viewport_is_settled(data);
}

static void
settle(Fixture *f)
{
    lac_driver_pause(f->driver, 20);
    g_assert_true(lac_driver_wait(f->driver, is_settled, f->view, 60000));
}

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    LacAtomLook look = lac_atom_look_default();
    look.size_by = LAC_SIZE_EQUAL;
    look.radius = RADIUS;
    f->driver = lac_driver_new();
    f->window = GTK_WINDOW(gtk_window_new());
    f->view = LAC_VIEWPORT(lac_viewport_new());
    f->atoms = make_atoms(N_ATOMS, 14.0);
    f->selected = g_array_new(FALSE, FALSE, sizeof(gsize));
    gtk_window_set_decorated(f->window, FALSE);
    gtk_window_set_default_size(f->window, WIDTH, HEIGHT);
    gtk_window_set_child(f->window, GTK_WIDGET(f->view));
    g_signal_connect(f->view, "atom-clicked", G_CALLBACK(clicked_cb), f);
    g_signal_connect(f->view, "atom-pointed", G_CALLBACK(pointed_cb), f);
    g_signal_connect(f->view, "atoms-selected", G_CALLBACK(selected_cb), f);
    lac_viewport_set_atom_look(f->view, &look);
    lac_viewport_set_atoms(f->view, f->atoms);
    gtk_window_present(f->window);
    lac_driver_settle(f->driver, GTK_WIDGET(f->view));
    gtk_widget_grab_focus(GTK_WIDGET(f->view));
    settle(f);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    gtk_window_destroy(f->window);
    lac_driver_pause(f->driver, 50);
    lac_driver_free(f->driver);
    lac_atoms_unref(f->atoms);
    g_array_unref(f->selected);
}

// The atom in front at a point of the view, by trying each.
static guint64
find_front(Fixture *f, double x, double y)
{
    LacCamera camera;
    lac_viewport_get_camera(f->view, &camera);
    LacRay ray = lac_camera_unproject(&camera, gtk_widget_get_width(GTK_WIDGET(f->view)),
        gtk_widget_get_height(GTK_WIDGET(f->view)), x, y);
    guint64 best = LAC_VIEWPORT_NO_ATOM;
    double nearest = G_MAXDOUBLE;
    for (gsize i = 0; i < f->atoms->n; i++) {
        double dx = f->atoms->x[i] - ray.origin.x, dy = f->atoms->y[i] - ray.origin.y,
               dz = f->atoms->z[i] - ray.origin.z;
        double t = dx * ray.direction.x + dy * ray.direction.y + dz * ray.direction.z;
        double h2 = RADIUS * RADIUS - dx * dx - dy * dy - dz * dz + t * t;
        if (h2 >= 0.0 && t - sqrt(h2) < nearest) {
            nearest = t - sqrt(h2);
            best = i;
        }
    }
    return best;
}

// The same one about a point, so that half a pixel makes no difference.
static gboolean
is_sure(Fixture *f, double x, double y, guint64 *front)
{
    *front = find_front(f, x, y);
    for (int i = 0; i < 9; i++)
        if (find_front(f, x + i % 3 - 1, y + i / 3 - 1) != *front)
            return FALSE;
    return TRUE;
}

static void
test_click(Fixture *f, gconstpointer data)
{
    (void) data;
    guint n = 0, n_itself = 0;
    for (guint64 k = 0; n < 100 && k < 1000; k++) {
        gsize i = (gsize) (N_ATOMS * lac_rng_uniform(17, k));
        double x, y;
        guint64 front;
        g_assert_true(lac_viewport_locate_atom(f->view, i, &x, &y));
        if (!is_sure(f, x, y, &front))
            continue;
        lac_driver_click_at(f->driver, GTK_WIDGET(f->view), x, y, 1);
        g_assert_cmpuint(f->n_clicked, ==, ++n);
        g_assert_cmpuint(f->clicked, ==, front);
        g_assert_cmpuint(f->pointed, ==, front);
        g_assert_cmpuint(f->modifiers, ==, 0);
        n_itself += front == i ? 1 : 0;
    }
    g_test_message("%u atoms clicked, %u of them in front themselves", n, n_itself);
    g_assert_cmpuint(n, ==, 100);
    g_assert_cmpuint(n_itself, >, 30);
    lac_driver_click_at(f->driver, GTK_WIDGET(f->view), 5.0, 5.0, 1);
    g_assert_cmpuint(f->clicked, ==, LAC_VIEWPORT_NO_ATOM);
    // A drag turns the view and clicks nothing.
    const double from[2] = { 500.0, 350.0 }, to[2] = { 560.0, 380.0 };
    lac_driver_drag(f->driver, GTK_WIDGET(f->view), from, to, 1);
    g_assert_cmpuint(f->n_clicked, ==, 101);
}

static void
test_box(Fixture *f, gconstpointer data)
{
    (void) data;
    const double from[2] = { 300.0, 200.0 }, to[2] = { 610.0, 480.0 };
    lac_driver_key(f->driver, "b");
    g_assert_cmpint(lac_viewport_get_selection_mode(f->view), ==, LAC_VIEWPORT_BOX);
    lac_driver_drag(f->driver, GTK_WIDGET(f->view), from, to, 1);
    guint n = 0;
    for (gsize i = 0; i < N_ATOMS; i++) {
        double x, y;
        g_assert_true(lac_viewport_locate_atom(f->view, i, &x, &y));
        gboolean is_near = fabs(x - from[0]) < 1.5 || fabs(x - to[0]) < 1.5 ||
            fabs(y - from[1]) < 1.5 || fabs(y - to[1]) < 1.5;
        gboolean inside = x > from[0] && x < to[0] && y > from[1] && y < to[1];
        gboolean found = FALSE;
        for (guint k = 0; k < f->selected->len; k++)
            found = found || g_array_index(f->selected, gsize, k) == i;
        if (!is_near)
            g_assert_cmpint(found, ==, inside);
        n += inside ? 1 : 0;
    }
    g_test_message("%u atoms in the box", n);
    g_assert_cmpuint(n, >, 40);
    g_assert_cmpuint(f->n_clicked, ==, 0);
    lac_driver_key(f->driver, "Escape");
    g_assert_cmpint(lac_viewport_get_selection_mode(f->view), ==, LAC_VIEWPORT_NAVIGATE);
}

// Two atoms that are in front where they are.
static void
find_two(Fixture *f, gsize found[2])
{
    guint n = 0;
    for (gsize i = 0; i < N_ATOMS && n < 2; i++) {
        double x, y;
        guint64 front;
        g_assert_true(lac_viewport_locate_atom(f->view, i, &x, &y));
        if (is_sure(f, x, y, &front) && front == i)
            found[n++] = i;
    }
    g_assert_cmpuint(n, ==, 2);
}

static void
test_measure(Fixture *f, gconstpointer data)
{
    (void) data;
    gsize two[2];
    find_two(f, two);
    lac_driver_key(f->driver, "m");
    g_assert_null(lac_viewport_dup_measure(f->view));
    for (int i = 0; i < 2; i++) {
        double x, y;
        lac_viewport_locate_atom(f->view, two[i], &x, &y);
        lac_driver_click_at(f->driver, GTK_WIDGET(f->view), x, y, 1);
    }
    g_autofree char *text = lac_viewport_dup_measure(f->view);
    double d = hypot(hypot(f->atoms->x[two[0]] - f->atoms->x[two[1]],
                         f->atoms->y[two[0]] - f->atoms->y[two[1]]),
        f->atoms->z[two[0]] - f->atoms->z[two[1]]);
    g_autofree char *wanted = g_strdup_printf("%.3f ± 0.28 Å", d); // 0.2 sqrt(2)
    g_assert_cmpstr(text, ==, wanted);
    g_assert_cmpuint(f->n_clicked, ==, 0);
    settle(f);
    lac_driver_screenshot(f->driver, GTK_WIDGET(f->window), "atoms-measure");
    lac_driver_key(f->driver, "Escape");
    g_assert_null(lac_viewport_dup_measure(f->view));
}

static void
test_hide(Fixture *f, gconstpointer data)
{
    (void) data;
    gsize two[2];
    find_two(f, two);
    guint8 selection[N_ATOMS] = { 0 };
    selection[two[0]] = 1;
    lac_viewport_set_selection(f->view, selection, N_ATOMS);
    settle(f);
    lac_driver_screenshot(f->driver, GTK_WIDGET(f->window), "atoms-selected");
    double x, y;
    lac_viewport_locate_atom(f->view, two[0], &x, &y);
    lac_driver_key(f->driver, "h");
    g_assert_cmpuint(lac_viewport_count_hidden_atoms(f->view), ==, 1);
    lac_driver_click_at(f->driver, GTK_WIDGET(f->view), x, y, 1);
    g_assert_cmpuint(f->clicked, !=, two[0]);
    lac_driver_key(f->driver, "h"); // nothing is left to hide
    g_assert_cmpuint(lac_viewport_count_hidden_atoms(f->view), ==, 0);
    lac_driver_key(f->driver, "i");
    g_assert_cmpuint(lac_viewport_count_hidden_atoms(f->view), ==, N_ATOMS - 1);
    lac_driver_key(f->driver, "i");
    g_assert_cmpuint(lac_viewport_count_hidden_atoms(f->view), ==, 0);
}

static gboolean
is_there(gpointer data)
{
    Fixture *f = data;
    LacCamera camera;
    lac_viewport_get_camera(f->view, &camera);
    return camera.target.x == f->atoms->x[3] && camera.target.z == f->atoms->z[3];
}

static void
test_fly(Fixture *f, gconstpointer data)
{
    (void) data;
    LacVec3 p = { f->atoms->x[3], f->atoms->y[3], f->atoms->z[3] };
    GtkSettings *settings = gtk_widget_get_settings(GTK_WIDGET(f->view));
    g_object_set(settings, "gtk-enable-animations", FALSE, NULL);
    lac_viewport_fly_to(f->view, p);
    g_assert_true(is_there(f));
    lac_viewport_reset(f->view);
    g_object_set(settings, "gtk-enable-animations", TRUE, NULL);
    lac_viewport_fly_to(f->view, p);
    g_assert_false(is_there(f));
    g_assert_true(lac_driver_wait(f->driver, is_there, f, 20000));
}

// Of all threads of this process.
static double
get_cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * (double) now.tv_sec + 1e-6 * (double) now.tv_nsec;
}

// How fast 20 000 atoms with bonds turn here; a machine may be busy, so that it is only told.
static void
test_speed(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(LacAtoms) atoms = make_atoms(N_SPEED, 34.0);
    LacAtomLook look = lac_atom_look_default();
    look.radius_scale = 0.4;
    lac_viewport_set_atom_look(f->view, &look);
    lac_viewport_set_show_bonds(f->view, TRUE);
    lac_viewport_set_atoms(f->view, atoms);
    lac_viewport_reset(f->view);
    settle(f);
    LacViewportStats before, after;
    lac_viewport_get_stats(f->view, &before);
    gint64 start = g_get_monotonic_time();
    double cpu = get_cpu_ms();
    for (int i = 0; i < 40; i++) {
        LacCamera camera;
        lac_viewport_get_camera(f->view, &camera);
        lac_camera_rotate(&camera, 3.0, 1.0);
        lac_viewport_set_camera(f->view, &camera);
        lac_driver_frames(f->driver, GTK_WIDGET(f->view), 1);
    }
    double seconds = 1e-6 * (double) (g_get_monotonic_time() - start);
    lac_viewport_get_stats(f->view, &after);
    double n = (double) (after.n_frames - before.n_frames);
    g_test_message("%.1f frames/s, %.1f ms of a processor each", n / seconds,
        (get_cpu_ms() - cpu) / n);
    lac_driver_screenshot(f->driver, GTK_WIDGET(f->window), "atoms-moving");
    settle(f);
    lac_driver_screenshot(f->driver, GTK_WIDGET(f->window), "atoms-rest");
    g_assert_cmpuint(after.n_frames, >, before.n_frames + 10);
}

int
main(int argc, char **argv)
{
    gtk_test_init(&argc, &argv, NULL);
    g_test_add("/atoms-view/click", Fixture, NULL, set_up, test_click, tear_down);
    g_test_add("/atoms-view/box", Fixture, NULL, set_up, test_box, tear_down);
    g_test_add("/atoms-view/measure", Fixture, NULL, set_up, test_measure, tear_down);
    g_test_add("/atoms-view/hide", Fixture, NULL, set_up, test_hide, tear_down);
    g_test_add("/atoms-view/fly", Fixture, NULL, set_up, test_fly, tear_down);
    g_test_add("/atoms-view/speed", Fixture, NULL, set_up, test_speed, tear_down);
    return g_test_run();
}
