// SPDX-License-Identifier: GPL-3.0-or-later
// The messages of object headers, as far as the library trusts what they say.
#include "core/io/hdf5-check.h"

#include <string.h>

#define MAX_NESTING 16 // of types in types
#define UNDEFINED   G_MAXUINT64

static gboolean
take(LacBytes *bytes, gsize n, const guint8 **out)
{
    if ((gsize) (bytes->end - bytes->at) < n)
        return FALSE;
    if (out != NULL)
        *out = bytes->at;
    bytes->at += n;
    return TRUE;
}

// A name that ends with 0; its length is rounded up to a multiple of @round.
static gboolean
take_name(LacBytes *bytes, gsize round)
{
    const guint8 *end = memchr(bytes->at, 0, (gsize) (bytes->end - bytes->at));
    if (end == NULL)
        return FALSE;
    gsize n = (gsize) (end - bytes->at) + 1;
    return take(bytes, (n + round - 1) / round * round, NULL);
}

static gsize
count_bytes_for(guint32 value)
{
    return value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1000000 ? 3 : 4;
}

static gboolean take_type(LacBytes *bytes, guint depth, guint32 *size);

static gboolean
take_compound(LacBytes *bytes, guint version, guint n_members, guint32 size, guint depth)
{
    for (guint i = 0; i < n_members; i++) {
        if (!take_name(bytes, version < 3 ? 8 : 1))
            return FALSE;
        const guint8 *p;
        gsize width = version < 3 ? 4 : count_bytes_for(size);
        if (!take(bytes, width, &p))
            return FALSE;
        guint32 offset = 0, member_size;
        for (gsize b = width; b > 0; b--)
            offset = offset << 8 | p[b - 1];
        guint n_dims = 0;
        if (version == 1) {
            if (!take(bytes, 28, &p))
                return FALSE;
            n_dims = p[0];
        }
        if (n_dims > 4 || !take_type(bytes, depth + 1, &member_size) || member_size > size ||
            offset > size - member_size)
            return FALSE;
    }
    return n_members > 0;
}

static gboolean
take_enumeration(LacBytes *bytes, guint version, guint n_members, guint32 size, guint depth)
{
    guint32 base;
    if (!take_type(bytes, depth + 1, &base) || base != size)
        return FALSE;
    for (guint i = 0; i < n_members; i++)
        if (!take_name(bytes, version < 3 ? 8 : 1))
            return FALSE;
    return take(bytes, (gsize) n_members * base, NULL);
}

static gboolean
take_array(LacBytes *bytes, guint version, guint32 size, guint depth)
{
    const guint8 *p;
    if (version < 2 || !take(bytes, version < 3 ? 4 : 1, &p))
        return FALSE;
    guint n_dims = p[0];
    if (n_dims == 0 || n_dims > 32 || !take(bytes, 4 * (gsize) n_dims, &p) ||
        (version < 3 && !take(bytes, 4 * (gsize) n_dims, NULL)))
        return FALSE;
    guint64 n = 1;
    for (guint i = 0; i < n_dims; i++) {
        guint32 extent = lac_get_uint32(p + 4 * i, FALSE);
        if (extent == 0 || n > G_MAXUINT32)
            return FALSE;
        n *= extent;
    }
    guint32 base;
    return take_type(bytes, depth + 1, &base) && n <= G_MAXUINT32 && n * base == size;
}

// Takes one datatype off @bytes and says how large a value is.
static gboolean
take_type(LacBytes *bytes, guint depth, guint32 *size)
{
    const guint8 *head, *bits;
    if (depth > MAX_NESTING || !take(bytes, 8, &head))
        return FALSE;
    guint version = head[0] >> 4, class = head[0] & 15;
    guint flags = lac_get_uint16(head + 1, FALSE);
    *size = lac_get_uint32(head + 4, FALSE);
    if (version < 1 || version > 4 || *size == 0 || *size > 0x7fffffff)
        return FALSE;
    guint32 base;
    switch (class) {
    case 0: // integer
    case 4: // bit field
        return take(bytes, 4, &bits) && lac_get_uint16(bits + 2, FALSE) > 0 &&
            (guint64) lac_get_uint16(bits, FALSE) + lac_get_uint16(bits + 2, FALSE) <=
            8 * (guint64) *size;
    case 1: // floating point
        return take(bytes, 12, &bits) && lac_get_uint16(bits + 2, FALSE) > 0 &&
            (guint64) lac_get_uint16(bits, FALSE) + lac_get_uint16(bits + 2, FALSE) <=
            8 * (guint64) *size;
    case 2: return take(bytes, 2, NULL);                                       // time
    case 3:                                                                    // text
    case 7: return TRUE;                                                       // reference
    case 5: return take(bytes, flags & 0xff, NULL) && (flags & 0xff) % 8 == 0; // opaque
    case 6: return take_compound(bytes, version, flags, *size, depth);
    case 8: return take_enumeration(bytes, version, flags, *size, depth);
    case 9: return take_type(bytes, depth + 1, &base) && *size >= 16; // varying length
    case 10: return take_array(bytes, version, *size, depth);
    default: return FALSE;
    }
}

static gboolean
take_space(LacBytes *bytes, guint64 *n_values)
{
    const guint8 *head, *dims;
    if (!take(bytes, 4, &head) || (head[0] != 1 && head[0] != 2))
        return FALSE;
    guint n_dims = head[1];
    if (n_dims > 32 || (head[0] == 1 && !take(bytes, 4, NULL)) ||
        !take(bytes, 8 * (gsize) n_dims, &dims) ||
        (head[2] & 1 && !take(bytes, 8 * (gsize) n_dims, NULL)))
        return FALSE;
    *n_values = head[0] == 2 && head[3] == 2 ? 0 : 1;
    for (guint i = 0; i < n_dims; i++) {
        guint64 extent = lac_get_uint64(dims + 8 * i, FALSE);
        if (extent != 0 && *n_values > G_MAXUINT64 / extent)
            return FALSE;
        *n_values *= extent;
    }
    return TRUE;
}

// Values of varying length lie in the global heap: their count, the collection, the index.
static gboolean
check_varying(LacCheck *self, const guint8 *values, guint64 n, guint32 element)
{
    for (guint64 i = 0; i < n; i++) {
        const guint8 *value = values + 16 * i;
        guint64 count = lac_get_uint32(value, FALSE);
        guint64 address = lac_get_uint64(value + 4, FALSE);
        guint32 index = lac_get_uint32(value + 12, FALSE);
        if (address != 0 && address != UNDEFINED && count > 0 &&
            !lac_check_global_heap(self, address, index, count * element))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_attribute(LacCheck *self, LacBytes body)
{
    const guint8 *head, *name, *type, *space;
    if (!take(&body, 8, &head) || head[0] < 1 || head[0] > 3)
        return FALSE;
    guint version = head[0];
    gsize n_name = lac_get_uint16(head + 2, FALSE), n_type = lac_get_uint16(head + 4, FALSE);
    gsize n_space = lac_get_uint16(head + 6, FALSE), round = version == 1 ? 8 : 1;
    if ((version == 3 && !take(&body, 1, NULL)) || n_name == 0 ||
        !take(&body, (n_name + round - 1) / round * round, &name) || name[n_name - 1] != 0 ||
        !take(&body, (n_type + round - 1) / round * round, &type) ||
        !take(&body, (n_space + round - 1) / round * round, &space))
        return FALSE;
    if (version > 1 && head[1] & 3)
        return TRUE; // the type or the space is elsewhere
    LacBytes type_bytes = { type, type + n_type }, space_bytes = { space, space + n_space };
    guint32 size;
    guint64 n;
    if (!take_type(&type_bytes, 0, &size) || !take_space(&space_bytes, &n) || n > G_MAXUINT32)
        return FALSE;
    const guint8 *values = body.at;
    if ((guint64) (body.end - body.at) < n * size)
        return FALSE;
    if ((type[0] & 15) != 9)
        return TRUE;
    return size == 16 && n_type >= 16 &&
        check_varying(self, values, n, lac_get_uint32(type + 12, FALSE));
}

static gboolean
check_fill_value(guint type, LacBytes body)
{
    const guint8 *head;
    if (type == 4) // of the old kind
        return take(&body, 4, &head) && take(&body, lac_get_uint32(head, FALSE), NULL);
    if (!take(&body, 2, &head) || head[0] < 1 || head[0] > 3)
        return FALSE;
    gboolean has_value = TRUE;
    if (head[0] < 3) {
        const guint8 *more;
        if (!take(&body, 2, &more))
            return FALSE;
        has_value = head[0] == 1 || more[1] != 0;
    }
    else {
        has_value = (head[1] & 0x20) != 0;
    }
    const guint8 *size;
    return !has_value ||
        (take(&body, 4, &size) &&
            (lac_get_uint32(size, FALSE) > G_MAXINT32 ||
                take(&body, lac_get_uint32(size, FALSE), NULL)));
}

static gboolean
check_filters(LacBytes body)
{
    const guint8 *head, *p;
    if (!take(&body, 2, &head) || head[0] < 1 || head[0] > 2 || head[1] > 32 ||
        (head[0] == 1 && !take(&body, 6, NULL)))
        return FALSE;
    for (guint i = 0; i < head[1]; i++) {
        if (!take(&body, 2, &p))
            return FALSE;
        gboolean named = head[0] == 1 || lac_get_uint16(p, FALSE) >= 256;
        gsize n_name = 0;
        if (named) {
            if (!take(&body, 2, &p))
                return FALSE;
            n_name = lac_get_uint16(p, FALSE);
        }
        if (!take(&body, 4, &p))
            return FALSE;
        gsize n_values = lac_get_uint16(p + 2, FALSE);
        gsize round = head[0] == 1 ? 8 : 1;
        const guint8 *name;
        if (!take(&body, (n_name + round - 1) / round * round, &name) ||
            (n_name > 0 && memchr(name, 0, n_name) == NULL) || !take(&body, 4 * n_values, NULL) ||
            (head[0] == 1 && n_values % 2 == 1 && !take(&body, 4, NULL)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_chunked(LacCheck *self, LacBytes body)
{
    const guint8 *head, *dims;
    if (!take(&body, 9, &head) || head[0] < 2 || head[0] > 33 ||
        !take(&body, 4 * (gsize) head[0], &dims))
        return FALSE;
    for (guint i = 0; i < head[0]; i++)
        if (lac_get_uint32(dims + 4 * i, FALSE) == 0)
            return FALSE;
    guint64 tree = lac_get_uint64(head + 1, FALSE);
    return tree == UNDEFINED || lac_check_chunk_tree(self, tree, head[0]);
}

// As HDF5 wrote it before 1.6.3.
static gboolean
check_old_layout(LacCheck *self, LacBytes body)
{
    const guint8 *head, *p, *dims;
    if (!take(&body, 8, &head) || head[1] == 0 || head[1] > 33 || head[2] > 2 ||
        (head[2] != 0 && !take(&body, 8, &p)) || !take(&body, 4 * (gsize) head[1], &dims))
        return FALSE;
    if (head[2] == 0)
        return take(&body, 4, &p) && take(&body, lac_get_uint32(p, FALSE), NULL);
    guint64 address = lac_get_uint64(p, FALSE);
    if (address == UNDEFINED)
        return TRUE;
    if (head[2] == 1)
        return lac_check_fits(self, address, 1);
    for (guint i = 0; i < head[1]; i++)
        if (lac_get_uint32(dims + 4 * i, FALSE) == 0)
            return FALSE;
    return lac_check_chunk_tree(self, address, head[1]);
}

static gboolean
check_layout(LacCheck *self, LacBytes body)
{
    const guint8 *head, *p;
    if (!take(&body, 2, &head))
        return FALSE;
    if (head[0] == 4)
        return head[1] <= 3; // only with checksummed structures
    if (head[0] == 1 || head[0] == 2)
        return check_old_layout(self, (LacBytes){ head, body.end });
    if (head[0] != 3)
        return FALSE;
    switch (head[1]) {
    case 0: return take(&body, 2, &p) && take(&body, lac_get_uint16(p, FALSE), NULL);
    case 1:
        return take(&body, 16, &p) &&
            (lac_get_uint64(p, FALSE) == UNDEFINED ||
                lac_check_fits(self, lac_get_uint64(p, FALSE), lac_get_uint64(p + 8, FALSE)));
    case 2: return check_chunked(self, body);
    default: return FALSE;
    }
}

static gboolean
check_link(LacCheck *self, LacBytes body)
{
    const guint8 *head, *p;
    if (!take(&body, 2, &head) || head[0] != 1)
        return FALSE;
    guint flags = head[1], type = 0;
    if (flags & 8) {
        if (!take(&body, 1, &p))
            return FALSE;
        type = p[0];
    }
    gsize width = (gsize) 1 << (flags & 3), n_name = 0;
    if ((flags & 4 && !take(&body, 8, NULL)) || (flags & 16 && !take(&body, 1, NULL)) ||
        !take(&body, width, &p))
        return FALSE;
    for (gsize i = width; i > 0; i--)
        n_name = n_name << 8 | p[i - 1];
    if (n_name == 0 || !take(&body, n_name, NULL))
        return FALSE;
    if (type != 0) // soft, external or user-defined: a length and so many bytes
        return take(&body, 2, &p) && take(&body, lac_get_uint16(p, FALSE), NULL);
    if (!take(&body, 8, &p))
        return FALSE;
    lac_check_add_object(self, lac_get_uint64(p, FALSE));
    return TRUE;
}

static gboolean
check_external(LacCheck *self, LacBytes body)
{
    const guint8 *head;
    if (!take(&body, 16, &head) || head[0] != 1)
        return FALSE;
    guint n_slots = lac_get_uint16(head + 6, FALSE);
    const guint8 *slots;
    if (n_slots > lac_get_uint16(head + 4, FALSE) || !take(&body, 24 * (gsize) n_slots, &slots))
        return FALSE;
    guint64 n;
    g_autofree guint8 *names = NULL;
    if (!lac_check_local_heap(self, lac_get_uint64(head + 8, FALSE), &names, &n))
        return FALSE;
    for (guint i = 0; i < n_slots; i++) {
        guint64 offset = lac_get_uint64(slots + 24 * i, FALSE);
        if (offset >= n || memchr(names + offset, 0, n - offset) == NULL)
            return FALSE;
    }
    return TRUE;
}

// A message that is kept in another object's header.
static gboolean
check_shared(LacCheck *self, LacBytes body)
{
    const guint8 *head, *address;
    if (!take(&body, 2, &head) || head[0] < 1 || head[0] > 3 ||
        (head[0] == 1 && !take(&body, 6, NULL)) || !take(&body, 8, &address))
        return FALSE;
    if (head[0] < 3 || head[1] == 2)
        lac_check_add_object(self, lac_get_uint64(address, FALSE));
    return TRUE;
}

static gboolean
check_body(LacCheck *self, guint type, LacBytes body)
{
    const guint8 *p;
    guint32 size;
    guint64 n;
    switch (type) {
    case 0x00: return TRUE; // nothing
    case 0x01: return take_space(&body, &n);
    case 0x02: return take(&body, 18, NULL); // where links are
    case 0x03: return take_type(&body, 0, &size);
    case 0x04:
    case 0x05: return check_fill_value(type, body);
    case 0x06: return check_link(self, body);
    case 0x07: return check_external(self, body);
    case 0x08: return check_layout(self, body);
    case 0x0a: return take(&body, 2, NULL); // hints for groups
    case 0x0b: return check_filters(body);
    case 0x0c: return check_attribute(self, body);
    case 0x0d: return take_name(&body, 1);   // a comment
    case 0x0e: return take(&body, 14, NULL); // time of change, as text
    case 0x0f: return take(&body, 10, NULL);
    case 0x10: return TRUE; // continuation, followed by the caller
    case 0x11:
        return take(&body, 16, &p) &&
            lac_check_group(self, lac_get_uint64(p, FALSE), lac_get_uint64(p + 8, FALSE));
    case 0x12: return take(&body, 8, NULL); // time of change
    case 0x13: return take(&body, 7, NULL);
    case 0x15: return take(&body, 18, NULL); // where attributes are
    case 0x16: return take(&body, 5, NULL);  // number of links
    case 0x17: return take(&body, 29, NULL); // how space is managed
    default: return FALSE;
    }
}

/**
 * lac_check_message:
 * @self: a walk
 * @type: of the message
 * @flags: of the message
 * @body: its bytes
 * @address: of its object header
 *
 * Checks what a message says of lengths and places, and goes on to what it points at.
 *
 * Returns: %TRUE, or %FALSE with the error of the walk set
 */
gboolean
lac_check_message(LacCheck *self, guint type, guint flags, LacBytes body, guint64 address)
{
    gboolean good = flags & 2 ? check_shared(self, body) : check_body(self, type, body);
    return good || lac_check_damaged(self, "object header", address);
}
