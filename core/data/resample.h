// SPDX-License-Identifier: GPL-3.0-or-later
// Cutting out and binning of volumes and series.
#pragma once

#include "core/data/series.h"
#include "core/data/volume.h"

LacVolume *
lac_volume_crop(const LacVolume *self, const gsize begin[3], const gsize size[3], GError **error);
LacVolume *lac_volume_bin(const LacVolume *self, gsize factor, GError **error);
LacSeries *
lac_series_crop(const LacSeries *self, const gsize begin[3], const gsize size[3], GError **error);
LacSeries *lac_series_bin(const LacSeries *self, gsize factor, GError **error);
