// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz.h"

// The first byte chooses the suffix, which decides how the text is understood.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const suffixes[] = { "txt", "tlt", "csv", "mat" };
    if (size > 0)
        lac_fuzz_angles(data + 1, size - 1, suffixes[data[0] % G_N_ELEMENTS(suffixes)]);
    return 0;
}
