// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli.h"

#include "core/error.h"
#include "core/parallel.h"

#include <gio/gio.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

// Ends with NULL.
static const LacCliVerb *const verbs[] = {
    &lac_cli_info,
    &lac_cli_convert,
    &lac_cli_render,
    &lac_cli_film,
    &lac_cli_simulate,
    &lac_cli_denoise,
    &lac_cli_align,
    &lac_cli_reconstruct,
    &lac_cli_trace,
    &lac_cli_classify,
    &lac_cli_compare,
    &lac_cli_residual,
    &lac_cli_refine,
    &lac_cli_review,
    &lac_cli_edit,
    &lac_cli_analyse,
    &lac_cli_run,
    &lac_cli_bench,
    NULL,
};

// Waits for Ctrl+C in a thread of its own, where taking a lock is allowed.
static gpointer
wait_for_interrupt(gpointer data)
{
    LacProgress *progress = data;
    sigset_t signals;
    int number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigwait(&signals, &number);
    lac_progress_cancel(progress);
    lac_progress_unref(progress);
    return NULL;
}

// Must run before any other thread starts: threads inherit the blocked signals.
static void
cancel_on_interrupt(LacProgress *progress)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    g_thread_unref(g_thread_new("interrupt", wait_for_interrupt, lac_progress_ref(progress)));
}

static void
print_progress(gpointer data)
{
    LacProgress *progress = data;
    g_autofree char *message = lac_progress_dup_message(progress);
    fprintf(stderr, "\r\033[K%3.0f %% %s", 100.0 * lac_progress_get_fraction(progress),
        message != NULL ? message : "");
    fflush(stderr);
}

static void
print_verbs(FILE *out)
{
    fprintf(out, "Usage: lacuna-cli VERB [options]\n\nVerbs:\n");
    for (guint i = 0; verbs[i] != NULL; i++)
        fprintf(out, "  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(out,
        "\nlacuna-cli VERB --help tells the options of a verb.\n"
        "Exit status: 0 done, 1 internal error, 2 bad input or usage, 3 cancelled.\n");
}

/**
 * lac_cli_parse_with:
 * @cli: receives --json, --quiet and --threads
 * @usage: what follows the verb in the help, such as "IN OUT - what it does"; where it begins with
 *     a hyphen, anything but options is refused
 * @entries: the options of the verb
 * @data: for callbacks of options
 * @argc: (inout): number of arguments left, the verb's name included
 * @argv: (inout): the arguments left
 * @error: return location for a #GError
 *
 * Parses the options of a verb together with those that every verb has. --help prints and exits.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_cli_parse_with(LacCli *cli, const char *usage, const GOptionEntry *entries, gpointer data,
    int *argc, char ***argv, GError **error)
{
    int n_threads = 0;
    const GOptionEntry common[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "Print one JSON object", NULL },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &cli->quiet, "Print no progress", NULL },
        { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "Use N threads (default: all)", "N" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    GOptionGroup *group = g_option_group_new("main", "", "", data, NULL);
    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    g_option_context_add_main_entries(context, common, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return FALSE;
    if (n_threads < 0 || n_threads > 64) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "--threads %d is outside 0 to 64",
            n_threads);
        return FALSE;
    }
    if (usage[0] == '-' && *argc > 1) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "\"%s\" is not an option", (*argv)[1]);
        return FALSE;
    }
    lac_parallel_set_threads((guint) n_threads);
    if (!cli->quiet && isatty(STDERR_FILENO))
        lac_progress_set_notify(cli->progress, print_progress, cli->progress);
    return TRUE;
}

/**
 * lac_cli_parse:
 * @cli: receives --json, --quiet and --threads
 * @usage: what follows the verb in the help, such as "IN OUT - what it does"
 * @entries: the options of the verb
 * @argc: (inout): number of arguments left, the verb's name included
 * @argv: (inout): the arguments left
 * @error: return location for a #GError
 *
 * Does lac_cli_parse_with() for options without callbacks.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_cli_parse(LacCli *cli, const char *usage, const GOptionEntry *entries, int *argc, char ***argv,
    GError **error)
{
    return lac_cli_parse_with(cli, usage, entries, NULL, argc, argv, error);
}

/**
 * lac_cli_add_number:
 * @builder: in an object
 * @name: of the member
 * @value: its value; null where it is NaN or infinite
 */
void
lac_cli_add_number(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    if (isfinite(value))
        json_builder_add_double_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

/**
 * lac_cli_add_count:
 * @builder: in an object
 * @name: of the member
 * @value: its value
 */
void
lac_cli_add_count(JsonBuilder *builder, const char *name, gsize value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, (gint64) value);
}

/**
 * lac_cli_add_text:
 * @builder: in an object
 * @name: of the member
 * @value: its value
 */
void
lac_cli_add_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

/**
 * lac_cli_print_json:
 * @builder: a complete value
 *
 * Prints it on standard output.
 */
void
lac_cli_print_json(JsonBuilder *builder)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    puts(text);
}

static int
exit_status(const GError *error)
{
    if (error == NULL)
        return LAC_EXIT_DONE;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return LAC_EXIT_CANCELLED;
    if (g_error_matches(error, LAC_ERROR, LAC_ERROR_INTERNAL) ||
        g_error_matches(error, LAC_ERROR, LAC_ERROR_MEMORY))
        return LAC_EXIT_INTERNAL;
    return LAC_EXIT_USAGE;
}

static int
run_verb(const LacCliVerb *verb, int argc, char **argv)
{
    g_autoptr(LacProgress) progress = lac_progress_new();
    g_autoptr(GError) error = NULL;
    LacCli cli = { .progress = progress };
    cancel_on_interrupt(progress);
    gboolean done = verb->run(&cli, argc, argv, &error);
    if (!cli.quiet && isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    g_assert(done == (error == NULL));
    if (!done)
        fprintf(stderr, "lacuna-cli %s: %s\n", verb->name, error->message);
    return exit_status(error);
}

int
main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    g_set_prgname("lacuna-cli");
    if (argc < 2) {
        print_verbs(stderr);
        return LAC_EXIT_USAGE;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h")) {
        print_verbs(stdout);
        return LAC_EXIT_DONE;
    }
    if (g_str_equal(argv[1], "--version")) {
        puts("Lacuna " LAC_VERSION);
        return LAC_EXIT_DONE;
    }
    for (guint i = 0; verbs[i] != NULL; i++)
        if (g_str_equal(argv[1], verbs[i]->name))
            return run_verb(verbs[i], argc - 1, argv + 1);
    fprintf(stderr, "lacuna-cli: there is no verb \"%s\"\n\n", argv[1]);
    print_verbs(stderr);
    return LAC_EXIT_USAGE;
}
