// SPDX-License-Identifier: GPL-3.0-or-later
// Surfaces without a window: how layers shine through each other, atoms and volumes, and what a
// ray meets.
#include "core/array.h"
#include "core/gpu/egl-context.h"
#include "core/rng.h"
#include "tests/support/phantom.h"
#include "ui/render/export.h"
#include "ui/render/mesh-pass.h"
#include "ui/render/pick.h"

#include <epoxy/gl.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define W 200
#define H 150

// A mesh of its own arrays.
typedef struct {
    LacMesh mesh;
    float positions[3 * 4000], normals[3 * 4000], values[4000];
    guint32 triangles[3 * 8000];
} Shape;

static void
init_shape(Shape *self)
{
    self->mesh = (LacMesh){ .positions = self->positions,
        .normals = self->normals,
        .values = self->values,
        .triangles = self->triangles };
}

// A square normal to z, facing up.
static Shape *
make_square(double half, double x, double z)
{
    Shape *self = g_new0(Shape, 1);
    init_shape(self);
    for (gsize i = 0; i < 4; i++) {
        self->positions[3 * i] = (float) (x + (i & 1 ? half : -half));
        self->positions[3 * i + 1] = (float) (i & 2 ? half : -half);
        self->positions[3 * i + 2] = (float) z;
        self->normals[3 * i + 2] = 1.0f;
    }
    const guint32 triangles[6] = { 0, 1, 2, 2, 1, 3 };
    memcpy(self->triangles, triangles, sizeof triangles);
    self->mesh.n_vertices = 4;
    self->mesh.n_triangles = 2;
    return self;
}

static Shape *
make_ball(LacVec3 centre, double radius)
{
    enum {
        ROWS = 30,
        COLUMNS = 60
    };
    Shape *self = g_new0(Shape, 1);
    init_shape(self);
    for (gsize j = 0; j <= ROWS; j++)
        for (gsize i = 0; i < COLUMNS; i++) {
            double t = G_PI * (double) j / ROWS, p = 2.0 * G_PI * (double) i / COLUMNS;
            double n[3] = { sin(t) * cos(p), sin(t) * sin(p), cos(t) };
            const double c[3] = { centre.x, centre.y, centre.z };
            gsize at = self->mesh.n_vertices++;
            for (gsize k = 0; k < 3; k++) {
                self->positions[3 * at + k] = (float) (c[k] + radius * n[k]);
                self->normals[3 * at + k] = (float) n[k];
            }
            self->values[at] = (float) n[2];
            if (j == ROWS)
                continue;
            guint32 a = (guint32) at, b = (guint32) (j * COLUMNS + (i + 1) % COLUMNS);
            const guint32 two[6] = { a, a + COLUMNS, b, b, a + COLUMNS, b + COLUMNS };
            memcpy(self->triangles + 3 * self->mesh.n_triangles, two, sizeof two);
            self->mesh.n_triangles += 2;
        }
    return self;
}

static LacMeshSource
make_source(const Shape *shape, guint group, guint32 tag, float red, float green, float blue)
{
    return (LacMeshSource){ .mesh = &shape->mesh,
        .group = group,
        .tag = tag,
        .color = { red, green, blue } };
}

static LacMeshSet *
make_set(const LacMeshSource *sources, gsize n)
{
    g_autoptr(GError) error = NULL;
    LacMeshSet *set = lac_mesh_set_new(sources, n, NULL, &error);
    g_assert_no_error(error);
    return set;
}

// Looks along z at ten pixels for an ångström, without fog.
static LacScene
make_scene(LacMeshSet *set, double opacity)
{
    LacScene scene = lac_scene_default();
    lac_camera_set_axis(&scene.camera, LAC_AXIS_Z, FALSE);
    scene.camera.height = H / 10.0;
    scene.meshes.set = set;
    scene.atoms.depth_cue = 0.0;
    scene.background[0] = scene.background[1] = scene.background[2] = 0.0f;
    for (guint i = 0; i < LAC_MESH_MAX_GROUPS; i++)
        scene.meshes.groups[i] = (LacMeshGroup){ .shown = TRUE, .opacity = opacity };
    return scene;
}

static guint8 *
draw_tiles(const LacScene *scene, int tile)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(&error);
    g_assert_no_error(error);
    LacExportParams params = lac_export_params_default(W, H);
    params.tile = tile;
    guint8 *rgba = lac_export_to_memory(renderer, scene, &params, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(glGetError(), ==, GL_NO_ERROR);
    return rgba;
}

static void
get_pixel(const LacScene *scene, int x, int y, int rgb[3])
{
    guint8 *rgba = draw_tiles(scene, 512);
    for (int c = 0; c < 3; c++)
        rgb[c] = rgba[4 * (y * W + x) + c];
    lac_free(rgba);
}

static void
assert_near(const int a[3], const int b[3], int tolerance)
{
    for (int c = 0; c < 3; c++)
        if (abs(a[c] - b[c]) > tolerance)
            g_error("%d %d %d is not %d %d %d", a[0], a[1], a[2], b[0], b[1], b[2]);
}

// What is seen through a layer that alone on black looks like @front.
static void
put_over(const int front[3], double opacity, const int back[3], int out[3])
{
    for (int c = 0; c < 3; c++)
        out[c] = (int) lrint(front[c] + (1.0 - opacity) * back[c]);
}

// Two squares of opacity 0.5, from both sides and in either order of the list.
static void
test_order(void)
{
    g_autofree Shape *near = make_square(5.0, 0.0, 2.0), *far = make_square(5.0, 0.0, -3.0);
    const LacMeshSource both[2] = { make_source(near, 0, 1, 1.0f, 0.2f, 0.1f),
        make_source(far, 1, 1, 0.1f, 0.3f, 1.0f) };
    const LacMeshSource turned[2] = { make_source(near, 1, 1, 1.0f, 0.2f, 0.1f),
        make_source(far, 0, 1, 0.1f, 0.3f, 1.0f) };
    for (int behind = 0; behind < 2; behind++) {
        int alone[2][3], wanted[3], found[3];
        for (int i = 0; i < 2; i++) {
            g_autoptr(LacMeshSet) set = make_set(&both[i], 1);
            LacScene scene = make_scene(set, 0.5);
            lac_camera_set_axis(&scene.camera, LAC_AXIS_Z, behind);
            get_pixel(&scene, W / 2, H / 2, alone[i]);
        }
        int front = behind ? 1 : 0;
        put_over(alone[front], 0.5, alone[1 - front], wanted);
        for (int i = 0; i < 2; i++) {
            g_autoptr(LacMeshSet) set = make_set(i == 0 ? both : turned, 2);
            LacScene scene = make_scene(set, 0.5);
            lac_camera_set_axis(&scene.camera, LAC_AXIS_Z, behind);
            get_pixel(&scene, W / 2, H / 2, found);
            assert_near(found, wanted, 2);
        }
        g_assert_cmpint(alone[front][0] + alone[front][2], >, 60);
    }
}

// An atom, or a slice, between two squares hides the one behind and shines through the one before.
static void
test_among_atoms(void)
{
    g_autofree Shape *near = make_square(5.0, 0.0, 3.0), *far = make_square(5.0, 0.0, -3.0);
    const LacMeshSource both[2] = { make_source(near, 0, 1, 1.0f, 0.2f, 0.1f),
        make_source(far, 1, 1, 0.1f, 0.3f, 1.0f) };
    g_autoptr(LacAtoms) atoms = lac_atoms_new(1);
    lac_atoms_add_species(atoms, "Au");
    LacAtomLook look = lac_atom_look_default();
    look.size_by = LAC_SIZE_EQUAL;
    look.radius = 2.0;
    const LacAtomSource source = { .atoms = atoms, .look = &look };
    g_autoptr(LacAtomSet) spheres = lac_atom_set_new(&source);
    g_autoptr(LacMeshSet) set = make_set(both, 2), first = make_set(both, 1);
    int atom[3], front[3], wanted[3], found[3];
    LacScene scene = make_scene(NULL, 0.4);
    scene.atoms.set = spheres;
    get_pixel(&scene, W / 2, H / 2, atom);
    scene.atoms.set = NULL;
    scene.meshes.set = first;
    get_pixel(&scene, W / 2, H / 2, front);
    put_over(front, 0.4, atom, wanted);
    scene.atoms.set = spheres;
    scene.meshes.set = set;
    get_pixel(&scene, W / 2, H / 2, found);
    assert_near(found, wanted, 2);
    // Of full opacity, nothing shines through.
    scene.meshes.groups[0].opacity = 1.0;
    get_pixel(&scene, W / 2, H / 2, found);
    scene.atoms.set = NULL;
    get_pixel(&scene, W / 2, H / 2, wanted);
    assert_near(found, wanted, 1);
}

static LacVolumeTexture *
prepare(LacVolume *volume)
{
    g_autoptr(GError) error = NULL;
    LacVolumeTexture *texture = lac_volume_texture_prepare(volume, 512, FALSE, NULL, &error);
    g_assert_no_error(error);
    return texture;
}

static void
test_among_volume(void)
{
    g_autofree Shape *near = make_square(4.0, 0.0, 5.0), *far = make_square(4.0, 0.0, -5.0);
    const LacMeshSource both[2] = { make_source(near, 0, 1, 1.0f, 0.2f, 0.1f),
        make_source(far, 1, 1, 0.1f, 0.3f, 1.0f) };
    g_autoptr(LacVolume) volume = lac_phantom_ball(16, 4.0);
    g_autoptr(LacVolumeTexture) texture = prepare(volume);
    g_autoptr(LacMeshSet) set = make_set(both, 2), first = make_set(both, 1);
    for (int kind = 0; kind < 2; kind++) {
        int solid[3], front[3], wanted[3], found[3];
        LacScene scene = make_scene(NULL, 0.4);
        scene.volume = texture;
        scene.mode = LAC_RENDER_ISO;
        scene.iso[0].level = 0.5;
        scene.show_volume = kind == 0;
        scene.show_slices[2] = kind == 1;
        scene.crosshair[2] = 8.0;
        get_pixel(&scene, W / 2, H / 2, solid);
        scene.volume = NULL;
        scene.meshes.set = first;
        get_pixel(&scene, W / 2, H / 2, front);
        put_over(front, 0.4, solid, wanted);
        scene.volume = texture;
        scene.meshes.set = set;
        get_pixel(&scene, W / 2, H / 2, found);
        assert_near(found, wanted, 2);
    }
}

// The part of a surface outside the box of the volume is there too.
static void
test_outside_volume(void)
{
    g_autofree Shape *square = make_square(1.5, 7.5, 0.0);
    const LacMeshSource source = make_source(square, 0, 1, 1.0f, 0.5f, 0.1f);
    g_autoptr(LacVolume) volume = lac_phantom_ball(8, 2.0);
    g_autoptr(LacVolumeTexture) texture = prepare(volume);
    g_autoptr(LacMeshSet) set = make_set(&source, 1);
    LacScene scene = make_scene(set, 0.6);
    int alone[3], found[3];
    get_pixel(&scene, W / 2 + 75, H / 2, alone);
    g_assert_cmpint(alone[0], >, 60);
    scene.volume = texture;
    get_pixel(&scene, W / 2 + 75, H / 2, found);
    assert_near(found, alone, 2);
}

static void
test_switches(void)
{
    g_autofree Shape *one = make_ball((LacVec3){ -4, 0, 0 }, 2.0);
    g_autofree Shape *two = make_ball((LacVec3){ 4, 0, 0 }, 2.0);
    const LacMeshSource both[2] = { make_source(one, 0, 7, 1.0f, 0.2f, 0.1f),
        make_source(two, 3, 8, 0.1f, 0.3f, 1.0f) };
    g_autoptr(LacMeshSet) set = make_set(both, 2);
    LacScene scene = make_scene(set, 0.5);
    int rgb[3], plain[3], black[3] = { 0 };
    scene.meshes.groups[0].shown = FALSE;
    get_pixel(&scene, W / 2 - 40, H / 2, rgb);
    assert_near(rgb, black, 0);
    get_pixel(&scene, W / 2 + 40, H / 2, plain);
    g_assert_cmpint(plain[2], >, 40);
    scene.meshes.has_selected = TRUE;
    scene.meshes.selected_group = 3;
    scene.meshes.selected_tag = 8;
    get_pixel(&scene, W / 2 + 40, H / 2, rgb);
    g_assert_cmpint(rgb[1], >, plain[1] + 20);
    scene.clip = (LacClipPlane){ TRUE, { 1.0, 0.0, 0.0 }, 3.0 };
    get_pixel(&scene, W / 2 + 40, H / 2, rgb);
    assert_near(rgb, black, 0);
    scene.meshes.groups[3].shown = FALSE;
    g_assert_false(lac_scene_has_meshes(&scene));
}

static void
test_tiles(void)
{
    g_autofree Shape *one = make_ball((LacVec3){ -1, 0, 0 }, 4.0);
    g_autofree Shape *two = make_ball((LacVec3){ 2, 1, 1 }, 3.0);
    LacMeshSource both[2] = { make_source(one, 0, 7, 1.0f, 0.2f, 0.1f),
        make_source(two, 3, 8, 0.1f, 0.3f, 1.0f) };
    both[0].by_value = TRUE;
    both[0].lo = -1.0;
    both[0].hi = 1.0;
    g_autoptr(LacMeshSet) set = make_set(both, 2);
    LacScene scene = make_scene(set, 0.5);
    guint8 *whole = draw_tiles(&scene, 512), *tiles = draw_tiles(&scene, 64);
    g_assert_cmpint(memcmp(whole, tiles, W * H * 4), ==, 0);
    lac_free(whole);
    lac_free(tiles);
}

// ---- What a ray meets ----

static void
test_hits(void)
{
    g_autofree Shape *one = make_ball((LacVec3){ 0, 0, 0 }, 4.0);
    g_autofree Shape *two = make_ball((LacVec3){ 3, 0, 10 }, 4.0);
    const LacMeshSource both[2] = { make_source(one, 0, 7, 1.0f, 0.2f, 0.1f),
        make_source(two, 3, 8, 0.1f, 0.3f, 1.0f) };
    g_autoptr(LacMeshSet) set = make_set(both, 2);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(LacMeshHit));
    const LacRay ray = { { 1.013, 0.507, 30.0 }, { 0.0, 0.0, -1.0 } };
    lac_mesh_set_find_hits(set, &ray, hits);
    g_assert_cmpuint(hits->len, ==, 4);
    const guint32 tags[4] = { 8, 8, 7, 7 };
    const double z[4] = { 10.0 + sqrt(16.0 - 1.987 * 1.987 - 0.257), 0.0, 0.0,
        -sqrt(16.0 - 1.026 - 0.257) };
    for (guint i = 0; i < 4; i++)
        g_assert_cmpuint(g_array_index(hits, LacMeshHit, i).tag, ==, tags[i]);
    g_assert_cmpfloat_with_epsilon(30.0 - g_array_index(hits, LacMeshHit, 0).distance, z[0], 0.03);
    g_assert_cmpfloat_with_epsilon(30.0 - g_array_index(hits, LacMeshHit, 3).distance, z[3], 0.03);
    g_assert_cmpuint(g_array_index(hits, LacMeshHit, 3).group, ==, 0);
    // Any ray meets a closed surface an even number of times, and as often as without the tree.
    for (guint k = 0; k < 500; k++) {
        LacVec3 d = { lac_rng_uniform(3, 3 * k) - 0.5, lac_rng_uniform(3, 3 * k + 1) - 0.5,
            lac_rng_uniform(3, 3 * k + 2) - 0.5 };
        double size = sqrt(d.x * d.x + d.y * d.y + d.z * d.z);
        const LacRay any = { { 1.1, 0.3, 4.9 }, { d.x / size, d.y / size, d.z / size } };
        g_array_set_size(hits, 0);
        lac_mesh_set_find_hits(set, &any, hits);
        g_assert_cmpuint(hits->len % 2, ==, 0);
        for (guint i = 1; i < hits->len; i++)
            g_assert_cmpfloat(g_array_index(hits, LacMeshHit, i - 1).distance, <=,
                g_array_index(hits, LacMeshHit, i).distance);
    }
}

// What is hidden, cut away or without a tag is not picked; a marker is picked through its circles.
static void
test_pick(void)
{
    g_autofree Shape *one = make_ball((LacVec3){ 0, 0, 0 }, 4.0);
    g_autofree Shape *two = make_ball((LacVec3){ 0, 0, 10 }, 4.0);
    const LacMeshSource both[2] = { make_source(one, 0, 7, 1.0f, 0.2f, 0.1f),
        make_source(two, 3, 8, 0.1f, 0.3f, 1.0f) };
    g_autoptr(LacMeshSet) set = make_set(both, 2);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(LacMeshHit));
    const LacRay ray = { { 0.3, 0.2, 40.0 }, { 0.0, 0.0, -1.0 } };
    LacScene scene = make_scene(set, 0.5);
    lac_pick_meshes(&scene, &ray, hits);
    g_assert_cmpuint(hits->len, ==, 2);
    g_assert_cmpuint(g_array_index(hits, LacMeshHit, 0).tag, ==, 8);
    g_assert_cmpuint(g_array_index(hits, LacMeshHit, 1).tag, ==, 7);
    g_array_set_size(hits, 0);
    scene.clip = (LacClipPlane){ TRUE, { 0.0, 0.0, 1.0 }, 1.0 };
    lac_pick_meshes(&scene, &ray, hits);
    g_assert_cmpuint(hits->len, ==, 1);
    g_assert_cmpfloat_with_epsilon(g_array_index(hits, LacMeshHit, 0).distance, 44.0, 0.1);
    scene.clip.enabled = scene.meshes.groups[0].shown = scene.meshes.groups[3].shown = FALSE;
    g_array_set_size(hits, 0);
    lac_pick_meshes(&scene, &ray, hits);
    g_assert_cmpuint(hits->len, ==, 0);

    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    LacAtomLook look = lac_atom_look_default();
    const LacMarker markers[3] = {
        { .position = { 0, 0, 5 }, .radius = 1.0, .is_ring = TRUE, .is_wire = TRUE, .tag = 5 },
        { .position = { 0, 0, 9 }, .radius = 1.0, .is_ring = TRUE, .is_wire = TRUE, .tag = 9 },
        { .position = { 0, 0, 12 }, .radius = 1.0, .is_ring = TRUE },
    };
    const LacAtomSource source = { .atoms = none,
        .look = &look,
        .markers = markers,
        .n_markers = 3 };
    g_autoptr(LacAtomSet) spheres = lac_atom_set_new(&source);
    guint32 tag;
    double distance;
    scene.atoms.set = spheres;
    g_assert_true(lac_pick_marker(&scene, &ray, &tag, &distance));
    g_assert_cmpuint(tag, ==, 9);
    g_assert_cmpfloat_with_epsilon(distance, 31.0 - sqrt(1.0 - 0.13) + 0.0, 1e-6);
    const LacRay beside = { { 1.3, 0.2, 40.0 }, { 0.0, 0.0, -1.0 } };
    g_assert_false(lac_pick_marker(&scene, &beside, &tag, &distance));
}

// Circles are drawn, and one sees through between them.
static void
test_wire(void)
{
    g_autoptr(LacAtoms) none = lac_atoms_new(0);
    LacAtomLook look = lac_atom_look_default();
    const LacMarker marker = { .radius = 4.0,
        .color = { 1.0f, 0.5f, 0.0f, 1.0f },
        .is_ring = TRUE,
        .is_wire = TRUE,
        .tag = 1 };
    const LacAtomSource source = { .atoms = none,
        .look = &look,
        .markers = &marker,
        .n_markers = 1 };
    g_autoptr(LacAtomSet) set = lac_atom_set_new(&source);
    LacScene scene = make_scene(NULL, 1.0);
    scene.atoms.set = set;
    int rgb[3], black[3] = { 0 };
    get_pixel(&scene, W / 2, H / 2, rgb);
    g_assert_cmpint(rgb[0], >, 100);
    get_pixel(&scene, W / 2 + 39, H / 2, rgb);
    g_assert_cmpint(rgb[0], >, 100);
    get_pixel(&scene, W / 2 + 15, H / 2 - 15, rgb);
    assert_near(rgb, black, 0);
}

static void
test_coarse(void)
{
    g_autofree Shape *ball = make_ball((LacVec3){ 0, 0, 0 }, 6.0);
    const LacMeshSource source = make_source(ball, 0, 7, 1.0f, 0.2f, 0.1f);
    g_autoptr(LacMeshSet) set = make_set(&source, 1);
    g_assert_cmpuint(set->n_coarse, <, set->n_triangles / 2);
    g_assert_cmpuint(set->n_coarse, >, 50);
    g_assert_cmpfloat_with_epsilon(set->box.max.z, 6.0, 1e-6);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacProgress) progress = lac_progress_new();
    lac_progress_cancel(progress);
    g_assert_null(lac_mesh_set_new(&source, 1, progress, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_autoptr(LacMeshSet) none = make_set(NULL, 0);
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(LacMeshHit));
    lac_mesh_set_find_hits(none, &(LacRay){ { 0 }, { 0, 0, 1 } }, hits);
    g_assert_cmpuint(hits->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meshes/hits", test_hits);
    g_test_add_func("/meshes/coarse", test_coarse);
    g_test_add_func("/meshes/pick", test_pick);
    g_autoptr(GError) error = NULL;
    g_autoptr(LacEglContext) context = lac_egl_context_new(&error);
    if (context == NULL) {
        g_test_message("nothing is drawn: %s", error->message);
        return g_test_run();
    }
    g_test_add_func("/meshes/order", test_order);
    g_test_add_func("/meshes/among-atoms", test_among_atoms);
    g_test_add_func("/meshes/among-volume", test_among_volume);
    g_test_add_func("/meshes/outside-volume", test_outside_volume);
    g_test_add_func("/meshes/switches", test_switches);
    g_test_add_func("/meshes/tiles", test_tiles);
    g_test_add_func("/meshes/wire", test_wire);
    return g_test_run();
}
