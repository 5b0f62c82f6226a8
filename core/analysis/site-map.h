// SPDX-License-Identifier: GPL-3.0-or-later
// Which entry of a list has a given site of a lattice.
#pragma once

#include <glib.h>

typedef struct {
    gint32 n[3];  // cell, each within 2^20
    guint8 basis; // 0 or 1
} LacSite;

typedef struct LacSiteMap LacSiteMap;

#define LAC_SITE_NONE G_MAXUINT32

LacSiteMap *lac_site_map_new(gsize most);
void lac_site_map_free(LacSiteMap *self);
gboolean lac_site_map_add(LacSiteMap *self, LacSite site, guint32 value);
guint32 lac_site_map_find(const LacSiteMap *self, LacSite site);
gboolean lac_site_is_in_range(LacSite site);
guint64 lac_site_pack(LacSite site);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacSiteMap, lac_site_map_free)
