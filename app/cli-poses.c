// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-poses.h"

#include <math.h>
#include <stdio.h>

/**
 * lac_cli_compare_poses:
 * @truth: (nullable): of a simulated particle
 * @series: projections with their shifts and angles
 * @difference: (out) (nullable): how far they are from the truth; %NULL where it does not know them
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when the truth is about another series
 */
gboolean
lac_cli_compare_poses(const LacTruth *truth, const LacSeries *series,
    LacAlignDifference **difference, GError **error)
{
    *difference = NULL;
    if (truth == NULL || truth->n_projections == 0)
        return TRUE;
    g_autoptr(LacSeries) turned =
        lac_series_with_angles(series, truth->angles, truth->n_projections, error);
    g_autoptr(LacSeries) known = turned != NULL
        ? lac_series_with_shifts(turned, truth->shifts, truth->n_projections, error)
        : NULL;
    *difference = known != NULL ? lac_align_compare(series, known, error) : NULL;
    return *difference != NULL;
}

/**
 * lac_cli_print_poses:
 * @when: the first word of the line
 * @d: how far shifts and angles are from the truth
 */
void
lac_cli_print_poses(const char *when, const LacAlignDifference *d)
{
    printf("%s: off by %.3f px across and %.3f px along the axis (at most %.2f); %.3f° about the "
           "beam, %.3f° about the axis, %.3f° about the third\n",
        when, d->rms_across, d->rms_along, d->max_shift, d->rms_phi, d->rms_theta, d->rms_psi);
}

/**
 * lac_cli_add_poses:
 * @json: in an object
 * @name: of the member
 * @d: how far shifts and angles are from the truth
 */
void
lac_cli_add_poses(JsonBuilder *json, const char *name, const LacAlignDifference *d)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
    lac_cli_add_number(json, "across_px", d->rms_across);
    lac_cli_add_number(json, "along_px", d->rms_along);
    lac_cli_add_number(json, "largest_shift_px", d->max_shift);
    lac_cli_add_number(json, "phi_deg", d->rms_phi);
    lac_cli_add_number(json, "theta_deg", d->rms_theta);
    lac_cli_add_number(json, "psi_deg", d->rms_psi);
    lac_cli_add_number(json, "largest_angle_deg", d->max_angle);
    lac_cli_add_number(json, "object_turned_deg", d->rotation);
    lac_cli_add_number(json, "object_moved_px",
        sqrt(d->translation.x * d->translation.x + d->translation.y * d->translation.y +
            d->translation.z * d->translation.z));
    json_builder_end_object(json);
}
