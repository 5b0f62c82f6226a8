// SPDX-License-Identifier: GPL-3.0-or-later
// The review: planted faults come first, and an update equals a new review.
#include "core/trace/suspicion.h"

#include <math.h>
#include <string.h>

#define SPACING 2.7 // [Å] of the cubic lattice of the test

typedef struct {
    LacAtoms *atoms;
    GRand *rand;
} Model;

static double
jitter(GRand *rand, double width)
{
    return width * (g_rand_double(rand) + g_rand_double(rand) + g_rand_double(rand) - 1.5);
}

// A ball of atoms of two species on a disturbed lattice, with all columns, and some ghosts.
static LacAtoms *
make_model(gsize edge, GRand *rand)
{
    LacAtoms *atoms = lac_atoms_new(edge * edge * edge + edge * edge);
    lac_atoms_add_species(atoms, "O");
    lac_atoms_add_species(atoms, "Zr");
    double *intensity = lac_atoms_add_column(atoms, LAC_COLUMN_INTENSITY);
    double *height = lac_atoms_add_column(atoms, LAC_COLUMN_HEIGHT);
    double *fit = lac_atoms_add_column(atoms, LAC_COLUMN_FIT);
    double *width = lac_atoms_add_column(atoms, LAC_COLUMN_WIDTH);
    double *elongation = lac_atoms_add_column(atoms, LAC_COLUMN_ELONGATION);
    double half = 0.5 * (double) (edge - 1);
    for (gsize i = 0; i < atoms->n; i++) {
        gsize place = i < edge * edge * edge ? i : (i * 7919) % (edge * edge * edge);
        gboolean ghost = i != place;
        double shift = ghost ? 0.5 * SPACING : 0.0;
        atoms->x[i] = SPACING * ((double) (place % edge) - half) + shift + jitter(rand, 0.15);
        atoms->y[i] =
            SPACING * ((double) (place / edge % edge) - half) + shift + jitter(rand, 0.15);
        atoms->z[i] =
            SPACING * ((double) (place / edge / edge) - half) + shift + jitter(rand, 0.15);
        atoms->species[i] = (guint16) (place % 2);
        double brightness = (atoms->species[i] == 1 ? 3.0 : 1.0) * (ghost ? 0.3 : 1.0);
        intensity[i] = brightness * exp(jitter(rand, 0.1));
        height[i] = brightness * exp(jitter(rand, 0.1));
        fit[i] = (ghost ? 0.1 : 0.03) * exp(jitter(rand, 0.2));
        width[i] = 0.7 + jitter(rand, 0.03);
        elongation[i] = 0.85 + jitter(rand, 0.05);
        if (ghost) {
            atoms->state[i] = i % 2 ? LAC_ATOM_REJECTED : LAC_ATOM_NON_ATOM;
            atoms->flag[i] = i % 2 ? LAC_PEAK_TOO_CLOSE : LAC_PEAK_OK;
        }
    }
    return atoms;
}

static void
set_up(Model *model, gconstpointer edge)
{
    model->rand = g_rand_new_with_seed(11);
    model->atoms = make_model(GPOINTER_TO_SIZE(edge), model->rand);
}

static void
tear_down(Model *model, gconstpointer edge)
{
    (void) edge;
    lac_atoms_unref(model->atoms);
    g_rand_free(model->rand);
}

static double *
column(LacAtoms *atoms, const char *name)
{
    return (double *) (guintptr) lac_atoms_get_column(atoms, name);
}

static LacReview *
review_of(LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    LacReviewContext context;
    lac_review_context_init(&context);
    LacReview *review = lac_review_new(atoms, &context, NULL, &error);
    g_assert_no_error(error);
    return review;
}

static const LacReviewItem *
find_item(const GPtrArray *items, gsize index, guint first)
{
    for (guint k = 0; k < MIN(items->len, first); k++) {
        const LacReviewItem *item = items->pdata[k];
        if (item->index == index)
            return item;
    }
    return NULL;
}

// One fault of each kind, and the words for it.
static void
test_planted_faults(Model *model, gconstpointer edge)
{
    gsize n = GPOINTER_TO_SIZE(edge);
    LacAtoms *atoms = model->atoms;
    gsize centre = n * n * n / 2, weak = centre + 2, misfit = centre + 4 * n, close = centre + 6,
          remote = 0, oblong = centre - 4 * n * n;
    column(atoms, LAC_COLUMN_INTENSITY)[weak] *= 0.3;
    column(atoms, LAC_COLUMN_HEIGHT)[weak] *= 0.3;
    column(atoms, LAC_COLUMN_FIT)[misfit] = 0.3;
    column(atoms, LAC_COLUMN_ELONGATION)[oblong] = 0.35;
    atoms->x[close] -= 1.1;
    atoms->x[remote] -= 15.0;
    g_autoptr(LacReview) review = review_of(atoms);
    g_autoptr(GPtrArray) items = lac_review_get_items(review, 200);
    const struct {
        gsize index;
        guint reason;
        const char *word;
    } faults[] = {
        { weak, LAC_REASON_WEAK, "% of its class" },
        { misfit, LAC_REASON_BAD_FIT, "poor fit" },
        { close, LAC_REASON_TOO_CLOSE, " Å from atom " },
        { remote, LAC_REASON_FEW_NEIGHBOURS, "0 neighbours" },
        { remote, LAC_REASON_REMOTE, "remote: 0 atoms within" },
    };
    for (guint k = 0; k < G_N_ELEMENTS(faults); k++) {
        const LacReviewItem *item = find_item(items, faults[k].index, 60);
        g_assert(item != NULL);
        g_test_message("%.3f %s", item->score, item->text);
        g_assert_true(item->reasons & faults[k].reason);
        g_assert_nonnull(strstr(item->text, faults[k].word));
        g_assert_false(item->is_candidate);
    }
    const LacReviewItem *item = find_item(items, oblong, 200);
    g_assert(item != NULL);
    g_assert_true(item->reasons & LAC_REASON_ELONGATED);
    for (guint k = 1; k < items->len; k++)
        g_assert_cmpfloat(((LacReviewItem *) items->pdata[k - 1])->score, >=,
            ((LacReviewItem *) items->pdata[k])->score);
}

static void
test_states(Model *model, gconstpointer edge)
{
    (void) edge;
    LacAtoms *atoms = model->atoms;
    atoms->state[40] = LAC_ATOM_UNSURE;
    atoms->state[41] = LAC_ATOM_CONFIRMED;
    column(atoms, LAC_COLUMN_INTENSITY)[41] *= 0.1;
    atoms->state[42] = LAC_ATOM_DELETED;
    g_autoptr(LacReview) review = review_of(atoms);
    g_assert_cmpfloat(lac_review_get_score(review, 40), >=, 0.9);
    g_assert_cmpfloat(lac_review_get_score(review, 41), ==, 0.0);
    g_assert_cmpfloat(lac_review_get_score(review, 42), ==, 0.0);
    g_assert_cmpfloat(lac_review_get_score(review, atoms->n - 1), >, 0.0);
    g_assert_cmpfloat(lac_review_estimate_false(review), >, 0.0);
    g_assert_cmpfloat(lac_review_estimate_missing(review), >, 0.0);
}

static LacAtoms *
edit_at_random(const LacAtoms *atoms, GRand *rand)
{
    gint32 kind = g_rand_int_range(rand, 0, 5);
    LacAtoms *next = lac_atoms_copy(atoms, atoms->n + (kind == 4));
    gsize i = (gsize) g_rand_int_range(rand, 0, (gint32) atoms->n);
    switch (kind) {
    case 0: next->state[i] = LAC_ATOM_DELETED; break;
    case 1: next->state[i] = LAC_ATOM_CONFIRMED; break;
    case 2: next->species[i] ^= 1; break;
    case 3:
        next->x[i] += 0.7;
        next->state[i] = LAC_ATOM_MOVED;
        break;
    default:
        next->x[atoms->n] = next->x[i] + 1.2;
        next->y[atoms->n] = next->y[i] + 1.2;
        next->z[atoms->n] = next->z[i] + 1.2;
        next->state[atoms->n] = LAC_ATOM_ADDED;
        break;
    }
    return next;
}

static void
assert_same(const LacReview *a, const LacReview *b, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        double sa = lac_review_get_score(a, i), sb = lac_review_get_score(b, i);
        g_assert_cmpint(memcmp(&sa, &sb, sizeof sa), ==, 0);
    }
    g_autoptr(GPtrArray) ia = lac_review_get_items(a, 50);
    g_autoptr(GPtrArray) ib = lac_review_get_items(b, 50);
    g_assert_cmpuint(ia->len, ==, ib->len);
    for (guint k = 0; k < ia->len; k++) {
        const LacReviewItem *pa = ia->pdata[k], *pb = ib->pdata[k];
        g_assert_cmpuint(pa->index, ==, pb->index);
        g_assert_cmpstr(pa->text, ==, pb->text);
    }
}

static void
test_update(Model *model, gconstpointer edge)
{
    (void) edge;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacReview) review = review_of(model->atoms);
    g_autoptr(LacAtoms) atoms = lac_atoms_ref(model->atoms);
    for (guint step = 0; step < 60; step++) {
        LacAtoms *next = edit_at_random(atoms, model->rand);
        lac_atoms_unref(atoms);
        atoms = next;
        g_assert_true(lac_review_update(review, atoms, &error));
        g_assert_no_error(error);
        g_autoptr(LacReview) anew = review_of(atoms);
        assert_same(review, anew, atoms->n);
    }
    // Back to the start in one go: fewer atoms than now, and many changes.
    g_assert_true(lac_review_update(review, model->atoms, &error));
    g_autoptr(LacReview) anew = review_of(model->atoms);
    assert_same(review, anew, model->atoms->n);
}

static void
test_update_time(Model *model, gconstpointer edge)
{
    (void) edge;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacReview) review = review_of(model->atoms);
    double best = HUGE_VAL;
    g_autoptr(LacAtoms) atoms = lac_atoms_ref(model->atoms);
    for (guint step = 0; step < 12; step++) {
        LacAtoms *next = edit_at_random(atoms, model->rand);
        lac_atoms_unref(atoms);
        atoms = next;
        gint64 start = g_get_monotonic_time();
        g_assert_true(lac_review_update(review, atoms, &error));
        g_autoptr(GPtrArray) items = lac_review_get_items(review, 500);
        best = fmin(best, 1e-3 * (double) (g_get_monotonic_time() - start));
        g_assert_cmpuint(items->len, >, 0);
    }
    g_test_minimized_result(best, "an edit among %" G_GSIZE_FORMAT " atoms: %.1f ms", atoms->n,
        best);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    g_assert_cmpfloat(best, <, 32.0); // one frame, twice over for a busy machine
#endif
}

static void
test_damaged(void)
{
    g_autoptr(GError) error = NULL;
    LacReviewContext context;
    lac_review_context_init(&context);
    for (gsize n = 0; n < 4; n++) {
        g_autoptr(LacAtoms) few = lac_atoms_new(n);
        g_autoptr(GPtrArray) items = lac_review_list(few, &context, 10, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(items->len, <=, n);
    }
    g_autoptr(LacAtoms) bad = lac_atoms_new(3);
    bad->y[1] = (double) NAN;
    g_assert_null(lac_review_list(bad, &context, 10, NULL, &error));
    g_assert_nonnull(error);
}

static void
test_cancel(Model *model, gconstpointer edge)
{
    (void) edge;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    LacReviewContext context;
    lac_review_context_init(&context);
    g_assert_null(lac_review_new(model->atoms, &context, progress, &error));
    g_assert_nonnull(error);
}

#define ADD(name, edge, func) \
    g_test_add(name, Model, GSIZE_TO_POINTER(edge), set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/review/planted-faults", 13, test_planted_faults);
    ADD("/review/states", 9, test_states);
    ADD("/review/update", 10, test_update);
    ADD("/review/update-time", 27, test_update_time);
    ADD("/review/cancel", 6, test_cancel);
    g_test_add_func("/review/damaged", test_damaged);
    return g_test_run();
}
