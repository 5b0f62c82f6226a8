// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/mesh.h"

#include "core/array.h"
#include "core/error.h"
#include "core/vec.h"

#include <math.h>

/**
 * lac_mesh_new:
 * @n_vertices: number of vertices
 * @n_triangles: number of triangles
 * @has_values: whether vertices carry a value for colour
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a mesh of zeros to be filled before it is published, or %NULL with
 *   @error set
 */
LacMesh *
lac_mesh_new(gsize n_vertices, gsize n_triangles, gboolean has_values, GError **error)
{
    if (n_vertices >= G_MAXUINT32 || n_triangles >= G_MAXUINT32) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "A surface of %" G_GSIZE_FORMAT " vertices and %" G_GSIZE_FORMAT
            " triangles is too large; a coarser grid gives fewer",
            n_vertices, n_triangles);
        return NULL;
    }
    g_autoptr(LacMesh) self = g_new0(LacMesh, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n_vertices = n_vertices;
    self->n_triangles = n_triangles;
    self->positions = lac_alloc(n_vertices, 3 * sizeof(float), error);
    if (self->positions == NULL)
        return NULL;
    self->normals = lac_alloc(n_vertices, 3 * sizeof(float), error);
    if (self->normals == NULL)
        return NULL;
    if (has_values) {
        self->values = lac_alloc(n_vertices, sizeof(float), error);
        if (self->values == NULL)
            return NULL;
    }
    self->triangles = lac_alloc(n_triangles, 3 * sizeof(guint32), error);
    return self->triangles != NULL ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_mesh_ref:
 * @self: a mesh
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacMesh *
lac_mesh_ref(LacMesh *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_mesh_unref:
 * @self: (nullable) (transfer full): a mesh; freed with its last reference; any thread
 */
void
lac_mesh_unref(LacMesh *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_free(self->positions);
    lac_free(self->normals);
    lac_free(self->values);
    lac_free(self->triangles);
    g_free(self);
}

/**
 * lac_mesh_get_vertex:
 * @self: a mesh
 * @i: index of a vertex
 *
 * Returns: [Å] where it is
 */
LacVec3
lac_mesh_get_vertex(const LacMesh *self, gsize i)
{
    const float *p = self->positions + 3 * i;
    return (LacVec3){ (double) p[0], (double) p[1], (double) p[2] };
}

/**
 * lac_mesh_get_normal:
 * @self: a mesh
 * @i: index of a vertex
 *
 * Returns: the direction of the surface there, of length 1
 */
LacVec3
lac_mesh_get_normal(const LacMesh *self, gsize i)
{
    const float *p = self->normals + 3 * i;
    return (LacVec3){ (double) p[0], (double) p[1], (double) p[2] };
}

/**
 * lac_mesh_get_corners:
 * @self: a mesh
 * @triangle: index of a triangle
 * @corners: (out caller-allocates): [Å] its corners
 */
void
lac_mesh_get_corners(const LacMesh *self, gsize triangle, LacVec3 corners[3])
{
    for (gsize k = 0; k < 3; k++)
        corners[k] = lac_mesh_get_vertex(self, self->triangles[3 * triangle + k]);
}

/**
 * lac_mesh_get_middle:
 * @self: a mesh
 * @triangle: index of a triangle
 *
 * Returns: [Å] the mean of its corners
 */
LacVec3
lac_mesh_get_middle(const LacMesh *self, gsize triangle)
{
    LacVec3 c[3];
    lac_mesh_get_corners(self, triangle, c);
    return (LacVec3){ (c[0].x + c[1].x + c[2].x) / 3, (c[0].y + c[1].y + c[2].y) / 3,
        (c[0].z + c[1].z + c[2].z) / 3 };
}

/**
 * lac_mesh_get_triangle_area:
 * @self: a mesh
 * @triangle: index of a triangle
 *
 * Returns: [Å^2]
 */
double
lac_mesh_get_triangle_area(const LacMesh *self, gsize triangle)
{
    LacVec3 c[3];
    lac_mesh_get_corners(self, triangle, c);
    LacVec3 normal = lac_vec3_cross(lac_vec3_subtract(c[1], c[0]), lac_vec3_subtract(c[2], c[0]));
    return 0.5 * lac_vec3_norm(normal);
}

/**
 * lac_mesh_get_area:
 * @self: a mesh
 *
 * Returns: [Å^2] sum over the triangles, in their order
 */
double
lac_mesh_get_area(const LacMesh *self)
{
    double area = 0;
    for (gsize t = 0; t < self->n_triangles; t++)
        area += lac_mesh_get_triangle_area(self, t);
    return area;
}

/**
 * lac_mesh_get_volume:
 * @self: a closed mesh
 *
 * Sums the tetrahedra between the triangles and the first vertex (divergence theorem).
 *
 * Returns: [Å^3] enclosed; negative if the normals point inwards
 */
double
lac_mesh_get_volume(const LacMesh *self)
{
    if (self->n_triangles == 0)
        return 0;
    LacVec3 base = lac_mesh_get_vertex(self, 0);
    double six_volumes = 0;
    for (gsize t = 0; t < self->n_triangles; t++) {
        LacVec3 c[3];
        lac_mesh_get_corners(self, t, c);
        for (gsize k = 0; k < 3; k++)
            c[k] = lac_vec3_subtract(c[k], base);
        six_volumes += lac_vec3_dot(c[0], lac_vec3_cross(c[1], c[2]));
    }
    return six_volumes / 6.0;
}
