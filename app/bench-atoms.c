// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench-atoms.h"

#include "core/data/bonds.h"
#include "core/rng.h"
#include "ui/render/occlusion.h"

#include <epoxy/gl.h>
#include <math.h>
#include <time.h>

#define LATTICE    4.08 // [Å] edge of the cell, with four atoms
#define OFF_SITE   0.08 // [Å]
#define N_FRAMES   8
#define TURN_DEG   4.0    // between frames
#define MANY       100000 // atoms, from which on pictures at rest are not timed
#define BALL_SCALE 0.4    // of the radii of atoms with bonds

// About @n atoms of gold in a ball.
static LacAtoms *
make_ball(gsize n)
{
    static const double SITES[4][3] = { { 0.0, 0.0, 0.0 }, { 0.5, 0.5, 0.0 }, { 0.5, 0.0, 0.5 },
        { 0.0, 0.5, 0.5 } };
    double radius = LATTICE * cbrt((double) n / 4.0 * 3.0 / (4.0 * G_PI));
    int edge = (int) ceil(radius / LATTICE) + 1;
    LacAtoms *all = lac_atoms_new(n + n / 8 + 1000);
    gsize k = 0;
    for (int z = -edge; z <= edge; z++)
        for (int y = -edge; y <= edge; y++)
            for (int x = -edge; x <= edge; x++)
                for (int s = 0; s < 4; s++) {
                    double p[3] = { x + SITES[s][0], y + SITES[s][1], z + SITES[s][2] };
                    double r2 = (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) * LATTICE * LATTICE;
                    if (r2 >= radius * radius || k >= all->n)
                        continue;
                    all->x[k] = LATTICE * p[0] + OFF_SITE * lac_rng_normal(1, 3 * k);
                    all->y[k] = LATTICE * p[1] + OFF_SITE * lac_rng_normal(1, 3 * k + 1);
                    all->z[k] = LATTICE * p[2] + OFF_SITE * lac_rng_normal(1, 3 * k + 2);
                    k++;
                }
    lac_atoms_add_species(all, "Au");
    LacAtoms *ball = lac_atoms_copy(all, k);
    lac_atoms_unref(all);
    return ball;
}

static double
get_ms_since(gint64 start)
{
    return 1e-3 * (double) (g_get_monotonic_time() - start);
}

// Of all threads of this process.
static double
get_cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * (double) now.tv_sec + 1e-6 * (double) now.tv_nsec;
}

// Writes the mean time of a frame while the camera turns, what that is in frames a second, and what
// the processor did for it.
static gboolean
time_turning(LacBench *bench, LacRenderer *renderer, LacScene *scene, const LacRenderTarget *target,
    const LacRenderQuality *quality, const char *name, GError **error)
{
    gint64 start = 0;
    double cpu = 0.0;
    for (int i = 0; i <= N_FRAMES; i++) { // the first one loads and compiles
        if (!lac_renderer_draw(renderer, scene, quality, target, NULL, error))
            return FALSE;
        glFinish();
        if (i == 0) {
            start = g_get_monotonic_time();
            cpu = get_cpu_ms();
        }
        lac_camera_rotate(&scene->camera, TURN_DEG, 0.5 * TURN_DEG);
        if (!lac_progress_update(bench->progress, (double) i / N_FRAMES, error))
            return FALSE;
    }
    double ms = get_ms_since(start) / N_FRAMES, cpu_ms = (get_cpu_ms() - cpu) / N_FRAMES;
    g_autofree char *cpu_name = g_strconcat(name, "_cpu_ms", NULL);
    lac_bench_number(bench, cpu_name, cpu_ms);
    g_autofree char *ms_name = g_strconcat(name, "_ms", NULL);
    g_autofree char *rate_name = g_strconcat(name, "_frames_per_s", NULL);
    lac_bench_number(bench, ms_name, ms);
    lac_bench_number(bench, rate_name, 1e3 / ms);
    return TRUE;
}

// A number of atoms as a part of a name: "20k_atoms_...".
static char *
dup_name(gsize n, const char *what)
{
    return g_strdup_printf("%" G_GSIZE_FORMAT "k_%s", n / 1000, what);
}

static gboolean
time_set(LacBench *bench, LacRenderer *renderer, const LacRenderTarget *target, LacAtomSet *set,
    gsize n, gboolean bonds, GError **error)
{
    static const struct {
        const char *name;
        double resolution;
    } KINDS[] = { { "moving_half", 0.5 }, { "moving", 0.99 }, { "full", 2.0 } };
    LacScene scene = lac_scene_default();
    scene.atoms.set = set;
    scene.atoms.show_bonds = bonds;
    lac_camera_fit(&scene.camera, &set->box, (double) target->width / target->height);
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        if (n >= MANY && KINDS[i].resolution > 1.0)
            continue;
        LacRenderQuality quality = lac_render_quality_full();
        quality.atom_resolution = KINDS[i].resolution;
        g_autofree char *what = g_strconcat(bonds ? "bonds_" : "atoms_", KINDS[i].name, NULL);
        g_autofree char *name = dup_name(n, what);
        if (!time_turning(bench, renderer, &scene, target, &quality, name, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * lac_bench_atoms:
 * @bench: takes the numbers
 * @renderer: a renderer, with its context current
 * @target: where to draw
 * @n: about the number of atoms
 * @error: return location for a #GError
 *
 * Times a ball of atoms: finding bonds and occlusion, making the set, and pictures while it turns,
 * without bonds and with them.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_bench_atoms(LacBench *bench, LacRenderer *renderer, const LacRenderTarget *target, gsize n,
    GError **error)
{
    g_autoptr(LacAtoms) atoms = make_ball(n);
    LacAtomLook look = lac_atom_look_default();
    const LacClipPlane whole = { .enabled = FALSE };
    LacAtomSource source = { .atoms = atoms, .look = &look, .n_visibility = atoms->n };
    g_autofree char *bonds_name = dup_name(n, "find_bonds_ms");
    g_autofree char *occlusion_name = dup_name(n, "occlusion_ms");
    g_autofree char *set_name = dup_name(n, "make_set_ms");
    gint64 start = g_get_monotonic_time();
    LacBondParams params;
    lac_bond_params_init(&params);
    g_autoptr(LacBonds) bonds = lac_bonds_find(atoms, &params, bench->progress, error);
    if (bonds == NULL)
        return FALSE;
    lac_bench_number(bench, bonds_name, get_ms_since(start));
    start = g_get_monotonic_time();
    g_autofree gint8 *visibility = lac_occlusion_of(&source, &whole, bench->progress, error);
    if (visibility == NULL)
        return FALSE;
    lac_bench_number(bench, occlusion_name, get_ms_since(start));
    source.visibility = visibility;
    start = g_get_monotonic_time();
    g_autoptr(LacAtomSet) set = lac_atom_set_new(&source);
    lac_bench_number(bench, set_name, get_ms_since(start));
    if (!time_set(bench, renderer, target, set, n, FALSE, error))
        return FALSE;
    look.radius_scale = BALL_SCALE;
    source.bonds = bonds;
    g_autoptr(LacAtomSet) bonded = lac_atom_set_new(&source);
    return time_set(bench, renderer, target, bonded, n, TRUE, error);
}
