// SPDX-License-Identifier: GPL-3.0-or-later
// Displacements of the atoms of a lattice, smoothed on a grid, and their derivatives.
#include "core/analysis/field.h"
#include "core/analysis/strain.h"
#include "core/array.h"
#include "core/clones.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

#define PADDING  3.0   // [sigma] of the grid around the atoms
#define N_FIELDS 4     // displacement along x, y, z, and density
#define MOST     200e6 // nodes

static gboolean
fit_grid(const LacPoints *points, const LacLattice *lattice, const LacStrainParams *params,
    LacGrid *grid, GError **error)
{
    LacVec3 low = { HUGE_VAL, HUGE_VAL, HUGE_VAL }, high = { -HUGE_VAL, -HUGE_VAL, -HUGE_VAL };
    for (gsize k = 0; k < lattice->n; k++) {
        guint32 p = lattice->points[k];
        low = (LacVec3){ fmin(low.x, points->x[p]), fmin(low.y, points->y[p]),
            fmin(low.z, points->z[p]) };
        high = (LacVec3){ fmax(high.x, points->x[p]), fmax(high.y, points->y[p]),
            fmax(high.z, points->z[p]) };
    }
    double padding = PADDING * params->sigma, step = params->step;
    const double extent[3] = { high.x - low.x + 2.0 * padding, high.y - low.y + 2.0 * padding,
        high.z - low.z + 2.0 * padding };
    double total = (extent[0] / step + 2) * (extent[1] / step + 2) * (extent[2] / step + 2);
    if (total > MOST) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A strain field in steps of %g Å has %.0f million nodes: choose a larger step", step,
            total / 1e6);
        return FALSE;
    }
    *grid = (LacGrid){ { low.x - padding, low.y - padding, low.z - padding }, step,
        (gsize) (extent[0] / step) + 2, (gsize) (extent[1] / step) + 2,
        (gsize) (extent[2] / step) + 2 };
    return TRUE;
}

static gboolean
smooth_displacements(const LacPoints *points, const LacLattice *lattice,
    const LacStrainParams *params, const LacGrid *grid, float *fields[N_FIELDS],
    LacProgress *progress, GError **error)
{
    for (gsize k = 0; k < lattice->n; k++) {
        guint32 p = lattice->points[k];
        LacVec3 at = { points->x[p], points->y[p], points->z[p] };
        LacVec3 site = lac_lattice_get_position(lattice, lattice->sites[k]);
        LacVec3 u = lac_vec3_subtract(at, site);
        // At the site: the derivatives are those of the displacement by the undeformed place.
        lac_field_splat(grid, site, (float) u.x, fields[0]);
        lac_field_splat(grid, site, (float) u.y, fields[1]);
        lac_field_splat(grid, site, (float) u.z, fields[2]);
        lac_field_splat(grid, site, 1.0f, fields[3]);
    }
    for (int f = 0; f < N_FIELDS; f++)
        if (!lac_field_smooth(grid, params->sigma, fields[f], NULL, error) ||
            !lac_progress_update(progress, 0.2 * (f + 1), error))
            return FALSE;
    return TRUE;
}

// The mean density where the atoms are.
static double
mean_density(const LacLattice *lattice, const LacGrid *grid, const float *density)
{
    double sum = 0.0;
    for (gsize k = 0; k < lattice->n; k++)
        sum += lac_grid_sample(grid, density, lac_lattice_get_position(lattice, lattice->sites[k]));
    return sum / (double) lattice->n;
}

typedef struct {
    LacStrainField *field;
    float **u;
    float least;
} DeriveArgs;

// Mean displacements instead of sums; NaN where there are too few atoms.
LAC_CLONES static void
divide_rows(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    DeriveArgs *args = data;
    gsize nx = args->field->grid.nx;
    const float *restrict density = args->u[3];
    float least = args->least;
    for (int d = 0; d < 3; d++) {
        float *restrict u = args->u[d];
#pragma omp simd
        for (gsize i = begin * nx; i < end * nx; i++)
            u[i] = density[i] > least ? u[i] / density[i] : (float) NAN;
    }
}

static void
fill_undefined(LacStrainField *field, gsize begin, gsize end)
{
    for (gsize i = begin; i < end; i++) {
        for (int s = 0; s < LAC_N_STRAINS; s++)
            field->strain[s][i] = (float) NAN;
        for (int k = 0; k < 3; k++)
            field->rotation[k][i] = (float) NAN;
    }
}

// Strain along axis k, and shear and rotation in the plane across it, of nodes inside the grid.
LAC_CLONES static void
derive_axis(const DeriveArgs *args, int k, gsize begin, gsize end)
{
    LacStrainField *field = args->field;
    const gsize stride[3] = { 1, field->grid.nx, field->grid.nx * field->grid.ny };
    const float scale = (float) (0.5 / field->grid.step);
    int p = (k + 1) % 3, q = (k + 2) % 3;
    const float *restrict u = args->u[k], *restrict v = args->u[p], *restrict w = args->u[q];
    float *restrict along = field->strain[LAC_STRAIN_XX + k];
    float *restrict shear = field->strain[LAC_STRAIN_YZ + k];
    float *restrict rotation = field->rotation[k];
    gsize a = stride[k], b = stride[p], c = stride[q];
#pragma omp simd
    for (gsize i = begin; i < end; i++) {
        float v_by_q = scale * (v[i + c] - v[i - c]), w_by_p = scale * (w[i + b] - w[i - b]);
        along[i] = scale * (u[i + a] - u[i - a]);
        shear[i] = 0.5f * (v_by_q + w_by_p);
        rotation[i] = 0.5f * (w_by_p - v_by_q);
    }
}

// Central differences; NaN at the border of the grid.
static void
derive_rows(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    DeriveArgs *args = data;
    const LacGrid *grid = &args->field->grid;
    for (gsize row = begin; row < end; row++) {
        gsize y = row % grid->ny, z = row / grid->ny, first = row * grid->nx;
        gboolean inside = y > 0 && y + 1 < grid->ny && z > 0 && z + 1 < grid->nz && grid->nx > 2;
        fill_undefined(args->field, first, first + (inside ? 1 : grid->nx));
        if (!inside)
            continue;
        for (int k = 0; k < 3; k++)
            derive_axis(args, k, first + 1, first + grid->nx - 1);
        fill_undefined(args->field, first + grid->nx - 1, first + grid->nx);
    }
}

static gboolean
allocate(LacStrainField *field, float *u[N_FIELDS], GError **error)
{
    gsize n = lac_grid_count(&field->grid);
    float **all[N_FIELDS + LAC_N_STRAINS + 3];
    guint n_all = 0;
    for (int f = 0; f < N_FIELDS; f++)
        all[n_all++] = &u[f];
    for (int s = 0; s < LAC_N_STRAINS; s++)
        all[n_all++] = &field->strain[s];
    for (int r = 0; r < 3; r++)
        all[n_all++] = &field->rotation[r];
    for (guint k = 0; k < n_all; k++) {
        // Atoms are added to the first ones; the others are written as a whole.
        *all[k] =
            k < N_FIELDS ? lac_alloc_floats(n, error) : lac_alloc_unset(n, sizeof(float), error);
        if (*all[k] == NULL)
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_strain_field_new:
 * @points: atoms
 * @lattice: the sites that they are displaced from, of at least one atom
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Smooths the displacements u = x - site of the atoms of a lattice by normalised convolution with a
 * Gaussian and takes central differences: strain (du_a/db + du_b/da) / 2 and rotation
 * curl(u) / 2. It is least accurate within two sigma of the surface.
 *
 * Returns: (transfer full): the field; or %NULL with @error set if it has too many nodes, if memory
 *   is short, or if it was cancelled
 */
LacStrainField *
lac_strain_field_new(const LacPoints *points, const LacLattice *lattice,
    const LacStrainParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(lattice->n > 0, NULL);

    g_autoptr(LacStrainField) self = g_new0(LacStrainField, 1);
    float *u[N_FIELDS] = { NULL };
    gboolean ok = fit_grid(points, lattice, params, &self->grid, error) &&
        allocate(self, u, error) &&
        smooth_displacements(points, lattice, params, &self->grid, u, progress, error);
    if (ok) {
        double density = mean_density(lattice, &self->grid, u[3]);
        DeriveArgs args = { self, u, (float) (params->least_density * density) };
        gsize n_rows = self->grid.ny * self->grid.nz;
        lac_parallel_for(n_rows, 64, divide_rows, &args);
        lac_parallel_for(n_rows, 64, derive_rows, &args);
    }
    for (int f = 0; f < N_FIELDS; f++)
        lac_free(u[f]);
    return ok ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_strain_field_free:
 * @self: (nullable) (transfer full): a field
 */
void
lac_strain_field_free(LacStrainField *self)
{
    if (self == NULL)
        return;
    for (int s = 0; s < LAC_N_STRAINS; s++)
        lac_free(self->strain[s]);
    for (int r = 0; r < 3; r++)
        lac_free(self->rotation[r]);
    g_free(self);
}
