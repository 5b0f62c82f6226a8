// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/chart.h"

#include <math.h>

static void
free_series(gpointer data)
{
    LacChartSeries *series = data;
    g_free(series->name);
    g_free(series->x);
    g_free(series->y);
    g_free(series->error);
    g_free(series);
}

/**
 * lac_chart_new:
 * @id: stable name
 * @title: for people
 * @x_label: with its unit
 * @y_label: with its unit
 *
 * Returns: (transfer full): a chart without series
 */
LacChart *
lac_chart_new(const char *id, const char *title, const char *x_label, const char *y_label)
{
    LacChart *self = g_new0(LacChart, 1);
    self->id = g_strdup(id);
    self->title = g_strdup(title);
    self->x_label = g_strdup(x_label);
    self->y_label = g_strdup(y_label);
    self->series = g_ptr_array_new_with_free_func(free_series);
    return self;
}

/**
 * lac_chart_copy:
 * @self: a chart
 *
 * Returns: (transfer full): the same chart
 */
LacChart *
lac_chart_copy(const LacChart *self)
{
    LacChart *copy = lac_chart_new(self->id, self->title, self->x_label, self->y_label);
    copy->column = g_strdup(self->column);
    copy->log_y = self->log_y;
    copy->x_names = g_strdupv(self->x_names);
    for (guint i = 0; i < self->series->len; i++) {
        const LacChartSeries *s = g_ptr_array_index(self->series, i);
        lac_chart_add(copy, s->name, s->style, s->x, s->y, s->error, s->n);
    }
    return copy;
}

/**
 * lac_chart_free:
 * @self: (nullable) (transfer full): a chart
 */
void
lac_chart_free(LacChart *self)
{
    if (self == NULL)
        return;
    g_free(self->id);
    g_free(self->title);
    g_free(self->x_label);
    g_free(self->y_label);
    g_free(self->column);
    g_strfreev(self->x_names);
    g_ptr_array_unref(self->series);
    g_free(self);
}

/**
 * lac_chart_add:
 * @self: a chart
 * @name: for the legend
 * @style: how it is drawn
 * @x: (array length=n): copied
 * @y: (array length=n): copied; NaN leaves a gap
 * @error: (nullable) (array length=n): one standard deviation of @y, copied
 * @n: number of points
 *
 * Returns: (transfer none): the series
 */
LacChartSeries *
lac_chart_add(LacChart *self, const char *name, LacChartStyle style, const double *x,
    const double *y, const double *error, gsize n)
{
    LacChartSeries *series = g_new0(LacChartSeries, 1);
    series->name = g_strdup(name);
    series->style = style;
    series->n = n;
    series->x = g_memdup2(x, n * sizeof *x);
    series->y = g_memdup2(y, n * sizeof *y);
    series->error = error != NULL ? g_memdup2(error, n * sizeof *error) : NULL;
    g_ptr_array_add(self->series, series);
    return series;
}

/**
 * lac_chart_dup_csv:
 * @self: a chart
 *
 * Returns: (transfer full): all series: one row per point, with the titles of the axes
 */
char *
lac_chart_dup_csv(const LacChart *self)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "# %s\nseries,\"%s\",\"%s\",standard deviation\n", self->title,
        self->x_label, self->y_label);
    for (guint i = 0; i < self->series->len; i++) {
        const LacChartSeries *series = g_ptr_array_index(self->series, i);
        for (gsize k = 0; k < series->n; k++) {
            char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE], e[G_ASCII_DTOSTR_BUF_SIZE];
            gboolean has_error = series->error != NULL && isfinite(series->error[k]);
            g_string_append_printf(text, "\"%s\",%s,%s,%s\n", series->name,
                g_ascii_formatd(x, sizeof x, "%.9g", series->x[k]),
                isfinite(series->y[k]) ? g_ascii_formatd(y, sizeof y, "%.9g", series->y[k]) : "",
                has_error ? g_ascii_formatd(e, sizeof e, "%.4g", series->error[k]) : "");
        }
    }
    return g_string_free(text, FALSE);
}
