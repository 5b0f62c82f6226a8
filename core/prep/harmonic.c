// SPDX-License-Identifier: GPL-3.0-or-later
// Laplace's equation on the pixels of a mask, by conjugate gradients.
#include "core/array.h"
#include "core/prep/background.h"

#include <math.h>
#include <string.h>

#define TOLERANCE  1e-10 // of the residual, relative to the one at the start
#define PER_LENGTH 40    // iterations at most, for each row and column; half of one is usual

// Unknowns are the masked pixels in order; a neighbour that is known or outside the image is n.
typedef struct {
    gsize n;
    guint32 *pixel;                             // of each unknown
    guint32 (*neighbours)[4];                   // unknowns
    double *degree;                             // how many neighbours are in the image
    double *x, *residual, *direction, *product; // n + 1: the last is 0
} System;

static void
clear_system(System *s)
{
    lac_free(s->pixel);
    lac_free(s->neighbours);
    lac_free(s->degree);
    lac_free(s->x);
    lac_free(s->residual);
    lac_free(s->direction);
    lac_free(s->product);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(System, clear_system)

static gboolean
alloc_system(System *s, gsize n, GError **error)
{
    s->n = n;
    return (s->pixel = lac_alloc(n + 1, sizeof *s->pixel, error)) != NULL &&
        (s->neighbours = lac_alloc(n + 1, sizeof *s->neighbours, error)) != NULL &&
        (s->degree = lac_alloc(n + 1, sizeof(double), error)) != NULL &&
        (s->x = lac_alloc(n + 1, sizeof(double), error)) != NULL &&
        (s->residual = lac_alloc(n + 1, sizeof(double), error)) != NULL &&
        (s->direction = lac_alloc(n + 1, sizeof(double), error)) != NULL &&
        (s->product = lac_alloc(n + 1, sizeof(double), error)) != NULL;
}

// The four neighbours of a pixel, those outside the image left out.
static guint
list_neighbours(gsize pixel, gsize nv, gsize nu, gsize out[4])
{
    gsize v = pixel / nu, u = pixel % nu;
    guint n = 0;
    if (v > 0)
        out[n++] = pixel - nu;
    if (u > 0)
        out[n++] = pixel - 1;
    if (u + 1 < nu)
        out[n++] = pixel + 1;
    if (v + 1 < nv)
        out[n++] = pixel + nu;
    return n;
}

// The right side goes to the residual; starts from the mean of what is around the mask.
static void
set_up(System *s, const float *image, const guint8 *mask, gsize nv, gsize nu, guint32 *number)
{
    gsize around[4], n = 0;
    for (gsize i = 0; i < nv * nu; i++)
        if (mask[i]) {
            s->pixel[n] = (guint32) i;
            number[i] = (guint32) n++;
        }
    double sum = 0.0, count = 0.0;
    for (gsize k = 0; k < n; k++) {
        guint n_around = list_neighbours(s->pixel[k], nv, nu, around);
        s->degree[k] = n_around;
        for (guint j = 0; j < 4; j++)
            s->neighbours[k][j] = (guint32) n;
        for (guint j = 0; j < n_around; j++) {
            if (mask[around[j]]) {
                s->neighbours[k][j] = number[around[j]];
                continue;
            }
            s->residual[k] += (double) image[around[j]];
            sum += (double) image[around[j]];
            count += 1.0;
        }
    }
    for (gsize k = 0; k < n && count > 0.0; k++)
        s->x[k] = sum / count;
}

static void
apply(const System *s, const double *in, double *out)
{
    for (gsize k = 0; k < s->n; k++) {
        const guint32 *j = s->neighbours[k];
        out[k] = s->degree[k] * in[k] - ((in[j[0]] + in[j[1]]) + (in[j[2]] + in[j[3]]));
    }
}

static double
dot(const double *a, const double *b, gsize n)
{
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (gsize i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void
solve(System *s, gsize max_iterations)
{
    double start = sqrt(dot(s->residual, s->residual, s->n));
    apply(s, s->x, s->product);
    for (gsize k = 0; k < s->n; k++)
        s->direction[k] = s->residual[k] -= s->product[k];
    double square = dot(s->residual, s->residual, s->n);
    for (gsize i = 0; i < max_iterations && square > TOLERANCE * TOLERANCE * start * start; i++) {
        apply(s, s->direction, s->product);
        double step = square / dot(s->direction, s->product, s->n);
        for (gsize k = 0; k < s->n; k++) {
            s->x[k] += step * s->direction[k];
            s->residual[k] -= step * s->product[k];
        }
        double next = dot(s->residual, s->residual, s->n), share = next / square;
        for (gsize k = 0; k < s->n; k++)
            s->direction[k] = s->residual[k] + share * s->direction[k];
        square = next;
    }
}

/**
 * lac_harmonic_fill:
 * @image: image (nv, nu); finite outside @mask
 * @mask: (nv, nu): 1 where the image is to be replaced
 * @nv: rows
 * @nu: columns
 * @out: (out caller-allocates): image (nv, nu); may be @image
 * @error: return location for a #GError
 *
 * Continues an image into a mask by the smoothest surface, whose Laplacian is 0 at each masked
 * pixel; at the edge of the image its slope is 0. A plane around the mask goes on as that plane. An
 * image that is masked everywhere becomes 0.
 *
 * Returns: %TRUE, or %FALSE with @error set when memory is short
 */
gboolean
lac_harmonic_fill(const float *image, const guint8 *mask, gsize nv, gsize nu, float *out,
    GError **error)
{
    gsize n_pixels = nv * nu, n = 0;
    g_return_val_if_fail(n_pixels < G_MAXUINT32, FALSE);

    for (gsize i = 0; i < n_pixels; i++)
        n += mask[i] != 0;
    if (out != image)
        memcpy(out, image, n_pixels * sizeof *out);
    if (n == 0)
        return TRUE;
    g_auto(System) s = { 0 };
    guint32 *number = lac_alloc(n_pixels, sizeof *number, error);
    gboolean good = number != NULL && alloc_system(&s, n, error);
    if (good) {
        set_up(&s, image, mask, nv, nu, number);
        if (n < n_pixels)
            solve(&s, PER_LENGTH * (nv + nu));
        for (gsize k = 0; k < n; k++)
            out[s.pixel[k]] = (float) s.x[k];
    }
    lac_free(number);
    return good;
}
