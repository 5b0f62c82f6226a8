// SPDX-License-Identifier: GPL-3.0-or-later
// The atoms of the 3D view: what is known of them, and which are marked.
#include "ui/render/pick.h"
#include "ui/viewport-private.h"

#include <string.h>

/**
 * lac_viewport_clear_atoms:
 * @self: a view
 *
 * Frees what it holds of atoms.
 */
void
lac_viewport_clear_atoms(LacViewport *self)
{
    g_clear_pointer(&self->atoms, lac_atoms_unref);
    g_clear_pointer(&self->scene.atoms.set, lac_atom_set_unref);
    g_clear_pointer(&self->match, g_free);
    g_clear_pointer(&self->marks, g_free);
    g_clear_pointer(&self->markers, g_free);
    self->n_match = self->n_markers = 0;
}

static void
atoms_changed(LacViewport *self)
{
    self->is_set_stale = TRUE;
    lac_viewport_begin_moving(self);
}

/**
 * lac_viewport_update_atoms:
 * @self: a view
 *
 * Makes what is drawn from what was set, if that changed.
 */
void
lac_viewport_update_atoms(LacViewport *self)
{
    if (!self->is_set_stale)
        return;
    self->is_set_stale = FALSE;
    g_clear_pointer(&self->scene.atoms.set, lac_atom_set_unref);
    g_autoptr(LacAtoms) none = self->atoms == NULL ? lac_atoms_new(0) : NULL;
    const LacAtoms *atoms = self->atoms != NULL ? self->atoms : none;
    if (atoms->n == 0 && self->n_markers == 0)
        return;
    const LacAtomSource source = {
        .atoms = atoms,
        .look = &self->look,
        .match = self->n_match == atoms->n ? self->match : NULL,
        .marks = self->marks,
        .n_marks = atoms->n,
        .markers = self->markers,
        .n_markers = self->n_markers,
    };
    LacAtomSet *set = lac_atom_set_new(&source);
    self->scene.atoms.set = set;
    if (self->is_fit_due && self->newest == NULL && set->n_spheres > 0) {
        self->is_fit_due = FALSE;
        lac_camera_fit(&self->scene.camera, &set->box, lac_viewport_get_aspect(self));
        lac_viewport_emit_camera_changed(self);
    }
}

/**
 * lac_viewport_set_atoms:
 * @self: a view
 * @atoms: (nullable): published atoms; a reference is kept
 *
 * Shows atoms. Selection and hidden atoms stay as they are: an atom keeps its index.
 */
void
lac_viewport_set_atoms(LacViewport *self, LacAtoms *atoms)
{
    g_return_if_fail(LAC_IS_VIEWPORT(self));

    if (self->atoms == atoms)
        return;
    gsize before = self->atoms != NULL ? self->atoms->n : 0, now = atoms != NULL ? atoms->n : 0;
    self->marks = g_realloc(self->marks, now);
    if (now > before)
        memset(self->marks + before, 0, now - before);
    if (self->current >= now)
        self->current = G_MAXSIZE;
    g_clear_pointer(&self->atoms, lac_atoms_unref);
    self->atoms = atoms != NULL ? lac_atoms_ref(atoms) : NULL;
    atoms_changed(self);
}

/**
 * lac_viewport_set_atom_look:
 * @self: a view
 * @look: colours and sizes
 */
void
lac_viewport_set_atom_look(LacViewport *self, const LacAtomLook *look)
{
    if (lac_atom_look_is_equal(&self->look, look))
        return;
    self->look = *look;
    atoms_changed(self);
}

/**
 * lac_viewport_get_atom_look:
 * @self: a view
 *
 * Returns: (transfer none): colours and sizes
 */
const LacAtomLook *
lac_viewport_get_atom_look(LacViewport *self)
{
    return &self->look;
}

/**
 * lac_viewport_set_atom_match:
 * @self: a view
 * @kinds: (nullable) (array length=n): a #LacMatchKind per atom, for %LAC_COLOR_BY_MATCH
 * @n: number of atoms
 */
void
lac_viewport_set_atom_match(LacViewport *self, const guint8 *kinds, gsize n)
{
    g_free(self->match);
    self->match = kinds != NULL ? g_memdup2(kinds, n) : NULL;
    self->n_match = kinds != NULL ? n : 0;
    atoms_changed(self);
}

/**
 * lac_viewport_set_markers:
 * @self: a view
 * @markers: (nullable) (array length=n): things beside the atoms: candidates, missed atoms
 * @n: their number
 */
void
lac_viewport_set_markers(LacViewport *self, const LacMarker *markers, gsize n)
{
    g_free(self->markers);
    self->markers = n > 0 ? g_memdup2(markers, n * sizeof *markers) : NULL;
    self->n_markers = n;
    atoms_changed(self);
}

static void
set_mark(LacViewport *self, gsize index, LacAtomMark mark, gboolean on)
{
    guint8 marks = self->marks[index];
    self->marks[index] = (guint8) (on ? marks | mark : marks & ~(guint) mark);
}

/**
 * lac_viewport_set_selection:
 * @self: a view
 * @selected: (nullable) (array length=n): whether each atom is selected; %NULL: none
 * @n: number of atoms; those beyond are not selected
 */
void
lac_viewport_set_selection(LacViewport *self, const guint8 *selected, gsize n)
{
    gsize n_atoms = self->atoms != NULL ? self->atoms->n : 0;
    for (gsize i = 0; i < n_atoms; i++)
        set_mark(self, i, LAC_MARK_SELECTED, selected != NULL && i < n && selected[i] != 0);
    atoms_changed(self);
}

/**
 * lac_viewport_set_current_atom:
 * @self: a view
 * @index: the atom that is looked at; %G_MAXSIZE: none
 */
void
lac_viewport_set_current_atom(LacViewport *self, gsize index)
{
    gsize n_atoms = self->atoms != NULL ? self->atoms->n : 0;
    if (index >= n_atoms)
        index = G_MAXSIZE;
    if (self->current == index)
        return;
    if (self->current < n_atoms)
        set_mark(self, self->current, LAC_MARK_CURRENT, FALSE);
    self->current = index;
    if (index < n_atoms)
        set_mark(self, index, LAC_MARK_CURRENT, TRUE);
    atoms_changed(self);
}

// Sets a switch of the scene.
static void
set_flag(LacViewport *self, gboolean *flag, gboolean value)
{
    if (!*flag == !value)
        return;
    *flag = value;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_set_show_atoms:
 * @self: a view
 * @show: whether atoms are drawn
 */
void
lac_viewport_set_show_atoms(LacViewport *self, gboolean show)
{
    set_flag(self, &self->scene.atoms.show_atoms, show);
}

/**
 * lac_viewport_set_show_bonds:
 * @self: a view
 * @show: whether bonds are drawn
 */
void
lac_viewport_set_show_bonds(LacViewport *self, gboolean show)
{
    set_flag(self, &self->scene.atoms.show_bonds, show);
}

/**
 * lac_viewport_set_show_ghosts:
 * @self: a view
 * @show: whether peaks that are no atoms are drawn, as rings
 */
void
lac_viewport_set_show_ghosts(LacViewport *self, gboolean show)
{
    set_flag(self, &self->scene.atoms.show_ghosts, show);
}

/**
 * lac_viewport_locate_atom:
 * @self: a view
 * @index: an atom
 * @x: (out): [widget unit] from the left of its centre
 * @y: (out): [widget unit] from the top
 *
 * Returns: %FALSE if there is none of that index, or it is behind the eye
 */
gboolean
lac_viewport_locate_atom(LacViewport *self, gsize index, double *x, double *y)
{
    if (self->atoms == NULL || index >= self->atoms->n)
        return FALSE;
    LacVec3 p = { self->atoms->x[index], self->atoms->y[index], self->atoms->z[index] };
    return lac_camera_project(&self->scene.camera, gtk_widget_get_width(GTK_WIDGET(self)),
        gtk_widget_get_height(GTK_WIDGET(self)), p, x, y, NULL);
}

/**
 * lac_viewport_pick_atom:
 * @self: a view
 * @x: [widget unit] from the left
 * @y: [widget unit] from the top
 * @index: (out): the atom in front
 *
 * Returns: %FALSE if there is none
 */
gboolean
lac_viewport_pick_atom(LacViewport *self, double x, double y, gsize *index)
{
    int width = gtk_widget_get_width(GTK_WIDGET(self));
    int height = gtk_widget_get_height(GTK_WIDGET(self));
    *index = LAC_PICK_NONE;
    if (x < 0.0 || y < 0.0 || x >= width || y >= height)
        return FALSE;
    lac_viewport_update_atoms(self);
    LacRay ray = lac_camera_unproject(&self->scene.camera, width, height, x, y);
    return lac_pick_atom(&self->scene, &ray, index, NULL) && *index != LAC_PICK_NONE;
}
