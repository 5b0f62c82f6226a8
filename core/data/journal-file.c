// SPDX-License-Identifier: GPL-3.0-or-later
// The journal file: a head, then records, each with a checksum. A record is handed to the system in
// one write before the edit is shown, so that a killed program loses nothing; a thread of its own
// brings it to the disk, so that a power failure loses little.
//
// Head, little-endian: magic (8 bytes), version (4), digest of the model that it starts from (4),
// id (16), save that it follows (16), CRC-32 of all that (4).
// Record: CRC-32 of what follows and of its number (4), type (4), length (8), bytes.
#include "core/data/journal-private.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC       "LacunaJ\n"
#define VERSION     1u
#define HEAD_SIZE   52 // [bytes]
#define RECORD_HEAD 16 // [bytes]

struct LacJournalFile {
    char *path;
    int fd; // -1 before the first record
    guint8 id[16];
    guint64 n_records;
    guint64 size;  // [bytes] that are whole
    char *problem; // (nullable) why it could not be written last
    GThreadPool *syncer;
};

static void
set_errno(GError **error, const char *path, const char *what, int number)
{
    g_autofree char *name = g_filename_display_basename(path);
    g_set_error(error, G_IO_ERROR, (gint) g_io_error_from_errno(number), "%s %s: %s", name, what,
        g_strerror(number));
}

static void
set_damaged(GError **error, const char *path, const char *what)
{
    g_autofree char *name = g_filename_display_basename(path);
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s: it %s", name, what);
}

static void
sync_file(gpointer data, G_GNUC_UNUSED gpointer unused)
{
    int fd = GPOINTER_TO_INT(data) - 1;
    fdatasync(fd);
    close(fd);
}

/**
 * lac_journal_file_new:
 * @path: where it is or will be
 *
 * Returns: (transfer full): a journal file that is not open yet
 */
LacJournalFile *
lac_journal_file_new(const char *path)
{
    LacJournalFile *self = g_new0(LacJournalFile, 1);
    self->path = g_strdup(path);
    self->fd = -1;
    self->syncer = g_thread_pool_new(sync_file, NULL, 1, FALSE, NULL);
    return self;
}

/**
 * lac_journal_file_free:
 * @self: (nullable) (transfer full): a journal file; what it holds is brought to the disk first
 */
void
lac_journal_file_free(LacJournalFile *self)
{
    if (self == NULL)
        return;
    g_thread_pool_free(self->syncer, FALSE, TRUE);
    if (self->fd >= 0)
        close(self->fd);
    g_free(self->path);
    g_free(self->problem);
    g_free(self);
}

/**
 * lac_journal_file_remove:
 * @self: a journal file; it is removed from the disk, and the next record starts another
 */
void
lac_journal_file_remove(LacJournalFile *self)
{
    if (self->fd >= 0) {
        unlink(self->path);
        close(self->fd);
    }
    self->fd = -1;
    self->n_records = 0;
    self->size = 0;
    memset(self->id, 0, sizeof self->id);
    g_clear_pointer(&self->problem, g_free);
}

/**
 * lac_journal_file_get_path:
 * @self: a journal file
 *
 * Returns: (transfer none): where it is
 */
const char *
lac_journal_file_get_path(const LacJournalFile *self)
{
    return self->path;
}

/**
 * lac_journal_file_get_problem:
 * @self: a journal file
 *
 * Returns: (transfer none) (nullable): why the last record could not be written
 */
const char *
lac_journal_file_get_problem(const LacJournalFile *self)
{
    return self->problem;
}

/**
 * lac_journal_file_get_mark:
 * @self: a journal file
 * @mark: (inout): receives which file it is and how many records it has
 */
void
lac_journal_file_get_mark(const LacJournalFile *self, LacJournalMark *mark)
{
    memcpy(mark->file, self->id, sizeof mark->file);
    mark->n_records = self->n_records;
}

/**
 * lac_record_start:
 * @out: (inout): an empty encoder, which receives room for the head of a record; its bytes follow
 */
void
lac_record_start(LacEncoder *out)
{
    const guint8 head[RECORD_HEAD] = { 0 };
    lac_encode_bytes(out, head, sizeof head);
}

static guint32
record_checksum(guint64 number, const guint8 *record, gsize n)
{
    guint64 little = GUINT64_TO_LE(number);
    gulong crc = crc32_z(0, (const guint8 *) &little, sizeof little);
    return (guint32) crc32_z(crc, record + sizeof(guint32), n - sizeof(guint32));
}

static gboolean
write_all(int fd, const guint8 *bytes, gsize n, guint64 offset)
{
    while (n > 0) {
        gssize done = pwrite(fd, bytes, n, (off_t) offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done == 0 ? ENOSPC : errno;
            return FALSE;
        }
        bytes += done;
        offset += (guint64) done;
        n -= (gsize) done;
    }
    return TRUE;
}

static void
make_id(guint8 id[16])
{
    for (guint i = 0; i < 4; i++) {
        guint32 word = g_random_int();
        memcpy(id + 4 * i, &word, sizeof word);
    }
    id[0] |= 1; // never all 0
}

// Two programs do not write one file. Where the file system has no locks, that is not known.
static gboolean
lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

// Makes the file and locks it; one that is there already belongs to somebody.
static gboolean
create(LacJournalFile *self, const LacJournalMark *mark, guint32 digest)
{
    g_auto(LacEncoder) head = { 0 };
    g_autofree char *folder = g_path_get_dirname(self->path);
    g_mkdir_with_parents(folder, 0700);
    int fd = open(self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return FALSE;
    make_id(self->id);
    lac_encode_bytes(&head, MAGIC, 8);
    lac_encode_uint32(&head, VERSION);
    lac_encode_uint32(&head, digest);
    lac_encode_bytes(&head, self->id, sizeof self->id);
    lac_encode_bytes(&head, mark->save, sizeof mark->save);
    lac_encode_uint32(&head, (guint32) crc32_z(0, head.data, head.n));
    if (!lock(fd) || !write_all(fd, head.data, head.n, 0)) {
        int number = errno;
        unlink(self->path);
        close(fd);
        errno = number;
        return FALSE;
    }
    self->fd = fd;
    self->size = head.n;
    self->n_records = 0;
    return TRUE;
}

static gboolean
fail_to_write(LacJournalFile *self)
{
    int number = errno;
    g_autofree char *name = g_filename_display_basename(self->path);
    g_free(self->problem);
    self->problem = g_strdup_printf("%s cannot be written: %s", name, g_strerror(number));
    if (self->fd >= 0 && ftruncate(self->fd, (off_t) self->size) != 0)
        g_debug("%s cannot be cut", self->path);
    return FALSE;
}

/**
 * lac_journal_file_append:
 * @self: a journal file; made now if this is its first record
 * @type: of the record
 * @record: (inout): what lac_record_start() began, complete
 * @mark: the save that a new file follows
 * @digest: of the model that a new file starts from
 *
 * Hands a record to the system, and has it brought to the disk later.
 *
 * Returns: whether that worked; if not, the file is as before and lac_journal_file_get_problem()
 *   says why
 */
gboolean
lac_journal_file_append(LacJournalFile *self, LacRecordType type, LacEncoder *record,
    const LacJournalMark *mark, guint32 digest)
{
    if (self->fd < 0 && !create(self, mark, digest))
        return fail_to_write(self);
    guint32 word = GUINT32_TO_LE((guint32) type);
    guint64 n = GUINT64_TO_LE((guint64) (record->n - RECORD_HEAD));
    memcpy(record->data + 4, &word, sizeof word);
    memcpy(record->data + 8, &n, sizeof n);
    word = GUINT32_TO_LE(record_checksum(self->n_records, record->data, record->n));
    memcpy(record->data, &word, sizeof word);
    if (!write_all(self->fd, record->data, record->n, self->size))
        return fail_to_write(self);
    self->size += record->n;
    self->n_records++;
    g_clear_pointer(&self->problem, g_free);
    if (g_thread_pool_unprocessed(self->syncer) == 0) {
        int copy = fcntl(self->fd, F_DUPFD_CLOEXEC, 0);
        if (copy >= 0)
            g_thread_pool_push(self->syncer, GINT_TO_POINTER(copy + 1), NULL);
    }
    return TRUE;
}

static guint8 *
read_all(LacJournalFile *self, gsize n, GError **error)
{
    g_autofree guint8 *bytes = g_try_malloc(MAX(n, 1));
    if (bytes == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "There is no memory for %" G_GSIZE_FORMAT " bytes of %s", n, self->path);
        return NULL;
    }
    for (gsize at = 0; at < n;) {
        gssize done = pread(self->fd, bytes + at, n - at, (off_t) at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            set_errno(error, self->path, "cannot be read", done == 0 ? EIO : errno);
            return NULL;
        }
        at += (gsize) done;
    }
    return g_steal_pointer(&bytes);
}

static gboolean
open_and_lock(LacJournalFile *self, GError **error)
{
    struct stat status;
    self->fd = open(self->path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (self->fd < 0 || fstat(self->fd, &status) != 0) {
        set_errno(error, self->path, "cannot be opened", errno);
        return FALSE;
    }
    if (!S_ISREG(status.st_mode)) {
        set_damaged(error, self->path, "is no regular file");
        return FALSE;
    }
    if (!lock(self->fd)) {
        g_autofree char *name = g_filename_display_basename(self->path);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
            "%s is in use: the project is open in another window", name);
        return FALSE;
    }
    self->size = (guint64) status.st_size;
    return TRUE;
}

// Finds out from which record on the file is news to a project.
static gboolean
check_head(LacJournalFile *self, const LacJournalMark *mark, guint32 digest, guint64 *first,
    GError **error)
{
    static const guint8 never[16] = { 0 };
    guint8 head[HEAD_SIZE];
    if (pread(self->fd, head, HEAD_SIZE, 0) != HEAD_SIZE) {
        set_errno(error, self->path, "cannot be read", errno != 0 ? errno : EIO);
        return FALSE;
    }
    LacDecoder in = { .at = head + 8, .left = HEAD_SIZE - 8 };
    guint32 version = lac_decode_uint32(&in), start = lac_decode_uint32(&in);
    const guint8 *id = lac_decode_bytes(&in, 16), *follows = lac_decode_bytes(&in, 16);
    if (memcmp(head, MAGIC, 8) != 0 ||
        lac_decode_uint32(&in) != (guint32) crc32_z(0, head, HEAD_SIZE - 4)) {
        set_damaged(error, self->path, "is no journal, or its head is damaged");
        return FALSE;
    }
    if (version > VERSION) {
        g_autofree char *name = g_filename_display_basename(self->path);
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "%s: it was written by a newer Lacuna (version %u of journals; this one knows %u)",
            name, version, VERSION);
        return FALSE;
    }
    gboolean is_known = memcmp(mark->file, never, 16) != 0 && memcmp(mark->file, id, 16) == 0;
    gboolean is_next = memcmp(mark->save, follows, 16) == 0 && start == digest;
    if (!is_known && !is_next) {
        g_autofree char *name = g_filename_display_basename(self->path);
        g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
            "%s: its edits do not belong to this state of the project", name);
        return FALSE;
    }
    memcpy(self->id, id, sizeof self->id);
    *first = is_known ? mark->n_records : 0;
    return TRUE;
}

/**
 * lac_journal_file_open:
 * @self: a journal file that is on the disk
 * @mark: of the project's last save
 * @digest: of the model in the project
 * @first: (out): the first record that the project does not hold yet
 * @error: return location for a #GError
 *
 * Opens and locks the file. One that ends within its head holds nothing and is removed.
 *
 * Returns: %TRUE, or %FALSE with @error set: %G_IO_ERROR_BUSY if another program has it, or
 *   %LAC_ERROR_MISMATCH if it belongs to another model
 */
gboolean
lac_journal_file_open(LacJournalFile *self, const LacJournalMark *mark, guint32 digest,
    guint64 *first, GError **error)
{
    *first = 0;
    gboolean is_open = open_and_lock(self, error);
    if (is_open && self->size < HEAD_SIZE) { // killed while the file was made
        lac_journal_file_remove(self);
        return TRUE;
    }
    if (is_open && check_head(self, mark, digest, first, error))
        return TRUE;
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    return FALSE;
}

// A complete record at @offset; 0 where there is none.
static gsize
record_at(const guint8 *bytes, gsize n, gsize offset, guint64 number, gboolean *is_incomplete)
{
    LacDecoder in = { .at = bytes + offset, .left = n - offset };
    guint32 crc = lac_decode_uint32(&in);
    guint32 type = lac_decode_uint32(&in);
    guint64 size = lac_decode_uint64(&in);
    *is_incomplete = in.failed || size > in.left;
    if (*is_incomplete || type < LAC_RECORD_EDIT || type > LAC_RECORD_STATE)
        return 0;
    gsize n_record = (gsize) size + RECORD_HEAD;
    return record_checksum(number, bytes + offset, n_record) == crc ? n_record : 0;
}

static gboolean
cut(LacJournalFile *self, const guint8 *bytes, gsize n, gsize at, gboolean keep,
    LacJournalRecovery *recovery, GError **error)
{
    if (keep) {
        g_autofree char *kept = g_strconcat(self->path, ".damaged", NULL);
        if (!g_file_set_contents(kept, (const char *) bytes, (gssize) n, error))
            return FALSE;
        recovery->kept = g_steal_pointer(&kept);
    }
    recovery->n_cut = n - at;
    if (ftruncate(self->fd, (off_t) at) != 0) {
        set_errno(error, self->path, "cannot be cut", errno);
        return FALSE;
    }
    return TRUE;
}

/**
 * lac_journal_file_read:
 * @self: a journal file that lac_journal_file_open() opened or removed
 * @first: the first record to tell of
 * @func: called for each record
 * @data: for @func
 * @recovery: receives what was found
 * @error: return location for a #GError
 *
 * Reads up to the first record that is incomplete, damaged, or that @func refuses, and cuts the
 * file there. It can be appended to then.
 *
 * Returns: %TRUE, or %FALSE with @error set if the file cannot be read or cut
 */
gboolean
lac_journal_file_read(LacJournalFile *self, guint64 first, LacRecordFunc func, gpointer data,
    LacJournalRecovery *recovery, GError **error)
{
    gsize n = (gsize) self->size, at = HEAD_SIZE;
    gboolean keep = FALSE;
    if (self->fd < 0)
        return TRUE;
    g_autofree guint8 *bytes = read_all(self, n, error);
    if (bytes == NULL)
        return FALSE;
    self->n_records = 0;
    while (at < n) {
        gboolean is_incomplete;
        gsize n_record = record_at(bytes, n, at, self->n_records, &is_incomplete);
        keep = !is_incomplete;
        if (n_record == 0)
            break;
        LacDecoder in = { .at = bytes + at + RECORD_HEAD, .left = n_record - RECORD_HEAD };
        LacDecoder head = { .at = bytes + at + 4, .left = 4 };
        LacRecordType type = (LacRecordType) lac_decode_uint32(&head);
        if (self->n_records >= first && !func(type, &in, data, NULL))
            break;
        recovery->n_records += self->n_records >= first ? 1 : 0;
        self->n_records++;
        at += n_record;
    }
    if (at < n && !cut(self, bytes, n, at, keep, recovery, error))
        return FALSE;
    self->size = at;
    return TRUE;
}
