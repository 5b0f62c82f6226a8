// SPDX-License-Identifier: GPL-3.0-or-later
// Colour maps: ends, clamping, names, and that lightness rises evenly.
#include "core/error.h"
#include "core/figure/colormap.h"

#include <math.h>
#include <string.h>

// CIE lightness L* of an sRGB colour.
static double
lightness(const float rgb[3])
{
    static const double WEIGHT[] = { 0.2126, 0.7152, 0.0722 };
    double y = 0.0;
    for (int c = 0; c < 3; c++) {
        double v = (double) rgb[c];
        y += WEIGHT[c] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return y > 0.008856 ? 116.0 * cbrt(y) - 16.0 : 903.3 * y;
}

static void
test_ends(void)
{
    float rgb[3], same[3];
    lac_colormap_lookup(LAC_COLORMAP_VIRIDIS, 0.0, rgb);
    g_assert_cmpfloat_with_epsilon(rgb[0], 0x44 / 255.0, 1e-6);
    g_assert_cmpfloat_with_epsilon(rgb[1], 0x01 / 255.0, 1e-6);
    g_assert_cmpfloat_with_epsilon(rgb[2], 0x54 / 255.0, 1e-6);
    lac_colormap_lookup(LAC_COLORMAP_VIRIDIS, 1.0, rgb);
    g_assert_cmpfloat_with_epsilon(rgb[0], 0xfd / 255.0, 1e-6);
    lac_colormap_lookup(LAC_COLORMAP_VIRIDIS, 7.0, same);
    g_assert_true(memcmp(rgb, same, sizeof rgb) == 0);
    lac_colormap_lookup(LAC_COLORMAP_GREY, 0.25, rgb);
    g_assert_cmpfloat_with_epsilon(rgb[1], 0.25, 1e-6);
    lac_colormap_lookup(LAC_COLORMAP_GREY, (double) NAN, rgb);
    g_assert_cmpfloat(rgb[0], ==, 0.0f);
}

static void
test_lightness(void)
{
    for (guint m = 0; m < LAC_N_COLORMAPS; m++) {
        double previous = -1.0, first = 0.0, last = 0.0, worst = 0.0;
        float rgb[3];
        lac_colormap_lookup((LacColormap) m, 0.0, rgb);
        first = lightness(rgb);
        lac_colormap_lookup((LacColormap) m, 1.0, rgb);
        last = lightness(rgb);
        for (int i = 0; i <= 200; i++) {
            double t = i / 200.0;
            lac_colormap_lookup((LacColormap) m, t, rgb);
            double l = lightness(rgb);
            if (m == LAC_COLORMAP_DIVERGING) {
                g_assert_true(i == 0 || (i <= 100 ? l > previous : l < previous));
            }
            else {
                g_assert_cmpfloat(l, >, previous);
                worst = MAX(worst, fabs(l - (first + (last - first) * t)));
            }
            previous = l;
        }
        g_test_message("%s: lightness %.0f to %.0f, at most %.1f from even",
            lac_colormap_get_name((LacColormap) m), first, last, worst);
        g_assert_cmpfloat(worst, <, 7.0);
    }
}

static void
test_diverging_centre(void)
{
    float rgb[3];
    lac_colormap_lookup(LAC_COLORMAP_DIVERGING, 0.5, rgb);
    for (int c = 0; c < 3; c++)
        g_assert_cmpfloat_with_epsilon(rgb[c], 0xf3 / 255.0, 1e-6);
}

// Entries of the published tables that lie between the control points.
static void
test_published(void)
{
    static const struct {
        LacColormap colormap;
        guint entry, rgb;
    } KNOWN[] = {
        { LAC_COLORMAP_VIRIDIS, 28, 0x482878 },
        { LAC_COLORMAP_VIRIDIS, 93, 0x2d708e },
        { LAC_COLORMAP_VIRIDIS, 217, 0x9bd93c },
        { LAC_COLORMAP_CIVIDIS, 64, 0x434e6c },
        { LAC_COLORMAP_CIVIDIS, 128, 0x7d7c78 },
        { LAC_COLORMAP_CIVIDIS, 217, 0xd6c35d },
        { LAC_COLORMAP_MAGMA, 64, 0x51127c },
        { LAC_COLORMAP_MAGMA, 128, 0xb73779 },
        { LAC_COLORMAP_MAGMA, 177, 0xf66c5c },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(KNOWN); i++) {
        float rgb[3];
        lac_colormap_lookup(KNOWN[i].colormap, KNOWN[i].entry / 255.0, rgb);
        for (int c = 0; c < 3; c++)
            g_assert_cmpfloat_with_epsilon(255.0 * (double) rgb[c],
                (double) ((KNOWN[i].rgb >> (16 - 8 * c)) & 0xff), 1.0);
    }
}

// Lightness as the comment on the table says, but for the rounded tip in the middle.
static void
test_diverging_lightness(void)
{
    for (int i = 0; i <= 100; i++) {
        float low[3], high[3];
        lac_colormap_lookup(LAC_COLORMAP_DIVERGING, 0.5 - i / 200.0, low);
        lac_colormap_lookup(LAC_COLORMAP_DIVERGING, 0.5 + i / 200.0, high);
        double expected = 96.0 - 66.0 * i / 100.0;
        g_assert_cmpfloat_with_epsilon(lightness(low), expected, 1.5);
        g_assert_cmpfloat_with_epsilon(lightness(high), expected, 1.5);
    }
}

static void
test_names(void)
{
    for (guint m = 0; m < LAC_N_COLORMAPS; m++) {
        LacColormap found;
        g_autoptr(GError) error = NULL;
        g_assert_true(
            lac_colormap_from_name(lac_colormap_get_name((LacColormap) m), &found, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(found, ==, m);
        g_assert_nonnull(lac_colormap_get_label((LacColormap) m));
    }
    LacColormap untouched = LAC_COLORMAP_MAGMA;
    g_autoptr(GError) error = NULL;
    g_assert_false(lac_colormap_from_name("jet", &untouched, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_assert_nonnull(strstr(error->message, "jet"));
    g_assert_cmpint(untouched, ==, LAC_COLORMAP_MAGMA);
}

static void
test_table(void)
{
    guint8 table[256 * 4];
    lac_colormap_fill_rgba(LAC_COLORMAP_GREY, 256, table);
    for (guint i = 0; i < 256; i++) {
        g_assert_cmpuint(table[4 * i], ==, i);
        g_assert_cmpuint(table[4 * i + 3], ==, 255);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/colormap/ends", test_ends);
    g_test_add_func("/colormap/lightness", test_lightness);
    g_test_add_func("/colormap/diverging-centre", test_diverging_centre);
    g_test_add_func("/colormap/published", test_published);
    g_test_add_func("/colormap/diverging-lightness", test_diverging_lightness);
    g_test_add_func("/colormap/names", test_names);
    g_test_add_func("/colormap/table", test_table);
    return g_test_run();
}
