// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5-private.h"

#include <string.h>

static const guint8 signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };

/**
 * lac_h5_check_structure:
 */
gboolean
lac_h5_check_structure(LacInput *input, const char *path, GError **error)
{
    for (guint64 base = 0; base <= 65536 && lac_input_holds(input, base, 8, 1);
         base = base == 0 ? 512 : base * 2) {
        guint8 head[8];
        if (!lac_input_read(input, base, head, sizeof head, error))
            return FALSE;
        if (memcmp(head, signature, sizeof signature) == 0)
            return TRUE;
    }
    lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it is not an HDF5 file");
    return FALSE;
}
