// SPDX-License-Identifier: GPL-3.0-or-later
// Small dense algebra: singular values, eigenvectors, inverses and rotations of 3 x 3 matrices.
#pragma once

#include "core/vec.h"

LacMat3 lac_mat3_identity(void);
LacMat3 lac_mat3_scale(const LacMat3 *a, double factor);
double lac_mat3_determinant(const LacMat3 *a);
gboolean lac_mat3_invert(const LacMat3 *a, LacMat3 *inverse);
void lac_mat3_svd(const LacMat3 *a, LacMat3 *u, double singular[3], LacMat3 *v);
void lac_mat3_eigen(const LacMat3 *symmetric, double values[3], LacMat3 *vectors);
LacMat3 lac_mat3_nearest_rotation(const LacMat3 *a);
double lac_rotation_get_angle_deg(const LacMat3 *rotation, LacVec3 *axis);
LacMat3 lac_rotation_from_axis_deg(LacVec3 axis, double angle_deg);
LacMat3 lac_rotation_from_vector_deg(LacVec3 w);
LacVec3 lac_rotation_to_vector_deg(const LacMat3 *rotation);
