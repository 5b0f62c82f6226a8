// SPDX-License-Identifier: GPL-3.0-or-later
// Misorientations, grains and lattices: exact crystals, bicrystals, the labelled particle.
#include "core/analysis/lattice.h"
#include "core/error.h"
#include "core/io/io.h"
#include "core/parallel.h"
#include "tests/support/crystal.h"
#include "tests/support/scratch.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

typedef struct {
    LacPoints *points;
    LacTemplates *templates;
    LacGrains *grains;
    LacLattices *lattices;
} Found;

static Found
analyse(const LacAtoms *atoms, double cutoff)
{
    g_autoptr(GError) error = NULL;
    LacTemplateParams template_params;
    LacGrainParams grain_params;
    LacLatticeParams lattice_params;
    lac_template_params_init(&template_params);
    lac_grain_params_init(&grain_params);
    lac_lattice_params_init(&lattice_params);
    Found found = { .points = lac_points_new(atoms, &error) };
    g_assert_no_error(error);
    found.templates = lac_templates_new(found.points, &template_params, NULL, &error);
    g_autoptr(LacNeighbours) lists = lac_neighbours_new(found.points, cutoff, NULL, &error);
    found.grains = lac_grains_new(found.templates, lists, &grain_params, NULL, &error);
    g_assert_no_error(error);
    found.lattices = lac_lattices_new(found.points, found.grains, &lattice_params, NULL, &error);
    g_assert_no_error(error);
    return found;
}

static void
found_clear(Found *found)
{
    lac_points_unref(found->points);
    lac_templates_unref(found->templates);
    lac_grains_unref(found->grains);
    lac_lattices_unref(found->lattices);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static void
test_misorientation(void)
{
    LacMat3 start = lac_rotation_from_axis_deg((LacVec3){ 1, -3, 0.4 }, 137.0);
    const double about_z[] = { 5.0, 15.0, 30.0, 45.0 };
    LacSymmetryGroup cubic, hexagonal;
    lac_symmetry_group_init(&cubic, LAC_SYMMETRY_CUBIC);
    lac_symmetry_group_init(&hexagonal, LAC_SYMMETRY_HEXAGONAL);
    g_assert_cmpuint(cubic.n, ==, 24);
    g_assert_cmpuint(hexagonal.n, ==, 12);
    for (gsize k = 0; k < G_N_ELEMENTS(about_z); k++)
        for (guint s = 0; s < cubic.n; s++) {
            LacMat3 turn = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, about_z[k]);
            LacMat3 other = lac_mat3_multiply(&start, &turn);
            other = lac_mat3_multiply(&other, &cubic.rotation[s]); // another name of the same
            double angle = lac_misorientation_angle_deg(&start, &other, &cubic);
            g_assert_cmpfloat(fabs(angle - about_z[k]), <, 1e-10);
            LacMisorientation m =
                lac_misorientation_find(&start, LAC_SYMMETRY_CUBIC, &other, LAC_SYMMETRY_CUBIC);
            g_assert_cmpfloat(fabs(m.angle_deg - about_z[k]), <, 1e-10);
            double most = fmax(fabs(m.crystal.x), fmax(fabs(m.crystal.y), fabs(m.crystal.z)));
            g_assert_cmpfloat(most, >, 1.0 - 1e-9);
        }
    LacMat3 twin = lac_rotation_from_axis_deg((LacVec3){ 1, 1, 1 }, 60.0);
    LacMat3 other = lac_mat3_multiply(&start, &twin);
    LacMisorientation m =
        lac_misorientation_find(&start, LAC_SYMMETRY_CUBIC, &other, LAC_SYMMETRY_CUBIC);
    g_assert_cmpfloat(fabs(m.angle_deg - 60.0), <, 1e-10);
    g_assert_cmpuint(m.sigma, ==, 3);
    g_assert_cmpfloat(m.deviation_deg, <, 1e-5);
    g_assert_cmpfloat(fabs(fabs(m.crystal.x) - 1.0 / sqrt(3.0)), <, 1e-9);
    // Three degrees off is still a twin; 30 degrees about a cube axis is nothing of a name.
    LacMat3 off = lac_rotation_from_axis_deg((LacVec3){ 0.3, 1, 2 }, 3.0);
    other = lac_mat3_multiply(&off, &other);
    m = lac_misorientation_find(&start, LAC_SYMMETRY_CUBIC, &other, LAC_SYMMETRY_CUBIC);
    g_assert_cmpuint(m.sigma, ==, 3);
    g_assert_cmpfloat(fabs(m.deviation_deg - 3.0), <, 1e-6);
    LacMat3 turn = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 20.0);
    other = lac_mat3_multiply(&start, &turn);
    m = lac_misorientation_find(&start, LAC_SYMMETRY_CUBIC, &other, LAC_SYMMETRY_CUBIC);
    g_assert_cmpuint(m.sigma, ==, 1);
    const struct {
        guint sigma;
        LacVec3 axis;
        double angle;
    } named[] = { { 5, { 0, 1, 0 }, 36.87 }, { 7, { 1, 1, -1 }, 38.21 }, { 9, { 1, 0, 1 }, 38.94 },
        { 11, { 0, 1, 1 }, 50.48 } };
    for (gsize k = 0; k < G_N_ELEMENTS(named); k++) {
        turn = lac_rotation_from_axis_deg(named[k].axis, named[k].angle);
        other = lac_mat3_multiply(&start, &turn);
        m = lac_misorientation_find(&start, LAC_SYMMETRY_CUBIC, &other, LAC_SYMMETRY_CUBIC);
        g_assert_cmpuint(m.sigma, ==, named[k].sigma);
    }
    // Of hexagonal crystals 60 degrees about the axis is nothing.
    turn = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 67.0);
    other = lac_mat3_multiply(&start, &turn);
    g_assert_cmpfloat(fabs(lac_misorientation_angle_deg(&start, &other, &hexagonal) - 7.0), <,
        1e-10);
    m = lac_misorientation_find(&start, LAC_SYMMETRY_CUBIC, &start, LAC_SYMMETRY_HEXAGONAL);
    g_assert_cmpfloat(m.angle_deg, <, 1e-5);
}

static void
test_color(void)
{
    const LacMat3 one = lac_mat3_identity();
    const struct {
        LacSymmetry symmetry;
        LacVec3 direction;
        guint channel;
    } corners[] = { { LAC_SYMMETRY_CUBIC, { 0, 0, 1 }, 0 }, { LAC_SYMMETRY_CUBIC, { 0, -1, 0 }, 0 },
        { LAC_SYMMETRY_CUBIC, { 1, 0, -1 }, 1 }, { LAC_SYMMETRY_CUBIC, { -1, 1, 1 }, 2 },
        { LAC_SYMMETRY_HEXAGONAL, { 0, 0, -1 }, 0 }, { LAC_SYMMETRY_HEXAGONAL, { 0, 1, 0 }, 1 },
        { LAC_SYMMETRY_HEXAGONAL, { 1, 0, 0 }, 2 } };
    for (gsize k = 0; k < G_N_ELEMENTS(corners); k++) {
        float rgb[3];
        lac_orientation_get_color(&one, corners[k].symmetry, corners[k].direction, rgb);
        for (guint c = 0; c < 3; c++)
            g_assert_cmpfloat_with_epsilon((double) rgb[c], c == corners[k].channel ? 1.0 : 0.0,
                1e-3);
    }
    // One colour for all names of one orientation.
    LacSymmetryGroup groups[LAC_N_SYMMETRIES];
    for (guint s = 0; s < LAC_N_SYMMETRIES; s++) {
        lac_symmetry_group_init(&groups[s], s);
        LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 1, 2, -0.5 }, 50.0);
        float first[3];
        lac_orientation_get_color(&r, s, (LacVec3){ 0.2, 0.3, 1 }, first);
        for (guint k = 0; k < groups[s].n; k++) {
            LacMat3 same = lac_mat3_multiply(&r, &groups[s].rotation[k]);
            float rgb[3];
            lac_orientation_get_color(&same, s, (LacVec3){ 0.2, 0.3, 1 }, rgb);
            for (guint c = 0; c < 3; c++)
                g_assert_cmpfloat_with_epsilon((double) rgb[c], (double) first[c], 1e-5);
        }
    }
}

// Cells of perfect and of deformed crystals to rounding, every atom with a site of its own.
static void
check_crystal(TestCrystal kind, const LacMat3 *f)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(kind, 3.0, 13.0);
    test_atoms_transform(atoms, f, (LacVec3){ 3, -2, 50 });
    g_auto(Found) found = analyse(atoms, kind == TEST_BCC ? 4.2 : 3.6);
    g_assert_cmpuint(found.lattices->n_lattices, ==, 1);
    const LacLattice *lattice = found.lattices->lattices[0];
    g_assert_true(lattice->is_fitted);
    g_assert_cmpuint(lattice->n, ==, atoms->n);
    g_assert_cmpfloat(lattice->rms, <, 1e-13);
    // Volume per atom and volume of the deformed ideal cell.
    const double ideal[] = { sqrt(2.0), sqrt(2.0), 0.75 * sqrt(3.0), 1.0 };
    double density = ideal[kind] / 27.0 / lac_mat3_determinant(f);
    g_assert_cmpfloat_with_epsilon(lattice->density / density, 1.0, 1e-13);
    g_assert_cmpfloat_with_epsilon(lattice->a_fcc, cbrt(4.0 / density), 1e-12);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (gsize k = 0; k < lattice->n; k++) {
        guint64 key = lac_site_pack(lattice->sites[k]);
        g_assert_true(g_hash_table_add(seen, g_memdup2(&key, sizeof key)));
        g_assert_cmpuint(lac_site_map_find(lattice->map, lattice->sites[k]), ==, k);
        gsize at;
        g_assert_true(lac_lattice_find_point(lattice, lattice->points[k], &at) && at == k);
        g_assert_cmpuint(found.lattices->owner[lattice->points[k]], ==, 0);
    }
}

static void
test_perfect(void)
{
    LacMat3 one = lac_mat3_identity(), r = lac_rotation_from_axis_deg((LacVec3){ 1, 2, 3 }, 33.0);
    LacMat3 strain = { { { 1.01, 0.008, 0 }, { 0.008, 0.995, -0.006 }, { 0, -0.006, 1.004 } } };
    LacMat3 f = lac_mat3_multiply(&strain, &r);
    for (guint kind = 0; kind < 4; kind++) {
        check_crystal((TestCrystal) kind, &one);
        check_crystal((TestCrystal) kind, &r);
        check_crystal((TestCrystal) kind, &f);
    }
}

// Names of the cell: edges, angles, orientation.
static void
test_cell(void)
{
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ -1, 2, 0.3 }, 71.0);
    const double a[] = { 3.0 * sqrt(2.0), 3.0, 6.0 / sqrt(3.0), 3.0 };
    const double c[] = { 3.0 * sqrt(2.0), 3.0 * sqrt(8.0 / 3.0), 6.0 / sqrt(3.0), 3.0 };
    for (guint kind = 0; kind < 4; kind++) {
        g_autoptr(LacAtoms) atoms = test_crystal_ball((TestCrystal) kind, 3.0, 13.0);
        test_atoms_transform(atoms, &r, (LacVec3){ 0, 0, 0 });
        g_auto(Found) found = analyse(atoms, kind == TEST_BCC ? 4.2 : 3.6);
        const LacLattice *lattice = found.lattices->lattices[0];
        g_assert_cmpfloat_with_epsilon(lattice->a, a[kind], 1e-12);
        g_assert_cmpfloat_with_epsilon(lattice->b, a[kind], 1e-12);
        g_assert_cmpfloat_with_epsilon(lattice->c, c[kind], 1e-12);
        g_assert_cmpfloat_with_epsilon(lattice->alpha, 90.0, 1e-10);
        g_assert_cmpfloat_with_epsilon(lattice->beta, 90.0, 1e-10);
        g_assert_cmpfloat_with_epsilon(lattice->gamma, kind == TEST_HCP ? 120.0 : 90.0, 1e-10);
        LacSymmetryGroup group;
        lac_symmetry_group_init(&group,
            kind == TEST_HCP ? LAC_SYMMETRY_HEXAGONAL : LAC_SYMMETRY_CUBIC);
        g_assert_cmpfloat(lac_misorientation_angle_deg(&r, &lattice->orientation, &group), <,
            1e-10);
        g_assert_cmpfloat(lac_misorientation_angle_deg(&r, &found.grains->grains[0].orientation,
                              &group),
            <, 1e-10);
    }
}

// Two crystals side by side, 30 degrees about <001>, and a twin.
static LacAtoms *
make_bicrystal(const LacMat3 *upper)
{
    g_autoptr(LacAtoms) lower = test_crystal_ball(TEST_FCC, 3.0, 18.0);
    g_autoptr(LacAtoms) other = test_crystal_ball(TEST_FCC, 3.0, 18.0);
    test_atoms_transform(other, upper, (LacVec3){ 0, 0, 0 });
    LacAtoms *atoms = lac_atoms_new(lower->n + other->n);
    lac_atoms_add_species(atoms, "Zr");
    for (gsize i = 0; i < atoms->n; i++) {
        const LacAtoms *from = i < lower->n ? lower : other;
        gsize k = i < lower->n ? i : i - lower->n;
        atoms->x[i] = from->x[k];
        atoms->y[i] = from->y[k];
        atoms->z[i] = from->z[k];
        double height = (atoms->x[i] + atoms->y[i] + atoms->z[i]) / sqrt(3.0);
        gboolean mine = i < lower->n ? height < 0.01 : height > 1.0;
        if (!mine)
            atoms->state[i] = LAC_ATOM_DELETED;
    }
    return atoms;
}

static void
test_bicrystal(void)
{
    LacMat3 turn = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 30.0);
    g_autoptr(LacAtoms) atoms = make_bicrystal(&turn);
    g_auto(Found) found = analyse(atoms, 3.6);
    g_assert_cmpuint(found.grains->n_grains, ==, 2);
    LacMisorientation m = lac_grains_get_misorientation(found.grains, 0, 1);
    g_assert_cmpfloat(fabs(m.angle_deg - 30.0), <, 0.2); // atoms of the boundary take part
    g_assert_cmpuint(found.lattices->n_lattices, ==, 2);
    // The lattices divide the atoms at the boundary.
    gsize n_wrong = 0;
    for (gsize p = 0; p < found.points->n; p++) {
        gsize i = found.points->index[p];
        guint32 owner = found.lattices->owner[p];
        if (owner == LAC_GRAIN_NONE)
            continue;
        double angle = found.lattices->lattices[owner]->displacement[0].x;
        g_assert_true(isfinite(angle));
        gboolean upper = i >= atoms->n / 2;
        guint32 first = found.lattices->owner[found.points->n - 1];
        if (first != LAC_GRAIN_NONE)
            n_wrong += (owner == first) != upper;
    }
    g_assert_cmpuint(n_wrong, <, found.points->n / 100);
    LacMat3 twin = lac_rotation_from_axis_deg((LacVec3){ 1, 1, 1 }, 60.0);
    g_autoptr(LacAtoms) twins = make_bicrystal(&twin);
    g_auto(Found) pair = analyse(twins, 3.6);
    g_assert_cmpuint(pair.grains->n_grains, >=, 2);
    m = lac_grains_get_misorientation(pair.grains, 0, 1);
    g_assert_cmpfloat(fabs(m.angle_deg - 60.0), <, 0.2);
    g_assert_cmpuint(m.sigma, ==, 3);
}

// A vacancy does not stop the growth and is found as a site without an atom.
static void
test_vacancy(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_HCP, 3.2, 13.0);
    gsize gone = test_atoms_nearest(atoms, (LacVec3){ 4, 3, 2 });
    LacVec3 place = { atoms->x[gone], atoms->y[gone], atoms->z[gone] };
    atoms->state[gone] = LAC_ATOM_DELETED;
    g_auto(Found) found = analyse(atoms, 3.8);
    const LacLattice *lattice = found.lattices->lattices[0];
    g_assert_cmpuint(lattice->n, ==, atoms->n - 1);
    gsize n_empty = 0;
    for (gsize k = 0; k < lattice->n; k++) {
        LacSite from = lattice->sites[k];
        for (guint m = 0; m < lattice->kind.n_moves[from.basis]; m++) {
            const LacLatticeMove *move = &lattice->kind.moves[from.basis][m];
            LacSite to = { { from.n[0] + move->n[0], from.n[1] + move->n[1],
                               from.n[2] + move->n[2] },
                move->basis };
            if (lac_site_map_find(lattice->map, to) != LAC_SITE_NONE)
                continue;
            LacVec3 off = lac_vec3_subtract(lac_lattice_get_position(lattice, to), place);
            n_empty += lac_vec3_norm(off) < 1e-9;
        }
    }
    g_assert_cmpuint(n_empty, ==, 12); // each neighbour names it
}

static void
test_invariance(void)
{
    LacMat3 turn = lac_rotation_from_axis_deg((LacVec3){ 0, 0, 1 }, 30.0);
    g_autoptr(LacAtoms) both = make_bicrystal(&turn);
    g_autoptr(LacAtoms) atoms = lac_atoms_dup_present(both, NULL);
    test_atoms_shake(atoms, 0.12, 6);
    g_autofree gsize *place = g_new(gsize, atoms->n);
    g_autoptr(LacAtoms) turned = test_atoms_permute(atoms, place, 4);
    LacMat3 r = lac_rotation_from_axis_deg((LacVec3){ 2, -1, 0.4 }, 66.0);
    test_atoms_transform(turned, &r, (LacVec3){ -30, 20, 10 });
    guint threads = lac_parallel_get_threads();
    g_auto(Found) a = analyse(atoms, 3.6);
    lac_parallel_set_threads(threads == 1 ? 3 : 1);
    g_auto(Found) same = analyse(atoms, 3.6);
    lac_parallel_set_threads(threads);
    g_auto(Found) b = analyse(turned, 3.6);
    g_assert_cmpuint(a.lattices->n_lattices, ==, 2);
    g_assert_cmpuint(b.lattices->n_lattices, ==, 2);
    for (gsize l = 0; l < 2; l++) {
        const LacLattice *p = a.lattices->lattices[l], *q = b.lattices->lattices[l];
        const LacLattice *s = same.lattices->lattices[l];
        g_assert_cmpuint(p->n, ==, q->n);
        g_assert_cmpfloat_with_epsilon(p->density, q->density, 1e-12);
        g_assert_cmpfloat_with_epsilon(p->rms, q->rms, 1e-10);
        g_assert_cmpuint(p->n, ==, s->n);
        g_assert_true(memcmp(&p->cell, &s->cell, sizeof p->cell) == 0);
        g_assert_true(memcmp(p->displacement, s->displacement, p->n * sizeof(LacVec3)) == 0);
    }
    for (gsize i = 0; i < atoms->n; i++) {
        g_assert_cmpuint(a.lattices->owner[i], ==, b.lattices->owner[place[i]]);
        g_assert_cmpuint(a.grains->grain[i], ==, b.grains->grain[place[i]]);
    }
}

// Metal in its oxide, both of the same orientation and in touch: their spacings tell them apart.
static void
test_coherent(void)
{
    static const double edges[] = { 4.6, 5.09 };
    const double radius = 52.5, inner = 33.0;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(20000);
    gsize n = 0, n_metal = 0;
    lac_atoms_add_species(atoms, "Zr");
    for (guint phase = 0; phase < 2; phase++) {
        g_autoptr(LacAtoms) ball = test_crystal_ball(TEST_FCC, edges[phase] / sqrt(2.0), radius);
        for (gsize i = 0; i < ball->n; i++) {
            double r = hypot(hypot(ball->x[i], ball->y[i]), ball->z[i]);
            if ((phase == 0 ? r >= inner : r < inner + 1.5) || i % 97 == 5)
                continue;
            atoms->x[n] = ball->x[i];
            atoms->y[n] = ball->y[i];
            atoms->z[n++] = ball->z[i];
        }
        n_metal = phase == 0 ? n : n_metal;
    }
    g_autoptr(LacAtoms) model = lac_atoms_copy(atoms, n);
    test_atoms_shake(model, 0.1, 3);
    g_auto(Found) found = analyse(model, 4.1);
    g_assert_cmpuint(found.lattices->n_lattices, ==, 2);
    g_assert_cmpfloat(fabs(found.lattices->lattices[0]->a_fcc - 5.09), <, 0.03);
    g_assert_cmpfloat(fabs(found.lattices->lattices[1]->a_fcc - 4.6), <, 0.03);
    gsize right = 0;
    for (gsize i = 0; i < n; i++)
        right += found.lattices->owner[i] == (i < n_metal ? 1 : 0);
    g_assert_cmpfloat((double) right / (double) n, >, 0.95);
}

static void
test_few(void)
{
    for (gsize n = 0; n < 14; n += n < 2 ? 1 : 11) {
        g_autoptr(LacAtoms) atoms = test_random_atoms(n, 8.0, 1.0, 5);
        g_auto(Found) found = analyse(atoms, 3.6);
        g_assert_cmpuint(found.grains->n_grains, ==, 0);
        g_assert_cmpuint(found.lattices->n_lattices, ==, 0);
        for (gsize i = 0; i < n; i++)
            g_assert_cmpuint(found.lattices->owner[i], ==, LAC_GRAIN_NONE);
    }
    // A seed of one atom has a lattice of its own cell; one in a plane too.
    g_autoptr(LacAtoms) atoms = test_random_atoms(1, 8.0, 1.0, 5);
    g_autoptr(LacPoints) points = lac_points_new(atoms, NULL);
    g_autoptr(LacNeighbours) lists = lac_neighbours_new(points, 5.0, NULL, NULL);
    LacLatticeParams params;
    lac_lattice_params_init(&params);
    guint32 only = 0;
    LacGrain grain = { LAC_STRUCTURE_FCC, 1, &only, lac_mat3_identity(), 3.0, 0.0 };
    g_autoptr(LacLattice) lattice = lac_lattice_grow(points, lists, &grain, NULL, &params, NULL);
    g_assert_false(lattice->is_fitted);
    g_assert_cmpfloat_with_epsilon(lattice->a, 3.0 * sqrt(2.0), 1e-12);
    g_assert_cmpfloat(lattice->rms, <, 1e-12);
    grain.structure = LAC_STRUCTURE_ICOSAHEDRON;
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_lattice_grow(points, lists, &grain, NULL, &params, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

static void
test_cancel(void)
{
    g_autoptr(LacAtoms) atoms = test_crystal_ball(TEST_FCC, 3.0, 10.0);
    g_auto(Found) found = analyse(atoms, 3.6);
    LacLatticeParams params;
    lac_lattice_params_init(&params);
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_autoptr(GError) error = NULL;
    g_assert_null(lac_lattices_new(found.points, found.grains, &params, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    params.tolerance = (double) NAN;
    g_assert_null(lac_lattices_new(found.points, found.grains, &params, NULL, &error));
    g_assert_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT);
}

// The labelled particle: axes of its three crystals.
static const LacMat3 metal = { { { 0.09922205907857101, -0.8052657444745432, 0.5845528750832273 },
    { 0.9494438357482278, -0.09922205907857101, -0.2978445664300421 },
    { 0.2978445664300421, 0.5845528750832273, 0.7547095802227716 } } };
static const LacMat3 oxide1 = { { { -0.09664842658193559, 0.7301164738593569, -0.676453262419817 },
    { -0.6119033534018329, 0.4924405427091224, 0.618931820148177 },
    { 0.7850053297493125, 0.47374280627311144, 0.3991671150904713 } } };
static const LacMat3 oxide2 = { { { -0.655569469846362, -0.6806249291970597, -0.327075489697496 },
    { 0.43860179822503154, 0.009383617484993917, -0.8986325224009333 },
    { 0.6147008482173489, -0.7325719442337335, 0.29237170472273677 } } };

static const LacLattice *
find_lattice(const LacLattices *lattices, const LacMat3 *truth, LacStructure structure,
    double *angle_deg)
{
    LacSymmetryGroup group;
    lac_symmetry_group_init(&group, lac_structure_get_symmetry(structure));
    const LacLattice *best = NULL;
    *angle_deg = 360.0;
    for (gsize l = 0; l < lattices->n_lattices; l++) {
        const LacLattice *lattice = lattices->lattices[l];
        if (lattice->kind.structure != structure || lattice->n < 200)
            continue;
        double angle = lac_misorientation_angle_deg(&lattice->orientation, truth, &group);
        if (angle < *angle_deg) {
            *angle_deg = angle;
            best = lattice;
        }
    }
    return best;
}

// Atoms well inside the metal or the oxide, by the signed distance that the labels give, and below
// the surface.
static guint8 *
find_inside(const char *folder, const LacPoints *points, double sign)
{
    gsize n = points->n;
    g_autofree char *name = g_strdup_printf("zr-zro2/%s/traced_labels.csv", folder);
    g_autofree char *path = lac_scratch_find_data(name);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint8 *inside = g_new0(guint8, n);
    for (gsize i = 0; i < n; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i + 1], ",", 2);
        double radius = hypot(hypot(points->x[i], points->y[i]), points->z[i]);
        inside[i] = sign * g_ascii_strtod(fields[1], NULL) > 6.0 && radius < 36.0;
    }
    return inside;
}

static void
check_particle(const char *folder, double a_tolerance, double angle_limit)
{
    g_autofree char *name = g_strdup_printf("zr-zro2/%s/traced.xyz", folder);
    g_autofree char *path = lac_scratch_find_data(name);
    if (path == NULL) {
        g_test_skip("the labelled particle is not here");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(LacAtoms) atoms = lac_read_atoms(path, NULL, &error);
    g_assert_no_error(error);
    g_auto(Found) found = analyse(atoms, 4.3);
    gboolean is_hcp = g_str_equal(folder, "hcp");
    const struct {
        const LacMat3 *truth;
        LacStructure structure;
        double a;
        gsize least;
    } crystals[] = {
        { &metal, is_hcp ? LAC_STRUCTURE_HCP : LAC_STRUCTURE_FCC, is_hcp ? 3.232 : 4.6, 1100 },
        { &oxide1, LAC_STRUCTURE_FCC, 5.09, 700 },
        { &oxide2, LAC_STRUCTURE_FCC, 5.09, 550 },
    };
    for (gsize k = 0; k < G_N_ELEMENTS(crystals); k++) {
        double angle;
        const LacLattice *whole =
            find_lattice(found.lattices, crystals[k].truth, crystals[k].structure, &angle);
        if (is_hcp && k == 0) { // its orientation is not that of the fcc core
            whole = NULL;
            for (gsize l = 0; whole == NULL && l < found.lattices->n_lattices; l++)
                if (found.lattices->lattices[l]->kind.structure == LAC_STRUCTURE_HCP)
                    whole = found.lattices->lattices[l];
        }
        g_assert(whole != NULL);
        g_autofree guint8 *inside = find_inside(folder, found.points, k == 0 ? -1.0 : 1.0);
        g_autoptr(LacLattice) lattice = lac_lattice_refit(whole, found.points, inside);
        LacSymmetryGroup group;
        lac_symmetry_group_init(&group, lac_structure_get_symmetry(crystals[k].structure));
        angle = lac_misorientation_angle_deg(&lattice->orientation, crystals[k].truth, &group);
        g_test_message("%s %zu: %zu atoms, %.4f %.4f %.4f Å, %.2f %.2f %.2f°, off %.3f°, median "
                       "residual %.3f Å; all atoms %.4f %.4f %.4f",
            folder, k, lattice->n, lattice->a, lattice->b, lattice->c, lattice->alpha,
            lattice->beta, lattice->gamma, angle, lattice->median, whole->a, whole->b, whole->c);
        g_assert_cmpuint(lattice->n, >, crystals[k].least);
        double mean = is_hcp && k == 0 ? 0.5 * (lattice->a + lattice->b)
                                       : cbrt(lattice->a * lattice->b * lattice->c);
        g_assert_cmpfloat_with_epsilon(mean / crystals[k].a, 1.0, a_tolerance);
        if (is_hcp && k == 0)
            g_assert_cmpfloat_with_epsilon(lattice->c / 5.147, 1.0, 0.0015); // of 500 atoms
        else
            g_assert_cmpfloat(angle, <, angle_limit);
    }
}

static void
test_particle(gconstpointer folder)
{
    gboolean noisy = g_str_equal(folder, "exp");
    check_particle(folder, noisy ? 0.003 : 0.001, noisy ? 0.2 : 0.05);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/analysis/grains/misorientation", test_misorientation);
    g_test_add_func("/analysis/grains/color", test_color);
    g_test_add_func("/analysis/grains/bicrystal", test_bicrystal);
    g_test_add_func("/analysis/lattice/perfect", test_perfect);
    g_test_add_func("/analysis/lattice/cell", test_cell);
    g_test_add_func("/analysis/lattice/vacancy", test_vacancy);
    g_test_add_func("/analysis/lattice/invariance", test_invariance);
    g_test_add_func("/analysis/lattice/coherent", test_coherent);
    g_test_add_func("/analysis/lattice/few", test_few);
    g_test_add_func("/analysis/lattice/cancel", test_cancel);
    g_test_add_data_func("/analysis/lattice/particle/clean", "clean", test_particle);
    g_test_add_data_func("/analysis/lattice/particle/noisy", "exp", test_particle);
    g_test_add_data_func("/analysis/lattice/particle/hcp", "hcp", test_particle);
    return g_test_run();
}
