// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/allocations.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define HAS_SANITIZER 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define HAS_SANITIZER 1
#    endif
#endif

#ifdef HAS_SANITIZER

/**
 * lac_allocations_reset:
 *
 * Does nothing: sanitizers have a malloc() of their own.
 */
void
lac_allocations_reset(void)
{
}

/**
 * lac_allocations_get_peak:
 *
 * Returns: 0, for the same reason
 */
gsize
lac_allocations_get_peak(void)
{
    return 0;
}

#else

// The names under which glibc exports its own functions.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static atomic_llong held, base, peak; // [bytes]

static void
count(long long bytes)
{
    long long now = atomic_fetch_add(&held, bytes) + bytes, seen = atomic_load(&peak);
    while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
    }
}

static void *
count_new(void *block)
{
    if (block != NULL)
        count((long long) malloc_usable_size(block));
    return block;
}

void *
malloc(size_t size)
{
    return count_new(__libc_malloc(size));
}

void *
calloc(size_t n, size_t size)
{
    return count_new(__libc_calloc(n, size));
}

void *
realloc(void *block, size_t size)
{
    size_t old = block != NULL ? malloc_usable_size(block) : 0;
    void *moved = __libc_realloc(block, size);
    if (moved == NULL && size > 0)
        return NULL;
    if (moved != NULL)
        count_new(moved); // both are held while the contents move
    count(-(long long) old);
    return moved;
}

void *
memalign(size_t alignment, size_t size)
{
    return count_new(__libc_memalign(alignment, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    return count_new(__libc_memalign(alignment, size));
}

int
posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = count_new(__libc_memalign(alignment, size));
    return *block != NULL ? 0 : ENOMEM;
}

void
free(void *block)
{
    if (block != NULL)
        count(-(long long) malloc_usable_size(block));
    __libc_free(block);
}

/**
 * lac_allocations_reset:
 *
 * Begins a new measurement of the peak.
 */
void
lac_allocations_reset(void)
{
    long long now = atomic_load(&held);
    atomic_store(&base, now);
    atomic_store(&peak, now);
}

/**
 * lac_allocations_get_peak:
 *
 * Returns: [bytes] the most that was held at any moment since the last reset, above what was held
 * then
 */
gsize
lac_allocations_get_peak(void)
{
    return (gsize) (atomic_load(&peak) - atomic_load(&base));
}

#endif
