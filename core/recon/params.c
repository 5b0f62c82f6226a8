// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/recon/recon-private.h"

#include <math.h>

#define MAX_EXTENT     8192
#define MAX_ITERATIONS 100000

static const struct {
    const char *id;
    LacReconParams params;
} presets[] = {
    [LAC_RECON_DEFAULT] = { "default",
        { .n_iterations = 40,
            .accelerated = TRUE,
            .blob_sigma = -LAC_RECON_BLOB_SHARE,
            .weight_alpha = 0.5,
            .weight_cap = 4.0,
            .positivity = TRUE } },
    [LAC_RECON_CLEAN] = { "clean",
        { .n_iterations = 50,
            .accelerated = TRUE,
            .blob_sigma = -LAC_RECON_BLOB_SHARE,
            .weight_alpha = 1.0,
            .weight_cap = 16.0,
            .positivity = TRUE } },
    [LAC_RECON_LOW_DOSE] = { "low-dose",
        { .n_iterations = 10,
            .accelerated = TRUE,
            .blob_sigma = -LAC_RECON_BLOB_SHARE,
            .weight_alpha = 0.5,
            .weight_cap = 4.0,
            .positivity = TRUE } },
    [LAC_RECON_PUBLISHED] = { "published",
        { .n_iterations = 100, .step = 2.0, .positivity = TRUE } },
};

static const char *const method_ids[] = {
    [LAC_RECON_RESIRE] = "resire",
    [LAC_RECON_SIRT] = "sirt",
    [LAC_RECON_WBP] = "wbp",
};

/**
 * lac_recon_preset_get_id:
 * @preset: a preset
 *
 * Returns: (transfer none): its name on the command line
 */
const char *
lac_recon_preset_get_id(LacReconPreset preset)
{
    return presets[preset].id;
}

/**
 * lac_recon_preset_from_id:
 * @id: a name on the command line
 * @preset: (out): the preset
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there is none of that name
 */
gboolean
lac_recon_preset_from_id(const char *id, LacReconPreset *preset, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(presets); i++) {
        if (g_str_equal(presets[i].id, id)) {
            *preset = (LacReconPreset) i;
            return TRUE;
        }
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no preset \"%s\"; there are default, clean, low-dose and published", id);
    return FALSE;
}

/**
 * lac_recon_method_get_id:
 * @method: a method
 *
 * Returns: (transfer none): its name on the command line
 */
const char *
lac_recon_method_get_id(LacReconMethod method)
{
    return method_ids[method];
}

/**
 * lac_recon_method_from_id:
 * @id: a name on the command line
 * @method: (out): the method
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when there is none of that name
 */
gboolean
lac_recon_method_from_id(const char *id, LacReconMethod *method, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(method_ids); i++) {
        if (g_str_equal(method_ids[i], id)) {
            *method = (LacReconMethod) i;
            return TRUE;
        }
    }
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "There is no method \"%s\"; there are resire, sirt and wbp", id);
    return FALSE;
}

/**
 * lac_recon_params_init:
 * @params: (out caller-allocates): parameters of RESIRE
 * @preset: what the data are like
 *
 * A negative blob width stands for that share of the atom width, which is measured first.
 */
void
lac_recon_params_init(LacReconParams *params, LacReconPreset preset)
{
    *params = presets[preset].params;
}

static gboolean
check_range(const char *name, double value, double low, double high, GError **error)
{
    if (value >= low && value <= high)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s of %g is outside %g to %g", name, value,
        low, high);
    return FALSE;
}

/**
 * lac_recon_params_check:
 * @p: parameters from outside
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error naming the value that is out of range
 */
gboolean
lac_recon_params_check(const LacReconParams *p, GError **error)
{
    return check_range("A number of iterations", p->n_iterations, 1, MAX_ITERATIONS, error) &&
        check_range("A step", p->step, 0, 100, error) &&
        check_range("A blob width", p->blob_sigma, -2, 16, error) &&
        check_range("A weight exponent", p->weight_alpha, 0, 2, error) &&
        check_range("A weight cap", p->weight_cap, 0, 1e6, error) &&
        check_range("A tolerance", p->tolerance, 0, 1, error) &&
        check_range("A volume extent", (double) MAX(MAX(p->nx, p->ny), p->nz), 0, MAX_EXTENT,
            error);
}

/**
 * lac_recon_params_resolve:
 * @params: parameters
 * @series: what is reconstructed
 *
 * Returns: @params with the shape filled in and what the method does not use switched off
 */
LacReconParams
lac_recon_params_resolve(const LacReconParams *params, const LacSeries *series)
{
    LacReconParams p = *params;
    p.nx = p.nx != 0 ? p.nx : series->nu;
    p.ny = p.ny != 0 ? p.ny : series->nv;
    p.nz = p.nz != 0 ? p.nz : p.nx;
    if (p.method != LAC_RECON_RESIRE) {
        p.accelerated = FALSE;
        p.step = p.blob_sigma = p.weight_alpha = p.weight_cap = 0.0;
    }
    if (p.method == LAC_RECON_WBP) {
        p.n_iterations = 1;
        p.positivity = FALSE;
    }
    return p;
}

/**
 * lac_recon_check_mask:
 * @mask: voxels that may be other than zero
 * @series: what is reconstructed
 * @params: parameters
 * @file: where the mask comes from, for the message
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when the mask is not of the volume's shape
 */
gboolean
lac_recon_check_mask(const LacVolume *mask, const LacSeries *series, const LacReconParams *params,
    const char *file, GError **error)
{
    LacReconParams p = lac_recon_params_resolve(params, series);
    if (mask->nx == p.nx && mask->ny == p.ny && mask->nz == p.nz)
        return TRUE;
    g_autofree char *name = g_filename_display_basename(file);
    g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH,
        "The mask %s has %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT
        " voxels along x, y and z, but the volume will have %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT
        " × %" G_GSIZE_FORMAT,
        name, mask->nx, mask->ny, mask->nz, p.nx, p.ny, p.nz);
    return FALSE;
}

/**
 * lac_recon_params_get_projector:
 * @p: resolved parameters
 * @series: what is reconstructed; its angles and shifts are lent
 *
 * Returns: the geometry and weights of the projector that the method needs
 */
LacProjectorParams
lac_recon_params_get_projector(const LacReconParams *p, const LacSeries *series)
{
    LacProjectorParams out = {
        .nx = p->nx,
        .ny = p->ny,
        .nz = p->nz,
        .nu = series->nu,
        .nv = series->nv,
        .n = series->n,
        .angles = series->angles,
        .shifts = lac_series_is_shifted(series) ? series->shifts : NULL,
        .blob_sigma = MAX(p->blob_sigma, 0.0),
        .weight_alpha = p->weight_alpha,
        .weight_cap = p->weight_cap,
    };
    if (p->method == LAC_RECON_WBP) {
        // Twice the plain ramp; its value at zero is that of a ramp sampled on the padded detector.
        out.weight_alpha = 1.0;
        out.weight_cap = 1e30;
        out.ramp_floor = 1.0 / (8.0 * (double) series->nu);
    }
    return out;
}

/**
 * lac_recon_estimate_memory:
 * @series: what would be reconstructed
 * @params: how
 *
 * Returns: [bytes] that a run needs at its peak, besides @series itself
 */
guint64
lac_recon_estimate_memory(const LacSeries *series, const LacReconParams *params)
{
    LacReconParams p = lac_recon_params_resolve(params, series);
    LacProjectorParams projector = lac_recon_params_get_projector(&p, series);
    double volume = 4.0 * (double) p.nx * (double) p.ny * (double) p.nz;
    double projections = 4.0 * (double) (series->n * series->nv) * (double) series->nu;
    // Three packed volumes (16 rows at a time), two plain ones for what is shown and kept, one for the blobs.
    double packed = volume * (double) ((p.ny + 15) / 16 * 16) / (double) p.ny;
    return lac_projector_estimate_memory(&projector) +
        (guint64) (3.0 * packed + 3.0 * volume + 4.0 * projections);
}
