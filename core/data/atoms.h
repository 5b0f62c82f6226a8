// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms as a structure of arrays, with the peaks that did not become atoms.
#pragma once

#include <glib.h>

// What became of a peak. From LAC_ATOM_REJECTED on it is a record and no part of the model.
typedef enum {
    LAC_ATOM_AUTO,      // as traced, or as read from a file
    LAC_ATOM_CONFIRMED, // looked at and accepted, or restored, or retyped by hand
    LAC_ATOM_MOVED,     // by hand
    LAC_ATOM_ADDED,     // by hand
    LAC_ATOM_UNSURE,    // marked by hand
    LAC_ATOM_REJECTED,  // by the tracer: the flag says why
    LAC_ATOM_NON_ATOM,  // by the classification
    LAC_ATOM_DELETED,   // by hand
    LAC_N_ATOM_STATES,
} LacAtomState;

// How the fit of a traced peak ended.
typedef enum {
    LAC_PEAK_OK,
    LAC_PEAK_NOT_MAXIMUM,   // the fitted polynomial has no maximum
    LAC_PEAK_WANDERED,      // too far from its seed
    LAC_PEAK_TOO_CLOSE,     // to a peak of higher priority
    LAC_PEAK_NOT_CONVERGED, // within the allowed number of passes
    LAC_PEAK_EDGE,          // its window leaves the volume
    LAC_PEAK_OUTSIDE,       // of the support mask
    LAC_N_PEAK_FLAGS,
} LacPeakFlag;

// Names of the columns that several modules know.
#define LAC_COLUMN_INTENSITY  "intensity"    // sum over the integration box
#define LAC_COLUMN_HEIGHT     "height"       // fitted value at the peak
#define LAC_COLUMN_FIT        "fit_residual" // rms of the fit, divided by the height
#define LAC_COLUMN_WIDTH      "width"        // [Å] Gaussian sigma from the curvature
#define LAC_COLUMN_ELONGATION "elongation"   // sqrt(|lambda_min / lambda_max|) of the Hessian, 0..1
#define LAC_COLUMN_MARGIN     "class_margin" // (d2 - d1) / d1 of the two nearest classes
#define LAC_COLUMN_P_ATOM     "p_atom"       // probability of being an atom, 0..1

// One further number per atom; NaN where it is unknown.
typedef struct {
    char *name;
    double *values;
} LacAtomColumn;

// Immutable once published. Positions [Å] relative to the centre voxel. An atom keeps its index as
// long as its model lives: what is deleted stays as a record, what is added is appended. Models
// that an edit made from each other share the arrays that it left alone.
typedef struct {
    gatomicrefcount ref_count;
    gsize n;
    double *x, *y, *z;
    guint16 *species;     // index into species_names
    guint8 *state;        // LacAtomState
    guint8 *flag;         // LacPeakFlag
    char **species_names; // NULL-terminated
    GArray *columns;      // of LacAtomColumn
    char *comment;        // what the file said; never NULL
} LacAtoms;

LacAtoms *lac_atoms_new(gsize n);
LacAtoms *lac_atoms_copy(const LacAtoms *self, gsize n);
LacAtoms *lac_atoms_share(const LacAtoms *self, gsize n);
gpointer lac_atoms_own_array(gpointer array, gsize n_bytes);
LacAtoms *lac_atoms_dup_present(const LacAtoms *self, gsize *indices);
LacAtoms *lac_atoms_ref(LacAtoms *self);
void lac_atoms_unref(LacAtoms *self);
gboolean lac_atoms_is_present(const LacAtoms *self, gsize i);
gsize lac_atoms_count_present(const LacAtoms *self);
guint16 lac_atoms_add_species(LacAtoms *self, const char *name);
double *lac_atoms_add_column(LacAtoms *self, const char *name);
double *lac_atoms_ensure_column(LacAtoms *self, const char *name);
const double *lac_atoms_get_column(const LacAtoms *self, const char *name);
const char *lac_atom_state_get_name(LacAtomState state);
LacAtomState lac_atom_state_from_name(const char *name);
const char *lac_peak_flag_get_name(LacPeakFlag flag);
LacPeakFlag lac_peak_flag_from_name(const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAtoms, lac_atoms_unref)
