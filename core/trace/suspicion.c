// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/suspicion.h"

#include "core/parallel.h"
#include "core/trace/review-private.h"

#include <math.h>
#include <string.h>

#define GRAIN            256   // atoms per block
#define BATCH            65536 // atoms between two looks at the progress
#define MOST_CHANGES     64    // more edited atoms than this are scored with all the others
#define NARROWEST_MARGIN 1e-9  // [Å] so that rounding leaves no atom at the rim unmeasured

/**
 * lac_review_context_init:
 * @context: (out caller-allocates): receives the defaults: nothing but the atoms is known
 */
void
lac_review_context_init(LacReviewContext *context)
{
    *context = (LacReviewContext){ .ghost_distance = 1.7 };
}

/**
 * lac_review_free:
 * @self: (nullable) (transfer full): a review
 */
void
lac_review_free(LacReview *self)
{
    if (self == NULL)
        return;
    lac_atoms_unref(self->atoms);
    lac_volume_unref(self->mask);
    lac_volume_unref(self->residual);
    lac_cells_free(self->cells);
    g_free(self->peaks);
    g_free(self->absent);
    g_free(self->local);
    g_free(self->score);
    g_free(self);
}

static gsize
count_items(const LacReview *self)
{
    return self->atoms->n + self->n_peaks;
}

// Takes the atoms over and sorts those of the model into cells.
static gboolean
set_atoms(LacReview *self, LacAtoms *atoms, GError **error)
{
    g_autofree guint8 *absent = g_new0(guint8, MAX(atoms->n, 1));
    for (gsize i = 0; i < atoms->n; i++)
        absent[i] = !lac_atoms_is_present(atoms, i);
    double edge = self->bond > 0.0 ? self->bond : 3.0;
    LacCells *cells = lac_cells_new(atoms->x, atoms->y, atoms->z, absent, atoms->n, edge, error);
    if (cells == NULL)
        return FALSE;
    lac_cells_free(self->cells);
    self->cells = cells;
    lac_atoms_ref(atoms);
    lac_atoms_unref(self->atoms);
    self->atoms = atoms;
    g_free(self->absent);
    self->absent = g_steal_pointer(&absent);
    self->columns = (LacReviewColumns){
        .intensity = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY),
        .height = lac_atoms_get_column(atoms, LAC_COLUMN_HEIGHT),
        .fit = lac_atoms_get_column(atoms, LAC_COLUMN_FIT),
        .width = lac_atoms_get_column(atoms, LAC_COLUMN_WIDTH),
        .elongation = lac_atoms_get_column(atoms, LAC_COLUMN_ELONGATION),
        .margin = lac_atoms_get_column(atoms, LAC_COLUMN_MARGIN),
        .p_atom = lac_atoms_get_column(atoms, LAC_COLUMN_P_ATOM),
    };
    return TRUE;
}

typedef struct {
    LacReview *self;
    gsize first;
    const guint8 *dirty; // (nullable) per item: measure these only
} MeasureArgs;

static void
measure_items(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const MeasureArgs *args = data;
    LacReview *self = args->self;
    g_autoptr(GArray) scratch = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = args->first + begin; i < args->first + end; i++)
        if (args->dirty == NULL || args->dirty[i])
            lac_review_measure(self, i, scratch, &self->local[i]);
}

static void
score_items(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacReview *self = data;
    for (gsize i = begin; i < end; i++)
        self->score[i] = lac_review_compute_score(self, i);
}

static void
combine(LacReview *self)
{
    lac_review_measure_stats(self, &self->stats);
    lac_parallel_for(count_items(self), GRAIN, score_items, self);
}

static gboolean
measure_all(LacReview *self, LacProgress *progress, GError **error)
{
    gsize n = count_items(self);
    self->bond = self->given_bond > 0.0 ? self->given_bond
                                        : lac_review_measure_bond(self->atoms, self->cells);
    g_free(self->local);
    g_free(self->score);
    self->local = g_new0(LacReviewLocal, MAX(n, 1));
    self->score = g_new0(double, MAX(n, 1));
    MeasureArgs args = { .self = self };
    for (; args.first < n; args.first += BATCH) {
        if (!lac_progress_update(progress, (double) args.first / (double) n, error))
            return FALSE;
        lac_parallel_for(MIN(BATCH, n - args.first), GRAIN, measure_items, &args);
    }
    combine(self);
    return lac_progress_update(progress, 1.0, error);
}

/**
 * lac_review_new:
 * @atoms: atoms of the model and rejected peaks; columns that are missing count as unknown
 * @context: what is known beside them
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Scores every atom by how much it differs from what is usual in this model: brightness, fit, shape,
 * distances, neighbours, mask. Usual is the median of its class, and the spread is the median
 * deviation, so that false atoms do not set the standard they are judged by. The evidence adds up to
 * a logit; the weights come from simulated particles.
 *
 * Returns: (transfer full): the review, or %NULL with @error set
 */
LacReview *
lac_review_new(LacAtoms *atoms, const LacReviewContext *context, LacProgress *progress,
    GError **error)
{
    g_return_val_if_fail(context->bond >= 0.0 && context->ghost_distance >= 0.0, NULL);

    lac_progress_message(progress, "Reviewing %" G_GSIZE_FORMAT " atoms", atoms->n);
    g_autoptr(LacReview) self = g_new0(LacReview, 1);
    self->given_bond = context->bond;
    self->ghost_distance = context->ghost_distance;
    if (context->mask != NULL && context->mask->voxel_size > 0.0)
        self->mask = lac_volume_ref(context->mask);
    if (context->residual != NULL && context->residual->voxel_size > 0.0)
        self->residual = lac_volume_ref(context->residual);
    self->n_peaks = context->n_peaks;
    self->peaks = g_memdup2(context->peaks, context->n_peaks * sizeof *context->peaks);
    if (!set_atoms(self, atoms, error) || !measure_all(self, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

static gboolean
differs(double a, double b)
{
    return memcmp(&a, &b, sizeof a) != 0;
}

static double
value_of(const double *column, gsize i)
{
    return column != NULL ? column[i] : (double) NAN;
}

// Whether what others see of atom @i is another one than before.
static gboolean
has_changed(const LacAtoms *a, const LacReviewColumns *ca, const LacAtoms *b,
    const LacReviewColumns *cb, gsize i)
{
    return differs(a->x[i], b->x[i]) || differs(a->y[i], b->y[i]) || differs(a->z[i], b->z[i]) ||
        a->species[i] != b->species[i] ||
        lac_atoms_is_present(a, i) != lac_atoms_is_present(b, i) ||
        differs(value_of(ca->intensity, i), value_of(cb->intensity, i)) ||
        differs(value_of(ca->height, i), value_of(cb->height, i));
}

static void
note_place(const LacAtoms *a, gsize i, GArray *places)
{
    LacVec3 p = { a->x[i], a->y[i], a->z[i] };
    g_array_append_val(places, p);
}

// Where something changed [Å]: old and new places of each changed atom.
static void
find_changes(const LacAtoms *a, const LacReviewColumns *ca, const LacAtoms *b,
    const LacReviewColumns *cb, GArray *places)
{
    gsize common = MIN(a->n, b->n);
    for (gsize i = 0; i < common; i++) {
        if (!has_changed(a, ca, b, cb, i))
            continue;
        note_place(a, i, places);
        note_place(b, i, places);
    }
    for (gsize i = common; i < a->n; i++)
        note_place(a, i, places);
    for (gsize i = common; i < b->n; i++)
        note_place(b, i, places);
}

static void
mark_around(const LacReview *self, const GArray *places, guint8 *dirty)
{
    double radius = LAC_REVIEW_SHELL * self->bond + NARROWEST_MARGIN;
    for (gsize i = 0; i < count_items(self); i++) {
        LacVec3 p = lac_review_get_position(self, i);
        for (guint k = 0; k < places->len && !dirty[i]; k++) {
            const LacVec3 *q = &g_array_index(places, LacVec3, k);
            double dx = p.x - q->x, dy = p.y - q->y, dz = p.z - q->z;
            dirty[i] = dx * dx + dy * dy + dz * dz <= radius * radius;
        }
    }
}

// The local part of each item in the order of the new atoms; what is appended gets measured.
static void
resize_local(LacReview *self, gsize n_before)
{
    gsize n = self->atoms->n;
    if (n == n_before)
        return;
    LacReviewLocal *local = g_new0(LacReviewLocal, MAX(n + self->n_peaks, 1));
    memcpy(local, self->local, MIN(n, n_before) * sizeof *local);
    memcpy(local + n, self->local + n_before, self->n_peaks * sizeof *local);
    g_free(self->local);
    self->local = local;
    g_free(self->score);
    self->score = g_new0(double, MAX(n + self->n_peaks, 1));
}

// Whether the bond that a new review would measure is still the one in use.
static gboolean
keeps_bond(const LacReview *self)
{
    if (self->given_bond > 0.0)
        return TRUE;
    g_autofree double *thirds = g_new(double, MAX(self->atoms->n, 1));
    gsize n = 0;
    for (gsize i = 0; i < self->atoms->n; i++)
        if (!self->absent[i])
            thirds[n++] = self->local[i].third;
    return lac_review_round_bond(thirds, n) == self->bond;
}

/**
 * lac_review_update:
 * @self: a review
 * @atoms: the model after an edit, an undo or a redo: atoms keep their index
 * @error: return location for a #GError
 *
 * Measures again what lies within three bonds of a change, and weighs all anew. The result is that
 * of a new review of @atoms, to the last bit.
 *
 * Returns: %TRUE, or %FALSE with @error set and @self as before
 */
gboolean
lac_review_update(LacReview *self, LacAtoms *atoms, GError **error)
{
    g_autoptr(LacAtoms) before = lac_atoms_ref(self->atoms);
    LacReviewColumns columns = self->columns;
    if (!set_atoms(self, atoms, error))
        return FALSE;
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    find_changes(before, &columns, atoms, &self->columns, places);
    if (places->len > 2 * MOST_CHANGES)
        return measure_all(self, NULL, error);
    resize_local(self, before->n);
    gsize n = count_items(self);
    g_autofree guint8 *dirty = g_new0(guint8, MAX(n, 1));
    mark_around(self, places, dirty);
    MeasureArgs args = { .self = self, .dirty = dirty };
    lac_parallel_for(n, GRAIN, measure_items, &args);
    if (!keeps_bond(self))
        return measure_all(self, NULL, error);
    combine(self);
    return TRUE;
}

/**
 * lac_review_get_score:
 * @self: a review
 * @i: an atom or rejected peak
 *
 * Returns: the chance that it is false, or for a rejected peak that it is an atom, 0..1; 0 for what
 *   was decided by hand
 */
double
lac_review_get_score(const LacReview *self, gsize i)
{
    g_return_val_if_fail(i < self->atoms->n, 0.0);

    return self->score[i];
}

/**
 * lac_review_get_bond:
 * @self: a review
 *
 * Returns: [Å] the bond taken as typical
 */
double
lac_review_get_bond(const LacReview *self)
{
    return self->bond;
}

/**
 * lac_review_estimate_false:
 * @self: a review
 *
 * Returns: how many atoms of the model are expected to be false: the sum of their scores
 */
double
lac_review_estimate_false(const LacReview *self)
{
    double sum = 0.0;
    for (gsize i = 0; i < self->atoms->n; i++)
        sum += self->absent[i] ? 0.0 : self->score[i];
    return sum;
}

/**
 * lac_review_estimate_missing:
 * @self: a review
 *
 * Returns: how many candidates are expected to be atoms: the sum of their scores
 */
double
lac_review_estimate_missing(const LacReview *self)
{
    double sum = 0.0;
    for (gsize i = 0; i < count_items(self); i++)
        sum += i >= self->atoms->n || self->absent[i] ? self->score[i] : 0.0;
    return sum;
}

typedef struct {
    double score;
    gsize i;
} Ranked;

static int
compare_ranked(gconstpointer a, gconstpointer b)
{
    const Ranked *ra = a, *rb = b;
    if (ra->score != rb->score)
        return ra->score > rb->score ? -1 : 1;
    return ra->i < rb->i ? -1 : 1;
}

// The score that about @max_items reach, from a histogram; ties are cut after sorting.
static double
find_threshold(const LacReview *self, gsize max_items)
{
    enum {
        N_BINS = 4096
    };
    g_autofree gsize *bins = g_new0(gsize, N_BINS);
    for (gsize i = 0; i < count_items(self); i++)
        if (self->score[i] > 0.0)
            bins[(gsize) (self->score[i] * (N_BINS - 1))]++;
    gsize n = 0, bin = N_BINS;
    while (bin > 0 && n < max_items)
        n += bins[--bin];
    return (double) bin / (N_BINS - 1);
}

static LacReviewItem *
make_item(const LacReview *self, gsize i)
{
    LacReviewItem *item = g_new0(LacReviewItem, 1);
    g_autoptr(GString) text = g_string_new(NULL);
    item->index = i < self->atoms->n ? i : G_MAXSIZE;
    item->position = lac_review_get_position(self, i);
    item->is_candidate = i >= self->atoms->n || self->absent[i];
    item->score = self->score[i];
    item->reasons = lac_review_explain(self, i, text);
    item->text = g_string_free(g_steal_pointer(&text), FALSE);
    return item;
}

/**
 * lac_review_get_item:
 * @self: a review
 * @i: an atom or rejected peak
 *
 * Returns: (transfer full): what there is to say about it, doubtful or not
 */
LacReviewItem *
lac_review_get_item(const LacReview *self, gsize i)
{
    g_return_val_if_fail(i < self->atoms->n, NULL);

    return make_item(self, i);
}

/**
 * lac_review_get_items:
 * @self: a review
 * @max_items: no more than this
 *
 * Returns: (transfer full) (element-type LacReviewItem): what is most worth a look, the highest
 *   score first
 */
GPtrArray *
lac_review_get_items(const LacReview *self, gsize max_items)
{
    g_autoptr(GArray) ranked = g_array_new(FALSE, FALSE, sizeof(Ranked));
    double threshold = find_threshold(self, max_items);
    for (gsize i = 0; i < count_items(self); i++) {
        Ranked next = { self->score[i], i };
        if (next.score > 0.0 && next.score >= threshold)
            g_array_append_val(ranked, next);
    }
    g_array_sort(ranked, compare_ranked);
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify) lac_review_item_free);
    for (gsize k = 0; k < MIN(ranked->len, max_items); k++)
        g_ptr_array_add(items, make_item(self, g_array_index(ranked, Ranked, k).i));
    return items;
}

/**
 * lac_review_list:
 * @atoms: atoms of the model and rejected peaks
 * @context: what is known beside them
 * @max_items: no more than this
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type LacReviewItem): the items of a new review, or %NULL with
 *   @error set
 */
GPtrArray *
lac_review_list(LacAtoms *atoms, const LacReviewContext *context, gsize max_items,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacReview) review = lac_review_new(atoms, context, progress, error);
    return review != NULL ? lac_review_get_items(review, max_items) : NULL;
}

/**
 * lac_review_item_free:
 * @item: (nullable) (transfer full): an item
 */
void
lac_review_item_free(LacReviewItem *item)
{
    if (item == NULL)
        return;
    g_free(item->text);
    g_free(item);
}
