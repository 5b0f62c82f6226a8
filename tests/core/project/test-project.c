// SPDX-License-Identifier: GPL-3.0-or-later
// The project file: bit for bit there and back, cancelled, killed in the middle, damaged, too new.
#include "core/error.h"
#include "core/io/h5-atoms.h"
#include "core/io/hdf5.h"
#include "core/project/project.h"
#include "tests/support/edits.h"
#include "tests/support/mutate.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static LacVolume *
make_volume(gsize n, guint seed)
{
    LacVolume *volume = lac_volume_new(n, n + 1, n + 2, 0.347, NULL);
    volume->origin = (LacVec3){ 1.0 / 3.0, -2.5, 1e-3 };
    gsize n_values = lac_volume_get_size(volume);
    for (gsize i = 0; i < n_values; i++)
        volume->data[i] = (float) sin((double) (i * seed)) * 1e3f;
    volume->data[1] = NAN;
    volume->data[2] = -0.0f;
    return volume;
}

static LacSeries *
make_series(void)
{
    LacSeries *series = lac_series_new(7, 12, 10, 0.347, NULL);
    for (gsize i = 0; i < 7 * 12 * 10; i++)
        series->data[i] = (float) i / 3.0f;
    for (gsize k = 0; k < 7; k++) {
        series->angles[k] = (LacAngles){ 0.1 * (double) k, -60.0 + (double) k / 7.0, -0.3 };
        series->excluded[k] = k == 3;
        series->shifts[k] = (LacShift){ 0.1 * (double) k - 7.3, -1.0 / (double) (k + 3) };
        series->gains[k] = 0.9 + 0.01 * (double) k;
    }
    g_free(series->name);
    series->name = g_strdup("série 7°.mrc ");
    return series;
}

static LacRecon *
make_recon(void)
{
    LacRecon *recon = lac_recon_new(7, 5, TRUE);
    lac_recon_params_init(&recon->params, LAC_RECON_CLEAN);
    recon->params.blob_sigma = 0.1 + 0.2;
    recon->params.nz = 33;
    recon->params.weight_cap = (double) INFINITY;
    recon->volume = make_volume(20, 3);
    recon->seconds = 12.75;
    for (gsize i = 0; i < 5; i++) {
        recon->r1[i] = 1.0 / (double) (i + 1);
        recon->r2[i] = 1.0 / (double) (i + 3);
        recon->r_free[i] = 1.0 / (double) (i + 7);
    }
    for (gsize i = 0; i < 7; i++) {
        recon->projection_r1[i] = i == 3 ? (double) NAN : (double) i / 3.0;
        recon->projection_r2[i] = i == 3 ? (double) NAN : (double) i / 11.0;
    }
    for (guint i = 0; i < 2; i++) {
        g_autoptr(LacVolume) volume = make_volume(20, 10 + i);
        // As in an older project, the second lacks the factors per projection.
        lac_recon_add_snapshot(recon, 2 * i + 1, volume, i == 0 ? recon->projection_r1 : NULL,
            i == 0 ? recon->projection_r2 : NULL);
    }
    recon->coefficients = make_volume(20, 12);
    return recon;
}

static LacAtoms *
make_atoms(void)
{
    LacAtoms *atoms = lac_atoms_new(4);
    lac_atoms_add_species(atoms, "Zr");
    lac_atoms_add_species(atoms, "O");
    double *width = lac_atoms_add_column(atoms, "width");
    for (gsize i = 0; i < 4; i++) {
        atoms->x[i] = (double) i / 3.0;
        atoms->y[i] = -(double) i / 7.0;
        atoms->z[i] = 1e-17 * (double) i;
        atoms->species[i] = (guint16) (i % 2);
        width[i] = i == 2 ? (double) NAN : 0.7 + (double) i;
    }
    g_free(atoms->comment);
    atoms->comment = g_strdup("seed 7\nsecond line");
    return atoms;
}

static LacTruth *
make_truth(void)
{
    static const double labels[2][4] = { { 1, 2, 4, 0 }, { 0, 1, -1, 1 } };
    g_autoptr(LacAtoms) atoms = make_atoms();
    atoms->state[2] = LAC_ATOM_DELETED;
    atoms->flag[2] = LAC_PEAK_EDGE;
    memcpy(lac_atoms_add_column(atoms, LAC_COLUMN_PHASE), labels[0], sizeof labels[0]);
    memcpy(lac_atoms_add_column(atoms, LAC_COLUMN_GRAIN), labels[1], sizeof labels[1]);
    LacTruth *truth = lac_truth_new(atoms);
    truth->faint = make_atoms();
    LacMat3 turn = lac_rotation_from_euler_deg(10.0, 20.0, 30.0);
    LacTruthGrain grain = { LAC_TRUTH_METAL, LAC_LATTICE_HCP, 3.232, 5.147, 0.043, turn,
        { 0.1, 0.2, 0.3 }, { 0.0, 0.0, 1.0 }, 50.0 };
    g_array_append_val(truth->grains, grain);
    grain.lattice = LAC_LATTICE_FCC;
    g_array_append_val(truth->grains, grain);
    for (guint i = 0; i < 3; i++) {
        LacTruthVacancy vacancy = { { 1.0 / (i + 3.0), -2.0, 3.0 }, LAC_TRUTH_METAL, (gint) i - 1,
            i / 2 };
        g_array_append_val(truth->vacancies, vacancy);
    }
    LacTruthPore pore = { { 1.0, 2.0, 3.0 }, { 8.0, 5.0, 4.5 }, turn, TRUE, 20, 754.0 };
    g_array_append_val(truth->pores, pore);
    truth->has_interface = TRUE;
    truth->interface.core = (LacBody){ { 0.5, 0.0, -0.5 }, .radius = 22.0 };
    lac_body_add_plane(&truth->interface.core, (LacVec3){ 1.0, 1.0, 1.0 }, 14.0);
    truth->interface.bend_deg = 19.0;
    truth->interface.normals[1] = (LacVec3){ 0.0, 0.6, -0.8 };
    truth->surface.radius = 40.0;
    static const LacAngles angles[2] = { { 0.1, -60.0, 0.2 }, { -0.1, 60.3, 0.0 } };
    static const LacShift shifts[2] = { { 1.5, -0.25 }, { -2.0, 1.0 / 3.0 } };
    lac_truth_set_images(truth, angles, shifts, 2);
    truth->volume = make_volume(6, 11);
    return truth;
}

static LacJournal *
make_journal(void)
{
    g_autoptr(LacAtoms) base = lac_random_atoms(70, 3);
    LacJournal *journal = lac_journal_new(base);
    GRand *random = g_rand_new_with_seed(4);
    for (guint i = 0; i < 100; i++)
        lac_journal_apply(journal, lac_random_edit(lac_journal_get_atoms(journal), random), NULL);
    lac_journal_go_to(journal, 80);
    g_rand_free(random);
    return journal;
}

static LacProject *
make_project(void)
{
    LacProject *project = lac_project_new();
    project->series = make_series();
    g_autoptr(LacBuffer) measured = lac_buffer_new(7 * 12 * 10, NULL);
    for (gsize i = 0; i < measured->n; i++)
        measured->data[i] = 100.0f - (float) i / 7.0f;
    project->raw_series = lac_series_with_buffer(project->series, measured, NULL);
    const double places[4] = { 3.25, 4.5, 5.0, -1.0 };
    g_autoptr(LacMaskStrokes) first = lac_mask_strokes_append(NULL, 2, TRUE, 1.5, places, 2);
    project->strokes = lac_mask_strokes_append(first, 6, FALSE, 4.0, places, 1);
    project->mask = make_volume(9, 5);
    project->recon = make_recon();
    project->volume = make_volume(15, 7);
    project->truth = make_truth();
    project->journal = make_journal();
    project->views = g_strdup("{\"camera\": [1, 2.5, \"Å\"]}");
    lac_project_add_provenance(project, "import", "file=series.mrc\nbin=2", "");
    g_autofree char *digests = lac_project_dup_digests(project);
    lac_project_add_provenance(project, "reconstruct", NULL, digests);
    return project;
}

static void
check_bytes(gconstpointer a, gconstpointer b, gsize n)
{
    g_assert_cmpint(memcmp(a, b, n), ==, 0);
}

static void
check_volume(const LacVolume *a, const LacVolume *b)
{
    g_assert_cmpuint(a->nx, ==, b->nx);
    g_assert_cmpuint(a->ny, ==, b->ny);
    g_assert_cmpuint(a->nz, ==, b->nz);
    g_assert_cmpfloat(a->voxel_size, ==, b->voxel_size);
    check_bytes(&a->origin, &b->origin, sizeof a->origin);
    check_bytes(a->data, b->data, lac_volume_get_size(a) * sizeof(float));
}

static void
check_series(const LacSeries *a, const LacSeries *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    g_assert_cmpuint(a->nv, ==, b->nv);
    g_assert_cmpuint(a->nu, ==, b->nu);
    g_assert_cmpfloat(a->pixel_size, ==, b->pixel_size);
    g_assert_cmpstr(a->name, ==, b->name);
    check_bytes(a->data, b->data, a->n * a->nv * a->nu * sizeof(float));
    check_bytes(a->angles, b->angles, a->n * sizeof *a->angles);
    check_bytes(a->shifts, b->shifts, a->n * sizeof *a->shifts);
    check_bytes(a->gains, b->gains, a->n * sizeof *a->gains);
    check_bytes(a->excluded, b->excluded, a->n * sizeof *a->excluded);
}

static void
check_recon(const LacRecon *a, const LacRecon *b)
{
    check_volume(a->volume, b->volume);
    g_assert_cmpuint(a->n_iterations, ==, b->n_iterations);
    g_assert_cmpuint(a->n_projections, ==, b->n_projections);
    g_assert_cmpfloat(a->seconds, ==, b->seconds);
    check_bytes(a->r1, b->r1, a->n_iterations * sizeof(double));
    check_bytes(a->r2, b->r2, a->n_iterations * sizeof(double));
    g_assert_nonnull(b->r_free);
    check_bytes(a->r_free, b->r_free, a->n_iterations * sizeof(double));
    check_bytes(a->projection_r1, b->projection_r1, a->n_projections * sizeof(double));
    check_bytes(a->projection_r2, b->projection_r2, a->n_projections * sizeof(double));
    const LacReconParams *p = &a->params, *q = &b->params;
    g_assert_cmpint(p->method, ==, q->method);
    g_assert_cmpuint(p->n_iterations, ==, q->n_iterations);
    g_assert_cmpint(p->accelerated, ==, q->accelerated);
    g_assert_cmpfloat(p->step, ==, q->step);
    g_assert_cmpfloat(p->blob_sigma, ==, q->blob_sigma);
    g_assert_cmpfloat(p->weight_alpha, ==, q->weight_alpha);
    g_assert_cmpfloat(p->weight_cap, ==, q->weight_cap);
    g_assert_cmpint(p->positivity, ==, q->positivity);
    g_assert_cmpuint(p->nz, ==, q->nz);
    g_assert_cmpuint(p->held_out_every, ==, q->held_out_every);
    g_assert_cmpfloat(p->tolerance, ==, q->tolerance);
    g_assert_cmpuint(p->snapshot_every, ==, q->snapshot_every);
    g_assert_cmpuint(a->snapshots->len, ==, b->snapshots->len);
    for (guint i = 0; i < a->snapshots->len; i++) {
        const LacReconSnapshot *s = a->snapshots->pdata[i], *t = b->snapshots->pdata[i];
        g_assert_cmpuint(s->iteration, ==, t->iteration);
        check_volume(s->volume, t->volume);
        g_assert_true((s->projection_r1 == NULL) == (t->projection_r1 == NULL));
        if (s->projection_r1 == NULL)
            continue;
        check_bytes(s->projection_r1, t->projection_r1, a->n_projections * sizeof(double));
        check_bytes(s->projection_r2, t->projection_r2, a->n_projections * sizeof(double));
    }
    check_volume(a->coefficients, b->coefficients);
}

static void
check_atoms(const LacAtoms *a, const LacAtoms *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    check_bytes(a->x, b->x, a->n * sizeof(double));
    check_bytes(a->y, b->y, a->n * sizeof(double));
    check_bytes(a->z, b->z, a->n * sizeof(double));
    check_bytes(a->species, b->species, a->n * sizeof *a->species);
    g_assert_true(g_strv_equal((const char *const *) a->species_names,
        (const char *const *) b->species_names));
    check_bytes(lac_atoms_get_column(a, "width"), lac_atoms_get_column(b, "width"),
        a->n * sizeof(double));
    g_assert_cmpstr(a->comment, ==, b->comment);
}

static void
check_journal(LacJournal *a, LacJournal *b)
{
    gsize n = lac_journal_get_length(a), position = lac_journal_get_position(a);
    g_assert_cmpuint(lac_journal_get_length(b), ==, n);
    g_assert_cmpuint(lac_journal_get_position(b), ==, position);
    g_assert_true(lac_atoms_are_identical(lac_journal_get_base(a), lac_journal_get_base(b)));
    g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(a), lac_journal_get_atoms(b)));
    for (gsize i = 0; i < n; i++) {
        const LacEdit *s = lac_journal_get_edit(a, i), *t = lac_journal_get_edit(b, i);
        g_assert_cmpint(s->kind, ==, t->kind);
        g_assert_cmpint(s->time, ==, t->time);
        g_assert_cmpstr(s->reason, ==, t->reason);
    }
    g_autoptr(LacJournal) c = lac_journal_copy(a), d = lac_journal_copy(b);
    for (gsize to = 0; to <= n; to += 10) {
        lac_journal_go_to(c, to);
        lac_journal_go_to(d, to);
        g_assert_true(lac_atoms_are_identical(lac_journal_get_atoms(c), lac_journal_get_atoms(d)));
    }
}

static void
check_body(const LacBody *a, const LacBody *b)
{
    check_bytes(&a->centre, &b->centre, sizeof a->centre);
    g_assert_cmpfloat(a->radius, ==, b->radius);
    g_assert_cmpuint(a->n_planes, ==, b->n_planes);
    check_bytes(a->normals, b->normals, a->n_planes * sizeof *a->normals);
    check_bytes(a->heights, b->heights, a->n_planes * sizeof *a->heights);
}

static void
check_vacancies(const GArray *a, const GArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const LacTruthVacancy *s = &g_array_index(a, LacTruthVacancy, i);
        const LacTruthVacancy *t = &g_array_index(b, LacTruthVacancy, i);
        check_bytes(&s->position, &t->position, sizeof s->position);
        g_assert_cmpint(s->phase, ==, t->phase);
        g_assert_cmpint(s->grain, ==, t->grain);
        g_assert_cmpuint(s->cluster, ==, t->cluster);
    }
}

static void
check_array(GArray *a, GArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    g_assert_cmpuint(a->len, >, 0);
    check_bytes(a->data, b->data, a->len * g_array_get_element_size(a));
}

static void
check_truth(const LacTruth *a, const LacTruth *b)
{
    check_atoms(a->atoms, b->atoms);
    g_assert_true(lac_atoms_are_identical(a->atoms, b->atoms));
    check_atoms(a->faint, b->faint);
    check_array(a->grains, b->grains);
    check_vacancies(a->vacancies, b->vacancies);
    check_array(a->pores, b->pores);
    g_assert_true(a->has_interface && b->has_interface);
    check_body(&a->interface.core, &b->interface.core);
    g_assert_cmpfloat(a->interface.bend_deg, ==, b->interface.bend_deg);
    check_bytes(a->interface.normals, b->interface.normals, sizeof a->interface.normals);
    check_body(&a->surface, &b->surface);
    g_assert_cmpuint(a->n_projections, ==, b->n_projections);
    check_bytes(a->angles, b->angles, a->n_projections * sizeof *a->angles);
    check_bytes(a->shifts, b->shifts, a->n_projections * sizeof *a->shifts);
    check_volume(a->volume, b->volume);
}

static void
check_project(const LacProject *a, const LacProject *b)
{
    check_series(a->series, b->series);
    check_series(a->raw_series, b->raw_series);
    g_assert_cmpuint(a->strokes->n, ==, b->strokes->n);
    for (gsize i = 0; i < a->strokes->n; i++) {
        const LacMaskPoint *p = a->strokes->points + i, *q = b->strokes->points + i;
        g_assert_true(p->u == q->u && p->v == q->v && p->radius == q->radius);
        g_assert_true(
            p->stroke == q->stroke && p->projection == q->projection && p->inside == q->inside);
    }
    check_volume(a->mask, b->mask);
    check_recon(a->recon, b->recon);
    check_volume(a->volume, b->volume);
    check_truth(a->truth, b->truth);
    check_journal(a->journal, b->journal);
    g_assert_cmpstr(a->views, ==, b->views);
    g_assert_cmpuint(a->provenance->len, ==, b->provenance->len);
    for (guint i = 0; i < a->provenance->len; i++) {
        const LacProvenance *s = a->provenance->pdata[i], *t = b->provenance->pdata[i];
        g_assert_cmpstr(s->name, ==, t->name);
        g_assert_cmpstr(s->parameters, ==, t->parameters);
        g_assert_cmpstr(s->inputs, ==, t->inputs);
        g_assert_cmpstr(s->version, ==, t->version);
        g_assert_cmpstr(s->time, ==, t->time);
    }
}

static void
test_round_trip(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = make_project();
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(lac_scratch_count(scratch), ==, 1);
    g_assert_true(lac_project_is_project(path));
    g_autoptr(LacProject) copy = lac_project_copy(project);
    g_autoptr(LacProject) back = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    check_project(project, back);
    check_project(copy, back);
    const LacProvenance *step = back->provenance->pdata[1];
    g_autofree char *digests = lac_project_dup_digests(project);
    g_assert_cmpstr(step->inputs, ==, digests);
    g_assert_true(g_str_has_prefix(digests, "series=sha256:"));
    g_assert_nonnull(strstr(digests, "\nmask=sha256:"));
}

static void
test_empty(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = lac_project_new();
    project->recon = lac_recon_new(0, 0, FALSE);
    lac_recon_params_init(&project->recon->params, LAC_RECON_DEFAULT);
    project->recon->volume = make_volume(3, 1);
    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    project->truth = lac_truth_new(none);
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(LacProject) back = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_null(back->series);
    g_assert_null(back->mask);
    g_assert_null(back->volume);
    g_assert_null(back->views);
    g_assert_null(back->recon->r_free);
    g_assert_cmpuint(back->recon->n_iterations, ==, 0);
    g_assert_cmpuint(back->truth->atoms->n, ==, 0);
    g_assert_cmpuint(back->provenance->len, ==, 0);
}

// Projects of schema 2 had no shifts: nothing was moved.
static void
test_without_shifts(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "old.lacuna");
    const float pixels[4] = { 1.0f, 2.0f, 3.0f, 4.0f };
    const double angles[6] = { 0.0, -10.0, 0.0, 0.0, 10.0, 0.0 }, excluded[2] = { 0.0, 1.0 };
    LacH5Array stack = { LAC_VALUE_FLOAT32, 3, { 2, 1, 2 }, pixels };
    LacH5Array table = { LAC_VALUE_FLOAT64, 2, { 2, 3 }, angles };
    LacH5Array flags = { LAC_VALUE_FLOAT64, 1, { 2 }, excluded };
    const LacH5Span span = { 0 };
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_CHECKSUMMED, &error);
    g_assert_true(lac_h5_set_string(file, "/", "lacuna_version", "0.1", &error) &&
        lac_h5_set_integer(file, "/", "schema", 2, &error) &&
        lac_h5_make_group(file, "/series", &error) &&
        lac_h5_set_string(file, "/series", "name", "old", &error) &&
        lac_h5_set_number(file, "/series", "pixel_size", 0.5, &error) &&
        lac_h5_write_array(file, "/series/data", &stack, span, &error) &&
        lac_h5_write_array(file, "/series/angles", &table, span, &error) &&
        lac_h5_write_array(file, "/series/excluded", &flags, span, &error) &&
        lac_h5_make_group(file, "/provenance", &error) &&
        lac_h5_set_integer(file, "/provenance", "steps", 0, &error) && lac_h5_close(file, &error));
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(project->series->angles[1].theta, ==, 10.0);
    g_assert_false(lac_series_is_shifted(project->series));
}

static void
assert_truth_is_refused(LacScratch *scratch, LacTruth *truth, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "bad.lacuna");
    g_autoptr(LacProject) project = lac_project_new();
    project->truth = truth;
    g_assert_true(lac_project_save(project, path, NULL, &error));
    g_assert_null(lac_project_load(path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    if (strstr(error->message, word) == NULL)
        g_error("\"%s\" does not tell of %s", error->message, word);
}

static void
test_damaged_truth(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    LacTruth *truth = make_truth();
    g_array_index(truth->vacancies, LacTruthVacancy, 0).grain = 2;
    assert_truth_is_refused(scratch, truth, "grain that is not there");
    truth = make_truth();
    g_array_index(truth->vacancies, LacTruthVacancy, 1).position.x = (double) NAN;
    assert_truth_is_refused(scratch, truth,
        "/truth/vacancies has a number outside its range in row 2");
    truth = make_truth();
    g_array_index(truth->pores, LacTruthPore, 0).axes[1] = -5.0;
    assert_truth_is_refused(scratch, truth, "/truth/pores");
    truth = make_truth();
    g_array_index(truth->grains, LacTruthGrain, 1).orientation.m[0][0] = 2.0;
    assert_truth_is_refused(scratch, truth, "/truth/grains");
    truth = make_truth();
    truth->interface.core.heights[0] = -1.0;
    assert_truth_is_refused(scratch, truth, "/truth/core is no convex body");
    truth = make_truth();
    truth->shifts[1].dv = HUGE_VAL;
    assert_truth_is_refused(scratch, truth, "shift that is not finite");
    truth = make_truth();
    lac_atoms_ensure_column(truth->atoms, LAC_COLUMN_PHASE)[3] = 5.0;
    assert_truth_is_refused(scratch, truth, "phase of known atom 4 is 5");
}

static void
test_damaged_strokes(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    const LacMaskPoint wrong[] = { { .u = (double) NAN, .radius = 1.0 }, { .radius = -1.0 },
        { .radius = 1.0, .projection = 7 } };
    g_autofree char *path = lac_scratch_path(scratch, "strokes.lacuna");
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LacProject) project = lac_project_new();
        project->series = make_series(); // of 7 projections
        project->strokes = lac_mask_strokes_new(wrong + i, 1);
        g_assert_true(lac_project_save(project, path, NULL, &error));
        g_assert_null(lac_project_load(path, NULL, &error));
        g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
        g_assert_nonnull(strstr(error->message, "/series/mask_strokes"));
    }
}

// Projects of before there was more than atoms.
static void
test_older_truth(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "old.lacuna");
    g_autoptr(LacAtoms) atoms = make_atoms();
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_CHECKSUMMED, &error);
    g_assert_no_error(error);
    g_assert_true(lac_h5_set_string(file, "/", "lacuna_version", "0.1", &error));
    g_assert_true(lac_h5_set_integer(file, "/", "schema", 2, &error));
    g_assert_true(lac_h5_write_atoms(file, "/atoms/truth", atoms, &error));
    g_assert_true(lac_h5_make_group(file, "/provenance", &error));
    g_assert_true(lac_h5_set_integer(file, "/provenance", "steps", 0, &error));
    g_assert_true(lac_h5_close(file, &error));
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    g_assert_no_error(error);
    check_atoms(project->truth->atoms, atoms);
    g_assert_cmpuint(project->truth->grains->len, ==, 0);
    g_assert_false(project->truth->has_interface);
}

static void
test_newer(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "new.lacuna");
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_CHECKSUMMED, &error);
    g_assert_no_error(error);
    g_assert_true(lac_h5_set_string(file, "/", "lacuna_version", "9.8", &error));
    g_assert_true(lac_h5_set_integer(file, "/", "schema", 4, &error));
    g_assert_true(lac_h5_close(file, &error));
    g_assert_true(lac_project_is_project(path));
    g_autoptr(LacProject) project = lac_project_load(path, NULL, &error);
    g_assert_null(project);
    g_assert_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED);
    g_assert_nonnull(strstr(error->message, "Lacuna 9.8"));
    g_assert_nonnull(strstr(error->message, "schema 4"));
}

static void
test_no_project(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = lac_scratch_write(scratch, "text.lacuna", "no project", -1);
    g_assert_false(lac_project_is_project(text));
    g_assert_null(lac_project_load(text, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
    g_clear_error(&error);
    g_autofree char *path = lac_scratch_path(scratch, "plain.h5");
    g_autoptr(LacH5) file = lac_h5_create(path, LAC_H5_COMPATIBLE, &error);
    g_assert_true(lac_h5_close(file, &error));
    g_assert_false(lac_project_is_project(path));
    g_assert_null(lac_project_load(path, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_FORMAT);
}

static LacProject *
make_other(void)
{
    LacProject *project = lac_project_new();
    project->volume = make_volume(40, 2);
    return project;
}

static void
test_cancel(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) old = make_project();
    g_autoptr(LacProject) new = make_other();
    g_assert_true(lac_project_save(old, path, NULL, &error));
    g_autofree char *before = NULL;
    gsize n_before;
    g_assert_true(g_file_get_contents(path, &before, &n_before, NULL));
    guint n_cancelled = 0;
    for (guint call = 1;; call++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, call);
        if (lac_project_save(new, path, progress, &error))
            break;
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error(&error);
        g_autofree char *after = NULL;
        gsize n_after;
        g_assert_true(g_file_get_contents(path, &after, &n_after, NULL));
        g_assert_cmpuint(n_after, ==, n_before);
        check_bytes(after, before, n_before);
        g_assert_cmpuint(lac_scratch_count(scratch), ==, 1);
        n_cancelled++;
    }
    g_assert_cmpuint(n_cancelled, >=, 3);
    n_cancelled = 0;
    for (guint call = 1;; call++) {
        g_autoptr(LacProgress) progress = lac_progress_new();
        lac_progress_cancel_at(progress, call);
        g_autoptr(LacProject) back = lac_project_load(path, progress, &error);
        if (back != NULL)
            break;
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error(&error);
        n_cancelled++;
    }
    g_assert_cmpuint(n_cancelled, >=, 2);
}

// Saves two projects in turn until it is killed.
static void
save_forever(const char *path)
{
    g_autoptr(LacProject) a = make_project();
    g_autoptr(LacProject) b = make_other();
    for (;;) {
        if (!lac_project_save(a, path, NULL, NULL) || !lac_project_save(b, path, NULL, NULL))
            _exit(1);
    }
}

static void
test_kill(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) a = make_project();
    g_autoptr(LacProject) b = make_other();
    g_assert_true(lac_project_save(a, path, NULL, &error));
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    guint n_first = 0, n_left = 0;
    GRand *random = g_rand_new_with_seed(11);
    for (guint i = 0; i < 100; i++) {
        char flag[] = "--save-forever";
        char *arguments[] = { program, flag, path, NULL };
        GPid child;
        g_assert_true(g_spawn_async(NULL, arguments, NULL,
            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &child, &error));
        g_usleep((gulong) g_rand_int_range(random, 5000, 150000));
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        g_assert_true(WIFSIGNALED(status));
        g_autoptr(LacProject) back = lac_project_load(path, NULL, &error);
        g_assert_no_error(error);
        n_left += lac_scratch_count(scratch) - 1;
        if (back->series != NULL) {
            check_series(a->series, back->series);
            check_recon(a->recon, back->recon);
            n_first++;
        }
        else {
            check_volume(b->volume, back->volume);
        }
        g_autoptr(GDir) dir = g_dir_open(scratch->folder, 0, NULL);
        for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
            g_autofree char *left = g_build_filename(scratch->folder, name, NULL);
            if (!g_str_equal(name, "a.lacuna"))
                g_unlink(left);
        }
    }
    g_rand_free(random);
    g_test_message("%u times the first, %u times the second, %u times a part left beside it",
        n_first, 100 - n_first, n_left);
    g_assert_cmpuint(n_left, >, 0);
}

static gboolean
read_project(const char *path, gpointer data, GError **error)
{
    (void) data;
    g_autoptr(LacProject) project = lac_project_load(path, NULL, error);
    return project != NULL;
}

static void
test_damaged(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = make_project();
    g_clear_pointer(&project->volume, lac_volume_unref);
    g_ptr_array_set_size(project->recon->snapshots, 1);
    g_assert_true(lac_project_save(project, path, NULL, &error));
    LacMutateReport report = lac_mutate_check_file(path, 10000, 5, read_project, NULL);
    g_assert_cmpuint(report.n_refused, >, report.n_read);
}

static void
test_speed(LacScratch *scratch, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = lac_scratch_path(scratch, "a.lacuna");
    g_autoptr(LacProject) project = lac_project_new();
    project->volume = lac_volume_new(256, 256, 256, 0.347, NULL);
    GRand *random = g_rand_new_with_seed(3);
    for (gsize i = 0; i < 256 * 256 * 256; i++)
        project->volume->data[i] = (float) g_rand_double(random);
    g_rand_free(random);
    gint64 start = g_get_monotonic_time();
    g_assert_true(lac_project_save(project, path, NULL, &error));
    gint64 saved = g_get_monotonic_time();
    g_autoptr(LacProject) back = lac_project_load(path, NULL, &error);
    gint64 loaded = g_get_monotonic_time();
    g_assert_no_error(error);
    check_volume(project->volume, back->volume);
    GStatBuf status;
    g_assert_cmpint(g_stat(path, &status), ==, 0);
    g_test_message("256^3 of noise: saved in %.2f s, loaded in %.2f s, %.1f MiB",
        (double) (saved - start) * 1e-6, (double) (loaded - saved) * 1e-6,
        (double) status.st_size / 1048576.0);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], "--save-forever"))
        save_forever(argv[2]);
    g_test_init(&argc, &argv, NULL);
#define ADD(path, func) \
    g_test_add(path, LacScratch, NULL, lac_scratch_set_up, func, lac_scratch_tear_down)
    ADD("/project/round-trip", test_round_trip);
    ADD("/project/empty", test_empty);
    ADD("/project/damaged-truth", test_damaged_truth);
    ADD("/project/damaged-strokes", test_damaged_strokes);
    ADD("/project/older-truth", test_older_truth);
    ADD("/project/newer", test_newer);
    ADD("/project/without-shifts", test_without_shifts);
    ADD("/project/no-project", test_no_project);
    ADD("/project/cancel", test_cancel);
    ADD("/project/speed", test_speed);
    ADD("/project/kill", test_kill);
    ADD("/project/damaged", test_damaged);
    return g_test_run();
}
