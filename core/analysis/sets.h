// SPDX-License-Identifier: GPL-3.0-or-later
// Disjoint sets that grow together.
#pragma once

#include <glib.h>

typedef struct LacSets LacSets;

LacSets *lac_sets_new(gsize n);
void lac_sets_free(LacSets *self);
guint32 lac_sets_find(LacSets *self, guint32 i);
gboolean lac_sets_join(LacSets *self, guint32 a, guint32 b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSets, lac_sets_free)
