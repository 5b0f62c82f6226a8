// SPDX-License-Identifier: GPL-3.0-or-later
// One correction of a model: what it was before, what it is after, why. Messages and logs count
// atoms from 1, as tables do; indices count from 0.
#pragma once

#include "core/data/atoms.h"
#include "core/vec.h"

typedef enum {
    LAC_EDIT_ADD,
    LAC_EDIT_DELETE,
    LAC_EDIT_RESTORE, // of a deleted atom, a peak that the tracer rejected, or a non-atom
    LAC_EDIT_MOVE,
    LAC_EDIT_RETYPE,
    LAC_EDIT_CONFIRM,
    LAC_EDIT_UNSURE,
    LAC_EDIT_SPLIT,
    LAC_EDIT_MERGE,
    LAC_EDIT_NOTE,  // changes nothing; the reason is the note
    LAC_EDIT_BULK,  // anything, such as a new classification
    LAC_EDIT_LABEL, // a number that a person gives, such as the phase
    LAC_N_EDITS,
} LacEditKind;

#define LAC_ATOM_ABSENT 255 // state of an atom before it was added

// An atom but for its columns.
typedef struct {
    double x, y, z; // [Å]
    guint16 species;
    guint8 state, flag; // LacAtomState or LAC_ATOM_ABSENT, LacPeakFlag
} LacAtomRow;

// Immutable.
typedef struct {
    gatomicrefcount ref_count;
    LacEditKind kind;
    gint64 time;    // [µs] since 1970, UTC
    char *reason;   // (nullable)
    gsize n_before; // atoms in the model; those that are added come last
    gsize n_after;
    guint n_species;    // names before
    char **new_species; // NULL-terminated, appended to them
    guint n_columns;    // before
    char **new_columns; // NULL-terminated, appended to them
    gsize n;            // atoms that it touches
    gsize *index;       // ascending
    LacAtomRow *before, *after;
    guint n_changed;                      // columns that it changes
    guint *changed;                       // their numbers
    double *values_before, *values_after; // (n, n_changed)
} LacEdit;

// A number for a column of an atom.
typedef struct {
    const char *name;
    double value;
} LacAtomValue;

LacEdit *lac_edit_add(const LacAtoms *atoms, LacVec3 at, const char *species,
    const LacAtomValue *values, gsize n_values, const char *reason, GError **error);
LacEdit *lac_edit_move(const LacAtoms *atoms, gsize index, LacVec3 to, const LacAtomValue *values,
    gsize n_values, const char *reason, GError **error);
LacEdit *lac_edit_delete(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error);
LacEdit *lac_edit_restore(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error);
LacEdit *lac_edit_confirm(const LacAtoms *atoms, const gsize *indices, gsize n, const char *reason,
    GError **error);
LacEdit *lac_edit_mark_unsure(const LacAtoms *atoms, const gsize *indices, gsize n,
    const char *reason, GError **error);
LacEdit *lac_edit_retype(const LacAtoms *atoms, const gsize *indices, gsize n, const char *species,
    const char *reason, GError **error);
LacEdit *lac_edit_split(const LacAtoms *atoms, gsize index, LacVec3 a, LacVec3 b,
    const char *reason, GError **error);
LacEdit *lac_edit_merge(const LacAtoms *atoms, const gsize *indices, gsize n, LacVec3 to,
    const char *reason, GError **error);
LacEdit *lac_edit_note(const LacAtoms *atoms, const gsize *indices, gsize n, const char *text,
    GError **error);
LacEdit *lac_edit_label(const LacAtoms *atoms, const gsize *indices, gsize n, const char *column,
    double value, const char *reason, GError **error);
LacEdit *
lac_edit_between(const LacAtoms *atoms, const LacAtoms *edited, const char *reason, GError **error);
LacEdit *lac_edit_with_reason(const LacEdit *self, const char *reason);
LacEdit *lac_edit_ref(LacEdit *self);
void lac_edit_unref(LacEdit *self);
LacAtoms *lac_edit_apply(LacEdit *const *edits, gsize n, const LacAtoms *atoms, gboolean backward,
    GError **error);
char *lac_edit_dup_title(const LacEdit *self);
const char *lac_edit_kind_get_name(LacEditKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacEdit, lac_edit_unref)
