// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/result-meshes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VACANCY_RADIUS 1.3  // [Å]
#define SPAN_SHARE     0.95 // of the surface whose curvature the colours reach to

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

/**
 * lac_result_get_curvature_span:
 * @analysis: an analysis with an interface
 *
 * Returns: [1/Å] the curvature that the colours reach to, on both sides of zero
 */
double
lac_result_get_curvature_span(const LacAnalysis *analysis)
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
    static const float OPEN_PORE[3] = { 0.35f, 0.85f, 0.60f };
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(LacMeshSource));
    const LacInterface *interface = lac_result_get_interface(analysis);
    const LacPores *pores = lac_result_get_pores(analysis);
    const LacSurface *surface = lac_result_get_surface(analysis);
    if (interface != NULL) {
        LacMeshSource source = make_source(interface->mesh, LAC_RESULT_INTERFACE, 0);
        double span = lac_result_get_curvature_span(analysis);
        source.by_value = color == LAC_RESULT_BY_CURVATURE;
        source.colormap = LAC_COLORMAP_DIVERGING;
        source.lo = -span;
        source.hi = span;
        g_array_append_val(sources, source);
    }
    for (gsize i = 0; pores != NULL && i < pores->n; i++) {
        if (pores->pores[i].mesh == NULL)
            continue;
        LacMeshSource source = make_source(pores->pores[i].mesh, LAC_RESULT_PORES, i);
        if (pores->pores[i].is_open) // another hue, and the inspector says so in words
            memcpy(source.color, OPEN_PORE, sizeof source.color);
        g_array_append_val(sources, source);
    }
    if (surface != NULL) {
        LacMeshSource source = make_source(surface->mesh, LAC_RESULT_SURFACE, 0);
        g_array_append_val(sources, source);
    }
    return lac_mesh_set_new((const LacMeshSource *) (gpointer) sources->data, sources->len,
        progress, error);
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
 * lac_result_get_position:
 * @analysis: an analysis
 * @kind: pores or vacancies
 * @index: which one
 * @position: (out): [Å] its centre
 *
 * Returns: %FALSE if there is none
 */
gboolean
lac_result_get_position(const LacAnalysis *analysis, LacResultKind kind, gsize index,
    LacVec3 *position)
{
    const LacPores *pores = lac_result_get_pores(analysis);
    const LacVacancies *vacancies = lac_result_get_vacancies(analysis);
    if (kind == LAC_RESULT_PORES && pores != NULL && index < pores->n)
        *position = pores->pores[index].centre;
    else if (kind == LAC_RESULT_VACANCIES && vacancies != NULL && index < vacancies->n)
        *position = vacancies->sites[index].position;
    else
        return FALSE;
    return TRUE;
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
