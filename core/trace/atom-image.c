// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/atom-image.h"

#include <math.h>

#define REACH    4.5 // [sigma] a Gaussian ends here, at 4e-5 of its peak
#define MAX_TAPS 128 // of a line: 2 * REACH * 14 pixels

// A Gaussian of peak 1 sampled at the pixels [begin, begin + n) of a line.
typedef struct {
    gsize begin, n;
    float value[MAX_TAPS];
} Line;

static void
sample_line(double centre, double sigma, gsize size, Line *line)
{
    double reach = fmin(REACH * sigma, 0.5 * (MAX_TAPS - 2));
    double begin = fmax(ceil(centre - reach), 0.0);
    double end = fmin(floor(centre + reach) + 1.0, (double) size);
    line->n = end > begin ? (gsize) (end - begin) : 0;
    line->begin = line->n > 0 ? (gsize) begin : 0;
    for (gsize i = 0; i < line->n; i++) {
        double d = ((double) (line->begin + i) - centre) / sigma;
        line->value[i] = (float) exp(-0.5 * d * d);
    }
}

// [Å] As in volumes, positions are in pixels where the size of a pixel is unknown.
static double
pixel_size_of(const LacSeries *series)
{
    return series->pixel_size > 0.0 ? series->pixel_size : 1.0;
}

// The pixel that the point [Å] falls on, and in z its height above the centre along the beam.
static LacVec3
project(const LacMat3 *rotation, const LacSeries *series, gsize k, LacVec3 position)
{
    LacVec3 r = lac_mat3_apply(rotation, position);
    double a = pixel_size_of(series);
    const LacShift *shift = &series->shifts[k];
    return (LacVec3){ r.x / a + (double) (series->nu / 2) + shift->du,
        r.y / a + (double) (series->nv / 2) + shift->dv, r.z / a };
}

static LacMat3
rotation_of(const LacSeries *series, gsize k)
{
    const LacAngles *a = &series->angles[k];
    return lac_rotation_from_euler_deg(a->phi, a->theta, a->psi);
}

/**
 * lac_atom_image_place:
 * @series: projections of known pixel size
 * @k: one of them
 * @position: [Å] in the volume
 *
 * Returns: (u, v) [pixel] where it is seen, and along the beam its height above the centre [pixel]
 */
LacVec3
lac_atom_image_place(const LacSeries *series, gsize k, LacVec3 position)
{
    LacMat3 rotation = rotation_of(series, k);
    return project(&rotation, series, k, position);
}

// The lines of atom @i on a projection; FALSE when it is not on it.
static gboolean
lines_of(const LacAtomImage *self, const LacSeries *series, const LacMat3 *rotation, gsize k,
    gsize i, Line *u, Line *v)
{
    const LacAtoms *a = self->atoms;
    double sigma = self->sigma[i] / pixel_size_of(series);
    LacVec3 place = project(rotation, series, k, (LacVec3){ a->x[i], a->y[i], a->z[i] });
    sample_line(place.x, sigma, series->nu, u);
    sample_line(place.y, sigma, series->nv, v);
    return u->n > 0 && v->n > 0;
}

// The integral of a Gaussian of height 1 along the beam, in pixels.
static double
column_of(const LacAtomImage *self, const LacSeries *series, gsize i)
{
    return sqrt(2.0 * G_PI) * self->sigma[i] / pixel_size_of(series);
}

/**
 * lac_atom_image_add:
 * @self: atoms
 * @series: whose geometry counts
 * @k: the projection
 * @image: (array): (nv, nu), added to
 *
 * Adds each atom's projection: the integral of its Gaussian along the beam, in voxels of the pixel's
 * size, sampled at the centres of the pixels.
 */
void
lac_atom_image_add(const LacAtomImage *self, const LacSeries *series, gsize k, float *image)
{
    LacMat3 rotation = rotation_of(series, k);
    Line u, v;
    for (gsize i = 0; i < self->atoms->n; i++) {
        if (self->height[i] == 0.0 || !lines_of(self, series, &rotation, k, i, &u, &v))
            continue;
        float peak = (float) (self->height[i] * column_of(self, series, i));
        for (gsize j = 0; j < v.n; j++) {
            float *restrict row = image + (v.begin + j) * series->nu + u.begin;
            float factor = peak * v.value[j];
            for (gsize m = 0; m < u.n; m++)
                row[m] += factor * u.value[m];
        }
    }
}

/**
 * lac_atom_image_add_growth:
 * @self: atoms
 * @series: whose geometry counts
 * @k: the projection
 * @image: (array): (nv, nu), added to
 *
 * Adds the derivative of lac_atom_image_add() with respect to the logarithm of the width.
 */
void
lac_atom_image_add_growth(const LacAtomImage *self, const LacSeries *series, gsize k, float *image)
{
    LacMat3 rotation = rotation_of(series, k);
    Line u, v;
    for (gsize i = 0; i < self->atoms->n; i++) {
        if (self->height[i] == 0.0 || !lines_of(self, series, &rotation, k, i, &u, &v))
            continue;
        float peak = (float) (self->height[i] * column_of(self, series, i));
        for (gsize j = 0; j < v.n; j++) {
            float *restrict row = image + (v.begin + j) * series->nu + u.begin;
            float factor = peak * v.value[j], across = 1.0f - 2.0f * logf(v.value[j]);
            for (gsize m = 0; m < u.n; m++)
                row[m] += factor * u.value[m] * (across - 2.0f * logf(u.value[m]));
        }
    }
}

/**
 * lac_atom_image_gather:
 * @self: atoms; their heights tell only which are part of the model
 * @series: whose geometry counts
 * @k: the projection
 * @image: (array): (nv, nu)
 * @product: (inout) (array): per atom, the sum over pixels of its unit image times @image is added
 * @square: (nullable) (inout) (array): per atom, the sum of the square of its unit image is added
 *
 * The adjoint of lac_atom_image_add().
 */
void
lac_atom_image_gather(const LacAtomImage *self, const LacSeries *series, gsize k,
    const float *image, double *product, double *square)
{
    LacMat3 rotation = rotation_of(series, k);
    Line u, v;
    for (gsize i = 0; i < self->atoms->n; i++) {
        if (self->height[i] == 0.0 || !lines_of(self, series, &rotation, k, i, &u, &v))
            continue;
        double column = column_of(self, series, i), sum = 0.0, squares_u = 0.0, squares_v = 0.0;
        for (gsize j = 0; j < v.n; j++) {
            const float *row = image + (v.begin + j) * series->nu + u.begin;
            float along = 0.0f;
            for (gsize m = 0; m < u.n; m++)
                along += row[m] * u.value[m];
            sum += (double) (along * v.value[j]);
            squares_v += (double) (v.value[j] * v.value[j]);
        }
        product[i] += column * sum;
        if (square == NULL)
            continue;
        for (gsize m = 0; m < u.n; m++)
            squares_u += (double) (u.value[m] * u.value[m]);
        square[i] += column * column * squares_u * squares_v;
    }
}

/**
 * lac_atom_image_cut:
 * @series: projections
 * @k: one of them
 * @position: [Å] in the volume
 * @edge: [pixel] of the patch, odd
 * @out: (out caller-allocates) (array): (edge, edge), NaN beyond the projection
 * @place: (out): [pixel] of the patch, where exactly @position is seen
 *
 * Cuts out the surroundings of a point as projection @k sees it.
 */
void
lac_atom_image_cut(const LacSeries *series, gsize k, LacVec3 position, gsize edge, float *out,
    LacVec3 *place)
{
    LacVec3 p = lac_atom_image_place(series, k, position);
    const float *image = lac_series_get_projection(series, k);
    double u0 = floor(p.x + 0.5) - (double) (edge / 2), v0 = floor(p.y + 0.5) - (double) (edge / 2);
    for (gsize j = 0; j < edge; j++)
        for (gsize i = 0; i < edge; i++) {
            double u = u0 + (double) i, v = v0 + (double) j;
            gboolean inside =
                u >= 0.0 && v >= 0.0 && u < (double) series->nu && v < (double) series->nv;
            out[j * edge + i] = inside ? image[(gsize) v * series->nu + (gsize) u] : NAN;
        }
    *place = (LacVec3){ p.x - u0, p.y - v0, p.z };
}
