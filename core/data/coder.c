// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/coder.h"

#include <string.h>

#define NO_TEXT G_MAXUINT32 // length of a text that is NULL

/**
 * lac_encoder_clear:
 * @self: bytes, which are freed
 */
void
lac_encoder_clear(LacEncoder *self)
{
    g_clear_pointer(&self->data, g_free);
    self->n = self->room = 0;
}

/**
 * lac_encode_bytes:
 * @self: receives
 * @bytes: (array length=n): anything
 * @n: how many
 */
void
lac_encode_bytes(LacEncoder *self, gconstpointer bytes, gsize n)
{
    if (n > self->room - self->n) {
        self->room = MAX(2 * self->room, self->n + n + 256);
        self->data = g_realloc(self->data, self->room);
    }
    if (n > 0)
        memcpy(self->data + self->n, bytes, n);
    self->n += n;
}

/**
 * lac_encode_uint8:
 * @self: receives
 * @value: one byte
 */
void
lac_encode_uint8(LacEncoder *self, guint8 value)
{
    lac_encode_bytes(self, &value, 1);
}

/**
 * lac_encode_uint16:
 * @self: receives
 * @value: two bytes
 */
void
lac_encode_uint16(LacEncoder *self, guint16 value)
{
    guint16 little = GUINT16_TO_LE(value);
    lac_encode_bytes(self, &little, sizeof little);
}

/**
 * lac_encode_uint32:
 * @self: receives
 * @value: four bytes
 */
void
lac_encode_uint32(LacEncoder *self, guint32 value)
{
    guint32 little = GUINT32_TO_LE(value);
    lac_encode_bytes(self, &little, sizeof little);
}

/**
 * lac_encode_uint64:
 * @self: receives
 * @value: eight bytes
 */
void
lac_encode_uint64(LacEncoder *self, guint64 value)
{
    guint64 little = GUINT64_TO_LE(value);
    lac_encode_bytes(self, &little, sizeof little);
}

/**
 * lac_encode_double:
 * @self: receives
 * @value: eight bytes, every NaN as it is
 */
void
lac_encode_double(LacEncoder *self, double value)
{
    guint64 bits;
    memcpy(&bits, &value, sizeof bits);
    lac_encode_uint64(self, bits);
}

/**
 * lac_encode_doubles:
 * @self: receives
 * @values: (array length=n): eight bytes each
 * @n: how many
 */
void
lac_encode_doubles(LacEncoder *self, const double *values, gsize n)
{
    for (gsize i = 0; i < n; i++)
        lac_encode_double(self, values[i]);
}

/**
 * lac_encode_text:
 * @self: receives
 * @text: (nullable): valid UTF-8
 */
void
lac_encode_text(LacEncoder *self, const char *text)
{
    gsize n = text != NULL ? MIN(strlen(text), NO_TEXT - 1) : NO_TEXT;
    lac_encode_uint32(self, (guint32) n);
    if (text != NULL)
        lac_encode_bytes(self, text, n);
}

/**
 * lac_encode_texts:
 * @self: receives
 * @texts: NULL-terminated
 */
void
lac_encode_texts(LacEncoder *self, char *const *texts)
{
    guint32 n = 0;
    while (texts[n] != NULL)
        n++;
    lac_encode_uint32(self, n);
    for (guint32 i = 0; i < n; i++)
        lac_encode_text(self, texts[i]);
}

/**
 * lac_decode_bytes:
 * @self: gives
 * @n: how many
 *
 * Returns: (transfer none) (nullable): @n bytes, or %NULL when there are not so many
 */
const guint8 *
lac_decode_bytes(LacDecoder *self, gsize n)
{
    if (self->failed || n > self->left) {
        self->failed = TRUE;
        return NULL;
    }
    const guint8 *bytes = self->at;
    self->at += n;
    self->left -= n;
    return bytes;
}

/**
 * lac_decode_uint8:
 * @self: gives
 *
 * Returns: one byte
 */
guint8
lac_decode_uint8(LacDecoder *self)
{
    const guint8 *bytes = lac_decode_bytes(self, 1);
    return bytes != NULL ? bytes[0] : 0;
}

/**
 * lac_decode_uint16:
 * @self: gives
 *
 * Returns: a number of two bytes
 */
guint16
lac_decode_uint16(LacDecoder *self)
{
    guint16 value = 0;
    const guint8 *bytes = lac_decode_bytes(self, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return GUINT16_FROM_LE(value);
}

/**
 * lac_decode_uint32:
 * @self: gives
 *
 * Returns: a number of four bytes
 */
guint32
lac_decode_uint32(LacDecoder *self)
{
    guint32 value = 0;
    const guint8 *bytes = lac_decode_bytes(self, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_LE(value);
}

/**
 * lac_decode_uint64:
 * @self: gives
 *
 * Returns: a number of eight bytes
 */
guint64
lac_decode_uint64(LacDecoder *self)
{
    guint64 value = 0;
    const guint8 *bytes = lac_decode_bytes(self, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return GUINT64_FROM_LE(value);
}

/**
 * lac_decode_double:
 * @self: gives
 *
 * Returns: a number, bit for bit
 */
double
lac_decode_double(LacDecoder *self)
{
    guint64 bits = lac_decode_uint64(self);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/**
 * lac_decode_doubles:
 * @self: gives
 * @values: (out caller-allocates) (array length=n): numbers
 * @n: how many
 */
void
lac_decode_doubles(LacDecoder *self, double *values, gsize n)
{
    for (gsize i = 0; i < n; i++)
        values[i] = lac_decode_double(self);
}

/**
 * lac_decode_count:
 * @self: gives
 * @size: [bytes] that each of the things takes at least, above 0
 *
 * Returns: a number of eight bytes that says how many things follow; a failure if there is no room
 *   for so many
 */
gsize
lac_decode_count(LacDecoder *self, gsize size)
{
    guint64 n = lac_decode_uint64(self);
    if (n > self->left / size) {
        self->failed = TRUE;
        return 0;
    }
    return (gsize) n;
}

/**
 * lac_decode_text:
 * @self: gives
 *
 * Returns: (transfer full) (nullable): a text of valid UTF-8; %NULL is one too, unless this failed
 */
char *
lac_decode_text(LacDecoder *self)
{
    guint32 n = lac_decode_uint32(self);
    if (n == NO_TEXT)
        return NULL;
    const char *bytes = (const char *) lac_decode_bytes(self, n);
    if (bytes == NULL)
        return NULL;
    if (!g_utf8_validate(bytes, n, NULL)) {
        self->failed = TRUE;
        return NULL;
    }
    return g_strndup(bytes, n);
}

/**
 * lac_decode_texts:
 * @self: gives
 *
 * Returns: (transfer full): texts, none of them %NULL; fewer than there should be if this failed
 */
char **
lac_decode_texts(LacDecoder *self)
{
    guint32 n = lac_decode_uint32(self);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint32 i = 0; i < n && !self->failed; i++) {
        char *text = lac_decode_text(self);
        if (text != NULL)
            g_ptr_array_add(texts, text);
        else
            self->failed = TRUE;
    }
    g_ptr_array_add(texts, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}
