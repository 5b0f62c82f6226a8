// SPDX-License-Identifier: GPL-3.0-or-later
// What the import page reads in a worker: projections, their angles, a mask. Knows no toolkit.
#pragma once

#include "core/io/io.h"
#include "core/prep/input.h"

// Which files; immutable while a worker has it.
typedef struct {
    char *projections; // a file or folder
    char *item;        // (nullable) what is inside it; NULL: what looks most like projections
    char *angles;      // (nullable) a file argument; NULL: look for them
    char *mask;        // (nullable) a file argument
    LacReadParams read;
    LacSeries *known; // (nullable) what @projections gave before, so that it is not read again
} LacImportRequest;

// What was found. Errors beside the projections do not stop the rest.
typedef struct {
    LacFileInfo *info;
    const LacFileItem *item; // (nullable) of info: what was read
    GPtrArray *stacks;       // of const LacFileItem, of info: all that could be projections
    char **names;            // (nullable) of the images in a folder, in the order of the series
    LacSeries *series;
    gboolean looks_like_volume;
    gboolean has_angles;
    char *angles_source; // (nullable) where they came from
    GError *angles_error;
    LacVolume *mask;
    GError *mask_error;
    LacInputCheck check;
} LacImport;

LacImportRequest *lac_import_request_new(const char *projections);
void lac_import_request_free(gpointer request);
gpointer lac_import_read(LacProgress *progress, gpointer request, GError **error);
void lac_import_free(gpointer import);
gboolean lac_import_is_angles(const char *path);
gboolean lac_import_sort_files(GPtrArray *paths, char **projections, char **angles, char **mask);
