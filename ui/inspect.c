// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect.h"

#include "core/data/table.h"
#include "ui/render/result-meshes.h"

#include <math.h>
#include <string.h>

#define ROUNDING    1e-9 // what differs by less does not differ
#define MOST_THINGS 4    // grains that are named

static char *
dup_with_unit(const char *value, const char *unit)
{
    if (unit == NULL || *unit == '\0')
        return g_strdup(value);
    return g_strdup_printf("%s%s%s", value, g_str_equal(unit, "°") ? "" : " ", unit);
}

/**
 * lac_inspect_dup_value:
 * @analysis: an analysis with a result for @column
 * @column: from its table
 * @point: of the analysis
 *
 * Returns: (transfer full) (nullable): the number with its unit, or the word, as the report has
 *     it; %NULL where it is undefined
 */
char *
lac_inspect_dup_value(const LacAnalysis *analysis, const LacAnalysisColumn *column, gsize point)
{
    double value = column->get(analysis, point);
    guint n = 0;
    if (!isfinite(value))
        return NULL;
    while (column->names != NULL && column->names[n] != NULL)
        n++;
    if (column->names != NULL)
        return g_strdup(value >= 0.0 && value < n ? column->names[(guint) value] : "");
    g_autofree char *number =
        lac_format_number(fabs(value) < ROUNDING ? 0.0 : value, column->digits);
    return dup_with_unit(number, column->unit);
}

/**
 * lac_inspect_atom:
 * @analysis: an analysis
 * @index: an atom of the model
 * @list: gets everything that is known of it
 */
void
lac_inspect_atom(const LacAnalysis *analysis, gsize index, LacFactList *list)
{
    const LacPoints *points = analysis->points;
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    if (index >= points->atoms->n || points->rank[index] == G_MAXUINT32)
        return;
    for (gsize i = 0; i < n; i++)
        for (guint c = 0;
             lac_analysis_get(analysis, (LacAnalysisNode) i) != NULL && c < table[i]->n_columns;
             c++) {
            const LacAnalysisColumn *column = &table[i]->columns[c];
            g_autofree char *value = lac_inspect_dup_value(analysis, column, points->rank[index]);
            if (value != NULL && *value != '\0')
                lac_fact_list_add(list, column->title, value, column->definition);
        }
}

// The points of the atoms that the analysis knows.
static guint32 *
dup_points(const LacPoints *points, const gsize *indices, gsize n, gsize *n_known)
{
    guint32 *known = g_new(guint32, MAX(n, 1));
    *n_known = 0;
    for (gsize i = 0; i < n; i++)
        if (indices[i] < points->atoms->n && points->rank[indices[i]] != G_MAXUINT32)
            known[(*n_known)++] = points->rank[indices[i]];
    return known;
}

// Numbers that only tell things apart have no mean: how many atoms are of which.
static gboolean
is_number_of_thing(const LacAnalysisColumn *column)
{
    static const char *const NAMES[] = { "grain", "lattice", NULL };
    return g_strv_contains(NAMES, column->name);
}

static void
add_things(const LacAnalysis *analysis, const LacAnalysisColumn *column, const guint32 *known,
    gsize n, LacFactList *list)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, TRUE, sizeof(gsize));
    g_autoptr(GString) text = g_string_new(NULL);
    gsize n_things = 0, n_without = 0;
    for (gsize i = 0; i < n; i++) {
        double value = column->get(analysis, known[i]);
        if (!(value >= 0.0 && value < 1e6)) {
            n_without++;
            continue;
        }
        if ((guint) value >= counts->len)
            g_array_set_size(counts, (guint) value + 1);
        g_array_index(counts, gsize, (guint) value)++;
    }
    for (guint k = 0; k < counts->len; k++) {
        gsize count = g_array_index(counts, gsize, k);
        if (count == 0 || n_things++ >= MOST_THINGS)
            continue;
        g_string_append_printf(text, "%s%u", text->len > 0 ? ", " : "", k);
        if (count < n)
            g_string_append_printf(text, " (%'" G_GSIZE_FORMAT " atoms)", count);
    }
    if (n_things > MOST_THINGS)
        g_string_append_printf(text, ", %'" G_GSIZE_FORMAT " more", n_things - MOST_THINGS);
    if (n_things > 0 && n_without > 0)
        g_string_append_printf(text, ", none (%'" G_GSIZE_FORMAT " atoms)", n_without);
    if (text->len > 0)
        lac_fact_list_add(list, column->title, text->str, column->definition);
}

static void
add_mean(const LacAnalysis *analysis, const LacAnalysisColumn *column, const guint32 *known,
    gsize n, LacFactList *list)
{
    double sum = 0.0, squares = 0.0;
    gsize count = 0;
    for (gsize i = 0; i < n; i++) {
        double value = column->get(analysis, known[i]);
        if (!isfinite(value))
            continue;
        sum += value;
        squares += value * value;
        count++;
    }
    if (count == 0)
        return;
    double mean = sum / (double) count;
    double spread = sqrt(MAX(squares / (double) count - mean * mean, 0.0));
    g_autofree char *number = lac_format_error(mean, spread, column->digits);
    g_autofree char *text = dup_with_unit(number, column->unit);
    lac_fact_list_add(list, column->title, text, column->definition);
}

static void
add_counts(const LacAnalysis *analysis, const LacAnalysisColumn *column, const guint32 *known,
    gsize n, LacFactList *list)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint k = 0; column->names[k] != NULL; k++) {
        gsize count = 0;
        for (gsize i = 0; i < n; i++)
            count += column->get(analysis, known[i]) == k;
        if (count == n)
            g_string_append_printf(text, "all %s", column->names[k]);
        else if (count > 0)
            g_string_append_printf(text, "%s%'" G_GSIZE_FORMAT " %s", text->len > 0 ? ", " : "",
                count, column->names[k]);
    }
    if (text->len > 0)
        lac_fact_list_add(list, column->title, text->str, column->definition);
}

/**
 * lac_inspect_atoms:
 * @analysis: an analysis
 * @indices: (array length=n): atoms of the model
 * @n: their number
 * @list: gets means with standard deviations, if there are any, and how many are of which kind
 */
void
lac_inspect_atoms(const LacAnalysis *analysis, const gsize *indices, gsize n, LacFactList *list)
{
    gsize n_nodes, n_known;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n_nodes);
    g_autofree guint32 *known = dup_points(analysis->points, indices, n, &n_known);
    for (gsize i = 0; i < n_nodes; i++)
        for (guint c = 0;
             lac_analysis_get(analysis, (LacAnalysisNode) i) != NULL && c < table[i]->n_columns;
             c++) {
            const LacAnalysisColumn *column = &table[i]->columns[c];
            if (column->names != NULL)
                add_counts(analysis, column, known, n_known, list);
            else if (is_number_of_thing(column))
                add_things(analysis, column, known, n_known, list);
            else
                add_mean(analysis, column, known, n_known, list);
        }
}

static void
free_table(gpointer table)
{
    lac_table_free(table);
}

static void
free_tables(gpointer tables)
{
    g_ptr_array_unref(tables);
}

struct LacInspector {
    LacAnalysis *analysis; // (nullable) whose tables they are
    GHashTable *tables;    // of GPtrArray of LacTable, by node
};

/**
 * lac_inspector_new:
 *
 * Returns: (transfer full): what keeps tables of an analysis, so that they are made once and not at
 *     each click
 */
LacInspector *
lac_inspector_new(void)
{
    LacInspector *self = g_new0(LacInspector, 1);
    self->tables = g_hash_table_new_full(NULL, NULL, NULL, free_tables);
    return self;
}

/**
 * lac_inspector_free:
 * @self: (nullable) (transfer full): an inspector
 */
void
lac_inspector_free(LacInspector *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->analysis, lac_analysis_unref);
    g_hash_table_unref(self->tables);
    g_free(self);
}

/**
 * lac_inspector_set_analysis:
 * @self: an inspector
 * @analysis: (nullable): what is looked at from now on
 */
void
lac_inspector_set_analysis(LacInspector *self, LacAnalysis *analysis)
{
    if (analysis == self->analysis)
        return;
    g_clear_pointer(&self->analysis, lac_analysis_unref);
    g_hash_table_remove_all(self->tables);
    self->analysis = analysis != NULL ? lac_analysis_ref(analysis) : NULL;
}

// (nullable)
static const GPtrArray *
get_tables(LacInspector *self, LacAnalysisNode node)
{
    gsize n;
    const LacAnalysisInfo *info = lac_analysis_table(&n)[node];
    GPtrArray *tables = g_hash_table_lookup(self->tables, GUINT_TO_POINTER(node));
    if (tables != NULL || info->tables == NULL || lac_analysis_get(self->analysis, node) == NULL)
        return tables;
    tables = g_ptr_array_new_with_free_func(free_table);
    info->tables(self->analysis, tables);
    g_hash_table_insert(self->tables, GUINT_TO_POINTER(node), tables);
    return tables;
}

// What the short titles of tables mean, where there is room to say it. No words: left out.
static const struct {
    const char *table, *column, *words, *definition;
} terms[] = {
    { "pores", "pore", NULL, NULL },
    { "pores", "open", "To the outside",
        "Open: a ball of the open radius can leave it through the particle's surface" },
    { "pores", "host", "In", "Phase of most atoms of its wall; interface: of both" },
    { "pores", "volume", "Volume", "Gibbs volume: what the missing atoms filled" },
    { "pores", "diameter", "Equivalent diameter", "Of a ball of the same volume" },
    { "pores", "radius", "Radius of the largest ball", "That fits between the atom centres" },
    { "pores", "area", "Area", "Of the surface through the centres of its wall's atoms" },
    { "pores", "sphericity", "Sphericity", "pi^(1/3) (6 V)^(2/3) / A: 1 for a ball" },
    { "pores", "neck", "Radius of its neck", "Largest ball that can leave to the outside" },
    { "pores", "depth", "Depth", "Of its middle below the surface of the particle" },
    { "pores", "interface", "Distance to the interface", "Of its middle; negative in the metal" },
    { "pores", "interface_wall", "Its wall to the interface", "Of the nearest place of its wall" },
    { "pores", "metal_share", "Share of metal in its wall", "Of the atoms of the wall" },
    { "pores", "wall_volume", "Volume to atom centres", "Up to the centres of its wall's atoms" },
    { "pores", "free_volume", "Free volume", "Outside the spheres of atoms" },
    { "pores", "delaunay_volume", "Delaunay volume", "Of the empty Delaunay cells" },
    { "sites", "verdict", "Verdict", "By the volume where there is one, else by geometry alone" },
    { "sites", "support", "Occupied neighbours", "Sites next to it that have an atom" },
    { "sites", "spread", "Spread of its place", "Of where its neighbours expect the atom" },
    { "sites", "level", "Volume at the site", "Mean of the volume in a ball" },
    { "sites", "interface", "Distance to the interface", "Negative in the metal" },
    { "types", "faces", "Metal faces", "What is on the other side of this part" },
    { "types", "share", "Share of the interface", "Of its area" },
    { "types", "curvature", "Mean curvature", "Positive where the metal bulges out" },
    { "types", "plane_rms", "Off its best plane, rms", "Root mean square distance" },
    { "types", "atoms", "Interface atoms", "Of the metal, at this part" },
    { "junctions", "faces", NULL, NULL },
    { "junctions", "area", NULL, NULL },
    { "junctions", "word", "Joined", "Coherent, semicoherent or incoherent" },
    { "junctions", "spacing", "Distance of dislocations", "That the misfit asks for" },
    { "junctions", "rotation", "Misorientation", "Smallest rotation between both crystals" },
    { "facets", "family", "Family of planes", "The nearest of low indices" },
    { "facets", "off", "Off that family", "Angle between both normals" },
};

// Three columns x, y, z are one line; returns how many columns were taken.
static guint
add_place(const LacTable *table, guint c, gsize row, LacFactList *list)
{
    static const char *const names[][4] = { { "x", "y", "z", "Position x, y, z" },
        { "normal_x", "normal_y", "normal_z", "Normal x, y, z" } };
    for (guint k = 0; k < G_N_ELEMENTS(names); k++) {
        const LacTableColumn *xyz[3];
        for (guint d = 0; d < 3; d++)
            xyz[d] = c + d < table->columns->len ? table->columns->pdata[c + d] : NULL;
        if (xyz[2] == NULL || !g_str_equal(xyz[0]->name, names[k][0]) ||
            !g_str_equal(xyz[1]->name, names[k][1]) || !g_str_equal(xyz[2]->name, names[k][2]))
            continue;
        int decimals = k == 0 ? 2 : 3;
        g_autofree char *numbers = g_strdup_printf("%.*f, %.*f, %.*f", decimals,
            xyz[0]->values[row], decimals, xyz[1]->values[row], decimals, xyz[2]->values[row]);
        g_autofree char *text = dup_with_unit(numbers, xyz[0]->unit);
        lac_fact_list_add(list, names[k][3], text, table->definition);
        return 3;
    }
    return 0;
}

static guint
add_cell(const LacTable *table, guint c, gsize row, LacFactList *list)
{
    const LacTableColumn *column = g_ptr_array_index(table->columns, c);
    guint n_taken = add_place(table, c, row, list);
    if (n_taken > 0)
        return n_taken;
    const char *words = column->title, *definition = table->definition;
    for (guint k = 0; k < G_N_ELEMENTS(terms); k++)
        if (g_str_equal(terms[k].table, table->id) && g_str_equal(terms[k].column, column->name)) {
            words = terms[k].words;
            definition = terms[k].definition;
        }
    g_autofree char *cell = lac_table_dup_cell(table, c, row);
    g_autofree char *text = dup_with_unit(cell, column->unit);
    gboolean is_known = column->texts != NULL ? *cell != '\0' : isfinite(column->values[row]);
    if (words != NULL && is_known)
        lac_fact_list_add(list, words, text, definition);
    return 1;
}

static gboolean
inspect_row(LacInspector *self, LacAnalysisNode node, const char *table, gsize row,
    LacFactList *list)
{
    const GPtrArray *tables = get_tables(self, node);
    for (guint i = 0; tables != NULL && i < tables->len; i++) {
        const LacTable *found = g_ptr_array_index(tables, i);
        if (!g_str_equal(found->id, table) || row >= found->n_rows)
            continue;
        for (guint c = 0; c < found->columns->len;)
            c += add_cell(found, c, row, list);
        return TRUE;
    }
    return FALSE;
}

// Where the rows of a kind of thing stand.
static const struct {
    const char *node, *table, *title;
} things[] = {
    [LAC_PICKED_NONE] = { NULL, NULL, "Nothing" },
    [LAC_PICKED_PORE] = { "pores", "pores", "Pore" },
    [LAC_PICKED_VACANCY] = { "vacancies", "sites", "Vacancy" },
    [LAC_PICKED_INTERFACE] = { "interface", "types", "Interface, part" },
    [LAC_PICKED_SURFACE] = { "surface", "facets", "Facet" },
};

/**
 * lac_inspect_dup_title:
 * @picked: what is looked at
 *
 * Returns: (transfer full): what it is called, counted from 1
 */
char *
lac_inspect_dup_title(const LacPicked *picked)
{
    if (picked->index == G_MAXSIZE)
        return g_strdup(things[picked->kind].title);
    return g_strdup_printf("%s %" G_GSIZE_FORMAT, things[picked->kind].title, picked->index + 1);
}

static void
add_number(LacFactList *list, const char *name, double value, guint digits, const char *unit,
    const char *definition)
{
    if (!isfinite(value))
        return;
    g_autofree char *number = lac_format_number(value, digits);
    g_autofree char *text = dup_with_unit(number, unit);
    lac_fact_list_add(list, name, text, definition);
}

// What the row of a vacancy does not say.
static void
inspect_vacancy(const LacAnalysis *analysis, gsize index, LacFactList *list)
{
    const LacVacancies *vacancies = lac_result_get_vacancies(analysis);
    if (vacancies == NULL || index >= vacancies->n)
        return;
    const LacVacancy *site = &vacancies->sites[index];
    add_number(list, "Nearest atom", site->nearest, 4, "Å", NULL);
    lac_fact_list_add(list, "Phase", lac_phase_get_name(site->phase), "Of the lattice");
    if (site->cluster < vacancies->n_clusters)
        add_number(list, "Vacancies in its cluster", (double) vacancies->clusters[site->cluster].n,
            0, "", "Vacancies nearer to each other than 1.25 spacings");
}

// How the crystals of a part of the interface are joined: its row has the name of what it faces.
static void
inspect_junction(LacInspector *self, LacFactList *list)
{
    const LacAnalysisInfo *info = lac_analysis_find("coherency");
    g_autofree char *faces = g_strdup(lac_fact_list_get(list, "Metal faces"));
    const GPtrArray *tables = info != NULL ? get_tables(self, info->node) : NULL;
    for (guint i = 0; faces != NULL && tables != NULL && i < tables->len; i++) {
        const LacTable *table = g_ptr_array_index(tables, i);
        const LacTableColumn *names = lac_table_find(table, "faces");
        if (!g_str_equal(table->id, "junctions") || names == NULL)
            continue;
        for (gsize row = 0; row < table->n_rows; row++)
            if (strstr(faces, names->texts[row]) != NULL) {
                lac_fact_list_add_heading(list, "How both crystals are joined");
                inspect_row(self, info->node, "junctions", row, list);
                return;
            }
    }
}

/**
 * lac_inspect_picked:
 * @self: an inspector with an analysis
 * @picked: a thing that is no atom
 * @list: gets everything that is known of it
 */
void
lac_inspect_picked(LacInspector *self, const LacPicked *picked, LacFactList *list)
{
    const LacAnalysisInfo *info =
        things[picked->kind].node != NULL ? lac_analysis_find(things[picked->kind].node) : NULL;
    g_autofree char *position = g_strdup_printf("%.2f, %.2f, %.2f Å", picked->position.x,
        picked->position.y, picked->position.z);
    if (info != NULL)
        inspect_row(self, info->node, things[picked->kind].table, picked->index, list);
    if (picked->kind == LAC_PICKED_VACANCY)
        inspect_vacancy(self->analysis, picked->index, list);
    if (picked->kind == LAC_PICKED_INTERFACE || picked->kind == LAC_PICKED_SURFACE)
        lac_fact_list_add(list, "Clicked at x, y, z", position, NULL);
    if (picked->kind == LAC_PICKED_INTERFACE)
        inspect_junction(self, list);
}
