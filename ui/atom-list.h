// SPDX-License-Identifier: GPL-3.0-or-later
// The atoms of a session as a sorted and filtered list, whose selection is the session's.
#pragma once

#include "ui/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

// What a row stands for: an index into the atoms.
#define LAC_TYPE_ATOM_ITEM (lac_atom_item_get_type())
G_DECLARE_FINAL_TYPE(LacAtomItem, lac_atom_item, LAC, ATOM_ITEM, GObject)

gsize lac_atom_item_get_index(LacAtomItem *self);

typedef enum {
    LAC_ATOM_FIELD_NUMBER,
    LAC_ATOM_FIELD_SPECIES,
    LAC_ATOM_FIELD_STATE,
    LAC_ATOM_FIELD_X,
    LAC_ATOM_FIELD_Y,
    LAC_ATOM_FIELD_Z,
    LAC_ATOM_FIELD_INTENSITY,
    LAC_ATOM_FIELD_HEIGHT,
    LAC_ATOM_FIELD_FIT,
    LAC_N_ATOM_FIELDS,
} LacAtomField;

#define LAC_TYPE_ATOM_LIST (lac_atom_list_get_type())
G_DECLARE_FINAL_TYPE(LacAtomList, lac_atom_list, LAC, ATOM_LIST, GObject)

// A GListModel and a GtkSelectionModel. Signals: "values-changed" (): rows that stayed may say
// something else.
LacAtomList *lac_atom_list_new(LacSession *session);
void lac_atom_list_set_sort(LacAtomList *self, LacAtomField field, gboolean descending);
gboolean lac_atom_list_set_filter(LacAtomList *self, const char *expression, GError **error);
void lac_atom_list_set_show_records(LacAtomList *self, gboolean show);
gsize lac_atom_list_get_total(LacAtomList *self);
gboolean lac_atom_list_find(LacAtomList *self, gsize index, guint *position);
char *lac_atom_list_dup_text(LacAtomList *self, gsize index, LacAtomField field);

G_END_DECLS
