// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/oxidation.h"

#include <math.h>

/**
 * lac_oxidation_fraction:
 * @reference: densities of metal and oxide
 * @density: [Å^-3] local density of metal atoms
 *
 * Definition D1: the volume fraction of oxide, v = (rho_m - rho) / (rho_m - rho_ox), 0 to 1.
 *
 * Returns: the fraction; NaN when the references are the same or the density is not known
 */
double
lac_oxidation_fraction(const LacOxidationReference *reference, double density)
{
    double range = reference->metal - reference->oxide;
    if (!(fabs(range) > 0.0) || isnan(density))
        return (double) NAN;
    return CLAMP((reference->metal - density) / range, 0.0, 1.0);
}

/**
 * lac_oxidation_share:
 * @reference: densities of metal and oxide
 * @density: [Å^-3] local density of metal atoms
 *
 * Definition D2: the share of metal atoms that are oxidised, beta = v rho_ox / rho, 0 to 1. Of
 * ZrO2 the ratio O/Zr is 2 beta.
 *
 * Returns: the share; NaN when it is undefined
 */
double
lac_oxidation_share(const LacOxidationReference *reference, double density)
{
    double fraction = lac_oxidation_fraction(reference, density);
    if (isnan(fraction) || !(density > 0.0))
        return (double) NAN;
    return CLAMP(fraction * reference->oxide / density, 0.0, 1.0);
}

/**
 * lac_oxidation_from_signal:
 * @reference: densities of metal and oxide
 * @signal: local mean of a reconstruction without background
 * @metal_signal: the same inside the metal
 *
 * Definition D3: as D1, from the intensity instead of the traced atoms: the metal has the signal
 * rho_m and the dioxide rho_ox (1 + 2 w_O), so it does not depend on tracing.
 *
 * Returns: the fraction, 0 to 1; NaN when it is undefined
 */
double
lac_oxidation_from_signal(const LacOxidationReference *reference, double signal,
    double metal_signal)
{
    if (!(metal_signal > 0.0))
        return (double) NAN;
    LacOxidationReference bright = { reference->metal,
        reference->oxide * (1.0 + 2.0 * LAC_OXYGEN_WEIGHT) };
    return lac_oxidation_fraction(&bright, signal / metal_signal * reference->metal);
}
