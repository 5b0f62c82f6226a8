// SPDX-License-Identifier: GPL-3.0-or-later
// What saving and loading of a project share: the schema.
#pragma once

#include "core/project/project.h"

// 1 had no atoms but the truth, and those without states; 2 had no shifts.
#define LAC_PROJECT_SCHEMA 3

#define LAC_PROJECT_RAW "/series/raw" // the pixels as measured, of a denoised series

// How bright each projection is; missing: 1.
#define LAC_PROJECT_GAINS     "/series/gains"
#define LAC_PROJECT_RAW_GAINS "/series/raw_gains"

// Of each place of a stroke: stroke, projection, 1 inside or 0 outside, radius, u, v.
#define LAC_PROJECT_STROKES    "/series/mask_strokes"
#define LAC_PROJECT_STROKE_ROW 6

#define LAC_PROJECT_ANALYSES "/analysis"
#define LAC_PROJECT_SETTINGS "/analysis_settings" // parameters that are not as usual

// The atoms and the attributes of their history.
#define LAC_PROJECT_MODEL    "/atoms/model"
#define LAC_PROJECT_HISTORY  "/atoms/model/history" // bytes of core/data/edit-code
#define LAC_PROJECT_POSITION "position"             // how many of the edits are done
#define LAC_PROJECT_SAVE     "save"                 // LacJournalMark
#define LAC_PROJECT_FILE     "journal_file"
#define LAC_PROJECT_RECORDS  "journal_records"

// Known atoms, where every version of the file has them, and what else is known.
#define LAC_PROJECT_TRUTH_ATOMS  "/atoms/truth"
#define LAC_PROJECT_TRUTH        "/truth"
#define LAC_PROJECT_TRUTH_VOLUME "/truth/volume"

// One number of LacReconParams as an attribute.
typedef enum {
    LAC_FIELD_BOOLEAN,
    LAC_FIELD_UINT,
    LAC_FIELD_SIZE,
    LAC_FIELD_DOUBLE,
} LacFieldType;

typedef struct {
    const char *name;
    LacFieldType type;
    gsize offset;
} LacField;

const LacField *lac_project_fields(gsize *n);
