// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of lacuna-cli and what they share.
#pragma once

#include "core/progress.h"

#include <glib.h>
#include <json-glib/json-glib.h>

enum {
    LAC_EXIT_DONE = 0,
    LAC_EXIT_INTERNAL = 1,
    LAC_EXIT_USAGE = 2, // bad input or usage
    LAC_EXIT_CANCELLED = 3,
};

// What every verb is given. A verb prints its result on standard output and nothing else there.
typedef struct {
    gboolean json;
    gboolean quiet;
    LacProgress *progress; // prints to standard error unless quiet; cancelled by SIGINT
} LacCli;

// A verb parses its own options from argv (argv[0] is its name) and returns FALSE with @error set.
typedef struct {
    const char *name;
    const char *summary; // one line for the list of verbs
    gboolean (*run)(LacCli *cli, int argc, char **argv, GError **error);
} LacCliVerb;

gboolean lac_cli_parse(LacCli *cli, const char *usage, const GOptionEntry *entries, int *argc,
    char ***argv, GError **error);
gboolean lac_cli_parse_with(LacCli *cli, const char *usage, const GOptionEntry *entries,
    gpointer data, int *argc, char ***argv, GError **error);
void lac_cli_add_number(JsonBuilder *builder, const char *name, double value);
void lac_cli_add_count(JsonBuilder *builder, const char *name, gsize value);
void lac_cli_add_text(JsonBuilder *builder, const char *name, const char *value);
void lac_cli_print_json(JsonBuilder *builder);

// One per app/cli-NAME.c.
extern const LacCliVerb lac_cli_info, lac_cli_convert, lac_cli_simulate, lac_cli_reconstruct,
    lac_cli_trace, lac_cli_classify, lac_cli_compare, lac_cli_residual, lac_cli_refine,
    lac_cli_review, lac_cli_edit, lac_cli_render, lac_cli_bench, lac_cli_analyse, lac_cli_denoise,
    lac_cli_align, lac_cli_run, lac_cli_film;
