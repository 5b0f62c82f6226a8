// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/structure.h"

#include <math.h>

#define SAME 1e-6 // between vertices, and between cosines

/**
 * lac_structure_get_name:
 * @structure: which
 *
 * Returns: (transfer none): what to call it
 */
const char *
lac_structure_get_name(LacStructure structure)
{
    static const char *const names[] = { "other", "fcc", "hcp", "bcc", "icosahedron",
        "simple cubic" };
    g_return_val_if_fail(structure < LAC_N_STRUCTURES, NULL);

    return names[structure];
}

static void
add_vertex(LacShape *self, double x, double y, double z)
{
    g_assert(self->k < LAC_SHAPE_MAX_K);
    self->vertex[self->k++] = (LacVec3){ x, y, z };
}

static void
add_axes(LacShape *self, double length)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        add_vertex(self, sign * length, 0, 0);
        add_vertex(self, 0, sign * length, 0);
        add_vertex(self, 0, 0, sign * length);
    }
}

static void
add_fcc(LacShape *self)
{
    for (int a = -1; a <= 1; a += 2)
        for (int b = -1; b <= 1; b += 2) {
            add_vertex(self, 0, a, b);
            add_vertex(self, a, 0, b);
            add_vertex(self, a, b, 0);
        }
}

static void
add_hcp(LacShape *self)
{
    for (int k = 0; k < 6; k++)
        add_vertex(self, cos(k * G_PI / 3.0), sin(k * G_PI / 3.0), 0);
    for (int sign = 1; sign >= -1; sign -= 2)
        for (int k = 0; k < 3; k++) {
            double angle = G_PI / 6.0 + k * 2.0 * G_PI / 3.0;
            add_vertex(self, cos(angle) / sqrt(3.0), sin(angle) / sqrt(3.0),
                sign * sqrt(2.0 / 3.0));
        }
}

static void
add_icosahedron(LacShape *self)
{
    const double golden = 0.5 * (1.0 + sqrt(5.0));
    for (int a = -1; a <= 1; a += 2)
        for (int b = -1; b <= 1; b += 2) {
            add_vertex(self, 0, a, b * golden);
            add_vertex(self, a, b * golden, 0);
            add_vertex(self, b * golden, 0, a);
        }
}

static void
add_bcc(LacShape *self)
{
    for (int corner = 0; corner < 8; corner++)
        add_vertex(self, corner & 1 ? 0.5 : -0.5, corner & 2 ? 0.5 : -0.5, corner & 4 ? 0.5 : -0.5);
    add_axes(self, 1.0);
}

static void
measure(LacShape *self)
{
    double radius = 0.0;
    for (guint i = 0; i < self->k; i++)
        radius += lac_vec3_norm(self->vertex[i]) / self->k;
    LacMat3 moment = { 0 };
    for (guint i = 0; i < self->k; i++) {
        LacVec3 *v = &self->vertex[i];
        *v = (LacVec3){ v->x / radius, v->y / radius, v->z / radius };
        self->mean = lac_vec3_add_scaled(self->mean, 1.0 / (self->k + 1.0), *v);
        const double c[3] = { v->x, v->y, v->z };
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
                moment.m[a][b] += c[a] * c[b];
    }
    self->size = lac_vec3_dot(self->mean, self->mean);
    for (guint i = 0; i < self->k; i++) {
        LacVec3 d = lac_vec3_subtract(self->vertex[i], self->mean);
        self->size += lac_vec3_dot(d, d);
    }
    gboolean ok = lac_mat3_invert(&moment, &self->moment);
    g_assert(ok);
}

static double
cosine(LacVec3 a, LacVec3 b)
{
    return lac_vec3_dot(a, b) / (lac_vec3_norm(a) * lac_vec3_norm(b));
}

static LacMat3
triad_of(LacVec3 a, LacVec3 b)
{
    double length = lac_vec3_norm(a);
    LacVec3 e1 = { a.x / length, a.y / length, a.z / length }, n = lac_vec3_cross(a, b);
    length = lac_vec3_norm(n);
    LacVec3 e3 = { n.x / length, n.y / length, n.z / length }, e2 = lac_vec3_cross(e3, e1);
    return (LacMat3){ { { e1.x, e2.x, e3.x }, { e1.y, e2.y, e3.y }, { e1.z, e2.z, e3.z } } };
}

static gboolean
maps_to_itself(const LacShape *self, const LacMat3 *rotation)
{
    for (guint i = 0; i < self->k; i++) {
        LacVec3 turned = lac_mat3_apply(rotation, self->vertex[i]);
        gboolean found = FALSE;
        for (guint j = 0; !found && j < self->k; j++)
            found = lac_vec3_norm(lac_vec3_subtract(turned, self->vertex[j])) < SAME;
        if (!found)
            return FALSE;
    }
    return TRUE;
}

// A pair that a rotation of the shape makes of another gives the same orientations as that one.
static void
add_pair(LacShape *self, guint i, guint j, double c)
{
    LacShapePair pair = { triad_of(self->vertex[i], self->vertex[j]), acos(c) };
    for (guint p = 0; p < self->n_pairs; p++) {
        LacMat3 other = lac_mat3_transpose(&self->pairs[p].triad);
        LacMat3 rotation = lac_mat3_multiply(&pair.triad, &other);
        if (fabs(cos(self->pairs[p].angle) - c) < SAME && maps_to_itself(self, &rotation))
            return;
    }
    g_assert(self->n_pairs < LAC_SHAPE_MAX_PAIRS);
    self->pairs[self->n_pairs++] = pair;
    self->angle = fmin(self->angle, pair.angle);
}

/**
 * lac_shape_init:
 * @self: (out caller-allocates): the shape
 * @structure: any but %LAC_STRUCTURE_OTHER
 *
 * Builds the ideal neighbourhood of an atom: 12 neighbours, 14 of bcc, 6 of simple cubic. Cubic
 * ones lie along the axes of their cell, hcp has its sixfold axis along z and a close-packed row
 * along x.
 */
void
lac_shape_init(LacShape *self, LacStructure structure)
{
    g_return_if_fail(structure > LAC_STRUCTURE_OTHER && structure < LAC_N_STRUCTURES);

    *self = (LacShape){ .angle = G_PI };
    switch (structure) {
    case LAC_STRUCTURE_FCC: add_fcc(self); break;
    case LAC_STRUCTURE_HCP: add_hcp(self); break;
    case LAC_STRUCTURE_BCC: add_bcc(self); break;
    case LAC_STRUCTURE_ICOSAHEDRON: add_icosahedron(self); break;
    case LAC_STRUCTURE_SC: add_axes(self, 1.0); break;
    case LAC_STRUCTURE_OTHER:
    case LAC_N_STRUCTURES: break;
    }
    measure(self);
    double low = structure == LAC_STRUCTURE_SC ? -SAME : 0.2, high = 0.95;
    for (guint i = 0; i < self->k; i++)
        for (guint j = 0; j < self->k; j++) {
            double c = i == j ? 1.0 : cosine(self->vertex[i], self->vertex[j]);
            if (c > low && c < high)
                add_pair(self, i, j, c);
        }
}
