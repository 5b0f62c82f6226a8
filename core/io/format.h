// SPDX-License-Identifier: GPL-3.0-or-later
// The table of file formats that the readers, writers, dialogs and round-trip tests iterate.
#pragma once

#include "core/io/io.h"

// Numbers of one to four dimensions as a file holds them, in this program's conventions.
// A volume is (nz, ny, nx), a series (n, nv, nu).
typedef struct {
    LacBuffer *buffer;
    guint n_dims;
    gsize shape[4];    // slowest first
    double spacing[3]; // [Å] along x, y, z; 0 when unknown
    double origin[3];  // [Å] position of the centre voxel along x, y, z
    LacAngles *angles; // (nullable) when the file has them
    gsize n_angles;
    gboolean first_fastest; // the file's first index is the fastest here, as in MATLAB
} LacArray;

// Functions that a format lacks are NULL. @item is the part of the file argument after the colon,
// or NULL. Readers check sizes against the file before they allocate.
typedef struct {
    const char *id;              // "mrc"
    const char *name;            // "MRC"
    const char *const *suffixes; // { "mrc", "st", ..., NULL }, lower case; the first is for writing
    gboolean (*sniff)(const char *path, const guint8 *head, gsize n_head);
    gboolean (
        *info)(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error);
    LacArray *(*read_array)(const char *path, const char *item, const LacReadParams *params,
        LacProgress *progress, GError **error);
    LacAtoms *(
        *read_atoms)(const char *path, const char *item, LacProgress *progress, GError **error);
    gboolean (*write_array)(const LacArray *array, const char *path, LacProgress *progress,
        GError **error);
    gboolean (*write_atoms)(const LacAtoms *atoms, const char *path, GError **error);
    gboolean keeps_origin; // what it writes of a volume tells where the volume lies
} LacFormat;

extern const LacFormat lac_format_mrc, lac_format_tiff, lac_format_npy, lac_format_raw,
    lac_format_xyz, lac_format_csv, lac_format_table, lac_format_mat, lac_format_hdf5,
    lac_format_dm, lac_format_folder, lac_format_png, lac_format_npz;

const LacFormat *const *lac_formats(gsize *n);
LacFileItem *lac_file_info_add(LacFileInfo *info, LacItemKind kind, const char *name);
void lac_file_item_free(gpointer data);
LacArray *lac_read_array(const char *file, const LacReadParams *params, LacProgress *progress,
    GError **error);
gboolean
lac_write_array(const LacArray *array, const char *file, LacProgress *progress, GError **error);
LacVolume *lac_array_to_volume(const LacArray *array, const char *file, GError **error);
LacSeries *lac_array_to_series(const LacArray *array, const char *file, GError **error);
LacArray *lac_array_new(guint n_dims, const gsize *shape, GError **error);
LacArray *lac_array_new_from_buffer(LacBuffer *buffer, guint n_dims, const gsize *shape);
void lac_array_free(LacArray *array);

// Writes beside @path through @write, flushes to disk and renames; on failure nothing is left.
typedef gboolean (*LacWriteFunc)(const char *temporary_path, gpointer data, GError **error);
gboolean lac_write_atomically(const char *path, LacWriteFunc write, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacArray, lac_array_free)
