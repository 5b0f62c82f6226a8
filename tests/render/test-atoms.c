// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms without a window: what is drawn against formulas, and what is picked against what is drawn.
#include "core/array.h"
#include "core/gpu/egl-context.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "tests/support/phantom.h"
#include "ui/render/atom-pass.h"
#include "ui/render/cull.h"
#include "ui/render/export.h"
#include "ui/render/occlusion.h"
#include "ui/render/pick.h"
#include "ui/render/polyhedra.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

#define W 200
#define H 150

// Of atoms that all have one radius, without what is found by a worker.
static LacAtomSet *
make_set(const LacAtoms *atoms, double radius, const LacBonds *bonds)
{
    LacAtomLook look = lac_atom_look_default();
    look.size_by = LAC_SIZE_EQUAL;
    look.radius = radius;
    look.bond_radius = 0.4 * radius;
    const LacAtomSource source = { .atoms = atoms, .look = &look, .bonds = bonds };
    return lac_atom_set_new(&source);
}

static LacAtoms *
make_atoms(gsize n, const LacVec3 *positions)
{
    LacAtoms *atoms = lac_atoms_new(n);
    for (gsize i = 0; i < n; i++) {
        atoms->x[i] = positions[i].x;
        atoms->y[i] = positions[i].y;
        atoms->z[i] = positions[i].z;
    }
    lac_atoms_add_species(atoms, "Au");
    return atoms;
}

// Spread over a cube of edge 2 @half.
static LacAtoms *
make_random(gsize n, double half, guint64 seed)
{
    g_autofree LacVec3 *p = g_new(LacVec3, n);
    for (gsize i = 0; i < n; i++)
        p[i] = (LacVec3){ half * (2.0 * lac_rng_uniform(seed, 3 * i) - 1.0),
            half * (2.0 * lac_rng_uniform(seed, 3 * i + 1) - 1.0),
            half * (2.0 * lac_rng_uniform(seed, 3 * i + 2) - 1.0) };
    return make_atoms(n, p);
}

// The same, no two nearer than @distance; those of which there is no more room for are left out.
static LacAtoms *
make_apart(gsize n, double half, double distance, guint64 seed)
{
    g_autoptr(LacAtoms) all = make_random(n, half, seed);
    for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < i && lac_atoms_is_present(all, i); j++)
            if (lac_atoms_is_present(all, j) &&
                hypot(hypot(all->x[i] - all->x[j], all->y[i] - all->y[j]), all->z[i] - all->z[j]) <
                    distance)
                all->state[i] = LAC_ATOM_DELETED;
    return lac_atoms_dup_present(all, NULL);
}

// Looks along z at ten pixels for an ångström.
static LacScene
make_scene(LacAtomSet *set)
{
    LacScene scene = lac_scene_default();
    lac_camera_set_axis(&scene.camera, LAC_AXIS_Z, FALSE);
    scene.camera.height = H / 10.0;
    scene.atoms.set = set;
    return scene;
}

static LacAtomPass *
draw(const LacScene *scene, gboolean software)
{
    g_autoptr(GError) error = NULL;
    LacAtomPass *pass = lac_atom_pass_new(software, &error);
    g_assert_no_error(error);
    LacRenderQuality quality = lac_render_quality_full();
    LacRenderTarget target = lac_render_target_whole(0, W, H);
    gboolean complete = FALSE;
    quality.atom_resolution = 1.0;
    lac_atom_pass_draw(pass, scene, &quality, &target, 0.0, &complete, &error);
    g_assert_no_error(error);
    g_assert_true(complete);
    g_assert_cmpuint(glGetError(), ==, GL_NO_ERROR);
    return pass;
}

static guint8 *export(const LacScene *scene, int tile)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    LacExportParams params = lac_export_params_default(W, H);
    params.tile = tile;
    guint8 *rgba = lac_export_to_memory(renderer, scene, &params, NULL, &error);
    g_assert_no_error(error);
    return rgba;
}

static void
assert_bytes(gconstpointer a, gconstpointer b, gsize n)
{
    g_assert_cmpint(memcmp(a, b, n), ==, 0);
}

static const guint8 *
pixel(const guint8 *rgba, int x, int y)
{
    return rgba + 4 * (y * W + x);
}

// ---- How atoms look ----

static void
test_look(void)
{
    g_autoptr(LacAtoms) atoms = make_random(3, 5.0, 1);
    atoms->species[1] = lac_atoms_add_species(atoms, "O");
    atoms->species[2] = lac_atoms_add_species(atoms, "type 2");
    double *values = lac_atoms_add_column(atoms, "intensity");
    values[0] = 1.0;
    values[1] = 3.0;
    atoms->state[1] = LAC_ATOM_ADDED;
    LacAtomLook look = lac_atom_look_default();
    float radii[3], rgb[3];
    guint8 rgba[12];
    lac_atom_look_apply(&look, atoms, NULL, NULL, radii, rgba);
    assert_bytes(rgba, "\xff\xd1\x23\xff\xff\x0d\x0d\xff", 8); // Jmol's gold and oxygen
    g_assert_cmpfloat(radii[1], <, radii[0]);
    g_assert_cmpfloat_with_epsilon(radii[0], 0.75 * sqrt(1.35 * 1.36), 1e-6);
    look.palette = LAC_PALETTE_VESTA;
    lac_atom_look_set_own_color(&look, "O", (const float[3]){ 0.0f, 0.0f, 1.0f });
    lac_atom_look_apply(&look, atoms, NULL, NULL, radii, rgba);
    assert_bytes(rgba, "\xfe\xb3\x38\xff\x00\x00\xff\xff", 8);
    look.color_by = LAC_COLOR_BY_COLUMN;
    look.size_by = LAC_SIZE_BY_COLUMN;
    lac_atom_look_apply(&look, atoms, NULL, NULL, radii, rgba);
    lac_colormap_lookup(look.colormap, 1.0, rgb);
    for (int c = 0; c < 3; c++)
        g_assert_cmpint(rgba[4 + c], ==, (int) lrintf(255.0f * rgb[c]));
    assert_bytes(rgba + 8, "\x80\x80\x80", 3); // of no known value
    g_assert_cmpfloat(radii[0], ==, 0.3f);
    g_assert_cmpfloat(radii[1], ==, 1.0f);
    look.color_by = LAC_COLOR_BY_STATE;
    lac_atom_look_apply(&look, atoms, NULL, NULL, radii, rgba);
    lac_atom_state_get_color(LAC_ATOM_ADDED, rgb);
    g_assert_cmpint(rgba[4], ==, (int) lrintf(255.0f * rgb[0]));
    look.color_by = LAC_COLOR_BY_MATCH;
    const guint8 match[3] = { LAC_MATCH_EXTRA, LAC_MATCH_FOUND, LAC_MATCH_UNKNOWN };
    lac_atom_look_apply(&look, atoms, match, NULL, radii, rgba);
    lac_match_kind_get_color(LAC_MATCH_EXTRA, rgb);
    g_assert_cmpint(rgba[0], ==, (int) lrintf(255.0f * rgb[0]));
}

static void
test_range(void)
{
    g_autoptr(LacAtoms) atoms = make_random(4, 5.0, 1);
    double lo, hi, *values = lac_atoms_add_column(atoms, "height");
    g_assert_false(lac_atom_look_get_range(atoms, NULL, "height", &lo, &hi));
    g_assert_false(lac_atom_look_get_range(atoms, NULL, "no such", &lo, &hi));
    values[0] = -2.0;
    values[1] = 5.0;
    values[2] = 50.0;
    atoms->state[2] = LAC_ATOM_DELETED; // does not count
    g_assert_true(lac_atom_look_get_range(atoms, NULL, "height", &lo, &hi));
    g_assert_cmpfloat(lo, ==, -2.0);
    g_assert_cmpfloat(hi, ==, 5.0);
    // Values from elsewhere go before a column of their name; words have colours of their own.
    const double results[4] = { 0.0, 1.0, 2.0, (double) NAN };
    const char *const names[] = { "none", "metal", "oxide", NULL };
    LacAtomValues found = { .name = "height", .values = results, .n = 4 };
    g_assert_true(lac_atom_look_get_range(atoms, &found, "height", &lo, &hi));
    g_assert_cmpfloat(lo, ==, 0.0);
    g_assert_cmpfloat(hi, ==, 1.0);
    LacAtomLook look = lac_atom_look_default();
    float radii[4], rgb[3];
    guint8 rgba[16];
    look.color_by = LAC_COLOR_BY_COLUMN;
    g_strlcpy(look.color_column, "height", sizeof look.color_column);
    found.names = names;
    lac_atom_look_apply(&look, atoms, NULL, &found, radii, rgba);
    lac_category_get_color(1, rgb);
    for (int c = 0; c < 3; c++)
        g_assert_cmpint(rgba[4 + c], ==, (int) lrintf(255.0f * rgb[c]));
    assert_bytes(rgba + 12, "\x80\x80\x80", 3);
}

static void
test_set(void)
{
    g_autoptr(LacAtoms) atoms = make_random(5, 5.0, 1);
    atoms->state[1] = LAC_ATOM_REJECTED;
    const guint8 marks[5] = { 0, 0, LAC_MARK_HIDDEN, LAC_MARK_SELECTED, 0 };
    const LacMarker markers[2] = { { .radius = 1.0 }, { .radius = 1.0, .is_ring = TRUE } };
    LacAtomLook look = lac_atom_look_default();
    const LacAtomSource source = { .atoms = atoms,
        .look = &look,
        .marks = marks,
        .n_marks = 5,
        .markers = markers,
        .n_markers = 2 };
    g_autoptr(LacAtomSet) set = lac_atom_set_new(&source);
    const guint32 ids[] = { 1, 4, 5, 0, 0, 2 };
    g_assert_cmpuint(set->n_spheres, ==, 6);
    g_assert_cmpuint(set->n_solid, ==, 4);
    g_assert_cmpuint(set->n_markers_end, ==, 5);
    for (gsize i = 0; i < 6; i++)
        g_assert_cmpuint(set->spheres[i].id, ==, ids[i]);
    g_assert_cmpuint(set->spheres[1].marks, ==, LAC_MARK_SELECTED);
    g_assert_cmpuint(set->spheres[5].marks & LAC_MARK_RING, ==, LAC_MARK_RING);
}

static void
test_occlusion(void)
{
    const LacVec3 alone = { 0 }, pair[2] = { { 0, 0, -1.0 }, { 0, 0, 1.0 } };
    g_autoptr(LacAtoms) one = make_atoms(1, &alone), two = make_atoms(2, pair);
    const float radii[2] = { 1.0f, 1.0f };
    g_autofree gint8 *v = lac_occlusion_compute(one, radii, NULL, NULL, NULL);
    assert_bytes(v, "\0\0\0\x7f", 4);
    g_autofree gint8 *w = lac_occlusion_compute(two, radii, NULL, NULL, NULL);
    g_assert_cmpint(w[3], <, 122);
    g_assert_cmpint(w[3], >, 100);
    g_assert_cmpint(w[2], <, -4); // away from the other
    g_assert_cmpint(w[6], >, 4);
    g_assert_cmpint(abs(w[2] + w[6]), <=, 2);
    g_autoptr(LacAtoms) many = make_random(500, 12.0, 3);
    g_autofree float *r = g_new(float, 500);
    for (int i = 0; i < 500; i++)
        r[i] = 1.2f;
    guint threads = lac_parallel_get_threads();
    lac_parallel_set_threads(1);
    g_autofree gint8 *a = lac_occlusion_compute(many, r, NULL, NULL, NULL);
    lac_parallel_set_threads(3);
    g_autofree gint8 *b = lac_occlusion_compute(many, r, NULL, NULL, NULL);
    lac_parallel_set_threads(threads);
    assert_bytes(a, b, 2000);
}

// A zirconium in a cube of oxygen, and one in an octahedron: faces, edges and area.
static void
test_polyhedra(void)
{
    static const LacVec3 CUBE[9] = { { 0, 0, 0 }, { 1.3, 1.3, 1.3 }, { -1.3, 1.3, 1.3 },
        { 1.3, -1.3, 1.3 }, { -1.3, -1.3, 1.3 }, { 1.3, 1.3, -1.3 }, { -1.3, 1.3, -1.3 },
        { 1.3, -1.3, -1.3 }, { -1.3, -1.3, -1.3 } };
    static const LacVec3 OCTAHEDRON[7] = { { 0, 0, 0 }, { 2.1, 0, 0 }, { -2.1, 0, 0 },
        { 0, 2.1, 0 }, { 0, -2.1, 0 }, { 0, 0, 2.1 }, { 0, 0, -2.1 } };
    for (int i = 0; i < 2; i++) {
        g_autoptr(LacAtoms) atoms = make_atoms(i == 0 ? 9 : 7, i == 0 ? CUBE : OCTAHEDRON);
        g_strfreev(atoms->species_names);
        atoms->species_names = g_strsplit("Zr O", " ", 2);
        for (gsize k = 1; k < atoms->n; k++)
            atoms->species[k] = 1;
        LacBondParams params = { .rule = LAC_BONDS_CUTOFF, .cutoff = 2.4 };
        g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, NULL, NULL);
        g_autoptr(GArray) faces = lac_polyhedra_find(atoms, bonds, LAC_BOND_SHELL);
        guint n_edges = 0;
        double area = 0.0;
        for (guint k = 0; k < faces->len; k++) {
            const LacHullFace *face = &g_array_index(faces, LacHullFace, k);
            double p[3][3], n[3], outwards = 0.0;
            g_assert_cmpuint(face->centre, ==, 0);
            for (int c = 0; c < 3; c++) {
                p[c][0] = atoms->x[face->corners[c]];
                p[c][1] = atoms->y[face->corners[c]];
                p[c][2] = atoms->z[face->corners[c]];
                n_edges += face->edges >> c & 1u;
            }
            for (int c = 0; c < 3; c++) {
                int d = (c + 1) % 3, e = (c + 2) % 3;
                n[c] = (p[1][d] - p[0][d]) * (p[2][e] - p[0][e]) -
                    (p[1][e] - p[0][e]) * (p[2][d] - p[0][d]);
                outwards += n[c] * p[0][c];
            }
            g_assert_cmpfloat(outwards, >, 0.0);
            area += 0.5 * hypot(hypot(n[0], n[1]), n[2]);
        }
        g_assert_cmpuint(faces->len, ==, i == 0 ? 12 : 8);
        g_assert_cmpuint(n_edges, ==, 24); // each of two faces
        g_assert_cmpfloat_with_epsilon(area, i == 0 ? 6.0 * 2.6 * 2.6 : 2.0 * sqrt(3.0) * 8.82,
            1e-6);
    }
}

// ---- What is drawn ----

static void
assert_depth(const LacScene *scene, LacAtomPass *pass, LacVec3 centre, double radius)
{
    LacAtomDepth depth;
    g_assert_true(lac_atom_pass_get_depth(pass, &depth));
    g_assert_cmpint(depth.width, ==, W);
    g_autofree float *z = g_new(float, W *H);
    glBindTexture(GL_TEXTURE_2D, depth.texture);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT, GL_FLOAT, z);
    LacMat3 m = lac_camera_get_matrix(&scene->camera);
    double worst = 0.0;
    guint n = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            LacRay ray = lac_camera_unproject(&scene->camera, W, H, x + 0.5, H - y - 0.5);
            LacVec3 d = ray.direction,
                    o = { centre.x - ray.origin.x, centre.y - ray.origin.y,
                        centre.z - ray.origin.z };
            double along = o.x * d.x + o.y * d.y + o.z * d.z;
            double h2 = radius * radius - o.x * o.x - o.y * o.y - o.z * o.z + along * along;
            if (fabs(h2) < 1e-3) // the very edge
                continue;
            g_assert_cmpint(z[y * W + x]<1.0f, ==, h2> 0.0);
            if (h2 <= 0.0)
                continue;
            double t = along - sqrt(h2);
            LacVec3 p = { ray.origin.x + t * d.x - scene->camera.target.x,
                ray.origin.y + t * d.y - scene->camera.target.y,
                ray.origin.z + t * d.z - scene->camera.target.z };
            double wanted = lac_mat3_apply(&m, p).z;
            worst = MAX(worst, fabs(depth.top - depth.span * (double) z[y * W + x] - wanted));
            n++;
        }
    g_test_message("%u samples, depth wrong by up to %.2g Å", n, worst);
    g_assert_cmpuint(n, >, 1000);
    g_assert_cmpfloat(worst, <, 2e-4);
}

static void
test_depth(void)
{
    const LacVec3 centre = { 1.5, -0.7, 2.0 };
    g_autoptr(LacAtoms) atoms = make_atoms(1, &centre);
    g_autoptr(LacAtomSet) set = make_set(atoms, 4.0, NULL);
    if (!epoxy_is_desktop_gl()) {
        g_test_skip("OpenGL ES gives no depth back");
        return;
    }
    for (int i = 0; i < 4; i++) {
        LacScene scene = make_scene(set);
        scene.camera.perspective = i & 1;
        if (i & 2)
            lac_camera_set_angles(&scene.camera, 20.0, 30.0, 40.0);
        LacAtomPass *pass = draw(&scene, TRUE);
        assert_depth(&scene, pass, centre, 4.0);
        lac_atom_pass_free(pass);
    }
}

// Colour of the middle of one atom: its normal points to the viewer.
static void
test_color(void)
{
    const LacVec3 centre = { 0.0, 0.0, 0.0 };
    g_autoptr(LacAtoms) atoms = make_atoms(1, &centre);
    g_autoptr(LacAtomSet) set = make_set(atoms, 4.0, NULL);
    LacScene scene = make_scene(set);
    scene.atoms.depth_cue = 0.0;
    guint8 *rgba = export(&scene, 512);
    const double base[3] = { 1.0, 209.0 / 255.0, 35.0 / 255.0 };
    const double tint[3] = { 1.0, 0.985, 0.96 }, sky[3] = { 0.40, 0.42, 0.45 },
                 ground[3] = { 0.26, 0.25, 0.27 };
    double key = 0.82 * 0.6605 + 0.18, fill = 0.4990;
    double gloss = pow((1.0 + 0.6605) / sqrt(2.0 * (1.0 + 0.6605)), 48.0);
    for (int c = 0; c < 3; c++) {
        double v = base[c] * base[c] *
                (0.5 * (sky[c] + ground[c]) + (0.80 * key + 0.10 * fill) * tint[c]) +
            0.16 * gloss;
        g_assert_cmpint(abs(pixel(rgba, W / 2, H / 2)[c] - (int) lrint(255.0 * sqrt(MIN(v, 1.0)))),
            <=, 2);
    }
    lac_free(rgba);
}

// Where atoms overlap, the plane that cuts both shows one or the other.
static void
assert_same_ids(LacAtomPass *a, LacAtomPass *b, gboolean is_cut)
{
    guint n_other = 0, n_atoms = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            guint32 id = lac_atom_pass_read_id(a, x, y);
            n_atoms += id != 0;
            guint32 other = lac_atom_pass_read_id(b, x, y);
            n_other += is_cut ? (id == 0) != (other == 0) : id != other;
        }
    g_assert_cmpuint(n_atoms, >, 5000);
    g_assert_cmpuint(n_other, ==, 0);
}

// Leaving out what is hidden changes nothing.
static void
test_culling(void)
{
    g_autoptr(LacAtoms) atoms = make_random(2500, 6.0, 5);
    LacBondParams params = { .rule = LAC_BONDS_CUTOFF, .cutoff = 1.1 };
    g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, NULL, NULL);
    g_assert_nonnull(bonds);
    g_autoptr(LacAtomSet) set = make_set(atoms, 0.9, bonds);
    for (int i = 0; i < 4; i++) {
        LacScene scene = make_scene(set);
        scene.camera.perspective = i & 1;
        scene.atoms.show_bonds = (i & 2) != 0;
        scene.clip =
            (LacClipPlane){ .enabled = i == 3, .normal = { 0.0, 0.6, 0.8 }, .offset = 2.0 };
        lac_camera_set_angles(&scene.camera, 10.0 * i, 25.0, 0.0);
        LacAtomPass *all = draw(&scene, FALSE), *culled = draw(&scene, TRUE);
        assert_same_ids(all, culled, scene.clip.enabled);
        lac_atom_pass_free(all);
        lac_atom_pass_free(culled);
        g_autoptr(LacCuller) culler = lac_culler_new();
        const LacCullTile tile = { .full_width = W, .full_height = H, .width = W, .height = H };
        LacCulled left;
        lac_culler_run(culler, &scene, &tile, NULL, &left);
        g_test_message("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " atoms left", left.n_spheres,
            set->n_spheres);
        g_assert_cmpuint(left.n_spheres, <, set->n_spheres * 2 / 3);
    }
}

// Quick pictures show about the same, and tell what they took.
static void
test_quick(void)
{
    g_autoptr(LacAtoms) atoms = make_apart(1000, 6.0, 1.65, 9);
    g_autoptr(LacAtomSet) set = make_set(atoms, 0.8, NULL);
    LacScene scene = make_scene(set);
    LacRenderTarget target = lac_render_target_whole(0, W, H);
    for (int software = 0; software < 2; software++) {
        LacAtomPass *pass = lac_atom_pass_new(software, NULL), *full = draw(&scene, TRUE);
        for (int i = 0; i < 3; i++) {
            LacRenderQuality quality = lac_render_quality_quick(0.5);
            gboolean complete;
            scene.atoms.depth_cue = 0.1 * i; // so that it is drawn again
            g_assert_true(
                lac_atom_pass_draw(pass, &scene, &quality, &target, 0.0, &complete, NULL));
            g_assert_true(complete);
            glFinish();
        }
        guint n_other = 0, n = 0;
        for (int y = 0; y < H; y += 2)
            for (int x = 0; x < W; x += 2, n++)
                n_other +=
                    lac_atom_pass_read_id(pass, x / 2, y / 2) != lac_atom_pass_read_id(full, x, y);
        g_test_message("%u of %u samples show another atom", n_other, n);
        g_assert_cmpuint(n_other, <, n / 8); // at edges
        if (software || epoxy_is_desktop_gl())
            g_assert_cmpfloat(lac_atom_pass_get_frame_ms(pass), >, 0.0);
        g_assert_cmpuint(glGetError(), ==, GL_NO_ERROR);
        lac_atom_pass_free(pass);
        lac_atom_pass_free(full);
    }
}

static void
test_tiles(void)
{
    g_autoptr(LacAtoms) atoms = make_random(300, 6.0, 5);
    g_autoptr(LacAtomSet) set = make_set(atoms, 0.9, NULL);
    LacScene scene = make_scene(set);
    for (int i = 0; i < 2; i++) {
        scene.camera.perspective = i;
        guint8 *whole = export(&scene, 512), *tiles = export(&scene, 37);
        assert_bytes(whole, tiles, 4 * W * H);
        lac_free(whole);
        lac_free(tiles);
    }
}

static void
test_transparent(void)
{
    const LacVec3 centre = { 0.0, 0.0, 0.0 };
    g_autoptr(LacAtoms) atoms = make_atoms(1, &centre);
    g_autoptr(LacAtomSet) set = make_set(atoms, 3.0, NULL);
    LacScene scene = make_scene(set);
    scene.background[3] = 0.0f;
    guint8 *rgba = export(&scene, 512);
    guint n[3] = { 0 };
    for (int i = 0; i < W * H; i++)
        n[rgba[4 * i + 3] == 0 ? 0 : rgba[4 * i + 3] == 255 ? 2 : 1]++;
    double area = n[2] + 0.5 * n[1]; // the edge is about half covered
    g_test_message("covered %.0f, partly %u", area, n[1]);
    g_assert_cmpfloat_with_epsilon(area, G_PI * 900.0, 25.0);
    g_assert_cmpuint(n[1], >, 80);
    g_assert_cmpuint(n[1], <, 300);
    lac_free(rgba);
}

static void
test_empty(void)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_new(0);
    g_autoptr(LacAtomSet) set = make_set(atoms, 1.0, NULL);
    LacScene scene = make_scene(set);
    scene.show_box = TRUE; // of nothing
    gsize index;
    LacRay ray = lac_camera_unproject(&scene.camera, W, H, 100.0, 75.0);
    g_assert_false(lac_pick_atom(&scene, &ray, &index, NULL));
    guint8 *rgba = export(&scene, 512);
    for (int i = 1; i < W * H; i++)
        assert_bytes(rgba, rgba + 4 * i, 4);
    lac_free(rgba);
}

// More than fit in one buffer: the last one is there, too.
static void
test_many(void)
{
    gsize n = ((gsize) 1 << 20) + 1000;
    g_autoptr(LacAtoms) atoms = lac_atoms_new(n);
    for (gsize i = 0; i + 1 < n; i++)
        atoms->x[i] = 500.0 + (double) i;
    g_autoptr(LacAtomSet) set = make_set(atoms, 1.0, NULL);
    LacScene scene = make_scene(set);
    for (int software = 0; software < 2; software++) {
        LacAtomPass *pass = draw(&scene, software);
        g_assert_cmpuint(lac_atom_pass_read_id(pass, W / 2, H / 2), ==, n);
        g_assert_cmpuint(lac_atom_pass_read_id(pass, 5, 5), ==, 0);
        lac_atom_pass_free(pass);
    }
}

// ---- With the volume ----

static void
test_volume(void)
{
    g_autoptr(LacVolume) ball = lac_phantom_ball(40, 12.0);
    g_autoptr(LacVolumeTexture) texture = lac_volume_texture_prepare(ball, 2048, FALSE, NULL, NULL);
    static const LacVec3 PLACES[] = { { 0, 0, 0 }, { 0, 0, 18 }, { 0, 0, -18 } };
    for (int mode = 0; mode < 2; mode++)
        for (guint i = 0; i < G_N_ELEMENTS(PLACES); i++) {
            g_autoptr(LacAtoms) atoms = make_atoms(1, &PLACES[i]);
            g_autoptr(LacAtomSet) set = make_set(atoms, 2.0, NULL);
            LacScene scene = make_scene(set);
            scene.camera.height = H / 3.0;
            scene.volume = texture;
            scene.mode = LAC_RENDER_ISO;
            scene.iso[0].level = 0.5;
            if (mode == 1) { // a slice through the middle
                scene.show_volume = FALSE;
                scene.show_slices[2] = TRUE;
                scene.crosshair[2] = 20.0;
            }
            guint8 *with = export(&scene, 512);
            scene.atoms.show_atoms = FALSE;
            guint8 *without = export(&scene, 512);
            scene.atoms.show_atoms = TRUE;
            gboolean differs =
                memcmp(pixel(with, W / 2, H / 2), pixel(without, W / 2, H / 2), 3) != 0;
            gboolean in_front = i == 1 || (i == 0 && mode == 1); // the slice cuts it in half
            gsize index;
            LacRay ray = lac_camera_unproject(&scene.camera, W, H, W / 2 + 0.5, H / 2 + 0.5);
            g_assert_cmpint(differs, ==, in_front);
            g_assert_cmpint(lac_pick_atom(&scene, &ray, &index, NULL), ==, in_front);
            lac_free(with);
            lac_free(without);
        }
}

// Too many bonds are left out of a picture that says so, and only then.
static void
test_few_bonds(void)
{
    g_autoptr(LacAtoms) atoms = make_apart(200, 6.0, 1.65, 9);
    LacBondParams params = { .rule = LAC_BONDS_CUTOFF, .cutoff = 3.0 };
    g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, NULL, NULL);
    g_autoptr(LacAtomSet) set = make_set(atoms, 0.3, bonds);
    g_autoptr(GError) error = NULL;
    LacScene scene = make_scene(set);
    scene.atoms.show_bonds = TRUE;
    for (int software = 0; software < 2; software++) {
        LacAtomPass *pass = lac_atom_pass_new(software, &error);
        g_assert_no_error(error);
        const gsize limits[] = { 0, set->n_sticks, set->n_sticks - 1, 0 };
        guint n_hit[4] = { 0 };
        for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
            LacRenderQuality quality = lac_render_quality_full();
            LacRenderTarget target = lac_render_target_whole(0, W, H);
            gboolean complete = FALSE;
            quality.atom_resolution = 1.0;
            quality.max_bonds = limits[i];
            g_assert_true(
                lac_atom_pass_draw(pass, &scene, &quality, &target, 0.0, &complete, &error));
            for (int y = 0; y < H; y += 3)
                for (int x = 0; x < W; x += 3)
                    n_hit[i] += lac_atom_pass_read_id(pass, x, y) != 0;
        }
        g_assert_cmpuint(n_hit[0], ==, n_hit[1]);
        g_assert_cmpuint(n_hit[2], <, n_hit[1]);
        g_assert_cmpuint(n_hit[2], >, 0);
        g_assert_cmpuint(n_hit[3], ==, n_hit[0]);
        lac_atom_pass_free(pass);
    }
}

// ---- What is picked ----

static void
test_pick_is_drawn(void)
{
    g_autoptr(LacAtoms) atoms = make_apart(1000, 6.0, 1.65, 9);
    atoms->state[3] = LAC_ATOM_REJECTED;
    LacBondParams params = { .rule = LAC_BONDS_CUTOFF, .cutoff = 2.0 };
    g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, NULL, NULL);
    g_autoptr(LacAtomSet) set = make_set(atoms, 0.8, bonds);
    for (int i = 0; i < 4; i++) {
        LacScene scene = make_scene(set);
        scene.camera.perspective = i & 1;
        scene.atoms.show_bonds = i >= 2;
        scene.clip = (LacClipPlane){ .enabled = i & 1, .normal = { 0.0, 0.6, 0.8 }, .offset = 1.0 };
        lac_camera_set_angles(&scene.camera, 15.0 * i, -20.0, 5.0);
        LacAtomPass *pass = draw(&scene, TRUE);
        guint n_hit = 0;
        for (guint64 k = 0; k < 400; k++) {
            int x = (int) (W * lac_rng_uniform(11, 2 * k)),
                y = (int) (H * lac_rng_uniform(11, 2 * k + 1));
            LacRay ray = lac_camera_unproject(&scene.camera, W, H, x + 0.5, y + 0.5);
            gsize index;
            gboolean found = lac_pick_atom(&scene, &ray, &index, NULL);
            g_assert_cmpuint(found ? index + 1 : 0, ==, lac_atom_pass_read_id(pass, x, H - 1 - y));
            n_hit += found ? 1 : 0;
        }
        g_test_message("%u of 400 on something", n_hit);
        g_assert_cmpuint(n_hit, >, 100);
        lac_atom_pass_free(pass);
    }
}

static void
test_front_most(void)
{
    const LacVec3 row[3] = { { 0, 0, -3 }, { 0, 0, 3 }, { 0, 0, 0 } };
    g_autoptr(LacAtoms) atoms = make_atoms(3, row);
    g_autoptr(LacAtomSet) set = make_set(atoms, 1.0, NULL);
    LacScene scene = make_scene(set);
    LacRay ray = lac_camera_unproject(&scene.camera, W, H, W / 2, H / 2);
    gsize index;
    double distance;
    g_assert_true(lac_pick_atom(&scene, &ray, &index, &distance));
    g_assert_cmpuint(index, ==, 1);
    g_assert_cmpfloat_with_epsilon(distance, -4.0, 1e-6);
    scene.clip = (LacClipPlane){ .enabled = TRUE, .normal = { 0, 0, 1 }, .offset = 0.5 };
    g_assert_true(lac_pick_atom(&scene, &ray, &index, &distance));
    g_assert_cmpuint(index, ==, 2); // cut open
    g_assert_cmpfloat_with_epsilon(distance, -0.5, 1e-6);
    lac_camera_set_axis(&scene.camera, LAC_AXIS_Z, TRUE);
    ray = lac_camera_unproject(&scene.camera, W, H, W / 2, H / 2);
    g_assert_true(lac_pick_atom(&scene, &ray, &index, NULL));
    g_assert_cmpuint(index, ==, 0);
    scene.atoms.show_atoms = FALSE;
    g_assert_false(lac_pick_atom(&scene, &ray, &index, NULL));
}

static void
test_polygon(void)
{
    g_autoptr(LacAtoms) atoms = make_random(300, 6.0, 13);
    atoms->state[7] = LAC_ATOM_DELETED;
    g_autoptr(LacAtomSet) set = make_set(atoms, 0.5, NULL);
    LacScene scene = make_scene(set);
    scene.camera.perspective = TRUE;
    const double box[8] = { 40, 30, 140, 30, 140, 110, 40, 110 };
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    gsize n = lac_pick_atoms_in_polygon(&scene, W, H, box, 4, found), wanted = 0;
    for (gsize i = 0; i < atoms->n; i++) {
        double x, y;
        LacVec3 p = { atoms->x[i], atoms->y[i], atoms->z[i] };
        g_assert_true(lac_camera_project(&scene.camera, W, H, p, &x, &y, NULL));
        if (i != 7 && x > 40 && x < 140 && y > 30 && y < 110) {
            g_assert_cmpuint(wanted, <, n);
            g_assert_cmpuint(g_array_index(found, gsize, wanted), ==, i);
            wanted++;
        }
    }
    g_assert_cmpuint(n, ==, wanted);
    g_assert_cmpuint(n, >, 50);
    g_assert_cmpuint(lac_pick_atoms_in_polygon(&scene, W, H, box, 2, found), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/atoms/look", test_look);
    g_test_add_func("/atoms/range", test_range);
    g_test_add_func("/atoms/set", test_set);
    g_test_add_func("/atoms/occlusion", test_occlusion);
    g_test_add_func("/atoms/polyhedra", test_polyhedra);
    g_test_add_func("/atoms/front-most", test_front_most);
    g_test_add_func("/atoms/polygon", test_polygon);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacEglContext) context = lac_egl_context_new(&error);
    if (context == NULL) {
        g_test_message("nothing is drawn: %s", error->message);
        return g_test_run();
    }
    g_test_add_func("/atoms/depth", test_depth);
    g_test_add_func("/atoms/color", test_color);
    g_test_add_func("/atoms/culling", test_culling);
    g_test_add_func("/atoms/quick", test_quick);
    g_test_add_func("/atoms/tiles", test_tiles);
    g_test_add_func("/atoms/few-bonds", test_few_bonds);
    g_test_add_func("/atoms/transparent", test_transparent);
    g_test_add_func("/atoms/empty", test_empty);
    g_test_add_func("/atoms/many", test_many);
    g_test_add_func("/atoms/volume", test_volume);
    g_test_add_func("/atoms/pick-is-drawn", test_pick_is_drawn);
    return g_test_run();
}
