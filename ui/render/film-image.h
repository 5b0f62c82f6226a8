// SPDX-License-Identifier: GPL-3.0-or-later
// The measured image beside a picture that is seen as it was measured.
#pragma once

#include "core/data/series.h"
#include "ui/render/figure-view.h"

// A picture with an image beside it, as high and on the same scale.
typedef struct LacFilmImage LacFilmImage;

LacFilmImage *lac_film_image_new(const LacFigure *figure, const LacFigureView *view,
    const LacSeries *series, GError **error);
void lac_film_image_free(LacFilmImage *self);
void lac_film_image_get_size(const LacFilmImage *self, int *width, int *height);
const guint8 *
lac_film_image_join(LacFilmImage *self, const LacCamera *camera, const guint8 *rgba, gsize tilt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacFilmImage, lac_film_image_free)
