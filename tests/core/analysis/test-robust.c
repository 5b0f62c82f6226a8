// SPDX-License-Identifier: GPL-3.0-or-later
// All analyses at once: the same numbers for a particle that is turned, displaced or in another
// order; and models that are hardly any.
#include "core/analysis/analysis.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/vec.h"

#include <math.h>

#define RADIUS 32.0 // [Å]
#define METAL  14.0 // [Å] radius of the metal
#define PORE   5.2  // [Å] radius
#define N_SIDE 14   // cells

// A ball of metal in an oxide, a little off their sites, with vacancies in the metal and a pore in
// the oxide.
static LacAtoms *
make_particle(guint n_species)
{
    static const double sites[4][3] = { { 0, 0, 0 }, { 0.5, 0.5, 0 }, { 0.5, 0, 0.5 },
        { 0, 0.5, 0.5 } };
    g_autoptr(LacAtoms) all = lac_atoms_new(8 * N_SIDE * N_SIDE * N_SIDE);
    for (guint k = 0; k < n_species; k++) {
        static const char *const names[] = { "Zr", "Ti", "Fe", "Pd", "Pt", "Au", "Ag", "Cu", "Ni",
            "Co" };
        lac_atoms_add_species(all, names[k]);
    }
    gsize n = 0;
    for (int phase = 0; phase < 2; phase++)
        for (int i = 0; i < 4 * N_SIDE * N_SIDE * N_SIDE; i++) {
            int c = i / 4;
            double a = phase == 0 ? 4.6 : 5.09, middle = 0.5 * N_SIDE;
            double p[3] = { a * (c % N_SIDE - middle + sites[i % 4][0]),
                a * (c / N_SIDE % N_SIDE - middle + sites[i % 4][1]),
                a * (c / (N_SIDE * N_SIDE) - middle + sites[i % 4][2]) };
            double r = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
            if (phase == 0 ? r >= METAL || i % 97 == 5 : r < METAL + 2.5 || r > RADIUS)
                continue;
            if (hypot(hypot(p[0] - 15.0, p[1] - 15.0), p[2]) < PORE)
                continue;
            all->x[n] = p[0] + 0.03 * lac_rng_normal(5, 3 * n);
            all->y[n] = p[1] + 0.03 * lac_rng_normal(5, 3 * n + 1);
            all->z[n] = p[2] + 0.03 * lac_rng_normal(5, 3 * n + 2);
            all->species[n] = (guint16) (n % n_species);
            n++;
        }
    return lac_atoms_copy(all, n);
}

static LacAnalysis *
analyse(LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    LacAnalysis *result =
        lac_analysis_run(atoms, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error);
    g_assert_no_error(error);
    return result;
}

// Atom n - 1 - i of the result is atom i.
static LacAtoms *
transform(const LacAtoms *atoms, const LacMat3 *turn, LacVec3 by, gboolean is_reversed)
{
    LacAtoms *out = lac_atoms_copy(atoms, atoms->n);
    for (gsize i = 0; i < atoms->n; i++) {
        gsize j = is_reversed ? atoms->n - 1 - i : i;
        LacVec3 p = { atoms->x[i], atoms->y[i], atoms->z[i] };
        if (turn != NULL)
            p = lac_mat3_apply(turn, p);
        out->x[j] = p.x + by.x;
        out->y[j] = p.y + by.y;
        out->z[j] = p.z + by.z;
        out->species[j] = atoms->species[i];
    }
    return out;
}

// Means over random choices of atoms by their number; and the fit of a step that is not wider than
// its kernel, which fails or does not by a hair.
static gboolean
is_random(const char *section, const char *key)
{
    return (g_str_equal(section, "distributions") &&
               (g_str_equal(key, "nearest_random") || g_str_equal(key, "p_closer"))) ||
        (g_str_equal(section, "profile") && g_str_equal(key, "position"));
}

// How far all numbers of a report may differ: relative, or of the number itself where it is small.
static guint
compare(const LacReport *a, const LacReport *b, double relative, double absolute)
{
    guint n = 0;
    g_assert_cmpuint(a->sections->len, ==, b->sections->len);
    for (guint s = 0; s < a->sections->len; s++) {
        const LacReportSection *x = a->sections->pdata[s], *y = b->sections->pdata[s];
        g_assert_cmpstr(x->id, ==, y->id);
        g_assert_cmpint(x->problem == NULL, ==, y->problem == NULL);
        for (guint i = 0; i < x->items->len; i++) {
            const LacReportItem *item = x->items->pdata[i];
            if (is_random(x->id, item->key))
                continue;
            const LacReportItem *other = lac_report_section_find(y, item->key);
            g_assert_nonnull(other);
            double scale = fmax(fabs(item->value), fabs(other->value));
            gboolean is_same = isnan(item->value)
                ? isnan(other->value)
                : fabs(item->value - other->value) <= relative * scale + absolute;
            n++;
            if (is_same)
                continue;
            g_test_message("%s.%s: %.8g and %.8g", x->id, item->key, item->value, other->value);
            g_test_fail();
        }
    }
    return n;
}

static void
test_invariance(void)
{
    g_autoptr(LacAtoms) atoms = make_particle(1);
    g_autoptr(LacAnalysis) first = analyse(atoms);
    g_autoptr(LacReport) report = lac_analysis_report(first, LAC_ANALYSIS_ALL, FALSE);
    g_assert_nonnull(first->across);
    g_assert_cmpuint(first->pores->n, >=, 1);
    g_assert_cmpuint(first->vacancies->n, >=, 1);
    // In the other order: the same but for the order of sums.
    g_autoptr(LacAtoms) reversed = transform(atoms, NULL, (LacVec3){ 0, 0, 0 }, TRUE);
    g_autoptr(LacAnalysis) second = analyse(reversed);
    g_autoptr(LacReport) report2 = lac_analysis_report(second, LAC_ANALYSIS_ALL, FALSE);
    g_assert_cmpuint(compare(report, report2, 1e-4, 1e-6), >, 50);
    // Elsewhere: nodes of grids lie differently between the atoms.
    g_autoptr(LacAtoms) moved = transform(atoms, NULL, (LacVec3){ 107.3, -41.7, 12.9 }, FALSE);
    g_autoptr(LacAnalysis) third = analyse(moved);
    g_autoptr(LacReport) report3 = lac_analysis_report(third, LAC_ANALYSIS_ALL, FALSE);
    compare(report, report3, 0.05, 0.05);
    // Turned: grids lie across, so that what is measured on them is as good as they are.
    LacMat3 turn = lac_rotation_from_euler_deg(31.0, -52.0, 11.0);
    g_autoptr(LacAtoms) turned = transform(atoms, &turn, (LacVec3){ 3, 4, 5 }, FALSE);
    g_autoptr(LacAnalysis) fourth = analyse(turned);
    g_autoptr(LacReport) report4 = lac_analysis_report(fourth, LAC_ANALYSIS_ALL, FALSE);
    compare(report, report4, 0.05, 0.05);
}

// Positions in a line, in a plane, all species there are, and what cannot be analysed at all.
static void
test_odd(void)
{
    g_autoptr(GError) error = NULL;
    gsize n_nodes;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n_nodes);
    for (guint kind = 0; kind < 3; kind++) {
        g_autoptr(LacAtoms) atoms = kind == 2 ? make_particle(10) : lac_atoms_new(60);
        if (kind < 2)
            lac_atoms_add_species(atoms, "Zr");
        for (gsize i = 0; kind < 2 && i < atoms->n; i++) {
            atoms->x[i] = 3.2 * (double) (kind == 0 ? i : i % 8);
            atoms->y[i] = kind == 0 ? 0.0 : 3.2 * (double) (i / 8);
        }
        g_autoptr(LacAnalysis) result = analyse(atoms);
        for (gsize i = 0; i < n_nodes; i++)
            if ((lac_analysis_get(result, table[i]->node) != NULL) == (result->why[i] != NULL))
                g_error("%s of kind %u", table[i]->id, kind);
        g_autoptr(LacReport) report = lac_analysis_report(result, LAC_ANALYSIS_ALL, TRUE);
        g_autofree char *text = lac_report_dup_text(report);
        g_assert_nonnull(text);
    }
    LacAnalysisParams params;
    lac_analysis_params_init(&params);
    g_autoptr(LacAtoms) particle = make_particle(1);
    for (guint kind = 0; kind < 4; kind++) {
        g_autoptr(LacAtoms) bad = lac_atoms_copy(particle, particle->n);
        if (kind < 3)
            (kind == 0          ? bad->x
                    : kind == 1 ? bad->y
                                : bad->z)[77] = kind == 2 ? HUGE_VAL : (double) NAN;
        else {
            bad->x[5] = bad->x[6];
            bad->y[5] = bad->y[6];
            bad->z[5] = bad->z[6];
        }
        g_assert_null(lac_analysis_run(bad, NULL, &params, LAC_ANALYSIS_ALL, NULL, NULL, &error));
        g_assert_true(error != NULL && error->domain == LAC_ERROR);
        g_test_message("%s", error->message);
        g_clear_error(&error);
        // Rejected, it does no harm.
        bad->state[77] = LAC_ATOM_REJECTED;
        bad->state[5] = LAC_ATOM_REJECTED;
        g_autoptr(LacAnalysis) good = lac_analysis_run(bad, NULL, &params,
            LAC_ANALYSIS_BIT(LAC_ANALYSIS_CNA), NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_nonnull(good->cna);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/robust/invariance", test_invariance);
    g_test_add_func("/robust/odd", test_odd);
    return g_test_run();
}
