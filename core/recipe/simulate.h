// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated particle as a project: its images and everything that is known of it.
#pragma once

#include "core/project/project.h"
#include "core/synth/camera.h"
#include "core/synth/model.h"

typedef struct {
    LacModelParams model;
    LacCameraParams camera;
    gboolean keep_volume; // the truth holds the perfect volume
} LacSimulateParams;

void lac_simulate_params_init(LacSimulateParams *params, LacModelKind kind);
void lac_simulate_params_copy(const LacSimulateParams *params, LacSimulateParams *copy);
void lac_simulate_params_clear(LacSimulateParams *params);
char *lac_simulate_params_dup_text(const LacSimulateParams *params);
LacProject *lac_simulate(const LacSimulateParams *params, LacProgress *progress, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacSimulateParams, lac_simulate_params_clear)
