// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tilt.h"

#include <math.h>

struct _LacTilt {
    GObject parent_instance;
    guint index;
    LacAngles angles;
    LacShift shift;
    double gain;
    gboolean excluded;
    double noise;        // [intensity]; NaN: not known yet
    GdkTexture *texture; // (nullable)
};

enum {
    CHANGED,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacTilt, lac_tilt, G_TYPE_OBJECT)

static void
lac_tilt_finalize(GObject *object)
{
    g_clear_object(&LAC_TILT(object)->texture);
    G_OBJECT_CLASS(lac_tilt_parent_class)->finalize(object);
}

static void
lac_tilt_class_init(LacTiltClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = lac_tilt_finalize;
    signals[CHANGED] = g_signal_new("changed", LAC_TYPE_TILT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 0);
}

static void
lac_tilt_init(LacTilt *self)
{
    self->noise = (double) NAN;
    self->gain = 1.0;
}

/**
 * lac_tilt_new:
 * @index: which projection of the series
 *
 * Returns: (transfer full): an item with all angles 0
 */
LacTilt *
lac_tilt_new(guint index)
{
    LacTilt *self = g_object_new(LAC_TYPE_TILT, NULL);
    self->index = index;
    return self;
}

/**
 * lac_tilt_get_index:
 * @self: an item
 *
 * Returns: which projection of the series
 */
guint
lac_tilt_get_index(LacTilt *self)
{
    return self->index;
}

/**
 * lac_tilt_get_angles:
 * @self: an item
 *
 * Returns: (transfer none): its angles [deg]
 */
const LacAngles *
lac_tilt_get_angles(LacTilt *self)
{
    return &self->angles;
}

/**
 * lac_tilt_get_shift:
 * @self: an item
 *
 * Returns: (transfer none): where the object lies in it [pixel]
 */
const LacShift *
lac_tilt_get_shift(LacTilt *self)
{
    return &self->shift;
}

/**
 * lac_tilt_get_gain:
 * @self: an item
 *
 * Returns: how bright it is for the object that all projections show
 */
double
lac_tilt_get_gain(LacTilt *self)
{
    return self->gain;
}

/**
 * lac_tilt_get_excluded:
 * @self: an item
 *
 * Returns: whether it is left out of a reconstruction
 */
gboolean
lac_tilt_get_excluded(LacTilt *self)
{
    return self->excluded;
}

/**
 * lac_tilt_get_noise:
 * @self: an item
 *
 * Returns: standard deviation of the noise [intensity]; NaN while it is not known
 */
double
lac_tilt_get_noise(LacTilt *self)
{
    return self->noise;
}

/**
 * lac_tilt_set_noise:
 * @self: an item
 * @sigma: standard deviation of the noise [intensity]
 */
void
lac_tilt_set_noise(LacTilt *self, double sigma)
{
    g_return_if_fail(LAC_IS_TILT(self));

    if (sigma == self->noise)
        return;
    self->noise = sigma;
    g_signal_emit(self, signals[CHANGED], 0);
}

/**
 * lac_tilt_get_texture:
 * @self: an item
 *
 * Returns: (transfer none) (nullable): its small picture, once made
 */
GdkTexture *
lac_tilt_get_texture(LacTilt *self)
{
    return self->texture;
}

/**
 * lac_tilt_update:
 * @self: an item
 * @angles: its angles [deg]
 * @excluded: whether it is left out
 */
void
lac_tilt_update(LacTilt *self, const LacAngles *angles, gboolean excluded)
{
    g_return_if_fail(LAC_IS_TILT(self));

    if (angles->phi == self->angles.phi && angles->theta == self->angles.theta &&
        angles->psi == self->angles.psi && !excluded == !self->excluded)
        return;
    self->angles = *angles;
    self->excluded = excluded;
    g_signal_emit(self, signals[CHANGED], 0);
}

/**
 * lac_tilt_set_shift:
 * @self: an item
 * @shift: where the object lies in it [pixel]
 */
void
lac_tilt_set_shift(LacTilt *self, LacShift shift)
{
    g_return_if_fail(LAC_IS_TILT(self));

    if (shift.du == self->shift.du && shift.dv == self->shift.dv)
        return;
    self->shift = shift;
    g_signal_emit(self, signals[CHANGED], 0);
}

/**
 * lac_tilt_set_gain:
 * @self: an item
 * @gain: how bright it is for the object that all projections show
 */
void
lac_tilt_set_gain(LacTilt *self, double gain)
{
    g_return_if_fail(LAC_IS_TILT(self));

    if (gain == self->gain)
        return;
    self->gain = gain;
    g_signal_emit(self, signals[CHANGED], 0);
}

/**
 * lac_tilt_set_texture:
 * @self: an item
 * @texture: (nullable): its small picture; a reference is taken
 */
void
lac_tilt_set_texture(LacTilt *self, GdkTexture *texture)
{
    g_return_if_fail(LAC_IS_TILT(self));

    if (g_set_object(&self->texture, texture))
        g_signal_emit(self, signals[CHANGED], 0);
}
