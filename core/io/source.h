// SPDX-License-Identifier: GPL-3.0-or-later
// A file argument taken apart: which file, what inside it, which format. For the files of this folder.
#pragma once

#include "core/io/format.h"

typedef struct {
    char *path;
    char *item; // (nullable) what follows the colon
    const LacFormat *format;
} LacSource;

typedef gboolean (*LacItemTest)(const LacFileItem *item);

gboolean
lac_source_open(LacSource *self, const char *file, const LacReadParams *params, GError **error);
void lac_source_clear(LacSource *self);
LacFileInfo *
lac_source_get_info(const LacSource *source, const LacReadParams *params, GError **error);
gboolean lac_item_is_stack(const LacFileItem *item);
gboolean lac_item_is_angles(const LacFileItem *item);
gboolean lac_source_choose_item(const LacSource *source, const LacReadParams *params,
    LacItemTest fits, char **name, GError **error);
void lac_io_propagate_named(GError **error, GError *failure, const char *path);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacSource, lac_source_clear)
