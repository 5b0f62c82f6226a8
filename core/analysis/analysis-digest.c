// SPDX-License-Identifier: GPL-3.0-or-later
// What results were computed from, in one line, so that older ones are recognised.
#include "core/analysis/analysis-table.h"

#include <string.h>

static void
add_bytes(GChecksum *checksum, gconstpointer data, gsize n)
{
    const guchar *bytes = data;
    while (n > 0) { // in pieces that fit the length's type
        gssize piece = (gssize) MIN(n, (gsize) 1 << 30);
        g_checksum_update(checksum, bytes, piece);
        bytes += piece;
        n -= (gsize) piece;
    }
}

static char *
digest_points(const LacPoints *points)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    add_bytes(checksum, points->x, points->n * sizeof *points->x);
    add_bytes(checksum, points->y, points->n * sizeof *points->y);
    add_bytes(checksum, points->z, points->n * sizeof *points->z);
    add_bytes(checksum, points->species, points->n * sizeof *points->species);
    add_bytes(checksum, points->index, points->n * sizeof *points->index);
    const double *by_hand = lac_atoms_get_column(points->atoms, LAC_COLUMN_PHASE_BY_HAND);
    if (by_hand != NULL)
        add_bytes(checksum, by_hand, points->atoms->n * sizeof *by_hand);
    for (char **name = points->atoms->species_names; *name != NULL; name++)
        add_bytes(checksum, *name, strlen(*name) + 1);
    return g_strdup(g_checksum_get_string(checksum));
}

static char *
digest_volume(const LacVolume *volume)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const gsize shape[] = { volume->nz, volume->ny, volume->nx };
    add_bytes(checksum, shape, sizeof shape);
    add_bytes(checksum, &volume->voxel_size, sizeof volume->voxel_size);
    add_bytes(checksum, &volume->origin, sizeof volume->origin);
    add_bytes(checksum, volume->data, lac_volume_get_size(volume) * sizeof *volume->data);
    return g_strdup(g_checksum_get_string(checksum));
}

static guint64
find_ancestors(LacAnalysisNode node)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    guint64 bits = LAC_ANALYSIS_BIT(node);
    for (gsize i = node + 1; i-- > 0;)
        if (bits & LAC_ANALYSIS_BIT(i))
            bits |= table[i]->needs | table[i]->uses;
    return bits;
}

static char *
digest_node(const LacAnalysisParams *params, LacAnalysisNode node, const char *points,
    const char *volume)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    guint64 bits = find_ancestors(node);
    g_autoptr(GString) text = g_string_new(points);
    for (gsize i = 0; i < n; i++) {
        if (!(bits & LAC_ANALYSIS_BIT(i)))
            continue;
        if (table[i]->volume != LAC_ANALYSIS_NO_VOLUME)
            g_string_append_printf(text, "\n%s: volume %s", table[i]->id, volume);
        for (guint p = 0; p < table[i]->n_params; p++) {
            g_autofree char *value = lac_param_dup_text(&table[i]->params[p], params);
            g_string_append_printf(text, "\n%s=%s", table[i]->params[p].key, value);
        }
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

static char *
digest_volume_if_used(const LacVolume *volume, guint64 which)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    guint64 bits = 0;
    for (gsize i = 0; i < n; i++)
        if (which & LAC_ANALYSIS_BIT(i))
            bits |= find_ancestors((LacAnalysisNode) i);
    for (gsize i = 0; volume != NULL && i < n; i++)
        if ((bits & LAC_ANALYSIS_BIT(i)) && table[i]->volume != LAC_ANALYSIS_NO_VOLUME)
            return digest_volume(volume);
    return g_strdup("none");
}

static guint64
find_sections(const LacReport *report)
{
    guint64 which = 0;
    for (guint i = 0; i < report->sections->len; i++) {
        const LacReportSection *section = report->sections->pdata[i];
        const LacAnalysisInfo *info = lac_analysis_find(section->id);
        if (info != NULL)
            which |= LAC_ANALYSIS_BIT(info->node);
    }
    return which;
}

/**
 * lac_analysis_add_digests:
 * @self: the analysis that @report is of
 * @report: a report that is not published yet
 *
 * Notes in each section what it was computed from: a SHA-256 of the atoms, of the volume where it
 * plays a part, and of all parameters. A large volume takes a second.
 */
void
lac_analysis_add_digests(const LacAnalysis *self, LacReport *report)
{
    g_autofree char *points = digest_points(self->points);
    g_autofree char *volume = digest_volume_if_used(self->volume, find_sections(report));
    for (guint i = 0; i < report->sections->len; i++) {
        LacReportSection *section = report->sections->pdata[i];
        const LacAnalysisInfo *info = lac_analysis_find(section->id);
        if (info == NULL)
            continue;
        g_free(section->digest);
        section->digest = digest_node(&self->params, info->node, points, volume);
    }
}

/**
 * lac_analysis_find_stale:
 * @report: an older report with digests
 * @points: the atoms as they are now
 * @volume: (nullable): the volume as it is now
 * @params: the parameters as they are now
 *
 * Compares what the sections were computed from with what is there now. Computes no result.
 *
 * Returns: bits of the nodes whose section is older than its inputs, or has no digest
 */
guint64
lac_analysis_find_stale(const LacReport *report, const LacPoints *points, const LacVolume *volume,
    const LacAnalysisParams *params)
{
    guint64 stale = 0;
    g_autofree char *points_digest = digest_points(points);
    g_autofree char *volume_digest = digest_volume_if_used(volume, find_sections(report));
    for (guint i = 0; i < report->sections->len; i++) {
        const LacReportSection *section = report->sections->pdata[i];
        const LacAnalysisInfo *info = lac_analysis_find(section->id);
        if (info == NULL)
            continue;
        g_autofree char *digest = digest_node(params, info->node, points_digest, volume_digest);
        if (section->stale || !g_str_equal(section->digest, digest))
            stale |= LAC_ANALYSIS_BIT(info->node);
    }
    return stale;
}

/**
 * lac_analysis_read_params:
 * @report: a report
 * @params: (inout): takes the parameters of all its sections
 *
 * What the report does not know, or what is out of range, stays as it is.
 */
void
lac_analysis_read_params(const LacReport *report, LacAnalysisParams *params)
{
    for (guint i = 0; i < report->sections->len; i++) {
        const LacReportSection *section = report->sections->pdata[i];
        for (guint p = 0; p < section->parameters->len; p++) {
            const LacReportItem *item = section->parameters->pdata[p];
            if (item->text != NULL)
                lac_analysis_params_set(params, item->key, item->text, NULL);
        }
    }
}
