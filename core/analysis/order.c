// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/order.h"

#include "core/analysis/harmonics.h"
#include "core/analysis/order-private.h"
#include "core/array.h"
#include "core/parallel.h"

#include <math.h>

#define BLOCK    512
#define NO_ORDER 1e-20 // sum of |q_lm|^2 below which no phase is left
#define ALWAYS   (1u << LAC_ORDER_4 | 1u << LAC_ORDER_6)
#define CHUNK    65536 // points between two looks at the progress

/**
 * lac_order_params_init:
 * @params: (out caller-allocates): degrees 4 and 6
 */
void
lac_order_params_init(LacOrderParams *params)
{
    *params = (LacOrderParams){ .degrees = ALWAYS };
}

/**
 * lac_order_degree_get_l:
 * @degree: which
 *
 * Returns: the degree l of its harmonics
 */
guint
lac_order_degree_get_l(LacOrderDegree degree)
{
    g_return_val_if_fail(degree < LAC_N_ORDERS, 0);

    return 4 + 2 * (guint) degree;
}

/**
 * lac_order_find_qlm:
 * @points: atoms
 * @lists: their neighbours
 * @harmonics: of the degree
 * @i: a point
 * @q: (out caller-allocates): mean harmonic of the directions to its neighbours for m = 0 to l;
 *   0 without neighbours
 */
void
lac_order_find_qlm(const LacPoints *points, const LacNeighbours *lists,
    const LacHarmonics *harmonics, gsize i, double (*q)[2])
{
    for (guint m = 0; m <= harmonics->l; m++)
        q[m][0] = q[m][1] = 0.0;
    gsize n = lac_neighbours_count(lists, i);
    for (gsize k = lists->begin[i]; k < lists->begin[i + 1]; k++) {
        gsize j = lists->index[k];
        double scale = 1.0 / lists->distance[k];
        lac_harmonics_add(harmonics, (points->x[j] - points->x[i]) * scale,
            (points->y[j] - points->y[i]) * scale, (points->z[j] - points->z[i]) * scale, q);
    }
    for (guint m = 0; n > 0 && m <= harmonics->l; m++) {
        q[m][0] /= (double) n;
        q[m][1] /= (double) n;
    }
}

// sum over all m of |q_lm|^2, from those of m >= 0.
static double
sum_squares(double (*q)[2], guint l)
{
    double sum = q[0][0] * q[0][0] + q[0][1] * q[0][1];
    for (guint m = 1; m <= l; m++)
        sum += 2.0 * (q[m][0] * q[m][0] + q[m][1] * q[m][1]);
    return sum;
}

/**
 * lac_order_find_q:
 * @q: q_lm for m = 0 to l
 * @l: degree
 *
 * Returns: sqrt(4 pi / (2l + 1) sum |q_lm|^2)
 */
double
lac_order_find_q(double (*q)[2], guint l)
{
    return sqrt(4.0 * G_PI / (2.0 * l + 1.0) * sum_squares(q, l));
}

/**
 * lac_order_find_averaged:
 * @lists: neighbours
 * @i: a point
 * @l: degree
 * @qlm: (array): l + 1 components of each point, or of each slot
 * @slot: (nullable) (array): of each point: where its components are
 *
 * Returns: q_l of the mean of q_lm over the point itself and its neighbours
 */
double
lac_order_find_averaged(const LacNeighbours *lists, gsize i, guint l, double (*qlm)[2],
    const guint32 *slot)
{
    double mean[LAC_HARMONICS_MAX_L + 1][2];
    double n = (double) lac_neighbours_count(lists, i) + 1.0;
    double(*own)[2] = qlm + (slot != NULL ? slot[i] : i) * (l + 1);
    for (guint m = 0; m <= l; m++) {
        mean[m][0] = own[m][0];
        mean[m][1] = own[m][1];
    }
    for (gsize k = lists->begin[i]; k < lists->begin[i + 1]; k++) {
        gsize j = lists->index[k];
        double(*q)[2] = qlm + (slot != NULL ? slot[j] : j) * (l + 1);
        for (guint m = 0; m <= l; m++) {
            mean[m][0] += q[m][0];
            mean[m][1] += q[m][1];
        }
    }
    for (guint m = 0; m <= l; m++) {
        mean[m][0] /= n;
        mean[m][1] /= n;
    }
    return lac_order_find_q(mean, l);
}

// q_l(-m) = (-1)^m conj(q_lm)
static void
component(double (*q)[2], int m, double *re, double *im)
{
    double sign = m < 0 && m % 2 != 0 ? -1.0 : 1.0;
    *re = sign * q[ABS(m)][0];
    *im = (m < 0 ? -sign : sign) * q[ABS(m)][1];
}

/**
 * lac_order_find_w:
 * @q: q_lm for m = 0 to l
 * @l: degree
 * @couplings: (element-type LacCoupling): of the degree
 *
 * Returns: the third-order invariant; NaN where q_l is 0
 */
double
lac_order_find_w(double (*q)[2], guint l, const GArray *couplings)
{
    double squares = sum_squares(q, l), sum = 0.0;
    if (!(squares > NO_ORDER))
        return (double) NAN;
    for (guint k = 0; k < couplings->len; k++) {
        const LacCoupling *term = &g_array_index(couplings, LacCoupling, k);
        double ar, ai, br, bi, cr, ci;
        component(q, term->m1, &ar, &ai);
        component(q, term->m2, &br, &bi);
        component(q, term->m3, &cr, &ci);
        sum += term->coefficient * ((ar * br - ai * bi) * cr - (ar * bi + ai * br) * ci);
    }
    return sum / (squares * sqrt(squares));
}

typedef struct {
    const LacPoints *points;
    const LacNeighbours *lists;
    LacHarmonics harmonics;
    GArray *couplings;
    double (*qlm)[2]; // (n, l + 1)
    double *q, *w, *averaged;
    gsize first;
} DegreeArgs;

static void
find_own(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    DegreeArgs *args = data;
    guint l = args->harmonics.l;
    for (gsize i = args->first + begin; i < args->first + end; i++) {
        double(*q)[2] = args->qlm + i * (l + 1);
        lac_order_find_qlm(args->points, args->lists, &args->harmonics, i, q);
        args->q[i] = lac_order_find_q(q, l);
        args->w[i] = lac_order_find_w(q, l, args->couplings);
    }
}

static void
find_averaged(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    DegreeArgs *args = data;
    for (gsize i = args->first + begin; i < args->first + end; i++)
        args->averaged[i] =
            lac_order_find_averaged(args->lists, i, args->harmonics.l, args->qlm, NULL);
}

static gboolean
for_all(DegreeArgs *args, LacParallelFunc func, double from, double share, LacProgress *progress,
    GError **error)
{
    gsize n = args->points->n;
    for (args->first = 0; args->first < n; args->first += CHUNK) {
        double done = from + share * (double) args->first / (double) n;
        if (!lac_progress_update(progress, done, error))
            return FALSE;
        lac_parallel_for(MIN((gsize) CHUNK, n - args->first), BLOCK, func, args);
    }
    return TRUE;
}

/**
 * lac_order_scale:
 * @q4: averaged
 * @q6: averaged
 *
 * Returns: sqrt(q4^2 + q6^2) over its value in fcc
 */
double
lac_order_scale(double q4, double q6)
{
    const double fcc =
        sqrt(LAC_ORDER_FCC_Q4 * LAC_ORDER_FCC_Q4 + LAC_ORDER_FCC_Q6 * LAC_ORDER_FCC_Q6);
    return sqrt(q4 * q4 + q6 * q6) / fcc;
}

static gboolean
find_degree(LacOrder *self, guint degree, const LacPoints *points, const LacNeighbours *neighbours,
    double from, double share, LacProgress *progress, GError **error)
{
    guint l = lac_order_degree_get_l(degree);
    DegreeArgs args = { .points = points,
        .lists = neighbours,
        .qlm = lac_alloc(MAX(self->n, 1), (l + 1) * sizeof *args.qlm, error),
        .q = self->q[degree],
        .w = self->w[degree],
        .averaged = self->averaged[degree] };
    if (args.qlm == NULL)
        return FALSE;
    lac_harmonics_init(&args.harmonics, l);
    args.couplings = lac_couplings_new(l);
    gboolean ok = for_all(&args, find_own, from, 0.8 * share, progress, error) &&
        for_all(&args, find_averaged, from + 0.8 * share, 0.2 * share, progress, error);
    g_array_unref(args.couplings);
    lac_free(args.qlm);
    return ok;
}

/**
 * lac_order_allocate:
 * @n: number of points
 * @degrees: bits 1 << LacOrderDegree
 *
 * Returns: (transfer full): an order without values
 */
LacOrder *
lac_order_allocate(gsize n, guint degrees)
{
    LacOrder *self = g_new0(LacOrder, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->degrees = degrees;
    for (guint d = 0; d < LAC_N_ORDERS; d++) {
        if (!(degrees & 1u << d))
            continue;
        self->q[d] = g_new(double, MAX(n, 1));
        self->w[d] = g_new(double, MAX(n, 1));
        self->averaged[d] = g_new(double, MAX(n, 1));
    }
    self->scaled = g_new(double, MAX(n, 1));
    return self;
}

/**
 * lac_order_new:
 * @points: atoms
 * @neighbours: their neighbours within a cut-off
 * @params: parameters
 * @progress: (nullable): told how far it is
 * @error: return location for a #GError
 *
 * Computes q_lm(i) = 1/n sum Y_lm(r_ij), q_l = sqrt(4 pi / (2l + 1) sum |q_lm|^2) and
 * w_l = sum (l l l; m1 m2 m3) q_lm1 q_lm2 q_lm3 / (sum |q_lm|^2)^(3/2), DOI
 * 10.1103/PhysRevB.28.784; and q_l of the mean of q_lm over the atom itself and its neighbours, DOI
 * 10.1063/1.2977970, of which the scaled order is made. An atom without neighbours has order 0.
 *
 * Returns: (transfer full): the order; or %NULL with @error set if memory is short or it was
 *   cancelled
 */
LacOrder *
lac_order_new(const LacPoints *points, const LacNeighbours *neighbours,
    const LacOrderParams *params, LacProgress *progress, GError **error)
{
    g_return_val_if_fail(points != NULL && neighbours != NULL && params != NULL, NULL);
    g_return_val_if_fail(points->n == neighbours->n, NULL);

    guint degrees = (params->degrees | ALWAYS) & ((1u << LAC_N_ORDERS) - 1), n_degrees = 0;
    for (guint d = 0; d < LAC_N_ORDERS; d++)
        n_degrees += degrees >> d & 1;
    g_autoptr(LacOrder) self = lac_order_allocate(points->n, degrees);
    double from = 0.0, share = 1.0 / (double) n_degrees;
    for (guint d = 0; d < LAC_N_ORDERS; d++) {
        if (!(degrees & 1u << d))
            continue;
        if (!find_degree(self, d, points, neighbours, from, share, progress, error))
            return NULL;
        from += share;
    }
    for (gsize i = 0; i < self->n; i++)
        self->scaled[i] =
            lac_order_scale(self->averaged[LAC_ORDER_4][i], self->averaged[LAC_ORDER_6][i]);
    return lac_progress_update(progress, 1.0, error) ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_order_count_below:
 * @self: the order
 * @threshold: of the scaled order; usually 0.5
 *
 * Returns: how many atoms have less
 */
gsize
lac_order_count_below(const LacOrder *self, double threshold)
{
    gsize n = 0;
    for (gsize i = 0; i < self->n; i++)
        n += self->scaled[i] < threshold;
    return n;
}

/**
 * lac_order_ref:
 * @self: the order
 *
 * Returns: (transfer full): @self
 */
LacOrder *
lac_order_ref(LacOrder *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_order_unref:
 * @self: (nullable) (transfer full): the order
 */
void
lac_order_unref(LacOrder *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (guint d = 0; d < LAC_N_ORDERS; d++) {
        g_free(self->q[d]);
        g_free(self->w[d]);
        g_free(self->averaged[d]);
    }
    g_free(self->scaled);
    g_free(self);
}
