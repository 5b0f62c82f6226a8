// SPDX-License-Identifier: GPL-3.0-or-later
// What a person chooses at the Analysis stage: a line, two regions, phases, parameters. What the
// window shows of them is what lacuna-cli writes; they are undone, saved and found again.
#include "core/data/table.h"
#include "core/io/io.h"
#include "tests/app/cli.h"
#include "tests/support/crystal.h"
#include "tests/support/desk.h"
#include "ui/analysis-strip.h"
#include "ui/ortho-view.h"
#include "ui/selection-panel.h"
#include "ui/view-analysis.h"
#include "ui/view-area.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gboolean
is_settled(gpointer data)
{
    return lac_viewport_is_settled(((Desk *) data)->viewport);
}

static void
settle(Desk *desk)
{
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    desk_wait_for(desk, is_settled, 20000);
}

static LacAnalysisStrip *
get_strip(Desk *desk)
{
    return LAC_ANALYSIS_STRIP(
        lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ANALYSIS_STRIP));
}

static LacSelectionPanel *
get_inspector(Desk *desk)
{
    return LAC_SELECTION_PANEL(
        lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_SELECTION_PANEL));
}

static void
open_file(Desk *desk, char *path)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, desk_has_atoms, 20000);
    lac_driver_key(desk->driver, "alt+5");
    desk_wait_for(desk, desk_is_analysed, 60000);
    settle(desk);
}

// A ball of metal, tilted so that no two atoms are exactly behind each other.
static char *
open_crystal(Desk *desk)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 14.0);
    LacMat3 turn = lac_rotation_from_euler_deg(20.0, 30.0, 10.0);
    test_atoms_transform(atoms, &turn, (LacVec3){ 0 });
    char *path = g_build_filename(desk->folder, "ball.xyz", NULL);
    g_assert_true(lac_write_atoms(atoms, path, &error));
    open_file(desk, path);
    return path;
}

static void
shoot(Desk *desk, const char *name)
{
    settle(desk);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

// --- a line

static gsize
find_front(Desk *desk, double right)
{
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    LacCamera camera;
    lac_viewport_get_camera(desk->viewport, &camera);
    LacMat3 m = lac_camera_get_matrix(&camera);
    gsize best = 0;
    double least = (double) INFINITY;
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 p = lac_mat3_apply(&m, (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] });
        double cost = hypot(p.x - right, p.y) - 2.0 * p.z;
        if (cost < least) {
            least = cost;
            best = i;
        }
    }
    return best;
}

static double
get_json_cell(JsonObject *sections, const char *section, const char *table, const char *name,
    guint row)
{
    JsonObject *tables =
        json_object_get_object_member(json_object_get_object_member(sections, section), "tables");
    JsonArray *columns =
        json_object_get_array_member(json_object_get_object_member(tables, table), "columns");
    for (guint c = 0; c < json_array_get_length(columns); c++) {
        JsonObject *column = json_array_get_object_element(columns, c);
        if (g_str_equal(json_object_get_string_member(column, "name"), name))
            return json_array_get_double_element(json_object_get_array_member(column, "values"),
                row);
    }
    g_assert_not_reached();
}

// The window's report of the line and the regions, as lacuna-cli has it from the saved project.
static void
check_project(Desk *desk)
{
    g_autofree char *project = g_build_filename(desk->folder, "chosen.lacuna", NULL);
    g_autoptr(LacReport) report = lac_report_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_chosen_add_sections(lac_session_get_chosen(desk->session),
        lac_session_get_analysis(desk->session), report, &error));
    g_autofree char *ours = lac_report_dup_text(report);
    g_assert_true(lac_session_save(desk->session, project));
    desk_wait_for(desk, desk_is_saved, 20000);
    g_autoptr(TestRun) run = test_cli("analyse", project, NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(strlen(ours), >, 500);
    g_assert_nonnull(strstr(run->out, ours));
    g_autoptr(TestRun) few = test_cli("analyse", project, "--analysis", "neighbours", NULL);
    g_assert_null(strstr(few->out, "Line profile"));
}

// Each step of the line is undone and done again.
static void
check_line_steps(Desk *desk)
{
    LacLineParams line = *lac_session_get_line(desk->session);
    guint n = lac_session_get_n_steps(desk->session);
    line.radius = 4.0;
    lac_session_set_line(desk->session, &line);
    line.radius = 5.0; // at once after the other: one step
    lac_session_set_line(desk->session, &line);
    lac_session_set_line(desk->session, &line); // no step
    g_assert_cmpuint(lac_session_get_n_steps(desk->session), ==, n + 1);
    g_assert_cmpstr(lac_session_get_undo_label(desk->session), ==, "Change the radius of the line");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpfloat(lac_session_get_line(desk->session)->radius, ==, 6.0);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_null(lac_session_get_line(desk->session));
    lac_driver_key(desk->driver, "ctrl+shift+z");
    lac_driver_key(desk->driver, "ctrl+shift+z");
    g_assert_cmpfloat(lac_session_get_line(desk->session)->radius, ==, 5.0);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_true(lac_session_is_modified(desk->session));
}

static void
test_line(Desk *desk, gconstpointer bench)
{
    (void) bench;
    g_autofree char *path = open_crystal(desk);
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    const gsize ends[2] = { find_front(desk, -8.0), find_front(desk, 8.0) };
    lac_session_set_selection(desk->session, ends, 2);
    lac_driver_pause(desk->driver, 120);
    lac_driver_click(desk->driver, desk_find(desk, "Profiles along the line"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    const LacLineParams *line = lac_session_get_line(desk->session);
    g_assert_nonnull(line);
    g_assert_cmpfloat(line->b.x, ==, atoms->x[ends[1] > ends[0] ? ends[1] : ends[0]]);
    check_line_steps(desk);
    line = lac_session_get_line(desk->session);
    LacAnalysisStrip *strip = get_strip(desk);
    g_assert_true(lac_analysis_strip_show(strip, "line-cn"));
    const LacChart *chart = lac_chart_view_get_chart(lac_analysis_strip_get_view(strip));
    const LacChartSeries *series = g_ptr_array_index(chart->series, 0);
    // The command line makes the same profile.
    g_autofree char *spec = g_strdup_printf("%.17g,%.17g,%.17g,%.17g,%.17g,%.17g", line->a.x,
        line->a.y, line->a.z, line->b.x, line->b.y, line->b.z);
    g_autoptr(TestRun) run = test_cli("analyse", path, "--line", spec, "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *sections =
        json_object_get_object_member(test_run_get_json(run, parser), "analyses");
    g_assert_cmpuint(series->n, >=, 4);
    for (guint i = 0; i < series->n; i++)
        if (isfinite(series->y[i]))
            g_assert_cmpfloat(series->y[i], ==,
                get_json_cell(sections, "line", "profile", "cn", i));
    g_assert_true(lac_analysis_strip_show(strip, "line-concentration"));
    shoot(desk, "chosen-line");
    // Another one, drawn from atom to atom.
    double from[2], to[2];
    g_assert_true(lac_viewport_locate_atom(desk->viewport, ends[0], &from[0], &from[1]));
    g_assert_true(lac_viewport_locate(desk->viewport, (LacVec3){ 0 }, &to[0], &to[1]));
    gtk_widget_grab_focus(GTK_WIDGET(desk->viewport));
    lac_driver_key(desk->driver, "d");
    lac_driver_drag(desk->driver, GTK_WIDGET(desk->viewport), from, to, 1);
    lac_driver_key(desk->driver, "Escape");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    line = lac_session_get_line(desk->session);
    g_assert_cmpfloat_with_epsilon(line->a.x, atoms->x[ends[0]], 1e-12);
    g_assert_cmpfloat_with_epsilon(line->a.z, atoms->z[ends[0]], 1e-12);
    shoot(desk, "chosen-drawn");
}

static GtkSpinButton *
find_field(Desk *desk, const char *tooltip)
{
    return GTK_SPIN_BUTTON(desk_find(desk, tooltip));
}

// Radius and bins of the line, as the fields have them; a burst of turns is one step.
static void
test_line_fields(Desk *desk, gconstpointer bench)
{
    (void) bench;
    static const char *const of_radius =
        "Of the cylinder around the line; its atoms make the profile";
    g_autofree char *path = open_crystal(desk);
    int width = gtk_widget_get_width(GTK_WIDGET(desk->window));
    lac_session_draw_line(desk->session, (LacVec3){ -8, 1, 0 }, (LacVec3){ 8, 0, 2 });
    LacAnalysisStrip *strip = get_strip(desk);
    g_assert_true(lac_analysis_strip_show(strip, "line-cn"));
    settle(desk);
    g_assert_cmpint(gtk_widget_get_width(GTK_WIDGET(desk->window)), ==, width);
    guint n = lac_session_get_n_steps(desk->session);
    gtk_spin_button_set_value(find_field(desk, of_radius), 5.0);
    gtk_spin_button_set_value(find_field(desk, of_radius), 4.5);
    lac_driver_pause(desk->driver, 400);
    g_assert_cmpfloat(lac_session_get_line(desk->session)->radius, ==, 4.5);
    g_assert_cmpuint(lac_session_get_n_steps(desk->session), ==, n + 1);
    gtk_spin_button_set_value(find_field(desk, "Length of a bin along the line, about"), 1.5);
    lac_driver_pause(desk->driver, 400);
    lac_driver_click(desk->driver,
        desk_find(desk, "Prolong the profile to both ends of the particle; A stays at 0"));
    lac_driver_pause(desk->driver, 400);
    g_assert_true(lac_session_get_line(desk->session)->whole);
    g_assert_cmpuint(lac_session_get_n_steps(desk->session), ==, n + 3);
    shoot(desk, "chosen-line-fields");
    const LacChart *chart = lac_chart_view_get_chart(lac_analysis_strip_get_view(strip));
    const LacChartSeries *series = g_ptr_array_index(chart->series, 0);
    g_autoptr(TestRun) run = test_cli("analyse", path, "--line", "-8,1,0,8,0,2,4.5", "--line-step",
        "1.5", "--line-whole", "--json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *sections =
        json_object_get_object_member(test_run_get_json(run, parser), "analyses");
    for (guint i = 0; i < series->n; i++)
        if (isfinite(series->y[i]))
            g_assert_cmpfloat(series->y[i], ==,
                get_json_cell(sections, "line", "profile", "cn", i));
    check_project(desk);
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpfloat(gtk_spin_button_get_value(find_field(desk, of_radius)), ==, 6.0);
    lac_driver_click(desk->driver, desk_find(desk, "Remove the line; can be undone"));
    g_assert_null(lac_session_get_line(desk->session));
}

// A line drawn in a slice lies in it, and begins at the atom that it was drawn from.
static void
test_line_in_slice(Desk *desk, gconstpointer bench)
{
    (void) bench;
    g_free(open_crystal(desk));
    g_autoptr(LacVolume) volume = lac_volume_new(48, 48, 48, 1.0, NULL);
    for (gsize i = 0; i < lac_volume_get_size(volume); i++)
        volume->data[i] = (float) (i % 48);
    lac_session_set_volume(desk->session, volume);
    settle(desk);
    LacViewArea *area =
        LAC_VIEW_AREA(lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_VIEW_AREA));
    LacSliceView *slice = lac_ortho_view_get_slice(lac_view_area_get_slices(area), LAC_AXIS_Z);
    const double ends[2][3] = { { -9.4, -9.0, 0.0 }, { 9.6, 8.0, 0.0 } };
    double from[2], to[2];
    for (guint k = 0; k < 2; k++)
        lac_slice_view_locate_position(slice, ends[k], k == 0 ? &from[0] : &to[0],
            k == 0 ? &from[1] : &to[1]);
    lac_driver_click_at(desk->driver, GTK_WIDGET(slice), from[0], from[1], 1);
    lac_driver_key(desk->driver, "d");
    lac_driver_drag(desk->driver, GTK_WIDGET(slice), from, to, 1);
    lac_driver_key(desk->driver, "Escape");
    settle(desk);
    const LacLineParams *line = lac_session_get_line(desk->session);
    g_assert_nonnull(line);
    g_assert_cmpfloat(fabs(line->a.x - ends[0][0]), <, 1.7);
    g_assert_cmpfloat(fabs(line->a.y - ends[0][1]), <, 1.7);
    g_assert_cmpfloat(fabs(line->a.z), <, 1.7);
    g_assert_cmpfloat(fabs(line->b.x - ends[1][0]), <, 1.7);
    g_assert_cmpfloat(fabs(line->b.y - ends[1][1]), <, 1.7);
    shoot(desk, "chosen-line-slice");
    // Out of the mode a drag moves the crosshair again.
    gsize before[3], after[3];
    lac_session_get_crosshair(desk->session, before);
    lac_driver_drag(desk->driver, GTK_WIDGET(slice), to, from, 1);
    lac_session_get_crosshair(desk->session, after);
    g_assert_cmpint(memcmp(before, after, sizeof before), !=, 0);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_null(lac_session_get_line(desk->session));
}

// --- regions

static void
select_half(Desk *desk, gboolean right)
{
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    g_autofree gsize *indices = g_new(gsize, atoms->n);
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++)
        if ((atoms->x[i] > 5.0) == right)
            indices[n++] = i;
    lac_session_set_selection(desk->session, indices, n);
    lac_driver_pause(desk->driver, 120);
}

static void
test_regions(Desk *desk, gconstpointer bench)
{
    (void) bench;
    static const char *const quantities[] = { "Coordination number", "Bond length", "Depth" };
    g_autofree char *path = open_crystal(desk);
    select_half(desk, FALSE);
    lac_driver_pause(desk->driver, 250);
    // What all atoms have in common has no spread.
    LacSelectionPanel *inspector = get_inspector(desk);
    g_assert_cmpstr(lac_selection_panel_get_result(inspector, "Grain"), !=, NULL);
    g_assert_cmpstr(lac_selection_panel_get_result(inspector, "Lattice"), ==, "1");
    g_assert_cmpstr(lac_selection_panel_get_result(inspector, "Phase"), ==, "all metal");
    g_assert_cmpstr(lac_selection_panel_get_result(inspector, "Bond length"), ==, "3.250 Å");
    g_assert_nonnull(
        strstr(lac_selection_panel_get_result(inspector, "Coordination number"), " ± "));
    lac_driver_key(desk->driver, "ctrl+1");
    select_half(desk, TRUE);
    lac_driver_key(desk->driver, "ctrl+2");
    settle(desk);
    g_autoptr(TestRun) run =
        test_cli("analyse", path, "--region-a", "x <= 5", "--region-b", "x > 5", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *sections =
        json_object_get_object_member(test_run_get_json(run, parser), "analyses");
    JsonObject *tables =
        json_object_get_object_member(json_object_get_object_member(sections, "regions"), "tables");
    JsonArray *titles = json_object_get_array_member(
        json_array_get_object_element(
            json_object_get_array_member(json_object_get_object_member(tables, "comparison"),
                "columns"),
            0),
        "values");
    guint n_found = 0;
    for (guint row = 0; row < json_array_get_length(titles); row++) {
        const char *title = json_array_get_string_element(titles, row);
        for (guint q = 0; q < G_N_ELEMENTS(quantities); q++) {
            if (!g_str_equal(title, quantities[q]))
                continue;
            g_autofree char *wanted =
                lac_format_error(get_json_cell(sections, "regions", "comparison", "a", row),
                    get_json_cell(sections, "regions", "comparison", "a_error", row), 5);
            g_assert_cmpstr(lac_region_table_get(lac_analysis_strip_get_regions(get_strip(desk)),
                                title, "a"),
                ==, wanted);
            n_found++;
        }
    }
    g_assert_cmpuint(n_found, ==, G_N_ELEMENTS(quantities));
    shoot(desk, "chosen-regions");
    gsize of_a = lac_session_count_region(desk->session, LAC_REGION_A);
    g_assert_cmpstr(lac_session_get_undo_label(desk->session), ==, "Choose region B");
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpuint(lac_session_count_region(desk->session, LAC_REGION_B), ==, 0);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpuint(lac_session_count_region(desk->session, LAC_REGION_A), ==, 0);
    lac_driver_key(desk->driver, "ctrl+shift+z");
    lac_driver_key(desk->driver, "ctrl+shift+z");
    g_assert_cmpuint(lac_session_count_region(desk->session, LAC_REGION_A), ==, of_a);
    const LacLineParams line = { .a = { -5, 0, 0 }, .b = { 5, 2, 1 }, .radius = 5, .step = 1.5 };
    lac_session_set_line(desk->session, &line);
    check_project(desk);
}

// --- phases

static gboolean
is_metal(gpointer data)
{
    const char *phase = lac_selection_panel_get_result(get_inspector(data), "Phase");
    return g_strcmp0(phase, "metal") == 0;
}

static gboolean
is_glass(gpointer data)
{
    const char *phase = lac_selection_panel_get_result(get_inspector(data), "Phase");
    return g_strcmp0(phase, "amorphous oxide") == 0;
}

static void
test_phases(Desk *desk, gconstpointer bench)
{
    (void) bench;
    g_free(open_crystal(desk));
    const gsize atom = find_front(desk, 0.0);
    lac_session_set_selection(desk->session, &atom, 1);
    desk_wait_for(desk, is_metal, 5000);
    lac_driver_click(desk->driver, desk_find(desk, "Tell that these atoms are amorphous"));
    // At once, and still so when all was computed again.
    desk_wait_for(desk, is_glass, 5000);
    desk_wait_for(desk, desk_is_analysed, 60000);
    lac_driver_pause(desk->driver, 120);
    desk_wait_for(desk, is_glass, 5000);
    g_assert_cmpuint(lac_session_get_analysis(desk->session)->phases->n_overridden, ==, 1);
    shoot(desk, "chosen-phase");
    lac_driver_key(desk->driver, "ctrl+z");
    desk_wait_for(desk, desk_is_analysed, 60000);
    lac_session_set_selection(desk->session, &atom, 1);
    desk_wait_for(desk, is_metal, 5000);
}

// --- parameters, and the project

static void
set_cutoff(Desk *desk, double cutoff)
{
    LacAnalysisParams params = *lac_session_get_analysis_params(desk->session);
    params.neighbours.cutoff = cutoff;
    lac_session_set_analysis_params(desk->session, &params);
}

static void
test_saved(Desk *desk, gconstpointer bench)
{
    (void) bench;
    g_free(open_crystal(desk));
    g_autofree char *project = g_build_filename(desk->folder, "ball.lacuna", NULL);
    guint before = lac_session_get_n_steps(desk->session);
    set_cutoff(desk, 3.7);
    set_cutoff(desk, 3.8); // at once after the other: one step
    g_assert_cmpuint(lac_session_get_n_steps(desk->session), ==, before + 1);
    g_assert_cmpstr(lac_session_get_undo_label(desk->session), ==, "Change Cut-off");
    desk_wait_for(desk, desk_is_analysed, 60000);
    lac_driver_key(desk->driver, "ctrl+z");
    g_assert_cmpfloat(lac_session_get_analysis_params(desk->session)->neighbours.cutoff, ==, 0.0);
    lac_driver_key(desk->driver, "ctrl+shift+z");
    g_assert_cmpfloat(lac_session_get_analysis_params(desk->session)->neighbours.cutoff, ==, 3.8);
    desk_wait_for(desk, desk_is_analysed, 60000);
    double cutoff = lac_session_get_analysis(desk->session)->neighbours->cutoff;
    g_assert_cmpfloat(cutoff, ==, 3.8);
    lac_driver_click(desk->driver, desk_find(desk, "Show the outer surface of the particle"));
    g_assert_true(lac_analysis_strip_show(get_strip(desk), "histogram-depth"));
    select_half(desk, TRUE);
    lac_driver_key(desk->driver, "ctrl+1");
    gsize n = lac_session_count_selected(desk->session);
    g_assert_true(lac_session_save(desk->session, project));
    desk_wait_for(desk, desk_is_saved, 20000);
    // The command line takes the parameters of the project.
    g_autoptr(TestRun) run =
        test_cli("analyse", project, "--analysis", "neighbours", "--json", NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_nonnull(strstr(run->out, "3.8"));
    desk_close_window(desk);
    desk_open_window(desk);
    open_file(desk, project);
    g_assert_cmpfloat(lac_session_get_analysis_params(desk->session)->neighbours.cutoff, ==, 3.8);
    g_assert_cmpfloat(lac_session_get_analysis(desk->session)->neighbours->cutoff, ==, 3.8);
    g_assert_cmpuint(lac_session_count_region(desk->session, LAC_REGION_A), ==, n);
    LacViewArea *area =
        LAC_VIEW_AREA(lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_VIEW_AREA));
    g_assert_true(
        lac_view_analysis_get_layer(lac_view_area_get_analysis(area), LAC_RESULT_SURFACE)->shown);
    const LacChart *chart = lac_chart_view_get_chart(lac_analysis_strip_get_view(get_strip(desk)));
    g_assert_cmpstr(chart->column, ==, "depth");
    g_assert_false(lac_session_is_modified(desk->session));
}

// --- from the click to the answer

typedef struct {
    LacSelectionPanel *panel;
    const char *fact;
    char *before;
} Answer;

// [ms] until the inspector says something else.
static double
time_answer(Answer *answer, gint64 start)
{
    while (
        g_strcmp0(lac_selection_panel_get_result(answer->panel, answer->fact), answer->before) == 0)
        g_main_context_iteration(NULL, FALSE);
    double ms = (double) (g_get_monotonic_time() - start) / 1000.0;
    g_free(answer->before);
    answer->before = g_strdup(lac_selection_panel_get_result(answer->panel, answer->fact));
    return ms;
}

static int
compare_times(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// Twenty thousand atoms, a pore, vacancies: how long atoms and pores take is printed.
static void
test_speed(Desk *desk, gconstpointer bench)
{
    (void) bench;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, 3.25, 49.5);
    LacMat3 turn = lac_rotation_from_euler_deg(20.0, 30.0, 10.0);
    test_atoms_transform(ball, &turn, (LacVec3){ 0 });
    test_atoms_shake(ball, 0.05, 3);
    gsize kept = 0;
    for (gsize i = 0; i < ball->n; i++) {
        gboolean is_pore = hypot(hypot(ball->x[i] - 20.0, ball->y[i]), ball->z[i]) < 8.0 ||
            hypot(hypot(ball->x[i] + 20.0, ball->y[i]), ball->z[i]) < 7.0;
        if (is_pore || i % 251 == 0)
            continue;
        ball->x[kept] = ball->x[i];
        ball->y[kept] = ball->y[i];
        ball->z[kept++] = ball->z[i];
    }
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(ball, kept);
    g_autofree char *path = g_build_filename(desk->folder, "large.xyz", NULL);
    g_assert_true(lac_write_atoms(atoms, path, &error));
    open_file(desk, path);
    Answer answer = { .panel = get_inspector(desk), .fact = "Depth" };
    double times[20], whole[4];
    for (guint k = 0; k < 20; k++) {
        const gsize atom = 37 + 801 * k;
        gint64 start = g_get_monotonic_time();
        lac_session_set_selection(desk->session, &atom, 1);
        times[k] = time_answer(&answer, start);
        lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    }
    qsort(times, 20, sizeof *times, compare_times);
    g_test_message("%" G_GSIZE_FORMAT " atoms: an atom is answered in %.1f ms, %.1f at most", kept,
        times[10], times[19]);
    answer.fact = "Volume";
    g_clear_pointer(&answer.before, g_free);
    for (guint k = 0; k < 4; k++) {
        const LacPicked pore = { .kind = LAC_PICKED_PORE, .index = k % 2 };
        gint64 start = g_get_monotonic_time();
        lac_session_set_picked(desk->session, &pore);
        whole[k] = time_answer(&answer, start);
        lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    }
    g_test_message("a pore in %.1f ms the first time, then in %.1f, %.1f and %.1f", whole[0],
        whole[1], whole[2], whole[3]);
    g_free(answer.before);
    g_assert_cmpfloat(times[10], <, 1000.0);
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/chosen/line", test_line },
        { "/chosen/line-fields", test_line_fields },
        { "/chosen/line-in-slice", test_line_in_slice },
        { "/chosen/regions", test_regions },
        { "/chosen/phases", test_phases },
        { "/chosen/saved", test_saved },
        { "/chosen/speed", test_speed },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
