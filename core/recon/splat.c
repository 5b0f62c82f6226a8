// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recon/splat.h"

/**
 * lac_splat_kernels_usable:
 * @n: (out): number of builds
 *
 * Returns: (transfer none) (array length=n): the builds that this processor can run, best first
 */
const LacSplatKernels *const *
lac_splat_kernels_usable(gsize *n)
{
    static const LacSplatKernels *const all[] = {
#ifdef LAC_KERNELS_X86
        &lac_splat_kernels_avx512,
        &lac_splat_kernels_avx2,
#endif
        &lac_splat_kernels_baseline,
    };
    gsize skip = 0;
#ifdef LAC_KERNELS_X86
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        skip = 2;
    else if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw"))
        skip = 1;
#endif
    *n = G_N_ELEMENTS(all) - skip;
    return all + skip;
}

/**
 * lac_splat_kernels_for_this_cpu:
 *
 * Returns: (transfer none): the best build that this processor can run
 */
const LacSplatKernels *
lac_splat_kernels_for_this_cpu(void)
{
    gsize n;
    return lac_splat_kernels_usable(&n)[0];
}
