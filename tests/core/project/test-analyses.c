// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses in a project: the same numbers and words again, stale ones recognised, damage refused.
#include "core/analysis/analysis.h"
#include "core/io/h5-report.h"
#include "core/project/project.h"
#include "core/rng.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

static LacAtoms *
make_cube(void)
{
    LacAtoms *atoms = lac_atoms_new(125);
    lac_atoms_add_species(atoms, "Zr");
    for (gsize i = 0; i < atoms->n; i++) {
        atoms->x[i] = 3.2 * (double) (i % 5) + 0.1 * lac_rng_uniform(1, 3 * i);
        atoms->y[i] = 3.2 * (double) (i / 5 % 5) + 0.1 * lac_rng_uniform(1, 3 * i + 1);
        atoms->z[i] = 3.2 * (double) (i / 25) + 0.1 * lac_rng_uniform(1, 3 * i + 2);
    }
    return atoms;
}

static LacAnalysis *
analyse(LacAtoms *atoms, const LacAnalysisParams *params)
{
    g_autoptr(GError) error = NULL;
    guint64 wanted = 0;
    g_assert_true(lac_analysis_parse("audit,hull,neighbours,coordination,order", &wanted, &error));
    LacAnalysis *analysis = lac_analysis_run(atoms, NULL, params, wanted, NULL, NULL, &error);
    g_assert_no_error(error);
    return analysis;
}

static LacProject *
make_project(LacAtoms *atoms, const LacAnalysisParams *params)
{
    g_autoptr(LacAnalysis) analysis = analyse(atoms, params);
    LacProject *project = lac_project_new();
    project->journal = lac_journal_new(atoms);
    project->analyses = lac_analysis_report(analysis, LAC_ANALYSIS_ALL, TRUE);
    lac_analysis_add_digests(analysis, project->analyses);
    return project;
}

static void
test_round_trip(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_cube();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    params.coordination.skin = 2.25;
    g_autoptr(LacProject) project = make_project(atoms, &params);
    g_autofree char *path = lac_scratch_path(scratch, "p.lacuna");
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(LacProject) loaded = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(loaded->analyses);
    g_assert_cmpuint(loaded->analyses->sections->len, ==, project->analyses->sections->len);
    g_autofree char *before = lac_report_dup_text(project->analyses);
    g_autofree char *after = lac_report_dup_text(loaded->analyses);
    g_assert_cmpstr(before, ==, after);
    const LacReportSection *a = lac_report_find(project->analyses, "coordination");
    const LacReportSection *b = lac_report_find(loaded->analyses, "coordination");
    g_assert_cmpstr(a->digest, ==, b->digest);
    g_assert_cmpfloat(a->seconds, ==, b->seconds);
    const LacReportItem *mean = lac_report_section_find(b, "mean_bond");
    g_assert_cmpfloat(mean->value, ==, lac_report_section_find(a, "mean_bond")->value);
    const LacTable *table = b->tables->pdata[b->tables->len - 1];
    const LacTable *original = a->tables->pdata[a->tables->len - 1];
    g_assert_null(lac_table_find(table, "x")); // positions are those of the model
    g_assert_true(memcmp(lac_table_find(table, "bond")->values,
                      lac_table_find(original, "bond")->values, 125 * sizeof(double)) == 0);
    g_assert_cmpstr(lac_report_find(loaded->analyses, "audit")->problem, ==,
        "it needs the volume that was traced");
    LacAnalysisParams again;
    lac_analysis_params_init(&again);
    lac_analysis_read_params(loaded->analyses, &again);
    g_assert_cmpfloat(again.coordination.skin, ==, 2.25);
    g_autoptr(LacProject) copy = lac_project_copy(loaded);
    g_assert_true(copy->analyses == loaded->analyses);
}

static void
test_stale(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_cube();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacProject) project = make_project(atoms, &params);
    g_autoptr(LacPoints) points = lac_points_new(atoms, &error);
    g_assert_cmpuint(lac_analysis_find_stale(project->analyses, points, NULL, &params), ==, 0);
    // A parameter of the hull makes what follows from the hull stale, and no more.
    LacAnalysisParams other = params;
    other.hull.alpha = 1.7;
    guint64 stale = lac_analysis_find_stale(project->analyses, points, NULL, &other);
    g_assert_true(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL));
    g_assert_true(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_COORDINATION));
    g_assert_false(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT));
    // Another volume makes only the audit stale; a moved atom all.
    g_autoptr(LacVolume) volume = lac_volume_new(4, 4, 4, 1.0, &error);
    memset(volume->data, 0, 64 * sizeof(float));
    stale = lac_analysis_find_stale(project->analyses, points, volume, &params);
    g_assert_true(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT));
    g_assert_false(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL));
    g_autoptr(LacAtoms) moved = lac_atoms_copy(atoms, atoms->n);
    moved->x[3] += 1e-9;
    g_autoptr(LacPoints) moved_points = lac_points_new(moved, &error);
    stale = lac_analysis_find_stale(project->analyses, moved_points, NULL, &params);
    g_assert_true(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT));
    g_assert_true(stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL));
}

static gboolean
read_project(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacProject) project = lac_project_load(path, NULL, error);
    if (project == NULL)
        return FALSE;
    if (project->analyses != NULL) { // whatever was read can be written
        g_autofree char *text = lac_report_dup_text(project->analyses);
        g_autofree char *json = lac_report_dup_json(project->analyses);
        g_assert_nonnull(text);
        g_assert_nonnull(json);
    }
    return TRUE;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_cube();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacProject) project = make_project(atoms, &params);
    g_autofree char *path = lac_scratch_path(scratch, "p.lacuna");
    g_assert_true(lac_project_save(project, path, NULL, &error));
    LacMutateReport report = lac_mutate_check_file(path, 500, 11, read_project, NULL);
    g_assert_cmpuint(report.n_refused, >, 0);
}

// A group that is sound HDF5 but no report.
static void
check_refused(LacScratch *scratch, const char *name, const char *facts, const char *order,
    const char *column)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, name);
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_CHECKSUMMED, &error);
    g_assert_no_error(error);
    g_assert_true(lac_h5_make_group(file, "/analysis", NULL));
    g_assert_true(lac_h5_make_group(file, "/analysis/hull", NULL));
    g_assert_true(lac_h5_write_text(file, "/analysis/hull/facts", facts, NULL));
    if (order != NULL)
        g_assert_true(lac_h5_set_string(file, "/analysis", "order", order, NULL));
    if (column != NULL) {
        const double one[] = { 0.0, 7.0 };
        LacH5Array array = { .type = LAC_VALUE_FLOAT64, .n_dims = 1, .shape = { 2 }, .data = one };
        g_assert_true(lac_h5_make_group(file, "/analysis/hull/t", NULL));
        g_assert_true(lac_h5_write_array(file, column, &array, (LacH5Span){ 0 }, NULL));
    }
    g_assert_true(lac_h5_close(file, &error));
    g_clear_pointer(&file, lac_h5_free);
    g_autoptr(LacH5) back = lac_h5_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(LacReport) report = lac_h5_read_report(back, "/analysis", &error);
    g_assert_null(report);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
}

#define HEAD \
    "{\"title\":\"t\",\"definition\":\"d\",\"digest\":\"\",\"stale\":\"0\",\"seconds\":\"1\""

static void
test_bad_groups(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    check_refused(scratch, "a", "{}", NULL, NULL);
    check_refused(scratch, "b", "{}", "hull", NULL);
    check_refused(scratch, "c", "nonsense", "hull", NULL);
    check_refused(scratch, "d", "[]", "hull", NULL);
    check_refused(scratch, "e", "{}", "../hull", NULL);
    check_refused(scratch, "f", "{}", "hull,hull", NULL);
    check_refused(scratch, "g", HEAD "}", "hull", NULL);
    check_refused(scratch, "h", HEAD ",\"parameters\":[1],\"results\":[],\"tables\":[]}", "hull",
        NULL);
    check_refused(scratch, "i",
        HEAD ",\"parameters\":[],\"results\":[],\"tables\":[{\"id\":\"t\",\"title\":\"t\","
             "\"definition\":\"d\",\"rows\":\"4000000000\",\"columns\":[{\"name\":\"c\","
             "\"title\":\"c\",\"unit\":\"\",\"digits\":\"3\"}]}]}",
        "hull", NULL);
    check_refused(scratch, "j",
        HEAD ",\"parameters\":[],\"results\":[],\"tables\":[{\"id\":\"t\",\"title\":\"t\","
             "\"definition\":\"d\",\"rows\":\"2\",\"columns\":[{\"name\":\"c\","
             "\"title\":\"c\",\"unit\":\"\",\"digits\":\"3\",\"words\":[\"one\"]}]}]}",
        "hull", "/analysis/hull/t/c");
    check_refused(scratch, "k",
        HEAD ",\"parameters\":[],\"results\":[],\"tables\":[{\"id\":\"a/b\",\"title\":\"t\","
             "\"definition\":\"d\",\"rows\":\"0\",\"columns\":[]}]}",
        "hull", NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/analyses/round-trip", LacScratch, NULL, lac_scratch_set_up, test_round_trip,
        lac_scratch_tear_down);
    g_test_add_func("/analyses/stale", test_stale);
    g_test_add("/analyses/damaged", LacScratch, NULL, lac_scratch_set_up, test_damaged,
        lac_scratch_tear_down);
    g_test_add("/analyses/bad-groups", LacScratch, NULL, lac_scratch_set_up, test_bad_groups,
        lac_scratch_tear_down);
    return g_test_run();
}
