// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-analysis.h"

#include "ui/latest.h"
#include "ui/legend.h"
#include "ui/render/figure-results.h"
#include "ui/render/result-values.h"

#include <math.h>
#include <stdlib.h>

#define LEGEND_WORDS 9    // that a legend has room for
#define SPAN_SHARE   0.98 // of the atoms whose values the colours of signed numbers reach to

struct _LacViewAnalysis {
    GObject parent_instance;
    LacSession *session;
    LacViewport *viewport;
    LacLegend *legend;
    LacAnalysis *colored; // (nullable) whose values the atoms have
    char *column;         // (nullable) which of them
    guint legend_idle;    // 0: the legend is as it should be
    LacResultLayer layers[LAC_N_RESULTS];
    LacLatest *worker;    // makes surfaces ready to be drawn
    LacAnalysis *meshed;  // (nullable) whose surfaces were asked for
    LacResultColor color; // that they were asked for with
};

enum {
    LAYERS_CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacViewAnalysis, lac_view_analysis, G_TYPE_OBJECT)

// --- surfaces and markers

typedef struct {
    LacAnalysis *analysis;
    LacResultColor color;
} MeshRequest;

static void
free_request(gpointer data)
{
    MeshRequest *request = data;
    lac_analysis_unref(request->analysis);
    g_free(request);
}

static void
free_set(gpointer set)
{
    lac_mesh_set_unref(set);
}

static gpointer
make_meshes(LacProgress *progress, gpointer data, GError **error)
{
    const MeshRequest *request = data;
    return lac_result_meshes_new(request->analysis, request->color, progress, error);
}

static void queue_legend(LacViewAnalysis *self);

static void
meshes_made_cb(gpointer result, const GError *error, gpointer owner)
{
    LacViewAnalysis *self = owner;
    if (error != NULL)
        return;
    lac_viewport_set_meshes(self->viewport, result);
    lac_mesh_set_unref(result);
    queue_legend(self);
}

static gboolean
has_same_surfaces(const LacAnalysis *a, const LacAnalysis *b)
{
    return a != NULL && b != NULL && lac_result_get_interface(a) == lac_result_get_interface(b) &&
        lac_result_get_pores(a) == lac_result_get_pores(b) &&
        lac_result_get_surface(a) == lac_result_get_surface(b);
}

static void
update_meshes(LacViewAnalysis *self)
{
    LacAnalysis *analysis = lac_session_get_analysis(self->session);
    LacResultColor color = self->layers[LAC_RESULT_INTERFACE].color;
    if (analysis == NULL) {
        lac_latest_drop(self->worker);
        g_clear_pointer(&self->meshed, lac_analysis_unref);
        lac_viewport_set_meshes(self->viewport, NULL);
        return;
    }
    if (color == self->color && has_same_surfaces(analysis, self->meshed) &&
        (color != LAC_RESULT_BY_OXIDATION || analysis->across == self->meshed->across))
        return;
    g_clear_pointer(&self->meshed, lac_analysis_unref);
    self->meshed = lac_analysis_ref(analysis);
    self->color = color;
    MeshRequest *request = g_new(MeshRequest, 1);
    *request = (MeshRequest){ lac_analysis_ref(analysis), color };
    lac_latest_request(self->worker, request, 0);
}

static void
update_markers(LacViewAnalysis *self)
{
    const LacPicked *picked = lac_session_get_picked(self->session);
    gsize n = 0, selected = picked->kind == LAC_PICKED_VACANCY ? picked->index : G_MAXSIZE;
    g_autofree LacMarker *markers = self->layers[LAC_RESULT_VACANCIES].shown
        ? lac_result_dup_markers(lac_session_get_analysis(self->session), selected, &n)
        : NULL;
    lac_viewport_set_markers(self->viewport, LAC_MARKERS_RESULTS, markers, n);
}

static void
apply_layers(LacViewAnalysis *self)
{
    for (guint i = 0; i < LAC_N_RESULT_SURFACES; i++) {
        const LacMeshGroup style = { .shown = self->layers[i].shown,
            .opacity = self->layers[i].opacity,
            .is_shell = i == LAC_RESULT_SURFACE,
            .colors = self->layers[i].color };
        lac_viewport_set_mesh_group(self->viewport, i, &style);
    }
}

static void
picked_changed_cb(LacViewAnalysis *self)
{
    const LacPicked *picked = lac_session_get_picked(self->session);
    gboolean is_pore = picked->kind == LAC_PICKED_PORE;
    lac_viewport_set_selected_mesh(self->viewport, LAC_RESULT_PORES,
        is_pore ? (guint32) picked->index + 1 : 0);
    update_markers(self);
}

static void
clicked_cb(LacViewAnalysis *self, const LacThing *thing)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    LacPicked picked = { .position = thing->position, .index = thing->tag - 1 };
    if (thing->kind == LAC_THING_MARKER)
        picked.kind = LAC_PICKED_VACANCY;
    else if (thing->group == LAC_RESULT_PORES)
        picked.kind = LAC_PICKED_PORE;
    else
        picked.kind =
            thing->group == LAC_RESULT_INTERFACE ? LAC_PICKED_INTERFACE : LAC_PICKED_SURFACE;
    if (picked.kind == LAC_PICKED_INTERFACE || picked.kind == LAC_PICKED_SURFACE)
        picked.index =
            lac_result_find_part(analysis, (LacResultKind) thing->group, thing->triangle);
    lac_session_set_picked(self->session, &picked);
}

// --- the line

static void
chosen_changed_cb(LacViewAnalysis *self)
{
    const LacLineParams *line = lac_session_get_line(self->session);
    const LacVec3 ends[2] = { line != NULL ? line->a : (LacVec3){ 0 },
        line != NULL ? line->b : (LacVec3){ 0 } };
    lac_viewport_set_line(self->viewport, line != NULL ? ends : NULL);
}

static void
line_drawn_cb(LacViewAnalysis *self, const LacVec3 *a, const LacVec3 *b)
{
    lac_session_draw_line(self->session, *a, *b);
}

// --- the legend

// A bit for each of the first words that any atom has.
static guint
find_used_words(const LacAtomValues *values)
{
    guint used = 0;
    for (gsize i = 0; i < values->n; i++)
        if (values->values[i] >= 0.0 && values->values[i] < LEGEND_WORDS)
            used |= 1u << (guint) values->values[i];
    return used;
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
    g_autofree char *title = lac_result_dup_title(look->color_column);
    if (values != NULL && values->names != NULL && g_str_equal(values->name, look->color_column)) {
        guint used = find_used_words(values);
        lac_legend_add_title(self->legend, title);
        for (guint i = 0; values->names[i] != NULL && i < LEGEND_WORDS; i++) {
            float rgb[3];
            if ((used & (1u << i)) == 0)
                continue;
            lac_category_get_color(i, rgb);
            lac_legend_add_word(self->legend, values->names[i], rgb);
        }
        return;
    }
    lac_atom_look_get_range(atoms, values, look->color_column, &lo, &hi);
    lac_legend_add_bar(self->legend, title, look->colormap, look->reversed,
        isnan(look->color_lo) ? lo : look->color_lo, isnan(look->color_hi) ? hi : look->color_hi);
}

// The words of the surfaces that are drawn: those of the interface, or all others.
static gboolean
show_words(LacViewAnalysis *self, const LacMeshSet *set, gboolean of_interface, const char *title)
{
    gboolean has_title = FALSE;
    for (guint w = 0; set != NULL && w < set->words->len; w++) {
        const LacMeshWord *word = &g_array_index(set->words, LacMeshWord, w);
        if (!self->layers[word->group].shown ||
            (word->group == LAC_RESULT_INTERFACE) != of_interface)
            continue;
        if (!has_title)
            lac_legend_add_title(self->legend, title);
        has_title = TRUE;
        lac_legend_add_word(self->legend, word->word, word->color);
    }
    return has_title;
}

static void
show_result_colors(LacViewAnalysis *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    const LacMeshSet *set = lac_viewport_get_scene(self->viewport)->meshes.set;
    const LacMeshRange *range = set != NULL ? &set->ranges[LAC_RESULT_INTERFACE] : NULL;
    const char *title = self->color == LAC_RESULT_BY_SIDE ? "Sides of the interface"
        : self->color == LAC_RESULT_BY_TYPE               ? "Parts of the interface"
                                                          : "Interface";
    show_words(self, set, TRUE, title);
    if (range != NULL && self->layers[LAC_RESULT_INTERFACE].shown && range->lo < range->hi)
        lac_legend_add_bar(self->legend,
            self->color == LAC_RESULT_BY_OXIDATION ? "Interface: oxidation D1"
                                                   : "Interface: curvature (1/Å)",
            range->colormap, FALSE, range->lo, range->hi);
    gboolean has_title = show_words(self, set, FALSE, "Results");
    if (self->layers[LAC_RESULT_VACANCIES].shown &&
        lac_result_is_there(analysis, LAC_RESULT_VACANCIES)) {
        float rgb[3];
        if (!has_title)
            lac_legend_add_title(self->legend, "Results");
        lac_result_get_color(LAC_RESULT_VACANCIES, rgb);
        lac_legend_add_word(self->legend, "vacancy (grey: unsure)", rgb);
    }
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
    show_result_colors(self);
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
    g_autofree double *values = lac_result_dup_values(analysis, info);
    g_auto(GStrv) words = lac_result_dup_words(info, values, analysis->points->atoms->n);
    const LacAtomValues given = { .name = column,
        .values = values,
        .n = analysis->points->atoms->n,
        .names = (const char *const *) words };
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

// Signed numbers have a map whose middle is zero.
static gboolean
is_signed(const char *column)
{
    static const char *const NAMES[] = { "interface_distance", "strain", "strain_xx", "strain_yy",
        "strain_zz", "strain_yz", "strain_xz", "strain_xy", "field_strain", "field_xx", "field_yy",
        "field_zz", "field_yz", "field_xz", "field_xy", NULL };
    return g_strv_contains(NAMES, column);
}

static int
compare_numbers(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

// How far most of the values are from zero; a few outliers do not count.
static double
get_span(const LacAnalysis *analysis, const LacAnalysisColumn *column)
{
    gsize n = 0;
    g_autofree double *sizes = g_new(double, MAX(analysis->points->n, 1));
    for (gsize i = 0; i < analysis->points->n; i++) {
        double size = fabs(column->get(analysis, i));
        if (isfinite(size))
            sizes[n++] = size;
    }
    if (n == 0)
        return (double) NAN;
    qsort(sizes, n, sizeof *sizes, compare_numbers);
    return sizes[(gsize) (SPAN_SHARE * (double) (n - 1))];
}

/**
 * lac_view_analysis_color_atoms:
 * @self: it
 * @column: (nullable): of an analysis; %NULL: by species
 *
 * Colours the atoms of the 3D view, and shows them.
 */
void
lac_view_analysis_color_atoms(LacViewAnalysis *self, const char *column)
{
    LacAtomLook look = *lac_viewport_get_atom_look(self->viewport);
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    LacAnalysisNode node;
    const LacAnalysisColumn *info = column != NULL ? lac_analysis_find_column(column, &node) : NULL;
    look.color_by = column != NULL ? LAC_COLOR_BY_COLUMN : LAC_COLOR_BY_SPECIES;
    look.color_lo = look.color_hi = (double) NAN;
    look.colormap = LAC_COLORMAP_VIRIDIS;
    if (column != NULL)
        g_strlcpy(look.color_column, column, sizeof look.color_column);
    if (info != NULL && analysis != NULL && lac_analysis_get(analysis, node) != NULL &&
        is_signed(column)) {
        look.colormap = LAC_COLORMAP_DIVERGING;
        look.color_hi = get_span(analysis, info);
        look.color_lo = -look.color_hi;
    }
    lac_viewport_set_atom_look(self->viewport, &look);
    lac_viewport_set_show_atoms(self->viewport, TRUE);
}

static void
analysis_changed_cb(LacViewAnalysis *self)
{
    update_meshes(self);
    update_markers(self);
    update_colors(self);
    g_signal_emit(self, signals[LAYERS_CHANGED], 0);
}

// --- in the project

static void
save_views_cb(LacViewAnalysis *self)
{
    JsonArray *layers = json_array_sized_new(LAC_N_RESULTS);
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        JsonObject *layer = json_object_new();
        json_object_set_boolean_member(layer, "shown", self->layers[i].shown);
        json_object_set_double_member(layer, "opacity", self->layers[i].opacity);
        json_object_set_int_member(layer, "color", self->layers[i].color);
        json_array_add_object_element(layers, layer);
    }
    json_object_set_array_member(lac_session_get_views(self->session), "results", layers);
}

static void
read_layer(JsonObject *object, LacResultLayer *layer)
{
    gint64 color = json_object_get_int_member_with_default(object, "color", layer->color);
    double opacity = json_object_get_double_member_with_default(object, "opacity", layer->opacity);
    layer->shown = json_object_get_boolean_member_with_default(object, "shown", layer->shown);
    if (opacity >= 0.0 && opacity <= 1.0)
        layer->opacity = opacity;
    if (color >= 0 && color < LAC_N_RESULT_COLORS)
        layer->color = (LacResultColor) color;
}

static void
opened_cb(LacViewAnalysis *self)
{
    JsonNode *node = json_object_get_member(lac_session_get_views(self->session), "results");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < MIN(json_array_get_length(array), LAC_N_RESULTS); i++) {
        JsonNode *element = json_array_get_element(array, i);
        LacResultLayer layer = self->layers[i];
        if (JSON_NODE_HOLDS_OBJECT(element))
            read_layer(json_node_get_object(element), &layer);
        lac_view_analysis_set_layer(self, (LacResultKind) i, &layer);
    }
}

// A figure that is shown brings its surfaces, its vacancies and the analyses that it needs.
static void
figure_shown_cb(LacViewAnalysis *self, const LacFigure *figure)
{
    const guint64 needs = lac_figure_get_needs(figure);
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    for (guint i = 0; i < LAC_N_RESULTS; i++) {
        LacResultLayer layer = self->layers[i];
        if (i == LAC_RESULT_VACANCIES)
            layer.shown = figure->vacancies;
        else {
            layer.shown = figure->scene.meshes.groups[i].shown;
            layer.opacity = figure->scene.meshes.groups[i].opacity;
            layer.color = (LacResultColor) figure->scene.meshes.groups[i].colors;
        }
        lac_view_analysis_set_layer(self, (LacResultKind) i, &layer);
    }
    if (needs != 0 && (analysis == NULL || (needs & ~analysis->done) != 0))
        lac_session_analyse(self->session, needs);
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
    g_clear_pointer(&self->worker, lac_latest_free);
    g_clear_pointer(&self->meshed, lac_analysis_unref);
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
    signals[LAYERS_CHANGED] = g_signal_new("layers-changed", LAC_TYPE_VIEW_ANALYSIS,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lac_view_analysis_init(LacViewAnalysis *self)
{
    self->legend = g_object_ref_sink(LAC_LEGEND(lac_legend_new()));
    self->layers[LAC_RESULT_INTERFACE] = (LacResultLayer){ TRUE, 0.65, LAC_RESULT_BY_CURVATURE };
    self->layers[LAC_RESULT_PORES] = (LacResultLayer){ TRUE, 0.85, LAC_RESULT_PLAIN };
    self->layers[LAC_RESULT_SURFACE] = (LacResultLayer){ FALSE, 0.25, LAC_RESULT_PLAIN };
    self->layers[LAC_RESULT_VACANCIES] = (LacResultLayer){ TRUE, 1.0, LAC_RESULT_PLAIN };
    self->worker = lac_latest_new(make_meshes, free_request, free_set, meshes_made_cb, self);
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
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(analysis_changed_cb), self);
    g_signal_connect_swapped(session, "picked-changed", G_CALLBACK(picked_changed_cb), self);
    g_signal_connect_swapped(session, "save-views", G_CALLBACK(save_views_cb), self);
    g_signal_connect_swapped(session, "opened", G_CALLBACK(opened_cb), self);
    g_signal_connect_swapped(session, "chosen-changed", G_CALLBACK(chosen_changed_cb), self);
    g_signal_connect_swapped(viewport, "line-drawn", G_CALLBACK(line_drawn_cb), self);
    g_signal_connect_swapped(viewport, "thing-clicked", G_CALLBACK(clicked_cb), self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(update_colors), self);
    g_signal_connect_swapped(viewport, "figure-shown", G_CALLBACK(figure_shown_cb), self);
    apply_layers(self);
    return self;
}

/**
 * lac_view_analysis_get_layer:
 * @self: it
 * @kind: a kind of results
 *
 * Returns: (transfer none): how they are drawn
 */
const LacResultLayer *
lac_view_analysis_get_layer(LacViewAnalysis *self, LacResultKind kind)
{
    return &self->layers[kind];
}

/**
 * lac_view_analysis_set_layer:
 * @self: it
 * @kind: a kind of results
 * @layer: how they are drawn
 */
void
lac_view_analysis_set_layer(LacViewAnalysis *self, LacResultKind kind, const LacResultLayer *layer)
{
    self->layers[kind] = *layer;
    apply_layers(self);
    update_meshes(self);
    update_markers(self);
    queue_legend(self);
    g_signal_emit(self, signals[LAYERS_CHANGED], 0);
}
