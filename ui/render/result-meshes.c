// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/result-meshes.h"

#include "core/analysis/across.h"
#include "core/data/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VACANCY_RADIUS 1.3  // [Å]
#define SPAN_SHARE     0.95 // of the surface whose curvature the colours reach to
#define NEAR           6.0  // [Å] atoms that tell the degree of oxidation of a place
#define NEAR_SIGMA     3.0  // [Å] of their weights

static const float open_pore_color[3] = { 0.35f, 0.85f, 0.60f };

// As recipes call them.
const char *const lac_result_color_names[LAC_N_RESULT_COLORS + 1] = { "plain", "curvature", "side",
    "type", "oxidation", NULL };

// The result of the analysis of that name; the table knows what type it is of.
static gconstpointer
find_result(const LacAnalysis *analysis, const char *id)
{
    const LacAnalysisInfo *info = lac_analysis_find(id);
    return analysis != NULL && info != NULL ? lac_analysis_get(analysis, info->node) : NULL;
}

/**
 * lac_result_get_interface:
 * @analysis: (nullable): an analysis
 *
 * Returns: (transfer none) (nullable): the interface, if it has a surface
 */
const LacInterface *
lac_result_get_interface(const LacAnalysis *analysis)
{
    const LacInterface *interface = find_result(analysis, "interface");
    return interface != NULL && interface->mesh != NULL ? interface : NULL;
}

/**
 * lac_result_get_pores:
 * @analysis: (nullable): an analysis
 *
 * Returns: (transfer none) (nullable): the pores
 */
const LacPores *
lac_result_get_pores(const LacAnalysis *analysis)
{
    return find_result(analysis, "pores");
}

/**
 * lac_result_get_surface:
 * @analysis: (nullable): an analysis
 *
 * Returns: (transfer none) (nullable): the surface of the particle, if there is one
 */
const LacSurface *
lac_result_get_surface(const LacAnalysis *analysis)
{
    const LacSurface *surface = find_result(analysis, "surface");
    return surface != NULL && surface->mesh != NULL ? surface : NULL;
}

/**
 * lac_result_get_vacancies:
 * @analysis: (nullable): an analysis
 *
 * Returns: (transfer none) (nullable): sites without an atom
 */
const LacVacancies *
lac_result_get_vacancies(const LacAnalysis *analysis)
{
    return find_result(analysis, "vacancies");
}

/**
 * lac_result_get_needs:
 * @kind: a kind of things
 * @color: what the colour of the interface tells
 *
 * Returns: bits of the analyses without which it cannot be drawn
 */
guint64
lac_result_get_needs(LacResultKind kind, LacResultColor color)
{
    static const LacAnalysisNode NODES[LAC_N_RESULTS] = {
        [LAC_RESULT_INTERFACE] = LAC_ANALYSIS_INTERFACE,
        [LAC_RESULT_PORES] = LAC_ANALYSIS_PORES,
        [LAC_RESULT_SURFACE] = LAC_ANALYSIS_SURFACE,
        [LAC_RESULT_VACANCIES] = LAC_ANALYSIS_VACANCIES,
    };
    guint64 needs = LAC_ANALYSIS_BIT(NODES[kind]);
    if (kind == LAC_RESULT_INTERFACE && color == LAC_RESULT_BY_OXIDATION)
        needs |= LAC_ANALYSIS_BIT(LAC_ANALYSIS_ACROSS);
    return needs;
}

/**
 * lac_result_is_there:
 * @analysis: (nullable): an analysis
 * @kind: a kind of things
 *
 * Returns: whether there is anything of it to be shown
 */
gboolean
lac_result_is_there(const LacAnalysis *analysis, LacResultKind kind)
{
    switch (kind) {
    case LAC_RESULT_INTERFACE: return lac_result_get_interface(analysis) != NULL;
    case LAC_RESULT_PORES:
        return lac_result_get_pores(analysis) != NULL && lac_result_get_pores(analysis)->n > 0;
    case LAC_RESULT_SURFACE: return lac_result_get_surface(analysis) != NULL;
    case LAC_RESULT_VACANCIES:
        return lac_result_get_vacancies(analysis) != NULL &&
            lac_result_get_vacancies(analysis)->n > 0;
    case LAC_N_RESULTS:
    default: return FALSE;
    }
}

/**
 * lac_result_get_color:
 * @kind: a kind of things
 * @rgb: (out caller-allocates): sRGB, 0 to 1, in which they are drawn
 */
void
lac_result_get_color(LacResultKind kind, float rgb[3])
{
    static const float COLORS[LAC_N_RESULTS][3] = {
        [LAC_RESULT_INTERFACE] = { 0.96f, 0.76f, 0.26f },
        [LAC_RESULT_PORES] = { 0.36f, 0.72f, 0.98f },
        [LAC_RESULT_SURFACE] = { 0.80f, 0.82f, 0.86f },
        [LAC_RESULT_VACANCIES] = { 0.95f, 0.35f, 0.75f },
    };
    for (int c = 0; c < 3; c++)
        rgb[c] = COLORS[kind][c];
}

static int
compare_floats(const void *a, const void *b)
{
    float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

// [1/Å] The curvature that the colours reach to, on both sides of zero.
static double
get_curvature_span(const LacAnalysis *analysis)
{
    const LacMesh *mesh = lac_result_get_interface(analysis)->mesh;
    if (mesh->values == NULL || mesh->n_vertices == 0)
        return 0.1;
    g_autofree float *sizes = g_new(float, mesh->n_vertices);
    for (gsize i = 0; i < mesh->n_vertices; i++)
        sizes[i] = fabsf(mesh->values[i]);
    qsort(sizes, mesh->n_vertices, sizeof *sizes, compare_floats);
    double span = (double) sizes[(gsize) (SPAN_SHARE * (double) (mesh->n_vertices - 1))];
    return span > 0.0 ? span : 0.1;
}

static LacMeshSource
make_source(const LacMesh *mesh, LacResultKind kind, gsize index)
{
    LacMeshSource source = { .mesh = mesh, .group = kind, .tag = (guint32) index + 1 };
    lac_result_get_color(kind, source.color);
    return source;
}

// --- colours of the interface

static void
put_color(guint8 *colors, gsize i, const float rgb[3])
{
    for (gsize c = 0; c < 3; c++)
        colors[3 * i + c] = (guint8) lrintf(255.0f * CLAMP(rgb[c], 0.0f, 1.0f));
}

static LacPhase
get_inside_phase(const LacInterface *interface)
{
    for (guint phase = LAC_PHASE_METAL; phase < LAC_N_PHASES; phase++)
        if (interface->params.inside >> phase & 1)
            return (LacPhase) phase;
    return LAC_PHASE_UNASSIGNED;
}

static void
get_type_color(const LacInterface *interface, LacResultColor color, guint32 type, float rgb[3])
{
    if (type >= interface->n_types)
        lac_category_get_color(LAC_PHASE_UNASSIGNED, rgb);
    else
        // Not the colours of phases, which atoms have in the same picture.
        lac_category_get_color(color == LAC_RESULT_BY_TYPE ? LAC_N_PHASES + type
                                                           : (guint) interface->types[type].phase,
            rgb);
}

static guint8 *
color_by_type(const LacInterface *interface, LacResultColor color)
{
    const LacMesh *mesh = interface->mesh;
    guint8 *colors = g_new(guint8, 3 * MAX(mesh->n_vertices, 1));
    float rgb[3];
    lac_category_get_color(LAC_PHASE_UNASSIGNED, rgb);
    for (gsize i = 0; i < mesh->n_vertices; i++)
        put_color(colors, i, rgb);
    for (gsize k = 0; k < mesh->n_triangles; k++) {
        get_type_color(interface, color, interface->type_of[k], rgb);
        for (gsize c = 0; c < 3; c++)
            put_color(colors, mesh->triangles[3 * k + c], rgb);
    }
    return colors;
}

// D1 at a place: the mean over the atoms around it, weighted by a Gaussian of their distance.
static double
get_oxidation(const LacAnalysis *analysis, const LacCells *cells, LacVec3 p, GArray *near)
{
    const LacPoints *points = analysis->points;
    double sum = 0.0, weights = 0.0;
    g_array_set_size(near, 0);
    lac_cells_find(cells, p, NEAR, near);
    for (guint k = 0; k < near->len; k++) {
        gsize i = g_array_index(near, gsize, k);
        double x = points->x[i] - p.x, y = points->y[i] - p.y, z = points->z[i] - p.z;
        double value = analysis->across->fraction[i];
        double weight = exp(-0.5 * (x * x + y * y + z * z) / (NEAR_SIGMA * NEAR_SIGMA));
        if (isnan(value))
            continue;
        sum += weight * value;
        weights += weight;
    }
    return weights > 0.0 ? sum / weights : (double) NAN;
}

static guint8 *
color_by_oxidation(const LacAnalysis *analysis, const LacMesh *mesh, GError **error)
{
    const LacPoints *points = analysis->points;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(LacCells) cells =
        lac_cells_new(points->x, points->y, points->z, NULL, points->n, NEAR, error);
    if (cells == NULL)
        return NULL;
    guint8 *colors = g_new(guint8, 3 * MAX(mesh->n_vertices, 1));
    for (gsize i = 0; i < mesh->n_vertices; i++) {
        double value = get_oxidation(analysis, cells, lac_mesh_get_vertex(mesh, i), near);
        float rgb[3] = { 0.5f, 0.5f, 0.5f };
        if (!isnan(value))
            lac_colormap_lookup(LAC_COLORMAP_VIRIDIS, CLAMP(value, 0.0, 1.0), rgb);
        put_color(colors, i, rgb);
    }
    return colors;
}

// Makes a source of the interface; what it borrows is to be freed.
static gboolean
color_interface(const LacAnalysis *analysis, LacResultColor color, LacMeshSource *source,
    guint8 **colors, GError **error)
{
    const LacInterface *interface = lac_result_get_interface(analysis);
    if (color == LAC_RESULT_BY_CURVATURE) {
        double span = get_curvature_span(analysis);
        source->by_value = TRUE;
        source->colormap = LAC_COLORMAP_DIVERGING;
        source->lo = -span;
        source->hi = span;
    }
    else if (color == LAC_RESULT_BY_SIDE || color == LAC_RESULT_BY_TYPE) {
        *colors = color_by_type(interface, color);
        source->has_back = color == LAC_RESULT_BY_SIDE;
        lac_category_get_color((guint) get_inside_phase(interface), source->back);
    }
    else if (color == LAC_RESULT_BY_OXIDATION && analysis->across != NULL) {
        *colors = color_by_oxidation(analysis, interface->mesh, error);
        source->colormap = LAC_COLORMAP_VIRIDIS;
        source->lo = 0.0;
        source->hi = 1.0;
        if (*colors == NULL)
            return FALSE;
    }
    source->colors = *colors;
    return TRUE;
}

// --- all of them

static void
add_type_words(LacMeshSet *set, const LacInterface *interface, LacResultColor color)
{
    float rgb[3];
    guint seen = 0;
    if (color == LAC_RESULT_BY_SIDE) {
        LacPhase inside = get_inside_phase(interface);
        lac_category_get_color((guint) inside, rgb);
        lac_mesh_set_add_word(set, LAC_RESULT_INTERFACE, lac_phase_get_name(inside), rgb);
    }
    for (gsize t = 0; t < interface->n_types; t++) {
        const LacInterfaceType *type = &interface->types[t];
        // Parts have colours of their own: their words are not those of phases.
        g_autofree char *word = color == LAC_RESULT_BY_SIDE
            ? g_strdup(lac_phase_get_name(type->phase))
            : type->grain == LAC_PHASE_NO_GRAIN
            ? g_strdup_printf("to %s", lac_phase_get_name(type->phase))
            : g_strdup_printf("to grain %u", type->grain + 1);
        if (color == LAC_RESULT_BY_SIDE && (seen >> type->phase & 1))
            continue;
        seen |= 1u << type->phase;
        get_type_color(interface, color, (guint32) t, rgb);
        lac_mesh_set_add_word(set, LAC_RESULT_INTERFACE, word, rgb);
    }
}

static gboolean
has_open_pore(const LacAnalysis *analysis)
{
    const LacPores *pores = lac_result_get_pores(analysis);
    for (gsize i = 0; pores != NULL && i < pores->n; i++)
        if (pores->pores[i].is_open && pores->pores[i].mesh != NULL)
            return TRUE;
    return FALSE;
}

static void
add_words(LacMeshSet *set, const LacAnalysis *analysis, LacResultColor color)
{
    static const char *const WORDS[LAC_N_RESULT_SURFACES] = { "interface", "pore",
        "particle surface" };
    for (guint kind = 0; kind < LAC_N_RESULT_SURFACES; kind++) {
        float rgb[3];
        gboolean is_plain = kind != LAC_RESULT_INTERFACE || color == LAC_RESULT_PLAIN;
        lac_result_get_color((LacResultKind) kind, rgb);
        if (is_plain && lac_result_is_there(analysis, (LacResultKind) kind))
            lac_mesh_set_add_word(set, kind, WORDS[kind], rgb);
        if (kind == LAC_RESULT_PORES && has_open_pore(analysis))
            lac_mesh_set_add_word(set, kind, "open pore", open_pore_color);
    }
    if ((color == LAC_RESULT_BY_SIDE || color == LAC_RESULT_BY_TYPE) &&
        lac_result_get_interface(analysis) != NULL)
        add_type_words(set, lac_result_get_interface(analysis), color);
}

/**
 * lac_result_meshes_new:
 * @analysis: an analysis
 * @color: what the colour of the interface tells
 * @progress: (nullable): to cancel
 * @error: return location for a #GError
 *
 * Returns: (transfer full): all surfaces that there are, one group for each kind, tagged by their
 *     index plus one; or %NULL with @error set when cancelled
 */
LacMeshSet *
lac_result_meshes_new(const LacAnalysis *analysis, LacResultColor color, LacProgress *progress,
    GError **error)
{
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(LacMeshSource));
    g_autofree guint8 *colors = NULL;
    const LacInterface *interface = lac_result_get_interface(analysis);
    const LacPores *pores = lac_result_get_pores(analysis);
    const LacSurface *surface = lac_result_get_surface(analysis);
    if (interface != NULL) {
        LacMeshSource source = make_source(interface->mesh, LAC_RESULT_INTERFACE, 0);
        if (!color_interface(analysis, color, &source, &colors, error))
            return NULL;
        g_array_append_val(sources, source);
    }
    for (gsize i = 0; pores != NULL && i < pores->n; i++) {
        if (pores->pores[i].mesh == NULL)
            continue;
        LacMeshSource source = make_source(pores->pores[i].mesh, LAC_RESULT_PORES, i);
        if (pores->pores[i].is_open) // another hue, and the inspector says so in words
            memcpy(source.color, open_pore_color, sizeof source.color);
        g_array_append_val(sources, source);
    }
    if (surface != NULL) {
        LacMeshSource source = make_source(surface->mesh, LAC_RESULT_SURFACE, 0);
        g_array_append_val(sources, source);
    }
    LacMeshSet *set = lac_mesh_set_new((const LacMeshSource *) (gpointer) sources->data,
        sources->len, progress, error);
    if (set != NULL)
        add_words(set, analysis, color);
    return set;
}

/**
 * lac_result_dup_markers:
 * @analysis: (nullable): an analysis
 * @selected: index of the vacancy that stands out; %G_MAXSIZE: none
 * @n: (out): their number
 *
 * Returns: (transfer full) (array length=n): spheres of three circles where atoms are missing
 */
LacMarker *
lac_result_dup_markers(const LacAnalysis *analysis, gsize selected, gsize *n)
{
    const LacVacancies *vacancies = lac_result_get_vacancies(analysis);
    LacMarker *markers = g_new0(LacMarker, vacancies != NULL ? MAX(vacancies->n, 1) : 1);
    float rgb[3];
    lac_result_get_color(LAC_RESULT_VACANCIES, rgb);
    *n = 0;
    for (gsize i = 0; vacancies != NULL && i < vacancies->n; i++) {
        const LacVacancy *site = &vacancies->sites[i];
        gboolean is_sure =
            site->verdict == LAC_VACANCY_VACANT || site->verdict == LAC_VACANCY_GEOMETRIC;
        // Larger where it is surely empty; an atom that was only missed is a grey one.
        markers[(*n)++] = (LacMarker){ .position = site->position,
            .radius = is_sure ? VACANCY_RADIUS : 0.7 * VACANCY_RADIUS,
            .color = { is_sure ? rgb[0] : 0.65f, is_sure ? rgb[1] : 0.65f, is_sure ? rgb[2] : 0.65f,
                1.0f },
            .is_ring = TRUE,
            .is_wire = TRUE,
            .tag = (guint32) i + 1,
            .is_selected = i == selected };
    }
    return markers;
}

/**
 * lac_result_find_part:
 * @analysis: an analysis
 * @kind: the interface or the surface
 * @triangle: of its mesh
 *
 * Returns: the row of its table that the triangle belongs to: part of the interface or facet;
 *     %G_MAXSIZE: none
 */
gsize
lac_result_find_part(const LacAnalysis *analysis, LacResultKind kind, gsize triangle)
{
    const LacInterface *interface = lac_result_get_interface(analysis);
    const LacSurface *surface = lac_result_get_surface(analysis);
    if (kind == LAC_RESULT_INTERFACE && interface != NULL &&
        triangle < interface->mesh->n_triangles &&
        interface->type_of[triangle] < interface->n_types)
        return interface->type_of[triangle];
    if (kind == LAC_RESULT_SURFACE && surface != NULL && triangle < surface->mesh->n_triangles &&
        surface->facet_of[triangle] < surface->n_facets)
        return surface->facet_of[triangle];
    return G_MAXSIZE;
}
