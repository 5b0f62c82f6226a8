// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/atom-image.h"

#include "core/vec.h"

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

// The derivative of a line with respect to its centre [1/pixel].
static void
slope_of(const Line *line, double centre, double sigma, float *slope)
{
    for (gsize i = 0; i < line->n; i++)
        slope[i] =
            line->value[i] * (float) (((double) (line->begin + i) - centre) / (sigma * sigma));
}

// An atom on a projection with what changes when it moves.
typedef struct {
    Line u, v;
    float slope_u[MAX_TAPS], slope_v[MAX_TAPS];
    LacVec3 along_u, along_v; // [1/Å] a move times these is what the image moves, times the peak
} Moving;

static gboolean
moving_of(const LacAtomImage *self, const LacSeries *series, const LacMat3 *rotation, gsize k,
    gsize i, Moving *out)
{
    const LacAtoms *a = self->atoms;
    if (self->height[i] == 0.0 || !lines_of(self, series, rotation, k, i, &out->u, &out->v))
        return FALSE;
    double pixel = pixel_size_of(series), sigma = self->sigma[i] / pixel;
    double scale = self->height[i] * column_of(self, series, i) / pixel;
    LacVec3 place = project(rotation, series, k, (LacVec3){ a->x[i], a->y[i], a->z[i] });
    slope_of(&out->u, place.x, sigma, out->slope_u);
    slope_of(&out->v, place.y, sigma, out->slope_v);
    const double(*m)[3] = rotation->m;
    out->along_u = (LacVec3){ scale * m[0][0], scale * m[0][1], scale * m[0][2] };
    out->along_v = (LacVec3){ scale * m[1][0], scale * m[1][1], scale * m[1][2] };
    return TRUE;
}

/**
 * lac_atom_image_add_moves:
 * @self: atoms
 * @series: whose geometry counts
 * @k: the projection
 * @moves: (array): [Å] per atom
 * @image: (array): (nv, nu), added to
 *
 * Adds what lac_atom_image_add() changes by when the atoms move, to first order.
 */
void
lac_atom_image_add_moves(const LacAtomImage *self, const LacSeries *series, gsize k,
    const LacVec3 *moves, float *image)
{
    LacMat3 rotation = rotation_of(series, k);
    Moving at;
    for (gsize i = 0; i < self->atoms->n; i++) {
        if (!moving_of(self, series, &rotation, k, i, &at))
            continue;
        float du = (float) lac_vec3_dot(at.along_u, moves[i]);
        float dv = (float) lac_vec3_dot(at.along_v, moves[i]);
        for (gsize j = 0; j < at.v.n; j++) {
            float *restrict row = image + (at.v.begin + j) * series->nu + at.u.begin;
            float across = du * at.v.value[j], along = dv * at.slope_v[j];
            for (gsize m = 0; m < at.u.n; m++)
                row[m] += across * at.slope_u[m] + along * at.u.value[m];
        }
    }
}

static void
add_outer(LacMat3 *sum, double factor, LacVec3 a, LacVec3 b)
{
    const double x[3] = { a.x, a.y, a.z }, y[3] = { b.x, b.y, b.z };
    for (guint r = 0; r < 3; r++)
        for (guint c = 0; c < 3; c++)
            sum->m[r][c] += factor * x[r] * y[c];
}

static double
dot_lines(const float *a, const float *b, gsize n)
{
    double sum = 0.0;
    for (gsize i = 0; i < n; i++)
        sum += (double) (a[i] * b[i]);
    return sum;
}

/**
 * lac_atom_image_gather_moves:
 * @self: atoms
 * @series: whose geometry counts
 * @k: the projection
 * @image: (array): (nv, nu)
 * @product: (inout) (array): per atom, the sum over pixels of the derivative of its image with
 *   respect to its position times @image is added [1/Å]
 * @square: (nullable) (inout) (array): per atom, the sum over pixels of the outer product of that
 *   derivative with itself is added [1/Å^2]
 *
 * The adjoint of lac_atom_image_add_moves().
 */
void
lac_atom_image_gather_moves(const LacAtomImage *self, const LacSeries *series, gsize k,
    const float *image, LacVec3 *product, LacMat3 *square)
{
    LacMat3 rotation = rotation_of(series, k);
    Moving at;
    for (gsize i = 0; i < self->atoms->n; i++) {
        if (!moving_of(self, series, &rotation, k, i, &at))
            continue;
        double sum_u = 0.0, sum_v = 0.0;
        for (gsize j = 0; j < at.v.n; j++) {
            const float *row = image + (at.v.begin + j) * series->nu + at.u.begin;
            float across = 0.0f, along = 0.0f;
            for (gsize m = 0; m < at.u.n; m++) {
                across += row[m] * at.slope_u[m];
                along += row[m] * at.u.value[m];
            }
            sum_u += (double) (across * at.v.value[j]);
            sum_v += (double) (along * at.slope_v[j]);
        }
        product[i] = lac_vec3_add_scaled(product[i], sum_u, at.along_u);
        product[i] = lac_vec3_add_scaled(product[i], sum_v, at.along_v);
        if (square == NULL)
            continue;
        double uu =
            dot_lines(at.slope_u, at.slope_u, at.u.n) * dot_lines(at.v.value, at.v.value, at.v.n);
        double vv =
            dot_lines(at.u.value, at.u.value, at.u.n) * dot_lines(at.slope_v, at.slope_v, at.v.n);
        double uv =
            dot_lines(at.slope_u, at.u.value, at.u.n) * dot_lines(at.slope_v, at.v.value, at.v.n);
        add_outer(&square[i], uu, at.along_u, at.along_u);
        add_outer(&square[i], vv, at.along_v, at.along_v);
        add_outer(&square[i], uv, at.along_u, at.along_v);
        add_outer(&square[i], uv, at.along_v, at.along_u);
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
