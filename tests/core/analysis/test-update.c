// SPDX-License-Identifier: GPL-3.0-or-later
// Random edits of a few atoms: what is updated around them is what all anew would be, bit by bit.
#include "core/analysis/update.h"
#include "core/rng.h"
#include "tests/support/crystal.h"

#include <math.h>
#include <string.h>

#define CUTOFF 3.7

typedef struct {
    LacPoints *points;
    LacNeighbours *lists;
    LacOrder *order;
} State;

static void
state_clear(State *state)
{
    lac_points_unref(state->points);
    lac_neighbours_unref(state->lists);
    lac_order_unref(state->order);
}

static State
make_all(const LacAtoms *atoms)
{
    LacOrderParams params;
    lac_order_params_init(&params);
    params.degrees |= 1u << LAC_ORDER_8;
    State state = { .points = lac_points_new(atoms, NULL) };
    g_assert_nonnull(state.points);
    state.lists = lac_neighbours_new(state.points, CUTOFF, NULL, NULL);
    state.order = lac_order_new(state.points, state.lists, &params, NULL, NULL);
    return state;
}

static State
update(const State *before, const LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    State state = { .points = lac_points_update(before->points, atoms, &error) };
    g_assert_no_error(error);
    g_autoptr(LacPointsMap) map = lac_points_map_new(before->points, state.points);
    state.lists = lac_neighbours_update(before->lists, before->points, state.points, map, &error);
    state.order =
        lac_order_update(before->order, before->lists, state.points, state.lists, map, &error);
    g_assert_no_error(error);
    return state;
}

static void
assert_same(const void *a, const void *b, gsize n, gsize size)
{
    g_assert_true(n == 0 || memcmp(a, b, n * size) == 0);
}

static void
assert_states_equal(const State *a, const State *b)
{
    gsize n = b->points->n;
    g_assert_cmpuint(a->points->n, ==, n);
    assert_same(a->points->x, b->points->x, n, sizeof(double));
    assert_same(a->points->index, b->points->index, n, sizeof(guint32));
    assert_same(a->lists->begin, b->lists->begin, n + 1, sizeof(gsize));
    assert_same(a->lists->index, b->lists->index, b->lists->begin[n], sizeof(guint32));
    assert_same(a->lists->distance, b->lists->distance, b->lists->begin[n], sizeof(double));
    g_assert_cmpuint(a->order->degrees, ==, b->order->degrees);
    for (guint d = 0; d < 3; d++) {
        assert_same(a->order->q[d], b->order->q[d], n, sizeof(double));
        assert_same(a->order->averaged[d], b->order->averaged[d], n, sizeof(double));
        for (gsize i = 0; i < n; i++)
            g_assert_true(a->order->w[d][i] == b->order->w[d][i] ||
                (isnan(a->order->w[d][i]) && isnan(b->order->w[d][i])));
    }
    assert_same(a->order->scaled, b->order->scaled, n, sizeof(double));
}

// Deletes, restores, moves and adds some atoms.
static LacAtoms *
edit(const LacAtoms *atoms, guint n_changes, guint64 seed)
{
    LacAtoms *after = lac_atoms_copy(atoms, atoms->n + n_changes);
    for (guint c = 0; c < n_changes; c++) {
        gsize i = (gsize) (lac_rng_bits(seed, 10 * c) % atoms->n), added = atoms->n + c;
        LacVec3 by = { 0.3 * lac_rng_normal(seed, 10 * c + 1),
            0.3 * lac_rng_normal(seed, 10 * c + 2), 0.3 * lac_rng_normal(seed, 10 * c + 3) };
        guint kind = (guint) (lac_rng_bits(seed, 10 * c + 4) % 3);
        after->state[added] = LAC_ATOM_DELETED; // a record unless it is added below
        if (kind == 0)
            after->state[i] =
                lac_atoms_is_present(after, i) ? LAC_ATOM_DELETED : LAC_ATOM_CONFIRMED;
        else if (kind == 1) {
            after->x[i] += by.x;
            after->y[i] += by.y;
            after->z[i] += by.z;
            after->state[i] = LAC_ATOM_MOVED;
        }
        else { // on the surface, now and then far away
            after->x[added] = 30.0 + 60.0 * c + by.x;
            after->y[added] = 5.0 * (double) (seed - 50) + by.y;
            after->z[added] = by.z;
            after->state[added] = LAC_ATOM_ADDED;
        }
    }
    return after;
}

static void
test_edits(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 28.0);
    test_atoms_shake(atoms, 0.08, 3);
    State state = make_all(atoms);
    const guint sizes[] = { 1, 1, 1, 0, 2, 5, 20, 100 };
    for (gsize k = 0; k < G_N_ELEMENTS(sizes); k++) {
        LacAtoms *after = edit(atoms, sizes[k], 50 + k);
        State updated = update(&state, after), whole = make_all(after);
        assert_states_equal(&updated, &whole);
        state_clear(&whole);
        state_clear(&state);
        state = updated;
        lac_atoms_unref(atoms);
        atoms = after;
    }
    state_clear(&state);
}

// Cut-offs of their own: half of the atoms, by their index, reach farther.
static void
test_filtered(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 22.0);
    test_atoms_shake(atoms, 0.08, 3);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autoptr(LacNeighbours) lists = NULL;
    const guint sizes[] = { 0, 1, 1, 2, 7, 100 };
    for (gsize k = 0; k < G_N_ELEMENTS(sizes) + 1; k++) {
        g_autoptr(GError) error = NULL;
        g_autofree double *reach = g_new(double, points->n);
        for (gsize p = 0; p < points->n; p++)
            reach[p] = points->index[p] % 2 == 0 ? 3.4 : 4.6;
        g_autoptr(LacNeighbours) all = lac_neighbours_new(points, 4.6, NULL, &error);
        g_autoptr(LacNeighbours) whole = lac_neighbours_filter(all, reach);
        if (lists != NULL) {
            g_assert_cmpuint(lists->n, ==, whole->n);
            g_assert_cmpfloat(lists->cutoff, ==, whole->cutoff);
            assert_same(lists->begin, whole->begin, whole->n + 1, sizeof(gsize));
            assert_same(lists->index, whole->index, whole->begin[whole->n], sizeof(guint32));
            assert_same(lists->distance, whole->distance, whole->begin[whole->n], sizeof(double));
        }
        if (k == G_N_ELEMENTS(sizes))
            break;
        g_autoptr(LacAtoms) after = edit(atoms, sizes[k], 70 + k);
        LacPoints *next = lac_points_update(points, after, &error);
        g_assert_no_error(error);
        g_autoptr(LacPointsMap) map = lac_points_map_new(points, next);
        g_autofree double *next_reach = g_new(double, next->n);
        for (gsize p = 0; p < next->n; p++)
            next_reach[p] = next->index[p] % 2 == 0 ? 3.4 : 4.6;
        LacNeighbours *updated =
            lac_neighbours_update_filtered(whole, next, map, next_reach, &error);
        g_assert_no_error(error);
        g_clear_pointer(&lists, lac_neighbours_unref);
        lists = updated;
        lac_points_unref(points);
        points = next;
        lac_atoms_unref(atoms);
        atoms = g_steal_pointer(&after);
    }
}

static void
test_few(void)
{
    g_autoptr(LacAtoms) atoms = test_random_atoms(3, 4.0, 1.0, 2);
    State state = make_all(atoms);
    for (gsize i = 0; i < 3; i++) { // down to nothing
        LacAtoms *after = lac_atoms_copy(atoms, 3);
        after->state[i] = LAC_ATOM_DELETED;
        State updated = update(&state, after), whole = make_all(after);
        assert_states_equal(&updated, &whole);
        state_clear(&whole);
        state_clear(&state);
        state = updated;
        lac_atoms_unref(atoms);
        atoms = after;
    }
    g_assert_cmpuint(state.points->n, ==, 0);
    LacAtoms *after = lac_atoms_copy(atoms, 3);
    after->state[1] = LAC_ATOM_CONFIRMED;
    State updated = update(&state, after);
    g_assert_cmpuint(updated.points->n, ==, 1);
    state_clear(&updated);
    state_clear(&state);
    lac_atoms_unref(after);
}

// An edit that puts an atom on another is refused as the whole model would be.
static void
test_refused(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 9.0);
    State state = make_all(atoms);
    g_autoptr(LacAtoms) after = lac_atoms_copy(atoms, atoms->n);
    after->x[4] = after->x[9] + 0.1;
    after->y[4] = after->y[9];
    after->z[4] = after->z[9];
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_points_update(state.points, after, &error));
    g_assert_nonnull(strstr(error->message, "5 and 10"));
    g_clear_error(&error);
    after->x[4] = (double) NAN;
    g_assert_null(lac_points_update(state.points, after, &error));
    g_assert_nonnull(strstr(error->message, "Atom 5"));
    state_clear(&state);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/update/filtered", test_filtered);
    g_test_add_func("/analysis/update/edits", test_edits);
    g_test_add_func("/analysis/update/few", test_few);
    g_test_add_func("/analysis/update/refused", test_refused);
    return g_test_run();
}
