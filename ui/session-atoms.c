// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "ui/session-private.h"

#include <math.h>
#include <string.h>

/**
 * lac_session_init_atoms:
 * @self: a new session
 */
void
lac_session_init_atoms(LacSession *self)
{
    self->current_atom = G_MAXSIZE;
    lac_session_init_match(self);
}

/**
 * lac_session_clear_atoms:
 * @self: a session that goes away
 */
void
lac_session_clear_atoms(LacSession *self)
{
    g_clear_pointer(&self->live_atoms, lac_atoms_unref);
    g_clear_pointer(&self->job_volume, lac_volume_unref);
    g_clear_pointer(&self->selection, g_free);
    g_clear_pointer(&self->classification, g_free);
    g_clear_pointer(&self->refinement, lac_refinement_free);
    g_clear_pointer(&self->match, lac_match_free);
    g_clear_pointer(&self->score, lac_score_free);
}

/**
 * lac_session_get_journal:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the automatic model with its edits
 */
LacJournal *
lac_session_get_journal(LacSession *self)
{
    return self->state->project->journal;
}

/**
 * lac_session_get_atoms:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): all peaks, those that are atoms and the records; while a
 *   tracing runs, what it found so far
 */
LacAtoms *
lac_session_get_atoms(LacSession *self)
{
    if (self->live_atoms != NULL)
        return self->live_atoms;
    LacJournal *journal = lac_session_get_journal(self);
    return journal != NULL ? lac_journal_get_atoms(journal) : NULL;
}

/**
 * lac_session_are_atoms_stale:
 * @self: a session
 *
 * Returns: whether the volume changed since the atoms were traced from it
 */
gboolean
lac_session_are_atoms_stale(LacSession *self)
{
    const LacSessionState *state = self->state;
    return !self->tracing && state->project->journal != NULL && state->atoms_volume != NULL &&
        state->atoms_volume != state->project->volume;
}

/**
 * lac_session_dup_species:
 * @self: a session with atoms
 * @index: of one
 *
 * Returns: (transfer full): the name of its species, or a dash before atoms have one
 */
char *
lac_session_dup_species(LacSession *self, gsize index)
{
    const LacAtoms *atoms = lac_session_get_atoms(self);
    g_return_val_if_fail(atoms != NULL && index < atoms->n, NULL);

    guint n = g_strv_length(atoms->species_names);
    return g_strdup(atoms->species[index] < n ? atoms->species_names[atoms->species[index]] : "–");
}

// --- selection

/**
 * lac_session_get_selection:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): 1 for each atom that is selected, else 0; %NULL when there
 *   are no atoms or none is selected
 */
const guint8 *
lac_session_get_selection(LacSession *self)
{
    return self->n_selected > 0 ? self->selection : NULL;
}

/**
 * lac_session_count_selected:
 * @self: a session
 *
 * Returns: the number of selected atoms
 */
gsize
lac_session_count_selected(LacSession *self)
{
    return self->n_selected;
}

/**
 * lac_session_dup_selected:
 * @self: a session
 * @n: (out): how many
 *
 * Returns: (transfer full) (array length=n): indices of the selected atoms, ascending
 */
gsize *
lac_session_dup_selected(LacSession *self, gsize *n)
{
    gsize *indices = g_new(gsize, MAX(self->n_selected, 1));
    *n = 0;
    for (gsize i = 0; i < self->n_selection && *n < self->n_selected; i++)
        if (self->selection[i] != 0)
            indices[(*n)++] = i;
    return indices;
}

/**
 * lac_session_set_selection:
 * @self: a session
 * @indices: (array length=n) (nullable): of atoms; others than these are ignored
 * @n: how many; 0 selects nothing
 */
void
lac_session_set_selection(LacSession *self, const gsize *indices, gsize n)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacAtoms *atoms = lac_session_get_atoms(self);
    gsize size = atoms != NULL ? atoms->n : 0, n_selected = 0;
    guint8 *selection = g_new0(guint8, MAX(size, 1));
    for (gsize i = 0; i < n; i++)
        if (indices[i] < size && selection[indices[i]] == 0) {
            selection[indices[i]] = 1;
            n_selected++;
        }
    gboolean same = n_selected == self->n_selected &&
        (n_selected == 0 ||
            (size == self->n_selection && memcmp(selection, self->selection, size) == 0));
    g_free(self->selection);
    self->selection = selection;
    self->n_selection = size;
    self->n_selected = n_selected;
    if (n_selected > 0)
        lac_session_set_picked(self, NULL);
    if (!same)
        lac_session_emit(self, LAC_SESSION_SELECTION_CHANGED);
}

// The voxel that a coordinate lies in.
static gsize
to_voxel(double position, double origin, double voxel_size, gsize n)
{
    double v = floor((position - origin) / voxel_size + (double) (n / 2) + 0.5);
    return v <= 0.0 ? 0 : MIN((gsize) v, n - 1);
}

/**
 * lac_session_go_to_position:
 * @self: a session
 * @position: [Å]
 *
 * Puts the crosshair into the voxel there, or the nearest one.
 */
void
lac_session_go_to_position(LacSession *self, LacVec3 position)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacVolume *volume = lac_session_get_volume(self);
    if (volume == NULL)
        return;
    double size = volume->voxel_size > 0.0 ? volume->voxel_size : 1.0;
    const gsize xyz[3] = { to_voxel(position.x, volume->origin.x, size, volume->nx),
        to_voxel(position.y, volume->origin.y, size, volume->ny),
        to_voxel(position.z, volume->origin.z, size, volume->nz) };
    lac_session_set_crosshair(self, xyz);
}

/**
 * lac_session_get_current_atom:
 * @self: a session
 *
 * Returns: the index of the atom that is looked at, or %G_MAXSIZE
 */
gsize
lac_session_get_current_atom(LacSession *self)
{
    return self->current_atom;
}

/**
 * lac_session_set_current_atom:
 * @self: a session
 * @index: of an atom, or %G_MAXSIZE for none
 *
 * Says which atom is looked at: the crosshair goes there, and views fly to it.
 */
void
lac_session_set_current_atom(LacSession *self, gsize index)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacAtoms *atoms = lac_session_get_atoms(self);
    if (atoms == NULL || index >= atoms->n)
        index = G_MAXSIZE;
    else
        lac_session_go_to_position(self,
            (LacVec3){ atoms->x[index], atoms->y[index], atoms->z[index] });
    if (index == self->current_atom)
        return;
    self->current_atom = index;
    lac_session_emit(self, LAC_SESSION_CURRENT_ATOM_CHANGED);
}

// --- telling everyone

// What an edit touched is selected, so that it can be seen; what is no longer there is let go.
static void
select_touched(LacSession *self, const LacEdit *edit)
{
    const LacAtoms *atoms = lac_session_get_atoms(self);
    g_autofree gsize *indices = g_new(gsize, MAX(edit->n, 1));
    gsize n = 0;
    for (gsize i = 0; i < edit->n; i++)
        if (edit->index[i] < atoms->n && lac_atoms_is_present(atoms, edit->index[i]))
            indices[n++] = edit->index[i];
    lac_session_set_selection(self, indices, n);
    lac_session_set_current_atom(self, n > 0 ? indices[0] : G_MAXSIZE);
}

/**
 * lac_session_atoms_changed:
 * @self: a session
 * @edit: (nullable): what changed them, or was undone; %NULL for another model
 *
 * Keeps the selection right and tells everyone.
 */
void
lac_session_atoms_changed(LacSession *self, const LacEdit *edit)
{
    const LacAtoms *atoms = lac_session_get_atoms(self);
    gsize n = atoms != NULL ? atoms->n : 0;
    // The atoms come first: whoever hears of the selection must find them.
    if (n != self->n_selection) {
        self->selection = g_realloc(self->selection, MAX(n, 1));
        if (n > self->n_selection)
            memset(self->selection + self->n_selection, 0, n - self->n_selection);
        self->n_selection = n;
        self->n_selected = 0;
        for (gsize i = 0; i < n; i++)
            self->n_selected += self->selection[i];
    }
    if (self->current_atom >= n)
        self->current_atom = G_MAXSIZE;
    lac_session_analysis_atoms_changed(self, edit);
    lac_session_emit(self, LAC_SESSION_ATOMS_CHANGED);
    if (edit == NULL)
        lac_session_set_selection(self, NULL, 0);
    else if (edit->kind != LAC_EDIT_BULK)
        select_touched(self, edit);
    if (self->match != NULL)
        self->is_match_stale = TRUE;
    lac_session_request_match(self, 250);
}

// --- the file that edits are written to as they are made

static void
attach_journal(LacSession *self, LacJournal *journal)
{
    g_autofree char *path = lac_journal_dup_path(self->path);
    g_autoptr(GError) error = NULL;
    if (!lac_journal_attach(journal, path, NULL, &error))
        lac_session_say(self, "Edits are kept in memory only: %s", error->message);
}

/**
 * lac_session_move_journal_file:
 * @self: a session
 * @from: (nullable): the journal that was in use
 * @to: (nullable): the one that is used from now on
 *
 * The file that survives a crash is always that of the atoms which are shown.
 */
void
lac_session_move_journal_file(LacSession *self, LacJournal *from, LacJournal *to)
{
    if (from == to)
        return;
    if (from != NULL && to != NULL)
        lac_journal_take_file(to, from);
    else if (from != NULL)
        lac_journal_detach(from);
    else
        attach_journal(self, to);
}

// A full disk is said once, not at every edit.
static void
check_journal(LacSession *self)
{
    const char *problem = lac_journal_get_problem(lac_session_get_journal(self));
    if (problem != NULL && !self->has_journal_problem)
        lac_session_say(self, "Edits are kept in memory only: %s", problem);
    self->has_journal_problem = problem != NULL;
}

// Returns whether edits were found that no save holds.
static gboolean
recover_journal(LacSession *self, LacJournal *journal, const char *path)
{
    g_auto(LacJournalRecovery) recovery = { 0 };
    g_autoptr(GError) error = NULL;
    if (!lac_journal_attach(journal, path, &recovery, &error)) {
        g_autofree char *aside = g_error_matches(error, LAC_ERROR, LAC_ERROR_MISMATCH)
            ? lac_journal_put_aside(path, NULL)
            : NULL;
        if (aside != NULL)
            lac_journal_attach(journal, path, NULL, NULL);
        lac_session_say(self, "Unsaved edits were not recovered: %s%s%s", error->message,
            aside != NULL ? "; they were put aside as " : "", aside != NULL ? aside : "");
        return FALSE;
    }
    if (recovery.n_records > 0)
        lac_session_say(self,
            "%" G_GUINT64_FORMAT
            " unsaved %s recovered after the program had ended unexpectedly%s%s",
            recovery.n_records, recovery.n_records == 1 ? "edit was" : "edits were",
            recovery.kept != NULL ? "; the damaged rest is in " : "",
            recovery.kept != NULL ? recovery.kept : "");
    return recovery.n_records > 0;
}

// --- models and edits

/**
 * lac_session_store_model:
 * @self: a session
 * @base: a model without edits
 * @volume: (nullable): what it was traced from
 * @label: what the step is called
 *
 * Puts it in the place of the atoms; can be undone.
 */
void
lac_session_store_model(LacSession *self, LacAtoms *base, LacVolume *volume, const char *label)
{
    lac_session_push_undo(self, label);
    LacProject *project = self->state->project;
    LacJournal *old = project->journal;
    project->journal = lac_journal_new(base);
    lac_session_move_journal_file(self, old, project->journal);
    lac_journal_free(old);
    g_clear_pointer(&self->state->atoms_volume, lac_volume_unref);
    self->state->atoms_volume = volume != NULL ? lac_volume_ref(volume) : NULL;
    // Regions are of atoms of the other model.
    g_clear_pointer(&self->state->chosen, lac_chosen_unref);
    self->current_atom = G_MAXSIZE;
    lac_session_atoms_changed(self, NULL);
    lac_session_emit(self, LAC_SESSION_CHOSEN_CHANGED);
    lac_session_emit(self, LAC_SESSION_CURRENT_ATOM_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_set_model:
 * @self: a session
 * @base: an automatic model; the session takes a reference
 * @what: what the step is called, such as "Open model"
 *
 * Replaces the atoms and their edits. Can be undone.
 */
void
lac_session_set_model(LacSession *self, LacAtoms *base, const char *what)
{
    g_return_if_fail(LAC_IS_SESSION(self) && base != NULL);

    if (!lac_session_refuse_if_busy(self))
        lac_session_store_model(self, base, self->state->project->volume, what);
}

// What is gone is worth a message with a way back; other edits are seen where they happen.
static void
announce(LacSession *self, const LacEdit *edit, const char *title)
{
    if (edit->kind == LAC_EDIT_DELETE || edit->kind == LAC_EDIT_MERGE)
        lac_session_offer(self, title, "Undo", "win.undo");
}

/**
 * lac_session_edit:
 * @self: a session with atoms
 * @edit: (transfer full) (nullable): made from the present atoms; %NULL does nothing
 *
 * Does it, and writes it into the journal before anything else happens.
 *
 * Returns: whether it was done; if not, a message said why
 */
gboolean
lac_session_edit(LacSession *self, LacEdit *edit)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    G_GNUC_UNUSED g_autoptr(LacEdit) taken = edit;
    g_autoptr(GError) error = NULL;
    LacJournal *journal = lac_session_get_journal(self);
    if (edit == NULL)
        return FALSE;
    if (journal == NULL || self->tracing) {
        lac_session_say(self,
            self->tracing ? "Atoms can be corrected once the tracing has ended."
                          : "There are no atoms to correct.");
        return FALSE;
    }
    if (!lac_journal_apply(journal, lac_edit_ref(edit), &error)) {
        lac_session_say(self, "The edit was not made: %s", error->message);
        return FALSE;
    }
    LacSessionState *step = g_new0(LacSessionState, 1);
    step->edit = lac_edit_ref(edit);
    step->serial = self->state->serial;
    step->label = lac_edit_dup_title(edit);
    g_ptr_array_add(self->undo, step);
    g_ptr_array_set_size(self->redo, 0);
    self->state->serial = ++self->last_serial;
    lac_session_atoms_changed(self, edit);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
    check_journal(self);
    announce(self, edit, step->label);
    return TRUE;
}

/**
 * lac_session_step_edit:
 * @self: a session
 * @step: a step that is an edit, the next one in that direction
 * @forward: do it again, else undo it
 *
 * Changes the atoms without telling anyone.
 */
void
lac_session_step_edit(LacSession *self, LacSessionState *step, gboolean forward)
{
    LacJournal *journal = lac_session_get_journal(self);
    if (forward)
        lac_journal_redo(journal);
    else
        lac_journal_undo(journal);
    guint64 serial = self->state->serial;
    self->state->serial = step->serial;
    step->serial = serial;
}

/**
 * lac_session_open_journal:
 * @self: a session that has just been given a project
 *
 * Makes the edits of an opened project steps of the history, as if they had been done just now.
 */
void
lac_session_open_journal(LacSession *self)
{
    LacProject *project = self->state->project;
    g_autofree char *path = lac_journal_dup_path(self->path);
    gboolean recovered = FALSE;
    // Atoms that were traced and never saved are in the file alone.
    if (project->journal == NULL && self->path != NULL && g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_autoptr(LacAtoms) none = lac_atoms_new(0);
        project->journal = lac_journal_new(none);
    }
    LacJournal *journal = project->journal;
    if (journal == NULL)
        return;
    if (self->path != NULL)
        recovered = recover_journal(self, journal, path);
    else if (!self->is_recovering) // else it has its file already
        attach_journal(self, journal);
    if (lac_journal_get_atoms(journal)->n == 0 && lac_journal_get_length(journal) == 0) {
        lac_journal_detach(journal);
        g_clear_pointer(&project->journal, lac_journal_free);
        return;
    }
    gsize n = lac_journal_get_length(journal), position = lac_journal_get_position(journal);
    guint64 saved = self->state->serial;
    for (gsize i = 0; i < n; i++) {
        gboolean done = i < position;
        LacSessionState *step = g_new0(LacSessionState, 1);
        step->edit = lac_edit_ref(lac_journal_get_edit(journal, done ? i : n - 1 - (i - position)));
        step->label = lac_edit_dup_title(step->edit);
        step->serial = ++self->last_serial;
        g_ptr_array_add(done ? self->undo : self->redo, step);
    }
    self->state->serial = recovered ? ++self->last_serial : saved;
    if (!json_object_get_boolean_member_with_default(self->views, "atoms-stale", FALSE) &&
        self->state->project->volume != NULL)
        self->state->atoms_volume = lac_volume_ref(self->state->project->volume);
}

/**
 * lac_session_set_step_reason:
 * @self: a session
 * @i: index of a step that is an edit
 * @reason: why it was made; empty for no reason
 *
 * Writes it into the log; the atoms stay as they are.
 */
void
lac_session_set_step_reason(LacSession *self, guint i, const char *reason)
{
    g_return_if_fail(LAC_IS_SESSION(self) && i < lac_session_get_n_steps(self));

    LacJournal *journal = lac_session_get_journal(self);
    LacSessionState *step = lac_session_get_state(self, i);
    gsize n = journal != NULL ? lac_journal_get_length(journal) : 0, k = 0;
    while (k < n && lac_journal_get_edit(journal, k) != step->edit)
        k++;
    if (step->edit == NULL || k == n)
        return;
    lac_journal_set_reason(journal, k, reason);
    lac_edit_unref(step->edit);
    step->edit = lac_edit_ref(lac_journal_get_edit(journal, k));
    self->state->serial = ++self->last_serial;
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

// The atoms in a file that a killed program left, or NULL if a running one has it.
static LacJournal *
read_unsaved(const char *path)
{
    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    g_autoptr(LacJournal) journal = lac_journal_new(none);
    if (!lac_journal_attach(journal, path, NULL, NULL) || lac_journal_get_atoms(journal)->n == 0)
        return NULL;
    return g_steal_pointer(&journal);
}

/**
 * lac_session_offer_recovery:
 * @self: a session
 *
 * Says so when there are atoms of a project that was never saved, from a program that was killed.
 */
void
lac_session_offer_recovery(LacSession *self)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    g_auto(GStrv) paths = lac_journal_find_unsaved();
    for (char **path = paths; *path != NULL; path++) {
        g_autoptr(LacJournal) journal = read_unsaved(*path);
        if (journal == NULL)
            continue;
        g_autofree char *text =
            g_strdup_printf("%'" G_GSIZE_FORMAT
                            " atoms of a project that was never saved can be recovered",
                lac_atoms_count_present(lac_journal_get_atoms(journal)));
        lac_session_offer(self, text, "Recover", "win.recover");
        return;
    }
}

/**
 * lac_session_recover:
 * @self: a session with nothing unsaved
 *
 * Opens the atoms of a project that was never saved, with every edit.
 *
 * Returns: whether there are any
 */
gboolean
lac_session_recover(LacSession *self)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), FALSE);

    g_auto(GStrv) paths = lac_journal_find_unsaved();
    for (char **path = paths; *path != NULL && !lac_session_refuse_if_busy(self); path++) {
        LacJournal *journal = read_unsaved(*path);
        if (journal == NULL)
            continue;
        LacProject *project = lac_project_new();
        project->journal = journal;
        self->is_recovering = TRUE;
        lac_session_replace_all(self, project, NULL, NULL);
        self->is_recovering = FALSE;
        self->state->serial = ++self->last_serial;
        lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
        return TRUE;
    }
    return FALSE;
}
