// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing of files. A file argument may name what is inside: "file.mat:Projs",
// "file.h5:/data"; a folder of images is a series in natural order.
#pragma once

#include "core/data/atoms.h"
#include "core/data/series.h"
#include "core/data/volume.h"
#include "core/progress.h"

// One thing inside a file.
typedef enum {
    LAC_ITEM_ARRAY, // numbers of one to four dimensions
    LAC_ITEM_ATOMS,
    LAC_ITEM_ANGLES, // a table of n x 1 or n x 3 (it may also be an array)
    LAC_ITEM_OTHER,  // named in @note, not readable
} LacItemKind;

typedef struct {
    LacItemKind kind;
    char *name;        // variable or path; "" when the file holds one thing
    guint n_dims;      // of an array
    gsize shape[4];    // of an array, slowest first, in the conventions of this program
    char *type;        // stored type: "float32", "uint16", "int16, big-endian", ...
    double spacing[3]; // [Å] along x, y, z; 0 when unknown
    gsize n_atoms;     // of atoms
    char *note;        // (nullable) what a person should know, such as an assumption made
} LacFileItem;

typedef struct {
    char *path;
    char *format_name; // "MRC", "MATLAB v5", "EMD (NCEM)", ...
    guint64 file_size; // [bytes]
    GPtrArray *items;  // of LacFileItem
} LacFileInfo;

// How to read what the file itself does not say. All zero means: as the file says.
typedef struct {
    gsize raw_shape[3]; // (n0, n1, n2), slowest first, for raw files
    char raw_type[16];  // "uint8", "int16", "uint16", "float32", "float64", ... for raw files
    gsize raw_offset;   // [bytes] before the first value
    gboolean raw_big_endian;
    int mrc_mode0;  // 0: by header stamp, 1: signed, 2: unsigned
    double spacing; // [Å] overrides the file; 0: as the file says
} LacReadParams;

LacFileInfo *lac_file_info_read(const char *file, const LacReadParams *params, GError **error);
void lac_file_info_free(LacFileInfo *info);

LacVolume *lac_read_volume(const char *file, const LacReadParams *params, LacProgress *progress,
    GError **error);
LacSeries *lac_read_series(const char *file, const LacReadParams *params, LacProgress *progress,
    GError **error);
LacAtoms *lac_read_atoms(const char *file, LacProgress *progress, GError **error);
LacAngles *lac_read_angles(const char *file, gsize *n, GError **error);

// The suffix of @file chooses the format. Written beside the old file, flushed and renamed.
gboolean
lac_write_volume(const LacVolume *volume, const char *file, LacProgress *progress, GError **error);
char *lac_write_dup_loss(const LacVolume *volume, const char *file);
gboolean
lac_write_series(const LacSeries *series, const char *file, LacProgress *progress, GError **error);
gboolean lac_write_atoms(const LacAtoms *atoms, const char *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFileInfo, lac_file_info_free)
