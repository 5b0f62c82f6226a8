// SPDX-License-Identifier: GPL-3.0-or-later
// A person at the Analysis stage of the real window, with a particle of which everything is known.
#include "core/data/table.h"
#include "core/io/io.h"
#include "tests/support/desk.h"
#include "ui/analysis-panel.h"
#include "ui/analysis-row.h"
#include "ui/analysis-strip.h"
#include "ui/column-chart.h"
#include "ui/inspect.h"
#include "ui/render/result-meshes.h"
#include "ui/selection-panel.h"
#include "ui/view-area.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

static gboolean
is_settled(gpointer data)
{
    LacViewport *viewport = ((Desk *) data)->viewport;
    return !gtk_widget_get_mapped(GTK_WIDGET(viewport)) || lac_viewport_is_settled(viewport);
}

static void
shoot(Desk *desk, const char *name)
{
    desk_wait_for(desk, is_settled, 20000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

// Opens the labelled particle and goes to the stage of analysis, where all is computed by itself.
static gboolean
analyse_particle(Desk *desk)
{
    g_autofree char *path = desk_dup_particle("traced.xyz");
    if (path == NULL)
        return FALSE;
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, path);
    lac_window_open_files(desk->window, paths);
    desk_wait_for(desk, desk_has_atoms, 20000);
    lac_driver_key(desk->driver, "alt+5");
    desk_wait_for(desk, desk_is_analysed, 120000);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    return TRUE;
}

static LacAnalysisStrip *
get_strip(Desk *desk)
{
    return LAC_ANALYSIS_STRIP(
        lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ANALYSIS_STRIP));
}

// A histogram is brushed: exactly the atoms whose numbers say so are selected; the numbers of the
// panel are those of the report.
static void
test_brush(Desk *desk, gconstpointer bench)
{
    (void) bench;
    if (!analyse_particle(desk))
        return;
    LacAnalysisStrip *strip = get_strip(desk);
    LacChartView *view = lac_analysis_strip_get_view(strip);
    const LacAnalysis *analysis = lac_session_get_analysis(desk->session);
    g_assert_true(lac_analysis_strip_show(strip, "histogram-cn"));
    lac_driver_frames(desk->driver, GTK_WIDGET(view), 2);
    shoot(desk, "analysis-histogram");
    double from[2], to[2];
    g_assert_true(lac_chart_view_locate(view, 11.8, &from[0], &from[1]));
    g_assert_true(lac_chart_view_locate(view, 13.2, &to[0], &to[1]));
    lac_driver_drag(desk->driver, GTK_WIDGET(view), from, to, 1);
    lac_driver_frames(desk->driver, GTK_WIDGET(view), 3);
    gsize n = 0, wanted = 0;
    g_autofree gsize *selected = lac_session_dup_selected(desk->session, &n);
    g_autofree double *values = lac_column_dup_values(analysis, "cn");
    for (gsize i = 0; i < analysis->points->n; i++)
        wanted += values[i] == 12.0 || values[i] == 13.0;
    g_assert_cmpuint(wanted, >, 100);
    g_assert_cmpuint(n, ==, wanted);
    for (gsize i = 0; i < n; i++) {
        double cn = values[analysis->points->rank[selected[i]]];
        g_assert_true(cn == 12.0 || cn == 13.0);
    }
    shoot(desk, "analysis-brushed");
}

// The atom nearest to the viewer of those @apart from @other.
static gsize
find_front_atom(Desk *desk, gsize other, double apart)
{
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    LacCamera camera;
    lac_viewport_get_camera(desk->viewport, &camera);
    LacMat3 m = lac_camera_get_matrix(&camera);
    gsize best = G_MAXSIZE;
    double nearest = -G_MAXDOUBLE;
    for (gsize i = 0; i < atoms->n; i++) {
        double z = m.m[2][0] * atoms->x[i] + m.m[2][1] * atoms->y[i] + m.m[2][2] * atoms->z[i];
        if (other != G_MAXSIZE &&
            hypot(hypot(atoms->x[i] - atoms->x[other], atoms->y[i] - atoms->y[other]),
                atoms->z[i] - atoms->z[other]) < apart)
            continue;
        if (z > nearest) {
            nearest = z;
            best = i;
        }
    }
    return best;
}

static LacSelectionPanel *
get_inspector(Desk *desk)
{
    return LAC_SELECTION_PANEL(
        lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_SELECTION_PANEL));
}

// The number that stands in the inspector is that of the analysis, to the last digit.
static void
assert_fact(Desk *desk, const char *column, gsize atom)
{
    const LacAnalysis *analysis = lac_session_get_analysis(desk->session);
    const LacAnalysisColumn *info = lac_analysis_find_column(column, NULL);
    g_autofree char *wanted = lac_inspect_dup_value(analysis, info, analysis->points->rank[atom]);
    g_assert_cmpstr(lac_selection_panel_get_result(get_inspector(desk), info->title), ==, wanted);
}

// Two atoms are clicked: the inspector says of each what was counted here without it.
static void
test_atoms(Desk *desk, gconstpointer bench)
{
    (void) bench;
    if (!analyse_particle(desk))
        return;
    const LacAtoms *atoms = lac_session_get_atoms(desk->session);
    const LacAnalysis *analysis = lac_session_get_analysis(desk->session);
    gsize known[2];
    known[0] = find_front_atom(desk, G_MAXSIZE, 0.0);
    known[1] = find_front_atom(desk, known[0], 12.0);
    for (guint k = 0; k < 2; k++) {
        gsize atom = known[k], n = 0;
        double x, y;
        g_assert_true(lac_viewport_locate_atom(desk->viewport, atom, &x, &y));
        desk_wait_for(desk, is_settled, 20000);
        lac_driver_click_at(desk->driver, GTK_WIDGET(desk->viewport), x, y, 1);
        lac_driver_pause(desk->driver, 120);
        g_autofree gsize *selected = lac_session_dup_selected(desk->session, &n);
        g_assert_cmpuint(n, ==, 1);
        g_assert_cmpuint(selected[0], ==, atom);
        assert_fact(desk, "cn", atom);
        assert_fact(desk, "order", atom);
        gsize count = 0;
        double cutoff = analysis->neighbours->cutoff;
        for (gsize i = 0; i < atoms->n; i++)
            count += i != atom &&
                hypot(hypot(atoms->x[i] - atoms->x[atom], atoms->y[i] - atoms->y[atom]),
                    atoms->z[i] - atoms->z[atom]) <= cutoff;
        g_test_message("atom %" G_GSIZE_FORMAT ": %s, %" G_GSIZE_FORMAT " within %.3f", atom,
            lac_selection_panel_get_result(get_inspector(desk), "Coordination number"), count,
            cutoff);
    }
    shoot(desk, "analysis-atom");
    LacAnalysisStrip *strip = get_strip(desk);
    g_assert_true(lac_analysis_strip_show(strip, "histogram-order"));
    lac_driver_frames(desk->driver, GTK_WIDGET(strip), 2);
    lac_driver_click(desk->driver, desk_find(desk, "Colour the atoms of the 3D view by it"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    g_assert_cmpint(lac_viewport_get_atom_look(desk->viewport)->color_by, ==, LAC_COLOR_BY_COLUMN);
    g_assert_nonnull(lac_viewport_get_atom_values(desk->viewport));
    shoot(desk, "analysis-colors");
}

static const LacPores *
get_pores(Desk *desk)
{
    return lac_result_get_pores(lac_session_get_analysis(desk->session));
}

// How far the nearest carved pore is, and what it held.
static double
get_known_volume(LacVec3 centre, double *distance)
{
    g_autofree char *path = desk_dup_particle("pores.csv");
    g_autofree char *text = NULL;
    double volume = 0.0;
    *distance = G_MAXDOUBLE;
    if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL))
        return volume;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
        double x = g_ascii_strtod(cells[0], NULL) - centre.x;
        double y = g_ascii_strtod(cells[1], NULL) - centre.y;
        double z = g_ascii_strtod(cells[2], NULL) - centre.z;
        if (hypot(hypot(x, y), z) < *distance) {
            *distance = hypot(hypot(x, y), z);
            volume = 4.0 / 3.0 * G_PI * g_ascii_strtod(cells[3], NULL) *
                g_ascii_strtod(cells[4], NULL) * g_ascii_strtod(cells[5], NULL);
        }
    }
    return volume;
}

// Of the carved pores the one nearest to the viewer.
static gsize
find_front_pore(Desk *desk)
{
    const LacPores *pores = get_pores(desk);
    LacCamera camera;
    lac_viewport_get_camera(desk->viewport, &camera);
    LacMat3 m = lac_camera_get_matrix(&camera);
    gsize best = 0;
    double nearest = -G_MAXDOUBLE;
    for (gsize i = 0; i < pores->n; i++) {
        double distance;
        LacVec3 eye = lac_mat3_apply(&m, pores->pores[i].centre);
        get_known_volume(pores->pores[i].centre, &distance);
        if (distance < 1.5 && eye.z + pores->pores[i].radius > nearest) {
            nearest = eye.z + pores->pores[i].radius;
            best = i;
        }
    }
    return best;
}

static gboolean
has_meshes(gpointer data)
{
    return lac_viewport_get_scene(((Desk *) data)->viewport)->meshes.set != NULL;
}

// A pore of which everything is known is clicked; the inspector has the numbers of the report, and
// the volume is about that of what was carved out.
static void
test_pore(Desk *desk, gconstpointer bench)
{
    (void) bench;
    if (!analyse_particle(desk))
        return;
    g_assert_nonnull(get_pores(desk));
    g_assert_cmpuint(get_pores(desk)->n, >=, 5);
    desk_wait_for(desk, has_meshes, 20000);
    shoot(desk, "analysis-all");
    lac_driver_click(desk->driver, desk_find(desk, "Show the atoms of the model"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    shoot(desk, "analysis-results");
    lac_driver_click(desk->driver, desk_find(desk, "Show the surface between metal and oxide"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    desk_wait_for(desk, is_settled, 20000);
    gsize front = find_front_pore(desk);
    const LacPore *pore = &get_pores(desk)->pores[front];
    double x, y, distance;
    g_assert_true(lac_viewport_locate(desk->viewport, pore->centre, &x, &y));
    lac_driver_click_at(desk->driver, GTK_WIDGET(desk->viewport), x, y, 1);
    lac_driver_pause(desk->driver, 150);
    const LacPicked *picked = lac_session_get_picked(desk->session);
    g_assert_cmpint(picked->kind, ==, LAC_PICKED_PORE);
    g_assert_cmpuint(picked->index, ==, front);
    g_autofree char *number = lac_format_number(pore->volume, 4);
    g_autofree char *wanted = g_strdup_printf("%s Å³", number);
    g_assert_cmpstr(lac_selection_panel_get_result(get_inspector(desk), "Volume"), ==, wanted);
    double known = get_known_volume(pore->centre, &distance);
    g_test_message("pore %" G_GSIZE_FORMAT ": %s, known %.0f, %.2f off", front + 1, wanted, known,
        distance);
    g_assert_cmpfloat(distance, <, 1.5);
    g_assert_cmpfloat(pore->volume / known, >, 0.75);
    g_assert_cmpfloat(pore->volume / known, <, 1.45);
    shoot(desk, "analysis-pore");
    lac_driver_click(desk->driver, desk_find(desk, "Show the surface between metal and oxide"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    desk_wait_for(desk, is_settled, 20000);
    g_assert_true(lac_viewport_locate(desk->viewport, (LacVec3){ 0 }, &x, &y));
    lac_driver_click_at(desk->driver, GTK_WIDGET(desk->viewport), x, y, 1);
    lac_driver_pause(desk->driver, 150);
    g_assert_cmpint(lac_session_get_picked(desk->session)->kind, ==, LAC_PICKED_INTERFACE);
    g_assert_nonnull(lac_selection_panel_get_result(get_inspector(desk), "Area"));
    g_assert_nonnull(lac_selection_panel_get_result(get_inspector(desk), "Joined"));
    shoot(desk, "analysis-interface");
}

// Results lie inside: once they are there the atoms are small and show their phases. It ends with the
// stage, and for good when the user says so.
static void
test_inside(Desk *desk, gconstpointer bench)
{
    (void) bench;
    const double usual = lac_viewport_get_atom_look(desk->viewport)->radius_scale;
    if (!analyse_particle(desk))
        return;
    const LacAtomLook *look = lac_viewport_get_atom_look(desk->viewport);
    const LacScene *scene = lac_viewport_get_scene(desk->viewport);
    g_assert_cmpfloat(look->radius_scale, <, 0.7 * usual);
    g_assert_cmpstr(look->color_column, ==, "phase");
    g_assert_false(scene->show_volume);
    desk_wait_for(desk, has_meshes, 20000);
    shoot(desk, "analysis-inside");
    lac_driver_key(desk->driver, "alt+4");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    g_assert_cmpfloat(look->radius_scale, ==, usual);
    g_assert_true(scene->show_volume);
    lac_driver_key(desk->driver, "alt+5");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    g_assert_cmpfloat(look->radius_scale, <, 0.7 * usual);
    lac_driver_click(desk->driver, desk_find(desk, "Smaller atoms in the colours of their phases"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    g_assert_cmpfloat(look->radius_scale, ==, usual);
    lac_driver_key(desk->driver, "alt+4");
    lac_driver_key(desk->driver, "alt+5");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 3);
    g_assert_cmpfloat(look->radius_scale, ==, usual);
    g_assert_true(scene->show_volume);
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/analysis/brush", test_brush },
        { "/analysis/atoms", test_atoms },
        { "/analysis/pore", test_pore },
        { "/analysis/inside", test_inside },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
