// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prep/align.h"

#define AT(member) G_STRUCT_OFFSET(LacAlignParams, member)

// clang-format off
static const LacSetting settings[] = {
    { "along", "Along the axis", NULL, "Shifts along the tilt axis may change", LAC_SETTING_BOOLEAN,
        0, 0, AT(along), NULL },
    { "across", "Across the axis", NULL, "Shifts across the tilt axis may change", LAC_SETTING_BOOLEAN,
        0, 0, AT(across), NULL },
    { "max-shift", "Largest shift", "px", "How far neighbours, common lines and reprojection look",
        LAC_SETTING_DOUBLE, 1, 4096, AT(max_shift), NULL },
    { "iterations", "Iterations", NULL, "Of reprojection and angles, on each scale", LAC_SETTING_UINT,
        1, 1000, AT(iterations), NULL },
    { "recon-iterations", "RESIRE iterations", NULL, "Of the reconstruction between two of them",
        LAC_SETTING_UINT, 1, 200, AT(recon_iterations), NULL },
    { "finest-bin", "Finest bin", "px",
        "Refine on images binned by this; 1: on all pixels; 0: so that pixels are up to 0.75 Å",
        LAC_SETTING_UINT, 0, 64, AT(finest_bin), NULL },
    { "phi", "About the beam", NULL, "Angles may turn projections in their plane", LAC_SETTING_BOOLEAN,
        0, 0, AT(phi), NULL },
    { "theta", "About the tilt axis", NULL, "Angles may change the tilt", LAC_SETTING_BOOLEAN,
        0, 0, AT(theta), NULL },
    { "psi", "About the third axis", NULL, "Angles may tip the tilt axis", LAC_SETTING_BOOLEAN,
        0, 0, AT(psi), NULL },
    { "max-angle", "Largest turn", "deg", "How far a projection may turn about any axis",
        LAC_SETTING_DOUBLE, 0, 45, AT(max_angle), NULL },
    { "max-offset", "Axis offset", "px", "How far beside the middle the tilt axis is looked for",
        LAC_SETTING_DOUBLE, 0, 4096, AT(max_offset), NULL },
    { "max-rotation", "Axis rotation", "deg", "How far turned in the images it is looked for",
        LAC_SETTING_DOUBLE, 0, 45, AT(max_rotation), NULL },
};
// clang-format on

/**
 * lac_align_settings:
 *
 * Returns: the parameters as a table
 */
LacSettings
lac_align_settings(void)
{
    return (LacSettings){ settings, G_N_ELEMENTS(settings) };
}

/**
 * lac_align_params_init:
 * @params: (out caller-allocates): parameters that fit most series
 */
void
lac_align_params_init(LacAlignParams *params)
{
    *params = (LacAlignParams){
        .along = TRUE,
        .across = TRUE,
        .max_shift = 16.0,
        .iterations = 20,
        .recon_iterations = 8,
        .finest_bin = 0,
        .phi = TRUE,
        .theta = TRUE,
        .psi = TRUE,
        .max_angle = 3.0,
        .max_offset = 16.0,
        .max_rotation = 5.0,
    };
}
