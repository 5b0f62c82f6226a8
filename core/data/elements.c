// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/elements.h"

#include <string.h>

typedef struct {
    char symbol[3];
    double radius; // [Å]
    guint jmol, vesta;
} Element;

// In the order of their numbers. Covalent radii: doi:10.1039/b801115j (low spin, sp3). Colours:
// Jmol's; VESTA's up to bismuth, Jmol's beyond.
static const Element elements[LAC_N_ELEMENTS] = {
    { "H", 0.31, 0xffffff, 0xffcccc },
    { "He", 0.28, 0xd9ffff, 0xfce9cf },
    { "Li", 1.28, 0xcc80ff, 0x86e074 },
    { "Be", 0.96, 0xc2ff00, 0x5fd87b },
    { "B", 0.84, 0xffb5b5, 0x20a20f },
    { "C", 0.76, 0x909090, 0x814929 },
    { "N", 0.71, 0x3050f8, 0xb0bae6 },
    { "O", 0.66, 0xff0d0d, 0xff0300 },
    { "F", 0.57, 0x90e050, 0xb0bae6 },
    { "Ne", 0.58, 0xb3e3f5, 0xff38b5 },
    { "Na", 1.66, 0xab5cf2, 0xfadd3d },
    { "Mg", 1.41, 0x8aff00, 0xfc7c16 },
    { "Al", 1.21, 0xbfa6a6, 0x81b3d6 },
    { "Si", 1.11, 0xf0c8a0, 0x1b3bfa },
    { "P", 1.07, 0xff8000, 0xc19cc3 },
    { "S", 1.05, 0xffff30, 0xfffa00 },
    { "Cl", 1.02, 0x1ff01f, 0x32fc03 },
    { "Ar", 1.06, 0x80d1e3, 0xcffec5 },
    { "K", 2.03, 0x8f40d4, 0xa122f7 },
    { "Ca", 1.76, 0x3dff00, 0x5b96be },
    { "Sc", 1.70, 0xe6e6e6, 0xb663ac },
    { "Ti", 1.60, 0xbfc2c7, 0x78caff },
    { "V", 1.53, 0xa6a6ab, 0xe61a00 },
    { "Cr", 1.39, 0x8a99c7, 0x00009e },
    { "Mn", 1.39, 0x9c7ac7, 0xa9099e },
    { "Fe", 1.32, 0xe06633, 0xb57200 },
    { "Co", 1.26, 0xf090a0, 0x0000af },
    { "Ni", 1.24, 0x50d050, 0xb8bcbe },
    { "Cu", 1.32, 0xc88033, 0x2247dd },
    { "Zn", 1.22, 0x7d80b0, 0x8f9082 },
    { "Ga", 1.22, 0xc28f8f, 0x9fe474 },
    { "Ge", 1.20, 0x668f8f, 0x7e6fa6 },
    { "As", 1.19, 0xbd80e3, 0x75d052 },
    { "Se", 1.20, 0xffa100, 0x9aef10 },
    { "Br", 1.20, 0xa62929, 0x7f3103 },
    { "Kr", 1.16, 0x5cb8d1, 0xfac1f3 },
    { "Rb", 2.20, 0x702eb0, 0xff0099 },
    { "Sr", 1.95, 0x00ff00, 0x00ff27 },
    { "Y", 1.90, 0x94ffff, 0x67988e },
    { "Zr", 1.75, 0x94e0e0, 0x00ff00 },
    { "Nb", 1.64, 0x73c2c9, 0x4cb376 },
    { "Mo", 1.54, 0x54b5b5, 0xb486b0 },
    { "Tc", 1.47, 0x3b9e9e, 0xcdafcb },
    { "Ru", 1.46, 0x248f8f, 0xcfb8ae },
    { "Rh", 1.42, 0x0a7d8c, 0xced2ab },
    { "Pd", 1.39, 0x006985, 0xc2c4b9 },
    { "Ag", 1.45, 0xc0c0c0, 0xb8bcbe },
    { "Cd", 1.44, 0xffd98f, 0xf31fdc },
    { "In", 1.42, 0xa67573, 0xd781bb },
    { "Sn", 1.39, 0x668080, 0x9b8fba },
    { "Sb", 1.39, 0x9e63b5, 0xd88350 },
    { "Te", 1.38, 0xd47a00, 0xada252 },
    { "I", 1.39, 0x940094, 0x8f1f8b },
    { "Xe", 1.40, 0x429eb0, 0x9ba1f8 },
    { "Cs", 2.44, 0x57178f, 0x0fffb9 },
    { "Ba", 2.15, 0x00c900, 0x1ef02d },
    { "La", 2.07, 0x70d4ff, 0x5ac449 },
    { "Ce", 2.04, 0xffffc7, 0xd1fd06 },
    { "Pr", 2.03, 0xd9ffc7, 0xfde206 },
    { "Nd", 2.01, 0xc7ffc7, 0xfc8e07 },
    { "Pm", 1.99, 0xa3ffc7, 0x0000f5 },
    { "Sm", 1.98, 0x8fffc7, 0xfd067d },
    { "Eu", 1.98, 0x61ffc7, 0xfb08d5 },
    { "Gd", 1.96, 0x45ffc7, 0xc004ff },
    { "Tb", 1.94, 0x30ffc7, 0x7104fe },
    { "Dy", 1.92, 0x1fffc7, 0x3106fd },
    { "Ho", 1.92, 0x00ff9c, 0x0742fb },
    { "Er", 1.89, 0x00e675, 0x49733b },
    { "Tm", 1.90, 0x00d452, 0x0000e0 },
    { "Yb", 1.87, 0x00bf38, 0x27fdf4 },
    { "Lu", 1.87, 0x00ab24, 0x26fdb5 },
    { "Hf", 1.75, 0x4dc2ff, 0xb4b459 },
    { "Ta", 1.70, 0x4da6ff, 0xb79b56 },
    { "W", 1.62, 0x2194d6, 0x8e8a80 },
    { "Re", 1.51, 0x267dab, 0xb3b18e },
    { "Os", 1.44, 0x266696, 0xc9b179 },
    { "Ir", 1.41, 0x175487, 0xc9cf73 },
    { "Pt", 1.36, 0xd0d0e0, 0xccc6bf },
    { "Au", 1.36, 0xffd123, 0xfeb338 },
    { "Hg", 1.32, 0xb8b8d0, 0xd3b8cc },
    { "Tl", 1.45, 0xa6544d, 0x96896d },
    { "Pb", 1.46, 0x575961, 0x53535b },
    { "Bi", 1.48, 0x9e4fb5, 0xd230f8 },
    { "Po", 1.40, 0xab5c00, 0xab5c00 },
    { "At", 1.50, 0x754f45, 0x754f45 },
    { "Rn", 1.50, 0x428296, 0x428296 },
    { "Fr", 2.60, 0x420066, 0x420066 },
    { "Ra", 2.21, 0x007d00, 0x007d00 },
    { "Ac", 2.15, 0x70abfa, 0x70abfa },
    { "Th", 2.06, 0x00baff, 0x00baff },
    { "Pa", 2.00, 0x00a1ff, 0x00a1ff },
    { "U", 1.96, 0x008fff, 0x008fff },
    { "Np", 1.90, 0x0080ff, 0x0080ff },
    { "Pu", 1.87, 0x006bff, 0x006bff },
    { "Am", 1.80, 0x545cf2, 0x545cf2 },
    { "Cm", 1.69, 0x785ce3, 0x785ce3 },
};

/**
 * lac_element_from_symbol:
 * @symbol: such as "Zr"; a number or a sign of charge after it is left out of account
 *
 * Returns: its atomic number, or 0 if it is none
 */
guint
lac_element_from_symbol(const char *symbol)
{
    gsize n = 0;
    while (n < 3 && g_ascii_isalpha(symbol[n]))
        n++;
    if (n == 0 || n > 2 || (symbol[n] != '\0' && strspn(symbol + n, "0123456789+-") == 0))
        return 0;
    for (guint i = 0; i < LAC_N_ELEMENTS; i++)
        if (strlen(elements[i].symbol) == n && strncmp(elements[i].symbol, symbol, n) == 0)
            return i + 1;
    return 0;
}

/**
 * lac_element_get_radius:
 * @number: atomic number, 1 to %LAC_N_ELEMENTS
 *
 * Returns: [Å] its covalent radius
 */
double
lac_element_get_radius(guint number)
{
    g_return_val_if_fail(number >= 1 && number <= LAC_N_ELEMENTS, 1.0);

    return elements[number - 1].radius;
}

/**
 * lac_element_get_color:
 * @number: atomic number, 1 to %LAC_N_ELEMENTS
 * @palette: whose colours
 * @rgb: (out caller-allocates): sRGB, 0 to 1
 */
void
lac_element_get_color(guint number, LacPalette palette, float rgb[3])
{
    g_return_if_fail(number >= 1 && number <= LAC_N_ELEMENTS);

    guint color =
        palette == LAC_PALETTE_VESTA ? elements[number - 1].vesta : elements[number - 1].jmol;
    for (int i = 0; i < 3; i++)
        rgb[i] = (float) (color >> (16 - 8 * i) & 0xff) / 255.0f;
}

/**
 * lac_palette_get_name:
 * @palette: a palette
 *
 * Returns: (transfer none): its name in files and on the command line
 */
const char *
lac_palette_get_name(LacPalette palette)
{
    return palette == LAC_PALETTE_VESTA ? "vesta" : "jmol";
}
