// SPDX-License-Identifier: GPL-3.0-or-later
// The comparison with known positions: against all assignments, and on models made from the truth.
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/trace/assign.h"
#include "core/trace/match.h"

#include <gio/gio.h>
#include <math.h>

#define N_SMALL 7

// The least cost over all ways to pair rows from @row on, each with a free column or with none.
static double
try_all(double cost[N_SMALL][N_SMALL], guint row, guint taken, double unmatched)
{
    if (row == N_SMALL)
        return 0.0;
    double best = unmatched + try_all(cost, row + 1, taken, unmatched);
    for (guint c = 0; c < N_SMALL; c++)
        if (!(taken & 1u << c) && isfinite(cost[row][c]))
            best = fmin(best, cost[row][c] + try_all(cost, row + 1, taken | 1u << c, unmatched));
    return best;
}

static void
test_assign_exact(void)
{
    for (guint64 trial = 0; trial < 200; trial++) {
        double cost[N_SMALL][N_SMALL], unmatched = trial % 2 == 0 ? 2.0 : 0.4;
        LacAssignEdge edges[N_SMALL * N_SMALL];
        gsize n = 0;
        for (guint32 r = 0; r < N_SMALL; r++)
            for (guint32 c = 0; c < N_SMALL; c++) {
                double value = lac_rng_uniform(trial, r * N_SMALL + c);
                gboolean has_edge = lac_rng_uniform(trial + 1000, r * N_SMALL + c) < 0.6;
                value = trial % 5 == 0 ? floor(4.0 * value) / 4.0 : value; // with ties
                cost[r][c] = has_edge ? value : (double) INFINITY;
                if (has_edge)
                    edges[n++] = (LacAssignEdge){ r, c, value };
            }
        guint32 column[N_SMALL];
        gboolean is_taken[N_SMALL] = { FALSE };
        double total = 0.0;
        g_assert_true(lac_assign(edges, n, N_SMALL, N_SMALL, unmatched, column, NULL, NULL));
        for (guint r = 0; r < N_SMALL; r++) {
            if (column[r] == G_MAXUINT32) {
                total += unmatched;
                continue;
            }
            g_assert_cmpuint(column[r], <, N_SMALL);
            g_assert_false(is_taken[column[r]]);
            is_taken[column[r]] = TRUE;
            total += cost[r][column[r]];
        }
        g_assert_cmpfloat_with_epsilon(total, try_all(cost, 0, 0, unmatched), 1e-12);
    }
}

// A jittered cubic lattice of @side cubed atoms, in an order without meaning.
static LacAtoms *
make_truth(gsize side, double spacing)
{
    gsize n = side * side * side;
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "Co");
    lac_atoms_add_species(atoms, "Pt");
    for (gsize i = 0; i < n; i++) {
        gsize k = i * 7919 % n;
        double jitter = 0.1 * spacing, half = 0.5 * (double) side;
        atoms->x[i] = spacing * ((double) (k % side) - half) + jitter * lac_rng_normal(1, 3 * k);
        atoms->y[i] =
            spacing * ((double) (k / side % side) - half) + jitter * lac_rng_normal(1, 3 * k + 1);
        atoms->z[i] =
            spacing * ((double) (k / side / side) - half) + jitter * lac_rng_normal(1, 3 * k + 2);
        atoms->species[i] = k % 3 == 0 ? 1 : 0;
    }
    return atoms;
}

// The truth with errors of @sigma [Å] along each axis.
static LacAtoms *
blur(const LacAtoms *truth, double sigma)
{
    LacAtoms *model = lac_atoms_copy(truth, truth->n);
    for (gsize i = 0; i < truth->n; i++) {
        model->x[i] += sigma * lac_rng_normal(2, 3 * i);
        model->y[i] += sigma * lac_rng_normal(2, 3 * i + 1);
        model->z[i] += sigma * lac_rng_normal(2, 3 * i + 2);
    }
    return model;
}

static void
move(LacAtoms *atoms, const LacMat3 *rotation, LacVec3 shift)
{
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 p = lac_mat3_apply(rotation, (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] });
        atoms->x[i] = p.x + shift.x;
        atoms->y[i] = p.y + shift.y;
        atoms->z[i] = p.z + shift.z;
    }
}

static LacMatch *
match(const LacAtoms *model, const LacAtoms *truth, LacAlign align)
{
    LacMatchParams params;
    g_autoptr(GError) error = NULL;
    lac_match_params_init(&params);
    params.align = align;
    LacMatch *result = lac_match(model, truth, &params, NULL, &error);
    g_assert_no_error(error);
    return result;
}

static void
test_counts(void)
{
    g_autoptr(LacAtoms) truth = make_truth(8, 2.5);
    g_autoptr(LacAtoms) blurred = blur(truth, 0.05);
    // 40 atoms lost, 30 of them as records only; 12 between others; 9 of the wrong species.
    g_autoptr(LacAtoms) model = lac_atoms_copy(blurred, truth->n + 2);
    for (gsize i = 0; i < 30; i++)
        model->state[i] = LAC_ATOM_DELETED;
    for (gsize i = 30; i < 40; i++)
        model->x[i] += 1.25;
    for (gsize i = 40; i < 49; i++)
        model->species[i] ^= 1;
    for (gsize i = truth->n; i < model->n; i++)
        model->x[i] = 40.0;
    g_autoptr(LacMatch) result = match(model, truth, LAC_ALIGN_NONE);
    gsize n = truth->n - 40;
    g_assert_cmpuint(result->n_truth, ==, truth->n);
    g_assert_cmpuint(result->n_model, ==, truth->n - 28);
    g_assert_cmpuint(result->n_pairs, ==, n);
    g_assert_cmpuint(result->n_missed, ==, 40);
    g_assert_cmpuint(result->n_extra, ==, 12);
    g_assert_cmpfloat_with_epsilon(result->bond, 2.5, 0.5);
    g_assert_cmpfloat(result->score.cutoff, <=, 0.35 * result->bond);
    g_assert_cmpfloat_with_epsilon(result->score.recall, (double) n / (double) truth->n, 1e-12);
    g_assert_cmpfloat_with_epsilon(result->score.precision, (double) n / (double) (n + 12), 1e-12);
    g_assert_cmpfloat_with_epsilon(result->type_accuracy, (double) (n - 9) / (double) n, 1e-12);
    g_assert_cmpfloat_with_epsilon(result->errors.rms, 100.0 * 0.05 * sqrt(3.0), 0.4);
    g_assert_cmpfloat(result->errors.median, <, result->errors.rms);
    g_assert_cmpfloat(result->errors.p95, >, result->errors.rms);
    for (gsize k = 0; k < result->n_pairs; k++) {
        g_assert_cmpuint(result->pairs[k].model, ==, result->pairs[k].truth);
        g_assert_cmpuint(result->pairs[k].model, >=, 40);
    }
    for (gsize k = 0; k < 40; k++)
        g_assert_cmpuint(result->missed[k], ==, k);
    g_assert_cmpuint(result->extra[0], ==, 30);
    gsize total = 0;
    for (gsize k = 0; k < 9; k++)
        total += result->confusion[k];
    g_assert_cmpuint(total, ==, n + 40 + 12);
    g_assert_cmpuint(result->confusion[1] + result->confusion[3], ==, 9);
    g_assert_cmpstr(result->species[1].name, ==, "Pt");
    g_assert_cmpuint(result->species[0].n_correct + result->species[1].n_correct, ==, n - 9);
}

static void
test_motion(void)
{
    g_autoptr(LacAtoms) truth = make_truth(9, 2.5);
    g_autoptr(LacAtoms) model = blur(truth, 0.03);
    g_autoptr(LacMatch) still = match(model, truth, LAC_ALIGN_RIGID);
    const LacMat3 identity = { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } };
    move(model, &identity, (LacVec3){ 31.0, -7.7, 0.4 });
    g_autoptr(LacMatch) moved = match(model, truth, LAC_ALIGN_TRANSLATION);
    g_assert_cmpuint(moved->n_pairs, ==, truth->n);
    g_assert_cmpfloat_with_epsilon(moved->shift.x, -31.0, 0.01);
    g_assert_cmpfloat_with_epsilon(moved->shift.y, 7.7, 0.01);
    g_assert_cmpfloat_with_epsilon(moved->errors.rms, still->errors.rms, 0.05);
    LacMat3 rotation = lac_rotation_from_euler_deg(1.5, -1.0, 2.0);
    move(model, &rotation, (LacVec3){ 0.2, 0.1, -3.0 });
    g_autoptr(LacMatch) turned = match(model, truth, LAC_ALIGN_RIGID);
    g_assert_cmpuint(turned->n_pairs, ==, truth->n);
    g_assert_cmpfloat_with_epsilon(turned->errors.rms, still->errors.rms, 1e-6);
    LacVec3 p = { model->x[5], model->y[5], model->z[5] }, q = lac_match_apply(turned, p);
    g_assert_cmpfloat_with_epsilon(q.x, truth->x[5], 0.3);
    g_autoptr(LacMatch) other = match(model, truth, LAC_ALIGN_TRANSLATION);
    g_assert_cmpfloat(other->errors.rms, >, turned->errors.rms);
}

// An atom between two takes the farther partner when that gives both a partner.
static void
test_both_paired(void)
{
    g_autoptr(LacAtoms) truth = lac_atoms_new(2), model = lac_atoms_new(2);
    truth->x[1] = 1.0;
    model->x[0] = 0.4;
    model->x[1] = -0.3;
    LacMatchParams params;
    lac_match_params_init(&params);
    params.cutoff = 0.8;
    params.align = LAC_ALIGN_NONE;
    g_autoptr(LacMatch) result = lac_match(model, truth, &params, NULL, NULL);
    g_assert_cmpuint(result->n_pairs, ==, 2);
    g_assert_cmpuint(result->pairs[0].truth, ==, 1);
    g_assert_cmpuint(result->pairs[1].truth, ==, 0);
    g_assert_cmpuint(result->published.n_kept, ==, 2);
    g_assert_cmpuint(result->half.n_pairs, ==, 1);
}

static void
test_species_by_order(void)
{
    g_autoptr(LacAtoms) truth = make_truth(5, 2.5);
    g_autoptr(LacAtoms) model = lac_atoms_copy(truth, truth->n);
    g_free(model->species_names[0]);
    g_free(model->species_names[1]);
    // By value, not by place in the list.
    model->species_names[0] = g_strdup("78");
    model->species_names[1] = g_strdup("27");
    for (gsize i = 0; i < model->n; i++)
        model->species[i] ^= 1;
    g_autoptr(LacMatch) result = match(model, truth, LAC_ALIGN_NONE);
    g_assert_true(result->by_order);
    g_assert_cmpstr(result->model_species[0], ==, "27");
    g_assert_cmpfloat(result->type_accuracy, ==, 1.0);
    lac_atoms_add_species(model, "79");
    model->species[3] = 2;
    g_autoptr(LacMatch) incomparable = match(model, truth, LAC_ALIGN_NONE);
    g_assert_true(isnan(incomparable->type_accuracy));
}

static void
test_threads_and_order(void)
{
    g_autoptr(LacAtoms) truth = make_truth(12, 2.2);
    g_autoptr(LacAtoms) model = blur(truth, 0.35); // many disputes
    lac_parallel_set_threads(1);
    g_autoptr(LacMatch) one = match(model, truth, LAC_ALIGN_RIGID);
    lac_parallel_set_threads(3);
    g_autoptr(LacMatch) three = match(model, truth, LAC_ALIGN_RIGID);
    lac_parallel_set_threads(0);
    g_assert_cmpuint(one->n_pairs, ==, three->n_pairs);
    for (gsize k = 0; k < one->n_pairs; k++) {
        g_assert_cmpuint(one->pairs[k].model, ==, three->pairs[k].model);
        g_assert_cmpuint(one->pairs[k].truth, ==, three->pairs[k].truth);
        g_assert_cmpfloat(one->pairs[k].difference.x, ==, three->pairs[k].difference.x);
    }
    g_assert_cmpfloat(one->published.chance, ==, three->published.chance);
    g_assert_cmpuint(one->n_pairs, <, truth->n);
}

static void
test_fast(void)
{
    g_autoptr(LacAtoms) truth = make_truth(27, 2.5);
    g_autoptr(LacAtoms) model = blur(truth, 0.2);
    gint64 begin = g_get_monotonic_time();
    g_autoptr(LacMatch) result = match(model, truth, LAC_ALIGN_TRANSLATION);
    double seconds = 1e-6 * (double) (g_get_monotonic_time() - begin);
    g_test_minimized_result(seconds, "%" G_GSIZE_FORMAT " atoms: %.3f s", truth->n, seconds);
    g_assert_cmpuint(result->n_pairs, >, truth->n * 9 / 10);
    g_assert_cmpfloat(seconds, <, 5.0);
}

static void
test_hostile(void)
{
    LacMatchParams params;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) heap = lac_atoms_new(20000), none = lac_atoms_new(0);
    lac_match_params_init(&params);
    g_assert_null(lac_match(heap, heap, &params, NULL, &error)); // no bond length
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    params.cutoff = 0.8;
    g_assert_null(lac_match(heap, heap, &params, NULL, &error)); // crowded
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    g_assert_null(lac_match(none, heap, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    heap->y[77] = (double) NAN;
    g_assert_null(lac_match(heap, heap, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    params.cutoff = (double) NAN;
    g_autoptr(LacAtoms) one = lac_atoms_new(1);
    g_assert_null(lac_match(one, one, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    params.cutoff = 0.0;
    g_autoptr(LacMatch) single = lac_match(one, one, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(single->n_pairs, ==, 1);
    g_autoptr(LacAtoms) far = lac_atoms_new(1);
    far->x[0] = 9.0;
    params.align = LAC_ALIGN_NONE;
    g_autoptr(LacMatch) apart = lac_match(far, one, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(apart->n_pairs, ==, 0);
    g_assert_true(isnan(apart->errors.rms));
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) truth = make_truth(6, 2.5);
    LacMatchParams params;
    lac_match_params_init(&params);
    for (guint at = 1; at < 20; at++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        g_autoptr(GError) error = NULL;
        lac_progress_cancel_at(progress, at);
        g_autoptr(LacMatch) result = lac_match(truth, truth, &params, progress, &error);
        if (result != NULL) {
            g_assert_cmpuint(at, >, 3);
            return;
        }
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
    g_assert_not_reached();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/match/assign-exact", test_assign_exact);
    g_test_add_func("/match/counts", test_counts);
    g_test_add_func("/match/motion", test_motion);
    g_test_add_func("/match/both-paired", test_both_paired);
    g_test_add_func("/match/species-by-order", test_species_by_order);
    g_test_add_func("/match/threads-and-order", test_threads_and_order);
    g_test_add_func("/match/fast", test_fast);
    g_test_add_func("/match/hostile", test_hostile);
    g_test_add_func("/match/cancel", test_cancel);
    return g_test_run();
}
