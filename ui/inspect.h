// SPDX-License-Identifier: GPL-3.0-or-later
// What analyses know of an atom, of many, or of a thing that is no atom: from what is computed
// already, so that a click is answered at once.
#pragma once

#include "ui/fact-list.h"
#include "ui/session.h"

typedef struct LacInspector LacInspector;

LacInspector *lac_inspector_new(void);
void lac_inspector_free(LacInspector *self);
void lac_inspector_set_analysis(LacInspector *self, LacAnalysis *analysis);
void lac_inspect_atom(const LacAnalysis *analysis, gsize index, LacFactList *list);
void
lac_inspect_atoms(const LacAnalysis *analysis, const gsize *indices, gsize n, LacFactList *list);
void lac_inspect_picked(LacInspector *self, const LacPicked *picked, LacFactList *list);
char *lac_inspect_dup_title(const LacPicked *picked);
char *
lac_inspect_dup_value(const LacAnalysis *analysis, const LacAnalysisColumn *column, gsize point);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacInspector, lac_inspector_free)
