// SPDX-License-Identifier: GPL-3.0-or-later
// The tracer on phantoms and on the published sample.
#include "core/io/io.h"
#include "core/trace/peaks.h"

#include <math.h>

// 145 + 199 + 65 atoms, counted in the paper's own volume.
static void
test_sample(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(g_getenv("LACUNA_TEST_DATA"), "resire-sample",
        "ground_truth_amorphous_vol.mat", NULL);
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_test_skip("the published sample is not there");
        return;
    }
    g_autofree char *name = g_strconcat(file, ":Vol", NULL);
    g_autoptr(LacVolume) volume = lac_read_volume(name, NULL, NULL, &error);
    g_assert_no_error(error);
    LacTraceParams params;
    lac_trace_params_init(&params, LAC_FIT_POLYNOMIAL);
    params.min_distance = 3.0;
    g_autoptr(LacAtoms) atoms = lac_trace(volume, NULL, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lac_atoms_count_present(atoms), ==, 409);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/sample", test_sample);
    return g_test_run();
}
