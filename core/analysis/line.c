// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/line.h"

#include "core/analysis/measure.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

#define MOST_BINS 2000
#define FARTHEST  1e6 // [Å]

// Columns that are averaged along the line, where they are known.
static const char *const COLUMNS[] = { "oxide_fraction", "oxidised_share", "density", "cn", "bond",
    "order", "strain", "interface_distance", "depth" };

/**
 * lac_line_params_init:
 * @self: (out caller-allocates): receives the defaults, without ends
 */
void
lac_line_params_init(LacLineParams *self)
{
    *self = (LacLineParams){ .radius = 6.0, .step = 2.0 };
}

/**
 * lac_line_params_parse:
 * @self: parameters; their ends are set, and the radius if there is one
 * @text: "x,y,z,x,y,z" or "x,y,z,x,y,z,radius" [Å]
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if it is no line
 */
gboolean
lac_line_params_parse(LacLineParams *self, const char *text, GError **error)
{
    double v[7] = { 0, 0, 0, 0, 0, 0, self->radius };
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    guint n = g_strv_length(words);
    gboolean good = n == 6 || n == 7;
    for (guint i = 0; good && i < n; i++) {
        char *end;
        v[i] = g_ascii_strtod(words[i], &end);
        good = end != words[i] && *g_strchug(end) == '\0' && fabs(v[i]) < FARTHEST;
    }
    if (!good || !(v[6] > 0.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s is no line: x,y,z,x,y,z and perhaps a radius are needed, in Å", text);
        return FALSE;
    }
    self->a = (LacVec3){ v[0], v[1], v[2] };
    self->b = (LacVec3){ v[3], v[4], v[5] };
    self->radius = v[6];
    return TRUE;
}

// The line in bins: t is counted from A along the direction to B.
typedef struct {
    LacVec3 start, along; // start: at t = 0; along: of length 1
    double low, high;     // [Å] of t
    double radius, step;
    gsize n;
} Line;

// Where a place is: its bin, or %FALSE when it is outside the cylinder.
static gboolean
find_bin(const Line *line, LacVec3 p, gsize *bin)
{
    LacVec3 d = lac_vec3_subtract(p, line->start);
    double t = lac_vec3_dot(d, line->along);
    if (t < line->low || t > line->high)
        return FALSE;
    LacVec3 across = lac_vec3_add_scaled(d, -t, line->along);
    if (lac_vec3_dot(across, across) > line->radius * line->radius)
        return FALSE;
    *bin = MIN((gsize) ((t - line->low) / line->step), line->n - 1);
    return TRUE;
}

// From where to where the line is inside the particle, from the first such node to the last.
static void
prolong(Line *line, const LacHull *hull)
{
    const LacGrid *grid = &hull->grid;
    double reach = grid->step * (double) (grid->nx + grid->ny + grid->nz), low = line->low,
           high = line->high;
    LacVec3 middle = lac_grid_node(grid, grid->nx / 2, grid->ny / 2, grid->nz / 2);
    double centre = lac_vec3_dot(lac_vec3_subtract(middle, line->start), line->along);
    for (double t = centre - reach; t <= centre + reach; t += 0.5 * grid->step) {
        LacVec3 p = lac_vec3_add_scaled(line->start, t, line->along);
        if (!lac_hull_contains(hull, p))
            continue;
        low = fmin(low, t);
        high = fmax(high, t);
    }
    line->low = low;
    line->high = high;
}

static gboolean
make_line(Line *line, const LacAnalysis *analysis, const LacLineParams *params, GError **error)
{
    LacVec3 along = lac_vec3_subtract(params->b, params->a);
    double length = lac_vec3_norm(along);
    if (!(length > 0.0) || !(length < FARTHEST)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A line of %g Å has no profile: its ends must be apart", length);
        return FALSE;
    }
    if (!(params->radius > 0.0) || !(params->step > 0.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A profile needs a radius and a step above 0 Å, not %g and %g", params->radius,
            params->step);
        return FALSE;
    }
    *line = (Line){ .start = params->a,
        .along = { along.x / length, along.y / length, along.z / length },
        .high = length,
        .radius = params->radius };
    if (params->whole && analysis->hull != NULL)
        prolong(line, analysis->hull);
    double whole = line->high - line->low;
    line->n = (gsize) CLAMP(round(whole / params->step), 1.0, MOST_BINS);
    line->step = whole / (double) line->n;
    return TRUE;
}

// [Å³] of each bin that lies inside the particle, from the nodes of the grid of its hull.
static void
measure_volumes(const Line *line, const LacHull *hull, double *volumes)
{
    const LacGrid *grid = &hull->grid;
    const gsize shape[3] = { grid->nx, grid->ny, grid->nz };
    LacVec3 a = lac_vec3_add_scaled(line->start, line->low, line->along);
    LacVec3 b = lac_vec3_add_scaled(line->start, line->high, line->along);
    const double ends[2][3] = { { a.x, a.y, a.z }, { b.x, b.y, b.z } };
    const double origin[3] = { grid->origin.x, grid->origin.y, grid->origin.z };
    gsize from[3], to[3], bin;
    for (int d = 0; d < 3; d++) {
        double low = fmin(ends[0][d], ends[1][d]) - line->radius;
        double high = fmax(ends[0][d], ends[1][d]) + line->radius;
        double most = (double) shape[d];
        from[d] = (gsize) CLAMP(floor((low - origin[d]) / grid->step), 0.0, most);
        to[d] = (gsize) CLAMP(ceil((high - origin[d]) / grid->step) + 1.0, 0.0, most);
    }
    for (gsize z = from[2]; z < to[2]; z++)
        for (gsize y = from[1]; y < to[1]; y++)
            for (gsize x = from[0]; x < to[0]; x++)
                if (hull->inside[(z * grid->ny + y) * grid->nx + x] &&
                    find_bin(line, lac_grid_node(grid, x, y, z), &bin))
                    volumes[bin] += pow(grid->step, 3.0);
}

static void
add_concentration(const Line *line, const LacAnalysis *analysis, const double *count,
    LacTable *table)
{
    double *volume = lac_table_add_numbers(table, "volume", "Inside the particle", "Å³", 4);
    double *density = lac_table_add_numbers(table, "concentration", "Concentration", "Å⁻³", 4);
    double *error = lac_table_add_numbers(table, "concentration_error", "±", "Å⁻³", 2);
    for (gsize i = 0; i < line->n; i++)
        volume[i] = 0.0;
    if (analysis->hull != NULL)
        measure_volumes(line, analysis->hull, volume);
    for (gsize i = 0; i < line->n; i++) {
        // Less than a quarter of a bin in the particle tells nothing.
        gboolean is_inside = volume[i] > 0.25 * G_PI * line->radius * line->radius * line->step;
        density[i] = is_inside ? count[i] / volume[i] : (double) NAN;
        error[i] = is_inside ? sqrt(fmax(count[i], 1.0)) / volume[i] : (double) NAN;
    }
}

// Of a model of two species or more: which atoms there are in each bin, with binomial errors.
static void
add_species(const Line *line, const LacAnalysis *analysis, const double *count, LacTable *table)
{
    const LacPoints *points = analysis->points;
    char **names = points->atoms->species_names;
    for (guint s = 0; g_strv_length(names) > 1 && names[s] != NULL; s++) {
        g_autofree char *name = g_strdup_printf("share_%s", names[s]);
        g_autofree char *error_name = g_strdup_printf("share_%s_error", names[s]);
        g_autofree char *title = g_strdup_printf("Share of %s", names[s]);
        double *share = lac_table_add_numbers(table, name, title, "", 4);
        double *error = lac_table_add_numbers(table, error_name, "±", "", 2);
        for (gsize i = 0; i < line->n; i++)
            share[i] = 0.0;
        for (gsize i = 0; i < points->n; i++) {
            gsize bin;
            LacVec3 p = { points->x[i], points->y[i], points->z[i] };
            if (points->species[i] == s && find_bin(line, p, &bin))
                share[bin] += 1.0;
        }
        for (gsize i = 0; i < line->n; i++) {
            share[i] = count[i] > 0.0 ? share[i] / count[i] : (double) NAN;
            error[i] = sqrt(share[i] * (1.0 - share[i]) / count[i]);
        }
    }
}

static void
add_column(const Line *line, const LacAnalysis *analysis, const LacAnalysisColumn *column,
    LacTable *table)
{
    const LacPoints *points = analysis->points;
    g_autofree char *error_name = g_strdup_printf("%s_error", column->name);
    double *mean = lac_table_add_numbers(table, column->name, column->title, column->unit,
        MAX(column->digits, 4));
    double *error = lac_table_add_numbers(table, error_name, "±", column->unit, 2);
    g_autofree double *sum = g_new0(double, line->n), *squares = g_new0(double, line->n);
    g_autofree double *n = g_new0(double, line->n);
    for (gsize pass = 0; pass < 2; pass++)
        for (gsize i = 0; i < points->n; i++) {
            gsize bin;
            LacVec3 p = { points->x[i], points->y[i], points->z[i] };
            double value = column->get(analysis, i);
            if (!isfinite(value) || !find_bin(line, p, &bin))
                continue;
            if (pass == 0) {
                sum[bin] += value;
                n[bin] += 1.0;
            }
            else
                squares[bin] += pow(value - sum[bin] / n[bin], 2.0);
        }
    for (gsize i = 0; i < line->n; i++) {
        mean[i] = n[i] > 0.0 ? sum[i] / n[i] : (double) NAN;
        error[i] = n[i] > 1.0 ? sqrt(squares[i] / (n[i] - 1.0) / n[i]) : (double) NAN;
    }
}

static double
interpolate(const double *at, const double *values, gsize n, double t)
{
    gsize k = 1;
    while (k + 1 < n && at[k] < t)
        k++;
    double share = CLAMP((t - at[k - 1]) / (at[k] - at[k - 1]), 0.0, 1.0);
    return values[k - 1] + share * (values[k] - values[k - 1]);
}

static void
add_signal(const Line *line, LacVolume *volume, LacTable *table)
{
    LacVec3 a = lac_vec3_add_scaled(line->start, line->low, line->along);
    LacVec3 b = lac_vec3_add_scaled(line->start, line->high, line->along);
    g_autoptr(LacLineProfile) profile =
        volume != NULL ? lac_line_profile_new(volume, a, b, line->radius, 0.0, NULL) : NULL;
    if (profile == NULL)
        return;
    double *mean = lac_table_add_numbers(table, "signal", "Volume", "", 4);
    for (gsize i = 0; i < line->n; i++)
        mean[i] =
            interpolate(profile->at, profile->mean, profile->n, ((double) i + 0.5) * line->step);
}

static LacTable *
make_table(const Line *line, const LacAnalysis *analysis)
{
    const LacPoints *points = analysis->points;
    LacTable *table = lac_table_new("profile", "Profile along the line",
        "a bin of the line: its middle, counted from A; atoms in the cylinder; its volume inside "
        "the particle; atoms over that volume with their Poisson error; means over the atoms with "
        "standard errors; the mean of the volume over the disc",
        line->n);
    double *s = lac_table_add_numbers(table, "s", "Along the line", "Å", 4);
    double *count = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    for (gsize i = 0; i < line->n; i++) {
        s[i] = line->low + ((double) i + 0.5) * line->step;
        count[i] = 0.0;
    }
    for (gsize i = 0; i < points->n; i++) {
        gsize bin;
        if (find_bin(line, (LacVec3){ points->x[i], points->y[i], points->z[i] }, &bin))
            count[bin] += 1.0;
    }
    add_concentration(line, analysis, count, table);
    add_species(line, analysis, count, table);
    for (guint c = 0; c < G_N_ELEMENTS(COLUMNS); c++) {
        LacAnalysisNode node;
        const LacAnalysisColumn *column = lac_analysis_find_column(COLUMNS[c], &node);
        if (column != NULL && lac_analysis_get(analysis, node) != NULL)
            add_column(line, analysis, column, table);
    }
    add_signal(line, analysis->volume, table);
    return table;
}

/**
 * lac_line_add_section:
 * @analysis: an analysis
 * @params: the line
 * @report: a report that is not published yet
 * @error: return location for a #GError
 *
 * Profiles concentration, degree of oxidation, coordination, order and others in bins of a cylinder
 * around a line from A to B, or on through the whole particle.
 *
 * Returns: (transfer none): the new section, called "line", further ones "line-2" …, or %NULL with @error set
 */
LacReportSection *
lac_line_add_section(const LacAnalysis *analysis, const LacLineParams *params, LacReport *report,
    GError **error)
{
    Line line;
    if (!make_line(&line, analysis, params, error))
        return NULL;
    guint n = 1;
    for (guint i = 0; i < report->sections->len; i++)
        n +=
            g_str_has_prefix(((LacReportSection *) report->sections->pdata[i])->id, "line") ? 1 : 0;
    g_autofree char *id = n > 1 ? g_strdup_printf("line-%u", n) : g_strdup("line");
    LacReportSection *section = lac_report_add_section(report, id, "Line profile",
        "Atoms in a cylinder around a line, in bins along it: their number over the volume of the "
        "bin that lies inside the particle, and means of their numbers.");
    g_autofree char *ends = g_strdup_printf("%.2f, %.2f, %.2f to %.2f, %.2f, %.2f Å", params->a.x,
        params->a.y, params->a.z, params->b.x, params->b.y, params->b.z);
    section->stale = analysis->stale != 0;
    lac_report_add_text(section, "ends", "From A to B", ends, "The ends of the line");
    lac_report_add(section, "length", "Distance from A to B",
        lac_vec3_norm(lac_vec3_subtract(params->b, params->a)), 5, "Å", "Between the ends");
    lac_report_add(section, "from", "Profile from", line.low, 4, "Å",
        "Along the line, counted from A; negative before it");
    lac_report_add(section, "to", "Profile to", line.high, 4, "Å",
        "Along the line, counted from A");
    lac_report_add_parameter(section, "line.radius", "Radius", params->radius, NULL, "Å",
        "Of the cylinder around the line");
    lac_report_add_parameter(section, "line.step", "Bin", line.step, NULL, "Å",
        "Length of a bin along the line");
    g_ptr_array_add(section->tables, make_table(&line, analysis));
    return section;
}

static void
free_chart(gpointer chart)
{
    lac_chart_free(chart);
}

static char *
dup_label(const LacTableColumn *column)
{
    return *column->unit != '\0' ? g_strdup_printf("%s (%s)", column->title, column->unit)
                                 : g_strdup(column->title);
}

static gboolean
has_values(const LacTableColumn *column, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (isfinite(column->values[i]))
            return TRUE;
    return FALSE;
}

/**
 * lac_line_charts:
 * @section: the section "line" of a report
 *
 * Returns: (transfer full) (element-type LacChart): one chart for each quantity that is known
 */
GPtrArray *
lac_line_charts(const LacReportSection *section)
{
    GPtrArray *charts = g_ptr_array_new_with_free_func(free_chart);
    const LacTable *table = g_ptr_array_index(section->tables, 0);
    const LacTableColumn *s = lac_table_find(table, "s");
    for (guint c = 0; c < table->columns->len; c++) {
        const LacTableColumn *column = g_ptr_array_index(table->columns, c);
        if (column == s || g_str_equal(column->name, "volume") ||
            g_str_has_suffix(column->name, "_error") || !has_values(column, table->n_rows))
            continue;
        g_autofree char *error_name = g_strdup_printf("%s_error", column->name);
        g_autofree char *id = g_strdup_printf("line-%s", column->name);
        g_autofree char *title = g_strdup_printf("Line: %s", column->title);
        g_autofree char *label = dup_label(column);
        const LacTableColumn *error = lac_table_find(table, error_name);
        LacChart *chart = lac_chart_new(id, title, "Along the line from A (Å)", label);
        lac_chart_add(chart, column->title, error != NULL ? LAC_CHART_POINTS : LAC_CHART_LINE,
            s->values, column->values, error != NULL ? error->values : NULL, table->n_rows);
        g_ptr_array_add(charts, chart);
    }
    return charts;
}
