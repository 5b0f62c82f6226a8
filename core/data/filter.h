// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions that choose atoms: "intensity < 0.4 and cn <= 7", "species == Zr and not z > 0",
// "flag == too-close or abs(x) < 5".
#pragma once

#include "core/data/atoms.h"

typedef struct LacFilter LacFilter;

LacFilter *lac_filter_new(const char *text, const LacAtoms *atoms, GError **error);
guint8 *lac_filter_apply(const LacFilter *self, const LacAtoms *atoms, GError **error);
void lac_filter_free(LacFilter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFilter, lac_filter_free)
