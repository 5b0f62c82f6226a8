// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/prep/denoise.h"

#include <math.h>

static const char *const methods[LAC_N_DENOISE_METHODS] = {
    [LAC_DENOISE_NONE] = "none",
    [LAC_DENOISE_BM3D] = "bm3d",
    [LAC_DENOISE_NLM] = "nlm",
    [LAC_DENOISE_GAUSSIAN] = "gaussian",
};

static const char *const backgrounds[LAC_N_BEHIND] = {
    [LAC_BEHIND_NONE] = "none",
    [LAC_BEHIND_CONSTANT] = "constant",
    [LAC_BEHIND_LAPLACE] = "laplace",
};

static gboolean
find_id(const char *const *ids, guint n, const char *id, const char *what, guint *out,
    GError **error)
{
    for (guint i = 0; i < n; i++)
        if (g_str_equal(ids[i], id)) {
            *out = i;
            return TRUE;
        }
    g_autoptr(GString) list = g_string_new(ids[0]);
    for (guint i = 1; i < n; i++)
        g_string_append_printf(list, i + 1 < n ? ", %s" : " and %s", ids[i]);
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "There is no %s \"%s\"; there are %s", what,
        id, list->str);
    return FALSE;
}

/**
 * lac_denoise_method_get_id:
 * @method: a method
 *
 * Returns: (transfer none): its name on the command line and in files
 */
const char *
lac_denoise_method_get_id(LacDenoiseMethod method)
{
    g_return_val_if_fail(method < LAC_N_DENOISE_METHODS, NULL);

    return methods[method];
}

/**
 * lac_denoise_method_from_id:
 * @id: "none", "bm3d", "nlm" or "gaussian"
 * @method: (out): which
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_denoise_method_from_id(const char *id, LacDenoiseMethod *method, GError **error)
{
    guint i;
    if (!find_id(methods, LAC_N_DENOISE_METHODS, id, "method", &i, error))
        return FALSE;
    *method = (LacDenoiseMethod) i;
    return TRUE;
}

/**
 * lac_behind_get_id:
 * @background: a kind of background
 *
 * Returns: (transfer none): its name on the command line and in files
 */
const char *
lac_behind_get_id(LacBehind background)
{
    g_return_val_if_fail(background < LAC_N_BEHIND, NULL);

    return backgrounds[background];
}

/**
 * lac_behind_from_id:
 * @id: "none", "constant" or "laplace"
 * @background: (out): which
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_behind_from_id(const char *id, LacBehind *background, GError **error)
{
    guint i;
    if (!find_id(backgrounds, LAC_N_BEHIND, id, "background", &i, error))
        return FALSE;
    *background = (LacBehind) i;
    return TRUE;
}

/**
 * lac_denoise_params_init:
 * @params: (out): set to the defaults: BM3D with the noise estimated from each projection
 */
void
lac_denoise_params_init(LacDenoiseParams *params)
{
    *params = (LacDenoiseParams){
        .method = LAC_DENOISE_BM3D,
        .estimate = TRUE,
        .strength = 1.0,
        .width = 1.0,
        .background = LAC_BEHIND_NONE,
    };
    lac_mask_params_init(&params->mask);
}

/**
 * lac_denoise_params_check:
 * @params: parameters
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set when one is out of its range
 */
gboolean
lac_denoise_params_check(const LacDenoiseParams *params, GError **error)
{
    const struct {
        const char *name;
        double value, min, max;
    } numbers[] = {
        { "gain", params->noise.gain, 0.0, 1e12 },
        { "offset", params->noise.offset, -1e12, 1e12 },
        { "read noise", params->noise.read_noise, 0.0, 1e12 },
        { "strength", params->strength, 0.01, 100.0 },
        { "width", params->width, 0.0, 100.0 },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!(numbers[i].value >= numbers[i].min && numbers[i].value <= numbers[i].max)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "The %s %g is outside %g to %g",
                numbers[i].name, numbers[i].value, numbers[i].min, numbers[i].max);
            return FALSE;
        }
    gboolean needs_noise = params->method == LAC_DENOISE_BM3D || params->method == LAC_DENOISE_NLM;
    if (needs_noise && !params->estimate && !(params->noise.gain > 0.0) &&
        !(params->noise.read_noise > 0.0)) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "Gain and read noise are both 0: there is no noise to remove");
        return FALSE;
    }
    return lac_mask_params_check(&params->mask, error);
}

/**
 * lac_denoise_params_dup_text:
 * @params: parameters
 *
 * Returns: (transfer full): those that matter, as "key=value" lines
 */
char *
lac_denoise_params_dup_text(const LacDenoiseParams *params)
{
    gboolean is_filtered = params->method != LAC_DENOISE_NONE;
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "method=%s\n", methods[params->method]);
    if (params->method == LAC_DENOISE_GAUSSIAN)
        g_string_append_printf(text, "width=%g\n", params->width);
    else if (is_filtered && params->estimate)
        g_string_append_printf(text, "noise=estimated\nstrength=%g\n", params->strength);
    else if (is_filtered)
        g_string_append_printf(text, "gain=%g\noffset=%g\nread_noise=%g\nstrength=%g\n",
            params->noise.gain, params->noise.offset, params->noise.read_noise, params->strength);
    g_string_append_printf(text, "background=%s\nnormalise=%s\n", backgrounds[params->background],
        params->normalise ? "yes" : "no");
    if (params->background != LAC_BEHIND_NONE || params->normalise)
        g_string_append_printf(text,
            "mask_threshold=%g\nmask_smoothing=%g\nmask_opening=%g\nmask_closing=%g\n"
            "mask_growth=%g\n",
            params->mask.threshold, params->mask.smoothing, params->mask.opening,
            params->mask.closing, params->mask.growth);
    return g_string_free(text, FALSE);
}
