// SPDX-License-Identifier: GPL-3.0-or-later
// Options by which a verb says how to read what a file itself does not tell.
#pragma once

#include "app/cli.h"
#include "core/io/io.h"
#include "core/project/project.h"

typedef struct {
    char *raw_shape, *raw_type, *mrc_bytes;
    gint64 raw_offset;
    gboolean raw_big_endian;
    double voxel_size; // [Å]; 0 when not given
} LacCliInput;

GOptionEntry *lac_cli_input_entries(LacCliInput *self, const GOptionEntry *own);
gboolean lac_cli_input_get_params(const LacCliInput *self, LacReadParams *params, GError **error);
gboolean lac_cli_check_length(const char *option, double length, GError **error);
gboolean
lac_cli_parse_sizes(const char *option, const char *text, guint n, gsize *out, GError **error);
LacSeries *lac_cli_read_series(const char *file, const char *angles, double pixel_size,
    LacProgress *progress, GError **error);
LacProject *lac_cli_read_project(const char *file, const char *angles, double pixel_size,
    LacProgress *progress, GError **error);
LacVolume *
lac_cli_read_volume(const char *file, double voxel_size, LacProgress *progress, GError **error);
gboolean lac_cli_write_model(LacAtoms *atoms, const char *output, const char *const *from,
    const char *verb, LacProgress *progress, GError **error);
void lac_cli_input_clear(LacCliInput *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacCliInput, lac_cli_input_clear)
