// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/polyhedron.h"

#include <math.h>
#include <string.h>

#define TOLERANCE   1e-9 // [half the edge of the cube]
#define MAX_SECTION 120  // vertices on a plane that cuts
#define NONE        255

/**
 * lac_polyhedron_set_cube:
 * @self: (out caller-allocates): a polyhedron
 * @half_edge: above 0
 * @plane: what its faces lie on
 *
 * Makes it a cube around the origin.
 */
void
lac_polyhedron_set_cube(LacPolyhedron *self, double half_edge, guint32 plane)
{
    static const guint8 corners[6][4] = { { 0, 2, 3, 1 }, { 4, 5, 7, 6 }, { 0, 1, 5, 4 },
        { 2, 6, 7, 3 }, { 0, 4, 6, 2 }, { 1, 3, 7, 5 } };
    self->n_vertices = 8;
    self->n_faces = 6;
    for (guint v = 0; v < 8; v++)
        self->vertex[v] = (LacVec3){ v & 1 ? half_edge : -half_edge, v & 2 ? half_edge : -half_edge,
            v & 4 ? half_edge : -half_edge };
    for (guint f = 0; f < 6; f++) {
        self->face[f].plane = plane;
        self->face[f].n = 4;
        memcpy(self->face[f].corner, corners[f], 4);
    }
    self->radius = half_edge * sqrt(3.0);
    self->tolerance = TOLERANCE * half_edge;
}

// What a cut works with.
typedef struct {
    double height[LAC_POLYHEDRON_MAX_VERTICES]; // above the plane
    gint8 side[LAC_POLYHEDRON_MAX_VERTICES];    // -1 stays, 0 lies on the plane, 1 goes
    guint16 crossing[MAX_SECTION]; // an edge that the plane cuts, as inner and outer vertex
    guint8 place[MAX_SECTION];     // the vertex there
    guint n_crossings;
    guint8 edge[2 * MAX_SECTION][2]; // of faces, along the plane
    guint n_edges;
} Cut;

// FALSE: nothing is beyond the plane.
static gboolean
find_sides(const LacPolyhedron *self, LacVec3 normal, double offset, Cut *cut)
{
    double highest = -HUGE_VAL;
    for (guint v = 0; v < self->n_vertices; v++) {
        LacVec3 p = self->vertex[v];
        cut->height[v] = p.x * normal.x + p.y * normal.y + p.z * normal.z - offset;
        highest = cut->height[v] > highest ? cut->height[v] : highest;
    }
    if (!(highest > self->tolerance))
        return FALSE;
    for (guint v = 0; v < self->n_vertices; v++)
        cut->side[v] =
            (gint8) ((cut->height[v] > self->tolerance) - (cut->height[v] < -self->tolerance));
    return TRUE;
}

// The vertex where an edge leaves the plane; both faces at the edge get the same. NONE: no room.
static guint8
cross(LacPolyhedron *self, Cut *cut, guint8 inner, guint8 outer)
{
    guint16 crossing = (guint16) (inner << 8 | outer);
    for (guint k = 0; k < cut->n_crossings; k++)
        if (cut->crossing[k] == crossing)
            return cut->place[k];
    if (cut->n_crossings == MAX_SECTION || self->n_vertices == LAC_POLYHEDRON_MAX_VERTICES)
        return NONE;
    guint8 v = (guint8) self->n_vertices++;
    LacVec3 a = self->vertex[inner], b = self->vertex[outer];
    double t = cut->height[inner] / (cut->height[inner] - cut->height[outer]);
    self->vertex[v] =
        (LacVec3){ a.x + t * (b.x - a.x), a.y + t * (b.y - a.y), a.z + t * (b.z - a.z) };
    cut->side[v] = 0;
    cut->crossing[cut->n_crossings] = crossing;
    cut->place[cut->n_crossings++] = v;
    return v;
}

static gboolean
add_corner(LacFace *face, guint8 vertex)
{
    if (vertex == NONE || face->n == LAC_FACE_MAX_CORNERS)
        return FALSE;
    face->corner[face->n++] = vertex;
    return TRUE;
}

// What is left of a face; FALSE: no room.
static gboolean
cut_face(LacPolyhedron *self, Cut *cut, const LacFace *face, LacFace *left)
{
    left->plane = face->plane;
    left->n = 0;
    guint8 a = face->corner[0];
    for (guint k = 0; k < face->n; k++) {
        guint8 b = face->corner[k + 1 < face->n ? k + 1 : 0];
        gint8 here = cut->side[a], next = cut->side[b];
        if (here <= 0 && !add_corner(left, a))
            return FALSE;
        if (here * next < 0 &&
            !add_corner(left, here < 0 ? cross(self, cut, a, b) : cross(self, cut, b, a)))
            return FALSE;
        a = b;
    }
    return TRUE;
}

// Whether the plane leaves a face as it is, and touches none of its corners.
static gboolean
is_below(const Cut *cut, const LacFace *face)
{
    gint8 highest = -1;
    for (guint k = 0; k < face->n; k++)
        highest = MAX(highest, cut->side[face->corner[k]]);
    return highest < 0;
}

static void
copy_face(const LacFace *from, LacFace *to)
{
    to->plane = from->plane;
    to->n = from->n;
    for (guint k = 0; k < from->n; k++)
        to->corner[k] = from->corner[k];
}

static gboolean
note_edges(const LacFace *face, Cut *cut)
{
    for (guint k = 0; k < face->n; k++) {
        guint8 a = face->corner[k], b = face->corner[k + 1 < face->n ? k + 1 : 0];
        if (cut->side[a] != 0 || cut->side[b] != 0)
            continue;
        if (cut->n_edges == 2 * MAX_SECTION)
            return FALSE;
        cut->edge[cut->n_edges][0] = a;
        cut->edge[cut->n_edges++][1] = b;
    }
    return TRUE;
}

// The edges along the plane that only one face has bound the new face.
static gboolean
close_section(const Cut *cut, LacFace *face)
{
    guint8 next[LAC_POLYHEDRON_MAX_VERTICES + 1];
    memset(next, NONE, sizeof next);
    guint8 start = NONE;
    guint n_open = 0;
    for (guint e = 0; e < cut->n_edges; e++) {
        gboolean shared = FALSE;
        for (guint o = 0; o < cut->n_edges && !shared; o++)
            shared = cut->edge[o][0] == cut->edge[e][1] && cut->edge[o][1] == cut->edge[e][0];
        if (shared)
            continue;
        start = cut->edge[e][1];
        if (next[start] != NONE)
            return FALSE;
        next[start] = cut->edge[e][0];
        n_open++;
    }
    face->n = 0;
    if (n_open < 3)
        return n_open == 0;
    for (guint8 v = start; face->n < n_open; v = next[v])
        if (!add_corner(face, v))
            return FALSE;
    return next[face->corner[face->n - 1]] == start;
}

// Forgets vertices that no face has.
static void
compact(LacPolyhedron *self, const Cut *cut)
{
    guint8 place[LAC_POLYHEDRON_MAX_VERTICES];
    guint n = 0;
    double far2 = 0.0;
    for (guint v = 0; v < self->n_vertices; v++) {
        if (cut->side[v] > 0)
            continue;
        LacVec3 p = self->vertex[v];
        double norm2 = p.x * p.x + p.y * p.y + p.z * p.z;
        far2 = norm2 > far2 ? norm2 : far2;
        self->vertex[n] = p;
        place[v] = (guint8) n++;
    }
    self->n_vertices = n;
    self->radius = sqrt(far2);
    for (guint f = 0; f < self->n_faces; f++)
        for (guint k = 0; k < self->face[f].n; k++)
            self->face[f].corner[k] = place[self->face[f].corner[k]];
}

/**
 * lac_polyhedron_cut:
 * @self: a polyhedron
 * @normal: unit vector
 * @offset: above 0
 * @plane: name of the plane
 *
 * Takes away what lies beyond the plane x normal = offset. A plane that touches a corner or an edge
 * makes no face.
 *
 * Returns: %FALSE, with the polyhedron undefined, if it gets too many faces, or faces too many
 *   corners
 */
gboolean
lac_polyhedron_cut(LacPolyhedron *self, LacVec3 normal, double offset, guint32 plane)
{
    Cut cut;
    if (!find_sides(self, normal, offset, &cut))
        return TRUE;
    cut.n_crossings = cut.n_edges = 0;
    guint n_left = 0;
    for (guint f = 0; f < self->n_faces; f++) {
        if (is_below(&cut, &self->face[f])) {
            if (n_left != f)
                copy_face(&self->face[f], &self->face[n_left]);
            n_left++;
            continue;
        }
        LacFace left;
        if (!cut_face(self, &cut, &self->face[f], &left))
            return FALSE;
        if (left.n < 3)
            continue;
        if (!note_edges(&left, &cut))
            return FALSE;
        copy_face(&left, &self->face[n_left++]);
    }
    self->n_faces = n_left;
    LacFace closing = { .plane = plane };
    if (!close_section(&cut, &closing))
        return FALSE;
    if (closing.n >= 3) {
        if (n_left == LAC_POLYHEDRON_MAX_FACES)
            return FALSE;
        self->face[self->n_faces++] = closing;
    }
    compact(self, &cut);
    return TRUE;
}

/**
 * lac_polyhedron_face_area:
 * @self: a polyhedron
 * @face: index of a face
 *
 * Returns: its area
 */
double
lac_polyhedron_face_area(const LacPolyhedron *self, guint face)
{
    const LacFace *f = &self->face[face];
    LacVec3 sum = { 0, 0, 0 }, first = self->vertex[f->corner[0]];
    for (guint k = 1; k + 1 < f->n; k++) {
        LacVec3 a = lac_vec3_subtract(self->vertex[f->corner[k]], first);
        LacVec3 b = lac_vec3_subtract(self->vertex[f->corner[k + 1]], first);
        sum = lac_vec3_add_scaled(sum, 0.5, lac_vec3_cross(a, b));
    }
    return lac_vec3_norm(sum);
}

/**
 * lac_polyhedron_face_volume:
 * @self: a polyhedron
 * @face: index of a face
 *
 * Returns: volume of the pyramid from the origin to it; those of all faces add up to the volume
 */
double
lac_polyhedron_face_volume(const LacPolyhedron *self, guint face)
{
    const LacFace *f = &self->face[face];
    double sum = 0.0;
    for (guint k = 1; k + 1 < f->n; k++)
        sum += lac_vec3_dot(self->vertex[f->corner[0]],
            lac_vec3_cross(self->vertex[f->corner[k]], self->vertex[f->corner[k + 1]]));
    return sum / 6.0;
}
