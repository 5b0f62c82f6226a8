// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/site-map.h"

#define BITS  21
#define RANGE (1 << (BITS - 1))

// Open addressing; no more entries than were announced, so that it never grows.
struct LacSiteMap {
    gsize mask; // slots minus one, a power of two minus one
    guint64 *keys;
    guint32 *values; // LAC_SITE_NONE: free
};

/**
 * lac_site_map_new:
 * @most: entries that it will hold
 *
 * Returns: (transfer full): an empty map
 */
LacSiteMap *
lac_site_map_new(gsize most)
{
    gsize n = 16;
    while (n < 2 * most)
        n *= 2;
    LacSiteMap *self = g_new(LacSiteMap, 1);
    self->mask = n - 1;
    self->keys = g_new(guint64, n);
    self->values = g_new(guint32, n);
    for (gsize i = 0; i < n; i++)
        self->values[i] = LAC_SITE_NONE;
    return self;
}

/**
 * lac_site_map_free:
 * @self: (nullable) (transfer full): a map
 */
void
lac_site_map_free(LacSiteMap *self)
{
    if (self == NULL)
        return;
    g_free(self->keys);
    g_free(self->values);
    g_free(self);
}

/**
 * lac_site_is_in_range:
 * @site: a site
 *
 * Returns: whether the map can hold it
 */
gboolean
lac_site_is_in_range(LacSite site)
{
    for (int a = 0; a < 3; a++)
        if (site.n[a] < -RANGE || site.n[a] >= RANGE)
            return FALSE;
    return site.basis < 2;
}

/**
 * lac_site_pack:
 * @site: in the range of a map
 *
 * Returns: a number of its own
 */
guint64
lac_site_pack(LacSite site)
{
    guint64 key = site.basis;
    for (int a = 0; a < 3; a++)
        key = key << BITS | (guint64) (site.n[a] + RANGE);
    return key;
}

static gsize
find_slot(const LacSiteMap *self, guint64 key)
{
    guint64 hash = key * 0x9e3779b97f4a7c15u;
    gsize slot = (gsize) (hash ^ hash >> 32) & self->mask;
    while (self->values[slot] != LAC_SITE_NONE && self->keys[slot] != key)
        slot = (slot + 1) & self->mask;
    return slot;
}

/**
 * lac_site_map_add:
 * @self: a map
 * @site: a site
 * @value: below %LAC_SITE_NONE
 *
 * Returns: %FALSE if the site has a value already, which stays, or is out of range
 */
gboolean
lac_site_map_add(LacSiteMap *self, LacSite site, guint32 value)
{
    if (!lac_site_is_in_range(site))
        return FALSE;
    guint64 key = lac_site_pack(site);
    gsize slot = find_slot(self, key);
    if (self->values[slot] != LAC_SITE_NONE)
        return FALSE;
    self->keys[slot] = key;
    self->values[slot] = value;
    return TRUE;
}

/**
 * lac_site_map_find:
 * @self: a map
 * @site: a site
 *
 * Returns: its value, or %LAC_SITE_NONE
 */
guint32
lac_site_map_find(const LacSiteMap *self, LacSite site)
{
    return lac_site_is_in_range(site) ? self->values[find_slot(self, lac_site_pack(site))]
                                      : LAC_SITE_NONE;
}
