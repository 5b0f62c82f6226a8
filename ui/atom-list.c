// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/atom-list.h"

#include "core/data/filter.h"

#include <math.h>
#include <string.h>

struct _LacAtomItem {
    GObject parent_instance;
    gsize index;
};

G_DEFINE_FINAL_TYPE(LacAtomItem, lac_atom_item, G_TYPE_OBJECT)

struct _LacAtomList {
    GObject parent_instance;
    LacSession *session;
    gsize *rows; // indices of atoms in the order of the list
    gsize n;
    LacAtomField field;
    gboolean descending, shows_records;
    LacFilter *filter; // (nullable)
};

enum {
    VALUES_CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

static void list_model_init(GListModelInterface *iface);
static void selection_model_init(GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE(LacAtomList, lac_atom_list, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, list_model_init)
        G_IMPLEMENT_INTERFACE(GTK_TYPE_SELECTION_MODEL, selection_model_init))

// --- rows

static void
lac_atom_item_class_init(LacAtomItemClass *klass)
{
    (void) klass;
}

static void
lac_atom_item_init(LacAtomItem *self)
{
    (void) self;
}

/**
 * lac_atom_item_get_index:
 * @self: a row
 *
 * Returns: the index of its atom
 */
gsize
lac_atom_item_get_index(LacAtomItem *self)
{
    return self->index;
}

static GType
get_item_type(GListModel *model)
{
    (void) model;
    return LAC_TYPE_ATOM_ITEM;
}

static guint
get_n_items(GListModel *model)
{
    return (guint) LAC_ATOM_LIST(model)->n;
}

static gpointer
get_item(GListModel *model, guint position)
{
    LacAtomList *self = LAC_ATOM_LIST(model);
    if (position >= self->n)
        return NULL;
    LacAtomItem *row = g_object_new(LAC_TYPE_ATOM_ITEM, NULL);
    row->index = self->rows[position];
    return row;
}

static void
list_model_init(GListModelInterface *iface)
{
    iface->get_item_type = get_item_type;
    iface->get_n_items = get_n_items;
    iface->get_item = get_item;
}

// --- the selection is the session's

static gboolean
is_selected(GtkSelectionModel *model, guint position)
{
    LacAtomList *self = LAC_ATOM_LIST(model);
    const guint8 *selection = lac_session_get_selection(self->session);
    return selection != NULL && position < self->n && selection[self->rows[position]] != 0;
}

static GtkBitset *
get_selection_in_range(GtkSelectionModel *model, guint position, guint n)
{
    LacAtomList *self = LAC_ATOM_LIST(model);
    GtkBitset *bits = gtk_bitset_new_empty();
    const guint8 *selection = lac_session_get_selection(self->session);
    guint end = (guint) MIN((gsize) position + n, self->n);
    for (guint i = position; selection != NULL && i < end; i++)
        if (selection[self->rows[i]] != 0)
            gtk_bitset_add(bits, i);
    return bits;
}

// Rows that the list does not show keep their selection unless the rest is let go.
static gboolean
set_selection(GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
    LacAtomList *self = LAC_ATOM_LIST(model);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    const guint8 *selection = lac_session_get_selection(self->session);
    if (atoms == NULL)
        return FALSE;
    g_autofree guint8 *wanted = g_new0(guint8, MAX(atoms->n, 1));
    if (selection != NULL)
        memcpy(wanted, selection, atoms->n);
    gboolean all = gtk_bitset_get_size(mask) >= self->n;
    if (all)
        memset(wanted, 0, atoms->n);
    GtkBitsetIter iter;
    guint i;
    for (gboolean more = gtk_bitset_iter_init_first(&iter, mask, &i); more;
         more = gtk_bitset_iter_next(&iter, &i))
        if (i < self->n)
            wanted[self->rows[i]] = gtk_bitset_contains(selected, i) ? 1 : 0;
    g_autofree gsize *indices = g_new(gsize, MAX(atoms->n, 1));
    gsize n = 0;
    for (gsize k = 0; k < atoms->n; k++)
        if (wanted[k] != 0)
            indices[n++] = k;
    lac_session_set_selection(self->session, indices, n);
    if (n == 1)
        lac_session_set_current_atom(self->session, indices[0]);
    return TRUE;
}

static gboolean
select_range(GtkSelectionModel *model, guint position, guint n, gboolean unselect_rest)
{
    g_autoptr(GtkBitset) selected = gtk_bitset_new_range(position, n);
    g_autoptr(GtkBitset) mask = unselect_rest
        ? gtk_bitset_new_range(0, (guint) LAC_ATOM_LIST(model)->n)
        : gtk_bitset_ref(selected);
    return set_selection(model, selected, mask);
}

static gboolean
select_item(GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
    return select_range(model, position, 1, unselect_rest);
}

static gboolean
unselect_range(GtkSelectionModel *model, guint position, guint n)
{
    g_autoptr(GtkBitset) selected = gtk_bitset_new_empty();
    g_autoptr(GtkBitset) mask = gtk_bitset_new_range(position, n);
    return set_selection(model, selected, mask);
}

static gboolean
unselect_item(GtkSelectionModel *model, guint position)
{
    return unselect_range(model, position, 1);
}

static gboolean
select_all(GtkSelectionModel *model)
{
    return select_range(model, 0, (guint) LAC_ATOM_LIST(model)->n, TRUE);
}

static gboolean
unselect_all(GtkSelectionModel *model)
{
    return unselect_range(model, 0, (guint) LAC_ATOM_LIST(model)->n);
}

static void
selection_model_init(GtkSelectionModelInterface *iface)
{
    iface->is_selected = is_selected;
    iface->get_selection_in_range = get_selection_in_range;
    iface->select_item = select_item;
    iface->unselect_item = unselect_item;
    iface->select_range = select_range;
    iface->unselect_range = unselect_range;
    iface->select_all = select_all;
    iface->unselect_all = unselect_all;
    iface->set_selection = set_selection;
}

// --- order

typedef struct {
    double key;
    gsize index;
} Entry;

static int
compare_up(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int
compare_down(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key > y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static const char *
column_of(LacAtomField field)
{
    return field == LAC_ATOM_FIELD_INTENSITY ? LAC_COLUMN_INTENSITY
        : field == LAC_ATOM_FIELD_HEIGHT     ? LAC_COLUMN_HEIGHT
                                             : LAC_COLUMN_FIT;
}

static double
get_key(const LacAtoms *atoms, const double *column, gsize i, LacAtomField field)
{
    switch (field) {
    case LAC_ATOM_FIELD_NUMBER: return (double) i;
    case LAC_ATOM_FIELD_SPECIES: return atoms->species[i];
    case LAC_ATOM_FIELD_STATE: return atoms->state[i];
    case LAC_ATOM_FIELD_X: return atoms->x[i];
    case LAC_ATOM_FIELD_Y: return atoms->y[i];
    case LAC_ATOM_FIELD_Z: return atoms->z[i];
    case LAC_ATOM_FIELD_INTENSITY:
    case LAC_ATOM_FIELD_HEIGHT:
    case LAC_ATOM_FIELD_FIT:
    case LAC_N_ATOM_FIELDS: break;
    }
    return column != NULL ? column[i] : (double) NAN;
}

// What is unknown comes last either way.
static gsize *
make_rows(LacAtomList *self, gsize *n)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    *n = 0;
    if (atoms == NULL)
        return NULL;
    const double *column = self->field >= LAC_ATOM_FIELD_INTENSITY
        ? lac_atoms_get_column(atoms, column_of(self->field))
        : NULL;
    g_autofree guint8 *mask =
        self->filter != NULL ? lac_filter_apply(self->filter, atoms, NULL) : NULL;
    g_autofree Entry *entries = g_new(Entry, MAX(atoms->n, 1));
    for (gsize i = 0; i < atoms->n; i++) {
        if ((!self->shows_records && !lac_atoms_is_present(atoms, i)) ||
            (mask != NULL && mask[i] == 0))
            continue;
        double key = get_key(atoms, column, i, self->field);
        if (isnan(key))
            key = self->descending ? -HUGE_VAL : HUGE_VAL;
        entries[(*n)++] = (Entry){ .key = key, .index = i };
    }
    if (self->field != LAC_ATOM_FIELD_NUMBER || self->descending)
        qsort(entries, *n, sizeof *entries, self->descending ? compare_down : compare_up);
    gsize *rows = g_new(gsize, MAX(*n, 1));
    for (gsize i = 0; i < *n; i++)
        rows[i] = entries[i].index;
    return rows;
}

// Only rows between the first and the last that differ are replaced.
static void
update(LacAtomList *self)
{
    gsize n, old_n = self->n, first = 0, last = 0;
    g_autofree gsize *old = self->rows;
    self->rows = make_rows(self, &n);
    self->n = n;
    while (first < MIN(n, old_n) && self->rows[first] == old[first])
        first++;
    while (last < MIN(n, old_n) - first && self->rows[n - 1 - last] == old[old_n - 1 - last])
        last++;
    if (n != old_n || first < n)
        g_list_model_items_changed(G_LIST_MODEL(self), (guint) first,
            (guint) (old_n - first - last), (guint) (n - first - last));
    g_signal_emit(self, signals[VALUES_CHANGED], 0);
}

static void
selection_changed_cb(LacAtomList *self)
{
    if (self->n > 0)
        gtk_selection_model_selection_changed(GTK_SELECTION_MODEL(self), 0, (guint) self->n);
}

// --- the list

static void
lac_atom_list_dispose(GObject *object)
{
    LacAtomList *self = LAC_ATOM_LIST(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_pointer(&self->filter, lac_filter_free);
    g_clear_pointer(&self->rows, g_free);
    self->n = 0;
    G_OBJECT_CLASS(lac_atom_list_parent_class)->dispose(object);
}

static void
lac_atom_list_class_init(LacAtomListClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_atom_list_dispose;
    signals[VALUES_CHANGED] = g_signal_new("values-changed", LAC_TYPE_ATOM_LIST, G_SIGNAL_RUN_LAST,
        0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_atom_list_init(LacAtomList *self)
{
    (void) self;
}

/**
 * lac_atom_list_new:
 * @session: whose atoms are listed; the list takes a reference
 *
 * Returns: (transfer full): the atoms of the model, in the order of their numbers
 */
LacAtomList *
lac_atom_list_new(LacSession *session)
{
    LacAtomList *self = g_object_new(LAC_TYPE_ATOM_LIST, NULL);
    self->session = g_object_ref(session);
    g_signal_connect_swapped(session, "atoms-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "selection-changed", G_CALLBACK(selection_changed_cb), self);
    update(self);
    return self;
}

/**
 * lac_atom_list_set_sort:
 * @self: a list
 * @field: what rows are sorted by
 * @descending: the largest first
 */
void
lac_atom_list_set_sort(LacAtomList *self, LacAtomField field, gboolean descending)
{
    g_return_if_fail(LAC_IS_ATOM_LIST(self) && field < LAC_N_ATOM_FIELDS);

    if (self->field == field && self->descending == descending)
        return;
    self->field = field;
    self->descending = descending;
    update(self);
}

/**
 * lac_atom_list_set_filter:
 * @self: a list
 * @expression: (nullable): such as "intensity < 0.4 and cn <= 7"; %NULL or empty shows all
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set and the list as it was
 */
gboolean
lac_atom_list_set_filter(LacAtomList *self, const char *expression, GError **error)
{
    g_return_val_if_fail(LAC_IS_ATOM_LIST(self), FALSE);

    LacFilter *filter = NULL;
    if (expression != NULL && expression[0] != '\0') {
        filter = lac_filter_new(expression, lac_session_get_atoms(self->session), error);
        if (filter == NULL)
            return FALSE;
    }
    g_clear_pointer(&self->filter, lac_filter_free);
    self->filter = filter;
    update(self);
    return TRUE;
}

/**
 * lac_atom_list_set_show_records:
 * @self: a list
 * @show: also list what is rejected or deleted
 */
void
lac_atom_list_set_show_records(LacAtomList *self, gboolean show)
{
    g_return_if_fail(LAC_IS_ATOM_LIST(self));

    if (!self->shows_records == !show)
        return;
    self->shows_records = show;
    update(self);
}

/**
 * lac_atom_list_get_total:
 * @self: a list
 *
 * Returns: the number of rows without a filter
 */
gsize
lac_atom_list_get_total(LacAtomList *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (atoms == NULL)
        return 0;
    return self->shows_records ? atoms->n : lac_atoms_count_present(atoms);
}

/**
 * lac_atom_list_find:
 * @self: a list
 * @index: of an atom
 * @position: (out): its row
 *
 * Returns: whether the list shows it
 */
gboolean
lac_atom_list_find(LacAtomList *self, gsize index, guint *position)
{
    for (gsize i = 0; i < self->n; i++)
        if (self->rows[i] == index) {
            *position = (guint) i;
            return TRUE;
        }
    return FALSE;
}

/**
 * lac_atom_list_dup_text:
 * @self: a list
 * @index: of an atom
 * @field: what is asked for
 *
 * Returns: (transfer full): what a cell says
 */
char *
lac_atom_list_dup_text(LacAtomList *self, gsize index, LacAtomField field)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (atoms == NULL || index >= atoms->n)
        return g_strdup("");
    if (field == LAC_ATOM_FIELD_NUMBER)
        return g_strdup_printf("%" G_GSIZE_FORMAT, index + 1);
    if (field == LAC_ATOM_FIELD_SPECIES)
        return lac_session_dup_species(self->session, index);
    if (field == LAC_ATOM_FIELD_STATE)
        return g_strdup(lac_atom_state_get_name(atoms->state[index]));
    if (field < LAC_ATOM_FIELD_INTENSITY)
        return g_strdup_printf("%.3f", get_key(atoms, NULL, index, field));
    const double *column = lac_atoms_get_column(atoms, column_of(field));
    if (column == NULL || isnan(column[index]))
        return g_strdup("–");
    return g_strdup_printf(field == LAC_ATOM_FIELD_FIT ? "%.3f" : "%.5g", column[index]);
}
