// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-bench.h"

#include "app/cli.h"
#include "core/error.h"
#include "core/parallel.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

// Ends with NULL.
static const LacBenchmark *const benchmarks[] = {
    &lac_bench_projector,
    &lac_bench_resire,
    &lac_bench_trace,
    &lac_bench_analyses,
    &lac_bench_render,
    &lac_bench_denoise,
    NULL,
};

/**
 * lac_bench_number:
 * @bench: a benchmark that runs
 * @name: of the result, with its unit unless that is clear: "forward_gups"
 * @value: the result
 */
void
lac_bench_number(LacBench *bench, const char *name, double value)
{
    json_builder_set_member_name(bench->json, name);
    json_builder_add_double_value(bench->json, value);
}

/**
 * lac_bench_text:
 * @bench: a benchmark that runs
 * @name: of the result
 * @value: the result
 */
void
lac_bench_text(LacBench *bench, const char *name, const char *value)
{
    json_builder_set_member_name(bench->json, name);
    json_builder_add_string_value(bench->json, value);
}

static char *
processor_name(void)
{
    g_autofree char *text = NULL;
    if (g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL)) {
        const char *line = strstr(text, "model name");
        const char *colon = line != NULL ? strchr(line, ':') : NULL;
        const char *end = colon != NULL ? strchr(colon, '\n') : NULL;
        if (end != NULL)
            return g_strstrip(g_strndup(colon + 1, (gsize) (end - colon - 1)));
    }
    struct utsname system;
    return g_strdup(uname(&system) == 0 ? system.machine : "unknown");
}

static gboolean
is_wanted(const LacBenchmark *benchmark, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (g_str_equal(argv[i], benchmark->name))
            return TRUE;
    return argc <= 1;
}

static gboolean
check_names(int argc, char **argv, GError **error)
{
    for (int i = 1; i < argc; i++) {
        gboolean known = FALSE;
        for (gsize j = 0; benchmarks[j] != NULL; j++)
            known = known || g_str_equal(argv[i], benchmarks[j]->name);
        if (!known) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "There is no benchmark \"%s\"; --help lists them", argv[i]);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
parse(LacCli *cli, LacBench *bench, int *argc, char ***argv, GError **error)
{
    int size = 0, n_tilts = 0;
    const GOptionEntry entries[] = {
        { "size", 0, 0, G_OPTION_ARG_INT, &size, "Edge of the volume in voxels", "N" },
        { "tilts", 0, 0, G_OPTION_ARG_INT, &n_tilts, "Number of projections", "N" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GString) usage = g_string_new("[NAME…] - measures speed; prints JSON\n\nNames:");
    for (gsize i = 0; benchmarks[i] != NULL; i++)
        g_string_append_printf(usage, "\n  %-12s %s", benchmarks[i]->name, benchmarks[i]->summary);
    if (!lac_cli_parse(cli, usage->str, entries, argc, argv, error))
        return FALSE;
    if (size < 0 || size > 1024 || n_tilts < 0 || n_tilts > 1024) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "--size and --tilts go from 1 to 1024");
        return FALSE;
    }
    bench->size = (gsize) size;
    bench->n_tilts = (gsize) n_tilts;
    return TRUE;
}

static gboolean
run(LacCli *cli, int argc, char **argv, GError **error)
{
    LacBench bench = { .progress = cli->progress };
    if (!parse(cli, &bench, &argc, &argv, error) || !check_names(argc, argv, error))
        return FALSE;
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autofree char *processor = processor_name();
    bench.json = json;
    json_builder_begin_object(json);
    lac_bench_text(&bench, "program", "Lacuna " LAC_VERSION);
    lac_bench_text(&bench, "processor", processor);
    lac_bench_number(&bench, "threads", lac_parallel_get_threads());
    for (gsize i = 0; benchmarks[i] != NULL; i++) {
        if (!is_wanted(benchmarks[i], argc, argv))
            continue;
        json_builder_set_member_name(json, benchmarks[i]->name);
        json_builder_begin_object(json);
        if (!benchmarks[i]->run(&bench, error))
            return FALSE;
        json_builder_end_object(json);
    }
    json_builder_end_object(json);
    lac_cli_print_json(json);
    return TRUE;
}

const LacCliVerb lac_cli_bench = {
    .name = "bench",
    .summary = "measure the speed of this machine; JSON",
    .run = run,
};
