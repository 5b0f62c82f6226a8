// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/units.h"

#include "core/error.h"
#include "core/trace/grid.h"
#include "core/trace/match-private.h"

#include <math.h>
#include <string.h>

// [Å] No bond to a nearest neighbour is shorter or longer in any solid.
#define SHORTEST_BOND  0.9
#define LONGEST_BOND   4.6
#define FINE_PER_VOXEL 3.0

static const char *const unit_names[LAC_N_UNITS] = {
    [LAC_UNIT_GUESS] = "guess",
    [LAC_UNIT_ANGSTROM] = "angstrom",
    [LAC_UNIT_VOXEL] = "voxel",
    [LAC_UNIT_VOXEL_ZERO] = "voxel0",
    [LAC_UNIT_FINE] = "fine",
};

/**
 * lac_unit_get_name:
 * @unit: a unit
 *
 * Returns: (transfer none): its name in options and reports, such as "voxel"
 */
const char *
lac_unit_get_name(LacUnit unit)
{
    return unit_names[unit];
}

/**
 * lac_unit_parse:
 * @name: a name
 * @unit: (out): the unit
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there is no such unit
 */
gboolean
lac_unit_parse(const char *name, LacUnit *unit, GError **error)
{
    for (guint u = 0; u < LAC_N_UNITS; u++) {
        if (!g_str_equal(name, unit_names[u]))
            continue;
        *unit = (LacUnit) u;
        return TRUE;
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "\"%s\" is no unit of positions; angstrom, voxel (from 1), voxel0 (from 0) and fine are",
        name);
    return FALSE;
}

/**
 * lac_axes_parse:
 * @text: three letters with optional signs, such as "yxz" or "y,x,-z": new x is old y, new y old x
 *   and new z the old one turned round
 * @axes: (out): the same
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set unless each axis comes once
 */
gboolean
lac_axes_parse(const char *text, LacAxes *axes, GError **error)
{
    guint n = 0, seen = 0;
    gboolean negate = FALSE, is_good = TRUE;
    *axes = (LacAxes){ 0 };
    for (const char *c = text; *c != '\0' && is_good; c++) {
        if (*c == ',' || *c == ' ')
            continue;
        if (*c == '-' && !negate) {
            negate = TRUE;
            continue;
        }
        is_good = n < 3 && *c >= 'x' && *c <= 'z';
        if (!is_good)
            break;
        axes->from[n] = (guint) (*c - 'x');
        axes->negate[n++] = negate;
        seen |= 1u << (guint) (*c - 'x');
        negate = FALSE;
    }
    if (is_good && n == 3 && seen == 7 && !negate)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "\"%s\" is no order of axes, which would be x, y and z once each, as in \"yxz\" or \"xy-z\"",
        text);
    return FALSE;
}

static gboolean
is_bond(double length)
{
    return length >= SHORTEST_BOND && length <= LONGEST_BOND;
}

// By the distance to the nearest neighbour, which is a bond length only in the right unit;
// LAC_UNIT_GUESS with @error set when none makes sense.
static LacUnit
guess_unit(const LacAtoms *atoms, double voxel_size, GError **error)
{
    g_autoptr(LacAtoms) present = lac_atoms_dup_present(atoms, NULL);
    const LacPoints points = { present->n, present->x, present->y, present->z };
    double distance;
    if (!lac_points_get_bond(&points, &distance, error))
        return LAC_UNIT_GUESS;
    if (is_bond(distance))
        return LAC_UNIT_ANGSTROM;
    if (voxel_size > 0.0 && is_bond(distance * voxel_size))
        return LAC_UNIT_VOXEL;
    if (voxel_size > 0.0 && is_bond(distance * voxel_size / FINE_PER_VOXEL))
        return LAC_UNIT_FINE;
    if (voxel_size > 0.0)
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Nearest neighbours are %g apart, which with voxels of %g Å is a bond in no unit; name "
            "the unit",
            distance, voxel_size);
    else
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Nearest neighbours are %g apart, so the positions are not in ångström; give the voxel "
            "size",
            distance);
    return LAC_UNIT_GUESS;
}

static double
to_voxel(double value, LacUnit unit)
{
    return unit == LAC_UNIT_VOXEL ? lac_grid_from_one_based(value)
        : unit == LAC_UNIT_FINE   ? lac_grid_from_fine(value)
                                  : value;
}

/**
 * lac_atoms_to_angstrom:
 * @atoms: positions as stored
 * @unit: (inout): their unit; %LAC_UNIT_GUESS becomes what was found
 * @voxel_size: [Å]; 0: unknown, which only ångström allow
 * @size: [voxel] edge of the volume they belong to; 0: unknown, and the first voxel is the origin
 * @error: return location for a #GError
 *
 * Returns: (transfer full): the atoms with positions [Å], about the centre voxel if @size is known;
 *   or %NULL with @error set
 */
LacAtoms *
lac_atoms_to_angstrom(const LacAtoms *atoms, LacUnit *unit, double voxel_size, gsize size,
    GError **error)
{
    if (*unit == LAC_UNIT_GUESS)
        *unit = guess_unit(atoms, voxel_size, error);
    if (*unit == LAC_UNIT_GUESS)
        return NULL;
    if (*unit != LAC_UNIT_ANGSTROM && !(voxel_size > 0.0 && isfinite(voxel_size))) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Positions in the unit %s need the voxel size", lac_unit_get_name(*unit));
        return NULL;
    }
    LacAtoms *out = lac_atoms_copy(atoms, atoms->n);
    double *const axes[3] = { out->x, out->y, out->z };
    for (guint a = 0; a < 3 && *unit != LAC_UNIT_ANGSTROM; a++)
        for (gsize i = 0; i < out->n; i++)
            axes[a][i] = (to_voxel(axes[a][i], *unit) - (double) (size / 2)) * voxel_size;
    return out;
}

/**
 * lac_atoms_reorder:
 * @atoms: atoms
 * @axes: what becomes of their axes
 *
 * Returns: (transfer full): the atoms with exchanged axes
 */
LacAtoms *
lac_atoms_reorder(const LacAtoms *atoms, const LacAxes *axes)
{
    LacAtoms *out = lac_atoms_copy(atoms, atoms->n);
    const double *const from[3] = { atoms->x, atoms->y, atoms->z };
    double *const to[3] = { out->x, out->y, out->z };
    for (guint a = 0; a < 3; a++)
        for (gsize i = 0; i < out->n; i++)
            to[a][i] = axes->negate[a] ? -from[axes->from[a]][i] : from[axes->from[a]][i];
    return out;
}

/**
 * lac_axes_to_text:
 * @axes: an order of axes
 *
 * Returns: (transfer full): the same as lac_axes_parse() reads it, such as "yx-z"
 */
char *
lac_axes_to_text(const LacAxes *axes)
{
    GString *text = g_string_new(NULL);
    for (guint a = 0; a < 3; a++)
        g_string_append_printf(text, "%s%c", axes->negate[a] ? "-" : "",
            (char) ('x' + (char) axes->from[a]));
    return g_string_free(text, FALSE);
}

// Number @k of the 48 orders and signs; the first leaves everything as it is.
static LacAxes
get_axes(guint k)
{
    static const guint orders[6][3] = { { 0, 1, 2 }, { 1, 0, 2 }, { 0, 2, 1 }, { 2, 1, 0 },
        { 1, 2, 0 }, { 2, 0, 1 } };
    LacAxes axes;
    for (guint a = 0; a < 3; a++) {
        axes.from[a] = orders[k / 8][a];
        axes.negate[a] = (k >> a & 1) != 0;
    }
    return axes;
}

/**
 * lac_axes_find:
 * @model: positions [Å]
 * @truth: positions [Å]
 * @cutoff: [Å] of a pair; 0: from the bond length
 * @axes: (out): what must become of the axes of @truth for the most pairs
 * @n_pairs: (out): how many pairs there are then
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Tries the 48 orders and signs of the axes, each with the centroids together. A crystal fits in
 * many of them: the first of the best is given.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_axes_find(const LacAtoms *model, const LacAtoms *truth, double cutoff, LacAxes *axes,
    gsize *n_pairs, LacProgress *progress, GError **error)
{
    LacMatchParams params;
    lac_match_params_init(&params);
    params.cutoff = cutoff;
    *n_pairs = 0;
    for (guint k = 0; k < 48; k++) {
        const LacAxes candidate = get_axes(k);
        g_autoptr(LacAtoms) turned = lac_atoms_reorder(truth, &candidate);
        if (!lac_progress_update(progress, k / 48.0, error))
            return FALSE;
        g_autoptr(LacMatch) match = lac_match(model, turned, &params, NULL, error);
        if (match == NULL)
            return FALSE;
        if (match->n_pairs > *n_pairs) {
            *n_pairs = match->n_pairs;
            *axes = candidate;
        }
    }
    return TRUE;
}
