// SPDX-License-Identifier: GPL-3.0-or-later
// Images of a known particle as a microscope would take them.
#pragma once

#include "core/data/series.h"
#include "core/data/truth.h"
#include "core/data/volume.h"
#include "core/progress.h"
#include "core/setting.h"

enum {
    LAC_CAMERA_NO_BACKGROUND,
    LAC_CAMERA_CONSTANT,
    LAC_CAMERA_SLOPE, // across each image, in a direction of its own
    LAC_CAMERA_FILM,  // a film of amorphous carbon under the particle
};

typedef struct {
    guint size;        // [pixel] edge of the images; 0: what the particle needs
    double pixel_size; // [Å]
    guint n_tilts;
    double max_tilt;         // [deg] tilts run from -max_tilt to max_tilt
    char *angle_file;        // (nullable) instead of them
    double contrast;         // power of the atomic number
    double probe;            // [Å] Gaussian width of the beam
    double thermal;          // [Å] rms vibration along each axis
    char *thermal_species;   // (nullable) "Zr=0.08,O=0.1": other than thermal
    double convergence;      // [mrad] half the opening of the beam; 0: all is in focus
    double defocus_spread;   // [Å] rms of the focus from image to image
    double dose;             // [electrons/Å^2] of the whole series; 0: expected values
    double cross_section;    // [Å^2] of an atom of number 40, into the detector
    double read_noise;       // [electrons] rms per pixel
    double drift;            // [%] rms of the current of the beam from image to image
    double jitter;           // [pixel] rms displacement of a row
    gint background;         // LAC_CAMERA_...
    double background_level; // [%] of the electrons that reach the detector without a particle
    double film_thickness;   // [Å]
    double shift;            // [pixel] rms displacement of an image along each axis
    double tilt_error;       // [deg] rms error of theta
    double axis_error;       // [deg] rms error of phi and of psi
    guint64 seed;
} LacCameraParams;

void lac_camera_params_init(LacCameraParams *params);
void lac_camera_params_copy(const LacCameraParams *params, LacCameraParams *copy);
void lac_camera_params_clear(LacCameraParams *params);
LacSettings lac_camera_settings(void);

// Nominal angles of a series; n 0: those of the parameters.
typedef struct {
    const LacAngles *angles;
    gsize n;
} LacCameraAngles;

LacSeries *lac_camera_take(const LacTruth *truth, const LacCameraParams *params,
    LacCameraAngles angles, LacTruth **known, LacProgress *progress, GError **error);
LacVolume *lac_camera_draw_volume(const LacTruth *truth, const LacCameraParams *params,
    const LacSeries *series, LacProgress *progress, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LacCameraParams, lac_camera_params_clear)
