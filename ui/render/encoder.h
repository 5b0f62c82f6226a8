// SPDX-License-Identifier: GPL-3.0-or-later
// Makes a film of pictures, with the ffmpeg that is installed. Any thread.
#pragma once

#include <gio/gio.h>

typedef struct LacEncoder LacEncoder;

gboolean lac_encoder_knows(const char *path);
gboolean lac_encoder_check(GError **error);
LacEncoder *lac_encoder_new(const char *path, int width, int height, double fps,
    const char *comment, GError **error);
gboolean lac_encoder_add_frame(LacEncoder *self, const guint8 *rgba, GError **error);
gboolean lac_encoder_finish(LacEncoder *self, GError **error);
void lac_encoder_free(LacEncoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacEncoder, lac_encoder_free)
