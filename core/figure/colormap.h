// SPDX-License-Identifier: GPL-3.0-or-later
// Perceptually uniform colour maps.
#pragma once

#include <glib.h>

typedef enum {
    LAC_COLORMAP_VIRIDIS,
    LAC_COLORMAP_CIVIDIS,
    LAC_COLORMAP_MAGMA,
    LAC_COLORMAP_GREY,
    LAC_COLORMAP_DIVERGING, // blue, white, red: for values about zero
    LAC_N_COLORMAPS,
} LacColormap;

const char *lac_colormap_get_name(LacColormap colormap);
const char *lac_colormap_get_label(LacColormap colormap);
gboolean lac_colormap_from_name(const char *name, LacColormap *colormap, GError **error);
void lac_colormap_lookup(LacColormap colormap, double t, float rgb[3]);
void lac_colormap_fill_rgba(LacColormap colormap, guint n, guint8 *rgba);
