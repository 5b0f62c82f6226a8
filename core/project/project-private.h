// SPDX-License-Identifier: GPL-3.0-or-later
// What saving and loading of a project share: the schema.
#pragma once

#include "core/project/project.h"

#define LAC_PROJECT_SCHEMA 1

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
