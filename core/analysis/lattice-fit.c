// SPDX-License-Identifier: GPL-3.0-or-later
// Cell and origin of a lattice from atoms whose sites are known.
#include "core/analysis/lattice-private.h"

#include <math.h>
#include <stdlib.h>

#define N_ROUNDS 8    // of robust weights
#define GOOD     1.5  // [median] displacements below this weigh alike
#define STRANGE  1.67 // [GOOD] 2.5 medians, 3.8 sigma: atoms farther off are none of the lattice
#define LEAST    8    // atoms

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static double
find_median(const double *values, gsize n)
{
    if (n == 0)
        return (double) NAN;
    g_autofree double *sorted = g_memdup2(values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

static LacVec3
fraction_of(const LacLatticeKind *kind, LacSite site)
{
    LacVec3 b = kind->basis[site.basis];
    return (LacVec3){ site.n[0] + b.x, site.n[1] + b.y, site.n[2] + b.z };
}

typedef struct {
    gsize n;
    LacVec3 *position, *fraction;
    double *weight, *residual;
} Samples;

// sum += weight a b^T
static void
add_product(LacMat3 *sum, double weight, LacVec3 a, LacVec3 b)
{
    const double p[3] = { weight * a.x, weight * a.y, weight * a.z }, q[3] = { b.x, b.y, b.z };
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            sum->m[r][c] += p[r] * q[c];
}

// One weighted least-squares solution. FALSE: the sites do not span space.
static gboolean
solve(const Samples *samples, LacMat3 *cell, LacVec3 *origin)
{
    double total = 0.0;
    LacVec3 x = { 0, 0, 0 }, k = { 0, 0, 0 };
    for (gsize i = 0; i < samples->n; i++) {
        total += samples->weight[i];
        x = lac_vec3_add_scaled(x, samples->weight[i], samples->position[i]);
        k = lac_vec3_add_scaled(k, samples->weight[i], samples->fraction[i]);
    }
    x = (LacVec3){ x.x / total, x.y / total, x.z / total };
    k = (LacVec3){ k.x / total, k.y / total, k.z / total };
    LacMat3 s = { 0 }, inverse;
    for (gsize i = 0; i < samples->n; i++)
        add_product(&s, samples->weight[i], lac_vec3_subtract(samples->fraction[i], k),
            lac_vec3_subtract(samples->fraction[i], k));
    double size = s.m[0][0] * s.m[1][1] * s.m[2][2];
    if (!(lac_mat3_determinant(&s) > 1e-9 * size) || !lac_mat3_invert(&s, &inverse))
        return FALSE;
    // The second time round takes away what rounding left.
    *cell = (LacMat3){ 0 };
    for (int round = 0; round < 2; round++) {
        LacMat3 t = { 0 };
        for (gsize i = 0; i < samples->n; i++) {
            LacVec3 dk = lac_vec3_subtract(samples->fraction[i], k);
            LacVec3 dx = lac_vec3_subtract(samples->position[i], x);
            add_product(&t, samples->weight[i], lac_vec3_subtract(dx, lac_mat3_apply(cell, dk)),
                dk);
        }
        LacMat3 step = lac_mat3_multiply(&t, &inverse);
        for (int c = 0; c < 9; c++)
            cell->m[c / 3][c % 3] += step.m[c / 3][c % 3];
    }
    *origin = lac_vec3_subtract(x, lac_mat3_apply(cell, k));
    LacVec3 rest = { 0, 0, 0 };
    for (gsize i = 0; i < samples->n; i++) {
        LacVec3 site =
            lac_vec3_add_scaled(*origin, 1.0, lac_mat3_apply(cell, samples->fraction[i]));
        rest = lac_vec3_add_scaled(rest, samples->weight[i] / total,
            lac_vec3_subtract(samples->position[i], site));
    }
    *origin = lac_vec3_add_scaled(*origin, 1.0, rest);
    return TRUE;
}

/**
 * lac_lattice_fit:
 * @points: atoms
 * @kind: of the lattice
 * @members: (array length=n): points of the lattice
 * @sites: (array length=n): theirs
 * @inside: (nullable) (array): 0 for points, not members, that take no part
 * @n: number of members
 * @cell: (out caller-allocates): [Å] primitive vectors as columns
 * @origin: (out caller-allocates): [Å]
 *
 * Fits x = origin + cell (n + basis) with weights 1 / max(displacement, 1.5 median)^2, eight times;
 * atoms off by more than 2.5 medians weigh nothing.
 *
 * Returns: %FALSE, with the outputs untouched, if there are fewer than eight atoms or they do not
 *   span space
 */
gboolean
lac_lattice_fit(const LacPoints *points, const LacLatticeKind *kind, const guint32 *members,
    const LacSite *sites, const guint8 *inside, gsize n, LacMat3 *cell, LacVec3 *origin)
{
    g_autofree LacVec3 *position = g_new(LacVec3, MAX(n, 1));
    g_autofree LacVec3 *fraction = g_new(LacVec3, MAX(n, 1));
    g_autofree double *weight = g_new(double, MAX(n, 1));
    g_autofree double *residual = g_new(double, MAX(n, 1));
    Samples samples = { 0, position, fraction, weight, residual };
    for (gsize k = 0; k < n; k++) {
        guint32 p = members[k];
        if (inside != NULL && !inside[p])
            continue;
        position[samples.n] = (LacVec3){ points->x[p], points->y[p], points->z[p] };
        fraction[samples.n] = fraction_of(kind, sites[k]);
        weight[samples.n++] = 1.0;
    }
    if (samples.n < LEAST)
        return FALSE;
    LacMat3 c = { 0 };
    LacVec3 o = { 0, 0, 0 };
    for (int round = 0; round < N_ROUNDS; round++) {
        if (!solve(&samples, &c, &o))
            return FALSE;
        for (gsize i = 0; i < samples.n; i++) {
            LacVec3 site = lac_vec3_add_scaled(o, 1.0, lac_mat3_apply(&c, fraction[i]));
            residual[i] = lac_vec3_norm(lac_vec3_subtract(position[i], site));
        }
        double floor = GOOD * find_median(residual, samples.n) + 1e-9;
        for (gsize i = 0; i < samples.n; i++) {
            double w = floor / fmax(residual[i], floor);
            weight[i] = residual[i] > STRANGE * floor ? 0.0 : w * w;
        }
    }
    *cell = c;
    *origin = o;
    return TRUE;
}

static double
angle_between(LacVec3 a, LacVec3 b)
{
    return atan2(lac_vec3_norm(lac_vec3_cross(a, b)), lac_vec3_dot(a, b)) * 180.0 / G_PI;
}

static void
describe_cell(LacLattice *self)
{
    LacMat3 conventional = lac_mat3_multiply(&self->cell, &self->kind.conventional);
    LacVec3 v[3];
    for (int j = 0; j < 3; j++)
        v[j] = (LacVec3){ conventional.m[0][j], conventional.m[1][j], conventional.m[2][j] };
    self->a = lac_vec3_norm(v[0]);
    self->b = lac_vec3_norm(v[1]);
    self->c = lac_vec3_norm(v[2]);
    self->alpha = angle_between(v[1], v[2]);
    self->beta = angle_between(v[0], v[2]);
    self->gamma = angle_between(v[0], v[1]);
    self->density = self->kind.n_basis / fabs(lac_mat3_determinant(&self->cell));
    self->a_fcc = cbrt(4.0 / self->density);
    // The rotation in the deformation of the ideal cell.
    LacMat3 inverse, gradient;
    gboolean ok = lac_mat3_invert(&self->kind.cell, &inverse);
    g_assert(ok);
    gradient = lac_mat3_multiply(&self->cell, &inverse);
    self->orientation = lac_mat3_nearest_rotation(&gradient);
    self->spacing = cbrt(fabs(lac_mat3_determinant(&gradient)));
}

static void
describe_displacements(LacLattice *self, const LacPoints *points)
{
    g_autofree double *length = g_new(double, MAX(self->n, 1));
    double sum = 0.0;
    for (gsize k = 0; k < self->n; k++) {
        guint32 p = self->points[k];
        LacVec3 at = { points->x[p], points->y[p], points->z[p] };
        self->displacement[k] =
            lac_vec3_subtract(at, lac_lattice_get_position(self, self->sites[k]));
        length[k] = lac_vec3_norm(self->displacement[k]);
        sum += length[k] * length[k];
    }
    self->rms = sqrt(sum / (double) self->n);
    self->median = find_median(length, self->n);
}

/**
 * lac_lattice_new:
 * @points: atoms
 * @kind: of the lattice
 * @grain: that it was grown from
 * @members: (array length=n): its points, ascending
 * @sites: (array length=n): theirs, no two the same
 * @n: number of members
 * @cell: [Å] primitive vectors as columns
 * @origin: [Å]
 * @is_fitted: whether the cell was fitted to the members
 *
 * Returns: (transfer full): the lattice with all that follows from its cell
 */
LacLattice *
lac_lattice_new(const LacPoints *points, const LacLatticeKind *kind, gsize grain,
    const guint32 *members, const LacSite *sites, gsize n, const LacMat3 *cell, LacVec3 origin,
    gboolean is_fitted)
{
    LacLattice *self = g_new0(LacLattice, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->kind = *kind;
    self->grain = grain;
    self->cell = *cell;
    self->origin = origin;
    self->is_fitted = is_fitted;
    self->n = n;
    self->points = g_memdup2(members, MAX(n, 1) * sizeof *members);
    self->sites = g_memdup2(sites, MAX(n, 1) * sizeof *sites);
    self->displacement = g_new(LacVec3, MAX(n, 1));
    self->map = lac_site_map_new(n);
    for (gsize k = 0; k < n; k++)
        lac_site_map_add(self->map, sites[k], (guint32) k);
    describe_cell(self);
    describe_displacements(self, points);
    return self;
}

/**
 * lac_lattice_refit:
 * @self: a lattice
 * @points: the atoms that it was grown on
 * @inside: (array): 0 for points that the fit leaves out, as those near an interface or a surface,
 *   which shear it
 *
 * Fits cell and origin again to some of the atoms; all keep their sites.
 *
 * Returns: (transfer full): the lattice with the new cell; with the old one if too few atoms are
 *   inside
 */
LacLattice *
lac_lattice_refit(const LacLattice *self, const LacPoints *points, const guint8 *inside)
{
    LacMat3 cell = self->cell;
    LacVec3 origin = self->origin;
    gboolean fitted = lac_lattice_fit(points, &self->kind, self->points, self->sites, inside,
        self->n, &cell, &origin);
    return lac_lattice_new(points, &self->kind, self->grain, self->points, self->sites, self->n,
        &cell, origin, fitted || self->is_fitted);
}

/**
 * lac_lattice_get_position:
 * @self: a lattice
 * @site: any site, with an atom or without
 *
 * Returns: [Å] where it is
 */
LacVec3
lac_lattice_get_position(const LacLattice *self, LacSite site)
{
    LacVec3 at = lac_mat3_apply(&self->cell, fraction_of(&self->kind, site));
    return (LacVec3){ self->origin.x + at.x, self->origin.y + at.y, self->origin.z + at.z };
}

/**
 * lac_lattice_find_point:
 * @self: a lattice
 * @point: a point
 * @k: (out) (optional): its place in the arrays of the lattice
 *
 * Returns: whether it belongs to the lattice
 */
gboolean
lac_lattice_find_point(const LacLattice *self, guint32 point, gsize *k)
{
    gsize low = 0, high = self->n;
    while (low < high) {
        gsize middle = low + (high - low) / 2;
        if (self->points[middle] < point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == self->n || self->points[low] != point)
        return FALSE;
    if (k != NULL)
        *k = low;
    return TRUE;
}

/**
 * lac_lattice_ref:
 * @self: a lattice
 *
 * Returns: (transfer full): @self
 */
LacLattice *
lac_lattice_ref(LacLattice *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_lattice_unref:
 * @self: (nullable) (transfer full): a lattice
 */
void
lac_lattice_unref(LacLattice *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_free(self->points);
    g_free(self->sites);
    g_free(self->displacement);
    lac_site_map_free(self->map);
    g_free(self);
}
