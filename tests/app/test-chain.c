// SPDX-License-Identifier: GPL-3.0-or-later
// The command line from nothing to a volume that shows the atoms it was made of.
#include "core/project/project.h"
#include "tests/app/cli.h"
#include "tests/support/metrics.h"

#include <glib/gstdio.h>
#include <string.h>

// The known positions [Å] as voxel indices.
static TestPeaks *
places_of_atoms(const LacAtoms *atoms, const LacVolume *volume)
{
    TestPeaks *self = g_new(TestPeaks, 1);
    self->n = atoms->n;
    self->position = g_new(LacVec3, atoms->n);
    for (gsize i = 0; i < atoms->n; i++)
        self->position[i] = (LacVec3){ atoms->x[i] / volume->voxel_size + (double) (volume->nx / 2),
            atoms->y[i] / volume->voxel_size + (double) (volume->ny / 2),
            atoms->z[i] / volume->voxel_size + (double) (volume->nz / 2) };
    return self;
}

// Simulates at a dose, reconstructs, and counts the atoms that the volume shows.
static TestMatch
simulate_and_reconstruct(const char *dose, const char *preset, const char *iterations,
    gsize *n_atoms, gsize *n_found)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *in = g_build_filename(folder, "in.lacuna", NULL);
    g_autofree char *out = g_build_filename(folder, "out.lacuna", NULL);
    g_autoptr(TestRun) simulate = test_cli("simulate", "--atoms", "400", "--size", "72", "--tilts",
        "51", "--dose", dose, "-o", in, NULL);
    g_assert_cmpint(simulate->status, ==, 0);
    g_autoptr(TestRun) run = test_cli("reconstruct", "--projections", in, "--preset", preset,
        "--iterations", iterations, "--json", "-o", out, NULL);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);

    g_autoptr(LacProject) made = lac_project_load(in, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(LacProject) project = lac_project_load(out, NULL, &error);
    g_assert_no_error(error);
    const LacVolume *volume = project->recon->volume;
    g_assert_cmpfloat_with_epsilon(volume->voxel_size, 0.55, 1e-9);
    g_autoptr(TestPeaks) truth = places_of_atoms(made->truth->atoms, volume);
    // An atom is drawn with a peak of 1.
    g_autoptr(TestPeaks) found = test_peaks_find(volume, 0.4);
    *n_atoms = truth->n;
    *n_found = found->n;
    TestMatch match = test_peaks_match(truth, found, 1.5);
    g_test_message("%s counts: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " atoms, %" G_GSIZE_FORMAT
                   " peaks, rmsd %.3f voxel, shift %.3f %.3f %.3f",
        dose, match.n_matched, truth->n, found->n, match.rmsd, match.mean_shift.x,
        match.mean_shift.y, match.mean_shift.z);
    g_unlink(in);
    g_unlink(out);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    return match;
}

static void
assert_shows_atoms(const char *dose, const char *preset, const char *iterations, double recall,
    double rmsd)
{
    gsize n_atoms, n_found;
    TestMatch match = simulate_and_reconstruct(dose, preset, iterations, &n_atoms, &n_found);
    g_assert_cmpfloat((double) match.n_matched, >=, recall * (double) n_atoms);
    g_assert_cmpfloat((double) n_found, <=, (double) n_atoms * (2.0 - recall));
    g_assert_cmpfloat(match.rmsd, <, rmsd);
    // A shift of half a voxel or a mirrored axis would show here.
    g_assert_cmpfloat_with_epsilon(match.mean_shift.x, 0.0, 0.03);
    g_assert_cmpfloat_with_epsilon(match.mean_shift.y, 0.0, 0.03);
    g_assert_cmpfloat_with_epsilon(match.mean_shift.z, 0.0, 0.03);
}

static void
test_clean(void)
{
    assert_shows_atoms("0", "clean", "60", 0.995, 0.03);
}

static void
test_noisy(void)
{
    assert_shows_atoms("2000", "default", "40", 0.995, 0.1);
}

// The program unloads the OpenGL driver at its end; what that keeps would be a leak without a name.
static void
ignore_leaks_of_children(void)
{
    const char *options = g_getenv("ASAN_OPTIONS");
    g_autofree char *more = g_strconcat(options != NULL ? options : "", ":detect_leaks=0", NULL);
    g_setenv("ASAN_OPTIONS", more, TRUE);
}

static void
test_picture_of_a_project(void)
{
    ignore_leaks_of_children();
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("lacuna-XXXXXX", &error);
    g_assert_no_error(error);
    g_autofree char *in = g_build_filename(folder, "in.lacuna", NULL);
    g_autofree char *out = g_build_filename(folder, "out.lacuna", NULL);
    g_autofree char *picture = g_build_filename(folder, "out.png", NULL);
    g_autoptr(TestRun) simulate =
        test_cli("simulate", "--atoms", "100", "--size", "64", "--tilts", "5", "-o", in, NULL);
    g_assert_cmpint(simulate->status, ==, 0);
    g_autoptr(TestRun) early = test_cli("render", in, "-o", picture, NULL);
    g_assert_cmpint(early->status, ==, 2);
    g_assert_nonnull(strstr(early->err, "holds no volume yet"));
    g_autoptr(TestRun) reconstruct =
        test_cli("reconstruct", "-p", in, "-n", "3", "-q", "-o", out, NULL);
    g_assert_cmpint(reconstruct->status, ==, 0);
    g_autoptr(TestRun) render =
        test_cli("render", out, "-q", "--size", "64x48", "-o", picture, NULL);
    g_assert_cmpstr(render->err, ==, "");
    g_assert_cmpint(render->status, ==, 0);
    g_assert_cmpint(g_unlink(picture), ==, 0);
    g_unlink(in);
    g_unlink(out);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chain/clean", test_clean);
    g_test_add_func("/chain/noisy", test_noisy);
    g_test_add_func("/chain/picture-of-a-project", test_picture_of_a_project);
    return g_test_run();
}
