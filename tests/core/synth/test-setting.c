// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of parameters: what is written is read back, what is wrong is named.
#include "core/error.h"
#include "core/setting.h"

#include <string.h>

typedef struct {
    double length;
    guint count;
    guint64 seed;
    gboolean flag;
    gint kind;
    char *name;
} Params;

static const char *const kinds[] = { "round", "square", NULL };

#define AT(member) G_STRUCT_OFFSET(Params, member)
static const LacSetting settings[] = {
    { "length", "Length", "Å", "How long", LAC_SETTING_DOUBLE, 0.1, 1e6, AT(length), NULL },
    { "count", "Count", NULL, "How many", LAC_SETTING_UINT, 1, 100, AT(count), NULL },
    { "seed", "Seed", NULL, "Which", LAC_SETTING_UINT64, 0, 0x1p64, AT(seed), NULL },
    { "flag", "Flag", NULL, "Whether", LAC_SETTING_BOOLEAN, 0, 0, AT(flag), NULL },
    { "kind", "Kind", NULL, "What", LAC_SETTING_CHOICE, 0, 0, AT(kind), kinds },
    { "name", "Name", NULL, "Who", LAC_SETTING_TEXT, 0, 0, AT(name), NULL },
};
static const LacSettings table = { settings, G_N_ELEMENTS(settings) };

static void
test_round_trip(void)
{
    Params a = { 1.0 / 3.0, 7, G_MAXUINT64, TRUE, 1, g_strdup("Zr") }, b = { 0 };
    for (gsize i = 0; i < table.n; i++) {
        g_autofree char *text = lac_setting_dup_text(&settings[i], &a);
        g_autoptr(GError) error = NULL;
        lac_setting_parse(&settings[i], &b, text, &error);
        g_assert_no_error(error);
    }
    g_assert_cmpfloat(a.length, ==, b.length);
    g_assert_cmpuint(b.count, ==, 7);
    g_assert_cmpuint(b.seed, ==, G_MAXUINT64);
    g_assert_true(b.flag);
    g_assert_cmpint(b.kind, ==, 1);
    g_assert_cmpstr(b.name, ==, "Zr");
    a.length = 0.35;
    g_autofree char *text = lac_settings_dup_text(table, &a);
    g_assert_true(g_str_has_prefix(text, "length=0.35\ncount=7\n"));
    g_assert_nonnull(strstr(text, "kind=square\nname=Zr\n"));
    Params copy = a;
    lac_settings_copy(table, &a, &copy);
    g_assert_true(copy.name != a.name);
    g_assert_cmpstr(copy.name, ==, a.name);
    lac_settings_clear(table, &a);
    lac_settings_clear(table, &b);
    lac_settings_clear(table, &copy);
    g_assert_null(copy.name);
}

static void
test_refusals(void)
{
    static const struct {
        const char *key, *text, *word;
    } cases[] = {
        { "length", "0.05", "from 0.1 to 1e+06 Å" },
        { "length", "nan", "no number" },
        { "length", "1.5x", "\"1.5x\"" },
        { "length", "", "no number" },
        { "count", "0", "from 1 to 100" },
        { "count", "-3", "count" },
        { "count", "1.5", "whole" },
        { "flag", "maybe", "neither yes nor no" },
        { "kind", "oval", "none of round, square" },
    };
    Params params = { 1.0, 2, 3, FALSE, 0, NULL };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const LacSetting *setting = lac_settings_find(table, cases[i].key);
        g_assert_false(lac_setting_parse(setting, &params, cases[i].text, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
        if (strstr(error->message, cases[i].word) == NULL)
            g_error("\"%s\" lacks \"%s\"", error->message, cases[i].word);
    }
    g_assert_null(lac_settings_find(table, "width"));
    g_autoptr(GError) error = NULL;
    params = (Params){ 1.0, 101, 0, FALSE, 0, NULL };
    g_assert_false(lac_settings_check(table, &params, &error));
    g_assert_nonnull(strstr(error->message, "count 101 is outside 1 to 100"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/setting/round-trip", test_round_trip);
    g_test_add_func("/setting/refusals", test_refusals);
    return g_test_run();
}
