// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz.h"

#include "core/data/edit-code.h"
#include "core/data/filter.h"
#include "core/io/edit-log.h"
#include "core/io/format.h"
#include "core/project/project.h"

#include <fcntl.h>
#include <unistd.h>

const char *__lsan_default_suppressions(void);

// HDF5 1.10 forgets blocks of its own when it gives up on a damaged file.
const char *
__lsan_default_suppressions(void)
{
    return "leak:libhdf5\n";
}

// Gives the path of a file in memory with these contents.
static char *
make_file(const uint8_t *data, size_t size, const char *suffix)
{
    char *path = g_strdup_printf("/dev/shm/lacuna-fuzz-%d.%s", (int) getpid(), suffix);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, data, size), ==, (gssize) size);
    close(fd);
    return path;
}

static void
check_error(gboolean done, const GError *error)
{
    g_assert_true(done == (error == NULL));
    g_assert_true(done || error->message[0] != '\0');
}

static void
read_item(const char *path, const LacFileItem *item)
{
    g_autofree char *file =
        item->name[0] != '\0' ? g_strdup_printf("%s:%s", path, item->name) : g_strdup(path);
    if (item->kind == LAC_ITEM_ATOMS) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacAtoms) atoms = lac_read_atoms(file, NULL, &error);
        check_error(atoms != NULL, error);
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LacArray) array = lac_read_array(file, NULL, NULL, &error);
    check_error(array != NULL, error);
}

/**
 * lac_fuzz_file:
 * @data: (array length=size): contents of a file
 * @size: its length
 * @suffix: of its name
 *
 * Lists and reads everything in the file, as arrays, series and atoms.
 */
void
lac_fuzz_file(const uint8_t *data, size_t size, const char *suffix)
{
    g_autofree char *path = make_file(data, size, suffix);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacFileInfo) info = lac_file_info_read(path, NULL, &error);
    check_error(info != NULL, error);
    for (guint i = 0; info != NULL && i < info->items->len; i++)
        read_item(path, g_ptr_array_index(info->items, i));
    g_autoptr(GError) series_error = NULL;
    g_autoptr(LacSeries) series = lac_read_series(path, NULL, NULL, &series_error);
    check_error(series != NULL, series_error);
    unlink(path);
}

/**
 * lac_fuzz_angles:
 * @data: (array length=size): contents of a file
 * @size: its length
 * @suffix: of its name
 *
 * Reads the file as a table of angles.
 */
void
lac_fuzz_angles(const uint8_t *data, size_t size, const char *suffix)
{
    gsize n = 0;
    g_autofree char *path = make_file(data, size, suffix);
    g_autoptr(GError) error = NULL;
    g_autofree LacAngles *angles = lac_read_angles(path, &n, &error);
    check_error(angles != NULL, error);
    unlink(path);
}

/**
 * lac_fuzz_project:
 * @data: (array length=size): contents of a file
 * @size: its length
 *
 * Loads the file as a project.
 */
void
lac_fuzz_project(const uint8_t *data, size_t size)
{
    g_autofree char *path = make_file(data, size, "lacuna");
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    check_error(project != NULL, error);
    unlink(path);
}

// A model that edits of the input may fit: 12 atoms and records, two species, one column.
static LacAtoms *
make_model(void)
{
    LacAtoms *atoms = lac_atoms_new(12);
    lac_atoms_add_species(atoms, "Zr");
    lac_atoms_add_species(atoms, "O");
    double *height = lac_atoms_add_column(atoms, "height");
    for (gsize i = 0; i < atoms->n; i++) {
        atoms->x[i] = (double) i;
        atoms->species[i] = (guint16) (i % 2);
        atoms->state[i] = i == 5 ? LAC_ATOM_DELETED : LAC_ATOM_AUTO;
        height[i] = 0.5;
    }
    return atoms;
}

/**
 * lac_fuzz_journal:
 * @data: (array length=size): a journal file; or an edit or a model as they are in one
 * @size: its length
 *
 * Replays the file, and goes back through all that it made; does the edit and undoes it.
 */
void
lac_fuzz_journal(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = make_file(data, size, "journal");
    g_autoptr(LacAtoms) model = make_model();
    g_autoptr(LacJournal) journal = lac_journal_new(model);
    g_auto(LacJournalRecovery) recovery = { 0 };
    const LacJournalMark mark = { .save = { 1 } };
    lac_journal_set_mark(journal, &mark);
    check_error(lac_journal_attach(journal, path, &recovery, &error), error);
    lac_journal_go_to(journal, 0);
    lac_journal_go_to(journal, lac_journal_get_length(journal));
    if (recovery.kept != NULL)
        unlink(recovery.kept);
    unlink(path);
    LacDecoder in = { .at = data, .left = size };
    g_autoptr(LacEdit) edit = lac_edit_decode(&in, NULL);
    g_autoptr(LacAtoms) after = edit != NULL ? lac_edit_apply(&edit, 1, model, FALSE, NULL) : NULL;
    if (after != NULL) {
        g_autoptr(LacAtoms) before = lac_edit_apply(&edit, 1, after, TRUE, NULL);
        g_assert_nonnull(before);
        g_assert_cmpuint(before->n, ==, model->n);
    }
    in = (LacDecoder){ .at = data, .left = size };
    lac_atoms_unref(lac_atoms_decode(&in, NULL));
}

/**
 * lac_fuzz_edit_log:
 * @data: (array length=size): contents of a file
 * @size: its length
 *
 * Replays the file as a log of corrections.
 */
void
lac_fuzz_edit_log(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = make_file(data, size, "json");
    g_autoptr(LacAtoms) model = make_model();
    g_autoptr(LacJournal) journal = lac_edit_log_replay(model, path, NULL, &error);
    check_error(journal != NULL, error);
    unlink(path);
}

/**
 * lac_fuzz_filter:
 * @data: (array length=size): an expression
 * @size: its length
 *
 * Reads the expression and applies it.
 */
void
lac_fuzz_filter(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strndup((const char *) data, size);
    g_autoptr(LacAtoms) model = make_model();
    g_autoptr(LacFilter) filter = lac_filter_new(text, model, &error);
    check_error(filter != NULL, error);
    if (filter != NULL)
        g_free(lac_filter_apply(filter, model, NULL));
}
