// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/isosurface.h"

#include "core/error.h"
#include "core/matrix.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

// Corners of a cube of eight nodes are numbered by bits (1: x, 2: y, 4: z). A vertex lies on an edge
// from a node along an axis, and is numbered by both; so are edges of a cube.
#define N_AXES         3
#define N_CUBES        256
#define MOST_TRIANGLES 5 // of a cube
#define MOST_CORNERS   7 // of a piece of surface in a cube
#define NONE           0xff

// The surface in a cube, by which of its corners lie inside.
typedef struct {
    guint8 n; // triangles
    guint8 edges[MOST_TRIANGLES][3];
} Cube;

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
    Cube *cubes;           // N_CUBES
    LacMesh *mesh;
} Surface;

static guint8
number_edge(guint a, guint b)
{
    guint along = a ^ b;
    return (guint8) (N_AXES * (a & b) + (along == 4 ? 2 : along - 1));
}

// The corners of a face counter-clockwise, seen from outside.
static void
get_face(guint face, guint corners[4])
{
    static const guint8 around[4][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 } };
    guint axis = face / 2, side = face % 2;
    for (guint k = 0; k < 4; k++) {
        const guint8 *at = around[side == 1 ? k : 3 - k];
        corners[k] =
            side << axis | (guint) at[0] << (axis + 1) % 3 | (guint) at[1] << (axis + 2) % 3;
    }
}

// Where the surface goes from each edge that it crosses. In a face it goes around corners that lie
// inside, so that two opposite ones come apart, seen from either side of the face.
static void
find_steps(guint mask, guint8 next[8 * N_AXES])
{
    memset(next, NONE, 8 * N_AXES);
    for (guint face = 0; face < 6; face++) {
        guint c[4];
        get_face(face, c);
        for (guint k = 0; k < 4; k++) {
            if ((mask >> c[k] & 1) || !(mask >> c[(k + 1) % 4] & 1))
                continue;
            guint j = k + 1;
            while (mask >> c[(j + 1) % 4] & 1)
                j++;
            next[number_edge(c[k], c[(k + 1) % 4])] = number_edge(c[j % 4], c[(j + 1) % 4]);
        }
    }
}

static gboolean
share_face(guint8 a, guint8 b)
{
    for (guint face = 0; face < 6; face++) {
        guint c[4], n = 0;
        get_face(face, c);
        for (guint k = 0; k < 4; k++) {
            guint8 edge = number_edge(c[k], c[(k + 1) % 4]);
            n += edge == a || edge == b ? 1 : 0;
        }
        if (n == 2)
            return TRUE;
    }
    return FALSE;
}

// The corner of a piece of surface from which no diagonal lies in a face of the cube, where that of
// the next cube could be the same.
static guint
choose_apex(const guint8 *loop, guint n)
{
    for (guint a = 0; a < n; a++) {
        gboolean is_free = TRUE;
        for (guint k = 2; k + 1 < n && is_free; k++)
            is_free = !share_face(loop[a], loop[(a + k) % n]);
        if (is_free)
            return a;
    }
    return 0;
}

static void
make_cube(Cube *cube, guint mask)
{
    guint8 next[8 * N_AXES];
    find_steps(mask, next);
    for (guint e = 0; e < 8 * N_AXES; e++) {
        guint8 loop[MOST_CORNERS];
        guint n = 0;
        for (guint8 at = (guint8) e; next[at] != NONE; n++) {
            guint8 after = next[at];
            loop[n] = at;
            next[at] = NONE;
            at = after;
        }
        guint apex = choose_apex(loop, n);
        for (guint k = 1; k + 1 < n; k++) {
            guint8 *edges = cube->edges[cube->n++];
            edges[0] = loop[apex];
            edges[1] = loop[(apex + k) % n];
            edges[2] = loop[(apex + k + 1) % n];
        }
    }
}

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
    guint axis;
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
        // Beyond the grid lies what lies at its end, so that nothing crosses.
        const float *row = row_of(s, y, z), *row_y = row_of(s, MIN(y + 1, grid->ny - 1), z);
        const float *row_z = row_of(s, y, MIN(z + 1, grid->nz - 1));
        for (gsize x = 0; x < grid->nx; x++) {
            float from = row[x];
            const float to[N_AXES] = { row[MIN(x + 1, grid->nx - 1)], row_y[x], row_z[x] };
            for (guint axis = 0; axis < N_AXES; axis++) {
                if ((from > s->level) == (to[axis] > s->level))
                    continue;
                if (func != NULL) {
                    Edge edge = { .x = x, .y = y, .z = z, .axis = axis, .from = from };
                    edge.to = to[axis];
                    func(s, &edge, n, data);
                }
                n++;
            }
        }
    }
    return n;
}

// Which corners of the cubes along a row lie inside, from the left to the right.
typedef struct {
    const float *rows[4]; // along x: y and z by bits
    float level;
    guint left; // corners of the last face
} Row;

static guint
get_face_mask(const Row *row, gsize x)
{
    guint mask = 0;
    for (guint k = 0; k < 4; k++)
        mask |= row->rows[k][x] > row->level ? 1u << 2 * k : 0;
    return mask;
}

static void
start_row(Row *row, const Surface *s, gsize y, gsize z)
{
    for (guint k = 0; k < 4; k++)
        row->rows[k] = row_of(s, y + (k & 1), z + (k >> 1));
    row->level = s->level;
    row->left = get_face_mask(row, 0);
}

static guint
get_cube_mask(Row *row, gsize x)
{
    guint right = get_face_mask(row, x + 1), mask = row->left | right << 1;
    row->left = right;
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
        Row row;
        start_row(&row, s, y, z);
        for (gsize x = 0; x + 1 < grid->nx; x++)
            n += s->cubes[get_cube_mask(&row, x)].n;
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

// Change of the field from one neighbour of a node to the other, along each axis.
static LacVec3
get_change(const Surface *s, gsize x, gsize y, gsize z)
{
    const LacGrid *grid = s->grid;
    gsize xs[2] = { x > 0 ? x - 1 : 0, MIN(x + 1, grid->nx - 1) };
    gsize ys[2] = { y > 0 ? y - 1 : 0, MIN(y + 1, grid->ny - 1) };
    gsize zs[2] = { z > 0 ? z - 1 : 0, MIN(z + 1, grid->nz - 1) };
    const float *row = row_of(s, y, z);
    return (LacVec3){ (double) row[xs[1]] - (double) row[xs[0]],
        (double) row_of(s, ys[1], z)[x] - (double) row_of(s, ys[0], z)[x],
        (double) row_of(s, y, zs[1])[x] - (double) row_of(s, y, zs[0])[x] };
}

static void
set_vertex(const Surface *s, const Edge *edge, gsize index, gpointer data)
{
    const LacGrid *grid = s->grid;
    gsize vertex = *(const gsize *) data + index;
    double t =
        ((double) s->level - (double) edge->from) / ((double) edge->to - (double) edge->from);
    LacVec3 p = lac_grid_node(grid, edge->x, edge->y, edge->z);
    *(edge->axis == 0 ? &p.x : edge->axis == 1 ? &p.y : &p.z) += t * grid->step;
    LacVec3 from = get_change(s, edge->x, edge->y, edge->z);
    LacVec3 to = get_change(s, edge->x + (edge->axis == 0 ? 1 : 0),
        edge->y + (edge->axis == 1 ? 1 : 0), edge->z + (edge->axis == 2 ? 1 : 0));
    LacVec3 g = { from.x + t * (to.x - from.x), from.y + t * (to.y - from.y),
        from.z + t * (to.z - from.z) };
    double length = lac_vec3_norm(g);
    LacVec3 normal = length > 0 ? (LacVec3){ -g.x / length, -g.y / length, -g.z / length }
                                : (LacVec3){ 0, 0, 1 };
    float *at = s->mesh->positions + 3 * vertex, *up = s->mesh->normals + 3 * vertex;
    at[0] = (float) p.x;
    at[1] = (float) p.y;
    at[2] = (float) p.z;
    up[0] = (float) normal.x;
    up[1] = (float) normal.y;
    up[2] = (float) normal.z;
}

// Where the vertices of two layers of nodes are numbered: by node of the layer and axis.
typedef struct {
    guint32 *index[2];
    gsize first; // vertex of the layer being numbered
    guint32 *which;
} Numbers;

static void
set_number(const Surface *s, const Edge *edge, gsize index, gpointer data)
{
    const Numbers *numbers = data;
    gsize node = edge->y * s->grid->nx + edge->x;
    numbers->which[node * N_AXES + edge->axis] = (guint32) (numbers->first + index);
}

static void
number_layer(const Surface *s, Numbers *numbers, gsize z)
{
    numbers->which = numbers->index[z % 2];
    numbers->first = s->vertex_begin[z];
    for_each_crossing(s, z, set_number, numbers);
}

static guint32 *
put_cube(const Surface *s, const Numbers *numbers, const Cube *cube, const gsize at[3],
    guint32 *next)
{
    for (guint t = 0; t < cube->n; t++)
        for (guint k = 0; k < 3; k++) {
            guint from = cube->edges[t][k] / N_AXES, axis = cube->edges[t][k] % N_AXES;
            gsize node = (at[1] + (from >> 1 & 1)) * s->grid->nx + at[0] + (from & 1);
            *next++ = numbers->index[(at[2] + (from >> 2)) % 2][node * N_AXES + axis];
        }
    return next;
}

static void
fill_layers(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Surface *s = data;
    const LacGrid *grid = s->grid;
    gsize per_layer = grid->nx * grid->ny * N_AXES;
    g_autofree guint32 *memory = g_new(guint32, 2 * per_layer);
    Numbers numbers = { .index = { memory, memory + per_layer } };
    number_layer(s, &numbers, begin);
    for (gsize z = begin; z < end; z++) {
        for_each_crossing(s, z, set_vertex, &s->vertex_begin[z]);
        if (z + 1 < grid->nz)
            number_layer(s, &numbers, z + 1);
        guint32 *next = s->mesh->triangles + 3 * s->triangle_begin[z];
        for (gsize y = 0; y + 1 < grid->ny && z + 1 < grid->nz; y++) {
            if (is_quiet(s, y, z))
                continue;
            Row row;
            start_row(&row, s, y, z);
            for (gsize x = 0; x + 1 < grid->nx; x++) {
                const Cube *cube = &s->cubes[get_cube_mask(&row, x)];
                if (cube->n > 0)
                    next = put_cube(s, &numbers, cube, (gsize[3]){ x, y, z }, next);
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
 * Cuts cubes of nodes (marching cubes, DOI 10.1145/37402.37422). In a face whose opposite corners lie
 * inside, these come apart, so that neighbouring cubes agree. Vertices are shared, so the mesh is
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
    Cube cubes[N_CUBES] = { 0 };
    for (guint mask = 0; mask < N_CUBES; mask++)
        make_cube(&cubes[mask], mask);
    Surface s = { .grid = grid,
        .field = field,
        .level = (float) level,
        .cubes = cubes,
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
