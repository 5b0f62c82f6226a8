// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-analysis.h"

#include "ui/latest.h"
#include "ui/legend.h"

#include <math.h>

struct _LacViewAnalysis {
    GObject parent_instance;
    LacSession *session;
    LacViewport *viewport;
    LacLegend *legend;
    LacAnalysis *colored; // (nullable) whose values the atoms have
    char *column;         // (nullable) which of them
    guint legend_idle;    // 0: the legend is as it should be
};

G_DEFINE_FINAL_TYPE(LacViewAnalysis, lac_view_analysis, G_TYPE_OBJECT)

// --- the legend

static char *
dup_title(const char *column)
{
    const LacAnalysisColumn *info = lac_analysis_find_column(column, NULL);
    if (info == NULL)
        return g_strdup(column);
    return *info->unit != '\0' ? g_strdup_printf("%s (%s)", info->title, info->unit)
                               : g_strdup(info->title);
}

static void
show_atom_colors(LacViewAnalysis *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    const LacAtomLook *look = lac_viewport_get_atom_look(self->viewport);
    const LacAtomValues *values = lac_viewport_get_atom_values(self->viewport);
    double lo, hi;
    if (atoms == NULL || look->color_by != LAC_COLOR_BY_COLUMN ||
        !lac_viewport_get_scene(self->viewport)->atoms.show_atoms)
        return;
    g_autofree char *title = dup_title(look->color_column);
    if (values != NULL && values->names != NULL && g_str_equal(values->name, look->color_column)) {
        lac_legend_add_title(self->legend, title);
        for (guint i = 0; values->names[i] != NULL && i < 9; i++) {
            float rgb[3];
            lac_category_get_color(i, rgb);
            lac_legend_add_word(self->legend, values->names[i], rgb);
        }
        return;
    }
    lac_atom_look_get_range(atoms, values, look->color_column, &lo, &hi);
    lac_legend_add_bar(self->legend, title, look->colormap, look->reversed,
        isnan(look->color_lo) ? lo : look->color_lo, isnan(look->color_hi) ? hi : look->color_hi);
}

static gboolean
update_legend(gpointer data)
{
    LacViewAnalysis *self = data;
    const float *b = lac_viewport_get_scene(self->viewport)->background;
    self->legend_idle = 0;
    lac_legend_clear(self->legend);
    lac_legend_set_dark(self->legend, b[0] + b[1] + b[2] < 1.5f);
    show_atom_colors(self);
    return G_SOURCE_REMOVE;
}

static void
queue_legend(LacViewAnalysis *self)
{
    if (self->legend_idle == 0)
        self->legend_idle = g_idle_add(update_legend, self);
}

// --- colours of atoms

static void
set_values(LacViewAnalysis *self, const LacAnalysis *analysis, const char *column)
{
    const LacAnalysisColumn *info = lac_analysis_find_column(column, NULL);
    const LacPoints *points = analysis->points;
    gsize n = points->atoms->n;
    g_autofree double *values = g_new(double, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        values[i] =
            points->rank[i] != G_MAXUINT32 ? info->get(analysis, points->rank[i]) : (double) NAN;
    const LacAtomValues given = { .name = column, .values = values, .n = n, .names = info->names };
    lac_viewport_set_atom_values(self->viewport, &given);
}

// A look that names a column of an analysis gets its values.
static void
update_colors(LacViewAnalysis *self)
{
    const LacAtomLook *look = lac_viewport_get_atom_look(self->viewport);
    LacAnalysis *analysis = lac_session_get_analysis(self->session);
    LacAnalysisNode node;
    gboolean is_ours = look->color_by == LAC_COLOR_BY_COLUMN && analysis != NULL &&
        lac_analysis_find_column(look->color_column, &node) != NULL &&
        lac_analysis_get(analysis, node) != NULL;
    queue_legend(self);
    if (!is_ours) {
        gboolean had_values = self->colored != NULL;
        g_clear_pointer(&self->colored, lac_analysis_unref);
        if (had_values)
            lac_viewport_set_atom_values(self->viewport, NULL);
        return;
    }
    if (analysis == self->colored && g_strcmp0(self->column, look->color_column) == 0)
        return;
    g_clear_pointer(&self->colored, lac_analysis_unref);
    self->colored = lac_analysis_ref(analysis);
    g_free(self->column);
    self->column = g_strdup(look->color_column);
    set_values(self, analysis, self->column);
}

static void
lac_view_analysis_dispose(GObject *object)
{
    LacViewAnalysis *self = LAC_VIEW_ANALYSIS(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    g_clear_handle_id(&self->legend_idle, g_source_remove);
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_object(&self->legend);
    g_clear_pointer(&self->colored, lac_analysis_unref);
    g_clear_pointer(&self->column, g_free);
    G_OBJECT_CLASS(lac_view_analysis_parent_class)->dispose(object);
}

static void
lac_view_analysis_class_init(LacViewAnalysisClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_view_analysis_dispose;
}

static void
lac_view_analysis_init(LacViewAnalysis *self)
{
    self->legend = g_object_ref_sink(LAC_LEGEND(lac_legend_new()));
}

/**
 * lac_view_analysis_new:
 * @session: whose analyses are shown
 * @viewport: the 3D view
 *
 * Returns: (transfer full): what keeps them together; it takes references
 */
LacViewAnalysis *
lac_view_analysis_new(LacSession *session, LacViewport *viewport)
{
    LacViewAnalysis *self = g_object_new(LAC_TYPE_VIEW_ANALYSIS, NULL);
    self->session = g_object_ref(session);
    self->viewport = g_object_ref(viewport);
    lac_viewport_add_overlay(viewport, GTK_WIDGET(self->legend));
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(update_colors), self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(update_colors), self);
    return self;
}

/**
 * lac_view_analysis_dup_legend:
 * @self: it
 *
 * Returns: (transfer full): what the legend says
 */
char *
lac_view_analysis_dup_legend(LacViewAnalysis *self)
{
    update_legend(self);
    return lac_legend_dup_text(self->legend);
}
