// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/chart-drawing.h"

#include "core/figure/ticks.h"

#include <math.h>
#include <string.h>

// In text sizes.
#define PAD        0.6
#define MARGIN     1.1 // of the letter of the panel, as over other pictures
#define TICK       0.35
#define TICK_GAP   0.3
#define LINE       1.35 // from one line of text to the next
#define ASCENT     0.73 // of capitals and figures
#define SAMPLE     2.2  // length of a line beside its name
#define DOT        0.2  // radius of a point
#define CAP        0.2  // half the end of an error bar
#define PANEL_SIZE 1.5
// In points.
#define AXIS_WIDTH  0.6
#define CURVE_WIDTH 1.1
#define ERROR_WIDTH 0.6
#define DASH        3.5

#define LOG_ROOM 1.25 // times the largest
#define MAX_ROOM 0.06 // of the range, above all
#define BAR_FILL 0.86 // of the distance of bars

typedef struct {
    const LacChart *chart;
    const LacChartDrawingParams *params;
    LacDrawing *drawing;
    double size;                     // [pt] of texts
    double left, right, top, bottom; // [pt] of the data
    double x[2], y[2];               // values at the edges
    LacTicks x_ticks, y_ticks;
    float ink[3];
} Layout;

/**
 * lac_chart_drawing_params_default:
 * @width: [pt]
 * @height: [pt]
 *
 * Returns: texts of 7 pt, names of the series, no title, ranges from the data
 */
LacChartDrawingParams
lac_chart_drawing_params_default(double width, double height)
{
    LacChartDrawingParams params = { .width = width, .height = height, .text_size = 7.0 };
    g_strlcpy(params.font, LAC_DRAWING_FONT, sizeof params.font);
    params.names = TRUE;
    params.x_lo = params.x_hi = params.y_lo = params.y_hi = (double) NAN;
    return params;
}

/**
 * lac_chart_get_color:
 * @index: of a series; after six the colours come again
 * @on_dark: whether the background is dark
 * @rgb: (out caller-allocates): sRGB
 *
 * Colours after Okabe and Ito, distinct with any colour vision; brighter on dark.
 */
void
lac_chart_get_color(guint index, gboolean on_dark, float rgb[3])
{
    static const float palettes[2][LAC_CHART_N_COLORS][3] = {
        { { 0.00f, 0.38f, 0.66f }, { 0.80f, 0.33f, 0.00f }, { 0.00f, 0.55f, 0.40f },
            { 0.67f, 0.35f, 0.58f }, { 0.45f, 0.45f, 0.45f }, { 0.75f, 0.58f, 0.00f } },
        { { 0.40f, 0.74f, 0.96f }, { 0.98f, 0.62f, 0.24f }, { 0.30f, 0.83f, 0.64f },
            { 0.91f, 0.60f, 0.80f }, { 0.70f, 0.70f, 0.70f }, { 0.94f, 0.86f, 0.30f } },
    };
    memcpy(rgb, palettes[on_dark ? 1 : 0][index % LAC_CHART_N_COLORS], 3 * sizeof *rgb);
}

static const LacChartSeries *
get_series(const LacChart *chart, guint i)
{
    return g_ptr_array_index(chart->series, i);
}

static double
get_bar_width(const LacChartSeries *bars)
{
    return bars->n > 1 ? bars->x[1] - bars->x[0] : 1.0;
}

static void
grow(double range[2], double value)
{
    if (isfinite(value)) {
        range[0] = MIN(range[0], value);
        range[1] = MAX(range[1], value);
    }
}

/**
 * lac_chart_find_x_ticks:
 * @chart: a chart
 * @x: (array fixed-size=2): the values at the left and the right
 * @n_max: ticks, about
 *
 * Returns: where ticks stand: where bars count whole numbers or words, at those
 */
LacTicks
lac_chart_find_x_ticks(const LacChart *chart, const double x[2], guint n_max)
{
    const LacChartSeries *first = chart->series->len > 0 ? get_series(chart, 0) : NULL;
    LacTicks ticks = lac_ticks_linear(x[0], x[1], n_max);
    gboolean is_whole = first != NULL && first->style == LAC_CHART_BARS && first->n > 0 &&
        first->x[0] == round(first->x[0]) && (first->n == 1 || get_bar_width(first) == 1.0);
    if (!is_whole || (chart->x_names == NULL && ticks.step >= 1.0))
        return ticks;
    ticks.n = 0;
    ticks.step = 1.0;
    for (double value = ceil(x[0]); value <= x[1] && ticks.n < LAC_TICKS_MAX; value += 1.0)
        ticks.values[ticks.n++] = value;
    return ticks;
}

/**
 * lac_chart_dup_x_label:
 * @chart: a chart
 * @ticks: of lac_chart_find_x_ticks()
 * @i: which one
 *
 * Returns: (transfer full): its number, or the word that it stands for
 */
char *
lac_chart_dup_x_label(const LacChart *chart, const LacTicks *ticks, guint i)
{
    double value = ticks->values[i];
    if (chart->x_names == NULL)
        return lac_ticks_dup_label(ticks, i);
    guint n = g_strv_length(chart->x_names);
    return g_strdup(value >= 0.0 && value < n ? chart->x_names[(guint) value] : "");
}

// Bars of error that are much longer than all that varies do not squeeze it: they are cut off.
static void
limit_to_values(double range[2], const double values[2])
{
    double room = values[1] > values[0] ? values[1] - values[0] : HUGE_VAL;
    range[0] = fmax(range[0], values[0] - room);
    range[1] = fmin(range[1], values[1] + room);
}

/**
 * lac_chart_get_range:
 * @chart: a chart
 * @x: (out caller-allocates): the values at the left and the right
 * @y: (out caller-allocates): the values at the bottom and the top, with some room, and from zero
 *     where bars begin or zero is near
 *
 * Returns: %FALSE if there is nothing to be seen
 */
gboolean
lac_chart_get_range(const LacChart *chart, double x[2], double y[2])
{
    gboolean from_zero = FALSE;
    double lowest = HUGE_VAL;
    double values[2] = { HUGE_VAL, -HUGE_VAL };
    x[0] = y[0] = HUGE_VAL;
    x[1] = y[1] = -HUGE_VAL;
    for (guint i = 0; i < chart->series->len; i++) {
        const LacChartSeries *series = get_series(chart, i);
        double half =
            series->style == LAC_CHART_BARS && series->n > 0 ? 0.5 * get_bar_width(series) : 0.0;
        from_zero = from_zero || half > 0.0;
        for (gsize k = 0; k < series->n; k++) {
            double error =
                series->error != NULL && isfinite(series->error[k]) ? series->error[k] : 0.0;
            if (!isfinite(series->y[k]) || (chart->log_y && !(series->y[k] - error > 0.0)))
                continue;
            grow(x, series->x[k] - half);
            grow(x, series->x[k] + half);
            lowest = fmin(lowest, series->y[k]);
            grow(y, series->y[k] - error);
            grow(y, series->y[k] + error);
            grow(values, series->y[k]);
        }
    }
    limit_to_values(y, values);
    if (!(y[1] >= y[0]) || !(x[1] >= x[0]))
        return FALSE;
    if (!(x[1] > x[0]))
        x[1] = x[0] + 1.0;
    if (chart->log_y) {
        y[0] /= LOG_ROOM;
        y[1] *= LOG_ROOM;
        return TRUE;
    }
    if (lowest >= 0.0) // errors alone do not make counts and shares negative
        y[0] = fmax(y[0], 0.0);
    if (from_zero || (y[0] > 0.0 && y[0] < 0.35 * y[1]))
        y[0] = MIN(y[0], 0.0);
    double room = MAX_ROOM * (y[1] - y[0]);
    if (!(room > 0.0))
        room = y[1] != 0.0 ? 0.1 * fabs(y[1]) : 1.0;
    y[1] += room;
    if (y[0] != 0.0)
        y[0] -= room;
    return TRUE;
}

// --- shapes

static void
add_shape(const Layout *self, LacDrawingShape shape, const float color[3])
{
    memcpy(shape.color, color, sizeof shape.color);
    lac_drawing_add(self->drawing, &shape);
}

static void
add_line(const Layout *self, double x, double y, double x2, double y2, double width)
{
    add_shape(self,
        (LacDrawingShape){ .kind = LAC_DRAWING_LINE,
            .x = x,
            .y = y,
            .x2 = x2,
            .y2 = y2,
            .width = width },
        self->ink);
}

static void
add_text(const Layout *self, double x, double y, LacTextAnchor anchor, double turn,
    const char *text)
{
    add_shape(self,
        (LacDrawingShape){ .kind = LAC_DRAWING_TEXT,
            .x = x,
            .y = y,
            .x2 = self->size,
            .anchor = anchor,
            .turn = turn,
            .text = (char *) (guintptr) text },
        self->ink);
}

static double
to_x(const Layout *self, double x)
{
    return self->left + (x - self->x[0]) / (self->x[1] - self->x[0]) * (self->right - self->left);
}

static double
to_y(const Layout *self, double y)
{
    if (self->chart->log_y)
        return y > 0.0 ? self->bottom -
                log(y / self->y[0]) / log(self->y[1] / self->y[0]) * (self->bottom - self->top)
                       : (double) NAN;
    return self->bottom - (y - self->y[0]) / (self->y[1] - self->y[0]) * (self->bottom - self->top);
}

// --- axes

static void
fit(Layout *self)
{
    const LacChartDrawingParams *p = self->params;
    const double size = self->size;
    const gboolean has_top = p->title || p->panel[0] != '\0';
    self->top = (PAD + (has_top ? LINE * (p->panel[0] != '\0' ? 1.6 : 1.0) : 0.4)) * size;
    self->bottom = p->height - (PAD + TICK + TICK_GAP + 2.0 * LINE) * size;
    const guint n_y = (guint) CLAMP((self->bottom - self->top) / (3.0 * size), 2.0, 7.0);
    self->y_ticks = self->chart->log_y ? lac_ticks_log(self->y[0], self->y[1], n_y)
                                       : lac_ticks_linear(self->y[0], self->y[1], n_y);
    double widest = 0.0;
    for (guint i = 0; i < self->y_ticks.n; i++) {
        g_autofree char *label = lac_ticks_dup_label(&self->y_ticks, i);
        widest = MAX(widest, lac_drawing_measure(self->drawing, label, size, FALSE));
    }
    self->left = (PAD + LINE + 0.3 + TICK + TICK_GAP) * size + widest;
    self->right = p->width - (PAD + 0.9) * size;
    self->x_ticks = lac_chart_find_x_ticks(self->chart, self->x,
        (guint) CLAMP((self->right - self->left) / (5.0 * size), 2.0, 9.0));
}

static void
lay_axes(const Layout *self)
{
    const double size = self->size, tick = TICK * size;
    for (guint i = 0; i < self->y_ticks.n; i++) {
        double y = to_y(self, self->y_ticks.values[i]);
        g_autofree char *label = lac_ticks_dup_label(&self->y_ticks, i);
        add_line(self, self->left - tick, y, self->left, y, AXIS_WIDTH);
        add_text(self, self->left - tick - TICK_GAP * size, y + 0.5 * ASCENT * size, LAC_TEXT_END,
            0.0, label);
    }
    for (guint i = 0; i < self->x_ticks.n; i++) {
        double x = to_x(self, self->x_ticks.values[i]);
        g_autofree char *label = lac_chart_dup_x_label(self->chart, &self->x_ticks, i);
        add_line(self, x, self->bottom, x, self->bottom + tick, AXIS_WIDTH);
        add_text(self, x, self->bottom + tick + (TICK_GAP + ASCENT) * size, LAC_TEXT_MIDDLE, 0.0,
            label);
    }
    // Square ends, so that both meet in the corner.
    add_line(self, self->left - 0.5 * AXIS_WIDTH, self->bottom, self->right, self->bottom,
        AXIS_WIDTH);
    add_line(self, self->left, self->top, self->left, self->bottom, AXIS_WIDTH);
    add_text(self, 0.5 * (self->left + self->right), self->params->height - (PAD + 0.25) * size,
        LAC_TEXT_MIDDLE, 0.0, self->chart->x_label);
    add_text(self, (PAD + ASCENT) * size, 0.5 * (self->top + self->bottom), LAC_TEXT_MIDDLE, 90.0,
        self->chart->y_label);
}

// --- data

static void
lay_bars(const Layout *self, const LacChartSeries *series, const float color[3])
{
    const double half = 0.5 * BAR_FILL * get_bar_width(series);
    const double zero = self->chart->log_y ? self->bottom : to_y(self, MAX(self->y[0], 0.0));
    for (gsize k = 0; k < series->n; k++) {
        if (!isfinite(series->y[k]) || series->y[k] == 0.0)
            continue;
        double y = to_y(self, series->y[k]);
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_RECT,
                .x = to_x(self, series->x[k] - half),
                .y = MIN(y, zero),
                .x2 = to_x(self, series->x[k] + half),
                .y2 = MAX(y, zero),
                .clear = 0.15 },
            color);
    }
}

static void
lay_errors(const Layout *self, const LacChartSeries *series, const float color[3])
{
    const double cap = CAP * self->size;
    for (gsize k = 0; series->error != NULL && k < series->n; k++) {
        if (!isfinite(series->y[k]) || !isfinite(series->error[k]) || series->error[k] <= 0.0)
            continue;
        const double x = to_x(self, series->x[k]);
        const double low = to_y(self, fmax(series->y[k] - series->error[k], self->y[0]));
        const double high = to_y(self, series->y[k] + series->error[k]);
        const double points[] = { x, low, x, high, (double) NAN, 0.0, x - cap, low, x + cap, low,
            (double) NAN, 0.0, x - cap, high, x + cap, high };
        g_autoptr(GBytes) bytes = g_bytes_new(points, sizeof points);
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_CURVE,
                .points = bytes,
                .width = ERROR_WIDTH,
                .clear = 0.35 },
            color);
    }
}

static void
lay_curve(const Layout *self, const LacChartSeries *series, guint index, const float color[3])
{
    const gboolean has_points = series->style == LAC_CHART_POINTS;
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(double));
    lay_errors(self, series, color);
    for (gsize k = 0; k < series->n; k++) {
        const double at[] = { to_x(self, series->x[k]),
            isfinite(series->y[k]) ? to_y(self, series->y[k]) : (double) NAN };
        g_array_append_vals(points, at, 2);
    }
    g_autoptr(GBytes) bytes = g_bytes_new(points->data, points->len * sizeof(double));
    add_shape(self,
        (LacDrawingShape){ .kind = LAC_DRAWING_CURVE,
            .points = bytes,
            .width = has_points ? 0.6 * CURVE_WIDTH : CURVE_WIDTH,
            .dash = index % 2 == 1 ? DASH : 0.0 },
        color);
    for (gsize k = 0; has_points && k < series->n; k++)
        if (isfinite(series->y[k]))
            add_shape(self,
                (LacDrawingShape){ .kind = LAC_DRAWING_DISC,
                    .x = to_x(self, series->x[k]),
                    .y = to_y(self, series->y[k]),
                    .x2 = DOT * self->size },
                color);
}

static void
lay_data(const Layout *self)
{
    LacDrawingShape clip = { .kind = LAC_DRAWING_CLIP,
        .x = self->left - 1.0,
        .y = self->top - 1.0,
        .x2 = self->right + 1.0,
        .y2 = self->bottom };
    lac_drawing_add(self->drawing, &clip);
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < self->chart->series->len; i++) {
            const LacChartSeries *series = get_series(self->chart, i);
            float color[3];
            lac_chart_get_color(i, self->params->on_dark, color);
            if (pass == 0 && series->style == LAC_CHART_BARS)
                lay_bars(self, series, color);
            else if (pass == 1 && series->style != LAC_CHART_BARS)
                lay_curve(self, series, i, color);
        }
    lac_drawing_add(self->drawing, &(LacDrawingShape){ .kind = LAC_DRAWING_CLIP });
}

// --- names

// How many of the data, with their errors, lie in a part of the plot [pt].
static gsize
count_in(const Layout *self, double left, double top, double right, double bottom)
{
    gsize n = 0;
    for (guint i = 0; i < self->chart->series->len; i++) {
        const LacChartSeries *series = get_series(self->chart, i);
        for (gsize k = 0; k < series->n; k++) {
            double error =
                series->error != NULL && isfinite(series->error[k]) ? series->error[k] : 0.0;
            double x = to_x(self, series->x[k]);
            double high = to_y(self, series->y[k] + error), low = to_y(self, series->y[k] - error);
            // A bar fills all that is below its end.
            n += isfinite(high) && x >= left && x <= right && high <= bottom &&
                (!(low < top) || series->style == LAC_CHART_BARS);
        }
    }
    return n;
}

static gboolean
has_values(const LacChartSeries *series)
{
    for (gsize k = 0; k < series->n; k++)
        if (isfinite(series->y[k]))
            return TRUE;
    return FALSE;
}

static void
lay_name(const Layout *self, guint i, double x, double middle)
{
    const double size = self->size;
    const LacChartSeries *series = get_series(self->chart, i);
    float color[3];
    lac_chart_get_color(i, self->params->on_dark, color);
    if (series->style == LAC_CHART_BARS)
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_RECT,
                .x = x + 0.5 * size,
                .y = middle - 0.4 * size,
                .x2 = x + (SAMPLE - 0.5) * size,
                .y2 = middle + 0.4 * size,
                .clear = 0.15 },
            color);
    else
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_LINE,
                .x = x,
                .y = middle,
                .x2 = x + SAMPLE * size,
                .y2 = middle,
                .width = CURVE_WIDTH,
                .dash = i % 2 == 1 ? DASH : 0.0 },
            color);
    if (series->style == LAC_CHART_POINTS)
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_DISC,
                .x = x + 0.5 * SAMPLE * size,
                .y = middle,
                .x2 = DOT * size },
            color);
    add_text(self, x + (SAMPLE + 0.6) * size, middle + 0.5 * ASCENT * size, LAC_TEXT_START, 0.0,
        series->name);
}

// Names stand where the fewest data are: right or left, at the top or at the bottom. What has no
// value has none.
static void
lay_names(const Layout *self)
{
    const double size = self->size, line = LINE * size;
    double widest = 0.0, x = 0.0, y = 0.0;
    guint n = 0;
    for (guint i = 0; i < self->chart->series->len; i++) {
        const LacChartSeries *series = get_series(self->chart, i);
        if (!has_values(series))
            continue;
        widest = MAX(widest, lac_drawing_measure(self->drawing, series->name, size, FALSE));
        n++;
    }
    const double width = widest + (SAMPLE + 0.6) * size, height = line * n;
    gsize fewest = G_MAXSIZE;
    for (guint corner = 0; corner < 4; corner++) {
        double left = corner % 2 == 0 ? self->right - width : self->left + size;
        double top = corner < 2 ? self->top : self->bottom - height - 0.6 * size;
        gsize count =
            count_in(self, left - 0.5 * size, top, left + width + 0.5 * size, top + height);
        if (count < fewest) {
            fewest = count;
            x = left;
            y = top;
        }
    }
    for (guint i = 0, row = 0; i < self->chart->series->len; i++)
        if (has_values(get_series(self->chart, i)))
            lay_name(self, i, x, y + (row++ + 0.5) * line);
}

static void
lay_head(const Layout *self)
{
    const LacChartDrawingParams *p = self->params;
    const double size = self->size;
    if (p->title)
        add_text(self, 0.5 * (self->left + self->right), (PAD + ASCENT + 0.2) * size,
            LAC_TEXT_MIDDLE, 0.0, self->chart->title);
    if (p->panel[0] != '\0')
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_TEXT,
                .x = MARGIN * size,
                .y = (MARGIN + ASCENT * PANEL_SIZE) * size,
                .x2 = PANEL_SIZE * size,
                .is_bold = TRUE,
                .text = (char *) (guintptr) p->panel },
            self->ink);
}

/**
 * lac_chart_draw:
 * @chart: what to draw
 * @params: how large, and what is wanted
 *
 * Returns: (transfer full): the shapes, in points; axes and a word where nothing is defined
 */
LacDrawing *
lac_chart_draw(const LacChart *chart, const LacChartDrawingParams *params)
{
    Layout self = { .chart = chart,
        .params = params,
        .drawing = lac_drawing_new(params->width, params->height, params->font),
        .size = params->text_size };
    for (int c = 0; c < 3; c++)
        self.ink[c] = params->on_dark ? 1.0f : 0.0f;
    gboolean any = lac_chart_get_range(chart, self.x, self.y);
    if (!any) {
        self.x[0] = self.y[0] = 0.0;
        self.x[1] = self.y[1] = 1.0;
    }
    if (params->x_lo < params->x_hi) {
        self.x[0] = params->x_lo;
        self.x[1] = params->x_hi;
    }
    if (params->y_lo < params->y_hi) {
        self.y[0] = params->y_lo;
        self.y[1] = params->y_hi;
    }
    fit(&self);
    lay_head(&self);
    if (self.right - self.left < self.size || self.bottom - self.top < self.size)
        return self.drawing;
    if (any)
        lay_data(&self);
    lay_axes(&self);
    if (!any)
        add_text(&self, 0.5 * (self.left + self.right), 0.5 * (self.top + self.bottom),
            LAC_TEXT_MIDDLE, 0.0, "undefined for this particle");
    if (any && params->names && chart->series->len > 1)
        lay_names(&self);
    return self.drawing;
}
