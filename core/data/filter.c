// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a filter by recursive descent:
//   or = and { "or" and }     and = not { "and" not }     not = "not" not | comparison
//   comparison = sum [ "<" sum ]     sum = product { "+" product }     product = sign { "*" sign }
//   sign = "-" sign | primary     primary = number | name | function "(" or { "," or } ")" | "(" or ")"
// A comparison with species, state or flag takes a word on its right side instead.
#include "core/data/filter-private.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

#define MOST_OPS  4096
#define MOST_DEEP 64     // levels of brackets and signs
#define LONGEST   100000 // [bytes]

// What an expression gives.
typedef enum {
    KIND_BAD, // an error is set
    KIND_NUMBER,
    KIND_TRUTH,
} Kind;

typedef struct {
    const char *text, *at; // at: the next character
    const LacAtoms *atoms;
    LacFilter *filter;
    guint depth;  // of the recursion
    guint height; // of the stack
    GError **error;
} Parser;

static const struct {
    const char *name;
    LacOpcode code;
} numbers[] = {
    { "atom", LAC_OP_ATOM },
    { "index", LAC_OP_INDEX },
    { "x", LAC_OP_X },
    { "y", LAC_OP_Y },
    { "z", LAC_OP_Z },
    { "r", LAC_OP_R },
    { "cn", LAC_OP_COORDINATION },
    { "nn", LAC_OP_NEAREST },
};

static const struct {
    const char *name;
    LacOpcode code;
    guint n; // arguments
} functions[] = {
    { "abs", LAC_OP_ABS, 1 },
    { "sqrt", LAC_OP_SQRT, 1 },
    { "log", LAC_OP_LOG, 1 },
    { "min", LAC_OP_MIN, 2 },
    { "max", LAC_OP_MAX, 2 },
};

static const struct {
    const char *text; // those that begin like others come first
    LacOpcode code;
} comparisons[] = {
    { "<=", LAC_OP_LESS_EQUAL },
    { ">=", LAC_OP_GREATER_EQUAL },
    { "==", LAC_OP_EQUAL },
    { "!=", LAC_OP_NOT_EQUAL },
    { "<>", LAC_OP_NOT_EQUAL },
    { "≤", LAC_OP_LESS_EQUAL },
    { "≥", LAC_OP_GREATER_EQUAL },
    { "≠", LAC_OP_NOT_EQUAL },
    { "<", LAC_OP_LESS },
    { ">", LAC_OP_GREATER },
    { "=", LAC_OP_EQUAL },
};

static Kind parse_or(Parser *self);

static Kind fail(Parser *self, const char *where, const char *format, ...) G_GNUC_PRINTF(3, 4);

static Kind
fail(Parser *self, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    glong character = g_utf8_pointer_to_offset(self->text, where) + 1;
    g_set_error(self->error, LAC_ERROR, LAC_ERROR_ARGUMENT, "Character %ld: %s", character, what);
    return KIND_BAD;
}

static void
skip_blanks(Parser *self)
{
    while (g_ascii_isspace(*self->at))
        self->at++;
}

static gboolean
take(Parser *self, const char *text)
{
    skip_blanks(self);
    if (!g_str_has_prefix(self->at, text))
        return FALSE;
    self->at += strlen(text);
    return TRUE;
}

// Letters of any script; what begins with 0xe2 are signs such as ≤.
static gboolean
is_name_start(char c)
{
    return g_ascii_isalpha(c) || c == '_' || ((guchar) c >= 0x80 && (guchar) c != 0xe2);
}

static gboolean
is_name_part(char c)
{
    return is_name_start(c) || g_ascii_isdigit(c) || c == '.';
}

// A word such as "and"; not the beginning of a longer name.
static gboolean
take_word(Parser *self, const char *word)
{
    skip_blanks(self);
    gsize n = strlen(word);
    if (g_ascii_strncasecmp(self->at, word, n) != 0 || is_name_part(self->at[n]))
        return FALSE;
    self->at += n;
    return TRUE;
}

static gboolean
emit(Parser *self, LacOpcode code, double number, const char *name)
{
    GArray *ops = self->filter->ops;
    if (ops->len >= MOST_OPS) {
        fail(self, self->at, "the expression is too long");
        return FALSE;
    }
    LacOp op = { .code = code, .number = number, .name = g_strdup(name) };
    g_array_append_val(ops, op);
    if (code <= LAC_OP_FLAG_IS)
        self->height++;
    else if (code >= LAC_OP_ADD)
        self->height--;
    self->filter->deepest = MAX(self->filter->deepest, self->height);
    return TRUE;
}

// What is there, for messages.
static char *
dup_next(const Parser *self)
{
    const char *end = self->at;
    while (*end != '\0' && end < self->at + 20 && !g_ascii_isspace(*end))
        end = g_utf8_find_next_char(end, NULL);
    return end > self->at ? g_strdup_printf("\"%.*s\"", (int) (end - self->at), self->at)
                          : g_strdup("the end");
}

// A name, or any text between quotes.
static char *
take_name(Parser *self, gboolean with_hyphens)
{
    const char *start = self->at;
    if (*start == '"' || *start == '\'') {
        const char *end = strchr(start + 1, *start);
        if (end == NULL) {
            fail(self, start, "the quotation mark has no other one");
            return NULL;
        }
        self->at = end + 1;
        return g_strndup(start + 1, (gsize) (end - start - 1));
    }
    while (is_name_part(*self->at) || (with_hyphens && *self->at == '-'))
        self->at++;
    if (self->at == start) {
        g_autofree char *next = dup_next(self);
        fail(self, start, "a name is needed, not %s", next);
        return NULL;
    }
    return g_strndup(start, (gsize) (self->at - start));
}

static gboolean
take_comparison(Parser *self, LacOpcode *code)
{
    skip_blanks(self);
    for (gsize i = 0; i < G_N_ELEMENTS(comparisons); i++)
        if (take(self, comparisons[i].text)) {
            *code = comparisons[i].code;
            return TRUE;
        }
    return FALSE;
}

static char *
list_names(const LacAtoms *atoms, LacOpcode code)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (code == LAC_OP_SPECIES_IS)
        for (guint i = 0; atoms->species_names[i] != NULL && i < 20; i++)
            g_string_append_printf(text, ", %s", atoms->species_names[i]);
    else if (code == LAC_OP_STATE_IS)
        for (guint i = 0; i < LAC_N_ATOM_STATES; i++)
            g_string_append_printf(text, ", %s", lac_atom_state_get_name((LacAtomState) i));
    else if (code == LAC_OP_FLAG_IS)
        for (guint i = 0; i < LAC_N_PEAK_FLAGS; i++)
            g_string_append_printf(text, ", %s", lac_peak_flag_get_name((LacPeakFlag) i));
    else
        for (guint i = 0; i < atoms->columns->len && i < 20; i++)
            g_string_append_printf(text, ", %s",
                g_array_index(atoms->columns, LacAtomColumn, i).name);
    return g_strdup(text->len > 0 ? text->str + 2 : "none");
}

static gboolean
find_word(const LacAtoms *atoms, LacOpcode code, const char *word, double *number)
{
    if (code == LAC_OP_SPECIES_IS)
        return g_strv_contains((const char *const *) atoms->species_names, word);
    guint n = code == LAC_OP_STATE_IS ? (guint) LAC_N_ATOM_STATES : (guint) LAC_N_PEAK_FLAGS;
    for (guint i = 0; i < n; i++) {
        const char *name = code == LAC_OP_STATE_IS ? lac_atom_state_get_name((LacAtomState) i)
                                                   : lac_peak_flag_get_name((LacPeakFlag) i);
        if (g_str_equal(name, word)) {
            *number = i;
            return TRUE;
        }
    }
    return FALSE;
}

// "species == Zr"; the name on the left was taken.
static Kind
parse_word_comparison(Parser *self, LacOpcode code, const char *what)
{
    LacOpcode comparison;
    double number = 0.0;
    skip_blanks(self);
    const char *start = self->at;
    if (!take_comparison(self, &comparison) ||
        (comparison != LAC_OP_EQUAL && comparison != LAC_OP_NOT_EQUAL))
        return fail(self, start, "%s is compared by == or !=", what);
    skip_blanks(self);
    start = self->at;
    g_autofree char *word = take_name(self, TRUE);
    if (word == NULL)
        return KIND_BAD;
    if (!find_word(self->atoms, code, word, &number)) {
        g_autofree char *names = list_names(self->atoms, code);
        return fail(self, start, "there is no %s \"%s\" (there are: %s)", what, word, names);
    }
    if (!emit(self, code, number, word) ||
        (comparison == LAC_OP_NOT_EQUAL && !emit(self, LAC_OP_NOT, 0.0, NULL)))
        return KIND_BAD;
    return KIND_TRUTH;
}

static Kind
parse_function(Parser *self, const char *start, gsize f)
{
    for (guint i = 0; i < functions[f].n; i++) {
        if (i > 0 && !take(self, ","))
            return fail(self, self->at, "%s() takes %u numbers with commas between",
                functions[f].name, functions[f].n);
        Kind kind = parse_or(self);
        if (kind == KIND_BAD)
            return kind;
        if (kind != KIND_NUMBER)
            return fail(self, start, "%s() takes numbers", functions[f].name);
    }
    if (!take(self, ")"))
        return fail(self, self->at, "%s( needs a closing bracket", functions[f].name);
    return emit(self, functions[f].code, 0.0, NULL) ? KIND_NUMBER : KIND_BAD;
}

// A name that is not followed by a bracket.
static Kind
parse_variable(Parser *self, const char *start, const char *name)
{
    if (g_str_equal(name, "species"))
        return parse_word_comparison(self, LAC_OP_SPECIES_IS, name);
    if (g_str_equal(name, "state"))
        return parse_word_comparison(self, LAC_OP_STATE_IS, name);
    if (g_str_equal(name, "flag"))
        return parse_word_comparison(self, LAC_OP_FLAG_IS, name);
    if (g_str_equal(name, "present"))
        return emit(self, LAC_OP_PRESENT, 0.0, NULL) ? KIND_TRUTH : KIND_BAD;
    if (lac_atoms_get_column(self->atoms, name) != NULL)
        return emit(self, LAC_OP_COLUMN, 0.0, name) ? KIND_NUMBER : KIND_BAD;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (g_str_equal(name, numbers[i].name)) {
            self->filter->bonds |=
                numbers[i].code == LAC_OP_COORDINATION || numbers[i].code == LAC_OP_NEAREST;
            return emit(self, numbers[i].code, 0.0, NULL) ? KIND_NUMBER : KIND_BAD;
        }
    g_autofree char *names = list_names(self->atoms, LAC_OP_COLUMN);
    return fail(self, start,
        "there is no \"%s\"; there are atom, index, x, y, z, r, species, state, flag, present, cn, nn, "
        "and the columns: %s",
        name, names);
}

static Kind
parse_name(Parser *self)
{
    const char *start = self->at;
    gboolean is_quoted = *start == '"' || *start == '\'';
    g_autofree char *name = take_name(self, FALSE);
    if (name == NULL)
        return KIND_BAD;
    if (is_quoted || !take(self, "("))
        return parse_variable(self, start, name);
    for (gsize f = 0; f < G_N_ELEMENTS(functions); f++)
        if (g_str_equal(name, functions[f].name))
            return parse_function(self, start, f);
    return fail(self, start, "there is no function %s(); there are abs, sqrt, log, min, max", name);
}

static Kind
parse_number(Parser *self)
{
    char *end;
    double number = g_ascii_strtod(self->at, &end);
    if (end == self->at || !isfinite(number))
        return fail(self, self->at, "this is no number");
    if (is_name_start(*end))
        return fail(self, end, "a number ends before a name");
    self->at = end;
    return emit(self, LAC_OP_NUMBER, number, NULL) ? KIND_NUMBER : KIND_BAD;
}

static Kind
parse_primary(Parser *self)
{
    skip_blanks(self);
    const char *start = self->at;
    if (g_ascii_isdigit(*start) || (*start == '.' && g_ascii_isdigit(start[1])))
        return parse_number(self);
    if (is_name_start(*start) || *start == '"' || *start == '\'')
        return parse_name(self);
    if (!take(self, "(")) {
        g_autofree char *next = dup_next(self);
        return fail(self, start, "a number, a name or a bracket is needed, not %s", next);
    }
    Kind kind = parse_or(self);
    if (kind != KIND_BAD && !take(self, ")"))
        return fail(self, self->at, "the bracket opened at character %ld is not closed",
            g_utf8_pointer_to_offset(self->text, start) + 1);
    return kind;
}

static Kind
parse_sign(Parser *self)
{
    if (self->depth >= MOST_DEEP)
        return fail(self, self->at, "the brackets are too deep");
    skip_blanks(self);
    const char *start = self->at;
    self->depth++;
    Kind kind;
    if (take(self, "-")) {
        kind = parse_sign(self);
        if (kind == KIND_TRUTH)
            kind = fail(self, start, "only a number has a sign");
        if (kind == KIND_NUMBER && !emit(self, LAC_OP_NEGATE, 0.0, NULL))
            kind = KIND_BAD;
    }
    else {
        kind = parse_primary(self);
    }
    self->depth--;
    return kind;
}

// One level of operators with numbers on both sides.
static Kind
parse_chain(Parser *self, Kind (*parse_next)(Parser *), const char *texts[2],
    const LacOpcode codes[2])
{
    const char *start = self->at;
    Kind kind = parse_next(self);
    while (kind != KIND_BAD) {
        guint which = take(self, texts[0]) ? 0 : take(self, texts[1]) ? 1 : 2;
        if (which == 2)
            break;
        if (kind != KIND_NUMBER)
            return fail(self, start, "%s needs numbers", texts[which]);
        start = self->at;
        kind = parse_next(self);
        if (kind == KIND_TRUTH)
            return fail(self, start, "%s needs numbers", texts[which]);
        if (kind == KIND_NUMBER && !emit(self, codes[which], 0.0, NULL))
            return KIND_BAD;
    }
    return kind;
}

static Kind
parse_product(Parser *self)
{
    return parse_chain(self, parse_sign, (const char *[]){ "*", "/" },
        (const LacOpcode[]){ LAC_OP_MULTIPLY, LAC_OP_DIVIDE });
}

static Kind
parse_sum(Parser *self)
{
    return parse_chain(self, parse_product, (const char *[]){ "+", "-" },
        (const LacOpcode[]){ LAC_OP_ADD, LAC_OP_SUBTRACT });
}

static Kind
parse_comparison(Parser *self)
{
    LacOpcode code;
    skip_blanks(self);
    const char *start = self->at;
    Kind kind = parse_sum(self);
    if (kind == KIND_BAD || !take_comparison(self, &code))
        return kind;
    if (kind != KIND_NUMBER)
        return fail(self, start, "only numbers are compared; use and, or");
    skip_blanks(self);
    start = self->at;
    kind = parse_sum(self);
    if (kind == KIND_TRUTH)
        return fail(self, start, "only numbers are compared");
    if (kind == KIND_BAD || !emit(self, code, 0.0, NULL))
        return KIND_BAD;
    skip_blanks(self);
    start = self->at;
    if (take_comparison(self, &code))
        return fail(self, start, "two comparisons need \"and\" between them");
    return KIND_TRUTH;
}

static Kind
parse_not(Parser *self)
{
    skip_blanks(self);
    const char *start = self->at;
    gboolean is_mark = *start == '!' && start[1] != '=';
    if (!is_mark && !take_word(self, "not"))
        return parse_comparison(self);
    if (self->depth >= MOST_DEEP)
        return fail(self, self->at, "the brackets are too deep");
    if (is_mark)
        self->at++;
    self->depth++;
    Kind kind = parse_not(self);
    self->depth--;
    if (kind == KIND_NUMBER)
        return fail(self, start, "\"not\" needs a comparison");
    return kind == KIND_BAD || emit(self, LAC_OP_NOT, 0.0, NULL) ? kind : KIND_BAD;
}

static Kind
parse_logic(Parser *self, Kind (*parse_next)(Parser *), const char *word, const char *mark,
    LacOpcode code)
{
    skip_blanks(self);
    const char *start = self->at;
    Kind kind = parse_next(self);
    while (kind != KIND_BAD && (take_word(self, word) || take(self, mark))) {
        if (kind != KIND_TRUTH)
            return fail(self, start, "\"%s\" needs a comparison before it", word);
        skip_blanks(self);
        start = self->at;
        kind = parse_next(self);
        if (kind == KIND_NUMBER)
            return fail(self, start, "\"%s\" needs a comparison after it", word);
        if (kind == KIND_TRUTH && !emit(self, code, 0.0, NULL))
            return KIND_BAD;
    }
    return kind;
}

static Kind
parse_and(Parser *self)
{
    return parse_logic(self, parse_not, "and", "&&", LAC_OP_AND);
}

static Kind
parse_or(Parser *self)
{
    return parse_logic(self, parse_and, "or", "||", LAC_OP_OR);
}

static void
clear_op(gpointer data)
{
    g_free(((LacOp *) data)->name);
}

/**
 * lac_filter_new:
 * @text: an expression, such as "intensity < 0.4 and cn <= 7"
 * @atoms: atoms with the columns and species that it may name
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the filter, for these atoms and others of the same columns; or %NULL
 *   with @error set, which tells the character at fault
 */
LacFilter *
lac_filter_new(const char *text, const LacAtoms *atoms, GError **error)
{
    if (strlen(text) > LONGEST || !g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The expression is no text, or too long");
        return NULL;
    }
    g_autoptr(LacFilter) self = g_new0(LacFilter, 1);
    self->ops = g_array_new(FALSE, TRUE, sizeof(LacOp));
    g_array_set_clear_func(self->ops, clear_op);
    Parser parser = { .text = text, .at = text, .atoms = atoms, .filter = self, .error = error };
    Kind kind = parse_or(&parser);
    skip_blanks(&parser);
    if (kind != KIND_BAD && *parser.at != '\0') {
        g_autofree char *next = dup_next(&parser);
        kind = fail(&parser, parser.at, "and, or, or the end is needed, not %s", next);
    }
    else if (kind == KIND_NUMBER) {
        kind = fail(&parser, parser.at, "a comparison is needed, such as \"cn <= 7\"");
    }
    return kind == KIND_TRUTH ? g_steal_pointer(&self) : NULL;
}

/**
 * lac_filter_free:
 * @self: (nullable) (transfer full): a filter
 */
void
lac_filter_free(LacFilter *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->ops);
    g_free(self);
}
