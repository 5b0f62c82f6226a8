// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a recipe: what is read, and that every mistake names its line.
#include "core/figure/keyed-text.h"

#include <math.h>
#include <string.h>

static void
test_entries(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacKeyedText) recipe = lac_keyed_text_parse("# a comment\n\n  lacuna-figure = 1\r\n"
                                                          "width=  89 \n# more\n\tlabel = 1 2 = 3\n"
                                                          "label = again\n",
        "r", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(recipe->entries->len, ==, 3);
    const LacKeyedEntry *width = g_ptr_array_index(recipe->entries, 0);
    const LacKeyedEntry *label = g_ptr_array_index(recipe->entries, 1);
    g_assert_cmpstr(width->key, ==, "width");
    g_assert_cmpstr(width->value, ==, "89");
    g_assert_cmpuint(width->line, ==, 4);
    g_assert_cmpstr(label->value, ==, "1 2 = 3");
}

static void
test_mistakes(void)
{
    static const char *const WRONG[][2] = {
        { "", "does not begin" },
        { "width = 89\n", "does not begin" },
        { "lacuna-figure = x\n", "Line 1 of r: lacuna-figure = \"x\"" },
        { "lacuna-figure = 2\n", "version 2" },
        { "lacuna-figure = 1\n\nwidth 89\n", "Line 3 of r is not \"key = value\": width 89" },
        { "lacuna-figure = 1\na = 1\nb = 2\na = 3\n",
            "Line 4 of r says \"a\" again, after line 2" },
        { "lacuna-figure = 1\na = \xff\n", "UTF-8" },
    };
    for (guint i = 0; i < G_N_ELEMENTS(WRONG); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(lac_keyed_text_parse(WRONG[i][0], "r", &error));
        g_assert_nonnull(error);
        if (strstr(error->message, WRONG[i][1]) == NULL)
            g_error("\"%s\" does not say \"%s\"", error->message, WRONG[i][1]);
    }
}

static void
test_values(void)
{
    g_autoptr(LacKeyedText) recipe = lac_keyed_text_parse(
        "lacuna-figure = 1\nn = 1.5  -2e3\nauto = auto 4\nflag = yes\ncolor = #0080ff\nbad = 1 x\n",
        "r", NULL);
    const LacKeyedEntry *e[5];
    double values[3];
    float rgb[3];
    gboolean flag = FALSE;
    for (guint i = 0; i < 5; i++)
        e[i] = g_ptr_array_index(recipe->entries, i);
    g_autoptr(GError) error = NULL;
    g_assert_true(lac_keyed_text_get_numbers(recipe, e[0], 2, -1e4, 1e4, values, NULL));
    g_assert_cmpfloat(values[1], ==, -2000.0);
    g_assert_false(lac_keyed_text_get_numbers(recipe, e[0], 3, -1e4, 1e4, values, NULL));
    g_assert_false(lac_keyed_text_get_numbers(recipe, e[0], 1, -1e4, 1e4, values, NULL));
    g_assert_false(lac_keyed_text_get_numbers(recipe, e[0], 2, 0.0, 1e4, values, &error));
    g_assert_cmpstr(error->message, ==,
        "Line 2 of r: n = \"1.5  -2e3\" is not 2 numbers from 0 to 10000");
    g_assert_true(lac_keyed_text_get_numbers(recipe, e[1], 2, 0.0, 5.0, values, NULL));
    g_assert_true(isnan(values[0]) && values[1] == 4.0);
    g_assert_true(lac_keyed_text_get_flag(recipe, e[2], &flag, NULL));
    g_assert_true(flag);
    g_assert_false(lac_keyed_text_get_flag(recipe, e[3], &flag, NULL));
    g_assert_true(lac_keyed_text_get_color(recipe, e[3], rgb, NULL));
    g_assert_cmpfloat((double) rgb[2], ==, 1.0);
    g_assert_false(lac_keyed_text_get_color(recipe, e[4], rgb, NULL));
    g_assert_false(lac_keyed_text_get_numbers(recipe, e[4], 2, 0.0, 5.0, values, NULL));
    g_assert_false(lac_keyed_text_parse_color("#12345 ", rgb));
    g_assert_false(lac_keyed_text_parse_color("#-1-1-1", rgb));
}

// Numbers come back as they were.
static void
test_numbers(void)
{
    const double values[] = { 0.0, 89.0, 0.1, 1.0 / 3.0, -1e-300, 6.02214076e23, 285.393258426966 };
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        lac_keyed_text_append_number(text, values[i]);
        g_assert_cmpfloat(g_ascii_strtod(text->str, NULL), ==, values[i]);
    }
    g_autoptr(GString) text = g_string_new(NULL);
    lac_keyed_text_append_number(text, 0.1);
    g_assert_cmpstr(text->str, ==, "0.1");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/figure/keyed-text/entries", test_entries);
    g_test_add_func("/figure/keyed-text/mistakes", test_mistakes);
    g_test_add_func("/figure/keyed-text/values", test_values);
    g_test_add_func("/figure/keyed-text/numbers", test_numbers);
    return g_test_run();
}
