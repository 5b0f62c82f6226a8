// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/occlusion.h"

#include "core/array.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define N_AXES    24     // each is looked along from both ends
#define GRAIN     4      // axes between two looks at the progress
#define CELL      0.5    // of the mean radius: cell of the map of depths
#define MAX_CELLS 2048.0 // along an edge of the map
#define WHOLE     64     // visible share of an atom from one direction, as an integer
#define AXIS_ONE  128

// Sums are integers, so that the order of the axes does not matter.
typedef struct {
    gint32 sum[4]; // of shares times direction, and of shares
} Sum;

typedef struct {
    float u, v, w, radius; // as seen along an axis, in cells
} Seen;

typedef struct {
    const LacAtoms *atoms;
    const float *radii;
    const guint8 *skip;
    gsize n;
    double cell; // [Å]
    gsize first; // axis
    Sum **sums;  // by worker
    Seen **seen;
    float **maps;
    gsize map_size; // floats of one map
    int map_edge;
    LacVec3 centre;
    double reach; // [Å] from the centre to the farthest surface
} Work;

// Evenly on the upper half of a sphere: Fibonacci's spiral.
static LacVec3
get_axis(gsize k)
{
    double z = 1.0 - ((double) k + 0.5) / N_AXES, r = sqrt(1.0 - z * z);
    double angle = G_PI * (3.0 - sqrt(5.0)) * (double) k;
    return (LacVec3){ r * cos(angle), r * sin(angle), z };
}

static void
look_along(const Work *work, LacVec3 w, Seen *seen)
{
    LacVec3 u = fabs(w.x) < 0.7 ? (LacVec3){ 0.0, w.z, -w.y } : (LacVec3){ -w.z, 0.0, w.x };
    double size = sqrt(u.x * u.x + u.y * u.y + u.z * u.z);
    u = (LacVec3){ u.x / size, u.y / size, u.z / size };
    LacVec3 v = { w.y * u.z - w.z * u.y, w.z * u.x - w.x * u.z, w.x * u.y - w.y * u.x };
    const LacAtoms *atoms = work->atoms;
    double middle = 0.5 * work->map_edge, scale = 1.0 / work->cell;
    for (gsize i = 0; i < work->n; i++) {
        double x = atoms->x[i] - work->centre.x, y = atoms->y[i] - work->centre.y,
               z = atoms->z[i] - work->centre.z;
        seen[i].u = (float) (middle + scale * (x * u.x + y * u.y + z * u.z));
        seen[i].v = (float) (middle + scale * (x * v.x + y * v.y + z * v.z));
        seen[i].w = (float) (scale * (x * w.x + y * w.y + z * w.z));
        seen[i].radius = (float) (scale * (double) work->radii[i]);
    }
}

// The cells that an atom may touch.
typedef struct {
    int x0, x1, y0, y1;
} Extent;

static Extent
get_extent(const Seen *s, int edge)
{
    return (Extent){
        .x0 = MAX(0, (int) floorf(s->u - s->radius)),
        .x1 = MIN(edge - 1, (int) floorf(s->u + s->radius)),
        .y0 = MAX(0, (int) floorf(s->v - s->radius)),
        .y1 = MIN(edge - 1, (int) floorf(s->v + s->radius)),
    };
}

static void
draw_depths(const Work *work, const Seen *seen, float *front, float *back)
{
    int edge = work->map_edge;
    for (gsize i = 0; i < work->map_size; i++) {
        front[i] = -G_MAXFLOAT;
        back[i] = G_MAXFLOAT;
    }
    for (gsize i = 0; i < work->n; i++) {
        if (work->skip != NULL && work->skip[i])
            continue;
        const Seen *s = &seen[i];
        Extent e = get_extent(s, edge);
        for (int y = e.y0; y <= e.y1; y++)
            for (int x = e.x0; x <= e.x1; x++) {
                float dx = (float) x + 0.5f - s->u, dy = (float) y + 0.5f - s->v;
                float h2 = s->radius * s->radius - dx * dx - dy * dy;
                if (h2 <= 0.0f)
                    continue;
                float h = sqrtf(h2);
                gsize k = (gsize) y * (gsize) edge + (gsize) x;
                front[k] = MAX(front[k], s->w + h);
                back[k] = MIN(back[k], s->w - h);
            }
    }
}

static void
add_shares(const Work *work, const Seen *seen, const float *front, const float *back, LacVec3 axis,
    Sum *sums)
{
    int edge = work->map_edge;
    const gint32 a[3] = { (gint32) lrint(AXIS_ONE * axis.x), (gint32) lrint(AXIS_ONE * axis.y),
        (gint32) lrint(AXIS_ONE * axis.z) };
    for (gsize i = 0; i < work->n; i++) {
        const Seen *s = &seen[i];
        Extent e = get_extent(s, edge);
        int n = 0, n_front = 0, n_back = 0;
        for (int y = e.y0; y <= e.y1; y++)
            for (int x = e.x0; x <= e.x1; x++) {
                float dx = (float) x + 0.5f - s->u, dy = (float) y + 0.5f - s->v;
                float h2 = s->radius * s->radius - dx * dx - dy * dy;
                if (h2 <= 0.0f)
                    continue;
                float h = sqrtf(h2);
                gsize k = (gsize) y * (gsize) edge + (gsize) x;
                n++;
                n_front += s->w + h >= front[k];
                n_back += s->w - h <= back[k];
            }
        if (n == 0)
            n = n_front = n_back = 1;
        gint32 f = WHOLE * n_front / n, b = WHOLE * n_back / n;
        for (int c = 0; c < 3; c++)
            sums[i].sum[c] += a[c] * (f - b);
        sums[i].sum[3] += f + b;
    }
}

static void
look_block(gsize begin, gsize end, guint worker, gpointer data)
{
    const Work *work = data;
    float *front = work->maps[worker], *back = front + work->map_size;
    for (gsize k = begin; k < end; k++) {
        LacVec3 axis = get_axis(work->first + k);
        look_along(work, axis, work->seen[worker]);
        draw_depths(work, work->seen[worker], front, back);
        add_shares(work, work->seen[worker], front, back, axis, work->sums[worker]);
    }
}

static void
measure(Work *work)
{
    const LacAtoms *atoms = work->atoms;
    LacVec3 low = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE },
            high = { -G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE };
    double sum = 0.0, largest = 0.0;
    for (gsize i = 0; i < work->n; i++) {
        low =
            (LacVec3){ MIN(low.x, atoms->x[i]), MIN(low.y, atoms->y[i]), MIN(low.z, atoms->z[i]) };
        high = (LacVec3){ MAX(high.x, atoms->x[i]), MAX(high.y, atoms->y[i]),
            MAX(high.z, atoms->z[i]) };
        sum += (double) work->radii[i];
        largest = MAX(largest, (double) work->radii[i]);
    }
    LacVec3 c = { 0.5 * (low.x + high.x), 0.5 * (low.y + high.y), 0.5 * (low.z + high.z) };
    double dx = high.x - c.x, dy = high.y - c.y, dz = high.z - c.z;
    work->centre = c;
    work->reach = sqrt(dx * dx + dy * dy + dz * dz) + largest;
    double wanted = CELL * MAX(sum / (double) work->n, 1e-3);
    work->cell = MAX(wanted, 2.0 * work->reach / MAX_CELLS);
    work->map_edge = (int) ceil(2.0 * work->reach / work->cell) + 2;
    work->map_size = (gsize) work->map_edge * (gsize) work->map_edge;
}

static void
free_work(Work *work, guint n_workers)
{
    for (guint i = 0; i < n_workers; i++) {
        lac_free(work->sums[i]);
        lac_free(work->seen[i]);
        lac_free(work->maps[i]);
    }
    g_free(work->sums);
    g_free(work->seen);
    g_free(work->maps);
}

static gboolean
alloc_work(Work *work, guint n_workers, GError **error)
{
    work->sums = g_new0(Sum *, n_workers);
    work->seen = g_new0(Seen *, n_workers);
    work->maps = g_new0(float *, n_workers);
    for (guint i = 0; i < n_workers; i++) {
        work->sums[i] = lac_alloc(work->n, sizeof(Sum), error);
        if (work->sums[i] == NULL)
            return FALSE;
        memset(work->sums[i], 0, work->n * sizeof(Sum));
        work->seen[i] = lac_alloc(work->n, sizeof(Seen), error);
        if (work->seen[i] == NULL)
            return FALSE;
        work->maps[i] = lac_alloc(work->map_size, 2 * sizeof(float), error);
        if (work->maps[i] == NULL)
            return FALSE;
    }
    return TRUE;
}

// With shares s(d) about a + b d over directions d, a surface with normal n gets a + 2/3 b n, where a
// is the mean of s and b three times the mean of s d.
static gint8 *
collect(const Work *work, guint n_workers)
{
    gint8 *visibility = g_new(gint8, 4 * work->n);
    for (gsize i = 0; i < work->n; i++) {
        double sum[4] = { 0.0 };
        for (guint k = 0; k < n_workers; k++)
            for (int c = 0; c < 4; c++)
                sum[c] += work->sums[k][i].sum[c];
        double mean = 127.0 / (2.0 * N_AXES * WHOLE);
        for (gsize c = 0; c < 4; c++) {
            double v = c < 3 ? 2.0 * sum[c] * mean / AXIS_ONE : sum[c] * mean;
            visibility[4 * i + c] = (gint8) lrint(CLAMP(v, -127.0, 127.0));
        }
    }
    return visibility;
}

/**
 * lac_occlusion_compute:
 * @atoms: atoms; at least one
 * @radii: [Å] per atom
 * @skip: (nullable): whether each atom is left out: it hides nothing
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Finds how much of each atom is seen from each of 48 directions, by maps of depth, and from that
 * how open to a sky of even light a surface on it is that faces any direction (as QuteMol does,
 * doi:10.1109/TVCG.2006.115, but kept as its mean and its slope).
 *
 * Returns: (transfer full) (array): four numbers per atom as in #LacSphere.visibility, to be freed
 *     with g_free(), or %NULL with @error set
 */
gint8 *
lac_occlusion_compute(const LacAtoms *atoms, const float *radii, const guint8 *skip,
    LacProgress *progress, GError **error)
{
    g_return_val_if_fail(atoms->n > 0, NULL);

    Work work = { .atoms = atoms, .radii = radii, .skip = skip, .n = atoms->n };
    guint n_workers = lac_parallel_max_workers();
    gint8 *visibility = NULL;
    measure(&work);
    gboolean done = alloc_work(&work, n_workers, error);
    for (; done && work.first < N_AXES; work.first += GRAIN) {
        lac_parallel_for(MIN(GRAIN, N_AXES - work.first), 1, look_block, &work);
        done = lac_progress_update(progress, (double) (work.first + GRAIN) / N_AXES, error);
    }
    if (done)
        visibility = collect(&work, n_workers);
    free_work(&work, n_workers);
    return visibility;
}

static gboolean
is_beyond(const LacClipPlane *clip, const LacAtoms *atoms, gsize i)
{
    LacVec3 n = clip->normal;
    return clip->enabled &&
        n.x * atoms->x[i] + n.y * atoms->y[i] + n.z * atoms->z[i] > clip->offset;
}

/**
 * lac_occlusion_of:
 * @source: what a set is made from, with at least one atom; its visibility is not used
 * @clip: what is kept
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Does so for atoms as they look. Hidden atoms, those that are cut away and records of others hide
 * nothing.
 *
 * Returns: (transfer full) (array): as lac_occlusion_compute()
 */
gint8 *
lac_occlusion_of(const LacAtomSource *source, const LacClipPlane *clip, LacProgress *progress,
    GError **error)
{
    const LacAtoms *atoms = source->atoms;
    g_autofree float *radii = g_new(float, atoms->n);
    g_autofree guint8 *rgba = g_new(guint8, 4 * atoms->n), *skip = g_new(guint8, atoms->n);
    lac_atom_look_apply(source->look, atoms, source->match, source->values, radii, rgba);
    for (gsize i = 0; i < atoms->n; i++)
        skip[i] = !lac_atoms_is_present(atoms, i) || is_beyond(clip, atoms, i) ||
            (source->marks != NULL && i < source->n_marks &&
                (source->marks[i] & LAC_MARK_HIDDEN) != 0);
    return lac_occlusion_compute(atoms, radii, skip, progress, error);
}
