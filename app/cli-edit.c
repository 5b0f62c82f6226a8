// SPDX-License-Identifier: GPL-3.0-or-later
// Corrects a model as the window does: every edit is one step of the history.
#include "app/cli.h"
#include "core/analysis/phases.h"
#include "core/data/filter.h"
#include "core/error.h"
#include "core/io/edit-log.h"
#include "core/io/io.h"
#include "core/project/project.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// One action of the command line, in its order.
typedef struct {
    const char *option; // without hyphens
    char *value;        // (nullable)
} Action;

typedef struct {
    char *output, *log, *reason, *replay;
    gboolean history, records;
    GArray *actions; // of Action
    GArray *chosen;  // of gsize, by the last --where
    gboolean has_chosen;
    LacProject *project;
    LacJournal *attached; // (nullable) to the file beside the project, whose edits are included
} Edit;

static void
clear_action(gpointer data)
{
    g_free(((Action *) data)->value);
}

static void
edit_clear(Edit *self)
{
    g_free(self->output);
    g_free(self->log);
    g_free(self->reason);
    g_free(self->replay);
    g_clear_pointer(&self->actions, g_array_unref);
    g_clear_pointer(&self->chosen, g_array_unref);
    lac_project_free(self->project);
    lac_journal_free(self->attached);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edit, edit_clear)

static const char *const action_names[] = { "where", "delete", "restore", "confirm", "unsure",
    "retype", "phase", "add", "move", "split", "merge", "note", "undo", "redo", "go-to" };

static gboolean
take_action(const char *option, const char *value, gpointer data, GError **error)
{
    (void) error;
    Edit *self = data;
    for (gsize i = 0; i < G_N_ELEMENTS(action_names); i++)
        if (g_str_has_prefix(option, "--") && g_str_equal(option + 2, action_names[i])) {
            Action action = { .option = action_names[i], .value = g_strdup(value) };
            g_array_append_val(self->actions, action);
        }
    return TRUE;
}

static gboolean
bad_value(const Action *action, const char *wanted, GError **error)
{
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--%s \"%s\" is not %s", action->option,
        action->value != NULL ? action->value : "", wanted);
    return FALSE;
}

static LacJournal *
get_journal(const Edit *self)
{
    return self->project->journal;
}

static LacAtoms *
get_atoms(const Edit *self)
{
    return lac_journal_get_atoms(get_journal(self));
}

// "12,15,20-25", counted from 1
static gboolean
parse_indices(const Edit *self, const char *text, GArray *indices)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    gsize n = get_atoms(self)->n;
    for (guint i = 0; parts[i] != NULL; i++) {
        guint64 first, last;
        g_auto(GStrv) ends = g_strsplit(g_strstrip(parts[i]), "-", 2);
        if (ends[0] == NULL ||
            !g_ascii_string_to_unsigned(ends[0], 10, 1, G_MAXINT64, &first, NULL))
            return FALSE;
        last = first;
        if (ends[1] != NULL &&
            (!g_ascii_string_to_unsigned(ends[1], 10, first, G_MAXINT64, &last, NULL) || last > n))
            return FALSE;
        for (guint64 k = first; k <= last; k++) {
            gsize index = (gsize) k - 1;
            g_array_append_val(indices, index);
        }
    }
    return TRUE;
}

// The atoms of an action: those that its value lists, or those of the last --where that it fits.
static GArray *
get_indices(const Edit *self, const Action *action, const char *text, GError **error)
{
    g_autoptr(GArray) indices = g_array_new(FALSE, FALSE, sizeof(gsize));
    const LacAtoms *atoms = get_atoms(self);
    gboolean absent = g_str_equal(action->option, "restore");
    if (text != NULL && text[0] != '\0') {
        if (parse_indices(self, text, indices))
            return g_steal_pointer(&indices);
        bad_value(action, "a list of atoms such as 12,15,20-25", error);
        return NULL;
    }
    if (!self->has_chosen) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--%s needs a list of atoms, or --where before it", action->option);
        return NULL;
    }
    for (guint i = 0; i < self->chosen->len; i++) {
        gsize index = g_array_index(self->chosen, gsize, i);
        if (index < atoms->n && lac_atoms_is_present(atoms, index) != absent)
            g_array_append_val(indices, index);
    }
    return g_steal_pointer(&indices);
}

static gboolean
choose(Edit *self, const Action *action, GError **error)
{
    const LacAtoms *atoms = get_atoms(self);
    g_autoptr(LacFilter) filter = lac_filter_new(action->value, atoms, error);
    g_autofree guint8 *mask = filter != NULL ? lac_filter_apply(filter, atoms, error) : NULL;
    if (mask == NULL) {
        g_prefix_error(error, "--where: ");
        return FALSE;
    }
    g_array_set_size(self->chosen, 0);
    for (gsize i = 0; i < atoms->n; i++)
        if (mask[i])
            g_array_append_val(self->chosen, i);
    self->has_chosen = TRUE;
    return TRUE;
}

static gboolean
parse_numbers(char *const *words, guint n, double *out)
{
    for (guint i = 0; i < n; i++) {
        char *end;
        if (words[i] == NULL)
            return FALSE;
        out[i] = g_ascii_strtod(words[i], &end);
        if (end == words[i] || *g_strchug(end) != '\0')
            return FALSE;
    }
    return TRUE;
}

// The index that opens a list of numbers.
static gboolean
parse_index(char *const *words, gsize *index)
{
    guint64 number;
    if (words[0] == NULL || !g_ascii_string_to_unsigned(words[0], 10, 1, G_MAXINT64, &number, NULL))
        return FALSE;
    *index = (gsize) number - 1;
    return TRUE;
}

static LacEdit *
make_add(const Edit *self, const Action *action, GError **error)
{
    double p[3];
    g_auto(GStrv) words = g_strsplit(action->value, ",", -1);
    guint n = g_strv_length(words);
    if (n < 3 || n > 4 || !parse_numbers(words, 3, p)) {
        bad_value(action, "a place x,y,z or x,y,z,species [Å]", error);
        return NULL;
    }
    return lac_edit_add(get_atoms(self), (LacVec3){ p[0], p[1], p[2] },
        n == 4 ? g_strstrip(words[3]) : NULL, NULL, 0, self->reason, error);
}

static LacEdit *
make_move(const Edit *self, const Action *action, GError **error)
{
    double p[3];
    gsize index;
    g_auto(GStrv) words = g_strsplit(action->value, ",", -1);
    if (g_strv_length(words) != 4 || !parse_index(words, &index) ||
        !parse_numbers(words + 1, 3, p)) {
        bad_value(action, "an atom and a place: id,x,y,z [Å]", error);
        return NULL;
    }
    return lac_edit_move(get_atoms(self), index, (LacVec3){ p[0], p[1], p[2] }, NULL, 0,
        self->reason, error);
}

static LacEdit *
make_split(const Edit *self, const Action *action, GError **error)
{
    double p[6];
    gsize index;
    g_auto(GStrv) words = g_strsplit(action->value, ",", -1);
    if (g_strv_length(words) != 7 || !parse_index(words, &index) ||
        !parse_numbers(words + 1, 6, p)) {
        bad_value(action, "an atom and two places: id,x,y,z,x,y,z [Å]", error);
        return NULL;
    }
    return lac_edit_split(get_atoms(self), index, (LacVec3){ p[0], p[1], p[2] },
        (LacVec3){ p[3], p[4], p[5] }, self->reason, error);
}

// "12,15": the first one stays, in the middle of all.
static LacEdit *
make_merge(const Edit *self, const Action *action, GError **error)
{
    const LacAtoms *atoms = get_atoms(self);
    g_autoptr(GArray) indices = get_indices(self, action, action->value, error);
    if (indices == NULL)
        return NULL;
    LacVec3 sum = { 0, 0, 0 };
    const gsize *index = (const gsize *) (gconstpointer) indices->data;
    for (guint i = 0; i < indices->len; i++) {
        if (index[i] >= atoms->n)
            break; // refused below
        sum.x += atoms->x[index[i]];
        sum.y += atoms->y[index[i]];
        sum.z += atoms->z[index[i]];
    }
    double n = MAX(indices->len, 1);
    return lac_edit_merge(atoms, index, indices->len, (LacVec3){ sum.x / n, sum.y / n, sum.z / n },
        self->reason, error);
}

// "12,15,Pt", or "Pt" for the atoms of --where.
static LacEdit *
make_retype(const Edit *self, const Action *action, GError **error)
{
    const char *comma = strrchr(action->value, ',');
    g_autofree char *list =
        comma != NULL ? g_strndup(action->value, (gsize) (comma - action->value)) : NULL;
    g_autoptr(GArray) indices = get_indices(self, action, list, error);
    if (indices == NULL)
        return NULL;
    return lac_edit_retype(get_atoms(self), (const gsize *) (gconstpointer) indices->data,
        indices->len, comma != NULL ? comma + 1 : action->value, self->reason, error);
}

// "12,15,metal", or "metal" for the atoms of --where.
static LacEdit *
make_phase(const Edit *self, const Action *action, GError **error)
{
    const char *comma = strrchr(action->value, ',');
    g_autofree char *list =
        comma != NULL ? g_strndup(action->value, (gsize) (comma - action->value)) : NULL;
    g_autoptr(GArray) indices = get_indices(self, action, list, error);
    LacPhase phase;
    if (indices == NULL ||
        !lac_phase_parse(comma != NULL ? comma + 1 : action->value, &phase, error))
        return NULL;
    return lac_edit_label(get_atoms(self), (const gsize *) (gconstpointer) indices->data,
        indices->len, LAC_COLUMN_PHASE_BY_HAND,
        phase != LAC_PHASE_UNASSIGNED ? (double) phase : (double) NAN, self->reason, error);
}

// "12,15:text", or "text" for the atoms of --where.
static LacEdit *
make_note(const Edit *self, const Action *action, GError **error)
{
    const char *colon = strchr(action->value, ':');
    gboolean has_list =
        colon != NULL && strspn(action->value, "0123456789,- ") == (gsize) (colon - action->value);
    g_autofree char *list =
        has_list ? g_strndup(action->value, (gsize) (colon - action->value)) : NULL;
    g_autoptr(GArray) indices = get_indices(self, action, list, error);
    if (indices == NULL)
        return NULL;
    return lac_edit_note(get_atoms(self), (const gsize *) (gconstpointer) indices->data,
        indices->len, has_list ? colon + 1 : action->value, error);
}

typedef LacEdit *(*StateFunc)(const LacAtoms *atoms, const gsize *indices, gsize n,
    const char *reason, GError **error);

static LacEdit *
make_state(const Edit *self, const Action *action, StateFunc func, GError **error)
{
    g_autoptr(GArray) indices = get_indices(self, action, action->value, error);
    return indices != NULL ? func(get_atoms(self), (const gsize *) (gconstpointer) indices->data,
                                 indices->len, self->reason, error)
                           : NULL;
}

static LacEdit *
make_edit(const Edit *self, const Action *action, GError **error)
{
    if (g_str_equal(action->option, "delete"))
        return make_state(self, action, lac_edit_delete, error);
    if (g_str_equal(action->option, "restore"))
        return make_state(self, action, lac_edit_restore, error);
    if (g_str_equal(action->option, "confirm"))
        return make_state(self, action, lac_edit_confirm, error);
    if (g_str_equal(action->option, "unsure"))
        return make_state(self, action, lac_edit_mark_unsure, error);
    if (g_str_equal(action->option, "retype"))
        return make_retype(self, action, error);
    if (g_str_equal(action->option, "phase"))
        return make_phase(self, action, error);
    if (g_str_equal(action->option, "add"))
        return make_add(self, action, error);
    if (g_str_equal(action->option, "move"))
        return make_move(self, action, error);
    if (g_str_equal(action->option, "split"))
        return make_split(self, action, error);
    if (g_str_equal(action->option, "merge"))
        return make_merge(self, action, error);
    return make_note(self, action, error);
}

static gboolean
change_position(const Edit *self, const Action *action, GError **error)
{
    guint64 n = 1;
    LacJournal *journal = get_journal(self);
    gsize now = lac_journal_get_position(journal), length = lac_journal_get_length(journal);
    if (action->value != NULL &&
        !g_ascii_string_to_unsigned(action->value, 10, 0, G_MAXINT32, &n, NULL))
        return bad_value(action, "a number of steps", error);
    gboolean undo = g_str_equal(action->option, "undo");
    gsize most = undo ? now : g_str_equal(action->option, "redo") ? length - now : length;
    if (n > most) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--%s %" G_GUINT64_FORMAT " goes beyond the history: %" G_GSIZE_FORMAT
            " of %" G_GSIZE_FORMAT " steps are done",
            action->option, n, now, length);
        return FALSE;
    }
    gsize to = undo                           ? now - (gsize) n
        : g_str_equal(action->option, "redo") ? now + (gsize) n
                                              : (gsize) n;
    lac_journal_go_to(journal, to);
    return TRUE;
}

static gboolean
do_action(Edit *self, const Action *action, GError **error)
{
    if (g_str_equal(action->option, "where"))
        return choose(self, action, error);
    if (g_str_equal(action->option, "undo") || g_str_equal(action->option, "redo") ||
        g_str_equal(action->option, "go-to"))
        return change_position(self, action, error);
    LacEdit *edit = make_edit(self, action, error);
    return edit != NULL && lac_journal_apply(get_journal(self), edit, error);
}

// Opens a project with what its journal file adds, or any file of atoms.
static gboolean
open_model(Edit *self, const char *file, LacProgress *progress, GError **error)
{
    if (lac_project_is_project(file)) {
        self->project = lac_project_load(file, progress, error);
        if (self->project == NULL)
            return FALSE;
        if (self->project->journal == NULL) {
            g_autoptr(LacAtoms) nothing = lac_atoms_new(0);
            self->project->journal = lac_journal_new(nothing);
        }
        g_autofree char *path = lac_journal_dup_path(file);
        if (!lac_journal_attach(get_journal(self), path, NULL, error))
            return FALSE;
        // All actions or none: they are done without the file.
        self->attached = self->project->journal;
        self->project->journal = lac_journal_copy(self->attached);
    }
    else {
        g_autoptr(LacAtoms) atoms = lac_read_atoms(file, progress, error);
        if (atoms == NULL)
            return FALSE;
        self->project = lac_project_new();
        self->project->journal = lac_journal_new(atoms);
    }
    if (get_atoms(self)->n == 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s holds no atoms", file);
        return FALSE;
    }
    if (self->replay == NULL)
        return TRUE;
    LacJournal *replayed = lac_edit_log_replay(get_atoms(self), self->replay, progress, error);
    if (replayed == NULL)
        return FALSE;
    if (self->attached == NULL) {
        lac_journal_free(self->project->journal);
        self->project->journal = replayed;
        return TRUE;
    }
    gsize n = lac_journal_get_length(replayed);
    gboolean done = TRUE;
    for (gsize i = 0; i < n && done; i++)
        done = lac_journal_apply(get_journal(self), lac_edit_ref(lac_journal_get_edit(replayed, i)),
            error);
    lac_journal_free(replayed);
    return done;
}

static gboolean
save(Edit *self, const char *file, LacProgress *progress, GError **error)
{
    const char *out = self->output != NULL ? self->output : file;
    LacAtoms *atoms = get_atoms(self);
    if (self->log != NULL && !lac_edit_log_write(get_journal(self), self->log, error))
        return FALSE;
    if (g_str_has_suffix(out, ".lacuna")) {
        if (!lac_project_save(self->project, out, progress, error))
            return FALSE;
        if (self->attached != NULL && g_str_equal(out, file))
            lac_journal_mark_saved(self->attached, get_journal(self), NULL);
        return TRUE;
    }
    g_autoptr(LacAtoms) present = self->records ? NULL : lac_atoms_dup_present(atoms, NULL);
    return lac_write_atoms(present != NULL ? present : atoms, out, error);
}

static void
print_history(const LacJournal *journal)
{
    gsize n = lac_journal_get_length(journal);
    for (gsize i = 0; i < n; i++) {
        const LacEdit *edit = lac_journal_get_edit(journal, i);
        g_autofree char *title = lac_edit_dup_title(edit);
        printf("%4" G_GSIZE_FORMAT " %s %s%s%s\n", i + 1,
            i < lac_journal_get_position(journal) ? " " : "(undone)", title,
            edit->reason != NULL ? ": " : "", edit->reason != NULL ? edit->reason : "");
    }
}

static void
add_edit(JsonBuilder *builder, const LacEdit *edit, gboolean is_done)
{
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "kind");
    json_builder_add_string_value(builder, lac_edit_kind_get_name(edit->kind));
    json_builder_set_member_name(builder, "reason");
    json_builder_add_string_value(builder, edit->reason);
    json_builder_set_member_name(builder, "done");
    json_builder_add_boolean_value(builder, is_done);
    json_builder_set_member_name(builder, "time_us");
    json_builder_add_int_value(builder, edit->time);
    json_builder_set_member_name(builder, "atoms");
    json_builder_begin_array(builder);
    for (gsize i = 0; i < edit->n; i++)
        json_builder_add_int_value(builder, (gint64) edit->index[i] + 1);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void
report(const LacCli *cli, const Edit *self, const char *out)
{
    const LacJournal *journal = get_journal(self);
    gsize length = lac_journal_get_length(journal), position = lac_journal_get_position(journal);
    const LacAtoms *atoms = get_atoms(self);
    gsize n = lac_atoms_count_present(atoms);
    if (!cli->json) {
        if (self->history)
            print_history(journal);
        if (self->has_chosen)
            printf("%u atoms and records chosen\n", self->chosen->len);
        printf("%s: %" G_GSIZE_FORMAT " atoms, %" G_GSIZE_FORMAT " records, step %" G_GSIZE_FORMAT
               " of %" G_GSIZE_FORMAT "\n",
            out, n, atoms->n - n, position, length);
        return;
    }
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "output");
    json_builder_add_string_value(builder, out);
    lac_cli_add_count(builder, "atoms", n);
    lac_cli_add_count(builder, "records", atoms->n - n);
    lac_cli_add_count(builder, "position", position);
    lac_cli_add_count(builder, "length", length);
    if (self->has_chosen)
        lac_cli_add_count(builder, "chosen", self->chosen->len);
    if (self->history) {
        json_builder_set_member_name(builder, "history");
        json_builder_begin_array(builder);
        for (gsize i = 0; i < length; i++)
            add_edit(builder, lac_journal_get_edit(journal, i), i < position);
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);
    lac_cli_print_json(builder);
}

static gboolean
parse(LacCli *cli, Edit *self, int *argc, char ***argv, GError **error)
{
    gpointer callback = (gpointer) (guintptr) take_action;
    const GOptionEntry entries[] = {
        { "where", 0, 0, G_OPTION_ARG_CALLBACK, callback,
            "Choose atoms for the actions after it that name none", "EXPR" },
        { "delete", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Make them records of deleted atoms", "ID,ID-ID,…" },
        { "restore", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Make atoms of deleted or rejected ones", "ID,…" },
        { "confirm", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Note that they are right", "ID,…" },
        { "unsure", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Note that they are doubtful", "ID,…" },
        { "retype", 0, 0, G_OPTION_ARG_CALLBACK, callback, "Give them another species",
            "[ID,…,]SPECIES" },
        { "phase", 0, 0, G_OPTION_ARG_CALLBACK, callback,
            "Tell their phase: metal, oxide, amorphous; automatic: the analysis decides",
            "[ID,…,]PHASE" },
        { "add", 0, 0, G_OPTION_ARG_CALLBACK, callback, "Add an atom [Å]", "X,Y,Z[,SPECIES]" },
        { "move", 0, 0, G_OPTION_ARG_CALLBACK, callback, "Move an atom [Å]", "ID,X,Y,Z" },
        { "split", 0, 0, G_OPTION_ARG_CALLBACK, callback, "Make two atoms of one [Å]",
            "ID,X,Y,Z,X,Y,Z" },
        { "merge", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Make one atom in their middle of several", "ID,ID,…" },
        { "note", 0, 0, G_OPTION_ARG_CALLBACK, callback, "Note something of them", "[ID,…:]TEXT" },
        { "undo", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Undo N steps (1)", "N" },
        { "redo", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, callback,
            "Redo N steps (1)", "N" },
        { "go-to", 0, 0, G_OPTION_ARG_CALLBACK, callback, "Go to the state after N steps", "N" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &self->reason, "Why, for all edits", "TEXT" },
        { "replay", 0, 0, G_OPTION_ARG_FILENAME, &self->replay, "Do the edits of a log first",
            "LOG.json" },
        { "log", 0, 0, G_OPTION_ARG_FILENAME, &self->log, "Write the log (.csv or .json)", "FILE" },
        { "history", 0, 0, G_OPTION_ARG_NONE, &self->history, "List all steps", NULL },
        { "records", 0, 0, G_OPTION_ARG_NONE, &self->records,
            "Write deleted and rejected ones too, when OUT is no project", NULL },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
            "Where to (default: the project itself)", "OUT" },
        G_OPTION_ENTRY_NULL,
    };
    return lac_cli_parse_with(cli,
        "FILE - correct a model: a project, or a file of atoms. An ID counts "
        "from 1, records included",
        entries, self, argc, argv, error);
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    g_auto(Edit) self = { .actions = g_array_new(FALSE, TRUE, sizeof(Action)),
        .chosen = g_array_new(FALSE, FALSE, sizeof(gsize)) };
    g_array_set_clear_func(self.actions, clear_action);
    if (!parse(cli, &self, &argc, &argv, error))
        return FALSE;
    if (argc != 2) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "One file is needed, not %d", argc - 1);
        return FALSE;
    }
    const char *file = argv[1];
    if (!open_model(&self, file, cli->progress, error))
        return FALSE;
    gboolean changes = self.replay != NULL || self.output != NULL || self.log != NULL;
    for (guint i = 0; i < self.actions->len; i++) {
        const Action *action = &g_array_index(self.actions, Action, i);
        changes |= !g_str_equal(action->option, "where");
        if (!do_action(&self, action, error))
            return FALSE;
    }
    if (changes && self.output == NULL && self.attached == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s is no project, so --output must say where the corrected model goes", file);
        return FALSE;
    }
    if (changes && !save(&self, file, cli->progress, error))
        return FALSE;
    report(cli, &self, self.output != NULL ? self.output : file);
    return TRUE;
}

const LacCliVerb lac_cli_edit = {
    .name = "edit",
    .summary = "Correct a model by hand: delete, add, move, retype, undo",
    .run = run,
};
