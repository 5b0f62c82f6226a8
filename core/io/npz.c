// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's NPZ: a ZIP archive of NPY files, stored or deflated.
#include "core/io/atom-tables.h"
#include "core/io/npy.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define END_MAGIC     0x06054b50u
#define CENTRAL_MAGIC 0x02014b50u
#define LOCAL_MAGIC   0x04034b50u
#define END_SIZE      22 // [bytes] without its comment
#define CENTRAL_SIZE  46
#define LOCAL_SIZE    30
#define LONGEST_END   (END_SIZE + 65535)
#define MOST_MEMBERS  4096
#define CHUNK         65536 // [bytes]
#define MOST_DEFLATED 1032  // nothing deflates to less than 1 / 1032 of its size
#define NPY_SUFFIX    ".npy"

typedef struct {
    char *name; // without ".npy"
    guint16 method;
    guint32 n_packed, n_bytes;
    guint64 offset; // of the local header
} Member;

static const char *const suffixes[] = { "npz", NULL };

static void
free_member(gpointer data)
{
    Member *member = data;
    g_free(member->name);
    g_free(member);
}

static gboolean
npz_sniff(const char *path, const guint8 *head, gsize n_head)
{
    g_autofree char *suffix = lac_io_dup_suffix(path);
    return g_str_equal(suffix, "npz") && n_head >= 4 && lac_get_uint32(head, FALSE) == LOCAL_MAGIC;
}

// The directory of the archive is found from its end, behind which a comment may stand.
static gboolean
find_directory(LacInput *input, const char *path, guint64 *offset, guint *n, GError **error)
{
    gsize n_tail = (gsize) MIN(input->size, LONGEST_END);
    g_autofree guint8 *tail = g_malloc(n_tail + 1);
    if (!lac_input_read(input, input->size - n_tail, tail, n_tail, error))
        return FALSE;
    for (gsize at = n_tail >= END_SIZE ? n_tail - END_SIZE + 1 : 0; at-- > 0;) {
        if (lac_get_uint32(tail + at, FALSE) != END_MAGIC)
            continue;
        *n = lac_get_uint16(tail + at + 10, FALSE);
        *offset = lac_get_uint32(tail + at + 16, FALSE);
        if (*n <= MOST_MEMBERS && lac_input_holds(input, *offset, *n, CENTRAL_SIZE))
            return TRUE;
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "its directory of %u members from byte %" G_GUINT64_FORMAT
            " on does not fit it, or is of the kind beyond 4 GiB",
            *n, *offset);
        return FALSE;
    }
    lac_io_set_error(error, LAC_ERROR_FORMAT, path, "the end of a ZIP archive is missing");
    return FALSE;
}

static Member *
read_member(LacInput *input, const char *path, guint64 *at, GError **error)
{
    guint8 head[CENTRAL_SIZE];
    if (!lac_input_holds(input, *at, sizeof head, 1) ||
        !lac_input_read(input, *at, head, sizeof head, NULL) ||
        lac_get_uint32(head, FALSE) != CENTRAL_MAGIC) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "there is no member of the archive at byte %" G_GUINT64_FORMAT, *at);
        return NULL;
    }
    guint16 n_name = lac_get_uint16(head + 28, FALSE);
    if (!lac_input_holds(input, *at + CENTRAL_SIZE, n_name, 1)) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it ends inside the name of a member");
        return NULL;
    }
    g_autofree char *raw = g_malloc0((gsize) n_name + 1);
    if (!lac_input_read(input, *at + CENTRAL_SIZE, raw, n_name, error))
        return NULL;
    Member *member = g_new0(Member, 1);
    member->name = g_utf8_make_valid(raw, -1);
    if (g_str_has_suffix(member->name, NPY_SUFFIX))
        member->name[strlen(member->name) - strlen(NPY_SUFFIX)] = '\0';
    member->method = lac_get_uint16(head + 10, FALSE);
    member->n_packed = lac_get_uint32(head + 20, FALSE);
    member->n_bytes = lac_get_uint32(head + 24, FALSE);
    member->offset = lac_get_uint32(head + 42, FALSE);
    *at += CENTRAL_SIZE + (guint64) n_name + lac_get_uint16(head + 30, FALSE) +
        lac_get_uint16(head + 32, FALSE);
    return member;
}

static GPtrArray *
list_members(LacInput *input, const char *path, GError **error)
{
    guint64 at;
    guint n;
    if (!find_directory(input, path, &at, &n, error))
        return NULL;
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(free_member);
    for (guint i = 0; i < n; i++) {
        Member *member = read_member(input, path, &at, error);
        if (member == NULL)
            return NULL;
        g_ptr_array_add(members, member);
    }
    return g_steal_pointer(&members);
}

static gboolean
write_all(int fd, const guint8 *bytes, gsize n)
{
    for (gsize done = 0; done < n;) {
        gssize written = write(fd, bytes + done, n - done);
        if (written <= 0)
            return FALSE;
        done += (gsize) written;
    }
    return TRUE;
}

// Where the bytes of a member begin: its local header has a name and extra fields of its own.
static gboolean
find_bytes(LacInput *input, const char *path, const Member *member, guint64 *offset, GError **error)
{
    guint8 head[LOCAL_SIZE];
    if (!lac_input_holds(input, member->offset, sizeof head, 1) ||
        !lac_input_read(input, member->offset, head, sizeof head, NULL) ||
        lac_get_uint32(head, FALSE) != LOCAL_MAGIC) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path, "the member %s is not where it should be",
            member->name);
        return FALSE;
    }
    *offset = member->offset + LOCAL_SIZE + lac_get_uint16(head + 26, FALSE) +
        (guint64) lac_get_uint16(head + 28, FALSE);
    if (lac_input_holds(input, *offset, member->n_packed, 1))
        return TRUE;
    lac_io_set_error(error, LAC_ERROR_FORMAT, path, "it ends inside the member %s", member->name);
    return FALSE;
}

// Copies or inflates in pieces; gives FALSE without an error when the bytes are damaged.
static gboolean
unpack(LacInput *input, const Member *member, guint64 offset, int fd)
{
    g_autofree guint8 *in = g_malloc(CHUNK), *out = g_malloc(CHUNK);
    z_stream stream = { 0 };
    guint64 n_out = 0, left = member->n_packed;
    int status = Z_OK;
    if (member->method != 0 && inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return FALSE;
    while (left > 0 && status == Z_OK) {
        gsize n = (gsize) MIN(left, CHUNK);
        gboolean good = lac_input_read(input, offset, in, n, NULL);
        offset += n;
        left -= n;
        if (member->method == 0) {
            n_out += n;
            status = good && write_all(fd, in, n) ? Z_OK : Z_DATA_ERROR;
            continue;
        }
        stream.next_in = in;
        stream.avail_in = good ? (uInt) n : 0;
        status = good ? Z_OK : Z_DATA_ERROR;
        do {
            stream.next_out = out;
            stream.avail_out = CHUNK;
            if (status == Z_OK)
                status = inflate(&stream, Z_NO_FLUSH);
            n_out += CHUNK - stream.avail_out;
            if ((status != Z_OK && status != Z_STREAM_END) || n_out > member->n_bytes ||
                !write_all(fd, out, CHUNK - stream.avail_out))
                status = status == Z_BUF_ERROR ? Z_BUF_ERROR : Z_DATA_ERROR;
        } while (status == Z_OK && stream.avail_out == 0);
        if (status == Z_BUF_ERROR) // it only wants more input
            status = Z_OK;
    }
    if (member->method != 0)
        inflateEnd(&stream);
    return n_out == member->n_bytes && (status == Z_STREAM_END || member->method == 0);
}

// A member as a file of its own, in memory. Its size is believed only as far as it can deflate.
static LacInput *
open_member(LacInput *input, const char *path, const Member *member, GError **error)
{
    guint64 offset;
    if (!find_bytes(input, path, member, &offset, error))
        return NULL;
    if ((member->method != 0 && member->method != 8) || member->n_packed == G_MAXUINT32) {
        lac_io_set_error(error, LAC_ERROR_UNSUPPORTED, path,
            "the member %s is packed by method %u, or beyond 4 GiB; only stored and deflated ones "
            "are read",
            member->name, member->method);
        return NULL;
    }
    int fd = memfd_create("lacuna-npz", MFD_CLOEXEC);
    if (fd < 0) {
        lac_io_set_errno(error, path, "cannot be unpacked", errno);
        return NULL;
    }
    if (member->n_bytes > MOST_DEFLATED * (guint64) member->n_packed + 64 ||
        !unpack(input, member, offset, fd)) {
        close(fd);
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "the member %s does not unpack to its %u bytes", member->name, member->n_bytes);
        return NULL;
    }
    return lac_input_new_from_fd(fd, path, error);
}

static gboolean
npz_info(const char *path, const LacReadParams *params, LacFileInfo *info, GError **error)
{
    (void) params;
    g_autoptr(LacInput) input = lac_input_open(path, error);
    g_autoptr(GPtrArray) members = input != NULL ? list_members(input, path, error) : NULL;
    if (members == NULL)
        return FALSE;
    for (guint i = 0; i < members->len; i++) {
        const Member *member = members->pdata[i];
        g_autoptr(GError) failure = NULL;
        g_autoptr(LacInput) inside = open_member(input, path, member, &failure);
        if (inside != NULL && lac_npy_add_info(inside, path, member->name, info, &failure))
            continue;
        LacFileItem *item = lac_file_info_add(info, LAC_ITEM_OTHER, member->name);
        item->note = g_strdup(failure->message);
    }
    return TRUE;
}

static LacInput *
open_named(const char *path, const char *name, GError **error)
{
    g_autoptr(LacInput) input = lac_input_open(path, error);
    g_autoptr(GPtrArray) members = input != NULL ? list_members(input, path, error) : NULL;
    for (guint i = 0; members != NULL && i < members->len; i++) {
        const Member *member = members->pdata[i];
        if (g_str_equal(member->name, name))
            return open_member(input, path, member, error);
    }
    if (members != NULL)
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path, "there is no array %s in it", name);
    return NULL;
}

static LacArray *
npz_read(const char *path, const char *item, const LacReadParams *params, LacProgress *progress,
    GError **error)
{
    (void) params;
    if (item == NULL || item[0] == '\0') {
        lac_io_set_error(error, LAC_ERROR_ARGUMENT, path,
            "name the array to be read, as in \"file.npz:volume\"");
        return NULL;
    }
    g_autoptr(LacInput) inside = open_named(path, item, error);
    return inside != NULL ? lac_npy_read(inside, path, progress, error) : NULL;
}

static double *
read_table(gpointer file, const char *name, gsize n, GError **error)
{
    const char *path = file;
    gsize n_read;
    g_autoptr(LacInput) inside = open_named(path, name, error);
    g_autofree double *values =
        inside != NULL ? lac_npy_read_doubles(inside, path, &n_read, error) : NULL;
    if (values != NULL && n_read != n) {
        lac_io_set_error(error, LAC_ERROR_FORMAT, path,
            "%s has %" G_GSIZE_FORMAT " values instead of %" G_GSIZE_FORMAT, name, n_read, n);
        return NULL;
    }
    return g_steal_pointer(&values);
}

static LacAtoms *
npz_read_atoms(const char *path, const char *item, LacProgress *progress, GError **error)
{
    (void) progress;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, error);
    g_autofree char *copy = g_strdup(path);
    return info != NULL ? lac_atoms_from_tables(info, item, read_table, copy, error) : NULL;
}

const LacFormat lac_format_npz = {
    .id = "npz",
    .name = "NPZ",
    .suffixes = suffixes,
    .sniff = npz_sniff,
    .info = npz_info,
    .read_array = npz_read,
    .read_atoms = npz_read_atoms,
};
