// SPDX-License-Identifier: GPL-3.0-or-later
// The table of analyses, its driver and its reports.
#include "core/analysis/analysis.h"
#include "core/data/journal.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"

#include <gio/gio.h>
#include <math.h>

#define SPACING 3.2 // [Å]
#define VOXEL   0.4 // [Å]

// A cube of n x n x n atoms about the origin, displaced by up to 0.1 Å.
static LacAtoms *
make_cube(gsize n)
{
    LacAtoms *atoms = lac_atoms_new(n * n * n);
    lac_atoms_add_species(atoms, "Zr");
    for (gsize i = 0; i < atoms->n; i++) {
        double middle = 0.5 * (double) (n - 1);
        atoms->x[i] = SPACING * ((double) (i % n) - middle) + 0.1 * lac_rng_uniform(1, 3 * i);
        atoms->y[i] =
            SPACING * ((double) (i / n % n) - middle) + 0.1 * lac_rng_uniform(1, 3 * i + 1);
        atoms->z[i] =
            SPACING * ((double) (i / n / n) - middle) + 0.1 * lac_rng_uniform(1, 3 * i + 2);
    }
    return atoms;
}

// Gaussians of 0.6 Å at the atoms, with a little noise.
static LacVolume *
make_volume(const LacAtoms *atoms, gsize n)
{
    g_autoptr(GError) error = NULL;
    LacVolume *volume = lac_volume_new(n, n, n, VOXEL, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < n * n * n; i++)
        volume->data[i] = (float) (0.06 * lac_rng_normal(2, i));
    for (gsize a = 0; a < atoms->n; a++) {
        double at[3] = { atoms->x[a], atoms->y[a], atoms->z[a] };
        int middle[3];
        for (int d = 0; d < 3; d++)
            middle[d] = (int) lround(at[d] / VOXEL) + (int) (n / 2);
        for (int z = middle[2] - 6; z <= middle[2] + 6; z++)
            for (int y = middle[1] - 6; y <= middle[1] + 6; y++)
                for (int x = middle[0] - 6; x <= middle[0] + 6; x++) {
                    double dx = VOXEL * (x - (int) (n / 2)) - at[0],
                           dy = VOXEL * (y - (int) (n / 2)) - at[1],
                           dz = VOXEL * (z - (int) (n / 2)) - at[2];
                    volume->data[((gsize) z * n + (gsize) y) * n + (gsize) x] +=
                        (float) exp(-(dx * dx + dy * dy + dz * dz) / (2.0 * 0.36));
                }
    }
    return volume;
}

// A model of which atoms 10 and 20 were missed and two false ones added; and its volume.
static LacAtoms *
make_faulty(LacVolume **volume)
{
    g_autoptr(LacAtoms) truth = make_cube(6);
    *volume = make_volume(truth, 65);
    LacAtoms *model = lac_atoms_copy(truth, truth->n + 2);
    model->state[10] = LAC_ATOM_REJECTED;
    model->state[20] = LAC_ATOM_REJECTED;
    for (gsize k = 0; k < 2; k++) { // in the middle of four atoms
        gsize i = truth->n + k, near = 86 + 7 * k;
        model->x[i] = truth->x[near] + 0.5 * SPACING;
        model->y[i] = truth->y[near] + 0.5 * SPACING;
        model->z[i] = truth->z[near] + 0.5 * SPACING;
    }
    return model;
}

static void
test_audit(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = NULL;
    g_autoptr(LacAtoms) model = make_faulty(&volume);
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) result = lac_analysis_run(model, volume, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT), NULL, NULL, &error);
    g_assert_no_error(error);
    const LacAudit *audit = result->audit;
    g_assert_cmpuint(audit->n_false, ==, 2);
    g_assert_true(audit->is_false[214] && audit->is_false[215]); // two records lie before them
    g_assert_cmpuint(audit->n_missing, ==, 2);
    for (gsize k = 0; k < 2; k++) {
        LacVec3 p = audit->missing[k].position;
        double best = 9.0;
        for (gsize i = 10; i <= 20; i += 10)
            best = fmin(best,
                sqrt(pow(p.x - model->x[i], 2.0) + pow(p.y - model->y[i], 2.0) +
                    pow(p.z - model->z[i], 2.0)));
        g_assert_cmpfloat(best, <, 0.2);
    }
    // As one step that undo takes back.
    g_autoptr(LacJournal) journal = lac_journal_new(model);
    LacEdit *edit = lac_audit_make_edit(audit, result->points, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(lac_journal_apply(journal, edit, &error));
    g_assert_cmpuint(lac_atoms_count_present(lac_journal_get_atoms(journal)), ==, 216);
    g_assert_true(lac_journal_undo(journal));
    g_assert_cmpuint(lac_atoms_count_present(lac_journal_get_atoms(journal)), ==, 216);
    g_assert_true(lac_atoms_is_present(lac_journal_get_atoms(journal), 216));
}

static void
test_audit_refusals(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    g_autoptr(LacVolume) volume = lac_volume_new(3, 3, 3, VOXEL, &error);
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) without = lac_analysis_run(none, NULL, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT), NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_null(without->audit);
    g_assert_cmpstr(without->why[LAC_ANALYSIS_AUDIT], ==, "it needs the volume that was traced");
    g_autoptr(LacAnalysis) empty = lac_analysis_run(none, volume, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT), NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(empty->why[LAC_ANALYSIS_AUDIT], ==, "the model has no atoms");
    g_autoptr(LacAtoms) one = make_cube(1);
    g_autoptr(LacAnalysis) dark = lac_analysis_run(one, volume, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT), NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(dark->why[LAC_ANALYSIS_AUDIT]);
}

// What is unchanged is the same object; what is not is computed anew.
static void
test_sharing(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = NULL;
    g_autoptr(LacAtoms) model = make_faulty(&volume);
    guint64 wanted = LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT);
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) first =
        lac_analysis_run(model, volume, &params, wanted, NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacAnalysis) again =
        lac_analysis_run(model, volume, &params, wanted, first, NULL, &error);
    g_assert_true(again->audit == first->audit);
    g_assert_true(lac_analysis_params_set(&params, "audit.low", "0.01", &error));
    g_autoptr(LacAnalysis) other =
        lac_analysis_run(model, volume, &params, wanted, first, NULL, &error);
    g_assert_true(other->audit != first->audit);
    g_assert_cmpuint(other->audit->n_false, <, 2);
    g_autoptr(LacAnalysis) dry =
        lac_analysis_run(model, NULL, &params, wanted, other, NULL, &error);
    g_assert_null(dry->audit);
}

static void
test_parameters(void)
{
    g_autoptr(GError) error = NULL;
    LacAnalysisParams params, defaults;
    lac_analysis_params_init(&params);
    lac_analysis_params_init(&defaults);
    g_assert_false(lac_analysis_params_set(&params, "audit.low", "2", &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(lac_analysis_params_set(&params, "audit.low", "x", &error));
    g_clear_error(&error);
    g_assert_false(lac_analysis_params_set(&params, "audit.lowest", "1", &error));
    g_clear_error(&error);
    // Every parameter is inside its own range, and its text is read back as the same value.
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++) {
        g_assert_cmpuint(table[i]->node, ==, i);
        g_assert_cmpuint((table[i]->needs | table[i]->uses) >> i, ==, 0);
        g_assert_cmpfloat(table[i]->weight, >, 0.0);
        g_assert_true(lac_analysis_find(table[i]->id) == table[i]);
        for (guint p = 0; p < table[i]->n_params; p++) {
            const LacParamInfo *info = &table[i]->params[p];
            g_autofree char *text = lac_param_dup_text(info, &defaults);
            g_autofree char *prefix = g_strconcat(table[i]->id, ".", NULL);
            g_assert_true(g_str_has_prefix(info->key, prefix));
            g_assert_true(lac_analysis_params_set(&params, info->key, text, &error));
            g_assert_no_error(error);
            g_assert_cmpfloat(lac_param_get(info, &params), ==, lac_param_get(info, &defaults));
        }
    }
    guint64 wanted;
    g_assert_true(lac_analysis_parse("audit", &wanted, &error));
    g_assert_cmpuint(wanted, ==, LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT));
    g_assert_true(lac_analysis_parse("all", &wanted, &error));
    g_assert_cmpuint(wanted, ==, LAC_ANALYSIS_ALL);
    g_assert_false(lac_analysis_parse("audit,nothing", &wanted, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

// A number has one text, wherever it is written.
static void
test_report(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolume) volume = NULL;
    g_autoptr(LacAtoms) model = make_faulty(&volume);
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) result = lac_analysis_run(model, volume, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_AUDIT), NULL, NULL, &error);
    g_autoptr(LacReport) report = lac_analysis_report(result, LAC_ANALYSIS_ALL, TRUE);
    const LacReportSection *section = lac_report_find(report, "audit");
    const LacReportItem *item = lac_report_section_find(section, "median");
    g_autofree char *number = lac_report_item_dup_text(item);
    g_autofree char *text = lac_report_dup_text(report);
    g_autofree char *json = lac_report_dup_json(report);
    g_autofree char *quoted = g_strdup_printf("\"%s\"", number);
    g_assert_nonnull(strstr(text, number));
    g_assert_nonnull(strstr(json, quoted));
    g_assert_cmpfloat(item->value, ==, result->audit->median);
    const LacTable *atoms = section->tables->pdata[section->tables->len - 1];
    g_assert_cmpstr(atoms->id, ==, "atoms");
    g_assert_cmpuint(atoms->n_rows, ==, result->points->n);
    LacAnalysisNode node;
    const LacAnalysisColumn *column = lac_analysis_find_column("audit_level", &node);
    g_assert_cmpfloat(lac_table_find(atoms, "audit_level")->values[7], ==,
        lac_analysis_get_value(result, node, column, 7));
}

// Fewer atoms than anything needs: no failure, and a word for everything that is undefined.
static void
test_few_atoms(void)
{
    const gsize counts[] = { 0, 1, 2, 13 };
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    for (gsize k = 0; k < G_N_ELEMENTS(counts); k++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAtoms) cube = make_cube(3);
        g_autoptr(LacAtoms) atoms = lac_atoms_copy(cube, counts[k]);
        g_autoptr(LacAnalysis) result =
            lac_analysis_run(atoms, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error);
        g_assert_no_error(error);
        gsize n;
        const LacAnalysisInfo *const *table = lac_analysis_table(&n);
        for (gsize i = 0; i < n; i++) {
            gboolean is_there = lac_analysis_get(result, table[i]->node) != NULL;
            if (is_there == (result->why[i] != NULL))
                g_error("%s of %zu atoms", table[i]->id, counts[k]);
            g_autoptr(GPtrArray) charts = lac_analysis_charts(result, table[i]->node);
            g_assert_nonnull(charts);
        }
        g_autoptr(LacReport) report = lac_analysis_report(result, LAC_ANALYSIS_ALL, TRUE);
        g_autofree char *text = lac_report_dup_text(report);
        g_assert_nonnull(text);
    }
}

static LacAtoms *
make_ball(void)
{
    static const double sites[4][3] = { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 },
        { 0, 0.5, 0.5 } };
    g_autoptr(LacAtoms) all = lac_atoms_new(4 * 8 * 8 * 8);
    lac_atoms_add_species(all, "Zr");
    gsize n = 0;
    for (int i = 0; i < 4 * 8 * 8 * 8; i++) {
        int c = i / 4;
        double p[3] = { 4.6 * (c % 8 - 4 + sites[i % 4][0]),
            4.6 * (c / 8 % 8 - 4 + sites[i % 4][1]), 4.6 * (c / 64 - 4 + sites[i % 4][2]) };
        if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] > 15.0 * 15.0)
            continue;
        all->x[n] = p[0] + 0.02 * lac_rng_normal(5, 3 * n);
        all->y[n] = p[1] + 0.02 * lac_rng_normal(5, 3 * n + 1);
        all->z[n] = p[2] + 0.02 * lac_rng_normal(5, 3 * n + 2);
        n++;
    }
    return lac_atoms_copy(all, n);
}

// One phase: no interface, and nothing that would need one; one cut-off for all.
static void
test_one_phase(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) ball = make_ball();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAnalysis) result =
        lac_analysis_run(ball, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(result->phases->counts[LAC_PHASE_METAL], ==, result->points->n);
    g_assert_null(result->interface);
    g_assert_nonnull(result->why[LAC_ANALYSIS_INTERFACE]);
    g_assert_null(result->across);
    g_assert_null(result->shells->cutoffs);
    g_assert_true(result->shells->neighbours == result->neighbours);
    g_assert_nonnull(result->crystals->lattices[0]);
    g_assert_cmpfloat(fabs(result->crystals->lattices[0]->a_fcc - 4.6), <, 0.01);
}

// Turned, displaced and in another order, atoms have the same neighbours, order and structure.
static void
test_invariance(void)
{
    static const char *const names[] = { "cn", "order", "structure", "phase", "bond" };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) ball = make_ball();
    g_autoptr(LacAtoms) turned = lac_atoms_copy(ball, ball->n);
    LacMat3 turn = lac_rotation_from_euler_deg(31.0, -52.0, 11.0);
    for (gsize i = 0; i < ball->n; i++) {
        gsize j = ball->n - 1 - i;
        LacVec3 p = lac_mat3_apply(&turn, (LacVec3){ ball->x[i], ball->y[i], ball->z[i] });
        turned->x[j] = p.x + 7.0;
        turned->y[j] = p.y - 3.0;
        turned->z[j] = p.z + 0.5;
    }
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    params.neighbours.cutoff = 3.9;
    guint64 wanted;
    g_assert_true(lac_analysis_parse("coordination,order,phases", &wanted, &error));
    g_autoptr(LacAnalysis) a = lac_analysis_run(ball, NULL, &params, wanted, NULL, NULL, &error);
    g_autoptr(LacAnalysis) b = lac_analysis_run(turned, NULL, &params, wanted, NULL, NULL, &error);
    g_assert_no_error(error);
    for (gsize k = 0; k < G_N_ELEMENTS(names); k++) {
        LacAnalysisNode node;
        const LacAnalysisColumn *column = lac_analysis_find_column(names[k], &node);
        for (gsize i = 0; i < ball->n; i++)
            g_assert_cmpfloat(fabs(lac_analysis_get_value(a, node, column, i) -
                                  lac_analysis_get_value(b, node, column, ball->n - 1 - i)),
                <, 1e-9);
    }
}

// After an edit neighbours, order and phases are those of a full analysis, and the rest is stale.
static void
test_local(void)
{
    static const char *const names[] = { "cn", "order", "phase" };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) ball = make_ball();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    params.neighbours.cutoff = 3.9;
    guint64 wanted;
    g_assert_true(lac_analysis_parse("coordination,order,phases,cna", &wanted, &error));
    g_autoptr(LacAnalysis) before =
        lac_analysis_run(ball, NULL, &params, wanted, NULL, NULL, &error);
    for (guint kind = 0; kind < 2; kind++) {
        g_autoptr(LacAtoms) edited = lac_atoms_copy(ball, ball->n);
        if (kind == 0)
            edited->x[100] += 0.3;
        else
            edited->state[100] = LAC_ATOM_DELETED;
        g_autoptr(LacAnalysis) local = lac_analysis_update_local(before, edited, &error);
        g_assert_no_error(error);
        g_autoptr(LacAnalysis) full =
            lac_analysis_run(edited, NULL, &params, wanted, NULL, NULL, &error);
        g_assert_true(local->stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_CNA));
        g_assert_false(local->stale & LAC_ANALYSIS_BIT(LAC_ANALYSIS_ORDER));
        g_assert_nonnull(local->cna);
        for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
            LacAnalysisNode node;
            const LacAnalysisColumn *column = lac_analysis_find_column(names[k], &node);
            for (gsize i = 0; i < full->points->n; i++)
                g_assert_cmpfloat(fabs(lac_analysis_get_value(local, node, column, i) -
                                      lac_analysis_get_value(full, node, column, i)),
                    <, 1e-12);
        }
        g_autoptr(LacReport) report = lac_analysis_report(local, LAC_ANALYSIS_ALL, TRUE);
        g_assert_true(lac_report_find(report, "cna")->stale);
    }
}

// A ball of metal in another crystal of half its density: all analyses have something to say.
static LacAtoms *
make_two_phases(void)
{
    static const double sites[4][3] = { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 },
        { 0, 0.5, 0.5 } };
    g_autoptr(LacAtoms) all = lac_atoms_new(20000);
    lac_atoms_add_species(all, "Zr");
    gsize n = 0;
    for (int phase = 0; phase < 2; phase++)
        for (int i = 0; i < 4 * 12 * 12 * 12; i++) {
            int c = i / 4;
            double a = phase == 0 ? 4.6 : 5.09;
            double p[3] = { a * (c % 12 - 6 + sites[i % 4][0]),
                a * (c / 12 % 12 - 6 + sites[i % 4][1]), a * (c / 144 - 6 + sites[i % 4][2]) };
            double r = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
            if (phase == 0 ? r >= 14.0 : r < 16.5 || r > 25.0)
                continue;
            all->x[n] = p[0] + 0.02 * lac_rng_normal(5, 3 * n);
            all->y[n] = p[1] + 0.02 * lac_rng_normal(5, 3 * n + 1);
            all->z[n] = p[2] + 0.02 * lac_rng_normal(5, 3 * n + 2);
            n++;
        }
    return lac_atoms_copy(all, n);
}

// Atoms that are still there keep all their values under their new numbers.
static void
check_kept(const LacAnalysis *local, const double *const *kept, guint64 has_view)
{
    gsize n, c = 0;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    const LacPoints *points = local->points;
    for (gsize i = 0; i < n; i++)
        for (guint k = 0; k < table[i]->n_columns; k++, c++) {
            if (!(has_view & LAC_ANALYSIS_BIT(i)))
                continue;
            g_assert_nonnull(lac_analysis_get(local, table[i]->node));
            g_assert_true(local->stale & LAC_ANALYSIS_BIT(i));
            for (gsize p = 0; p < points->n; p++) {
                double value = table[i]->columns[k].get(local, p);
                double old = kept[c][points->index[p]];
                if (points->index[p] + 1 < points->atoms->n &&
                    !(value == old || (isnan(value) && isnan(old))))
                    g_error("%s of atom %u: %g was %g", table[i]->columns[k].name, points->index[p],
                        value, old);
            }
        }
}

// The tables of what is whole are still there, and say that they are old.
static void
check_report_kept(const LacReport *before, const LacReport *after)
{
    static const char *const ids[] = { "grains", "lattices", "crystals", "surface", "delaunay",
        "interface", "pores", "coherency" };
    for (gsize k = 0; k < G_N_ELEMENTS(ids); k++) {
        const LacReportSection *old = lac_report_find(before, ids[k]);
        const LacReportSection *new = lac_report_find(after, ids[k]);
        g_assert_true(new->stale);
        g_assert_null(new->problem);
        for (guint i = 0; i < old->items->len; i++) {
            const LacReportItem *x = old->items->pdata[i], *y = new->items->pdata[i];
            // An atom that is gone is no longer counted.
            g_assert_cmpstr(x->key, ==, y->key);
            g_assert_true(fabs(x->value - y->value) <= 1.0 || isnan(x->value));
        }
        for (guint t = 0; t < old->tables->len; t++)
            g_assert_cmpuint(((LacTable *) old->tables->pdata[t])->n_rows, ==,
                ((LacTable *) new->tables->pdata[t])->n_rows);
    }
}

static void
test_renumbered(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = make_two_phases();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    LacAnalysis *all = lac_analysis_run(atoms, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(all->across);
    const guint64 has_view = LAC_ANALYSIS_BIT(LAC_ANALYSIS_CNA) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_TEMPLATES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_GRAINS) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_STRAIN) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_DENSITY) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_ACROSS) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_SURFACE) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_VORONOI);
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < n; i++)
        for (guint k = 0; k < table[i]->n_columns; k++) {
            double *values = g_new(double, atoms->n + 2);
            for (gsize p = 0; p < atoms->n; p++)
                values[p] = lac_analysis_get(all, table[i]->node) != NULL
                    ? table[i]->columns[k].get(all, p)
                    : (double) NAN;
            g_ptr_array_add(kept, values);
        }
    g_autoptr(LacReport) before = lac_analysis_report(all, LAC_ANALYSIS_ALL, FALSE);
    // One atom less, then one more, then one moved: each on top of the one before, which is gone.
    g_autoptr(LacAtoms) less = lac_atoms_copy(atoms, atoms->n);
    less->state[40] = LAC_ATOM_DELETED;
    g_autoptr(LacAnalysis) first = lac_analysis_update_local(all, less, &error);
    g_assert_no_error(error);
    lac_analysis_unref(all);
    check_kept(first, (const double *const *) kept->pdata, has_view);
    g_autoptr(LacAtoms) more = lac_atoms_copy(less, less->n + 1);
    more->x[less->n] = 31.0;
    more->state[less->n] = LAC_ATOM_ADDED;
    g_autoptr(LacAnalysis) second = lac_analysis_update_local(first, more, &error);
    g_assert_no_error(error);
    g_clear_pointer(&first, lac_analysis_unref);
    check_kept(second, (const double *const *) kept->pdata, has_view);
    gsize last = second->points->n - 1;
    g_assert_true(isnan(second->interface->distance[last]));
    g_assert_cmpuint(second->cna->type[last], ==, LAC_STRUCTURE_OTHER);
    g_autoptr(LacAtoms) moved = lac_atoms_copy(more, more->n);
    moved->x[90] += 0.2;
    g_autoptr(LacAnalysis) third = lac_analysis_update_local(second, moved, &error);
    g_assert_no_error(error);
    g_clear_pointer(&second, lac_analysis_unref);
    check_kept(third, (const double *const *) kept->pdata, has_view);
    g_autoptr(LacReport) report = lac_analysis_report(third, LAC_ANALYSIS_ALL, TRUE);
    g_assert_true(lac_report_find(report, "interface")->stale);
    check_report_kept(before, report);
    g_autofree char *text = lac_report_dup_text(report);
    g_assert_nonnull(text);
    // A run takes nothing old.
    g_autoptr(LacAnalysis) whole = lac_analysis_run(moved, NULL, &params,
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE), third, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(whole->stale == 0 && whole->views == 0);
    g_assert_true(isfinite(whole->interface->distance[last]));
}

// Whatever is cancelled leaves nothing behind, at whatever moment.
static void
test_cancelled(void)
{
    g_autoptr(LacAtoms) ball = make_ball();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    for (guint after = 1; after < 400; after *= 3) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, after);
        g_autoptr(LacAnalysis) result =
            lac_analysis_run(ball, NULL, &params, LAC_ANALYSIS_ALL, NULL, progress, &error);
        if (result == NULL)
            g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

// Nodes that do not need each other are computed at the same time: the same numbers come out.
static void
test_side_by_side(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) ball = make_ball();
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autofree char *first = NULL;
    for (guint threads = 1; threads <= 5; threads += 2) {
        lac_parallel_set_threads(threads);
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(LacAnalysis) result =
            lac_analysis_run(ball, NULL, &params, LAC_ANALYSIS_ALL, NULL, progress, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(result->done, ==, LAC_ANALYSIS_ALL);
        g_assert_cmpfloat(lac_progress_get_fraction(progress), ==, 1.0);
        // The last of what was told on the way is all of it.
        g_autoptr(LacAnalysis) told = lac_progress_take_result(progress);
        g_assert_true(told->done == result->done && told->voronoi == result->voronoi);
        g_autoptr(LacReport) report = lac_analysis_report(result, LAC_ANALYSIS_ALL, TRUE);
        g_autofree char *json = lac_report_dup_json(report);
        if (first == NULL)
            first = g_steal_pointer(&json);
        else
            g_assert_cmpstr(json, ==, first);
    }
    lac_parallel_set_threads(0);
}

static void
test_unfit(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) cube = make_cube(3);
    g_autoptr(LacAtoms) nan_atoms = lac_atoms_copy(cube, cube->n);
    nan_atoms->y[5] = (double) NAN;
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_assert_null(lac_analysis_run(nan_atoms, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_autoptr(LacAtoms) twice = lac_atoms_copy(cube, cube->n);
    twice->x[1] = twice->x[0] + 0.1;
    twice->y[1] = twice->y[0];
    twice->z[1] = twice->z[0];
    g_assert_null(lac_analysis_run(twice, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error));
    g_assert_nonnull(error);
}

static void
test_format(void)
{
    const struct {
        double value;
        guint digits;
        const char *text;
    } rows[] = { { 3.14159, 3, "3.14" }, { 37731.2, 4, "37731" }, { 0.041123, 3, "0.0411" },
        { 0.0, 3, "0.00" }, { 1.5e-7, 2, "1.5e-07" }, { 12.4, 0, "12" }, { -2.05, 2, "-2.0" },
        { (double) NAN, 3, "–" } };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = lac_format_number(rows[i].value, rows[i].digits);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
    const struct {
        double value, error;
        guint digits;
        const char *text;
    } means[] = { { 3.2761, 0.0634, 4, "3.276 ± 0.063" }, { 1.0, 0.0, 0, "1" },
        { -2.4e-5, 0.021, 4, "0.000 ± 0.021" }, { 7.59, 6.6, 4, "7.6 ± 6.6" },
        { 12.0, 1e-15, 4, "12.00" }, { 1234.5, 210.0, 4, "1234 ± 210" },
        { 3e-12, 1e-12, 4, "0.000" }, { 5.0, (double) NAN, 3, "5.00" } };
    for (gsize i = 0; i < G_N_ELEMENTS(means); i++) {
        g_autofree char *text = lac_format_error(means[i].value, means[i].error, means[i].digits);
        g_assert_cmpstr(text, ==, means[i].text);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/audit", test_audit);
    g_test_add_func("/analysis/audit/refusals", test_audit_refusals);
    g_test_add_func("/analysis/sharing", test_sharing);
    g_test_add_func("/analysis/renumbered", test_renumbered);
    g_test_add_func("/analysis/parameters", test_parameters);
    g_test_add_func("/analysis/report", test_report);
    g_test_add_func("/analysis/few-atoms", test_few_atoms);
    g_test_add_func("/analysis/one-phase", test_one_phase);
    g_test_add_func("/analysis/invariance", test_invariance);
    g_test_add_func("/analysis/local", test_local);
    g_test_add_func("/analysis/cancelled", test_cancelled);
    g_test_add_func("/analysis/side-by-side", test_side_by_side);
    g_test_add_func("/analysis/unfit", test_unfit);
    g_test_add_func("/analysis/format", test_format);
    return g_test_run();
}
