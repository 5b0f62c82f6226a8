// SPDX-License-Identifier: GPL-3.0-or-later
// What phases are called, and those that a person told.
#include "core/analysis/phases.h"
#include "core/error.h"

/**
 * lac_phase_get_name:
 * @phase: a phase
 *
 * Returns: what people call it
 */
const char *
lac_phase_get_name(LacPhase phase)
{
    static const char *const names[] = { "unassigned", "metal", "crystalline oxide",
        "amorphous oxide" };
    return names[MIN(phase, LAC_N_PHASES - 1)];
}

/**
 * lac_phase_parse:
 * @name: "metal", "oxide" or "crystalline", "amorphous", or "automatic"
 * @phase: (out): which it is; %LAC_PHASE_UNASSIGNED when the analysis is to decide
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if there is no such phase
 */
gboolean
lac_phase_parse(const char *name, LacPhase *phase, GError **error)
{
    static const struct {
        const char *name;
        LacPhase phase;
    } words[] = { { "metal", LAC_PHASE_METAL }, { "oxide", LAC_PHASE_OXIDE },
        { "crystalline", LAC_PHASE_OXIDE }, { "amorphous", LAC_PHASE_AMORPHOUS },
        { "automatic", LAC_PHASE_UNASSIGNED } };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(words[i].name, name) == 0) {
            *phase = words[i].phase;
            return TRUE;
        }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "\"%s\" is no phase: metal, oxide, amorphous or automatic", name);
    return FALSE;
}

/**
 * lac_phases_read_by_hand:
 * @points: atoms of a model
 *
 * Reads the column of phases that were set by hand.
 *
 * Returns: (transfer full) (nullable) (array): #LacPhase of each point, or %LAC_PHASE_AS_FOUND;
 *   %NULL when the model has no such column
 */
guint8 *
lac_phases_read_by_hand(const LacPoints *points)
{
    const double *by_hand = lac_atoms_get_column(points->atoms, LAC_COLUMN_PHASE_BY_HAND);
    if (by_hand == NULL)
        return NULL;
    guint8 *labels = g_new(guint8, MAX(points->n, 1));
    for (gsize i = 0; i < points->n; i++) {
        double value = by_hand[points->index[i]];
        gboolean is_set = value >= LAC_PHASE_METAL && value < LAC_N_PHASES;
        labels[i] = is_set ? (guint8) value : LAC_PHASE_AS_FOUND;
    }
    return labels;
}
