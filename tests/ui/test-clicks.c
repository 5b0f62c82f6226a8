// SPDX-License-Identifier: GPL-3.0-or-later
// Clicks on a particle of which everything is known: what the inspector says is what lacuna-cli
// writes of the same file, cell by cell, and what was put into the particle.
#include "core/io/io.h"
#include "tests/app/cli.h"
#include "tests/support/desk.h"
#include "ui/analysis-panel.h"
#include "ui/analysis-strip.h"
#include "ui/selection-panel.h"
#include "ui/view-area.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define NEAR_PORE    1.5 // [Å] from the middle of what was carved to that of what was found
#define NEAR_VACANCY 1.0 // [Å]

// --- what the command line says

// A table as it was written: cells and headings are text.
typedef struct {
    char **heading;  // "volume [Å³]"
    GPtrArray *rows; // of char **
} Cells;

static void
cells_free(Cells *self)
{
    g_strfreev(self->heading);
    g_ptr_array_unref(self->rows);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cells, cells_free)

static Cells *
cells_read(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    Cells *self = g_new(Cells, 1);
    self->heading = g_strsplit(lines[0], ",", -1);
    self->rows = g_ptr_array_new_with_free_func((GDestroyNotify) g_strfreev);
    for (guint i = 1; lines[i] != NULL; i++)
        g_ptr_array_add(self->rows, g_strsplit(lines[i], ",", -1));
    return self;
}

// The column of that name; its unit goes to @unit when it is wanted.
static guint
cells_find(const Cells *self, const char *name, char **unit)
{
    gsize n = strlen(name);
    for (guint c = 0; self->heading[c] != NULL; c++) {
        const char *rest = self->heading[c] + n;
        if (!g_str_has_prefix(self->heading[c], name) || (*rest != '\0' && *rest != ' '))
            continue;
        if (unit != NULL && *rest == ' ')
            *unit = g_strndup(rest + 2, strlen(rest) - 3);
        else if (unit != NULL)
            *unit = NULL;
        return c;
    }
    g_test_message("no column %s", name);
    g_assert_not_reached();
}

static const char *
cells_get(const Cells *self, gsize row, guint column)
{
    return ((char **) g_ptr_array_index(self->rows, row))[column];
}

static double
cells_get_number(const Cells *self, gsize row, guint column)
{
    const char *cell = cells_get(self, row, column);
    return *cell != '\0' ? g_ascii_strtod(cell, NULL) : (double) NAN;
}

static LacVec3
cells_get_position(const Cells *self, gsize row, const char *const names[3])
{
    return (LacVec3){ cells_get_number(self, row, cells_find(self, names[0], NULL)),
        cells_get_number(self, row, cells_find(self, names[1], NULL)),
        cells_get_number(self, row, cells_find(self, names[2], NULL)) };
}

static const char *const xyz[3] = { "x", "y", "z" };
static const char *const known_xyz[3] = { "x_A", "y_A", "z_A" };

// The row nearest to a place.
static gsize
cells_find_nearest(const Cells *self, const char *const names[3], LacVec3 at, double *distance)
{
    gsize nearest = 0;
    *distance = (double) INFINITY;
    for (gsize i = 0; i < self->rows->len; i++) {
        LacVec3 p = cells_get_position(self, i, names);
        double d = lac_vec3_norm(lac_vec3_subtract(p, at));
        if (d < *distance) {
            *distance = d;
            nearest = i;
        }
    }
    return nearest;
}

// --- the desk

static Cells *
read_known(const char *name)
{
    g_autofree char *path = desk_dup_particle(name);
    g_autofree char *folder = g_path_get_dirname(path);
    return cells_read(folder, name);
}

static gboolean
is_settled(gpointer data)
{
    return lac_viewport_is_settled(((Desk *) data)->viewport);
}

static gboolean
has_meshes(gpointer data)
{
    return lac_viewport_get_scene(((Desk *) data)->viewport)->meshes.set != NULL;
}

static void
shoot(Desk *desk, const char *name)
{
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

static void
click_place(Desk *desk, LacVec3 place)
{
    double x, y;
    desk_wait_for(desk, is_settled, 20000);
    g_assert_true(lac_viewport_locate(desk->viewport, place, &x, &y));
    lac_driver_click_at(desk->driver, GTK_WIDGET(desk->viewport), x, y, 1);
    lac_driver_pause(desk->driver, 150);
}

static void
toggle(Desk *desk, const char *what)
{
    lac_driver_click(desk->driver, desk_find(desk, what));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
}

// What the inspector says under a title is what stands in a cell, with the unit of its column.
static void
assert_cell(Desk *desk, const Cells *cells, gsize row, const char *name, const char *title)
{
    LacSelectionPanel *inspector = LAC_SELECTION_PANEL(
        lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_SELECTION_PANEL));
    g_autofree char *unit = NULL;
    const char *cell = cells_get(cells, row, cells_find(cells, name, &unit));
    g_autofree char *wanted = unit != NULL
        ? g_strdup_printf("%s%s%s", cell, g_str_equal(unit, "°") ? "" : " ", unit)
        : g_strdup(cell);
    const char *said = lac_selection_panel_get_result(inspector, title);
    if (*cell == '\0')
        g_assert_null(said);
    else
        g_assert_cmpstr(said, ==, wanted);
}

// How near to the viewer a place is.
static double
get_nearness(Desk *desk, LacVec3 place)
{
    LacCamera camera;
    lac_viewport_get_camera(desk->viewport, &camera);
    LacMat3 m = lac_camera_get_matrix(&camera);
    return lac_mat3_apply(&m, place).z;
}

// --- atoms

// Every number of every analysis of one atom; returns how many there were.
static guint
assert_atom(Desk *desk, const char *folder, gsize atom)
{
    gsize n;
    guint n_cells = 0;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s-atoms.csv", table[i]->id);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            continue;
        g_autoptr(Cells) cells = cells_read(folder, name);
        for (guint c = 0; c < table[i]->n_columns; c++, n_cells++)
            assert_cell(desk, cells, atom, table[i]->columns[c].name, table[i]->columns[c].title);
    }
    return n_cells;
}

static void
check_atoms(Desk *desk, const char *folder)
{
    g_autoptr(Cells) cells = cells_read(folder, "coordination-atoms.csv");
    gsize known[2] = { G_MAXSIZE, G_MAXSIZE };
    for (guint k = 0; k < 2; k++) {
        double nearest = -(double) INFINITY;
        for (gsize i = 0; i < cells->rows->len; i++) {
            LacVec3 p = cells_get_position(cells, i, xyz);
            double nearness = get_nearness(desk, p);
            if (k == 1 &&
                lac_vec3_norm(lac_vec3_subtract(p, cells_get_position(cells, known[0], xyz))) < 12)
                continue;
            if (nearness > nearest) {
                nearest = nearness;
                known[k] = i;
            }
        }
    }
    for (guint k = 0; k < 2; k++) {
        gsize n = 0;
        click_place(desk, cells_get_position(cells, known[k], xyz));
        g_autofree gsize *selected = lac_session_dup_selected(desk->session, &n);
        g_assert_cmpuint(n, ==, 1);
        g_assert_cmpuint(selected[0], ==, known[k]);
        guint n_cells = assert_atom(desk, folder, known[k]);
        g_test_message("atom %" G_GSIZE_FORMAT ": %u numbers agree", known[k] + 1, n_cells);
        g_assert_cmpuint(n_cells, >, 40);
    }
    shoot(desk, "click-atom");
}

// --- a pore and a vacancy

// Of the rows that are near to something known the one nearest to the viewer.
static gsize
find_known(Desk *desk, const Cells *found, const Cells *known, double reach, gsize *known_row)
{
    gsize best = G_MAXSIZE;
    double nearest = -(double) INFINITY, distance;
    for (gsize i = 0; i < found->rows->len; i++) {
        LacVec3 p = cells_get_position(found, i, xyz);
        gsize row = cells_find_nearest(known, known_xyz, p, &distance);
        if (distance < reach && get_nearness(desk, p) > nearest) {
            nearest = get_nearness(desk, p);
            *known_row = row;
            best = i;
        }
    }
    g_assert_cmpuint(best, !=, G_MAXSIZE);
    return best;
}

static void
check_pore(Desk *desk, const char *folder)
{
    static const char *const facts[][2] = { { "kind", "Kind" }, { "open", "To the outside" },
        { "volume", "Volume" }, { "diameter", "Equivalent diameter" },
        { "radius", "Radius of the largest ball" }, { "area", "Area" },
        { "sphericity", "Sphericity" }, { "neck", "Radius of its neck" }, { "depth", "Depth" },
        { "interface", "Distance to the interface" } };
    g_autoptr(Cells) found = cells_read(folder, "pores-pores.csv");
    g_autoptr(Cells) known = read_known("pores.csv");
    gsize known_row, row = find_known(desk, found, known, NEAR_PORE, &known_row);
    click_place(desk, cells_get_position(found, row, xyz));
    const LacPicked *picked = lac_session_get_picked(desk->session);
    g_assert_cmpint(picked->kind, ==, LAC_PICKED_PORE);
    g_assert_cmpuint(picked->index, ==, row);
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
        assert_cell(desk, found, row, facts[i][0], facts[i][1]);
    double carved = 4.0 / 3.0 * G_PI;
    for (guint c = 3; c < 6; c++)
        carved *= cells_get_number(known, known_row, c);
    double volume = cells_get_number(found, row, cells_find(found, "volume", NULL));
    g_test_message("pore %" G_GSIZE_FORMAT ": %.0f Å³, carved %.0f Å³", row + 1, volume, carved);
    g_assert_cmpfloat(volume / carved, >, 0.75);
    g_assert_cmpfloat(volume / carved, <, 1.45);
    shoot(desk, "click-pore");
}

static void
check_vacancy(Desk *desk, const char *folder)
{
    static const char *const facts[][2] = { { "verdict", "Verdict" },
        { "support", "Occupied neighbours" }, { "spread", "Spread of its place" },
        { "confidence", "Confidence by geometry" }, { "depth", "Depth" },
        { "interface", "Distance to the interface" }, { "lattice", "Lattice" },
        { "cluster", "Cluster" } };
    g_autoptr(Cells) found = cells_read(folder, "vacancies-sites.csv");
    g_autoptr(Cells) known = read_known("vacancies.csv");
    gsize known_row, row = find_known(desk, found, known, NEAR_VACANCY, &known_row);
    click_place(desk, cells_get_position(found, row, xyz));
    const LacPicked *picked = lac_session_get_picked(desk->session);
    g_assert_cmpint(picked->kind, ==, LAC_PICKED_VACANCY);
    g_assert_cmpuint(picked->index, ==, row);
    g_assert_true(g_str_has_prefix(cells_get(found, row, 0), "vacancy"));
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
        assert_cell(desk, found, row, facts[i][0], facts[i][1]);
    shoot(desk, "click-vacancy");
}

// --- plots

// A range of a histogram selects the atoms whose cells lie in it, and no other.
static void
check_brush(Desk *desk, const char *folder)
{
    LacAnalysisStrip *strip =
        LAC_ANALYSIS_STRIP(lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ANALYSIS_STRIP));
    LacChartView *view = lac_analysis_strip_get_view(strip);
    g_autoptr(Cells) cells = cells_read(folder, "coordination-atoms.csv");
    guint cn = cells_find(cells, "cn", NULL);
    double from[2], to[2];
    gsize n = 0, wanted = 0;
    g_assert_true(lac_analysis_strip_show(strip, "histogram-cn"));
    lac_driver_frames(desk->driver, GTK_WIDGET(view), 2);
    g_assert_true(lac_chart_view_locate(view, 9.7, &from[0], &from[1]));
    g_assert_true(lac_chart_view_locate(view, 11.3, &to[0], &to[1]));
    lac_driver_drag(desk->driver, GTK_WIDGET(view), from, to, 1);
    lac_driver_frames(desk->driver, GTK_WIDGET(view), 3);
    const guint8 *selection = lac_session_get_selection(desk->session);
    for (gsize i = 0; i < cells->rows->len; i++) {
        double value = cells_get_number(cells, i, cn);
        gboolean is_wanted = value == 10.0 || value == 11.0;
        wanted += is_wanted ? 1 : 0;
        g_assert_cmpint(selection[i] != 0, ==, is_wanted);
    }
    n = lac_session_count_selected(desk->session);
    g_test_message("brushed: %" G_GSIZE_FORMAT " atoms of 10 and 11 neighbours", n);
    g_assert_cmpuint(wanted, >, 100);
    g_assert_cmpuint(n, ==, wanted);
    shoot(desk, "click-brush");
}

// Atoms that are selected in the 3D view are marked in the plot, at their values.
static void
check_marks(Desk *desk, const char *folder)
{
    LacAnalysisStrip *strip =
        LAC_ANALYSIS_STRIP(lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ANALYSIS_STRIP));
    LacChartView *view = lac_analysis_strip_get_view(strip);
    g_autoptr(Cells) cells = cells_read(folder, "hull-atoms.csv");
    guint depth = cells_find(cells, "depth", NULL);
    double x, y;
    gsize n = 0, n_marks = 0;
    g_assert_true(lac_analysis_strip_show(strip, "histogram-depth"));
    lac_driver_click(desk->driver, desk_find(desk, "Let the selected atoms go"));
    gtk_widget_grab_focus(GTK_WIDGET(desk->viewport));
    g_assert_true(lac_viewport_locate(desk->viewport, (LacVec3){ 0 }, &x, &y));
    const double from[2] = { x - 12.0, y - 12.0 }, to[2] = { x + 12.0, y + 12.0 };
    lac_driver_key(desk->driver, "b");
    lac_driver_drag(desk->driver, GTK_WIDGET(desk->viewport), from, to, 1);
    lac_driver_key(desk->driver, "Escape");
    lac_driver_frames(desk->driver, GTK_WIDGET(view), 3);
    g_autofree gsize *selected = lac_session_dup_selected(desk->session, &n);
    const double *marks = lac_chart_view_get_marks(view, &n_marks);
    g_test_message("boxed: %" G_GSIZE_FORMAT " atoms, %" G_GSIZE_FORMAT " marks", n, n_marks);
    g_assert_cmpuint(n, >, 10);
    g_assert_cmpuint(n_marks, ==, n);
    for (gsize i = 0; i < n; i++) {
        g_autofree char *mark = lac_format_number(marks[i], 4);
        g_assert_cmpstr(mark, ==, cells_get(cells, selected[i], depth));
    }
    shoot(desk, "click-marks");
    // Many are bars within the bars.
    gsize many[1000];
    double sum = 0.0;
    for (gsize i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = 3 * i;
    lac_session_set_selection(desk->session, many, G_N_ELEMENTS(many));
    const LacChart *chart = lac_chart_view_get_chart(view);
    g_assert_cmpuint(chart->series->len, ==, 2);
    const LacChartSeries *all = g_ptr_array_index(chart->series, 0);
    const LacChartSeries *part = g_ptr_array_index(chart->series, 1);
    for (gsize k = 0; k < part->n; k++) {
        sum += part->y[k];
        g_assert_cmpfloat(part->y[k], <=, all->y[k]);
    }
    g_assert_cmpfloat(sum, ==, 1000.0);
    shoot(desk, "click-many");
}

// --- all of it, on one desk

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_remove(file);
    }
    g_rmdir(path);
}

static gboolean
has_report(gpointer data)
{
    g_autofree char *path = g_build_filename(((Desk *) data)->folder, "report.txt", NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS) && desk_is_idle(data);
}

// The report that the window writes is what the command line prints, but for its first line.
static void
check_report(Desk *desk, const char *printed)
{
    g_autofree char *path = g_build_filename(desk->folder, "report.txt", NULL), *text = NULL;
    lac_driver_begin_foreign();
    lac_driver_click(desk->driver, desk_find(desk, "Report…"));
    lac_driver_pause(desk->driver, 1500);
    lac_driver_key(desk->driver, "ctrl+a");
    lac_driver_type(desk->driver, path);
    lac_driver_pause(desk->driver, 300);
    lac_driver_key(desk->driver, "Return");
    desk_wait_for(desk, has_report, 10000);
    lac_driver_end_foreign();
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    const char *body = strchr(printed, '\n') + 1;
    g_assert_cmpuint(strlen(text), >, 5000);
    g_auto(GStrv) ours = g_strsplit(text, "\n", -1), theirs = g_strsplit(body, "\n", -1);
    g_assert_cmpuint(g_strv_length(ours), ==, g_strv_length(theirs));
    for (guint i = 0; ours[i] != NULL; i++)
        g_assert_cmpstr(ours[i], ==, theirs[i]);
    g_test_message("reports agree: %" G_GSIZE_FORMAT " characters", strlen(text));
}

static void
test_clicks(Desk *desk, gconstpointer bench)
{
    (void) bench;
    g_autofree char *file = desk_dup_particle("traced.xyz");
    if (file == NULL)
        return;
    g_autofree char *folder = g_build_filename(desk->folder, "tables", NULL);
    g_autoptr(TestRun) printed = test_cli("analyse", file, NULL);
    g_autoptr(TestRun) written = test_cli("analyse", file, "--csv", folder, NULL);
    g_assert_cmpint(printed->status, ==, 0);
    g_assert_cmpint(written->status, ==, 0);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, file);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, desk_has_atoms, 20000);
    lac_driver_key(desk->driver, "alt+5");
    desk_wait_for(desk, desk_is_analysed, 120000);
    desk_wait_for(desk, has_meshes, 20000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    check_report(desk, printed->out);
    check_brush(desk, folder);
    check_marks(desk, folder);
    check_atoms(desk, folder);
    toggle(desk, "Show the atoms of the model");
    toggle(desk, "Show the surface between metal and oxide");
    check_pore(desk, folder);
    toggle(desk, "Show the surfaces of pores");
    check_vacancy(desk, folder);
    remove_folder(folder);
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = { { "/clicks/labelled-particle", test_clicks } };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
