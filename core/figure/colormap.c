// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/colormap.h"

#include "core/error.h"

#include <math.h>

typedef struct {
    const char *name;
    const char *label;
    guint n;            // control points, evenly spaced
    guint32 colors[52]; // 0xRRGGBB, sRGB
} Map;

// Control points; between them the colour runs along a cubic through its neighbours. Of the published
// tables of 256 colours every fifth is kept: the others lie within 0.7/255 of the curve, or 3.1/255 at
// the kink of cividis.
// viridis, magma: S. van der Walt and N. Smith, dedicated to the public domain (CC0).
// cividis: Nuñez, Anderton and Renslow, free of all copyright, doi:10.1371/journal.pone.0199239.
// diverging: our own. With s from 0 in the middle to 1 at either end, CIELAB lightness is 96 - 66 s and
// chroma C sin(0.7 pi s), for C = 42 and hue 275 degrees on the blue side, 58 and 32 on the red one.
// clang-format off
static const Map maps[LAC_N_COLORMAPS] = {
    [LAC_COLORMAP_VIRIDIS] = { "viridis", "Viridis", 52,
        { 0x440154, 0x46085c, 0x471063, 0x481769, 0x481d6f, 0x482475, 0x472a7a, 0x46307e, 0x453781,
          0x433d84, 0x414287, 0x3f4889, 0x3d4e8a, 0x3a538b, 0x38598c, 0x355e8d, 0x33638d, 0x31688e,
          0x2e6d8e, 0x2c718e, 0x2a768e, 0x297b8e, 0x27808e, 0x25848e, 0x23898e, 0x218e8d, 0x20928c,
          0x1f978b, 0x1e9c89, 0x1fa188, 0x21a585, 0x24aa83, 0x28ae80, 0x2eb37c, 0x35b779, 0x3dbc74,
          0x46c06f, 0x50c46a, 0x5ac864, 0x65cb5e, 0x70cf57, 0x7cd250, 0x89d548, 0x95d840, 0xa2da37,
          0xb0dd2f, 0xbddf26, 0xcae11f, 0xd8e219, 0xe5e419, 0xf1e51d, 0xfde725 } },
    [LAC_COLORMAP_CIVIDIS] = { "cividis", "Cividis", 52,
        { 0x00224e, 0x002656, 0x002a5f, 0x002d68, 0x003070, 0x083370, 0x163770, 0x203a6f, 0x273e6e,
          0x2e416d, 0x34456c, 0x3a486c, 0x3f4c6c, 0x444f6c, 0x49536c, 0x4e566c, 0x535a6d, 0x575d6d,
          0x5c616e, 0x60646f, 0x656870, 0x696b71, 0x6d6f72, 0x727274, 0x767676, 0x7a7a78, 0x7e7d78,
          0x838179, 0x888578, 0x8d8878, 0x928c78, 0x969077, 0x9b9476, 0xa09875, 0xa59c74, 0xaaa073,
          0xafa471, 0xb5a86f, 0xbaac6d, 0xbfb06b, 0xc4b468, 0xc9b965, 0xcfbd62, 0xd4c15f, 0xdac65b,
          0xdfca57, 0xe5cf52, 0xead34c, 0xf0d846, 0xf6dd3f, 0xfce236, 0xfee838 } },
    [LAC_COLORMAP_MAGMA] = { "magma", "Magma", 52,
        { 0x000004, 0x02020b, 0x050416, 0x090720, 0x0e0b2b, 0x140e36, 0x1a1042, 0x21114e, 0x29115a,
          0x311165, 0x390f6e, 0x420f75, 0x4a1079, 0x52137c, 0x5a167e, 0x621980, 0x6a1c81, 0x721f81,
          0x792282, 0x812581, 0x892881, 0x912b81, 0x992d80, 0xa1307e, 0xaa337d, 0xb2357b, 0xba3878,
          0xc23b75, 0xca3e72, 0xd2426f, 0xd9466b, 0xe04c67, 0xe75263, 0xec5860, 0xf1605d, 0xf4695c,
          0xf7725c, 0xf97b5d, 0xfb8560, 0xfc8e64, 0xfd9869, 0xfea16e, 0xfeaa74, 0xfeb47b, 0xfebd82,
          0xfec68a, 0xfecf92, 0xfed89a, 0xfde2a3, 0xfdebac, 0xfcf4b6, 0xfcfdbf } },
    [LAC_COLORMAP_GREY] = { "grey", "Grey", 2, { 0x000000, 0xffffff } },
    [LAC_COLORMAP_DIVERGING] = { "diverging", "Blue, white, red", 17,
        { 0x13487b, 0x1e5c9a, 0x3470b4, 0x5085ca, 0x709ada, 0x91b0e6, 0xb2c6ed, 0xd3dcf1, 0xf3f3f3,
          0xfcd3cd, 0xfdb3a8, 0xf79387, 0xea766a, 0xd85b52, 0xbf443e, 0xa3322e, 0x832522 } },
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
