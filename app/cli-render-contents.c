// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-render-contents.h"

#include "core/analysis/settings.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/project/project.h"

/**
 * lac_render_contents_clear:
 * @c: what files held
 *
 * Frees it.
 */
void
lac_render_contents_clear(LacRenderContents *c)
{
    lac_volume_unref(c->volume);
    lac_atoms_unref(c->atoms);
    lac_recon_unref(c->recon);
    lac_series_unref(c->series);
}

// Of a project, what it reconstructed; else the volume that was opened. And its atoms.
static gboolean
read_project(const char *file, LacRenderContents *c, LacProgress *progress, GError **error)
{
    g_autoptr(LacProject) project = lac_project_load(file, progress, error);
    if (project == NULL)
        return FALSE;
    LacVolume *volume = project->recon != NULL ? project->recon->volume : project->volume;
    if (volume == NULL && project->journal == NULL) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED, "%s holds no volume yet", file);
        return FALSE;
    }
    if (volume != NULL)
        c->volume = lac_volume_ref(volume);
    if (project->journal != NULL)
        c->atoms = lac_atoms_ref(lac_journal_get_atoms(project->journal));
    if (project->series != NULL)
        c->series = lac_series_ref(project->series);
    if (project->recon != NULL)
        c->recon = lac_recon_ref(project->recon);
    if (project->analyses != NULL)
        lac_analysis_read_params(project->analyses, &c->params);
    lac_analysis_settings_read(&c->params, project->settings);
    return TRUE;
}

static gboolean
holds_atoms_only(const char *file)
{
    g_autoptr(LacFileInfo) info = lac_file_info_read(file, NULL, NULL);
    gboolean atoms = FALSE;
    for (guint i = 0; info != NULL && i < info->items->len; i++) {
        const LacFileItem *item = g_ptr_array_index(info->items, i);
        if (item->kind == LAC_ITEM_ARRAY && item->n_dims == 3)
            return FALSE;
        atoms = atoms || item->kind == LAC_ITEM_ATOMS;
    }
    return atoms;
}

/**
 * lac_render_read_contents:
 * @o: options
 * @file: a project, a volume or atoms; borrowed by @c
 * @c: (out caller-allocates): what there is to draw; to be cleared even on failure
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_render_read_contents(const LacRenderOptions *o, const char *file, LacRenderContents *c,
    LacProgress *progress, GError **error)
{
    lac_analysis_params_init(&c->params);
    c->file = file;
    if (lac_project_is_project(file)) {
        if (!read_project(file, c, progress, error))
            return FALSE;
    }
    else if (holds_atoms_only(file)) {
        c->atoms = lac_read_atoms(file, progress, error);
        if (c->atoms == NULL)
            return FALSE;
    }
    else {
        c->volume = lac_read_volume(file, NULL, progress, error);
        if (c->volume == NULL)
            return FALSE;
    }
    if (o->atoms == NULL)
        return TRUE;
    lac_atoms_unref(c->atoms);
    c->atoms = lac_read_atoms(o->atoms, progress, error);
    return c->atoms != NULL;
}

/**
 * lac_render_contents_analyse:
 * @c: what the files held
 * @needs: bits of the nodes that are wanted
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the results, or %NULL with @error set, also when there are no atoms
 */
LacAnalysis *
lac_render_contents_analyse(const LacRenderContents *c, guint64 needs, LacProgress *progress,
    GError **error)
{
    if (c->atoms == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The figure shows results of analyses, for which atoms are needed");
        return NULL;
    }
    lac_progress_message(progress, "Analysing %" G_GSIZE_FORMAT " atoms", c->atoms->n);
    return lac_analysis_run(c->atoms, c->volume, &c->params, needs, NULL, progress, error);
}

// Computes the analyses that the figure shows; @results lends them to @data, and is NULL if it shows
// none.
static gboolean
analyse(const LacFigure *figure, const LacRenderContents *c, LacFigureData *data,
    LacFigureResults **results, LacProgress *progress, GError **error)
{
    const guint64 needs = lac_figure_get_needs(figure);
    *results = NULL;
    if (needs == 0)
        return TRUE;
    g_autoptr(LacAnalysis) analysis = lac_render_contents_analyse(c, needs, progress, error);
    if (analysis == NULL)
        return FALSE;
    *results = lac_figure_results_new(figure, analysis, progress, error);
    if (*results == NULL)
        return FALSE;
    lac_figure_results_lend(*results, data);
    return TRUE;
}

/**
 * lac_render_stage_open:
 * @self: (out caller-allocates): to be cleared even on failure
 * @figure: of a scene in space
 * @c: what there is to draw
 * @bits: of a TIFF, 8 or 16
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Makes a context without a display, computes what the figure shows of analyses, and prepares the
 * picture and the notes that are written with it. Borrows @figure and @c.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_render_stage_open(LacRenderStage *self, const LacFigure *figure, const LacRenderContents *c,
    int bits, LacProgress *progress, GError **error)
{
    self->context = lac_egl_context_new(error);
    if (self->context == NULL)
        return FALSE;
    self->renderer = lac_renderer_new(error);
    if (self->renderer == NULL)
        return FALSE;
    LacFigureData data = { .volume = c->volume, .atoms = c->atoms };
    if (!analyse(figure, c, &data, &self->results, progress, error))
        return FALSE;
    self->view = lac_figure_view_new(figure, &data, self->renderer, progress, error);
    if (self->view == NULL)
        return FALSE;
    self->recipe = lac_figure_dup_recipe(figure);
    self->source = g_path_get_basename(c->file);
    self->digests = lac_figure_dup_digests(c->volume, c->atoms);
    self->notes = (LacFigureNotes){ .recipe = self->recipe,
        .data = self->digests,
        .source = self->source,
        .bits = bits };
    return TRUE;
}

/**
 * lac_render_stage_clear:
 * @self: a stage, opened or not
 *
 * Frees it.
 */
void
lac_render_stage_clear(LacRenderStage *self)
{
    lac_figure_view_free(self->view);
    lac_figure_results_free(self->results);
    lac_renderer_free(self->renderer);
    lac_egl_context_free(self->context);
    g_free(self->recipe);
    g_free(self->source);
    g_free(self->digests);
}
