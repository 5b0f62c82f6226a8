// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/polyhedra.h"

#include "core/data/elements.h"
#include "core/vec.h"

#include <math.h>
#include <string.h>

#define MIN_CORNERS 4
#define MAX_CORNERS 24
#define FLAT        0.08 // [Å] from a plane, for a corner to lie in it

typedef struct {
    LacVec3 p[MAX_CORNERS];
    guint32 index[MAX_CORNERS];
    guint n;
} Corners;

static LacVec3
subtract(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.x - b.x, a.y - b.y, a.z - b.z };
}

static double
dot(LacVec3 a, LacVec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static LacVec3
cross(LacVec3 a, LacVec3 b)
{
    return (LacVec3){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

// The corners in the plane of three, if all others lie on one side of it. Returns their number, 0 if
// it is no face or was found by other three; @normal points outwards.
static guint
find_plane(const Corners *c, guint i, guint j, guint k, guint in_plane[MAX_CORNERS],
    LacVec3 *normal)
{
    LacVec3 n = cross(subtract(c->p[j], c->p[i]), subtract(c->p[k], c->p[i]));
    double size = sqrt(dot(n, n));
    if (size < 1e-6)
        return 0;
    n = (LacVec3){ n.x / size, n.y / size, n.z / size };
    guint n_in = 0, n_above = 0, n_below = 0;
    for (guint m = 0; m < c->n; m++) {
        double d = m == i || m == j || m == k ? 0.0 : dot(n, subtract(c->p[m], c->p[i]));
        if (fabs(d) <= FLAT) {
            // The first three of a plane stand for it.
            if (n_in < 3 && m != i && m != j && m != k)
                return 0;
            in_plane[n_in++] = m;
        }
        else if (d > 0.0)
            n_above++;
        else
            n_below++;
    }
    if (n_above > 0 && n_below > 0)
        return 0;
    *normal = n_above > 0 ? (LacVec3){ -n.x, -n.y, -n.z } : n;
    return n_in;
}

// Counter-clockwise about their middle, as seen from outside.
static void
sort_round(const Corners *c, guint in_plane[MAX_CORNERS], guint n, LacVec3 normal)
{
    LacVec3 middle = { 0.0, 0.0, 0.0 };
    double angles[MAX_CORNERS];
    for (guint m = 0; m < n; m++) {
        LacVec3 p = c->p[in_plane[m]];
        middle = (LacVec3){ middle.x + p.x / n, middle.y + p.y / n, middle.z + p.z / n };
    }
    LacVec3 u = subtract(c->p[in_plane[0]], middle), v = cross(normal, u);
    for (guint m = 0; m < n; m++) {
        LacVec3 d = subtract(c->p[in_plane[m]], middle);
        angles[m] = atan2(dot(d, v), dot(d, u));
    }
    for (guint m = 1; m < n; m++)
        for (guint l = m; l > 0 && angles[l] < angles[l - 1]; l--) {
            double angle = angles[l];
            guint corner = in_plane[l];
            angles[l] = angles[l - 1];
            in_plane[l] = in_plane[l - 1];
            angles[l - 1] = angle;
            in_plane[l - 1] = corner;
        }
}

static void
add_faces(const Corners *c, guint32 centre, GArray *faces)
{
    for (guint i = 0; i < c->n; i++)
        for (guint j = i + 1; j < c->n; j++)
            for (guint k = j + 1; k < c->n; k++) {
                guint in_plane[MAX_CORNERS];
                LacVec3 normal;
                guint n = find_plane(c, i, j, k, in_plane, &normal);
                if (n < 3)
                    continue;
                sort_round(c, in_plane, n, normal);
                for (guint m = 1; m + 1 < n; m++) {
                    LacHullFace face = { centre,
                        { c->index[in_plane[0]], c->index[in_plane[m]], c->index[in_plane[m + 1]] },
                        (guint8) ((m == 1 ? 1u : 0u) | 2u | (m + 2 == n ? 4u : 0u)) };
                    g_array_append_val(faces, face);
                }
            }
}

static double *
get_radii(const LacAtoms *atoms)
{
    guint n = g_strv_length(atoms->species_names);
    double *radii = g_new0(double, n + 1);
    for (guint i = 0; i < n; i++) {
        guint number = lac_element_from_symbol(atoms->species_names[i]);
        radii[i] = number != 0 ? lac_element_get_radius(number) : 0.0;
    }
    return radii;
}

// The neighbours of each atom: those of atom i stand from starts[i] to starts[i + 1].
static guint32 *
make_lists(const LacAtoms *atoms, const LacBonds *bonds, double shell, gsize *starts)
{
    gsize n = atoms->n;
    guint32 *lists = g_new(guint32, MAX(2 * bonds->n, 1));
    g_autofree guint8 *is_near = g_new0(guint8, MAX(bonds->n, 1));
    memset(starts, 0, (n + 1) * sizeof *starts);
    for (gsize k = 0; k < bonds->n; k++) {
        gsize i = bonds->pairs[2 * k], j = bonds->pairs[2 * k + 1];
        LacVec3 d = { atoms->x[i] - atoms->x[j], atoms->y[i] - atoms->y[j],
            atoms->z[i] - atoms->z[j] };
        is_near[k] = sqrt(dot(d, d)) <= shell * MAX(bonds->nearest[i], bonds->nearest[j]);
        starts[i + 1] += is_near[k];
        starts[j + 1] += is_near[k];
    }
    for (gsize i = 0; i < n; i++)
        starts[i + 1] += starts[i];
    g_autofree gsize *ends = g_memdup2(starts, (n + 1) * sizeof *starts);
    for (gsize k = 0; k < bonds->n; k++) {
        gsize i = bonds->pairs[2 * k], j = bonds->pairs[2 * k + 1];
        if (!is_near[k])
            continue;
        lists[ends[i]++] = (guint32) j;
        lists[ends[j]++] = (guint32) i;
    }
    return lists;
}

// Whether an atom is larger than its neighbours, which are all of other species.
static gboolean
is_host(const LacAtoms *atoms, const double *radii, gsize i, const guint32 *near, gsize n)
{
    for (gsize k = 0; k < n; k++)
        if (atoms->species[near[k]] == atoms->species[i] ||
            radii[atoms->species[near[k]]] >= radii[atoms->species[i]])
            return FALSE;
    return TRUE;
}

/**
 * lac_polyhedra_find:
 * @atoms: atoms
 * @bonds: of them
 * @shell: neighbours count up to this times the distance of the nearest
 *
 * Finds the hulls of the neighbours of the atoms that have at least four: of those that are larger
 * than all their neighbours, as the metal in an oxide; where there are none, of all.
 *
 * Returns: (transfer full) (element-type LacHullFace): their triangles
 */
GArray *
lac_polyhedra_find(const LacAtoms *atoms, const LacBonds *bonds, double shell)
{
    GArray *faces = g_array_new(FALSE, FALSE, sizeof(LacHullFace));
    if (bonds->n_atoms != atoms->n)
        return faces;
    g_autofree double *radii = get_radii(atoms);
    g_autofree gsize *starts = g_new(gsize, atoms->n + 1);
    g_autofree guint32 *lists = make_lists(atoms, bonds, shell, starts);
    for (int all = 0; all < 2 && faces->len == 0; all++)
        for (gsize i = 0; i < atoms->n; i++) {
            const guint32 *near = lists + starts[i];
            gsize n = starts[i + 1] - starts[i];
            if (n < MIN_CORNERS || n > MAX_CORNERS || (!all && !is_host(atoms, radii, i, near, n)))
                continue;
            Corners corners = { .n = (guint) n };
            for (gsize k = 0; k < n; k++) {
                corners.index[k] = near[k];
                corners.p[k] = (LacVec3){ atoms->x[near[k]], atoms->y[near[k]], atoms->z[near[k]] };
            }
            add_faces(&corners, (guint32) i, faces);
        }
    return faces;
}
