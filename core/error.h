// SPDX-License-Identifier: GPL-3.0-or-later
// Errors that name the file, field and value at fault.
#pragma once

#include <glib.h>

#define LAC_ERROR lac_error_quark()

typedef enum {
    LAC_ERROR_ARGUMENT,    // a parameter is outside its range
    LAC_ERROR_FORMAT,      // a file is damaged or is not what it says
    LAC_ERROR_UNSUPPORTED, // a valid file or request that this program does not handle
    LAC_ERROR_MISMATCH,    // two inputs do not fit each other (shapes, counts)
    LAC_ERROR_UNDEFINED,   // a quantity that these data do not have
    LAC_ERROR_MEMORY,      // not enough memory
    LAC_ERROR_INTERNAL,    // a library failed in a way the user cannot mend
} LacErrorCode;

GQuark lac_error_quark(void);
