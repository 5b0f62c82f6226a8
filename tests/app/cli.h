// SPDX-License-Identifier: GPL-3.0-or-later
// Runs lacuna-cli and looks at what it printed.
#pragma once

#include <json-glib/json-glib.h>

typedef struct {
    int status; // exit status
    char *out, *err;
} TestRun;

TestRun *test_cli(const char *verb, ...) G_GNUC_NULL_TERMINATED;
void test_run_free(TestRun *self);
gboolean test_run_is_drawn(const TestRun *self);
JsonObject *test_run_get_json(const TestRun *self, JsonParser *parser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestRun, test_run_free)
