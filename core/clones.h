// SPDX-License-Identifier: GPL-3.0-or-later
// A kernel of plain loops that is also compiled for wider vectors; the loader takes what fits.
#pragma once

// The instructions differ, the rounding does not: no sum is put in another order and no product is
// fused with a sum.
#if defined(LAC_KERNELS_X86) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#    define LAC_CLONES __attribute__((target_clones("avx2", "default")))
#else
#    define LAC_CLONES
#endif
