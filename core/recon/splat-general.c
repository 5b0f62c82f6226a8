// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/splat-general.h"

#include "core/array.h"
#include "core/parallel.h"
#include "core/vec.h"

#include <math.h>
#include <string.h>

struct LacSplatGeneral {
    LacSplatGeneralParams params;
    LacMat3 *rotations; // n
};

// Four taps of the centred cubic B-spline at fraction t of a cell; the first is one cell before.
static void
spline_taps(double t, float taps[4])
{
    double s = 1.0 - t;
    taps[0] = (float) (s * s * s / 6.0);
    taps[1] = (float) ((3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0);
    taps[2] = (float) ((3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0);
    taps[3] = (float) (t * t * t / 6.0);
}

// Where one voxel lands in one projection: the first of 4 x 4 pixels and their weights.
typedef struct {
    gsize pixel;
    float u[4], v[4];
} Footprint;

static Footprint
footprint(const LacSplatGeneralParams *p, const LacMat3 *r, gsize x, gsize y, gsize z)
{
    LacVec3 at = { (double) x - (double) p->centre_x, (double) y - (double) p->centre_y,
        (double) z - (double) p->centre_z };
    LacVec3 q = lac_mat3_apply(r, at);
    double u = q.x + (double) p->centre_u, v = q.y + (double) p->centre_v;
    Footprint f = { .pixel = ((gsize) floor(u) - 1) * p->n_v + (gsize) floor(v) - 1 };
    spline_taps(u - floor(u), f.u);
    spline_taps(v - floor(v), f.v);
    return f;
}

typedef struct {
    const LacSplatGeneral *self;
    const float *in;
    float *out;
} SplatArgs;

static void
forward_projections(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacSplatGeneralParams *p = &args->self->params;
    const gsize n_pixels = p->n_u * p->n_v;
    memset(args->out + begin * n_pixels, 0, (end - begin) * n_pixels * sizeof(float));
    for (gsize k = begin; k < end; k++) {
        float *detector = args->out + k * n_pixels;
        const float *voxel = args->in;
        for (gsize z = 0; z < p->nz; z++) {
            for (gsize x = 0; x < p->nx; x++) {
                for (gsize y = 0; y < p->ny; y++, voxel++) {
                    Footprint f = footprint(p, &args->self->rotations[k], x, y, z);
                    for (int i = 0; i < 4; i++)
                        for (int j = 0; j < 4; j++)
                            detector[f.pixel + (gsize) i * p->n_v + (gsize) j] +=
                                *voxel * f.u[i] * f.v[j];
                }
            }
        }
    }
}

static void
adjoint_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const SplatArgs *args = data;
    const LacSplatGeneralParams *p = &args->self->params;
    float *voxel = args->out + begin * p->nx * p->ny;
    for (gsize z = begin; z < end; z++) {
        for (gsize x = 0; x < p->nx; x++) {
            for (gsize y = 0; y < p->ny; y++, voxel++) {
                float sum = 0.0f;
                for (gsize k = 0; k < p->n; k++) {
                    Footprint f = footprint(p, &args->self->rotations[k], x, y, z);
                    const float *pixel = args->in + k * p->n_u * p->n_v + f.pixel;
                    for (int i = 0; i < 4; i++)
                        for (int j = 0; j < 4; j++)
                            sum += f.u[i] * f.v[j] * pixel[(gsize) i * p->n_v + (gsize) j];
                }
                *voxel = sum;
            }
        }
    }
}

/**
 * lac_splat_general_new:
 * @params: shapes, centres and angles [deg], which must outlive the splat
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the splat, or %NULL with @error set
 */
LacSplatGeneral *
lac_splat_general_new(const LacSplatGeneralParams *params, GError **error)
{
    (void) error;
    LacSplatGeneral *self = g_new0(LacSplatGeneral, 1);
    self->params = *params;
    self->rotations = g_new(LacMat3, params->n);
    for (gsize k = 0; k < params->n; k++)
        self->rotations[k] = lac_rotation_from_euler_deg(params->angles[k].phi,
            params->angles[k].theta, params->angles[k].psi);
    return self;
}

/**
 * lac_splat_general_free:
 * @self: (nullable) (transfer full): a splat
 */
void
lac_splat_general_free(LacSplatGeneral *self)
{
    if (self == NULL)
        return;
    g_free(self->rotations);
    g_free(self);
}

/**
 * lac_splat_general_forward:
 * @self: a splat
 * @volume: (nz, nx, ny)
 * @detectors: (out caller-allocates): (n, n_u, n_v)
 *
 * Drops every voxel with the separable cubic B-spline at its (u, v).
 */
void
lac_splat_general_forward(LacSplatGeneral *self, const float *volume, float *detectors)
{
    SplatArgs args = { self, volume, detectors };
    lac_parallel_for(self->params.n, 1, forward_projections, &args);
}

/**
 * lac_splat_general_adjoint:
 * @self: a splat
 * @detectors: (n, n_u, n_v)
 * @volume: (out caller-allocates): (nz, nx, ny), the transpose applied to @detectors
 */
void
lac_splat_general_adjoint(LacSplatGeneral *self, const float *detectors, float *volume)
{
    SplatArgs args = { self, detectors, volume };
    lac_parallel_for(self->params.nz, 1, adjoint_planes, &args);
}
