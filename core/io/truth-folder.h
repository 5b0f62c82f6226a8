// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of labelled particles: truth.json with tables of atoms, vacancies and pores beside it.
#pragma once

#include "core/data/truth.h"
#include "core/progress.h"

gboolean lac_truth_folder_is(const char *folder);
LacTruth *lac_truth_folder_read(const char *folder, LacProgress *progress, GError **error);
