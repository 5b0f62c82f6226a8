// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/isosurface.h"

#include "core/array.h"
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
#define MOST_GAP       0.1 // of the edge of a cube, between a triangle and the surface

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
    const LacGrid *grid; // of the corners of the cubes
    const float *field;
    const LacGrid *fine_grid; // that these are taken from, each so many nodes
    const float *fine_field;
    gsize stride;
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
    gsize node[3]; // x, y, z
    guint axis;
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
                Edge edge = { .node = { x, y, z }, .axis = axis };
                if (func != NULL)
                    func(s, &edge, n, data);
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

static double
get_value(const Surface *s, const gsize node[3])
{
    const LacGrid *grid = s->fine_grid;
    return (double) s->fine_field[(node[2] * grid->ny + node[1]) * grid->nx + node[0]];
}

// Change of the field from one neighbour of a node to the other, along each axis.
static LacVec3
get_change(const Surface *s, const gsize node[3])
{
    const gsize size[3] = { s->fine_grid->nx, s->fine_grid->ny, s->fine_grid->nz };
    double change[3];
    for (guint d = 0; d < 3; d++) {
        gsize before[3] = { node[0], node[1], node[2] }, after[3] = { node[0], node[1], node[2] };
        before[d] -= node[d] > 0 ? 1 : 0;
        after[d] += node[d] + 1 < size[d] ? 1 : 0;
        change[d] = get_value(s, after) - get_value(s, before);
    }
    return (LacVec3){ change[0], change[1], change[2] };
}

// The two neighbours on an edge between which the surface passes.
static void
find_crossing(const Surface *s, const Edge *edge, gsize from[3], gsize to[3])
{
    const gsize size[3] = { s->fine_grid->nx, s->fine_grid->ny, s->fine_grid->nz };
    for (guint d = 0; d < 3; d++)
        from[d] = to[d] = MIN(edge->node[d] * s->stride, size[d] - 1);
    gboolean is_inside = get_value(s, from) > (double) s->level;
    for (to[edge->axis]++; (get_value(s, to) > (double) s->level) == is_inside; to[edge->axis]++)
        from[edge->axis]++;
}

static void
set_vertex(const Surface *s, const Edge *edge, gsize index, gpointer data)
{
    gsize vertex = *(const gsize *) data + index, a[3], b[3];
    find_crossing(s, edge, a, b);
    double value = get_value(s, a), t = ((double) s->level - value) / (get_value(s, b) - value);
    LacVec3 p = lac_grid_node(s->fine_grid, a[0], a[1], a[2]);
    *(edge->axis == 0 ? &p.x : edge->axis == 1 ? &p.y : &p.z) += t * s->fine_grid->step;
    LacVec3 from = get_change(s, a), to = get_change(s, b);
    LacVec3 g = lac_vec3_add_scaled(from, t, lac_vec3_subtract(to, from));
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
    gsize node = edge->node[1] * s->grid->nx + edge->node[0];
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

typedef struct {
    const Surface *surface;
    float *corners;
} Thin;

static void
thin_layers(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Thin *thin = data;
    const LacGrid *to = thin->surface->grid, *from = thin->surface->fine_grid;
    gsize stride = thin->surface->stride;
    for (gsize z = begin; z < end; z++)
        for (gsize y = 0; y < to->ny; y++) {
            gsize row = MIN(z * stride, from->nz - 1) * from->ny + MIN(y * stride, from->ny - 1);
            const float *values = thin->surface->fine_field + row * from->nx;
            for (gsize x = 0; x < to->nx; x++)
                thin->corners[(z * to->ny + y) * to->nx + x] =
                    values[MIN(x * stride, from->nx - 1)];
        }
}

static LacMesh *
make_surface(Surface *s, LacProgress *progress, GError **error)
{
    const LacGrid *grid = s->grid;
    gsize n_rows = grid->ny * grid->nz;
    g_autofree guint8 *rows = g_new(guint8, n_rows);
    g_autofree gsize *vertex_begin = g_new0(gsize, grid->nz + 1);
    g_autofree gsize *triangle_begin = g_new0(gsize, grid->nz + 1);
    Cube cubes[N_CUBES] = { 0 };
    for (guint mask = 0; mask < N_CUBES; mask++)
        make_cube(&cubes[mask], mask);
    s->cubes = cubes;
    s->rows = rows;
    s->vertex_begin = vertex_begin;
    s->triangle_begin = triangle_begin;
    if (!lac_progress_update(progress, 0, error))
        return NULL;
    lac_parallel_for(n_rows, 256, find_row_sides, s);
    lac_parallel_for(grid->nz, 4, count_layers, s);
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
    s->mesh = mesh;
    lac_parallel_for(grid->nz, 4, fill_layers, s);
    return lac_progress_update(progress, 1, error) ? g_steal_pointer(&mesh) : NULL;
}

typedef struct {
    const Surface *surface;
    const LacMesh *mesh;
    double *gap; // [Å] of each triangle
} Gaps;

// How far below the surface triangles lie in the mean over their area: three quarters of what it is
// in the middle, where the surface bends evenly.
static void
find_gaps(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const Gaps *gaps = data;
    const Surface *s = gaps->surface;
    for (gsize t = begin; t < end; t++) {
        LacVec3 middle = lac_mesh_get_middle(gaps->mesh, t);
        double over = lac_grid_sample(s->fine_grid, s->fine_field, middle) - (double) s->level;
        double slope = lac_vec3_norm(lac_grid_gradient(s->fine_grid, s->fine_field, middle));
        double most = MOST_GAP * s->grid->step;
        gaps->gap[t] = slope > 0 ? CLAMP(0.75 * over / slope, -most, most) : 0;
    }
}

static void
balance(const Surface *s, LacMesh *mesh)
{
    g_autofree double *gap = g_new(double, mesh->n_triangles + 1);
    g_autofree double *sum = g_new0(double, mesh->n_vertices + 1);
    g_autofree double *weight = g_new0(double, mesh->n_vertices + 1);
    Gaps gaps = { s, mesh, gap };
    lac_parallel_for(mesh->n_triangles, 1024, find_gaps, &gaps);
    for (gsize t = 0; t < mesh->n_triangles; t++) {
        double area = lac_mesh_get_triangle_area(mesh, t);
        for (gsize k = 0; k < 3; k++) {
            sum[mesh->triangles[3 * t + k]] += area * gap[t];
            weight[mesh->triangles[3 * t + k]] += area;
        }
    }
    for (gsize i = 0; i < mesh->n_vertices; i++)
        for (gsize d = 0; d < 3 && weight[i] > 0; d++)
            mesh->positions[3 * i + d] +=
                (float) (sum[i] / weight[i] * (double) mesh->normals[3 * i + d]);
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
    return lac_isosurface_new_coarse(grid, field, level, 1, progress, error);
}

/**
 * lac_isosurface_new_coarse:
 * @grid: a grid
 * @field: (array): finite values of the nodes
 * @level: the value on the surface; inside, values are above it
 * @stride: [nodes] edge of the cubes that are cut, at least 1
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * lac_isosurface_new() with larger triangles, for surfaces that bend little within them. They are
 * moved off the corners that they share with the fine surface so that they lie as much outside of
 * it as inside: neither the volume nor the mean distance from the surface changes.
 *
 * Returns: (transfer full): the surface, or %NULL as lac_isosurface_new()
 */
LacMesh *
lac_isosurface_new_coarse(const LacGrid *grid, const float *field, double level, gsize stride,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(stride > 0, NULL);

    // The last corners are the last nodes, also where these are not so many away.
    LacGrid coarse = { .origin = grid->origin,
        .step = grid->step * (double) stride,
        .nx = (grid->nx + stride - 2) / stride + 1,
        .ny = (grid->ny + stride - 2) / stride + 1,
        .nz = (grid->nz + stride - 2) / stride + 1 };
    Surface s = { .grid = &coarse,
        .field = field,
        .fine_grid = grid,
        .fine_field = field,
        .stride = stride,
        .level = (float) level };
    float *corners = NULL;
    if (stride > 1) {
        corners = lac_alloc_floats(lac_grid_count(&coarse), error);
        if (corners == NULL)
            return NULL;
        s.field = corners;
        Thin thin = { &s, corners };
        lac_parallel_for(coarse.nz, 4, thin_layers, &thin);
    }
    LacMesh *mesh = make_surface(&s, progress, error);
    lac_free(corners);
    if (stride > 1 && mesh != NULL)
        balance(&s, mesh);
    return mesh;
}
