// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen to be looked at with the analyses: a line, and two regions to compare.
#include "ui/session-private.h"

#include <string.h>

static const char *const letters[LAC_N_REGIONS] = { "A", "B" };

/**
 * lac_session_clear_chosen:
 * @self: a session that goes away, or gets other atoms
 */
void
lac_session_clear_chosen(LacSession *self)
{
    for (guint k = 0; k < LAC_N_REGIONS; k++) {
        g_clear_pointer(&self->regions[k], g_free);
        self->n_regions[k] = 0;
    }
    self->has_line = FALSE;
}

/**
 * lac_session_set_line:
 * @self: a session
 * @line: (nullable): a line to make profiles along; %NULL: none
 */
void
lac_session_set_line(LacSession *self, const LacLineParams *line)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    if (line == NULL && !self->has_line)
        return;
    self->has_line = line != NULL;
    if (line != NULL)
        self->line = *line;
    lac_session_emit(self, LAC_SESSION_CHOSEN_CHANGED);
}

/**
 * lac_session_get_line:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the line that profiles are made along
 */
const LacLineParams *
lac_session_get_line(LacSession *self)
{
    return self->has_line ? &self->line : NULL;
}

/**
 * lac_session_set_region:
 * @self: a session with atoms
 * @which: which of the two regions
 * @indices: (nullable) (array length=n): its atoms
 * @n: their number; 0: there is no such region any more
 */
void
lac_session_set_region(LacSession *self, LacRegionName which, const gsize *indices, gsize n)
{
    g_return_if_fail(LAC_IS_SESSION(self) && which < LAC_N_REGIONS);

    g_free(self->regions[which]);
    self->regions[which] = n > 0 ? g_memdup2(indices, n * sizeof *indices) : NULL;
    self->n_regions[which] = n;
    lac_session_emit(self, LAC_SESSION_CHOSEN_CHANGED);
}

/**
 * lac_session_count_region:
 * @self: a session
 * @which: which of the two regions
 *
 * Returns: the number of its atoms
 */
gsize
lac_session_count_region(LacSession *self, LacRegionName which)
{
    return self->n_regions[which];
}

/**
 * lac_session_dup_region:
 * @self: a session
 * @which: which of the two regions
 *
 * Returns: (transfer full) (nullable): those of its atoms that the newest analysis knows; %NULL
 *   without a region or an analysis
 */
LacRegion *
lac_session_dup_region(LacSession *self, LacRegionName which)
{
    const LacAnalysis *analysis = self->analysis;
    if (analysis == NULL || self->n_regions[which] == 0)
        return NULL;
    gsize n = analysis->points->atoms->n;
    g_autofree guint8 *chosen = g_new0(guint8, MAX(n, 1));
    for (gsize i = 0; i < self->n_regions[which]; i++)
        if (self->regions[which][i] < n)
            chosen[self->regions[which][i]] = 1;
    g_autofree char *name =
        g_strdup_printf("%" G_GSIZE_FORMAT " selected atoms", self->n_regions[which]);
    return lac_region_new(analysis, name, chosen);
}

// --- in the project

// "1-20,25", counted from 1
static char *
dup_ranges(const gsize *indices, gsize n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < n;) {
        gsize last = i;
        while (last + 1 < n && indices[last + 1] == indices[last] + 1)
            last++;
        g_string_append_printf(text, "%s%" G_GSIZE_FORMAT, i > 0 ? "," : "", indices[i] + 1);
        if (last > i)
            g_string_append_printf(text, "-%" G_GSIZE_FORMAT, indices[last] + 1);
        i = last + 1;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static GArray *
read_ranges(const char *text, gsize n_atoms)
{
    GArray *indices = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_auto(GStrv) ends = g_strsplit(parts[i], "-", 2);
        guint64 first, last;
        if (ends[0] == NULL || !g_ascii_string_to_unsigned(ends[0], 10, 1, n_atoms, &first, NULL))
            continue;
        last = first;
        if (ends[1] != NULL)
            g_ascii_string_to_unsigned(ends[1], 10, first, n_atoms, &last, NULL);
        for (guint64 k = first; k <= last && indices->len < n_atoms; k++) {
            gsize index = (gsize) k - 1;
            g_array_append_val(indices, index);
        }
    }
    return indices;
}

/**
 * lac_session_store_chosen:
 * @self: a session
 *
 * Writes the line and the regions into what the views keep.
 */
void
lac_session_store_chosen(LacSession *self)
{
    JsonObject *chosen = json_object_new();
    if (self->has_line) {
        const LacLineParams *line = &self->line;
        const double numbers[] = { line->a.x, line->a.y, line->a.z, line->b.x, line->b.y, line->b.z,
            line->radius, line->step, line->whole ? 1.0 : 0.0 };
        JsonArray *array = json_array_sized_new(G_N_ELEMENTS(numbers));
        for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
            json_array_add_double_element(array, numbers[i]);
        json_object_set_array_member(chosen, "line", array);
    }
    for (guint k = 0; k < LAC_N_REGIONS; k++) {
        g_autofree char *ranges = dup_ranges(self->regions[k], self->n_regions[k]);
        if (self->n_regions[k] > 0)
            json_object_set_string_member(chosen, letters[k], ranges);
    }
    json_object_set_object_member(self->views, "chosen", chosen);
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
    }
    *line = (LacLineParams){ .a = { v[0], v[1], v[2] },
        .b = { v[3], v[4], v[5] },
        .radius = v[6],
        .step = v[7],
        .whole = v[8] != 0.0 };
    return v[6] > 0.0 && v[7] > 0.0;
}

/**
 * lac_session_restore_chosen:
 * @self: a session that has just been given a project with its views
 *
 * The opposite; what is missing or wrong is left out.
 */
void
lac_session_restore_chosen(LacSession *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self);
    JsonNode *node = json_object_get_member(self->views, "chosen");
    lac_session_clear_chosen(self);
    if (node != NULL && JSON_NODE_HOLDS_OBJECT(node)) {
        JsonObject *chosen = json_node_get_object(node);
        self->has_line = read_line(chosen, &self->line);
        for (guint k = 0; k < LAC_N_REGIONS && atoms != NULL; k++) {
            const char *text = json_object_get_string_member_with_default(chosen, letters[k], "");
            g_autoptr(GArray) indices = read_ranges(text, atoms->n);
            self->n_regions[k] = indices->len;
            self->regions[k] = indices->len > 0
                ? (gsize *) (gpointer) g_array_free(g_steal_pointer(&indices), FALSE)
                : NULL;
        }
    }
    lac_session_emit(self, LAC_SESSION_CHOSEN_CHANGED);
}
