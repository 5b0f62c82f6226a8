// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/truth.h"

#include <math.h>
#include <string.h>

/**
 * lac_truth_new:
 * @atoms: the atoms to be found; the truth takes a reference of its own
 *
 * Returns: (transfer full): a truth, not published yet, that knows nothing else
 */
LacTruth *
lac_truth_new(LacAtoms *atoms)
{
    LacTruth *self = g_new0(LacTruth, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->atoms = lac_atoms_ref(atoms);
    self->grains = g_array_new(FALSE, TRUE, sizeof(LacTruthGrain));
    self->vacancies = g_array_new(FALSE, TRUE, sizeof(LacTruthVacancy));
    self->pores = g_array_new(FALSE, TRUE, sizeof(LacTruthPore));
    return self;
}

/**
 * lac_truth_copy:
 * @self: a truth
 *
 * Returns: (transfer full): a new truth, not published yet, that shares atoms and volume of @self
 */
LacTruth *
lac_truth_copy(const LacTruth *self)
{
    LacTruth *copy = lac_truth_new(self->atoms);
    copy->faint = self->faint != NULL ? lac_atoms_ref(self->faint) : NULL;
    g_array_append_vals(copy->grains, self->grains->data, self->grains->len);
    g_array_append_vals(copy->vacancies, self->vacancies->data, self->vacancies->len);
    g_array_append_vals(copy->pores, self->pores->data, self->pores->len);
    copy->has_interface = self->has_interface;
    copy->interface = self->interface;
    copy->surface = self->surface;
    lac_truth_set_images(copy, self->angles, self->shifts, self->n_projections);
    copy->volume = self->volume != NULL ? lac_volume_ref(self->volume) : NULL;
    return copy;
}

/**
 * lac_truth_ref:
 * @self: a truth
 *
 * Returns: (transfer full): @self with one more reference; any thread
 */
LacTruth *
lac_truth_ref(LacTruth *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_truth_unref:
 * @self: (nullable) (transfer full): a truth; any thread
 */
void
lac_truth_unref(LacTruth *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    lac_atoms_unref(self->atoms);
    lac_atoms_unref(self->faint);
    g_array_unref(self->grains);
    g_array_unref(self->vacancies);
    g_array_unref(self->pores);
    g_free(self->angles);
    g_free(self->shifts);
    lac_volume_unref(self->volume);
    g_free(self);
}

/**
 * lac_truth_set_images:
 * @self: a truth that is not published yet
 * @angles: (array length=n): [deg] as the images were really taken
 * @shifts: (array length=n): [pixel] by which the object is displaced in each
 * @n: how many images; 0 forgets them
 */
void
lac_truth_set_images(LacTruth *self, const LacAngles *angles, const LacShift *shifts, gsize n)
{
    g_free(self->angles);
    g_free(self->shifts);
    self->n_projections = n;
    self->angles = n > 0 ? g_memdup2(angles, n * sizeof *angles) : NULL;
    self->shifts = n > 0 ? g_memdup2(shifts, n * sizeof *shifts) : NULL;
}

/**
 * lac_truth_get_radius:
 * @truth: a particle
 *
 * Returns: [Å] the distance of its farthest atom from the origin
 */
double
lac_truth_get_radius(const LacTruth *truth)
{
    const LacAtoms *parts[] = { truth->atoms, truth->faint };
    double radius = 0.0;
    for (guint p = 0; p < G_N_ELEMENTS(parts); p++)
        for (gsize i = 0; parts[p] != NULL && i < parts[p]->n; i++)
            radius = MAX(radius, hypot(hypot(parts[p]->x[i], parts[p]->y[i]), parts[p]->z[i]));
    return radius;
}

/**
 * lac_truth_get_interface_distance:
 * @self: a truth
 * @position: [Å]
 * @distance: (out): [Å] to the surface of the metal, negative inside it; exact
 *
 * Returns: whether the particle has an interface
 */
gboolean
lac_truth_get_interface_distance(const LacTruth *self, LacVec3 position, double *distance)
{
    if (!self->has_interface)
        return FALSE;
    *distance = lac_body_get_distance(&self->interface.core, position);
    return TRUE;
}

/**
 * lac_truth_pore_contains:
 * @pore: a pore
 * @position: [Å]
 *
 * Returns: whether the position is inside the pore
 */
gboolean
lac_truth_pore_contains(const LacTruthPore *pore, LacVec3 position)
{
    LacVec3 d = { position.x - pore->centre.x, position.y - pore->centre.y,
        position.z - pore->centre.z };
    LacMat3 back = lac_mat3_transpose(&pore->frame);
    d = lac_mat3_apply(&back, d);
    double x = d.x / pore->axes[0], y = d.y / pore->axes[1], z = d.z / pore->axes[2];
    return x * x + y * y + z * z < 1.0;
}

/**
 * lac_truth_phase_get_title:
 * @phase: a phase
 *
 * Returns: what a person calls it
 */
const char *
lac_truth_phase_get_title(LacTruthPhase phase)
{
    static const char *const titles[LAC_N_TRUTH_PHASES] = {
        [LAC_TRUTH_OTHER] = "other",
        [LAC_TRUTH_METAL] = "metal",
        [LAC_TRUTH_SEMICOHERENT] = "cubic ZrO2, semicoherent",
        [LAC_TRUTH_INCOHERENT] = "cubic ZrO2, incoherent",
        [LAC_TRUTH_AMORPHOUS] = "amorphous ZrO2",
    };
    g_return_val_if_fail(phase < LAC_N_TRUTH_PHASES, "");
    return titles[phase];
}
