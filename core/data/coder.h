// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and texts as bytes, little-endian, for the journal.
#pragma once

#include <glib.h>

// Bytes being written.
typedef struct {
    guint8 *data;
    gsize n, room;
} LacEncoder;

// Bytes being read. Once something is missing or wrong everything that is taken is 0.
typedef struct {
    const guint8 *at;
    gsize left;
    gboolean failed;
} LacDecoder;

void lac_encoder_clear(LacEncoder *self);
void lac_encode_bytes(LacEncoder *self, gconstpointer bytes, gsize n);
void lac_encode_uint8(LacEncoder *self, guint8 value);
void lac_encode_uint16(LacEncoder *self, guint16 value);
void lac_encode_uint32(LacEncoder *self, guint32 value);
void lac_encode_uint64(LacEncoder *self, guint64 value);
void lac_encode_double(LacEncoder *self, double value);
void lac_encode_doubles(LacEncoder *self, const double *values, gsize n);
void lac_encode_text(LacEncoder *self, const char *text);
void lac_encode_texts(LacEncoder *self, char *const *texts);

const guint8 *lac_decode_bytes(LacDecoder *self, gsize n);
guint8 lac_decode_uint8(LacDecoder *self);
guint16 lac_decode_uint16(LacDecoder *self);
guint32 lac_decode_uint32(LacDecoder *self);
guint64 lac_decode_uint64(LacDecoder *self);
double lac_decode_double(LacDecoder *self);
void lac_decode_doubles(LacDecoder *self, double *values, gsize n);
gsize lac_decode_count(LacDecoder *self, gsize size);
char *lac_decode_text(LacDecoder *self);
char **lac_decode_texts(LacDecoder *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacEncoder, lac_encoder_clear)
