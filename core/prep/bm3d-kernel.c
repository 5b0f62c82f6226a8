// SPDX-License-Identifier: GPL-3.0-or-later
// Built once per processor family, each time under another name; see meson.build.
//
// Matching goes through the offsets of the search window, and for each through all reference blocks
// of a row at once: the squared differences of two shifted strips are summed over the height of a
// block, then over its width by doubling, which costs a few vector operations per pixel whatever
// the size of the block. The transforms are small matrix products whose inner loop runs along a
// row of a block; the one along the stack runs over all coefficients of a block.
#include "core/prep/bm3d-kernel.h"

#include <math.h>
#include <string.h>

#define MARGIN 32 // [float] at the end of a strip, for sums that nobody reads
#define STACK  LAC_BM3D_MAX_STACK
#define AREA   LAC_BM3D_MAX_AREA

// The blocks most like one reference block, nearest first; itself is the first of all.
typedef struct {
    gsize n;
    float distance[STACK];
    guint32 v[STACK], u[STACK];
} Matches;

typedef struct {
    float noisy[STACK * AREA], basic[STACK * AREA], spare[STACK * AREA];
    float *column, *pair, *quad, *box; // nu each, and one block more
    Matches *matches;                  // of the reference blocks of one row
} Scratch;

static gsize
strip_length(const LacBm3dPlan *plan)
{
    return plan->nu + 2 * MARGIN;
}

static gsize
scratch_size(const LacBm3dPlan *plan)
{
    return sizeof(Scratch) + 4 * strip_length(plan) * sizeof(float) +
        plan->n_columns * sizeof(Matches);
}

static Scratch *
lay_out_scratch(const LacBm3dPlan *plan, gpointer memory)
{
    Scratch *self = memory;
    gsize length = strip_length(plan);
    self->matches = (Matches *) (void *) (self + 1);
    self->column = (float *) (void *) (self->matches + plan->n_columns);
    self->pair = self->column + length;
    self->quad = self->pair + length;
    self->box = self->quad + length;
    memset(self->column, 0, 4 * length * sizeof(float));
    return self;
}

// --- matching

// Takes one more block in. Of two equally far ones the first stays first.
static void
insert(Matches *m, gsize capacity, float distance, gsize v, gsize u)
{
    if (m->n == capacity)
        m->n--;
    gsize i = m->n++;
    for (; i > 0 && m->distance[i - 1] > distance; i--) {
        m->distance[i] = m->distance[i - 1];
        m->v[i] = m->v[i - 1];
        m->u[i] = m->u[i - 1];
    }
    m->distance[i] = distance;
    m->v[i] = (guint32) v;
    m->u[i] = (guint32) u;
}

static void
add_squares(const float *restrict a, const float *restrict b, gsize n, float *restrict sums)
{
#pragma omp simd
    for (gsize u = 0; u < n; u++) {
        float difference = a[u] - b[u];
        sums[u] += difference * difference;
    }
}

// @out may be @a.
static void
add_shifted(const float *a, const float *b, gsize n, float *out)
{
#pragma omp simd
    for (gsize u = 0; u < n; u++)
        out[u] = a[u] + b[u];
}

// Sums of block values from each place of the strip of @n values on.
static const float *
sum_boxes(const LacBm3dPlan *plan, Scratch *s, gsize n)
{
    add_shifted(s->column, s->column + 1, n + MARGIN, s->pair);
    add_shifted(s->pair, s->pair + 2, n + MARGIN, s->quad);
    add_shifted(s->quad, s->quad + 4, n, s->box);
    if (plan->block == 8)
        return s->box;
    add_shifted(s->box, s->pair + 8, n, s->box);    // 10
    add_shifted(s->box, s->column + 10, n, s->box); // 11
    return s->box;
}

// Compares all reference blocks of row @v with those by (dv, du) away.
static void
match_offset(const LacBm3dPlan *plan, Scratch *s, gsize v, gssize dv, gssize du)
{
    const float *image = plan->basic != NULL ? plan->basic : plan->noisy;
    gsize nu = plan->nu, other_v = (gsize) ((gssize) v + dv), aside = (gsize) ABS(du);
    if (aside + plan->block > nu)
        return;
    gsize begin = du < 0 ? aside : 0, end = du > 0 ? nu - aside : nu;
    gsize n = end - begin;
    memset(s->column, 0, (n + MARGIN) * sizeof(float));
    for (gsize r = 0; r < plan->block; r++) {
        const float *a = image + (v + r) * nu + begin;
        const float *b = image + (other_v + r) * nu + (gsize) ((gssize) begin + du);
        add_squares(a, b, n, s->column);
    }
    const float *box = sum_boxes(plan, s, n);
    gsize last = n - plan->block;
    for (gsize i = 0; i < plan->n_columns; i++) {
        gsize u = plan->columns[i];
        if (u < begin || u - begin > last)
            continue;
        Matches *m = s->matches + i;
        float distance = box[u - begin];
        float worst = m->n < plan->stack ? plan->far : m->distance[m->n - 1];
        if (distance < worst || (m->n < plan->stack && distance <= worst))
            insert(m, plan->stack, distance, other_v, (gsize) ((gssize) u + du));
    }
}

static void
match_row(const LacBm3dPlan *plan, Scratch *s, gsize v)
{
    gssize reach = (gssize) plan->reach, top = -(gssize) MIN(v, plan->reach);
    gssize bottom = (gssize) MIN(plan->nv - plan->block - v, plan->reach);
    for (gsize i = 0; i < plan->n_columns; i++) {
        s->matches[i].n = 0;
        insert(s->matches + i, plan->stack, 0.0F, v, plan->columns[i]);
    }
    for (gssize dv = top; dv <= bottom; dv++)
        for (gssize du = -reach; du <= reach; du++)
            if (dv != 0 || du != 0)
                match_offset(plan, s, v, dv, du);
}

// --- transforms: blocks are [block][pitch], one after the other

// Functions that are called with a constant @block: the compiler unrolls what depends on it.
static inline gsize
pitch_of(gsize block)
{
    return block == 8 ? 8 : 16;
}

static inline void
load_block(const LacBm3dPlan *plan, gsize block, const float *image, gsize v, gsize u, float *out)
{
    for (gsize r = 0; r < block; r++)
        memcpy(out + r * pitch_of(block), image + (v + r) * plan->nu + u, block * sizeof(float));
}

static inline void
multiply(gsize block, const float *restrict a, const float *restrict b, float *restrict out)
{
    const gsize pitch = pitch_of(block);
    for (gsize i = 0; i < block; i++) {
        float row[16] = { 0 };
        for (gsize l = 0; l < block; l++) {
            float factor = a[i * pitch + l];
#pragma omp simd
            for (gsize j = 0; j < pitch; j++)
                row[j] += factor * b[l * pitch + j];
        }
        memcpy(out + i * pitch, row, pitch * sizeof(float));
    }
}

// Each block becomes left block right.
static inline void
transform_blocks(gsize block, const float *left, const float *right, gsize n, float *stack,
    float *spare)
{
    for (gsize k = 0; k < n; k++) {
        float *data = stack + k * block * pitch_of(block);
        multiply(block, left, data, spare);
        multiply(block, spare, right, data);
    }
}

// Orthonormal Haar transform along the stack of @n blocks, a power of 2: sums first.
static inline void
haar_forward(gsize n, gsize size, float *restrict stack, float *restrict spare)
{
    const float half = (float) G_SQRT2 * 0.5F;
    for (gsize length = n; length > 1; length /= 2) {
        for (gsize k = 0; k < length / 2; k++) {
            const float *restrict a = stack + 2 * k * size, *restrict b = a + size;
            float *restrict sum = spare + k * size, *restrict rest = sum + length / 2 * size;
#pragma omp simd
            for (gsize i = 0; i < size; i++) {
                sum[i] = (a[i] + b[i]) * half;
                rest[i] = (a[i] - b[i]) * half;
            }
        }
        memcpy(stack, spare, length * size * sizeof(float));
    }
}

static inline void
haar_inverse(gsize n, gsize size, float *restrict stack, float *restrict spare)
{
    const float half = (float) G_SQRT2 * 0.5F;
    for (gsize length = 2; length <= n; length *= 2) {
        for (gsize k = 0; k < length / 2; k++) {
            const float *restrict sum = stack + k * size, *restrict rest = sum + length / 2 * size;
            float *restrict a = spare + 2 * k * size, *restrict b = a + size;
#pragma omp simd
            for (gsize i = 0; i < size; i++) {
                a[i] = (sum[i] + rest[i]) * half;
                b[i] = (sum[i] - rest[i]) * half;
            }
        }
        memcpy(stack, spare, length * size * sizeof(float));
    }
}

// --- filters: each returns the weight of the group, and leaves its mean as it is, so that a
// constant added to the image is added to the result and nothing else changes.

static inline float
threshold_stack(float limit, gsize size, float *restrict c)
{
    const float mean = c[0];
    float kept = 0.0F;
#pragma omp simd reduction(+ : kept)
    for (gsize i = 0; i < size; i++) {
        float keep = fabsf(c[i]) > limit ? 1.0F : 0.0F;
        c[i] *= keep;
        kept += keep;
    }
    c[0] = mean;
    return 1.0F / (fabsf(mean) > limit ? kept : kept + 1.0F);
}

static inline float
wiener_stack(float variance, gsize size, const float *restrict basic, float *restrict c)
{
    const float mean = c[0], first = basic[0] * basic[0] / (basic[0] * basic[0] + variance);
    float squares = 0.0F;
#pragma omp simd reduction(+ : squares)
    for (gsize i = 0; i < size; i++) {
        float power = basic[i] * basic[i], gain = power / (power + variance);
        c[i] *= gain;
        squares += gain * gain;
    }
    c[0] = mean;
    return 1.0F / (squares - first * first + 1.0F);
}

static inline void
add_block(const LacBm3dPlan *plan, gsize block, const float *data, float weight, gsize v, gsize u,
    LacBm3dBand *band)
{
    for (gsize r = 0; r < block; r++) {
        gsize at = (v + r - band->top) * plan->nu + u, from = r * pitch_of(block);
        const float *restrict in = data + from, *restrict window = plan->window + from;
        float *restrict sum = band->sum + at, *restrict weights = band->weight + at;
#pragma omp simd
        for (gsize i = 0; i < block; i++) {
            float w = weight * window[i];
            sum[i] += w * in[i];
            weights[i] += w;
        }
    }
}

static inline void
filter_group(const LacBm3dPlan *plan, gsize block, Scratch *s, const Matches *m, LacBm3dBand *band)
{
    const gsize area = block * pitch_of(block);
    gsize n = 1;
    while (2 * n <= m->n)
        n *= 2;
    for (gsize k = 0; k < n; k++)
        load_block(plan, block, plan->noisy, m->v[k], m->u[k], s->noisy + k * area);
    transform_blocks(block, plan->forward, plan->forward_t, n, s->noisy, s->spare);
    haar_forward(n, area, s->noisy, s->spare);
    float weight;
    if (plan->basic == NULL) {
        weight = threshold_stack(plan->threshold, n * area, s->noisy);
    }
    else {
        for (gsize k = 0; k < n; k++)
            load_block(plan, block, plan->basic, m->v[k], m->u[k], s->basic + k * area);
        transform_blocks(block, plan->forward, plan->forward_t, n, s->basic, s->spare);
        haar_forward(n, area, s->basic, s->spare);
        weight = wiener_stack(plan->variance, n * area, s->basic, s->noisy);
    }
    haar_inverse(n, area, s->noisy, s->spare);
    transform_blocks(block, plan->inverse, plan->inverse_t, n, s->noisy, s->spare);
    for (gsize k = 0; k < n; k++)
        add_block(plan, block, s->noisy + k * area, weight, m->v[k], m->u[k], band);
}

static void
filter_row(const LacBm3dPlan *plan, gsize v, gpointer memory, LacBm3dBand *band)
{
    Scratch *s = lay_out_scratch(plan, memory);
    match_row(plan, s, v);
    for (gsize i = 0; i < plan->n_columns; i++) {
        if (plan->block == 8)
            filter_group(plan, 8, s, s->matches + i, band);
        else
            filter_group(plan, 11, s, s->matches + i, band);
    }
}

#define KERNELS_NAME_(family) lac_bm3d_kernels_##family
#define KERNELS_NAME(family)  KERNELS_NAME_(family)
#define TEXT_(family)         #family
#define TEXT(family)          TEXT_(family)

const LacBm3dKernels KERNELS_NAME(KERNEL_FAMILY) = {
    .name = TEXT(KERNEL_FAMILY),
    .row = filter_row,
    .scratch_size = scratch_size,
};
