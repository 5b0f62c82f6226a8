// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/strain.h"

#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

#define BLOCK       512
#define LOCAL_SHARE 0.1 // of the time, for the progress
#define LEAST       20  // atoms of a lattice that has a field

/**
 * lac_strain_params_init:
 * @params: (out caller-allocates): against each grain's own cell, along its axes; a field smoothed
 *   by 3.9 Å
 */
void
lac_strain_params_init(LacStrainParams *params)
{
    *params = (LacStrainParams){ .sigma = 3.9, .step = 1.0, .least_density = 0.5 };
}

static gboolean
check_params(const LacStrainParams *params, GError **error)
{
    if (!(params->a_reference >= 0.0 && isfinite(params->a_reference)))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The reference cell of %g Å is negative or no number", params->a_reference);
    else if (!(params->sigma >= 0.5 && params->sigma <= 50.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The smoothing %g Å of displacements is not between 0.5 and 50 Å", params->sigma);
    else if (!(params->step >= 0.1 && params->step <= params->sigma))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The step %g Å of a strain field is not between 0.1 Å and its smoothing", params->step);
    else if (!(params->least_density >= 0.0 && params->least_density < 1.0))
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The least density %g of a strain field is not between 0 and 1", params->least_density);
    else
        return TRUE;
    return FALSE;
}

// What the strain of the atoms of one lattice is measured against.
typedef struct {
    LacMat3 stretch; // inverse: from the unstrained crystal to the shape, whose mean radius is 1
    LacMat3 orientation; // of the grain
    LacSymmetryGroup group;
} Reference;

// Length of the nearest neighbours of the shape.
static double
shape_spacing(LacStructure structure)
{
    return structure == LAC_STRUCTURE_BCC ? 14.0 / (8.0 + 12.0 / sqrt(3.0)) : 1.0;
}

static void
reference_init(Reference *self, const LacLattice *lattice, const LacStrainParams *params)
{
    LacStructure structure = lattice->kind.structure;
    double ideal = lattice->kind.n_basis / fabs(lac_mat3_determinant(&lattice->kind.cell));
    double along[3]; // [Å] unstrained nearest distance, along the axes of the crystal
    for (int k = 0; k < 3; k++)
        along[k] =
            params->a_reference > 0.0 ? params->a_reference / cbrt(4.0 / ideal) : lattice->spacing;
    if (params->a_reference == 0.0 && structure == LAC_STRUCTURE_HCP) { // c / a is its own
        along[0] = along[1] = 0.5 * (lattice->a + lattice->b);
        along[2] = lattice->c / sqrt(8.0 / 3.0);
    }
    self->stretch = (LacMat3){ 0 };
    for (int k = 0; k < 3; k++)
        self->stretch.m[k][k] = shape_spacing(structure) / along[k];
    self->orientation = lattice->orientation;
    lac_symmetry_group_init(&self->group, lac_structure_get_symmetry(structure));
}

static void
put_nothing(LacStrainMap *map, gsize i)
{
    const double none = (double) NAN;
    for (int k = 0; k < LAC_N_STRAINS; k++)
        map->strain[i][k] = none;
    map->volumetric[i] = map->shear[i] = map->rotation[i] = none;
    map->axis[i] = (LacVec3){ none, none, none };
}

static void
put_strain(LacStrainMap *map, gsize i, const LacMat3 *e)
{
    double *s = map->strain[i];
    for (int k = 0; k < 3; k++) {
        int p = (k + 1) % 3, q = (k + 2) % 3;
        s[LAC_STRAIN_XX + k] = e->m[k][k];
        s[LAC_STRAIN_YZ + k] = 0.5 * (e->m[p][q] + e->m[q][p]);
    }
    double xy = s[0] - s[1], yz = s[1] - s[2], zx = s[2] - s[0];
    map->volumetric[i] = s[0] + s[1] + s[2];
    map->shear[i] =
        sqrt((xy * xy + yz * yz + zx * zx) / 6.0 + s[3] * s[3] + s[4] * s[4] + s[5] * s[5]);
}

// R e transpose(R)
static LacMat3
turn_tensor(const LacMat3 *r, const LacMat3 *e)
{
    LacMat3 back = lac_mat3_transpose(r), half = lac_mat3_multiply(r, e);
    return lac_mat3_multiply(&half, &back);
}

typedef struct {
    const LacTemplates *templates;
    const LacLattices *lattices;
    const LacStrainParams *params;
    const Reference *references; // of the lattices
    LacStrain *result;
} StrainArgs;

// E = (F^T F - 1) / 2 of the neighbours against the reference, in the axes of the grain.
static void
find_local(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    const StrainArgs *args = data;
    const LacTemplates *t = args->templates;
    LacStrain *result = args->result;
    for (gsize i = begin; i < end; i++) {
        guint32 owner = args->lattices->owner[i];
        result->a[i] = lac_templates_get_lattice_constant(t, i);
        if (owner == LAC_GRAIN_NONE ||
            t->type[i] != args->lattices->lattices[owner]->kind.structure) {
            put_nothing(&result->local, i);
            continue;
        }
        const Reference *reference = &args->references[owner];
        // The axes of the match are those of the grain up to a rotation of the symmetry.
        LacMat3 copy = lac_orientation_nearest_copy(&t->orientation[i], &reference->orientation,
            &reference->group);
        LacMat3 back = lac_mat3_transpose(&t->orientation[i]);
        LacMat3 symmetry = lac_mat3_multiply(&back, &copy);
        LacMat3 f = lac_mat3_multiply(&t->gradient[i], &symmetry);
        f = lac_mat3_multiply(&f, &reference->stretch);
        LacMat3 ft = lac_mat3_transpose(&f), e = lac_mat3_multiply(&ft, &f);
        for (int k = 0; k < 9; k++)
            e.m[k / 3][k % 3] = 0.5 * (e.m[k / 3][k % 3] - (k % 4 == 0 ? 1.0 : 0.0));
        LacMat3 local = lac_mat3_nearest_rotation(&f);
        if (args->params->sample_frame)
            e = turn_tensor(&reference->orientation, &e);
        put_strain(&result->local, i, &e);
        LacMat3 grain_back = lac_mat3_transpose(&reference->orientation);
        LacMat3 turn = lac_mat3_multiply(&local, &grain_back);
        LacVec3 axis;
        double angle = lac_rotation_get_angle_deg(&turn, &axis);
        result->local.rotation[i] = angle;
        result->local.axis[i] = (LacVec3){ angle * axis.x, angle * axis.y, angle * axis.z };
    }
}

// Isotropic difference between the fitted cell, which the displacements are measured from, and the
// reference.
static double
offset_of(const LacLattice *lattice, const LacStrainParams *params)
{
    return params->a_reference > 0.0 ? lattice->a_fcc / params->a_reference - 1.0 : 0.0;
}

static void
sample_field(const StrainArgs *args, const LacLattice *lattice, const LacStrainField *field)
{
    LacStrainMap *map = &args->result->field;
    LacMat3 back = lac_mat3_transpose(&lattice->orientation);
    double offset = offset_of(lattice, args->params);
    for (gsize k = 0; k < lattice->n; k++) {
        gsize i = lattice->points[k];
        LacVec3 site = lac_lattice_get_position(lattice, lattice->sites[k]);
        LacMat3 e;
        double w[3];
        for (int c = 0; c < 3; c++) {
            int p = (c + 1) % 3, q = (c + 2) % 3;
            e.m[c][c] =
                offset + lac_grid_sample(&field->grid, field->strain[LAC_STRAIN_XX + c], site);
            e.m[p][q] = e.m[q][p] =
                lac_grid_sample(&field->grid, field->strain[LAC_STRAIN_YZ + c], site);
            w[c] = lac_grid_sample(&field->grid, field->rotation[c], site) * 180.0 / G_PI;
        }
        double sum = w[0] + w[1] + w[2];
        for (int c = 0; c < 9; c++)
            sum += e.m[c / 3][c % 3];
        if (!isfinite(sum))
            continue;
        if (!args->params->sample_frame)
            e = turn_tensor(&back, &e);
        put_strain(map, i, &e);
        map->axis[i] = (LacVec3){ w[0], w[1], w[2] };
        map->rotation[i] = lac_vec3_norm(map->axis[i]);
    }
}

static gboolean
find_fields(const StrainArgs *args, const LacPoints *points, LacProgress *progress, GError **error)
{
    gsize n = args->lattices->n_lattices;
    for (gsize l = 0; l < n; l++) {
        const LacLattice *lattice = args->lattices->lattices[l];
        double share = (double) l / (double) n;
        if (!lac_progress_update(progress, LOCAL_SHARE + (1.0 - LOCAL_SHARE) * share, error))
            return FALSE;
        if (lattice->n < LEAST || !lattice->is_fitted)
            continue;
        g_autoptr(LacStrainField) field =
            lac_strain_field_new(points, lattice, args->params, NULL, error);
        if (field == NULL)
            return FALSE;
        sample_field(args, lattice, field);
    }
    return TRUE;
}

static void
map_init(LacStrainMap *map, gsize n)
{
    map->strain = g_malloc_n(MAX(n, 1), sizeof *map->strain);
    map->volumetric = g_new(double, MAX(n, 1));
    map->shear = g_new(double, MAX(n, 1));
    map->rotation = g_new(double, MAX(n, 1));
    map->axis = g_new(LacVec3, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        put_nothing(map, i);
}

static void
map_clear(LacStrainMap *map)
{
    g_free(map->strain);
    g_free(map->volumetric);
    g_free(map->shear);
    g_free(map->rotation);
    g_free(map->axis);
}

/**
 * lac_strain_new:
 * @points: atoms
 * @templates: local structure of them
 * @lattices: of their grains
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Makes two maps of strain for the atoms that belong to a lattice. The local one takes the
 * deformation F of the ideal neighbourhood and gives E = (F^T F - 1) / 2 against the grain's own
 * cell or a chosen one; the other smooths the displacements from the lattice, as
 * lac_strain_field_new() says, each grain by itself.
 *
 * Returns: (transfer full): the maps, NaN where they are undefined; or %NULL with @error set if a
 *   parameter is out of range, if memory is short, or if it was cancelled
 */
LacStrain *
lac_strain_new(const LacPoints *points, const LacTemplates *templates, const LacLattices *lattices,
    const LacStrainParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points->n == templates->n && points->n == lattices->n, NULL);

    if (!check_params(params, error) || !lac_progress_update(progress, 0.0, error))
        return NULL;
    g_autoptr(LacStrain) self = g_new0(LacStrain, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = points->n;
    self->a = g_new(double, MAX(points->n, 1));
    map_init(&self->local, points->n);
    map_init(&self->field, points->n);
    g_autofree Reference *references = g_new(Reference, MAX(lattices->n_lattices, 1));
    for (gsize l = 0; l < lattices->n_lattices; l++)
        reference_init(&references[l], lattices->lattices[l], params);
    StrainArgs args = { templates, lattices, params, references, self };
    lac_parallel_for(points->n, BLOCK, find_local, &args);
    return find_fields(&args, points, progress, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_strain_ref:
 * @self: strain
 *
 * Returns: (transfer full): @self
 */
LacStrain *
lac_strain_ref(LacStrain *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_strain_unref:
 * @self: (nullable) (transfer full): strain
 */
void
lac_strain_unref(LacStrain *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    map_clear(&self->local);
    map_clear(&self->field);
    g_free(self->a);
    g_free(self);
}
