// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/ticks.h"

#include <math.h>

#define MINUS "−"

// 10^k, exact for the powers a double can hold.
static double
power_of_ten(int k)
{
    return k < 0 ? 1.0 / pow(10.0, -k) : pow(10.0, k);
}

static double
nice_number(double value, gboolean up)
{
    static const double nice[] = { 1.0, 2.0, 5.0, 10.0 };
    int k = (int) floor(log10(value));
    double mantissa = value / power_of_ten(k);
    double best = up ? 10.0 : 1.0;
    for (guint i = 0; i < G_N_ELEMENTS(nice); i++) {
        if (up && nice[i] >= mantissa * (1.0 - 1e-9))
            return nice[i] * power_of_ten(k);
        if (!up && nice[i] <= mantissa * (1.0 + 1e-9))
            best = nice[i];
    }
    return best * power_of_ten(k);
}

/**
 * lac_nice_step:
 * @span: length of an axis, above 0
 * @n_max: at most so many steps in it, at least 1
 *
 * Returns: the smallest of 1, 2, 5 times a power of ten of which at most @n_max fit into @span;
 * 1 if @span is not a positive finite number
 */
double
lac_nice_step(double span, guint n_max)
{
    g_return_val_if_fail(n_max > 0, 1.0);

    double least = span / n_max;
    return isfinite(span) && isnormal(least) && least > 0.0 ? nice_number(least, TRUE) : 1.0;
}

/**
 * lac_nice_floor:
 * @value: longest length that fits, above 0
 *
 * Returns: the largest of 1, 2, 5 times a power of ten that is not above @value; 0 if @value is not
 * a positive finite number
 */
double
lac_nice_floor(double value)
{
    return isnormal(value) && value > 0.0 ? nice_number(value, FALSE) : 0.0;
}

/**
 * lac_ticks_linear:
 * @lo: lower end of the axis
 * @hi: upper end, above @lo
 * @n_max: at most so many steps
 *
 * Returns: multiples of a nice step from @lo to @hi, both included; none if the range is empty
 */
LacTicks
lac_ticks_linear(double lo, double hi, guint n_max)
{
    LacTicks out = { 0 };
    if (!(hi > lo) || !isfinite(hi - lo))
        return out;
    out.step = lac_nice_step(hi - lo, MIN(n_max, LAC_TICKS_MAX - 1));
    double slack = 1e-9 * (hi - lo), first = ceil((lo - slack) / out.step);
    for (guint i = 0; i < LAC_TICKS_MAX; i++) {
        double value = (first + i) * out.step;
        if (value > hi + slack)
            break;
        out.values[out.n++] = value == 0.0 ? 0.0 : value;
    }
    return out;
}

static guint
add_log(LacTicks *out, double lo, double hi, const double *mantissas, guint n, int every)
{
    out->n = 0;
    int first = (int) floor(log10(lo)), last = (int) floor(log10(hi));
    guint n_all = 0;
    for (int k = first; k <= last; k++) {
        if (((k % every) + every) % every != 0)
            continue;
        for (guint i = 0; i < n; i++) {
            double value = mantissas[i] * power_of_ten(k);
            if (value < lo * (1.0 - 1e-9) || value > hi * (1.0 + 1e-9))
                continue;
            n_all++;
            if (out->n < LAC_TICKS_MAX)
                out->values[out->n++] = value;
        }
    }
    return n_all;
}

/**
 * lac_ticks_log:
 * @lo: lower end of the axis, above 0
 * @hi: upper end, above @lo
 * @n_max: at most about so many ticks, at least 2
 *
 * Returns: 1, 2, 5 times powers of ten while they fit, else powers of ten or every so manieth of
 * them; nice linear ticks if the range holds fewer than two of those; none if the range is empty
 */
LacTicks
lac_ticks_log(double lo, double hi, guint n_max)
{
    static const double mantissas[] = { 1.0, 2.0, 5.0 };
    LacTicks out = { 0 };
    if (!(lo > 0.0) || !(hi > lo) || !isfinite(hi))
        return out;
    n_max = CLAMP(n_max, 2, LAC_TICKS_MAX);
    guint n = add_log(&out, lo, hi, mantissas, 3, 1);
    if (n < 2)
        return lac_ticks_linear(lo, hi, n_max);
    for (int every = 1; n > n_max; every++)
        n = add_log(&out, lo, hi, mantissas, 1, every);
    return out;
}

// "10" with a superscript exponent, after a mantissa other than 1.
static char *
format_power(double value)
{
    static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
    int k = (int) floor(log10(fabs(value)) + 1e-9);
    double mantissa = value / power_of_ten(k);
    g_autoptr(GString) text = g_string_new(NULL);
    if (fabs(mantissa - 1.0) > 1e-6)
        g_string_append_printf(text, "%.3g·", mantissa);
    g_string_append(text, k < 0 ? "10⁻" : "10");
    g_autofree char *exponent = g_strdup_printf("%d", ABS(k));
    for (const char *c = exponent; *c != '\0'; c++)
        g_string_append(text, digits[*c - '0']);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
with_minus_sign(char *text)
{
    if (text[0] != '-')
        return text;
    char *out = g_strconcat(MINUS, text + 1, NULL);
    g_free(text);
    return out;
}

/**
 * lac_ticks_dup_label:
 * @self: ticks
 * @i: which, below n
 *
 * Returns: (transfer full): the tick's value with as many decimals as the step needs
 */
char *
lac_ticks_dup_label(const LacTicks *self, guint i)
{
    g_return_val_if_fail(i < self->n, NULL);

    double value = self->values[i], size = fabs(value);
    double largest = MAX(fabs(self->values[0]), fabs(self->values[self->n - 1]));
    if (value == 0.0)
        return g_strdup("0");
    if (self->step > 0.0) {
        if (largest >= 1e6 || largest < 1e-3)
            return with_minus_sign(format_power(value));
        int decimals = MAX(0, (int) ceil(-log10(self->step) - 1e-9));
        return with_minus_sign(g_strdup_printf("%.*f", decimals, value));
    }
    if (size >= 1e5 || size < 1e-3)
        return with_minus_sign(format_power(value));
    return with_minus_sign(g_strdup_printf("%.10g", value));
}

/**
 * lac_format_length:
 * @length: [Å]
 *
 * Returns: (transfer full): the length as on a scale bar: nm from 10 Å, pm below 1 Å
 */
char *
lac_format_length(double length)
{
    double size = fabs(length);
    if (size >= 1e4 * (1.0 - 1e-9))
        return g_strdup_printf("%.4g µm", length / 1e4);
    if (size >= 10.0 * (1.0 - 1e-9))
        return g_strdup_printf("%.4g nm", length / 10.0);
    if (size >= 1.0 * (1.0 - 1e-9))
        return g_strdup_printf("%.4g Å", length);
    return g_strdup_printf("%.4g pm", length * 100.0);
}
