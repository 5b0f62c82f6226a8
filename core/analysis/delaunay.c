// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/delaunay.h"

#include "core/error.h"
#include "core/matrix.h"

#include <libqhull_r/qhull_ra.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FEWEST_ATOMS   5
#define BYTES_PER_ATOM 2300.0 // at the most: 2.2 GB for 975 000 atoms
#define MOST_SAID      2000
#define REPORT         "TF2000" // qhull says how far it is each time that it made so many facets

// A tetrahedron with less volume than this part of its longest edge cubed has no sphere of its own.
#define FLAT 1e-7

static LacVec3
position_of(const LacPoints *points, guint32 i)
{
    return (LacVec3){ points->x[i], points->y[i], points->z[i] };
}

// The centre of the sphere through four points, and six times the volume between them.
static double
find_sphere(const LacPoints *points, const guint32 corners[4], LacVec3 *centre, double *radius)
{
    LacVec3 first = position_of(points, corners[0]), edge[3];
    double square[3], longest = 0;
    for (int k = 0; k < 3; k++) {
        edge[k] = lac_vec3_subtract(position_of(points, corners[k + 1]), first);
        square[k] = lac_vec3_dot(edge[k], edge[k]);
        longest = fmax(longest, square[k]);
    }
    LacVec3 bc = lac_vec3_cross(edge[1], edge[2]), ca = lac_vec3_cross(edge[2], edge[0]);
    LacVec3 ab = lac_vec3_cross(edge[0], edge[1]);
    double six_volumes = lac_vec3_dot(edge[0], bc);
    if (fabs(six_volumes) < FLAT * pow(longest, 1.5)) {
        *centre = first;
        *radius = HUGE_VAL;
        return six_volumes;
    }
    double f = 0.5 / six_volumes;
    LacVec3 out = { f * (square[0] * bc.x + square[1] * ca.x + square[2] * ab.x),
        f * (square[0] * bc.y + square[1] * ca.y + square[2] * ab.y),
        f * (square[0] * bc.z + square[1] * ca.z + square[2] * ab.z) };
    *centre = (LacVec3){ first.x + out.x, first.y + out.y, first.z + out.z };
    *radius = lac_vec3_norm(out);
    return six_volumes;
}

static LacDelaunay *
allocate(gsize n)
{
    LacDelaunay *self = g_new0(LacDelaunay, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->corners = g_malloc0_n(n, sizeof *self->corners);
    self->neighbours = g_malloc0_n(n, sizeof *self->neighbours);
    self->centres = g_new0(LacVec3, n);
    self->radii = g_new0(double, n);
    self->volumes = g_new0(double, n);
    return self;
}

static void
swap_corners(LacDelaunay *self, gsize t)
{
    guint32 *corners = self->corners[t], *neighbours = self->neighbours[t];
    const guint32 corner = corners[0], neighbour = neighbours[0];
    corners[0] = corners[1];
    corners[1] = corner;
    neighbours[0] = neighbours[1];
    neighbours[1] = neighbour;
}

// Copies what qhull found. owner receives, of each tetrahedron, the cell that it is a piece of:
// where more than four atoms lie on one sphere, the pieces share it.
static LacDelaunay *
copy_tetrahedra(qhT *qh, const LacPoints *points, guint32 *number, guint32 **owner)
{
    gsize n = 0;
    for (const facetT *f = qh->facet_list; f->next != NULL; f = f->next)
        number[f->id] = f->upperdelaunay ? LAC_DELAUNAY_OUTSIDE : (guint32) n++;
    LacDelaunay *self = allocate(n);
    gssize n_positive = 0;
    *owner = g_new(guint32, n);
    for (const facetT *f = qh->facet_list; f->next != NULL; f = f->next) {
        gsize t = number[f->id];
        if (t == LAC_DELAUNAY_OUTSIDE)
            continue;
        for (guint k = 0; k < 4; k++) {
            const vertexT *vertex = f->vertices->e[k].p;
            const facetT *neighbour = f->neighbors->e[k].p;
            self->corners[t][k] = (guint32) qh_pointid(qh, vertex->point);
            self->neighbours[t][k] = number[neighbour->id];
        }
        const facetT *cell = f->tricoplanar && f->f.triowner != NULL ? f->f.triowner : f;
        (*owner)[t] = cell->id;
        double six = find_sphere(points, self->corners[t], &self->centres[t], &self->radii[t]);
        self->volumes[t] = fabs(six) / 6;
        // Flat ones have no sign of their own; in the lifted hull all facets face outwards, by
        // toporient, and for those that have a sign this is the same everywhere.
        if (f->toporient)
            swap_corners(self, t);
        n_positive += (six > 0) != (f->toporient != 0) ? 1 : -1;
    }
    for (gsize t = 0; t < n && n_positive < 0; t++)
        swap_corners(self, t);
    return self;
}

// The pieces of one cell get the sphere of the largest piece, so that flat ones have one too.
static void
share_spheres(LacDelaunay *self, const guint32 *owner, guint32 *largest, gsize n_ids)
{
    for (gsize i = 0; i < n_ids; i++)
        largest[i] = LAC_DELAUNAY_OUTSIDE;
    for (gsize t = 0; t < self->n; t++) {
        guint32 *best = &largest[owner[t]];
        if (*best == LAC_DELAUNAY_OUTSIDE || self->volumes[t] > self->volumes[*best])
            *best = (guint32) t;
    }
    for (gsize t = 0; t < self->n; t++) {
        self->centres[t] = self->centres[largest[owner[t]]];
        self->radii[t] = self->radii[largest[owner[t]]];
    }
}

static void
set_error(GError **error, int code, char *said, gsize n)
{
    if (code == qh_ERRsingular || code == qh_ERRinput)
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "The %" G_GSIZE_FORMAT " atoms lie in one plane: there is nothing between them", n);
    else if (code == qh_ERRmem)
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the tetrahedra of %" G_GSIZE_FORMAT " atoms", n);
    else
        g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL,
            "qhull could not triangulate %" G_GSIZE_FORMAT " atoms: %s", n,
            g_strstrip(said != NULL && said[0] != '\0' ? said : (char[]){ "no reason given" }));
}

// Coordinates about the centre of all, which keeps squares small.
static double *
get_centred(const LacPoints *points)
{
    gsize n = points->n;
    double *xyz = g_new(double, 3 * n);
    double sum[3] = { 0, 0, 0 };
    for (gsize i = 0; i < n; i++) {
        sum[0] += points->x[i];
        sum[1] += points->y[i];
        sum[2] += points->z[i];
    }
    for (gsize i = 0; i < n; i++) {
        xyz[3 * i] = points->x[i] - sum[0] / (double) n;
        xyz[3 * i + 1] = points->y[i] - sum[1] / (double) n;
        xyz[3 * i + 2] = points->z[i] - sum[2] / (double) n;
    }
    return xyz;
}

// What qhull writes to. It is asked to say now and then how far it is, which is the time to tell it
// to add no more points: it then ends in an orderly way.
typedef struct {
    qhT *qh;
    gsize n; // points
    GString *said;
    LacProgress *progress;
    GError *error;
} Listener;

static ssize_t
listen_to(void *cookie, const char *text, size_t n)
{
    Listener *self = cookie;
    double done = 0.9 * (double) self->qh->num_vertices / (double) (self->n + 1);
    gboolean is_report = n > 4 && memcmp(text, "\nAt ", 4) == 0;
    if (!is_report && self->said->len < MOST_SAID)
        g_string_append_len(self->said, text, (gssize) n);
    if (self->error == NULL &&
        !lac_progress_update(self->progress, CLAMP(done, 0.0, 0.9), &self->error))
        self->qh->STOPadd = 1;
    return (ssize_t) n;
}

static LacDelaunay *
triangulate(const LacPoints *points, double *xyz, LacProgress *progress, GError **error)
{
    qhT *qh = g_new0(qhT, 1);
    g_autoptr(GString) said = g_string_new(NULL);
    Listener listener = { qh, points->n, said, progress, NULL };
    FILE *log = fopencookie(&listener, "w", (cookie_io_functions_t){ .write = listen_to });
    if (log == NULL) {
        g_free(qh);
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY, "Not enough memory");
        return NULL;
    }
    // Triangulated (Qt), scaled (Qbb), with a point at infinity (Qz), coplanar points kept (Qc).
    char command[] = "qhull d Qbb Qc Qz Qt " REPORT;
    setvbuf(log, NULL, _IONBF, 0);
    qh_zero(qh, log);
    int code = qh_new_qhull(qh, 3, (int) points->n, xyz, False, command, NULL, log);
    fflush(log);
    LacDelaunay *self = NULL;
    if (listener.error == NULL && code == 0) {
        gsize n_ids = qh->facet_id;
        g_autofree guint32 *number = g_new(guint32, n_ids);
        g_autofree guint32 *owner = NULL;
        self = copy_tetrahedra(qh, points, number, &owner);
        share_spheres(self, owner, number, n_ids);
    }
    else if (listener.error != NULL)
        g_propagate_error(error, listener.error);
    else
        set_error(error, code, said->str, points->n);
    int still, total;
    qh->NOerrexit = True;
    qh_freeqhull(qh, !qh_ALL);
    qh_memfreeshort(qh, &still, &total);
    g_free(qh);
    fclose(log);
    return self;
}

// [byte] Of this computer; HUGE_VAL where it does not tell.
static double
get_memory(void)
{
    long n = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return n > 0 && size > 0 ? (double) n * (double) size : HUGE_VAL;
}

/**
 * lac_delaunay_new:
 * @points: the atoms, at least 5, at most %LAC_DELAUNAY_MAX_ATOMS
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Divides the convex hull of the atoms into tetrahedra whose spheres hold no other atom, by
 * quickhull of the points lifted to a paraboloid (C. B. Barber et al., doi:10.1145/235815.235821).
 * Where more than four atoms lie on one sphere, the division of that cell is one of several.
 *
 * Returns: (transfer full): the tetrahedra, or %NULL with @error set if there are too few or too
 *   many atoms (they take 2.3 kB each), if they lie in a plane, or when cancelled
 */
LacDelaunay *
lac_delaunay_new(const LacPoints *points, LacProgress *progress, GError **error)
{
    if (points->n < FEWEST_ATOMS) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "Between %" G_GSIZE_FORMAT " atoms there are no cells; it takes %d", points->n,
            FEWEST_ATOMS);
        return NULL;
    }
    if (points->n > LAC_DELAUNAY_MAX_ATOMS) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "%" G_GSIZE_FORMAT " atoms are too many to divide the space between them; "
            "the limit is %d",
            points->n, LAC_DELAUNAY_MAX_ATOMS);
        return NULL;
    }
    double needed = BYTES_PER_ATOM * (double) points->n, memory = get_memory();
    if (needed > 0.5 * memory) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNDEFINED,
            "The tetrahedra between %" G_GSIZE_FORMAT
            " atoms would take %.1f GB, more than half of the %.1f GB of this computer",
            points->n, 1e-9 * needed, 1e-9 * memory);
        return NULL;
    }
    if (!lac_progress_update(progress, 0, error))
        return NULL;
    g_autofree double *xyz = get_centred(points);
    g_autoptr(LacDelaunay) self = triangulate(points, xyz, progress, error);
    if (self == NULL || !lac_progress_update(progress, 1, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * lac_delaunay_ref:
 * @self: tetrahedra
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacDelaunay *
lac_delaunay_ref(LacDelaunay *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_delaunay_unref:
 * @self: (nullable) (transfer full): tetrahedra; freed with the last reference; any thread
 */
void
lac_delaunay_unref(LacDelaunay *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->corners);
    g_free(self->neighbours);
    g_free(self->centres);
    g_free(self->radii);
    g_free(self->volumes);
    g_free(self);
}

/**
 * lac_delaunay_get_facet:
 * @self: tetrahedra
 * @tetrahedron: which
 * @facet: 0 to 3: the one opposite that corner
 * @corners: (out caller-allocates): its points, counter-clockwise seen from outside the tetrahedron
 */
void
lac_delaunay_get_facet(const LacDelaunay *self, gsize tetrahedron, guint facet, guint32 corners[3])
{
    static const guint8 order[4][3] = { { 1, 2, 3 }, { 0, 3, 2 }, { 0, 1, 3 }, { 0, 2, 1 } };
    for (guint k = 0; k < 3; k++)
        corners[k] = self->corners[tetrahedron][order[facet][k]];
}

static double
get_edges(const LacDelaunay *self, const LacPoints *points, gsize tetrahedron, guint facet,
    double *product)
{
    guint32 c[3];
    lac_delaunay_get_facet(self, tetrahedron, facet, c);
    LacVec3 a = lac_vec3_subtract(position_of(points, c[1]), position_of(points, c[0]));
    LacVec3 b = lac_vec3_subtract(position_of(points, c[2]), position_of(points, c[0]));
    *product = lac_vec3_norm(a) * lac_vec3_norm(b) * lac_vec3_norm(lac_vec3_subtract(b, a));
    return 0.5 * lac_vec3_norm(lac_vec3_cross(a, b));
}

/**
 * lac_delaunay_get_facet_area:
 * @self: tetrahedra
 * @points: what they were made of
 * @tetrahedron: which
 * @facet: 0 to 3
 *
 * Returns: [Å^2]
 */
double
lac_delaunay_get_facet_area(const LacDelaunay *self, const LacPoints *points, gsize tetrahedron,
    guint facet)
{
    double product;
    return get_edges(self, points, tetrahedron, facet, &product);
}

/**
 * lac_delaunay_get_facet_radius:
 * @self: tetrahedra
 * @points: what they were made of
 * @tetrahedron: which
 * @facet: 0 to 3
 *
 * Returns: [Å] radius of the circle through the corners: the largest ball whose centre passes
 *   between three atoms at the distance of that radius from each
 */
double
lac_delaunay_get_facet_radius(const LacDelaunay *self, const LacPoints *points, gsize tetrahedron,
    guint facet)
{
    double product;
    double area = get_edges(self, points, tetrahedron, facet, &product);
    return area > 1e-12 ? product / (4 * area) : HUGE_VAL;
}
