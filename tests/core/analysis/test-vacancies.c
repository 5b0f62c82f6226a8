// SPDX-License-Identifier: GPL-3.0-or-later
// Phases and vacancies: crystals that are known, and the labelled particle.
#include "core/analysis/vacancies.h"
#include "core/error.h"
#include "core/matrix.h"
#include "core/rng.h"
#include "tests/support/crystal.h"
#include "tests/support/defects.h"
#include "tests/support/labelled.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

static LacVacancies *
find_vacancies(const LacPoints *points, const TestDefects *defects, const LacVolume *volume,
    guint support)
{
    g_autoptr(GError) error = NULL;
    LacVacancyParams params;
    lac_vacancy_params_init(&params);
    params.support = support;
    LacVacancyContext context = { .phases = defects->phases, .volume = volume };
    LacVacancies *found = lac_vacancies_new(points, defects->hull, defects->lattices, &context,
        &params, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static LacPoints *
make_points(LacAtoms *atoms)
{
    g_autoptr(GError) error = NULL;
    LacPoints *points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    return points;
}

// Gaussians of 0.6 Å, a little longer along z, on voxels of 0.4 Å, with noise.
static LacVolume *
render(const LacPoints *points, const GArray *more, double noise)
{
    const double voxel = 0.4, s2[3] = { 0.36, 0.36, 0.36 * 1.15 * 1.15 };
    double far = 0;
    for (gsize i = 0; i < points->n; i++)
        far = fmax(far, fmax(fabs(points->x[i]), fmax(fabs(points->y[i]), fabs(points->z[i]))));
    gsize n = 2 * (gsize) ((far + 4) / voxel) + 1, n_more = more != NULL ? more->len : 0;
    g_autoptr(GError) error = NULL;
    LacVolume *volume = lac_volume_new(n, n, n, voxel, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < points->n + n_more; i++) {
        LacVec3 p = i < points->n ? (LacVec3){ points->x[i], points->y[i], points->z[i] }
                                  : g_array_index(more, LacVec3, i - points->n);
        const double at[3] = { p.x, p.y, p.z };
        gssize centre[3];
        for (int d = 0; d < 3; d++)
            centre[d] = (gssize) floor(at[d] / voxel + 0.5);
        for (gssize z = centre[2] - 6; z <= centre[2] + 6; z++)
            for (gssize y = centre[1] - 6; y <= centre[1] + 6; y++)
                for (gssize x = centre[0] - 6; x <= centre[0] + 6; x++) {
                    double dx = (double) x * voxel - p.x, dy = (double) y * voxel - p.y;
                    double dz = (double) z * voxel - p.z;
                    gsize half = n / 2;
                    gsize to =
                        (((gsize) (z + (gssize) half)) * n + (gsize) (y + (gssize) half)) * n +
                        (gsize) (x + (gssize) half);
                    volume->data[to] +=
                        (float) exp(-0.5 * (dx * dx / s2[0] + dy * dy / s2[1] + dz * dz / s2[2]));
                }
    }
    for (gsize i = 0; i < n * n * n && noise > 0; i++)
        volume->data[i] += (float) (noise * lac_rng_normal(21, i));
    return volume;
}

static LacAtoms *
without(const LacAtoms *atoms, const gsize *left_out, gsize n)
{
    LacAtoms *rest = lac_atoms_new(atoms->n - n);
    lac_atoms_add_species(rest, "Zr");
    gsize k = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        gboolean is_out = FALSE;
        for (gsize m = 0; m < n; m++)
            is_out |= left_out[m] == i;
        if (is_out)
            continue;
        rest->x[k] = atoms->x[i];
        rest->y[k] = atoms->y[i];
        rest->z[k++] = atoms->z[i];
    }
    return rest;
}

// Three single vacancies and one of two, where they are and at what distance from the surface.
static void
check_crystal(TestCrystal kind, double noise)
{
    const LacVec3 places[5] = { { 0, 0, 0 }, { 6, 5, 1 }, { -7, 2, -4 }, { 1, -7, 5 },
        { 3, -6.5, 5 } };
    g_autoptr(LacAtoms) full = test_crystal_ball(kind, 3.25, 17);
    gsize left_out[5];
    for (gsize k = 0; k < 5; k++)
        left_out[k] = test_atoms_nearest(full, places[k]);
    // The fifth is a first neighbour of the fourth.
    for (gsize i = 0; i < full->n; i++) {
        gsize f = left_out[3];
        double d =
            hypot(hypot(full->x[i] - full->x[f], full->y[i] - full->y[f]), full->z[i] - full->z[f]);
        if (d > 3 && d < 3.5)
            left_out[4] = i;
    }
    g_autoptr(LacAtoms) atoms = without(full, left_out, 5);
    if (noise > 0)
        test_atoms_shake(atoms, noise, 2);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(TestDefects) defects = test_defects_new(points, 1.2071 * 3.25, NULL);
    g_autoptr(LacVacancies) found = find_vacancies(points, defects, NULL, 9);
    g_assert_cmpuint(found->n, ==, 5);
    g_assert_false(found->has_volume);
    g_assert_cmpuint(found->counts[LAC_VACANCY_GEOMETRIC], ==, 5);
    g_assert_cmpuint(found->n_clusters, ==, 4);
    for (gsize k = 0; k < 5; k++) {
        LacVec3 p = { full->x[left_out[k]], full->y[left_out[k]], full->z[left_out[k]] };
        double nearest = HUGE_VAL;
        const LacVacancy *v = NULL;
        for (gsize i = 0; i < found->n; i++) {
            double d = lac_vec3_norm(lac_vec3_subtract(found->sites[i].position, p));
            if (d < nearest) {
                nearest = d;
                v = &found->sites[i];
            }
        }
        g_assert_cmpfloat(nearest, <, noise> 0 ? 0.25 : 1e-6);
        g_assert_cmpuint(v->support, ==, k < 3 ? 12 : 11);
        g_assert_cmpuint(found->clusters[v->cluster].n, ==, k < 3 ? 1 : 2);
        g_assert_false(found->clusters[v->cluster].is_pore);
        g_assert_true(v->is_empty);
        g_assert_cmpint(v->phase, ==, LAC_PHASE_METAL);
        g_assert_cmpfloat(v->confidence, >, 0.3);
    }
    g_assert_cmpuint(found->n_empty_sites, ==, 5);
    g_assert_cmpuint(found->n_interstitials, ==, 0);
    double interior = (double) found->n_interior[LAC_PHASE_METAL];
    g_assert_cmpfloat_with_epsilon(found->concentration[LAC_PHASE_METAL], 5 / (5 + interior),
        1e-12);
    g_assert_true(isnan(found->concentration[LAC_PHASE_OXIDE]));
}

static void
test_crystals(void)
{
    check_crystal(TEST_FCC, 0);
    check_crystal(TEST_HCP, 0);
    check_crystal(TEST_FCC, 0.15);
}

static void
test_evidence(void)
{
    g_autoptr(LacAtoms) full = test_crystal_ball(TEST_FCC, 3.6, 15);
    gsize left_out[2] = { test_atoms_nearest(full, (LacVec3){ 0, 0, 0 }),
        test_atoms_nearest(full, (LacVec3){ 5, -5, 2 }) };
    g_autoptr(LacAtoms) atoms = without(full, left_out, 2);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(GArray) untraced = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    LacVec3 p = { full->x[left_out[1]], full->y[left_out[1]], full->z[left_out[1]] };
    g_array_append_val(untraced, p);
    g_autoptr(LacVolume) volume = render(points, untraced, 0.06);
    g_autoptr(TestDefects) defects = test_defects_new(points, 1.2071 * 3.6, NULL);
    g_autoptr(LacVacancies) found = find_vacancies(points, defects, volume, 9);
    g_assert_cmpuint(found->n, ==, 2);
    g_assert_true(found->has_volume);
    g_assert_cmpuint(found->counts[LAC_VACANCY_VACANT], ==, 1);
    g_assert_cmpuint(found->counts[LAC_VACANCY_UNTRACED], ==, 1);
    g_assert_cmpuint(found->n_empty, >, 30);
    g_assert_cmpfloat(found->occupied_level, >, 5 * fabs(found->empty_level));
    for (gsize i = 0; i < 2; i++) {
        const LacVacancy *v = &found->sites[i];
        gboolean is_untraced = lac_vec3_norm(lac_vec3_subtract(v->position, p)) < 0.1;
        g_assert_cmpint(v->verdict, ==, is_untraced ? LAC_VACANCY_UNTRACED : LAC_VACANCY_VACANT);
        if (is_untraced)
            g_assert_cmpfloat(v->p_vacant, <, 0.1);
        else
            g_assert_cmpfloat(v->p_vacant, >, 0.9);
        g_assert_cmpint(v->phase, ==, LAC_PHASE_OXIDE);
    }
}

// Two grains side by side: the lattice of one runs into the other, and none of that is a vacancy.
static void
test_grain_boundary(void)
{
    g_autoptr(LacAtoms) one = test_crystal_ball(TEST_FCC, 3.25, 16);
    g_autoptr(LacAtoms) two = test_crystal_ball(TEST_FCC, 3.25, 16);
    LacMat3 rotation = lac_rotation_from_euler_deg(20, 35, 11);
    test_atoms_transform(two, &rotation, (LacVec3){ 0, 0, 0 });
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (gsize i = 0; i < one->n; i++) {
        LacVec3 p = { one->x[i], one->y[i], one->z[i] }, q = { two->x[i], two->y[i], two->z[i] };
        if (p.x < -1.2)
            g_array_append_val(kept, p);
        if (q.x > 1.2)
            g_array_append_val(kept, q);
    }
    g_autoptr(LacAtoms) atoms = lac_atoms_new(kept->len);
    lac_atoms_add_species(atoms, "Zr");
    for (guint i = 0; i < kept->len; i++) {
        LacVec3 p = g_array_index(kept, LacVec3, i);
        atoms->x[i] = p.x;
        atoms->y[i] = p.y;
        atoms->z[i] = p.z;
    }
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(TestDefects) defects = test_defects_new(points, 1.2071 * 3.25, NULL);
    g_assert_cmpuint(defects->lattices->n_lattices, ==, 2);
    g_autoptr(LacVacancies) found = find_vacancies(points, defects, NULL, 9);
    g_assert_cmpuint(found->n, ==, 0);
}

static void
test_by_hand(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 11);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autofree guint8 *by_hand = g_new(guint8, points->n);
    memset(by_hand, LAC_PHASE_AS_FOUND, points->n);
    by_hand[7] = LAC_PHASE_AMORPHOUS;
    by_hand[9] = LAC_PHASE_UNASSIGNED;
    g_autoptr(TestDefects) found = test_defects_new(points, 3.9, by_hand);
    g_assert_cmpuint(found->phases->n_overridden, ==, 2);
    g_assert_cmpint(found->phases->phase[7], ==, LAC_PHASE_AMORPHOUS);
    g_assert_cmpuint(found->phases->grain[7], ==, LAC_PHASE_NO_GRAIN);
    g_assert_cmpint(found->phases->phase[9], ==, LAC_PHASE_UNASSIGNED);
    g_assert_cmpuint(found->phases->counts[LAC_PHASE_METAL], ==, points->n - 2);
    g_assert_cmpuint(found->phases->grain[8], ==, 0);
}

// Atoms that the volume would show although they were not traced.
typedef struct {
    gsize n_true, n_hit, n_vacant, n_untraced_sites, n_recognised;
    double rms;
} Score;

static Score
score(const TestParticle *particle, const LacVacancies *found)
{
    Score s = { .n_true = particle->vacancies->len };
    g_autofree guint8 *is_hit = g_new0(guint8, s.n_true + 1);
    for (gsize i = 0; i < found->n; i++) {
        const LacVacancy *v = &found->sites[i];
        gboolean is_vacant =
            v->verdict == LAC_VACANCY_VACANT || v->verdict == LAC_VACANCY_GEOMETRIC;
        double nearest = HUGE_VAL;
        guint best = 0;
        for (guint k = 0; k < particle->vacancies->len; k++) {
            double d = lac_vec3_norm(
                lac_vec3_subtract(v->position, g_array_index(particle->vacancies, LacVec3, k)));
            if (d < nearest) {
                nearest = d;
                best = k;
            }
        }
        s.n_vacant += is_vacant ? 1 : 0;
        if (is_vacant && nearest < 1.2 && !is_hit[best]) {
            is_hit[best] = 1;
            s.n_hit++;
            s.rms += nearest * nearest;
        }
        for (guint k = 0; k < particle->missed->len; k++) {
            LacVec3 p = g_array_index(particle->missed, LacVec3, k);
            if (lac_vec3_norm(lac_vec3_subtract(v->position, p)) < 1.2) {
                s.n_untraced_sites++;
                s.n_recognised += v->verdict == LAC_VACANCY_UNTRACED ? 1 : 0;
            }
        }
    }
    s.rms = sqrt(s.rms / (double) MAX(s.n_hit, 1));
    return s;
}

static void
check_phases(const TestParticle *particle, const LacPhases *phases)
{
    double right = 0, known = 0, metal[2] = { 0, 0 }, crystal[2] = { 0, 0 };
    for (gsize i = 0; i < phases->n; i++) {
        guint8 truth = particle->phase[i], found = phases->phase[i];
        if (truth == LAC_PHASE_UNASSIGNED)
            continue;
        known++;
        right += truth == found ? 1 : 0;
        if (truth == LAC_PHASE_METAL) {
            metal[0]++;
            metal[1] += found == LAC_PHASE_METAL ? 1 : 0;
        }
        if (truth == LAC_PHASE_OXIDE) {
            crystal[0]++;
            crystal[1] += found == LAC_PHASE_OXIDE ? 1 : 0;
        }
    }
    g_test_message("phases %.4f, metal %.4f, crystalline %.4f; densities %.4f %.4f %.4f",
        right / known, metal[1] / metal[0], crystal[1] / crystal[0],
        phases->densities[LAC_PHASE_METAL], phases->densities[LAC_PHASE_OXIDE],
        phases->densities[LAC_PHASE_AMORPHOUS]);
    g_assert_cmpfloat(right / known, >=, 0.955);
    g_assert_cmpfloat(metal[1] / metal[0], >=, 0.98);
    g_assert_cmpfloat(crystal[1] / crystal[0], >=, 0.98);
}

static void
check_interface(const TestParticle *particle, const TestDefects *defects)
{
    g_autoptr(GError) error = NULL;
    LacInterfaceParams params;
    lac_interface_params_init(&params);
    g_autoptr(LacInterface) interface =
        lac_interface_new(particle->points, defects->hull, defects->phases, &params, NULL, &error);
    g_assert_no_error(error);
    double sum = 0, sum2 = 0, n = 0;
    for (gsize i = 0; i < particle->points->n; i++) {
        if (fabs(particle->distance[i]) >= 8)
            continue;
        double off = interface->distance[i] - particle->distance[i];
        sum += off;
        sum2 += off * off;
        n++;
    }
    g_test_message("interface bias %.3f, rms %.3f, area %.0f, volume %.0f, %u types", sum / n,
        sqrt(sum2 / n), interface->area, interface->volume, (guint) interface->n_types);
    g_assert_cmpfloat(sqrt(sum2 / n), <=, 1.3);
    g_assert_cmpfloat(sum / n, >, -1.1);
    g_assert_cmpfloat(sum / n, <, 0.3);
    g_assert_cmpfloat_with_epsilon(interface->area / 5723, 1, 0.15);
    g_assert_cmpfloat_with_epsilon(interface->volume / 37731, 1, 0.15);
}

static void
check_particle(const char *variant, double least_recall, double rms)
{
    g_autoptr(TestParticle) particle = test_particle_find(variant);
    if (particle == NULL)
        return;
    g_autoptr(TestDefects) defects = test_defects_new(particle->points, 0, NULL);
    check_phases(particle, defects->phases);
    check_interface(particle, defects);
    g_autoptr(TestParticle) truth = test_particle_without_false(particle);
    g_autoptr(LacVolume) volume = render(truth->points, NULL, 0.06);
    g_autoptr(LacVacancies) blind = find_vacancies(particle->points, defects, NULL, 9);
    g_autoptr(LacVacancies) seen = find_vacancies(particle->points, defects, volume, 9);
    Score without_volume = score(particle, blind), with_volume = score(particle, seen);
    g_test_message("%s: recall %.3f, precision %.3f (geometry only %.3f), rms %.3f, untraced %u "
                   "of %u, clusters %u",
        variant, (double) with_volume.n_hit / (double) with_volume.n_true,
        (double) with_volume.n_hit / (double) with_volume.n_vacant,
        (double) without_volume.n_hit / (double) without_volume.n_vacant, with_volume.rms,
        (guint) with_volume.n_recognised, (guint) with_volume.n_untraced_sites,
        (guint) seen->n_clusters);
    double n_true = (double) with_volume.n_true;
    g_assert_cmpfloat((double) with_volume.n_hit / n_true, >=, least_recall);
    g_assert_cmpfloat((double) with_volume.n_hit / (double) with_volume.n_vacant, >=, 0.9);
    g_assert_cmpfloat(with_volume.rms, <=, rms);
    g_assert_cmpuint(with_volume.n_recognised, >=,
        (gsize) ceil(0.95 * (double) with_volume.n_untraced_sites));
    // Geometry alone takes untraced atoms for vacancies.
    g_assert_cmpuint(without_volume.n_vacant, >=, with_volume.n_vacant + with_volume.n_recognised);
}

static void
test_clean(void)
{
    check_particle("clean", 0.97, 0.06);
}

static void
test_experiment(void)
{
    check_particle("exp", 0.95, 0.2);
}

static void
test_hexagonal(void)
{
    check_particle("hcp", 0.97, 0.06);
}

static void
test_errors(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.25, 9);
    g_autoptr(LacPoints) points = make_points(atoms);
    g_autoptr(TestDefects) defects = test_defects_new(points, 3.9, NULL);
    LacVacancyParams params;
    lac_vacancy_params_init(&params);
    LacVacancyContext context = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_assert_null(lac_vacancies_new(points, defects->hull, defects->lattices, &context, &params,
        progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    params.support = 13;
    g_assert_null(lac_vacancies_new(points, defects->hull, defects->lattices, &context, &params,
        NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    LacPhaseParams phase_params;
    lac_phase_params_init(&phase_params);
    phase_params.majority = 0;
    g_assert_null(lac_phases_new(points, defects->hull, defects->lattices, defects->neighbours,
        defects->order, NULL, &phase_params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vacancies/crystals", test_crystals);
    g_test_add_func("/vacancies/evidence", test_evidence);
    g_test_add_func("/vacancies/grain-boundary", test_grain_boundary);
    g_test_add_func("/vacancies/by-hand", test_by_hand);
    g_test_add_func("/vacancies/clean", test_clean);
    g_test_add_func("/vacancies/experiment", test_experiment);
    g_test_add_func("/vacancies/hexagonal", test_hexagonal);
    g_test_add_func("/vacancies/errors", test_errors);
    return g_test_run();
}
