// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of the chemical elements: symbols, covalent radii, and the colours they are drawn in.
#pragma once

#include <glib.h>

#define LAC_N_ELEMENTS 96

typedef enum {
    LAC_PALETTE_JMOL,
    LAC_PALETTE_VESTA,
    LAC_N_PALETTES,
} LacPalette;

guint lac_element_from_symbol(const char *symbol);
double lac_element_get_radius(guint number);
void lac_element_get_color(guint number, LacPalette palette, float rgb[3]);
const char *lac_palette_get_name(LacPalette palette);
