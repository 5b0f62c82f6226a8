// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/box.h"
#include "core/trace/fit.h"
#include "core/trace/split.h"
#include "ui/review-private.h"

#include <math.h>

#define FARTHEST_SNAP 1.5 // [Å] a peak farther away is another one
#define LEAST_ROOM    1.0 // [Å] nearer to an atom nothing is added

static const LacReviewItem *
get_item(LacReviewQueue *self)
{
    if (self->current == NULL)
        lac_session_say(self->session, "Nothing is being reviewed: press N for the first one");
    return self->current != NULL ? self->current->item : NULL;
}

static gboolean
fail(LacReviewQueue *self, const GError *error)
{
    lac_session_say(self->session, "%s", error->message);
    return FALSE;
}

// Applies an edit made from the present atoms, ticks the entry off and goes on.
static gboolean
apply(LacReviewQueue *self, LacEdit *edit, GError *error, LacReviewStatus status, gsize subject,
    gboolean go_on)
{
    if (edit == NULL) {
        fail(self, error);
        g_error_free(error);
        return FALSE;
    }
    g_autoptr(LacReviewEntry) entry = g_object_ref(self->current);
    self->is_acting = TRUE;
    gboolean done = lac_session_edit(self->session, edit);
    self->is_acting = FALSE;
    if (!done)
        return FALSE;
    g_set_object(&self->current, entry);
    lac_review_queue_decide(self, status, subject);
    if (go_on)
        lac_review_queue_next(self);
    return TRUE;
}

// What the journal is told: "review: 4 neighbours".
static char *
dup_reason(const LacReviewItem *item)
{
    return g_strdup_printf("review: %s", item->text);
}

/**
 * lac_review_queue_accept:
 * @self: a queue
 *
 * Says that the current entry is right: an atom is confirmed, a candidate is none.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_accept(LacReviewQueue *self)
{
    const LacReviewItem *item = get_item(self);
    if (item == NULL)
        return FALSE;
    if (item->is_candidate) {
        lac_review_queue_decide(self, LAC_REVIEW_DISMISSED, G_MAXSIZE);
        lac_review_queue_next(self);
        return TRUE;
    }
    GError *error = NULL;
    gsize index = item->index;
    g_autofree char *reason = dup_reason(item);
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    LacEdit *edit = lac_edit_confirm(atoms, &index, 1, reason, &error);
    return apply(self, edit, error, LAC_REVIEW_ACCEPTED, index, TRUE);
}

/**
 * lac_review_queue_remove:
 * @self: a queue
 *
 * Deletes the current atom; a candidate is dismissed.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_remove(LacReviewQueue *self)
{
    const LacReviewItem *item = get_item(self);
    if (item == NULL)
        return FALSE;
    if (item->is_candidate)
        return lac_review_queue_accept(self);
    GError *error = NULL;
    gsize index = item->index;
    g_autofree char *reason = dup_reason(item);
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    LacEdit *edit = lac_edit_delete(atoms, &index, 1, reason, &error);
    return apply(self, edit, error, LAC_REVIEW_CORRECTED, index, TRUE);
}

/**
 * lac_review_queue_restore:
 * @self: a queue
 *
 * Makes the current rejected peak, or the atom that was just deleted, part of the model.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_restore(LacReviewQueue *self)
{
    const LacReviewItem *item = get_item(self);
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (item == NULL)
        return FALSE;
    if (item->index == G_MAXSIZE || lac_atoms_is_present(atoms, item->index)) {
        lac_session_say(self->session,
            item->index == G_MAXSIZE ? "This is no rejected peak: press A to add an atom"
                                     : "This atom is part of the model already");
        return FALSE;
    }
    GError *error = NULL;
    gsize index = item->index;
    g_autofree char *reason = dup_reason(item);
    LacEdit *edit = lac_edit_restore(atoms, &index, 1, reason, &error);
    return apply(self, edit, error, LAC_REVIEW_CORRECTED, index, TRUE);
}

// Columns of a peak that the model has.
static gsize
collect_values(LacReviewQueue *self, const LacPeak *peak, LacAtomValue values[5])
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    const LacVolume *volume = lac_session_get_volume(self->session);
    const LacAtomValue found[] = {
        { LAC_COLUMN_HEIGHT, peak->height },
        { LAC_COLUMN_FIT, peak->residual },
        { LAC_COLUMN_WIDTH, peak->width },
        { LAC_COLUMN_ELONGATION, peak->elongation },
    };
    gsize n = 0;
    for (guint k = 0; k < G_N_ELEMENTS(found); k++)
        if (lac_atoms_get_column(atoms, found[k].name) != NULL)
            values[n++] = found[k];
    g_autoptr(LacBox) box = lac_atoms_get_column(atoms, LAC_COLUMN_INTENSITY) != NULL
        ? lac_box_new(volume, 0.0, NULL)
        : NULL;
    if (box == NULL)
        return n;
    g_autofree float *samples = g_new(float, box->n);
    lac_box_sample(box, volume, peak->position, samples);
    double sum = 0.0;
    for (gsize s = 0; s < box->n; s++)
        sum += (double) samples[s];
    values[n++] = (LacAtomValue){ LAC_COLUMN_INTENSITY, sum };
    return n;
}

static double
distance_between(LacVec3 a, LacVec3 b)
{
    double x = a.x - b.x, y = a.y - b.y, z = a.z - b.z;
    return sqrt(x * x + y * y + z * z);
}

// The peak of the volume at @start; FALSE with a message when there is none.
static gboolean
find_peak(LacReviewQueue *self, LacVec3 start, LacPeak *peak)
{
    g_autoptr(GError) error = NULL;
    LacVolume *volume = lac_session_get_volume(self->session);
    if (volume == NULL) {
        lac_session_say(self->session, "There is no volume whose peaks an atom could go to");
        return FALSE;
    }
    if (!lac_fit_peak(volume, start, peak, &error))
        return fail(self, error);
    double moved = distance_between(start, peak->position);
    if (peak->flag == LAC_PEAK_OK && moved <= FARTHEST_SNAP)
        return TRUE;
    if (peak->flag == LAC_PEAK_OK)
        lac_session_say(self->session, "The nearest peak is %.1f Å away: that is another atom's",
            moved);
    else
        lac_session_say(self->session, "There is no peak here (%s)",
            lac_peak_flag_get_name((LacPeakFlag) peak->flag));
    return FALSE;
}

// The nearest atom of the model; INFINITY when there is none.
static double
find_nearest(const LacAtoms *atoms, LacVec3 p, gsize *index)
{
    double best = (double) INFINITY;
    for (gsize i = 0; i < atoms->n; i++) {
        double d = distance_between(p, (LacVec3){ atoms->x[i], atoms->y[i], atoms->z[i] });
        if (d >= best || !lac_atoms_is_present(atoms, i))
            continue;
        best = d;
        *index = i;
    }
    return best;
}

static LacVec3
get_crosshair(LacReviewQueue *self)
{
    const LacVolume *v = lac_session_get_volume(self->session);
    gsize at[3];
    lac_session_get_crosshair(self->session, at);
    double size = v != NULL && v->voxel_size > 0.0 ? v->voxel_size : 1.0;
    if (v == NULL)
        return (LacVec3){ 0, 0, 0 };
    return (LacVec3){ v->origin.x + size * ((double) at[0] - (double) (v->nx / 2)),
        v->origin.y + size * ((double) at[1] - (double) (v->ny / 2)),
        v->origin.z + size * ((double) at[2] - (double) (v->nz / 2)) };
}

// An atom at a peak, of the species of its nearest neighbour until someone says otherwise.
static LacEdit *
make_atom(LacReviewQueue *self, const LacPeak *peak, const char *reason, GError **error)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    LacAtomValue values[5];
    gsize nearest = G_MAXSIZE, n_values = collect_values(self, peak, values);
    find_nearest(atoms, peak->position, &nearest);
    g_autofree char *species =
        nearest != G_MAXSIZE ? lac_session_dup_species(self->session, nearest) : NULL;
    gboolean known = species != NULL && g_strv_length(atoms->species_names) > 0;
    return lac_edit_add(atoms, peak->position,
        known                                 ? species
            : atoms->species_names[0] != NULL ? atoms->species_names[0]
                                              : "X",
        values, n_values, reason, error);
}

/**
 * lac_review_queue_add:
 * @self: a queue
 *
 * Adds an atom: the current rejected peak is restored, a candidate becomes an atom at the peak
 * there, and without a candidate the peak at the crosshair does.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_add(LacReviewQueue *self)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    const LacReviewItem *item = self->current != NULL ? self->current->item : NULL;
    gboolean candidate = item != NULL && item->is_candidate;
    if (atoms == NULL) {
        lac_session_say(self->session, "There are no atoms yet: trace the volume first");
        return FALSE;
    }
    if (candidate && item->index != G_MAXSIZE)
        return lac_review_queue_restore(self);
    LacPeak peak;
    LacVec3 start = candidate ? item->position : get_crosshair(self);
    if (!find_peak(self, start, &peak)) {
        return FALSE;
    }
    gsize nearest = 0, added = atoms->n;
    double room = find_nearest(atoms, peak.position, &nearest);
    if (room < LEAST_ROOM) {
        lac_session_say(self->session, "Atom %" G_GSIZE_FORMAT " is there already, %.1f Å away",
            nearest + 1, room);
        return FALSE;
    }
    GError *error = NULL;
    g_autofree char *reason = candidate ? dup_reason(item) : NULL;
    LacEdit *edit = make_atom(self, &peak, reason, &error);
    if (candidate)
        return apply(self, edit, error, LAC_REVIEW_CORRECTED, added, TRUE);
    if (edit == NULL) {
        fail(self, error);
        g_error_free(error);
        return FALSE;
    }
    return lac_session_edit(self->session, edit);
}

/**
 * lac_review_queue_snap:
 * @self: a queue
 *
 * Moves the current atom to the peak of the volume at its place.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_snap(LacReviewQueue *self)
{
    gsize index = self->current != NULL && !self->current->item->is_candidate
        ? self->current->item->index
        : lac_session_get_current_atom(self->session);
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (atoms == NULL || index >= atoms->n || !lac_atoms_is_present(atoms, index)) {
        lac_session_say(self->session, "There is no atom here that could go to a peak");
        return FALSE;
    }
    LacPeak peak;
    LacVec3 start = { atoms->x[index], atoms->y[index], atoms->z[index] };
    if (!find_peak(self, start, &peak))
        return FALSE;
    if (distance_between(start, peak.position) < 1e-3) {
        lac_session_say(self->session, "Atom %" G_GSIZE_FORMAT " is at its peak already",
            index + 1);
        return FALSE;
    }
    GError *error = NULL;
    LacAtomValue values[5];
    gsize n_values = collect_values(self, &peak, values);
    LacEdit *edit =
        lac_edit_move(atoms, index, peak.position, values, n_values, "to the peak", &error);
    if (self->current != NULL && self->current->item->index == index)
        return apply(self, edit, error, LAC_REVIEW_CORRECTED, index, FALSE);
    if (edit == NULL) {
        fail(self, error);
        g_error_free(error);
        return FALSE;
    }
    return lac_session_edit(self->session, edit);
}

/**
 * lac_review_queue_retype:
 * @self: a queue
 * @species: number of a species, from 0
 *
 * Gives the current atom another species.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_retype(LacReviewQueue *self, guint species)
{
    const LacReviewItem *item = get_item(self);
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    if (item == NULL)
        return FALSE;
    if (item->index == G_MAXSIZE || !lac_atoms_is_present(atoms, item->index)) {
        lac_session_say(self->session,
            "Only an atom of the model has a species: press A to add this one first");
        return FALSE;
    }
    guint n = g_strv_length(atoms->species_names);
    if (species >= n) {
        lac_session_say(self->session, "There is no species %u; the model has %u", species + 1, n);
        return FALSE;
    }
    GError *error = NULL;
    gsize index = item->index;
    g_autofree char *reason = dup_reason(item);
    LacEdit *edit =
        lac_edit_retype(atoms, &index, 1, atoms->species_names[species], reason, &error);
    return apply(self, edit, error, LAC_REVIEW_CORRECTED, index, FALSE);
}

/**
 * lac_review_queue_split:
 * @self: a queue
 *
 * Makes two atoms of the current one, where the volume has two.
 *
 * Returns: whether anything was done
 */
gboolean
lac_review_queue_split(LacReviewQueue *self)
{
    const LacReviewItem *item = get_item(self);
    LacVolume *volume = lac_session_get_volume(self->session);
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    g_autoptr(GError) error = NULL;
    if (item == NULL)
        return FALSE;
    if (item->is_candidate || volume == NULL) {
        lac_session_say(self->session, "Only an atom of a model with its volume can be split");
        return FALSE;
    }
    const double *width = lac_atoms_get_column(atoms, LAC_COLUMN_WIDTH);
    double sigma = self->residual != NULL ? lac_volume_residual_get_width(self->residual)
        : width != NULL && width[item->index] > 0.0
        ? width[item->index]
        : 2.0 * (volume->voxel_size > 0.0 ? volume->voxel_size : 1.0);
    LacSplit split;
    if (!lac_split_peak(volume, item->position, sigma, &split, &error))
        return fail(self, error);
    GError *failure = NULL;
    gsize index = item->index;
    g_autofree char *reason = dup_reason(item);
    LacEdit *edit = lac_edit_split(atoms, index, split.a, split.b, reason, &failure);
    return apply(self, edit, failure, LAC_REVIEW_CORRECTED, index, TRUE);
}
