// SPDX-License-Identifier: GPL-3.0-or-later
// Small vectors and rotations, and the one place that knows the angle convention.
#pragma once

#include <glib.h>

typedef struct {
    double x, y, z;
} LacVec3;

// Row-major 3 x 3 matrix: m[row][column].
typedef struct {
    double m[3][3];
} LacMat3;

LacVec3 lac_mat3_apply(const LacMat3 *a, LacVec3 v);
LacMat3 lac_mat3_multiply(const LacMat3 *a, const LacMat3 *b);
LacMat3 lac_mat3_transpose(const LacMat3 *a);
LacMat3 lac_rotation_from_euler_deg(double phi, double theta, double psi);
LacVec3 lac_rotation_to_euler_deg(const LacMat3 *r, LacVec3 near);
