// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/chosen.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define MEMBER "chosen" // of what the views keep in the project

static const char *const letters[LAC_N_REGIONS] = { "A", "B" };

/**
 * lac_chosen_new:
 * @from: (nullable): what was chosen before
 *
 * Returns: (transfer full): a copy of it, to be changed before others see it; or nothing chosen
 */
LacChosen *
lac_chosen_new(const LacChosen *from)
{
    LacChosen *self = g_new0(LacChosen, 1);
    g_atomic_ref_count_init(&self->ref_count);
    if (from == NULL)
        return self;
    self->has_line = from->has_line;
    self->line = from->line;
    for (guint k = 0; k < LAC_N_REGIONS; k++)
        lac_chosen_set_region(self, k, from->regions[k].atoms, from->regions[k].n);
    return self;
}

/**
 * lac_chosen_set_line:
 * @self: what is chosen, not published yet
 * @line: (nullable): a line to make profiles along; %NULL: none
 */
void
lac_chosen_set_line(LacChosen *self, const LacLineParams *line)
{
    self->has_line = line != NULL;
    if (line != NULL)
        self->line = *line;
}

/**
 * lac_chosen_set_region:
 * @self: what is chosen, not published yet
 * @which: which of the two regions
 * @atoms: (nullable) (array length=n): its atoms, as they are counted in the model
 * @n: their number; 0: there is no such region
 */
void
lac_chosen_set_region(LacChosen *self, LacRegionName which, const gsize *atoms, gsize n)
{
    gsize *copy = n > 0 ? g_memdup2(atoms, n * sizeof *atoms) : NULL;
    g_free(self->regions[which].atoms);
    self->regions[which].atoms = copy;
    self->regions[which].n = n;
}

/**
 * lac_chosen_ref:
 * @self: what is chosen
 *
 * Returns: (transfer full): @self with one more reference
 */
LacChosen *
lac_chosen_ref(LacChosen *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_chosen_unref:
 * @self: (nullable) (transfer full): what is chosen
 */
void
lac_chosen_unref(LacChosen *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    for (guint k = 0; k < LAC_N_REGIONS; k++)
        g_free(self->regions[k].atoms);
    g_free(self);
}

/**
 * lac_chosen_dup_region:
 * @self: what is chosen
 * @which: which of the two regions
 * @analysis: an analysis
 *
 * Returns: (transfer full) (nullable): those of its atoms that the analysis knows; %NULL where no
 *   such region was chosen
 */
LacRegion *
lac_chosen_dup_region(const LacChosen *self, LacRegionName which, const LacAnalysis *analysis)
{
    gsize n = self->regions[which].n, n_atoms = analysis->points->atoms->n;
    if (n == 0)
        return NULL;
    g_autofree guint8 *chosen = g_new0(guint8, MAX(n_atoms, 1));
    for (gsize i = 0; i < n; i++)
        if (self->regions[which].atoms[i] < n_atoms)
            chosen[self->regions[which].atoms[i]] = 1;
    g_autofree char *name = g_strdup_printf("%" G_GSIZE_FORMAT " selected atoms", n);
    return lac_region_new(analysis, name, chosen);
}

/**
 * lac_chosen_add_sections:
 * @self: what is chosen
 * @analysis: an analysis
 * @report: a report that is not published yet
 * @error: return location for a #GError
 *
 * Adds the profile along the line, and the comparison of the regions where there are both.
 *
 * Returns: %FALSE with @error set if the line is none
 */
gboolean
lac_chosen_add_sections(const LacChosen *self, const LacAnalysis *analysis, LacReport *report,
    GError **error)
{
    if (self->has_line && lac_line_add_section(analysis, &self->line, report, error) == NULL)
        return FALSE;
    g_autoptr(LacRegion) a = lac_chosen_dup_region(self, LAC_REGION_A, analysis);
    g_autoptr(LacRegion) b = lac_chosen_dup_region(self, LAC_REGION_B, analysis);
    if (a != NULL && b != NULL)
        lac_regions_add_section(analysis, a, b, report);
    return TRUE;
}

// --- as a text

// "1-20,25", counted from 1
static char *
dup_ranges(const gsize *atoms, gsize n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < n;) {
        gsize last = i;
        while (last + 1 < n && atoms[last + 1] == atoms[last] + 1)
            last++;
        g_string_append_printf(text, "%s%" G_GSIZE_FORMAT, i > 0 ? "," : "", atoms[i] + 1);
        if (last > i)
            g_string_append_printf(text, "-%" G_GSIZE_FORMAT, atoms[last] + 1);
        i = last + 1;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/**
 * lac_chosen_dup_text:
 * @self: what is chosen
 *
 * Returns: (transfer full): it as a JSON object: "line" with the ends, radius, step [Å] and whether
 *   it goes on through the particle; "A" and "B" with ranges of atoms, counted from 1
 */
char *
lac_chosen_dup_text(const LacChosen *self)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    json_node_take_object(node, object);
    if (self->has_line) {
        const LacLineParams *line = &self->line;
        const double numbers[] = { line->a.x, line->a.y, line->a.z, line->b.x, line->b.y, line->b.z,
            line->radius, line->step, line->whole ? 1.0 : 0.0 };
        JsonArray *array = json_array_sized_new(G_N_ELEMENTS(numbers));
        for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
            json_array_add_double_element(array, numbers[i]);
        json_object_set_array_member(object, "line", array);
    }
    for (guint k = 0; k < LAC_N_REGIONS; k++) {
        g_autofree char *ranges = dup_ranges(self->regions[k].atoms, self->regions[k].n);
        if (self->regions[k].n > 0)
            json_object_set_string_member(object, letters[k], ranges);
    }
    return json_to_string(node, FALSE);
}

static void
read_ranges(LacChosen *self, LacRegionName which, const char *text, gsize n_atoms)
{
    g_autoptr(GArray) atoms = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_auto(GStrv) ends = g_strsplit(parts[i], "-", 2);
        guint64 first, last;
        if (ends[0] == NULL || !g_ascii_string_to_unsigned(ends[0], 10, 1, n_atoms, &first, NULL))
            continue;
        last = first;
        if (ends[1] != NULL)
            g_ascii_string_to_unsigned(ends[1], 10, first, n_atoms, &last, NULL);
        for (guint64 k = first; k <= last && atoms->len < n_atoms; k++) {
            gsize index = (gsize) k - 1;
            g_array_append_val(atoms, index);
        }
    }
    lac_chosen_set_region(self, which, (const gsize *) (gconstpointer) atoms->data, atoms->len);
}

static gboolean
read_line(JsonObject *chosen, LacLineParams *line)
{
    JsonNode *node = json_object_get_member(chosen, "line");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return FALSE;
    JsonArray *array = json_node_get_array(node);
    double v[9];
    if (json_array_get_length(array) != G_N_ELEMENTS(v))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(v); i++) {
        JsonNode *number = json_array_get_element(array, i);
        v[i] = JSON_NODE_HOLDS_VALUE(number) ? json_node_get_double(number) : 0.0;
        if (!isfinite(v[i]))
            return FALSE;
    }
    *line = (LacLineParams){ .a = { v[0], v[1], v[2] },
        .b = { v[3], v[4], v[5] },
        .radius = v[6],
        .step = v[7],
        .whole = v[8] != 0.0 };
    return v[6] > 0.0 && v[7] > 0.0;
}

/**
 * lac_chosen_read_views:
 * @views: (nullable): what the views keep in a project, a JSON object
 * @n_atoms: of the model
 *
 * Returns: (transfer full) (nullable): what is chosen there; what is missing or wrong is left out,
 *   and %NULL is nothing at all
 */
LacChosen *
lac_chosen_read_views(const char *views, gsize n_atoms)
{
    g_autoptr(JsonNode) root = views != NULL ? json_from_string(views, NULL) : NULL;
    JsonNode *node = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
        ? json_object_get_member(json_node_get_object(root), MEMBER)
        : NULL;
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return NULL;
    JsonObject *chosen = json_node_get_object(node);
    g_autoptr(LacChosen) self = lac_chosen_new(NULL);
    self->has_line = read_line(chosen, &self->line);
    for (guint k = 0; k < LAC_N_REGIONS; k++) {
        JsonNode *ranges = json_object_get_member(chosen, letters[k]);
        const char *text =
            ranges != NULL && JSON_NODE_HOLDS_VALUE(ranges) ? json_node_get_string(ranges) : NULL;
        if (text != NULL)
            read_ranges(self, k, text, n_atoms);
    }
    gboolean is_empty = !self->has_line && self->regions[0].n + self->regions[1].n == 0;
    return is_empty ? NULL : g_steal_pointer(&self);
}
