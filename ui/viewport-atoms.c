// SPDX-License-Identifier: GPL-3.0-or-later
// The atoms of the 3D view: what is known of them, and which are marked.
#include "ui/render/occlusion.h"
#include "ui/render/pick.h"
#include "ui/render/polyhedra.h"
#include "ui/viewport-private.h"

#include <string.h>

#define DERIVE_DELAY_MS 60 // after an edit

// ---- What is asked of the worker: bonds and occlusion ----

typedef struct {
    LacAtoms *atoms;
    LacAtomLook look;
    guint8 *marks;
    LacClipPlane clip;
    gboolean wants_bonds, wants_hulls;
} DeriveRequest;

typedef struct {
    gsize n_atoms;
    LacBonds *bonds; // (nullable)
    GArray *hulls;   // (nullable)
    gint8 *visibility;
} Derived;

static void
free_request(gpointer data)
{
    DeriveRequest *request = data;
    lac_atoms_unref(request->atoms);
    g_free(request->marks);
    g_free(request);
}

static void
free_derived(gpointer data)
{
    Derived *derived = data;
    g_clear_pointer(&derived->bonds, lac_bonds_free);
    g_clear_pointer(&derived->hulls, g_array_unref);
    g_free(derived->visibility);
    g_free(derived);
}

static gpointer
derive(LacProgress *progress, gpointer data, GError **error)
{
    const DeriveRequest *request = data;
    const LacAtomSource source = { .atoms = request->atoms,
        .look = &request->look,
        .marks = request->marks,
        .n_marks = request->atoms->n };
    Derived *derived = g_new0(Derived, 1);
    derived->n_atoms = request->atoms->n;
    if (request->wants_bonds) {
        LacBondParams params;
        lac_bond_params_init(&params);
        derived->bonds = lac_bonds_find(request->atoms, &params, progress, error);
        if (derived->bonds == NULL) {
            free_derived(derived);
            return NULL;
        }
        if (request->wants_hulls)
            derived->hulls = lac_polyhedra_find(request->atoms, derived->bonds, LAC_BOND_SHELL);
    }
    derived->visibility = lac_occlusion_of(&source, &request->clip, progress, error);
    if (derived->visibility != NULL)
        return derived;
    free_derived(derived);
    return NULL;
}

// Without bonds and occlusion the atoms are still there: an error is nothing to tell of.
static void
derived_cb(gpointer result, const GError *error, gpointer owner)
{
    LacViewport *self = owner;
    if (error != NULL) {
        g_debug("atoms without bonds and occlusion: %s", error->message);
        return;
    }
    Derived *derived = result;
    g_free(self->visibility);
    self->visibility = g_steal_pointer(&derived->visibility);
    self->n_visibility = derived->n_atoms;
    if (derived->bonds != NULL) {
        g_clear_pointer(&self->bonds, lac_bonds_free);
        self->bonds = g_steal_pointer(&derived->bonds);
    }
    if (derived->hulls != NULL) {
        g_clear_pointer(&self->hulls, g_array_unref);
        self->hulls = g_steal_pointer(&derived->hulls);
    }
    free_derived(derived);
    self->is_set_stale = TRUE;
    lac_viewport_begin_moving(self);
}

/**
 * lac_viewport_atoms_look_changed:
 * @self: a view
 *
 * Finds bonds and occlusion anew in a worker, after atoms, what is hidden, radii or the clip plane
 * changed. What was there before stays until it is done.
 */
void
lac_viewport_atoms_look_changed(LacViewport *self)
{
    if (self->atoms == NULL || self->atoms->n == 0) {
        lac_latest_drop(self->atom_worker);
        return;
    }
    DeriveRequest *request = g_new0(DeriveRequest, 1);
    request->atoms = lac_atoms_ref(self->atoms);
    request->look = self->look;
    request->marks = g_memdup2(self->marks, self->atoms->n);
    request->clip = self->scene.clip;
    request->wants_hulls = self->scene.atoms.show_polyhedra;
    request->wants_bonds = self->scene.atoms.show_bonds || request->wants_hulls;
    lac_latest_request(self->atom_worker, request, DERIVE_DELAY_MS);
}

/**
 * lac_viewport_init_atoms:
 * @self: a view
 *
 * Sets up what it needs for atoms.
 */
void
lac_viewport_init_atoms(LacViewport *self)
{
    self->look = lac_atom_look_default();
    self->current = G_MAXSIZE;
    self->pointed_atom = LAC_VIEWPORT_NO_ATOM;
    self->atom_worker = lac_latest_new(derive, free_request, free_derived, derived_cb, self);
    self->outline = g_array_new(FALSE, FALSE, sizeof(double));
    self->measured = g_array_new(FALSE, FALSE, sizeof(gsize));
}

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
    lac_viewport_clear_results(self);
    g_clear_pointer(&self->visibility, g_free);
    g_clear_pointer(&self->bonds, lac_bonds_free);
    g_clear_pointer(&self->hulls, g_array_unref);
    g_clear_pointer(&self->atom_worker, lac_latest_free);
    g_clear_pointer(&self->outline, g_array_unref);
    g_clear_pointer(&self->measured, g_array_unref);
    self->n_match = 0;
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
    gsize n_markers;
    g_autofree LacMarker *markers = lac_viewport_dup_markers(self, &n_markers);
    if (atoms->n == 0 && n_markers == 0)
        return;
    const LacAtomSource source = {
        .atoms = atoms,
        .look = &self->look,
        .match = self->n_match == atoms->n ? self->match : NULL,
        .values = lac_viewport_get_atom_values(self),
        .marks = self->marks,
        .n_marks = atoms->n,
        .visibility = self->visibility,
        .n_visibility = self->n_visibility,
        .bonds = self->bonds,
        .hulls = self->hulls,
        .markers = markers,
        .n_markers = n_markers,
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
    g_array_set_size(self->measured, 0);
    lac_viewport_atoms_look_changed(self);
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
    lac_viewport_atoms_look_changed(self);
    self->is_set_stale = TRUE;
    lac_viewport_scene_changed(self);
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

/**
 * lac_viewport_set_show_atoms:
 * @self: a view
 * @show: whether atoms are drawn
 */
void
lac_viewport_set_show_atoms(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.atoms.show_atoms, show);
}

/**
 * lac_viewport_set_show_bonds:
 * @self: a view
 * @show: whether bonds are drawn
 */
void
lac_viewport_set_show_bonds(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.atoms.show_bonds, show);
    if (show && self->bonds == NULL)
        lac_viewport_atoms_look_changed(self);
}

/**
 * lac_viewport_set_show_polyhedra:
 * @self: a view
 * @show: whether coordination polyhedra are drawn
 */
void
lac_viewport_set_show_polyhedra(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.atoms.show_polyhedra, show);
    if (show && self->hulls == NULL)
        lac_viewport_atoms_look_changed(self);
}

/**
 * lac_viewport_set_show_ghosts:
 * @self: a view
 * @show: whether peaks that are no atoms are drawn, as rings
 */
void
lac_viewport_set_show_ghosts(LacViewport *self, gboolean show)
{
    lac_viewport_set_flag(self, &self->scene.atoms.show_ghosts, show);
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

// ---- Hidden atoms ----

static void
hidden_changed(LacViewport *self)
{
    lac_viewport_atoms_look_changed(self);
    atoms_changed(self);
}

/**
 * lac_viewport_hide_selection:
 * @self: a view
 *
 * Hides what is selected; where nothing is, shows all again.
 */
void
lac_viewport_hide_selection(LacViewport *self)
{
    gsize n = self->atoms != NULL ? self->atoms->n : 0, n_hidden = 0;
    for (gsize i = 0; i < n; i++)
        if ((self->marks[i] & LAC_MARK_SELECTED) != 0 && (self->marks[i] & LAC_MARK_HIDDEN) == 0) {
            set_mark(self, i, LAC_MARK_HIDDEN, TRUE);
            n_hidden++;
        }
    if (n_hidden > 0)
        hidden_changed(self);
    else
        lac_viewport_show_all_atoms(self);
}

/**
 * lac_viewport_isolate_selection:
 * @self: a view
 *
 * Hides what is not selected; where nothing is selected, or all else is hidden, shows all again.
 */
void
lac_viewport_isolate_selection(LacViewport *self)
{
    gsize n = self->atoms != NULL ? self->atoms->n : 0, n_selected = 0, n_changed = 0;
    for (gsize i = 0; i < n; i++)
        n_selected += (self->marks[i] & LAC_MARK_SELECTED) != 0;
    for (gsize i = 0; n_selected > 0 && i < n; i++) {
        gboolean hide = (self->marks[i] & LAC_MARK_SELECTED) == 0;
        n_changed += hide != ((self->marks[i] & LAC_MARK_HIDDEN) != 0);
        set_mark(self, i, LAC_MARK_HIDDEN, hide);
    }
    if (n_changed > 0)
        hidden_changed(self);
    else
        lac_viewport_show_all_atoms(self);
}

/**
 * lac_viewport_show_near_atoms:
 * @self: a view
 * @centre: [Å]
 * @radius: [Å]
 *
 * Hides what is farther from @centre than @radius, and shows the rest.
 */
void
lac_viewport_show_near_atoms(LacViewport *self, LacVec3 centre, double radius)
{
    const LacAtoms *a = self->atoms;
    gsize n_changed = 0;
    for (gsize i = 0; a != NULL && i < a->n; i++) {
        double x = a->x[i] - centre.x, y = a->y[i] - centre.y, z = a->z[i] - centre.z;
        gboolean hide = x * x + y * y + z * z > radius * radius;
        n_changed += hide != ((self->marks[i] & LAC_MARK_HIDDEN) != 0);
        set_mark(self, i, LAC_MARK_HIDDEN, hide);
    }
    if (n_changed > 0)
        hidden_changed(self);
}

/**
 * lac_viewport_show_all_atoms:
 * @self: a view
 *
 * Shows what was hidden.
 */
void
lac_viewport_show_all_atoms(LacViewport *self)
{
    if (lac_viewport_count_hidden_atoms(self) == 0)
        return;
    for (gsize i = 0; i < self->atoms->n; i++)
        set_mark(self, i, LAC_MARK_HIDDEN, FALSE);
    hidden_changed(self);
}

/**
 * lac_viewport_count_hidden_atoms:
 * @self: a view
 *
 * Returns: how many atoms of the model are hidden by hand
 */
gsize
lac_viewport_count_hidden_atoms(LacViewport *self)
{
    gsize n = 0;
    for (gsize i = 0; self->atoms != NULL && i < self->atoms->n; i++)
        n += (self->marks[i] & LAC_MARK_HIDDEN) != 0 && lac_atoms_is_present(self->atoms, i);
    return n;
}
