// SPDX-License-Identifier: GPL-3.0-or-later
// DigitalMicrograph's DM3 and DM4: recognised, so that the refusal can say what to do.
#include "core/io/bytes.h"

static const char *const suffixes[] = { "dm3", "dm4", NULL };

static gboolean
dm_sniff(const char *path, const guint8 *head, gsize n_head)
{
    g_autofree char *suffix = lac_io_dup_suffix(path);
    if (n_head < 4 || !g_strv_contains(suffixes, suffix))
        return FALSE;
    guint32 version = lac_get_uint32(head, TRUE);
    return version == 3 || version == 4;
}

static gboolean
dm_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    (void) info;
    lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
        "DigitalMicrograph files (DM3, DM4) cannot be read yet; export it as MRC or TIFF");
    return FALSE;
}

static LacArray *
dm_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) item;
    (void) progress;
    dm_info(path, params, NULL, error);
    return NULL;
}

const LacFormat lac_format_dm = {
    .id = "dm",
    .name = "DigitalMicrograph",
    .suffixes = suffixes,
    .sniff = dm_sniff,
    .info = dm_info,
    .read_array = dm_read,
};
