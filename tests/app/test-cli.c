// SPDX-License-Identifier: GPL-3.0-or-later
// What every verb has in common: help, exit status, where messages go.
#include "app/cli.h"
#include "tests/app/cli.h"

#include <string.h>

static const char *const VERBS[] = { "info", "convert", "simulate", "reconstruct", "trace",
    "classify", "compare", "residual", "refine", "review", "edit", "render", "bench", "analyse",
    "denoise", "align", "run", "film" };

// Verbs whose files are all told by options.
static const char *const NO_ARGUMENTS[] = { "simulate", "reconstruct", "trace", "classify",
    "compare", "residual", "refine", "denoise", "align" };

static void
test_no_verb(void)
{
    g_autoptr(TestRun) run = test_cli(NULL, NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
    g_assert_cmpstr(run->out, ==, "");
    g_assert_nonnull(strstr(run->err, "Usage"));
}

static void
test_unknown_verb(void)
{
    g_autoptr(TestRun) run = test_cli("sumulate", NULL);
    g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
    g_assert_nonnull(strstr(run->err, "there is no verb \"sumulate\""));
}

static void
test_help_and_version(void)
{
    g_autoptr(TestRun) help = test_cli("--help", NULL), version = test_cli("--version", NULL);
    g_assert_cmpint(help->status, ==, LAC_EXIT_DONE);
    g_assert_cmpstr(help->err, ==, "");
    g_assert_cmpint(version->status, ==, LAC_EXIT_DONE);
    g_assert_true(g_str_has_prefix(version->out, "Lacuna "));
    for (guint i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        g_autoptr(TestRun) run = test_cli(VERBS[i], "--help", NULL);
        g_assert_nonnull(strstr(help->out, VERBS[i]));
        g_assert_cmpint(run->status, ==, LAC_EXIT_DONE);
        g_assert_nonnull(strstr(run->out, "--threads"));
        g_assert_nonnull(strstr(run->out, "--json"));
        g_assert_nonnull(strstr(run->out, "--quiet"));
    }
}

static void
test_bad_options(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(VERBS); i++) {
        g_autoptr(TestRun) unknown = test_cli(VERBS[i], "--no-such-option", NULL);
        g_autoptr(TestRun) threads = test_cli(VERBS[i], "--threads", "-2", NULL);
        g_assert_cmpint(unknown->status, ==, LAC_EXIT_USAGE);
        g_assert_cmpstr(unknown->out, ==, "");
        g_assert_nonnull(strstr(unknown->err, "no-such-option"));
        g_assert_cmpint(threads->status, ==, LAC_EXIT_USAGE);
        g_assert_nonnull(strstr(threads->err, "--threads -2"));
    }
}

static void
test_stray_arguments(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(NO_ARGUMENTS); i++) {
        g_autoptr(TestRun) run = test_cli(NO_ARGUMENTS[i], "stray.mrc", NULL);
        g_assert_cmpint(run->status, ==, LAC_EXIT_USAGE);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_nonnull(strstr(run->err, "\"stray.mrc\" is not an option"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/no-verb", test_no_verb);
    g_test_add_func("/cli/unknown-verb", test_unknown_verb);
    g_test_add_func("/cli/help-and-version", test_help_and_version);
    g_test_add_func("/cli/bad-options", test_bad_options);
    g_test_add_func("/cli/stray-arguments", test_stray_arguments);
    return g_test_run();
}
