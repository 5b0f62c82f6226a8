// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/animation-keys.h"

#include <math.h>
#include <string.h>

typedef enum {
    ROTATION,
    SPIN,
    TARGET,
    HEIGHT,
    CLIP,
    CROSSHAIR,
    LEVEL,
    VOLUME_OPACITY,
    ISO_OPACITY,
    SURFACE_OPACITY,
    DEPTH_CUE,
    SHOW_VOLUME,
    SHOW_ATOMS,
    SHOW_BONDS,
    N_CHANNELS,
} Channel;

// Counts of values add up to LAC_KEY_N_VALUES.
static const LacChannel channels[N_CHANNELS] = {
    [ROTATION] = { "rotation", LAC_CHANNEL_ROTATION, 0, 4, -1.0, 1.0 },
    [SPIN] = { "spin", LAC_CHANNEL_NUMBERS, 4, 1, -1e6, 1e6 },
    [TARGET] = { "target", LAC_CHANNEL_NUMBERS, 5, 3, -1e9, 1e9 },
    [HEIGHT] = { "view-height", LAC_CHANNEL_POSITIVE, 8, 1, 1e-6, 1e9 },
    [CLIP] = { "clip", LAC_CHANNEL_PLANE, 9, 4, -1e9, 1e9 },
    [CROSSHAIR] = { "crosshair", LAC_CHANNEL_NUMBERS, 13, 3, 0.0, 1e9 },
    [LEVEL] = { "level", LAC_CHANNEL_NUMBERS, 16, 1, -1e30, 1e30 },
    [VOLUME_OPACITY] = { "volume-opacity", LAC_CHANNEL_NUMBERS, 17, 1, 0.0, 1.0 },
    [ISO_OPACITY] = { "isosurface-opacity", LAC_CHANNEL_NUMBERS, 18, 1, 0.0, 1.0 },
    [SURFACE_OPACITY] = { "surface-opacity", LAC_CHANNEL_NUMBERS, 19, 1, 0.0, 1.0 },
    [DEPTH_CUE] = { "depth-cue", LAC_CHANNEL_NUMBERS, 20, 1, 0.0, 1.0 },
    [SHOW_VOLUME] = { "volume", LAC_CHANNEL_FLAG, 21, 1, 0.0, 1.0 },
    [SHOW_ATOMS] = { "atoms", LAC_CHANNEL_FLAG, 22, 1, 0.0, 1.0 },
    [SHOW_BONDS] = { "bonds", LAC_CHANNEL_FLAG, 23, 1, 0.0, 1.0 },
};

/**
 * lac_key_get_channels:
 * @n: (out): how many there are
 *
 * Returns: (array length=n): what a key frame may say
 */
const LacChannel *
lac_key_get_channels(guint *n)
{
    *n = N_CHANNELS;
    return channels;
}

// --- quaternions (w, x, y, z)

static void
multiply(const double a[4], const double b[4], double out[4])
{
    const double q[4] = { a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0] };
    memcpy(out, q, sizeof q);
}

// Half the rotation vector that leads from @a to @b the short way.
static void
log_between(const double a[4], const double b[4], double out[3])
{
    const double inverse[4] = { a[0], -a[1], -a[2], -a[3] };
    double q[4];
    multiply(b, inverse, q);
    double sign = q[0] < 0.0 ? -1.0 : 1.0;
    double sine = sqrt(q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    double half = atan2(sine, fabs(q[0]));
    double scale = sine > 1e-12 ? sign * half / sine : sign;
    for (int i = 0; i < 3; i++)
        out[i] = scale * q[i + 1];
}

// Turns @q by @share of twice the half vector @half.
static void
turn(const double q[4], const double half[3], double share, double out[4])
{
    double angle = sqrt(half[0] * half[0] + half[1] * half[1] + half[2] * half[2]) * share;
    double length = fabs(share) > 0.0 ? angle / share : 0.0;
    double scale = length > 1e-15 ? sin(angle) / length : share;
    const double by[4] = { cos(angle), scale * half[0], scale * half[1], scale * half[2] };
    multiply(by, q, out);
    double norm = sqrt(out[0] * out[0] + out[1] * out[1] + out[2] * out[2] + out[3] * out[3]);
    for (int i = 0; i < 4; i++)
        out[i] /= norm;
}

static void
slerp(const double a[4], const double b[4], double t, double out[4])
{
    double half[3];
    log_between(a, b, half);
    turn(a, half, t, out);
}

// --- one channel through time

// The key frames that say a channel, as it is needed around a moment: i is the last at or before it.
typedef struct {
    const LacKeyFrame *at[4]; // i - 1 to i + 2; (nullable) the outer ones
} Around;

static gboolean
find_around(const GArray *keys, Channel channel, double time, Around *around)
{
    guint n = 0, i = 0;
    g_autofree const LacKeyFrame **said = g_new(const LacKeyFrame *, keys->len);
    for (guint k = 0; k < keys->len; k++) {
        const LacKeyFrame *key = &g_array_index(keys, LacKeyFrame, k);
        if ((key->channels & (1u << channel)) != 0)
            said[n++] = key;
    }
    if (n == 0)
        return FALSE;
    while (i + 1 < n && said[i + 1]->time <= time)
        i++;
    *around = (Around){ { i > 0 ? said[i - 1] : NULL, said[i], i + 1 < n ? said[i + 1] : NULL,
        i + 2 < n ? said[i + 2] : NULL } };
    return TRUE;
}

// Slope at the middle one of three, that lets nothing overshoot (Fritsch and Butland,
// doi:10.1137/0905021); 0 at an end, where films begin and end at rest.
static double
find_slope(const LacKeyFrame *a, const LacKeyFrame *b, const LacKeyFrame *c, double va, double vb,
    double vc)
{
    if (a == NULL || c == NULL)
        return 0.0;
    double ha = b->time - a->time, hc = c->time - b->time, da = (vb - va) / ha, dc = (vc - vb) / hc;
    if (da * dc <= 0.0)
        return 0.0;
    double wa = 2.0 * hc + ha, wc = hc + 2.0 * ha;
    return (wa + wc) / (wa / da + wc / dc);
}

static double
get_value(const LacKeyFrame *key, guint at, gboolean is_log)
{
    return key == NULL ? 0.0 : is_log ? log(key->values[at]) : key->values[at];
}

static double
blend_number(const Around *around, guint at, double time, gboolean is_log)
{
    const LacKeyFrame *const *k = around->at;
    double v[4];
    for (guint i = 0; i < 4; i++)
        v[i] = get_value(k[i], at, is_log);
    double h = k[2]->time - k[1]->time, t = (time - k[1]->time) / h;
    double s1 = find_slope(k[0], k[1], k[2], v[0], v[1], v[2]) * h;
    double s2 = find_slope(k[1], k[2], k[3], v[1], v[2], v[3]) * h;
    double value = v[1] +
        t * (s1 + t * (3.0 * (v[2] - v[1]) - 2.0 * s1 - s2 + t * (2.0 * (v[1] - v[2]) + s1 + s2)));
    return is_log ? exp(value) : value;
}

// Half the angular velocity at the middle one of three.
static void
find_spin(const LacKeyFrame *a, const LacKeyFrame *b, const LacKeyFrame *c, guint at,
    double velocity[3])
{
    double in[3], out[3];
    velocity[0] = velocity[1] = velocity[2] = 0.0;
    if (a == NULL || c == NULL)
        return;
    log_between(a->values + at, b->values + at, in);
    log_between(b->values + at, c->values + at, out);
    double ha = b->time - a->time, hc = c->time - b->time;
    for (int i = 0; i < 3; i++)
        velocity[i] = (in[i] / ha * hc + out[i] / hc * ha) / (ha + hc);
}

// A cubic of Bézier on the sphere of rotations, with the velocities of the keys at its ends.
static void
blend_rotation(const Around *around, guint at, double time, double out[4])
{
    const LacKeyFrame *const *k = around->at;
    double h = k[2]->time - k[1]->time, t = (time - k[1]->time) / h, spin[3];
    double b[4][4], c[3][4], d[2][4];
    memcpy(b[0], k[1]->values + at, sizeof b[0]);
    memcpy(b[3], k[2]->values + at, sizeof b[3]);
    find_spin(k[0], k[1], k[2], at, spin);
    turn(b[0], spin, h / 3.0, b[1]);
    find_spin(k[1], k[2], k[3], at, spin);
    turn(b[3], spin, -h / 3.0, b[2]);
    for (int i = 0; i < 3; i++)
        slerp(b[i], b[i + 1], t, c[i]);
    for (int i = 0; i < 2; i++)
        slerp(c[i], c[i + 1], t, d[i]);
    slerp(d[0], d[1], t, out);
}

static gboolean
evaluate(const GArray *keys, Channel which, double time, double *out)
{
    const LacChannel *channel = &channels[which];
    Around around;
    if (!find_around(keys, which, time, &around))
        return FALSE;
    const LacKeyFrame *now = around.at[1];
    gboolean holds = around.at[2] == NULL || time <= now->time || channel->kind == LAC_CHANNEL_FLAG;
    if (holds)
        memcpy(out, now->values + channel->first, channel->n * sizeof *out);
    else if (channel->kind == LAC_CHANNEL_ROTATION)
        blend_rotation(&around, channel->first, time, out);
    else
        for (guint i = 0; i < channel->n; i++)
            out[i] = blend_number(&around, channel->first + i, time,
                channel->kind == LAC_CHANNEL_POSITIVE);
    return TRUE;
}

// --- to and from a scene

static void
apply_camera(const GArray *keys, double time, LacCamera *camera)
{
    double v[4];
    if (evaluate(keys, ROTATION, time, v))
        memcpy(camera->rotation, v, sizeof camera->rotation);
    if (evaluate(keys, TARGET, time, v))
        camera->target = (LacVec3){ v[0], v[1], v[2] };
    if (evaluate(keys, HEIGHT, time, v))
        camera->height = v[0];
    if (evaluate(keys, SPIN, time, v))
        lac_camera_rotate(camera, v[0], 0.0);
}

static void
apply_layers(const GArray *keys, double time, LacScene *scene)
{
    double v[4];
    if (evaluate(keys, LEVEL, time, v))
        scene->iso[0].level = v[0];
    for (guint i = 0; i < scene->transfer.n_points && evaluate(keys, VOLUME_OPACITY, time, v); i++)
        scene->transfer.points[i].opacity *= v[0];
    for (guint i = 0; i < scene->n_iso && evaluate(keys, ISO_OPACITY, time, v); i++)
        scene->iso[i].color[3] *= (float) v[0];
    for (guint i = 0; i < LAC_MESH_MAX_GROUPS && evaluate(keys, SURFACE_OPACITY, time, v); i++)
        scene->meshes.groups[i].opacity *= v[0];
    if (evaluate(keys, DEPTH_CUE, time, v))
        scene->atoms.depth_cue = v[0];
    if (evaluate(keys, SHOW_VOLUME, time, v))
        scene->show_volume = v[0] > 0.5;
    if (evaluate(keys, SHOW_ATOMS, time, v))
        scene->atoms.show_atoms = v[0] > 0.5;
    if (evaluate(keys, SHOW_BONDS, time, v))
        scene->atoms.show_bonds = v[0] > 0.5;
}

/**
 * lac_keys_apply:
 * @keys: (element-type LacKeyFrame): times ascending
 * @time: [s]
 * @scene: (inout): the still picture; becomes what it is at @time
 *
 * Rotations follow cubics on the sphere of rotations, with one velocity on both sides of each key
 * frame; numbers follow cubics that do not overshoot; before the first and after the last key frame
 * all rests. Opacities multiply those of the still picture.
 */
void
lac_keys_apply(const GArray *keys, double time, LacScene *scene)
{
    double v[4];
    apply_camera(keys, time, &scene->camera);
    apply_layers(keys, time, scene);
    if (evaluate(keys, CROSSHAIR, time, v))
        memcpy(scene->crosshair, v, sizeof scene->crosshair);
    if (!evaluate(keys, CLIP, time, v))
        return;
    double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    scene->clip.enabled = length > 1e-9;
    if (scene->clip.enabled)
        scene->clip.normal = (LacVec3){ v[0] / length, v[1] / length, v[2] / length };
    scene->clip.offset = v[3];
}

static void
say(LacKeyFrame *key, Channel channel, const double *values)
{
    key->channels |= 1u << channel;
    memcpy(key->values + channels[channel].first, values, channels[channel].n * sizeof *values);
}

static void
say_flag(LacKeyFrame *key, Channel channel, gboolean flag)
{
    const double value = flag ? 1.0 : 0.0;
    say(key, channel, &value);
}

/**
 * lac_animation_add_key:
 * @self: a film of key frames
 * @time: [s], at least 0
 * @scene: what is seen then
 *
 * Adds a key frame that says camera, clip plane, level and which layers are shown; one at the same
 * time is replaced.
 */
void
lac_animation_add_key(LacAnimation *self, double time, const LacScene *scene)
{
    g_return_if_fail(time >= 0.0);

    const LacCamera *camera = &scene->camera;
    const double target[] = { camera->target.x, camera->target.y, camera->target.z };
    LacKeyFrame key = { .time = time };
    say(&key, ROTATION, camera->rotation);
    say(&key, TARGET, target);
    say(&key, HEIGHT, &camera->height);
    if (scene->clip.enabled) {
        const LacVec3 n = scene->clip.normal;
        const double plane[] = { n.x, n.y, n.z, scene->clip.offset };
        say(&key, CLIP, plane);
    }
    if (scene->volume != NULL && scene->mode == LAC_RENDER_ISO && isfinite(scene->iso[0].level))
        say(&key, LEVEL, &scene->iso[0].level);
    say_flag(&key, SHOW_VOLUME, scene->show_volume);
    say_flag(&key, SHOW_ATOMS, scene->atoms.show_atoms);
    say_flag(&key, SHOW_BONDS, scene->atoms.show_bonds);
    guint i = 0;
    while (i < self->keys->len && g_array_index(self->keys, LacKeyFrame, i).time < time)
        i++;
    if (i < self->keys->len && g_array_index(self->keys, LacKeyFrame, i).time <= time)
        g_array_index(self->keys, LacKeyFrame, i) = key;
    else
        g_array_insert_val(self->keys, i, key);
}

/**
 * lac_animation_remove_key:
 * @self: a film of key frames
 * @i: number of one
 */
void
lac_animation_remove_key(LacAnimation *self, guint i)
{
    g_return_if_fail(i < self->keys->len);

    g_array_remove_index(self->keys, i);
}
