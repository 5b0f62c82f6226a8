// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/atom-set.h"

#include "ui/render/polyhedra.h"

#include <math.h>
#include <string.h>

#define FACE_OPACITY 150 // of 255

// In the middle of no neighbours: seen from everywhere.
static const gint8 open_visibility[4] = { 0, 0, 0, 127 };

static guint32
get_marks(const LacAtomSource *source, gsize i)
{
    guint32 marks = source->marks != NULL && i < source->n_marks ? source->marks[i] : 0;
    return lac_atoms_is_present(source->atoms, i) ? marks : marks | LAC_MARK_RING;
}

static const gint8 *
get_visibility(const LacAtomSource *source, gsize i)
{
    return source->visibility != NULL && i < source->n_visibility ? source->visibility + 4 * i
                                                                  : open_visibility;
}

static void
grow_box(LacBox *box, const LacSphere *sphere)
{
    double *low[3] = { &box->min.x, &box->min.y, &box->min.z };
    double *high[3] = { &box->max.x, &box->max.y, &box->max.z };
    for (int i = 0; i < 3; i++) {
        *low[i] = MIN(*low[i], (double) sphere->position[i] - (double) sphere->radius);
        *high[i] = MAX(*high[i], (double) sphere->position[i] + (double) sphere->radius);
    }
}

static void
add_sphere(LacAtomSet *self, const LacSphere *sphere)
{
    self->spheres[self->n_spheres++] = *sphere;
    if ((sphere->marks & (LAC_MARK_SELECTED | LAC_MARK_CURRENT)) != 0)
        self->has_marked = TRUE;
    grow_box(&self->box, sphere);
}

// Adds the atoms of the model, or the records of the others.
static void
add_atoms(LacAtomSet *self, const LacAtomSource *source, const float *radii, const guint8 *rgba,
    gboolean rings)
{
    const LacAtoms *atoms = source->atoms;
    gsize n = MIN(atoms->n, (gsize) LAC_ATOM_MAX_ID);
    for (gsize i = 0; i < n; i++) {
        guint32 marks = get_marks(source, i);
        if ((marks & LAC_MARK_HIDDEN) != 0 || ((marks & LAC_MARK_RING) != 0) != rings)
            continue;
        LacSphere sphere = {
            .position = { (float) atoms->x[i], (float) atoms->y[i], (float) atoms->z[i] },
            .radius = radii[i],
            .id = (guint32) i + 1,
            .marks = marks,
        };
        memcpy(sphere.color, rgba + 4 * i, sizeof sphere.color);
        memcpy(sphere.visibility, get_visibility(source, i), sizeof sphere.visibility);
        add_sphere(self, &sphere);
    }
}

static void
add_markers(LacAtomSet *self, const LacAtomSource *source, gboolean rings)
{
    for (gsize i = 0; i < source->n_markers; i++) {
        const LacMarker *marker = &source->markers[i];
        if (!marker->is_ring != !rings)
            continue;
        LacVec3 p = marker->position;
        LacSphere sphere = {
            .position = { (float) p.x, (float) p.y, (float) p.z },
            .radius = (float) marker->radius,
            .marks = (marker->is_ring ? LAC_MARK_RING : 0) |
                (marker->is_ring && marker->is_wire ? LAC_MARK_WIRE : 0) |
                (marker->is_selected ? LAC_MARK_SELECTED : 0) | marker->tag << LAC_MARK_TAG_SHIFT,
        };
        for (int c = 0; c < 4; c++)
            sphere.color[c] = (guint8) lrintf(255.0f * CLAMP(marker->color[c], 0.0f, 1.0f));
        memcpy(sphere.visibility, open_visibility, sizeof sphere.visibility);
        add_sphere(self, &sphere);
    }
}

// Only of the first shell of one of its atoms is a bond drawn: so the metal atoms of an oxide are
// not tied to each other.
static gboolean
is_drawn(const LacAtomSource *source, gsize i, gsize j)
{
    const LacAtoms *atoms = source->atoms;
    const LacBonds *bonds = source->bonds;
    if (MAX(i, j) >= bonds->n_atoms)
        return FALSE;
    double dx = atoms->x[i] - atoms->x[j], dy = atoms->y[i] - atoms->y[j],
           dz = atoms->z[i] - atoms->z[j];
    double shell = LAC_BOND_SHELL * MAX(bonds->nearest[i], bonds->nearest[j]);
    return dx * dx + dy * dy + dz * dz <= shell * shell;
}

static void
add_sticks(LacAtomSet *self, const LacAtomSource *source, const guint8 *rgba)
{
    const LacAtoms *atoms = source->atoms;
    for (gsize k = 0; source->bonds != NULL && k < source->bonds->n; k++) {
        gsize i = source->bonds->pairs[2 * k], j = source->bonds->pairs[2 * k + 1];
        if (i >= atoms->n || j >= atoms->n || MAX(i, j) >= LAC_ATOM_MAX_ID)
            continue;
        guint32 marks_i = get_marks(source, i), marks_j = get_marks(source, j);
        if (((marks_i | marks_j) & (LAC_MARK_HIDDEN | LAC_MARK_RING)) != 0 ||
            !is_drawn(source, i, j))
            continue;
        LacStick *stick = &self->sticks[self->n_sticks++];
        *stick = (LacStick){
            .a = { (float) atoms->x[i], (float) atoms->y[i], (float) atoms->z[i] },
            .b = { (float) atoms->x[j], (float) atoms->y[j], (float) atoms->z[j] },
            .radius = (float) source->look->bond_radius,
            .ids = { (guint32) i + 1, (guint32) j + 1, (marks_i | marks_j) & LAC_MARK_DIM },
        };
        memcpy(stick->color_a, rgba + 4 * i, sizeof stick->color_a);
        memcpy(stick->color_b, rgba + 4 * j, sizeof stick->color_b);
        memcpy(stick->visibility_a, get_visibility(source, i), sizeof stick->visibility_a);
        memcpy(stick->visibility_b, get_visibility(source, j), sizeof stick->visibility_b);
    }
}

static void
add_faces(LacAtomSet *self, const LacAtomSource *source, const guint8 *rgba)
{
    const LacAtoms *atoms = source->atoms;
    for (guint k = 0; source->hulls != NULL && k < source->hulls->len; k++) {
        const LacHullFace *hull = &g_array_index(source->hulls, LacHullFace, k);
        guint32 marks = hull->centre < atoms->n ? get_marks(source, hull->centre) : LAC_MARK_HIDDEN;
        LacFace *face = &self->faces[self->n_faces];
        for (int c = 0; c < 3; c++) {
            gsize i = hull->corners[c];
            marks |= i < atoms->n ? get_marks(source, i) : LAC_MARK_HIDDEN;
            if (i >= atoms->n)
                break;
            face->corners[c][0] = (float) atoms->x[i];
            face->corners[c][1] = (float) atoms->y[i];
            face->corners[c][2] = (float) atoms->z[i];
            face->edges[(c + 2) % 3] = (hull->edges >> c & 1) != 0 ? 255 : 0;
        }
        if ((marks & (LAC_MARK_HIDDEN | LAC_MARK_RING)) != 0)
            continue;
        memcpy(face->color, rgba + 4 * (gsize) hull->centre, sizeof face->color);
        face->color[3] = FACE_OPACITY;
        face->edges[3] = 0;
        self->n_faces++;
    }
}

/**
 * lac_atom_set_new:
 * @source: atoms, and how they look
 *
 * Atoms beyond %LAC_ATOM_MAX_ID are left out.
 *
 * Returns: (transfer full): what is drawn of them; any thread
 */
LacAtomSet *
lac_atom_set_new(const LacAtomSource *source)
{
    LacAtomSet *self = g_new0(LacAtomSet, 1);
    g_atomic_ref_count_init(&self->ref_count);
    gsize n = source->atoms->n;
    self->box = (LacBox){ { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE },
        { -G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE } };
    self->spheres = g_new(LacSphere, n + source->n_markers);
    self->sticks = g_new(LacStick, source->bonds != NULL ? source->bonds->n : 0);
    self->faces = g_new(LacFace, source->hulls != NULL ? source->hulls->len : 0);
    g_autofree float *radii = g_new(float, n);
    g_autofree guint8 *rgba = g_new(guint8, 4 * n);
    lac_atom_look_apply(source->look, source->atoms, source->match, source->values, radii, rgba);
    add_atoms(self, source, radii, rgba, FALSE);
    add_markers(self, source, FALSE);
    self->n_solid = self->n_spheres;
    add_markers(self, source, TRUE);
    self->n_markers_end = self->n_spheres;
    add_atoms(self, source, radii, rgba, TRUE);
    add_sticks(self, source, rgba);
    add_faces(self, source, rgba);
    return self;
}

/**
 * lac_atom_set_ref:
 * @self: a set
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacAtomSet *
lac_atom_set_ref(LacAtomSet *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_atom_set_unref:
 * @self: (nullable) (transfer full): a set; any thread
 */
void
lac_atom_set_unref(LacAtomSet *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->spheres);
    g_free(self->sticks);
    g_free(self->faces);
    g_free(self);
}
