// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/sets.h"

struct LacSets {
    guint32 *up; // towards the root, which is the lowest member
};

/**
 * lac_sets_new:
 * @n: number of elements, below G_MAXUINT32
 *
 * Returns: (transfer full): @n sets of one element each
 */
LacSets *
lac_sets_new(gsize n)
{
    LacSets *self = g_new(LacSets, 1);
    self->up = g_new(guint32, n);
    for (gsize i = 0; i < n; i++)
        self->up[i] = (guint32) i;
    return self;
}

/**
 * lac_sets_free:
 * @self: (nullable) (transfer full): sets
 */
void
lac_sets_free(LacSets *self)
{
    if (self == NULL)
        return;
    g_free(self->up);
    g_free(self);
}

/**
 * lac_sets_find:
 * @self: sets
 * @i: an element
 *
 * Returns: the lowest element of its set
 */
guint32
lac_sets_find(LacSets *self, guint32 i)
{
    while (self->up[i] != i) {
        self->up[i] = self->up[self->up[i]];
        i = self->up[i];
    }
    return i;
}

/**
 * lac_sets_join:
 * @self: sets
 * @a: an element
 * @b: another
 *
 * Returns: whether they were in different sets until now
 */
gboolean
lac_sets_join(LacSets *self, guint32 a, guint32 b)
{
    a = lac_sets_find(self, a);
    b = lac_sets_find(self, b);
    self->up[MAX(a, b)] = MIN(a, b);
    return a != b;
}
