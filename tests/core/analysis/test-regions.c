// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen by hand: phases, regions, planes and lines, on crystals whose numbers are known.
#include "core/analysis/chosen.h"
#include "core/analysis/plane.h"
#include "core/data/journal.h"
#include "core/error.h"
#include "tests/support/crystal.h"

#include <math.h>
#include <string.h>

#define SPACING 3.25
#define RADIUS  16.0

static LacAnalysis *
analyse(LacAtoms *atoms, const char *names)
{
    g_autoptr(GError) error = NULL;
    guint64 wanted;
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_assert_true(lac_analysis_parse(names, &wanted, &error));
    LacAnalysis *analysis = lac_analysis_run(atoms, NULL, &params, wanted, NULL, NULL, &error);
    g_assert_no_error(error);
    return analysis;
}

static const LacReportItem *
get_item(const LacReportSection *section, const char *key)
{
    const LacReportItem *item = lac_report_section_find(section, key);
    g_assert_nonnull(item);
    return item;
}

// --- planes

static void
test_plane(void)
{
    LacVec3 places[400], other[400], line[3] = { { 0, 0, 0 }, { 1, 1, 1 }, { 3, 3, 3 } };
    LacPlaneFit a, b;
    LacMat3 turn = lac_rotation_from_axis_deg((LacVec3){ 1, 0, 0 }, 15.793);
    for (int i = 0; i < 400; i++) {
        double height = i % 4 == 0 || i % 4 == 3 ? 0.3 : -0.3; // no tilt
        places[i] = (LacVec3){ i % 20, i / 20, 5.0 + height };
        other[i] = lac_mat3_apply(&turn, places[i]);
    }
    g_assert_true(lac_plane_fit(places, 400, &a));
    g_assert_true(lac_plane_fit(other, 400, &b));
    g_assert_cmpfloat_with_epsilon(a.centre.z, 5.0, 1e-12);
    g_assert_cmpfloat(a.normal.z, >, 0.999);
    g_assert_cmpfloat_with_epsilon(a.rms, 0.3, 1e-3);
    LacMeasure angle = lac_plane_angle(&a, &b);
    g_assert_cmpfloat_with_epsilon(angle.value, 15.793, 1e-9);
    // sigma² = 0.09 n / (n - 3), both variances 33.25.
    double tilt = sqrt(2.0 * 0.09 / 397.0 / 33.25) * 180.0 / G_PI;
    g_assert_cmpfloat_with_epsilon(a.error_deg, tilt, 0.01 * tilt);
    g_assert_false(lac_plane_fit(line, 3, &a));
    g_assert_false(lac_plane_fit(places, 2, &a));
}

// --- phases by hand

static void
test_phases(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, SPACING, RADIUS);
    g_autoptr(LacAnalysis) found = analyse(atoms, "phases,coordination");
    g_assert_nonnull(found->phases);
    g_assert_cmpuint(found->phases->counts[LAC_PHASE_METAL], >, atoms->n / 2);
    const gsize chosen[] = { 0, 5, 9 };
    g_autoptr(LacJournal) journal = lac_journal_new(atoms);
    LacEdit *edit = lac_edit_label(atoms, chosen, 3, LAC_COLUMN_PHASE_BY_HAND, LAC_PHASE_AMORPHOUS,
        "looked at", &error);
    g_assert_no_error(error);
    g_autofree char *title = lac_edit_dup_title(edit);
    g_assert_cmpstr(title, ==, "Label 3 atoms");
    g_assert_true(lac_journal_apply(journal, edit, &error));
    LacAtoms *told = lac_journal_get_atoms(journal);
    // At once, and when all is computed.
    g_autoptr(LacAnalysis) local = lac_analysis_update_local(found, told, &error);
    g_assert_no_error(error);
    g_autoptr(LacAnalysis) whole = analyse(told, "phases,coordination");
    const LacAnalysis *const both[] = { local, whole };
    for (guint k = 0; k < 2; k++) {
        g_assert_cmpuint(both[k]->phases->n_overridden, ==, 3);
        for (guint i = 0; i < 3; i++)
            g_assert_cmpint(both[k]->phases->phase[chosen[i]], ==, LAC_PHASE_AMORPHOUS);
    }
    // An older report is of other atoms now.
    g_autoptr(LacReport) report =
        lac_analysis_report(found, LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES), FALSE);
    lac_analysis_add_digests(found, report);
    g_assert_cmpuint(lac_analysis_find_stale(report, found->points, NULL, &found->params), ==, 0);
    g_assert_cmpuint(lac_analysis_find_stale(report, whole->points, NULL, &found->params), !=, 0);
    g_autoptr(LacEdit) again = lac_edit_label(told, chosen, 3, LAC_COLUMN_PHASE_BY_HAND,
        LAC_PHASE_AMORPHOUS, NULL, &error);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_null(again);
    g_assert_true(lac_journal_undo(journal));
    g_assert_null(lac_atoms_get_column(lac_journal_get_atoms(journal), LAC_COLUMN_PHASE_BY_HAND));
    LacPhase phase;
    g_assert_true(lac_phase_parse("Oxide", &phase, NULL));
    g_assert_cmpint(phase, ==, LAC_PHASE_OXIDE);
    g_assert_false(lac_phase_parse("steam", &phase, NULL));
}

// --- regions

static gsize
find_row(const LacTable *table, const char *quantity)
{
    const LacTableColumn *names = lac_table_find(table, "quantity");
    for (gsize i = 0; i < table->n_rows; i++)
        if (g_str_equal(names->texts[i], quantity))
            return i;
    g_test_message("no row %s", quantity);
    g_assert_not_reached();
}

static void
test_regions(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, SPACING, RADIUS);
    g_autoptr(LacAnalysis) analysis = analyse(atoms, "hull,coordination");
    g_autoptr(LacRegion) core = lac_region_parse(analysis, "r < 8", &error);
    g_assert_no_error(error);
    g_autoptr(LacRegion) skin = lac_region_parse(analysis, "cn < 12 and depth < 6", &error);
    g_assert_no_error(error);
    g_assert_null(lac_region_parse(analysis, "nonsense < 3", NULL));
    g_autoptr(LacReport) report = lac_report_new();
    const LacReportSection *section = lac_regions_add_section(analysis, core, skin, report);
    const LacTable *table = g_ptr_array_index(section->tables, 0);
    gsize row = find_row(table, "Coordination number");
    // All neighbours are there in the core, and the mean of the others is counted here.
    double sum = 0.0, squares = 0.0, n = 0.0;
    for (gsize i = 0; i < analysis->points->n; i++) {
        double cn = (double) analysis->coordination->cn[i];
        LacVec3 p = { analysis->points->x[i], analysis->points->y[i], analysis->points->z[i] };
        if (cn < 12.0 && lac_hull_depth_at(analysis->hull, p) < 6.0) {
            sum += cn;
            squares += cn * cn;
            n += 1.0;
        }
    }
    double error_b = sqrt((squares - sum * sum / n) / (n - 1.0) / n);
    g_assert_cmpfloat(lac_table_find(table, "a")->values[row], ==, 12.0);
    g_assert_cmpfloat(lac_table_find(table, "a_error")->values[row], ==, 0.0);
    g_assert_cmpfloat_with_epsilon(lac_table_find(table, "b")->values[row], sum / n, 1e-12);
    g_assert_cmpfloat_with_epsilon(lac_table_find(table, "b_error")->values[row], error_b, 1e-12);
    g_assert_cmpfloat_with_epsilon(lac_table_find(table, "difference")->values[row], sum / n - 12.0,
        1e-12);
    g_assert_cmpfloat_with_epsilon(lac_table_find(table, "n_b")->values[row], n, 1e-9);
    g_assert_cmpfloat_with_epsilon(get_item(section, "n_a")->value, (double) core->n, 1e-9);
    // Planes of atoms that lie in planes.
    g_autoptr(LacRegion) flat = lac_region_parse(analysis, "abs(z) < 0.5", &error);
    g_autoptr(LacRegion) upright = lac_region_parse(analysis, "abs(x) < 0.5", &error);
    const LacReportSection *planes = lac_regions_add_section(analysis, flat, upright, report);
    g_assert_cmpfloat_with_epsilon(get_item(planes, "angle")->value, 90.0, 1e-6);
    g_assert_cmpfloat(get_item(planes, "rms_A")->value, <, 1e-6);
    g_autofree char *json = lac_report_dup_json(report);
    g_assert_nonnull(json);
}

// An empty region and one of a single atom have words for what they lack.
static void
test_few(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, SPACING, 8.0);
    g_autoptr(LacAnalysis) analysis = analyse(atoms, "coordination");
    g_autoptr(LacRegion) none = lac_region_parse(analysis, "r > 100", &error);
    g_autoptr(LacRegion) one = lac_region_parse(analysis, "atom == 3", &error);
    g_assert_cmpuint(none->n, ==, 0);
    g_assert_cmpuint(one->n, ==, 1);
    g_autoptr(LacReport) report = lac_report_new();
    const LacReportSection *section = lac_regions_add_section(analysis, none, one, report);
    const LacTable *table = g_ptr_array_index(section->tables, 0);
    gsize row = find_row(table, "Coordination number");
    g_assert_true(isnan(lac_table_find(table, "a")->values[row]));
    g_assert_true(isfinite(lac_table_find(table, "b")->values[row]));
    g_assert_true(isnan(lac_table_find(table, "b_error")->values[row]));
    g_assert_null(lac_report_section_find(section, "angle"));
}

// --- lines

static void
test_line(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, SPACING, 24.0);
    g_autoptr(LacAnalysis) analysis = analyse(atoms, "hull,coordination");
    g_autoptr(LacReport) report = lac_report_new();
    LacLineParams params;
    lac_line_params_init(&params);
    g_assert_true(lac_line_params_parse(&params, "-10,-3.7,-6.1,10,3.7,6.1,7", &error));
    params.step = 3.0;
    LacReportSection *section = lac_line_add_section(analysis, &params, report, &error);
    g_assert_no_error(error);
    const LacTable *table = g_ptr_array_index(section->tables, 0);
    g_assert_cmpuint(table->n_rows, ==, 8);
    // The density of the crystal, sqrt(2) / d³, in every bin; 12 neighbours; the atoms are all there.
    double known = G_SQRT2 / pow(SPACING, 3.0), count = 0.0, inside = 0.0;
    for (gsize i = 0; i < table->n_rows; i++) {
        double found = lac_table_find(table, "concentration")->values[i];
        g_assert_cmpfloat(fabs(found / known - 1.0), <, 0.25);
        g_assert_cmpfloat(lac_table_find(table, "cn")->values[i], ==, 12.0);
        g_assert_cmpfloat(lac_table_find(table, "cn_error")->values[i], ==, 0.0);
        count += lac_table_find(table, "atoms")->values[i];
        inside += lac_table_find(table, "volume")->values[i];
    }
    double length = 2.0 * sqrt(100.0 + 3.7 * 3.7 + 6.1 * 6.1);
    g_assert_cmpfloat_with_epsilon(inside, length * G_PI * 49.0, 0.02 * inside);
    g_assert_cmpfloat_with_epsilon(count / inside, known, 0.03 * known);
    // On through the particle: it ends where the particle does.
    params.whole = TRUE;
    section = lac_line_add_section(analysis, &params, report, &error);
    double from = get_item(section, "from")->value, to = get_item(section, "to")->value;
    g_assert_cmpfloat(fabs(to - from - 50.0), <, 3.0);
    g_autoptr(GPtrArray) charts = lac_line_charts(section);
    g_assert_cmpuint(charts->len, >=, 3);
    params.b = params.a;
    g_assert_null(lac_line_add_section(analysis, &params, report, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_false(lac_line_params_parse(&params, "1,2,3,4,5", NULL));
    g_assert_false(lac_line_params_parse(&params, "1,2,3,4,5,6,-1", NULL));
    g_assert_false(lac_line_params_parse(&params, "1,2,3,4,5,nan", NULL));
}

// --- as a project keeps them

static LacChosen *
read_views(const char *chosen, gsize n_atoms)
{
    g_autofree char *views = g_strdup_printf("{\"crosshair\":[1,2,3],\"chosen\":%s}", chosen);
    return lac_chosen_read_views(views, n_atoms);
}

static void
test_kept(void)
{
    static const char *const damaged[] = { "{}", "[]", "7", "{\"line\":[1,2,3]}",
        "{\"line\":[0,0,0,1,1,1,-1,2,0]}", "{\"line\":\"x\",\"A\":[1],\"B\":{}}",
        "{\"A\":\"0,-,x,11-12\"}", "{\"line\":[0,0,0,1,1,1,1e999,2,0]}" };
    const gsize some[] = { 0, 3, 4, 5, 9 };
    const LacLineParams line = { .a = { 0.1, -2.0 / 3.0, 1e-9 },
        .b = { 5, 6, 7 },
        .radius = 3.3,
        .step = 0.7,
        .whole = TRUE };
    g_autoptr(LacChosen) chosen = lac_chosen_new(NULL);
    lac_chosen_set_line(chosen, &line);
    lac_chosen_set_region(chosen, LAC_REGION_B, some, G_N_ELEMENTS(some));
    g_autofree char *text = lac_chosen_dup_text(chosen);
    g_assert_nonnull(strstr(text, "1,4-6,10"));
    g_autoptr(LacChosen) again = read_views(text, 10);
    g_assert_true(again->has_line && again->line.whole);
    g_assert_cmpint(memcmp(&again->line.a, &line.a, sizeof line.a), ==, 0);
    g_assert_cmpint(memcmp(&again->line.b, &line.b, sizeof line.b), ==, 0);
    g_assert_cmpfloat(again->line.radius, ==, line.radius);
    g_assert_cmpfloat(again->line.step, ==, line.step);
    g_assert_cmpuint(again->regions[LAC_REGION_A].n, ==, 0);
    g_assert_cmpuint(again->regions[LAC_REGION_B].n, ==, G_N_ELEMENTS(some));
    g_assert_cmpint(memcmp(again->regions[LAC_REGION_B].atoms, some, sizeof some), ==, 0);
    // A model of fewer atoms has what is left of it.
    g_autoptr(LacChosen) fewer = read_views(text, 5);
    g_assert_cmpuint(fewer->regions[LAC_REGION_B].n, <, G_N_ELEMENTS(some));
    for (gsize k = 0; k < G_N_ELEMENTS(damaged); k++)
        g_assert_null(read_views(damaged[k], 10));
    g_assert_null(lac_chosen_read_views("{", 10));
    g_assert_null(lac_chosen_read_views(NULL, 10));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regions/plane", test_plane);
    g_test_add_func("/regions/phases-by-hand", test_phases);
    g_test_add_func("/regions/compare", test_regions);
    g_test_add_func("/regions/few", test_few);
    g_test_add_func("/regions/line", test_line);
    g_test_add_func("/regions/kept", test_kept);
    return g_test_run();
}
