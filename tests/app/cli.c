// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli.h"

#include "app/cli.h"

#include <string.h>
#include <sys/wait.h>

/**
 * test_cli:
 * @verb: (nullable): first argument
 * @...: the others, ended by %NULL
 *
 * Returns: (transfer full): what the program said and how it ended
 */
TestRun *
test_cli(const char *verb, ...)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autoptr(GError) error = NULL;
    TestRun *self = g_new0(TestRun, 1);
    va_list args;
    int status;
    g_strv_builder_add(builder, g_getenv("LACUNA_CLI"));
    va_start(args, verb);
    for (const char *arg = verb; arg != NULL; arg = va_arg(args, const char *))
        g_strv_builder_add(builder, arg);
    va_end(args);
    g_auto(GStrv) argv = g_strv_builder_end(builder);
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &self->out, &self->err, &status,
        &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    self->status = WEXITSTATUS(status);
    return self;
}

/**
 * test_run_free:
 * @self: (nullable) (transfer full): a run
 */
void
test_run_free(TestRun *self)
{
    if (self == NULL)
        return;
    g_free(self->out);
    g_free(self->err);
    g_free(self);
}

/**
 * test_run_get_json:
 * @self: a run with --json
 * @parser: keeps the object
 *
 * Returns: (transfer none): the one object that it printed
 */
JsonObject *
test_run_get_json(const TestRun *self, JsonParser *parser)
{
    g_autoptr(GError) error = NULL;
    json_parser_load_from_data(parser, self->out, -1, &error);
    g_assert_no_error(error);
    return json_node_get_object(json_parser_get_root(parser));
}

/**
 * test_run_is_drawn:
 * @self: a run that draws
 *
 * A machine without OpenGL draws nothing, and the test is skipped; all else is a failure.
 *
 * Returns: whether there is a picture
 */
gboolean
test_run_is_drawn(const TestRun *self)
{
    if (strstr(self->err, "OpenGL 3.3") != NULL) {
        g_test_skip("there is no OpenGL here");
        return FALSE;
    }
    g_assert_cmpstr(self->err, ==, "");
    g_assert_cmpint(self->status, ==, LAC_EXIT_DONE);
    return TRUE;
}
