// SPDX-License-Identifier: GPL-3.0-or-later
// Two passes on the labelled particle: with one cut-off for all the metal is ill described.
#include "core/analysis/coordination.h"
#include "core/analysis/cutoffs.h"
#include "core/analysis/order.h"
#include "core/error.h"
#include "core/io/io.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>

enum {
    METAL = 1,
    OXIDE_1 = 2,
    OXIDE_2 = 3,
    AMORPHOUS = 4,
};

typedef struct {
    LacPoints *points;
    guint8 *label;
    double *distance; // [Å] from the interface, negative in the metal
} Particle;

static gboolean
read_particle(const char *folder, Particle *particle)
{
    g_autofree char *atoms_name = g_strdup_printf("zr-zro2/%s/traced.xyz", folder);
    g_autofree char *labels_name = g_strdup_printf("zr-zro2/%s/traced_labels.csv", folder);
    g_autofree char *atoms_path = lac_scratch_find_data(atoms_name);
    g_autofree char *labels_path = lac_scratch_find_data(labels_name);
    if (atoms_path == NULL || labels_path == NULL)
        return FALSE;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(atoms_path, NULL, &error);
    g_assert_no_error(error);
    particle->points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(labels_path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    particle->label = g_new(guint8, atoms->n);
    particle->distance = g_new(double, atoms->n);
    for (gsize i = 0; i < atoms->n; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i + 1], ",", 2);
        particle->label[i] = (guint8) CLAMP(g_ascii_strtoll(fields[0], NULL, 10), 0, 7);
        particle->distance[i] = g_ascii_strtod(fields[1], NULL);
    }
    return TRUE;
}

static void
particle_clear(Particle *particle)
{
    lac_points_unref(particle->points);
    g_free(particle->label);
    g_free(particle->distance);
}

typedef struct {
    double cn, bond, order, disordered;
} Means;

static Means
average(const Particle *particle, const LacNeighbours *lists, guint label, double low, double high)
{
    LacOrderParams params;
    lac_order_params_init(&params);
    g_autoptr(LacCoordination) cn = lac_coordination_new(particle->points, lists, NULL, NULL, NULL);
    g_autoptr(LacOrder) order = lac_order_new(particle->points, lists, &params, NULL, NULL);
    Means means = { 0 };
    double n = 0.0;
    for (gsize i = 0; i < lists->n; i++) {
        LacVec3 p = { particle->points->x[i], particle->points->y[i], particle->points->z[i] };
        if (particle->label[i] != label || particle->distance[i] < low ||
            particle->distance[i] > high || hypot(hypot(p.x, p.y), p.z) > 35.0)
            continue;
        n++;
        means.cn += cn->cn[i];
        means.bond += cn->cn[i] > 0 ? cn->bond[i] : 0.0;
        means.order += order->scaled[i];
        means.disordered += order->scaled[i] < 0.5;
    }
    return (Means){ means.cn / n, means.bond / n, means.order / n, means.disordered / n };
}

static void
test_particle(gconstpointer folder)
{
    Particle particle = { 0 };
    if (!read_particle(folder, &particle)) {
        g_test_skip("the labelled particle is not here");
        return;
    }
    gboolean noisy = g_str_equal(folder, "exp");
    LacCutoffParams params;
    lac_cutoff_params_init(&params);
    params.fixed[AMORPHOUS] = 4.5;
    g_autoptr(GError) error = NULL;
    g_autoptr(LacCutoffs) cutoffs =
        lac_cutoffs_new(particle.points, particle.label, &params, NULL, &error);
    g_assert_no_error(error);
    g_test_message("%s: metal %.3f, oxides %.3f and %.3f Å", (const char *) folder,
        cutoffs->cutoff[METAL], cutoffs->cutoff[OXIDE_1], cutoffs->cutoff[OXIDE_2]);
    g_assert_cmpfloat_with_epsilon(cutoffs->cutoff[METAL], 3.93, 0.12);
    g_assert_cmpfloat_with_epsilon(cutoffs->cutoff[OXIDE_1], 4.41, 0.15);
    g_assert_cmpfloat(cutoffs->cutoff[AMORPHOUS], ==, 4.5);
    g_assert_null(cutoffs->rdf[AMORPHOUS]);
    g_autoptr(LacNeighbours) second =
        lac_cutoffs_find_neighbours(cutoffs, particle.points, NULL, &error);
    g_assert_no_error(error);
    Means metal = average(&particle, second, METAL, -100.0, -6.0);
    Means glass = average(&particle, second, AMORPHOUS, 6.0, 100.0);
    g_test_message("second pass: metal CN %.2f, bond %.3f, order %.3f; amorphous %.2f, %.3f, %.3f, "
                   "%.1f %% below 0.5",
        metal.cn, metal.bond, metal.order, glass.cn, glass.bond, glass.order,
        100.0 * glass.disordered);
    g_assert_cmpfloat_with_epsilon(metal.cn, noisy ? 11.83 : 11.88, 0.1);
    g_assert_cmpfloat_with_epsilon(metal.bond, noisy ? 3.28 : 3.25, 0.01);
    g_assert_cmpfloat_with_epsilon(metal.order, noisy ? 0.85 : 0.99, 0.02);
    g_assert_cmpfloat_with_epsilon(glass.order, 0.335, 0.02);
    g_assert_cmpfloat(glass.disordered, >, 0.97);
    // One cut-off for all: the second shell of the metal leaks in.
    g_autoptr(LacNeighbours) first = lac_neighbours_new(particle.points, 4.29, NULL, NULL);
    Means leaky = average(&particle, first, METAL, -100.0, -6.0);
    g_test_message("one pass: metal CN %.2f, bond %.3f, order %.3f", leaky.cn, leaky.bond,
        leaky.order);
    if (noisy) {
        g_assert_cmpfloat(leaky.cn, >, 12.4);
        g_assert_cmpfloat(leaky.order, <, 0.78);
    }
    particle_clear(&particle);
}

static void
test_labels(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 10.0);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autofree guint8 *labels = g_new0(guint8, points->n);
    LacCutoffParams params;
    lac_cutoff_params_init(&params);
    labels[5] = 7; // a phase of one atom has no g(r)
    g_autoptr(LacCutoffs) cutoffs = lac_cutoffs_new(points, labels, &params, NULL, NULL);
    g_assert_cmpfloat(cutoffs->reach[5], ==, 4.3);
    g_assert_cmpfloat(cutoffs->longest, ==, 4.3);
    g_assert_cmpfloat(cutoffs->reach[0], ==, cutoffs->rdf[0]->shell.minimum);
    g_assert_cmpfloat(cutoffs->cutoff[3], ==, 4.3);
    params.fixed[2] = (double) NAN;
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_cutoffs_new(points, labels, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
    g_clear_error(&error);
    lac_cutoff_params_init(&params);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel_at(progress, 2);
    g_assert_null(lac_cutoffs_new(points, labels, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_autoptr(LacAtoms) nothing = lac_atoms_new(0);
    g_autoptr(LacPoints) none = lac_points_new(nothing, NULL);
    g_autoptr(LacCutoffs) empty = lac_cutoffs_new(none, labels, &params, NULL, NULL);
    g_autoptr(LacNeighbours) lists = lac_cutoffs_find_neighbours(empty, none, NULL, NULL);
    g_assert_cmpuint(lists->n, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/cutoffs/labels", test_labels);
    g_test_add_data_func("/analysis/cutoffs/particle/clean", "clean", test_particle);
    g_test_add_data_func("/analysis/cutoffs/particle/noisy", "exp", test_particle);
    return g_test_run();
}
