// SPDX-License-Identifier: GPL-3.0-or-later
// A parameter from a table as a row: field, switch or list, with its unit, and a way back.
#pragma once

#include "core/data/param.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define LAC_TYPE_PARAM_ROW (lac_param_row_get_type())
G_DECLARE_FINAL_TYPE(LacParamRow, lac_param_row, LAC, PARAM_ROW, AdwActionRow)

// Signal "edited" (double value): by the user.
GtkWidget *lac_param_row_new(const LacParamInfo *info, double usual);
const LacParamInfo *lac_param_row_get_info(LacParamRow *self);
void lac_param_row_set_value(LacParamRow *self, double value);

G_END_DECLS
