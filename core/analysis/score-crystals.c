// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of lattices, of how they are joined, and of pores.
#include "core/analysis/score-private.h"
#include "core/data/cells.h"

#include <math.h>

#define SAME_PORE     4.5 // [Å] between the centre of a pore and the true one
#define BALL_STEP     0.3 // [Å] and
#define BALL_STEPS    21  // places to each axis where the largest ball of a pore is looked for
#define LARGEST_EXTRA 1.0 // nanopores that are not there

// The refitted lattice whose orientation is nearest to that of a true grain.
static const LacLattice *
find_lattice(const LacAnalysisScore *self, const LacTruthGrain *grain, double *off_deg)
{
    const LacLattices *lattices = self->analysis->lattices;
    const LacLattice *best = NULL;
    LacStructure structure =
        grain->lattice == LAC_LATTICE_HCP ? LAC_STRUCTURE_HCP : LAC_STRUCTURE_FCC;
    LacSymmetryGroup group;
    lac_symmetry_group_init(&group, lac_structure_get_symmetry(structure));
    *off_deg = (double) NAN;
    for (guint32 k = 0; lattices != NULL && k < lattices->n_lattices; k++) {
        const LacLattice *lattice = lac_crystals_get(self->analysis->crystals, lattices, k);
        double spacing = grain->lattice == LAC_LATTICE_HCP ? grain->a : grain->a / G_SQRT2;
        if (lattice->kind.structure != structure || fabs(lattice->spacing / spacing - 1.0) > 0.05)
            continue;
        double off =
            lac_misorientation_angle_deg(&lattice->orientation, &grain->orientation, &group);
        if (best == NULL || off < *off_deg) {
            best = lattice;
            *off_deg = off;
        }
    }
    return best;
}

static const char *
name_grain(LacTruthPhase phase)
{
    return phase == LAC_TRUTH_METAL       ? "metal"
        : phase == LAC_TRUTH_SEMICOHERENT ? "semicoherent oxide"
                                          : "incoherent oxide";
}

/**
 * lac_analysis_score_crystals:
 * @self: scores that are being made
 *
 * Scores lattice constants and orientations of the insides of grains.
 */
void
lac_analysis_score_crystals(LacAnalysisScore *self)
{
    const double nan = (double) NAN;
    double most = self->is_noisy ? 0.3 : 0.1, turn = self->is_noisy ? 0.2 : 0.05;
    for (guint g = 0; g < self->truth->grains->len; g++) {
        const LacTruthGrain *grain = &g_array_index(self->truth->grains, LacTruthGrain, g);
        if (grain->lattice != LAC_LATTICE_FCC && grain->lattice != LAC_LATTICE_HCP)
            continue;
        double off;
        const LacLattice *lattice = find_lattice(self, grain, &off);
        g_autofree char *a = g_strdup_printf("Lattice constant, %s", name_grain(grain->phase));
        g_autofree char *c = g_strdup_printf("Lattice constant c, %s", name_grain(grain->phase));
        g_autofree char *turned = g_strdup_printf("Orientation, %s", name_grain(grain->phase));
        if (grain->lattice == LAC_LATTICE_FCC) {
            lac_analysis_score_add(self, a,
                lattice != NULL ? 100.0 * fabs(lattice->a_fcc / grain->a - 1.0) : nan, nan, most,
                "%");
        }
        else {
            double edge = lattice != NULL ? 0.5 * (lattice->a + lattice->b) : nan;
            lac_analysis_score_add(self, a, 100.0 * fabs(edge / grain->a - 1.0), nan, most, "%");
            lac_analysis_score_add(self, c,
                lattice != NULL ? 100.0 * fabs(lattice->c / grain->c - 1.0) : nan, nan, most, "%");
        }
        lac_analysis_score_add(self, turned, off, nan, turn, "°");
    }
}

// The junction that faces the oxide of a true grain, or the amorphous oxide.
static const LacJunction *
find_junction(const LacAnalysisScore *self, const LacTruthGrain *grain)
{
    const LacAnalysis *analysis = self->analysis;
    double off;
    const LacLattice *lattice =
        grain->phase == LAC_TRUTH_AMORPHOUS ? NULL : find_lattice(self, grain, &off);
    for (gsize k = 0; analysis->junctions != NULL && k < analysis->junctions->n; k++) {
        const LacJunction *junction = &analysis->junctions->junctions[k];
        if (grain->phase == LAC_TRUTH_AMORPHOUS) {
            if (analysis->interface->types[junction->type].phase == LAC_PHASE_AMORPHOUS)
                return junction;
        }
        else if (junction->is_crystalline && lattice != NULL &&
            lac_crystals_get(analysis->crystals, analysis->lattices, junction->oxide) == lattice)
            return junction;
    }
    return NULL;
}

static double
angle_between_planes(LacVec3 a, LacVec3 b)
{
    double cosine = fabs(lac_vec3_dot(a, b)) / (lac_vec3_norm(a) * lac_vec3_norm(b));
    return acos(fmin(cosine, 1.0)) * 180.0 / G_PI;
}

// Angles from each {002} of the oxide to the nearest {111} of the metal, ascending.
static void
find_angles(const LacMat3 *metal, const LacMat3 *oxide, double angles[3])
{
    for (int o = 0; o < 3; o++) {
        LacVec3 g = lac_mat3_apply(oxide, (LacVec3){ o == 0, o == 1, o == 2 });
        angles[o] = (double) INFINITY;
        for (int m = 0; m < 4; m++) {
            LacVec3 h =
                lac_mat3_apply(metal, (LacVec3){ m & 1 ? -1.0 : 1.0, m & 2 ? -1.0 : 1.0, 1.0 });
            angles[o] = fmin(angles[o], angle_between_planes(g, h));
        }
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2 - i; j++)
            if (angles[j] > angles[j + 1]) {
                double swap = angles[j];
                angles[j] = angles[j + 1];
                angles[j + 1] = swap;
            }
}

static void
score_angles(LacAnalysisScore *self, const LacTruthGrain *metal, const LacTruthGrain *oxide)
{
    double off, known[3], found[3] = { (double) NAN, (double) NAN, (double) NAN };
    double limit = self->is_noisy ? 1.2 : 0.4;
    const LacLattice *m = find_lattice(self, metal, &off), *o = find_lattice(self, oxide, &off);
    find_angles(&metal->orientation, &oxide->orientation, known);
    if (m != NULL && o != NULL)
        find_angles(&m->orientation, &o->orientation, found);
    for (int k = 0; k < 3; k++) {
        g_autofree char *item =
            g_strdup_printf("Angle of {111} metal and {002} oxide, true %.2f°", known[k]);
        lac_analysis_score_add(self, item, found[k], known[k] - limit, known[k] + limit, "°");
    }
}

/**
 * lac_analysis_score_coherency:
 * @self: scores that are being made
 *
 * Scores the words for the parts of the interface, and the wedge between planes.
 */
void
lac_analysis_score_coherency(LacAnalysisScore *self)
{
    const LacTruthGrain *metal = NULL;
    for (guint g = 0; g < self->truth->grains->len; g++) {
        const LacTruthGrain *grain = &g_array_index(self->truth->grains, LacTruthGrain, g);
        if (grain->phase == LAC_TRUTH_METAL) {
            metal = grain;
            continue;
        }
        LacCoherencyClass known = grain->phase == LAC_TRUTH_SEMICOHERENT
            ? LAC_COHERENCY_SEMICOHERENT
            : LAC_COHERENCY_INCOHERENT;
        const LacJunction *junction = find_junction(self, grain);
        g_autofree char *item = g_strdup_printf("Joined to the %s: %s (1: so)",
            grain->phase == LAC_TRUTH_AMORPHOUS ? "amorphous oxide" : name_grain(grain->phase),
            lac_coherency_get_word(known));
        lac_analysis_score_add(self, item, junction != NULL && junction->word == known ? 1.0 : 0.0,
            1.0, (double) NAN, "");
    }
    for (guint g = 0; metal != NULL && g < self->truth->grains->len; g++) {
        const LacTruthGrain *grain = &g_array_index(self->truth->grains, LacTruthGrain, g);
        if (grain->phase == LAC_TRUTH_SEMICOHERENT && metal->lattice == LAC_LATTICE_FCC)
            score_angles(self, metal, grain);
    }
}

// Radius of the largest ball without true atoms in a pore: its walls are atoms, no smooth body.
static double
find_true_ball(const LacAnalysisScore *self, const LacTruthPore *known)
{
    const LacAtoms *atoms = self->truth->atoms;
    double smallest = fmin(fmin(known->axes[0], known->axes[1]), known->axes[2]);
    g_autoptr(LacCells) cells =
        lac_cells_new(atoms->x, atoms->y, atoms->z, NULL, atoms->n, 3.0, NULL);
    double best = smallest;
    for (int k = 0; cells != NULL && k < BALL_STEPS * BALL_STEPS * BALL_STEPS; k++) {
        const int half = BALL_STEPS / 2;
        LacVec3 p = { known->centre.x + BALL_STEP * (k % BALL_STEPS - half),
            known->centre.y + BALL_STEP * (k / BALL_STEPS % BALL_STEPS - half),
            known->centre.z + BALL_STEP * (k / BALL_STEPS / BALL_STEPS - half) };
        gsize index;
        double d;
        if (lac_cells_find_nearest(cells, p, smallest + 3.0, G_MAXSIZE, &index, &d))
            best = fmax(best, d);
    }
    return best;
}

static const LacPore *
find_pore(const LacPores *pores, const LacTruthPore *known, guint8 *is_taken)
{
    double best = SAME_PORE;
    gsize found = G_MAXSIZE;
    for (gsize k = 0; k < pores->n; k++) {
        double d = lac_vec3_norm(lac_vec3_subtract(pores->pores[k].centre, known->centre));
        if (d < best && !is_taken[k]) {
            best = d;
            found = k;
        }
    }
    if (found == G_MAXSIZE)
        return NULL;
    is_taken[found] = 1;
    return &pores->pores[found];
}

/**
 * lac_analysis_score_pores:
 * @self: scores that are being made
 *
 * Scores volumes, largest balls and openness of pores of the audited model, and pores too many.
 */
void
lac_analysis_score_pores(LacAnalysisScore *self)
{
    const LacPores *pores = self->audited->pores;
    const double nan = (double) NAN;
    double sum = 0.0, n_closed = 0.0, extra = 0.0;
    double high = self->is_noisy ? 1.5 : 1.45, ball = self->is_noisy ? 0.8 : 0.75;
    if (self->is_noisy && self->audited == self->analysis && self->analysis->volume == NULL) {
        lac_analysis_score_add_open(self, "Pores",
            "false atoms split pores, and the audit needs the volume");
        return;
    }
    g_autofree guint8 *is_taken = g_new0(guint8, pores != NULL ? pores->n + 1 : 1);
    for (guint k = 0; k < self->truth->pores->len; k++) {
        const LacTruthPore *known = &g_array_index(self->truth->pores, LacTruthPore, k);
        const LacPore *pore = pores != NULL ? find_pore(pores, known, is_taken) : NULL;
        double radius = known->is_open ? 0.0 : find_true_ball(self, known);
        double ratio = pore != NULL ? pore->volume / known->volume : nan;
        g_autofree char *volume = g_strdup_printf("Pore %u, volume over the true one", k + 1);
        g_autofree char *lis = g_strdup_printf("Pore %u, largest ball, off by", k + 1);
        g_autofree char *open =
            g_strdup_printf("Pore %u, %s (1: so)", k + 1, known->is_open ? "open" : "closed");
        if (!known->is_open) {
            lac_analysis_score_add(self, volume, ratio, 0.75, high, "");
            sum += pore != NULL ? ratio : 0.0;
            n_closed += 1.0;
            lac_analysis_score_add(self, lis, pore != NULL ? fabs(pore->radius - radius) : nan, nan,
                ball, "Å");
        }
        lac_analysis_score_add(self, open,
            pore != NULL && pore->is_open == known->is_open ? 1.0 : 0.0, 1.0, nan, "");
    }
    for (gsize k = 0; pores != NULL && k < pores->n; k++)
        extra += !is_taken[k] && pores->pores[k].kind == LAC_PORE_NANOPORE;
    if (n_closed > 0.0)
        lac_analysis_score_add(self, "Closed pores, mean volume over the true one", sum / n_closed,
            0.9, 1.2, "");
    lac_analysis_score_add(self, "Nanopores too many", extra, nan, LARGEST_EXTRA, "");
}
