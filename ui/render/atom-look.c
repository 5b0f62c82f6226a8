// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/atom-look.h"

#include <math.h>
#include <string.h>

#define OTHER_RADIUS 1.35 // [Å] of what is no element
#define MIDDLE       1.35 // [Å] covalent radius that is drawn as it is
#define SMALLEST     0.3  // of the largest radius, by column

/**
 * lac_atom_look_default:
 *
 * Returns: Jmol's colours by species, and three quarters of the covalent radius
 */
LacAtomLook
lac_atom_look_default(void)
{
    return (LacAtomLook){
        .color_by = LAC_COLOR_BY_SPECIES,
        .palette = LAC_PALETTE_JMOL,
        .color_column = LAC_COLUMN_INTENSITY,
        .colormap = LAC_COLORMAP_VIRIDIS,
        .color_lo = (double) NAN,
        .color_hi = (double) NAN,
        .size_by = LAC_SIZE_BY_SPECIES,
        .size_column = LAC_COLUMN_INTENSITY,
        .size_lo = (double) NAN,
        .size_hi = (double) NAN,
        .radius_scale = 0.75,
        .radius = 1.0,
        .bond_radius = 0.18,
    };
}

// NaN stands for "from the data" and is equal to itself.
static gboolean
is_same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/**
 * lac_atom_look_is_equal:
 * @a: a look
 * @b: another
 *
 * Returns: %TRUE if atoms look the same
 */
gboolean
lac_atom_look_is_equal(const LacAtomLook *a, const LacAtomLook *b)
{
    if (a->n_own != b->n_own)
        return FALSE;
    for (guint i = 0; i < a->n_own; i++)
        if (!g_str_equal(a->own[i].species, b->own[i].species) ||
            memcmp(a->own[i].rgb, b->own[i].rgb, sizeof a->own[i].rgb) != 0)
            return FALSE;
    return a->color_by == b->color_by && a->palette == b->palette &&
        g_str_equal(a->color_column, b->color_column) && a->colormap == b->colormap &&
        !a->reversed == !b->reversed && is_same_number(a->color_lo, b->color_lo) &&
        is_same_number(a->color_hi, b->color_hi) && a->size_by == b->size_by &&
        g_str_equal(a->size_column, b->size_column) && is_same_number(a->size_lo, b->size_lo) &&
        is_same_number(a->size_hi, b->size_hi) && a->radius_scale == b->radius_scale &&
        a->radius == b->radius && a->bond_radius == b->bond_radius;
}

/**
 * lac_atom_look_set_own_color:
 * @self: a look
 * @species: name of a species
 * @rgb: (nullable): sRGB, 0 to 1; %NULL for the palette's colour
 *
 * Chooses the colour of a species. Beyond %LAC_LOOK_MAX_OWN of them nothing happens.
 */
void
lac_atom_look_set_own_color(LacAtomLook *self, const char *species, const float rgb[3])
{
    guint i = 0;
    while (i < self->n_own && !g_str_equal(self->own[i].species, species))
        i++;
    if (rgb == NULL) {
        if (i < self->n_own)
            self->own[i] = self->own[--self->n_own];
        return;
    }
    if (i == LAC_LOOK_MAX_OWN)
        return;
    self->n_own = MAX(self->n_own, i + 1);
    g_strlcpy(self->own[i].species, species, sizeof self->own[i].species);
    memcpy(self->own[i].rgb, rgb, sizeof self->own[i].rgb);
}

static void
unpack(guint color, float rgb[3])
{
    for (int i = 0; i < 3; i++)
        rgb[i] = (float) (color >> (16 - 8 * i) & 0xff) / 255.0f;
}

/**
 * lac_atom_look_get_species_color:
 * @self: a look
 * @species: name of a species: an element or any other
 * @index: of the species in its model, by which others than elements are told apart
 * @rgb: (out caller-allocates): sRGB, 0 to 1
 */
void
lac_atom_look_get_species_color(const LacAtomLook *self, const char *species, guint index,
    float rgb[3])
{
    static const guint OTHERS[] = { 0x4c9be8, 0xf28e2b, 0x59b36b, 0xd65f8e, 0x9b7fd1, 0xe3c23c,
        0x47b8b0, 0xa87b5d };
    for (guint i = 0; i < self->n_own; i++)
        if (g_str_equal(self->own[i].species, species)) {
            memcpy(rgb, self->own[i].rgb, sizeof self->own[i].rgb);
            return;
        }
    guint number = lac_element_from_symbol(species);
    if (number != 0)
        lac_element_get_color(number, self->palette, rgb);
    else
        unpack(OTHERS[index % G_N_ELEMENTS(OTHERS)], rgb);
}

// [Å] The geometric mean of the covalent radius and 1.35 Å: so that the atoms of an oxide differ, but
// none is lost to the eye.
static double
get_species_radius(const LacAtomLook *self, const char *species)
{
    guint number = lac_element_from_symbol(species);
    double radius = number != 0 ? lac_element_get_radius(number) : OTHER_RADIUS;
    return self->radius_scale * sqrt(MIDDLE * radius);
}

// The values of a name: those from elsewhere, or a column of the atoms.
static const double *
find_values(const LacAtoms *atoms, const LacAtomValues *values, const char *column, gsize *n)
{
    if (values != NULL && values->name != NULL && g_str_equal(values->name, column)) {
        *n = MIN(values->n, atoms->n);
        return values->values;
    }
    const double *own = lac_atoms_get_column(atoms, column);
    *n = own != NULL ? atoms->n : 0;
    return own;
}

/**
 * lac_atom_look_get_range:
 * @atoms: atoms
 * @values: (nullable): goes before the column of its name
 * @column: name of a column
 * @lo: (out): the smallest value of an atom of the model
 * @hi: (out): the largest
 *
 * Returns: %FALSE, with 0 and 1, if no atom has a finite value
 */
gboolean
lac_atom_look_get_range(const LacAtoms *atoms, const LacAtomValues *values, const char *column,
    double *lo, double *hi)
{
    gsize n;
    const double *data = find_values(atoms, values, column, &n);
    *lo = G_MAXDOUBLE;
    *hi = -G_MAXDOUBLE;
    for (gsize i = 0; i < n; i++)
        if (lac_atoms_is_present(atoms, i) && isfinite(data[i])) {
            *lo = MIN(*lo, data[i]);
            *hi = MAX(*hi, data[i]);
        }
    if (*lo <= *hi)
        return TRUE;
    *lo = 0.0;
    *hi = 1.0;
    return FALSE;
}

/**
 * lac_atom_state_get_color:
 * @state: a state
 * @rgb: (out caller-allocates): sRGB, 0 to 1, in which atoms of that state are drawn
 */
void
lac_atom_state_get_color(LacAtomState state, float rgb[3])
{
    static const guint COLORS[LAC_N_ATOM_STATES] = {
        [LAC_ATOM_AUTO] = 0xb4b8be,
        [LAC_ATOM_CONFIRMED] = 0x4fb477,
        [LAC_ATOM_MOVED] = 0x4c9be8,
        [LAC_ATOM_ADDED] = 0xb07fe0,
        [LAC_ATOM_UNSURE] = 0xf2a93b,
        [LAC_ATOM_REJECTED] = 0x8d9199,
        [LAC_ATOM_NON_ATOM] = 0x7d7468,
        [LAC_ATOM_DELETED] = 0xd9534f,
    };
    g_return_if_fail((guint) state < LAC_N_ATOM_STATES);

    unpack(COLORS[state], rgb);
}

/**
 * lac_category_get_color:
 * @category: the number of a word, such as a phase; 0 is what belongs to none
 * @rgb: (out caller-allocates): sRGB, 0 to 1
 *
 * Colours after Okabe and Ito, distinct with any colour vision; after eight they come again.
 */
void
lac_category_get_color(guint category, float rgb[3])
{
    static const guint COLORS[] = { 0x8d9199, 0xd55e00, 0x009e73, 0x3b82d6, 0xe6b422, 0xcc79a7,
        0x56b4e9, 0xa65628, 0xb8c0c8 };
    guint n = G_N_ELEMENTS(COLORS);
    unpack(COLORS[category < n ? category : 1 + (category - 1) % (n - 1)], rgb);
}

/**
 * lac_match_kind_get_color:
 * @kind: what a comparison said
 * @rgb: (out caller-allocates): sRGB, 0 to 1, in which such atoms are drawn
 */
void
lac_match_kind_get_color(LacMatchKind kind, float rgb[3])
{
    static const guint COLORS[LAC_N_MATCH_KINDS] = {
        [LAC_MATCH_UNKNOWN] = 0x8d9199,
        [LAC_MATCH_FOUND] = 0xc3c9cf,
        [LAC_MATCH_DISPLACED] = 0xf2c230,
        [LAC_MATCH_MISTYPED] = 0x9b7fd1,
        [LAC_MATCH_EXTRA] = 0xe0563c,
        [LAC_MATCH_MISSED] = 0x3d8fe0,
    };
    g_return_if_fail((guint) kind < LAC_N_MATCH_KINDS);

    unpack(COLORS[kind], rgb);
}

// A column with the values between which it is shown.
typedef struct {
    const double *values;
    gsize n;
    double lo, hi;
} Scale;

static Scale
make_scale(const LacAtoms *atoms, const LacAtomValues *values, const char *column, double lo,
    double hi)
{
    Scale scale = { 0 };
    scale.values = find_values(atoms, values, column, &scale.n);
    lac_atom_look_get_range(atoms, values, column, &scale.lo, &scale.hi);
    if (!isnan(lo))
        scale.lo = lo;
    if (!isnan(hi))
        scale.hi = hi;
    return scale;
}

// NaN where the value is unknown.
static double
get_position(const Scale *scale, gsize i)
{
    if (i >= scale->n || !isfinite(scale->values[i]))
        return (double) NAN;
    if (scale->hi == scale->lo)
        return 0.5;
    return CLAMP((scale->values[i] - scale->lo) / (scale->hi - scale->lo), 0.0, 1.0);
}

// What each species looks like.
typedef struct {
    float rgb[3], radius;
} SpeciesLook;

static SpeciesLook *
get_species(const LacAtomLook *self, const LacAtoms *atoms, guint *n)
{
    *n = g_strv_length(atoms->species_names);
    SpeciesLook *looks = g_new0(SpeciesLook, *n + 1);
    for (guint i = 0; i <= *n; i++) { // the last one is for those without a name
        const char *name = i < *n ? atoms->species_names[i] : "";
        lac_atom_look_get_species_color(self, name, i, looks[i].rgb);
        looks[i].radius = (float) get_species_radius(self, name);
    }
    return looks;
}

static void
get_column_color(const LacAtomLook *self, double x, float rgb[3])
{
    if (isnan(x)) // a grey that is in none of the maps but the grey one
        rgb[0] = rgb[1] = rgb[2] = 0.5f;
    else
        lac_colormap_lookup(self->colormap, self->reversed ? 1.0 - x : x, rgb);
}

static void
get_category_color(const Scale *scale, gsize i, float rgb[3])
{
    if (i >= scale->n || !isfinite(scale->values[i]) || scale->values[i] < 0.0)
        rgb[0] = rgb[1] = rgb[2] = 0.5f;
    else
        lac_category_get_color((guint) MIN(scale->values[i], 1e6), rgb);
}

/**
 * lac_atom_look_apply:
 * @self: a look
 * @atoms: atoms
 * @match: (nullable): a #LacMatchKind per atom, for %LAC_COLOR_BY_MATCH
 * @values: (nullable): goes before the column of its name
 * @radii: (out caller-allocates): [Å] per atom
 * @rgba: (out caller-allocates): four bytes per atom: sRGB, and 255
 *
 * Gives each atom, and each record of one, its colour and radius.
 */
void
lac_atom_look_apply(const LacAtomLook *self, const LacAtoms *atoms, const guint8 *match,
    const LacAtomValues *values, float *radii, guint8 *rgba)
{
    guint n_species;
    g_autofree SpeciesLook *species = get_species(self, atoms, &n_species);
    Scale color = make_scale(atoms, values, self->color_column, self->color_lo, self->color_hi);
    Scale size = make_scale(atoms, values, self->size_column, self->size_lo, self->size_hi);
    gboolean has_names = values != NULL && values->names != NULL && values->values == color.values;
    for (gsize i = 0; i < atoms->n; i++) {
        const SpeciesLook *look = &species[MIN(atoms->species[i], n_species)];
        float rgb[3];
        memcpy(rgb, look->rgb, sizeof rgb);
        if (self->color_by == LAC_COLOR_BY_COLUMN && has_names)
            get_category_color(&color, i, rgb);
        else if (self->color_by == LAC_COLOR_BY_COLUMN)
            get_column_color(self, get_position(&color, i), rgb);
        else if (self->color_by == LAC_COLOR_BY_STATE)
            lac_atom_state_get_color(atoms->state[i], rgb);
        else if (self->color_by == LAC_COLOR_BY_MATCH)
            lac_match_kind_get_color(match != NULL ? match[i] : LAC_MATCH_UNKNOWN, rgb);
        for (int c = 0; c < 3; c++)
            rgba[4 * i + (gsize) c] = (guint8) lrintf(255.0f * CLAMP(rgb[c], 0.0f, 1.0f));
        rgba[4 * i + 3] = 255;
        double x = self->size_by == LAC_SIZE_BY_COLUMN ? get_position(&size, i) : 1.0;
        radii[i] = self->size_by == LAC_SIZE_BY_SPECIES
            ? look->radius
            : (float) (self->radius * (isnan(x) ? SMALLEST : SMALLEST + (1.0 - SMALLEST) * x));
    }
}
