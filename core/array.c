// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/array.h"

#include "core/error.h"
#include "core/parallel.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT  64
#define LARGE_PAGE ((gsize) 2 << 20) // bytes; a block of several is given whole ones
#define DOT_BLOCK  65536             // values that one thread sums

// Aligned memory, NULL if there is none. A fifth of the time to touch it first with large pages.
static void *
allocate(gsize bytes)
{
    void *data = NULL;
    gboolean is_large = bytes >= 2 * LARGE_PAGE;
    if (posix_memalign(&data, is_large ? LARGE_PAGE : ALIGNMENT, MAX(bytes, 1)) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    // Only a wish: a system without large pages gives small ones.
    if (is_large)
        madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return data;
}

static void
clear_block(gsize begin, gsize end, G_GNUC_UNUSED guint worker, gpointer data)
{
    memset((guint8 *) data + begin, 0, end - begin);
}

/**
 * lac_alloc:
 * @n: number of elements; 0 gives a valid empty block
 * @size: bytes per element
 * @error: return location for a #GError
 *
 * Allocates zeroed memory, aligned to 64 bytes, and fails kindly instead of aborting.
 *
 * Returns: (transfer full): the block, to be released with lac_free(), or %NULL with @error set
 */
gpointer
lac_alloc(gsize n, gsize size, GError **error)
{
    gpointer data = lac_alloc_unset(n, size, error);
    // Most of the time goes into getting pages, which threads do side by side.
    if (data != NULL && n * size >= 2 * LARGE_PAGE)
        lac_parallel_for(n * size, LARGE_PAGE, clear_block, data);
    else if (data != NULL)
        memset(data, 0, n * size);
    return data;
}

/**
 * lac_alloc_unset:
 * @n: number of elements; 0 gives a valid empty block
 * @size: bytes per element
 * @error: return location for a #GError
 *
 * What lac_alloc() does, for a block of which every element is written before it is read.
 *
 * Returns: (transfer full): the block, to be released with lac_free(), or %NULL with @error set
 */
gpointer
lac_alloc_unset(gsize n, gsize size, GError **error)
{
    gsize bytes;
    void *data = NULL;
    if (g_size_checked_mul(&bytes, n, size) && bytes <= G_MAXSSIZE)
        data = allocate(bytes);
    if (data == NULL)
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY, "Not enough memory for %.1f MiB",
            (double) n * (double) size / 1048576.0);
    return data;
}

/**
 * lac_alloc_floats:
 * @n: number of values
 * @error: return location for a #GError
 *
 * Returns: (transfer full): @n zeros, 64-byte aligned, or %NULL with @error set
 */
float *
lac_alloc_floats(gsize n, GError **error)
{
    return lac_alloc(n, sizeof(float), error);
}

/**
 * lac_free:
 * @data: (nullable) (transfer full): a block of lac_alloc()
 */
void
lac_free(gpointer data)
{
    free(data);
}

typedef struct {
    const float *a, *b;
    double *partial;
} DotArgs;

static void
dot_block(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const DotArgs *args = data;
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (gsize i = begin; i < end; i++)
        sum += (double) args->a[i] * (double) args->b[i];
    args->partial[begin / DOT_BLOCK] = sum;
}

/**
 * lac_dot:
 * @a: (array length=n): values
 * @b: (array length=n): values
 * @n: their number
 *
 * Returns: the sum of their products, the same for any number of threads
 */
double
lac_dot(const float *a, const float *b, gsize n)
{
    g_autofree double *partial = g_new0(double, n / DOT_BLOCK + 1);
    DotArgs args = { a, b, partial };
    lac_parallel_for(n, DOT_BLOCK, dot_block, &args);
    double sum = 0.0;
    for (gsize i = 0; i < n; i += DOT_BLOCK)
        sum += partial[i / DOT_BLOCK];
    return sum;
}

/**
 * lac_check_shape:
 * @nz: slowest extent
 * @ny: middle extent
 * @nx: fastest extent
 * @n: (out): the product
 * @error: return location for a #GError
 *
 * Checks that every extent is at least 1 and that the product of float32 values is addressable.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_check_shape(gsize nz, gsize ny, gsize nx, gsize *n, GError **error)
{
    gsize bytes;
    if (nx == 0 || ny == 0 || nz == 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "An array of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
            " has no values",
            nz, ny, nx);
        return FALSE;
    }
    if (!g_size_checked_mul(n, nz, ny) || !g_size_checked_mul(n, *n, nx) ||
        !g_size_checked_mul(&bytes, *n, sizeof(float)) || bytes > G_MAXSSIZE) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "An array of %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
            " is too large to address",
            nz, ny, nx);
        return FALSE;
    }
    return TRUE;
}

/**
 * lac_buffer_new:
 * @n: number of values
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a buffer of @n zeros, or %NULL with @error set
 */
LacBuffer *
lac_buffer_new(gsize n, GError **error)
{
    float *data = lac_alloc_floats(n, error);
    if (data == NULL)
        return NULL;
    LacBuffer *self = g_new0(LacBuffer, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->n = n;
    self->data = data;
    return self;
}

/**
 * lac_buffer_ref:
 * @self: a buffer
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacBuffer *
lac_buffer_ref(LacBuffer *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_buffer_unref:
 * @self: (nullable) (transfer full): a buffer; freed with its last reference; any thread
 */
void
lac_buffer_unref(LacBuffer *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_free(self->data);
    g_free(self);
}
