// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/voronoi.h"

#include "core/analysis/neighbours-private.h"
#include "core/analysis/polyhedron.h"
#include "core/clones.h"
#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define BLOCK     64
#define CHUNK     4096  // points between two looks at the progress
#define FAR_CHUNK 256   // of those that reach far out
#define MOST_FAR  30000 // each of them is cut by all others
#define CUBE      G_MAXUINT32
#define USUAL     3.0  // [spacing] no cell in the bulk reaches farther
#define FAR       20.0 // [extent of the particle] where a cell is taken for open
#define SORTED    2.0  // [spacing] neighbours up to here come one after the other
#define BUNCH     3.0  // [spacing] edge of a cube whose points are looked at together
#define LANES     8    // vertices that are looked at together

// [spacing] Neighbours are looked for up to one, then up to the next.
static const double REACHES[] = { 0.0, 1.65, SORTED, 3.0, 2.0 * USUAL };

/**
 * lac_voronoi_params_init:
 * @params: (out caller-allocates): faces below 1 % of the surface are dropped
 */
void
lac_voronoi_params_init(LacVoronoiParams *params)
{
    *params = (LacVoronoiParams){ .least_area = 0.01, .far_cells = TRUE };
}

static gboolean
check_params(const LacVoronoiParams *params, GError **error)
{
    if (!(params->least_area >= 0.0 && params->least_area < 0.2))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The least area %g of a Voronoi face is not between 0 and 0.2 of the surface",
            params->least_area);
    else
        return TRUE;
    return FALSE;
}

// Some points close together whose cells reach beyond the usual.
typedef struct {
    LacVec3 centre;
    double radius; // [Å]
    gsize begin, end;
} Bunch;

// The vertices of a cell as columns, filled up with the centre.
typedef struct {
    double x[LAC_POLYHEDRON_MAX_VERTICES], y[LAC_POLYHEDRON_MAX_VERTICES];
    double z[LAC_POLYHEDRON_MAX_VERTICES], norm[LAC_POLYHEDRON_MAX_VERTICES];
    gsize n;
} Corners;
G_STATIC_ASSERT(LAC_POLYHEDRON_MAX_VERTICES % LANES == 0);

typedef struct {
    const LacPoints *points;
    const LacHull *hull;
    const LacVoronoiParams *params;
    const LacCells *cells;
    LacVoronoi *result;
    double extent;    // [Å] no two points are farther apart
    guint8 *is_large; // of each point: its cell reaches beyond the usual
    guint32 *large;   // points whose cells reach beyond the usual, bunch by bunch
    gsize n_large;
    GArray *bunches; // of Bunch
    gsize first;
} CellArgs;

// What one thread works with.
typedef struct {
    LacPolyhedron cell;
    Corners corners;
    double half;   // [Å] edge of the cube that it is cut out of
    GArray *found; // of gsize
    GArray *list;  // of LacNeighbour
    GArray *kept;  // of guint32: planes
} Scratch;

// The neighbours from one distance to another.
static void
find_near(const CellArgs *args, gsize i, double from, double reach, Scratch *scratch)
{
    const LacPoints *points = args->points;
    LacVec3 p = { points->x[i], points->y[i], points->z[i] };
    g_array_set_size(scratch->found, 0);
    g_array_set_size(scratch->list, 0);
    lac_cells_find(args->cells, p, reach, scratch->found);
    for (guint m = 0; m < scratch->found->len; m++) {
        gsize j = g_array_index(scratch->found, gsize, m);
        LacVec3 d = { points->x[j] - p.x, points->y[j] - p.y, points->z[j] - p.z };
        LacNeighbour neighbour = { lac_vec3_norm(d), (guint32) j };
        if (j != i && neighbour.distance >= from && neighbour.distance < reach)
            g_array_append_val(scratch->list, neighbour);
    }
}

static double
distance_between(const LacPoints *points, gsize i, gsize j)
{
    double dx = points->x[j] - points->x[i], dy = points->y[j] - points->y[i],
           dz = points->z[j] - points->z[i];
    return sqrt(dx * dx + dy * dy + dz * dz);
}

static void
take_corners(const LacPolyhedron *cell, Corners *corners)
{
    corners->n = (cell->n_vertices + LANES - 1) / LANES * LANES;
    for (gsize v = 0; v < corners->n; v++) {
        LacVec3 p = v < cell->n_vertices ? cell->vertex[v] : (LacVec3){ 0.0, 0.0, 0.0 };
        corners->x[v] = p.x;
        corners->y[v] = p.y;
        corners->z[v] = p.z;
        corners->norm[v] = lac_vec3_norm(p);
    }
}

// Whether some vertex is nearer to a ball around a place [Å] than to the centre of the cell: one
// without a radius is a point whose plane may cut.
LAC_CLONES static gboolean
can_be_cut(const Corners *corners, LacVec3 at, double radius)
{
    const double *restrict x = corners->x, *restrict y = corners->y, *restrict z = corners->z;
    const double *restrict norm = corners->norm;
    double most = -HUGE_VAL, ax = at.x, ay = at.y, az = at.z;
    gsize n = corners->n;
#pragma omp simd reduction(max : most)
    for (gsize v = 0; v < n; v++) {
        double height = x[v] * ax + y[v] * ay + z[v] * az + radius * norm[v];
        most = height > most ? height : most;
    }
    return 2.0 * most > ax * ax + ay * ay + az * az - radius * radius;
}

static gboolean
cut_by(const CellArgs *args, gsize i, guint32 j, double distance, LacPolyhedron *cell)
{
    const LacPoints *points = args->points;
    LacVec3 normal = { (points->x[j] - points->x[i]) / distance,
        (points->y[j] - points->y[i]) / distance, (points->z[j] - points->z[i]) / distance };
    return lac_polyhedron_cut(cell, normal, 0.5 * distance, j);
}

static gboolean
touches_cube(const LacPolyhedron *cell)
{
    for (guint f = 0; f < cell->n_faces; f++)
        if (cell->face[f].plane == CUBE)
            return TRUE;
    return FALSE;
}

static LacVec3
vector_between(const LacPoints *points, gsize i, gsize j)
{
    return (LacVec3){ points->x[j] - points->x[i], points->y[j] - points->y[i],
        points->z[j] - points->z[i] };
}

// Cuts by one that may reach the cell. FALSE: it has too many faces.
static gboolean
cut_if_near(const CellArgs *args, gsize i, guint32 j, double distance, Scratch *scratch)
{
    if (!can_be_cut(&scratch->corners, vector_between(args->points, i, j), 0.0))
        return TRUE;
    if (!cut_by(args, i, j, distance, &scratch->cell))
        return FALSE;
    take_corners(&scratch->cell, &scratch->corners);
    return TRUE;
}

// Cuts by all that are listed and can reach the cell. FALSE: it has too many faces.
static gboolean
cut_by_list(const CellArgs *args, gsize i, Scratch *scratch)
{
    take_corners(&scratch->cell, &scratch->corners);
    for (guint k = 0; k < scratch->list->len; k++) {
        const LacNeighbour *near = &g_array_index(scratch->list, LacNeighbour, k);
        if (near->distance < 2.0 * scratch->cell.radius &&
            !cut_if_near(args, i, near->index, near->distance, scratch))
            return FALSE;
    }
    return TRUE;
}

// Cuts by the neighbours, the nearest first, up to one of the reaches; until none can reach the cell.
// FALSE: it has too many faces.
static gboolean
cut_by_neighbours(const CellArgs *args, gsize i, Scratch *scratch)
{
    double spacing = args->points->spacing;
    for (guint r = 1; r < G_N_ELEMENTS(REACHES); r++) {
        find_near(args, i, REACHES[r - 1] * spacing, REACHES[r] * spacing, scratch);
        if (REACHES[r] <= SORTED)
            lac_neighbours_sort(scratch->list);
        if (!cut_by_list(args, i, scratch))
            return FALSE;
        if (2.0 * scratch->cell.radius <= REACHES[r] * spacing)
            break;
    }
    return TRUE;
}

// FALSE: it reaches beyond the usual.
static gboolean
make_usual_cell(const CellArgs *args, gsize i, Scratch *scratch)
{
    double spacing = args->points->spacing;
    scratch->half = USUAL * spacing;
    lac_polyhedron_set_cube(&scratch->cell, scratch->half, CUBE);
    return cut_by_neighbours(args, i, scratch) &&
        2.0 * scratch->cell.radius <= 2.0 * USUAL * spacing;
}

// Cuts a cube around the whole particle. A face that two cells share far out is as far from either:
// what lies beyond the usual is cut by points whose cells reach there too. FALSE: it is open.
static gboolean
make_far_cell(const CellArgs *args, gsize i, Scratch *scratch)
{
    const LacPoints *points = args->points;
    LacPolyhedron *cell = &scratch->cell;
    scratch->half = FAR * args->extent;
    lac_polyhedron_set_cube(cell, scratch->half, CUBE);
    if (!cut_by_neighbours(args, i, scratch))
        return FALSE;
    take_corners(cell, &scratch->corners);
    LacVec3 p = { points->x[i], points->y[i], points->z[i] };
    for (guint b = 0; b < args->bunches->len; b++) {
        const Bunch *bunch = &g_array_index(args->bunches, Bunch, b);
        if (!can_be_cut(&scratch->corners, lac_vec3_subtract(bunch->centre, p), bunch->radius))
            continue;
        for (gsize k = bunch->begin; k < bunch->end; k++) {
            guint32 j = args->large[k];
            double distance = distance_between(points, i, j);
            if (j != i && distance >= 2.0 * USUAL * points->spacing &&
                distance < 2.0 * cell->radius && !cut_if_near(args, i, j, distance, scratch))
                return FALSE;
        }
    }
    return !touches_cube(cell);
}

static void
measure(const CellArgs *args, gsize i, const LacPolyhedron *cell)
{
    LacVoronoi *result = args->result;
    const LacPoints *points = args->points;
    result->area[i] = result->volume[i] = 0.0;
    gboolean inside = TRUE;
    for (guint f = 0; f < cell->n_faces; f++) {
        result->area[i] += lac_polyhedron_face_area(cell, f);
        result->volume[i] += lac_polyhedron_face_volume(cell, f);
    }
    for (guint v = 0; args->hull != NULL && inside && v < cell->n_vertices; v++)
        inside = lac_hull_contains(args->hull,
            (LacVec3){ points->x[i] + cell->vertex[v].x, points->y[i] + cell->vertex[v].y,
                points->z[i] + cell->vertex[v].z });
    if (!inside)
        result->volume[i] = (double) NAN;
}

// The cell again, from the neighbours of its larger faces alone. FALSE: it is open without the
// small ones.
static gboolean
drop_small_faces(const CellArgs *args, gsize i, Scratch *scratch)
{
    LacPolyhedron *cell = &scratch->cell;
    double least = args->params->least_area * args->result->area[i];
    g_array_set_size(scratch->kept, 0);
    for (guint f = 0; f < cell->n_faces; f++)
        if (lac_polyhedron_face_area(cell, f) >= least)
            g_array_append_val(scratch->kept, cell->face[f].plane);
    if (scratch->kept->len == cell->n_faces)
        return TRUE;
    lac_polyhedron_set_cube(cell, scratch->half, CUBE);
    for (guint f = 0; f < scratch->kept->len; f++) {
        guint32 j = g_array_index(scratch->kept, guint32, f);
        if (!cut_by(args, i, j, distance_between(args->points, i, j), cell))
            return FALSE;
    }
    return !touches_cube(cell);
}

static void
count_faces(const CellArgs *args, gsize i, const LacPolyhedron *cell)
{
    LacVoronoi *result = args->result;
    result->n_faces[i] = (guint8) cell->n_faces;
    for (guint f = 0; f < cell->n_faces; f++) {
        guint n = cell->face[f].n;
        if (n >= 3 && n < 3 + LAC_VORONOI_N_EDGES)
            result->index[i][n - 3]++;
    }
}

static void
scratch_init(Scratch *scratch)
{
    scratch->found = g_array_new(FALSE, FALSE, sizeof(gsize));
    scratch->list = g_array_new(FALSE, FALSE, sizeof(LacNeighbour));
    scratch->kept = g_array_new(FALSE, FALSE, sizeof(guint32));
}

static void
scratch_clear(Scratch *scratch)
{
    g_array_unref(scratch->found);
    g_array_unref(scratch->list);
    g_array_unref(scratch->kept);
}

static void
finish_cell(const CellArgs *args, gsize i, Scratch *scratch)
{
    measure(args, i, &scratch->cell);
    if (drop_small_faces(args, i, scratch)) {
        count_faces(args, i, &scratch->cell);
        args->result->is_open[i] = FALSE;
    }
    else
        args->result->area[i] = args->result->volume[i] = (double) NAN;
}

static void
make_usual_cells(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    CellArgs *args = data;
    Scratch scratch;
    scratch_init(&scratch);
    for (gsize i = args->first + begin; i < args->first + end; i++) {
        args->is_large[i] = !make_usual_cell(args, i, &scratch);
        if (args->is_large[i])
            continue;
        finish_cell(args, i, &scratch);
    }
    scratch_clear(&scratch);
}

static void
make_far_cells(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    CellArgs *args = data;
    Scratch scratch;
    scratch_init(&scratch);
    for (gsize k = args->first + begin; k < args->first + end; k++) {
        gsize i = args->large[k];
        if (make_far_cell(args, i, &scratch))
            finish_cell(args, i, &scratch);
    }
    scratch_clear(&scratch);
}

static gboolean
for_all(CellArgs *args, gsize n, gsize chunk, LacParallelFunc func, double from, double share,
    LacProgress *progress, GError **error)
{
    for (args->first = 0; args->first < n; args->first += chunk) {
        double done = from + share * (double) args->first / (double) n;
        if (!lac_progress_update(progress, done, error))
            return FALSE;
        lac_parallel_for(MIN(chunk, n - args->first), MIN(BLOCK, chunk / 8), func, args);
    }
    return TRUE;
}

// About the middle of all: neither the order of atoms nor how the particle lies matters.
static double
measure_extent(const LacPoints *points)
{
    double n = (double) MAX(points->n, 1), farthest2 = 0.0;
    LacVec3 middle = { 0.0, 0.0, 0.0 };
    for (gsize i = 0; i < points->n; i++) {
        middle.x += points->x[i] / n;
        middle.y += points->y[i] / n;
        middle.z += points->z[i] / n;
    }
    for (gsize i = 0; i < points->n; i++) {
        double dx = points->x[i] - middle.x, dy = points->y[i] - middle.y,
               dz = points->z[i] - middle.z;
        farthest2 = fmax(farthest2, dx * dx + dy * dy + dz * dz);
    }
    return 4.0 * sqrt(3.0) * fmax(0.5 * points->spacing, sqrt(farthest2));
}

// Points in the order of cubes: those of one come one after the other.
typedef struct {
    gint32 cube[3];
    guint32 point;
} Placed;

static int
compare_cubes(gconstpointer a, gconstpointer b)
{
    const Placed *one = a, *other = b;
    for (int d = 2; d >= 0; d--)
        if (one->cube[d] != other->cube[d])
            return one->cube[d] < other->cube[d] ? -1 : 1;
    return one->point < other->point ? -1 : 1;
}

static void
surround(const LacPoints *points, const guint32 *large, Bunch *bunch)
{
    double n = (double) (bunch->end - bunch->begin);
    for (gsize k = bunch->begin; k < bunch->end; k++) {
        bunch->centre.x += points->x[large[k]] / n;
        bunch->centre.y += points->y[large[k]] / n;
        bunch->centre.z += points->z[large[k]] / n;
    }
    for (gsize k = bunch->begin; k < bunch->end; k++) {
        LacVec3 p = { points->x[large[k]], points->y[large[k]], points->z[large[k]] };
        double distance = lac_vec3_norm(lac_vec3_subtract(p, bunch->centre));
        bunch->radius = MAX(bunch->radius, distance);
    }
    bunch->radius *= 1.0 + 1e-6; // more than rounding
}

// Puts points that lie in one cube beside each other. A bunch that no vertex of a cell is near to is
// left out as a whole.
static void
find_bunches(CellArgs *args)
{
    const LacPoints *points = args->points;
    double edge = BUNCH * points->spacing;
    edge = MAX(edge, 1e-6 * args->extent);
    g_autofree Placed *placed = g_new(Placed, MAX(args->n_large, 1));
    LacVec3 origin = { HUGE_VAL, HUGE_VAL, HUGE_VAL };
    for (gsize k = 0; k < args->n_large; k++) {
        guint32 i = args->large[k];
        origin.x = MIN(origin.x, points->x[i]);
        origin.y = MIN(origin.y, points->y[i]);
        origin.z = MIN(origin.z, points->z[i]);
    }
    for (gsize k = 0; k < args->n_large; k++) {
        guint32 i = args->large[k];
        placed[k] = (Placed){ { (gint32) floor((points->x[i] - origin.x) / edge),
                                  (gint32) floor((points->y[i] - origin.y) / edge),
                                  (gint32) floor((points->z[i] - origin.z) / edge) },
            i };
    }
    qsort(placed, args->n_large, sizeof *placed, compare_cubes);
    for (gsize begin = 0, end; begin < args->n_large; begin = end) {
        for (end = begin; end < args->n_large &&
             memcmp(placed[end].cube, placed[begin].cube, sizeof placed->cube) == 0;
             end++)
            args->large[end] = placed[end].point;
        Bunch bunch = { .begin = begin, .end = end };
        surround(points, args->large, &bunch);
        g_array_append_val(args->bunches, bunch);
    }
}

static gboolean
make_all_cells(CellArgs *args, LacProgress *progress, GError **error)
{
    gsize n = args->points->n;
    g_autofree guint8 *is_large = g_new(guint8, n);
    g_autofree guint32 *large = g_new(guint32, n);
    args->is_large = is_large;
    args->large = large;
    args->extent = measure_extent(args->points);
    if (!for_all(args, n, CHUNK, make_usual_cells, 0.0, 0.7, progress, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        if (is_large[i])
            large[args->n_large++] = (guint32) i;
    if (!args->params->far_cells || args->n_large > MOST_FAR)
        return TRUE;
    g_autoptr(GArray) bunches = g_array_new(FALSE, FALSE, sizeof(Bunch));
    args->bunches = bunches;
    find_bunches(args);
    return for_all(args, args->n_large, FAR_CHUNK, make_far_cells, 0.7, 0.3, progress, error);
}

static void
average(LacVoronoi *self)
{
    double faces = 0.0, volume = 0.0;
    gsize n_volumes = 0;
    for (gsize i = 0; i < self->n; i++) {
        if (self->is_open[i])
            continue;
        self->n_closed++;
        for (guint k = 0; k < LAC_VORONOI_N_EDGES; k++)
            faces += self->index[i][k];
        if (isnan(self->volume[i]))
            continue;
        volume += self->volume[i];
        n_volumes++;
    }
    self->mean_faces = self->n_closed > 0 ? faces / (double) self->n_closed : (double) NAN;
    self->mean_volume = n_volumes > 0 ? volume / (double) n_volumes : (double) NAN;
}

static LacVoronoi *
allocate(gsize n)
{
    LacVoronoi *self = g_new0(LacVoronoi, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->is_open = g_new0(guint8, MAX(n, 1));
    self->index = g_malloc0_n(MAX(n, 1), sizeof *self->index);
    self->n_faces = g_new0(guint8, MAX(n, 1));
    self->area = g_new(double, MAX(n, 1));
    self->volume = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        self->is_open[i] = TRUE;
        self->area[i] = self->volume[i] = (double) NAN;
    }
    return self;
}

/**
 * lac_voronoi_new:
 * @points: atoms
 * @hull: (nullable): the particle, outside which no cell has a volume
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Cuts the cell of each point out of a cube by the planes halfway to its neighbours. Faces below a
 * share of the surface are dropped, and the cell is made again from the neighbours that are left,
 * for the index <n3, n4, n5, n6>; area and volume are those of the whole cell.
 *
 * Returns: (transfer full): the cells; or %NULL with @error set if a parameter is out of range or
 *   it was cancelled
 */
LacVoronoi *
lac_voronoi_new(const LacPoints *points, const LacHull *hull, const LacVoronoiParams *params,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL && params != NULL, NULL);

    if (!check_params(params, error) || !lac_progress_update(progress, 0.0, error))
        return NULL;
    g_autoptr(LacVoronoi) self = allocate(points->n);
    if (points->n > 1) {
        g_autoptr(LacCells) cells =
            lac_cells_new(points->x, points->y, points->z, NULL, points->n, points->spacing, error);
        if (cells == NULL)
            return NULL;
        CellArgs args = { .points = points,
            .hull = hull,
            .params = params,
            .cells = cells,
            .result = self };
        if (!make_all_cells(&args, progress, error))
            return NULL;
    }
    average(self);
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_voronoi_ref:
 * @self: cells
 *
 * Returns: (transfer full): @self
 */
LacVoronoi *
lac_voronoi_ref(LacVoronoi *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_voronoi_unref:
 * @self: (nullable) (transfer full): cells
 */
void
lac_voronoi_unref(LacVoronoi *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->is_open);
    g_free(self->index);
    g_free(self->n_faces);
    g_free(self->area);
    g_free(self->volume);
    g_free(self);
}
