// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/isosurface.h"

#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"

#include <math.h>

// Each cube of eight nodes is cut into six tetrahedra along its diagonal. Corners of a cube are
// numbered by bits (1: x, 2: y, 4: z); an edge of a tetrahedron goes from a corner to one with more
// bits, so an edge of the grid is a node and a direction of 1 to 7, and so is a vertex on it.
#define N_EDGES 7

static const guint8 tetrahedra[6][4] = {
    { 0, 1, 3, 7 },
    { 0, 2, 6, 7 },
    { 0, 4, 5, 7 },
    { 0, 3, 2, 7 },
    { 0, 6, 4, 7 },
    { 0, 5, 1, 7 },
};

// What layers and rows of nodes hold.
typedef enum {
    ROW_OUTSIDE,
    ROW_INSIDE,
    ROW_MIXED,
} RowSide;

typedef struct {
    const LacGrid *grid;
    const float *field;
    float level;
    guint8 *rows;          // RowSide of each row of nodes
    gsize *vertex_begin;   // of each layer of nodes, one more at the end
    gsize *triangle_begin; // of each layer of cubes, one more at the end
    LacMesh *mesh;
} Surface;

static const float *
row_of(const Surface *s, gsize y, gsize z)
{
    return s->field + (z * s->grid->ny + y) * s->grid->nx;
}

static void
find_row_sides(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Surface *s = data;
    gsize nx = s->grid->nx;
    for (gsize r = begin; r < end; r++) {
        const float *row = s->field + r * nx;
        gsize n_inside = 0;
        for (gsize x = 0; x < nx; x++)
            n_inside += row[x] > s->level ? 1 : 0;
        s->rows[r] = n_inside == 0 ? ROW_OUTSIDE : n_inside == nx ? ROW_INSIDE : ROW_MIXED;
    }
}

// Whether no edge from this row to the next ones crosses the level.
static gboolean
is_quiet(const Surface *s, gsize y, gsize z)
{
    gsize ny = s->grid->ny, y1 = MIN(y + 1, ny - 1), z1 = MIN(z + 1, s->grid->nz - 1);
    guint8 side = s->rows[z * ny + y];
    return side != ROW_MIXED && side == s->rows[z * ny + y1] && side == s->rows[z1 * ny + y] &&
        side == s->rows[z1 * ny + y1];
}

typedef struct {
    gsize x, y, z;
    guint direction;
    float from, to; // values at both ends
} Edge;

typedef void (*EdgeFunc)(const Surface *s, const Edge *edge, gsize index, gpointer data);

// Calls back for each edge that starts in a layer of nodes and crosses the level, in order.
static gsize
for_each_crossing(const Surface *s, gsize z, EdgeFunc func, gpointer data)
{
    const LacGrid *grid = s->grid;
    gsize n = 0;
    for (gsize y = 0; y < grid->ny; y++) {
        if (is_quiet(s, y, z))
            continue;
        gsize y1 = MIN(y + 1, grid->ny - 1), z1 = MIN(z + 1, grid->nz - 1);
        const float *rows[4] = { row_of(s, y, z), row_of(s, y1, z), row_of(s, y, z1),
            row_of(s, y1, z1) };
        for (gsize x = 0; x < grid->nx; x++) {
            float from = rows[0][x];
            for (guint d = 1; d <= N_EDGES; d++) {
                gboolean leaves = ((d & 1) && x + 1 == grid->nx) ||
                    ((d & 2) && y + 1 == grid->ny) || ((d & 4) && z + 1 == grid->nz);
                if (leaves)
                    continue;
                float to = rows[d >> 1][x + (d & 1)];
                if ((from > s->level) == (to > s->level))
                    continue;
                if (func != NULL) {
                    Edge edge = { .x = x, .y = y, .z = z, .direction = d, .from = from, .to = to };
                    func(s, &edge, n, data);
                }
                n++;
            }
        }
    }
    return n;
}

// The number of triangles in a tetrahedron by the number of its corners inside.
static const guint8 n_triangles_of[5] = { 0, 1, 2, 1, 0 };

static guint
get_cube_mask(const Surface *s, gsize x, gsize y, gsize z)
{
    guint mask = 0;
    for (guint c = 0; c < 8; c++) {
        const float *row = row_of(s, y + (c >> 1 & 1), z + (c >> 2));
        if (row[x + (c & 1)] > s->level)
            mask |= 1u << c;
    }
    return mask;
}

static gsize
count_triangles(const Surface *s, gsize z)
{
    const LacGrid *grid = s->grid;
    gsize n = 0;
    for (gsize y = 0; y + 1 < grid->ny; y++) {
        if (is_quiet(s, y, z))
            continue;
        for (gsize x = 0; x + 1 < grid->nx; x++) {
            guint mask = get_cube_mask(s, x, y, z);
            if (mask == 0 || mask == 255)
                continue;
            for (gsize t = 0; t < 6; t++) {
                guint n_inside = 0;
                for (gsize k = 0; k < 4; k++)
                    n_inside += mask >> tetrahedra[t][k] & 1;
                n += n_triangles_of[n_inside];
            }
        }
    }
    return n;
}

static void
count_layers(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Surface *s = data;
    for (gsize z = begin; z < end; z++) {
        s->vertex_begin[z + 1] = for_each_crossing(s, z, NULL, NULL);
        s->triangle_begin[z + 1] = z + 1 < s->grid->nz ? count_triangles(s, z) : 0;
    }
}

static void
set_vertex(const Surface *s, const Edge *edge, gsize index, gpointer data)
{
    const LacGrid *grid = s->grid;
    gsize vertex = *(const gsize *) data + index;
    double t =
        ((double) s->level - (double) edge->from) / ((double) edge->to - (double) edge->from);
    LacVec3 p = lac_grid_node(grid, edge->x, edge->y, edge->z);
    p.x += edge->direction & 1 ? t * grid->step : 0;
    p.y += edge->direction & 2 ? t * grid->step : 0;
    p.z += edge->direction & 4 ? t * grid->step : 0;
    LacVec3 g = lac_grid_gradient(grid, s->field, p);
    double length = lac_vec3_norm(g);
    LacVec3 normal = length > 0 ? (LacVec3){ -g.x / length, -g.y / length, -g.z / length }
                                : (LacVec3){ 0, 0, 1 };
    float *to = s->mesh->positions + 3 * vertex, *up = s->mesh->normals + 3 * vertex;
    to[0] = (float) p.x;
    to[1] = (float) p.y;
    to[2] = (float) p.z;
    up[0] = (float) normal.x;
    up[1] = (float) normal.y;
    up[2] = (float) normal.z;
}

// Where the vertices of two layers of nodes are numbered: by node of the layer and direction.
typedef struct {
    guint32 *index[2];
    gsize first; // vertex of the layer being numbered
    guint which;
} Numbers;

static void
set_number(const Surface *s, const Edge *edge, gsize index, gpointer data)
{
    Numbers *numbers = data;
    gsize node = edge->y * s->grid->nx + edge->x;
    numbers->index[numbers->which][node * N_EDGES + edge->direction - 1] =
        (guint32) (numbers->first + index);
}

static guint32
get_number(const Surface *s, const Numbers *numbers, gsize x, gsize y, guint a, guint b)
{
    guint from = a & b, direction = a ^ b;
    gsize node = (y + (from >> 1 & 1)) * s->grid->nx + x + (from & 1);
    return numbers->index[from >> 2][node * N_EDGES + direction - 1];
}

// Sorts the corners of a positively oriented tetrahedron so that those inside come first and it
// stays positive.
static guint
sort_corners(guint mask, const guint8 corners[4], guint sorted[4])
{
    guint n_inside = 0, k = 0, swaps = 0;
    guint place[4];
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < 4; i++)
            if ((mask >> corners[i] & 1) != pass) {
                place[k] = i;
                sorted[k++] = corners[i];
                n_inside += pass == 0 ? 1 : 0;
            }
    for (guint i = 0; i < 4; i++)
        for (guint j = i + 1; j < 4; j++)
            swaps += place[i] > place[j] ? 1 : 0;
    if (swaps % 2 == 1) {
        // Two corners of one side change places: of the two last or, if one is outside, first.
        guint at = n_inside == 3 ? 0 : 2;
        guint swap = sorted[at];
        sorted[at] = sorted[at + 1];
        sorted[at + 1] = swap;
    }
    return n_inside;
}

typedef struct {
    const Surface *surface;
    const Numbers *numbers;
    gsize x, y;
    guint32 *next; // where the next triangle goes
} Cutter;

static void
put_triangle(Cutter *cutter, const guint edges[3][2])
{
    for (guint k = 0; k < 3; k++)
        *cutter->next++ = get_number(cutter->surface, cutter->numbers, cutter->x, cutter->y,
            edges[k][0], edges[k][1]);
}

static void
cut_tetrahedron(Cutter *cutter, guint mask, const guint8 corners[4])
{
    guint c[4];
    guint n_inside = sort_corners(mask, corners, c);
    if (n_inside == 1)
        put_triangle(cutter, (guint[3][2]){ { c[0], c[1] }, { c[0], c[2] }, { c[0], c[3] } });
    else if (n_inside == 3)
        put_triangle(cutter, (guint[3][2]){ { c[3], c[0] }, { c[3], c[1] }, { c[3], c[2] } });
    else if (n_inside == 2) {
        put_triangle(cutter, (guint[3][2]){ { c[0], c[2] }, { c[0], c[3] }, { c[1], c[3] } });
        put_triangle(cutter, (guint[3][2]){ { c[0], c[2] }, { c[1], c[3] }, { c[1], c[2] } });
    }
}

static void
fill_layers(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Surface *s = data;
    const LacGrid *grid = s->grid;
    gsize per_layer = grid->nx * grid->ny * N_EDGES;
    g_autofree guint32 *memory = g_new(guint32, 2 * per_layer);
    Numbers numbers = { .index = { memory, memory + per_layer } };
    for (gsize z = begin; z < end; z++) {
        for_each_crossing(s, z, set_vertex, &s->vertex_begin[z]);
        if (s->triangle_begin[z + 1] == s->triangle_begin[z])
            continue;
        for (numbers.which = 0; numbers.which < 2; numbers.which++) {
            numbers.first = s->vertex_begin[z + numbers.which];
            for_each_crossing(s, z + numbers.which, set_number, &numbers);
        }
        Cutter cutter = { .surface = s,
            .numbers = &numbers,
            .next = s->mesh->triangles + 3 * s->triangle_begin[z] };
        for (cutter.y = 0; cutter.y + 1 < grid->ny; cutter.y++) {
            if (is_quiet(s, cutter.y, z))
                continue;
            for (cutter.x = 0; cutter.x + 1 < grid->nx; cutter.x++) {
                guint mask = get_cube_mask(s, cutter.x, cutter.y, z);
                for (gsize t = 0; t < 6 && mask != 0 && mask != 255; t++)
                    cut_tetrahedron(&cutter, mask, tetrahedra[t]);
            }
        }
    }
}

/**
 * lac_isosurface_new:
 * @grid: a grid
 * @field: (array): finite values of the nodes
 * @level: the value on the surface; inside, values are above it
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Cuts six tetrahedra per cube of nodes (marching tetrahedra). Vertices are shared, so the mesh is
 * closed where it does not leave the grid; normals point to lower values, along the gradient.
 *
 * Returns: (transfer full): the surface, possibly without a triangle; or %NULL with @error set when
 *   cancelled or memory is short
 */
LacMesh *
lac_isosurface_new(const LacGrid *grid, const float *field, double level, LacProgress *progress,
    GError **error)
{
    gsize n_rows = grid->ny * grid->nz;
    g_autofree guint8 *rows = g_new(guint8, n_rows);
    g_autofree gsize *vertex_begin = g_new0(gsize, grid->nz + 1);
    g_autofree gsize *triangle_begin = g_new0(gsize, grid->nz + 1);
    Surface s = { .grid = grid,
        .field = field,
        .level = (float) level,
        .rows = rows,
        .vertex_begin = vertex_begin,
        .triangle_begin = triangle_begin };
    if (!lac_progress_update(progress, 0, error))
        return NULL;
    lac_parallel_for(n_rows, 256, find_row_sides, &s);
    lac_parallel_for(grid->nz, 4, count_layers, &s);
    for (gsize z = 0; z < grid->nz; z++) {
        vertex_begin[z + 1] += vertex_begin[z];
        triangle_begin[z + 1] += triangle_begin[z];
    }
    if (!lac_progress_update(progress, 0.3, error))
        return NULL;
    g_autoptr(LacMesh) mesh =
        lac_mesh_new(vertex_begin[grid->nz], triangle_begin[grid->nz], FALSE, error);
    if (mesh == NULL)
        return NULL;
    s.mesh = mesh;
    lac_parallel_for(grid->nz, 4, fill_layers, &s);
    return lac_progress_update(progress, 1, error) ? g_steal_pointer(&mesh) : NULL;
}

static double
second(const LacGrid *grid, const float *field, LacVec3 p, LacVec3 a, LacVec3 b)
{
    double h = grid->step;
    double pp = lac_grid_sample(grid, field,
        (LacVec3){ p.x + h * (a.x + b.x), p.y + h * (a.y + b.y), p.z + h * (a.z + b.z) });
    double pm = lac_grid_sample(grid, field,
        (LacVec3){ p.x + h * (a.x - b.x), p.y + h * (a.y - b.y), p.z + h * (a.z - b.z) });
    double mp = lac_grid_sample(grid, field,
        (LacVec3){ p.x - h * (a.x - b.x), p.y - h * (a.y - b.y), p.z - h * (a.z - b.z) });
    double mm = lac_grid_sample(grid, field,
        (LacVec3){ p.x - h * (a.x + b.x), p.y - h * (a.y + b.y), p.z - h * (a.z + b.z) });
    return (pp - pm - mp + mm) / (4 * h * h);
}

static double
second_along(const LacGrid *grid, const float *field, LacVec3 p, LacVec3 a)
{
    double h = grid->step;
    double plus =
        lac_grid_sample(grid, field, (LacVec3){ p.x + h * a.x, p.y + h * a.y, p.z + h * a.z });
    double minus =
        lac_grid_sample(grid, field, (LacVec3){ p.x - h * a.x, p.y - h * a.y, p.z - h * a.z });
    return (plus - 2 * lac_grid_sample(grid, field, p) + minus) / (h * h);
}

/**
 * lac_isosurface_curvature:
 * @grid: a grid
 * @field: (array): values of the nodes, smooth over a few steps
 * @p: [Å] a point on a surface of the field
 *
 * From central differences over one step: H = div(n) / 2 with n = -grad / |grad|, and the Gaussian
 * curvature K = g . adj(Hessian) g / |g|^4.
 *
 * Returns: the curvatures; NaN where the field is flat
 */
LacCurvature
lac_isosurface_curvature(const LacGrid *grid, const float *field, LacVec3 p)
{
    const LacVec3 x = { 1, 0, 0 }, y = { 0, 1, 0 }, z = { 0, 0, 1 };
    LacVec3 g = lac_grid_gradient(grid, field, p);
    double g2 = lac_vec3_dot(g, g);
    if (!(g2 > 0))
        return (LacCurvature){ (double) NAN, (double) NAN };
    double xx = second_along(grid, field, p, x), yy = second_along(grid, field, p, y);
    double zz = second_along(grid, field, p, z), xy = second(grid, field, p, x, y);
    double xz = second(grid, field, p, x, z), yz = second(grid, field, p, y, z);
    double along = xx * g.x * g.x + yy * g.y * g.y + zz * g.z * g.z +
        2 * (xy * g.x * g.y + xz * g.x * g.z + yz * g.y * g.z);
    double adjoint = g.x * g.x * (yy * zz - yz * yz) + g.y * g.y * (xx * zz - xz * xz) +
        g.z * g.z * (xx * yy - xy * xy) +
        2 *
            (g.x * g.y * (xz * yz - xy * zz) + g.x * g.z * (xy * yz - xz * yy) +
                g.y * g.z * (xy * xz - yz * xx));
    return (LacCurvature){
        .mean = -(xx + yy + zz - along / g2) / (2 * sqrt(g2)),
        .gaussian = adjoint / (g2 * g2),
    };
}

/**
 * lac_isosurface_volume:
 * @grid: a grid
 * @field: (array): distances [Å] to a surface, positive inside
 * @level: [Å] of the surface
 *
 * Adds the share of each node's cell that lies inside, taking the field for a distance:
 * clip((field - level) / step + 1/2, 0, 1).
 *
 * Returns: [Å^3]
 */
double
lac_isosurface_volume(const LacGrid *grid, const float *field, double level)
{
    double sum = 0;
    for (gsize r = 0; r < grid->ny * grid->nz; r++) {
        double row = 0;
        for (gsize x = 0; x < grid->nx; x++) {
            double inside = ((double) field[r * grid->nx + x] - level) / grid->step + 0.5;
            row += CLAMP(inside, 0.0, 1.0);
        }
        sum += row;
    }
    return sum * grid->step * grid->step * grid->step;
}
