// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/natural.h"

#include <math.h>
#include <string.h>

// Compares the runs of digits at the two places and moves behind them.
static int
compare_digits(const char **a, const char **b)
{
    while (**a == '0')
        (*a)++;
    while (**b == '0')
        (*b)++;
    gsize n_a = strspn(*a, "0123456789"), n_b = strspn(*b, "0123456789");
    int order = n_a != n_b ? (n_a < n_b ? -1 : 1) : strncmp(*a, *b, n_a);
    *a += n_a;
    *b += n_b;
    return order;
}

/**
 * lac_natural_compare:
 * @a: a name
 * @b: another
 *
 * Compares names as people count: runs of digits by their value ("2" before "10"), the rest byte
 * by byte; names that differ only in leading zeros byte by byte. The same in every locale.
 *
 * Returns: below, equal to or above 0, as strcmp()
 */
int
lac_natural_compare(const char *a, const char *b)
{
    const char *p = a, *q = b;
    while (*p != '\0' && *q != '\0') {
        int order;
        if (g_ascii_isdigit(*p) && g_ascii_isdigit(*q))
            order = compare_digits(&p, &q);
        else
            order = (int) (guint8) *p++ - (int) (guint8) *q++;
        if (order != 0)
            return order;
    }
    return *p != '\0' ? 1 : *q != '\0' ? -1 : strcmp(a, b);
}

typedef struct {
    double value;           // as written, a hyphen counting as a sign
    gboolean has_separator; // that hyphen may be a separator: it stands right behind a word
    gboolean is_telling;    // a sign or a fraction, which a mere index has not
} NamedAngle;

static gboolean
find_angle(const char *name, GRegex *regex, NamedAngle *angle)
{
    g_autoptr(GMatchInfo) match = NULL;
    int begin = -1, end = -1;
    if (!g_utf8_validate(name, -1, NULL) || !g_regex_match(regex, name, 0, &match))
        return FALSE;
    g_autofree char *number = g_match_info_fetch(match, 1);
    g_match_info_fetch_pos(match, 1, &begin, &end);
    angle->value = g_ascii_strtod(number, NULL);
    angle->has_separator = number[0] == '-' && begin > 0 && g_ascii_isalnum(name[begin - 1]);
    angle->is_telling = strchr(number, '.') != NULL || number[0] == '+' ||
        (number[0] == '-' && !angle->has_separator);
    return isfinite(angle->value) && fabs(angle->value) <= 360.0;
}

static LacAngles *
find_angles(const char *const *names, gsize n, const char *pattern, gboolean needs_telling)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
    g_autofree NamedAngle *found = g_new0(NamedAngle, n);
    gboolean has_positive = FALSE, has_separator = FALSE, is_telling = !needs_telling;
    for (gsize k = 0; k < n; k++) {
        if (!find_angle(names[k], regex, &found[k]))
            return NULL;
        has_positive = has_positive || found[k].value > 0.0;
        has_separator = has_separator || found[k].has_separator;
        is_telling = is_telling || found[k].is_telling;
    }
    if (!is_telling && !(has_separator && has_positive))
        return NULL;
    LacAngles *angles = g_new0(LacAngles, n);
    for (gsize k = 0; k < n; k++)
        angles[k].theta =
            found[k].has_separator && !has_positive ? -found[k].value : found[k].value;
    return angles;
}

/**
 * lac_natural_find_angles:
 * @names: (array length=n): names of the files of a series
 * @n: how many
 *
 * Looks for a tilt angle in every name: a number before "deg" or "°", or else one behind "tilt",
 * "theta" or "angle" if signs or fractions show that it is no index. Where every angle would be
 * negative by a hyphen right behind a word, the hyphen is a separator.
 *
 * Returns: (transfer full) (nullable) (array length=n): the angles [deg] as theta, or %NULL when
 * a name has none
 */
LacAngles *
lac_natural_find_angles(const char *const *names, gsize n)
{
    LacAngles *angles = find_angles(names, n, "([+-]?\\d+(?:\\.\\d+)?) *(?:deg|°)", FALSE);
    return angles != NULL
        ? angles
        : find_angles(names, n, "(?:tilt|theta|angle)[ _=]*([+-]?\\d+(?:\\.\\d+)?)", TRUE);
}
