// SPDX-License-Identifier: GPL-3.0-or-later
// Films: how the scene changes from frame to frame. Pure arithmetic; as a text it is kept and shared.
#pragma once

#include "core/data/series.h"
#include "ui/render/scene.h"

#define LAC_ANIMATION_VERSION    1
#define LAC_ANIMATION_MAX_FRAMES 36000
#define LAC_KEY_N_VALUES         24

typedef enum {
    LAC_ANIMATION_TURNTABLE, // one turn, or part of it
    LAC_ANIMATION_TILT,      // as the projections were measured
    LAC_ANIMATION_SWEEP,     // a plane cuts through along an axis, the slice in it
    LAC_ANIMATION_KEYS,      // smoothly from key frame to key frame
    LAC_N_ANIMATIONS,
} LacAnimationKind;

typedef enum {
    LAC_TURN_VERTICAL,   // axis of the picture
    LAC_TURN_HORIZONTAL, // likewise
    LAC_TURN_X,          // axis of the data
    LAC_TURN_Y,
    LAC_TURN_Z,
    LAC_N_TURNS,
} LacTurnAxis;

// A moment, and what is to be then. What a key frame does not say goes smoothly from the one before
// that says it to the one after.
typedef struct {
    double time;      // [s]
    guint32 channels; // bit i: it says channel i of the table in animation-keys.c
    double values[LAC_KEY_N_VALUES];
} LacKeyFrame;

typedef struct {
    LacAnimationKind kind;
    double seconds; // of all but key frames, which tell it themselves
    double fps;     // [1/s]
    LacTurnAxis turn_axis;
    double degrees;     // of a turntable
    LacAxis sweep_axis; // of the data
    gboolean images;    // of the tilts: the measured image stands beside the picture
    GArray *keys;       // of LacKeyFrame, times ascending
} LacAnimation;

// What it plays with. All is borrowed.
typedef struct {
    const LacScene *start;   // the still picture
    LacBox box;              // [Å] of what is shown
    const LacVolume *volume; // (nullable) shown
    const LacSeries *series; // (nullable) needed by tilts
} LacAnimationData;

LacAnimation *lac_animation_new(LacAnimationKind kind);
LacAnimation *lac_animation_copy(const LacAnimation *self);
void lac_animation_free(LacAnimation *self);
gboolean lac_animation_check(const LacAnimation *self, const LacSeries *series, GError **error);
double lac_animation_get_seconds(const LacAnimation *self);
int lac_animation_get_n_frames(const LacAnimation *self);
void lac_animation_apply(const LacAnimation *self, const LacAnimationData *data, int frame,
    LacScene *scene);
gsize lac_animation_get_tilt(const LacAnimation *self, const LacSeries *series, int frame);

// Key frames.
void lac_animation_add_key(LacAnimation *self, double time, const LacScene *scene);
void lac_animation_remove_key(LacAnimation *self, guint i);
void lac_keys_apply(const GArray *keys, double time, LacScene *scene);

// The text of a film; see README for its keys.
char *lac_animation_dup_text(const LacAnimation *self);
LacAnimation *lac_animation_from_text(const char *text, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAnimation, lac_animation_free)
