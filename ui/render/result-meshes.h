// SPDX-License-Identifier: GPL-3.0-or-later
// The surfaces and markers that analyses give. Pure; any thread.
#pragma once

#include "core/analysis/analysis.h"
#include "core/analysis/interface.h"
#include "core/analysis/pores.h"
#include "core/analysis/surface.h"
#include "core/analysis/vacancies.h"
#include "ui/render/atom-set.h"
#include "ui/render/mesh-set.h"

// Kinds of things; the surfaces among them are the groups of the 3D view.
typedef enum {
    LAC_RESULT_INTERFACE,
    LAC_RESULT_PORES,
    LAC_RESULT_SURFACE,
    LAC_N_RESULT_SURFACES,
    LAC_RESULT_VACANCIES = LAC_N_RESULT_SURFACES,
    LAC_N_RESULTS,
} LacResultKind;

// What the colours of the interface tell.
typedef enum {
    LAC_RESULT_PLAIN,
    LAC_RESULT_BY_CURVATURE,
    LAC_RESULT_BY_SIDE,      // on each side the phase that is there
    LAC_RESULT_BY_TYPE,      // phase and grain that a part faces
    LAC_RESULT_BY_OXIDATION, // degree of oxidation D1 of the atoms around
    LAC_N_RESULT_COLORS,
} LacResultColor;

// How a kind of results is drawn.
typedef struct {
    gboolean shown;
    double opacity; // 0 to 1; of surfaces
    LacResultColor color;
} LacResultLayer;

extern const char *const lac_result_color_names[LAC_N_RESULT_COLORS + 1];

const LacInterface *lac_result_get_interface(const LacAnalysis *analysis);
const LacPores *lac_result_get_pores(const LacAnalysis *analysis);
const LacSurface *lac_result_get_surface(const LacAnalysis *analysis);
const LacVacancies *lac_result_get_vacancies(const LacAnalysis *analysis);
guint64 lac_result_get_needs(LacResultKind kind, LacResultColor color);
gboolean lac_result_is_there(const LacAnalysis *analysis, LacResultKind kind);
void lac_result_get_color(LacResultKind kind, float rgb[3]);
LacMeshSet *lac_result_meshes_new(const LacAnalysis *analysis, LacResultColor color,
    LacProgress *progress, GError **error);
LacMarker *lac_result_dup_markers(const LacAnalysis *analysis, gsize selected, gsize *n);
gsize lac_result_find_part(const LacAnalysis *analysis, LacResultKind kind, gsize triangle);
