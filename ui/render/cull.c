// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/cull.h"

#include <math.h>
#include <string.h>

#define MAX_CELLS   420  // along the longer edge of the map of depths
#define MIN_CELL    2.0  // [sample]
#define SOFT_EDGE   1.0  // [sample] at the edge of an atom that hides nothing
#define N_BUCKETS   4096 // of depth, for sorting
#define N_SHARES    128  // steps of how much of an atom is seen
#define MIN_SHARE   4    // of N_SHARES: less is left out in haste
#define PERSPECTIVE 0.08 // how much larger or smaller an atom may look than at the middle

// An atom or bond that lies in the tile.
typedef struct {
    float x, y, radius; // [cell] of its centre and of what it covers
    float z, size;      // [Å] eye z of the centre, and radius
    float top;          // [Å] eye z of its nearest point
    guint32 index;
    gboolean is_solid; // hides what is behind it
} Item;

struct LacCuller {
    GArray *items, *order; // of Item; of guint32
    GArray *spheres, *rings, *sticks;
    float *map; // nearest eye z up to which everything is hidden, by cell
    gsize map_size;
    int nx, ny;
    // The view, in cells.
    LacMat3 m;
    LacVec3 target, clip_normal;
    gboolean is_clipped;
    double clip_offset, distance, scale, x0,
        y0;           // distance [Å], 0 when orthographic; scale [cell/Å]
    double cell;      // [sample]
    float towards[3]; // the viewer, world
};

/**
 * lac_culler_new:
 *
 * Returns: (transfer full): a culler, which keeps its memory from picture to picture
 */
LacCuller *
lac_culler_new(void)
{
    LacCuller *self = g_new0(LacCuller, 1);
    self->items = g_array_new(FALSE, FALSE, sizeof(Item));
    self->order = g_array_new(FALSE, FALSE, sizeof(guint32));
    self->spheres = g_array_new(FALSE, FALSE, sizeof(LacSphere));
    self->rings = g_array_new(FALSE, FALSE, sizeof(LacSphere));
    self->sticks = g_array_new(FALSE, FALSE, sizeof(LacStick));
    return self;
}

/**
 * lac_culler_free:
 * @self: (nullable) (transfer full): a culler
 */
void
lac_culler_free(LacCuller *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->items);
    g_array_unref(self->order);
    g_array_unref(self->spheres);
    g_array_unref(self->rings);
    g_array_unref(self->sticks);
    g_free(self->map);
    g_free(self);
}

static void
begin(LacCuller *self, const LacScene *scene, const LacCullTile *tile)
{
    const LacCamera *camera = &scene->camera;
    self->cell = MAX(MIN_CELL, (double) MAX(tile->width, tile->height) / MAX_CELLS);
    self->nx = (int) ceil(tile->width / self->cell);
    self->ny = (int) ceil(tile->height / self->cell);
    gsize size = (gsize) self->nx * (gsize) self->ny;
    if (size > self->map_size) {
        self->map = g_renew(float, self->map, size);
        self->map_size = size;
    }
    for (gsize i = 0; i < size; i++)
        self->map[i] = -G_MAXFLOAT;
    self->m = lac_camera_get_matrix(camera);
    self->target = camera->target;
    self->distance = camera->perspective ? lac_camera_get_distance(camera) : 0.0;
    self->scale = tile->full_height / camera->height / self->cell;
    self->x0 = (0.5 * tile->full_width - tile->tile_x) / self->cell;
    self->y0 = (0.5 * tile->full_height - tile->tile_y) / self->cell;
    self->is_clipped = scene->clip.enabled;
    self->clip_normal = lac_mat3_apply(&self->m, scene->clip.normal);
    LacVec3 n = scene->clip.normal, t = camera->target;
    self->clip_offset = scene->clip.offset - n.x * t.x - n.y * t.y - n.z * t.z;
    for (int i = 0; i < 3; i++)
        self->towards[i] = (float) self->m.m[2][i];
}

static LacVec3
to_eye(const LacCuller *self, const float p[3])
{
    LacVec3 d = { (double) p[0] - self->target.x, (double) p[1] - self->target.y,
        (double) p[2] - self->target.z };
    return lac_mat3_apply(&self->m, d);
}

// Magnification of what lies at eye z; 0 beside the eye or beyond it.
static double
get_magnification(const LacCuller *self, double z, double size)
{
    if (self->distance == 0.0)
        return 1.0;
    double far = self->distance - z;
    return far > 1.05 * size ? self->distance / far : 0.0;
}

// How far beyond the clip plane [Å]; negative on the kept side.
static double
get_beyond(const LacCuller *self, LacVec3 p)
{
    LacVec3 n = self->clip_normal;
    return self->is_clipped ? n.x * p.x + n.y * p.y + n.z * p.z - self->clip_offset : -G_MAXDOUBLE;
}

static void
add_item(LacCuller *self, const Item *item)
{
    double reach = (double) item->radius + 1.0;
    if ((double) item->x + reach < 0.0 || (double) item->x - reach > self->nx ||
        (double) item->y + reach < 0.0 || (double) item->y - reach > self->ny)
        return;
    g_array_append_val(self->items, *item);
}

static void
look_at_sphere(LacCuller *self, const LacSphere *sphere, gsize index)
{
    LacVec3 p = to_eye(self, sphere->position);
    double size = (double) sphere->radius, beyond = get_beyond(self, p);
    double magnification = get_magnification(self, p.z, size);
    if (magnification == 0.0 || beyond >= size)
        return;
    double s = self->scale * magnification;
    Item item = { .x = (float) (self->x0 + s * p.x),
        .y = (float) (self->y0 + s * p.y),
        .radius = (float) (s * size),
        .z = (float) p.z,
        .size = sphere->radius,
        .top = (float) (p.z + size),
        .index = (guint32) index,
        .is_solid = (sphere->marks & LAC_MARK_RING) == 0 && beyond <= -size };
    add_item(self, &item);
}

static void
look_at_stick(LacCuller *self, const LacStick *stick, gsize index)
{
    LacVec3 a = to_eye(self, stick->a), b = to_eye(self, stick->b);
    double size = (double) stick->radius;
    double magnification = get_magnification(self, MAX(a.z, b.z), size);
    if (magnification == 0.0 || MIN(get_beyond(self, a), get_beyond(self, b)) >= size)
        return;
    double s = self->scale * magnification;
    Item item = { .x = (float) (self->x0 + 0.5 * s * (a.x + b.x)),
        .y = (float) (self->y0 + 0.5 * s * (a.y + b.y)),
        .radius = (float) (s * (size + 0.5 * MAX(fabs(a.x - b.x), fabs(a.y - b.y)))),
        .top = (float) (MAX(a.z, b.z) + size),
        .index = (guint32) index };
    add_item(self, &item);
}

// Nearest first, by buckets of depth.
static void
sort_items(LacCuller *self)
{
    gsize n = self->items->len, counts[N_BUCKETS + 1] = { 0 };
    const Item *items = (const Item *) (gpointer) self->items->data;
    float low = G_MAXFLOAT, high = -G_MAXFLOAT;
    for (gsize i = 0; i < n; i++) {
        low = MIN(low, items[i].top);
        high = MAX(high, items[i].top);
    }
    float scale = high > low ? (N_BUCKETS - 1) / (high - low) : 0.0f;
    for (gsize i = 0; i < n; i++)
        counts[(gsize) ((high - items[i].top) * scale) + 1]++;
    for (gsize k = 0; k < N_BUCKETS; k++)
        counts[k + 1] += counts[k];
    g_array_set_size(self->order, (guint) n);
    guint32 *order = (guint32 *) (gpointer) self->order->data;
    for (gsize i = 0; i < n; i++)
        order[counts[(gsize) ((high - items[i].top) * scale)]++] = (guint32) i;
}

typedef struct {
    int x0, x1, y0, y1;
} Extent;

static Extent
get_extent(const LacCuller *self, const Item *item, float radius)
{
    return (Extent){ .x0 = MAX(0, (int) floorf(item->x - radius)),
        .x1 = MIN(self->nx - 1, (int) floorf(item->x + radius)),
        .y0 = MAX(0, (int) floorf(item->y - radius)),
        .y1 = MIN(self->ny - 1, (int) floorf(item->y + radius)) };
}

static gboolean
is_hidden(const LacCuller *self, const Item *item)
{
    float grown = self->distance > 0.0 ? 1.0f + (float) PERSPECTIVE : 1.0f;
    float radius = grown * item->radius + (float) (SOFT_EDGE / self->cell);
    // Of a bond the whole square about it counts, of an atom the cells that its disc touches.
    float reach = item->size > 0.0f ? radius * radius : G_MAXFLOAT;
    Extent e = get_extent(self, item, radius);
    for (int y = e.y0; y <= e.y1; y++) {
        const float *row = self->map + (gsize) y * (gsize) self->nx;
        float dy = MAX(fabsf((float) y + 0.5f - item->y) - 0.5f, 0.0f);
        for (int x = e.x0; x <= e.x1; x++) {
            float dx = MAX(fabsf((float) x + 0.5f - item->x) - 0.5f, 0.0f);
            if (row[x] < item->top && dx * dx + dy * dy < reach)
                return FALSE;
        }
    }
    return TRUE;
}

// Cells that the atom covers completely are hidden from its farthest point there on.
static void
hide_behind(LacCuller *self, const Item *item)
{
    float shrunk = self->distance > 0.0 ? 1.0f - (float) PERSPECTIVE : 1.0f;
    float radius = shrunk * item->radius - (float) (SOFT_EDGE / self->cell);
    if (radius <= 0.7f)
        return;
    float per_cell = item->size / item->radius; // [Å]
    float lowered = self->distance > 0.0 ? (float) PERSPECTIVE * item->size : 0.0f;
    Extent e = get_extent(self, item, radius);
    for (int y = e.y0; y <= e.y1; y++) {
        float *row = self->map + (gsize) y * (gsize) self->nx;
        float dy = fabsf((float) y + 0.5f - item->y) + 0.5f;
        for (int x = e.x0; x <= e.x1; x++) {
            float dx = fabsf((float) x + 0.5f - item->x) + 0.5f;
            float h2 = radius * radius - dx * dx - dy * dy;
            if (h2 > 0.0f)
                row[x] = MAX(row[x], item->z + shrunk * sqrtf(h2) * per_cell - lowered);
        }
    }
}

// About how much of an atom the viewer sees, by what it is seen from all around.
static int
get_share(const LacCuller *self, const gint8 visibility[4])
{
    float slope = (float) visibility[0] * self->towards[0] +
        (float) visibility[1] * self->towards[1] + (float) visibility[2] * self->towards[2];
    return CLAMP((int) ((float) visibility[3] + 1.5f * slope), 0, N_SHARES - 1);
}

static int
get_stick_share(const LacCuller *self, const LacStick *stick)
{
    return MAX(get_share(self, stick->visibility_a), get_share(self, stick->visibility_b));
}

// The share from which on there are at most @most.
static int
find_limit(const gsize counts[N_SHARES], gsize most)
{
    gsize n = 0;
    int share = N_SHARES;
    while (share > MIN_SHARE && n + counts[share - 1] <= most)
        n += counts[--share];
    return MIN(share, N_SHARES - 1);
}

static void
look_at_spheres(LacCuller *self, const LacAtomScene *atoms, const LacCullHaste *haste)
{
    const LacAtomSet *set = atoms->set;
    int limit = 0;
    if (haste != NULL && set->n_solid > haste->max_spheres) {
        gsize counts[N_SHARES] = { 0 };
        for (gsize i = 0; i < set->n_solid; i++)
            counts[get_share(self, set->spheres[i].visibility)]++;
        limit = find_limit(counts, haste->max_spheres);
    }
    g_array_set_size(self->items, 0);
    for (gsize i = 0; atoms->show_atoms && i < set->n_solid; i++)
        if (limit == 0 || get_share(self, set->spheres[i].visibility) >= limit)
            look_at_sphere(self, &set->spheres[i], i);
    gsize n_rings = atoms->show_ghosts ? set->n_spheres : set->n_markers_end;
    for (gsize i = set->n_solid; i < n_rings; i++)
        look_at_sphere(self, &set->spheres[i], i);
}

static void
look_at_sticks(LacCuller *self, const LacAtomScene *atoms, const LacCullHaste *haste)
{
    const LacAtomSet *set = atoms->set;
    int limit = 0;
    if (haste != NULL && set->n_sticks > haste->max_sticks) {
        gsize counts[N_SHARES] = { 0 };
        for (gsize i = 0; i < set->n_sticks; i++)
            counts[get_stick_share(self, &set->sticks[i])]++;
        limit = find_limit(counts, haste->max_sticks);
    }
    g_array_set_size(self->items, 0);
    for (gsize i = 0; atoms->show_bonds && i < set->n_sticks; i++)
        if (limit == 0 || get_stick_share(self, &set->sticks[i]) >= limit)
            look_at_stick(self, &set->sticks[i], i);
}

static void
cull_spheres(LacCuller *self, const LacAtomSet *set, gsize most)
{
    sort_items(self);
    g_array_set_size(self->spheres, 0);
    g_array_set_size(self->rings, 0);
    for (guint k = 0; k < self->order->len && self->spheres->len < most; k++) {
        const Item *item =
            &g_array_index(self->items, Item, g_array_index(self->order, guint32, k));
        if (is_hidden(self, item))
            continue;
        g_array_append_val(item->index < set->n_solid ? self->spheres : self->rings,
            set->spheres[item->index]);
        if (item->is_solid)
            hide_behind(self, item);
    }
}

static void
cull_sticks(LacCuller *self, const LacAtomSet *set, gsize most)
{
    sort_items(self);
    g_array_set_size(self->sticks, 0);
    for (guint k = 0; k < self->order->len && self->sticks->len < most; k++) {
        const Item *item =
            &g_array_index(self->items, Item, g_array_index(self->order, guint32, k));
        if (!is_hidden(self, item))
            g_array_append_val(self->sticks, set->sticks[item->index]);
    }
}

/**
 * lac_culler_run:
 * @self: a culler
 * @scene: a scene with atoms
 * @tile: of the picture
 * @haste: (nullable): for a quick picture, which lacks what is hardly seen
 * @culled: (out): what is left
 *
 * Leaves out what is outside the tile, beyond the clip plane or completely behind atoms: without
 * haste the picture of what is left is that of all. Works in one pass from front to back over a map
 * of the depth up to which everything is hidden.
 */
void
lac_culler_run(LacCuller *self, const LacScene *scene, const LacCullTile *tile,
    const LacCullHaste *haste, LacCulled *culled)
{
    const LacAtomSet *set = scene->atoms.set;
    begin(self, scene, tile);
    look_at_spheres(self, &scene->atoms, haste);
    cull_spheres(self, set, haste != NULL ? haste->max_spheres : G_MAXSIZE);
    look_at_sticks(self, &scene->atoms, haste);
    cull_sticks(self, set, haste != NULL ? haste->max_sticks : G_MAXSIZE);
    culled->spheres = (const LacSphere *) (gpointer) self->spheres->data;
    culled->n_spheres = self->spheres->len;
    culled->rings = (const LacSphere *) (gpointer) self->rings->data;
    culled->n_rings = self->rings->len;
    culled->sticks = (const LacStick *) (gpointer) self->sticks->data;
    culled->n_sticks = self->sticks->len;
}
