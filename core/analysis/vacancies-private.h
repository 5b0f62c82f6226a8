// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of finding vacancies.
#pragma once

#include "core/analysis/vacancies.h"
#include "core/data/cells.h"

typedef struct {
    const LacPoints *points;
    const LacHull *hull;
    const LacLattices *lattices;
    const LacVacancyContext *context;
    const LacVacancyParams *params;
    const LacCells *cells;
} LacVacancyFinder;

gboolean lac_vacancy_find_sites(const LacVacancyFinder *finder, LacVacancies *self,
    LacProgress *progress, GError **error);
gboolean lac_vacancy_weigh(const LacVacancyFinder *finder, LacVacancies *self,
    LacProgress *progress, GError **error);
