// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures that the program wrote, read back for tests.
#pragma once

#include <glib.h>

typedef struct {
    guint width, height;
    gboolean has_alpha; // the file has it
    guint8 *rgba;       // (height, width, 4)
} LacPicture;

LacPicture *lac_picture_read(const char *path);
void lac_picture_free(LacPicture *self);
const guint8 *lac_picture_get(const LacPicture *self, guint x, guint y);
void lac_picture_assert_same(const char *a, const char *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacPicture, lac_picture_free)
