// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/grid.h"
#include "core/trace/review-private.h"

#include <math.h>

#define N_NEAREST    16   // atoms whose brightness is compared
#define MIN_NEAREST  4    // fewer say nothing about a usual brightness
#define OVERLAP      1.03 // [bond] two atoms overlap below this distance
#define CLOSE        0.8  // [bond] shorter bonds are hard to believe
#define MASK_REACH   5.0  // [Å] how far outside of the mask a distance is measured
#define FIRST_RADIUS 3.0  // [Å] of the search for a typical bond
#define LAST_RADIUS  400.0
#define USUAL_BOND   3.0     // [Å] where there are too few atoms to measure it
#define CROWD_UNIT   0x1p-40 // in which overlaps add up to the same sum in any order
#define BOND_STEP    0.05 // [Å] to which a measured bond is rounded, so that single edits leave it

typedef struct {
    double d2;
    gsize index;
} Near;

// Keeps the @n nearest, sorted by distance and then by index.
static guint
insert_near(Near *near, guint n, Near next)
{
    if (n == N_NEAREST && next.d2 >= near[n - 1].d2 &&
        (next.d2 > near[n - 1].d2 || next.index > near[n - 1].index))
        return n;
    guint k = n < N_NEAREST ? n : n - 1;
    while (k > 0 &&
        (near[k - 1].d2 > next.d2 ||
            (near[k - 1].d2 == next.d2 && near[k - 1].index > next.index))) {
        near[k] = near[k - 1];
        k--;
    }
    near[k] = next;
    return MIN(n + 1, N_NEAREST);
}

static double
median_of_few(double *values, guint n)
{
    for (guint i = 1; i < n; i++) {
        double value = values[i];
        guint k = i;
        for (; k > 0 && values[k - 1] > value; k--)
            values[k] = values[k - 1];
        values[k] = value;
    }
    return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
}

// Log of the own brightness over the median of the nearest ones; NaN when either is unknown.
static double
compare_brightness(const double *brightness, gsize i, const Near *near, guint n_near)
{
    double values[N_NEAREST];
    guint n = 0;
    for (guint k = 0; k < n_near; k++)
        if (brightness[near[k].index] > 0.0)
            values[n++] = brightness[near[k].index];
    if (n < MIN_NEAREST || !isfinite(brightness[i]))
        return (double) NAN;
    double usual = median_of_few(values, n);
    return log(fmax(brightness[i], 1e-3 * usual) / usual);
}

static gsize
voxel_along(double value, gsize n)
{
    return value <= 0.0 ? 0 : value >= (double) (n - 1) ? n - 1 : (gsize) (value + 0.5);
}

// Distance [voxel] from a place outside of the mask to the next voxel inside, up to @reach.
static double
distance_to_mask(const LacVolume *mask, const double v[3], double reach)
{
    const gsize size[3] = { mask->nx, mask->ny, mask->nz };
    gsize low[3], high[3];
    for (guint k = 0; k < 3; k++) {
        low[k] = voxel_along(v[k] - reach, size[k]);
        high[k] = voxel_along(v[k] + reach, size[k]);
    }
    double best = reach * reach;
    for (gsize z = low[2]; z <= high[2]; z++)
        for (gsize y = low[1]; y <= high[1]; y++)
            for (gsize x = low[0]; x <= high[0]; x++) {
                double dx = (double) x - v[0], dy = (double) y - v[1], dz = (double) z - v[2];
                double d2 = dx * dx + dy * dy + dz * dz;
                if (d2 < best && lac_volume_get(mask, x, y, z) > 0.0f)
                    best = d2;
            }
    return sqrt(best);
}

static double
measure_outside(const LacReview *self, LacVec3 p)
{
    const LacVolume *mask = self->mask;
    if (mask == NULL)
        return 0.0;
    LacVec3 voxel = lac_grid_from_position(mask, p);
    const double v[3] = { voxel.x, voxel.y, voxel.z };
    if (lac_volume_get(mask, voxel_along(v[0], mask->nx), voxel_along(v[1], mask->ny),
            voxel_along(v[2], mask->nz)) > 0.0f)
        return 0.0;
    return fmax(1e-3, mask->voxel_size * distance_to_mask(mask, v, MASK_REACH / mask->voxel_size));
}

/**
 * lac_review_get_residual:
 * @self: a review with a residual
 * @position: [Å]
 *
 * Returns: the residual interpolated at @position; 0 outside of it
 */
double
lac_review_get_residual(const LacReview *self, LacVec3 position)
{
    const LacVolume *r = self->residual;
    LacVec3 voxel = lac_grid_from_position(r, position);
    const double v[3] = { voxel.x, voxel.y, voxel.z };
    if (!(v[0] >= 0.0 && v[1] >= 0.0 && v[2] >= 0.0 && v[0] < (double) r->nx - 1.0 &&
            v[1] < (double) r->ny - 1.0 && v[2] < (double) r->nz - 1.0))
        return 0.0;
    gsize x = (gsize) v[0], y = (gsize) v[1], z = (gsize) v[2];
    double fx = v[0] - (double) x, fy = v[1] - (double) y, fz = v[2] - (double) z, sum = 0.0;
    for (guint k = 0; k < 8; k++) {
        guint i = k & 1, j = k >> 1 & 1, l = k >> 2;
        double weight = (i ? fx : 1.0 - fx) * (j ? fy : 1.0 - fy) * (l ? fz : 1.0 - fz);
        sum += weight * (double) lac_volume_get(r, x + i, y + j, z + l);
    }
    return sum;
}

/**
 * lac_review_get_position:
 * @self: a review
 * @i: an atom, or after them a peak of the residual
 *
 * Returns: [Å] where it is
 */
LacVec3
lac_review_get_position(const LacReview *self, gsize i)
{
    const LacAtoms *a = self->atoms;
    return i < a->n ? (LacVec3){ a->x[i], a->y[i], a->z[i] } : self->peaks[i - a->n].position;
}

/**
 * lac_review_get_class:
 * @self: a review
 * @i: an atom
 *
 * Returns: the class whose statistics are its own
 */
guint
lac_review_get_class(const LacReview *self, gsize i)
{
    return MIN(self->atoms->species[i], LAC_REVIEW_CLASSES - 1);
}

/**
 * lac_review_measure:
 * @self: a review with atoms, cells and bond
 * @i: an atom, or after them a peak of the residual
 * @scratch: (element-type gsize): overwritten
 * @local: (out caller-allocates): what is around it
 *
 * Looks at the atoms of the model up to three bonds away. The overlap of a too close pair is
 * charged to the weaker one for the greater part.
 */
void
lac_review_measure(const LacReview *self, gsize i, GArray *scratch, LacReviewLocal *local)
{
    LacVec3 p = lac_review_get_position(self, i);
    const LacAtoms *a = self->atoms;
    const double b = self->bond, contact = OVERLAP * b;
    const double *brightness =
        self->columns.intensity != NULL ? self->columns.intensity : self->columns.height;
    if (i >= a->n)
        brightness = NULL;
    *local =
        (LacReviewLocal){ .nearest = HUGE_VAL, .nearest_index = G_MAXSIZE, .ratio = (double) NAN };
    for (guint s = 0; s < LAC_REVIEW_CLASSES; s++)
        local->contact[s] = HUGE_VAL;
    Near near[N_NEAREST], like[N_NEAREST]; // of all species, of its own
    guint n_near = 0, n_like = 0;
    gint64 crowd = 0;
    g_array_set_size(scratch, 0);
    lac_cells_find(self->cells, p, LAC_REVIEW_SHELL * b, scratch);
    for (guint k = 0; k < scratch->len; k++) {
        gsize j = g_array_index(scratch, gsize, k);
        if (j == i)
            continue;
        double dx = a->x[j] - p.x, dy = a->y[j] - p.y, dz = a->z[j] - p.z;
        double d = sqrt(dx * dx + dy * dy + dz * dz);
        guint s = lac_review_get_class(self, j);
        local->n_shell++;
        local->n_bonds += d <= LAC_REVIEW_BOND * b;
        local->n_close += d < CLOSE * b;
        local->contact[s] = fmin(local->contact[s], d);
        if (d < contact) {
            double overlap = (contact - d) / contact, share = 1.0;
            if (brightness != NULL && brightness[i] >= 0.0 && brightness[j] > 0.0)
                share = 2.0 * brightness[j] / (brightness[i] + brightness[j]);
            crowd += llrint(share * overlap * overlap / CROWD_UNIT);
        }
        n_near = insert_near(near, n_near, (Near){ d * d, j });
        if (brightness != NULL && a->species[j] == a->species[i])
            n_like = insert_near(like, n_like, (Near){ d * d, j });
    }
    local->crowd = (double) crowd * CROWD_UNIT;
    if (n_near > 0) {
        local->nearest = sqrt(near[0].d2);
        local->nearest_index = near[0].index;
    }
    local->third = n_near > 2 ? sqrt(near[2].d2) : (double) INFINITY;
    if (brightness != NULL)
        local->ratio = compare_brightness(brightness, i, like, n_like);
    local->outside = measure_outside(self, p);
}

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
    double va = *(const double *) a, vb = *(const double *) b;
    return va < vb ? -1 : va > vb ? 1 : 0;
}

// [Å] to the third nearest atom; INFINITY when there are not so many.
static double
find_third(const LacAtoms *a, const LacCells *cells, gsize i, GArray *found, GArray *distances)
{
    LacVec3 p = { a->x[i], a->y[i], a->z[i] };
    for (double radius = FIRST_RADIUS; radius < LAST_RADIUS; radius *= 2.0) {
        g_array_set_size(found, 0);
        g_array_set_size(distances, 0);
        if (lac_cells_find(cells, p, radius, found) < 4)
            continue;
        for (guint k = 0; k < found->len; k++) {
            gsize j = g_array_index(found, gsize, k);
            double dx = a->x[j] - p.x, dy = a->y[j] - p.y, dz = a->z[j] - p.z;
            double d = sqrt(dx * dx + dy * dy + dz * dz);
            if (j != i)
                g_array_append_val(distances, d);
        }
        g_array_sort(distances, compare_doubles);
        return g_array_index(distances, double, 2);
    }
    return HUGE_VAL;
}

/**
 * lac_review_round_bond:
 * @thirds: (array length=n): [Å] distance of each atom to its third nearest; reordered
 * @n: how many
 *
 * Returns: [Å] their median, rounded so that single edits leave it; 3 when there is none
 */
double
lac_review_round_bond(double *thirds, gsize n)
{
    double median = n > 0 ? lac_review_select(thirds, n, n / 2) : (double) INFINITY;
    double bond = isfinite(median) ? BOND_STEP * round(median / BOND_STEP) : 0.0;
    return bond > 0.0 ? bond : USUAL_BOND;
}

/**
 * lac_review_measure_bond:
 * @atoms: atoms
 * @cells: those of the model
 *
 * The median distance to the third nearest atom: the third is a bonded one in open networks as in
 * close packing, and a single false neighbour does not matter.
 *
 * Returns: [Å] typical bond, in steps
 */
double
lac_review_measure_bond(const LacAtoms *atoms, const LacCells *cells)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(GArray) distances = g_array_new(FALSE, FALSE, sizeof(double));
    g_autofree double *thirds = g_new(double, MAX(atoms->n, 1));
    gsize n = 0;
    for (gsize i = 0; i < atoms->n; i++)
        if (lac_atoms_is_present(atoms, i))
            thirds[n++] = find_third(atoms, cells, i, found, distances);
    return lac_review_round_bond(thirds, n);
}
