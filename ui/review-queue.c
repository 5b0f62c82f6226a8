// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/review-queue.h"

#include "core/trace/candidates.h"
#include "ui/review-private.h"

#include <math.h>
#include <string.h>

#define MAX_ITEMS     1000 // open items that are listed
#define LEAST_SCORE   0.03 // what is less doubtful is not listed, but a few always are
#define MIN_ITEMS     10
#define REFRESH_DELAY 250 // between an edit and the copy of the residual that is shown [ms]
#define REQUEST_DELAY 50  // of scores after a change of the model [ms]

G_DEFINE_FINAL_TYPE(LacReviewEntry, lac_review_entry, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE(LacReviewQueue, lac_review_queue, G_TYPE_OBJECT)

enum {
    CHANGED,
    CURRENT_CHANGED,
    RESIDUAL_CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

// --- entries

static void
lac_review_entry_finalize(GObject *object)
{
    lac_review_item_free(LAC_REVIEW_ENTRY(object)->item);
    G_OBJECT_CLASS(lac_review_entry_parent_class)->finalize(object);
}

static void
lac_review_entry_class_init(LacReviewEntryClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = lac_review_entry_finalize;
}

static void
lac_review_entry_init(LacReviewEntry *self)
{
    self->subject = G_MAXSIZE;
}

/**
 * lac_review_entry_get_item:
 * @self: an entry
 *
 * Returns: (transfer none): what is to be looked at, and why
 */
const LacReviewItem *
lac_review_entry_get_item(LacReviewEntry *self)
{
    return self->item;
}

/**
 * lac_review_entry_get_status:
 * @self: an entry
 *
 * Returns: what became of it
 */
LacReviewStatus
lac_review_entry_get_status(LacReviewEntry *self)
{
    return self->status;
}

static LacReviewItem *
copy_item(const LacReviewItem *item)
{
    LacReviewItem *copy = g_memdup2(item, sizeof *item);
    copy->text = g_strdup(item->text);
    return copy;
}

// The same for the same atom, or for a peak of the residual at the same place.
static gpointer
get_key(const LacReviewItem *item)
{
    if (item->index != G_MAXSIZE)
        return GSIZE_TO_POINTER(2 * item->index + 1);
    gint64 x = llrint(20.0 * item->position.x), y = llrint(20.0 * item->position.y);
    gint64 z = llrint(20.0 * item->position.z);
    guint64 hash = (guint64) x * 73856093u ^ (guint64) y * 19349663u ^ (guint64) z * 83492791u;
    return GSIZE_TO_POINTER((gsize) (2 * (hash & G_MAXUINT32) + 2));
}

// --- the list

static gboolean
is_shown(LacReviewQueue *self, LacReviewEntry *entry)
{
    const LacReviewItem *item = entry->item;
    if ((self->show == LAC_REVIEW_SHOW_ATOMS && item->is_candidate) ||
        (self->show == LAC_REVIEW_SHOW_MISSING && !item->is_candidate) ||
        (self->show == LAC_REVIEW_SHOW_UNDECIDED && entry->status > LAC_REVIEW_SEEN))
        return FALSE;
    if (self->reasons != 0 && (item->reasons & self->reasons) == 0)
        return FALSE;
    if (self->species == NULL)
        return TRUE;
    if (item->index == G_MAXSIZE || item->is_candidate)
        return FALSE;
    g_autofree char *species = lac_session_dup_species(self->session, item->index);
    return g_strcmp0(species, self->species) == 0;
}

static int
compare_entries(gconstpointer a, gconstpointer b)
{
    const LacReviewEntry *ea = *(LacReviewEntry *const *) a, *eb = *(LacReviewEntry *const *) b;
    if (ea->item->score != eb->item->score)
        return ea->item->score > eb->item->score ? -1 : 1;
    return (ea->item->index > eb->item->index) - (ea->item->index < eb->item->index);
}

static void
show_entries(LacReviewQueue *self)
{
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    for (guint k = 0; k < self->all->len; k++)
        if (is_shown(self, self->all->pdata[k]))
            g_ptr_array_add(shown, self->all->pdata[k]);
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->entries));
    gboolean same = n == shown->len;
    for (guint k = 0; same && k < n; k++) {
        g_autoptr(LacReviewEntry) entry = g_list_model_get_item(G_LIST_MODEL(self->entries), k);
        same = entry == shown->pdata[k];
    }
    if (!same)
        g_list_store_splice(self->entries, 0, n, shown->pdata, shown->len);
}

static LacReviewEntry *
take_item(LacReviewItem *item)
{
    LacReviewEntry *entry = g_object_new(LAC_TYPE_REVIEW_ENTRY, NULL);
    entry->item = item;
    return entry;
}

// Whether the atom is still as the decision left it: an undo opens the entry again.
static gboolean
still_holds(LacReviewQueue *self, const LacReviewEntry *entry)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (entry->subject == G_MAXSIZE)
        return TRUE;
    return atoms != NULL && entry->subject < atoms->n &&
        atoms->state[entry->subject] == entry->state;
}

static void
drop_undone(LacReviewQueue *self)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->decided);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (!still_holds(self, value))
            g_hash_table_iter_remove(&iter);
}

// Entries that stay the same objects, so that a list keeps its place.
static void
collect_entries(LacReviewQueue *self)
{
    drop_undone(self);
    g_autoptr(GHashTable) before = g_hash_table_new(NULL, NULL);
    for (guint k = 0; k < self->all->len; k++) {
        LacReviewEntry *entry = self->all->pdata[k];
        g_hash_table_insert(before, get_key(entry->item), entry);
    }
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GPtrArray) items =
        self->review != NULL ? lac_review_get_items(self->review, MAX_ITEMS) : NULL;
    for (guint k = 0; items != NULL && k < items->len; k++) {
        LacReviewItem *item = items->pdata[k];
        gpointer key = get_key(item);
        if ((k >= MIN_ITEMS && item->score < LEAST_SCORE) ||
            g_hash_table_contains(self->decided, key))
            continue;
        LacReviewEntry *entry = g_hash_table_lookup(before, key);
        if (entry == NULL) {
            g_ptr_array_add(all, take_item(copy_item(item)));
            continue;
        }
        lac_review_item_free(entry->item);
        entry->item = copy_item(item);
        entry->status = MIN(entry->status, LAC_REVIEW_SEEN);
        g_ptr_array_add(all, g_object_ref(entry));
    }
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, self->decided);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(all, g_object_ref(value));
    g_ptr_array_sort(all, compare_entries);
    g_ptr_array_unref(self->all);
    self->all = g_steal_pointer(&all);
    show_entries(self);
    g_signal_emit(self, signals[CHANGED], 0);
}

// --- scores

typedef struct {
    LacAtoms *atoms;
    LacVolume *volume, *mask;
} Request;

// What a worker found. Belongs to the main thread afterwards.
typedef struct {
    LacAtoms *atoms;
    LacVolume *volume;
    LacReview *review;
    LacVolumeResidual *residual; // (nullable)
    LacVolume *shown;            // (nullable)
    GArray *peaks;               // (nullable)
} Outcome;

static void
request_free(gpointer pointer)
{
    Request *request = pointer;
    lac_atoms_unref(request->atoms);
    lac_volume_unref(request->volume);
    lac_volume_unref(request->mask);
    g_free(request);
}

static void
outcome_free(gpointer pointer)
{
    Outcome *outcome = pointer;
    lac_atoms_unref(outcome->atoms);
    lac_volume_unref(outcome->volume);
    lac_review_free(outcome->review);
    lac_volume_residual_free(outcome->residual);
    lac_volume_unref(outcome->shown);
    if (outcome->peaks != NULL)
        g_array_unref(outcome->peaks);
    g_free(outcome);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outcome, outcome_free)

static Outcome *
outcome_new(const Request *request)
{
    Outcome *outcome = g_new0(Outcome, 1);
    outcome->atoms = lac_atoms_ref(request->atoms);
    if (request->volume != NULL)
        outcome->volume = lac_volume_ref(request->volume);
    return outcome;
}

static gpointer
score_work(LacProgress *progress, gpointer data, GError **error)
{
    const Request *request = data;
    g_autoptr(Outcome) outcome = outcome_new(request);
    LacReviewContext context;
    lac_review_context_init(&context);
    context.mask = request->mask;
    outcome->review = lac_review_new(request->atoms, &context, progress, error);
    return outcome->review != NULL ? g_steal_pointer(&outcome) : NULL;
}

static gpointer
subtract_work(LacProgress *progress, gpointer data, GError **error)
{
    const Request *request = data;
    g_autoptr(Outcome) outcome = outcome_new(request);
    outcome->residual = lac_volume_residual_new(request->volume, request->atoms, progress, error);
    if (outcome->residual == NULL)
        return NULL;
    LacCandidateParams search;
    lac_candidate_params_init(&search);
    search.sigma = lac_volume_residual_get_width(outcome->residual);
    search.light_height = lac_volume_residual_get_light_height(outcome->residual);
    outcome->peaks = lac_candidates_find(lac_volume_residual_get_volume(outcome->residual),
        request->atoms, request->mask, &search, progress, error);
    if (outcome->peaks == NULL)
        return NULL;
    outcome->shown = lac_volume_residual_dup_volume(outcome->residual, error);
    LacReviewContext context;
    lac_review_context_init(&context);
    context.mask = request->mask;
    context.residual = lac_volume_residual_lend(outcome->residual);
    context.peaks = (const LacReviewPeak *) (gpointer) outcome->peaks->data;
    context.n_peaks = outcome->peaks->len;
    if (outcome->shown != NULL)
        outcome->review = lac_review_new(request->atoms, &context, progress, error);
    return outcome->review != NULL ? g_steal_pointer(&outcome) : NULL;
}

// The scores of an outcome are of the model as it was: what was edited since is made up for.
static void
take_outcome(LacReviewQueue *self, Outcome *outcome)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    LacJournal *journal = lac_session_get_journal(self->session);
    if (atoms == NULL || journal == NULL || lac_journal_get_base(journal) != self->base)
        return;
    if (outcome->residual != NULL)
        lac_volume_residual_update(outcome->residual, atoms, NULL, NULL);
    if (outcome->atoms != atoms && !lac_review_update(outcome->review, atoms, NULL))
        return;
    lac_review_free(self->review);
    self->review = g_steal_pointer(&outcome->review);
    if (outcome->residual != NULL) {
        lac_volume_residual_free(self->residual);
        self->residual = g_steal_pointer(&outcome->residual);
        lac_volume_unref(self->shown_residual);
        self->shown_residual = g_steal_pointer(&outcome->shown);
        if (self->peaks != NULL)
            g_array_unref(self->peaks);
        self->peaks = g_steal_pointer(&outcome->peaks);
        g_signal_emit(self, signals[RESIDUAL_CHANGED], 0);
    }
    collect_entries(self);
}

static Request *
request_new(LacReviewQueue *self)
{
    Request *request = g_new0(Request, 1);
    LacVolume *volume = lac_session_get_volume(self->session);
    LacVolume *mask = lac_session_get_mask(self->session);
    request->atoms = lac_atoms_ref(lac_session_get_atoms(self->session));
    request->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    request->mask = mask != NULL ? lac_volume_ref(mask) : NULL;
    return request;
}

static void
scored_cb(gpointer result, const GError *error, gpointer owner)
{
    LacReviewQueue *self = owner;
    g_autoptr(Outcome) outcome = result;
    if (error != NULL) {
        g_signal_emit(self, signals[CHANGED], 0);
        return;
    }
    take_outcome(self, outcome);
    if (self->is_active && outcome->volume != NULL && self->volume == outcome->volume &&
        self->residual == NULL)
        lac_latest_request(self->subtractor, request_new(self), 0);
    g_signal_emit(self, signals[CHANGED], 0);
}

static void
subtracted_cb(gpointer result, const GError *error, gpointer owner)
{
    LacReviewQueue *self = owner;
    g_autoptr(Outcome) outcome = result;
    if (error == NULL && outcome->volume == self->volume)
        take_outcome(self, outcome);
    g_signal_emit(self, signals[CHANGED], 0);
}

static void
forget_residual(LacReviewQueue *self)
{
    lac_latest_drop(self->subtractor);
    g_clear_handle_id(&self->refresh_source, g_source_remove);
    g_clear_pointer(&self->residual, lac_volume_residual_free);
    g_clear_pointer(&self->shown_residual, lac_volume_unref);
    g_clear_pointer(&self->peaks, g_array_unref);
    g_signal_emit(self, signals[RESIDUAL_CHANGED], 0);
}

// Another model or volume: everything from the start.
static void
start_anew(LacReviewQueue *self)
{
    LacJournal *journal = lac_session_get_journal(self->session);
    LacVolume *volume = lac_session_get_volume(self->session);
    g_clear_pointer(&self->base, lac_atoms_unref);
    g_clear_pointer(&self->volume, lac_volume_unref);
    g_clear_pointer(&self->review, lac_review_free);
    g_hash_table_remove_all(self->decided);
    lac_latest_drop(self->scorer);
    forget_residual(self);
    lac_review_queue_set_current(self, NULL);
    g_ptr_array_set_size(self->all, 0);
    if (journal != NULL && !lac_session_is_tracing(self->session)) {
        self->base = lac_atoms_ref(lac_journal_get_base(journal));
        self->volume = volume != NULL ? lac_volume_ref(volume) : NULL;
        if (self->is_active)
            lac_latest_request(self->scorer, request_new(self), REQUEST_DELAY);
    }
    collect_entries(self);
}

static gboolean
refresh_cb(gpointer data)
{
    LacReviewQueue *self = data;
    self->refresh_source = 0;
    LacVolume *copy = lac_volume_residual_dup_volume(self->residual, NULL);
    if (copy != NULL) {
        lac_volume_unref(self->shown_residual);
        self->shown_residual = copy;
        g_signal_emit(self, signals[RESIDUAL_CHANGED], 0);
    }
    return G_SOURCE_REMOVE;
}

static gboolean
is_by_hand(guint8 state)
{
    return state == LAC_ATOM_CONFIRMED || state == LAC_ATOM_MOVED || state == LAC_ATOM_ADDED ||
        state == LAC_ATOM_DELETED;
}

// What was corrected elsewhere, in a view or the table, is ticked off here too.
static void
note_edits(LacReviewQueue *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    for (guint k = 0; k < self->all->len; k++) {
        LacReviewEntry *entry = self->all->pdata[k];
        gsize i = entry->item->index;
        gpointer key = get_key(entry->item);
        if (i >= atoms->n || !is_by_hand(atoms->state[i]) ||
            g_hash_table_contains(self->decided, key))
            continue;
        entry->status =
            atoms->state[i] == LAC_ATOM_CONFIRMED ? LAC_REVIEW_ACCEPTED : LAC_REVIEW_CORRECTED;
        entry->subject = i;
        entry->state = atoms->state[i];
        g_hash_table_insert(self->decided, key, g_object_ref(entry));
    }
}

static void
follow_edit(LacReviewQueue *self)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    note_edits(self);
    LacVoxelBox box = { { 0 }, { 0 } };
    if (self->residual != NULL && lac_volume_residual_update(self->residual, atoms, &box, NULL) &&
        box.begin[0] < box.end[0]) {
        g_clear_handle_id(&self->refresh_source, g_source_remove);
        self->refresh_source = g_timeout_add(REFRESH_DELAY, refresh_cb, self);
    }
    if (self->review != NULL && !lac_review_update(self->review, atoms, NULL))
        g_clear_pointer(&self->review, lac_review_free);
    collect_entries(self);
}

static void
atoms_changed_cb(LacReviewQueue *self)
{
    LacJournal *journal = lac_session_get_journal(self->session);
    if (lac_session_is_tracing(self->session))
        return;
    if (journal == NULL || lac_journal_get_base(journal) != self->base)
        start_anew(self);
    else
        follow_edit(self);
}

static void
volume_changed_cb(LacReviewQueue *self)
{
    if (lac_session_get_volume(self->session) != self->volume &&
        !lac_session_is_reconstructing(self->session))
        start_anew(self);
}

/**
 * lac_review_queue_set_active:
 * @self: a queue
 * @active: whether someone looks at it: scores and residual are computed then
 */
void
lac_review_queue_set_active(LacReviewQueue *self, gboolean active)
{
    g_return_if_fail(LAC_IS_REVIEW_QUEUE(self));

    if (self->is_active == active)
        return;
    self->is_active = active;
    if (active && self->review == NULL)
        start_anew(self);
    else if (active && self->residual == NULL && self->volume != NULL)
        lac_latest_request(self->subtractor, request_new(self), 0);
}

/**
 * lac_review_queue_set_filter:
 * @self: a queue
 * @show: which entries the list has
 * @reasons: bits of LacReviewReason, one of which an entry must have; 0: any
 * @species: (nullable): of the atoms; %NULL: any
 */
void
lac_review_queue_set_filter(LacReviewQueue *self, LacReviewShow show, guint reasons,
    const char *species)
{
    g_return_if_fail(LAC_IS_REVIEW_QUEUE(self));

    self->show = show;
    self->reasons = reasons;
    g_free(self->species);
    self->species = g_strdup(species);
    show_entries(self);
    g_signal_emit(self, signals[CHANGED], 0);
}

/**
 * lac_review_queue_get_model:
 * @self: a queue
 *
 * Returns: (transfer none): the entries that the filter lets through, most doubtful first
 */
GListModel *
lac_review_queue_get_model(LacReviewQueue *self)
{
    return G_LIST_MODEL(self->entries);
}

/**
 * lac_review_queue_count:
 * @self: a queue
 * @n_seen: (out): of them, those that were looked at
 *
 * Returns: the number of entries, whatever the filter
 */
guint
lac_review_queue_count(LacReviewQueue *self, guint *n_seen)
{
    *n_seen = 0;
    for (guint k = 0; k < self->all->len; k++)
        *n_seen += ((LacReviewEntry *) self->all->pdata[k])->status != LAC_REVIEW_OPEN;
    return self->all->len;
}

/**
 * lac_review_queue_get_expected:
 * @self: a queue
 * @n_false: (out): atoms of the model that are false, by their scores; NaN while unknown
 * @n_missing: (out): candidates that are atoms
 */
void
lac_review_queue_get_expected(LacReviewQueue *self, double *n_false, double *n_missing)
{
    *n_false = self->review != NULL ? lac_review_estimate_false(self->review) : (double) NAN;
    *n_missing = self->review != NULL ? lac_review_estimate_missing(self->review) : (double) NAN;
}

/**
 * lac_review_queue_is_busy:
 * @self: a queue
 * @residual: (out): whether the residual is being computed
 *
 * Returns: whether scores or residual are being computed
 */
gboolean
lac_review_queue_is_busy(LacReviewQueue *self, gboolean *residual)
{
    *residual = lac_latest_is_busy(self->subtractor);
    return *residual || lac_latest_is_busy(self->scorer);
}

/**
 * lac_review_queue_get_residual:
 * @self: a queue
 *
 * Returns: (transfer none) (nullable): volume minus model
 */
LacVolume *
lac_review_queue_get_residual(LacReviewQueue *self)
{
    return self->shown_residual;
}

/**
 * lac_review_queue_get_peaks:
 * @self: a queue
 * @n: (out): how many
 *
 * Returns: (transfer none) (nullable) (array length=n): the peaks of the residual
 */
const LacReviewPeak *
lac_review_queue_get_peaks(LacReviewQueue *self, gsize *n)
{
    *n = self->peaks != NULL ? self->peaks->len : 0;
    return self->peaks != NULL ? (const LacReviewPeak *) (gpointer) self->peaks->data : NULL;
}

// --- the one that is looked at

/**
 * lac_review_queue_get_current:
 * @self: a queue
 *
 * Returns: (transfer none) (nullable): the entry that is looked at
 */
LacReviewEntry *
lac_review_queue_get_current(LacReviewQueue *self)
{
    return self->current;
}

// Looks at an entry without telling the session.
static void
adopt(LacReviewQueue *self, LacReviewEntry *entry)
{
    if (self->current != NULL && self->current->status == LAC_REVIEW_OPEN)
        self->current->status = LAC_REVIEW_SEEN;
    g_set_object(&self->current, entry);
}

/**
 * lac_review_queue_set_current:
 * @self: a queue
 * @entry: (nullable): the entry to look at; the session's current atom follows
 */
void
lac_review_queue_set_current(LacReviewQueue *self, LacReviewEntry *entry)
{
    g_return_if_fail(LAC_IS_REVIEW_QUEUE(self));

    if (self->current == entry)
        return;
    adopt(self, entry);
    if (entry != NULL) {
        const LacReviewItem *item = entry->item;
        self->is_acting = TRUE;
        lac_session_set_current_atom(self->session, item->index);
        lac_session_set_selection(self->session, &item->index, item->index != G_MAXSIZE ? 1 : 0);
        lac_session_go_to_position(self->session, item->position);
        self->is_acting = FALSE;
    }
    g_signal_emit(self, signals[CURRENT_CHANGED], 0);
    g_signal_emit(self, signals[CHANGED], 0);
}

static LacReviewEntry *
find_entry(LacReviewQueue *self, gsize index)
{
    for (guint k = 0; k < self->all->len; k++) {
        LacReviewEntry *entry = self->all->pdata[k];
        if (entry->item->index == index)
            return entry;
    }
    return NULL;
}

// An atom that was clicked in a view is looked at, whether it is in the list or not.
static void
current_atom_changed_cb(LacReviewQueue *self)
{
    gsize index = lac_session_get_current_atom(self->session);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (self->is_acting || !self->is_active || self->review == NULL || atoms == NULL ||
        index >= atoms->n || (self->current != NULL && self->current->item->index == index))
        return;
    LacReviewEntry *known = find_entry(self, index);
    g_autoptr(LacReviewEntry) entry =
        known != NULL ? g_object_ref(known) : take_item(lac_review_get_item(self->review, index));
    adopt(self, entry);
    g_signal_emit(self, signals[CURRENT_CHANGED], 0);
    g_signal_emit(self, signals[CHANGED], 0);
}

static guint
find_current(LacReviewQueue *self)
{
    guint position;
    if (self->current != NULL && g_list_store_find(self->entries, self->current, &position))
        return position;
    return G_MAXUINT;
}

// The first entry after @from that was not looked at, from the start again if need be.
static LacReviewEntry *
find_open(LacReviewQueue *self, guint from)
{
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->entries));
    for (guint k = 0; k < n; k++) {
        g_autoptr(LacReviewEntry) entry =
            g_list_model_get_item(G_LIST_MODEL(self->entries), (from + k) % n);
        if (entry->status == LAC_REVIEW_OPEN && entry != self->current)
            return entry;
    }
    return NULL;
}

/**
 * lac_review_queue_next:
 * @self: a queue
 *
 * Goes to the next entry that was not looked at yet.
 *
 * Returns: whether there is one
 */
gboolean
lac_review_queue_next(LacReviewQueue *self)
{
    g_return_val_if_fail(LAC_IS_REVIEW_QUEUE(self), FALSE);

    guint position = find_current(self);
    LacReviewEntry *next = find_open(self, position == G_MAXUINT ? 0 : position + 1);
    if (next != NULL)
        lac_review_queue_set_current(self, next);
    return next != NULL;
}

/**
 * lac_review_queue_previous:
 * @self: a queue
 *
 * Goes to the entry before, looked at or not.
 *
 * Returns: whether there is one
 */
gboolean
lac_review_queue_previous(LacReviewQueue *self)
{
    g_return_val_if_fail(LAC_IS_REVIEW_QUEUE(self), FALSE);

    guint position = find_current(self);
    if (position == G_MAXUINT || position == 0)
        return FALSE;
    g_autoptr(LacReviewEntry) entry =
        g_list_model_get_item(G_LIST_MODEL(self->entries), position - 1);
    lac_review_queue_set_current(self, entry);
    return TRUE;
}

/**
 * lac_review_queue_decide:
 * @self: a queue with a current entry
 * @status: what became of it
 * @subject: the atom that was touched, or %G_MAXSIZE
 *
 * Ticks the entry off; an undo of what was done to @subject opens it again.
 */
void
lac_review_queue_decide(LacReviewQueue *self, LacReviewStatus status, gsize subject)
{
    LacReviewEntry *entry = self->current;
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    entry->status = status;
    entry->subject = subject;
    if (subject != G_MAXSIZE)
        entry->state = atoms->state[subject];
    g_hash_table_insert(self->decided, get_key(entry->item), g_object_ref(entry));
    collect_entries(self);
}

// --- the object

static void
lac_review_queue_dispose(GObject *object)
{
    LacReviewQueue *self = LAC_REVIEW_QUEUE(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_pointer(&self->scorer, lac_latest_free);
    g_clear_pointer(&self->subtractor, lac_latest_free);
    g_clear_handle_id(&self->refresh_source, g_source_remove);
    g_clear_pointer(&self->review, lac_review_free);
    g_clear_pointer(&self->residual, lac_volume_residual_free);
    g_clear_pointer(&self->shown_residual, lac_volume_unref);
    g_clear_pointer(&self->peaks, g_array_unref);
    g_clear_pointer(&self->base, lac_atoms_unref);
    g_clear_pointer(&self->volume, lac_volume_unref);
    g_clear_object(&self->current);
    g_clear_pointer(&self->decided, g_hash_table_unref);
    g_clear_pointer(&self->all, g_ptr_array_unref);
    g_clear_pointer(&self->species, g_free);
    g_clear_object(&self->entries);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_review_queue_parent_class)->dispose(object);
}

static void
lac_review_queue_class_init(LacReviewQueueClass *klass)
{
    static const char *const names[N_SIGNALS] = { "changed", "current-changed",
        "residual-changed" };
    G_OBJECT_CLASS(klass)->dispose = lac_review_queue_dispose;
    for (guint i = 0; i < N_SIGNALS; i++)
        signals[i] = g_signal_new(names[i], LAC_TYPE_REVIEW_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
            NULL, G_TYPE_NONE, 0);
}

static void
lac_review_queue_init(LacReviewQueue *self)
{
    self->entries = g_list_store_new(LAC_TYPE_REVIEW_ENTRY);
    self->all = g_ptr_array_new_with_free_func(g_object_unref);
    self->decided = g_hash_table_new_full(NULL, NULL, NULL, g_object_unref);
    self->scorer = lac_latest_new(score_work, request_free, outcome_free, scored_cb, self);
    self->subtractor =
        lac_latest_new(subtract_work, request_free, outcome_free, subtracted_cb, self);
}

/**
 * lac_review_queue_new:
 * @session: whose atoms are reviewed; the queue takes a reference
 *
 * Returns: (transfer full): an inactive queue
 */
LacReviewQueue *
lac_review_queue_new(LacSession *session)
{
    LacReviewQueue *self = g_object_new(LAC_TYPE_REVIEW_QUEUE, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(atoms_changed_cb), self);
    g_signal_connect_swapped(session, "volume-changed", G_CALLBACK(volume_changed_cb), self);
    g_signal_connect_swapped(session, "current-atom-changed", G_CALLBACK(current_atom_changed_cb),
        self);
    return self;
}
