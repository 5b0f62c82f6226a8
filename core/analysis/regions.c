// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/regions.h"

#include "core/analysis/plane.h"
#include "core/data/filter.h"

#include <math.h>

// Errors that are a smaller part of what they are of, or of 1, come of rounding.
#define ROUNDING 1e-9

/**
 * lac_region_free:
 * @self: (nullable) (transfer full): a region
 */
void
lac_region_free(LacRegion *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->point);
    g_free(self);
}

/**
 * lac_region_new:
 * @analysis: an analysis
 * @name: what it is called
 * @chosen: (array): 1 for each atom of the model that belongs to it; records do not count
 *
 * Returns: (transfer full): the points of these atoms
 */
LacRegion *
lac_region_new(const LacAnalysis *analysis, const char *name, const guint8 *chosen)
{
    const LacPoints *points = analysis->points;
    LacRegion *self = g_new0(LacRegion, 1);
    self->name = g_strdup(name);
    self->point = g_new(guint32, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++)
        if (chosen[points->index[i]])
            self->point[self->n++] = (guint32) i;
    return self;
}

// The model with all numbers of the analysis as columns, for expressions.
static LacAtoms *
dup_with_columns(const LacAnalysis *analysis)
{
    const LacPoints *points = analysis->points;
    LacAtoms *atoms = lac_atoms_copy(points->atoms, points->atoms->n);
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; i < n; i++)
        for (guint c = 0;
             lac_analysis_get(analysis, table[i]->node) != NULL && c < table[i]->n_columns; c++) {
            const LacAnalysisColumn *column = &table[i]->columns[c];
            double *values = lac_atoms_ensure_column(atoms, column->name);
            for (gsize p = 0; p < points->n; p++)
                values[points->index[p]] = column->get(analysis, p);
        }
    return atoms;
}

/**
 * lac_region_parse:
 * @analysis: an analysis
 * @expression: a filter, in which the columns of the analysis are names too
 * @error: return location for a #GError
 *
 * Chooses atoms by their numbers, such as "interface_distance < -3 and depth > 5".
 *
 * Returns: (transfer full): the region, or %NULL with @error set
 */
LacRegion *
lac_region_parse(const LacAnalysis *analysis, const char *expression, GError **error)
{
    g_autoptr(LacAtoms) atoms = dup_with_columns(analysis);
    g_autoptr(LacFilter) filter = lac_filter_new(expression, atoms, error);
    g_autofree guint8 *chosen = filter != NULL ? lac_filter_apply(filter, atoms, error) : NULL;
    return chosen != NULL ? lac_region_new(analysis, expression, chosen) : NULL;
}

// --- the numbers

// A mean with its standard error.
typedef struct {
    gsize n;
    double mean, error;
} Mean;

typedef struct {
    char **quantity, **unit;
    double *a, *a_error, *b, *b_error, *difference, *difference_error, *ratio, *n_a, *n_b;
} Columns;

typedef struct {
    const LacAnalysis *analysis;
    const LacRegion *a, *b;
    Columns *columns; // NULL while rows are counted
    gsize row;
} Writer;

static Mean
get_mean(const LacAnalysis *analysis, const LacRegion *region, const LacAnalysisColumn *column)
{
    Mean mean = { 0, (double) NAN, (double) NAN };
    double sum = 0.0, squares = 0.0;
    for (gsize i = 0; i < region->n; i++) {
        double value = column->get(analysis, region->point[i]);
        if (!isfinite(value))
            continue;
        sum += value;
        mean.n++;
    }
    if (mean.n == 0)
        return mean;
    double n = (double) mean.n;
    mean.mean = sum / n;
    for (gsize i = 0; i < region->n; i++) {
        double value = column->get(analysis, region->point[i]);
        if (isfinite(value))
            squares += (value - mean.mean) * (value - mean.mean);
    }
    if (mean.n > 1)
        mean.error = sqrt(squares / (n - 1.0) / n);
    return mean;
}

// The share of atoms that have a property, with its binomial error.
static Mean
make_share(gsize count, gsize n)
{
    if (n == 0)
        return (Mean){ 0, (double) NAN, (double) NAN };
    double share = (double) count / (double) n;
    return (Mean){ n, share, sqrt(share * (1.0 - share) / (double) n) };
}

static void
add_row(Writer *self, const char *quantity, const char *unit, Mean a, Mean b)
{
    Columns *c = self->columns;
    gsize row = self->row++;
    if (c == NULL)
        return;
    c->quantity[row] = g_strdup(quantity);
    c->unit[row] = g_strdup(unit);
    c->a[row] = a.mean;
    c->a_error[row] = a.error;
    c->b[row] = b.mean;
    c->b_error[row] = b.error;
    c->difference[row] = b.mean - a.mean;
    c->difference_error[row] = hypot(a.error, b.error);
    c->ratio[row] = c->difference_error[row] > ROUNDING * fmax(fabs(a.mean) + fabs(b.mean), 1.0)
        ? fabs(c->difference[row]) / c->difference_error[row]
        : (double) NAN;
    c->n_a[row] = (double) a.n;
    c->n_b[row] = (double) b.n;
}

static gsize
count_species(const LacAnalysis *analysis, const LacRegion *region, guint species)
{
    gsize n = 0;
    for (gsize i = 0; i < region->n; i++)
        n += analysis->points->species[region->point[i]] == species ? 1 : 0;
    return n;
}

static gsize
count_word(const LacAnalysis *analysis, const LacRegion *region, const LacAnalysisColumn *column,
    guint word)
{
    gsize n = 0;
    for (gsize i = 0; i < region->n; i++)
        n += column->get(analysis, region->point[i]) == word ? 1 : 0;
    return n;
}

static void
add_species(Writer *self)
{
    char **names = self->analysis->points->atoms->species_names;
    for (guint s = 0; g_strv_length(names) > 1 && names[s] != NULL; s++) {
        g_autofree char *title = g_strdup_printf("Share of %s", names[s]);
        add_row(self, title, "", make_share(count_species(self->analysis, self->a, s), self->a->n),
            make_share(count_species(self->analysis, self->b, s), self->b->n));
    }
}

static void
add_words(Writer *self, const LacAnalysisColumn *column)
{
    for (guint w = 0; column->names[w] != NULL; w++) {
        gsize in_a = count_word(self->analysis, self->a, column, w);
        gsize in_b = count_word(self->analysis, self->b, column, w);
        g_autofree char *title = g_strdup_printf("%s: %s", column->title, column->names[w]);
        if (in_a + in_b > 0)
            add_row(self, title, "", make_share(in_a, self->a->n), make_share(in_b, self->b->n));
    }
}

// Means of numbers that only tell things apart say nothing.
static gboolean
is_number_of_thing(const LacAnalysisColumn *column)
{
    static const char *const NAMES[] = { "grain", "lattice", NULL };
    return g_strv_contains(NAMES, column->name);
}

static void
write_rows(Writer *self)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    add_species(self);
    for (gsize i = 0; i < n; i++)
        for (guint c = 0;
             lac_analysis_get(self->analysis, table[i]->node) != NULL && c < table[i]->n_columns;
             c++) {
            const LacAnalysisColumn *column = &table[i]->columns[c];
            if (column->names != NULL) {
                add_words(self, column);
                continue;
            }
            Mean a = get_mean(self->analysis, self->a, column);
            Mean b = get_mean(self->analysis, self->b, column);
            if (a.n + b.n > 0 && !is_number_of_thing(column))
                add_row(self, column->title, column->unit, a, b);
        }
}

static LacTable *
make_table(const LacAnalysis *analysis, const LacRegion *a, const LacRegion *b)
{
    Writer writer = { .analysis = analysis, .a = a, .b = b };
    Columns columns;
    write_rows(&writer);
    LacTable *table = lac_table_new("comparison", "Region A against region B",
        "a quantity: its mean over the atoms of each region with the standard error, the "
        "difference B - A with its error, that difference in errors, and how many atoms have it. "
        "Words are shares of the atoms. Neighbours count as independent",
        writer.row);
    columns.quantity = lac_table_add_texts(table, "quantity", "Quantity");
    columns.unit = lac_table_add_texts(table, "unit", "Unit");
    columns.a = lac_table_add_numbers(table, "a", "A", "", 5);
    columns.a_error = lac_table_add_numbers(table, "a_error", "± A", "", 2);
    columns.b = lac_table_add_numbers(table, "b", "B", "", 5);
    columns.b_error = lac_table_add_numbers(table, "b_error", "± B", "", 2);
    columns.difference = lac_table_add_numbers(table, "difference", "B − A", "", 4);
    columns.difference_error = lac_table_add_numbers(table, "difference_error", "± (B − A)", "", 2);
    columns.ratio = lac_table_add_numbers(table, "errors", "Errors apart", "", 3);
    columns.n_a = lac_table_add_numbers(table, "n_a", "Atoms of A", "", 0);
    columns.n_b = lac_table_add_numbers(table, "n_b", "Atoms of B", "", 0);
    writer.columns = &columns;
    writer.row = 0;
    write_rows(&writer);
    return table;
}

// --- planes

static gboolean
fit_plane(const LacAnalysis *analysis, const LacRegion *region, LacPlaneFit *fit)
{
    g_autofree LacVec3 *places = g_new(LacVec3, MAX(region->n, 1));
    const LacPoints *points = analysis->points;
    for (gsize i = 0; i < region->n; i++) {
        guint32 p = region->point[i];
        places[i] = (LacVec3){ points->x[p], points->y[p], points->z[p] };
    }
    return lac_plane_fit(places, region->n, fit);
}

static gboolean
add_plane(LacReportSection *section, const LacAnalysis *analysis, const LacRegion *region,
    const char *letter, LacPlaneFit *fit)
{
    if (!fit_plane(analysis, region, fit))
        return FALSE;
    g_autofree char *normal_key = g_strdup_printf("normal_%s", letter);
    g_autofree char *rms_key = g_strdup_printf("rms_%s", letter);
    g_autofree char *normal_title = g_strdup_printf("Normal of the plane of %s", letter);
    g_autofree char *rms_title = g_strdup_printf("Flatness of %s", letter);
    g_autofree char *normal = g_strdup_printf("%.4f, %.4f, %.4f ± %.2f°", fit->normal.x,
        fit->normal.y, fit->normal.z, fit->error_deg);
    lac_report_add_text(section, normal_key, normal_title, normal,
        "Of the plane of least squared distances from the atoms, with the standard error of its "
        "tilt");
    lac_report_add(section, rms_key, rms_title, fit->rms, 4, "Å",
        "Root mean square distance of the atoms from that plane");
    return TRUE;
}

/**
 * lac_regions_add_section:
 * @analysis: an analysis
 * @a: a region
 * @b: another, which may share atoms with it
 * @report: a report that is not published yet
 *
 * Compares the means of all columns over both regions, and the planes that lie best among their
 * atoms.
 *
 * Returns: (transfer none): the new section, called "regions"
 */
LacReportSection *
lac_regions_add_section(const LacAnalysis *analysis, const LacRegion *a, const LacRegion *b,
    LacReport *report)
{
    LacPlaneFit plane_a, plane_b;
    LacReportSection *section = lac_report_add_section(report, "regions", "Region against region",
        "Means of all columns over the atoms of two regions, with standard errors, and their "
        "difference; the angle between the planes that lie best among the atoms of each.");
    section->stale = analysis->stale != 0;
    lac_report_add_text(section, "a", "Region A", a->name, "How its atoms were chosen");
    lac_report_add_text(section, "b", "Region B", b->name, "How its atoms were chosen");
    lac_report_add(section, "n_a", "Atoms of A", (double) a->n, 0, "", "Atoms of the model");
    lac_report_add(section, "n_b", "Atoms of B", (double) b->n, 0, "", "Atoms of the model");
    gboolean has_a = add_plane(section, analysis, a, "A", &plane_a);
    gboolean has_b = add_plane(section, analysis, b, "B", &plane_b);
    if (has_a && has_b) {
        LacMeasure angle = lac_plane_angle(&plane_a, &plane_b);
        lac_report_add_error(section, "angle", "Angle between the planes", angle.value, angle.error,
            4, "°", "Between the planes of least squared distances, 0 to 90°");
    }
    g_ptr_array_add(section->tables, make_table(analysis, a, b));
    return section;
}
