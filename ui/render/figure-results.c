// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure-results.h"

#include "core/error.h"
#include "ui/render/figure-chart.h"
#include "ui/render/result-meshes.h"
#include "ui/render/result-values.h"

struct LacFigureResults {
    LacAnalysis *analysis;
    LacMeshSet *meshes; // (nullable)
    LacMarker *markers; // (nullable)
    gsize n_markers;
    double *numbers; // (nullable)
    char **words;    // (nullable) what whole numbers are called
    LacAtomValues values;
};

static gboolean
is_shown(const LacFigure *figure, LacResultKind kind)
{
    return kind < LAC_N_RESULT_SURFACES ? figure->scene.meshes.groups[kind].shown
                                        : figure->vacancies;
}

static LacResultColor
get_color(const LacFigure *figure)
{
    return (LacResultColor) figure->scene.meshes.groups[LAC_RESULT_INTERFACE].colors;
}

// The column of an analysis that atoms are coloured by, or NULL.
static const LacAnalysisColumn *
find_column(const LacFigure *figure, LacAnalysisNode *node)
{
    const gboolean shows_atoms =
        figure->kind == LAC_FIGURE_SCENE ? figure->scene.atoms.show_atoms : figure->slice.atoms;
    return shows_atoms && figure->look.color_by == LAC_COLOR_BY_COLUMN
        ? lac_analysis_find_column(figure->look.color_column, node)
        : NULL;
}

/**
 * lac_figure_get_needs:
 * @figure: what defines the picture
 *
 * Returns: bits of the analyses that it shows; 0: none
 */
guint64
lac_figure_get_needs(const LacFigure *figure)
{
    LacAnalysisNode node;
    guint64 needs = 0;
    if (figure->kind == LAC_FIGURE_PLOT)
        return lac_figure_get_plot_needs(figure);
    for (guint kind = 0; kind < LAC_N_RESULTS; kind++)
        if (figure->kind == LAC_FIGURE_SCENE && is_shown(figure, (LacResultKind) kind))
            needs |= lac_result_get_needs((LacResultKind) kind, get_color(figure));
    if (find_column(figure, &node) != NULL)
        needs |= LAC_ANALYSIS_BIT(node);
    return needs;
}

static gboolean
check(const LacFigure *figure, const LacAnalysis *analysis, GError **error)
{
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    const guint64 needs = lac_figure_get_needs(figure);
    for (gsize i = 0; i < n; i++) {
        const LacAnalysisNode node = table[i]->node;
        if ((needs & LAC_ANALYSIS_BIT(node)) == 0 || lac_analysis_get(analysis, node) != NULL)
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The figure shows what these atoms do not have, %s: %s", table[i]->title,
            analysis->why[node] != NULL ? analysis->why[node] : "it was not computed");
        return FALSE;
    }
    return TRUE;
}

static gboolean
make_meshes(LacFigureResults *self, const LacFigure *figure, LacProgress *progress, GError **error)
{
    gboolean any = FALSE;
    for (guint kind = 0; kind < LAC_N_RESULT_SURFACES && figure->kind == LAC_FIGURE_SCENE; kind++)
        any = any || is_shown(figure, (LacResultKind) kind);
    if (!any)
        return TRUE;
    self->meshes = lac_result_meshes_new(self->analysis, get_color(figure), progress, error);
    return self->meshes != NULL;
}

/**
 * lac_figure_results_new:
 * @figure: what defines the picture
 * @analysis: of its atoms, with all that lac_figure_get_needs() names
 * @progress: (nullable): to cancel
 * @error: return location for a #GError
 *
 * Makes the surfaces, the markers and the colours of atoms that the figure shows, as the window
 * does.
 *
 * Returns: (transfer full): them, or %NULL with @error set if one of them is undefined
 */
LacFigureResults *
lac_figure_results_new(const LacFigure *figure, LacAnalysis *analysis, LacProgress *progress,
    GError **error)
{
    if (!check(figure, analysis, error))
        return NULL;
    g_autoptr(LacFigureResults) self = g_new0(LacFigureResults, 1);
    LacAnalysisNode node;
    const LacAnalysisColumn *column = find_column(figure, &node);
    self->analysis = lac_analysis_ref(analysis);
    if (!make_meshes(self, figure, progress, error))
        return NULL;
    if (figure->vacancies && figure->kind == LAC_FIGURE_SCENE)
        self->markers = lac_result_dup_markers(analysis, G_MAXSIZE, &self->n_markers);
    if (column != NULL) {
        self->numbers = lac_result_dup_values(analysis, column);
        self->words = lac_result_dup_words(column, self->numbers, analysis->points->atoms->n);
        self->values = (LacAtomValues){ .name = column->name,
            .values = self->numbers,
            .n = analysis->points->atoms->n,
            .names = (const char *const *) self->words };
    }
    return g_steal_pointer(&self);
}

/**
 * lac_figure_results_free:
 * @self: (nullable) (transfer full): results
 */
void
lac_figure_results_free(LacFigureResults *self)
{
    if (self == NULL)
        return;
    lac_mesh_set_unref(self->meshes);
    lac_analysis_unref(self->analysis);
    g_free(self->markers);
    g_free(self->numbers);
    g_strfreev(self->words);
    g_free(self);
}

/**
 * lac_figure_results_lend:
 * @self: results
 * @data: gets what is shown of them, borrowed as long as @self lives
 */
void
lac_figure_results_lend(const LacFigureResults *self, LacFigureData *data)
{
    data->meshes = self->meshes;
    data->markers = self->markers;
    data->n_markers = self->n_markers;
    data->values = self->numbers != NULL ? &self->values : NULL;
}
