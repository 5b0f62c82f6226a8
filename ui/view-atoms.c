// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-atoms.h"

#include "ui/atom-edits.h"

#include <math.h>
#include <string.h>

#define DISPLACED_PM  50.0 // a pair that is farther apart is drawn as displaced
#define MARKER_RADIUS 0.8  // [Å] of a known atom that the model lacks

struct _LacViewAtoms {
    GObject parent_instance;
    LacSession *session;
    LacViewport *viewport;
    LacOrthoView *ortho;
    gboolean is_own_click; // the 3D view is where the user looks already
    gboolean shows_match;  // colours tell the comparison
    guint8 *match;         // (nullable) LacMatchKind per atom
    gsize n_match;
    guint slices_idle; // 0: slices are as they should be
};

G_DEFINE_FINAL_TYPE(LacViewAtoms, lac_view_atoms, G_TYPE_OBJECT)

// --- slices

static gboolean
update_slices(gpointer data)
{
    LacViewAtoms *self = data;
    self->slices_idle = 0;
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    const LacScene *scene = lac_viewport_get_scene(self->viewport);
    g_autoptr(LacSliceAtoms) drawn = NULL;
    if (atoms != NULL) {
        const guint8 *selection = lac_session_get_selection(self->session);
        drawn = lac_slice_atoms_new(atoms);
        lac_atom_look_apply(lac_viewport_get_atom_look(self->viewport), atoms,
            self->n_match == atoms->n ? self->match : NULL,
            lac_viewport_get_atom_values(self->viewport), drawn->radii, drawn->rgba);
        drawn->selection = selection != NULL ? g_memdup2(selection, atoms->n) : NULL;
        drawn->current = lac_session_get_current_atom(self->session);
        drawn->show_atoms = scene->atoms.show_atoms;
        drawn->show_ghosts = scene->atoms.show_ghosts;
    }
    for (LacAxis axis = LAC_AXIS_X; axis <= LAC_AXIS_Z; axis++)
        lac_slice_view_set_atoms(lac_ortho_view_get_slice(self->ortho, axis), drawn);
    return G_SOURCE_REMOVE;
}

// Once before the next frame, however much changes.
static void
queue_slices(LacViewAtoms *self)
{
    if (self->slices_idle == 0)
        self->slices_idle = g_idle_add_full(G_PRIORITY_HIGH_IDLE, update_slices, self, NULL);
}

static void
slice_clicked_cb(LacViewAtoms *self, guint index, gboolean extend)
{
    gsize n;
    if (index == G_MAXUINT) {
        lac_session_set_selection(self->session, NULL, 0);
        lac_session_set_current_atom(self->session, G_MAXSIZE);
        return;
    }
    const gsize one = index;
    if (!extend) {
        lac_session_set_selection(self->session, &one, 1);
        lac_session_set_current_atom(self->session, index);
        return;
    }
    // One more, or one fewer.
    g_autofree gsize *indices = lac_session_dup_selected(self->session, &n);
    indices = g_renew(gsize, indices, n + 1);
    gsize kept = 0;
    for (gsize i = 0; i < n; i++)
        if (indices[i] != index)
            indices[kept++] = indices[i];
    if (kept == n)
        indices[kept++] = index;
    lac_session_set_selection(self->session, indices, kept);
    lac_session_set_current_atom(self->session, kept > n ? index : G_MAXSIZE);
}

static void
slice_moved_cb(LacSliceView *slice, guint index, double x, double y, double z, gboolean free,
    LacViewAtoms *self)
{
    (void) slice;
    lac_atom_edits_move(self->session, index, (LacVec3){ x, y, z }, free);
}

// --- the 3D view

static void
clicked_cb(LacViewAtoms *self, guint64 index, guint modifiers)
{
    gboolean extend = (modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0;
    self->is_own_click = TRUE;
    if (index != LAC_VIEWPORT_NO_ATOM)
        slice_clicked_cb(self, (guint) index, extend);
    else if (!extend)
        slice_clicked_cb(self, G_MAXUINT, FALSE);
    self->is_own_click = FALSE;
}

// What a box or a lasso caught: with Ctrl or Shift besides what is selected.
static void
selected_cb(LacViewAtoms *self, GArray *indices, guint modifiers)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(gsize));
    if ((modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0) {
        gsize n;
        g_autofree gsize *before = lac_session_dup_selected(self->session, &n);
        if (n > 0)
            g_array_append_vals(all, before, (guint) n);
    }
    if (indices->len > 0)
        g_array_append_vals(all, indices->data, indices->len);
    lac_session_set_selection(self->session, (const gsize *) (gpointer) all->data, all->len);
}

// --- what the session says

static void
selection_changed_cb(LacViewAtoms *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    lac_viewport_set_selection(self->viewport, lac_session_get_selection(self->session),
        atoms != NULL ? atoms->n : 0);
    queue_slices(self);
}

static void
atoms_changed_cb(LacViewAtoms *self)
{
    LacAtoms *atoms = lac_session_get_atoms(self->session);
    lac_viewport_set_atoms(self->viewport, atoms);
    selection_changed_cb(self);
}

static void
current_changed_cb(LacViewAtoms *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    gsize index = lac_session_get_current_atom(self->session);
    lac_viewport_set_current_atom(self->viewport, index);
    queue_slices(self);
    if (atoms != NULL && index < atoms->n && !self->is_own_click)
        lac_viewport_fly_to(self->viewport,
            (LacVec3){ atoms->x[index], atoms->y[index], atoms->z[index] });
}

static void
fill_match(LacViewAtoms *self, const LacMatch *match, const LacAtoms *atoms)
{
    self->n_match = atoms->n;
    self->match = g_new0(guint8, MAX(atoms->n, 1));
    for (gsize i = 0; i < match->n_pairs; i++) {
        LacVec3 d = match->pairs[i].difference;
        double pm = 100.0 * sqrt(d.x * d.x + d.y * d.y + d.z * d.z);
        if (match->pairs[i].model < atoms->n)
            self->match[match->pairs[i].model] =
                pm > DISPLACED_PM ? LAC_MATCH_DISPLACED : LAC_MATCH_FOUND;
    }
    for (gsize i = 0; i < match->n_extra; i++)
        if (match->extra[i] < atoms->n)
            self->match[match->extra[i]] = LAC_MATCH_EXTRA;
}

// The known atoms that the model lacks are drawn beside it.
static void
set_missed(LacViewAtoms *self, const LacMatch *match)
{
    const LacAtoms *truth = lac_session_get_known_atoms(self->session);
    g_autofree LacMarker *markers = NULL;
    gsize n = match != NULL && truth != NULL ? match->n_missed : 0;
    float rgb[3];
    lac_match_kind_get_color(LAC_MATCH_MISSED, rgb);
    markers = g_new0(LacMarker, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        gsize k = match->missed[i];
        markers[i] = (LacMarker){ .position = { truth->x[k], truth->y[k], truth->z[k] },
            .radius = MARKER_RADIUS,
            .color = { rgb[0], rgb[1], rgb[2], 1.0F } };
    }
    lac_viewport_set_markers(self->viewport, LAC_MARKERS_MISSED, markers, n);
}

// A comparison colours the atoms as long as it lasts; other colours may be chosen meanwhile.
static void
match_changed_cb(LacViewAtoms *self)
{
    const LacMatch *match = lac_session_get_match(self->session);
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    gboolean shows = match != NULL && atoms != NULL;
    g_clear_pointer(&self->match, g_free);
    self->n_match = 0;
    if (shows)
        fill_match(self, match, atoms);
    lac_viewport_set_atom_match(self->viewport, self->match, self->n_match);
    set_missed(self, shows ? match : NULL);
    if (shows && !self->shows_match)
        look.color_by = LAC_COLOR_BY_MATCH;
    else if (!shows && self->shows_match && look.color_by == LAC_COLOR_BY_MATCH)
        look.color_by = LAC_COLOR_BY_SPECIES;
    self->shows_match = shows;
    lac_viewport_set_atom_look(self->viewport, &look);
    queue_slices(self);
}

static void
lac_view_atoms_dispose(GObject *object)
{
    LacViewAtoms *self = LAC_VIEW_ATOMS(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    g_clear_handle_id(&self->slices_idle, g_source_remove);
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_object(&self->ortho);
    g_clear_pointer(&self->match, g_free);
    self->n_match = 0;
    G_OBJECT_CLASS(lac_view_atoms_parent_class)->dispose(object);
}

static void
lac_view_atoms_class_init(LacViewAtomsClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_view_atoms_dispose;
}

static void
lac_view_atoms_init(LacViewAtoms *self)
{
    (void) self;
}

/**
 * lac_view_atoms_new:
 * @session: whose atoms are shown
 * @viewport: the 3D view
 * @ortho: the slices
 *
 * Returns: (transfer full): what keeps them together; it takes references
 */
LacViewAtoms *
lac_view_atoms_new(LacSession *session, LacViewport *viewport, LacOrthoView *ortho)
{
    LacViewAtoms *self = g_object_new(LAC_TYPE_VIEW_ATOMS, NULL);
    self->session = g_object_ref(session);
    self->viewport = g_object_ref(viewport);
    self->ortho = g_object_ref(ortho);
    static const struct {
        const char *signal;
        GCallback callback;
    } handlers[] = {
        { "atoms-changed", G_CALLBACK(atoms_changed_cb) },
        { "selection-changed", G_CALLBACK(selection_changed_cb) },
        { "current-atom-changed", G_CALLBACK(current_changed_cb) },
        { "match-changed", G_CALLBACK(match_changed_cb) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_signal_connect_swapped(session, handlers[i].signal, handlers[i].callback, self);
    g_signal_connect_swapped(viewport, "atom-clicked", G_CALLBACK(clicked_cb), self);
    g_signal_connect_swapped(viewport, "atoms-selected", G_CALLBACK(selected_cb), self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(queue_slices), self);
    for (LacAxis axis = LAC_AXIS_X; axis <= LAC_AXIS_Z; axis++) {
        LacSliceView *slice = lac_ortho_view_get_slice(ortho, axis);
        g_signal_connect_object(slice, "atom-clicked", G_CALLBACK(slice_clicked_cb), self,
            G_CONNECT_SWAPPED);
        g_signal_connect_object(slice, "atom-moved", G_CALLBACK(slice_moved_cb), self, 0);
    }
    atoms_changed_cb(self);
    return self;
}
