// SPDX-License-Identifier: GPL-3.0-or-later
// Measured minus model on a simulated particle: shapes come back, what was left out turns up.
#include "core/error.h"
#include "core/synth/synth.h"
#include "core/trace/atom-image.h"
#include "core/trace/candidates.h"
#include "core/trace/model-residual.h"
#include "core/trace/volume-residual.h"

#include <math.h>
#include <string.h>

typedef struct {
    LacSynthParams params;
    LacAtoms *atoms;
    LacSeries *series;
    LacVolume *volume;
} Particle;

static void
set_up(Particle *p, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    lac_synth_params_init(&p->params);
    p->params.n_atoms = 300;
    p->params.size = 64;
    p->params.n_tilts = 31;
    p->params.dose = data != NULL ? 3000.0 : 0.0;
    p->params.seed = 3;
    p->atoms = lac_synth_particle(&p->params, &error);
    g_assert_no_error(error);
    p->series = lac_synth_series(p->atoms, &p->params, NULL, &error);
    g_assert_no_error(error);
    p->volume = lac_synth_volume(p->atoms, &p->params, NULL, &error);
    g_assert_no_error(error);
}

static void
tear_down(Particle *p, gconstpointer data)
{
    (void) data;
    lac_atoms_unref(p->atoms);
    lac_series_unref(p->series);
    lac_volume_unref(p->volume);
}

static LacAtoms *
without(const LacAtoms *atoms, gsize index)
{
    LacAtoms *copy = lac_atoms_copy(atoms, atoms->n);
    copy->state[index] = LAC_ATOM_DELETED;
    return copy;
}

static gsize
find_central(const LacAtoms *atoms)
{
    gsize best = 0;
    for (gsize i = 1; i < atoms->n; i++)
        if (hypot(hypot(atoms->x[i], atoms->y[i]), atoms->z[i]) <
            hypot(hypot(atoms->x[best], atoms->y[best]), atoms->z[best]))
            best = i;
    return best;
}

// The synthetic projections are sums of Gaussians: nothing must be left.
static void
test_shapes(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    LacModelResidualParams params;
    lac_model_residual_params_init(&params);
    g_autoptr(LacModelResidual) residual =
        lac_model_residual_new(p->atoms, p->series, &params, NULL, &error);
    g_assert_no_error(error);
    for (gsize s = 0; s < residual->n_species; s++) {
        g_assert_cmpfloat(fabs(residual->sigma[s] / p->params.sigma - 1.0), <, 2e-3);
        g_assert_cmpfloat(fabs(residual->species_height[s] - 1.0), <, 5e-3);
    }
    for (gsize i = 0; i < p->atoms->n; i++)
        g_assert_cmpfloat(fabs(residual->height[i] - 1.0), <, 0.02);
    g_assert_cmpfloat(residual->r1, <, 2e-3);
    LacStats stats =
        lac_stats(residual->residual->data, p->series->n * p->series->nv * p->series->nu);
    g_test_message("R1 %.5f, largest %.4f", residual->r1, (double) stats.max);
}

static void
test_adjoint(Particle *p, gconstpointer data)
{
    (void) data;
    gsize n = p->atoms->n, n_pixels = p->series->nu * p->series->nv;
    g_autofree double *height = g_new(double, n), *sigma = g_new(double, n),
                      *product = g_new0(double, n), *square = g_new0(double, n);
    for (gsize i = 0; i < n; i++) {
        height[i] = 0.5 + (double) (i % 7);
        sigma[i] = 0.5 + 0.02 * (double) (i % 5);
    }
    LacAtomImage image = { p->atoms, sigma, height };
    g_autofree float *drawn = g_new0(float, n_pixels);
    const float *other = lac_series_get_projection(p->series, 4);
    lac_atom_image_add(&image, p->series, 4, drawn);
    lac_atom_image_gather(&image, p->series, 4, other, product, square);
    double left = 0.0, right = 0.0;
    for (gsize i = 0; i < n_pixels; i++)
        left += (double) drawn[i] * (double) other[i];
    for (gsize i = 0; i < n; i++)
        right += height[i] * product[i];
    g_assert_cmpfloat(fabs(left - right), <, 1e-5 * left);
}

static void
test_growth(Particle *p, gconstpointer data)
{
    (void) data;
    gsize n = p->atoms->n, n_pixels = p->series->nu * p->series->nv;
    g_autofree double *height = g_new(double, n), *sigma = g_new(double, n);
    g_autofree float *growth = g_new0(float, n_pixels), *low = g_new0(float, n_pixels),
                     *high = g_new0(float, n_pixels);
    for (gsize i = 0; i < n; i++)
        height[i] = 1.0;
    const double step = 0.01;
    LacAtomImage image = { p->atoms, sigma, height };
    for (gsize i = 0; i < n; i++)
        sigma[i] = 0.6;
    lac_atom_image_add_growth(&image, p->series, 2, growth);
    for (gsize i = 0; i < n; i++)
        sigma[i] = 0.6 * exp(-step);
    lac_atom_image_add(&image, p->series, 2, low);
    for (gsize i = 0; i < n; i++)
        sigma[i] = 0.6 * exp(step);
    lac_atom_image_add(&image, p->series, 2, high);
    for (gsize i = 0; i < n_pixels; i++) {
        double difference = (double) (high[i] - low[i]) / (2.0 * step);
        g_assert_cmpfloat(fabs(difference - (double) growth[i]), <, 0.02);
    }
}

// An atom that was left out is the first candidate, in spite of the wedge and the noise.
static void
test_missing(Particle *p, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gsize gone = find_central(p->atoms);
    g_autoptr(LacAtoms) model = without(p->atoms, gone);
    LacModelResidualParams params;
    lac_model_residual_params_init(&params);
    g_autoptr(LacModelResidual) residual =
        lac_model_residual_new(model, p->series, &params, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacVolume) left = lac_model_residual_back_project(residual, p->volume, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(left->nz, ==, p->volume->nz);
    LacCandidateParams search;
    lac_candidate_params_init(&search);
    search.sigma = residual->sigma[0];
    search.light_height = residual->species_height[0];
    search.distance = 1.2;
    g_autoptr(GArray) peaks = lac_candidates_find(left, model, NULL, &search, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(peaks->len, >, 0);
    const LacReviewPeak *first = &g_array_index(peaks, LacReviewPeak, 0);
    double dx = first->position.x - p->atoms->x[gone], dy = first->position.y - p->atoms->y[gone];
    double dz = first->position.z - p->atoms->z[gone], d = sqrt(dx * dx + dy * dy + dz * dz);
    g_test_message("%u candidates; the first is %.3f Å off, height %.2f", peaks->len, d,
        first->height);
    g_assert_cmpfloat(d, <, data != NULL ? 0.4 : 0.25);
}

static void
test_cut(Particle *p, gconstpointer data)
{
    (void) data;
    float patch[11 * 11];
    LacVec3 place;
    lac_atom_image_cut(p->series, 3, (LacVec3){ 0, 0, 0 }, 11, patch, &place);
    g_assert_cmpfloat(fabs(place.x - 5.0), <, 1e-9);
    const float *image = lac_series_get_projection(p->series, 3);
    g_assert_cmpfloat((double) patch[5 * 11 + 5], ==, (double) image[32 * 64 + 32]);
    lac_atom_image_cut(p->series, 3, (LacVec3){ 0, 1e3, 0 }, 11, patch, &place);
    g_assert_true(isnan(patch[60]));
}

static double
rms(const LacVolume *v)
{
    LacStats stats = lac_stats(v->data, lac_volume_get_size(v));
    return sqrt(stats.std * stats.std + stats.mean * stats.mean);
}

static void
test_volume(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacVolumeResidual) r = lac_volume_residual_new(p->volume, p->atoms, NULL, &error);
    g_assert_no_error(error);
    double left = rms(lac_volume_residual_get_volume(r)) / rms(p->volume);
    g_test_message("left %.4f of the volume, width %.3f Å, light %.3f", left,
        lac_volume_residual_get_width(r), lac_volume_residual_get_light_height(r));
    g_assert_cmpfloat(left, <, 0.05);
    g_assert_cmpfloat(fabs(lac_volume_residual_get_width(r) / p->params.sigma - 1.0), <, 0.08);
    g_assert_cmpfloat(fabs(lac_volume_residual_get_light_height(r) - 1.0), <, 0.08);
}

// Deleting and restoring leads back to the same bits; what was deleted appears.
static void
test_follow(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    gsize gone = find_central(p->atoms), n = lac_volume_get_size(p->volume);
    g_autoptr(LacVolumeResidual) r = lac_volume_residual_new(p->volume, p->atoms, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacVolume) start = lac_volume_residual_dup_volume(r, &error);
    g_autoptr(LacAtoms) model = without(p->atoms, gone);
    LacVoxelBox box;
    gint64 begin = g_get_monotonic_time();
    g_assert_true(lac_volume_residual_update(r, model, &box, &error));
    g_test_message("%.2f ms", 1e-3 * (double) (g_get_monotonic_time() - begin));
    const LacVolume *now = lac_volume_residual_get_volume(r);
    gsize x = (gsize) lround(p->atoms->x[gone] / p->params.voxel_size + 32.0);
    gsize y = (gsize) lround(p->atoms->y[gone] / p->params.voxel_size + 32.0);
    gsize z = (gsize) lround(p->atoms->z[gone] / p->params.voxel_size + 32.0);
    g_assert_cmpfloat((double) lac_volume_get(now, x, y, z), >, 0.7);
    for (gsize i = 0; i < n; i++) {
        gsize vx = i % 64, vy = i / 64 % 64, vz = i / 64 / 64;
        gboolean inside = vx >= box.begin[0] && vx < box.end[0] && vy >= box.begin[1] &&
            vy < box.end[1] && vz >= box.begin[2] && vz < box.end[2];
        if (!inside)
            g_assert_cmpint(memcmp(&now->data[i], &start->data[i], sizeof(float)), ==, 0);
    }
    g_assert_true(lac_volume_residual_update(r, p->atoms, &box, &error));
    g_assert_cmpint(memcmp(now->data, start->data, n * sizeof(float)), ==, 0);

    // An atom added where there is none gets no height, one at a true place its own.
    g_autoptr(LacAtoms) more = lac_atoms_copy(model, model->n + 1);
    more->x[model->n] = p->atoms->x[gone];
    more->y[model->n] = p->atoms->y[gone];
    more->z[model->n] = p->atoms->z[gone];
    g_assert_true(lac_volume_residual_update(r, more, &box, &error));
    g_assert_cmpfloat(fabs(lac_volume_residual_get_heights(r)[model->n] - 1.0), <, 0.1);
}

static void
test_refused(Particle *p, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) none = NULL, cancelled = NULL, size = NULL;
    LacModelResidualParams params;
    lac_model_residual_params_init(&params);
    g_autoptr(LacAtoms) empty = lac_atoms_new(0);
    g_assert_null(lac_model_residual_new(empty, p->series, &params, NULL, &none));
    g_assert_error(none, LAC_ERROR, LAC_ERROR_ARGUMENT);
    for (guint at = 1; at < 12; at += 3) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, at);
        g_assert_null(lac_model_residual_new(p->atoms, p->series, &params, progress, &cancelled));
        g_clear_error(&cancelled);
        g_autoptr(LacProgress) again = lac_progress_new();
        lac_progress_cancel_at(again, at);
        g_assert_null(lac_volume_residual_new(p->volume, p->atoms, again, &cancelled));
        g_assert_nonnull(cancelled);
        g_clear_error(&cancelled);
    }
    LacCandidateParams search;
    lac_candidate_params_init(&search);
    g_assert_null(lac_candidates_find(p->volume, p->atoms, NULL, &search, NULL, &size));
    g_assert_error(size, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

#define ADD(name, data, func) g_test_add(name, Particle, data, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/residual/shapes", NULL, test_shapes);
    ADD("/residual/adjoint", NULL, test_adjoint);
    ADD("/residual/growth", NULL, test_growth);
    ADD("/residual/missing", NULL, test_missing);
    ADD("/residual/missing-noise", "noise", test_missing);
    ADD("/residual/cut", NULL, test_cut);
    ADD("/residual/volume", NULL, test_volume);
    ADD("/residual/follow", NULL, test_follow);
    ADD("/residual/refused", NULL, test_refused);
    return g_test_run();
}
