// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/misorientation.h"

#include <math.h>

#define N_PASSES 4
#define TWIN_DEG 5.0 // how near to a twin still is one
#define BRANDON \
    15.0 // [deg] the others: this over the root of sigma, DOI 10.1016/0001-6160(66)90168-4
#define SAME_COS 1e-12

/**
 * lac_structure_get_symmetry:
 * @structure: which
 *
 * Returns: the rotations that its lattice does not show; cubic for all but hcp
 */
LacSymmetry
lac_structure_get_symmetry(LacStructure structure)
{
    return structure == LAC_STRUCTURE_HCP ? LAC_SYMMETRY_HEXAGONAL : LAC_SYMMETRY_CUBIC;
}

// Permutations of the axes with signs and determinant 1.
static void
add_cubic(LacSymmetryGroup *self)
{
    static const int order[6][3] = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 0, 2, 1 },
        { 2, 1, 0 }, { 1, 0, 2 } };
    for (int p = 0; p < 6; p++)
        for (int signs = 0; signs < 8; signs++) {
            LacMat3 r = { 0 };
            for (int i = 0; i < 3; i++)
                r.m[i][order[p][i]] = signs >> i & 1 ? -1.0 : 1.0;
            if (lac_mat3_determinant(&r) > 0.0)
                self->rotation[self->n++] = r;
        }
}

static void
add_hexagonal(LacSymmetryGroup *self)
{
    const double h = 0.5, s = 0.5 * sqrt(3.0);
    const double c[6] = { 1, h, -h, -1, -h, h }, t[6] = { 0, s, s, 0, -s, -s };
    for (int k = 0; k < 6; k++) {
        self->rotation[self->n++] =
            (LacMat3){ { { c[k], -t[k], 0 }, { t[k], c[k], 0 }, { 0, 0, 1 } } };
        self->rotation[self->n++] =
            (LacMat3){ { { c[k], t[k], 0 }, { t[k], -c[k], 0 }, { 0, 0, -1 } } };
    }
}

/**
 * lac_symmetry_group_init:
 * @self: (out caller-allocates): the group
 * @symmetry: which
 *
 * Lists the proper rotations of a lattice, hexagonal with the sixfold axis along z and a row of
 * neighbours along x.
 */
void
lac_symmetry_group_init(LacSymmetryGroup *self, LacSymmetry symmetry)
{
    g_return_if_fail(symmetry < LAC_N_SYMMETRIES);

    self->n = 0;
    if (symmetry == LAC_SYMMETRY_CUBIC)
        add_cubic(self);
    else
        add_hexagonal(self);
}

// trace(a b)
static double
trace_product(const LacMat3 *a, const LacMat3 *b)
{
    double sum = 0.0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            sum += a->m[i][j] * b->m[j][i];
    return sum;
}

/**
 * lac_misorientation_angle_deg:
 * @first: orientation, from the crystal to the sample
 * @second: another of the same symmetry
 * @group: the symmetry
 *
 * Returns: [deg] the smallest angle of second S transpose(first) over the rotations S of the group
 */
double
lac_misorientation_angle_deg(const LacMat3 *first, const LacMat3 *second,
    const LacSymmetryGroup *group)
{
    LacMat3 t = lac_mat3_transpose(first), between = lac_mat3_multiply(&t, second);
    double most = -1.0;
    guint best = 0;
    for (guint s = 0; s < group->n; s++) {
        double trace = trace_product(&between, &group->rotation[s]);
        if (trace > most) {
            most = trace;
            best = s;
        }
    }
    LacMat3 rest = lac_mat3_multiply(&between, &group->rotation[best]);
    return lac_rotation_get_angle_deg(&rest, NULL);
}

// Coincidence lattices of cubic crystals: axis and angle.
typedef struct {
    guint sigma;
    LacVec3 axis;
    double cosine;
} Coincidence;

static const Coincidence coincidences[] = {
    { 3, { 1, 1, 1 }, 0.5 },
    { 5, { 1, 0, 0 }, 4.0 / 5.0 },
    { 7, { 1, 1, 1 }, 11.0 / 14.0 },
    { 9, { 1, 1, 0 }, 7.0 / 9.0 },
    { 11, { 1, 1, 0 }, 7.0 / 11.0 },
};

// [deg] The smallest angle between a misorientation and an ideal one, however both are named.
static double
deviation_from(const LacMat3 *between, const Coincidence *ideal, const LacSymmetryGroup *cubic)
{
    LacMat3 twin = lac_rotation_from_axis_deg(ideal->axis, acos(ideal->cosine) * 180.0 / G_PI);
    LacMat3 twin_back = lac_mat3_transpose(&twin);
    double most = -1.0;
    LacMat3 best = lac_mat3_identity();
    for (guint a = 0; a < cubic->n; a++) {
        LacMat3 left = lac_mat3_multiply(&cubic->rotation[a], between);
        for (guint b = 0; b < cubic->n; b++) {
            LacMat3 right = lac_mat3_multiply(&cubic->rotation[b], &twin_back);
            double trace = trace_product(&left, &right);
            if (trace > most) {
                most = trace;
                best = lac_mat3_multiply(&left, &right);
            }
        }
    }
    return lac_rotation_get_angle_deg(&best, NULL);
}

static void
name_coincidence(LacMisorientation *self, const LacMat3 *between, const LacSymmetryGroup *cubic)
{
    double least = 1.0; // of its limit
    for (gsize k = 0; k < G_N_ELEMENTS(coincidences); k++) {
        double deviation = deviation_from(between, &coincidences[k], cubic);
        double limit = k == 0 ? TWIN_DEG : BRANDON / sqrt((double) coincidences[k].sigma);
        if (deviation / limit <= least) {
            least = deviation / limit;
            self->sigma = coincidences[k].sigma;
            self->deviation_deg = deviation;
        }
    }
}

/**
 * lac_misorientation_find:
 * @first: orientation of a crystal, from its axes to the sample
 * @first_symmetry: its symmetry
 * @second: orientation of another
 * @second_symmetry: its symmetry
 *
 * Finds the smallest rotation between two crystals, and between cubic ones the coincidence lattice
 * that it is near: sigma 3, a twin, within 5 degrees, sigma 5 to 11 within 15 / sqrt(sigma).
 *
 * Returns: the misorientation
 */
LacMisorientation
lac_misorientation_find(const LacMat3 *first, LacSymmetry first_symmetry, const LacMat3 *second,
    LacSymmetry second_symmetry)
{
    LacSymmetryGroup a, b;
    lac_symmetry_group_init(&a, first_symmetry);
    lac_symmetry_group_init(&b, second_symmetry);
    LacMat3 back = lac_mat3_transpose(first), best = lac_mat3_identity();
    double most = -2.0;
    for (guint i = 0; i < a.n; i++) {
        LacMat3 left = lac_mat3_multiply(&a.rotation[i], &back);
        for (guint j = 0; j < b.n; j++) {
            LacMat3 right = lac_mat3_multiply(second, &b.rotation[j]);
            LacMat3 turn = lac_mat3_multiply(&right, &left);
            double trace = turn.m[0][0] + turn.m[1][1] + turn.m[2][2];
            if (trace > most + SAME_COS) {
                most = trace;
                best = turn;
            }
        }
    }
    LacMisorientation self = { .sigma = 1 };
    self.angle_deg = lac_rotation_get_angle_deg(&best, &self.axis);
    self.crystal = lac_mat3_apply(&back, self.axis);
    self.deviation_deg = self.angle_deg;
    if (first_symmetry == LAC_SYMMETRY_CUBIC && second_symmetry == LAC_SYMMETRY_CUBIC) {
        LacMat3 between = lac_mat3_multiply(&back, second);
        name_coincidence(&self, &between, &a);
    }
    return self;
}

/**
 * lac_orientation_nearest_copy:
 * @orientation: from the crystal to the sample
 * @to: another
 * @group: the symmetry
 *
 * Returns: that of the equivalent orientations which is nearest to @to
 */
LacMat3
lac_orientation_nearest_copy(const LacMat3 *orientation, const LacMat3 *to,
    const LacSymmetryGroup *group)
{
    LacMat3 back = lac_mat3_transpose(to), between = lac_mat3_multiply(&back, orientation);
    double most = -2.0;
    guint best = 0;
    for (guint s = 0; s < group->n; s++) {
        double trace = trace_product(&between, &group->rotation[s]);
        if (trace > most + SAME_COS) {
            most = trace;
            best = s;
        }
    }
    return lac_mat3_multiply(orientation, &group->rotation[best]);
}

/**
 * lac_orientation_mean:
 * @orientations: of all points
 * @which: (array length=n): those to average
 * @n: at least 1
 * @group: the symmetry
 *
 * Averages the copies nearest to the running mean, four times.
 *
 * Returns: the mean orientation
 */
LacMat3
lac_orientation_mean(const LacMat3 *orientations, const guint32 *which, gsize n,
    const LacSymmetryGroup *group)
{
    LacMat3 mean = orientations[which[0]];
    for (int pass = 0; pass < N_PASSES; pass++) {
        LacMat3 sum = { 0 };
        for (gsize k = 0; k < n; k++) {
            LacMat3 copy = lac_orientation_nearest_copy(&orientations[which[k]], &mean, group);
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    sum.m[i][j] += copy.m[i][j];
        }
        mean = lac_mat3_nearest_rotation(&sum);
    }
    return mean;
}

/**
 * lac_orientation_get_color:
 * @orientation: from the crystal to the sample
 * @symmetry: of the crystal
 * @direction: in the sample, of any length above 0
 * @rgb: (out caller-allocates): 0 to 1
 *
 * Colours by the axis of the crystal along @direction, as inverse pole figures are: red for <001>,
 * green for <101>, blue for <111>; of hexagonal crystals the c axis, <10-10> and <11-20>.
 */
void
lac_orientation_get_color(const LacMat3 *orientation, LacSymmetry symmetry, LacVec3 direction,
    float rgb[3])
{
    LacMat3 back = lac_mat3_transpose(orientation);
    LacVec3 d = lac_mat3_apply(&back, direction);
    double length = lac_vec3_norm(d), part[3];
    if (symmetry == LAC_SYMMETRY_CUBIC) {
        double a[3] = { fabs(d.x) / length, fabs(d.y) / length, fabs(d.z) / length };
        double high = fmax(a[0], fmax(a[1], a[2])), low = fmin(a[0], fmin(a[1], a[2]));
        double middle = a[0] + a[1] + a[2] - high - low;
        part[0] = high - middle;
        part[1] = (middle - low) * sqrt(2.0);
        part[2] = low * sqrt(3.0);
    }
    else {
        double around = fmod(atan2(fabs(d.y), fabs(d.x)), G_PI / 3.0), flat = hypot(d.x, d.y);
        around = around > G_PI / 6.0 ? G_PI / 3.0 - around : around; // 0: a row of neighbours
        part[0] = fabs(d.z) / length;
        part[1] = flat / length * sin(around) / sin(G_PI / 6.0);
        part[2] = flat / length * sin(G_PI / 6.0 - around) / sin(G_PI / 6.0);
    }
    double most = fmax(part[0], fmax(part[1], part[2]));
    for (int k = 0; k < 3; k++)
        rgb[k] = (float) sqrt(CLAMP(part[k] / most, 0.0, 1.0));
}
