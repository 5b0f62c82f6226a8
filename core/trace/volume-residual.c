// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/volume-residual.h"

#include "core/data/cells.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/trace/grid.h"

#include <math.h>
#include <string.h>

#define MIN_REACH       4 // [voxel] from the centre of the picture of an atom to its edge
#define MAX_REACH       9
#define REACH_BOND      1.0  // [nearest distance] how far the picture of an atom reaches
#define FIRST_WIDTH     0.25 // [nearest distance] of the first picture
#define TAPER           0.75 // of the reach, where the picture begins to fade out
#define N_TURNS         3    // of heights and picture
#define N_HEIGHTS       2    // steps of the heights in a turn
#define N_PICTURE       3    // steps of the picture in a turn
#define N_LAST          3    // steps of the heights with the final picture
#define DAMPING         0.8  // of a step of the heights
#define ATOMS_PER_BLOCK 512
#define MAX_EDGE        (2 * MAX_REACH + 1)

struct LacVolumeResidual {
    LacVolume *volume; // measured
    LacVolume *residual;
    LacAtoms *atoms;
    double *height;  // per atom; NaN where it was never part of the model
    guint8 *present; // per atom
    gsize reach;     // [voxel] of the picture
    gsize edge;      // 2 reach + 1
    float *picture;  // (edge, edge, edge), 1 at its centre
    double nearest;  // [voxel] median distance between neighbours
};

/**
 * lac_volume_residual_free:
 * @self: (nullable) (transfer full): a residual
 */
void
lac_volume_residual_free(LacVolumeResidual *self)
{
    if (self == NULL)
        return;
    lac_volume_unref(self->volume);
    lac_volume_unref(self->residual);
    lac_atoms_unref(self->atoms);
    g_free(self->height);
    g_free(self->present);
    g_free(self->picture);
    g_free(self);
}

// --- where a picture lies

// A picture at a place between the voxels: first voxel along each axis and cubic weights.
typedef struct {
    gssize first[3]; // voxel that sample 0 of the picture falls on
    float weight[3][4];
} Place;

// Catmull-Rom weights for the samples at -1, 0, 1, 2 about a place @t after sample 0.
static void
cubic_weights(double t, float weight[4])
{
    weight[0] = (float) (t * (-0.5 + t * (1.0 - 0.5 * t)));
    weight[1] = (float) (1.0 + t * t * (-2.5 + 1.5 * t));
    weight[2] = (float) (t * (0.5 + t * (2.0 - 1.5 * t)));
    weight[3] = (float) (t * t * (-0.5 + 0.5 * t));
}

// Voxel v shows the picture at v - centre: sample v - first lies @t before a sample of the picture.
static gboolean
place_picture(const LacVolumeResidual *self, LacVec3 position, Place *place)
{
    const LacVolume *volume = self->volume;
    LacVec3 voxel = lac_grid_from_position(volume, position);
    const double at[3] = { voxel.x, voxel.y, voxel.z };
    const gsize size[3] = { volume->nx, volume->ny, volume->nz };
    for (guint d = 0; d < 3; d++) {
        if (!(at[d] > -1e6 && at[d] < 1e9))
            return FALSE;
        double base = ceil(at[d]);
        place->first[d] = (gssize) base - (gssize) self->reach;
        cubic_weights(base - at[d], place->weight[d]);
        if (place->first[d] + (gssize) self->edge <= 0 || place->first[d] >= (gssize) size[d])
            return FALSE;
    }
    return TRUE;
}

// Plane @k of @picture, moved to @place: (edge, edge).
static void
shift_plane(const LacVolumeResidual *self, const float *picture, const Place *place, gsize k,
    float *restrict plane)
{
    const gsize n = self->edge, n_plane = n * n;
    float along_z[MAX_EDGE * MAX_EDGE], along_y[MAX_EDGE * MAX_EDGE];
    memset(along_z, 0, n_plane * sizeof(float));
    for (gssize t = -1; t <= 2; t++) {
        gssize from = (gssize) k + t;
        if (from < 0 || from >= (gssize) n)
            continue;
        const float weight = place->weight[2][t + 1], *in = picture + (gsize) from * n_plane;
        for (gsize i = 0; i < n_plane; i++)
            along_z[i] += weight * in[i];
    }
    memset(along_y, 0, n_plane * sizeof(float));
    for (gsize j = 0; j < n; j++)
        for (gssize t = -1; t <= 2; t++) {
            gssize from = (gssize) j + t;
            if (from < 0 || from >= (gssize) n)
                continue;
            const float weight = place->weight[1][t + 1], *in = along_z + (gsize) from * n;
            for (gsize i = 0; i < n; i++)
                along_y[j * n + i] += weight * in[i];
        }
    const float *w = place->weight[0];
    for (gsize j = 0; j < n; j++) {
        const float *in = along_y + j * n;
        float *out = plane + j * n;
        for (gsize i = 0; i < n; i++) {
            float sum = w[1] * in[i];
            sum += i > 0 ? w[0] * in[i - 1] : 0.0f;
            sum += i + 1 < n ? w[2] * in[i + 1] : 0.0f;
            sum += i + 2 < n ? w[3] * in[i + 2] : 0.0f;
            out[i] = sum;
        }
    }
}

// The part of a patch along one axis that lies in [begin, end): samples [*from, *to).
static void
clip(gssize first, gsize edge, gsize begin, gsize end, gsize *from, gsize *to)
{
    gssize low = MAX((gssize) begin - first, 0), high = MIN((gssize) end - first, (gssize) edge);
    *from = (gsize) low;
    *to = high > low ? (gsize) high : (gsize) low;
}

// What is drawn, and into which volume of the residual's shape.
typedef struct {
    const float *picture;
    float *data;
} Canvas;

// Takes the picture of an atom off the canvas within @box.
static void
subtract(const LacVolumeResidual *self, const Canvas *canvas, const Place *place, float height,
    const LacVoxelBox *box)
{
    const LacVolume *r = self->residual;
    gsize from[3], to[3];
    float plane[MAX_EDGE * MAX_EDGE];
    for (guint d = 0; d < 3; d++)
        clip(place->first[d], self->edge, box->begin[d], box->end[d], &from[d], &to[d]);
    if (from[0] >= to[0] || from[1] >= to[1])
        return;
    for (gsize k = from[2]; k < to[2]; k++) {
        shift_plane(self, canvas->picture, place, k, plane);
        gsize z = (gsize) (place->first[2] + (gssize) k);
        for (gsize j = from[1]; j < to[1]; j++) {
            gsize y = (gsize) (place->first[1] + (gssize) j);
            float *restrict row = canvas->data + (z * r->ny + y) * r->nx;
            const float *in = plane + j * self->edge;
            for (gsize i = from[0]; i < to[0]; i++)
                row[place->first[0] + (gssize) i] -= height * in[i];
        }
    }
}

static LacVoxelBox
whole_box(const LacVolume *v)
{
    return (LacVoxelBox){ { 0, 0, 0 }, { v->nx, v->ny, v->nz } };
}

static LacVec3
position_of(const LacAtoms *a, gsize i)
{
    return (LacVec3){ a->x[i], a->y[i], a->z[i] };
}

// Takes all atoms that reach into @box off the canvas there, in the order of their index.
static void
subtract_all(const LacVolumeResidual *self, const Canvas *canvas, const LacVoxelBox *box)
{
    for (gsize i = 0; i < self->atoms->n; i++) {
        Place place;
        if (!self->present[i] || !place_picture(self, position_of(self->atoms, i), &place))
            continue;
        gboolean touches = TRUE;
        for (guint d = 0; d < 3; d++)
            touches &= place.first[d] < (gssize) box->end[d] &&
                place.first[d] + (gssize) self->edge > (gssize) box->begin[d];
        if (touches)
            subtract(self, canvas, &place, (float) self->height[i], box);
    }
}

// Residual in @box from the volume and all atoms that reach into it.
static void
restore_box(LacVolumeResidual *self, const LacVoxelBox *box)
{
    const LacVolume *v = self->volume;
    for (gsize z = box->begin[2]; z < box->end[2]; z++)
        for (gsize y = box->begin[1]; y < box->end[1]; y++) {
            gsize row = (z * v->ny + y) * v->nx;
            memcpy(self->residual->data + row + box->begin[0], v->data + row + box->begin[0],
                (box->end[0] - box->begin[0]) * sizeof(float));
        }
    Canvas canvas = { self->picture, self->residual->data };
    subtract_all(self, &canvas, box);
}

static void
restore_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacVolumeResidual *self = data;
    LacVoxelBox box = whole_box(self->volume);
    box.begin[2] = begin;
    box.end[2] = end;
    restore_box(self, &box);
}

// --- picture and heights

typedef struct {
    LacVolumeResidual *self;
    double *gradient; // per block: what the residual has left around the atoms, times their heights
} GatherArgs;

// The residual around @place, moved so that the centre of the atom is the centre of the patch: the
// adjoint of shift_plane() for the purpose of a mean.
static void
gather_patch(const LacVolumeResidual *self, const Place *place, float *patch)
{
    const LacVolume *r = self->residual;
    const gsize n = self->edge;
    for (gsize k = 0; k < n; k++)
        for (gsize j = 0; j < n; j++) {
            gssize z = place->first[2] + (gssize) k, y = place->first[1] + (gssize) j;
            float *row = patch + (k * n + j) * n;
            memset(row, 0, n * sizeof(float));
            if (z < 0 || y < 0 || z >= (gssize) r->nz || y >= (gssize) r->ny)
                continue;
            gsize from, to;
            clip(place->first[0], n, 0, r->nx, &from, &to);
            const float *in = r->data + ((gsize) z * r->ny + (gsize) y) * r->nx;
            for (gsize i = from; i < to; i++)
                row[i] = in[place->first[0] + (gssize) i];
        }
}

// Transposed interpolation along one axis of a patch: in[i] goes to i - 1, i, i + 1, i + 2.
static void
scatter_axis(const float *in, float *out, gsize n, gsize stride, const float weight[4])
{
    for (gsize i = 0; i < n; i++) {
        float sum = 0.0f;
        for (gssize t = -1; t <= 2; t++) {
            gssize from = (gssize) i - t;
            if (from >= 0 && from < (gssize) n)
                sum += weight[t + 1] * in[(gsize) from * stride];
        }
        out[i * stride] = sum;
    }
}

static void
centre_patch(const LacVolumeResidual *self, const Place *place, float *patch, float *scratch)
{
    const gsize n = self->edge, n_plane = n * n;
    for (gsize i = 0; i < n_plane; i++)
        scatter_axis(patch + i, scratch + i, n, n_plane, place->weight[2]);
    for (gsize k = 0; k < n; k++)
        for (gsize i = 0; i < n; i++)
            scatter_axis(scratch + k * n_plane + i, patch + k * n_plane + i, n, n,
                place->weight[1]);
    for (gsize row = 0; row < n_plane; row++)
        scatter_axis(patch + row * n, scratch + row * n, n, 1, place->weight[0]);
    memcpy(patch, scratch, n * n_plane * sizeof(float));
}

static void
gather_pictures(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const GatherArgs *args = data;
    const LacVolumeResidual *self = args->self;
    const gsize n = self->edge * self->edge * self->edge;
    g_autofree float *patch = g_new(float, 2 * n);
    for (gsize block = begin; block < end; block++) {
        double *sum = args->gradient + block * n;
        gsize last = MIN((block + 1) * ATOMS_PER_BLOCK, self->atoms->n);
        for (gsize i = block * ATOMS_PER_BLOCK; i < last; i++) {
            Place place;
            if (!self->present[i] || !place_picture(self, position_of(self->atoms, i), &place))
                continue;
            gather_patch(self, &place, patch);
            centre_patch(self, &place, patch, patch + n);
            double h = self->height[i];
            for (gsize p = 0; p < n; p++)
                sum[p] += h * (double) patch[p];
        }
    }
}

// Fades to zero towards the edge of the picture.
static double
fade(const LacVolumeResidual *self, gsize k, gsize j, gsize i)
{
    double c = (double) self->reach, dz = (double) k - c, dy = (double) j - c, dx = (double) i - c;
    double r = sqrt(dx * dx + dy * dy + dz * dz) / (c + 0.5), begin = TAPER;
    if (r <= begin)
        return 1.0;
    return r >= 1.0 ? 0.0 : 0.5 + 0.5 * cos(G_PI * (r - begin) / (1.0 - begin));
}

// Half the descent of the squared residual with the picture, faded; @gradient is (edge, edge, edge).
static gboolean
measure_gradient(LacVolumeResidual *self, double *gradient, GError **error)
{
    const gsize edge = self->edge, n = edge * edge * edge;
    gsize n_blocks = (self->atoms->n - 1) / ATOMS_PER_BLOCK + 1;
    g_autofree double *sums = g_try_new0(double, n_blocks *n);
    if (sums == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "Not enough memory for the picture of an atom");
        return FALSE;
    }
    GatherArgs args = { self, sums };
    lac_parallel_for(n_blocks, 1, gather_pictures, &args);
    for (gsize b = 1; b < n_blocks; b++)
        for (gsize p = 0; p < n; p++)
            sums[p] += sums[b * n + p];
    for (gsize k = 0, p = 0; k < edge; k++)
        for (gsize j = 0; j < edge; j++)
            for (gsize i = 0; i < edge; i++, p++)
                gradient[p] = sums[p] * fade(self, k, j, i);
    return TRUE;
}

typedef struct {
    const LacVolumeResidual *self;
    Canvas canvas;
    double *square, *product; // per plane
} LineArgs;

static void
draw_direction(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const LineArgs *args = data;
    const LacVolume *r = args->self->residual;
    gsize n_plane = r->nx * r->ny;
    LacVoxelBox box = whole_box(r);
    box.begin[2] = begin;
    box.end[2] = end;
    memset(args->canvas.data + begin * n_plane, 0, (end - begin) * n_plane * sizeof(float));
    subtract_all(args->self, &args->canvas, &box);
    for (gsize z = begin; z < end; z++) {
        double square = 0.0, product = 0.0;
        for (gsize i = z * n_plane; i < (z + 1) * n_plane; i++) {
            square += (double) (args->canvas.data[i] * args->canvas.data[i]);
            product -= (double) (args->canvas.data[i] * r->data[i]);
        }
        args->square[z] = square;
        args->product[z] = product;
    }
}

// The step along @direction, a picture, after which the residual is smallest. @scratch has the size
// of the volume and holds minus the direction's drawing.
static double
search_line(const LacVolumeResidual *self, const float *direction, float *scratch)
{
    gsize nz = self->volume->nz;
    g_autofree double *square = g_new0(double, nz), *product = g_new0(double, nz);
    LineArgs args = { self, { direction, scratch }, square, product };
    lac_parallel_for(nz, 16, draw_direction, &args);
    double squares = 0.0, products = 0.0;
    for (gsize z = 0; z < nz; z++) {
        squares += square[z];
        products += product[z];
    }
    return squares > 0.0 ? products / squares : 0.0;
}

// The centre of the picture is 1: what it is more or less goes to the heights.
static void
normalise_picture(LacVolumeResidual *self)
{
    const gsize edge = self->edge, n = edge * edge * edge;
    float centre = self->picture[(self->reach * edge + self->reach) * edge + self->reach];
    if (!(centre > 0.0f))
        return;
    for (gsize p = 0; p < n; p++)
        self->picture[p] /= centre;
    for (gsize i = 0; i < self->atoms->n; i++)
        self->height[i] *= (double) centre;
}

// Conjugate gradients for the picture with the heights as they are. The pictures of neighbours
// overlap, in a crystal always in the same way, so that plain averages would not come to rest.
static gboolean
improve_picture(LacVolumeResidual *self, GError **error)
{
    const gsize n = self->edge * self->edge * self->edge,
                n_voxels = lac_volume_get_size(self->volume);
    g_autofree double *gradient = g_new(double, n);
    g_autofree float *direction = g_new0(float, n);
    float *scratch = lac_alloc_floats(n_voxels, error);
    gboolean done = scratch != NULL;
    double before = 0.0;
    for (guint step = 0; done && step < N_PICTURE; step++) {
        done = measure_gradient(self, gradient, error);
        double now = 0.0;
        for (gsize p = 0; p < n; p++)
            now += gradient[p] * gradient[p];
        double keep = before > 0.0 ? now / before : 0.0;
        for (gsize p = 0; p < n; p++)
            direction[p] = (float) (gradient[p] + keep * (double) direction[p]);
        before = now;
        float length = (float) search_line(self, direction, scratch);
        for (gsize p = 0; p < n; p++)
            self->picture[p] += length * direction[p];
        for (gsize i = 0; i < n_voxels; i++)
            self->residual->data[i] += length * scratch[i];
    }
    lac_free(scratch);
    normalise_picture(self);
    return done;
}

// The height that describes the residual about @place best, on top of what was taken off.
static double
fit_height(const LacVolumeResidual *self, const Place *place)
{
    const LacVolume *r = self->residual;
    double product = 0.0, square = 0.0;
    float plane[MAX_EDGE * MAX_EDGE];
    gsize from[3], to[3];
    const gsize size[3] = { r->nx, r->ny, r->nz };
    for (guint d = 0; d < 3; d++)
        clip(place->first[d], self->edge, 0, size[d], &from[d], &to[d]);
    for (gsize k = from[2]; k < to[2]; k++) {
        shift_plane(self, self->picture, place, k, plane);
        gsize z = (gsize) (place->first[2] + (gssize) k);
        for (gsize j = from[1]; j < to[1]; j++) {
            gsize y = (gsize) (place->first[1] + (gssize) j);
            const float *row = r->data + (z * r->ny + y) * r->nx;
            const float *in = plane + j * self->edge;
            float p = 0.0f, s = 0.0f;
            for (gsize i = from[0]; i < to[0]; i++) {
                p += row[place->first[0] + (gssize) i] * in[i];
                s += in[i] * in[i];
            }
            product += (double) p;
            square += (double) s;
        }
    }
    return square > 0.0 ? product / square : 0.0;
}

static void
improve_heights(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    LacVolumeResidual *self = data;
    for (gsize i = begin; i < end; i++) {
        Place place;
        if (self->present[i] && place_picture(self, position_of(self->atoms, i), &place))
            self->height[i] = fmax(0.0, self->height[i] + DAMPING * fit_height(self, &place));
    }
}

static gboolean
restore_all(LacVolumeResidual *self, LacProgress *progress, double fraction, GError **error)
{
    lac_parallel_for(self->volume->nz, 16, restore_planes, self);
    return lac_progress_update(progress, fraction, error);
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double va = *(const double *) a, vb = *(const double *) b;
    return va < vb ? -1 : va > vb ? 1 : 0;
}

// [voxel] Median distance to the nearest atom; 0 where there is none.
static gboolean
measure_nearest(LacVolumeResidual *self, GError **error)
{
    const LacAtoms *a = self->atoms;
    g_autofree guint8 *absent = g_new0(guint8, MAX(a->n, 1));
    for (gsize i = 0; i < a->n; i++)
        absent[i] = !self->present[i];
    double voxel = lac_grid_get_voxel_size(self->volume);
    g_autoptr(LacCells) cells = lac_cells_new(a->x, a->y, a->z, absent, a->n, 8.0 * voxel, error);
    if (cells == NULL)
        return FALSE;
    g_autoptr(GArray) distances = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize i = 0; i < a->n; i++) {
        double d = 0.0;
        for (double radius = 8.0; self->present[i] && radius < 130.0 && d == 0.0; radius *= 2.0)
            lac_cells_find_nearest(cells, position_of(a, i), radius * voxel, i, NULL, &d);
        if (d > 0.0)
            g_array_append_val(distances, d);
    }
    g_array_sort(distances, compare_doubles);
    self->nearest =
        distances->len > 0 ? g_array_index(distances, double, distances->len / 2) / voxel : 8.0;
    return TRUE;
}

static void
start_picture(LacVolumeResidual *self)
{
    self->reach = (gsize) CLAMP(round(REACH_BOND * self->nearest), MIN_REACH, MAX_REACH);
    self->edge = 2 * self->reach + 1;
    self->picture = g_new(float, self->edge * self->edge * self->edge);
    double width = FIRST_WIDTH * self->nearest, c = (double) self->reach;
    for (gsize k = 0, p = 0; k < self->edge; k++)
        for (gsize j = 0; j < self->edge; j++)
            for (gsize i = 0; i < self->edge; i++, p++) {
                double dz = (double) k - c, dy = (double) j - c, dx = (double) i - c;
                double r2 = (dx * dx + dy * dy + dz * dz) / (width * width);
                self->picture[p] = (float) (exp(-0.5 * r2) * fade(self, k, j, i));
            }
}

static gboolean
fit_all(LacVolumeResidual *self, LacProgress *progress, GError **error)
{
    const double n_steps = N_TURNS * (N_HEIGHTS + 1) + N_LAST;
    double step = 0.0;
    start_picture(self);
    for (gsize i = 0; i < self->atoms->n; i++)
        self->height[i] = self->present[i] ? 0.0 : (double) NAN;
    for (guint turn = 0; turn <= N_TURNS; turn++) {
        for (guint i = 0; i < (turn < N_TURNS ? N_HEIGHTS : N_LAST); i++) {
            if (!restore_all(self, progress, step++ / n_steps, error))
                return FALSE;
            lac_parallel_for(self->atoms->n, 64, improve_heights, self);
        }
        if (turn < N_TURNS &&
            (!restore_all(self, progress, step++ / n_steps, error) ||
                !improve_picture(self, error)))
            return FALSE;
    }
    return restore_all(self, progress, 1.0, error);
}

static void
set_atoms(LacVolumeResidual *self, LacAtoms *atoms)
{
    gsize before = self->atoms != NULL ? self->atoms->n : 0;
    lac_atoms_ref(atoms);
    lac_atoms_unref(self->atoms);
    self->atoms = atoms;
    self->height = g_renew(double, self->height, MAX(MAX(atoms->n, before), 1));
    self->present = g_renew(guint8, self->present, MAX(MAX(atoms->n, before), 1));
    for (gsize i = before; i < atoms->n; i++) {
        self->height[i] = (double) NAN;
        self->present[i] = FALSE;
    }
}

/**
 * lac_volume_residual_new:
 * @volume: a reconstruction
 * @atoms: the model; positions [Å] about the centre voxel
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Measures in turn the mean picture of an atom, with the wedge's streaks as far as the next
 * neighbours, and the height of each atom, and takes the model off the volume. One picture serves
 * all species. Quick, and good for following edits; what the wedge does farther away stays in, so
 * that candidates are better taken from the residual of the projections.
 *
 * Returns: (transfer full): the residual, or %NULL with @error set
 */
LacVolumeResidual *
lac_volume_residual_new(LacVolume *volume, LacAtoms *atoms, LacProgress *progress, GError **error)
{
    g_autoptr(LacVolumeResidual) self = g_new0(LacVolumeResidual, 1);
    self->volume = lac_volume_ref(volume);
    self->residual = lac_volume_new(volume->nz, volume->ny, volume->nx, volume->voxel_size, error);
    if (self->residual == NULL)
        return NULL;
    self->residual->origin = volume->origin;
    lac_progress_message(progress, "Taking %" G_GSIZE_FORMAT " atoms off the volume",
        lac_atoms_count_present(atoms));
    set_atoms(self, atoms);
    gsize n_present = 0;
    for (gsize i = 0; i < atoms->n; i++)
        n_present += self->present[i] = lac_atoms_is_present(atoms, i) ? 1 : 0;
    if (n_present == 0) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "There is no atom that could be taken off the volume");
        return NULL;
    }
    if (!measure_nearest(self, error) || !fit_all(self, progress, error))
        return NULL;
    return g_steal_pointer(&self);
}

static void
grow_box(LacVolumeResidual *self, LacVec3 position, LacVoxelBox *box)
{
    const gsize size[3] = { self->volume->nx, self->volume->ny, self->volume->nz };
    Place place;
    if (!place_picture(self, position, &place))
        return;
    for (guint d = 0; d < 3; d++) {
        gsize begin = (gsize) MAX(place.first[d], 0);
        gsize end = (gsize) MIN(place.first[d] + (gssize) self->edge, (gssize) size[d]);
        gboolean empty = box->begin[d] >= box->end[d];
        box->begin[d] = empty ? begin : MIN(box->begin[d], begin);
        box->end[d] = empty ? end : MAX(box->end[d], end);
    }
}

static gboolean
is_same_place(const LacAtoms *a, const LacAtoms *b, gsize i)
{
    LacVec3 p = position_of(a, i), q = position_of(b, i);
    return memcmp(&p, &q, sizeof p) == 0;
}

// Boxes that share voxels would be computed twice in vain: they are joined as they come.
static void
join_box(GArray *boxes, LacVoxelBox box)
{
    for (guint k = 0; k < boxes->len; k++) {
        const LacVoxelBox *other = &g_array_index(boxes, LacVoxelBox, k);
        gboolean touch = TRUE;
        for (guint d = 0; d < 3; d++)
            touch &= box.begin[d] < other->end[d] && other->begin[d] < box.end[d];
        if (!touch)
            continue;
        for (guint d = 0; d < 3; d++) {
            box.begin[d] = MIN(box.begin[d], other->begin[d]);
            box.end[d] = MAX(box.end[d], other->end[d]);
        }
        g_array_remove_index_fast(boxes, k);
        join_box(boxes, box);
        return;
    }
    if (box.begin[0] < box.end[0])
        g_array_append_val(boxes, box);
}

static void
restore_boxes(LacVolumeResidual *self, const GArray *boxes, LacVoxelBox *changed)
{
    for (guint k = 0; k < boxes->len; k++) {
        const LacVoxelBox *box = &g_array_index(boxes, LacVoxelBox, k);
        restore_box(self, box);
        for (guint d = 0; d < 3 && changed != NULL; d++) {
            gboolean first = k == 0;
            changed->begin[d] = first ? box->begin[d] : MIN(changed->begin[d], box->begin[d]);
            changed->end[d] = first ? box->end[d] : MAX(changed->end[d], box->end[d]);
        }
    }
}

/**
 * lac_volume_residual_update:
 * @self: a residual
 * @atoms: the model after an edit, an undo or a redo: atoms keep their index
 * @changed: (out) (optional): the voxels that differ
 * @error: return location for a #GError
 *
 * Follows what was deleted, restored, moved or added. The picture and the heights of all other
 * atoms stay; an atom in a new place gets the height that fits there.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_volume_residual_update(LacVolumeResidual *self, LacAtoms *atoms, LacVoxelBox *changed,
    GError **error)
{
    g_autoptr(LacAtoms) before = lac_atoms_ref(self->atoms);
    g_autoptr(GArray) boxes = g_array_new(FALSE, FALSE, sizeof(LacVoxelBox));
    g_autoptr(GArray) to_fit = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 0; i < atoms->n; i++) {
        LacVec3 p = position_of(atoms, i);
        if (!isfinite(p.x + p.y + p.z)) {
            g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
                "Atom %" G_GSIZE_FORMAT " has no position", i + 1);
            return FALSE;
        }
    }
    if (changed != NULL)
        *changed = (LacVoxelBox){ { 0 }, { 0 } };
    set_atoms(self, atoms);
    for (gsize i = 0; i < MAX(atoms->n, before->n); i++) {
        gboolean was = i < before->n && self->present[i];
        gboolean is = i < atoms->n && lac_atoms_is_present(atoms, i);
        gboolean moved = i < MIN(atoms->n, before->n) && !is_same_place(atoms, before, i);
        LacVoxelBox box = { { 0 }, { 0 } };
        if (was == is && !(is && moved))
            continue;
        if (was)
            grow_box(self, position_of(before, i), &box);
        join_box(boxes, box);
        box = (LacVoxelBox){ { 0 }, { 0 } };
        if (is)
            grow_box(self, position_of(atoms, i), &box);
        join_box(boxes, box);
        if (i < atoms->n)
            self->present[i] = is ? 1 : 0;
        if (is && (moved || !isfinite(self->height[i]))) {
            self->height[i] = 0.0;
            g_array_append_val(to_fit, i);
        }
    }
    restore_boxes(self, boxes, changed);
    for (guint k = 0; k < to_fit->len; k++) {
        gsize i = g_array_index(to_fit, gsize, k);
        Place place;
        if (place_picture(self, position_of(atoms, i), &place))
            self->height[i] = fmax(0.0, fit_height(self, &place));
    }
    if (to_fit->len > 0)
        restore_boxes(self, boxes, changed);
    return TRUE;
}

/**
 * lac_volume_residual_get_volume:
 * @self: a residual
 *
 * Returns: (transfer none): volume minus model, which the next update changes
 */
const LacVolume *
lac_volume_residual_get_volume(const LacVolumeResidual *self)
{
    return self->residual;
}

/**
 * lac_volume_residual_lend:
 * @self: a residual
 *
 * For a review that changes in step with it, in the same thread.
 *
 * Returns: (transfer none): the same as lac_volume_residual_get_volume()
 */
LacVolume *
lac_volume_residual_lend(LacVolumeResidual *self)
{
    return self->residual;
}

/**
 * lac_volume_residual_dup_volume:
 * @self: a residual
 * @error: return location for a #GError
 *
 * Returns: (transfer full): a copy that stays as it is, or %NULL with @error set
 */
LacVolume *
lac_volume_residual_dup_volume(const LacVolumeResidual *self, GError **error)
{
    const LacVolume *r = self->residual;
    LacVolume *copy = lac_volume_new(r->nz, r->ny, r->nx, r->voxel_size, error);
    if (copy == NULL)
        return NULL;
    copy->origin = r->origin;
    memcpy(copy->data, r->data, lac_volume_get_size(r) * sizeof(float));
    return copy;
}

/**
 * lac_volume_residual_get_heights:
 * @self: a residual
 *
 * Returns: (transfer none) (array): per atom, its height in the volume; NaN for peaks that were
 *   never part of the model
 */
const double *
lac_volume_residual_get_heights(const LacVolumeResidual *self)
{
    return self->height;
}

/**
 * lac_volume_residual_get_light_height:
 * @self: a residual
 *
 * Returns: the median height of the species with the lowest one
 */
double
lac_volume_residual_get_light_height(const LacVolumeResidual *self)
{
    double lowest = HUGE_VAL;
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint s = 0; s < 8; s++) {
        g_array_set_size(heights, 0);
        for (gsize i = 0; i < self->atoms->n; i++)
            if (self->present[i] && self->atoms->species[i] == s)
                g_array_append_val(heights, self->height[i]);
        g_array_sort(heights, compare_doubles);
        if (heights->len > 0)
            lowest = fmin(lowest, g_array_index(heights, double, heights->len / 2));
    }
    return isfinite(lowest) ? lowest : 0.0;
}

/**
 * lac_volume_residual_get_width:
 * @self: a residual
 *
 * Returns: [Å] Gaussian width of the picture of an atom, from its curvature along x and y
 */
double
lac_volume_residual_get_width(const LacVolumeResidual *self)
{
    const gsize n = self->edge, c = (self->reach * n + self->reach) * n + self->reach;
    const float *p = self->picture;
    double next = 0.25 * (double) (p[c - 1] + p[c + 1] + p[c - n] + p[c + n]);
    double curvature = -2.0 * log(CLAMP(next / (double) p[c], 1e-3, 0.999));
    return lac_grid_get_voxel_size(self->volume) / sqrt(curvature);
}
