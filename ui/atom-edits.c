// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/atom-edits.h"

#include "core/data/cells.h"
#include "core/trace/box.h"
#include "core/trace/fit.h"
#include "core/trace/split.h"
#include "ui/session.h"

#include <math.h>

#define SNAP_REACH  1.5 // [voxel] a peak that is farther away is another one
#define N_SAMPLES   400 // atoms whose nearest neighbour tells the usual distance
#define CLOSE_SHARE 0.7 // of the usual distance, below which two atoms are too close

static const char *const names[LAC_N_ATOM_ACTS] = {
    [LAC_ATOM_ACT_DELETE] = "delete",
    [LAC_ATOM_ACT_RESTORE] = "restore",
    [LAC_ATOM_ACT_ACCEPT] = "accept",
    [LAC_ATOM_ACT_UNSURE] = "unsure",
    [LAC_ATOM_ACT_ADD] = "add",
    [LAC_ATOM_ACT_SNAP] = "snap",
    [LAC_ATOM_ACT_MERGE] = "merge",
    [LAC_ATOM_ACT_SPLIT] = "split",
    [LAC_ATOM_ACT_SELECT_ALL] = "select-all",
    [LAC_ATOM_ACT_SELECT_NONE] = "select-none",
};

/**
 * lac_atom_act_get_name:
 * @act: an act
 *
 * Returns: (transfer none): its name in actions, such as "delete"
 */
const char *
lac_atom_act_get_name(LacAtomAct act)
{
    return names[act];
}

/**
 * lac_atom_act_from_name:
 * @name: its name in actions
 * @act: (out): the act; untouched on failure
 *
 * Returns: whether there is one of that name
 */
gboolean
lac_atom_act_from_name(const char *name, LacAtomAct *act)
{
    for (LacAtomAct k = 0; k < LAC_N_ATOM_ACTS; k++)
        if (g_str_equal(names[k], name)) {
            *act = k;
            return TRUE;
        }
    return FALSE;
}

// --- helpers

static gboolean
do_edit(LacSession *session, LacEdit *edit, const GError *error)
{
    if (edit == NULL) {
        lac_session_say(session, "%s", error->message);
        return FALSE;
    }
    return lac_session_edit(session, edit);
}

// The selected atoms that are part of the model, or that are not; at least one, or NULL after a
// message.
static gsize *
get_selected(LacSession *session, gboolean present, gboolean records, gsize *n)
{
    const LacAtoms *atoms = lac_session_get_atoms(session);
    g_autofree gsize *indices = lac_session_dup_selected(session, n);
    gsize kept = 0;
    for (gsize i = 0; i < *n; i++)
        if (lac_atoms_is_present(atoms, indices[i]) ? present : records)
            indices[kept++] = indices[i];
    *n = kept;
    if (kept > 0)
        return g_steal_pointer(&indices);
    lac_session_say(session,
        lac_session_count_selected(session) == 0 ? "No atom is selected: click one first."
            : present ? "What is selected is no part of the model: restore it first."
                      : "What is selected is part of the model already.");
    return NULL;
}

static LacVec3
get_position(const LacAtoms *atoms, gsize i)
{
    return (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] };
}

static double
distance(LacVec3 a, LacVec3 b)
{
    return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

static LacVec3
get_crosshair(LacSession *session, const LacVolume *volume)
{
    gsize at[3];
    double size = volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
    lac_session_get_crosshair(session, at);
    return (LacVec3){ ((double) at[0] - (double) (volume->nx / 2)) * size + volume->origin.x,
        ((double) at[1] - (double) (volume->ny / 2)) * size + volume->origin.y,
        ((double) at[2] - (double) (volume->nz / 2)) * size + volume->origin.z };
}

// The nearest atom of the model but @except.
static gsize
find_nearest(const LacAtoms *atoms, LacVec3 p, gsize except, double *nearest)
{
    gsize found = G_MAXSIZE;
    *nearest = G_MAXDOUBLE;
    for (gsize i = 0; i < atoms->n; i++) {
        if (i == except || !lac_atoms_is_present(atoms, i))
            continue;
        double d = distance(p, get_position(atoms, i));
        if (d < *nearest) {
            *nearest = d;
            found = i;
        }
    }
    return found;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/**
 * lac_atoms_measure_bond:
 * @atoms: atoms
 *
 * Returns: the median distance [Å] to the nearest neighbour, of some atoms of the model; 0 when
 *   there are too few
 */
double
lac_atoms_measure_bond(const LacAtoms *atoms)
{
    g_autofree guint8 *skip = g_new(guint8, MAX(atoms->n, 1));
    double distances[N_SAMPLES];
    gsize n = 0, step = MAX(atoms->n / N_SAMPLES, 1);
    for (gsize i = 0; i < atoms->n; i++)
        skip[i] = lac_atoms_is_present(atoms, i) ? 0 : 1;
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, skip, atoms->n, 5.0, NULL);
    if (cells == NULL)
        return 0.0;
    for (gsize i = 0; i < atoms->n && n < N_SAMPLES; i += step) {
        gsize index;
        if (skip[i] == 0 &&
            lac_cells_find_nearest(cells, get_position(atoms, i), 10.0, i, &index, &distances[n]))
            n++;
    }
    qsort(distances, n, sizeof *distances, compare_doubles);
    return n > 2 ? distances[n / 2] : 0.0;
}

// Says so when a place is closer to an atom than atoms are.
static void
warn_if_close(LacSession *session, const LacAtoms *atoms, LacVec3 p, gsize except, const char *what)
{
    double nearest;
    gsize neighbour = find_nearest(atoms, p, except, &nearest);
    double bond = lac_atoms_measure_bond(atoms);
    if (neighbour == G_MAXSIZE || !(nearest < CLOSE_SHARE * bond))
        return;
    g_autofree char *text = g_strdup_printf("%s %.2f Å from atom %" G_GSIZE_FORMAT
                                            ": most are %.2f Å from their nearest neighbour",
        what, nearest, neighbour + 1, bond);
    lac_session_offer(session, text, "Undo", "win.undo");
}

// The peak at or near @from; FALSE after a message when there is none.
static gboolean
find_peak(LacSession *session, LacVec3 from, LacPeak *peak)
{
    g_autoptr(GError) error = NULL;
    const LacVolume *volume = lac_session_get_volume(session);
    if (volume == NULL) {
        lac_session_say(session, "There is no volume whose peaks could be fitted.");
        return FALSE;
    }
    if (!lac_fit_peak(volume, from, peak, &error)) {
        lac_session_say(session, "No peak was fitted: %s", error->message);
        return FALSE;
    }
    double size = volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
    if (peak->flag == LAC_PEAK_OK && distance(peak->position, from) <= SNAP_REACH * size)
        return TRUE;
    lac_session_say(session, "There is no peak near that place.");
    return FALSE;
}

// The same numbers that a traced peak has.
static guint
measure_peak(LacSession *session, const LacPeak *peak, LacVec3 at, LacAtomValue values[5])
{
    const LacVolume *volume = lac_session_get_volume(session);
    guint n = 0;
    if (peak != NULL) {
        values[n++] = (LacAtomValue){ LAC_COLUMN_HEIGHT, peak->height };
        values[n++] = (LacAtomValue){ LAC_COLUMN_FIT, peak->residual };
        values[n++] = (LacAtomValue){ LAC_COLUMN_WIDTH, peak->width };
        values[n++] = (LacAtomValue){ LAC_COLUMN_ELONGATION, peak->elongation };
    }
    g_autoptr(LacAtoms) one = lac_atoms_new(1);
    one->x[0] = at.x;
    one->y[0] = at.y;
    one->z[0] = at.z;
    if (volume != NULL && lac_box_intensities(volume, one, 0.0, NULL, NULL))
        values[n++] = (LacAtomValue){ LAC_COLUMN_INTENSITY,
            lac_atoms_get_column(one, LAC_COLUMN_INTENSITY)[0] };
    return n;
}

// The species whose atoms are as bright, on average.
static const char *
guess_species(const LacAtoms *atoms, double intensity)
{
    const double *values = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY);
    guint n = g_strv_length(atoms->species_names), best = 0;
    if (n == 0 || values == NULL)
        return n > 0 ? atoms->species_names[0] : NULL;
    g_autofree double *sums = g_new0(double, n);
    g_autofree double *counts = g_new0(double, n);
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i) && atoms->species[i] < n && isfinite(values[i])) {
            sums[atoms->species[i]] += values[i];
            counts[atoms->species[i]] += 1.0;
        }
    double smallest = G_MAXDOUBLE;
    for (guint k = 0; k < n; k++) {
        double misfit = counts[k] > 0.0 ? fabs(sums[k] / counts[k] - intensity) : G_MAXDOUBLE;
        if (misfit < smallest) {
            smallest = misfit;
            best = k;
        }
    }
    return atoms->species_names[best];
}

// --- acts

static gboolean
add_at_crosshair(LacSession *session)
{
    LacAtoms *atoms = lac_session_get_atoms(session);
    const LacVolume *volume = lac_session_get_volume(session);
    if (atoms == NULL || volume == NULL) {
        lac_session_say(session, "Trace the atoms of a volume before adding to them.");
        return FALSE;
    }
    LacPeak peak;
    if (!find_peak(session, get_crosshair(session, volume), &peak))
        return FALSE;
    LacAtomValue values[5];
    guint n = measure_peak(session, &peak, peak.position, values);
    double intensity = n == 5 ? values[4].value : peak.height;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) before = lac_atoms_ref(atoms);
    LacEdit *edit = lac_edit_add(atoms, peak.position, guess_species(atoms, intensity), values, n,
        NULL, &error);
    if (!do_edit(session, edit, error))
        return FALSE;
    warn_if_close(session, before, peak.position, G_MAXSIZE, "Added");
    return TRUE;
}

static gboolean
snap(LacSession *session)
{
    gsize n;
    g_autofree gsize *indices = get_selected(session, TRUE, FALSE, &n);
    if (indices == NULL)
        return FALSE;
    if (n > 1) {
        lac_session_say(session, "One atom at a time goes to its peak: select a single one.");
        return FALSE;
    }
    return lac_atom_edits_move(session, indices[0],
        get_position(lac_session_get_atoms(session), indices[0]), FALSE);
}

static gboolean
merge(LacSession *session)
{
    gsize n;
    g_autofree gsize *indices = get_selected(session, TRUE, FALSE, &n);
    if (indices == NULL)
        return FALSE;
    if (n < 2) {
        lac_session_say(session,
            "Merging needs two atoms or more: add to the selection with Ctrl.");
        return FALSE;
    }
    LacVec3 place;
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_session_get_atoms(session);
    LacEdit *edit = lac_merge_place(atoms, indices, n, &place, &error)
        ? lac_edit_merge(atoms, indices, n, place, NULL, &error)
        : NULL;
    return do_edit(session, edit, error);
}

static gboolean
split(LacSession *session)
{
    gsize n;
    g_autofree gsize *indices = get_selected(session, TRUE, FALSE, &n);
    const LacVolume *volume = lac_session_get_volume(session);
    if (indices == NULL)
        return FALSE;
    if (n > 1 || volume == NULL) {
        lac_session_say(session,
            n > 1 ? "One atom at a time is split: select a single one."
                  : "Splitting needs the volume that was traced.");
        return FALSE;
    }
    LacSplit found;
    g_autoptr(GError) error = NULL;
    LacAtoms *atoms = lac_session_get_atoms(session);
    LacEdit *edit = lac_split_peak(volume, get_position(atoms, indices[0]), 0.0, &found, &error)
        ? lac_edit_split(atoms, indices[0], found.a, found.b, NULL, &error)
        : NULL;
    return do_edit(session, edit, error);
}

typedef LacEdit *(*MakeEdit)(const LacAtoms *atoms, const gsize *indices, gsize n,
    const char *reason, GError **error);

static gboolean
edit_selected(LacSession *session, MakeEdit make, gboolean present, gboolean records)
{
    gsize n;
    g_autofree gsize *indices = get_selected(session, present, records, &n);
    g_autoptr(GError) error = NULL;
    if (indices == NULL)
        return FALSE;
    LacEdit *edit = make(lac_session_get_atoms(session), indices, n, NULL, &error);
    return do_edit(session, edit, error);
}

static gboolean
select_all(LacSession *session)
{
    const LacAtoms *atoms = lac_session_get_atoms(session);
    if (atoms == NULL)
        return FALSE;
    g_autofree gsize *indices = g_new(gsize, MAX(atoms->n, 1));
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i))
            indices[n++] = i;
    lac_session_set_selection(session, indices, n);
    return TRUE;
}

/**
 * lac_atom_edits_act:
 * @session: a session
 * @act: what to do with the selected atoms
 *
 * Returns: whether it was done; if not, a message said why
 */
gboolean
lac_atom_edits_act(LacSession *session, LacAtomAct act)
{
    g_return_val_if_fail(LAC_IS_SESSION(session), FALSE);

    switch (act) {
    case LAC_ATOM_ACT_DELETE: return edit_selected(session, lac_edit_delete, TRUE, FALSE);
    case LAC_ATOM_ACT_RESTORE: return edit_selected(session, lac_edit_restore, FALSE, TRUE);
    case LAC_ATOM_ACT_ACCEPT: return edit_selected(session, lac_edit_confirm, TRUE, FALSE);
    case LAC_ATOM_ACT_UNSURE: return edit_selected(session, lac_edit_mark_unsure, TRUE, FALSE);
    case LAC_ATOM_ACT_ADD: return add_at_crosshair(session);
    case LAC_ATOM_ACT_SNAP: return snap(session);
    case LAC_ATOM_ACT_MERGE: return merge(session);
    case LAC_ATOM_ACT_SPLIT: return split(session);
    case LAC_ATOM_ACT_SELECT_ALL: return select_all(session);
    case LAC_ATOM_ACT_SELECT_NONE:
        lac_session_set_selection(session, NULL, 0);
        lac_session_set_current_atom(session, G_MAXSIZE);
        return TRUE;
    case LAC_N_ATOM_ACTS: break;
    }
    return FALSE;
}

/**
 * lac_atom_edits_retype:
 * @session: a session
 * @species: index of a species of its atoms
 *
 * Gives the selected atoms another species.
 *
 * Returns: whether it was done; if not, a message said why
 */
gboolean
lac_atom_edits_retype(LacSession *session, guint species)
{
    g_return_val_if_fail(LAC_IS_SESSION(session), FALSE);

    gsize n;
    const LacAtoms *atoms = lac_session_get_atoms(session);
    guint n_species = atoms != NULL ? g_strv_length(atoms->species_names) : 0;
    if (species >= n_species) {
        lac_session_say(session, "There is no species %u: the atoms have %u.", species + 1,
            n_species);
        return FALSE;
    }
    g_autofree gsize *indices = get_selected(session, TRUE, FALSE, &n);
    g_autoptr(GError) error = NULL;
    if (indices == NULL)
        return FALSE;
    LacEdit *edit = lac_edit_retype(atoms, indices, n, atoms->species_names[species], NULL, &error);
    return do_edit(session, edit, error);
}

/**
 * lac_atom_edits_move:
 * @session: a session
 * @index: of an atom of the model
 * @to: [Å]
 * @free: put it there; else onto the peak there
 *
 * Returns: whether it was moved; if not, a message said why
 */
gboolean
lac_atom_edits_move(LacSession *session, gsize index, LacVec3 to, gboolean free)
{
    g_return_val_if_fail(LAC_IS_SESSION(session), FALSE);

    LacAtoms *atoms = lac_session_get_atoms(session);
    g_return_val_if_fail(atoms != NULL && index < atoms->n, FALSE);
    LacPeak peak;
    if (!free && !find_peak(session, to, &peak))
        return FALSE;
    LacVec3 at = free ? to : peak.position;
    LacAtomValue values[5];
    guint n = measure_peak(session, free ? NULL : &peak, at, values);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) before = lac_atoms_ref(atoms);
    LacEdit *edit = lac_edit_move(atoms, index, at, values, n, NULL, &error);
    if (!do_edit(session, edit, error))
        return FALSE;
    warn_if_close(session, before, at, index, "Moved to");
    return TRUE;
}
