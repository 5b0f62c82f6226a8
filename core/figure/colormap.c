// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/colormap.h"

#include "core/error.h"

#include <math.h>

typedef struct {
    const char *name;
    const char *label;
    guint n;            // control points, evenly spaced
    guint32 colors[20]; // 0xRRGGBB, sRGB
} Map;

// Control points; between them the colour runs along a cubic through its neighbours.
// viridis, magma: S. van der Walt and N. Smith, in the public domain (CC0).
// cividis: Nuñez, Anderton, Renslow, doi:10.1371/journal.pone.0199239.
// batlow: F. Crameri, doi:10.5281/zenodo.1243862.
// diverging: the red-blue scheme of C. Brewer, doi:10.1559/152304003100010929.
// clang-format off
static const Map maps[LAC_N_COLORMAPS] = {
    [LAC_COLORMAP_VIRIDIS] = { "viridis", "Viridis", 20,
        { 0x440154, 0x481567, 0x482677, 0x453781, 0x404788, 0x39568c, 0x33638d, 0x2d708e, 0x287d8e,
          0x238a8d, 0x1f968b, 0x20a387, 0x29af7f, 0x3cbb75, 0x55c667, 0x73d055, 0x95d840, 0xb8de29,
          0xdce319, 0xfde725 } },
    [LAC_COLORMAP_CIVIDIS] = { "cividis", "Cividis", 10,
        { 0x00204d, 0x00336f, 0x39486b, 0x575c6d, 0x707173, 0x8a8779, 0xa69d75, 0xc4b56c, 0xe4cf5b,
          0xffea46 } },
    [LAC_COLORMAP_MAGMA] = { "magma", "Magma", 11,
        { 0x000004, 0x140e36, 0x3b0f70, 0x641a80, 0x8c2981, 0xb73779, 0xde4968, 0xf7705c, 0xfe9f6d,
          0xfecf92, 0xfcfdbf } },
    [LAC_COLORMAP_BATLOW] = { "batlow", "Batlow", 9,
        { 0x011959, 0x114360, 0x226061, 0x4d734d, 0x828231, 0xc09036, 0xf19d6b, 0xfdb4b4,
          0xfaccfa } },
    [LAC_COLORMAP_GREY] = { "grey", "Grey", 2, { 0x000000, 0xffffff } },
    [LAC_COLORMAP_DIVERGING] = { "diverging", "Blue, white, red", 11,
        { 0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d,
          0xb2182b, 0x67001f } },
};
// clang-format on

/**
 * lac_colormap_get_name:
 * @colormap: a colour map
 *
 * Returns: (transfer none): its name in files and on the command line, such as "viridis"
 */
const char *
lac_colormap_get_name(LacColormap colormap)
{
    g_return_val_if_fail((guint) colormap < LAC_N_COLORMAPS, NULL);

    return maps[colormap].name;
}

/**
 * lac_colormap_get_label:
 * @colormap: a colour map
 *
 * Returns: (transfer none): its name for a person
 */
const char *
lac_colormap_get_label(LacColormap colormap)
{
    g_return_val_if_fail((guint) colormap < LAC_N_COLORMAPS, NULL);

    return maps[colormap].label;
}

/**
 * lac_colormap_from_name:
 * @name: such as "viridis"
 * @colormap: (out): the colour map; untouched on failure
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if there is none of that name
 */
gboolean
lac_colormap_from_name(const char *name, LacColormap *colormap, GError **error)
{
    for (guint i = 0; i < LAC_N_COLORMAPS; i++)
        if (g_ascii_strcasecmp(maps[i].name, name) == 0) {
            *colormap = (LacColormap) i;
            return TRUE;
        }
    g_autoptr(GString) known = g_string_new(maps[0].name);
    for (guint i = 1; i < LAC_N_COLORMAPS; i++)
        g_string_append_printf(known, ", %s", maps[i].name);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "There is no colour map \"%s\"; known are %s",
        name, known->str);
    return FALSE;
}

static double
channel(const Map *map, int i, int shift)
{
    return ((map->colors[CLAMP(i, 0, (int) map->n - 1)] >> shift) & 0xff) / 255.0;
}

/**
 * lac_colormap_lookup:
 * @colormap: a colour map
 * @t: position, 0 to 1; outside is clamped, NaN counts as 0
 * @rgb: (out caller-allocates): sRGB, 0 to 1
 *
 * Looks up a colour.
 */
void
lac_colormap_lookup(LacColormap colormap, double t, float rgb[3])
{
    g_return_if_fail((guint) colormap < LAC_N_COLORMAPS);

    const Map *map = &maps[colormap];
    double x = (t > 0.0 ? MIN(t, 1.0) : 0.0) * (map->n - 1);
    int i = MIN((int) x, (int) map->n - 2);
    double f = x - i;
    for (int c = 0; c < 3; c++) {
        int shift = 16 - 8 * c;
        double b = channel(map, i, shift), d = channel(map, i + 1, shift);
        // Beyond the ends the curve goes on straight.
        double a = i > 0 ? channel(map, i - 1, shift) : 2.0 * b - d;
        double e = i + 2 < (int) map->n ? channel(map, i + 2, shift) : 2.0 * d - b;
        double v = b +
            0.5 * f * (d - a + f * (2.0 * a - 5.0 * b + 4.0 * d - e + f * (3.0 * (b - d) + e - a)));
        rgb[c] = (float) CLAMP(v, 0.0, 1.0);
    }
}

/**
 * lac_colormap_fill_rgba:
 * @colormap: a colour map
 * @n: number of entries, at least 2
 * @rgba: (out caller-allocates) (array): 4 @n bytes, opaque
 *
 * Fills a table whose first entry is at 0 and whose last is at 1.
 */
void
lac_colormap_fill_rgba(LacColormap colormap, guint n, guint8 *rgba)
{
    g_return_if_fail(n >= 2);

    for (guint i = 0; i < n; i++) {
        float rgb[3];
        lac_colormap_lookup(colormap, (double) i / (n - 1), rgb);
        for (guint c = 0; c < 3; c++)
            rgba[4 * i + c] = (guint8) lrintf(rgb[c] * 255.0f);
        rgba[4 * i + 3] = 255;
    }
}
