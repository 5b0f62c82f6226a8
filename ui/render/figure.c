// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure.h"

#include "core/error.h"
#include "ui/render/result-meshes.h"

#include <math.h>

#define COLUMN_MM 89.0 // one column of a journal
#define MM        25.4

static void
clear_label(gpointer data)
{
    LacFigureLabel *label = data;
    g_free(label->text);
}

/**
 * lac_figure_new:
 *
 * Returns: (transfer full): a figure of one column of a journal at 300 dpi, on white, with a scale
 * bar, soft shadows and thin outlines; all else as lac_scene_default(), with a camera that follows the data
 */
LacFigure *
lac_figure_new(void)
{
    LacFigure *self = g_new0(LacFigure, 1);
    self->scene = lac_scene_default();
    self->look = lac_atom_look_default();
    self->fit = TRUE;
    self->slice.axis = LAC_AXIS_Z;
    self->slice.position = (double) NAN;
    self->slice.atoms = self->plot.names = TRUE;
    for (int i = 0; i < 2; i++)
        self->plot.x[i] = self->plot.y[i] = (double) NAN;
    self->width_mm = COLUMN_MM;
    self->height_mm = 0.75 * COLUMN_MM;
    self->dpi = 300.0;
    self->supersample = 2;
    self->outline = 0.2;
    self->scene.atoms.shadow = 0.6;
    self->overlay = lac_overlay_params_default();
    self->labels = g_array_new(FALSE, FALSE, sizeof(LacFigureLabel));
    g_array_set_clear_func(self->labels, clear_label);
    self->scene.transfer.lo = self->scene.transfer.hi = (double) NAN;
    self->scene.transfer.n_points = 0;
    self->scene.iso[0].level = (double) NAN;
    LacMeshGroup *groups = self->scene.meshes.groups;
    groups[LAC_RESULT_INTERFACE].opacity = 0.65;
    groups[LAC_RESULT_INTERFACE].colors = LAC_RESULT_BY_CURVATURE;
    groups[LAC_RESULT_PORES].opacity = 0.85;
    groups[LAC_RESULT_SURFACE].opacity = 0.25;
    groups[LAC_RESULT_SURFACE].is_shell = TRUE;
    for (int i = 0; i < 3; i++) {
        self->scene.crosshair[i] = (double) NAN;
        self->scene.background[i] = 1.0f;
    }
    return self;
}

/**
 * lac_figure_copy:
 * @self: a figure
 *
 * Returns: (transfer full): the same figure
 */
LacFigure *
lac_figure_copy(const LacFigure *self)
{
    LacFigure *copy = g_memdup2(self, sizeof *self);
    copy->labels = g_array_new(FALSE, FALSE, sizeof(LacFigureLabel));
    g_array_set_clear_func(copy->labels, clear_label);
    for (guint i = 0; i < self->labels->len; i++) {
        const LacFigureLabel *label = &g_array_index(self->labels, LacFigureLabel, i);
        lac_figure_add_label(copy, label->at, label->dx, label->dy, label->text);
    }
    return copy;
}

/**
 * lac_figure_free:
 * @self: (nullable) (transfer full): a figure
 */
void
lac_figure_free(LacFigure *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->labels);
    g_free(self);
}

/**
 * lac_figure_add_label:
 * @self: a figure
 * @at: [Å] the point that it is about
 * @dx: [pt] of the text, to the right of the point; an arrow leads back from farther than a text size
 * @dy: [pt] likewise, down
 * @text: one line
 */
void
lac_figure_add_label(LacFigure *self, LacVec3 at, double dx, double dy, const char *text)
{
    LacFigureLabel label = { at, dx, dy, g_strdup(text) };
    g_array_append_val(self->labels, label);
}

/**
 * lac_figure_set_pixels:
 * @self: a figure
 * @width: [pixel]
 * @height: [pixel]
 *
 * Makes the picture that large. It stays as wide on paper, so that texts and lines keep their share.
 */
void
lac_figure_set_pixels(LacFigure *self, int width, int height)
{
    g_return_if_fail(width > 0 && height > 0);

    self->dpi = (double) width * MM / self->width_mm;
    self->height_mm = self->width_mm * (double) height / (double) width;
}

/**
 * lac_figure_get_pixels:
 * @self: a figure
 * @width: (out): [pixel]; undefined on failure
 * @height: (out): [pixel]; undefined on failure
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if the picture is outside 1 to %LAC_FIGURE_MAX_EDGE
 */
gboolean
lac_figure_get_pixels(const LacFigure *self, int *width, int *height, GError **error)
{
    double w = round(self->width_mm / MM * self->dpi), h = round(self->height_mm / MM * self->dpi);
    if (!(w >= 1.0 && h >= 1.0 && w <= LAC_FIGURE_MAX_EDGE && h <= LAC_FIGURE_MAX_EDGE)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A picture of %.0f x %.0f pixels is outside 1 to %d: %g x %g mm at %g dpi", w, h,
            LAC_FIGURE_MAX_EDGE, self->width_mm, self->height_mm, self->dpi);
        return FALSE;
    }
    *width = (int) w;
    *height = (int) h;
    return TRUE;
}
