// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/labelled.h"

#include "core/analysis/phases.h"
#include "core/io/io.h"
#include "tests/support/scratch.h"

#include <math.h>

// Rows of numbers of a CSV file with one line of names; n_columns each.
static GArray *
read_rows(const char *folder, const char *name, gsize n_columns)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return values;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (gsize i = 1; lines[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(lines[i], ",", -1);
        if (g_strv_length(parts) < n_columns)
            continue;
        for (gsize k = 0; k < n_columns; k++) {
            double value = g_ascii_strtod(parts[k], NULL);
            g_array_append_val(values, value);
        }
    }
    return values;
}

static guint8
phase_of(double label)
{
    static const guint8 phases[5] = { LAC_PHASE_UNASSIGNED, LAC_PHASE_METAL, LAC_PHASE_OXIDE,
        LAC_PHASE_OXIDE, LAC_PHASE_AMORPHOUS };
    return phases[CLAMP((int) label, 0, 4)];
}

static GArray *
read_positions(const char *folder, const char *name, gsize n_columns)
{
    g_autoptr(GArray) rows = read_rows(folder, name, n_columns);
    GArray *positions = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    for (guint i = 0; i + 2 < rows->len; i += (guint) n_columns) {
        const double *row = &g_array_index(rows, double, i);
        LacVec3 p = { row[0], row[1], row[2] };
        g_array_append_val(positions, p);
    }
    return positions;
}

// The label of an atom that was not traced is that of the true atom there.
static guint8
find_label(const GArray *truth, LacVec3 p)
{
    double nearest = HUGE_VAL, label = 0;
    for (guint i = 0; i + 3 < truth->len; i += 4) {
        const double *row = &g_array_index(truth, double, i);
        double d = fabs(row[0] - p.x) + fabs(row[1] - p.y) + fabs(row[2] - p.z);
        if (d < nearest) {
            nearest = d;
            label = row[3];
        }
    }
    return (guint8) label;
}

static void
read_pores(TestParticle *self, const char *folder)
{
    g_autoptr(GArray) rows = read_rows(folder, "pores.csv", 6);
    for (guint i = 0; i + 5 < rows->len; i += 6) {
        const double *row = &g_array_index(rows, double, i);
        TestPore pore = { { row[0], row[1], row[2] }, { row[3], row[4], row[5] } };
        g_array_append_val(self->pores, pore);
    }
}

/**
 * test_particle_read:
 * @folder: with traced.xyz and its tables
 *
 * Returns: (transfer full): what it holds
 */
TestParticle *
test_particle_read(const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, "traced.xyz", NULL);
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    TestParticle *self = g_new0(TestParticle, 1);
    self->points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    gsize n = self->points->n;
    g_autoptr(GArray) labels = read_rows(folder, "traced_labels.csv", 2);
    g_assert_cmpuint(labels->len, ==, 2 * n);
    self->phase = g_new0(guint8, n);
    self->grain = g_new0(guint8, n);
    self->distance = g_new0(double, n);
    for (gsize i = 0; i < n; i++) {
        double label = g_array_index(labels, double, 2 * i);
        self->phase[i] = phase_of(label);
        self->grain[i] = (guint8) (label > 0 && label < 4 ? label : 0);
        self->distance[i] = g_array_index(labels, double, 2 * i + 1);
    }
    self->pores = g_array_new(FALSE, FALSE, sizeof(TestPore));
    read_pores(self, folder);
    self->vacancies = read_positions(folder, "vacancies.csv", 5);
    self->missed = read_positions(folder, "missed_atoms.csv", 3);
    self->missed_phase = g_array_new(FALSE, FALSE, sizeof(guint8));
    g_autoptr(GArray) truth = read_rows(folder, "true_atoms.csv", 4);
    for (guint i = 0; i < self->missed->len; i++) {
        guint8 label = find_label(truth, g_array_index(self->missed, LacVec3, i));
        g_array_append_val(self->missed_phase, label);
    }
    return self;
}

/**
 * test_particle_find:
 * @variant: "clean", "exp" or "hcp"
 *
 * Returns: (transfer full) (nullable): the particle, or %NULL (and the test is skipped) where the
 *   published data is not at hand
 */
TestParticle *
test_particle_find(const char *variant)
{
    g_autofree char *name = g_strdup_printf("zr-zro2/%s/traced.xyz", variant);
    g_autofree char *path = lac_scratch_find_data(name);
    if (path == NULL)
        return NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    return test_particle_read(folder);
}

/**
 * test_particle_without_false:
 * @self: a particle
 *
 * Returns: (transfer full): the same after an audit that found all false atoms
 */
TestParticle *
test_particle_without_false(const TestParticle *self)
{
    const LacPoints *points = self->points;
    gsize n = 0;
    for (gsize i = 0; i < points->n; i++)
        n += self->phase[i] != LAC_PHASE_UNASSIGNED ? 1 : 0;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n + self->missed->len);
    lac_atoms_add_species(atoms, "Zr");
    TestParticle *kept = g_new0(TestParticle, 1);
    kept->phase = g_new0(guint8, atoms->n);
    kept->grain = g_new0(guint8, atoms->n);
    kept->distance = g_new0(double, atoms->n);
    gsize k = 0;
    for (gsize i = 0; i < points->n; i++) {
        if (self->phase[i] == LAC_PHASE_UNASSIGNED)
            continue;
        atoms->x[k] = points->x[i];
        atoms->y[k] = points->y[i];
        atoms->z[k] = points->z[i];
        kept->phase[k] = self->phase[i];
        kept->grain[k] = self->grain[i];
        kept->distance[k++] = self->distance[i];
    }
    for (guint i = 0; i < self->missed->len; i++, k++) {
        LacVec3 p = g_array_index(self->missed, LacVec3, i);
        guint8 label = g_array_index(self->missed_phase, guint8, i);
        atoms->x[k] = p.x;
        atoms->y[k] = p.y;
        atoms->z[k] = p.z;
        kept->phase[k] = phase_of(label);
        kept->grain[k] = label < 4 ? label : 0;
    }
    g_autoptr(GError) error = NULL;
    kept->points = lac_points_new(atoms, &error);
    g_assert_no_error(error);
    kept->pores = g_array_ref(self->pores);
    kept->vacancies = g_array_ref(self->vacancies);
    kept->missed = g_array_new(FALSE, FALSE, sizeof(LacVec3));
    kept->missed_phase = g_array_new(FALSE, FALSE, sizeof(guint8));
    return kept;
}

/**
 * test_particle_free:
 * @self: (nullable) (transfer full): a particle
 */
void
test_particle_free(TestParticle *self)
{
    if (self == NULL)
        return;
    lac_points_unref(self->points);
    g_free(self->phase);
    g_free(self->grain);
    g_free(self->distance);
    g_array_unref(self->pores);
    g_array_unref(self->vacancies);
    g_array_unref(self->missed);
    g_array_unref(self->missed_phase);
    g_free(self);
}
