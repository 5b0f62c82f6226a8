// SPDX-License-Identifier: GPL-3.0-or-later
// Particles: lattices, densities, vacancies and pores are those that were asked for.
#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/synth/model.h"
#include "core/vec.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacTruth *
build(const LacModelParams *params)
{
    g_autoptr(GError) error = NULL;
    LacTruth *truth = lac_model_build(params, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(truth);
    return truth;
}

static LacCells *
cells_of(const LacAtoms *atoms)
{
    return lac_cells_new(atoms->x, atoms->y, atoms->z, NULL, atoms->n, 4.0, NULL);
}

static LacVec3
position(const LacAtoms *atoms, gsize i)
{
    return (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
}

static gsize
count_phase(const LacTruth *truth, LacTruthPhase phase)
{
    const double *phases = lac_atoms_get_column(truth->atoms, LAC_COLUMN_PHASE);
    gsize n = 0;
    for (gsize i = 0; i < truth->atoms->n; i++)
        n += phases[i] == (double) phase;
    return n;
}

// How far atoms are from the lattice of their grain, as a root mean square [Å].
static double
lattice_error(const LacTruth *truth, gint index, double below_height)
{
    const LacTruthGrain *grain = &g_array_index(truth->grains, LacTruthGrain, (guint) index);
    const double *grains = lac_atoms_get_column(truth->atoms, LAC_COLUMN_GRAIN);
    LacMat3 back = lac_mat3_transpose(&grain->orientation);
    double sum = 0.0;
    gsize n = 0;
    for (gsize i = 0; i < truth->atoms->n; i++) {
        LacVec3 r = position(truth->atoms, i);
        if ((gint) grains[i] != index ||
            lac_vec3_dot(r, truth->interface.normals[0]) > below_height)
            continue;
        LacVec3 d = lac_mat3_apply(&back, lac_vec3_subtract(r, grain->site));
        double best = HUGE_VAL;
        for (int basis = 0; basis < 4; basis++) { // face-centred: corners and three faces
            double x = d.x / grain->a - (basis == 1 || basis == 2 ? 0.5 : 0.0);
            double y = d.y / grain->a - (basis == 1 || basis == 3 ? 0.5 : 0.0);
            double z = d.z / grain->a - (basis == 2 || basis == 3 ? 0.5 : 0.0);
            x -= rint(x);
            y -= rint(y);
            z -= rint(z);
            best = MIN(best, x * x + y * y + z * z);
        }
        sum += best * grain->a * grain->a;
        n++;
    }
    g_assert_cmpuint(n, >, 100);
    return sqrt(sum / (double) n);
}

static void
check_clusters(const LacTruth *truth)
{
    guint sizes[64] = { 0 }, n_of[4] = { 0 }, most = 0;
    for (guint i = 0; i < truth->vacancies->len; i++) {
        guint c = g_array_index(truth->vacancies, LacTruthVacancy, i).cluster;
        g_assert_cmpuint(c, <, G_N_ELEMENTS(sizes));
        sizes[c]++;
        most = MAX(most, c);
    }
    for (guint c = 0; c <= most; c++) {
        g_assert_cmpuint(sizes[c], >=, 1);
        g_assert_cmpuint(sizes[c], <=, 3);
        n_of[sizes[c]]++;
    }
    g_assert_cmpuint(n_of[3], ==, 1);
    g_assert_cmpuint(n_of[2], ==, 5); // three, one and one
    // Members of a cluster are neighbours, others are not.
    for (guint i = 0; i < truth->vacancies->len; i++)
        for (guint j = 0; j < i; j++) {
            const LacTruthVacancy *a = &g_array_index(truth->vacancies, LacTruthVacancy, i);
            const LacTruthVacancy *b = &g_array_index(truth->vacancies, LacTruthVacancy, j);
            double d = lac_vec3_norm(lac_vec3_subtract(a->position, b->position));
            g_assert_true((d < 4.4) == (a->cluster == b->cluster));
        }
}

static void
check_pores(const LacTruth *truth)
{
    guint n_open = 0, n_missing = 0;
    double volume = 0.0;
    g_assert_cmpuint(truth->pores->len, ==, 6);
    for (guint p = 0; p < truth->pores->len; p++) {
        const LacTruthPore *pore = &g_array_index(truth->pores, LacTruthPore, p);
        double whole = 4.0 / 3.0 * G_PI * pore->axes[0] * pore->axes[1] * pore->axes[2];
        n_open += pore->is_open ? 1 : 0;
        if (pore->is_open)
            g_assert_cmpfloat(pore->volume, <, 0.95 * whole);
        else
            g_assert_cmpfloat(pore->volume, ==, whole);
        for (gsize i = 0; i < truth->atoms->n; i++)
            g_assert_false(lac_truth_pore_contains(pore, position(truth->atoms, i)));
        n_missing += pore->n_missing;
        volume += pore->volume;
    }
    g_assert_cmpuint(n_open, ==, 1);
    // The atoms that are missing fill the volume at the density of the oxide.
    g_assert_cmpfloat_with_epsilon(n_missing / volume, 0.0254, 0.003);
}

static void
test_zr_zro2(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_ZR_ZRO2);
    params.displacement = 0.0;
    g_autoptr(LacTruth) truth = build(&params);
    g_assert_cmpfloat_with_epsilon((double) truth->atoms->n, params.n_atoms, 0.02 * params.n_atoms);
    g_assert_cmpuint(truth->grains->len, ==, 4);
    g_assert_true(truth->has_interface);
    // Metal below the kink, and both grains of oxide, sit on the lattices that were asked for.
    double below = truth->interface.core.heights[0] - truth->interface.kink_width;
    g_assert_cmpfloat(lattice_error(truth, 0, below), <, 1e-6);
    g_assert_cmpfloat(lattice_error(truth, 1, HUGE_VAL), <, 1e-6);
    g_assert_cmpfloat(lattice_error(truth, 2, HUGE_VAL), <, 1e-6);
    g_assert_cmpfloat(g_array_index(truth->grains, LacTruthGrain, 0).a, ==, 4.60);
    g_assert_cmpfloat(g_array_index(truth->grains, LacTruthGrain, 1).a, ==, 5.09);
    // No two atoms touch; the counts are near those of the reference particle.
    g_autoptr(LacCells) cells = cells_of(truth->atoms);
    for (gsize i = 0; i < truth->atoms->n; i++)
        g_assert_cmpuint(lac_cells_count(cells, position(truth->atoms, i), 2.45, i), ==, 0);
    g_assert_cmpfloat_with_epsilon((double) count_phase(truth, LAC_TRUTH_METAL), 1594, 60);
    g_assert_cmpfloat_with_epsilon((double) count_phase(truth, LAC_TRUTH_SEMICOHERENT), 878, 60);
    g_assert_cmpfloat_with_epsilon((double) count_phase(truth, LAC_TRUTH_INCOHERENT), 694, 60);
    g_assert_cmpfloat_with_epsilon((double) count_phase(truth, LAC_TRUTH_AMORPHOUS), 4268, 150);
    double area, volume = lac_body_get_volume(&truth->interface.core, &area);
    g_assert_cmpfloat_with_epsilon(volume, 37731, 800);
    g_assert_cmpfloat_with_epsilon(area, 5723, 80);
    // Oxygen: two per cation, near enough.
    g_assert_nonnull(truth->faint);
    double oxide = (double) (truth->atoms->n - count_phase(truth, LAC_TRUTH_METAL));
    g_assert_cmpfloat_with_epsilon((double) truth->faint->n / oxide, 2.0, 0.1);
    check_clusters(truth);
    check_pores(truth);
}

static void
test_orientations(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_ZR_ZRO2);
    params.n_atoms = 600;
    params.pores = FALSE;
    g_autoptr(LacTruth) truth = build(&params);
    g_assert_cmpuint(truth->pores->len, ==, 0);
    const LacMat3 *metal = &g_array_index(truth->grains, LacTruthGrain, 0).orientation;
    const LacMat3 *oxide = &g_array_index(truth->grains, LacTruthGrain, 1).orientation;
    LacVec3 bent = lac_mat3_apply(metal, (LacVec3){ -1, -1, 1 });
    LacVec3 basal = lac_mat3_apply(oxide, (LacVec3){ 0, 0, 1 });
    double angle = acos(fabs(lac_vec3_dot(bent, basal)) / sqrt(3.0)) * 180.0 / G_PI;
    g_assert_cmpfloat_with_epsilon(angle, 19.3139, 1e-3); // 19 and the twist
    LacVec3 facet = lac_mat3_apply(metal, (LacVec3){ 1, 1, 1 });
    g_assert_cmpfloat_with_epsilon(lac_vec3_dot(facet, truth->interface.normals[0]) / sqrt(3.0),
        1.0, 1e-12);
}

// Every vacancy is a site with all its neighbours, and no atom is there.
static void
test_vacancies(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_FCC);
    params.displacement = 0.0;
    for (int k = 0; k < 3; k++) {
        params.metal_vacancies = 0.0;
        g_autoptr(LacTruth) whole = build(&params);
        g_autoptr(LacCells) sites = cells_of(whole->atoms);
        gsize n_eligible = 0;
        for (gsize i = 0; i < whole->atoms->n; i++)
            n_eligible += lac_cells_count(sites, position(whole->atoms, i), 3.0, i) == 12;
        params.metal_vacancies = k == 0 ? 0.1 : k == 1 ? 1.0 : 5.0;
        g_autoptr(LacTruth) truth = build(&params);
        gsize asked = (gsize) rint(params.metal_vacancies / 100.0 * (double) n_eligible);
        g_assert_cmpuint(truth->vacancies->len, ==, asked);
        g_assert_cmpuint(truth->atoms->n, ==, whole->atoms->n - asked);
        g_autoptr(LacCells) left = cells_of(truth->atoms);
        for (guint i = 0; i < truth->vacancies->len; i++) {
            LacVec3 r = g_array_index(truth->vacancies, LacTruthVacancy, i).position;
            g_assert_cmpuint(lac_cells_count(sites, r, 1e-6, G_MAXSIZE), ==, 1);
            g_assert_cmpuint(lac_cells_count(left, r, 2.0, G_MAXSIZE), ==, 0);
            g_assert_cmpuint(lac_cells_count(left, r, 3.0, G_MAXSIZE), ==, 12); // single ones
        }
    }
}

static void
test_amorphous_density(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_AMORPHOUS);
    params.displacement = 0.0;
    g_autoptr(LacTruth) truth = build(&params);
    g_assert_cmpuint(truth->atoms->n, ==, 3000);
    // Away from the surface.
    double inner = truth->surface.radius - 6.0;
    gsize n = 0;
    g_autoptr(LacCells) cells = cells_of(truth->atoms);
    double sum = 0.0;
    for (gsize i = 0; i < truth->atoms->n; i++) {
        double d;
        if (lac_vec3_norm(position(truth->atoms, i)) >= inner)
            continue;
        g_assert_true(lac_cells_find_nearest(cells, position(truth->atoms, i), 9.0, i, NULL, &d));
        g_assert_cmpfloat(d, >, 2.2);
        sum += d;
        n++;
    }
    g_assert_cmpfloat_with_epsilon((double) n / (4.0 / 3.0 * G_PI * pow(inner, 3.0)), 0.064,
        0.0025);
    g_assert_cmpfloat_with_epsilon(sum / (double) n, 2.6, 0.1);
}

static gsize
count_bulk(const LacTruth *truth, double reach, gsize neighbours, double *mean)
{
    g_autoptr(LacCells) cells = cells_of(truth->atoms);
    gsize n = 0;
    *mean = 0.0;
    for (gsize i = 0; i < truth->atoms->n; i++) {
        double d;
        if (lac_cells_count(cells, position(truth->atoms, i), reach, i) != neighbours)
            continue;
        lac_cells_find_nearest(cells, position(truth->atoms, i), 9.0, i, NULL, &d);
        *mean += d;
        n++;
    }
    *mean /= (double) MAX(n, 1);
    return n;
}

static void
test_lattices(void)
{
    static const struct {
        LacModelKind kind;
        double nearest, reach;
        gsize neighbours;
        double bulk; // share of atoms that have them
    } cases[] = {
        { LAC_MODEL_FCC, 2.7747, 3.1, 12, 0.55 },
        { LAC_MODEL_HCP, 3.179, 3.6, 12, 0.55 },
        { LAC_MODEL_BCC, 2.482, 2.6, 8, 0.55 },
        { LAC_MODEL_CORE_SHELL, 2.7577, 3.1, 12, 0.55 },
        { LAC_MODEL_DECAHEDRON, 2.8836, 3.3, 12, 0.55 },
        { LAC_MODEL_ICOSAHEDRON, 2.768, 3.2, 12, 0.55 },
    };
    for (guint k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_auto(LacModelParams) params;
        lac_model_params_init(&params, cases[k].kind);
        params.displacement = 0.0;
        g_autoptr(LacTruth) truth = build(&params);
        double mean;
        gsize n = count_bulk(truth, cases[k].reach, cases[k].neighbours, &mean);
        g_test_message("%s: %" G_GSIZE_FORMAT " atoms, %" G_GSIZE_FORMAT " in the bulk at %.4f Å",
            lac_model_ids[cases[k].kind], truth->atoms->n, n, mean);
        g_assert_cmpfloat_with_epsilon((double) truth->atoms->n, params.n_atoms,
            0.08 * params.n_atoms);
        g_assert_cmpfloat((double) n, >, cases[k].bulk * (double) truth->atoms->n);
        g_assert_cmpfloat_with_epsilon(mean, cases[k].nearest, 2e-3);
    }
}

// Mackay's numbers, and his shells close.
static void
test_icosahedron(void)
{
    static const guint magic[] = { 55, 147, 309, 561, 923, 2869 };
    for (guint k = 0; k < G_N_ELEMENTS(magic); k++) {
        g_auto(LacModelParams) params;
        lac_model_params_init(&params, LAC_MODEL_ICOSAHEDRON);
        params.n_atoms = magic[k];
        params.displacement = 0.0;
        g_autoptr(LacTruth) truth = build(&params);
        g_assert_cmpuint(truth->atoms->n, ==, magic[k]);
        g_autoptr(LacCells) cells = cells_of(truth->atoms);
        for (gsize i = 0; i < truth->atoms->n; i++)
            g_assert_cmpuint(lac_cells_count(cells, position(truth->atoms, i), 2.7, i), ==, 0);
    }
}

static void
test_alloy(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_CORE_SHELL);
    params.displacement = 0.0;
    params.mixing = 0.0;
    g_autoptr(LacTruth) pure = build(&params);
    gsize n_core = 0;
    double farthest = 0.0, nearest = HUGE_VAL;
    for (gsize i = 0; i < pure->atoms->n; i++) {
        double r = lac_vec3_norm(position(pure->atoms, i));
        if (pure->atoms->species[i] == 0) {
            n_core++;
            farthest = MAX(farthest, r);
        }
        else
            nearest = MIN(nearest, r);
    }
    g_assert_cmpstr(pure->atoms->species_names[0], ==, "Pd");
    g_assert_cmpstr(pure->atoms->species_names[1], ==, "Pt");
    g_assert_cmpfloat_with_epsilon((double) n_core / (double) pure->atoms->n, 0.216, 0.03);
    g_assert_cmpfloat(farthest, <, 1.35 * nearest); // a core of the particle's own shape
    params.order = LAC_ALLOY_ORDERED;
    g_autoptr(LacTruth) ordered = build(&params);
    gsize n_ordered = 0;
    for (gsize i = 0; i < ordered->atoms->n; i++)
        n_ordered += ordered->atoms->species[i] == 0;
    g_assert_cmpfloat_with_epsilon((double) n_ordered / (double) n_core, 0.5, 0.06);
    params.order = LAC_ALLOY_RANDOM;
    params.mixing = 30.0;
    g_autoptr(LacTruth) mixed = build(&params);
    gsize n_mixed = 0;
    for (gsize i = 0; i < mixed->atoms->n; i++)
        n_mixed += mixed->atoms->species[i] == 0;
    g_assert_cmpfloat_with_epsilon((double) n_mixed / (double) n_core, 0.7, 0.06);
}

static void
assert_same(const LacTruth *a, const LacTruth *b)
{
    const LacAtoms *s[] = { a->atoms, a->faint }, *t[] = { b->atoms, b->faint };
    for (int p = 0; p < 2; p++) {
        g_assert_cmpuint(s[p]->n, ==, t[p]->n);
        g_assert_cmpint(memcmp(s[p]->x, t[p]->x, s[p]->n * sizeof(double)), ==, 0);
        g_assert_cmpint(memcmp(s[p]->y, t[p]->y, s[p]->n * sizeof(double)), ==, 0);
        g_assert_cmpint(memcmp(s[p]->z, t[p]->z, s[p]->n * sizeof(double)), ==, 0);
    }
    g_assert_cmpuint(a->vacancies->len, ==, b->vacancies->len);
    for (guint i = 0; i < a->vacancies->len; i++)
        g_assert_cmpfloat(g_array_index(a->vacancies, LacTruthVacancy, i).position.x, ==,
            g_array_index(b->vacancies, LacTruthVacancy, i).position.x);
}

static void
test_deterministic(void)
{
    static const guint threads[] = { 2, 3, 8 };
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_ZR_ZRO2);
    params.n_atoms = 1200;
    lac_parallel_set_threads(1);
    g_autoptr(LacTruth) truth = build(&params);
    for (guint k = 0; k < G_N_ELEMENTS(threads); k++) {
        lac_parallel_set_threads(threads[k]);
        g_autoptr(LacTruth) again = build(&params);
        assert_same(truth, again);
    }
    lac_parallel_set_threads(0);
    params.seed++;
    g_autoptr(LacTruth) other = build(&params);
    g_assert_true(other->atoms->n != truth->atoms->n ||
        memcmp(other->atoms->x, truth->atoms->x, other->atoms->n * sizeof(double)) != 0);
}

static void
test_file(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_FILE);
    g_autoptr(LacAtoms) atoms = lac_atoms_new(3);
    lac_atoms_add_species(atoms, "Fe");
    atoms->x[1] = 10.0;
    atoms->y[2] = -4.0;
    atoms->z[0] = 7.0;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacTruth) truth = lac_model_build(&params, atoms, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(truth->atoms->x[1], ==, 5.0);
    g_assert_cmpfloat(truth->atoms->y[2], ==, -2.0);
    g_assert_cmpfloat(truth->atoms->z[0], ==, 3.5);
    g_assert_cmpfloat(lac_truth_get_radius(truth), ==, sqrt(25.0 + 4.0 + 3.5 * 3.5));
    atoms->state[0] = atoms->state[1] = atoms->state[2] = LAC_ATOM_DELETED;
    g_assert_null(lac_model_build(&params, atoms, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_null(lac_model_build(&params, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "needs a model"));
}

static void
test_refusals(void)
{
    g_auto(LacModelParams) params;
    g_autoptr(GError) error = NULL;
    lac_model_params_init(&params, LAC_MODEL_ZR_ZRO2);
    params.n_atoms = 499;
    g_assert_null(lac_model_build(&params, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "499"));
    g_clear_error(&error);
    params.n_atoms = 2000;
    params.twist = (double) NAN;
    g_assert_null(lac_model_build(&params, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "twist"));
    g_clear_error(&error);
    params.twist = 4.0;
    g_free(params.species);
    params.species = g_strdup("Xx");
    g_assert_null(lac_model_build(&params, NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "Xx"));
}

static void
test_cancel(void)
{
    g_auto(LacModelParams) params;
    lac_model_params_init(&params, LAC_MODEL_ZR_ZRO2);
    params.n_atoms = 600;
    for (guint at = 1; at < 300; at += 60) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_assert_null(lac_model_build(&params, NULL, progress, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/zr-zro2", test_zr_zro2);
    g_test_add_func("/model/orientations", test_orientations);
    g_test_add_func("/model/vacancies", test_vacancies);
    g_test_add_func("/model/amorphous-density", test_amorphous_density);
    g_test_add_func("/model/lattices", test_lattices);
    g_test_add_func("/model/icosahedron", test_icosahedron);
    g_test_add_func("/model/alloy", test_alloy);
    g_test_add_func("/model/deterministic", test_deterministic);
    g_test_add_func("/model/file", test_file);
    g_test_add_func("/model/refusals", test_refusals);
    g_test_add_func("/model/cancel", test_cancel);
    return g_test_run();
}
